//! Numbers for sections, figures, tables, listings and formulas.
//!
//! Sections first: what stands in a chapter with a number bears the chapter's number, in a book of several such chapters.
//! Start at [`number`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::document::{
    Attributes, Block, BlockKind, CodeBlock, ContainerRole, Division, DivisionKind, Document, Inline, Matter, PartMut,
    Table, plain_text,
};
use crate::terms::{Term, numbered, roman};

/// Gives [`Attributes::number`] to what is numbered and has none yet. Headings are numbered down to the depth `sections`,
/// counted from that of chapters. Linear in the document.
pub(super) fn number(document: &mut Document, sections: u8) {
    let language = document.metadata.language.clone();
    let base = chapter_level(document);
    let mut headings = Headings { base, depth: sections, ..Headings::default() };
    for division in &mut document.divisions {
        headings.division(division, &language);
    }
    let chapters: BTreeSet<String> = document
        .divisions
        .iter()
        .filter(|division| division.matter == Matter::Body && division.kind == DivisionKind::Chapter)
        .flat_map(|division| &division.blocks)
        .filter(|block| matches!(block.kind, BlockKind::Heading { .. }))
        .filter_map(|block| block.attributes.number.as_deref().map(chapter_of))
        .collect();
    let mut floats = Floats { language: &language, chapter: String::new(), counts: BTreeMap::new() };
    for division in &mut document.divisions {
        if division.matter == Matter::Front || division.kind == DivisionKind::Part {
            floats.chapter.clear();
        }
        for block in &mut division.blocks {
            if let BlockKind::Heading { level, .. } = &block.kind
                && chapters.len() > 1
                && division.kind == DivisionKind::Chapter
            {
                match &block.attributes.number {
                    Some(number) => floats.chapter = chapter_of(number),
                    None if *level <= base => floats.chapter.clear(),
                    None => {}
                }
            }
            floats.blocks(std::slice::from_mut(block));
        }
        for note in &mut division.notes {
            floats.blocks(&mut note.blocks);
        }
    }
}

/// The level of the headings that open chapters: the highest in the body.
pub(super) fn chapter_level(document: &Document) -> u8 {
    let body = document
        .divisions
        .iter()
        .filter(|division| division.matter == Matter::Body && division.kind == DivisionKind::Chapter);
    let levels = body.flat_map(|division| &division.blocks).filter_map(|block| {
        let BlockKind::Heading { level, unnumbered: false, .. } = &block.kind else { return None };
        Some(*level)
    });
    levels.min().unwrap_or(1)
}

/// The number of the chapter that something with this number stands in: `3` of `3.2`.
fn chapter_of(number: &str) -> String {
    number.split('.').next().unwrap_or_default().to_owned()
}

/// Counts headings.
#[derive(Default)]
struct Headings {
    /// The level of chapters.
    base: u8,
    /// How many levels are numbered.
    depth: u8,
    /// How many headings of each level there were in the one above.
    counts: [u32; 6],
    parts: u32,
    /// Whether chapters have letters.
    lettered: bool,
    /// Headings below this level belong to one without a number.
    muted: Option<u8>,
}

impl Headings {
    fn division(&mut self, division: &mut Division, language: &str) {
        let lettered = division.matter == Matter::Back;
        if lettered != self.lettered {
            self.lettered = lettered;
            self.counts = [0; 6];
        }
        if division.level == 0 {
            self.muted = None;
        }
        let generated = lettered && division.blocks.iter().any(is_generated);
        let part = division.kind == DivisionKind::Part;
        for (index, block) in division.blocks.iter_mut().enumerate() {
            let BlockKind::Heading { level, unnumbered, .. } = block.kind else { continue };
            let attributes = &mut block.attributes;
            if part {
                if index == 0 && !unnumbered && self.depth > 0 && attributes.number.is_none() {
                    self.parts += 1;
                    attributes.number = Some(numbered(Term::Part, &roman(self.parts).to_uppercase(), language).into());
                }
                continue;
            }
            if let Some(number) = &attributes.number {
                self.follow(number);
                self.muted = None;
                continue;
            }
            if self.muted.is_some_and(|muted| level > muted) {
                continue;
            }
            self.muted = None;
            if unnumbered || generated || division.matter == Matter::Front {
                self.muted = Some(level);
            } else if let Some(number) = self.next(level.saturating_sub(self.base)) {
                attributes.number = Some(number.into());
            }
        }
    }

    /// The number of the next heading so far below a chapter; `None` if that deep there are none.
    fn next(&mut self, below: u8) -> Option<String> {
        if below >= self.depth {
            return None;
        }
        let (above, own) = self.counts.split_at_mut_checked(usize::from(below))?;
        let (own, deeper) = own.split_first_mut()?;
        *own = own.saturating_add(1);
        deeper.fill(0);
        let chapter = |count: u32| if self.lettered { letters(count, 'A') } else { count.to_string() };
        let numbers = above.iter().chain([&*own]).enumerate();
        let numbers: Vec<String> =
            numbers.map(|(depth, count)| if depth == 0 { chapter(*count) } else { count.to_string() }).collect();
        Some(numbers.join("."))
    }

