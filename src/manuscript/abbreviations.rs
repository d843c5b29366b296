//! Abbreviations that a file defines, `*[HTML]: Hyper Text Markup Language` (as in PHP Markdown Extra), and their use.
//!
//! Start at [`definitions`] and [`Abbreviations::mark`].

use std::collections::{BTreeMap, BTreeSet};

use super::inline::keys::clean;
use crate::document::{Attributes, Inline, InlineKind, NodeId};

/// How long a short form may be, in bytes.
const LONGEST: usize = 64;

/// Short forms and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Abbreviations {
    expansions: BTreeMap<String, String>,
    /// How long the short forms are, in bytes.
    lengths: BTreeSet<usize>,
}

/// What the paragraph with this source defines, if each of its lines is a definition. Linear.
pub(super) fn definitions(source: &str) -> Option<Vec<(String, String)>> {
    source
        .lines()
        .map(|line| {
            let rest = line.trim_start_matches(['>', ' ', '\t']).strip_prefix("*[")?;
            let (short, expansion) = rest.split_once("]:")?;
            let sound = !short.trim().is_empty() && short.len() <= LONGEST && !short.contains(['[', ']']);
            sound.then(|| (clean(short), clean(expansion)))
        })
        .collect()
}

impl Abbreviations {
    /// Adds definitions; a later one of the same short form counts.
    pub(super) fn define(&mut self, definitions: Vec<(String, String)>) {
        for (short, expansion) in definitions {
            self.lengths.insert(short.len());
            self.expansions.insert(short, expansion);
        }
    }

    /// Marks each use of a short form as a whole word, but in code, and in what is an abbreviation already. Linear in the
    /// text, times the number of different lengths.
    pub(super) fn mark(&self, inlines: &mut Vec<Inline>) {
        if self.expansions.is_empty() {
            return;
        }
        let mut marked = Vec::with_capacity(inlines.len());
        for mut inline in std::mem::take(inlines) {
            match &mut inline.kind {
                InlineKind::Text(words) => {
                    let words = std::mem::take(words);
                    self.mark_text(&words, &inline, &mut marked);
                    continue;
                }
                InlineKind::Emphasis(content)
                | InlineKind::Strong(content)
                | InlineKind::Strikethrough(content)
                | InlineKind::Subscript(content)
                | InlineKind::Superscript(content)
                | InlineKind::Span(_, content)
                | InlineKind::Reference { content, .. }
                | InlineKind::Link { content, .. } => self.mark(content),
                InlineKind::Abbreviation { .. }
                | InlineKind::Citation { .. }
                | InlineKind::Code(_)
                | InlineKind::Image(_)
                | InlineKind::LineBreak
                | InlineKind::NoteReference(_)
                | InlineKind::Formula(_)
                | InlineKind::PageReference { .. }
                | InlineKind::IndexMark(_) => {}
            }
            marked.push(inline);
        }
        *inlines = marked;
    }

    /// Adds the text to `out`, taken apart; `whole` is the inline that it was in.
    fn mark_text(&self, words: &str, whole: &Inline, out: &mut Vec<Inline>) {
        let make = |kind, range: std::ops::Range<usize>| {
            // Where no word was changed, a place in the text is a place in the source.
            let mut span = whole.span;
            if (span.end - span.start) as usize == words.len() {
                let place = |at: usize| span.start + u32::try_from(at).unwrap_or_default();
                (span.start, span.end) = (place(range.start), place(range.end));
            }
            Inline { id: NodeId::UNNAMED, span, attributes: whole.attributes.clone(), kind }
        };
        let mut given = 0;
        let mut in_word = false;
        let mut resume = 0;
        for (at, character) in words.char_indices() {
            let starts = at >= resume && !in_word;
            in_word = character.is_alphanumeric();
            if !starts {
                continue;
            }
            let Some((short, expansion)) = self.at(&words[at..]) else { continue };
            let end = at + short.len();
            if given < at {
                out.push(make(InlineKind::Text(words[given..at].to_owned()), given..at));
            }
            let plain = Attributes::default();
            let content = vec![Inline { attributes: plain, ..make(InlineKind::Text(short.to_owned()), at..end) }];
            out.push(make(InlineKind::Abbreviation { expansion: expansion.to_owned(), content }, at..end));
            given = end;
            resume = end;
        }
        if given < words.len() {
            out.push(make(InlineKind::Text(words[given..].to_owned()), given..words.len()));
        }
    }

    /// The longest short form at the start of `text` that a word ends with.
    fn at<'a>(&'a self, text: &str) -> Option<(&'a str, &'a str)> {
        self.lengths.iter().rev().find_map(|&length| {
            let (short, expansion) = self.expansions.get_key_value(text.get(..length)?)?;
            let ends_word = short.ends_with(char::is_alphanumeric);
            let goes_on = ends_word && text[length..].starts_with(char::is_alphanumeric);
            (!goes_on).then_some((short.as_str(), expansion.as_str()))
        })
    }
}
