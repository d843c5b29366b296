//! The pages of all chapters in order: front matter, blanks, numbers, contents.
//!
//! A [`Plan`] says which page stands where and what it is called, before any is painted. Start at [`plan`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::book::{ContentsEntry, Frame, Navigation, Page, PageLabel, Pagination};
use super::page_breaking::ViolationKind;
use super::pages::Draft;
use super::paragraph::Composer;
use super::places::Places;
use super::{Chapter, Drafted, matter};
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{BlockKind, DivisionKind, Document, Matter, Metadata, Node, NodeId, plain_text, walk};
use crate::geometry::{Length, Point, Rect};
use crate::style::{HeadText, Numbering, Opening, Side, Style};
use crate::terms::{Term, term};

/// Which page stands where.
#[derive(Debug, Default)]
pub(super) struct Plan {
    slots: Vec<Slot>,
    title: Draft,
    contents: Vec<Draft>,
    navigation: Navigation,
    /// The labels of the pages, in order.
    pub labels: Vec<PageLabel>,
    /// Where each node is.
    pub places: Places,
    /// Whether the contents has the pages that it was given.
    pub settled: bool,
}

/// A page to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Title,
    Contents(usize),
    Blank,
    /// The page of a chapter with this index.
    Text {
        chapter: usize,
        page: usize,
    },
}

/// Puts title page, contents, front matter, chapters and blanks in order and numbers them.
pub(super) fn plan(
    document: &Document,
    style: &Style,
    chapters: &[Chapter],
    drafted: &[Drafted],
    composer: &mut Composer<'_>,
) -> Plan {
    let mut plan = Plan { title: matter::title_page(&document.metadata, style, composer), ..Plan::default() };
    let mut room = 0;
    for _ in 0..super::ROUNDS {
        let front = plan.arrange(chapters, drafted, style, room);
        plan.labels = labels(front, plan.slots.len(), style);
        plan.navigation = plan.navigation(document, style, drafted);
        plan.contents.clear();
        if !plan.navigation.entries.is_empty() {
            let texts: Vec<String> = plan.labels.iter().map(PageLabel::text).collect();
            let heading = term(Term::Contents, &document.metadata.language);
            plan.contents = matter::contents(&plan.navigation, &texts, style, heading, composer);
        }
        plan.settled = plan.contents.len() <= room;
        if plan.settled {
            break;
        }
        room = plan.contents.len();
    }
    let (mut starts, mut floats) = (BTreeMap::new(), BTreeMap::new());
    for (index, slot) in (0..).zip(&plan.slots) {
        let Slot::Text { chapter, page } = slot else { continue };
        let draft = &drafted[*chapter].0[*page];
        if let Some(start) = draft.starts_at.filter(|_| draft.has_text) {
            starts.entry(start).or_insert(index);
        }
        floats.extend(draft.floats.iter().map(|(first, last)| (*first, (*last, index))));
    }
    plan.places = Places::new(document, starts, floats);
    plan
}

impl Plan {
    /// Puts the pages in order, with `contents` pages of contents; returns how many come before the body.
    fn arrange(&mut self, chapters: &[Chapter], drafted: &[Drafted], style: &Style, contents: usize) -> usize {
        self.slots = vec![Slot::Title, Slot::Blank];
        self.slots.extend((0..contents).map(Slot::Contents));
        let is_front = |chapter: &Chapter| chapter.matter == Matter::Front;
        let mut front = None;
        for wanted in [true, false] {
            for (number, (chapter, (drafts, _))) in chapters.iter().zip(drafted).enumerate() {
                if is_front(chapter) != wanted {
                    continue;
                }
                let recto = style.opening == Opening::Recto || chapter.is_part;
                if recto && !self.slots.len().is_multiple_of(2) {
                    self.slots.push(Slot::Blank);
                }
                self.slots.extend((0..drafts.len()).map(|page| Slot::Text { chapter: number, page }));
            }
            if wanted {
                if !self.slots.len().is_multiple_of(2) {
                    self.slots.push(Slot::Blank);
                }
                front = Some(self.slots.len());
            }
        }
        front.unwrap_or_default()
    }

