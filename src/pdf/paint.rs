//! Paints a page: frames in, content stream out, with a note of whose each marked stretch is.
//!
//! The operators are printpdf's; text goes in as arrays of codes and adjustments, since its own form spends a string on each
//! glyph. Knows nothing of the structure tree but whether an owner is in it. Start at [`paint`].

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Object, Stream};
use printpdf::{
    Color, CurTransMat, DictItem, FontId, Greyscale, LinePoint, Mm, Op, PaintMode, PdfDocument, PdfFontHandle, PdfPage,
    PdfSaveOptions, Polygon, PolygonRing, Pt, Rgb, WindingOrder, XObjectId, XObjectTransform,
};

use super::Job;
use super::color::{Colors, Paint, Separation};
use super::fonts::{Cluster, UsedFace, clusters, is_right_to_left};
use super::objects::{deflated, number, padded, text_bytes};
use super::sheet::{Marks, Sheet};
use crate::font::FaceId;
use crate::geometry::{Length, Point, Rect};
use crate::graphic::GraphicId;
use crate::layout::book::{
    Artifact, FrameItem, Glyph, GlyphRun, Ink, ItemKind, LinkTarget, Owner, Page, PathSegment, turned,
};

/// Codes in one string of a text array at most: the writer's cost grows with the square of a string's brackets.
const CODES_PER_STRING: usize = 128;

/// A page, painted.
pub(super) struct PaintedPage {
    /// The content stream, deflated.
    pub(super) content: Stream,
    /// Whose the marked content is, by marked-content identifier.
    pub(super) marks: Vec<Owner>,
    /// The boxes that can be clicked.
    pub(super) links: Vec<PlacedLink>,
    /// The images, in the order of first use.
    pub(super) graphics: BTreeSet<GraphicId>,
    /// Where images stand, by owner: left, bottom, right, top.
    pub(super) boxes: BTreeMap<Owner, [f64; 4]>,
    /// The inks of their own that it is painted with.
    pub(super) separations: BTreeSet<Separation>,
}

/// A box that can be clicked.
pub(super) struct PlacedLink {
    /// Whose it is; in the structure tree.
    pub(super) owner: Owner,
    /// Left, bottom, right, top.
    pub(super) corners: [f64; 4],
    /// Where it leads.
    pub(super) target: LinkTarget,
}

/// The resource name of an image.
pub(super) fn image_name(graphic: GraphicId) -> String {
    format!("Im{}", graphic.0)
}

/// Paints `page` on its sheet, and what stands around it. Content whose owner is not in the structure becomes an artifact,
/// and a link of such an owner is left out. Linear in the glyphs.
///
/// # Errors
/// Where the content stream can't be made.
pub(super) fn paint(page: &Page, job: &Job<'_>, sheet: &Sheet, marks: Option<&Marks>) -> Result<PaintedPage, String> {
    let mut painter = Painter {
        sheet,
        colors: &job.colors,
        job,
        ops: Vec::new(),
        marks: Vec::new(),
        open: None,
        reversed: false,
        in_text: false,
        line: (0, 0),
        pen: None,
        state: TextState::default(),
        paint: None,
        separations: BTreeSet::new(),
        turned: Vec::new(),
        links: Vec::new(),
        graphics: BTreeSet::new(),
        boxes: BTreeMap::new(),
    };
    for frame in &page.frames {
        painter.items(&frame.items);
    }
    if let Some(marks) = marks {
        painter.around(marks);
    }
    painter.close();
    let Painter { ops, marks, links, graphics, boxes, separations, .. } = painter;
    Ok(PaintedPage { content: content_stream(ops)?, marks, links, graphics, boxes, separations })
}
/// What stands for an owner that the structure tree does not know.
fn artifact(owner: Owner) -> Owner {
    match owner {
        Owner::Artifact(_) => owner,
        Owner::Node(_)
        | Owner::Marker(_)
        | Owner::Locator(..)
        | Owner::HalfTitle
        | Owner::TitlePage(_)
        | Owner::CopyrightLine(_)
        | Owner::ListHeading(_)
        | Owner::ListEntry(..) => Owner::Artifact(Artifact::Layout),
    }
}

