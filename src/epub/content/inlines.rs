//! Inlines → XHTML. Start at [`Writer::inlines`].

use std::fmt::Write as _;

use super::{NO_PAGE, Writer, shown};
use crate::document::{Formula, Image, Inline, InlineKind, NodeId, PageForm, SpanRole, plain_text};
use crate::epub::xml::{self, attribute, escaped};
use crate::layout::book::{FlowPosition, LinkTarget};
use crate::terms;

/// What no line ends with.
const OPENING: [char; 8] = ['(', '[', '“', '‘', '„', '‚', '«', '‹'];

/// What joins a word to a formula.
const HYPHENS: [char; 5] = ['-', '\u{2010}', '\u{2011}', '–', '—'];

/// U+2060, beside which no line ends.
const WORD_JOINER: char = '\u{2060}';

impl<'a> Writer<'a> {
    pub(super) fn inlines(&mut self, content: &'a [Inline]) {
        let mut rest = content.iter().filter(|inline| shown(&inline.attributes)).peekable();
        while let Some(inline) = rest.next() {
            if let InlineKind::Formula(formula) = &inline.kind {
                self.formula(inline, formula, rest.peek().copied());
            } else {
                self.inline(inline);
            }
        }
    }

    /// A formula in the text. A browser ends lines on both sides of one, whatever stands there: brackets and stops, what is
    /// joined by a hyphen and the mark of a note are kept with it.
    fn formula(&mut self, inline: &Inline, formula: &Formula, next: Option<&Inline>) {
        self.breaks_before(inline.id);
        let text = self.out.trim_end_matches(OPENING).len();
        let opening = self.out.split_off(text);
        if !opening.is_empty() {
            let _ = write!(self.out, "<span class=\"kept\">{opening}");
        }
        let mut markup = self.formula_markup(inline.id, formula);
        let joins = |letter: char| letter.is_alphanumeric() || HYPHENS.contains(&letter);
        let joined = next.is_some_and(|next| {
            matches!(&next.kind, InlineKind::NoteReference(_))
                || matches!(&next.kind, InlineKind::Text(words) if words.starts_with(joins))
        });
        if joined {
            markup.push(WORD_JOINER);
        }
        self.wrapped("span", inline, "kept generated", |writer| writer.out.push_str(&markup));
        if !opening.is_empty() {
            self.out.push_str("</span>");
        }
        self.previous = None;
    }

    fn inline(&mut self, inline: &'a Inline) {
        match &inline.kind {
            InlineKind::Text(words) if self.is_plain(inline) => self.text(inline.id, words),
            InlineKind::Text(words) => self.wrapped("span", inline, "", |writer| writer.text(inline.id, words)),
            InlineKind::Code(words) => {
                self.in_code = true;
                self.wrapped("code", inline, "", |writer| writer.text(inline.id, words));
                self.in_code = false;
            }
            InlineKind::Emphasis(content) => self.wrapped("em", inline, "", |writer| writer.inlines(content)),
            InlineKind::Strong(content) => self.wrapped("strong", inline, "", |writer| writer.inlines(content)),
            InlineKind::Strikethrough(content) => self.wrapped("del", inline, "", |writer| writer.inlines(content)),
            InlineKind::Subscript(content) => self.wrapped("sub", inline, "", |writer| writer.inlines(content)),
            InlineKind::Superscript(content) => self.wrapped("sup", inline, "", |writer| writer.inlines(content)),
            InlineKind::Span(role, content) => self.span(inline, *role, content),
            InlineKind::Abbreviation { expansion, content } => {
                self.out.push_str("<abbr");
                self.attributes(inline.id, &inline.attributes, "");
                if !expansion.trim().is_empty() {
                    attribute("title", expansion, &mut self.out);
                }
                self.out.push('>');
                self.inlines(content);
                self.out.push_str("</abbr>");
            }
            InlineKind::Link { title, content, .. } => self.link(inline, title, content),
            InlineKind::Reference { content, .. } | InlineKind::Citation { content, .. } => {
                self.link(inline, "", content);
            }
            InlineKind::PageReference { form, .. } => self.page_reference(inline, *form),
            InlineKind::Image(image) => self.image(inline, image),
            InlineKind::LineBreak => {
                self.out.push_str("<br/>");
                self.previous = None;
            }
            InlineKind::NoteReference(_) => {
                self.breaks_before(inline.id);
                self.note_reference(inline);
            }
            InlineKind::Formula(formula) => self.formula(inline, formula, None),
            InlineKind::IndexMark(_) => {
                if self.places.ids.contains_key(&inline.id) {
                    self.wrapped("span", inline, "", |_| {});
                }
            }
        }
    }

    /// Whether nothing need be said of an inline beside its text.
    fn is_plain(&self, inline: &Inline) -> bool {
        let language = inline.attributes.language.as_deref().and_then(xml::language_tag);
        language.is_none()
            && inline.attributes.edition.is_none()
            && !self.places.ids.contains_key(&inline.id)
            && self.book.facts.directions.change(inline.id).is_none()
    }

    pub(super) fn language(&mut self, language: Option<&str>) {
        if let Some(tag) = language.and_then(xml::language_tag) {
            attribute("lang", tag, &mut self.out);
            attribute("xml:lang", tag, &mut self.out);
        }
    }

    fn wrapped(&mut self, tag: &str, inline: &Inline, class: &str, write: impl FnOnce(&mut Self)) {
        let _ = write!(self.out, "<{tag}");
        self.attributes(inline.id, &inline.attributes, class);
        self.out.push('>');
        write(self);
        let _ = write!(self.out, "</{tag}>");
    }

