//! Runs of inlines → paragraphs, headings, figures, formulas and captions; quotations → admonitions.
//!
//! Start at [`Builder::push_paragraph`].

use std::ops::Range;

use super::attributes::{self, Parsed};
use super::tree::{Builder, Open, block, inline};
use crate::diagnostics::Span;
use crate::document::{
    AdmonitionKind, Attributes, Block, BlockKind, Formula, Inline, InlineKind, SpanRole, plain_text,
};

impl Builder<'_> {
    /// Adds a block.
    pub(super) fn push_block(&mut self, kind: BlockKind, range: Range<usize>) {
        let span = self.block_span(range);
        self.push_ready(block(kind, span));
    }

    /// Adds a block that is complete. Places to link to that stand alone before it join it, and a caption joins its
    /// table.
    pub(super) fn push_ready(&mut self, mut new: Block) {
        let captions = !self.settings.mdbook;
        let last = self.top().blocks.last_mut();
        match (last, &mut new.kind) {
            (Some(last), BlockKind::Paragraph(content) | BlockKind::Heading { content, .. }) if is_anchors(last) => {
                if let BlockKind::Paragraph(anchors) = &mut last.kind {
                    if is_anchor_run(content) {
                        anchors.append(content);
                        return;
                    }
                    content.splice(0..0, std::mem::take(anchors));
                    self.top().blocks.pop();
                }
            }
            (Some(Block { kind: BlockKind::Table(table), attributes, .. }), BlockKind::Paragraph(content))
                if captions && table.caption.is_empty() && is_caption(content) =>
            {
                take_caption_mark(content);
                // The attributes were taken from the text before it came here.
                table.caption = std::mem::take(content);
                if attributes.label.is_none() {
                    *attributes = new.attributes;
                }
                return;
            }
            (Some(Block { kind: BlockKind::Paragraph(content), attributes, .. }), BlockKind::Table(table))
                if captions && table.caption.is_empty() && is_caption(content) =>
            {
                take_caption_mark(content);
                table.caption = std::mem::take(content);
                new.attributes = std::mem::take(attributes);
                self.top().blocks.pop();
            }
            (Some(_) | None, _) => {}
        }
        self.top().blocks.push(new);
    }

    /// What has to be done to every run of inlines that is complete.
    pub(super) fn finish_run(&mut self, inlines: &mut Vec<Inline>) {
        trim(inlines);
        *inlines = self.resolve(std::mem::take(inlines), false);
        trim(inlines);
        self.shown.clear();
        self.displays.clear();
    }

    /// A paragraph, or what it is when it holds nothing but an image, or a formula that wants lines of its own.
    pub(super) fn push_paragraph(&mut self, mut inlines: Vec<Inline>, range: Range<usize>) {
        trim(&mut inlines);
        if !inlines.iter().any(|inline| self.is_display(inline)) {
            return self.push_text_paragraph(inlines, range);
        }
        let mut before: Vec<Inline> = Vec::new();
        let mut rest = inlines.into_iter().peekable();
        while let Some(next) = rest.next() {
            let InlineKind::Formula(formula) = &next.kind else {
                before.push(next);
                continue;
            };
            if !self.displays.contains(&next.span.start) {
                before.push(next);
                continue;
            }
            self.push_piece(std::mem::take(&mut before));
            let mut attributes = next.attributes.clone();
            if let Some(Inline { kind: InlineKind::Text(words), span, .. }) = rest.peek_mut() {
                let space = words.len() - words.trim_start().len();
                if let Some((mut parsed, length)) = attributes::parse(words.trim_start()) {
                    attributes = parsed.attributes();
                    self.warn_left(&parsed, &(next.span.start as usize..span.end as usize));
                    words.drain(..space + length);
                    // The words are as long as their source where nothing in them was decoded; else this is near it.
                    let skipped = u32::try_from(space + length).unwrap_or(u32::MAX);
                    span.start = span.start.saturating_add(skipped).min(span.end);
                }
            }
            let formula = Formula { tex: formula.tex.clone() };
            self.push_ready(Block { attributes, ..block(BlockKind::Formula(formula), next.span) });
        }
        self.push_piece(before);
        self.displays.clear();
    }

    fn is_display(&self, inline: &Inline) -> bool {
        matches!(inline.kind, InlineKind::Formula(_)) && self.displays.contains(&inline.span.start)
    }

    /// A piece of a paragraph that formulas divide.
    fn push_piece(&mut self, mut inlines: Vec<Inline>) {
        if let Some(Inline { kind: InlineKind::Text(words), .. }) = inlines.first_mut() {
            words.drain(..words.len() - words.trim_start_matches(' ').len());
            if words.is_empty() {
                inlines.remove(0);
            }
        }
        trim(&mut inlines);
        if let (Some(first), Some(last)) = (inlines.first(), inlines.last()) {
            let range = first.span.start as usize..last.span.end as usize;
            self.push_text_paragraph(inlines, range);
        }
    }

    fn push_text_paragraph(&mut self, mut inlines: Vec<Inline>, range: Range<usize>) {
        if inlines.is_empty() {
            return;
        }
        let mut attributes = Attributes::default();
        if !self.settings.mdbook
            && is_caption(&inlines)
            && let Some(mut parsed) = self.take_attributes(&mut inlines)
        {
            attributes = parsed.attributes_with_placement();
            self.warn_left(&parsed, &range);
        }
        let mut shown = std::mem::take(&mut self.shown);
        self.finish_run(&mut inlines);
        let span = self.block_span(range);
        let kind = match inlines.as_mut_slice() {
            [] => return,
            [Inline { span, attributes: own, kind: InlineKind::Image(image), .. }] => {
                attributes = std::mem::take(own);
                let shown = shown.remove(&span.start).unwrap_or_default();
                let mut caption = shown.content;
                if !shown.title.trim().is_empty() {
                    caption = vec![inline(InlineKind::Text(shown.title), *span)];
                } else if attributes.label.is_some() && !self.settings.mdbook {
                    let written = plain_text(&caption);
                    self.finish_run(&mut caption);
                    // A note in the caption is no part of what the image shows.
                    let has_note = caption.iter().any(|inline| matches!(inline.kind, InlineKind::NoteReference(_)));
                    if has_note && image.alt == written.trim() {
                        plain_text(&caption).trim().clone_into(&mut image.alt);
                    }
                } else {
                    caption.clear();
                }
                BlockKind::Figure { image: std::mem::take(image), caption }
            }
            _ => {
                self.take_placements(&mut inlines);
                self.warn_of_notes_in_images(&inlines);
                BlockKind::Paragraph(inlines)
            }
        };
        self.push_ready(Block { attributes, ..block(kind, span) });
    }

    /// Warns of images within a text that ask for another place than theirs.
    fn take_placements(&mut self, inlines: &mut [Inline]) {
        for image in inlines.iter_mut().filter(|inline| inline.attributes.placement.is_some()) {
            image.attributes.placement = None;
            let range = image.span.start as usize..image.span.end as usize;
            let help = "let the image stand in a paragraph of its own";
            self.warn("unknown-attribute", &range, "`placement=` means nothing within a line", help);
        }
    }

    /// Warns of `![words[^1]](address)`, which CommonMark's rules of links, and pulldown-cmark, make text of.
    fn warn_of_notes_in_images(&mut self, inlines: &[Inline]) {
        let mut open = None;
        for inline in inlines {
            match (&inline.kind, open) {
                (InlineKind::Text(words), Some((start, true))) if closes_image(words) => {
                    let range = start..inline.span.end as usize;
                    let help = "write the note as `^[its words]`";
                    self.warn(
                        "note-in-image",
                        &range,
                        "a note in the brackets of an image makes text of the image",
                        help,
                    );
                    open = None;
                }
                (InlineKind::Text(words), _) => {
                    open = words
                        .rfind("![")
                        .filter(|at| !words[*at..].contains(']'))
                        .map(|_| (inline.span.start as usize, false));
                }
                (InlineKind::NoteReference(_), Some((start, _))) => open = Some((start, true)),
                (InlineKind::LineBreak, _) => open = None,
                _ => {}
            }
        }
    }

    /// A heading; one without words is left out.
    pub(super) fn push_heading(
        &mut self,
        level: u8,
        mut attributes: Attributes,
        mut inlines: Vec<Inline>,
        range: Range<usize>,
    ) {
        trim(&mut inlines);
        let mut unnumbered = false;
        if let Some(mut parsed) = self.take_attributes(&mut inlines) {
            unnumbered = parsed.take_class("unnumbered");
            parsed.take_class("unlisted");
            attributes = parsed.attributes();
            self.warn_left(&parsed, &range);
        }
        self.finish_run(&mut inlines);
        if plain_text(&inlines).trim().is_empty() && !inlines.iter().any(|i| matches!(i.kind, InlineKind::Image(_))) {
            self.warn("empty-heading", &range, "a heading without words is left out", "give it words");
            return;
        }
        let span = self.block_span(range);
        let kind = BlockKind::Heading { level, unnumbered, content: inlines };
        self.push_ready(Block { attributes, ..block(kind, span) });
    }

    /// A quotation, or the admonition that it is.
    pub(super) fn close_quote(&mut self, kind: Option<AdmonitionKind>, mut blocks: Vec<Block>, range: Range<usize>) {
        if let Some(kind) = kind {
            return self.push_block(BlockKind::Admonition { kind, title: Vec::new(), blocks }, range);
        }
        if blocks.is_empty() {
            return;
        }
        if let Some((kind, title)) = take_notice(&mut blocks, self.text, self.settings.mdbook) {
            return self.push_block(BlockKind::Admonition { kind, title, blocks }, range);
        }
        self.push_block(BlockKind::Quote(blocks), range);
    }

    /// Where a block begins or ends, so does a paragraph that the parser did not mark: that of a tight item, or of raw
    /// HTML.
    pub(super) fn end_paragraph(&mut self) {
        self.dissolve_tags();
        let top = self.top();
        if !matches!(
            top.open,
            Open::File | Open::Quote(_) | Open::Item { .. } | Open::Note(_) | Open::Meaning | Open::Made(_)
        ) {
            return;
        }
        let inlines = std::mem::take(&mut top.inlines);
        if let (Some(first), Some(last)) = (inlines.first(), inlines.last()) {
            let range = first.span.start as usize..last.span.end as usize;
            self.push_paragraph(inlines, range);
        }
        self.at_space = true;
    }

    /// Takes the attributes in braces from the end of a run of inlines: those that belong to the run, not to a link, an
    /// image or code at its end.
    pub(super) fn take_attributes(&mut self, inlines: &mut Vec<Inline>) -> Option<Parsed> {
        /// How many braces are tried: one may stand in a value.
        const TRIES: usize = 4;
        let alone = inlines.len() == 1;
        let Inline { kind: InlineKind::Text(words), span, .. } = inlines.last_mut()? else { return None };
        let body = words.trim_end();
        if !body.ends_with('}') {
            return None;
        }
        for (at, _) in body.rmatch_indices('{').take(TRIES) {
            let written = &body[at..];
            let belongs = match body[..at].chars().next_back() {
                Some(before) => before != ']',
                None => alone,
            };
            // What was escaped, or written as a character reference, is text.
            let source = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
            let Some(before) = source.trim_end().strip_suffix(written) else { continue };
            let Some((parsed, length)) = attributes::parse(written) else { continue };
            if !belongs || length != written.len() || before.ends_with('\\') {
                continue;
            }
            words.truncate(at);
            span.end = span.start.saturating_add(u32::try_from(before.len()).unwrap_or(u32::MAX));
            trim(inlines);
            return Some(parsed);
        }
        None
    }

    /// Warns of attributes that mean nothing where they stand.
    pub(super) fn warn_left(&mut self, parsed: &Parsed, range: &Range<usize>) {
        let left = parsed.left();
        if !left.is_empty() {
            let message = format!("`{}` means nothing here", left.join(" "));
            self.warn("unknown-attribute", range, &message, "see that it is spelt right, or take it out");
        }
    }
}

