//! Notes: set apart for a page's foot or its margin, or as the text of a division.

use super::super::book::Owner;
use super::super::content::Content;
use super::super::notes;
use super::piece::{NoteLine, NoteLines};
use super::stack::StackLine;
use super::{FlowBuilder, Place, translate};
use crate::document::{Block, BlockKind, Division, Edition, Note};
use crate::geometry::{Length, Point};
use crate::style::{ParagraphRole, TextAlignment};

impl FlowBuilder<'_, '_> {
    /// Sets a note that stands apart: its number and its blocks, each as plain paragraphs of the note's size. One that print
    /// does not show has no lines.
    pub(super) fn note(&mut self, note: &Note, division: &Division, place: &Place) -> NoteLines {
        let mut set = NoteLines { id: note.id, lines: Vec::new(), aside: Vec::new(), calls: Vec::new() };
        if !note.is_shown(Edition::Pdf) {
            return set;
        }
        let lines = self.note_lines(note, division, place);
        set.calls = lines.iter().flat_map(|line| &line.notes).map(|call| call + self.note_base).collect();
        set.lines = painted(lines);
        if notes::stand_aside(self.style) && note.blocks.iter().all(is_narrow) {
            let known = self.composer.diagnostics.len();
            let measure = self.style.notes.side_width;
            let lines = self.note_lines(
                note,
                division,
                &Place { measure, alignment: Some(TextAlignment::Start), ..place.clone() },
            );
            // What does not fit the margin stands at the foot, and has been warned of if it does not fit there.
            if self.composer.diagnostics.len() == known {
                set.aside = painted(lines);
            }
            self.composer.diagnostics.truncate(known);
        }
        set
    }

    fn note_lines(&mut self, note: &Note, division: &Division, place: &Place) -> Vec<StackLine> {
        let role = ParagraphRole::Note;
        let style = self.style;
        let direction = self.inputs.facts.directions.change(note.id);
        let place = Place { alignment: place.alignment, ..place.inset(Length::ZERO, Length::ZERO) };
        let place = place.playing(role).reading(direction);
        let mut content = self.number_of(note, ".\u{2002}");
        self.apart(style, |builder| {
            let mut rest = note.blocks.as_slice();
            let mut first = place.clone();
            if let Some((block @ Block { kind: BlockKind::Paragraph(inlines), .. }, tail)) = rest.split_first() {
                first = builder.place_of(block, &place);
                content.append(builder.content(inlines, role, &first, division));
                rest = tail;
            }
            builder.text(content, role, &first, None);
            builder.after_heading = false;
            builder.blocks(rest, division, &place);
        })
    }

    /// The number of a note, which leads back to its reference, and what stands behind it.
    fn number_of(&self, note: &Note, after: &str) -> Content {
        let style = self.style.paragraph(ParagraphRole::Note).character;
        let number = self.inputs.numbers.shown(note.id);
        let reference = self.inputs.facts.note_references.get(&note.id);
        Content::note_number(&format!("{number}{after}"), style, note.id, reference)
    }

    /// Notes as text, each beside its number, off the grid.
    pub(super) fn end_notes(&mut self, notes: &[Note], division: &Division, place: &Place) {
        let role = ParagraphRole::Note;
        let style = self.style.paragraph(role).clone();
        let gap = style.character.size / 2;
        let shown = || notes.iter().filter(|note| note.is_shown(Edition::Pdf));
        let mut column = Length::ZERO;
        for note in shown() {
            let number = self.number_of(note, ".");
            column = column.max(self.composer.widths(&number).1);
        }
        let unit = std::mem::replace(&mut self.unit, Length::from_raw(1));
        for note in shown() {
            let direction = self.inputs.facts.directions.change(note.id);
            let own = place.clone().playing(role).reading(direction);
            let inner = own.inset((column + gap).min(place.measure / 4), Length::ZERO);
            let number = self.number_of(note, ".");
            let (_, width) = self.composer.widths(&number);
            let at = Point::new(own.x + own.left_of(column - width, width), Length::ZERO);
            let items = self.composer.verbatim(number, gap).into_iter();
            self.marker = items.map(|item| translate(item, at)).collect();
            if !matches!(note.blocks.first(), Some(Block { kind: BlockKind::Paragraph(_), .. })) {
                // The number has a line of its own.
                let owner = Owner::Artifact(super::super::book::Artifact::Layout);
                self.text(Content::generated("\u{200b}", style.character, owner), role, &inner, None);
            }
            self.after_heading = true;
            self.blocks(&note.blocks, division, &inner);
        }
        self.unit = unit;
        self.after_heading = true;
    }

