//! Images that are too coarse for print as large as they are placed.

use std::collections::BTreeSet;

use super::book::{Book, Owner};
use crate::diagnostics::Diagnostic;

/// Below so many pixels to the inch an image shows them at reading distance. Those that name no resolution have more at
/// their own size; a screenshot of a dense screen, which names 144, is let pass.
const LEAST: f64 = 120.0;

/// Warns of each image once. Walks the document only where there is one.
pub(super) fn report(book: &Book) -> Vec<Diagnostic> {
    let coarse = book.placed_images().into_iter().filter(|image| image.resolution < LEAST);
    let coarse: Vec<_> = coarse
        .filter_map(|image| match image.owner {
            Owner::Node(node) => Some((node, image)),
            Owner::Marker(_)
            | Owner::Locator(..)
            | Owner::HalfTitle
            | Owner::TitlePage(_)
            | Owner::CopyrightLine(_)
            | Owner::ListHeading(_)
            | Owner::ListEntry(..)
            | Owner::Artifact(_) => None,
        })
        .collect();
    if coarse.is_empty() {
        return Vec::new();
    }
    let spans = book.document.spans();
    let mut told = BTreeSet::new();
    let first = coarse.into_iter().filter(|(node, _)| told.insert(*node));
    let findings = first.filter_map(|(node, image)| {
        let page = book.pagination.pages.get(image.page)?.label.text();
        let message = format!("an image on page {page} has {:.0} pixels to the inch", image.resolution);
        let finding = Diagnostic::warning("low-resolution", *spans.get(&node)?, message);
        Some(finding.help("give a file with more pixels, or let it be narrower with `width=`"))
    });
    findings.collect()
}
