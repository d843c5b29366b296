//! What is painted on a page: its content streams, followed as a viewer follows them (ISO 32000-2, 8, 9 and 11).
//!
//! Each thing that is painted becomes a [`Mark`]: where, in which colour, how large or thin. Shapes are known by the boxes
//! around them, clips too, so that a place may be said too large but never too small. Forms, patterns and the glyphs of
//! Type 3 fonts are followed where they are used. Start at [`Painting::of`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::color::Space;
use super::font::{Font, float};
use super::shape::{Bar, IDENTITY, Matrix, Path, boxed, product, scale};
use super::tokens::{Operand, Step, Tokens};
use super::{Page, PageBox};

/// How many forms may stand within one another.
const DEEPEST_FORM: usize = 16;

/// How many states of graphics may be kept.
const DEEPEST_STATE: usize = 256;

/// How many operators a page may have, those of forms counted as often as they are painted.
const MOST_OPERATORS: usize = 4_000_000;

/// How many marks a page may have.
const MOST_MARKS: usize = 100_000;

/// The most bytes that a content stream unfolds to.
const LARGEST_STREAM: usize = 1 << 26;

/// How many bytes of content count as an operator, so that unfolding is paid for.
const BYTES_PER_OPERATOR: usize = 16;

/// What a mark is painted with.
#[derive(Debug, PartialEq)]
pub(in super::super) struct Paint {
    pub(in super::super) space: Arc<Space>,
    /// As many as the space has; none for a shading.
    pub(in super::super) color: Vec<f64>,
}

impl Paint {
    /// Whether it leaves paper as it is.
    pub(in super::super) fn is_white(&self) -> bool {
        self.space.is_white(&self.color)
    }
}

/// Something painted.
#[derive(Clone, Debug)]
pub(in super::super) struct Mark {
    pub(in super::super) kind: Kind,
    /// Where, in the space of the page.
    pub(in super::super) area: PageBox,
    pub(in super::super) paint: Arc<Paint>,
    /// Why it lets through what is below, if it does.
    pub(in super::super) transparency: Option<Transparency>,
}

/// Why paint lets through what is below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Transparency {
    Alpha,
    BlendMode,
    SoftMask,
    Group,
}

#[derive(Clone, Debug)]
pub(in super::super) enum Kind {
    /// Glyphs shown by one operator; blanks are not counted. Their size is the em's height on the page, in points.
    Text {
        font: Arc<Font>,
        size: f64,
        glyphs: usize,
        visible: bool,
    },
    /// A stroke of so many points; 0 is as thin as the device can.
    Stroke {
        width: f64,
    },
    /// A filled shape; its thinnest straight bar, where it has such.
    Fill {
        bar: Option<Bar>,
    },
    Image(Arc<Image>),
    Shading,
}

/// An image where it is placed.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Image {
    /// Its object; an image in the stream itself has none.
    pub(in super::super) id: Option<ObjectId>,
    pub(in super::super) width: u32,
    pub(in super::super) height: u32,
    pub(in super::super) bits: u8,
    /// Its own space; a stencil is painted with the mark's paint.
    pub(in super::super) space: Option<Arc<Space>>,
    /// Pixels to the inch as it is placed, the fewer of both directions.
    pub(in super::super) resolution: f64,
}

/// What is painted on a page.
#[derive(Default)]
pub(in super::super) struct Painting {
    /// In the order of painting.
    pub(in super::super) marks: Vec<Mark>,
    /// Why a part of the page is not among the marks, if one isn't.
    pub(in super::super) unread: Option<&'static str>,
    /// What following it took, in operators.
    pub(super) cost: usize,
}

/// What pages share.
pub(super) struct Shared<'a> {
    pub(super) document: &'a Document,
    /// Fonts by the addresses of their dictionaries.
    fonts: Mutex<BTreeMap<usize, Arc<Font>>>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self { document, fonts: Mutex::default() }
    }

    fn font(&self, dictionary: &Dictionary) -> Arc<Font> {
        let mut fonts = self.fonts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let address = std::ptr::from_ref(dictionary).addr();
        Arc::clone(fonts.entry(address).or_insert_with(|| Arc::new(Font::read(self.document, dictionary))))
    }
}

