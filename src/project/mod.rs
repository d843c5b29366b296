//! A path → a [`Project`]: which files make up the book, what is said of it, where the outputs go.
//!
//! A project is a folder with a `pressmark.toml`, an mdBook, a bare folder of Markdown files, or one file. Nothing outside
//! its folder is read. It knows nothing of what is in a manuscript, but for what the manifest may leave open. Start at
//! [`open`]; `manifest` reads a `pressmark.toml` by the tables in `keys`, `mdbook` an mdBook's `book.toml`, `front_matter`
//! what a file says at its top; `targets` puts targets together, `stores` stores; `contents` finds the files of the manuscript, `files` is the folder, `images` finds the
//! images, `metadata` fills in what was not said.

mod contents;
mod files;
mod front_matter;
mod images;
mod keys;
mod manifest;
mod mdbook;
mod metadata;
mod named;
mod roles;
mod schema;
mod stores;
mod targets;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostics::codes::Deny;
use crate::diagnostics::{Diagnostic, Place, Severity, SourceFiles, SourceId, Span};
use crate::document::{Division, Edition, Image, Metadata, NodeId};
use crate::graphic::{GraphicId, Graphics};
use crate::manuscript::{ManuscriptFile, Settings, summary};
use crate::style::Style;
use crate::style::themes::{self, Face, Theme};
use crate::target::Target;
use crate::target::store::Store;
use files::{Folder, Purpose, normalize};
use front_matter::FrontMatter;
use manifest::{Contents, Listed, Manifest, Named};
use mdbook::MdBook;
use named::NamedTable;

pub use manifest::Override;
pub use schema::schema;

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
    /// The names of the targets, the default one first; those of the manifest if there are none.
    pub targets: &'a [String],
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
    /// The design.
    pub style: Style,
    /// The typefaces that the project names: whether they are there is for those to say who have the fonts.
    pub faces: Vec<Face>,
    /// Words with a hyphen at each place where they may be divided, by the language's tag; an empty one for the book's.
    pub hyphenation: Vec<(String, Vec<String>)>,
    /// Whether the machine's fonts may stand in for missing letters.
    pub system_fonts: bool,
    /// Whether the e-book carries its fonts.
    pub embed_fonts: bool,
    /// Whether the e-book is described for the trade, in ONIX.
    pub onix: bool,
    /// The font files of the project's `fonts/`, in natural order: the path to show and the content.
    pub fonts: Vec<(PathBuf, Vec<u8>)>,
    /// Warnings that count as errors.
    pub deny: Vec<Deny>,
    /// What PDFs are made for, the default target first; there is at least one.
    pub targets: Vec<Target>,
    /// The target whose pages the e-book names, where the manifest names one.
    pub page_list: Option<Target>,
    /// How large the e-book may become, in bytes.
    pub ebook_budget: Option<u64>,
    /// How the manuscript is read.
    pub settings: Settings,
    /// The files with what is cited, in the order in which they are named.
    pub bibliography: Vec<SourceId>,
    /// The style of citations, if one was asked for.
    pub citation_style: Option<CitationStyle>,
    /// Where to say that something concerns the whole manuscript.
    pub place: PathBuf,
    folder: Folder,
    store_tables: Vec<NamedTable>,
    metadata: Metadata,
    epoch: Option<u64>,
    /// The title of a book without a word: the file's or folder's name.
    fallback_title: String,
}

/// A style of citations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CitationStyle {
    /// One that is known by this name.
    Named(String),
    /// One in the Citation Style Language.
    File(SourceId),
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

    /// Reads a text file that the manuscript includes, each once. `address` is as written at `span` in the file `base`,
    /// and relative to it.
    ///
    /// # Errors
    /// `missing-include`, `outside-project`, `not-utf8`, `oversized-file` or `unreadable-file`.
    pub fn include(
        &self,
        address: &str,
        base: &str,
        span: Span,
        sources: &mut SourceFiles,
    ) -> Result<SourceId, Diagnostic> {
        let path = normalize(base, address).ok_or_else(|| files::outside(span, address))?;
        read_once(&self.folder, &path, Purpose::Include, span, sources)
    }
}

/// The stores with these names, in order; all that are known where there are no names. A `project` changes those that come
/// with the program, and adds its own.
///
/// # Errors
/// `unknown-store` for each name that no store has.
pub fn stores(names: &[String], project: &Project) -> Result<Vec<Store>, Vec<Diagnostic>> {
    stores::find(names, &project.store_tables)
}

