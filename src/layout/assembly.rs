//! The pages of all chapters in order: front matter, blanks, numbers, contents and other lists.
//!
//! A [`Plan`] says which page stands where and what it is called, before any is painted. Start at [`plan`].

use std::collections::BTreeMap;
use std::sync::Arc;

use super::book::{ContentsEntry, Frame, FrameItem, ListKind, Navigation, Page, PageLabel, Pagination};
use super::furniture::{self, Furniture, Marks};
use super::page_breaking::ViolationKind;
use super::pages::Draft;
use super::paragraph::Composer;
use super::places::Places;
use super::{Chapter, Drafted, lists, matter};
use crate::diagnostics::{Diagnostic, Place};
use crate::document::{BlockKind, DivisionKind, Document, Matter, NodeId, plain_text};
use crate::geometry::{Length, Point, Rect};
use crate::style::{Numbering, Opening, Side, Style};
use crate::terms::term;

/// Which page stands where.
#[derive(Debug, Default)]
pub(super) struct Plan {
    slots: Vec<Slot>,
    half_title: Option<Draft>,
    title: Draft,
    copyright: Vec<Draft>,
    /// The pages of each list, in the order of [`ListKind::ALL`].
    lists: [Vec<Draft>; ListKind::ALL.len()],
    navigation: Navigation,
    /// The labels of the pages, in order.
    pub labels: Vec<PageLabel>,
    /// Where each node is.
    pub places: Places,
    /// Whether each list has the pages that it was given.
    pub settled: bool,
}

/// A page to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    HalfTitle,
    Title,
    Copyright(usize),
    List(ListKind, usize),
    Blank,
    /// The page of a chapter with this index.
    Text {
        chapter: usize,
        page: usize,
    },
}

/// Puts title page, contents, front matter, chapters and blanks in order and numbers them. `copyright` is what the copyright
/// page says.
pub(super) fn plan(
    document: &Document,
    copyright: &[Vec<String>],
    style: &Style,
    chapters: &[Chapter],
    drafted: &[Drafted],
    composer: &mut Composer<'_>,
) -> Plan {
    let metadata = &document.metadata;
    let mut plan = Plan {
        half_title: style.matter.half_title.then(|| matter::half_title(metadata, style, composer)),
        title: matter::title_page(metadata, style, composer),
        copyright: matter::copyright_page(copyright, style, composer),
        places: Places::new(document, starts(drafted), floats(drafted)),
        ..Plan::default()
    };
    let mut rooms = [0; ListKind::ALL.len()];
    for _ in 0..super::ROUNDS {
        let front = plan.arrange(chapters, drafted, style, rooms);
        plan.labels = labels(front, plan.slots.len(), style);
        plan.places.settle(plan.text_pages(drafted));
        plan.navigation = plan.navigation(document, style, drafted);
        let texts: Vec<String> = plan.labels.iter().map(PageLabel::text).collect();
        plan.settled = true;
        let mut above = None;
        for (index, kind) in ListKind::ALL.into_iter().enumerate() {
            let entries = plan.navigation.list(kind);
            plan.lists[index] = Vec::new();
            if !entries.is_empty() && kind.is_shown(style) {
                let heading = term(kind.heading(), &metadata.language);
                let mut set = |above| lists::pages(kind, entries, &texts, style, heading, above, composer);
                // A short list stands below the one before it, unless it once had a page of its own.
                let joined = above.filter(|_| rooms[index] == 0).map(|(list, end)| (list, set(Some(end))));
                let (list, (mut pages, end)) = match joined {
                    Some((list, joined)) if joined.0.len() == 1 => (list, joined),
                    Some(_) | None => (index, set(None)),
                };
                if let Some(page) = plan.lists[list].last_mut() {
                    page.items.extend(pages.drain(..).flat_map(|page| page.items));
                } else {
                    plan.lists[list] = pages;
                }
                // The contents keep their pages to themselves.
                above = (kind != ListKind::Contents).then_some((list, end));
            }
            plan.settled &= plan.lists[index].len() <= rooms[index];
            rooms[index] = rooms[index].max(plan.lists[index].len());
        }
        if plan.settled {
            break;
        }
    }
    plan
}

