//! The design, once for both editions.
//!
//! A [`Style`] says how each kind of paragraph looks and what the page is like. The layout sets type by it, and the
//! EPUB's CSS is written from the same values. It knows nothing of documents or pages. Start at [`Style`]; the
//! designs themselves are in [`themes`].

mod draft;
pub mod keys;
mod reading;
pub mod themes;
mod units;

use crate::geometry::{Insets, Length, Rect, Size};

/// A whole design.
#[derive(Clone, Debug, PartialEq)]
pub struct Style {
    /// The name that a manifest gives it.
    pub name: String,
    /// The typefaces.
    pub typefaces: Typefaces,
    /// The page.
    pub page: PageGeometry,
    /// How divisions begin.
    pub opening: Opening,
    /// How many lines stay empty above a division that opens a page, and above the first page of text.
    pub sinkage: u8,
    /// How the pages before the text are numbered: in roman numerals of their own, or as the first pages of all.
    pub front_numbering: Numbering,
    /// What stands around the text of a page.
    pub furniture: Furniture,
    /// Which pages and lists are made from what is known of the book.
    pub matter: GeneratedMatter,
    /// Where notes stand, and how they are numbered.
    pub notes: Notes,
    /// Whether figures with a caption for which the author names no place may move to where there is room for them.
    pub floats: bool,
    /// Whether lines of code are numbered where the author doesn't say.
    pub number_code_lines: bool,
    /// The lowest heading level in the contents, 1–6.
    pub contents_depth: u8,
    /// One style for each [`ParagraphRole`], in the order of [`ParagraphRole::ALL`].
    pub paragraphs: Vec<ParagraphStyle>,
    /// How far quotes are set in on each side.
    pub quote_indent: Length,
    /// How far the items of a list are set in for each level: the width of the marker's column.
    pub list_indent: Length,
    /// How far code blocks are set in.
    pub code_indent: Length,
    /// The space between two columns of a table.
    pub table_padding: Length,
    /// The smallest type that a wide table is set in, in thousandths of its own.
    pub table_reduction: u16,
    /// How far an admonition is set in from its rule.
    pub admonition_indent: Length,
    /// How far all lines but the first are set in, in a bibliography and an index, and a turned-over line of verse.
    pub hanging_indent: Length,
    /// How many lines the initial of a chapter goes over.
    pub initial_lines: u8,
    /// How lines are filled beyond word spaces.
    pub microtypography: Microtypography,
    /// How words are divided.
    pub hyphenation: Hyphenation,
    /// The tint behind marked words and lines of code, in per cent of black.
    pub tint: u8,
}

impl Style {
    /// The size of the half-title, in thousandths of the title's.
    pub const HALF_TITLE: i64 = 640;

    /// The type size of a number above the words of a heading: smaller than these, but no smaller than the text.
    #[must_use]
    pub fn number_size(&self, role: ParagraphRole) -> Length {
        let text = self.paragraph(ParagraphRole::Body).character.size;
        let own = self.paragraph(role).character.size;
        own.permille(620).max(text).min(own)
    }

    /// The style of paragraphs that play `role`.
    #[must_use]
    pub fn paragraph(&self, role: ParagraphRole) -> &ParagraphStyle {
        &self.paragraphs[role as usize]
    }
}

/// What is done to letters so that lines come out even (Thành 2000, "Micro-typographic extensions to the TeX typesetting
/// system").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Microtypography {
    /// Whether punctuation at a line's edges hangs into the margin.
    pub protrusion: bool,
    /// How far the letters of a line may be widened or narrowed, in thousandths; 0 for never.
    pub expansion: u16,
}

/// How words are divided at the ends of lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hyphenation {
    /// The fewest letters before and after a hyphen, where they are not the language's own.
    pub minima: Option<(usize, usize)>,
    /// Words with a hyphen at each place where they may be divided, by the language that they are of, a BCP 47 tag.
    pub exceptions: Vec<(String, Vec<String>)>,
}

impl Hyphenation {
    /// The exceptions for text in `language`: those given for it, and for the language of which it is a variant.
    pub fn exceptions_for<'a>(&'a self, language: &'a str) -> impl Iterator<Item = &'a str> {
        let covers = move |tag: &str| {
            let rest = language.get(..tag.len()).filter(|start| start.eq_ignore_ascii_case(tag));
            rest.is_some() && matches!(language.as_bytes().get(tag.len()), None | Some(b'-'))
        };
        self.exceptions.iter().filter(move |(tag, _)| covers(tag)).flat_map(|(_, words)| words).map(String::as_str)
    }
}

