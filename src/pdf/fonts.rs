//! Fonts: which glyphs a book uses, what they say, and the font objects made of that.
//!
//! A PDF text string names glyphs; `ToUnicode` says what each one means. One glyph can stand for different texts in
//! different places (a small capital for `A` and `a`): the most frequent text goes into `ToUnicode`, and the painter marks
//! the other places with `/ActualText`. Start at [`Fonts::of`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use lopdf::{Dictionary, Document, Object, ObjectId};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::objects::{deflated, dictionary, name, padded, real, string};
use crate::font::{Face, FaceId, Subset, sfnt_table};
use crate::layout::book::{Book, FrameItem, Glyph, GlyphRun, ItemKind, Page};

/// How many different texts of one glyph are counted: what a font maps to more than these is not a letter.
const TEXTS_COUNTED: usize = 8;

/// What a hyphen that the program put in says: a soft hyphen, which readers drop when they join lines.
const SOFT_HYPHEN: &str = "\u{AD}";

/// The faces in use, ready to be written.
pub(super) struct Fonts<'b> {
    faces: BTreeMap<FaceId, UsedFace<'b>>,
}

/// A face with the glyphs that are used of it.
pub(super) struct UsedFace<'b> {
    face: &'b Face,
    /// The resource name, such as `F0`.
    pub(super) name: String,
    subset: Subset,
    /// The new index of each glyph, by its old index.
    codes: Vec<u16>,
    /// What each glyph says, by its new index.
    texts: Vec<Option<Cow<'b, str>>>,
    /// How far each glyph advances, in thousandths of an em, by its new index: what `/W` says.
    widths: Vec<f64>,
    stand_ins: StandIns,
    /// The new index of the space, where the face has one in use.
    pub(super) space: Option<u16>,
}

/// Glyphs that together stand for a stretch of text.
pub(super) struct Cluster<'r> {
    /// The glyphs, from left to right.
    pub(super) glyphs: &'r [Glyph],
    /// What they say, never empty.
    pub(super) text: Cow<'r, str>,
    /// Whether a space follows in the text that has no glyph, as at the end of a line.
    pub(super) space_follows: bool,
}

/// The clusters of a run, from left to right. See [`clusters`].
pub(super) struct Clusters<'r> {
    glyphs: &'r [Glyph],
    text: &'r str,
    right_to_left: bool,
    /// The text that is still to be given out, in bytes.
    start: usize,
    end: usize,
}

/// Whether the run reads from right to left: its cluster numbers fall.
pub(super) fn is_right_to_left(run: &GlyphRun) -> bool {
    run.glyphs.windows(2).any(|pair| pair[1].cluster < pair[0].cluster)
}

/// Divides a run into clusters; together they say all of the run's text. A run without text says a soft hyphen.
pub(super) fn clusters(run: &GlyphRun) -> Clusters<'_> {
    let text = if run.text.is_empty() { SOFT_HYPHEN } else { &run.text };
    Clusters { glyphs: &run.glyphs, text, right_to_left: is_right_to_left(run), start: 0, end: text.len() }
}

impl<'r> Iterator for Clusters<'r> {
    type Item = Cluster<'r>;

    fn next(&mut self) -> Option<Cluster<'r>> {
        let number = self.glyphs.first()?.cluster;
        let count = self.glyphs.iter().take_while(|glyph| glyph.cluster == number).count();
        let (glyphs, rest) = self.glyphs.split_at(count);
        self.glyphs = rest;
        let next = rest.first().map(|glyph| glyph.cluster as usize);
        let range = match (self.right_to_left, next) {
            (_, None) => self.start..self.end,
            (false, Some(next)) => self.start..next,
            (true, Some(_)) => number as usize..self.end,
        };
        if self.right_to_left {
            self.end = range.start;
        } else {
            self.start = range.end;
        }
        let whole = self.text.get(range).unwrap_or_default();
        let letters = whole.trim_end_matches(char::is_whitespace);
        let (letters, space_follows) = if letters.is_empty() {
            (whole, false)
        } else {
            (letters, letters.len() < whole.len() && !self.right_to_left)
        };
        Some(Cluster { glyphs, text: readable(letters), space_follows })
    }
}

