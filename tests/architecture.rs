//! The shape of the program: which module may know of which, and which may use what from outside.
//!
//! A rule that fails here is a decision to take, not a line to add.

#![allow(clippy::unwrap_used, reason = "a test stops where a file is not as it must be")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may import. `lib` sees all; the command line sees the library from outside.
const IMPORTS: &[(&str, &[&str])] = &[
    ("geometry", &[]),
    ("diagnostics", &[]),
    ("terms", &[]),
    ("document", &["terms", "diagnostics"]),
    ("labels", &["document", "diagnostics"]),
    ("manuscript", &["document", "diagnostics"]),
    ("apparatus", &["document", "labels", "manuscript", "terms", "diagnostics"]),
    ("style", &["geometry", "diagnostics"]),
    ("font", &["geometry", "diagnostics"]),
    ("graphic", &["geometry", "font", "style", "diagnostics"]),
    ("math", &["geometry", "font", "style", "diagnostics"]),
    ("target", &["style", "geometry", "diagnostics"]),
    ("project", &["manuscript", "document", "graphic", "style", "target", "geometry", "diagnostics"]),
    ("layout", &["document", "labels", "terms", "graphic", "math", "font", "style", "geometry", "diagnostics"]),
    (
        "pdf",
        &[
            "layout::book",
            "document",
            "labels",
            "terms",
            "graphic",
            "math",
            "font",
            "style",
            "target",
            "geometry",
            "diagnostics",
        ],
    ),
    ("epub", &["layout::book", "document", "terms", "graphic", "math", "font", "style", "geometry", "diagnostics"]),
    (
        "preflight",
        &[
            "layout::book",
            "document",
            "labels",
            "terms",
            "graphic",
            "math",
            "font",
            "style",
            "target",
            "geometry",
            "diagnostics",
        ],
    ),
    ("release", &["layout::book", "font", "diagnostics"]),
    ("cli", &["cli"]),
];

/// Which modules may use each dependency.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    ("annotate_snippets", &["diagnostics"]),
    ("biblatex", &["apparatus"]),
    ("clap", &["cli"]),
    ("epub_builder", &["epub"]),
    ("fontdb", &["font"]),
    ("harfrust", &["font"]),
    ("hayagriva", &["apparatus"]),
    ("hypher", &["layout"]),
    ("icu_collator", &["apparatus"]),
    ("icu_locale_core", &["apparatus"]),
    ("icu_segmenter", &["layout"]),
    // A PDF holds pixels, not files: its images are decoded where they are written.
    ("image", &["graphic", "pdf"]),
    ("jpeg_encoder", &["graphic"]),
    ("lopdf", &["pdf", "preflight"]),
    ("mermaid_rs_renderer", &["graphic"]),
    ("moxcms", &["pdf"]),
    ("printpdf", &["pdf"]),
    ("pulldown_cmark", &["manuscript"]),
    ("quick_xml", &["epub", "preflight"]),
    ("ratex_font", &["math"]),
    ("ratex_layout", &["math"]),
    ("ratex_parser", &["math"]),
    ("ratex_types", &["math"]),
    ("rayon", &["lib", "layout", "pdf", "epub", "graphic", "preflight"]),
    ("resvg", &["graphic"]),
    ("saphyr", &["project"]),
    ("serde", &["diagnostics", "release"]),
    ("serde_json", &["diagnostics", "release", "project"]),
    ("sha2", &["release", "graphic", "pdf"]),
    ("skera", &["font"]),
    ("subsetter", &["font"]),
    ("svg2pdf", &["graphic"]),
    ("syntaxmate", &["layout"]),
    ("syntect", &["layout"]),
    ("tempfile", &["release"]),
    ("tiny_skia", &["graphic"]),
    // A design is a file of the same language as a manifest.
    ("toml", &["project", "style"]),
    ("ttf2woff2", &["font"]),
    ("two_face", &["layout"]),
    ("unicode_bidi", &["document", "layout", "graphic"]),
    // Whether a face has a cluster, which the shaper may compose.
    ("unicode_normalization", &["font", "layout", "math"]),
    ("unicode_script", &["font", "layout", "graphic", "epub"]),
    ("unicode_segmentation", &["font", "layout", "graphic", "epub"]),
    ("uuid", &["project", "epub"]),
    ("write_fonts", &["font"]),
    ("zip", &["epub", "preflight"]),
    // How much ink a JPEG file in inks takes; it is placed as it is.
    ("zune_jpeg", &["pdf", "preflight"]),
    ("proptest", &[]),
];

/// How long the program text of a file may be, its tests aside.
const LONGEST: usize = 900;

/// A file of the program, without its tests and its comments.
struct File {
    path: PathBuf,
    text: String,
    code: String,
    /// The top-level module that it belongs to.
    module: String,
    /// How many modules deep it is: 1 for `src/x.rs` and `src/x/mod.rs`.
    depth: usize,
}