    /// Goes on from a number that the author gave.
    fn follow(&mut self, number: &str) {
        let numbers: Option<Vec<u32>> = number.trim_matches('.').split('.').map(|part| part.parse().ok()).collect();
        if let Some(numbers) = numbers {
            for (depth, count) in self.counts.iter_mut().enumerate() {
                *count = numbers.get(depth).copied().unwrap_or(0);
            }
        }
    }
}

/// Whether the block is what a bibliography, an index or a glossary is made of: their chapters are no appendices.
fn is_generated(block: &Block) -> bool {
    matches!(
        block.kind,
        BlockKind::Bibliography(_) | BlockKind::Index(_) | BlockKind::Container { role: ContainerRole::Glossary, .. }
    )
}

/// Counts what is numbered apart from headings.
struct Floats<'a> {
    language: &'a str,
    /// The chapter's number; empty where numbers run through the book.
    chapter: String,
    /// How many there were in each chapter.
    counts: BTreeMap<(Term, String), u32>,
}

impl Floats<'_> {
    fn blocks(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            if let Some(what) = float(block) {
                self.give(&mut block.attributes, what);
                if let BlockKind::FigureGroup { blocks, .. } = &mut block.kind {
                    self.panels(blocks);
                    continue;
                }
            }
            for part in block.parts_mut() {
                if let PartMut::Blocks(blocks) = part {
                    self.blocks(blocks);
                }
            }
        }
    }

    /// The panels of a figure have letters; what else is in it is numbered as elsewhere.
    fn panels(&mut self, blocks: &mut [Block]) {
        let mut count = 0;
        for block in blocks {
            if let BlockKind::Figure { caption, .. } = &block.kind {
                if is_named(&block.attributes, caption) && block.attributes.number.is_none() {
                    count += 1;
                    block.attributes.number = Some(format!("({})", letters(count, 'a')).into());
                }
            } else {
                self.blocks(std::slice::from_mut(block));
            }
        }
    }

    fn give(&mut self, attributes: &mut Attributes, what: Term) {
        if attributes.number.is_some() {
            return;
        }
        let count = self.counts.entry((what, self.chapter.clone())).or_insert(0);
        *count = count.saturating_add(1);
        let number = if self.chapter.is_empty() { count.to_string() } else { format!("{}.{count}", self.chapter) };
        let number: Arc<str> = if what == Term::Equation {
            format!("({number})").into()
        } else {
            numbered(what, &number, self.language).into()
        };
        attributes.number = Some(number);
    }
}

/// What a block counts as, if it is to have a number.
fn float(block: &Block) -> Option<Term> {
    let named = |caption: &[Inline]| is_named(&block.attributes, caption);
    let labelled = |blocks: &[Block]| blocks.iter().any(|panel| panel.attributes.label.is_some());
    match &block.kind {
        BlockKind::Figure { caption, .. } => named(caption).then_some(Term::Figure),
        BlockKind::FigureGroup { blocks, caption, .. } => (named(caption) || labelled(blocks)).then_some(Term::Figure),
        BlockKind::Table(Table { caption, .. }) => named(caption).then_some(Term::Table),
        BlockKind::Code(CodeBlock { caption, .. }) => named(caption).then_some(Term::Listing),
        BlockKind::Formula(_) => named(&[]).then_some(Term::Equation),
        BlockKind::Heading { .. }
        | BlockKind::Paragraph(_)
        | BlockKind::Quote(_)
        | BlockKind::List { .. }
        | BlockKind::DefinitionList(_)
        | BlockKind::Verse(_)
        | BlockKind::Break
        | BlockKind::PageBreak
        | BlockKind::Admonition { .. }
        | BlockKind::Container { .. }
        | BlockKind::Bibliography(_)
        | BlockKind::Index(_) => None,
    }
}

/// Whether something has a label or a caption.
fn is_named(attributes: &Attributes, caption: &[Inline]) -> bool {
    attributes.label.is_some() || !plain_text(caption).trim().is_empty()
}

/// The letters of a count, from 1: `a`, …, `z`, `aa`, `ab`, ….
fn letters(count: u32, first: char) -> String {
    let mut rest = count;
    let mut letters = Vec::new();
    while rest > 0 {
        rest -= 1;
        letters.push(u8::try_from(rest % 26).ok().and_then(|step| char::from_u32(u32::from(first) + u32::from(step))));
        rest /= 26;
    }
    letters.into_iter().rev().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_become_letters_and_numerals() {
        assert_eq!([1, 26, 27, 703].map(|count| letters(count, 'a')), ["a", "z", "aa", "aaa"]);
        assert_eq!([4, 9, 14].map(|count| roman(count).to_uppercase()), ["IV", "IX", "XIV"]);
    }
}
