//! Model 1: what the author wrote.
//!
//! A [`Document`] is metadata and a sequence of [`Division`]s, each a tree of [`Block`]s and [`Inline`]s. Every node
//! knows its [`NodeId`] and its span in the manuscript. It knows nothing of Markdown, pages, fonts or styles. Start at
//! [`Document`].

mod direction;
mod numbers;
mod table;
mod walk;

use std::sync::Arc;

use crate::diagnostics::Span;
pub use direction::Directions;
pub use numbers::{ListFigures, ListMarks, ListNumbers};
pub use table::{Alignment, Cell, NumberColumn, PlacedCell, Row, Table};
pub use walk::{Node, Part, PartMut, plain_text, walk, walk_inlines};

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
    /// Which way the book reads, where that is said; see [`Metadata::reads`].
    pub direction: Option<Direction>,
    /// Whether the e-book's lines run from top to bottom, the first at the right (`vertical-rl`); print's never do.
    pub vertical: bool,
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
    /// The ISBN of the print edition, where it has one of its own, with a right check digit.
    pub print_isbn: String,
    /// What is declared of the e-book's accessibility.
    pub accessibility: AccessibilityClaims,
    /// The series that the book is a part of.
    pub series: String,
    /// The book's number in the series.
    pub series_number: String,
    /// The licence: its name or its address.
    pub license: String,
    /// The title in a few words, for the half-title and for heads where the whole one has no room.
    pub short_title: String,
    /// Which edition this is, in words: `Second edition`.
    pub edition: String,
    /// Which printing this is, in words: `First printing, May 2026`.
    pub printing: String,
    /// What the copyright page says beside, a paragraph each.
    pub legal: Vec<String>,
}

impl Metadata {
    /// The short title, or the title where there is none.
    #[must_use]
    pub fn brief_title(&self) -> &str {
        if self.short_title.trim().is_empty() { &self.title } else { &self.short_title }
    }
}

/// What is declared of an e-book's accessibility, and who vouches for it (EPUB Accessibility 1.1, 4). The program can't know
/// any of it, and says none of it by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessibilityClaims {
    /// The version and the level of WCAG that it conforms to, such as `2.2 AA`; empty where none is declared.
    pub conforms_to: String,
    /// Who evaluated it.
    pub certified_by: String,
    /// The credential of whoever did.
    pub credential: String,
    /// The address of the report.
    pub report: String,
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

/// What a division is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DivisionKind {
    /// A part: its title, and what is said before its first chapter.
    Part,
    /// A chapter, or a section of one in a file of its own.
    #[default]
    Chapter,
    /// Notes that were gathered from other divisions: they follow its blocks as text.
    Notes,
}

/// A chapter: its blocks and its notes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Division {
    /// What it is.
    pub kind: DivisionKind,
    /// Where it stands.
    pub matter: Matter,
    /// 0 for a chapter; deeper for a section of the chapter above it, which it follows on. The levels of its headings count
    /// it already: the first is one below it.
    pub level: u8,
    /// The file it was read from, relative to the project, with `/` between folders: what a link to it names.
    pub path: String,
    /// The content, its heading included where it has one (then it is the first block).
    pub blocks: Vec<Block>,
    /// The notes that the blocks refer to, in the order of their first reference, each before those that it refers to
    /// itself; those never referred to come last.
    pub notes: Vec<Note>,
    /// The index of the division that has the notes in this one's stead, where they were gathered.
    pub notes_at: Option<u32>,
}

impl Division {
    /// The heading that opens the division, if its first block is one.
    #[must_use]
    pub fn heading(&self) -> Option<&Block> {
        self.blocks.first().filter(|block| matches!(block.kind, BlockKind::Heading { .. }))
    }

    /// The notes that stand apart from the text: none where notes are the text.
    #[must_use]
    pub fn notes_apart(&self) -> &[Note] {
        if self.kind == DivisionKind::Notes { &[] } else { &self.notes }
    }

