//! Findings → text: for people, and one JSON object a line for programs.
//!
//! Knows nothing of where the text goes. Start at [`human`] and [`json`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};
use serde::Serialize;

use super::{Diagnostic, Place, Severity, SourceFile, SourceFiles, SourceId, Span};

/// How many findings of one code people are shown; the rest are counted.
const SHOWN_OF_A_CODE: usize = 20;

/// How many bytes of an author's line are shown on each side of a finding.
const CONTEXT: usize = 400;

/// The findings with the lines they point at, in the given order, in colour where `color` says so. Of each code the
/// first 20 are shown, and then how many more there are. Linear in the sources.
#[must_use]
pub fn human(diagnostics: &[Diagnostic], sources: &SourceFiles, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    let mut lines = Lines::new(sources);
    let mut counts: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    let mut text = String::new();
    for diagnostic in diagnostics {
        let count = counts.entry((diagnostic.severity, diagnostic.code)).or_default();
        *count += 1;
        if *count <= SHOWN_OF_A_CODE {
            text.push_str(&renderer.render(&[group(diagnostic, sources, &mut lines)]));
            text.push_str("\n\n");
        }
    }
    for ((severity, code), count) in counts {
        if count > SHOWN_OF_A_CODE {
            let message = format!("{} more findings like these", count - SHOWN_OF_A_CODE);
            let group = Group::with_title(level(severity).primary_title(message).id(code))
                .element(Level::HELP.message("`--message-format json` gives them all"));
            text.push_str(&renderer.render(&[group]));
            text.push_str("\n\n");
        }
    }
    text
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

/// One finding, ready to be rendered.
fn group<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceFiles, lines: &mut Lines<'a>) -> Group<'a> {
    let mut group =
        Group::with_title(level(diagnostic.severity).primary_title(&diagnostic.message).id(diagnostic.code));
    match &diagnostic.place {
        Place::Project => {}
        Place::File(path) => group = group.element(Origin::path(normalize_untrusted_str(&shown(path)))),
        Place::Span(span) => {
            if let Some(file) = sources.get(span.source) {
                let start = lines.position(span.source, file, span.start as usize);
                let (window, range, whole) = window(&file.text, start.line_start, span);
                let path = normalize_untrusted_str(&file.path);
                let snippet =
                    Snippet::source(window).line_start(start.line).annotation(AnnotationKind::Primary.span(range));
                group = if whole {
                    group.element(snippet.path(path))
                } else {
                    // The renderer can't know the column in a line of which it sees a part.
                    group.element(Origin::path(path).line(start.line).char_column(start.column)).element(snippet)
                };
            }
        }
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(normalize_untrusted_str(help))),
        None => group,
    }
}

/// The part of the line at `line_start` that is worth showing, where the span lies in it, and whether it starts with the
/// line.
fn window<'a>(text: &'a str, line_start: usize, span: &Span) -> (&'a str, std::ops::Range<usize>, bool) {
    let start = floor(text, span.start as usize);
    let end = floor(text, (span.end as usize).max(start));
    let from = floor(text, start.saturating_sub(CONTEXT).max(line_start));
    let until = floor(text, start.saturating_add(CONTEXT));
    let line_end = text[start..until].find('\n').map_or(until, |length| start + length);
    let window = text[from..line_end].trim_end_matches('\r');
    let clamp = |offset: usize| offset.saturating_sub(from).min(window.len());
    (window, clamp(start)..clamp(end), from == line_start)
}

/// The last character boundary of `text` that is not after `offset`.
fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A path with `/` between folders.
fn shown(path: &std::path::Path) -> String {
    path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// A finding as programs read it. What is not known is `null`; lines and columns count from 1, columns in characters.
#[derive(Serialize)]
struct Record<'a> {
    severity: &'static str,
    code: &'a str,
    message: &'a str,
    file: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end: Option<End>,
    help: Option<&'a str>,
}

#[derive(Serialize)]
struct End {
    line: usize,
    column: usize,
}

/// The findings, one JSON object a line: `severity`, `code`, `message`, `file`, `line`, `column`, `end` (with a `line`
/// and a `column`, of the first character that does not belong to it) and `help`; what is not known is `null`. Lines and
/// columns count from 1, columns in characters. Linear in the sources for findings in the order of the text.
#[must_use]
pub fn json(diagnostics: &[Diagnostic], sources: &SourceFiles) -> String {
    let (mut starts, mut ends) = (Lines::new(sources), Lines::new(sources));
    let mut text = String::new();
    for diagnostic in diagnostics {
        let mut record = Record {
            severity: name(diagnostic.severity),
            code: diagnostic.code,
            message: &diagnostic.message,
            file: None,
            line: None,
            column: None,
            end: None,
            help: diagnostic.help.as_deref(),
        };
        match &diagnostic.place {
            Place::Project => {}
            Place::File(path) => record.file = Some(shown(path)),
            Place::Span(span) => {
                if let Some(file) = sources.get(span.source) {
                    let start = starts.position(span.source, file, span.start as usize);
                    let end = ends.position(span.source, file, span.end as usize);
                    record.file = Some(file.path.clone());
                    record.line = Some(start.line);
                    record.column = Some(start.column);
                    record.end = Some(End { line: end.line, column: end.column });
                }
            }
        }
        write_line(&record, &mut text);
    }
    text
}

