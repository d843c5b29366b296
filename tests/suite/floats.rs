//! Figures, tables and listings that move: where they stand in print, and what both editions say of it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use pressmark::BuildRequest;
use pressmark::diagnostics::Diagnostic;
use pressmark::document::{Block, Node, NodeId, walk};
use pressmark::font::FontBook;
use pressmark::geometry::Length;
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Book, ItemKind, Owner};
use pressmark::layout::lay_out;
use pressmark::style::themes;

use crate::agreement::specimen;

/// Lays out a manuscript in one file, with all that is numbered and referred to filled in.
fn lay(markdown: &str) -> (Book, Vec<Diagnostic>) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("book.md");
    std::fs::write(&path, markdown).unwrap();
    let (document, found) = pressmark::read(&BuildRequest { path, ..BuildRequest::default() });
    let document = document.unwrap_or_else(|| panic!("{found:?}"));
    let style = themes::by_name("document").unwrap();
    lay_out(document, style, Arc::new(FontBook::bundled()), Graphics::default(), BTreeMap::default())
}

fn prose(sentences: usize) -> String {
    "The quick brown fox jumps over the lazy dog, and the lazy dog does not mind at all. ".repeat(sentences) + "\n\n"
}

fn listing(label: &str, lines: usize, placement: &str) -> String {
    let code = "let x = 1;\n".repeat(lines);
    format!("```{{.rust #lst:{label} placement={placement} caption=\"About {label}\"}}\n{code}```\n\n")
}

/// The first page on which something of a node is painted, and how far down.
fn place_of(book: &Book, node: NodeId) -> (usize, Length) {
    let pages = book.pagination.pages.iter().enumerate();
    let found =
        pages.flat_map(|(page, content)| content.items().map(move |item| (page, item))).find_map(|(page, item)| {
            match &item.kind {
                ItemKind::Glyphs(run) if item.owner == Owner::Node(node) => Some((page, run.origin.y)),
                _ => None,
            }
        });
    found.unwrap_or_else(|| panic!("{node:?} is painted"))
}

fn labelled<'a>(book: &'a Book, label: &str) -> &'a Block {
    let mut found = None;
    for division in &book.document.divisions {
        walk(&division.blocks, &mut |node| {
            if let Node::Block(block) = node
                && block.attributes.label.as_deref() == Some(label)
            {
                found = Some(block);
            }
        });
    }
    found.unwrap()
}

/// The index of the page that shows a text.
fn page_saying(book: &Book, text: &str) -> usize {
    let said = |page: &pressmark::layout::book::Page| -> String {
        let runs = page.items().filter_map(|item| match &item.kind {
            ItemKind::Glyphs(run) => Some(run.text.as_str()),
            _ => None,
        });
        runs.collect::<String>().replace(' ', "")
    };
    let found = book.pagination.pages.iter().position(|page| said(page).contains(&text.replace(' ', "")));
    found.unwrap_or_else(|| panic!("no page says {text}"))
}

/// The page on which a chapter's heading stands, as the contents has it.
fn page_of_chapter(book: &Book, chapter: &str) -> usize {
    let title = format!("Chapter {chapter}");
    book.navigation.entries.iter().find(|entry| entry.title == title).unwrap().page as usize
}

#[test]
fn a_float_is_on_the_page_of_its_first_mention_or_later_and_that_page_is_shown() {
    // The text before it fills so much of the page that it goes to the next.
    for before in 6..30 {
        let text = format!(
            "# One\n\n{}See @lst:a on page \\pageref{{lst:a}}. {}{}{}",
            prose(before),
            prose(3),
            listing("a", 12, "float"),
            prose(40)
        );
        let (book, found) = lay(&text);
        assert!(found.is_empty(), "{found:?}");
        let block = labelled(&book, "lst:a");
        let (page, _) = place_of(&book, block.id);
        assert!(page >= page_saying(&book, "See"), "after {before}");
        assert_eq!(book.pagination.places[&block.id] as usize, page, "after {before}");
        let label = book.pagination.pages[page].label.text();
        page_saying(&book, &format!("on page {label}."));
        let starts: Vec<_> = book.pagination.pages.iter().filter_map(|page| page.starts_at).collect();
        assert!(starts.is_sorted());
    }
}

#[test]
fn a_float_stands_at_the_edge_that_it_asks_for() {
    for (placement, is_top) in [("top", true), ("bottom", false)] {
        let text = format!("# One\n\n{}{}{}", prose(10), listing("a", 8, placement), prose(60));
        let (book, _) = lay(&text);
        let (page, y) = place_of(&book, labelled(&book, "lst:a").id);
        let texts: Vec<Length> = book.pagination.pages[page]
            .items()
            .filter_map(|item| match &item.kind {
                ItemKind::Glyphs(run) if run.text.contains("fox") => Some(run.origin.y),
                _ => None,
            })
            .collect();
        assert!(texts.len() > 4 && texts.iter().all(|other| (y < *other) == is_top), "{placement}");
    }
}

#[test]
fn floats_keep_their_order_and_their_chapter() {
    let mut text = String::new();
    for chapter in ["a", "b", "c"] {
        text += &format!("# Chapter {chapter}\n\n{}", prose(12));
        for number in 1..=4 {
            text += &listing(&format!("{chapter}{number}"), 10, if number == 3 { "page" } else { "float" });
            text += &prose(2);
        }
    }
    let (book, found) = lay(&text);
    assert!(found.is_empty(), "{found:?}");
    let mut last = (0, Length::ZERO);
    for chapter in ["a", "b", "c"] {
        let opening = page_of_chapter(&book, chapter);
        assert!(last.0 <= opening, "what chapter {chapter} follows has ended");
        for number in 1..=4 {
            let place = place_of(&book, labelled(&book, &format!("lst:{chapter}{number}")).id);
            assert!(place > last && place.0 >= opening, "{chapter}{number}");
            last = place;
        }
    }
}

#[test]
fn what_cannot_move_stands_where_it_was_written_and_that_is_said() {
    let nested = format!("# One\n\n{}> Quoted.\n>\n> ```{{.rust placement=top}}\n> let x;\n> ```\n", prose(2));
    let noted = "# One\n\nText.\n\n| a |\n|---|\n| b[^1] |\n\n: Caption {#tbl:a placement=top}\n\n[^1]: Note.\n";
    let long = format!("# One\n\nText.\n\n{}", listing("a", 80, "page"));
    for text in [nested.as_str(), noted, long.as_str()] {
        let (_, found) = lay(text);
        assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["unmoved-float"], "{found:?}");
    }
}

#[test]
fn the_specimen_s_figures_stand_where_they_ask_to() {
    let pdf = &specimen().pdf;
    let page_with = |words: &str| {
        let text =
            |page: &crate::read_pdf::Page| -> String { page.glyphs.iter().map(|glyph| glyph.text.as_str()).collect() };
        let squeezed = words.replace(' ', "");
        pdf.pages.iter().rposition(|page| text(page).replace(' ', "").contains(&squeezed)).unwrap()
    };
    assert!(page_with("A lamp at the top of a page") <= page_with("A lamp at the foot of a page"));
    assert!(page_with("A lamp at the foot of a page") <= page_with("Where a figure may ask to stand"));
}
