//! `pressmark.toml` → what it says, each fault at its place.
//!
//! The tables are walked by hand rather than derived, so that one reading finds every fault. Knows nothing of other
//! files. Start at [`read`]; the keys are in [`Book::set`].

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::diagnostics::codes::Deny;
use crate::diagnostics::{Diagnostic, Place, SourceId, Span, nearest};
use crate::document::Metadata;
use crate::style::themes;

/// The name of the file.
pub(super) const FILE_NAME: &str = "pressmark.toml";

/// The tables, and what each may hold.
const TABLES: [(&str, &[&str]); 2] = [("book", &BOOK_KEYS), ("build", &BUILD_KEYS)];

/// The keys of `[book]` that are known; the first [`SETTABLE`] of them can be set from outside.
const BOOK_KEYS: [&str; 16] = [
    "title",
    "subtitle",
    "authors",
    "language",
    "identifier",
    "version",
    "date",
    "publisher",
    "rights",
    "description",
    "subjects",
    "name",
    "theme",
    "front",
    "chapters",
    "back",
];

/// How many keys of `[book]` can be set from outside: all but the lists of files.
const SETTABLE: usize = 13;

const BUILD_KEYS: [&str; 2] = ["deny", "system-fonts"];

/// What a manifest says.
#[derive(Clone, Debug, Default)]
pub(super) struct Manifest {
    pub(super) book: Book,
    pub(super) front: Option<Vec<Chapter>>,
    pub(super) chapters: Option<Vec<Chapter>>,
    pub(super) back: Option<Vec<Chapter>>,
    /// Whether the system's fonts may be asked.
    pub(super) system_fonts: bool,
    pub(super) deny: Vec<Deny>,
}

/// What `[book]` says of the book as a whole; what was not given is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    pub(super) metadata: Metadata,
    /// What the outputs are called.
    pub(super) name: Option<String>,
    /// One of [`themes::NAMES`].
    pub(super) theme: Option<&'static str>,
}

/// A file that the manifest lists.
#[derive(Clone, Debug)]
pub(super) struct Chapter {
    /// As written.
    pub(super) path: String,
    pub(super) span: Span,
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
        let Some(known) = BOOK_KEYS[..SETTABLE].iter().copied().find(|known| *known == key) else {
            let message = if BOOK_KEYS.contains(&key) {
                format!("`{key}` can be given in the manifest only")
            } else {
                unknown_key(key, &BOOK_KEYS[..SETTABLE]).to_string()
            };
            return Err(message);
        };
        let values = if is_list(known) && value.trim_start().starts_with('[') {
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
        let set = Self { key: known, values };
        set.apply(&mut Book::default()).map_err(|fault| fault.to_string())?;
        Ok(set)
    }

    /// Sets the value.
    pub(super) fn apply(&self, book: &mut Book) -> Result<(), Diagnostic> {
        book.set(self.key, &self.values)
    }
}

/// Whether a key of `[book]` has a list.
fn is_list(key: &str) -> bool {
    matches!(key, "authors" | "subjects" | "front" | "chapters" | "back")
}

impl Book {
    /// Sets `key` to its values: as many as there are for a list, else one.
    fn set(&mut self, key: &str, values: &[String]) -> Result<(), Diagnostic> {
        let mut values: Vec<String> =
            values.iter().map(|value| tidy(value)).filter(|value| !value.is_empty()).collect();
        let metadata = &mut self.metadata;
        let list = match key {
            "authors" => Some(&mut metadata.authors),
            "subjects" => Some(&mut metadata.subjects),
            _ => None,
        };
        if let Some(list) = list {
            *list = values;
            return Ok(());
        }
        let value = values.pop().unwrap_or_default();
        match key {
            "title" => metadata.title = value,
            "subtitle" => metadata.subtitle = value,
            "language" => metadata.language = check_language(value)?,
            "identifier" => metadata.identifier = value,
            "version" => metadata.version = value,
            "date" => metadata.date = check_date(value)?,
            "publisher" => metadata.publisher = value,
            "rights" => metadata.rights = value,
            "description" => metadata.description = value,
            "name" => self.name = check_name(value)?,
            "theme" => self.theme = check_theme(&value)?,
            _ => return Err(unknown_key(key, &BOOK_KEYS)),
        }
        Ok(())
    }
}

