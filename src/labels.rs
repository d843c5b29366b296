//! What a label names: one rule for references, page references, citations and links.
//!
//! Headings, blocks, inlines, terms of a glossary (`gls:TERM`) and works in the bibliography (`ref-KEY`) have labels. A
//! label is looked for in its own file first, then in the book; `fig:x` and `fig-x` are the same. It knows nothing of
//! pages or of what is shown. Start at [`Labels`].

use std::collections::BTreeMap;

use crate::diagnostics::nearest;
use crate::document::{Attributes, BlockKind, Document, Node, NodeId, walk};

/// The labels of a document, and where its files begin.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// By file, then by the label as it is compared.
    files: BTreeMap<String, BTreeMap<String, Labelled>>,
    /// By the label as it is compared: the first in the book, headings after all else.
    book: BTreeMap<String, Labelled>,
    /// The first node of each file.
    starts: BTreeMap<String, NodeId>,
    /// The paths without extension; a folder's front page is the folder.
    stems: BTreeMap<String, String>,
}

/// A label as it was written, and what it names.
#[derive(Clone, Debug)]
struct Labelled {
    label: String,
    node: NodeId,
    /// Whether the label was made of a heading's words, most often.
    heading: bool,
}

/// What an address within the manuscript leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address {
    /// A node of the book.
    Node(NodeId),
    /// A file of the book, which has no such label.
    NoLabel,
    /// No file of the book.
    NoFile,
}

impl Labels {
    /// Gathers the labels of `document`, of which every node has its id. Linear in the document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut labels = Self::default();
        for division in &document.divisions {
            let path = division.path.as_str();
            if let Some(first) = division.blocks.first() {
                labels.starts.entry(path.to_owned()).or_insert(first.id);
                labels.stems.entry(stem(path)).or_insert_with(|| path.to_owned());
            }
            walk(division.all_blocks(), &mut |node| match node {
                Node::Inline(inline) => labels.add(path, &inline.attributes, inline.id, false),
                Node::Block(block) => {
                    let heading = matches!(block.kind, BlockKind::Heading { .. });
                    labels.add(path, &block.attributes, block.id, heading);
                    if let BlockKind::DefinitionList(definitions) = &block.kind {
                        for definition in definitions {
                            labels.add(path, &definition.attributes, definition.id, false);
                        }
                    }
                    if let BlockKind::Bibliography(entries) = &block.kind {
                        for entry in entries {
                            labels.insert(path, &reference_label(&entry.key), entry.id, false);
                        }
                    }
                }
            });
        }
        labels
    }

    fn add(&mut self, path: &str, attributes: &Attributes, node: NodeId, heading: bool) {
        if let Some(label) = &attributes.label {
            self.insert(path, label, node, heading);
        }
    }

    fn insert(&mut self, path: &str, label: &str, node: NodeId, heading: bool) {
        let labelled = Labelled { label: label.to_owned(), node, heading };
        let key = normal(label);
        match self.book.get(&key) {
            Some(found) if heading || !found.heading => {}
            Some(_) | None => {
                self.book.insert(key.clone(), labelled.clone());
            }
        }
        if !self.files.contains_key(path) {
            self.files.insert(path.to_owned(), BTreeMap::new());
        }
        if let Some(file) = self.files.get_mut(path) {
            file.entry(key).or_insert(labelled);
        }
    }

    /// Every label of the book as it was first written, with what it names seen from a file that has no such label.
    pub fn all(&self) -> impl Iterator<Item = (&str, NodeId)> {
        self.book.values().map(|labelled| (labelled.label.as_str(), labelled.node))
    }

    /// The address of every file, and of every label in it, with what it leads to; none of what stands in no file.
    pub fn addresses(&self) -> impl Iterator<Item = (String, NodeId)> {
        let starts = self.starts.iter().map(|(path, node)| (path.clone(), *node));
        let labels = self.files.iter().flat_map(|(path, labels)| {
            labels.values().map(move |labelled| (format!("{path}#{}", labelled.label), labelled.node))
        });
        starts.chain(labels).filter(|(address, _)| !address.is_empty() && !address.starts_with('#'))
    }

    /// What `label` names, seen from the file `path`.
    #[must_use]
    pub fn find(&self, path: &str, label: &str) -> Option<NodeId> {
        let key = normal(label);
        let own = self.files.get(path).and_then(|file| file.get(&key));
        own.or_else(|| self.book.get(&key)).map(|labelled| labelled.node)
    }

    /// The label that is nearest to one that names nothing. Linear in the labels of the book.
    #[must_use]
    pub fn nearest(&self, label: &str) -> Option<&str> {
        nearest(label, self.book.values().map(|labelled| labelled.label.as_str()))
    }

    /// Where `address` leads, a path with or without `#label`, as it stands in the file `from`. A page's name ends in
    /// `.html` or as its file does, and a folder's front page need not be named.
    #[must_use]
    pub fn resolve(&self, from: &str, address: &str) -> Address {
        let (file, label) = parts(address);
        let found = if file.is_empty() {
            if label.is_empty() { self.starts.get(from).copied() } else { self.find(from, &label) }
        } else {
            let Some(path) = self.file(from, &file) else { return Address::NoFile };
            if label.is_empty() {
                self.starts.get(path).copied()
            } else {
                self.files.get(path).and_then(|labels| labels.get(&normal(&label))).map(|labelled| labelled.node)
            }
        };
        found.map_or(Address::NoLabel, Address::Node)
    }

    /// The file of the book that `file` names, seen from `from`.
    fn file(&self, from: &str, file: &str) -> Option<&str> {
        let path = join(from, file)?;
        if let Some((path, _)) = self.starts.get_key_value(&path) {
            return Some(path);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_page = match name.rsplit_once('.') {
            Some((_, extension)) => {
                ["html", "htm", "md", "markdown", "qmd"].contains(&extension.to_ascii_lowercase().as_str())
            }
            None => true,
        };
        self.stems.get(&stem(&path)).filter(|_| is_page).map(String::as_str)
    }

    /// The label that is nearest to that of an address, in the file that the address names. Linear in its labels.
    #[must_use]
    pub fn nearest_in(&self, from: &str, address: &str) -> Option<&str> {
        let (file, label) = parts(address);
        let path = if file.is_empty() { from } else { self.file(from, &file)? };
        let labels = self.files.get(path)?.values().map(|labelled| labelled.label.as_str());
        nearest(&label, labels)
    }

    /// The path that is nearest to that of an address. Linear in the files.
    #[must_use]
    pub fn nearest_file(&self, from: &str, address: &str) -> Option<&str> {
        nearest(&join(from, &parts(address).0)?, self.starts.keys().map(String::as_str))
    }
}

