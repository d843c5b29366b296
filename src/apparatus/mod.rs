//! What a book adds to its text: numbers, references, citations and their bibliography, the index, the glossary.
//!
//! [`resolve`] stands between reading and layout, and fills in what the [model](crate::document) leaves to it, so that
//! both editions show the same. It knows nothing of Markdown, pages or styles. Start there; `numbering`, `notes`,
//! `index`, `citations` and `references` are its steps, and [`Library`] holds the works that can be cited.

mod bibtex;
mod citations;
mod descriptions;
mod index;
mod library;
mod notes;
mod numbering;
mod references;

use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Span};
use crate::document::{
    Attributes, Block, BlockKind, ContainerRole, Division, DivisionKind, Document, Inline, InlineKind, Matter, NodeId,
    PartMut, plain_text,
};
use crate::manuscript::Settings;
use crate::terms::{Term, term};
pub use library::{CitationStyle, Library};

/// Numbers the figures, tables, listings, formulas and sections of `document`, fills in its references, citations,
/// bibliography and index, and names its nodes anew. What an author has filled in stays.
///
/// Dedications and epigraphs before the body come first, before what else is there. A bibliography and an index for which the author gave no place become divisions at the end of the book.
///
/// Errors: `unknown-label`. Warnings: `unresolved-citation`, `unnumbered-reference`, `failed-citations`,
/// `stray-description`. Linear in the document, but for the works that are cited: each citation compares its works with those
/// of the bibliography.
pub fn resolve(document: &mut Document, settings: &Settings, library: &Library) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    // Both editions read in the order of the pages.
    document.divisions.sort_by_key(|division| !(division.matter == Matter::Front && division.is_inscription()));
    for division in &mut document.divisions {
        label_terms(&mut division.blocks, false);
    }
    numbering::number(document, settings.number_sections);
    descriptions::title(document, &mut diagnostics);
    citations::fill(document, library, &mut diagnostics);
    document.divisions.iter_mut().for_each(notes::order);
    index::fill(document);
    document.name_nodes();
    references::fill(document, settings, &mut diagnostics);
    document.name_nodes();
    diagnostics
}

/// Gives the terms of glossaries their labels: `gls:` and the term's letters and digits in lower case, with `-` for all
/// else.
fn label_terms(blocks: &mut [Block], in_glossary: bool) {
    for block in blocks {
        let glossary = matches!(block.kind, BlockKind::Container { role: ContainerRole::Glossary, .. });
        if let BlockKind::DefinitionList(definitions) = &mut block.kind
            && in_glossary
        {
            for definition in definitions {
                let words = plain_text(&definition.term).to_lowercase();
                let words: Vec<&str> =
                    words.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
                let label = || format!("gls:{}", words.join("-")).into();
                definition.attributes.label.get_or_insert_with(label);
            }
        }
        for part in block.parts_mut() {
            if let PartMut::Blocks(blocks) = part {
                label_terms(blocks, in_glossary || glossary);
            }
        }
    }
}

/// Calls `visit` with each inline of `document`, those within it after it, in the order of [`crate::document::walk`].
fn each_inline(document: &mut Document, visit: &mut dyn FnMut(&mut Inline)) {
    for division in &mut document.divisions {
        each_inline_in(&mut division.blocks, visit);
        for note in &mut division.notes {
            each_inline_in(&mut note.blocks, visit);
        }
    }
}

fn each_inline_in(blocks: &mut [Block], visit: &mut dyn FnMut(&mut Inline)) {
    fn inlines(content: &mut [Inline], visit: &mut dyn FnMut(&mut Inline)) {
        for inline in content {
            visit(inline);
            if let Some(children) = inline.children_mut() {
                inlines(children, visit);
            }
        }
    }
    for block in blocks {
        for part in block.parts_mut() {
            match part {
                PartMut::Inlines(content) => inlines(content, visit),
                PartMut::Blocks(blocks) => each_inline_in(blocks, visit),
            }
        }
    }
}

/// Calls `visit` with each block of `document`, those within it after it.
fn each_block(document: &mut Document, visit: &mut dyn FnMut(&mut Block)) {
    fn all(blocks: &mut [Block], visit: &mut dyn FnMut(&mut Block)) {
        for block in blocks {
            visit(block);
            for part in block.parts_mut() {
                if let PartMut::Blocks(blocks) = part {
                    all(blocks, visit);
                }
            }
        }
    }
    for division in &mut document.divisions {
        all(&mut division.blocks, visit);
    }
}

/// An inline that the program puts in, for words at `span`.
fn inline(kind: InlineKind, span: Span) -> Inline {
    Inline { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind }
}

/// Words that the program puts in.
fn text(words: impl Into<String>, span: Span) -> Inline {
    inline(InlineKind::Text(words.into()), span)
}

/// A division at the end of the book that holds what was gathered from all of it, under its own heading.
fn closing_division(what: Term, path: &str, kind: BlockKind, span: Span, language: &str) -> Division {
    let block = |kind, label: Option<Arc<str>>| Block {
        id: NodeId::UNNAMED,
        span,
        attributes: Attributes { label, ..Attributes::default() },
        kind,
    };
    let content = vec![text(term(what, language), span)];
    let heading = BlockKind::Heading { level: 1, unnumbered: true, content };
    Division {
        kind: DivisionKind::Chapter,
        matter: Matter::Back,
        path: path.to_owned(),
        blocks: vec![block(heading, Some(path.into())), block(kind, None)],
        ..Division::default()
    }
}

#[cfg(test)]
mod tests;