/// One line without control characters, and without space around it.
fn tidy(text: &str) -> String {
    let printable = |c: char| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c };
    let text: String = text.chars().map(printable).collect();
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn unknown_key(key: &str, known: &[&str]) -> Diagnostic {
    let help = nearest(key, known.iter().copied()).map_or_else(
        || format!("the keys are `{}`", known.join("`, `")),
        |nearest| format!("the nearest key is `{nearest}`"),
    );
    Diagnostic::error("unknown-key", Place::Project, format!("there is no key `{key}`")).help(help)
}

/// Well-formed by RFC 5646, 2.1, in outline: a language of two or three letters, then subtags; or a private tag.
fn check_language(tag: String) -> Result<String, Diagnostic> {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    let letters = language.bytes().all(|byte| byte.is_ascii_alphabetic());
    let rest: Vec<&str> = subtags.collect();
    let well_formed =
        |subtag: &&str| matches!(subtag.len(), 1..=8) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    // A single letter opens an extension, and something follows it.
    let ends_well = rest.last().is_none_or(|subtag| subtag.len() > 1);
    let begins_well = matches!(language.len(), 2 | 3) || (language.eq_ignore_ascii_case("x") && !rest.is_empty());
    if tag.is_empty() || (letters && begins_well && ends_well && rest.iter().all(well_formed)) {
        return Ok(tag);
    }
    Err(Diagnostic::error("invalid-language", Place::Project, format!("`{tag}` is not a language tag"))
        .help("give a BCP 47 tag, such as `en`, `en-GB` or `zh-Hans`"))
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a date of the Gregorian calendar.
fn check_date(date: String) -> Result<String, Diagnostic> {
    if date.is_empty() || is_date(&date) {
        return Ok(date);
    }
    Err(Diagnostic::error("invalid-date", Place::Project, format!("`{date}` is not a date"))
        .help("give a year, a month or a day: `2026`, `2026-03` or `2026-03-31`"))
}

fn is_date(date: &str) -> bool {
    let parts: Vec<&str> = date.split('-').collect();
    let number = |index: usize, length: usize| -> Option<u32> {
        let part = parts.get(index).filter(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))?;
        part.parse().ok().filter(|number| *number > 0)
    };
    let Some(year) = number(0, 4) else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = |month: u32| match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    };
    match parts.len() {
        1 => true,
        2 => number(1, 2).is_some_and(|month| month <= 12),
        3 => number(1, 2).zip(number(2, 2)).is_some_and(|(month, day)| month <= 12 && day <= days(month)),
        _ => false,
    }
}

/// Something that can be the name of a file everywhere, without its extension.
fn check_name(name: String) -> Result<Option<String>, Diagnostic> {
    if name.is_empty() {
        return Ok(None);
    }
    if is_file_name(&name) {
        return Ok(Some(name));
    }
    Err(Diagnostic::error("invalid-name", Place::Project, format!("`{name}` can't be the name of a file"))
        .help("give a short name without folders and extension, such as `my-book`"))
}

/// Whether `name` can be the name of a file on the systems in use.
pub(super) fn is_file_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_control() || r#"/\:*?"<>|"#.contains(c);
    !name.is_empty() && name.len() <= 200 && !name.starts_with(['.', ' ', '-']) && !name.contains(forbidden)
}

fn check_theme(name: &str) -> Result<Option<&'static str>, Diagnostic> {
    if name.is_empty() {
        return Ok(None);
    }
    themes::NAMES.into_iter().find(|theme| *theme == name).map(Some).ok_or_else(|| {
        Diagnostic::error("unknown-theme", Place::Project, format!("there is no theme `{name}`")).help(
            nearest(name, themes::NAMES).map_or_else(
                || format!("the themes are `{}`", themes::NAMES.join("`, `")),
                |nearest| format!("the nearest theme is `{nearest}`"),
            ),
        )
    })
}