/// Has printpdf write the operations of one page, and takes the stream out of its document.
fn content_stream(ops: Vec<Op>) -> Result<Stream, String> {
    let mut document = PdfDocument::new("");
    document.pages.push(PdfPage::new(Mm(0.0), Mm(0.0), ops));
    // Operators that printpdf has no type for (text arrays) count as insecure there.
    let options = PdfSaveOptions { optimize: false, subset_fonts: false, secure: false, image_optimization: None };
    let document = document.to_lopdf_document(&options, &mut Vec::new());
    let stream = document.objects.into_values().find_map(|object| match object {
        Object::Stream(stream) => Some(stream),
        Object::Null
        | Object::Boolean(_)
        | Object::Integer(_)
        | Object::Real(_)
        | Object::Name(_)
        | Object::String(..)
        | Object::Array(_)
        | Object::Dictionary(_)
        | Object::Reference(_) => None,
    });
    let stream = stream.ok_or("a page has no content stream")?;
    deflated(stream.dict, padded(stream.content))
}

/// What the text operators would otherwise repeat.
#[derive(Clone, Copy, Default, PartialEq)]
struct TextState {
    font: Option<(FaceId, Length)>,
    /// Zero for the initial state, which is 10,000.
    expansion: u16,
}

struct Painter<'p> {
    sheet: &'p Sheet,
    colors: &'p Colors<'p>,
    job: &'p Job<'p>,
    ops: Vec<Op>,
    marks: Vec<Owner>,
    /// Whose marked content is open, and whether its strings are in reverse order.
    open: Option<(Owner, bool)>,
    /// Whether what is shown is in reverse order.
    reversed: bool,
    in_text: bool,
    /// Where the text object's line begins, in thousandths of a point from the sheet's lower left corner (PDF 32000-1, 9.4.2).
    line: (i64, i64),
    /// Where the viewer's pen is in the text object: in points, and the baseline in thousandths of a point.
    pen: Option<(f64, i64)>,
    state: TextState,
    paint: Option<Paint>,
    separations: BTreeSet<Separation>,
    /// The corners around which what is being painted is turned, outermost first.
    turned: Vec<Point>,
    links: Vec<PlacedLink>,
    graphics: BTreeSet<GraphicId>,
    boxes: BTreeMap<Owner, [f64; 4]>,
}