impl Painting {
    /// Follows the content of a page. Linear in the operators that are painted, of which there is a bound.
    pub(super) fn of(shared: &Shared<'_>, page: &Page) -> Self {
        let document = shared.document;
        let mut interpreter = Interpreter {
            shared,
            painting: Self::default(),
            state: State::new(),
            kept: Vec::new(),
            spaces: BTreeMap::new(),
            streams: BTreeMap::new(),
            tiles: BTreeSet::new(),
            glyphs: BTreeSet::new(),
            all_in: None,
            open: Vec::new(),
        };
        let none = Dictionary::new();
        let resources = super::inherited(document, page.id, b"Resources").and_then(|value| value.as_dict().ok());
        let mut content = Vec::new();
        for id in document.get_page_contents(page.id) {
            let Ok(stream) = document.get_object(id).and_then(Object::as_stream) else { continue };
            match stream.get_plain_content_with_limit(LARGEST_STREAM.saturating_sub(content.len())) {
                Ok(part) => content.extend(part),
                Err(_) => interpreter.painting.unread = Some("its content can't be unfolded"),
            }
            content.push(b'\n');
        }
        let group = document.get_dictionary(page.id).ok().and_then(|page| page.get_deref(b"Group", document).ok());
        if group.is_some_and(|group| is_transparent(document, group)) {
            interpreter.state.transparency = Some(Transparency::Group);
        }
        interpreter.follow(&content, resources.unwrap_or(&none));
        interpreter.painting
    }
}

/// Whether a group is one of transparency.
fn is_transparent(document: &Document, group: &Object) -> bool {
    let subtype = group.as_dict().and_then(|group| group.get_deref(b"S", document));
    subtype.is_ok_and(|subtype| subtype.as_name().is_ok_and(|name| name == b"Transparency"))
}

#[derive(Clone)]
struct State {
    matrix: Matrix,
    /// What can be seen.
    clip: PageBox,
    fill: Arc<Paint>,
    stroke: Arc<Paint>,
    /// The patterns that take their places.
    fill_pattern: Option<Vec<u8>>,
    stroke_pattern: Option<Vec<u8>>,
    width: f64,
    fill_alpha: f64,
    stroke_alpha: f64,
    /// A soft mask, a blend mode or a group around.
    transparency: Option<Transparency>,
    soft_mask: bool,
    blend: bool,
    font: Option<Arc<Font>>,
    /// The dictionary of a font of procedures.
    procedures: Option<usize>,
    size: f64,
    character_space: f64,
    word_space: f64,
    expansion: f64,
    leading: f64,
    rise: f64,
    mode: i64,
    text: Matrix,
    line: Matrix,
}

impl State {
    fn new() -> Self {
        let everywhere = 1e9;
        let black = Arc::new(Paint { space: Arc::new(Space::Gray), color: vec![0.0] });
        Self {
            matrix: IDENTITY,
            clip: PageBox { left: -everywhere, bottom: -everywhere, right: everywhere, top: everywhere },
            fill: Arc::clone(&black),
            stroke: black,
            fill_pattern: None,
            stroke_pattern: None,
            width: 1.0,
            fill_alpha: 1.0,
            stroke_alpha: 1.0,
            transparency: None,
            soft_mask: false,
            blend: false,
            font: None,
            procedures: None,
            size: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            expansion: 1.0,
            leading: 0.0,
            rise: 0.0,
            mode: 0,
            text: IDENTITY,
            line: IDENTITY,
        }
    }

    /// Why what is painted with this alpha lets through what is below.
    fn transparency(&self, alpha: f64) -> Option<Transparency> {
        if alpha < 1.0 {
            Some(Transparency::Alpha)
        } else if self.soft_mask {
            Some(Transparency::SoftMask)
        } else if self.blend {
            Some(Transparency::BlendMode)
        } else {
            self.transparency
        }
    }
}

struct Interpreter<'a> {
    shared: &'a Shared<'a>,
    painting: Painting,
    state: State,
    kept: Vec<State>,
    /// Colour spaces by the addresses of what names them and of the resources.
    spaces: BTreeMap<(usize, usize), Arc<Space>>,
    /// Unfolded streams by address.
    streams: BTreeMap<usize, Arc<[u8]>>,
    /// Patterns and glyphs that were followed, by address and, of glyphs, code.
    tiles: BTreeSet<usize>,
    glyphs: BTreeSet<(usize, u32)>,
    /// Where all marks are said to be: those of a pattern are wherever it is painted.
    all_in: Option<PageBox>,
    /// The streams that are being followed, by address.
    open: Vec<usize>,
}

