//! Reads a tagged PDF back: pages, labels, glyph positions, structure, outline, links.
//!
//! It follows the PDF specification (ISO 32000-1) and knows nothing of how the program writes. What it cannot read, it
//! panics at: the tests are about good files. Start at [`Pdf::read`].

use std::collections::{BTreeMap, BTreeSet};

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

/// Structure types that stand within a line; all others part words (14.8.4).
const INLINE_TYPES: [&str; 9] = ["Span", "Quote", "Link", "Reference", "Em", "Strong", "Code", "Lbl", "Annot"];

/// A PDF file, read.
pub(crate) struct Pdf {
    /// The pages in order.
    pub(crate) pages: Vec<Page>,
    /// The outline: depth from 0, title, index of the page it leads to.
    pub(crate) outline: Vec<(usize, String, usize)>,
    /// The structure tree.
    pub(crate) structure: Element,
    /// Link annotations that lead into the file.
    pub(crate) internal_links: BTreeMap<ObjectId, Destination>,
}

/// A page, with all that is shown on it.
pub(crate) struct Page {
    /// The page label (12.4.2).
    pub(crate) label: String,
    /// Width and height in points.
    pub(crate) size: (f64, f64),
    /// What is shown, in painting order.
    pub(crate) glyphs: Vec<Glyph>,
}

/// A glyph. Of glyphs for which a text stands (`/ActualText`), the first has it and the others say nothing.
#[derive(Clone, Debug)]
pub(crate) struct Glyph {
    /// What it says.
    pub(crate) text: String,
    /// The left end of its part of the baseline, in points from the left edge of the page.
    pub(crate) x: f64,
    /// Its baseline, in points from the top edge of the page.
    pub(crate) y: f64,
    /// How far the next glyph is, without adjustments.
    pub(crate) advance: f64,
    /// The type size.
    pub(crate) size: f64,
    /// The marked-content identifier, where it belongs to the structure.
    pub(crate) mark: Option<i64>,
}

/// Where a link leads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Destination {
    /// Index of the page.
    pub(crate) page: usize,
    /// Height on the page in points from its top edge, where the destination names one.
    pub(crate) top: Option<f64>,
}

/// A structure element.
#[derive(Debug, Default)]
pub(crate) struct Element {
    /// Its type as written, before the role map.
    pub(crate) kind: String,
    pub(crate) kids: Vec<Kid>,
}

/// What is in a structure element.
#[derive(Debug)]
pub(crate) enum Kid {
    Element(Element),
    /// Marked content: page index and identifier.
    Content(usize, i64),
    /// An annotation.
    Object(ObjectId),
}

impl Element {
    /// The element kids.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.kids.iter().filter_map(|kid| match kid {
            Kid::Element(element) => Some(element),
            Kid::Content(..) | Kid::Object(_) => None,
        })
    }

    /// Whether it is the title page, with half-title and copyright page, or a generated list: a section with a title or a table of contents in it.
    fn is_generated(&self) -> bool {
        self.elements().any(|element| element.kind == "Title" || element.kind == "TOC")
    }
}

