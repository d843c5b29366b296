//! Puts included files in the place of mdBook's directives: `{{#include FILE}}`, `{{#include FILE:2:5}}` and the like.
//!
//! A file in; a text that knows where each byte comes from out. It knows nothing of Markdown: a directive counts in code
//! too, as it does in mdBook, whose rules these are. Start at [`Expander::expand`].

use std::ops::Range;

use super::front_matter;
use super::mapped::Mapped;
use crate::diagnostics::{Diagnostic, SourceFiles, SourceId, Span, nearest};

/// Reads a file that is included: its address as written, the file that names it (relative to the project), where.
pub type Include<'a> = dyn FnMut(&str, &str, Span, &mut SourceFiles) -> Result<SourceId, Diagnostic> + 'a;

/// How many files may include one another in a chain.
const MAX_DEPTH: usize = 10;
/// How many bytes all includes of a book may add up to.
pub(super) const MAX_SIZE: usize = 64 << 20;
/// What an include costs beside its text.
const WEIGHT: usize = 64;

/// Expands the files of a book.
pub(super) struct Expander<'a> {
    pub(super) sources: &'a mut SourceFiles,
    pub(super) include: &'a mut Include<'a>,
    /// How many bytes may still be included.
    pub(super) budget: usize,
}

/// A file that is being expanded.
struct Open<'a> {
    source: SourceId,
    /// Its path, relative to the project.
    path: String,
    /// The file that includes it.
    parent: Option<&'a Open<'a>>,
}

impl Open<'_> {
    fn depth(&self) -> usize {
        1 + self.parent.map_or(0, Open::depth)
    }

    fn holds(&self, source: SourceId) -> bool {
        self.source == source || self.parent.is_some_and(|parent| parent.holds(source))
    }
}

impl Expander<'_> {
    /// The text of a file without its metadata, with what it includes.
    ///
    /// Findings: what the reader of files says, and the errors `include-cycle`, `missing-anchor` and
    /// `oversized-include`; the directive then stays in the text. Linear in the texts read and written.
    pub(super) fn expand(&mut self, source: SourceId, path: &str, findings: &mut Vec<Diagnostic>) -> Mapped {
        let mut out = Mapped::default();
        let Some(text) = self.sources.get(source).map(|file| file.text.clone()) else { return out };
        let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let start = mark + front_matter::metadata_block(&text[mark..]).map_or(0, |block| block.end);
        let open = Open { source, path: path.to_owned(), parent: None };
        self.copy(&text, std::slice::from_ref(&(start..text.len())), &open, &mut out, findings);
        out
    }

    /// Adds stretches of a file.
    fn copy(
        &mut self,
        text: &str,
        ranges: &[Range<usize>],
        open: &Open<'_>,
        out: &mut Mapped,
        findings: &mut Vec<Diagnostic>,
    ) {
        for range in ranges {
            let mut at = range.start;
            while let Some(found) = find_directive(text, at..range.end) {
                out.push(&text[at..found.range.start], open.source, at);
                at = found.range.end;
                if let Err(finding) = self.directive(text, &found, open, out, findings) {
                    findings.push(finding);
                    out.push(&text[found.range.clone()], open.source, found.range.start);
                }
            }
            out.push(&text[at..range.end], open.source, at);
        }
    }

    fn directive(
        &mut self,
        text: &str,
        found: &Found,
        open: &Open<'_>,
        out: &mut Mapped,
        findings: &mut Vec<Diagnostic>,
    ) -> Result<(), Diagnostic> {
        let directive = &text[found.range.clone()];
        if found.escaped {
            out.push(&directive[1..], open.source, found.range.start + 1);
            return Ok(());
        }
        let argument = text[found.argument.clone()].trim();
        let (kind, argument) = match &text[found.name.clone()] {
            "include" => (Kind::Include, argument),
            "rustdoc_include" => (Kind::Rustdoc, argument),
            "playground" | "playpen" => (Kind::Playground, argument),
            "title" => return Ok(()),
            _ => {
                out.push(directive, open.source, found.range.start);
                return Ok(());
            }
        };
        let (address, properties) = match kind {
            Kind::Playground => argument.split_once(char::is_whitespace).unwrap_or((argument, "")),
            Kind::Include | Kind::Rustdoc => (argument, ""),
        };
        let (address, part) = if kind == Kind::Playground { (address, Part::All) } else { part_of(address) };
        let origin = found.argument.clone();
        let span = Span {
            source: open.source,
            start: u32::try_from(origin.start).unwrap_or(u32::MAX),
            end: u32::try_from(origin.end).unwrap_or(u32::MAX),
        };
        let source = (self.include)(address, &open.path, span, self.sources)?;
        let included = self.sources.get(source).map(|file| file.text.clone()).unwrap_or_default();
        if open.holds(source) || open.depth() >= MAX_DEPTH {
            return Err(Diagnostic::error("include-cycle", span, format!("`{address}` is included in itself"))
                .help(format!("a file can't include itself, and includes go {MAX_DEPTH} deep at most")));
        }
        let ranges = lines_of(&included, &part, kind).ok_or_else(|| unknown_anchor(&included, &part, address, span))?;
        let size = ranges.iter().map(|range| range.end - range.start).sum::<usize>().saturating_add(WEIGHT);
        self.budget = self.budget.checked_sub(size).ok_or_else(|| {
            Diagnostic::error("oversized-include", span, "the includes of this book add up to too much")
                .help(format!("all of them together may have {} MiB", MAX_SIZE >> 20))
        })?;
        if kind == Kind::Playground {
            let info = properties.split_whitespace().fold("rust".to_owned(), |info, word| info + "," + word);
            out.substitute(&format!("```{info}\n"), open.source, found.range.clone());
        }
        let inner = Open { source, path: join(&open.path, address), parent: Some(open) };
        self.copy(&included, &ranges, &inner, out, findings);
        if kind == Kind::Playground {
            out.substitute("\n```\n", open.source, found.range.clone());
        }
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Include,
    /// The lines around those named would be there, but hidden: in a book they are left out.
    Rustdoc,
    /// A program of its own.
    Playground,
}