/// Where each page of text starts, counted through all chapters in the order of the document.
fn starts(drafted: &[Drafted]) -> BTreeMap<super::book::FlowPosition, u32> {
    let mut starts = BTreeMap::new();
    for (page, draft) in (0..).zip(drafted.iter().flat_map(|(drafts, _)| drafts)) {
        if let Some(start) = draft.starts_at.filter(|_| draft.has_text) {
            starts.entry(start).or_insert(page);
        }
    }
    starts
}

/// The last node of each float and its page of text, counted as in [`starts`], by its first.
fn floats(drafted: &[Drafted]) -> BTreeMap<NodeId, (NodeId, u32)> {
    let pages = (0..).zip(drafted.iter().flat_map(|(drafts, _)| drafts));
    let mut floats = BTreeMap::new();
    for (page, (first, last)) in pages.flat_map(|(page, draft)| draft.floats.iter().map(move |float| (page, float))) {
        // A float that goes on without a node of its own begins where its first part does.
        floats.entry(*first).or_insert((*last, page));
    }
    floats
}

impl Plan {
    /// Puts the pages in order, each list with as many as `rooms` has for it; returns how many come before the body.
    fn arrange(
        &mut self,
        chapters: &[Chapter],
        drafted: &[Drafted],
        style: &Style,
        rooms: [usize; ListKind::ALL.len()],
    ) -> usize {
        let facing = style.page.facing;
        let to_recto = |slots: &mut Vec<Slot>| {
            if facing && !slots.len().is_multiple_of(2) {
                slots.push(Slot::Blank);
            }
        };
        let mut slots = Vec::new();
        if self.half_title.is_some() {
            slots.push(Slot::HalfTitle);
            to_recto(&mut slots);
        }
        slots.push(Slot::Title);
        slots.extend((0..self.copyright.len()).map(Slot::Copyright));
        // What stands behind the title page is no page of text.
        to_recto(&mut slots);
        let mut front = 0;
        let groups = [Group::Inscriptions, Group::Lists, Group::Front, Group::Rest];
        for group in groups {
            if group == Group::Rest {
                to_recto(&mut slots);
                front = slots.len();
            }
            if group == Group::Lists {
                for (kind, room) in ListKind::ALL.into_iter().zip(rooms).filter(|(_, room)| *room > 0) {
                    // The lists behind the contents, often short, take the next page, as is usual in print.
                    if style.opening == Opening::Recto && kind == ListKind::Contents {
                        to_recto(&mut slots);
                    }
                    slots.extend((0..room).map(|page| Slot::List(kind, page)));
                }
                continue;
            }
            let mut after_part = false;
            for (number, (chapter, (drafts, _))) in chapters.iter().zip(drafted).enumerate() {
                if Group::of(chapter) != group {
                    continue;
                }
                // The verso of a part's title stays clean.
                if style.opening == Opening::Recto || chapter.is_part || after_part {
                    to_recto(&mut slots);
                }
                after_part = chapter.is_part;
                slots.extend((0..drafts.len()).map(|page| Slot::Text { chapter: number, page }));
            }
        }
        self.slots = slots;
        front
    }

    /// The index of each page of text, in the order of the chapters.
    fn text_pages(&self, drafted: &[Drafted]) -> Vec<u32> {
        let firsts: Vec<usize> = drafted
            .iter()
            .scan(0, |sum, (drafts, _)| {
                let first = *sum;
                *sum += drafts.len();
                Some(first)
            })
            .collect();
        let mut pages = vec![0; drafted.iter().map(|(drafts, _)| drafts.len()).sum()];
        for (index, slot) in (0..).zip(&self.slots) {
            if let Slot::Text { chapter, page } = slot {
                pages[firsts[*chapter] + page] = index;
            }
        }
        pages
    }

    /// The side of each chapter's first page; a chapter without pages would begin on a recto.
    pub(super) fn sides(&self, chapters: usize, style: &Style) -> Vec<Side> {
        let mut sides = vec![Side::Recto; chapters];
        for (index, slot) in self.slots.iter().enumerate() {
            if let Slot::Text { chapter, page: 0 } = slot {
                sides[*chapter] = side_of(index, style);
            }
        }
        sides
    }

