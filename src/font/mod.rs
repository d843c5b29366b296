//! Faces: found, measured, shaped with, reduced to what is used.
//!
//! A [`FontBook`] holds the bundled faces, the project's own and, where they are allowed, the system's. It knows nothing of
//! paragraphs. Start at [`FontBook`].

mod bundled;
pub mod shaping;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use harfrust::GlyphId;
use harfrust::font::Font;
use harfrust::font::glyph::outline::{DrawMemory, DrawOptions};
use harfrust::font::metrics::Metrics;

pub use harfrust::font::Blob;
/// One step of a glyph's outline, in font units with `y` upwards.
pub use harfrust::font::glyph::outline::PathElement;

/// Names a face in a [`FontBook`]. The last numbers name the mathematical faces, which every book shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub u16);

/// The first number of a mathematical face.
const FIRST_MATH_FACE: u16 = u16::MAX - 255;

/// Where a face came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Part of the program.
    Bundled,
    /// The project's `fonts/`.
    Project,
    /// Installed on the machine.
    System,
}

/// A typeface in one weight and slope.
#[derive(Clone)]
pub struct Face {
    font: Font,
    data: Blob,
    index: u32,
    origin: Origin,
    family: String,
    postscript_name: String,
    weight: u16,
    italic: bool,
    /// Which of the [common](common_index) characters the face has a letter for, a bit each.
    common: [u64; 8],
}

/// The place of a character in [`Face::common`]: Latin letters and the signs of print, which nearly all text is made of.
fn common_index(character: char) -> Option<usize> {
    match character {
        '\0'..='\u{17f}' => Some(character as usize),
        '\u{2000}'..='\u{206f}' => Some(0x180 + (character as usize - 0x2000)),
        _ => None,
    }
}

impl fmt::Debug for Face {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Face({})", self.postscript_name)
    }
}

/// What a PDF font descriptor asks of a face, in thousandths of an em.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaceMetrics {
    /// Height above the baseline.
    pub ascent: i32,
    /// Depth below the baseline, negative.
    pub descent: i32,
    /// Height of a capital letter.
    pub cap_height: i32,
    /// Height of a lower-case letter without ascender.
    pub x_height: i32,
    /// Slant in degrees, negative for letters that lean to the right.
    pub italic_angle: i32,
    /// The smallest box around all glyphs: left, bottom, right, top.
    pub bounds: [i32; 4],
    /// Whether all letters are equally wide.
    pub fixed_pitch: bool,
}

/// A font file with only the glyphs in use.
#[derive(Clone, Debug)]
pub struct Subset {
    /// The font file: glyph `n` is also character id `n`.
    pub data: Vec<u8>,
    /// Old glyph index → new glyph index, consecutive from 0 (`.notdef`).
    pub glyphs: BTreeMap<u16, u16>,
    /// Whether the outlines are PostScript (CFF) rather than TrueType.
    pub postscript: bool,
}

impl Face {
    /// Reads face `index` of a font file. `None` where the file is no font, or a variable one with `CFF2` outlines, or has
    /// no Unicode character map. Cost: a few tables are read, no outline.
    #[must_use]
    pub fn parse(data: Blob, index: u32, origin: Origin) -> Option<Self> {
        let font = Font::new(data.clone(), index)?;
        if !font.charmap().has_unicode() || font.units_per_em() == 0 {
            return None;
        }
        let name = |number: u16| -> Option<String> {
            let name = font.names().get(harfrust::font::name::NameId::new(number))?.english_or_first()?;
            let text: String = name.name().chars().collect();
            Some(text).filter(|text| !text.is_empty())
        };
        let attributes = font.default_attributes();
        let family = name(16).or_else(|| name(1))?;
        let postscript_name = name(6).unwrap_or_else(|| family.replace(' ', ""));
        let postscript_name = postscript_name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
        let weight = attributes.weight.value() as u16;
        let italic = attributes.style != harfrust::font::attribute::Style::Normal;
        let mut face = Self { font, data, index, origin, family, postscript_name, weight, italic, common: [0; 8] };
        for character in ('\0'..='\u{17f}').chain('\u{2000}'..='\u{206f}') {
            if let Some(place) = common_index(character).filter(|_| face.glyph(character).is_some()) {
                face.common[place / 64] |= 1 << (place % 64);
            }
        }
        Some(face)
    }