impl Painter<'_> {
    /// Paints items in order.
    fn items(&mut self, items: &[FrameItem]) {
        let job = self.job;
        for item in items {
            let known = job.structure.as_ref().is_some_and(|structure| structure.has(item.owner));
            let owner = if known { item.owner } else { artifact(item.owner) };
            match &item.kind {
                ItemKind::Glyphs(run) => {
                    if let Some(face) = job.fonts.get(run.face).filter(|_| !run.glyphs.is_empty()) {
                        self.text(run, face, owner, known);
                    }
                }
                ItemKind::Rule { rect, ink } => {
                    self.end_text();
                    self.mark(owner);
                    self.ink(*ink);
                    let rect = job.target.least_rule.map_or(*rect, |least| thickened(*rect, least));
                    self.rule(&if self.turned.is_empty() { self.sheet.bled(&rect) } else { rect });
                }
                ItemKind::Path { segments, ink } => {
                    self.end_text();
                    self.mark(owner);
                    self.ink(*ink);
                    self.path(segments);
                }
                ItemKind::Image { rect, graphic } => {
                    self.end_text();
                    self.mark(owner);
                    self.image(rect, *graphic);
                    self.graphics.insert(*graphic);
                    if known {
                        let corners = self.on_page(*rect);
                        self.boxes.entry(owner).or_insert(corners);
                    }
                }
                ItemKind::Link { rect, target } => {
                    if known && *target != LinkTarget::Broken {
                        let corners = self.on_page(*rect);
                        self.links.push(PlacedLink { owner, corners, target: target.clone() });
                    }
                }
                ItemKind::Turned { origin, items } => self.turned(*origin, items),
            }
        }
    }

    /// Paints what stands around the page.
    fn around(&mut self, marks: &Marks) {
        for shape in &marks.shapes {
            self.end_text();
            self.mark(shape.owner);
            self.fill(Paint::Separation(Separation::All));
            match &shape.kind {
                ItemKind::Rule { rect, .. } => self.rule(rect),
                ItemKind::Path { segments, .. } => self.path(segments),
                ItemKind::Glyphs(_) | ItemKind::Image { .. } | ItemKind::Link { .. } | ItemKind::Turned { .. } => {}
            }
        }
        self.items(marks.slug.as_slice());
    }

    /// Paints what is turned a quarter to the left around `origin`.
    fn turned(&mut self, origin: Point, items: &[FrameItem]) {
        self.close();
        let (state, paint) = (self.state, self.paint);
        self.ops.push(Op::SaveGraphicsState);
        // What is painted counts from the trim's corner on the sheet: that is moved to the sheet's, turned, and moved on to
        // where `origin` is.
        let (left, top) = (self.sheet.left(), self.sheet.top());
        let along = (left + origin.x + top).to_pt();
        let up = (top - origin.y - left).to_pt();
        let matrix = CurTransMat::Raw([0.0, 1.0, -1.0, 0.0, number(along), number(up)]);
        self.ops.push(Op::SetTransformationMatrix { matrix });
        self.turned.push(origin);
        self.items(items);
        self.turned.pop();
        self.close();
        self.ops.push(Op::RestoreGraphicsState);
        (self.state, self.paint) = (state, paint);
    }

    /// Where a box stands on the sheet: left, bottom, right, top.
    fn on_page(&self, rect: Rect) -> [f64; 4] {
        let rect = self.turned.iter().rev().fold(rect, |rect, origin| turned(rect, *origin));
        self.sheet.corners(&rect)
    }

    /// Opens marked content for `owner`, unless it is open.
    fn mark(&mut self, owner: Owner) {
        if self.open != Some((owner, self.reversed)) {
            self.end_mark();
            self.open(owner, None);
        }
    }

    /// Opens marked content for `owner`; where it is not what its letters say, with its text.
    fn open(&mut self, owner: Owner, actual_text: Option<&str>) {
        self.open = Some((owner, self.reversed));
        if self.job.structure.is_none() {
            return;
        }
        let (tag, mut properties) = match owner {
            Owner::Artifact(kind) => ("Artifact", artifact_properties(kind)),
            Owner::Node(_)
            | Owner::Marker(_)
            | Owner::Locator(..)
            | Owner::HalfTitle
            | Owner::TitlePage(_)
            | Owner::CopyrightLine(_)
            | Owner::ListHeading(_)
            | Owner::ListEntry(..) => {
                let identifier = DictItem::Int(i64::try_from(self.marks.len()).unwrap_or(i64::MAX));
                self.marks.push(owner);
                // The structure tree says what it is; the tag here is a hint that no reader uses, but for one.
                (
                    if self.reversed { "ReversedChars" } else { "Span" },
                    BTreeMap::from([("MCID".to_owned(), identifier)]),
                )
            }
        };
        if let Some(text) = actual_text {
            let data = text_bytes(text);
            let literal = data.is_ascii();
            properties.insert("ActualText".to_owned(), DictItem::String { data, literal });
        }
        let properties = DictItem::Dict { map: properties };
        self.ops.push(Op::BeginMarkedContentWithProperties { tag: tag.to_owned(), properties });
    }

    /// Ends text and marked content.
    fn close(&mut self) {
        self.end_mark();
        self.end_text();
    }

    fn end_mark(&mut self) {
        if self.open.take().is_some() && self.job.structure.is_some() {
            self.ops.push(Op::EndMarkedContent);
        }
    }

    /// Begins a text object, which holds the marked content of its text: the two must nest (PDF 32000-1, 14.6.1), and so one
    /// text object can go on from owner to owner, with the viewer's pen where it is.
    fn begin_text(&mut self) {
        if !self.in_text {
            self.end_mark();
            self.ops.push(Op::StartTextSection);
            self.in_text = true;
            self.line = (0, 0);
        }
    }

    fn end_text(&mut self) {
        if self.in_text {
            self.end_mark();
            self.ops.push(Op::EndTextSection);
            self.in_text = false;
            self.pen = None;
        }
    }

    /// Paints with `ink` from here on.
    fn ink(&mut self, ink: Ink) {
        self.fill(self.colors.paint(ink));
    }

    /// Paints with this from here on.
    fn fill(&mut self, paint: Paint) {
        if self.paint == Some(paint) {
            return;
        }
        self.paint = Some(paint);
        match paint {
            Paint::Gray(light) => {
                let color = Color::Greyscale(Greyscale { percent: number(light), icc_profile: None });
                self.ops.push(Op::SetFillColor { col: color });
            }
            Paint::Rgb(parts) => {
                let [r, g, b] = parts.map(number);
                self.ops.push(Op::SetFillColor { col: Color::Rgb(Rgb { r, g, b, icc_profile: None }) });
            }
            Paint::Cmyk(inks) => {
                let inks = inks.map(|ink| DictItem::Real(number(f64::from(ink) / 255.0)));
                self.operator("k", inks.to_vec());
            }
            Paint::Separation(separation) => {
                self.operator("cs", vec![DictItem::Name(separation.resource().into_bytes())]);
                self.operator("scn", vec![DictItem::Int(1)]);
                self.separations.insert(separation);
            }
        }
    }

    /// Fills an outline. A step before the first `MoveTo` is left out.
    fn path(&mut self, segments: &[PathSegment]) {
        let (left, top) = (self.sheet.left(), self.sheet.top());
        let place = |point: Point, bezier| LinePoint {
            p: printpdf::Point { x: Pt(number((left + point.x).to_pt())), y: Pt(number((top - point.y).to_pt())) },
            bezier,
        };
        let mut rings: Vec<PolygonRing> = Vec::new();
        for segment in segments {
            match (*segment, rings.last_mut()) {
                (PathSegment::MoveTo(point), _) => rings.push(PolygonRing { points: vec![place(point, false)] }),
                (PathSegment::LineTo(point), Some(ring)) => ring.points.push(place(point, false)),
                (PathSegment::CubicTo(first, second, end), Some(ring)) => {
                    ring.points.extend([place(first, true), place(second, true), place(end, false)]);
                }
                (PathSegment::Close | PathSegment::LineTo(_) | PathSegment::CubicTo(..), _) => {}
            }
        }
        let polygon = Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero };
        self.ops.push(Op::DrawPolygon { polygon });
    }

    fn rule(&mut self, rect: &Rect) {
        let [left, bottom, right, top] = self.sheet.corners(rect);
        let rectangle = printpdf::Rect {
            x: Pt(number(left)),
            y: Pt(number(bottom)),
            width: Pt(number(right - left)),
            height: Pt(number(top - bottom)),
            mode: Some(PaintMode::Fill),
            winding_order: None,
        };
        self.ops.push(Op::DrawRectangle { rectangle });
    }

    /// Paints an image; where it reaches the edge of the page, into the bleed.
    fn image(&mut self, rect: &Rect, graphic: GraphicId) {
        let size = self.job.book.graphics.get(graphic).map_or(rect.size, |graphic| graphic.size);
        let (placed, seen) =
            if self.turned.is_empty() { self.sheet.bled_image(rect, size) } else { (rect.covering(size), *rect) };
        if placed != seen {
            let [left, bottom, right, top] = self.sheet.corners(&seen);
            let sides = [left, bottom, right - left, top - bottom].map(|side| DictItem::Real(number(side)));
            self.ops.push(Op::SaveGraphicsState);
            self.operator("re", sides.to_vec());
            self.operator("W", Vec::new());
            self.operator("n", Vec::new());
        }
        let [left, bottom, right, top] = self.sheet.corners(&placed);
        let transform = XObjectTransform {
            translate_x: Some(Pt(number(left))),
            translate_y: Some(Pt(number(bottom))),
            rotate: None,
            scale_x: Some(number(right - left)),
            scale_y: Some(number(top - bottom)),
            dpi: None,
            no_auto_scale: true,
        };
        self.ops.push(Op::UseXobject { id: XObjectId(image_name(graphic)), transform });
        if placed != seen {
            self.ops.push(Op::RestoreGraphicsState);
        }
    }

    fn operator(&mut self, key: &str, operands: Vec<DictItem>) {
        self.ops.push(Op::Unknown { key: key.to_owned(), value: operands });
    }

    /// Paints a run. Where the font's own map would misread it and `tagged` says that it will be read, the text is given in
    /// place (`/ActualText`): cluster by cluster, or as a whole for a part of a divided word.
    fn text(&mut self, run: &GlyphRun, face: &UsedFace<'_>, owner: Owner, tagged: bool) {
        self.ink(run.ink);
        if self.state.font != Some((run.face, run.size)) {
            let font = PdfFontHandle::External(FontId(face.name.clone()));
            self.ops.push(Op::SetFont { font, size: Pt(number(run.size.to_pt())) });
            self.state.font = Some((run.face, run.size));
        }
        let known_expansion = if self.state.expansion == 0 { 10_000 } else { self.state.expansion };
        if known_expansion != run.expansion {
            self.ops.push(Op::SetHorizontalScaling { percent: number(f64::from(run.expansion) / 100.0) });
            self.state.expansion = run.expansion;
        }
        let mut line = Line::new(run, face, owner);
        if let Some((x, y)) = self.pen
            && y == thousandths(self.baseline(&line))
        {
            line.follow((x - self.left_of(run)) / line.unit);
        }
        if let Some(text) = run.spoken.as_deref().filter(|_| tagged) {
            self.replaced(text, &mut line, |painter, line| {
                for cluster in clusters(run) {
                    painter.cluster(&cluster, line);
                }
            });
        } else if is_right_to_left(run) {
            self.backwards(run, &mut line, tagged);
        } else if tagged && run.glyphs.iter().any(is_moved) {
            self.words(run, &mut line);
        } else {
            for cluster in clusters(run) {
                self.said(&cluster, &mut line, tagged);
                line.end_word(&cluster);
            }
        }
        self.show(&mut line);
    }

    /// Paints a run that reads from right to left: word by word in the order of its text, and the letters of a word from left
    /// to right, as the standard has it for strings in reverse order (PDF 32000-1, 14.8.2.3.3). Those who go by the order of
    /// painting and those who go by places find the same words. A sign above or below comes after its letter.
    fn backwards<'r>(&mut self, run: &'r GlyphRun, line: &mut Line<'r>, tagged: bool) {
        let mut x = Length::ZERO;
        let mut placed: Vec<(Length, Cluster<'_>)> = Vec::new();
        for cluster in clusters(run) {
            for part in letters(cluster) {
                let width: Length = part.glyphs.iter().map(|glyph| glyph.advance).sum();
                placed.push((x, part));
                x += width;
            }
        }
        // In the order of the text: words with the space behind them, which is at their left, cut where letters can't be one
        // string with those before them.
        placed.reverse();
        let face = line.face;
        let simple = |(_, cluster): &(Length, Cluster<'_>)| {
            face.speaks_for_itself(cluster)
                && cluster.text.chars().nth(1).is_none()
                && !cluster.glyphs.iter().any(is_sign)
        };
        for string in placed.chunk_by(|last, next| simple(last) && simple(next) && !last.1.text.trim().is_empty()) {
            let is_simple = string.iter().all(simple);
            if is_simple {
                self.reversed = tagged;
                line.wanted = string[string.len() - 1].0;
                string.iter().rev().for_each(|(_, cluster)| self.cluster(cluster, line));
                self.show(line);
                self.reversed = false;
                continue;
            }
            for (x, cluster) in string {
                line.wanted = *x;
                if tagged && (cluster.glyphs.is_empty() || cluster.glyphs.iter().any(is_sign)) {
                    self.replaced(&cluster.text, line, |painter, line| painter.sign(*x, cluster, line));
                } else {
                    self.said(cluster, line, tagged);
                }
            }
            self.show(line);
        }
    }

    /// Paints a sign above or below the letter whose left end is at `x`, between two spaces on the baseline just left of the
    /// letter: those who go by places take a replacement to be where its first and last glyphs are.
    fn sign(&mut self, x: Length, cluster: &Cluster<'_>, line: &mut Line<'_>) {
        let Some(space) = line.face.space else { return self.cluster(cluster, line) };
        let place = x - line.run.size.permille(20);
        let width = Length::from_pt(line.face.width(space) * line.unit);
        self.on_baseline(space, place, line);
        line.wanted = x;
        self.cluster(cluster, line);
        self.on_baseline(space, place - width, line);
    }

    fn on_baseline(&mut self, code: u16, x: Length, line: &mut Line<'_>) {
        if line.rise != Length::ZERO {
            self.show(line);
            line.rise = Length::ZERO;
            line.placed = false;
        }
        line.move_to(x);
        line.show(code);
    }

    /// Paints a run with signs above, below or over its letters, each word as a whole: readers that go by where a glyph stands
    /// would take such a sign for a line of its own.
    fn words<'r>(&mut self, run: &'r GlyphRun, line: &mut Line<'r>) {
        let clusters: Vec<Cluster<'_>> = clusters(run).collect();
        for word in clusters.split_inclusive(|cluster| cluster.space_follows || cluster.text.trim().is_empty()) {
            let (letters, space) = match word.split_last() {
                Some((last, letters)) if last.text.trim().is_empty() => (letters, Some(last)),
                Some(_) | None => (word, None),
            };
            let plain = letters
                .iter()
                .all(|cluster| line.face.speaks_for_itself(cluster) && !cluster.glyphs.iter().any(is_moved));
            if plain {
                letters.iter().for_each(|cluster| self.cluster(cluster, line));
            } else {
                let text: String = letters.iter().map(|cluster| cluster.text.as_ref()).collect();
                self.replaced(&text, line, |painter, line| {
                    letters.iter().for_each(|cluster| painter.cluster(cluster, line));
                });
            }
            if let Some(space) = space {
                self.cluster(space, line);
            }
            word.last().into_iter().for_each(|last| line.end_word(last));
        }
    }

    /// Paints something that reads as `text`: marked content of its own, not nested, for some readers lose what follows a
    /// nested one.
    fn replaced<'r>(&mut self, text: &str, line: &mut Line<'r>, paint: impl FnOnce(&mut Self, &mut Line<'r>)) {
        self.show(line);
        self.begin_text();
        self.end_mark();
        self.open(line.owner, Some(text));
        paint(self, line);
        self.show(line);
        self.end_mark();
    }

    /// Paints a cluster, with its text where the font's own map would misread it and `tagged` says that it will be read.
    fn said(&mut self, cluster: &Cluster<'_>, line: &mut Line<'_>, tagged: bool) {
        if tagged && !line.face.speaks_for_itself(cluster) {
            self.replaced(&cluster.text, line, |painter, line| painter.cluster(cluster, line));
        } else {
            self.cluster(cluster, line);
        }
    }

    fn cluster(&mut self, cluster: &Cluster<'_>, line: &mut Line<'_>) {
        for glyph in cluster.glyphs {
            self.glyph(glyph, &cluster.text, line);
        }
    }

    /// Paints a glyph: in the line's array, or moved off the baseline by a text matrix of its own.
    fn glyph(&mut self, glyph: &Glyph, text: &str, line: &mut Line<'_>) {
        if glyph.offset.y != line.rise {
            self.show(line);
            line.rise = glyph.offset.y;
            line.placed = false;
        }
        line.move_to(line.wanted + glyph.offset.x);
        line.show(line.face.code(glyph.id, text));
        line.wanted += glyph.advance;
    }

    /// Writes what the line has gathered.
    fn show(&mut self, line: &mut Line<'_>) {
        line.flush();
        if line.array.is_empty() {
            return;
        }
        self.begin_text();
        self.mark(line.owner);
        let (left, baseline) = (self.left_of(line.run), self.baseline(line));
        if let Some(start) = line.start.take() {
            let to = (thousandths(left + start.to_pt()), thousandths(baseline));
            self.next_line(to);
        }
        self.pen = Some((left + line.pen * line.unit, thousandths(baseline)));
        let array = std::mem::take(&mut line.array);
        // What follows with nothing between goes on in the same array; but each array in reverse order is turned by itself.
        if let Some(Op::Unknown { key, value }) = self.ops.last_mut().filter(|_| !self.reversed)
            && key == "TJ"
            && let Some(DictItem::Array(before)) = value.first_mut()
        {
            join(before, array);
        } else {
            self.operator("TJ", vec![DictItem::Array(array)]);
        }
    }

    /// Moves the viewer's pen to where a line of text begins.
    fn next_line(&mut self, to: (i64, i64)) {
        #[expect(clippy::cast_precision_loss, reason = "a page's distances are small")]
        let by = |from: i64, to: i64| Pt(number((to - from) as f64 / 1000.0));
        let pos = printpdf::Point { x: by(self.line.0, to.0), y: by(self.line.1, to.1) };
        self.ops.push(Op::SetTextCursor { pos });
        self.line = to;
    }

    /// Where a run begins, in points from the sheet's left edge.
    fn left_of(&self, run: &GlyphRun) -> f64 {
        (self.sheet.left() + run.origin.x).to_pt()
    }

    /// How far a line's glyphs stand above the sheet's lower edge, in points.
    fn baseline(&self, line: &Line<'_>) -> f64 {
        (self.sheet.top() - line.run.origin.y - line.rise).to_pt()
    }
}

