//! `pressmark preflight` as it is typed: what it looks over, what it says, how it ends.

use std::fs;
use std::path::{Path, PathBuf};

use lopdf::{Document, Object, SaveOptions, Stream, dictionary};
use serde_json::Value;

use crate::program::{Folder, MANIFEST, Run};

impl Folder {
    fn run_in(&self, folder: &str, arguments: &[&str]) -> Run {
        Run::of(self.program(folder, arguments).output().unwrap())
    }

    fn preflight(&self, arguments: &[&str]) -> Run {
        self.run_in(".", &[&["preflight"], arguments].concat())
    }

    /// The findings of a preflight, and its status.
    fn findings(&self, arguments: &[&str]) -> (i32, Vec<Value>) {
        let run = self.preflight(&[&["--message-format", "json"], arguments].concat());
        (run.status, run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
    }

    /// The names of all that is in the folder.
    fn names(&self) -> Vec<PathBuf> {
        let mut names: Vec<PathBuf> = fs::read_dir(self.path("")).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        names
    }
}

/// The codes of findings of a severity, each once.
fn codes<'a>(findings: &'a [Value], severity: &str) -> Vec<&'a str> {
    let found = findings.iter().filter(|finding| finding["severity"] == severity);
    let mut codes: Vec<&str> = found.map(|finding| finding["code"].as_str().unwrap()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// A book of one chapter that builds without a finding.
fn book(more: &str) -> Folder {
    Folder::with(&[("pressmark.toml", format!("{MANIFEST}{more}").as_bytes()), ("one.md", b"# One\n\nSome words.\n")])
}

/// A PDF as many programs write it: a page with a word in Helvetica, which is not embedded, in red light, and no box to cut.
fn foreign(change: impl FnOnce(&mut Document)) -> Vec<u8> {
    let mut pdf = Document::with_version("1.4");
    let pages = pdf.new_object_id();
    let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" });
    let content = Stream::new(dictionary! {}, b"1 0 0 rg BT /F1 12 Tf 72 400 Td (Words) Tj ET".to_vec());
    let content = pdf.add_object(content);
    let page = pdf.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => pages,
        "MediaBox" => vec![0.into(), 0.into(), 420.into(), 595.into()],
        "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
        "Contents" => content,
    });
    pdf.objects.insert(
        pages,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }),
    );
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    pdf.trailer.set("Root", catalog);
    change(&mut pdf);
    let mut bytes = Vec::new();
    pdf.save_with_options(&mut bytes, SaveOptions::default()).unwrap();
    bytes
}

/// Does something to the first page of a PDF.
fn on_page(pdf: &mut Document, change: impl FnOnce(&mut lopdf::Dictionary)) {
    let page = pdf.page_iter().next().unwrap();
    change(pdf.get_dictionary_mut(page).unwrap());
}

/// A copy of a built PDF, broken.
fn broken(path: &Path, change: impl FnOnce(&mut Document)) -> Vec<u8> {
    let mut pdf = Document::load(path).unwrap();
    change(&mut pdf);
    let mut bytes = Vec::new();
    pdf.save_with_options(&mut bytes, SaveOptions::default()).unwrap();
    bytes
}

#[test]
fn the_declaration_is_fit_for_its_targets_and_nothing_is_written() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("source");
    let folder = Folder::with(&[]);
    for entry in fs::read_dir(&source).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    let before = folder.names();
    let run = folder.preflight(&[]);
    assert_eq!((run.status, run.stdout.as_str()), (0, ""), "{run:?}");
    let summary = "looked over build/declaration.pdf, build/declaration-offset-uncoated.pdf, build/declaration.epub, \
                   build/declaration-cover.jpg: nothing wrong";
    assert!(run.stderr.starts_with(summary), "{run:?}");
    assert_eq!(folder.names(), before);
}

