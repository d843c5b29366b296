//! Tables, code, lists, verse and initials: where their letters stand on the page.
//!
//! The documents are built from the model itself. Start at the tests.

use std::collections::BTreeSet;

use pressmark::document::{
    Alignment, Block, BlockKind, Cell, CodeBlock, ListFigures, ListItem, ListMarks, ListNumbers, Row, SpanRole, Table,
};
use pressmark::font::PathElement;
use pressmark::geometry::Length;
use pressmark::layout::book::{Book, FrameItem, GlyphRun, ItemKind, Owner, turned};

use crate::constructs::{
    NOBODY, assert_in_the_type_area, assert_nothing_lost, block, cell, cells, division, items, lay, numbered,
    paragraph, prose, runs, span, spanned, text, verse, words,
};

/// Half of the rounding of a coordinate, and as much for its sums.
const TOLERANCE: Length = Length::millipoints(100);

fn run<'b>(book: &'b Book, words: &str) -> &'b GlyphRun {
    runs(book).find(|(_, _, run)| run.text.trim() == words).map(|(.., run)| run).expect(words)
}

fn right(run: &GlyphRun) -> Length {
    run.origin.x + run.width()
}

fn table(alignments: Vec<Alignment>, head: &[&str], rows: &[&[&str]]) -> Block {
    let head: Vec<Row> = if head.is_empty() { Vec::new() } else { vec![cells(head)] };
    let rows = rows.iter().map(|row| cells(row)).collect();
    block(BlockKind::Table(Table { alignments, head, rows, caption: words("A caption."), ..Table::default() }))
}

/// A table that no reduction makes narrow enough.
fn wide_table(rows: usize) -> Block {
    let names: Vec<String> = (0..5).map(|column| format!("Kaltwasserleitung{column}")).collect();
    let head: Vec<&str> = names.iter().map(String::as_str).collect();
    let bodies: Vec<Vec<String>> =
        (0..rows).map(|row| (0..5).map(|column| format!("r{row}c{column}")).collect()).collect();
    let bodies: Vec<Vec<&str>> = bodies.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let bodies: Vec<&[&str]> = bodies.iter().map(Vec::as_slice).collect();
    numbered("Table 1", table(vec![Alignment::Start; 5], &head, &bodies))
}

/// What is turned on each page, with its corner.
fn turned_groups(book: &Book) -> Vec<(usize, pressmark::geometry::Point, &[FrameItem])> {
    let pages = book.pagination.pages.iter().enumerate();
    let frames = pages.flat_map(|(page, content)| content.frames.iter().map(move |frame| (page, frame)));
    let items = frames.flat_map(|(page, frame)| frame.items.iter().map(move |item| (page, item)));
    items
        .filter_map(|(page, item)| match &item.kind {
            ItemKind::Turned { origin, items } => Some((page, *origin, items.as_slice())),
            _ => None,
        })
        .collect()
}

#[test]
fn a_turned_table_has_pages_of_its_own_with_its_head_on_each() {
    let around = vec![paragraph(&prose(9)), wide_table(40), paragraph("What follows.")];
    let (book, found) = lay(vec![division(around)], "book");
    assert!(found.is_empty(), "{found:?}");
    assert_nothing_lost("turned", &book);
    let groups = turned_groups(&book);
    assert!(groups.len() >= 3, "forty rows go on {} pages", groups.len());
    for pair in groups.windows(2) {
        assert_eq!(pair[0].0 + 1, pair[1].0, "its pages follow one another");
    }
    for (number, (page, origin, items)) in groups.into_iter().enumerate() {
        let area = book.style.page.type_area(book.pagination.pages[page].side);
        assert_eq!((origin.x, origin.y), (area.origin.x, area.bottom()), "its head is at the left");
        let said = |words: &str| {
            items.iter().any(|item| matches!(&item.kind, ItemKind::Glyphs(run) if run.text.contains(words)))
        };
        assert!(said("Kaltwasserleitung0"), "page {page} has the head");
        assert_eq!(said("A caption"), number == 0, "the caption stands above the first part");
        for item in items {
            let ItemKind::Glyphs(run) = &item.kind else { continue };
            assert!(right(run) < area.size.height + Length::pt(6), "{} reaches out", run.text);
            assert!(run.origin.y > Length::ZERO && run.origin.y < area.size.width, "{} reaches out", run.text);
        }
    }
    let follows = runs(&book).find(|(.., run)| run.text.contains("What follows")).unwrap().0;
    assert_eq!(follows + 1, turned_groups(&book)[0].0, "text goes on above its pages");
}

