//! The editions agree: what the PDF says, the EPUB says, and both say what the author wrote.
//!
//! The program is run once for each manuscript; its files are read back by readers that know the formats, not the program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use pressmark::BuildRequest;
use pressmark::document::{Block, Document, Edition, Inline, InlineKind, Node, PageForm, PartMut, walk};

use crate::manuscript::words;
use crate::read_epub::Epub;
use crate::read_pdf::{Destination, Pdf};

/// Both editions of a manuscript.
pub(crate) struct Editions {
    /// The manuscript's name, for messages.
    name: &'static str,
    /// What the author wrote.
    manuscript: Document,
    pub(crate) pdf: Pdf,
    epub: Epub,
}

/// The Declaration, as this repository publishes it.
pub(crate) fn declaration() -> &'static Editions {
    static EDITIONS: OnceLock<Editions> = OnceLock::new();
    EDITIONS.get_or_init(|| build("declaration", "source"))
}

/// The showcase of CommonMark and GitHub's additions.
pub(crate) fn every_block() -> &'static Editions {
    static EDITIONS: OnceLock<Editions> = OnceLock::new();
    EDITIONS.get_or_init(|| build("every-block", "tests/suite/every-block.md"))
}

/// The guide to the dialect, which has every construct.
pub(crate) fn specimen() -> &'static Editions {
    static EDITIONS: OnceLock<Editions> = OnceLock::new();
    EDITIONS.get_or_init(|| build("specimen", "tests/specimen"))
}

