//! The pages of print as files of a fixed layout, with text that can be selected.
//!
//! A page is one SVG drawing within XHTML, in points. Its letters are text in the e-book's fonts: a word begins where print has
//! it and is as long as in print, and the reading system shapes it as the layout did, with the same features. Letters of a face
//! that the e-book can't carry are outlines, with the text unseen above them. Start at [`render`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rayon::prelude::*;

use super::content::{self, Content, ContentFile, PageAnchor};
use super::fonts::WebFont;
use super::xml::{self, attribute, escape, escaped};
use crate::document::{Block, BlockKind, Image, Inline, InlineKind, Matter, Node, NodeId, walk};
use crate::font::{FaceId, PathElement};
use crate::geometry::{Length, Point, Rect};
use crate::graphic::GraphicId;
use crate::layout::book::{
    Artifact, Book, FrameItem, GlyphRun, Ink, ItemKind, LinkTarget, Owner, Page, PathSegment, Side, turned,
};
use crate::style::Binding;

/// CSS pixels to a point: a reading system may refuse to set letters smaller than some.
const PIXELS: f64 = 2.0;

/// How a run of letters looks: face, features, size.
type Look = (FaceId, Vec<([u8; 4], u32)>, i64);

/// The pages as files, and their style sheet. Linear in what is painted; the pages are written in parallel.
pub(super) fn render(book: &Book, fonts: &[WebFont]) -> (Content, String) {
    let painter = Painter::new(book, fonts);
    let pages = &book.pagination.pages;
    let bodies: Vec<String> = pages.par_iter().map(|page| painter.page(page)).collect();
    let mut matter = Matter::Front;
    let mut files = Vec::new();
    let mut anchors = Vec::new();
    for (index, (page, xhtml)) in pages.iter().zip(bodies).enumerate() {
        let division = page.starts_at.and_then(|start| book.document.divisions.get(start.node.division as usize));
        matter = division.map_or(matter, |division| division.matter);
        let (name, label) = (file_name(index), page.label.text());
        if page.starts_at.is_some() {
            anchors.push(PageAnchor { address: format!("{name}#page"), label: label.clone() });
        }
        let recto = page.side == Side::Recto;
        let right = recto == (book.style.page.binding == Binding::Left);
        files.push(ContentFile {
            name,
            title: label,
            matter: Some(matter),
            landmarks: Vec::new(),
            xhtml,
            property: "svg",
            spread: if right { "page-spread-right" } else { "page-spread-left" },
        });
    }
    let mut leaves = BTreeMap::new();
    let mut title_page = None;
    for (index, item) in pages.iter().enumerate().flat_map(|(index, page)| page.items().map(move |item| (index, item)))
    {
        match item.owner {
            Owner::Node(node) | Owner::Marker(node) | Owner::Locator(node, _) => {
                leaves.entry(node).or_insert_with(|| file_name(index));
            }
            Owner::TitlePage(_) => {
                title_page.get_or_insert_with(|| file_name(index));
            }
            Owner::HalfTitle
            | Owner::CopyrightLine(_)
            | Owner::ListHeading(_)
            | Owner::ListEntry(..)
            | Owner::Artifact(_) => {}
        }
    }
    let css = painter.stylesheet();
    (Content::of_pages(files, painter.names, anchors, title_page, leaves), css)
}

fn file_name(index: usize) -> String {
    format!("page-{:04}.xhtml", index + 1)
}

/// Calls `visit` with each item of a page, and with where the corner lies around which it is turned, if it is.
fn visit_items<'p>(page: &'p Page, visit: &mut dyn FnMut(&'p FrameItem, Option<Point>)) {
    for item in page.frames.iter().flat_map(|frame| &frame.items) {
        match &item.kind {
            // What is turned is not turned again.
            ItemKind::Turned { origin, items } => items.iter().for_each(|item| visit(item, Some(*origin))),
            ItemKind::Glyphs(_)
            | ItemKind::Path { .. }
            | ItemKind::Rule { .. }
            | ItemKind::Image { .. }
            | ItemKind::Link { .. } => visit(item, None),
        }
    }
}

/// Signs that are mirrored where they stand in text from right to left (Unicode, `BidiMirroring.txt`): those of prose.
const MIRRORED: [(char, char); 6] = [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›')];

/// What all pages share.
struct Painter<'b> {
    book: &'b Book,
    fonts: &'b [WebFont],
    /// The number of each look.
    looks: BTreeMap<Look, usize>,
    images: BTreeMap<NodeId, &'b Image>,
    /// The names of the image files.
    names: BTreeMap<GraphicId, String>,
    /// The page on which each leaf begins.
    leaves: BTreeMap<NodeId, usize>,
}

