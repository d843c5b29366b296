//! Content → lines of glyphs.
//!
//! A [`Paragraph`] is shaped and broken once; its lines are [composed](Paragraph::compose) when the page builder has
//! chosen which of its line breaks to use. It knows nothing of pages. Start at [`Composer::paragraph`].

mod items;
mod measure;
mod setting;
mod spacing;
mod words;

use std::ops::Range;
use std::sync::Arc;

use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed, options::LineBreakOptions};
use unicode_segmentation::UnicodeSegmentation;

use super::book::{FlowPosition, FrameItem, ItemKind, LinkTarget, Owner};
use super::content::{Content, Inset, Segment, face_of};
use super::hyphenation::Hyphenator;
use super::line_breaking::{
    Adjustment, Breaks, Hyphen, Item, Justification, Line, Measure, Setting, add_alternatives, break_lines,
};
use crate::diagnostics::Diagnostic;
use crate::document::{Direction, NodeId};
use crate::font::shaping::{Features, Run, ShapedGlyph, Shaper, script_runs};
use crate::font::{FaceId, FontBook, PathElement, Writing};
use crate::geometry::{Length, Point, Rect};
use crate::style::{CharacterStyle, Hyphenation, Microtypography, ParagraphStyle, Style, TextAlignment, Typefaces};
use items::{Items, is_discardable};
use measure::{features, is_break_space, is_set_as_space, replacement, space_flexibility, tracking};
use setting::{Letter, Piece, justify, reorder};
use spacing::Gap;
pub(super) use spacing::is_wide;

/// Shapes and breaks paragraphs; keeps the plans, patterns and tables that serve them all. One for each thread.
pub(super) struct Composer<'a> {
    fonts: &'a FontBook,
    typefaces: &'a Typefaces,
    microtypography: Microtypography,
    hyphenation: &'a Hyphenation,
    language: Arc<str>,
    shaper: Shaper<'a>,
    segmenter: LineSegmenterBorrowed<'static>,
    /// By language; there are few.
    hyphenators: Vec<(Arc<str>, Hyphenator)>,
    /// The width of the hyphen in the last style that asked for it.
    hyphen: Option<(CharacterStyle, Length)>,
    /// Findings on the way.
    pub diagnostics: Vec<Diagnostic>,
}

/// A shaped stretch within one segment, face, script and direction.
#[derive(Clone, Debug)]
struct ShapedRun {
    segment: usize,
    range: Range<usize>,
    face: FaceId,
    /// Bidirectional embedding level: odd reads from right to left.
    level: u8,
    features: Features,
    /// What is added after each letter.
    tracking: Length,
    /// Whether its letters may be widened and narrowed.
    expands: bool,
    glyphs: Vec<ShapedGlyph>,
}

impl ShapedRun {
    /// The glyphs of a stretch of the text, as a range of the run's. The clusters rise, or fall in a run that reads from right
    /// to left.
    fn between(&self, range: &Range<usize>) -> (usize, usize) {
        let glyphs = &self.glyphs;
        if self.level.is_multiple_of(2) {
            let place = |at: usize| glyphs.partition_point(|glyph| (glyph.cluster as usize) < at);
            (place(range.start), place(range.end))
        } else {
            let place = |at: usize| glyphs.partition_point(|glyph| glyph.cluster as usize >= at);
            (place(range.end), place(range.start))
        }
    }
}

/// A paragraph, shaped and broken.
#[derive(Clone, Debug)]
pub(super) struct Paragraph {
    content: Content,
    runs: Vec<ShapedRun>,
    /// Bytes of the text for each item of the line breaker.
    extents: Vec<Range<usize>>,
    /// Which of the items vanish after a break.
    discardable: Vec<bool>,
    /// The room between letters, in order.
    gaps: Vec<Gap>,
    expansion: i64,
    breaks: Breaks,
    alignment: TextAlignment,
    right_to_left: bool,
}

/// A line, composed: items are placed from its left end and its baseline.
#[derive(Clone, Debug, Default)]
pub(super) struct ComposedLine {
    /// What to paint.
    pub items: Vec<FrameItem>,
    /// Where the flow is at its start.
    pub starts_at: Option<FlowPosition>,
    /// From the left edge to the right end of the last glyph.
    pub width: Length,
}

