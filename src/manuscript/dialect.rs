//! Rewrites the lines that books know and CommonMark does not, so that one parse of the whole file reads all of it.
//!
//! The fences of divs (`::: {.note}` … `:::`) and page breaks become comments of HTML at the same place, which the tree
//! knows by their offsets; lines of verse (`| …`) become lines of a paragraph; pandoc's own tables become tables with bars
//! or of HTML (`pandoc_tables`), and its lists in letters and roman numerals lists in decimals (`fancy_lists`); a variable
//! becomes its value. What stands in code, formulas and comments stays as it is. It knows nothing of what a div means.
//! Start at [`prepare`].

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::Settings;
use super::fancy_lists::{self, bracket_of};
use super::mapped::Mapped;
use super::pandoc_tables::{self, Part};
use crate::diagnostics::{Diagnostic, nearest};
use crate::document::ListNumbers;

/// What the tree reads.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) text: Mapped,
    /// The comments that stand for something, by the offset of each in the text.
    pub(super) marks: BTreeMap<usize, Mark>,
    /// The widths of the columns of a table, in thousandths of the measure, by an offset within it.
    pub(super) widths: BTreeMap<usize, Vec<u16>>,
    /// How a list is counted that the parser takes for one in decimals, and its first number, by the offset of its first marker.
    pub(super) lists: BTreeMap<usize, (u64, ListNumbers)>,
}

/// What stands in the place of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) kind: MarkKind,
    /// The line as it was written, to be shown where it proves to be none.
    pub(super) written: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MarkKind {
    /// The beginning of a div, with its attributes as written: `{.note #id}` or `note`.
    Open(String),
    /// The end of a div.
    Close,
    /// The beginning of lines of verse, which end as a div does.
    Verse,
    /// The end of lines of verse.
    EndOfVerse,
    PageBreak,
}

/// What a mark looks like in the text.
pub(super) const MARK: &str = "<!--:::-->";
/// Stands at the beginning of a line of verse: no line that begins with it is a heading, a list or the like.
const VERSE_LINE: &str = "&nbsp;";

/// How many bytes the name of a variable may have, with the spaces around it.
const LONGEST_NAME: usize = 100;

/// What of Markdown is read: see [`super::read`].
pub(super) fn options(settings: &Settings) -> Options {
    let common = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST;
    if settings.mdbook { common } else { common | Options::ENABLE_MATH | Options::ENABLE_SUBSCRIPT }
}

/// Prepares a file for the parser. Finds `unknown-variable`. Linear.
pub(super) fn prepare(text: Mapped, settings: &Settings, findings: &mut Vec<Diagnostic>) -> Prepared {
    const SIGNS: [&str; 6] = [":::", "| ", "\\newpage", "\\pagebreak", "\\clearpage", "pagebreak"];
    const SIGNS_OF_TABLES: [&str; 4] = ["-- ", "+-", "+=", "+:"];
    let source = text.text();
    let has_variables = !settings.mdbook && source.contains("{{");
    let has_formulas = !settings.mdbook && source.contains("$$");
    let has_tables = !settings.mdbook && SIGNS_OF_TABLES.iter().any(|sign| source.contains(sign));
    let has_lists = !settings.mdbook && source.lines().any(fancy_lists::begins_item);
    if !has_variables && !has_formulas && !has_tables && !has_lists && !SIGNS.iter().any(|sign| source.contains(sign)) {
        return Prepared { text, ..Prepared::default() };
    }
    let fixed = fixed_ranges(source, settings);
    let mut scanner = Scanner {
        input: &text,
        settings,
        fixed: &fixed,
        in_table: false,
        out: Prepared::default(),
        verse: Vec::new(),
        in_lines: None,
        after_blank: true,
        last_item: None,
        last_bracket: None,
        markers: BTreeMap::new(),
        findings,
    };
    let mut at = 0;
    while at < source.len() {
        at = scanner.line(at);
    }
    scanner.end_lines();
    scanner.out
}