/// The caption of a figure, a table or code.
pub(super) fn caption_of(kind: &mut BlockKind) -> Option<&mut Vec<Inline>> {
    if let BlockKind::Figure { caption, .. } = kind {
        Some(caption)
    } else if let BlockKind::Table(table) = kind {
        Some(&mut table.caption)
    } else if let BlockKind::Code(code) = kind {
        Some(&mut code.caption)
    } else {
        None
    }
}

/// Whether a block is a paragraph with nothing but places to link to.
fn is_anchors(block: &Block) -> bool {
    matches!(&block.kind, BlockKind::Paragraph(content) if is_anchor_run(content))
}

fn is_anchor_run(content: &[Inline]) -> bool {
    content.iter().all(|inline| match &inline.kind {
        InlineKind::Span(SpanRole::Plain, inner) => inner.is_empty(),
        InlineKind::Text(words) => words.trim().is_empty(),
        InlineKind::IndexMark(_) => true,
        InlineKind::Emphasis(_)
        | InlineKind::Strong(_)
        | InlineKind::Strikethrough(_)
        | InlineKind::Subscript(_)
        | InlineKind::Superscript(_)
        | InlineKind::Code(_)
        | InlineKind::Link { .. }
        | InlineKind::Image(_)
        | InlineKind::LineBreak
        | InlineKind::NoteReference(_)
        | InlineKind::Span(..)
        | InlineKind::Abbreviation { .. }
        | InlineKind::Formula(_)
        | InlineKind::Reference { .. }
        | InlineKind::PageReference { .. }
        | InlineKind::Citation { .. } => false,
    })
}

