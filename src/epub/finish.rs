//! The finishing pass: what epub-builder left out or got wrong, and the archive itself.
//!
//! The package document's metadata is written anew, the navigation replaced, and the archive packed so that equal books
//! give equal bytes. Start at [`finish`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Read as _, Write as _};

use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::content::{Content, Landmark};
use super::navigation;
use super::package::COPYRIGHT;
use super::xml::{attribute, escape};
use crate::document::{Block, BlockKind, Contributor, Division, Inline, InlineKind, Matter, Metadata, Node, walk};
use crate::layout::book::Book;
use crate::style::Opening;

/// Mends and packs the archive that epub-builder wrote. Costs about as much as compressing the text.
///
/// # Errors
/// Says in words which part of the archive could not be read or written.
pub(super) fn finish(archive: &[u8], book: &Book, content: &Content) -> Result<Vec<u8>, String> {
    let failed = |error: zip::result::ZipError| format!("the e-book could not be packed: {error}");
    let identifier = Identifier::read(&book.document.metadata.identifier);
    let mut built = ZipArchive::new(Cursor::new(archive)).map_err(failed)?;
    let mut finished = ZipWriter::new(Cursor::new(Vec::with_capacity(archive.len())));
    for index in 0..built.len() {
        let mut file = built.by_index(index).map_err(failed)?;
        let name = file.name().to_owned();
        let mut data = Vec::new();
        file.read_to_end(&mut data).map_err(|error| format!("{name}: {error}"))?;
        match name.as_str() {
            "OEBPS/content.opf" => data = package_document(&data, book, content, &identifier)?,
            "OEBPS/nav.xhtml" => data = navigation::nav(book, content).into_bytes(),
            "OEBPS/toc.ncx" => data = navigation::ncx(book, content, &identifier.value).into_bytes(),
            _ => {}
        }
        // The container format wants `mimetype` first and stored, which epub-builder sees to; images are packed already.
        let extension = name.rsplit('.').next().unwrap_or_default();
        let stored = name == "mimetype" || matches!(extension, "png" | "jpg");
        let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(0o644);
        let options = if stored {
            options.compression_method(CompressionMethod::Stored)
        } else {
            options.compression_method(CompressionMethod::Deflated).compression_level(Some(9))
        };
        finished.start_file(name.as_str(), options).map_err(failed)?;
        finished.write_all(&data).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(finished.finish().map_err(failed)?.into_inner())
}

/// What the book is known by.
struct Identifier {
    /// As `dc:identifier` has it.
    value: String,
    /// The number of its kind in ONIX code list 5, if it is an ISBN.
    onix: Option<&'static str>,
}

impl Identifier {
    /// An ISBN, however it is written, becomes a URN (RFC 3187); anything else stays.
    fn read(text: &str) -> Self {
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

/// Mends the package document (EPUB 3.3, 5): language and direction of the package, metadata, the contents in the spine.
fn package_document(opf: &[u8], book: &Book, content: &Content, identifier: &Identifier) -> Result<Vec<u8>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("content.opf: {error}");
    let text = std::str::from_utf8(opf).map_err(|error| failed(&error))?;
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::with_capacity(opf.len() * 2));
    let mut hrefs = BTreeMap::new();
    let formulas = with_formulas(content);
    let before_contents = before_contents(book, content);
    let mut within_metadata = false;
    loop {
        let event = reader.read_event().map_err(|error| failed(&error))?;
        let mut after = None;
        let event = match event {
            Event::Eof => break,
            Event::Start(element) if element.name().as_ref() == "package" => Event::Start(package(element, book)),
            Event::Start(element) if element.name().as_ref() == "metadata" => {
                within_metadata = true;
                after = Some(metadata(book, content, identifier));
                Event::Start(element)
            }
            Event::End(element) if element.name().as_ref() == "metadata" => {
                within_metadata = false;
                Event::End(element)
            }
            _ if within_metadata => continue,
            Event::Empty(element) if element.name().as_ref() == "item" => {
                if let (Some(id), Some(href)) = (value(&element, "id"), value(&element, "href")) {
                    hrefs.insert(id, href);
                }
                let mathml = value(&element, "href").is_some_and(|href| formulas.contains(href.as_str()));
                Event::Empty(element.with_attributes(mathml.then_some(("properties", "mathml"))))
            }
            Event::Empty(element) if element.name().as_ref() == "itemref" => {
                let href = value(&element, "idref").and_then(|id| hrefs.get(&id));
                if href.is_some_and(|href| href == before_contents) {
                    // Contents of nothing are for programs only.
                    let linear = if book.navigation.entries.is_empty() { "no" } else { "yes" };
                    after = Some(format!("\n<itemref idref=\"nav\" linear=\"{linear}\"/>"));
                }
                Event::Empty(element.with_attributes([("linear", "yes")]))
            }
            Event::Start(_)
            | Event::End(_)
            | Event::Empty(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_)
            | Event::GeneralRef(_) => event,
        };
        writer.write_event(event).map_err(|error| failed(&error))?;
        if let Some(markup) = after {
            writer.write_event(Event::Text(BytesText::from_escaped(markup))).map_err(|error| failed(&error))?;
        }
    }
    Ok(writer.into_inner())
}

/// The name of the file that the contents follow, as in print: that of the last dedication or epigraph before the body, else
/// of the copyright page, else of the title page.
fn before_contents<'c>(book: &Book, content: &'c Content) -> &'c str {
    let inscribed = |division: &&Division| division.matter == Matter::Front && division.is_inscription();
    let count = match book.style.opening {
        // All divisions are in one file.
        Opening::RunOn => 0,
        Opening::NewPage | Opening::Recto => book.document.divisions.iter().take_while(inscribed).count(),
    };
    let last = count.checked_sub(1).and_then(|last| content.files.get(last)).map(|file| file.name.as_str());
    last.unwrap_or(if book.copyright.is_empty() { "title.xhtml" } else { COPYRIGHT })
}

/// The names of the files that have formulas, which the package is to say (EPUB 3.3, 5.6.2.2).
fn with_formulas(content: &Content) -> BTreeSet<&str> {
    content.files.iter().filter(|file| file.xhtml.contains("<math ")).map(|file| file.name.as_str()).collect()
}

/// The package element with the book's language and direction.
fn package<'a>(element: BytesStart<'a>, book: &Book) -> BytesStart<'a> {
    let language = super::language(book);
    element.with_attributes([("xml:lang", language), ("dir", super::direction(book).name())])
}

fn value(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    Some(attribute.value.to_string())
}

/// The content of the metadata element, as markup.
fn metadata(book: &Book, content: &Content, identifier: &Identifier) -> String {
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
