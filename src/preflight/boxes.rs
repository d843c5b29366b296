//! The boxes of pages: what is printed on, what is cut (ISO 32000-2, 14.11.2; ISO 15930-7, 6.9).

use super::pdf::Page;
use super::{At, Findings, Subject};

/// Every page has a TrimBox, within its BleedBox, within its MediaBox.
pub(super) fn page_boxes(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "give each page a TrimBox, around it a BleedBox, and around both the MediaBox";
    for (index, page) in subject.file.pages.iter().enumerate() {
        let at = At::Page(index);
        match page {
            Page { trim: None, .. } => findings.error(at, "it is not said where the page is cut: no TrimBox", HELP),
            Page { trim: Some(trim), media, .. } if !media.contains(*trim) => {
                findings.error(at, "the page is cut outside the sheet", HELP);
            }
            Page { trim: Some(trim), bleed: Some(bleed), .. } if !bleed.contains(*trim) => {
                findings.error(at, "the bleed ends within the page", HELP);
            }
            Page { .. } => {}
        }
    }
}