/// The same as the project in a folder has them, and how many bytes its e-book may have; those that come with the program
/// where there is no project. Reads the manifest, and nothing of the manuscript.
///
/// # Errors
/// Those of the manifest, and `unknown-store`.
pub fn stores_in(
    folder: &Path,
    names: &[String],
    sources: &mut SourceFiles,
) -> Result<(Vec<Store>, Option<u64>), Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let manifest = manifest_in(folder, sources, &mut faults).map(|(_, manifest)| manifest).unwrap_or_default();
    faults.retain(|fault| fault.severity == Severity::Error);
    if faults.is_empty() {
        stores::find(names, &manifest.store_tables).map(|stores| (stores, manifest.ebook_budget))
    } else {
        Err(faults)
    }
}

/// Reads a text that may have been read before.
fn read_once(
    folder: &Folder,
    path: &str,
    purpose: Purpose,
    span: Span,
    sources: &mut SourceFiles,
) -> Result<SourceId, Diagnostic> {
    let known = sources.find(&folder.shown_text(path));
    known.map_or_else(|| folder.read_text(path, purpose, Some(span), sources), Ok)
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
    /// The manifest in the folder.
    manifest: Option<Kind>,
    /// The one file that makes up the manuscript, relative to the folder.
    file: Option<String>,
}

/// Whose manifest it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pressmark,
    MdBook,
}

impl Kind {
    /// The manifest that a folder has.
    fn of(folder: &Folder) -> Option<Self> {
        [Self::Pressmark, Self::MdBook].into_iter().find(|kind| folder.has(kind.file_name()))
    }

    fn file_name(self) -> &'static str {
        match self {
            Self::Pressmark => manifest::FILE_NAME,
            Self::MdBook => mdbook::FILE_NAME,
        }
    }
}

/// Finds the project at a path, and reads its manifest, its texts and its fonts. Adds the texts to `sources` and every
/// finding to `diagnostics`; `None` where there is an error among them.
#[must_use]
pub fn open(opening: &Opening<'_>, sources: &mut SourceFiles, diagnostics: &mut Vec<Diagnostic>) -> Option<Project> {
    let mut findings = Vec::new();
    let project = locate(opening.path)
        .map_err(|fault| findings.push(fault))
        .ok()
        .and_then(|location| read(opening, location, sources, &mut findings));
    let usable = !has_errors(&findings);
    diagnostics.append(&mut findings);
    project.filter(|_| usable)
}

fn has_errors(findings: &[Diagnostic]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
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
                "give a Markdown file, or a folder with a `pressmark.toml`, a `book.toml` or Markdown files".to_owned()
            });
        let message = format!("`{}` can't be opened: {error}", path.display());
        Diagnostic::error("no-such-path", path.to_owned(), message).help(help)
    };
    let real = path.canonicalize().map_err(missing)?;
    if real.is_dir() {
        let folder = Folder::open(path).map_err(missing)?;
        if let Some(kind) = Kind::of(&folder) {
            return Ok(Location { folder, manifest: Some(kind), file: None });
        }
        let source = Folder::open(&path.join(SOURCE)).ok().filter(|source| source.has(manifest::FILE_NAME));
        return Ok(match source {
            Some(folder) => Location { folder, manifest: Some(Kind::Pressmark), file: None },
            None => Location { folder, manifest: None, file: None },
        });
    }
    // A symbolic link means the file that it leads to, and its folder.
    let own = Folder::open(parent(path)).map_err(missing)?;
    let own = if real.parent() == Some(own.root()) { own } else { Folder::open(parent(&real)).map_err(missing)? };
    let not_unicode =
        || Diagnostic::error("no-such-path", path.to_owned(), "the file's name is not Unicode").help("rename the file");
    let file = real.file_name().and_then(|name| name.to_str()).ok_or_else(not_unicode)?;
    if let Some(kind) = [Kind::Pressmark, Kind::MdBook].into_iter().find(|kind| kind.file_name() == file) {
        return Ok(Location { folder: own, manifest: Some(kind), file: None });
    }
    let mut above = Some(own.clone());
    while let Some(folder) = above {
        if let Some(kind) = Kind::of(&folder) {
            let relative = real.strip_prefix(folder.root()).ok().and_then(Path::to_str).ok_or_else(not_unicode)?;
            let relative = relative.replace(std::path::MAIN_SEPARATOR, "/");
            return Ok(Location { folder, manifest: Some(kind), file: Some(relative) });
        }
        above = folder.parent();
    }
    Ok(Location { folder: own, manifest: None, file: Some(file.to_owned()) })
}

