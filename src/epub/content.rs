//! Document → XHTML, with an anchor where each print page starts.
//!
//! One file for each division, or for each run of divisions that the design keeps together. Everything that is not the
//! author's text (numbers, markers, back links, check boxes, formulas) has the class `generated`. Here are the files, the
//! identifiers and the print pages; `blocks`, `table`, `code` and `inlines` write what is in them. Knows nothing of the
//! package; how things look is up to the style sheet. Recursion goes as deep as the document does, which its reader
//! bounds. Start at [`render`].

mod blocks;
mod code;
mod inlines;
mod names;
mod pieces;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::ops::Range;

use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

pub(super) use names::images as image_names;
use pieces::{Group, Piece, groups};

use super::xml::{self, Ids, attribute, escape};
use crate::document::{
    Attributes, Block, BlockKind, ContainerRole, DivisionKind, Document, Edition, Image, ImageWidth, Inline,
    InlineKind, Matter, Node, NodeId, Note, Part, plain_text,
};
use crate::geometry::Length;
use crate::graphic::GraphicId;
use crate::layout::book::{Book, FlowPosition, LinkTarget, ListKind};
use crate::style::{Opening, ParagraphRole};

/// How many numbers of characters the title of a stretch that no font has names.
const NUMBERS_SHOWN: usize = 8;

/// What stands for the label of a page where print has none.
const NO_PAGE: &str = "?";

/// The text of the book as XHTML, and where things are in it.
#[derive(Debug)]
pub(super) struct Content {
    /// The name of each image file.
    pub(super) images: BTreeMap<GraphicId, String>,
    /// The files in reading order.
    pub(super) files: Vec<ContentFile>,
    /// The start of each print page that has one, in order.
    pub(super) pages: Vec<PageAnchor>,
    /// Where the title page is.
    pub(super) title_page: Option<String>,
    /// Whether the files are the pages of print, and not text that flows.
    pub(super) fixed: bool,
    places: Places,
}

/// A file of XHTML.
#[derive(Debug)]
pub(super) struct ContentFile {
    /// Its name, `preface.xhtml`.
    pub(super) name: String,
    /// What it is called where it must be called something.
    pub(super) title: String,
    /// Where it stands in the book; `None` where its divisions differ.
    pub(super) matter: Option<Matter>,
    /// What it holds that a reader may look for.
    pub(super) landmarks: Vec<Landmark>,
    /// The file.
    pub(super) xhtml: String,
    /// What the package says of it (EPUB 3.3, D.7): `mathml`, `svg` or nothing.
    pub(super) property: &'static str,
    /// On which side of a spread it is shown (EPUB 3.3, D.6): `page-spread-right`, or nothing.
    pub(super) spread: &'static str,
}

/// A part of a book that a reader may look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landmark {
    /// The glossary.
    Glossary,
    /// The works cited.
    Bibliography,
    /// The index.
    Index,
}

/// Where a print page starts in the text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PageAnchor {
    /// What the page is called.
    pub(super) label: String,
    /// File and fragment.
    pub(super) address: String,
}

impl Content {
    /// The pages of print as files: `nodes` has the file on which each leaf begins.
    pub(super) fn of_pages(
        files: Vec<ContentFile>,
        images: BTreeMap<GraphicId, String>,
        pages: Vec<PageAnchor>,
        title_page: Option<String>,
        nodes: BTreeMap<NodeId, String>,
    ) -> Self {
        Self { images, files, pages, title_page, fixed: true, places: Places { leaves: nodes, ..Places::default() } }
    }

    /// The address, file and fragment, of a block; its division's file where it has no anchor of its own.
    pub(super) fn address(&self, node: NodeId) -> Option<String> {
        self.places.address(node)
    }

    /// The address of a block that has an anchor; `None` for one that the e-book doesn't show.
    pub(super) fn anchor(&self, node: NodeId) -> Option<String> {
        self.places.address(node).filter(|_| self.places.ids.contains_key(&node))
    }
}

