//! `pressmark build` as it is typed: what it writes, what it says, what it leaves alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::program::{Folder, MANIFEST, Run};

impl Folder {
    /// A book of one chapter that builds without a finding.
    fn book() -> Self {
        Self::with(&[("pressmark.toml", MANIFEST.as_bytes()), ("one.md", b"# One\n\nSome words.\n")])
    }

    /// The same, and what a build makes of it: built once, and copied.
    fn built() -> Self {
        static BUILT: OnceLock<BTreeMap<PathBuf, Vec<u8>>> = OnceLock::new();
        let files = BUILT.get_or_init(|| {
            let folder = Self::book();
            assert_eq!(folder.run(&[]).status, 0);
            let files = folder.contents().into_iter().filter(|(path, _)| path.is_file());
            files.map(|(path, content)| (path.strip_prefix(folder.path("")).unwrap().to_owned(), content)).collect()
        });
        let folder = Self::with(&[]);
        for (path, content) in files {
            folder.write(path, content);
        }
        folder
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.program("", &[&["build"], arguments].concat())
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// Every file below the folder with its content, and every folder.
    fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn collect(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    collect(&path, found);
                    found.insert(path, Vec::new());
                } else {
                    let content = fs::read(&path).unwrap();
                    found.insert(path, content);
                }
            }
        }
        let mut found = BTreeMap::new();
        collect(&self.path(""), &mut found);
        found
    }

    fn release(&self, path: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path(path)).unwrap()).unwrap()
    }
}

impl Run {
    /// The lines of standard error as JSON, without the closing summary.
    fn findings(&self) -> Vec<Value> {
        let all: Vec<Value> = self.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let (summary, findings) = all.split_last().unwrap();
        assert_eq!((&summary["severity"], &summary["code"]), (&"info".into(), &"summary".into()));
        findings.to_vec()
    }
}

/// Breaks a good book that was built, and builds again: one finding says what is wrong, where, and what to do; the status
/// is not zero; every file is as it was before.
#[track_caller]
fn check_fault(status: i32, code: &str, file: &str, line: Option<u64>, arguments: &[&str], breaking: &[(&str, &[u8])]) {
    let folder = Folder::built();
    for (path, content) in breaking {
        folder.write(path, content);
    }
    let before = folder.contents();
    let run = folder.run(&[arguments, &["--message-format", "json"]].concat());
    assert_eq!((run.status, run.stdout.as_str()), (status, ""), "{}", run.stderr);
    let findings = run.findings();
    assert_eq!(findings.len(), 1, "{}", run.stderr);
    let finding = &findings[0];
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["code"], code);
    assert_eq!(finding["file"], file);
    assert_eq!(finding["line"], line.map_or(Value::Null, Value::from));
    assert!(finding["help"].as_str().is_some_and(|help| !help.is_empty()), "{finding}");
    assert!(folder.contents() == before, "the files are not as they were");

    let human = folder.run(arguments);
    assert_eq!(human.status, status);
    assert_eq!(human.stderr.matches("error[").count(), 1, "{}", human.stderr);
    assert!(human.stderr.contains(&format!("error[{code}]")), "{}", human.stderr);
    assert!(human.stderr.contains("help: "), "{}", human.stderr);
    let place = line.map_or_else(|| file.to_owned(), |line| format!("{file}:{line}:"));
    assert!(human.stderr.contains(&place), "{}", human.stderr);
    assert!(folder.contents() == before, "the files are not as they were");
}

#[test]
fn a_missing_image_is_an_error_at_its_place() {
    check_fault(1, "missing-image", "one.md", Some(3), &[], &[("one.md", b"# One\n\n![A lamp](lamp.png)\n")]);
}

#[test]
fn errors_hide_no_warnings() {
    let folder = Folder::book();
    folder.write("one.md", b"# One\n\nSee @fig:none and [there](#nowhere).\n\n![A lamp](lamp.png)\n");
    let run = folder.run(&["--message-format", "json"]);
    assert_eq!(run.status, 1);
    let findings = run.findings();
    let codes: Vec<(&str, u64)> =
        findings.iter().map(|finding| (finding["code"].as_str().unwrap(), finding["line"].as_u64().unwrap())).collect();
    assert_eq!(codes, [("unknown-label", 3), ("broken-link", 3), ("missing-image", 5)]);
}

#[test]
fn a_damaged_image_is_an_error_at_its_place() {
    let breaking: [(&str, &[u8]); 2] =
        [("one.md", b"# One\n\nSee ![a lamp](lamp.png).\n"), ("lamp.png", b"\x89PNG\r\n\x1a\n")];
    check_fault(1, "damaged-image", "one.md", Some(3), &[], &breaking);
}

