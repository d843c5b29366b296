//! Gives headings their labels, and finds labels that are given twice.
//!
//! Start at [`Labels`], one for a file, and [`Given`], one for the book.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, SourceFiles, Span};
use crate::document::{Block, BlockKind, Division, Node, PartMut, plain_text, walk};

/// The labels that the author gave, and where.
#[derive(Debug, Default)]
pub(super) struct Given {
    places: BTreeMap<Arc<str>, Span>,
}

impl Given {
    /// Notes the labels of a file's divisions. A label that the book has is an error, `duplicate-label`; in raw HTML and
    /// in an mdBook, where every file is a page, one that the file has.
    pub(super) fn note(
        &mut self,
        divisions: &[Division],
        labels: &mut Labels,
        by_file: bool,
        sources: &SourceFiles,
        findings: &mut Vec<Diagnostic>,
    ) {
        if by_file {
            self.places.clear();
        }
        let mut found: Vec<(Arc<str>, Span)> = Vec::new();
        for division in divisions {
            walk(division.all_blocks(), &mut |node| {
                let (attributes, span) = match node {
                    Node::Block(block) => {
                        if let BlockKind::DefinitionList(definitions) = &block.kind {
                            let labels = definitions.iter().filter_map(|definition| {
                                Some((Arc::clone(definition.attributes.label.as_ref()?), definition.span))
                            });
                            found.extend(labels);
                        }
                        (&block.attributes, block.span)
                    }
                    Node::Inline(inline) => (&inline.attributes, inline.span),
                };
                found.extend(attributes.label.iter().map(|label| (Arc::clone(label), span)));
            });
        }
        for (label, span) in found {
            let in_file = labels.given.contains_key(&label);
            let first = *self.places.entry(Arc::clone(&label)).or_insert(span);
            // A note that several divisions refer to is in each of them.
            if first != span && (in_file || ![first, span].iter().any(|span| is_html(*span, sources))) {
                findings.push(duplicate(&label, first, span, sources));
            }
            labels.given.entry(label).or_insert(1);
        }
    }
}

/// Whether raw HTML stands there.
fn is_html(span: Span, sources: &SourceFiles) -> bool {
    sources
        .get(span.source)
        .and_then(|file| file.text.get(span.start as usize..))
        .is_some_and(|text| text.starts_with('<'))
}

fn duplicate(label: &str, first: Span, span: Span, sources: &SourceFiles) -> Diagnostic {
    let file = sources.get(first.source);
    let path = file.map_or("", |file| &file.path);
    let before = file.and_then(|file| file.text.get(..first.start as usize)).unwrap_or_default();
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    Diagnostic::error("duplicate-label", span, format!("the label `#{label}` is given twice"))
        .help(format!("{path}:{line} has it already: give one of them another name"))
}

/// Gives the headings among `blocks` their labels.
pub(super) fn label_headings(blocks: &mut [Block], labels: &mut Labels) {
    for block in blocks {
        if let BlockKind::Heading { content, .. } = &block.kind
            && block.attributes.label.is_none()
        {
            block.attributes.label = Some(labels.of(&plain_text(content)));
        }
        for part in block.parts_mut() {
            if let PartMut::Blocks(blocks) = part {
                label_headings(blocks, labels);
            }
        }
    }
}

/// The labels of a file, those that the author gave included. A link names a file and a label, so they are unique in the file, not only in the division.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// For each label given, the number to try next for the same words.
    given: BTreeMap<Arc<str>, u32>,
}

impl Labels {
    /// A new label for a heading of these words.
    pub(super) fn of(&mut self, words: &str) -> Arc<str> {
        let slug = slug(words);
        let mut number = self.given.get(slug.as_str()).copied().unwrap_or(0);
        let label: Arc<str> = loop {
            let label = if number == 0 { slug.clone() } else { format!("{slug}-{number}") };
            number = number.saturating_add(1);
            if !self.given.contains_key(label.as_str()) {
                break label.into();
            }
        };
        self.given.insert(slug.into(), number);
        self.given.entry(Arc::clone(&label)).or_insert(1);
        label
    }
}

/// Words as the last part of an address, as GitHub and mdBook write them: letters and digits in lower case, `-` for a
/// space, `-` and `_` as they are, and nothing else. `section` where nothing is left.
pub(super) fn slug(words: &str) -> String {
    let mut slug = String::with_capacity(words.len());
    for character in words.trim().chars() {
        if character.is_alphanumeric() || character == '_' || character == '-' {
            slug.extend(character.to_lowercase());
        } else if character.is_whitespace() {
            slug.push('-');
        }
    }
    if slug.is_empty() { "section".to_owned() } else { slug }
}
