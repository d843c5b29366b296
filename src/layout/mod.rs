//! Document → [`Book`]: lines, pages and the ways into them.
//!
//! [`lay_out`] resolves references, sets each chapter on its own (chapters in parallel), numbers the pages, and sets the
//! contents until page numbers no longer change. It knows nothing of Markdown or of file formats. Start there.

pub mod book;
mod content;
mod figure;
mod flow;
pub mod hyphenation;
pub mod line_breaking;
mod matter;
pub mod page_breaking;
mod pages;
mod paragraph;
mod references;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostics::Diagnostic;
use crate::document::{BlockKind, Document, Matter, NodeId, plain_text};
use crate::font::FontBook;
use crate::geometry::{Length, Rect};
use crate::graphic::{GraphicId, Graphics};
use crate::style::{Numbering, Opening, RunningHeads, Side, Style};
use book::{Book, ContentsEntry, Facts, Frame, Navigation, Page, PageLabel, Pagination};
use flow::FlowBuilder;
use pages::Draft;
use paragraph::Composer;

/// Page numbers that feed back into the contents are settled within so many rounds.
const ROUNDS: usize = 5;

/// Lays out `document` in `style`. `images` names the decoded image of each figure or inline image that has one. Linear in
/// the document.
#[must_use]
pub fn lay_out(
    document: Document,
    style: Style,
    fonts: Arc<FontBook>,
    graphics: Graphics,
    images: BTreeMap<NodeId, GraphicId>,
) -> (Book, Vec<Diagnostic>) {
    let mut facts = Facts { images, ..Facts::default() };
    let mut diagnostics = references::resolve(&document, &mut facts);
    let language = document.metadata.language.clone();
    let chapters = chapters(&document, &style);
    let first_side = Side::Recto;
    let drafted: Vec<(Vec<Draft>, Vec<Diagnostic>)> = chapters
        .par_iter()
        .map(|chapter| {
            let composer = Composer::new(&fonts, style.typefaces, &language);
            let mut builder = FlowBuilder::new(&style, &facts, &graphics, composer);
            for &division in &chapter.divisions {
                builder.add_division(&document.divisions[division]);
            }
            let FlowBuilder { flow, mut composer, .. } = builder;
            let sinkage = style.page.baseline * i64::from(style.sinkage);
            let drafts = pages::build(&flow, &style, first_side, sinkage, &mut composer);
            (drafts, composer.diagnostics)
        })
        .collect();
    let mut body = Vec::new();
    for (chapter, (drafts, found)) in chapters.iter().zip(drafted) {
        diagnostics.extend(found);
        body.push((chapter, drafts));
    }
    let mut composer = Composer::new(&fonts, style.typefaces, &language);
    let (pagination, navigation) = assemble(&document, &style, body, &mut composer, &mut diagnostics);
    diagnostics.append(&mut composer.diagnostics);
    (Book { document, style, fonts, graphics, facts, pagination, navigation }, diagnostics)
}

/// Divisions that are set as one flow.
struct Chapter {
    divisions: Vec<usize>,
    matter: Matter,
    title: String,
}

/// Divisions that run on share a flow; others have each their own.
fn chapters(document: &Document, style: &Style) -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for (number, division) in document.divisions.iter().enumerate() {
        match chapters.last_mut() {
            Some(chapter) if style.opening == Opening::RunOn && chapter.matter == division.matter => {
                chapter.divisions.push(number);
            }
            Some(_) | None => {
                let title = match division.heading().map(|block| &block.kind) {
                    Some(BlockKind::Heading { content, .. }) => plain_text(content),
                    Some(_) | None => String::new(),
                };
                chapters.push(Chapter { divisions: vec![number], matter: division.matter, title });
            }
        }
    }
    chapters
}

