//! What files are called: after those of the manuscript, so that a name stays where another chapter or image comes or goes.
//!
//! ASCII alone. Start at [`files`] and [`images`].

use std::collections::{BTreeMap, BTreeSet};

use super::pieces::Group;
use crate::document::{BlockKind, DivisionKind, Image, InlineKind, Node, NodeId, walk};
use crate::epub::xml::Ids;
use crate::graphic::{Graphic, GraphicId, ImageFormat};
use crate::layout::book::Book;

/// How long the name of a file may grow, in bytes, before it is told from others like it.
const LONGEST: usize = 60;

/// The letters and figures of `text` that are ASCII, its words joined by hyphens.
fn plain(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    name.truncate(LONGEST);
    name.trim_end_matches('-').to_owned()
}

/// The names of the content files: each is that of the manuscript's file; where several come of one, of the heading that opens
/// it; notes at a chapter's end have `-notes` behind the chapter's; where nothing of that is left, a number.
pub(super) fn files(book: &Book, groups: &[Group<'_>]) -> Vec<String> {
    let mut of_path: BTreeMap<&str, usize> = BTreeMap::new();
    for division in book.document.divisions.iter().filter(|division| division.kind != DivisionKind::Notes) {
        *of_path.entry(&division.path).or_default() += 1;
    }
    // Names of the package's own.
    let taken = ["cover", "half-title", "title", "copyright", "nav"].map(str::to_owned).into();
    let mut ids = Ids::new(&taken);
    let name = |(number, group): (usize, &Group<'_>)| {
        let division = group.pieces.first().map(|piece| piece.division);
        let wish = division.map_or_else(String::new, |division| {
            let alone = of_path.get(division.path.as_str()) == Some(&1);
            let label = division.heading().and_then(|heading| heading.attributes.label.as_deref());
            let stem = division.path.rsplit_once('.').map_or(division.path.as_str(), |(stem, _)| stem);
            match division.kind {
                DivisionKind::Notes => plain(label.unwrap_or(&format!("{stem}-notes"))),
                DivisionKind::Part | DivisionKind::Chapter if alone => plain(stem),
                DivisionKind::Part | DivisionKind::Chapter => plain(label.unwrap_or(stem)),
            }
        });
        let wish = if wish.is_empty() { format!("chapter-{:03}", number + 1) } else { wish };
        format!("{}.xhtml", ids.take(&wish))
    };
    groups.iter().enumerate().map(name).collect()
}

/// The names of the image files: each is the path of the author's file; a diagram's is its label. What two different images would
/// be called, or nobody names, has a part of its content's SHA-256 in its name.
pub(in crate::epub) fn images(book: &Book) -> BTreeMap<GraphicId, String> {
    let mut wishes: BTreeMap<GraphicId, BTreeSet<String>> = BTreeMap::new();
    let mut wish = |node: &NodeId, image: &Image, label: Option<&str>| {
        let from = book.document.divisions.get(node.division as usize).map_or("", |division| &division.path);
        let name = match image.diagram {
            Some(_) => plain(label.unwrap_or_default()),
            None => plain(&path(from, &image.address)),
        };
        if let Some(id) = book.facts.images.get(node).filter(|_| !name.is_empty()) {
            wishes.entry(*id).or_default().insert(name);
        }
    };
    for division in &book.document.divisions {
        walk(division.all_blocks(), &mut |node| match node {
            Node::Block(block) => {
                if let BlockKind::Figure { image, .. } = &block.kind {
                    wish(&block.id, image, block.attributes.label.as_deref());
                }
            }
            Node::Inline(inline) => {
                if let InlineKind::Image(image) = &inline.kind {
                    wish(&inline.id, image, inline.attributes.label.as_deref());
                }
            }
        });
    }
    // Content that stands in several files has one name, whichever of them comes first in the book.
    let name = |id: GraphicId, graphic: &Graphic, more: &str| {
        let wish = wishes.get(&id).and_then(BTreeSet::first)?;
        Some(format!("{wish}{more}.{}", extension(graphic.portable_format())))
    };
    let mut uses: BTreeMap<String, usize> = BTreeMap::from([("cover.jpg".to_owned(), 1)]);
    for name in book.graphics.iter().filter_map(|(id, graphic)| name(id, graphic, "")) {
        *uses.entry(name).or_default() += 1;
    }
    let nothing = BTreeSet::new();
    let mut ids = Ids::new(&nothing);
    let named = |(id, graphic): (GraphicId, &Graphic)| {
        let own = name(id, graphic, "").filter(|name| uses.get(name) == Some(&1));
        let hashed = || name(id, graphic, &format!("-{}", graphic.hash()));
        let name = own
            .or_else(hashed)
            .unwrap_or_else(|| format!("image-{}.{}", graphic.hash(), extension(graphic.portable_format())));
        (id, format!("images/{}", ids.take(&name)))
    };
    book.graphics.iter().map(named).collect()
}

/// The path, without its extension, of the file at `address`, seen from the file at the path `from`.
fn path(from: &str, address: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut path = Vec::new();
    for part in folder.split('/').chain(address.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(path.pop()),
            part => path.push(part),
        }
    }
    let path = path.join("/");
    path.rsplit_once('.').map_or(path.as_str(), |(stem, _)| stem).to_owned()
}

fn extension(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpg",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Svg => "svg",
    }
}
