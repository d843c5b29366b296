//! pressmark turns a Markdown manuscript into a print-ready PDF and an EPUB, from one shared layout model.
//!
//! # The map
//!
//! [`build`] is the pipeline, in one function. Each stage is a function from plain values to plain values, and findings
//! travel beside the result:
//!
//! ```text
//! path ─► project ─► manuscript ─► apparatus ─► Document ─┐                 ┌─► pdf  ─► NAME.pdf… ─┐
//!            │                                            ├─► layout ─► Book ┤                      ├─► release ─► NAME.json
//!            └─► graphic, font, style ────────────────────┘                 └─► epub ─► NAME.epub ─┘
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | [`project`] | a path → the book's files, what is said of it, where the outputs go; reads every file |
//! | [`manuscript`] | source text → divisions of the [`document`], model 1: what the author wrote |
//! | [`apparatus`] | numbers, references, citations, the index: fills in what the author left to the program |
//! | [`graphic`], [`font`], [`style`] | images, faces and designs: measured, and the same for both editions |
//! | [`target`] | what a printer, a shop or a screen asks of a PDF, as data |
//! | [`math`] | TeX → glyphs, MathML and words, from one parse |
//! | [`layout`] | document → [`layout::book::Book`], model 2: what both editions are written from |
//! | [`pdf`], [`epub`] | book → the bytes of an edition; neither knows of the other |
//! | [`preflight`](mod@preflight) | book and bytes of an edition → what a printer, a shop or a reader would send back |
//! | [`release`] | describes the files of a build, and writes all or none |
//! | [`diagnostics`], [`geometry`], [`terms`] | findings, distances, and words in the book's language, used by all |
//! | [`labels`] | what a label or an address within the book names |
//!
//! The library never prints, reads no clock and no environment, and does not panic on input. The same input gives the
//! same bytes, on one thread or many. Why things are as they are: [`decisions`].

pub mod apparatus;
pub mod diagnostics;
pub mod document;
pub mod epub;
pub mod font;
pub mod geometry;
pub mod graphic;
pub mod labels;
pub mod layout;
pub mod manuscript;
pub mod math;
pub mod pdf;
pub mod preflight;
pub mod project;
pub mod release;
pub mod style;
pub mod target;
pub mod terms;

#[doc = include_str!("decisions.md")]
pub mod decisions {}

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use apparatus::{CitationStyle, Library};
use diagnostics::codes::{self, Deny};
use diagnostics::{Diagnostic, Place, Severity, SourceFiles};
pub use document::Edition;
use document::{Block, BlockKind, Document, Inline, InlineKind, Metadata, Node, NodeId, walk};
use font::{FontBook, Needs};
use graphic::{GraphicId, Graphics};
use layout::book::Book;
use preflight::FileKind;
use project::{Opening, Override, Project};
use rayon::prelude::*;
use release::FileEntry;
use style::Style;
use target::Target;
use target::store::Store;

/// What to build.
#[derive(Clone, Debug, Default)]
pub struct BuildRequest {
    /// A Markdown file, a manifest, or a folder.
    pub path: PathBuf,
    /// Where the outputs go, if not to the project's `build/`.
    pub out: Option<PathBuf>,
    /// The one output that is wanted; the print edition and the e-book if `None`.
    pub only: Option<Output>,
    /// Values above those of the manifest.
    pub set: Vec<Override>,
    /// Warnings that count as errors, beside those that the manifest names.
    pub deny: Vec<Deny>,
    /// How many threads work at a time; as many as the machine has processors if `None`.
    pub jobs: Option<NonZeroUsize>,
    /// The environment's `SOURCE_DATE_EPOCH`.
    pub source_date_epoch: Option<String>,
    /// What PDFs are made for, the default target first; as the manifest says if empty.
    pub targets: Vec<String>,
}