/// The text as a reader may meet it: control characters that mean space become spaces, invisible hyphens inside a cluster
/// go, and so do characters that `ToUnicode` must not hold; where nothing is left, the replacement character.
fn readable(text: &str) -> Cow<'_, str> {
    let odd = |c: char| c.is_control() || matches!(c, '\u{AD}' | '\u{FEFF}' | '\u{FFFE}');
    if text == SOFT_HYPHEN || (!text.is_empty() && !text.contains(odd)) {
        return Cow::Borrowed(text);
    }
    let kept: String = text
        .chars()
        .map(|c| if matches!(c, '\t' | '\n' | '\r' | '\u{B}' | '\u{C}') { ' ' } else { c })
        .filter(|&c| !odd(c))
        .collect();
    Cow::Owned(if kept.is_empty() { "\u{FFFD}".to_owned() } else { kept })
}

/// The texts that a glyph stands for, with how often.
#[derive(Clone, Default)]
struct Meanings<'b> {
    /// Where the glyph alone makes a cluster.
    alone: Vec<(Cow<'b, str>, u32)>,
    /// Otherwise: a text for a glyph that never stands alone.
    shared: Option<Cow<'b, str>>,
    used: bool,
}

impl<'b> Meanings<'b> {
    fn count(&mut self, text: Cow<'b, str>) {
        if let Some((_, count)) = self.alone.iter_mut().find(|(known, _)| *known == text) {
            *count += 1;
        } else if self.alone.len() < TEXTS_COUNTED {
            self.alone.push((text, 1));
        }
    }

    /// The most frequent text, of equals the first; a soft hyphen only where there is no other, for what is lost on readers
    /// that know no `/ActualText` should not be the author's own hyphens.
    fn best(self) -> Option<Cow<'b, str>> {
        let mut best: Option<(Cow<'b, str>, u32)> = None;
        for (text, count) in self.alone {
            let count = if text == SOFT_HYPHEN { 0 } else { count };
            if best.as_ref().is_none_or(|(_, most)| count > *most) {
                best = Some((text, count));
            }
        }
        best.map(|(text, _)| text).or(self.shared)
    }
}

/// Glyphs that are shown in place of others, by their old indices.
#[derive(Clone, Copy)]
struct StandIns {
    /// For `.notdef`, which PDF/A forbids to show.
    missing: u16,
    /// The hyphen, and a glyph that looks the same: so the hyphens that the program put in can say that they are soft.
    soft_hyphen: Option<(u16, u16)>,
}

impl StandIns {
    /// Finds them in `face`. Cost: a few outlines.
    fn of(face: &Face) -> Self {
        let missing = ['\u{FFFD}', '\u{25A1}', '?'].into_iter().find_map(|c| face.glyph(c)).unwrap_or(0);
        let soft_hyphen = face.glyph('-').and_then(|hyphen| {
            let outline = face.outline(hyphen);
            let twins = ['\u{AD}', '\u{2010}', '\u{2011}'].into_iter().filter_map(|c| face.glyph(c));
            let twin = twins.filter(|&twin| twin != hyphen).find(|&twin| face.outline(twin) == outline)?;
            Some((hyphen, twin))
        });
        Self { missing, soft_hyphen }
    }

    /// What is shown for `glyph` in a cluster that says `text`.
    fn shown(self, glyph: u16, text: &str) -> u16 {
        match self.soft_hyphen {
            _ if glyph == 0 => self.missing,
            Some((hyphen, twin)) if glyph == hyphen && text == SOFT_HYPHEN => twin,
            Some(_) | None => glyph,
        }
    }
}

/// The glyphs of one face while they are collected, by their old index.
struct Collected<'b> {
    face: &'b Face,
    meanings: Vec<Meanings<'b>>,
    stand_ins: StandIns,
}

impl<'b> Collected<'b> {
    fn new(face: &'b Face) -> Self {
        Self { face, meanings: Vec::new(), stand_ins: StandIns::of(face) }
    }