/// What of a text is not what it seems.
#[derive(Default)]
struct Fixed {
    /// Code, formulas and HTML that goes on over blank lines, in order.
    ranges: Vec<(Range<usize>, FixedKind)>,
    /// In order. In them, only `|` means something else.
    tables: Vec<Range<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FixedKind {
    Indented,
    Fenced,
    Html,
    /// Within a line, or over several lines of a paragraph.
    Inline,
}

impl Fixed {
    /// What the text at `at` lies in. A line that begins where code does is part of it. Logarithmic.
    fn at(&self, at: usize) -> Option<FixedKind> {
        let after = self.ranges.partition_point(|(range, _)| range.start <= at);
        let (range, kind) = self.ranges.get(after.checked_sub(1)?)?;
        let from_start = matches!(kind, FixedKind::Indented | FixedKind::Fenced);
        (at < range.end && (range.start < at || from_start)).then_some(*kind)
    }

    /// Whether `at` lies in a table. Logarithmic.
    fn is_table(&self, at: usize) -> bool {
        let after = self.tables.partition_point(|table| table.start <= at);
        after.checked_sub(1).and_then(|last| self.tables.get(last)).is_some_and(|table| at < table.end)
    }
}

/// Asks the parser for what is fixed. Linear.
fn fixed_ranges(text: &str, settings: &Settings) -> Fixed {
    const RAW: [&str; 6] = ["<pre", "<script", "<style", "<textarea", "<!", "<?"];
    let raw = |range: &Range<usize>| {
        let html = text[range.clone()].trim_start().as_bytes();
        RAW.iter()
            .any(|start| html.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start.as_bytes())))
    };
    let mut fixed = Fixed::default();
    for (event, range) in Parser::new_ext(text, options(settings)).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => fixed.ranges.push((range, FixedKind::Indented)),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => fixed.ranges.push((range, FixedKind::Fenced)),
            Event::Start(Tag::Table(_)) => fixed.tables.push(range),
            Event::Start(Tag::HtmlBlock) if raw(&range) => fixed.ranges.push((range, FixedKind::Html)),
            Event::Code(_) | Event::InlineMath(_) | Event::DisplayMath(_) | Event::InlineHtml(_) => {
                fixed.ranges.push((range, FixedKind::Inline));
            }
            Event::Start(_)
            | Event::End(_)
            | Event::Text(_)
            | Event::Html(_)
            | Event::FootnoteReference(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Rule
            | Event::TaskListMarker(_) => {}
        }
    }
    fixed
}

/// The marker of an item, and what stands for it.
struct ListMarker {
    range: Range<usize>,
    number: String,
    /// For the first of a list: its first number, and how it is counted.
    list: Option<(u64, ListNumbers)>,
}

struct Scanner<'a> {
    input: &'a Mapped,
    settings: &'a Settings,
    fixed: &'a Fixed,
    /// Whether a table is being rewritten: in it, no line is code.
    in_table: bool,
    out: Prepared,
    /// For each open div, whether it holds verse.
    verse: Vec<bool>,
    /// What stands before the bar, if the last line was a line of verse of its own.
    in_lines: Option<Range<usize>>,
    /// Whether a paragraph can't go on here.
    after_blank: bool,
    /// How far the last line was set in, if it began with the marker of an item.
    last_item: Option<usize>,
    /// What was behind the last number that a line began with.
    last_bracket: Option<char>,
    /// The markers of the lists that were found, by their offsets.
    markers: BTreeMap<usize, ListMarker>,
    findings: &'a mut Vec<Diagnostic>,
}