/// Writes the whole text. Linear in the document and its pages.
pub(super) fn render(book: &Book) -> Content {
    let pages = page_starts(book);
    let reserved: BTreeSet<String> = pages.iter().map(|page| page.id.clone()).collect();
    let groups = groups(book);
    let mut places = Places { names: names::files(book, &groups), ..Places::default() };
    let mut notes = BTreeMap::new();
    let wanted: BTreeSet<NodeId> = book
        .facts
        .links
        .values()
        .filter_map(|target| match target {
            LinkTarget::Node(node) => Some(*node),
            LinkTarget::External(_) | LinkTarget::Broken => None,
        })
        .chain(ListKind::ALL.iter().flat_map(|kind| book.navigation.list(*kind)).map(|entry| entry.target))
        .collect();
    let descriptions = descriptions(&book.document);
    let described: BTreeMap<NodeId, NodeId> =
        descriptions.iter().map(|(described, description)| (*description, *described)).collect();
    let wanted: BTreeSet<NodeId> = wanted
        .into_iter()
        .chain(descriptions.iter().flat_map(|(described, description)| [*described, *description]))
        .collect();
    let marks = index_marks(&book.document);
    let images = image_names(book);
    // Notes first: a reference may stand in another file.
    let mut ids: Vec<Ids> = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        places.files.extend(group.pieces.iter().filter(|piece| piece.opens).map(|_| number));
        ids.push(Ids::new(&reserved));
        if let Some(ids) = ids.last_mut() {
            name_notes(book, group, number, ids, &mut notes);
        }
    }
    for ((number, group), ids) in groups.iter().enumerate().zip(ids) {
        let mut planner = Planner {
            book,
            wanted: &wanted,
            described: &described,
            marks: &marks,
            places: &mut places,
            notes: &mut notes,
            file: number,
            ids,
        };
        for piece in &group.pieces {
            planner.references(piece);
        }
        for piece in &group.pieces {
            planner.blocks(piece.blocks);
            for note in &piece.notes {
                if planner.notes.contains_key(&note.id) {
                    planner.blocks(&note.blocks);
                }
            }
        }
    }
    let mut writer = Writer {
        book,
        places: &places,
        images: &images,
        notes,
        marks,
        works: works(&book.document),
        described,
        descriptions,
        file: String::new(),
        number: 0,
        out: String::new(),
        pending: pages,
        next: 0,
        pages: Vec::new(),
        ranks: Vec::new(),
        held: None,
        previous: None,
        between_files: false,
        in_glossary: false,
        in_link: false,
        in_code: false,
        after_link: String::new(),
    };
    let files = groups.iter().enumerate().map(|(number, group)| writer.file(number, group)).collect();
    let pages = writer.pages;
    Content { images, files, pages, title_page: Some("title.xhtml".to_owned()), fixed: false, places }
}

/// Whether the e-book shows a node with these attributes.
fn shown(attributes: &Attributes) -> bool {
    attributes.edition != Some(Edition::Pdf)
}

/// Calls `visit` with each block and inline in `blocks` that the e-book shows, in preorder.
fn walk_shown<'a>(blocks: &'a [Block], visit: &mut dyn FnMut(Node<'a>)) {
    fn walk_inlines<'a>(inlines: &'a [Inline], visit: &mut dyn FnMut(Node<'a>)) {
        for inline in inlines.iter().filter(|inline| shown(&inline.attributes)) {
            visit(Node::Inline(inline));
            walk_inlines(inline.children(), visit);
        }
    }
    for block in blocks.iter().filter(|block| shown(&block.attributes)) {
        visit(Node::Block(block));
        for part in block.parts() {
            match part {
                Part::Inlines(inlines) => walk_inlines(inlines, visit),
                Part::Blocks(blocks) => walk_shown(blocks, visit),
                Part::Code(_) => {}
            }
        }
    }
}

