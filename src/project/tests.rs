//! What a path means, what is read there, and what is found.

#![allow(clippy::unwrap_used, reason = "a test stops where a file is not as it must be")]

use proptest::prelude::*;

use super::*;
use crate::diagnostics::Place;
use crate::document::{Direction, Matter};

/// Makes files in a folder.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, content) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// Makes files in a new folder, and opens `path` in it.
fn opened(files: &[(&str, &str)], path: &str) -> (tempfile::TempDir, Result<Project, Vec<&'static str>>) {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("my book");
    write(&book, files);
    let mut diagnostics = Vec::new();
    let opening = Opening { path: &book.join(path), out: None, set: &[], source_date_epoch: None, targets: &[] };
    let project = open(&opening, &mut SourceFiles::default(), &mut diagnostics);
    (folder, project.ok_or_else(|| diagnostics.iter().map(|fault| fault.code).collect()))
}

/// What `path` means among `files`: the manuscript's files, the outputs' name, and the outputs' folder from `my book`.
fn meaning(files: &[&str], path: &str) -> (Vec<String>, String, String) {
    let files: Vec<(&str, &str)> =
        files.iter().map(|path| (*path, if path.ends_with("md") { "x" } else { "" })).collect();
    let (folder, project) = opened(&files, path);
    let project = project.unwrap();
    let output = project.output.strip_prefix(folder.path().join("my book")).unwrap().to_str().unwrap().to_owned();
    (project.files.into_iter().map(|file| file.path).collect(), project.name, output)
}

fn expected(files: &[&str], name: &str, output: &str) -> (Vec<String>, String, String) {
    (files.iter().map(|file| (*file).to_owned()).collect(), name.to_owned(), output.to_owned())
}

#[test]
fn a_folder_means_its_manifest_then_the_one_in_source_then_its_markdown() {
    let all = ["pressmark.toml", "source/pressmark.toml", "source/s.md", "10.md", "9.md", "c.txt", ".h.md", "d/e.md"];
    assert_eq!(meaning(&all, ""), expected(&["9.md", "10.md"], "my book", "build"));
    assert_eq!(meaning(&all[1..], ""), expected(&["s.md"], "my book", "build"));
    assert_eq!(meaning(&all[1..], "source"), expected(&["s.md"], "my book", "build"));
    assert_eq!(meaning(&all[1..], "source/pressmark.toml"), expected(&["s.md"], "my book", "build"));
    assert_eq!(meaning(&all[2..], ""), expected(&["9.md", "10.md"], "my book", "build"));
    assert_eq!(meaning(&all[2..], "source"), expected(&["s.md"], "source", "source/build"));
}

#[test]
fn markdown_has_three_endings() {
    let all = ["d.MARKDOWN", "a.qmd", "c.md", "b.txt"];
    assert_eq!(meaning(&all, "").0, ["a.qmd", "c.md", "d.MARKDOWN"]);
}

#[test]
fn a_lone_file_belongs_to_the_nearest_manifest_above() {
    let all = ["pressmark.toml", "a/b/c.md", "a/d.md", "source/pressmark.toml", "source/x/e.md"];
    assert_eq!(meaning(&all, "a/b/c.md"), expected(&["a/b/c.md"], "c", "build"));
    assert_eq!(meaning(&all, "source/x/e.md"), expected(&["x/e.md"], "e", "build"));
    assert_eq!(meaning(&all[1..], "a/b/c.md"), expected(&["c.md"], "c", "a/b/build"));
}

#[test]
fn front_and_back_matter_are_not_chapters_too() {
    let manifest = "[book]\nfront = ['z.md']\nback = ['a.md']\n";
    let (_folder, project) =
        opened(&[("pressmark.toml", manifest), ("a.md", ""), ("b.md", ""), ("c.md", ""), ("z.md", "")], "");
    let files: Vec<_> = project.unwrap().files.into_iter().map(|file| (file.path, file.matter)).collect();
    let file = |path: &str, matter| (path.to_owned(), matter);
    assert_eq!(
        files,
        [
            file("z.md", Matter::Front),
            file("b.md", Matter::Body),
            file("c.md", Matter::Body),
            file("a.md", Matter::Back)
        ]
    );
}

