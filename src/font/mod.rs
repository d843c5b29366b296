//! Faces: found, measured, shaped with, reduced to what is used.
//!
//! A [`FontBook`] holds the bundled faces, the project's own and, where they are allowed, the system's. It knows nothing of
//! paragraphs. Start at [`FontBook`].

mod bundled;
mod cff;
mod coverage;
mod families;
pub mod shaping;
mod system;
mod web;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use harfrust::GlyphId;
use harfrust::font::Font;
use harfrust::font::glyph::outline::{DrawMemory, DrawOptions};
use harfrust::font::metrics::Metrics;
use unicode_normalization::UnicodeNormalization;
use unicode_script::UnicodeScript;
use unicode_segmentation::UnicodeSegmentation;

use coverage::Coverage;
pub use coverage::Needs;
pub use families::{HanForm, Writing, family_for, is_private};
pub use harfrust::font::Blob;
/// One step of a glyph's outline, in font units with `y` upwards.
pub use harfrust::font::glyph::outline::PathElement;

/// Names a face in a [`FontBook`]. The last numbers name the mathematical faces, which every book shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(pub u16);

/// The first number of a mathematical face.
const FIRST_MATH_FACE: u16 = u16::MAX - 255;

/// The first character after Latin, Greek and Cyrillic, whose letters from two faces go together in a word.
const FIRST_OF_OTHERS: char = '\u{530}';

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
    /// Whether letters may be drawn otherwise than by outlines: then those without an outline can't be printed.
    colored: bool,
    coverage: Coverage,
    /// The characters of which the face has a superior form.
    superiors: Coverage,
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
    /// Reads face `index` of a font file. `None` where the file is no font, or has no Unicode character map, or no outlines
    /// that a PDF can hold: bitmaps alone, or a variable font's `CFF2`. A variable font with TrueType outlines is what it is
    /// at its default. Cost: a few tables are read, no outline.
    #[must_use]
    pub fn parse(data: Blob, index: u32, origin: Origin) -> Option<Self> {
        let font = Font::new(data.clone(), index)?;
        if !font.charmap().has_unicode() || font.units_per_em() == 0 {
            return None;
        }
        let table = |tag: &[u8; 4]| sfnt_table(&data, index, *tag).is_some_and(|table| !table.is_empty());
        if !table(b"glyf") && !table(b"CFF ") {
            return None;
        }
        let colored = [b"COLR", b"CBDT", b"sbix", b"SVG "].into_iter().any(table);
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
        let (coverage, superiors) = (Coverage::default(), Coverage::default());
        Some(Self { font, data, index, origin, family, postscript_name, weight, italic, colored, coverage, superiors })
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

    /// Whether the face has a letter for `character` that can be printed. Cost: a look into a table.
    #[must_use]
    pub fn covers(&self, character: char) -> bool {
        self.coverage.contains(character, |character| {
            let drawn = |glyph| !self.colored || character.is_whitespace() || !self.outline(glyph).is_empty();
            self.glyph(character).is_some_and(drawn)
        })
    }

    /// Whether the face can set `text`, which a shaper may compose or decompose.
    #[must_use]
    pub fn sets(&self, text: &str) -> bool {
        let has = |character: char| {
            is_ignorable(character)
                || self.covers(character)
                || (character == '\u{2011}' && ['\u{2010}', '-'].into_iter().any(|hyphen| self.covers(hyphen)))
        };
        text.chars().all(has) || (!text.is_ascii() && (text.nfc().all(has) || text.nfd().all(has)))
    }

    /// Whether the face has superior forms (`sups`) of all the letters and figures of `text`. Cost: a look into a table.
    #[must_use]
    pub fn has_superiors(&self, text: &str) -> bool {
        let has =
            |character| self.superiors.contains(character, |character| shaping::has_superior(&self.font, character));
        !text.is_empty() && text.chars().all(has)
    }

    /// How far weight and slope are from those of another face.
    fn distance(&self, other: &Self) -> (bool, u16) {
        (self.italic != other.italic, self.weight.abs_diff(other.weight))
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
        let mut data = subsetter::subset(&self.data, self.index, &remapper)
            .map_err(|error| format!("{}: {error}", self.postscript_name))?;
        let glyphs = (0..).zip(remapper.remapped_gids()).map(|(new, old)| (old, new)).collect();
        let postscript = data.starts_with(b"OTTO");
        if let Some(table) = table_range(&data, 0, *b"CFF ") {
            cff::plain_matrices(&mut data[table]);
        }
        Ok(Subset { data, glyphs, postscript })
    }
}

