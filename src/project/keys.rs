//! The keys of `pressmark.toml`: what each holds, and what it means.
//!
//! One table, from which the manifest is read, `--set` is checked and the JSON Schema is made, so that they agree. Start at
//! [`TABLES`].

/// A table of the manifest.
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) keys: &'static [Key],
    pub(super) meaning: &'static str,
}

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// `[name]`, once.
    One,
    /// `[[name]]`, as often as needed.
    Many,
    /// `[name]`, with keys of the author's.
    Open,
    /// `[name.NAME]`, as often as needed. A value may stand in a table that says where it is from: see [`FACT`].
    Named,
}

/// A key and its value.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// What the key means, in a sentence without a full stop.
    pub(super) meaning: &'static str,
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text.
    Text,
    /// A text that a table can't do without.
    Required,
    /// A text, or a date of TOML.
    Date,
    /// A text or a whole number.
    Number,
    /// A whole number from 1 to 65,535.
    Count,
    /// A whole number from 1 to 4,294,967,295.
    Whole,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// A design's name, or the name of its file.
    Theme,
    /// Yes or no.
    Flag,
    /// Yes, no, or a level from 1 to [`DEEPEST`].
    Depth,
    /// A list of texts.
    Texts,
    /// The name of a file or of something that comes with the program.
    File,
    /// A list of files' names.
    Files,
    /// A list of chapters.
    Chapters,
}

/// The deepest level of a heading.
pub(super) const DEEPEST: u8 = 6;

impl Kind {
    /// Whether a value can be given on the command line.
    pub(super) fn is_settable(self) -> bool {
        match self {
            Self::Text
            | Self::Required
            | Self::Date
            | Self::Number
            | Self::Count
            | Self::Whole
            | Self::Choice(_)
            | Self::Theme
            | Self::Flag
            | Self::Depth
            | Self::Texts => true,
            Self::File | Self::Files | Self::Chapters => false,
        }
    }
}

const fn key(name: &'static str, kind: Kind, meaning: &'static str) -> Key {
    Key { name, kind, meaning }
}

/// The tables of the manifest.
pub(super) const TABLES: [Table; 7] = [
    Table { name: "book", shape: Shape::One, keys: &BOOK, meaning: "What is true of the book" },
    Table {
        name: "part",
        shape: Shape::Many,
        keys: &PART,
        meaning: "A part of the book; parts come after the chapters of `[book]`",
    },
    Table {
        name: "contributor",
        shape: Shape::Many,
        keys: &CONTRIBUTOR,
        meaning: "Someone who had a part in the book",
    },
    Table { name: "variables", shape: Shape::Open, keys: &[], meaning: "What `{{NAME}}` stands for in the text" },
    Table { name: "build", shape: Shape::One, keys: &BUILD, meaning: "How the book is made" },
    Table {
        name: "target",
        shape: Shape::Named,
        keys: &TARGET,
        meaning: "What a PDF is made for; one that comes with the program is changed in what is said here",
    },
    Table {
        name: "store",
        shape: Shape::Named,
        keys: &STORE,
        meaning: "What a store takes of an e-book; one that comes with the program is changed in what is said here",
    },
];

/// The ways a book can read, as EPUB calls them.
pub(super) const DIRECTIONS: [&str; 2] = ["ltr", "rtl"];

/// How lines can run (CSS Writing Modes 4, 3.2).
pub(super) const WRITING_MODES: [&str; 2] = ["horizontal-tb", "vertical-rl"];

/// What an e-book can conform to: versions and levels of WCAG.
pub(super) const WCAG_LEVELS: [&str; 9] =
    ["2.0 A", "2.0 AA", "2.0 AAA", "2.1 A", "2.1 AA", "2.1 AAA", "2.2 A", "2.2 AA", "2.2 AAA"];

