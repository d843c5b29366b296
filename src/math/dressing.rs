//! Puts the text face's letters and figures into a formula.
//!
//! The engine knows the widths of the mathematical faces only, but lets its host measure characters that those lack. So each
//! letter, figure and word of a copy of the formula gives way to a stand-in, a character of private use whose measures are
//! those of the text face's glyph. It knows nothing of where things end up. Start at [`Dresser::dress`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ratex_layout::FallbackGlyphMetrics;
use ratex_parser::parse_node::ProofBranch;
use ratex_parser::{Mode, ParseNode};

use super::symbols;
use crate::font::shaping::{Features, Run, Shaper};
use crate::font::{FaceId, FontBook, PathElement, Writing};

/// The first stand-in: a plane of Unicode that is all for private use.
const FIRST_STAND_IN: u32 = 0x10_0000;
/// How many stand-ins there can be.
const MOST_STAND_INS: usize = 0xfffd;

/// A glyph that a stand-in stands for. Measures are in em.
#[derive(Clone, Debug)]
pub(super) struct StandIn {
    pub(super) face: FaceId,
    pub(super) glyph: u16,
    /// What it stands for, as text.
    pub(super) text: String,
    /// How far the pen moves.
    pub(super) advance: f64,
    /// How far the engine takes it to reach: the advance and the italic correction.
    width: f64,
    height: f64,
    depth: f64,
    /// How far to the right of its middle an accent goes.
    pub(super) skew: f64,
    /// How far a subscript goes back, below what leans over it.
    pub(super) italic: f64,
}

/// What a stand-in is told apart by: two letters that differ in the advance or the text differ.
type Key = (FaceId, u16, i64, bool, String);

/// How letters look at a place of the formula.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
struct Voice {
    family: Family,
    bold: bool,
    italic: bool,
    small_caps: bool,
    /// Whether the letters are words rather than variables.
    text: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Family {
    /// Variables in italics, figures upright.
    #[default]
    Variables,
    /// As the voice says.
    Words,
    /// An alphabet of the mathematical faces.
    Signs,
}

impl Voice {
    /// The voice inside a font command.
    fn with_font(self, font: &str) -> Self {
        let text = font.trim_start_matches('\\').starts_with("text") || font == "\\emph";
        let inner =
            |bold, italic| Self { family: Family::Words, bold, italic, small_caps: false, text: self.text || text };
        // Text commands add to each other; those of mathematics replace.
        let (bold, italic) = if text && self.text { (self.bold, self.italic) } else { (false, false) };
        match font.trim_start_matches('\\') {
            "text" if self.text => self,
            "mathrm" | "rm" | "text" => inner(false, false),
            "textrm" | "textnormal" => inner(bold, italic),
            "textup" => inner(bold, false),
            "textmd" => inner(false, italic),
            "textsc" => Self { small_caps: true, ..inner(bold, italic) },
            "mathbf" | "bf" => inner(true, false),
            "textbf" => inner(true, italic),
            "mathit" | "it" => inner(false, true),
            "textit" | "textsl" | "emph" => inner(bold, true),
            "boldsymbol" | "bm" => Self { family: Family::Variables, bold: true, ..Self::default() },
            "mathnormal" => Self::default(),
            _ => Self { family: Family::Signs, ..inner(bold, italic) },
        }
    }
}

/// The faces of the text, in the four styles that formulas use.
struct Faces {
    regular: FaceId,
    italic: FaceId,
    bold: FaceId,
    bold_italic: FaceId,
}

/// Gives a formula's letters their stand-ins.
pub(super) struct Dresser<'a> {
    fonts: &'a FontBook,
    shaper: Shaper<'a>,
    faces: Faces,
    stand_ins: Vec<StandIn>,
    known: BTreeMap<Key, usize>,
    bounds: BTreeMap<(FaceId, u16), [f64; 4]>,
}

impl<'a> Dresser<'a> {
    /// For letters of `family`.
    pub(super) fn new(fonts: &'a FontBook, family: &str) -> Self {
        let faces = Faces {
            regular: fonts.select(family, 400, false),
            italic: fonts.select(family, 400, true),
            bold: fonts.select(family, 700, false),
            bold_italic: fonts.select(family, 700, true),
        };
        let (stand_ins, known, bounds) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { fonts, shaper: Shaper::new(fonts), faces, stand_ins, known, bounds }
    }

    /// Replaces the letters, figures and words of a formula by stand-ins. Linear in the formula.
    pub(super) fn dress(&mut self, nodes: &mut Vec<ParseNode>) {
        self.list(nodes, Voice::default());
    }