impl<'b> Painter<'b> {
    fn new(book: &'b Book, fonts: &'b [WebFont]) -> Self {
        let mut looks: BTreeMap<Look, usize> = BTreeMap::new();
        let mut leaves = BTreeMap::new();
        for (index, page) in book.pagination.pages.iter().enumerate() {
            for item in page.items() {
                if let ItemKind::Glyphs(run) = &item.kind {
                    looks.entry(look(run)).or_default();
                }
                if let Owner::Node(node) | Owner::Marker(node) = item.owner {
                    leaves.entry(node).or_insert(index);
                }
            }
        }
        looks.values_mut().enumerate().for_each(|(number, look)| *look = number);
        let mut images = BTreeMap::new();
        for division in &book.document.divisions {
            walk(division.all_blocks(), &mut |node| match node {
                Node::Block(Block { id, kind: BlockKind::Figure { image, .. }, .. })
                | Node::Inline(Inline { id, kind: InlineKind::Image(image), .. }) => {
                    images.insert(*id, image);
                }
                Node::Block(_) | Node::Inline(_) => {}
            });
        }
        Self { book, fonts, looks, images, names: content::image_names(book), leaves }
    }

    /// The fonts by number, and a class for each look.
    fn stylesheet(&self) -> String {
        let mut out = String::from(
            "html, body { margin: 0; padding: 0; background: #fff; color: #000; }\n\
             a, img, svg { display: block; position: absolute; }\n\
             img { object-fit: cover; }\n\
             svg { left: 0; top: 0; text-rendering: geometricPrecision; }\n\
             .unseen { fill-opacity: 0; }\n\
             body.cover img { position: static; width: 100%; height: 100%; }\n",
        );
        for (number, font) in self.fonts.iter().enumerate() {
            let _ = writeln!(
                out,
                "@font-face {{ font-family: \"f{number}\"; src: url({}) format(\"woff2\"); }}",
                font.name
            );
        }
        for ((face, features, size), number) in &self.looks {
            let family = self.font(*face).map_or_else(|| "serif".to_owned(), |font| format!("\"f{font}\", serif"));
            let _ =
                write!(out, ".l{number} {{ font-family: {family}; font-size: {}px;", points(Length::from_raw(*size)));
            let settings = features.iter().map(|(tag, value)| format!("\"{}\" {value}", String::from_utf8_lossy(tag)));
            let settings: Vec<String> = settings.collect();
            if !settings.is_empty() {
                let _ = write!(out, " font-feature-settings: {};", settings.join(", "));
            }
            out.push_str(" }\n");
        }
        out
    }

    fn font(&self, face: FaceId) -> Option<usize> {
        self.fonts.iter().position(|font| font.face == face)
    }