#[test]
fn listed_files_are_there_once_and_inside() {
    let manifest = "[book]\nchapters = ['a.md', './a.md', 'b.md', '../c.md', '/d.md', 'x']\n";
    let (_folder, project) = opened(&[("pressmark.toml", manifest), ("a.md", ""), ("x/y.md", "")], "");
    let mut codes = project.unwrap_err();
    codes.sort_unstable();
    assert_eq!(
        codes,
        ["duplicate-chapter", "missing-chapter", "outside-project", "outside-project", "unreadable-file"]
    );
}

#[test]
fn only_a_project_without_a_manifest_may_use_the_systems_fonts_unasked() {
    let allowed = |files: &[(&str, &str)]| opened(files, "").1.unwrap().system_fonts;
    assert!(allowed(&[("a.md", "")]));
    assert!(!allowed(&[("a.md", ""), ("pressmark.toml", "")]));
    assert!(allowed(&[("a.md", ""), ("pressmark.toml", "[build]\nsystem-fonts = true")]));
}

#[test]
fn fonts_are_found_beside_the_manifest() {
    let files =
        [("pressmark.toml", ""), ("a.md", ""), ("fonts/b/2.otf", "x"), ("fonts/1.TTF", "y"), ("fonts/OFL.txt", "z")];
    let (folder, project) = opened(&files, "");
    let fonts = project.unwrap().fonts;
    let shown: Vec<_> = fonts.iter().map(|(path, _)| path.strip_prefix(folder.path()).unwrap()).collect();
    assert_eq!(shown, [Path::new("my book/fonts/1.TTF"), Path::new("my book/fonts/b/2.otf")]);
}

#[test]
fn one_file_is_a_document_and_several_are_a_book() {
    assert_eq!(opened(&[("a.md", "")], "").1.unwrap().style.name, "document");
    assert_eq!(opened(&[("a.md", ""), ("b.md", "")], "").1.unwrap().style.name, "book");
}

#[test]
fn outputs_can_be_named_after_any_folder() {
    assert_eq!(file_name("my book"), "my book");
    assert_eq!(file_name(".hidden: a"), "hidden- a");
    assert_eq!(file_name("???"), "book");
}

#[test]
fn a_folder_without_markdown_is_an_empty_manuscript() {
    assert_eq!(opened(&[("a.txt", "")], "").1.unwrap_err(), ["empty-manuscript"]);
    assert_eq!(opened(&[("a.md", "")], "b.md").1.unwrap_err(), ["no-such-path"]);
}

/// A project in a new folder with all its findings.
struct Opened {
    folder: tempfile::TempDir,
    project: Option<Project>,
    sources: SourceFiles,
    findings: Vec<Diagnostic>,
}

/// Makes files in a new folder, and opens `path` in it.
fn open_in(files: &[(&str, &str)], path: &str) -> Opened {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), files);
    let mut sources = SourceFiles::default();
    let mut findings = Vec::new();
    let opening =
        Opening { path: &folder.path().join(path), out: None, set: &[], source_date_epoch: None, targets: &[] };
    let project = open(&opening, &mut sources, &mut findings);
    crate::diagnostics::order(&mut findings);
    Opened { folder, project, sources, findings }
}

impl Opened {
    fn project(&self) -> &Project {
        self.project.as_ref().unwrap_or_else(|| panic!("{:#?}", self.findings))
    }

    /// The codes of the findings, with the words that they point at.
    fn found(&self) -> Vec<(&'static str, &str)> {
        let words = |place: &Place| match place {
            Place::Span(span) => &self.sources.get(span.source).unwrap().text[span.start as usize..span.end as usize],
            Place::File(_) => "a file",
            Place::Project => "the project",
        };
        self.findings.iter().map(|finding| (finding.code, words(&finding.place))).collect()
    }

    /// The files, one a line: the part that they open, the level, the matter, the number, the path and the title.
    fn outline(&self) -> Vec<String> {
        let line = |file: &ManuscriptFile| {
            let part = file.part.as_ref().map(|part| format!("[{}] ", part.title)).unwrap_or_default();
            let matter = match file.matter {
                Matter::Front => "front",
                Matter::Body => "body",
                Matter::Back => "back",
            };
            let number = file.number.as_ref().map(|number| format!(" {number}")).unwrap_or_default();
            let title = file.title.as_ref().map(|title| format!(" \"{title}\"")).unwrap_or_default();
            format!("{part}{} {matter}{number} {}{title}", file.level, file.path)
        };
        self.project().files.iter().map(line).collect()
    }

    fn metadata(&self) -> Metadata {
        self.project().metadata(&[])
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.project().settings.variables.get(name).map(String::as_str)
    }
}

