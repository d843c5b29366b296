//! Space that no character stands for: between ideographs, between them and other letters, between words of scripts that
//! write no space between words.
//!
//! The amounts are those of JLREQ 3.1 and CLREQ 3.1: the blank half of a full-width bracket, comma or full stop is given up
//! where two meet and at a line's edges, and shrinks within a line; an eighth of an em parts ideographs from letters and
//! figures. Knows nothing of fonts. Start at [`gaps`].

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript};

use super::super::content::Content;
use crate::font::shaping::own_script;
use crate::geometry::Length;

/// Room between two letters, at a place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// The byte before which it is.
    pub(super) offset: usize,
    /// How wide it is.
    pub(super) width: Length,
    /// How much wider it becomes in a line of badness 100.
    pub(super) stretch: Length,
    /// How much narrower it may become.
    pub(super) shrink: Length,
}

/// Whose habits the punctuation follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tradition {
    /// Commas and full stops stand at the foot of their squares' first halves.
    Japanese,
    /// So do colons, semicolons, exclamation and question marks.
    Simplified,
    /// All of them stand in the middle of their squares.
    Traditional,
}

impl Tradition {
    /// That of a BCP 47 tag; of a language that is not Chinese, the Japanese one.
    fn of(language: &str) -> Self {
        let mut subtags = language.split('-').map(str::to_ascii_lowercase);
        if subtags.next().as_deref() != Some("zh") {
            return Self::Japanese;
        }
        let traditional = subtags.any(|subtag| matches!(subtag.as_str(), "hant" | "tw" | "hk" | "mo"));
        if traditional { Self::Traditional } else { Self::Simplified }
    }
}

/// What a character is to its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// A character that fills its square.
    Ideograph,
    /// A full-width bracket whose first half is blank.
    Opening,
    /// A full-width sign whose second half is blank.
    Closing,
    /// A letter or a figure of another script.
    Letter,
    /// A letter of a script that writes no space between words.
    Unspaced,
    Other,
}

/// Whether a text has any character for which [`gaps`] has something to say. One look at each byte.
pub(super) fn has_wide(text: &str) -> bool {
    // Thai begins at U+0E00, and all of the characters in question are above: their first byte is E0 or more.
    text.bytes().any(|byte| byte >= 0xe0) && text.chars().any(|character| is_wide(character) || is_unspaced(character))
}

/// Whether it is an ideograph, a kana or a sign of their width.
pub(in super::super) fn is_wide(character: char) -> bool {
    matches!(
        u32::from(character),
        0x2e80..=0x303f | 0x3041..=0x312f | 0x31a0..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xfe10..=0xfe1f
            | 0xfe30..=0xfe6f | 0xff01..=0xff60 | 0xffe0..=0xffe6 | 0x1_b000..=0x1_b2ff | 0x1_f200..=0x1_f2ff
            | 0x2_0000..=0x3_ffff
    )
}

/// Whether it is a letter of Thai, Lao, Khmer, Burmese and their like, whose words touch.
pub(super) fn is_unspaced(character: char) -> bool {
    u32::from(character) >= 0xe00
        && matches!(
            character.script(),
            Script::Thai | Script::Lao | Script::Khmer | Script::Myanmar | Script::Tai_Tham | Script::New_Tai_Lue
        )
}

/// Whether the letters of a text join, so that nothing may come between them: Arabic and its like, and scripts whose letters
/// hang on one line.
pub(super) fn is_joined(text: &str) -> bool {
    matches!(
        own_script(text),
        Some(
            Script::Arabic
                | Script::Syriac
                | Script::Mandaic
                | Script::Nko
                | Script::Mongolian
                | Script::Adlam
                | Script::Devanagari
                | Script::Bengali
                | Script::Gurmukhi
        )
    )
}

/// Whether a letter of Thai and its like belongs to the one before it: a sign, or a vowel that is partly above it.
fn is_joining(character: char) -> bool {
    is_combining_mark(character) || matches!(character, '\u{e33}' | '\u{eb3}')
}

/// Whether the next letter stands below the one before.
fn is_stacking(character: char) -> bool {
    matches!(character, '\u{17d2}' | '\u{1039}' | '\u{1a60}')
}

fn class(character: char, tradition: Tradition) -> Class {
    match character {
        '「' | '『' | '（' | '〔' | '［' | '｛' | '〈' | '《' | '【' | '〖' | '〘' | '〚' | '〝' | '｟' => {
            Class::Opening
        }
        '」' | '』' | '）' | '〕' | '］' | '｝' | '〉' | '》' | '】' | '〗' | '〙' | '〛' | '〟' | '｠' => {
            Class::Closing
        }
        '、' | '。' | '，' | '．' if tradition != Tradition::Traditional => Class::Closing,
        '：' | '；' | '！' | '？' | '”' | '’' if tradition == Tradition::Simplified => Class::Closing,
        '“' | '‘' if tradition == Tradition::Simplified => Class::Opening,
        _ if is_wide(character) => Class::Ideograph,
        _ if character.is_ascii_alphanumeric() => Class::Letter,
        _ if is_unspaced(character) => Class::Unspaced,
        _ if matches!(character.script(), Script::Latin | Script::Greek | Script::Cyrillic) => Class::Letter,
        _ => Class::Other,
    }
}

