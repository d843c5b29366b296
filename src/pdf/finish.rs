//! Joins painted pages, fonts, images and tags into one file: page tree, annotations, outline, page labels, destinations.
//!
//! Objects are numbered in the order of writing, names are sorted, and the file's identifier is a digest of its content, so
//! equal books give equal bytes. Everything is linear in pages and elements. Start at [`finish`].

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, StringFormat};
use sha2::{Digest, Sha256};

use super::Job;
use super::color::Separation;
use super::images::{self, Profiles, WrittenImage};
use super::metadata::{self, Claim};
use super::objects::{dictionary, name, real, rectangle, string, text, text_bytes};
use super::paint::{PaintedPage, PlacedLink, image_name};
use super::save::{Form, save};
use super::sheet::Sheet;
use super::structure::{Painted, Structure, WrittenTree};
use crate::document::NodeId;
use crate::geometry::{Length, Size};
use crate::graphic::GraphicId;
use crate::labels::Labels;
use crate::layout::book::{Book, ItemKind, LinkTarget, Numbering, Owner, Page};
use crate::style::{Binding, Opening};
use crate::target::Conformance;

/// Writes the file; and says how many images in inks could not be measured.
///
/// # Errors
/// Where a font, an image or a profile can't be written.
pub(super) fn finish(job: &Job<'_>, pages: Vec<PaintedPage>) -> Result<(Vec<u8>, usize), String> {
    let Job { book, target, .. } = *job;
    let form = Form::of(target.conformance);
    let mut document = Document::with_version(form.version);
    let digest = digest(job, &pages);
    let page_ids: Vec<ObjectId> = pages.iter().map(|_| document.new_object_id()).collect();
    let places = Places::of(job);

    let images = write_images(&mut document, job, &pages)?;
    let links: Vec<Vec<ObjectId>> =
        pages.iter().map(|page| page.links.iter().map(|_| document.new_object_id()).collect()).collect();
    let tree = match &job.structure {
        Some(structure) => {
            let tree = structure.write(&mut document, &page_ids, &painted(&pages, &links))?;
            write_parent_tree(&mut document, &tree, &pages, &links);
            Some(tree)
        }
        None => None,
    };
    let modern = tree.as_ref().filter(|_| target.conformance == Conformance::Ua2);
    let destinations = Destinations { places, page_ids: &page_ids, tree: modern };
    if let Some(structure) = &job.structure {
        write_links(&mut document, book, structure, &destinations, &pages, &links);
    }
    let page_tree = write_pages(&mut document, job, &images, &page_ids, pages, &links)?;

    let metadata = &book.document.metadata;
    let mut catalog = dictionary([("Type", name("Catalog")), ("Pages", Object::Reference(page_tree))]);
    let mut names = Dictionary::new();
    if let Some(tree) = &tree {
        catalog.set("Lang", text(metadata::language(metadata)));
        catalog.set("MarkInfo", Object::Dictionary(dictionary([("Marked", Object::Boolean(true))])));
        catalog.set("StructTreeRoot", Object::Reference(tree.root));
        catalog.set("ViewerPreferences", Object::Dictionary(preferences(book)));
        if !tree.files.is_empty() {
            let pairs = tree.files.iter().flat_map(|(name, file)| [text(name), Object::Reference(*file)]).collect();
            let files = document.add_object(dictionary([("Names", Object::Array(pairs))]));
            names.set("EmbeddedFiles", Object::Reference(files));
        }
    }
    if !target.anonymous {
        catalog.set("PageLabels", Object::Dictionary(page_labels(book)));
    }
    let archival = !images.values().any(|image| image.cmyk);
    let claim = match target.conformance {
        Conformance::Accessible => Some(Claim::Accessible { archival }),
        Conformance::Ua2 => Some(Claim::Ua2 { archival, files: names.has(b"EmbeddedFiles") }),
        Conformance::X4 | Conformance::X1a | Conformance::X3 => Some(Claim::Exchange(target.conformance)),
        Conformance::Plain => None,
    };
    if let Some(claim) = claim {
        let packet = metadata::xmp(metadata, &digest, claim);
        catalog.set("Metadata", Object::Reference(metadata::write_xmp(&mut document, packet)));
    }
    if let Some(intent) = metadata::write_output_intent(&mut document, target)? {
        catalog.set("OutputIntents", intent);
    }
    if job.structure.is_some() {
        match (book.style.page.facing, book.style.opening) {
            (false, _) => catalog.set("PageLayout", name("SinglePage")),
            (true, Opening::Recto) => catalog.set("PageLayout", name("TwoPageRight")),
            (true, Opening::NewPage | Opening::RunOn) => {}
        }
        if let Some(outline) = write_outline(&mut document, book, &destinations) {
            catalog.set("Outlines", Object::Reference(outline));
            catalog.set("PageMode", name("UseOutlines"));
        }
        if let Some(destinations) = destination_names(book, &destinations) {
            names.set("Dests", Object::Reference(document.add_object(destinations)));
        }
    }
    if !names.is_empty() {
        catalog.set("Names", Object::Dictionary(names));
    }
    let catalog = document.add_object(catalog);
    document.trailer.set("Root", Object::Reference(catalog));
    // PDF 2.0 says it in the metadata stream alone (ISO 19005-4, 6.1.3).
    if target.conformance != Conformance::Ua2 && (!target.anonymous || target.conformance.is_exchange()) {
        let information = document.add_object(metadata::information(metadata, target.conformance));
        document.trailer.set("Info", Object::Reference(information));
    }
    let id = Object::String(digest.into_bytes(), StringFormat::Literal);
    document.trailer.set("ID", Object::Array(vec![id.clone(), id]));

    let unmeasured = images.values().filter(|image| image.unmeasured).count();
    Ok((save(document, form)?, unmeasured))
}