/// A sentence of the program itself in the form of a finding with the severity `info`, as a line of JSON.
#[must_use]
pub fn json_note(code: &str, message: &str) -> String {
    let mut text = String::new();
    let record =
        Record { severity: "info", code, message, file: None, line: None, column: None, end: None, help: None };
    write_line(&record, &mut text);
    text
}

fn write_line(record: &Record<'_>, text: &mut String) {
    // Neither can fail: a record has string keys only, and a string takes what it is given.
    if let Ok(line) = serde_json::to_string(record) {
        let _ = writeln!(text, "{line}");
    }
}

/// The word for a severity.
#[must_use]
pub fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Where a byte is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    /// Counted from 1.
    line: usize,
    /// Characters from the line's start, counted from 1.
    column: usize,
    /// The byte offset of the line.
    line_start: usize,
}

/// Finds lines and columns. Going forward through a file costs each byte once; going back starts over at the line.
struct Lines<'a> {
    sources: &'a SourceFiles,
    /// For each file met, the offsets of its lines.
    starts: BTreeMap<SourceId, Vec<usize>>,
    /// The last answer: file, byte offset, position.
    last: Option<(SourceId, usize, Position)>,
}

impl<'a> Lines<'a> {
    fn new(sources: &'a SourceFiles) -> Self {
        Self { sources, starts: BTreeMap::new(), last: None }
    }

    fn position(&mut self, id: SourceId, file: &SourceFile, offset: usize) -> Position {
        let offset = floor(&file.text, offset);
        let sources = self.sources;
        let starts = self.starts.entry(id).or_insert_with(|| {
            let text = sources.get(id).map_or("", |file| &file.text);
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        });
        let line = starts.partition_point(|&start| start <= offset);
        let line_start = line.checked_sub(1).and_then(|index| starts.get(index)).copied().unwrap_or(0);
        let (from, column) = match self.last {
            Some((last, at, position)) if last == id && position.line == line && at <= offset => (at, position.column),
            Some(_) | None => (line_start, 1),
        };
        let position = Position { line, column: column + file.text[from..offset].chars().count(), line_start };
        self.last = Some((id, offset, position));
        position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(text: &str) -> SourceFiles {
        let mut sources = SourceFiles::default();
        sources.add("a.md".to_owned(), text.into());
        sources
    }

    fn warning(start: u32, end: u32) -> Diagnostic {
        Diagnostic::warning("missing-alt", Span { source: SourceId(0), start, end }, "no words").help("write some")
    }

    #[test]
    fn people_see_the_line_the_place_and_the_help() {
        let text = human(&[warning(9, 12)], &sources("first\r\né. two three\r\n"), false);
        assert!(text.starts_with("warning[missing-alt]: no words\n"), "{text}");
        assert!(text.contains("a.md:2:2") && text.contains("2 | é. two three"), "{text}");
        assert!(text.contains("help: write some"), "{text}");
    }

    #[test]
    fn a_flood_of_one_code_is_cut_and_counted() {
        let flood: Vec<Diagnostic> = (0..50).map(|start| warning(start, start + 1)).collect();
        let text = human(&flood, &sources(&"x".repeat(60)), false);
        assert_eq!(text.matches("no words").count(), 20);
        assert!(text.contains("warning[missing-alt]: 30 more findings like these"), "{text}");
    }

    #[test]
    fn programs_get_lines_and_columns_in_characters() {
        let text = json(&[warning(6, 8), warning(8, 11)], &sources("ab\n\"é\" cd\nf"));
        let records: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(records[0]["line"], 2);
        assert_eq!(records[0]["column"], 3);
        assert_eq!(records[1]["column"], 5);
        assert_eq!(records[1]["end"]["line"], 3);
        assert_eq!(records[1]["end"]["column"], 1);
        assert_eq!(records[1]["help"], "write some");
        assert_eq!(records[1]["severity"], "warning");
    }

    #[test]
    fn spans_outside_the_text_or_inside_a_letter_are_moved() {
        let findings = [warning(1, 2), warning(900, 2), warning(u32::MAX, u32::MAX)];
        assert_eq!(json(&findings, &sources("é")).lines().count(), 3);
        assert!(human(&findings, &sources("é"), false).contains("a.md:1:2"));
    }

    #[test]
    fn a_line_without_end_is_shown_in_part() {
        let text = human(&[warning(5_000_000, 5_000_003)], &sources(&"word ".repeat(2_000_000)), false);
        assert!(text.contains("a.md:1:5000001") && text.len() < 2000, "{text}");
    }

    #[test]
    fn escapes_of_a_hostile_manuscript_do_not_reach_the_terminal() {
        let mut finding = warning(0, 3).help("\u{1b}[2J");
        finding.message = "\u{1b}[31m".to_owned();
        let text = human(
            &[finding, Diagnostic::warning("raw-html", std::path::PathBuf::from("\u{1b}[1m"), "x")],
            &sources("\u{1b}[0m"),
            false,
        );
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}
