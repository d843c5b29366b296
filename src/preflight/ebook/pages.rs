//! The pages of print in an e-book: the list of them, the marks in the text, and whose pages they are.

use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Subject};
use crate::preflight::epub::{Address, Epub};

/// A place in reading order: the file's number, and how many elements begin before.
type Position = (usize, usize);

/// The page list and the page breaks in the text agree (EPUB 3.3, 7.4.3; EPUB Accessibility 1.1, 3.1): every entry leads
/// somewhere, every break has an entry with its label, and the entries are in reading order. A finding for each kind of
/// fault.
pub(super) fn page_list(subject: &Subject<'_>, findings: &mut Findings) {
    let epub = &subject.epub;
    let breaks: BTreeMap<Address, &str> = epub
        .documents
        .iter()
        .flat_map(|document| {
            let at = |id: &String| Address::Inside(document.name.clone(), Some(id.clone()));
            document.page_breaks.iter().map(move |(id, label)| (at(id), label.trim()))
        })
        .collect();
    let Some(list) = epub.list("page-list") else {
        if !breaks.is_empty() {
            let message = format!("the text marks {} pages of print, and there is no page list", breaks.len());
            findings.error(message, "add `<nav epub:type=\"page-list\">` with an entry for each");
        }
        return;
    };
    let files = reading_order(epub);
    let (mut nowhere, mut other, mut backwards) = (Vec::new(), Vec::new(), Vec::new());
    let mut listed: BTreeSet<&Address> = BTreeSet::new();
    let mut last: Position = (0, 0);
    for (label, _, address) in &list.entries {
        let label = label.trim();
        listed.insert(address);
        let Some(position) = position(epub, &files, address) else {
            nowhere.push(label);
            continue;
        };
        if breaks.get(address).is_some_and(|said| *said != label) {
            other.push(label);
        }
        if position < last {
            backwards.push(label);
        }
        last = last.max(position);
    }
    // A page that is a file has its mark anywhere in it.
    let is_listed = |address: &Address| match address {
        Address::Inside(name, _) => listed.contains(address) || listed.contains(&Address::Inside(name.clone(), None)),
        Address::Remote(_) | Address::Other => true,
    };
    let unlisted: Vec<&str> =
        breaks.iter().filter(|(address, _)| !is_listed(address)).map(|(_, label)| *label).collect();
    let mut tell = |labels: &[&str], one: &str, several: &str| {
        let message = match labels {
            [] => return,
            [label] => format!("page `{label}` {one}"),
            [first, ..] => format!("{} pages {several}, first `{first}`", labels.len()),
        };
        findings.error(
            message,
            "let the page list have one entry for each page break, in their order and with their labels",
        );
    };
    tell(&nowhere, "of the page list leads nowhere", "of the page list lead nowhere");
    tell(
        &other,
        "of the page list leads to a break with another label",
        "of the page list lead to breaks with other labels",
    );
    tell(
        &backwards,
        "of the page list comes after one that is further on",
        "of the page list come after ones that are further on",
    );
    tell(
        &unlisted,
        "begins in the text, and is not in the page list",
        "begin in the text, and are not in the page list",
    );
}

/// The number of each file in reading order.
fn reading_order(epub: &Epub) -> BTreeMap<&str, usize> {
    let items: BTreeMap<&str, &Address> = epub.items().iter().map(|item| (item.id.as_str(), &item.address)).collect();
    let spine = epub.package.iter().flat_map(|package| &package.spine);
    let files = spine.filter_map(|id| match items.get(id.as_str()) {
        Some(Address::Inside(name, _)) => Some(name.as_str()),
        Some(Address::Remote(_) | Address::Other) | None => None,
    });
    files.zip(0..).collect()
}

fn position(epub: &Epub, files: &BTreeMap<&str, usize>, address: &Address) -> Option<Position> {
    let Address::Inside(name, id) = address else { return None };
    let file = *files.get(name.as_str())?;
    match id {
        None => Some((file, 0)),
        Some(id) => Some((file, *epub.document(name)?.ids.get(id)?)),
    }
}

/// Where there is a page list it is said whose pages they are: those of the print edition with an ISBN, or of a PDF (EPUB
/// Accessibility 1.1, 3.1.4: `pageBreakSource`, or `source-of` in the way of EPUB 3.2).
pub(super) fn page_source(subject: &Subject<'_>, findings: &mut Findings) {
    let epub = &subject.epub;
    let has_pages = epub.list("page-list").is_some_and(|list| !list.entries.is_empty());
    let says = |name: &str| epub.facts(name).any(|fact| !fact.text.trim().is_empty());
    let is_source = epub.facts("source-of").any(|fact| fact.text.trim() == "pagination");
    if has_pages && !says("pageBreakSource") && !says("a11y:pageBreakSource") && !is_source {
        findings.warning(
            "there is a page list, and it is not said of which edition the pages are",
            "name the edition in the metadata: `<meta property=\"pageBreakSource\">urn:isbn:…</meta>`",
        );
    }
}
