//! The words of a text, as inlines of which each is a stretch of the source.
//!
//! What [`super::inline::resolve`] asks for: text that is what the source says, byte for byte, in one inline; and what is
//! not, apart, after a [`MARK`]. Start at [`Builder::push_text`].

use std::ops::Range;

use super::inline::{self, Context, MARK};
use super::tree::{Builder, Frame, MAX_DEPTH, Open, inline, is_printable};
use crate::document::{Inline, InlineKind};

/// Signs of the dialect that mean nothing in raw HTML.
const SIGNS: [char; 5] = ['[', ']', '@', '{', '\\'];

impl Builder<'_> {
    /// Adds words of Markdown; white space between them is one space, as it is in HTML.
    pub(super) fn push_text(&mut self, text: &str, range: &Range<usize>) {
        // The value of an attribute stands elsewhere.
        let source = if self.fixed.is_some() { None } else { self.text.get(range.clone()) };
        let exact = source.is_some() && text.len() == range.len() && (source == Some(text) || text == " ");
        // A character reference is all that the parser decodes.
        let decoded = !exact && source.is_some_and(|source| source.starts_with('&'));
        let before = range.start.checked_sub(1);
        let escaped = exact
            && self.text_end != range.start
            && before.is_some_and(|before| self.text.as_bytes().get(before) == Some(&b'\\'));
        self.text_end = range.end;
        let start = if escaped { range.start - 1 } else { range.start };
        let mut first = true;
        self.push_characters(text, start..range.end, exact, |character| {
            decoded || (std::mem::take(&mut first) && escaped && character.is_ascii_punctuation())
        });
    }

    /// Adds words of raw HTML, decoded.
    pub(super) fn push_html_text(&mut self, text: &str, range: &Range<usize>) {
        self.text_end = range.end;
        let exact = self.text.get(range.clone()) == Some(text);
        self.push_characters(text, range.clone(), exact, |character| SIGNS.contains(&character));
    }

    /// Adds characters, which come from `range`; `is_literal` says of each, in turn, whether it means itself whatever it
    /// is. If `exact`, the text is what the source says, but for a backslash before it.
    fn push_characters(
        &mut self,
        text: &str,
        range: Range<usize>,
        exact: bool,
        mut is_literal: impl FnMut(char) -> bool,
    ) {
        let base = range.end.saturating_sub(text.len());
        let mut replaced = false;
        let mut words = String::new();
        let mut from = 0;
        for (at, character) in text.char_indices() {
            let literal = is_literal(character);
            let space = matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}');
            let printable = space || is_printable(character);
            replaced |= !printable;
            if space && !self.at_space {
                words.push(' ');
            } else if space || literal || !printable {
                let given = std::mem::take(&mut words);
                self.push_words(given, if exact { base + from..base + at } else { range.clone() }, exact);
                from = at + character.len_utf8();
                if !space {
                    let shown = if printable { character } else { char::REPLACEMENT_CHARACTER };
                    let start = if at == 0 { range.start } else { base + at };
                    let place = if exact { start..base + from } else { range.clone() };
                    self.push_words(format!("{MARK}{shown}"), place, false);
                }
            } else {
                words.push(character);
            }
            self.at_space = space;
        }
        self.push_words(words, if exact { base + from..range.end } else { range.clone() }, exact);
        if replaced {
            self.warn_control(&range);
        }
    }

    fn push_words(&mut self, words: String, range: Range<usize>, exact: bool) {
        if words.is_empty() {
            return;
        }
        let span = self.span(&range);
        let added = inline(InlineKind::Text(words), span);
        // What stands side by side in the source is one stretch of it.
        match (self.top().inlines.last_mut(), &added) {
            (
                Some(Inline { kind: InlineKind::Text(before), span: before_span, .. }),
                Inline { kind: InlineKind::Text(words), .. },
            ) if exact
                && before_span.end == span.start
                && !before.starts_with(MARK)
                && (before_span.end - before_span.start) as usize == before.len() =>
            {
                before.push_str(words);
                before_span.end = span.end;
            }
            _ => self.top().inlines.push(added),
        }
    }

    /// Reads the dialect in a run of inlines that is complete, or in the part of one that stands in an inline.
    pub(super) fn resolve(&mut self, inlines: Vec<Inline>, in_link: bool) -> Vec<Inline> {
        if self.settings.mdbook {
            return inlines;
        }
        let links = |frame: &Frame| {
            matches!(&frame.open, Open::Link { .. }) || matches!(&frame.open, Open::Tag(element) if element.is_link())
        };
        let in_link = in_link || self.frames.iter().any(links);
        let mut context = Context {
            source: self.source,
            text: self.text,
            in_link,
            room: MAX_DEPTH.saturating_sub(self.depth + 1),
            notes: &mut self.notes,
            findings: self.findings,
        };
        inline::resolve(inlines, &mut context)
    }
}
