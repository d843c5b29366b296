//! Markdown → blocks: the only place that meets pulldown-cmark's events.
//!
//! A stack of open [`Frame`]s, closed into blocks and inlines; no recursion, so no depth of nesting is too much. Raw
//! HTML becomes the text that it shows. Start at [`read`].

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::abbreviations::{self, Abbreviations};
use super::finish::Finishing;
use super::html::{self, Piece};
use super::notes::NamedNote;
use crate::diagnostics::{Diagnostic, SourceId, Span};
use crate::document::{
    Alignment, Attributes, Block, BlockKind, Cell, CodeBlock, Image, Inline, InlineKind, ListItem, NodeId, Note, Row,
    Table,
};

/// How many quotes, lists and inlines may stand in one another: what [`super::read`] promises.
pub(super) const MAX_DEPTH: usize = 64;

/// A file as a tree. Nodes have no names yet, headings no labels, and note references name a note by its index in
/// `notes`.
pub(super) struct Tree {
    pub(super) blocks: Vec<Block>,
    pub(super) notes: Vec<NamedNote>,
}

/// Reads a file. Linear in `text`.
pub(super) fn read(
    text: &str,
    source: SourceId,
    smart_punctuation: bool,
    language: &str,
    findings: &mut Vec<Diagnostic>,
) -> Tree {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder {
        text: body,
        source,
        offset: text.len() - body.len(),
        root: Frame::new(Open::Container, 0..body.len()),
        frames: Vec::new(),
        entered: Vec::new(),
        depth: 0,
        flattened: 0,
        at_space: true,
        text_end: 0,
        image: None,
        figure_title: String::new(),
        abbreviations: Abbreviations::default(),
        notes: Vec::new(),
        note_names: BTreeMap::new(),
        html_open: BTreeMap::new(),
        findings,
    };
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        builder.event(event, range);
    }
    builder.end_paragraph();
    let Builder { root: Frame { mut blocks, .. }, mut notes, abbreviations, findings, .. } = builder;
    let mut finishing = Finishing { smart_punctuation, abbreviations: &abbreviations, findings };
    finishing.blocks(&mut blocks, language);
    for note in notes.iter_mut().filter_map(|named| named.note.as_mut()) {
        finishing.blocks(&mut note.blocks, language);
    }
    Tree { blocks, notes }
}

/// Something begun and not yet ended.
pub(super) struct Frame {
    pub(super) open: Open,
    range: Range<usize>,
    /// The blocks in it so far.
    blocks: Vec<Block>,
    /// The inlines in it so far; in a container of blocks, those of a paragraph that the parser did not mark.
    pub(super) inlines: Vec<Inline>,
}

impl Frame {
    fn new(open: Open, range: Range<usize>) -> Self {
        Self { open, range, blocks: Vec::new(), inlines: Vec::new() }
    }
}

pub(super) enum Open {
    /// The file itself.
    Container,
    Quote,
    List {
        start: Option<u64>,
        tight: bool,
        items: Vec<ListItem>,
    },
    Item {
        done: Option<bool>,
    },
    /// The index of the note.
    Note(usize),
    Paragraph,
    Heading(u8),
    Code {
        info: String,
        text: String,
    },
    /// A block of raw HTML, and where each of its lines comes from: offset in `text`, offset in the file.
    Html {
        text: String,
        lines: Vec<(usize, usize)>,
    },
    Table {
        alignments: Vec<Alignment>,
        head: Option<Row>,
        rows: Vec<Row>,
    },
    Row(Vec<Cell>),
    Cell,
    Emphasis,
    Strong,
    Strikethrough,
    Link {
        address: String,
        title: String,
    },
    /// `<sup>` or `<sub>`: ends with its tag, or dissolves where its paragraph or parent ends.
    Shifted(Shift),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    Up,
    Down,
}

/// An image of which the alternative text is being read.
struct OpenImage {
    address: String,
    title: String,
    alt: String,
    range: Range<usize>,
    /// How many tags are open in it.
    depth: usize,
}

