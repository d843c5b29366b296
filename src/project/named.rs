//! `[KIND.NAME]` tables of a manifest, in which a value may stand in a table that says where it is from.
//!
//! Targets and stores are such tables, those that come with the program and the project's. Start at [`read`].

use toml::de::{DeTable, DeValue};

use super::keys::{FACT, Key, Kind};
use super::manifest::{self, Faults, Named, Value};
use super::values::{is_file_name, tidy};
use crate::diagnostics::{Diagnostic, Place, SourceId, Span};

/// A table: its name, and what it says.
#[derive(Clone, Debug)]
pub(super) struct NamedTable {
    pub(super) name: Named,
    pub(super) settings: Vec<Setting>,
}

/// A key with its values, as many as there are for a list, else one.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) key: &'static str,
    pub(super) values: Vec<String>,
    pub(super) span: Span,
    /// Whether it is a limit at first hand: no advice, and not what only others say.
    pub(super) firm: bool,
}

impl NamedTable {
    /// The value of a key whose value is one text.
    pub(super) fn text(&self, key: &str) -> Option<Named> {
        let setting = self.settings.iter().rev().find(|setting| setting.key == key)?;
        Some(Named { name: setting.values.first()?.clone(), span: setting.span })
    }
}

/// Reads the tables below `[kind]`, whose values `check` accepts or says what is wrong with them.
pub(super) fn read(
    kind: &str,
    keys: &'static [Key],
    check: &dyn Fn(&Setting) -> Result<(), Diagnostic>,
    tables: &DeTable<'_>,
    faults: &mut Faults<'_>,
) -> Vec<NamedTable> {
    let mut read = Vec::new();
    for (name, value) in tables {
        let Some(table) = value.get_ref().as_table() else {
            let help = format!("write `[{kind}.{}]` on a line of its own, and its keys below", name.get_ref());
            faults.wrong_type(name.get_ref(), "a table", value, &help);
            continue;
        };
        if !is_file_name(name.get_ref()) || name.get_ref().contains([',', ' ']) {
            let message = format!("`{}` can't be the name of a {kind}", name.get_ref());
            let fault = Diagnostic::error("invalid-name", Place::Project, message);
            faults.add(&name.span(), fault.help("give a short one without signs that the names of files can't have"));
            continue;
        }
        let mut settings = Vec::new();
        for (key, value) in table {
            let Some(known) = faults.known(kind, keys, key) else { continue };
            let Some((value, firm)) = fact(kind, known, value, faults) else { continue };
            let Some(values) = faults.texts(known, value) else { continue };
            let span = faults.span(&value.span());
            let values: Vec<String> = values.iter().map(|value| tidy(value)).collect();
            let setting = Setting { key: known.name, values, span, firm };
            match check(&setting) {
                Ok(()) => settings.push(setting),
                Err(fault) => faults.add(&value.span(), fault),
            }
        }
        let name = Named { name: name.get_ref().to_string(), span: faults.span(&name.span()) };
        read.push(NamedTable { name, settings });
    }
    read
}

/// The value itself, where it stands in a table that says where it is from; and whether that makes it firm.
fn fact<'v, 't>(kind: &str, key: &Key, value: &'v Value<'t>, faults: &mut Faults<'_>) -> Option<(&'v Value<'t>, bool)> {
    let DeValue::Table(table) = value.get_ref() else { return Some((value, true)) };
    faults.need(key.name, "value", table, &value.span());
    let mut found = None;
    let mut firm = true;
    for (name, value) in table {
        let Some(known) = faults.known(kind, &FACT, name) else { continue };
        if known.kind == Kind::Required {
            found = Some(value);
        } else if let Some(values) = faults.texts(known, value) {
            // Where a value is from is for people.
            firm &= known.kind != Kind::Flag || values != ["true"];
        }
    }
    found.map(|value| (value, firm))
}

/// The tables of a file that comes with the program; there is no fault in them.
pub(super) fn built_in(
    text: &str,
    kind: &str,
    read: &dyn Fn(&DeTable<'_>, &mut Faults<'_>) -> Vec<NamedTable>,
) -> Vec<NamedTable> {
    let mut diagnostics = Vec::new();
    let mut faults = Faults { source: SourceId(0), diagnostics: &mut diagnostics };
    let document = manifest::parse(text, &mut faults);
    let tables = document.as_ref().and_then(|document| document.get_ref().get(kind)?.get_ref().as_table());
    tables.map(|tables| read(tables, &mut faults)).unwrap_or_default()
}