/// Runs the program on `path`, and reads what it wrote.
fn build(name: &'static str, path: &str) -> Editions {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let out = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_pressmark"))
        .arg("build")
        .arg(&path)
        .arg("--out")
        .arg(out.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let file = |extension: &str| -> Vec<u8> {
        let path: PathBuf = out.path().join(name).with_extension(extension);
        std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let (document, _) = pressmark::read(&BuildRequest { path, ..BuildRequest::default() });
    Editions { name, manuscript: document.unwrap(), pdf: Pdf::read(&file("pdf")), epub: Epub::read(&file("epub")) }
}

fn all() -> [&'static Editions; 3] {
    [declaration(), every_block(), specimen()]
}

/// What print says of a page near the one that is read; of any other, and in the e-book of all, it gives the number.
const NEAR: [&str; 5] =
    ["on this page", "on the opposite page", "on the next page", "on the previous page", "overleaf"];

/// The document with `numbers` and `places` instead of its references to pages: of those that show a number, and of those
/// that say where the page is.
fn with_pages(
    mut document: Document,
    numbers: &mut dyn Iterator<Item = String>,
    places: &mut dyn Iterator<Item = String>,
) -> Document {
    fn blocks(content: &mut [Block], said: &mut dyn FnMut(PageForm) -> String) {
        fn inlines(content: &mut [Inline], said: &mut dyn FnMut(PageForm) -> String) {
            for inline in content {
                if let InlineKind::PageReference { form, .. } = inline.kind {
                    inline.kind = InlineKind::Text(said(form));
                } else if let Some(children) = inline.children_mut() {
                    inlines(children, said);
                }
            }
        }
        for part in content.iter_mut().flat_map(Block::parts_mut) {
            match part {
                PartMut::Inlines(content) => inlines(content, said),
                PartMut::Blocks(content) => blocks(content, said),
            }
        }
    }
    let mut said = |form| match form {
        PageForm::Number => numbers.next().unwrap(),
        PageForm::Where => places.next().unwrap(),
    };
    document.divisions.iter_mut().for_each(|division| blocks(&mut division.blocks, &mut said));
    document
}

/// The labels of what says that it need not stand where it was written.
fn labels_of_floats(document: &Document) -> Vec<String> {
    // The specimen's widest table is turned, and text goes on before its page.
    let mut labels = vec!["tbl:envelopes".to_owned()];
    for division in &document.divisions {
        walk(&division.blocks, &mut |node| {
            if let Node::Block(block) = node
                && block.attributes.placement.is_some()
            {
                labels.extend(block.attributes.label.as_deref().map(str::to_owned));
            }
        });
    }
    labels
}

/// Fails with the first difference and some words around it, rather than with two whole books.
fn assert_same_words(edition: &str, read: &str, wanted: &str) {
    let (read, wanted) = (words(read), words(wanted));
    let at = read.iter().zip(&wanted).take_while(|(read, wanted)| read == wanted).count();
    if at < read.len() || at < wanted.len() {
        let around = |words: &[&str]| words[at.saturating_sub(6)..(at + 6).min(words.len())].join(" ");
        panic!("{edition}, word {at}: it says\n  … {} …\nand should say\n  … {} …", around(&read), around(&wanted));
    }
}

#[test]
fn the_page_list_has_the_labels_of_the_pages_that_hold_main_text() {
    for editions in all() {
        let labels = editions.pdf.labels_of_main_text();
        let page_list: Vec<&str> = editions.epub.page_list.iter().map(|(label, _)| label.as_str()).collect();
        assert!(labels.len() > 2, "{} has pages", editions.name);
        assert_eq!(page_list, labels, "{}", editions.name);
        for (label, address) in &editions.epub.page_list {
            let place = editions.epub.targets.get(address);
            assert_eq!(place, Some(&Some(label.clone())), "{}: page {label} starts at its anchor", editions.name);
        }
    }
}

#[test]
fn the_outline_is_the_navigation_contents() {
    for editions in all() {
        let pdf = &editions.pdf;
        let outline: Vec<(usize, &str)> =
            pdf.outline.iter().map(|(depth, title, _)| (*depth, title.as_str())).collect();
        let contents: Vec<(usize, &str)> =
            editions.epub.contents.iter().map(|(depth, title, _)| (*depth, title.as_str())).collect();
        assert!(outline.len() > 3, "{} has headings", editions.name);
        assert_eq!(contents, outline, "{}", editions.name);
        for ((_, title, page), (_, _, address)) in pdf.outline.iter().zip(&editions.epub.contents) {
            let label = Some(&pdf.pages[*page].label);
            let page = editions.epub.targets.get(address).and_then(Option::as_ref);
            assert_eq!(page, label, "{}: “{title}” is on the same page in both", editions.name);
        }
    }
}

#[test]
fn both_editions_say_what_the_author_wrote() {
    for editions in all() {
        let for_readers = editions.manuscript.text(Edition::Epub);
        assert!(words(&for_readers).len() > 1000);
        assert_same_words(&format!("{}.epub", editions.name), &editions.epub.main_text, &for_readers);
        let is_place = |text: &String| text.starts_with("on page") || NEAR.contains(&text.as_str());
        let mut numbers = editions.epub.page_references.iter().filter(|text| !is_place(text)).cloned();
        let mut places = editions.pdf.main_links().into_iter().map(|(_, text, _)| text).filter(is_place);
        let for_print = with_pages(editions.manuscript.clone(), &mut numbers, &mut places).text(Edition::Pdf);
        assert_same_words(&format!("{}.pdf", editions.name), &editions.pdf.main_text(), &for_print);
    }
}

#[test]
fn every_internal_link_lands_in_both() {
    for editions in all() {
        let (pdf, epub) = (&editions.pdf, &editions.epub);
        for address in &epub.addresses {
            assert!(epub.targets.contains_key(address), "{}.epub: {address} leads somewhere", editions.name);
        }
        // Reading the PDF has resolved every destination already, or panicked.
        let in_structure = pdf.annotations_in_structure();
        for annotation in pdf.internal_links.keys() {
            assert!(in_structure.contains(annotation), "{}.pdf: a link is in the structure", editions.name);
        }
        let links = pdf.main_links();
        // Notes stand at the foot of the page in print and after the chapter in the e-book: where they lead differs, and
        // so does their order where a note is referred to within a note.
        let (notes, links): (Vec<_>, Vec<_>) = links.iter().partition(|(to_note, _, _)| *to_note);
        let (epub_notes, epub_links): (Vec<_>, Vec<_>) = epub.main_links.iter().partition(|link| link.to_note);
        assert_eq!(epub_notes.len(), notes.len(), "{}: references to notes", editions.name);
        let in_ebook = |(_, text, destination): &&(bool, String, Destination)| {
            if NEAR.contains(&text.as_str()) {
                format!("on page\u{a0}{}", pdf.pages[destination.page].label)
            } else {
                text.clone()
            }
        };
        let texts: Vec<String> = links.iter().map(in_ebook).collect();
        let epub_texts: Vec<&str> = epub_links.iter().map(|link| link.text.as_str()).collect();
        assert_eq!(epub_texts, texts, "{}: links within the book", editions.name);
        let floats = labels_of_floats(&editions.manuscript);
        for ((_, text, destination), link) in links.into_iter().zip(epub_links) {
            let page = epub.targets.get(&link.address).and_then(Option::as_ref);
            let label = Some(&pdf.pages[destination.page].label);
            if floats.iter().any(|float| link.address.ends_with(&format!("#{}", float.replace(':', "-")))) {
                // What moves stands further on in print.
                let index = |label: Option<&String>| pdf.pages.iter().position(|page| Some(&page.label) == label);
                assert!(index(page) <= index(label), "{}: “{text}” leads back", editions.name);
                continue;
            }
            assert_eq!(page, label, "{}: “{text}” leads to the same page in both", editions.name);
        }
    }
    assert!(every_block().epub.main_links.len() > 3, "the showcase has links and notes");
}

#[test]
fn a_real_book_says_the_same_in_both_editions() {
    let Some(folder) = std::env::var_os("PRESSMARK_CORPUS") else {
        eprintln!(
            "SKIPPED: set PRESSMARK_CORPUS to a folder with the mdBook `rust-book` to read it back from both editions"
        );
        return;
    };
    let path = Path::new(&folder).join("rust-book");
    let editions = build("rust-book", path.to_str().unwrap());
    let text = editions.manuscript.text(Edition::Epub);
    assert!(words(&text).len() > 150_000);
    assert_same_words("rust-book.epub", &editions.epub.main_text, &text);
    assert_same_words("rust-book.pdf", &editions.pdf.main_text(), &editions.manuscript.text(Edition::Pdf));
}