    /// The stand-ins' measures, for the engine.
    pub(super) fn metrics(&self) -> Arc<HashMap<char, FallbackGlyphMetrics>> {
        let metrics = self.stand_ins.iter().enumerate().filter_map(|(index, glyph)| {
            let metrics = FallbackGlyphMetrics { width: glyph.width, height: glyph.height, depth: glyph.depth };
            Some((stand_in_character(index)?, metrics))
        });
        Arc::new(metrics.collect())
    }

    /// What the character `code` stands for.
    pub(super) fn stand_in(&self, code: u32) -> Option<&StandIn> {
        self.stand_ins.get(usize::try_from(code.checked_sub(FIRST_STAND_IN)?).ok()?)
    }

    fn list(&mut self, nodes: &mut Vec<ParseNode>, voice: Voice) {
        let mut dressed = Vec::with_capacity(nodes.len());
        // Letters of a word, and the face that they are in.
        let mut word: Option<(Mode, FaceId, String)> = None;
        for mut node in nodes.drain(..) {
            if let Some((mode, face, character)) = self.letter_of_word(&node, voice) {
                match &mut word {
                    Some((same_mode, same_face, text)) if *same_mode == mode && *same_face == face => {
                        text.push(character);
                    }
                    Some(_) | None => {
                        self.end_word(&mut dressed, word.take(), voice);
                        word = Some((mode, face, character.to_string()));
                    }
                }
                continue;
            }
            self.end_word(&mut dressed, word.take(), voice);
            self.node(&mut node, voice);
            dressed.push(node);
        }
        self.end_word(&mut dressed, word, voice);
        *nodes = dressed;
    }

    fn end_word(&mut self, dressed: &mut Vec<ParseNode>, word: Option<(Mode, FaceId, String)>, voice: Voice) {
        if let Some((mode, face, text)) = word {
            dressed.extend(self.shape(mode, face, &text, voice));
        }
    }

    /// The letter that `node` adds to a word, if it does, and its face.
    fn letter_of_word(&self, node: &ParseNode, voice: Voice) -> Option<(Mode, FaceId, char)> {
        let (mode, character) =
            if let ParseNode::MathOrd { mode, text, .. } | ParseNode::TextOrd { mode, text, .. } = node {
                (*mode, Self::character(text, *mode)?)
            } else if let ParseNode::Accent { mode: Mode::Text, label, base, .. } = node {
                (Mode::Text, symbols::accented(label, single_letter(base)?)?)
            } else {
                return None;
            };
        let voice = if voice.text && mode == Mode::Math { Voice::default() } else { voice };
        let face = match mode {
            Mode::Text => self.text_face(character, voice)?,
            Mode::Math if voice.family == Family::Words && character.is_ascii_alphanumeric() => self.face(voice),
            Mode::Math => return None,
        };
        Some((mode, face, character))
    }

    fn face(&self, voice: Voice) -> FaceId {
        match (voice.bold, voice.italic) {
            (false, false) => self.faces.regular,
            (false, true) => self.faces.italic,
            (true, false) => self.faces.bold,
            (true, true) => self.faces.bold_italic,
        }
    }

    /// The face for a character of text: the text's, or whichever has it. `None` leaves it to the mathematical faces.
    fn text_face(&self, character: char, voice: Voice) -> Option<FaceId> {
        if voice.family == Family::Signs && character.is_ascii() {
            return None;
        }
        let face = self.face(voice);
        if self.fonts.face(face).covers(character) {
            return Some(face);
        }
        (!symbols::has_sign(character)).then(|| self.elsewhere(face, character))
    }

    /// The face for a character that neither the text face nor the mathematical faces have: `preferred` where none has it.
    fn elsewhere(&self, preferred: FaceId, character: char) -> FaceId {
        let mut bytes = [0; 4];
        let text: &str = character.encode_utf8(&mut bytes);
        self.fonts.fallback(preferred, text, Writing::of(text, "")).unwrap_or(preferred)
    }

    /// The character of a symbol, unless the engine draws it in a way of its own.
    fn character(text: &str, mode: Mode) -> Option<char> {
        if matches!(text, "\\shortmid" | "\\textunderscore")
            || ratex_font::get_symbol_render_spec(text, ratex_font::Mode::Math).is_some()
        {
            return None;
        }
        symbols::character(text, mode)
    }

