//! Document → [`Book`]: lines, pages and the ways into them.
//!
//! [`lay_out`] resolves references, sets each chapter on its own (chapters in parallel), puts the pages in order and numbers
//! them, sets again the chapters that begin on another side than they were set for, and what shows page numbers until they
//! no longer change. It knows nothing of Markdown or of file formats. Start there.

mod assembly;
pub mod book;
mod content;
mod flow;
mod formula;
mod furniture;
mod highlight;
pub mod hyphenation;
pub mod imprint;
pub mod line_breaking;
mod lists;
mod matter;
mod missing;
mod notes;
pub mod page_breaking;
mod pages;
mod paragraph;
mod places;
mod references;
mod resolution;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Place};
use crate::document::{
    Attributes, Block, BlockKind, Directions, Division, DivisionKind, Document, Edition, InlineKind, Matter, Node,
    NodeId, plain_text, walk,
};
use crate::font::FontBook;
use crate::graphic::{GraphicId, Graphics};
use crate::style::{Binding, Opening, ParagraphRole, Side, Style};
use assembly::Plan;
use book::{Artifact, Book, Facts, Owner, Pagination};
use content::{Content, PageTexts};
use flow::{FlowBuilder, Inputs};
use notes::NoteNumbers;
use pages::Draft;
use paragraph::{Composer, Fill};

/// Page numbers that feed back into the text and the contents are settled within so many rounds.
const ROUNDS: usize = 5;

/// In each of these rounds, chapters that begin on another side than they were set for are set again so many times. Those that
/// still do then have their facing pages matched as if they began there.
const SIDE_ROUNDS: usize = 5;

/// So many times a chapter is set before the numbers of its notes all get the same room.
const FREE_ROUNDS: usize = 4;

/// What is to be said of the links of a document that is not laid out, as [`lay_out`] says it. Linear in the document.
#[must_use]
pub fn check_links(document: &Document) -> Vec<Diagnostic> {
    references::resolve(document, &mut Facts::default())
}

/// Lays out `document` in `style`. `images` names the decoded image of each figure or inline image that has one. Linear in
/// the document.
#[must_use]
pub fn lay_out(
    mut document: Document,
    mut style: Style,
    fonts: Arc<FontBook>,
    graphics: Graphics,
    images: BTreeMap<NodeId, GraphicId>,
) -> (Book, Vec<Diagnostic>) {
    let images = notes::gather(&mut document, &style, images);
    let mut facts = Facts { images, directions: Directions::of(&document), ..Facts::default() };
    if document.metadata.reads().is_right_to_left() {
        style.page.binding = Binding::Right;
    }
    let mut diagnostics = references::resolve(&document, &mut facts);
    let (tokens, mut misspelt) = highlight::highlight(&document);
    facts.tokens = tokens;
    diagnostics.append(&mut misspelt);
    let (formulas, mut found) = formula::read(&document);
    facts.formulas = formulas;
    diagnostics.append(&mut found);
    diagnostics.append(&mut missing::report(&document, &fonts));
    facts.note_numbers = notes::number(&document, &style, Edition::Epub);
    let numbers = NoteNumbers { of: notes::number(&document, &style, Edition::Pdf), even: false };
    let copyright = if style.matter.copyright_page { imprint::lines(&document.metadata) } else { Vec::new() };
    let chapters = chapters(&document, &style);
    let mut texts = PageTexts::default();
    let mut composer = Composer::new(&fonts, &style, &document.metadata.language);
    let mut drafted: Vec<Drafted> = Vec::new();
    // A chapter's pages depend on the side that it begins on, which is known when those before it are set.
    let mut sides = vec![Side::Recto; chapters.len()];
    let mut plan = Plan::default();
    for round in 0.. {
        let inputs = Inputs { style: &style, facts: &facts, graphics: &graphics, texts: &texts, numbers: &numbers };
        // One composer serves many chapters: what it remembers changes nothing that it makes.
        let composer_for = || Composer::new(&fonts, &style, &document.metadata.language);
        drafted.resize_with(chapters.len(), Drafted::default);
        let mut stale: Vec<bool> = chapters.iter().map(|chapter| round == 0 || chapter.shows_pages).collect();
        for turn in 0..=SIDE_ROUNDS {
            let wanted = chapters.par_iter().zip(&sides).zip(&mut drafted).zip(&stale).filter(|(_, stale)| **stale);
            wanted.for_each_init(composer_for, |own, (((chapter, side), drafted), _)| {
                *drafted = draft(chapter, &document, inputs, *side, own);
            });
            composer.diagnostics.clear();
            plan = assembly::plan(&document, &copyright, &style, &chapters, &drafted, &mut composer);
            let found = plan.sides(chapters.len(), &style);
            stale = found.iter().zip(&sides).map(|(found, side)| found != side).collect();
            if turn == SIDE_ROUNDS || found == sides {
                break;
            }
            sides = found;
        }
        let shown = places::page_texts(&document, &facts, &plan, style.page.facing, round, &texts);
        let settled = shown == texts;
        if settled && plan.settled {
            break;
        }
        if settled || round + 1 == ROUNDS {
            let place = unsettled_place(&document, &texts, &shown);
            diagnostics.push(unsettled(place, "take away a reference to a page, or reword the text around it"));
            break;
        }
        texts = shown;
    }
    for (_, found) in &mut drafted {
        diagnostics.append(found);
    }
    diagnostics.append(&mut plan.violations(&drafted, &document));
    let mut note_numbers = numbers.of;
    if notes::are_numbered_by_page(&style) {
        note_numbers = drafted.iter().flat_map(|(drafts, _)| notes::number_by_page(drafts)).collect();
    }
    let drafts = drafted.into_iter().map(|(drafts, _)| drafts).collect();
    let (pagination, navigation) = plan.assemble(drafts, &chapters, &document, &style, &mut composer);
    let pagination = Pagination { note_numbers, ..pagination };
    diagnostics.append(&mut composer.diagnostics);
    let book = Book { document, style, fonts, graphics, facts, copyright, pagination, navigation };
    diagnostics.append(&mut resolution::report(&book));
    (book, diagnostics)
}

