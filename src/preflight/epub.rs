//! Reads an EPUB back: the archive, the package document, and what the files of text say and show (EPUB 3.3).
//!
//! It follows the specification and knows nothing of how this program writes. What can't be read is told as a fault of its
//! file. Start at [`Epub::read`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::{CompressionMethod, ZipArchive};

use crate::graphic::{self, ImageFormat};
use crate::labels::percent_decode;

/// The most files of an archive that are looked at.
const MOST_FILES: usize = 50_000;

/// The largest file of an archive that is unfolded, in bytes.
const LARGEST_FILE: u64 = 128 << 20;

/// The most bytes that are unfolded of all files together.
const LARGEST_CONTENT: u64 = 1 << 30;

/// An EPUB, read.
pub(super) struct Epub {
    /// Its size in bytes.
    pub(super) size: usize,
    /// The files of the archive, in its order.
    pub(super) entries: Vec<Entry>,
    /// The package document, where the container names one that can be read.
    pub(super) package: Option<Package>,
    /// The files of text in the order of the manifest.
    pub(super) documents: Vec<Document>,
    /// The style sheets: name and content.
    pub(super) styles: Vec<(String, String)>,
    /// The files that can't be read, and why.
    pub(super) faults: Vec<(String, String)>,
    /// The index of each entry by its name.
    names: BTreeMap<String, usize>,
    /// The index of each document by its name.
    texts: BTreeMap<String, usize>,
}

/// A file of the archive.
pub(super) struct Entry {
    pub(super) name: String,
    /// Whether it is stored as it is.
    pub(super) stored: bool,
    /// Its size in bytes, unfolded.
    pub(super) size: u64,
    /// What kind of image it is, with width and height where it has pixels.
    pub(super) image: Option<(ImageFormat, Option<(u32, u32)>)>,
    /// Its first bytes.
    pub(super) start: Vec<u8>,
}

/// A package document (EPUB 3.3, 5).
#[derive(Default)]
pub(super) struct Package {
    /// The id of the identifier that is the book's.
    pub(super) unique_identifier: String,
    /// What its metadata says, in order.
    pub(super) facts: Vec<Fact>,
    pub(super) items: Vec<Item>,
    /// The ids of the items in reading order.
    pub(super) spine: Vec<String>,
}

/// A thing that the metadata says.
#[derive(Default)]
pub(super) struct Fact {
    /// `dc:title` and the like; the property of a `meta`, or its name in the way of EPUB 2.
    pub(super) name: String,
    pub(super) id: String,
    pub(super) text: String,
}

/// A file that the manifest lists.
pub(super) struct Item {
    pub(super) id: String,
    pub(super) media_type: String,
    pub(super) properties: String,
    /// Where it is.
    pub(super) address: Address,
}

/// Where something is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Address {
    /// A file of the archive, and an identifier in it.
    Inside(String, Option<String>),
    /// On the net.
    Remote(String),
    /// Data in the address itself, a mail address, and the like.
    Other,
}

/// A file of text.
#[derive(Default)]
pub(super) struct Document {
    /// Its name in the archive.
    pub(super) name: String,
    /// Whether it says in which language it is.
    pub(super) has_language: bool,
    /// The place of each identifier, counted from the start of the file.
    pub(super) ids: BTreeMap<String, usize>,
    /// Where its links lead, in order.
    pub(super) links: Vec<Address>,
    /// The files that it shows or needs: images, style sheets, sounds.
    pub(super) resources: Vec<Address>,
    /// Its images: where each is, and its alternative text where it has any.
    pub(super) images: Vec<(Address, Option<String>)>,
    /// The starts of print pages: identifier and label.
    pub(super) page_breaks: Vec<(String, String)>,
    /// The lists of a navigation document.
    pub(super) lists: Vec<List>,
    /// Whether it has formulas as MathML.
    pub(super) has_mathml: bool,
    /// Whether it has programs.
    pub(super) has_scripts: bool,
}