const BOOK_TOML: &str = "[book]\ntitle = 'T'\n[preprocessor.toc]\n";

#[test]
fn a_folder_means_an_mdbook_after_its_own_manifest_and_before_the_one_in_source() {
    let all = [
        ("pressmark.toml", ""),
        ("book.toml", ""),
        ("source/pressmark.toml", ""),
        ("src/SUMMARY.md", "- [A](a.md)\n"),
        ("src/a.md", "x"),
        ("source/s.md", "x"),
        ("own.md", "x"),
    ];
    assert_eq!(open_in(&all, "").outline(), ["0 body own.md"]);
    assert_eq!(open_in(&all[1..], "").outline(), ["0 body 1 src/a.md \"A\""]);
    assert_eq!(open_in(&all[1..], "book.toml").outline(), ["0 body 1 src/a.md \"A\""]);
    assert_eq!(open_in(&all[2..], "").outline(), ["0 body s.md"]);
}

#[test]
fn an_mdbook_is_read_unchanged() {
    let summary = "# Summary\n\n[Preface](preface.md)\n\n# One\n\n- [A](a.md)\n  - [B](b/README.md)\n- [Later]()\n\
                   - [C](c.md)\n\n-----\n\n[Index](index.md)\n";
    let files = [
        ("book.toml", BOOK_TOML),
        ("src/SUMMARY.md", summary),
        ("src/preface.md", "x"),
        ("src/a.md", "x"),
        ("src/b/README.md", "x"),
        ("src/c.md", "x"),
        ("src/index.md", "x"),
        ("src/stray.md", "x"),
        ("listings/l.rs", "fn main() {}"),
    ];
    let opened = open_in(&files, "");
    assert_eq!(
        opened.outline(),
        [
            "0 front src/preface.md \"Preface\"",
            "[One] 0 body 1 src/a.md \"A\"",
            "1 body 1.1 src/b/README.md \"B\"",
            "0 body 3 src/c.md \"C\"",
            "0 back src/index.md \"Index\"",
        ]
    );
    assert_eq!(opened.found(), [("preprocessor-not-run", "toc"), ("draft-chapter", "[Later]()")]);
    let project = opened.project();
    assert_eq!(
        (project.style.name.as_str(), project.settings.mdbook, project.settings.smart_punctuation),
        ("book", true, true)
    );
    assert_eq!(project.settings.variables, BTreeMap::new());
    assert_eq!(project.output, opened.folder.path().join("build"));

    let mut sources = opened.sources.clone();
    let included = project.include("../listings/l.rs", "src/a.md", Span::default(), &mut sources).unwrap();
    assert_eq!(&*sources.get(included).unwrap().text, "fn main() {}");

    let lone = open_in(&files, "src/b/README.md");
    assert_eq!(lone.outline(), ["0 body 1.1 src/b/README.md \"B\""]);
    assert_eq!(lone.project().name, "README");
}

#[test]
fn what_an_mdbook_lists_must_be_there_once() {
    let summary = "- [A](a.md)\n- [B](bb.md)\n- [C](./a.md)\n- [D](../../d.md)\n";
    let opened = open_in(&[("book.toml", ""), ("src/SUMMARY.md", summary), ("src/a.md", "x"), ("src/b.md", "x")], "");
    assert_eq!(
        opened.found(),
        [
            ("missing-chapter", "[B](bb.md)"),
            ("duplicate-chapter", "[C](./a.md)"),
            ("outside-project", "[D](../../d.md)")
        ]
    );
    assert_eq!(opened.findings[0].help.as_deref(), Some("the nearest file is `src/b.md`"));
    assert_eq!(open_in(&[("book.toml", "")], "").found(), [("missing-chapter", "a file")]);
    assert_eq!(open_in(&[("book.toml", "[book]\nsrc = '../x'\n")], "").found(), [("outside-project", "a file")]);
}

