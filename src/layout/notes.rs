//! Notes as a design wants them: where they stand, and how they are numbered.
//!
//! Notes at a page's foot or side stay with their divisions. Those at the end of a chapter or of the book are gathered
//! into divisions of their own before anything is set, so that both editions see the same tree. It knows nothing of lines
//! and of pages but the numbers that they give. Start at [`gather`] and [`number`].

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::pages::Draft;
use crate::diagnostics::Span;
use crate::document::{
    Attributes, Block, BlockKind, ContainerRole, Division, DivisionKind, Document, Edition, Inline, InlineKind, Matter,
    NodeId,
};
use crate::graphic::GraphicId;
use crate::style::{NoteNumbering, NotePlace, Opening, Style};
use crate::terms::{Term, term};

/// The numbers that notes show in print.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NoteNumbers {
    /// The number of each note, from 1.
    pub of: BTreeMap<NodeId, u32>,
    /// Whether each has the room of two figures, whatever it is.
    pub even: bool,
}

impl NoteNumbers {
    /// What is shown for a note; empty for one that print does not show.
    pub(super) fn shown(&self, note: NodeId) -> String {
        match self.of.get(&note) {
            Some(number) if self.even => format!("{number:\u{2007}>2}"),
            Some(number) => number.to_string(),
            None => String::new(),
        }
    }
}

/// The divisions that are set as one flow each: those that run on, and the sections of a chapter.
pub(super) fn chapters(document: &Document, style: &Style) -> Vec<Range<usize>> {
    let mut chapters: Vec<Range<usize>> = Vec::new();
    for (number, division) in document.divisions.iter().enumerate() {
        match chapters.last_mut() {
            Some(chapter)
                if document.divisions[chapter.start].matter == division.matter
                    && !stands_alone(&document.divisions[chapter.start], style)
                    && !stands_alone(division, style)
                    && (style.opening == Opening::RunOn || division.level > 0) =>
            {
                chapter.end = number + 1;
            }
            Some(_) | None => chapters.push(number..number + 1),
        }
    }
    chapters
}

/// Whether a division is but a dedication or an epigraph with pages of its own.
pub(super) fn stands_alone(division: &Division, style: &Style) -> bool {
    division.is_inscription() && (division.matter == Matter::Front || style.opening != Opening::RunOn)
}

/// Whether notes stand in the margin, and there is room for them.
pub(super) fn stand_aside(style: &Style) -> bool {
    let notes = &style.notes;
    let room = style.page.margins.outer;
    notes.place == NotePlace::Side && notes.side_width > room / 4 && notes.side_gap + notes.side_width <= room
}

/// Whether numbers start again on each page.
pub(super) fn are_numbered_by_page(style: &Style) -> bool {
    style.notes.numbering == NoteNumbering::Page && matches!(style.notes.place, NotePlace::Foot | NotePlace::Side)
}

/// Numbers the notes that `edition` shows, by page as by chapter. Linear in the divisions and their notes.
pub(super) fn number(document: &Document, style: &Style, edition: Edition) -> BTreeMap<NodeId, u32> {
    let mut numbers = BTreeMap::new();
    let mut number = 0;
    for chapter in chapters(document, style) {
        if style.notes.numbering != NoteNumbering::Book {
            number = 0;
        }
        for division in &document.divisions[chapter] {
            let home = match division.notes_at {
                Some(home) => document.divisions.get(home as usize),
                None => Some(division).filter(|division| division.kind != DivisionKind::Notes),
            };
            for note in home.into_iter().flat_map(|home| &home.notes).filter(|note| note.is_shown(edition)) {
                number += 1;
                numbers.insert(note.id, number);
            }
        }
    }
    numbers
}

/// The numbers of notes that start again on each of `pages`.
pub(super) fn number_by_page(pages: &[Draft]) -> BTreeMap<NodeId, u32> {
    pages.iter().flat_map(|page| page.notes.iter().copied().zip(1..)).collect()
}

/// A division in the order of the book that has its notes gathered.
enum Slot {
    /// One of the author's, by its index.
    Own(usize),
    /// One that holds the notes of another, by that one's index, or the heading over all.
    Notes(Division, Option<usize>),
}