/// The keys of `[book]`.
pub(super) const BOOK: [Key; 37] = [
    key("title", Kind::Text, "The title; else the first heading"),
    key("short-title", Kind::Text, "The title in a few words, for the half-title and for heads without room for more"),
    key("subtitle", Kind::Text, "What follows the title, in a smaller voice"),
    key("authors", Kind::Texts, "The authors as they are to be shown, in order"),
    key("language", Kind::Text, "The language of the book, a BCP 47 tag such as `en-GB`"),
    key(
        "direction",
        Kind::Choice(&DIRECTIONS),
        "Which way the book reads and where it is bound; else as its language is written",
    ),
    key(
        "writing-mode",
        Kind::Choice(&WRITING_MODES),
        "How the lines of the e-book run, such as `vertical-rl` for Japanese and Chinese; those of print are horizontal",
    ),
    key("identifier", Kind::Text, "A unique identifier; else the ISBN, else made from title, authors and language"),
    key("isbn", Kind::Text, "The ISBN, of 10 or 13 digits; the e-book's, where print has one of its own"),
    key("print-isbn", Kind::Text, "The ISBN of the print edition, where it has one of its own"),
    key("version", Kind::Text, "The release, such as `1.2`"),
    key("date", Kind::Date, "The date of publication: a year, a month or a day"),
    key("publisher", Kind::Text, "Who publishes the book"),
    key("rights", Kind::Text, "Who has which rights"),
    key("license", Kind::Text, "The licence: its name or its address"),
    key("edition", Kind::Text, "Which edition this is, in words, such as `Second edition`"),
    key("printing", Kind::Text, "Which printing this is, in words, such as `First printing, May 2026`"),
    key("legal", Kind::Texts, "What the copyright page says beside what is known of the book, a paragraph each"),
    key("description", Kind::Text, "A summary in a sentence or two"),
    key(
        "subjects",
        Kind::Texts,
        "Subjects or keywords; a code of BISAC or Thema as `BISAC:COM051000` or `Thema:UMX`, with its words after a space",
    ),
    key(
        "conforms-to",
        Kind::Choice(&WCAG_LEVELS),
        "The version and level of WCAG that the e-book has been found to conform to",
    ),
    key("certified-by", Kind::Text, "Who found that the e-book conforms to `conforms-to`"),
    key("certifier-credential", Kind::Text, "The credential of `certified-by`: its name or its address"),
    key("certifier-report", Kind::Text, "The address of the report of `certified-by`"),
    key("series", Kind::Text, "The series that the book is a part of"),
    key("series-number", Kind::Number, "The book's number in its series"),
    key("name", Kind::Text, "What the outputs are called, without extension"),
    key("theme", Kind::Theme, "The design: a theme of the program, or a file of the project"),
    key(
        "site-url",
        Kind::Text,
        "The address on the net of the manuscript's folder, for links that leave the manuscript",
    ),
    key("smart-punctuation", Kind::Flag, "Whether straight quotation marks, `--` and `...` are set as in print"),
    key(
        "hyphenation",
        Kind::Texts,
        "Words with a hyphen wherever they may be divided, or none; after a language's tag and a colon where it is not the book's",
    ),
    key("number-sections", Kind::Depth, "Whether headings are numbered, or down to which level"),
    key("bibliography", Kind::Files, "Files with what is cited, in BibTeX or Hayagriva's YAML"),
    key("citation-style", Kind::File, "The style of citations: a known name, or a CSL file of the project"),
    key("front", Kind::Chapters, "The files before the body"),
    key("chapters", Kind::Chapters, "The files of the body; else all other Markdown files, where there are no parts"),
    key("back", Kind::Chapters, "The files after the body"),
];

/// The keys of `[[part]]`.
pub(super) const PART: [Key; 2] =
    [key("title", Kind::Required, "The title of the part"), key("chapters", Kind::Chapters, "The files of the part")];

/// The keys of a chapter that is a table.
pub(super) const CHAPTER: [Key; 3] = [
    key("path", Kind::Required, "The file, relative to the manifest"),
    key("title", Kind::Text, "What the contents calls it; else its first heading"),
    key("chapters", Kind::Chapters, "The files of its sections"),
];

/// The keys of `[[contributor]]`.
pub(super) const CONTRIBUTOR: [Key; 3] = [
    key("name", Kind::Required, "The name as it is to be shown"),
    key("role", Kind::Text, "What the person did: a MARC relator code such as `edt`, or a word such as `editor`"),
    key("file-as", Kind::Text, "The name as it is sorted, such as `Doe, Jane`"),
];

/// The keys of `[build]`.
pub(super) const BUILD: [Key; 7] = [
    key("targets", Kind::Texts, "What PDFs are made for, the default target first; else `screen` alone"),
    key(
        "page-list",
        Kind::Text,
        "The target whose pages the e-book names; else the first for paper, else the first of all",
    ),
    key("ebook-budget", Kind::Text, "How large the e-book may become, such as `10MB`; preflight warns above that"),
    key("system-fonts", Kind::Flag, "Whether the machine's fonts fill in for missing letters"),
    key(
        "embed-fonts",
        Kind::Flag,
        "Whether the e-book carries its fonts, reduced to what it uses of them; it does if not said",
    ),
    key("onix", Kind::Flag, "Whether the e-book is described for booksellers in an ONIX 3.0 file, `NAME.onix.xml`"),
    key("deny", Kind::Texts, "Codes of warnings that count as errors, or `warnings` for all"),
];

/// The kinds of PDF.
pub(super) const CONFORMANCES: [&str; 6] = ["accessible", "pdf/ua-2", "plain", "pdf/x-4", "pdf/x-1a", "pdf/x-3"];

