//! The structure tree: the document's own tree as structure elements (PDF 32000-1, 14.7 and 14.8).
//!
//! It is made from the document alone, before anything is painted; the painter then asks whether an owner is in it, and the
//! finishing pass hangs the painted content and the links under their elements (`write`). So reading order is manuscript
//! order. What the other edition alone shows is never painted, and so is left out. Start at [`Structure::of`].

mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) use write::{Painted, WrittenTree};

use crate::document::{
    BibliographyEntry, Block, BlockKind, Cell, CodeBlock, ContainerRole, Definition, Direction, Division, DivisionKind,
    Image, IndexEntry, Inline, InlineKind, ListFigures, ListItem, Matter, NodeId, PageForm, SpanRole, Table,
    plain_text,
};
use crate::layout::book::{Book, ItemKind, LinkTarget, ListKind, Owner, Page, TitleLine};
use crate::terms;

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Document,
    Part,
    Section,
    Group,
    Aside,
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
    Formula,
    Caption,
    Index,
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
const ROLE_MAP: [(&str, &str); 4] = [("Aside", "Div"), ("Title", "P"), ("Em", "Span"), ("Strong", "Span")];

impl Role {
    /// What it is called: in PDF 1.7, or where `modern` in PDF 2.0.
    fn name(self, modern: bool) -> &'static str {
        match self {
            Self::Document => "Document",
            Self::Part => "Part",
            Self::Section => "Sect",
            Self::Group => "Div",
            Self::Aside => "Aside",
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
            Self::Formula => "Formula",
            Self::Caption => "Caption",
            Self::Index => "Index",
            Self::Contents => "TOC",
            Self::ContentsItem => "TOCI",
            Self::Reference => "Reference",
            Self::Note if modern => "FENote",
            Self::Note => "Note",
            Self::Link => "Link",
            Self::Span => "Span",
            Self::Emphasis => "Em",
            Self::Strong => "Strong",
        }
    }

    /// Whether PDF 2.0 has it in its own namespace (PDF 32000-2, 14.8.4); the others are in that of PDF 1.7 alone.
    fn is_modern(self) -> bool {
        !matches!(self, Self::Quote | Self::Code | Self::Index | Self::Contents | Self::ContentsItem | Self::Reference)
    }

    /// What stands for it below an element that may not hold it (ISO/TS 32005, table 5).
    fn within(self, parent: Self) -> Self {
        let cell = matches!(parent, Self::HeaderCell | Self::Cell);
        match self {
            Self::Aside if cell || matches!(parent, Self::Aside | Self::Quote) => Self::Group,
            Self::Quote if cell => Self::Group,
            Self::Heading(_) if parent == Self::Note => Self::Paragraph,
            role => role,
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
    /// Which way it reads, where not as its parent does.
    direction: Option<Direction>,
    /// What a figure or a formula shows.
    alternative: Option<String>,
    /// What a short form stands for.
    expansion: Option<String>,
    /// A note's unique name.
    id: Option<String>,
    /// For a list: how it is numbered (14.8.5.5).
    numbering: Option<&'static str>,
    /// Whether the element is a block of its own though its role is inline (a figure).
    block: bool,
    /// The line through the text or under it.
    decoration: Option<&'static str>,
    /// For a header cell: whether it heads its row rather than its column.
    heads_row: bool,
    /// How many columns and rows a cell takes, where more than one.
    columns: u16,
    rows: u16,
    /// What a link says.
    description: String,
    /// What it refers to (PDF 32000-2, table 355), in a PDF 2.0.
    refers: Vec<Referent>,
    /// The formula that it is, in a PDF 2.0, which carries it as MathML.
    formula: Option<NodeId>,
    /// Where a note stands, in a PDF 2.0 (PDF 32000-2, 14.8.5).
    note_type: Option<&'static str>,
}

/// What an element refers to.
#[derive(Clone, Copy, Debug)]
enum Referent {
    Element(usize),
    /// What stands at this node.
    Node(NodeId),
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
    /// Whether the elements are those of PDF 2.0.
    modern: bool,
    elements: Vec<Element>,
    owners: BTreeMap<Owner, usize>,
    /// The owners that have something to click.
    linked: BTreeSet<Owner>,
    /// How many parts there are of what each line of an index says of pages.
    locators: BTreeMap<NodeId, u32>,
    /// The levels of the headings around the place reached, as the author gave them.
    headings: Vec<u8>,
    /// The divisions around the place reached: part, chapter, section, each with its depth.
    sections: Vec<(u8, usize)>,
    /// The elements that refer to each note.
    references: BTreeMap<NodeId, Vec<usize>>,
}

/// A step of the walk: something to make elements of, and the element it goes under.
enum Step<'b> {
    Block(&'b Block, usize),
    Inline(&'b Inline, usize),
}

impl<'b> Structure<'b> {
    /// Makes the elements of title page, contents and every division, notes at their division's end. Linear in the nodes;
    /// the walk keeps its own stack, so that deep nesting costs memory only. The elements are those of PDF 2.0 where `modern`.
    pub(super) fn of(book: &'b Book, modern: bool) -> Self {
        let direction = Some(book.document.metadata.reads()).filter(|direction| direction.is_right_to_left());
        let properties = Properties { direction, ..Properties::default() };
        let root = Element { role: Role::Document, parent: 0, kids: Vec::new(), properties };
        let items = book.pagination.pages.iter().flat_map(Page::items);
        let mut linked = BTreeSet::new();
        let mut locators: BTreeMap<NodeId, u32> = BTreeMap::new();
        for item in items {
            if let Owner::Locator(line, part) = item.owner {
                let parts = locators.entry(line).or_default();
                *parts = (*parts).max(part + 1);
            }
            if matches!(item.kind, ItemKind::Link { .. }) {
                linked.insert(item.owner);
            }
        }
        let mut structure = Self {
            book,
            modern,
            elements: vec![root],
            owners: BTreeMap::new(),
            linked,
            locators,
            headings: Vec::new(),
            sections: Vec::new(),
            references: BTreeMap::new(),
        };
        structure.title_pages();
        // As the pages have it: dedications and epigraphs before the contents, all else behind it.
        let divisions = &book.document.divisions;
        let inscribed = |division: &&Division| division.matter == Matter::Front && division.is_inscription();
        let inscriptions = divisions.iter().take_while(inscribed).count();
        for (index, division) in divisions.iter().enumerate() {
            if index == inscriptions {
                structure.lists();
            }
            structure.division(division);
        }
        if inscriptions == divisions.len() {
            structure.lists();
        }
        if modern {
            structure.modernize();
        }
        structure
    }

    /// What PDF 2.0 asks for beyond PDF 1.7: notes refer back, and no element holds what it may not.
    fn modernize(&mut self) {
        for (note, references) in std::mem::take(&mut self.references) {
            if let Some(&element) = self.owners.get(&Owner::Node(note)) {
                self.elements[element].properties.refers = references.into_iter().map(Referent::Element).collect();
            }
        }
        for index in 1..self.elements.len() {
            let parent = self.elements[self.elements[index].parent].role;
            self.elements[index].role = self.elements[index].role.within(parent);
        }
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
        self.elements[element].properties.direction = self.book.facts.directions.change(node);
        self.content(element, Owner::Node(node));
        element
    }

    /// Reserves a place under `element` for what `owner` paints.
    fn content(&mut self, element: usize, owner: Owner) {
        if self.owners.insert(owner, element).is_none() {
            self.elements[element].kids.push(Kid::Content(owner));
        }
    }

    /// Reserves a place for what `owner` paints: in a `Link` of its own where it can be clicked. In PDF 2.0 a `Reference` is a
    /// link itself, and must not hold one (ISO/TS 32005, table 5).
    fn linked_content(&mut self, element: usize, owner: Owner, description: String) {
        let element = if self.modern && self.elements[element].role == Role::Reference {
            self.elements[element].properties.description = description;
            element
        } else if self.linked.contains(&owner) {
            let link = self.add(Role::Link, element);
            self.elements[link].properties.description = description;
            link
        } else {
            element
        };
        self.content(element, owner);
    }

    /// Half-title, title page and copyright page.
    fn title_pages(&mut self) {
        let section = self.add(Role::Section, 0);
        let line = self.add(Role::Paragraph, section);
        self.content(line, Owner::HalfTitle);
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
        for (line, _) in (0..).zip(self.book.copyright.iter().flatten()) {
            let element = self.add(Role::Paragraph, section);
            self.content(element, Owner::CopyrightLine(line));
        }
    }

    /// The contents and the other lists.
    fn lists(&mut self) {
        for kind in ListKind::ALL {
            self.list(kind);
        }
    }

    fn list(&mut self, kind: ListKind) {
        let book = self.book;
        let section = self.add(Role::Section, 0);
        let heading = self.add(Role::Heading(1), section);
        self.content(heading, Owner::ListHeading(kind));
        let mut lists: Vec<usize> = Vec::new();
        for (index, entry) in (0..).zip(book.navigation.list(kind)) {
            lists.truncate(usize::from(entry.depth) + 1);
            // An entry deeper than the one before it opens a list within that one's.
            if lists.len() <= usize::from(entry.depth) {
                let parent = lists.last().copied().unwrap_or(section);
                lists.push(self.add(Role::Contents, parent));
            }
            let list = lists.last().copied().unwrap_or(section);
            let item = self.add(Role::ContentsItem, list);
            let reference = self.add(Role::Reference, item);
            self.elements[reference].properties.refers.push(Referent::Node(entry.target));
            self.linked_content(reference, Owner::ListEntry(kind, index), entry.text());
        }
    }

    /// A division within those that it is part of: a chapter of the body in its part, a section in its chapter.
    fn division(&mut self, division: &'b Division) {
        let (role, depth) = match division.kind {
            DivisionKind::Part => (Role::Part, 0),
            DivisionKind::Chapter | DivisionKind::Notes => (Role::Section, division.level.saturating_add(1)),
        };
        self.sections.retain(|(around, element)| {
            *around < depth && (division.matter == Matter::Body || self.elements[*element].role != Role::Part)
        });
        let parent = self.sections.last().map_or(0, |(_, element)| *element);
        let section = self.add(role, parent);
        self.sections.push((depth, section));
        self.blocks(&division.blocks, section);
        for note in &division.notes {
            let element = self.add_node(Role::Note, section, note.id, None);
            let properties = &mut self.elements[element].properties;
            properties.id = Some(format!("note-{:08}-{:08}", note.id.division, note.id.index));
            let note_type = if division.kind == DivisionKind::Notes { "Endnote" } else { "Footnote" };
            properties.note_type = self.modern.then_some(note_type);
            let label = self.add(Role::Label, element);
            let number = self.note_number(note.id);
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
                self.label(element, block.id);
                push_inlines(stack, content, element);
            }
            BlockKind::Paragraph(content) => {
                let element = self.add_node(Role::Paragraph, parent, block.id, language);
                push_inlines(stack, content, element);
            }
            BlockKind::Figure { image, caption } => {
                // Beside the image: what stands in a figure is passed over for its alternative text.
                let captioned = !caption.is_empty() || block.attributes.number.is_some();
                let group = if captioned { self.add(Role::Group, parent) } else { parent };
                // Words that stand for the image are a paragraph.
                let missing = !self.book.facts.images.contains_key(&block.id);
                let parent = if missing { self.add(Role::Paragraph, group) } else { group };
                if let Some(figure) = self.image(image, block.id, parent, language) {
                    self.elements[figure].properties.block = true;
                }
                self.caption(stack, block, caption, group);
            }
            BlockKind::FigureGroup { blocks, caption, .. } => {
                let group = self.add_node(Role::Group, parent, block.id, language);
                let panels = self.add(Role::Group, group);
                push_blocks(stack, blocks, panels);
                self.caption(stack, block, caption, group);
            }
            BlockKind::Quote(blocks) => {
                let element = self.add_node(Role::Quote, parent, block.id, language);
                push_blocks(stack, blocks, element);
            }
            BlockKind::List { start, numbers, tight: _, items } => {
                let list = self.add_node(Role::List, parent, block.id, language);
                let figures = start.map(|_| numbers.figures);
                self.elements[list].properties.numbering = Some(figures.map_or("Disc", numbering));
                self.items(stack, items, list);
            }
            BlockKind::DefinitionList(definitions) => {
                let list = self.add_node(Role::List, parent, block.id, language);
                self.elements[list].properties.numbering = self.modern.then_some("Description");
                self.definitions(stack, definitions, list);
            }
            BlockKind::Code(code) => self.code(stack, code, block, parent),
            BlockKind::Verse(lines) => {
                let verse = self.add_node(Role::Group, parent, block.id, language);
                for line in lines {
                    let element = self.add(Role::Paragraph, verse);
                    push_inlines(stack, &line.content, element);
                }
            }
            BlockKind::PageBreak => {}
            BlockKind::Break => {
                self.add_node(Role::Paragraph, parent, block.id, language);
            }
            BlockKind::Formula(formula) => {
                let paragraph = self.add(Role::Paragraph, parent);
                let element = self.formula(&formula.tex, block.id, paragraph, language);
                self.elements[element].properties.block = true;
                self.label(paragraph, block.id);
            }
            BlockKind::Table(table) => self.table(stack, table, block, parent),
            BlockKind::Admonition { kind: _, title, blocks } => {
                self.titled(stack, Role::Aside, block, title, blocks, parent);
            }
            BlockKind::Container { role, title, blocks } => {
                let role = match role {
                    ContainerRole::Plain
                    | ContainerRole::Epigraph
                    | ContainerRole::Dedication
                    | ContainerRole::Centered
                    | ContainerRole::End => Role::Group,
                    ContainerRole::Aside | ContainerRole::Details => Role::Aside,
                    ContainerRole::Glossary => Role::Section,
                };
                self.titled(stack, role, block, title, blocks, parent);
            }
            BlockKind::Bibliography(works) => {
                let list = self.add_node(Role::List, parent, block.id, language);
                self.works(stack, works, list);
            }
            BlockKind::Index(entries) => {
                let index = self.add_node(Role::Index, parent, block.id, language);
                self.index(stack, entries, index);
            }
        }
    }

    /// What `node` is called by number, or its marker; left out where nothing is painted of it.
    fn label(&mut self, parent: usize, node: NodeId) {
        let label = self.add(Role::Label, parent);
        self.content(label, Owner::Marker(node));
    }

    /// Number and caption of a block.
    fn caption(&mut self, stack: &mut Vec<Step<'b>>, block: &'b Block, caption: &'b [Inline], parent: usize) {
        let element = self.add(Role::Caption, parent);
        self.elements[element].properties.language.clone_from(&block.attributes.language);
        self.label(element, block.id);
        push_inlines(stack, caption, element);
    }

    /// A box with the line over it: its title, or the word that stands for one.
    fn titled(
        &mut self,
        stack: &mut Vec<Step<'b>>,
        role: Role,
        block: &'b Block,
        title: &'b [Inline],
        blocks: &'b [Block],
        parent: usize,
    ) {
        let element = self.add_node(role, parent, block.id, block.attributes.language.as_ref());
        let line = self.add(Role::Paragraph, element);
        self.label(line, block.id);
        push_blocks(stack, blocks, element);
        push_inlines(stack, title, line);
    }

    fn items(&mut self, stack: &mut Vec<Step<'b>>, items: &'b [ListItem], list: usize) {
        let bodies: Vec<usize> = items
            .iter()
            .map(|item| {
                let element = self.add_node(Role::ListItem, list, item.id, None);
                self.label(element, item.id);
                self.add(Role::ListBody, element)
            })
            .collect();
        for (item, &body) in items.iter().zip(&bodies).rev() {
            push_blocks(stack, &item.blocks, body);
        }
    }

    /// Each term as the label of its meanings.
    fn definitions(&mut self, stack: &mut Vec<Step<'b>>, definitions: &'b [Definition], list: usize) {
        let bodies: Vec<usize> = definitions
            .iter()
            .map(|definition| {
                let language = definition.attributes.language.as_ref();
                let element = self.add_node(Role::ListItem, list, definition.id, language);
                // The author's words, where other labels are generated.
                let label = self.add(Role::Label, element);
                let term = self.add(Role::Span, label);
                push_inlines(stack, &definition.term, term);
                self.add(Role::ListBody, element)
            })
            .collect();
        for (definition, &body) in definitions.iter().zip(&bodies).rev() {
            for meaning in definition.meanings.iter().rev() {
                push_blocks(stack, &meaning.blocks, body);
            }
        }
    }

    fn works(&mut self, stack: &mut Vec<Step<'b>>, works: &'b [BibliographyEntry], list: usize) {
        let numbered = works.iter().any(|work| !work.marker.is_empty());
        self.elements[list].properties.numbering = numbered.then_some("Decimal");
        for work in works {
            let element = self.add_node(Role::ListItem, list, work.id, None);
            self.label(element, work.id);
            let body = self.add(Role::ListBody, element);
            let paragraph = self.add(Role::Paragraph, body);
            push_inlines(stack, &work.content, paragraph);
        }
    }

    /// Nested lists: each term as the label of its pages and of what stands below it.
    fn index(&mut self, stack: &mut Vec<Step<'b>>, entries: &'b [IndexEntry], parent: usize) {
        // The list at each depth, and the body of its last item.
        let mut open: Vec<(usize, usize)> = Vec::new();
        for entry in entries {
            let depth = usize::from(entry.depth).min(open.len());
            let list = match open.get(depth) {
                Some((list, _)) => *list,
                None => {
                    let list = self.add(Role::List, open.last().map_or(parent, |(_, body)| *body));
                    self.elements[list].properties.numbering = self.modern.then_some("Unordered");
                    list
                }
            };
            open.truncate(depth);
            let item = self.add_node(Role::ListItem, list, entry.id, None);
            let label = self.add(Role::Label, item);
            let term = self.add(Role::Span, label);
            push_inlines(stack, &entry.content, term);
            let body = self.add(Role::ListBody, item);
            let reference = if self.modern { body } else { self.add(Role::Reference, body) };
            for part in 0..self.locators.get(&entry.id).copied().unwrap_or_default() {
                self.linked_content(reference, Owner::Locator(entry.id, part), plain_text(&entry.content));
            }
            open.push((list, body));
        }
    }

    /// Title, lines and caption.
    fn code(&mut self, stack: &mut Vec<Step<'b>>, code: &'b CodeBlock, block: &'b Block, parent: usize) {
        let alone = code.title.is_empty() && code.caption.is_empty() && block.attributes.number.is_none();
        let parent = if alone { parent } else { self.add(Role::Group, parent) };
        let title = self.add(Role::Paragraph, parent);
        push_inlines(stack, &code.title, title);
        let paragraph = self.add(Role::Paragraph, parent);
        self.add_node(Role::Code, paragraph, block.id, block.attributes.language.as_ref());
        self.caption(stack, block, &code.caption, parent);
    }

    fn table(&mut self, stack: &mut Vec<Step<'b>>, source: &'b Table, block: &'b Block, parent: usize) {
        let table = self.add_node(Role::Table, parent, block.id, block.attributes.language.as_ref());
        self.caption(stack, block, &source.caption, table);
        let head = if source.has_head() { source.head.as_slice() } else { &[] };
        let sections = [(head, source.head_cells(), true), (&source.rows, source.body_cells(), false)];
        for (rows, cells, heads) in sections {
            let mut cells = cells.into_iter().peekable();
            for (index, row) in rows.iter().enumerate() {
                let row = self.add_node(Role::Row, table, row.id, None);
                while let Some(placed) = cells.next_if(|placed| placed.row == index) {
                    let cell = placed.cell;
                    let role = if heads || cell.heads_row { Role::HeaderCell } else { Role::Cell };
                    let element = self.add_node(role, row, cell.id, None);
                    let properties = &mut self.elements[element].properties;
                    properties.heads_row = !heads;
                    properties.columns = u16::try_from(placed.columns).unwrap_or(u16::MAX);
                    properties.rows = u16::try_from(placed.rows).unwrap_or(u16::MAX);
                    self.cell(stack, cell, element);
                }
            }
        }
    }

    fn cell(&mut self, stack: &mut Vec<Step<'b>>, cell: &'b Cell, element: usize) {
        match cell.blocks.as_slice() {
            [Block { attributes, kind: BlockKind::Paragraph(content), .. }] => {
                self.elements[element].properties.language.clone_from(&attributes.language);
                push_inlines(stack, content, element);
            }
            blocks => push_blocks(stack, blocks, element),
        }
    }

    fn inline(&mut self, stack: &mut Vec<Step<'b>>, inline: &'b Inline, parent: usize) {
        let language = inline.attributes.language.as_ref();
        let role = match &inline.kind {
            InlineKind::IndexMark(_) => return,
            InlineKind::Text(_) | InlineKind::LineBreak | InlineKind::Span(SpanRole::Plain, _) => {
                if language.is_none() {
                    self.content(parent, Owner::Node(inline.id));
                    push_inlines(stack, inline.children(), parent);
                    return;
                }
                Role::Span
            }
            InlineKind::Formula(formula) => {
                self.formula(&formula.tex, inline.id, parent, language);
                return;
            }
            InlineKind::PageReference { form, .. } => {
                let label = self.page_label(inline.id);
                let words = match form {
                    PageForm::Number => label,
                    PageForm::Where => terms::on_page(&label, &self.book.document.metadata.language),
                };
                self.linked_content(parent, Owner::Node(inline.id), words);
                return;
            }
            InlineKind::Emphasis(_) => Role::Emphasis,
            InlineKind::Strong(_) => Role::Strong,
            InlineKind::Strikethrough(_)
            | InlineKind::Subscript(_)
            | InlineKind::Superscript(_)
            | InlineKind::Span(..)
            | InlineKind::Abbreviation { .. } => Role::Span,
            InlineKind::Code(_) => Role::Code,
            InlineKind::Link { .. } | InlineKind::Reference { .. } | InlineKind::Citation { .. } => {
                if self.linked.contains(&Owner::Node(inline.id)) { Role::Link } else { Role::Span }
            }
            InlineKind::Image(image) => {
                self.image(image, inline.id, parent, language);
                return;
            }
            InlineKind::NoteReference(_) => {
                let reference = self.add(Role::Reference, parent);
                self.elements[reference].properties.language = language.cloned();
                let number = match self.book.facts.links.get(&inline.id) {
                    Some(LinkTarget::Node(note)) => {
                        self.elements[reference].properties.refers.push(Referent::Node(*note));
                        self.references.entry(*note).or_default().push(reference);
                        self.note_number(*note)
                    }
                    Some(LinkTarget::External(_) | LinkTarget::Broken) | None => String::new(),
                };
                self.linked_content(reference, Owner::Node(inline.id), number);
                return;
            }
        };
        let element = self.add_node(role, parent, inline.id, language);
        let properties = &mut self.elements[element].properties;
        if matches!(inline.kind, InlineKind::Strikethrough(_)) {
            properties.decoration = Some("LineThrough");
        }
        if matches!(inline.kind, InlineKind::Span(SpanRole::Underline, _)) {
            properties.decoration = Some("Underline");
        }
        if let InlineKind::Abbreviation { expansion, .. } = &inline.kind
            && !expansion.trim().is_empty()
        {
            properties.expansion = Some(expansion.clone());
        }
        if role == Role::Link {
            properties.description = plain_text(inline.children());
        }
        push_inlines(stack, inline.children(), element);
    }

    /// The number that print shows for a note.
    fn note_number(&self, note: NodeId) -> String {
        self.book.pagination.note_numbers.get(&note).map(u32::to_string).unwrap_or_default()
    }

    /// What the page is called on which the target of `reference` begins.
    fn page_label(&self, reference: NodeId) -> String {
        let pagination = &self.book.pagination;
        let page = match self.book.facts.links.get(&reference) {
            Some(LinkTarget::Node(target)) => pagination.places.get(target),
            Some(LinkTarget::External(_) | LinkTarget::Broken) | None => None,
        };
        page.and_then(|page| pagination.pages.get(*page as usize)).map(|page| page.label.text()).unwrap_or_default()
    }

    fn formula(&mut self, tex: &str, id: NodeId, parent: usize, language: Option<&Arc<str>>) -> usize {
        let element = self.add_node(Role::Formula, parent, id, language);
        let alternative = self.book.facts.formulas.get(&id).map_or(tex, |formula| formula.alt());
        let properties = &mut self.elements[element].properties;
        properties.alternative = Some(alternative.to_owned());
        properties.formula = self.modern.then_some(id);
        element
    }

    /// A figure; or, where the image could not be placed and its words are shown instead, those words. `None` for an image
    /// that says nothing.
    fn image(&mut self, image: &Image, id: NodeId, parent: usize, language: Option<&Arc<str>>) -> Option<usize> {
        if !self.book.facts.images.contains_key(&id) {
            return Some(self.add_node(Role::Span, parent, id, language));
        }
        if image.decorative {
            return None;
        }
        let figure = self.add_node(Role::Figure, parent, id, language);
        let words = image.alternative().trim();
        let words = if words.is_empty() { file_name(&image.address) } else { words };
        self.elements[figure].properties.alternative = Some(words.to_owned());
        Some(figure)
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

/// What the standard calls the numbers of a list.
fn numbering(figures: ListFigures) -> &'static str {
    match figures {
        ListFigures::Decimal => "Decimal",
        ListFigures::LowerAlpha => "LowerAlpha",
        ListFigures::UpperAlpha => "UpperAlpha",
        ListFigures::LowerRoman => "LowerRoman",
        ListFigures::UpperRoman => "UpperRoman",
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