/// A `nav` element (EPUB 3.3, 7.3).
#[derive(Default)]
pub(super) struct List {
    /// Its `epub:type`.
    pub(super) kind: String,
    /// Its entries: label, kind and address.
    pub(super) entries: Vec<(String, String, Address)>,
}

impl Epub {
    /// Reads a file. Linear in what it unfolds to, which is bounded.
    ///
    /// # Errors
    /// Says in words why it is no archive that can be read.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let mut archive = ZipArchive::new(Cursor::new(content)).map_err(|error| error.to_string())?;
        let mut epub = Self {
            size: content.len(),
            entries: Vec::new(),
            package: None,
            documents: Vec::new(),
            styles: Vec::new(),
            faults: Vec::new(),
            names: BTreeMap::new(),
            texts: BTreeMap::new(),
        };
        let mut left = LARGEST_CONTENT;
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for index in 0..archive.len().min(MOST_FILES) {
            let mut file = match archive.by_index(index) {
                Ok(file) => file,
                Err(error) => {
                    epub.faults.push((format!("file {}", index + 1), error.to_string()));
                    continue;
                }
            };
            let name = file.name().to_owned();
            if name.ends_with('/') {
                continue;
            }
            let stored = file.compression() == CompressionMethod::Stored;
            let limit = LARGEST_FILE.min(left);
            let mut data = Vec::new();
            let read = (&mut file).take(limit + 1).read_to_end(&mut data);
            left = left.saturating_sub(data.len() as u64);
            let size = file.size().max(data.len() as u64);
            if let Err(error) = read {
                epub.faults.push((name.clone(), error.to_string()));
            } else if data.len() as u64 > limit {
                epub.faults.push((name.clone(), "it unfolds to more than is read".to_owned()));
                data.clear();
            }
            let start = data.iter().copied().take(64).collect();
            let is_text = [".xml", ".opf", ".xhtml", ".html", ".htm", ".css", ".ncx"]
                .iter()
                .any(|end| name.to_ascii_lowercase().ends_with(end));
            let image = if is_text { None } else { graphic::dimensions(&data) };
            epub.names.entry(name.clone()).or_insert(epub.entries.len());
            epub.entries.push(Entry { name: name.clone(), stored, size, image, start });
            if is_text || image.is_none() && data.len() < 1 << 20 {
                match String::from_utf8(data) {
                    Ok(text) => drop(texts.insert(name, text)),
                    Err(_) if is_text => epub.faults.push((name, "it is not text in UTF-8".to_owned())),
                    Err(_) => {}
                }
            }
        }
        epub.read_package(&texts);
        epub.read_documents(&texts);
        Ok(epub)
    }

    /// The file with a name.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.names.get(name).and_then(|index| self.entries.get(*index))
    }

    /// The document with a name.
    pub(super) fn document(&self, name: &str) -> Option<&Document> {
        self.texts.get(name).and_then(|index| self.documents.get(*index))
    }

    /// The items of the package.
    pub(super) fn items(&self) -> &[Item] {
        self.package.as_ref().map_or(&[], |package| &package.items)
    }

    /// What the metadata says under a name.
    pub(super) fn facts<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Fact> {
        let facts = self.package.iter().flat_map(|package| &package.facts);
        facts.filter(move |fact| fact.name == name)
    }

    /// The lists of the navigation document of a kind.
    pub(super) fn list(&self, kind: &str) -> Option<&List> {
        self.navigation()?.lists.iter().find(|list| list.kind.split_whitespace().any(|word| word == kind))
    }

    /// The navigation document.
    pub(super) fn navigation(&self) -> Option<&Document> {
        let item = self.items().iter().find(|item| has_word(&item.properties, "nav"))?;
        let Address::Inside(name, _) = &item.address else { return None };
        self.document(name)
    }

    /// The cover: the file that is marked as it in the way of EPUB 3, or of EPUB 2.
    pub(super) fn cover(&self) -> Option<&Entry> {
        let named = self.facts("cover").next().map(|fact| fact.text.as_str());
        let items = self.items();
        let item = items.iter().find(|item| has_word(&item.properties, "cover-image"));
        let item = item.or_else(|| items.iter().find(|item| Some(item.id.as_str()) == named))?;
        let Address::Inside(name, _) = &item.address else { return None };
        self.entry(name)
    }

    fn read_package(&mut self, texts: &BTreeMap<String, String>) {
        const CONTAINER: &str = "META-INF/container.xml";
        let Some(container) = texts.get(CONTAINER) else { return };
        let mut name = None;
        let walked = walk(container, &mut |event| {
            if let Step::Open(element) = event
                && element.local == "rootfile"
                && name.is_none()
            {
                name = element.get("full-path").map(str::to_owned);
            }
        });
        if let Err(fault) = walked {
            self.faults.push((CONTAINER.to_owned(), fault));
        }
        let Some((name, text)) = name.and_then(|name| Some((name.clone(), texts.get(&name)?))) else { return };
        let mut package = Package::default();
        let mut open: Option<Fact> = None;
        let walked = walk(text, &mut |event| match event {
            Step::Open(element) => {
                let value = |name: &str| element.get(name).unwrap_or_default().to_owned();
                match element.local.as_str() {
                    "package" => package.unique_identifier = value("unique-identifier"),
                    "item" => {
                        let address = resolve(&name, element.get("href").unwrap_or_default());
                        let (id, media_type, properties) = (value("id"), value("media-type"), value("properties"));
                        package.items.push(Item { id, media_type, properties, address });
                    }
                    "itemref" => package.spine.push(value("idref")),
                    "meta" if element.get("property").is_none() => {
                        let (name, text) = (value("name"), value("content"));
                        package.facts.push(Fact { name, text, ..Fact::default() });
                    }
                    "meta" => {
                        open = Some(Fact { name: value("property"), id: value("id"), text: String::new() });
                    }
                    local if element.name.contains(':') && !element.name.starts_with("opf:") => {
                        let name = format!("dc:{local}");
                        open = Some(Fact { name, id: value("id"), ..Fact::default() });
                    }
                    _ => {}
                }
            }
            Step::Text(text) => {
                if let Some(fact) = &mut open {
                    fact.text.push_str(text);
                }
            }
            Step::Close => package.facts.extend(open.take()),
        });
        if let Err(fault) = walked {
            self.faults.push((name, fault));
        }
        self.package = Some(package);
    }

    fn read_documents(&mut self, texts: &BTreeMap<String, String>) {
        let names: Vec<(String, bool)> = self
            .items()
            .iter()
            .filter_map(|item| match &item.address {
                Address::Inside(name, _) if item.media_type == "application/xhtml+xml" => Some((name.clone(), true)),
                Address::Inside(name, _) if item.media_type == "text/css" => Some((name.clone(), false)),
                Address::Inside(..) | Address::Remote(_) | Address::Other => None,
            })
            .collect();
        for (name, is_document) in names {
            let Some(text) = texts.get(&name) else { continue };
            if !is_document {
                self.styles.push((name, text.clone()));
                continue;
            }
            let mut reading = Reading { document: Document { name, ..Document::default() }, ..Reading::default() };
            let walked = walk(text, &mut |step| reading.step(step));
            if let Err(fault) = walked {
                self.faults.push((reading.document.name.clone(), fault));
            }
            self.texts.entry(reading.document.name.clone()).or_insert(self.documents.len());
            self.documents.push(reading.document);
        }
    }
}

