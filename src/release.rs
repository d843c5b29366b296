//! The files of a build: the release manifest that describes them, and the writing of all or none.
//!
//! Knows nothing of how editions are made. Start at [`describe`] and [`write_all`].

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diagnostics::{Diagnostic, render};
use crate::font::{FaceId, Origin};
use crate::layout::book::{Book, ItemKind, Page};

/// The largest release manifest that is read back, in bytes.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// What `NAME.json` says. Holds nothing of the machine or the moment: equal books give equal bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseManifest {
    /// The book's title.
    pub title: String,
    /// The release, such as `1.2`; empty where there is none.
    pub version: String,
    /// The editions, the print edition first.
    pub files: Vec<FileEntry>,
    /// Every face that letters are set in, by family and name.
    pub fonts: Vec<FontEntry>,
    /// How many findings there were, by severity (`error`, `warning`) and code.
    pub diagnostics: BTreeMap<String, BTreeMap<String, usize>>,
}

/// An edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// The file's name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// Pages of the print edition; entries in the page list of the e-book.
    pub pages: usize,
    /// What a PDF is made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The most ink in one place of a PDF for a press, in per cent, as far as it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ink: Option<u16>,
}

/// A face in use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FontEntry {
    /// The family's name.
    pub family: String,
    /// The face's PostScript name.
    pub postscript_name: String,
    /// SHA-256 of the whole font file, in hexadecimal.
    pub sha256: String,
    /// Where the file came from: `bundled`, `project` or `system`.
    pub origin: String,
}

impl FileEntry {
    /// Describes a file.
    #[must_use]
    pub fn of(name: String, content: &[u8], pages: usize) -> Self {
        let sha256 = hexadecimal(&Sha256::digest(content));
        Self { name, bytes: content.len() as u64, sha256, pages, target: None, total_ink: None }
    }

    /// Adds what a PDF is made for, and how much ink it takes.
    #[must_use]
    pub fn made_for(self, target: &str, total_ink: Option<u16>) -> Self {
        Self { target: Some(target.to_owned()), total_ink, ..self }
    }
}

fn hexadecimal(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Describes a build whose editions are `files`.
#[must_use]
pub fn describe(book: &Book, files: Vec<FileEntry>, diagnostics: &[Diagnostic]) -> ReleaseManifest {
    let mut counts = BTreeMap::from(["error", "warning"].map(|severity| (severity.to_owned(), BTreeMap::new())));
    for diagnostic in diagnostics {
        let codes: &mut BTreeMap<String, usize> =
            counts.entry(render::name(diagnostic.severity).to_owned()).or_default();
        *codes.entry(diagnostic.code.to_owned()).or_default() += 1;
    }
    let metadata = &book.document.metadata;
    ReleaseManifest {
        title: metadata.title.clone(),
        version: metadata.version.clone(),
        files,
        fonts: fonts_in(book),
        diagnostics: counts,
    }
}

/// The faces that the pages' letters are set in. Costs a hash of each face's file.
fn fonts_in(book: &Book) -> Vec<FontEntry> {
    let items = book.pagination.pages.iter().flat_map(Page::items);
    let faces: BTreeSet<FaceId> = items
        .filter_map(|item| match &item.kind {
            ItemKind::Glyphs(run) => Some(run.face),
            ItemKind::Rule { .. }
            | ItemKind::Path { .. }
            | ItemKind::Image { .. }
            | ItemKind::Link { .. }
            | ItemKind::Turned { .. } => None,
        })
        .collect();
    let entries: BTreeSet<FontEntry> = faces
        .into_iter()
        .map(|id| {
            let face = book.fonts.face(id);
            let origin = match face.origin() {
                Origin::Bundled => "bundled",
                Origin::Project => "project",
                Origin::System => "system",
            };
            FontEntry {
                family: face.family().to_owned(),
                postscript_name: face.postscript_name().to_owned(),
                sha256: hexadecimal(&Sha256::digest(face.data())),
                origin: origin.to_owned(),
            }
        })
        .collect();
    entries.into_iter().collect()
}

/// The entry of the file `name` in the release manifest at `path`, if there is one that can be read.
#[must_use]
pub fn entry_in(path: &Path, name: &str) -> Option<FileEntry> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST_MANIFEST {
        return None;
    }
    let manifest: ReleaseManifest = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    manifest.files.into_iter().find(|file| file.name == name)
}

/// What the release manifest of the build that made the file at `path` says of it, where it lies where a build put it with
/// the content that it had: `NAME.json` beside `NAME.pdf` or `NAME-TARGET.pdf`.
#[must_use]
pub fn entry_of(path: &Path, content: &[u8]) -> Option<FileEntry> {
    let (name, stem) = (path.file_name()?.to_str()?, path.file_stem()?.to_str()?);
    let ends = stem.match_indices('-').map(|(end, _)| end).chain([stem.len()]);
    let entry = ends.rev().find_map(|end| entry_in(&path.with_file_name(format!("{}.json", &stem[..end])), name))?;
    (entry.bytes == content.len() as u64 && entry.sha256 == hexadecimal(&Sha256::digest(content))).then_some(entry)
}

