//! Characters that no font has: told of once for each family of fonts that would help.
//!
//! It knows nothing of pages; what they show instead is the paragraphs' to say. Start at [`report`].

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Place, Span};
use crate::document::{Document, Metadata};
use crate::font::{FontBook, Writing, family_for, is_ignorable, is_private};

/// How many characters a finding names.
const NAMED: usize = 8;

/// Characters that one remedy helps.
#[derive(Default)]
struct Group {
    /// The first place of each character, in the order of the text.
    characters: Vec<(char, Place)>,
    known: BTreeSet<char>,
    places: usize,
}

/// What to say of the characters that `fonts` lacks: one warning for each family that has some of them, at the first place.
/// Linear in the text; quick over what is ASCII.
pub(super) fn report(document: &Document, fonts: &FontBook) -> Vec<Diagnostic> {
    let mut groups: BTreeMap<(bool, Option<&'static str>), Group> = BTreeMap::new();
    let mut look = |text: &str, span: Option<Span>, language: &str| {
        for (offset, cluster) in fonts.missing(text) {
            let writing = Writing::of(cluster, language);
            let lacking = cluster
                .char_indices()
                .filter(|(_, character)| !is_ignorable(*character) && !fonts.shows(character.encode_utf8(&mut [0; 4])));
            for (within, character) in lacking {
                let group = groups.entry((is_private(character), family_for(character, writing))).or_default();
                let new = group.known.insert(character);
                group.places += usize::from(span.is_some() || new);
                if new {
                    let place = span.map_or(Place::Project, |span| place(span, text, offset + within, character));
                    group.characters.push((character, place));
                }
            }
        }
    };
    document.for_each_text(&mut |text, span, language| look(text, Some(span), language));
    // What the title page shows may stand nowhere else.
    let Metadata { title, subtitle, authors, publisher, language, .. } = &document.metadata;
    for text in [title, subtitle, publisher].into_iter().chain(authors) {
        look(text, None, language);
    }
    groups.into_iter().filter_map(|((private, family), group)| finding(private, family, &group, fonts)).collect()
}

/// Where a character of a leaf was written: exactly, where the leaf says what was typed.
fn place(span: Span, text: &str, offset: usize, character: char) -> Place {
    if (span.end - span.start) as usize != text.len() {
        return span.into();
    }
    let start = span.start + u32::try_from(offset).unwrap_or(0);
    Span { start, end: start + u32::try_from(character.len_utf8()).unwrap_or(1), ..span }.into()
}

fn finding(private: bool, family: Option<&str>, group: &Group, fonts: &FontBook) -> Option<Diagnostic> {
    let (_, place) = group.characters.first()?.clone();
    let named = group.characters.iter().take(NAMED).map(|(character, _)| {
        let code = format!("U+{:04X}", u32::from(*character));
        if private || family.is_none() { code } else { format!("{code} ({character})") }
    });
    let mut characters = named.collect::<Vec<_>>().join(", ");
    match group.characters.len().saturating_sub(NAMED) {
        0 => {}
        more => characters = format!("{characters} and {more} more like them"),
    }
    if group.places > 1 {
        characters = format!("{characters}, which the text has {} times", group.places);
    }
    let own = "into the project's `fonts` folder";
    let help = match family {
        _ if private => format!("put the font that has a sign at this private number {own}, or use another character"),
        None => "correct it: Unicode has no such character".to_owned(),
        Some(family) if fonts.asked_system() => {
            format!("“{family}” has it: install that font, or put its file {own}")
        }
        Some(family) => format!(
            "“{family}” has it: put the file of that font {own}, or let the machine's fonts fill in with \
             `system-fonts = true` under `[build]` in `pressmark.toml`"
        ),
    };
    Some(Diagnostic::warning("missing-glyph", place, format!("no font has a letter for {characters}")).help(help))
}
