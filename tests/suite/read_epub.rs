//! Reads an EPUB back: package, navigation, the text of the spine, its page breaks and links.
//!
//! It follows EPUB 3.3 and knows nothing of how the program writes, but for one convention: what is not the author's has
//! the class `generated`. What it cannot read, it panics at. Start at [`Epub::read`].

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements that stand within a line; all others part words.
const INLINE_ELEMENTS: [&str; 17] = [
    "a", "abbr", "b", "code", "del", "em", "i", "img", "kbd", "mark", "math", "s", "span", "strong", "sub", "sup", "u",
];

/// Documents of the spine that the program made: `epub:type` of the body or of something in it.
const GENERATED_DOCUMENTS: [&str; 5] = ["cover", "halftitlepage", "titlepage", "copyright-page", "toc"];

/// An EPUB, read.
pub(crate) struct Epub {
    /// The contents: depth from 0, title, address.
    pub(crate) contents: Vec<(usize, String, String)>,
    /// The lists of captions, one after the other: depth, title, address.
    pub(crate) captions: Vec<(usize, String, String)>,
    /// The text of the documents that the program made.
    pub(crate) generated: String,
    /// The page list: label, address.
    pub(crate) page_list: Vec<(String, String)>,
    /// The author's text in spine order; blocks are parted by line feeds.
    pub(crate) main_text: String,
    /// Links of the main text that lead into the book, in spine order, back links left out.
    pub(crate) main_links: Vec<Link>,
    /// The page numbers that stand in the text.
    pub(crate) page_references: Vec<String>,
    /// Every address within the book that any document links to, navigation included.
    pub(crate) addresses: Vec<String>,
    /// The page on which each identifier's element begins, by address: the label of the last page break before its first
    /// words, if there is one.
    pub(crate) targets: BTreeMap<String, Option<String>>,
}

/// A link within the book.
#[derive(Debug, PartialEq)]
pub(crate) struct Link {
    /// Whether it is a reference to a note.
    pub(crate) to_note: bool,
    /// Its words.
    pub(crate) text: String,
    /// File and fragment, from the root of the archive.
    pub(crate) address: String,
}

/// An element of XML.
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    children: Vec<Node>,
}

enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }

    /// Whether a word is among those of an attribute.
    fn says(&self, attribute: &str, word: &str) -> bool {
        self.attribute(attribute).split_whitespace().any(|said| said == word)
    }

    fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|child| match child {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// All elements of that name below this one, in order.
    fn all<'e>(&'e self, name: &str, found: &mut Vec<&'e Element>) {
        for element in self.elements() {
            if element.name == name {
                found.push(element);
            }
            element.all(name, found);
        }
    }

    fn text(&self) -> String {
        let texts = self.children.iter().map(|child| match child {
            Node::Element(element) => element.text(),
            Node::Text(text) => text.clone(),
        });
        texts.collect()
    }
}