impl Scanner<'_> {
    /// Copies the line that begins at `at`, and returns where the next begins.
    fn line(&mut self, at: usize) -> usize {
        let text = self.input.text();
        let end = text[at..].find('\n').map_or(text.len(), |length| at + length + 1);
        let line = text[at..end].trim_end_matches(['\n', '\r']);
        let quoted = line.trim_start_matches([' ', '\t', '>']);
        let prefix = line.len() - quoted.len();
        let content = quoted.trim_end();
        let fixed = self.fixed.at(at + prefix).is_some();
        let in_verse = self.verse.last() == Some(&true);
        let after_blank = std::mem::replace(&mut self.after_blank, content.is_empty());

        // Below the line of an item a list may begin at once.
        let in_item = self.last_item.is_some_and(|outer| prefix > outer);
        self.last_item = Some(prefix).filter(|_| begins_item(content));
        self.last_bracket = bracket_of(content).or(self.last_bracket);
        if !self.settings.mdbook && !in_verse && (after_blank || in_item) {
            self.find_list(at);
        }
        if let Some(ListMarker { range, number, list }) = self.markers.remove(&(at + prefix)) {
            self.end_lines();
            self.copy(at..range.start);
            if let Some(list) = list {
                self.out.lists.insert(self.out.text.text().len(), list);
            }
            self.out.text.copy_as(&number, self.input, range.clone());
            self.copy(range.end..end);
            self.last_item = Some(prefix);
            self.last_bracket = number.chars().next_back();
            return end;
        }
        if !fixed || in_verse {
            if let Some(kind) = fence(content) {
                self.end_lines();
                if let MarkKind::Open(head) = &kind {
                    self.verse.push(is_verse(head));
                } else {
                    self.verse.pop();
                }
                self.mark(kind, at..end, prefix, content);
                self.after_blank = true;
                return end;
            }
            if is_page_break(content) {
                self.end_lines();
                self.mark(MarkKind::PageBreak, at..end, prefix, content);
                self.after_blank = true;
                return end;
            }
        }
        if in_verse && !content.is_empty() {
            self.verse_line(at, end, prefix, content);
            return end;
        }
        if !self.settings.mdbook
            && after_blank
            && !in_verse
            && let Some(end) = self.table(at)
        {
            return end;
        }
        if !self.settings.mdbook && !fixed {
            let opens = content == "|" || content.starts_with("| ");
            // With a bar at its end as well it is meant for a table, and not the first line of verse.
            let is_row = content.len() > 1 && content.ends_with('|');
            if opens && (self.in_lines.is_some() || after_blank && !is_row) && !self.fixed.is_table(at + prefix) {
                return self.line_of_verse(at, end, prefix);
            }
            if content.starts_with("$$")
                && line[..prefix].trim().is_empty()
                && let Some(end) = self.display(at + prefix)
            {
                self.end_lines();
                self.formula(at, end);
                return end;
            }
        }
        self.end_lines();
        self.copy(at..end);
        end
    }

    /// Notes the markers of the list in letters or roman numerals that begins in the line at `at`, if there is one.
    fn find_list(&mut self, at: usize) {
        let fixed = self.fixed;
        let is_barred = |at| matches!(fixed.at(at), Some(FixedKind::Fenced | FixedKind::Html));
        let Some(list) = fancy_lists::find(self.input.text(), at, is_barred) else { return };
        let counted = Some((list.start, list.numbers));
        // Two lists that follow one another are one to the parser, unless they have different brackets.
        let own = list.numbers.marks.bracket();
        let bracket = if self.last_bracket == Some(own) || list.next == Some(own) {
            if own == '.' { ')' } else { '.' }
        } else {
            own
        };
        for (index, range) in list.markers.into_iter().enumerate() {
            let counted = counted.filter(|_| index == 0);
            let number = fancy_lists::stand_in(&range, bracket);
            self.markers.entry(range.start).or_insert(ListMarker { range, number, list: counted });
        }
    }

    /// Puts in the table of pandoc's that begins in the line at `at`, if there is one, and returns where the next line
    /// begins.
    fn table(&mut self, at: usize) -> Option<usize> {
        let fixed = self.fixed;
        let is_barred = |at| matches!(fixed.at(at), Some(FixedKind::Fenced | FixedKind::Html));
        let is_code = |at| is_barred(at) || fixed.at(at) == Some(FixedKind::Indented);
        let table = pandoc_tables::find(self.input.text(), at, options(self.settings), is_barred, is_code)?;
        self.end_lines();
        self.in_table = true;
        for part in table.parts {
            match part {
                Part::Copied(range) => self.copy(range),
                Part::Added(words, range) => self.out.text.copy_as(&words, self.input, range),
                Part::Widths(widths) => {
                    self.out.widths.insert(self.out.text.text().len(), widths);
                }
            }
        }
        self.in_table = false;
        self.after_blank = true;
        Some(table.end)
    }

    /// Puts a mark in the place of a line.
    fn mark(&mut self, kind: MarkKind, line: Range<usize>, prefix: usize, written: &str) {
        self.out.text.copy(self.input, line.start..line.start + prefix);
        self.out.marks.insert(self.out.text.text().len(), Mark { kind, written: written.to_owned() });
        let content = line.start + prefix..line.start + prefix + written.len();
        self.out.text.copy_as(MARK, self.input, content.clone());
        self.line_end(content.end..line.end);
    }

    /// Ends the line, though the file may end here.
    fn line_end(&mut self, range: Range<usize>) {
        if self.input.text()[range.clone()].ends_with('\n') {
            self.out.text.copy(self.input, range);
        } else {
            self.out.text.copy_as("\n", self.input, range);
        }
    }

    /// A line with `|` before it: a line of verse, with the lines that go on with it. Returns where the next begins.
    fn line_of_verse(&mut self, at: usize, mut end: usize, prefix: usize) -> usize {
        let text = self.input.text();
        if self.in_lines.is_none() {
            self.in_lines = Some(at..at + prefix);
            self.own_mark(MarkKind::Verse, at..at + prefix);
        }
        let line = text[at..end].trim_end();
        let bar = at + prefix + 1;
        let start = (bar + usize::from(bar < at + line.len())).min(at + line.len());
        self.verse_prefix(at..at + prefix, start, &text[start..at + line.len()]);
        self.copy(start + leading(&text[start..at + line.len()])..at + line.len());
        // Lines that begin with a space and no bar go on with this one.
        loop {
            let next = text[end..].find('\n').map_or(text.len(), |length| end + length + 1);
            let more = &text[end..next];
            let words = more.trim();
            if prefix > 0 || words.is_empty() || !more.starts_with([' ', '\t']) || words.starts_with('|') {
                break;
            }
            let start = end + leading(more);
            self.out.text.copy_as(" ", self.input, end..start);
            self.copy(start..start + words.len());
            end = next;
        }
        self.line_end(end.saturating_sub(1).max(start)..end);
        end
    }

    /// A line within a div of verse.
    fn verse_line(&mut self, at: usize, end: usize, prefix: usize, content: &str) {
        let quote = self.input.text()[at..at + prefix].rfind('>').map_or(0, |mark| mark + 1);
        let start = at + quote;
        self.verse_prefix(at..start, start, &self.input.text()[start..at + prefix]);
        self.copy(at + prefix..at + prefix + content.len());
        self.line_end(at + prefix + content.len()..end);
    }

    /// Begins a line of verse: what a quotation puts before it, and a hard space for each space it is set in, and one more.
    fn verse_prefix(&mut self, container: Range<usize>, start: usize, words: &str) {
        self.out.text.copy(self.input, container);
        let indent = leading(words);
        for _ in 0..=indent.min(usize::from(u8::MAX)) {
            self.out.text.copy_as(VERSE_LINE, self.input, start..start + indent);
        }
    }

    /// Ends the lines of verse, if there are any open.
    fn end_lines(&mut self) {
        if let Some(container) = self.in_lines.take() {
            self.own_mark(MarkKind::EndOfVerse, container);
        }
    }

    /// A line with nothing but a mark, in the place of nothing, in the same quotations and lists as `container`.
    fn own_mark(&mut self, kind: MarkKind, container: Range<usize>) {
        let at = container.end;
        self.out.text.copy(self.input, container);
        self.out.marks.insert(self.out.text.text().len(), Mark { kind, written: String::new() });
        self.out.text.copy_as(MARK, self.input, at..at);
        self.out.text.copy_as("\n", self.input, at..at);
    }

    /// Where the line ends on which a formula that begins at `start` ends, if it goes on over several lines.
    fn display(&self, start: usize) -> Option<usize> {
        let text = self.input.text();
        let rest = &text[start + 2..];
        let close = rest.find("$$").map(|close| start + 2 + close)?;
        let inner = &text[start..close];
        if !inner.contains('\n') || inner.lines().skip(1).any(|line| line.trim().is_empty() && !line.is_empty()) {
            return None;
        }
        if inner.contains("\n\n") || inner.contains("\n\r\n") {
            return None;
        }
        Some(text[close..].find('\n').map_or(text.len(), |length| close + length + 1))
    }

    /// Copies a formula of several lines as one line: a line that begins with `-` or `+` is no list.
    fn formula(&mut self, at: usize, end: usize) {
        let text = self.input.text();
        let mut start = at;
        for line in text[at..end].split_inclusive('\n') {
            let body = line.trim_end_matches(['\n', '\r']).len();
            self.copy(start..start + body);
            let ends = start + line.len() >= end;
            // A comment of TeX ends where its line ends.
            if ends || line.contains('%') {
                self.out.text.copy(self.input, start + body..start + line.len());
            } else {
                self.out.text.copy_as(" ", self.input, start + body..start + line.len());
            }
            start += line.len();
        }
    }

    /// Copies a stretch of a line with its variables replaced.
    fn copy(&mut self, range: Range<usize>) {
        if self.settings.mdbook {
            return self.out.text.copy(self.input, range);
        }
        let text = self.input.text();
        let mut at = range.start;
        while let Some(open) = text[at..range.end].find("{{").map(|open| at + open) {
            let length = text.as_bytes()[open + 2..range.end].iter().take(LONGEST_NAME).position(|byte| *byte == b'}');
            let close = open + 2 + length.unwrap_or(0);
            let name = text[open + 2..close].trim();
            let closed = text[close..range.end].starts_with("}}");
            if !closed || !is_name(name) || self.is_fixed(open + 1) || is_escaped(text, open) {
                self.out.text.copy(self.input, at..open + 2);
                at = open + 2;
                continue;
            }
            self.out.text.copy(self.input, at..open);
            at = close + 2;
            if let Some(value) = self.settings.variables.get(name) {
                self.out.text.copy_as(value, self.input, open..at);
            } else {
                self.unknown_variable(name, &(open..at));
                self.out.text.copy(self.input, open..at);
            }
        }
        self.out.text.copy(self.input, at..range.end);
    }

    /// Whether no variable is replaced at `at`.
    fn is_fixed(&self, at: usize) -> bool {
        self.fixed.at(at).is_some_and(|kind| !self.in_table || kind == FixedKind::Inline)
    }

    fn unknown_variable(&mut self, name: &str, range: &Range<usize>) {
        let span = self.input.span(range);
        let known = self.settings.variables.keys().map(String::as_str);
        let help = nearest(name, known).map_or_else(
            || "give it a value among the variables of the manifest, or write a backslash before it".to_owned(),
            |near| format!("the nearest variable is `{near}`"),
        );
        let message = format!("nothing is known by the name `{name}`");
        self.findings.push(Diagnostic::warning("unknown-variable", span, message).help(help));
    }
}

