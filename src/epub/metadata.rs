//! What the package says of the book: the content of its metadata element (EPUB 3.3, 5.5).
//!
//! Start at [`metadata`].

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::content::{Content, Landmark};
use super::xml::{attribute, escape};
use crate::document::{Block, BlockKind, Contributor, Inline, InlineKind, Metadata, Node, walk};
use crate::layout::book::Book;

/// What the book is known by.
pub(super) struct Identifier {
    /// As `dc:identifier` has it.
    pub(super) value: String,
    /// The number of its kind in ONIX code list 5, if it is an ISBN.
    pub(super) onix: Option<&'static str>,
}

impl Identifier {
    /// An ISBN, however it is written, becomes a URN (RFC 3187); anything else stays.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let number = lower.strip_prefix("urn:isbn:").or_else(|| lower.strip_prefix("isbn")).unwrap_or(&lower);
        let plain = number.chars().all(|c| c.is_ascii_digit() || "x- :".contains(c));
        let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == 'x').collect();
        let onix = match digits.len() {
            13 if plain && (digits.starts_with("978") || digits.starts_with("979")) => Some("15"),
            10 if plain => Some("02"),
            _ => None,
        };
        let value = match onix {
            Some(_) => format!("urn:isbn:{}", digits.to_ascii_uppercase()),
            None if text.is_empty() => "untitled".to_owned(),
            None => text.to_owned(),
        };
        Self { value, onix }
    }
}

/// The content of the metadata element, as markup.
pub(super) fn metadata(book: &Book, content: &Content, identifier: &Identifier) -> String {
    let metadata = &book.document.metadata;
    let mut out = String::from("\n");
    element("dc:identifier", &[("id", "epub-id-1")], &identifier.value, &mut out);
    if let Some(kind) = identifier.onix {
        let attributes = [("refines", "#epub-id-1"), ("property", "identifier-type"), ("scheme", "onix:codelist5")];
        element("meta", &attributes, kind, &mut out);
    }
    let subtitle = metadata.subtitle.trim();
    element("dc:title", &[("id", "title")], super::title(book), &mut out);
    refine("#title", "title-type", "main", &mut out);
    if !subtitle.is_empty() {
        refine("#title", "display-seq", "1", &mut out);
        element("dc:title", &[("id", "subtitle")], subtitle, &mut out);
        refine("#subtitle", "title-type", "subtitle", &mut out);
        refine("#subtitle", "display-seq", "2", &mut out);
    }
    element("dc:language", &[], super::language(book), &mut out);
    for (number, author) in (1..).zip(metadata.authors.iter().filter(|author| !author.trim().is_empty())) {
        let id = format!("creator-{number}");
        element("dc:creator", &[("id", &id)], author.trim(), &mut out);
        let refines = format!("#{id}");
        let attributes = [("refines", refines.as_str()), ("property", "role"), ("scheme", "marc:relators")];
        element("meta", &attributes, "aut", &mut out);
        refine(&refines, "display-seq", &number.to_string(), &mut out);
        let entry = metadata.contributors.iter().find(|entry| is_author(entry, author));
        if let Some(name) = entry.map(|entry| entry.file_as.trim()).filter(|name| !name.is_empty()) {
            refine(&refines, "file-as", name, &mut out);
        }
    }
    contributors(metadata, &mut out);
    if is_date(&metadata.date) {
        element("dc:date", &[], &metadata.date, &mut out);
    }
    let rest = [
        ("dc:publisher", &metadata.publisher),
        ("dc:rights", &metadata.rights),
        ("dc:description", &metadata.description),
    ];
    let subjects = metadata.subjects.iter().map(|subject| ("dc:subject", subject));
    for (name, text) in rest.into_iter().chain(subjects).filter(|(_, text)| !text.trim().is_empty()) {
        element(name, &[], text.trim(), &mut out);
    }
    collection(metadata, identifier, &mut out);
    let modified = if is_modified(&metadata.modified) { metadata.modified.as_str() } else { "1980-01-01T00:00:00Z" };
    property("dcterms:modified", modified, &mut out);
    accessibility(book, content, identifier, &mut out);
    out.push_str("<meta name=\"cover\" content=\"cover-image\"/>\n");
    out
}

/// Whether the entry of a contributor is that of this author.
fn is_author(entry: &Contributor, author: &str) -> bool {
    matches!(entry.role.as_str(), "aut" | "") && entry.name.trim() == author.trim()
}

/// Those who had another part in the book than its authors, with what they did (MARC relators).
fn contributors(metadata: &Metadata, out: &mut String) {
    let others = metadata.contributors.iter().filter(|entry| {
        !entry.name.trim().is_empty() && !metadata.authors.iter().any(|author| is_author(entry, author))
    });
    for (number, entry) in (1..).zip(others) {
        let id = format!("contributor-{number}");
        let refines = format!("#{id}");
        element("dc:contributor", &[("id", &id)], entry.name.trim(), out);
        if entry.role.len() == 3 && entry.role.bytes().all(|byte| byte.is_ascii_lowercase()) {
            let attributes = [("refines", refines.as_str()), ("property", "role"), ("scheme", "marc:relators")];
            element("meta", &attributes, &entry.role, out);
        }
        if !entry.file_as.trim().is_empty() {
            refine(&refines, "file-as", entry.file_as.trim(), out);
        }
    }
}

