//! What the book dialect has within a line beyond Markdown: spans in brackets, attributes, references, citations, marks
//! for the index, notes, formulas, addresses in plain text.
//!
//! Works on a closed run of inlines, as the parser of Markdown left them: one inline for each of its events, so that a
//! stretch of words is a stretch of the source. It knows nothing of blocks, and of the book only the text of the file.
//! Start at [`resolve`]; `keys` reads what stands after an `@`, `links` finds addresses, `roles` says what attributes
//! mean.

pub(super) mod keys;
mod links;
pub(super) mod roles;

use super::attributes::{self, Parsed};
use super::html;
use super::notes::NamedNote;
use crate::diagnostics::{Diagnostic, SourceId, Span};
use crate::document::{
    Attributes, Block, BlockKind, CitationItem, Formula, Inline, InlineKind, NodeId, Note, PageForm, ReferenceForm,
};

/// Stands in text before a character that means itself: one that was escaped, or written as a character reference. No
/// manuscript has it, as it can't be printed. [`super::finish`] takes it away.
pub(super) const MARK: char = '\u{ffff}';

/// What a run of inlines stands in.
pub(super) struct Context<'a> {
    /// The file.
    pub(super) source: SourceId,
    /// Its text.
    pub(super) text: &'a str,
    /// Whether the run stands in a link: then nothing in it is one.
    pub(super) in_link: bool,
    /// How many levels deep inlines may still nest.
    pub(super) room: usize,
    /// The notes of the file so far.
    pub(super) notes: &'a mut Vec<NamedNote>,
    pub(super) findings: &'a mut Vec<Diagnostic>,
}

/// Reads the dialect in a run of inlines.
///
/// In: text as the parser gave it, an inline an event, its words those of the source from its start on; a [`MARK`] at the
/// start of a text says that it is not. Other inlines are as they are to be. Out: the same words, and the text in pieces.
///
/// Findings: `unknown-attribute`, `empty-entry`, `deep-nesting`. Linear in the source of the run.
pub(super) fn resolve(inlines: Vec<Inline>, context: &mut Context<'_>) -> Vec<Inline> {
    let says_more = |words: &str| words.contains(TRIGGERS) || words.contains("www.") || words.starts_with(TEX_OPENS);
    if !inlines.iter().any(|inline| matches!(&inline.kind, InlineKind::Text(words) if says_more(words))) {
        return inlines;
    }
    let mut source = String::new();
    let mut parts = Vec::with_capacity(inlines.len());
    for inline in inlines {
        let start = source.len();
        let words = if let InlineKind::Text(words) = &inline.kind { Some(words) } else { None };
        let text = words.is_some();
        let words = words.filter(|words| !words.starts_with(MARK));
        let literal = words.is_some();
        source.push_str(words.map_or_else(|| context.source_of(inline.span), String::as_str));
        let span = inline.span;
        parts.push(Part { start, end: source.len(), limit: 0, literal, text, span, inline: Some(inline) });
    }
    let mut limit = source.len();
    for part in parts.iter_mut().rev() {
        part.limit = limit;
        if !part.text {
            limit = part.start;
        }
    }
    let ends_tex = |part: &&Part| part.text && !part.literal && &source[part.start..part.end] == "\\)";
    let tex_ends = parts.iter().filter(ends_tex).map(|part| part.start).collect();
    let run = Run {
        tex_ends,
        parts,
        part: 0,
        given: 0,
        out: Vec::new(),
        open: Vec::new(),
        shifted: Vec::new(),
        warned: false,
        context,
    };
    run.read(&source)
}

/// What can be more than words.
const TRIGGERS: [char; 8] = ['[', ']', '@', '{', '\\', '^', '~', ':'];
/// `\(`, as an escape.
const TEX_OPENS: &str = "\u{ffff}(";
/// How long what stands in the braces of a command may be, in bytes.
const LONGEST_ARGUMENT: usize = 4096;
/// How many braces may be open in it.
const DEEPEST_ARGUMENT: usize = 8;

/// `text` without its [`MARK`]s.
pub(super) fn unmarked(text: &str) -> String {
    text.replace(MARK, "")
}

