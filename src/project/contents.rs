//! What a manifest lists → the files of the manuscript, in reading order.
//!
//! Start at [`read`].

use std::collections::BTreeSet;
use std::path::Path;

use super::files::{Folder, Purpose, normalize, outside};
use super::manifest::{Contents, Listed};
use crate::diagnostics::{Diagnostic, SourceFiles, SourceId};
use crate::document::Matter;
use crate::manuscript::ManuscriptFile;

/// What the names of Markdown files end in, Quarto's included.
const MARKDOWN: [&str; 3] = ["md", "markdown", "qmd"];

/// Reads the files that are listed; where those of the body are not, the other Markdown files in the project's folder
/// take their place.
///
/// Findings: the errors `outside-project` and `duplicate-chapter`, and what a file that can't be read gives.
pub(super) fn read(
    folder: &Folder,
    contents: Contents,
    sources: &mut SourceFiles,
    faults: &mut Vec<Diagnostic>,
) -> Vec<ManuscriptFile> {
    let Contents { base, files: listed, lists_body } = contents;
    let mut seen = BTreeSet::new();
    let mut files = Vec::new();
    for file in listed {
        let Some(path) = normalize(&base, &file.path) else {
            let fault = outside(file.span, &file.path);
            faults.push(fault.help("name a file in the project by its relative path"));
            continue;
        };
        if !seen.insert(path.clone()) {
            let message = format!("`{}` is in the book already", file.path);
            faults.push(Diagnostic::error("duplicate-chapter", file.span, message).help("name each file once"));
            continue;
        }
        match folder.read_text(&path, Purpose::Chapter, Some(file.span), sources) {
            Ok(source) => files.push(manuscript_file(source, path, file)),
            Err(fault) => faults.push(fault),
        }
    }
    if !lists_body {
        let markdown = |(name, is_folder): &(String, bool)| {
            let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
            !is_folder && extension.is_some_and(|own| MARKDOWN.iter().any(|known| known.eq_ignore_ascii_case(own)))
        };
        let mut body = Vec::new();
        for (path, _) in folder.list("").into_iter().filter(markdown).filter(|(name, _)| !seen.contains(name)) {
            match folder.read_text(&path, Purpose::Chapter, None, sources) {
                Ok(source) => body.push(ManuscriptFile::new(source, path, Matter::Body)),
                Err(fault) => faults.push(fault),
            }
        }
        let front = files.iter().take_while(|file| file.matter == Matter::Front).count();
        files.splice(front..front, body);
    }
    files
}

/// Reads the one file of the manuscript, at a path in the project's folder. Where the manifest lists it, it has its title
/// and its number there.
pub(super) fn read_one(
    folder: &Folder,
    path: &str,
    contents: Contents,
    sources: &mut SourceFiles,
    faults: &mut Vec<Diagnostic>,
) -> Vec<ManuscriptFile> {
    match folder.read_text(path, Purpose::Chapter, None, sources) {
        Ok(source) => {
            let Contents { base, files, .. } = contents;
            let listed = files.into_iter().find(|file| normalize(&base, &file.path).as_deref() == Some(path));
            let path = path.to_owned();
            vec![match listed {
                Some(file) => {
                    manuscript_file(source, path, Listed { matter: Matter::Body, level: 0, part: None, ..file })
                }
                None => ManuscriptFile::new(source, path, Matter::Body),
            }]
        }
        Err(fault) => {
            faults.push(fault);
            Vec::new()
        }
    }
}

fn manuscript_file(source: SourceId, path: String, listed: Listed) -> ManuscriptFile {
    let Listed { matter, level, number, title, part, .. } = listed;
    ManuscriptFile { source, path, matter, level, number, title, part }
}