/// A file that a build can write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The print edition, `NAME.pdf`.
    Pdf,
    /// The e-book, `NAME.epub`, with what goes beside it: the stores' cover, `NAME-cover.jpg`, and the description for the
    /// trade, `NAME.onix.xml`, where the project asks for one.
    Epub,
    /// The pages of print as an e-book, `NAME-fixed.epub`: written only where it is asked for.
    FixedEpub,
}

/// What came of a build.
#[derive(Debug, Default)]
pub struct BuildOutcome {
    /// The paths of the files that were written; empty if there was an error.
    pub written: Vec<PathBuf>,
    /// How many pages the print edition has, made for the default target.
    pub pages: usize,
    /// Every finding, in the order to show them.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the findings point at.
    pub sources: SourceFiles,
}

/// How a build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The files are written.
    Done,
    /// The manuscript or its manifest has errors.
    Faulty,
    /// The path, the environment or the disk is at fault, not the manuscript.
    Impossible,
}

impl Status {
    /// What findings say of it.
    fn of(diagnostics: &[Diagnostic]) -> Self {
        const NOT_THE_MANUSCRIPTS: [&str; 6] =
            ["failed-threads", "invalid-epoch", "no-such-path", "unknown-file", "unreadable-file", "unwritable-output"];
        let mut errors = diagnostics.iter().filter(|finding| finding.severity == Severity::Error).peekable();
        if errors.peek().is_none() {
            Self::Done
        } else if errors.any(|error| NOT_THE_MANUSCRIPTS.contains(&error.code)) {
            Self::Impossible
        } else {
            Self::Faulty
        }
    }
}

impl BuildOutcome {
    /// How the build ended.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.diagnostics)
    }
}

/// Builds the editions of the book at a path, and writes `NAME.pdf` for the default target, `NAME-TARGET.pdf` for each other,
/// `NAME.epub` and the release manifest `NAME.json`. If there is an error among the findings, nothing is written, and
/// earlier outputs are as they were.
///
/// The result depends on the request and on the files alone, not on the number of threads.
#[must_use]
pub fn build(request: &BuildRequest) -> BuildOutcome {
    let mut outcome = BuildOutcome::default();
    let jobs = request.jobs.map_or(0, NonZeroUsize::get);
    match rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK).build() {
        Ok(threads) => threads.install(|| run(request, &mut outcome)),
        Err(error) => outcome.diagnostics.push(failed_threads(&error)),
    }
    diagnostics::order(&mut outcome.diagnostics);
    outcome
}

/// The stack of each thread, in bytes: what a program's first thread has on most systems.
const STACK: usize = 8 << 20;

/// What was read of a manuscript: all that a layout needs.
struct Reading {
    project: Project,
    document: Document,
    graphics: Graphics,
    images: BTreeMap<NodeId, GraphicId>,
}

/// Reads the manuscript at a path as a build does, with all that is numbered, cited and referred to filled in, and writes
/// nothing. `None` where there is an error among the findings.
#[must_use]
pub fn read(request: &BuildRequest) -> (Option<Document>, Vec<Diagnostic>) {
    let (mut sources, mut diagnostics) = (SourceFiles::default(), Vec::new());
    let reading = read_manuscript(request, &mut sources, &mut diagnostics, &mut Vec::new());
    diagnostics::order(&mut diagnostics);
    (reading.map(|reading| reading.document), diagnostics)
}