/// Whether the blank halves of two full-width signs meet, so that the first gives up its half.
pub(super) fn overlaps(first: char, second: char, language: &str) -> bool {
    let tradition = Tradition::of(language);
    matches!(
        (class(first, tradition), class(second, tradition)),
        (Class::Closing, Class::Closing | Class::Opening) | (Class::Opening, Class::Opening)
    )
}

/// Whether the blank half of a full-width sign hangs over a line's edge.
pub(super) fn hangs(character: char, start: bool, language: &str) -> bool {
    class(character, Tradition::of(language)) == if start { Class::Opening } else { Class::Closing }
}

/// The gaps of a paragraph in order. `breaks` are the places where a line may end, in order. Linear in the text.
pub(super) fn gaps(content: &Content, language: &str, breaks: &[usize]) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut breaks = breaks.iter().peekable();
    let (mut last, mut before) = (Class::Other, ' ');
    for segment in &content.segments {
        let Range { start, end } = segment.range;
        if segment.inset.is_some() {
            last = Class::Other;
            continue;
        }
        let tradition = Tradition::of(segment.language.as_deref().unwrap_or(language));
        let em = segment.style.size;
        for (at, character) in content.text[start..end].char_indices() {
            let before = std::mem::replace(&mut before, character);
            let offset = start + at;
            let this = class(character, tradition);
            while breaks.next_if(|&&place| place < offset).is_some() {}
            let may_end = breaks.peek() == Some(&&offset);
            let room = |width: i64, stretch: i64, shrink: i64| {
                let part = |thousandths| em.permille(thousandths);
                Some(Gap { offset, width: part(width), stretch: part(stretch), shrink: part(shrink) })
            };
            let gap = match (last, this) {
                (Class::Ideograph, Class::Ideograph) => room(0, 60, 0),
                (Class::Closing, Class::Ideograph | Class::Letter)
                | (Class::Ideograph | Class::Letter, Class::Opening) => room(0, 60, 250),
                (Class::Ideograph, Class::Letter) | (Class::Letter, Class::Ideograph) => room(125, 125, 60),
                // Spread over the letters, for a reader takes a gap between words alone for a space.
                (Class::Unspaced, Class::Unspaced) if may_end => room(0, 60, 0),
                (Class::Unspaced, Class::Unspaced) if !is_joining(character) && !is_stacking(before) => room(0, 30, 0),
                (Class::Closing, Class::Opening)
                | (
                    Class::Ideograph | Class::Closing | Class::Letter,
                    Class::Closing | Class::Letter | Class::Other | Class::Unspaced,
                )
                | (Class::Opening | Class::Unspaced | Class::Other, _) => None,
            };
            gaps.extend(gap);
            // What belongs to the character before it stands in nobody's way.
            if !matches!(character.script(), Script::Inherited) && !crate::font::is_ignorable(character) {
                last = this;
            }
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::book::{Artifact, Owner};
    use crate::style::{ParagraphRole, themes};

    /// The text with `|` at gaps that are an eighth of an em wide, `+` at those that only stretch, `-` at those that shrink.
    fn show(text: &str, language: &str) -> String {
        let style = themes::by_name("book").unwrap().paragraph(ParagraphRole::Body).character;
        let content = Content::generated(text, style, Owner::Artifact(Artifact::Layout));
        let mut shown = String::new();
        let mut last = 0;
        for gap in gaps(&content, language, &[]) {
            shown.push_str(&text[last..gap.offset]);
            shown.push(match (gap.width > Length::ZERO, gap.shrink > Length::ZERO) {
                (true, _) => '|',
                (false, true) => '-',
                (false, false) => '+',
            });
            last = gap.offset;
        }
        shown + &text[last..]
    }

    #[test]
    fn an_eighth_of_an_em_parts_ideographs_from_letters() {
        assert_eq!(show("用Rust写书", "zh"), "用|Rust|写+书");
        assert_eq!(show("plain words", "zh"), "plain words");
    }

    #[test]
    fn full_width_signs_give_way_at_their_blank_sides() {
        assert_eq!(show("人，（人）。", "ja"), "人，（人）。");
        assert_eq!(show("人。人", "ja"), "人。-人");
        assert_eq!(show("人「人", "ja"), "人-「人");
        assert!(overlaps('」', '「', "ja") && overlaps('。', '」', "zh") && !overlaps('」', '人', "ja"));
    }

    #[test]
    fn traditional_commas_stand_in_the_middle() {
        assert!(hangs('，', false, "zh") && !hangs('，', false, "zh-TW"));
        assert!(hangs('？', false, "zh-Hans") && !hangs('？', false, "ja"));
    }
}