/// How many lines these paragraphs of plain text in `language` make as running text of `style`. Each is shaped, broken
/// and forgotten, so that a text of any length takes the memory of its longest paragraph and of its vocabulary. Linear in
/// the text.
#[must_use]
pub fn count_lines<'a>(
    paragraphs: impl IntoIterator<Item = &'a str>,
    language: &str,
    style: &Style,
    fonts: &FontBook,
) -> usize {
    let body = style.paragraph(ParagraphRole::Body);
    let measure = style.page.type_area(Side::Recto).size.width;
    let fill = Fill::of(body, measure, body.first_line_indent);
    let mut composer = Composer::new(fonts, style, language);
    let set = |text| {
        let content = Content::generated(text, body.character, Owner::Artifact(Artifact::Layout));
        composer.paragraph(content, &fill).line_count()
    };
    paragraphs.into_iter().map(set).sum()
}

/// The first place whose words about pages have not settled: a reference, else an index; else the whole book.
fn unsettled_place(document: &Document, before: &PageTexts, after: &PageTexts) -> Place {
    let (mut reference, mut index) = (None, None);
    walk(document.divisions.iter().flat_map(Division::all_blocks), &mut |node| match node {
        Node::Block(Block { span, kind: BlockKind::Index(entries), .. }) => {
            if entries.iter().any(|entry| before.locators.get(&entry.id) != after.locators.get(&entry.id)) {
                index.get_or_insert(*span);
            }
        }
        Node::Inline(inline) => {
            if before.references.get(&inline.id) != after.references.get(&inline.id) {
                reference.get_or_insert(inline.span);
            }
        }
        Node::Block(_) => {}
    });
    reference.or(index).map_or(Place::Project, Place::from)
}

/// The pages of a chapter, and what was found on the way.
type Drafted = (Vec<Draft>, Vec<Diagnostic>);

