//! Every construct of the document model on the page: nothing lost, everything in its place.
//!
//! The documents are built from the model itself, so that what is set here does not depend on how it is written.

use std::collections::BTreeMap;
use std::sync::Arc;

use pressmark::diagnostics::{Diagnostic, SourceFiles, Span};
use pressmark::document::{
    AdmonitionKind, Alignment, Attributes, BibliographyEntry, Block, BlockKind, Callout, Cell, CodeBlock,
    ContainerRole, Definition, Division, DivisionKind, Document, Formula, Image, IndexEntry, IndexMark, Inline,
    InlineKind, ListItem, ListNumbers, Matter, Meaning, Metadata, Node, NodeId, Note, PageForm, Row, SpanRole, Table,
    VerseLine, walk,
};
use pressmark::font::FontBook;
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Book, FrameItem, GlyphRun, ItemKind, LinkTarget, Owner};
use pressmark::layout::lay_out;
use pressmark::style::themes;

pub(crate) const NOBODY: NodeId = NodeId { division: 0, index: 0 };

pub(crate) fn span() -> Span {
    let mut sources = SourceFiles::default();
    let source = sources.add("book.md".into(), "".into());
    Span { source, start: 0, end: 0 }
}

pub(crate) fn inline(kind: InlineKind) -> Inline {
    Inline { id: NOBODY, span: span(), attributes: Attributes::default(), kind }
}

pub(crate) fn text(words: &str) -> Inline {
    inline(InlineKind::Text(words.into()))
}

/// One text, or nothing where there are no words.
pub(crate) fn words(words: &str) -> Vec<Inline> {
    if words.is_empty() { Vec::new() } else { vec![text(words)] }
}

pub(crate) fn spanned(role: SpanRole, content: &str) -> Inline {
    inline(InlineKind::Span(role, words(content)))
}

fn formula(tex: &str) -> Formula {
    Formula { tex: tex.into() }
}

pub(crate) fn block(kind: BlockKind) -> Block {
    Block { id: NOBODY, span: span(), attributes: Attributes::default(), kind }
}

pub(crate) fn paragraph(content: &str) -> Block {
    block(BlockKind::Paragraph(words(content)))
}

fn heading(level: u8, content: &str) -> Block {
    block(BlockKind::Heading { level, unnumbered: false, content: words(content) })
}

pub(crate) fn numbered(number: &str, mut block: Block) -> Block {
    block.attributes.number = Some(number.into());
    block
}

fn labelled(label: &str, mut block: Block) -> Block {
    block.attributes.label = Some(label.into());
    block
}

fn container(role: ContainerRole, title: &str, blocks: Vec<Block>) -> Block {
    block(BlockKind::Container { role, title: words(title), blocks })
}

fn admonition(kind: AdmonitionKind, title: &str, blocks: Vec<Block>) -> Block {
    block(BlockKind::Admonition { kind, title: words(title), blocks })
}

pub(crate) fn verse(lines: &[(u8, &str)]) -> Block {
    let line =
        |(indent, line): &(u8, &str)| VerseLine { id: NOBODY, span: span(), indent: *indent, content: words(line) };
    block(BlockKind::Verse(lines.iter().map(line).collect()))
}

fn definition(term: &str, meaning: &str) -> Definition {
    let meanings = vec![Meaning { id: NOBODY, blocks: vec![paragraph(meaning)] }];
    Definition { id: NOBODY, span: span(), attributes: Attributes::default(), term: words(term), meanings }
}

pub(crate) fn cell(blocks: Vec<Block>) -> Cell {
    Cell { id: NOBODY, span: span(), columns: 1, rows: 1, alignment: None, heads_row: false, blocks }
}

pub(crate) fn row(cells: Vec<Cell>) -> Row {
    Row { id: NOBODY, cells }
}

pub(crate) fn cells(contents: &[&str]) -> Row {
    row(contents.iter().map(|content| cell(vec![paragraph(content)])).collect())
}

fn figure(alt: &str, caption: &str) -> Block {
    block(BlockKind::Figure { image: Image { alt: alt.into(), ..Image::default() }, caption: words(caption) })
}

