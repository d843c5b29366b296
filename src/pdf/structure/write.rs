//! The structure tree, written: elements as dictionaries, with what was painted under them.
//!
//! Start at [`Structure::write`].

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::{Element, Kid, ROLE_MAP, Referent, Role, Structure};
use crate::document::NodeId;
use crate::layout::book::Owner;
use crate::pdf::metadata;
use crate::pdf::objects::{dictionary, name, rectangle, string, text};

/// What hangs under an owner, once it is painted.
#[derive(Debug, Default)]
pub(in crate::pdf) struct Painted {
    /// Page index and marked-content identifier, in order.
    pub(in crate::pdf) marks: Vec<(usize, usize)>,
    /// Annotations with the page that they are on.
    pub(in crate::pdf) links: Vec<(usize, ObjectId)>,
    /// Where the owner's image stands.
    pub(in crate::pdf) bounds: Option<[f64; 4]>,
}

/// The tree, written.
pub(in crate::pdf) struct WrittenTree {
    /// The structure tree root.
    pub(in crate::pdf) root: ObjectId,
    /// The document's element.
    document: ObjectId,
    /// Owner → its element's object.
    elements: BTreeMap<Owner, ObjectId>,
    /// The files that come with elements, by name.
    pub(in crate::pdf) files: BTreeMap<String, ObjectId>,
}

impl WrittenTree {
    /// The element that content of `owner` hangs under.
    pub(in crate::pdf) fn element(&self, owner: Owner) -> Option<ObjectId> {
        self.elements.get(&owner).copied()
    }

    /// The element of `node`, or, where nothing was painted of it, of what follows it.
    pub(in crate::pdf) fn element_at(&self, node: NodeId) -> ObjectId {
        let following = self.elements.range(Owner::Node(node)..).next();
        following.filter(|(owner, _)| matches!(owner, Owner::Node(_))).map_or(self.document, |(_, &element)| element)
    }
}

/// What elements point at in a PDF 2.0.
struct Pointers {
    /// Its namespace.
    namespace: ObjectId,
    /// The file of each formula.
    formulas: BTreeMap<NodeId, ObjectId>,
}

/// The name of PDF 2.0's namespace (PDF 32000-2, 14.8.6.2).
const NAMESPACE: &str = "http://iso.org/pdf2/ssn";