impl<'a> Context<'a> {
    /// What was written there; something in its place where that is elsewhere.
    fn source_of(&self, span: Span) -> &'a str {
        let range = span.start as usize..span.end as usize;
        let text = if span.source == self.source { self.text.get(range) } else { None };
        text.filter(|text| !text.is_empty()).unwrap_or("\u{fffc}")
    }
}

/// An inline, and where its source stands in that of the run.
struct Part {
    start: usize,
    end: usize,
    /// Where the text that it belongs to ends.
    limit: usize,
    /// Whether it is text in which every byte stands for itself.
    literal: bool,
    text: bool,
    span: Span,
    inline: Option<Inline>,
}

impl Part {
    /// The place in the file of a byte of the part, if each of its bytes has one.
    fn place(&self, at: usize) -> Option<u32> {
        let exact = self.literal && (self.span.end - self.span.start) as usize == self.end - self.start;
        exact.then(|| self.span.start + u32::try_from(at - self.start).unwrap_or_default())
    }
}

/// A bracket that was opened.
struct Bracket {
    /// Where in `out` the bracket itself is, as text.
    sign: usize,
    /// Where in `out` what follows it begins.
    content: usize,
    /// The same in the source.
    at: usize,
    /// Whether it is that of a note, `^[`.
    note: bool,
    /// Whether there is a key directly in it.
    cites: bool,
    /// Whether there are other brackets in it.
    nested: bool,
    /// How deep what is in it nests.
    height: usize,
}

/// Something between two `^` or two `~`, the first of them read.
struct Shifted {
    /// Which of the two.
    by: u8,
    /// Where in `out` the sign itself is, as text.
    sign: usize,
    /// Where in `out` what follows it begins.
    content: usize,
    /// The same in the source.
    at: usize,
    /// How many brackets were open.
    depth: usize,
}

struct Run<'c, 'a> {
    parts: Vec<Part>,
    /// The first part not yet in `out` as a whole.
    part: usize,
    /// Up to where the source is in `out`, or dropped.
    given: usize,
    out: Vec<Inline>,
    open: Vec<Bracket>,
    /// What a `^` or a `~` may have begun, one of each at most.
    shifted: Vec<Shifted>,
    /// Where the source has a `\)`.
    tex_ends: Vec<usize>,
    /// Whether too deep nesting was warned of.
    warned: bool,
    context: &'c mut Context<'a>,
}

impl Run<'_, '_> {
    fn read(mut self, text: &str) -> Vec<Inline> {
        let mut at = 0;
        for index in 0..self.parts.len() {
            let Part { start, end, limit, literal, text: is_text, .. } = self.parts[index];
            at = at.max(start);
            if !literal {
                if at == start && is_text && &text[start..end] == "\\(" {
                    at = self.formula(text, index).unwrap_or(at);
                }
                continue;
            }
            while at < end {
                let triggers = |c: char| TRIGGERS.contains(&c) || c == 'w';
                let Some(found) = text[at..end].find(triggers) else { break };
                let trigger = at + found;
                at = self.trigger(text, trigger, limit).unwrap_or(trigger + 1);
            }
        }
        self.give(text, text.len());
        joined(self.out)
    }

    /// Reads what begins or ends at `at`; where to go on, unless there is nothing.
    fn trigger(&mut self, text: &str, at: usize, limit: usize) -> Option<usize> {
        match text.as_bytes()[at] {
            b'[' => {
                let note = text[self.given..at].ends_with('^') && self.is_border(at - 1);
                self.give(text, at - usize::from(note));
                let sign = self.out.len();
                self.give(text, at + 1);
                let content = self.out.len();
                let at = at + 1;
                self.open.push(Bracket { sign, content, at, note, cites: false, nested: false, height: 0 });
                None
            }
            b']' => self.close(text, at),
            b'^' if text[at + 1..].starts_with('[') => None,
            b'^' | b'~' => self.shift(text, at),
            b'@' => self.address(text, at, limit).or_else(|| self.key(text, at, limit)),
            b':' | b'w' => self.address(text, at, limit),
            b'{' => self.attach(text, at),
            b'\\' => self.command(text, at),
            _ => None,
        }
    }

    // Giving and dropping