/// The files below `src`, in order.
fn files() -> Vec<File> {
    fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths.sort();
    let file = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let relative = path.strip_prefix(&root).unwrap().with_extension("");
        let mut parts: Vec<String> = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
        if parts.last().is_some_and(|part| part == "mod") {
            parts.pop();
        }
        File { code: code(&text), module: parts[0].clone(), depth: parts.len(), path: relative, text }
    };
    paths.into_iter().map(file).collect()
}

/// The program text: up to the tests, without comments.
fn code(text: &str) -> String {
    let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
    program.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// The program's files that are not tests as a whole.
fn program() -> impl Iterator<Item = File> {
    files().into_iter().filter(|file| !file.path.iter().any(|part| part.to_str() == Some("tests")))
}

fn identifier(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap()
}

/// The modules that `file` imports, `layout::book` told from `layout`.
fn imports(file: &File) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut paths: Vec<&str> = starts(&file.code, "crate").map(|rest| &rest["crate::".len()..]).collect();
    // As many `super`s as the file is deep lead to the top as well.
    for rest in starts(&file.code, "super") {
        let mut rest = rest;
        let mut steps = 0;
        while let Some(after) = rest.strip_prefix("super::") {
            rest = after;
            steps += 1;
        }
        if steps >= file.depth {
            paths.push(rest);
        }
    }
    for path in paths {
        let names: Vec<&str> = match path.strip_prefix('{') {
            Some(group) => group.split('}').next().unwrap().split(',').map(str::trim).collect(),
            None => vec![path],
        };
        for name in names {
            let module = identifier(name);
            let inner = name.strip_prefix(module).and_then(|rest| rest.strip_prefix("::")).map(identifier);
            match (module, inner) {
                ("layout", Some("book")) => found.insert("layout::book".to_owned()),
                _ => found.insert(module.to_owned()),
            };
        }
    }
    found.remove(&file.module);
    found
}

/// The text from each place where a path begins with `name`.
fn starts<'a>(code: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let pattern = format!("{name}::");
    let places: Vec<usize> = code.match_indices(&pattern).map(|(at, _)| at).collect();
    places.into_iter().filter_map(|at| {
        let before = code[..at].chars().next_back();
        let within = before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':');
        (!within).then_some(&code[at..])
    })
}

#[test]
fn modules_import_only_what_they_may_know() {
    let allowed: BTreeMap<&str, &[&str]> = IMPORTS.iter().copied().collect();
    let mut broken = Vec::new();
    for file in program().filter(|file| file.module != "lib" && file.module != "main") {
        let allowed = allowed.get(file.module.as_str()).unwrap_or_else(|| panic!("{} has no rule", file.module));
        let wrong = imports(&file).into_iter().filter(|import| !allowed.contains(&import.as_str()));
        broken.extend(wrong.map(|import| format!("{} imports {import}", file.path.display())));
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_command_line_alone_sees_the_library_from_outside() {
    for file in program() {
        let sees = starts(&file.code, "pressmark").next().is_some();
        assert!(!sees || file.module == "cli", "{} names the crate", file.path.display());
    }
}

#[test]
fn dependencies_are_used_where_they_belong() {
    let mut broken = Vec::new();
    for file in program() {
        for (dependency, users) in DEPENDENCIES {
            if starts(&file.code, dependency).next().is_some() && !users.contains(&file.module.as_str()) {
                broken.push(format!("{} uses {dependency}", file.path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn every_dependency_has_a_rule_and_a_user() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let table = manifest.split("[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap();
    let named: BTreeSet<String> = table
        .lines()
        .filter_map(|line| Some(line.split_once('=')?.0.trim().replace('-', "_")))
        .filter(|name| !name.starts_with('#'))
        .collect();
    let ruled: BTreeSet<String> =
        DEPENDENCIES.iter().filter(|(_, users)| !users.is_empty()).map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(named, ruled);
    for dependency in &named {
        let used = program().any(|file| starts(&file.code, dependency).next().is_some());
        assert!(used, "nothing uses {dependency}");
    }
}

#[test]
fn every_file_says_what_it_is_and_none_is_too_long() {
    for file in files() {
        let path = file.path.display();
        assert!(file.text.starts_with("//! "), "{path} does not begin with what it is");
        let program = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let lines = program.lines().count();
        assert!(lines <= LONGEST, "{path} has {lines} lines");
    }
}

#[test]
fn imports_are_read_in_every_form() {
    let file = File {
        path: PathBuf::from("x/y"),
        text: String::new(),
        code: code(
            "use crate::{font::Face, style};\nuse crate::layout::book::Book;\n// crate::pdf\nuse super::super::epub;\n\
             fn f() { crate::document::g(); super::z(); }\n#[cfg(test)]\nmod tests { use crate::cli; }",
        ),
        module: "x".to_owned(),
        depth: 2,
    };
    let imports: Vec<String> = imports(&file).into_iter().collect();
    assert_eq!(imports, ["document", "epub", "font", "layout::book", "style"]);
}
