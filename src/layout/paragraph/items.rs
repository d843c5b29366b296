//! Text → boxes, glue and penalties for the line breaker.
//!
//! Start at [`Composer::items`].

use std::ops::Range;
use std::sync::Arc;

use super::super::content::{Content, Segment};
use super::super::hyphenation::{Hyphenator, code_points};
use super::super::line_breaking::{Hyphen, Item};
use super::measure::{Widths, is_break_space, protrusion, space_flexibility};
use super::spacing::{self, Gap};
use super::{Composer, Fill, ShapedRun};
use crate::geometry::Length;
use crate::style::{CharacterStyle, Family};

/// What the line breaker is given, and what each item stands for.
#[derive(Debug, Default)]
pub(super) struct Items {
    /// Boxes, glue and penalties.
    pub(super) list: Vec<Item>,
    /// Bytes of the text for each.
    pub(super) extents: Vec<Range<usize>>,
    /// The room between letters, in order.
    pub(super) gaps: Vec<Gap>,
}

/// Items under way, with what they are measured by.
struct Builder<'a> {
    content: &'a Content,
    widths: &'a Widths,
    /// How far letters may be widened and narrowed, in thousandths.
    expansion: i64,
    protrusion: bool,
    language: &'a str,
    wide: bool,
    items: Items,
}