impl<'a> Interpreter<'a> {
    /// Follows a content stream.
    fn follow(&mut self, content: &[u8], resources: &'a Dictionary) {
        let depth = self.kept.len();
        let mut dropped = 0_usize;
        self.painting.cost += content.len() / BYTES_PER_OPERATOR;
        let mut tokens = Tokens::new(content);
        let mut operands = Vec::new();
        let (mut path, mut clips) = (Path::default(), false);
        while let Some(step) = tokens.step(&mut operands) {
            self.painting.cost += 1;
            if self.painting.cost > MOST_OPERATORS || self.painting.marks.len() > MOST_MARKS {
                self.painting.unread = Some("it paints more than is looked at");
                break;
            }
            let operator = match step {
                Step::Operator(operator) => operator,
                Step::Image(entries) => {
                    self.inline_image(&entries, resources);
                    continue;
                }
            };
            let number = |at: usize| operands.get(at).and_then(Operand::number).unwrap_or(0.0);
            let name = || operands.last().and_then(Operand::name).unwrap_or_default();
            match operator {
                b"q" if self.kept.len() - depth < DEEPEST_STATE => self.kept.push(self.state.clone()),
                b"q" => dropped += 1,
                b"Q" if dropped > 0 => dropped -= 1,
                b"Q" if self.kept.len() > depth => {
                    if let Some(state) = self.kept.pop() {
                        self.state = state;
                    }
                }
                b"cm" => self.state.matrix = product(std::array::from_fn(number), self.state.matrix),
                b"w" => self.state.width = number(0).abs(),
                b"gs" => self.parameters(name(), resources),
                b"m" => path.begin(self.state.matrix, number(0), number(1)),
                b"l" => path.line(self.state.matrix, number(0), number(1)),
                b"c" | b"v" | b"y" => {
                    path.curved = true;
                    for pair in 0..operands.len().min(6) / 2 {
                        path.line(self.state.matrix, number(2 * pair), number(2 * pair + 1));
                    }
                }
                b"h" => {}
                b"re" => {
                    let [x, y, width, height] = std::array::from_fn(number);
                    path.begin(self.state.matrix, x, y);
                    path.line(self.state.matrix, x + width, y);
                    path.line(self.state.matrix, x + width, y + height);
                    path.line(self.state.matrix, x, y + height);
                }
                b"W" | b"W*" => clips = true,
                b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"n" => {
                    path.end_part();
                    self.paint_path(&path, operator, resources);
                    if std::mem::take(&mut clips) {
                        self.state.clip =
                            if path.all.is_empty() { self.state.clip } else { self.state.clip.common(path.all.bounds) };
                    }
                    path = Path::default();
                }
                b"sh" => self.shading(name(), resources),
                b"Do" => self.object(name(), resources),
                // What a glyph is painted with that only has a shape is what the text is.
                b"d1" => break,
                _ if self.color(operator, &operands, resources) => {}
                _ => self.text(operator, &operands, resources),
            }
        }
        if self.kept.len() > depth {
            self.state = self.kept.swap_remove(depth);
            self.kept.truncate(depth);
        }
    }

    /// Adds a mark, as far as it can be seen.
    fn mark(&mut self, kind: Kind, area: PageBox, paint: Arc<Paint>, alpha: f64) {
        let area = self.all_in.unwrap_or(area).common(self.state.clip);
        let finite = [area.left, area.bottom, area.right, area.top].iter().all(|number| number.is_finite());
        if !finite || area.left > area.right || area.bottom > area.top {
            return;
        }
        let transparency = self.state.transparency(alpha);
        self.painting.marks.push(Mark { kind, area, paint, transparency });
    }

