//! Markdown → blocks: the place that meets the events of pulldown-cmark.
//!
//! A stack of open [`Frame`]s, closed into blocks and inlines; no recursion, so no depth of nesting is too much. What
//! the parser ends closes here; what divs and raw HTML begin and end is in `divs` and `elements`, and how a run of
//! inlines becomes paragraphs and figures is in `blocks`. Start at [`read`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, LinkType, Parser, Tag, TagEnd};

use super::Settings;
use super::abbreviations::{self, Abbreviations};
use super::blocks::trim;
use super::dialect::{self, MARK, Mark, Prepared};
use super::divs::Made;
use super::elements::InlineElement;
use super::finish::Finishing;
use super::notes::NamedNote;
use crate::diagnostics::{Diagnostic, SourceId, Span};
use crate::document::{
    AdmonitionKind, Alignment, Attributes, Block, BlockKind, Cell, Definition, Formula, Image, Inline, InlineKind,
    ListItem, ListMarks, ListNumbers, Meaning, NodeId, Note, Row, Table, plain_text,
};

/// How many quotes, lists and inlines may stand in one another: what [`super::read`] promises.
pub(super) const MAX_DEPTH: usize = 64;

/// A file as a tree. Nodes have no names yet, headings no labels, and note references name a note by its index in
/// `notes`.
pub(super) struct Tree {
    pub(super) blocks: Vec<Block>,
    pub(super) notes: Vec<NamedNote>,
}

/// Reads a file. Spans are places in the text of `prepared`. Linear in it.
pub(super) fn read(prepared: &Prepared, source: SourceId, settings: &Settings, findings: &mut Vec<Diagnostic>) -> Tree {
    let text = prepared.text.text();
    let mut builder = Builder {
        text,
        source,
        settings,
        marks: &prepared.marks,
        widths: &prepared.widths,
        lists: &prepared.lists,
        root: Frame::new(Open::File, 0..text.len()),
        frames: Vec::new(),
        entered: Vec::new(),
        depth: 0,
        flattened: 0,
        at_space: true,
        text_end: 0,
        fixed: None,
        verse: 0,
        skipped_fences: 0,
        shown: BTreeMap::new(),
        displays: BTreeSet::new(),
        abbreviations: Abbreviations::default(),
        notes: Vec::new(),
        note_names: BTreeMap::new(),
        html_open: BTreeMap::new(),
        findings,
    };
    for (event, range) in Parser::new_ext(text, dialect::options(settings)).into_offset_iter() {
        builder.event(event, range);
    }
    builder.close_all_made(text.len());
    builder.end_paragraph();
    let Builder { root: Frame { mut blocks, .. }, mut notes, abbreviations, findings, .. } = builder;
    let language = if settings.language.is_empty() { "en" } else { &settings.language };
    let smart_punctuation = settings.smart_punctuation;
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
    pub(super) range: Range<usize>,
    pub(super) attributes: Attributes,
    /// The blocks in it so far.
    pub(super) blocks: Vec<Block>,
    /// The inlines in it so far; in a container of blocks, those of a paragraph that the parser did not mark.
    pub(super) inlines: Vec<Inline>,
}

impl Frame {
    pub(super) fn new(open: Open, range: Range<usize>) -> Self {
        Self { open, range, attributes: Attributes::default(), blocks: Vec::new(), inlines: Vec::new() }
    }
}

pub(super) enum Open {
    /// The file itself.
    File,
    /// What the parser was not asked for: never on the stack.
    Unused,
    /// A quotation, or one of GitHub's alerts.
    Quote(Option<AdmonitionKind>),
    List {
        start: Option<u64>,
        numbers: ListNumbers,
        tight: bool,
        items: Vec<ListItem>,
    },
    Item {
        done: Option<bool>,
    },
    Definitions(Vec<Definition>),
    Term,
    Meaning,
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
        alignments: Vec<pulldown_cmark::Alignment>,
        head: Option<Row>,
        rows: Vec<Row>,
    },
    Row(Vec<Cell>),
    Cell,
    /// The value of an attribute.
    Value,
    Emphasis,
    Strong,
    Strikethrough,
    Subscript,
    Link {
        address: String,
        title: String,
    },
    Image {
        address: String,
        title: String,
    },
    /// A container of blocks that a div or an element of HTML began: ends with its fence or tag, or where what it stands
    /// in ends.
    Made(Made),
    /// An element of HTML within a line: ends with its tag, or dissolves where its paragraph or parent ends.
    Tag(InlineElement),
}

/// What was written of an image, should it prove to be a figure.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) title: String,
    pub(super) content: Vec<Inline>,
}