/// The file and the label that an address names, decoded; what a server would be asked is left out.
fn parts(address: &str) -> (String, String) {
    let (file, label) = address.split_once('#').unwrap_or((address, ""));
    (percent_decode(file.split('?').next().unwrap_or_default()), percent_decode(label))
}

/// The label of the work with this key in the bibliography.
#[must_use]
pub fn reference_label(key: &str) -> String {
    format!("ref-{key}")
}

/// A label as it is compared: the colon after its kind is a hyphen.
fn normal(label: &str) -> String {
    label.replacen(':', "-", 1)
}

/// A path without its extension; that of a folder's front page is the folder's.
fn stem(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let front = name.eq_ignore_ascii_case("readme") || name.eq_ignore_ascii_case("index");
    match (folder, front) {
        ("", true) => String::new(),
        ("", false) => name.to_owned(),
        (folder, true) => folder.to_owned(),
        (folder, false) => format!("{folder}/{name}"),
    }
}

/// The path that `relative` names, seen from the file `from`; `None` where it leads out of the project's folder.
fn join(from: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = if relative.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Whether an address is whole: it begins with a scheme, such as `https:`.
#[must_use]
pub fn is_whole(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme.starts_with(|character: char| character.is_ascii_alphabetic())
            && scheme.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'))
    })
}