    fn paint_path(&mut self, path: &Path, operator: &[u8], resources: &'a Dictionary) {
        if path.all.is_empty() {
            return;
        }
        let strokes = matches!(operator, b"S" | b"s" | b"B" | b"B*" | b"b" | b"b*");
        let fills = !matches!(operator, b"S" | b"s" | b"n");
        if fills {
            let bar = if strokes { None } else { path.bar() };
            self.pattern(self.state.fill_pattern.clone(), path.all.bounds, resources);
            self.mark(Kind::Fill { bar }, path.all.bounds, Arc::clone(&self.state.fill), self.state.fill_alpha);
        }
        if strokes {
            let width = self.state.width * scale(self.state.matrix);
            let area = path.all.bounds.grown(width / 2.0);
            self.pattern(self.state.stroke_pattern.clone(), area, resources);
            self.mark(Kind::Stroke { width }, area, Arc::clone(&self.state.stroke), self.state.stroke_alpha);
        }
    }

    /// Operators of colour. `false` for others.
    fn color(&mut self, operator: &[u8], operands: &[Operand], resources: &'a Dictionary) -> bool {
        let stroke = operator.first().is_some_and(u8::is_ascii_uppercase);
        let name = operands.last().and_then(Operand::name);
        let color = || operands.iter().filter_map(Operand::number).take(32).collect::<Vec<f64>>();
        let paint = match operator {
            b"g" | b"G" => Paint { space: self.space(&Object::from("DeviceGray"), resources), color: color() },
            b"rg" | b"RG" => Paint { space: self.space(&Object::from("DeviceRGB"), resources), color: color() },
            b"k" | b"K" => Paint { space: self.space(&Object::from("DeviceCMYK"), resources), color: color() },
            b"cs" | b"CS" => {
                let space = self.space(&Object::Name(name.unwrap_or_default().to_vec()), resources);
                Paint { color: space.initial(), space }
            }
            b"sc" | b"SC" | b"scn" | b"SCN" => {
                let space = if stroke { &self.state.stroke.space } else { &self.state.fill.space };
                Paint { space: Arc::clone(space), color: color() }
            }
            _ => return false,
        };
        let pattern = name.filter(|_| operator.ends_with(b"n") || operator.ends_with(b"N")).map(<[u8]>::to_vec);
        let (place, place_of_pattern) = if stroke {
            (&mut self.state.stroke, &mut self.state.stroke_pattern)
        } else {
            (&mut self.state.fill, &mut self.state.fill_pattern)
        };
        (*place, *place_of_pattern) = (Arc::new(paint), pattern);
        true
    }

    /// The space that an object names.
    fn space(&mut self, object: &Object, resources: &'a Dictionary) -> Arc<Space> {
        let document = self.shared.document;
        let resources_address = std::ptr::from_ref(resources).addr();
        // A name is known by its place in the resources, if it has one; the names of devices are few.
        let listed = object.as_name().ok().and_then(|name| {
            let spaces = resources.get_deref(b"ColorSpace", document).ok()?.as_dict().ok()?;
            spaces.get(name).ok()
        });
        let address = match (listed, object) {
            (Some(listed), _) => std::ptr::from_ref(listed).addr(),
            (None, Object::Name(name)) => name.iter().fold(0, |sum, byte| (sum * 257 + usize::from(*byte)) % 65_521),
            (None, _) => std::ptr::from_ref(object).addr(),
        };
        if let Some(space) = self.spaces.get(&(address, resources_address)) {
            return Arc::clone(space);
        }
        let space = Arc::new(Space::read(document, object, resources));
        self.spaces.insert((address, resources_address), Arc::clone(&space));
        space
    }

    /// Sets what a dictionary of graphics parameters says (8.4.5).
    fn parameters(&mut self, name: &[u8], resources: &'a Dictionary) {
        let document = self.shared.document;
        let Some(parameters) = resource(document, resources, b"ExtGState", name).and_then(|state| state.as_dict().ok())
        else {
            return;
        };
        let number = |key: &[u8]| parameters.get(key).ok().and_then(|number| float(document, number));
        let state = &mut self.state;
        state.width = number(b"LW").map_or(state.width, f64::abs);
        state.fill_alpha = number(b"ca").unwrap_or(state.fill_alpha);
        state.stroke_alpha = number(b"CA").unwrap_or(state.stroke_alpha);
        if let Ok(mask) = parameters.get_deref(b"SMask", document) {
            state.soft_mask = mask.as_dict().is_ok();
        }
        if let Ok(mode) = parameters.get_deref(b"BM", document) {
            let first = mode.as_array().ok().and_then(|modes| modes.first()).unwrap_or(mode);
            state.blend = !matches!(first.as_name(), Ok(b"Normal" | b"Compatible"));
        }
        if let Ok([font, size]) = parameters.get_deref(b"Font", document).and_then(Object::as_array).map(Vec::as_slice)
        {
            let font = document.dereference(font).ok().and_then(|(_, font)| font.as_dict().ok());
            self.set_font(font, float(document, size).unwrap_or(0.0));
        }
    }

