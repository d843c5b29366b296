//! Model 2, the shared layout model: what both editions are written from.
//!
//! A [`Book`] holds one document, the facts that no page size changes, and a [`Pagination`]: pages of frames whose items
//! are all that a page painter needs to know. The PDF paints pages; the EPUB walks the document and marks where each page
//! [starts](Page::starts_at). It knows nothing of file formats. Start at [`Book`].

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::{Directions, Document, NodeId};
use crate::font::shaping::Features;
use crate::font::{FaceId, FontBook};
use crate::geometry::{Length, Point, Rect, Size};
use crate::graphic::{GraphicId, Graphics};
use crate::math::Formula;
use crate::style::Style;
pub use crate::style::{Numbering, Side};
use crate::terms::{self, Term};

/// Everything that the editions are written from.
#[derive(Clone, Debug)]
pub struct Book {
    /// What the author wrote, the same tree for both editions.
    pub document: Document,
    /// The design.
    pub style: Style,
    /// The fonts in use.
    pub fonts: Arc<FontBook>,
    /// The images in use.
    pub graphics: Graphics,
    /// What is known of nodes before there are pages.
    pub facts: Facts,
    /// What the copyright page says, as paragraphs of lines; empty where the design has none or nothing is to be said.
    pub copyright: Vec<Vec<String>>,
    /// The pages.
    pub pagination: Pagination,
    /// Contents and landmarks.
    pub navigation: Navigation,
}

/// An image with pixels, as large as it is placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedImage {
    /// Whose it is: a figure's block, or an inline.
    pub owner: Owner,
    /// The index of its page.
    pub page: usize,
    /// Its pixels to the inch, in the direction that has fewer.
    pub resolution: f64,
}

impl Book {
    /// The images with pixels, page by page, and how many of them each has to the inch. Linear in what is painted.
    #[must_use]
    pub fn placed_images(&self) -> Vec<PlacedImage> {
        let pages = self.pagination.pages.iter().enumerate();
        let items = pages.flat_map(|(page, content)| content.items().map(move |item| (page, item)));
        let placed = items.filter_map(|(page, item)| match item.kind {
            ItemKind::Image { rect, graphic } => {
                let resolution = self.graphics.get(graphic)?.resolution(rect.size)?;
                Some(PlacedImage { owner: item.owner, page, resolution })
            }
            ItemKind::Glyphs(_)
            | ItemKind::Path { .. }
            | ItemKind::Rule { .. }
            | ItemKind::Link { .. }
            | ItemKind::Turned { .. } => None,
        });
        placed.collect()
    }

    /// Whether something reaches the edge of a page, or beyond it: an image or a box.
    #[must_use]
    pub fn bleeds(&self) -> bool {
        let items = self.pagination.pages.iter().flat_map(|page| &page.frames).flat_map(|frame| &frame.items);
        items.into_iter().any(|item| match &item.kind {
            ItemKind::Image { rect, .. } | ItemKind::Rule { rect, .. } => self.style.page.reaches_edge(rect),
            ItemKind::Glyphs(_) | ItemKind::Path { .. } | ItemKind::Link { .. } | ItemKind::Turned { .. } => false,
        })
    }
}

/// What no page size changes, by node. Ordered maps, so that walking one is deterministic.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Where each inline leads that is a link, a reference, a page reference, a reference to a note, or a citation without
    /// links in it.
    pub links: BTreeMap<NodeId, LinkTarget>,
    /// Which way nodes read, where not as what is around them.
    pub directions: Directions,
    /// The number that the e-book shows for each note that it has, counted from 1.
    pub note_numbers: BTreeMap<NodeId, u32>,
    /// The first reference to each note.
    pub note_references: BTreeMap<NodeId, NodeId>,
    /// The decoded image of each figure (by the block's id) or inline image (by the inline's id); one that could not
    /// be placed is absent, and its alternative text is shown instead.
    pub images: BTreeMap<NodeId, GraphicId>,
    /// What the words of each block of code are, by the block's id: ranges of its text in order, which don't overlap.
    /// What is in none is plain.
    pub tokens: BTreeMap<NodeId, Vec<Token>>,
    /// Each formula that was understood, by its block or inline; of one that is absent the source is shown.
    pub formulas: BTreeMap<NodeId, Arc<Formula>>,
}

