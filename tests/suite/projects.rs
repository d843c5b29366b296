//! Projects of other tools, as their authors wrote them: opened as a whole.
//!
//! The books are too large for the repository. They are read from the folder that `PRESSMARK_CORPUS` names, where it is
//! set.

use std::path::PathBuf;

use pressmark::diagnostics::SourceFiles;
use pressmark::document::Matter;
use pressmark::project::{self, Opening};
use pressmark::style::themes;

use crate::laid::lay_out_files;

/// The folder of a book of the corpus.
#[expect(clippy::print_stderr, reason = "what is left out is said aloud")]
fn corpus(book: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PRESSMARK_CORPUS");
    if folder.is_none() {
        eprintln!("SKIPPED: set PRESSMARK_CORPUS to a folder with the mdBook `{book}` to read it as a project");
    }
    folder.map(|folder| PathBuf::from(folder).join(book))
}

#[test]
fn the_rust_book_has_its_chapters_in_order_and_numbered() {
    let Some(path) = corpus("rust-book") else { return };
    let mut findings = Vec::new();
    let opening = Opening { path: &path, out: None, set: &[], source_date_epoch: None, targets: &[] };
    let project = project::open(&opening, &mut SourceFiles::default(), &mut findings).unwrap();
    let codes: Vec<_> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["preprocessor-not-run", "preprocessor-not-run"]);
    assert!(project.files.len() > 100, "{} files", project.files.len());
    let summary = std::fs::read_to_string(path.join("src/SUMMARY.md")).unwrap();
    let linked: Vec<String> = summary
        .lines()
        .filter_map(|line| line.trim_end().strip_suffix(')')?.rsplit_once("](").map(|(_, file)| format!("src/{file}")))
        .collect();
    let paths: Vec<&str> = project.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, linked);
    // The names of its files have the numbers of chapters and sections, which begin with 0.
    for file in project.files.iter().filter(|file| file.path.starts_with("src/ch")) {
        let mut parts = file.path["src/ch".len()..].split('-').map_while(|part| part.parse::<u32>().ok());
        let (Some(chapter), Some(section)) = (parts.next(), parts.next()) else { continue };
        let (expected, level) = match (chapter, section) {
            (0, _) => (None, 0),
            (chapter, 0) => (Some(format!("{chapter}")), 0),
            (chapter, section) => (Some(format!("{chapter}.{section}")), 1),
        };
        assert_eq!((file.number.clone(), file.level), (expected, level), "{}", file.path);
    }
    assert!(project.files.iter().take(3).all(|file| file.matter == Matter::Front));
    assert!(project.files.iter().all(|file| file.title.is_some()));
    assert!(project.settings.mdbook && project.settings.smart_punctuation);
}

#[test]
fn the_rust_book_is_the_same_book_on_one_thread_and_on_two() {
    let Some(path) = corpus("rust-book") else { return };
    let [one, two] = [1, 2].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(8 << 20).build().unwrap();
        pool.install(|| lay_out_files(&path, themes::by_name("book").unwrap()))
    });
    let ((book, findings), (again, same)) = (one, two);
    assert!(book.pagination.pages.len() > 500, "{} pages", book.pagination.pages.len());
    assert!(book.pagination == again.pagination && book.navigation == again.navigation);
    assert_eq!(findings, same);
}
