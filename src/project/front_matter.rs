//! The metadata at the top of a Markdown file, as pandoc and Quarto write it → what is said of the book.
//!
//! Where it is in the file is known to `manuscript::front_matter`; what it means is known here. A key without a meaning
//! of its own is a variable of the text. Start at [`read`].

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};

use super::manifest::Named;
use super::roles;
use super::values::{Book, tidy};
use crate::diagnostics::{Diagnostic, SourceId, Span};
use crate::document::Contributor;
use crate::manuscript::front_matter::{Metadata, metadata, title_fields, words};

/// What a file says of itself or of the book.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    pub(super) book: Book,
    pub(super) bibliography: Vec<Named>,
    pub(super) citation_style: Option<Named>,
}

/// The most bytes of YAML that are read.
const LARGEST: usize = 256 << 10;

/// The most columns before the words of a line, which bounds how deep YAML nests.
const DEEPEST: usize = 250;

/// Keys whose words the book would have to show, and does not.
const NOT_SHOWN: [&str; 5] = ["include-before", "include-after", "references", "thanks", "dedication"];

/// Keys whose values are Markdown.
const PROSE: [&str; 10] = [
    "title",
    "subtitle",
    "short-title",
    "authors",
    "publisher",
    "rights",
    "edition",
    "printing",
    "description",
    "subjects",
];

/// Keys that can be meant for a form of output only.
const PASSED_OVER: [&str; 2] = ["header-includes", "format"];

/// Reads the metadata at the top of a file's text; `None` where there is none.
///
/// Findings: the error `invalid-metadata`; the warnings `unsupported-metadata`, `invalid-date`, `invalid-language`,
/// `invalid-isbn` and `unknown-role`. What is wrong is left out.
pub(super) fn read(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Option<FrontMatter> {
    let parts = metadata(text);
    if parts.is_empty() {
        return None;
    }
    let mut reader = Reader { text, source, diagnostics, found: FrontMatter::default(), deepest: u8::MAX };
    for part in parts {
        match part {
            Metadata::Yaml(range) => reader.yaml(range),
            Metadata::TitleBlock(range) => reader.title_block(range),
        }
    }
    Some(reader.found)
}

/// A value of YAML with its place: what pandoc tells apart.
enum Value<'a> {
    Text(String),
    List(Vec<Node<'a>>),
    Map(Vec<(String, Node<'a>)>),
}

/// A node and where the text is that its offsets count in.
#[derive(Clone, Copy)]
struct Node<'a> {
    node: &'a MarkedYaml<'a>,
    yaml: &'a Yaml<'a>,
}

/// A block of YAML.
struct Yaml<'a> {
    text: &'a str,
    /// The byte offset in the file of each character, and of the end.
    offsets: Vec<usize>,
}

impl Yaml<'_> {
    /// The bytes of the file for characters of the block.
    fn range(&self, start: usize, end: usize) -> Range<usize> {
        let offset = |index: usize| self.offsets.get(index).or(self.offsets.last()).copied().unwrap_or_default();
        offset(start)..offset(end.max(start))
    }
}

impl<'a> Node<'a> {
    fn value(self) -> Value<'a> {
        match &self.node.data {
            YamlData::Tagged(_, node) => Node { node, yaml: self.yaml }.value(),
            YamlData::Value(Scalar::String(text)) => Value::Text(text.to_string()),
            YamlData::Value(Scalar::Null) | YamlData::BadValue | YamlData::Alias(_) => Value::Text(String::new()),
            // As written: `1.10` is no number here.
            YamlData::Value(_) | YamlData::Representation(..) => {
                let range = self.yaml.range(self.node.span.start.index(), self.node.span.end.index());
                Value::Text(self.yaml.text.get(range).unwrap_or_default().trim().to_owned())
            }
            YamlData::Sequence(nodes) => Value::List(nodes.iter().map(|node| Node { node, yaml: self.yaml }).collect()),
            YamlData::Mapping(entries) => {
                let entry = |(key, node): (&'a MarkedYaml<'a>, &'a MarkedYaml<'a>)| {
                    let name = Node { node: key, yaml: self.yaml }.text();
                    (name, Node { node, yaml: self.yaml })
                };
                Value::Map(entries.iter().map(entry).collect())
            }
        }
    }

    /// The words of a text; none of anything else.
    fn text(self) -> String {
        match self.value() {
            Value::Text(text) => text.trim().to_owned(),
            Value::List(_) | Value::Map(_) => String::new(),
        }
    }

    /// The entries of a list, or the one thing that stands for a list of one.
    fn entries(self) -> Vec<Self> {
        match self.value() {
            Value::List(entries) => entries,
            Value::Text(_) | Value::Map(_) => vec![self],
        }
    }

    /// The value of one of some keys, the first that is there.
    fn get(self, keys: &[&str]) -> Option<Self> {
        match self.value() {
            Value::Map(entries) => {
                keys.iter().find_map(|key| entries.iter().find(|(name, _)| name == key).map(|(_, node)| *node))
            }
            Value::Text(_) | Value::List(_) => None,
        }
    }

    /// The words below one of some keys.
    fn get_text(self, keys: &[&str]) -> String {
        self.get(keys).map(Self::text).unwrap_or_default()
    }

    /// The name of a person: a text, or a map with the name or its parts.
    fn name(self) -> String {
        let name = self.get(&["name"]).unwrap_or(self);
        let whole = name.text();
        if !whole.is_empty() {
            return whole;
        }
        let whole = name.get_text(&["literal", "text"]);
        if !whole.is_empty() {
            return whole;
        }
        let parts = [&["given"][..], &["dropping-particle"], &["non-dropping-particle"], &["family"]];
        let parts: Vec<String> =
            parts.into_iter().map(|keys| name.get_text(keys)).filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }
}

