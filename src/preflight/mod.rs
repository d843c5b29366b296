//! Preflight: what a printer, a shop or a reader would send back, found before they do.
//!
//! Each check looks at a written file, read back as anybody would read it, and at the [`Book`] that it was made from where
//! there is one. It knows nothing of how files are written, so that a fault of the writers is found too, and files of other
//! programs are checked by the same rules. `pdf` reads a PDF; the other modules hold checks of one subject each: a check is
//! a function and a line in [`CHECKS`]. Start at [`check_pdf`].

mod boxes;
mod color;
mod groups;
mod images;
mod pdf;
mod place;
mod rules;
mod standards;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

use crate::diagnostics::{Diagnostic, Place, Severity};
use crate::document::NodeId;
use crate::geometry::{Length, Point, Rect};
use crate::layout::book::{Book, FrameItem, ItemKind, Owner, turned};
use crate::target::Target;
use pdf::{PageBox, Pdf};
use standards::Standard;

/// A check of a PDF: the code of what it finds, and the function that looks.
type Check = (&'static str, fn(&Subject<'_>, &mut Findings));

/// Every check of a PDF. A check has one code, and no other has it.
const CHECKS: &[Check] = &[
    ("page-boxes", boxes::page_boxes),
    // What is painted.
    ("coarse-image", images::coarse_image),
    ("font-not-embedded", text::font_not_embedded),
    ("foreign-color", color::foreign_color),
    ("hairline", rules::hairline),
    ("ink-limit", color::ink_limit),
    ("outside-page", place::outside_page),
    ("printer-marks", place::printer_marks),
    ("rich-black-text", color::rich_black_text),
    ("safe-area", place::safe_area),
    ("short-bleed", place::short_bleed),
    ("small-type", text::small_type),
    ("transparency", color::transparency),
    ("unread-content", text::unread_content),
];

/// What a check looks at.
struct Subject<'a> {
    /// The file, read back.
    file: Pdf,
    /// What it is made for; a check that needs to know is silent without.
    target: Option<&'a Target>,
    /// What it was made from, unless it is another program's.
    book: Option<&'a Book>,
}

impl Subject<'_> {
    /// A part of a page.
    fn at(&self, page: usize, part: PageBox) -> At {
        self.file.pages.get(page).map_or(At::Page(page), |read| At::Area(page, read.area(part)))
    }

    /// The least of something, in points, that the target asks for, or any press; none is asked for on a screen.
    fn least(&self, asked: impl Fn(&Target) -> Option<Length>, else_of_any: f64) -> Option<f64> {
        match self.target {
            Some(target) if !target.is_print() => None,
            Some(target) => Some(asked(target).map_or(else_of_any, Length::to_pt)),
            None => Some(else_of_any),
        }
    }
}

/// Where a finding is in a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    /// The file as a whole.
    File,
    /// The page with this index.
    Page(usize),
    /// A part of a page, from the top left corner of its trim.
    Area(usize, Rect),
    /// What is made from this node, on no page in particular.
    Node(NodeId),
}

/// What one check finds, in the order of finding.
#[derive(Default)]
struct Findings {
    found: Vec<(Severity, At, String, String)>,
}

impl Findings {
    /// What its target would send back.
    fn error(&mut self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.found.push((Severity::Error, at, message.into(), help.into()));
    }

    /// What may be wrong.
    fn warning(&mut self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.found.push((Severity::Warning, at, message.into(), help.into()));
    }
}

/// Looks over a PDF that is called `name`: made for `target`, from `book`, where these are known. A finding points at the
/// words of the manuscript that it comes from where there are any, else at the file, and names the page. An unreadable
/// file is the error `unreadable-file`. Linear in what the file holds.
#[must_use]
pub fn check_pdf(content: &[u8], name: &str, target: Option<&Target>, book: Option<&Book>) -> Vec<Diagnostic> {
    let file = match Pdf::read(content) {
        Ok(file) => file,
        Err(reason) => {
            let message = format!("`{name}` can't be read as a PDF: {reason}");
            return vec![
                Diagnostic::error("unreadable-file", PathBuf::from(name), message).help("give a PDF that is whole"),
            ];
        }
    };
    let subject = Subject { file, target, book };
    let spans = book.map(|book| book.document.spans()).unwrap_or_default();
    let mut diagnostics = Vec::new();
    for (code, check) in CHECKS {
        let mut findings = Findings::default();
        check(&subject, &mut findings);
        for (severity, at, message, help) in findings.found {
            let (node, page) = locate(book, at);
            let span = node.and_then(|node| spans.get(&node)).copied();
            let place = span.map_or_else(|| Place::File(PathBuf::from(name)), Place::Span);
            // Words have the manuscript's place, and the file is told; a file's place says itself.
            let message = match (page, span) {
                (Some(page), Some(_)) => format!("{message}, on page {page} of `{name}`"),
                (Some(page), None) => format!("{message}, on page {page}"),
                (None, Some(_)) => format!("{message}, in `{name}`"),
                (None, None) => message,
            };
            diagnostics.push(Diagnostic { severity, code, message, place, help: Some(help) });
        }
    }
    diagnostics
}

/// The node that a finding comes from, and the page that it is on, counted from 1.
fn locate(book: Option<&Book>, at: At) -> (Option<NodeId>, Option<usize>) {
    match at {
        At::File => (None, None),
        At::Page(page) => (None, Some(page + 1)),
        At::Node(node) => (Some(node), None),
        At::Area(page, area) => (owner_of(book, page, area), Some(page + 1)),
    }
}

/// Whose the painted thing is that has the middle of `area` in it, the last painted of several.
fn owner_of(book: Option<&Book>, page: usize, area: Rect) -> Option<NodeId> {
    let middle = Point::new(area.origin.x + area.size.width / 2, area.origin.y + area.size.height / 2);
    let page = book?.pagination.pages.get(page)?;
    page.frames.iter().rev().find_map(|frame| owner_among(&frame.items, &mut Vec::new(), middle))
}

/// The same among items that are turned around corners, outermost first.
fn owner_among(items: &[FrameItem], corners: &mut Vec<Point>, middle: Point) -> Option<NodeId> {
    items.iter().rev().find_map(|item| {
        let rect = match &item.kind {
            ItemKind::Image { rect, .. } | ItemKind::Rule { rect, .. } => *rect,
            ItemKind::Glyphs(run) => {
                Rect::new(run.origin.x, run.origin.y - run.size, run.width(), run.size + run.size / 4)
            }
            ItemKind::Turned { origin, items } => {
                corners.push(*origin);
                let found = owner_among(items, corners, middle);
                corners.pop();
                return found;
            }
            ItemKind::Path { .. } | ItemKind::Link { .. } => return None,
        };
        let rect = corners.iter().rev().fold(rect, |rect, corner| turned(rect, *corner));
        let inside =
            (rect.origin.x..=rect.right()).contains(&middle.x) && (rect.origin.y..=rect.bottom()).contains(&middle.y);
        if let (true, Owner::Node(node) | Owner::Marker(node)) = (inside, item.owner) { Some(node) } else { None }
    })
}
