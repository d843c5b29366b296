//! Writes small hand-made books and reads the files back.

#![expect(
    clippy::cast_precision_loss,
    clippy::wildcard_enum_match_arm,
    reason = "font units are small; a PDF object of the wrong kind fails the test"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use lopdf::content::Content;
use lopdf::{Dictionary, Document as PdfFile, Object, ObjectId};

use super::write;
use crate::diagnostics::Span;
use crate::document::{
    AdmonitionKind, Alignment, Attributes, BibliographyEntry, Block, BlockKind, Cell, CodeBlock, ContainerRole,
    Definition, Division, DivisionKind, Document, Formula, Image, IndexEntry, Inline, InlineKind, ListItem,
    ListNumbers, Matter, Meaning, Metadata, Node, NodeId, Note, ReferenceForm, Row, Table, walk,
};
use crate::font::shaping::{Features, Run, Shaper};
use crate::font::{FaceId, FontBook};
use crate::geometry::{Length, Point, Rect, Size};
use crate::graphic::{Graphic, GraphicId, Graphics, ImageFormat, Orientation};
use crate::layout::book::{
    Artifact, Book, ContentsEntry, Facts, Frame, FrameItem, Glyph, GlyphRun, Ink, ItemKind, LinkTarget, ListKind,
    Navigation, Numbering, Owner, Page, PageLabel, Pagination, Side, TitleLine,
};
use crate::style::themes;

const SERIF: FaceId = FaceId(0);
const SANS: FaceId = FaceId(6);
const MONO: FaceId = FaceId(10);

fn id(index: u32) -> NodeId {
    NodeId { division: 0, index }
}

fn node(index: u32) -> Owner {
    Owner::Node(id(index))
}

fn inline(index: u32, kind: InlineKind) -> Inline {
    Inline { id: id(index), span: Span::default(), attributes: Attributes::default(), kind }
}

fn words(index: u32, text: &str) -> Inline {
    inline(index, InlineKind::Text(text.to_owned()))
}

fn block(index: u32, kind: BlockKind) -> Block {
    Block { id: id(index), span: Span::default(), attributes: Attributes::default(), kind }
}

fn heading(index: u32, level: u8, label: &str, text: &str) -> Block {
    let attributes = Attributes { label: Some(label.into()), ..Attributes::default() };
    let kind = BlockKind::Heading { level, unnumbered: false, content: vec![words(index + 1, text)] };
    Block { attributes, ..block(index, kind) }
}

fn paragraph(index: u32, content: Vec<Inline>) -> Block {
    block(index, BlockKind::Paragraph(content))
}

/// A book without a page.
pub(super) fn empty_book() -> Book {
    Typesetter::new(Document::default()).book
}

/// Sets lines on pages, one below the other, without breaking them.
struct Typesetter {
    book: Book,
    x: Length,
    y: Length,
}

impl Typesetter {
    fn new(document: Document) -> Self {
        let book = Book {
            document,
            style: themes::by_name("document").unwrap(),
            fonts: Arc::new(FontBook::bundled()),
            graphics: Graphics::default(),
            facts: Facts::default(),
            copyright: Vec::new(),
            pagination: Pagination::default(),
            navigation: Navigation::default(),
        };
        Self { book, x: Length::ZERO, y: Length::ZERO }
    }

    fn page(&mut self, numbering: Numbering, number: u32) {
        self.y = Length::pt(54);
        let frame = Frame { rect: Rect::default(), items: Vec::new() };
        let label = PageLabel { numbering, number };
        self.book.pagination.pages.push(Page { label, side: Side::Recto, starts_at: None, frames: vec![frame] });
    }

    fn line(&mut self) {
        self.x = Length::pt(48);
        self.y += Length::pt(14);
    }

    fn push(&mut self, owner: Owner, kind: ItemKind) {
        let page = self.book.pagination.pages.last_mut().unwrap();
        page.frames[0].items.push(FrameItem { owner, kind });
    }

