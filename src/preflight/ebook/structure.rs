//! What an e-book is made of: the archive, the package, the ways in, and what leads where.

use std::collections::BTreeSet;

use super::{Findings, Subject};
use crate::preflight::epub::{Address, Document, Epub};

/// `mimetype` is the first file and stored as it is, and the container names a package document (EPUB 3.3, 4.2.6.2 and
/// 4.3.3).
pub(super) fn container(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "pack it anew with a program that makes e-books";
    let epub = &subject.epub;
    match epub.entries.first() {
        Some(first) if first.name != "mimetype" => findings.error("the first file is not `mimetype`", HELP),
        Some(first) if !first.stored => findings.error("the file `mimetype` is compressed", HELP),
        Some(first) if first.start != b"application/epub+zip" => {
            findings.error("the file `mimetype` does not say `application/epub+zip`", HELP);
        }
        Some(_) | None => {}
    }
    if epub.package.is_none() {
        findings.error("`META-INF/container.xml` names no package document that is there", HELP);
    }
}

/// The package says by what the book is known, what it is called, in which language it is and when it was changed (EPUB
/// 3.3, 5.5.3 and 5.5.5).
pub(super) fn package(subject: &Subject<'_>, findings: &mut Findings) {
    let epub = &subject.epub;
    let Some(package) = &epub.package else { return };
    let mut need = |what: &str, there: bool| {
        if !there {
            findings.error(format!("the package has no {what}"), "say it in the metadata of the package document");
        }
    };
    let says = |name: &str| epub.facts(name).any(|fact| !fact.text.trim().is_empty());
    let mut identifiers = epub.facts("dc:identifier").filter(|fact| !fact.text.trim().is_empty());
    need("identifier", identifiers.any(|fact| fact.id == package.unique_identifier));
    need("title", says("dc:title"));
    need("language", says("dc:language"));
    let modified: Vec<&str> = epub.facts("dcterms:modified").map(|fact| fact.text.trim()).collect();
    need("time of its last change", matches!(modified[..], [time] if is_time(time)));
    need("spine", !package.spine.is_empty());
    for fact in epub.facts("dc:language").filter(|fact| !is_language(fact.text.trim())) {
        let message = format!("the language `{}` is no BCP 47 tag", fact.text.trim());
        findings.error(message, "write a tag such as `en` or `pt-BR`");
    }
}

/// Whether a text has the form `CCYY-MM-DDThh:mm:ssZ`.
fn is_time(text: &str) -> bool {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00Z"
}

/// Whether a text has the form of a language tag (RFC 5646, 2.1).
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    (2..=8).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The identifier is an ISBN, or the file's name has one, where a store knows e-books by it and the book has one, if only in
/// print. A book without any is known to stores by what they give it.
pub(super) fn isbn(subject: &Subject<'_>, findings: &mut Findings) {
    let asks: Vec<&str> = subject
        .stores
        .iter()
        .filter(|store| store.isbn.as_ref().is_some_and(|isbn| isbn.value))
        .map(|store| store.name.as_str())
        .collect();
    let any = |name| subject.epub.facts(name).any(|fact| has_isbn(&fact.text));
    let in_print = any("dc:source") || any("pageBreakSource");
    if asks.is_empty() || !in_print || any("dc:identifier") || has_isbn(subject.name) {
        return;
    }
    let message = format!("the identifier is no ISBN, by which `{}` knows an e-book", asks.join("` and `"));
    // The pages of print as an e-book are another product than the one that the book's ISBN stands for.
    let fixed = subject.epub.facts("rendition:layout").any(|fact| fact.text.trim() == "pre-paginated");
    let help = if fixed {
        "let the file's name be the ISBN of this edition when you hand it in"
    } else {
        "give the book an `isbn`, or let the file's name be the ISBN when you hand it in"
    };
    findings.warning(message, help);
}

/// Whether a text has an ISBN of 13 digits in it, with or without hyphens, whose last one agrees with the others.
fn has_isbn(text: &str) -> bool {
    let digits: Vec<u32> =
        text.chars().filter(|c| !matches!(c, '-' | ' ')).map(|c| c.to_digit(10).unwrap_or(10)).collect();
    digits.windows(13).any(|digits| {
        let sum: u32 = digits.iter().zip([1, 3].iter().cycle()).map(|(digit, weight)| digit * weight).sum();
        digits.iter().all(|digit| *digit < 10) && matches!(digits, [9, 7, 8 | 9, ..]) && sum.is_multiple_of(10)
    })
}

/// Every file that must be read can be, and is well formed (EPUB 3.3, 3.9 and 6.1).
pub(super) fn markup(subject: &Subject<'_>, findings: &mut Findings) {
    for (file, fault) in &subject.epub.faults {
        findings.error(format!("`{file}` can't be read: {fault}"), "mend the file, and pack the e-book anew");
    }
}

/// There is an image that is marked as the cover (EPUB 3.3, D.5; <https://support.google.com/books/partner/answer/3424254>
/// wants it within the file).
pub(super) fn cover(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "mark one image in the manifest of the package with `properties=\"cover-image\"`";
    if subject.epub.package.is_none() {
        return;
    }
    match subject.epub.cover() {
        None => findings.warning("no image is marked as the cover", HELP),
        Some(cover) if cover.image.is_none() => {
            findings.error(format!("the cover, `{}`, is no image that can be read", cover.name), HELP);
        }
        Some(_) => {}
    }
}

