//! The lines over descriptions: what each describes, by its number.
//!
//! Start at [`title`].

use crate::diagnostics::Diagnostic;
use crate::document::{Attributes, Block, BlockKind, ContainerRole, Document, Inline, InlineKind, NodeId, PartMut};
use crate::terms::{Term, labelled, term};

/// Gives each description without a title one, in the language of the book, and finds those that describe nothing. Numbers
/// must have been given. Linear in the document.
pub(super) fn title(document: &mut Document, diagnostics: &mut Vec<Diagnostic>) {
    let language = document.metadata.language.clone();
    for division in &mut document.divisions {
        blocks(&mut division.blocks, &language, diagnostics);
        for note in &mut division.notes {
            blocks(&mut note.blocks, &language, diagnostics);
        }
    }
}

fn blocks(all: &mut [Block], language: &str, diagnostics: &mut Vec<Diagnostic>) {
    for index in 0..all.len() {
        let (before, from) = all.split_at_mut(index);
        let Some(block) = from.first_mut() else { return };
        let described = before.last().filter(|before| block.describes(before));
        let span = block.span;
        if let BlockKind::Container { role: ContainerRole::Description, title, .. } = &mut block.kind {
            if described.is_none() {
                let help = "move it right behind the figure, the table, the listing or the formula that it describes";
                diagnostics.push(
                    Diagnostic::warning("stray-description", span, "there is nothing here to describe").help(help),
                );
            }
            if title.is_empty() {
                let words = match described.and_then(|described| described.attributes.number.as_deref()) {
                    Some(number) => labelled(Term::Description, number, language),
                    None => term(Term::Description, language).to_owned(),
                };
                let kind = InlineKind::Text(words);
                title.push(Inline { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind });
            }
        }
        for part in block.parts_mut() {
            if let PartMut::Blocks(within) = part {
                blocks(within, language, diagnostics);
            }
        }
    }
}