#[test]
fn an_e_book_is_held_against_the_stores_that_are_named() {
    let folder = book("[build]\nebook-budget = \"1kB\"\n[store.small]\nfile-size = \"2kB\"\n");
    let (status, findings) = folder.findings(&["--store", "small,kdp"]);
    assert_eq!((status, codes(&findings, "error")), (1, vec!["epub-size"]), "{findings:?}");
    assert_eq!(codes(&findings, "warning"), ["epub-budget"]);
    assert_eq!(codes(&folder.findings(&["--store", "kdp,kobo"]).1, "error"), [""; 0]);
    assert_eq!(codes(&folder.findings(&["--store", "kpd"]).1, "error"), ["unknown-store"]);
    // The cover of a file that stands alone is the stores' cover.
    assert_eq!(folder.run_in(".", &["build", "-q", "--only", "epub"]).status, 0);
    let (status, findings) = folder.findings(&["build/a-book.epub", "--store", "kdp"]);
    assert_eq!((status, codes(&findings, "warning")), (0, vec!["epub-budget", "store-cover"]), "{findings:?}");
    // It is held against the stores and the budget of the project around it.
    let (status, findings) = folder.findings(&["build/a-book.epub", "--store", "small"]);
    assert_eq!((status, codes(&findings, "error")), (1, vec!["epub-size"]), "{findings:?}");
    assert!(codes(&folder.findings(&["build/a-book.epub"]).1, "error").contains(&"epub-size"));
    let elsewhere = Folder::with(&[("other.epub", &fs::read(folder.path("build/a-book.epub")).unwrap())]);
    let (status, findings) = elsewhere.findings(&["other.epub", "--store", "kdp"]);
    assert_eq!((status, codes(&findings, "warning")), (0, vec!["store-cover"]), "{findings:?}");
    assert_eq!(codes(&elsewhere.findings(&["other.epub", "--store", "small"]).1, "error"), ["unknown-store"]);
}

#[test]
fn a_file_that_was_built_is_held_against_its_target_until_it_is_changed() {
    let folder = book("[build]\ntargets = [\"screen\", \"house\"]\n[target.house]\nlike = \"offset-coated\"\n");
    assert_eq!(folder.run_in(".", &["build", "-q"]).status, 0);
    let whole = folder.preflight(&["build/a-book.pdf", "build/a-book-house.pdf"]);
    assert_eq!((whole.status, whole.stdout.as_str()), (0, ""), "{whole:?}");

    let without_trim =
        broken(&folder.path("build/a-book-house.pdf"), |pdf| on_page(pdf, |page| drop(page.remove(b"TrimBox"))));
    folder.write("build/broken.pdf", &without_trim);
    // The project's target is found from the file, wherever the program is started.
    for (place, file) in [(".", "build/broken.pdf"), ("build", "broken.pdf")] {
        let run = folder.run_in(place, &["preflight", file, "--target", "house", "--message-format", "json"]);
        let findings: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(run.status, 1, "{run:?}");
        assert!(codes(&findings, "error").contains(&"page-boxes"), "{run:?}");
        assert!(findings.iter().all(|finding| finding["file"] == file && !finding["help"].is_null()), "{run:?}");
    }
    // A file of elsewhere is held against the targets of the project where the program is started.
    let elsewhere = Folder::with(&[("x.pdf", &without_trim)]);
    let path = elsewhere.path("x.pdf");
    let path = path.to_str().unwrap();
    assert_eq!(folder.findings(&[path, "--target", "house"]).0, 1);
    let (status, findings) = elsewhere.findings(&[path, "--target", "house"]);
    assert_eq!((status, codes(&findings, "error")), (1, vec!["unknown-target"]));
}

#[test]
fn another_programs_file_is_held_against_a_target() {
    let folder = Folder::with(&[("a.pdf", &foreign(|_| {})), ("b.pdf", &foreign(|_| {}))]);
    let (status, findings) = folder.findings(&["a.pdf", "b.pdf", "--target", "offset-coated,lulu"]);
    assert_eq!(status, 1);
    let errors = codes(&findings, "error");
    assert!(errors.contains(&"page-boxes"), "{findings:?}");
    for file in ["a.pdf", "b.pdf"] {
        assert!(findings.iter().any(|finding| finding["file"] == file && finding["code"] == "page-boxes"));
    }
    // What several targets find alike is said once.
    let mut said: Vec<String> = findings.iter().map(Value::to_string).collect();
    said.sort();
    assert!(said.windows(2).all(|pair| pair[0] != pair[1]), "{said:?}");

    let (status, findings) = folder.findings(&["a.pdf", "--target", "lullu"]);
    assert_eq!((status, codes(&findings, "error")), (1, vec!["unknown-target"]));
    assert!(findings[0]["help"].as_str().unwrap().contains("`lulu`"));
}