fn glyphs(items: &[FrameItem]) -> impl Iterator<Item = &GlyphRun> {
    items.iter().filter_map(|item| match &item.kind {
        ItemKind::Glyphs(run) => Some(run),
        _ => None,
    })
}

#[test]
fn a_heading_before_a_turned_table_has_text_below_it() {
    let heading = || {
        let mut heading = block(BlockKind::Heading { level: 2, content: words("Above"), unnumbered: false });
        heading.attributes.label = Some("above".into());
        heading
    };
    for before in 1..40 {
        let text = paragraph(&prose(before));
        let (book, found) = lay(vec![division(vec![text, heading(), wide_table(20), paragraph(&prose(60))])], "book");
        assert!(found.is_empty(), "{before}: {found:?}");
        assert_nothing_lost("turned", &book);
        let labelled = &book.document.divisions[0].blocks[1];
        let page = book.pagination.places[&labelled.id] as usize;
        let frame = &book.pagination.pages[page].frames[0];
        let lines: BTreeSet<Length> = glyphs(&frame.items).map(|run| run.origin.y).collect();
        let at = glyphs(&frame.items).find(|run| run.text.contains("Above")).unwrap().origin.y;
        assert!(lines.into_iter().filter(|y| *y > at).count() >= 2, "{before}");
        let groups = turned_groups(&book);
        assert_eq!(groups[0].0, page + 1, "{before}: it follows as soon as a page ends");
        assert!(groups.windows(2).all(|pair| pair[0].0 + 1 == pair[1].0), "{before}");
    }
}

#[test]
fn a_heading_with_nothing_but_a_turned_table_below_it_is_told_of() {
    let heading = block(BlockKind::Heading { level: 2, content: words("Alone"), unnumbered: false });
    let (book, found) = lay(vec![division(vec![paragraph(&prose(9)), heading, wide_table(20)])], "book");
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["stranded-heading"]);
    assert_nothing_lost("turned", &book);
}

#[test]
fn each_part_of_a_turned_table_has_the_page_on_which_it_stands() {
    let mut table = wide_table(40);
    let BlockKind::Table(content) = &mut table.kind else { unreachable!() };
    for (number, row) in content.rows.iter_mut().enumerate() {
        row.cells[0].blocks[0].attributes.label = Some(format!("row-{number}").into());
    }
    let (book, _) = lay(vec![division(vec![paragraph(&prose(9)), table, paragraph(&prose(60))])], "book");
    let mut checked = 0;
    for (page, _, items) in turned_groups(&book) {
        for item in items {
            let (ItemKind::Glyphs(run), Owner::Node(node)) = (&item.kind, item.owner) else { continue };
            if run.text.ends_with("c0") {
                let block = pressmark::document::NodeId { index: node.index - 1, ..node };
                assert_eq!(book.pagination.places.get(&block), Some(&u32::try_from(page).unwrap()), "{}", run.text);
                checked += 1;
            }
        }
    }
    assert_eq!(checked, 40);
}

#[test]
fn what_is_turned_lies_where_its_corner_says() {
    use pressmark::geometry::{Point, Rect};
    let (pt, corner) = (Length::pt, Point::new(Length::pt(50), Length::pt(400)));
    let box_of = |x, y, width, height| Rect::new(pt(x), pt(y), pt(width), pt(height));
    assert_eq!(turned(box_of(0, 0, 300, 20), corner), box_of(50, 100, 20, 300));
    assert_eq!(turned(box_of(10, 30, 100, 5), corner), box_of(80, 290, 5, 100));
}

