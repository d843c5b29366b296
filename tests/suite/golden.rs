//! Golden tests: every kind of block and every situation of a page, as text.
//!
//! The manuscripts are `tests/golden/NAME.md` or the folder `tests/golden/NAME`; how a book of them comes out stands
//! beside, in `NAME.snap`, as [`dump`] writes it. A change in the layout is looked at there, and accepted with
//!
//! ```text
//! INSTA_UPDATE=always cargo test --test suite golden
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pressmark::BuildRequest;
use pressmark::document::{AdmonitionKind, Block, BlockKind, ContainerRole, Node, walk};
use pressmark::style::Style;

use crate::laid::{Pages, dump, lay_out_files, small};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// A copy of the manuscript beside the images and the bibliography of the specimen, and the path to it.
fn manuscript(name: &str) -> (tempfile::TempDir, PathBuf) {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    let specimen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specimen");
    let copied = tempfile::tempdir().unwrap();
    copy(&specimen.join("text/images"), &copied.path().join("images"));
    fs::copy(specimen.join("refs.bib"), copied.path().join("refs.bib")).unwrap();
    let (file, project) = (folder().join(name).with_extension("md"), folder().join(name));
    let path = if file.is_file() {
        let path = copied.path().join(file.file_name().unwrap());
        fs::copy(&file, &path).unwrap();
        path
    } else {
        copy(&project, copied.path());
        copied.path().to_owned()
    };
    (copied, path)
}

/// Compares the book that comes of a manuscript with the one that was accepted.
fn check(name: &str, style: Style, pages: Pages) {
    let (_copied, path) = manuscript(name);
    let (book, diagnostics) = lay_out_files(&path, style);
    let settings = {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(folder());
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    settings.bind(|| insta::assert_snapshot!(name, dump(&book, &diagnostics, pages)));
}

/// For what a block looks like: no room above the first line.
fn plain() -> Style {
    Style { sinkage: 0, ..small("document", 180, 16) }
}

/// One test for each manuscript: its name, the style, the pages to show.
macro_rules! goldens {
    ($($name:ident: $style:expr, $pages:ident;)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name), $style, Pages::$pages);
        })*

        /// The names of all.
        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

goldens! {
    headings: plain(), Text;
    paragraphs: plain(), Text;
    quotes: plain(), Text;
    lists: plain(), Text;
    definitions: plain(), Text;
    code: plain(), Text;
    verse: plain(), Text;
    breaks: plain(), Text;
    figures: plain(), Text;
    figure_group: plain(), Text;
    tables: plain(), Text;
    formulas: plain(), Text;
    notices: plain(), Text;
    containers: plain(), Text;
    apparatus: plain(), Text;

    matter: small("book", 180, 18), All;
    contents_of_several_pages: small("book", 180, 14), All;
    notes_over_pages: Style { sinkage: 0, ..small("book", 180, 10) }, All;
    heading_moves_on: Style { sinkage: 0, ..small("book", 180, 10) }, Text;
    paragraph_longer_or_shorter: Style { sinkage: 0, ..small("book", 180, 10) }, Text;
    table_over_pages: Style { sinkage: 0, ..small("book", 180, 10) }, Text;
    code_over_pages: Style { sinkage: 0, ..small("book", 180, 10) }, Text;
    facing_pages: Style { sinkage: 0, ..small("book", 180, 10) }, Text;
    last_page: Style { sinkage: 0, ..small("book", 180, 10) }, Text;
    right_to_left: small("book", 180, 14), All;
    rules_broken: Style { sinkage: 0, ..small("book", 180, 10) }, Text;
}

#[test]
fn every_manuscript_and_every_accepted_book_has_a_test() {
    let mut found: Vec<(String, String)> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let part = |part: Option<&std::ffi::OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
            (part(path.file_stem()), part(path.extension()))
        })
        .collect();
    found.sort();
    let mut wanted: Vec<(String, String)> = Vec::new();
    for name in NAMES {
        let own = if folder().join(name).is_dir() { "" } else { "md" };
        wanted.extend([own, "snap"].map(|extension| ((*name).to_owned(), extension.to_owned())));
    }
    wanted.sort();
    assert_eq!(found, wanted);
}

/// What a block is called in the list of those that a golden test must show.
fn kind(block: &Block) -> String {
    let name = match &block.kind {
        BlockKind::Heading { level, .. } => return format!("heading {level}"),
        BlockKind::Admonition { kind, .. } => return format!("admonition {kind:?}"),
        BlockKind::Container { role, .. } => return format!("container {role:?}"),
        BlockKind::Paragraph(_) => "paragraph",
        BlockKind::Figure { .. } => "figure",
        BlockKind::FigureGroup { .. } => "figure group",
        BlockKind::Quote(_) => "quote",
        BlockKind::List { .. } => "list",
        BlockKind::DefinitionList(_) => "definition list",
        BlockKind::Code(_) => "code",
        BlockKind::Verse(_) => "verse",
        BlockKind::Break => "break",
        BlockKind::PageBreak => "page break",
        BlockKind::Table(_) => "table",
        BlockKind::Formula(_) => "formula",
        BlockKind::Bibliography(_) => "bibliography",
        BlockKind::Index(_) => "index",
    };
    name.to_owned()
}

#[test]
fn every_kind_of_block_is_shown() {
    let mut shown = BTreeSet::new();
    for name in NAMES {
        let (_copied, path) = manuscript(name);
        let (document, findings) = pressmark::read(&BuildRequest { path, ..BuildRequest::default() });
        let document = document.unwrap_or_else(|| panic!("{name}: {findings:#?}"));
        for division in &document.divisions {
            walk(division.all_blocks(), &mut |node| {
                if let Node::Block(block) = node {
                    shown.insert(kind(block));
                }
            });
        }
    }
    let mut wanted: BTreeSet<String> = (1..=6).map(|level| format!("heading {level}")).collect();
    let kinds = [
        AdmonitionKind::Note,
        AdmonitionKind::Tip,
        AdmonitionKind::Important,
        AdmonitionKind::Warning,
        AdmonitionKind::Caution,
    ];
    wanted.extend(kinds.map(|kind| format!("admonition {kind:?}")));
    let roles = [
        ContainerRole::Plain,
        ContainerRole::Epigraph,
        ContainerRole::Dedication,
        ContainerRole::Aside,
        ContainerRole::Details,
        ContainerRole::Centered,
        ContainerRole::End,
        ContainerRole::Glossary,
    ];
    wanted.extend(roles.map(|role| format!("container {role:?}")));
    let others = [
        "paragraph",
        "figure",
        "figure group",
        "quote",
        "list",
        "definition list",
        "code",
        "verse",
        "break",
        "page break",
        "table",
        "formula",
        "bibliography",
        "index",
    ];
    wanted.extend(others.map(str::to_owned));
    assert_eq!(shown, wanted);
}
