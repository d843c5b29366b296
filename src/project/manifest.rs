//! `pressmark.toml` → what it says, each fault at its place.
//!
//! The tables are walked by hand rather than derived, so that one reading finds every fault. Knows nothing of other
//! files. Start at [`read`]; the keys are in `keys`, their values are checked in `values`.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Key, Kind, Shape, TABLES, Table};
use super::named::NamedTable;
use super::roles;
use super::stores;
use super::targets;
use super::values::{Book, tidy, wrong_value};
use crate::diagnostics::codes::Deny;
use crate::diagnostics::{Diagnostic, Place, SourceId, Span, unknown_key};
use crate::document::{Contributor, Matter};
use crate::manuscript::PartTitle;
use crate::style::keys as design;

/// The name of the file.
pub(super) const FILE_NAME: &str = "pressmark.toml";

/// What a manifest says.
#[derive(Clone, Debug, Default)]
pub(super) struct Manifest {
    pub(super) book: Book,
    pub(super) contents: Contents,
    /// Files with what is cited.
    pub(super) bibliography: Vec<Named>,
    /// Where the theme is named.
    pub(super) theme: Option<Span>,
    /// The file, where it is TOML: its other tables are a design's.
    pub(super) design: Option<SourceId>,
    /// The style of citations: a name, or a file of the project.
    pub(super) citation_style: Option<Named>,
    /// Whether the system's fonts may be asked.
    pub(super) system_fonts: bool,
    /// Whether the e-book carries its fonts, where that is said.
    pub(super) embed_fonts: Option<bool>,
    /// Whether the e-book is described for the trade.
    pub(super) onix: bool,
    pub(super) deny: Vec<Deny>,
    /// The names of the targets that are built.
    pub(super) targets: Vec<Named>,
    /// The targets that the project says something of.
    pub(super) target_tables: Vec<NamedTable>,
    /// The target whose pages the e-book names, where one is named.
    pub(super) page_list: Option<Named>,
    /// How large the e-book may become, in bytes.
    pub(super) ebook_budget: Option<u64>,
    /// The stores that the project says something of.
    pub(super) store_tables: Vec<NamedTable>,
}

/// A name, and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// As written.
    pub(super) name: String,
    pub(super) span: Span,
}

/// The files that make up a book.
#[derive(Clone, Debug, Default)]
pub(super) struct Contents {
    /// The file that the addresses are relative to, itself relative to the project's folder; empty for that folder.
    pub(super) base: String,
    /// The files in reading order.
    pub(super) files: Vec<Listed>,
    /// Whether the files of the body are among them; else they are found.
    pub(super) lists_body: bool,
}

/// A file that a manifest lists.
#[derive(Clone, Debug)]
pub(super) struct Listed {
    /// As written.
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) matter: Matter,
    pub(super) level: u8,
    pub(super) number: Option<String>,
    pub(super) title: Option<String>,
    pub(super) part: Option<PartTitle>,
}

/// A key of `[book]` with a value that stands above the manifest's: what `--set KEY=VALUE` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    key: &'static str,
    values: Vec<String>,
}

impl Override {
    /// Reads `KEY=VALUE`. The value of a list (`authors`, `subjects`) is one entry, or several in TOML's brackets.
    ///
    /// # Errors
    /// Says in words what is wrong with the key or the value, and what to do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE, such as `version=1.2`")?;
        let key = key.trim();
        let settable = || keys::BOOK.iter().filter(|key| key.kind.is_settable());
        let Some(known) = settable().find(|known| known.name == key) else {
            let message = if keys::find(&keys::BOOK, key).is_some() {
                format!("`{key}` can be given in the manifest only")
            } else {
                unknown_key(key, settable().map(|key| key.name)).to_string()
            };
            return Err(message);
        };
        let values = if known.kind == Kind::Texts && value.trim_start().starts_with('[') {
            let value = DeValue::parse(value).map_err(|error| error.message().to_owned())?;
            let entries = value.get_ref().as_array().map(|array| array.iter().map(|entry| entry.get_ref().as_str()));
            let entries: Option<Vec<&str>> = entries.and_then(Iterator::collect);
            entries
                .ok_or("every entry of the list is a text in quotation marks")?
                .into_iter()
                .map(str::to_owned)
                .collect()
        } else {
            vec![value.to_owned()]
        };
        let set = Self { key: known.name, values };
        set.apply(&mut Book::default()).map_err(|fault| fault.to_string())?;
        Ok(set)
    }

    /// Whether it names the design.
    pub(super) fn names_theme(&self) -> bool {
        self.key == "theme"
    }

    /// Sets the value.
    pub(super) fn apply(&self, book: &mut Book) -> Result<(), Diagnostic> {
        book.set(self.key, &self.values)
    }
}