    /// The font file, which may hold other faces too.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The face's place in its file.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Where the face came from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The family's name, such as `Libertinus Serif`.
    #[must_use]
    pub fn family(&self) -> &str {
        &self.family
    }

    /// The face's PostScript name, such as `LibertinusSerif-Bold`: ASCII letters, digits and hyphens.
    #[must_use]
    pub fn postscript_name(&self) -> &str {
        &self.postscript_name
    }

    /// The weight, 400 for regular, 700 for bold.
    #[must_use]
    pub fn weight(&self) -> u16 {
        self.weight
    }

    /// Whether the letters slope.
    #[must_use]
    pub fn is_italic(&self) -> bool {
        self.italic
    }

    /// The units of an em in which the font's numbers are given.
    #[must_use]
    pub fn units_per_em(&self) -> i64 {
        i64::from(self.font.units_per_em())
    }

    /// Whether the face has a letter for `character`.
    #[must_use]
    pub fn covers(&self, character: char) -> bool {
        match common_index(character) {
            Some(place) => self.common[place / 64] >> (place % 64) & 1 == 1,
            None => self.glyph(character).is_some(),
        }
    }

    /// The glyph for `character`, before any substitution.
    #[must_use]
    pub fn glyph(&self, character: char) -> Option<u16> {
        let glyph = self.font.charmap().map_unicode(character)?.to_u32();
        u16::try_from(glyph).ok().filter(|&glyph| glyph != 0)
    }

    /// How far `glyph` advances the pen, in font units, unkerned: the number that a PDF's `/W` array must give, scaled to
    /// thousandths of an em.
    #[must_use]
    pub fn advance(&self, glyph: u16) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "font units are 16 bits")]
        let advance = self.font.glyph_metrics().h_advance(GlyphId::new(u32::from(glyph))).round() as i64;
        advance
    }

    /// What a font descriptor needs.
    #[must_use]
    pub fn metrics(&self) -> FaceMetrics {
        let metrics: &Metrics = self.font.metrics();
        let style = self.font.style_metrics();
        let em = f64::from(self.font.units_per_em());
        #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
        let thousandths = |value: f64| (value * 1000.0 / em).round() as i32;
        let line = metrics.typo_line.or(metrics.hhea_line);
        let ascent = line.map_or(800, |line| thousandths(line.ascender.to_f64()));
        let cap_height = metrics.cap_height.map_or(700, |height| thousandths(height.to_f64()));
        #[expect(clippy::cast_possible_truncation, reason = "degrees")]
        let italic_angle = style.italic_angle.map_or(0, |angle| angle.to_f64().round() as i32);
        FaceMetrics {
            ascent,
            descent: line.map_or(-200, |line| thousandths(line.descender.to_f64())),
            cap_height,
            x_height: metrics.x_height.map_or(500, |height| thousandths(height.to_f64())),
            italic_angle,
            bounds: [
                thousandths(metrics.bounds.x_min.to_f64()),
                thousandths(metrics.bounds.y_min.to_f64()),
                thousandths(metrics.bounds.x_max.to_f64()),
                thousandths(metrics.bounds.y_max.to_f64()),
            ],
            fixed_pitch: style.is_fixed_pitch.unwrap_or(false),
        }
    }

    /// The outline of `glyph` in font units, `y` upwards; empty for a space or an unknown glyph.
    #[must_use]
    pub fn outline(&self, glyph: u16) -> Vec<PathElement> {
        let mut path = Vec::new();
        if let Some(outline) = self.font.outline_glyphs().get(GlyphId::new(u32::from(glyph))) {
            let options = DrawOptions::new().with_ppem(None);
            if outline.draw(&options, DrawMemory::default(), &mut path).is_err() {
                path.clear();
            }
        }
        path
    }

    /// The face reduced to `glyphs` (`.notdef` joins them). Linear in the glyphs kept.
    ///
    /// # Errors
    /// Says what the subsetter could not read, in words.
    pub fn subset(&self, glyphs: impl IntoIterator<Item = u16>) -> Result<Subset, String> {
        let remapper = subsetter::GlyphRemapper::new_from_glyphs_sorted(
            &glyphs.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>(),
        );
        let data = subsetter::subset(&self.data, self.index, &remapper)
            .map_err(|error| format!("{}: {error}", self.postscript_name))?;
        let glyphs = (0..).zip(remapper.remapped_gids()).map(|(new, old)| (old, new)).collect();
        let postscript = data.starts_with(b"OTTO");
        Ok(Subset { data, glyphs, postscript })
    }
}

