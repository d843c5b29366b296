//! The cover that a book gets without an image of its own: its title, set in the book's face.
//!
//! A quiet ground, a short rule with the title below it, the authors at the foot, and rings in the room between. Only the
//! words decide what it looks like: the title chooses the ground. It knows nothing of documents. Start at [`draw`].

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Rect, Transform};
use unicode_bidi::BidiInfo;
use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

use crate::font::shaping::{Features, Run, Shaper, script_runs};
use crate::font::{FaceId, FontBook, PathElement, Writing, is_ignorable};

/// Width in pixels.
pub const WIDTH: u32 = 1600;
/// Height in pixels, of the cover within an e-book.
pub const HEIGHT: u32 = 2400;
/// Height in pixels, of the cover that stores show: five to eight, as they ask for.
pub const STORE_HEIGHT: u32 = 2560;

/// The words on a cover. Empty ones are left out.
#[derive(Clone, Copy, Debug)]
pub struct CoverText<'a> {
    /// The title.
    pub title: &'a str,
    /// The subtitle.
    pub subtitle: &'a str,
    /// The authors, a line each.
    pub authors: &'a [String],
    /// The language of all of it, a BCP 47 tag.
    pub language: &'a str,
}

/// A ground and what goes with it.
struct Palette {
    ground: [u8; 3],
    /// The circles: the ground, a little lighter.
    tint: [u8; 3],
    /// The rule.
    accent: [u8; 3],
}

const PALETTES: [Palette; 6] = [
    Palette { ground: [0x40, 0x2f, 0x22], tint: [0x5e, 0x4a, 0x39], accent: [0xd9, 0xb2, 0x6a] },
    Palette { ground: [0x1f, 0x39, 0x31], tint: [0x35, 0x55, 0x4a], accent: [0xd8, 0xb2, 0x5c] },
    Palette { ground: [0x56, 0x1f, 0x25], tint: [0x74, 0x38, 0x3c], accent: [0xe0, 0xb5, 0x6b] },
    Palette { ground: [0x2b, 0x30, 0x36], tint: [0x46, 0x4d, 0x55], accent: [0xcf, 0x5c, 0x3f] },
    Palette { ground: [0x38, 0x26, 0x40], tint: [0x54, 0x3e, 0x5d], accent: [0xd6, 0xa3, 0x54] },
    Palette { ground: [0x1d, 0x2d, 0x44], tint: [0x31, 0x45, 0x63], accent: [0xd9, 0xa4, 0x41] },
];

/// The letters.
const PAPER: [u8; 3] = [0xf5, 0xf0, 0xe6];

/// The left and right margins, in pixels.
const MARGIN: f64 = 176.0;
/// The width of the text, in pixels.
const MEASURE: f64 = WIDTH as f64 - 2.0 * MARGIN;
/// The JPEG's quality, of 100.
const QUALITY: u8 = 88;
/// No text is longer than this many grapheme clusters; the rest becomes an ellipsis.
const LONGEST: usize = 240;

