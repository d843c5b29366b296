//! Where links lead, and which number each note has.

use std::collections::BTreeMap;

use super::book::{Facts, LinkTarget};
use crate::diagnostics::Diagnostic;
use crate::document::{Document, InlineKind, Node, NodeId, walk};

/// Resolves every link of `document` into `facts.links` and numbers the notes through the book. A link that leads
/// nowhere is a warning. Linear in the document.
pub(super) fn resolve(document: &Document, facts: &mut Facts) -> Vec<Diagnostic> {
    let mut number = 0;
    let mut labels: BTreeMap<(&str, &str), NodeId> = BTreeMap::new();
    let mut files: BTreeMap<&str, NodeId> = BTreeMap::new();
    for division in &document.divisions {
        for note in &division.notes {
            number += 1;
            facts.note_numbers.insert(note.id, number);
        }
        let first = division.blocks.first().map(|block| block.id);
        if let Some(first) = first {
            files.entry(&division.path).or_insert(first);
        }
        walk(division.all_blocks(), &mut |node| {
            let (attributes, id) = match node {
                Node::Block(block) => (&block.attributes, block.id),
                Node::Inline(inline) => (&inline.attributes, inline.id),
            };
            if let Some(label) = &attributes.label {
                labels.entry((&division.path, label)).or_insert(id);
            }
        });
    }
    let mut diagnostics = Vec::new();
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| {
            let Node::Inline(inline) = node else { return };
            let InlineKind::Link { address, .. } = &inline.kind else { return };
            let target = target_of(address, &division.path, &labels, &files);
            if target == LinkTarget::Broken {
                let finding =
                    Diagnostic::warning("broken-link", inline.span, format!("`{address}` leads nowhere in this book"));
                diagnostics.push(finding.help("correct the address, or give a whole URL"));
            }
            facts.links.insert(inline.id, target);
        });
    }
    diagnostics
}

fn target_of(
    address: &str,
    path: &str,
    labels: &BTreeMap<(&str, &str), NodeId>,
    files: &BTreeMap<&str, NodeId>,
) -> LinkTarget {
    if let Some((scheme, _)) = address.split_once(':')
        && scheme.len() > 1
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'))
        && scheme.starts_with(|character: char| character.is_ascii_alphabetic())
    {
        return LinkTarget::External(percent_encode(address));
    }
    let (file, label) = address.split_once('#').map_or((address, None), |(file, label)| (file, Some(label)));
    let file = if file.is_empty() { path.to_owned() } else { join(path, &percent_decode(file)) };
    let label = label.map(percent_decode);
    let found = match label.as_deref() {
        Some(label) if !label.is_empty() => labels.get(&(file.as_str(), label)),
        Some(_) | None => files.get(file.as_str()),
    };
    found.map_or(LinkTarget::Broken, |node| LinkTarget::Node(*node))
}

/// The path that `relative` names, seen from the file `from`.
fn join(from: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = if relative.starts_with('/') { Vec::new() } else { from.split('/').collect() };
    parts.pop();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Escapes what a URL can't hold (RFC 3986, 2.1); what is escaped already stays.
fn percent_encode(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            use std::fmt::Write as _;
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_are_joined_and_escapes_undone() {
        assert_eq!(join("a/b.md", "../c.md"), "c.md");
        assert_eq!(join("a/b.md", "./d%20.md"), "a/d%20.md");
        assert_eq!(percent_decode("a%20b%"), "a b%");
        assert_eq!(percent_encode("http://x/a b?é"), "http://x/a%20b?%C3%A9");
    }
}
