//! Reads a PDF back: what is said of its pages, and what is painted on them (ISO 32000-2).
//!
//! It follows the specification and knows nothing of how this program writes. What a file leaves out has its default; what
//! can't be read is as if it were not there. Start at [`Pdf::read`].

mod color;
mod font;
mod painting;
mod pixels;
mod shape;
mod tokens;

use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};
use rayon::prelude::*;

pub(super) use self::color::{Inks, Space};
pub(super) use self::painting::{Kind, Mark, Painting, Transparency};
pub(super) use self::pixels::ink as ink_of_image;
use crate::geometry::{Length, Point, Rect, Size};

/// The most bytes that a file's compressed objects may unfold to.
const LARGEST_CONTENT: usize = 1 << 30;

/// The most pages that are read.
const MOST_PAGES: usize = 100_000;

/// How many operators are followed in all, those of forms counted as often as they are painted.
const MOST_OPERATORS: usize = 150_000_000;

/// How many marks are kept of all pages.
const MOST_MARKS: usize = 3_000_000;

/// How many nodes of the page tree may stand above a page.
const DEEPEST_TREE: usize = 64;

/// A PDF, read.
pub(super) struct Pdf {
    /// All its objects.
    pub(super) document: Document,
    /// Its pages in order.
    pub(super) pages: Vec<Page>,
}

/// A page.
pub(super) struct Page {
    /// Its object.
    pub(super) id: ObjectId,
    /// The MediaBox: what is printed on.
    pub(super) media: PageBox,
    /// The BleedBox, where the page has one.
    pub(super) bleed: Option<PageBox>,
    /// The TrimBox, where the page has one.
    pub(super) trim: Option<PageBox>,
    /// Clockwise, in degrees.
    pub(super) rotation: i64,
    /// What is painted on it.
    pub(super) painting: Painting,
}

/// A rectangle in the space of a page: points from its origin, upwards (ISO 32000-2, 7.9.5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PageBox {
    pub(super) left: f64,
    pub(super) bottom: f64,
    pub(super) right: f64,
    pub(super) top: f64,
}

impl PageBox {
    pub(super) fn width(self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(self) -> f64 {
        self.top - self.bottom
    }

    /// What lies in both.
    pub(super) fn common(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.min(other.right),
            top: self.top.min(other.top),
        }
    }

    /// It and so many points around it.
    pub(super) fn grown(self, by: f64) -> Self {
        Self { left: self.left - by, bottom: self.bottom - by, right: self.right + by, top: self.top + by }
    }

    /// Whether nothing of `other` lies in it.
    pub(super) fn is_apart(self, other: Self) -> bool {
        other.right <= self.left || other.left >= self.right || other.top <= self.bottom || other.bottom >= self.top
    }

    /// Whether `other` lies in it, a hundredth of a point aside.
    pub(super) fn contains(self, other: Self) -> bool {
        const ROUNDING: f64 = 0.01;
        other.left >= self.left - ROUNDING
            && other.bottom >= self.bottom - ROUNDING
            && other.right <= self.right + ROUNDING
            && other.top <= self.top + ROUNDING
    }
}

impl Page {
    /// The page as it is cut: its TrimBox, else its MediaBox.
    pub(super) fn cut(&self) -> PageBox {
        self.trim.unwrap_or(self.media)
    }

    /// The page with its bleed.
    pub(super) fn printed(&self) -> PageBox {
        let (cut, bleed) = (self.cut(), self.bleed.unwrap_or(self.cut()));
        PageBox {
            left: cut.left.min(bleed.left),
            bottom: cut.bottom.min(bleed.bottom),
            right: cut.right.max(bleed.right),
            top: cut.top.max(bleed.top),
        }
    }

    /// A part of the page from the top left corner of its trim, downwards.
    pub(super) fn area(&self, part: PageBox) -> Rect {
        let cut = self.cut();
        Rect {
            origin: Point::new(Length::from_pt(part.left - cut.left), Length::from_pt(cut.top - part.top)),
            size: Size::new(Length::from_pt(part.width()), Length::from_pt(part.height())),
        }
    }
}