    fn run(&self, text: &str, face: FaceId, size: Length, features: Features) -> GlyphRun {
        let mut shaper = Shaper::new(&self.book.fonts);
        let right_to_left = false;
        let run = Run { text, range: (0, text.len()), face, features, language: "en", right_to_left };
        let em = self.book.fonts.face(face).units_per_em();
        let glyphs = shaper.shape(&run).into_iter().map(|glyph| Glyph {
            id: glyph.id,
            cluster: glyph.cluster,
            advance: size.scale(i64::from(glyph.advance), em),
            offset: Point::default(),
        });
        GlyphRun {
            origin: Point::new(self.x, self.y),
            face,
            size,
            features,
            expansion: 10_000,
            ink: Ink::Black,
            language: None,
            text: text.to_owned(),
            spoken: None,
            glyphs: glyphs.collect(),
        }
    }

    fn set_run(&mut self, owner: Owner, run: GlyphRun) {
        self.x += run.width();
        self.push(owner, ItemKind::Glyphs(run));
    }

    fn set(&mut self, owner: Owner, text: &str) {
        let run = self.run(text, SERIF, Length::millipoints(10_500), Features::default());
        self.set_run(owner, run);
    }

    /// Sets `text` as a link of `owner`, its words owned by `leaf`.
    fn set_link(&mut self, owner: Owner, leaf: Owner, text: &str, target: LinkTarget) {
        let start = self.x;
        self.set(leaf, text);
        let rect = Rect::new(start, self.y - Length::pt(10), self.x - start, Length::pt(13));
        self.push(owner, ItemKind::Link { rect, target });
    }

    fn entry(&mut self, title: &str, target: u32, depth: u8) {
        let page = u32::try_from(self.book.pagination.pages.len() - 1).unwrap();
        let target = id(target);
        let top = self.y - Length::pt(14);
        self.book.navigation.entries.push(ContentsEntry {
            number: None,
            title: title.to_owned(),
            target,
            depth,
            page,
            top,
        });
    }
}

/// An image of so many points as it has pixels.
fn graphic(format: ImageFormat, data: &[u8], width: u32, height: u32) -> Graphic {
    let size = Size::new(Length::pt(width.into()), Length::pt(height.into()));
    let orientation = Orientation::NoTransforms;
    Graphic { format, data: data.into(), pixels: Some((width, height)), size, orientation, losses: Vec::new() }
}

fn png(width: u32, height: u32) -> Graphic {
    let mut file = Vec::new();
    let pixels = image::RgbaImage::from_fn(width, height, |x, y| {
        image::Rgba([
            u8::try_from(x % 256).unwrap(),
            90,
            u8::try_from(y % 256).unwrap(),
            if x < 20 { 128 } else { 255 },
        ])
    });
    pixels.write_to(&mut std::io::Cursor::new(&mut file), image::ImageFormat::Png).unwrap();
    graphic(ImageFormat::Png, &file, width, height)
}

/// A document with one of nearly everything.
fn document() -> Document {
    let cell = |index: u32, text: &str| Cell {
        id: id(index),
        span: Span::default(),
        columns: 1,
        rows: 1,
        alignment: None,
        heads_row: false,
        blocks: if text.is_empty() { Vec::new() } else { vec![paragraph(index + 1, vec![words(index + 2, text)])] },
    };
    let link = InlineKind::Link {
        address: "https://example.org/a".to_owned(),
        title: String::new(),
        content: vec![words(5, "the site")],
    };
    let blocks = vec![
        heading(0, 2, "first", "Official première"),
        paragraph(
            2,
            vec![
                words(3, "See "),
                inline(4, link),
                words(6, ", which is "),
                inline(7, InlineKind::Emphasis(vec![words(8, "extraordinary")])),
                inline(9, InlineKind::NoteReference(0)),
                words(10, " here."),
            ],
        ),
        heading(11, 4, "deep", "Deep below"),
        block(
            13,
            BlockKind::List {
                start: None,
                numbers: ListNumbers::default(),
                tight: true,
                items: vec![ListItem {
                    id: id(14),
                    span: Span::default(),
                    done: None,
                    blocks: vec![paragraph(15, vec![words(16, "An item")])],
                }],
            },
        ),
        block(
            17,
            BlockKind::Code(CodeBlock {
                language: "rust".to_owned(),
                text: "fn main() {\n    (())\n}\n".to_owned(),
                ..CodeBlock::default()
            }),
        ),
        block(
            18,
            BlockKind::Figure {
                image: Image { address: "images/hills.png".to_owned(), ..Image::default() },
                caption: vec![words(19, "Hills")],
            },
        ),
        block(
            20,
            BlockKind::Table(Table {
                alignments: vec![Alignment::Start; 2],
                head: vec![Row { id: id(21), cells: vec![cell(22, "Key"), cell(25, "Value")] }],
                rows: vec![Row { id: id(28), cells: vec![cell(29, "one"), cell(32, "")] }],
                ..Table::default()
            }),
        ),
    ];
    let note = Note {
        id: id(35),
        label: None,
        span: Span::default(),
        edition: None,
        blocks: vec![paragraph(36, vec![words(37, "What the note says.")])],
    };
    Document {
        metadata: Metadata {
            title: "A Sample & Test".to_owned(),
            authors: vec!["Ann Author".to_owned(), "Bo Büchner".to_owned()],
            language: "en".to_owned(),
            identifier: "urn:x".to_owned(),
            modified: "2024-05-06T07:08:09Z".to_owned(),
            ..Metadata::default()
        },
        divisions: vec![Division { path: "one.md".to_owned(), blocks, notes: vec![note], ..Division::default() }],
    }
}

