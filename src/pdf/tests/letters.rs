//! Letters: in which order they are read, and where they stand.

use super::*;

#[test]
fn right_to_left_text_reads_in_logical_order() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    let mut run = set.run("abc", SERIF, Length::millipoints(10_500), Features::default());
    run.glyphs.reverse();
    set.set_run(node(1), run);
    assert_eq!(File::of(&set.book).said(), "abc");
}

#[test]
fn a_raised_glyph_is_painted_where_it_belongs_and_the_rest_stays_on_the_baseline() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    let mut run = set.run("abc", SERIF, Length::pt(10), Features::default());
    run.glyphs[1].offset = Point::new(Length::pt(1), -Length::pt(3));
    let (origin, before) = (run.origin, run.glyphs[0].advance);
    let height = set.book.style.page.trim.height;
    set.set_run(node(1), run);
    let file = File::of(&set.book);
    let mut place = (0.0, 0.0);
    let mut places: Vec<(f32, f32)> = Vec::new();
    for operation in file.operations(file.pages[0]).iter().filter(|operation| operation.operator == "Td") {
        place.0 += operation.operands[0].as_float().unwrap();
        place.1 += operation.operands[1].as_float().unwrap();
        places.push(place);
    }
    let baseline = (height - origin.y).to_pt();
    assert_eq!(places.len(), 3);
    assert!((f64::from(places[1].0) - (origin.x + before).to_pt() - 1.0).abs() < 0.01);
    assert!((f64::from(places[1].1) - baseline - 3.0).abs() < 0.01);
    assert!((f64::from(places[2].1) - baseline).abs() < 0.01);
}

/// The text operators of a page that place and show, with how far from the sheet's left edge the viewer's pen is before the
/// first glyph of each array.
fn shown(file: &File, page: ObjectId) -> Vec<(String, f64)> {
    let fonts = file.pdf.get_page_fonts(page).unwrap();
    let mut widths: Vec<f64> = Vec::new();
    let (mut size, mut scale, mut line, mut pen) = (0.0, 1.0, 0.0, 0.0);
    let mut found = Vec::new();
    for operation in file.operations(page) {
        let operand = |index: usize| f64::from(operation.operands[index].as_float().unwrap());
        match operation.operator.as_str() {
            "BT" => (line, pen) = (0.0, 0.0),
            "Tf" => {
                let font = fonts[operation.operands[0].as_name().unwrap()];
                let descendant = file.entry(font, "DescendantFonts").unwrap().as_array().unwrap();
                let descendant = file.resolve(&descendant[0]).as_dict().unwrap();
                let all = file.entry(descendant, "W").unwrap().as_array().unwrap()[1].as_array().unwrap();
                widths = all.iter().map(|width| f64::from(width.as_float().unwrap())).collect();
                size = operand(1);
            }
            "Tz" => scale = operand(0) / 100.0,
            "Td" => {
                line += operand(0);
                pen = line;
                found.push(("Td".to_owned(), pen));
            }
            "TJ" => {
                let mut first = None;
                for item in operation.operands[0].as_array().unwrap() {
                    if let Object::Integer(adjustment) = item {
                        pen -= *adjustment as f64 / 1000.0 * size * scale;
                        continue;
                    }
                    first.get_or_insert(pen);
                    for code in item.as_str().unwrap().chunks(2) {
                        let code = usize::from(u16::from_be_bytes([code[0], code[1]]));
                        pen += widths[code] / 1000.0 * size * scale;
                    }
                }
                found.push(("TJ".to_owned(), first.unwrap()));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn the_runs_of_an_owner_on_a_line_are_one_array() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    for _ in 0..2 {
        set.line();
        for text in ["let", " ", "(x", ")", " ", "=", " ", "y;"] {
            set.set(node(1), text);
        }
    }
    let file = File::of(&set.book);
    let operators: Vec<String> = shown(&file, file.pages[0]).into_iter().map(|(operator, _)| operator).collect();
    assert_eq!(operators, ["Td", "TJ", "Td", "TJ"]);
    assert_eq!(file.said(), "let (x) = y;".repeat(2));
}

#[test]
fn the_pen_goes_on_from_run_to_run_and_owner_to_owner() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    let mut starts = Vec::new();
    for index in 0..40_u16 {
        let millipoints = 8_333 + 137 * i64::from(index % 7);
        let mut run = set.run("fact, ory ", SERIF, Length::millipoints(millipoints), Features::default());
        run.expansion = 9_800 + 13 * (index % 5);
        for glyph in &mut run.glyphs {
            glyph.advance = glyph.advance.scale(i64::from(run.expansion), 10_000) + Length::from_raw(7_777);
        }
        starts.push(run.origin.x.to_pt());
        set.set_run(node(1 + u32::from(index % 2)), run);
    }
    let file = File::of(&set.book);
    let found = shown(&file, file.pages[0]);
    assert_eq!(found.iter().filter(|(operator, _)| operator == "Td").count(), 1);
    let pens: Vec<f64> = found.into_iter().filter(|(operator, _)| operator == "TJ").map(|(_, pen)| pen).collect();
    assert_eq!(pens.len(), starts.len());
    for (pen, start) in pens.into_iter().zip(starts) {
        // Half of a thousandth of the em.
        assert!((pen - start).abs() < 0.005, "{pen} {start}");
    }
}

#[test]
fn a_rule_between_words_and_a_wide_gap_begin_anew() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    set.set(node(1), "a");
    let rect = Rect::new(set.x, set.y, Length::pt(5), Length::pt(1));
    set.push(node(1), ItemKind::Rule { rect, ink: Ink::Black });
    set.set(node(1), "b");
    set.x += Length::pt(30);
    let start = set.x.to_pt();
    set.set(node(1), "c");
    let file = File::of(&set.book);
    let found = shown(&file, file.pages[0]);
    let operators: Vec<&str> = found.iter().map(|(operator, _)| operator.as_str()).collect();
    assert_eq!(operators, ["Td", "TJ", "Td", "TJ", "Td", "TJ"]);
    assert!((found[5].1 - start).abs() < 0.001);
    assert_eq!(file.said(), "abc");
}
