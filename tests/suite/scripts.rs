//! The world's scripts: each comes back from both editions in the order of reading, and is set in one face of its own.
//!
//! A script that the machine has no font for is left out, aloud. All glyphs are written to a file, with the fonts beside it,
//! so that another shaper can judge them (`tests/judges/scripts.py`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use pressmark::BuildRequest;
use pressmark::document::{Document, Edition};
use pressmark::font::shaping::Features;
use pressmark::font::{FaceId, FontBook, Needs, Origin, Writing, family_for};
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Book, GlyphRun, ItemKind};
use pressmark::layout::lay_out;
use pressmark::style::themes;
use serde_json::{Value, json};
use unicode_script::{Script, UnicodeScript};

use crate::manuscript::words;
use crate::read_epub::Epub;
use crate::read_pdf::Pdf;

/// The manuscript as it is laid out with the machine's fonts.
fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| {
        let document = manuscript();
        let mut needs = Needs::default();
        document.for_each_text(&mut |text, _, language| needs.add(text, language));
        let mut fonts = FontBook::bundled();
        fonts.choose(&needs, true);
        let style = themes::by_name("book").unwrap();
        lay_out(document, style, Arc::new(fonts), Graphics::default(), BTreeMap::new()).0
    })
}

fn manuscript() -> Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let (document, diagnostics) = pressmark::read(&BuildRequest { path, ..BuildRequest::default() });
    assert_eq!(diagnostics, []);
    document.unwrap()
}

/// The runs of each line: those that follow each other on one baseline, from left to right.
fn lines(book: &Book) -> Vec<Vec<&GlyphRun>> {
    let mut lines: Vec<Vec<&GlyphRun>> = Vec::new();
    for frame in book.pagination.pages.iter().flat_map(|page| &page.frames) {
        let mut baseline = None;
        for item in &frame.items {
            let ItemKind::Glyphs(run) = &item.kind else { continue };
            match lines.last_mut() {
                Some(line) if baseline == Some(run.origin.y) => line.push(run),
                _ => lines.push(vec![run]),
            }
            baseline = Some(run.origin.y);
        }
    }
    lines
}

fn runs(book: &Book) -> impl Iterator<Item = &GlyphRun> {
    lines(book).into_iter().flatten()
}

fn language<'a>(book: &'a Book, run: &'a GlyphRun) -> &'a str {
    run.language.as_deref().unwrap_or(&book.document.metadata.language)
}

fn script(text: &str) -> Option<Script> {
    text.chars()
        .map(|character| character.script())
        .find(|script| !matches!(script, Script::Common | Script::Inherited))
}

/// The languages of which the machine lacks letters.
fn left_out(book: &Book) -> BTreeSet<String> {
    let mut languages = BTreeSet::new();
    book.document.for_each_text(&mut |text, _, language| {
        if book.fonts.missing(text).next().is_some() {
            languages.insert(language.to_owned());
        }
    });
    languages
}

/// How the features that a run was shaped with are written for the other shaper.
fn features(features: Features) -> Vec<&'static str> {
    let all = [
        (features.small_caps, "smcp=1"),
        (features.old_style, "onum=1"),
        (features.lining, "lnum=1"),
        (features.tabular, "tnum=1"),
        (features.proportional, "pnum=1"),
        (features.fractions, "frac=1"),
        (features.superior, "sups=1"),
        (features.no_ligatures, "liga=0"),
        (features.no_ligatures, "clig=0"),
        (features.no_ligatures, "calt=0"),
    ];
    all.into_iter().filter(|(on, _)| *on).map(|(_, feature)| feature).collect()
}

#[test]
fn every_language_comes_back_from_both_editions_in_the_order_of_reading() {
    let book = book();
    let pdf = Pdf::read(&pressmark::pdf::write(book).unwrap()).main_text();
    let epub = Epub::read(&pressmark::epub::write(book, pressmark::epub::Options::default()).unwrap()).main_text;
    for (edition, kind, read) in [("PDF", Edition::Pdf, pdf), ("EPUB", Edition::Epub, epub)] {
        let wanted = book.document.text(kind);
        let (read, wanted) = (words(&read), words(&wanted));
        let at = read.iter().zip(&wanted).take_while(|(read, wanted)| read == wanted).count();
        let around = |words: &[&str]| words[at.saturating_sub(4)..(at + 4).min(words.len())].join(" ");
        assert!(
            at == read.len() && at == wanted.len(),
            "{edition}: it says\n  … {} …\nand should say\n  … {} …",
            around(&read),
            around(&wanted)
        );
    }
}

#[test]
fn every_letter_is_shown_by_a_glyph() {
    let book = book();
    let left_out = left_out(book);
    for language in &left_out {
        eprintln!("SKIPPED: no font of this machine has all letters of the text in `{language}`");
    }
    for run in runs(book) {
        if left_out.contains(language(book, run)) {
            continue;
        }
        assert_ne!(run.face, FontBook::missing_face(), "{:?}", run.text);
        let whole = run.glyphs.iter().all(|glyph| glyph.id != 0 || run.text[glyph.cluster as usize..].starts_with(' '));
        assert!(whole, "{:?} in {}", run.text, book.fonts.face(run.face).postscript_name());
    }
}

