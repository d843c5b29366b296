//! What a flow is made of, and how its lines are painted.

use super::super::book::{Artifact, FlowPosition, FrameItem, GlyphRun, Ink, ItemKind, Owner, PathSegment};
use super::super::page_breaking::{Float, FlowBlock, Note as PageNote};
use super::super::paragraph::{ComposedLine, Composer, Fill, Paragraph};
use super::float::SetFloat;
use super::initial::hush_first_word;
use crate::document::NodeId;
use crate::geometry::{Length, Point, Rect, Size};
use crate::graphic::GraphicId;

/// What pages are built from.
#[derive(Debug, Default)]
pub(in super::super) struct Flow {
    /// The pieces, in reading order; the page builder's blocks, one each.
    pub pieces: Vec<Piece>,
    /// The same for the page builder.
    pub blocks: Vec<FlowBlock>,
    /// The notes, in order.
    pub notes: Vec<NoteLines>,
    /// What is set where there is room for it, in order.
    pub floats: Vec<SetFloat>,
    /// The rules that stand beside pieces.
    pub side_rules: Vec<SideRule>,
}

/// A note, set.
#[derive(Debug)]
pub(in super::super) struct NoteLines {
    /// Its name.
    pub id: NodeId,
    /// Its lines at the foot of the page.
    pub lines: Vec<NoteLine>,
    /// Its lines in the margin; none where it can't stand there.
    pub aside: Vec<NoteLine>,
    /// The notes that it refers to, as indices in the flow.
    pub calls: Vec<usize>,
}

/// A line of a note: its height, and what to paint from its top left corner.
pub(in super::super) type NoteLine = (Length, Vec<FrameItem>);

/// A rule down the side of some pieces, on each page from the first of them to the last.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct SideRule {
    /// From the left edge of the type area.
    pub x: Length,
    /// How thick it is.
    pub width: Length,
}

/// A paragraph, or lines that are finished.
#[derive(Debug)]
pub(in super::super) struct Piece {
    /// What it holds.
    pub content: PieceContent,
    /// From the left edge of the type area.
    pub x: Length,
    /// From a line's top to its baseline.
    pub ascent: Length,
    /// How far the text is let down in the room of the first line, where the piece is not at the top of a page.
    pub shift: Length,
    /// For a heading that the contents lists: its node.
    pub heading: Option<NodeId>,
    /// What stands beside the first line: a list's marker, an initial; placed from the line's left end and its baseline.
    pub marker: Vec<FrameItem>,
    /// Where the flow is at its start, where its first line does not say.
    pub starts_at: Option<FlowPosition>,
    /// Whether its first word is the rest of one that an initial in the marker begins.
    pub divided_by_initial: bool,
    /// What each later page repeats above: a table's head, from its top left corner.
    pub repeated: Vec<FrameItem>,
    /// The rules beside it, as indices into [`Flow::side_rules`].
    pub side_rules: Vec<usize>,
    /// The image that fills its page: it is the page's only piece.
    pub plate: Option<Plate>,
}

/// An image that fills a page up to its edges.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Plate {
    /// The figure.
    pub node: NodeId,
    /// What it shows.
    pub graphic: GraphicId,
    /// From the top of the page to where the image ends; beyond it there is a caption, unless that is the page's foot.
    pub bottom: Length,
}

impl Plate {
    /// The image on a page of this size, in its coordinates.
    pub(in super::super) fn item(&self, trim: Size) -> FrameItem {
        let rect = Rect::new(Length::ZERO, Length::ZERO, trim.width, self.bottom);
        FrameItem { owner: Owner::Node(self.node), kind: ItemKind::Image { rect, graphic: self.graphic } }
    }
}

/// The kinds of piece.
#[derive(Debug)]
pub(in super::super) enum PieceContent {
    /// Text with a choice of line breaks.
    Paragraph(Box<Paragraph>, Fill),
    /// Lines to be placed as they are, from their top left corners.
    Lines(Vec<FixedLine>),
    /// Lines in two columns. Row `n` of the piece stands for lines 2 `n` and 2 `n` + 1: of the rows on a page, the first
    /// half of their lines makes the first column.
    Columns {
        /// The lines, down the columns.
        lines: Vec<FixedLine>,
        /// From the first column to the second; below zero where that stands at the left.
        step: Length,
    },
}

/// A finished line.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct FixedLine {
    /// What to paint, from the line's top left corner.
    pub items: Vec<FrameItem>,
    /// Where the flow is at its start.
    pub starts_at: Option<FlowPosition>,
}

impl Flow {
    /// The notes for the page builder; those that stand `aside` take no room of it.
    pub(in super::super) fn page_notes(&self, aside: &[bool]) -> Vec<PageNote> {
        let heights = |note: &NoteLines| note.lines.iter().map(|(height, _)| *height).collect();
        let notes = self.notes.iter().zip(aside);
        notes.map(|(note, aside)| PageNote { lines: if *aside { Vec::new() } else { heights(note) } }).collect()
    }

    /// The floats for the page builder.
    pub(in super::super) fn page_floats(&self) -> Vec<Float> {
        self.floats.iter().map(SetFloat::measured).collect()
    }
}