    fn set_font(&mut self, dictionary: Option<&'a Dictionary>, size: f64) {
        self.state.size = size;
        self.state.font = dictionary.map(|dictionary| self.shared.font(dictionary));
        self.state.procedures = None;
        if let (Some(dictionary), Some(font)) = (dictionary, &self.state.font)
            && font.procedures.is_some()
        {
            self.state.procedures = Some(std::ptr::from_ref(dictionary).addr());
        }
    }

    /// Operators of text; others are none of ours.
    fn text(&mut self, operator: &[u8], operands: &[Operand], resources: &'a Dictionary) {
        let number = |at: usize| operands.get(at).and_then(Operand::number).unwrap_or(0.0);
        let state = &mut self.state;
        let next_line = |state: &mut State, x: f64, y: f64| {
            state.line = product([1.0, 0.0, 0.0, 1.0, x, y], state.line);
            state.text = state.line;
        };
        match operator {
            b"BT" => (state.text, state.line) = (IDENTITY, IDENTITY),
            b"Tc" => state.character_space = number(0),
            b"Tw" => state.word_space = number(0),
            b"Tz" => state.expansion = number(0) / 100.0,
            b"TL" => state.leading = number(0),
            b"Ts" => state.rise = number(0),
            #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
            b"Tr" => state.mode = number(0) as i64,
            b"Td" => next_line(state, number(0), number(1)),
            b"TD" => {
                state.leading = -number(1);
                next_line(state, number(0), number(1));
            }
            b"Tm" => {
                state.line = std::array::from_fn(number);
                state.text = state.line;
            }
            b"T*" => next_line(state, 0.0, -state.leading),
            b"Tf" => {
                let name = operands.first().and_then(Operand::name).unwrap_or_default();
                let font =
                    resource(self.shared.document, resources, b"Font", name).and_then(|font| font.as_dict().ok());
                self.set_font(font, number(1));
            }
            b"Tj" => self.show(operands, resources),
            b"TJ" => {
                if let Some(Operand::Array(parts)) = operands.first() {
                    self.show(parts, resources);
                }
            }
            b"'" => {
                next_line(state, 0.0, -state.leading);
                self.show(operands, resources);
            }
            b"\"" => {
                (state.word_space, state.character_space) = (number(0), number(1));
                next_line(state, 0.0, -state.leading);
                self.show(operands.get(2..).unwrap_or_default(), resources);
            }
            _ => {}
        }
    }