/// There are contents, and landmarks that say where the text begins (EPUB 3.3, 7.4).
pub(super) fn navigation(subject: &Subject<'_>, findings: &mut Findings) {
    let epub = &subject.epub;
    if epub.package.is_none() {
        return;
    }
    if epub.navigation().is_none() {
        findings.error("there is no navigation document", "add one, and mark it with `properties=\"nav\"`");
        return;
    }
    if epub.list("toc").is_none_or(|list| list.entries.is_empty()) {
        findings.error(
            "the navigation document has no contents",
            "add `<nav epub:type=\"toc\">` with an entry for each chapter",
        );
    }
    let starts =
        epub.list("landmarks").is_some_and(|list| list.entries.iter().any(|(_, kind, _)| kind == "bodymatter"));
    if !starts {
        let message = "no landmark says where the text begins";
        findings.warning(message, "add `<nav epub:type=\"landmarks\">` with an entry of the type `bodymatter`");
    }
}

/// What the manifest lists is there, and what is linked to or shown exists: file and identifier (EPUB 3.3, 3.5 and 5.6).
/// A finding for each file that is at fault.
pub(super) fn links(subject: &Subject<'_>, findings: &mut Findings) {
    let epub = &subject.epub;
    let listed: BTreeSet<&str> = epub
        .items()
        .iter()
        .filter_map(|item| match &item.address {
            Address::Inside(name, _) => Some(name.as_str()),
            Address::Remote(_) | Address::Other => None,
        })
        .collect();
    let missing: Vec<String> =
        listed.iter().filter(|name| epub.entry(name).is_none()).map(|name| (*name).to_owned()).collect();
    tell("the manifest lists", "that is not in the archive", "that are not in the archive", &missing, findings);
    for document in &epub.documents {
        let lost: Vec<String> = document.links.iter().filter_map(|address| lost(epub, address)).collect();
        let what = format!("`{}` links to", document.name);
        tell(&what, "that is not there", "that are not there", &lost, findings);
        let resources = document.resources.iter().filter_map(|address| match address {
            Address::Inside(name, _) if !listed.contains(name.as_str()) => Some(name.clone()),
            Address::Inside(..) | Address::Remote(_) | Address::Other => None,
        });
        let unlisted: Vec<String> = resources.collect();
        let what = format!("`{}` shows", document.name);
        tell(&what, "that the manifest does not list", "that the manifest does not list", &unlisted, findings);
    }
}

/// An address that leads nowhere, in words.
fn lost(epub: &Epub, address: &Address) -> Option<String> {
    let Address::Inside(name, id) = address else { return None };
    let known = |document: &Document, id: &str| document.ids.contains_key(id);
    match (epub.entry(name), epub.document(name), id) {
        (None, _, _) => Some(name.clone()),
        (Some(_), Some(document), Some(id)) if !id.is_empty() && !known(document, id) => Some(format!("{name}#{id}")),
        (Some(_), _, _) => None,
    }
}

/// Tells of things at fault: the first by its name, all by their number.
fn tell(what: &str, one: &str, several: &str, things: &[String], findings: &mut Findings) {
    let message = match things {
        [] => return,
        [thing] => format!("{what} `{thing}`, {one}"),
        [first, ..] => format!("{what} {} places, first `{first}`, {several}", things.len()),
    };
    findings.error(message, "add what is missing, or take out what asks for it");
}

/// Nothing that is shown lies on the net (EPUB 3.3, 3.6, which excepts sound and fonts: stores don't).
pub(super) fn remote_resources(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "put the file into the e-book";
    let mut seen = BTreeSet::new();
    let items = subject.epub.items().iter().map(|item| &item.address);
    let resources = subject.epub.documents.iter().flat_map(|document| &document.resources);
    for address in items.chain(resources) {
        if let Address::Remote(address) = address
            && seen.insert(address.as_str())
        {
            findings.error(format!("`{address}` is on the net, and not in the e-book"), HELP);
        }
    }
    for (name, text) in &subject.epub.styles {
        let remote = ["url(http", "url(\"http", "url('http", "url(//", "@import \"http", "@import 'http"];
        if remote.iter().any(|start| text.contains(start)) {
            findings.error(format!("the style sheet `{name}` asks for a file on the net"), HELP);
        }
    }
}

/// No file of text has programs: readers of electronic ink run none (<https://github.com/kobolabs/epub-spec>), and many
/// others neither. One finding for all.
pub(super) fn scripts(subject: &Subject<'_>, findings: &mut Findings) {
    let mut with = subject.epub.documents.iter().filter(|document| document.has_scripts);
    let Some(first) = with.next() else { return };
    let more = with.count();
    let message = match more {
        0 => format!("`{}` has programs", first.name),
        _ => format!("{} files have programs, the first is `{}`", more + 1, first.name),
    };
    findings.warning(message, "say without programs what they say: most readers run none");
}
