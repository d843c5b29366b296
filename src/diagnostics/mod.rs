//! Findings about the manuscript: what is wrong, where, and what to do.
//!
//! A [`Diagnostic`] points at the author's words through a [`Span`] into [`SourceFiles`]. It knows nothing of terminals;
//! the [renderings](render) return strings. Every code is listed in [`codes::CODES`]. Start at [`Diagnostic`].

pub mod codes;
mod explanations;
pub mod render;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// Names a file in [`SourceFiles`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// A stretch of a source file, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// Byte offset of the first byte.
    pub start: u32,
    /// Byte offset after the last byte.
    pub end: u32,
}

/// A file that was read, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path to show, as it is reached from where the program was started, with `/` between folders.
    pub path: String,
    /// The content, without a byte order mark.
    pub text: Arc<str>,
}

/// All files that were read as text, in the order of reading.
#[derive(Clone, Debug, Default)]
pub struct SourceFiles {
    files: Vec<SourceFile>,
    by_path: BTreeMap<String, SourceId>,
}

impl SourceFiles {
    /// Adds a file and names it.
    pub fn add(&mut self, path: String, text: Arc<str>) -> SourceId {
        let id = SourceId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.by_path.entry(path.clone()).or_insert(id);
        self.files.push(SourceFile { path, text });
        id
    }

    /// The file with this path, as it is shown, if it was read.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<SourceId> {
        self.by_path.get(path).copied()
    }

    /// The file that `id` names.
    #[must_use]
    pub fn get(&self, id: SourceId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The files, in the order of reading.
    pub fn iter(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The book can be shown, but something in it deserves a look.
    Warning,
    /// The book can't be made; nothing is written.
    Error,
}

/// Where a finding is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At words that were read.
    Span(Span),
    /// In a file that could not be read as text, or as a whole: the path to show.
    File(PathBuf),
    /// In the project as a whole.
    Project,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// A stable name in kebab case, such as `missing-image`, for `--deny` and for searching.
    pub code: &'static str,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
    /// Where it is.
    pub place: Place,
    /// What to do about it, in a sentence without a full stop.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A finding that stops the build.
    #[must_use]
    pub fn error(code: &'static str, place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), place: place.into(), help: None }
    }

    /// A finding that does not.
    #[must_use]
    pub fn warning(code: &'static str, place: impl Into<Place>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Moves the finding to where it was made: for checks of a value that don't know where the value was written.
    #[must_use]
    pub fn at(mut self, place: impl Into<Place>) -> Self {
        self.place = place.into();
        self
    }
}

/// The message and the help on one line, without the place.
impl fmt::Display for Diagnostic {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)?;
        self.help.iter().try_for_each(|help| write!(formatter, ": {help}"))
    }
}

/// Puts findings in the order in which they are shown, and drops repetitions: the project's first, then those of whole
/// files by path, then those at words, by file and position.
pub fn order(diagnostics: &mut Vec<Diagnostic>) {
    fn place(one: &Place, other: &Place) -> Ordering {
        let rank = |place: &Place| match place {
            Place::Project => 0,
            Place::File(_) => 1,
            Place::Span(_) => 2,
        };
        match (one, other) {
            (Place::File(one), Place::File(other)) => one.cmp(other),
            (Place::Span(one), Place::Span(other)) => one.cmp(other),
            (Place::Project | Place::File(_) | Place::Span(_), _) => rank(one).cmp(&rank(other)),
        }
    }
    diagnostics.sort_by(|one, other| {
        place(&one.place, &other.place)
            .then_with(|| one.code.cmp(other.code))
            .then_with(|| (&one.message, &one.help).cmp(&(&other.message, &other.help)))
            .then_with(|| other.severity.cmp(&one.severity))
    });
    diagnostics.dedup();
}

/// The candidate that `word` was probably meant to be: the nearest by optimal string alignment distance (insertions,
/// deletions, substitutions, swaps of neighbours), case aside, if it differs in no more than a third of its letters.
/// Quadratic in the length of a word, and words beyond 64 letters are near to nothing.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let letters = |word: &str| -> Vec<char> { word.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect() };
    let word = letters(word);
    if word.len() > LONGEST {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = letters(candidate);
            let distance = if other.len() > LONGEST { usize::MAX } else { alignment_distance(&word, &other) };
            (distance <= (word.len().max(other.len()) / 3).max(1)).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// The error for a key that is not one of `known`.
#[must_use]
pub fn unknown_key(key: &str, known: impl Iterator<Item = &'static str>) -> Diagnostic {
    let known: Vec<&str> = known.collect();
    let help = nearest(key, known.iter().copied()).map_or_else(
        || format!("the keys are `{}`", known.join("`, `")),
        |nearest| format!("the nearest key is `{nearest}`"),
    );
    Diagnostic::error("unknown-key", Place::Project, format!("there is no key `{key}`")).help(help)
}

/// Optimal string alignment distance of two words.
fn alignment_distance(one: &[char], other: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, candidate) in other.iter().enumerate() {
            let substituted = last[column] + usize::from(letter != candidate);
            let mut distance = substituted.min(last[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *candidate {
                distance = distance.min(before_last[column - 1] + 1);
            }
            current.push(distance);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[other.len()]
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Self::Span(span)
    }
}

impl From<PathBuf> for Place {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near_or_none() {
        let keys = ["title", "subtitle", "authors", "date"];
        assert_eq!(nearest("titel", keys), Some("title"));
        assert_eq!(nearest("Author", keys), Some("authors"));
        assert_eq!(nearest("daet", keys), Some("date"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest(&"title".repeat(1000), keys), None);
        assert_eq!(nearest("", keys), None);
    }

    #[test]
    fn findings_come_in_the_order_of_the_text_and_once() {
        let span = |source, start| Span { source: SourceId(source), start, end: start };
        let mut findings = vec![
            Diagnostic::warning("missing-alt", span(1, 0), "d"),
            Diagnostic::warning("missing-alt", span(0, 9), "c"),
            Diagnostic::warning("missing-alt", span(0, 2), "b"),
            Diagnostic::error("empty-manuscript", Place::Project, "a"),
            Diagnostic::warning("missing-alt", span(0, 9), "c"),
        ];
        order(&mut findings);
        let messages: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "b", "c", "d"]);
    }
}
