//! Containers of blocks that the parser does not know: divs between `:::` fences, and what elements of HTML begin.
//!
//! What a class of a div means is here; what an element means is in `elements`. Start at [`Builder::mark`].

use std::ops::Range;

use super::attributes::{self, Parsed};
use super::blocks::{caption_of, notice, trim};
use super::dialect::MarkKind;
use super::elements::Element;
use super::inline::MARK;

use super::tree::{Builder, Frame, MAX_DEPTH, Open, block, inline};
use crate::diagnostics::Span;
use crate::document::{
    AdmonitionKind, Attributes, Block, BlockKind, ContainerRole, Edition, Inline, InlineKind, NodeId, VerseLine,
};

/// What was begun.
pub(super) struct Made {
    pub(super) role: Role,
    /// What a title or caption among its attributes or its content says.
    pub(super) title: Vec<Inline>,
}

/// What a container becomes when it ends.
pub(super) enum Role {
    /// A div of one of the roles below.
    Div(Div),
    /// Lines of verse without a div.
    Lines,
    /// An element of HTML, by its name in lower case.
    Element(String, Element),
}

/// What a div is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Div {
    Container(ContainerRole),
    Admonition(AdmonitionKind),
    Verse,
    /// Figures under one caption, and how many stand side by side.
    Figures(u8),
    /// Something whose label stands at the div around it, with a caption as the last paragraph.
    Labelled,
    Bibliography,
    Index,
    PageBreak,
}

