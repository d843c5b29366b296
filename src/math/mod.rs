//! Mathematics: TeX → what the page shows, MathML and words, from one parse.
//!
//! The parser and the layout engine are RaTeX's, a KaTeX in Rust; letters and figures are the text face's own. Knows nothing
//! of documents, lines and pages. Start at [`parse`].

mod dressing;
mod macros;
mod markup;
mod setting;
mod symbols;
#[cfg(test)]
mod tests;
mod words;

use ratex_parser::parse_node::ArrayTag;
use ratex_parser::{ParseNode, Parser};

use crate::font::{FaceId, FontBook};
use crate::geometry::{Length, Point, Rect};
pub use macros::Macros;
use markup::{Content, Element};

/// The longest formula that is read, in bytes.
const LONGEST: usize = 1 << 16;

/// How far a formula may reach, in em.
const LARGEST: f64 = 10_000.0;

/// The family whose letters and figures formulas are set in.
const FAMILY: &str = "Libertinus Serif";

/// Why a formula can't be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MathFault {
    /// What is wrong, in words.
    pub message: String,
    /// Where, in bytes of the source, as far as it is known.
    pub offset: Option<usize>,
}

/// A formula that has been understood.
#[derive(Clone, Debug)]
pub struct Formula {
    source: String,
    display: bool,
    nodes: Vec<ParseNode>,
    markup: Element,
    alt: String,
    tag: Option<String>,
}

/// A formula as the page shows it, from the left end of its baseline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFormula {
    /// How far it reaches to the right.
    pub width: Length,
    /// How far it reaches above the baseline.
    pub height: Length,
    /// How far it reaches below the baseline.
    pub depth: Length,
    /// What is painted, in order of the formula.
    pub items: Vec<MathItem>,
}

/// What is painted of a formula. Places are from the left end of the baseline, `y` downwards. A colour that is `None` is that of
/// the text around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MathItem {
    /// A glyph.
    Glyph {
        /// Its face.
        face: FaceId,
        /// Its index in the face; 0 where no face has the character.
        id: u16,
        /// Where it stands on its baseline.
        origin: Point,
        /// The size of its em.
        size: Length,
        /// How far the next glyph of a run would be.
        advance: Length,
        /// What it stands for, as text.
        text: String,
        /// Its colour.
        color: Option<[u8; 3]>,
    },
    /// A filled box: the line of a fraction.
    Rule {
        /// The box.
        rect: Rect,
        /// Its colour.
        color: Option<[u8; 3]>,
    },
    /// A filled outline (nonzero winding): an arrow, a brace.
    Path {
        /// Its steps, of one or more closed outlines.
        segments: Vec<PathSegment>,
        /// Its colour.
        color: Option<[u8; 3]>,
    },
}

/// A step of an outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// Begins an outline.
    MoveTo(Point),
    /// A straight line.
    LineTo(Point),
    /// A curve, by its two control points and its end.
    CubicTo(Point, Point, Point),
    /// A straight line to where the outline began.
    Close,
}

/// Reads a formula (what stands between the dollars), on its own line or in one. What it defines is added to `macros`, and
/// what they hold it may use. A formula that only defines is empty.
///
/// The numbers that `align` and the like would give by themselves are left out: numbering is for the whole book.
///
/// Nesting is bounded (32 levels), and so are expansions (1000), length and what is drawn; cost is linear within these bounds.
///
/// # Errors
/// Says what could not be understood.
pub fn parse(tex: &str, display: bool, macros: &mut Macros) -> Result<Formula, MathFault> {
    if tex.len() > LONGEST {
        let message = format!("the formula has {} bytes; at most {LONGEST} are read", tex.len());
        return Err(MathFault { message, offset: None });
    }
    let prepared = macros.prepare(tex)?;
    let mut nodes = Parser::new(&prepared.source).parse().map_err(|error| {
        let offset = error.loc.and_then(|place| place.start.checked_sub(prepared.before));
        MathFault { message: error.message, offset: offset.filter(|&offset| tex.is_char_boundary(offset)) }
    })?;
    let tag = prepared.tag.map(|(tag, bare)| tag_text(&tag, bare, macros));
    drop_numbers(&mut nodes);
    let boxes = ratex_layout::layout(&nodes, &setting::options(display));
    ratex_layout::validate_layout(&boxes).map_err(|message| MathFault { message, offset: None })?;
    if [boxes.width, boxes.height, boxes.depth].iter().any(|extent| !extent.is_finite() || extent.abs() > LARGEST) {
        let message = format!("the formula reaches farther than {LARGEST} em");
        return Err(MathFault { message, offset: None });
    }
    macros.keep(prepared.found);
    let markup = markup::markup(&nodes, display);
    let mut alt = words::words(&markup);
    if alt.is_empty() {
        tex.trim().clone_into(&mut alt);
    }
    Ok(Formula { source: tex.to_owned(), display, nodes, markup, alt, tag })
}

impl Formula {
    /// Sets the formula with `size` as its em. Linear in the formula; a short one takes about a tenth of a millisecond.
    #[must_use]
    pub fn set(&self, size: Length, fonts: &FontBook) -> SetFormula {
        setting::set(&self.nodes, self.display, size, fonts, FAMILY)
    }

    /// The formula as a `math` element, with its TeX source as an annotation and [`Self::alt`] as alternative text.
    #[must_use]
    pub fn mathml(&self) -> String {
        let display = if self.display { "block" } else { "inline" };
        let mut mathml = format!(
            "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"{display}\" alttext=\"{}\"><semantics>",
            markup::escape(&self.alt)
        );
        let inner = match &self.markup {
            Element { name: "mrow", .. } => self.markup.clone(),
            other => Element { name: "mrow", attributes: Vec::new(), content: Content::Elements(vec![other.clone()]) },
        };
        inner.write(&mut mathml);
        mathml.push_str("<annotation encoding=\"application/x-tex\">");
        mathml.push_str(&markup::escape(self.source.trim()));
        mathml.push_str("</annotation></semantics></math>");
        mathml
    }

    /// The formula in a line of text; its TeX source where none of it is seen.
    #[must_use]
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// The author's own number for the formula, `(1.2)`: `\tag` gives it its parentheses, `\tag*` does not. A formula of
    /// several lines with several tags keeps them beside its lines, and has none here.
    #[must_use]
    pub fn tag(&self) -> Option<String> {
        self.tag.clone()
    }
}

/// A tag as text: TeX sets it as words, in parentheses unless it is `bare`.
fn tag_text(tag: &str, bare: bool, macros: &Macros) -> String {
    let words = macros
        .prepare(&format!("\\text{{{tag}}}"))
        .ok()
        .and_then(|prepared| Parser::new(&prepared.source).parse().ok())
        .map_or_else(|| tag.to_owned(), |nodes| words::words(&markup::markup(&nodes, false)));
    if bare { words } else { format!("({words})") }
}

/// Takes out the numbers that the parser gives to lines by itself.
fn drop_numbers(nodes: &mut [ParseNode]) {
    for node in nodes {
        let ParseNode::Array { tags: Some(tags), .. } = node else { continue };
        for tag in tags {
            if matches!(tag, ArrayTag::Explicit(number) if is_automatic(number)) {
                *tag = ArrayTag::Auto(false);
            }
        }
    }
}

/// Whether a tag is a number that the parser made up: it has figures in one piece, as an author's never are.
fn is_automatic(tag: &[ParseNode]) -> bool {
    matches!(tag, [_, ParseNode::MathOrd { text, .. }, _] if text.bytes().all(|byte| byte.is_ascii_digit()))
}
