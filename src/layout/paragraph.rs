//! Content → lines of glyphs.
//!
//! A [`Paragraph`] is shaped and broken once; its lines are [composed](Paragraph::compose) when the page builder has
//! chosen which of its line breaks to use. It knows nothing of pages. Start at [`Composer::paragraph`].

mod measure;
mod setting;

use std::ops::Range;
use std::sync::Arc;

use icu_segmenter::{LineSegmenter, LineSegmenterBorrowed, options::LineBreakOptions};
use unicode_segmentation::UnicodeSegmentation;

use super::book::{FlowPosition, FrameItem, ItemKind, Owner};
use super::content::{Content, Inset, Segment};
use super::hyphenation::{Hyphenator, code_points};
use super::line_breaking::{Adjustment, Breaks, Hyphen, Item, Justification, Line, Measure, Setting, break_lines};
use crate::diagnostics::Diagnostic;
use crate::document::Direction;
use crate::font::shaping::{Run, ShapedGlyph, Shaper, script_runs};
use crate::font::{FaceId, FontBook};
use crate::geometry::{Length, Point, Rect};
use crate::style::{CharacterStyle, ParagraphStyle, TextAlignment, Typefaces};
use measure::{
    Widths, advance, features, hyphen_width, is_break_space, is_set_as_space, protrusion, replacement, tracking,
};
use setting::{Letter, Piece, justify, reorder};