/// Draws a cover of [`WIDTH`] × `height` pixels, a JPEG, in the typeface `family`. Letters that no face of `fonts` has are
/// left out. The same words and faces give the same bytes. Costs some hundredths of a second, most of them for the encoding.
///
/// # Errors
/// Says in words that the image could not be encoded.
pub fn draw(text: &CoverText<'_>, height: u32, fonts: &FontBook, family: &str) -> Result<Vec<u8>, String> {
    let palette = &PALETTES[usize::from(digest(text.title) % 6)];
    // A title that reads from the right turns the whole cover round.
    let mirrored = BidiInfo::new(text.title, None).paragraphs.first().is_some_and(|first| first.level.is_rtl());
    let mut canvas = Canvas::new(palette.ground, height, mirrored).ok_or("the cover could not be drawn: no memory")?;
    let mut setter = Setter { fonts, shaper: Shaper::new(fonts), language: text.language };
    let roman = fonts.select(family, 400, false);
    let italic = fonts.select(family, 400, true);
    let display = Voice { face: roman, features: Features { lining: true, ..Features::default() }, tracking: 0.0 };
    let voice = Voice { face: italic, features: Features { old_style: true, ..Features::default() }, tracking: 0.0 };
    let small_caps = Features { small_caps: true, old_style: true, no_ligatures: true, ..Features::default() };
    let names = Voice { face: roman, features: small_caps, tracking: 0.07 };

    canvas.rectangle(MARGIN, 304.0, 132.0, 14.0, palette.accent);
    // Capitals are about 0.65 em high: the title's stand a hand below the rule.
    let title = setter.fit(text.title, &display, 272.0, 92.0, 6, 960.0, 1.1);
    let mut baseline = 318.0 + 110.0 + title.size * 0.65;
    for line in &title.lines {
        canvas.line(line, MARGIN, baseline, title.size, fonts);
        baseline += title.size * 1.1;
    }
    let subtitle = setter.fit(text.subtitle, &voice, 84.0, 56.0, 4, 400.0, 1.32);
    baseline += subtitle.size * 1.32 + 28.0 - title.size * 0.46;
    for line in &subtitle.lines {
        canvas.line(line, MARGIN, baseline, subtitle.size, fonts);
        baseline += subtitle.size * 1.32;
    }

    let above = baseline - subtitle.size;

    let mut lines = Vec::new();
    let size = 54.0;
    for author in text.authors.iter().take(6) {
        lines.extend(setter.fit(author, &names, size, size, 3, 400.0, 1.4).lines);
    }
    lines.truncate(8);
    let mut baseline = f64::from(height) - 232.0;
    for line in lines.iter().rev() {
        canvas.line(line, MARGIN, baseline, size, fonts);
        baseline -= size * 1.4;
    }
    circles(&mut canvas, palette, above, baseline + size * 0.7);
    canvas.encode()
}

/// FNV-1a (Fowler, Noll and Vo), folded to a byte: a choice that depends on the words alone.
fn digest(text: &str) -> u8 {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash.to_le_bytes().into_iter().fold(0, |folded, byte| folded ^ byte)
}

/// Rings around a point at the right margin, further apart the larger they are, in the room between `top` and `bottom`.
fn circles(canvas: &mut Canvas, palette: &Palette, top: f64, bottom: f64) {
    let core = 22.0;
    let largest = ((bottom - top) / 2.0 - 72.0).min(560.0);
    let (x, y) = (f64::from(WIDTH) - MARGIN - core, f64::midpoint(top, bottom));
    if largest < core {
        return;
    }
    canvas.ring(x, y, core, 0.0, palette.accent);
    let (mut radius, mut gap) = (core * 2.6, 26.0);
    while radius < largest {
        canvas.ring(x, y, radius, 4.0, palette.tint);
        radius += gap;
        gap *= 1.14;
    }
}

/// How a line of the cover is set.
struct Voice {
    face: FaceId,
    features: Features,
    /// Extra space after each letter, in em.
    tracking: f64,
}

/// A line, set: glyphs with their places, in em.
#[derive(Default)]
struct Line {
    glyphs: Vec<(FaceId, u16, f64, f64)>,
    width: f64,
}

/// Text broken into lines at a size.
#[derive(Default)]
struct Fitted {
    lines: Vec<Line>,
    /// In pixels.
    size: f64,
}

/// What a line cannot be broken within.
struct Unit<'a> {
    text: &'a str,
    /// Whether a space separates it from the one before.
    spaced: bool,
    width: f64,
}

struct Setter<'a> {
    fonts: &'a FontBook,
    shaper: Shaper<'a>,
    language: &'a str,
}

