//! Tables: rows of cells, where each cell stands in the grid, and which columns are columns of numbers.
//!
//! Start at [`Table`].

use super::{Block, BlockKind, Inline, InlineKind, NodeId};
use crate::diagnostics::Span;

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The caption above it; empty where there is none.
    pub caption: Vec<Inline>,
    /// Alignment of each column; also the number of columns.
    pub alignments: Vec<Alignment>,
    /// How wide each column is to be, in thousandths of the measure; empty where the author doesn't say.
    pub widths: Vec<u16>,
    /// The header rows; often one, of which every cell may be empty.
    pub head: Vec<Row>,
    /// The rows below.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub id: NodeId,
    /// The cells that begin in this row, from the first column on; a place that a cell of an earlier row reaches into has
    /// none here (as in HTML).
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// How many columns it takes; 1 at least.
    pub columns: u16,
    /// How many rows it takes; 1 at least.
    pub rows: u16,
    /// How it is aligned, where not as its column is.
    pub alignment: Option<Alignment>,
    /// Whether it heads its row, though it is not in the table's head.
    pub heads_row: bool,
    /// What is in it; most often one paragraph.
    pub blocks: Vec<Block>,
}

/// How a column of a table is aligned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Alignment {
    /// As the language reads.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// At the far edge, as numbers are.
    End,
}

/// A cell in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedCell<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// The first of its rows, counted from 0 in the head or in the body.
    pub row: usize,
    /// The first of its columns.
    pub column: usize,
    /// How many columns it takes: none of which a cell before it takes, and 1 at least.
    pub columns: usize,
    /// How many rows it takes: no more than there are, and 1 at least.
    pub rows: usize,
}

impl Table {
    /// The cells of the head, row by row, each in its place.
    #[must_use]
    pub fn head_cells(&self) -> Vec<PlacedCell<'_>> {
        placed(&self.head, self.alignments.len())
    }

    /// The cells of the body.
    #[must_use]
    pub fn body_cells(&self) -> Vec<PlacedCell<'_>> {
        placed(&self.rows, self.alignments.len())
    }

    /// Whether its head says anything: one without words is there for Markdown's sake only.
    #[must_use]
    pub fn has_head(&self) -> bool {
        self.head.iter().flat_map(|row| &row.cells).any(|cell| !cell.blocks.is_empty())
    }

    /// How a cell is aligned: as it is told, or as its column is; a column of numbers whose alignment nobody told ends at the
    /// far edge. `numbers` are the table's own.
    #[must_use]
    pub fn alignment_of(&self, placed: &PlacedCell<'_>, numbers: &[NumberColumn]) -> Alignment {
        let column = self.alignments.get(placed.column).copied().unwrap_or_default();
        let of_numbers = placed.columns == 1 && numbers.get(placed.column).is_some_and(|column| column.holds_numbers);
        let column = if of_numbers && column == Alignment::Start { Alignment::End } else { column };
        placed.cell.alignment.unwrap_or(column)
    }

    /// Which columns hold numbers and stand at the far edge or where nothing says how: their numbers stand below each other
    /// by their decimal signs, and their heads at the far edge too. Linear in the cells.
    #[must_use]
    pub fn number_columns(&self) -> Vec<NumberColumn> {
        let mut columns = vec![NumberColumn::default(); self.alignments.len()];
        let mut texts: Vec<Vec<&str>> = vec![Vec::new(); columns.len()];
        let mut barred: Vec<bool> = self.alignments.iter().map(|align| *align == Alignment::Center).collect();
        for placed in self.body_cells() {
            let Some(barred) = barred.get_mut(placed.column) else { continue };
            let across = placed.columns > 1 || placed.cell.heads_row;
            match placed.cell.number_text() {
                Some(text) if !across && matches!(placed.cell.alignment, None | Some(Alignment::End)) => {
                    texts[placed.column].push(text);
                }
                Some(_) | None => *barred |= !placed.cell.blocks.is_empty(),
            }
        }
        for ((column, texts), barred) in columns.iter_mut().zip(texts).zip(barred) {
            let numbers = texts.iter().filter(|text| text.contains(|char: char| char.is_ascii_digit())).count();
            column.holds_numbers = !barred && numbers > 0 && numbers * 2 >= texts.len();
            column.decimal_sign = decimal_sign(&texts);
        }
        columns
    }
}

/// What is known of a column of a table as a column of numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NumberColumn {
    /// Whether it holds nothing but numbers, and signs that stand for one.
    pub holds_numbers: bool,
    /// The sign before the decimals, if any number has it.
    pub decimal_sign: Option<char>,
}

impl NumberColumn {
    /// Where the whole part of a number ends, in bytes: before its decimal sign, or behind its last figure.
    #[must_use]
    pub fn whole_part(self, number: &str) -> usize {
        let sign = self.decimal_sign.and_then(|sign| number.rfind(sign));
        let figures = || number.rfind(|char: char| char.is_ascii_digit()).map_or(number.len(), |last| last + 1);
        sign.unwrap_or_else(figures)
    }
}

impl Cell {
    /// What it says if it may be a number: one text, perhaps with a note, made of figures and the signs around them; or a
    /// dash where there is no number.
    #[must_use]
    pub fn number_text(&self) -> Option<&str> {
        let [Block { kind: BlockKind::Paragraph(content), .. }] = self.blocks.as_slice() else { return None };
        let (Inline { kind: InlineKind::Text(text), .. }, notes) = content.split_first()? else { return None };
        let is_note = |inline: &Inline| matches!(inline.kind, InlineKind::NoteReference(_));
        Some(text.trim()).filter(|text| notes.iter().all(is_note) && may_be_number(text))
    }
}