    /// Whether it is but a dedication or an epigraph, with nothing around it on its page; before the body such come first.
    #[must_use]
    pub fn is_inscription(&self) -> bool {
        use ContainerRole::{Dedication, Epigraph};
        let inscribed = |block: &Block| matches!(block.kind, BlockKind::Container { role: Dedication | Epigraph, .. });
        !self.blocks.is_empty() && self.blocks.iter().all(inscribed)
    }
}

impl Document {
    /// The note that a reference with this index stands for, in the division with the index `division`.
    #[must_use]
    pub fn note(&self, division: usize, index: usize) -> Option<&Note> {
        let home = self.divisions.get(division)?.notes_at.map_or(division, |home| home as usize);
        self.divisions.get(home)?.notes.get(index)
    }
}

/// A note, kept apart from the text that refers to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Note {
    /// Its name.
    pub id: NodeId,
    /// What the author calls it, the same for no other of its file; `None` where it has no name.
    pub label: Option<Arc<str>>,
    /// Where it was written.
    pub span: Span,
    /// The one edition that shows it, where all that refers to it is for that one alone. Found by [`crate::apparatus`].
    pub edition: Option<Edition>,
    /// What it says.
    pub blocks: Vec<Block>,
}

impl Note {
    /// Whether `edition` shows it.
    #[must_use]
    pub fn is_shown(&self, edition: Edition) -> bool {
        self.edition.is_none_or(|own| own == edition)
    }
}

/// What an author can attach to any node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The name that links and references use, unique in its file; headings always have one.
    pub label: Option<Arc<str>>,
    /// The language of the node where it differs from its parent's, a BCP 47 tag.
    pub language: Option<Arc<str>>,
    /// Which way it reads, where the author says so.
    pub direction: Option<Direction>,
    /// What the node is called by number, ready to be shown before its text or caption: `Figure 3`, `2.1`, `(4)`. Given
    /// by [`crate::apparatus`] to what is numbered.
    pub number: Option<Arc<str>>,
    /// The one edition that shows the node, where it is not for both.
    pub edition: Option<Edition>,
    /// Where a figure, a table or a listing may stand in print, where the author says so.
    pub placement: Option<Placement>,
}

/// Where what needs no place in the text stands in print: never on a page before the one that first speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// Where it was written.
    Here,
    /// At the top of a page.
    Top,
    /// At the foot of a page.
    Bottom,
    /// On a page of its own, or of its like.
    Page,
    /// Wherever of these there is room first.
    Float,
    /// On a page of its own, which an image fills up to the edges; where it has a caption, up to three of them.
    FullBleed,
}

/// Which way a text reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// From left to right.
    #[default]
    LeftToRight,
    /// From right to left, as Arabic and Hebrew do.
    RightToLeft,
}

/// The form of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Edition {
    /// The print edition, `NAME.pdf`.
    Pdf,
    /// The e-book, `NAME.epub`.
    Epub,
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

impl Block {
    /// Whether it says who is quoted: a paragraph that begins with a dash, at the end of a quotation.
    #[must_use]
    pub fn is_attribution(&self) -> bool {
        let BlockKind::Paragraph(content) = &self.kind else { return false };
        let text = plain_text(content);
        ["—", "―", "–", "--"].iter().any(|dash| text.trim_start().starts_with(dash))
    }

    /// Whether it describes `before`, the block right before it, at length: words that say what a figure, a table, a listing
    /// or a formula shows.
    #[must_use]
    pub fn describes(&self, before: &Self) -> bool {
        matches!(self.kind, BlockKind::Container { role: ContainerRole::Description, .. })
            && matches!(
                before.kind,
                BlockKind::Figure { .. }
                    | BlockKind::FigureGroup { .. }
                    | BlockKind::Table(_)
                    | BlockKind::Code(_)
                    | BlockKind::Formula(_)
            )
    }
}