pub(super) struct Builder<'a> {
    pub(super) text: &'a str,
    pub(super) source: SourceId,
    /// Bytes before `text` in the file.
    offset: usize,
    root: Frame,
    pub(super) frames: Vec<Frame>,
    /// For each open tag of the parser, whether it has a frame.
    entered: Vec<bool>,
    /// How many of the frames count towards [`MAX_DEPTH`].
    pub(super) depth: usize,
    /// How many open tags have no frame.
    flattened: usize,
    /// Whether white space that comes next would be at the start of a line or doubled.
    pub(super) at_space: bool,
    /// Where the text ends that came last.
    pub(super) text_end: usize,
    image: Option<OpenImage>,
    /// The title of the image read last: the caption, should it prove to be a figure.
    figure_title: String,
    abbreviations: Abbreviations,
    pub(super) notes: Vec<NamedNote>,
    note_names: BTreeMap<String, usize>,
    /// How many start tags of each name wait for their end tag, in raw HTML.
    html_open: BTreeMap<String, usize>,
    pub(super) findings: &'a mut Vec<Diagnostic>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        if self.image.is_some() {
            return self.event_in_image(event);
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            // Of the parser's kinds of event, formulas are not asked for.
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(&text, range),
            Event::Code(code) => {
                let code = self.verbatim(&code, &range);
                self.push_inline(InlineKind::Code(code), &range);
            }
            Event::Html(line) => self.html_line(&line, range),
            Event::InlineHtml(tag) => self.inline_html(&tag, range),
            Event::FootnoteReference(name) => {
                let index = self.note_index(&name);
                self.push_inline(InlineKind::NoteReference(index), &range);
            }
            Event::SoftBreak => self.push_text(" ", &range),
            Event::HardBreak => self.line_break(&range),
            Event::Rule => {
                self.end_paragraph();
                self.push_block(BlockKind::Break, range);
            }
            Event::TaskListMarker(is_done) => {
                for frame in self.frames.iter_mut().rev().take(2) {
                    if let Open::Item { done } = &mut frame.open
                        && self.flattened == 0
                    {
                        *done = Some(is_done);
                    }
                }
            }
        }
    }

    /// Only words count in an alternative text.
    fn event_in_image(&mut self, event: Event<'_>) {
        let Some(image) = &mut self.image else { return };
        match event {
            Event::Start(_) => image.depth += 1,
            Event::End(_) if image.depth > 0 => image.depth -= 1,
            Event::End(_) => self.end_image(),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                image.alt.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => image.alt.push(' '),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        if is_block(tag.to_end()) {
            self.end_paragraph();
        }
        let open = match tag {
            Tag::Paragraph => {
                self.loosen_list();
                Open::Paragraph
            }
            Tag::Heading { level, .. } => Open::Heading(level as u8),
            Tag::BlockQuote(_) => Open::Quote,
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Indented => String::new(),
                    CodeBlockKind::Fenced(info) => self.verbatim(info.trim(), &range),
                };
                Open::Code { info, text: String::new() }
            }
            Tag::HtmlBlock => Open::Html { text: String::new(), lines: Vec::new() },
            Tag::List(start) => Open::List { start, tight: true, items: Vec::new() },
            Tag::Item => Open::Item { done: None },
            Tag::FootnoteDefinition(name) => Open::Note(self.new_note(&name, &range)),
            Tag::Table(alignments) => {
                let alignments = alignments.into_iter().map(alignment).collect();
                Open::Table { alignments, head: None, rows: Vec::new() }
            }
            Tag::TableHead | Tag::TableRow => Open::Row(Vec::new()),
            Tag::TableCell => Open::Cell,
            Tag::Emphasis => Open::Emphasis,
            Tag::Strong => Open::Strong,
            Tag::Strikethrough => Open::Strikethrough,
            Tag::Link { link_type, dest_url, title, .. } => {
                let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                Open::Link {
                    address: format!("{scheme}{}", self.verbatim(&dest_url, &range)),
                    title: self.verbatim(&title, &range),
                }
            }
            Tag::Image { dest_url, title, .. } => {
                let address = self.verbatim(&dest_url, &range);
                let title = self.verbatim(&title, &range);
                self.image = Some(OpenImage { address, title, alt: String::new(), range, depth: 0 });
                return;
            }
            // Not asked of the parser: the content joins the parent.
            Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => Open::Container,
        };
        let enters = if matches!(open, Open::Item { .. }) {
            matches!(self.top().open, Open::List { .. })
        } else if nests(&open) {
            self.depth < MAX_DEPTH
        } else {
            !matches!(open, Open::Container)
        };
        self.entered.push(enters);
        if enters {
            self.depth += usize::from(nests(&open));
            if matches!(open, Open::Paragraph | Open::Heading(_) | Open::Cell | Open::Html { .. }) {
                self.at_space = true;
            }
            self.frames.push(Frame::new(open, range));
        } else {
            if self.flattened == 0 {
                self.warn_depth(&range);
            }
            self.flattened += 1;
        }
    }

    fn end(&mut self, tag: TagEnd) {
        if is_block(tag) {
            self.end_paragraph();
        } else {
            self.dissolve_shifts();
        }
        if self.entered.pop() == Some(true) {
            if let Some(frame) = self.frames.pop() {
                self.depth -= usize::from(nests(&frame.open));
                self.close(frame, tag);
            }
        } else {
            self.flattened = self.flattened.saturating_sub(1);
        }
    }

    fn close(&mut self, frame: Frame, tag: TagEnd) {
        let Frame { open, range, blocks, inlines } = frame;
        let mut inlines = match &open {
            Open::Paragraph if self.defines(&range) => return,
            open => self.resolve(inlines, matches!(open, Open::Link { .. })),
        };
        let kind = match open {
            Open::Container => return,
            Open::Quote if blocks.is_empty() => return,
            Open::Quote => BlockKind::Quote(blocks),
            Open::List { start, tight, items } => BlockKind::List { start, tight, items },
            Open::Item { done } => {
                let item = ListItem { id: NodeId::UNNAMED, span: self.block_span(range), done, blocks };
                if let Open::List { items, .. } = &mut self.top().open {
                    items.push(item);
                }
                return;
            }
            Open::Note(index) => {
                let note = Note { id: NodeId::UNNAMED, span: self.block_span(range), blocks };
                if let Some(named) = self.notes.get_mut(index) {
                    named.note = Some(note);
                }
                return;
            }
            Open::Paragraph => return self.push_paragraph(inlines, range),
            Open::Heading(level) => {
                trim(&mut inlines);
                if inlines.is_empty() {
                    self.warn("empty-heading", &range, "a heading without words is left out", "give it words");
                    return;
                }
                BlockKind::Heading { level, unnumbered: false, content: inlines }
            }
            Open::Code { info, mut text } => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                let language = info.split([',', ' ', '\t']).next().unwrap_or_default().to_owned();
                BlockKind::Code(CodeBlock { language, text, ..CodeBlock::default() })
            }
            Open::Html { text, lines } => return self.html_block(&text, &lines),
            Open::Table { alignments, head, rows } => {
                let Some(head) = head else { return };
                BlockKind::Table(Table { caption: Vec::new(), alignments, head: vec![head], rows })
            }
            Open::Row(cells) => {
                let row = Row { id: NodeId::UNNAMED, cells };
                if let Open::Table { head, rows, .. } = &mut self.top().open {
                    if tag == TagEnd::TableHead { *head = Some(row) } else { rows.push(row) }
                }
                return;
            }
            Open::Cell => {
                trim(&mut inlines);
                let span = self.block_span(range);
                let text = Block {
                    id: NodeId::UNNAMED,
                    span,
                    attributes: Attributes::default(),
                    kind: BlockKind::Paragraph(inlines),
                };
                let empty = matches!(&text.kind, BlockKind::Paragraph(inlines) if inlines.is_empty());
                let cell = Cell {
                    id: NodeId::UNNAMED,
                    span,
                    columns: 1,
                    rows: 1,
                    alignment: None,
                    heads_row: false,
                    blocks: if empty { Vec::new() } else { vec![text] },
                };
                if let Open::Row(cells) = &mut self.top().open {
                    cells.push(cell);
                }
                return;
            }
            Open::Emphasis => return self.push_span(InlineKind::Emphasis, inlines, &range),
            Open::Strong => return self.push_span(InlineKind::Strong, inlines, &range),
            Open::Strikethrough => return self.push_span(InlineKind::Strikethrough, inlines, &range),
            Open::Link { .. } if inlines.is_empty() => {
                let help = "write between the brackets where it leads";
                return self.warn("empty-link", &range, "a link without words is left out", help);
            }
            Open::Link { address, title } => {
                let link = |content| InlineKind::Link { address, title, content };
                return self.push_span(link, inlines, &range);
            }
            Open::Shifted(Shift::Up) => return self.push_span(InlineKind::Superscript, inlines, &range),
            Open::Shifted(Shift::Down) => return self.push_span(InlineKind::Subscript, inlines, &range),
        };
        self.push_block(kind, range);
    }

    pub(super) fn top(&mut self) -> &mut Frame {
        self.frames.last_mut().unwrap_or(&mut self.root)
    }

    /// A paragraph in an item: its list is loose.
    fn loosen_list(&mut self) {
        if let [.., list, item] = self.frames.as_mut_slice()
            && let Open::List { tight, .. } = &mut list.open
            && matches!(item.open, Open::Item { .. })
            && self.flattened == 0
        {
            *tight = false;
        }
    }

    // Blocks

    fn push_block(&mut self, kind: BlockKind, range: Range<usize>) {
        let span = self.block_span(range);
        let block = Block { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind };
        self.top().blocks.push(block);
    }

    /// A paragraph, or the figure that it is when it holds an image and nothing else.
    fn push_paragraph(&mut self, mut inlines: Vec<Inline>, range: Range<usize>) {
        trim(&mut inlines);
        let kind = match inlines.as_mut_slice() {
            [] => return,
            [Inline { span, kind: InlineKind::Image(image), .. }] => {
                let title = std::mem::take(&mut self.figure_title);
                let words = InlineKind::Text(title);
                let has_words = !matches!(&words, InlineKind::Text(title) if title.trim().is_empty());
                let caption = has_words.then(|| inline(words, *span)).into_iter().collect();
                BlockKind::Figure { image: image.clone(), caption }
            }
            _ => BlockKind::Paragraph(inlines),
        };
        self.push_block(kind, range);
    }

    /// Where a block begins or ends, so does a paragraph that the parser did not mark: that of a tight item, or of raw
    /// HTML.
    fn end_paragraph(&mut self) {
        self.dissolve_shifts();
        let top = self.top();
        if !matches!(top.open, Open::Container | Open::Quote | Open::Item { .. } | Open::Note(_)) {
            return;
        }
        let inlines = std::mem::take(&mut top.inlines);
        if let (Some(first), Some(last)) = (inlines.first(), inlines.last()) {
            let range = first.span.start as usize..last.span.end as usize;
            let range = range.start - self.offset..range.end - self.offset;
            let inlines = self.resolve(inlines, false);
            self.push_paragraph(inlines, range);
        }
        self.at_space = true;
    }

    // Inlines

    fn text(&mut self, text: &str, range: Range<usize>) {
        if matches!(self.top().open, Open::Code { .. }) {
            let clean = self.verbatim(text, &range);
            if let Open::Code { text, .. } = &mut self.top().open {
                text.push_str(&clean);
            }
        } else {
            self.push_text(text, &range);
        }
    }

    fn push_inline(&mut self, kind: InlineKind, range: &Range<usize>) {
        self.at_space = false;
        let span = self.span(range);
        self.top().inlines.push(inline(kind, span));
    }

    /// Adds an inline with others in it, unless there are none.
    fn push_span(&mut self, kind: impl FnOnce(Vec<Inline>) -> InlineKind, content: Vec<Inline>, range: &Range<usize>) {
        if !content.is_empty() {
            let span = self.span(range);
            self.top().inlines.push(inline(kind(content), span));
        }
    }

    fn line_break(&mut self, range: &Range<usize>) {
        let top = self.top();
        if let Some(Inline { kind: InlineKind::Text(words), .. }) = top.inlines.last_mut() {
            words.truncate(words.trim_end_matches(' ').len());
            if words.is_empty() {
                top.inlines.pop();
            }
        }
        self.push_inline(InlineKind::LineBreak, range);
        self.at_space = true;
    }

    fn end_image(&mut self) {
        let Some(OpenImage { address, title, alt, range, .. }) = self.image.take() else { return };
        let alt = self.verbatim(alt.trim(), &range);
        self.figure_title = title;
        self.push_inline(InlineKind::Image(Image { address, alt, ..Image::default() }), &range);
    }

    /// Whether the paragraph here defines abbreviations; then they are.
    fn defines(&mut self, range: &Range<usize>) -> bool {
        let source = self.text.get(range.clone()).unwrap_or_default();
        let definitions = abbreviations::definitions(source);
        let defines = definitions.is_some();
        self.abbreviations.define(definitions.unwrap_or_default());
        defines
    }

    // Notes

    /// The index of the note of this name, new or not. Names are compared without regard to case.
    fn note_index(&mut self, name: &str) -> usize {
        let index = *self.note_names.entry(name.to_lowercase()).or_insert(self.notes.len());
        if index == self.notes.len() {
            self.notes.push(NamedNote { name: name.to_owned(), note: None });
        }
        index
    }

    /// The index of a note that begins here. A second note of the same name is kept, out of reach of references.
    fn new_note(&mut self, name: &str, range: &Range<usize>) -> usize {
        let index = self.note_index(name);
        let begun = Note { id: NodeId::UNNAMED, span: self.block_span(range.clone()), blocks: Vec::new() };
        if let Some(named) = self.notes.get_mut(index)
            && named.note.is_none()
        {
            named.note = Some(begun);
            return index;
        }
        self.warn("duplicate-note", range, &format!("there is a note `[^{name}]` already"), "give it another name");
        self.notes.push(NamedNote { name: name.to_owned(), note: None });
        self.notes.len() - 1
    }

    // Raw HTML

    fn html_line(&mut self, line: &str, range: Range<usize>) {
        if let Open::Html { text, lines } = &mut self.top().open {
            lines.push((text.len(), range.start));
            text.push_str(line);
        } else {
            self.html_block(line, &[(0, range.start)]);
        }
    }

    /// Adds what a block of HTML shows, as paragraphs.
    fn html_block(&mut self, text: &str, lines: &[(usize, usize)]) {
        let locate = |at: usize| {
            let line = lines.partition_point(|&(start, _)| start <= at).saturating_sub(1);
            lines.get(line).map_or(0, |&(start, source)| source + (at - start))
        };
        let mut warned = false;
        for (piece_range, piece) in html::pieces(text) {
            let range = locate(piece_range.start)..locate(piece_range.end.saturating_sub(1)) + 1;
            if let Piece::Tag(tag) = piece
                && tag.separates()
            {
                self.end_paragraph();
            }
            self.html_piece(piece, &range, &mut warned);
        }
        self.end_paragraph();
    }

    /// Within a line, only the tag is HTML; the words around it are Markdown.
    fn inline_html(&mut self, text: &str, range: Range<usize>) {
        if let Some((_, piece)) = html::pieces(text).next() {
            self.html_piece(piece, &range, &mut false);
        }
    }

    /// `warned` is whether this block has had its warning.
    fn html_piece(&mut self, piece: Piece<'_>, range: &Range<usize>, warned: &mut bool) {
        let message = match piece {
            Piece::Text(text) => return self.push_html_text(&html::decode(text), range),
            Piece::Comment => return,
            Piece::Declaration => "a declaration of HTML is left out".to_owned(),
            Piece::Program => {
                let help = "a printed page runs no scripts, and the theme gives the style";
                return self.warn("raw-html", range, "a script or style sheet is left out", help);
            }
            Piece::Tag(tag) if tag.is("br") => return self.line_break(range),
            Piece::Tag(tag) if tag.is("sup") && self.shift(Shift::Up, tag.ends, range) => return,
            Piece::Tag(tag) if tag.is("sub") && self.shift(Shift::Down, tag.ends, range) => return,
            Piece::Tag(tag) => {
                if self.ends_html_element(tag) {
                    return;
                }
                let slash = if tag.ends { "/" } else { "" };
                format!("the HTML tag `<{slash}{}>` is left out; the text in it stays", tag.name)
            }
        };
        if !*warned {
            *warned = true;
            self.warn("raw-html", range, &message, "write it in Markdown");
        }
    }

    /// Whether `tag` ends an element that was begun, and warned of, before; keeps count of those.
    fn ends_html_element(&mut self, tag: html::Tag<'_>) -> bool {
        let open = self.html_open.entry(tag.name.to_ascii_lowercase()).or_default();
        if tag.ends {
            let ends = *open > 0;
            *open = open.saturating_sub(1);
            return ends;
        }
        *open += usize::from(!tag.is_void());
        false
    }

    /// Begins or ends raised or lowered text; `false` if there is nothing to end.
    fn shift(&mut self, shift: Shift, ends: bool, range: &Range<usize>) -> bool {
        if !ends {
            if self.depth < MAX_DEPTH {
                self.depth += 1;
                self.frames.push(Frame::new(Open::Shifted(shift), range.clone()));
            } else {
                self.warn_depth(range);
            }
            return true;
        }
        let mut open = self
            .frames
            .iter()
            .rev()
            .map_while(|frame| if let Open::Shifted(open) = frame.open { Some(open) } else { None });
        let Some(above) = open.position(|open| open == shift) else { return false };
        for _ in 0..above {
            self.dissolve_shift();
        }
        if let Some(mut frame) = self.frames.pop() {
            self.depth -= 1;
            frame.range.end = range.end;
            self.close(frame, TagEnd::Superscript);
        }
        true
    }

    /// Lets the text of `<sup>` and `<sub>` that are still open join what they stand in.
    fn dissolve_shifts(&mut self) {
        while matches!(self.top().open, Open::Shifted(_)) {
            self.dissolve_shift();
        }
    }

    fn dissolve_shift(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.depth -= 1;
        self.warn("raw-html", &frame.range, "this tag is never closed, and left out", "close it in the same paragraph");
        self.top().inlines.extend(frame.inlines);
    }

    // Spans and findings

    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let place = |at: usize| u32::try_from(at.saturating_add(self.offset)).unwrap_or(u32::MAX);
        Span { source: self.source, start: place(range.start), end: place(range.end) }
    }

    /// The span without the blank lines that the parser counts in.
    fn block_span(&self, mut range: Range<usize>) -> Span {
        if let Some(text) = self.text.get(range.clone()) {
            range.end = range.start + text.trim_ascii_end().len();
        }
        self.span(&range)
    }

    /// `text` with line feeds for line ends and without characters that no book can hold.
    fn verbatim(&mut self, text: &str, range: &Range<usize>) -> String {
        let mut clean = text.replace("\r\n", "\n").replace('\r', "\n");
        if !clean.chars().all(is_printable) {
            self.warn_control(range);
            clean = clean.replace(|character| !is_printable(character), "\u{fffd}");
        }
        clean
    }

    pub(super) fn warn_control(&mut self, range: &Range<usize>) {
        let message = "a control character is replaced by \u{fffd}";
        self.warn("control-character", range, message, "remove it: it has no shape");
    }

    fn warn_depth(&mut self, range: &Range<usize>) {
        let message = format!("this is nested more than {MAX_DEPTH} deep, and joins the level above");
        self.warn("deep-nesting", range, &message, "nest less");
    }

    fn warn(&mut self, code: &'static str, range: &Range<usize>, message: &str, help: &str) {
        let span = self.block_span(range.clone());
        self.findings.push(Diagnostic::warning(code, span, message).help(help));
    }
}

