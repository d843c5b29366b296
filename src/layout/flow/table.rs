//! Tables: a grid of cells, columns from their content, rows of wrapped blocks, three rules.
//!
//! A table is cut into bands, rows that spans hold together; a band is cut into lines where no cell's line is cut. One that
//! is too wide is set smaller, then turned (`turned`). It knows nothing of pages, but for where one may end. Start at
//! [`FlowBuilder::table`].

mod columns;
mod turned;

use super::super::book::{Artifact, FrameItem, ItemKind, Owner};
use super::super::content::Content;
use super::super::page_breaking::Break;
use super::piece::{rule, translate};
use super::stack::{Padding, StackLine, height_of};
use super::{FlowBuilder, Place};
use crate::diagnostics::Diagnostic;
use crate::document::{Alignment, Block, BlockKind, Direction, Division, NumberColumn, Part, PlacedCell, Table};
use crate::geometry::{Length, Point, Rect};
use crate::style::{ParagraphRole, Style, TextAlignment};
use columns::Wanted;

const HEAVY_RULE: Length = Length::millipoints(800);
const LIGHT_RULE: Length = Length::millipoints(400);

/// A row of at most so many lines stays on one page.
const SHORT_ROW: i64 = 8;

/// Rows that a cell holds together stay on one page, if they are not more than so many.
const SHORT_BAND: usize = 4;

/// What a table is made of, before anything is set.
struct Grid<'a> {
    table: &'a Table,
    head: Vec<PlacedCell<'a>>,
    body: Vec<PlacedCell<'a>>,
    /// How many columns there are.
    count: usize,
    numbers: Vec<NumberColumn>,
    division: &'a Division,
}

/// How wide the numbers of a column are, before and behind the place at which they stand below each other.
#[derive(Clone, Copy, Default)]
struct Decimals {
    whole: Length,
    rest: Length,
}

/// How a table's cells are set.
struct Setting<'a> {
    grid: &'a Grid<'a>,
    style: Style,
    columns: Vec<Length>,
    decimals: Vec<Option<Decimals>>,
    /// How wide the table is.
    width: Length,
    /// By how much its longest words are wider than the place; zero where they fit.
    excess: Length,
    place: &'a Place,
}

/// A table's finished lines, from the left edge of its place.
struct TableLines {
    /// Number and caption.
    caption: Vec<StackLine>,
    /// Head and body.
    rows: Vec<StackLine>,
    /// The head as each later page repeats it, and its height.
    repeated: (Vec<FrameItem>, Length),
}

impl<'a> Grid<'a> {
    fn of(table: &'a Table, division: &'a Division) -> Self {
        let (head, body) = (table.head_cells(), table.body_cells());
        let head = if table.has_head() { head } else { Vec::new() };
        let declared = table.alignments.len().max(1);
        let ends = head.iter().chain(&body).map(|placed| placed.column + placed.columns);
        let count = ends.max().unwrap_or(1).max(declared);
        Self { table, head, body, count, numbers: table.number_columns(), division }
    }

    fn cells(&self) -> impl Iterator<Item = (&PlacedCell<'a>, ParagraphRole)> + Clone {
        let head = self.head.iter().map(|placed| (placed, ParagraphRole::TableHead));
        head.chain(self.body.iter().map(|placed| (placed, body_role(placed))))
    }

    /// Whether the numbers of a column stand below each other by their decimal signs.
    fn holds_numbers(&self, column: usize) -> bool {
        self.numbers.get(column).is_some_and(|column| column.holds_numbers)
    }
}

fn body_role(placed: &PlacedCell<'_>) -> ParagraphRole {
    if placed.cell.heads_row { ParagraphRole::TableStub } else { ParagraphRole::TableCell }
}

impl FlowBuilder<'_, '_> {
    /// A table: its number and caption above, its head, its rows. One that is too wide is set smaller, as far as the style
    /// allows, then turned, smaller too where it must be; what is wider still is warned of, and its longest words are cut.
    pub(super) fn table(&mut self, table: &Table, block: &Block, division: &Division, place: &Place) {
        let grid = Grid::of(table, division);
        let upright = self.table_setting(&grid, place);
        if upright.excess > Length::ZERO && self.can_turn() {
            return self.turned_table(&grid, block, place);
        }
        let TableLines { caption: mut lines, mut rows, repeated: (repeated, repeated_height) } =
            self.table_lines(&upright, block);
        lines.append(&mut rows);
        self.push_repeating(lines, place, Padding::Around, repeated, repeated_height);
    }

