//! Manuscripts of real size and the examples of the CommonMark specification.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use pressmark::diagnostics::{Diagnostic, SourceFiles};
use pressmark::document::{Division, Document, Edition, Matter};
use pressmark::manuscript::{ManuscriptFile, Settings, read};

/// Reads one file, named `a.md`.
pub(crate) fn read_text(text: &str) -> (Vec<Division>, Vec<Diagnostic>) {
    let mut sources = SourceFiles::default();
    let path = "a.md".to_owned();
    let source = sources.add(path.clone(), Arc::from(text));
    let file = ManuscriptFile::new(source, path, Matter::Body);
    read(&[file], &Settings::default(), &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    })
}

/// The words of a text, in order.
pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// Examples that show other words than the specification's HTML, with the reason.
pub(crate) const EXCEPTIONS: &[(&[usize], &str)] =
    &[(&[574, 575, 578, 579, 586, 587, 588, 590, 591, 593], "the title of an image that stands alone is its caption")];

#[test]
fn commonmark_examples_keep_the_words_of_the_specification() {
    let Some(folder) = std::env::var_os("PRESSMARK_CORPUS") else {
        eprintln!("SKIPPED: set PRESSMARK_CORPUS to a folder with commonmark-spec.txt to run the CommonMark examples");
        return;
    };
    let specification = std::fs::read_to_string(Path::new(&folder).join("commonmark-spec.txt")).unwrap();
    let examples = examples(&specification);
    assert!(examples.len() > 600, "the specification has examples");
    let mut differences = String::new();
    for (index, (markdown, html)) in examples.iter().enumerate() {
        let number = index + 1;
        let (divisions, _) = read_text(markdown);
        let text = Document { divisions, ..Document::default() }.text(Edition::Pdf);
        let excepted = EXCEPTIONS.iter().any(|(numbers, _)| numbers.contains(&number));
        if (words(&text) == words(&shown(html))) == excepted {
            let excepted = if excepted { " (an exception that is none)" } else { "" };
            writeln!(differences, "{number}{excepted}: {markdown:?}\n  has   {text:?}\n  wants {:?}", shown(html))
                .unwrap();
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// The Markdown and the HTML of each example.
pub(crate) fn examples(specification: &str) -> Vec<(String, String)> {
    let fence = "`".repeat(32);
    let mut examples = Vec::new();
    let mut lines = specification.lines();
    while let Some(line) = lines.next() {
        if line.strip_prefix(&fence).is_some_and(|info| info.trim() == "example") {
            let mut part = |end: &str| -> String {
                lines.by_ref().take_while(|line| *line != end).map(|line| line.replace('→', "\t") + "\n").collect()
            };
            let markdown = part(".");
            let html = part(&fence);
            examples.push((markdown, html));
        }
    }
    examples
}

/// The words that a reader of `html` sees.
///
/// Comments, declarations, processing instructions, CDATA sections, scripts and style sheets show nothing. A tag of a
/// block parts words, another does not. What only looks like a tag is text.
pub(crate) fn shown(html: &str) -> String {
    const BLOCKS: [&str; 22] = [
        "blockquote",
        "br",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ];
    let mut text = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let hidden = [
            ("<!--", "-->"),
            ("<![CDATA[", "]]>"),
            ("<?", "?>"),
            ("<!", ">"),
            ("<script", "</script>"),
            ("<style", "</style>"),
        ]
        .into_iter()
        .find(|(start, _)| rest.starts_with(start));
        if let Some((_, end)) = hidden {
            rest = rest.find(end).map_or("", |at| &rest[at + end.len()..]);
            continue;
        }
        let name = rest.trim_start_matches(['<', '/']);
        let end = if name.starts_with(|c: char| c.is_ascii_alphabetic()) { tag_end(rest) } else { None };
        let Some(end) = end else {
            text.push('<');
            rest = &rest[1..];
            continue;
        };
        let name = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        if BLOCKS.contains(&name) {
            text.push(' ');
        }
        rest = &rest[end + 1..];
    }
    text.push_str(rest);
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// Where the tag at the start of `rest` ends: a `>` that is not in a quoted value.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    rest.char_indices().find_map(|(at, c)| {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '>' => return Some(at),
            None if c == '"' || c == '\'' => quote = Some(c),
            _ => {}
        }
        None
    })
}