fn list(items: &[&str]) -> Block {
    let item = |content: &&str| ListItem { id: NOBODY, span: span(), done: None, blocks: vec![paragraph(content)] };
    block(BlockKind::List {
        start: None,
        numbers: ListNumbers::default(),
        tight: true,
        items: items.iter().map(item).collect(),
    })
}

fn mark(ordinal: u32) -> Inline {
    let path = vec!["entry".into()];
    inline(InlineKind::IndexMark(IndexMark { path, see: None, see_also: None, ordinal }))
}

fn entry(depth: u8, content: &str, marks: &[u32]) -> IndexEntry {
    IndexEntry { id: NOBODY, depth, content: words(content), marks: marks.to_vec() }
}

fn page_of(label: &str) -> Inline {
    inline(InlineKind::PageReference { label: label.into(), form: PageForm::Number })
}

pub(crate) fn division(blocks: Vec<Block>) -> Division {
    Division { path: "book.md".into(), blocks, ..Division::default() }
}

pub(crate) fn lay(divisions: Vec<Division>, theme: &str) -> (Book, Vec<Diagnostic>) {
    let metadata = Metadata { title: "The Title".into(), language: "en".into(), ..Metadata::default() };
    let mut document = Document { metadata, divisions };
    document.name_nodes();
    let fonts = Arc::new(FontBook::bundled());
    lay_out(document, themes::by_name(theme).unwrap(), fonts, Graphics::default(), BTreeMap::new())
}

/// Sentences that differ, so that lines and pages can be told apart.
pub(crate) fn prose(sentences: usize) -> String {
    const SUBJECTS: [&str; 7] = ["The keeper", "A ship", "The lamp", "Nobody", "The west wind", "Rain", "An old map"];
    const VERBS: [&str; 5] = ["remembers", "never quite reaches", "was painted beside", "outlasts", "leads to"];
    const OBJECTS: [&str; 6] =
        ["the harbour", "every tower", "the second landing", "a winter of fog", "the log", "the sea"];
    let sentence =
        |number: usize| format!("{} {} {}.", SUBJECTS[number % 7], VERBS[number * 3 % 5], OBJECTS[number * 5 % 6]);
    (0..sentences).map(sentence).collect::<Vec<_>>().join(" ")
}

fn code() -> CodeBlock {
    let text = "fn main() {\n    // Greets.\n    println!(\"a long line that must be turned over because it is too long for the measure\");\n}\n";
    CodeBlock { language: "rust".into(), text: text.into(), ..CodeBlock::default() }
}

fn listing() -> Block {
    numbered(
        "Listing 1",
        block(BlockKind::Code(CodeBlock {
            title: words("src/main.rs"),
            caption: words("A program that greets."),
            first_number: Some(99),
            highlighted: vec![(2, 3)],
            callouts: vec![Callout { line: 3, number: 1 }, Callout { line: 3, number: 2 }],
            ..code()
        })),
    )
}

fn table() -> Block {
    let spring = row(vec![
        Cell { rows: 2, heads_row: true, ..cell(vec![paragraph("Spring"), paragraph("and what comes with it")]) },
        cell(vec![paragraph("12.5")]),
        cell(vec![list(&["one thing", "another"]), block(BlockKind::Code(code()))]),
    ]);
    let across = Cell { columns: 2, alignment: Some(Alignment::Center), ..cell(vec![paragraph("across two columns")]) };
    numbered(
        "Table 1",
        block(BlockKind::Table(Table {
            widths: Vec::new(),
            caption: words("The seasons of the lamp."),
            alignments: vec![Alignment::Start, Alignment::End, Alignment::Start],
            head: vec![cells(&["Season", "Oil", "Notes"]), cells(&["", "litres", ""])],
            rows: vec![
                spring,
                cells(&["7", "short"]),
                row(vec![cell(vec![paragraph("Winter")]), across]),
                cells(&["more", "cells", "than", "columns"]),
            ],
        })),
    )
}

