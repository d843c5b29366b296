//! Tags, read back: the structure tree, its roles, its attributes and what hangs under its elements (ISO 32000-1, 14.7 and
//! 14.8).
//!
//! Start at [`Tags::read`]. What can't be read is as if it were not there; what contradicts itself is counted, for `structure`
//! to tell.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::At;
use super::pdf::{PageBox, Pdf, page_box};
use super::said::text_of;

/// The structure types of PDF 1.7 (ISO 32000-1, 14.8.4).
const STANDARD: [&str; 49] = [
    "Annot",
    "Art",
    "BibEntry",
    "BlockQuote",
    "Caption",
    "Code",
    "Div",
    "Document",
    "Figure",
    "Form",
    "Formula",
    "H",
    "H1",
    "H2",
    "H3",
    "H4",
    "H5",
    "H6",
    "Index",
    "L",
    "LBody",
    "LI",
    "Lbl",
    "Link",
    "NonStruct",
    "Note",
    "P",
    "Part",
    "Private",
    "Quote",
    "RB",
    "RP",
    "RT",
    "Reference",
    "Ruby",
    "Sect",
    "Span",
    "TBody",
    "TD",
    "TFoot",
    "TH",
    "THead",
    "TOC",
    "TOCI",
    "TR",
    "Table",
    "WP",
    "WT",
    "Warichu",
];

/// What PDF 2.0 adds to them, in its own namespace (ISO 32000-2, 14.8.4), beside headings below the sixth level.
const NEWER: [&str; 8] = ["Artifact", "Aside", "DocumentFragment", "Em", "FENote", "Strong", "Sub", "Title"];

/// The namespace of PDF 2.0's types (ISO 32000-2, 14.8.6).
const NEWER_NAMESPACE: &str = "http://iso.org/pdf2/ssn";

/// Whether a role is a type of PDF 2.0 that PDF 1.7 has not, and says so.
fn is_newer(document: &Document, element: &Dictionary, role: &[u8]) -> bool {
    let Ok(role) = std::str::from_utf8(role) else { return false };
    let deep = role.strip_prefix('H').and_then(|level| level.parse::<u16>().ok()).is_some_and(|level| level > 6);
    let namespace = || text_of(document, element.get_deref(b"NS", document).ok()?.as_dict().ok()?, b"NS");
    (deep || NEWER.contains(&role)) && namespace().as_deref() == Some(NEWER_NAMESPACE)
}

/// How many roles may stand for one another.
const LONGEST_MAPPING: usize = 32;

/// How deep a tree of numbers may be.
const DEEPEST_NUMBERS: usize = 64;

/// The structure tree of a file, each element before its kids.
#[derive(Default)]
pub(super) struct Tags {
    /// The elements.
    pub(super) elements: Vec<Element>,
    /// What paints something under an element: page, marked-content identifier, element.
    pub(super) marks: Vec<(usize, i64, usize)>,
    /// The objects under elements: annotations and the like, with their element.
    pub(super) objects: BTreeMap<ObjectId, usize>,
    /// What the parent tree has for each key, where it is an array of elements.
    pub(super) parents: BTreeMap<i64, Vec<Option<ObjectId>>>,
    /// The roles in use that nothing standard stands for, each with its first element; and the standard ones that are given
    /// another meaning.
    pub(super) unknown_roles: BTreeMap<String, usize>,
    pub(super) changed_roles: Vec<String>,
    /// How many elements name another parent than they have, or are under two.
    pub(super) misplaced: usize,
}

/// An element.
#[derive(Default)]
pub(super) struct Element {
    /// Its object, where it is one of its own.
    pub(super) id: Option<ObjectId>,
    /// Its standard type: what stands for it, or itself.
    pub(super) role: String,
    /// The element around it.
    pub(super) parent: Option<usize>,
    /// The elements in it, in order.
    pub(super) kids: Vec<usize>,
    /// Whether something is painted or placed right under it.
    pub(super) content: bool,
    /// The page that it begins on.
    pub(super) page: Option<usize>,
    /// Where it stands, where it says so.
    pub(super) bounds: Option<PageBox>,
    /// Whether other words stand for what it shows.
    pub(super) alternative: bool,
    /// Its language, where it says so.
    pub(super) language: Option<String>,
    /// Its name, where it has one.
    pub(super) name: Option<Vec<u8>>,
    /// Whether it says which cells it heads, or which head it.
    pub(super) heads: bool,
}

/// What is still to be read: an object below an element, and the page that the element is on.
struct Step<'a> {
    object: &'a Object,
    parent: Option<usize>,
    page: Option<usize>,
}

