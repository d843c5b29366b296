//! Tables → XHTML. Start at [`Writer::table`].

use std::fmt::Write as _;

use super::{Writer, shown};
use crate::document::{Alignment, Block, BlockKind, Cell, Row, Table};

/// Which columns the cells of earlier rows reach into, and for how many rows more.
struct Reach(Vec<u16>);

impl Reach {
    /// The first column from `column` on that is free in this row.
    fn free(&self, mut column: usize) -> usize {
        while self.0.get(column).is_some_and(|&rows| rows > 0) {
            column += 1;
        }
        column
    }

    /// Takes the columns of a cell for its rows.
    fn take(&mut self, column: usize, cell: &Cell) {
        for rows in self.0.iter_mut().skip(column).take(usize::from(cell.columns)) {
            *rows = cell.rows.max(1);
        }
    }

    fn end_row(&mut self) {
        for rows in &mut self.0 {
            *rows = rows.saturating_sub(1);
        }
    }
}

impl<'a> Writer<'a> {
    /// Writes a table in an element that scrolls where the screen is too narrow; it can be reached by keyboard for that.
    pub(super) fn table(&mut self, block: &'a Block, table: &'a Table) {
        self.out.push_str("<div class=\"scroll\" tabindex=\"0\">\n");
        self.open("table", block, "", "");
        self.out.push('\n');
        self.caption("caption", block.id, &block.attributes, &table.caption);
        for (tag, rows, head) in [("thead", &table.head, true), ("tbody", &table.rows, false)] {
            // A head without words is there for Markdown's sake only.
            if rows.is_empty() || head && rows.iter().all(|row| row.cells.iter().all(|cell| cell.blocks.is_empty())) {
                continue;
            }
            let _ = writeln!(self.out, "<{tag}>");
            let mut reach = Reach(vec![0; table.alignments.len()]);
            for row in rows {
                self.row(row, &table.alignments, head, &mut reach);
            }
            let _ = writeln!(self.out, "</{tag}>");
        }
        self.out.push_str("</table>\n</div>\n");
    }

    fn row(&mut self, row: &'a Row, alignments: &[Alignment], head: bool, reach: &mut Reach) {
        self.out.push_str("<tr>");
        let mut column = 0;
        for cell in &row.cells {
            column = reach.free(column);
            let alignment = cell.alignment.or_else(|| alignments.get(column).copied()).unwrap_or_default();
            self.cell(cell, alignment, head);
            reach.take(column, cell);
            column += usize::from(cell.columns.max(1));
        }
        reach.end_row();
        self.out.push_str("</tr>\n");
    }

    fn cell(&mut self, cell: &'a Cell, alignment: Alignment, head: bool) {
        // A header cell without words heads nothing.
        let scope = match (cell.blocks.is_empty(), head, cell.heads_row) {
            (true, _, _) | (false, false, false) => None,
            (false, true, _) => Some(if cell.columns > 1 { "colgroup" } else { "col" }),
            (false, false, true) => Some(if cell.rows > 1 { "rowgroup" } else { "row" }),
        };
        let tag = if scope.is_some() { "th" } else { "td" };
        let _ = write!(self.out, "<{tag}");
        if let Some(scope) = scope {
            let _ = write!(self.out, " scope=\"{scope}\"");
        }
        for (name, number) in [("colspan", cell.columns), ("rowspan", cell.rows)] {
            if number > 1 {
                let _ = write!(self.out, " {name}=\"{number}\"");
            }
        }
        self.out.push_str(match alignment {
            Alignment::Start => "",
            Alignment::Center => " class=\"center\"",
            Alignment::End => " class=\"end\"",
        });
        self.direction(self.book.facts.directions.change(cell.id));
        self.out.push('>');
        self.previous = None;
        match cell.blocks.as_slice() {
            [Block { id, attributes, kind: BlockKind::Paragraph(content), .. }]
                if shown(attributes)
                    && attributes.language.is_none()
                    && !self.places.ids.contains_key(id)
                    && self.book.facts.directions.change(*id).is_none() =>
            {
                self.inlines(content);
            }
            blocks => self.blocks(blocks),
        }
        let _ = write!(self.out, "</{tag}>");
    }
}
