//! Tables: columns from their content, rows of wrapped cells, three rules.
//!
//! [`set`] gives finished lines for the page builder. It knows nothing of pages, but for where one may end. Start there.

use super::book::{Artifact, FlowPosition, FrameItem, Owner};
use super::content::{Content, Context};
use super::flow::{rule, translate};
use super::page_breaking::Break;
use super::paragraph::{Composer, Fill, Paragraph};
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{Alignment, BlockKind, Cell, Row, Table};
use crate::geometry::{Length, Point, Rect};
use crate::style::{ParagraphRole, Style, TextAlignment};

/// A table, set.
pub(super) struct SetTable {
    /// Its lines, the head's first.
    pub lines: Vec<TableLine>,
    /// The head as each later page repeats it, from its top left corner: artifacts.
    pub head: Vec<FrameItem>,
    /// The height of the head.
    pub head_height: Length,
}

/// A line across all columns.
pub(super) struct TableLine {
    pub height: Length,
    pub items: Vec<FrameItem>,
    pub starts_at: Option<FlowPosition>,
    pub notes: Vec<usize>,
    pub break_after: Break,
}

const HEAVY_RULE: Length = Length::millipoints(800);
const LIGHT_RULE: Length = Length::millipoints(400);

/// Sets a table within the context's measure. Linear in its text.
pub(super) fn set(
    table: &Table,
    span: Span,
    style: &Style,
    context: &Context<'_>,
    composer: &mut Composer<'_>,
) -> SetTable {
    let columns = columns(table, style, context, composer);
    let padding = style.table_padding;
    let width =
        columns.iter().copied().sum::<Length>() + padding * i64::try_from(columns.len().max(1) - 1).unwrap_or(0);
    if width > context.measure {
        let excess = (width - context.measure).to_pt();
        composer.diagnostics.push(
            Diagnostic::warning("overfull-table", span, format!("a table is {excess:.1} pt too wide for the page"))
                .help("shorten its longest words, or take a column away"),
        );
    }
    let mut set = SetTable { lines: Vec::new(), head: Vec::new(), head_height: Length::ZERO };
    for head in &table.head {
        row(head, ParagraphRole::TableHead, table, &columns, style, context, composer, &mut set.lines);
    }
    let head_count = set.lines.len();
    let empty_head = table.head.iter().flat_map(|row| &row.cells).all(|cell| cell.blocks.is_empty());
    if empty_head {
        set.lines.clear();
    } else if let Some(last) = set.lines.last_mut() {
        last.items.push(rule(Rect::new(Length::ZERO, last.height - LIGHT_RULE, width, LIGHT_RULE)));
    }
    for line in &mut set.lines {
        line.break_after = Break::Forbidden;
    }
    if let Some(first) = set.lines.first_mut() {
        first.items.insert(0, rule(Rect::new(Length::ZERO, Length::ZERO, width, HEAVY_RULE)));
    }
    for line in &set.lines {
        let at = Point::new(Length::ZERO, set.head_height);
        set.head.extend(line.items.iter().cloned().map(|item| translate(as_artifact(item), at)));
        set.head_height += line.height;
    }
    for body in &table.rows {
        row(body, ParagraphRole::TableCell, table, &columns, style, context, composer, &mut set.lines);
    }
    if empty_head && let Some(first) = set.lines.first_mut() {
        first.items.insert(0, rule(Rect::new(Length::ZERO, Length::ZERO, width, HEAVY_RULE)));
    }
    keep_ends_together(&mut set.lines, if empty_head { 0 } else { head_count });
    if let Some(last) = set.lines.last_mut() {
        last.items.push(rule(Rect::new(Length::ZERO, last.height - HEAVY_RULE, width, HEAVY_RULE)));
    }
    set.head.retain(|item| !matches!(item.kind, super::book::ItemKind::Link { .. }));
    set
}