#[test]
fn an_unclosed_table_is_an_error_at_its_line() {
    check_fault(
        1,
        "invalid-manifest",
        "pressmark.toml",
        Some(2),
        &[],
        &[("pressmark.toml", b"# A book\n[book\ntitle = \"x\"\n")],
    );
}

#[test]
fn an_unknown_key_is_an_error_at_its_line() {
    check_fault(
        1,
        "unknown-key",
        "pressmark.toml",
        Some(3),
        &[],
        &[("pressmark.toml", b"[book]\ntitle = \"x\"\nautors = []\n")],
    );
}

#[test]
fn a_wrong_type_a_bad_theme_and_a_missing_chapter_are_errors_at_their_lines() {
    let manifest = |line: &str| format!("[book]\n{line}\n").into_bytes();
    for (line, code) in [
        ("version = 1.2", "wrong-type"),
        ("number-sections = 7", "wrong-type"),
        ("bibliography = [\"refs.bib\"]", "missing-file"),
        ("theme = \"boook\"", "unknown-theme"),
        ("name = \"a/b\"", "invalid-name"),
        ("chapters = [\"one.md\", \"two.md\"]", "missing-chapter"),
        ("chapters = [\"../one.md\"]", "outside-project"),
    ] {
        check_fault(1, code, "pressmark.toml", Some(2), &[], &[("pressmark.toml", &manifest(line))]);
    }
}