/// A coordinate in thousandths of a point, as [`number`] rounds it.
fn thousandths(points: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
    let rounded = (points * 1000.0).round() as i64;
    rounded
}

/// Adds to a text array what another holds, and to its last string what the other begins with.
fn join(array: &mut Vec<DictItem>, mut next: Vec<DictItem>) {
    if let (Some(DictItem::String { data: codes, .. }), Some(DictItem::String { data, .. })) =
        (array.last_mut(), next.first_mut())
        && codes.len() + data.len() <= 2 * CODES_PER_STRING
    {
        codes.append(data);
        next.remove(0);
    }
    array.append(&mut next);
}

/// A rule that is as thick as the target's lines are at least, grown on both sides of its middle.
fn thickened(rect: Rect, least: Length) -> Rect {
    let (width, height) = (rect.size.width, rect.size.height);
    if width <= Length::ZERO || height <= Length::ZERO {
        return rect;
    }
    if height <= width {
        let height = height.max(least);
        Rect::new(rect.origin.x, rect.origin.y - (height - rect.size.height) / 2, width, height)
    } else {
        let width = width.max(least);
        Rect::new(rect.origin.x - (width - rect.size.width) / 2, rect.origin.y, width, height)
    }
}

/// A run on its way into text arrays.
///
/// The viewer moves its pen by the font's widths; `pen` follows it in thousandths of the scaled em, so that what an
/// adjustment rounds off is made up for by the next, and nothing adds up along a line.
struct Line<'r> {
    run: &'r GlyphRun,
    face: &'r UsedFace<'r>,
    owner: Owner,
    /// Points to a thousandth of the scaled em.
    unit: f64,
    /// Where the viewer's pen is, in those units from the run's origin.
    pen: f64,
    /// Where the layout's pen is, from the run's origin.
    wanted: Length,
    /// How far below the baseline the glyphs are painted.
    rise: Length,
    /// Whether the viewer's pen is where `pen` says.
    placed: bool,
    /// Where the array begins, from the run's origin, if the viewer's pen has to be brought there.
    start: Option<Length>,
    array: Vec<DictItem>,
    codes: Vec<u8>,
}