    /// Moves to `out` what there is up to `to`.
    fn give(&mut self, text: &str, to: usize) {
        while let Some(part) = self.parts.get_mut(self.part)
            && part.start < to
        {
            let from = part.start.max(self.given);
            let through = part.end.min(to);
            let whole = from == part.start && through == part.end;
            if whole || (!part.literal && from == part.start) {
                if let Some(inline) = part.inline.take() {
                    self.push(inline);
                }
            } else if part.literal && from < through {
                let start = part.place(from).unwrap_or(part.span.start);
                let end = part.place(through).unwrap_or(part.span.end);
                let span = Span { start, end, ..part.span };
                self.out.push(inline(InlineKind::Text(text[from..through].to_owned()), span));
            }
            if to < self.parts[self.part].end {
                break;
            }
            self.part += 1;
        }
        self.given = self.given.max(to);
    }

    /// Drops what there is up to `to`: something else stands for it.
    fn skip(&mut self, to: usize) {
        while self.parts.get(self.part).is_some_and(|part| part.end <= to) {
            self.part += 1;
        }
        self.given = to;
    }

    /// Adds an inline to `out`.
    fn push(&mut self, inline: Inline) {
        if let Some(bracket) = self.open.last_mut() {
            bracket.height = bracket.height.max(height(&inline));
        }
        self.out.push(inline);
    }

    /// Whether nothing is torn apart that ends, or begins, at `at`.
    fn is_border(&self, at: usize) -> bool {
        let after = self.parts.partition_point(|part| part.end <= at);
        self.parts.get(after).is_none_or(|part| part.literal || part.start >= at)
    }

    /// The span of the source from `from` to `to`.
    fn span(&self, from: usize, to: usize) -> Span {
        let first = self.parts.partition_point(|part| part.end <= from);
        let last = self.parts.partition_point(|part| part.end < to);
        let (Some(first), Some(last)) = (self.parts.get(first), self.parts.get(last)) else { return Span::default() };
        let start = first.place(from).unwrap_or(first.span.start);
        let end = last.place(to).unwrap_or(last.span.end);
        Span { start, end: end.max(start), ..first.span }
    }

    // Brackets

    fn close(&mut self, text: &str, at: usize) -> Option<usize> {
        let bracket = self.open.pop()?;
        self.shifted.retain(|begun| begun.depth <= self.open.len());
        let inner = &text[bracket.at..at];
        let end = at + 1;
        let read = if bracket.note && !inner.trim().is_empty() {
            self.note(text, &bracket, at);
            Some(end)
        } else {
            let attributes = attributes::parse(&text[end..]).filter(|(_, length)| self.is_border(end + length));
            match attributes {
                Some((parsed, length)) if !(inner.is_empty() && parsed == Parsed::default()) => {
                    self.give(text, at);
                    self.skip(end + length);
                    self.with_attributes(&bracket, inner, parsed, bracket.at - 1..end + length);
                    Some(end + length)
                }
                _ => {
                    let cited = if bracket.cites && !bracket.nested { self.citation(text, &bracket, at) } else { None };
                    cited.or_else(|| self.place_in_work(text, &bracket, at))
                }
            }
        };
        if let Some(parent) = self.open.last_mut() {
            parent.nested |= read.is_none();
            parent.height = parent.height.max(bracket.height);
        }
        read
    }

    /// `[…]{…}`: the content is at the end of `out`.
    fn with_attributes(&mut self, bracket: &Bracket, inner: &str, mut parsed: Parsed, range: std::ops::Range<usize>) {
        let span = self.span(range.start, range.end);
        // A mark, a link, an abbreviation and a look may come of one span, each in the other.
        let levels = 1 + parsed.classes.len();
        if bracket.height + levels > self.context.room {
            for sign in &mut self.out[bracket.sign..bracket.content] {
                sign.kind = InlineKind::Text(String::new());
            }
            if !std::mem::replace(&mut self.warned, true) {
                self.context.findings.push(
                    Diagnostic::warning(
                        "deep-nesting",
                        span,
                        "this span is nested too deep, and left out; its text stays",
                    )
                    .help("nest less"),
                );
            }
            return;
        }
        let mut content = self.out.split_off(bracket.content);
        self.out.truncate(bracket.sign);
        if bracket.cites
            && !bracket.nested
            && let Some(items) = keys::bracketed(inner)
        {
            let page = if parsed.take_class("where") {
                Some(PageForm::Where)
            } else {
                parsed.take_class("page").then_some(PageForm::Number)
            };
            let form = if parsed.take_class("title") {
                ReferenceForm::Title
            } else if parsed.take_class("number") {
                ReferenceForm::Number
            } else {
                ReferenceForm::Full
            };
            content = references(&items, form, page, span).unwrap_or_else(|| vec![citation(items, false, inner, span)]);
            if parsed == Parsed::default() {
                self.out.append(&mut content);
                return;
            }
        }
        for inline in roles::apply(content, parsed, span, self.context) {
            self.push(inline);
        }
    }