#[test]
fn the_content_of_a_file_says_what_it_is() {
    let pdf = foreign(|_| {});
    let shifted = [b"\xEF\xBB\xBFjunk\n", pdf.as_slice()].concat();
    let image = [0x89, b'P', b'N', b'G', 0, 1, 2, 3];
    let folder = Folder::with(&[
        ("named-otherwise", &pdf),
        ("words.pdf", b"Words."),
        ("empty.PDF", b""),
        ("picture.png", &image),
        ("words.epub", b"Words."),
        ("shifted.pdf", &shifted),
        ("book.md", b"# One\n\nWords.\n"),
    ]);
    for name in ["words.pdf", "empty.PDF", "picture.png", "words.epub"] {
        let (status, findings) = folder.findings(&[name]);
        assert_eq!((status, codes(&findings, "error")), (2, vec!["unknown-file"]), "{name}");
        assert!(findings[0]["help"].as_str().unwrap().contains("PDF"));
    }
    assert!(folder.preflight(&["named-otherwise"]).stderr.starts_with("looked over named-otherwise: "));
    assert!(!codes(&folder.findings(&["shifted.pdf"]).1, "error").contains(&"unknown-file"));
    let book = folder.preflight(&["book.md"]);
    assert_eq!(book.status, 0, "{book:?}");
    assert!(book.stderr.starts_with("looked over build/book.pdf"), "{book:?}");
    let (status, findings) = folder.findings(&["bok.md"]);
    assert_eq!((status, codes(&findings, "error")), (2, vec!["no-such-path"]));
}

#[test]
fn warnings_of_the_manuscript_are_among_the_findings_and_can_be_denied() {
    let folder = book("");
    folder.write("one.md", b"# One\n\n### Three\n\nWords.\n");
    let run = folder.preflight(&[]);
    assert_eq!(run.status, 0, "{run:?}");
    assert!(run.stdout.contains("warning[skipped-level]") && run.stdout.contains("one.md:3:1"), "{run:?}");
    assert!(run.stderr.contains("1 warning"), "{run:?}");
    for denied in ["skipped-level", "warnings"] {
        let run = folder.preflight(&["--deny", denied]);
        assert_eq!(run.status, 1, "{run:?}");
        // What is denied keeps nothing from being looked over.
        assert!(
            run.stderr.starts_with("looked over build/a-book.pdf, build/a-book.epub, build/a-book-cover.jpg: 1 error"),
            "{run:?}"
        );
    }
    let quiet = folder.preflight(&["-q"]);
    assert_eq!((quiet.status, quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    assert_eq!(folder.preflight(&["--deny", "skiped-level"]).status, 2);
    assert_eq!(folder.preflight(&["--set", "title=", "--jobs", "0"]).status, 2);
    assert_eq!(
        folder.preflight(&["--set", "name=other", "--jobs", "1"]).stderr,
        "looked over build/other.pdf, build/other.epub, build/other-cover.jpg: 1 warning\n"
    );
}

#[test]
fn findings_are_written_as_json_and_as_sarif() {
    let folder = book("");
    folder.write("one.md", "# One\n\n### Drëi\n\nWords.\n".as_bytes());
    folder.write("a b.pdf", &foreign(|_| {}));
    let arguments = [".", "a b.pdf", "--target", "offset-coated"];
    let (status, findings) = folder.findings(&arguments);
    assert_eq!(status, 1);
    let json = folder.preflight(&[&arguments[..], &["--message-format", "json"]].concat());
    let summary: Value = serde_json::from_str(&json.stderr).unwrap();
    assert_eq!((&summary["severity"], &summary["code"]), (&"info".into(), &"summary".into()));

    let run = folder.preflight(&[&arguments[..], &["--message-format", "sarif"]].concat());
    assert_eq!(run.status, 1);
    assert!(
        run.stderr.starts_with("looked over build/a-book.pdf, build/a-book.epub, build/a-book-cover.jpg, a b.pdf: "),
        "{run:?}"
    );
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&log["version"], &log["runs"][0]["columnKind"]), (&"2.1.0".into(), &"unicodeCodePoints".into()));
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), findings.len());
    for (result, finding) in results.iter().zip(&findings) {
        assert_eq!((&result["ruleId"], &result["level"]), (&finding["code"], &finding["severity"]));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["region"]["startLine"], finding["line"]);
        assert_eq!(place["region"]["endColumn"], finding["end"]["column"]);
        let file = finding["file"].as_str().unwrap().replace(' ', "%20");
        assert_eq!(place["artifactLocation"]["uri"], file);
    }
    let boxes = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let boxes = boxes.iter().find(|rule| rule["id"] == "page-boxes").unwrap();
    assert!(boxes["help"]["text"].as_str().unwrap().contains("TrimBox"));

    // A build writes nothing but the log where its findings go.
    let run = folder.run_in(".", &["build", "--message-format", "sarif"]);
    let log: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!((run.status, log["runs"][0]["results"].as_array().unwrap().len()), (0, 1), "{run:?}");
    assert!(run.stdout.lines().all(|line| line.starts_with("build")), "{run:?}");
    let nothing = book("").preflight(&["--message-format", "sarif"]);
    let log: Value = serde_json::from_str(&nothing.stdout).unwrap();
    assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn a_check_is_explained_at_length() {
    let run = Folder::with(&[]).run_in(".", &["explain", "page-boxes"]);
    assert!(run.stdout.starts_with("page-boxes: ") && run.stdout.contains("\nSource: ISO 32000-2"), "{run:?}");
    assert!(run.stdout.lines().count() > 4 && run.stdout.lines().all(|line| line.chars().count() <= 80), "{run:?}");
}

