//! A formula set at a size: the engine's boxes, mended, as glyphs, rules and paths.
//!
//! The engine lays out at one em, in real numbers and without any function but the four operations and rounding, so every
//! machine gets the same; each coordinate is rounded once, here. Start at [`set`].

use ratex_layout::layout_box::{BoxContent, LayoutBox, PlacedBox, VBoxChildKind};
use ratex_layout::{LayoutOptions, layout_with_fallback_metrics, to_display_list};
use ratex_parser::ParseNode;
use ratex_types::math_style::MathStyle;
use ratex_types::{Color, DisplayItem, PathCommand};

use super::dressing::{Dresser, StandIn};
use super::symbols::Alphabet;
use super::{MathItem, PathSegment, SetFormula, symbols};
use crate::font::FontBook;
use crate::geometry::{Length, Point, Rect, Size};

/// The width of lines that the engine draws rather than fills, in em: the rule of a fraction.
const STROKE: f64 = 0.04;
/// How many straight pieces a drawn curve is cut into.
const PIECES: u32 = 12;

/// Sets a formula whose em is `size`, with the letters of `family`.
pub(super) fn set(nodes: &[ParseNode], display: bool, size: Length, fonts: &FontBook, family: &str) -> SetFormula {
    let mut nodes = nodes.to_vec();
    let mut dresser = Dresser::new(fonts, family);
    dresser.dress(&mut nodes);
    let mut formula = layout_with_fallback_metrics(&nodes, &options(display), dresser.metrics());
    mend(&mut formula, &dresser);
    let list = to_display_list(&formula);
    let mut setter = Setter { size, baseline: list.height, fonts, dresser: &dresser, items: Vec::new(), struck: false };
    for item in &list.items {
        setter.item(item);
    }
    let items = setter.items;
    SetFormula {
        width: length(list.width, size),
        height: length(list.height, size),
        depth: length(list.depth, size),
        items,
    }
}

/// The engine's options for a formula on its own line, or in one.
pub(super) fn options(display: bool) -> LayoutOptions {
    LayoutOptions::default().with_style(if display { MathStyle::Display } else { MathStyle::Text })
}

/// `em` of `size`, rounded to the nearest unit; what is not finite becomes zero, and what is beyond all pages their edge.
fn length(em: f64, size: Length) -> Length {
    Length::from_pt((em * size.to_pt()).clamp(-1e7, 1e7))
}

/// Corrects what the engine does not know of the stand-ins, and the bars that it makes too long.
fn mend(formula: &mut LayoutBox, dresser: &Dresser<'_>) {
    let content = &mut formula.content;
    if let BoxContent::SupSub { base, sub_h_kern, .. } = content {
        if let Some(glyph) = glyph_of(base, dresser) {
            *sub_h_kern = -glyph.italic;
        }
    } else if let BoxContent::Accent { base, skew, is_below: false, .. } = content {
        if let Some(glyph) = glyph_of(base, dresser) {
            *skew += glyph.skew;
        }
    } else if let BoxContent::LeftRight { left, right, inner } = content {
        let (height, depth) = bar_extent(inner);
        for side in [left, right] {
            fit_bar(side, height, depth);
        }
    }
    lengthen_root(formula);
    center_cancelled(formula);
    each_child(formula, &mut |child| mend(child, dresser));
}

/// Puts what a stroke cancels under the stroke's middle; the engine sets it too far right by what the stroke stands out.
fn center_cancelled(formula: &mut LayoutBox) {
    let width = formula.width;
    let BoxContent::HBox(children) = &mut formula.content else { return };
    let [stroke, body] = children.as_mut_slice() else { return };
    let BoxContent::HBox(body) = &mut body.content else { return };
    let [LayoutBox { content: BoxContent::Kern, width: kern, .. }, inner] = body.as_mut_slice() else { return };
    let drawn = matches!(stroke.content, BoxContent::SvgPath { fill: false, .. });
    if drawn && *kern < 0.0 && stroke.width > width && (inner.width - width).abs() < 1e-9 {
        *kern = -stroke.width;
    }
}

