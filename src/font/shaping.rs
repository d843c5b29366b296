//! Text → glyphs, through harfrust.
//!
//! A [`Shaper`] keeps one shape plan for each combination of face, features, script, direction and language, reuses one
//! buffer, and remembers the words of scripts whose words don't touch each other. It knows nothing of lines: which stretch of
//! text is one [`Run`] is the caller's to say. Start at [`Shaper::shape`].

use std::collections::HashMap;
use std::ops::Range;
use std::str::FromStr;

use harfrust::font::Font;
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
    /// `pnum`: figures each as wide as it is.
    pub proportional: bool,
    /// `frac`: figures around a slash as fractions.
    pub fractions: bool,
    /// `sups`: superior letters and figures.
    pub superior: bool,
    /// `liga`, `clig` and `calt` turned off: letters that are tracked, and code.
    pub no_ligatures: bool,
}

impl Features {
    /// What is turned on here or in `other`.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            small_caps: self.small_caps || other.small_caps,
            old_style: self.old_style || other.old_style,
            lining: self.lining || other.lining,
            tabular: self.tabular || other.tabular,
            proportional: self.proportional || other.proportional,
            fractions: self.fractions || other.fractions,
            superior: self.superior || other.superior,
            no_ligatures: self.no_ligatures || other.no_ligatures,
        }
    }

    /// The tags of the features that are turned on or off, with 1 or 0.
    #[must_use]
    pub fn settings(self) -> Vec<([u8; 4], u32)> {
        self.list().into_iter().map(|feature| (feature.tag.to_be_bytes(), feature.value)).collect()
    }

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
        add(self.proportional, b"pnum", 1);
        add(self.fractions, b"frac", 1);
        add(self.superior, b"sups", 1);
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

#[derive(Clone, PartialEq, Eq, Hash)]
struct PlanKey {
    face: FaceId,
    features: Features,
    script: Script,
    right_to_left: bool,
    language: String,
}

impl PlanKey {
    fn is_for(&self, run: &Run<'_>, script: Script) -> bool {
        (self.face, self.features, self.script, self.right_to_left)
            == (run.face, run.features, script, run.right_to_left)
            && self.language == run.language
    }
}

/// What runs of one kind share.
struct Plan {
    key: PlanKey,
    steps: ShapePlan,
    features: Vec<Feature>,
    language: Option<Language>,
    /// Whether words may be remembered.
    by_word: bool,
    /// How far a space advances, and its glyph, once a word has been shaped.
    space: Option<ShapedGlyph>,
    /// Where each word is in the shaper's glyphs, by whether a space comes before and after it; `None` for one that what is
    /// beyond the space may change, or that changes the space.
    words: [HashMap<Box<str>, Option<Range<usize>>>; 4],
}

/// Most words that a shaper remembers: above the vocabulary of any book, so that memory is bounded.
const WORDS: usize = 200_000;
/// The longest word that is remembered, in bytes.
const LONGEST_WORD: usize = 48;

/// Shapes runs, and keeps what can be used again.
pub struct Shaper<'a> {
    fonts: &'a FontBook,
    plans: Vec<Plan>,
    /// The plans by what they are for.
    index: HashMap<PlanKey, usize>,
    /// The plan of the last run.
    last: usize,
    buffer: Buffer,
    /// The glyphs of the words that are remembered; their clusters count from the word's start.
    arena: Vec<ShapedGlyph>,
    remembered: usize,
}

impl<'a> Shaper<'a> {
    /// A shaper for the faces of `fonts`.
    #[must_use]
    pub fn new(fonts: &'a FontBook) -> Self {
        let (plans, index, arena) = (Vec::new(), HashMap::new(), Vec::new());
        Self { fonts, plans, index, last: 0, buffer: Buffer::new(), arena, remembered: 0 }
    }

    /// Shapes a run into glyphs from left to right. Linear in the run; the first run of a kind builds a plan (about
    /// 5 µs). A run that can't be shaped (a damaged font) gives no glyphs.
    ///
    /// A word of Latin, Greek or Cyrillic letters is shaped once, between two pairs of spaces. It is used again only where the
    /// shaper says that nothing beyond the nearer space could change it (`HarfBuzz`'s `UNSAFE_TO_CONCAT`) and the spaces are as
    /// they always are, so the glyphs are those of the whole run.
    pub fn shape(&mut self, run: &Run<'_>) -> Vec<ShapedGlyph> {
        let (start, end) = run.range;
        let Some(text) = run.text.get(start..end) else { return Vec::new() };
        let plan = self.plan(run, script_of(text));
        if self.plans[plan].by_word
            && let Some(glyphs) = self.by_words(text, start, run, plan)
        {
            return glyphs;
        }
        self.whole(run, plan)
    }

