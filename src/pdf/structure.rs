//! The structure tree: the document's own tree as structure elements (PDF 32000-1, 14.7 and 14.8).
//!
//! It is made from the document alone, before anything is painted; the painter then asks whether an owner is in it, and the
//! finishing pass hangs the painted content and the links under their elements. So reading order is manuscript order.
//! Start at [`Structure::of`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::objects::{dictionary, name, rectangle, string, text};
use crate::document::{Block, BlockKind, Division, Image, Inline, InlineKind, NodeId, Part, plain_text};
use crate::layout::book::{Book, ItemKind, Owner, TitleLine};

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Document,
    Section,
    Group,
    Title,
    /// 1–6.
    Heading(u8),
    Paragraph,
    Quote,
    List,
    ListItem,
    Label,
    ListBody,
    Code,
    Table,
    Row,
    HeaderCell,
    Cell,
    Figure,
    Caption,
    Contents,
    ContentsItem,
    Reference,
    Note,
    Link,
    Span,
    Emphasis,
    Strong,
}

/// The roles that PDF 1.7 does not define, and the standard ones that stand in for them.
const ROLE_MAP: [(&str, &str); 3] = [("Title", "P"), ("Em", "Span"), ("Strong", "Span")];

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Section => "Sect",
            Self::Group => "Div",
            Self::Title => "Title",
            Self::Heading(level) => ["H1", "H2", "H3", "H4", "H5", "H6"][usize::from(level.clamp(1, 6) - 1)],
            Self::Paragraph => "P",
            Self::Quote => "BlockQuote",
            Self::List => "L",
            Self::ListItem => "LI",
            Self::Label => "Lbl",
            Self::ListBody => "LBody",
            Self::Code => "Code",
            Self::Table => "Table",
            Self::Row => "TR",
            Self::HeaderCell => "TH",
            Self::Cell => "TD",
            Self::Figure => "Figure",
            Self::Caption => "Caption",
            Self::Contents => "TOC",
            Self::ContentsItem => "TOCI",
            Self::Reference => "Reference",
            Self::Note => "Note",
            Self::Link => "Link",
            Self::Span => "Span",
            Self::Emphasis => "Em",
            Self::Strong => "Strong",
        }
    }

    /// Whether an element without content stays, so that a table keeps its columns.
    fn holds_its_place(self) -> bool {
        matches!(self, Self::Row | Self::HeaderCell | Self::Cell)
    }
}

/// What an element has beside its kids.
#[derive(Clone, Debug, Default)]
struct Properties {
    language: Option<Arc<str>>,
    /// What a figure shows.
    alternative: Option<String>,
    /// A note's unique name.
    id: Option<String>,
    /// For a list: whether it is numbered.
    ordered: Option<bool>,
    /// Whether the element is a block of its own though its role is inline (a figure).
    block: bool,
    /// Whether the text is struck through.
    struck: bool,
    /// What a link says.
    description: String,
}

#[derive(Clone, Copy, Debug)]
enum Kid {
    Element(usize),
    Content(Owner),
}

#[derive(Debug)]
struct Element {
    role: Role,
    /// The element itself for the root.
    parent: usize,
    kids: Vec<Kid>,
    properties: Properties,
}

/// The structure elements of a book, each before its kids.
#[derive(Debug)]
pub(super) struct Structure<'b> {
    book: &'b Book,
    elements: Vec<Element>,
    owners: BTreeMap<Owner, usize>,
    /// The owners that have something to click.
    linked: BTreeSet<Owner>,
    /// The levels of the headings around the place reached, as the author gave them.
    headings: Vec<u8>,
}

