//! The index: lines in two columns, which end between entries.
//!
//! Where the index has its pages to itself but for a heading, the columns of each page are filled here: none ends within an
//! entry or behind one whose sub-entries follow, none begins with white, and one that begins with a sub-entry repeats what it
//! is of. Elsewhere the page builder ends columns where it must. Start at [`FlowBuilder::index`].

use super::super::book::{Artifact, Owner};
use super::super::content::Content;
use super::super::page_breaking::{FlowBlock, Variant};
use super::piece::FixedLine;
use super::stack::StackLine;
use super::{FlowBuilder, Piece, PieceContent, Place};
use crate::document::{Division, IndexEntry, plain_text};
use crate::geometry::Length;
use crate::style::{ParagraphRole, ParagraphStyle, TextAlignment};
use crate::terms::{self, Term};

/// A measure narrower than this has room for one column of the index only.
const LEAST_FOR_COLUMNS: Length = Length::pt(220);

/// A page with fewer rows than this under what stands above the index gets none of it filled in advance.
const LEAST_ROWS: usize = 6;

/// A line of the index, set.
struct Entry {
    depth: u8,
    term: String,
    /// Whether white stands above it, where it does not begin a column.
    begins_letter: bool,
    lines: Vec<StackLine>,
}

/// How the columns are set.
struct Columns {
    style: ParagraphStyle,
    column: Place,
    width: Length,
    /// From the first column's left edge to the second's.
    step: Length,
    /// The first column's left edge.
    first: Length,
}

impl FlowBuilder<'_, '_> {
    /// The index in two columns: each line with its pages, turned-over lines hanging, white between initial letters.
    pub(super) fn index(&mut self, entries: &[IndexEntry], division: &Division, place: &Place) {
        let style = self.style.paragraph(ParagraphRole::IndexLine).clone();
        let gap = self.style.table_padding * 3 / 2;
        let is_single = place.measure < LEAST_FOR_COLUMNS;
        let width = if is_single { place.measure } else { (place.measure - gap) / 2 };
        let first = place.left_of(Length::ZERO, width);
        let step = place.left_of(width + gap, width) - first;
        let columns =
            Columns { style, column: Place { measure: width, ..place.clone() }, width, step, first: place.x + first };
        let set = self.index_entries(entries, division, place, &columns);
        if is_single {
            let mut lines = unfilled(set, columns.style.leading);
            super::stack::make_breakable(&mut lines, 2);
            return self.push_stack(lines, place, super::stack::Padding::Below);
        }
        if let Some(rows) = self.rows_below(columns.style.leading) {
            self.filled_columns(&set, rows, &columns);
        } else {
            let lines = unfilled(set, columns.style.leading);
            self.push_columns(lines, false, &columns);
        }
    }

    fn index_entries(
        &mut self,
        entries: &[IndexEntry],
        division: &Division,
        place: &Place,
        columns: &Columns,
    ) -> Vec<Entry> {
        let style = &columns.style;
        let mut initial = None;
        let mut set = Vec::with_capacity(entries.len());
        for entry in entries {
            let words = plain_text(&entry.content);
            let letter = words.chars().find(|letter| letter.is_alphanumeric());
            let letter = letter.map(|letter| letter.to_lowercase().to_string());
            let begins_letter = entry.depth == 0 && letter != initial && initial.is_some();
            if entry.depth == 0 {
                initial = letter;
            }
            // The pages follow the term; where the reader is sent comes after them.
            let (term, sent) = entry.content.split_at(entry.content.len().min(1));
            let mut content = self.content(term, ParagraphRole::IndexLine, place, division);
            let comma = terms::comma(place.language.as_deref().unwrap_or_else(|| self.composer.language()));
            let mut part = 0..;
            let mut owner = || Owner::Locator(entry.id, part.next().unwrap_or_default());
            for (index, pages) in self.inputs.texts.locators.get(&entry.id).into_iter().flatten().enumerate() {
                let space = if index == 0 { '\u{2002}' } else { ' ' };
                if !content.text.is_empty() {
                    content.push_generated(&format!("{comma}{space}"), style.character, owner());
                }
                content.push_link(&pages.text, style.character, owner(), (entry.id, pages.mark));
            }
            content.append(self.content(sent, ParagraphRole::IndexLine, place, division));
            let lines = self.index_line(content, entry.depth, columns);
            set.push(Entry { depth: entry.depth, term: plain_text(term), begins_letter, lines });
        }
        set
    }

    /// A line of the index at its depth, and what is turned over below it.
    fn index_line(&mut self, content: Content, depth: u8, columns: &Columns) -> Vec<StackLine> {
        let (hanging, width) = (self.style.hanging_indent, columns.width);
        let indent = (hanging * 3 / 4 * i64::from(depth)).min(width / 2);
        let measure = width - indent - hanging;
        let fill = columns.column.ragged(measure, TextAlignment::Start).indented(-hanging);
        let left = columns.column.left_of(indent + hanging, measure);
        self.set_lines(content, &fill, columns.style.leading, left)
    }