/// The stages of a build before the layout, in order. Adds to `denied` the warnings that the project counts as errors.
fn read_manuscript(
    request: &BuildRequest,
    sources: &mut SourceFiles,
    diagnostics: &mut Vec<Diagnostic>,
    denied: &mut Vec<Deny>,
) -> Option<Reading> {
    let opening = Opening {
        path: &request.path,
        out: request.out.as_deref(),
        set: &request.set,
        source_date_epoch: request.source_date_epoch.as_deref(),
        targets: &request.targets,
    };
    let mut project = project::open(&opening, sources, diagnostics)?;
    denied.append(&mut project.deny);
    let settings = manuscript::Settings { language: project.metadata(&[]).language, ..project.settings.clone() };
    let mut include =
        |address: &str, base: &str, span, sources: &mut SourceFiles| project.include(address, base, span, sources);
    let (divisions, mut findings) = manuscript::read(&project.files, &settings, sources, &mut include);
    if project::is_empty(&divisions) {
        // One message is enough for nothing at all.
        diagnostics.push(
            Diagnostic::error(
                "empty-manuscript",
                project.place.clone(),
                "there is nothing to print in this manuscript",
            )
            .help("write some words"),
        );
        return None;
    }
    diagnostics.append(&mut findings);
    let mut document = Document { metadata: project.metadata(&divisions), divisions };
    let (library, mut findings) = Library::read(sources, &project.bibliography, &citation_style(&project));
    diagnostics.append(&mut findings);
    diagnostics.append(&mut apparatus::resolve(&mut document, &settings, &library));
    let (graphics, images, mut findings) = project.images(&document.divisions);
    diagnostics.append(&mut findings);
    if has_errors(diagnostics) {
        // There will be no layout to tell of them.
        diagnostics.append(&mut layout::check_links(&document));
        return None;
    }
    Some(Reading { project, document, graphics, images })
}

/// A book, laid out and written, before anything is on the disk.
struct Made {
    project: Project,
    layouts: Layouts,
    /// The editions and what goes beside them.
    files: Vec<EditionFile>,
}

/// The stages of a build up to the files, in order. `None` where there is an error among the findings.
fn make(
    request: &BuildRequest,
    sources: &mut SourceFiles,
    diagnostics: &mut Vec<Diagnostic>,
    denied: &mut Vec<Deny>,
) -> Option<Made> {
    let Reading { mut project, document, graphics, images } = read_manuscript(request, sources, diagnostics, denied)?;

    let fonts = Arc::new(find_fonts(&mut project, &document, diagnostics));
    check_faces(&project, &fonts, diagnostics);
    if has_errors(diagnostics) {
        return None;
    }
    let mut style = project.style.clone();
    style.hyphenation.exceptions = std::mem::take(&mut project.hyphenation);
    for (language, _) in style.hyphenation.exceptions.iter_mut().filter(|(language, _)| language.is_empty()) {
        language.clone_from(&document.metadata.language);
    }
    let material = Material { document, fonts, graphics, images };
    let wanted: Vec<&Target> = project.targets.iter().chain(&project.page_list).collect();
    let layouts = match lay_out(&material, &style, &wanted) {
        Ok((layouts, mut findings)) => {
            diagnostics.append(&mut findings);
            layouts
        }
        Err(fault) => {
            diagnostics.push(fault);
            return None;
        }
    };
    codes::deny(diagnostics, denied);
    if has_errors(diagnostics) {
        return None;
    }
    let (files, mut findings) = match write_editions(&layouts, request.only, &project) {
        Ok(files) => files,
        Err(mut findings) => {
            diagnostics.append(&mut findings);
            return None;
        }
    };
    diagnostics.append(&mut findings);
    Some(Made { project, layouts, files })
}

/// The stages of a build, in order.
fn run(request: &BuildRequest, outcome: &mut BuildOutcome) {
    let BuildOutcome { written, pages, diagnostics, sources } = outcome;
    let mut denied = request.deny.clone();
    let made = make(request, sources, diagnostics, &mut denied);
    let books = || made.iter().flat_map(|made| made.layouts.of(&made.project.targets));
    *pages = books().next().map_or(0, |(_, book)| book.pagination.pages.len());
    for (target, book) in books() {
        diagnostics.append(&mut target.check(book.style.page.trim, book.pagination.pages.len()));
    }
    codes::deny(diagnostics, &denied);
    let Some(Made { project, layouts, files }) = made.filter(|_| !has_errors(diagnostics)) else { return };
    let files = with_release_manifest(layouts.page_list(&project), files, &project, diagnostics);
    match release::write_all(&project.output, &files) {
        Ok(paths) => *written = paths,
        Err((path, error)) => diagnostics.push(
            Diagnostic::error(
                "unwritable-output",
                path.clone(),
                format!("`{}` can't be written: {error}", path.display()),
            )
            .help("give another folder with `--out`, or see that you may write there"),
        ),
    }
}