/// Undoes the escapes of a URL (RFC 3986, 2.1).
#[must_use]
pub fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Span;
    use crate::document::{Block, Division};

    #[test]
    fn relative_paths_are_joined_and_escapes_undone() {
        assert_eq!(join("a/b.md", "../c.md").as_deref(), Some("c.md"));
        assert_eq!(join("a/b.md", "./d.md").as_deref(), Some("a/d.md"));
        assert_eq!(join("a/b.md", "../../c.md"), None);
        assert_eq!(percent_decode("a%20b%"), "a b%");
    }

    #[test]
    fn a_folders_front_page_is_the_folder() {
        assert_eq!(stem("a/b/README.md"), "a/b");
        assert_eq!(stem("index.html"), "");
        assert_eq!(stem("a/ch01.md"), "a/ch01");
    }

    #[test]
    fn a_whole_address_has_a_scheme() {
        assert!(is_whole("https://x") && is_whole("mailto:a@b"));
        assert!(!is_whole("c:\\x") && !is_whole("a/b:c") && !is_whole("#fig:x"));
    }

    /// A book of files, each with labelled paragraphs; `# label` is a heading.
    fn labels(files: &[(&str, &[&str])]) -> Labels {
        let block = |label: &&str| {
            let (kind, label) = match label.strip_prefix("# ") {
                Some(label) => (BlockKind::Heading { level: 1, unnumbered: false, content: Vec::new() }, label),
                None => (BlockKind::Paragraph(Vec::new()), *label),
            };
            let attributes = Attributes { label: Some(label.into()), ..Attributes::default() };
            Block { id: NodeId::UNNAMED, span: Span::default(), attributes, kind }
        };
        let division = |(path, labels): &(&str, &[&str])| Division {
            path: (*path).to_owned(),
            blocks: labels.iter().map(block).collect(),
            ..Division::default()
        };
        let mut document = Document { divisions: files.iter().map(division).collect(), ..Document::default() };
        document.name_nodes();
        Labels::of(&document)
    }

    #[test]
    fn a_label_is_looked_for_in_its_file_first_and_headings_come_last() {
        let labels = labels(&[("a.md", &["# fig:x", "b"]), ("b.md", &["fig:x", "# c"]), ("c.md", &["# c"])]);
        let node = |division, index| Some(NodeId { division, index });
        assert_eq!(labels.find("a.md", "fig-x"), node(0, 0));
        assert_eq!(labels.find("b.md", "fig:x"), node(1, 0));
        assert_eq!(labels.find("c.md", "fig:x"), node(1, 0));
        assert_eq!(labels.find("a.md", "c"), node(1, 1));
        assert_eq!(labels.find("a.md", "d"), None);
        assert_eq!(labels.nearest("fig:y"), Some("fig:x"));
    }

    #[test]
    fn addresses_lead_through_the_book_as_an_mdbook_writes_them() {
        let labels =
            labels(&[("README.md", &["# intro"]), ("ch/one.md", &["# one", "two"]), ("ch/index.md", &["# c"])]);
        let check = |from: &str, address: &str, expected: Address| {
            assert_eq!(labels.resolve(from, address), expected, "{address}");
        };
        let node = |division, index| Address::Node(NodeId { division, index });
        check("README.md", "ch/one.md", node(1, 0));
        check("README.md", "./ch/one.html#two", node(1, 1));
        check("ch/one.md", "../index.html", node(0, 0));
        check("ch/one.md", "../README.md#intro", node(0, 0));
        check("ch/one.md", "index.html", node(2, 0));
        check("README.md", "ch/", node(2, 0));
        check("README.md", "/ch/one.md?x=1#one", node(1, 0));
        check("README.md", "#two", node(1, 1));
        check("ch/one.md", "#", node(1, 0));
        check("ch/one.md", "#tow", Address::NoLabel);
        check("README.md", "ch/one.md#intro", Address::NoLabel);
        check("README.md", "ch/two.md", Address::NoFile);
        check("README.md", "ch/one.rs", Address::NoFile);
        check("README.md", "../ch/one.md", Address::NoFile);
        assert_eq!(labels.nearest_in("README.md", "ch/one.md#tow"), Some("two"));
        assert_eq!(labels.nearest_file("README.md", "ch/oen.md"), Some("ch/one.md"));
    }
}
