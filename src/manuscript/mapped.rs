//! A text put together from pieces of files, and where each piece comes from.
//!
//! It knows nothing of Markdown or of what is put together. Start at [`Mapped`].

use std::ops::Range;

use crate::diagnostics::{SourceId, Span};

/// A text whose every byte comes from a file, as it stands there or in the place of something.
#[derive(Debug, Default)]
pub(super) struct Mapped {
    text: String,
    /// In the order of the text, without gaps.
    pieces: Vec<Piece>,
}

/// A stretch of the text.
#[derive(Clone, Debug)]
struct Piece {
    /// Where it begins in the text.
    start: usize,
    source: SourceId,
    /// What it stands for in the file.
    origin: Range<usize>,
    /// Whether it is what the file has there, byte for byte.
    verbatim: bool,
}

impl Mapped {
    /// The text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Adds `text`, which begins at byte `start` of a file.
    pub(super) fn push(&mut self, text: &str, source: SourceId, start: usize) {
        self.add(text, source, start..start + text.len(), true);
    }

    /// Adds `text` in the place of the bytes `origin` of a file.
    pub(super) fn substitute(&mut self, text: &str, source: SourceId, origin: Range<usize>) {
        self.add(text, source, origin, false);
    }

    fn add(&mut self, text: &str, source: SourceId, origin: Range<usize>, verbatim: bool) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if verbatim && last.verbatim && last.source == source && last.origin.end == origin.start => {
                last.origin.end = origin.end;
            }
            _ => self.pieces.push(Piece { start: self.text.len(), source, origin, verbatim }),
        }
        self.text.push_str(text);
    }

    /// Adds the bytes `range` of `other`. Linear in them and in their pieces.
    pub(super) fn copy(&mut self, other: &Self, range: Range<usize>) {
        let mut at = range.start;
        let mut index = other.index_at(at);
        while let Some(piece) = other.pieces.get(index).filter(|piece| at < range.end && piece.start < range.end) {
            index += 1;
            let end = other.pieces.get(index).map_or(other.text.len(), |next| next.start).min(range.end);
            let origin = if piece.verbatim {
                piece.origin.start + (at - piece.start)..piece.origin.start + (end - piece.start)
            } else {
                piece.origin.clone()
            };
            self.add(&other.text[at..end], piece.source, origin, piece.verbatim);
            at = end;
        }
    }

    /// Adds `text` in the place of the bytes `range` of `other`.
    pub(super) fn copy_as(&mut self, text: &str, other: &Self, range: Range<usize>) {
        let span = other.span(&range);
        self.add(text, span.source, span.start as usize..span.end as usize, false);
    }

    /// Where `range` of the text comes from. What begins in one file and ends in another is given as far as it goes in
    /// the first. Logarithmic in the number of pieces.
    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let Some(first) = self.pieces.get(self.index_at(range.start)) else { return Span::default() };
        let start = if first.verbatim { first.origin.start + (range.start - first.start) } else { first.origin.start };
        let start = start.min(first.origin.end);
        let last = self.pieces.get(self.index_at(range.end.saturating_sub(1).max(range.start))).unwrap_or(first);
        let end = if range.end <= range.start {
            start
        } else if last.source != first.source {
            first.origin.end
        } else if last.verbatim {
            (last.origin.start + (range.end - last.start)).min(last.origin.end)
        } else {
            last.origin.end
        };
        Span { source: first.source, start: place(start), end: place(end.max(start)) }
    }

    /// The index of the piece that byte `at` lies in; the last one's for a byte after the end.
    fn index_at(&self, at: usize) -> usize {
        self.pieces.partition_point(|piece| piece.start <= at).saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(source: u32, start: u32, end: u32) -> Span {
        Span { source: SourceId(source), start, end }
    }

    #[test]
    fn every_stretch_knows_where_it_comes_from() {
        let mut inner = Mapped::default();
        inner.push("abc", SourceId(0), 10);
        inner.push("de", SourceId(0), 13);
        inner.push("xyz", SourceId(1), 5);
        inner.substitute("VALUE", SourceId(0), 20..24);
        assert_eq!(inner.text(), "abcdexyzVALUE");
        assert_eq!(inner.span(&(1..4)), span(0, 11, 14));
        assert_eq!(inner.span(&(6..8)), span(1, 6, 8));
        assert_eq!(inner.span(&(9..10)), span(0, 20, 24));
        assert_eq!(inner.span(&(4..7)), span(0, 14, 15), "cut off where another file begins");
        assert_eq!(inner.span(&(4..13)), span(0, 14, 24), "through an include");

        let mut outer = Mapped::default();
        outer.copy_as("<", &inner, 0..2);
        outer.copy(&inner, 2..9);
        assert_eq!(outer.text(), "<cdexyzV");
        assert_eq!(outer.span(&(0..1)), span(0, 10, 12));
        assert_eq!(outer.span(&(1..3)), span(0, 12, 14));
        assert_eq!(outer.span(&(4..7)), span(1, 5, 8));
        assert_eq!(outer.span(&(7..8)), span(0, 20, 24));
    }

    #[test]
    fn an_empty_text_has_no_places() {
        assert_eq!(Mapped::default().span(&(3..9)), Span::default());
    }
}