/// The folder of the project that a file lies in: the nearest above the file with a manifest, or with one in its `source/`;
/// else the folder in which the program was started.
#[must_use]
pub fn around(file: &Path) -> PathBuf {
    let mut above = Folder::open(parent(file)).ok();
    while let Some(folder) = above {
        let found = Kind::of(&folder).is_some() || folder.has(&format!("{SOURCE}/{}", manifest::FILE_NAME));
        if found {
            return folder.shown(".");
        }
        above = folder.parent();
    }
    PathBuf::from(".")
}

/// The targets with these names as the project in a folder has them; those that come with the program where there is no
/// project. Reads the manifest and the files that the targets name, and nothing of the manuscript.
///
/// Adds to `diagnostics` the errors of the manifest, `unknown-target` and what else is wrong with a target.
#[must_use]
pub fn targets(
    folder: &Path,
    names: &[String],
    sources: &mut SourceFiles,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Target> {
    let mut faults = Vec::new();
    let read = manifest_in(folder, sources, &mut faults);
    let targets = read.map_or_else(Vec::new, |(folder, manifest)| {
        let names: Vec<(String, Place)> = names.iter().map(|name| (name.clone(), Place::Project)).collect();
        targets::resolve(&names, &manifest.target_tables, &folder, &mut faults)
    });
    diagnostics.extend(faults.into_iter().filter(|fault| fault.severity == Severity::Error));
    targets
}

/// The project in a folder, as far as its manifest says; an empty one where it has none of this program.
fn manifest_in(folder: &Path, sources: &mut SourceFiles, faults: &mut Vec<Diagnostic>) -> Option<(Folder, Manifest)> {
    let Location { folder, manifest, .. } = locate(folder).map_err(|fault| faults.push(fault)).ok()?;
    let manifest = match manifest {
        Some(Kind::Pressmark) => read_manifest(Kind::Pressmark, &folder, sources, faults),
        Some(Kind::MdBook) | None => Manifest::default(),
    };
    Some((folder, manifest))
}

/// The folder that a path's last name is in.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The folder of a project in which the manifest may lie.
const SOURCE: &str = "source";

fn read(
    opening: &Opening<'_>,
    location: Location,
    sources: &mut SourceFiles,
    faults: &mut Vec<Diagnostic>,
) -> Option<Project> {
    let Location { folder, manifest: kind, file } = location;
    let mut manifest = match kind {
        Some(kind) => read_manifest(kind, &folder, sources, faults),
        None => Manifest { system_fonts: true, ..Manifest::default() },
    };
    let epoch = opening.source_date_epoch.map(metadata::read_epoch).transpose();
    let epoch = epoch.unwrap_or_else(|fault| {
        faults.push(fault);
        None
    });

    // The project's own folder is the one around `source/`.
    let within = kind == Some(Kind::Pressmark) && folder.root().ends_with(SOURCE);
    let home = if within { folder.parent() } else { None };
    let home = home.unwrap_or_else(|| folder.clone());
    let folder_name = home.root().file_name().map(|name| name.to_string_lossy().into_owned());
    let own_name = match &file {
        Some(file) => Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()),
        None => folder_name,
    };
    let own_name = own_name.unwrap_or_else(|| "book".to_owned());
    let contents = std::mem::take(&mut manifest.contents);
    let mut files = match &file {
        Some(file) => contents::read_one(&folder, file, contents, sources, faults),
        None if !has_errors(faults) => contents::read(&folder, contents, sources, faults),
        // A manifest with faults may mean other files than it says.
        None => Vec::new(),
    };
    let place = match files.as_slice() {
        [file] => folder.shown(&file.path),
        _ => folder.shown("."),
    };
    if files.is_empty() && !has_errors(faults) {
        faults.push(
            Diagnostic::error("empty-manuscript", place.clone(), "there is no Markdown file in this folder")
                .help("write one whose name ends in `.md`, or name the files in a `pressmark.toml`"),
        );
    }
    let cited = add_front_matter(&folder, kind, &mut manifest, &mut files, sources, faults);
    for set in opening.set {
        faults.extend(set.apply(&mut manifest.book).err());
    }
    if kind != Some(Kind::MdBook) {
        manifest.book.name_variables();
    }
    let targets: Vec<(String, Place)> = if opening.targets.is_empty() {
        manifest.targets.iter().map(|named| (named.name.clone(), Place::Span(named.span))).collect()
    } else {
        opening.targets.iter().map(|name| (name.clone(), Place::Project)).collect()
    };
    let targets = targets::resolve(&targets, &manifest.target_tables, &folder, faults);
    let page_list = manifest.page_list.as_ref().map(|named| (named.name.clone(), Place::Span(named.span)));
    let page_list = page_list.and_then(|named| {
        targets::resolve(std::slice::from_ref(&named), &manifest.target_tables, &folder, faults).pop()
    });
    let default_theme = themes::NAMES[usize::from(files.len() > 1 || kind == Some(Kind::MdBook))];
    let (style, faces) = design(&folder, &manifest, opening.set, default_theme, sources, faults)?;
    Some(Project {
        name: manifest.book.name.unwrap_or_else(|| file_name(&own_name)),
        output: opening.out.map_or_else(|| home.shown("build"), Path::to_owned),
        style,
        faces,
        hyphenation: manifest.book.hyphenation,
        system_fonts: manifest.system_fonts,
        embed_fonts: manifest.embed_fonts.unwrap_or(true),
        onix: manifest.onix,
        fonts: if has_errors(faults) { Vec::new() } else { fonts(&folder, faults) },
        deny: manifest.deny,
        targets,
        page_list,
        ebook_budget: manifest.ebook_budget,
        settings: manifest.book.settings,
        bibliography: cited.bibliography,
        citation_style: cited.style,
        place,
        folder,
        store_tables: manifest.store_tables,
        metadata: manifest.book.metadata,
        epoch,
        fallback_title: own_name,
        files,
    })
}

