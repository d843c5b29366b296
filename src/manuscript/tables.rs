//! Tables of HTML: rows and cells that reach over others, as they are laid on a grid.
//!
//! Start at [`HtmlTable`].

use super::html::Tag;
use crate::diagnostics::Span;
use crate::document::{Alignment, Cell, Inline, NodeId, Row, Table};

/// How many columns a cell may take.
const MAX_COLUMNS: u16 = 64;

/// A table that is being read.
#[derive(Default)]
pub(super) struct HtmlTable {
    /// Whether the rows that come next are in its head.
    pub(super) in_head: bool,
    head: Vec<Row>,
    rows: Vec<Row>,
    /// As far as they are given: 0 for a column of which nothing is said.
    widths: Vec<u16>,
}

impl HtmlTable {
    /// Adds what is said of a column, or of several: how wide they are, in per cent.
    pub(super) fn add_column(&mut self, tag: Tag<'_>) {
        let style = tag.attribute("style").unwrap_or_default();
        let style = style.split(';').find_map(|rule| rule.trim().strip_prefix("width:").map(str::to_owned));
        let width = tag.attribute("width").or(style).unwrap_or_default();
        let share = width.trim().strip_suffix('%').and_then(permille).unwrap_or(0);
        let span = tag.attribute("span").and_then(|span| span.trim().parse::<u16>().ok()).unwrap_or(1);
        let count = self.widths.len() + usize::from(span.clamp(1, MAX_COLUMNS));
        self.widths.resize(count.min(usize::from(MAX_COLUMNS)), share);
    }

    /// Adds a row. A first row of nothing but headings is a head, though no `thead` says so.
    pub(super) fn add(&mut self, mut row: Row) {
        let all_heads = !row.cells.is_empty() && row.cells.iter().all(|cell| cell.heads_row);
        let to_head = self.in_head || (self.head.is_empty() && self.rows.is_empty() && all_heads);
        if to_head && self.rows.is_empty() {
            row.cells.iter_mut().for_each(|cell| cell.heads_row = false);
            self.head.push(row);
        } else {
            self.rows.push(row);
        }
    }

    /// The table; the caption is given back if there is none.
    ///
    /// # Errors
    /// The caption, where there is no cell.
    pub(super) fn finish(mut self, caption: Vec<Inline>) -> Result<Table, Vec<Inline>> {
        let columns = lay_out(&mut self.head).max(lay_out(&mut self.rows));
        if columns == 0 {
            return Err(caption);
        }
        let alignments = vec![Alignment::Start; columns];
        let mut widths = self.widths;
        if widths.iter().all(|width| *width == 0) {
            widths.clear();
        } else {
            widths.resize(columns, 0);
        }
        Ok(Table { caption, alignments, widths, head: self.head, rows: self.rows })
    }
}

/// How many columns the rows take. Cells that reach below the last row are cut off there, and cells that would lie on
/// others are made narrower. Linear in the cells and the columns that they take.
fn lay_out(rows: &mut [Row]) -> usize {
    // For each column, the first row that is free in it.
    let mut free: Vec<usize> = Vec::new();
    let count = rows.len();
    for (number, row) in rows.iter_mut().enumerate() {
        let mut column = 0;
        for cell in &mut row.cells {
            while free.get(column).is_some_and(|free| *free > number) {
                column += 1;
            }
            let below = u16::try_from(count - number).unwrap_or(u16::MAX);
            cell.rows = cell.rows.min(below);
            let mut width: u16 = 0;
            while width < cell.columns && free.get(column).is_none_or(|free| *free <= number) {
                if column == free.len() {
                    free.push(0);
                }
                free[column] = number + usize::from(cell.rows);
                column += 1;
                width += 1;
            }
            cell.columns = width.max(1);
        }
    }
    free.len()
}

/// A share in per cent, in thousandths: `12.5` is 125. `None` for what is no share.
fn permille(share: &str) -> Option<u16> {
    let (whole, decimals) = share.trim().split_once('.').unwrap_or((share.trim(), ""));
    let tenths =
        decimals.bytes().next().map_or(Some(0), |digit| digit.is_ascii_digit().then(|| u16::from(digit - b'0')));
    let whole = whole.parse::<u16>().ok().filter(|whole| *whole <= 100)?;
    Some((whole * 10 + tenths?).min(1_000))
}

/// A cell as its start tag describes it.
pub(super) fn cell(tag: Tag<'_>, span: Span) -> Cell {
    let number = |name: &str, most: u16| {
        let value = tag.attribute(name).and_then(|value| value.trim().parse::<u16>().ok());
        value.unwrap_or(1).clamp(1, most)
    };
    let style = tag.attribute("style").unwrap_or_default();
    let style = style.split(';').find_map(|rule| rule.trim().strip_prefix("text-align:").map(str::trim));
    let align = tag.attribute("align");
    let alignment = match align.as_deref().or(style).map(str::to_ascii_lowercase).as_deref() {
        Some("center") => Some(Alignment::Center),
        Some("right" | "end") => Some(Alignment::End),
        Some("left" | "start") => Some(Alignment::Start),
        Some(_) | None => None,
    };
    let rows = match tag.attribute("rowspan").as_deref().map(str::trim) {
        // As far as the table goes.
        Some("0") => u16::MAX,
        Some(_) | None => number("rowspan", u16::MAX),
    };
    Cell {
        id: NodeId::UNNAMED,
        span,
        columns: number("colspan", MAX_COLUMNS),
        rows,
        alignment,
        heads_row: tag.is("th"),
        blocks: Vec::new(),
    }
}
