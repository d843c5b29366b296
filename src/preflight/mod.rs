//! Preflight: what a printer, a shop or a reader would send back, found before they do.
//!
//! Each check looks at a written file, read back as anybody would read it, and at the [`Book`] that it was made from where
//! there is one. It knows nothing of how files are written, so that a fault of the writers is found too, and files of other
//! programs are checked by the same rules. `opening` reads a file and tells its kind, `pdf` reads a PDF, `said` what it says of
//! itself, `tags` its structure tree, `epub` an e-book; the other modules hold checks of one subject each, `ebook` those of
//! e-books: a check is a function and a line in `CHECKS`. Start at [`check_pdf`] and [`check_epub`].

mod boxes;
mod color;
mod ebook;
mod epub;
mod features;
mod groups;
mod images;
mod marked;
mod metadata;
mod opening;
mod pdf;
mod place;
mod rules;
mod said;
mod structure;
mod tags;
#[cfg(test)]
mod tests;
mod text;

use std::path::PathBuf;

use crate::diagnostics::{Diagnostic, Place, Severity};
use crate::document::NodeId;
use crate::geometry::{Length, Point, Rect};
use crate::layout::book::{Book, FrameItem, ItemKind, Owner, PathSegment, turned};
use crate::target::Target;
pub use ebook::{check_cover, check_epub};
use features::Features;
use lopdf::Dictionary;
pub use opening::{FileKind, open};
use pdf::{PageBox, Pdf};
use said::{Said, Standard};
use tags::Tags;

/// A check of a PDF: the code of what it finds, and the function that looks.
type Check = (&'static str, fn(&Subject<'_>, &mut Findings));

/// Every check of a PDF. A check has one code, and no other has it.
const CHECKS: &[Check] = &[
    // What the file says of itself and of its pages.
    ("damaged-file", metadata::damaged_file),
    ("encrypted", metadata::encrypted),
    ("conformance-claim", metadata::conformance_claim),
    ("pdf-version", metadata::pdf_version),
    ("file-size", metadata::file_size),
    ("output-intent", metadata::output_intent),
    ("missing-metadata", metadata::missing_metadata),
    ("differing-metadata", metadata::differing_metadata),
    ("forbidden-metadata", metadata::forbidden_metadata),
    ("page-boxes", boxes::page_boxes),
    ("page-size", boxes::page_size),
    ("trim-size", boxes::trim_size),
    ("page-count", boxes::page_count),
    ("bleed-box", boxes::bleed_box),
    ("forbidden-annotation", features::forbidden_annotation),
    ("forbidden-action", features::forbidden_action),
    ("forbidden-bookmarks", features::forbidden_bookmarks),
    ("embedded-file", features::embedded_file),
    ("form-field", features::form_field),
    ("optional-content", features::optional_content),
    ("external-content", features::external_content),
    ("untagged", structure::untagged),
    ("untagged-content", marked::untagged_content),
    ("broken-tags", structure::broken_tags),
    ("unknown-tag", structure::unknown_tag),
    ("misplaced-tag", structure::misplaced_tag),
    ("heading-order", structure::heading_order),
    ("missing-alternative", structure::missing_alternative),
    ("table-headers", structure::table_headers),
    ("note-id", structure::note_id),
    ("untagged-link", structure::untagged_link),
    ("tab-order", structure::tab_order),
    ("missing-title", structure::missing_title),
    ("missing-language", structure::missing_language),
    ("missing-outline", structure::missing_outline),
    ("missing-page-labels", structure::missing_page_labels),
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

/// The codes of the checks.
#[cfg(test)]
pub(crate) fn check_codes() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|(code, _)| *code).chain(ebook::check_codes())
}

/// What a check looks at.
struct Subject<'a> {
    /// How many bytes the file has.
    size: usize,
    /// The file, read back.
    file: Pdf,
    /// What it says of itself.
    said: Said,
    /// Its tags, where it has any.
    tags: Option<Tags>,
    /// What it can do beyond showing pages.
    features: Features,
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

    /// The standards that it is held to: its target's, and those that it claims.
    fn standards(&self) -> impl Iterator<Item = Standard> {
        let asked = self.target.and_then(|target| Standard::of(target.conformance));
        let claimed = self.said.claims.iter().copied().filter(move |claim| asked != Some(*claim));
        asked.into_iter().chain(claimed)
    }

    /// The part of PDF/UA that it is held to.
    fn accessible(&self) -> Option<u8> {
        self.standards().find_map(|standard| match standard {
            Standard::Accessible(part) => Some(part),
            Standard::X1a(_) | Standard::X3(_) | Standard::X4 | Standard::Archival(..) => None,
        })
    }

    /// The kind of PDF/X that it is held to, its target's first.
    fn exchange(&self) -> Option<Standard> {
        self.standards().find(|standard| standard.is_exchange())
    }

    /// The part of PDF/A that it is held to.
    fn archival(&self) -> Option<u8> {
        self.standards().find_map(|standard| match standard {
            Standard::Archival(part, _) => Some(part),
            Standard::X1a(_) | Standard::X3(_) | Standard::X4 | Standard::Accessible(_) => None,
        })
    }

    /// Whether those who can't see it must get all of it.
    fn must_be_tagged(&self) -> bool {
        self.standards().any(|standard| matches!(standard, Standard::Accessible(_) | Standard::Archival(_, true)))
    }

    /// Whether it is for paper, as far as one can tell.
    fn is_printed(&self) -> bool {
        self.target.map_or_else(|| self.exchange().is_some(), Target::is_print)
    }

    /// Whether its printer wants neither metadata nor bookmarks nor annotations in it.
    fn is_anonymous(&self) -> bool {
        self.target.is_some_and(|target| target.anonymous && !target.conformance.is_exchange())
    }

    /// The pages of which something is true.
    fn pages_where(&self, holds: impl Fn(&Dictionary) -> bool) -> Vec<usize> {
        let Pdf { document, pages } = &self.file;
        let found = pages.iter().enumerate().filter(|(_, page)| document.get_dictionary(page.id).is_ok_and(&holds));
        found.map(|(index, _)| index).collect()
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
}