/// All faces that a book may use, and which of them set the scripts of its text.
#[derive(Clone, Debug, Default)]
pub struct FontBook {
    faces: Vec<Face>,
    groups: Vec<Group>,
    /// The form of Han characters whose language does not tell it.
    form: Option<HanForm>,
    /// Whether the machine's faces were asked too.
    system: bool,
    coverage: Coverage,
}

/// The faces that set the characters of one of [`families`]' names.
#[derive(Clone, Debug)]
struct Group {
    name: &'static str,
    /// The faces of the family that was chosen, in all weights and slopes.
    chosen: Vec<FaceId>,
    /// Every face that has all characters that the book needs of this group.
    whole: Vec<FaceId>,
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
        Self { faces: bundled::faces(), ..Self::default() }
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
            if let Some(face) = Face::parse(data.clone(), index, origin) {
                self.add(face);
            }
        }
    }

    /// Adds a face, unless there are too many already.
    fn add(&mut self, face: Face) -> Option<FaceId> {
        let id = u16::try_from(self.faces.len()).ok().filter(|&id| id < FIRST_MATH_FACE)?;
        self.faces.push(face);
        self.coverage = Coverage::default();
        Some(FaceId(id))
    }

    /// Chooses the faces for what the book needs: for each script one that has all its characters, where there is one. With
    /// `system`, the machine's faces fill in where no other has a character, and where no other has all characters of a
    /// script: the one with most of them, of equals one with serifs, with its bold and italic sisters. The choice depends
    /// on the needs and the fonts alone. Costs a scan of the system's fonts, where they are asked.
    pub fn choose(&mut self, needs: &Needs, system: bool) {
        self.system = system;
        self.form = Some(needs.usual_form());
        let mut installed = None;
        for (name, wanted) in needs.by_family() {
            let mixes = families::mixes(name);
            let whole: Vec<FaceId> = if mixes {
                Vec::new()
            } else {
                let has_all = |face: &Face| wanted.iter().all(|&character| face.covers(character));
                let own = self.iter().filter(|(_, face)| face.origin != Origin::System);
                own.filter(|(_, face)| has_all(face)).map(|(id, _)| id).collect()
            };
            if let Some(&first) = whole.first() {
                self.groups.push(Group { name, chosen: self.relatives(first), whole });
                continue;
            }
            if !system {
                continue;
            }
            let mut missing: BTreeSet<char> =
                wanted.iter().copied().filter(|&character| !self.has(character)).collect();
            if mixes && missing.is_empty() {
                continue;
            }
            let installed = installed.get_or_insert_with(system::Installed::scan);
            if !mixes {
                let covered = |face: &Face| wanted.iter().filter(|&&character| face.covers(character)).count();
                let own =
                    self.faces.iter().filter(|face| face.origin != Origin::System).map(covered).max().unwrap_or(0);
                if let Some((faces, covered)) = installed.best(name, &wanted)
                    && covered > own
                {
                    missing.retain(|&character| !faces[0].covers(character));
                    let chosen: Vec<FaceId> = faces.into_iter().filter_map(|face| self.add(face)).collect();
                    let whole = if covered == wanted.len() { chosen.clone() } else { Vec::new() };
                    self.groups.push(Group { name, chosen, whole });
                }
            }
            while !missing.is_empty() {
                let Some((faces, _)) = installed.best(name, &missing) else { break };
                let before = missing.len();
                missing.retain(|&character| !faces[0].covers(character));
                if missing.len() == before {
                    break;
                }
                let added: Vec<FaceId> = faces.into_iter().filter_map(|face| self.add(face)).collect();
                if self.groups.last().is_none_or(|group| group.name != name) {
                    self.groups.push(Group { name, chosen: added, whole: Vec::new() });
                }
            }
        }
    }

    /// All faces of the family of one.
    fn relatives(&self, face: FaceId) -> Vec<FaceId> {
        let Face { family, origin, .. } = self.face(face);
        let same = |other: &Face| other.family == *family && other.origin == *origin;
        self.iter().filter(|(_, face)| same(face)).map(|(id, _)| id).collect()
    }

    /// Whether the machine's faces were asked too.
    #[must_use]
    pub fn asked_system(&self) -> bool {
        self.system
    }

    /// Whether any face has a letter for `character`. Cost: a look into a table.
    #[must_use]
    pub fn has(&self, character: char) -> bool {
        self.coverage.contains(character, |character| self.faces.iter().any(|face| face.covers(character)))
    }

    /// Whether a cluster (of graphemes) can be shown: it needs no letter, or there are letters for all its characters or for
    /// what they are composed of.
    #[must_use]
    pub fn shows(&self, cluster: &str) -> bool {
        let math =
            |character| (0..bundled::MATH_FACES).filter_map(bundled::math_face).any(|face| face.covers(character));
        let has = |character: char| {
            is_ignorable(character) || character.is_whitespace() || self.has(character) || math(character)
        };
        cluster.is_ascii()
            || cluster.chars().all(has)
            || cluster.nfc().all(has)
            || cluster.nfd().all(has)
            || self.faces.first().is_some_and(|face| face.sets(cluster))
    }

    /// The clusters of `text` that can't be [shown](Self::shows), and where they start. Quick where there are none.
    pub fn missing<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        let plain = |character: char| {
            character.is_ascii() || self.has(character) || character.is_whitespace() || is_ignorable(character)
        };
        let text = if text.chars().all(plain) { "" } else { text };
        text.grapheme_indices(true).filter(|(_, cluster)| !self.shows(cluster))
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

    /// The names of the families of the program and the project, in alphabetical order.
    #[must_use]
    pub fn families(&self) -> Vec<&str> {
        let own = self.faces.iter().filter(|face| face.origin != Origin::System);
        own.map(Face::family).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The face to set `cluster` (a grapheme cluster) in, which stands in text of the given `writing`: `preferred` if it has
    /// all of its letters, but that letters of another script come from the face [chosen](Self::choose) for it where only
    /// that one has them all; else the first face that has, else a mathematical face that has. `None` where no face has.
    /// Cost: for most text a look into a table.
    #[must_use]
    pub fn fallback(&self, preferred: FaceId, cluster: &str, writing: Writing) -> Option<FaceId> {
        let first = cluster.chars().next()?;
        let sets = |id: FaceId| self.face(id).sets(cluster);
        let own = sets(preferred);
        let widens = writing.widens(first);
        if own && (first < FIRST_OF_OTHERS && !widens || self.groups.is_empty()) {
            return Some(preferred);
        }
        let form = writing.form.or(if families::is_shared(first.script()) { None } else { self.form });
        let name = family_for(first, Writing { form, ..writing });
        let group = name.and_then(|name| self.groups.iter().find(|group| group.name == name));
        if let Some(group) = group {
            let settled = group.whole.contains(&preferred) || (group.whole.is_empty() && !widens);
            if own && settled {
                return Some(preferred);
            }
            let wanted = self.face(preferred);
            let fitting = group.chosen.iter().copied().filter(|&id| sets(id));
            let nearest = fitting.min_by_key(|&id| (self.face(id).distance(wanted), id));
            if nearest.is_some() {
                return nearest;
            }
        }
        if own { Some(preferred) } else { self.elsewhere(preferred, cluster) }
    }

    /// The face for what neither the text's face nor the one chosen for its script has.
    fn elsewhere(&self, preferred: FaceId, cluster: &str) -> Option<FaceId> {
        if !self.shows(cluster) {
            return None;
        }
        let wanted = self.face(preferred);
        let fitting = self.iter().filter(|(_, face)| face.sets(cluster));
        let best = fitting.min_by_key(|(id, face)| (face.origin, face.distance(wanted), *id)).map(|(id, _)| id);
        best.or_else(|| {
            let mut math = (0..bundled::MATH_FACES)
                .filter(|&index| bundled::math_face(index).is_some_and(|face| face.sets(cluster)));
            math.next().map(math_id)
        })
    }

    /// The faces for the parts of a cluster that no face has as a whole: what has letters is shown by them, such as the people
    /// of a family, and only the rest has none.
    #[must_use]
    pub fn cut(&self, preferred: FaceId, cluster: &str, writing: Writing) -> Vec<(Range<usize>, Option<FaceId>)> {
        if cluster.chars().skip(1).all(is_ignorable) {
            return vec![(0..cluster.len(), None)];
        }
        let mut parts: Vec<(Range<usize>, Option<FaceId>)> = Vec::new();
        for (start, character) in cluster.char_indices() {
            let range = start..start + character.len_utf8();
            match parts.last_mut() {
                Some(last) if is_ignorable(character) => last.0.end = range.end,
                _ => {
                    let face = self.fallback(preferred, &cluster[range.clone()], writing);
                    parts.push((range, face));
                }
            }
        }
        parts
    }

    /// The face that draws a box in place of a letter that no face has.
    #[must_use]
    pub fn missing_face() -> FaceId {
        FaceId(u16::MAX)
    }

    /// What is drawn in the [box face](Self::missing_face) for `character`: a box with its number, as glyphs and where they
    /// are painted in font units. Only the last, the box, advances.
    #[must_use]
    pub fn missing_box(character: char) -> Vec<(u16, (i32, i32))> {
        let code = u32::from(character);
        let columns: i32 = if code > 0xffff { 3 } else { 2 };
        let digits = (0..columns * 2).map(|place| {
            let digit = code >> (4 * (columns * 2 - 1 - place)) & 0xf;
            let (column, row) = (place % columns, place / columns);
            let glyph = bundled::FIRST_DIGIT + u16::try_from(digit).unwrap_or(0);
            (glyph, (bundled::DIGIT_STEP.0 * column, -bundled::DIGIT_STEP.1 * row))
        });
        let frame = if columns == 3 { bundled::WIDE_BOX } else { bundled::BOX };
        digits.chain([(frame, (0, 0))]).collect()
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
        let special = match id.0.checked_sub(FIRST_MATH_FACE) {
            Some(_) if id == Self::missing_face() => bundled::missing_face(),
            Some(index) => bundled::math_face(usize::from(index)),
            None => None,
        };
        special.unwrap_or_else(|| &self.faces[usize::from(id.0)])
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

/// A table of face `index` of a font file (OpenType 1.9, "The OpenType font file").
pub(crate) fn sfnt_table(data: &[u8], index: u32, tag: [u8; 4]) -> Option<&[u8]> {
    data.get(table_range(data, index, tag)?)
}

/// Where that table lies, within the file.
fn table_range(data: &[u8], index: u32, tag: [u8; 4]) -> Option<Range<usize>> {
    let number = |at: usize| Some(u32::from_be_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?) as usize);
    let start = if data.starts_with(b"ttcf") { number(12 + 4 * index as usize)? } else { 0 };
    let count = number(start.checked_add(2)?)? & 0xffff;
    let mut records = (0..count).map(|record| start + 12 + 16 * record);
    let record = records.find(|&at| data.get(at..at + 4) == Some(tag.as_slice()))?;
    let (start, length) = (number(record + 8)?, number(record + 12)?);
    let end = start.checked_add(length)?;
    (end <= data.len()).then_some(start..end)
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

    fn book(texts: &[(&str, &str)]) -> FontBook {
        let mut needs = Needs::default();
        texts.iter().for_each(|(text, language)| needs.add(text, language));
        let mut book = FontBook::bundled();
        book.choose(&needs, false);
        book
    }

    fn family<'a>(book: &'a FontBook, preferred: &str, cluster: &str, text: &str) -> Option<&'a str> {
        let preferred = book.select(preferred, 400, false);
        let face = book.fallback(preferred, cluster, Writing::of(text, "en"));
        face.map(|face| book.face(face).family())
    }

    #[test]
    fn a_face_is_kept_for_what_it_has() {
        let book = book(&[("é Ж – →", "en"), ("שלום", "he")]);
        for cluster in ["e", "é", "e\u{301}", "Ж", "–"] {
            assert_eq!(family(&book, "Source Sans 3", cluster, cluster), Some("Source Sans 3"), "{cluster}");
        }
    }

    #[test]
    fn a_script_that_a_face_has_whole_is_set_in_it() {
        let book = book(&[("שלום", "he")]);
        assert_eq!(family(&book, "Source Sans 3", "ש", "שלום"), Some("Libertinus Serif"));
        assert_eq!(family(&book, "Source Sans 3", "a", "שלום"), Some("Source Sans 3"));
    }

    #[test]
    fn bold_falls_back_to_bold() {
        let book = book(&[("שלום", "he")]);
        let preferred = book.select("Source Sans 3", 700, false);
        let face = book.fallback(preferred, "ש", Writing::of("שלום", "he")).unwrap();
        assert_eq!(book.face(face).weight(), 700);
    }

    #[test]
    fn what_no_face_has_is_cut_into_what_faces_have() {
        let book = book(&[]);
        let preferred = FaceId(0);
        let writing = Writing::of("", "en");
        assert_eq!(book.fallback(preferred, "e\u{20e4}\u{fe0f}", writing), None);
        let parts = book.cut(preferred, "e\u{20e4}\u{fe0f}", writing);
        assert_eq!(parts, [(0..1, Some(preferred)), (1..7, None)]);
    }

    #[test]
    fn missing_clusters_are_found_and_no_others() {
        let book = book(&[]);
        let missing: Vec<(usize, &str)> = book.missing("a é e\u{301}\u{200d} 中x\u{10fffd}").collect();
        assert_eq!(missing, [(12, "中"), (16, "\u{10fffd}")]);
        assert!(book.missing("all “here”…\u{a0}").next().is_none());
    }

    #[test]
    fn a_box_has_four_digits_or_six() {
        let count = |character| FontBook::missing_box(character).len();
        assert_eq!((count('中'), count('\u{10ffff}')), (5, 7));
        let digits: Vec<u16> = FontBook::missing_box('\u{12ab}').iter().take(4).map(|(glyph, _)| glyph - 3).collect();
        assert_eq!(digits, [1, 2, 0xa, 0xb]);
    }

    #[test]
    fn the_same_needs_choose_the_same_faces() {
        let choose = || {
            let mut needs = Needs::default();
            needs.add("骨 कर ب ก 😀 ∰ 가", "en");
            let mut book = FontBook::bundled();
            book.choose(&needs, true);
            book.iter().map(|(_, face)| face.postscript_name().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(choose(), choose());
    }

    #[test]
    fn a_face_without_outlines_is_none() {
        // The table of outlines goes by another name.
        let mut file = bundled_files()[6].to_vec();
        let name = file.windows(4).position(|bytes| bytes == b"glyf").unwrap();
        assert!(Face::parse(Blob::from(file.clone()), 0, Origin::Project).is_some());
        file[name] = b'x';
        assert!(Face::parse(Blob::from(file), 0, Origin::Project).is_none());
    }
}