/// Whether a frame counts towards [`MAX_DEPTH`]. An item counts with its list; the others don't stand in themselves.
fn nests(open: &Open) -> bool {
    match open {
        Open::Quote
        | Open::List { .. }
        | Open::Emphasis
        | Open::Strong
        | Open::Strikethrough
        | Open::Link { .. }
        | Open::Shifted(_) => true,
        Open::Container
        | Open::Item { .. }
        | Open::Note(_)
        | Open::Paragraph
        | Open::Heading(_)
        | Open::Code { .. }
        | Open::Html { .. }
        | Open::Table { .. }
        | Open::Row(_)
        | Open::Cell => false,
    }
}

fn is_block(tag: TagEnd) -> bool {
    match tag {
        TagEnd::Emphasis
        | TagEnd::Strong
        | TagEnd::Strikethrough
        | TagEnd::Superscript
        | TagEnd::Subscript
        | TagEnd::Link
        | TagEnd::Image => false,
        TagEnd::Paragraph
        | TagEnd::Heading(_)
        | TagEnd::BlockQuote(_)
        | TagEnd::CodeBlock
        | TagEnd::HtmlBlock
        | TagEnd::List(_)
        | TagEnd::Item
        | TagEnd::FootnoteDefinition
        | TagEnd::DefinitionList
        | TagEnd::DefinitionListTitle
        | TagEnd::DefinitionListDefinition
        | TagEnd::Table
        | TagEnd::TableHead
        | TagEnd::TableRow
        | TagEnd::TableCell
        | TagEnd::MetadataBlock(_) => true,
    }
}

pub(super) fn inline(kind: InlineKind, span: Span) -> Inline {
    Inline { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind }
}

/// Removes line breaks and spaces at both ends: they are there because something between was left out.
fn trim(inlines: &mut Vec<Inline>) {
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

/// Whether a book can hold the character (XML 1.0, 2.2).
pub(super) fn is_printable(character: char) -> bool {
    !matches!(character, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}')
}

fn alignment(alignment: pulldown_cmark::Alignment) -> Alignment {
    match alignment {
        pulldown_cmark::Alignment::None | pulldown_cmark::Alignment::Left => Alignment::Start,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::End,
    }
}