/// The ISBN beside another identifier, the licence, and the series with the book's place in it.
fn collection(metadata: &Metadata, identifier: &Identifier, out: &mut String) {
    let isbn = Identifier::read(&metadata.isbn);
    if isbn.onix.is_some() && isbn.value != identifier.value {
        element("dc:identifier", &[], &isbn.value, out);
    }
    if !metadata.license.trim().is_empty() {
        property("dcterms:license", metadata.license.trim(), out);
    }
    if !metadata.series.trim().is_empty() {
        let attributes = [("property", "belongs-to-collection"), ("id", "series")];
        element("meta", &attributes, metadata.series.trim(), out);
        refine("#series", "collection-type", "series", out);
        if !metadata.series_number.trim().is_empty() {
            refine("#series", "group-position", metadata.series_number.trim(), out);
        }
    }
}

fn element(name: &str, attributes: &[(&str, &str)], text: &str, out: &mut String) {
    let _ = write!(out, "<{name}");
    for (name, value) in attributes {
        attribute(name, value, out);
    }
    out.push('>');
    escape(text, out);
    let _ = writeln!(out, "</{name}>");
}

fn property(name: &str, value: &str, out: &mut String) {
    element("meta", &[("property", name)], value, out);
}

fn refine(what: &str, name: &str, value: &str, out: &mut String) {
    element("meta", &[("refines", what), ("property", name)], value, out);
}

/// What can truly be said of the book (EPUB Accessibility 1.1, 2): nothing is claimed that was not found.
fn accessibility(book: &Book, content: &Content, identifier: &Identifier, out: &mut String) {
    let images = Images::find(book);
    let paged = !content.pages.is_empty();
    let structured = book.document.divisions.iter().any(|division| has_heading(&division.blocks));
    let described = images.number > 0 && images.described == images.number;
    property("schema:accessMode", "textual", out);
    if images.number > 0 {
        property("schema:accessMode", "visual", out);
        property("schema:accessModeSufficient", "textual,visual", out);
    }
    if images.number == 0 || described {
        property("schema:accessModeSufficient", "textual", out);
    }
    let features = [
        ("tableOfContents", !book.navigation.entries.is_empty()),
        ("readingOrder", true),
        ("structuralNavigation", structured),
        ("displayTransformability", true),
        ("alternativeText", described),
        ("MathML", !with_formulas(content).is_empty()),
        ("index", content.files.iter().any(|file| file.landmarks.contains(&Landmark::Index))),
        ("pageBreakMarkers", paged),
        ("pageNavigation", paged),
    ];
    for (feature, _) in features.iter().filter(|(_, present)| *present) {
        property("schema:accessibilityFeature", feature, out);
    }
    property("schema:accessibilityHazard", "none", out);
    let mut summary = String::from("The text can be resized, restyled and read aloud in its logical order");
    summary.push_str(if structured { ", and its headings can be navigated." } else { "." });
    match (images.number, described) {
        (0, _) => {}
        (_, true) => summary.push_str(" Every image has alternative text."),
        (_, false) => summary.push_str(" Some images have no alternative text."),
    }
    if paged {
        summary.push_str(" Page breaks and a page list match the print edition.");
    }
    let attributes = [("property", "schema:accessibilitySummary"), ("xml:lang", "en"), ("dir", "ltr")];
    element("meta", &attributes, &summary, out);
    if paged {
        // The pages are those of the PDF made with this e-book: the same identifier, another format.
        let source = format!("{}#pdf", identifier.value);
        property("pageBreakSource", &source, out);
        element("dc:source", &[("id", "page-source")], &source, out);
        refine("#page-source", "source-of", "pagination", out);
    }
}

/// How many images the text has, and how many of them can be read.
#[derive(Default)]
struct Images {
    number: usize,
    described: usize,
}

impl Images {
    fn find(book: &Book) -> Self {
        let mut images = Self::default();
        for division in &book.document.divisions {
            let notes = division.notes.iter().filter(|note| book.facts.note_numbers.contains_key(&note.id));
            walk(division.blocks.iter().chain(notes.flat_map(|note| &note.blocks)), &mut |node| match node {
                Node::Block(Block { id, kind: BlockKind::Figure { image, .. }, .. })
                | Node::Inline(Inline { id, kind: InlineKind::Image(image), .. }) => {
                    images.count(book.facts.images.contains_key(id), image.decorative, image.alternative());
                }
                Node::Block(_) | Node::Inline(_) => {}
            });
        }
        images
    }

    fn count(&mut self, placed: bool, decorative: bool, alt: &str) {
        self.number += usize::from(placed);
        self.described += usize::from(placed && (decorative || !alt.trim().is_empty()));
    }
}

fn has_heading(blocks: &[Block]) -> bool {
    blocks.iter().any(|block| matches!(block.kind, BlockKind::Heading { .. }))
}

/// Whether `text` has the shape of a W3C date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn is_date(text: &str) -> bool {
    let two = |part: &str, largest: u32| part.len() == 2 && part.parse().is_ok_and(|n: u32| (1..=largest).contains(&n));
    let parts: Vec<&str> = text.split('-').collect();
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    digits
        && match parts[..] {
            [year] => year.len() == 4,
            [year, month] => year.len() == 4 && two(month, 12),
            [year, month, day] => year.len() == 4 && two(month, 12) && two(day, 31),
            _ => false,
        }
}

/// Whether `text` has the form that `dcterms:modified` must have: `YYYY-MM-DDThh:mm:ssZ`.
fn is_modified(text: &str) -> bool {
    let Some((date, time)) = text.split_once('T') else { return false };
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    is_date(date) && date.len() == 10 && shape == "00:00:00Z"
}

/// The names of the files that have formulas, which the package is to say (EPUB 3.3, 5.6.2.2).
pub(super) fn with_formulas(content: &Content) -> BTreeSet<&str> {
    content.files.iter().filter(|file| file.xhtml.contains("<math ")).map(|file| file.name.as_str()).collect()
}