    /// How the table is set in `place`, its type smaller where it must be, as far as the style allows.
    fn table_setting<'s>(&mut self, grid: &'s Grid<'s>, place: &'s Place) -> Setting<'s> {
        let gaps = i64::try_from(grid.count - 1).unwrap_or(0);
        let mut style = self.style.clone();
        let (mut wanted, mut decimals) = self.wanted_widths(grid, &style, place);
        let narrowest = |wanted: &[Wanted], style: &Style| {
            wanted.iter().map(|column| column.least).sum::<Length>() + style.table_padding * gaps
        };
        let least = narrowest(&wanted, &style);
        if least > place.measure {
            let permille = place.measure.raw() * 1_000 / least.raw().max(1);
            reduce(&mut style, permille.clamp(i64::from(self.style.table_reduction), 1_000));
            (wanted, decimals) = self.wanted_widths(grid, &style, place);
        }
        let excess = (narrowest(&wanted, &style) - place.measure).max(Length::ZERO);
        for (column, share) in wanted.iter_mut().zip(&grid.table.widths).filter(|(_, share)| **share > 0) {
            column.told = Some((place.measure.permille(i64::from(*share)) - style.table_padding).max(self.grid()));
        }
        let padding = style.table_padding * gaps;
        let columns = columns::solve(&wanted, (place.measure - padding).max(self.grid()), self.grid());
        let width = columns.iter().copied().sum::<Length>() + padding;
        Setting { grid, style, columns, decimals, width, excess, place }
    }

    /// Sets a table.
    fn table_lines(&mut self, setting: &Setting<'_>, block: &Block) -> TableLines {
        let Setting { grid, place, width, .. } = setting;
        let width = *width;
        let before = self.composer.diagnostics.len();
        if setting.excess > Length::ZERO {
            let message = format!("a table is {:.1} pt too wide for the page", setting.excess.to_pt());
            let finding = Diagnostic::warning("overfull-table", block.span, message);
            self.composer.diagnostics.push(finding.help("shorten its longest words, or take a column away"));
        }
        let known = self.composer.diagnostics.len();
        let mut rows = self.section_lines(&grid.head, true, setting);
        let head_lines = rows.len();
        for line in &mut rows {
            line.break_after = Break::Forbidden;
        }
        if let Some(last) = rows.last_mut() {
            last.items.push(rule(Rect::new(Length::ZERO, last.height - LIGHT_RULE, width, LIGHT_RULE)));
        }
        rows.append(&mut self.section_lines(&grid.body, false, setting));
        if known > before {
            // The table as a whole has been warned of.
            let mut index = 0;
            self.composer.diagnostics.retain(|finding| {
                index += 1;
                index <= known || finding.code != "overfull-line"
            });
        }
        if let Some(first) = rows.first_mut() {
            first.items.insert(0, rule(Rect::new(Length::ZERO, Length::ZERO, width, HEAVY_RULE)));
        }
        let left = Point::new(place.left_of(Length::ZERO, width), Length::ZERO);
        let repeated = repeated(&rows[..head_lines], left);
        keep_ends_together(&mut rows[head_lines..]);
        if let Some(last) = rows.last_mut() {
            last.items.push(rule(Rect::new(Length::ZERO, last.height - HEAVY_RULE, width, HEAVY_RULE)));
        }
        for line in &mut rows {
            line.shift(left);
        }
        let caption = &grid.table.caption;
        let mut caption =
            self.caption(caption, &block.attributes, block.id, TextAlignment::Start, place, grid.division);
        if let Some(last) = caption.last_mut() {
            last.height += self.grid() / 4;
        }
        TableLines { caption, rows, repeated }
    }

    /// What each column asks for, and how wide the numbers of a column of numbers are.
    fn wanted_widths(&mut self, grid: &Grid<'_>, style: &Style, place: &Place) -> (Vec<Wanted>, Vec<Option<Decimals>>) {
        let unit = self.grid();
        let mut wanted = vec![Wanted { least: unit, most: unit, ..Wanted::default() }; grid.count];
        let mut decimals: Vec<Option<Decimals>> = vec![None; grid.count];
        for (placed, role) in grid.cells().filter(|(placed, _)| placed.columns == 1) {
            let (mut least, mut most) = self.block_widths(&placed.cell.blocks, role, style, grid.division, place);
            if role == ParagraphRole::TableCell
                && grid.holds_numbers(placed.column)
                && let Some(text) = placed.cell.number_text()
            {
                let (whole, rest) = self.number_widths(grid.numbers[placed.column], text, style);
                let known = decimals[placed.column].get_or_insert_default();
                (known.whole, known.rest) = (known.whole.max(whole), known.rest.max(rest));
                (least, most) = (least.max(known.whole + known.rest), most.max(known.whole + known.rest));
            }
            let column = &mut wanted[placed.column];
            (column.least, column.most) = (column.least.max(least), column.most.max(most));
            column.area += most;
        }
        // What a cell across columns needs beyond them is shared among them.
        for (placed, role) in grid.cells().filter(|(placed, _)| placed.columns > 1) {
            let (least, most) = self.block_widths(&placed.cell.blocks, role, style, grid.division, place);
            let across = &mut wanted[placed.column..placed.column + placed.columns];
            let share = i64::try_from(placed.columns).unwrap_or(1);
            let between = style.table_padding * (share - 1);
            let has = across.iter().fold((between, between), |sum, column| (sum.0 + column.least, sum.1 + column.most));
            // No share is rounded down, or together they miss what the cell needs.
            let shared = |more: Length| (more.max(Length::ZERO) + Length::from_raw(share - 1)) / share;
            let (more, most_more) = (shared(least - has.0), shared(most - has.1));
            for column in across {
                column.least += more;
                column.most = (column.most + most_more).max(column.least);
                column.area += most / share;
            }
        }
        (wanted, decimals)
    }

    /// How wide a number is before and behind the place at which it stands below others.
    fn number_widths(&mut self, column: NumberColumn, text: &str, style: &Style) -> (Length, Length) {
        let character = style.paragraph(ParagraphRole::TableCell).character;
        let (whole, rest) = text.split_at(column.whole_part(text));
        let mut width = |text: &str| {
            let content = Content::generated(text, character, Owner::Artifact(Artifact::Layout));
            if text.is_empty() { Length::ZERO } else { self.composer.widths(&content).1 }
        };
        (width(whole), width(rest))
    }

    /// The longest word and the longest line of blocks.
    fn block_widths(
        &mut self,
        blocks: &[Block],
        role: ParagraphRole,
        style: &Style,
        division: &Division,
        place: &Place,
    ) -> (Length, Length) {
        let mut wanted = (Length::ZERO, Length::ZERO);
        for block in blocks {
            let indent = match &block.kind {
                BlockKind::Paragraph(_) | BlockKind::Heading { .. } => Length::ZERO,
                BlockKind::Code(_) => style.code_indent,
                BlockKind::Figure { .. }
                | BlockKind::FigureGroup { .. }
                | BlockKind::Quote(_)
                | BlockKind::List { .. }
                | BlockKind::DefinitionList(_)
                | BlockKind::Verse(_)
                | BlockKind::Break
                | BlockKind::PageBreak
                | BlockKind::Table(_)
                | BlockKind::Formula(_)
                | BlockKind::Admonition { .. }
                | BlockKind::Container { .. }
                | BlockKind::Bibliography(_)
                | BlockKind::Index(_) => style.list_indent,
            };
            for part in block.parts() {
                let (least, most) = match part {
                    Part::Inlines(inlines) => {
                        let content = self.styled(inlines, style.paragraph(role).character, place, division);
                        self.composer.widths(&content)
                    }
                    Part::Blocks(blocks) => self.block_widths(blocks, role, style, division, place),
                    Part::Code(code) => {
                        let letter = self.composer.advance_of('0', &style.paragraph(ParagraphRole::Code).character);
                        let longest = code.lines().map(|line| line.chars().count()).max().unwrap_or(0);
                        let longest = i64::try_from(longest.min(10_000)).unwrap_or(0);
                        (letter * longest.min(12), letter * longest)
                    }
                };
                wanted = (wanted.0.max(least + indent), wanted.1.max(most + indent));
            }
        }
        wanted
    }

    /// The lines of the head or the body, band by band.
    fn section_lines(&mut self, cells: &[PlacedCell<'_>], is_head: bool, setting: &Setting<'_>) -> Vec<StackLine> {
        let rows = if is_head { &setting.grid.table.head } else { &setting.grid.table.rows };
        let mut lines = Vec::new();
        let mut cells = cells;
        let mut row = 0;
        while row < rows.len() && !(is_head && cells.is_empty()) {
            let mut end = row + 1;
            let mut count = 0;
            while let Some(placed) = cells.get(count).filter(|placed| placed.row < end) {
                end = end.max(placed.row + placed.rows);
                count += 1;
            }
            let (band, rest) = cells.split_at(count);
            lines.append(&mut self.band(band, row..end, is_head, setting));
            (cells, row) = (rest, end);
        }
        lines
    }

    /// Rows that no page break need part, cut where no line of any cell is cut.
    fn band(
        &mut self,
        cells: &[PlacedCell<'_>],
        rows: std::ops::Range<usize>,
        is_head: bool,
        setting: &Setting<'_>,
    ) -> Vec<StackLine> {
        let leading = setting.style.paragraph(ParagraphRole::TableCell).leading;
        let (above, below) = (leading.permille(150), leading.permille(200));
        let set: Vec<Vec<StackLine>> = cells
            .iter()
            .map(|placed| {
                let role = if is_head { ParagraphRole::TableHead } else { body_role(placed) };
                self.cell(placed, role, setting)
            })
            .collect();
        let mut heights = vec![leading + above + below; rows.len()];
        for (placed, lines) in cells.iter().zip(&set).filter(|(placed, _)| placed.rows == 1) {
            let height = &mut heights[placed.row - rows.start];
            *height = (*height).max(height_of(lines) + above + below);
        }
        for (placed, lines) in cells.iter().zip(&set).filter(|(placed, _)| placed.rows > 1) {
            let spanned = &mut heights[placed.row - rows.start..placed.row - rows.start + placed.rows];
            let missing = height_of(lines) + above + below - spanned.iter().copied().sum::<Length>();
            if let Some(last) = spanned.last_mut() {
                *last += missing.max(Length::ZERO);
            }
        }
        let mut tops = vec![Length::ZERO];
        for height in &heights {
            tops.push(tops[tops.len() - 1] + *height);
        }
        let bottom = tops[tops.len() - 1];
        let mut placed_lines: Vec<(Length, StackLine)> = Vec::new();
        for (placed, lines) in cells.iter().zip(set) {
            let mut y = tops[placed.row - rows.start] + above;
            for line in lines {
                let height = line.height;
                placed_lines.push((y, line));
                y += height;
            }
        }
        slices(placed_lines, &tops[1..], bottom, leading)
    }

    /// The lines of a cell, from the left edge of the table. The first column stands where the table's text begins, and all
    /// cells of a column begin at one edge; numbers of a column stand below each other by their decimal signs.
    fn cell(&mut self, placed: &PlacedCell<'_>, role: ParagraphRole, setting: &Setting<'_>) -> Vec<StackLine> {
        let padding = setting.style.table_padding;
        let wide = |columns: &[Length]| columns.iter().copied().sum::<Length>();
        let start = wide(&setting.columns[..placed.column]) + padding * i64::try_from(placed.column).unwrap_or(0);
        let across = &setting.columns[placed.column..placed.column + placed.columns];
        let width = wide(across) + padding * i64::try_from(placed.columns - 1).unwrap_or(0);
        let alignment = match setting.grid.table.alignment_of(placed, &setting.grid.numbers) {
            Alignment::Start => TextAlignment::Start,
            Alignment::Center => TextAlignment::Center,
            Alignment::End => TextAlignment::End,
        };
        let table = Place { measure: setting.width, ..setting.place.clone() };
        let mut place = Place {
            x: table.left_of(start, width),
            measure: width,
            role,
            language: table.language,
            direction: self.inputs.facts.directions.change(placed.cell.id).unwrap_or(table.direction),
            edge: Some(table.direction),
            alignment: Some(alignment),
            depth: 1,
            lists: 0,
        };
        if role == ParagraphRole::TableCell
            && placed.columns == 1
            && let Some(Some(decimals)) = setting.decimals.get(placed.column)
            && let Some(text) = placed.cell.number_text()
        {
            let (whole, _) = self.number_widths(setting.grid.numbers[placed.column], text, &setting.style);
            let point = match table.direction {
                Direction::LeftToRight => width - decimals.rest,
                Direction::RightToLeft => decimals.whole,
            };
            place.x += point - whole;
            // What a note's number adds behind it stands in the space between the columns.
            place.measure = (width + padding - (point - whole)).max(padding);
            (place.direction, place.edge) = (Direction::LeftToRight, None);
            place.alignment = Some(TextAlignment::Start);
        }
        let gap = setting.style.paragraph(role).leading / 4;
        self.apart(&setting.style, |builder| {
            for (index, block) in placed.cell.blocks.iter().enumerate() {
                builder.after_heading = true;
                if index > 0 {
                    builder.pending_space = builder.pending_space.max(gap);
                }
                builder.block_in(block, setting.grid.division, &place);
            }
        })
    }
}

/// Sets the type of a table smaller.
fn reduce(style: &mut Style, permille: i64) {
    let roles = [ParagraphRole::TableCell, ParagraphRole::TableHead, ParagraphRole::TableStub, ParagraphRole::Code];
    for role in roles {
        let paragraph = &mut style.paragraphs[role as usize];
        paragraph.character.size = paragraph.character.size.permille(permille);
        paragraph.leading = paragraph.leading.permille(permille.midpoint(1_000));
    }
    style.table_padding = style.table_padding.permille(permille);
}

/// Cuts a band into lines at the ends of rows, and in a tall row wherever no cell's line is cut.
fn slices(mut lines: Vec<(Length, StackLine)>, rows: &[Length], bottom: Length, leading: Length) -> Vec<StackLine> {
    // Sorted by their tops; those of one height stay in the order of their cells.
    lines.sort_by_key(|(top, _)| *top);
    let tall = bottom > leading * SHORT_ROW * i64::try_from(rows.len()).unwrap_or(1);
    let mut cuts: Vec<Length> = rows.to_vec();
    if tall {
        cuts.extend(lines.iter().map(|(top, line)| *top + line.height));
        cuts.sort_unstable();
        cuts.dedup();
    }
    let mut slices = Vec::new();
    let mut start = Length::ZERO;
    let mut rest = lines.into_iter().peekable();
    for cut in cuts {
        let mut slice = StackLine::blank(cut - start);
        let mut reach = start;
        let mut taken: Vec<(Length, StackLine)> = Vec::new();
        while let Some(line) = rest.next_if(|(top, _)| *top < cut) {
            reach = reach.max(line.0 + line.1.height);
            taken.push(line);
        }
        let is_row_end = rows.binary_search(&cut).is_ok();
        for (top, mut line) in taken {
            line.shift(Point::new(Length::ZERO, top - start));
            slice.items.append(&mut line.items);
            slice.notes.append(&mut line.notes);
            slice.starts_at = match (slice.starts_at, line.starts_at) {
                (Some(one), Some(two)) => Some(one.min(two)),
                (one, two) => one.or(two),
            };
        }
        slice.notes.sort_unstable();
        // A cell that goes on below forbids the break.
        slice.break_after = match (cut == bottom, reach > cut, is_row_end) {
            (true, ..) => Break::Cost(0),
            (false, false, true) if tall || rows.len() > SHORT_BAND => Break::Cost(300),
            (false, false, true) => Break::Cost(3_000),
            (false, false, false) if tall => Break::Cost(500),
            (false, true, _) | (false, false, false) => Break::Forbidden,
        };
        slices.push(slice);
        start = cut;
    }
    slices
}

/// Keeps two rows together at each end of the body; a page may end between others, in a short table only at a high cost.
fn keep_ends_together(body: &mut [StackLine]) {
    let mut ends: Vec<&mut Break> =
        body.iter_mut().map(|line| &mut line.break_after).filter(|rule| **rule == Break::Cost(0)).collect();
    let rows = ends.len();
    for (index, rule) in ends.iter_mut().enumerate() {
        **rule = match (index == 0, index + 2 == rows) {
            _ if index + 1 == rows => Break::Cost(0),
            (true, true) => Break::OrphanAndWidow,
            (true, false) => Break::Orphan,
            (false, true) => Break::Widow,
            (false, false) if rows <= 8 => Break::Cost(4_000),
            (false, false) => Break::Cost(200),
        };
    }
}

/// The head as each later page repeats it, its left end at `at`, and its height: artifacts, and nothing to click.
fn repeated(head: &[StackLine], at: Point) -> (Vec<FrameItem>, Length) {
    let mut items = Vec::new();
    let mut height = Length::ZERO;
    for line in head {
        let shown = line.items.iter().filter(|item| !matches!(item.kind, ItemKind::Link { .. })).cloned();
        items.extend(shown.map(|item| {
            let item = FrameItem { owner: Owner::Artifact(Artifact::Layout), ..item };
            translate(item, Point::new(at.x, at.y + height))
        }));
        height += line.height;
    }
    (items, height)
}