/// The kinds of block.
#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    /// A heading; `level` is 1–6.
    Heading {
        /// 1 for a chapter's own heading, 6 for the least.
        level: u8,
        /// Whether the author wants no number for it.
        unnumbered: bool,
        /// Its text.
        content: Vec<Inline>,
    },
    /// A paragraph of text.
    Paragraph(Vec<Inline>),
    /// An image that stands alone.
    Figure {
        /// The image.
        image: Image,
        /// The caption; empty where there is none.
        caption: Vec<Inline>,
    },
    /// A figure of several blocks under one caption: its panels are the figures among them, each with its own caption.
    FigureGroup {
        /// What it shows, in order.
        blocks: Vec<Block>,
        /// How many stand side by side where the page allows it; 1 at least.
        columns: u8,
        /// The caption of the whole; empty where there is none.
        caption: Vec<Inline>,
    },
    /// A quotation.
    Quote(Vec<Block>),
    /// A list.
    List {
        /// The number of the first item; `None` for bullets.
        start: Option<u64>,
        /// How its numbers are written, where it has any.
        numbers: ListNumbers,
        /// Whether the items follow one another without extra space.
        tight: bool,
        /// The items.
        items: Vec<ListItem>,
    },
    /// Terms and what they mean.
    DefinitionList(Vec<Definition>),
    /// Lines set as they were typed, in a mono face.
    Code(CodeBlock),
    /// Lines of verse: each ends where the author ended it.
    Verse(Vec<VerseLine>),
    /// A break between scenes (a thematic break).
    Break,
    /// What follows begins on a new page in print.
    PageBreak,
    /// A table.
    Table(Table),
    /// A formula on lines of its own.
    Formula(Formula),
    /// A notice that stands out from the text.
    Admonition {
        /// What it is.
        kind: AdmonitionKind,
        /// Its title, where the author gave one in place of the kind's own word.
        title: Vec<Inline>,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// Blocks that belong together.
    Container {
        /// What they are.
        role: ContainerRole,
        /// Their title; empty where there is none.
        title: Vec<Inline>,
        /// The blocks.
        blocks: Vec<Block>,
    },
    /// The works that the book cites, filled in by [`crate::apparatus`].
    Bibliography(Vec<BibliographyEntry>),
    /// The index, filled in by [`crate::apparatus`] but for its page numbers.
    Index(Vec<IndexEntry>),
}

/// What an admonition is (the kinds of GitHub's alerts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdmonitionKind {
    /// Something to know.
    Note,
    /// Advice.
    Tip,
    /// Something that must be known.
    Important,
    /// A risk.
    Warning,
    /// A harm.
    Caution,
}

/// What a container is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerRole {
    /// Nothing but to carry attributes.
    Plain,
    /// A quotation at the head of a chapter or book.
    Epigraph,
    /// A dedication.
    Dedication,
    /// Text beside the main line of thought.
    Aside,
    /// Text that an e-book may fold away under its title (HTML's `details`).
    Details,
    /// What a figure or the like shows, at length, for those who can't see it: it stands right behind, see
    /// [`Block::describes`].
    Description,
    /// Text in the middle of the measure.
    Centered,
    /// Text at the end of the measure.
    End,
    /// The book's glossary: definition lists whose terms can be referred to.
    Glossary,
}

/// A block of code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeBlock {
    /// The language that it is written in, in lower case, such as `rust`; empty where none is named.
    pub language: String,
    /// The lines, each ending in a line feed.
    pub text: String,
    /// What stands above it, such as a file's name; empty where there is none.
    pub title: Vec<Inline>,
    /// The caption below it; empty where there is none.
    pub caption: Vec<Inline>,
    /// The number of the first line, where the author wants lines to be numbered.
    pub first_number: Option<u32>,
    /// Whether the author wants no numbers, whatever the style does.
    pub unnumbered: bool,
    /// The lines that stand out, each a range counted from 1, both ends included, in order.
    pub highlighted: Vec<(u32, u32)>,
    /// Marks at the ends of lines that the text explains, in order of lines.
    pub callouts: Vec<Callout>,
}

