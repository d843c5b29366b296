//! Tables → XHTML. Start at [`Writer::table`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use unicode_script::UnicodeScript;

use super::{Writer, shown};
use crate::document::{Alignment, Block, BlockKind, Inline, InlineKind, Node, PlacedCell, Table, walk};

/// How many characters a line has on a small screen at a large size.
const NARROW: usize = 24;

/// How many characters the room beside the text of a cell takes.
const PADDING: usize = 2;

/// How many characters wide a table is at least: the longest words of its columns, side by side. An image or code has a whole
/// line.
fn narrowest(table: &Table) -> usize {
    let mut columns: BTreeMap<usize, usize> = BTreeMap::new();
    for placed in table.head_cells().into_iter().chain(table.body_cells()) {
        let mut longest = 0;
        walk(&placed.cell.blocks, &mut |node| {
            let words = match node {
                Node::Inline(Inline { kind: InlineKind::Text(words) | InlineKind::Code(words), .. }) => words.as_str(),
                Node::Inline(Inline { kind: InlineKind::Image(_) | InlineKind::Formula(_), .. })
                | Node::Block(Block {
                    kind: BlockKind::Code(_) | BlockKind::Figure { .. } | BlockKind::Formula(_) | BlockKind::Table(_),
                    ..
                }) => {
                    longest = NARROW;
                    return;
                }
                Node::Inline(_) | Node::Block(_) => return,
            };
            // Words in scripts without spaces can be divided anywhere.
            let spaced = |word: &str| word.chars().filter(|letter| letter.is_alphanumeric()).take(NARROW).count();
            let words = words.split_whitespace().filter(|word| word.is_ascii() || word.chars().all(is_spaced));
            longest = longest.max(words.map(spaced).max().unwrap_or(2));
        });
        let width = columns.entry(placed.column).or_default();
        *width = (*width).max(longest.div_ceil(placed.columns.max(1)) + PADDING);
    }
    columns.values().sum()
}

/// Whether words with `letter` have spaces between them.
fn is_spaced(letter: char) -> bool {
    !super::is_unspaced(letter.script())
}

impl<'a> Writer<'a> {
    /// Writes a table. One that could be too wide for a small screen scrolls, and can be reached by keyboard for that; what
    /// scrolls is never divided between pages, so another does not.
    pub(super) fn table(&mut self, block: &'a Block, table: &'a Table) {
        let scrolls = narrowest(table) > NARROW;
        self.out.push_str(if scrolls {
            "<div class=\"table scroll\" tabindex=\"0\">\n"
        } else {
            "<div class=\"table\">\n"
        });
        self.open("table", block, "", &self.details(block.id));
        self.out.push('\n');
        self.caption("caption", block.id, &block.attributes, &table.caption);
        self.column_widths(table);
        let numbers = table.number_columns();
        let head = if table.has_head() { table.head.as_slice() } else { &[] };
        let sections = [("thead", head, table.head_cells(), true), ("tbody", &table.rows, table.body_cells(), false)];
        for (tag, rows, cells, is_head) in sections {
            if rows.is_empty() {
                continue;
            }
            let _ = writeln!(self.out, "<{tag}>");
            let mut cells = cells.into_iter().peekable();
            for row in 0..rows.len() {
                self.out.push_str("<tr>");
                while let Some(placed) = cells.next_if(|placed| placed.row == row) {
                    self.cell(&placed, table.alignment_of(&placed, &numbers), is_head);
                }
                self.out.push_str("</tr>\n");
            }
            let _ = writeln!(self.out, "</{tag}>");
        }
        self.out.push_str("</table>\n</div>\n");
    }

    /// Writes how wide the author wants the columns: as shares of what they take together, for the screen is the reader's.
    fn column_widths(&mut self, table: &Table) {
        let whole: u32 = table.widths.iter().map(|width| u32::from(*width)).sum();
        if whole == 0 || table.widths.contains(&0) {
            return;
        }
        self.out.push_str("<colgroup>");
        for width in &table.widths {
            let share = u32::from(*width) * 1_000 / whole;
            let _ = write!(self.out, "<col style=\"width: {}.{}%\"/>", share / 10, share % 10);
        }
        self.out.push_str("</colgroup>\n");
    }

    fn cell(&mut self, placed: &PlacedCell<'a>, alignment: Alignment, head: bool) {
        let cell = placed.cell;
        // A header cell without words heads nothing.
        let scope = match (cell.blocks.is_empty(), head, cell.heads_row) {
            (true, _, _) | (false, false, false) => None,
            (false, true, _) => Some(if placed.columns > 1 { "colgroup" } else { "col" }),
            (false, false, true) => Some(if placed.rows > 1 { "rowgroup" } else { "row" }),
        };
        let tag = if scope.is_some() { "th" } else { "td" };
        let _ = write!(self.out, "<{tag}");
        if let Some(scope) = scope {
            let _ = write!(self.out, " scope=\"{scope}\"");
        }
        for (name, number) in [("colspan", placed.columns), ("rowspan", placed.rows)] {
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