    /// The meanings of what is shown for `glyph`.
    fn meanings(&mut self, glyph: u16, text: &str) -> &mut Meanings<'b> {
        let index = usize::from(self.stand_ins.shown(glyph, text));
        if self.meanings.len() <= index {
            self.meanings.resize(index + 1, Meanings::default());
        }
        let meanings = &mut self.meanings[index];
        meanings.used = true;
        meanings
    }

    fn add(&mut self, cluster: Cluster<'b>) {
        match cluster.glyphs {
            [glyph] => self.meanings(glyph.id, &cluster.text).count(cluster.text),
            glyphs => {
                let mut characters = cluster.text.chars();
                for (index, glyph) in glyphs.iter().enumerate() {
                    // The last glyph takes what is left of the text; one too many says nothing, and is told so apart.
                    let text: String = if index + 1 == glyphs.len() {
                        characters.by_ref().collect()
                    } else {
                        characters.next().into_iter().collect()
                    };
                    let text = if text.is_empty() { "\u{200B}".to_owned() } else { text };
                    self.meanings(glyph.id, &cluster.text).shared.get_or_insert(Cow::Owned(text));
                }
            }
        }
        if cluster.space_follows
            && let Some(space) = self.face.glyph(' ')
        {
            self.meanings(space, " ").count(Cow::Borrowed(" "));
        }
    }

    fn finish(self, name: String) -> Result<UsedFace<'b>, String> {
        let used = (0..=u16::MAX).zip(&self.meanings).filter(|(_, meanings)| meanings.used).map(|(glyph, _)| glyph);
        let subset = self.face.subset(used)?;
        let mut texts = vec![None; subset.glyphs.len()];
        let mut widths = vec![0.0; subset.glyphs.len()];
        let mut meanings = self.meanings;
        let mut codes = vec![0; meanings.len()];
        #[expect(clippy::cast_precision_loss, reason = "font units are small")]
        for (&old, &new) in &subset.glyphs {
            if let Some(code) = codes.get_mut(usize::from(old)) {
                *code = new;
            }
            let new = usize::from(new);
            texts[new] = meanings.get_mut(usize::from(old)).and_then(|meanings| std::mem::take(meanings).best());
            widths[new] = self.face.advance(old) as f64 * 1000.0 / self.face.units_per_em() as f64;
        }
        let space = self.face.glyph(' ').and_then(|space| subset.glyphs.get(&space).copied());
        Ok(UsedFace { face: self.face, name, subset, codes, texts, widths, stand_ins: self.stand_ins, space })
    }
}

impl<'b> Fonts<'b> {
    /// Collects and subsets what `book` uses, and the `others` around its pages. Linear in the glyphs; subsets are made in parallel.
    ///
    /// # Errors
    /// Where a face can't be subset.
    pub(super) fn of(book: &'b Book, others: impl Iterator<Item = &'b FrameItem>) -> Result<Self, String> {
        let mut collected: BTreeMap<FaceId, Collected<'b>> = BTreeMap::new();
        let items = book.pagination.pages.iter().flat_map(Page::items);
        for item in items.chain(others) {
            if let ItemKind::Glyphs(run) = &item.kind {
                let face = collected.entry(run.face).or_insert_with(|| Collected::new(book.fonts.face(run.face)));
                for cluster in clusters(run) {
                    face.add(cluster);
                }
            }
        }
        let faces = collected
            .into_iter()
            .enumerate()
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(index, (id, face))| Ok((id, face.finish(format!("F{index}"))?)))
            .collect::<Result<_, String>>()?;
        Ok(Self { faces })
    }

    /// The face that a run is set in; `None` only for a run that was not collected.
    pub(super) fn get(&self, id: FaceId) -> Option<&UsedFace<'b>> {
        self.faces.get(&id)
    }

    /// Writes the font objects, and returns the `/Font` resources.
    ///
    /// # Errors
    /// Where a subset is no font file.
    pub(super) fn write(&self, document: &mut Document) -> Result<Dictionary, String> {
        let mut resources = Dictionary::new();
        for face in self.faces.values() {
            let id = face.write(document)?;
            resources.set(face.name.as_bytes(), Object::Reference(id));
        }
        Ok(resources)
    }

    /// The subsets' font files, for the document's digest.
    pub(super) fn files(&self) -> impl Iterator<Item = &[u8]> {
        self.faces.values().map(|face| face.subset.data.as_slice())
    }
}