#[test]
fn a_manifest_has_parts_and_nested_chapters() {
    let manifest = "[book]\nfront = ['f.md']\nchapters = ['i.md']\nback = ['z.md']\n[[part]]\ntitle = 'One'\n\
                    chapters = ['a.md', { path = 'b.md', title = 'Bee', chapters = ['c.md', { path = 'd.md' }] }]\n\
                    [[part]]\ntitle = 'Two'\nchapters = ['e.md']\n";
    let mut files = vec![("pressmark.toml", manifest)];
    files.extend(["f.md", "i.md", "z.md", "a.md", "b.md", "c.md", "d.md", "e.md", "stray.md"].map(|path| (path, "x")));
    let opened = open_in(&files, "");
    assert_eq!(opened.findings, []);
    assert_eq!(
        opened.outline(),
        [
            "0 front f.md",
            "0 body i.md",
            "[One] 0 body a.md",
            "0 body b.md \"Bee\"",
            "1 body c.md",
            "1 body d.md",
            "[Two] 0 body e.md",
            "0 back z.md",
        ]
    );
}

const YAML: &str = "---\ntitle: The *Title*\nsubtitle: S\nauthor:\n- Ann\n- name: {given: Bo, family: Büchner}\n\
                    date: 2024-05\nlang: de-CH\ndir: rtl\nkeywords: [k, l]\nabstract: |\n  One\n  two.\nversion: 1.10\n\
                    isbn: 978-3-16-148410-0\nnumbersections: true\nnumber-depth: 2\nbibliography: [refs.bib]\n\
                    csl: https://www.zotero.org/styles/apa\nplace: Zürich\nnested: {a: 1, b: [x, y]}\n---\n\n# One\n";

#[test]
fn a_pandoc_manuscript_says_what_it_is() {
    let opened = open_in(&[("a.md", YAML), ("b.md", "---\ntitle: B\nplace: Bern\n...\nx"), ("refs.bib", "")], "");
    assert_eq!(opened.findings, []);
    let metadata = opened.metadata();
    assert_eq!((metadata.title.as_str(), metadata.subtitle.as_str()), ("The Title", "S"));
    assert_eq!(metadata.authors, ["Ann", "Bo Büchner"]);
    assert_eq!((metadata.date.as_str(), metadata.language.as_str()), ("2024-05", "de-CH"));
    assert_eq!(metadata.direction, Some(Direction::RightToLeft));
    assert_eq!((metadata.version.as_str(), metadata.description.as_str()), ("1.10", "One two."));
    assert_eq!(metadata.subjects, ["k", "l"]);
    assert_eq!(metadata.identifier, "urn:isbn:9783161484100");
    assert_eq!(opened.project().settings.number_sections, 2);
    assert_eq!(opened.outline(), ["0 body a.md", "0 body b.md \"B\""]);
    assert_eq!(opened.project().bibliography.len(), 1);
    assert_eq!(opened.project().citation_style, Some(CitationStyle::Named("apa".to_owned())));
    let variables = ["place", "nested.a", "nested.b", "title", "author"].map(|name| opened.variable(name));
    let expected = ["Zürich", "1", "x, y", "The Title", "Ann, Bo Büchner"].map(Some);
    assert_eq!(variables, expected);
}

#[test]
fn a_manifest_stands_above_what_the_files_say() {
    let manifest = "[book]\ntitle = 'M'\n[variables]\nplace = 'Basel'\nyear = 2024\n";
    let one = open_in(&[("pressmark.toml", manifest), ("a.md", YAML), ("refs.bib", "")], "");
    assert_eq!(one.findings, []);
    assert_eq!((one.metadata().title.as_str(), one.metadata().language.as_str()), ("M", "de-CH"));
    assert_eq!(one.outline(), ["0 body a.md \"The Title\""]);
    assert_eq!((one.variable("place"), one.variable("year")), (Some("Basel"), Some("2024")));

    let two = open_in(&[("pressmark.toml", manifest), ("a.md", YAML), ("b.md", "x"), ("refs.bib", "")], "");
    assert_eq!((two.metadata().title.as_str(), two.metadata().language.as_str()), ("M", "en"));
    assert_eq!(two.outline(), ["0 body a.md \"The Title\"", "0 body b.md"]);
}

#[test]
fn a_title_block_says_title_authors_and_date() {
    let opened = open_in(&[("a.md", "% The\n  Title\n% Ann; Bo\n% 2024\n\nText")], "");
    assert_eq!(opened.findings, []);
    assert_eq!(opened.metadata().title, "The Title");
    assert_eq!(opened.metadata().authors, ["Ann", "Bo"]);
    assert_eq!(opened.metadata().date, "2024");
}