/// The marks of the index by their ordinals; none where the book has no index.
fn index_marks(document: &Document) -> BTreeMap<u32, NodeId> {
    let mut marks = BTreeMap::new();
    let mut has_index = false;
    for division in &document.divisions {
        let notes = division.notes.iter().map(|note| note.blocks.as_slice());
        for blocks in std::iter::once(division.blocks.as_slice()).chain(notes) {
            walk_shown(blocks, &mut |node| match node {
                Node::Block(block) => has_index |= matches!(block.kind, BlockKind::Index(_)),
                Node::Inline(inline) => {
                    if let InlineKind::IndexMark(mark) = &inline.kind {
                        marks.insert(mark.ordinal, inline.id);
                    }
                }
            });
        }
    }
    if has_index { marks } else { BTreeMap::new() }
}

/// The entries of the bibliography.
fn works(document: &Document) -> BTreeSet<NodeId> {
    let mut works = BTreeSet::new();
    for division in &document.divisions {
        walk_shown(&division.blocks, &mut |node| {
            if let Node::Block(Block { kind: BlockKind::Bibliography(entries), .. }) = node {
                works.extend(entries.iter().map(|entry| entry.id));
            }
        });
    }
    works
}

/// What is described at length, each with its description.
fn descriptions(document: &Document) -> BTreeMap<NodeId, NodeId> {
    fn pairs(blocks: &[Block], found: &mut BTreeMap<NodeId, NodeId>) {
        let mut before: Option<&Block> = None;
        for block in blocks.iter().filter(|block| shown(&block.attributes)) {
            if let Some(described) = before.filter(|before| block.describes(before)) {
                found.insert(described.id, block.id);
            }
            for part in block.parts() {
                if let Part::Blocks(within) = part {
                    pairs(within, found);
                }
            }
            before = Some(block);
        }
    }
    let mut found = BTreeMap::new();
    for division in &document.divisions {
        pairs(&division.blocks, &mut found);
        division.notes.iter().for_each(|note| pairs(&note.blocks, &mut found));
    }
    found
}

/// What is in `blocks` that a reader may look for, in order.
fn landmarks(blocks: &[Block]) -> Vec<Landmark> {
    let mut landmarks = Vec::new();
    walk_shown(blocks, &mut |node| {
        let Node::Block(block) = node else { return };
        if matches!(block.kind, BlockKind::Bibliography(_)) {
            landmarks.push(Landmark::Bibliography);
        } else if matches!(block.kind, BlockKind::Index(_)) {
            landmarks.push(Landmark::Index);
        } else if matches!(block.kind, BlockKind::Container { role: ContainerRole::Glossary, .. }) {
            landmarks.push(Landmark::Glossary);
        }
    });
    landmarks
}

/// A page's start that waits for its place in the text.
struct PageStart {
    position: FlowPosition,
    label: String,
    id: String,
}

fn page_starts(book: &Book) -> Vec<PageStart> {
    let none = BTreeSet::new();
    let mut ids = Ids::new(&none);
    let starts = book.pagination.pages.iter().filter_map(|page| Some((page.label.text(), page.starts_at?)));
    starts.map(|(label, position)| PageStart { position, id: ids.take(&format!("page-{label}")), label }).collect()
}

/// Where blocks are: file and identifier.
#[derive(Debug, Default)]
struct Places {
    /// The names of the files.
    names: Vec<String>,
    /// The file in which each division begins.
    files: Vec<usize>,
    /// The file of each block that has an identifier.
    own: BTreeMap<NodeId, usize>,
    /// The identifier of each block that has one.
    ids: BTreeMap<NodeId, String>,
    /// The file of each leaf, where the files are pages.
    leaves: BTreeMap<NodeId, String>,
}

impl Places {
    /// The name of the content file with this index.
    fn file_name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// The address of an identifier in one file, seen from another.
    fn address_from(&self, from: usize, file: usize, id: &str) -> String {
        let id = xml::percent_encode(id);
        if from == file { format!("#{id}") } else { format!("{}#{id}", self.file_name(file)) }
    }

