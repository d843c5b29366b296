//! Formulas: read once for both editions, and painted.
//!
//! Start at [`read`]; [`paint`] turns a formula that is set into what a page paints.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::book::{FrameItem, Glyph, GlyphRun, Ink, ItemKind, Owner, PathSegment};
use super::flow::translate;
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{Block, BlockKind, Document, Inline, InlineKind, Node, NodeId, walk};
use crate::font::shaping::Features;
use crate::geometry::Point;
use crate::math::{self, Formula, Macros, MathItem, SetFormula};

/// Reads every formula of `document` in order, so that each knows what those before it define. One that is not understood
/// is a warning. Linear in the document.
pub(super) fn read(document: &Document) -> (BTreeMap<NodeId, Arc<Formula>>, Vec<Diagnostic>) {
    let mut macros = Macros::default();
    let (mut formulas, mut diagnostics) = (BTreeMap::new(), Vec::new());
    let mut add = |id: NodeId, span: Span, tex: &str, display: bool| match math::parse(tex, display, &mut macros) {
        Ok(formula) => {
            formulas.insert(id, Arc::new(formula));
        }
        Err(fault) => diagnostics.push(
            Diagnostic::warning("unknown-formula", span, format!("a formula is not understood: {}", fault.message))
                .help("correct it, or write it in other commands of LaTeX; its source is shown in its place"),
        ),
    };
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| match node {
            Node::Block(Block { id, span, kind: BlockKind::Formula(formula), .. }) => {
                add(*id, *span, &formula.tex, true);
            }
            Node::Inline(Inline { id, span, kind: InlineKind::Formula(formula), .. }) => {
                add(*id, *span, &formula.tex, false);
            }
            Node::Block(_) | Node::Inline(_) => {}
        });
    }
    (formulas, diagnostics)
}

/// What a formula shows, from the left end of its baseline at `at`; `ink` is the colour of the text around.
pub(super) fn paint(formula: &SetFormula, owner: Owner, ink: Ink, at: Point) -> impl Iterator<Item = FrameItem> {
    formula.items.iter().map(move |item| {
        let kind = match item {
            MathItem::Glyph { face, id, origin, size, advance, text, color } => ItemKind::Glyphs(GlyphRun {
                origin: *origin,
                face: *face,
                size: *size,
                features: Features::default(),
                expansion: 10_000,
                ink: inked(*color, ink),
                language: None,
                text: text.clone(),
                spoken: None,
                glyphs: vec![Glyph { id: *id, cluster: 0, advance: *advance, offset: Point::default() }],
            }),
            MathItem::Rule { rect, color } => ItemKind::Rule { rect: *rect, ink: inked(*color, ink) },
            MathItem::Path { segments, color } => {
                ItemKind::Path { segments: segments.iter().map(step).collect(), ink: inked(*color, ink) }
            }
        };
        translate(FrameItem { owner, kind }, at)
    })
}

fn inked(color: Option<[u8; 3]>, around: Ink) -> Ink {
    match color {
        Some([0, 0, 0]) => Ink::Black,
        Some(color) => Ink::Color(color),
        None => around,
    }
}

fn step(segment: &math::PathSegment) -> PathSegment {
    match *segment {
        math::PathSegment::MoveTo(point) => PathSegment::MoveTo(point),
        math::PathSegment::LineTo(point) => PathSegment::LineTo(point),
        math::PathSegment::CubicTo(first, second, end) => PathSegment::CubicTo(first, second, end),
        math::PathSegment::Close => PathSegment::Close,
    }
}
