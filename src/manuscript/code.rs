//! Blocks of code: what stands after the fence, lines that are hidden, marks that the text explains, diagrams.
//!
//! Start at [`Builder::push_code`].

use std::ops::Range;
use std::sync::Arc;

use super::attributes::{self, Parsed};
use super::inline::unmarked;
use super::tree::{Builder, block};
use crate::document::{Attributes, Block, BlockKind, Callout, CodeBlock, ContainerRole, Image, Inline, plain_text};

/// What is written after a fence.
#[derive(Debug, Default, PartialEq, Eq)]
struct Info {
    language: String,
    /// What is meant to be after the language: `ignore`, `hidelines=!`.
    words: Vec<String>,
    attributes: Parsed,
}

/// Reads what is written after a fence: `rust`, `rust,ignore`, `{.rust #lst:x key="value"}`, `rust {#lst:x}`, `{python}`.
fn info(text: &str) -> Info {
    let start = text.find('{').unwrap_or(text.len());
    let (words, braces) = text.split_at(start);
    let mut parsed = Parsed::default();
    let mut words = words.to_owned();
    if let Some((found, length)) = attributes::parse(braces)
        && braces[length..].trim().is_empty()
    {
        parsed = found;
    } else {
        words.push_str(braces);
    }
    let mut words = words.split([',', ' ', '\t']).filter(|word| !word.is_empty()).map(str::to_owned);
    let language = words.next().or_else(|| {
        let named = parsed.classes.iter().position(|class| !is_option(class))?;
        Some(parsed.classes.remove(named))
    });
    // Quarto runs `{python}`; here it is shown.
    let language = language.unwrap_or_default().trim_matches(['{', '}', '.']).to_lowercase();
    Info { language, words: words.collect(), attributes: parsed }
}

/// Whether a class is no language.
fn is_option(class: &str) -> bool {
    matches!(class, "numberLines" | "number-lines" | "line-numbers" | "print-only" | "ebook-only" | "unnumbered")
}

impl Builder<'_> {
    /// Adds a block of code; of Mermaid, a figure.
    pub(super) fn push_code(&mut self, written: &str, mut text: String, range: Range<usize>) {
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        let Info { language, words, attributes: mut parsed } = info(written);
        let caption = ["caption", "fig-cap", "lst-cap"].iter().find_map(|key| parsed.take(key)).unwrap_or_default();
        let caption = self.read_value(&caption, &fence_line(self.text, &range));
        if language == "mermaid" {
            return self.push_diagram(text, caption, parsed, range);
        }
        let title = ["title", "filename", "file-name"].iter().find_map(|key| parsed.take(key)).unwrap_or_default();
        let title = self.read_value(&title, &fence_line(self.text, &range));
        let numbered = ["numberLines", "number-lines", "line-numbers"].iter().any(|class| parsed.take_class(class));
        let first = ["startFrom", "start-from", "number-from"].iter().find_map(|key| parsed.take(key));
        let first = first.and_then(|first| first.parse::<u32>().ok());
        let lines = ["highlight", "hl_lines", "hl-lines", "code-line-numbers"].iter().find_map(|key| parsed.take(key));
        let highlighted = lines.as_deref().map(line_ranges).unwrap_or_default();
        parsed.take("tabsize");
        let unnumbered = parsed.take_class("unnumbered");
        let attributes = parsed.attributes_with_placement();
        self.warn_left(&parsed, &range);
        let mut callouts = Vec::new();
        if self.settings.mdbook {
            text = shown_lines(&text, &language, &words);
        } else {
            (text, callouts) = take_callouts(&text);
        }
        let first_number = if numbered || first.is_some() { Some(first.unwrap_or(1)) } else { None };
        let code = CodeBlock { language, text, title, caption, first_number, unnumbered, highlighted, callouts };
        let span = self.block_span(range);
        self.push_ready(Block { attributes, ..block(BlockKind::Code(code), span) });
    }

    /// A diagram, with the alternative text of its caption, its attributes or its source.
    fn push_diagram(&mut self, source: String, caption: Vec<Inline>, mut parsed: Parsed, range: Range<usize>) {
        let mut image = Image { diagram: Some(source), ..Image::default() };
        if let Some(alt) = parsed.take("fig-alt").or(parsed.take("alt")) {
            image.alt = alt;
        } else if caption.is_empty() {
            let title = |word: &str| {
                let source = image.diagram.as_deref().unwrap_or_default();
                let found =
                    source.lines().find_map(|line| line.trim().strip_prefix(word)?.trim_start().strip_prefix(':'));
                found.map(|title| title.trim().to_owned()).filter(|title| !title.is_empty())
            };
            image.alt = title("accDescr").or_else(|| title("accTitle")).unwrap_or_default();
        } else {
            image.alt = unmarked(&plain_text(&caption));
        }
        image.decorative = parsed.take_class("decorative");
        if image.alt.is_empty() && !image.decorative {
            let help = "say what it shows: `{.mermaid alt=\"…\"}`, or `accDescr: …` among its lines";
            self.warn("missing-alt", &fence_line(self.text, &range), "a diagram without alternative text", help);
        }
        let attributes = parsed.attributes_with_placement();
        self.warn_left(&parsed, &range);
        let span = self.block_span(range);
        self.push_ready(Block { attributes, ..block(BlockKind::Figure { image, caption }, span) });
    }

    /// An mdBook's listing: the first code in it bears the file's name, the last the number and the caption.
    pub(super) fn push_listing(
        &mut self,
        file: Vec<Inline>,
        number: Option<String>,
        caption: Vec<Inline>,
        mut attributes: Attributes,
        mut blocks: Vec<Block>,
        range: Range<usize>,
    ) {
        let label = number.as_ref().map(|number| Arc::from(format!("listing-{number}")));
        attributes.label = attributes.label.or(label);
        attributes.number = number.map(|number| Arc::from(format!("Listing {number}")));
        let mut codes = blocks.iter_mut().filter_map(|Block { kind, attributes, .. }| {
            if let BlockKind::Code(code) = kind { Some((code, attributes)) } else { None }
        });
        let Some((first, first_attributes)) = codes.next() else {
            let container = BlockKind::Container { role: ContainerRole::Plain, title: file, blocks };
            let span = self.block_span(range);
            return self.push_ready(Block { attributes, ..block(container, span) });
        };
        first.title = file;
        if let Some((last, last_attributes)) = codes.last() {
            last.caption = caption;
            *last_attributes = attributes;
        } else {
            first.caption = caption;
            *first_attributes = attributes;
        }
        blocks.into_iter().for_each(|block| self.push_ready(block));
    }
}

