//! The manuscript that this repository publishes says what its source text says.

use std::collections::BTreeMap;

use pressmark::document::{BlockKind, Document, Edition, plain_text};

use crate::manuscript::{read_text, words};

/// The text as it was published, cut by its pages.
const SOURCE: &str = include_str!("declaration-source.txt");
const MANUSCRIPT: &str = include_str!("../../source/declaration.md");
const MANIFEST: &str = include_str!("../../source/pressmark.toml");

/// One kind of dash, of apostrophe and of quotation mark.
fn with_plain_marks(text: &str) -> String {
    text.replace("--", "–").replace('—', "–").replace(['‘', '’'], "'").replace(['“', '”'], "\"")
}

fn read_declaration() -> Document {
    let (divisions, diagnostics) = read_text(MANUSCRIPT);
    assert_eq!(diagnostics, []);
    Document { divisions, ..Document::default() }
}

/// A line `key = "value"` of the manifest.
fn manifest_value(key: &str) -> &'static str {
    let line = MANIFEST.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    line.unwrap_or_default().trim_matches('"')
}

#[test]
fn the_declaration_has_the_words_of_its_source() {
    let text = format!(
        "{}\n{}\n{}",
        manifest_value("title"),
        manifest_value("subtitle"),
        read_declaration().text(Edition::Pdf)
    );
    // The title is in capitals in the source.
    let source = SOURCE.replacen("DECLARATION", "Declaration", 1);
    let (text, source) = (with_plain_marks(&text), with_plain_marks(&source));
    let count = |text: &str| {
        let mut counts = BTreeMap::new();
        for word in words(text) {
            *counts.entry(word.to_owned()).or_insert(0) += 1;
        }
        counts
    };
    assert!(words(&source).len() > 1500);
    assert_eq!(count(&text), count(&source));
    assert_eq!(words(&text), words(&source), "the words are in order");
}

#[test]
fn the_declaration_joins_the_two_paragraphs_cut_by_a_page_end_and_no_others() {
    let document = read_declaration();
    let blocks: Vec<String> = document
        .divisions
        .iter()
        .flat_map(|division| &division.blocks)
        .filter_map(|block| {
            let (BlockKind::Heading { content, .. } | BlockKind::Paragraph(content)) = &block.kind else { return None };
            Some(plain_text(content))
        })
        .map(|text| with_plain_marks(&text))
        .collect();
    let source = with_plain_marks(SOURCE);
    let mut expected: Vec<String> =
        source.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).skip(2).map(str::to_owned).collect();
    for start in ["and embodies the shared aspiration", "each other's strengths"] {
        let at = expected.iter().position(|text| text.starts_with(start)).unwrap();
        let end = expected.remove(at);
        expected[at - 1] = format!("{} {end}", expected[at - 1]);
    }
    assert_eq!(blocks, expected);
}

#[test]
fn the_declaration_has_a_preamble_and_four_sections() {
    let headings: Vec<Option<String>> = read_declaration()
        .divisions
        .iter()
        .map(|division| {
            let BlockKind::Heading { level: 1, content, .. } = &division.heading()?.kind else { return None };
            Some(plain_text(content))
        })
        .collect();
    assert_eq!(headings, [None, Some("I".into()), Some("II".into()), Some("III".into()), Some("IV".into())]);
}

#[test]
fn the_declaration_is_set_with_typographic_marks() {
    assert!(!MANUSCRIPT.contains(['\'', '"', '—']) && !MANUSCRIPT.contains("--"));
    assert_eq!(MANUSCRIPT.matches('–').count(), 2, "the two dashes of the opening sentence");
}