/// A mark at the end of a line of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Callout {
    /// The line, counted from 1.
    pub line: u32,
    /// What is shown in the mark.
    pub number: u32,
}

/// A line of verse.
#[derive(Clone, Debug, PartialEq)]
pub struct VerseLine {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// How many spaces it is set in.
    pub indent: u8,
    /// Its text; empty between stanzas.
    pub content: Vec<Inline>,
}

/// A term and its meanings.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// Label and language.
    pub attributes: Attributes,
    /// The term.
    pub term: Vec<Inline>,
    /// What it means, one entry a meaning.
    pub meanings: Vec<Meaning>,
}

/// A meaning of a term.
#[derive(Clone, Debug, PartialEq)]
pub struct Meaning {
    /// Its name.
    pub id: NodeId,
    /// The blocks.
    pub blocks: Vec<Block>,
}

/// A work in the bibliography.
#[derive(Clone, Debug, PartialEq)]
pub struct BibliographyEntry {
    /// Its name.
    pub id: NodeId,
    /// The key that the author cites it by; `ref-KEY` is the label that citations link to.
    pub key: Arc<str>,
    /// What stands before it, such as `[3]`, where the citation style numbers works; empty where it does not.
    pub marker: String,
    /// The work, formatted.
    pub content: Vec<Inline>,
}

/// A line of the index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexEntry {
    /// Its name.
    pub id: NodeId,
    /// 0 for an entry, 1 for a sub-entry, and so on; one deeper than the line above at most.
    pub depth: u8,
    /// The term, and after it what the author refers to (`, see also …`).
    pub content: Vec<Inline>,
    /// The [`IndexMark::ordinal`]s of the marks that it lists, in the order of the text.
    pub marks: Vec<u32>,
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

/// A formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// Its source, in TeX.
    pub tex: String,
}

/// An image of the manuscript.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// The address as written: a path relative to the division's file, or a URL; empty for a diagram.
    pub address: String,
    /// The source of a diagram that the program draws (Mermaid).
    pub diagram: Option<String>,
    /// What it shows, for those who can't see it; empty where the author gave none.
    pub alt: String,
    /// Whether it says nothing that the text does not say.
    pub decorative: bool,
    /// How wide it is to be, where the author says.
    pub width: Option<ImageWidth>,
}

impl Image {
    /// What the image shows, in words: the author's, else a diagram's source.
    #[must_use]
    pub fn alternative(&self) -> &str {
        self.diagram.as_deref().filter(|_| self.alt.trim().is_empty()).unwrap_or(&self.alt)
    }

    /// The words that stand for the image where it can't be placed: a diagram's source, else what it shows.
    #[must_use]
    pub fn stand_in(&self) -> &str {
        self.diagram.as_deref().unwrap_or(&self.alt)
    }
}

/// A width that the author asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageWidth {
    /// In thousandths of the measure.
    Permille(u16),
    /// In thousandths of a point.
    Millipoints(u32),
}

