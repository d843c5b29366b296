//! Where links, references and citations lead, and which number each note has.

use super::book::{Facts, LinkTarget};
use crate::diagnostics::Diagnostic;
use crate::document::{Document, Inline, InlineKind, Node, walk, walk_inlines};
use crate::labels::{Address, Labels, is_whole, reference_label};

/// Resolves every link, reference, page reference and citation of `document` into `facts.links`, and numbers the notes
/// through the book. A link that leads nowhere is a warning; of the others, [`crate::apparatus`] has warned. Linear in
/// the document.
pub(super) fn resolve(document: &Document, facts: &mut Facts) -> Vec<Diagnostic> {
    let labels = Labels::of(document);
    let mut number = 0;
    let mut diagnostics = Vec::new();
    for division in &document.divisions {
        for note in &division.notes {
            number += 1;
            facts.note_numbers.insert(note.id, number);
        }
        let path = division.path.as_str();
        walk(division.all_blocks(), &mut |node| {
            let Node::Inline(inline) = node else { return };
            let target = match &inline.kind {
                InlineKind::Link { address, .. } => target_of(address, path, &labels, inline, &mut diagnostics),
                InlineKind::Reference { label, .. } | InlineKind::PageReference { label } => {
                    labels.find(path, label).map_or(LinkTarget::Broken, LinkTarget::Node)
                }
                InlineKind::Citation { items, content, .. } if !has_link(content) => {
                    let found = items.iter().find_map(|item| labels.find(path, &reference_label(&item.key)));
                    found.map_or(LinkTarget::Broken, LinkTarget::Node)
                }
                InlineKind::Citation { .. }
                | InlineKind::Text(_)
                | InlineKind::Emphasis(_)
                | InlineKind::Strong(_)
                | InlineKind::Strikethrough(_)
                | InlineKind::Subscript(_)
                | InlineKind::Superscript(_)
                | InlineKind::Code(_)
                | InlineKind::Image(_)
                | InlineKind::LineBreak
                | InlineKind::NoteReference(_)
                | InlineKind::Span(..)
                | InlineKind::Abbreviation { .. }
                | InlineKind::Formula(_)
                | InlineKind::IndexMark(_) => return,
            };
            facts.links.insert(inline.id, target);
        });
    }
    diagnostics
}

/// How many findings name the nearest label: looking for it takes time.
const HELPED: usize = 100;

fn has_link(inlines: &[Inline]) -> bool {
    let mut found = false;
    walk_inlines(inlines, &mut |node| {
        found |= matches!(node, Node::Inline(Inline { kind: InlineKind::Link { .. }, .. }));
    });
    found
}

fn target_of(
    address: &str,
    path: &str,
    labels: &Labels,
    inline: &Inline,
    diagnostics: &mut Vec<Diagnostic>,
) -> LinkTarget {
    if is_whole(address) {
        return LinkTarget::External(percent_encode(address));
    }
    if address.starts_with("//") {
        return LinkTarget::External(percent_encode(&format!("https:{address}")));
    }
    let place = inline.span;
    diagnostics.push(match labels.resolve(path, address) {
        Address::Node(node) => return LinkTarget::Node(node),
        Address::NoLabel => {
            let nearest = Some(labels).filter(|_| diagnostics.len() < HELPED);
            let nearest = nearest.and_then(|labels| labels.nearest_in(path, address));
            Diagnostic::warning("broken-link", place, format!("`{address}` leads nowhere in this book")).help(
                nearest.map_or_else(
                    || "correct the address, or give a whole URL".to_owned(),
                    |nearest| format!("the nearest label there is `#{nearest}`"),
                ),
            )
        }
        Address::NoFile => {
            let nearest = Some(labels).filter(|_| diagnostics.len() < HELPED);
            let nearest = nearest.and_then(|labels| labels.nearest_file(path, address));
            Diagnostic::warning("relative-link", place, format!("`{address}` leads out of the manuscript")).help(
                nearest.map_or_else(
                    || "give a whole URL, or the book's own as `site-url`; the words stay as text".to_owned(),
                    |nearest| format!("the nearest file of the book is `{nearest}`"),
                ),
            )
        }
    });
    LinkTarget::Broken
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_cannot_hold_is_escaped() {
        assert_eq!(percent_encode("http://x/a b?é"), "http://x/a%20b?%C3%A9");
    }
}