#[test]
fn numbers_stand_below_each_other_by_their_decimal_signs() {
    let rows: [&[&str]; 4] = [&["a", "1.5"], &["b", "1,022.25"], &["c", "3 %"], &["d", "–"]];
    for alignment in [Alignment::Start, Alignment::End] {
        let (book, _) =
            lay(vec![division(vec![table(vec![Alignment::Start, alignment], &["x", "Number"], &rows)])], "book");
        let whole_end = |number: &str, whole: usize| {
            let run = run(&book, number);
            run.origin.x + run.glyphs[..whole].iter().map(|glyph| glyph.advance).sum::<Length>()
        };
        let ends = [whole_end("1.5", 1), whole_end("1,022.25", 5), whole_end("3 %", 1)];
        for end in ends {
            assert!(end - ends[0] < TOLERANCE && ends[0] - end < TOLERANCE, "{ends:?}");
        }
        let furthest = ["1.5", "1,022.25", "3 %"].map(|number| right(run(&book, number))).into_iter().max().unwrap();
        assert!(right(run(&book, "Number")) - furthest < Length::pt(1), "the head ends where the numbers do");
    }
}

#[test]
fn columns_are_as_wide_as_the_author_says() {
    let rows: [&[&str]; 1] = [&["one", "two", "three"]];
    let mut told = table(vec![Alignment::Start; 3], &[], &rows);
    let BlockKind::Table(content) = &mut told.kind else { unreachable!() };
    content.widths = vec![500, 250, 250];
    let (book, _) = lay(vec![division(vec![told])], "book");
    let measure = book.style.page.type_area(pressmark::style::Side::Recto).size.width;
    let start = |words: &str| run(&book, words).origin.x;
    let (first, second) = (start("two") - start("one"), start("three") - start("two"));
    assert!(first - measure / 2 < TOLERANCE && measure / 2 - first < TOLERANCE);
    assert!(second - measure / 4 < TOLERANCE && measure / 4 - second < TOLERANCE);
}

fn list_of(start: u64, numbers: ListNumbers, count: usize) -> Block {
    let item =
        |index| ListItem { id: NOBODY, span: span(), done: None, blocks: vec![paragraph(&format!("item{index}"))] };
    block(BlockKind::List { start: Some(start), numbers, tight: true, items: (0..count).map(item).collect() })
}

#[test]
fn the_numbers_of_a_list_end_below_each_other_in_the_measure() {
    let cases = [
        (1, ListFigures::Decimal),
        (95, ListFigures::Decimal),
        (996, ListFigures::Decimal),
        (1, ListFigures::LowerRoman),
    ];
    for (start, figures) in cases {
        let numbers = ListNumbers { figures, marks: ListMarks::Parentheses };
        let (book, _) = lay(vec![division(vec![paragraph("Before."), list_of(start, numbers, 9)])], "book");
        assert_in_the_type_area("list", &book);
        let edge = run(&book, "Before.").origin.x;
        let markers: Vec<&GlyphRun> =
            runs(&book).filter(|(_, owner, _)| matches!(owner, Owner::Marker(_))).map(|(.., run)| run).collect();
        assert_eq!(markers.len(), 9);
        for (index, marker) in (0..).zip(&markers) {
            assert_eq!(marker.text, numbers.label(start + index));
            let off = right(marker) - right(markers[0]);
            assert!(off < TOLERANCE && -off < TOLERANCE, "{} ends elsewhere", marker.text);
            assert!(marker.origin.x > edge - Length::pt(1), "{} stands in the margin", marker.text);
            let item = run(&book, &format!("item{index}"));
            assert!(item.origin.x > right(marker) && item.origin.y == marker.origin.y);
        }
    }
}

#[test]
fn a_marker_stands_beside_what_begins_its_item() {
    let code = block(BlockKind::Code(CodeBlock { text: "code();\n".into(), ..CodeBlock::default() }));
    let cell = table(vec![Alignment::Start], &[], &[&["cell"]]);
    let quote = block(BlockKind::Quote(vec![paragraph("quoted")]));
    for (first, words) in [(code, "code();"), (cell, "A caption."), (quote, "quoted")] {
        let item = ListItem { id: NOBODY, span: span(), done: None, blocks: vec![first] };
        let plain = ListItem { id: NOBODY, span: span(), done: None, blocks: vec![paragraph("plain")] };
        let items = vec![item, plain];
        let list = BlockKind::List { start: None, numbers: ListNumbers::default(), tight: true, items };
        let (book, _) = lay(vec![division(vec![block(list)])], "book");
        assert_eq!(run(&book, "•").origin.y, run(&book, words).origin.y, "{words}");
        assert!(run(&book, "•").origin.x < run(&book, words).origin.x);
        // Letters that hang out do so by less than a point.
        let apart = run(&book, words).origin.x - run(&book, "plain").origin.x;
        assert!(apart.max(-apart) < Length::pt(1), "{words}");
    }
}