/// Each kind of block with its name, with words in all its parts.
fn blocks() -> Vec<(&'static str, Block)> {
    let quotation = || vec![paragraph(&prose(3)), paragraph(&prose(2))];
    let panels = vec![
        numbered("(a)", figure("left", "The left one.")),
        figure("right", "The right one."),
        paragraph("A panel of words."),
    ];
    let group = BlockKind::FigureGroup { blocks: panels, columns: 2, caption: words("Three panels.") };
    let terms = vec![definition("lens", &prose(3)), definition("gallery", &prose(1))];
    let works = vec![
        BibliographyEntry { id: NOBODY, key: "a".into(), marker: "[1]".into(), content: words(&prose(4)) },
        BibliographyEntry { id: NOBODY, key: "b".into(), marker: String::new(), content: words(&prose(2)) },
    ];
    let entries = vec![entry(0, "bell", &[]), entry(1, "of the watch", &[]), entry(0, "lamp", &[])];
    let mut blocks = vec![
        ("heading", numbered("2.1", heading(2, "A heading of some length that goes on and on over two lines"))),
        ("quote", block(BlockKind::Quote(quotation()))),
        ("figure", numbered("Figure 1", figure("what it shows", "What is below."))),
        ("figure group", numbered("Figure 2", block(group))),
        ("definition list", block(BlockKind::DefinitionList(terms))),
        ("plain code", block(BlockKind::Code(code()))),
        ("listing", listing()),
        ("verse", verse(&[(0, "The lamp is lit"), (4, "and set in"), (0, ""), (0, &prose(4))])),
        ("break", block(BlockKind::Break)),
        ("page break", block(BlockKind::PageBreak)),
        ("table", table()),
        ("formula", numbered("(1)", block(BlockKind::Formula(formula(r"\frac{a}{b} = \sqrt{c}"))))),
        ("formula that is not understood", block(BlockKind::Formula(formula(r"\nothing{a")))),
        ("admonition", admonition(AdmonitionKind::Warning, "", quotation())),
        ("titled admonition", admonition(AdmonitionKind::Tip, "A title", vec![list(&["one", "two"])])),
        ("bibliography", block(BlockKind::Bibliography(works))),
        ("index", block(BlockKind::Index(entries))),
    ];
    for (name, role) in [
        ("plain", ContainerRole::Plain),
        ("epigraph", ContainerRole::Epigraph),
        ("dedication", ContainerRole::Dedication),
        ("aside", ContainerRole::Aside),
        ("details", ContainerRole::Details),
        ("centered", ContainerRole::Centered),
        ("end", ContainerRole::End),
        ("glossary", ContainerRole::Glossary),
    ] {
        blocks.push((name, container(role, "Its title", quotation())));
    }
    blocks
}

pub(crate) fn items(book: &Book) -> impl Iterator<Item = (usize, &FrameItem)> {
    let pages = book.pagination.pages.iter().enumerate();
    pages.flat_map(|(page, content)| content.items().map(move |item| (page, item)))
}

pub(crate) fn runs(book: &Book) -> impl Iterator<Item = (usize, Owner, &GlyphRun)> {
    items(book).filter_map(|(page, item)| match &item.kind {
        ItemKind::Glyphs(run) => Some((page, item.owner, run)),
        _ => None,
    })
}

/// The words painted for each owner, in the order of painting.
fn painted(book: &Book) -> BTreeMap<Owner, String> {
    let mut texts: BTreeMap<Owner, String> = BTreeMap::new();
    for (_, owner, run) in runs(book) {
        texts.entry(owner).or_default().push_str(&run.text);
    }
    texts
}

/// The first page of text on which something says `words`.
fn page_that_says(book: &Book, words: &str) -> usize {
    let mut said = runs(book).filter(|(_, owner, _)| matches!(owner, Owner::Node(_)));
    said.find(|(_, _, run)| run.text.contains(words)).map(|(page, ..)| page).expect(words)
}