/// Reads the manifest, and adds every fault to `diagnostics`; one fault of TOML's syntax hides the rest.
pub(super) fn read(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Manifest {
    let mut faults = Faults { source, diagnostics };
    let Some(document) = parse(text, &mut faults) else { return Manifest::default() };
    let mut reader = Reader {
        faults,
        text,
        manifest: Manifest::default(),
        front: Vec::new(),
        chapters: None,
        parts: Vec::new(),
        back: Vec::new(),
    };
    reader.tables(document.get_ref());
    reader.manifest.design = Some(source);
    reader.finish()
}

/// Reads TOML; its one fault is the error `invalid-manifest`.
pub(super) fn parse<'a>(text: &'a str, faults: &mut Faults<'_>) -> Option<Spanned<DeTable<'a>>> {
    DeTable::parse(text)
        .map_err(|error| {
            let range = error.span().unwrap_or_default();
            let help = if error.message().contains("unclosed table") {
                "close the name of the table: `[book]`"
            } else if error.message().contains("duplicate") {
                "give each key and each table once"
            } else {
                "write `key = value` lines below `[book]` or another table, with text in quotation marks"
            };
            let message = format!("this is not TOML: {}", error.message());
            faults.add(&range, Diagnostic::error("invalid-manifest", Place::Project, message).help(help));
        })
        .ok()
}

/// Where the faults of a file go.
pub(super) struct Faults<'a> {
    pub(super) source: SourceId,
    pub(super) diagnostics: &'a mut Vec<Diagnostic>,
}

impl Faults<'_> {
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source: self.source, start: offset(range.start), end: offset(range.end) }
    }

    pub(super) fn add(&mut self, range: &Range<usize>, fault: Diagnostic) {
        let span = self.span(range);
        self.diagnostics.push(fault.at(span));
    }

    pub(super) fn wrong_type(&mut self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>, help: &str) {
        let message = format!("`{key}` is {expected}, and not of type {}", value.get_ref().type_str());
        self.add(&value.span(), Diagnostic::error("wrong-type", Place::Project, message).help(help));
    }

    /// The text that a value is; a fault where it is something else.
    pub(super) fn text(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(key, "a text", value, &format!("put it in quotation marks: `{key} = \"…\"`"));
        }
        text
    }

    /// The entries of a list of texts; none where one is of another type.
    pub(super) fn list(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<Named>> {
        let help = format!("write a list of texts: `{key} = [\"…\", \"…\"]`");
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, "a list", value, &help);
            return None;
        };
        let mut entries = Vec::new();
        for entry in array {
            match entry.get_ref().as_str() {
                Some(text) => entries.push(Named { name: text.to_owned(), span: self.span(&entry.span()) }),
                None => self.wrong_type(key, "a list of texts", entry, &help),
            }
        }
        (entries.len() == array.len()).then_some(entries)
    }

    /// The known key with a name; a fault where there is none.
    pub(super) fn known(&mut self, table: &str, keys: &'static [Key], name: &Name<'_>) -> Option<&'static Key> {
        let known = keys::find(keys, name.get_ref());
        if known.is_none() {
            let fault = unknown_key(name.get_ref(), keys::names(keys));
            self.add(&name.span(), with_home(fault, table, name.get_ref()));
        }
        known
    }

    /// Adds the fault `missing-key` where a table lacks `key`.
    pub(super) fn need(&mut self, table: &str, key: &str, keys: &DeTable<'_>, range: &Range<usize>) {
        if !keys.keys().any(|name| name.get_ref() == key) {
            let message = format!("this {table} has no `{key}`");
            let fault = Diagnostic::error("missing-key", Place::Project, message);
            self.add(range, fault.help(format!("add `{key} = \"…\"`")));
        }
    }

    /// The text or the texts of a value, whose type its key tells; a fault where it is of another.
    pub(super) fn texts(&mut self, key: &Key, value: &Value<'_>) -> Option<Vec<String>> {
        let text = match (key.kind, value.get_ref()) {
            (Kind::Texts, _) => {
                return Some(self.list(key.name, value)?.into_iter().map(|entry| entry.name).collect());
            }
            (Kind::Date, DeValue::Datetime(date)) => date.to_string(),
            (Kind::Flag | Kind::Depth, DeValue::Boolean(flag)) => flag.to_string(),
            (Kind::Number | Kind::Depth | Kind::Count | Kind::Whole, DeValue::Integer(number)) => number.to_string(),
            (Kind::Count | Kind::Whole, _) => {
                self.wrong_type(key.name, "a number", value, "write a whole number without quotation marks");
                return None;
            }
            (Kind::Flag, _) => {
                self.wrong_type(key.name, "yes or no", value, "write `true` or `false`");
                return None;
            }
            (Kind::Depth, _) => {
                let help = "write `true`, `false`, or a level from 1 to 6";
                self.wrong_type(key.name, "yes, no or a level", value, help);
                return None;
            }
            (
                Kind::Text
                | Kind::Required
                | Kind::Date
                | Kind::Number
                | Kind::Choice(_)
                | Kind::Theme
                | Kind::File
                | Kind::Files
                | Kind::Chapters,
                _,
            ) => self.text(key.name, value)?,
        };
        Some(vec![text])
    }
}