/// Reads the manifest, and adds every fault to `diagnostics`; one fault of TOML's syntax hides the rest.
pub(super) fn read(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Manifest {
    let mut reader = Reader { source, diagnostics, manifest: Manifest::default() };
    match DeTable::parse(text) {
        Ok(table) => reader.tables(table.get_ref()),
        Err(error) => {
            let range = error.span().unwrap_or_default();
            let help = if error.message().contains("unclosed table") {
                "close the name of the table: `[book]`"
            } else if error.message().contains("duplicate") {
                "give each key and each table once"
            } else {
                "write `key = value` lines under `[book]` or `[build]`, with text in quotation marks"
            };
            reader.add(
                &range,
                Diagnostic::error("invalid-manifest", Place::Project, format!("this is not TOML: {}", error.message()))
                    .help(help),
            );
        }
    }
    reader.manifest
}

struct Reader<'a> {
    source: SourceId,
    diagnostics: &'a mut Vec<Diagnostic>,
    manifest: Manifest,
}

impl Reader<'_> {
    fn span(&self, range: &Range<usize>) -> Span {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source: self.source, start: offset(range.start), end: offset(range.end) }
    }

    fn add(&mut self, range: &Range<usize>, fault: Diagnostic) {
        let span = self.span(range);
        self.diagnostics.push(fault.at(span));
    }

    fn tables(&mut self, document: &DeTable<'_>) {
        for (name, value) in document {
            let key: &str = name.get_ref();
            let Some((known, _)) = TABLES.iter().find(|(table, _)| *table == key) else {
                let mut fault = unknown_key(key, &TABLES.map(|(table, _)| table));
                if let Some((table, _)) = TABLES.iter().find(|(_, keys)| keys.contains(&key)) {
                    fault = fault.help(format!("it belongs below `[{table}]`"));
                }
                self.add(&name.span(), fault);
                continue;
            };
            let DeValue::Table(table) = value.get_ref() else {
                let help = format!("write `[{known}]` on a line of its own, and its keys below");
                self.wrong_type(known, "table", value, &help);
                continue;
            };
            for (key, value) in table {
                match *known {
                    "book" => self.book_key(key, value),
                    _ => self.build_key(key, value),
                }
            }
        }
    }

    fn wrong_type(&mut self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>, help: &str) {
        let message = format!("`{key}` is a {expected}, and not of type {}", value.get_ref().type_str());
        self.add(&value.span(), Diagnostic::error("wrong-type", Place::Project, message).help(help));
    }

    fn book_key(&mut self, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let key: &str = name.get_ref();
        if !BOOK_KEYS.contains(&key) {
            self.add(&name.span(), misplaced("book", key, &BOOK_KEYS));
            return;
        }
        if is_list(key) {
            let Some(entries) = self.list(key, value) else { return };
            let chapters = |entries: Vec<(String, Span)>| {
                Some(entries.into_iter().map(|(path, span)| Chapter { path, span }).collect())
            };
            match key {
                "front" => self.manifest.front = chapters(entries),
                "chapters" => self.manifest.chapters = chapters(entries),
                "back" => self.manifest.back = chapters(entries),
                _ => self.set(key, value, &entries.into_iter().map(|(text, _)| text).collect::<Vec<_>>()),
            }
            return;
        }
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(date) if key == "date" => date.to_string(),
            DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => {
                self.wrong_type(key, "text", value, &format!("put it in quotation marks: `{key} = \"…\"`"));
                return;
            }
        };
        self.set(key, value, &[text]);
    }

    /// Sets a key of the book from `value`.
    fn set(&mut self, key: &str, value: &Spanned<DeValue<'_>>, values: &[String]) {
        if let Err(fault) = self.manifest.book.set(key, values) {
            self.add(&value.span(), fault);
        }
    }

    /// The entries of a list of texts; none where one is of another type.
    fn list(&mut self, key: &str, value: &Spanned<DeValue<'_>>) -> Option<Vec<(String, Span)>> {
        let help = format!("write a list of texts: `{key} = [\"…\", \"…\"]`");
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, "list", value, &help);
            return None;
        };
        let mut entries = Vec::new();
        for entry in array {
            match entry.get_ref().as_str() {
                Some(text) => entries.push((text.to_owned(), self.span(&entry.span()))),
                None => self.wrong_type(key, "list of texts", entry, &help),
            }
        }
        (entries.len() == array.len()).then_some(entries)
    }

    fn build_key(&mut self, name: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) {
        let key: &str = name.get_ref();
        match key {
            "system-fonts" => match value.get_ref().as_bool() {
                Some(allowed) => self.manifest.system_fonts = allowed,
                None => self.wrong_type(key, "yes or no", value, "write `true` or `false`"),
            },
            "deny" => {
                for (text, span) in self.list(key, value).unwrap_or_default() {
                    match text.parse() {
                        Ok(deny) => self.manifest.deny.push(deny),
                        Err(fault) => self.diagnostics.push(Diagnostic::at(fault, span)),
                    }
                }
            }
            _ => self.add(&name.span(), misplaced("build", key, &BUILD_KEYS)),
        }
    }
}

