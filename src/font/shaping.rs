//! Text → glyphs, through harfrust.
//!
//! A [`Shaper`] keeps one shape plan for each combination of face, features, script, direction and language, and reuses one
//! buffer. It knows nothing of lines: which stretch of text is one [`Run`] is the caller's to say. Start at
//! [`Shaper::shape`].

use std::collections::HashMap;
use std::ops::Range;
use std::str::FromStr;

use harfrust::{
    Buffer, BufferFlags, ClusterLevel, Direction, Feature, Language, Script, ShapeOptions, ShapePlan, ShaperFont, Tag,
};
use unicode_script::UnicodeScript;

use super::{FaceId, FontBook};

/// OpenType features that a character style turns on, beside those that are on by default (kerning, standard ligatures,
/// language forms).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is an OpenType feature, all independent")]
pub struct Features {
    /// `smcp`: lower case as small capitals.
    pub small_caps: bool,
    /// `onum`: figures with ascenders and descenders.
    pub old_style: bool,
    /// `lnum`: figures as high as capitals.
    pub lining: bool,
    /// `tnum`: figures of equal width.
    pub tabular: bool,
    /// `liga`, `clig` and `calt` turned off: letters that are tracked, and code.
    pub no_ligatures: bool,
}

impl Features {
    fn list(self) -> Vec<Feature> {
        let mut list = Vec::new();
        let mut add = |on: bool, tag: &[u8; 4], value: u32| {
            if on {
                list.push(Feature::new(Tag::new(tag), value, ..));
            }
        };
        add(self.small_caps, b"smcp", 1);
        add(self.old_style, b"onum", 1);
        add(self.lining, b"lnum", 1);
        add(self.tabular, b"tnum", 1);
        add(self.no_ligatures, b"liga", 0);
        add(self.no_ligatures, b"clig", 0);
        add(self.no_ligatures, b"calt", 0);
        list
    }
}

/// A stretch of text that is shaped as one: one face, script, direction and language.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The text around it too: letters join across its edges as they would in the whole.
    pub text: &'a str,
    /// The bytes of `text` that are shaped.
    pub range: (usize, usize),
    /// The face.
    pub face: FaceId,
    /// The features.
    pub features: Features,
    /// The language, a BCP 47 tag; empty where it is not known.
    pub language: &'a str,
    /// Whether it reads from right to left.
    pub right_to_left: bool,
}

/// A letter as the font gives it; distances in font units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapedGlyph {
    /// Its index in the face; 0 where the face has no such letter.
    pub id: u16,
    /// Where its text starts, in bytes of the run's `text`.
    pub cluster: u32,
    /// How far the next glyph is.
    pub advance: i32,
    /// Where it is painted, from its place on the baseline; positive `y` is upwards.
    pub offset: (i32, i32),
    /// Whether the text can't be cut before this glyph without shaping both parts again.
    pub unsafe_to_break: bool,
}

#[derive(PartialEq, Eq, Hash)]
struct PlanKey {
    face: FaceId,
    features: Features,
    script: Script,
    right_to_left: bool,
    language: String,
}

/// Shapes runs, and keeps what can be used again.
pub struct Shaper<'a> {
    fonts: &'a FontBook,
    plans: HashMap<PlanKey, (ShapePlan, Vec<Feature>)>,
    buffer: Buffer,
}

impl<'a> Shaper<'a> {
    /// A shaper for the faces of `fonts`.
    #[must_use]
    pub fn new(fonts: &'a FontBook) -> Self {
        Self { fonts, plans: HashMap::new(), buffer: Buffer::new() }
    }