impl Pdf {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let document = Document::load_mem(bytes).unwrap();
        let reader = Reader { document: &document, page_ids: document.page_iter().collect() };
        let labels = reader.page_labels();
        assert_eq!(labels.len(), reader.page_ids.len());
        let pages = reader.page_ids.iter().zip(labels).map(|(&id, label)| reader.page(id, label)).collect();
        let mut outline = Vec::new();
        let catalog = document.catalog().unwrap();
        if let Ok(outlines) = catalog.get_deref(b"Outlines", &document) {
            reader.outline(outlines.as_dict().unwrap(), 0, &mut outline);
        }
        let root = catalog.get_deref(b"StructTreeRoot", &document).unwrap().as_dict().unwrap();
        Self { pages, outline, structure: reader.element(root, None), internal_links: reader.internal_links() }
    }

    /// The main text's sections: all but title page and generated contents.
    fn main_sections(&self) -> impl Iterator<Item = &Element> {
        let roots = self.structure.elements().flat_map(Element::elements);
        roots.filter(|section| !section.is_generated())
    }

    /// The labels of the pages that show any content of the main text.
    pub(crate) fn labels_of_main_text(&self) -> Vec<&str> {
        fn collect(element: &Element, pages: &mut BTreeSet<usize>) {
            for kid in &element.kids {
                match kid {
                    Kid::Element(element) => collect(element, pages),
                    Kid::Content(page, _) => drop(pages.insert(*page)),
                    Kid::Object(_) => {}
                }
            }
        }
        let mut pages = BTreeSet::new();
        self.main_sections().for_each(|section| collect(section, &mut pages));
        pages.into_iter().map(|page| self.pages[page].label.as_str()).collect()
    }

    /// The main text in structure order, without labels and note numbers; blocks are parted by line feeds.
    pub(crate) fn main_text(&self) -> String {
        let marked = self.marked_text();
        let mut text = String::new();
        self.main_sections().for_each(|section| collect_text(section, &marked, &mut text));
        text
    }

    /// What each stretch of marked content says, by page index and identifier.
    fn marked_text(&self) -> BTreeMap<(usize, i64), String> {
        let mut marked: BTreeMap<(usize, i64), String> = BTreeMap::new();
        for (index, page) in self.pages.iter().enumerate() {
            for glyph in &page.glyphs {
                // The hyphen of a word that a line's end divides is a soft one, and no part of the text (14.8.2.2.3).
                if let Some(mark) = glyph.mark.filter(|_| glyph.text != "\u{ad}") {
                    marked.entry((index, mark)).or_default().push_str(&glyph.text);
                }
            }
        }
        marked
    }

    /// Links of the main text that lead into the book, in structure order, those of note numbers (back links) and of the index
    /// left out: whether it is a reference to a note, its words, and where it leads. A link over two lines is one link.
    pub(crate) fn main_links(&self) -> Vec<(bool, String, Destination)> {
        let marked = self.marked_text();
        let mut links = Vec::new();
        self.main_sections().for_each(|section| self.collect_links(section, false, &marked, &mut links));
        links
    }

    fn collect_links(
        &self,
        element: &Element,
        in_reference: bool,
        marked: &BTreeMap<(usize, i64), String>,
        links: &mut Vec<(bool, String, Destination)>,
    ) {
        if element.kind == "Index" {
            return;
        }
        if element.kind == "Lbl" {
            // A term of the author's is a span.
            let terms = element.elements().filter(|kid| kid.kind == "Span");
            return terms.for_each(|term| self.collect_links(term, in_reference, marked, links));
        }
        let in_reference = in_reference || element.kind == "Reference";
        if element.kind == "Link" {
            let destinations: Vec<Destination> = element
                .kids
                .iter()
                .filter_map(|kid| match kid {
                    Kid::Object(annotation) => self.internal_links.get(annotation).copied(),
                    Kid::Element(_) | Kid::Content(..) => None,
                })
                .collect();
            if let Some(&first) = destinations.first() {
                assert!(destinations.iter().all(|&destination| destination == first), "the parts of a link agree");
                let mut text = String::new();
                collect_text(element, marked, &mut text);
                links.push((in_reference, text.trim().to_owned(), first));
            }
        }
        element.elements().for_each(|kid| self.collect_links(kid, in_reference, marked, links));
    }

    /// The annotations that lead into the file and hang in the structure, generated contents included.
    pub(crate) fn annotations_in_structure(&self) -> BTreeSet<ObjectId> {
        fn collect(element: &Element, found: &mut BTreeSet<ObjectId>) {
            for kid in &element.kids {
                match kid {
                    Kid::Element(element) => collect(element, found),
                    Kid::Object(id) => drop(found.insert(*id)),
                    Kid::Content(..) => {}
                }
            }
        }
        let mut found = BTreeSet::new();
        collect(&self.structure, &mut found);
        found
    }
}