/// A stretch of code that the highlighter knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Where it starts in the text of the block, in bytes.
    pub start: u32,
    /// Where it ends.
    pub end: u32,
    /// What it is.
    pub kind: TokenKind,
}

/// What a stretch of code is. Each has one look in print and one class in the e-book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenKind {
    /// A word of the language.
    Keyword,
    /// A comment.
    Comment,
    /// Text in quotation marks.
    String,
    /// A number or another constant.
    Constant,
    /// The name of a function or a macro, where it is called or defined.
    Function,
    /// The name of a type.
    Type,
    /// An attribute or a directive.
    Attribute,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkTarget {
    /// A node of this book: a block or an inline, a term, or a work in the bibliography.
    Node(NodeId),
    /// An address outside the book, absolute and percent-encoded.
    External(String),
    /// Nowhere: the address could not be resolved, the text is shown plainly, and a diagnostic was given.
    Broken,
}

/// The pages of one layout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pagination {
    /// The pages in order; the first is a recto, and so is each where pages don't face each other.
    pub pages: Vec<Page>,
    /// The page on which each labelled node and each index mark begins, as an index into `pages`: what "see page 42" and
    /// the index show.
    pub places: BTreeMap<NodeId, u32>,
    /// The number that print shows for each note that it has, counted from 1. Where numbers start again on each page, the
    /// e-book has others.
    pub note_numbers: BTreeMap<NodeId, u32>,
}

impl Pagination {
    /// Adds a blank page where the number of pages is odd, for a printer who takes pairs. Pages that face each other then end
    /// with a verso.
    pub fn make_even(&mut self) {
        let Some(last) = self.pages.last().filter(|_| !self.pages.len().is_multiple_of(2)) else { return };
        let number = last.label.number.saturating_add(1);
        let faces = self.pages.iter().any(|page| page.side == Side::Verso);
        let side = if faces { Side::Verso } else { Side::Recto };
        let label = PageLabel { number, ..last.label };
        self.pages.push(Page { label, side, starts_at: None, frames: Vec::new() });
    }
}

/// A finished page.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What it is called.
    pub label: PageLabel,
    /// Recto or verso; a recto wherever pages don't face each other.
    pub side: Side,
    /// Where the main text on this page starts. `None` for blank and generated pages (title, contents), which stay out
    /// of the page list.
    pub starts_at: Option<FlowPosition>,
    /// What is on it, in painting order.
    pub frames: Vec<Frame>,
}

impl Page {
    /// All that is on it in painting order. What is [turned](ItemKind::Turned) comes with the places that it has within that.
    pub fn items(&self) -> impl Iterator<Item = &FrameItem> {
        let mut open: Vec<std::slice::Iter<'_, FrameItem>> =
            self.frames.iter().rev().map(|frame| frame.items.iter()).collect();
        std::iter::from_fn(move || {
            loop {
                match open.last_mut()?.next() {
                    Some(FrameItem { kind: ItemKind::Turned { items, .. }, .. }) => open.push(items.iter()),
                    Some(item) => return Some(item),
                    None => drop(open.pop()),
                }
            }
        })
    }
}

/// A page's name: the PDF's page label and the text of the EPUB's page list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLabel {
    /// How the number is written.
    pub numbering: Numbering,
    /// The number, from 1.
    pub number: u32,
}

impl PageLabel {
    /// The label as it is printed: `xii`, `42`.
    #[must_use]
    pub fn text(&self) -> String {
        match self.numbering {
            Numbering::Decimal => self.number.to_string(),
            Numbering::LowerRoman => terms::roman(self.number),
        }
    }
}

/// A place in the main text, in logical order (the story offset of desktop publishing).
///
/// `node` is a leaf: an inline of kind `Text`, `Code`, `Image`, `Formula`, `PageReference` or `NoteReference`, or a block
/// of kind `Code`, `Figure`, `Formula` or `Break`. `offset` counts bytes of the leaf's text (`Text` and `Code`), and is 0
/// for the others. Where a page starts with the second half of a divided word, `offset` points into the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowPosition {
    /// The leaf.
    pub node: NodeId,
    /// Bytes into the leaf's text.
    pub offset: u32,
}

/// A box on a page, and what is in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Where it is.
    pub rect: Rect,
    /// What it holds, in painting order.
    pub items: Vec<FrameItem>,
}