/// [`document`] on four pages: title, contents, and two of text, with notes at the foot of the first.
fn sample() -> Book {
    let mut set = Typesetter::new(document());
    set.book.pagination.note_numbers.insert(id(35), 1);
    set.book.facts.links.insert(id(9), LinkTarget::Node(id(35)));
    set.book.facts.images.insert(id(18), GraphicId(0));
    set.book.graphics = [png(300, 200)].into_iter().collect();

    set.page(Numbering::LowerRoman, 1);
    set.line();
    set.set(Owner::TitlePage(TitleLine::Title), "A Sample & Test");
    set.line();
    set.set(Owner::TitlePage(TitleLine::Author(0)), "Ann Author");

    set.page(Numbering::LowerRoman, 2);
    set.line();
    set.set(Owner::ListHeading(ListKind::Contents), "Contents");
    for (index, (title, target)) in [("Official première", 0), ("Deep below", 11)].into_iter().enumerate() {
        set.line();
        let owner = Owner::ListEntry(ListKind::Contents, u32::try_from(index).unwrap());
        set.set_link(owner, owner, title, LinkTarget::Node(id(target)));
        set.set(Owner::Artifact(Artifact::Layout), " . . . . ");
        set.set(owner, "1");
    }

    set.page(Numbering::Decimal, 1);
    set.set(Owner::Artifact(Artifact::Header), "A Sample");
    set.line();
    set.entry("Official première", 0, 0);
    set.set(node(1), "Official première");
    set.line();
    set.set(node(3), "See ");
    set.set_link(node(4), node(5), "the site", LinkTarget::External("https://example.org/ä".to_owned()));
    set.set(node(6), ", which is ");
    set.set(node(8), "extra");
    let mut hyphen = set.run("-", SERIF, Length::millipoints(10_500), Features::default());
    hyphen.text.clear();
    set.set_run(node(8), hyphen);
    set.line();
    set.set(node(8), "ordinary");
    set.set_link(node(9), node(9), "1", LinkTarget::Node(id(35)));
    set.set(node(10), " here.");
    set.line();
    set.line();
    set.set_link(Owner::Marker(id(35)), Owner::Marker(id(35)), "1. ", LinkTarget::Node(id(9)));
    set.set(node(37), "What the note says.");
    set.line();
    set.set(Owner::Artifact(Artifact::Footer), "1");

    set.page(Numbering::Decimal, 2);
    set.line();
    set.entry("Deep below", 11, 1);
    set.set(node(12), "Deep below");
    set.line();
    set.set(Owner::Marker(id(14)), "• ");
    set.set(node(16), "An item");
    for line in ["fn main() {", "    (())", "}"] {
        set.line();
        let run = set.run(&format!("{line}\n"), MONO, Length::pt(9), Features::default());
        let glyphs = run.glyphs.len();
        set.set_run(node(17), GlyphRun { glyphs: run.glyphs[..glyphs - 1].to_vec(), ..run });
    }
    set.line();
    let place = Rect::new(Length::pt(48), set.y, Length::pt(150), Length::pt(100));
    set.push(node(18), ItemKind::Image { rect: place, graphic: GraphicId(0) });
    set.y += Length::pt(100);
    set.line();
    set.set(node(19), "Hills");
    let rule = Rect::new(Length::pt(48), set.y + Length::pt(4), Length::pt(200), Length::millipoints(500));
    set.push(Owner::Artifact(Artifact::Layout), ItemKind::Rule { rect: rule, ink: Ink::Tint(40) });
    set.line();
    set.set(node(24), "Key");
    set.x += Length::pt(60);
    set.set(node(27), "Value");
    set.line();
    set.set(node(31), "one");
    set.line();
    set.set(Owner::Artifact(Artifact::Footer), "2");
    set.book
}