pub(super) struct Builder<'a> {
    pub(super) text: &'a str,
    pub(super) source: SourceId,
    pub(super) settings: &'a Settings,
    pub(super) marks: &'a BTreeMap<usize, Mark>,
    widths: &'a BTreeMap<usize, Vec<u16>>,
    lists: &'a BTreeMap<usize, (u64, ListNumbers)>,
    pub(super) root: Frame,
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
    /// Where what is read now stands, if not where the parser says: it reads the value of an attribute.
    pub(super) fixed: Option<Range<usize>>,
    /// How many of the frames hold verse: in it, lines end where the author ended them.
    pub(super) verse: usize,
    /// How many divs were begun too deep to have a frame.
    pub(super) skipped_fences: usize,
    /// The images of the run of inlines, by where they begin.
    pub(super) shown: BTreeMap<u32, Shown>,
    /// Where the formulas of the run begin that want lines of their own.
    pub(super) displays: BTreeSet<u32>,
    abbreviations: Abbreviations,
    pub(super) notes: Vec<NamedNote>,
    note_names: BTreeMap<String, usize>,
    /// How many start tags of each name wait for their end tag, in raw HTML.
    pub(super) html_open: BTreeMap<String, usize>,
    pub(super) findings: &'a mut Vec<Diagnostic>,
}