#[test]
fn the_numbers_of_lines_stand_in_the_indent() {
    let code = CodeBlock { text: "word\n".repeat(120), first_number: Some(1), ..CodeBlock::default() };
    let (book, _) = lay(vec![division(vec![paragraph("Before."), block(BlockKind::Code(code))])], "book");
    for number in ["9", "99", "120"] {
        let found = runs(&book).find(|(_, owner, run)| matches!(owner, Owner::Artifact(_)) && run.text == number);
        let (page, _, run) = found.expect(number);
        let left = book.style.page.type_area(book.pagination.pages[page].side).origin.x;
        let words = runs(&book).find(|(_, _, other)| other.origin.y == run.origin.y && other.text.starts_with("word"));
        assert!(run.origin.x >= left && right(run) < words.unwrap().2.origin.x, "{number} stands in the indent");
    }
}

#[test]
fn lines_of_code_are_numbered_as_the_style_and_the_author_say() {
    let code = |lines: usize, unnumbered| CodeBlock { text: "x\n".repeat(lines), unnumbered, ..CodeBlock::default() };
    assert_eq!(code(2, false).numbered_from(true), Some(1));
    assert_eq!(code(2, false).numbered_from(false), None);
    assert_eq!(code(1, false).numbered_from(true), None, "one line has no number");
    assert_eq!(code(2, true).numbered_from(true), None);
    assert_eq!(CodeBlock { first_number: Some(7), ..code(1, false) }.numbered_from(false), Some(7));
}

#[test]
fn a_long_line_of_code_goes_on_further_in_than_it_began() {
    let text = format!("    {}\n", "word ".repeat(30));
    let code = block(BlockKind::Code(CodeBlock { text, ..CodeBlock::default() }));
    let (book, _) = lay(vec![division(vec![code])], "book");
    assert_nothing_lost("code", &book);
    let mark = run(&book, "»");
    let lines: Vec<&GlyphRun> =
        runs(&book).filter(|(_, owner, _)| matches!(owner, Owner::Node(_))).map(|(.., run)| run).collect();
    let first = |run: &GlyphRun| {
        let blank = run.text.len() - run.text.trim_start().len();
        run.origin.x + run.glyphs[..blank].iter().map(|glyph| glyph.advance).sum::<Length>()
    };
    assert!(first(lines[1]) > first(lines[0]), "it goes on further in");
    assert!(mark.origin.x - first(lines[0]) < TOLERANCE, "the mark stands where the line began");
}

#[test]
fn a_turned_over_line_of_verse_stands_further_in_than_any_line_begins() {
    let long = "a line that goes on and on and on and on and on until it has to be turned over as lines are";
    let (book, _) = lay(vec![division(vec![verse(&[(0, long), (4, "indented"), (0, "short")])])], "book");
    let lines: Vec<&GlyphRun> =
        runs(&book).filter(|(_, owner, _)| matches!(owner, Owner::Node(_))).map(|(.., run)| run).collect();
    let (begun, over) = (lines[0], lines.iter().find(|run| run.origin.y > lines[0].origin.y).unwrap());
    assert!(over.origin.x > run(&book, "indented").origin.x && over.origin.x > begun.origin.x);
    assert_eq!(run(&book, "short").origin.x, begun.origin.x);
    // Once is enough: the lines make room for that.
    let baselines: BTreeSet<Length> = lines.iter().map(|run| run.origin.y).collect();
    assert_eq!(baselines.len(), 4);
}

#[test]
fn columns_that_have_room_give_a_cell_across_them_a_single_line() {
    for length in 12..30 {
        let words = "across".chars().cycle().take(length).collect::<String>() + " columns";
        let across = Cell { columns: 3, ..cell(vec![paragraph(&words)]) };
        let mut row = cells(&["a"]);
        row.cells = vec![across];
        let rows = vec![cells(&["a", "b", "c"]), row];
        let (book, _) = lay(vec![division(vec![block(BlockKind::Table(Table { rows, ..Table::default() }))])], "book");
        assert_eq!(run(&book, &words).text.trim(), words);
    }
}