impl Setter<'_> {
    /// Sets `text` as large as it goes, from `largest` down to `smallest` pixels, on at most `lines` lines and `height` pixels,
    /// in lines of nearly equal length. What does not fit at the smallest size is cut.
    #[expect(clippy::too_many_arguments, reason = "all are limits of one fit")]
    fn fit(
        &mut self,
        text: &str,
        voice: &Voice,
        largest: f64,
        smallest: f64,
        lines: usize,
        height: f64,
        leading: f64,
    ) -> Fitted {
        let text = shorten(text);
        let mut units = Vec::new();
        for unit in cut(&text) {
            let width = self.set(unit.text, voice).width;
            if width <= MEASURE / smallest {
                units.push(Unit { width, ..unit });
                continue;
            }
            // A word longer than any line is broken anywhere.
            for (index, text) in unit.text.graphemes(true).enumerate() {
                let width = self.set(text, voice).width;
                units.push(Unit { text, spaced: unit.spaced && index == 0, width });
            }
        }
        // What no face has takes no room.
        units.retain(|unit| unit.width > 0.0);
        let space = self.set("\u{a0}", voice).width;
        if units.is_empty() {
            return Fitted::default();
        }
        let mut size = largest;
        let fits = |size: f64| {
            let measure = MEASURE / size;
            let count = greedy(&units, space, measure);
            #[expect(clippy::cast_precision_loss, reason = "a few hundred lines at most")]
            let tall = count as f64 * leading * size > height;
            count <= lines && !tall && units.iter().all(|unit| unit.width <= measure)
        };
        while size > smallest && !fits(size) {
            size -= 4.0;
        }
        let broken = balance(&units, space, MEASURE / size);
        let fitted = broken.iter().take(lines * 2).map(|range| {
            let mut line = String::new();
            for (index, unit) in units.get(range.clone()).unwrap_or_default().iter().enumerate() {
                if unit.spaced && index > 0 {
                    line.push(' ');
                }
                line.push_str(unit.text);
            }
            line
        });
        let fitted: Vec<String> = fitted.collect();
        Fitted { lines: fitted.iter().map(|line| self.set(line, voice)).collect(), size }
    }

    /// Sets one line, left to right as it is seen.
    fn set(&mut self, text: &str, voice: &Voice) -> Line {
        let mut line = Line::default();
        let bidi = BidiInfo::new(text, None);
        for paragraph in &bidi.paragraphs {
            let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let right_to_left = levels.get(run.start).is_some_and(unicode_bidi::Level::is_rtl);
                let mut pieces = Vec::new();
                for script in script_runs(text, run) {
                    pieces.extend(self.faces(text, script, voice));
                }
                if right_to_left {
                    pieces.reverse();
                }
                for (face, range) in pieces {
                    self.shape(text, range, face, right_to_left, voice, &mut line);
                }
            }
        }
        line.width = (line.width - voice.tracking).max(0.0);
        line
    }

    /// Cuts a stretch of text where the face changes; what no face has goes to that of boxes.
    fn faces(&self, text: &str, range: std::ops::Range<usize>, voice: &Voice) -> Vec<(FaceId, std::ops::Range<usize>)> {
        let mut pieces: Vec<(FaceId, std::ops::Range<usize>)> = Vec::new();
        let start = range.start;
        let stretch = text.get(range).unwrap_or_default();
        let writing = Writing::of(stretch, self.language);
        for (offset, cluster) in stretch.grapheme_indices(true) {
            let parts = match self.fonts.fallback(voice.face, cluster, writing) {
                Some(face) => vec![(0..cluster.len(), Some(face))],
                None => self.fonts.cut(voice.face, cluster, writing),
            };
            for (part, face) in parts {
                let face = face.unwrap_or_else(FontBook::missing_face);
                let (from, to) = (start + offset + part.start, start + offset + part.end);
                match pieces.last_mut() {
                    Some((last, piece)) if *last == face && piece.end == from => piece.end = to,
                    _ => pieces.push((face, from..to)),
                }
            }
        }
        pieces
    }

    fn shape(
        &mut self,
        text: &str,
        range: std::ops::Range<usize>,
        face: FaceId,
        right_to_left: bool,
        voice: &Voice,
        line: &mut Line,
    ) {
        #[expect(clippy::cast_precision_loss, reason = "font units are 16 bits")]
        let em = self.fonts.face(face).units_per_em() as f64;
        if face == FontBook::missing_face() {
            let characters = text.get(range).unwrap_or_default().chars();
            for character in characters.filter(|character| !is_ignorable(*character) && !character.is_whitespace()) {
                for (glyph, (x, y)) in FontBook::missing_box(character) {
                    line.glyphs.push((face, glyph, line.width + f64::from(x) / em, f64::from(y) / em));
                    #[expect(clippy::cast_precision_loss, reason = "font units are 16 bits")]
                    let advance = self.fonts.face(face).advance(glyph) as f64 / em;
                    line.width += advance;
                }
                line.width += voice.tracking;
            }
            return;
        }
        let run = Run {
            text,
            range: (range.start, range.end),
            face,
            features: voice.features,
            language: self.language,
            right_to_left,
        };
        for glyph in self.shaper.shape(&run) {
            let (x, y) = (f64::from(glyph.offset.0) / em, f64::from(glyph.offset.1) / em);
            if glyph.id != 0 {
                line.glyphs.push((face, glyph.id, line.width + x, y));
            }
            let advance = f64::from(glyph.advance) / em;
            line.width += advance + if advance > 0.0 { voice.tracking } else { 0.0 };
        }
    }
}

