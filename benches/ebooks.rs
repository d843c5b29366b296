//! How long it takes to write the e-books of a book that is laid out.
//!
//! `cargo bench --bench ebooks`. The books are the Declaration, and the Rust Book in the folder that `PRESSMARK_CORPUS` names.
//! One thread; each time is the median of nine. Laying out is not counted. For instruction counts, run the binary that
//! `cargo bench --no-run` names under `valgrind --tool=callgrind`.

#![expect(clippy::print_stdout, reason = "what it measures is for people to read")]

mod cpu_time;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cpu_time::CpuTime;
use pressmark::BuildRequest;
use pressmark::diagnostics::SourceFiles;
use pressmark::epub::{self, Options};
use pressmark::font::FontBook;
use pressmark::layout::book::Book;
use pressmark::layout::lay_out;
use pressmark::project::{self, Opening};

const RUNS: usize = 9;

fn main() {
    let thread = rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(8 << 20).build().expect("a thread");
    thread.install(|| {
        println!("book                  what                        CPU ms      bytes");
        measure("the Declaration", &PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/source")));
        match std::env::var_os("PRESSMARK_CORPUS") {
            Some(corpus) => measure("the Rust Book", &Path::new(&corpus).join("rust-book")),
            None => println!("the Rust Book is left out: PRESSMARK_CORPUS names no folder"),
        }
    });
}

/// Prints what each part of the e-books of the project at `path` takes.
fn measure(name: &str, path: &Path) {
    let book = laid_out(path);
    let (whole, bare) = (Options::default(), Options { embed_fonts: false });
    let parts: [(&str, &dyn Fn() -> Vec<u8>); 4] = [
        ("the e-book", &|| epub::write(&book, whole).expect("an e-book")),
        ("the same without fonts", &|| epub::write(&book, bare).expect("an e-book")),
        ("the cover for stores", &|| epub::store_cover(&book).expect("a cover")),
        ("the pages of print", &|| epub::write_fixed(&book, whole).expect("an e-book")),
    ];
    for (what, write) in parts {
        let mut times = Vec::new();
        let mut bytes = 0;
        for _ in 0..RUNS {
            let start = CpuTime::now();
            bytes = write().len();
            times.push(start.elapsed());
        }
        times.sort_unstable();
        println!("{name:21} {what:24} {:9.1} {bytes:10}", times[RUNS / 2].as_secs_f64() * 1_000.0);
    }
}

/// The book at `path`, laid out as its project asks, with the bundled faces.
fn laid_out(path: &Path) -> Book {
    let request = BuildRequest { path: path.into(), ..BuildRequest::default() };
    let document = pressmark::read(&request).0.expect("a manuscript");
    let opening = Opening { path, out: None, targets: &[], set: &[], source_date_epoch: None };
    let project = project::open(&opening, &mut SourceFiles::default(), &mut Vec::new()).expect("a project");
    let (graphics, images, _) = project.images(&document.divisions);
    lay_out(document, project.style.clone(), Arc::new(FontBook::bundled()), graphics, images).0
}
