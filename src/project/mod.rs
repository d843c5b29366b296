//! A path → a [`Project`]: which files make up the book, what is said of it, where the outputs go.
//!
//! A project is a folder with a `pressmark.toml`, a bare folder of Markdown files, or one file. Nothing outside its folder
//! is read. It knows nothing of what is in a manuscript, but for what the manifest may leave open. Start at [`open`];
//! `manifest` reads the manifest, `files` is the folder, `images` finds the images, `metadata` fills in what was not said.

mod files;
mod images;
mod manifest;
mod metadata;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostics::codes::Deny;
use crate::diagnostics::{Diagnostic, SourceFiles, Span};
use crate::document::{Division, Edition, Image, Matter, Metadata, NodeId};
use crate::graphic::{GraphicId, Graphics};
use crate::manuscript::ManuscriptFile;
use crate::style::themes;
use files::{Folder, normalize};
use manifest::{Chapter, Manifest};

pub use manifest::Override;

/// What to open, and what stands above the manifest.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// A Markdown file, a manifest, or a folder.
    pub path: &'a Path,
    /// Where the outputs go, if not to the project's `build/`.
    pub out: Option<&'a Path>,
    /// Values above those of the manifest, the last of a key counting.
    pub set: &'a [Override],
    /// The environment's `SOURCE_DATE_EPOCH`.
    pub source_date_epoch: Option<&'a str>,
}

/// A book's files and what is said of it.
#[derive(Debug)]
pub struct Project {
    /// The files of the manuscript in reading order; there is at least one.
    pub files: Vec<ManuscriptFile>,
    /// What the outputs are called, without extension.
    pub name: String,
    /// The folder of the outputs, as it is reached from where the program was started; it need not exist.
    pub output: PathBuf,
    /// The design, one of [`themes::NAMES`].
    pub theme: &'static str,
    /// Whether the machine's fonts may stand in for missing letters.
    pub system_fonts: bool,
    /// The font files of the project's `fonts/`, in natural order: the path to show and the content.
    pub fonts: Vec<(PathBuf, Vec<u8>)>,
    /// Warnings that count as errors.
    pub deny: Vec<Deny>,
    /// Where to say that something concerns the whole manuscript.
    pub place: PathBuf,
    folder: Folder,
    metadata: Metadata,
    epoch: Option<u64>,
    /// The title of a book without a word: the file's or folder's name.
    fallback_title: String,
}

impl Project {
    /// What is said of the book, with what the manifest leaves open taken from the manuscript and the environment.
    #[must_use]
    pub fn metadata(&self, divisions: &[Division]) -> Metadata {
        metadata::complete(self.metadata.clone(), divisions, &self.fallback_title, self.epoch)
    }

    /// Reads the images that the manuscript shows, each once, and names the image of each node that shows one.
    ///
    /// Findings: the errors `missing-image`, `damaged-image` and `unreadable-file`; the warnings `remote-image`,
    /// `outside-project`, `unsupported-image`, `animated-image`, `reduced-image` and `invalid-diagram`. Costs a read and a hash of every file.
    #[must_use]
    pub fn images(&self, divisions: &[Division]) -> (Graphics, BTreeMap<NodeId, GraphicId>, Vec<Diagnostic>) {
        images::load(&self.folder, divisions)
    }
}

/// Whether nothing of the manuscript could be seen: no word and no image.
#[must_use]
pub fn is_empty(divisions: &[Division]) -> bool {
    let mut images = 0_usize;
    divisions.iter().for_each(|division| for_each_image(division, |_| images += 1));
    images == 0
        && divisions.iter().all(|division| {
            [Edition::Pdf, Edition::Epub].iter().all(|edition| division.text(*edition).trim().is_empty())
        })
}

/// Calls `visit` for each image that a division shows, in reading order.
pub fn for_each_image<'a>(division: &'a Division, mut visit: impl FnMut(&'a Image)) {
    images::for_each(division, &mut |_, _, image| visit(image));
}

/// Where a project is.
struct Location {
    folder: Folder,
    /// Whether the folder has a manifest.
    manifest: bool,
    /// The one file that makes up the manuscript, relative to the folder.
    file: Option<String>,
}