/// `text` with single spaces, without control characters, and no longer than a cover can hold.
fn shorten(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut short = String::new();
    let words = plain.split_whitespace().flat_map(|word| [" ", word]).skip(1);
    for (count, cluster) in words.flat_map(|word| word.graphemes(true)).enumerate() {
        if count == LONGEST {
            short.push('…');
            break;
        }
        short.push_str(cluster);
    }
    short
}

/// Words, not measured yet, and in scripts written without spaces single characters, each with the punctuation that follows it.
fn cut(text: &str) -> Vec<Unit<'_>> {
    let unspaced = |c: char| matches!(c.script(), Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo);
    let mut units = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut start = 0;
        let mut previous = None;
        for (offset, character) in word.char_indices() {
            let breaks = unspaced(character) || previous.is_some_and(unspaced);
            if offset > 0 && breaks && character.is_alphanumeric() {
                let text = word.get(start..offset).unwrap_or_default();
                units.push(Unit { text, spaced: start == 0, width: 0.0 });
                start = offset;
            }
            previous = Some(character);
        }
        units.push(Unit { text: word.get(start..).unwrap_or_default(), spaced: start == 0, width: 0.0 });
    }
    units
}

/// How many lines `units` need when each takes as many as it can hold.
fn greedy(units: &[Unit<'_>], space: f64, measure: f64) -> usize {
    let (mut lines, mut width) = (1, 0.0);
    for (index, unit) in units.iter().enumerate() {
        let gap = if unit.spaced && width > 0.0 { space } else { 0.0 };
        if index > 0 && width + gap + unit.width > measure {
            lines += 1;
            width = unit.width;
        } else {
            width += gap + unit.width;
        }
    }
    lines
}

/// Breaks `units` into as few lines as will do, and of those ways takes the one with the least squared room left over.
/// Quadratic in the units, of which a cover has few.
fn balance(units: &[Unit<'_>], space: f64, measure: f64) -> Vec<std::ops::Range<usize>> {
    let count = units.len();
    // For the units from each index on: lines, cost, end of the first line.
    let mut best = vec![(0_usize, 0.0_f64, count); count + 1];
    for start in (0..count).rev() {
        let mut choice: Option<(usize, f64, usize)> = None;
        let mut width = 0.0;
        for end in start + 1..=count {
            let unit = &units[end - 1];
            width += unit.width + if unit.spaced && end - 1 > start { space } else { 0.0 };
            if width > measure && end > start + 1 {
                break;
            }
            let room = (measure - width).max(0.0);
            let (lines, cost) = (best[end].0 + 1, best[end].1 + room * room);
            if choice.is_none_or(|(least, cheapest, _)| lines < least || (lines == least && cost < cheapest)) {
                choice = Some((lines, cost, end));
            }
        }
        best[start] = choice.unwrap_or((1, 0.0, count));
    }
    let mut lines = Vec::new();
    let mut start = 0;
    while start < count {
        let end = best[start].2;
        lines.push(start..end);
        start = end;
    }
    lines
}

/// The picture.
struct Canvas {
    pixels: Pixmap,
    /// Whether left and right are exchanged, but for the letters themselves.
    mirrored: bool,
}

impl Canvas {
    fn new(ground: [u8; 3], height: u32, mirrored: bool) -> Option<Self> {
        let mut pixels = Pixmap::new(WIDTH, height)?;
        pixels.fill(Color::from_rgba8(ground[0], ground[1], ground[2], 255));
        Some(Self { pixels, mirrored })
    }

    /// Where something `width` wide goes that is to be `x` from the left.
    fn place(&self, x: f64, width: f64) -> f64 {
        if self.mirrored { f64::from(WIDTH) - x - width } else { x }
    }

    fn fill(&mut self, path: &Path, color: [u8; 3], rule: FillRule) {
        let mut paint = Paint::default();
        paint.set_color_rgba8(color[0], color[1], color[2], 255);
        paint.anti_alias = true;
        self.pixels.fill_path(path, &paint, rule, Transform::identity(), None);
    }

    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64, color: [u8; 3]) {
        let x = self.place(x, width);
        if let Some(rect) = Rect::from_xywh(x as f32, y as f32, width as f32, height as f32) {
            self.fill(&PathBuilder::from_rect(rect), color, FillRule::Winding);
        }
    }

    /// A ring of `weight` pixels within `radius`; a disc where the weight is 0.
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    fn ring(&mut self, x: f64, y: f64, radius: f64, weight: f64, color: [u8; 3]) {
        let x = self.place(x, 0.0);
        let mut path = PathBuilder::new();
        path.push_circle(x as f32, y as f32, radius as f32);
        if weight > 0.0 {
            path.push_circle(x as f32, y as f32, (radius - weight) as f32);
        }
        if let Some(path) = path.finish() {
            self.fill(&path, color, FillRule::EvenOdd);
        }
    }

    /// Paints a line from `x` on; `size` in pixels.
    fn line(&mut self, line: &Line, x: f64, baseline: f64, size: f64, fonts: &FontBook) {
        let x = self.place(x, line.width * size);
        for &(face, glyph, left, up) in &line.glyphs {
            let face = fonts.face(face);
            #[expect(clippy::cast_precision_loss, reason = "font units are 16 bits")]
            let scale = size / face.units_per_em() as f64;
            let (x, y) = (x + left * size, baseline - up * size);
            if let Some(path) = outline(&face.outline(glyph), x, y, scale) {
                self.fill(&path, PAPER, FillRule::Winding);
            }
        }
    }

    /// The picture as a JPEG. Every pixel is opaque, so premultiplied colours are plain ones.
    fn encode(&self) -> Result<Vec<u8>, String> {
        let failed = |error: &dyn std::fmt::Display| format!("the cover could not be encoded: {error}");
        let side = |pixels: u32| u16::try_from(pixels).map_err(|error| failed(&error));
        let (width, height) = (side(self.pixels.width())?, side(self.pixels.height())?);
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, QUALITY);
        // A quarter of the samples of colour, for two thirds of the time and of the bytes: where colours change, lightness does.
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        encoder.encode(self.pixels.data(), width, height, ColorType::Rgba).map_err(|error| failed(&error))?;
        Ok(jpeg)
    }
}

