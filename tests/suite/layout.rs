//! The shared layout model, from Markdown: nothing lost, everything on the page, the same on any number of threads.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pressmark::diagnostics::{Diagnostic, Place, SourceFiles};
use pressmark::document::{Block, BlockKind, Document, Inline, InlineKind, Matter, Metadata, Node, NodeId, walk};
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Book, FrameItem, ItemKind, Owner};
use pressmark::layout::lay_out;
use pressmark::manuscript::{ManuscriptFile, Settings, read};
use pressmark::style::{Side, themes};
use proptest::prelude::*;

use crate::laid::{bundled, cases};

fn lay(markdown: &str, theme: &str) -> (Book, Vec<Diagnostic>) {
    let mut sources = SourceFiles::default();
    let source = sources.add("book.md".into(), markdown.into());
    let file = ManuscriptFile::new(source, "book.md".into(), Matter::Body);
    let (divisions, _) = read(&[file], &Settings::default(), &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    });
    let metadata = Metadata { title: "Title".into(), language: "en".into(), ..Metadata::default() };
    let style = themes::by_name(theme).unwrap();
    lay_out(Document { metadata, divisions }, style, bundled(), Graphics::default(), BTreeMap::new())
}

fn items(book: &Book) -> impl Iterator<Item = (usize, &FrameItem)> {
    let pages = book.pagination.pages.iter().enumerate();
    pages.flat_map(|(page, content)| {
        content.frames.iter().flat_map(move |frame| frame.items.iter().map(move |item| (page, item)))
    })
}

/// The words painted for each leaf, in reading order of the document.
fn painted(book: &Book) -> BTreeMap<NodeId, String> {
    let mut texts: BTreeMap<NodeId, String> = BTreeMap::new();
    for (_, item) in items(book) {
        if let (Owner::Node(node), ItemKind::Glyphs(run)) = (item.owner, &item.kind) {
            texts.entry(node).or_default().push_str(&run.text);
        }
    }
    texts
}

fn leaves(blocks: &[Block], texts: &mut BTreeMap<NodeId, String>) {
    walk(blocks, &mut |node| match node {
        Node::Block(Block { id, kind: BlockKind::Code(code), .. }) => {
            texts.insert(*id, code.text.replace('\n', " "));
        }
        Node::Inline(Inline { id, kind: InlineKind::Text(text) | InlineKind::Code(text), .. }) => {
            texts.insert(*id, text.clone());
        }
        Node::Block(_) | Node::Inline(_) => {}
    });
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn assert_nothing_lost(book: &Book) {
    let painted = painted(book);
    let mut written = BTreeMap::new();
    for division in &book.document.divisions {
        leaves(&division.blocks, &mut written);
        division.notes.iter().for_each(|note| leaves(&note.blocks, &mut written));
    }
    for (node, text) in written {
        let found = painted.get(&node).map(String::as_str).unwrap_or_default();
        assert_eq!(words(found), words(&text), "{node:?}");
    }
}

fn assert_on_the_page(book: &Book) {
    let trim = book.style.page.trim;
    for (page, item) in items(book) {
        let ItemKind::Glyphs(run) = &item.kind else { continue };
        assert!(
            run.origin.y.raw() > 0 && run.origin.y < trim.height,
            "page {page}: {:?} at {:?}",
            run.text,
            run.origin
        );
    }
}

const SHOWCASE: &str = include_str!("every-block.md");

#[test]
fn every_word_of_every_block_is_painted() {
    for theme in themes::NAMES {
        let (book, _) = lay(SHOWCASE, theme);
        assert_nothing_lost(&book);
        assert_on_the_page(&book);
    }
}

#[test]
fn the_book_is_the_same_on_one_thread_and_on_two() {
    let dump = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| format!("{:?}", lay(SHOWCASE, "book").0.pagination))
    };
    assert!(dump(1) == dump(2));
}

#[test]
fn pages_alternate_and_text_starts_grow() {
    let (book, _) = lay(SHOWCASE, "book");
    let pages = &book.pagination.pages;
    for (index, page) in pages.iter().enumerate() {
        assert_eq!(page.side == Side::Recto, index % 2 == 0);
    }
    let starts: Vec<_> = pages.iter().filter_map(|page| page.starts_at).collect();
    assert!(starts.len() >= 5 && starts.is_sorted());
    assert!(pages[0].starts_at.is_none(), "the title page is not in the page list");
}

