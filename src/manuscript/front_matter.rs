//! Finds the metadata that a Markdown file may begin with: YAML between `---` and `---` or `...`, and pandoc's title block.
//!
//! It is found by its lines alone: what they say is read by the project. Lines that could be prose between two thematic
//! breaks are prose. Start at [`metadata_block`].

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

/// A stretch of metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Metadata {
    /// YAML: the lines between the two that enclose it.
    Yaml(Range<usize>),
    /// Lines that begin with `%`: title, authors and date.
    TitleBlock(Range<usize>),
}

/// The bytes at the top of `text` that are metadata and no part of the book, or `None`. Linear in the metadata.
pub(crate) fn metadata_block(text: &str) -> Option<Range<usize>> {
    let (parts, end) = scan(text);
    (!parts.is_empty()).then_some(0..end)
}

/// The metadata at the top of `text`, in order.
pub(crate) fn metadata(text: &str) -> Vec<Metadata> {
    scan(text).0
}

/// What is found, and where the text begins.
fn scan(text: &str) -> (Vec<Metadata>, usize) {
    let mut parts = Vec::new();
    let mut end = 0;
    if let Some(block) = title_block(text) {
        end = block.end;
        parts.push(Metadata::TitleBlock(block));
    }
    loop {
        let start = end + blank_lines(&text[end..]);
        let Some((inner, after)) = yaml_block(text, start) else { return (parts, end) };
        parts.push(Metadata::Yaml(inner));
        end = after;
    }
}

/// How many bytes of blank lines `text` begins with.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum()
}

/// A YAML block that opens at `start`: its inner lines, and where it ends.
fn yaml_block(text: &str, start: usize) -> Option<(Range<usize>, usize)> {
    let mut lines = text[start..].split_inclusive('\n');
    let opening = lines.next().filter(|line| line.trim_end() == "---")?;
    let inner = start + opening.len();
    let mut at = inner;
    let mut keys = 0_usize;
    for (number, line) in lines.enumerate() {
        let content = line.trim_end();
        if matches!(content, "---" | "...") {
            return (keys > 0).then_some((inner..at, at + line.len()));
        }
        match line_kind(content) {
            // A blank line after the opening one: a thematic break.
            Line::Blank if number == 0 => return None,
            Line::Blank | Line::Comment => {}
            Line::Key => keys += 1,
            Line::Inner if keys > 0 => {}
            Line::Inner | Line::Prose => return None,
        }
        at += line.len();
    }
    None
}

enum Line {
    Blank,
    Comment,
    /// `key: value`, not indented.
    Key,
    /// Something that can go on with the value of a key.
    Inner,
    Prose,
}

fn line_kind(line: &str) -> Line {
    let first = line.chars().next();
    match first {
        None => Line::Blank,
        Some('#') => Line::Comment,
        Some(' ' | '\t' | ']' | '}') => Line::Inner,
        Some('-') if line == "-" || line.starts_with("- ") => Line::Inner,
        Some(quote @ ('"' | '\'')) => {
            let key = line[1..].find(quote).map(|end| &line[end + 2..]);
            if key.is_some_and(|rest| is_value(rest.trim_start())) { Line::Key } else { Line::Prose }
        }
        Some(letter) if letter.is_alphanumeric() || letter == '_' => {
            let name = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
            let rest = line.trim_start_matches(name);
            if is_value(rest) { Line::Key } else { Line::Prose }
        }
        Some(_) => Line::Prose,
    }
}

/// Whether a key can come before `rest`.
fn is_value(rest: &str) -> bool {
    rest.strip_prefix(':').is_some_and(|value| value.is_empty() || value.starts_with([' ', '\t']))
}

/// Pandoc's title block: up to three fields that begin with `%`, each with indented lines that go on with it, and a blank
/// line below.
fn title_block(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut fields = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        let opens = content == "%" || content.starts_with("% ");
        let goes_on = fields > 0 && content.starts_with([' ', '\t']);
        if opens && fields < 3 {
            fields += 1;
        } else if content.is_empty() && fields > 0 {
            break;
        } else if !goes_on {
            return None;
        }
        at += line.len();
    }
    (fields > 0).then_some(0..at)
}

/// The fields of a title block, with the line breaks between their lines; a field that is left out is empty.
pub(crate) fn title_fields(block: &str) -> [String; 3] {
    let mut fields = [String::new(), String::new(), String::new()];
    let mut next = 0;
    for line in block.lines() {
        if let Some(field) = line.strip_prefix('%') {
            field.trim().clone_into(&mut fields[next.min(2)]);
            next += 1;
        } else if let Some(field) = next.checked_sub(1).and_then(|last| fields.get_mut(last)) {
            field.push('\n');
            field.push_str(line.trim());
        }
    }
    fields
}

/// The words of a value, which is Markdown: without emphasis and escapes. What is no paragraph is kept as it is.
pub(crate) fn words(value: &str) -> String {
    let mut words = String::new();
    let mut depth = 0_usize;
    for event in Parser::new(value) {
        match event {
            Event::Start(tag) => {
                if depth == 0 && tag != Tag::Paragraph {
                    return value.to_owned();
                }
                if depth == 0 && !words.is_empty() {
                    words.push(' ');
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::SoftBreak | Event::HardBreak => words.push(' '),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_)
            | Event::Rule => return value.to_owned(),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text after the metadata.
    #[track_caller]
    fn check(text: &str, rest: &str) {
        let end = metadata_block(text).map_or(0, |block| block.end);
        assert_eq!(&text[end..], rest, "{text:?}");
    }

    #[test]
    fn yaml_at_the_top_is_metadata() {
        check("---\ntitle: A\n---\nText", "Text");
        check("---\r\ntitle: A\r\n...\r\nText", "Text");
        check("\n--- \n# c\n\"a b\": 1\nauthor:\n- A\n- B\nabstract: |\n  One\n\n  two: three\nx: [1,\n]\n---", "");
        check("---\na: 1\n---\n\n---\nb: 2\n...\n\n# H", "\n# H");
    }

    #[test]
    fn thematic_breaks_and_headings_are_not() {
        for text in [
            "---\nFoo\n---\nBar\n---\nBaz",
            "---\n---\n",
            "---\n\ntitle: A\n---\n",
            "---\ntitle: A\n",
            "---\nA sentence, and: more\n---\n",
            "---\nhttp://example.org\n---\n",
            "---\n- a\n- b\n---\n",
            "---\na: b\nand prose\n---\n",
            "Text\n---\ntitle: A\n---\n",
            "----\ntitle: A\n----\n",
            "---\n# only a comment\n---\n",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn a_title_block_ends_with_a_blank_line() {
        check("% T\n  u\n% A; B\n% 2024\n\nText", "\nText");
        check("% T\n\n---\na: b\n---\nText", "Text");
        check("%\n% A\n", "");
        for text in ["% T\nText", "%T\n\nText", "50 % x\n\n", "% a\n% b\n% c\n% d\n\n"] {
            check(text, text);
        }
    }

    #[test]
    fn the_fields_of_a_title_block_keep_their_lines() {
        assert_eq!(title_fields("% T\n  u\n%\n% 2024\n"), ["T\nu", "", "2024"]);
    }

    #[test]
    fn a_value_is_read_as_its_words() {
        for (value, expected) in [
            ("A *b* `c` \\* &amp; [d](e)", "A b c * & d"),
            ("One\ntwo\n\nThree", "One two Three"),
            ("1. The First", "1. The First"),
            ("# One", "# One"),
            ("a <b> c", "a <b> c"),
            ("", ""),
        ] {
            assert_eq!(words(value), expected);
        }
    }
}
