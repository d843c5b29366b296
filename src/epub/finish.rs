//! The finishing pass: what epub-builder left out or got wrong, and the archive itself.
//!
//! The package document's metadata is written anew, the navigation replaced, and the archive packed so that equal books
//! give equal bytes. Start at [`finish`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use quick_xml::events::{BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer};
use rayon::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

use super::content::{Content, ContentFile};
use super::metadata::{self, Findings, Identifier};
use super::navigation;
use super::package::{Assembly, COPYRIGHT, PackedFile};
use crate::document::{Division, Matter};
use crate::layout::book::Book;
use crate::style::Opening;

/// How hard text is compressed: zlib's usual measure, which takes little more than half the time of the hardest for a
/// three-hundredth more.
const LEVEL: i64 = 6;

/// The folder of the package document.
const FOLDER: &str = "OEBPS/";

/// Fills the frame that epub-builder wrote, mends it and packs it. Costs about as much as compressing the text.
///
/// # Errors
/// Says in words which part of the archive could not be read or written.
pub(super) fn finish(assembly: Assembly<'_>, book: &Book, content: &Content) -> Result<Vec<u8>, String> {
    let identifier = &book.document.metadata.identifier;
    let identifier = if content.fixed { Identifier::of_pages(identifier) } else { Identifier::read(identifier) };
    let mut parts: BTreeMap<String, Cow<'_, [u8]>> =
        assembly.files.into_iter().map(|PackedFile { name, data }| (format!("{FOLDER}{name}"), data)).collect();
    let mut frame = ZipArchive::new(Cursor::new(assembly.frame)).map_err(|error| failed(&error))?;
    let mut files = Vec::new();
    for index in 0..frame.len() {
        let mut file = frame.by_index(index).map_err(|error| failed(&error))?;
        let name = file.name().to_owned();
        let data = match (name.as_str(), parts.remove(&name)) {
            (_, Some(data)) => data,
            ("OEBPS/nav.xhtml", None) => navigation::nav(book, content).into_bytes().into(),
            ("OEBPS/toc.ncx", None) => navigation::ncx(book, content, &identifier.value).into_bytes().into(),
            (_, None) => {
                let mut data = Vec::new();
                file.read_to_end(&mut data).map_err(|error| format!("{name}: {error}"))?;
                if name == "OEBPS/content.opf" {
                    data = package_document(&data, book, content, &identifier)?;
                }
                data.into()
            }
        };
        files.push(PackedFile { name, data });
    }
    pack(&files)
}

fn failed(error: &dyn std::fmt::Display) -> String {
    format!("the e-book could not be packed: {error}")
}