/// What to look over before it goes out.
#[derive(Clone, Debug, Default)]
pub struct PreflightRequest {
    /// PDFs and e-books, told by their content; and manuscripts, as for a build, which would write the files to look over.
    pub paths: Vec<PathBuf>,
    /// What PDFs are made for; the manifest's for a manuscript if empty, and what is known of it for a file.
    pub targets: Vec<String>,
    /// The stores that e-books are for; all that are known if empty.
    pub stores: Vec<String>,
    /// Values above those of the manifest.
    pub set: Vec<Override>,
    /// Warnings that count as errors, beside those that a manuscript's manifest names.
    pub deny: Vec<Deny>,
    /// How many threads work at a time; as many as the machine has processors if `None`.
    pub jobs: Option<NonZeroUsize>,
    /// The environment's `SOURCE_DATE_EPOCH`.
    pub source_date_epoch: Option<String>,
}

impl PreflightRequest {
    /// How the manuscript at a path is built.
    fn build(&self, path: &Path) -> BuildRequest {
        BuildRequest {
            path: path.to_owned(),
            targets: self.targets.clone(),
            set: self.set.clone(),
            source_date_epoch: self.source_date_epoch.clone(),
            ..BuildRequest::default()
        }
    }
}

/// What came of a preflight.
#[derive(Debug, Default)]
pub struct PreflightOutcome {
    /// The files that were looked over: their paths, as a build would write them where they are made from a manuscript.
    pub checked: Vec<PathBuf>,
    /// Every finding, in the order to show them.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the findings point at.
    pub sources: SourceFiles,
}

impl PreflightOutcome {
    /// How the preflight ended: [`Status::Faulty`] where something is wrong.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.diagnostics)
    }
}

/// Looks over files, and what a build would write of manuscripts, read back. Nothing is written. What is wrong for everybody
/// or for the target is an error, what may be wrong is a warning; those of the build are among them.
///
/// A PDF that lies where a build put it is known by the release manifest beside it: without targets it is held against its
/// own, and where a build would write the same bytes again, findings point at the words of the manuscript.
#[must_use]
pub fn preflight(request: &PreflightRequest) -> PreflightOutcome {
    let mut outcome = PreflightOutcome::default();
    let jobs = request.jobs.map_or(0, NonZeroUsize::get);
    match rayon::ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK).build() {
        Ok(threads) => threads.install(|| {
            for path in &request.paths {
                look_over(path, request, &mut outcome);
            }
        }),
        Err(error) => outcome.diagnostics.push(failed_threads(&error)),
    }
    diagnostics::order(&mut outcome.diagnostics);
    outcome
}

/// Looks over what is at a path.
fn look_over(path: &Path, request: &PreflightRequest, outcome: &mut PreflightOutcome) {
    // What the command line denies is told with all else, and keeps nothing from being looked over.
    let (mut found, mut denied) = (Vec::new(), Vec::new());
    match preflight::open(path) {
        Ok(None) => look_over_book(path, request, &mut found, &mut denied, outcome),
        Ok(Some((FileKind::Pdf, content))) => look_over_pdf(path, &content, request, &mut found, outcome),
        Ok(Some((FileKind::Epub, content))) => look_over_epub(path, &content, request, &mut found, outcome),
        Err(fault) => found.push(fault),
    }
    denied.extend(request.deny.iter().copied());
    codes::deny(&mut found, &denied);
    outcome.diagnostics.append(&mut found);
}