    /// The face for a variable, a figure or a sign. `None` leaves it to the mathematical faces.
    fn variable_face(&self, character: char, voice: Voice) -> Option<FaceId> {
        if voice.family == Family::Signs && character.is_ascii() {
            return None;
        }
        let words = voice.family == Family::Words;
        let italic = Voice { italic: true, ..voice };
        let upright = Voice { italic: false, ..voice };
        let wanted = match character {
            'a'..='z' | 'A'..='Z' => Some(self.face(if words { voice } else { italic })),
            '0'..='9' => Some(self.face(if words { voice } else { upright })),
            _ if symbols::is_small_greek(character) => Some(self.face(italic)),
            _ if symbols::is_greek_capital(character) => Some(self.face(if words { voice } else { upright })),
            _ => None,
        };
        if let Some(face) = wanted {
            return Some(face).filter(|&face| self.fonts.face(face).covers(character));
        }
        (!symbols::has_sign(character)).then(|| self.elsewhere(self.faces.regular, character))
    }

    /// Replaces a symbol that stands alone.
    fn symbol(&mut self, mode: Mode, text: &mut String, voice: Voice, subscripted: bool) {
        let Some(character) = Self::character(text, mode) else { return };
        let voice = if voice.text && mode == Mode::Math { Voice::default() } else { voice };
        let face = match mode {
            Mode::Text => self.text_face(character, voice),
            Mode::Math => self.variable_face(character, voice),
        };
        let Some(face) = face else {
            if u32::from(character) >= FIRST_STAND_IN {
                // What is not ours must not be taken for a stand-in.
                "\u{fffd}".clone_into(text);
            }
            return;
        };
        let glyph = self.fonts.face(face).glyph(character).unwrap_or(0);
        let advance = self.fonts.face(face).advance(glyph);
        let corrected = voice.family == Family::Variables && mode == Mode::Math && !subscripted;
        let key = (face, glyph, advance, corrected, character.to_string());
        if let Some(stand_in) = self.add(key) {
            *text = stand_in.to_string();
        }
    }

    /// The glyphs of a word, each a node.
    fn shape(&mut self, mode: Mode, face: FaceId, text: &str, voice: Voice) -> Vec<ParseNode> {
        let features = Features { small_caps: voice.small_caps, ..Features::default() };
        let run = Run { text, range: (0, text.len()), face, features, language: "", right_to_left: false };
        let glyphs = self.shaper.shape(&run);
        let mut nodes = Vec::with_capacity(glyphs.len());
        for (index, glyph) in glyphs.iter().enumerate() {
            let start = usize::try_from(glyph.cluster).unwrap_or(0);
            let next = glyphs[index + 1..].iter().map(|next| next.cluster).find(|&next| next != glyph.cluster);
            let end = next.and_then(|next| usize::try_from(next).ok()).unwrap_or(text.len());
            let first = index == 0 || glyphs[index - 1].cluster != glyph.cluster;
            let part = if first { text.get(start..end).unwrap_or_default() } else { "" };
            let key = (face, glyph.id, i64::from(glyph.advance), false, part.to_owned());
            if let Some(stand_in) = self.add(key) {
                nodes.push(ParseNode::TextOrd { mode, text: stand_in.to_string(), loc: None });
            }
        }
        nodes
    }

    /// The character that stands for a glyph. `None` where there are too many.
    fn add(&mut self, key: Key) -> Option<char> {
        if let Some(&index) = self.known.get(&key) {
            return stand_in_character(index);
        }
        let index = self.stand_ins.len();
        if index >= MOST_STAND_INS {
            return None;
        }
        let (face, glyph, advance, corrected, text) = key.clone();
        let [left, bottom, right, top] = self.bounds(face, glyph);
        #[expect(clippy::cast_precision_loss, reason = "font units")]
        let (advance, em) = (advance as f64, self.fonts.face(face).units_per_em() as f64);
        let metrics = self.fonts.face(face).metrics();
        let leaning = f64::from(-metrics.italic_angle.clamp(-30, 0)) * SLOPE_OF_A_DEGREE;
        let overhang = (right - advance).max(0.0);
        let italic = if corrected { overhang } else { 0.0 };
        // Where the letter's middle is at its top.
        let middle = f64::midpoint(left, right) + leaning * top / 2.0;
        let skew = if leaning > 0.0 { middle - f64::midpoint(advance + italic, 0.0) } else { 0.0 };
        self.stand_ins.push(StandIn {
            face,
            glyph,
            text,
            advance: advance / em,
            width: (advance + italic) / em,
            height: without_overshoot(top / em, [metrics.x_height, metrics.cap_height]),
            depth: without_overshoot(-bottom / em, [0, 0]),
            skew: (skew / em).clamp(-0.1, 0.2),
            italic: italic / em,
        });
        self.known.insert(key, index);
        stand_in_character(index)
    }