impl Builder<'_> {
    /// Does what the mark at `at` stands for.
    pub(super) fn mark(&mut self, at: usize, range: &Range<usize>) -> bool {
        let Some(mark) = self.marks.get(&at) else { return false };
        self.end_paragraph();
        match &mark.kind {
            MarkKind::Open(head) => self.open_div(head, &mark.written, range),
            MarkKind::Close => self.close_div(&mark.written, range),
            MarkKind::Verse => self.open_made(Role::Lines, Vec::new(), Attributes::default(), range),
            MarkKind::EndOfVerse => {
                if matches!(&self.top().open, Open::Made(Made { role: Role::Lines, .. })) {
                    self.close_made(range.start, true);
                }
            }
            MarkKind::PageBreak => self.push_block(BlockKind::PageBreak, range.clone()),
        }
        true
    }

    fn open_div(&mut self, head: &str, written: &str, range: &Range<usize>) {
        let name = head.find('{').map_or(head, |brace| head[..brace].trim_end());
        let parsed = if name.len() == head.len() {
            Some(Parsed::default())
        } else {
            let braces = head[name.len()..].trim_start();
            attributes::parse(braces).filter(|(_, length)| *length == braces.len()).map(|(parsed, _)| parsed)
        };
        let Some(mut parsed) = parsed else {
            let help = "write a name, or attributes as in `::: {.note #label key=\"value\"}`";
            self.warn("unknown-attribute", range, "the attributes of this div can't be read", help);
            self.push_block(
                BlockKind::Paragraph(vec![inline(InlineKind::Text(written.to_owned()), self.span(range))]),
                range.clone(),
            );
            self.open_made(Role::Div(Div::Container(ContainerRole::Plain)), Vec::new(), Attributes::default(), range);
            return;
        };
        if !name.is_empty() {
            parsed.classes.insert(0, name.to_owned());
        }
        let conditional = condition(&mut parsed);
        let mut attributes = parsed.attributes();
        attributes.edition = attributes.edition.or(conditional);
        let (div, title) = Self::div(&mut parsed, &attributes);
        if matches!(div, Div::Figures(_) | Div::Labelled) {
            attributes.placement = parsed.attributes_with_placement().placement;
        }
        self.warn_left(&parsed, range);
        let title = title.map_or_else(Vec::new, |title| self.read_value(&title, range));
        self.open_made(Role::Div(div), title, attributes, range);
    }

    /// What the classes of a div say; takes away those that mean something, and the title.
    fn div(parsed: &mut Parsed, attributes: &Attributes) -> (Div, Option<String>) {
        const ROLES: [(&str, ContainerRole); 15] = [
            ("epigraph", ContainerRole::Epigraph),
            ("dedication", ContainerRole::Dedication),
            ("aside", ContainerRole::Aside),
            ("sidebar", ContainerRole::Aside),
            ("details", ContainerRole::Details),
            ("description", ContainerRole::Description),
            ("center", ContainerRole::Centered),
            ("centered", ContainerRole::Centered),
            ("centre", ContainerRole::Centered),
            ("text-center", ContainerRole::Centered),
            ("right", ContainerRole::End),
            ("end", ContainerRole::End),
            ("text-right", ContainerRole::End),
            ("glossary", ContainerRole::Glossary),
            ("plain", ContainerRole::Plain),
        ];
        let mut div = None;
        let mut classes = Vec::new();
        for class in std::mem::take(&mut parsed.classes) {
            let found = ROLES.iter().find(|(name, _)| *name == class).map(|(_, role)| Div::Container(*role));
            let found = found.or_else(|| {
                let kind = class.strip_prefix("callout-").unwrap_or(&class);
                notice(kind).map(Div::Admonition)
            });
            let found = found.or(match class.as_str() {
                "verse" | "line-block" => Some(Div::Verse),
                "subfigures" => Some(Div::Figures(1)),
                "bibliography" | "references" | "refs" => Some(Div::Bibliography),
                "index" => Some(Div::Index),
                "pagebreak" | "page-break" | "newpage" => Some(Div::PageBreak),
                _ => None,
            });
            match found {
                Some(found) if div.is_none() => div = Some(found),
                Some(_) | None if class == "callout" => {}
                Some(_) | None => classes.push(class),
            }
        }
        parsed.classes = classes;
        let label = attributes.label.as_deref().unwrap_or_default();
        let columns = parsed.take("layout-ncol").and_then(|columns| columns.parse::<u8>().ok());
        let named = ["fig", "tbl", "tab", "lst"]
            .iter()
            .any(|kind| label.strip_prefix(kind).is_some_and(|rest| rest.starts_with([':', '-'])));
        let div = match div {
            None if label == "refs" => Div::Bibliography,
            None if label == "index" => Div::Index,
            None if columns.is_some() => Div::Figures(1),
            None if named => Div::Labelled,
            None => Div::Container(ContainerRole::Plain),
            Some(div) => div,
        };
        let div = match (div, columns) {
            (Div::Figures(_), Some(columns)) => Div::Figures(columns.clamp(1, 12)),
            (div, _) => div,
        };
        if matches!(div, Div::Admonition(_)) {
            for key in ["icon", "collapse", "appearance"] {
                parsed.take(key);
            }
        }
        let title = if matches!(div, Div::Admonition(_) | Div::Container(_)) {
            let summary = parsed.take("summary");
            parsed.take("title").or(summary)
        } else {
            None
        };
        (div, title)
    }

    fn close_div(&mut self, written: &str, range: &Range<usize>) {
        if self.skipped_fences > 0 {
            self.skipped_fences -= 1;
            return;
        }
        let mut made = self
            .frames
            .iter()
            .rev()
            .map_while(|frame| if let Open::Made(made) = &frame.open { Some(made) } else { None });
        let Some(above) = made.position(|made| matches!(made.role, Role::Div(_))) else {
            let help = "take it out, or write where the div begins: `::: {.note}`";
            self.warn("unclosed-div", range, "this ends no div, and is shown as text", help);
            let words = inline(InlineKind::Text(written.to_owned()), self.span(range));
            self.push_block(BlockKind::Paragraph(vec![words]), range.clone());
            return;
        };
        for _ in 0..above {
            self.close_made(range.start, false);
        }
        self.close_made(range.end, true);
    }

    /// Begins a container.
    pub(super) fn open_made(&mut self, role: Role, title: Vec<Inline>, attributes: Attributes, range: &Range<usize>) {
        if self.depth >= MAX_DEPTH {
            self.skipped_fences += usize::from(matches!(role, Role::Div(_)));
            return self.warn_depth(range);
        }
        self.depth += 1;
        self.verse += usize::from(is_verse(&role));
        let mut frame = Frame::new(Open::Made(Made { role, title }), range.clone());
        frame.attributes = attributes;
        self.frames.push(frame);
        self.at_space = true;
    }

    /// Ends every container on top, because what they stand in ends at `end`.
    pub(super) fn close_all_made(&mut self, end: usize) {
        while matches!(self.top().open, Open::Made(_)) {
            self.close_made(end, false);
        }
    }

    /// Ends the container on top. `by_its_end` is whether its own end was met.
    pub(super) fn close_made(&mut self, end: usize, by_its_end: bool) {
        self.end_paragraph();
        if !matches!(self.top().open, Open::Made(_)) {
            return;
        }
        let Some(Frame { open: Open::Made(made), mut range, attributes, blocks, .. }) = self.frames.pop() else {
            return;
        };
        self.depth -= 1;
        self.verse -= usize::from(is_verse(&made.role));
        let begun = range.clone();
        range.end = end.max(range.end);
        match made.role {
            Role::Lines => self.push_verse(attributes, blocks, range),
            Role::Div(div) => {
                if !by_its_end {
                    let message = "this div is never ended: it ends with what it stands in";
                    self.warn("unclosed-div", &begun, message, "write `:::` on a line of its own where it ends");
                }
                self.finish_div(div, made.title, attributes, blocks, range);
            }
            Role::Element(name, element) => {
                let frame = (name.as_str(), made.title, attributes, blocks);
                self.finish_element(element, frame, (begun, range), by_its_end);
            }
        }
    }

    fn finish_div(
        &mut self,
        div: Div,
        mut title: Vec<Inline>,
        mut attributes: Attributes,
        mut blocks: Vec<Block>,
        range: Range<usize>,
    ) {
        let span = self.block_span(range.clone());
        let takes_title =
            matches!(div, Div::Admonition(_) | Div::Container(ContainerRole::Details | ContainerRole::Aside));
        if takes_title
            && title.is_empty()
            && let Some(Block { kind: BlockKind::Heading { content, .. }, attributes: own, .. }) = blocks.first_mut()
        {
            title = std::mem::take(content);
            attributes.label = attributes.label.or(own.label.take());
            blocks.remove(0);
        }
        let kind = match div {
            Div::Container(role) => BlockKind::Container { role, title, blocks },
            Div::Admonition(kind) => BlockKind::Admonition { kind, title, blocks },
            Div::Verse => return self.push_verse(attributes, blocks, range),
            Div::Figures(columns) => {
                let mut panels = Vec::new();
                for mut panel in blocks {
                    if let BlockKind::Paragraph(content) = &mut panel.kind
                        && let Some(figures) = split_figures(content)
                    {
                        panels.extend(figures);
                    } else {
                        panels.push(panel);
                    }
                }
                let caption = take_last_paragraph(&mut panels);
                BlockKind::FigureGroup { blocks: panels, columns, caption }
            }
            Div::Labelled => return self.push_labelled(attributes, blocks, range),
            // What was written in these comes before what will stand there.
            Div::Bibliography => {
                blocks.into_iter().for_each(|block| self.push_ready(block));
                BlockKind::Bibliography(Vec::new())
            }
            Div::Index => {
                blocks.into_iter().for_each(|block| self.push_ready(block));
                BlockKind::Index(Vec::new())
            }
            Div::PageBreak => {
                blocks.into_iter().for_each(|block| self.push_ready(block));
                BlockKind::PageBreak
            }
        };
        self.push_ready(Block { attributes, ..block(kind, span) });
    }

    /// What stands in a div of which only the label matters: a figure, a table or code that bears it itself from now on.
    fn push_labelled(&mut self, attributes: Attributes, mut blocks: Vec<Block>, range: Range<usize>) {
        let captioned = matches!(
            blocks.as_slice(),
            [
                Block { kind: BlockKind::Figure { .. } | BlockKind::Table(_) | BlockKind::Code(_), .. },
                Block { kind: BlockKind::Paragraph(_), .. }
            ]
        );
        let mut caption = if captioned { take_last_paragraph(&mut blocks) } else { Vec::new() };
        match blocks.as_mut_slice() {
            [only] => {
                if let Some(own) = caption_of(&mut only.kind).filter(|_| !caption.is_empty()) {
                    own.append(&mut caption);
                }
                only.attributes.label = attributes.label.or(only.attributes.label.take());
                only.attributes.language = attributes.language.or(only.attributes.language.take());
                only.attributes.edition = attributes.edition.or(only.attributes.edition);
                only.attributes.placement = attributes.placement.or(only.attributes.placement);
                blocks.into_iter().for_each(|block| self.push_ready(block));
            }
            several => {
                let figures = several.iter().filter(|block| matches!(block.kind, BlockKind::Figure { .. })).count();
                let div = if figures > 0 { Div::Figures(1) } else { Div::Container(ContainerRole::Plain) };
                self.finish_div(div, Vec::new(), attributes, blocks, range);
            }
        }
    }

    /// Adds paragraphs as lines of verse. What else stands among them stays what it is.
    fn push_verse(&mut self, mut attributes: Attributes, blocks: Vec<Block>, range: Range<usize>) {
        let span = self.block_span(range);
        let mut lines: Vec<VerseLine> = Vec::new();
        for part in blocks {
            let Block { kind: BlockKind::Paragraph(content), span: place, .. } = part else {
                if !lines.is_empty() {
                    let verse = block(BlockKind::Verse(std::mem::take(&mut lines)), span);
                    self.push_ready(Block { attributes: std::mem::take(&mut attributes), ..verse });
                }
                self.push_ready(part);
                continue;
            };
            if !lines.is_empty() {
                lines.push(VerseLine { id: NodeId::UNNAMED, span: place, indent: 0, content: Vec::new() });
            }
            lines.extend(split_lines(content).into_iter().map(|content| verse_line(content, place)));
        }
        if !lines.is_empty() || attributes != Attributes::default() {
            self.push_ready(Block { attributes, ..block(BlockKind::Verse(lines), span) });
        }
    }
}

