//! Diagrams written in words (Mermaid) as drawings.
//!
//! They are drawn in black, white and grays alone, in the bundled sans. Knows nothing of how a drawing gets into an edition.
//! Start at [`render`].

use mermaid_rs_renderer::{
    DiagramKind, LayoutConfig, ParseError, Theme, compute_layout, parse_mermaid, parse_mermaid_strict, render_svg,
};

use super::vector;

/// The longest source, in bytes.
const LONGEST: usize = 32 << 10;
/// The most lines of a source.
const MOST_LINES: usize = 400;
/// The most boxes of a diagram, and the most arrows that are to find a way around them: a hundred take seconds, and the
/// time grows much faster than their number.
const MOST_BOXES: usize = 150;
const MOST_ARROWS: usize = 100;
/// The library recurses along chains of boxes; this is enough for the longest source.
const STACK: usize = 64 << 20;
/// How large a diagram is against the library's own size: its letters, 16 pixels high, come to 8.4 points.
const SCALE: f32 = 0.7;
/// The thinnest line, in pixels of the library: a pixel of the drawing, which is 0.75 points, and so what printers ask for that
/// ask for most (the targets' `least-rule`).
const THINNEST: f32 = 1.0 / SCALE;
/// A family that no machine has, so that none is measured: widths are those of the library's table, a little wider than
/// those of the bundled sans, which is what stands in for it.
const FAMILY: &str = "pressmark sans";

/// Draws the diagram that `source` describes: an SVG file with its letters as outlines. The same source gives the same
/// bytes.
///
/// # Errors
/// Says what could not be understood, in the library's words, or that the diagram is too large.
pub fn render(source: &str) -> Result<Vec<u8>, String> {
    if source.len() > LONGEST || source.lines().count() > MOST_LINES {
        return Err(format!("a diagram has at most {MOST_LINES} lines and {} KB", LONGEST >> 10));
    }
    let source = source.to_owned();
    // A thread of its own has the stack that is needed, and where the library panics, which it does on some sources that it
    // does not understand, the thread ends and not the program.
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || draw(&source));
    let thread = thread.map_err(|error| format!("no thread can be started: {error}"))?;
    thread.join().unwrap_or_else(|_| Err("it can't be drawn".to_owned()))
}

fn draw(source: &str) -> Result<Vec<u8>, String> {
    // The strict reading finds faults that the other passes over, but takes an undeclared participant, which Mermaid
    // allows, for one of them.
    let parsed = match parse_mermaid_strict(source) {
        Ok(parsed) => parsed,
        Err(ParseError::UnknownParticipant { .. }) => parse_mermaid(source).map_err(|error| error.to_string())?,
        Err(error) => return Err(error.to_string()),
    };
    let graph = &parsed.graph;
    let routed = graph.kind != DiagramKind::Sequence;
    if graph.nodes.len() + graph.subgraphs.len() > MOST_BOXES || (routed && graph.edges.len() > MOST_ARROWS) {
        return Err(format!("a diagram has at most {MOST_BOXES} boxes and {MOST_ARROWS} arrows"));
    }
    let config = LayoutConfig { fast_text_metrics: true, ..LayoutConfig::default() };
    let theme = theme();
    let drawing = render_svg(&compute_layout(graph, &theme, &config), &theme, &config);
    let drawing = vector::simplified(thickened(&drawing).as_bytes(), SCALE).map_err(|fault| fault.to_string())?;
    Ok(grayed(&drawing).into_bytes())
}

/// The library's own look without colour.
fn theme() -> Theme {
    let gray = |value: &str| value.to_owned();
    let steps = ["#ffffff", "#d9d9d9", "#b3b3b3", "#ececec", "#8c8c8c", "#c6c6c6", "#a0a0a0", "#f5f5f5"];
    let slices = [
        "#ececec", "#c6c6c6", "#a0a0a0", "#d9d9d9", "#b3b3b3", "#f5f5f5", "#8c8c8c", "#e0e0e0", "#cccccc", "#969696",
        "#bfbfbf", "#ffffff",
    ];
    Theme {
        font_family: FAMILY.to_owned(),
        font_size: 16.0,
        primary_color: gray("#f2f2f2"),
        primary_text_color: gray("#000000"),
        primary_border_color: gray("#333333"),
        line_color: gray("#333333"),
        secondary_color: gray("#e0e0e0"),
        tertiary_color: gray("#ffffff"),
        edge_label_background: gray("#ffffff"),
        cluster_background: gray("#fafafa"),
        cluster_border: gray("#999999"),
        background: gray("#ffffff"),
        sequence_actor_fill: gray("#f2f2f2"),
        sequence_actor_border: gray("#333333"),
        sequence_actor_line: gray("#999999"),
        sequence_note_fill: gray("#ffffff"),
        sequence_note_border: gray("#666666"),
        sequence_activation_fill: gray("#d9d9d9"),
        sequence_activation_border: gray("#333333"),
        text_color: gray("#000000"),
        git_colors: ["#333333", "#8c8c8c", "#595959", "#b3b3b3", "#404040", "#a0a0a0", "#737373", "#c6c6c6"].map(gray),
        git_inv_colors: steps.map(gray),
        git_branch_label_colors: [
            "#ffffff", "#000000", "#ffffff", "#000000", "#ffffff", "#000000", "#ffffff", "#000000",
        ]
        .map(gray),
        git_commit_label_color: gray("#000000"),
        git_commit_label_background: gray("#f2f2f2"),
        git_tag_label_color: gray("#000000"),
        git_tag_label_background: gray("#ffffff"),
        git_tag_label_border: gray("#333333"),
        pie_colors: slices.map(gray),
        pie_title_text_size: 18.0,
        pie_title_text_color: gray("#000000"),
        pie_section_text_color: gray("#000000"),
        pie_legend_text_color: gray("#000000"),
        pie_stroke_color: gray("#333333"),
        pie_outer_stroke_color: gray("#333333"),
        pie_opacity: 1.0,
        ..Theme::mermaid_default()
    }
}

