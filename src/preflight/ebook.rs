//! E-books: what a store or a reading system would send back.
//!
//! Each check looks at an EPUB, read back as anybody would read it; what stores take is data. A check is a function and a
//! line in [`CHECKS`]. Start at [`check_epub`].

mod pages;
mod reading;
mod sizes;
mod structure;
#[cfg(test)]
mod tests;

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::epub::{Epub, content_of};
use crate::diagnostics::{Diagnostic, Place, Severity, Span};
use crate::document::NodeId;
use crate::layout::book::Book;
use crate::target::store::Store;

/// A check of an EPUB: the code of what it finds, and the function that looks.
type Check = (&'static str, fn(&Subject<'_>, &mut Findings));

/// Every check of an EPUB. A check has one code, and no other has it.
const CHECKS: &[Check] = &[
    ("epub-accessibility", reading::accessibility),
    ("epub-alt", reading::alternative_text),
    ("epub-budget", sizes::budget),
    ("epub-container", structure::container),
    ("epub-cover", structure::cover),
    ("epub-embedded-size", sizes::embedded_size),
    ("epub-image-format", sizes::image_formats),
    ("epub-image-size", sizes::image_sizes),
    ("epub-isbn", structure::isbn),
    ("epub-language", reading::language),
    ("epub-link", structure::links),
    ("epub-markup", structure::markup),
    ("epub-navigation", structure::navigation),
    ("epub-package", structure::package),
    ("epub-page-list", pages::page_list),
    ("epub-page-source", pages::page_source),
    ("epub-remote", structure::remote_resources),
    ("epub-script", structure::scripts),
    ("epub-size", sizes::file_size),
    ("epub-text-size", sizes::text_size),
    ("store-cover", sizes::embedded_cover),
];

/// The codes of the checks.
#[cfg(test)]
pub(super) fn check_codes() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(code, _)| *code)
}

/// What a check looks at.
struct Subject<'a> {
    /// The file, read back.
    epub: Epub,
    /// What it is called.
    name: &'a str,
    /// The stores that it is for.
    stores: &'a [Store],
    /// How large it may be, in bytes.
    budget: Option<u64>,
    /// Whether the stores' cover is a file of its own, which is looked at by itself.
    has_store_cover: bool,
}

/// What one check finds, in the order of finding.
#[derive(Default)]
struct Findings {
    found: Vec<Finding>,
}

struct Finding {
    severity: Severity,
    /// The file of the archive that shows an image of the manuscript, where the finding is about one.
    image: Option<String>,
    message: String,
    help: String,
}

impl Findings {
    fn add(&mut self, severity: Severity, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Finding { severity, image: None, message: message.into(), help: help.into() });
    }

    /// What every store would send back.
    fn error(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Error, message, help);
    }

    /// What may be wrong, or read badly.
    fn warning(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Warning, message, help);
    }

    /// What is wrong with an image, which is this file of the archive.
    fn image(&mut self, severity: Severity, file: &str, message: impl Into<String>, help: impl Into<String>) {
        let image = Some(file.to_owned());
        self.found.push(Finding { severity, image, message: message.into(), help: help.into() });
    }
}

/// Looks over an EPUB that is called `name`, as `stores` do; `budget` is how many bytes it may have. With the `book` that it
/// was made from, a finding about an image points at the words of the manuscript that show it; all others point at the
/// file, and name the part of it. The cover that stores show is the one within, unless there is a `book`: that has one beside
/// it, for [`check_cover`]. An unreadable file is the error `unreadable-file`. Linear in what the file holds, which is bounded.
#[must_use]
pub fn check_epub(
    content: &[u8],
    name: &str,
    stores: &[Store],
    budget: Option<u64>,
    book: Option<&Book>,
) -> Vec<Diagnostic> {
    let file = || Place::File(PathBuf::from(name));
    let epub = match Epub::read(content) {
        Ok(epub) => epub,
        Err(reason) => {
            let message = format!("`{name}` can't be read as an EPUB: {reason}");
            return vec![Diagnostic::error("unreadable-file", file(), message).help("give an EPUB that is whole")];
        }
    };
    let subject = Subject { epub, name, stores, budget, has_store_cover: book.is_some() };
    let spans = LazyCell::new(|| book.map(|book| book.document.spans()).unwrap_or_default());
    let mut places: BTreeMap<String, Option<Span>> = BTreeMap::new();
    let mut diagnostics = Vec::new();
    for (code, check) in CHECKS {
        let mut findings = Findings::default();
        check(&subject, &mut findings);
        for Finding { severity, image, message, help } in findings.found {
            let span = image.and_then(|image| {
                *places.entry(image).or_insert_with_key(|image| spans.get(&shown_by(content, image, book?)?).copied())
            });
            let message = if span.is_some() { format!("{message}, in `{name}`") } else { message };
            let place = span.map_or_else(file, Place::Span);
            diagnostics.push(Diagnostic { severity, code, message, place, help: Some(help) });
        }
    }
    diagnostics
}

/// Looks at the cover that stores are given beside the e-book, a file that is called `name`: the finding `store-cover`.
#[must_use]
pub fn check_cover(content: &[u8], name: &str, stores: &[Store]) -> Vec<Diagnostic> {
    let mut findings = Findings::default();
    sizes::store_cover(content, name, stores, &mut findings);
    let place = Place::File(PathBuf::from(name));
    let findings = findings.found.into_iter();
    let to_diagnostic = |Finding { severity, message, help, .. }| Diagnostic {
        severity,
        code: "store-cover",
        message,
        place: place.clone(),
        help: Some(help),
    };
    findings.map(to_diagnostic).collect()
}

/// What first shows the image that is a file of an archive: the one with the same content.
fn shown_by(archive: &[u8], file: &str, book: &Book) -> Option<NodeId> {
    let content = content_of(archive, file)?;
    let same = book.graphics.iter().find(|(_, graphic)| graphic.portable().is_ok_and(|data| *data == content));
    let (wanted, _) = same?;
    book.facts.images.iter().find(|(_, graphic)| **graphic == wanted).map(|(node, _)| *node)
}
