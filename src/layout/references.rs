//! Where links, references, citations and the numbers of notes lead.

use super::book::{Facts, LinkTarget};
use crate::diagnostics::Diagnostic;
use crate::document::{Document, Inline, InlineKind, Node, walk, walk_inlines};
use crate::labels::{Address, Labels, is_whole, reference_label};

/// Resolves every link, reference, page reference, citation and reference to a note of `document` into `facts.links`, and
/// finds the first reference to each note. A link that leads nowhere is a warning; of the others, [`crate::apparatus`] has warned. Linear in
/// the document.
pub(super) fn resolve(document: &Document, facts: &mut Facts) -> Vec<Diagnostic> {
    let labels = Labels::of(document);
    let mut diagnostics = Vec::new();
    for (number, division) in document.divisions.iter().enumerate() {
        let path = division.path.as_str();
        walk(division.all_blocks(), &mut |node| {
            let Node::Inline(inline) = node else { return };
            let target = match &inline.kind {
                InlineKind::Link { address, .. } => target_of(address, path, &labels, inline, &mut diagnostics),
                InlineKind::Reference { label, .. } | InlineKind::PageReference { label, .. } => {
                    labels.find(path, label).map_or(LinkTarget::Broken, LinkTarget::Node)
                }
                InlineKind::Citation { items, content, .. } if !has_link(content) => {
                    let found = items.iter().find_map(|item| labels.find(path, &reference_label(&item.key)));
                    found.map_or(LinkTarget::Broken, LinkTarget::Node)
                }
                InlineKind::NoteReference(index) => {
                    let Some(note) = document.note(number, *index) else { return };
                    facts.note_references.entry(note.id).or_insert(inline.id);
                    LinkTarget::Node(note.id)
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
    use crate::diagnostics::Span;
    use crate::document::{
        Attributes, BibliographyEntry, Block, BlockKind, CitationItem, Division, NodeId, PageForm, ReferenceForm,
    };

    fn inline(kind: InlineKind) -> Inline {
        Inline { id: NodeId::UNNAMED, span: Span::default(), attributes: Attributes::default(), kind }
    }

    fn link(address: &str) -> InlineKind {
        InlineKind::Link { address: address.to_owned(), title: String::new(), content: Vec::new() }
    }

    /// Resolves one inline in a book of two files; gives where it leads, and the code and help of what is found.
    fn check(kind: InlineKind, expected: &LinkTarget, finding: Option<(&str, &str)>) {
        let block = |label: Option<&str>, kind| Block {
            id: NodeId::UNNAMED,
            span: Span::default(),
            attributes: Attributes { label: label.map(Into::into), ..Attributes::default() },
            kind,
        };
        let work =
            BibliographyEntry { id: NodeId::UNNAMED, key: "knuth".into(), marker: String::new(), content: Vec::new() };
        let division = |path: &str, blocks| Division { path: path.to_owned(), blocks, ..Division::default() };
        let divisions = vec![
            division("a.md", vec![block(None, BlockKind::Paragraph(vec![inline(kind)]))]),
            division(
                "b.md",
                vec![block(Some("fig:map"), BlockKind::Break), block(None, BlockKind::Bibliography(vec![work]))],
            ),
        ];
        let mut document = Document { divisions, ..Document::default() };
        document.name_nodes();
        let mut facts = Facts::default();
        let found = resolve(&document, &mut facts);
        assert_eq!(facts.links.get(&NodeId { division: 0, index: 1 }), Some(expected));
        let found: Vec<(&str, &str)> =
            found.iter().map(|finding| (finding.code, finding.help.as_deref().unwrap_or_default())).collect();
        assert_eq!(found, Vec::from_iter(finding));
    }

    #[test]
    fn whatever_refers_leads_to_a_node() {
        let node = |index| LinkTarget::Node(NodeId { division: 1, index });
        check(link("b.md#fig:map"), &node(0), None);
        check(link("b.html"), &node(0), None);
        check(link("#ref-knuth"), &node(2), None);
        let label = || "fig-map".into();
        check(InlineKind::Reference { label: label(), form: ReferenceForm::Full, content: Vec::new() }, &node(0), None);
        check(InlineKind::PageReference { label: label(), form: PageForm::Number }, &node(0), None);
        let item = |key: &str| CitationItem {
            key: key.to_owned(),
            prefix: String::new(),
            suffix: String::new(),
            without_author: false,
        };
        let citation =
            InlineKind::Citation { items: vec![item("x"), item("knuth")], narrative: false, content: Vec::new() };
        check(citation, &node(2), None);
    }

    #[test]
    fn what_leads_nowhere_is_named_with_the_nearest() {
        let check_broken = |address, code, help| check(link(address), &LinkTarget::Broken, Some((code, help)));
        check_broken("b.md#fig:mpa", "broken-link", "the nearest label there is `#fig:map`");
        check_broken("b.md#colour", "broken-link", "correct the address, or give a whole URL");
        let other = "give a whole URL, or the book's own as `site-url`; the words stay as text";
        check_broken("../elsewhere.html", "relative-link", other);
        check_broken("bb.md", "relative-link", "the nearest file of the book is `b.md`");
    }

    #[test]
    fn whole_addresses_lead_out() {
        let external = |address: &str| LinkTarget::External(address.to_owned());
        check(link("https://x.org/a b"), &external("https://x.org/a%20b"), None);
        check(link("//x.org/"), &external("https://x.org/"), None);
        assert_eq!(percent_encode("http://x/a b?é"), "http://x/a%20b?%C3%A9");
    }
}