    /// The plan for a run, which is made where there is none.
    fn plan(&mut self, run: &Run<'_>, script: Script) -> usize {
        if self.plans.get(self.last).is_some_and(|plan| plan.key.is_for(run, script)) {
            return self.last;
        }
        let key = PlanKey {
            face: run.face,
            features: run.features,
            script,
            right_to_left: run.right_to_left,
            language: run.language.to_owned(),
        };
        self.last = *self.index.entry(key.clone()).or_insert_with(|| {
            let features = run.features.list();
            let direction = if run.right_to_left { Direction::RightToLeft } else { Direction::LeftToRight };
            let language = Language::from_str(run.language).ok();
            let font = &self.fonts.face(run.face).font;
            let plan = ShapePlan::new(font, direction, Some(script), language.as_ref(), &features);
            let simple = ["Latn", "Grek", "Cyrl", "Zyyy"].iter().filter_map(|name| Script::from_str(name).ok());
            let by_word = !run.right_to_left && simple.into_iter().any(|simple| simple == script);
            self.plans.push(Plan {
                key,
                steps: plan,
                features,
                language,
                by_word,
                space: None,
                words: std::array::from_fn(|_| HashMap::new()),
            });
            self.plans.len() - 1
        });
        self.last
    }

    /// The glyphs of a run, word by word; `None` where a word is not one to be remembered.
    fn by_words(&mut self, text: &str, start: usize, run: &Run<'_>, plan: usize) -> Option<Vec<ShapedGlyph>> {
        let mut glyphs = Vec::with_capacity(text.len());
        let mut at = 0;
        for word in text.split(' ') {
            if at > 0 {
                let space = self.plans[plan].space.or_else(|| self.space(run, plan))?;
                glyphs.push(ShapedGlyph { cluster: cluster(start + at - 1), ..space });
            }
            if !word.is_empty() {
                let sides = [at > 0, at + word.len() < text.len()];
                let known = match self.plans[plan].words[sides_index(sides)].get(word) {
                    Some(known) => known.clone(),
                    None => self.learn(word, sides, run, plan),
                };
                let base = cluster(start + at);
                let moved = |glyph: &ShapedGlyph| ShapedGlyph { cluster: base.saturating_add(glyph.cluster), ..*glyph };
                glyphs.extend(self.arena[known?].iter().map(moved));
            }
            at += word.len() + 1;
        }
        Some(glyphs)
    }

    /// The glyph of a space that no letter touches.
    fn space(&mut self, run: &Run<'_>, plan: usize) -> Option<ShapedGlyph> {
        let glyphs = self.whole(&Run { text: "   ", range: (0, 3), ..*run }, plan);
        let space = glyphs.get(1).map(|glyph| ShapedGlyph { unsafe_to_break: false, ..*glyph });
        self.plans[plan].space = space;
        space
    }

    /// Shapes a word with two spaces on each of the `sides` that have one, and remembers it.
    fn learn(&mut self, word: &str, sides: [bool; 2], run: &Run<'_>, plan: usize) -> Option<Range<usize>> {
        if word.len() > LONGEST_WORD || self.remembered >= WORDS {
            return None;
        }
        self.remembered += 1;
        let space = self.plans[plan].space.or_else(|| self.space(run, plan))?;
        let [before, after] = sides.map(|space| if space { "  " } else { "" });
        let text = format!("{before}{word}{after}");
        let glyphs = self.whole(&Run { text: &text, range: (0, text.len()), ..*run }, plan);
        let inside = before.len()..before.len() + word.len();
        let infos = self.buffer.glyph_infos();
        let parts = |at: usize| {
            let info = infos.iter().find(|info| info.cluster as usize == at);
            info.is_some_and(|info| !info.unsafe_to_concat())
        };
        let alone = (before.is_empty() || parts(1)) && (after.is_empty() || parts(text.len() - 1));
        let usual =
            |glyph: &ShapedGlyph| (glyph.id, glyph.advance, glyph.offset) == (space.id, space.advance, space.offset);
        let (letters, spaces): (Vec<ShapedGlyph>, Vec<ShapedGlyph>) =
            glyphs.into_iter().partition(|glyph| inside.contains(&(glyph.cluster as usize)));
        let known = (alone && spaces.len() == before.len() + after.len() && spaces.iter().all(usual)).then(|| {
            let from = self.arena.len();
            let shift = cluster(before.len());
            self.arena.extend(letters.iter().map(|glyph| ShapedGlyph { cluster: glyph.cluster - shift, ..*glyph }));
            from..self.arena.len()
        });
        self.plans[plan].words[sides_index(sides)].insert(word.into(), known.clone());
        known
    }

