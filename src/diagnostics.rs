//! Findings about the manuscript: what is wrong, where, and what to do.
//!
//! A [`Diagnostic`] points at the author's words through a [`Span`] into [`SourceFiles`]. It knows nothing of terminals;
//! the renderings return strings. Start at [`Diagnostic`].

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
    /// The path to show: relative to the project, with `/` between folders.
    pub path: String,
    /// The content.
    pub text: Arc<str>,
}

/// All files that were read as text, in the order of reading.
#[derive(Clone, Debug, Default)]
pub struct SourceFiles {
    files: Vec<SourceFile>,
}

impl SourceFiles {
    /// Adds a file and names it.
    pub fn add(&mut self, path: String, text: Arc<str>) -> SourceId {
        let id = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        self.files.push(SourceFile { path, text });
        SourceId(id)
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