/// Draws the sign of a root that is taller than the tallest glyph, which the engine leaves too short.
fn lengthen_root(formula: &mut LayoutBox) {
    const TALLEST: f64 = 3.0;
    let content = &mut formula.content;
    let BoxContent::Radical { body, index, index_offset, index_scale, rule_thickness, inner_height } = content else {
        return;
    };
    if *inner_height <= TALLEST {
        return;
    }
    let blank = LayoutBox::new_empty;
    let (body, index) = (std::mem::replace(&mut **body, blank()), index.take());
    let sign_width = formula.width - *index_offset - body.width;
    let top = *rule_thickness - formula.height;
    let mut sign = LayoutBox::new_empty();
    let commands = root_sign(top, top + *inner_height, sign_width, sign_width + body.width, *rule_thickness);
    sign.content = BoxContent::SvgPath { commands, fill: true };
    sign.color = formula.color;
    let place = |box_: LayoutBox, x: f64, raised: f64| PlacedBox { box_, x, baseline_y: formula.height - raised };
    let mut children = vec![place(sign, *index_offset, 0.0), place(body, *index_offset + sign_width, 0.0)];
    if let Some(index) = index {
        let mut scaled = LayoutBox::new_empty();
        scaled.content = BoxContent::Scaled { body: index, child_scale: *index_scale };
        // Where the engine puts it.
        children.push(place(scaled, *index_offset + 5.0 / 18.0, 0.6 * (formula.height - formula.depth)));
    }
    formula.content = BoxContent::ProofTree { children, rules: Vec::new() };
}

/// The outline of a root's sign between two heights: a hook, a bold stroke down, a thin one up, and the line over the body.
fn root_sign(top: f64, bottom: f64, width: f64, end: f64, rule: f64) -> Vec<PathCommand> {
    let stem = width - 0.147;
    let corners = [
        (0.100, bottom - 0.760),
        (0.273, bottom - 0.900),
        (stem - rule, bottom - 0.100),
        (stem - rule, top),
        (end, top),
        (end, top + rule),
        (stem, top + rule),
        (stem, bottom),
        (stem - 0.053, bottom),
        (0.243, bottom - 0.824),
        (0.118, bottom - 0.735),
    ];
    let mut commands: Vec<PathCommand> = corners.into_iter().map(|(x, y)| PathCommand::LineTo { x, y }).collect();
    if let Some(first) = commands.first_mut() {
        *first = PathCommand::MoveTo { x: corners[0].0, y: corners[0].1 };
    }
    commands.push(PathCommand::Close);
    commands
}

/// The glyph that a box is, or the only one that it holds.
fn glyph_of<'d>(formula: &LayoutBox, dresser: &'d Dresser<'_>) -> Option<&'d StandIn> {
    if let BoxContent::Glyph { char_code, .. } = &formula.content {
        return dresser.stand_in(*char_code);
    }
    if let BoxContent::GlyphRun { glyphs } = &formula.content {
        return if let [only] = glyphs.as_slice() { dresser.stand_in(only.char_code) } else { None };
    }
    let BoxContent::HBox(children) = &formula.content else { return None };
    if let [only] = children.as_slice() { glyph_of(only, dresser) } else { None }
}

/// How far bars beside `inner` reach above and below the baseline: as far from the axis as it does (TeXbook, page 446,
/// with plain TeX's factor and shortfall).
fn bar_extent(inner: &LayoutBox) -> (f64, f64) {
    const AXIS: f64 = 0.25;
    let reach = (inner.height - AXIS).max(inner.depth + AXIS).max(0.5);
    let half = (reach * 0.901).max(reach - 0.25);
    (AXIS + half, half - AXIS)
}