/// Finds the project at a path, and reads its manifest, its texts and its fonts. Adds the texts to `sources` and every
/// fault to `diagnostics`; `None` where there is an error among them.
#[must_use]
pub fn open(opening: &Opening<'_>, sources: &mut SourceFiles, diagnostics: &mut Vec<Diagnostic>) -> Option<Project> {
    let mut faults = Vec::new();
    let project = locate(opening.path)
        .map_err(|fault| faults.push(fault))
        .ok()
        .map(|location| read(opening, location, sources, &mut faults));
    let usable = faults.is_empty();
    diagnostics.append(&mut faults);
    project.filter(|_| usable)
}

/// Says which project `path` means.
fn locate(path: &Path) -> Result<Location, Diagnostic> {
    let missing = |error: std::io::Error| {
        let help = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| Some(Folder::open(parent(path)).ok()?.help_to_find(name)))
            .filter(|help| help.starts_with("the nearest"))
            .unwrap_or_else(|| {
                "give a Markdown file, or a folder with a `pressmark.toml` or Markdown files".to_owned()
            });
        let message = format!("`{}` can't be opened: {error}", path.display());
        Diagnostic::error("no-such-path", path.to_owned(), message).help(help)
    };
    let real = path.canonicalize().map_err(missing)?;
    if real.is_dir() {
        let folder = Folder::open(path).map_err(missing)?;
        if folder.has(manifest::FILE_NAME) {
            return Ok(Location { folder, manifest: true, file: None });
        }
        let source = Folder::open(&path.join(SOURCE)).ok().filter(|source| source.has(manifest::FILE_NAME));
        return Ok(match source {
            Some(folder) => Location { folder, manifest: true, file: None },
            None => Location { folder, manifest: false, file: None },
        });
    }
    // A symbolic link means the file that it leads to, and its folder.
    let own = Folder::open(parent(path)).map_err(missing)?;
    let own = if real.parent() == Some(own.root()) { own } else { Folder::open(parent(&real)).map_err(missing)? };
    let not_unicode =
        || Diagnostic::error("no-such-path", path.to_owned(), "the file's name is not Unicode").help("rename the file");
    let file = real.file_name().and_then(|name| name.to_str()).ok_or_else(not_unicode)?;
    if file == manifest::FILE_NAME {
        return Ok(Location { folder: own, manifest: true, file: None });
    }
    let mut above = Some(own.clone());
    while let Some(folder) = above {
        if folder.has(manifest::FILE_NAME) {
            let relative = real.strip_prefix(folder.root()).ok().and_then(Path::to_str).ok_or_else(not_unicode)?;
            let relative = relative.replace(std::path::MAIN_SEPARATOR, "/");
            return Ok(Location { folder, manifest: true, file: Some(relative) });
        }
        above = folder.parent();
    }
    Ok(Location { folder: own, manifest: false, file: Some(file.to_owned()) })
}

/// The folder that a path's last name is in.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The folder of a project in which the manifest may lie.
const SOURCE: &str = "source";