/// The first line of a block.
fn fence_line(text: &str, range: &Range<usize>) -> Range<usize> {
    let line = text.get(range.clone()).and_then(|block| block.find('\n')).map_or(range.end, |end| range.start + end);
    range.start..line
}

/// Lines as they are named: `2,4-6`; in order, those that overlap joined.
fn line_ranges(text: &str) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = text
        .split([',', ' ', ';'])
        .filter_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (1..=last).contains(&first).then_some((first, last))
        })
        .collect();
    ranges.sort_unstable();
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for (first, last) in ranges {
        match joined.last_mut() {
            Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
            _ => joined.push((first, last)),
        }
    }
    joined
}

/// The lines that an mdBook shows: in Rust, a line whose first sign is `#` and a space is hidden, and `##` stands for `#`;
/// `hidelines=PREFIX` hides those that begin with the prefix.
fn shown_lines(text: &str, language: &str, words: &[String]) -> String {
    let prefix = words.iter().find_map(|word| word.strip_prefix("hidelines=")).filter(|prefix| !prefix.is_empty());
    let mut shown = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let body = line.trim_start();
        let indent = &line[..line.len() - body.len()];
        if let Some(prefix) = prefix {
            if !body.starts_with(prefix) {
                shown.push_str(line);
            }
            continue;
        }
        let after = body.strip_prefix('#').filter(|_| language == "rust");
        match after {
            Some(after) if after.starts_with('#') => {
                shown.push_str(indent);
                shown.push_str(after);
            }
            Some(after) if after.trim_end_matches(['\n', '\r']).is_empty() || after.starts_with(' ') => {}
            Some(_) | None => shown.push_str(line),
        }
    }
    shown
}

/// The text without the marks at the ends of its lines, `// <1>` or the like, and the marks.
fn take_callouts(text: &str) -> (String, Vec<Callout>) {
    const COMMENTS: [&str; 6] = ["//", "#", "<!--", "--", ";", "%"];
    let mut callouts = Vec::new();
    let mut kept = String::with_capacity(text.len());
    for (line, written) in (1..).zip(text.split_inclusive('\n')) {
        let body = written.trim_end();
        let mut rest = body.strip_suffix("-->").map_or(body, str::trim_end);
        let mut numbers = Vec::new();
        while let Some((before, number)) = rest.strip_suffix('>').and_then(|inner| inner.rsplit_once('<')) {
            let Ok(number) = number.parse::<u32>() else { break };
            numbers.push(number);
            rest = before.trim_end();
        }
        let comment = COMMENTS.iter().find_map(|comment| rest.strip_suffix(comment));
        match comment {
            Some(code) if !numbers.is_empty() => {
                kept.push_str(code.trim_end());
                kept.push_str(&written[written.trim_end_matches(['\n', '\r']).len()..]);
                callouts.extend(numbers.into_iter().rev().map(|number| Callout { line, number }));
            }
            Some(_) | None => kept.push_str(written),
        }
    }
    (kept, callouts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_first_word_or_class() {
        let language = |text| info(text).language;
        for text in ["Rust", "rust,ignore", "rust ignore", "{.rust #a}", "{.numberLines .rust}", "rust {#a}", "{rust}"]
        {
            assert_eq!(language(text), "rust", "{text}");
        }
        assert_eq!(language(""), "");
        assert_eq!(language("c++"), "c++");
        assert_eq!(info("rust,ignore,hidelines=!").words, ["ignore", "hidelines=!"]);
        assert_eq!(info("rust {#a startFrom=5}").attributes.label.as_deref(), Some("a"));
    }

    #[test]
    fn lines_are_named_in_ranges() {
        assert_eq!(line_ranges("4-6, 2,5-9,x,3-1,0"), [(2, 2), (4, 9)]);
        assert_eq!(line_ranges("1 2;3"), [(1, 3)]);
    }

    #[test]
    fn an_mdbook_hides_lines_of_rust() {
        let text = "# use a;\n#\n  # b\n#[derive]\n#!x\n## c\nd # e\n";
        assert_eq!(shown_lines(text, "rust", &[]), "#[derive]\n#!x\n# c\nd # e\n");
        assert_eq!(shown_lines(text, "python", &[]), text);
        assert_eq!(shown_lines("!!a\nb\n", "python", &["hidelines=!!".to_owned()]), "b\n");
    }

    #[test]
    fn marks_at_the_ends_of_lines_are_taken_out() {
        let (text, callouts) = take_callouts("a(); // <1>\nb # <2> <3>\n<c> <!-- <4> -->\nd <5>\nVec<6>\n");
        assert_eq!(text, "a();\nb\n<c>\nd <5>\nVec<6>\n");
        let marks: Vec<(u32, u32)> = callouts.iter().map(|mark| (mark.line, mark.number)).collect();
        assert_eq!(marks, [(1, 1), (2, 2), (2, 3), (3, 4)]);
    }
}
