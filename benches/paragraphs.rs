//! How long it takes to shape 5 MB of prose and break it into lines, and whether ten times as much takes ten times as long.
//!
//! `cargo bench --bench paragraphs [-- MEGABYTES…]`. The prose is that of the Rust Book in the folder that
//! `PRESSMARK_CORPUS` names, else the Declaration, repeated. One thread; no pages are built. For instruction counts, run the
//! binary that `cargo bench --no-run` names under `valgrind --tool=callgrind`.

#![expect(clippy::print_stdout, reason = "what it measures is for people to read")]

mod cpu_time;

use std::path::{Path, PathBuf};

use cpu_time::CpuTime;
use pressmark::BuildRequest;
use pressmark::document::{BlockKind, Document, Node, plain_text, walk};
use pressmark::font::FontBook;
use pressmark::layout::count_lines;
use pressmark::style::themes;

fn main() {
    let sizes: Vec<usize> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![5, 50] } else { sizes };
    let path = match std::env::var_os("PRESSMARK_CORPUS") {
        Some(corpus) => Path::new(&corpus).join("rust-book"),
        None => PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/source")),
    };
    let (document, _) = pressmark::read(&BuildRequest { path, ..BuildRequest::default() });
    let prose = paragraphs(&document.expect("a manuscript"));
    let (style, fonts) = (themes::by_name("document").expect("a theme"), FontBook::bundled());
    println!("     MB      words    lines   CPU s   words/s   s per 5 MB");
    for megabytes in sizes {
        let text = repeated(&prose, megabytes * 1_000_000);
        let words: usize = text.iter().map(|paragraph| paragraph.split_whitespace().count()).sum();
        let start = CpuTime::now();
        let lines = count_lines(text, "en", &style, &fonts);
        let seconds = start.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "counts of words are far from 2⁵²")]
        let (speed, share) = (words as f64 / seconds, 5.0 * seconds / megabytes as f64);
        println!("{megabytes:7} {words:10} {lines:8} {seconds:7.3} {speed:9.0} {share:12.3}");
    }
}

/// The plain text of each paragraph, with its spaces single.
fn paragraphs(document: &Document) -> Vec<String> {
    let mut found = Vec::new();
    let blocks = document.divisions.iter().flat_map(|division| &division.blocks);
    walk(blocks, &mut |node| {
        if let Node::Block(block) = node
            && let BlockKind::Paragraph(content) = &block.kind
        {
            let text = plain_text(content);
            found.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    });
    found.retain(|paragraph| !paragraph.is_empty());
    found
}

/// The paragraphs again and again, up to so many bytes.
fn repeated(prose: &[String], bytes: usize) -> Vec<&str> {
    let mut left = bytes;
    let mut text = Vec::new();
    for paragraph in prose.iter().cycle() {
        if paragraph.len() >= left {
            break;
        }
        left -= paragraph.len();
        text.push(paragraph.as_str());
    }
    text
}