/// An unknown key of `table`, which may belong to another.
fn misplaced(table: &str, key: &str, known: &[&str]) -> Diagnostic {
    let fault = unknown_key(key, known);
    match TABLES.iter().find(|(other, keys)| *other != table && keys.contains(&key)) {
        Some((other, _)) => fault.help(format!("it belongs below `[{other}]`")),
        None => fault,
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
             subjects = ['s']\nname = 'n'\ntheme = 'book'\nfront = ['f.md']\nchapters = ['c.md']\nback = ['b.md']\n\
             [build]\nsystem-fonts = true\ndeny = ['warnings', 'missing-alt']\n",
        );
        let metadata = &manifest.book.metadata;
        assert_eq!(metadata.authors, ["A", "B"]);
        assert_eq!((metadata.date.as_str(), metadata.description.as_str()), ("2024-02-29", "one two"));
        assert_eq!((manifest.book.name.as_deref(), manifest.book.theme), (Some("n"), Some("book")));
        assert_eq!(manifest.back.map(|back| back[0].path.clone()).as_deref(), Some("b.md"));
        assert!(manifest.system_fonts);
        assert_eq!(manifest.deny, [Deny::Warnings, Deny::Code("missing-alt")]);
    }

    #[test]
    fn every_fault_is_found_and_points_at_its_words() {
        let text = "titel = 'x'\n[book]\nautors = ['A']\ntitle = 7\nlanguage = 'english'\ndate = '2023-02-29'\n\
                    theme = 'bok'\nname = 'a/b'\nsubjects = 'one'\nauthors = ['A', 2]\n[build]\ndeny = ['x']\n\
                    system-fonts = 'no'\n[bild]\n";
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
    fn a_key_in_the_wrong_table_is_sent_to_the_right_one() {
        let mut diagnostics = Vec::new();
        read("title = 'x'\n[book]\ndeny = []\n", SourceId(0), &mut diagnostics);
        let help: Vec<_> = diagnostics.iter().filter_map(|fault| fault.help.as_deref()).collect();
        assert_eq!(help, ["it belongs below `[build]`", "it belongs below `[book]`"]);
    }

    #[test]
    fn dates_are_of_the_calendar() {
        for date in ["2026", "2026-12", "2024-02-29", "2000-02-29", "0001-01-01"] {
            assert!(is_date(date), "{date}");
        }
        for date in ["", "26", "0000", "2026-13", "2026-00", "1900-02-29", "2026-04-31", "2026-4-1", "2026-01-01T00:00"]
        {
            assert!(!is_date(date), "{date}");
        }
    }

    #[test]
    fn languages_are_tags() {
        for tag in ["en", "en-GB", "zh-Hans-CN", "sl-rozaj-biske", "de-CH-1901", "en-u-ca-gregory", "x-klingon", "gsw"]
        {
            assert!(check_language(tag.to_owned()).is_ok(), "{tag}");
        }
        for tag in ["english", "e", "en_GB", "en-", "-en", "en-a", "x", "en-toolongsubtag", "1a"] {
            assert!(check_language(tag.to_owned()).is_err(), "{tag}");
        }
    }

    #[test]
    fn a_value_from_outside_stands_above_the_manifest() {
        let mut book = read_well("[book]\nversion = '1'\nauthors = ['A', 'B']").book;
        for set in ["version=1.2=x", "authors=[\"C\", \"D\"]", "subjects=E"] {
            Override::parse(set).unwrap().apply(&mut book).unwrap();
        }
        assert_eq!(book.metadata.version, "1.2=x");
        assert_eq!(book.metadata.authors, ["C", "D"]);
        assert_eq!(book.metadata.subjects, ["E"]);
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
