//! Gives each division of a file the notes it refers to.
//!
//! In: blocks whose note references name a note by its index in the file. Out: references that name a note by its
//! index in the division. Start at [`distribute`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Section;
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{Block, Inline, InlineKind, Note, PartMut};

/// A name between `[^` and `]`, and the note that bears it.
#[derive(Debug)]
pub(super) struct NamedNote {
    /// The name as first written.
    pub(super) name: String,
    /// The note; `None` for a name that is referred to only.
    pub(super) note: Option<Note>,
}

/// Copies of notes may weigh as much as the file, but this many bytes are always granted.
const MIN_COPY_BUDGET: usize = 1 << 20;
/// What a copy weighs beside its text.
const COPY_WEIGHT: usize = 64;

/// Moves each note to the sections that refer to it, in the order of first reference; a note may refer to others, which
/// come behind it. Those never referred to come last in the last section, with a warning.
///
/// A note that two sections refer to is copied, so that each can be read alone. To stay linear, copies together weigh
/// no more than `file_length` bytes (or 1 MiB); beyond that a reference stays text, with a warning.
pub(super) fn distribute(
    named: &[NamedNote],
    file_length: usize,
    sections: &mut [Section],
    findings: &mut Vec<Diagnostic>,
) {
    let mut distribution = Distribution {
        named,
        placed: vec![false; named.len()],
        budget: file_length.max(MIN_COPY_BUDGET),
        in_section: BTreeMap::new(),
        order: Vec::new(),
        findings,
    };
    let last = sections.len().saturating_sub(1);
    for (index, section) in sections.iter_mut().enumerate() {
        distribution.in_section.clear();
        distribution.order.clear();
        distribution.resolve_blocks(&mut section.blocks);
        distribution.shelve(&mut section.notes);
        if index == last {
            distribution.shelve_unused(&mut section.notes);
        }
    }
}

struct Distribution<'a> {
    named: &'a [NamedNote],
    /// Which notes have a place already.
    placed: Vec<bool>,
    /// Bytes of notes that may still be copied.
    budget: usize,
    /// Index in the file → index in the section.
    in_section: BTreeMap<usize, usize>,
    /// The inverse of `in_section`.
    order: Vec<usize>,
    findings: &'a mut Vec<Diagnostic>,
}

impl Distribution<'_> {
    /// Adds the notes of `order` that are not yet in `notes`, and those that they refer to.
    fn shelve(&mut self, notes: &mut Vec<Note>) {
        while let Some(&index) = self.order.get(notes.len()) {
            let Some(mut note) = self.named.get(index).and_then(|named| named.note.clone()) else { return };
            note.label = self
                .named
                .get(index)
                .map(|named| named.name.as_str().into())
                .filter(|name: &Arc<str>| !name.is_empty());
            self.resolve_blocks(&mut note.blocks);
            notes.push(note);
        }
    }

    fn shelve_unused(&mut self, notes: &mut Vec<Note>) {
        for (index, named) in self.named.iter().enumerate() {
            let Some(note) = &named.note else { continue };
            if self.placed[index] {
                continue;
            }
            self.findings.push(
                Diagnostic::warning(
                    "unused-note",
                    note.span,
                    format!("nothing refers to the note `[^{}]`", named.name),
                )
                .help(format!("write `[^{}]` where it belongs, or remove the note", named.name)),
            );
            self.place(index);
            self.shelve(notes);
        }
    }

    fn place(&mut self, index: usize) -> usize {
        let place = self.order.len();
        self.placed[index] = true;
        self.in_section.insert(index, place);
        self.order.push(index);
        place
    }

    /// What a reference to the note with this index in the file becomes.
    fn resolve(&mut self, index: usize, span: Span) -> InlineKind {
        if let Some(&place) = self.in_section.get(&index) {
            return InlineKind::NoteReference(place);
        }
        let Some(named) = self.named.get(index) else { return InlineKind::Text(String::new()) };
        let as_text = InlineKind::Text(format!("[^{}]", named.name));
        let Some(note) = &named.note else { return as_text };
        if self.placed[index] {
            let weight = (note.span.end.saturating_sub(note.span.start) as usize).saturating_add(COPY_WEIGHT);
            let Some(budget) = self.budget.checked_sub(weight) else {
                self.findings.push(
                    Diagnostic::warning(
                        "repeated-note",
                        span,
                        format!("the note `[^{}]` would be printed too often", named.name),
                    )
                    .help("divisions print their notes apart: refer to the long notes of a file from one division"),
                );
                return as_text;
            };
            self.budget = budget;
        }
        InlineKind::NoteReference(self.place(index))
    }

    fn resolve_blocks(&mut self, blocks: &mut [Block]) {
        for part in blocks.iter_mut().flat_map(Block::parts_mut) {
            match part {
                PartMut::Inlines(inlines) => self.resolve_inlines(inlines),
                PartMut::Blocks(blocks) => self.resolve_blocks(blocks),
            }
        }
    }

    fn resolve_inlines(&mut self, inlines: &mut [Inline]) {
        for inline in inlines {
            if let InlineKind::NoteReference(index) = inline.kind {
                inline.kind = self.resolve(index, inline.span);
            } else if let Some(children) = inline.children_mut() {
                self.resolve_inlines(children);
            }
        }
    }
}