struct Reader<'a> {
    text: &'a str,
    source: SourceId,
    diagnostics: &'a mut Vec<Diagnostic>,
    found: FrontMatter,
    /// The deepest heading that may be numbered.
    deepest: u8,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source: self.source, start: offset(range.start), end: offset(range.end) }
    }

    fn place(&self, node: Node<'_>) -> Span {
        self.span(&node.yaml.range(node.node.span.start.index(), node.node.span.end.index()))
    }

    fn title_block(&mut self, range: Range<usize>) {
        let [title, authors, date] = title_fields(&self.text[range.clone()]);
        let authors: Vec<String> = authors.split(['\n', ';']).map(str::to_owned).collect();
        for (key, values) in [("title", vec![title]), ("authors", authors), ("date", vec![date])] {
            self.set_at(key, self.span(&range), &values);
        }
    }

    fn yaml(&mut self, range: Range<usize>) {
        let block = &self.text[range.clone()];
        let margin = |c: char| " \t-?:".contains(c);
        let deepest = block.lines().map(|line| line.len() - line.trim_start_matches(margin).len()).max();
        let fault = if block.len() > LARGEST {
            Some((range.clone(), format!("there are more than {} kB of it", LARGEST >> 10)))
        } else if deepest.is_some_and(|deepest| deepest > DEEPEST) {
            Some((range.clone(), "it nests too deep".to_owned()))
        } else {
            let yaml = Yaml {
                text: self.text,
                offsets: block.char_indices().map(|(offset, _)| range.start + offset).chain([range.end]).collect(),
            };
            match MarkedYaml::load_from_str(block) {
                Ok(documents) => {
                    if let Some(node) = documents.first() {
                        self.keys(Node { node, yaml: &yaml });
                    }
                    None
                }
                Err(error) => {
                    let at = error.marker().index();
                    Some((yaml.range(at, at + 1), error.info().to_owned()))
                }
            }
        };
        if let Some((place, reason)) = fault {
            let span = self.span(&place);
            self.diagnostics.push(
                Diagnostic::error("invalid-metadata", span, format!("the metadata can't be read: {reason}"))
                    .help("write `key: value` lines, with a text that holds `: ` or `#` in quotation marks"),
            );
        }
    }

    fn keys(&mut self, block: Node<'_>) {
        let Value::Map(entries) = block.value() else { return };
        for (key, node) in entries {
            self.key(&key, node);
        }
        self.found.book.name_authors();
        let settings = &mut self.found.book.settings;
        settings.number_sections = settings.number_sections.min(self.deepest);
    }

    fn key(&mut self, key: &str, node: Node<'_>) {
        match key {
            "title" => self.titles(node),
            "author" | "authors" => {
                let names = node.entries().into_iter().map(Node::name).collect::<Vec<_>>();
                self.set("authors", node, &names);
            }
            "creator" | "contributor" => self.people(node, if key == "creator" { "aut" } else { "ctb" }),
            "subject" | "subjects" | "keywords" => {
                let subjects = self.found.book.metadata.subjects.clone();
                let more = node.entries().into_iter().flat_map(|entry| {
                    // A list in one text has commas.
                    let text =
                        if matches!(entry.value(), Value::Map(_)) { entry.get_text(&["text"]) } else { entry.text() };
                    text.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>()
                });
                self.set("subjects", node, &subjects.into_iter().chain(more).collect::<Vec<_>>());
            }
            "identifier" => self.identifiers(node),
            "abstract" if !self.found.book.metadata.description.is_empty() => {}
            "subtitle" | "date" | "description" | "abstract" | "rights" | "publisher" | "isbn" | "version" | "lang"
            | "language" | "license" | "copyright" => {
                let key = match key {
                    "abstract" => "description",
                    "lang" => "language",
                    "copyright" => "rights",
                    _ => key,
                };
                // Quarto writes the licence and the rights as maps as well.
                let text = if matches!(node.value(), Value::Map(_)) {
                    node.get_text(&["text", "statement", "holder", "type"])
                } else {
                    node.text()
                };
                self.set(key, node, &[text]);
            }
            "series" | "belongs-to-collection" => self.set("series", node, &[node.text()]),
            "dir" | "direction" => self.set("direction", node, &[node.text()]),
            "series-number" | "group-position" => self.set("series-number", node, &[node.text()]),
            "site-url" | "smart-punctuation" | "short-title" | "edition" | "printing" | "writing-mode" => {
                self.set(key, node, &[node.text()]);
            }
            "numbersections" | "number-sections" => self.set("number-sections", node, &[node.text()]),
            "number-depth" | "secnumdepth" => self.deepest = node.text().parse().unwrap_or(self.deepest),
            "bibliography" => {
                let files =
                    node.entries().into_iter().map(|entry| Named { name: entry.text(), span: self.place(entry) });
                self.found.bibliography = files.filter(|file| !file.name.is_empty()).collect();
            }
            "csl" | "citation-style" => {
                self.found.citation_style = Some(Named { name: node.text(), span: self.place(node) });
            }
            _ if PASSED_OVER.contains(&key) => {}
            _ if NOT_SHOWN.contains(&key) => {
                let warning = Diagnostic::warning(
                    "unsupported-metadata",
                    self.place(node),
                    format!("what `{key}` says is not in the book"),
                );
                self.diagnostics.push(warning.help("write it into the text where it is to be read"));
            }
            _ => variables(key, node, 0, &mut self.found.book.settings.variables),
        }
    }

    fn set(&mut self, key: &str, node: Node<'_>, values: &[String]) {
        self.set_at(key, self.place(node), values);
    }

    /// Sets a key of the book, and warns of what is wrong with its value.
    fn set_at(&mut self, key: &str, span: Span, values: &[String]) {
        let prose: Vec<String> =
            if PROSE.contains(&key) { values.iter().map(|value| words(value)).collect() } else { Vec::new() };
        if let Err(fault) = self.found.book.set(key, if prose.is_empty() { values } else { &prose }) {
            self.diagnostics.push(Diagnostic { severity: crate::diagnostics::Severity::Warning, ..fault.at(span) });
        }
    }

    /// A title, or a list of maps of which one is the subtitle.
    fn titles(&mut self, node: Node<'_>) {
        for entry in node.entries() {
            let title = if matches!(entry.value(), Value::Map(_)) { entry.get_text(&["text"]) } else { entry.text() };
            match entry.get_text(&["type"]).as_str() {
                "" | "main" => self.set("title", entry, &[title]),
                "subtitle" => self.set("subtitle", entry, &[title]),
                _ => {}
            }
        }
    }

    fn people(&mut self, node: Node<'_>, role: &str) {
        for entry in node.entries() {
            let mut person =
                Contributor { name: tidy(&words(&entry.name())), role: role.to_owned(), file_as: String::new() };
            if let Some(said) = entry.get(&["role"]) {
                match roles::role(&said.text()) {
                    Ok(role) => role.clone_into(&mut person.role),
                    Err(fault) => {
                        let span = self.place(said);
                        self.diagnostics.push(fault.at(span));
                    }
                }
            }
            person.file_as = tidy(&entry.get_text(&["file-as"]));
            if !person.name.is_empty() {
                self.found.book.metadata.contributors.push(person);
            }
        }
    }

    /// An identifier, or a list of maps with a scheme.
    fn identifiers(&mut self, node: Node<'_>) {
        for entry in node.entries() {
            let scheme = entry.get_text(&["scheme"]).to_lowercase();
            if scheme.starts_with("isbn") {
                self.set("isbn", entry, &[entry.get_text(&["text"])]);
            } else if self.found.book.metadata.identifier.is_empty() {
                let text = if scheme.is_empty() { entry.text() } else { String::new() };
                let text = if text.is_empty() { entry.get_text(&["text"]) } else { text };
                self.set("identifier", entry, &[text]);
            }
        }
    }
}

/// How deep the names of variables nest.
const VARIABLE_LEVELS: usize = 4;

/// Adds what a key says to the variables: a text, the texts of a list with commas between them, and those of a map below
/// the map's name and a full stop.
fn variables(name: &str, node: Node<'_>, level: usize, variables_found: &mut BTreeMap<String, String>) {
    match node.value() {
        Value::Text(text) => drop(variables_found.insert(name.to_owned(), tidy(&text))),
        Value::List(entries) => {
            let texts: Vec<String> = entries.into_iter().map(Node::text).filter(|text| !text.is_empty()).collect();
            if !texts.is_empty() {
                variables_found.insert(name.to_owned(), tidy(&texts.join(", ")));
            }
        }
        Value::Map(entries) if level < VARIABLE_LEVELS => {
            for (key, node) in entries {
                variables(&format!("{name}.{key}"), node, level + 1, variables_found);
            }
        }
        Value::Map(_) => {}
    }
}
