//! The keys of a design: what each holds, what it means, and what it sets.
//!
//! One table, from which designs are read and the JSON Schema is made. Start at `TABLES`; the reader is `reading`.

use super::draft::{Dimension, Draft, Look, Margins};
use super::{
    Family, Figures, FolioPlace, HeadText, NoteNumbering, NotePlace, NumberPlace, Numbering, Opening, ParagraphRole,
    TextAlignment, Weight,
};
use crate::geometry::{Length, Size};

/// A table of a design.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) keys: &'static [Key<Draft>],
    pub(super) meaning: &'static str,
}

/// A key and its value, which changes a `T`.
pub(super) struct Key<T: 'static> {
    pub(super) name: &'static str,
    pub(super) kind: Kind<T>,
    /// What the key means, in a sentence without a full stop.
    pub(super) meaning: &'static str,
}

/// A word that a value can be, and what it sets.
pub(super) type Choice<T> = (&'static str, fn(&mut T));

/// What a value is, and what it sets.
pub(super) enum Kind<T: 'static> {
    /// Yes or no.
    Flag(fn(&mut T, bool)),
    /// A whole number from the first to the second.
    Whole(u8, u8, fn(&mut T, u8)),
    /// A number from the first to the second, in thousandths.
    Number(i16, i16, fn(&mut T, i16)),
    /// A length with a unit.
    Length(Range, fn(&mut T, Length)),
    /// A number, or a length with a unit.
    Dimension(Range, fn(&mut T, Dimension)),
    /// One of these.
    Choice(&'static [Choice<T>]),
    /// The name of a family.
    Face(fn(&mut T, String)),
    /// A page.
    Page(fn(&mut T, Size)),
    /// Some of the four margins.
    Margins(fn(&mut T, Margins)),
    /// Two whole numbers.
    Minima(fn(&mut T, (u8, u8))),
}

/// From where to where a value may go.
#[derive(Clone, Copy)]
pub(super) struct Range {
    /// The least and the greatest number, in thousandths.
    pub(super) numbers: (i64, i64),
    /// The least and the greatest length, in points.
    pub(super) points: (i64, i64),
}

/// Sizes of type in proportion to the text's.
const SIZES: Range = Range { numbers: (300, 8_000), points: (3, 200) };
/// Leading in proportion to a size.
const LEADINGS: Range = Range { numbers: (1_000, 3_000), points: (3, 400) };
/// Distances in ems of the text.
const DISTANCES: Range = Range { numbers: (0, 20_000), points: (0, 720) };
/// The text's size.
const TEXT_SIZES: Range = Range { numbers: (0, 0), points: (4, 72) };

const fn key<T>(name: &'static str, kind: Kind<T>, meaning: &'static str) -> Key<T> {
    Key { name, kind, meaning }
}

/// The name of the table that has one table for each kind of paragraph.
pub const STYLE: &str = "style";

/// The tables of a design, `[style.NAME]` aside.
pub(super) static TABLES: [Table; 8] = [
    Table { name: "page", keys: &PAGE, meaning: "The page" },
    Table {
        name: "faces",
        keys: &FACES,
        meaning: "The typefaces: families of the program or of the project's `fonts/`",
    },
    Table { name: "text", keys: &TEXT, meaning: "Running text" },
    Table { name: "opening", keys: &OPENING, meaning: "How chapters open" },
    Table { name: "furniture", keys: &FURNITURE, meaning: "What stands around the text of a page" },
    Table { name: "matter", keys: &MATTER, meaning: "Which pages and lists are made" },
    Table { name: "notes", keys: &NOTES, meaning: "Where notes stand in print" },
    Table { name: "blocks", keys: &BLOCKS, meaning: "How blocks are set off" },
];

static PAGE: [Key<Draft>; 4] = [
    key(
        "size",
        Kind::Page(Draft::set_page),
        "The finished page: a name such as `A5` or `royal`, `6x9in`, `148x210mm`, or two lengths; margins keep their proportion",
    ),
    key("facing", Kind::Flag(|d, on| d.style.page.facing = on), "Whether rectos and versos mirror each other"),
    key(
        "construction",
        Kind::Choice(&[
            ("ninths", |d| d.construct(9)),
            ("twelfths", |d| d.construct(12)),
            ("fifteenths", |d| d.construct(15)),
        ]),
        "Margins by a classical division of the page: one part at the spine and the top, two at the fore-edge and the foot; `ninths` are van de Graaf's and Tschichold's",
    ),
    key(
        "margins",
        Kind::Margins(|d, given| {
            let old = d.margins;
            d.margins = Margins {
                inner: given.inner.or(old.inner),
                top: given.top.or(old.top),
                outer: given.outer.or(old.outer),
                bottom: given.bottom.or(old.bottom),
            };
        }),
        "Some or all of `inner`, `top`, `outer` and `bottom`; what is left of whole lines goes to the foot",
    ),
];

static FACES: [Key<Draft>; 3] = [
    key("serif", Kind::Face(|d, name| d.style.typefaces.serif = name), "The text face"),
    key("sans", Kind::Face(|d, name| d.style.typefaces.sans = name), "The face for contrast"),
    key("mono", Kind::Face(|d, name| d.style.typefaces.mono = name), "The face of code"),
];

static TEXT: [Key<Draft>; 11] = [
    key(
        "family",
        Kind::Choice(&[
            ("serif", |d| d.text().family = Some(Family::Serif)),
            ("sans", |d| d.text().family = Some(Family::Sans)),
            ("mono", |d| d.text().family = Some(Family::Mono)),
        ]),
        "Which of the typefaces",
    ),
    key("size", Kind::Length(TEXT_SIZES, |d, size| d.size = size), "The type size, which all others follow"),
    key(
        "leading",
        Kind::Dimension(LEADINGS, |d, leading| d.text().leading = Some(leading)),
        "From baseline to baseline: a length, or a ratio of the size; all lines stand on the grid that it makes",
    ),
    key(
        "indent",
        Kind::Dimension(DISTANCES, |d, indent| d.text().indent = Some(indent)),
        "The first line's indent: ems, or a length",
    ),
    key(
        "paragraph-space",
        Kind::Whole(0, 3, |d, lines| d.text().space_after = Some(lines)),
        "Lines between paragraphs, which then have no indents",
    ),
    key(
        "align",
        Kind::Choice(&[
            ("justified", |d| d.text().align = Some(TextAlignment::Justified)),
            ("start", |d| d.text().align = Some(TextAlignment::Start)),
        ]),
        "How lines fill the measure",
    ),
    key("hyphenate", Kind::Flag(|d, on| d.text().hyphenate = Some(on)), "Whether words may be divided"),
    key(
        "hyphen-minima",
        Kind::Minima(|d, (before, after)| d.style.hyphenation.minima = Some((before.into(), after.into()))),
        "The fewest letters before and after a hyphen; else the language's",
    ),
    key(
        "figures",
        Kind::Choice(&[
            ("normal", |d| d.text().figures = Some(Figures::Normal)),
            ("old-style", |d| d.text().figures = Some(Figures::OldStyle)),
            ("lining", |d| d.text().figures = Some(Figures::Lining)),
            ("tabular", |d| d.text().figures = Some(Figures::Tabular)),
        ]),
        "The shape of figures",
    ),
    key(
        "protrusion",
        Kind::Flag(|d, on| d.style.microtypography.protrusion = on),
        "Whether punctuation hangs into the margin",
    ),
    key(
        "expansion",
        Kind::Whole(0, 30, |d, thousandths| d.style.microtypography.expansion = thousandths.into()),
        "How far the letters of a line may be widened or narrowed, in thousandths",
    ),
];

static OPENING: [Key<Draft>; 3] = [
    key(
        "page",
        Kind::Choice(&[
            ("run-on", |d| d.style.opening = Opening::RunOn),
            ("next", |d| d.style.opening = Opening::NewPage),
            ("recto", |d| d.style.opening = Opening::Recto),
        ]),
        "Where a chapter opens: below what precedes, on the next page, or on the next recto",
    ),
    key(
        "sinkage",
        Kind::Whole(0, 40, |d, lines| d.style.sinkage = lines),
        "How many lines stay empty above the opening; half a page at most",
    ),
    key(
        "initial-lines",
        Kind::Whole(2, 6, |d, lines| d.style.initial_lines = lines),
        "How many lines the initial of a chapter goes over",
    ),
];

static FURNITURE: [Key<Draft>; 3] = [
    key(
        "verso",
        Kind::Choice(&[
            ("none", |d| d.style.furniture.verso = HeadText::None),
            ("title", |d| d.style.furniture.verso = HeadText::Title),
            ("subtitle", |d| d.style.furniture.verso = HeadText::Subtitle),
            ("author", |d| d.style.furniture.verso = HeadText::Author),
            ("part", |d| d.style.furniture.verso = HeadText::Part),
            ("chapter", |d| d.style.furniture.verso = HeadText::Chapter),
            ("first-section", |d| d.style.furniture.verso = HeadText::FirstSection),
            ("last-section", |d| d.style.furniture.verso = HeadText::LastSection),
        ]),
        "The running head of a left-hand page",
    ),
    key(
        "recto",
        Kind::Choice(&[
            ("none", |d| d.style.furniture.recto = HeadText::None),
            ("title", |d| d.style.furniture.recto = HeadText::Title),
            ("subtitle", |d| d.style.furniture.recto = HeadText::Subtitle),
            ("author", |d| d.style.furniture.recto = HeadText::Author),
            ("part", |d| d.style.furniture.recto = HeadText::Part),
            ("chapter", |d| d.style.furniture.recto = HeadText::Chapter),
            ("first-section", |d| d.style.furniture.recto = HeadText::FirstSection),
            ("last-section", |d| d.style.furniture.recto = HeadText::LastSection),
        ]),
        "The running head of a right-hand page, and of every page where they don't face each other",
    ),
    key(
        "folio",
        Kind::Choice(&[
            ("none", |d| d.style.furniture.folio = FolioPlace::None),
            ("foot", |d| d.style.furniture.folio = FolioPlace::Foot),
            ("foot-outer", |d| d.style.furniture.folio = FolioPlace::FootOuter),
            ("head", |d| d.style.furniture.folio = FolioPlace::Head),
        ]),
        "Where the page number stands",
    ),
];

static MATTER: [Key<Draft>; 7] = [
    key(
        "half-title",
        Kind::Flag(|d, on| d.style.matter.half_title = on),
        "A page with the title alone before the title page",
    ),
    key(
        "copyright-page",
        Kind::Flag(|d, on| d.style.matter.copyright_page = on),
        "Rights, ISBN and edition behind the title page",
    ),
    key(
        "contents-depth",
        Kind::Whole(1, 6, |d, level| d.style.contents_depth = level),
        "The lowest heading level in the contents",
    ),
    key(
        "list-of-figures",
        Kind::Flag(|d, on| d.style.matter.list_of_figures = on),
        "A list of the figures after the contents",
    ),
    key("list-of-tables", Kind::Flag(|d, on| d.style.matter.list_of_tables = on), "A list of the tables"),
    key("list-of-listings", Kind::Flag(|d, on| d.style.matter.list_of_listings = on), "A list of the listings"),
    key(
        "front-numbering",
        Kind::Choice(&[
            ("arabic", |d| d.style.front_numbering = Numbering::Decimal),
            ("roman", |d| d.style.front_numbering = Numbering::LowerRoman),
        ]),
        "The numbers of the pages before the text: the first ones of all, or roman ones of their own",
    ),
];

static NOTES: [Key<Draft>; 4] = [
    key(
        "place",
        Kind::Choice(&[
            ("foot", |d| d.style.notes.place = NotePlace::Foot),
            ("side", |d| d.style.notes.place = NotePlace::Side),
            ("chapter-end", |d| d.style.notes.place = NotePlace::ChapterEnd),
            ("book-end", |d| d.style.notes.place = NotePlace::BookEnd),
        ]),
        "At the foot of the page, in its outer margin, or at the end of the chapter or the book",
    ),
    key(
        "numbering",
        Kind::Choice(&[
            ("page", |d| d.style.notes.numbering = NoteNumbering::Page),
            ("chapter", |d| d.style.notes.numbering = NoteNumbering::Chapter),
            ("book", |d| d.style.notes.numbering = NoteNumbering::Book),
        ]),
        "Where their numbers start again",
    ),
    key(
        "side-width",
        Kind::Dimension(DISTANCES, |d, width| d.side_width = width),
        "How wide notes at the side are: ems, or a length",
    ),
    key(
        "side-gap",
        Kind::Dimension(DISTANCES, |d, gap| d.side_gap = gap),
        "From the text to notes at its side: ems, or a length",
    ),
];

static BLOCKS: [Key<Draft>; 10] = [
    key(
        "quote-indent",
        Kind::Dimension(DISTANCES, |d, indent| d.quote_indent = indent),
        "How far quotes are set in on each side: ems, or a length",
    ),
    key(
        "list-indent",
        Kind::Dimension(DISTANCES, |d, indent| d.list_indent = indent),
        "How far lists are set in for each level: ems, or a length",
    ),
    key(
        "code-indent",
        Kind::Dimension(DISTANCES, |d, indent| d.code_indent = indent),
        "How far code is set in: ems, or a length",
    ),
    key(
        "code-numbers",
        Kind::Flag(|d, on| d.style.number_code_lines = on),
        "Whether lines of code are numbered where the author doesn't say",
    ),
    key(
        "admonition-indent",
        Kind::Dimension(DISTANCES, |d, indent| d.admonition_indent = indent),
        "From the rule beside an admonition to its text: ems, or a length",
    ),
    key(
        "hanging-indent",
        Kind::Dimension(DISTANCES, |d, indent| d.hanging_indent = indent),
        "How far the lines after the first are set in, in a bibliography, an index and in verse: ems, or a length",
    ),
    key(
        "table-padding",
        Kind::Dimension(DISTANCES, |d, padding| d.table_padding = padding),
        "Between two columns of a table: ems, or a length",
    ),
    key(
        "table-reduction",
        Kind::Number(500, 1_000, |d, least| d.style.table_reduction = least.unsigned_abs()),
        "The smallest type of a wide table, in proportion to its own",
    ),
    key(
        "floats",
        Kind::Flag(|d, on| d.style.floats = on),
        "Whether figures with a caption may move to where there is room",
    ),
    key(
        "tint",
        Kind::Whole(5, 50, |d, percent| d.style.tint = percent),
        "The tint behind marked words and lines of code, in per cent of black",
    ),
];

/// The keys of `[style.NAME]`.
pub(super) static LOOK: [Key<Look>; 13] = [
    key(
        "family",
        Kind::Choice(&[
            ("serif", |look| look.family = Some(Family::Serif)),
            ("sans", |look| look.family = Some(Family::Sans)),
            ("mono", |look| look.family = Some(Family::Mono)),
        ]),
        "Which of the typefaces; else the text's",
    ),
    key(
        "size",
        Kind::Dimension(SIZES, |look, size| look.size = size),
        "The type size: a ratio of the text's, or a length",
    ),
    key(
        "leading",
        Kind::Dimension(LEADINGS, |look, leading| look.leading = Some(leading)),
        "From baseline to baseline: a ratio of this size, or a length; else a line of the grid",
    ),
    key("space-before", Kind::Whole(0, 12, |look, lines| look.space_before = lines), "Lines of the grid above"),
    key("space-after", Kind::Whole(0, 12, |look, lines| look.space_after = Some(lines)), "Lines of the grid below"),
    key(
        "indent",
        Kind::Dimension(DISTANCES, |look, indent| look.indent = Some(indent)),
        "The first line's indent: ems of the text, or a length",
    ),
    key(
        "align",
        Kind::Choice(&[
            ("justified", |look| look.align = Some(TextAlignment::Justified)),
            ("start", |look| look.align = Some(TextAlignment::Start)),
            ("center", |look| look.align = Some(TextAlignment::Center)),
            ("end", |look| look.align = Some(TextAlignment::End)),
        ]),
        "How lines fill the measure; else as the text, with its indent and its hyphens",
    ),
    key("hyphenate", Kind::Flag(|look, on| look.hyphenate = Some(on)), "Whether words may be divided"),
    key(
        "weight",
        Kind::Choice(&[
            ("regular", |look| look.weight = Weight::Regular),
            ("semibold", |look| look.weight = Weight::Semibold),
            ("bold", |look| look.weight = Weight::Bold),
        ]),
        "How heavy the letters are",
    ),
    key("italic", Kind::Flag(|look, on| look.italic = on), "Whether the letters slope"),
    key("small-caps", Kind::Flag(|look, on| look.small_caps = on), "Whether lower case is set as small capitals"),
    key(
        "tracking",
        Kind::Number(-100, 1_000, |look, tracking| look.tracking = tracking),
        "Space added after each letter, in ems",
    ),
    key(
        "figures",
        Kind::Choice(&[
            ("normal", |look| look.figures = Some(Figures::Normal)),
            ("old-style", |look| look.figures = Some(Figures::OldStyle)),
            ("lining", |look| look.figures = Some(Figures::Lining)),
            ("tabular", |look| look.figures = Some(Figures::Tabular)),
        ]),
        "The shape of figures; else the text's",
    ),
];

/// What is meant by the key of a heading's number.
pub(super) static NUMBER: Key<Look> = key(
    "number",
    Kind::Choice(&[
        ("beside", |look| look.number = NumberPlace::Beside),
        ("above", |look| look.number = NumberPlace::Above),
        ("margin", |look| look.number = NumberPlace::Margin),
    ]),
    "Where a heading's number stands: before the words, on a line of its own, or in the margin",
);

/// The kinds of paragraphs that have a table of their own below `style`: all but the text.
pub(super) fn roles() -> impl Iterator<Item = ParagraphRole> {
    ParagraphRole::ALL.into_iter().filter(|role| *role != ParagraphRole::Body)
}

/// What a value may be, for those who describe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Yes or no.
    Flag,
    /// A whole number from the first to the second.
    Whole(u8, u8),
    /// A number.
    Number,
    /// A length with a unit.
    Length,
    /// A number, or a length with a unit.
    Dimension,
    /// One of these texts.
    Choice(Vec<&'static str>),
    /// A text.
    Text,
    /// A page: a text, or two lengths.
    Page,
    /// A table of these lengths.
    Margins(Vec<&'static str>),
    /// Two whole numbers from the first to the second.
    Minima(u8, u8),
}

/// A key as it is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// The key.
    pub name: &'static str,
    /// What its value may be.
    pub form: Form,
    /// What it means, in a sentence without a full stop.
    pub meaning: &'static str,
}

/// The names of the margins.
pub(super) const MARGINS: [&str; 4] = ["inner", "top", "outer", "bottom"];

/// The least and the most letters that a hyphen can be asked to leave.
pub(super) const MINIMA: (u8, u8) = (1, 20);

impl<T> Key<T> {
    fn described(&self) -> Described {
        let form = match &self.kind {
            Kind::Flag(_) => Form::Flag,
            Kind::Whole(least, most, _) => Form::Whole(*least, *most),
            Kind::Number(..) => Form::Number,
            Kind::Length(..) => Form::Length,
            Kind::Dimension(..) => Form::Dimension,
            Kind::Choice(choices) => Form::Choice(choices.iter().map(|(name, _)| *name).collect()),
            Kind::Face(_) => Form::Text,
            Kind::Page(_) => Form::Page,
            Kind::Margins(_) => Form::Margins(MARGINS.to_vec()),
            Kind::Minima(_) => Form::Minima(MINIMA.0, MINIMA.1),
        };
        Described { name: self.name, form, meaning: self.meaning }
    }
}

/// The tables of a design with their meanings and keys, `[style.NAME]` aside.
pub fn tables() -> impl Iterator<Item = (&'static str, &'static str, Vec<Described>)> {
    TABLES.iter().map(|table| (table.name, table.meaning, table.keys.iter().map(Key::described).collect()))
}

/// The tables below `style`, with their keys.
pub fn styles() -> impl Iterator<Item = (&'static str, Vec<Described>)> {
    roles().map(|role| (role.name(), LOOK.iter().chain(numbered(role)).map(Key::described).collect()))
}

/// The key of its number, for what has one.
pub(super) fn numbered(role: ParagraphRole) -> Option<&'static Key<Look>> {
    let has_number = (1..=6).any(|level| ParagraphRole::heading(level) == role) || role == ParagraphRole::Part;
    has_number.then_some(&NUMBER)
}

/// Whether a manifest's table of this name is one of a design.
#[must_use]
pub fn is_table(name: &str) -> bool {
    name == STYLE || TABLES.iter().any(|table| table.name == name)
}

/// The table of a design that has a key of this name.
#[must_use]
pub fn home(name: &str) -> Option<&'static str> {
    TABLES.iter().find(|table| table.keys.iter().any(|key| key.name == name)).map(|table| table.name)
}