/// How a paragraph fills its measure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    /// Width of the lines.
    pub measure: Length,
    /// Indent of the first line; below zero where the others hang.
    pub indent: Length,
    /// How many lines, from the first, stand beside an initial, and how much narrower they are.
    pub beside: (usize, Length),
    /// Which edges are straight.
    pub alignment: TextAlignment,
    /// Whether words may be divided.
    pub hyphenate: bool,
    /// Which way the paragraph reads: the direction of what has none of its own, and the side on which lines start.
    pub direction: Direction,
}

impl Fill {
    /// The style's own way, on lines `measure` wide.
    pub(super) fn of(style: &ParagraphStyle, measure: Length, indent: Length) -> Self {
        Self { alignment: style.alignment, hyphenate: style.hyphenate, ..Self::ragged(measure, TextAlignment::Start) }
            .indented(indent)
    }

    /// Lines without indent whose words are not divided.
    pub(super) fn ragged(measure: Length, alignment: TextAlignment) -> Self {
        let (indent, beside, direction) = (Length::ZERO, (0, Length::ZERO), Direction::LeftToRight);
        Self { measure, indent, beside, alignment, hyphenate: false, direction }
    }

    /// The same with an indent of the first line.
    pub(super) fn indented(self, indent: Length) -> Self {
        Self { indent, ..self }
    }

    /// How far line `index` is set in.
    fn indent_of(&self, index: usize) -> Length {
        let first = if index == 0 { self.indent } else { Length::ZERO };
        let (lines, width) = self.beside;
        if index < lines { first + width } else { first }
    }
}

impl<'a> Composer<'a> {
    /// A composer for text mainly in `language`.
    pub(super) fn new(fonts: &'a FontBook, style: &'a Style, language: &str) -> Self {
        Self {
            fonts,
            typefaces: &style.typefaces,
            microtypography: style.microtypography,
            hyphenation: &style.hyphenation,
            language: language.into(),
            shaper: Shaper::new(fonts),
            segmenter: LineSegmenter::new_auto(LineBreakOptions::default()),
            hyphenators: Vec::new(),
            hyphen: None,
            diagnostics: Vec::new(),
        }
    }

    /// Shapes `content` and finds its best lines. Linear in the text.
    pub(super) fn paragraph(&mut self, content: Content, fill: &Fill) -> Paragraph {
        self.broken(content, fill, false)
    }

    /// Like [`paragraph`](Self::paragraph), with a line less and a line more, where these are good enough: for running text,
    /// of which the page builder chooses.
    pub(super) fn running(&mut self, content: Content, fill: &Fill) -> Paragraph {
        self.broken(content, fill, true)
    }

    fn broken(&mut self, content: Content, fill: &Fill, alternatives: bool) -> Paragraph {
        let levels = levels(&content, fill.direction);
        let runs = self.shape(&content, &levels);
        let Items { list: items, extents, gaps } = self.items(&content, &runs, fill);
        let size = content.segments.iter().map(|segment| segment.style.size).max().unwrap_or(Length::pt(10));
        let first: Vec<Length> = (0..fill.beside.0.max(1)).map(|index| fill.measure - fill.indent_of(index)).collect();
        let measure = Measure { first: &first, rest: fill.measure };
        let style = Justification {
            setting: match fill.alignment {
                TextAlignment::Justified => Setting::Justified,
                TextAlignment::Start | TextAlignment::Center | TextAlignment::End => {
                    Setting::Ragged { stretch: size * 4 }
                }
            },
            hyphenate: fill.hyphenate,
            pretolerance: 35,
            hyphen_penalty: 124,
            fitness_demerits: 3_000,
            emergency_stretch: size * 2,
            runt_width: size * 2,
            runt_demerits: 20_000,
            final_hyphen_demerits: 20_000,
            ..Justification::default()
        };
        let mut breaks = break_lines(&items, &measure, &style);
        if alternatives {
            add_alternatives(&items, &measure, &style, &mut breaks);
        }
        let discardable = items.iter().map(is_discardable).collect();
        let paragraph = Paragraph {
            content,
            runs,
            extents,
            discardable,
            gaps,
            expansion: i64::from(self.microtypography.expansion),
            breaks,
            alignment: fill.alignment,
            right_to_left: fill.direction == Direction::RightToLeft,
        };
        self.report_overfull(&paragraph);
        paragraph
    }