/// Gathers the notes of each chapter, or of the book, into divisions behind it, where the design wants them there, and
/// names the nodes anew; gives `images` by their new names. Linear in the document.
pub(super) fn gather(
    document: &mut Document,
    style: &Style,
    images: BTreeMap<NodeId, GraphicId>,
) -> BTreeMap<NodeId, GraphicId> {
    let at_chapters = match style.notes.place {
        NotePlace::ChapterEnd => true,
        NotePlace::BookEnd => false,
        NotePlace::Foot | NotePlace::Side => return images,
    };
    if document.divisions.iter().all(|division| division.notes.is_empty()) {
        return images;
    }
    let chapters = chapters(document, style);
    let title = term(Term::Notes, &document.metadata.language);
    let mut own = std::mem::take(&mut document.divisions);
    let firsts: Vec<Option<NodeId>> = own.iter().map(|division| division.notes.first().map(|note| note.id)).collect();
    let mut slots: Vec<Slot> = Vec::new();
    if at_chapters {
        for chapter in chapters {
            slots.extend(chapter.clone().map(Slot::Own));
            let heading = heading_of_chapter(&own[chapter.clone()], title);
            slots.extend(gathered(&mut own, chapter, Some(heading)));
        }
    } else {
        let end = own.len() - own.iter().rev().take_while(|division| closes(division)).count();
        slots.extend((0..end).map(Slot::Own));
        let blocks = vec![heading(1, vec![words(title, Span::default())], Some("notes"), Span::default())];
        let over = Division { kind: DivisionKind::Notes, matter: Matter::Back, blocks, ..Division::default() };
        slots.push(Slot::Notes(over, None));
        for chapter in chapters {
            let heading = own[chapter.clone()].iter().find_map(Division::heading).map(repeated);
            slots.extend(gathered(&mut own, chapter, heading).into_iter().map(|slot| match slot {
                Slot::Notes(division, source) => {
                    Slot::Notes(Division { matter: Matter::Back, level: 1, ..division }, source)
                }
                Slot::Own(_) => slot,
            }));
        }
        slots.extend((end..own.len()).map(Slot::Own));
    }
    let mut places: Vec<(u32, Option<u32>)> = vec![(0, None); own.len()];
    for (index, slot) in (0..).zip(slots) {
        document.divisions.push(match slot {
            Slot::Own(division) => {
                places[division].0 = index;
                std::mem::take(&mut own[division])
            }
            Slot::Notes(division, source) => {
                if let Some(source) = source {
                    places[source].1 = Some(index);
                }
                division
            }
        });
    }
    for &(place, home) in &places {
        document.divisions[place as usize].notes_at = home;
    }
    document.name_nodes();
    let renamed = |node: NodeId| {
        let Some(&(division, home)) = places.get(node.division as usize) else { return node };
        let first = firsts[node.division as usize].filter(|first| *first <= node);
        let now = home.and_then(|home| document.divisions[home as usize].notes.first()).map(|note| note.id);
        match (first, now) {
            (Some(first), Some(now)) => NodeId { index: now.index + (node.index - first.index), ..now },
            (Some(_) | None, _) => NodeId { division, ..node },
        }
    };
    images.into_iter().map(|(node, image)| (renamed(node), image)).collect()
}

/// Divisions with the notes of those of a chapter, the first under `heading`. Each stands for one of the author's, since
/// links in notes are read from the file that they stand in.
fn gathered(divisions: &mut [Division], chapter: Range<usize>, heading: Option<Block>) -> Vec<Slot> {
    let mut heading = heading;
    let mut slots = Vec::new();
    for index in chapter {
        let division = &mut divisions[index];
        if division.notes.is_empty() {
            continue;
        }
        let notes = Division {
            kind: DivisionKind::Notes,
            matter: division.matter,
            level: division.level.saturating_add(1),
            path: division.path.clone(),
            blocks: heading.take().into_iter().collect(),
            notes: std::mem::take(&mut division.notes),
            notes_at: None,
        };
        slots.push(Slot::Notes(notes, Some(index)));
    }
    slots
}

