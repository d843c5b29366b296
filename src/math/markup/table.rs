//! Matrices, aligned lines and diagrams as MathML tables.

use ratex_parser::ParseNode;
use ratex_parser::parse_node::{AlignSpec, AlignType, ArrayTag};

use super::{Context, Element, all, is_empty, one};

/// An array, with the rules that it has inside and around it.
pub(super) fn array(current: &ParseNode, context: Context) -> Element {
    let ParseNode::Array { body, cols, hlines_before_row, col_separation_type, add_jot, tags, is_cd, .. } = current
    else {
        return Element::empty("mrow");
    };
    let columns = body.iter().map(Vec::len).max().unwrap_or(0);
    let mut rows = Vec::with_capacity(body.len());
    for (number, row) in body.iter().enumerate() {
        let mut cells: Vec<Element> = row.iter().map(|cell| Element::of("mtd", vec![one(cell, context)])).collect();
        if let Some(ArrayTag::Explicit(tag)) = tags.as_ref().and_then(|tags| tags.get(number)) {
            cells.resize_with(columns, || Element::empty("mtd"));
            cells.push(Element::of("mtd", vec![all(tag, Context { text: true, ..context })]));
        }
        rows.push(Element::of("mtr", cells));
    }
    let mut table = Element::of("mtable", rows);
    let alignment = alignments(cols.as_deref().unwrap_or_default(), columns);
    if !alignment.is_empty() {
        table = table.with("columnalign", alignment);
    }
    let spacing = match col_separation_type.as_deref() {
        Some("align" | "alignat") => "0em 2em",
        Some("gather") => "1em",
        Some("small") => "0.3em",
        _ if is_cd.unwrap_or(false) => "0.2em",
        _ => "1em",
    };
    if columns > 1 {
        table = table.with("columnspacing", repeated(spacing, columns - 1));
    }
    let row_spacing = match col_separation_type.as_deref() {
        Some("small") => "0.1em",
        _ if add_jot.unwrap_or(false) => "0.3em",
        _ => "0.2em",
    };
    table = table.with("rowspacing", row_spacing);
    let lines = |number: usize| hlines_before_row.get(number).and_then(|lines| lines.first()).copied();
    ruled(table, cols.as_deref().unwrap_or_default(), columns, body.len(), lines)
}

/// `table` with its rules; `lines` tells whether one runs before a row, and whether it is dashed.
fn ruled(
    mut table: Element,
    columns: &[AlignSpec],
    count: usize,
    rows: usize,
    lines: impl Fn(usize) -> Option<bool>,
) -> Element {
    let style = |line: Option<bool>| match line {
        None => "none",
        Some(false) => "solid",
        Some(true) => "dashed",
    };
    let inner: Vec<&str> = (1..rows).map(|row| style(lines(row))).collect();
    if inner.iter().any(|line| *line != "none") {
        table = table.with("rowlines", inner.join(" "));
    }
    let mut upright = vec![None; count + 1];
    let mut before = 0;
    for column in columns {
        match column.align_type {
            AlignType::Align => before += 1,
            AlignType::Separator => {
                if let Some(place) = upright.get_mut(before) {
                    *place = Some(column.align.as_deref() == Some(":"));
                }
            }
        }
    }
    let between: Vec<&str> = upright.iter().take(count).skip(1).map(|line| style(*line)).collect();
    if between.iter().any(|line| *line != "none") {
        table = table.with("columnlines", between.join(" "));
    }
    let edges = [
        ("left", upright.first().copied().flatten()),
        ("right", upright.get(count).copied().flatten()),
        ("top", lines(0)),
        ("bottom", lines(rows)),
    ];
    let around: Vec<&str> = edges.iter().filter(|(_, line)| line.is_some()).map(|(edge, _)| *edge).collect();
    if around.is_empty() || count == 0 {
        return table;
    }
    Element::of("menclose", vec![table]).with("notation", around.join(" "))
}

fn alignments(columns: &[AlignSpec], count: usize) -> String {
    let names = columns.iter().filter_map(|column| match (&column.align_type, column.align.as_deref()) {
        (AlignType::Align, Some("l")) => Some("left"),
        (AlignType::Align, Some("r")) => Some("right"),
        (AlignType::Align, _) => Some("center"),
        (AlignType::Separator, _) => None,
    });
    names.take(count).collect::<Vec<_>>().join(" ")
}

/// `count` of `words`, which are gone through again and again; one that is always the same is enough.
fn repeated(words: &str, count: usize) -> String {
    if !words.contains(' ') {
        return words.to_owned();
    }
    words.split(' ').cycle().take(count).collect::<Vec<_>>().join(" ")
}

/// An arrow of a commutative diagram with its labels.
pub(super) fn diagram_arrow(
    direction: &str,
    first: Option<&ParseNode>,
    second: Option<&ParseNode>,
    context: Context,
) -> Element {
    let (sign, upright) = match direction {
        "left" => ("←", false),
        "up" => ("↑", true),
        "down" => ("↓", true),
        "horiz_eq" => ("=", false),
        "vert_eq" => ("∥", true),
        "none" => return Element::empty("mrow"),
        _ => ("→", false),
    };
    let arrow = Element::sign(sign).with("stretchy", "true").with("minsize", "2em");
    let label = |node: &ParseNode| one(node, context.scripts());
    let [first, second] = [first, second].map(|label| label.filter(|label| !is_empty(label)));
    match (first.map(label), second.map(label), upright) {
        (first, second, true) => Element::row(first.into_iter().chain([arrow]).chain(second).collect()),
        (Some(above), Some(below), false) => Element::of("munderover", vec![arrow, below, above]),
        (Some(above), None, false) => Element::of("mover", vec![arrow, above]),
        (None, Some(below), false) => Element::of("munder", vec![arrow, below]),
        (None, None, false) => arrow,
    }
}