/// Looks over what a build would write of a manuscript.
fn look_over_book(
    path: &Path,
    request: &PreflightRequest,
    found: &mut Vec<Diagnostic>,
    denied: &mut Vec<Deny>,
    outcome: &mut PreflightOutcome,
) {
    let made = make(&request.build(path), &mut outcome.sources, found, denied);
    let Some(made) = made else { return };
    let Made { project, layouts, files } = &made;
    for (target, book) in layouts.of(&project.targets) {
        let name = pdf_name(project, target);
        let Some((_, content)) = files.iter().find(|(entry, _)| entry.name == name) else { continue };
        let path = project.output.join(name);
        found.append(&mut preflight::check_pdf(content, &path.to_string_lossy(), Some(target), Some(book)));
        outcome.checked.push(path);
    }
    match project::stores(&request.stores, project) {
        Ok(stores) => look_over_ebooks(&made, &stores, found, outcome),
        Err(mut faults) => found.append(&mut faults),
    }
}

/// Looks over a PDF that is there: for each target that was asked for, else for the one that it is known to be made for.
fn look_over_pdf(
    path: &Path,
    content: &[u8],
    request: &PreflightRequest,
    found: &mut Vec<Diagnostic>,
    outcome: &mut PreflightOutcome,
) {
    let folder = project::around(path);
    let own = release::entry_of(path, content).and_then(|entry| entry.target);
    let sources = &mut outcome.sources;
    let targets = if !request.targets.is_empty() {
        project::targets(&folder, &request.targets, sources, found)
    } else if let Some(own) = &own {
        // The project may be elsewhere, and know another target by now.
        project::targets(&folder, std::slice::from_ref(own), sources, &mut Vec::new())
    } else {
        Vec::new()
    };
    if targets.is_empty() && !request.targets.is_empty() {
        return;
    }
    let own = targets.iter().find(|target| own.as_ref() == Some(&target.name));
    let book = own.and_then(|target| remake(&folder, target, content, request, sources));
    let name = path.to_string_lossy();
    if targets.is_empty() {
        found.append(&mut preflight::check_pdf(content, &name, None, None));
    }
    for target in &targets {
        let book = book.as_ref().filter(|_| own.is_some_and(|own| own.name == target.name));
        found.append(&mut preflight::check_pdf(content, &name, Some(target), book));
    }
    outcome.checked.push(path.to_owned());
}

/// The book that a PDF was made from, where a build of the project in `folder` would write the same bytes again.
fn remake(
    folder: &Path,
    target: &Target,
    content: &[u8],
    request: &PreflightRequest,
    sources: &mut SourceFiles,
) -> Option<Book> {
    let targets = vec![target.name.clone()];
    let build = BuildRequest { targets, only: Some(Output::Pdf), ..request.build(folder) };
    let mut made = make(&build, sources, &mut Vec::new(), &mut Vec::new())?;
    let same = made.files.iter().any(|(_, written)| written == content);
    same.then(|| made.layouts.books.swap_remove(made.layouts.chosen[0]))
}

/// Looks over the e-books among the files of a build, and the cover that stores are given beside them.
fn look_over_ebooks(
    Made { project, layouts, files }: &Made,
    stores: &[Store],
    found: &mut Vec<Diagnostic>,
    outcome: &mut PreflightOutcome,
) {
    let book = layouts.page_list(project);
    for (FileEntry { name, .. }, content) in files {
        let path = project.output.join(name);
        let shown = path.to_string_lossy();
        if name.ends_with(EPUB) {
            found.append(&mut preflight::check_epub(content, &shown, stores, project.ebook_budget, Some(book)));
        } else if name.ends_with(STORE_COVER) {
            found.append(&mut preflight::check_cover(content, &shown, stores));
        } else {
            continue;
        }
        outcome.checked.push(path);
    }
}

/// Looks over an e-book that is there, as the stores do that the project around it knows.
fn look_over_epub(
    path: &Path,
    content: &[u8],
    request: &PreflightRequest,
    found: &mut Vec<Diagnostic>,
    outcome: &mut PreflightOutcome,
) {
    match project::stores_in(&project::around(path), &request.stores, &mut outcome.sources) {
        Ok((stores, budget)) => {
            found.append(&mut preflight::check_epub(content, &path.to_string_lossy(), &stores, budget, None));
            outcome.checked.push(path.to_owned());
        }
        Err(mut faults) => found.append(&mut faults),
    }
}