/// What a line is, if it is the fence of a div: three colons or more, then nothing, or a name or attributes in braces,
/// then colons or nothing (pandoc's `fenced_divs`).
fn fence(line: &str) -> Option<MarkKind> {
    let rest = line.trim_start_matches(':');
    if line.len() - rest.len() < 3 {
        return None;
    }
    let head = rest.trim_end_matches(':').trim();
    if head.is_empty() {
        return rest.is_empty().then_some(MarkKind::Close);
    }
    let name = head.find('{').map_or(head, |brace| head[..brace].trim_end());
    let braces = &head[name.len()..];
    let is_word = |word: &str| !word.contains(|c: char| c.is_whitespace() || matches!(c, ':' | '}' | '[' | ']' | '`'));
    let braced = braces.is_empty() || braces.trim_start().starts_with('{') && braces.ends_with('}');
    (is_word(name) && braced).then(|| MarkKind::Open(head.to_owned()))
}

/// Whether a div with these attributes holds verse.
fn is_verse(head: &str) -> bool {
    let is_class = |word: &str| word.trim_matches(['{', '}']) == ".verse";
    head.split_whitespace().next() == Some("verse") || head.split_whitespace().any(is_class)
}

/// Whether a line begins with the marker of an item: a bullet, or a number.
fn begins_item(content: &str) -> bool {
    bracket_of(content).is_some() || ["- ", "* ", "+ "].iter().any(|bullet| content.starts_with(bullet))
}

/// A page break in the words of LaTeX, of Quarto, or in a comment.
fn is_page_break(line: &str) -> bool {
    let inner = ["<!--", "{{<"]
        .iter()
        .zip(["-->", ">}}"])
        .find_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close).map(str::trim));
    match inner {
        Some(inner) => matches!(inner, "pagebreak" | "page-break" | "newpage"),
        None => matches!(line, "\\newpage" | "\\pagebreak" | "\\clearpage"),
    }
}

/// Whether a variable can have this name.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// Whether an odd number of backslashes stands before `at`.
fn is_escaped(text: &str, at: usize) -> bool {
    text[..at].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// How many bytes of spaces and tabs `words` begins with.
fn leading(words: &str) -> usize {
    words.len() - words.trim_start_matches([' ', '\t']).len()
}