impl UsedFace<'_> {
    /// The index in the subset, which is also the code in a text string, of what is shown for `glyph` in a cluster that says
    /// `text`.
    pub(super) fn code(&self, glyph: u16, text: &str) -> u16 {
        self.codes.get(usize::from(self.stand_ins.shown(glyph, text))).copied().unwrap_or(0)
    }

    /// How far the viewer's pen moves for `code`, in thousandths of an em.
    pub(super) fn width(&self, code: u16) -> f64 {
        self.widths.get(usize::from(code)).copied().unwrap_or(0.0)
    }

    /// Whether `ToUnicode` alone gives back what the cluster says. Private characters never do: their text must be given in
    /// place (ISO 19005-2, 6.2.11.7.3).
    pub(super) fn speaks_for_itself(&self, cluster: &Cluster<'_>) -> bool {
        let mut rest: &str = &cluster.text;
        for glyph in cluster.glyphs {
            let code = self.code(glyph.id, &cluster.text);
            let text = self.texts.get(usize::from(code)).and_then(Option::as_deref).unwrap_or_default();
            match rest.strip_prefix(text) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        let private = |c: char| matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..);
        rest.is_empty() && !cluster.text.contains(private)
    }

    /// Writes the font with its descendant, descriptor, file and maps (PDF 32000-1, 9.7).
    fn write(&self, document: &mut Document) -> Result<ObjectId, String> {
        let base = format!("{}+{}", tag(&self.subset.data), self.face.postscript_name());
        let descriptor = self.write_descriptor(document, &base)?;
        let widths = self.widths.iter().map(|&width| real(width)).collect();
        let mut descendant = dictionary([
            ("Type", name("Font")),
            ("Subtype", name(if self.subset.postscript { "CIDFontType0" } else { "CIDFontType2" })),
            ("BaseFont", name(&base)),
            (
                "CIDSystemInfo",
                Object::Dictionary(dictionary([
                    ("Registry", string(b"Adobe".to_vec())),
                    ("Ordering", string(b"Identity".to_vec())),
                    ("Supplement", Object::Integer(0)),
                ])),
            ),
            ("FontDescriptor", Object::Reference(descriptor)),
            ("W", Object::Array(vec![Object::Integer(0), Object::Array(widths)])),
        ]);
        if !self.subset.postscript {
            descendant.set("CIDToGIDMap", name("Identity"));
        }
        let descendant = document.add_object(descendant);
        let to_unicode = document.add_object(deflated(Dictionary::new(), padded(self.to_unicode().into_bytes()))?);
        let base = if self.subset.postscript { format!("{base}-Identity-H") } else { base };
        Ok(document.add_object(dictionary([
            ("Type", name("Font")),
            ("Subtype", name("Type0")),
            ("BaseFont", name(base)),
            ("Encoding", name("Identity-H")),
            ("DescendantFonts", Object::Array(vec![Object::Reference(descendant)])),
            ("ToUnicode", Object::Reference(to_unicode)),
        ])))
    }

    fn write_descriptor(&self, document: &mut Document, base: &str) -> Result<ObjectId, String> {
        let metrics = self.face.metrics();
        let (key, file) = if self.subset.postscript {
            let table = sfnt_table(&self.subset.data, 0, *b"CFF ")
                .ok_or_else(|| format!("{}: the subset has no outlines", self.face.postscript_name()))?;
            let entries = dictionary([("Subtype", name("CIDFontType0C"))]);
            ("FontFile3", deflated(entries, padded(table.to_vec()))?)
        } else {
            let data = padded(self.subset.data.clone());
            let length = i64::try_from(data.len()).unwrap_or(i64::MAX);
            ("FontFile2", deflated(dictionary([("Length1", Object::Integer(length))]), data)?)
        };
        let file = document.add_object(file);
        // Bits of PDF 32000-1, table 123: fixed pitch, symbolic (a subset has its own encoding), italic.
        let flags = 4 | i64::from(metrics.fixed_pitch) | if self.face.is_italic() { 64 } else { 0 };
        let integer = |value: i32| Object::Integer(i64::from(value));
        Ok(document.add_object(dictionary([
            ("Type", name("FontDescriptor")),
            ("FontName", name(base)),
            ("Flags", Object::Integer(flags)),
            ("FontBBox", Object::Array(metrics.bounds.map(integer).to_vec())),
            ("ItalicAngle", integer(metrics.italic_angle)),
            ("Ascent", integer(metrics.ascent)),
            ("Descent", integer(metrics.descent)),
            ("CapHeight", integer(metrics.cap_height)),
            ("XHeight", integer(metrics.x_height)),
            // No table tells the stem's width: a line through 80 at regular and 140 at bold comes near most text faces.
            ("StemV", Object::Integer((i64::from(self.face.weight()) / 5).clamp(20, 240))),
            (key, Object::Reference(file)),
        ])))
    }

    /// The `ToUnicode` map (PDF 32000-1, 9.10.3).
    fn to_unicode(&self) -> String {
        let mut map = String::from(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) \
             /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
             1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n",
        );
        let lines: Vec<String> = (0..=u16::MAX)
            .zip(&self.texts)
            .filter_map(|(code, text)| {
                let units = text.as_ref()?.encode_utf16();
                let mut line = format!("<{code:04X}> <");
                for unit in units {
                    let _infallible = write!(line, "{unit:04X}");
                }
                line.push_str(">\n");
                Some(line)
            })
            .collect();
        // A block holds a hundred lines at most.
        for block in lines.chunks(100) {
            let _infallible = writeln!(map, "{} beginbfchar", block.len());
            map.extend(block.iter().map(String::as_str));
            map.push_str("endbfchar\n");
        }
        map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
        map
    }
}

/// The six letters that a subset's name starts with, from its bytes.
fn tag(data: &[u8]) -> String {
    Sha256::digest(data).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect()
}
