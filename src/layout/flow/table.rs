//! Tables: a grid of cells, columns from their content, rows of wrapped blocks, three rules.
//!
//! A table is cut into bands, rows that spans hold together; a band is cut into lines where no cell's line is cut. It knows
//! nothing of pages, but for where one may end. Start at [`FlowBuilder::table`].

use super::super::book::{Artifact, FrameItem, ItemKind, Owner};
use super::super::page_breaking::Break;
use super::piece::{rule, translate};
use super::stack::{Padding, StackLine, height_of};
use super::{FlowBuilder, Place};
use crate::diagnostics::Diagnostic;
use crate::document::{Alignment, Block, BlockKind, Cell, Division, Part, Row, Table};
use crate::geometry::{Length, Point, Rect};
use crate::style::{ParagraphRole, Style, TextAlignment};

const HEAVY_RULE: Length = Length::millipoints(800);
const LIGHT_RULE: Length = Length::millipoints(400);

/// A row of at most so many lines stays on one page.
const SHORT_ROW: i64 = 8;

/// A cell in its place in the grid.
struct Placed<'a> {
    cell: &'a Cell,
    row: usize,
    column: usize,
    columns: usize,
    rows: usize,
    role: ParagraphRole,
}

/// The cells of a table's head or body, row by row.
struct Section<'a> {
    cells: Vec<Placed<'a>>,
    rows: usize,
}

/// How a table's cells are set.
struct Setting<'a> {
    table: &'a Table,
    style: &'a Style,
    columns: Vec<Length>,
    /// How wide the table is.
    width: Length,
    division: &'a Division,
    place: &'a Place,
}

impl FlowBuilder<'_, '_> {
    /// A table: its number and caption above, its head, its rows. One that is too wide is set smaller, as far as the style
    /// allows; what is wider still is warned of, and its longest words are cut.
    pub(super) fn table(&mut self, table: &Table, block: &Block, division: &Division, place: &Place) {
        let grid = self.grid();
        let declared = table.alignments.len().max(1);
        let head = section(&table.head, ParagraphRole::TableHead, declared);
        let body = section(&table.rows, ParagraphRole::TableCell, declared);
        let cells = || head.cells.iter().chain(&body.cells);
        let count = cells().map(|cell| cell.column + cell.columns).max().unwrap_or(1).max(declared);
        let padding = self.style.table_padding * i64::try_from(count - 1).unwrap_or(0);
        let room = (place.measure - padding).max(grid);
        let mut style = self.style.clone();
        let mut wanted = self.wanted_widths(cells(), count, &style, division, place);
        let least: Length = wanted.iter().map(|(least, _)| *least).sum();
        if least > room {
            let permille = room.raw() * 1_000 / least.raw().max(1);
            reduce(&mut style, permille.clamp(i64::from(self.style.table_reduction), 1_000));
            wanted = self.wanted_widths(cells(), count, &style, division, place);
        }
        let least: Length = wanted.iter().map(|(least, _)| *least).sum();
        let before = self.composer.diagnostics.len();
        if least > room {
            let excess = (least - room).to_pt();
            let message = format!("a table is {excess:.1} pt too wide for the page");
            let finding = Diagnostic::warning("overfull-table", block.span, message);
            self.composer.diagnostics.push(finding.help("shorten its longest words, or take a column away"));
        }
        let known = self.composer.diagnostics.len();
        let columns = columns(&wanted, room, grid);
        let width = columns.iter().copied().sum::<Length>() + padding;
        let setting = Setting { table, style: &style, columns, width, division, place };
        let mut lines = self.section_lines(&head, &setting);
        let shows_head = lines.iter().any(|line| !line.items.is_empty());
        if !shows_head {
            lines.clear();
        }
        let head_lines = lines.len();
        for line in &mut lines {
            line.break_after = Break::Forbidden;
        }
        if let Some(last) = lines.last_mut() {
            last.items.push(rule(Rect::new(Length::ZERO, last.height - LIGHT_RULE, width, LIGHT_RULE)));
        }
        lines.append(&mut self.section_lines(&body, &setting));
        if known > before {
            // The table as a whole has been warned of.
            let mut index = 0;
            self.composer.diagnostics.retain(|finding| {
                index += 1;
                index <= known || finding.code != "overfull-line"
            });
        }
        if let Some(first) = lines.first_mut() {
            first.items.insert(0, rule(Rect::new(Length::ZERO, Length::ZERO, width, HEAVY_RULE)));
        }
        let left = Point::new(place.left_of(Length::ZERO, width), Length::ZERO);
        let (repeated, repeated_height) = repeated(&lines[..head_lines], left);
        keep_ends_together(&mut lines[head_lines..]);
        if let Some(last) = lines.last_mut() {
            last.items.push(rule(Rect::new(Length::ZERO, last.height - HEAVY_RULE, width, HEAVY_RULE)));
        }
        for line in &mut lines {
            line.shift(left);
        }
        let mut all = self.caption(&table.caption, &block.attributes, block.id, TextAlignment::Start, place, division);
        if let Some(last) = all.last_mut() {
            last.height += grid / 4;
        }
        all.append(&mut lines);
        self.push_repeating(all, place, Padding::Below, repeated, repeated_height);
    }