/// A directive in a text.
struct Found {
    /// All of it, with the backslash of an escaped one.
    range: Range<usize>,
    name: Range<usize>,
    argument: Range<usize>,
    escaped: bool,
}

/// The first directive in `range`: `{{#name argument}}` on one line.
fn find_directive(text: &str, range: Range<usize>) -> Option<Found> {
    let mut from = range.start;
    loop {
        let open = from + text[from..range.end].find("{{")?;
        let inner = open + 2;
        from = inner;
        let blank = text[inner..range.end].bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let hash = inner + blank;
        if !text[hash..range.end].starts_with('#') {
            continue;
        }
        let name = hash + 1;
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let name_end = name + text[name..range.end].bytes().take_while(is_name).count();
        // Stops where the line ends, so that no byte is looked at twice.
        let ends = |(_, pair): &(usize, &[u8])| pair[0] == b'\n' || *pair == b"}}";
        let (length, pair) = text.as_bytes()[name_end..range.end].windows(2).enumerate().find(ends)?;
        let close = name_end + length;
        if pair != b"}}" || name_end == name {
            from = close;
            continue;
        }
        let escaped = open > range.start && text.as_bytes()[open - 1] == b'\\';
        let start = if escaped { open - 1 } else { open };
        return Some(Found { range: start..close + 2, name: name..name_end, argument: name_end..close, escaped });
    }
}

/// Which part of a file is included.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    All,
    /// Lines, counted from 0.
    Lines(Range<usize>),
    /// What stands between two lines with `ANCHOR: name` and `ANCHOR_END: name`.
    Anchor(&'a str),
}

/// An address without its part, and the part: `FILE`, `FILE:LINE`, `FILE:FIRST:LAST`, `FILE:FIRST:`, `FILE::LAST` or
/// `FILE:ANCHOR`.
fn part_of(argument: &str) -> (&str, Part<'_>) {
    let mut fields = argument.splitn(4, ':');
    let address = fields.next().unwrap_or_default();
    let Some(first) = fields.next() else { return (address, Part::All) };
    let last = fields.next();
    let number = |text: &str| text.parse::<usize>().ok();
    let part = match (number(first), last) {
        (None, _) if !first.is_empty() => Part::Anchor(first),
        (Some(line), None) => Part::Lines(line.saturating_sub(1)..line),
        (start, last) => {
            let start = start.unwrap_or(1).saturating_sub(1);
            Part::Lines(start..last.and_then(number).unwrap_or(usize::MAX).max(start))
        }
    };
    (address, part)
}

/// The bytes of a part, without the last line feed; `None` if there is no such anchor. Linear.
fn lines_of(text: &str, part: &Part<'_>, kind: Kind) -> Option<Vec<Range<usize>>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut found = false;
    let mut inside = false;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let range = at..at + line.len();
        at = range.end;
        let taken = match part {
            Part::All => true,
            Part::Lines(lines) => lines.contains(&number),
            Part::Anchor(name) => match (anchor(line, "ANCHOR_END:"), anchor(line, "ANCHOR:")) {
                (Some(ends), _) => {
                    if inside && ends == *name {
                        inside = false;
                        if kind == Kind::Include {
                            break;
                        }
                    }
                    false
                }
                (None, Some(begins)) => {
                    found |= begins == *name;
                    inside |= begins == *name;
                    false
                }
                (None, None) => inside,
            },
        };
        if taken {
            match ranges.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                _ => ranges.push(range),
            }
        }
    }
    if let Some(last) = ranges.last_mut() {
        let body = text[last.clone()].strip_suffix('\n').map(|body| body.strip_suffix('\r').unwrap_or(body));
        last.end = body.map_or(last.end, |body| last.start + body.len());
    }
    (found || !matches!(part, Part::Anchor(_))).then_some(ranges)
}