    fn note(&mut self, text: &str, bracket: &Bracket, at: usize) {
        self.give(text, at);
        self.skip(at + 1);
        let content = self.out.split_off(bracket.content);
        self.out.truncate(bracket.sign);
        let span = self.span(bracket.at - 2, at + 1);
        let kind = BlockKind::Paragraph(content);
        let paragraph = Block { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind };
        let note = Note { id: NodeId::UNNAMED, label: None, span, edition: None, blocks: vec![paragraph] };
        let index = self.context.notes.len();
        self.context.notes.push(NamedNote { name: String::new(), note: Some(note) });
        self.push(inline(InlineKind::NoteReference(index), span));
    }

    /// `[see @key, p. 3]`.
    fn citation(&mut self, text: &str, bracket: &Bracket, at: usize) -> Option<usize> {
        let items = keys::bracketed(&text[bracket.at..at])?;
        self.give(text, at);
        self.skip(at + 1);
        self.out.truncate(bracket.sign);
        let span = self.span(bracket.at - 1, at + 1);
        let shown = &text[bracket.at - 1..=at];
        let inlines = references(&items, ReferenceForm::Full, None, span)
            .unwrap_or_else(|| vec![citation(items, false, shown, span)]);
        for inline in inlines {
            self.push(inline);
        }
        Some(at + 1)
    }

    /// `@key [p. 3]`, the key read already.
    fn place_in_work(&mut self, text: &str, bracket: &Bracket, at: usize) -> Option<usize> {
        let shown = &text[bracket.at..at];
        if bracket.nested || shown.trim().is_empty() || text[at + 1..].starts_with('(') {
            return None;
        }
        // Other works may follow the place.
        let (place, others) = match shown.split_once(';') {
            Some((place, others)) if bracket.cites => (place, Some(keys::bracketed(others)?)),
            _ if bracket.cites => return None,
            _ => (shown, None),
        };
        if place.contains('@') {
            return None;
        }
        let [.., cited, Inline { kind: InlineKind::Text(between), .. }] = self.out.get_mut(..bracket.sign)? else {
            return None;
        };
        let InlineKind::Citation { items, narrative: true, content } = &mut cited.kind else { return None };
        let [CitationItem { suffix, .. }] = items.as_mut_slice() else { return None };
        if between.trim() != "" || between.len() != 1 || !suffix.is_empty() {
            return None;
        }
        *suffix = keys::clean(place);
        if let [Inline { kind: InlineKind::Text(words), .. }] = content.as_mut_slice() {
            words.extend([" [", &keys::clean(place), "]"]);
        }
        self.out.truncate(bracket.sign - 1);
        self.skip(at + 1);
        if let Some(last) = self.out.len().checked_sub(1) {
            let end = self.span(at, at + 1).end;
            self.out[last].span.end = end;
        }
        if let Some(items) = others {
            let span = self.span(bracket.at - 1, at + 1);
            let shown = shown.split_once(';').map_or(shown, |(_, others)| others);
            self.push(inline(InlineKind::Text(" ".to_owned()), span));
            self.push(citation(items, false, &format!("[{}]", shown.trim()), span));
        }
        Some(at + 1)
    }

    // Others