#[test]
fn a_script_is_set_in_one_family() {
    let book = book();
    let left_out = left_out(book);
    let mut families: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for run in runs(book) {
        let language = language(book, run);
        let Some(script) = script(&run.text) else { continue };
        let book_face = matches!(script, Script::Latin | Script::Greek | Script::Cyrillic);
        if !book_face && !left_out.contains(language) {
            let family = book.fonts.face(run.face).family();
            families.entry((language, script.short_name())).or_default().insert(family);
        }
    }
    for (text, families) in &families {
        assert_eq!(families.len(), 1, "{text:?} is set in {families:?}");
    }
}

#[test]
fn a_language_has_its_own_forms_of_han_characters() {
    let book = book();
    let installed: BTreeSet<&str> = book.fonts.iter().map(|(_, face)| face.family()).collect();
    let mut seen = BTreeSet::new();
    for run in runs(book).filter(|run| run.text.contains('骨')) {
        let writing = Writing::of(&run.text, language(book, run));
        let family = family_for('骨', writing).unwrap();
        if installed.contains(family) {
            assert_eq!(book.fonts.face(run.face).family(), family);
            seen.insert(family);
        } else {
            eprintln!("SKIPPED: `{family}` is not on this machine");
        }
    }
    assert!(seen.is_empty() || seen.len() == 4, "{seen:?}");
}

#[test]
fn strong_words_are_bold_in_every_script() {
    let book = book();
    let bold = |family: &str| book.fonts.iter().any(|(_, face)| face.family() == family && face.weight() >= 600);
    for word in ["الحق", "生命", "जीवन", "どこ"] {
        let found: Vec<&GlyphRun> = runs(book).filter(|run| run.text.starts_with(word)).collect();
        if found.is_empty() && !word.chars().all(|letter| book.fonts.has(letter)) {
            eprintln!("SKIPPED: no face for {word} on this machine");
            continue;
        }
        assert!(!found.is_empty(), "{word}");
        let faces = found.iter().map(|run| book.fonts.face(run.face));
        let heaviest = faces.max_by_key(|face| face.weight()).unwrap();
        if heaviest.origin() == Origin::System && bold(heaviest.family()) {
            assert!(heaviest.weight() >= 600, "{word} is in {}", heaviest.postscript_name());
        } else {
            eprintln!("SKIPPED: no bold face for {word} on this machine");
        }
    }
}

/// Where the glyphs and the fonts are written.
fn dump_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("scripts")
}

#[test]
fn all_glyphs_are_written_down_for_another_shaper() {
    let book = book();
    let folder = dump_folder();
    std::fs::create_dir_all(&folder).unwrap();
    let mut faces: BTreeMap<FaceId, Value> = BTreeMap::new();
    let mut script_before: BTreeMap<FaceId, Script> = BTreeMap::new();
    let mut written = Vec::new();
    for line in lines(book) {
        let mut items = Vec::new();
        for run in line {
            let face = book.fonts.face(run.face);
            // Formulas are set glyph by glyph, and boxes are drawn: neither is shaped.
            if face.family().starts_with("KaTeX") || run.face == FontBook::missing_face() {
                continue;
            }
            faces.entry(run.face).or_insert_with(|| {
                let file = format!("face-{}.font", run.face.0);
                std::fs::write(folder.join(&file), face.data()).unwrap();
                json!({
                    "file": file,
                    "index": face.index(),
                    "name": face.postscript_name(),
                    "unitsPerEm": face.units_per_em(),
                })
            });
            // Punctuation alone was shaped with what stands before it.
            let script = script(&run.text).or_else(|| script_before.get(&run.face).copied());
            let script = script.unwrap_or(Script::Common);
            script_before.insert(run.face, script);
            let falls = run.glyphs.windows(2).any(|pair| pair[1].cluster < pair[0].cluster);
            let alone = run.glyphs.iter().all(|glyph| glyph.cluster == run.glyphs[0].cluster);
            let direction = (!alone).then_some(falls);
            let glyphs: Vec<Value> = run
                .glyphs
                .iter()
                .map(|glyph| {
                    let (dx, dy) = (glyph.offset.x.to_pt(), -glyph.offset.y.to_pt());
                    json!([glyph.id, glyph.cluster, glyph.advance.to_pt(), dx, dy])
                })
                .collect();
            items.push(json!({
                "text": run.text,
                "face": run.face.0.to_string(),
                "size": run.size.to_pt(),
                "features": features(run.features),
                "language": language(book, run),
                "script": script.short_name(),
                "rightToLeft": direction,
                "expansion": f64::from(run.expansion) / 10_000.0,
                "glyphs": glyphs,
            }));
        }
        if !items.is_empty() {
            written.push(Value::Array(items));
        }
    }
    let faces: BTreeMap<String, Value> = faces.into_iter().map(|(id, face)| (id.0.to_string(), face)).collect();
    let runs: usize = written.iter().map(|line| line.as_array().map_or(0, Vec::len)).sum();
    assert!(runs > 300 && faces.len() > 2, "{runs} runs in {} faces", faces.len());
    let dump = json!({ "faces": faces, "lines": written });
    std::fs::write(folder.join("glyphs.json"), serde_json::to_vec(&dump).unwrap()).unwrap();
}