    /// The headings that the contents lists, each with its page.
    fn navigation(&self, document: &Document, style: &Style, drafted: &[Drafted]) -> Navigation {
        let mut places: BTreeMap<NodeId, (u32, Length)> = BTreeMap::new();
        for (index, slot) in (0..).zip(&self.slots) {
            let Slot::Text { chapter, page } = slot else { continue };
            for (heading, top) in &drafted[*chapter].0[*page].headings {
                places.insert(*heading, (index, *top + style.page.margins.top));
            }
        }
        let mut entries = Vec::new();
        let mut open: Vec<u8> = Vec::new();
        let mut matter = Matter::Front;
        for division in &document.divisions {
            if matter != division.matter {
                // What comes after the body is no chapter of its last part.
                (matter, open) = (division.matter, Vec::new());
            }
            for (number, block) in division.blocks.iter().enumerate() {
                let BlockKind::Heading { level, content, .. } = &block.kind else { continue };
                let is_part = number == 0 && division.kind == DivisionKind::Part;
                let level = if is_part { 0 } else { *level };
                let title = plain_text(content);
                if level > style.contents_depth || title.trim().is_empty() {
                    continue;
                }
                let Some(&(page, top)) = places.get(&block.id) else { continue };
                while open.last().is_some_and(|last| *last >= level) {
                    open.pop();
                }
                let depth = u8::try_from(open.len()).unwrap_or(u8::MAX);
                open.push(level);
                let number: Option<Arc<str>> = block.attributes.number.clone();
                entries.push(ContentsEntry { number, title, target: block.id, depth, page, top });
            }
        }
        Navigation { entries }
    }

    /// What is to be said of the pages that had to break a rule. Walks the document only where there is one.
    pub(super) fn violations(&self, drafted: &[Drafted], document: &Document) -> Vec<Diagnostic> {
        let mut found: Vec<(ViolationKind, NodeId, String)> = Vec::new();
        for (slot, label) in self.slots.iter().zip(&self.labels) {
            let Slot::Text { chapter, page } = slot else { continue };
            let broken = &drafted[*chapter].0[*page].violations;
            found.extend(broken.iter().filter_map(|(kind, node)| Some((*kind, (*node)?, label.text()))));
        }
        if found.is_empty() {
            return Vec::new();
        }
        let mut spans: BTreeMap<NodeId, Span> = BTreeMap::new();
        for division in &document.divisions {
            walk(division.all_blocks(), &mut |node| match node {
                Node::Block(block) => drop(spans.insert(block.id, block.span)),
                Node::Inline(inline) => drop(spans.insert(inline.id, inline.span)),
            });
        }
        let tell = |(kind, node, page): &(ViolationKind, NodeId, String)| {
            let span = *spans.get(node)?;
            let say = |what: &str| format!("page {page} {what}");
            let finding = match kind {
                ViolationKind::Orphan => {
                    Diagnostic::warning("orphan", span, say("has too few first lines of a paragraph at its foot"))
                }
                ViolationKind::Widow => {
                    Diagnostic::warning("widow", span, say("has too few last lines of a paragraph at its head"))
                }
                ViolationKind::StrandedHeading => {
                    Diagnostic::warning("stranded-heading", span, say("ends with a heading"))
                }
                ViolationKind::BrokenBlock => {
                    Diagnostic::warning("broken-block", span, say("ends within what belongs together"))
                }
                ViolationKind::Overfull => {
                    Diagnostic::warning("overfull-page", span, say("is too low for what stands on it"))
                }
                ViolationKind::DisplacedNote => {
                    Diagnostic::warning("displaced-note", span, say("has no room for a note that it refers to"))
                }
            };
            Some(finding.help("reword what comes before, or begin a page there with `\\newpage`"))
        };
        found.iter().filter_map(tell).collect()
    }

