//! What the package says of the book: the content of its metadata element (EPUB 3.3, 5.5).
//!
//! Start at [`metadata`].

use std::fmt::Write as _;

use uuid::Uuid;

use super::content::{Content, Landmark};
use super::xml::{attribute, escape};
use crate::document::{AccessibilityClaims, Block, BlockKind, Contributor, Inline, InlineKind, Metadata, Node, walk};
use crate::graphic::{Graphic, ImageFormat, Loss};
use crate::layout::book::Book;

/// What the book is known by.
pub(super) struct Identifier {
    /// As `dc:identifier` has it.
    pub(super) value: String,
    /// The number of its kind in ONIX code list 5, if it is an ISBN.
    pub(super) onix: Option<&'static str>,
}

impl Identifier {
    /// The identifier of the e-book of print's pages beside the e-book that has `text`: no two products have the same.
    pub(super) fn of_pages(text: &str) -> Self {
        let name = format!("{}#pages", Self::read(text).value);
        Self { value: format!("urn:uuid:{}", Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())), onix: None }
    }

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

/// The content of the metadata element, as markup. `fixed` says that the pages are print's.
pub(super) fn metadata(book: &Book, findings: &Findings, identifier: &Identifier, fixed: bool) -> String {
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
    for (name, text) in rest.into_iter().filter(|(_, text)| !text.trim().is_empty()) {
        element(name, &[], text.trim(), &mut out);
    }
    subjects(metadata, &mut out);
    collection(metadata, identifier, fixed, &mut out);
    let modified = if is_modified(&metadata.modified) { metadata.modified.as_str() } else { "1980-01-01T00:00:00Z" };
    property("dcterms:modified", modified, &mut out);
    accessibility(book, findings, fixed, &mut out);
    if findings.paged {
        page_source(metadata, identifier, &mut out);
    }
    if fixed {
        property("rendition:layout", "pre-paginated", &mut out);
        property("rendition:spread", "landscape", &mut out);
    }
    if metadata.vertical && !fixed {
        // What Kindle's readers go by.
        out.push_str("<meta name=\"primary-writing-mode\" content=\"vertical-rl\"/>\n");
    }
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

/// The ISBN beside another identifier, which is not that of the e-book of print's pages; the licence, and the series with the book's place in it.
fn collection(metadata: &Metadata, identifier: &Identifier, fixed: bool, out: &mut String) {
    let isbn = Identifier::read(&metadata.isbn);
    if isbn.onix.is_some() && isbn.value != identifier.value && !fixed {
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

/// A subject, as the author gives it.
pub(super) struct Subject<'a> {
    /// The scheme that the code is of, as EPUB names it.
    pub(super) scheme: Option<&'static str>,
    /// The code; empty for a subject in words.
    pub(super) code: &'a str,
    /// The words; empty for a bare code.
    pub(super) words: &'a str,
}

impl<'a> Subject<'a> {
    /// Reads `BISAC:CODE words`, `Thema:CODE words`, or words.
    fn read(text: &'a str) -> Self {
        let text = text.trim();
        let parts = text.split_once(':').and_then(|(scheme, rest)| {
            let scheme = ["BISAC", "Thema"].into_iter().find(|known| known.eq_ignore_ascii_case(scheme.trim()))?;
            let (code, words) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
            let is_code = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            is_code.then(|| Self { scheme: Some(scheme), code, words: words.trim() })
        });
        parts.unwrap_or(Self { scheme: None, code: "", words: text })
    }
}

/// The subjects of the book that say anything, in order.
pub(super) fn subjects_of(metadata: &Metadata) -> impl Iterator<Item = Subject<'_>> {
    metadata.subjects.iter().filter(|subject| !subject.trim().is_empty()).map(|subject| Subject::read(subject))
}

/// The subjects; a code goes with the scheme that it is of (EPUB 3.3, D.3.2 and D.3.12).
fn subjects(metadata: &Metadata, out: &mut String) {
    for (number, Subject { scheme, code, words }) in (1..).zip(subjects_of(metadata)) {
        let id = format!("subject-{number}");
        let attributes = [("id", id.as_str())];
        let attributes: &[(&str, &str)] = if scheme.is_some() { &attributes } else { &[] };
        element("dc:subject", attributes, if words.is_empty() { code } else { words }, out);
        if let Some(scheme) = scheme {
            let refines = format!("#{id}");
            refine(&refines, "authority", scheme, out);
            refine(&refines, "term", code, out);
        }
    }
}

/// What can truly be said of the e-book's accessibility.
#[expect(clippy::struct_excessive_bools, reason = "each is a feature, all independent")]
pub(super) struct Findings {
    /// How many images the text has.
    pub(super) images: usize,
    /// Whether there are images, and all that say something have words that say it too.
    pub(super) described: bool,
    /// Whether an image moves.
    pub(super) animated: bool,
    /// Whether the pages of print are marked.
    pub(super) paged: bool,
    /// Whether there are headings.
    pub(super) structured: bool,
    /// Whether there are contents.
    pub(super) contents: bool,
    /// Whether there are formulas.
    pub(super) formulas: bool,
    /// Whether there is an index.
    pub(super) index: bool,
    /// Whether an image has a description at length.
    pub(super) described_at_length: bool,
}

impl Findings {
    /// Looks at the book and at what became of it. Linear in both.
    pub(super) fn of(book: &Book, content: &Content) -> Self {
        let images = Images::find(book);
        let moves = |(_, graphic): (_, &Graphic)| {
            graphic.portable_format() == ImageFormat::Gif && graphic.losses.contains(&Loss::Animation)
        };
        Self {
            images: images.number,
            described: images.number > 0 && images.described == images.number,
            animated: book.graphics.iter().any(moves),
            paged: !content.pages.is_empty(),
            structured: book.document.divisions.iter().any(|division| has_heading(&division.blocks)),
            contents: !book.navigation.entries.is_empty(),
            formulas: content.files.iter().any(|file| file.property == "mathml"),
            index: content.files.iter().any(|file| file.landmarks.contains(&Landmark::Index)),
            described_at_length: content.files.iter().any(|file| file.xhtml.contains(" aria-details=\"")),
        }
    }

    /// What is perceived of the whole text by reading alone: without images, or with words for each.
    pub(super) fn is_readable(&self) -> bool {
        self.images == 0 || self.described
    }

    /// What those who choose a book are told (EPUB Accessibility 1.1, 2.2.5). `fixed` says that the pages are print's.
    pub(super) fn summary(&self, fixed: bool) -> String {
        let mut summary = String::from(if fixed {
            "The pages are those of the print edition, and do not adapt to the screen; their text can be read aloud"
        } else {
            "The text can be resized, restyled and read aloud in its logical order"
        });
        summary.push_str(if self.structured && !fixed { ", and its headings can be navigated." } else { "." });
        match (self.images, self.described) {
            (0, _) => {}
            (_, true) => summary.push_str(" Every image has alternative text."),
            (_, false) => summary.push_str(" Some images have no alternative text."),
        }
        if self.described_at_length {
            summary.push_str(" Some images are described at length.");
        }
        if self.formulas && !fixed {
            summary.push_str(" Formulas are MathML.");
        }
        if self.animated && !fixed {
            summary.push_str(" Some images move; whether they flash is not known.");
        }
        if self.paged {
            summary.push_str(" Page breaks and a page list match the print edition.");
        }
        summary
    }
}

/// Says of the book's accessibility what was found (EPUB Accessibility 1.1, 2), nothing more, and what is declared.
pub(super) fn accessibility(book: &Book, findings: &Findings, fixed: bool, out: &mut String) {
    property("schema:accessMode", "textual", out);
    if findings.images > 0 {
        property("schema:accessMode", "visual", out);
        property("schema:accessModeSufficient", "textual,visual", out);
    }
    if findings.is_readable() {
        property("schema:accessModeSufficient", "textual", out);
    }
    let features = [
        ("tableOfContents", findings.contents),
        ("readingOrder", true),
        ("structuralNavigation", findings.structured && !fixed),
        ("displayTransformability", !fixed),
        ("alternativeText", findings.described),
        ("longDescription", findings.described_at_length && !fixed),
        ("MathML", findings.formulas && !fixed),
        ("index", findings.index && !fixed),
        ("ARIA", !fixed),
        ("pageBreakMarkers", findings.paged),
        ("pageNavigation", findings.paged),
    ];
    for (feature, _) in features.iter().filter(|(_, present)| *present) {
        property("schema:accessibilityFeature", feature, out);
    }
    // A picture that moves may flash; nothing here makes a sound.
    let hazards: &[&str] = if findings.animated && !fixed {
        &["unknownFlashingHazard", "unknownMotionSimulationHazard", "noSoundHazard"]
    } else {
        &["none"]
    };
    for hazard in hazards {
        property("schema:accessibilityHazard", hazard, out);
    }
    let attributes = [("property", "schema:accessibilitySummary"), ("xml:lang", "en"), ("dir", "ltr")];
    element("meta", &attributes, &findings.summary(fixed), out);
    claims(&book.document.metadata.accessibility, out);
}

/// What is declared (EPUB Accessibility 1.1, 4.1.3 and 4.2.3).
fn claims(claims: &AccessibilityClaims, out: &mut String) {
    let conforms = !claims.conforms_to.is_empty();
    if let Some((version, level)) = claims.conforms_to.split_once(' ') {
        let text = format!("EPUB Accessibility 1.1 - WCAG {version} Level {level}");
        element("meta", &[("property", "dcterms:conformsTo"), ("id", "conformance")], &text, out);
    }
    if claims.certified_by.is_empty() {
        return;
    }
    let mut attributes = vec![("property", "a11y:certifiedBy"), ("id", "certifier")];
    if conforms {
        attributes.push(("refines", "#conformance"));
    }
    element("meta", &attributes, &claims.certified_by, out);
    let is_address = |text: &str| text.starts_with("https://") || text.starts_with("http://");
    for (name, value) in [("a11y:certifierCredential", &claims.credential), ("a11y:certifierReport", &claims.report)] {
        if is_address(value) {
            out.push_str("<link");
            for (name, value) in [("rel", name), ("refines", "#certifier"), ("href", value)] {
                attribute(name, value, out);
            }
            out.push_str("/>\n");
        } else if !value.is_empty() {
            refine("#certifier", name, value, out);
        }
    }
}

/// Where the pages are from: the print edition's ISBN; else the PDF made with this e-book, which has the same identifier and
/// another format.
fn page_source(metadata: &Metadata, identifier: &Identifier, out: &mut String) {
    let print = Identifier::read(&metadata.print_isbn);
    let source = if print.onix.is_some() { print.value } else { format!("{}#pdf", identifier.value) };
    property("pageBreakSource", &source, out);
    element("dc:source", &[("id", "page-source")], &source, out);
    refine("#page-source", "source-of", "pagination", out);
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