    /// Like [`paragraph`](Self::paragraph), for display lines: of all measures that give as few lines, the narrowest, so
    /// that the lines come out nearly equal. Returns how far a centred text moves to the right for it.
    pub(super) fn balanced(&mut self, content: &Content, fill: &Fill) -> (Paragraph, Fill, Length) {
        let natural = self.paragraph(content.clone(), fill);
        let count = natural.breaks.best.len();
        if !(2..=6).contains(&count) {
            return (natural, *fill, Length::ZERO);
        }
        let (mut narrow, mut wide) = (fill.measure / 4, fill.measure);
        let mut best = (natural, *fill);
        for _ in 0..8 {
            let measure = (narrow + wide) / 2;
            let tried = Fill { measure, ..*fill };
            let found = self.diagnostics.len();
            let paragraph = self.paragraph(content.clone(), &tried);
            let fits = paragraph.breaks.best.len() == count
                && paragraph.breaks.best.iter().all(|line| line.overfull.is_none());
            self.diagnostics.truncate(found);
            if fits {
                wide = measure;
                best = (paragraph, tried);
            } else {
                narrow = measure;
            }
        }
        let offset = match fill.alignment {
            TextAlignment::Center => (fill.measure - best.1.measure) / 2,
            TextAlignment::End if fill.direction.is_right_to_left() => Length::ZERO,
            TextAlignment::End => fill.measure - best.1.measure,
            TextAlignment::Start | TextAlignment::Justified if fill.direction.is_right_to_left() => {
                fill.measure - best.1.measure
            }
            TextAlignment::Start | TextAlignment::Justified => Length::ZERO,
        };
        (best.0, best.1, offset)
    }

    /// The narrowest and the widest that `content` wants to be: its longest word, and all of it on one line.
    pub(super) fn widths(&mut self, content: &Content) -> (Length, Length) {
        let runs = self.shape(content, &levels(content, Direction::LeftToRight));
        let fill = Fill::ragged(Length::ZERO, TextAlignment::Start);
        let Items { list: items, .. } = self.items(content, &runs, &fill);
        let (mut word, mut longest, mut line, mut widest) = (Length::ZERO, Length::ZERO, Length::ZERO, Length::ZERO);
        for item in &items {
            match item {
                Item::Box { width, .. } => {
                    word += *width;
                    line += *width;
                }
                Item::Glue { width, .. } => {
                    word = Length::ZERO;
                    line += *width;
                }
                Item::Penalty { cost, .. } if *cost <= Item::FORCED => (word, line) = (Length::ZERO, Length::ZERO),
                Item::Penalty { cost, .. } if *cost < Item::FORBIDDEN => word = Length::ZERO,
                Item::Penalty { .. } | Item::Fill => {}
            }
            longest = longest.max(word);
            widest = widest.max(line);
        }
        (longest, widest)
    }

