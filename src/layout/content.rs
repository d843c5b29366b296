//! The inlines of a paragraph, flattened into one text with marked stretches.
//!
//! A [`Content`] is what is shaped and broken into lines: the text in logical order, and [`Segment`]s that say whose each
//! stretch is and how it looks. It knows nothing of glyphs. Start at [`Content::of`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::book::{Artifact, Facts, FlowPosition, Ink, LinkTarget, Owner};
use super::notes::NoteNumbers;
use crate::diagnostics::Span;
use crate::document::{Direction, Edition, Formula, Inline, InlineKind, NodeId, PageForm, SpanRole, plain_text};
use crate::font::{FaceId, FontBook};
use crate::geometry::{Length, Size};
use crate::graphic::{GraphicId, Graphics};
use crate::math::SetFormula;
use crate::style::{CharacterStyle, Family, Figures, ParagraphRole, Style, Typefaces, Weight};
use crate::terms;

/// A paragraph's text, and what is known of its stretches.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    /// The text in logical order. An image is U+FFFC, a line that ends by the author's wish U+000A.
    pub text: String,
    /// The stretches in order; they cover the text.
    pub segments: Vec<Segment>,
}

/// A stretch of text that belongs to one leaf and looks the same throughout.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    /// Bytes of the content's text.
    pub range: Range<usize>,
    /// What it belongs to.
    pub owner: Owner,
    /// Where it was written.
    pub span: Option<Span>,
    /// How its letters look.
    pub style: CharacterStyle,
    /// Its language, where it is not the book's.
    pub language: Option<Arc<str>>,
    /// The link that it is part of.
    pub link: Option<(NodeId, LinkTarget)>,
    /// What is drawn around its letters.
    pub dress: Dress,
    /// How far it is raised above the baseline; negative for lowered.
    pub rise: Length,
    /// What reads in a direction of its own, whatever is around: which inline it is, and its direction.
    pub isolate: Option<(NodeId, Direction)>,
    /// What stands for it, where it is no text.
    pub inset: Option<Inset>,
    /// The note that it refers to.
    pub note: Option<usize>,
    /// Whether its text is the program's own, of which a part is no place in the flow.
    pub generated: bool,
    /// Whether no line ends before it, whatever its letters are.
    pub clings: bool,
}

/// The colour of letters, and what is drawn behind, below and around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dress {
    /// The colour.
    pub ink: Ink,
    /// Whether a line goes through them.
    pub struck: bool,
    /// Whether a line goes below them.
    pub underlined: bool,
    /// Whether they stand in a frame, as a key does.
    pub framed: bool,
    /// The ground behind them.
    pub ground: Option<Ink>,
    /// The marks that stress ideographs.
    pub marks: Option<EmphasisMarks>,
}

/// The marks by which a language stresses ideographs, one at each, where others slope the letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EmphasisMarks {
    /// Dots above, in Japanese.
    Above,
    /// Dots below, in Chinese.
    Below,
}

impl EmphasisMarks {
    /// Those of text in `language`, a BCP 47 tag.
    fn of(language: &str) -> Option<Self> {
        match language.split('-').next().unwrap_or_default() {
            "ja" => Some(Self::Above),
            "zh" => Some(Self::Below),
            _ => None,
        }
    }
}

impl Default for Dress {
    fn default() -> Self {
        Self { ink: Ink::Black, struck: false, underlined: false, framed: false, ground: None, marks: None }
    }
}

/// Something in a line that is no text.
#[derive(Clone, Debug)]
pub(super) enum Inset {
    /// An image, which stands on the baseline.
    Image(GraphicId, Size),
    /// A formula.
    Formula(Arc<SetFormula>),
}

impl Inset {
    /// How wide it is.
    pub(super) fn width(&self) -> Length {
        match self {
            Self::Image(_, size) => size.width,
            Self::Formula(formula) => formula.width,
        }
    }

    /// How far it reaches above the baseline.
    pub(super) fn height(&self) -> Length {
        match self {
            Self::Image(_, size) => size.height,
            Self::Formula(formula) => formula.height,
        }
    }

    /// How far it reaches below the baseline.
    pub(super) fn depth(&self) -> Length {
        match self {
            Self::Image(..) => Length::ZERO,
            Self::Formula(formula) => formula.depth,
        }
    }
}