/// What a caption of a table begins with (pandoc's `table_captions`).
const CAPTION_MARKS: [&str; 3] = [": ", "Table: ", "table: "];

fn is_caption(content: &[Inline]) -> bool {
    matches!(content, [Inline { kind: InlineKind::Text(words), .. }, ..] if CAPTION_MARKS.iter().any(|mark| words.starts_with(mark)))
}

/// Takes away what a caption begins with.
fn take_caption_mark(content: &mut [Inline]) {
    if let Some(Inline { kind: InlineKind::Text(words), span, .. }) = content.first_mut()
        && let Some(mark) = CAPTION_MARKS.iter().find(|mark| words.starts_with(**mark))
    {
        take_start(words, span, mark.len());
    }
}

/// What a quotation that begins with a notice's name is: `**Note**:`, `**Warning!**` or the like in bold, or a bold name on
/// a line of its own; in an mdBook also `Note:` in plain letters. The name becomes the title, as the author wrote it.
fn take_notice(blocks: &mut Vec<Block>, text: &str, mdbook: bool) -> Option<(AdmonitionKind, Vec<Inline>)> {
    let BlockKind::Paragraph(content) = &mut blocks.first_mut()?.kind else { return None };
    let (kind, title) = match content.as_mut_slice() {
        [Inline { kind: InlineKind::Strong(inner), span, .. }, ..] => {
            let name = plain_text(inner);
            let word = name.trim().trim_end_matches([':', '!', '.']);
            let marked = word.len() < name.trim().len();
            let kind = notice(word)?;
            let mut title = vec![inline(InlineKind::Text(name), *span)];
            let after = content.get_mut(1);
            if let Some(Inline { kind: InlineKind::Text(words), span, .. }) = after {
                if words.starts_with(':') {
                    take_start(words, span, 1);
                    if let Some(Inline { kind: InlineKind::Text(name), .. }) = title.first_mut() {
                        name.push(':');
                    }
                } else if !marked && text.as_bytes().get(span.start as usize).is_none_or(|byte| *byte >= b' ') {
                    return None;
                }
                let space = words.len() - words.trim_start_matches(' ').len();
                take_start(words, span, space);
            } else if !matches!(after, None | Some(Inline { kind: InlineKind::LineBreak, .. })) {
                return None;
            }
            content.remove(0);
            (kind, title)
        }
        [Inline { kind: InlineKind::Text(words), span, .. }, ..] if mdbook => {
            let (name, _) = words.split_once(": ")?;
            let kind = notice(name)?;
            let title = name.to_owned() + ":";
            let place = Span { end: span.start + u32::try_from(title.len()).ok()?, ..*span };
            take_start(words, span, title.len() + 1);
            (kind, vec![inline(InlineKind::Text(title), place)])
        }
        _ => return None,
    };
    if let Some(Inline { kind: InlineKind::Text(words), .. }) = content.first()
        && words.is_empty()
    {
        content.remove(0);
    }
    trim(content);
    if content.is_empty() {
        blocks.remove(0);
    }
    Some((kind, title))
}