/// Sets a chapter that begins on a page of this side.
fn draft(
    chapter: &Chapter,
    document: &Document,
    inputs: Inputs<'_>,
    side: Side,
    composer: &mut Composer<'_>,
) -> Drafted {
    let has_notes = document.divisions[chapter.divisions.clone()].iter().any(|division| !division.notes.is_empty());
    if !has_notes || !notes::are_numbered_by_page(inputs.style) {
        return set(chapter, document, inputs, side, composer);
    }
    // Numbers change lines, and lines pages, and these the numbers: first each is taken for 1; where they don't settle by
    // themselves, all have the same room, so that pages no longer depend on them.
    let first = &inputs.numbers.of;
    let mut numbers = NoteNumbers { of: first.keys().map(|note| (*note, 1)).collect(), even: false };
    let mut round = 1;
    loop {
        let mut drafted = set(chapter, document, Inputs { numbers: &numbers, ..inputs }, side, composer);
        let found = NoteNumbers { of: notes::number_by_page(&drafted.0), even: round >= FREE_ROUNDS };
        if found.of == numbers.of {
            return drafted;
        }
        if round > FREE_ROUNDS + 1 {
            drafted.1.push(unsettled(Place::Project, "take away a note, or number notes by chapter"));
            return drafted;
        }
        numbers = found;
        round += 1;
    }
}

/// Page numbers, or numbers that depend on pages, that are not what is shown.
fn unsettled(place: Place, help: &str) -> Diagnostic {
    let message = "the page numbers that the book shows did not settle";
    Diagnostic::error("unsettled-pages", place, message).help(help)
}

/// Sets a chapter whose notes have these numbers.
fn set(chapter: &Chapter, document: &Document, inputs: Inputs<'_>, side: Side, composer: &mut Composer<'_>) -> Drafted {
    let style = inputs.style;
    let mut builder = FlowBuilder::new(inputs, composer);
    for division in &document.divisions[chapter.divisions.clone()] {
        builder.add_division(division);
    }
    let flow = builder.flow;
    let lines = match chapter {
        Chapter { is_part: true, .. } => style.page.lines() / 3,
        // Few words of their own page hang from no edge of it.
        Chapter { is_bare: true, .. } => i64::from(style.sinkage).max(style.page.lines() / 5),
        Chapter { .. } => i64::from(style.sinkage),
    };
    let drafts = pages::build(&flow, style, side, style.page.baseline * lines, composer);
    (drafts, std::mem::take(&mut composer.diagnostics))
}

/// Divisions that are set as one flow.
struct Chapter {
    divisions: Range<usize>,
    matter: Matter,
    /// Whether it is but a dedication or an epigraph: its pages have nothing around them.
    is_bare: bool,
    /// Whether it is a part, with a title page of its own, which has nothing around it.
    is_part: bool,
    /// Whether something in it depends on the numbers of pages.
    shows_pages: bool,
}

/// Divisions that run on, and the sections of a chapter, share a flow; others have each their own, and so has a dedication
/// or an epigraph before the body.
fn chapters(document: &Document, style: &Style) -> Vec<Chapter> {
    let chapter = |divisions: Range<usize>| {
        let first = &document.divisions[divisions.start];
        Chapter {
            matter: first.matter,
            is_bare: notes::stands_alone(first, style),
            is_part: first.kind == DivisionKind::Part && style.opening != Opening::RunOn,
            shows_pages: document.divisions[divisions.clone()].iter().any(shows_pages),
            divisions,
        }
    };
    notes::chapters(document, style).into_iter().map(chapter).collect()
}

/// A heading's words behind its number, on one line.
fn heading_text(heading: &Block) -> String {
    let BlockKind::Heading { content, .. } = &heading.kind else { return String::new() };
    let Attributes { number, .. } = &heading.attributes;
    let number = number.as_ref().map(|number| format!("{number}\u{2002}")).unwrap_or_default();
    number + &plain_text(content)
}

fn shows_pages(division: &Division) -> bool {
    let mut found = false;
    walk(division.all_blocks(), &mut |node| match node {
        Node::Block(block) => found |= matches!(block.kind, BlockKind::Index(_)),
        Node::Inline(inline) => found |= matches!(inline.kind, InlineKind::PageReference { .. }),
    });
    found
}
