//! Source text → divisions.

use crate::diagnostics::{Diagnostic, SourceFiles, SourceId};
use crate::document::{Division, Matter};

/// A file of the manuscript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManuscriptFile {
    /// The text.
    pub source: SourceId,
    /// The path relative to the project, with `/` between folders.
    pub path: String,
    /// Where its divisions stand.
    pub matter: Matter,
}

/// Reads the files of a manuscript into divisions, in order.
#[must_use]
pub fn read(files: &[ManuscriptFile], sources: &SourceFiles) -> (Vec<Division>, Vec<Diagnostic>) {
    let _ = (files, sources);
    (Vec::new(), Vec::new())
}
