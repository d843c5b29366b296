//! Content streams, as far as tags go: whether all that is painted is under an element (ISO 32000-1, 14.6 and 14.7.4.2).

use std::collections::BTreeSet;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Object};

use super::pdf::{Pdf, inherited};
use super::{Findings, Subject};

/// The most bytes of one page's content that are looked at, and of all pages'.
const LARGEST_PAGE: usize = 8 << 20;
const LARGEST_FILE: usize = 256 << 20;

/// The operators that paint (ISO 32000-1, annex A).
const PAINTING: [&str; 15] = ["'", "\"", "B", "B*", "BI", "F", "S", "TJ", "Tj", "b", "b*", "f", "f*", "s", "sh"];

/// All that is painted is under an element, or is said to mean nothing: an artifact (ISO 14289-1, 7.1; failures 01-003 to 01-005).
/// A page with more content than is looked at passes.
pub(super) fn untagged_content(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "tag all content, and mark as an artifact what means nothing, such as running heads";
    let Some(tags) = subject.tags.as_ref().filter(|_| subject.must_be_tagged()) else { return };
    let known: BTreeSet<(usize, i64)> = tags.marks.iter().map(|&(page, mark, _)| (page, mark)).collect();
    let mut left = LARGEST_FILE;
    let mut pages = Vec::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        let content = subject.file.document.get_page_content_with_limit(page.id, left.min(LARGEST_PAGE));
        let Ok(content) = content else { continue };
        left -= content.len().min(left);
        let Ok(content) = Content::decode(&content) else { continue };
        if paints_outside(&subject.file, index, &content.operations, &known) {
            pages.push(index);
        }
    }
    findings.errors(&pages, "something is painted that is neither tagged nor an artifact", HELP);
}

/// Whether a page paints something outside its marked content. Of forms, those that have elements of their own pass.
fn paints_outside(pdf: &Pdf, page: usize, operations: &[Operation], known: &BTreeSet<(usize, i64)>) -> bool {
    let document = &pdf.document;
    let resources =
        inherited(document, pdf.pages[page].id, b"Resources").and_then(|resources| resources.as_dict().ok());
    let resource = |kind: &[u8], name: &Object| -> Option<&Object> {
        let kind = resources?.get_deref(kind, document).ok()?.as_dict().ok()?;
        kind.get_deref(name.as_name().ok()?, document).ok()
    };
    let mut sequences: Vec<bool> = Vec::new();
    // How many sequences around the place reached are under an element, or artifacts.
    let mut told = 0_usize;
    for Operation { operator, operands } in operations {
        match operator.as_str() {
            "BMC" | "BDC" => {
                let artifact = operands.first().is_some_and(|tag| tag.as_name().ok() == Some(b"Artifact"));
                let properties: Option<&Dictionary> = operands.get(1).and_then(|properties| {
                    properties.as_dict().ok().or_else(|| resource(b"Properties", properties)?.as_dict().ok())
                });
                let mark = properties.and_then(|properties| properties.get(b"MCID").ok()?.as_i64().ok());
                let tells = artifact || mark.is_some_and(|mark| known.contains(&(page, mark)));
                sequences.push(tells);
                told += usize::from(tells);
            }
            "EMC" => told -= usize::from(sequences.pop().unwrap_or(false)),
            "Do" if told == 0 => {
                let form = operands.first().and_then(|name| resource(b"XObject", name)?.as_stream().ok());
                let own = |key: &[u8]| form.is_some_and(|form| form.dict.has(key));
                if !own(b"StructParents") && !own(b"StructParent") {
                    return true;
                }
            }
            operator if told == 0 && PAINTING.contains(&operator) => return true,
            _ => {}
        }
    }
    false
}