/// A file read back.
struct File {
    pdf: PdfFile,
    pages: Vec<ObjectId>,
    /// What each marked-content sequence says, by page and identifier.
    marked: BTreeMap<(ObjectId, i64), String>,
    /// What is said outside the structure.
    artifacts: String,
}

impl File {
    fn read(bytes: &[u8]) -> Self {
        let pdf = PdfFile::load_mem(bytes).unwrap();
        let pages: Vec<ObjectId> = pdf.get_pages().into_values().collect();
        let mut file = Self { pdf, pages, marked: BTreeMap::new(), artifacts: String::new() };
        for page in file.pages.clone() {
            file.read_page(page);
        }
        file
    }

    fn of(book: &Book) -> Self {
        Self::read(&write(book).unwrap())
    }

    fn operations(&self, page: ObjectId) -> Vec<lopdf::content::Operation> {
        Content::decode(&self.pdf.get_page_content(page)).unwrap().operations
    }

    /// Code → text, of the font with this resource name.
    fn to_unicode(&self, page: ObjectId, font: &[u8]) -> BTreeMap<u16, String> {
        let font = self.pdf.get_page_fonts(page).unwrap()[font].clone();
        let map = self.pdf.get_object(font.get(b"ToUnicode").unwrap().as_reference().unwrap()).unwrap();
        let map = String::from_utf8(map.as_stream().unwrap().decompressed_content().unwrap()).unwrap();
        let units = |hex: &str| -> Vec<u16> {
            (0..hex.len() / 4).map(|at| u16::from_str_radix(&hex[4 * at..4 * at + 4], 16).unwrap()).collect()
        };
        map.lines()
            .filter_map(|line| line.strip_prefix('<')?.strip_suffix('>')?.split_once("> <"))
            .filter(|(code, text)| code.len() == 4 && *text != "FFFF")
            .map(|(code, text)| (units(code)[0], String::from_utf16(&units(text)).unwrap()))
            .collect()
    }

    fn read_page(&mut self, page: ObjectId) {
        let mut stack: Vec<(Option<i64>, bool)> = Vec::new();
        let mut reversed = false;
        let mut map = BTreeMap::new();
        for operation in self.operations(page) {
            let operands = &operation.operands;
            let mut said = None;
            match operation.operator.as_str() {
                "BDC" => {
                    let properties = operands[1].as_dict().unwrap();
                    let actual = properties.get(b"ActualText").ok().map(text_of);
                    let mark = properties.get(b"MCID").ok().map(|mark| mark.as_i64().unwrap());
                    assert!(stack.is_empty(), "marked content does not nest");
                    if let Some(mark) = mark {
                        assert_eq!(self.marked.insert((page, mark), String::new()), None);
                    }
                    stack.push((mark, actual.is_some()));
                    reversed = operands[0].as_name().unwrap() == b"ReversedChars";
                    said = actual;
                }
                "EMC" => {
                    stack.pop().unwrap();
                }
                "BT" | "ET" => assert!(stack.is_empty(), "marked content and text objects do not overlap"),
                "Tf" => map = self.to_unicode(page, operands[0].as_name().unwrap()),
                "TJ" if !stack.iter().any(|(_, replaced)| *replaced) => {
                    let codes = operands[0].as_array().unwrap().iter().filter_map(|item| item.as_str().ok());
                    let codes = codes.flat_map(|codes| codes.chunks(2));
                    let mut texts: Vec<&str> =
                        codes.map(|code| map[&u16::from_be_bytes([code[0], code[1]])].as_str()).collect();
                    if reversed {
                        texts.reverse();
                    }
                    said = Some(texts.concat());
                }
                _ => {}
            }
            if let Some(said) = said {
                match stack.iter().find_map(|(mark, _)| *mark) {
                    Some(mark) => self.marked.entry((page, mark)).or_default().push_str(&said),
                    None => self.artifacts.push_str(&said),
                }
            }
        }
        assert!(stack.is_empty());
    }

    /// All that the structure says, in painting order.
    fn said(&self) -> String {
        self.marked.values().map(String::as_str).collect()
    }