/// All faces that a book may use, in the order in which they are asked for a letter.
#[derive(Clone, Debug, Default)]
pub struct FontBook {
    faces: Vec<Face>,
}

/// The files of the bundled faces, the text face first: for those who must read fonts themselves.
#[must_use]
pub fn bundled_files() -> &'static [&'static [u8]] {
    &bundled::FILES
}

impl FontBook {
    /// The bundled faces alone.
    #[must_use]
    pub fn bundled() -> Self {
        Self { faces: bundled::faces() }
    }

    /// The bundled faces and those of the project's font files. Names the files (by their place in `files`) that hold
    /// no usable face.
    #[must_use]
    pub fn load(files: impl IntoIterator<Item = Vec<u8>>) -> (Self, Vec<usize>) {
        let mut book = Self::bundled();
        let mut unusable = Vec::new();
        for (number, file) in files.into_iter().enumerate() {
            let before = book.faces.len();
            book.add_file(&Blob::from(file), Origin::Project);
            if book.faces.len() == before {
                unusable.push(number);
            }
        }
        (book, unusable)
    }

    fn add_file(&mut self, data: &Blob, origin: Origin) {
        for index in 0..faces_in(data) {
            if self.faces.len() < usize::from(FIRST_MATH_FACE)
                && let Some(face) = Face::parse(data.clone(), index, origin)
            {
                self.faces.push(face);
            }
        }
    }

    /// Adds the system faces that have letters which no face here has. Faces are asked in the order of their files'
    /// paths, regular before bold and italic, so that the choice depends on the installed fonts alone. Costs a scan of
    /// the system's font folders, and only where a character is missing.
    pub fn add_system_faces(&mut self, characters: &BTreeSet<char>) {
        let mut missing: BTreeSet<char> =
            characters.iter().copied().filter(|&character| !self.has(character)).collect();
        if missing.is_empty() {
            return;
        }
        let mut database = fontdb::Database::new();
        database.load_system_fonts();
        let mut candidates: Vec<_> = database
            .faces()
            .filter_map(|face| match &face.source {
                fontdb::Source::File(path) | fontdb::Source::SharedFile(path, _) => {
                    let plain = face.style == fontdb::Style::Normal && face.weight == fontdb::Weight::NORMAL;
                    Some((!plain, path.clone(), face.index))
                }
                fontdb::Source::Binary(_) => None,
            })
            .collect();
        candidates.sort();
        for (_, path, index) in candidates {
            if missing.is_empty() || self.faces.len() >= usize::from(FIRST_MATH_FACE) {
                break;
            }
            let Ok(data) = std::fs::read(&path) else { continue };
            let Some(face) = Face::parse(Blob::from(data), index, Origin::System) else { continue };
            let before = missing.len();
            missing.retain(|&character| !face.covers(character));
            if missing.len() < before {
                self.faces.push(face);
            }
        }
    }