fn split(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Each leaf is painted once, with all its words.
pub(crate) fn assert_nothing_lost(name: &str, book: &Book) {
    let painted = painted(book);
    for division in &book.document.divisions {
        walk(division.all_blocks(), &mut |node| {
            let (id, text) = match node {
                Node::Block(Block { id, kind: BlockKind::Code(code), .. }) => (*id, code.text.as_str()),
                Node::Inline(Inline { id, kind: InlineKind::Text(text) | InlineKind::Code(text), .. }) => {
                    (*id, text.as_str())
                }
                Node::Block(_) | Node::Inline(_) => return,
            };
            let found = painted.get(&Owner::Node(id)).map(String::as_str).unwrap_or_default();
            assert_eq!(split(found), split(text), "{name}: {id:?}");
        });
    }
}

/// Letters of the text stand in the type area, but for what hangs in the margin.
pub(crate) fn assert_in_the_type_area(name: &str, book: &Book) {
    const HANG: f64 = 6.0;
    for page in book.pagination.pages.iter().filter(|page| page.starts_at.is_some()) {
        let area = book.style.page.type_area(page.side);
        for item in &page.frames[0].items {
            let (ItemKind::Glyphs(run), Owner::Node(_) | Owner::Marker(_)) = (&item.kind, item.owner) else { continue };
            let (left, right) = (run.origin.x.to_pt(), (run.origin.x + run.width()).to_pt());
            // A heading's number may hang in the margin.
            let edge = if matches!(item.owner, Owner::Marker(_)) { 0.0 } else { area.origin.x.to_pt() - HANG };
            let inside = left > edge && right < area.right().to_pt() + HANG;
            assert!(inside, "{name}: {:?} reaches from {left} to {right}", run.text);
            let y = run.origin.y;
            assert!(y > area.origin.y && y < area.bottom(), "{name}: {:?} stands at {}", run.text, y.to_pt());
        }
    }
}

/// A chapter with `block` in the middle of text that is long enough for a page's end to come anywhere.
fn around(block: Block, sentences: usize) -> Vec<Division> {
    vec![division(vec![heading(1, "Chapter"), paragraph(&prose(sentences)), block, paragraph(&prose(5))])]
}

#[test]
fn every_word_of_every_block_is_painted_in_the_type_area() {
    for theme in themes::NAMES {
        for (name, block) in blocks() {
            for sentences in [1, 34] {
                let (book, _) = lay(around(block.clone(), sentences), theme);
                assert_nothing_lost(name, &book);
                assert_in_the_type_area(name, &book);
            }
        }
    }
}

#[test]
fn what_follows_a_block_is_back_on_the_grid() {
    for (name, block) in blocks() {
        let after = paragraph("The very last words.");
        let (book, _) = lay(vec![division(vec![heading(1, "Chapter"), paragraph(&prose(2)), block, after])], "book");
        let last = runs(&book).filter(|(_, _, run)| run.text.contains("very last")).last().expect(name).2;
        let page = book.style.page;
        let from_first = last.origin.y - page.margins.top - page.first_baseline;
        assert_eq!(from_first.round_up(page.baseline), from_first, "{name}");
    }
}

// But for cells and columns, which stand side by side, and the title of a listing, whose lines are its block's own.
#[test]
fn reading_order_is_painting_order() {
    for (name, block) in blocks().into_iter().filter(|(name, _)| !["listing", "table", "index"].contains(name)) {
        let (book, _) = lay(around(block, 5), "book");
        let mut last = NOBODY;
        for (_, owner, run) in runs(&book) {
            if let Owner::Node(node) = owner {
                assert!(node >= last, "{name}: {:?} comes too late", run.text);
                last = node;
            }
        }
    }
}

#[test]
fn a_page_break_begins_a_page_and_a_page_alone_has_no_other() {
    let blocks =
        vec![paragraph("Before."), block(BlockKind::PageBreak), paragraph("Behind."), block(BlockKind::PageBreak)];
    let (book, _) = lay(vec![division(blocks)], "book");
    assert_eq!(page_that_says(&book, "Behind"), page_that_says(&book, "Before") + 1);
    assert_eq!(book.pagination.pages.iter().filter(|page| page.starts_at.is_some()).count(), 2);
}

#[test]
fn a_page_reference_shows_the_page_of_what_it_names() {
    let see = block(BlockKind::Paragraph(vec![text("See page "), page_of("there"), text(" for it.")]));
    let there = labelled("there", heading(2, "There"));
    let (book, _) = lay(vec![division(vec![see, paragraph(&prose(120)), there, paragraph(&prose(3))])], "book");
    let page = page_that_says(&book, "There");
    let label = book.pagination.pages[page].label.text();
    assert_ne!(label, "1");
    let shown: Vec<&str> =
        runs(&book).filter(|(_, _, run)| run.text == label).map(|(_, _, run)| run.text.as_str()).collect();
    assert!(!shown.is_empty(), "page {label} is named");
    assert_eq!(book.pagination.places.values().copied().collect::<Vec<_>>(), [u32::try_from(page).unwrap()]);
}

#[test]
fn the_index_lists_the_pages_of_its_marks() {
    let marked =
        |ordinal| block(BlockKind::Paragraph(vec![text("A word"), mark(ordinal), text(" "), text(&prose(70))]));
    let entries = vec![entry(0, "word", &[0, 1, 2]), entry(0, "nothing", &[])];
    let index =
        Division { matter: Matter::Back, ..division(vec![heading(1, "Index"), block(BlockKind::Index(entries))]) };
    let (book, _) = lay(vec![division(vec![marked(0), marked(1), marked(2)]), index], "book");
    let pages: Vec<String> =
        book.pagination.places.values().map(|page| book.pagination.pages[*page as usize].label.text()).collect();
    let painted = painted(&book);
    let locators: Vec<&String> =
        painted.iter().filter(|(owner, _)| matches!(owner, Owner::Locator(..))).map(|(_, text)| text).collect();
    assert_eq!(pages, ["1", "2", "3"]);
    assert_eq!(locators, [",\u{2002}", "1–3"]);
    let first = book.pagination.places.keys().next().unwrap();
    let linked = items(&book).any(|(_, item)| {
        matches!(&item.kind, ItemKind::Link { target: LinkTarget::Node(node), .. } if node == first)
            && matches!(item.owner, Owner::Locator(..))
    });
    assert!(linked, "the pages lead to the first mark on them");
}

#[test]
fn numbers_stand_before_what_they_number() {
    let (book, _) = lay(
        vec![division(vec![
            numbered("1", heading(1, "Chapter")),
            listing(),
            table(),
            numbered("Figure 7", figure("what", "Seen.")),
        ])],
        "book",
    );
    let markers: Vec<String> = painted(&book)
        .into_iter()
        .filter(|(owner, _)| matches!(owner, Owner::Marker(_)))
        .map(|(_, text)| text.trim().to_owned())
        .collect();
    for number in ["1", "Listing 1", "Table 1", "Figure 7"] {
        assert!(markers.iter().any(|marker| marker == number), "{number} is in {markers:?}");
    }
    let entry = &book.navigation.entries[0];
    assert_eq!((entry.number.as_deref(), entry.title.as_str()), (Some("1"), "Chapter"));
}

#[test]
fn a_part_has_a_recto_of_its_own_and_its_chapters_stand_below_it() {
    let part = Division { kind: DivisionKind::Part, ..division(vec![heading(1, "The Light")]) };
    let chapter = |title: &str| division(vec![heading(1, title), paragraph(&prose(3))]);
    let preface = Division { matter: Matter::Front, ..chapter("Preface") };
    let appendix = Division { matter: Matter::Back, ..chapter("Appendix") };
    let section = Division { level: 1, ..division(vec![heading(2, "Section"), paragraph(&prose(2))]) };
    let (book, _) = lay(vec![preface, part, chapter("One"), section, appendix], "book");
    let depths: Vec<(&str, u8)> =
        book.navigation.entries.iter().map(|entry| (entry.title.as_str(), entry.depth)).collect();
    assert_eq!(depths, [("Preface", 0), ("The Light", 0), ("One", 1), ("Section", 2), ("Appendix", 0)]);
    let labels: Vec<String> =
        book.navigation.entries.iter().map(|entry| book.pagination.pages[entry.page as usize].label.text()).collect();
    assert_eq!(labels, ["vii", "1", "3", "3", "5"]);
}

#[test]
fn a_drop_cap_stands_on_a_baseline_of_the_text_beside_it() {
    let letters = vec![spanned(SpanRole::DropCap, "O"), text("nce "), text(&prose(9))];
    let (book, _) = lay(vec![division(vec![block(BlockKind::Paragraph(letters))])], "book");
    let initial = runs(&book).find(|(_, _, run)| run.text == "O").unwrap().2;
    let baselines: Vec<_> = runs(&book)
        .filter(|(_, owner, run)| matches!(owner, Owner::Node(_)) && run.text != "O")
        .map(|(_, _, run)| (run.origin.y, run.origin.x))
        .collect();
    let lines = i64::from(book.style.initial_lines);
    let body = book.style.page.baseline;
    assert_eq!(initial.origin.y, baselines[0].0 + body * (lines - 1));
    let beside = baselines.iter().filter(|(y, _)| *y <= initial.origin.y).map(|(_, x)| *x).min().unwrap();
    assert!(beside >= initial.origin.x + initial.width(), "no letter runs into the initial");
}

#[test]
fn an_admonition_has_its_rule_on_every_page() {
    let long = admonition(AdmonitionKind::Note, "", (0..30).map(|_| paragraph(&prose(6))).collect());
    let (book, _) = lay(vec![division(vec![long])], "book");
    for page in book.pagination.pages.iter().filter(|page| page.starts_at.is_some()) {
        let rules = page.frames[0].items.iter().filter(|item| matches!(item.kind, ItemKind::Rule { .. })).count();
        assert_eq!(rules, 1, "page {}", page.label.text());
    }
}

#[test]
fn a_table_is_set_smaller_then_turned_before_it_is_too_wide() {
    let wide = |count: usize| {
        let row = cells(&vec!["Kaltwasserleitung"; count]);
        let alignments = vec![Alignment::Start; count];
        let table = block(BlockKind::Table(Table { alignments, rows: vec![row], ..Table::default() }));
        vec![division(vec![paragraph(&prose(1)), table])]
    };
    let size = |book: &Book| runs(book).find(|(_, _, run)| run.text.contains("Kalt")).unwrap().2.size;
    let codes = |found: &[Diagnostic]| found.iter().map(|finding| finding.code).collect::<Vec<_>>();
    let ((fits, none), (smaller, still_none), (_, some)) =
        (lay(wide(2), "book"), lay(wide(4), "book"), lay(wide(9), "book"));
    assert!(size(&smaller) < size(&fits));
    let (turned, none_either) = lay(wide(5), "book");
    assert_eq!(size(&turned), size(&fits), "turned, it has its full size");
    assert_eq!(codes(&none_either), Vec::<&str>::new());
    assert_eq!((codes(&none), codes(&still_none), codes(&some)), (vec![], vec![], vec!["overfull-table"]));
}

#[test]
fn notes_in_captions_and_cells_stand_at_the_foot() {
    let referring = || inline(InlineKind::NoteReference(0));
    let mut caption = figure("what", "Seen");
    let BlockKind::Figure { caption: content, .. } = &mut caption.kind else { unreachable!() };
    content.push(referring());
    let note = Note { id: NOBODY, label: None, span: span(), edition: None, blocks: vec![paragraph("A note.")] };
    let (book, _) = lay(vec![Division { notes: vec![note], ..division(vec![caption]) }], "book");
    assert_nothing_lost("note", &book);
}

#[test]
fn words_are_dressed_as_they_ask() {
    let roles = [SpanRole::Underline, SpanRole::Highlight, SpanRole::Keyboard, SpanRole::SmallCaps, SpanRole::Plain];
    let rules = |role: SpanRole| {
        let (book, _) = lay(vec![division(vec![block(BlockKind::Paragraph(vec![spanned(role, "word")]))])], "book");
        assert_nothing_lost("span", &book);
        let page = book.pagination.pages.iter().find(|page| page.starts_at.is_some()).unwrap();
        page.frames[0].items.iter().filter(|item| matches!(item.kind, ItemKind::Rule { .. })).count()
    };
    assert_eq!(roles.map(rules), [1, 1, 4, 0, 0]);
}