    /// The fonts.
    pub(super) fn fonts(&self) -> &'a FontBook {
        self.fonts
    }

    /// The book's language.
    pub(super) fn language(&self) -> &str {
        &self.language
    }

    /// The face of a style's letters.
    fn face_of(&self, style: &CharacterStyle) -> FaceId {
        face_of(self.fonts, self.typefaces, style)
    }

    /// The height of a capital of the style's face, in thousandths of the type size.
    pub(super) fn capital(&self, style: &CharacterStyle) -> i64 {
        let face = self.fonts.face(self.face_of(style));
        // What a face says of its capitals may be off by a hundredth of an em: an H has a flat top.
        let outline = face.glyph('H').map(|glyph| face.outline(glyph)).unwrap_or_default();
        let heights = outline.into_iter().filter_map(|element| match element {
            PathElement::MoveTo { y, .. }
            | PathElement::LineTo { y, .. }
            | PathElement::QuadTo { y, .. }
            | PathElement::CurveTo { y, .. } => Some(y),
            PathElement::Close => None,
        });
        let highest = heights.fold(0.0_f32, f32::max);
        #[expect(clippy::cast_possible_truncation, reason = "font units are 16 bits")]
        let measured = highest.round() as i64 * 1_000 / face.units_per_em().max(1);
        let capital = if measured > 0 { measured } else { i64::from(face.metrics().cap_height) };
        capital.clamp(400, 1_000)
    }

    /// The width of one letter.
    pub(super) fn advance_of(&self, letter: char, style: &CharacterStyle) -> Length {
        let face = self.fonts.face(self.face_of(style));
        let glyph = face.glyph(letter).unwrap_or(0);
        style.size.scale(face.advance(glyph), face.units_per_em()) + tracking(style)
    }

    /// One line of text as it was typed, every space at its full width and tabs at every fourth column of `column`.
    pub(super) fn verbatim(&mut self, content: Content, column: Length) -> Vec<FrameItem> {
        let runs = self.shape(&content, &levels(&content, Direction::LeftToRight));
        let paragraph = Paragraph {
            content,
            runs,
            extents: Vec::new(),
            discardable: Vec::new(),
            gaps: Vec::new(),
            expansion: 0,
            breaks: Breaks::default(),
            alignment: TextAlignment::Start,
            right_to_left: false,
        };
        let extent = 0..paragraph.content.text.len();
        let mut pieces = paragraph.pieces(&extent, self);
        reorder(&mut pieces);
        let mut x = Length::ZERO;
        for piece in &mut pieces {
            let space = self.fonts.face(piece.face).glyph(' ').unwrap_or(0);
            for letter in &mut piece.letters {
                match paragraph.content.text[letter.cluster..].chars().next() {
                    Some('\t') => {
                        letter.id = space;
                        let stop = column * 4;
                        letter.advance = (x + Length::from_raw(1)).round_up(stop) - x;
                    }
                    Some(character) if is_break_space(character) => {
                        letter.id = space;
                        letter.advance = column;
                    }
                    // An ideograph takes two columns.
                    Some(character) if is_wide(character) && letter.advance > Length::ZERO => {
                        letter.advance = letter.advance.max(column * 2);
                    }
                    Some(_) | None => {}
                }
                x += letter.advance;
            }
        }
        paragraph.place(pieces, Length::ZERO, &extent, self).items
    }

    fn report_overfull(&mut self, paragraph: &Paragraph) {
        for line in &paragraph.breaks.best {
            let Some(excess) = line.overfull.filter(|excess| *excess > Length::millipoints(100)) else { continue };
            let start = paragraph.extents.get(line.items.start).map_or(0, |extent| extent.start);
            let Some(span) = paragraph.content.segment_at(start).and_then(|segment| segment.span) else { continue };
            self.diagnostics.push(
                Diagnostic::warning(
                    "overfull-line",
                    span,
                    format!("a line is {:.1} pt too long for its measure", excess.to_pt()),
                )
                .help("shorten the longest word, or allow it to be divided with a soft hyphen"),
            );
        }
    }

    fn shape(&mut self, content: &Content, levels: &[u8]) -> Vec<ShapedRun> {
        let mut runs = Vec::new();
        for (number, segment) in content.segments.iter().enumerate() {
            if segment.inset.is_some() {
                continue;
            }
            let preferred = self.face_of(&segment.style);
            for stretch in script_runs(&content.text, segment.range.clone()) {
                self.shape_stretch(content, number, preferred, stretch, levels, &mut runs);
            }
        }
        runs
    }

    /// Cuts a stretch of one script where the face or the direction changes, and shapes the pieces.
    fn shape_stretch(
        &mut self,
        content: &Content,
        number: usize,
        preferred: FaceId,
        stretch: Range<usize>,
        levels: &[u8],
        runs: &mut Vec<ShapedRun>,
    ) {
        let segment = &content.segments[number];
        let text = &content.text[stretch.clone()];
        let features = features(&segment.style, text);
        let language: &str = segment.language.as_deref().unwrap_or(&self.language);
        let writing = Writing::of(text, language);
        let level = |offset: usize| levels.get(offset).copied().unwrap_or(0);
        // Of each piece: its bytes, its face, its level, and whether the face is that of boxes for missing letters.
        let mut pieces: Vec<(Range<usize>, FaceId, u8, bool)> = Vec::new();
        let mut push = |range: Range<usize>, face: Option<FaceId>| {
            let (face, missing, level) = (face.unwrap_or(preferred), face.is_none(), level(range.start));
            match pieces.last_mut() {
                Some(piece) if !missing && !piece.3 && piece.1 == face && piece.2 == level => piece.0.end = range.end,
                _ => pieces.push((range, face, level, missing)),
            }
            if missing { preferred } else { face }
        };
        // Nearly all text is of one face and one direction, and has no letters that join into clusters.
        let own = self.fonts.face(preferred);
        let plain = |letter| stands_alone(letter) && (own.covers(letter) || is_set_as_space(letter));
        let whole = levels.is_empty() && text.chars().all(plain);
        if whole {
            push(stretch.clone(), Some(preferred));
        }
        let mut last = preferred;
        for (offset, cluster) in (if whole { "" } else { text }).grapheme_indices(true) {
            let start = stretch.start + offset;
            let face = if cluster.chars().all(is_set_as_space) {
                Some(last)
            } else {
                self.fonts.fallback(preferred, cluster, writing)
            };
            if face.is_some() {
                last = push(start..start + cluster.len(), face);
                continue;
            }
            for (part, face) in self.fonts.cut(preferred, cluster, writing) {
                last = push(start + part.start..start + part.end, face);
            }
        }
        for (range, face, level, missing) in pieces {
            let run = Run {
                text: &content.text,
                range: (range.start, range.end),
                face,
                features,
                language,
                right_to_left: level % 2 == 1,
            };
            let (face, mut glyphs) =
                if missing { replacement(self.fonts, &content.text, &range) } else { (face, self.shaper.shape(&run)) };
            let tracking =
                if spacing::is_joined(&content.text[range.clone()]) { Length::ZERO } else { tracking(&segment.style) };
            let wide = !missing && content.text[range.clone()].starts_with(spacing::is_wide);
            if wide {
                close_up(&mut glyphs, &content.text, run.language, self.fonts.face(face).units_per_em());
            }
            runs.push(ShapedRun {
                segment: number,
                range,
                face,
                level,
                features,
                tracking,
                expands: items::expands(segment) && !wide,
                glyphs,
            });
        }
    }
}