impl Tags {
    /// Reads the tree. `None` where the file has none. Linear in the file; an element is read once, wherever it is named.
    pub(super) fn read(pdf: &Pdf) -> Option<Self> {
        let document = &pdf.document;
        let root = document.catalog().ok()?.get_deref(b"StructTreeRoot", document).ok()?.as_dict().ok()?;
        let mut tags = Self { parents: parents(document, root), ..Self::default() };
        let pages: BTreeMap<ObjectId, usize> = (0..).zip(&pdf.pages).map(|(index, page)| (page.id, index)).collect();
        let roles = root.get_deref(b"RoleMap", document).and_then(Object::as_dict).ok();
        let classes = root.get_deref(b"ClassMap", document).and_then(Object::as_dict).ok();
        let mut stack: Vec<Step<'_>> = Vec::new();
        push_kids(document, root, None, None, &mut stack);
        let mut seen: BTreeSet<ObjectId> = BTreeSet::new();
        while let Some(Step { object, parent, page }) = stack.pop() {
            let Ok((id, object)) = document.dereference(object) else { continue };
            if let (Ok(mark), Some(parent)) = (object.as_i64(), parent) {
                tags.mark(parent, page, mark);
                continue;
            }
            let Ok(dictionary) = object.as_dict() else { continue };
            let own = dictionary.get(b"Pg").and_then(Object::as_reference).ok();
            let own = own.and_then(|id| pages.get(&id).copied());
            match (dictionary.get(b"Type").and_then(Object::as_name).ok(), parent) {
                (Some(b"MCR"), Some(parent)) => {
                    if let Ok(mark) = dictionary.get_deref(b"MCID", document).and_then(Object::as_i64) {
                        tags.mark(parent, own.or(page), mark);
                    }
                }
                (Some(b"OBJR"), Some(parent)) => {
                    tags.elements[parent].content = true;
                    tags.place(parent, own.or(page));
                    if let Ok(id) = dictionary.get(b"Obj").and_then(Object::as_reference) {
                        tags.objects.insert(id, parent);
                    }
                }
                (Some(b"MCR" | b"OBJR"), None) => {}
                _ => {
                    if id.is_some_and(|id| !seen.insert(id)) {
                        tags.misplaced += 1;
                        continue;
                    }
                    let index = tags.elements.len();
                    if let Some(parent) = parent {
                        let named = dictionary.get(b"P").and_then(Object::as_reference).ok();
                        tags.misplaced += usize::from(named != tags.elements[parent].id);
                        tags.elements[parent].kids.push(index);
                    }
                    let role = dictionary.get_deref(b"S", document).and_then(Object::as_name).unwrap_or_default();
                    let role = if is_newer(document, dictionary, role) {
                        String::from_utf8_lossy(role).into_owned()
                    } else {
                        tags.standard(document, roles, role, index)
                    };
                    let mut element = Element { id, role, parent, page: own, ..Element::default() };
                    element.say(document, dictionary, classes);
                    tags.elements.push(element);
                    push_kids(document, dictionary, Some(index), own.or(page), &mut stack);
                }
            }
        }
        tags.changed_roles = roles
            .into_iter()
            .flatten()
            .filter_map(|(role, _)| {
                let role = String::from_utf8_lossy(role).into_owned();
                STANDARD.contains(&role.as_str()).then_some(role)
            })
            .collect();
        for index in (0..tags.elements.len()).rev() {
            let Element { parent, page, .. } = tags.elements[index];
            if let (Some(parent), Some(page)) = (parent, page) {
                tags.place(parent, Some(page));
            }
        }
        Some(tags)
    }

    fn mark(&mut self, element: usize, page: Option<usize>, mark: i64) {
        self.elements[element].content = true;
        self.place(element, page);
        if let Some(page) = page {
            self.marks.push((page, mark, element));
        }
    }

    /// Notes that an element has something on a page.
    fn place(&mut self, element: usize, page: Option<usize>) {
        let element = &mut self.elements[element];
        element.page = element.page.into_iter().chain(page).min();
    }

    /// The standard type that a role stands for, by the role map.
    fn standard(&mut self, document: &Document, roles: Option<&Dictionary>, role: &[u8], element: usize) -> String {
        let mut found = role;
        for _ in 0..LONGEST_MAPPING {
            let name = String::from_utf8_lossy(found);
            if STANDARD.contains(&name.as_ref()) {
                return name.into_owned();
            }
            match roles.and_then(|roles| roles.get_deref(found, document).ok()?.as_name().ok()) {
                Some(next) => found = next,
                None => break,
            }
        }
        let role = String::from_utf8_lossy(role).into_owned();
        self.unknown_roles.entry(role.clone()).or_insert(element);
        role
    }