fn read(opening: &Opening<'_>, location: Location, sources: &mut SourceFiles, faults: &mut Vec<Diagnostic>) -> Project {
    let Location { folder, manifest: has_manifest, file } = location;
    let mut manifest = Manifest { system_fonts: !has_manifest, ..Manifest::default() };
    if has_manifest {
        match folder.read_text(manifest::FILE_NAME, None, sources) {
            Ok(source) => {
                let text = sources.get(source).map(|file| file.text.clone()).unwrap_or_default();
                manifest = manifest::read(&text, source, faults);
            }
            Err(fault) => faults.push(fault),
        }
    }
    for set in opening.set {
        faults.extend(set.apply(&mut manifest.book).err());
    }
    let epoch = opening.source_date_epoch.map(metadata::read_epoch).transpose();
    let epoch = epoch.unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });

    // The project's own folder is the one around `source/`.
    let home = if has_manifest && folder.root().ends_with(SOURCE) { folder.parent() } else { None };
    let home = home.unwrap_or_else(|| folder.clone());
    let folder_name = home.root().file_name().map(|name| name.to_string_lossy().into_owned());
    let own_name = match &file {
        Some(file) => Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        None => folder_name,
    };
    let own_name = own_name.unwrap_or_else(|| "book".to_owned());
    let files = match &file {
        Some(file) => one_file(&folder, file, sources, faults),
        None if faults.is_empty() => list_files(&folder, &manifest, sources, faults),
        // A manifest with faults may mean other files than it says.
        None => Vec::new(),
    };
    let place = match files.as_slice() {
        [file] => folder.shown(&file.path),
        _ => folder.shown("."),
    };
    if files.is_empty() && faults.is_empty() {
        faults.push(
            Diagnostic::error("empty-manuscript", place.clone(), "there is no Markdown file in this folder")
                .help("write one whose name ends in `.md`, or name the files in a `pressmark.toml`"),
        );
    }
    let default_theme = if files.len() > 1 { themes::NAMES[1] } else { themes::NAMES[0] };
    Project {
        name: manifest.book.name.unwrap_or_else(|| file_name(&own_name)),
        output: opening.out.map_or_else(|| home.shown("build"), Path::to_owned),
        theme: manifest.book.theme.unwrap_or(default_theme),
        system_fonts: manifest.system_fonts,
        fonts: if faults.is_empty() { fonts(&folder, faults) } else { Vec::new() },
        deny: manifest.deny,
        place,
        folder,
        metadata: manifest.book.metadata,
        epoch,
        fallback_title: own_name,
        files,
    }
}

/// `name`, with what can't be in the name of a file replaced.
fn file_name(name: &str) -> String {
    if manifest::is_file_name(name) {
        return name.to_owned();
    }
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, ' ' | '.' | '_') { c } else { '-' };
    let name: String = name.chars().map(kept).take(50).collect();
    let name = name.trim_start_matches(['.', ' ', '-']);
    if name.is_empty() { "book".to_owned() } else { name.to_owned() }
}

fn one_file(
    folder: &Folder,
    path: &str,
    sources: &mut SourceFiles,
    faults: &mut Vec<Diagnostic>,
) -> Vec<ManuscriptFile> {
    match folder.read_text(path, None, sources) {
        Ok(source) => vec![ManuscriptFile::new(source, path.to_owned(), Matter::Body)],
        Err(fault) => {
            faults.push(fault);
            Vec::new()
        }
    }
}

/// The files that the manifest lists; where it does not list the chapters, the other Markdown files beside it.
fn list_files(
    folder: &Folder,
    manifest: &Manifest,
    sources: &mut SourceFiles,
    faults: &mut Vec<Diagnostic>,
) -> Vec<ManuscriptFile> {
    let mut listed: Vec<(Matter, String, Option<Span>)> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut list = |matter, chapters: &Option<Vec<Chapter>>, faults: &mut Vec<Diagnostic>| {
        let mut listed = Vec::new();
        for chapter in chapters.iter().flatten() {
            let Some(path) = normalize("", &chapter.path) else {
                let message = format!("`{}` lies outside the project", chapter.path);
                faults.push(
                    Diagnostic::error("outside-project", chapter.span, message)
                        .help("name a file by its path from the manifest's folder"),
                );
                continue;
            };
            if seen.insert(path.clone()) {
                listed.push((matter, path, Some(chapter.span)));
            } else {
                let message = format!("`{}` is in the book already", chapter.path);
                faults.push(Diagnostic::error("duplicate-chapter", chapter.span, message).help("name each file once"));
            }
        }
        listed
    };
    listed.append(&mut list(Matter::Front, &manifest.front, faults));
    let body = list(Matter::Body, &manifest.chapters, faults);
    let back = list(Matter::Back, &manifest.back, faults);
    if manifest.chapters.is_some() {
        listed.extend(body);
    } else {
        let markdown = |(name, is_folder): &(String, bool)| {
            !is_folder && Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
        };
        let beside = folder.list("").into_iter().filter(markdown).filter(|(name, _)| !seen.contains(name));
        listed.extend(beside.map(|(name, _)| (Matter::Body, name, None)));
    }
    listed.extend(back);
    let mut files = Vec::new();
    for (matter, path, span) in listed {
        match folder.read_text(&path, span, sources) {
            Ok(source) => files.push(ManuscriptFile::new(source, path, matter)),
            Err(fault) => faults.push(fault),
        }
    }
    files
}