/// A step of the walk: something to make elements of, and the element it goes under.
enum Step<'b> {
    Block(&'b Block, usize),
    Inline(&'b Inline, usize),
}

impl<'b> Structure<'b> {
    /// Makes the elements of title page, contents and every division, notes at their division's end. Linear in the nodes;
    /// the walk keeps its own stack, so that deep nesting costs memory only.
    pub(super) fn of(book: &'b Book) -> Self {
        let root = Element { role: Role::Document, parent: 0, kids: Vec::new(), properties: Properties::default() };
        let items = book.pagination.pages.iter().flat_map(|page| &page.frames).flat_map(|frame| &frame.items);
        let linked = items.filter(|item| matches!(item.kind, ItemKind::Link { .. })).map(|item| item.owner).collect();
        let mut structure = Self { book, elements: vec![root], owners: BTreeMap::new(), linked, headings: Vec::new() };
        structure.title_page();
        structure.contents();
        for division in &book.document.divisions {
            structure.division(division);
        }
        structure
    }

    /// Whether content of `owner` has an element to go under.
    pub(super) fn has(&self, owner: Owner) -> bool {
        self.owners.contains_key(&owner)
    }

    /// What the link of `owner` says, for those who can't see it; empty where there are no words.
    pub(super) fn link_description(&self, owner: Owner) -> &str {
        self.owners.get(&owner).map_or("", |&element| &self.elements[element].properties.description)
    }

    fn add(&mut self, role: Role, parent: usize) -> usize {
        let element = self.elements.len();
        self.elements.push(Element { role, parent, kids: Vec::new(), properties: Properties::default() });
        self.elements[parent].kids.push(Kid::Element(element));
        element
    }

    /// An element for a node, which also takes what the node itself owns.
    fn add_node(&mut self, role: Role, parent: usize, node: NodeId, language: Option<&Arc<str>>) -> usize {
        let element = self.add(role, parent);
        self.elements[element].properties.language = language.cloned();
        self.content(element, Owner::Node(node));
        element
    }

    /// Reserves a place under `element` for what `owner` paints.
    fn content(&mut self, element: usize, owner: Owner) {
        if self.owners.insert(owner, element).is_none() {
            self.elements[element].kids.push(Kid::Content(owner));
        }
    }

    /// Reserves a place for what `owner` paints: in a `Link` of its own where it can be clicked.
    fn linked_content(&mut self, element: usize, owner: Owner, description: String) {
        let element = if self.linked.contains(&owner) {
            let link = self.add(Role::Link, element);
            self.elements[link].properties.description = description;
            link
        } else {
            element
        };
        self.content(element, owner);
    }

    fn title_page(&mut self) {
        let section = self.add(Role::Section, 0);
        let authors = (0..).zip(&self.book.document.metadata.authors).map(|(index, _)| TitleLine::Author(index));
        let lines = [TitleLine::Title, TitleLine::Subtitle].into_iter().chain(authors).chain([TitleLine::Imprint]);
        for line in lines {
            let role = match line {
                TitleLine::Title => Role::Title,
                TitleLine::Subtitle | TitleLine::Author(_) | TitleLine::Imprint => Role::Paragraph,
            };
            let element = self.add(role, section);
            self.content(element, Owner::TitlePage(line));
        }
    }

    fn contents(&mut self) {
        let book = self.book;
        let section = self.add(Role::Section, 0);
        let heading = self.add(Role::Heading(1), section);
        self.content(heading, Owner::ContentsHeading);
        let mut lists: Vec<usize> = Vec::new();
        for (index, entry) in (0..).zip(&book.navigation.entries) {
            lists.truncate(usize::from(entry.depth) + 1);
            // An entry deeper than the one before it opens a list within that one's.
            if lists.len() <= usize::from(entry.depth) {
                let parent = lists.last().copied().unwrap_or(section);
                lists.push(self.add(Role::Contents, parent));
            }
            let list = lists.last().copied().unwrap_or(section);
            let item = self.add(Role::ContentsItem, list);
            let reference = self.add(Role::Reference, item);
            self.linked_content(reference, Owner::ContentsEntry(index), entry.title.clone());
        }
    }

    fn division(&mut self, division: &'b Division) {
        let section = self.add(Role::Section, 0);
        self.blocks(&division.blocks, section);
        for note in &division.notes {
            let element = self.add_node(Role::Note, section, note.id, None);
            self.elements[element].properties.id = Some(format!("note-{:08}-{:08}", note.id.division, note.id.index));
            let label = self.add(Role::Label, element);
            let number = self.book.facts.note_numbers.get(&note.id).map(u32::to_string).unwrap_or_default();
            self.linked_content(label, Owner::Marker(note.id), number);
            self.blocks(&note.blocks, element);
        }
    }

    /// Walks `blocks` with everything in them, in order.
    fn blocks(&mut self, blocks: &'b [Block], parent: usize) {
        let mut stack: Vec<Step<'b>> = Vec::new();
        push_blocks(&mut stack, blocks, parent);
        while let Some(step) = stack.pop() {
            match step {
                Step::Block(block, parent) => self.block(&mut stack, block, parent),
                Step::Inline(inline, parent) => self.inline(&mut stack, inline, parent),
            }
        }
    }

    fn block(&mut self, stack: &mut Vec<Step<'b>>, block: &'b Block, parent: usize) {
        let language = block.attributes.language.as_ref();
        match &block.kind {
            BlockKind::Heading { level, content, .. } => {
                let role = Role::Heading(self.heading_level(*level));
                let element = self.add_node(role, parent, block.id, language);
                push_inlines(stack, content, element);
            }
            BlockKind::Paragraph(content) => {
                let element = self.add_node(Role::Paragraph, parent, block.id, language);
                push_inlines(stack, content, element);
            }
            BlockKind::Figure { image, caption } => {
                let parent = if caption.is_empty() { parent } else { self.add(Role::Group, parent) };
                if let Some(figure) = self.image(image, block.id, parent, language) {
                    self.elements[figure].properties.block = true;
                }
                if !caption.is_empty() {
                    let caption_element = self.add(Role::Caption, parent);
                    self.elements[caption_element].properties.language = language.cloned();
                    push_inlines(stack, caption, caption_element);
                }
            }
            BlockKind::Quote(blocks) => {
                let element = self.add_node(Role::Quote, parent, block.id, language);
                push_blocks(stack, blocks, element);
            }
            BlockKind::List { start, tight: _, items } => {
                let list = self.add_node(Role::List, parent, block.id, language);
                self.elements[list].properties.ordered = Some(start.is_some());
                let bodies: Vec<usize> = items
                    .iter()
                    .map(|item| {
                        let element = self.add_node(Role::ListItem, list, item.id, None);
                        let label = self.add(Role::Label, element);
                        self.content(label, Owner::Marker(item.id));
                        self.add(Role::ListBody, element)
                    })
                    .collect();
                for (item, &body) in items.iter().zip(&bodies).rev() {
                    push_blocks(stack, &item.blocks, body);
                }
            }
            BlockKind::Code(_) => {
                let paragraph = self.add(Role::Paragraph, parent);
                self.add_node(Role::Code, paragraph, block.id, language);
            }
            BlockKind::PageBreak => {}
            BlockKind::Break | BlockKind::Formula(_) => {
                self.add_node(Role::Paragraph, parent, block.id, language);
            }
            BlockKind::Table(source) => {
                let table = self.add_node(Role::Table, parent, block.id, language);
                let mut cells = Vec::new();
                for (index, row) in source.head.iter().chain(&source.rows).enumerate() {
                    let role = if index < source.head.len() { Role::HeaderCell } else { Role::Cell };
                    let element = self.add_node(Role::Row, table, row.id, None);
                    for cell in &row.cells {
                        cells.push((cell, self.add_node(role, element, cell.id, None)));
                    }
                }
                for (cell, element) in cells.into_iter().rev() {
                    match cell.blocks.as_slice() {
                        [Block { kind: BlockKind::Paragraph(content), .. }] => push_inlines(stack, content, element),
                        blocks => push_blocks(stack, blocks, element),
                    }
                }
            }
            BlockKind::FigureGroup { .. }
            | BlockKind::DefinitionList(_)
            | BlockKind::Verse(_)
            | BlockKind::Admonition { .. }
            | BlockKind::Container { .. }
            | BlockKind::Bibliography(_)
            | BlockKind::Index(_) => {
                for part in block.parts().into_iter().rev() {
                    match part {
                        Part::Inlines(inlines) => {
                            let element = self.add(Role::Paragraph, parent);
                            push_inlines(stack, inlines, element);
                        }
                        Part::Blocks(blocks) => push_blocks(stack, blocks, parent),
                        Part::Code(_) => {}
                    }
                }
            }
        }
    }

    fn inline(&mut self, stack: &mut Vec<Step<'b>>, inline: &'b Inline, parent: usize) {
        let language = inline.attributes.language.as_ref();
        let role = match &inline.kind {
            InlineKind::IndexMark(_) => return,
            InlineKind::Text(_) | InlineKind::LineBreak | InlineKind::Formula(_) | InlineKind::PageReference { .. } => {
                if language.is_none() {
                    self.content(parent, Owner::Node(inline.id));
                    return;
                }
                Role::Span
            }
            InlineKind::Emphasis(_) => Role::Emphasis,
            InlineKind::Strong(_) => Role::Strong,
            InlineKind::Strikethrough(_)
            | InlineKind::Subscript(_)
            | InlineKind::Superscript(_)
            | InlineKind::Span(..)
            | InlineKind::Abbreviation { .. }
            | InlineKind::Reference { .. }
            | InlineKind::Citation { .. } => Role::Span,
            InlineKind::Code(_) => Role::Code,
            InlineKind::Link { .. } => {
                if self.linked.contains(&Owner::Node(inline.id)) {
                    Role::Link
                } else {
                    Role::Span
                }
            }
            InlineKind::Image(image) => {
                self.image(image, inline.id, parent, language);
                return;
            }
            InlineKind::NoteReference(index) => {
                let reference = self.add(Role::Reference, parent);
                self.elements[reference].properties.language = language.cloned();
                let notes =
                    self.book.document.divisions.get(inline.id.division as usize).map(|division| &division.notes);
                let number = notes
                    .and_then(|notes| self.book.facts.note_numbers.get(&notes.get(*index)?.id))
                    .map(u32::to_string)
                    .unwrap_or_default();
                self.linked_content(reference, Owner::Node(inline.id), number);
                return;
            }
        };
        let element = self.add_node(role, parent, inline.id, language);
        let properties = &mut self.elements[element].properties;
        properties.struck = matches!(inline.kind, InlineKind::Strikethrough(_));
        if role == Role::Link {
            properties.description = plain_text(inline.children());
        }
        push_inlines(stack, inline.children(), element);
    }

    /// A figure; or, where the image could not be placed and its words are shown instead, those words. A decorative image is
    /// no part of the tree.
    fn image(&mut self, image: &Image, id: NodeId, parent: usize, language: Option<&Arc<str>>) -> Option<usize> {
        let placed = self.book.facts.images.contains_key(&id);
        if placed && image.decorative {
            return None;
        }
        Some(if placed {
            let figure = self.add_node(Role::Figure, parent, id, language);
            let words = image.alternative().trim();
            let words = if words.is_empty() { file_name(&image.address) } else { words };
            self.elements[figure].properties.alternative = Some(words.to_owned());
            figure
        } else {
            self.add_node(Role::Span, parent, id, language)
        })
    }

    /// The level at which a heading stands in the tree, so that none is skipped on the way down (ISO 14289-1, 7.4.2): one
    /// below the nearest heading before it that the author set above it.
    fn heading_level(&mut self, level: u8) -> u8 {
        while self.headings.last().is_some_and(|&above| above >= level) {
            self.headings.pop();
        }
        self.headings.push(level);
        u8::try_from(self.headings.len()).unwrap_or(6).min(6)
    }
}

fn push_blocks<'b>(stack: &mut Vec<Step<'b>>, blocks: &'b [Block], parent: usize) {
    stack.extend(blocks.iter().rev().map(|block| Step::Block(block, parent)));
}