/// What is shown that depends on the pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PageTexts {
    /// What each page reference says, by the reference: the label of a page, or where that is to be found.
    pub references: BTreeMap<NodeId, String>,
    /// The pages of each line of an index that lists any, by the line.
    pub locators: BTreeMap<NodeId, Vec<Locator>>,
    /// The references that say the number of a page though they could say where it is.
    pub numbered: BTreeSet<NodeId>,
}

/// A page that the index lists, or a run of such pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Locator {
    /// The labels, `12–14`.
    pub text: String,
    /// The first mark on the first of the pages.
    pub mark: NodeId,
}

impl Segment {
    /// The place in the flow of byte `offset` of the content's text; `None` for what is not the author's.
    pub(super) fn position(&self, offset: usize) -> Option<FlowPosition> {
        match self.owner {
            Owner::Node(node) => {
                let whole = self.inset.is_some() || self.generated;
                let offset = if whole { 0 } else { offset.saturating_sub(self.range.start) };
                Some(FlowPosition { node, offset: u32::try_from(offset).unwrap_or(u32::MAX) })
            }
            Owner::Marker(_)
            | Owner::Locator(..)
            | Owner::HalfTitle
            | Owner::TitlePage(_)
            | Owner::CopyrightLine(_)
            | Owner::ListHeading(_)
            | Owner::ListEntry(..)
            | Owner::Artifact(_) => None,
        }
    }
}

/// What flattening needs to know beside the inlines.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub style: &'a Style,
    pub facts: &'a Facts,
    pub graphics: &'a Graphics,
    pub texts: &'a PageTexts,
    pub fonts: &'a FontBook,
    /// The book's language.
    pub language: &'a str,
    /// The notes of the division that stand apart from its text, by index.
    pub notes: &'a [crate::document::Note],
    /// The numbers of all notes.
    pub numbers: &'a NoteNumbers,
    /// The widest that an image can be.
    pub measure: Length,
}

#[derive(Clone)]
struct Look {
    style: CharacterStyle,
    language: Option<Arc<str>>,
    link: Option<(NodeId, LinkTarget)>,
    dress: Dress,
    rise: Length,
    isolate: Option<(NodeId, Direction)>,
}

impl Look {
    fn of(style: CharacterStyle, language: Option<Arc<str>>) -> Self {
        Self { style, language, link: None, dress: Dress::default(), rise: Length::ZERO, isolate: None }
    }
}

impl Content {
    /// Flattens `inlines`, whose letters look like `style` where nothing changes them. Linear in the text.
    pub(super) fn of(
        inlines: &[Inline],
        style: CharacterStyle,
        language: Option<Arc<str>>,
        context: &Context<'_>,
    ) -> Self {
        let mut content = Self::default();
        content.push_inlines(inlines, &Look::of(style, language), context);
        content
    }

    /// One stretch of generated text.
    pub(super) fn generated(text: &str, style: CharacterStyle, owner: Owner) -> Self {
        let mut content = Self::default();
        content.push_generated(text, style, owner);
        content
    }

    /// The number of `note` before what it says, which leads back to `reference`.
    pub(super) fn note_number(number: &str, style: CharacterStyle, note: NodeId, reference: Option<&NodeId>) -> Self {
        let mut content = Self::default();
        let link = reference.map(|reference| (note, LinkTarget::Node(*reference)));
        let look = Look { link, ..Look::of(style, None) };
        content.push(number, Owner::Marker(note), None, &look);
        content
    }

    /// Adds a stretch of generated text.
    pub(super) fn push_generated(&mut self, text: &str, style: CharacterStyle, owner: Owner) {
        self.push(text, owner, None, &Look::of(style, None));
    }

    /// Adds a stretch of generated text that leads to `target`, a link of its own named by `node`.
    pub(super) fn push_link(
        &mut self,
        text: &str,
        style: CharacterStyle,
        owner: Owner,
        (node, target): (NodeId, NodeId),
    ) {
        let look = Look { link: Some((node, LinkTarget::Node(target))), ..Look::of(style, None) };
        self.push(text, owner, None, &look);
    }