fn failed_threads(error: &rayon::ThreadPoolBuildError) -> Diagnostic {
    Diagnostic::error("failed-threads", Place::Project, format!("the threads can't be started: {error}"))
        .help("ask for fewer with `--jobs`")
}

/// What is laid out, once for each page that the targets ask for.
struct Material {
    document: Document,
    fonts: Arc<FontBook>,
    graphics: Graphics,
    images: BTreeMap<NodeId, GraphicId>,
}

/// The book on each page that the targets ask for, and which target has which.
struct Layouts {
    books: Vec<Book>,
    chosen: Vec<usize>,
}

impl Layouts {
    /// Each target with its book.
    fn of<'a>(&'a self, targets: &'a [Target]) -> impl Iterator<Item = (&'a Target, &'a Book)> {
        targets.iter().zip(self.chosen.iter().filter_map(|index| self.books.get(*index)))
    }

    /// Gives the targets that take pairs of pages a book with an even number of them.
    fn make_even(&mut self, targets: &[&Target]) {
        let mut known: BTreeMap<usize, usize> = BTreeMap::new();
        for (target, chosen) in targets.iter().zip(&mut self.chosen) {
            let Some(book) = self.books.get(*chosen).filter(|_| target.even_pages) else { continue };
            if book.pagination.pages.len().is_multiple_of(2) {
                continue;
            }
            *chosen = *known.entry(*chosen).or_insert_with_key(|&odd| {
                let mut even = self.books[odd].clone();
                even.pagination.make_even();
                self.books.push(even);
                self.books.len() - 1
            });
        }
    }

    /// The book whose pages the e-book names: that of the target which the project names for it, which is laid out after
    /// all others; else that of the first target for paper, else of the first.
    fn page_list(&self, project: &Project) -> &Book {
        let listed = match project.page_list {
            Some(_) => project.targets.len(),
            None => project.targets.iter().position(Target::is_print).unwrap_or(0),
        };
        &self.books[self.chosen.get(listed).copied().unwrap_or(0)]
    }
}

/// Lays the book out for every target: once for those whose pages agree, and again where its number of pages asks for a wider
/// gutter. Margins only grow on the way, so that this ends: after as many rounds as a target has gutters, at most.
///
/// # Errors
/// `unfit-page` where a target's margins leave no page.
fn lay_out(material: &Material, base: &Style, targets: &[&Target]) -> Result<(Layouts, Vec<Diagnostic>), Diagnostic> {
    let mut layouts = Layouts { books: Vec::new(), chosen: Vec::new() };
    let mut pages: Vec<(style::PageGeometry, usize, bool)> = Vec::new();
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    for target in targets {
        let mut style = if target.is_print() { target.fit(base, 0, false)? } else { base.clone() };
        let chosen = loop {
            let index = pages.iter().position(|(page, ..)| *page == style.page).unwrap_or_else(|| {
                let Material { document, fonts, graphics, images } = material;
                let page = style.page;
                let (book, found) =
                    layout::lay_out(document.clone(), style.clone(), fonts.clone(), graphics.clone(), images.clone());
                pages.push((page, book.pagination.pages.len(), book.bleeds()));
                layouts.books.push(book);
                // What is wrong on every page is said once.
                findings.extend(found.into_iter().filter(|finding| known.insert(format!("{finding:?}"))));
                layouts.books.len() - 1
            });
            let (_, count, bleeds) = pages[index];
            let fitted = if target.is_print() { target.fit(&style, count, bleeds)? } else { style.clone() };
            if fitted.page == style.page {
                break index;
            }
            style = fitted;
        };
        layouts.chosen.push(chosen);
    }
    layouts.make_even(targets);
    Ok((layouts, findings))
}