fn is_verse(role: &Role) -> bool {
    matches!(role, Role::Lines | Role::Div(Div::Verse))
}

/// Quarto's conditions: the one edition that `.content-visible when-format="pdf"` and the like name.
fn condition(parsed: &mut Parsed) -> Option<Edition> {
    let visible = parsed.take_class("content-visible");
    let hidden = parsed.take_class("content-hidden");
    if !visible && !hidden {
        return None;
    }
    let (format, only) = match (parsed.take("when-format"), parsed.take("unless-format")) {
        (Some(format), _) => (format, visible),
        (None, Some(format)) => (format, hidden),
        (None, None) => return None,
    };
    match (format.as_str(), only) {
        ("pdf" | "latex" | "typst", true) | ("epub" | "html", false) => Some(Edition::Pdf),
        ("epub" | "html", true) | ("pdf" | "latex" | "typst", false) => Some(Edition::Epub),
        _ => None,
    }
}

/// The last block's text, if it is a paragraph and not all there is.
fn take_last_paragraph(blocks: &mut Vec<Block>) -> Vec<Inline> {
    let ends_so = blocks.len() > 1 && matches!(blocks.last(), Some(Block { kind: BlockKind::Paragraph(_), .. }));
    match blocks.pop_if(|_| ends_so) {
        Some(Block { kind: BlockKind::Paragraph(content), .. }) => content,
        Some(_) | None => Vec::new(),
    }
}