/// How a viewer is to show the file (PDF 32000-1, 12.2): under its title, its pages side by side as the book reads.
fn preferences(book: &Book) -> Dictionary {
    let mut preferences = dictionary([("DisplayDocTitle", Object::Boolean(true))]);
    if book.style.page.binding == Binding::Right {
        preferences.set("Direction", name("R2L"));
    }
    preferences
}

/// A digest of what the reader sees and reads, in 32 hexadecimal digits.
fn digest(job: &Job<'_>, pages: &[PaintedPage]) -> String {
    let Job { book, target, fonts, .. } = job;
    let mut hasher = Sha256::new();
    let metadata = &book.document.metadata;
    for text in [&metadata.title, &metadata.identifier, &metadata.version, &metadata.modified, &metadata.language] {
        hasher.update(text);
        hasher.update([0]);
    }
    if target.is_print() {
        hasher.update(&target.name);
    }
    for page in pages {
        hasher.update(&page.content.content);
        for graphic in &page.graphics {
            hasher.update(graphic.0.to_be_bytes());
            if let Some(graphic) = book.graphics.get(*graphic) {
                hasher.update(Sha256::digest(&graphic.data));
            }
        }
    }
    for file in fonts.files() {
        hasher.update(file);
    }
    hasher.finalize().iter().take(16).fold(String::new(), |digits, byte| format!("{digits}{byte:02x}"))
}

/// Writes each image that a page shows, once.
fn write_images(
    document: &mut Document,
    job: &Job<'_>,
    pages: &[PaintedPage],
) -> Result<BTreeMap<GraphicId, WrittenImage>, String> {
    let mut written = BTreeMap::new();
    let mut profiles = Profiles::default();
    let sizes = if job.target.reduce_images { placed_sizes(job.book) } else { BTreeMap::new() };
    for &id in pages.iter().flat_map(|page| &page.graphics) {
        if let Entry::Vacant(entry) = written.entry(id) {
            let graphic = job.book.graphics.get(id).ok_or("a page shows an image that the book does not have")?;
            let most = sizes.get(&id).zip(job.target.image_resolution).map(|(size, dots)| pixels(*size, dots));
            entry.insert(images::write(document, &mut profiles, graphic, &job.colors, most)?);
        }
    }
    Ok(written)
}

/// The largest size that each image is placed at.
fn placed_sizes(book: &Book) -> BTreeMap<GraphicId, Size> {
    let mut sizes: BTreeMap<GraphicId, Size> = BTreeMap::new();
    for item in book.pagination.pages.iter().flat_map(Page::items) {
        if let ItemKind::Image { rect, graphic } = &item.kind {
            let whole = book.graphics.get(*graphic).map_or(rect.size, |graphic| rect.covering(graphic.size).size);
            let size = sizes.entry(*graphic).or_default();
            *size = Size::new(size.width.max(whole.width), size.height.max(whole.height));
        }
    }
    sizes
}

