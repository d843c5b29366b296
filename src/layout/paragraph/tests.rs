//! Paragraphs as they come out: lines filled, words divided, directions, and nothing lost.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::super::book::{Artifact, GlyphRun};
use super::*;
use crate::style::{ParagraphRole, themes};

static FONTS: LazyLock<FontBook> = LazyLock::new(FontBook::bundled);

fn style() -> Style {
    themes::by_name("book").unwrap()
}

/// Sets `text` in the book's text face on lines `measure` points wide, and returns the runs of each line.
fn set(text: &str, measure: i64, language: &str, change: impl Fn(&mut Fill)) -> Vec<Vec<GlyphRun>> {
    let (style, fonts) = (style(), &*FONTS);
    let mut composer = Composer::new(fonts, &style, language);
    let body = style.paragraph(ParagraphRole::Body);
    let content = Content::generated(text, body.character, Owner::Artifact(Artifact::Layout));
    let mut fill = Fill::of(body, Length::pt(measure), Length::ZERO);
    change(&mut fill);
    let paragraph = composer.paragraph(content, &fill);
    compose(&paragraph, &paragraph.breaks.best, &fill, &mut composer)
}

fn compose(paragraph: &Paragraph, lines: &[Line], fill: &Fill, composer: &mut Composer<'_>) -> Vec<Vec<GlyphRun>> {
    let runs = |(index, line): (usize, &Line)| {
        let items = paragraph.compose(line, fill, index, composer).items;
        let glyphs = items.into_iter().filter_map(|item| match item.kind {
            ItemKind::Glyphs(run) => Some(run),
            ItemKind::Rule { .. }
            | ItemKind::Path { .. }
            | ItemKind::Image { .. }
            | ItemKind::Link { .. }
            | ItemKind::Turned { .. } => None,
        });
        glyphs.collect()
    };
    lines.iter().enumerate().map(runs).collect()
}

/// What each line says to those who read the page: divided words whole.
fn spoken(lines: &[Vec<GlyphRun>]) -> Vec<String> {
    let says = |run: &GlyphRun| run.spoken.as_deref().unwrap_or(&run.text).to_owned();
    lines.iter().map(|runs| runs.iter().map(says).collect()).collect()
}

/// From the first run's left end to the last one's right end, in points.
fn width(runs: &[GlyphRun]) -> f64 {
    let left = runs.iter().map(|run| run.origin.x).min().unwrap();
    let right = runs.iter().map(|run| run.origin.x + run.width()).max().unwrap();
    (right - left).to_pt()
}

const PROSE: &str = "The typographer’s extraordinary responsibilities notwithstanding, international organisations \
    acknowledge interdependence and multipolarization as characteristics of contemporary relationships.";

#[test]
fn a_divided_word_is_read_whole_at_the_lines_end() {
    let lines = set(PROSE, 120, "en", |_| ());
    let text = spoken(&lines).concat();
    assert_eq!(text, PROSE);
    let hyphens = lines.iter().filter(|runs| runs.last().is_some_and(|run| run.text.is_empty())).count();
    assert!(hyphens > 1, "lines end in hyphens");
    assert!(lines.iter().flatten().any(|run| run.spoken.as_deref() == Some("") && !run.text.is_empty()));
}

#[test]
fn an_address_over_three_lines_is_read_once() {
    let text = "See https://www.example.org/a/very/long/path/to/some/page/of/documentation.html now.";
    assert_eq!(spoken(&set(text, 90, "en", |_| ())).concat(), text);
}

#[test]
fn an_address_in_right_to_left_text_is_read_once() {
    let text = "שלום [kw](https://www.example.org/a-b/c)";
    let turned = |fill: &mut Fill| fill.direction = Direction::RightToLeft;
    assert_eq!(spoken(&set(text, 70, "he", turned)).concat(), text);
}

#[test]
fn lines_fill_their_measure_but_for_what_hangs() {
    let lines = set(PROSE, 200, "en", |_| ());
    for runs in &lines[..lines.len() - 1] {
        assert!((196.0..206.0).contains(&width(runs)), "{}", width(runs));
    }
}

#[test]
fn letters_are_widened_by_two_per_cent_at_most_and_only_where_the_style_says_so() {
    let expansions = |lines: &[Vec<GlyphRun>]| -> Vec<u16> {
        lines.iter().flatten().map(|run| run.expansion).filter(|parts| *parts != 10_000).collect()
    };
    let found = expansions(&set(PROSE, 200, "en", |_| ()));
    assert!(!found.is_empty() && found.iter().all(|parts| (9_800..=10_200).contains(parts)), "{found:?}");
    let (mut style, fonts) = (style(), &*FONTS);
    style.microtypography = Microtypography { protrusion: false, expansion: 0 };
    let mut composer = Composer::new(fonts, &style, "en");
    let body = style.paragraph(ParagraphRole::Body);
    let content = Content::generated(PROSE, body.character, Owner::Artifact(Artifact::Layout));
    let fill = Fill::of(body, Length::pt(200), Length::ZERO);
    let paragraph = composer.paragraph(content, &fill);
    assert!(paragraph.breaks.best.iter().all(|line| (line.hang_start, line.hang_end) == (Length::ZERO, Length::ZERO)));
    assert!(expansions(&compose(&paragraph, &paragraph.breaks.best, &fill, &mut composer)).is_empty());
}