/// A drawing of the library with its thinnest lines as thick as print needs.
fn thickened(drawing: &str) -> String {
    const WIDTH: &str = " stroke-width=\"";
    let thinnest = format!("{THINNEST:.3}");
    let mut parts = drawing.split(WIDTH);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(WIDTH);
        let (width, rest) = part.split_once('"').unwrap_or((part, ""));
        match width.trim_end_matches("px").parse::<f32>() {
            Ok(thickness) if thickness > 0.0 && thickness < THINNEST => out.push_str(&thinnest),
            _ => out.push_str(width),
        }
        out.push('"');
        out.push_str(rest);
    }
    out
}

/// A simplified drawing with each colour as the gray of its brightness (ITU-R BT.601): some kinds of diagram have colours
/// that no theme changes.
fn grayed(drawing: &str) -> String {
    let mut parts = drawing.split("=\"#");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("=\"#");
        let color = part.get(..6).and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match (color, part.get(6..)) {
            (Some(color), Some(rest)) if rest.starts_with('"') => {
                let [_, red, green, blue] = color.to_be_bytes().map(u32::from);
                let gray = (red * 299 + green * 587 + blue * 114 + 500) / 1000;
                out.push_str(&format!("{gray:02x}").repeat(3));
                out.push_str(rest);
            }
            _ => out.push_str(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIAGRAMS: [&str; 14] = [
        "flowchart LR\n  A[Start] --> B{Choice}\n  B -->|yes| C(Done)\n  B -->|no| A",
        "graph TD\n  subgraph one\n  a --> b\n  end\n  b -.-> c\n  c ==> d",
        "sequenceDiagram\n  participant A as Alice\n  A->>Bob: Hello\n  Bob-->>A: Hi\n  Note over A,Bob: A note",
        "classDiagram\n  Animal <|-- Duck\n  Animal : +int age\n  Animal: +isMammal()\n  class Duck{ +String beak }",
        "stateDiagram-v2\n  [*] --> Still\n  Still --> Moving\n  Moving --> [*]",
        "erDiagram\n  CUSTOMER ||--o{ ORDER : places\n  ORDER ||--|{ LINE : has",
        "gantt\n  title A plan\n  dateFormat YYYY-MM-DD\n  section One\n  Task :a1, 2024-01-01, 30d\n  Next :after a1, 20d",
        "pie title Pets\n  \"Dogs\" : 386\n  \"Cats\" : 85\n  \"Rats\" : 15",
        "mindmap\n  root((Centre))\n    One\n      Inner\n    Two",
        "gitGraph\n  commit\n  branch develop\n  commit\n  checkout main\n  merge develop",
        "timeline\n  title History\n  2002 : LinkedIn\n  2004 : Facebook : Google",
        "journey\n  title A day\n  section Work\n  Make tea: 5: Me\n  Do work: 1: Me, Cat",
        "quadrantChart\n  title Reach\n  x-axis Low --> High\n  y-axis Low --> High\n  A: [0.3, 0.6]",
        "xychart-beta\n  x-axis [jan, feb]\n  y-axis \"Sum\" 0 --> 10\n  bar [5, 6]",
    ];

    #[test]
    fn each_kind_is_drawn_in_gray_outlines_and_the_same_each_time() {
        for source in DIAGRAMS {
            let drawing = render(source).unwrap_or_else(|reason| panic!("{reason}: {source}"));
            assert_eq!(render(source).as_ref(), Ok(&drawing), "{source}");
            let text = String::from_utf8(drawing.clone()).unwrap();
            assert!(!text.contains("<text") && text.contains("<path"), "{source}");
            for color in text.split("=\"#").skip(1).map(|rest| &rest[..6]) {
                assert!(color[..2] == color[2..4] && color[..2] == color[4..], "{color} in {source}");
            }
            let mut graphics = super::super::Graphics::default();
            let id = graphics.add(drawing).unwrap();
            assert_eq!(graphics.get(id).unwrap().losses, [], "{source}");
        }
    }

    #[test]
    fn the_thinnest_lines_are_thick_enough_for_print() {
        let drawing =
            "<a stroke-width=\"0.8\"/><b stroke-width=\"1px\"/><c stroke-width=\"2\"/><d stroke-width=\"0\"/>";
        let thick =
            "<a stroke-width=\"1.429\"/><b stroke-width=\"1.429\"/><c stroke-width=\"2\"/><d stroke-width=\"0\"/>";
        assert_eq!(thickened(drawing), thick);
    }

    #[test]
    fn what_is_no_diagram_is_an_error_and_no_more() {
        let long = format!("graph TD\n{}", "a --> b\n".repeat(MOST_LINES));
        for source in ["", "nonsense", "graph TD\n  --> ", &long] {
            assert!(render(source).is_err(), "{source}");
        }
    }

    #[test]
    fn what_would_take_too_long_is_refused() {
        let sets = "graph TD\na & b & c & d & e & f & g & h & i & j & k --> l & m & n & o & p & q & r & s & t & u";
        let boxes: String = (0..200).map(|n| format!("  n{n}\n")).collect();
        for source in [sets, &format!("graph LR\n{boxes}")] {
            assert!(render(source).is_err_and(|reason| reason.contains("at most")), "{source}");
        }
    }
}
