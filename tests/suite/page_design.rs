//! The Declaration's pages are set as a book designer would: read back from the PDF, where every glyph is.

use std::collections::BTreeMap;

use crate::agreement::declaration;
use crate::read_pdf::{Glyph, Page};

/// Half of the rounding of a coordinate in the file, and as much for its sums, in points.
const TOLERANCE: f64 = 0.05;

/// How far a line may end within or beyond the measure and be called full: what hangs in the margin, in points.
const HANG: f64 = 4.0;

/// A line of type on one baseline.
#[derive(Debug)]
struct Line {
    /// From the top of the page, in points.
    baseline: f64,
    /// The ends of the words, in points from the left of the page.
    left: f64,
    right: f64,
    /// The type size.
    size: f64,
    text: String,
    /// How many glyphs it has.
    glyphs: usize,
}

/// The lines of the structure's content, in the order of their baselines; furniture is left out.
fn lines(page: &Page) -> Vec<Line> {
    let mut baselines: BTreeMap<i64, Vec<&Glyph>> = BTreeMap::new();
    for glyph in page.glyphs.iter().filter(|glyph| glyph.mark.is_some()) {
        #[expect(clippy::cast_possible_truncation, reason = "pages are small")]
        baselines.entry((glyph.y * 10.0).round() as i64).or_default().push(glyph);
    }
    let lines = baselines.into_values().filter_map(|glyphs| {
        let shown = || glyphs.iter().filter(|glyph| !glyph.text.trim().is_empty() || glyph.text.is_empty());
        let left = shown().map(|glyph| glyph.x).min_by(f64::total_cmp)?;
        let right = shown().map(|glyph| glyph.x + glyph.advance).max_by(f64::total_cmp)?;
        let text: String = glyphs.iter().map(|glyph| glyph.text.as_str()).collect();
        Some(Line {
            baseline: glyphs[0].y,
            left,
            right,
            size: glyphs[0].size,
            text: text.trim().to_owned(),
            glyphs: glyphs.len(),
        })
    });
    lines.collect()
}

/// The pages of the main text, with their index in the book (even: recto), and their lines.
fn text_pages() -> Vec<(usize, &'static Page, Vec<Line>)> {
    let pdf = &declaration().pdf;
    let labels = pdf.labels_of_main_text();
    let pages = pdf.pages.iter().enumerate().filter(|(_, page)| labels.contains(&page.label.as_str()));
    pages.map(|(index, page)| (index, page, lines(page))).collect()
}

/// The value that occurs most often, to a tenth of a point.
fn most_common(values: impl Iterator<Item = f64>) -> f64 {
    let mut counts: BTreeMap<i64, (usize, f64)> = BTreeMap::new();
    for value in values {
        #[expect(clippy::cast_possible_truncation, reason = "pages are small")]
        let entry = counts.entry((value * 10.0).round() as i64).or_insert((0, value));
        entry.0 += 1;
    }
    counts.into_values().max_by_key(|(count, _)| *count).expect("there are values").1
}

/// The size of the text type.
fn text_size(pages: &[(usize, &Page, Vec<Line>)]) -> f64 {
    most_common(pages.iter().flat_map(|(_, _, lines)| lines).map(|line| line.size))
}

/// The left and right edges of the text block on a page with this index.
fn text_block(pages: &[(usize, &Page, Vec<Line>)], side: usize) -> (f64, f64) {
    let size = text_size(pages);
    let lines = || pages.iter().filter(|(index, ..)| index % 2 == side).flat_map(|(_, _, lines)| lines);
    let text = || lines().filter(|line| (line.size - size).abs() < TOLERANCE);
    // Most lines start at the left edge; a line that ends in a letter, not in a mark that hangs, ends at the right one.
    let ends = text().filter(|line| line.text.ends_with(char::is_alphabetic)).map(|line| line.right);
    (most_common(text().map(|line| line.left)), most_common(ends))
}

#[test]
fn a_full_line_has_58_to_68_characters() {
    let pages = text_pages();
    let size = text_size(&pages);
    let mut counts: Vec<usize> = Vec::new();
    for (index, _, lines) in &pages {
        let (left, right) = text_block(&pages, index % 2);
        let full = lines.iter().filter(|line| {
            (line.size - size).abs() < TOLERANCE && (line.left - left).abs() < HANG && (line.right - right).abs() < HANG
        });
        counts.extend(full.map(|line| line.glyphs));
    }
    counts.sort_unstable();
    assert!(counts.len() > 100, "there are full lines: {}", counts.len());
    let median = counts[counts.len() / 2];
    assert!((58..=68).contains(&median), "a full line has {median} characters");
    let within = counts.iter().filter(|count| (58..=68).contains(*count)).count();
    assert!(10 * within >= 9 * counts.len(), "{within} of {} lines have 58 to 68 characters: {counts:?}", counts.len());
}

#[test]
fn the_baselines_of_facing_pages_lie_on_one_grid() {
    let pages = text_pages();
    let steps = pages.iter().flat_map(|(_, _, lines)| lines.windows(2)).map(|pair| pair[1].baseline - pair[0].baseline);
    let leading = most_common(steps);
    let size = text_size(&pages);
    assert!((1.2..=1.45).contains(&(leading / size)), "leading of {leading} for type of {size}");
    let start = pages.iter().map(|(_, _, lines)| lines[0].baseline).min_by(f64::total_cmp).unwrap();
    for (_, page, lines) in &pages {
        for line in lines.iter().filter(|line| (line.size - size).abs() < TOLERANCE) {
            let steps = (line.baseline - start) / leading;
            let off = (steps - steps.round()).abs() * leading;
            assert!(off < TOLERANCE, "page {}: “{}” is {off:.2} pt off the grid", page.label, line.text);
        }
    }
}

#[test]
fn the_text_blocks_of_recto_and_verso_are_in_register() {
    let pages = text_pages();
    let width = pages[0].1.size.0;
    let (recto, verso) = (text_block(&pages, 0), text_block(&pages, 1));
    let differences = [recto.0 - (width - verso.1), recto.1 - (width - verso.0)];
    assert!(
        differences.iter().all(|difference| difference.abs() < 2.0 * TOLERANCE),
        "recto {recto:?} mirrors verso {verso:?} on a page {width} wide"
    );
    assert!(recto.0 < width - recto.1, "the inner margin is the smaller");

    // The first page of text opens lower down, and the last one ends where the text does.
    let full = &pages[1..pages.len() - 1];
    assert!(full.len() >= 4, "there are spreads to look at");
    let heads: Vec<f64> = full.iter().map(|(_, _, lines)| lines[0].baseline).collect();
    assert!(heads.iter().all(|head| (head - heads[0]).abs() < TOLERANCE), "first lines stand at {heads:?}");
    let foot =
        |index: usize| pages.iter().find(|page| page.0 == index).map(|(_, _, lines)| lines.last().unwrap().baseline);
    let last = pages.last().unwrap().0;
    for verso in (1..last).step_by(2).filter(|&verso| verso + 1 != last) {
        if let (Some(left), Some(right)) = (foot(verso), foot(verso + 1)) {
            assert!((left - right).abs() < TOLERANCE, "pages {verso} and {} end at {left} and {right}", verso + 1);
        }
    }
}