#[test]
fn hostile_files_are_told_within_bounds() {
    let whole = foreign(|_| {});
    // A page tree that is its own branch, and pages that are their own parents.
    let cycle = foreign(|pdf| {
        let root = pdf.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
        let kids = vec![root.into(), root.into()];
        pdf.get_dictionary_mut(root).unwrap().set("Kids", kids);
    });
    let own_parent = foreign(|pdf| {
        let page = pdf.page_iter().next().unwrap();
        on_page(pdf, |dictionary| {
            dictionary.remove(b"MediaBox");
            dictionary.set("Parent", page);
        });
    });
    // Forms that paint themselves, twice each.
    let forms = foreign(|pdf| {
        let form = pdf.new_object_id();
        let resources = dictionary! { "XObject" => dictionary! { "X" => form } };
        let dictionary = dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "Resources" => resources.clone(),
            "BBox" => vec![0.into(), 0.into(), 420.into(), 595.into()],
        };
        pdf.objects.insert(form, Object::Stream(Stream::new(dictionary, b"/X Do /X Do".to_vec())));
        let content = pdf.add_object(Stream::new(dictionary! {}, b"/X Do /X Do".to_vec()));
        on_page(pdf, |page| {
            page.set("Resources", resources);
            page.set("Contents", content);
        });
    });
    // A few kilobytes that unfold to 24 MB of operators.
    let bomb = foreign(|pdf| {
        let mut content = Stream::new(dictionary! {}, b"0 0 m S\n".repeat(3_000_000));
        content.compress().unwrap();
        let content = pdf.add_object(content);
        on_page(pdf, |page| page.set("Contents", content));
    });
    let nested = |open: &str, close: &str, depth: usize| {
        let file = foreign(|pdf| on_page(pdf, |page| page.set("Mark", "HERE")));
        let at = file.windows(5).position(|bytes| bytes == b"/HERE").unwrap();
        [&file[..at], format!("{}1{}", open.repeat(depth), close.repeat(depth)).as_bytes(), &file[at + 5..]].concat()
    };
    let deep_content = foreign(|pdf| {
        let deep = format!("{}{} TJ", "[".repeat(500_000), "]".repeat(500_000));
        let content = pdf.add_object(Stream::new(dictionary! {}, deep.into_bytes()));
        on_page(pdf, |page| page.set("Contents", content));
    });
    // Bytes that look like chance, and are the same each time.
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(state >> 56).unwrap()
    })
    .take(100_000)
    .collect();
    let mut files: Vec<(String, Vec<u8>)> = vec![
        ("cycle.pdf".to_owned(), cycle),
        ("own-parent.pdf".to_owned(), own_parent),
        ("forms.pdf".to_owned(), forms),
        ("bomb.pdf".to_owned(), bomb),
        ("arrays.pdf".to_owned(), nested("[", "]", 500_000)),
        ("dictionaries.pdf".to_owned(), nested("<</A", ">>", 200_000)),
        ("content.pdf".to_owned(), deep_content),
        ("noise.pdf".to_owned(), [b"%PDF-1.7\n", noise.as_slice()].concat()),
        ("noise.epub".to_owned(), [b"PK\x03\x04", noise.as_slice()].concat()),
    ];
    for (part, length) in (0..whole.len()).step_by(whole.len() / 12).enumerate() {
        files.push((format!("part-{part}.pdf"), whole[..length].to_vec()));
        // One byte is another.
        let mut other = whole.clone();
        other[length] ^= 0x15;
        files.push((format!("other-{part}.pdf"), other));
    }
    let folder = Folder::with(&[]);
    for (name, content) in &files {
        folder.write(name, content);
        let start = std::time::Instant::now();
        let (status, findings) = folder.findings(&[name, "--target", "offset-coated"]);
        // Each is answered, with a finding that names the file, and soon.
        assert!([1, 2].contains(&status), "{name}: {status}, {findings:?}");
        assert!(findings.iter().all(|finding| finding["file"] == name.as_str()), "{name}: {findings:?}");
        assert!(start.elapsed().as_secs() < 60, "{name}: {:?}", start.elapsed());
    }
}