impl Piece {
    /// A piece at the left edge.
    pub(in super::super) fn new(content: PieceContent) -> Self {
        Self {
            content,
            x: Length::ZERO,
            ascent: Length::ZERO,
            shift: Length::ZERO,
            heading: None,
            marker: Vec::new(),
            starts_at: None,
            divided_by_initial: false,
            repeated: Vec::new(),
            side_rules: Vec::new(),
            plate: None,
        }
    }

    /// What line `index` of a variant shows, from the line's top left corner, and where the flow is at its start. Of
    /// columns, `rows` are on the page.
    pub(in super::super) fn line_items(
        &self,
        variant: usize,
        index: usize,
        rows: &std::ops::Range<usize>,
        composer: &mut Composer<'_>,
    ) -> (Vec<FrameItem>, Option<FlowPosition>) {
        match &self.content {
            PieceContent::Lines(lines) => {
                let Some(line) = lines.get(index) else { return (Vec::new(), None) };
                let mut items = line.items.clone();
                if index == 0 {
                    items.extend(self.marker.iter().cloned());
                }
                (items, line.starts_at)
            }
            PieceContent::Columns { lines, step } => {
                let left = rows.start + index;
                let right = left + rows.len();
                let mut items = Vec::new();
                if left < (rows.start + rows.end).min(lines.len()) {
                    items.extend(lines[left].items.iter().cloned());
                }
                if let Some(line) = lines.get(right).filter(|_| right < rows.end * 2) {
                    items.extend(
                        line.items.iter().cloned().map(|item| translate(item, Point::new(*step, Length::ZERO))),
                    );
                }
                (items, lines.get(left).and_then(|line| line.starts_at))
            }
            PieceContent::Paragraph(paragraph, fill) => {
                let variants = paragraph.variants();
                let lines = variants.get(variant).or_else(|| variants.first()).map_or(&[][..], |(lines, _)| *lines);
                let Some(line) = lines.get(index) else { return (Vec::new(), None) };
                let ComposedLine { mut items, mut starts_at, .. } = paragraph.compose(line, fill, index, composer);
                if index == 0 {
                    if self.divided_by_initial {
                        hush_first_word(&mut items);
                    }
                    items.splice(0..0, self.marker.iter().cloned());
                    starts_at = self.starts_at.or(starts_at);
                }
                let extra = paragraph.extra_height(line, self.ascent);
                let at = Point::new(Length::ZERO, self.ascent + extra);
                (items.into_iter().map(|item| translate(item, at)).collect(), starts_at)
            }
        }
    }

    /// The leaf of the document that comes first in it.
    pub(in super::super) fn first_node(&self) -> Option<NodeId> {
        self.start().map(|position| position.node)
    }

    /// Where the flow is at its first line that stands somewhere in it.
    pub(in super::super) fn start(&self) -> Option<FlowPosition> {
        let position = match &self.content {
            PieceContent::Paragraph(paragraph, _) => paragraph.position(),
            PieceContent::Lines(lines) | PieceContent::Columns { lines, .. } => {
                lines.iter().find_map(|line| line.starts_at)
            }
        };
        self.starts_at.or(position)
    }

    /// The lines of a variant.
    pub(in super::super) fn line_count(&self, variant: usize) -> usize {
        match &self.content {
            PieceContent::Lines(lines) => lines.len(),
            PieceContent::Columns { lines, .. } => lines.len().div_ceil(2),
            PieceContent::Paragraph(paragraph, _) => {
                let variants = paragraph.variants();
                variants.get(variant).map_or(0, |(lines, _)| lines.len())
            }
        }
    }
}

/// The item moved by `by`.
pub(in super::super) fn translate(mut item: FrameItem, by: Point) -> FrameItem {
    match &mut item.kind {
        ItemKind::Glyphs(GlyphRun { origin, .. }) | ItemKind::Turned { origin, .. } => {
            origin.x += by.x;
            origin.y += by.y;
        }
        ItemKind::Rule { rect, .. } | ItemKind::Image { rect, .. } | ItemKind::Link { rect, .. } => {
            rect.origin.x += by.x;
            rect.origin.y += by.y;
        }
        ItemKind::Path { segments, .. } => {
            let moved = |point: Point| Point::new(point.x + by.x, point.y + by.y);
            for segment in segments {
                *segment = match *segment {
                    PathSegment::MoveTo(point) => PathSegment::MoveTo(moved(point)),
                    PathSegment::LineTo(point) => PathSegment::LineTo(moved(point)),
                    PathSegment::CubicTo(first, second, end) => {
                        PathSegment::CubicTo(moved(first), moved(second), moved(end))
                    }
                    PathSegment::Close => PathSegment::Close,
                };
            }
        }
    }
    item
}

/// A rule of black ink.
pub(in super::super) fn rule(rect: Rect) -> FrameItem {
    tinted(rect, Ink::Black)
}

/// A box of ink behind or between what is written.
pub(in super::super) fn tinted(rect: Rect, ink: Ink) -> FrameItem {
    FrameItem { owner: Owner::Artifact(Artifact::Layout), kind: ItemKind::Rule { rect, ink } }
}
