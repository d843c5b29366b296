//! Document → XHTML, with an anchor where each print page starts.
//!
//! One file for each division, or for each run of divisions that the design keeps together. Everything that is not the
//! author's text (note numbers, back links, check boxes) has the class `generated`. Knows nothing of the package; how
//! things look is up to the style sheet. Recursion goes as deep as the document does, which its reader bounds. Start at
//! [`render`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use unicode_script::{Script, UnicodeScript};
use unicode_segmentation::UnicodeSegmentation;

use super::xml::{self, Ids, attribute, escape};
use crate::document::{
    Alignment, Attributes, Block, BlockKind, Division, Edition, Image, ImageWidth, Inline, InlineKind, ListItem,
    Matter, Node, NodeId, Note, Part, Row, Table, plain_text, walk,
};
use crate::geometry::Length;
use crate::graphic::{GraphicId, ImageFormat};
use crate::layout::book::{Book, FlowPosition, LinkTarget};
use crate::style::Opening;

/// The text of the book as XHTML, and where things are in it.
#[derive(Debug)]
pub(super) struct Content {
    /// The files in reading order.
    pub(super) files: Vec<ContentFile>,
    /// The start of each print page that has one, in order.
    pub(super) pages: Vec<PageAnchor>,
    places: Places,
}

/// A file of XHTML.
#[derive(Debug)]
pub(super) struct ContentFile {
    /// Its name, `chapter-001.xhtml`.
    pub(super) name: String,
    /// What it is called where it must be called something.
    pub(super) title: String,
    /// Where it stands in the book; `None` where its divisions differ.
    pub(super) matter: Option<Matter>,
    /// The file.
    pub(super) xhtml: String,
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
    /// The address, file and fragment, of a block; its division's file where it has no anchor of its own.
    pub(super) fn address(&self, node: NodeId) -> Option<String> {
        self.places.address(node)
    }
}

/// Writes the whole text. Linear in the document and its pages.
pub(super) fn render(book: &Book) -> Content {
    let pages = page_starts(book);
    let reserved: BTreeSet<String> = pages.iter().map(|page| page.id.clone()).collect();
    let groups = groups(book);
    let mut places = Places::default();
    let mut notes = BTreeMap::new();
    let wanted: BTreeSet<NodeId> = book
        .facts
        .links
        .values()
        .filter_map(|target| match target {
            LinkTarget::Node(node) => Some(*node),
            LinkTarget::External(_) | LinkTarget::Broken => None,
        })
        .chain(book.navigation.entries.iter().map(|entry| entry.target))
        .collect();
    for (number, group) in groups.iter().enumerate() {
        places.files.extend(group.divisions.iter().map(|_| number));
        let ids = Ids::new(&reserved);
        let mut planner = Planner { book, wanted: &wanted, places: &mut places, notes: &mut notes, ids };
        planner.notes(group.divisions);
        for division in group.divisions {
            planner.blocks(&division.blocks);
            for note in &division.notes {
                if planner.notes.contains_key(&note.id) {
                    planner.blocks(&note.blocks);
                }
            }
        }
    }
    let mut writer = Writer {
        book,
        places: &places,
        notes,
        division: None,
        file: String::new(),
        out: String::new(),
        pending: pages,
        next: 0,
        pages: Vec::new(),
        ranks: Vec::new(),
        previous: None,
        in_link: false,
        after_link: String::new(),
    };
    let files = groups.iter().enumerate().map(|(number, group)| writer.file(number, group)).collect();
    let pages = writer.pages;
    Content { files, pages, places }
}

/// The name of the content file with this index.
fn file_name(index: usize) -> String {
    format!("chapter-{:03}.xhtml", index + 1)
}

/// The name of an image file.
pub(super) fn image_name(id: GraphicId, format: ImageFormat) -> String {
    let extension = match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpg",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Svg => "svg",
    };
    format!("images/img-{:03}.{extension}", u64::from(id.0) + 1)
}