#[test]
fn a_right_to_left_paragraph_starts_at_the_right_and_code_in_it_reads_on() {
    let right = |fill: &mut Fill| {
        fill.direction = Direction::RightToLeft;
        fill.indent = Length::pt(20);
    };
    let lines = set("שלום abc 12", 200, "he", right);
    let ends = |run: &GlyphRun| (run.origin.x.to_pt(), (run.origin.x + run.width()).to_pt());
    let first = lines[0].iter().find(|run| run.text.contains("שלום")).unwrap();
    let latin = lines[0].iter().find(|run| run.text.contains("abc")).unwrap();
    assert!((ends(first).1 - 180.0).abs() < 0.01, "the indent is at the right: {}", ends(first).1);
    assert!(ends(latin).1 <= ends(first).0 + 0.01, "what comes later stands to the left");
    assert!(latin.text.contains("abc 12"), "a number after Latin letters stays with them");
}

#[test]
fn exceptions_and_minima_rule_hyphenation() {
    let (mut style, fonts) = (style(), &*FONTS);
    style.hyphenation =
        Hyphenation { minima: Some((9, 9)), exceptions: vec![("en".into(), vec!["multi-polarization".into()])] };
    let mut composer = Composer::new(fonts, &style, "en-GB");
    let body = style.paragraph(ParagraphRole::Body);
    let content = Content::generated("multipolarization typographical", body.character, Owner::HalfTitle);
    let fill = Fill::of(body, Length::pt(40), Length::ZERO);
    let paragraph = composer.paragraph(content, &fill);
    let lines = compose(&paragraph, &paragraph.breaks.best, &fill, &mut composer);
    let shown: Vec<String> = lines.iter().map(|runs| runs.iter().map(|run| run.text.as_str()).collect()).collect();
    assert_eq!(shown, ["multi", "polarization ", "typographical"]);
}

fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(vec![
            "extraordinarily", "a", "fi", " ", "  ", "\n", "\u{301}", "\u{a0}", "\u{ad}", "\u{200d}", "\u{200b}", "-", "—",
            "שלום", "العربية", "12", "(", ")", "漢字", "。", "「", "」", "かな", "ไทยและ", "ប្រទេស", "한국어", "हिन्दी", "👩‍👩‍👧",
            "🇩🇪", "\u{202e}", "\u{2067}", "\u{2069}", "\u{feff}", "\u{e000}", "\u{10ffff}", "\t", "\r", "\u{2029}", "\u{1c}",
            "https://a.example/b?c=d", "std::mem::swap", "\u{fffc}", "\u{0}", "A\u{300}\u{323}",
        ]).prop_map(str::to_owned),
        1 => (1..3_000_usize).prop_map(|length| "x".repeat(length)),
        1 => r"\PC{0,12}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Some random cases, or as many as the environment's `PROPTEST_CASES` asks for: each sets up to thousands of lines.
fn cases() -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    ProptestConfig { cases: if asked { default.cases } else { 64 }, ..default }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn no_paragraph_loses_a_letter(
        text in odd_text(),
        measure in prop_oneof![Just(1_i64), 1..300_i64],
        right_to_left in prop::bool::ANY,
        justified in prop::bool::ANY,
        language in prop::sample::select(vec!["en", "ja", "zh-Hant", "ar", "th", ""]),
    ) {
        let (style, fonts) = (style(), &*FONTS);
        let mut composer = Composer::new(fonts, &style, language);
        let body = style.paragraph(ParagraphRole::Body);
        let content = Content::generated(&text, body.character, Owner::HalfTitle);
        let mut fill = Fill::of(body, Length::pt(measure), Length::ZERO);
        if right_to_left {
            fill.direction = Direction::RightToLeft;
        }
        if !justified {
            fill.alignment = TextAlignment::Start;
        }
        let paragraph = composer.paragraph(content, &fill);
        for (lines, _) in paragraph.variants() {
            let runs = compose(&paragraph, lines, &fill, &mut composer);
            let shown: String = runs.iter().flatten().map(|run| run.text.as_str()).collect();
            if text.trim_matches(is_set_as_space).is_empty() {
                continue;
            }
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&shown), letters(&text));
            // Every cluster has a glyph, but what is invisible by nature.
            for run in runs.iter().flatten() {
                let clusters: BTreeSet<usize> = run.glyphs.iter().map(|glyph| glyph.cluster as usize).collect();
                for (at, cluster) in run.text.grapheme_indices(true) {
                    let seen = clusters.range(at..at + cluster.len()).next().is_some();
                    // A ligature is the glyph of several.
                    let joined = clusters.range(..at).next().is_some();
                    let blank = cluster.chars().all(|character| is_set_as_space(character) || character.is_control());
                    prop_assert!(seen || joined || blank, "{cluster:?} in {:?} has no glyph", run.text);
                }
            }
        }
    }
}
