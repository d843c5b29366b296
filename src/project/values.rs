//! The values that are said of a book, checked one by one.
//!
//! What is wrong with a fact (a language, a date, an ISBN) is a warning, and the fact is left out; what is wrong with an
//! instruction (a theme, a name of the outputs) is an error. Knows nothing of where a value was written. Start at
//! [`Book::set`].

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Place, unknown_key};
use crate::document::{Direction, Metadata};
use crate::manuscript::Settings;
use crate::style::themes;

use super::keys::{self, DEEPEST};

/// What is said of the book as a whole; what was not given is empty.
#[derive(Clone, Debug)]
pub(super) struct Book {
    pub(super) metadata: Metadata,
    /// What the outputs are called.
    pub(super) name: Option<String>,
    /// One of [`themes::NAMES`], or the address of a file of the project.
    pub(super) theme: Option<String>,
    pub(super) settings: Settings,
    /// Words with a hyphen at each place where they may be divided, by the language's tag; an empty one for the book's.
    pub(super) hyphenation: Vec<(String, Vec<String>)>,
}

impl Default for Book {
    /// Nothing is said: punctuation is set as in print.
    fn default() -> Self {
        let settings = Settings { smart_punctuation: true, ..Settings::default() };
        Self { metadata: Metadata::default(), name: None, theme: None, settings, hyphenation: Vec::new() }
    }
}

impl Book {
    /// Sets `key`, one of [`keys::BOOK`], to its values: as many as there are for a list, else one.
    ///
    /// # Errors
    /// The finding, without its place. Then the value is left out.
    pub(super) fn set(&mut self, key: &str, values: &[String]) -> Result<(), Diagnostic> {
        let mut values: Vec<String> =
            values.iter().map(|value| tidy(value)).filter(|value| !value.is_empty()).collect();
        let metadata = &mut self.metadata;
        let list = match key {
            "authors" => Some(&mut metadata.authors),
            "subjects" => Some(&mut metadata.subjects),
            "legal" => Some(&mut metadata.legal),
            _ => None,
        };
        if let Some(list) = list {
            *list = values;
            return Ok(());
        }
        if key == "hyphenation" {
            self.hyphenation = check_hyphenation(&values)?;
            return Ok(());
        }
        let value = values.pop().unwrap_or_default();
        match key {
            "title" => metadata.title = value,
            "subtitle" => metadata.subtitle = value,
            "language" => metadata.language = check_language(value)?,
            "direction" => metadata.direction = check_direction(&value)?,
            "writing-mode" => metadata.vertical = check_writing_mode(&value)?,
            "identifier" => metadata.identifier = check_identifier(value)?,
            "isbn" => metadata.isbn = check_isbn(value)?,
            "print-isbn" => metadata.print_isbn = check_isbn(value)?,
            "conforms-to" => metadata.accessibility.conforms_to = check_conformance(value)?,
            "certified-by" => metadata.accessibility.certified_by = value,
            "certifier-credential" => metadata.accessibility.credential = value,
            "certifier-report" => metadata.accessibility.report = check_report(value)?,
            "version" => metadata.version = value,
            "date" => metadata.date = check_date(value)?,
            "publisher" => metadata.publisher = value,
            "rights" => metadata.rights = value,
            "license" => metadata.license = value,
            "short-title" => metadata.short_title = value,
            "edition" => metadata.edition = value,
            "printing" => metadata.printing = value,
            "description" => metadata.description = value,
            "series" => metadata.series = value,
            "series-number" => metadata.series_number = value,
            "name" => self.name = check_name(value)?,
            "theme" => self.theme = check_theme(value)?,
            "site-url" => self.settings.site_url = check_site(value)?,
            "smart-punctuation" => self.settings.smart_punctuation = check_flag(key, &value)?,
            "number-sections" => self.settings.number_sections = check_depth(key, &value)?,
            _ => return Err(unknown_key(key, keys::names(&keys::BOOK))),
        }
        Ok(())
    }