    /// The least and the greatest width that each column asks for: its longest word, and its longest line.
    fn wanted_widths<'c>(
        &mut self,
        cells: impl Iterator<Item = &'c Placed<'c>> + Clone,
        count: usize,
        style: &Style,
        division: &Division,
        place: &Place,
    ) -> Vec<(Length, Length)> {
        let unit = self.grid();
        let mut wanted = vec![(unit, unit); count];
        for placed in cells.clone().filter(|placed| placed.columns == 1) {
            let (least, most) = self.cell_widths(placed, style, division, place);
            let column = &mut wanted[placed.column];
            *column = (column.0.max(least), column.1.max(most));
        }
        // What a cell across columns needs beyond them is shared among them.
        for placed in cells.filter(|placed| placed.columns > 1) {
            let (least, most) = self.cell_widths(placed, style, division, place);
            let across = &mut wanted[placed.column..placed.column + placed.columns];
            let share = i64::try_from(placed.columns).unwrap_or(1);
            let between = self.style.table_padding * (share - 1);
            let has = across.iter().fold((between, between), |sum, column| (sum.0 + column.0, sum.1 + column.1));
            let (more, most_more) =
                ((least - has.0).max(Length::ZERO) / share, (most - has.1).max(Length::ZERO) / share);
            for column in across {
                column.0 += more;
                column.1 = (column.1 + most_more).max(column.0);
            }
        }
        wanted
    }

    fn cell_widths(
        &mut self,
        placed: &Placed<'_>,
        style: &Style,
        division: &Division,
        place: &Place,
    ) -> (Length, Length) {
        self.block_widths(&placed.cell.blocks, placed.role, style, division, place)
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

    /// The lines of a section, band by band.
    fn section_lines(&mut self, section: &Section<'_>, setting: &Setting<'_>) -> Vec<StackLine> {
        let mut lines = Vec::new();
        let mut cells = section.cells.as_slice();
        let mut row = 0;
        while row < section.rows {
            let mut end = row + 1;
            let mut count = 0;
            while let Some(placed) = cells.get(count).filter(|placed| placed.row < end) {
                end = end.max(placed.row + placed.rows);
                count += 1;
            }
            let (band, rest) = cells.split_at(count);
            lines.append(&mut self.band(band, row..end, setting));
            (cells, row) = (rest, end);
        }
        lines
    }

    /// Rows that no page break need part, cut where no line of any cell is cut.
    fn band(&mut self, cells: &[Placed<'_>], rows: std::ops::Range<usize>, setting: &Setting<'_>) -> Vec<StackLine> {
        let leading = setting.style.paragraph(ParagraphRole::TableCell).leading;
        let (above, below) = (leading.permille(200), leading.permille(250));
        let set: Vec<Vec<StackLine>> = cells.iter().map(|placed| self.cell(placed, setting)).collect();
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
    /// cells of a column begin at one edge.
    fn cell(&mut self, placed: &Placed<'_>, setting: &Setting<'_>) -> Vec<StackLine> {
        let padding = setting.style.table_padding;
        let wide = |columns: &[Length]| columns.iter().copied().sum::<Length>();
        let start = wide(&setting.columns[..placed.column]) + padding * i64::try_from(placed.column).unwrap_or(0);
        let across = &setting.columns[placed.column..placed.column + placed.columns];
        let width = wide(across) + padding * i64::try_from(placed.columns - 1).unwrap_or(0);
        let column = setting.table.alignments.get(placed.column).copied().unwrap_or_default();
        let alignment = match placed.cell.alignment.unwrap_or(column) {
            Alignment::Start => TextAlignment::Start,
            Alignment::Center => TextAlignment::Center,
            Alignment::End => TextAlignment::End,
        };
        let table = Place { measure: setting.width, ..setting.place.clone() };
        let place = Place {
            x: table.left_of(start, width),
            measure: width,
            role: placed.role,
            language: table.language,
            direction: self.inputs.facts.directions.change(placed.cell.id).unwrap_or(table.direction),
            edge: Some(table.direction),
            alignment: Some(alignment),
            depth: 1,
            lists: 0,
        };
        let gap = setting.style.paragraph(placed.role).leading / 4;
        self.apart(setting.style, |builder| {
            for (index, block) in placed.cell.blocks.iter().enumerate() {
                builder.after_heading = true;
                if index > 0 {
                    builder.pending_space = builder.pending_space.max(gap);
                }
                builder.block_in(block, setting.division, &place);
            }
        })
    }
}

/// Finds the place of each cell: the first column that no cell of this row or of an earlier one takes.
fn section(rows: &[Row], role: ParagraphRole, declared: usize) -> Section<'_> {
    let mut cells = Vec::new();
    // How many rows each column is taken for, from this one on.
    let mut taken: Vec<usize> = vec![0; declared];
    for (row, content) in rows.iter().enumerate() {
        let mut column = 0;
        for cell in &content.cells {
            while taken.get(column).is_some_and(|rows| *rows > 0) {
                column += 1;
            }
            if column >= taken.len() {
                taken.push(0);
            }
            let free = taken[column..].iter().take_while(|rows| **rows == 0).count().max(1);
            let columns = usize::from(cell.columns).clamp(1, free);
            let spanned = usize::from(cell.rows).clamp(1, rows.len() - row);
            taken[column..column + columns].fill(spanned);
            let stub = cell.heads_row && role == ParagraphRole::TableCell;
            let role = if stub { ParagraphRole::TableStub } else { role };
            cells.push(Placed { cell, row, column, columns, rows: spanned, role });
            column += columns;
        }
        for rows in &mut taken {
            *rows = rows.saturating_sub(1);
        }
    }
    Section { cells, rows: rows.len() }
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

/// The widths of the columns (CSS 2.1, 17.5.2.2): each as wide as its widest cell where all fit, else between that and
/// its longest word in proportion; where not even the words fit, its share of the room, but never nothing.
fn columns(wanted: &[(Length, Length)], room: Length, unit: Length) -> Vec<Length> {
    let narrow: Length = wanted.iter().map(|(least, _)| *least).sum();
    let wide: Length = wanted.iter().map(|(_, most)| *most).sum();
    if wide <= room {
        return wanted.iter().map(|(_, most)| *most).collect();
    }
    if narrow > room {
        let share = |least: Length| least.scale(room.raw().max(1), narrow.raw().max(1)).max(unit / 2);
        return wanted.iter().map(|(least, _)| share(*least)).collect();
    }
    let (spare, wish) = ((room - narrow).raw(), (wide - narrow).raw().max(1));
    wanted.iter().map(|(least, most)| *least + (*most - *least).scale(spare, wish)).collect()
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
        // A cell that goes on below forbids the break.
        slice.break_after = match (cut == bottom, reach > cut, is_row_end) {
            (true, ..) => Break::Cost(0),
            (false, true, _) => Break::Forbidden,
            (false, false, _) if !tall => Break::Forbidden,
            (false, false, true) => Break::Cost(300),
            (false, false, false) => Break::Cost(500),
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