/// A paragraph of nothing but images, as figures.
fn split_figures(content: &mut Vec<Inline>) -> Option<Vec<Block>> {
    let all = content.iter().all(|inline| {
        matches!(inline.kind, InlineKind::Image(_) | InlineKind::LineBreak)
            || matches!(&inline.kind, InlineKind::Text(words) if words.trim().is_empty())
    });
    all.then(|| {
        let figures = std::mem::take(content).into_iter().filter_map(|part| {
            let InlineKind::Image(image) = part.kind else { return None };
            let words = InlineKind::Text(image.alt.clone());
            let caption = if image.alt.is_empty() { Vec::new() } else { vec![inline(words, part.span)] };
            Some(Block { attributes: part.attributes, ..block(BlockKind::Figure { image, caption }, part.span) })
        });
        figures.collect()
    })
}

/// Cuts a run at its line breaks; an inline with a break in it becomes one on each line.
fn split_lines(inlines: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut lines: Vec<Vec<Inline>> = vec![Vec::new()];
    for mut part in inlines {
        if part.kind == InlineKind::LineBreak {
            lines.push(Vec::new());
            continue;
        }
        let pieces = part.children_mut().map_or_else(Vec::new, |children| split_lines(std::mem::take(children)));
        if pieces.is_empty() {
            lines.last_mut().into_iter().for_each(|line| line.push(part.clone()));
            continue;
        }
        for (number, piece) in pieces.into_iter().enumerate() {
            if number > 0 {
                lines.push(Vec::new());
                part.attributes.label = None;
            }
            let mut copy = part.clone();
            if let Some(children) = copy.children_mut() {
                *children = piece;
            }
            lines.last_mut().into_iter().for_each(|line| line.push(copy.clone()));
        }
    }
    lines
}

/// A line of verse from its text, which begins with one hard space more than it is set in.
fn verse_line(mut content: Vec<Inline>, place: Span) -> VerseLine {
    let indent = take_spaces(&mut content).saturating_sub(1);
    trim(&mut content);
    let span = match (content.first(), content.last()) {
        (Some(first), Some(last)) => Span { end: last.span.end, ..first.span },
        _ => place,
    };
    VerseLine { id: NodeId::UNNAMED, span, indent: u8::try_from(indent).unwrap_or(u8::MAX), content }
}

/// Takes away the spaces at the start of a run, and counts them.
fn take_spaces(content: &mut Vec<Inline>) -> usize {
    let mut spaces = 0;
    let mut empty = 0;
    for part in content.iter_mut() {
        if let InlineKind::Text(words) = &mut part.kind {
            let space = |words: &str| {
                let rest = words.strip_prefix(MARK).unwrap_or(words).strip_prefix(['\u{a0}', ' '])?;
                Some(words.len() - rest.len())
            };
            while let Some(length) = space(words) {
                spaces += 1;
                words.drain(..length);
            }
            if words.is_empty() {
                empty += 1;
                continue;
            }
        } else if let Some(children) = part.children_mut() {
            spaces += take_spaces(children);
        }
        break;
    }
    content.drain(..empty);
    spaces
}