    fn address(&self, node: NodeId) -> Option<String> {
        if !self.leaves.is_empty() {
            // A block begins where its first leaf does.
            let next = self.leaves.range(node..).next().filter(|(leaf, _)| leaf.division == node.division);
            return next.or_else(|| self.leaves.range(..=node).next_back()).map(|(_, file)| file.clone());
        }
        let file = self.own.get(&node).or_else(|| self.files.get(node.division as usize))?;
        let file = self.file_name(*file);
        Some(match self.ids.get(&node) {
            Some(id) => format!("{file}#{}", xml::percent_encode(id)),
            None => file.to_owned(),
        })
    }
}

/// The identifiers of a note and of the references to it, each with the index of its file.
#[derive(Debug, Default)]
struct NoteIds {
    note: String,
    file: usize,
    references: Vec<(String, usize)>,
    /// How many references have been written.
    written: usize,
}

/// Gives identifiers, one file at a time, before anything is written: links lead forwards too.
struct Planner<'a> {
    book: &'a Book,
    /// What something leads to.
    wanted: &'a BTreeSet<NodeId>,
    /// Descriptions, each with what it describes.
    described: &'a BTreeMap<NodeId, NodeId>,
    marks: &'a BTreeMap<u32, NodeId>,
    places: &'a mut Places,
    notes: &'a mut BTreeMap<NodeId, NoteIds>,
    /// The index of the file.
    file: usize,
    ids: Ids<'a>,
}

/// Names the notes of a file: what the author names himself gives way to them. A note is called by its label, which stays
/// where other notes come or go; one without, by its number.
fn name_notes(book: &Book, group: &Group<'_>, file: usize, ids: &mut Ids<'_>, notes: &mut BTreeMap<NodeId, NoteIds>) {
    let all = || group.pieces.iter().flat_map(|piece| &piece.notes);
    for note in all().filter(|note| note.label.is_some()).chain(all().filter(|note| note.label.is_none())) {
        if let Some(number) = book.facts.note_numbers.get(&note.id) {
            let number = number.to_string();
            let name = note.label.as_deref().unwrap_or(&number);
            let id = ids.take(&format!("note-{name}"));
            notes.insert(note.id, NoteIds { note: id, file, ..NoteIds::default() });
        }
    }
}

impl Planner<'_> {
    /// Names the references to notes in a file, in the order in which they are written.
    fn references(&mut self, piece: &Piece<'_>) {
        let mut references = Vec::new();
        collect_references(piece.blocks, &mut references);
        for note in piece.notes.iter().filter(|note| self.notes.contains_key(&note.id)) {
            collect_references(&note.blocks, &mut references);
        }
        for reference in references {
            let Some(LinkTarget::Node(note)) = self.book.facts.links.get(&reference) else { continue };
            if let Some(ids) = self.notes.get_mut(note) {
                // `noteref-` and the name of the note.
                let wish = ids.note.replacen("note", "noteref", 1);
                ids.references.push((self.ids.take(&wish), self.file));
            }
        }
    }

    /// Names each node that has a label or that something leads to: what is numbered by its number, a description by what it
    /// describes.
    fn blocks(&mut self, blocks: &[Block]) {
        walk_shown(blocks, &mut |node| match node {
            Node::Block(block) => {
                let described = self.described.get(&block.id).and_then(|described| self.places.ids.get(described));
                let own = described.map(|described| format!("{described}-description"));
                let number = block.attributes.number.as_deref().filter(|_| self.wanted.contains(&block.id));
                let own = own.or_else(|| number.map(str::to_lowercase));
                self.name(block.id, block.attributes.label.as_deref().or(own.as_deref()));
                if let BlockKind::DefinitionList(definitions) = &block.kind {
                    for definition in definitions {
                        self.name(definition.id, definition.attributes.label.as_deref());
                    }
                }
                if let BlockKind::Bibliography(entries) = &block.kind {
                    for entry in entries {
                        self.name(entry.id, Some(&format!("ref-{}", entry.key)));
                    }
                }
            }
            Node::Inline(inline) => {
                let mut label = inline.attributes.label.as_deref().map(str::to_owned);
                if let InlineKind::IndexMark(mark) = &inline.kind
                    && self.marks.contains_key(&mark.ordinal)
                {
                    label.get_or_insert_with(|| format!("index-{}", u64::from(mark.ordinal) + 1));
                }
                self.name(inline.id, label.as_deref());
            }
        });
    }

    fn name(&mut self, node: NodeId, label: Option<&str>) {
        let wish = match label {
            Some(label) => label.to_owned(),
            None if self.wanted.contains(&node) => format!("node-{}-{}", node.division + 1, node.index),
            None => return,
        };
        self.places.ids.insert(node, self.ids.take(&wish));
        self.places.own.insert(node, self.file);
    }
}