/// Whether a word is in a list of words.
pub(super) fn has_word(words: &str, word: &str) -> bool {
    words.split_whitespace().any(|one| one == word)
}

/// A document on the way through it.
#[derive(Default)]
struct Reading {
    document: Document,
    /// How many elements are open.
    depth: usize,
    /// How many elements began before.
    place: usize,
    /// The depth of the open `nav`.
    list: Option<usize>,
    /// The depth of an open link in a `nav`.
    entry: Option<usize>,
    /// The depth of an open page break whose label is its text.
    page_break: Option<usize>,
}

impl Reading {
    fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Open(element) => self.open(element),
            Step::Text(text) => {
                let entry = self.document.lists.last_mut().and_then(|list| list.entries.last_mut());
                if let (Some(_), Some((label, ..))) = (self.entry, entry) {
                    label.push_str(text);
                }
                if let (Some(_), Some((_, label))) = (self.page_break, self.document.page_breaks.last_mut()) {
                    label.push_str(text);
                }
            }
            Step::Close => {
                for open in [&mut self.list, &mut self.entry, &mut self.page_break] {
                    if *open == Some(self.depth) {
                        *open = None;
                    }
                }
                self.depth = self.depth.saturating_sub(1);
            }
        }
    }

    fn open(&mut self, element: &Element) {
        self.depth += 1;
        self.place += 1;
        let Self { document, depth, place, list, entry, page_break } = self;
        let address = |name: &str| element.get(name).map(|value| resolve(&document.name, value));
        let kind = element.get("epub:type").unwrap_or_default();
        if *depth == 1 {
            document.has_language =
                [element.get("xml:lang"), element.get("lang")].iter().flatten().any(|tag| !tag.is_empty());
        }
        if let Some(id) = element.get("id") {
            document.ids.entry(id.to_owned()).or_insert(*place);
        }
        document.has_scripts |= element.attributes.iter().any(|(name, value)| {
            name.starts_with("on")
                || name == "href" && value.trim_start().to_ascii_lowercase().starts_with("javascript:")
        });
        match element.local.as_str() {
            "a" => {
                if let Some(address) = address("href").or_else(|| address("xlink:href")) {
                    if list.is_some()
                        && let Some(list) = document.lists.last_mut()
                    {
                        list.entries.push((String::new(), kind.to_owned(), address.clone()));
                        *entry = Some(*depth);
                    }
                    document.links.push(address);
                }
            }
            "img" => {
                if let Some(address) = address("src") {
                    document.images.push((address.clone(), element.get("alt").map(str::to_owned)));
                    document.resources.push(address);
                }
            }
            "image" => document.resources.extend(address("xlink:href").or_else(|| address("href"))),
            "link" if element.get("rel").is_some_and(|rel| has_word(rel, "stylesheet")) => {
                document.resources.extend(address("href"));
            }
            "audio" | "video" | "source" | "iframe" | "embed" | "track" => document.resources.extend(address("src")),
            "object" => document.resources.extend(address("data")),
            "script" => {
                // Data in a script element runs nothing.
                let is_data = element.get("type").is_some_and(|kind| kind.contains("json") || kind.contains("text/"));
                document.has_scripts |= !is_data;
                document.resources.extend(address("src"));
            }
            "math" => document.has_mathml = true,
            "nav" => {
                document.lists.push(List { kind: kind.to_owned(), entries: Vec::new() });
                *list = Some(*depth);
            }
            _ => {}
        }
        let is_break =
            has_word(kind, "pagebreak") || element.get("role").is_some_and(|role| has_word(role, "doc-pagebreak"));
        if is_break {
            let label = element.get("aria-label").or_else(|| element.get("title"));
            if label.is_none() {
                *page_break = Some(*depth);
            }
            let id = element.get("id").unwrap_or_default().to_owned();
            document.page_breaks.push((id, label.unwrap_or_default().to_owned()));
        }
    }
}