    fn resolve<'a>(&'a self, object: &'a Object) -> &'a Object {
        self.pdf.dereference(object).unwrap().1
    }

    fn entry<'a>(&'a self, dictionary: &'a Dictionary, key: &str) -> Option<&'a Object> {
        dictionary.get(key.as_bytes()).ok().map(|object| self.resolve(object))
    }

    fn catalog(&self) -> &Dictionary {
        self.pdf.catalog().unwrap()
    }

    fn root(&self) -> &Dictionary {
        self.entry(self.catalog(), "StructTreeRoot").unwrap().as_dict().unwrap()
    }

    /// The structure tree as text: a line for each element and each piece of content, indented.
    fn outline(&self) -> String {
        let mut lines = String::new();
        let mut seen = 0;
        self.element(self.entry(self.root(), "K").unwrap(), None, 0, &mut lines, &mut seen);
        assert_eq!(seen, self.marked.len(), "all marked content is in the tree");
        lines
    }

    fn element(&self, kid: &Object, page: Option<ObjectId>, depth: usize, lines: &mut String, seen: &mut usize) {
        match self.resolve(kid) {
            Object::Array(kids) => kids.iter().for_each(|kid| self.element(kid, page, depth, lines, seen)),
            Object::Integer(mark) => {
                *seen += 1;
                writeln!(lines, "{}“{}”", "  ".repeat(depth), self.marked[&(page.unwrap(), *mark)]).unwrap();
            }
            Object::Dictionary(kid) if kid.has(b"MCID") => {
                let page = Some(kid.get(b"Pg").unwrap().as_reference().unwrap());
                self.element(kid.get(b"MCID").unwrap(), page, depth, lines, seen);
            }
            Object::Dictionary(kid) if kid.has(b"Obj") => {
                let annotation = self.entry(kid, "Obj").unwrap().as_dict().unwrap();
                let contents = text_of(annotation.get(b"Contents").unwrap());
                writeln!(lines, "{}→ {contents}", "  ".repeat(depth)).unwrap();
            }
            Object::Dictionary(kid) => {
                let role = String::from_utf8(kid.get(b"S").unwrap().as_name().unwrap().to_vec()).unwrap();
                let alternative = kid.get(b"Alt").map(|alt| format!(" alt={}", text_of(alt))).unwrap_or_default();
                writeln!(lines, "{}{role}{alternative}", "  ".repeat(depth)).unwrap();
                let page = kid.get(b"Pg").ok().map(|page| page.as_reference().unwrap()).or(page);
                if let Ok(kids) = kid.get(b"K") {
                    self.element(kids, page, depth + 1, lines, seen);
                }
            }
            other => panic!("{other:?} in the structure tree"),
        }
    }
}

