//! For each check a file that passes it and one that does not.
//!
//! A check without a row in [`BREAKAGES`] fails the tests here, and so does one that `pressmark explain` or
//! docs/preflight.md does not know.

use std::collections::BTreeSet;

use lopdf::{Document, Object};

use super::super::{CHECKS, check_codes};
use super::document::broken_codes;
use super::{CHAPTER, MANIFEST, codes, edition, painting};
use crate::diagnostics::codes::{CODES, EXPLANATIONS, Explanation};

/// The codes of what is found in a file, and in a copy that was broken.
type Codes = [Vec<&'static str>; 2];

/// A check by its code, and a function that breaks what it looks for.
type Breakage = (&'static str, fn() -> Codes);

/// For each check at least one way to break what it looks for, but for those whose faults are in `document` and `painting`.
const BREAKAGES: &[Breakage] = &[("page-boxes", || {
    broken("offset-coated", |document| {
        let page = document.page_iter().next().unwrap();
        let page = document.get_dictionary_mut(page).unwrap();
        page.set("TrimBox", [0, 0, 9000, 9000].map(Object::Integer).to_vec());
    })
})];

/// What is found in the file that a build writes for a target, and what when it is broken.
fn broken(target: &str, break_it: fn(&mut Document)) -> Codes {
    let edition = edition(CHAPTER, MANIFEST, target);
    [codes(&edition.findings()), edition.broken(break_it)]
}

#[test]
fn every_check_passes_a_sound_file_and_finds_what_is_broken() {
    // Those of e-books have their own tests.
    for (code, _) in CHECKS {
        let broken = BREAKAGES.iter().any(|(broken, _)| broken == code) || broken_codes().any(|broken| broken == *code);
        let broken = broken || painting::CODES.contains(code);
        assert!(broken, "nothing breaks what `{code}` looks for");
    }
    for (code, found) in BREAKAGES {
        let [sound, broken] = found();
        assert!(!sound.contains(code), "`{code}` is found in a sound file");
        assert!(broken.contains(code), "`{code}` is not found in the broken file, but {broken:?}");
    }
}

#[test]
fn no_two_checks_share_a_code() {
    let known: BTreeSet<&str> = check_codes().collect();
    assert_eq!(known.len(), check_codes().count());
}

#[test]
fn every_check_is_explained_and_documented() {
    let explained: Vec<&str> = EXPLANATIONS.iter().map(|explanation| explanation.code).collect();
    for code in check_codes() {
        assert!(explained.contains(&code), "`{code}` has no entry in `EXPLANATIONS`");
    }
    let row = |Explanation { code, source, .. }: &Explanation| {
        let meaning = CODES.iter().find(|(known, _)| known == code).map_or("", |(_, meaning)| meaning);
        format!("| `{code}` | {meaning} | {source} |")
    };
    let rows: Vec<String> = EXPLANATIONS.iter().map(row).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/preflight.md");
    let documented = std::fs::read_to_string(path).unwrap();
    let documented: Vec<&str> = documented.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(documented, rows, "the table of docs/preflight.md should be\n{}\n", rows.join("\n"));
}