/// How many pixels a size has at so many to the inch.
fn pixels(size: Size, dots: u16) -> (u32, u32) {
    let along = |length: Length| {
        let pixels = length.scale(i64::from(dots), 72).raw() / Length::pt(1).raw() + 1;
        u32::try_from(pixels).unwrap_or(1).max(1)
    };
    (along(size.width), along(size.height))
}

/// What each owner has on the pages.
fn painted(pages: &[PaintedPage], links: &[Vec<ObjectId>]) -> BTreeMap<Owner, Painted> {
    let mut painted: BTreeMap<Owner, Painted> = BTreeMap::new();
    for (index, (page, links)) in pages.iter().zip(links).enumerate() {
        for (mark, &owner) in page.marks.iter().enumerate() {
            painted.entry(owner).or_default().marks.push((index, mark));
        }
        for (link, &id) in page.links.iter().zip(links) {
            painted.entry(link.owner).or_default().links.push((index, id));
        }
        for (&owner, &bounds) in &page.boxes {
            painted.entry(owner).or_default().bounds.get_or_insert(bounds);
        }
    }
    painted
}

/// Writes the link annotations (PDF 32000-1, 12.5.6.5), numbered after the pages in the parent tree.
fn write_links(
    document: &mut Document,
    book: &Book,
    structure: &Structure<'_>,
    destinations: &Destinations<'_>,
    pages: &[PaintedPage],
    links: &[Vec<ObjectId>],
) {
    let title = metadata::title(&book.document.metadata);
    let boxes = pages.iter().flat_map(|page| &page.links).zip(links.iter().flatten());
    for (number, (link, &id)) in (pages.len()..).zip(boxes) {
        let PlacedLink { owner, corners, target } = link;
        let mut annotation = dictionary([
            ("Type", name("Annot")),
            ("Subtype", name("Link")),
            ("Rect", rectangle(*corners)),
            ("Border", Object::Array(vec![Object::Integer(0); 3])),
            // What a keyboard has reached shows in reverse (table 173).
            ("H", name("I")),
            ("F", Object::Integer(4)),
            ("StructParent", Object::Integer(i64::try_from(number).unwrap_or(i64::MAX))),
        ]);
        let mut description = structure.link_description(*owner);
        match target {
            LinkTarget::Node(node) => destinations.lead(&mut annotation, *node),
            LinkTarget::External(address) => {
                if description.is_empty() {
                    description = address;
                }
                let action = dictionary([("S", name("URI")), ("URI", string(ascii(address).into_bytes()))]);
                annotation.set("A", Object::Dictionary(action));
            }
            LinkTarget::Broken => {}
        }
        if description.is_empty() {
            description = title;
        }
        annotation.set("Contents", text(description));
        document.objects.insert(id, Object::Dictionary(annotation));
    }
}

/// The address with everything beyond ASCII percent-encoded, as a URI action needs.
fn ascii(address: &str) -> String {
    use std::fmt::Write as _;
    address.bytes().fold(String::with_capacity(address.len()), |mut ascii, byte| {
        if byte.is_ascii_graphic() {
            ascii.push(char::from(byte));
        } else {
            let _infallible = write!(ascii, "%{byte:02X}");
        }
        ascii
    })
}

/// Writes the parent tree: from each page's marked content, and from each annotation, back to the elements.
fn write_parent_tree(document: &mut Document, tree: &WrittenTree, pages: &[PaintedPage], links: &[Vec<ObjectId>]) {
    let element = |owner: Owner| tree.element(owner).map_or(Object::Null, Object::Reference);
    let mut numbers = Vec::new();
    for page in pages {
        let parents = page.marks.iter().map(|&owner| element(owner)).collect();
        numbers.push(Object::Reference(document.add_object(Object::Array(parents))));
    }
    numbers.extend(pages.iter().flat_map(|page| &page.links).map(|link| element(link.owner)));
    debug_assert_eq!(numbers.len(), pages.len() + links.iter().map(Vec::len).sum::<usize>());
    let next = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
    let pairs = (0..).zip(numbers).flat_map(|(number, parents)| [Object::Integer(number), parents]).collect();
    let parent_tree = document.add_object(dictionary([("Nums", Object::Array(pairs))]));
    if let Ok(root) = document.get_dictionary_mut(tree.root) {
        root.set("ParentTree", Object::Reference(parent_tree));
        root.set("ParentTreeNextKey", Object::Integer(next));
    }
}

