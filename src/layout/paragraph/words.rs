//! Words that a line divides, for those who read the page's text rather than its letters.
//!
//! A reader takes the part at the line's end for the whole word, and the part on the next line for nothing (PDF 32000-1,
//! 14.9.4, replacement text), so that extraction gives the author's word whatever stands at the line's end. Start at
//! [`join`].

use std::ops::Range;

use unicode_bidi::{BidiClass, bidi_class};
use unicode_script::{Script, UnicodeScript};

use super::super::content::Content;
use super::setting::Piece;
use super::spacing::{is_unspaced, is_wide};

/// Says what to take the parts of divided words for, in a line's pieces in the order of the text. `line` is the line's
/// extent. Linear in the line.
pub(super) fn join(pieces: &mut Vec<Piece>, content: &Content, line: &Range<usize>) {
    if let Some(word) = divided(content, line.start) {
        say(pieces, &(line.start..word.end.min(line.end)), "");
    }
    if let Some(word) = divided(content, line.end).filter(|word| word.start >= line.start) {
        say(pieces, &(word.start..line.end), &content.text[word].replace('\u{ad}', ""));
    }
}

/// The word around a place where a line ends, within one segment; `None` between words, in scripts without spaces, and for
/// a word with letters that read from right to left, which a reader meets as a whole.
fn divided(content: &Content, at: usize) -> Option<Range<usize>> {
    let text = &content.text;
    let belongs = |character: char| {
        !character.is_whitespace() && !is_wide(character) && !is_unspaced(character) && character != '\u{fffc}'
    };
    let segment = content.segment_at(at).filter(|segment| segment.range.start < at && at < segment.range.end)?;
    let (before, after) = (&text[segment.range.start..at], &text[at..segment.range.end]);
    if !before.ends_with(belongs) || !after.starts_with(belongs) {
        return None;
    }
    let start = before
        .rfind(|character| !belongs(character))
        .map_or(0, |found| found + before[found..].chars().next().map_or(0, char::len_utf8));
    // A sign over an ideograph stays with it.
    let word = before[start..].trim_start_matches(|character: char| character.script() == Script::Inherited);
    if word.is_empty() {
        return None;
    }
    let start = before.len() - word.len();
    let end = after.find(|character| !belongs(character)).unwrap_or(after.len());
    let turned = |character| matches!(bidi_class(character), BidiClass::R | BidiClass::AL);
    if before[start..].chars().chain(after[..end].chars()).any(turned) {
        return None;
    }
    Some(segment.range.start + start..at + end)
}

/// Cuts out the pieces that lie in `range`, and has the first say `text`, the others nothing.
fn say(pieces: &mut Vec<Piece>, range: &Range<usize>, text: &str) {
    let mut index = 0;
    let mut said = false;
    while index < pieces.len() {
        let Range { start, end } = pieces[index].range;
        let starts =
            |at: usize| at <= start || at >= end || pieces[index].letters.iter().any(|letter| letter.cluster == at);
        let inside = start < range.end && end > range.start;
        // No letter is cut from signs that have no glyph of their own.
        let inside = inside && starts(range.start) && starts(range.end);
        if inside && start < range.start {
            let rest = pieces[index].split_off(range.start);
            pieces.insert(index + 1, rest);
        } else if inside {
            if end > range.end {
                let rest = pieces[index].split_off(range.end);
                pieces.insert(index + 1, rest);
            }
            pieces[index].spoken = Some(if said { "".into() } else { text.into() });
            said = true;
        }
        index += 1;
    }
}