/// The design that the manifest or the command line names, as the manifest changes it. `None` where it can't be used; then
/// a finding says why.
fn design(
    folder: &Folder,
    manifest: &Manifest,
    set: &[Override],
    default: &str,
    sources: &mut SourceFiles,
    faults: &mut Vec<Diagnostic>,
) -> Option<(Style, Vec<Face>)> {
    let name = manifest.book.theme.as_deref().unwrap_or(default);
    let span = manifest.theme.filter(|_| !set.iter().any(Override::names_theme));
    let text_of = |source, sources: &SourceFiles| Some(sources.get(source)?.text.clone());
    let file = if values::is_theme_file(name) {
        let place = span.map_or(Place::Project, Place::Span);
        let Some(path) = normalize("", name) else {
            faults.push(files::outside(place, name));
            return None;
        };
        let read = folder.read_text(&path, Purpose::Metadata, span, sources);
        let source = read.map_err(|fault| faults.push(fault)).ok()?;
        Some((source, text_of(source, sources)?))
    } else {
        None
    };
    let stem = Path::new(name).file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    let theme = match &file {
        Some((source, text)) => Theme::File(stem, themes::File { source: *source, text }),
        None => Theme::Named(name),
    };
    let own = manifest.design.and_then(|source| Some((source, text_of(source, sources)?)));
    let own = own.as_ref().map(|(source, text)| themes::File { source: *source, text });
    themes::design(theme, own, faults)
}