/// A glyph's outline with its origin at (`x`, `y`), in pixels with `y` downwards.
fn outline(elements: &[PathElement], x: f64, y: f64, scale: f64) -> Option<Path> {
    let mut path = PathBuilder::new();
    #[expect(clippy::cast_possible_truncation, reason = "pixels")]
    let at = |across: f32, up: f32| ((x + f64::from(across) * scale) as f32, (y - f64::from(up) * scale) as f32);
    for element in elements {
        match *element {
            PathElement::MoveTo { x, y } => {
                let (x, y) = at(x, y);
                path.move_to(x, y);
            }
            PathElement::LineTo { x, y } => {
                let (x, y) = at(x, y);
                path.line_to(x, y);
            }
            PathElement::QuadTo { cx0, cy0, x, y } => {
                let ((cx0, cy0), (x, y)) = (at(cx0, cy0), at(x, y));
                path.quad_to(cx0, cy0, x, y);
            }
            PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => {
                let ((cx0, cy0), (cx1, cy1), (x, y)) = (at(cx0, cy0), at(cx1, cy1), at(x, y));
                path.cubic_to(cx0, cy0, cx1, cy1, x, y);
            }
            PathElement::Close => path.close(),
        }
    }
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(text: &str) -> (f64, Vec<f64>) {
        let fonts = FontBook::bundled();
        let mut setter = Setter { fonts: &fonts, shaper: Shaper::new(&fonts), language: "en" };
        let face = fonts.select("Libertinus Serif", 400, false);
        let voice = Voice { face, features: Features::default(), tracking: 0.0 };
        let fitted = setter.fit(text, &voice, 272.0, 92.0, 6, 960.0, 1.1);
        (fitted.size, fitted.lines.iter().map(|line| line.width * fitted.size).collect())
    }

    fn decode(jpeg: &[u8]) -> image::RgbImage {
        image::load_from_memory(jpeg).unwrap().to_rgb8()
    }

    #[test]
    fn a_cover_has_the_stores_size_and_the_same_bytes_each_time() {
        let fonts = FontBook::bundled();
        let text =
            CoverText { title: "Declaration", subtitle: "a text", authors: &["N. N.".to_owned()], language: "en" };
        let first = draw(&text, HEIGHT, &fonts, "Libertinus Serif").unwrap();
        let image = decode(&first);
        assert_eq!((image.width(), image.height()), (1600, 2400));
        let store = decode(&draw(&text, STORE_HEIGHT, &fonts, "Libertinus Serif").unwrap());
        assert_eq!((store.width(), store.height()), (1600, 2560));
        assert!(image.pixels().any(|pixel| pixel.0.iter().all(|&value| value > 220)), "there are letters");
        assert_eq!(first, draw(&text, HEIGHT, &fonts, "Libertinus Serif").unwrap());
    }

    #[test]
    fn words_that_no_face_has_are_boxes_on_a_cover() {
        let fonts = FontBook::bundled();
        let bright = |title: &str| {
            let text = CoverText { title, subtitle: "", authors: &[], language: "zh" };
            let image = decode(&draw(&text, HEIGHT, &fonts, "no such family").unwrap());
            image.pixels().filter(|pixel| pixel.0.iter().all(|&value| value > 220)).count()
        };
        assert_eq!(bright("\u{0}"), 0);
        let (one, three) = (bright("\u{10ffff}"), bright("红楼梦\u{0}\u{10ffff}"));
        assert!(0 < one && one < three, "{one} {three}");
    }

    #[test]
    fn a_short_title_is_large_and_a_long_one_keeps_within_the_measure() {
        assert!((fit("Log").0 - 272.0).abs() < 0.01);
        let (size, lines) =
            fit("An Enquiry into the Nature of Certain Nineteenth-Century Pamphlets, with Some Remarks");
        assert!(size < 200.0 && lines.len() > 3);
        for text in ["x".repeat(10_000), "word ".repeat(10_000), "Wassermannübersetzungsgesellschaftsbüro".to_owned()]
        {
            let (_, lines) = fit(&text);
            assert!(!lines.is_empty() && lines.len() <= 12);
            assert!(lines.iter().all(|&width| width <= MEASURE + 1.0), "{lines:?}");
        }
    }

    #[test]
    fn lines_are_balanced() {
        let (_, lines) = fit("one two three four five six seven eight nine ten eleven twelve");
        let (short, long) = lines.iter().fold((f64::MAX, 0.0_f64), |(s, l), &width| (s.min(width), l.max(width)));
        assert!(short > long * 0.6, "{lines:?}");
    }

    #[test]
    fn ideographs_break_anywhere_but_before_punctuation() {
        let units: Vec<&str> = cut("红楼,梦 and more").iter().map(|unit| unit.text).collect();
        assert_eq!(units, ["红", "楼,", "梦", "and", "more"]);
    }
}
