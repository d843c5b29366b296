//! Model 1: what the author wrote.
//!
//! A [`Document`] is metadata and a sequence of [`Division`]s, each a tree of [`Block`]s and [`Inline`]s. Every node
//! knows its [`NodeId`] and its span in the manuscript. It knows nothing of Markdown, pages, fonts or styles. Start at
//! [`Document`].

use std::sync::Arc;

use crate::diagnostics::Span;

/// Names a block or an inline: a division of the book and the node's place in it, in preorder (the division's blocks,
/// then its notes), counted from 0. An edit in one division leaves every other division's ids alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Index into [`Document::divisions`].
    pub division: u32,
    /// The node's place in its division, in preorder.
    pub index: u32,
}

impl NodeId {
    /// The id of a node that has no name yet.
    pub(crate) const UNNAMED: Self = Self { division: u32::MAX, index: u32::MAX };
}

/// A manuscript, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What is said of the book as a whole.
    pub metadata: Metadata,
    /// Parts, chapters and the like, in reading order.
    pub divisions: Vec<Division>,
}

/// What is said of the book as a whole. Empty strings stand for what was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The title; never empty once a project has been read.
    pub title: String,
    /// What follows the title, in a smaller voice.
    pub subtitle: String,
    /// Authors as they are to be shown, in order.
    pub authors: Vec<String>,
    /// The language of the book, a BCP 47 tag.
    pub language: String,
    /// A unique identifier: an ISBN, a `urn:` or a URL; never empty once a project has been read (else a UUID of
    /// version 5, of title, authors and language).
    pub identifier: String,
    /// The release, such as `1.2`.
    pub version: String,
    /// Publication date, `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    pub date: String,
    /// When the book was last changed, `YYYY-MM-DDThh:mm:ssZ`: from the manifest's date, else `SOURCE_DATE_EPOCH`, else
    /// 1980-01-01; never empty once a project has been read.
    pub modified: String,
    /// Who publishes it.
    pub publisher: String,
    /// Rights statement.
    pub rights: String,
    /// A summary in a sentence or two.
    pub description: String,
    /// Subjects or keywords.
    pub subjects: Vec<String>,
    /// Those who had a part in the book, in order; an author's entry says how the name is sorted.
    pub contributors: Vec<Contributor>,
    /// The ISBN as it is to be shown, with a right check digit.
    pub isbn: String,
    /// The series that the book is a part of.
    pub series: String,
    /// The book's number in the series.
    pub series_number: String,
    /// The licence: its name or its address.
    pub license: String,
}

/// Someone who had a part in a book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contributor {
    /// The name as it is to be shown.
    pub name: String,
    /// What the person did: a MARC relator code, such as `edt` for an editor.
    pub role: String,
    /// The name as it is sorted, such as `Doe, Jane`; may be empty.
    pub file_as: String,
}

/// Where a division stands in the book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Matter {
    /// Before the body: preface, dedication.
    Front,
    /// The work itself.
    #[default]
    Body,
    /// After the body: appendices, index.
    Back,
}

/// A chapter: its blocks and its notes.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// Where it stands.
    pub matter: Matter,
    /// The file it was read from, relative to the project, with `/` between folders: what a link to it names.
    pub path: String,
    /// The content, its heading included where it has one (then it is the first block).
    pub blocks: Vec<Block>,
    /// The notes that the blocks refer to, in the order of their first reference; those never referred to come last.
    pub notes: Vec<Note>,
}

impl Division {
    /// The heading that opens the division, if its first block is one.
    #[must_use]
    pub fn heading(&self) -> Option<&Block> {
        self.blocks.first().filter(|block| matches!(block.kind, BlockKind::Heading { .. }))
    }

    /// The words in reading order: the blocks, then the notes, one line for each paragraph, heading, caption and cell,
    /// code as it was typed. What is generated (numbers, markers, boxes) and what an image shows are not words; a line
    /// break is a space. Both editions show this text and no other. Linear in the text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        collect_text(&self.blocks, &mut text);
        for note in &self.notes {
            collect_text(&note.blocks, &mut text);
        }
        text
    }
}

impl Document {
    /// The words of all divisions, see [`Division::text`].
    #[must_use]
    pub fn text(&self) -> String {
        self.divisions.iter().map(Division::text).collect()
    }
}

/// Adds the words of `blocks`, each line ending in a line feed.
fn collect_text(blocks: &[Block], text: &mut String) {
    fn line(inlines: &[Inline], text: &mut String) {
        collect_words(inlines, false, text);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    for block in blocks {
        match &block.kind {
            BlockKind::Heading { content, .. }
            | BlockKind::Paragraph(content)
            | BlockKind::Figure { caption: content, .. } => line(content, text),
            BlockKind::Quote(inner) => collect_text(inner, text),
            BlockKind::List { items, .. } => {
                for item in items {
                    collect_text(&item.blocks, text);
                }
            }
            BlockKind::Code { text: code, .. } => text.push_str(code),
            BlockKind::Break => {}
            BlockKind::Table { head, rows, .. } => {
                for cell in std::iter::once(head).chain(rows).flat_map(|row| &row.cells) {
                    line(&cell.content, text);
                }
            }
        }
    }
}

/// A note, kept apart from the text that refers to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// What an author can attach to any node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The name that links and references use, unique in its division; headings always have one.
    pub label: Option<Arc<str>>,
    /// The language of the node where it differs from its parent's, a BCP 47 tag.
    pub language: Option<Arc<str>>,
}