#[test]
fn a_heading_never_ends_a_page() {
    let mut manuscript = String::new();
    for number in 0..120 {
        let _ =
            writeln!(manuscript, "## Section {number}\n\n{}\n", "Some words that fill lines. ".repeat(3 + number % 17));
    }
    let (book, _) = lay(&manuscript, "document");
    let headings: Vec<NodeId> = book.navigation.entries.iter().map(|entry| entry.target).collect();
    assert_eq!(headings.len(), 120);
    for page in &book.pagination.pages {
        let Some(frame) = page.frames.first().filter(|_| page.starts_at.is_some()) else { continue };
        let glyphs = frame.items.iter().filter_map(|item| match (&item.kind, item.owner) {
            (ItemKind::Glyphs(run), Owner::Node(node)) => Some((run.origin.y, node)),
            _ => None,
        });
        let (_, last) = glyphs.max().expect("a page of text has text");
        let is_heading = headings.iter().any(|heading| last.index == heading.index + 1);
        assert!(!is_heading, "page {} ends with a heading", page.label.text());
    }
}

#[test]
fn links_lead_to_labels_and_broken_ones_are_warned_of() {
    let (book, diagnostics) = lay(
        "# One\n\nSee [two](#two), [nothing](#nowhere) and [out](https://example.org/ä).\n\n# Two\n\nText.",
        "document",
    );
    let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(codes, ["broken-link"]);
    assert_eq!(book.facts.links.len(), 3);
    let painted = items(&book)
        .filter(|(_, item)| matches!(item.kind, ItemKind::Link { .. }) && matches!(item.owner, Owner::Node(_)));
    assert_eq!(painted.count(), 2);
}

#[test]
fn a_letter_that_no_font_has_is_shown_as_missing_and_warned_of() {
    let (book, diagnostics) = lay("Here \u{10ffff}is one.", "document");
    assert_eq!(diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), ["missing-glyph"]);
    assert_nothing_lost(&book);
    let glyphs = items(&book).filter_map(|(_, item)| match &item.kind {
        ItemKind::Glyphs(run) => Some(run.glyphs.iter()),
        _ => None,
    });
    assert!(glyphs.flatten().all(|glyph| glyph.id != 0), "a page shows a glyph that its font does not have");
}

#[test]
fn missing_letters_are_told_of_once_for_each_family_that_has_them() {
    let text = "One कर।\n\nTwo क **骨**.\n\n::: {lang=ja}\n直\n:::\n\n`😀`\n\n```\n\u{e0ff}\u{378}\n```\n";
    let (_, diagnostics) = lay(text, "document");
    let said: Vec<(&str, &str)> = diagnostics
        .iter()
        .map(|finding| (finding.message.as_str(), finding.help.as_deref().unwrap().split(':').next().unwrap()))
        .collect();
    assert_eq!(said.len(), 6, "{said:#?}");
    for expected in [
        (
            "no font has a letter for U+0915 (क), U+0930 (र), U+0964 (।), which the text has 4 times",
            "“Noto Serif Devanagari” has it",
        ),
        ("no font has a letter for U+9AA8 (骨)", "“Noto Serif CJK SC” has it"),
        ("no font has a letter for U+76F4 (直)", "“Noto Serif CJK JP” has it"),
        ("no font has a letter for U+1F600 (😀)", "“Noto Emoji” has it"),
        ("no font has a letter for U+0378", "correct it"),
    ] {
        assert!(said.contains(&expected), "{expected:?} is not in {said:#?}");
    }
    let place = |number: usize| match diagnostics[number].place {
        Place::Span(span) => &text[span.start as usize..span.end as usize],
        _ => panic!("a place in the text"),
    };
    let devanagari = said.iter().position(|(message, _)| message.contains("0915")).unwrap();
    assert_eq!(place(devanagari), "क");
}

proptest! {
    #![proptest_config(cases(20))]

    #[test]
    fn odd_paragraphs_neither_panic_nor_lose_words(text in "([a-zß\u{301}א-ת一-十 \u{ad}\u{200d}\u{a0}.,—-]{0,60}\n?){0,12}") {
        let (book, _) = lay(&text, "document");
        assert_nothing_lost(&book);
    }
}

#[test]
fn absurd_words_are_kept_whole_or_cut_but_never_lost() {
    for text in ["x".repeat(10_000), "\u{301}".repeat(300), "a ".repeat(5_000), "漢".repeat(2_000)] {
        let (book, _) = lay(&text, "document");
        assert_nothing_lost(&book);
    }
}

#[test]
fn what_is_higher_than_a_page_is_told_with_the_page_and_the_place() {
    let rows = "a \\\\\n".repeat(60);
    let (_, found) = lay(&format!("Before.\n\n$$\n\\begin{{matrix}}\n{rows}\\end{{matrix}}\n$$\n"), "document");
    let [finding] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((finding.code, finding.message.as_str()), ("overfull-page", "page 4 is too low for what stands on it"));
    let Place::Span(span) = finding.place else { panic!("{finding:?}") };
    assert_eq!(span.start, 9, "the formula");
}