    /// How many lines there is room for on the page that the flow has reached, where that is its first and not full.
    fn rows_below(&self, leading: Length) -> Option<usize> {
        let page = self.unit * self.style.page.lines();
        let mut used = self.unit * i64::from(self.style.sinkage);
        let mut space = None;
        for block in &self.flow.blocks {
            if block.starts_page {
                return None;
            }
            used += space.map_or(Length::ZERO, |after: Length| after.max(block.space_before));
            used += block.variants.first()?.lines.iter().map(|line| line.height).sum();
            space = Some(block.space_after);
            if used > page {
                return None;
            }
        }
        used += space.map_or(Length::ZERO, |after| after.max(self.pending_space));
        let room = page - used.round_up(self.unit);
        usize::try_from(room.raw() / leading.raw().max(1)).ok().filter(|rows| *rows >= LEAST_ROWS)
    }

    /// Fills the columns of each page, of `rows` lines on the first; those of the last are as even as they can be.
    fn filled_columns(&mut self, entries: &[Entry], mut rows: usize, columns: &Columns) {
        let page = self.unit * self.style.page.lines();
        let full = usize::try_from(page.raw() / columns.style.leading.raw().max(1)).unwrap_or(1).max(LEAST_ROWS);
        let mut next = 0;
        let mut starts_page = false;
        while next < entries.len() {
            let rest: usize = entries[next..].iter().map(|entry| entry.lines.len()).sum();
            // The fewest rows that hold all that is left, else those of the page.
            let fewest = rest.div_ceil(2);
            let mut chosen = None;
            for rows in fewest.min(rows)..=rows {
                let (left, middle) = self.fill_column(entries, next, rows, columns);
                let (right, end) = self.fill_column(entries, middle, rows, columns);
                let done = end == entries.len();
                chosen = Some((rows, left, right, end));
                if done {
                    break;
                }
            }
            let Some((height, mut left, mut right, end)) = chosen else { break };
            if end == next {
                // An entry higher than a page: nothing can be chosen for it.
                let lines = entries[next..].iter().flat_map(|entry| entry.lines.clone()).collect();
                return self.push_columns(lines, starts_page, columns);
            }
            let white = || StackLine::blank(columns.style.leading);
            left.resize_with(height, white);
            right.resize_with(height, white);
            left.append(&mut right);
            self.push_columns(left, starts_page, columns);
            (next, rows, starts_page) = (end, full, true);
        }
    }

    /// A column of at most `rows` lines with the entries from `first` on, and the first entry after it.
    fn fill_column(
        &mut self,
        entries: &[Entry],
        first: usize,
        rows: usize,
        columns: &Columns,
    ) -> (Vec<StackLine>, usize) {
        let mut lines = self.continued(entries, first, columns);
        let mut next = first;
        while let Some(entry) = entries.get(next) {
            let white = usize::from(entry.begins_letter && next > first);
            // What has sub-entries stays with the first of them.
            let follow = entries.get(next + 1).filter(|below| below.depth > entry.depth);
            let needed = white + entry.lines.len() + follow.map_or(0, |below| below.lines.len());
            let alone = next == first && lines.len() + entry.lines.len() <= rows;
            if lines.len() + needed > rows && !alone {
                break;
            }
            lines.extend((0..white).map(|_| StackLine::blank(columns.style.leading)));
            lines.extend(entry.lines.iter().cloned());
            next += 1;
        }
        (lines, next)
    }

    /// For a column that begins with a sub-entry: what it is of, once more, for the eye alone.
    fn continued(&mut self, entries: &[Entry], first: usize, columns: &Columns) -> Vec<StackLine> {
        let Some(depth) = entries.get(first).map(|entry| entry.depth).filter(|depth| *depth > 0) else {
            return Vec::new();
        };
        let mut above: Vec<&Entry> = Vec::new();
        for entry in entries[..first].iter().rev() {
            if entry.depth < above.last().map_or(depth, |below| below.depth) {
                above.push(entry);
            }
            if entry.depth == 0 {
                break;
            }
        }
        let language = columns.column.language.as_deref().unwrap_or_else(|| self.composer.language());
        let word = format!(" ({})", terms::term(Term::Continued, language));
        let last = above.len().saturating_sub(1);
        let mut lines = Vec::new();
        for (index, entry) in above.iter().rev().enumerate() {
            let text = if index == last { format!("{}{word}", entry.term) } else { entry.term.clone() };
            let content = Content::generated(&text, columns.style.character, Owner::Artifact(Artifact::Layout));
            lines.append(&mut self.index_line(content, entry.depth, columns));
        }
        lines
    }

    /// Adds lines down two columns, as a piece whose height is whole lines of the grid.
    fn push_columns(&mut self, lines: Vec<StackLine>, starts_page: bool, columns: &Columns) {
        let rows = lines.len().div_ceil(2);
        let mut heights = vec![columns.style.leading; rows];
        let total: Length = heights.iter().copied().sum();
        if let Some(last) = heights.last_mut() {
            *last += total.round_up(self.unit) - total;
        }
        let fixed = lines.into_iter().map(|line| FixedLine { items: line.items, starts_at: line.starts_at }).collect();
        let content = PieceContent::Columns { lines: fixed, step: columns.step };
        let piece = Piece { x: columns.first, ..Piece::new(content) };
        self.push(FlowBlock { starts_page, ..FlowBlock::new(Variant::breakable(&heights, 3)) }, piece);
    }
}

/// All lines one below the other, with white between initial letters.
fn unfilled(entries: Vec<Entry>, leading: Length) -> Vec<StackLine> {
    let mut lines = Vec::new();
    for entry in entries {
        lines.extend(entry.begins_letter.then(|| StackLine::blank(leading)));
        lines.extend(entry.lines);
    }
    lines
}