#[test]
fn a_bad_fact_about_the_book_is_a_warning_and_is_left_out() {
    let folder = Folder::book();
    let facts = "language = \"english\"\ndate = \"2023-02-29\"\nisbn = \"978-3-16-148410-1\"\n";
    folder.write("pressmark.toml", format!("[book]\ntitle = \"T\"\n{facts}").as_bytes());
    let run = folder.run(&["--message-format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let found: Vec<(Value, Value)> =
        run.findings().iter().map(|finding| (finding["code"].clone(), finding["line"].clone())).collect();
    let expected = [("invalid-language", 3), ("invalid-date", 4), ("invalid-isbn", 5)];
    assert_eq!(found, expected.map(|(code, line)| (Value::from(code), Value::from(line))));
}

#[test]
fn an_mdbook_builds_unchanged() {
    let folder = Folder::with(&[
        ("book.toml", b"[book]\ntitle = \"T\"\n\n[preprocessor.toc]\ncommand = \"touch ran\"\n"),
        ("src/SUMMARY.md", b"# Summary\n\n[Preface](preface.md)\n\n- [One](one.md)\n  - [Two](two.md)\n"),
        ("src/preface.md", b"# Preface\n\nWords.\n"),
        ("src/one.md", b"# One\n\nSee [the next](two.md).\n"),
        ("src/two.md", b"# Two\n\nWords.\n"),
    ]);
    let run = folder.run(&["--out", "out", "--message-format", "json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let codes: Vec<Value> = run.findings().iter().map(|finding| finding["code"].clone()).collect();
    assert_eq!(codes, ["preprocessor-not-run"]);
    assert!(!folder.path("ran").exists());
    assert_eq!(run.stdout.lines().count(), 4, "{}", run.stdout);
}

#[test]
fn a_code_is_explained_and_all_are_listed() {
    let say = |arguments: &[&str]| {
        Run::of(Command::new(env!("CARGO_BIN_EXE_pressmark")).arg("explain").args(arguments).output().unwrap())
    };
    assert_eq!(say(&["missing-alt"]).stdout, "missing-alt: an image has no alternative text\n");
    assert_eq!(say(&[]).stdout.lines().count(), pressmark::diagnostics::codes::CODES.len());
    let unknown = say(&["mising-alt"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.stderr.contains("`missing-alt`"), "{}", unknown.stderr);
}

#[test]
fn the_schema_of_the_manifest_is_written() {
    let run = Run::of(Command::new(env!("CARGO_BIN_EXE_pressmark")).arg("schema").output().unwrap());
    let schema: Value = serde_json::from_str(&run.stdout).unwrap();
    assert!(schema["properties"]["book"]["properties"]["title"].is_object());
}

#[test]
fn a_file_that_is_not_utf8_is_an_error_at_its_byte() {
    check_fault(1, "not-utf8", "one.md", Some(3), &[], &[("one.md", b"# One\r\n\r\ncaf\xE9\r\n")]);
    check_fault(1, "not-utf8", "pressmark.toml", Some(2), &[], &[("pressmark.toml", b"[book]\ntitle = \"\xFF\"\n")]);
}

#[test]
fn an_empty_manuscript_is_an_error() {
    for text in ["", "\n \n", "<!-- nothing -->\n"] {
        check_fault(1, "empty-manuscript", "one.md", None, &[], &[("one.md", text.as_bytes())]);
        check_fault(1, "empty-manuscript", "one.md", None, &["one.md"], &[("one.md", text.as_bytes())]);
    }
}

#[test]
fn an_output_folder_that_can_not_be_written_is_an_error() {
    check_fault(2, "unwritable-output", "file", None, &["--only", "pdf", "--out", "file"], &[("file", b"x")]);
    let below = ["--only", "pdf", "--out", "file/below"];
    check_fault(2, "unwritable-output", "file/below", None, &below, &[("file", b"x")]);
    check_fault(2, "unwritable-output", "out/a-book.json", None, &["--out", "out"], &[("out/a-book.json/x", b"x")]);
}

#[test]
fn a_path_that_leads_nowhere_is_an_error_that_names_the_nearest() {
    check_fault(2, "no-such-path", "oen.md", None, &["oen.md"], &[]);
    let run = Folder::book().run(&["oen.md"]);
    assert!(run.stderr.contains("`one.md`"), "{}", run.stderr);
}

#[test]
fn a_date_of_the_environment_that_is_no_number_is_an_error() {
    let folder = Folder::book();
    let run = Run::of(folder.command(&[]).env("SOURCE_DATE_EPOCH", "today").output().unwrap());
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("error[invalid-epoch]"), "{}", run.stderr);
    assert!(!folder.path("build").exists());
}

#[test]
fn the_written_paths_go_to_standard_output_and_the_rest_to_standard_error() {
    let folder = Folder::book();
    let run = folder.run(&[]);
    assert_eq!(run.status, 0);
    let paths: Vec<PathBuf> = run.stdout.lines().map(PathBuf::from).collect();
    assert_eq!(paths, [".pdf", ".epub", "-cover.jpg", ".json"].map(|end| PathBuf::from(format!("build/a-book{end}"))));
    let last = run.stderr.lines().last().unwrap();
    assert!(last.starts_with("wrote ") && last.contains(" page") && last.contains(" s"), "{last}");
    let build: Vec<PathBuf> =
        folder.contents().into_keys().filter(|path| path.starts_with(folder.path("build"))).collect();
    assert_eq!(build.len(), 5, "four files and their folder: {build:?}");

    let quiet = folder.run(&["-q"]);
    assert_eq!((quiet.stdout, quiet.stderr.as_str()), (run.stdout, ""));
}

#[test]
fn the_release_manifest_agrees_with_the_files() {
    let folder = Folder::book();
    folder.run(&["--set", "version=1.2"]);
    let release = folder.release("build/a-book.json");
    assert_eq!((&release["title"], &release["version"]), (&"A Book".into(), &"1.2".into()));
    let files = release["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for file in files {
        let content = fs::read(folder.path("build").join(file["name"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"], content.len());
        assert_eq!(file["sha256"].as_str().unwrap().len(), 64);
        assert!(file["pages"].is_u64());
    }
    for font in release["fonts"].as_array().unwrap() {
        assert_eq!(font["origin"], "bundled");
    }
    assert_eq!(release["diagnostics"], serde_json::json!({ "error": {}, "warning": {} }));
}

#[test]
fn one_edition_alone_leaves_the_other_and_its_entry_alone() {
    let folder = Folder::built();
    let epub = fs::read(folder.path("build/a-book.epub")).unwrap();
    let entry = folder.release("build/a-book.json")["files"][1].clone();
    folder.write("one.md", b"# One\n\nOther words, and more of them.\n");
    let run = folder.run(&["--only", "pdf", "--set", "version=2"]);
    assert_eq!(run.stdout, "build/a-book.pdf\nbuild/a-book.json\n");
    assert!(fs::read(folder.path("build/a-book.epub")).unwrap() == epub);
    let release = folder.release("build/a-book.json");
    assert_eq!(release["files"][1], entry);
    assert_eq!(release["files"][0]["name"], "a-book.pdf");
    assert_eq!(release["version"], "2");

    fs::write(folder.path("build/a-book.json"), "not JSON").unwrap();
    folder.run(&["--only", "epub"]);
    let names: Vec<Value> = folder.release("build/a-book.json")["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["name"].clone())
        .collect();
    assert_eq!(names, ["a-book.epub"]);
}

#[test]
fn builds_are_equal_in_any_folder_and_on_any_number_of_threads() {
    let outputs = ["1", "2", "7"].map(|jobs| {
        let folder = Folder::book();
        assert_eq!(folder.run(&["--jobs", jobs]).status, 0);
        ["pdf", "epub", "json"].map(|extension| fs::read(folder.path(format!("build/a-book.{extension}"))).unwrap())
    });
    assert!(outputs[0] == outputs[1] && outputs[1] == outputs[2]);
}

#[test]
fn a_warning_is_an_error_where_it_is_denied() {
    let folder = Folder::book();
    folder.write("one.md", b"# One\n\n![A lamp](https://example.org/lamp.png)\n");
    let run = folder.run(&["--message-format", "json"]);
    assert_eq!(run.status, 0);
    assert_eq!(run.findings()[0]["severity"], "warning");
    assert_eq!(folder.release("build/a-book.json")["diagnostics"]["warning"]["remote-image"], 1);
    fs::remove_dir_all(folder.path("build")).unwrap();
    for denied in ["remote-image", "warnings"] {
        let run = folder.run(&["--deny", denied, "--message-format", "json"]);
        assert_eq!(run.status, 1);
        assert_eq!(run.findings()[0]["severity"], "error");
    }
    assert_eq!(folder.run(&["--deny", "missing-alt"]).status, 0);
    folder.write("pressmark.toml", format!("{MANIFEST}[build]\ndeny = [\"remote-image\"]\n").as_bytes());
    fs::remove_dir_all(folder.path("build")).unwrap();
    assert_eq!(folder.run(&[]).status, 1);
    assert!(!folder.path("build").exists());
}

#[test]
fn what_is_typed_wrong_is_answered_with_the_nearest() {
    let folder = Folder::book();
    for (arguments, answer) in [
        (["--deny", "mising-image"], "`missing-image`"),
        (["--set", "verson=1"], "`version`"),
        (["--set", "version"], "KEY=VALUE"),
        (["--set", "language=english"], "`en-GB`"),
        (["--jobs", "0"], "from 1 to"),
        (["--only", "mobi"], "epub"),
    ] {
        let run = folder.run(&arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.stderr.contains(answer), "{arguments:?}: {}", run.stderr);
    }
    assert!(!folder.path("build").exists());
}

#[test]
fn a_folder_without_a_manifest_is_a_book_and_a_file_is_too() {
    let folder = Folder::with(&[
        ("my book/2 two.md", b"# Two\n\nWords."),
        ("my book/10 ten.md", b"# Ten\n\nWords."),
        ("my book/deep/lone.md", b"\xEF\xBB\xBF# Lone\r\n\r\nWords.\r\n"),
    ]);
    assert_eq!(folder.run(&["--only", "pdf", "my book"]).stdout.lines().next(), Some("my book/build/my book.pdf"));
    assert_eq!(folder.release("my book/build/my book.json")["title"], "Two");
    assert_eq!(
        folder.run(&["--only", "pdf", "my book/deep/lone.md"]).stdout.lines().next(),
        Some("my book/deep/build/lone.pdf")
    );
    assert_eq!(folder.release("my book/deep/build/lone.json")["title"], "Lone");
    folder.write("my book/pressmark.toml", MANIFEST.as_bytes());
    assert_eq!(
        folder.run(&["--only", "pdf", "my book/deep/lone.md"]).stdout.lines().next(),
        Some("my book/build/a-book.pdf")
    );
    assert_eq!(
        folder.run(&["--only", "pdf", "my book", "--out", "else/where"]).stdout.lines().next(),
        Some("else/where/a-book.pdf")
    );
}

#[test]
fn a_manifest_in_source_puts_the_outputs_beside_it() {
    let folder = Folder::with(&[
        ("source/pressmark.toml", b"[book]\ntitle = \"T\"\nname = \"t\"\n"),
        ("source/one.md", b"Words."),
        ("README.md", b"No part of the book."),
    ]);
    for path in [".", "source", "source/pressmark.toml", "source/one.md"] {
        let run = folder.run(&["--only", "pdf", path]);
        assert_eq!(run.stdout.lines().next(), Some("build/t.pdf"), "{path}: {}", run.stderr);
    }
    let within = Run::of(folder.command(&["--only", "pdf"]).current_dir(folder.path("source")).output().unwrap());
    assert_eq!(within.stdout.lines().next(), Some("../build/t.pdf"), "{}", within.stderr);
}

#[test]
fn nobody_reading_the_output_is_no_fault() {
    let folder = Folder::book();
    let mut child = folder.command(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(folder.path("build/a-book.json").exists());
}