impl Composer<'_> {
    /// Boxes, glue and penalties for a paragraph. Linear in the text.
    pub(super) fn items(&mut self, content: &Content, runs: &[ShapedRun], fill: &Fill) -> Items {
        let text = &content.text;
        let widths = Widths::of(self.fonts, content, runs);
        let mut breaks = Vec::with_capacity(text.len() / 4 + 2);
        breaks.extend(self.segmenter.segment_str(text));
        let clinging = content.segments.iter().filter(|segment| segment.clings).map(|segment| segment.range.start);
        let mut clinging = clinging.filter(|&start| !text[..start].ends_with(is_break_space)).peekable();
        breaks.retain(|&offset| {
            while clinging.next_if(|&start| start < offset).is_some() {}
            offset > 0 && clinging.peek() != Some(&offset)
        });
        if breaks.last() != Some(&text.len()) {
            breaks.push(text.len());
        }
        let language = Arc::clone(&self.language);
        let wide = spacing::has_wide(text);
        let gaps = if wide { spacing::gaps(content, &language, &breaks) } else { Vec::new() };
        let mut builder = Builder {
            content,
            widths: &widths,
            expansion: i64::from(self.microtypography.expansion),
            protrusion: self.microtypography.protrusion,
            language: &language,
            wide,
            items: Items { gaps, ..Items::default() },
        };
        // A word of prose makes three items or so.
        builder.items.list.reserve(text.len() / 2 + 4);
        builder.items.extents.reserve(text.len() / 2 + 4);
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
                builder.push_joint(end);
            }
            start = end;
        }
        builder.push(Item::Fill, text.len()..text.len());
        builder.push(Item::penalty(Item::FORCED), text.len()..text.len());
        builder.items
    }

    /// A word that may hold no-break spaces, cut where it may be divided.
    fn push_word(&mut self, builder: &mut Builder<'_>, word: Range<usize>, fill: &Fill) {
        let text = &builder.content.text;
        let mut start = word.start;
        for (offset, space) in text[word.clone()].match_indices('\u{a0}') {
            let offset = word.start + offset;
            self.push_spread(builder, start..offset, fill);
            builder.push(Item::penalty(Item::FORBIDDEN), offset..offset);
            builder.push_space(offset..offset + space.len());
            start = offset + space.len();
        }
        self.push_spread(builder, start..word.end, fill);
    }

    /// A row of letters that may have room between them, at which no line ends.
    fn push_spread(&mut self, builder: &mut Builder<'_>, word: Range<usize>, fill: &Fill) {
        let mut start = word.start;
        let first = builder.items.gaps.partition_point(|gap| gap.offset <= word.start);
        for index in first..builder.items.gaps.len() {
            let gap = builder.items.gaps[index];
            if gap.offset >= word.end {
                break;
            }
            self.push_letters(builder, start..gap.offset, fill);
            builder.push(Item::penalty(Item::FORBIDDEN), gap.offset..gap.offset);
            builder.push_gap(gap);
            start = gap.offset;
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
            // The number of a note is no part of the word that it clings to.
            let letters = word.start..content.clinging_in(&word).unwrap_or(word.end);
            let text = &content.text[letters.clone()];
            // A part of a word with hyphens is divided only where nothing else helps.
            let joined = |character: char| matches!(character, '-' | '\u{2010}' | '–' | '—');
            let part = content.text[..word.start].ends_with(joined) || text.ends_with(joined);
            let mono = segment.style.family == Family::Mono;
            let of_code = if mono { code_points(text) } else { Vec::new() };
            let hyphenator = self.hyphenator(segment);
            let hyphen = self.hyphen_width(&segment.style);
            let divisions = if mono { &of_code } else { self.hyphenators[hyphenator].1.points(text) };
            for &division in divisions {
                let shows_hyphen = division.hyphen == Hyphen::Inserted;
                if shows_hyphen && !fill.hyphenate {
                    continue;
                }
                let at = word.start + division.at;
                if at <= start || at >= letters.end {
                    continue;
                }
                builder.push_box(start..at);
                let (width, hang_end) = if shows_hyphen {
                    (hyphen, if builder.protrusion { hyphen.permille(protrusion('-', false)) } else { Length::ZERO })
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

    /// Which hyphenator divides the words of a segment.
    fn hyphenator(&mut self, segment: &Segment) -> usize {
        let language = segment.language.as_ref().unwrap_or(&self.language);
        if let Some(known) = self.hyphenators.iter().position(|(known, _)| known == language) {
            return known;
        }
        let rules = &self.hyphenation;
        let exceptions = rules.exceptions_for(language);
        let hyphenator = Hyphenator::new(language, rules.minima, exceptions);
        self.hyphenators.push((Arc::clone(language), hyphenator));
        self.hyphenators.len() - 1
    }

    /// How wide a hyphen is.
    fn hyphen_width(&mut self, style: &CharacterStyle) -> Length {
        if let Some((_, width)) = self.hyphen.filter(|(known, _)| known == style) {
            return width;
        }
        let face = self.fonts.face(self.face_of(style));
        let advance = face.glyph('-').map_or(0, |glyph| face.advance(glyph));
        let width = style.size.scale(advance, face.units_per_em());
        self.hyphen = Some((*style, width));
        width
    }
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
pub(super) fn is_discardable(item: &Item) -> bool {
    match item {
        Item::Glue { .. } => true,
        Item::Penalty { cost, .. } => *cost > Item::FORCED,
        Item::Box { .. } | Item::Fill => false,
    }
}

impl Builder<'_> {
    fn push(&mut self, item: Item, extent: Range<usize>) {
        self.items.list.push(item);
        self.items.extents.push(extent);
    }

    /// A place without a space where a line may end.
    fn push_joint(&mut self, at: usize) {
        let text = &self.content.text;
        let found = self.items.gaps.binary_search_by_key(&at, |gap| gap.offset);
        if let Ok(index) = found {
            return self.push_gap(self.items.gaps[index]);
        }
        let written = text[..at].ends_with(['-', '\u{2010}', '–', '—']);
        let hyphen = if written { Hyphen::Written } else { Hyphen::None };
        let cost = if clings(text, at) { Item::FORBIDDEN } else { 0 };
        self.push(Item::Penalty { width: Length::ZERO, hang_end: Length::ZERO, cost, hyphen }, at..at);
    }

    fn push_gap(&mut self, gap: Gap) {
        let Gap { offset, width, stretch, shrink } = gap;
        self.push(Item::Glue { width, stretch, shrink }, offset..offset);
    }

    fn push_box(&mut self, range: Range<usize>) {
        let width = self.widths.between(&range);
        let text = &self.content.text[range.clone()];
        let segment = self.content.segment_at(range.start);
        let expands = segment.is_some_and(expands) && !(self.wide && text.starts_with(spacing::is_wide));
        let expansion = if expands { width.permille(self.expansion) } else { Length::ZERO };
        let item = Item::Box {
            width,
            stretch: expansion,
            shrink: expansion,
            hang_start: self.hang(text.chars().next(), &range, true),
            hang_end: self.hang(text.chars().next_back(), &range, false),
        };
        self.push(item, range);
    }

    /// How far the first or the last character of `range` hangs over a line's edge.
    fn hang(&self, character: Option<char>, range: &Range<usize>, start: bool) -> Length {
        let Some(character) = character.filter(|_| self.protrusion) else { return Length::ZERO };
        if !self.wide && character.is_ascii_lowercase() {
            return Length::ZERO;
        }
        let own = if start {
            range.start..range.start + character.len_utf8()
        } else {
            range.end - character.len_utf8()..range.end
        };
        let width = self.widths.between(&own);
        if self.wide
            && let Some(segment) = self.content.segment_at(own.start)
            && spacing::hangs(character, start, segment.language.as_deref().unwrap_or(self.language))
        {
            let half = segment.style.size / 2;
            if width < half + half / 2 {
                return width.permille(protrusion(character, start));
            }
            return if start { half } else { (width - half).max(Length::ZERO) };
        }
        width.permille(protrusion(character, start))
    }

    /// A space between words.
    fn push_space(&mut self, range: Range<usize>) {
        let first = self.content.text[range.start..].chars().next().map_or(0, char::len_utf8);
        let width = self.widths.between(&(range.start..range.end.min(range.start + first)));
        let (stretch, shrink) = space_flexibility(width);
        self.push(Item::Glue { width, stretch, shrink }, range);
    }
}

/// Whether the letters of a segment may be widened: not those of code, which stand below one another.
pub(super) fn expands(segment: &Segment) -> bool {
    segment.inset.is_none() && segment.style.family != Family::Mono
}
