//! Whether everybody can read an e-book, and whether what it says of that is true.

use super::{Findings, Subject};
use crate::diagnostics::Severity;
use crate::preflight::epub::Address;

/// The metadata says how the book can be read (EPUB Accessibility 1.1, 2.2), and nothing that is not so.
pub(super) fn accessibility(subject: &Subject<'_>, findings: &mut Findings) {
    const REQUIRED: [&str; 3] = ["schema:accessMode", "schema:accessibilityFeature", "schema:accessibilityHazard"];
    let epub = &subject.epub;
    if epub.package.is_none() {
        return;
    }
    let missing: Vec<&str> = REQUIRED.into_iter().filter(|name| epub.facts(name).next().is_none()).collect();
    if !missing.is_empty() {
        let message = format!("the metadata does not say `{}`", missing.join("`, `"));
        findings.warning(message, "say how the book can be read: shops in the European Union must show it");
    }
    let claims = |name: &str, value: &str| epub.facts(name).any(|fact| fact.text.trim() == value);
    let feature = |value: &str| claims("schema:accessibilityFeature", value);
    let images = || epub.documents.iter().flat_map(|document| &document.images);
    let bare = images().any(|(_, alt)| alt.is_none());
    // The cover is no part of what is read.
    let cover = epub.cover().map(|cover| cover.name.as_str());
    let shown = images().any(|(address, alt)| {
        let is_cover = matches!(address, Address::Inside(name, _) if Some(name.as_str()) == cover);
        !is_cover && alt.as_ref().is_some_and(|alt| !alt.is_empty())
    });
    let any_break = epub.documents.iter().any(|document| !document.page_breaks.is_empty());
    let has_list = |kind: &str| epub.list(kind).is_some_and(|list| !list.entries.is_empty());
    let hazards: Vec<&str> = epub.facts("schema:accessibilityHazard").map(|fact| fact.text.trim()).collect();
    let visual = epub.facts("schema:accessMode").all(|fact| fact.text.trim() != "visual");
    let untrue = [
        (feature("alternativeText") && bare, "`alternativeText`, and images have none"),
        (
            feature("MathML") && !epub.documents.iter().any(|document| document.has_mathml),
            "`MathML`, and there is none",
        ),
        (feature("pageBreakMarkers") && !any_break, "`pageBreakMarkers`, and no page is marked"),
        (feature("printPageNumbers") && !any_break, "`printPageNumbers`, and no page is marked"),
        (feature("pageNavigation") && !has_list("page-list"), "`pageNavigation`, and there is no page list"),
        (feature("tableOfContents") && !has_list("toc"), "`tableOfContents`, and there are no contents"),
        (hazards.contains(&"none") && hazards.len() > 1, "no hazard, and names one"),
        (
            claims("schema:accessModeSufficient", "textual") && bare,
            "that reading is enough, and images have no alternative text",
        ),
        (missing.is_empty() && visual && shown, "nothing that must be seen, and there are images"),
    ];
    for (_, what) in untrue.into_iter().filter(|(untrue, _)| *untrue) {
        findings.error(format!("the metadata claims {what}"), "say what is so, or make it so");
    }
}

/// Every image has an alternative text, an empty one where it only adorns (HTML, 4.8.3; WCAG 2.2, 1.1.1).
pub(super) fn alternative_text(subject: &Subject<'_>, findings: &mut Findings) {
    for document in &subject.epub.documents {
        for (address, _) in document.images.iter().filter(|(_, alt)| alt.is_none()) {
            let Address::Inside(file, _) = address else { continue };
            let message = format!("the image `{file}` has no alternative text in `{}`", document.name);
            findings.image(Severity::Warning, file, message, "say in words what it shows");
        }
    }
}

/// Every file of text says in which language it is (WCAG 2.2, 3.1.1; EPUB 3.3, 6.1). One finding for all.
pub(super) fn language(subject: &Subject<'_>, findings: &mut Findings) {
    let mut silent = subject.epub.documents.iter().filter(|document| !document.has_language);
    let Some(first) = silent.next() else { return };
    let message = match silent.count() {
        0 => format!("`{}` does not say in which language it is", first.name),
        more => format!("{} files do not say in which language they are, the first is `{}`", more + 1, first.name),
    };
    findings.warning(message, "write `xml:lang` and `lang` at the `html` element");
}