    /// A page as XHTML.
    fn page(&self, page: &Page) -> String {
        let trim = self.book.style.page.trim;
        let (width, height) = (points(trim.width), points(trim.height));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
        let pixels = |length: Length| (length.to_pt() * PIXELS).round() as u64;
        let size = (pixels(trim.width), pixels(trim.height));
        let label = page.label.text();
        let mut body = String::new();
        if page.starts_at.is_some() {
            body.push_str("<span id=\"page\" epub:type=\"pagebreak\" role=\"doc-pagebreak\"");
            attribute("aria-label", &label, &mut body);
            body.push_str("></span>\n");
        }
        // Below the letters: not every reading system shows a drawing within a drawing.
        visit_items(page, &mut |item, corner| {
            if let ItemKind::Image { rect, graphic } = &item.kind {
                self.image(rect, corner, *graphic, item.owner, &mut body);
            }
        });
        body.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\"");
        let _ = writeln!(body, " width=\"{}\" height=\"{}\" viewBox=\"0 0 {width} {height}\">", size.0, size.1);
        let mut line = Line::default();
        let mut turned_around = None;
        visit_items(page, &mut |item, corner| {
            if corner != turned_around {
                line.close(&mut body);
                body.push_str(if turned_around.is_some() { "</g>\n" } else { "" });
                if let Some(corner) = corner {
                    let (x, y) = (points(corner.x), points(corner.y));
                    let _ = writeln!(body, "<g transform=\"matrix(0 -1 1 0 {x} {y})\">");
                }
                turned_around = corner;
            }
            match &item.kind {
                ItemKind::Glyphs(run) => self.text(run, item.owner, &mut line, &mut body),
                ItemKind::Rule { rect, ink } => {
                    line.close(&mut body);
                    body.push_str("<rect");
                    place(rect, &mut body);
                    fill(*ink, &mut body);
                    body.push_str("/>\n");
                }
                ItemKind::Path { segments, ink } => {
                    line.close(&mut body);
                    let _ = write!(body, "<path d=\"{}\"", path_data(segments));
                    fill(*ink, &mut body);
                    body.push_str("/>\n");
                }
                ItemKind::Image { .. } | ItemKind::Link { .. } | ItemKind::Turned { .. } => {}
            }
        });
        line.close(&mut body);
        body.push_str(if turned_around.is_some() { "</g>\n</svg>\n" } else { "</svg>\n" });
        // Above everything, so that they can be met.
        visit_items(page, &mut |item, corner| {
            if let ItemKind::Link { rect, target } = &item.kind {
                self.link(rect, corner, target, page, &mut body);
            }
        });
        let title = format!("{} · {label}", super::title(self.book));
        let (language, direction) = (super::language(self.book), super::direction(self.book));
        xml::page_of_size(language, direction, &title, "", &body, Some(size))
    }

    fn image(&self, rect: &Rect, corner: Option<Point>, id: GraphicId, owner: Owner, out: &mut String) {
        let Some(name) = self.names.get(&id) else { return };
        out.push_str("<img");
        attribute("src", name, out);
        let image = match owner {
            Owner::Node(node) | Owner::Marker(node) | Owner::Locator(node, _) => self.images.get(&node),
            Owner::HalfTitle
            | Owner::TitlePage(_)
            | Owner::CopyrightLine(_)
            | Owner::ListHeading(_)
            | Owner::ListEntry(..)
            | Owner::Artifact(_) => None,
        };
        match image.filter(|image| !image.decorative) {
            Some(image) => attribute("alt", image.alternative(), out),
            None => out.push_str(" alt=\"\" role=\"presentation\""),
        }
        placed(rect, corner, out);
        out.push_str("/>\n");
    }

    /// A box that leads somewhere, called by the words that it is over.
    fn link(&self, rect: &Rect, corner: Option<Point>, target: &LinkTarget, page: &Page, out: &mut String) {
        let address = match target {
            LinkTarget::External(address) => xml::external_address(address),
            LinkTarget::Node(node) => self.page_of(*node).map(file_name),
            LinkTarget::Broken => None,
        };
        let Some(address) = address else { return };
        let mut words = String::new();
        visit_items(page, &mut |item, around| {
            if let ItemKind::Glyphs(run) = &item.kind
                && around == corner
                && within(rect, run.origin)
            {
                words.push_str(&run.text);
            }
        });
        out.push_str("<a");
        attribute("href", &address, out);
        attribute("aria-label", if words.trim().is_empty() { &address } else { words.trim() }, out);
        let rect = corner.map_or(*rect, |corner| turned(*rect, corner));
        placed(&rect, None, out);
        out.push_str("></a>\n");
    }

    /// The index of the page on which a node begins: where its first leaf does.
    fn page_of(&self, node: NodeId) -> Option<usize> {
        if let Some(page) = self.book.pagination.places.get(&node) {
            return usize::try_from(*page).ok();
        }
        let next = self.leaves.range(node..).next().filter(|(leaf, _)| leaf.division == node.division);
        next.or_else(|| self.leaves.range(..=node).next_back()).map(|(_, page)| *page)
    }

    /// A run of letters, on the line that is open where that has the same baseline.
    fn text(&self, run: &GlyphRun, owner: Owner, line: &mut Line, out: &mut String) {
        let hidden = match owner {
            Owner::Artifact(Artifact::Header | Artifact::Footer | Artifact::Layout) => true,
            Owner::Node(_)
            | Owner::Marker(_)
            | Owner::Locator(..)
            | Owner::HalfTitle
            | Owner::TitlePage(_)
            | Owner::CopyrightLine(_)
            | Owner::ListHeading(_)
            | Owner::ListEntry(..) => false,
        };
        let seen = self.font(run.face).is_some();
        if !seen {
            line.close(out);
            self.outlines(run, out);
        }
        if run.text.chars().any(|c| matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)) {
            return;
        }
        line.open(run.origin.y, hidden, out);
        let _ = write!(out, "<tspan class=\"l{}{}\"", self.looks[&look(run)], if seen { "" } else { " unseen" });
        fill(run.ink, out);
        if let Some(tag) = run.language.as_deref().and_then(xml::language_tag) {
            attribute("xml:lang", tag, out);
        }
        out.push('>');
        let tracked = run.features.no_ligatures;
        let words = words(run);
        let backwards = is_right_to_left(run) || self.is_mirrored(run);
        for word in &words {
            out.push_str("<tspan");
            let start = if backwards { word.right } else { word.left };
            let _ = write!(out, " x=\"{}\"", points(start));
            if backwards {
                out.push_str(" direction=\"rtl\" unicode-bidi=\"embed\"");
            }
            if word.glyphs > 1 && (run.expansion != 10_000 || tracked || !seen) {
                let adjust = if tracked { "spacing" } else { "spacingAndGlyphs" };
                let length = points(word.right - word.left);
                let _ = write!(out, " textLength=\"{length}\" lengthAdjust=\"{adjust}\"");
            }
            out.push('>');
            escape(&word.text, out);
            out.push_str("</tspan>");
            match (word.space_follows, backwards) {
                (false, _) => {}
                (true, false) => out.push(' '),
                // Within the stretch that the word begins, it would push the word aside.
                (true, true) => {
                    let _ = write!(out, "<tspan x=\"{}\"> </tspan>", points(word.left));
                }
            }
        }
        if words.is_empty() && run.text.contains(char::is_whitespace) {
            out.push(' ');
        }
        out.push_str("</tspan>");
    }

    /// Whether a run of one sign, such as a bracket, is set as its like that opens the other way: it reads from right to left,
    /// though no numbers of clusters say so.
    fn is_mirrored(&self, run: &GlyphRun) -> bool {
        let mut letters = run.text.trim().chars();
        let (Some(sign), None, [glyph]) = (letters.next(), letters.next(), run.glyphs.as_slice()) else { return false };
        let other = MIRRORED.iter().find_map(|(opening, closing)| match sign {
            _ if sign == *opening => Some(*closing),
            _ if sign == *closing => Some(*opening),
            _ => None,
        });
        let face = self.book.fonts.face(run.face);
        other.is_some_and(|other| face.glyph(other) == Some(glyph.id) && face.glyph(sign) != Some(glyph.id))
    }

    /// The letters of a run as one path.
    fn outlines(&self, run: &GlyphRun, out: &mut String) {
        let face = self.book.fonts.face(run.face);
        #[expect(clippy::cast_precision_loss, reason = "font units are small")]
        let scale = run.size.to_pt() / face.units_per_em() as f64;
        let across = scale * f64::from(run.expansion) / 10_000.0;
        let mut data = String::new();
        let mut pen = run.origin.x;
        for glyph in &run.glyphs {
            let (x, y) = ((pen + glyph.offset.x).to_pt(), (run.origin.y + glyph.offset.y).to_pt());
            let pair = |x0: f32, y0: f32| {
                format!("{} {}", short(x + f64::from(x0) * across), short(y - f64::from(y0) * scale))
            };
            for element in face.outline(glyph.id) {
                let step = match element {
                    PathElement::MoveTo { x, y } => format!("M{}", pair(x, y)),
                    PathElement::LineTo { x, y } => format!("L{}", pair(x, y)),
                    PathElement::QuadTo { cx0, cy0, x, y } => format!("Q{} {}", pair(cx0, cy0), pair(x, y)),
                    PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => {
                        format!("C{} {} {}", pair(cx0, cy0), pair(cx1, cy1), pair(x, y))
                    }
                    PathElement::Close => "Z".to_owned(),
                };
                data.push_str(&step);
            }
            pen += glyph.advance;
        }
        if !data.is_empty() {
            let _ = write!(out, "<path aria-hidden=\"true\" d=\"{data}\"");
            fill(run.ink, out);
            out.push_str("/>\n");
        }
    }
}

