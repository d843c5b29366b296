//! Walks through a document: its parts in reading order, its words, the names of its nodes.
//!
//! Every other walk is made of these. Start at [`Block::parts`] and [`walk`].

use std::collections::BTreeMap;

use crate::diagnostics::Span;

use super::{Attributes, Block, BlockKind, CodeBlock, Division, Document, Edition, Inline, InlineKind, NodeId};

/// A piece of what a block holds.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// Text in one run: a paragraph's, a caption's, a term's.
    Inlines(&'a [Inline]),
    /// Blocks.
    Blocks(&'a [Block]),
    /// Lines of code.
    Code(&'a str),
}

/// A [`Part`], to be changed.
#[derive(Debug)]
pub enum PartMut<'a> {
    /// Text in one run.
    Inlines(&'a mut Vec<Inline>),
    /// Blocks.
    Blocks(&'a mut Vec<Block>),
}

impl Block {
    /// What the block holds, in reading order: the one walk that all others are made of. An image and a formula have
    /// no parts. Linear in the number of parts.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        match &self.kind {
            BlockKind::Heading { content, .. }
            | BlockKind::Paragraph(content)
            | BlockKind::Figure { caption: content, .. } => vec![Part::Inlines(content)],
            BlockKind::FigureGroup { blocks, caption, .. } => vec![Part::Blocks(blocks), Part::Inlines(caption)],
            BlockKind::Quote(blocks) => vec![Part::Blocks(blocks)],
            BlockKind::List { items, .. } => items.iter().map(|item| Part::Blocks(&item.blocks)).collect(),
            BlockKind::DefinitionList(definitions) => definitions
                .iter()
                .flat_map(|definition| {
                    let meanings = definition.meanings.iter().map(|meaning| Part::Blocks(&meaning.blocks));
                    std::iter::once(Part::Inlines(&definition.term)).chain(meanings)
                })
                .collect(),
            BlockKind::Code(CodeBlock { title, text, caption, .. }) => {
                vec![Part::Inlines(title), Part::Code(text), Part::Inlines(caption)]
            }
            BlockKind::Verse(lines) => lines.iter().map(|line| Part::Inlines(&line.content)).collect(),
            BlockKind::Table(table) => {
                let cells = table.head.iter().chain(&table.rows).flat_map(|row| &row.cells);
                std::iter::once(Part::Inlines(&table.caption))
                    .chain(cells.map(|cell| Part::Blocks(&cell.blocks)))
                    .collect()
            }
            BlockKind::Admonition { title, blocks, .. } | BlockKind::Container { title, blocks, .. } => {
                vec![Part::Inlines(title), Part::Blocks(blocks)]
            }
            BlockKind::Bibliography(entries) => entries.iter().map(|entry| Part::Inlines(&entry.content)).collect(),
            BlockKind::Index(entries) => entries.iter().map(|entry| Part::Inlines(&entry.content)).collect(),
            BlockKind::Break | BlockKind::PageBreak | BlockKind::Formula(_) => Vec::new(),
        }
    }

    /// The same, to be changed: the text of code is left out.
    #[must_use]
    pub fn parts_mut(&mut self) -> Vec<PartMut<'_>> {
        match &mut self.kind {
            BlockKind::Heading { content, .. }
            | BlockKind::Paragraph(content)
            | BlockKind::Figure { caption: content, .. } => vec![PartMut::Inlines(content)],
            BlockKind::FigureGroup { blocks, caption, .. } => vec![PartMut::Blocks(blocks), PartMut::Inlines(caption)],
            BlockKind::Quote(blocks) => vec![PartMut::Blocks(blocks)],
            BlockKind::List { items, .. } => items.iter_mut().map(|item| PartMut::Blocks(&mut item.blocks)).collect(),
            BlockKind::DefinitionList(definitions) => definitions
                .iter_mut()
                .flat_map(|definition| {
                    let meanings = definition.meanings.iter_mut().map(|meaning| PartMut::Blocks(&mut meaning.blocks));
                    std::iter::once(PartMut::Inlines(&mut definition.term)).chain(meanings)
                })
                .collect(),
            BlockKind::Code(CodeBlock { title, caption, .. }) => {
                vec![PartMut::Inlines(title), PartMut::Inlines(caption)]
            }
            BlockKind::Verse(lines) => lines.iter_mut().map(|line| PartMut::Inlines(&mut line.content)).collect(),
            BlockKind::Table(table) => {
                let cells = table.head.iter_mut().chain(&mut table.rows).flat_map(|row| &mut row.cells);
                std::iter::once(PartMut::Inlines(&mut table.caption))
                    .chain(cells.map(|cell| PartMut::Blocks(&mut cell.blocks)))
                    .collect()
            }
            BlockKind::Admonition { title, blocks, .. } | BlockKind::Container { title, blocks, .. } => {
                vec![PartMut::Inlines(title), PartMut::Blocks(blocks)]
            }
            BlockKind::Bibliography(entries) => {
                entries.iter_mut().map(|entry| PartMut::Inlines(&mut entry.content)).collect()
            }
            BlockKind::Index(entries) => entries.iter_mut().map(|entry| PartMut::Inlines(&mut entry.content)).collect(),
            BlockKind::Break | BlockKind::PageBreak | BlockKind::Formula(_) => Vec::new(),
        }
    }
}