/// Writes the pages and returns their tree's root.
fn write_pages(
    document: &mut Document,
    job: &Job<'_>,
    images: &BTreeMap<GraphicId, WrittenImage>,
    page_ids: &[ObjectId],
    pages: Vec<PaintedPage>,
    links: &[Vec<ObjectId>],
) -> Result<ObjectId, String> {
    let tree = document.new_object_id();
    let faces = job.fonts.write(document)?;
    let faces = document.add_object(faces);
    let plain = document.add_object(dictionary([("Font", Object::Reference(faces))]));
    let used: BTreeSet<Separation> = pages.iter().flat_map(|page| page.separations.iter().copied()).collect();
    let mut spaces = BTreeMap::new();
    for separation in used {
        spaces.insert(separation, metadata::write_separation(document, &job.colors, separation));
    }
    for (index, (((page, &id), links), sheet)) in
        (0_i64..).zip(pages.into_iter().zip(page_ids).zip(links).zip(&job.sheets))
    {
        let resources = if page.graphics.is_empty() && page.separations.is_empty() {
            plain
        } else {
            let mut resources = dictionary([("Font", Object::Reference(faces))]);
            if !page.graphics.is_empty() {
                let images: Dictionary = page
                    .graphics
                    .iter()
                    .filter_map(|graphic| Some((image_name(*graphic), Object::Reference(images.get(graphic)?.id))))
                    .collect();
                resources.set("XObject", Object::Dictionary(images));
            }
            if !page.separations.is_empty() {
                let spaces: Dictionary = page
                    .separations
                    .iter()
                    .filter_map(|separation| Some((separation.resource(), Object::Reference(*spaces.get(separation)?))))
                    .collect();
                resources.set("ColorSpace", Object::Dictionary(spaces));
            }
            document.add_object(resources)
        };
        let mut object = dictionary([
            ("Type", name("Page")),
            ("Parent", Object::Reference(tree)),
            ("MediaBox", rectangle(sheet.media_box())),
            ("BleedBox", rectangle(sheet.bleed_box())),
            ("TrimBox", rectangle(sheet.trim_box())),
            ("Resources", Object::Reference(resources)),
            ("Contents", Object::Reference(document.add_object(page.content))),
        ]);
        if job.structure.is_some() {
            object.set("StructParents", Object::Integer(index));
            object.set("Tabs", name("S"));
        }
        let transparent = page.graphics.iter().filter_map(|graphic| images.get(graphic)).any(|image| image.transparent);
        if transparent && job.colors.press().is_some() {
            // What lets through what is below is mixed in the inks of the press (PDF 32000-1, 11.6.6).
            let group = [("S", name("Transparency")), ("CS", name("DeviceCMYK"))];
            object.set("Group", Object::Dictionary(dictionary(group)));
        }
        if !links.is_empty() {
            object.set("Annots", Object::Array(links.iter().map(|&link| Object::Reference(link)).collect()));
        }
        document.objects.insert(id, Object::Dictionary(object));
    }
    let root = dictionary([
        ("Type", name("Pages")),
        ("Count", Object::Integer(i64::try_from(page_ids.len()).unwrap_or(i64::MAX))),
        ("Kids", Object::Array(page_ids.iter().map(|&page| Object::Reference(page)).collect())),
    ]);
    document.objects.insert(tree, Object::Dictionary(root));
    Ok(tree)
}