/// How deep folders in `fonts/` may nest.
const FONT_FOLDERS: usize = 4;

/// The font files of the project's `fonts/`, folders within included.
fn fonts(folder: &Folder, faults: &mut Vec<Diagnostic>) -> Vec<(PathBuf, Vec<u8>)> {
    fn collect(folder: &Folder, relative: &str, depth: usize, found: &mut Vec<String>) {
        for (name, is_folder) in folder.list(relative) {
            let path = format!("{relative}/{name}");
            let extension = Path::new(&name).extension().and_then(|extension| extension.to_str());
            if is_folder && depth < FONT_FOLDERS {
                collect(folder, &path, depth + 1, found);
            } else if extension.is_some_and(|extension| {
                ["otf", "ttf", "otc", "ttc"].iter().any(|known| known.eq_ignore_ascii_case(extension))
            }) {
                found.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    collect(folder, "fonts", 0, &mut paths);
    let mut fonts = Vec::new();
    for path in paths {
        let shown = folder.shown(&path);
        match folder.read(&path, files::LARGEST_BINARY) {
            Ok(data) => fonts.push((shown, data)),
            Err(fault) => {
                let reason = match fault {
                    files::ReadFault::Refused(error) => error.to_string(),
                    files::ReadFault::Outside => "it leads out of the project's folder".to_owned(),
                    files::ReadFault::TooLarge(largest) => format!("it has more than {} MB", largest >> 20),
                    files::ReadFault::Missing | files::ReadFault::NotAFile => "it is not a file".to_owned(),
                };
                faults.push(
                    Diagnostic::error("unreadable-file", shown, format!("the font can't be read: {reason}"))
                        .help("copy the font file into the project's `fonts` folder, or take it out"),
                );
            }
        }
    }
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes files in a new folder, and opens `path` in it.
    fn opened(files: &[(&str, &str)], path: &str) -> (tempfile::TempDir, Result<Project, Vec<&'static str>>) {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("my book");
        std::fs::create_dir(&book).unwrap();
        for (path, content) in files {
            let path = book.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let mut diagnostics = Vec::new();
        let opening = Opening { path: &book.join(path), out: None, set: &[], source_date_epoch: None };
        let project = open(&opening, &mut SourceFiles::default(), &mut diagnostics);
        (folder, project.ok_or_else(|| diagnostics.iter().map(|fault| fault.code).collect()))
    }

    /// What `path` means among `files`: the manuscript's files, the outputs' name, and the outputs' folder from `my book`.
    fn meaning(files: &[&str], path: &str) -> (Vec<String>, String, String) {
        let files: Vec<(&str, &str)> =
            files.iter().map(|path| (*path, if path.ends_with("md") { "x" } else { "" })).collect();
        let (folder, project) = opened(&files, path);
        let project = project.unwrap();
        let output = project.output.strip_prefix(folder.path().join("my book")).unwrap().to_str().unwrap().to_owned();
        (project.files.into_iter().map(|file| file.path).collect(), project.name, output)
    }

    fn expected(files: &[&str], name: &str, output: &str) -> (Vec<String>, String, String) {
        (files.iter().map(|file| (*file).to_owned()).collect(), name.to_owned(), output.to_owned())
    }

    #[test]
    fn a_folder_means_its_manifest_then_the_one_in_source_then_its_markdown() {
        let all =
            ["pressmark.toml", "source/pressmark.toml", "source/s.md", "10.md", "9.md", "c.txt", ".h.md", "d/e.md"];
        assert_eq!(meaning(&all, ""), expected(&["9.md", "10.md"], "my book", "build"));
        assert_eq!(meaning(&all[1..], ""), expected(&["s.md"], "my book", "build"));
        assert_eq!(meaning(&all[1..], "source"), expected(&["s.md"], "my book", "build"));
        assert_eq!(meaning(&all[1..], "source/pressmark.toml"), expected(&["s.md"], "my book", "build"));
        assert_eq!(meaning(&all[2..], ""), expected(&["9.md", "10.md"], "my book", "build"));
        assert_eq!(meaning(&all[2..], "source"), expected(&["s.md"], "source", "source/build"));
    }

    #[test]
    fn a_lone_file_belongs_to_the_nearest_manifest_above() {
        let all = ["pressmark.toml", "a/b/c.md", "a/d.md", "source/pressmark.toml", "source/x/e.md"];
        assert_eq!(meaning(&all, "a/b/c.md"), expected(&["a/b/c.md"], "c", "build"));
        assert_eq!(meaning(&all, "source/x/e.md"), expected(&["x/e.md"], "e", "build"));
        assert_eq!(meaning(&all[1..], "a/b/c.md"), expected(&["c.md"], "c", "a/b/build"));
    }

    #[test]
    fn front_and_back_matter_are_not_chapters_too() {
        let manifest = "[book]\nfront = ['z.md']\nback = ['a.md']\n";
        let (_folder, project) =
            opened(&[("pressmark.toml", manifest), ("a.md", ""), ("b.md", ""), ("c.md", ""), ("z.md", "")], "");
        let files: Vec<_> = project.unwrap().files.into_iter().map(|file| (file.path, file.matter)).collect();
        let file = |path: &str, matter| (path.to_owned(), matter);
        assert_eq!(
            files,
            [
                file("z.md", Matter::Front),
                file("b.md", Matter::Body),
                file("c.md", Matter::Body),
                file("a.md", Matter::Back)
            ]
        );
    }

    #[test]
    fn listed_files_are_there_once_and_inside() {
        let manifest = "[book]\nchapters = ['a.md', './a.md', 'b.md', '../c.md', '/d.md', 'x']\n";
        let (_folder, project) = opened(&[("pressmark.toml", manifest), ("a.md", ""), ("x/y.md", "")], "");
        let mut codes = project.unwrap_err();
        codes.sort_unstable();
        assert_eq!(
            codes,
            ["duplicate-chapter", "missing-chapter", "outside-project", "outside-project", "unreadable-file"]
        );
    }

    #[test]
    fn only_a_project_without_a_manifest_may_use_the_systems_fonts_unasked() {
        let allowed = |files: &[(&str, &str)]| opened(files, "").1.unwrap().system_fonts;
        assert!(allowed(&[("a.md", "")]));
        assert!(!allowed(&[("a.md", ""), ("pressmark.toml", "")]));
        assert!(allowed(&[("a.md", ""), ("pressmark.toml", "[build]\nsystem-fonts = true")]));
    }

    #[test]
    fn fonts_are_found_beside_the_manifest() {
        let files = [
            ("pressmark.toml", ""),
            ("a.md", ""),
            ("fonts/b/2.otf", "x"),
            ("fonts/1.TTF", "y"),
            ("fonts/OFL.txt", "z"),
        ];
        let (folder, project) = opened(&files, "");
        let fonts = project.unwrap().fonts;
        let shown: Vec<_> = fonts.iter().map(|(path, _)| path.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(shown, [Path::new("my book/fonts/1.TTF"), Path::new("my book/fonts/b/2.otf")]);
    }

    #[test]
    fn one_file_is_a_document_and_several_are_a_book() {
        assert_eq!(opened(&[("a.md", "")], "").1.unwrap().theme, "document");
        assert_eq!(opened(&[("a.md", ""), ("b.md", "")], "").1.unwrap().theme, "book");
    }

    #[test]
    fn outputs_can_be_named_after_any_folder() {
        assert_eq!(file_name("my book"), "my book");
        assert_eq!(file_name(".hidden: a"), "hidden- a");
        assert_eq!(file_name("???"), "book");
    }

    #[test]
    fn a_folder_without_markdown_is_an_empty_manuscript() {
        assert_eq!(opened(&[("a.txt", "")], "").1.unwrap_err(), ["empty-manuscript"]);
        assert_eq!(opened(&[("a.md", "")], "b.md").1.unwrap_err(), ["no-such-path"]);
    }
}