/// The references to notes in `blocks`, in the order of reading.
fn collect_references(blocks: &[Block], references: &mut Vec<NodeId>) {
    walk_shown(blocks, &mut |node| {
        if let Node::Inline(Inline { id, kind: InlineKind::NoteReference(_), .. }) = node {
            references.push(*id);
        }
    });
}

/// Writes files one after the other.
#[expect(clippy::struct_excessive_bools, reason = "each says where the writer is, all independent")]
struct Writer<'a> {
    book: &'a Book,
    places: &'a Places,
    images: &'a BTreeMap<GraphicId, String>,
    notes: BTreeMap<NodeId, NoteIds>,
    /// The marks that the index lists, by ordinal.
    marks: BTreeMap<u32, NodeId>,
    /// The entries of the bibliography.
    works: BTreeSet<NodeId>,
    /// What is described at length, with its description, and the other way round.
    descriptions: BTreeMap<NodeId, NodeId>,
    described: BTreeMap<NodeId, NodeId>,
    /// The name of the file being written.
    file: String,
    /// Its index.
    number: usize,
    out: String,
    /// All page starts in order, those before `next` written.
    pending: Vec<PageStart>,
    next: usize,
    pages: Vec<PageAnchor>,
    /// The author's levels of the headings that enclose this place, outermost first, in this file.
    ranks: Vec<u8>,
    /// A leaf whose pages wait though leaves with later identifiers are written.
    held: Option<NodeId>,
    /// The character before this place in its block.
    previous: Option<char>,
    /// Whether the notes are written of a chapter that goes on in another file.
    between_files: bool,
    in_glossary: bool,
    in_link: bool,
    in_code: bool,
    /// Note references met inside a link: one link cannot hold another, so they follow it.
    after_link: String,
}