/// Shapes and breaks paragraphs; keeps the plans, patterns and tables that serve them all. One for each thread.
pub(super) struct Composer<'a> {
    fonts: &'a FontBook,
    typefaces: Typefaces,
    language: Arc<str>,
    shaper: Shaper<'a>,
    segmenter: LineSegmenterBorrowed<'static>,
    /// One for each language: there are few.
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
    glyphs: Vec<ShapedGlyph>,
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
    pub(super) fn new(fonts: &'a FontBook, typefaces: Typefaces, language: &str) -> Self {
        Self {
            fonts,
            typefaces,
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
        let (levels, right_to_left) = levels(&content.text, fill.direction);
        let runs = self.shape(&content, &levels);
        let (items, extents) = self.items(&content, &runs, fill);
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
            emergency_stretch: size * 2,
            runt_width: size * 2,
            runt_demerits: 5_000,
            ..Justification::default()
        };
        let breaks = break_lines(&items, &measure, &style);
        let discardable = items.iter().map(is_discardable).collect();
        let paragraph =
            Paragraph { content, runs, extents, discardable, breaks, alignment: fill.alignment, right_to_left };
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
            TextAlignment::End => fill.measure - best.1.measure,
            TextAlignment::Start | TextAlignment::Justified => Length::ZERO,
        };
        (best.0, best.1, offset)
    }

    /// The narrowest and the widest that `content` wants to be: its longest word, and all of it on one line.
    pub(super) fn widths(&mut self, content: &Content) -> (Length, Length) {
        let (levels, _) = levels(&content.text, Direction::LeftToRight);
        let runs = self.shape(content, &levels);
        let fill = Fill::ragged(Length::ZERO, TextAlignment::Start);
        let (items, _) = self.items(content, &runs, &fill);
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

    /// The height of a capital of the style's face, in thousandths of the type size.
    pub(super) fn capital(&self, style: &CharacterStyle) -> i64 {
        let id = self.fonts.select(self.typefaces.name(style.family), style.weight.number(), style.italic);
        i64::from(self.fonts.face(id).metrics().cap_height).clamp(400, 1_000)
    }

    /// The width of one letter.
    pub(super) fn advance_of(&self, letter: char, style: &CharacterStyle) -> Length {
        let id = self.fonts.select(self.typefaces.name(style.family), style.weight.number(), style.italic);
        let face = self.fonts.face(id);
        let glyph = face.glyph(letter).unwrap_or(0);
        style.size.scale(face.advance(glyph), face.units_per_em()) + tracking(style)
    }

    /// One line of text as it was typed, every space at its full width and tabs at every fourth column of `column`.
    pub(super) fn verbatim(&mut self, content: Content, column: Length) -> Vec<FrameItem> {
        let (levels, right_to_left) = levels(&content.text, Direction::LeftToRight);
        let runs = self.shape(&content, &levels);
        let blank = Breaks::default();
        let alignment = TextAlignment::Start;
        let paragraph = Paragraph {
            content,
            runs,
            extents: Vec::new(),
            discardable: Vec::new(),
            breaks: blank,
            alignment,
            right_to_left,
        };
        let extent = 0..paragraph.content.text.len();
        let mut pieces = paragraph.pieces(&extent, self);
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
            let preferred = self.fonts.select(
                self.typefaces.name(segment.style.family),
                segment.style.weight.number(),
                segment.style.italic,
            );
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
        let level = |offset: usize| levels.get(offset).copied().unwrap_or(0);
        let mut pieces: Vec<(Range<usize>, FaceId, u8, bool)> = Vec::new();
        // Nearly all text is of one face and one direction, and has no letters that join into clusters.
        let face = self.fonts.face(preferred);
        let whole = levels.is_empty()
            && text.chars().all(|letter| stands_alone(letter) && (face.covers(letter) || is_set_as_space(letter)));
        if whole {
            pieces.push((stretch.clone(), preferred, 0, false));
        }
        let clusters = if whole { "" } else { text };
        for (offset, cluster) in clusters.grapheme_indices(true) {
            let range = stretch.start + offset..stretch.start + offset + cluster.len();
            let face = if cluster.chars().all(is_set_as_space) {
                Some(pieces.last().filter(|piece| !piece.3).map_or(preferred, |piece| piece.1))
            } else {
                self.fonts.fallback(preferred, cluster)
            };
            let (face, missing) = (face.unwrap_or(preferred), face.is_none());
            if missing {
                self.report_missing(segment, cluster);
            }
            let level = level(range.start);
            match pieces.last_mut() {
                Some(piece) if !missing && !piece.3 && piece.1 == face && piece.2 == level => piece.0.end = range.end,
                _ => pieces.push((range, face, level, missing)),
            }
        }
        for (range, face, level, missing) in pieces {
            let run = Run {
                text: &content.text,
                range: (range.start, range.end),
                face,
                features: features(&segment.style),
                language: segment.language.as_deref().unwrap_or(&self.language),
                right_to_left: level % 2 == 1,
            };
            let glyphs = if missing { replacement(self.fonts, face, range.start) } else { self.shaper.shape(&run) };
            runs.push(ShapedRun { segment: number, range, face, level, glyphs });
        }
    }

    fn report_missing(&mut self, segment: &Segment, cluster: &str) {
        let Some(span) = segment.span else { return };
        let codes: Vec<String> = cluster.chars().map(|character| format!("U+{:04X}", u32::from(character))).collect();
        self.diagnostics.push(
            Diagnostic::warning("missing-glyph", span, format!("no font has a letter for {}", codes.join(" ")))
                .help("put a font that has it into the project's `fonts` folder"),
        );
    }

    /// Boxes, glue and penalties for the line breaker, and the bytes that each stands for.
    fn items(&mut self, content: &Content, runs: &[ShapedRun], fill: &Fill) -> (Vec<Item>, Vec<Range<usize>>) {
        let text = &content.text;
        let widths = Widths::of(self.fonts, content, runs);
        // A word makes about three items, and five or six letters.
        let likely = text.len() / 2 + 4;
        let (items, extents) = (Vec::with_capacity(likely), Vec::with_capacity(likely));
        let mut builder = Builder { content, widths: &widths, items, extents };
        let mut breaks: Vec<usize> = self.segmenter.segment_str(text).collect();
        breaks.retain(|&offset| offset > 0);
        if breaks.last() != Some(&text.len()) {
            breaks.push(text.len());
        }
        let mut start = 0;
        for end in breaks {
            let piece = &text[start..end];
            let word_end = start + piece.trim_end_matches(is_break_space).len();
            self.push_word(&mut builder, start..word_end, fill);
            if text[word_end..end].contains('\n') {
                builder.push(Item::Fill, word_end..end);
                builder.push(Item::penalty(Item::FORCED), end..end);
            } else if word_end < end {
                if end < text.len() {
                    builder.push_space(word_end..end);
                } else {
                    builder.push(Item::penalty(Item::FORBIDDEN), end..end);
                }
            } else if end < text.len() {
                let written = text[..end].ends_with(['-', '\u{2010}', '–', '—']);
                let hyphen = if written { Hyphen::Written } else { Hyphen::None };
                let hang_end = Length::ZERO;
                let cost = if clings(text, end) { Item::FORBIDDEN } else { 0 };
                builder.push(Item::Penalty { width: Length::ZERO, hang_end, cost, hyphen }, end..end);
            }
            start = end;
        }
        builder.push(Item::Fill, text.len()..text.len());
        builder.push(Item::penalty(Item::FORCED), text.len()..text.len());
        (builder.items, builder.extents)
    }

    /// A word that may hold no-break spaces, cut where it may be divided.
    fn push_word(&mut self, builder: &mut Builder<'_>, word: Range<usize>, fill: &Fill) {
        let text = &builder.content.text;
        let mut start = word.start;
        for (offset, space) in text[word.clone()].match_indices('\u{a0}') {
            let offset = word.start + offset;
            self.push_letters(builder, start..offset, fill);
            builder.push(Item::penalty(Item::FORBIDDEN), offset..offset);
            builder.push_space(offset..offset + space.len());
            start = offset + space.len();
        }
        self.push_letters(builder, start..word.end, fill);
    }

    fn push_letters(&mut self, builder: &mut Builder<'_>, word: Range<usize>, fill: &Fill) {
        if word.is_empty() {
            return;
        }
        let content = builder.content;
        let mut start = word.start;
        if let Some(segment) = content.segment_at(word.start).filter(|_| fill.measure > Length::ZERO) {
            let language = segment.language.as_ref().unwrap_or(&self.language);
            let known = self.hyphenators.iter().position(|(other, _)| other == language);
            let known = known.unwrap_or_else(|| {
                let hyphenator = Hyphenator::new(language, None, std::iter::empty::<&str>());
                self.hyphenators.push((language.clone(), hyphenator));
                self.hyphenators.len() - 1
            });
            let text = &content.text[word.clone()];
            let code = segment.style.family == crate::style::Family::Mono;
            let of_code = if code { code_points(text) } else { Vec::new() };
            let divisions = if code { &of_code } else { self.hyphenators[known].1.points(text) };
            // A part of a word with hyphens is divided only where nothing else helps.
            let joined = |character: char| matches!(character, '-' | '\u{2010}' | '–' | '—');
            let part = content.text[..word.start].ends_with(joined) || text.ends_with(joined);
            for division in divisions {
                let shows_hyphen = division.hyphen == Hyphen::Inserted;
                if shows_hyphen && !fill.hyphenate {
                    continue;
                }
                let at = word.start + division.at;
                if at <= start || at >= word.end {
                    continue;
                }
                builder.push_box(start..at);
                let segment = content.segment_at(at.saturating_sub(1)).unwrap_or(segment);
                let (width, hang_end) = if shows_hyphen {
                    let known = self.hyphen.filter(|(style, _)| *style == segment.style);
                    let width = known
                        .map_or_else(|| hyphen_width(self.fonts, self.typefaces, &segment.style), |(_, width)| width);
                    self.hyphen = Some((segment.style, width));
                    (width, width / 2)
                } else {
                    (Length::ZERO, Length::ZERO)
                };
                let cost = division.cost + if shows_hyphen && part { 1_000 } else { 0 };
                builder.push(Item::Penalty { width, hang_end, cost, hyphen: division.hyphen }, at..at);
                start = at;
            }
        }
        builder.push_box(start..word.end);
    }
}