    /// Paints the pages.
    pub(super) fn assemble(
        self,
        mut drafts: Vec<Vec<Draft>>,
        chapters: &[Chapter],
        document: &Document,
        style: &Style,
        composer: &mut Composer<'_>,
    ) -> (Pagination, Navigation) {
        let Self { slots, mut title, mut contents, navigation, labels, places, .. } = self;
        let mut pages = Vec::with_capacity(slots.len());
        for (index, (slot, label)) in slots.into_iter().zip(labels).enumerate() {
            let mut sheet = Sheet::default();
            match slot {
                Slot::Title => sheet.draft = std::mem::take(&mut title),
                Slot::Contents(page) => {
                    sheet.draft = contents.get_mut(page).map(std::mem::take).unwrap_or_default();
                    sheet.folio = true;
                }
                Slot::Blank => sheet.blank = true,
                Slot::Text { chapter, page } => {
                    sheet.draft = std::mem::take(&mut drafts[chapter][page]);
                    sheet.starts = true;
                    sheet.folio = chapters[chapter].shows_folio || page > 0;
                    sheet.head = Some(&chapters[chapter].title);
                }
            }
            let side = if index.is_multiple_of(2) || !style.page.facing { Side::Recto } else { Side::Verso };
            pages.push(sheet.page(label, side, &document.metadata, style, composer));
        }
        (Pagination { pages, places: places.named, ..Pagination::default() }, navigation)
    }
}

/// A page under way.
#[derive(Default)]
struct Sheet<'a> {
    draft: Draft,
    /// The chapter's title, on a page of text.
    head: Option<&'a str>,
    folio: bool,
    starts: bool,
    blank: bool,
}

impl Sheet<'_> {
    fn page(
        self,
        label: PageLabel,
        side: Side,
        metadata: &Metadata,
        style: &Style,
        composer: &mut Composer<'_>,
    ) -> Page {
        let wanted = match side {
            Side::Recto => style.furniture.recto,
            Side::Verso => style.furniture.verso,
        };
        let head = match self.head.filter(|_| !self.draft.opener) {
            Some(chapter) => match wanted {
                HeadText::None => "",
                HeadText::Title | HeadText::Author | HeadText::Part => metadata.title.as_str(),
                HeadText::Subtitle => metadata.subtitle.as_str(),
                HeadText::Chapter | HeadText::FirstSection | HeadText::LastSection => chapter,
            },
            None => "",
        };
        let shows_head = self.head.is_some() && !self.draft.opener;
        let head = if shows_head && head.is_empty() { metadata.title.as_str() } else { head };
        let furniture = matter::Furniture { label: &label, side, head, folio: self.folio };
        let furniture = matter::furniture(&furniture, style, composer);
        let starts_at = self.draft.starts_at.filter(|_| self.starts);
        let mut frames = Vec::new();
        if !self.blank {
            frames.push(self.draft.frame(style, side));
        }
        if !furniture.is_empty() {
            frames.push(Frame { rect: Rect { origin: Point::default(), size: style.page.trim }, items: furniture });
        }
        Page { label, side, starts_at, frames }
    }
}

/// The labels of all pages, of which the first `front` come before the body.
fn labels(front: usize, count: usize, style: &Style) -> Vec<PageLabel> {
    let number = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
    let separate = style.front_numbering == Numbering::LowerRoman;
    (0..count)
        .map(|index| match (index < front, separate) {
            (true, true) => PageLabel { numbering: Numbering::LowerRoman, number: number(index) },
            (false, true) => PageLabel { numbering: Numbering::Decimal, number: number(index - front) },
            (_, false) => PageLabel { numbering: Numbering::Decimal, number: number(index) },
        })
        .collect()
}