/// The family names of a design's typefaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typefaces {
    /// For text.
    pub serif: String,
    /// For contrast.
    pub sans: String,
    /// For code.
    pub mono: String,
}

impl Typefaces {
    /// The family's name.
    #[must_use]
    pub fn name(&self, family: Family) -> &str {
        match family {
            Family::Serif => &self.serif,
            Family::Sans => &self.sans,
            Family::Mono => &self.mono,
        }
    }
}

/// What stands around the text of a page: none of it on pages that open a chapter, but for the folio, nor on blanks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Furniture {
    /// The running head of a verso.
    pub verso: HeadText,
    /// The running head of a recto.
    pub recto: HeadText,
    /// Where the page number stands.
    pub folio: FolioPlace,
}

/// What a running head says. Where there is no such thing, it says what the next wider one is: the chapter for a
/// section, the part or the title for a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadText {
    /// Nothing.
    None,
    /// The book's title.
    Title,
    /// The book's subtitle.
    Subtitle,
    /// The authors.
    Author,
    /// The title of the part.
    Part,
    /// The title of the chapter.
    Chapter,
    /// The first heading of level 2 that begins on the page, else the one that the page goes on with: the first mark.
    FirstSection,
    /// The last heading of level 2 that begins on the page, else the one that the page goes on with: the last mark.
    LastSection,
}

/// Which pages and lists are made from what is known of the book. Each is left out where there is nothing to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a page or a list of its own, all independent")]
pub struct GeneratedMatter {
    /// A page with the short title before the title page.
    pub half_title: bool,
    /// Behind the title page: rights, ISBN, edition and printing.
    pub copyright_page: bool,
    /// After the contents: the captions of the figures, with their pages.
    pub list_of_figures: bool,
    /// The captions of the tables.
    pub list_of_tables: bool,
    /// The captions of the listings.
    pub list_of_listings: bool,
}

/// Where notes stand in print, and how they are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notes {
    /// Where they stand.
    pub place: NotePlace,
    /// Where their numbers start again.
    pub numbering: NoteNumbering,
    /// For notes at the side: how wide their column is, in the outer margin.
    pub side_width: Length,
    /// For notes at the side: from the text to their column.
    pub side_gap: Length,
}

/// Where notes stand in print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotePlace {
    /// At the foot of the page.
    Foot,
    /// In the outer margin, beside the line that refers to them.
    Side,
    /// At the end of their chapter.
    ChapterEnd,
    /// In a division of their own after the text, chapter by chapter.
    BookEnd,
}

/// Where the numbers of notes start again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteNumbering {
    /// On each page; in the e-book, in each chapter.
    Page,
    /// In each chapter.
    Chapter,
    /// Nowhere.
    Book,
}

/// Where the page number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolioPlace {
    /// Nowhere.
    None,
    /// Below the text, in the middle.
    Foot,
    /// Below the text, at the outer edge.
    FootOuter,
    /// On the line of the running head, at the outer edge; below the text on pages without a head.
    Head,
}

/// How page numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// 1, 2, 3.
    Decimal,
    /// i, ii, iii, for front matter.
    LowerRoman,
}

/// How divisions begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Below what precedes, as the sections of a document do. Both editions keep such divisions together: the EPUB
    /// in one file.
    RunOn,
    /// On the next page.
    NewPage,
    /// On the next page with an odd number.
    Recto,
}

/// The page of a bound book (PDF 32000-1, 14.11.2, for the boxes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageGeometry {
    /// The finished page.
    pub trim: Size,
    /// Where the pages are bound.
    pub binding: Binding,
    /// Whether pages face each other: rectos and versos mirror each other, and are made equally deep. Else each page is a
    /// recto to look at, with the inner margin at the side where lines begin.
    pub facing: bool,
    /// The margins; inner and outer change sides between recto and verso.
    pub margins: Insets,
    /// The distance of two baselines of text, of which every vertical distance is a multiple.
    pub baseline: Length,
    /// From the top of the type area to the first baseline.
    pub first_baseline: Length,
}

/// The edge at which a book is bound: where its lines begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Binding {
    /// The left one, of a book that reads from left to right.
    #[default]
    Left,
    /// The right one, of a book that reads from right to left.
    Right,
}

/// A side of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The page with an odd number: the right-hand one, in a book that is bound at the right the left-hand one.
    Recto,
    /// The page with an even number.
    Verso,
}

