//! Findings → text: for people, one JSON object a line for programs, and a SARIF log for services that keep findings.
//!
//! Knows nothing of where the text goes. Start at [`human`], [`json`] and [`sarif`].

use std::collections::BTreeMap;
use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};
use serde::Serialize;

use super::{Diagnostic, Place, Severity, SourceFile, SourceFiles, SourceId, Span, codes};

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

/// A log in the Static Analysis Results Interchange Format (OASIS SARIF 2.1.0): one run, with a rule for each code that
/// occurs and a result for each finding, in the given order.
#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    short_description: Message,
    full_description: Message,
    help: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

/// Counted from 1, in characters; the end is that of the first character that does not belong to it (3.30).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl Message {
    /// A text as it stands: braces and links mean something to who reads a message (SARIF 2.1.0, 3.11.5 and 3.11.6).
    fn of(text: &str) -> Self {
        Self { text: text.replace('{', "{{").replace('}', "}}").replace("](", "\\](") }
    }
}

/// The findings as one SARIF 2.1.0 log, as code scanning services take it. A result's fingerprint is made of code, file and
/// the line's words (of the message where there is no line), so that it stays where lines move. Costs as [`json`] does.
#[must_use]
pub fn sarif(diagnostics: &[Diagnostic], sources: &SourceFiles) -> String {
    let (mut starts, mut ends) = (Lines::new(sources), Lines::new(sources));
    let occurring: Vec<&str> = {
        let codes: std::collections::BTreeSet<&str> = diagnostics.iter().map(|finding| finding.code).collect();
        codes.into_iter().collect()
    };
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    let results = diagnostics.iter().map(|diagnostic| {
        let mut line = "";
        let located = match &diagnostic.place {
            Place::Project => None,
            Place::File(path) => Some((uri(&shown(path)), None)),
            Place::Span(span) => sources.get(span.source).map(|file| {
                let start = starts.position(span.source, file, span.start as usize);
                let end = ends.position(span.source, file, span.end.max(span.start) as usize);
                line = file.text[start.line_start..].lines().next().unwrap_or_default().trim();
                let region = Region {
                    start_line: start.line,
                    start_column: start.column,
                    end_line: end.line,
                    end_column: end.column,
                };
                (uri(&file.path), Some(region))
            }),
        };
        let address = located.as_ref().map_or("", |(uri, _)| uri);
        let print = fingerprint([diagnostic.code, address, if line.is_empty() { &diagnostic.message } else { line }]);
        let count = seen.entry(print).or_default();
        *count += 1;
        let text = match &diagnostic.help {
            Some(help) => format!("{}. Help: {help}.", diagnostic.message),
            None => format!("{}.", diagnostic.message),
        };
        Finding {
            rule_id: diagnostic.code,
            rule_index: occurring.partition_point(|code| *code < diagnostic.code),
            level: name(diagnostic.severity),
            message: Message::of(&text),
            partial_fingerprints: BTreeMap::from([("primaryLocationLineHash", format!("{print:016x}:{count}"))]),
            locations: located.into_iter().map(Location::of).collect(),
        }
    });
    let results = results.collect();
    let rules = occurring.iter().map(|code| {
        let meaning = codes::meaning(code);
        Rule {
            id: code,
            short_description: Message::of(&format!("{meaning}.")),
            full_description: Message::of(&format!("{meaning}.")),
            help: Message::of(&codes::explain(code)),
        }
    });
    let driver = Driver { name: "pressmark", semantic_version: env!("CARGO_PKG_VERSION"), rules: rules.collect() };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    // Can't fail: all keys are strings.
    serde_json::to_string_pretty(&Log { schema, version: "2.1.0", runs: [run] }).unwrap_or_default() + "\n"
}

impl Location {
    fn of((uri, region): (String, Option<Region>)) -> Self {
        Self { physical_location: PhysicalLocation { artifact_location: Artifact { uri }, region } }
    }
}

/// A path as a reference of RFC 3986: relative to where the program was started, or a `file` URI.
fn uri(path: &str) -> String {
    let mut uri = if std::path::Path::new(path).is_absolute() { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Can't fail: a string takes what it is given.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// FNV-1a of texts, 64 bits: the same on every machine.
fn fingerprint(texts: [&str; 3]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
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
    fn services_get_one_log_with_a_rule_for_each_code() {
        let text = sources("ab\n\"é\" [x](y) {z}\n");
        let mut findings = vec![warning(6, 8), warning(3, 5)];
        findings.push(Diagnostic::error("animated-image", std::path::PathBuf::from("a b/ü:1.gif"), "a {b} [c](d)"));
        findings.push(Diagnostic::error("animated-image", std::path::PathBuf::from("/x.gif"), "e"));
        findings.push(Diagnostic::error("failed-threads", Place::Project, "f"));
        let log: serde_json::Value = serde_json::from_str(&sarif(&findings, &text)).unwrap();
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
        assert_eq!(ids, ["animated-image", "failed-threads", "missing-alt"]);
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(result["ruleId"], ids[index]);
        }
        let place = |index: usize| &run["results"][index]["locations"][0]["physicalLocation"];
        let region = serde_json::json!({ "startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 5 });
        assert_eq!((&place(0)["region"], &place(0)["artifactLocation"]["uri"]), (&region, &"a.md".into()));
        assert_eq!(place(2)["artifactLocation"]["uri"], "a%20b/%C3%BC%3A1.gif");
        assert_eq!(place(3)["artifactLocation"]["uri"], "file:///x.gif");
        assert_eq!(run["results"][2]["message"]["text"], "a {{b}} [c\\](d).");
        assert_eq!(run["results"][4].get("locations"), None);
        assert_eq!(run["results"][4]["level"], "error");
        // Two findings of a kind on one line are told apart, and move with it.
        let print = |log: &serde_json::Value, index: usize| {
            log["runs"][0]["results"][index]["partialFingerprints"]["primaryLocationLineHash"].clone()
        };
        assert_ne!(print(&log, 0), print(&log, 1));
        let moved: serde_json::Value =
            serde_json::from_str(&sarif(&[warning(10, 12)], &sources("ab\n\nx\n\"é\" [x](y) {z}\n"))).unwrap();
        assert_eq!(print(&log, 0), print(&moved, 0));
        assert!(sarif(&[], &text).contains("\"results\": []"));
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