/// Whether a character is a grapheme cluster of its own whatever of its kind stands beside it (UAX 29).
fn stands_alone(character: char) -> bool {
    matches!(character, '\0'..='\u{17f}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}') && character != '\r'
}

/// Takes the blank halves of full-width signs that meet out of a run. `em` is the size of a square, in font units.
fn close_up(glyphs: &mut [ShapedGlyph], text: &str, language: &str, em: i64) {
    let half = i32::try_from(em / 2).unwrap_or(0);
    let character = |glyph: &ShapedGlyph| text.get(glyph.cluster as usize..).and_then(|rest| rest.chars().next());
    for index in 1..glyphs.len() {
        if let (Some(first), Some(second)) = (character(&glyphs[index - 1]), character(&glyphs[index]))
            && glyphs[index - 1].advance > half + half / 2
            && glyphs[index - 1].cluster < glyphs[index].cluster
            && spacing::overlaps(first, second, language)
        {
            glyphs[index - 1].advance -= half;
        }
    }
}

/// The embedding level of each byte of a paragraph that reads in `direction` (UAX 9). Empty for a text that reads from left
/// to right throughout, which costs one look at each character.
fn levels(content: &Content, direction: Direction) -> Vec<u8> {
    let text = &content.text;
    let right_to_left = direction == Direction::RightToLeft;
    if !right_to_left && !text.chars().any(is_directed) {
        return Vec::new();
    }
    // The text with its isolates' controls, and where each of its bytes is in the text.
    let (mut marked, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    let mut open = None;
    for segment in &content.segments {
        if segment.isolate != open {
            if open.is_some() {
                marked.push('\u{2069}');
            }
            if let Some((_, direction)) = segment.isolate {
                marked.push(if direction == Direction::RightToLeft { '\u{2067}' } else { '\u{2066}' });
            }
            open = segment.isolate;
        }
        for character in text[segment.range.clone()].chars() {
            places.extend((0..character.len_utf8()).map(|byte| marked.len() + byte));
            // What ends a paragraph for UAX 9 only ends a line here.
            marked.push(if is_line_end(character) { '\u{2028}' } else { character });
        }
    }
    let base = if right_to_left { unicode_bidi::Level::rtl() } else { unicode_bidi::Level::ltr() };
    let info = unicode_bidi::BidiInfo::new(&marked, Some(base));
    let level = |place: usize| info.levels.get(place).map_or(u8::from(right_to_left), unicode_bidi::Level::number);
    places.into_iter().map(level).collect()
}

/// Whether a character reads from right to left, or changes the direction of others.
fn is_directed(character: char) -> bool {
    let code = u32::from(character);
    code >= 0x590
        && matches!(code, 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff
            | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069)
}

/// Whether UAX 9 takes a character for a paragraph's end (class B).
fn is_line_end(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2029}')
}

impl Content {
    /// Adds what `other` holds.
    pub(super) fn append(&mut self, other: Self) {
        let base = self.text.len();
        self.text.push_str(&other.text);
        self.segments.extend(other.segments.into_iter().map(|mut segment| {
            segment.range = segment.range.start + base..segment.range.end + base;
            segment
        }));
    }

    fn segment_at(&self, offset: usize) -> Option<&Segment> {
        let index = self.segments.partition_point(|segment| segment.range.end <= offset);
        self.segments.get(index).or_else(|| self.segments.last())
    }

    /// Where the first segment that clings to what stands before it starts within `word`.
    fn clinging_in(&self, word: &Range<usize>) -> Option<usize> {
        let first = self.segments.partition_point(|segment| segment.range.start < word.start);
        let mut within = self.segments[first..].iter().take_while(|segment| segment.range.start < word.end);
        within.find(|segment| segment.clings).map(|segment| segment.range.start)
    }
}