impl<'r> Line<'r> {
    fn new(run: &'r GlyphRun, face: &'r UsedFace<'r>, owner: Owner) -> Self {
        let unit = f64::from(number(run.size.to_pt())) * f64::from(run.expansion) / 10_000.0 / 1000.0;
        Self {
            run,
            face,
            owner,
            unit,
            pen: 0.0,
            wanted: Length::ZERO,
            rise: Length::ZERO,
            placed: false,
            start: None,
            array: Vec::new(),
            codes: Vec::new(),
        }
    }

    /// Goes on from where the viewer's pen is, on the run's baseline, unless that is farther than an em away.
    fn follow(&mut self, pen: f64) {
        // Where a run of no size is, is not seen.
        self.placed = pen.is_finite() && pen.abs() <= 1000.0;
        self.pen = pen;
    }

    /// Brings the viewer's pen to `x` from the run's origin.
    fn move_to(&mut self, x: Length) {
        let place = if self.unit > 0.0 { x.to_pt() / self.unit } else { 0.0 };
        if !self.placed {
            self.start = Some(x);
            self.pen = place;
            self.placed = true;
            return;
        }
        let adjustment = (self.pen - place).round();
        if adjustment != 0.0 {
            self.flush();
            #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
            self.array.push(DictItem::Int(adjustment as i64));
            self.pen -= adjustment;
        }
    }