/// Whether a character is a grapheme cluster of its own whatever of its kind stands beside it (UAX 29).
fn stands_alone(character: char) -> bool {
    matches!(character, '\0'..='\u{17f}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}') && character != '\r'
}

/// Whether an image or a formula clings to a letter or a sign at `offset`, as in `n-th`.
fn clings(text: &str, offset: usize) -> bool {
    let (before, after) = (text[..offset].chars().next_back(), text[offset..].chars().next());
    match (before, after) {
        (Some('\u{fffc}'), Some(other)) | (Some(other), Some('\u{fffc}')) => other.is_ascii(),
        (Some(_) | None, Some(_) | None) => false,
    }
}

/// Whether an item vanishes where a line starts (Knuth & Plass 1981, "discardable items").
fn is_discardable(item: &Item) -> bool {
    match item {
        Item::Glue { .. } => true,
        Item::Penalty { cost, .. } => *cost > Item::FORCED,
        Item::Box { .. } | Item::Fill => false,
    }
}

/// Items under way, with what they are measured by.
struct Builder<'a> {
    content: &'a Content,
    widths: &'a Widths,
    items: Vec<Item>,
    extents: Vec<Range<usize>>,
}

impl Builder<'_> {
    fn push(&mut self, item: Item, extent: Range<usize>) {
        self.items.push(item);
        self.extents.push(extent);
    }

    fn push_box(&mut self, range: Range<usize>) {
        let width = self.widths.between(&range);
        let text = &self.content.text[range.clone()];
        let expansion = width.permille(EXPANSION);
        let hang = |character: Option<char>, start: bool| {
            let Some(character) = character else { return Length::ZERO };
            let own = if start {
                range.start..range.start + character.len_utf8()
            } else {
                range.end - character.len_utf8()..range.end
            };
            self.widths.between(&own).permille(protrusion(character, start))
        };
        let item = Item::Box {
            width,
            stretch: expansion,
            shrink: expansion,
            hang_start: hang(text.chars().next(), true),
            hang_end: hang(text.chars().next_back(), false),
        };
        self.push(item, range);
    }

    /// A space between words: half of it can be added, and a fifth taken.
    fn push_space(&mut self, range: Range<usize>) {
        let width =
            self.widths.between(&(range.start..range.end.min(range.start + first_len(self.content, range.start))));
        self.push(Item::Glue { width, stretch: width / 2, shrink: width / 4 }, range);
    }
}

