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
    edition_of(&[], manuscript, manifest, target)
}

/// The same with more files, by name.
fn edition_of(files: &[(&str, &str)], manuscript: &str, manifest: &str, target: &str) -> Edition {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, content)| fs::write(folder.path().join(name), content).unwrap());
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
    let made = crate::make(&request, &mut sources, &mut diagnostics, &mut Vec::new());
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

/// Three hundred copies of a file, each broken otherwise, and the same every time: bytes made others, parts cut out, written
/// twice, put in each other's places, and numbers made large.
pub(super) fn mutations(content: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    // A number below a bound (xorshift).
    let mut chance = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % bound.max(1)
    };
    (0..300).map(move |turn| {
        let mut broken = content.to_vec();
        let part = |chance: &mut dyn FnMut(usize) -> usize| {
            let start = chance(content.len());
            start..(start + 1 + chance(400)).min(content.len())
        };
        if content.is_empty() {
            return broken;
        }
        match turn % 5 {
            0 => (0..=chance(30)).for_each(|_| broken[chance(content.len())] ^= 1 << chance(8)),
            1 => drop(broken.drain(part(&mut chance))),
            2 => {
                let (from, to) = (part(&mut chance), chance(content.len()));
                drop(broken.splice(to..to, content[from].iter().copied()));
            }
            3 => {
                let (one, other) = (part(&mut chance), part(&mut chance));
                let (first, second) = if one.start <= other.start { (one, other) } else { (other, one) };
                let (first_end, second_start) = (first.end.min(second.start), second.start);
                let swapped = [
                    &content[..first.start],
                    &content[second_start..second.end],
                    &content[first_end..second_start],
                    &content[first.start..first_end],
                    &content[second.end..],
                ];
                broken = swapped.concat();
            }
            _ => {
                let start = chance(content.len());
                let digits = content[start..].iter().position(u8::is_ascii_digit).map_or(start, |at| start + at);
                let large = ["-1", "0", "65536", "4294967295", "99999999999999999999"][chance(5)];
                drop(broken.splice(digits..(digits + 1).min(content.len()), large.bytes()));
            }
        }
        broken
    })
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
fn rich_black_is_for_areas() {
    let manifest = format!("{MANIFEST}[target.deep]\nlike = 'ingramspark'\nrich-black = '60 40 40 100: #0a0a14'\n");
    let drawing = |shape: &str| {
        let drawing = format!("<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100'>{shape}</svg>");
        let edition = edition_of(&[("area.svg", &drawing)], "# One\n\n![A drawing](area.svg)\n", &manifest, "deep");
        let inks = edition.file(Document::decompress);
        let inks = String::from_utf8_lossy(&inks);
        assert!(inks.contains("0.6 0.4 0.4 1 ") || inks.contains(".6 .4 .4 1 "), "{inks}");
        let mut found = edition.findings();
        found.retain(|finding| finding.code != "page-count");
        found
    };
    assert_eq!(drawing("<rect width='200' height='100' fill='#0a0a14'/>"), []);
    let thin = drawing("<path d='M0 50H200' stroke='#0a0a14' stroke-width='.8'/>");
    assert_eq!(codes(&thin), ["rich-black-text"], "{thin:?}");
    assert!(thin[0].message.contains("C 60 M 40 Y 40 K 100") && matches!(thin[0].place, Place::Span(_)), "{thin:?}");
}

#[test]
fn what_is_no_pdf_is_told_and_nothing_panics() {
    for content in [&b""[..], b"%PDF-1.7\n", b"hello", &[0xff; 4096]] {
        assert_eq!(codes(&check_pdf(content, "book.pdf", None, None)), ["unreadable-file"]);
    }
    let whole = edition(CHAPTER, MANIFEST, "screen").content;
    let target = Target { total_ink: Some(240), ..edition(CHAPTER, MANIFEST, "offset-coated").target };
    // As it is, and with its objects laid open, so that what is changed is read and no checksum keeps it out.
    let mut open = Document::load_mem(&whole).unwrap();
    open.decompress();
    let mut plain = Vec::new();
    open.save_to(&mut plain).unwrap();
    for content in [&whole, &plain] {
        for (broken, seed) in mutations(content).zip(0..) {
            let start = std::time::Instant::now();
            let _ = check_pdf(&broken, "book.pdf", Some(&target), None);
            assert!(start.elapsed().as_secs() < 20, "mutation {seed}");
        }
    }
    for length in (0..whole.len()).step_by(whole.len() / 50) {
        let _ = check_pdf(&whole[..length], "book.pdf", None, None);
    }
}