/// The style of citations that the project asks for.
fn citation_style(project: &Project) -> CitationStyle {
    match &project.citation_style {
        None => CitationStyle::AuthorDate,
        Some(project::CitationStyle::Named(name)) => CitationStyle::Named(name.clone()),
        Some(project::CitationStyle::File(file)) => CitationStyle::File(*file),
    }
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|finding| finding.severity == Severity::Error)
}

/// The bundled faces and the project's, with those of the machine that fill in where they are allowed; a face is chosen for
/// each script of the book.
fn find_fonts(project: &mut Project, document: &Document, diagnostics: &mut Vec<Diagnostic>) -> FontBook {
    let (paths, files): (Vec<PathBuf>, Vec<Vec<u8>>) = std::mem::take(&mut project.fonts).into_iter().unzip();
    let (mut fonts, unusable) = FontBook::load(files);
    for path in unusable.into_iter().filter_map(|index| paths.get(index)) {
        diagnostics.push(
            Diagnostic::warning("unusable-font", path.clone(), "this file holds no face that can be used")
                .help("give an OpenType or TrueType font with outlines, or take the file out"),
        );
    }
    fonts.choose(&characters(document), project.system_fonts);
    fonts
}

/// Finds the typefaces that the project names among its fonts and the program's.
fn check_faces(project: &Project, fonts: &FontBook, diagnostics: &mut Vec<Diagnostic>) {
    let families = fonts.families();
    for face in &project.faces {
        let name = project.style.typefaces.name(face.family);
        if !families.iter().any(|family| family.eq_ignore_ascii_case(name)) {
            let help = diagnostics::nearest(name, families.iter().copied()).map_or_else(
                || {
                    format!(
                        "put its font files into the project's `fonts` folder, or name one of `{}`",
                        families.join("`, `")
                    )
                },
                |nearest| format!("the nearest family is `{nearest}`"),
            );
            diagnostics.push(
                Diagnostic::error("unknown-face", face.span, format!("there is no typeface `{name}`")).help(help),
            );
        }
    }
}

/// Every character that the book may show, with its language. Linear in the document.
fn characters(document: &Document) -> Needs {
    let Metadata { title, subtitle, short_title, authors, publisher, date, language, .. } = &document.metadata;
    let mut needs = Needs::default();
    for text in [title, subtitle, short_title, publisher, date].into_iter().chain(authors) {
        needs.add(text, language);
    }
    for text in layout::imprint::lines(&document.metadata).iter().flatten() {
        needs.add(text, language);
    }
    for word in terms::words(language) {
        needs.add(word, language);
    }
    document.for_each_text(&mut |text, _, language| needs.add(text, language));
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| match node {
            Node::Block(Block { kind: BlockKind::Formula(formula), .. })
            | Node::Inline(Inline { kind: InlineKind::Formula(formula), .. }) => needs.add(&formula.tex, language),
            Node::Block(_) | Node::Inline(_) => {}
        });
        project::for_each_image(division, |image| {
            needs.add(&image.alt, language);
            needs.add(image.stand_in(), language);
        });
    }
    needs
}

/// A file's entry in the release manifest, which lists the editions, and its content.
type EditionFile = (FileEntry, Vec<u8>);

