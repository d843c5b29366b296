//! How long it takes to break a chapter of 500 pages, a book of 20 chapters, and one ten times as long.
//!
//! `cargo bench --bench pages`. The chapters are made up, always the same: paragraphs that can run a line long or short,
//! headings, code, notes and floats, on facing pages of 38 lines. One thread; nothing is set or painted. For instruction
//! counts, run the binary that `cargo bench --no-run` names under `valgrind --tool=callgrind`.

#![expect(clippy::print_stdout, reason = "what it measures is for people to read")]

mod cpu_time;

use std::time::Duration;

use cpu_time::CpuTime;
use pressmark::geometry::Length;
use pressmark::layout::book::Side;
use pressmark::layout::page_breaking::{
    Effort, Float, FloatPlace, FlowBlock, Note, PageBox, PageCosts, Variant, break_pages,
};

const LINE: Length = Length::pt(12);

fn main() {
    println!("what                      pages   CPU s  ms a page      places  pages tried");
    for facing in [Some(Side::Recto), None] {
        let side = if facing.is_some() { "facing" } else { "single" };
        for (name, chapters, blocks) in [
            ("a chapter of 50 pages", 1, 255),
            ("a chapter of 500 pages", 1, 2_550),
            ("a book of 20 chapters", 20, 255),
            ("a book of 200 chapters", 200, 255),
        ] {
            let (mut pages, mut seconds, mut effort) = (0, 0.0, Effort::default());
            for number in 0..chapters {
                let (count, time, took) = measure(blocks, number, facing);
                pages += count;
                seconds += time.as_secs_f64();
                effort.places += took.places;
                effort.pages += took.pages;
            }
            let Effort { places, pages: tried } = effort;
            #[expect(clippy::cast_precision_loss, reason = "counts of pages are far from 2⁵²")]
            let each = seconds * 1_000.0 / pages as f64;
            println!("{name:24} {pages:6} {seconds:7.3} {each:10.2} {places:11} {tried:12}  {side}");
        }
    }
}

/// Breaks a chapter; its pages, the time and the steps that it took.
fn measure(blocks: usize, number: u32, facing: Option<Side>) -> (usize, Duration, Effort) {
    let page = PageBox {
        height: LINE * 38,
        first_height: LINE * 30,
        grid: LINE,
        note_separation: LINE,
        float_separation: LINE,
        facing,
    };
    let (flow, notes, floats) = chapter(blocks, number);
    let start = CpuTime::now();
    let breaks = break_pages(&flow, &notes, &floats, &page, &PageCosts::default());
    (breaks.pages.len(), start.elapsed(), breaks.effort)
}

/// A chapter of so many blocks.
fn chapter(blocks: usize, number: u32) -> (Vec<FlowBlock>, Vec<Note>, Vec<Float>) {
    let mut state = number + 7;
    let mut draw = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let lines = |count: usize| vec![LINE; count];
    let (mut flow, mut notes, mut floats) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..blocks {
        let count = 1 + draw(11) as usize;
        let text = FlowBlock { on_grid: true, ..FlowBlock::new(Variant::breakable(&lines(count), 2)) };
        let mut block = match draw(20) {
            0 => FlowBlock {
                space_before: LINE * 2,
                space_after: LINE,
                keep_with_next: true,
                ..FlowBlock::new(Variant::unbreakable(&lines(1)))
            },
            1 => FlowBlock {
                space_before: LINE / 2,
                space_after: LINE / 2,
                ..FlowBlock::new(Variant::breakable(&lines(count + 8), 4))
            },
            _ if count < 4 => text,
            _ => {
                let cost = 20 + i64::from(draw(100));
                let other = |count| Variant { cost, ..Variant::breakable(&lines(count), 2) };
                let variants = vec![Variant::breakable(&lines(count), 2), other(count - 1), other(count + 1)];
                FlowBlock { variants, ..text }
            }
        };
        let has_note = draw(12) == 0;
        let has_float = draw(18) == 0;
        for variant in &mut block.variants {
            if let Some(line) = variant.lines.first_mut() {
                line.notes.extend(has_note.then_some(notes.len()));
                line.floats.extend(has_float.then_some(floats.len()));
            }
        }
        if has_note {
            notes.push(Note { lines: lines(1 + draw(6) as usize) });
        }
        if has_float {
            floats.push(Float { height: LINE * i64::from(8 + draw(12)), place: FloatPlace::Any, goes_on: false });
        }
        flow.push(block);
    }
    (flow, notes, floats)
}
