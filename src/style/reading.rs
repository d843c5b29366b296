//! TOML → a [`Draft`], each fault at its place.
//!
//! One reader for the designs of the program, for a theme of a project and for the tables of its manifest. Knows nothing of
//! what values mean together. Start at [`read`].

use std::borrow::Cow;
use std::ops::Range as Bytes;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::draft::{Dimension, Draft, Margins};
use super::keys::{self, Key, Kind, MARGINS, MINIMA, Range, STYLE, TABLES};
use super::units;
use crate::diagnostics::{Diagnostic, Place, SourceId, Span, nearest, unknown_key};
use crate::geometry::{Length, Size};

/// The largest page, and the smallest: 100 in and 1.5 in.
const PAGES: (Length, Length) = (Length::pt(108), Length::pt(7_200));

/// The key of a theme that names the design which it changes.
pub(super) const EXTENDS: &str = "extends";

type Value<'a> = Spanned<DeValue<'a>>;
type Name<'a> = Spanned<Cow<'a, str>>;

/// Reads the tables of a design into `draft`. `source` is the file, where a project wrote it; tables of other names are
/// faults but for those that `skips`.
pub(super) fn read(
    document: &DeTable<'_>,
    source: Option<SourceId>,
    skips: impl Fn(&str) -> bool,
    draft: &mut Draft,
    findings: &mut Vec<Diagnostic>,
) {
    let mut reader = Reader { source, findings };
    for (name, value) in document.iter().filter(|(name, _)| !skips(name.get_ref())) {
        let key: &str = name.get_ref();
        let table = TABLES.iter().find(|table| table.name == key);
        if table.is_none() && key != STYLE {
            let known = TABLES.iter().map(|table| table.name).chain([STYLE, EXTENDS]);
            let fault = unknown_key(key, known);
            let fault = match keys::home(key) {
                Some(home) => fault.help(format!("it belongs below `[{home}]`")),
                None => fault,
            };
            reader.add(&name.span(), fault);
            continue;
        }
        let Some(values) = value.get_ref().as_table() else {
            let help = format!("write `[{key}]` on a line of its own, and its keys below");
            reader.wrong_type(key, "a table", value, &help);
            continue;
        };
        match table {
            Some(table) => reader.table(table.name, &table.keys.iter(), values, draft, |draft| draft),
            None => reader.styles(values, draft),
        }
    }
}