impl PageGeometry {
    /// The box of the main text on a page of this side.
    #[must_use]
    pub fn type_area(&self, side: Side) -> Rect {
        let side = if self.facing { side } else { Side::Recto };
        let left = match (side, self.binding) {
            (Side::Recto, Binding::Left) | (Side::Verso, Binding::Right) => self.margins.inner,
            (Side::Verso, Binding::Left) | (Side::Recto, Binding::Right) => self.margins.outer,
        };
        Rect::new(
            left,
            self.margins.top,
            self.trim.width - self.margins.inner - self.margins.outer,
            self.trim.height - self.margins.top - self.margins.bottom,
        )
    }

    /// Whether a box reaches the edge of the trim, or beyond it.
    #[must_use]
    pub fn reaches_edge(&self, rect: &Rect) -> bool {
        rect.origin.x <= Length::ZERO
            || rect.origin.y <= Length::ZERO
            || rect.right() >= self.trim.width
            || rect.bottom() >= self.trim.height
    }

    /// How many lines of text the type area holds.
    #[must_use]
    pub fn lines(&self) -> i64 {
        let height = self.type_area(Side::Recto).size.height - self.first_baseline;
        height.raw() / self.baseline.raw() + 1
    }
}

/// What a paragraph is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum ParagraphRole {
    /// Running text.
    Body,
    /// A heading of level 1, a division's own.
    Heading1,
    /// A heading of level 2.
    Heading2,
    /// A heading of level 3.
    Heading3,
    /// A heading of level 4.
    Heading4,
    /// A heading of level 5.
    Heading5,
    /// A heading of level 6.
    Heading6,
    /// Text of a quotation.
    Quote,
    /// A code block.
    Code,
    /// Text of a note.
    Note,
    /// A caption.
    Caption,
    /// A cell in a table's body.
    TableCell,
    /// A cell in a table's head.
    TableHead,
    /// A cell that heads its row.
    TableStub,
    /// A break between scenes.
    Break,
    /// The book's title, on the title page.
    Title,
    /// The book's subtitle.
    Subtitle,
    /// An author's name.
    Author,
    /// The publisher, at the foot of the title page.
    Imprint,
    /// The word over the contents.
    ContentsHeading,
    /// A first-level entry of the contents.
    ContentsEntry,
    /// A lower entry of the contents.
    ContentsSubentry,
    /// The line at the head of a page.
    RunningHead,
    /// The page number.
    Folio,
    /// The title of a part.
    Part,
    /// What a figure, a table or a listing is called by number, before its caption.
    CaptionNumber,
    /// Text of an admonition.
    Admonition,
    /// The line over an admonition, an aside or what can be folded away.
    BlockTitle,
    /// Text of an aside.
    Aside,
    /// Text of an epigraph.
    Epigraph,
    /// Text of a dedication.
    Dedication,
    /// A line of verse.
    Verse,
    /// A term that is defined below.
    Term,
    /// What stands above a block of code: a file's name.
    CodeTitle,
    /// The number of a line of code.
    LineNumber,
    /// A work in the bibliography.
    Work,
    /// A line of the index.
    IndexLine,
}

impl ParagraphRole {
    /// Every role, in the order of the declaration.
    pub const ALL: [Self; 37] = [
        Self::Body,
        Self::Heading1,
        Self::Heading2,
        Self::Heading3,
        Self::Heading4,
        Self::Heading5,
        Self::Heading6,
        Self::Quote,
        Self::Code,
        Self::Note,
        Self::Caption,
        Self::TableCell,
        Self::TableHead,
        Self::TableStub,
        Self::Break,
        Self::Title,
        Self::Subtitle,
        Self::Author,
        Self::Imprint,
        Self::ContentsHeading,
        Self::ContentsEntry,
        Self::ContentsSubentry,
        Self::RunningHead,
        Self::Folio,
        Self::Part,
        Self::CaptionNumber,
        Self::Admonition,
        Self::BlockTitle,
        Self::Aside,
        Self::Epigraph,
        Self::Dedication,
        Self::Verse,
        Self::Term,
        Self::CodeTitle,
        Self::LineNumber,
        Self::Work,
        Self::IndexLine,
    ];