    /// Adds the contributors whose role is the author's to the authors, where they are not among them.
    pub(super) fn name_authors(&mut self) {
        let Metadata { authors, contributors, .. } = &mut self.metadata;
        let mut known: BTreeSet<String> = authors.iter().cloned().collect();
        let new = contributors.iter().filter(|person| person.role == "aut" && known.insert(person.name.clone()));
        authors.extend(new.map(|person| person.name.clone()));
    }

    /// Takes over from `other` what is not said here.
    pub(super) fn complete_from(&mut self, other: Self) {
        let (own, new) = (&mut self.metadata, other.metadata);
        let texts = [
            (&mut own.title, new.title),
            (&mut own.subtitle, new.subtitle),
            (&mut own.language, new.language),
            (&mut own.identifier, new.identifier),
            (&mut own.version, new.version),
            (&mut own.date, new.date),
            (&mut own.publisher, new.publisher),
            (&mut own.rights, new.rights),
            (&mut own.description, new.description),
            (&mut own.isbn, new.isbn),
            (&mut own.print_isbn, new.print_isbn),
            (&mut own.accessibility.conforms_to, new.accessibility.conforms_to),
            (&mut own.accessibility.certified_by, new.accessibility.certified_by),
            (&mut own.accessibility.credential, new.accessibility.credential),
            (&mut own.accessibility.report, new.accessibility.report),
            (&mut own.series, new.series),
            (&mut own.series_number, new.series_number),
            (&mut own.license, new.license),
            (&mut own.short_title, new.short_title),
            (&mut own.edition, new.edition),
            (&mut own.printing, new.printing),
            (&mut self.settings.site_url, other.settings.site_url),
        ];
        for (own, new) in texts {
            if own.is_empty() {
                *own = new;
            }
        }
        own.direction = own.direction.or(new.direction);
        own.vertical |= new.vertical;
        if own.authors.is_empty() {
            own.authors = new.authors;
        }
        if own.legal.is_empty() {
            own.legal = new.legal;
        }
        if own.subjects.is_empty() {
            own.subjects = new.subjects;
        }
        if own.contributors.is_empty() {
            own.contributors = new.contributors;
        }
        let settings = &mut self.settings;
        settings.smart_punctuation &= other.settings.smart_punctuation;
        settings.number_sections = settings.number_sections.max(other.settings.number_sections);
        add_variables(&mut settings.variables, other.settings.variables);
    }

    /// Takes over the variables of `other` that are not here.
    pub(super) fn add_variables(&mut self, other: Self) {
        add_variables(&mut self.settings.variables, other.settings.variables);
    }

    /// Makes what is said of the book variables of the text, where they have no other meaning.
    pub(super) fn name_variables(&mut self) {
        let book = &self.metadata;
        let authors = book.authors.join(", ");
        let said = [
            ("title", &book.title),
            ("subtitle", &book.subtitle),
            ("author", &authors),
            ("authors", &authors),
            ("language", &book.language),
            ("version", &book.version),
            ("date", &book.date),
            ("publisher", &book.publisher),
            ("rights", &book.rights),
            ("license", &book.license),
            ("short-title", &book.short_title),
            ("edition", &book.edition),
            ("printing", &book.printing),
            ("isbn", &book.isbn),
            ("series", &book.series),
        ];
        let said = said.into_iter().filter(|(_, text)| !text.is_empty());
        let said = said.map(|(name, text)| (name.to_owned(), text.clone())).collect();
        add_variables(&mut self.settings.variables, said);
    }
}

/// Adds the variables of `new` whose names are not there.
fn add_variables(own: &mut BTreeMap<String, String>, new: BTreeMap<String, String>) {
    for (name, text) in new {
        own.entry(name).or_insert(text);
    }
}

/// One line without control characters, and without space around it.
pub(super) fn tidy(text: &str) -> String {
    let printable = |c: char| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c };
    let text: String = text.chars().map(printable).collect();
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
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
    Err(Diagnostic::warning("invalid-language", Place::Project, format!("`{tag}` is not a language tag"))
        .help("give a BCP 47 tag, such as `en`, `en-GB` or `zh-Hans`"))
}