    /// Whether any face has a letter for `character`.
    #[must_use]
    pub fn has(&self, character: char) -> bool {
        self.faces.iter().any(|face| face.covers(character))
    }

    /// The face of `family` nearest to `weight` and slope; the project's before the bundled ones. A family that is not
    /// here gives the first bundled face.
    #[must_use]
    pub fn select(&self, family: &str, weight: u16, italic: bool) -> FaceId {
        let distance =
            |face: &Face| (face.italic != italic, face.weight.abs_diff(weight), face.origin != Origin::Project);
        self.iter()
            .filter(|(_, face)| face.family.eq_ignore_ascii_case(family))
            .min_by_key(|(id, face)| (distance(face), *id))
            .map_or(FaceId(0), |(id, _)| id)
    }

    /// The face to set `cluster` (a grapheme cluster) in: `preferred` if it has all of its letters, else the first face
    /// that has, else the first that has its first letter, else a mathematical face that has. `None` where no face has.
    #[must_use]
    pub fn fallback(&self, preferred: FaceId, cluster: &str) -> Option<FaceId> {
        let covers = |face: &Face| cluster.chars().all(|character| is_ignorable(character) || face.covers(character));
        if covers(self.face(preferred)) {
            return Some(preferred);
        }
        let wanted = self.face(preferred);
        let distance = |face: &Face| (face.italic != wanted.italic, face.weight.abs_diff(wanted.weight));
        let best = |covers: &dyn Fn(&Face) -> bool| {
            self.iter()
                .filter(|(_, face)| covers(face))
                .min_by_key(|(id, face)| (face.origin, distance(face), *id))
                .map(|(id, _)| id)
        };
        let first = cluster.chars().next()?;
        best(&covers).or_else(|| best(&|face| face.covers(first))).or_else(|| {
            let mut math = (0..bundled::MATH_FACES).filter(|&index| bundled::math_face(index).is_some_and(covers));
            math.next().map(math_id)
        })
    }

    /// The mathematical face called `name`: `Main-Regular`, `Size3-Regular` and so on. It is read when it is first asked for,
    /// and is found by this name only, or for a character that no other face has.
    #[must_use]
    pub fn math_face(name: &str) -> Option<FaceId> {
        bundled::math_face_named(name).map(math_id)
    }

    /// The face that `id` names.
    ///
    /// # Panics
    /// Where `id` comes from another font book: a fault of the program.
    #[must_use]
    pub fn face(&self, id: FaceId) -> &Face {
        let math = id.0.checked_sub(FIRST_MATH_FACE).and_then(|index| bundled::math_face(usize::from(index)));
        math.unwrap_or_else(|| &self.faces[usize::from(id.0)])
    }

    /// The faces with their names, but for the mathematical ones.
    pub fn iter(&self) -> impl Iterator<Item = (FaceId, &Face)> {
        (0..).map(FaceId).zip(&self.faces)
    }
}

/// The name of the mathematical face number `index`.
fn math_id(index: usize) -> FaceId {
    FaceId(u16::try_from(index).map_or(u16::MAX, |index| FIRST_MATH_FACE.saturating_add(index)))
}

/// How many faces a font file holds (OpenType 1.9, "TTC header"), at most 256.
fn faces_in(data: &[u8]) -> u32 {
    match data {
        [b't', b't', b'c', b'f', _, _, _, _, a, b, c, d, ..] => u32::from_be_bytes([*a, *b, *c, *d]).min(256),
        _ => 1,
    }
}

/// Whether a font need not have a glyph for `character`: joiners, variation selectors, soft hyphens, direction marks.
#[must_use]
pub fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_covers_what_it_has_a_glyph_for() {
        for (_, face) in FontBook::bundled().iter() {
            for character in '\0'..='\u{2100}' {
                assert_eq!(face.covers(character), face.glyph(character).is_some(), "{face:?} {character:?}");
            }
        }
    }
}