/// The name after `word` in a line.
fn anchor<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let rest = line[line.find(word)? + word.len()..].trim_start();
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').unwrap_or(rest.len());
    (end > 0).then_some(&rest[..end])
}

fn unknown_anchor(text: &str, part: &Part<'_>, address: &str, span: Span) -> Diagnostic {
    let name = if let Part::Anchor(name) = part { name } else { "" };
    let finding =
        Diagnostic::error("missing-anchor", span, format!("there is no line with `ANCHOR: {name}` in `{address}`"));
    match nearest(name, text.lines().filter_map(|line| anchor(line, "ANCHOR:"))) {
        Some(near) => finding.help(format!("the nearest anchor is `{near}`")),
        None => finding.help("write the anchor in the file, or include lines by their numbers"),
    }
}

/// The path of `address` as it is named in the file `base`, with `.` and `..` taken out. An address that leads outside
/// stays there.
fn join(base: &str, address: &str) -> String {
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expands `a/b.md`, with other files at hand, and compares text and codes.
    #[track_caller]
    fn check(text: &str, others: &[(&str, &str)], expected: &str, codes: &[&str]) {
        let mut sources = SourceFiles::default();
        let source = sources.add("a/b.md".into(), text.into());
        let mut include = |address: &str, base: &str, span: Span, sources: &mut SourceFiles| {
            let path = join(base, address);
            if path == "a/b.md" {
                return Ok(source);
            }
            let (_, text) = others
                .iter()
                .find(|(name, _)| *name == path)
                .ok_or_else(|| Diagnostic::error("missing-include", span, path.clone()))?;
            Ok(sources.find(&path).unwrap_or_else(|| sources.add(path.clone(), (*text).into())))
        };
        let mut findings = Vec::new();
        let mut expander = Expander { sources: &mut sources, include: &mut include, budget: 1000 };
        let mapped = expander.expand(source, "a/b.md", &mut findings);
        assert_eq!(mapped.text(), expected);
        assert_eq!(findings.iter().map(|finding| finding.code).collect::<Vec<_>>(), codes, "{findings:?}");
    }

    #[test]
    fn a_file_can_be_included_as_a_whole_or_by_lines() {
        let others = [("x.rs", "1\n2\n3\n4\n")];
        check("a {{#include ../x.rs}} b", &others, "a 1\n2\n3\n4 b", &[]);
        check("{{#include ../x.rs:2}}", &others, "2", &[]);
        check("{{#include ../x.rs:2:3}}|{{ #include ../x.rs:3: }}", &others, "2\n3|3\n4", &[]);
        check("{{#include ../x.rs::2}}|{{#include ../x.rs:9:7}}|", &others, "1\n2||", &[]);
    }

    #[test]
    fn anchors_name_lines_and_are_no_lines() {
        let others = [(
            "a/x",
            "0\n// ANCHOR: p\n1\n// ANCHOR: q-1\n2\n// ANCHOR_END: q-1\n3\n// ANCHOR_END: p\n4\n//ANCHOR: p\n5",
        )];
        check("{{#include x:p}}", &others, "1\n2\n3", &[]);
        check("{{#include x:q-1}}", &others, "2", &[]);
        check("{{#rustdoc_include x:p}}", &others, "1\n2\n3\n5", &[]);
        check("{{#include x:r}}", &others, "{{#include x:r}}", &["missing-anchor"]);
    }

    #[test]
    fn included_files_include_from_where_they_are() {
        let others = [("c/x", "{{#include d/y}}!"), ("c/d/y", "y {{#include ../z}}"), ("c/z", "z")];
        check("{{#include ../c/x}}", &others, "y z!", &[]);
        check("{{#include ../c/w}}", &others, "{{#include ../c/w}}", &["missing-include"]);
    }

    #[test]
    fn no_include_goes_on_for_ever() {
        check("{{#include b.md}}", &[], "{{#include b.md}}", &["include-cycle"]);
        check("{{#include x}}", &[("a/x", "1{{#include x}}")], "1{{#include x}}", &["include-cycle"]);
        let long = "x".repeat(600);
        check(
            "{{#include x}}{{#include x}}",
            &[("a/x", &long)],
            &(long.clone() + "{{#include x}}"),
            &["oversized-include"],
        );
    }

    #[test]
    fn other_directives_are_code_nothing_or_text() {
        check("{{#playground x editable}}", &[("a/x", "f\n")], "```rust,editable\nf\n```\n", &[]);
        check(
            "{{#title T}}a\\{{#include x}} {{#other x}} {{x}} {{#",
            &[],
            "a{{#include x}} {{#other x}} {{x}} {{#",
            &[],
        );
    }

    #[test]
    fn metadata_is_no_text() {
        check("---\ntitle: T\n---\na", &[], "a", &[]);
    }
}