struct Reader<'a, 'text> {
    faults: Faults<'a>,
    text: &'text str,
    manifest: Manifest,
    front: Vec<Listed>,
    chapters: Option<Vec<Listed>>,
    parts: Vec<Listed>,
    back: Vec<Listed>,
}

pub(super) type Name<'a> = Spanned<Cow<'a, str>>;
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_, '_> {
    /// The manifest, with its files in reading order.
    fn finish(self) -> Manifest {
        let Self { mut manifest, front, chapters, parts, back, .. } = self;
        let contents = &mut manifest.contents;
        contents.lists_body = chapters.is_some() || !parts.is_empty();
        contents.files = [front, chapters.unwrap_or_default(), parts, back].concat();
        manifest.book.name_authors();
        manifest
    }

    fn tables(&mut self, document: &DeTable<'_>) {
        // What a design says is read when it is known on which theme it stands.
        for (name, value) in document.iter().filter(|(name, _)| !design::is_table(name.get_ref())) {
            let key: &str = name.get_ref();
            let Some(known) = TABLES.iter().find(|table| table.name == key) else {
                let designs = design::tables().map(|(name, ..)| name);
                let fault = unknown_key(key, TABLES.iter().map(|table| table.name).chain(designs));
                self.faults.add(&name.span(), with_home(fault, "", key));
                continue;
            };
            match (known.shape, value.get_ref()) {
                (Shape::One, DeValue::Table(table)) => {
                    for (key, value) in table {
                        match known.name {
                            "book" => self.book_key(key, value),
                            _ => self.build_key(key, value),
                        }
                    }
                }
                (Shape::Open, DeValue::Table(table)) => {
                    for (key, value) in table {
                        self.variable(key, value);
                    }
                }
                (Shape::Named, DeValue::Table(table)) => {
                    if known.name == "store" {
                        self.manifest.store_tables = stores::read(table, &mut self.faults);
                    } else {
                        self.manifest.target_tables = targets::read(table, &mut self.faults);
                    }
                }
                (Shape::Many, DeValue::Array(tables)) => {
                    for table in tables {
                        match table.get_ref().as_table() {
                            Some(keys) if known.name == "part" => self.part(keys, &table.span()),
                            Some(keys) => self.contributor(keys, &table.span()),
                            None => self.wrong_shape(known, table),
                        }
                    }
                }
                (Shape::One | Shape::Open | Shape::Many | Shape::Named, _) => self.wrong_shape(known, value),
            }
        }
    }

    fn wrong_shape(&mut self, table: &Table, value: &Value<'_>) {
        let (shape, brackets) = match table.shape {
            Shape::One | Shape::Open => ("a table", format!("[{}]", table.name)),
            Shape::Many => ("a list of tables", format!("[[{}]]", table.name)),
            Shape::Named => ("a table of tables", format!("[{}.NAME]", table.name)),
        };
        let help = format!("write `{brackets}` on a line of its own, and its keys below");
        self.faults.wrong_type(table.name, shape, value, &help);
    }

    /// The known key with a name; a fault where there is none.
    fn known(&mut self, table: &str, keys: &'static [Key], name: &Name<'_>) -> Option<&'static Key> {
        self.faults.known(table, keys, name)
    }

    fn book_key(&mut self, name: &Name<'_>, value: &Value<'_>) {
        let Some(key) = self.known("book", &keys::BOOK, name) else { return };
        match key.kind {
            Kind::Chapters => {
                let matter = match key.name {
                    "front" => Matter::Front,
                    "back" => Matter::Back,
                    _ => Matter::Body,
                };
                let mut files = Vec::new();
                if self.chapters(key.name, value, matter, 0, &mut files) {
                    match matter {
                        Matter::Front => self.front = files,
                        Matter::Body => self.chapters = Some(files),
                        Matter::Back => self.back = files,
                    }
                }
            }
            Kind::Files => self.manifest.bibliography = self.faults.list(key.name, value).unwrap_or_default(),
            Kind::File => {
                let span = self.faults.span(&value.span());
                let name = self.faults.text(key.name, value);
                self.manifest.citation_style =
                    name.filter(|name| !name.trim().is_empty()).map(|name| Named { name, span });
            }
            Kind::Text
            | Kind::Required
            | Kind::Date
            | Kind::Number
            | Kind::Count
            | Kind::Whole
            | Kind::Choice(_)
            | Kind::Theme
            | Kind::Flag
            | Kind::Depth
            | Kind::Texts => {
                let Some(values) = self.faults.texts(key, value) else { return };
                if key.name == "theme" {
                    self.manifest.theme = Some(self.faults.span(&value.span()));
                }
                if let Err(fault) = self.manifest.book.set(key.name, &values) {
                    self.faults.add(&value.span(), fault);
                }
            }
        }
    }

    /// Adds the files of a list, each below followed by those that it holds. False where the value is no list.
    ///
    /// Lists nest as deep as the reader of TOML allows.
    fn chapters(&mut self, key: &str, value: &Value<'_>, matter: Matter, level: u8, files: &mut Vec<Listed>) -> bool {
        let help = format!("write a list of files: `{key} = [\"one.md\", \"two.md\"]`");
        let Some(array) = value.get_ref().as_array() else {
            self.faults.wrong_type(key, "a list", value, &help);
            return false;
        };
        for entry in array {
            let span = self.faults.span(&entry.span());
            let mut file = Listed { path: String::new(), span, matter, level, number: None, title: None, part: None };
            if let Some(path) = entry.get_ref().as_str() {
                path.clone_into(&mut file.path);
                files.push(file);
            } else if let Some(table) = entry.get_ref().as_table() {
                self.chapter(table, &entry.span(), file, files);
            } else {
                self.faults.wrong_type(key, "a list of files", entry, &help);
            }
        }
        true
    }

    /// Adds the file of a table, and those that it holds.
    fn chapter(&mut self, table: &DeTable<'_>, range: &Range<usize>, mut file: Listed, files: &mut Vec<Listed>) {
        let (matter, level) = (file.matter, file.level.saturating_add(1));
        let mut below = Vec::new();
        self.faults.need("chapter", "path", table, range);
        for (name, value) in table {
            let Some(key) = self.known("chapter", &keys::CHAPTER, name) else { continue };
            if key.kind == Kind::Chapters {
                self.chapters(key.name, value, matter, level, &mut below);
                continue;
            }
            let Some(text) = self.faults.text(key.name, value) else { continue };
            if key.kind == Kind::Required {
                file.path = text;
                file.span = self.faults.span(&value.span());
            } else {
                file.title = Some(tidy(&text)).filter(|title| !title.is_empty());
            }
        }
        files.push(file);
        files.append(&mut below);
    }

    fn part(&mut self, keys: &DeTable<'_>, range: &Range<usize>) {
        let mut title = None;
        let mut files = Vec::new();
        self.faults.need("part", "title", keys, range);
        for (name, value) in keys {
            let Some(key) = self.known("part", &keys::PART, name) else { continue };
            if key.kind == Kind::Chapters {
                self.chapters(key.name, value, Matter::Body, 0, &mut files);
            } else if let Some(text) = self.faults.text(key.name, value) {
                title = Some(PartTitle { title: tidy(&text), span: self.faults.span(&value.span()) });
            }
        }
        match (files.first_mut(), title) {
            (Some(first), title) => first.part = title,
            (None, Some(PartTitle { title, span })) => self.faults.diagnostics.push(
                Diagnostic::warning("empty-part", span, format!("the part `{title}` has no chapters, and is left out"))
                    .help("list its files: `chapters = [\"one.md\"]`"),
            ),
            (None, None) => {}
        }
        self.parts.append(&mut files);
    }

    fn contributor(&mut self, keys: &DeTable<'_>, range: &Range<usize>) {
        let mut contributor = Contributor { role: "ctb".to_owned(), ..Contributor::default() };
        self.faults.need("contributor", "name", keys, range);
        for (name, value) in keys {
            let Some(key) = self.known("contributor", &keys::CONTRIBUTOR, name) else { continue };
            let Some(text) = self.faults.text(key.name, value).map(|text| tidy(&text)) else { continue };
            match key.name {
                "name" => contributor.name = text,
                "file-as" => contributor.file_as = text,
                _ => match roles::role(&text) {
                    Ok(role) => role.clone_into(&mut contributor.role),
                    Err(fault) => self.faults.add(&value.span(), fault),
                },
            }
        }
        if !contributor.name.is_empty() {
            self.manifest.book.metadata.contributors.push(contributor);
        }
    }

    fn variable(&mut self, name: &Name<'_>, value: &Value<'_>) {
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
                self.text.get(value.span()).unwrap_or_default().to_owned()
            }
            DeValue::Array(_) | DeValue::Table(_) => {
                self.faults.wrong_type(name.get_ref(), "a text", value, "write a text in quotation marks");
                return;
            }
        };
        self.manifest.book.settings.variables.insert(name.get_ref().to_string(), tidy(&text));
    }

    fn build_key(&mut self, name: &Name<'_>, value: &Value<'_>) {
        let Some(key) = self.known("build", &keys::BUILD, name) else { return };
        if key.kind == Kind::Flag {
            if let Some(values) = self.faults.texts(key, value) {
                let on = values == ["true"];
                match key.name {
                    "embed-fonts" => self.manifest.embed_fonts = Some(on),
                    "onix" => self.manifest.onix = on,
                    _ => self.manifest.system_fonts = on,
                }
            }
            return;
        }
        if key.kind == Kind::Text {
            let Some(text) = self.faults.text(key.name, value).map(|text| tidy(&text)) else { return };
            if key.name == "page-list" {
                self.manifest.page_list = Some(Named { name: text, span: self.faults.span(&value.span()) });
                return;
            }
            self.manifest.ebook_budget = stores::bytes(&text);
            if self.manifest.ebook_budget.is_none() {
                self.faults.add(&value.span(), wrong_value(key.name, &text, stores::SIZE_HELP));
            }
            return;
        }
        let names = self.faults.list(key.name, value).unwrap_or_default();
        if key.name == "targets" {
            self.manifest.targets = names;
            return;
        }
        for Named { name, span } in names {
            match name.parse() {
                Ok(deny) => self.manifest.deny.push(deny),
                Err(fault) => self.faults.diagnostics.push(Diagnostic::at(fault, span)),
            }
        }
    }
}