fn push_inlines<'b>(stack: &mut Vec<Step<'b>>, inlines: &'b [Inline], parent: usize) {
    stack.extend(inlines.iter().rev().map(|inline| Step::Inline(inline, parent)));
}

/// The last part of an address: what stands in for alternative text that the author left out.
fn file_name(address: &str) -> &str {
    address.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("image")
}

/// What hangs under an owner, once it is painted.
#[derive(Debug, Default)]
pub(super) struct Painted {
    /// Page index and marked-content identifier, in order.
    pub(super) marks: Vec<(usize, usize)>,
    /// Annotations with the page that they are on.
    pub(super) links: Vec<(usize, ObjectId)>,
    /// Where the owner's image stands.
    pub(super) bounds: Option<[f64; 4]>,
}

/// The tree, written.
pub(super) struct WrittenTree {
    /// The structure tree root.
    pub(super) root: ObjectId,
    /// Owner → its element's object.
    elements: BTreeMap<Owner, ObjectId>,
}

impl WrittenTree {
    /// The element that content of `owner` hangs under.
    pub(super) fn element(&self, owner: Owner) -> Option<ObjectId> {
        self.elements.get(&owner).copied()
    }
}

impl Structure<'_> {
    /// Writes the elements with the content that was painted; those without any are left out. The root still lacks its
    /// parent tree. Linear in the elements and their content.
    pub(super) fn write(
        &self,
        document: &mut Document,
        pages: &[ObjectId],
        painted: &BTreeMap<Owner, Painted>,
    ) -> WrittenTree {
        let root = document.new_object_id();
        let kept = self.kept(painted);
        let ids: Vec<Option<ObjectId>> = kept.iter().map(|&kept| kept.then(|| document.new_object_id())).collect();
        for (element, id) in self.elements.iter().zip(&ids) {
            if let Some(id) = *id {
                let parent = if element.role == Role::Document { root } else { ids[element.parent].unwrap_or(root) };
                let object = write_element(element, parent, &ids, pages, painted);
                document.objects.insert(id, Object::Dictionary(object));
            }
        }
        let names: BTreeMap<&str, ObjectId> = self
            .elements
            .iter()
            .zip(&ids)
            .filter_map(|(element, id)| Some((element.properties.id.as_deref()?, (*id)?)))
            .collect();
        let role_map: Dictionary = ROLE_MAP.iter().map(|&(role, standard)| (role, name(standard))).collect();
        let mut root_entries = dictionary([
            ("Type", name("StructTreeRoot")),
            ("K", ids[0].map_or(Object::Null, |id| Object::Array(vec![Object::Reference(id)]))),
            ("RoleMap", Object::Dictionary(role_map)),
        ]);
        if !names.is_empty() {
            let pairs = names
                .iter()
                .flat_map(|(name, id)| [string(name.as_bytes().to_vec()), Object::Reference(*id)])
                .collect();
            let tree = document.add_object(dictionary([("Names", Object::Array(pairs))]));
            root_entries.set("IDTree", Object::Reference(tree));
        }
        document.objects.insert(root, Object::Dictionary(root_entries));
        let elements = self.owners.iter().filter_map(|(&owner, &element)| Some((owner, ids[element]?))).collect();
        WrittenTree { root, elements }
    }

    /// Which elements are written: those with content below them, and the cells of tables that have any. The root always.
    fn kept(&self, painted: &BTreeMap<Owner, Painted>) -> Vec<bool> {
        let mut kept: Vec<bool> = self
            .elements
            .iter()
            .map(|element| {
                element.role == Role::Document
                    || element.kids.iter().any(|kid| match kid {
                        Kid::Content(owner) => painted.contains_key(owner),
                        Kid::Element(_) => false,
                    })
            })
            .collect();
        for (index, element) in self.elements.iter().enumerate().rev() {
            if kept[index] {
                kept[element.parent] = true;
            }
        }
        for (index, element) in self.elements.iter().enumerate() {
            if element.role.holds_its_place() && kept[element.parent] {
                kept[index] = true;
            }
        }
        kept
    }
}