/// Makes an upright bar as long as it must be. The engine builds bars from whole pieces of 0.6 em, and so lets them hang far
/// out below.
fn fit_bar(side: &mut LayoutBox, height: f64, depth: f64) {
    let (old_height, old_depth) = (side.height, side.depth);
    let total = old_height + old_depth;
    let BoxContent::SvgPath { commands, fill: true } = &mut side.content else { return };
    // The bars are the only delimiters of these widths.
    let bar = (side.width - 0.333).abs() < 0.001 || (side.width - 0.556).abs() < 0.001;
    if !bar || total <= 0.0 {
        return;
    }
    let fit = |y: f64| (y + old_height) / total * (height + depth) - height;
    for command in commands {
        match command {
            PathCommand::MoveTo { y, .. } | PathCommand::LineTo { y, .. } => *y = fit(*y),
            PathCommand::CubicTo { y1, y2, y, .. } => (*y1, *y2, *y) = (fit(*y1), fit(*y2), fit(*y)),
            PathCommand::QuadTo { y1, y, .. } => (*y1, *y) = (fit(*y1), fit(*y)),
            PathCommand::Close => {}
        }
    }
    (side.height, side.depth) = (height, depth);
}

/// Gives `visit` the boxes in a box. The parser bounds how deep they nest.
fn each_child(parent: &mut LayoutBox, visit: &mut dyn FnMut(&mut LayoutBox)) {
    match &mut parent.content {
        BoxContent::HBox(children) => children.iter_mut().for_each(visit),
        BoxContent::VBox(children) => {
            for child in children {
                if let VBoxChildKind::Box(child) = &mut child.kind {
                    visit(child);
                }
            }
        }
        BoxContent::Fraction { numer, denom, .. } => [numer, denom].into_iter().for_each(|child| visit(child)),
        BoxContent::SupSub { base, sup, sub, .. } | BoxContent::OpLimits { base, sup, sub, .. } => {
            visit(base);
            sup.iter_mut().chain(sub).for_each(|child| visit(child));
        }
        BoxContent::Radical { body, index, .. } => {
            visit(body);
            index.iter_mut().for_each(|child| visit(child));
        }
        BoxContent::Accent { base, accent, .. } => [base, accent].into_iter().for_each(|child| visit(child)),
        BoxContent::LeftRight { left, right, inner } => {
            [left, right, inner].into_iter().for_each(|child| visit(child));
        }
        BoxContent::Array { cells, row_tags, .. } => {
            cells.iter_mut().flatten().chain(row_tags.iter_mut().flatten()).for_each(visit);
        }
        BoxContent::Framed { body, .. }
        | BoxContent::RaiseBox { body, .. }
        | BoxContent::Scaled { body, .. }
        | BoxContent::Angl { body, .. }
        | BoxContent::Overline { body, .. }
        | BoxContent::Underline { body, .. } => visit(body),
        BoxContent::ProofTree { children, .. } => children.iter_mut().for_each(|child| visit(&mut child.box_)),
        BoxContent::Glyph { .. }
        | BoxContent::GlyphRun { .. }
        | BoxContent::Rule { .. }
        | BoxContent::Kern
        | BoxContent::SvgPath { .. }
        | BoxContent::Empty => {}
    }
}

/// Turns the engine's drawing into ours.
struct Setter<'a> {
    size: Length,
    /// Where the baseline is, in em from the engine's top.
    baseline: f64,
    fonts: &'a FontBook,
    dresser: &'a Dresser<'a>,
    items: Vec<MathItem>,
    /// Whether the last glyph was a stroke through the next.
    struck: bool,
}