/// A stretch of text or something within a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Inline {
    /// Its name.
    pub id: NodeId,
    /// Where it was written.
    pub span: Span,
    /// Label, language and the like.
    pub attributes: Attributes,
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
    /// A reference to a note: its index in [`Division::notes`], see [`Document::note`].
    NoteReference(usize),
    /// Text with a look or a role; empty for a mere place to link to.
    Span(SpanRole, Vec<Inline>),
    /// A short form.
    Abbreviation {
        /// What it stands for.
        expansion: String,
        /// The short form.
        content: Vec<Inline>,
    },
    /// A formula within a line.
    Formula(Formula),
    /// A reference to something that has a number or a title.
    Reference {
        /// The label of what it refers to; [`crate::apparatus`] looks for it in the file first, then in the book.
        label: Arc<str>,
        /// How it is shown.
        form: ReferenceForm,
        /// What is shown: filled in by [`crate::apparatus`] (`Figure 3`), unless the author gave the words.
        content: Vec<Inline>,
    },
    /// The page on which something begins. The pages of the layout say what is shown.
    PageReference {
        /// The label, as in a reference.
        label: Arc<str>,
        /// How it is shown.
        form: PageForm,
    },
    /// A citation of one work or more.
    Citation {
        /// The works, in order.
        items: Vec<CitationItem>,
        /// Whether the author's name is part of the sentence (`@key`), not in brackets (`[@key]`).
        narrative: bool,
        /// What is shown: filled in by [`crate::apparatus`]; until then, and where a bare `@name` proves to be none, what
        /// was written.
        content: Vec<Inline>,
    },
    /// A place that the index lists; nothing is shown.
    IndexMark(IndexMark),
}

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanRole {
    /// Nothing but to carry attributes.
    Plain,
    /// Small capitals.
    SmallCaps,
    /// Underlined.
    Underline,
    /// A key to press.
    Keyboard,
    /// Marked as with a pen.
    Highlight,
    /// The first letters of a chapter, over several lines.
    DropCap,
    /// With figures that have ascenders and descenders.
    OldStyle,
    /// With figures as high as capitals.
    Lining,
    /// With figures that are all equally wide.
    Tabular,
    /// With figures each as wide as it is.
    Proportional,
    /// With figures around a slash as fractions.
    Fraction,
}

/// How a reference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferenceForm {
    /// With what it is: `Figure 3`.
    Full,
    /// The number alone: `3`.
    Number,
    /// The words of its heading or caption.
    Title,
}

/// How a reference to a page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageForm {
    /// The page's number: `42`.
    Number,
    /// Where the page is, for who reads the reference: `on the opposite page`, `on page 42`. In the e-book, which has no
    /// leaves, always the latter.
    Where,
}

/// A work that is cited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CitationItem {
    /// The key in the bibliography.
    pub key: String,
    /// What comes before, such as `see`.
    pub prefix: String,
    /// The place in the work and what comes after, such as `p. 3`.
    pub suffix: String,
    /// Whether the author's name is left out (`-@key`).
    pub without_author: bool,
}

/// A mark for the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexMark {
    /// The entry and its sub-entries, outermost first; not empty.
    pub path: Vec<String>,
    /// Where the reader is sent instead of to this page.
    pub see: Option<String>,
    /// Where else the reader is sent.
    pub see_also: Option<String>,
    /// Its place among all marks of the book, from 0, given by [`crate::apparatus`].
    pub ordinal: u32,
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
            | InlineKind::Span(_, content)
            | InlineKind::Abbreviation { content, .. }
            | InlineKind::Reference { content, .. }
            | InlineKind::Citation { content, .. }
            | InlineKind::Link { content, .. } => content,
            InlineKind::Text(_)
            | InlineKind::Code(_)
            | InlineKind::Image(_)
            | InlineKind::Formula(_)
            | InlineKind::PageReference { .. }
            | InlineKind::IndexMark(_)
            | InlineKind::LineBreak
            | InlineKind::NoteReference(_) => &[],
        }
    }

    /// The same, to be changed; `None` for a leaf.
    #[must_use]
    pub fn children_mut(&mut self) -> Option<&mut Vec<Inline>> {
        match &mut self.kind {
            InlineKind::Emphasis(content)
            | InlineKind::Strong(content)
            | InlineKind::Strikethrough(content)
            | InlineKind::Subscript(content)
            | InlineKind::Superscript(content)
            | InlineKind::Span(_, content)
            | InlineKind::Abbreviation { content, .. }
            | InlineKind::Reference { content, .. }
            | InlineKind::Citation { content, .. }
            | InlineKind::Link { content, .. } => Some(content),
            InlineKind::Text(_)
            | InlineKind::Code(_)
            | InlineKind::Image(_)
            | InlineKind::Formula(_)
            | InlineKind::PageReference { .. }
            | InlineKind::IndexMark(_)
            | InlineKind::LineBreak
            | InlineKind::NoteReference(_) => None,
        }
    }
}
