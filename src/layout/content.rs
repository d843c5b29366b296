//! The inlines of a paragraph, flattened into one text with marked stretches.
//!
//! A [`Content`] is what is shaped and broken into lines: the text in logical order, and [`Segment`]s that say whose each
//! stretch is and how it looks. It knows nothing of glyphs. Start at [`Content::of`].

use std::ops::Range;
use std::sync::Arc;

use super::book::{Facts, FlowPosition, LinkTarget, Owner};
use crate::diagnostics::Span;
use crate::document::{Edition, Inline, InlineKind, NodeId, SpanRole};
use crate::geometry::{Length, Size};
use crate::graphic::{GraphicId, Graphics};
use crate::style::{CharacterStyle, Family, Figures, Style, Weight};

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
    /// Whether a line goes through it.
    pub struck: bool,
    /// How far it is raised above the baseline; negative for lowered.
    pub rise: Length,
    /// The image that stands for it.
    pub image: Option<(GraphicId, Size)>,
    /// The note that it refers to.
    pub note: Option<usize>,
}

impl Segment {
    /// The place in the flow of byte `offset` of the content's text; `None` for what is not the author's.
    pub(super) fn position(&self, offset: usize) -> Option<FlowPosition> {
        match self.owner {
            Owner::Node(node) => {
                let whole = self.note.is_some() || self.image.is_some();
                let offset = if whole { 0 } else { offset.saturating_sub(self.range.start) };
                Some(FlowPosition { node, offset: u32::try_from(offset).unwrap_or(u32::MAX) })
            }
            Owner::Marker(_)
            | Owner::TitlePage(_)
            | Owner::ContentsHeading
            | Owner::ContentsEntry(_)
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
    /// The notes of the division, by index.
    pub notes: &'a [crate::document::Note],
    /// The widest that an image can be.
    pub measure: Length,
}

#[derive(Clone)]
struct Look {
    style: CharacterStyle,
    language: Option<Arc<str>>,
    link: Option<(NodeId, LinkTarget)>,
    struck: bool,
    rise: Length,
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
        let look = Look { style, language, link: None, struck: false, rise: Length::ZERO };
        content.push_inlines(inlines, &look, context);
        content
    }

    /// One stretch of generated text.
    pub(super) fn generated(text: &str, style: CharacterStyle, owner: Owner) -> Self {
        let mut content = Self::default();
        content.push_generated(text, style, owner);
        content
    }

    /// Adds a stretch of generated text.
    pub(super) fn push_generated(&mut self, text: &str, style: CharacterStyle, owner: Owner) {
        let look = Look { style, language: None, link: None, struck: false, rise: Length::ZERO };
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
            struck: look.struck,
            rise: look.rise,
            image: None,
            note: None,
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
                self.push(text, owner, span, &look);
            }
            InlineKind::Emphasis(content) => {
                look.style.italic = !look.style.italic;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Strong(content) => {
                look.style.weight = Weight::Bold;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Strikethrough(content) => {
                look.struck = true;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Subscript(content) => {
                look.rise -= look.style.size.permille(140);
                look.style.size = look.style.size.permille(700);
                look.style.figures = Figures::Lining;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Superscript(content) => {
                raise(&mut look);
                self.push_inlines(content, &look, context);
            }
            InlineKind::Link { content, .. } => {
                look.link = match context.facts.links.get(&inline.id) {
                    None | Some(LinkTarget::Broken) => None,
                    Some(target) => Some((inline.id, target.clone())),
                };
                self.push_inlines(content, &look, context);
            }
            InlineKind::Image(image) => {
                let graphic = context.facts.images.get(&inline.id).copied();
                let size = graphic.and_then(|id| context.graphics.get(id)).map(|graphic| {
                    super::figure::natural_size(graphic, image.width, context.measure, look.style.size * 8)
                });
                if let (Some(graphic), Some(size)) = (graphic, size) {
                    if let Some(segment) = self.push("\u{fffc}", owner, span, &look) {
                        segment.image = Some((graphic, size));
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
                look.style.small_caps |= *role == SpanRole::SmallCaps;
                self.push_inlines(content, &look, context);
            }
            InlineKind::Abbreviation { content, .. }
            | InlineKind::Reference { content, .. }
            | InlineKind::Citation { content, .. } => self.push_inlines(content, &look, context),
            InlineKind::Formula(formula) => {
                self.push(&formula.tex, owner, span, &look);
            }
            InlineKind::PageReference { label } => {
                self.push(label, owner, span, &look);
            }
            InlineKind::IndexMark(_) => {}
            InlineKind::NoteReference(index) => {
                let note = context.notes.get(*index);
                let number = note
                    .and_then(|note| context.facts.note_numbers.get(&note.id))
                    .map_or_else(|| "*".to_owned(), ToString::to_string);
                look.link = note.map(|note| (inline.id, LinkTarget::Node(note.id)));
                raise(&mut look);
                if let Some(segment) = self.push(&number, owner, span, &look) {
                    segment.note = Some(*index);
                }
            }
        }
    }
}

fn raise(look: &mut Look) {
    look.rise += look.style.size.permille(330);
    look.style.size = look.style.size.permille(650);
    look.style.figures = Figures::Lining;
    look.style.tracking = 0;
}

/// Code within a line: the mono face at the size that matches the text's x-height.
fn code_style(around: CharacterStyle, style: &Style) -> CharacterStyle {
    let code = style.paragraph(crate::style::ParagraphRole::Code).character;
    let body = style.paragraph(crate::style::ParagraphRole::Body).character;
    CharacterStyle {
        family: Family::Mono,
        size: around.size.scale(code.size.raw(), body.size.raw().max(1)),
        small_caps: false,
        figures: Figures::Normal,
        tracking: 0,
        ..around
    }
}