    /// The box around a glyph's outline, in font units: left, bottom, right, top.
    fn bounds(&mut self, face: FaceId, glyph: u16) -> [f64; 4] {
        let fonts = self.fonts;
        *self.bounds.entry((face, glyph)).or_insert_with(|| outline_bounds(&fonts.face(face).outline(glyph)))
    }

    /// Dresses what `node` holds.
    fn node(&mut self, node: &mut ParseNode, voice: Voice) {
        use ParseNode as N;
        unlink(node);
        match node {
            N::MathOrd { mode, text, .. } | N::TextOrd { mode, text, .. } => self.symbol(*mode, text, voice, false),
            N::Atom { text, .. } | N::OpToken { text, .. } => {
                if text.chars().any(|character| u32::from(character) >= FIRST_STAND_IN) {
                    "\u{fffd}".clone_into(text);
                }
            }
            N::SupSub { base, sup, sub, .. } => {
                self.base(base.as_deref_mut(), sub.is_some() && sup.is_none(), voice);
                self.nodes(sup.as_deref_mut().into_iter().chain(sub.as_deref_mut()), voice);
            }
            N::Text { body, font, .. } => {
                let font = font.as_deref().unwrap_or("\\text");
                self.list(body, voice.with_font(font));
            }
            N::Font { body, font, .. } => {
                let voice = voice.with_font(font);
                self.node(body, voice);
            }
            N::Op { name, symbol: false, body: body @ None, suppress_base_shift, mode, .. } => {
                if let Some(name) = name.take() {
                    // A name is set as a word, on the baseline.
                    let word = name.trim_start_matches('\\');
                    *body = Some(self.shape(*mode, self.faces.regular, word, Voice::default()));
                    *suppress_base_shift = Some(true);
                }
            }
            N::OperatorName { body, mode, .. } => {
                self.list(body, voice.with_font("\\mathrm"));
                // The engine measures letters that stand free by its own faces.
                let group = N::OrdGroup { mode: *mode, body: std::mem::take(body), semisimple: None, loc: None };
                *body = vec![group];
            }
            N::Styling { body, .. } => {
                let mathematics = body.first().is_some_and(|first| first.mode() == Mode::Math);
                let voice = if voice.text && mathematics { Voice::default() } else { voice };
                self.list(body, voice);
            }
            N::Op { body: Some(body), .. }
            | N::OrdGroup { body, .. }
            | N::Color { body, .. }
            | N::Sizing { body, .. }
            | N::LeftRight { body, .. }
            | N::Phantom { body, .. }
            | N::MClass { body, .. }
            | N::Href { body, .. }
            | N::HBox { body, .. }
            | N::Pmb { body, .. }
            | N::Html { body, .. }
            | N::HtmlMathMl { html: body, .. } => self.list(body, voice),
            N::Tag { body, tag, .. } => {
                self.list(body, voice);
                self.list(tag, voice);
            }
            N::Array { .. } => self.array(node, voice),
            N::MathChoice { display, text, script, scriptscript, .. } => {
                for body in [display, text, script, scriptscript] {
                    self.list(body, voice);
                }
            }
            N::GenFrac { numer, denom, .. } => self.nodes([&mut **numer, &mut **denom], voice),
            N::Sqrt { body, index, .. } => self.nodes([&mut **body].into_iter().chain(index.as_deref_mut()), voice),
            N::XArrow { body, below, .. } => self.nodes([&mut **body].into_iter().chain(below.as_deref_mut()), voice),
            N::Accent { base: body, .. }
            | N::AccentUnder { base: body, .. }
            | N::HorizBrace { base: body, .. }
            | N::Overline { body, .. }
            | N::Underline { body, .. }
            | N::VPhantom { body, .. }
            | N::Smash { body, .. }
            | N::Enclose { body, .. }
            | N::Lap { body, .. }
            | N::RaiseBox { body, .. }
            | N::VCenter { body, .. }
            | N::CdLabel { label: body, .. }
            | N::CdLabelParent { fragment: body, .. } => self.node(body, voice),
            N::CdArrow { label_above, label_below, .. } => {
                self.nodes(label_above.as_deref_mut().into_iter().chain(label_below.as_deref_mut()), voice);
            }
            N::ProofTree { tree, .. } => self.branch(tree, voice),
            N::Op { body: None, .. }
            | N::AccentToken { .. }
            | N::SpacingNode { .. }
            | N::ColorToken { .. }
            | N::Size { .. }
            | N::DelimSizing { .. }
            | N::LeftRightRight { .. }
            | N::Middle { .. }
            | N::Rule { .. }
            | N::Kern { .. }
            | N::Environment { .. }
            | N::Cr { .. }
            | N::Infix { .. }
            | N::Internal { .. }
            | N::Verb { .. }
            | N::Url { .. }
            | N::Raw { .. }
            | N::NoNumber { .. }
            | N::IncludeGraphics { .. } => {}
        }
    }