impl Pdf {
    /// Reads a file. Linear in its size.
    ///
    /// # Errors
    /// Says in words why it is no PDF that can be read.
    pub(super) fn read(content: &[u8]) -> Result<Self, String> {
        let options = LoadOptions { max_decompressed_size: Some(LARGEST_CONTENT), ..LoadOptions::default() };
        let document = Document::load_mem_with_options(content, options).map_err(|error| error.to_string())?;
        if document.is_encrypted() {
            return Err("it is locked with a password".to_owned());
        }
        let ids: Vec<ObjectId> = document.page_iter().take(MOST_PAGES).collect();
        if ids.is_empty() {
            return Err("it has no pages".to_owned());
        }
        let mut pages: Vec<Page> = ids.into_iter().map(|id| read_page(&document, id)).collect();
        follow(&document, &mut pages);
        Ok(Self { document, pages })
    }
}

/// Follows what is painted on pages, some at a time, until there is too much.
fn follow(document: &Document, pages: &mut [Page]) {
    /// Pages at a time: their number decides where a file is given up, and must not hang on that of threads.
    const TOGETHER: usize = 32;
    let shared = painting::Shared::new(document);
    let (mut operators, mut marks) = (0, 0);
    for pages in pages.chunks_mut(TOGETHER) {
        if operators > MOST_OPERATORS || marks > MOST_MARKS {
            pages.iter_mut().for_each(|page| page.painting.unread = Some("the pages before it paint too much"));
            continue;
        }
        pages.par_iter_mut().for_each(|page| page.painting = Painting::of(&shared, page));
        operators += pages.iter().map(|page| page.painting.cost).sum::<usize>();
        marks += pages.iter().map(|page| page.painting.marks.len()).sum::<usize>();
    }
}

fn read_page(document: &Document, id: ObjectId) -> Page {
    /// US Letter: what a page has that says nothing.
    const LETTER: PageBox = PageBox { left: 0.0, bottom: 0.0, right: 612.0, top: 792.0 };
    let bounds = |key: &[u8]| page_box(document, inherited(document, id, key)?);
    let rotation = inherited(document, id, b"Rotate").and_then(|rotation| rotation.as_i64().ok());
    Page {
        id,
        media: bounds(b"MediaBox").unwrap_or(LETTER),
        bleed: bounds(b"BleedBox"),
        trim: bounds(b"TrimBox"),
        rotation: rotation.unwrap_or(0).rem_euclid(360),
        painting: Painting::default(),
    }
}

/// What a page says, or a node of the page tree above it (ISO 32000-2, 7.7.3.4).
pub(super) fn inherited<'a>(document: &'a Document, page: ObjectId, key: &[u8]) -> Option<&'a Object> {
    const INHERITABLE: [&[u8]; 4] = [b"MediaBox", b"CropBox", b"Rotate", b"Resources"];
    let mut node: &Dictionary = document.get_dictionary(page).ok()?;
    for _ in 0..DEEPEST_TREE {
        if let Ok(value) = node.get_deref(key, document) {
            return Some(value);
        }
        if !INHERITABLE.contains(&key) {
            return None;
        }
        node = node.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

/// A rectangle, its corners in order.
pub(super) fn page_box(document: &Document, value: &Object) -> Option<PageBox> {
    let corners: Vec<f64> = value
        .as_array()
        .ok()?
        .iter()
        .map(|number| document.dereference(number).ok()?.1.as_float().ok().map(f64::from))
        .collect::<Option<_>>()?;
    let [one, two, three, four] = corners[..] else { return None };
    corners.iter().all(|corner| corner.is_finite()).then(|| PageBox {
        left: one.min(three),
        bottom: two.min(four),
        right: one.max(three),
        top: two.max(four),
    })
}