/// Reads the manifest of a folder and, for an mdBook, its `SUMMARY.md`.
fn read_manifest(kind: Kind, folder: &Folder, sources: &mut SourceFiles, faults: &mut Vec<Diagnostic>) -> Manifest {
    let source = match folder.read_text(kind.file_name(), Purpose::Chapter, None, sources) {
        Ok(source) => source,
        Err(fault) => {
            faults.push(fault);
            return Manifest::default();
        }
    };
    let text_of = |source, sources: &SourceFiles| sources.get(source).map(|file| file.text.clone()).unwrap_or_default();
    let text = text_of(source, sources);
    match kind {
        Kind::Pressmark => manifest::read(&text, source, faults),
        Kind::MdBook => {
            let MdBook { mut manifest, folder: chapters } = mdbook::read(&text, source, faults);
            let Some(base) = normalize("", &format!("{chapters}/{}", mdbook::SUMMARY)) else {
                faults.push(files::outside(folder.shown(mdbook::FILE_NAME), &chapters));
                return manifest;
            };
            match folder.read_text(&base, Purpose::Chapter, None, sources) {
                Ok(source) => {
                    let entries = summary::read(&text_of(source, sources), source, faults);
                    let files = entries.into_iter().map(|entry| Listed {
                        path: entry.address,
                        span: entry.span,
                        matter: entry.matter,
                        level: entry.level,
                        number: entry.number,
                        title: Some(entry.title).filter(|title| !title.is_empty()),
                        part: entry.part,
                    });
                    manifest.contents = Contents { base, files: files.collect(), lists_body: true };
                }
                Err(fault) => faults.push(fault),
            }
            manifest
        }
    }
}

/// What is cited, and how.
#[derive(Default)]
struct Cited {
    bibliography: Vec<SourceId>,
    style: Option<CitationStyle>,
}

/// Reads what the files say at their tops, and the files that are named there and in the manifest.
///
/// What the first file says is said of the book, unless a manifest lists several files; what the manifest says stands
/// above it. Any other file's title is its own.
fn add_front_matter(
    folder: &Folder,
    kind: Option<Kind>,
    manifest: &mut Manifest,
    files: &mut [ManuscriptFile],
    sources: &mut SourceFiles,
    faults: &mut Vec<Diagnostic>,
) -> Cited {
    let mut named: Vec<(String, Named)> = manifest.bibliography.drain(..).map(|named| (String::new(), named)).collect();
    let mut style = manifest.citation_style.take().map(|named| (String::new(), named));
    let speaks_first = kind.is_none() || files.len() == 1;
    for (index, file) in files.iter_mut().enumerate() {
        let Some(source) = sources.get(file.source) else { continue };
        let Some(said) = front_matter::read(&source.text, file.source, faults) else { continue };
        let FrontMatter { mut book, bibliography, citation_style } = said;
        named.extend(bibliography.into_iter().map(|named| (file.path.clone(), named)));
        style = style.or_else(|| citation_style.map(|named| (file.path.clone(), named)));
        let of_book = speaks_first && index == 0;
        if !of_book || !manifest.book.metadata.title.is_empty() {
            let title = Some(std::mem::take(&mut book.metadata.title)).filter(|title| !title.is_empty());
            file.title = file.title.take().or(title);
        }
        if of_book {
            manifest.book.complete_from(book);
        } else {
            manifest.book.add_variables(book);
        }
    }

    let mut read = |(base, Named { name, span }): (String, Named)| {
        // Pandoc's paths start where it is called: in the project's folder, as a rule.
        let ways = [normalize(&base, &name), normalize("", &name)];
        let there = ways.iter().flatten().find(|path| folder.has(path));
        let Some(path) = there.or(ways[0].as_ref()) else {
            faults.push(files::outside(span, &name));
            return None;
        };
        read_once(folder, path, Purpose::Metadata, span, sources).map_err(|fault| faults.push(fault)).ok()
    };
    let mut seen = BTreeSet::new();
    Cited {
        bibliography: named.into_iter().filter_map(&mut read).filter(|source| seen.insert(*source)).collect(),
        style: style.and_then(|(base, named)| {
            let name = named.name.trim();
            let address = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://"));
            let is_file = name.to_ascii_lowercase().ends_with(".csl");
            match address {
                None if name.is_empty() => None,
                None if is_file => read((base, named)).map(CitationStyle::File),
                None => Some(CitationStyle::Named(name.to_owned())),
                // Styles are known by the last part of their address.
                Some(address) => {
                    let last = address.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
                    Some(CitationStyle::Named(last.trim_end_matches(".csl").to_owned()))
                }
            }
        }),
    }
}

/// `name`, with what can't be in the name of a file replaced.
fn file_name(name: &str) -> String {
    if values::is_file_name(name) {
        return name.to_owned();
    }
    let kept = |c: char| if c.is_alphanumeric() || matches!(c, ' ' | '.' | '_') { c } else { '-' };
    let name: String = name.chars().map(kept).take(50).collect();
    let name = name.trim_start_matches(['.', ' ', '-']);
    if name.is_empty() { "book".to_owned() } else { name.to_owned() }
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
mod tests;