    /// Shows strings, moved by the numbers between them (9.4.3).
    fn show(&mut self, parts: &[Operand], resources: &'a Dictionary) {
        let Some(font) = self.state.font.clone() else { return };
        let state = &self.state;
        let (size, expansion) = (state.size, state.expansion);
        let unit = font.procedures.map_or(0.001, |(matrix, _)| matrix[0].abs());
        let mut along = 0.0;
        let (mut start, mut end, mut glyphs) = (f64::INFINITY, f64::NEG_INFINITY, 0_usize);
        let mut procedures: Vec<(u32, f64)> = Vec::new();
        for part in parts {
            match part {
                Operand::Number(number) if font.vertical => along += number / 1000.0 * size,
                Operand::Number(number) => along -= number / 1000.0 * size * expansion,
                Operand::String(string) => {
                    self.painting.cost += string.len() / BYTES_PER_OPERATOR;
                    for bytes in string.chunks(if font.double { 2 } else { 1 }) {
                        let code = bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
                        let blank = font.is_blank(code);
                        let space =
                            state.character_space + if !font.double && code == 32 { state.word_space } else { 0.0 };
                        let wide = if font.vertical {
                            -(size + space)
                        } else {
                            (font.width(code) * unit * size + space) * expansion
                        };
                        if !blank {
                            glyphs += 1;
                            let ink = wide - if font.vertical { -space } else { space * expansion };
                            (start, end) = (start.min(along).min(along + ink), end.max(along).max(along + ink));
                            if state.procedures.is_some() && procedures.len() < 256 {
                                procedures.push((code, along));
                            }
                        }
                        along += wide;
                    }
                }
                Operand::Name(_) | Operand::Array(_) | Operand::Dictionary(_) | Operand::Truth(_) => {}
            }
        }
        let text = state.text;
        let place = product(text, state.matrix);
        if glyphs > 0 {
            // Letters reach from a fifth of the em below the baseline to seven tenths above it.
            let (below, above) = (state.rise - 0.2 * size, state.rise + 0.7 * size);
            let area = if font.vertical {
                boxed(place, -size / 2.0, start, size / 2.0, end)
            } else {
                boxed(place, start, below, end, above)
            };
            let along = place[0].hypot(place[1]);
            let across = if along > 0.0 { (place[0] * place[3] - place[1] * place[2]).abs() / along } else { 0.0 };
            let em = font.procedures.map_or(1.0, |(matrix, height)| height * matrix[3].abs());
            let (mode, strokes) = (state.mode, matches!(state.mode, 1 | 5));
            let kind = Kind::Text {
                font: Arc::clone(&font),
                size: (size * across * em).abs(),
                glyphs,
                visible: !matches!(mode, 3 | 7) && (size * across).abs() > 0.0,
            };
            let pattern = if strokes { &state.stroke_pattern } else { &state.fill_pattern };
            let (paint, alpha) =
                if strokes { (&state.stroke, state.stroke_alpha) } else { (&state.fill, state.fill_alpha) };
            let (pattern, paint) = (pattern.clone(), Arc::clone(paint));
            self.pattern(pattern, area, resources);
            self.mark(kind, area, paint, alpha);
        }
        if let (Some(address), Some((matrix, _))) = (self.state.procedures, font.procedures) {
            for (code, at) in procedures {
                if self.glyphs.insert((address, code)) {
                    let scaled = [size * expansion, 0.0, 0.0, size, at, self.state.rise];
                    self.glyph(code, product(matrix, product(scaled, place)), resources);
                }
            }
        }
        let (x, y) = if font.vertical { (0.0, along) } else { (along, 0.0) };
        self.state.text = product([1.0, 0.0, 0.0, 1.0, x, y], text);
    }

    /// Follows the procedure of a glyph (9.6.4), which is found by the font's encoding.
    fn glyph(&mut self, code: u32, matrix: Matrix, resources: &'a Dictionary) {
        let document = self.shared.document;
        let Some(address) = self.state.procedures else { return };
        let fonts = resources.get_deref(b"Font", document).and_then(Object::as_dict);
        let font = fonts.ok().and_then(|fonts| {
            let mut fonts = fonts.iter().filter_map(|(_, font)| document.dereference(font).ok()?.1.as_dict().ok());
            fonts.find(|font| std::ptr::from_ref::<Dictionary>(font).addr() == address)
        });
        let Some(font) = font else { return };
        let stream = || {
            let encoding = font.get_deref(b"Encoding", document).ok()?.as_dict().ok()?;
            let (mut name, mut at) = (None, 0_i64);
            for difference in encoding.get_deref(b"Differences", document).ok()?.as_array().ok()?.iter().take(1024) {
                if let Ok(first) = difference.as_i64() {
                    at = first;
                } else {
                    name = if at == i64::from(code) { difference.as_name().ok() } else { name };
                    at = at.saturating_add(1);
                }
            }
            font.get_deref(b"CharProcs", document)
                .ok()?
                .as_dict()
                .ok()?
                .get_deref(name?, document)
                .ok()?
                .as_stream()
                .ok()
        };
        let Some(stream) = stream() else { return };
        let own = font.get_deref(b"Resources", document).and_then(Object::as_dict).unwrap_or(resources);
        self.inner(stream, own, matrix, None);
    }