/// Something met on a walk through a document.
#[derive(Clone, Copy, Debug)]
pub enum Node<'a> {
    /// A block, before what is in it.
    Block(&'a Block),
    /// An inline, before what is in it.
    Inline(&'a Inline),
}

/// Calls `visit` with each block and inline in `blocks`, in preorder. Linear; recursion goes as deep as the document,
/// which its reader bounds.
pub fn walk<'a>(blocks: impl IntoIterator<Item = &'a Block>, visit: &mut dyn FnMut(Node<'a>)) {
    for block in blocks {
        visit(Node::Block(block));
        for part in block.parts() {
            match part {
                Part::Inlines(inlines) => walk_inlines(inlines, visit),
                Part::Blocks(blocks) => walk(blocks, visit),
                Part::Code(_) => {}
            }
        }
    }
}

/// Calls `visit` with each inline in `inlines`, in preorder.
pub fn walk_inlines<'a>(inlines: &'a [Inline], visit: &mut dyn FnMut(Node<'a>)) {
    for inline in inlines {
        visit(Node::Inline(inline));
        walk_inlines(inline.children(), visit);
    }
}

impl Document {
    /// Calls `visit` with the text of each leaf that has one (words and code), where it was written, and its language (a BCP
    /// 47 tag), in preorder. Linear.
    pub fn for_each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a str, Span, &'a str)) {
        for division in &self.divisions {
            visit_texts(division.all_blocks(), &self.metadata.language, visit);
        }
    }
}

type VisitText<'v, 'a> = &'v mut dyn FnMut(&'a str, Span, &'a str);

fn visit_texts<'a>(blocks: impl IntoIterator<Item = &'a Block>, language: &'a str, visit: VisitText<'_, 'a>) {
    for block in blocks {
        let language = block.attributes.language.as_deref().unwrap_or(language);
        for part in block.parts() {
            match part {
                Part::Inlines(inlines) => visit_inline_texts(inlines, language, visit),
                Part::Blocks(blocks) => visit_texts(blocks, language, visit),
                Part::Code(code) => visit(code, block.span, language),
            }
        }
    }
}

fn visit_inline_texts<'a>(inlines: &'a [Inline], language: &'a str, visit: VisitText<'_, 'a>) {
    for inline in inlines {
        let language = inline.attributes.language.as_deref().unwrap_or(language);
        if let InlineKind::Text(text) | InlineKind::Code(text) = &inline.kind {
            visit(text, inline.span, language);
        }
        visit_inline_texts(inline.children(), language, visit);
    }
}

impl Division {
    /// Its blocks, then those of its notes.
    pub fn all_blocks(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().chain(self.notes.iter().flat_map(|note| &note.blocks))
    }
}

impl Document {
    /// Where each block and each inline was written. Linear in the document.
    #[must_use]
    pub fn spans(&self) -> BTreeMap<NodeId, Span> {
        let mut spans = BTreeMap::new();
        walk(self.divisions.iter().flat_map(Division::all_blocks), &mut |node| match node {
            Node::Block(block) => drop(spans.insert(block.id, block.span)),
            Node::Inline(inline) => drop(spans.insert(inline.id, inline.span)),
        });
        spans
    }
}

impl Document {
    /// Names every node: what [`NodeId`] promises. To be called again when nodes were added or taken away.
    pub fn name_nodes(&mut self) {
        for (number, division) in (0..).zip(&mut self.divisions) {
            let mut naming = Naming { next: NodeId { division: number, index: 0 } };
            naming.blocks(&mut division.blocks);
            for note in &mut division.notes {
                naming.name(&mut note.id);
                naming.blocks(&mut note.blocks);
            }
        }
    }
}

/// Gives the nodes of a division their ids, in preorder.
struct Naming {
    next: NodeId,
}

impl Naming {
    fn name(&mut self, id: &mut NodeId) {
        *id = self.next;
        self.next.index = self.next.index.saturating_add(1);
    }