    /// What a design calls it, below `style`; the text has a table of its own.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Heading1 => "heading-1",
            Self::Heading2 => "heading-2",
            Self::Heading3 => "heading-3",
            Self::Heading4 => "heading-4",
            Self::Heading5 => "heading-5",
            Self::Heading6 => "heading-6",
            Self::Quote => "quote",
            Self::Code => "code",
            Self::Note => "note",
            Self::Caption => "caption",
            Self::TableCell => "table-cell",
            Self::TableHead => "table-head",
            Self::TableStub => "table-stub",
            Self::Break => "break",
            Self::Title => "title",
            Self::Subtitle => "subtitle",
            Self::Author => "author",
            Self::Imprint => "imprint",
            Self::ContentsHeading => "contents-heading",
            Self::ContentsEntry => "contents-entry",
            Self::ContentsSubentry => "contents-subentry",
            Self::RunningHead => "running-head",
            Self::Folio => "folio",
            Self::Part => "part",
            Self::CaptionNumber => "caption-number",
            Self::Admonition => "admonition",
            Self::BlockTitle => "block-title",
            Self::Aside => "aside",
            Self::Epigraph => "epigraph",
            Self::Dedication => "dedication",
            Self::Verse => "verse",
            Self::Term => "term",
            Self::CodeTitle => "code-title",
            Self::LineNumber => "line-number",
            Self::Work => "work",
            Self::IndexLine => "index-line",
        }
    }

    /// The role of a heading of `level`, 1–6 (a level beyond is taken for the nearest).
    #[must_use]
    pub fn heading(level: u8) -> Self {
        match level {
            0 | 1 => Self::Heading1,
            2 => Self::Heading2,
            3 => Self::Heading3,
            4 => Self::Heading4,
            5 => Self::Heading5,
            _ => Self::Heading6,
        }
    }
}

/// How paragraphs of one role look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParagraphStyle {
    /// How the letters look.
    pub character: CharacterStyle,
    /// From baseline to baseline.
    pub leading: Length,
    /// Space above, added to the leading.
    pub space_before: Length,
    /// Space below; of two neighbours' spaces the larger counts.
    pub space_after: Length,
    /// Indent of the first line, where the paragraph follows another of its role.
    pub first_line_indent: Length,
    /// How lines fill the measure.
    pub alignment: TextAlignment,
    /// Whether words may be divided.
    pub hyphenate: bool,
    /// Whether it stays on the page of what follows.
    pub keep_with_next: bool,
    /// For a heading or a part: where its number stands.
    pub number: NumberPlace,
}

/// Where the number of a heading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberPlace {
    /// Before the words, on their line.
    Beside,
    /// On a line of its own above them.
    Above,
    /// In the margin where lines begin; beside the words where it is too narrow, and in the e-book.
    Margin,
}

/// How lines fill the measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextAlignment {
    /// Both edges straight.
    Justified,
    /// The starting edge straight.
    Start,
    /// In the middle.
    Center,
    /// The far edge straight.
    End,
}

impl TextAlignment {
    /// What sets text at the same edge that reads the other way.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Start => Self::End,
            Self::End => Self::Start,
            Self::Justified | Self::Center => self,
        }
    }
}

/// How letters look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a look of its own, all independent")]
pub struct CharacterStyle {
    /// The typeface.
    pub family: Family,
    /// The type size.
    pub size: Length,
    /// How heavy.
    pub weight: Weight,
    /// Italic or not.
    pub italic: bool,
    /// Lower case as small capitals (OpenType `smcp`).
    pub small_caps: bool,
    /// The shape and width of figures.
    pub figures: Figures,
    /// Figures around a slash as fractions (`frac`).
    pub fractions: bool,
    /// Letters and figures in the font's own superior forms (`sups`), which stand where they belong by themselves.
    pub superior: bool,
    /// Extra space after each letter, in thousandths of an em.
    pub tracking: i16,
}

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// 400.
    Regular,
    /// 600.
    Semibold,
    /// 700.
    Bold,
}

impl Weight {
    /// The number that OpenType and CSS give it.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Regular => 400,
            Self::Semibold => 600,
            Self::Bold => 700,
        }
    }
}

/// Which of the design's typefaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// The text face.
    Serif,
    /// The face for contrast.
    Sans,
    /// The face for code.
    Mono,
}

/// The shape and width of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Figures {
    /// As the font has them.
    Normal,
    /// With ascenders and descenders (`onum`).
    OldStyle,
    /// As high as capitals, each as wide as it is (`lnum`, `pnum`).
    Lining,
    /// As high as capitals and all equally wide (`lnum`, `tnum`), for columns.
    Tabular,
}