/// Whether a text is made of figures and the signs around them, or stands for a number.
fn may_be_number(text: &str) -> bool {
    let body = text.trim_start_matches(|char| "+-−±~≈<>≤≥$€£¥ \u{a0}\u{202f}".contains(char));
    let body = body.trim_end_matches(|char| "%‰°€£¥ \u{a0}\u{202f}".contains(char));
    let stands_in = body.is_empty() || body.chars().all(|char| "–—…·*".contains(char));
    let starts = body.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '.' | ','));
    let signs = |char: char| char.is_ascii_digit() || ".,' \u{a0}\u{202f}\u{2009}’".contains(char);
    let is_number = starts && body.ends_with(|char: char| char.is_ascii_digit()) && body.chars().all(signs);
    is_number || stands_in && !text.is_empty()
}

/// The decimal sign of numbers: a point or a comma that is the last of its kind and of both in each, and behind which there
/// are not three figures throughout, as behind one that parts thousands; three behind a nought are decimals.
fn decimal_sign(numbers: &[&str]) -> Option<char> {
    ['.', ','].into_iter().find(|sign| {
        let mut proves = false;
        for number in numbers {
            let Some(at) = number.rfind(*sign) else { continue };
            let last = number.rfind(['.', ',']) == Some(at) && number.matches(*sign).count() == 1;
            if !last {
                return false;
            }
            let figures = number[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
            let whole = number[..at].trim_start_matches(|char: char| !char.is_ascii_digit());
            proves |= figures != 3 || matches!(whole, "" | "0") || number[..at].contains(['.', ',']);
        }
        proves
    })
}

/// Finds the place of each cell: the first column that no cell of this row or of an earlier one takes. Linear in the cells
/// and the columns that they take.
fn placed(rows: &[Row], declared: usize) -> Vec<PlacedCell<'_>> {
    let mut cells = Vec::new();
    // For how many rows each column is taken, from this one on.
    let mut taken: Vec<usize> = vec![0; declared.max(1)];
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
            cells.push(PlacedCell { cell, row, column, columns, rows: spanned });
            column += columns;
        }
        for rows in &mut taken {
            *rows = rows.saturating_sub(1);
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::super::Attributes;
    use super::*;

    fn cell(text: &str, columns: u16, rows: u16) -> Cell {
        let inline =
            |kind| Inline { id: NodeId::UNNAMED, span: Span::default(), attributes: Attributes::default(), kind };
        let block =
            |kind| Block { id: NodeId::UNNAMED, span: Span::default(), attributes: Attributes::default(), kind };
        let blocks = vec![block(BlockKind::Paragraph(vec![inline(InlineKind::Text(text.into()))]))];
        let span = Span::default();
        Cell { id: NodeId::UNNAMED, span, columns, rows, alignment: None, heads_row: false, blocks }
    }

    fn row(cells: Vec<Cell>) -> Row {
        Row { id: NodeId::UNNAMED, cells }
    }

    /// A table with one column.
    fn column(alignment: Alignment, texts: &[&str]) -> Table {
        let rows = texts.iter().map(|text| row(vec![cell(text, 1, 1)])).collect();
        Table { alignments: vec![alignment], rows, ..Table::default() }
    }

    #[test]
    fn a_cell_stands_in_the_first_column_that_no_cell_above_reaches_into() {
        let rows = vec![
            row(vec![cell("a", 1, 2), cell("b", 2, 1)]),
            row(vec![cell("c", 1, 9), cell("d", 9, 1)]),
            row(vec![cell("e", 1, 1), cell("f", 5, 1)]),
        ];
        let table = Table { alignments: vec![Alignment::Start; 3], rows, ..Table::default() };
        let places: Vec<_> = table.body_cells().iter().map(|at| (at.row, at.column, at.columns, at.rows)).collect();
        let expected = [(0, 0, 1, 2), (0, 1, 2, 1), (1, 1, 1, 2), (1, 2, 1, 1), (2, 0, 1, 1), (2, 2, 1, 1)];
        assert_eq!(places, expected);
    }

    #[test]
    fn a_column_of_numbers_has_nothing_but_numbers_and_what_stands_for_one() {
        let holds = |alignment, texts: &[&str]| column(alignment, texts).number_columns()[0].holds_numbers;
        assert!(holds(Alignment::Start, &["1", "22", "−3.5 %", "–", "€ 4,000"]));
        assert!(holds(Alignment::End, &["1", "22"]));
        assert!(!holds(Alignment::Center, &["1", "22"]));
        assert!(!holds(Alignment::End, &["1", "two"]));
        assert!(!holds(Alignment::End, &["–", "–"]));
        assert!(!holds(Alignment::Start, &["2026-11-25"]));
        assert!(!holds(Alignment::Start, &["1.2.", "v1"]));
    }

    #[test]
    fn a_decimal_sign_is_told_from_one_that_parts_thousands() {
        let sign = |texts: &[&str]| column(Alignment::End, texts).number_columns()[0].decimal_sign;
        assert_eq!(sign(&["1.5", "22", "3.25"]), Some('.'));
        assert_eq!(sign(&["1,5", "22"]), Some(','));
        assert_eq!(sign(&["2,000", "12"]), None);
        assert_eq!(sign(&["2,000.5", "1,000,000"]), Some('.'));
        assert_eq!(sign(&["2.000,5", "1.000"]), Some(','));
        assert_eq!(sign(&["0.125", "0.250"]), Some('.'));
        let numbers = NumberColumn { holds_numbers: true, decimal_sign: Some('.') };
        let parts = ["1.5", "22", "3 %", "–"].map(|text| numbers.whole_part(text));
        assert_eq!(parts, [1, 2, 1, 3]);
    }
}