/// A step of an outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathSegment {
    /// Begins a new outline.
    MoveTo(Point),
    /// A straight line.
    LineTo(Point),
    /// A cubic Bézier curve: two control points and the end.
    CubicTo(Point, Point, Point),
    /// Back to where the outline began.
    Close,
}

/// A thing to paint, and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct FrameItem {
    /// What it belongs to in the structure of the document.
    pub owner: Owner,
    /// What it is.
    pub kind: ItemKind,
}

/// The kinds of thing to paint.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemKind {
    /// Letters on one baseline.
    Glyphs(GlyphRun),
    /// A filled outline (non-zero winding).
    Path {
        /// Its lines and curves.
        segments: Vec<PathSegment>,
        /// Its colour.
        ink: Ink,
    },
    /// A filled box.
    Rule {
        /// Where.
        rect: Rect,
        /// Its colour.
        ink: Ink,
    },
    /// An image, scaled to fill `rect` and no larger than that takes: it keeps its proportions, and is cut off beyond.
    Image {
        /// Where.
        rect: Rect,
        /// Which.
        graphic: GraphicId,
    },
    /// A box that can be clicked; nothing is painted. The owner is the link's own inline, or a contents entry.
    Link {
        /// Where; one line's worth.
        rect: Rect,
        /// Where it leads; never [`LinkTarget::Broken`].
        target: LinkTarget,
    },
    /// What is turned a quarter to the left, so that it reads from the foot of the page to its head. Its own owner is an
    /// artifact; what is in it has owners of its own.
    Turned {
        /// Where the top left corner of what is turned comes to lie: the lower left one of its place on the page.
        origin: Point,
        /// What is turned: places count from that corner, as they would upright.
        items: Vec<FrameItem>,
    },
}

/// Where a box comes to lie that is [turned](ItemKind::Turned) around `origin`.
#[must_use]
pub fn turned(rect: Rect, origin: Point) -> Rect {
    let size = Size::new(rect.size.height, rect.size.width);
    Rect { origin: Point::new(origin.x + rect.origin.y, origin.y - rect.right()), size }
}

/// What a painted thing belongs to.
///
/// The structure tree is the document's tree: a PDF writer walks the document, and hangs each item under the element of
/// its owner. So reading order is manuscript order however the page was composed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// Text or image of a leaf (see [`FlowPosition`] for which nodes are leaves), or of a note's number at its
    /// reference; for an [`ItemKind::Link`], the link inline itself.
    Node(NodeId),
    /// What is generated for a node, by its id: the marker of a list item (bullet, number or check box) or of a work in
    /// the bibliography; the number of a note, a heading, a figure, a table, a listing or a formula; the word over an
    /// admonition.
    Marker(NodeId),
    /// Of what a line of the index says of pages, the part with this index: a page or a run of pages, or what separates two.
    Locator(NodeId, u32),
    /// The title on a page of its own, before the title page.
    HalfTitle,
    /// A line of the title page.
    TitlePage(TitleLine),
    /// A line of the copyright page, counted through all of [`Book::copyright`].
    CopyrightLine(u32),
    /// The heading of a generated list.
    ListHeading(ListKind),
    /// An entry of a generated list: its index in [`Navigation::list`]; number, title or page number.
    ListEntry(ListKind, u32),
    /// Not part of the document: furniture and ornament.
    Artifact(Artifact),
}

/// The lists that are made from the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListKind {
    /// The headings.
    Contents,
    /// The figures that have captions.
    Figures,
    /// The tables that have captions.
    Tables,
    /// The blocks of code that have captions.
    Listings,
}

impl ListKind {
    /// All lists, in the order of their pages.
    pub const ALL: [Self; 4] = [Self::Contents, Self::Figures, Self::Tables, Self::Listings];

    /// What stands over it.
    #[must_use]
    pub fn heading(self) -> Term {
        match self {
            Self::Contents => Term::Contents,
            Self::Figures => Term::ListOfFigures,
            Self::Tables => Term::ListOfTables,
            Self::Listings => Term::ListOfListings,
        }
    }