/// Keeps two rows together at each end of the body; a page may end between others, in a short table only at a high cost.
fn keep_ends_together(lines: &mut [TableLine], head_count: usize) {
    let body = lines.get_mut(head_count..).unwrap_or_default();
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

fn as_artifact(item: FrameItem) -> FrameItem {
    FrameItem { owner: Owner::Artifact(Artifact::Layout), ..item }
}

fn cell_content(cell: &Cell, role: ParagraphRole, style: &Style, context: &Context<'_>) -> Content {
    let content = match cell.blocks.first().map(|block| &block.kind) {
        Some(BlockKind::Paragraph(content)) => content.as_slice(),
        Some(_) | None => &[],
    };
    Content::of(content, style.paragraph(role).character, None, context)
}

/// The widths of the columns (CSS 2.1, 17.5.2.2): each as wide as its widest cell where all fit, else between that and
/// its longest word in proportion.
fn columns(table: &Table, style: &Style, context: &Context<'_>, composer: &mut Composer<'_>) -> Vec<Length> {
    let count = table.alignments.len().max(1);
    let mut least = vec![style.page.baseline; count];
    let mut most = vec![style.page.baseline; count];
    let head = table.head.iter().map(|row| (row, ParagraphRole::TableHead));
    for (row, role) in head.chain(table.rows.iter().map(|row| (row, ParagraphRole::TableCell))) {
        for (column, cell) in row.cells.iter().enumerate().take(count) {
            let (word, line) = composer.widths(&cell_content(cell, role, style, context));
            least[column] = least[column].max(word);
            most[column] = most[column].max(line);
        }
    }
    let room = context.measure - style.table_padding * i64::try_from(count - 1).unwrap_or(0);
    let (narrow, wide) = (least.iter().copied().sum::<Length>(), most.iter().copied().sum::<Length>());
    if wide <= room {
        return most;
    }
    if narrow > room {
        // Words must be cut: each column gets its share, but never nothing.
        let unit = style.page.baseline;
        return least.iter().map(|width| width.scale(room.raw().max(1), narrow.raw().max(1)).max(unit)).collect();
    }
    let (spare, wish) = ((room - narrow).raw(), (wide - narrow).raw().max(1));
    least.iter().zip(&most).map(|(least, most)| *least + (*most - *least).scale(spare, wish)).collect()
}

#[expect(clippy::too_many_arguments, reason = "a row is set from all that the table is")]
fn row(
    row: &Row,
    role: ParagraphRole,
    table: &Table,
    columns: &[Length],
    style: &Style,
    context: &Context<'_>,
    composer: &mut Composer<'_>,
    lines: &mut Vec<TableLine>,
) {
    let paragraph_style = style.paragraph(role);
    let cells: Vec<(Paragraph, Fill)> = row
        .cells
        .iter()
        .zip(columns)
        .enumerate()
        .map(|(column, (cell, width))| {
            let alignment = match table.alignments.get(column) {
                Some(Alignment::Center) => TextAlignment::Center,
                Some(Alignment::End) => TextAlignment::End,
                Some(Alignment::Start) | None => TextAlignment::Start,
            };
            let fill = Fill { measure: *width, indent: Length::ZERO, alignment, hyphenate: paragraph_style.hyphenate };
            let content = cell_content(cell, role, style, context);
            (composer.paragraph(content, &fill), fill)
        })
        .collect();
    let count = cells.iter().map(|(paragraph, _)| paragraph.variants()[0].0.len()).max().unwrap_or(1).max(1);
    let above = paragraph_style.leading.permille(200);
    let below = paragraph_style.leading.permille(250);
    let from = lines.len();
    for index in 0..count {
        let top = if index == 0 { above } else { Length::ZERO };
        let bottom = if index + 1 == count { below } else { Length::ZERO };
        let mut line = TableLine {
            height: top + paragraph_style.leading + bottom,
            items: Vec::new(),
            starts_at: None,
            notes: Vec::new(),
            break_after: Break::Cost(0),
        };
        let mut x = Length::ZERO;
        let mut extra = Length::ZERO;
        for ((paragraph, fill), width) in cells.iter().zip(columns) {
            if let Some(broken) = paragraph.variants()[0].0.get(index).cloned() {
                line.notes.extend(paragraph.notes(&broken));
                let own = paragraph.extra_height(&broken, paragraph_style.leading);
                extra = extra.max(own);
                let composed = paragraph.compose(&broken, fill, false, composer);
                line.starts_at = line.starts_at.or(composed.starts_at);
                let at = Point::new(x, top + own + paragraph_style.leading.permille(750));
                line.items.extend(composed.items.into_iter().map(|item| translate(item, at)));
            }
            x += *width + style.table_padding;
        }
        line.height += extra;
        line.break_after = if index + 1 == count {
            Break::Cost(0)
        } else if count <= 8 {
            Break::Forbidden
        } else {
            Break::Cost(500)
        };
        lines.push(line);
    }
    debug_assert!(lines.len() > from, "a row has a line at least");
}