/// The divisions of one file.
struct Group<'a> {
    /// The index of the first.
    first: usize,
    divisions: &'a [Division],
}

/// Divisions that run on share a file; others have one each.
fn groups(book: &Book) -> Vec<Group<'_>> {
    let divisions = &book.document.divisions;
    let size = match book.style.opening {
        Opening::RunOn => divisions.len(),
        Opening::NewPage | Opening::Recto => 1,
    };
    let size = size.max(1);
    divisions.chunks(size).enumerate().map(|(number, divisions)| Group { first: number * size, divisions }).collect()
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
    /// The file of each division.
    files: Vec<usize>,
    /// The identifier of each block that has one.
    ids: BTreeMap<NodeId, String>,
}

impl Places {
    fn address(&self, node: NodeId) -> Option<String> {
        let file = file_name(*self.files.get(node.division as usize)?);
        Some(match self.ids.get(&node) {
            Some(id) => format!("{file}#{}", xml::percent_encode(id)),
            None => file,
        })
    }
}

/// The identifiers of a note and of the references to it.
#[derive(Debug, Default)]
struct NoteIds {
    note: String,
    references: Vec<String>,
    /// How many references have been written.
    written: usize,
}

/// Gives identifiers, one file at a time, before anything is written: links lead forwards too.
struct Planner<'a> {
    book: &'a Book,
    wanted: &'a BTreeSet<NodeId>,
    places: &'a mut Places,
    notes: &'a mut BTreeMap<NodeId, NoteIds>,
    ids: Ids<'a>,
}

impl Planner<'_> {
    /// Names the notes and their references first: what the author names himself gives way to them.
    fn notes(&mut self, divisions: &[Division]) {
        for division in divisions {
            for note in &division.notes {
                if let Some(number) = self.book.facts.note_numbers.get(&note.id) {
                    let ids = NoteIds { note: self.ids.take(&format!("note-{number}")), ..NoteIds::default() };
                    self.notes.insert(note.id, ids);
                }
            }
            let mut references = Vec::new();
            collect_references(&division.blocks, &mut references);
            for note in division.notes.iter().filter(|note| self.notes.contains_key(&note.id)) {
                collect_references(&note.blocks, &mut references);
            }
            for note in references.into_iter().filter_map(|index| division.notes.get(index)) {
                let number = self.book.facts.note_numbers.get(&note.id);
                if let (Some(number), Some(ids)) = (number, self.notes.get_mut(&note.id)) {
                    ids.references.push(self.ids.take(&format!("noteref-{number}")));
                }
            }
        }
    }

    /// Names each block and inline that something leads to.
    fn blocks(&mut self, blocks: &[Block]) {
        walk(blocks, &mut |node| {
            let (attributes, id) = match node {
                Node::Block(block) => (&block.attributes, block.id),
                Node::Inline(inline) => (&inline.attributes, inline.id),
            };
            let wish = match &attributes.label {
                Some(label) => Some(label.to_string()),
                None if self.wanted.contains(&id) => Some(format!("node-{}-{}", id.division + 1, id.index)),
                None => None,
            };
            if let Some(wish) = wish {
                self.places.ids.insert(id, self.ids.take(&wish));
            }
        });
    }
}

/// The indexes of the notes that `blocks` refer to, in the order of reading.
fn collect_references(blocks: &[Block], references: &mut Vec<usize>) {
    walk(blocks, &mut |node| {
        if let Node::Inline(Inline { kind: InlineKind::NoteReference(index), .. }) = node {
            references.push(*index);
        }
    });
}

