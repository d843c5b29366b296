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