/// An archive of `files`, in their order. Each is compressed by itself, in parallel, so the bytes do not depend on the number
/// of threads.
///
/// # Errors
/// Says in words which file could not be written.
pub(super) fn pack(files: &[PackedFile<'_>]) -> Result<Vec<u8>, String> {
    let packed: Vec<Vec<u8>> = files.par_iter().map(pack_one).collect::<Result<_, String>>()?;
    let size = packed.iter().map(Vec::len).sum();
    let mut archive = ZipWriter::new(Cursor::new(Vec::with_capacity(size)));
    for one in packed {
        let mut one = ZipArchive::new(Cursor::new(one)).map_err(|error| failed(&error))?;
        let file = one.by_index_raw(0).map_err(|error| failed(&error))?;
        archive.raw_copy_file(file).map_err(|error| failed(&error))?;
    }
    Ok(archive.finish().map_err(|error| failed(&error))?.into_inner())
}

/// An archive of one file. The container format wants `mimetype` stored; images and fonts are packed already.
fn pack_one(file: &PackedFile<'_>) -> Result<Vec<u8>, String> {
    let extension = file.name.rsplit('.').next().unwrap_or_default();
    let stored = file.name == "mimetype" || matches!(extension, "png" | "jpg" | "gif" | "woff2");
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(0o644);
    let options = if stored {
        options.compression_method(CompressionMethod::Stored)
    } else {
        options.compression_method(CompressionMethod::Deflated).compression_level(Some(LEVEL))
    };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(file.name.as_str(), options).map_err(|error| failed(&error))?;
    archive.write_all(&file.data).map_err(|error| format!("{}: {error}", file.name))?;
    Ok(archive.finish().map_err(|error| failed(&error))?.into_inner())
}

/// Mends the package document (EPUB 3.3, 5): language and direction of the package, metadata, the contents in the spine.
fn package_document(opf: &[u8], book: &Book, content: &Content, identifier: &Identifier) -> Result<Vec<u8>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("content.opf: {error}");
    let text = std::str::from_utf8(opf).map_err(|error| failed(&error))?;
    let mut reader = Reader::from_str(text);
    let mut writer = Writer::new(Vec::with_capacity(opf.len() * 2));
    let mut hrefs = BTreeMap::new();
    let files: BTreeMap<&str, &ContentFile> = content.files.iter().map(|file| (file.name.as_str(), file)).collect();
    let before_contents = before_contents(book, content);
    let mut within_metadata = false;
    loop {
        let event = reader.read_event().map_err(|error| failed(&error))?;
        let (mut before, mut after) = (None, None);
        let event = match event {
            Event::Eof => break,
            Event::Start(element) if element.name().as_ref() == "package" => Event::Start(package(element, book)),
            Event::Start(element) if element.name().as_ref() == "metadata" => {
                within_metadata = true;
                after = Some(metadata::metadata(book, &Findings::of(book, content), identifier, content.fixed));
                Event::Start(element)
            }
            Event::End(element) if content.fixed && element.name().as_ref() == "spine" => {
                // The pages have contents of their own; this one is for programs.
                let properties = "rendition:layout-reflowable";
                before = Some(format!("<itemref idref=\"nav\" linear=\"no\" properties=\"{properties}\"/>\n"));
                Event::End(element)
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
                let file = value(&element, "href").and_then(|href| files.get(href.as_str()).copied());
                let property = file.map(|file| file.property).filter(|property| !property.is_empty());
                Event::Empty(element.with_attributes(property.map(|property| ("properties", property))))
            }
            Event::Empty(element) if element.name().as_ref() == "itemref" => {
                let href = value(&element, "idref").and_then(|id| hrefs.get(&id));
                if href.is_some_and(|href| before_contents == Some(href.as_str())) {
                    // Contents of nothing are for programs only.
                    let linear = if book.navigation.entries.is_empty() { "no" } else { "yes" };
                    after = Some(format!("\n<itemref idref=\"nav\" linear=\"{linear}\"/>"));
                }
                let spread = href.and_then(|href| files.get(href.as_str())).map(|file| file.spread);
                let spread = spread.filter(|spread| !spread.is_empty()).map(|spread| ("properties", spread));
                Event::Empty(element.with_attributes([("linear", "yes")].into_iter().chain(spread)))
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
        if let Some(markup) = before {
            writer.write_event(Event::Text(BytesText::from_escaped(markup))).map_err(|error| failed(&error))?;
        }
        writer.write_event(event).map_err(|error| failed(&error))?;
        if let Some(markup) = after {
            writer.write_event(Event::Text(BytesText::from_escaped(markup))).map_err(|error| failed(&error))?;
        }
    }
    Ok(writer.into_inner())
}

/// The name of the file that the contents follow, as in print: that of the last dedication or epigraph before the body, else
/// of the copyright page, else of the title page. None among the pages of print, which have contents of their own.
fn before_contents<'c>(book: &Book, content: &'c Content) -> Option<&'c str> {
    let inscribed = |division: &&Division| division.matter == Matter::Front && division.is_inscription();
    let count = match book.style.opening {
        // All divisions are in one file.
        Opening::RunOn => 0,
        Opening::NewPage | Opening::Recto => book.document.divisions.iter().take_while(inscribed).count(),
    };
    let last = count.checked_sub(1).and_then(|last| content.files.get(last)).map(|file| file.name.as_str());
    let title = if book.copyright.is_empty() { "title.xhtml" } else { COPYRIGHT };
    (!content.fixed).then(|| last.unwrap_or(title))
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
