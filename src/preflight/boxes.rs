//! The boxes of pages, their size and their number: what is printed on, and what is cut (ISO 32000-1, 14.11.2).

use std::collections::BTreeMap;

use super::pdf::{Page, PageBox, inherited, page_box};
use super::{At, Findings, Subject, place};
use crate::diagnostics::Severity;
use crate::geometry::{Length, Size};
use crate::target::Target;

/// What two boxes may differ by, in points.
const ROUNDING: f64 = 0.1;

/// Boxes lie in each other: the TrimBox within its BleedBox within its MediaBox; for a press every page has a TrimBox or an
/// ArtBox, and not both (ISO 15930-1, -3 and -7, on bounding boxes). What is for a screen needs none.
pub(super) fn page_boxes(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "give each page a TrimBox, around it a BleedBox, and around both the MediaBox";
    let document = &subject.file.document;
    let exchange = subject.exchange().is_some();
    let mut faults: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        let bounds = |key: &[u8]| inherited(document, page.id, key).and_then(|value| page_box(document, value));
        let (art, crop) = (bounds(b"ArtBox"), bounds(b"CropBox"));
        let Page { trim, bleed, media, .. } = page;
        let outside = |inner: Option<PageBox>, outer: PageBox| inner.is_some_and(|inner| !outer.contains(inner));
        let fault = if outside(*trim, *media) {
            "the page is cut outside the sheet"
        } else if bleed.is_some_and(|bleed| outside(*trim, bleed)) {
            "the bleed ends within the page"
        } else if outside(*bleed, *media) {
            "the bleed is printed outside the sheet"
        } else if exchange && trim.is_none() && art.is_none() {
            "it is not said where the page is cut: no TrimBox"
        } else if exchange && trim.is_some() && art.is_some() {
            "it is said twice where the page is cut: a TrimBox and an ArtBox"
        } else if subject.is_printed() && crop.is_some_and(|crop| outside(*trim, crop)) {
            "a part of the page is not shown: the CropBox ends within it"
        } else {
            continue;
        };
        faults.entry(fault).or_default().push(index);
    }
    for (fault, pages) in faults {
        findings.on_pages(severity(subject.is_printed()), &pages, fault, HELP);
    }
}

/// All pages of a book have one size, upright: a printer cuts them in one block (KDP, GVBQ3CMEQW3W2VL6; Books on Demand, on covers).
pub(super) fn page_size(subject: &Subject<'_>, findings: &mut Findings) {
    if !subject.is_printed() {
        return;
    }
    let sizes: Vec<(f64, f64)> = subject.file.pages.iter().map(|page| size(subject, page)).collect();
    let Some(&(width, height)) = sizes.first() else { return };
    let differs = |other: &(f64, f64)| (other.0 - width).abs() > ROUNDING || (other.1 - height).abs() > ROUNDING;
    let pages: Vec<usize> =
        sizes.iter().enumerate().filter(|(_, size)| differs(size)).map(|(index, _)| index).collect();
    if let Some((other_width, other_height)) = pages.first().and_then(|index| sizes.get(*index)) {
        let message = format!(
            "pages are {other_width:.1} by {other_height:.1} points, and the first page {width:.1} by {height:.1}"
        );
        let severity = severity(subject.target.is_some_and(Target::is_print));
        findings.on_pages(severity, &pages, &message, "give all pages one size, in single pages");
    }
    let turned: Vec<usize> =
        (0..).zip(&subject.file.pages).filter(|(_, page)| page.rotation != 0).map(|(index, _)| index).collect();
    findings.on_pages(
        Severity::Warning,
        &turned,
        "the page is turned (Rotate), and presses may not turn it",
        "export pages upright, and turn what is on them",
    );
}

/// The size of a page as it is cut and turned, in points.
fn size(subject: &Subject<'_>, page: &Page) -> (f64, f64) {
    let document = &subject.file.document;
    // PDF 1.6 has larger units (ISO 32000-1, 7.7.3.3).
    let unit = document.get_dictionary(page.id).and_then(|page| page.get_deref(b"UserUnit", document)?.as_float());
    let unit = unit.ok().filter(|unit| *unit > 0.0).map_or(1.0, f64::from);
    let cut = page.cut();
    let (width, height) = (cut.width() * unit, cut.height() * unit);
    if page.rotation % 180 == 0 { (width, height) } else { (height, width) }
}

/// The target's own words on the size and the number of pages: the same as of a book, of what the file has.
fn of_target(subject: &Subject<'_>, code: &str, findings: &mut Findings) {
    let (Some(target), Some(first)) = (subject.target, subject.file.pages.first()) else { return };
    let (width, height) = size(subject, first);
    let trim = Size::new(Length::from_pt(width), Length::from_pt(height));
    for fault in target.check(trim, subject.file.pages.len()) {
        if fault.code == code {
            findings.add(fault.severity, At::File, fault.message, fault.help.unwrap_or_default());
        }
    }
}

/// As many pages as the target takes, and in pairs where it wants pairs.
pub(super) fn page_count(subject: &Subject<'_>, findings: &mut Findings) {
    of_target(subject, "page-count", findings);
}

/// Pages of a size that the target takes.
pub(super) fn trim_size(subject: &Subject<'_>, findings: &mut Findings) {
    of_target(subject, "trim-size", findings);
}

/// As much is printed beyond the trim as the target asks for: of every page, where it always does, or something reaches an edge.
pub(super) fn bleed_box(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(target) = subject.target else { return };
    let width = target.bleed.width.to_pt();
    let beyond = |page: &Page| -> Option<[f64; 4]> {
        let trim = page.trim?;
        let bleed = page.bleed.unwrap_or(page.media);
        Some([trim.left - bleed.left, bleed.right - trim.right, bleed.top - trim.top, trim.bottom - bleed.bottom])
    };
    let bleeds = || subject.file.pages.iter().any(place::bleeds);
    if width <= 0.0 || (target.bleed.when_needed && !bleeds()) {
        return;
    }
    let narrow = |page: &Page| {
        beyond(page).is_some_and(|[left, right, top, bottom]| {
            // One side of a page is bound.
            let sides = if target.bleed.inner { left.min(right) } else { left.max(right) };
            sides.min(top).min(bottom) < width - ROUNDING
        })
    };
    let pages: Vec<usize> =
        (0..).zip(&subject.file.pages).filter(|(_, page)| narrow(page)).map(|(index, _)| index).collect();
    let message = format!("less is printed beyond the page than the {width:.1} points that `{}` asks for", target.name);
    findings.errors(&pages, &message, "export with a bleed as wide as the target's, and with its BleedBox");
}

fn severity(strict: bool) -> Severity {
    if strict { Severity::Error } else { Severity::Warning }
}