/// The page labels (PDF 32000-1, 12.4.2): one range for each run of pages that count on.
fn page_labels(book: &Book) -> Dictionary {
    let mut ranges = Vec::new();
    let mut expected = None;
    for (index, page) in (0_i64..).zip(&book.pagination.pages) {
        let label = &page.label;
        if expected != Some((label.numbering, label.number)) {
            let style = match label.numbering {
                Numbering::Decimal => "D",
                Numbering::LowerRoman => "r",
            };
            let start = Object::Integer(i64::from(label.number.max(1)));
            ranges.push(Object::Integer(index));
            ranges.push(Object::Dictionary(dictionary([("S", name(style)), ("St", start)])));
        }
        expected = Some((label.numbering, label.number.saturating_add(1)));
    }
    dictionary([("Nums", Object::Array(ranges))])
}

/// Where nodes are: page index and distance from the top of the trim.
struct Places {
    nodes: BTreeMap<NodeId, (usize, Length)>,
    /// How high the trim's top edge is on each sheet.
    tops: Vec<Length>,
}

impl Places {
    /// The first painted thing of each node, and the headings as the navigation has them.
    fn of(job: &Job<'_>) -> Self {
        let book = job.book;
        let mut nodes = BTreeMap::new();
        for (index, page) in book.pagination.pages.iter().enumerate() {
            for item in page.frames.iter().flat_map(|frame| &frame.items) {
                if let ItemKind::Turned { items, .. } = &item.kind {
                    // What is turned is looked at from the top of its page on.
                    for item in items {
                        let (Owner::Node(node) | Owner::Marker(node)) = item.owner else { continue };
                        nodes.entry(node).or_insert((index, Length::ZERO));
                    }
                }
                let (Owner::Node(node) | Owner::Marker(node)) = item.owner else { continue };
                let top = match &item.kind {
                    ItemKind::Glyphs(run) => run.origin.y - run.size,
                    ItemKind::Rule { rect, .. } | ItemKind::Image { rect, .. } | ItemKind::Link { rect, .. } => {
                        rect.origin.y
                    }
                    ItemKind::Path { .. } | ItemKind::Turned { .. } => continue,
                };
                nodes.entry(node).or_insert((index, top));
            }
        }
        for entry in &book.navigation.entries {
            let page = (entry.page as usize).min(book.pagination.pages.len().saturating_sub(1));
            nodes.insert(entry.target, (page, entry.top));
        }
        Self { nodes, tops: job.sheets.iter().map(Sheet::top).collect() }
    }

    /// Page and top of `node`. Ids are in preorder, so the first painted thing at or after a node is its own, or, where it
    /// has none, what follows it.
    fn place(&self, node: NodeId) -> (usize, Length) {
        self.nodes.range(node..).next().map_or((0, Length::ZERO), |(_, &place)| place)
    }
}

/// What leads to places.
struct Destinations<'a> {
    places: Places,
    page_ids: &'a [ObjectId],
    /// The structure tree, in a PDF 2.0, which leads to elements too.
    tree: Option<&'a WrittenTree>,
}

impl Destinations<'_> {
    /// The places that put `node` at the window's top and keep the zoom: of its page (PDF 32000-1, 12.3.2.2) and, in a
    /// PDF 2.0, of its element (PDF 32000-2, 12.3.2.3).
    fn of(&self, node: NodeId) -> (Object, Option<Object>) {
        let (page, top) = self.places.place(node);
        let height = self.places.tops.get(page).copied().unwrap_or_default();
        let top = real((height - top).to_pt());
        let at = |id| Object::Array(vec![Object::Reference(id), name("XYZ"), Object::Null, top.clone(), Object::Null]);
        (at(self.page_ids[page]), self.tree.map(|tree| at(tree.element_at(node))))
    }

    /// Has a link or an entry of the outline lead to `node`.
    fn lead(&self, from: &mut Dictionary, node: NodeId) {
        match self.of(node) {
            (page, None) => from.set("Dest", page),
            (page, Some(element)) => {
                let action = dictionary([("S", name("GoTo")), ("D", page), ("SD", element)]);
                from.set("A", Object::Dictionary(action));
            }
        }
    }

    /// What a name stands for.
    fn named(&self, node: NodeId) -> Object {
        match self.of(node) {
            (page, None) => page,
            (page, Some(element)) => Object::Dictionary(dictionary([("D", page), ("SD", element)])),
        }
    }
}

/// How many entries of the outline are in view at first, at most: what a window shows without scrolling.
const ENTRIES_IN_VIEW: usize = 30;