/// The fault of an unknown key of `table`, which may belong to another.
fn with_home(fault: Diagnostic, table: &str, key: &str) -> Diagnostic {
    let home = TABLES.iter().find(|other| other.name != table && keys::find(other.keys, key).is_some());
    match home {
        Some(Table { name, shape: Shape::Many, .. }) => fault.help(format!("it belongs below `[[{name}]]`")),
        Some(Table { name, shape: Shape::Named, .. }) => fault.help(format!("it belongs below `[{name}.NAME]`")),
        Some(Table { name, .. }) => fault.help(format!("it belongs below `[{name}]`")),
        None => match design::home(key) {
            Some(name) => fault.help(format!("it belongs below `[{name}]`")),
            None => fault,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes of the faults with the words they point at.
    fn faults(text: &str) -> Vec<(&'static str, &str)> {
        let mut diagnostics = Vec::new();
        read(text, SourceId(0), &mut diagnostics);
        crate::diagnostics::order(&mut diagnostics);
        diagnostics
            .iter()
            .map(|fault| match &fault.place {
                Place::Span(span) => (fault.code, &text[span.start as usize..span.end as usize]),
                Place::File(_) | Place::Project => (fault.code, "nowhere"),
            })
            .collect()
    }

    fn read_well(text: &str) -> Manifest {
        let mut diagnostics = Vec::new();
        let manifest = read(text, SourceId(0), &mut diagnostics);
        assert_eq!(diagnostics, []);
        manifest
    }

    #[test]
    fn every_key_is_read() {
        let manifest = read_well(
            "[book]\ntitle = 'T'\nsubtitle = 'S'\nauthors = ['A', 'B']\nlanguage = 'en-GB'\nidentifier = 'urn:x:y'\n\
             version = '1.2'\ndate = 2024-02-29\npublisher = 'P'\nrights = 'R'\ndescription = \"\"\"\none\n  two\"\"\"\n\
             subjects = ['s']\nname = 'n'\ntheme = 'book'\nisbn = '978-3-16-148410-0'\nlicense = 'L'\nseries = 'Q'\n\
             series-number = 3\nshort-title = 'H'\nedition = 'E'\nprinting = 'N'\nlegal = ['one', 'two']\nsite-url = 'https://e.org'\nsmart-punctuation = true\nnumber-sections = 2\n\
             hyphenation = ['man-u-script', 'de: Ur-instinkt', 'never']\nbibliography = ['r.bib']\ncitation-style = 'apa'\nfront = ['f.md']\nchapters = ['c.md']\nback = ['b.md']\n\
             [[part]]\ntitle = 'One'\nchapters = ['p.md']\n\
             [[contributor]]\nname = 'C'\nrole = 'editor'\nfile-as = 'c'\n[[contributor]]\nname = 'D'\nrole = 'aut'\n\
             [variables]\na = 1.50\nb = 'x  y'\n\
             [build]\nsystem-fonts = true\ndeny = ['warnings', 'missing-alt']\n",
        );
        let metadata = &manifest.book.metadata;
        assert_eq!(metadata.authors, ["A", "B", "D"]);
        assert_eq!((metadata.date.as_str(), metadata.description.as_str()), ("2024-02-29", "one two"));
        assert_eq!((metadata.series.as_str(), metadata.series_number.as_str()), ("Q", "3"));
        assert_eq!((metadata.isbn.as_str(), metadata.license.as_str()), ("978-3-16-148410-0", "L"));
        assert_eq!([&metadata.short_title, &metadata.edition, &metadata.printing], ["H", "E", "N"]);
        assert_eq!(metadata.legal, ["one", "two"]);
        let editor = Contributor { name: "C".to_owned(), role: "edt".to_owned(), file_as: "c".to_owned() };
        assert_eq!(metadata.contributors[0], editor);
        assert_eq!((manifest.book.name.as_deref(), manifest.book.theme.as_deref()), (Some("n"), Some("book")));
        let words = |words: &[&str]| words.iter().copied().map(str::to_owned).collect::<Vec<_>>();
        let exceptions =
            [(String::new(), words(&["man-u-script", "never"])), ("de".to_owned(), words(&["Ur-instinkt"]))];
        assert_eq!(manifest.book.hyphenation, exceptions);
        let settings = &manifest.book.settings;
        assert_eq!((settings.smart_punctuation, settings.number_sections), (true, 2));
        assert_eq!(settings.site_url, "https://e.org/");
        assert_eq!(settings.variables.iter().map(|(a, b)| format!("{a}={b}")).collect::<Vec<_>>(), ["a=1.50", "b=x y"]);
        let paths: Vec<_> = manifest.contents.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["f.md", "c.md", "p.md", "b.md"]);
        assert_eq!(manifest.bibliography[0].name, "r.bib");
        assert_eq!(manifest.citation_style.map(|style| style.name).as_deref(), Some("apa"));
        assert!(manifest.system_fonts);
        assert_eq!(manifest.deny, [Deny::Warnings, Deny::Code("missing-alt")]);
    }

    #[test]
    fn every_fault_is_found_and_points_at_its_words() {
        let text = "titel = 'x'\n[book]\nautors = ['A']\ntitle = 7\nlanguage = 'english'\ndate = '2023-02-29'\n\
                    theme = 'bok'\nname = 'a/b'\nsubjects = 'one'\nauthors = ['A', 2]\nisbn = '123'\n\
                    site-url = '/book/'\nsmart-punctuation = 'yes'\nnumber-sections = 9\n\
                    chapters = [{ paht = 'a.md' }, { path = 1, chapters = [2] }, 3]\nback = 'x'\n\
                    [[part]]\nchapters = ['b.md']\n[[part]]\ntitle = 'Empty'\n[[contributor]]\nrole = 'x'\n\
                    [variables]\na = []\n[build]\ndeny = ['x']\nsystem-fonts = 'no'\n[bild]\n";
        assert_eq!(
            faults(text),
            [
                ("unknown-key", "titel"),
                ("unknown-key", "autors"),
                ("wrong-type", "7"),
                ("invalid-language", "'english'"),
                ("invalid-date", "'2023-02-29'"),
                ("unknown-theme", "'bok'"),
                ("invalid-name", "'a/b'"),
                ("wrong-type", "'one'"),
                ("wrong-type", "2"),
                ("invalid-isbn", "'123'"),
                ("wrong-type", "'/book/'"),
                ("wrong-type", "'yes'"),
                ("wrong-type", "9"),
                ("missing-key", "{ paht = 'a.md' }"),
                ("unknown-key", "paht"),
                ("wrong-type", "1"),
                ("wrong-type", "2"),
                ("wrong-type", "3"),
                ("wrong-type", "'x'"),
                ("missing-key", "[[part]]"),
                ("empty-part", "'Empty'"),
                ("missing-key", "[[contributor]]"),
                ("unknown-role", "'x'"),
                ("wrong-type", "[]"),
                ("unknown-code", "'x'"),
                ("wrong-type", "'no'"),
                ("unknown-key", "bild"),
            ]
        );
    }

    #[test]
    fn what_is_not_toml_gives_one_fault() {
        for text in ["[book\ntitle = 'x'", "[book]\ntitle = 'x", "[book]\ntitle = x y\n= 3", "[book]\n[book]", "\u{0}"]
        {
            let faults = faults(text);
            assert_eq!(faults.len(), 1, "{text:?}: {faults:?}");
            assert_eq!(faults[0].0, "invalid-manifest");
        }
    }

    #[test]
    fn what_nests_too_deep_is_a_fault() {
        let deep = format!("[book]\nchapters = {}", "[{path = 'a', chapters = ".repeat(50_000));
        assert_eq!(faults(&deep)[0].0, "invalid-manifest");
    }

    #[test]
    fn a_key_in_the_wrong_table_is_sent_to_the_right_one() {
        let mut diagnostics = Vec::new();
        read("title = 'x'\n[book]\ndeny = []\n", SourceId(0), &mut diagnostics);
        let help: Vec<_> = diagnostics.iter().filter_map(|fault| fault.help.as_deref()).collect();
        assert_eq!(help, ["it belongs below `[build]`", "it belongs below `[book]`"]);
    }

    #[test]
    fn a_value_from_outside_stands_above_the_manifest() {
        let mut book = read_well("[book]\nversion = '1'\nauthors = ['A', 'B']").book;
        for set in ["version=1.2=x", "authors=[\"C\", \"D\"]", "subjects=E", "number-sections=2"] {
            Override::parse(set).unwrap().apply(&mut book).unwrap();
        }
        assert_eq!(book.metadata.version, "1.2=x");
        assert_eq!(book.metadata.authors, ["C", "D"]);
        assert_eq!(book.metadata.subjects, ["E"]);
        assert_eq!(book.settings.number_sections, 2);
    }

    #[test]
    fn an_override_is_checked_where_it_is_typed() {
        let fault = |text: &str| Override::parse(text).unwrap_err();
        assert!(fault("verson=1").contains("`version`"));
        assert!(fault("version").contains("KEY=VALUE"));
        assert!(fault("date=tomorrow").contains("`2026-03`"));
        assert!(fault("chapters=a.md").contains("manifest only"));
        assert!(fault("authors=[1]").contains("quotation marks"));
    }
}
