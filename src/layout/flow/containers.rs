//! Blocks that hold blocks: admonitions, asides, epigraphs and the like.

use super::super::book::Owner;
use super::super::content::Content;
use super::piece::SideRule;
use super::{FlowBuilder, Place};
use crate::document::{AdmonitionKind, Block, BlockKind, ContainerRole, Division, Inline, NodeId};
use crate::geometry::Length;
use crate::style::{ParagraphRole, TextAlignment};
use crate::terms::{Term, term};

/// The rule beside an admonition.
const ADMONITION_RULE: Length = Length::millipoints(1_500);
/// The rule beside an aside.
const ASIDE_RULE: Length = Length::millipoints(500);

impl FlowBuilder<'_, '_> {
    /// A notice: a rule down its side, its title, then its text, which may go on overleaf.
    pub(super) fn admonition(
        &mut self,
        kind: AdmonitionKind,
        title: &[Inline],
        blocks: &[Block],
        node: NodeId,
        division: &Division,
        place: &Place,
    ) {
        let inner = place.inset(self.style.admonition_indent, Length::ZERO).playing(ParagraphRole::Admonition);
        self.beside_rule(place, ADMONITION_RULE, |builder| {
            let role = ParagraphRole::BlockTitle;
            let title = if title.is_empty() {
                let style = builder.style.paragraph(role).character;
                let language = inner.language.as_deref().unwrap_or_else(|| builder.composer.language());
                Content::generated(term(word(kind), language), style, Owner::Marker(node))
            } else {
                builder.content(title, role, &inner, division)
            };
            let over = builder.place_of_words(node, &inner);
            builder.text(title, role, &over, None);
            builder.after_heading = true;
            builder.blocks(blocks, division, &inner);
        });
    }

    /// Sets off what `add` adds, with a rule down its side.
    fn beside_rule(&mut self, place: &Place, width: Length, add: impl FnOnce(&mut Self)) {
        let half = self.grid() / 2;
        let x = place.x + place.left_of(Length::ZERO, width);
        self.side_rules.push(self.flow.side_rules.len());
        self.flow.side_rules.push(SideRule { x, width });
        self.set_off(half, add);
        self.side_rules.pop();
    }

    pub(super) fn container(
        &mut self,
        role: ContainerRole,
        title: &[Inline],
        blocks: &[Block],
        node: NodeId,
        division: &Division,
        place: &Place,
    ) {
        let (half, grid) = (self.grid() / 2, self.grid());
        match role {
            ContainerRole::Plain | ContainerRole::Glossary => {
                self.titled(title, blocks, node, division, place);
            }
            ContainerRole::Epigraph => {
                let inner = place.inset(place.measure * 3 / 10, Length::ZERO).playing(ParagraphRole::Epigraph);
                self.set_off(grid, |builder| {
                    builder.block_title(title, division, &builder.place_of_words(node, &inner));
                    builder.quoted(blocks, division, &inner);
                });
            }
            ContainerRole::Dedication => {
                let inner = place.inset(Length::ZERO, Length::ZERO).playing(ParagraphRole::Dedication);
                self.set_off(grid, |builder| builder.titled(title, blocks, node, division, &inner));
            }
            ContainerRole::Aside => {
                let indent = self.style.admonition_indent;
                let inner = place.inset(indent, Length::ZERO).playing(ParagraphRole::Aside);
                self.beside_rule(place, ASIDE_RULE, |builder| builder.titled(title, blocks, node, division, &inner));
            }
            ContainerRole::Details => {
                self.set_off(half, |builder| builder.titled(title, blocks, node, division, place));
            }
            ContainerRole::Description => {
                let inner = place.inset(Length::ZERO, Length::ZERO).playing(ParagraphRole::Note);
                self.set_off(half, |builder| builder.titled(title, blocks, node, division, &inner));
            }
            ContainerRole::Centered | ContainerRole::End => {
                let alignment =
                    if role == ContainerRole::Centered { TextAlignment::Center } else { TextAlignment::End };
                let inner = Place { alignment: Some(alignment), ..place.clone() };
                self.titled(title, blocks, node, division, &inner);
            }
        }
    }

    /// What is quoted. A last paragraph that says who is quoted stands at the far edge, on the page of what it belongs to.
    pub(super) fn quoted(&mut self, blocks: &[Block], division: &Division, place: &Place) {
        let Some((last, quoted)) = blocks.split_last().filter(|(last, rest)| !rest.is_empty() && last.is_attribution())
        else {
            return self.blocks(blocks, division, place);
        };
        let before = self.flow.blocks.len();
        self.blocks(quoted, division, place);
        if let Some(said) = self.flow.blocks.get_mut(before..).and_then(<[_]>::last_mut) {
            said.keep_with_next = true;
            if quoted.last().is_some_and(|block| matches!(block.kind, BlockKind::Paragraph(_))) {
                said.space_after = Length::ZERO;
            }
        }
        self.block_in(last, division, &Place { alignment: Some(TextAlignment::End), ..place.clone() });
    }

    fn titled(&mut self, title: &[Inline], blocks: &[Block], node: NodeId, division: &Division, place: &Place) {
        self.block_title(title, division, &self.place_of_words(node, place));
        self.blocks(blocks, division, place);
    }

    /// The line over a container.
    fn block_title(&mut self, title: &[Inline], division: &Division, place: &Place) {
        if !title.is_empty() {
            let role = ParagraphRole::BlockTitle;
            let content = self.content(title, role, place, division);
            self.text(content, role, place, None);
            self.after_heading = true;
        }
    }
}

/// What an admonition is called.
fn word(kind: AdmonitionKind) -> Term {
    match kind {
        AdmonitionKind::Note => Term::Note,
        AdmonitionKind::Tip => Term::Tip,
        AdmonitionKind::Important => Term::Important,
        AdmonitionKind::Warning => Term::Warning,
        AdmonitionKind::Caution => Term::Caution,
    }
}