/// How far the outline of a run reaches above and below its baseline.
fn reach(book: &Book, run: &GlyphRun) -> (Length, Length) {
    let face = book.fonts.face(run.face);
    let (mut above, mut below) = (Length::ZERO, Length::ZERO);
    for element in run.glyphs.iter().flat_map(|glyph| face.outline(glyph.id)) {
        if let PathElement::MoveTo { y, .. }
        | PathElement::LineTo { y, .. }
        | PathElement::QuadTo { y, .. }
        | PathElement::CurveTo { y, .. } = element
        {
            #[expect(clippy::cast_possible_truncation, reason = "font units are 16 bits")]
            let height = run.size.scale(y as i64, face.units_per_em());
            (above, below) = (above.max(height), below.max(-height));
        }
    }
    (above, below)
}

#[test]
fn an_initial_is_as_high_as_from_the_first_capitals_to_its_baseline() {
    let letters = vec![spanned(SpanRole::DropCap, "H"), text("Hence "), text(&prose(9))];
    let (book, _) = lay(vec![division(vec![block(BlockKind::Paragraph(letters))])], "book");
    let initial = run(&book, "H");
    let body = runs(&book).find(|(_, _, run)| run.text.starts_with("Hence")).unwrap().2;
    let lines = i64::from(book.style.initial_lines);
    assert_eq!(initial.origin.y, body.origin.y + book.style.page.baseline * (lines - 1));
    let (high, _) = reach(&book, initial);
    let capital = GlyphRun { glyphs: body.glyphs[..1].to_vec(), ..body.clone() };
    let (capital, _) = reach(&book, &capital);
    let off = (initial.origin.y - high) - (body.origin.y - capital);
    assert!(off < TOLERANCE && -off < TOLERANCE, "it is {} pt too low", off.to_pt());
}

#[test]
fn signs_before_an_initial_hang_in_the_margin() {
    for letters in [
        vec![spanned(SpanRole::DropCap, "“O"), text("nce "), text(&prose(9))],
        vec![text("“"), spanned(SpanRole::DropCap, "O"), text("nce "), text(&prose(9))],
    ] {
        let (book, _) = lay(vec![division(vec![block(BlockKind::Paragraph(letters))])], "book");
        assert_nothing_lost("initial", &book);
        let edge = book.style.page.type_area(pressmark::style::Side::Recto).origin.x;
        let (sign, initial) = (run(&book, "“"), run(&book, "O"));
        assert!(right(sign) <= edge && initial.origin.x < edge + TOLERANCE && initial.size > sign.size);
    }
}

#[test]
fn the_line_below_an_initial_keeps_clear_of_its_tail() {
    let beside = |letter: &str| {
        let letters = vec![spanned(SpanRole::DropCap, letter), text("uick "), text(&prose(12))];
        let (book, _) = lay(vec![division(vec![block(BlockKind::Paragraph(letters))])], "book");
        let initial = run(&book, letter);
        let clear = initial.origin.x + initial.width() / 2;
        let mut lines: Vec<(Length, Length)> = Vec::new();
        for (_, owner, run) in runs(&book).filter(|(_, _, run)| run.text != letter) {
            if matches!(owner, Owner::Node(_)) && lines.last().is_none_or(|(y, _)| *y != run.origin.y) {
                lines.push((run.origin.y, run.origin.x));
            }
        }
        lines.iter().take_while(|(_, x)| *x > clear).count()
    };
    assert_eq!((beside("H"), beside("Q")), (3, 4));
}

#[test]
fn who_is_quoted_stands_at_the_far_edge_on_the_page_of_the_words() {
    let quote = block(BlockKind::Quote(vec![paragraph("Words."), paragraph("— Somebody")]));
    for sentences in 60..75 {
        let (book, _) = lay(vec![division(vec![paragraph(&prose(sentences)), quote.clone()])], "book");
        let page = |words: &str| runs(&book).find(|(_, _, run)| run.text.contains(words)).unwrap().0;
        assert_eq!(page("Words."), page("Somebody"));
    }
    let (book, _) = lay(vec![division(vec![quote])], "book");
    let area = book.style.page.type_area(pressmark::style::Side::Recto);
    let end = area.right() - book.style.quote_indent - right(run(&book, "— Somebody"));
    assert!(end < TOLERANCE * 10 && -end < Length::pt(3), "{}", end.to_pt());
    assert!(items(&book).count() > 0);
}