/// Writes the editions that are wanted and what goes beside them, side by side, with what there is to say of them.
fn write_editions(
    layouts: &Layouts,
    only: Option<Output>,
    project: &Project,
) -> Result<(Vec<EditionFile>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let wanted = |output| only.map_or(output != Output::FixedEpub, |only| only == output);
    let made: Vec<(&Target, &Book)> = layouts.of(&project.targets).filter(|_| wanted(Output::Pdf)).collect();
    let listed = layouts.page_list(project);
    let (pdfs, ebooks) = rayon::join(
        || made.par_iter().map(|(target, book)| pdf::write_for(book, target)).collect::<Vec<_>>(),
        || write_ebooks(listed, &wanted, project),
    );
    let (mut files, mut findings, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let mut failed = |name: &str, reason: &str| {
        faults.push(
            Diagnostic::error("failed-edition", Place::Project, format!("{name} could not be written: {reason}"))
                .help("build with `--only` for the other edition, and report this as a fault of the program"),
        );
    };
    for ((target, book), result) in made.into_iter().zip(pdfs) {
        let name = pdf_name(project, target);
        match result {
            Ok(written) => {
                findings.extend(written.findings(target));
                let pages = book.pagination.pages.len();
                let entry = FileEntry::of(name, &written.bytes, pages).made_for(&target.name, written.total_ink);
                files.push((entry, written.bytes));
            }
            Err(reason) => failed(&name, &reason),
        }
    }
    let pages = listed.pagination.pages.iter().filter(|page| page.starts_at.is_some()).count();
    for (ending, result) in ebooks {
        let name = format!("{}{ending}", project.name);
        match result {
            Ok(content) => files.push((FileEntry::of(name, &content, pages), content)),
            Err(reason) => failed(&name, &reason),
        }
    }
    if faults.is_empty() { Ok((files, findings)) } else { Err(faults) }
}

/// Writes the e-books that are wanted, with the cover for stores and the description for the trade: the end of each name, and
/// the content.
fn write_ebooks(
    book: &Book,
    wanted: &(impl Fn(Output) -> bool + Sync),
    project: &Project,
) -> Vec<(&'static str, Result<Vec<u8>, String>)> {
    let options = epub::Options { embed_fonts: project.embed_fonts };
    let flowing = wanted(Output::Epub);
    let ((epub, cover), fixed) = rayon::join(
        || rayon::join(|| flowing.then(|| epub::write(book, options)), || flowing.then(|| epub::store_cover(book))),
        || wanted(Output::FixedEpub).then(|| epub::write_fixed(book, options)),
    );
    let onix = match &epub {
        Some(Ok(content)) if project.onix => Some(Ok(epub::describe(book, content.len()).into_bytes())),
        Some(_) | None => None,
    };
    let made = [(EPUB, epub), (FIXED_EPUB, fixed), (STORE_COVER, cover), (".onix.xml", onix)];
    made.into_iter().filter_map(|(ending, result)| Some((ending, result?))).collect()
}

/// The end of the e-book's name.
const EPUB: &str = ".epub";

/// The end of the name of the stores' cover.
const STORE_COVER: &str = "-cover.jpg";

/// The end of the name of the pages as an e-book.
const FIXED_EPUB: &str = "-fixed.epub";

/// The name of the PDF for a target: the default one's has none in it.
fn pdf_name(project: &Project, target: &Target) -> String {
    match project.targets.first() {
        Some(default) if default.name != target.name => format!("{}-{}.pdf", project.name, target.name),
        Some(_) | None => format!("{}.pdf", project.name),
    }
}

/// The names and contents of all files to write: the editions, and the release manifest, in which an edition that was not
/// asked for keeps the entry that it has.
fn with_release_manifest(
    book: &Book,
    editions: Vec<EditionFile>,
    project: &Project,
    diagnostics: &[Diagnostic],
) -> Vec<(String, Vec<u8>)> {
    let name = format!("{}.json", project.name);
    let ebooks = [EPUB, FIXED_EPUB].map(|ending| format!("{}{ending}", project.name));
    let names = project.targets.iter().map(|target| pdf_name(project, target)).chain(ebooks);
    let entries = names.filter_map(|file| {
        let new = editions.iter().map(|(entry, _)| entry).find(|entry| entry.name == file).cloned();
        new.or_else(|| release::entry_in(&project.output.join(&name), &file))
    });
    let manifest = release::describe(book, entries.collect(), diagnostics);
    let mut files: Vec<(String, Vec<u8>)> =
        editions.into_iter().map(|(entry, content)| (entry.name, content)).collect();
    files.push((name, release::render_manifest(&manifest)));
    files
}