impl Paragraph {
    /// Where the flow is at its start.
    pub(super) fn position(&self) -> Option<FlowPosition> {
        self.content.segments.iter().find_map(|segment| segment.position(segment.range.start))
    }

    /// How many lines it has at its best.
    pub(super) fn line_count(&self) -> usize {
        self.breaks.best.len()
    }

    /// The breaks that look best, and where they exist those with a line less or more, with what they cost beyond.
    pub(super) fn variants(&self) -> Vec<(&[Line], i64)> {
        let mut variants = vec![(self.breaks.best.as_slice(), 0)];
        for alternative in [&self.breaks.tighter, &self.breaks.looser].into_iter().flatten() {
            variants.push((alternative.lines.as_slice(), alternative.extra_demerits));
        }
        variants
    }

    /// The notes that each line of a variant refers to.
    pub(super) fn notes(&self, line: &Line) -> Vec<usize> {
        let segments = &self.content.segments[self.starting(&self.extent(line))];
        segments.iter().filter_map(|segment| segment.note).collect()
    }

    /// What each line of a variant leads to in this book.
    pub(super) fn targets(&self, line: &Line) -> impl Iterator<Item = NodeId> {
        let segments = &self.content.segments[self.starting(&self.extent(line))];
        segments.iter().filter_map(|segment| match segment.link {
            Some((_, LinkTarget::Node(target))) => Some(target),
            Some((_, LinkTarget::External(_) | LinkTarget::Broken)) | None => None,
        })
    }

    fn extent(&self, line: &Line) -> Range<usize> {
        let start = self.extents.get(line.items.start).map_or(0, |extent| extent.start);
        // What vanishes after the break still belongs to this line, so that no byte is lost between two.
        let after = self.discardable.get(line.break_at + 1..).unwrap_or_default();
        let last = line.break_at + after.iter().take_while(|discardable| **discardable).count();
        let end = self.extents.get(last).map_or(self.content.text.len(), |extent| extent.end);
        start..end.max(start)
    }

    /// The segments that start in a stretch of the text.
    fn starting(&self, extent: &Range<usize>) -> Range<usize> {
        let place = |offset: usize| self.content.segments.partition_point(|segment| segment.range.start < offset);
        place(extent.start)..place(extent.end)
    }

    /// What is set into a line and is no text.
    fn insets(&self, line: &Line) -> impl Iterator<Item = &Inset> {
        let segments = &self.content.segments[self.starting(&self.extent(line))];
        segments.iter().filter_map(|segment| segment.inset.as_ref())
    }

    /// How much higher than `ascent` a line reaches above its baseline, because of an image or a formula.
    pub(super) fn extra_height(&self, line: &Line, ascent: Length) -> Length {
        self.insets(line).map(|inset| inset.height() - ascent).fold(Length::ZERO, Length::max)
    }

    /// How much lower than `descent` a line reaches below its baseline.
    pub(super) fn extra_depth(&self, line: &Line, descent: Length) -> Length {
        self.insets(line).map(|inset| inset.depth() - descent).fold(Length::ZERO, Length::max)
    }

    /// Places the glyphs of line `index`. Linear in the line.
    pub(super) fn compose(&self, line: &Line, fill: &Fill, index: usize, composer: &mut Composer<'_>) -> ComposedLine {
        let extent = self.extent(line);
        let mut pieces = self.pieces(&extent, composer);
        if line.hyphen == Hyphen::Inserted
            && let Some(piece) = self.hyphen(&pieces, composer)
        {
            pieces.push(piece);
        }
        words::join(&mut pieces, &self.content, &extent);
        reorder(&mut pieces);
        let indent = fill.indent_of(index);
        let measure = fill.measure - indent;
        let natural: Length = pieces.iter().map(Piece::width).sum();
        let room = measure + line.hang_start + line.hang_end;
        let justified = self.alignment == TextAlignment::Justified
            && matches!(line.adjustment, Adjustment::Stretch | Adjustment::Shrink);
        let mut width = natural;
        if justified || (natural > room && self.alignment != TextAlignment::Center) {
            width += justify(&mut pieces, room - natural, self.expansion);
        }
        let x = match self.alignment {
            TextAlignment::Justified | TextAlignment::Start if self.right_to_left => measure - width + line.hang_start,
            TextAlignment::Justified | TextAlignment::Start => indent - line.hang_start,
            TextAlignment::Center if self.right_to_left => (measure - width) / 2,
            TextAlignment::Center => indent + (measure - width) / 2,
            TextAlignment::End if self.right_to_left => -line.hang_end,
            TextAlignment::End => indent + measure - width + line.hang_end,
        };
        self.place(pieces, x, &extent, composer)
    }