impl Structure<'_> {
    /// Writes the elements with the content that was painted; those without any are left out. The root still lacks its
    /// parent tree. Linear in the elements and their content.
    ///
    /// # Errors
    /// Where a file that comes with an element can't be compressed.
    pub(in crate::pdf) fn write(
        &self,
        document: &mut Document,
        pages: &[ObjectId],
        painted: &BTreeMap<Owner, Painted>,
    ) -> Result<WrittenTree, String> {
        let root = document.new_object_id();
        let kept = self.kept(painted);
        let ids: Vec<Option<ObjectId>> = kept.iter().map(|&kept| kept.then(|| document.new_object_id())).collect();
        let elements = self.owners.iter().filter_map(|(&owner, &element)| Some((owner, ids[element]?))).collect();
        let mut tree = WrittenTree { root, document: ids[0].unwrap_or(root), elements, files: BTreeMap::new() };
        let pointers = if self.modern {
            let namespace = document.add_object(dictionary([("Type", name("Namespace")), ("NS", text(NAMESPACE))]));
            Some(Pointers { namespace, formulas: self.write_formulas(document, &kept, &mut tree.files)? })
        } else {
            None
        };
        for (element, id) in self.elements.iter().zip(&ids) {
            if let Some(id) = *id {
                let parent = if element.role == Role::Document { root } else { ids[element.parent].unwrap_or(root) };
                let mut object = write_element(element, parent, &ids, pages, painted);
                if let Some(pointers) = &pointers {
                    modernize(&mut object, element, pointers, &ids, &tree);
                }
                document.objects.insert(id, Object::Dictionary(object));
            }
        }
        let names: BTreeMap<&str, ObjectId> = self
            .elements
            .iter()
            .zip(&ids)
            .filter_map(|(element, id)| Some((element.properties.id.as_deref()?, (*id)?)))
            .collect();
        let mut root_entries = dictionary([
            ("Type", name("StructTreeRoot")),
            ("K", ids[0].map_or(Object::Null, |id| Object::Array(vec![Object::Reference(id)]))),
        ]);
        if let Some(pointers) = pointers {
            root_entries.set("Namespaces", Object::Array(vec![Object::Reference(pointers.namespace)]));
        } else {
            let role_map: Dictionary = ROLE_MAP.iter().map(|&(role, standard)| (role, name(standard))).collect();
            root_entries.set("RoleMap", Object::Dictionary(role_map));
        }
        if !names.is_empty() {
            let pairs = names
                .iter()
                .flat_map(|(name, id)| [string(name.as_bytes().to_vec()), Object::Reference(*id)])
                .collect();
            let tree = document.add_object(dictionary([("Names", Object::Array(pairs))]));
            root_entries.set("IDTree", Object::Reference(tree));
        }
        document.objects.insert(root, Object::Dictionary(root_entries));
        Ok(tree)
    }

    /// Writes the formulas as MathML files (PDF 32000-2, 14.13.6), each once, and names them in the order of the text.
    fn write_formulas(
        &self,
        document: &mut Document,
        kept: &[bool],
        files: &mut BTreeMap<String, ObjectId>,
    ) -> Result<BTreeMap<NodeId, ObjectId>, String> {
        let mut written: BTreeMap<String, ObjectId> = BTreeMap::new();
        let mut formulas = BTreeMap::new();
        for (element, _) in self.elements.iter().zip(kept).filter(|(_, kept)| **kept) {
            let Some(node) = element.properties.formula else { continue };
            let Some(formula) = self.book.facts.formulas.get(&node) else { continue };
            let mathml = formula.mathml();
            let file = if let Some(&file) = written.get(&mathml) {
                file
            } else {
                let name = format!("formula-{:06}.mml", files.len() + 1);
                let metadata = &self.book.document.metadata;
                let file = metadata::write_file(document, metadata, &name, formula.alt(), mathml.clone())?;
                files.insert(name, file);
                written.insert(mathml, file);
                file
            };
            formulas.insert(node, file);
        }
        Ok(formulas)
    }

    /// Which elements are written: those with content below them, and the cells of tables that have any. The root always.
    fn kept(&self, painted: &BTreeMap<Owner, Painted>) -> Vec<bool> {
        let mut kept: Vec<bool> = self
            .elements
            .iter()
            .map(|element| {
                element.role == Role::Document
                    || element.kids.iter().any(|kid| match kid {
                        Kid::Content(owner) => painted.contains_key(owner),
                        Kid::Element(_) => false,
                    })
            })
            .collect();
        for (index, element) in self.elements.iter().enumerate().rev() {
            if kept[index] {
                kept[element.parent] = true;
            }
        }
        for (index, element) in self.elements.iter().enumerate() {
            if element.role.holds_its_place() && kept[element.parent] {
                kept[index] = true;
            }
        }
        kept
    }
}

/// An element's dictionary (PDF 32000-1, table 323).
fn write_element(
    element: &Element,
    parent: ObjectId,
    ids: &[Option<ObjectId>],
    pages: &[ObjectId],
    painted: &BTreeMap<Owner, Painted>,
) -> Dictionary {
    let mut kids = Vec::new();
    let mut links = Vec::new();
    let mut page: Option<usize> = None;
    let mut bounds = None;
    for kid in &element.kids {
        match kid {
            Kid::Element(kid) => kids.extend(ids[*kid].map(Object::Reference)),
            Kid::Content(owner) => {
                let Some(painted) = painted.get(owner) else { continue };
                bounds = bounds.or(painted.bounds);
                for &(on, mark) in &painted.marks {
                    let mark = Object::Integer(i64::try_from(mark).unwrap_or(i64::MAX));
                    kids.push(if *page.get_or_insert(on) == on {
                        mark
                    } else {
                        Object::Dictionary(dictionary([
                            ("Type", name("MCR")),
                            ("Pg", Object::Reference(pages[on])),
                            ("MCID", mark),
                        ]))
                    });
                }
                for &(on, link) in &painted.links {
                    links.push(Object::Dictionary(dictionary([
                        ("Type", name("OBJR")),
                        ("Pg", Object::Reference(pages[on])),
                        ("Obj", Object::Reference(link)),
                    ])));
                }
            }
        }
    }
    kids.extend(links);
    let mut object = dictionary([
        ("Type", name("StructElem")),
        ("S", name(element.role.name(false))),
        ("P", Object::Reference(parent)),
    ]);
    if let Some(page) = page {
        object.set("Pg", Object::Reference(pages[page]));
    }
    match (kids.len(), kids.pop()) {
        (0, _) | (_, None) => {}
        (1, Some(kid)) => object.set("K", kid),
        (_, Some(kid)) => {
            kids.push(kid);
            object.set("K", Object::Array(kids));
        }
    }
    let properties = &element.properties;
    if let Some(language) = &properties.language {
        object.set("Lang", text(language));
    }
    if let Some(alternative) = &properties.alternative {
        object.set("Alt", text(alternative));
    }
    if let Some(id) = &properties.id {
        object.set("ID", string(id.as_bytes().to_vec()));
    }
    if let Some(expansion) = &properties.expansion {
        object.set("E", text(expansion));
    }
    let mut attributes = attributes(element, bounds);
    match (attributes.len(), attributes.pop()) {
        (1, Some(one)) => object.set("A", one),
        (_, Some(last)) => {
            attributes.push(last);
            object.set("A", Object::Array(attributes));
        }
        (_, None) => {}
    }
    object
}