/// Reads XML: names without the prefixes of the vocabularies that have none to confuse them with, attributes with theirs.
fn parse(xml: &str) -> Element {
    fn element(start: &BytesStart) -> Element {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let key = attribute.key.into_inner().to_owned();
            (key, attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).unwrap().into_owned())
        });
        let attributes = attributes.collect();
        Element { name: start.local_name().into_inner().to_owned(), attributes, children: Vec::new() }
    }
    let mut reader = Reader::from_str(xml);
    let mut open = vec![Element { name: String::new(), attributes: BTreeMap::new(), children: Vec::new() }];
    loop {
        let top = open.last_mut().unwrap();
        match reader.read_event().unwrap() {
            Event::Start(start) => open.push(element(&start)),
            Event::Empty(start) => top.children.push(Node::Element(element(&start))),
            Event::End(_) => {
                let closed = open.pop().unwrap();
                open.last_mut().unwrap().children.push(Node::Element(closed));
            }
            Event::Text(text) => top.children.push(Node::Text(text.xml10_content().into_owned())),
            Event::CData(text) => top.children.push(Node::Text(text.into_inner().into_owned())),
            Event::GeneralRef(reference) => {
                let character = match reference.resolve_char_ref().unwrap() {
                    Some(character) => character,
                    None => match &*reference.into_inner() {
                        "amp" => '&',
                        "lt" => '<',
                        "gt" => '>',
                        "quot" => '"',
                        "apos" => '\'',
                        other => panic!("the entity {other} is not XML's own"),
                    },
                };
                top.children.push(Node::Text(character.into()));
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    let root = open.pop().unwrap();
    assert!(open.is_empty(), "every element is closed");
    root.children.into_iter().find_map(|node| if let Node::Element(root) = node { Some(root) } else { None }).unwrap()
}

/// The address that `href` in the file `from` names, from the root of the archive; `None` for one outside the book.
fn resolved(from: &str, href: &str) -> Option<String> {
    if href.contains(':') {
        return None;
    }
    let (path, fragment) = match href.split_once('#') {
        Some((path, fragment)) => (path, Some(fragment)),
        None => (href, None),
    };
    let mut parts: Vec<&str> = from.split('/').collect();
    if !path.is_empty() {
        parts.pop();
    }
    for part in path.split('/').filter(|part| !part.is_empty()) {
        match part {
            ".." => drop(parts.pop().unwrap()),
            part => parts.push(part),
        }
    }
    let file = parts.join("/");
    Some(fragment.map_or(file.clone(), |fragment| format!("{file}#{}", percent_decoded(fragment))))
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

impl Epub {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
        let mut file = |name: &str| {
            let mut text = String::new();
            archive.by_name(name).unwrap_or_else(|_| panic!("no file {name}")).read_to_string(&mut text).unwrap();
            parse(&text)
        };
        let container = file("META-INF/container.xml");
        let mut roots = Vec::new();
        container.all("rootfile", &mut roots);
        let package_name = roots[0].attribute("full-path").to_owned();
        let package = file(&package_name);
        let mut items = BTreeMap::new();
        let mut navigation_name = None;
        for item in package.child("manifest").unwrap().elements() {
            let name = resolved(&package_name, item.attribute("href")).unwrap();
            assert!(names.contains(&name), "{name} is in the archive");
            if item.says("properties", "nav") {
                navigation_name = Some(name.clone());
            }
            items.insert(item.attribute("id").to_owned(), name);
        }
        let navigation_name = navigation_name.expect("a navigation document");
        let navigation = file(&navigation_name);

        let mut walk = Walk::default();
        for item in package.child("spine").unwrap().elements() {
            let name = &items[item.attribute("idref")];
            let document = file(name);
            walk.document(name, &document, name == &navigation_name || is_generated(&document));
        }
        if !walk.targets.contains_key(&navigation_name) {
            walk.document(&navigation_name, &navigation, true);
        }

        let mut contents = Vec::new();
        let mut page_list = Vec::new();
        let mut captions = Vec::new();
        let mut lists = Vec::new();
        navigation.all("nav", &mut lists);
        for nav in lists {
            let list = nav.child("ol").expect("a list in nav");
            let mut entries = Vec::new();
            collect_entries(&navigation_name, list, 0, &mut entries);
            if ["figures", "tables", "listings"].contains(&nav.attribute("id")) {
                captions.append(&mut entries);
            } else if nav.says("epub:type", "toc") {
                contents = entries;
            } else if nav.says("epub:type", "page-list") {
                page_list = entries.into_iter().map(|(_, label, address)| (label, address)).collect();
            }
        }
        Self {
            contents,
            captions,
            generated: walk.generated,
            page_list,
            main_text: walk.text,
            main_links: walk.links,
            page_references: walk.page_references,
            addresses: walk.addresses,
            targets: walk.targets,
        }
    }
}

/// Whether the document is one that the program made: cover, title page, contents.
fn is_generated(document: &Element) -> bool {
    fn any(element: &Element) -> bool {
        GENERATED_DOCUMENTS.iter().any(|kind| element.says("epub:type", kind)) || element.elements().any(any)
    }
    any(document)
}

fn collect_entries(file: &str, list: &Element, depth: usize, entries: &mut Vec<(usize, String, String)>) {
    for item in list.elements() {
        let link = item.child("a").expect("an entry is a link");
        let address = resolved(file, link.attribute("href")).expect("an entry leads into the book");
        entries.push((depth, link.text(), address));
        if let Some(list) = item.child("ol") {
            collect_entries(file, list, depth + 1, entries);
        }
    }
}

/// What is gathered on the way through the documents.
#[derive(Default)]
struct Walk {
    text: String,
    generated: String,
    links: Vec<Link>,
    page_references: Vec<String>,
    addresses: Vec<String>,
    targets: BTreeMap<String, Option<String>>,
    page: Option<String>,
    /// Identifiers whose element has begun, but none of its words yet.
    begun: Vec<String>,
}

impl Walk {
    fn document(&mut self, file: &str, document: &Element, generated: bool) {
        self.targets.insert(file.to_owned(), self.page.clone());
        self.element(file, document, generated);
        self.settle();
        if generated {
            self.generated.push_str(&document.text());
        }
    }

    /// The elements that have begun are on the current page.
    fn settle(&mut self) {
        for address in self.begun.drain(..) {
            let before = self.targets.insert(address.clone(), self.page.clone());
            assert!(before.is_none(), "{address} is there once");
        }
    }

    fn element(&mut self, file: &str, element: &Element, generated: bool) {
        let name = element.name.as_str();
        if name == "head" {
            return;
        }
        let generated = generated || element.says("class", "generated");
        let is_page = element.says("epub:type", "pagebreak");
        if is_page {
            self.page = Some(element.attribute("aria-label").to_owned());
        }
        if let Some(id) = element.attributes.get("id") {
            let address = format!("{file}#{id}");
            if is_page {
                // Where a page has no text in its flow, the next begins there too.
                let before = self.targets.insert(address.clone(), self.page.clone());
                assert!(before.is_none(), "{address} is there once");
            } else {
                self.begun.push(address);
            }
        }
        if let Some(address) = element.attributes.get("href").and_then(|href| resolved(file, href)) {
            let to_note = element.says("epub:type", "noteref");
            let to_page = element.says("class", "page-reference");
            if to_page {
                self.page_references.push(element.text());
            }
            if name == "a" && (!generated || to_note || to_page) {
                let text = if to_note { String::new() } else { element.text().trim().to_owned() };
                self.links.push(Link { to_note, text, address: address.clone() });
            }
            self.addresses.push(address);
        }
        let block = !INLINE_ELEMENTS.contains(&name);
        if block && !generated {
            self.text.push('\n');
        }
        if matches!(name, "img" | "hr") {
            self.settle();
        }
        for child in &element.children {
            match child {
                Node::Element(child) => self.element(file, child, generated),
                Node::Text(words) => {
                    if !words.trim().is_empty() {
                        self.settle();
                    }
                    if !generated {
                        self.text.push_str(words);
                    }
                }
            }
        }
        if block && !generated {
            self.text.push('\n');
        }
    }
}

#[test]
fn addresses_resolve_against_the_file_that_holds_them() {
    assert_eq!(resolved("OEBPS/nav.xhtml", "text/a.xhtml#b%20c").as_deref(), Some("OEBPS/text/a.xhtml#b c"));
    assert_eq!(resolved("OEBPS/text/a.xhtml", "../b.xhtml").as_deref(), Some("OEBPS/b.xhtml"));
    assert_eq!(resolved("OEBPS/text/a.xhtml", "#c").as_deref(), Some("OEBPS/text/a.xhtml#c"));
    assert_eq!(resolved("OEBPS/a.xhtml", "mailto:a@example.org"), None);
}