impl Builder<'_> {
    pub(super) fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        let range = self.fixed.clone().unwrap_or(range);
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, range),
            Event::InlineMath(tex) => self.formula(&tex, &range, false),
            Event::DisplayMath(tex) => self.formula(&tex, &range, true),
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
            Event::SoftBreak if matches!(self.top().open, Open::Term) && self.flattened == 0 => self.next_term(&range),
            Event::SoftBreak if self.verse == 0 => self.push_text(" ", &range),
            Event::SoftBreak | Event::HardBreak => self.line_break(&range),
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
            Tag::BlockQuote(kind) => Open::Quote(kind.map(admonition)),
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Indented => String::new(),
                    CodeBlockKind::Fenced(info) => self.verbatim(info.trim(), &range),
                };
                Open::Code { info, text: String::new() }
            }
            Tag::HtmlBlock => Open::Html { text: String::new(), lines: Vec::new() },
            Tag::List(start) => {
                let (start, numbers) = self.counted(start, &range);
                Open::List { start, numbers, tight: true, items: Vec::new() }
            }
            Tag::Item => Open::Item { done: None },
            Tag::DefinitionList => Open::Definitions(Vec::new()),
            Tag::DefinitionListTitle => Open::Term,
            Tag::DefinitionListDefinition => Open::Meaning,
            Tag::FootnoteDefinition(name) => Open::Note(self.new_note(&name, &range)),
            Tag::Table(alignments) => Open::Table { alignments, head: None, rows: Vec::new() },
            Tag::TableHead | Tag::TableRow => Open::Row(Vec::new()),
            Tag::TableCell => Open::Cell,
            Tag::Emphasis => Open::Emphasis,
            Tag::Strong => Open::Strong,
            Tag::Strikethrough => Open::Strikethrough,
            Tag::Subscript => Open::Subscript,
            Tag::Link { link_type, dest_url, title, .. } => {
                let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                Open::Link {
                    address: format!("{scheme}{}", self.verbatim(&dest_url, &range)),
                    title: self.verbatim(&title, &range),
                }
            }
            Tag::Image { dest_url, title, .. } => {
                Open::Image { address: self.verbatim(&dest_url, &range), title: self.verbatim(&title, &range) }
            }
            // Not asked of the parser.
            Tag::MetadataBlock(_) | Tag::Superscript => Open::Unused,
        };
        let in_image = matches!(open, Open::Image { .. }) && self.in_image();
        let enters = if matches!(open, Open::Item { .. }) {
            matches!(self.top().open, Open::List { .. })
        } else if matches!(open, Open::Term | Open::Meaning) {
            matches!(self.top().open, Open::Definitions(_))
        } else {
            !in_image && !matches!(open, Open::Unused) && (!nests(&open) || self.depth < MAX_DEPTH)
        };
        self.entered.push(enters);
        if enters {
            self.depth += usize::from(nests(&open));
            if matches!(
                open,
                Open::Paragraph | Open::Heading(_) | Open::Cell | Open::Html { .. } | Open::Term | Open::Image { .. }
            ) {
                self.at_space = true;
            }
            self.frames.push(Frame::new(open, range));
        } else {
            // The text of an image in an image joins it: that is what Markdown says.
            if self.flattened == 0 && !in_image {
                self.warn_depth(&range);
            }
            self.flattened += 1;
        }
    }

    /// Whether the text of an image is being read.
    fn in_image(&self) -> bool {
        self.frames
            .iter()
            .rev()
            .take_while(|frame| is_inline(&frame.open))
            .any(|frame| matches!(frame.open, Open::Image { .. }))
    }

    fn end(&mut self, tag: TagEnd) {
        if is_block(tag) {
            self.end_paragraph();
        } else {
            self.dissolve_tags();
        }
        if self.entered.pop() == Some(true) {
            let end = self.frames.iter().rev().find(|frame| !matches!(frame.open, Open::Made(_)));
            let end = end.map_or(self.text.len(), |frame| frame.range.end);
            self.close_all_made(end);
            if let Some(frame) = self.frames.pop() {
                self.depth -= usize::from(nests(&frame.open));
                self.close(frame, tag);
            }
        } else {
            self.flattened = self.flattened.saturating_sub(1);
        }
    }

    fn close(&mut self, frame: Frame, tag: TagEnd) {
        let Frame { open, range, blocks, inlines, .. } = frame;
        if matches!(open, Open::Paragraph) && self.defines(&range) {
            return;
        }
        // Whether the words of an image are a caption is still to be seen.
        let reads = is_inline(&open) && !matches!(open, Open::Image { .. });
        let mut inlines = if reads { self.resolve(inlines, matches!(open, Open::Link { .. })) } else { inlines };
        match open {
            Open::File | Open::Unused | Open::Value | Open::Made(_) => {}
            Open::Quote(kind) => self.close_quote(kind, blocks, range),
            Open::List { start, numbers, tight, items } => {
                self.push_block(BlockKind::List { start, numbers, tight, items }, range);
            }
            Open::Item { done } => {
                let item = ListItem { id: NodeId::UNNAMED, span: self.block_span(range), done, blocks };
                if let Open::List { items, .. } = &mut self.top().open {
                    items.push(item);
                }
            }
            Open::Definitions(definitions) => self.push_block(BlockKind::DefinitionList(definitions), range),
            Open::Term => {
                let mut attributes = Attributes::default();
                if let Some(mut parsed) = self.take_attributes(&mut inlines) {
                    attributes = parsed.attributes();
                    self.warn_left(&parsed, &range);
                }
                self.finish_run(&mut inlines);
                let definition = Definition {
                    id: NodeId::UNNAMED,
                    span: self.block_span(range),
                    attributes,
                    term: inlines,
                    meanings: Vec::new(),
                };
                if let Open::Definitions(definitions) = &mut self.top().open {
                    definitions.push(definition);
                }
            }
            Open::Meaning => {
                if let Open::Definitions(definitions) = &mut self.top().open
                    && let Some(definition) = definitions.last_mut()
                {
                    definition.meanings.push(Meaning { id: NodeId::UNNAMED, blocks });
                }
            }
            Open::Note(index) => {
                let note =
                    Note { id: NodeId::UNNAMED, label: None, span: self.block_span(range), edition: None, blocks };
                if let Some(named) = self.notes.get_mut(index) {
                    named.note = Some(note);
                }
            }
            Open::Paragraph => self.push_paragraph(inlines, range),
            Open::Heading(level) => self.push_heading(level, Attributes::default(), inlines, range),
            Open::Code { info, text } => self.push_code(&info, text, range),
            Open::Html { text, lines } => self.html_block(&text, &lines),
            Open::Table { alignments, head, mut rows } => {
                for row in &mut rows {
                    for (cell, column) in row.cells.iter_mut().zip(&alignments) {
                        // Numbers too stand where they are told to.
                        let told = *column == pulldown_cmark::Alignment::Left;
                        cell.alignment = told.then_some(Alignment::Start);
                    }
                }
                let widths = self.widths.range(range.clone()).next().map(|(_, widths)| widths.clone());
                let table = Table {
                    caption: Vec::new(),
                    alignments: alignments.into_iter().map(alignment).collect(),
                    widths: widths.unwrap_or_default(),
                    head: head.into_iter().collect(),
                    rows,
                };
                self.push_block(BlockKind::Table(table), range);
            }
            Open::Row(cells) => {
                let row = Row { id: NodeId::UNNAMED, cells };
                if let Open::Table { head, rows, .. } = &mut self.top().open {
                    if tag == TagEnd::TableHead { *head = Some(row) } else { rows.push(row) }
                }
            }
            Open::Cell => self.close_cell(inlines, range),
            Open::Emphasis => self.push_span(InlineKind::Emphasis, inlines, &range),
            Open::Strong => self.push_span(InlineKind::Strong, inlines, &range),
            Open::Strikethrough => self.push_span(InlineKind::Strikethrough, inlines, &range),
            Open::Subscript => self.close_lowered(inlines, &range),
            Open::Link { .. } if inlines.is_empty() => {
                let help = "write between the brackets where it leads";
                self.warn("empty-link", &range, "a link without words is left out", help);
            }
            Open::Link { address, title } => {
                let link = |content| InlineKind::Link { address, title, content };
                self.push_span(link, inlines, &range);
            }
            Open::Image { address, title } => self.close_image(address, title, inlines, &range),
            Open::Tag(element) => self.push_element(element, frame.attributes, inlines, &range),
        }
    }

    /// Begins another term that shares the meanings of the one before: each line is a term.
    fn next_term(&mut self, end: &Range<usize>) {
        if let Some(Frame { range, attributes, inlines, .. }) = self.frames.pop() {
            let term = Frame { attributes, inlines, ..Frame::new(Open::Term, range.start..end.start) };
            self.close(term, TagEnd::DefinitionListTitle);
            self.at_space = true;
            self.frames.push(Frame::new(Open::Term, end.end..range.end));
        }
    }

    /// How a list is counted that the parser takes to begin with `start`: as its marker in the text, or as the one that this
    /// stands for.
    fn counted(&self, start: Option<u64>, range: &Range<usize>) -> (Option<u64>, ListNumbers) {
        if start.is_none() {
            return (None, ListNumbers::default());
        }
        let written = self.text.get(range.clone()).unwrap_or_default().trim_start();
        let marker = range.end - written.len();
        if let Some((start, numbers)) = self.lists.get(&marker) {
            return (Some(*start), *numbers);
        }
        let bracket = written.trim_start_matches(|char: char| char.is_ascii_digit()).starts_with(')');
        let marks = if bracket { ListMarks::Parenthesis } else { ListMarks::Period };
        (start, ListNumbers { marks, ..ListNumbers::default() })
    }

    fn close_cell(&mut self, mut inlines: Vec<Inline>, range: Range<usize>) {
        self.finish_run(&mut inlines);
        let span = self.block_span(range);
        let blocks = if inlines.is_empty() { Vec::new() } else { vec![block(BlockKind::Paragraph(inlines), span)] };
        let cell = Cell { id: NodeId::UNNAMED, span, columns: 1, rows: 1, alignment: None, heads_row: false, blocks };
        if let Open::Row(cells) = &mut self.top().open {
            cells.push(cell);
        }
    }

    /// Lowered text has no spaces in it (pandoc's `subscript`): with them, single tildes strike through, as they do on
    /// GitHub.
    fn close_lowered(&mut self, inlines: Vec<Inline>, range: &Range<usize>) {
        let source = self.text.get(range.clone()).unwrap_or_default();
        let spaced = source.contains(char::is_whitespace);
        self.push_span(if spaced { InlineKind::Strikethrough } else { InlineKind::Subscript }, inlines, range);
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

    // Inlines

    fn text(&mut self, text: &str, range: Range<usize>) {
        let restored = self.unmarked(text, &range);
        let text = restored.as_deref().unwrap_or(text);
        if matches!(self.top().open, Open::Code { .. }) {
            let clean = self.verbatim(text, &range);
            if let Open::Code { text, .. } = &mut self.top().open {
                text.push_str(&clean);
            }
        } else {
            self.push_text(text, &range);
        }
    }

    /// `text` with the lines that marks stand for, where they proved to be none.
    fn unmarked(&self, text: &str, range: &Range<usize>) -> Option<String> {
        let mut marks = self.marks.range(range.clone()).map(|(_, mark)| mark).peekable();
        marks.peek()?;
        let mut restored = String::new();
        let mut rest = text;
        for mark in marks {
            let Some((before, after)) = rest.split_once(MARK) else { break };
            restored.push_str(before);
            restored.push_str(&mark.written);
            rest = after;
        }
        Some(restored + rest)
    }

    /// A formula. Between single dollars, what a digit follows is money (pandoc's `tex_math_dollars`).
    fn formula(&mut self, tex: &str, range: &Range<usize>, display: bool) {
        let next = self.text.get(range.end..).and_then(|rest| rest.chars().next());
        if !display && next.is_some_and(|next| next.is_ascii_digit()) {
            let source = self.text.get(range.clone()).unwrap_or_default().to_owned();
            return self.push_text(&source, range);
        }
        let tex = self.verbatim(tex.trim(), range);
        self.push_inline(InlineKind::Formula(Formula { tex }), range);
        if display {
            let start = self.span(range).start;
            self.displays.insert(start);
        }
    }

    pub(super) fn push_inline(&mut self, kind: InlineKind, range: &Range<usize>) {
        self.at_space = false;
        let span = self.span(range);
        self.top().inlines.push(inline(kind, span));
    }

    /// Adds an inline with others in it, unless there are none.
    pub(super) fn push_span(
        &mut self,
        kind: impl FnOnce(Vec<Inline>) -> InlineKind,
        content: Vec<Inline>,
        range: &Range<usize>,
    ) {
        if !content.is_empty() {
            let span = self.span(range);
            self.top().inlines.push(inline(kind(content), span));
        }
    }

    pub(super) fn line_break(&mut self, range: &Range<usize>) {
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

    fn close_image(&mut self, address: String, title: String, mut content: Vec<Inline>, range: &Range<usize>) {
        trim(&mut content);
        let alt = plain_text(&content).trim().to_owned();
        let start = self.span(range).start;
        self.shown.insert(start, Shown { title, content });
        self.push_inline(InlineKind::Image(Image { address, alt, ..Image::default() }), range);
    }

    /// Whether the paragraph here defines abbreviations; then they are.
    fn defines(&mut self, range: &Range<usize>) -> bool {
        let source = self.text.get(range.clone()).unwrap_or_default();
        if self.settings.mdbook || self.fixed.is_some() || !source.contains("*[") {
            return false;
        }
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
        let begun = Note {
            id: NodeId::UNNAMED,
            label: None,
            span: self.block_span(range.clone()),
            edition: None,
            blocks: Vec::new(),
        };
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

    // Spans and findings

    pub(super) fn span(&self, range: &Range<usize>) -> Span {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { source: self.source, start: place(range.start), end: place(range.end) }
    }

    /// The span without the blank lines that the parser counts in.
    pub(super) fn block_span(&self, mut range: Range<usize>) -> Span {
        if let Some(text) = self.text.get(range.clone()) {
            range.end = range.start + text.trim_ascii_end().len();
        }
        self.span(&range)
    }

    /// `text` with line feeds for line ends and without characters that no book can hold.
    pub(super) fn verbatim(&mut self, text: &str, range: &Range<usize>) -> String {
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

    pub(super) fn warn_depth(&mut self, range: &Range<usize>) {
        let message = format!("this is nested more than {MAX_DEPTH} deep, and joins the level above");
        self.warn("deep-nesting", range, &message, "nest less");
    }

    pub(super) fn warn(&mut self, code: &'static str, range: &Range<usize>, message: &str, help: &str) {
        let span = self.block_span(range.clone());
        self.findings.push(Diagnostic::warning(code, span, message).help(help));
    }
}

/// Whether a frame counts towards [`MAX_DEPTH`]. An item counts with its list; the others don't stand in themselves.
fn nests(open: &Open) -> bool {
    match open {
        Open::Quote(_)
        | Open::List { .. }
        | Open::Definitions(_)
        | Open::Emphasis
        | Open::Strong
        | Open::Strikethrough
        | Open::Subscript
        | Open::Link { .. }
        | Open::Made(_)
        | Open::Tag(_) => true,
        Open::File
        | Open::Unused
        | Open::Item { .. }
        | Open::Term
        | Open::Meaning
        | Open::Note(_)
        | Open::Paragraph
        | Open::Heading(_)
        | Open::Code { .. }
        | Open::Html { .. }
        | Open::Table { .. }
        | Open::Row(_)
        | Open::Cell
        | Open::Value
        | Open::Image { .. } => false,
    }
}

/// Whether a frame is an inline.
fn is_inline(open: &Open) -> bool {
    matches!(
        open,
        Open::Emphasis
            | Open::Strong
            | Open::Strikethrough
            | Open::Subscript
            | Open::Link { .. }
            | Open::Image { .. }
            | Open::Tag(_)
    )
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

pub(super) fn block(kind: BlockKind, span: Span) -> Block {
    Block { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind }
}

fn admonition(kind: BlockQuoteKind) -> AdmonitionKind {
    match kind {
        BlockQuoteKind::Note => AdmonitionKind::Note,
        BlockQuoteKind::Tip => AdmonitionKind::Tip,
        BlockQuoteKind::Important => AdmonitionKind::Important,
        BlockQuoteKind::Warning => AdmonitionKind::Warning,
        BlockQuoteKind::Caution => AdmonitionKind::Caution,
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