fn text_of(object: &Object) -> String {
    match object.as_str().unwrap() {
        [0xFE, 0xFF, units @ ..] => {
            let units: Vec<u16> = units.chunks(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        ascii => String::from_utf8(ascii.to_vec()).unwrap(),
    }
}

#[test]
fn the_structure_tree_is_the_document_in_manuscript_order() {
    let expected = "\
Document
  Sect
    Title
      “A Sample & Test”
    P
      “Ann Author”
  Sect
    H1
      “Contents”
    TOC
      TOCI
        Reference
          Link
            “Official première”
            “1”
            → Official première
      TOC
        TOCI
          Reference
            Link
              “Deep below”
              “1”
              → Deep below
  Sect
    H1
      “Official première”
    P
      “See ”
      Link
        “the site”
        → the site
      “, which is ”
      Em
        “extra\u{AD}ordinary”
      Reference
        Link
          “1”
          → 1
      “ here.”
    H2
      “Deep below”
    L
      LI
        Lbl
          “• ”
        LBody
          P
            “An item”
    P
      Code
        “fn main() {     (()) } ”
    Div
      Figure alt=hills.png
        “”
      Caption
        “Hills”
    Table
      TR
        TH
          “Key”
        TH
          “Value”
      TR
        TD
          “one”
        TD
    Note
      Lbl
        Link
          “1. ”
          → 1
      P
        “What the note says.”
";
    assert_eq!(File::of(&sample()).outline(), expected);
}

#[test]
fn furniture_is_outside_the_structure() {
    assert_eq!(File::of(&sample()).artifacts, " . . . .  . . . . A Sample12");
}

#[test]
fn equal_books_give_equal_bytes() {
    assert!(write(&sample()).unwrap() == write(&sample()).unwrap());
}

#[test]
fn a_book_without_pages_is_refused() {
    assert!(write(&Typesetter::new(document()).book).is_err());
}

#[test]
fn ink_is_black_alone() {
    let file = File::of(&sample());
    for &page in &file.pages {
        for operation in file.operations(page) {
            assert!(!["rg", "RG", "k", "K", "cs", "CS", "sc", "scn", "SCN"].contains(&operation.operator.as_str()));
        }
    }
    let tints: Vec<f32> = file
        .operations(file.pages[3])
        .iter()
        .filter(|operation| operation.operator == "g")
        .map(|operation| operation.operands[0].as_float().unwrap())
        .collect();
    assert_eq!(tints, [0.0, 0.6, 0.0]);
}

#[test]
fn the_viewers_pen_ends_where_the_layout_says() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    let mut run = set.run("Two words, justified", SERIF, Length::millipoints(10_500), Features::default());
    run.expansion = 9_800;
    for glyph in &mut run.glyphs {
        glyph.advance = glyph.advance.scale(98, 100) + Length::from_raw(12_345);
    }
    let expected = run.width().to_pt();
    let font = set.book.fonts.face(SERIF);
    let last = font.advance(run.glyphs.last().unwrap().id) as f64;
    let last_advance = run.glyphs.last().unwrap().advance.to_pt();
    set.set_run(node(1), run);

    let file = File::of(&set.book);
    let page = file.pages[0];
    let fonts = file.pdf.get_page_fonts(page).unwrap();
    let descendant = file.entry(fonts[b"F0".as_slice()], "DescendantFonts").unwrap().as_array().unwrap();
    let descendant = file.resolve(&descendant[0]).as_dict().unwrap();
    let widths = file.entry(descendant, "W").unwrap().as_array().unwrap()[1].as_array().unwrap();
    let mut pen = 0.0;
    let mut scale = 100.0;
    for operation in file.operations(page) {
        match operation.operator.as_str() {
            "Tz" => scale = f64::from(operation.operands[0].as_float().unwrap()),
            "TJ" => {
                for item in operation.operands[0].as_array().unwrap() {
                    match item {
                        Object::Integer(adjustment) => pen -= *adjustment as f64,
                        item => {
                            for code in item.as_str().unwrap().chunks(2) {
                                let code = usize::from(u16::from_be_bytes([code[0], code[1]]));
                                pen += f64::from(widths[code].as_float().unwrap());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let unit = 10.5 * scale / 100.0 / 1000.0;
    assert!((scale - 98.0).abs() < f64::EPSILON);
    // Nothing moves the pen after the last glyph.
    let end = pen * unit + (last_advance - last * unit);
    assert!((end - expected).abs() < unit, "{end} {expected}");
}

#[test]
fn widths_are_the_faces_advances() {
    let book = sample();
    let file = File::of(&book);
    let fonts = file.pdf.get_page_fonts(file.pages[2]).unwrap();
    let descendant = file.entry(fonts[b"F0".as_slice()], "DescendantFonts").unwrap().as_array().unwrap();
    let widths = file.entry(file.resolve(&descendant[0]).as_dict().unwrap(), "W").unwrap().as_array().unwrap();
    let widths = widths[1].as_array().unwrap();
    let face = book.fonts.face(SERIF);
    let mut compared = 0;
    for (code, text) in file.to_unicode(file.pages[2], b"F0") {
        let mut characters = text.chars();
        if let (Some(character), None) = (characters.next(), characters.next())
            && let Some(glyph) = face.glyph(character)
        {
            let width = f64::from(widths[usize::from(code)].as_float().unwrap());
            assert!((width - face.advance(glyph) as f64 * 1000.0 / face.units_per_em() as f64).abs() < 0.001);
            compared += 1;
        }
    }
    assert!(compared > 20);
}

#[test]
fn a_ligature_says_all_its_letters() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    set.set(node(1), "office");
    let file = File::of(&set.book);
    assert!(file.to_unicode(file.pages[0], b"F0").values().any(|text| text.chars().count() > 1));
    assert_eq!(file.said(), "office");
}

#[test]
fn a_hyphen_at_a_line_end_is_soft_and_the_authors_own_is_not() {
    // The first face has a second glyph that looks like its hyphen; the second face has not.
    for face in [SERIF, SANS] {
        let mut set = Typesetter::new(document());
        set.page(Numbering::Decimal, 1);
        set.line();
        let size = Length::millipoints(10_500);
        set.set_run(node(1), set.run("a-b-c", face, size, Features::default()));
        let mut hyphen = set.run("-", face, size, Features::default());
        hyphen.text.clear();
        set.set_run(node(1), hyphen);
        set.line();
        set.set_run(node(1), set.run("d", face, size, Features::default()));
        let file = File::of(&set.book);
        let texts: Vec<String> = file.to_unicode(file.pages[0], b"F0").into_values().collect();
        assert!(texts.contains(&"-".to_owned()));
        assert_eq!(texts.contains(&"\u{AD}".to_owned()), face == SERIF);
        assert_eq!(file.said(), "a-b-c\u{AD}d");
        assert_eq!(file.marked.len(), if face == SERIF { 1 } else { 3 });
        file.outline();
    }
}

#[test]
fn content_of_no_known_owner_becomes_an_artifact() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    set.set(node(99), "stray");
    let file = File::of(&set.book);
    assert_eq!(file.artifacts, "stray");
    assert_eq!(file.outline(), "Document\n");
}

#[test]
fn a_letter_that_no_face_has_is_shown_by_a_stand_in_and_still_read() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    set.set(node(1), "x\u{4E00}y");
    let file = File::of(&set.book);
    assert_eq!(file.said(), "x\u{4E00}y");
    for operation in file.operations(file.pages[0]).iter().filter(|operation| operation.operator == "TJ") {
        let codes = operation.operands[0].as_array().unwrap().iter().filter_map(|item| item.as_str().ok());
        assert!(codes.flat_map(|codes| codes.chunks(2)).all(|code| code != [0, 0]));
    }
}

#[test]
fn a_letter_of_two_glyphs_is_read_once() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    set.line();
    let mut run = set.run("ae", SERIF, Length::pt(10), Features::default());
    run.text = "é!".to_owned();
    // The letter and its accent share a cluster; then comes a glyph of its own.
    run.glyphs[1].cluster = 0;
    run.glyphs.push(Glyph { cluster: 2, ..run.glyphs[0] });
    set.set_run(node(1), run);
    assert_eq!(File::of(&set.book).said(), "é!");
}

#[test]
fn words_cut_at_a_line_end_keep_their_space() {
    let mut set = Typesetter::new(document());
    set.page(Numbering::Decimal, 1);
    for words in ["one ", "two"] {
        set.line();
        let mut run = set.run(words.trim_end(), SERIF, Length::pt(10), Features::default());
        run.text = words.to_owned();
        set.set_run(node(1), run);
    }
    assert_eq!(File::of(&set.book).said(), "one two");
}

#[test]
fn a_cmyk_image_costs_the_claim_to_pdf_a() {
    let archival = |book: &Book| {
        let file = File::of(book);
        let packet = file.entry(file.catalog(), "Metadata").unwrap().as_stream().unwrap().content.clone();
        String::from_utf8(packet).unwrap().contains("<pdfaid:part>2")
    };
    let mut book = sample();
    assert!(archival(&book));
    let data = [0xFF, 0xD8, 0xFF, 0xC0, 0, 8, 8, 0, 1, 0, 1, 4, 0xFF, 0xD9];
    let graphic = graphic(ImageFormat::Jpeg, &data, 1, 1);
    book.graphics = [graphic].into_iter().collect();
    assert!(!archival(&book));
}

#[test]
fn a_subset_says_so_in_its_name_and_is_embedded() {
    let file = File::of(&sample());
    for font in file.pdf.get_page_fonts(file.pages[3]).unwrap().into_values() {
        let descendant = file.entry(font, "DescendantFonts").unwrap().as_array().unwrap();
        let descendant = file.resolve(&descendant[0]).as_dict().unwrap();
        let base = descendant.get(b"BaseFont").unwrap().as_name().unwrap();
        assert!(base[..6].iter().all(u8::is_ascii_uppercase) && base[6] == b'+');
        let descriptor = file.entry(descendant, "FontDescriptor").unwrap().as_dict().unwrap();
        assert!(descriptor.has(b"FontFile2") != descriptor.has(b"FontFile3"));
    }
}

mod constructs;
mod letters;
mod modern;
mod navigation;