/// What one check finds, in the order of finding.
#[derive(Default)]
struct Findings {
    found: Vec<(Severity, At, String, String)>,
}

impl Findings {
    /// What its target would send back.
    fn error(&mut self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Error, at, message, help);
    }

    /// What may be wrong.
    fn warning(&mut self, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.add(Severity::Warning, at, message, help);
    }

    fn add(&mut self, severity: Severity, at: At, message: impl Into<String>, help: impl Into<String>) {
        self.found.push((severity, at, message.into(), help.into()));
    }

    /// The same on several pages, told once, of the first; nothing where there are none.
    fn on_pages(&mut self, severity: Severity, pages: &[usize], message: &str, help: &str) {
        let Some(&first) = pages.first() else { return };
        self.add(severity, At::Page(first), format!("{message}{}", groups::others(pages)), help);
    }

    /// What its target would send back, on several pages.
    fn errors(&mut self, pages: &[usize], message: &str, help: &str) {
        self.on_pages(Severity::Error, pages, message, help);
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
    let said = Said::read(&file.document);
    let (tags, features) = (Tags::read(&file), Features::read(&file.document));
    let subject = Subject { size: content.len(), file, said, tags, features, target, book };
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
        At::Area(page, area) => (owner_of(book, page, area), Some(page + 1)),
    }
}

/// Whose the painted thing is that has the middle of `area` in it, the last painted of several. What belongs to no words, such
/// as the number of a line of code, is theirs that it stands beside.
fn owner_of(book: Option<&Book>, page: usize, area: Rect) -> Option<NodeId> {
    let middle = Point::new(area.origin.x + area.size.width / 2, area.origin.y + area.size.height / 2);
    let page = book?.pagination.pages.get(page)?;
    page.frames.iter().rev().find_map(|frame| {
        let mut found = Vec::new();
        owners(&frame.items, &mut Vec::new(), &mut found);
        let at_height = |rect: &Rect| (rect.origin.y..=rect.bottom()).contains(&middle.y);
        let aside = |rect: &Rect| (rect.origin.x - middle.x).max(middle.x - rect.right()).max(Length::ZERO);
        let hit = found.iter().rev().filter(|(rect, _)| at_height(rect) && aside(rect) == Length::ZERO);
        let hit: Vec<Option<NodeId>> = hit.map(|(_, node)| *node).collect();
        let own = hit.iter().find_map(|node| *node);
        let beside = || {
            let beside = found.iter().filter(|(rect, node)| at_height(rect) && node.is_some());
            beside.min_by_key(|(rect, _)| aside(rect)).and_then(|(_, node)| *node)
        };
        if hit.is_empty() { None } else { own.or_else(beside) }
    })
}

/// Where items stand and whose they are, those that are turned around corners too, outermost first.
fn owners(items: &[FrameItem], corners: &mut Vec<Point>, found: &mut Vec<(Rect, Option<NodeId>)>) {
    for item in items {
        let rect = match &item.kind {
            ItemKind::Image { rect, .. } | ItemKind::Rule { rect, .. } => *rect,
            ItemKind::Glyphs(run) => {
                Rect::new(run.origin.x, run.origin.y - run.size, run.width(), run.size + run.size / 4)
            }
            ItemKind::Turned { origin, items } => {
                corners.push(*origin);
                owners(items, corners, found);
                corners.pop();
                continue;
            }
            ItemKind::Path { segments, .. } => match around(segments) {
                Some(rect) => rect,
                None => continue,
            },
            ItemKind::Link { .. } => continue,
        };
        let rect = corners.iter().rev().fold(rect, |rect, corner| turned(rect, *corner));
        let node = if let Owner::Node(node) | Owner::Marker(node) = item.owner { Some(node) } else { None };
        found.push((rect, node));
    }
}

/// The box around an outline and its control points.
fn around(segments: &[PathSegment]) -> Option<Rect> {
    let points = segments.iter().flat_map(|segment| match *segment {
        PathSegment::MoveTo(end) | PathSegment::LineTo(end) => vec![end],
        PathSegment::CubicTo(one, two, end) => vec![one, two, end],
        PathSegment::Close => Vec::new(),
    });
    let corners = points.map(|point| (point, point)).reduce(|(least, most), (point, _)| {
        (Point::new(least.x.min(point.x), least.y.min(point.y)), Point::new(most.x.max(point.x), most.y.max(point.y)))
    });
    corners.map(|(least, most)| Rect::new(least.x, least.y, most.x - least.x, most.y - least.y))
}