    /// Shapes a run into glyphs from left to right. Linear in the run; the first run of a kind builds a plan (about
    /// 5 µs). A run that can't be shaped (a damaged font) gives no glyphs.
    pub fn shape(&mut self, run: &Run<'_>) -> Vec<ShapedGlyph> {
        let (start, end) = run.range;
        let Some(text) = run.text.get(start..end) else { return Vec::new() };
        let script = script_of(text);
        let direction = if run.right_to_left { Direction::RightToLeft } else { Direction::LeftToRight };
        let language = Language::from_str(run.language).ok();
        let face = self.fonts.face(run.face);
        let key = PlanKey {
            face: run.face,
            features: run.features,
            script,
            right_to_left: run.right_to_left,
            language: run.language.to_owned(),
        };
        let (plan, features) = self.plans.entry(key).or_insert_with(|| {
            let features = run.features.list();
            (ShapePlan::new(&face.font, direction, Some(script), language.as_ref(), &features), features)
        });
        self.buffer.clear();
        let buffer = &mut self.buffer;
        buffer.set_pre_context(run.text.get(..start).unwrap_or_default());
        buffer.push_str(text);
        buffer.set_post_context(run.text.get(end..).unwrap_or_default());
        buffer.set_direction(direction);
        buffer.set_script(Some(script));
        buffer.set_language(language);
        buffer.set_cluster_level(ClusterLevel::MonotoneCharacters);
        buffer.set_flags(BufferFlags::REMOVE_DEFAULT_IGNORABLES);
        let options = ShapeOptions::new().plan(Some(plan)).features(features);
        if harfrust::shape(&ShaperFont::new(&face.font), buffer, options).is_err() {
            return Vec::new();
        }
        let base = u32::try_from(start).unwrap_or(u32::MAX);
        buffer
            .glyph_infos()
            .iter()
            .zip(buffer.glyph_positions())
            .map(|(info, position)| ShapedGlyph {
                id: u16::try_from(info.glyph_id).unwrap_or(0),
                cluster: base.saturating_add(info.cluster),
                advance: position.x_advance,
                offset: (position.x_offset, position.y_offset),
                unsafe_to_break: info.unsafe_to_break(),
            })
            .collect()
    }
}

/// The script of the first character that has one of its own; `Zyyy` where none has.
fn script_of(text: &str) -> Script {
    text.chars()
        .map(|character| character.script())
        .find(|script| !matches!(script, unicode_script::Script::Common | unicode_script::Script::Inherited))
        .and_then(|script| Script::from_str(script.short_name()).ok())
        .unwrap_or(Script::COMMON)
}

/// Cuts `text[range]` where the script changes; characters common to all scripts (spaces, figures, punctuation) stay with
/// what precedes them, at the start with what follows. Linear in the text.
#[must_use]
pub fn script_runs(text: &str, range: Range<usize>) -> Vec<Range<usize>> {
    use unicode_script::Script as S;
    let mut runs = Vec::new();
    let (mut start, mut current) = (range.start, S::Common);
    for (offset, character) in text.get(range.clone()).unwrap_or_default().char_indices() {
        let script = match character {
            'a'..='z' | 'A'..='Z' => S::Latin,
            '\0'..='\u{7f}' => S::Common,
            _ => character.script(),
        };
        if matches!(script, S::Common | S::Inherited) || script == current {
            continue;
        }
        if current != S::Common && !same_writing_system(current, script) {
            runs.push(start..range.start + offset);
            start = range.start + offset;
        }
        current = script;
    }
    if start < range.end {
        runs.push(start..range.end);
    }
    runs
}

/// Japanese mixes three scripts in a word; they are shaped together.
fn same_writing_system(one: unicode_script::Script, other: unicode_script::Script) -> bool {
    use unicode_script::Script as S;
    let japanese = |script| matches!(script, S::Han | S::Hiragana | S::Katakana);
    japanese(one) && japanese(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str, features: Features) -> Vec<ShapedGlyph> {
        let fonts = FontBook::bundled();
        let face = fonts.select("Libertinus Serif", 400, false);
        let run = Run { text, range: (0, text.len()), face, features, language: "en", right_to_left: false };
        Shaper::new(&fonts).shape(&run)
    }

    #[test]
    fn fi_is_a_ligature_unless_ligatures_are_off() {
        assert_eq!(shape("fi", Features::default()).len(), 1);
        assert_eq!(shape("fi", Features { no_ligatures: true, ..Features::default() }).len(), 2);
    }

    #[test]
    fn small_caps_are_other_glyphs_than_letters() {
        let plain = shape("sco", Features::default());
        let small = shape("sco", Features { small_caps: true, ..Features::default() });
        assert!(plain.iter().zip(&small).all(|(plain, small)| plain.id != small.id));
    }

    #[test]
    fn clusters_count_bytes_of_the_whole_text() {
        let fonts = FontBook::bundled();
        let face = fonts.select("Libertinus Serif", 400, false);
        let run = Run {
            text: "é–xy",
            range: (5, 7),
            face,
            features: Features::default(),
            language: "",
            right_to_left: false,
        };
        let clusters: Vec<u32> = Shaper::new(&fonts).shape(&run).iter().map(|glyph| glyph.cluster).collect();
        assert_eq!(clusters, [5, 6]);
    }

    #[test]
    fn scripts_are_cut_apart_and_punctuation_stays() {
        let text = "abc, где 漢かカ";
        let runs: Vec<&str> = script_runs(text, 0..text.len()).into_iter().map(|run| &text[run]).collect();
        assert_eq!(runs, ["abc, ", "где ", "漢かカ"]);
    }
}