    /// The shaped pieces of a stretch of text, in the order of the text.
    fn pieces(&self, extent: &Range<usize>, composer: &mut Composer<'_>) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let first = self.runs.partition_point(|run| run.range.end <= extent.start);
        let runs = self.runs[first..].iter().take_while(|run| run.range.start < extent.end);
        for run in runs {
            let range = run.range.start.max(extent.start)..run.range.end.min(extent.end);
            pieces.push(self.piece(run, range, extent, composer));
        }
        for number in self.starting(extent) {
            let segment = &self.content.segments[number];
            if let Some(inset) = &segment.inset {
                let level = u8::from(self.right_to_left);
                let letters = vec![Letter::fixed(0, segment.range.start, inset.width())];
                let range = segment.range.clone();
                pieces.push(Piece { level, ..Piece::new(number, range, FaceId(0), letters) });
            }
        }
        pieces.sort_by_key(|piece| piece.range.start);
        pieces
    }

    fn piece(&self, run: &ShapedRun, range: Range<usize>, extent: &Range<usize>, composer: &mut Composer<'_>) -> Piece {
        let segment = &self.content.segments[run.segment];
        let (start, end) = run.between(&range);
        let cut_start = range.start > run.range.start;
        let cut_end = range.end < run.range.end;
        let joined = |at: usize| {
            let (first, last) = run.between(&(at..at + 1));
            run.glyphs[first..last].first().is_none_or(|glyph| glyph.unsafe_to_break)
        };
        let reshape = (cut_start && joined(range.start)) || (cut_end && joined(range.end));
        let shaped: Vec<ShapedGlyph> = if reshape {
            composer.shaper.shape(&Run {
                text: &self.content.text[..range.end],
                range: (range.start, range.end),
                face: run.face,
                features: run.features,
                language: segment.language.as_deref().unwrap_or(&composer.language),
                right_to_left: run.level % 2 == 1,
            })
        } else {
            run.glyphs[start..end].to_vec()
        };
        let face = composer.fonts.face(run.face);
        let em = face.units_per_em();
        let size = segment.style.size;
        let is_space = |character: char| is_break_space(character) || character == '\u{a0}';
        let visible_end = extent.start + self.content.text[extent.clone()].trim_end_matches(is_space).len();
        let mut letters: Vec<Letter> = Vec::with_capacity(shaped.len());
        for (index, glyph) in shaped.iter().enumerate() {
            let cluster = glyph.cluster as usize;
            let character = self.content.text[cluster..].chars().next().unwrap_or(' ');
            let space = is_space(character);
            let shared = shaped.get(index + 1).is_some_and(|next| next.cluster == glyph.cluster);
            let mut advance = size.scale(i64::from(glyph.advance), em);
            if !shared {
                advance += run.tracking;
            }
            // Spaces at a line's ends, and the second of two, take no room.
            let breaks = is_break_space(character);
            let again = || {
                let before = self.content.text[extent.start..cluster.max(extent.start)].chars().next_back();
                before.is_none_or(is_break_space)
            };
            if space && (cluster >= visible_end || (breaks && again())) {
                advance = Length::ZERO;
            }
            // A tab or a line feed is set as a space is.
            let id = if breaks { face.glyph(' ').unwrap_or(glyph.id) } else { glyph.id };
            let (stretch, shrink) = if space { space_flexibility(advance) } else { (Length::ZERO, Length::ZERO) };
            let offset =
                Point::new(size.scale(i64::from(glyph.offset.0), em), -size.scale(i64::from(glyph.offset.1), em));
            letters.push(Letter { id, cluster, advance, offset, stretch, shrink, expands: run.expands && !space });
        }
        if !self.gaps.is_empty() {
            self.part(&mut letters, range.end, visible_end);
        }
        Piece { level: run.level, features: run.features, ..Piece::new(run.segment, range, run.face, letters) }
    }

    /// Puts the room between letters behind the letters. `next` is where the text after them starts, `end` where the line's
    /// last letter ends, at which there is none.
    fn part(&self, letters: &mut [Letter], next: usize, end: usize) {
        let mut next = next;
        for letter in letters.iter_mut().rev() {
            if letter.cluster < next
                && next < end
                && let Ok(index) = self.gaps.binary_search_by_key(&next, |gap| gap.offset)
            {
                let gap = self.gaps[index];
                letter.advance += gap.width;
                letter.stretch += gap.stretch;
                letter.shrink += gap.shrink;
            }
            next = letter.cluster;
        }
    }