    /// Follows a stream within this one, under a matrix to the page.
    fn inner(&mut self, stream: &'a Stream, resources: &'a Dictionary, matrix: Matrix, bounds: Option<[f64; 4]>) {
        let address = std::ptr::from_ref(stream).addr();
        if self.open.len() >= DEEPEST_FORM {
            self.painting.unread = Some("its forms stand too deep in one another");
            return;
        }
        if self.open.contains(&address) {
            return;
        }
        let content = if let Some(content) = self.streams.get(&address) {
            Arc::clone(content)
        } else {
            let Ok(content) = stream.get_plain_content_with_limit(LARGEST_STREAM) else {
                self.painting.unread = Some("a form of it can't be unfolded");
                return;
            };
            let content: Arc<[u8]> = content.into();
            self.streams.insert(address, Arc::clone(&content));
            content
        };
        let state = self.state.clone();
        self.state.matrix = matrix;
        if let Some([left, bottom, right, top]) = bounds {
            self.state.clip = self.state.clip.common(boxed(matrix, left, bottom, right, top));
        }
        self.open.push(address);
        self.follow(&content, resources);
        self.open.pop();
        self.state = state;
    }

    /// The matrix and the box of a form or a pattern.
    fn frame(&self, dictionary: &Dictionary) -> (Matrix, Option<[f64; 4]>) {
        let document = self.shared.document;
        let numbers = |key: &[u8]| -> Option<Vec<f64>> {
            let array = dictionary.get_deref(key, document).ok()?.as_array().ok()?;
            array.iter().take(8).map(|number| float(document, number)).collect()
        };
        let matrix = numbers(b"Matrix").and_then(|matrix| Matrix::try_from(matrix).ok()).unwrap_or(IDENTITY);
        (matrix, numbers(b"BBox").and_then(|bounds| bounds.try_into().ok()))
    }

    /// Paints an image or a form of the resources.
    fn object(&mut self, name: &[u8], resources: &'a Dictionary) {
        let document = self.shared.document;
        let entry = resources.get_deref(b"XObject", document).ok().and_then(|list| list.as_dict().ok()?.get(name).ok());
        let Some(Ok((id, Object::Stream(stream)))) = entry.map(|entry| document.dereference(entry)) else { return };
        let dictionary = &stream.dict;
        match dictionary.get_deref(b"Subtype", document).and_then(Object::as_name) {
            Ok(b"Form") => {
                let (matrix, bounds) = self.frame(dictionary);
                let own = dictionary.get_deref(b"Resources", document).and_then(Object::as_dict).unwrap_or(resources);
                let outer = self.state.clone();
                let group = dictionary.get_deref(b"Group", document);
                if group.is_ok_and(|group| is_transparent(document, group)) {
                    // A group is blended as one; within, it starts anew.
                    self.state.transparency = outer.transparency(outer.fill_alpha).or(Some(Transparency::Group));
                    (self.state.fill_alpha, self.state.stroke_alpha) = (1.0, 1.0);
                    (self.state.soft_mask, self.state.blend) = (false, false);
                }
                self.inner(stream, own, product(matrix, outer.matrix), bounds);
                self.state = outer;
            }
            Ok(b"Image") => {
                let number = |key: &[u8]| dictionary.get(key).ok().and_then(|number| float(document, number));
                let stencil = dictionary.get_deref(b"ImageMask", document).and_then(Object::as_bool).unwrap_or(false);
                let space = dictionary.get(b"ColorSpace").ok().map(|space| self.space(space, resources));
                let masked = dictionary.get_deref(b"SMask", document).is_ok_and(|mask| mask.as_stream().is_ok())
                    || number(b"SMaskInData").is_some_and(|mask| mask > 0.0);
                let bits = if stencil { 1.0 } else { number(b"BitsPerComponent").unwrap_or(8.0) };
                let size = [number(b"Width").unwrap_or(0.0), number(b"Height").unwrap_or(0.0)];
                self.image(id, size, bits, space.filter(|_| !stencil), masked, resources);
            }
            _ => {}
        }
    }