/// The release manifest as it is written: indented, ending in a line feed.
#[must_use]
pub fn render_manifest(manifest: &ReleaseManifest) -> Vec<u8> {
    // Can't fail: all keys are strings.
    let mut text = serde_json::to_vec_pretty(manifest).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Writes `files` (names and contents) into `folder`, all or none: they are written into a new folder within it and moved
/// into place when all are there. What was there before stays as it was if anything fails, and nothing is left behind,
/// folders included. Returns the paths in the order given.
///
/// # Errors
/// The path that can't be written, and the system's reason.
pub fn write_all(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let made = make_folders(folder)?;
    let result = replace_all(folder, files);
    if result.is_err() {
        remove_folders(&made);
    }
    result
}

/// Makes `folder` and those above it that are missing; names those that it made, the lowest last.
fn make_folders(folder: &Path) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let missing: Vec<&Path> =
        folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists()).collect();
    let mut made = Vec::new();
    for path in missing.into_iter().rev() {
        match fs::create_dir(path) {
            Ok(()) => made.push(path.to_owned()),
            Err(_) if path.is_dir() => {}
            Err(error) => {
                remove_folders(&made);
                return Err((path.to_owned(), error));
            }
        }
    }
    Ok(made)
}

/// Removes folders again, the lowest first, where they are empty.
fn remove_folders(made: &[PathBuf]) {
    for path in made.iter().rev() {
        // What has been filled meanwhile by someone else stays.
        let _ = fs::remove_dir(path);
    }
}

fn replace_all(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let at_folder = |error: io::Error| (folder.to_owned(), error);
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    if let Some(path) = paths.iter().find(|path| path.is_dir()) {
        return Err((path.clone(), io::Error::from(io::ErrorKind::IsADirectory)));
    }
    let stage = tempfile::Builder::new().prefix(".pressmark-").tempdir_in(folder).map_err(at_folder)?;
    let new = |index: usize| stage.path().join(format!("{index}.new"));
    let old = |index: usize| stage.path().join(format!("{index}.old"));
    for (index, ((_, content), path)) in files.iter().zip(&paths).enumerate() {
        fs::write(new(index), content).map_err(|error| (path.clone(), error))?;
        keep(path, &old(index)).map_err(|error| (path.clone(), error))?;
    }
    for (index, path) in paths.iter().enumerate() {
        if let Err(error) = fs::rename(new(index), path) {
            for (index, path) in paths[..index].iter().enumerate() {
                // There is nothing better to do about a failure here than to say what failed first.
                let _ = if old(index).exists() { fs::rename(old(index), path) } else { fs::remove_file(path) };
            }
            return Err((path.clone(), error));
        }
    }
    stage.close().map_err(at_folder)?;
    Ok(paths)
}

/// Keeps a second way to the file at `path`, if there is one: a hard link where the file system has them, else a copy.
fn keep(path: &Path, kept: &Path) -> io::Result<()> {
    if path.symlink_metadata().is_err() || fs::hard_link(path, kept).is_ok() {
        return Ok(());
    }
    match fs::copy(path, kept) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(_) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(content: &str) -> Vec<(String, Vec<u8>)> {
        ["a.pdf", "a.epub", "a.json"].map(|name| (name.to_owned(), content.into())).to_vec()
    }

    /// The names in a folder with their contents; folders have none.
    fn contents(folder: &Path) -> BTreeMap<String, String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                let name = entry.file_name().into_string().unwrap();
                (name, fs::read_to_string(entry.path()).unwrap_or_default())
            })
            .collect()
    }

    #[test]
    fn files_replace_the_earlier_ones_and_leave_no_litter() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("x/y");
        write_all(&out, &files("one")).unwrap();
        let paths = write_all(&out, &files("two")).unwrap();
        assert_eq!(paths[1], out.join("a.epub"));
        let expected = ["a.epub", "a.json", "a.pdf"].map(|name| (name.to_owned(), "two".to_owned()));
        assert_eq!(contents(&out), BTreeMap::from(expected));
    }

    #[test]
    fn one_file_that_can_not_be_written_leaves_all_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        write_all(folder.path(), &files("one")[..2]).unwrap();
        fs::create_dir(folder.path().join("a.json")).unwrap();
        let before = contents(folder.path());
        let (path, _) = write_all(folder.path(), &files("two")).unwrap_err();
        assert_eq!(path, folder.path().join("a.json"));
        assert_eq!(contents(folder.path()), before);
    }

    #[test]
    fn folders_made_in_vain_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        assert!(write_all(&folder.path().join("file/out"), &files("one")).is_err());
        assert!(write_all(&folder.path().join("file"), &files("one")).is_err());
        let long = "n".repeat(300);
        assert!(write_all(&folder.path().join("new/er"), &[(long, Vec::new())]).is_err());
        assert_eq!(contents(folder.path()), BTreeMap::from([("file".to_owned(), "x".to_owned())]));
    }

    #[test]
    fn a_release_manifest_is_read_back_or_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert_eq!(entry_in(&path, "a.pdf"), None);
        let entry = FileEntry::of("a.pdf".to_owned(), b"abc", 3);
        assert_eq!((entry.bytes, &entry.sha256[..8]), (3, "ba7816bf"));
        let manifest = ReleaseManifest {
            title: "T".to_owned(),
            version: String::new(),
            files: vec![entry.clone()],
            fonts: Vec::new(),
            diagnostics: BTreeMap::new(),
        };
        fs::write(&path, render_manifest(&manifest)).unwrap();
        assert_eq!(entry_in(&path, "a.pdf"), Some(entry));
        assert_eq!(entry_in(&path, "a.epub"), None);
        fs::write(&path, "{\"files\": 3}").unwrap();
        assert_eq!(entry_in(&path, "a.pdf"), None);
    }
}