/// Takes the first `length` bytes from a text.
fn take_start(words: &mut String, span: &mut Span, length: usize) {
    words.drain(..length.min(words.len()));
    span.start = span.start.saturating_add(u32::try_from(length).unwrap_or(u32::MAX)).min(span.end);
}

/// The kind of notice that a word names.
pub(super) fn notice(name: &str) -> Option<AdmonitionKind> {
    let kinds = [
        ("note", AdmonitionKind::Note),
        ("tip", AdmonitionKind::Tip),
        ("important", AdmonitionKind::Important),
        ("warning", AdmonitionKind::Warning),
        ("caution", AdmonitionKind::Caution),
    ];
    kinds.into_iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, kind)| kind)
}

/// Removes line breaks and spaces at both ends: they are there because something between was left out.
pub(super) fn trim(inlines: &mut Vec<Inline>) {
    let leading = inlines.iter().take_while(|inline| inline.kind == InlineKind::LineBreak).count();
    inlines.drain(..leading);
    while let Some(last) = inlines.last_mut() {
        match &mut last.kind {
            InlineKind::LineBreak => {}
            InlineKind::Text(words) => {
                words.truncate(words.trim_end_matches(' ').len());
                if !words.is_empty() {
                    return;
                }
            }
            InlineKind::Emphasis(_)
            | InlineKind::Strong(_)
            | InlineKind::Strikethrough(_)
            | InlineKind::Subscript(_)
            | InlineKind::Superscript(_)
            | InlineKind::Code(_)
            | InlineKind::Link { .. }
            | InlineKind::Image(_)
            | InlineKind::Span(..)
            | InlineKind::Abbreviation { .. }
            | InlineKind::Formula(_)
            | InlineKind::Reference { .. }
            | InlineKind::PageReference { .. }
            | InlineKind::Citation { .. }
            | InlineKind::IndexMark(_)
            | InlineKind::NoteReference(_) => return,
        }
        inlines.pop();
    }
}

/// Whether the first bracket that closes in `words` has an address behind it.
fn closes_image(words: &str) -> bool {
    words.split_once(']').is_some_and(|(_, rest)| rest.starts_with('('))
}

#[cfg(test)]
mod tests;
