//! A face as the e-book carries it: reduced to the characters in use, its rules of layout kept, packed as WOFF2.
//!
//! A reading system lays out the text itself, so it needs what the subset of a PDF does without: the character map, and the
//! substitutions and kerning of the glyphs that are left. skera (the port of `HarfBuzz`'s subsetter) keeps those; it knows
//! TrueType outlines only, so PostScript outlines come from the other subsetter, for the same glyphs in the same order. Start
//! at [`Face::web`].

use std::collections::BTreeSet;

use skera::{DEFAULT_LAYOUT_FEATURES, Plan, SubsetFlags};
use write_fonts::FontBuilder;
use write_fonts::read::collections::IntSet;
use write_fonts::read::{FontRef, TableProvider};
use write_fonts::types::{NameId, Tag};

use super::shaping::Features;
use super::{Face, Origin, sfnt_table};

/// What a subset says of itself: copyright, family, style, full and PostScript name, licence and its address.
const NAMES: [u16; 7] = [0, 1, 2, 4, 6, 13, 14];

/// The tables by which a font varies: without them it is what it is at its default, as in print.
const VARIATIONS: [&[u8; 4]; 8] = [b"fvar", b"gvar", b"avar", b"cvar", b"HVAR", b"MVAR", b"VVAR", b"STAT"];

/// Of Brotli's qualities, the last before those that take two, three and seven times as long for a fiftieth less at best.
const QUALITY: u8 = 6;

/// What of `fsType` must be unset, for a font to be installed for good or to stay in documents that are edited, in part, and
/// by its outlines (OpenType 1.9, "OS/2").
const RESTRICTED: u16 = 0x0002 | 0x0004 | 0x0100 | 0x0200;

impl Face {
    /// Whether a book may carry a part of the face: it comes with the program or the project, and says itself that it may be
    /// embedded and reduced. The machine's faces never: nobody has said what they may be used for.
    #[must_use]
    pub fn may_be_embedded(&self) -> bool {
        let kind = sfnt_table(&self.data, self.index, *b"OS/2").and_then(|table| table.get(8..10)?.try_into().ok());
        match self.origin {
            Origin::Bundled | Origin::Project => {
                kind.map(u16::from_be_bytes).is_some_and(|kind| kind & RESTRICTED == 0)
            }
            Origin::System => false,
        }
    }

    /// The face with the letters for `characters`, and for what its rules make of them: the rules that are always applied, and
    /// those of `features`. A WOFF2 file; the same for the same characters. Linear in what is kept.
    ///
    /// # Errors
    /// Says what could not be read, in words.
    pub fn web(&self, characters: &BTreeSet<char>, features: Features) -> Result<Vec<u8>, String> {
        let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", self.postscript_name);
        let font = FontRef::from_index(&self.data, self.index).map_err(|error| failed(&error))?;
        let mut wanted: IntSet<Tag> = DEFAULT_LAYOUT_FEATURES.iter().copied().collect();
        wanted.extend(features.settings().iter().filter(|(_, value)| *value != 0).map(|(tag, _)| Tag::new(tag)));
        let plan = Plan::new(
            &IntSet::empty(),
            &characters.iter().map(|&character| u32::from(character)).collect(),
            &font,
            SubsetFlags::SUBSET_FLAGS_NO_HINTING | SubsetFlags::SUBSET_FLAGS_NOTDEF_OUTLINE,
            &VARIATIONS.into_iter().map(Tag::new).collect(),
            &IntSet::all(),
            &wanted,
            &NAMES.into_iter().map(NameId::new).collect(),
            &IntSet::all(),
        );
        let layout = skera::subset_font(&font, &plan).map_err(|error| failed(&error))?;
        let layout = FontRef::new(&layout).map_err(|error| failed(&error))?;
        let mut builder = FontBuilder::new();
        if font.cff().is_ok() {
            let glyphs: BTreeSet<u16> =
                plan.old_to_new_glyph_mapping().filter_map(|(old, _)| u16::try_from(old.to_u32()).ok()).collect();
            let count = glyphs.len();
            let subset = self.subset(glyphs)?;
            if subset.glyphs.len() != count {
                return Err(failed(&"its outlines and its rules can't be reduced alike"));
            }
            let outlines = sfnt_table(&subset.data, 0, *b"CFF ").ok_or_else(|| failed(&"it has no outlines"))?;
            builder.add_raw(Tag::new(b"CFF "), outlines.to_vec());
        }
        let whole = builder.copy_missing_tables(layout).build();
        ttf2woff2::encode(&whole, QUALITY.into()).map_err(|error| failed(&error))
    }
}