    fn push(&mut self, text: &str, owner: Owner, span: Option<Span>, look: &Look) -> Option<&mut Segment> {
        if text.is_empty() {
            return None;
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.segments.push(Segment {
            range: start..self.text.len(),
            owner,
            span,
            style: look.style,
            language: look.language.clone(),
            link: look.link.clone(),
            dress: look.dress,
            rise: look.rise,
            isolate: look.isolate,
            inset: None,
            note: None,
            generated: false,
            clings: false,
        });
        self.segments.last_mut()
    }

    fn push_inlines(&mut self, inlines: &[Inline], look: &Look, context: &Context<'_>) {
        for inline in inlines {
            let mut look = look.clone();
            if inline.attributes.edition == Some(Edition::Epub) {
                continue;
            }
            if inline.attributes.language.is_some() {
                look.language.clone_from(&inline.attributes.language);
            }
            if let Some(direction) = inline.attributes.direction {
                look.isolate = Some((inline.id, direction));
            }
            self.push_inline(inline, look, context);
        }
    }

    fn push_inline(&mut self, inline: &Inline, mut look: Look, context: &Context<'_>) {
        let owner = Owner::Node(inline.id);
        let span = Some(inline.span);
        match &inline.kind {
            InlineKind::Text(text) => {
                self.push(text, owner, span, &look);
            }
            InlineKind::Code(text) => {
                look.style = code_style(look.style, context.style);
                look.isolate = Some((inline.id, Direction::LeftToRight));
                self.push(text, owner, span, &look);
            }
            InlineKind::Emphasis(content) => {
                look.style.italic = !look.style.italic;
                look.dress.marks = EmphasisMarks::of(look.language.as_deref().unwrap_or(context.language));
                self.push_inlines(content, &look, context);
            }
            InlineKind::Strong(content) => {
                look.style.weight = Weight::Bold;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Strikethrough(content) => {
                look.dress.struck = true;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Subscript(content) => {
                look.rise -= look.style.size.permille(140);
                look.style.size = look.style.size.permille(700);
                look.style.figures = Figures::Lining;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Superscript(content) => {
                let plain = content.iter().all(|inline| matches!(inline.kind, InlineKind::Text(_)));
                raise(&mut look, plain.then(|| plain_text(content)).as_deref(), context);
                self.push_inlines(content, &look, context);
            }
            InlineKind::Link { content, .. }
            | InlineKind::Reference { content, .. }
            | InlineKind::Citation { content, .. } => {
                match context.facts.links.get(&inline.id) {
                    Some(LinkTarget::Broken) | None => {}
                    Some(target) => look.link = Some((inline.id, target.clone())),
                }
                self.push_inlines(content, &look, context);
            }
            InlineKind::Image(image) => {
                let graphic = context.facts.images.get(&inline.id).copied();
                let room = Size::new(context.measure, look.style.size * 8);
                let size = graphic
                    .and_then(|id| context.graphics.get(id))
                    .map(|graphic| super::flow::image_size(graphic, image.width, room));
                if let (Some(graphic), Some(size)) = (graphic, size) {
                    if let Some(segment) = self.push("\u{fffc}", owner, span, &look) {
                        segment.inset = Some(Inset::Image(graphic, size));
                    }
                } else {
                    look.style.italic = true;
                    self.push(image.stand_in(), owner, span, &look);
                }
            }
            InlineKind::LineBreak => {
                self.push("\n", owner, span, &look);
            }
            InlineKind::Span(role, content) => {
                let plain = look.clone();
                dress(*role, &mut look, context.style);
                // The frame of a key stands clear of the words around it.
                let clear = if *role == SpanRole::Keyboard { "\u{202f}" } else { "" };
                self.push(clear, Owner::Artifact(Artifact::Layout), None, &plain);
                self.push_inlines(content, &look, context);
                self.push(clear, Owner::Artifact(Artifact::Layout), None, &plain);
            }
            InlineKind::Abbreviation { content, .. } => self.push_inlines(content, &look, context),
            InlineKind::Formula(formula) => self.push_formula(inline, formula, look, context),
            InlineKind::PageReference { form, .. } => self.push_page_reference(inline, *form, look, context),
            InlineKind::IndexMark(_) => {}
            InlineKind::NoteReference(index) => {
                let Some(LinkTarget::Node(note)) = context.facts.links.get(&inline.id) else { return };
                let number = context.numbers.shown(*note);
                look.link = Some((inline.id, LinkTarget::Node(*note)));
                if context.numbers.even {
                    raise(&mut look, None, context);
                    look.style.figures = Figures::Tabular;
                } else {
                    raise(&mut look, Some(&number), context);
                }
                if let Some(segment) = self.push(&number, owner, span, &look) {
                    segment.note = Some(*index).filter(|index| *index < context.notes.len());
                    segment.generated = true;
                    segment.clings = true;
                }
            }
        }
    }

    /// A formula, or its source where it was not understood.
    fn push_formula(&mut self, inline: &Inline, formula: &Formula, mut look: Look, context: &Context<'_>) {
        let (owner, span) = (Owner::Node(inline.id), Some(inline.span));
        if let Some(parsed) = context.facts.formulas.get(&inline.id) {
            let set = parsed.set(look.style.size, context.fonts);
            if let Some(segment) = self.push("\u{fffc}", owner, span, &look) {
                segment.inset = Some(Inset::Formula(Arc::new(set)));
            }
        } else {
            look.style = code_style(look.style, context.style);
            if let Some(segment) = self.push(&formula.tex, owner, span, &look) {
                segment.generated = true;
            }
        }
    }

    /// What a reference says of a page; room for two figures where that is not known yet.
    fn push_page_reference(&mut self, inline: &Inline, form: PageForm, mut look: Look, context: &Context<'_>) {
        if let Some(target @ (LinkTarget::Node(_) | LinkTarget::External(_))) = context.facts.links.get(&inline.id) {
            look.link = Some((inline.id, target.clone()));
        }
        let text = context.texts.references.get(&inline.id).cloned().unwrap_or_else(|| match form {
            PageForm::Number => "00".to_owned(),
            PageForm::Where => terms::on_page("00", context.language),
        });
        if let Some(segment) = self.push(&text, Owner::Node(inline.id), Some(inline.span), &look) {
            segment.generated = true;
        }
    }
}

/// Dresses the letters of a span.
fn dress(role: SpanRole, look: &mut Look, style: &Style) {
    match role {
        SpanRole::Proportional if look.style.figures == Figures::Tabular => look.style.figures = Figures::Lining,
        // The initial over several lines is taken out by the paragraph that it begins; elsewhere it is plain.
        SpanRole::Plain | SpanRole::DropCap | SpanRole::Proportional => {}
        SpanRole::SmallCaps => {
            look.style.small_caps = true;
            look.style.tracking = look.style.tracking.max(30);
        }
        SpanRole::OldStyle => look.style.figures = Figures::OldStyle,
        SpanRole::Lining => look.style.figures = Figures::Lining,
        SpanRole::Tabular => look.style.figures = Figures::Tabular,
        SpanRole::Fraction => look.style.fractions = true,
        SpanRole::Underline => look.dress.underlined = true,
        SpanRole::Highlight => look.dress.ground = Some(Ink::Tint(style.tint)),
        SpanRole::Keyboard => {
            look.style.family = Family::Sans;
            look.style.size = look.style.size.permille(820);
            look.style.figures = Figures::Lining;
            look.dress.framed = true;
        }
    }
}

/// The face of a style's letters.
pub(super) fn face_of(fonts: &FontBook, typefaces: &Typefaces, style: &CharacterStyle) -> FaceId {
    fonts.select(typefaces.name(style.family), style.weight.number(), style.italic)
}

/// Makes letters superior: by the font's own forms where it has them for all of `text`, else smaller and higher.
fn raise(look: &mut Look, text: Option<&str>, context: &Context<'_>) {
    let face = face_of(context.fonts, &context.style.typefaces, &look.style);
    look.style.tracking = 0;
    look.style.small_caps = false;
    if text.is_some_and(|text| context.fonts.face(face).has_superiors(text)) {
        look.style.superior = true;
        return;
    }
    look.rise += look.style.size.permille(330);
    look.style.size = look.style.size.permille(650);
    look.style.figures = Figures::Lining;
}

/// Code within a line: the mono face at the size that matches the text's x-height.
fn code_style(around: CharacterStyle, style: &Style) -> CharacterStyle {
    let code = style.paragraph(ParagraphRole::Code).character;
    let body = style.paragraph(ParagraphRole::Body).character;
    CharacterStyle {
        family: Family::Mono,
        size: around.size.scale(code.size.raw(), body.size.raw().max(1)),
        small_caps: false,
        figures: Figures::Normal,
        fractions: false,
        superior: false,
        tracking: 0,
        ..around
    }
}