/// The start of an element.
struct Element {
    /// Its name with its prefix.
    name: String,
    /// Its name without.
    local: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A step through a file of XML.
#[derive(Clone, Copy)]
enum Step<'a> {
    Open(&'a Element),
    Text(&'a str),
    Close,
}

/// Goes through a file of XML. What an entity stands for that XML does not know is left out.
///
/// # Errors
/// Says where it is not well formed; what stands before was seen.
fn walk(text: &str, visit: &mut dyn FnMut(Step<'_>)) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| {
            let line = text.as_bytes().iter().take(usize::try_from(reader.error_position()).unwrap_or(usize::MAX));
            let line = 1 + line.filter(|byte| **byte == b'\n').count();
            format!("line {line}: {error}")
        })?;
        match event {
            Event::Start(start) => {
                depth += 1;
                visit(Step::Open(&element(&start)));
            }
            Event::Empty(start) => {
                visit(Step::Open(&element(&start)));
                visit(Step::Close);
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                visit(Step::Close);
            }
            Event::Text(text) => visit(Step::Text(&text.xml10_content())),
            Event::CData(text) => visit(Step::Text(&text.into_inner())),
            Event::GeneralRef(reference) => {
                let character =
                    reference.resolve_char_ref().ok().flatten().or_else(|| match &*reference.into_inner() {
                        "amp" => Some('&'),
                        "lt" => Some('<'),
                        "gt" => Some('>'),
                        "quot" => Some('"'),
                        "apos" => Some('\''),
                        _ => None,
                    });
                if let Some(character) = character {
                    visit(Step::Text(character.encode_utf8(&mut [0; 4])));
                }
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof if depth > 0 => return Err("an element is never closed".to_owned()),
            Event::Eof => return Ok(()),
        }
    }
}

fn element(start: &BytesStart<'_>) -> Element {
    let attributes = start.attributes().flatten().map(|attribute| {
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_or_else(|_| attribute.value.clone().into_owned(), Cow::into_owned);
        (attribute.key.into_inner().to_owned(), value)
    });
    Element {
        attributes: attributes.collect(),
        name: start.name().into_inner().to_owned(),
        local: start.local_name().into_inner().to_owned(),
    }
}

/// The address that `href` in the file `from` names (EPUB 3.3, 4.2.5).
pub(super) fn resolve(from: &str, href: &str) -> Address {
    let href = href.trim();
    let scheme = href.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let is_scheme = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    match scheme.filter(|scheme| is_scheme(scheme)).as_deref() {
        Some("http" | "https" | "ftp") => return Address::Remote(href.to_owned()),
        Some(_) => return Address::Other,
        None if href.starts_with("//") => return Address::Remote(href.to_owned()),
        None => {}
    }
    let (path, fragment) = match href.split_once('#') {
        Some((path, fragment)) => (path, Some(percent_decode(fragment))),
        None => (href, None),
    };
    let path = path.split('?').next().unwrap_or_default();
    if path.is_empty() {
        return Address::Inside(from.to_owned(), fragment);
    }
    let mut parts: Vec<&str> = if path.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    Address::Inside(percent_decode(&parts.join("/")), fragment)
}

/// The content of a file of an archive, as far as it is read.
pub(super) fn content_of(archive: &[u8], name: &str) -> Option<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).ok()?;
    let mut data = Vec::new();
    archive.by_name(name).ok()?.take(LARGEST_FILE).read_to_end(&mut data).ok()?;
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_resolve_against_the_file_that_holds_them() {
        let inside = |path: &str, id: Option<&str>| Address::Inside(path.to_owned(), id.map(str::to_owned));
        assert_eq!(resolve("a/nav.xhtml", "b/c%20d.xhtml#e%C3%A9"), inside("a/b/c d.xhtml", Some("eé")));
        assert_eq!(resolve("a/b/c.xhtml", "../d.xhtml"), inside("a/d.xhtml", None));
        assert_eq!(resolve("a/b.xhtml", "#x:y"), inside("a/b.xhtml", Some("x:y")));
        assert_eq!(resolve("a/b.xhtml", "../../../c"), inside("c", None));
        assert_eq!(resolve("a/b.xhtml", "//example.org/x"), Address::Remote("//example.org/x".to_owned()));
        assert_eq!(resolve("a/b.xhtml", "mailto:a@example.org"), Address::Other);
    }

    #[test]
    fn what_is_not_well_formed_is_told_with_its_line() {
        let fault = |text: &str| walk(text, &mut |_| {}).err();
        assert_eq!(fault("<a>\n<b/>&nbsp;</a>"), None);
        assert!(fault("<a>\n<b></a>").unwrap().starts_with("line 2"));
        assert!(fault("<a><b>").is_some());
    }
}