/// An element's dictionary (PDF 32000-1, table 323).
fn write_element(
    element: &Element,
    parent: ObjectId,
    ids: &[Option<ObjectId>],
    pages: &[ObjectId],
    painted: &BTreeMap<Owner, Painted>,
) -> Dictionary {
    let mut kids = Vec::new();
    let mut links = Vec::new();
    let mut page: Option<usize> = None;
    let mut bounds = None;
    for kid in &element.kids {
        match kid {
            Kid::Element(kid) => kids.extend(ids[*kid].map(Object::Reference)),
            Kid::Content(owner) => {
                let Some(painted) = painted.get(owner) else { continue };
                bounds = bounds.or(painted.bounds);
                for &(on, mark) in &painted.marks {
                    let mark = Object::Integer(i64::try_from(mark).unwrap_or(i64::MAX));
                    kids.push(if *page.get_or_insert(on) == on {
                        mark
                    } else {
                        Object::Dictionary(dictionary([
                            ("Type", name("MCR")),
                            ("Pg", Object::Reference(pages[on])),
                            ("MCID", mark),
                        ]))
                    });
                }
                for &(on, link) in &painted.links {
                    links.push(Object::Dictionary(dictionary([
                        ("Type", name("OBJR")),
                        ("Pg", Object::Reference(pages[on])),
                        ("Obj", Object::Reference(link)),
                    ])));
                }
            }
        }
    }
    kids.extend(links);
    let mut object =
        dictionary([("Type", name("StructElem")), ("S", name(element.role.name())), ("P", Object::Reference(parent))]);
    if let Some(page) = page {
        object.set("Pg", Object::Reference(pages[page]));
    }
    match (kids.len(), kids.pop()) {
        (0, _) | (_, None) => {}
        (1, Some(kid)) => object.set("K", kid),
        (_, Some(kid)) => {
            kids.push(kid);
            object.set("K", Object::Array(kids));
        }
    }
    let properties = &element.properties;
    if let Some(language) = &properties.language {
        object.set("Lang", text(language));
    }
    if let Some(alternative) = &properties.alternative {
        object.set("Alt", text(alternative));
    }
    if let Some(id) = &properties.id {
        object.set("ID", string(id.as_bytes().to_vec()));
    }
    if let Some(attributes) = attributes(element, bounds) {
        object.set("A", Object::Dictionary(attributes));
    }
    object
}

/// An element's attributes (PDF 32000-1, 14.8.5).
fn attributes(element: &Element, bounds: Option<[f64; 4]>) -> Option<Dictionary> {
    let properties = &element.properties;
    if let Some(ordered) = properties.ordered {
        let numbering = name(if ordered { "Decimal" } else { "Disc" });
        return Some(dictionary([("O", name("List")), ("ListNumbering", numbering)]));
    }
    if element.role == Role::HeaderCell {
        return Some(dictionary([("O", name("Table")), ("Scope", name("Column"))]));
    }
    let mut layout = Dictionary::new();
    if element.role == Role::Figure {
        if let Some(bounds) = bounds {
            layout.set("BBox", rectangle(bounds));
        }
        if properties.block {
            layout.set("Placement", name("Block"));
        }
    }
    if properties.struck {
        layout.set("TextDecorationType", name("LineThrough"));
    }
    if layout.is_empty() {
        return None;
    }
    layout.set("O", name("Layout"));
    Some(layout)
}
