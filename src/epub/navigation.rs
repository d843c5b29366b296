//! The ways into the e-book: `nav.xhtml`, and `toc.ncx` for reading systems that know nothing newer.
//!
//! Both have the contents and the page list; the former has the lists of captions and the landmarks too. Start at [`nav`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::content::{Content, Landmark};
use super::xml::{self, attribute, escape, escaped};
use crate::document::Matter;
use crate::layout::book::{Book, ContentsEntry, ListKind};
use crate::terms::{self, Term};

/// An entry of the contents that leads somewhere.
struct Entry {
    title: String,
    address: String,
    depth: usize,
}

/// The contents in reading order, each entry at most one deeper than the one before; never empty.
fn entries(book: &Book, content: &Content) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for entry in &book.navigation.entries {
        let text = entry.text();
        let title = if text.trim().is_empty() { "*".to_owned() } else { text };
        if let Some(address) = content.address(entry.target) {
            let deepest = entries.last().map_or(0, |previous| previous.depth + 1);
            entries.push(Entry { title, address, depth: usize::from(entry.depth).min(deepest) });
        }
    }
    if entries.is_empty() {
        let address = content.files.first().map_or("title.xhtml", |file| file.name.as_str()).to_owned();
        entries.push(Entry { title: super::title(book).to_owned(), address, depth: 0 });
    }
    entries
}

/// The navigation document (EPUB 3.3, 7): contents, page list, lists of captions, landmarks.
pub(super) fn nav(book: &Book, content: &Content) -> String {
    let title = super::list_title(ListKind::Contents, book);
    let mut body = String::from("<nav epub:type=\"toc\" role=\"doc-toc\" id=\"toc\" aria-labelledby=\"toc-title\">\n");
    let _ = writeln!(body, "<h1 id=\"toc-title\" class=\"contents-heading\">{}</h1>\n<ol>", escaped(title));
    let entries = entries(book, content);
    for (index, entry) in entries.iter().enumerate() {
        body.push_str("<li><a");
        attribute("href", &entry.address, &mut body);
        let _ = write!(body, "{}>{}</a>", super::turned(book, &entry.title), escaped(&entry.title));
        let next = entries.get(index + 1).map(|next| next.depth);
        if next.is_some_and(|next| next > entry.depth) {
            body.push_str("\n<ol>\n");
        } else {
            body.push_str("</li>\n");
            for _ in next.unwrap_or(0)..entry.depth {
                body.push_str("</ol></li>\n");
            }
        }
    }
    body.push_str("</ol>\n</nav>\n");
    if !content.pages.is_empty() {
        body.push_str("<nav epub:type=\"page-list\" role=\"doc-pagelist\" id=\"page-list\" hidden=\"hidden\">\n<ol>\n");
        for page in &content.pages {
            link(&page.address, "", &page.label, &mut body);
        }
        body.push_str("</ol>\n</nav>\n");
    }
    for kind in CAPTIONS {
        list(kind, book, content, &mut body);
    }
    body.push_str("<nav epub:type=\"landmarks\" id=\"landmarks\" hidden=\"hidden\">\n<ol>\n");
    let language = &book.document.metadata.language;
    link("cover.xhtml", "cover", terms::term(Term::CoverPage, language), &mut body);
    if let Some(address) = &content.title_page {
        link(address, "titlepage", terms::term(Term::TitlePage, language), &mut body);
    }
    if !book.copyright.is_empty() && !content.fixed {
        link(super::package::COPYRIGHT, "copyright-page", terms::term(Term::CopyrightPage, language), &mut body);
    }
    link("nav.xhtml#toc", "toc", title, &mut body);
    for (kind, id, semantics) in CAPTIONS {
        if let (Some(name), Some(_)) = (semantics, captions(kind, book, content).next()) {
            link(&format!("nav.xhtml#{id}"), name, super::list_title(kind, book), &mut body);
        }
    }
    if let Some(file) = content.files.iter().find(|file| file.matter != Some(Matter::Front)) {
        link(&file.name, "bodymatter", &file.title, &mut body);
    }
    for (landmark, kind, term) in [
        (Landmark::Glossary, "glossary", Term::Glossary),
        (Landmark::Bibliography, "bibliography", Term::Bibliography),
        (Landmark::Index, "index", Term::Index),
    ] {
        if let Some(file) = content.files.iter().find(|file| file.landmarks.contains(&landmark)) {
            link(&file.name, kind, terms::term(term, language), &mut body);
        }
    }
    body.push_str("</ol>\n</nav>\n");
    xml::page(super::language(book), super::direction(book), title, " epub:type=\"frontmatter\"", &body)
}

/// The lists of captions: what each is called in the file, and its name in the EPUB Structural Semantics Vocabulary (1.1),
/// which has none for listings.
const CAPTIONS: [(ListKind, &str, Option<&str>); 3] = [
    (ListKind::Figures, "figures", Some("loi")),
    (ListKind::Tables, "tables", Some("lot")),
    (ListKind::Listings, "listings", None),
];