/// Writes the outline (PDF 32000-1, 12.3.3): nested as the contents are, and open as far down as all entries are in view;
/// where all stands under one entry, that is open in any case. `None` without entries.
fn write_outline(document: &mut Document, book: &Book, destinations: &Destinations<'_>) -> Option<ObjectId> {
    struct Node {
        id: ObjectId,
        /// The entry above; `None` for the top.
        parent: Option<usize>,
        kids: Vec<usize>,
        depth: usize,
        /// How many entries below it are in view where it is open.
        below: usize,
    }
    let entries = &book.navigation.entries;
    if entries.is_empty() {
        return None;
    }
    let root = document.new_object_id();
    let mut nodes: Vec<Node> = Vec::with_capacity(entries.len());
    let mut top: Vec<usize> = Vec::new();
    let mut path: Vec<usize> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        path.truncate(usize::from(entry.depth));
        let parent = path.last().copied();
        nodes.push(Node { id: document.new_object_id(), parent, kids: Vec::new(), depth: path.len(), below: 0 });
        match parent {
            Some(parent) => nodes[parent].kids.push(index),
            None => top.push(index),
        }
        path.push(index);
    }
    let down_to = |depth: usize| nodes.iter().filter(|node| node.depth <= depth).count();
    let least = usize::from(top.len() == 1);
    let deepest = nodes.iter().map(|node| node.depth).max().unwrap_or_default();
    let open_to = (least..=deepest).rev().find(|&depth| down_to(depth) <= ENTRIES_IN_VIEW).unwrap_or(least);
    let visible = down_to(open_to);
    for index in (0..nodes.len()).rev() {
        let Node { parent, depth, below, .. } = nodes[index];
        if let Some(parent) = parent {
            nodes[parent].below += if depth < open_to { 1 + below } else { 1 };
        }
    }
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let reference = |index: usize| Object::Reference(nodes[index].id);
    for (index, entry) in entries.iter().enumerate() {
        let node = &nodes[index];
        let mut item = dictionary([
            ("Title", text(&entry.text())),
            ("Parent", node.parent.map_or(Object::Reference(root), reference)),
        ]);
        destinations.lead(&mut item, entry.target);
        if let (Some(&first), Some(&last)) = (node.kids.first(), node.kids.last()) {
            item.set("First", reference(first));
            item.set("Last", reference(last));
            item.set("Count", Object::Integer(count(node.below) * if node.depth < open_to { 1 } else { -1 }));
        }
        document.objects.insert(node.id, Object::Dictionary(item));
    }
    // Neighbours among siblings.
    for siblings in nodes.iter().map(|node| &node.kids).chain([&top]) {
        for pair in siblings.windows(2) {
            let [before, after] = [nodes[pair[0]].id, nodes[pair[1]].id];
            for (id, key, other) in [(before, "Next", after), (after, "Prev", before)] {
                if let Ok(item) = document.get_dictionary_mut(id) {
                    item.set(key, Object::Reference(other));
                }
            }
        }
    }
    let outline = dictionary([
        ("Type", name("Outlines")),
        ("First", reference(*top.first()?)),
        ("Last", reference(*top.last()?)),
        ("Count", Object::Integer(count(visible))),
    ]);
    document.objects.insert(root, Object::Dictionary(outline));
    Some(root)
}

/// The name tree of destinations (PDF 32000-1, 12.3.2.3): each label as a reference in the manuscript finds it, so that
/// `NAME.pdf#label` leads to it in every release; and for each file of the manuscript its `path`, with `path#label` for
/// each label in it, as links name them. Labels stand before paths where both are the same.
fn destination_names(book: &Book, destinations: &Destinations<'_>) -> Option<Dictionary> {
    let labels = Labels::of(&book.document);
    let mut names: BTreeMap<Vec<u8>, NodeId> = BTreeMap::new();
    for (label, node) in labels.all() {
        names.entry(text_bytes(label)).or_insert(node);
    }
    for (address, node) in labels.addresses() {
        names.entry(text_bytes(&address)).or_insert(node);
    }
    if names.is_empty() {
        return None;
    }
    let pairs = names.into_iter().flat_map(|(name, node)| [string(name), destinations.named(node)]);
    Some(dictionary([("Names", Object::Array(pairs.collect()))]))
}