impl<'a> Writer<'a> {
    fn file(&mut self, number: usize, group: &Group<'a>) -> ContentFile {
        self.file = self.places.file_name(number).to_owned();
        self.number = number;
        // A chapter that goes on here goes on below its headings.
        if group.pieces.first().is_none_or(|piece| piece.opens) {
            self.ranks.clear();
        }
        for piece in &group.pieces {
            self.piece(piece);
            if piece.closes {
                // What has met no leaf belongs to the end of its division; after the last one nothing may be left.
                let last = piece.index + 1 == self.book.document.divisions.len();
                let end = NodeId { division: u32::try_from(piece.index).unwrap_or(u32::MAX), index: u32::MAX };
                self.breaks_up_to((!last).then_some(FlowPosition { node: end, offset: u32::MAX }));
            }
            self.out.push_str("</section>\n");
        }
        let first = |block: &&Block| matches!(block.kind, BlockKind::Heading { .. });
        let own = group.pieces.iter().find_map(|piece| piece.blocks.iter().find(first));
        let heading = own.or_else(|| group.pieces.iter().find_map(|piece| piece.division.heading()));
        let title = heading.map(heading_text);
        let title =
            title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| super::title(self.book).to_owned());
        let matters: BTreeSet<u8> = group.pieces.iter().map(|piece| piece.division.matter as u8).collect();
        let matter = group.pieces.first().map(|piece| piece.division.matter).filter(|_| matters.len() == 1);
        let kind = match matter {
            Some(Matter::Front) => " epub:type=\"frontmatter\"",
            Some(Matter::Body) => " epub:type=\"bodymatter\"",
            Some(Matter::Back) => " epub:type=\"backmatter\"",
            None => "",
        };
        let body = std::mem::take(&mut self.out);
        let (language, direction) = (super::language(self.book), super::direction(self.book));
        let xhtml = xml::page(language, direction, &title, kind, &body);
        let landmarks = group.pieces.iter().flat_map(|piece| landmarks(piece.blocks)).collect();
        let property = if xhtml.contains("<math ") { "mathml" } else { "" };
        ContentFile { name: self.file.clone(), title, matter, landmarks, xhtml, property, spread: "" }
    }

    /// Opens the section of a division, or of a part of one, and writes all of it but what closes it.
    fn piece(&mut self, piece: &Piece<'a>) {
        let division = piece.division;
        self.out.push_str("<section");
        let semantics = match division.kind {
            DivisionKind::Part => " class=\"part\" epub:type=\"part\" role=\"doc-part\"",
            DivisionKind::Chapter if self.book.style.opening == Opening::RunOn => "",
            DivisionKind::Chapter if division.matter != Matter::Body => {
                let number = division.heading().and_then(|heading| heading.attributes.number.as_ref());
                let is_appendix = division.matter == Matter::Back && division.level == 0 && number.is_some();
                if is_appendix { " epub:type=\"appendix\" role=\"doc-appendix\"" } else { "" }
            }
            DivisionKind::Chapter if division.level > 0 => " epub:type=\"subchapter\"",
            DivisionKind::Chapter => " epub:type=\"chapter\" role=\"doc-chapter\"",
            // The heading over the notes of the book has none itself.
            DivisionKind::Notes if division.notes.is_empty() => "",
            DivisionKind::Notes => " epub:type=\"endnotes\" role=\"doc-endnotes\"",
        };
        if !piece.opens {
            self.out.push_str(" class=\"continued\"");
        } else if let Some(heading) = division.heading().filter(|_| !semantics.is_empty()) {
            self.out.push_str(semantics);
            if let Some(id) = self.places.ids.get(&heading.id) {
                attribute("aria-labelledby", id, &mut self.out);
            }
        }
        self.out.push_str(">\n");
        self.blocks(piece.blocks);
        let notes: Vec<&Note> = piece.notes.iter().copied().filter(|note| self.notes.contains_key(&note.id)).collect();
        if !notes.is_empty() {
            let gathered = division.kind == DivisionKind::Notes;
            self.out.push_str(if gathered {
                "<ol class=\"endnotes\">\n"
            } else {
                "<div class=\"notes\" epub:type=\"footnotes\">\n"
            });
            // Pages start in the text; those of what follows in another file wait for it.
            self.between_files = !piece.closes;
            for note in notes {
                self.note(note, gathered);
            }
            self.between_files = false;
            self.out.push_str(if gathered { "</ol>\n" } else { "</div>\n" });
        }
    }

    /// Where a block is described at length, as an attribute; nothing where it is not (WAI-ARIA 1.2, `aria-details`).
    fn details(&self, node: NodeId) -> String {
        let mut markup = String::new();
        if let Some(id) = self.descriptions.get(&node).and_then(|description| self.places.ids.get(description)) {
            attribute("aria-details", id, &mut markup);
        }
        markup
    }

    /// The image of a figure or an inline; `None` where it could not be placed.
    fn image_markup(&self, node: NodeId, image: &Image) -> Option<String> {
        let id = *self.book.facts.images.get(&node)?;
        let (graphic, name) = (self.book.graphics.get(id)?, self.images.get(&id)?);
        let mut markup = format!("<img{}", self.details(node));
        attribute("src", name, &mut markup);
        if image.decorative {
            markup.push_str(" alt=\"\" role=\"presentation\"");
        } else {
            attribute("alt", image.alternative(), &mut markup);
        }
        // As large as in print; a CSS pixel is 1/96 inch.
        for (name, length) in [("width", graphic.size.width), ("height", graphic.size.height)] {
            let _ = write!(markup, " {name}=\"{}\"", (length.to_pt() * 96.0 / 72.0).round().max(1.0));
        }
        match image.width {
            None => {}
            Some(ImageWidth::Permille(part)) => {
                let _ = write!(markup, " style=\"width: {}.{}%\"", part / 10, part % 10);
            }
            Some(ImageWidth::Millipoints(width)) => {
                let body = self.book.style.paragraph(ParagraphRole::Body).character.size;
                let width = super::css::em(Length::millipoints(i64::from(width)), body);
                let _ = write!(markup, " style=\"width: {width}\"");
            }
        }
        markup.push_str("/>");
        Some(markup)
    }

    /// Writes a leaf's text, with the pages that start in it.
    fn text(&mut self, node: NodeId, text: &str) {
        let mut start = 0;
        for place in self.page_places(node, text) {
            self.letters(text.get(start..place).unwrap_or_default());
            self.page_anchor();
            start = place;
        }
        self.letters(text.get(start..).unwrap_or_default());
        self.previous = text.chars().next_back().or(self.previous);
    }

    /// Writes text. What no font of the book has stays, for a reader may have it, and says its numbers where it has not.
    fn letters(&mut self, text: &str) {
        let mut stretches: Vec<Range<usize>> = Vec::new();
        for (start, cluster) in self.book.fonts.missing(text) {
            let end = start + cluster.len();
            match stretches.last_mut() {
                Some(last) if text[last.end..start].trim().is_empty() => last.end = end,
                _ => stretches.push(start..end),
            }
        }
        let mut start = 0;
        for stretch in stretches {
            self.upright(&text[start..stretch.start]);
            let letters = &text[stretch.clone()];
            let mut numbers: Vec<String> = Vec::new();
            for character in letters.chars().filter(|character| !character.is_whitespace()) {
                let number = format!("U+{:04X}", u32::from(character));
                if !numbers.contains(&number) && numbers.len() < NUMBERS_SHOWN {
                    numbers.push(number);
                }
            }
            self.out.push_str("<span class=\"missing-letter\"");
            attribute("title", &numbers.join(" "), &mut self.out);
            self.out.push('>');
            escape(letters, &mut self.out);
            self.out.push_str("</span>");
            start = stretch.end;
        }
        self.upright(&text[start..]);
    }

    /// Writes text; in lines from top to bottom, a number of one or two figures between ideographs, or alone, stands upright
    /// in the place of one (JLREQ 2.3.2).
    fn upright(&mut self, text: &str) {
        let mut start = 0;
        if self.book.document.metadata.vertical && !self.in_code {
            let figure = |byte: u8| byte.is_ascii_digit();
            let bytes = text.as_bytes();
            let mut at = 0;
            while let Some(first) = bytes.get(at..).and_then(|rest| rest.iter().position(|byte| figure(*byte))) {
                let number = at + first;
                let length = bytes[number..].iter().take_while(|byte| figure(**byte)).count();
                at = number + length;
                // Figures among letters and signs of ASCII belong to a text that lies on its side.
                let beside = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii);
                if length <= 2 && !beside(bytes[..number].last()) && !beside(bytes.get(at)) {
                    escape(&text[start..number], &mut self.out);
                    let _ = write!(self.out, "<span class=\"upright\">{}</span>", &text[number..at]);
                    start = at;
                }
            }
        }
        escape(&text[start..], &mut self.out);
    }

    /// Where the pages that wait for `node`, or for a place before it, start in its text.
    fn page_places(&self, node: NodeId, text: &str) -> Vec<usize> {
        if self.between_files {
            return Vec::new();
        }
        let waiting = self.pending.get(self.next..).unwrap_or_default().iter();
        let offsets: Vec<usize> = waiting
            .map(|page| page.position)
            .take_while(|position| position.node <= node && Some(position.node) != self.held)
            .map(|position| if position.node == node { position.offset as usize } else { 0 })
            .collect();
        let within_word = self.previous.is_some_and(char::is_alphanumeric) && text.starts_with(char::is_alphanumeric);
        word_starts(text, &offsets, within_word)
    }

    /// Writes the pages that start at a leaf without text, or before it.
    fn breaks_before(&mut self, leaf: NodeId) {
        self.breaks_up_to(Some(FlowPosition { node: leaf, offset: u32::MAX }));
    }

    /// Writes the pages that start at `position` or before it; all that are left where there is none.
    fn breaks_up_to(&mut self, position: Option<FlowPosition>) {
        while self.pending.get(self.next).is_some_and(|page| {
            !self.between_files
                && Some(page.position.node) != self.held
                && position.is_none_or(|end| page.position <= end)
        }) {
            self.page_anchor();
        }
    }

    /// What the print page on which `node` begins is called.
    fn page_label(&self, node: NodeId) -> Option<String> {
        let pagination = &self.book.pagination;
        Some(pagination.pages.get(*pagination.places.get(&node)? as usize)?.label.text())
    }

    /// Writes the anchor of the next page.
    fn page_anchor(&mut self) {
        let Some(page) = self.pending.get(self.next) else { return };
        self.next += 1;
        self.out.push_str("<span");
        attribute("id", &page.id, &mut self.out);
        self.out.push_str(" epub:type=\"pagebreak\" role=\"doc-pagebreak\"");
        attribute("aria-label", &page.label, &mut self.out);
        self.out.push_str("></span>");
        self.pages.push(PageAnchor { label: page.label.clone(), address: format!("{}#{}", self.file, page.id) });
    }
}