    fn span(&mut self, span: &'a Inline, role: SpanRole, content: &'a [Inline]) {
        let (tag, class) = match role {
            SpanRole::Plain if self.is_plain(span) => return self.inlines(content),
            SpanRole::Plain => ("span", ""),
            SpanRole::SmallCaps => ("span", "small-caps"),
            SpanRole::Underline => ("u", ""),
            SpanRole::Keyboard => ("kbd", ""),
            SpanRole::Highlight => ("mark", ""),
            SpanRole::DropCap => ("span", "drop-cap"),
            SpanRole::OldStyle => ("span", "old-style"),
            SpanRole::Lining => ("span", "lining"),
            SpanRole::Tabular => ("span", "tabular"),
            SpanRole::Proportional => ("span", "proportional"),
            SpanRole::Fraction => ("span", "fraction"),
        };
        self.wrapped(tag, span, class, |writer| writer.inlines(content));
    }

    fn image(&mut self, inline: &Inline, image: &Image) {
        self.breaks_before(inline.id);
        let markup = self
            .image_markup(inline.id, image)
            .unwrap_or_else(|| format!("<span class=\"missing generated\">{}</span>", escaped(image.stand_in())));
        if self.is_plain(inline) {
            self.out.push_str(&markup);
        } else {
            self.wrapped("span", inline, "", |writer| writer.out.push_str(&markup));
        }
        self.previous = None;
    }

    /// Where an inline leads, as an address; `None` where it leads nowhere or stands within another link.
    fn address(&self, inline: &Inline) -> Option<String> {
        let address = match self.book.facts.links.get(&inline.id) {
            Some(LinkTarget::Node(node)) => self.places.address(*node),
            Some(LinkTarget::External(address)) => xml::external_address(address),
            Some(LinkTarget::Broken) | None => None,
        };
        address.filter(|_| !self.in_link)
    }

    /// The node of this book that an inline leads to.
    fn target(&self, inline: &Inline) -> Option<NodeId> {
        match self.book.facts.links.get(&inline.id) {
            Some(LinkTarget::Node(node)) => Some(*node),
            Some(LinkTarget::External(_) | LinkTarget::Broken) | None => None,
        }
    }

    fn link(&mut self, link: &'a Inline, title: &str, content: &'a [Inline]) {
        // A link without words could not be followed.
        let address = self.address(link).filter(|_| !plain_text(content).trim().is_empty());
        let Some(address) = address else {
            if self.is_plain(link) {
                self.inlines(content);
            } else {
                self.wrapped("span", link, "", |writer| writer.inlines(content));
            }
            return;
        };
        self.breaks_before_first(std::slice::from_ref(link));
        self.out.push_str("<a");
        self.attributes(link.id, &link.attributes, "");
        if self.target(link).is_some_and(|node| self.works.contains(&node)) {
            self.out.push_str(" epub:type=\"biblioref\" role=\"doc-biblioref\"");
        }
        attribute("href", &address, &mut self.out);
        if !title.is_empty() {
            attribute("title", title, &mut self.out);
        }
        self.out.push('>');
        self.in_link = true;
        self.inlines(content);
        self.in_link = false;
        self.out.push_str("</a>");
        let references = std::mem::take(&mut self.after_link);
        self.out.push_str(&references);
    }

    /// Writes the pages that start before the first words of `content`.
    pub(super) fn breaks_before_first(&mut self, content: &[Inline]) {
        let (mut first, mut inlines) = (None, content);
        while let Some(inline) = inlines.iter().find(|inline| shown(&inline.attributes)) {
            (first, inlines) = (Some(inline.id), inline.children());
        }
        if let Some(node) = first {
            self.breaks_up_to(Some(FlowPosition { node, offset: 0 }));
        }
    }

    /// Writes the label of the print page on which the target begins.
    fn page_reference(&mut self, reference: &Inline, form: PageForm) {
        self.breaks_before(reference.id);
        let label = self.target(reference).and_then(|node| self.page_label(node));
        let label = label.as_deref().unwrap_or(NO_PAGE);
        let label = match form {
            PageForm::Number => escaped(label),
            // Here no page faces another.
            PageForm::Where => escaped(&terms::on_page(label, &self.book.document.metadata.language)),
        };
        let address = self.address(reference);
        let tag = if address.is_some() { "a" } else { "span" };
        let _ = write!(self.out, "<{tag}");
        self.attributes(reference.id, &reference.attributes, "page-reference generated");
        if let Some(address) = address {
            attribute("href", &address, &mut self.out);
        }
        let _ = write!(self.out, ">{label}</{tag}>");
        self.previous = None;
    }

    fn note_reference(&mut self, reference: &Inline) {
        let Some(note) = self.target(reference) else { return };
        let Some(number) = self.book.facts.note_numbers.get(&note) else { return };
        let Some(ids) = self.notes.get_mut(&note) else { return };
        let Some((id, _)) = ids.references.get(ids.written) else { return };
        ids.written += 1;
        let address = self.places.address_from(self.number, ids.file, &ids.note);
        let out = if self.in_link { &mut self.after_link } else { &mut self.out };
        out.push_str("<a class=\"noteref generated\" epub:type=\"noteref\" role=\"doc-noteref\"");
        attribute("id", id, out);
        attribute("href", &address, out);
        let _ = write!(out, ">{number}</a>");
    }
}