    /// Where an element is.
    pub(super) fn at(&self, pdf: &Pdf, element: usize) -> At {
        let Element { page, bounds, .. } = self.elements[element];
        match (page.and_then(|page| Some((page, pdf.pages.get(page)?))), bounds) {
            (Some((index, page)), Some(bounds)) => At::Area(index, page.area(bounds)),
            (Some((index, _)), None) => At::Page(index),
            (None, _) => At::File,
        }
    }

    /// The elements of a type.
    pub(super) fn all<'a>(&'a self, role: &'a str) -> impl Iterator<Item = (usize, &'a Element)> {
        self.elements.iter().enumerate().filter(move |(_, element)| element.role == role)
    }

    /// Whether an element or one around it has this type.
    pub(super) fn within(&self, element: usize, role: &str) -> bool {
        let mut around = Some(element);
        while let Some(index) = around {
            if self.elements[index].role == role {
                return true;
            }
            around = self.elements[index].parent;
        }
        false
    }
}

impl Element {
    /// Reads what a dictionary says of its element.
    fn say(&mut self, document: &Document, dictionary: &Dictionary, classes: Option<&Dictionary>) {
        let said = |key: &[u8]| text_of(document, dictionary, key).is_some_and(|text| !text.trim().is_empty());
        self.alternative = said(b"Alt") || said(b"ActualText");
        self.language = text_of(document, dictionary, b"Lang");
        self.name = dictionary.get_deref(b"ID", document).and_then(Object::as_str).ok().map(<[u8]>::to_vec);
        let own = dictionary.get_deref(b"A", document).ok();
        // Classes are names for attributes.
        let class = dictionary.get_deref(b"C", document).ok();
        let names = class.map_or(&[][..], |class| class.as_array().map_or(std::slice::from_ref(class), Vec::as_slice));
        let classes = names.iter().filter_map(|name| classes?.get_deref(name.as_name().ok()?, document).ok());
        for attributes in own.into_iter().chain(classes) {
            let listed = attributes.as_array().map_or(std::slice::from_ref(attributes), Vec::as_slice);
            for attributes in listed {
                let Ok((_, attributes)) = document.dereference(attributes) else { continue };
                let Ok(attributes) = attributes.as_dict() else { continue };
                self.heads |= attributes.has(b"Scope") || attributes.has(b"Headers");
                if let Ok(bounds) = attributes.get_deref(b"BBox", document) {
                    self.bounds = self.bounds.or(page_box(document, bounds));
                }
            }
        }
    }
}

/// Notes the kids of a dictionary, the first to be read first.
fn push_kids<'a>(
    document: &'a Document,
    dictionary: &'a Dictionary,
    parent: Option<usize>,
    page: Option<usize>,
    stack: &mut Vec<Step<'a>>,
) {
    let Ok(object) = dictionary.get(b"K") else { return };
    match document.dereference(object) {
        Ok((_, Object::Array(kids))) => stack.extend(kids.iter().rev().map(|object| Step { object, parent, page })),
        Ok(_) => stack.push(Step { object, parent, page }),
        Err(_) => {}
    }
}

/// The parent tree (ISO 32000-1, 14.7.4.4), a number tree (7.9.7): of each key the elements in its array, or the one element.
fn parents(document: &Document, root: &Dictionary) -> BTreeMap<i64, Vec<Option<ObjectId>>> {
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut stack: Vec<(&Object, usize)> = root.get(b"ParentTree").into_iter().map(|tree| (tree, 0)).collect();
    while let Some((node, depth)) = stack.pop() {
        let Ok((id, node)) = document.dereference(node) else { continue };
        if depth > DEEPEST_NUMBERS || id.is_some_and(|id| !seen.insert(id)) {
            continue;
        }
        let Ok(node) = node.as_dict() else { continue };
        if let Ok(kids) = node.get_deref(b"Kids", document).and_then(Object::as_array) {
            stack.extend(kids.iter().map(|kid| (kid, depth + 1)));
        }
        let Ok(numbers) = node.get_deref(b"Nums", document).and_then(Object::as_array) else { continue };
        for pair in numbers.chunks_exact(2) {
            let Ok(key) = pair[0].as_i64() else { continue };
            let elements = match document.dereference(&pair[1]) {
                Ok((_, Object::Array(elements))) => {
                    elements.iter().map(|element| element.as_reference().ok()).collect()
                }
                Ok((id, _)) => vec![id],
                Err(_) => continue,
            };
            found.insert(key, elements);
        }
    }
    found
}