/// The number and the words of a heading.
fn heading_text(heading: &Block) -> String {
    let BlockKind::Heading { content, .. } = &heading.kind else { return String::new() };
    let words = plain_text(content);
    match &heading.attributes.number {
        Some(number) => format!("{number} {words}"),
        None => words,
    }
}

/// For each of `offsets`, in order, the place in `text` where its anchor goes: the offset itself where it lies between
/// words, else the start of the next word; never before the place of the offset that precedes.
///
/// Words are those of UAX #29. `within_word` says that the text goes on a word that began before it. The next word is the
/// one after the next white space, or, in scripts written without spaces, the next one at all; where there is none, the
/// end of the text. Linear in `text` if there are offsets at all.
fn word_starts(text: &str, offsets: &[usize], within_word: bool) -> Vec<usize> {
    if offsets.is_empty() {
        return Vec::new();
    }
    let words: Vec<(usize, &str)> = text.split_word_bound_indices().collect();
    let is_space = |index: usize| words.get(index).is_some_and(|(_, word)| word.starts_with(char::is_whitespace));
    let unspaced = |index: usize| {
        words.get(index).and_then(|(_, word)| word.chars().next()).is_some_and(|first| is_unspaced(first.script()))
    };
    let mut previous = 0;
    offsets
        .iter()
        .map(|&offset| {
            if offset < previous {
                return previous;
            }
            // The first word that starts at the offset or after it.
            let mut index = words.partition_point(|(start, _)| *start < offset);
            let between = words.get(index).map_or(offset >= text.len(), |(start, _)| *start == offset);
            let divided = if between { offset == 0 && within_word } else { index > 0 && !is_space(index - 1) };
            if divided {
                index += usize::from(between);
                while index < words.len() && !is_space(index) && !unspaced(index) {
                    index += 1;
                }
            }
            // One white space ends a line; more, as code has them, begin the next.
            if is_space(index) && index > 0 && !is_space(index - 1) {
                index += 1;
            }
            previous = words.get(index).map_or(text.len(), |(start, _)| *start);
            previous
        })
        .collect()
}

/// Whether words of `script` follow one another without spaces.
fn is_unspaced(script: Script) -> bool {
    matches!(
        script,
        Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Bopomofo
            | Script::Thai
            | Script::Lao
            | Script::Khmer
            | Script::Myanmar
    )
}
