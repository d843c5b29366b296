//! The designs that come with the program, and those that a project makes of them.
//!
//! Each is a file of the form that a project's theme has, and stands on another or on nothing. Start at [`by_name`] for a
//! design as it comes, at [`design`] for that of a project.

use toml::de::DeTable;

use super::draft::Draft;
pub use super::draft::Face;
use super::reading::{self, EXTENDS};
use super::{Family, Style};
use crate::diagnostics::{Diagnostic, Place, SourceId, Span, nearest};

/// The names that a manifest can give.
pub const NAMES: [&str; 6] = ["document", "book", "novel", "technical", "report", "monograph"];

/// The design that a theme of a project stands on where it names none.
const FIRST: &str = NAMES[0];

/// The file of the design with this name.
fn text_of(name: &str) -> Option<&'static str> {
    match name {
        "document" => Some(include_str!("themes/document.toml")),
        "book" => Some(include_str!("themes/book.toml")),
        "novel" => Some(include_str!("themes/novel.toml")),
        "technical" => Some(include_str!("themes/technical.toml")),
        "report" => Some(include_str!("themes/report.toml")),
        "monograph" => Some(include_str!("themes/monograph.toml")),
        _ => None,
    }
}

/// A file that holds a design or a part of one.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// What findings point into.
    pub source: SourceId,
    /// The content.
    pub text: &'a str,
}

/// A design that a project names.
#[derive(Clone, Copy, Debug)]
pub enum Theme<'a> {
    /// One of [`NAMES`].
    Named(&'a str),
    /// A file of the project, and what the design is called.
    File(&'a str, File<'a>),
}

/// The design with this name. Cost: a file of some kilobytes is read.
#[must_use]
pub fn by_name(name: &str) -> Option<Style> {
    draft_of(name, &mut Vec::new())?.finish(&mut Vec::new())
}

/// The design `theme` as the tables of a `manifest` change it, with the typefaces that the project names.
///
/// Findings: the errors `invalid-theme`, `unknown-theme`, `unknown-key`, `wrong-type` and `out-of-range`, with `None`.
#[must_use]
pub fn design(
    theme: Theme<'_>,
    manifest: Option<File<'_>>,
    findings: &mut Vec<Diagnostic>,
) -> Option<(Style, Vec<Face>)> {
    let known = findings.len();
    let mut draft = match theme {
        Theme::Named(name) => draft_of(name, findings)?,
        Theme::File(name, file) => project_draft(name, file, findings)?,
    };
    // What is wrong with the manifest's TOML is for the reader of the manifest to say.
    if let Some(File { source, text }) = manifest
        && let Ok(document) = DeTable::parse(text)
    {
        let skips = |name: &str| !super::keys::is_table(name);
        reading::read(document.get_ref(), Some(source), skips, &mut draft, findings);
    }
    let faces = [(Family::Serif, "faces.serif"), (Family::Sans, "faces.sans"), (Family::Mono, "faces.mono")];
    let faces = faces.into_iter().filter_map(|(family, key)| Some(Face { family, span: *draft.said.get(key)? }));
    let faces = faces.collect();
    let style = draft.finish(findings)?;
    (findings.len() == known).then_some((style, faces))
}

/// A design of the program on what it stands on.
fn draft_of(name: &str, findings: &mut Vec<Diagnostic>) -> Option<Draft> {
    let document = DeTable::parse(text_of(name)?).ok()?;
    let below = document.get_ref().get(EXTENDS).and_then(|value| value.get_ref().as_str());
    let mut draft = match below {
        Some(below) => draft_of(below, findings)?,
        None => Draft::new(name),
    };
    name.clone_into(&mut draft.style.name);
    reading::read(document.get_ref(), None, |key| key == EXTENDS, &mut draft, findings);
    Some(draft)
}

/// A theme of a project on the design that it extends.
fn project_draft(name: &str, file: File<'_>, findings: &mut Vec<Diagnostic>) -> Option<Draft> {
    let span = |range: std::ops::Range<usize>| {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source: file.source, start: offset(range.start), end: offset(range.end) }
    };
    let document = match DeTable::parse(file.text) {
        Ok(document) => document,
        Err(error) => {
            let message = format!("this is not TOML: {}", error.message());
            let fault = Diagnostic::error("invalid-theme", span(error.span().unwrap_or_default()), message);
            findings.push(fault.help("write `key = value` lines below `[page]`, `[text]` or another table"));
            return None;
        }
    };
    let below = document.get_ref().get(EXTENDS);
    let text = below.map_or(Some(FIRST), |value| value.get_ref().as_str());
    let place = below.map_or(Place::Project, |value| Place::Span(span(value.span())));
    let Some(text) = text else {
        let fault = Diagnostic::error("wrong-type", place, format!("`{EXTENDS}` is a text"));
        findings.push(fault.help(format!("name a theme: `{EXTENDS} = \"{FIRST}\"`")));
        return None;
    };
    if let Err(fault) = check_name(text) {
        findings.push(fault.at(place));
        return None;
    }
    let mut draft = draft_of(text, findings)?;
    name.clone_into(&mut draft.style.name);
    reading::read(document.get_ref(), Some(file.source), |key| key == EXTENDS, &mut draft, findings);
    Some(draft)
}

/// Whether the program has a design of this name.
///
/// # Errors
/// `unknown-theme`, without its place.
pub fn check_name(name: &str) -> Result<(), Diagnostic> {
    if NAMES.contains(&name) {
        return Ok(());
    }
    let help = nearest(name, NAMES).map_or_else(
        || format!("the themes are `{}`; a file's name ends in `.toml`", NAMES.join("`, `")),
        |nearest| format!("the nearest theme is `{nearest}`"),
    );
    Err(Diagnostic::error("unknown-theme", Place::Project, format!("there is no theme `{name}`")).help(help))
}