/// Whether a division stands behind the notes of the book: glossary, bibliography, index.
fn closes(division: &Division) -> bool {
    let gathers = |block: &Block| match &block.kind {
        BlockKind::Bibliography(_) | BlockKind::Index(_) => true,
        BlockKind::Container { role, .. } => *role == ContainerRole::Glossary,
        BlockKind::Heading { .. }
        | BlockKind::Paragraph(_)
        | BlockKind::Figure { .. }
        | BlockKind::FigureGroup { .. }
        | BlockKind::Quote(_)
        | BlockKind::List { .. }
        | BlockKind::DefinitionList(_)
        | BlockKind::Code(_)
        | BlockKind::Verse(_)
        | BlockKind::Break
        | BlockKind::PageBreak
        | BlockKind::Table(_)
        | BlockKind::Formula(_)
        | BlockKind::Admonition { .. } => false,
    };
    division.matter == Matter::Back && division.blocks.iter().any(gathers)
}

/// The heading over the notes of a chapter: a section's; where several chapters run on, as high as theirs.
fn heading_of_chapter(chapter: &[Division], title: &str) -> Block {
    let first = chapter.iter().find_map(Division::heading);
    let level =
        if let Some(BlockKind::Heading { level, .. }) = first.map(|heading| &heading.kind) { *level } else { 0 };
    let roots = chapter.iter().filter(|division| division.level == 0).count();
    let span = first.map_or_else(Span::default, |heading| heading.span);
    let level = if roots > 1 { level } else { level.saturating_add(1) };
    heading(level.clamp(1, 6), vec![words(title, span)], None, span)
}

/// The heading of a chapter over its notes at the end of the book.
fn repeated(block: &Block) -> Block {
    let content = if let BlockKind::Heading { content, .. } = &block.kind { shown_again(content) } else { Vec::new() };
    let mut repeated = heading(2, content, None, block.span);
    repeated.attributes.number.clone_from(&block.attributes.number);
    repeated.attributes.language.clone_from(&block.attributes.language);
    repeated.attributes.edition = block.attributes.edition;
    repeated
}

/// Words without what must be there only once: labels, notes, marks for the index.
fn shown_again(content: &[Inline]) -> Vec<Inline> {
    let mut again: Vec<Inline> = content.to_vec();
    again.retain(|inline| !matches!(inline.kind, InlineKind::NoteReference(_) | InlineKind::IndexMark(_)));
    for inline in &mut again {
        inline.attributes.label = None;
        if let Some(children) = inline.children_mut() {
            *children = shown_again(children);
        }
    }
    again
}

fn words(text: &str, span: Span) -> Inline {
    Inline { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind: InlineKind::Text(text.to_owned()) }
}

fn heading(level: u8, content: Vec<Inline>, label: Option<&str>, span: Span) -> Block {
    let attributes = Attributes { label: label.map(Arc::from), ..Attributes::default() };
    let kind = BlockKind::Heading { level, unnumbered: true, content };
    Block { id: NodeId::UNNAMED, span, attributes, kind }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Length;

    #[test]
    fn numbers_that_are_to_be_equally_wide_have_room_for_two_figures() {
        let node = |index| NodeId { division: 0, index };
        let shown = |even| {
            let numbers = NoteNumbers { of: [(node(1), 7), (node(2), 12)].into(), even };
            [1, 2, 3].map(|index| numbers.shown(node(index)))
        };
        assert_eq!(shown(false), ["7", "12", ""]);
        assert_eq!(shown(true), ["\u{2007}7", "12", ""]);
    }

    #[test]
    fn notes_in_the_margin_need_a_margin() {
        let style = |width, gap, outer| {
            let mut style = crate::style::themes::by_name("book").unwrap();
            style.notes.place = NotePlace::Side;
            (style.notes.side_width, style.notes.side_gap) = (Length::pt(width), Length::pt(gap));
            style.page.margins.outer = Length::pt(outer);
            stand_aside(&style)
        };
        assert_eq!([style(90, 12, 110), style(90, 12, 100), style(0, 12, 100)], [true, false, false]);
    }
}
