//! The examples of the CommonMark and GFM specifications, through both editions.
//!
//! All examples of a specification are one book, each followed by a file with one word that tells where it ends: so the
//! text of each example is read back from the PDF and the EPUB.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pressmark::{BuildRequest, Status};

use crate::manuscript::{EXCEPTIONS, examples, shown, words};
use crate::read_epub::Epub;
use crate::read_pdf::Pdf;

/// An example and the words that its reference HTML shows.
struct Example {
    number: usize,
    markdown: String,
    shown: String,
    /// The same with the alternative text of images, which print shows where an image lies outside the project.
    shown_with_alt: String,
}

impl Example {
    fn new(number: usize, markdown: String, html: &str) -> Self {
        let mut with_alt = String::new();
        let mut rest = html;
        while let Some((before, tag)) = rest.split_once("<img ") {
            let (attributes, after) = tag.split_once("/>").unwrap();
            let alt =
                attributes.split_once("alt=\"").and_then(|(_, alt)| alt.split_once('"')).map_or("", |(alt, _)| alt);
            with_alt.extend([before, alt]);
            rest = after;
        }
        Self { number, markdown, shown: shown(html), shown_with_alt: shown(&(with_alt + rest)) }
    }
}

/// One grey pixel.
const PNG: &[u8] = b"\x89PNG\x0D\x0A\x1A\x0A\x00\x00\x00\x0DIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9BU\x00\x00\x00\x0AIDATx\xDAc`\x00\x00\x00\x02\x00\x01\xE5'\xDE\xFC\x00\x00\x00\x00IEND\xAEB`\x82";

/// A word that no example has.
fn end_of(number: usize) -> String {
    format!("endofexample{number}")
}

/// Builds a book of the examples, and gives the text of each in the PDF and in the EPUB.
fn editions(examples: &[Example]) -> [Vec<String>; 2] {
    let folder = tempfile::tempdir().unwrap();
    let mut manifest =
        "[book]\nname = 'examples'\ntitle = 'Examples'\nsmart-punctuation = false\nchapters = [\n".to_owned();
    for Example { number, markdown, .. } in examples {
        std::fs::write(folder.path().join(format!("{number}.md")), markdown).unwrap();
        std::fs::write(folder.path().join(format!("{number}-end.md")), end_of(*number)).unwrap();
        writeln!(manifest, "'{number}.md', '{number}-end.md',").unwrap();
    }
    std::fs::write(folder.path().join("pressmark.toml"), manifest + "]\n").unwrap();
    let out = folder.path().join("out");
    let request = BuildRequest { path: folder.path().to_owned(), out: Some(out.clone()), ..BuildRequest::default() };
    let mut outcome = pressmark::build(&request);
    // Images that examples name are not part of the specification: put some there, and build again.
    let missing: BTreeSet<PathBuf> = outcome
        .diagnostics
        .iter()
        .filter(|finding| finding.code == "missing-image")
        .filter_map(|finding| finding.message.split('`').nth(1))
        .map(|name| folder.path().join(name.split(['?', '#']).next().unwrap_or(name)))
        .collect();
    for path in &missing {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, PNG).unwrap();
    }
    if !missing.is_empty() {
        outcome = pressmark::build(&request);
    }
    let errors: Vec<&str> = outcome
        .diagnostics
        .iter()
        .filter(|finding| finding.severity == pressmark::diagnostics::Severity::Error)
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(outcome.status(), Status::Done, "{errors:?}");
    let read = |name: &str| std::fs::read(out.join(name)).unwrap();
    let pdf = Pdf::read(&read("examples.pdf")).main_text();
    let epub = Epub::read(&read("examples.epub")).main_text;
    [pdf, epub].map(|text| {
        let mut rest = text.as_str();
        let texts = examples.iter().map(|Example { number, .. }| {
            let end = end_of(*number);
            let at = rest.find(&end).unwrap_or_else(|| panic!("example {number} ends in both editions"));
            let own = rest[..at].to_owned();
            rest = &rest[at + end.len()..];
            own
        });
        texts.collect()
    })
}

fn check(examples: &[Example], excepted: &[usize]) {
    let mut differences = String::new();
    for (edition, texts) in ["pdf", "epub"].into_iter().zip(editions(examples)) {
        for (Example { number, markdown, shown, shown_with_alt }, text) in examples.iter().zip(texts) {
            let same = [shown, shown_with_alt].iter().any(|shown| words(&text) == words(shown));
            if !same && !excepted.contains(number) {
                writeln!(differences, "{edition} {number}: {markdown:?}\n  has   {text:?}\n  wants {shown:?}").unwrap();
            }
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn commonmark_examples_go_through_both_editions() {
    let Some(folder) = std::env::var_os("PRESSMARK_CORPUS") else {
        eprintln!("SKIPPED: set PRESSMARK_CORPUS to a folder with commonmark-spec.txt to run the CommonMark examples");
        return;
    };
    let specification = std::fs::read_to_string(Path::new(&folder).join("commonmark-spec.txt")).unwrap();
    let examples: Vec<Example> = (1..)
        .zip(examples(&specification))
        .map(|(number, (markdown, html))| Example::new(number, markdown, &html))
        .collect();
    assert!(examples.len() > 600, "the specification has examples");
    let excepted: Vec<usize> = EXCEPTIONS.iter().flat_map(|(numbers, _)| numbers.iter().copied()).collect();
    check(&examples, &excepted);
}

/// The examples of GFM's own constructs, as pulldown-cmark's package carries them among its tests; none where Cargo keeps
/// its packages elsewhere.
fn gfm_examples() -> Vec<Example> {
    let lock = include_str!("../../Cargo.lock");
    let (_, parser) = lock.split_once("name = \"pulldown-cmark\"\nversion = \"").unwrap();
    let package = format!("pulldown-cmark-{}", parser.split('"').next().unwrap());
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"))).unwrap_or_default();
    let registries = std::fs::read_dir(home.join("registry").join("src")).into_iter().flatten().flatten();
    let mut sources = registries.map(|registry| registry.path().join(&package).join("tests").join("suite"));
    let Some(tests) = sources.find(|tests| tests.is_dir()) else { return Vec::new() };
    let mut examples = Vec::new();
    for file in ["gfm_table.rs", "gfm_strikethrough.rs", "gfm_tasklist.rs"] {
        let text = std::fs::read_to_string(tests.join(file)).unwrap();
        let mut parts = text.split("r##\"").skip(1).map(|part| part.split("\"##").next().unwrap());
        while let (Some(markdown), Some(html)) = (parts.next(), parts.next()) {
            let number = examples.len() + 1;
            examples.push(Example::new(number, markdown.to_owned(), html));
        }
    }
    examples
}

#[test]
fn gfm_examples_go_through_both_editions() {
    let examples = gfm_examples();
    if examples.is_empty() {
        eprintln!("SKIPPED: the package of pulldown-cmark, which carries the GFM examples, was not found");
        return;
    }
    assert!(examples.len() >= 12, "tables, strikethrough and task lists");
    check(&examples, &[]);
}
