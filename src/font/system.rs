//! The machine's fonts: which of their faces have the characters that a book needs, without reading more than their tables
//! of characters.
//!
//! Start at [`Installed::scan`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fontdb::{Database, FaceInfo, Source, Stretch, Style, Weight};
use harfrust::Tag;
use harfrust::font::{Blob, Font};

use super::{Face, Origin, families, sfnt_table};

/// The faces that the machine has.
pub(super) struct Installed {
    faces: Vec<InstalledFace>,
    /// The files that were read.
    files: BTreeMap<PathBuf, Option<Blob>>,
}

struct InstalledFace {
    info: FaceInfo,
    path: PathBuf,
    /// The table of characters, for an upright face of regular weight whose outlines can be embedded.
    probe: Option<Font>,
}

impl InstalledFace {
    fn family(&self) -> &str {
        self.info.families.first().map_or("", |(name, _)| name)
    }

    fn has(&self, character: char) -> bool {
        self.probe.as_ref().is_some_and(|font| font.charmap().map_unicode(character).is_some())
    }

    fn covered(&self, wanted: &BTreeSet<char>) -> usize {
        wanted.iter().filter(|character| self.has(**character)).count()
    }

    /// How well the face suits a book set in a face with serifs, of those that have a family's characters as well: the least
    /// is the best.
    fn rank(&self, family: &str, second: Option<&str>) -> u8 {
        let called = |name: &str| self.info.families.iter().any(|(known, _)| known == name);
        let own = self.family();
        let has = |words: &[&str]| words.iter().any(|word| own.contains(word));
        if called(family) {
            0
        } else if second.is_some_and(called) {
            1
        } else if self.info.monospaced
            || self.info.stretch != Stretch::Normal
            || has(&["Mono", "Display", "UI", "Condensed", "Looped", "Nastaliq", "Slanted", "Rashi", "Unjoined"])
        {
            5
        } else if has(&["Serif", "Naskh", "Mincho", "Song", "Ming", "Myungjo", "Batang", "Roman"]) {
            2
        } else if has(&["Sans", "Gothic", "Kufi", "Arial", "Hei"]) {
            4
        } else {
            3
        }
    }
}

impl Installed {
    /// Looks at every font in the system's folders, in the order of their paths. Cost: a few tables of each file.
    pub(super) fn scan() -> Self {
        let mut database = Database::new();
        database.load_system_fonts();
        let database = Arc::new(database);
        let mut faces: Vec<InstalledFace> = database
            .faces()
            .filter_map(|info| match &info.source {
                Source::File(path) | Source::SharedFile(path, _) => Some((info, path.clone())),
                Source::Binary(_) => None,
            })
            .map(|(info, path)| {
                let plain = info.style == Style::Normal && info.weight == Weight::NORMAL;
                let probe = if plain { probe(&database, info) } else { None };
                InstalledFace { info: info.clone(), path, probe }
            })
            .collect();
        faces.sort_by(|one, other| (&one.path, one.info.index).cmp(&(&other.path, other.info.index)));
        Self { faces, files: BTreeMap::new() }
    }

    /// The faces of the family that has most of `wanted`, of equals the one that suits `family` best, and how many it has:
    /// the regular face first, then bold and italic ones where there are any. `None` where no face has any.
    pub(super) fn best(&mut self, family: &str, wanted: &BTreeSet<char>) -> Option<(Vec<Face>, usize)> {
        let second = families::second_choice(family);
        let mut ranked: Vec<(usize, usize)> = (0..)
            .zip(&self.faces)
            .map(|(index, face)| (face.covered(wanted), index))
            .filter(|(covered, _)| *covered > 0)
            .collect();
        ranked.sort_by_cached_key(|&(covered, index)| {
            let face = &self.faces[index];
            (Reverse(covered), face.rank(family, second.as_deref()), face.family().to_owned(), index)
        });
        // A damaged file leaves the place to the next.
        ranked.into_iter().find_map(|(covered, index)| {
            let regular = self.read(index)?;
            let mut faces = vec![regular];
            faces.extend(self.relatives(index).into_iter().filter_map(|index| self.read(index)));
            Some((faces, covered))
        })
    }

    /// The bold and the italic faces beside a regular one.
    fn relatives(&self, regular: usize) -> Vec<usize> {
        let (family, stretch) = (self.faces[regular].family(), self.faces[regular].info.stretch);
        let relatives = |italic: bool| {
            let of_family = (0..).zip(&self.faces).filter(move |(index, face)| {
                let related = face.family() == family && face.info.stretch == stretch;
                *index != regular && related && (face.info.style != Style::Normal) == italic
            });
            of_family.map(|(index, face)| (index, face.info.weight.0)).collect::<Vec<(usize, u16)>>()
        };
        let nearest = |italic: bool, weight: u16| {
            let near = relatives(italic).into_iter().filter(|(_, other)| other.abs_diff(weight) <= 100);
            near.min_by_key(|(index, other)| (other.abs_diff(weight), *index)).map(|(index, _)| index)
        };
        [nearest(false, 700), nearest(true, 400), nearest(true, 700)].into_iter().flatten().collect()
    }

    fn read(&mut self, index: usize) -> Option<Face> {
        let face = &self.faces[index];
        let data = self.files.entry(face.path.clone()).or_insert_with(|| file(&face.path));
        Face::parse(data.clone()?, face.info.index, Origin::System)
    }
}

fn file(path: &Path) -> Option<Blob> {
    std::fs::read(path).ok().map(Blob::from)
}

/// The face with no more than its table of characters; `None` where it has no outlines that can be embedded.
fn probe(database: &Database, info: &FaceInfo) -> Option<Font> {
    let tables = database.with_face_data(info.id, |data, index| {
        let table = |tag: &[u8; 4]| sfnt_table(data, index, *tag);
        let outlines = table(b"glyf").or_else(|| table(b"CFF "))?;
        if outlines.is_empty() {
            return None;
        }
        let kept = [b"cmap", b"head", b"maxp"].into_iter();
        Some(kept.filter_map(|tag| Some((Tag::new(tag), Blob::from(table(tag)?.to_vec())))).collect())
    });
    let tables: BTreeMap<Tag, Blob> = tables??;
    let find: Arc<dyn Fn(Tag) -> Option<Blob> + Send + Sync> = Arc::new(move |tag| tables.get(&tag).cloned());
    Font::new(find, 0)
}
