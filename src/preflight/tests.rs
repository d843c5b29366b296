//! Sound files, made by the program itself, and what the checks find when they are broken.

mod breakages;
mod document;
mod made_again;
mod painting;

use std::fs;

use lopdf::{Document, Object, SaveOptions};

use super::*;
use crate::BuildRequest;
use crate::diagnostics::SourceFiles;

/// A small book, as a build makes it.
pub(super) struct Edition {
    pub(super) book: Book,
    pub(super) target: Target,
    pub(super) content: Vec<u8>,
    pub(super) sources: SourceFiles,
}

/// The book of a manuscript and a manifest for a target, with an image beside them, `square.png`, of 300 by 300 pixels.
pub(super) fn edition(manuscript: &str, manifest: &str, target: &str) -> Edition {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.md"), manuscript).unwrap();
    fs::write(folder.path().join("pressmark.toml"), manifest).unwrap();
    image::RgbImage::from_pixel(300, 300, image::Rgb([200, 40, 40])).save(folder.path().join("square.png")).unwrap();
    let request = BuildRequest {
        path: folder.path().to_owned(),
        targets: vec![target.to_owned()],
        only: Some(crate::Output::Pdf),
        ..BuildRequest::default()
    };
    let (mut sources, mut diagnostics) = (SourceFiles::default(), Vec::new());
    let made = crate::make(&request, &mut sources, &mut diagnostics, &mut 0, &mut Vec::new());
    let mut made = made.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let (_, content) = made.files.swap_remove(0);
    Edition { book: made.layouts.books.swap_remove(0), target: made.project.targets.swap_remove(0), content, sources }
}

impl Edition {
    /// What is found in the file as it was made.
    pub(super) fn findings(&self) -> Vec<Diagnostic> {
        check_pdf(&self.content, "book.pdf", Some(&self.target), Some(&self.book))
    }

    /// A copy that was changed.
    pub(super) fn file(&self, change: impl FnOnce(&mut Document)) -> Vec<u8> {
        let mut document = Document::load_mem(&self.content).unwrap();
        change(&mut document);
        let mut content = Vec::new();
        document.save_with_options(&mut content, SaveOptions::default()).unwrap();
        content
    }

    /// What is found in a copy that was broken.
    pub(super) fn found(&self, break_it: impl FnOnce(&mut Document)) -> Vec<Diagnostic> {
        check_pdf(&self.file(break_it), "book.pdf", Some(&self.target), Some(&self.book))
    }

    /// The codes of it, each once.
    pub(super) fn broken(&self, break_it: impl FnOnce(&mut Document)) -> Vec<&'static str> {
        codes(&self.found(break_it))
    }
}

/// The codes of findings, in order and each once.
pub(super) fn codes(findings: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A chapter with what most checks look at.
pub(super) const CHAPTER: &str =
    "# One\n\nWords in a line, and a [link](https://example.org/).\n\n![A red square](square.png){width=1in}\n";

/// The manifest of [`CHAPTER`].
pub(super) const MANIFEST: &str = "[book]\ntitle = \"Book\"\nauthors = [\"Ada\"]\nlanguage = \"en\"\n";

#[test]
fn what_a_build_writes_passes_every_check() {
    for target in [
        "screen",
        "screen-2",
        "office",
        "kdp-paperback",
        "ingramspark",
        "lulu",
        "bod",
        "offset-coated",
        "offset-uncoated",
    ] {
        let edition = edition(CHAPTER, MANIFEST, target);
        let found: Vec<Diagnostic> =
            edition.findings().into_iter().filter(|finding| finding.code != "page-count").collect();
        assert_eq!(found, [], "{target}");
    }
}

#[test]
fn what_is_no_pdf_is_told_and_nothing_panics() {
    for content in [&b""[..], b"%PDF-1.7\n", b"hello", &[0xff; 4096]] {
        assert_eq!(codes(&check_pdf(content, "book.pdf", None, None)), ["unreadable-file"]);
    }
    let whole = edition(CHAPTER, MANIFEST, "screen").content;
    for length in (0..whole.len()).step_by(whole.len() / 50) {
        let _ = check_pdf(&whole[..length], "book.pdf", None, None);
    }
}
