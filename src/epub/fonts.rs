//! The fonts that the e-book carries: each face of the print edition's text, reduced to the letters that the e-book may set in
//! it.
//!
//! What print sets in a face, the e-book does too. What the e-book says beyond that (numbers of pages, ways back, what is for
//! it alone) may stand in any face of the design, as may plain Latin, of which a reading system adds hyphens and ellipses. The
//! mathematical faces stay out: formulas are MathML, which reading systems set in a font of their own. Start at [`collect`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use rayon::prelude::*;

use crate::font::shaping::Features;
use crate::font::{Face, FaceId};
use crate::layout::book::{Book, ItemKind, Page};
use crate::style::Family;

/// A font file of the e-book.
pub(super) struct WebFont {
    /// Its name within the package.
    pub(super) name: String,
    /// WOFF2.
    pub(super) data: Vec<u8>,
    /// The face that it is a part of.
    pub(super) face: FaceId,
}

/// What is set in a face.
#[derive(Default)]
struct Use {
    characters: Characters,
    features: Features,
}

/// A set of characters, a bit for each: a book has millions of them, most of them often.
#[derive(Default)]
struct Characters(Vec<u64>);

impl Characters {
    /// The index of the word of a character's bit, and the bit.
    fn place(character: char) -> (usize, u64) {
        let number = u32::from(character);
        ((number / u64::BITS) as usize, 1 << (number % u64::BITS))
    }

    fn insert(&mut self, character: char) {
        let (word, bit) = Self::place(character);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    fn contains(&self, character: char) -> bool {
        let (word, bit) = Self::place(character);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// The characters in order. As many steps as the last one's number.
    fn iter(&self) -> impl Iterator<Item = char> {
        ('\0'..=char::MAX)
            .take_while(|character| Self::place(*character).0 < self.0.len())
            .filter(|c| self.contains(*c))
    }
}

/// The fonts of `book` and of what the e-book says beyond it, in the order of their faces. Linear in the letters of both; the
/// files are made in parallel.
///
/// # Errors
/// Where a face can't be reduced.
pub(super) fn collect<'t>(book: &Book, beyond: impl Iterator<Item = &'t str>) -> Result<Vec<WebFont>, String> {
    let mut faces: BTreeMap<FaceId, Use> = BTreeMap::new();
    for item in book.pagination.pages.iter().flat_map(Page::items) {
        if let ItemKind::Glyphs(run) = &item.kind {
            let face = faces.entry(run.face).or_default();
            run.text.chars().for_each(|character| face.characters.insert(character));
            face.features = face.features.and(run.features);
        }
    }
    let known: BTreeMap<FaceId, &Face> = book.fonts.iter().filter(|(_, face)| face.may_be_embedded()).collect();
    faces.retain(|id, _| known.contains_key(id));
    let mut printed = Characters::default();
    for face in faces.values() {
        face.characters.iter().for_each(|character| printed.insert(character));
    }
    let mut everywhere: BTreeSet<char> = (' '..='~').chain("\u{a0}\u{2010}\u{2011}–—’…·".chars()).collect();
    for text in beyond {
        everywhere.extend(text.chars().filter(|character| !printed.contains(*character)));
    }
    // In Chinese and Japanese these signs are as wide as an ideograph: a font of ideographs has them so.
    if ["zh", "ja"].iter().any(|primary| super::language(book).split('-').next() == Some(*primary)) {
        everywhere.retain(|character| !"–—‘’“”…·".contains(*character));
    }
    let of_the_design = families(book);
    for (id, face) in &mut faces {
        if known.get(id).is_some_and(|face| of_the_design.contains(&face.family())) {
            everywhere.iter().for_each(|character| face.characters.insert(*character));
        }
    }
    let files: Vec<(FaceId, Use)> = faces.into_iter().collect();
    let data: Vec<Vec<u8>> = files
        .par_iter()
        .map(|(id, wanted)| book.fonts.face(*id).web(&wanted.characters.iter().collect(), wanted.features))
        .collect::<Result<_, String>>()?;
    let mut names = BTreeSet::new();
    let fonts = files.iter().zip(data).map(|((id, _), data)| {
        let stem = book.fonts.face(*id).postscript_name();
        let mut name = format!("fonts/{stem}.woff2");
        if !names.insert(name.clone()) {
            name = format!("fonts/{stem}-{}.woff2", id.0);
            names.insert(name.clone());
        }
        WebFont { name, data, face: *id }
    });
    Ok(fonts.collect())
}

/// The names of the families that the design asks for.
fn families(book: &Book) -> [&str; 3] {
    [Family::Serif, Family::Sans, Family::Mono].map(|family| book.style.typefaces.name(family))
}

/// The families that the design does not ask for, which fill in for it, in order.
pub(super) fn fallbacks<'b>(book: &'b Book, fonts: &[WebFont]) -> Vec<&'b str> {
    let asked = families(book);
    let mut found: Vec<&str> = Vec::new();
    for font in fonts {
        let family = book.fonts.face(font.face).family();
        if !asked.contains(&family) && !found.contains(&family) {
            found.push(family);
        }
    }
    found
}

/// The rules that say what the fonts are called (CSS Fonts 4, "The @font-face rule").
pub(super) fn rules(book: &Book, fonts: &[WebFont]) -> String {
    let mut out = String::new();
    for font in fonts {
        let face = book.fonts.face(font.face);
        let style = if face.is_italic() { "italic" } else { "normal" };
        let _ = writeln!(
            out,
            "@font-face {{ font-family: {}; font-weight: {}; font-style: {style};\n  src: url({}) format(\"woff2\"); }}",
            super::css::string(face.family()),
            face.weight(),
            font.name
        );
    }
    out
}