/// The line of text that is being written.
#[derive(Default)]
struct Line {
    /// The baseline, and whether it is furniture; `None` where none is open.
    open: Option<(Length, bool)>,
}

impl Line {
    fn open(&mut self, baseline: Length, hidden: bool, out: &mut String) {
        if self.open == Some((baseline, hidden)) {
            return;
        }
        self.close(out);
        self.open = Some((baseline, hidden));
        let _ = write!(out, "<text y=\"{}\"", points(baseline));
        out.push_str(if hidden { " aria-hidden=\"true\">" } else { ">" });
    }

    fn close(&mut self, out: &mut String) {
        if self.open.take().is_some() {
            out.push_str("</text>\n");
        }
    }
}

/// A word, and where it stands.
struct Word {
    left: Length,
    right: Length,
    text: String,
    glyphs: usize,
    /// Whether the text has white space behind it.
    space_follows: bool,
}

/// The words of a run, in the order of its text. What the program put in (a hyphen) is a word too.
fn words(run: &GlyphRun) -> Vec<Word> {
    let backwards = is_right_to_left(run);
    let mut pen = run.origin.x;
    let mut placed: Vec<(Length, Length, u32)> = Vec::new();
    for glyph in &run.glyphs {
        placed.push((pen, pen + glyph.advance, glyph.cluster));
        pen += glyph.advance;
    }
    if run.text.is_empty() {
        let hyphen = Word { left: run.origin.x, right: pen, text: "-".to_owned(), glyphs: 1, space_follows: false };
        return if placed.is_empty() { Vec::new() } else { vec![hyphen] };
    }
    if backwards {
        placed.reverse();
    }
    let mut words: Vec<Word> = Vec::new();
    let mut within = false;
    let mut rest = placed.as_slice();
    while let Some(&(_, _, start)) = rest.first() {
        let count = rest.iter().take_while(|glyph| glyph.2 == start).count();
        let (cluster, after) = rest.split_at(count);
        let end = after.first().map_or(run.text.len(), |next| next.2 as usize);
        let text = run.text.get(start as usize..end).unwrap_or_default();
        let left = cluster.iter().map(|glyph| glyph.0).min().unwrap_or_default();
        let right = cluster.iter().map(|glyph| glyph.1).max().unwrap_or_default();
        let letters = text.trim_end_matches(char::is_whitespace);
        if !letters.is_empty() {
            match words.last_mut().filter(|_| within) {
                Some(word) => {
                    word.left = word.left.min(left);
                    word.right = word.right.max(right);
                    word.text.push_str(letters);
                    word.glyphs += count;
                }
                None => words.push(Word { left, right, text: letters.to_owned(), glyphs: count, space_follows: false }),
            }
        }
        within = letters.len() == text.len() && !letters.is_empty();
        if !within && let Some(word) = words.last_mut() {
            word.space_follows = true;
        }
        rest = after;
    }
    words
}