    fn hyphen(&self, pieces: &[Piece], composer: &Composer<'_>) -> Option<Piece> {
        let last = pieces.last()?;
        let style = &self.content.segments[last.segment].style;
        let face = composer.fonts.face(last.face);
        let id = face.glyph('-')?;
        let advance = style.size.scale(face.advance(id), face.units_per_em());
        let letters = vec![Letter::fixed(id, last.range.end, advance)];
        let piece = Piece::new(last.segment, last.range.end..last.range.end, last.face, letters);
        Some(Piece { level: last.level, spoken: Some("".into()), ..piece })
    }

    fn place(&self, pieces: Vec<Piece>, start: Length, extent: &Range<usize>, composer: &Composer<'_>) -> ComposedLine {
        let text = &self.content.text;
        let leading = text[extent.clone()].len() - text[extent.clone()].trim_start_matches(is_break_space).len();
        let from = extent.start + leading;
        // Where a number or a marker comes first, the flow is at the author's words behind it.
        let first = self.content.segments.partition_point(|segment| segment.range.end <= from);
        let shown = self.content.segments.get(first..).unwrap_or_default();
        let mut shown = shown.iter().take_while(|segment| segment.range.start < extent.end);
        let starts_at = shown.find_map(|segment| segment.position(from.max(segment.range.start)));
        let mut line = ComposedLine { starts_at, ..ComposedLine::default() };
        let mut x = start;
        let mut link: Option<(Rect, usize)> = None;
        let mut painted: Vec<(usize, FrameItem)> = Vec::with_capacity(pieces.len());
        for piece in pieces {
            let segment = &self.content.segments[piece.segment];
            let (width, at) = (piece.width(), piece.range.start);
            let size = segment.style.size;
            if segment.link.is_some() {
                let own = Rect::new(x, -size.permille(800) - segment.rise, width, size);
                match &mut link {
                    Some((rect, other)) if self.content.segments[*other].link == segment.link && rect.right() == x => {
                        rect.size.width += width;
                    }
                    Some(_) | None => {
                        self.end_link(link.take(), &mut line);
                        link = Some((own, piece.segment));
                    }
                }
            } else {
                self.end_link(link.take(), &mut line);
            }
            segment.decorate(Rect::new(x, -segment.rise, width, size), &mut line.items);
            match &segment.inset {
                Some(Inset::Image(graphic, size)) => {
                    let rect = Rect::new(x, -size.height - segment.rise, size.width, size.height);
                    let kind = ItemKind::Image { rect, graphic: *graphic };
                    painted.push((at, FrameItem { owner: segment.owner, kind }));
                }
                Some(Inset::Formula(formula)) => {
                    let from = Point::new(x, -segment.rise);
                    let items = super::formula::paint(formula, segment.owner, segment.dress.ink, from);
                    painted.extend(items.map(|item| (at, item)));
                }
                None => {
                    if let Some(marks) = segment.dress.marks {
                        line.items.extend(piece.marks(marks, segment, text, x));
                    }
                    let kind = ItemKind::Glyphs(piece.into_run(segment, text, x, composer));
                    painted.push((at, FrameItem { owner: segment.owner, kind }));
                }
            }
            x += width;
        }
        self.end_link(link, &mut line);
        // Painted in the order of reading, wherever each piece stands on the line.
        painted.sort_by_key(|(at, _)| *at);
        line.items.extend(painted.into_iter().map(|(_, item)| item));
        line.width = x;
        line
    }

    fn end_link(&self, link: Option<(Rect, usize)>, line: &mut ComposedLine) {
        if let Some((rect, segment)) = link
            && let Some((node, target)) = &self.content.segments[segment].link
        {
            let owner = match self.content.segments[segment].owner {
                owner @ (Owner::ListEntry(..) | Owner::Marker(_) | Owner::Locator(..)) => owner,
                Owner::Node(_)
                | Owner::HalfTitle
                | Owner::TitlePage(_)
                | Owner::CopyrightLine(_)
                | Owner::ListHeading(_)
                | Owner::Artifact(_) => Owner::Node(*node),
            };
            line.items.push(FrameItem { owner, kind: ItemKind::Link { rect, target: target.clone() } });
        }
    }
}

#[cfg(test)]
mod tests;