/// A page under way.
struct Sheet {
    draft: Draft,
    head: String,
    kind: SheetKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SheetKind {
    Title,
    Contents,
    Blank,
    Text,
}

impl Sheet {
    fn blank() -> Self {
        Self { draft: Draft::default(), head: String::new(), kind: SheetKind::Blank }
    }
}

/// Puts front matter, chapters and blanks in order, numbers them, and adds what depends on the numbers.
fn assemble(
    document: &Document,
    style: &Style,
    body: Vec<(&Chapter, Vec<Draft>)>,
    composer: &mut Composer<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Pagination, Navigation) {
    let mut text: Vec<Sheet> = Vec::new();
    for (chapter, drafts) in body {
        if style.opening == Opening::Recto && !text.len().is_multiple_of(2) {
            text.push(Sheet::blank());
        }
        for draft in drafts {
            text.push(Sheet { draft, head: chapter.title.clone(), kind: SheetKind::Text });
        }
    }
    let mut navigation = navigation(document, style, &text);
    let heading = contents_heading(&document.metadata.language);
    let title = matter::title_page(&document.metadata, style, composer);
    let mut front_pages = if navigation.entries.is_empty() { 2 } else { 4 };
    let mut contents = Vec::new();
    for round in 0.. {
        let labels = labels(front_pages, text.len(), style);
        let texts: Vec<String> = labels.iter().map(PageLabel::text).collect();
        for entry in &mut navigation.entries {
            entry.page += u32::try_from(front_pages).unwrap_or(0);
        }
        if !navigation.entries.is_empty() {
            contents = matter::contents(&navigation, &texts, style, heading, composer);
        }
        let needed = (2 + contents.len()).next_multiple_of(2);
        if needed <= front_pages {
            break;
        }
        if round + 1 == ROUNDS {
            diagnostics.push(Diagnostic::error(
                "unsettled-pages",
                crate::diagnostics::Place::Project,
                "the page numbers of the contents did not settle",
            ));
            break;
        }
        for entry in &mut navigation.entries {
            entry.page -= u32::try_from(front_pages).unwrap_or(0);
        }
        front_pages = needed;
    }
    let mut sheets = vec![Sheet { draft: title, head: String::new(), kind: SheetKind::Title }, Sheet::blank()];
    sheets.extend(contents.into_iter().map(|draft| Sheet { draft, head: String::new(), kind: SheetKind::Contents }));
    while sheets.len() < front_pages {
        sheets.push(Sheet::blank());
    }
    let labels = labels(front_pages, text.len(), style);
    sheets.append(&mut text);
    let pages = sheets
        .into_iter()
        .zip(labels)
        .enumerate()
        .map(|(index, (sheet, label))| page(sheet, label, index, document, style, composer))
        .collect();
    (Pagination { pages, places: BTreeMap::new() }, navigation)
}

fn page(
    sheet: Sheet,
    label: PageLabel,
    index: usize,
    document: &Document,
    style: &Style,
    composer: &mut Composer<'_>,
) -> Page {
    let side = if index.is_multiple_of(2) { Side::Recto } else { Side::Verso };
    let metadata = &document.metadata;
    let recto_head = match style.running_heads {
        RunningHeads::TitleAndChapter => sheet.head.as_str(),
        RunningHeads::TitleAndSubtitle => metadata.subtitle.as_str(),
    };
    let head = match side {
        _ if sheet.kind != SheetKind::Text || sheet.draft.opener => "",
        Side::Recto if !recto_head.is_empty() => recto_head,
        Side::Recto | Side::Verso => metadata.title.as_str(),
    };
    let folio = matches!(sheet.kind, SheetKind::Text | SheetKind::Contents);
    let furniture = matter::furniture(&matter::Furniture { label: &label, side, head, folio }, style, composer);
    let starts_at = sheet.draft.starts_at.filter(|_| sheet.kind == SheetKind::Text);
    let mut frames = Vec::new();
    if sheet.kind != SheetKind::Blank {
        frames.push(sheet.draft.frame(style, side));
    }
    if !furniture.is_empty() {
        let rect = Rect { origin: crate::geometry::Point::default(), size: style.page.trim };
        frames.push(Frame { rect, items: furniture });
    }
    Page { label, side, starts_at, frames }
}

/// The labels of all pages: the front's and the text's.
fn labels(front: usize, text: usize, style: &Style) -> Vec<PageLabel> {
    let number = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
    let separate = style.front_numbering == Numbering::LowerRoman;
    (0..front + text)
        .map(|index| match (index < front, separate) {
            (true, true) => PageLabel { numbering: Numbering::LowerRoman, number: number(index) },
            (false, true) => PageLabel { numbering: Numbering::Decimal, number: number(index - front) },
            (_, false) => PageLabel { numbering: Numbering::Decimal, number: number(index) },
        })
        .collect()
}

/// The headings that the contents lists, each with the index of its page among the pages of text.
fn navigation(document: &Document, style: &Style, text: &[Sheet]) -> Navigation {
    let mut places: BTreeMap<NodeId, (u32, Length)> = BTreeMap::new();
    for (index, sheet) in (0..).zip(text) {
        for (heading, top) in &sheet.draft.headings {
            places.insert(*heading, (index, *top + style.page.margins.top));
        }
    }
    let mut entries = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    for block in document.divisions.iter().flat_map(|division| &division.blocks) {
        let BlockKind::Heading { level, content, .. } = &block.kind else { continue };
        let title = plain_text(content);
        if *level > style.contents_depth || title.trim().is_empty() {
            continue;
        }
        let Some(&(page, top)) = places.get(&block.id) else { continue };
        while open.last().is_some_and(|last| last >= level) {
            open.pop();
        }
        let depth = u8::try_from(open.len()).unwrap_or(u8::MAX);
        open.push(*level);
        entries.push(ContentsEntry { title, target: block.id, depth, page, top });
    }
    Navigation { entries }
}

/// The word over the contents, in the book's language.
fn contents_heading(language: &str) -> &'static str {
    match language.split('-').next().unwrap_or_default() {
        "de" => "Inhalt",
        "fr" => "Table des matières",
        "es" => "Índice",
        "it" => "Indice",
        "pt" => "Sumário",
        "nl" => "Inhoud",
        "pl" => "Spis treści",
        "ru" => "Содержание",
        "uk" => "Зміст",
        "el" => "Περιεχόμενα",
        "tr" => "İçindekiler",
        "zh" => "目录",
        "ja" => "目次",
        "ko" => "차례",
        _ => "Contents",
    }
}
