//! Tables that are too wide for the page, turned a quarter to the left: they read along the page's height, and their heads
//! stand at its left edge. Start at [`FlowBuilder::turned_table`].

use super::super::super::book::{Artifact, FrameItem, ItemKind, Owner};
use super::super::super::page_breaking::{Break, FlowBlock, FlowLine, PageBox, PageCosts, Variant, break_pages};
use super::super::piece::translate;
use super::super::stack::{Padding, StackLine};
use super::super::{FlowBuilder, Place};
use super::{Grid, TableLines};
use crate::document::Block;
use crate::geometry::{Length, Point};

/// From the text to the notes of a page.
const NOTE_SEPARATION: Length = Length::pt(14);

impl FlowBuilder<'_, '_> {
    /// Whether what is being set stands on pages, and not in a cell, a panel or a note, nor beside the number of an item.
    pub(super) fn can_turn(&self) -> bool {
        self.unit == self.grid() && self.marker.is_empty()
    }

    /// Sets a table on pages of its own, each as many of its rows as go into the page's width, below its head. The caption
    /// stands above the first part. The text after it fills the page of the text before it, as far as it goes; where there
    /// is none before, where a page is to begin here, or where the table has notes, it waits until the table has ended.
    pub(super) fn turned_table(&mut self, grid: &Grid<'_>, block: &Block, place: &Place) {
        let page = self.grid() * self.style.page.lines();
        // The first page of a chapter begins lower.
        let sunk = if self.flow.blocks.is_empty() { i64::from(self.style.sinkage) } else { 0 };
        let mut measure = page - self.grid() * sunk;
        let known = self.composer.diagnostics.len();
        let mut parts = self.turned_parts(grid, block, place, measure);
        let notes = self.notes_height(&parts);
        if notes > Length::ZERO {
            // Its notes stand at the foot of the page, upright.
            self.composer.diagnostics.truncate(known);
            measure -= (notes + NOTE_SEPARATION).round_up(self.grid()).min(measure / 2);
            parts = self.turned_parts(grid, block, place, measure);
        }
        let rules = std::mem::take(&mut self.side_rules);
        let whole = Place { x: Length::ZERO, ..place.clone() };
        let first = self.flow.blocks.len();
        if first > 0 && !self.pending_page && parts.iter().all(|part| part.notes.is_empty()) {
            for part in parts {
                self.push_stack(vec![part], &whole, Padding::Below);
            }
            self.float_pages(first, block);
        } else {
            self.pending_page = true;
            self.push_stack(parts, &whole, Padding::Below);
            self.pending_page = true;
        }
        self.side_rules = rules;
    }

    /// The parts of a table that is `measure` wide at most, each turned, as a line that a page can end below.
    fn turned_parts(&mut self, grid: &Grid<'_>, block: &Block, place: &Place, measure: Length) -> Vec<StackLine> {
        let width = self.measure();
        let place = Place { x: Length::ZERO, measure, ..place.clone() };
        let setting = self.table_setting(grid, &place);
        let TableLines { caption: mut lines, mut rows, repeated: (repeated, repeated_head) } =
            self.table_lines(&setting, block);
        lines.append(&mut rows);
        let flow_line = |line: &StackLine| FlowLine::new(line.height, line.break_after);
        let variant = Variant { cost: 0, lines: lines.iter().map(flow_line).collect() };
        let flow = FlowBlock { repeated_head, ..FlowBlock::new(variant) };
        let across = PageBox {
            height: width,
            first_height: width,
            grid: self.grid(),
            note_separation: Length::ZERO,
            float_separation: Length::ZERO,
            facing: None,
        };
        let breaks = break_pages(&[flow], &[], &[], &across, &PageCosts::default());
        let mut lines = lines.into_iter();
        let mut parts = Vec::new();
        for piece in breaks.pages.iter().flat_map(|page| &page.pieces) {
            let mut part = StackLine { break_after: Break::Cost(0), ..StackLine::blank(measure) };
            let mut items = Vec::new();
            let mut y = Length::ZERO;
            if piece.lines.start > 0 {
                items.extend(repeated.iter().cloned());
                y = repeated_head;
            }
            for line in lines.by_ref().take(piece.lines.len()) {
                let at = Point::new(Length::ZERO, y);
                items.extend(line.items.into_iter().map(|item| translate(item, at)));
                part.notes.extend(line.notes);
                part.starts_at = part.starts_at.or(line.starts_at);
                y += line.height;
            }
            let kind = ItemKind::Turned { origin: Point::new(Length::ZERO, measure), items };
            part.items.push(FrameItem { owner: Owner::Artifact(Artifact::Layout), kind });
            parts.push(part);
        }
        parts
    }

    /// How high the notes are that lines refer to.
    fn notes_height(&self, lines: &[StackLine]) -> Length {
        let notes =
            lines.iter().flat_map(|line| &line.notes).filter_map(|note| self.flow.notes.get(note + self.note_base));
        notes.flat_map(|note| &note.lines).map(|(height, _)| *height).sum()
    }
}