/// A paragraph, a list, a table: what stands between two line feeds at least.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// Label and language.
    pub attributes: Attributes,
    /// What it is.
    pub kind: BlockKind,
}

/// The kinds of block.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    /// A heading; `level` is 1–6.
    Heading {
        /// 1 for the division's own heading, 6 for the least.
        level: u8,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A paragraph of text.
    Paragraph(Vec<Inline>),
    /// An image that stands alone, with its title as caption.
    Figure {
        /// The image.
        image: Image,
        /// The caption; empty where there is none.
        caption: Vec<Inline>,
    },
    /// A quotation.
    Quote(Vec<Block>),
    /// A list.
    List {
        /// The number of the first item; `None` for bullets.
        start: Option<u64>,
        /// Whether the items follow one another without extra space.
        tight: bool,
        /// The items.
        items: Vec<ListItem>,
    },
    /// Lines set as they were typed, in a mono face.
    Code {
        /// The info string after the fence, such as `rust,ignore`; empty where there is none.
        info: String,
        /// The lines, each ending in a line feed.
        text: String,
    },
    /// A break between scenes (a thematic break).
    Break,
    /// A table.
    Table {
        /// Alignment of each column; also the number of columns.
        alignments: Vec<Alignment>,
        /// The header row.
        head: Row,
        /// The rows below.
        rows: Vec<Row>,
    },
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListItem {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// For a task: whether it is done.
    pub done: Option<bool>,
    /// The content.
    pub blocks: Vec<Block>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub id: NodeId,
    /// The cells, as many as the table has columns.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// Its text.
    pub content: Vec<Inline>,
}

/// How a column of a table is aligned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Alignment {
    /// As the language reads.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// At the far edge, as numbers are.
    End,
}

/// An image of the manuscript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The address as written: a path relative to the division's file, or a URL.
    pub address: String,
    /// What it shows, for those who can't see it; empty where the author gave none.
    pub alt: String,
}

/// A stretch of text or something within a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Inline {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// The language of the stretch where it differs from its parent's, a BCP 47 tag.
    pub language: Option<Arc<str>>,
    /// What it is.
    pub kind: InlineKind,
}

/// The kinds of inline.
#[derive(Clone, Debug, PartialEq)]
pub enum InlineKind {
    /// Words. A line feed of the source is a space here.
    Text(String),
    /// Stressed text.
    Emphasis(Vec<Inline>),
    /// Strongly stressed text.
    Strong(Vec<Inline>),
    /// Text struck through.
    Strikethrough(Vec<Inline>),
    /// Lowered text.
    Subscript(Vec<Inline>),
    /// Raised text.
    Superscript(Vec<Inline>),
    /// Code within a line.
    Code(String),
    /// A link.
    Link {
        /// The address as written: a URL, or a path and `#label` in the manuscript.
        address: String,
        /// Its title; empty where there is none.
        title: String,
        /// The text that is clicked.
        content: Vec<Inline>,
    },
    /// An image within a line.
    Image(Image),
    /// A line ends here by the author's wish.
    LineBreak,
    /// A reference to a note: its index in [`Division::notes`].
    NoteReference(usize),
}

impl Inline {
    /// The inlines inside this one; empty for a leaf.
    #[must_use]
    pub fn children(&self) -> &[Inline] {
        match &self.kind {
            InlineKind::Emphasis(content)
            | InlineKind::Strong(content)
            | InlineKind::Strikethrough(content)
            | InlineKind::Subscript(content)
            | InlineKind::Superscript(content)
            | InlineKind::Link { content, .. } => content,
            InlineKind::Text(_)
            | InlineKind::Code(_)
            | InlineKind::Image(_)
            | InlineKind::LineBreak
            | InlineKind::NoteReference(_) => &[],
        }
    }
}

/// The words of `inlines` without their markup: what a contents entry or a bookmark shows. Images give their alternative
/// text, line breaks a space, note references nothing. Linear in the text.
#[must_use]
pub fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    collect_words(inlines, true, &mut text);
    text
}

/// Adds the words of `inlines`, with the alternative text of images if it is wanted.
fn collect_words(inlines: &[Inline], with_alt: bool, text: &mut String) {
    for inline in inlines {
        match &inline.kind {
            InlineKind::Text(words) | InlineKind::Code(words) => text.push_str(words),
            InlineKind::Image(image) if with_alt => text.push_str(&image.alt),
            InlineKind::LineBreak => text.push(' '),
            InlineKind::Image(_) | InlineKind::NoteReference(_) => {}
            InlineKind::Emphasis(_)
            | InlineKind::Strong(_)
            | InlineKind::Strikethrough(_)
            | InlineKind::Subscript(_)
            | InlineKind::Superscript(_)
            | InlineKind::Link { .. } => collect_words(inline.children(), with_alt, text),
        }
    }
}