    fn blocks(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            self.name(&mut block.id);
            match &mut block.kind {
                BlockKind::Heading { content, .. }
                | BlockKind::Paragraph(content)
                | BlockKind::Figure { caption: content, .. } => self.inlines(content),
                BlockKind::FigureGroup { blocks, caption, .. } => {
                    self.blocks(blocks);
                    self.inlines(caption);
                }
                BlockKind::Quote(inner) => self.blocks(inner),
                BlockKind::List { items, .. } => {
                    for item in items {
                        self.name(&mut item.id);
                        self.blocks(&mut item.blocks);
                    }
                }
                BlockKind::DefinitionList(definitions) => {
                    for definition in definitions {
                        self.name(&mut definition.id);
                        self.inlines(&mut definition.term);
                        for meaning in &mut definition.meanings {
                            self.name(&mut meaning.id);
                            self.blocks(&mut meaning.blocks);
                        }
                    }
                }
                BlockKind::Code(CodeBlock { title, caption, .. }) => {
                    self.inlines(title);
                    self.inlines(caption);
                }
                BlockKind::Verse(lines) => {
                    for line in lines {
                        self.name(&mut line.id);
                        self.inlines(&mut line.content);
                    }
                }
                BlockKind::Table(table) => {
                    self.inlines(&mut table.caption);
                    for row in table.head.iter_mut().chain(&mut table.rows) {
                        self.name(&mut row.id);
                        for cell in &mut row.cells {
                            self.name(&mut cell.id);
                            self.blocks(&mut cell.blocks);
                        }
                    }
                }
                BlockKind::Admonition { title, blocks, .. } | BlockKind::Container { title, blocks, .. } => {
                    self.inlines(title);
                    self.blocks(blocks);
                }
                BlockKind::Bibliography(entries) => {
                    for entry in entries {
                        self.name(&mut entry.id);
                        self.inlines(&mut entry.content);
                    }
                }
                BlockKind::Index(entries) => {
                    for entry in entries {
                        self.name(&mut entry.id);
                        self.inlines(&mut entry.content);
                    }
                }
                BlockKind::Break | BlockKind::PageBreak | BlockKind::Formula(_) => {}
            }
        }
    }

    fn inlines(&mut self, inlines: &mut [Inline]) {
        for inline in inlines {
            self.name(&mut inline.id);
            if let Some(children) = inline.children_mut() {
                self.inlines(children);
            }
        }
    }
}

impl Division {
    /// The words in reading order as `edition` shows them: the blocks, then the notes, one line for each paragraph,
    /// heading, caption, term and line of verse, code as it was typed. What is generated (numbers, markers, boxes) and
    /// what an image or a formula shows are not words; a line break is a space. The edition shows this text and no other.
    /// Linear in the text.
    #[must_use]
    pub fn text(&self, edition: Edition) -> String {
        let mut text = String::new();
        let notes = self.notes.iter().filter(|note| note.is_shown(edition));
        collect_text(self.blocks.iter().chain(notes.flat_map(|note| &note.blocks)), edition, &mut text);
        text
    }
}

impl Document {
    /// The words of all divisions, see [`Division::text`].
    #[must_use]
    pub fn text(&self, edition: Edition) -> String {
        self.divisions.iter().map(|division| division.text(edition)).collect()
    }
}

/// Adds the words of `blocks`, each line ending in a line feed.
fn collect_text<'a>(blocks: impl IntoIterator<Item = &'a Block>, edition: Edition, text: &mut String) {
    for block in blocks {
        if hidden(&block.attributes, Some(edition)) {
            continue;
        }
        for part in block.parts() {
            match part {
                Part::Inlines(inlines) => {
                    collect_words(inlines, Some(edition), text);
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push('\n');
                    }
                }
                Part::Blocks(blocks) => collect_text(blocks, edition, text),
                Part::Code(code) => text.push_str(code),
            }
        }
    }
}

/// The words of `inlines` without their markup: what a contents entry or a bookmark shows. Images give their alternative
/// text, formulas their source, line breaks a space, note references nothing. Linear in the text.
#[must_use]
pub fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    collect_words(inlines, None, &mut text);
    text
}

/// Adds the words of `inlines`: those that `edition` shows, or, where none is named, all, with the alternative text of
/// images and the source of formulas.
fn collect_words(inlines: &[Inline], edition: Option<Edition>, text: &mut String) {
    for inline in inlines {
        if hidden(&inline.attributes, edition) {
            continue;
        }
        match &inline.kind {
            InlineKind::Text(words) | InlineKind::Code(words) => text.push_str(words),
            InlineKind::Image(image) if edition.is_none() => text.push_str(&image.alt),
            InlineKind::Formula(formula) if edition.is_none() => text.push_str(&formula.tex),
            InlineKind::LineBreak => text.push(' '),
            InlineKind::Image(_)
            | InlineKind::Formula(_)
            | InlineKind::NoteReference(_)
            | InlineKind::PageReference { .. }
            | InlineKind::IndexMark(_) => {}
            InlineKind::Emphasis(_)
            | InlineKind::Strong(_)
            | InlineKind::Strikethrough(_)
            | InlineKind::Subscript(_)
            | InlineKind::Superscript(_)
            | InlineKind::Span(..)
            | InlineKind::Abbreviation { .. }
            | InlineKind::Reference { .. }
            | InlineKind::Citation { .. }
            | InlineKind::Link { .. } => collect_words(inline.children(), edition, text),
        }
    }
}

/// Whether a node with these attributes is for another edition than `edition`.
fn hidden(attributes: &Attributes, edition: Option<Edition>) -> bool {
    matches!((attributes.edition, edition), (Some(own), Some(edition)) if own != edition)
}