/// `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, a date of the Gregorian calendar.
fn check_date(date: String) -> Result<String, Diagnostic> {
    if date.is_empty() || is_date(&date) {
        return Ok(date);
    }
    Err(Diagnostic::warning("invalid-date", Place::Project, format!("`{date}` is not a date"))
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

/// An ISBN of 10 or 13 digits, with hyphens or spaces between them as its owner likes.
fn check_isbn(isbn: String) -> Result<String, Diagnostic> {
    if isbn.is_empty() || is_isbn(&isbn_digits(&isbn)) {
        return Ok(isbn);
    }
    Err(invalid_isbn(&isbn))
}

/// An identifier; where it says that it is an ISBN, it must be one.
fn check_identifier(identifier: String) -> Result<String, Diagnostic> {
    let head = identifier.get(..9).filter(|head| head.eq_ignore_ascii_case("urn:isbn:"));
    match head {
        Some(head) if !is_isbn(&isbn_digits(&identifier[head.len()..])) => Err(invalid_isbn(&identifier)),
        Some(_) | None => Ok(identifier),
    }
}

fn invalid_isbn(isbn: &str) -> Diagnostic {
    Diagnostic::warning("invalid-isbn", Place::Project, format!("`{isbn}` is not an ISBN: its check digit is wrong"))
        .help("copy all 10 or 13 digits as they were assigned to you")
}

/// The digits of an ISBN, without hyphens and spaces.
pub(super) fn isbn_digits(isbn: &str) -> String {
    isbn.chars().filter(|c| !matches!(c, '-' | ' ' | '\u{2010}' | '\u{2011}')).collect()
}

/// Whether the check digit is right (ISO 2108, annex C; for 10 digits the edition of 1992).
fn is_isbn(digits: &str) -> bool {
    let value = |(place, digit): (usize, char)| match digit {
        'X' | 'x' if place == 9 && digits.len() == 10 => Some(10),
        _ => digit.to_digit(10),
    };
    let Some(values) = digits.chars().enumerate().map(value).collect::<Option<Vec<u32>>>() else { return false };
    match values.len() {
        10 => (1..=10).rev().zip(&values).map(|(weight, value)| weight * value).sum::<u32>().is_multiple_of(11),
        13 => {
            let known = digits.starts_with("978") || digits.starts_with("979");
            known && [1, 3].iter().cycle().zip(&values).map(|(weight, value)| weight * value).sum::<u32>() % 10 == 0
        }
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

/// The words of `hyphenation` by language, each `word` or `tag: word`.
fn check_hyphenation(values: &[String]) -> Result<Vec<(String, Vec<String>)>, Diagnostic> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for value in values {
        let (language, word) = value.split_once(':').unwrap_or(("", value));
        let word = word.trim();
        if word.is_empty() || word.contains(char::is_whitespace) {
            return Err(wrong_value(
                "hyphenation",
                value,
                "write one word, such as `man-u-script` or `de: Ur-instinkt`",
            ));
        }
        let language = if language.is_empty() { String::new() } else { check_language(language.trim().to_owned())? };
        match found.iter_mut().find(|(known, _)| *known == language) {
            Some((_, words)) => words.push(word.to_owned()),
            None => found.push((language, vec![word.to_owned()])),
        }
    }
    Ok(found)
}

fn check_writing_mode(name: &str) -> Result<bool, Diagnostic> {
    match name {
        "" | "horizontal-tb" => Ok(false),
        "vertical-rl" => Ok(true),
        _ => Err(wrong_value("writing-mode", name, "write `vertical-rl` or `horizontal-tb`")),
    }
}

fn check_direction(name: &str) -> Result<Option<Direction>, Diagnostic> {
    match name {
        "" => Ok(None),
        "ltr" => Ok(Some(Direction::LeftToRight)),
        "rtl" => Ok(Some(Direction::RightToLeft)),
        _ => Err(wrong_value("direction", name, "write `ltr` or `rtl`")),
    }
}

fn check_conformance(level: String) -> Result<String, Diagnostic> {
    if level.is_empty() || keys::WCAG_LEVELS.contains(&level.as_str()) {
        return Ok(level);
    }
    let help = format!("write one of `{}`", keys::WCAG_LEVELS.join("`, `"));
    Err(wrong_value("conforms-to", &level, &help))
}

/// A design of the program, or a file of the project.
fn check_theme(name: String) -> Result<Option<String>, Diagnostic> {
    if name.is_empty() || is_theme_file(&name) {
        return Ok(Some(name).filter(|name| !name.is_empty()));
    }
    themes::check_name(&name).map(|()| Some(name))
}

/// Whether a theme is a file of the project.
pub(super) fn is_theme_file(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "toml")
}

/// An absolute address on the net, with `/` at its end.
fn check_site(address: String) -> Result<String, Diagnostic> {
    if address.is_empty() || !is_site(&address) {
        if address.is_empty() {
            return Ok(address);
        }
        return Err(wrong_value("site-url", &address, "write the whole address, such as `https://example.org/book/`"));
    }
    Ok(if address.ends_with('/') { address } else { address + "/" })
}

fn check_report(address: String) -> Result<String, Diagnostic> {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    if address.is_empty() || (is_site(bare) && !address.contains(char::is_whitespace)) {
        return Ok(address);
    }
    Err(wrong_value("certifier-report", &address, "write the whole address, such as `https://example.org/report`"))
}

/// Whether an address is one of the net, with a host.
pub(super) fn is_site(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let clean = |c: char| !c.is_whitespace() && !r#"<>"{}|\^`?#"#.contains(c);
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(clean))
}

fn check_flag(key: &str, value: &str) -> Result<bool, Diagnostic> {
    match value {
        "true" => Ok(true),
        "false" | "" => Ok(false),
        _ => Err(wrong_value(key, value, "write `true` or `false`")),
    }
}

/// The deepest heading that a yes, a no or a number names.
fn check_depth(key: &str, value: &str) -> Result<u8, Diagnostic> {
    if let Ok(all) = check_flag(key, value) {
        return Ok(if all { DEEPEST } else { 0 });
    }
    let depth = value.parse().ok().filter(|depth| *depth <= DEEPEST);
    depth.ok_or_else(|| wrong_value(key, value, "write `true`, `false`, or a level from 1 to 6"))
}

pub(super) fn wrong_value(key: &str, value: &str, help: &str) -> Diagnostic {
    Diagnostic::error("wrong-type", Place::Project, format!("`{key}` can't be `{value}`")).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn an_isbn_has_a_check_digit() {
        for isbn in ["978-3-16-148410-0", "9780306406157", "0-306-40615-2", "0 8044 2957 X", "979-10-90636-07-1"] {
            assert!(check_isbn(isbn.to_owned()).is_ok(), "{isbn}");
        }
        for isbn in ["978-3-16-148410-1", "0-306-40615-3", "X044295708", "123", "9770306406157", "978030640615é"] {
            assert_eq!(check_isbn(isbn.to_owned()).unwrap_err().code, "invalid-isbn", "{isbn}");
        }
        assert!(check_identifier("urn:isbn:9780306406157".to_owned()).is_ok());
        assert!(check_identifier("URN:ISBN:9780306406158".to_owned()).is_err());
        assert!(check_identifier("urn:isbné".to_owned()).is_ok());
    }

    #[test]
    fn a_site_is_an_absolute_address() {
        for (address, site) in [("https://e.org", "https://e.org/"), ("http://e.org/b/", "http://e.org/b/"), ("", "")] {
            assert_eq!(check_site(address.to_owned()).unwrap(), site);
        }
        for address in ["/book/", "e.org", "https:///x", "https://", "https://e.org/?q", "ftp://e.org/"] {
            assert!(check_site(address.to_owned()).is_err(), "{address}");
        }
    }

    #[test]
    fn headings_are_numbered_down_to_a_level() {
        for (value, depth) in [("true", 6), ("false", 0), ("3", 3), ("0", 0)] {
            assert_eq!(check_depth("k", value), Ok(depth));
        }
        for value in ["7", "-1", "yes", "2.5"] {
            assert!(check_depth("k", value).is_err(), "{value}");
        }
    }
}