#[test]
fn what_is_wrong_with_metadata_is_found_at_its_words() {
    let text = "---\ntitle: Ä\ndate: 31 May\nlang: english\nisbn: 978-3-16-148410-1\nthanks: to you\n\
                creator:\n- {role: edittor, text: E}\nheader-includes: x\n---\nx";
    let opened = open_in(&[("a.md", text)], "");
    assert_eq!(
        opened.found(),
        [
            ("invalid-date", "31 May"),
            ("invalid-language", "english"),
            ("invalid-isbn", "978-3-16-148410-1"),
            ("unsupported-metadata", "to you"),
            ("unknown-role", "edittor"),
        ]
    );
    assert!(opened.findings.iter().all(|finding| finding.severity == Severity::Warning));
    assert_eq!(opened.metadata().date, "");

    let codes = |text: &str| open_in(&[("a.md", text)], "").findings.iter().map(|f| f.code).collect::<Vec<_>>();
    assert_eq!(codes("---\na: b: c\n---\nx"), ["invalid-metadata"]);
    assert_eq!(codes("---\na: 1\na: 2\n---\nx"), ["invalid-metadata"]);
    assert_eq!(codes(&format!("---\na:\n {}b\n---\nx", "- ".repeat(100_000))), ["invalid-metadata"]);
    assert_eq!(codes(&format!("---\na: {}\n---\nx", "[".repeat(100_000))), ["invalid-metadata"]);
    assert_eq!(codes("---\nbibliography: no.bib\ncsl: no.csl\n---\nx"), ["missing-file", "missing-file"]);
}

#[test]
fn what_is_cited_is_read_from_the_manifest() {
    let manifest = "[book]\nbibliography = ['r.bib', 'r.bib', 's.yaml']\ncitation-style = 'own.csl'\n";
    let files = [("pressmark.toml", manifest), ("a.md", "x"), ("r.bib", ""), ("s.yaml", ""), ("own.csl", "<style/>")];
    let opened = open_in(&files, "");
    assert_eq!(opened.findings, []);
    assert_eq!(opened.project().bibliography.len(), 2);
    assert!(matches!(opened.project().citation_style, Some(CitationStyle::File(_))));
    let missing = open_in(&files[..3], "");
    assert_eq!(missing.found(), [("missing-file", "'s.yaml'"), ("missing-file", "'own.csl'")]);
}

#[test]
fn an_include_is_read_once_and_stays_inside() {
    let opened = open_in(&[("a/b.md", "x"), ("pressmark.toml", "[book]\nchapters = ['a/b.md']"), ("c.txt", "C")], "");
    let mut sources = opened.sources.clone();
    let mut include = |address: &str| opened.project().include(address, "a/b.md", Span::default(), &mut sources);
    let first = include("../c.txt").unwrap();
    assert_eq!(include(".././c.txt"), Ok(first));
    let fault = include("../d.txt").unwrap_err();
    assert_eq!((fault.code, fault.help.as_deref()), ("missing-include", Some("the nearest file is `c.txt`")));
    assert_eq!(include("../../c.txt").unwrap_err().code, "outside-project");
    assert_eq!(include("/etc/passwd").unwrap_err().code, "outside-project");
    std::fs::write(opened.folder.path().join("bad.txt"), b"\xFF").unwrap();
    assert_eq!(include("../bad.txt").unwrap_err().code, "not-utf8");
}

/// Pieces of manifests and metadata, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = [
        "---\n",
        "...\n",
        "title",
        "author",
        ": ",
        ":\n",
        "\n",
        "  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "|\n",
        ">-\n",
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "? ",
        "# ",
        "% ",
        "Ä",
        "\u{1F600}",
        "\r\n",
        "\t",
        "1.50",
        "null",
        "~",
        "<<: ",
        "\0",
        "creator",
        "role: edt",
        "date: 2024",
        "[book]\n",
        "[[part]]\n",
        "chapters = ",
        "= ",
        "path = 'a'",
        "[x](y.md)",
        "\u{FEFF}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// Whatever a file says of itself is read, and every finding points into it.
    #[test]
    fn any_text_is_read_to_its_end(text in pieces()) {
        for text in [text.clone(), format!("---\ntitle: {text}\n---\n"), format!("---\na:\n  {text}\n---\n")] {
            let mut findings = Vec::new();
            let source = SourceId(0);
            front_matter::read(&text, source, &mut findings);
            manifest::read(&text, source, &mut findings);
            mdbook::read(&text, source, &mut findings);
            summary::read(&text, source, &mut findings);
            for finding in findings {
                let Place::Span(span) = finding.place else { panic!("{finding:?} has no place") };
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{finding:?} in {text:?}");
            }
        }
    }
}