fn collect_text(element: &Element, marked: &BTreeMap<(usize, i64), String>, text: &mut String) {
    if element.kind == "Lbl" {
        // What is generated hangs under the label itself or its links; a term of the author's is a span.
        let terms = element.elements().filter(|kid| kid.kind == "Span");
        return terms.for_each(|term| {
            text.push('\n');
            collect_text(term, marked, text);
        });
    }
    if ["Reference", "Formula"].contains(&element.kind.as_str()) {
        return;
    }
    let block = !INLINE_TYPES.contains(&element.kind.as_str());
    if block {
        text.push('\n');
    }
    for kid in &element.kids {
        match kid {
            Kid::Element(element) => collect_text(element, marked, text),
            Kid::Content(page, mark) => text.push_str(marked.get(&(*page, *mark)).map_or("", String::as_str)),
            Kid::Object(_) => {}
        }
    }
    if block {
        text.push('\n');
    }
}

struct Reader<'d> {
    document: &'d Document,
    page_ids: Vec<ObjectId>,
}

impl<'d> Reader<'d> {
    fn resolve(&self, object: &'d Object) -> &'d Object {
        self.document.dereference(object).unwrap().1
    }

    fn get(&self, dictionary: &'d Dictionary, key: &str) -> Option<&'d Object> {
        dictionary.get(key.as_bytes()).ok().map(|object| self.resolve(object))
    }

    fn dictionary(&self, dictionary: &'d Dictionary, key: &str) -> Option<&'d Dictionary> {
        self.get(dictionary, key).map(|object| object.as_dict().unwrap())
    }

    fn page_index(&self, id: ObjectId) -> usize {
        self.page_ids.iter().position(|&page| page == id).expect("a page of the page tree")
    }

    /// The label of every page (12.4.2).
    fn page_labels(&self) -> Vec<String> {
        let mut ranges: Vec<(usize, &Dictionary)> = Vec::new();
        let mut nodes = vec![self.dictionary(self.document.catalog().unwrap(), "PageLabels").expect("page labels")];
        while let Some(node) = nodes.pop() {
            if let Some(kids) = self.get(node, "Kids") {
                nodes.extend(kids.as_array().unwrap().iter().map(|kid| self.resolve(kid).as_dict().unwrap()));
            }
            if let Some(entries) = self.get(node, "Nums") {
                for pair in entries.as_array().unwrap().chunks(2) {
                    let start = usize::try_from(pair[0].as_i64().unwrap()).unwrap();
                    ranges.push((start, self.resolve(&pair[1]).as_dict().unwrap()));
                }
            }
        }
        ranges.sort_by_key(|(start, _)| *start);
        assert_eq!(ranges.first().map(|(start, _)| *start), Some(0), "the first page has a label");
        (0..self.page_ids.len())
            .map(|page| {
                let (start, range) = ranges.iter().rev().find(|(start, _)| *start <= page).unwrap();
                let first = self.get(range, "St").map_or(1, |first| first.as_i64().unwrap());
                let number = usize::try_from(first).unwrap() + page - start;
                let prefix = self.get(range, "P").map_or_else(String::new, text_string);
                let numeral = match self.get(range, "S").map(|style| style.as_name().unwrap()) {
                    Some(b"D") => number.to_string(),
                    Some(b"r") => roman(number),
                    Some(b"R") => roman(number).to_uppercase(),
                    Some(style) => panic!("page labels in style {}", String::from_utf8_lossy(style)),
                    None => String::new(),
                };
                prefix + &numeral
            })
            .collect()
    }

    fn page(&self, id: ObjectId, label: String) -> Page {
        let dictionary = self.document.get_dictionary(id).unwrap();
        let corners: Vec<f64> =
            self.get(dictionary, "MediaBox").unwrap().as_array().unwrap().iter().map(number).collect();
        let size = (corners[2] - corners[0], corners[3] - corners[1]);
        let fonts = self.document.get_page_fonts(id).unwrap();
        let fonts = fonts.into_iter().map(|(name, font)| (name, self.font(font))).collect();
        let content = Content::decode(&self.document.get_page_content(id)).unwrap();
        let mut painter = Painter::new(&fonts, (corners[0], corners[3]));
        for operation in &content.operations {
            painter.run(&operation.operator, &operation.operands);
        }
        assert!(painter.marks.is_empty(), "marked content is closed");
        Page { label, size, glyphs: painter.glyphs }
    }

    /// A composite font with two-byte codes that are glyph indexes (9.7).
    fn font(&self, font: &'d Dictionary) -> Font {
        assert_eq!(self.get(font, "Encoding").unwrap().as_name().unwrap(), b"Identity-H");
        let descendants = self.get(font, "DescendantFonts").unwrap().as_array().unwrap();
        let descendant = self.resolve(&descendants[0]).as_dict().unwrap();
        let mut widths = BTreeMap::new();
        let entries = self.get(descendant, "W").unwrap().as_array().unwrap();
        let mut entries = entries.iter().map(|entry| self.resolve(entry));
        while let Some(first) = entries.next() {
            let first = first.as_i64().unwrap();
            match entries.next().unwrap() {
                Object::Array(list) => {
                    widths.extend((first..).zip(list.iter().map(number)));
                }
                last => {
                    let width = number(entries.next().unwrap());
                    widths.extend((first..=last.as_i64().unwrap()).map(|code| (code, width)));
                }
            }
        }
        let map = self.get(font, "ToUnicode").unwrap().as_stream().unwrap().decompressed_content();
        Font {
            widths,
            default_width: self.get(descendant, "DW").map_or(1000.0, number),
            unicode: parse_to_unicode(&String::from_utf8(map.unwrap()).unwrap()),
        }
    }

    fn element(&self, dictionary: &'d Dictionary, page: Option<usize>) -> Element {
        let page = match dictionary.get(b"Pg") {
            Ok(id) => Some(self.page_index(id.as_reference().unwrap())),
            Err(_) => page,
        };
        let mut kids = Vec::new();
        match self.get(dictionary, "K") {
            None => {}
            Some(Object::Array(array)) => kids.extend(array.iter().map(|kid| self.kid(self.resolve(kid), page))),
            Some(kid) => kids.push(self.kid(kid, page)),
        }
        Element { kind: self.get(dictionary, "S").map_or_else(String::new, name), kids }
    }

    fn kid(&self, kid: &'d Object, page: Option<usize>) -> Kid {
        if let Object::Integer(mark) = kid {
            return Kid::Content(page.expect("a page for marked content"), *mark);
        }
        let dictionary = kid.as_dict().unwrap();
        let own_page = dictionary.get(b"Pg").ok().map(|id| self.page_index(id.as_reference().unwrap())).or(page);
        match dictionary.get(b"Type").and_then(Object::as_name) {
            Ok(b"MCR") => {
                let mark = self.get(dictionary, "MCID").unwrap().as_i64().unwrap();
                Kid::Content(own_page.expect("a page for marked content"), mark)
            }
            Ok(b"OBJR") => Kid::Object(dictionary.get(b"Obj").unwrap().as_reference().unwrap()),
            _ => Kid::Element(self.element(dictionary, page)),
        }
    }

    fn outline(&self, parent: &'d Dictionary, depth: usize, entries: &mut Vec<(usize, String, usize)>) {
        let mut next = self.dictionary(parent, "First");
        while let Some(item) = next {
            let title = text_string(self.get(item, "Title").unwrap());
            let destination = self.destination_of(item).expect("an outline entry leads somewhere");
            entries.push((depth, title, destination.page));
            self.outline(item, depth + 1, entries);
            next = self.dictionary(item, "Next");
        }
    }

    fn internal_links(&self) -> BTreeMap<ObjectId, Destination> {
        let mut links = BTreeMap::new();
        for &page in &self.page_ids {
            let Some(annotations) = self.get(self.document.get_dictionary(page).unwrap(), "Annots") else { continue };
            for reference in annotations.as_array().unwrap() {
                let annotation = self.resolve(reference).as_dict().unwrap();
                if self.get(annotation, "Subtype").map(name).as_deref() != Some("Link") {
                    continue;
                }
                if let Some(destination) = self.destination_of(annotation) {
                    links.insert(reference.as_reference().unwrap(), destination);
                }
            }
        }
        links
    }

    /// Where a link or an outline entry leads within the file; `None` if it leads out of it.
    fn destination_of(&self, item: &'d Dictionary) -> Option<Destination> {
        let destination = match self.dictionary(item, "A") {
            None => self.get(item, "Dest").expect("a destination or an action"),
            Some(action) => match name(self.get(action, "S").unwrap()).as_str() {
                "GoTo" => self.get(action, "D").unwrap(),
                "URI" => return None,
                other => panic!("a link with the action {other}"),
            },
        };
        let destination = match destination {
            Object::Array(array) => array,
            named => self.named_destination(named.as_str().unwrap()),
        };
        let page = self.page_index(destination[0].as_reference().unwrap());
        let bounds = self.get(self.document.get_dictionary(self.page_ids[page]).unwrap(), "MediaBox").unwrap();
        let height = number(&bounds.as_array().unwrap()[3]);
        let top = match name(&destination[1]).as_str() {
            "XYZ" => destination.get(3),
            "FitH" => destination.get(2),
            _ => None,
        };
        let top = top.filter(|top| !top.is_null()).map(|top| height - number(top));
        assert!(top.is_none_or(|top| (0.0..=height).contains(&top)), "the destination is on the page");
        Some(Destination { page, top })
    }

    fn named_destination(&self, wanted: &[u8]) -> &'d Vec<Object> {
        let names = self.dictionary(self.document.catalog().unwrap(), "Names").unwrap();
        let mut nodes = vec![self.dictionary(names, "Dests").unwrap()];
        while let Some(node) = nodes.pop() {
            if let Some(kids) = self.get(node, "Kids") {
                nodes.extend(kids.as_array().unwrap().iter().map(|kid| self.resolve(kid).as_dict().unwrap()));
            }
            let pairs = self.get(node, "Names").map_or(&[][..], |names| names.as_array().unwrap().as_slice());
            for pair in pairs.chunks(2) {
                if pair[0].as_str().unwrap() == wanted {
                    return match self.resolve(&pair[1]) {
                        Object::Dictionary(entry) => self.get(entry, "D").unwrap().as_array().unwrap(),
                        array => array.as_array().unwrap(),
                    };
                }
            }
        }
        panic!("no destination is called {}", String::from_utf8_lossy(wanted));
    }
}

struct Font {
    /// Thousandths of the type size, by code.
    widths: BTreeMap<i64, f64>,
    default_width: f64,
    unicode: BTreeMap<i64, String>,
}

/// What each code says (9.10.3): `bfchar` and `bfrange` sections.
fn parse_to_unicode(map: &str) -> BTreeMap<i64, String> {
    fn code(token: &str) -> i64 {
        i64::from_str_radix(token, 16).unwrap()
    }
    fn units(token: &str) -> Vec<u16> {
        (0..token.len() / 4).map(|unit| u16::from_str_radix(&token[4 * unit..4 * unit + 4], 16).unwrap()).collect()
    }
    let mut unicode = BTreeMap::new();
    let mut section = "";
    for line in map.replace("endbf", "\nendbf").lines() {
        // Hexadecimal strings stand in angle brackets, and none is split over two lines.
        let hexadecimal: Vec<&str> =
            line.split('<').skip(1).map(|part| part.split('>').next().unwrap_or_default()).collect();
        match section {
            "bfchar" => {
                for pair in hexadecimal.chunks_exact(2) {
                    unicode.insert(code(pair[0]), String::from_utf16(&units(pair[1])).unwrap());
                }
            }
            "bfrange" if line.contains('[') => {
                let texts = hexadecimal[2..].iter().map(|text| String::from_utf16(&units(text)).unwrap());
                unicode.extend((code(hexadecimal[0])..=code(hexadecimal[1])).zip(texts));
            }
            "bfrange" => {
                for range in hexadecimal.chunks_exact(3) {
                    let (first, last) = (code(range[0]), code(range[1]));
                    let mut text = units(range[2]);
                    for code in first..=last {
                        unicode.insert(code, String::from_utf16(&text).unwrap());
                        *text.last_mut().unwrap() += 1;
                    }
                }
            }
            _ => {}
        }
        for (mark, name) in [("beginbfchar", "bfchar"), ("beginbfrange", "bfrange"), ("endbf", "")] {
            if line.contains(mark) {
                section = name;
            }
        }
    }
    unicode
}

/// a, b, c, d, e, f (8.3.3).
type Matrix = [f64; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `first`, then `second`.
fn concatenated(first: &Matrix, second: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = first;
    let [g, h, i, j, k, l] = second;
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

/// An open stretch of marked content.
#[derive(Clone, Copy, Default)]
struct Mark {
    identifier: Option<i64>,
    /// Whether its glyphs are spoken for by `/ActualText`.
    replaced: bool,
    /// Whether its strings are in reverse order (14.8.2.3.3).
    reversed: bool,
}

/// The text state (9.3) and what it has shown.
struct Painter<'f> {
    fonts: &'f BTreeMap<Vec<u8>, Font>,
    /// The top left corner of the page.
    corner: (f64, f64),
    graphics: Matrix,
    saved: Vec<Matrix>,
    text: Matrix,
    line: Matrix,
    font: Option<&'f Font>,
    size: f64,
    character_space: f64,
    word_space: f64,
    scale: f64,
    leading: f64,
    rise: f64,
    marks: Vec<Mark>,
    /// What the next glyph says, where a text stands for it.
    actual: Option<String>,
    glyphs: Vec<Glyph>,
}

impl<'f> Painter<'f> {
    fn new(fonts: &'f BTreeMap<Vec<u8>, Font>, corner: (f64, f64)) -> Self {
        Self {
            fonts,
            corner,
            graphics: IDENTITY,
            saved: Vec::new(),
            text: IDENTITY,
            line: IDENTITY,
            font: None,
            size: 0.0,
            character_space: 0.0,
            word_space: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
            marks: Vec::new(),
            actual: None,
            glyphs: Vec::new(),
        }
    }

    fn run(&mut self, operator: &str, operands: &[Object]) {
        let value = |index: usize| number(&operands[index]);
        let matrix = || std::array::from_fn(|index| number(&operands[index]));
        match operator {
            "q" => self.saved.push(self.graphics),
            "Q" => self.graphics = self.saved.pop().expect("Q follows q"),
            "cm" => self.graphics = concatenated(&matrix(), &self.graphics),
            "BT" => (self.text, self.line) = (IDENTITY, IDENTITY),
            "Tf" => {
                self.font = Some(&self.fonts[operands[0].as_name().unwrap()]);
                self.size = value(1);
            }
            "Tc" => self.character_space = value(0),
            "Tw" => self.word_space = value(0),
            "Tz" => self.scale = value(0) / 100.0,
            "TL" => self.leading = value(0),
            "Ts" => self.rise = value(0),
            "Tm" => (self.text, self.line) = (matrix(), matrix()),
            "Td" => self.next_line(value(0), value(1)),
            "TD" => {
                self.leading = -value(1);
                self.next_line(value(0), value(1));
            }
            "T*" => self.next_line(0.0, -self.leading),
            "Tj" => self.show(operands[0].as_str().unwrap()),
            "TJ" => {
                let first = self.glyphs.len();
                for part in operands[0].as_array().unwrap() {
                    match part {
                        Object::String(codes, _) => self.show(codes),
                        adjustment => self.advance(-number(adjustment) / 1000.0 * self.size * self.scale),
                    }
                }
                if self.marks.last().is_some_and(|mark| mark.reversed) {
                    self.glyphs[first..].reverse();
                }
            }
            "BMC" => self.open(&operands[0], None),
            "BDC" => self.open(&operands[0], Some(operands[1].as_dict().unwrap())),
            "EMC" => {
                let mark = self.marks.pop().expect("EMC follows BMC or BDC");
                assert!(!mark.replaced || self.actual.is_none(), "a text stands for no glyph");
            }
            "'" | "\"" => panic!("the operator {operator} is not in use"),
            _ => {}
        }
    }

    fn open(&mut self, tag: &Object, properties: Option<&Dictionary>) {
        let outer = self.marks.last().copied().unwrap_or_default();
        let mut mark = outer;
        if tag.as_name().unwrap() == b"Artifact" {
            mark.identifier = None;
        }
        mark.reversed |= tag.as_name().unwrap() == b"ReversedChars";
        if let Some(properties) = properties {
            if let Ok(identifier) = properties.get(b"MCID") {
                mark.identifier = Some(identifier.as_i64().unwrap());
            }
            if let Ok(actual) = properties.get(b"ActualText") {
                if !outer.replaced {
                    self.actual = Some(text_string(actual));
                }
                mark.replaced = true;
            }
        }
        self.marks.push(mark);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = concatenated(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line);
        self.text = self.line;
    }

    fn advance(&mut self, by: f64) {
        self.text = concatenated(&[1.0, 0.0, 0.0, 1.0, by, 0.0], &self.text);
    }

    fn push(&mut self, text: String, advance: f64, mark: Option<i64>) {
        let place = concatenated(&concatenated(&[1.0, 0.0, 0.0, 1.0, 0.0, self.rise], &self.text), &self.graphics);
        let (x, y) = (place[4] - self.corner.0, self.corner.1 - place[5]);
        self.glyphs.push(Glyph { text, x, y, advance, size: self.size * place[3], mark });
    }

    fn show(&mut self, codes: &[u8]) {
        let font = self.font.expect("a font is set");
        let mark = self.marks.last().copied().expect("all text is in marked content");
        for code in codes.chunks_exact(2) {
            let code = i64::from(u16::from_be_bytes([code[0], code[1]]));
            let width = font.widths.get(&code).copied().unwrap_or(font.default_width) / 1000.0 * self.size;
            let advance = (width + self.character_space) * self.scale;
            let text = if mark.replaced {
                self.actual.take().unwrap_or_default()
            } else {
                font.unicode.get(&code).map_or("\u{fffd}", String::as_str).to_owned()
            };
            self.push(text, advance, mark.identifier);
            self.advance(advance);
        }
    }
}

fn number(object: &Object) -> f64 {
    match object {
        // Exact in both directions for what a page holds.
        Object::Integer(integer) => f64::from(i32::try_from(*integer).unwrap()),
        real => f64::from(real.as_float().unwrap()),
    }
}

fn name(object: &Object) -> String {
    String::from_utf8(object.as_name().unwrap().to_vec()).unwrap()
}

/// A text string (7.9.2.2): UTF-16 with a byte order mark, or ASCII, the common part of the other encodings.
fn text_string(object: &Object) -> String {
    let bytes = object.as_str().unwrap();
    match bytes.strip_prefix(&[0xfe, 0xff]) {
        Some(units) => {
            let units: Vec<u16> = units.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]])).collect();
            String::from_utf16(&units).unwrap()
        }
        None => {
            assert!(bytes.is_ascii(), "{bytes:?}");
            String::from_utf8(bytes.to_vec()).unwrap()
        }
    }
}

fn roman(mut number: usize) -> String {
    const DIGITS: [(usize, &str); 9] =
        [(100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")];
    let mut text = String::new();
    for (value, digit) in DIGITS {
        while number >= value {
            text.push_str(digit);
            number -= value;
        }
    }
    text
}

#[test]
fn a_to_unicode_map_is_read_by_character_by_range_and_by_list() {
    let map = "2 beginbfchar\n<0001> <0041>\n<0002> <00660069>\nendbfchar\n\
               2 beginbfrange\n<0003> <0005> <0061>\n<0006> <0007> [<0078> <D835DC00>]\nendbfrange\n";
    let read: Vec<(i64, String)> = parse_to_unicode(map).into_iter().collect();
    let wanted = [(1, "A"), (2, "fi"), (3, "a"), (4, "b"), (5, "c"), (6, "x"), (7, "𝐀")];
    assert_eq!(read, wanted.map(|(code, text)| (code, text.to_owned())));
}