    fn inline_image(&mut self, entries: &[(Vec<u8>, Operand)], resources: &'a Dictionary) {
        let entry =
            |keys: [&[u8]; 2]| entries.iter().find(|(key, _)| keys.contains(&key.as_slice())).map(|(_, value)| value);
        let number = |keys| entry(keys).and_then(Operand::number).unwrap_or(0.0);
        let stencil = entry([b"IM", b"ImageMask"]) == Some(&Operand::Truth(true));
        let space = match entry([b"CS", b"ColorSpace"]) {
            Some(Operand::Name(name)) => Some(self.space(&Object::Name(name.clone()), resources)),
            // An indexed one: what its colours are made in is enough.
            Some(Operand::Array(parts)) => {
                let base = parts.get(1).and_then(Operand::name).unwrap_or_default().to_vec();
                Some(self.space(&Object::Name(base), resources))
            }
            _ => None,
        };
        let bits = if stencil { 1.0 } else { number([b"BPC", b"BitsPerComponent"]) };
        let size = [number([b"W", b"Width"]), number([b"H", b"Height"])];
        self.image(None, size, bits, space.filter(|_| !stencil), false, resources);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
    fn image(
        &mut self,
        id: Option<ObjectId>,
        [width, height]: [f64; 2],
        bits: f64,
        space: Option<Arc<Space>>,
        masked: bool,
        resources: &'a Dictionary,
    ) {
        let matrix = self.state.matrix;
        let inches = |x: f64, y: f64| x.hypot(y) / 72.0;
        let resolution = (width / inches(matrix[0], matrix[1])).min(height / inches(matrix[2], matrix[3]));
        let area = boxed(matrix, 0.0, 0.0, 1.0, 1.0);
        let paint = match &space {
            Some(space) => Arc::new(Paint { space: Arc::clone(space), color: Vec::new() }),
            None => Arc::clone(&self.state.fill),
        };
        if space.is_none() {
            self.pattern(self.state.fill_pattern.clone(), area, resources);
        }
        let image = Image { id, width: width as u32, height: height as u32, bits: bits as u8, space, resolution };
        let outer = self.state.soft_mask;
        self.state.soft_mask |= masked;
        self.mark(Kind::Image(Arc::new(image)), area, paint, self.state.fill_alpha);
        self.state.soft_mask = outer;
    }

    fn shading(&mut self, name: &[u8], resources: &'a Dictionary) {
        if let Some(shading) = resource(self.shared.document, resources, b"Shading", name) {
            self.shade(shading, self.state.clip, resources);
        }
    }

    /// Marks what a shading covers.
    fn shade(&mut self, shading: &'a Object, area: PageBox, resources: &'a Dictionary) {
        // A mesh is a stream, other shadings are dictionaries (8.7.4.5).
        let dictionary = shading.as_stream().map(|stream| &stream.dict).or_else(|_| shading.as_dict());
        if let Ok(space) = dictionary.and_then(|dictionary| dictionary.get(b"ColorSpace")) {
            let space = self.space(space, resources);
            self.mark(Kind::Shading, area, Arc::new(Paint { space, color: Vec::new() }), self.state.fill_alpha);
        }
    }

    /// Marks what a pattern paints in an area, each pattern once on a page (8.7).
    fn pattern(&mut self, name: Option<Vec<u8>>, area: PageBox, resources: &'a Dictionary) {
        let document = self.shared.document;
        let Some(pattern) = name.and_then(|name| resource(document, resources, b"Pattern", &name)) else { return };
        if !self.tiles.insert(std::ptr::from_ref(pattern).addr()) {
            return;
        }
        if let Ok(stream) = pattern.as_stream() {
            let own = stream.dict.get_deref(b"Resources", document).and_then(Object::as_dict).unwrap_or(resources);
            let (matrix, _) = self.frame(&stream.dict);
            let outer = (self.state.clone(), self.all_in);
            self.all_in = Some(self.all_in.unwrap_or(area));
            (self.state.fill_pattern, self.state.stroke_pattern) = (None, None);
            self.inner(stream, own, matrix, None);
            (self.state, self.all_in) = outer;
        } else if let Ok(shading) = pattern.as_dict().and_then(|pattern| pattern.get_deref(b"Shading", document)) {
            self.shade(shading, area, resources);
        }
    }
}

/// An entry of one of the lists of resources.
fn resource<'a>(document: &'a Document, resources: &'a Dictionary, list: &[u8], name: &[u8]) -> Option<&'a Object> {
    resources.get_deref(list, document).ok()?.as_dict().ok()?.get_deref(name, document).ok()
}