    /// Attributes of what comes right before them.
    fn attach(&mut self, text: &str, at: usize) -> Option<usize> {
        // Text bears nothing.
        let before = self.parts.partition_point(|part| part.end < at);
        if at == 0 || (self.given < at && self.parts[before].text) {
            return None;
        }
        self.give(text, at);
        let borne = self.out.last().is_some_and(|inline| match inline.kind {
            InlineKind::Text(_) | InlineKind::LineBreak | InlineKind::NoteReference(_) | InlineKind::IndexMark(_) => {
                false
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
            | InlineKind::Citation { .. } => true,
        });
        // What an open bracket holds is all after it.
        let after_bracket = self.open.last().is_some_and(|bracket| bracket.content == self.out.len());
        if !borne || after_bracket {
            return None;
        }
        let (parsed, length) = attributes::parse(&text[at..])?;
        let levels = 1 + parsed.classes.len();
        let end = at + length;
        if parsed == Parsed::default()
            || !self.is_border(end)
            || self.out.last().is_some_and(|inline| height(inline) + levels > self.context.room)
        {
            return None;
        }
        let span = self.span(at, end);
        self.skip(end);
        let inline = self.out.pop()?;
        for inline in roles::attach(inline, parsed, span, self.context) {
            self.push(inline);
        }
        Some(end)
    }

    /// `@key`, in no brackets or in brackets not yet closed.
    fn key(&mut self, text: &str, at: usize, limit: usize) -> Option<usize> {
        if self.context.in_link || !keys::opens(&text[..at]) {
            return None;
        }
        let (key, length) = keys::key(&text[at..limit])?;
        let end = at + length;
        if !self.is_border(end) {
            return None;
        }
        self.give(text, at);
        self.skip(end);
        let span = self.span(at, end);
        let item =
            CitationItem { key: key.to_owned(), prefix: String::new(), suffix: String::new(), without_author: false };
        let items = vec![item];
        let inlines = references(&items, ReferenceForm::Full, None, span);
        for inline in inlines.unwrap_or_else(|| vec![citation(items, true, &text[at..end], span)]) {
            self.push(inline);
        }
        if let Some(bracket) = self.open.last_mut() {
            bracket.cites = true;
        }
        Some(end)
    }

    /// An address in plain text.
    fn address(&mut self, text: &str, at: usize, limit: usize) -> Option<usize> {
        if self.context.in_link {
            return None;
        }
        let found = if text[at..].starts_with('@') {
            links::mail(text, self.given, at, limit)
        } else {
            links::web(text, self.given, at, limit)
        }?;
        if !self.is_border(found.start) || !self.is_border(found.end) || self.context.room == 0 {
            return None;
        }
        self.give(text, found.start);
        self.skip(found.end);
        let span = self.span(found.start, found.end);
        let words = html::decode(&text[found.start..found.end]);
        let address = format!("{}{words}", found.scheme);
        let content = vec![inline(InlineKind::Text(words), span)];
        self.push(inline(InlineKind::Link { address, title: String::new(), content }, span));
        Some(found.end)
    }

    /// `x^2^`, `H~2~O`: what stands between is raised or lowered, if there is no white space in it (pandoc's `superscript`
    /// and `subscript`). The parser reads only the tildes around whole words.
    fn shift(&mut self, text: &str, at: usize) -> Option<usize> {
        let by = text.as_bytes()[at];
        if by == b'~' && (text[..at].ends_with('~') || text[at + 1..].starts_with('~')) {
            return None;
        }
        let depth = self.open.len();
        if let Some(index) = self.shifted.iter().position(|begun| begun.by == by) {
            let begun = self.shifted.remove(index);
            let is_pair = begun.depth == depth && begun.at < at && !text[begun.at..at].contains(char::is_whitespace);
            self.give(text, at);
            let levels = self.out.get(begun.content..).unwrap_or_default().iter().map(height).max();
            if is_pair && levels.is_some_and(|levels| levels < self.context.room) {
                self.shifted.truncate(index);
                self.skip(at + 1);
                let content = self.out.split_off(begun.content);
                self.out.truncate(begun.sign);
                let span = self.span(begun.at - 1, at + 1);
                let kind = if by == b'^' { InlineKind::Superscript } else { InlineKind::Subscript };
                self.push(inline(kind(content), span));
                return Some(at + 1);
            }
        }
        self.give(text, at);
        let sign = self.out.len();
        self.give(text, at + 1);
        self.shifted.push(Shifted { by, sign, content: self.out.len(), at: at + 1, depth });
        None
    }

    /// LaTeX's `\index{…}`, `\ref{…}` and `\pageref{…}`.
    fn command(&mut self, text: &str, at: usize) -> Option<usize> {
        let command = ["\\index{", "\\ref{", "\\pageref{"].into_iter().find(|name| text[at..].starts_with(name))?;
        let argument = braced(&text[at + command.len() - 1..])?;
        let end = at + command.len() + argument.len() + 1;
        let kind = if command == "\\index{" {
            InlineKind::IndexMark(roles::latex_mark(argument)?)
        } else {
            if argument.is_empty() || argument.contains(char::is_whitespace) || self.context.in_link {
                return None;
            }
            let label = argument.into();
            if command == "\\ref{" {
                InlineKind::Reference { label, form: ReferenceForm::Number, content: Vec::new() }
            } else {
                InlineKind::PageReference { label, form: PageForm::Number }
            }
        };
        if !self.is_border(end) {
            return None;
        }
        self.give(text, at);
        self.skip(end);
        let span = self.span(at, end);
        self.push(inline(kind, span));
        Some(end)
    }

    /// `\(…\)`, of which the first sign is the part at `index`.
    fn formula(&mut self, text: &str, index: usize) -> Option<usize> {
        let Part { start, end, .. } = self.parts[index];
        let close = *self.tex_ends.get(self.tex_ends.partition_point(|&close| close < end))?;
        let tex = text[end..close].trim();
        let through = close + 2;
        if tex.is_empty() {
            return None;
        }
        self.give(text, start);
        self.skip(through);
        let span = self.span(start, through);
        self.push(inline(InlineKind::Formula(Formula { tex: tex.replace('\n', " ") }), span));
        Some(through)
    }
}

/// The inlines with texts joined again that are side by side in the source.
fn joined(inlines: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::with_capacity(inlines.len());
    for inline in inlines {
        if let (
            Some(Inline { kind: InlineKind::Text(before), span: first, .. }),
            Inline { kind: InlineKind::Text(words), span: second, .. },
        ) = (joined.last_mut(), &inline)
            && first.end == second.start
            && first.source == second.source
            && !before.starts_with(MARK)
            && !words.starts_with(MARK)
            && (first.end - first.start) as usize == before.len()
            && (second.end - second.start) as usize == words.len()
        {
            before.push_str(words);
            first.end = second.end;
        } else {
            joined.push(inline);
        }
    }
    joined
}

/// What stands in the braces at the start of `text`, in which others may stand.
fn braced(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().take(LONGEST_ARGUMENT) {
        match byte {
            b'{' if depth == DEEPEST_ARGUMENT => return None,
            b'{' => depth += 1,
            b'}' if depth == 1 => return text.get(1..at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// References to numbered things, if all keys are those of such.
fn references(items: &[CitationItem], form: ReferenceForm, page: Option<PageForm>, span: Span) -> Option<Vec<Inline>> {
    let labels: Option<Vec<String>> = items.iter().map(|item| keys::label(&item.key)).collect();
    let mut inlines = Vec::new();
    let say = |inlines: &mut Vec<Inline>, words: String| inlines.push(inline(InlineKind::Text(words), span));
    for (item, label) in items.iter().zip(labels?) {
        if !inlines.is_empty() {
            say(&mut inlines, ", ".to_owned());
        }
        if !item.prefix.is_empty() {
            say(&mut inlines, format!("{}\u{a0}", item.prefix));
        }
        let label = label.into();
        let kind = if let Some(form) = page {
            InlineKind::PageReference { label, form }
        } else {
            let bare = form == ReferenceForm::Full && (item.without_author || !item.prefix.is_empty());
            let form = if bare { ReferenceForm::Number } else { form };
            InlineKind::Reference { label, form, content: Vec::new() }
        };
        inlines.push(inline(kind, span));
        if !item.suffix.is_empty() {
            say(&mut inlines, format!(", {}", item.suffix));
        }
    }
    Some(inlines)
}

/// A citation that shows what was written until the bibliography is known.
fn citation(items: Vec<CitationItem>, narrative: bool, written: &str, span: Span) -> Inline {
    let content = vec![inline(InlineKind::Text(keys::clean(written)), span)];
    inline(InlineKind::Citation { items, narrative, content }, span)
}

fn inline(kind: InlineKind, span: Span) -> Inline {
    Inline { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind }
}

/// How many levels deep an inline nests: 0 for a leaf.
fn height(inline: &Inline) -> usize {
    let children = inline.children().iter().map(height).max();
    children.map_or(0, |height| height + 1)
}

#[cfg(test)]
mod tests;