impl Setter<'_> {
    fn length(&self, em: f64) -> Length {
        length(em, self.size)
    }

    fn point(&self, x: f64, y: f64) -> Point {
        Point::new(self.length(x), self.length(y - self.baseline))
    }

    fn item(&mut self, item: &DisplayItem) {
        match item {
            DisplayItem::GlyphPath { x, y, scale, font, char_code, color } => {
                if let Some(color) = ink(*color) {
                    self.glyph(self.point(*x, *y), *scale, font, *char_code, color);
                }
            }
            DisplayItem::Line { x, y, width, thickness, color, dashed } => {
                let Some(color) = ink(*color) else { return };
                let top = y - thickness / 2.0;
                if *dashed {
                    let dash = 4.0 * thickness;
                    let count = if dash > 0.0 { (width / (2.0 * dash)).ceil().clamp(0.0, 1000.0) } else { 0.0 };
                    let mut left = 0.0;
                    while left < count * 2.0 * dash && left < *width {
                        self.rule(x + left, top, dash.min(width - left), *thickness, color);
                        left += 2.0 * dash;
                    }
                } else {
                    self.rule(*x, top, *width, *thickness, color);
                }
            }
            DisplayItem::Rect { x, y, width, height, color } => {
                if let Some(color) = ink(*color) {
                    self.rule(*x, *y, *width, *height, color);
                }
            }
            DisplayItem::Path { x, y, commands, fill, color } => {
                let Some(color) = ink(*color) else { return };
                let segments = if *fill { self.filled(*x, *y, commands) } else { self.drawn(*x, *y, commands) };
                if !segments.is_empty() {
                    self.items.push(MathItem::Path { segments, color });
                }
            }
        }
    }

    fn rule(&mut self, x: f64, y: f64, width: f64, height: f64, color: Option<[u8; 3]>) {
        if width > 0.0 && height > 0.0 {
            let rect = Rect { origin: self.point(x, y), size: Size::new(self.length(width), self.length(height)) };
            self.items.push(MathItem::Rule { rect, color });
        }
    }

    fn glyph(&mut self, origin: Point, scale: f64, font: &str, code: u32, color: Option<[u8; 3]>) {
        let size = self.length(scale);
        if let Some(stand_in) = self.dresser.stand_in(code) {
            let advance = length(stand_in.advance, size);
            let StandIn { face, glyph, text, .. } = stand_in.clone();
            self.items.push(MathItem::Glyph { face, id: glyph, origin, size, advance, text, color });
            return;
        }
        let face = FontBook::math_face(font).or_else(|| FontBook::math_face("Main-Regular"));
        let (Some(face), Some(character)) = (face, char::from_u32(code)) else { return };
        let name = ratex_font::FontId::parse(font).unwrap_or(ratex_font::FontId::MainRegular);
        let drawn = ratex_font::katex_ttf_glyph_char(name, code);
        // The engine takes some signs from a face of another size than it says.
        let found =
            [font, "Main-Regular", "AMS-Regular", "Size1-Regular", "Size2-Regular"].into_iter().find_map(|font| {
                let face = FontBook::math_face(font)?;
                Some((face, self.fonts.face(face).glyph(drawn)?))
            });
        let (face, id) = found.unwrap_or((face, 0));
        let metrics = self.fonts.face(face);
        let advance = size.scale(metrics.advance(id), metrics.units_per_em());
        let mut text = alphabet(font).letter(symbols::public(character)).to_string();
        if std::mem::take(&mut self.struck) {
            symbols::strike(&mut text);
        } else if text.starts_with(symbols::STROKE) {
            // It belongs to the sign that follows, of which it is read.
            text.clear();
            self.struck = true;
        }
        self.items.push(MathItem::Glyph { face, id, origin, size, advance, text, color });
    }

    fn filled(&self, x: f64, y: f64, commands: &[PathCommand]) -> Vec<PathSegment> {
        let mut segments = Vec::with_capacity(commands.len());
        let mut last = (x, y);
        for command in commands {
            match *command {
                PathCommand::MoveTo { x: to_x, y: to_y } => {
                    last = (x + to_x, y + to_y);
                    segments.push(PathSegment::MoveTo(self.point(last.0, last.1)));
                }
                PathCommand::LineTo { x: to_x, y: to_y } => {
                    last = (x + to_x, y + to_y);
                    segments.push(PathSegment::LineTo(self.point(last.0, last.1)));
                }
                PathCommand::CubicTo { x1, y1, x2, y2, x: to_x, y: to_y } => {
                    last = (x + to_x, y + to_y);
                    segments.push(PathSegment::CubicTo(
                        self.point(x + x1, y + y1),
                        self.point(x + x2, y + y2),
                        self.point(last.0, last.1),
                    ));
                }
                PathCommand::QuadTo { x1, y1, x: to_x, y: to_y } => {
                    let (control, to) = ((x + x1, y + y1), (x + to_x, y + to_y));
                    let between = |from: (f64, f64)| {
                        self.point(from.0 + (control.0 - from.0) * 2.0 / 3.0, from.1 + (control.1 - from.1) * 2.0 / 3.0)
                    };
                    segments.push(PathSegment::CubicTo(between(last), between(to), self.point(to.0, to.1)));
                    last = to;
                }
                PathCommand::Close => segments.push(PathSegment::Close),
            }
        }
        segments
    }

    /// The outline of a line that is drawn along `commands`: a strip for each straight piece.
    fn drawn(&self, x: f64, y: f64, commands: &[PathCommand]) -> Vec<PathSegment> {
        let mut segments = Vec::new();
        let (mut start, mut last) = ((0.0, 0.0), (0.0, 0.0));
        for command in commands {
            let from = last;
            match *command {
                PathCommand::MoveTo { x: to_x, y: to_y } => (start, last) = ((to_x, to_y), (to_x, to_y)),
                PathCommand::LineTo { x: to_x, y: to_y } => {
                    last = (to_x, to_y);
                    self.strip(&mut segments, (x, y), from, last);
                }
                PathCommand::CubicTo { x1, y1, x2, y2, x: to_x, y: to_y } => {
                    for piece in 1..=PIECES {
                        let t = f64::from(piece) / f64::from(PIECES);
                        let u = 1.0 - t;
                        let at = |a: f64, b: f64, c: f64, d: f64| {
                            u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
                        };
                        let to = (at(from.0, x1, x2, to_x), at(from.1, y1, y2, to_y));
                        self.strip(&mut segments, (x, y), last, to);
                        last = to;
                    }
                }
                PathCommand::QuadTo { x1, y1, x: to_x, y: to_y } => {
                    for piece in 1..=PIECES {
                        let t = f64::from(piece) / f64::from(PIECES);
                        let u = 1.0 - t;
                        let at = |a: f64, b: f64, c: f64| u * u * a + 2.0 * u * t * b + t * t * c;
                        let to = (at(from.0, x1, to_x), at(from.1, y1, to_y));
                        self.strip(&mut segments, (x, y), last, to);
                        last = to;
                    }
                }
                PathCommand::Close => {
                    self.strip(&mut segments, (x, y), from, start);
                    last = start;
                }
            }
        }
        segments
    }

    /// A strip around the line between two points, shifted by `offset`.
    fn strip(&self, segments: &mut Vec<PathSegment>, offset: (f64, f64), from: (f64, f64), to: (f64, f64)) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        // A square root is rounded alike on every machine (IEEE 754).
        let distance = (dx * dx + dy * dy).sqrt();
        if !distance.is_finite() || distance <= 0.0 {
            return;
        }
        let (across_x, across_y) = (-dy / distance * STROKE / 2.0, dx / distance * STROKE / 2.0);
        let corner = |point: (f64, f64), side: f64| {
            self.point(offset.0 + point.0 + side * across_x, offset.1 + point.1 + side * across_y)
        };
        segments.extend([
            PathSegment::MoveTo(corner(from, 1.0)),
            PathSegment::LineTo(corner(to, 1.0)),
            PathSegment::LineTo(corner(to, -1.0)),
            PathSegment::LineTo(corner(from, -1.0)),
            PathSegment::Close,
        ]);
    }
}

/// The alphabet that a mathematical face has in place of plain letters.
fn alphabet(font: &str) -> Alphabet {
    match font {
        "AMS-Regular" => Alphabet::Blackboard,
        "Fraktur-Regular" | "Fraktur-Bold" => Alphabet::Fraktur,
        "Script-Regular" => Alphabet::Script,
        "Caligraphic-Regular" | "Caligraphic-Bold" => Alphabet::Calligraphic,
        _ => Alphabet::Plain,
    }
}

/// The colour of an item: `Some(None)` is the text's own, `None` that of what is not seen.
#[expect(clippy::option_option, reason = "whether there is ink, and whether it has a colour of its own")]
fn ink(color: Color) -> Option<Option<[u8; 3]>> {
    (color.a > 0.0).then(|| Some(bytes(color)).filter(|&own| own != [0; 3]))
}

/// A colour's parts, each from 0 to 255.
pub(super) fn bytes(color: Color) -> [u8; 3] {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
    let byte = |part: f32| (part * 255.0 + 0.5) as u8;
    [color.r, color.g, color.b].map(byte)
}