/// Makes an element's dictionary one of PDF 2.0 (PDF 32000-2, table 355).
fn modernize(
    object: &mut Dictionary,
    element: &Element,
    pointers: &Pointers,
    ids: &[Option<ObjectId>],
    tree: &WrittenTree,
) {
    object.set("S", name(element.role.name(true)));
    if element.role.is_modern() {
        object.set("NS", Object::Reference(pointers.namespace));
    }
    let properties = &element.properties;
    let refers = properties.refers.iter().filter_map(|referent| match referent {
        Referent::Element(element) => ids[*element],
        Referent::Node(node) => Some(tree.element_at(*node)),
    });
    let refers: Vec<Object> = refers.map(Object::Reference).collect();
    if !refers.is_empty() {
        object.set("Ref", Object::Array(refers));
    }
    if let Some(file) = properties.formula.and_then(|formula| pointers.formulas.get(&formula)) {
        object.set("AF", Object::Array(vec![Object::Reference(*file)]));
    }
}

/// An element's attributes (PDF 32000-1, 14.8.5), one dictionary for each owner that has any.
fn attributes(element: &Element, bounds: Option<[f64; 4]>) -> Vec<Object> {
    let properties = &element.properties;
    let list =
        properties.numbering.map(|numbering| dictionary([("O", name("List")), ("ListNumbering", name(numbering))]));
    let cell = if matches!(element.role, Role::HeaderCell | Role::Cell) { cell_attributes(element) } else { None };
    let note = properties.note_type.map(|kind| dictionary([("O", name("FENote")), ("NoteType", name(kind))]));
    let all = [list, cell, note, layout_attributes(element, bounds)];
    all.into_iter().flatten().map(Object::Dictionary).collect()
}

/// Where an element stands, and which way it reads (PDF 32000-1, 14.8.5.4).
fn layout_attributes(element: &Element, bounds: Option<[f64; 4]>) -> Option<Dictionary> {
    let properties = &element.properties;
    let mut layout = Dictionary::new();
    if let Some(direction) = properties.direction {
        layout.set("WritingMode", name(if direction.is_right_to_left() { "RlTb" } else { "LrTb" }));
    }
    if matches!(element.role, Role::Figure | Role::Formula) {
        if let Some(bounds) = bounds {
            layout.set("BBox", rectangle(bounds));
        }
        if properties.block {
            layout.set("Placement", name("Block"));
        }
    }
    if let Some(decoration) = properties.decoration {
        layout.set("TextDecorationType", name(decoration));
    }
    if layout.is_empty() {
        return None;
    }
    layout.set("O", name("Layout"));
    Some(layout)
}

/// What a cell heads, and how far it reaches (PDF 32000-1, 14.8.5.7).
fn cell_attributes(element: &Element) -> Option<Dictionary> {
    let properties = &element.properties;
    let mut table = Dictionary::new();
    if element.role == Role::HeaderCell {
        table.set("Scope", name(if properties.heads_row { "Row" } else { "Column" }));
    }
    for (key, span) in [("ColSpan", properties.columns), ("RowSpan", properties.rows)] {
        if span > 1 {
            table.set(key, Object::Integer(i64::from(span)));
        }
    }
    if table.is_empty() {
        return None;
    }
    table.set("O", name("Table"));
    Some(table)
}