/// Where a page bleeds.
pub(super) const BLEED_EDGES: [&str; 2] = ["outer", "all"];

/// The keys of `[target.NAME]`.
pub(super) const TARGET: [Key; 27] = [
    key("like", Kind::Text, "The target that this one is like, in all that is not said here"),
    key("conformance", Kind::Choice(&CONFORMANCES), "The kind of PDF"),
    key("profile", Kind::Text, "The printing condition: `fogra39`, `fogra47`, or an ICC profile of the project"),
    key("condition", Kind::Text, "What the registry of printing conditions calls it, such as `FOGRA39`"),
    key("embed-profile", Kind::Flag, "Whether the file carries the profile, or only names the condition"),
    key("total-ink", Kind::Count, "The most ink in one place, in per cent: 400 is all of all four"),
    key("bleed", Kind::Text, "How far is printed beyond the trim, such as `3mm` or `0.125in`"),
    key("bleed-edges", Kind::Choice(&BLEED_EDGES), "Whether all edges bleed or all but the inner one"),
    key("bleed-when-needed", Kind::Flag, "Whether only books in which something reaches the edge have a bleed"),
    key("crop-marks", Kind::Flag, "Whether marks show where to cut"),
    key("registration-marks", Kind::Flag, "Whether crosses in all inks stand around the page"),
    key("slug", Kind::Flag, "Whether a line below the page says what it is"),
    key("inside", Kind::Texts, "The least inner margin for so many pages at most: `150: 0.375in`, fewest pages first"),
    key("margin", Kind::Text, "The least margin at any edge"),
    key("margin-bleeding", Kind::Text, "The least margin at any edge of a book in which something bleeds"),
    key("pages", Kind::Text, "The fewest and the most pages: `24-828`"),
    key("even-pages", Kind::Flag, "Whether the number of pages must be even"),
    key("trim-width", Kind::Text, "The narrowest and the widest page: `4in-8.5in`"),
    key("trim-height", Kind::Text, "The lowest and the highest page"),
    key("image-resolution", Kind::Count, "Pixels to the inch that an image needs, and needs no more than"),
    key("least-type", Kind::Text, "The smallest type that prints, such as `7pt`"),
    key(
        "least-rule",
        Kind::Text,
        "The thinnest line that prints, such as `0.25pt`; rules of the book become no thinner",
    ),
    key("reduce-images", Kind::Flag, "Whether images with more pixels are reduced to that"),
    key("file-size", Kind::Count, "The largest file, in megabytes of a million bytes"),
    key("metadata", Kind::Flag, "Whether the file says what it is and who made it"),
    key(
        "rich-black",
        Kind::Text,
        "The black of large areas, in per cent of the four inks, and the colour that stands for it: `60 40 40 100: #0a0a14`",
    ),
    key("spot-colors", Kind::Texts, "Inks of their own, by the colour that stands for them: `PANTONE 286 C: #0033a0`"),
];

/// The keys of `[store.NAME]`.
pub(super) const STORE: [Key; 11] = [
    key("file-size", Kind::Text, "The largest e-book: `650MB`"),
    key("cover-formats", Kind::Texts, "The kinds of file that a cover may be: `jpeg`, `png`, `tiff`"),
    key("cover-size", Kind::Text, "The largest file of a cover: `50MB`"),
    key("cover-least", Kind::Text, "The fewest pixels of a cover, width by height: `625x1000`"),
    key("cover-most", Kind::Text, "The most pixels of a cover, width by height"),
    key("cover-ideal", Kind::Text, "The pixels that a cover has best, at least and in this proportion"),
    key("image-formats", Kind::Texts, "The kinds of file that an image may be: `gif`, `jpeg`, `png`, `svg`, `webp`"),
    key("image-size", Kind::Text, "The largest file of an image: `5MB`"),
    key("image-pixels", Kind::Whole, "The most pixels of an image, width times height"),
    key("embedded-size", Kind::Text, "The most that the images of one file of text add up to: `10MB`"),
    key("isbn", Kind::Flag, "Whether the identifier must be an ISBN"),
];

/// The keys of a value of a target or a store that says where it is from.
pub(super) const FACT: [Key; 5] = [
    key("value", Kind::Required, "The value"),
    key("source", Kind::Text, "Where it was read"),
    key("verified-on", Kind::Date, "When"),
    key("second-hand", Kind::Flag, "Whether only others say so"),
    key("advice", Kind::Flag, "Whether it is advice, and no limit"),
];

/// The key with a name.
pub(super) fn find<'a>(keys: &'a [Key], name: &str) -> Option<&'a Key> {
    keys.iter().find(|key| key.name == name)
}

/// The names of some keys.
pub(super) fn names(keys: &[Key]) -> impl Iterator<Item = &'static str> {
    keys.iter().map(|key| key.name)
}