fn first_len(content: &Content, offset: usize) -> usize {
    content.text[offset..].chars().next().map_or(0, char::len_utf8)
}

/// How far glyphs may be widened or narrowed, in thousandths.
const EXPANSION: i64 = 15;

/// The embedding level of each byte (UAX 9) in a paragraph that reads in `direction`, and whether that is from right to left. Text without
/// right-to-left letters costs one look at each character.
fn levels(text: &str, direction: Direction) -> (Vec<u8>, bool) {
    let needs = text.chars().any(|character| matches!(u32::from(character), 0x590..=0x8ff | 0xfb1d..=0xfdff | 0xfe70..=0xfeff | 0x1_0800..=0x1_0fff | 0x1_e800..=0x1_efff | 0x200f | 0x202a..=0x202e | 0x2066..=0x2069));
    let right_to_left = direction == Direction::RightToLeft;
    if !needs && !right_to_left {
        return (Vec::new(), false);
    }
    let single: String = text.replace('\n', " ");
    let base = if right_to_left { unicode_bidi::Level::rtl() } else { unicode_bidi::Level::ltr() };
    let info = unicode_bidi::BidiInfo::new(&single, Some(base));
    (info.levels.iter().map(unicode_bidi::Level::number).collect(), right_to_left)
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
}