#[test]
fn the_showcase_has_every_block_and_inline() {
    let (divisions, diagnostics) = read_text(include_str!("every-block.md"));
    let codes: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert!(codes.is_empty(), "{diagnostics:?}");
    let tree = format!("{divisions:?}");
    for kind in [
        "Heading { level: 1",
        "Heading { level: 2",
        "Heading { level: 3",
        "Heading { level: 4",
        "Heading { level: 5",
        "Heading { level: 6",
        "Paragraph([",
        "Figure {",
        "Quote([",
        "start: None",
        "start: Some(1)",
        "start: Some(4)",
        "tight: true",
        "tight: false",
        "done: Some(true)",
        "done: Some(false)",
        "language: \"python\"",
        "language: \"\"",
        "Break",
        "[Start, Center, End, End]",
        "Text(",
        "Emphasis([",
        "Strong([",
        "Strikethrough([",
        "Subscript([",
        "Superscript([",
        "Code(\"",
        "Link {",
        "mailto:keeper@example.org",
        "Image(Image {",
        "LineBreak",
        "NoteReference(1)",
        "\\t",
    ] {
        assert!(tree.contains(kind), "no {kind}");
    }
    let notes: Vec<usize> = divisions.iter().map(|division| division.notes.len()).collect();
    assert_eq!(notes, [3, 1]);
}

#[test]
fn hostile_nesting_is_read_in_linear_time() {
    let many = |pattern: &str| pattern.repeat(100_000 / pattern.len().max(1));
    let texts = [
        many(">"),
        many("> "),
        many("["),
        many("*"),
        many("*a "),
        many("**a _b "),
        many("- "),
        many("1. "),
        many("![a]("),
        many("![a"),
        many("[a]("),
        many("[^a]"),
        many("[^a]: "),
        many("[a]{.sc}"),
        many("[a "),
        many("]{.a}"),
        many("[") + &many("]{.a}"),
        many("[a]{b=\""),
        many("^[a"),
        many("@a [@b "),
        many("[@a; "),
        many("\\index{"),
        many("\\(a"),
        many("\\(a `\\)` "),
        many("www.a_"),
        many("_www."),
        many("http://"),
        many("a@b."),
        many("$a"),
        many("^a"),
        many("~a^b"),
        many("\"a 'b "),
        many("' "),
        many("*[a]: b\n"),
        many("*[a]: b\n") + "\n" + &many("a "),
        many("x^[a] "),
        many("![a](b){.c "),
        many("<sup>"),
        many("<sup>a<sub>"),
        many("</sup>"),
        many("<a "),
        many("<a b=\""),
        many("<!--"),
        many("<script>"),
        many("<div>\n"),
        many("&amp;"),
        many("&"),
        many("`a``"),
        many("~~a "),
        many("|a"),
        many("# a\n"),
        many("# [^a]\n") + "\n[^a]: " + &many("word "),
        many("<!A "),
        many("<?"),
        format!("<div>\n{}", many("<a b=\"")),
        format!("<div>\n{}", many("<!--")),
        format!("<div>{}", many("&#1;")),
        many("\\"),
        many("- [ ] "),
        "- ".repeat(2000) + "a" + &many("\n"),
        "> ".repeat(2000) + "a" + &many("\nb"),
        "|a".repeat(1000) + "\n" + &"|-".repeat(1000) + "\n" + &many("|\n"),
    ];
    for text in texts {
        let start = Instant::now();
        let (divisions, _) = read_text(&text);
        let text_length = Document { divisions, ..Document::default() }.text(Edition::Pdf).len();
        assert!(text_length < 20 * text.len());
        let name: String = text.chars().take(24).collect();
        assert!(start.elapsed() < Duration::from_secs(10), "{name:?} takes {:?}", start.elapsed());
    }
}