    /// The headings that the contents lists and the captions of the other lists, each with its page.
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
        let page = |node| self.places.page_of(node);
        lists::captions(document, entries, style.page.margins.top, &page)
    }

    /// What is to be said of the pages that had to break a rule. Walks the document only where there is one.
    pub(super) fn violations(&self, drafted: &[Drafted], document: &Document) -> Vec<Diagnostic> {
        let mut found: Vec<(ViolationKind, Option<NodeId>, String)> = Vec::new();
        for (slot, label) in self.slots.iter().zip(&self.labels) {
            let Slot::Text { chapter, page } = slot else { continue };
            let broken = &drafted[*chapter].0[*page].violations;
            found.extend(broken.iter().map(|(kind, node)| (*kind, *node, label.text())));
        }
        if found.is_empty() {
            return Vec::new();
        }
        let spans = document.spans();
        let tell = |(kind, node, page): &(ViolationKind, Option<NodeId>, String)| {
            let span = node.and_then(|node| spans.get(&node)).map_or(Place::Project, |span| Place::from(*span));
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
            finding.help("reword what comes before, or begin a page there with `\\newpage`")
        };
        found.iter().map(tell).collect()
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
        let Self { slots, half_title, mut title, mut copyright, mut lists, navigation, labels, places, .. } = self;
        let mut half_title = half_title.unwrap_or_default();
        let metadata = &document.metadata;
        let mut marks = Marks::of(document);
        let mut pages = Vec::with_capacity(slots.len());
        for (index, (slot, label)) in slots.into_iter().zip(labels).enumerate() {
            let mut sheet = Sheet::default();
            match slot {
                Slot::HalfTitle => sheet.draft = std::mem::take(&mut half_title),
                Slot::Title => sheet.draft = std::mem::take(&mut title),
                Slot::Copyright(page) => sheet.draft = std::mem::take(&mut copyright[page]),
                Slot::List(kind, page) => {
                    let list = &mut lists[kind as usize];
                    if page == 0 {
                        marks.open(Matter::Front, term(kind.heading(), &metadata.language));
                    }
                    // A list that needs less room than it once did leaves a page blank.
                    sheet.blank = page >= list.len();
                    sheet.draft = list.get_mut(page).map(std::mem::take).unwrap_or_default();
                    sheet.folio = !sheet.blank;
                    sheet.head = sheet.folio;
                }
                Slot::Blank => sheet.blank = true,
                Slot::Text { chapter, page } => {
                    sheet.draft = std::mem::take(&mut drafts[chapter][page]);
                    let chapter = &chapters[chapter];
                    if page == 0 {
                        marks.open(chapter.matter, "");
                    }
                    marks.turn(&sheet.draft);
                    sheet.folio = !chapter.is_bare && (!chapter.is_part || page > 0);
                    sheet.head = !chapter.is_bare;
                }
            }
            // Nothing stands around an image that fills its page.
            if sheet.draft.plate.is_some() {
                (sheet.folio, sheet.head) = (false, false);
            }
            let side = side_of(index, style);
            let wanted = match side {
                Side::Recto => style.furniture.recto,
                Side::Verso => style.furniture.verso,
            };
            let shows_head = sheet.head && !sheet.draft.opener;
            let head = if shows_head { marks.head(wanted, metadata) } else { String::new() };
            let furniture = Furniture { label: &label, side, head: &head, folio: sheet.folio };
            let furniture = furniture::set(&furniture, metadata, style, composer);
            pages.push(sheet.page(label, side, furniture, style));
        }
        (Pagination { pages, places: places.named, ..Pagination::default() }, navigation)
    }
}

/// The side of a page; where pages don't face each other, all are rectos.
fn side_of(index: usize, style: &Style) -> Side {
    if index.is_multiple_of(2) || !style.page.facing { Side::Recto } else { Side::Verso }
}

/// What comes one after the other in a book.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    /// Dedications and epigraphs, each a page of its own.
    Inscriptions,
    /// The contents and the lists after it.
    Lists,
    /// What the author says before the body.
    Front,
    /// The body, and what is behind it.
    Rest,
}

impl Group {
    fn of(chapter: &Chapter) -> Self {
        match chapter.matter {
            Matter::Front if chapter.is_bare => Self::Inscriptions,
            Matter::Front => Self::Front,
            Matter::Body | Matter::Back => Self::Rest,
        }
    }
}

/// A page under way.
#[derive(Default)]
struct Sheet {
    draft: Draft,
    /// Whether a head may stand on it.
    head: bool,
    folio: bool,
    blank: bool,
}

impl Sheet {
    fn page(self, label: PageLabel, side: Side, furniture: Vec<FrameItem>, style: &Style) -> Page {
        let starts_at = self.draft.starts_at;
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