/// Whether the run reads from right to left: its cluster numbers fall.
fn is_right_to_left(run: &GlyphRun) -> bool {
    run.glyphs.windows(2).any(|pair| pair[1].cluster < pair[0].cluster)
}

fn look(run: &GlyphRun) -> Look {
    (run.face, run.features.settings(), run.size.raw())
}

fn within(rect: &Rect, point: Point) -> bool {
    let (right, bottom) = (rect.origin.x + rect.size.width, rect.origin.y + rect.size.height);
    (rect.origin.x..right).contains(&point.x) && (rect.origin.y..=bottom).contains(&point.y)
}

/// Writes place and size of an element of XHTML, in CSS pixels, turned a quarter to the left around a corner where there is one.
fn placed(rect: &Rect, corner: Option<Point>, out: &mut String) {
    let pixels = |length: Length| short(length.to_pt() * PIXELS);
    let origin = corner.map_or(rect.origin, |corner| Point::new(corner.x + rect.origin.y, corner.y - rect.origin.x));
    let (left, top) = (pixels(origin.x), pixels(origin.y));
    let (width, height) = (pixels(rect.size.width), pixels(rect.size.height));
    let turn = if corner.is_some() { "; transform-origin: 0 0; transform: rotate(-90deg)" } else { "" };
    let _ = write!(out, " style=\"left: {left}px; top: {top}px; width: {width}px; height: {height}px{turn}\"");
}

/// Writes place and size of an element of a drawing, in points.
fn place(rect: &Rect, out: &mut String) {
    let values = [("x", rect.origin.x), ("y", rect.origin.y), ("width", rect.size.width), ("height", rect.size.height)];
    for (name, value) in values {
        let _ = write!(out, " {name}=\"{}\"", points(value));
    }
}

/// Writes a colour, where it is not black.
fn fill(ink: Ink, out: &mut String) {
    let [red, green, blue] = match ink {
        Ink::Black => return,
        Ink::Tint(percent) => {
            let level = 255 - u16::from(percent.min(100)) * 255 / 100;
            [u8::try_from(level).unwrap_or(0); 3]
        }
        Ink::Color(color) => color,
    };
    let _ = write!(out, " fill=\"#{red:02x}{green:02x}{blue:02x}\"");
}

fn path_data(segments: &[PathSegment]) -> String {
    let pair = |point: &Point| format!("{} {}", points(point.x), points(point.y));
    let step = |segment: &PathSegment| match segment {
        PathSegment::MoveTo(to) => format!("M{}", pair(to)),
        PathSegment::LineTo(to) => format!("L{}", pair(to)),
        PathSegment::CubicTo(first, second, to) => format!("C{} {} {}", pair(first), pair(second), pair(to)),
        PathSegment::Close => "Z".to_owned(),
    };
    escaped(&segments.iter().map(step).collect::<String>())
}

/// A length in points, to a hundredth.
fn points(length: Length) -> String {
    short(length.to_pt())
}

/// A number with two decimals at most.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