/// Writes files one after the other.
struct Writer<'a> {
    book: &'a Book,
    places: &'a Places,
    notes: BTreeMap<NodeId, NoteIds>,
    /// The division being written.
    division: Option<&'a Division>,
    /// The name of the file being written.
    file: String,
    out: String,
    /// All page starts in order, those before `next` written.
    pending: Vec<PageStart>,
    next: usize,
    pages: Vec<PageAnchor>,
    /// The author's levels of the headings that enclose this place, outermost first, in this file.
    ranks: Vec<u8>,
    /// The character before this place in its block.
    previous: Option<char>,
    in_link: bool,
    /// Note references met inside a link: one link cannot hold another, so they follow it.
    after_link: String,
}

impl<'a> Writer<'a> {
    fn file(&mut self, number: usize, group: &Group<'a>) -> ContentFile {
        self.file = file_name(number);
        self.ranks.clear();
        for (index, division) in (group.first..).zip(group.divisions) {
            self.division(division);
            // What has met no leaf belongs to the end of its division; after the last division nothing may be left.
            let last = index + 1 == self.book.document.divisions.len();
            let end = NodeId { division: u32::try_from(index).unwrap_or(u32::MAX), index: u32::MAX };
            self.breaks_up_to((!last).then_some(FlowPosition { node: end, offset: u32::MAX }));
            self.out.push_str("</section>\n");
        }
        let title = group.divisions.iter().find_map(Division::heading).map(heading_text);
        let title =
            title.filter(|title| !title.trim().is_empty()).unwrap_or_else(|| super::title(self.book).to_owned());
        let matters: BTreeSet<u8> = group.divisions.iter().map(|division| division.matter as u8).collect();
        let matter = group.divisions.first().map(|division| division.matter).filter(|_| matters.len() == 1);
        let kind = match matter {
            Some(Matter::Front) => " epub:type=\"frontmatter\"",
            Some(Matter::Body) => " epub:type=\"bodymatter\"",
            Some(Matter::Back) => " epub:type=\"backmatter\"",
            None => "",
        };
        let body = std::mem::take(&mut self.out);
        let xhtml = xml::page(super::language(self.book), &title, kind, &body);
        ContentFile { name: self.file.clone(), title, matter, xhtml }
    }