    fn nodes<'n>(&mut self, nodes: impl IntoIterator<Item = &'n mut ParseNode>, voice: Voice) {
        for node in nodes {
            self.node(node, voice);
        }
    }

    /// Dresses what scripts hang on. A letter with a subscript alone has no italic correction.
    fn base(&mut self, base: Option<&mut ParseNode>, subscripted: bool, voice: Voice) {
        match base {
            Some(ParseNode::MathOrd { mode, text, .. } | ParseNode::TextOrd { mode, text, .. }) => {
                self.symbol(*mode, text, voice, subscripted);
            }
            Some(base) => self.node(base, voice),
            None => {}
        }
    }

    fn array(&mut self, array: &mut ParseNode, voice: Voice) {
        let ParseNode::Array { body, tags, .. } = array else { return };
        for row in body {
            self.nodes(row, voice);
        }
        for tag in tags.iter_mut().flatten() {
            if let ratex_parser::parse_node::ArrayTag::Explicit(tag) = tag {
                self.list(tag, voice.with_font("\\text"));
            }
        }
    }

    fn branch(&mut self, branch: &mut ProofBranch, voice: Voice) {
        self.list(&mut branch.conclusion, voice);
        for label in [&mut branch.left_label, &mut branch.right_label].into_iter().flatten() {
            self.list(label, voice);
        }
        for premise in &mut branch.premises {
            self.branch(premise, voice);
        }
    }
}

/// A height in em as a designer counts it: round letters overshoot the lines (here in thousandths) that flat ones reach.
fn without_overshoot(height: f64, lines: [i32; 2]) -> f64 {
    let line =
        lines.into_iter().map(|line| f64::from(line) / 1000.0).find(|line| (0.0..0.02).contains(&(height - line)));
    line.unwrap_or(height).max(0.0)
}

/// The tangent of one degree, by which slopes below 30 degrees are reckoned: within a tenth of the true ones.
const SLOPE_OF_A_DEGREE: f64 = 0.017_8;

/// Makes a link a plain group: the engine would make it blue and underline it, and nothing leads anywhere here.
fn unlink(node: &mut ParseNode) {
    if let ParseNode::Href { mode, body, .. } = node {
        let (mode, body) = (*mode, std::mem::take(body));
        *node = ParseNode::OrdGroup { mode, body, semisimple: None, loc: None };
    }
}

/// The letter that `node` is, groups around it left out.
pub(super) fn single_letter(node: &ParseNode) -> Option<char> {
    if let ParseNode::MathOrd { mode, text, .. } | ParseNode::TextOrd { mode, text, .. } = node {
        return symbols::character(text, *mode);
    }
    let ParseNode::OrdGroup { body, .. } = node else { return None };
    if let [only] = body.as_slice() { single_letter(only) } else { None }
}

fn stand_in_character(index: usize) -> Option<char> {
    char::from_u32(FIRST_STAND_IN + u32::try_from(index).ok()?)
}

/// The box around the points of an outline: left, bottom, right, top. All zero for a space.
fn outline_bounds(outline: &[PathElement]) -> [f64; 4] {
    let mut bounds: Option<[f64; 4]> = None;
    let mut add = |x: f32, y: f32| {
        let (x, y) = (f64::from(x), f64::from(y));
        let [left, bottom, right, top] = bounds.unwrap_or([x, y, x, y]);
        bounds = Some([left.min(x), bottom.min(y), right.max(x), top.max(y)]);
    };
    for element in outline {
        match *element {
            PathElement::MoveTo { x, y } | PathElement::LineTo { x, y } => add(x, y),
            PathElement::QuadTo { cx0, cy0, x, y } => {
                add(cx0, cy0);
                add(x, y);
            }
            PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => {
                add(cx0, cy0);
                add(cx1, cy1);
                add(x, y);
            }
            PathElement::Close => {}
        }
    }
    bounds.unwrap_or([0.0; 4])
}