    /// Completes the calls of a division whose pieces begin at `first`: behind each note come those that it refers to
    /// itself; a note that nothing refers to is called at the end. Linear in the calls.
    pub(super) fn call_all_notes(&mut self, first: usize, division: &Division, place: &Place) {
        let mut calls = Calls { called: vec![false; self.flow.notes.len() - self.note_base], first: self.note_base };
        for block in self.flow.blocks.get_mut(first..).unwrap_or_default() {
            let natural = block.variants.first();
            let references: Vec<usize> =
                natural.iter().flat_map(|way| &way.lines).flat_map(|line| line.notes.iter().copied()).collect();
            if references.is_empty() {
                continue;
            }
            let found: Vec<Vec<usize>> =
                references.into_iter().map(|reference| calls.of(reference, &self.flow.notes)).collect();
            for variant in &mut block.variants {
                // All ways to set it have the same references in the same order.
                let mut found = found.iter();
                for line in &mut variant.lines {
                    let count = line.notes.len();
                    line.notes = found.by_ref().take(count).flatten().copied().collect();
                }
            }
        }
        let unused: Vec<usize> = calls.missing(&self.flow.notes);
        if unused.is_empty() {
            return;
        }
        let blocks = self.flow.blocks.get_mut(first..).unwrap_or_default();
        if let Some(block) =
            blocks.iter_mut().rev().find(|block| block.variants.iter().all(|way| !way.lines.is_empty()))
        {
            for line in block.variants.iter_mut().filter_map(|variant| variant.lines.last_mut()) {
                line.notes.extend(&unused);
            }
        } else {
            // There is no text that they could stand below.
            self.end_notes(&division.notes, division, place);
        }
    }
}

/// The notes of a division that its text has called.
struct Calls {
    called: Vec<bool>,
    /// The first of them, as an index in the flow.
    first: usize,
}

impl Calls {
    /// What a reference to `note` calls that was not called before: the note, and those that it refers to itself.
    fn of(&mut self, note: usize, notes: &[NoteLines]) -> Vec<usize> {
        let mut found = Vec::new();
        let mut waiting = vec![note];
        while let Some(note) = waiting.pop() {
            let called = note.checked_sub(self.first).and_then(|index| self.called.get_mut(index));
            if let Some(called @ false) = called {
                *called = true;
                found.push(note);
                waiting.extend(notes.get(note).iter().flat_map(|note| note.calls.iter().rev()));
            }
        }
        found
    }

    /// Calls those that nothing refers to.
    fn missing(&mut self, notes: &[NoteLines]) -> Vec<usize> {
        (self.first..self.first + self.called.len()).flat_map(|note| self.of(note, notes)).collect()
    }
}

/// Whether a block can stand in a narrow column.
fn is_narrow(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Heading { .. } | BlockKind::Paragraph(_) => true,
        BlockKind::Quote(blocks) | BlockKind::Container { blocks, .. } => blocks.iter().all(is_narrow),
        BlockKind::List { items, .. } => items.iter().flat_map(|item| &item.blocks).all(is_narrow),
        BlockKind::Figure { .. }
        | BlockKind::FigureGroup { .. }
        | BlockKind::DefinitionList(_)
        | BlockKind::Code(_)
        | BlockKind::Verse(_)
        | BlockKind::Break
        | BlockKind::PageBreak
        | BlockKind::Table(_)
        | BlockKind::Formula(_)
        | BlockKind::Admonition { .. }
        | BlockKind::Bibliography(_)
        | BlockKind::Index(_) => false,
    }
}

fn painted(lines: Vec<StackLine>) -> Vec<NoteLine> {
    lines.into_iter().map(|line| (line.height, line.items)).collect()
}