    /// Opens the division's section and writes all of it but what closes it.
    fn division(&mut self, division: &'a Division) {
        self.division = Some(division);
        self.out.push_str("<section");
        let chapter = division.matter == Matter::Body && self.book.style.opening != Opening::RunOn;
        if let Some(heading) = division.heading().filter(|_| chapter) {
            self.out.push_str(" epub:type=\"chapter\" role=\"doc-chapter\"");
            if let Some(id) = self.places.ids.get(&heading.id) {
                attribute("aria-labelledby", id, &mut self.out);
            }
        }
        self.out.push_str(">\n");
        self.blocks(&division.blocks);
        let mut notes = division.notes.iter().filter(|note| self.notes.contains_key(&note.id)).peekable();
        if notes.peek().is_some() {
            let notes: Vec<&Note> = notes.collect();
            self.out.push_str("<div class=\"notes\" epub:type=\"footnotes\">\n");
            for note in notes {
                self.note(note);
            }
            self.out.push_str("</div>\n");
        }
    }

    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks.iter().filter(|block| block.attributes.edition != Some(Edition::Pdf)) {
            self.block(block, "", "");
        }
    }

    /// Writes blocks with generated markup before the first words and after the last ones.
    fn blocks_between(&mut self, lead: &str, blocks: &'a [Block], tail: &str) {
        let is_paragraph = |block: Option<&Block>| matches!(block.map(|b| &b.kind), Some(BlockKind::Paragraph(_)));
        let (starts, ends) = (is_paragraph(blocks.first()), is_paragraph(blocks.last()));
        if !lead.is_empty() && !starts {
            let _ = writeln!(self.out, "<p>{lead}</p>");
        }
        for (index, block) in blocks.iter().enumerate() {
            let lead = if index == 0 && starts { lead } else { "" };
            let tail = if index + 1 == blocks.len() && ends { tail } else { "" };
            self.block(block, lead, tail);
        }
        if !tail.is_empty() && !ends {
            let _ = writeln!(self.out, "<p>{tail}</p>");
        }
    }

    /// Writes a block; `lead` and `tail` are markup for the start and the end of a paragraph.
    fn block(&mut self, block: &'a Block, lead: &str, tail: &str) {
        self.previous = None;
        match &block.kind {
            BlockKind::Heading { level, content, .. } => {
                while self.ranks.last().is_some_and(|rank| rank >= level) {
                    self.ranks.pop();
                }
                self.ranks.push(*level);
                let tag = format!("h{}", self.ranks.len().min(6));
                self.open(&tag, block, &format!("heading-{level}"), "");
                self.inlines(content);
                let _ = writeln!(self.out, "</{tag}>");
            }
            BlockKind::Paragraph(content) => {
                self.open("p", block, "", "");
                self.out.push_str(lead);
                self.inlines(content);
                self.out.push_str(tail);
                self.out.push_str("</p>\n");
            }
            BlockKind::Figure { image, caption } => {
                self.open("figure", block, "", "\n");
                self.breaks_before(block.id);
                if let Some(markup) = self.image_markup(block.id, image) {
                    self.out.push_str(&markup);
                } else {
                    let tag = if image.diagram.is_some() { "pre" } else { "p" };
                    let words = xml::escaped(image.stand_in());
                    let _ = write!(self.out, "<{tag} class=\"missing generated\">{words}</{tag}>");
                }
                if !caption.is_empty() {
                    self.out.push_str("\n<figcaption>");
                    self.inlines(caption);
                    self.out.push_str("</figcaption>");
                }
                self.out.push_str("\n</figure>\n");
            }
            BlockKind::Quote(blocks) => {
                self.open("blockquote", block, "", "\n");
                self.blocks(blocks);
                self.out.push_str("</blockquote>\n");
            }
            BlockKind::List { start, tight, items } => self.list(block, *start, *tight, items),
            BlockKind::Code(code) => self.code_block(block, &code.language, &code.text),
            BlockKind::Break => {
                self.breaks_before(block.id);
                self.out.push_str("<hr");
                self.attributes(block.id, &block.attributes, "");
                self.out.push_str("/>\n");
            }
            BlockKind::Table(table) => self.table(block, table),
            BlockKind::PageBreak => {}
            BlockKind::Formula(formula) => {
                self.breaks_before(block.id);
                self.open("p", block, "formula generated", "");
                escape(&formula.tex, &mut self.out);
                self.out.push_str("</p>\n");
            }
            BlockKind::FigureGroup { .. }
            | BlockKind::DefinitionList(_)
            | BlockKind::Verse(_)
            | BlockKind::Admonition { .. }
            | BlockKind::Container { .. }
            | BlockKind::Bibliography(_)
            | BlockKind::Index(_) => {
                self.open("div", block, "", "\n");
                for part in block.parts() {
                    match part {
                        Part::Inlines(inlines) => {
                            self.out.push_str("<p>");
                            self.inlines(inlines);
                            self.out.push_str("</p>\n");
                        }
                        Part::Blocks(blocks) => self.blocks(blocks),
                        Part::Code(_) => {}
                    }
                }
                self.out.push_str("</div>\n");
            }
        }
    }

    fn open(&mut self, tag: &str, block: &Block, class: &str, after: &str) {
        let _ = write!(self.out, "<{tag}");
        self.attributes(block.id, &block.attributes, class);
        let _ = write!(self.out, ">{after}");
    }

    fn attributes(&mut self, id: NodeId, attributes: &Attributes, class: &str) {
        if let Some(id) = self.places.ids.get(&id) {
            attribute("id", id, &mut self.out);
        }
        if !class.is_empty() {
            attribute("class", class, &mut self.out);
        }
        self.language(attributes.language.as_deref());
    }

    fn language(&mut self, language: Option<&str>) {
        if let Some(tag) = language.and_then(xml::language_tag) {
            attribute("lang", tag, &mut self.out);
            attribute("xml:lang", tag, &mut self.out);
        }
    }

    fn list(&mut self, block: &Block, start: Option<u64>, tight: bool, items: &'a [ListItem]) {
        let tag = if start.is_some() { "ol" } else { "ul" };
        let _ = write!(self.out, "<{tag}");
        self.attributes(block.id, &block.attributes, if tight { "tight" } else { "" });
        if let Some(first) = start.filter(|&first| first != 1) {
            // A browser counts in 32 bits (HTML, "rules for parsing integers").
            let _ = write!(self.out, " start=\"{}\"", first.min(2_147_483_647));
        }
        self.out.push_str(">\n");
        for item in items {
            let lead = match item.done {
                None => "",
                Some(false) => "<span class=\"task-marker generated\">\u{2610}\u{a0}</span>",
                Some(true) => "<span class=\"task-marker generated\">\u{2611}\u{a0}</span>",
            };
            self.out.push_str(if item.done.is_some() { "<li class=\"task\">" } else { "<li>" });
            self.blocks_between(lead, &item.blocks, "");
            self.out.push_str("</li>\n");
        }
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn code_block(&mut self, block: &Block, language: &str, text: &str) {
        self.open("pre", block, "", "");
        self.out.push_str("<code");
        if !language.is_empty() {
            attribute("class", &format!("language-{language}"), &mut self.out);
        }
        self.out.push('>');
        let mut places = self.page_places(block.id, text).into_iter().peekable();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            self.out.push_str("<span class=\"line\">");
            while places.peek().is_some_and(|&place| place < end) {
                let Some(place) = places.next() else { break };
                escape(text.get(start..place).unwrap_or_default(), &mut self.out);
                self.page_anchor();
                start = place;
            }
            escape(text.get(start..end).unwrap_or_default(), &mut self.out);
            self.out.push_str("</span>");
            start = end;
        }
        for _ in places {
            self.page_anchor();
        }
        self.out.push_str("</code></pre>\n");
    }

    fn table(&mut self, block: &Block, table: &'a Table) {
        self.open("table", block, "", "\n");
        self.out.push_str("<thead>\n");
        for row in &table.head {
            self.row(row, &table.alignments, true);
        }
        self.out.push_str("</thead>\n");
        if !table.rows.is_empty() {
            self.out.push_str("<tbody>\n");
            for row in &table.rows {
                self.row(row, &table.alignments, false);
            }
            self.out.push_str("</tbody>\n");
        }
        self.out.push_str("</table>\n");
    }

    fn row(&mut self, row: &'a Row, alignments: &[Alignment], head: bool) {
        self.out.push_str("<tr>");
        for (column, cell) in row.cells.iter().enumerate() {
            // A header cell without words heads nothing.
            let heads = head && !cell.blocks.is_empty();
            self.out.push_str(if heads { "<th scope=\"col\"" } else { "<td" });
            self.out.push_str(match alignments.get(column).copied().unwrap_or_default() {
                Alignment::Start => "",
                Alignment::Center => " class=\"center\"",
                Alignment::End => " class=\"end\"",
            });
            self.out.push('>');
            self.previous = None;
            match cell.blocks.as_slice() {
                [Block { kind: BlockKind::Paragraph(content), .. }] => self.inlines(content),
                blocks => self.blocks(blocks),
            }
            self.out.push_str(if heads { "</th>" } else { "</td>" });
        }
        self.out.push_str("</tr>\n");
    }

    fn note(&mut self, note: &'a Note) {
        let Some(ids) = self.notes.get(&note.id) else { return };
        self.out.push_str("<aside");
        attribute("id", &ids.note, &mut self.out);
        self.out.push_str(" epub:type=\"footnote\" role=\"doc-footnote\">\n");
        let number = self.book.facts.note_numbers.get(&note.id).copied().unwrap_or_default();
        let lead = format!("<span class=\"note-number generated\">{number}\u{2002}</span>");
        let mut tail = String::new();
        for reference in &ids.references {
            tail.push_str("<a class=\"backlink generated\" role=\"doc-backlink\"");
            attribute("href", &format!("#{reference}"), &mut tail);
            tail.push_str(">\u{a0}\u{2191}</a>");
        }
        self.blocks_between(&lead, &note.blocks, &tail);
        self.out.push_str("</aside>\n");
    }

    fn inlines(&mut self, content: &'a [Inline]) {
        for inline in content.iter().filter(|inline| inline.attributes.edition != Some(Edition::Pdf)) {
            self.inline(inline);
        }
    }

    fn inline(&mut self, inline: &'a Inline) {
        match &inline.kind {
            InlineKind::Text(words) => match inline.attributes.language.as_deref().and_then(xml::language_tag) {
                None => self.text(inline.id, words),
                Some(_) => self.wrapped("span", inline, |writer| writer.text(inline.id, words)),
            },
            InlineKind::Code(words) => self.wrapped("code", inline, |writer| writer.text(inline.id, words)),
            InlineKind::Emphasis(content) => self.wrapped("em", inline, |writer| writer.inlines(content)),
            InlineKind::Strong(content) => self.wrapped("strong", inline, |writer| writer.inlines(content)),
            InlineKind::Strikethrough(content) => self.wrapped("del", inline, |writer| writer.inlines(content)),
            InlineKind::Subscript(content) => self.wrapped("sub", inline, |writer| writer.inlines(content)),
            InlineKind::Superscript(content) => self.wrapped("sup", inline, |writer| writer.inlines(content)),
            InlineKind::Link { title, content, .. } => self.link(inline, title, content),
            InlineKind::Image(image) => {
                self.breaks_before(inline.id);
                if let Some(markup) = self.image_markup(inline.id, image) {
                    self.out.push_str(&markup);
                } else {
                    let words = xml::escaped(image.stand_in());
                    let _ = write!(self.out, "<span class=\"missing generated\">{words}</span>");
                }
                self.previous = None;
            }
            InlineKind::LineBreak => {
                self.out.push_str("<br/>");
                self.previous = None;
            }
            InlineKind::NoteReference(index) => {
                self.breaks_before(inline.id);
                self.note_reference(*index);
            }
            InlineKind::Span(_, content)
            | InlineKind::Abbreviation { content, .. }
            | InlineKind::Reference { content, .. }
            | InlineKind::Citation { content, .. } => self.wrapped("span", inline, |writer| writer.inlines(content)),
            InlineKind::Formula(formula) => {
                self.breaks_before(inline.id);
                let _ = write!(self.out, "<code class=\"generated\">{}</code>", xml::escaped(&formula.tex));
            }
            InlineKind::PageReference { label } => {
                self.breaks_before(inline.id);
                let _ = write!(self.out, "<span class=\"generated\">{}</span>", xml::escaped(label));
            }
            InlineKind::IndexMark(_) => {}
        }
    }

    fn wrapped(&mut self, tag: &str, inline: &Inline, write: impl FnOnce(&mut Self)) {
        let _ = write!(self.out, "<{tag}");
        self.language(inline.attributes.language.as_deref());
        self.out.push('>');
        write(self);
        let _ = write!(self.out, "</{tag}>");
    }

    fn link(&mut self, link: &'a Inline, title: &str, content: &'a [Inline]) {
        let address = match self.book.facts.links.get(&link.id) {
            Some(LinkTarget::Node(node)) => self.places.address(*node),
            Some(LinkTarget::External(address)) => xml::external_address(address),
            Some(LinkTarget::Broken) | None => None,
        };
        // A link without words could not be followed.
        let address = address.filter(|_| !self.in_link && !plain_text(content).trim().is_empty());
        let Some(address) = address else {
            if link.attributes.language.is_some() {
                self.wrapped("span", link, |writer| writer.inlines(content));
            } else {
                self.inlines(content);
            }
            return;
        };
        let mut first = link;
        while let Some(child) = first.children().first() {
            first = child;
        }
        self.breaks_up_to(Some(FlowPosition { node: first.id, offset: 0 }));
        self.out.push_str("<a");
        attribute("href", &address, &mut self.out);
        if !title.is_empty() {
            attribute("title", title, &mut self.out);
        }
        self.language(link.attributes.language.as_deref());
        self.out.push('>');
        self.in_link = true;
        self.inlines(content);
        self.in_link = false;
        self.out.push_str("</a>");
        let references = std::mem::take(&mut self.after_link);
        self.out.push_str(&references);
    }

    fn note_reference(&mut self, index: usize) {
        let Some(note) = self.division.and_then(|division| division.notes.get(index)) else { return };
        let Some(number) = self.book.facts.note_numbers.get(&note.id) else { return };
        let Some(ids) = self.notes.get_mut(&note.id) else { return };
        let Some(id) = ids.references.get(ids.written) else { return };
        ids.written += 1;
        let out = if self.in_link { &mut self.after_link } else { &mut self.out };
        out.push_str("<a class=\"noteref generated\" epub:type=\"noteref\" role=\"doc-noteref\"");
        attribute("id", id, out);
        attribute("href", &format!("#{}", ids.note), out);
        let _ = write!(out, ">{number}</a>");
    }

    /// The image of a figure or an inline; `None` where it could not be placed.
    fn image_markup(&self, node: NodeId, image: &Image) -> Option<String> {
        let id = *self.book.facts.images.get(&node)?;
        let graphic = self.book.graphics.get(id)?;
        let mut markup = String::from("<img");
        attribute("src", &image_name(id, graphic.portable_format()), &mut markup);
        if image.decorative {
            markup.push_str(" alt=\"\" role=\"presentation\"");
        } else {
            attribute("alt", &image.alt, &mut markup);
        }
        // As large as in print; a CSS pixel is 1/96 inch.
        let own = graphic.size;
        let width = match image.width {
            Some(ImageWidth::Permille(thousandths)) => {
                let _ = write!(markup, " style=\"width: {}%\"/>", f64::from(thousandths) / 10.0);
                return Some(markup);
            }
            Some(ImageWidth::Millipoints(thousandths)) => Length::millipoints(thousandths.into()),
            None => own.width,
        };
        let height = own.height.scale(width.raw(), own.width.raw().max(1));
        for (name, length) in [("width", width), ("height", height)] {
            let _ = write!(markup, " {name}=\"{}\"", (length.to_pt() * 96.0 / 72.0).round().max(1.0));
        }
        markup.push_str("/>");
        Some(markup)
    }

    /// Writes a leaf's text, with the pages that start in it.
    fn text(&mut self, node: NodeId, text: &str) {
        let mut start = 0;
        for place in self.page_places(node, text) {
            escape(text.get(start..place).unwrap_or_default(), &mut self.out);
            self.page_anchor();
            start = place;
        }
        escape(text.get(start..).unwrap_or_default(), &mut self.out);
        self.previous = text.chars().next_back().or(self.previous);
    }

    /// Where the pages that wait for `node`, or for a place before it, start in its text.
    fn page_places(&self, node: NodeId, text: &str) -> Vec<usize> {
        let waiting = self.pending.get(self.next..).unwrap_or_default().iter();
        let offsets: Vec<usize> = waiting
            .map(|page| page.position)
            .take_while(|position| position.node <= node)
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
        while self.pending.get(self.next).is_some_and(|page| position.is_none_or(|end| page.position <= end)) {
            self.page_anchor();
        }
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

/// The words of a heading.
fn heading_text(heading: &Block) -> String {
    if let BlockKind::Heading { content, .. } = &heading.kind { plain_text(content) } else { String::new() }
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