    /// Whether `style` has it on pages.
    #[must_use]
    pub fn is_shown(self, style: &Style) -> bool {
        match self {
            Self::Contents => true,
            Self::Figures => style.matter.list_of_figures,
            Self::Tables => style.matter.list_of_tables,
            Self::Listings => style.matter.list_of_listings,
        }
    }
}

/// The lines of a title page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TitleLine {
    /// The title.
    Title,
    /// The subtitle.
    Subtitle,
    /// The author with this index.
    Author(u32),
    /// The publisher and the date.
    Imprint,
}

/// The kinds of artifact (PDF 32000-1, 14.8.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Artifact {
    /// The running head.
    Header,
    /// The folio.
    Footer,
    /// Rules, grounds and leaders: what is there for looks.
    Layout,
}

/// Letters of one face, size and colour on one baseline, within one leaf of the document.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphRun {
    /// Where the baseline starts: the left end.
    pub origin: Point,
    /// The face.
    pub face: FaceId,
    /// The type size.
    pub size: Length,
    /// The features that the letters were shaped with.
    pub features: Features,
    /// Horizontal scale in parts per ten thousand: 10,000 is the face's own width. The glyphs' advances and offsets
    /// are as they come out on the page, scaled already.
    pub expansion: u16,
    /// The colour.
    pub ink: Ink,
    /// Language of the text, a BCP 47 tag, where it differs from the document's.
    pub language: Option<Arc<str>>,
    /// What the glyphs say, in logical order. Empty for what the program put in and a reader should not meet (a hyphen
    /// at a line's end).
    pub text: String,
    /// What a reader should take the run for, where a line divides a word: at the line's end the whole word, on the next
    /// line nothing.
    pub spoken: Option<Arc<str>>,
    /// The letters from left to right.
    pub glyphs: Vec<Glyph>,
}

impl GlyphRun {
    /// From the left end of the first glyph to the right end of the last.
    #[must_use]
    pub fn width(&self) -> Length {
        self.glyphs.iter().map(|glyph| glyph.advance).sum()
    }
}

/// A letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyph {
    /// Its index in the face.
    pub id: u16,
    /// Where its text starts in the run's text, in bytes. Glyphs that share a cluster (a base and its marks, or a
    /// ligature) share the number; in a right-to-left run the numbers fall.
    pub cluster: u32,
    /// How far the next glyph is, kerning, tracking and justification included.
    pub advance: Length,
    /// Where it is painted, from its place on the baseline; positive `y` is downwards.
    pub offset: Point,
}

/// A colour of ink. Black is black ink alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ink {
    /// Full black.
    Black,
    /// A tint of black, in per cent.
    Tint(u8),
    /// A colour that the author asks for: red, green and blue of sRGB.
    Color([u8; 3]),
}

/// The ways into the book.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Navigation {
    /// The headings in reading order: the contents of both editions and the outline.
    pub entries: Vec<ContentsEntry>,
    /// The figures with captions in reading order, whether or not the design lists them on a page.
    pub figures: Vec<ContentsEntry>,
    /// The tables with captions.
    pub tables: Vec<ContentsEntry>,
    /// The blocks of code with captions.
    pub listings: Vec<ContentsEntry>,
}

impl Navigation {
    /// The entries of a list.
    #[must_use]
    pub fn list(&self, kind: ListKind) -> &[ContentsEntry] {
        match kind {
            ListKind::Contents => &self.entries,
            ListKind::Figures => &self.figures,
            ListKind::Tables => &self.tables,
            ListKind::Listings => &self.listings,
        }
    }
}

/// A heading in the contents, or a caption in another list.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentsEntry {
    /// What it is called by number, where it is: shown before its words.
    pub number: Option<Arc<str>>,
    /// Its words, without the number.
    pub title: String,
    /// The heading, or the block with the caption.
    pub target: NodeId,
    /// How deep it stands, from 0 for the top; never more than one deeper than the entry before it. 0 for captions.
    pub depth: u8,
    /// The index of the page that it is on, in [`Pagination::pages`].
    pub page: u32,
    /// Where on that page, from the top of the trim: the top of the heading; for a caption, of the text.
    pub top: Length,
}

impl ContentsEntry {
    /// Number and words, as an outline shows them.
    #[must_use]
    pub fn text(&self) -> String {
        self.number.as_ref().map_or_else(|| self.title.clone(), |number| format!("{number} {}", self.title))
    }
}
