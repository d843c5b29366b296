//! The order of notes, and which edition shows each.
//!
//! Start at [`order`].

use super::each_inline_in;
use crate::document::{Attributes, Block, Division, Edition, Inline, InlineKind, Note, Part};

/// Which editions show something: print, e-book.
type Shown = [bool; 2];

/// A reference to a note, by its index, and the editions that show the reference.
type Call = (usize, Shown);

/// Puts the notes of a division in the order of their first references, each before those that it refers to itself; those
/// never referred to come last. A note that parts for one edition alone refer to is for that edition. Linear in the
/// division.
pub(super) fn order(division: &mut Division) {
    if division.notes.is_empty() {
        return;
    }
    let within: Vec<Vec<Call>> = division.notes.iter().map(|note| calls(&note.blocks)).collect();
    let mut waiting = calls(&division.blocks);
    waiting.reverse();
    let mut shown: Vec<Shown> = vec![[false; 2]; within.len()];
    let mut order: Vec<usize> = Vec::with_capacity(within.len());
    let mut met = vec![false; within.len()];
    while let Some((index, by)) = waiting.pop() {
        let Some(known) = shown.get_mut(index) else { continue };
        let more = [known[0] | by[0], known[1] | by[1]];
        if met[index] && more == *known {
            continue;
        }
        *known = more;
        if !met[index] {
            met[index] = true;
            order.push(index);
        }
        let inner = within[index].iter().rev();
        waiting.extend(inner.map(|(index, own)| (*index, [own[0] && more[0], own[1] && more[1]])));
    }
    order.extend((0..within.len()).filter(|&index| !met[index]));
    let mut places = vec![0; within.len()];
    for (place, &index) in order.iter().enumerate() {
        places[index] = place;
    }
    let mut notes: Vec<(usize, Note)> = places.iter().copied().zip(division.notes.drain(..)).collect();
    for ((_, note), shown) in notes.iter_mut().zip(shown) {
        note.edition = match shown {
            [true, false] => Some(Edition::Pdf),
            [false, true] => Some(Edition::Epub),
            [true, true] | [false, false] => None,
        };
    }
    notes.sort_by_key(|(place, _)| *place);
    division.notes = notes.into_iter().map(|(_, note)| note).collect();
    let mut renumber = |one: &mut Inline| {
        if let InlineKind::NoteReference(index) = &mut one.kind
            && let Some(place) = places.get(*index)
        {
            *index = *place;
        }
    };
    each_inline_in(&mut division.blocks, &mut renumber);
    for note in &mut division.notes {
        each_inline_in(&mut note.blocks, &mut renumber);
    }
}

/// The references in `blocks`, in reading order.
fn calls(blocks: &[Block]) -> Vec<Call> {
    fn within(shown: Shown, attributes: &Attributes) -> Shown {
        match attributes.edition {
            Some(Edition::Pdf) => [shown[0], false],
            Some(Edition::Epub) => [false, shown[1]],
            None => shown,
        }
    }
    fn inlines(content: &[Inline], shown: Shown, calls: &mut Vec<Call>) {
        for inline in content {
            let shown = within(shown, &inline.attributes);
            if let InlineKind::NoteReference(index) = inline.kind {
                calls.push((index, shown));
            }
            inlines(inline.children(), shown, calls);
        }
    }
    fn all(blocks: &[Block], shown: Shown, calls: &mut Vec<Call>) {
        for block in blocks {
            let shown = within(shown, &block.attributes);
            for part in block.parts() {
                match part {
                    Part::Inlines(content) => inlines(content, shown, calls),
                    Part::Blocks(blocks) => all(blocks, shown, calls),
                    Part::Code(_) => {}
                }
            }
        }
    }
    let mut calls = Vec::new();
    all(blocks, [true; 2], &mut calls);
    calls
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Span;
    use crate::document::{BlockKind, NodeId};

    fn paragraph(edition: Option<Edition>, references: &[usize]) -> Block {
        let attributes = Attributes { edition, ..Attributes::default() };
        let reference = |index: &usize| super::super::inline(InlineKind::NoteReference(*index), Span::default());
        let kind = BlockKind::Paragraph(references.iter().map(reference).collect());
        Block { id: NodeId::UNNAMED, span: Span::default(), attributes, kind }
    }

    /// Orders notes that are told apart by their spans; `within` has the references in each.
    fn check(blocks: Vec<Block>, within: &[&[usize]], expected: &[(u32, Option<Edition>)]) -> Division {
        let note = |(start, within): (u32, &&[usize])| Note {
            id: NodeId::UNNAMED,
            label: None,
            span: Span { start, ..Span::default() },
            edition: None,
            blocks: vec![paragraph(None, within)],
        };
        let notes = (0..).zip(within).map(note).collect();
        let mut division = Division { blocks, notes, ..Division::default() };
        order(&mut division);
        let found: Vec<_> = division.notes.iter().map(|note| (note.span.start, note.edition)).collect();
        assert_eq!(found, expected);
        division
    }

    #[test]
    fn a_note_comes_before_those_that_it_refers_to_and_unused_ones_last() {
        let text = vec![paragraph(None, &[3, 1, 3])];
        let ordered = check(text, &[&[], &[], &[], &[2, 3]], &[(3, None), (2, None), (1, None), (0, None)]);
        assert_eq!(ordered.blocks, [paragraph(None, &[0, 2, 0])]);
        assert_eq!(ordered.notes[0].blocks, [paragraph(None, &[1, 0])]);
    }

    #[test]
    fn a_note_is_for_the_edition_whose_parts_refer_to_it() {
        let (print, screen) = (Some(Edition::Pdf), Some(Edition::Epub));
        let text = || vec![paragraph(print, &[0]), paragraph(screen, &[1, 2]), paragraph(print, &[2])];
        check(text(), &[&[3], &[], &[], &[]], &[(0, print), (3, print), (1, screen), (2, None)]);
        check(text(), &[&[1], &[], &[], &[]], &[(0, print), (1, None), (2, None), (3, None)]);
    }
}