/// The captions of a list that the text has, with their addresses.
fn captions<'b>(
    kind: ListKind,
    book: &'b Book,
    content: &'b Content,
) -> impl Iterator<Item = (&'b ContentsEntry, String)> {
    let entries = book.navigation.list(kind).iter();
    entries.filter_map(|entry| Some((entry, content.anchor(entry.target)?)))
}

/// A list of captions, as in print; for programs only where the design has no such page.
fn list((kind, id, semantics): (ListKind, &str, Option<&str>), book: &Book, content: &Content, out: &mut String) {
    let mut entries = captions(kind, book, content).peekable();
    if entries.peek().is_none() {
        return;
    }
    out.push_str("<nav");
    if let Some(name) = semantics {
        attribute("epub:type", name, out);
    }
    attribute("id", id, out);
    attribute("aria-labelledby", &format!("{id}-title"), out);
    if !kind.is_shown(&book.style) {
        out.push_str(" hidden=\"hidden\"");
    }
    let title = escaped(super::list_title(kind, book));
    let _ = writeln!(out, ">\n<h1 id=\"{id}-title\" class=\"contents-heading\">{title}</h1>\n<ol>");
    for (entry, address) in entries {
        let text = entry.text();
        out.push_str("<li><a");
        attribute("href", &address, out);
        let _ = writeln!(out, "{}>{}</a></li>", super::turned(book, &text), escaped(&text));
    }
    out.push_str("</ol>\n</nav>\n");
}

fn link(address: &str, kind: &str, text: &str, out: &mut String) {
    out.push_str("<li><a");
    if !kind.is_empty() {
        attribute("epub:type", kind, out);
    }
    attribute("href", address, out);
    let _ = writeln!(out, ">{}</a></li>", escaped(text));
}

/// The navigation of EPUB 2 (OPF 2.0.1, 2.4.1), which EPUB 3 lets stand beside the other. `identifier` is the package's.
pub(super) fn ncx(book: &Book, content: &Content, identifier: &str) -> String {
    let entries = entries(book, content);
    let depth = entries.iter().map(|entry| entry.depth + 1).max().unwrap_or(1);
    let largest = content.pages.iter().filter_map(|page| page.label.parse::<u32>().ok()).max().unwrap_or(0);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str("<ncx xmlns=\"http://www.daisy.org/z3986/2005/ncx/\" version=\"2005-1\"");
    attribute("xml:lang", super::language(book), &mut out);
    out.push_str(">\n<head>\n");
    let numbers = [
        ("dtb:uid", identifier.to_owned()),
        ("dtb:depth", depth.to_string()),
        ("dtb:totalPageCount", content.pages.len().to_string()),
        ("dtb:maxPageNumber", largest.to_string()),
    ];
    for (name, value) in numbers {
        out.push_str("<meta");
        attribute("name", name, &mut out);
        attribute("content", &value, &mut out);
        out.push_str("/>\n");
    }
    out.push_str("</head>\n<docTitle><text>");
    escape(super::title(book), &mut out);
    out.push_str("</text></docTitle>\n<navMap>\n");
    // What leads to the same place has the same number.
    let mut orders: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let next = orders.len() + 1;
        let order = *orders.entry(&entry.address).or_insert(next);
        let _ = write!(out, "<navPoint id=\"entry-{}\" playOrder=\"{order}\">", index + 1);
        label_and_content(&entry.title, &entry.address, &mut out);
        let next = entries.get(index + 1).map_or(0, |next| next.depth);
        for _ in next..=entry.depth {
            out.push_str("</navPoint>");
        }
        out.push('\n');
    }
    out.push_str("</navMap>\n");
    if !content.pages.is_empty() {
        let title = terms::term(Term::Pages, &book.document.metadata.language);
        let _ = writeln!(out, "<pageList>\n<navLabel><text>{title}</text></navLabel>");
        for (index, page) in content.pages.iter().enumerate() {
            let next = orders.len() + 1;
            let order = *orders.entry(&page.address).or_insert(next);
            let _ = write!(out, "<pageTarget id=\"target-{}\"", index + 1);
            match page.label.parse::<u32>() {
                Ok(number) => {
                    let _ = write!(out, " type=\"normal\" value=\"{number}\"");
                }
                Err(_) => out.push_str(" type=\"front\""),
            }
            let _ = write!(out, " playOrder=\"{order}\">");
            label_and_content(&page.label, &page.address, &mut out);
            out.push_str("</pageTarget>\n");
        }
        out.push_str("</pageList>\n");
    }
    out.push_str("</ncx>\n");
    out
}

fn label_and_content(label: &str, address: &str, out: &mut String) {
    let _ = write!(out, "<navLabel><text>{}</text></navLabel><content", escaped(label));
    attribute("src", address, out);
    out.push_str("/>");
}