    /// Shapes a run as one.
    fn whole(&mut self, run: &Run<'_>, plan: usize) -> Vec<ShapedGlyph> {
        let (start, end) = run.range;
        let Plan { key, steps, features, language, by_word, .. } = &self.plans[plan];
        let face = self.fonts.face(run.face);
        let buffer = &mut self.buffer;
        buffer.clear();
        buffer.set_pre_context(run.text.get(..start).unwrap_or_default());
        buffer.push_str(run.text.get(start..end).unwrap_or_default());
        buffer.set_post_context(run.text.get(end..).unwrap_or_default());
        buffer.set_direction(if key.right_to_left { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.set_script(Some(key.script));
        buffer.set_language(language.clone());
        buffer.set_cluster_level(ClusterLevel::MonotoneCharacters);
        let flags = BufferFlags::REMOVE_DEFAULT_IGNORABLES;
        buffer.set_flags(if *by_word { flags | BufferFlags::PRODUCE_UNSAFE_TO_CONCAT } else { flags });
        let options = ShapeOptions::new().plan(Some(steps)).features(features);
        if harfrust::shape(&ShaperFont::new(&face.font), buffer, options).is_err() {
            return Vec::new();
        }
        let base = cluster(start);
        let shaped = buffer.glyph_infos().iter().zip(buffer.glyph_positions());
        let glyph = |(info, position): (&harfrust::GlyphInfo, &harfrust::GlyphPosition)| ShapedGlyph {
            id: u16::try_from(info.glyph_id).unwrap_or(0),
            cluster: base.saturating_add(info.cluster),
            advance: position.x_advance,
            offset: (position.x_offset, position.y_offset),
            unsafe_to_break: info.unsafe_to_break(),
        };
        shaped.map(glyph).collect()
    }
}

/// Which of a plan's words those with a space on these sides are.
fn sides_index([before, after]: [bool; 2]) -> usize {
    usize::from(before) * 2 + usize::from(after)
}

/// A place in a text as a cluster's number.
fn cluster(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// Whether a font has a superior form of a letter or a figure.
pub(super) fn has_superior(font: &Font, character: char) -> bool {
    let glyph = |features: &[Feature]| {
        let plan = ShapePlan::new(font, Direction::LeftToRight, Some(Script::COMMON), None, features);
        let mut buffer = Buffer::new();
        buffer.push_str(character.encode_utf8(&mut [0; 4]));
        buffer.set_direction(Direction::LeftToRight);
        buffer.set_script(Some(Script::COMMON));
        let options = ShapeOptions::new().plan(Some(&plan)).features(features);
        harfrust::shape(&ShaperFont::new(font), &mut buffer, options).ok()?;
        buffer.glyph_infos().first().map(|info| info.glyph_id)
    };
    let superior = Features { superior: true, ..Features::default() };
    character.is_alphanumeric()
        && font.charmap().map_unicode(character).is_some()
        && glyph(&superior.list()) != glyph(&[])
}

/// The script of the first character that has one of its own.
#[must_use]
pub fn own_script(text: &str) -> Option<unicode_script::Script> {
    use unicode_script::Script as S;
    text.chars().map(|character| character.script()).find(|script| !matches!(script, S::Common | S::Inherited))
}

/// That script as the shaper names it; `Zyyy` where no character has one.
fn script_of(text: &str) -> Script {
    own_script(text).and_then(|script| Script::from_str(script.short_name()).ok()).unwrap_or(Script::COMMON)
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
    fn superiors_and_fractions_are_forms_of_the_font() {
        let fonts = FontBook::bundled();
        let face = fonts.face(fonts.select("Libertinus Serif", 400, false));
        assert!(face.has_superiors("12") && !face.has_superiors("1,2") && !face.has_superiors("ж"));
        let fraction = shape("1/2", Features { fractions: true, ..Features::default() });
        assert!(
            fraction.iter().zip(shape("1/2", Features::default())).all(|(fraction, plain)| fraction.id != plain.id)
        );
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
    fn remembered_words_are_shaped_as_the_whole_run_is() {
        let fonts = FontBook::bundled();
        let text = "To AVAil: V. fi ffl, “Tea” Ty f) r. P, 12 1/2 – Wo Yo L’A ’s f’ ſt Qu gj Ώ γειά Τά Где То же — e\u{301} \u{301}x";
        let features = [
            Features::default(),
            Features { small_caps: true, old_style: true, ..Features::default() },
            Features { tabular: true, no_ligatures: true, ..Features::default() },
        ];
        let mut shaper = Shaper::new(&fonts);
        for (face, _) in fonts.iter() {
            for features in features {
                for stretch in script_runs(text, 0..text.len()) {
                    let range = (stretch.start, stretch.end);
                    let run = Run { text, range, face, features, language: "en", right_to_left: false };
                    let words = shaper.shape(&run);
                    let plan = shaper.plan(&run, script_of(&text[stretch]));
                    let whole = shaper.whole(&run, plan);
                    let same = |glyph: &ShapedGlyph| (glyph.id, glyph.cluster, glyph.advance, glyph.offset);
                    assert!(words.iter().map(same).eq(whole.iter().map(same)), "{face:?} {features:?}");
                    assert!(shaper.remembered > 0);
                }
            }
        }
    }

    #[test]
    fn scripts_are_cut_apart_and_punctuation_stays() {
        let text = "abc, где 漢かカ";
        let runs: Vec<&str> = script_runs(text, 0..text.len()).into_iter().map(|run| &text[run]).collect();
        assert_eq!(runs, ["abc, ", "где ", "漢かカ"]);
    }
}
