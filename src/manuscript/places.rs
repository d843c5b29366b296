//! Moves the spans of a tree from the text that was parsed to the files that it was put together from.
//!
//! Start at [`relocate`].

use super::mapped::Mapped;
use crate::diagnostics::{Diagnostic, Place, Span};
use crate::document::{Block, BlockKind, CodeBlock, Inline, Note};

/// Moves every span among `blocks`. Linear in the nodes, times the logarithm of the number of pieces.
pub(super) fn relocate(blocks: &mut [Block], map: &Mapped) {
    for block in blocks {
        locate(&mut block.span, map);
        match &mut block.kind {
            BlockKind::Heading { content, .. }
            | BlockKind::Paragraph(content)
            | BlockKind::Figure { caption: content, .. } => inlines(content, map),
            BlockKind::FigureGroup { blocks, caption: content, .. }
            | BlockKind::Admonition { title: content, blocks, .. }
            | BlockKind::Container { title: content, blocks, .. } => {
                inlines(content, map);
                relocate(blocks, map);
            }
            BlockKind::Quote(blocks) => relocate(blocks, map),
            BlockKind::List { items, .. } => {
                for item in items {
                    locate(&mut item.span, map);
                    relocate(&mut item.blocks, map);
                }
            }
            BlockKind::DefinitionList(definitions) => {
                for definition in definitions {
                    locate(&mut definition.span, map);
                    inlines(&mut definition.term, map);
                    definition.meanings.iter_mut().for_each(|meaning| relocate(&mut meaning.blocks, map));
                }
            }
            BlockKind::Code(CodeBlock { title, caption, .. }) => {
                inlines(title, map);
                inlines(caption, map);
            }
            BlockKind::Verse(lines) => {
                for line in lines {
                    locate(&mut line.span, map);
                    inlines(&mut line.content, map);
                }
            }
            BlockKind::Table(table) => {
                inlines(&mut table.caption, map);
                for cell in table.head.iter_mut().chain(&mut table.rows).flat_map(|row| &mut row.cells) {
                    locate(&mut cell.span, map);
                    relocate(&mut cell.blocks, map);
                }
            }
            // Those of the bibliography and the index are not filled in yet.
            BlockKind::Break
            | BlockKind::PageBreak
            | BlockKind::Formula(_)
            | BlockKind::Bibliography(_)
            | BlockKind::Index(_) => {}
        }
    }
}

/// Moves the spans of notes.
pub(super) fn relocate_notes(notes: &mut [Note], map: &Mapped) {
    for note in notes {
        locate(&mut note.span, map);
        relocate(&mut note.blocks, map);
    }
}

/// Moves the places of findings.
pub(super) fn relocate_findings(findings: &mut [Diagnostic], map: &Mapped) {
    for finding in findings {
        if let Place::Span(span) = &mut finding.place {
            locate(span, map);
        }
    }
}

fn inlines(content: &mut [Inline], map: &Mapped) {
    for inline in content {
        locate(&mut inline.span, map);
        if let Some(children) = inline.children_mut() {
            inlines(children, map);
        }
    }
}

fn locate(span: &mut Span, map: &Mapped) {
    *span = map.span(&(span.start as usize..span.end as usize));
}