impl Paragraph {
    /// How many lines the breaks that look best make.
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
        let extent = self.extent(line);
        self.content
            .segments
            .iter()
            .filter(|segment| extent.contains(&segment.range.start))
            .filter_map(|segment| segment.note)
            .collect()
    }

    fn extent(&self, line: &Line) -> Range<usize> {
        let start = self.extents.get(line.items.start).map_or(0, |extent| extent.start);
        // What vanishes after the break still belongs to this line, so that no byte is lost between two.
        let after = self.discardable.get(line.break_at + 1..).unwrap_or_default();
        let last = line.break_at + after.iter().take_while(|discardable| **discardable).count();
        let end = self.extents.get(last).map_or(self.content.text.len(), |extent| extent.end);
        start..end.max(start)
    }

    /// What is set into a line and is no text.
    fn insets(&self, line: &Line) -> impl Iterator<Item = &Inset> {
        let extent = self.extent(line);
        let segments = self.content.segments.iter().filter(move |segment| extent.contains(&segment.range.start));
        segments.filter_map(|segment| segment.inset.as_ref())
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
        let indent = fill.indent_of(index);
        let measure = fill.measure - indent;
        let natural: Length = pieces.iter().map(Piece::width).sum();
        let hang_start = if self.right_to_left { line.hang_end } else { line.hang_start };
        let room = measure + line.hang_start + line.hang_end;
        let justified = self.alignment == TextAlignment::Justified
            && matches!(line.adjustment, Adjustment::Stretch | Adjustment::Shrink);
        let mut width = natural;
        if justified || (natural > room && self.alignment != TextAlignment::Center) {
            width += justify(&mut pieces, room - natural);
        }
        let x = match self.alignment {
            TextAlignment::Justified | TextAlignment::Start if self.right_to_left => measure - width + line.hang_end,
            TextAlignment::Justified | TextAlignment::Start => indent - hang_start,
            TextAlignment::Center => indent + (measure - width) / 2,
            TextAlignment::End => indent + measure - width + line.hang_end,
        };
        self.place(pieces, x, &extent, composer)
    }

    /// The shaped pieces of a stretch of text, from left to right.
    fn pieces(&self, extent: &Range<usize>, composer: &mut Composer<'_>) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let first = self.runs.partition_point(|run| run.range.end <= extent.start);
        let runs = self.runs[first..].iter().take_while(|run| run.range.start < extent.end);
        for run in runs {
            let range = run.range.start.max(extent.start)..run.range.end.min(extent.end);
            pieces.push(self.piece(run, range, extent, composer));
        }
        for (number, segment) in self.content.segments.iter().enumerate() {
            if let Some(inset) = segment.inset.as_ref().filter(|_| extent.contains(&segment.range.start)) {
                let level = u8::from(self.right_to_left);
                let letter = Letter { is_inset: true, ..Letter::space(segment.range.start, inset.width()) };
                let range = segment.range.clone();
                pieces.push(Piece {
                    segment: number,
                    range,
                    face: FaceId(0),
                    level,
                    letters: vec![letter],
                    hyphen: false,
                    expansion: 10_000,
                });
            }
        }
        pieces.sort_by_key(|piece| piece.range.start);
        reorder(&mut pieces);
        pieces
    }

    fn piece(&self, run: &ShapedRun, range: Range<usize>, extent: &Range<usize>, composer: &mut Composer<'_>) -> Piece {
        let segment = &self.content.segments[run.segment];
        let inside = |glyph: &&ShapedGlyph| range.contains(&(glyph.cluster as usize));
        let cut_start = range.start > run.range.start;
        let cut_end = range.end < run.range.end;
        let joined = |at: usize| {
            let glyph = run.glyphs.iter().find(|glyph| glyph.cluster as usize == at);
            glyph.is_none_or(|glyph| glyph.unsafe_to_break)
        };
        let reshape = (cut_start && joined(range.start)) || (cut_end && joined(range.end));
        let shaped: Vec<ShapedGlyph> = if reshape {
            composer.shaper.shape(&Run {
                text: &self.content.text[..range.end],
                range: (range.start, range.end),
                face: run.face,
                features: features(&segment.style),
                language: segment.language.as_deref().unwrap_or(&composer.language),
                right_to_left: run.level % 2 == 1,
            })
        } else {
            run.glyphs.iter().filter(inside).copied().collect()
        };
        let face = composer.fonts.face(run.face);
        let em = face.units_per_em();
        let size = segment.style.size;
        let is_space = |character: char| is_break_space(character) || character == '\u{a0}';
        let visible_end = extent.start + self.content.text[extent.clone()].trim_end_matches(is_space).len();
        let mut letters: Vec<Letter> = Vec::with_capacity(shaped.len());
        let mut last_space = self.content.text[..range.start].ends_with(is_break_space) || range.start == extent.start;
        for (index, glyph) in shaped.iter().enumerate() {
            let cluster = glyph.cluster as usize;
            let character = self.content.text[cluster..].chars().next().unwrap_or(' ');
            let space = is_space(character);
            let again = shaped.get(index + 1).is_some_and(|next| next.cluster == glyph.cluster);
            let mut advance = advance(composer.fonts, run.face, &segment.style, glyph);
            if again {
                advance -= tracking(&segment.style);
            }
            // Spaces at a line's ends, and the second of two, take no room.
            if space && (cluster >= visible_end || (last_space && is_break_space(character))) {
                advance = Length::ZERO;
            }
            last_space = is_break_space(character);
            // A tab or a line feed is set as a space is.
            let id = if last_space { face.glyph(' ').unwrap_or(glyph.id) } else { glyph.id };
            letters.push(Letter {
                id,
                cluster,
                advance,
                offset: Point::new(
                    size.scale(i64::from(glyph.offset.0), em),
                    -size.scale(i64::from(glyph.offset.1), em),
                ),
                stretches: space && advance > Length::ZERO,
                is_inset: false,
            });
        }
        Piece {
            segment: run.segment,
            range,
            face: run.face,
            level: run.level,
            letters,
            hyphen: false,
            expansion: 10_000,
        }
    }

    fn hyphen(&self, pieces: &[Piece], composer: &Composer<'_>) -> Option<Piece> {
        let last = pieces.last()?;
        let style = &self.content.segments[last.segment].style;
        let face = composer.fonts.face(last.face);
        let id = face.glyph('-')?;
        let advance = style.size.scale(face.advance(id), face.units_per_em());
        let letter = Letter { id, ..Letter::space(last.range.end, advance) };
        Some(Piece { letters: vec![letter], hyphen: true, range: last.range.end..last.range.end, ..last.clone() })
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
                owner @ (Owner::ContentsEntry(_) | Owner::Marker(_)) => owner,
                Owner::Node(_) | Owner::TitlePage(_) | Owner::ContentsHeading | Owner::Artifact(_) => {
                    Owner::Node(*node)
                }
            };
            line.items.push(FrameItem { owner, kind: ItemKind::Link { rect, target: target.clone() } });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_alone_is_a_cluster_beside_any_other() {
        let alone: Vec<char> = ('\0'..='\u{2100}').filter(|letter| stands_alone(*letter)).collect();
        for first in &alone {
            for second in [' ', 'a', '\n', '\u{ad}', '’', '\u{203c}'] {
                assert_eq!(format!("{first}{second}").graphemes(true).count(), 2, "{first:?} {second:?}");
                assert_eq!(format!("{second}{first}").graphemes(true).count(), 2, "{second:?} {first:?}");
            }
        }
    }
}