    /// Adds the space that follows `cluster` in the text without a glyph of its own, if one does.
    fn end_word(&mut self, cluster: &Cluster<'_>) {
        if let Some(space) = self.face.space.filter(|_| cluster.space_follows) {
            self.move_to(self.wanted);
            self.show(space);
        }
    }

    /// Adds a glyph at the viewer's pen.
    fn show(&mut self, code: u16) {
        if self.codes.len() >= 2 * CODES_PER_STRING {
            self.flush();
        }
        self.codes.extend(code.to_be_bytes());
        self.pen += self.face.width(code);
    }

    /// Moves the codes into the array.
    fn flush(&mut self) {
        if !self.codes.is_empty() {
            self.array.push(DictItem::String { data: std::mem::take(&mut self.codes), literal: true });
        }
    }
}

/// A cluster of a run that reads from right to left, glyph by glyph from left to right, where each can have characters of its
/// own: the last glyph those of the letter, the others one sign each.
fn letters(cluster: Cluster<'_>) -> Vec<Cluster<'_>> {
    if let (Some(joiner @ ('\u{200c}' | '\u{200d}')), [_]) = (cluster.text.chars().next(), cluster.glyphs) {
        // A joiner has no glyph, and comes before the letter that it has fallen to: it stands at the letter's right.
        let letter = Cluster { text: cluster.text[joiner.len_utf8()..].to_owned().into(), ..cluster };
        let joiner = Cluster { glyphs: &[], text: joiner.to_string().into(), space_follows: false };
        return if letter.text.is_empty() { vec![letter] } else { vec![letter, joiner] };
    }
    let characters: Vec<char> = cluster.text.chars().collect();
    let signs = cluster.glyphs.len().saturating_sub(1);
    if signs == 0
        || characters.len() <= signs
        || cluster.glyphs[..signs].iter().any(|glyph| glyph.advance != Length::ZERO)
    {
        return vec![cluster];
    }
    let (letter, marks) = characters.split_at(characters.len() - signs);
    let texts = marks.iter().rev().map(char::to_string).chain([letter.iter().collect()]);
    let parts = cluster.glyphs.chunks(1).zip(texts);
    parts.map(|(glyphs, text)| Cluster { glyphs, text: text.into(), space_follows: false }).collect()
}

/// Whether a glyph stands above, below or over another.
fn is_sign(glyph: &Glyph) -> bool {
    glyph.offset.y != Length::ZERO || (glyph.advance == Length::ZERO && glyph.offset.x != Length::ZERO)
}

/// Whether a glyph is painted elsewhere than where the pen is: above, below or over another.
fn is_moved(glyph: &Glyph) -> bool {
    glyph.offset != Point::default()
}

/// The property list of an artifact (PDF 32000-1, 14.8.2.2.2).
fn artifact_properties(kind: Artifact) -> BTreeMap<String, DictItem> {
    let name = |name: &str| DictItem::Name(name.as_bytes().to_vec());
    let furniture = |subtype: &str, edge: &str| {
        let attached = DictItem::Array(vec![name(edge)]);
        vec![("Type", name("Pagination")), ("Subtype", name(subtype)), ("Attached", attached)]
    };
    let entries = match kind {
        Artifact::Header => furniture("Header", "Top"),
        Artifact::Footer => furniture("Footer", "Bottom"),
        Artifact::Layout => vec![("Type", name("Layout"))],
    };
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