struct Reader<'a> {
    source: Option<SourceId>,
    findings: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn span(&self, range: &Bytes<usize>) -> Option<Span> {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        self.source.map(|source| Span { source, start: offset(range.start), end: offset(range.end) })
    }

    fn add(&mut self, range: &Bytes<usize>, fault: Diagnostic) {
        let place = self.span(range).map_or(Place::Project, Place::Span);
        self.findings.push(fault.at(place));
    }

    fn wrong_type(&mut self, key: &str, expected: &str, value: &Value<'_>, help: &str) {
        let message = format!("`{key}` is {expected}, and not of type {}", value.get_ref().type_str());
        self.add(&value.span(), Diagnostic::error("wrong-type", Place::Project, message).help(help));
    }

    fn wrong_value(&mut self, key: &str, text: &str, value: &Value<'_>, help: &str) {
        let message = format!("`{key}` can't be `{text}`");
        self.add(&value.span(), Diagnostic::error("wrong-type", Place::Project, message).help(help));
    }

    fn out_of_range(&mut self, key: &str, value: &Value<'_>, help: &str) {
        let message = format!("this is out of range for `{key}`");
        self.add(&value.span(), Diagnostic::error("out-of-range", Place::Project, message).help(help));
    }

    fn styles(&mut self, styles: &DeTable<'_>, draft: &mut Draft) {
        for (name, value) in styles {
            let Some(role) = keys::roles().find(|role| role.name() == name.get_ref().as_ref()) else {
                let fault = unknown_key(name.get_ref(), keys::roles().map(super::ParagraphRole::name));
                let is_text = matches!(name.get_ref().as_ref(), "body" | "text");
                let fault = if is_text { fault.help("the text has a table of its own: `[text]`") } else { fault };
                self.add(&name.span(), fault);
                continue;
            };
            let table = format!("{STYLE}.{}", role.name());
            if let Some(values) = value.get_ref().as_table() {
                let known = keys::LOOK.iter().chain(keys::numbered(role));
                self.table(&table, &known, values, draft, |draft| draft.look(role));
            } else {
                let help = format!("write `[{table}]` on a line of its own, and its keys below");
                self.wrong_type(&table, "a table", value, &help);
            }
        }
    }

    /// Reads the keys of a table in the order in which they are known: a page before the margins that follow it.
    fn table<T: 'static>(
        &mut self,
        table: &str,
        known: &(impl Iterator<Item = &'static Key<T>> + Clone),
        values: &DeTable<'_>,
        draft: &mut Draft,
        part: impl for<'d> Fn(&'d mut Draft) -> &'d mut T,
    ) {
        for key in known.clone() {
            let Some(value) = values.get(key.name) else { continue };
            if self.value(key, value, part(draft))
                && let Some(span) = self.span(&value.span())
            {
                draft.said.insert(format!("{table}.{}", key.name), span);
            }
        }
        for name in values.keys().filter(|name| known.clone().all(|key| key.name != name.get_ref().as_ref())) {
            self.unknown(table, name, known.clone().map(|key| key.name));
        }
    }

    fn unknown(&mut self, table: &str, name: &Name<'_>, known: impl Iterator<Item = &'static str>) {
        let fault = unknown_key(name.get_ref(), known);
        let fault = match keys::home(name.get_ref()).filter(|home| *home != table) {
            Some(home) if !fault.help.as_ref().is_some_and(|help| help.starts_with("the nearest")) => {
                fault.help(format!("it belongs below `[{home}]`"))
            }
            Some(_) | None => fault,
        };
        self.add(&name.span(), fault);
    }

    /// Sets what a value says; false, with a finding, where it says nothing that its key can mean.
    fn value<T>(&mut self, key: &Key<T>, value: &Value<'_>, target: &mut T) -> bool {
        match &key.kind {
            Kind::Flag(set) => match value.get_ref().as_bool() {
                Some(on) => set(target, on),
                None => return self.fail(key, "yes or no", value, "write `true` or `false`"),
            },
            Kind::Whole(least, most, set) => match whole(value) {
                Some(number) if (i64::from(*least)..=i64::from(*most)).contains(&number) => {
                    set(target, u8::try_from(number).unwrap_or(*most));
                }
                found => {
                    let help = format!("write a whole number from {least} to {most}");
                    return self.fail_or_range(key, "a whole number", value, &help, found.is_some());
                }
            },
            Kind::Number(least, most, set) => match number(value) {
                Some(number) if (i64::from(*least)..=i64::from(*most)).contains(&number) => {
                    set(target, i16::try_from(number).unwrap_or(*most));
                }
                found => {
                    let help = format!("write a number from {} to {}", plain((*least).into()), plain((*most).into()));
                    return self.fail_or_range(key, "a number", value, &help, found.is_some());
                }
            },
            Kind::Length(range, set) => match self.length(key.name, value, *range, "a length") {
                Some(length) => set(target, length),
                None => return false,
            },
            Kind::Dimension(range, set) => {
                let found = match number(value) {
                    Some(number) if (range.numbers.0..=range.numbers.1).contains(&number) => Dimension::Ratio(number),
                    Some(_) => {
                        let (least, most) = range.numbers;
                        let help = format!("write a number from {} to {}", plain(least), plain(most));
                        self.out_of_range(key.name, value, &help);
                        return false;
                    }
                    None => match self.length(key.name, value, *range, "a number or a length") {
                        Some(length) => Dimension::Length(length),
                        None => return false,
                    },
                };
                set(target, found);
            }
            Kind::Choice(choices) => {
                let Some(text) = self.text(key.name, value) else { return false };
                let Some((_, set)) = choices.iter().find(|(name, _)| *name == text) else {
                    let names = choices.iter().map(|(name, _)| *name);
                    let help = nearest(text, names.clone()).map_or_else(
                        || format!("write one of `{}`", names.collect::<Vec<_>>().join("`, `")),
                        |nearest| format!("the nearest is `{nearest}`"),
                    );
                    self.wrong_value(key.name, text, value, &help);
                    return false;
                };
                set(target);
            }
            Kind::Face(set) => {
                let Some(text) = self.text(key.name, value) else { return false };
                set(target, text.trim().to_owned());
            }
            Kind::Page(set) => match self.page(key.name, value) {
                Some(size) => set(target, size),
                None => return false,
            },
            Kind::Margins(set) => match self.margins(key.name, value) {
                Some(margins) => set(target, margins),
                None => return false,
            },
            Kind::Minima(set) => {
                let (least, most) = MINIMA;
                let help = format!("write the letters before and after it, each from {least} to {most}: `[2, 3]`");
                let Some(array) = value.get_ref().as_array() else {
                    return self.fail(key, "a list of two numbers", value, &help);
                };
                let number = |at: usize| whole(array.get(at)?).and_then(|number| u8::try_from(number).ok());
                let fits = |number: &u8| (least..=most).contains(number);
                let (Some(before), Some(after), 2) = (number(0).filter(fits), number(1).filter(fits), array.len())
                else {
                    self.out_of_range(key.name, value, &help);
                    return false;
                };
                set(target, (before, after));
            }
        }
        true
    }

    fn fail<T>(&mut self, key: &Key<T>, expected: &str, value: &Value<'_>, help: &str) -> bool {
        self.wrong_type(key.name, expected, value, help);
        false
    }

    fn fail_or_range<T>(&mut self, key: &Key<T>, what: &str, value: &Value<'_>, help: &str, is_one: bool) -> bool {
        if is_one {
            self.out_of_range(key.name, value, help);
        } else {
            self.wrong_type(key.name, what, value, help);
        }
        false
    }

    fn text<'v>(&mut self, key: &str, value: &'v Value<'_>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(key, "a text", value, &format!("put it in quotation marks: `{key} = \"…\"`"));
        }
        text
    }

    /// A length with a unit, within a range.
    fn length(&mut self, key: &str, value: &Value<'_>, range: Range, expected: &str) -> Option<Length> {
        let help =
            "write a number with its unit, in quotation marks: `\"10.5pt\"`; the units are pt, mm, cm, in and pc";
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, expected, value, help);
            return None;
        };
        let Some(length) = units::length(text) else {
            self.wrong_value(key, text, value, help);
            return None;
        };
        let (least, most) = range.points;
        if length < Length::pt(least) || length > Length::pt(most) {
            self.out_of_range(key, value, &format!("give a length from {least}pt to {most}pt"));
            return None;
        }
        Some(length)
    }

    fn page(&mut self, key: &str, value: &Value<'_>) -> Option<Size> {
        let help = "write a name such as `A5`, or width and height: `6x9in`, `148x210mm`, `[\"148mm\", \"210mm\"]`";
        let size = match (value.get_ref(), value.get_ref().as_array()) {
            (DeValue::String(text), _) => {
                let Some(size) = units::page(text) else {
                    let name = nearest(text, units::PAGES.iter().map(|(name, ..)| *name));
                    let nearest = name.filter(|_| !text.contains(['x', '×']));
                    let help = nearest.map_or_else(|| help.to_owned(), |name| format!("the nearest page is `{name}`"));
                    self.wrong_value(key, text, value, &help);
                    return None;
                };
                size
            }
            (_, Some(array)) => {
                let side = |at: usize| units::length(array.get(at)?.get_ref().as_str()?);
                let (Some(width), Some(height), 2) = (side(0), side(1), array.len()) else {
                    self.wrong_type(key, "a page", value, help);
                    return None;
                };
                Size::new(width, height)
            }
            (_, None) => {
                self.wrong_type(key, "a page", value, help);
                return None;
            }
        };
        if [size.width, size.height].iter().any(|side| *side < PAGES.0 || *side > PAGES.1) {
            self.out_of_range(key, value, "give a page from 1.5in to 100in each way");
            return None;
        }
        Some(size)
    }

    fn margins(&mut self, key: &str, value: &Value<'_>) -> Option<Margins> {
        let help = "write `margins = { inner = \"18mm\", top = \"20mm\", outer = \"26mm\", bottom = \"30mm\" }`";
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(key, "a table of lengths", value, help);
            return None;
        };
        let mut margins = Margins::default();
        let range = Range { numbers: (0, 0), points: (0, 7_200) };
        for (name, value) in table {
            let margin = match name.get_ref().as_ref() {
                "inner" => &mut margins.inner,
                "top" => &mut margins.top,
                "outer" => &mut margins.outer,
                "bottom" => &mut margins.bottom,
                _ => {
                    self.add(&name.span(), unknown_key(name.get_ref(), MARGINS.into_iter()));
                    continue;
                }
            };
            *margin = self.length(name.get_ref(), value, range, "a length");
        }
        Some(margins)
    }
}

/// A whole number; `None` for anything else, and for what no key could mean.
fn whole(value: &Value<'_>) -> Option<i64> {
    let integer = value.get_ref().as_integer()?;
    Some(i64::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(i64::MAX))
}

/// A number in thousandths.
fn number(value: &Value<'_>) -> Option<i64> {
    if let Some(whole) = whole(value) {
        return Some(whole.saturating_mul(1_000));
    }
    let float = value.get_ref().as_float()?;
    Some(units::thousandths(float.as_str()).unwrap_or(i64::MAX))
}

/// Thousandths as a number for people.
fn plain(thousandths: i64) -> String {
    let sign = if thousandths < 0 { "-" } else { "" };
    let digits = format!("{sign}{}.{:03}", thousandths.abs() / 1_000, thousandths.abs() % 1_000);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}
