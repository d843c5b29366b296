//! Manuscripts, laid out as a build does it, with the bundled faces alone, on pages of any size; and their pages as text.
//!
//! Start at [`lay_out_files`] and at [`dump`].

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use pressmark::BuildRequest;
use pressmark::diagnostics::{Diagnostic, SourceFiles};
use pressmark::document::{Block, BlockKind, Document, Inline, InlineKind, Node, NodeId, plain_text, walk};
use pressmark::font::FontBook;
use pressmark::geometry::{Insets, Length, Rect, Size};
use pressmark::layout::book::{
    Artifact, Book, FlowPosition, Frame, FrameItem, GlyphRun, Ink, ItemKind, LinkTarget, Owner, Page, PathSegment,
};
use pressmark::layout::lay_out;
use pressmark::project::{self, Opening};
use pressmark::style::{NotePlace, Style, themes};
use proptest::prelude::ProptestConfig;

/// A theme's style on a page whose type area is `measure` points wide and `lines` lines high, with margins as narrow as
/// what stands in them allows.
pub(crate) fn small(theme: &str, measure: i64, lines: i64) -> Style {
    let mut style = themes::by_name(theme).unwrap();
    let beside = match style.notes.place {
        NotePlace::Side => style.notes.side_gap + style.notes.side_width,
        NotePlace::Foot | NotePlace::ChapterEnd | NotePlace::BookEnd => Length::ZERO,
    };
    let page = &mut style.page;
    let (edge, inner, outer) = (Length::pt(40), Length::pt(30), Length::pt(40) + beside);
    page.margins = Insets { top: edge, bottom: edge, inner, outer };
    let width = Length::pt(measure) + page.margins.inner + page.margins.outer;
    page.trim = Size::new(width, page.baseline * lines + page.margins.top + page.margins.bottom);
    style
}

/// The bundled faces, read once.
pub(crate) fn bundled() -> Arc<FontBook> {
    static FONTS: OnceLock<Arc<FontBook>> = OnceLock::new();
    Arc::clone(FONTS.get_or_init(|| Arc::new(FontBook::bundled())))
}

/// A property holds for so many random cases, or for as many as the environment's `PROPTEST_CASES` asks for.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = ProptestConfig::default();
    ProptestConfig { cases: if asked { default.cases } else { usual }, ..default }
}

/// Lays out the project at `path`, a file or a folder, in `style`.
pub(crate) fn lay_out_files(path: &Path, style: Style) -> (Book, Vec<Diagnostic>) {
    let (document, mut diagnostics) = pressmark::read(&BuildRequest { path: path.into(), ..BuildRequest::default() });
    let document = document.unwrap_or_else(|| panic!("{diagnostics:#?}"));
    let opening = Opening { path, out: None, targets: &[], set: &[], source_date_epoch: None };
    let project = project::open(&opening, &mut SourceFiles::default(), &mut Vec::new()).unwrap();
    let (graphics, images, _) = project.images(&document.divisions);
    let (book, mut found) = lay_out(document, style, bundled(), graphics, images);
    diagnostics.append(&mut found);
    (book, diagnostics)
}

/// Which pages a dump shows.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Pages {
    /// Those of the main text.
    Text,
    /// All of them, and the contents.
    All,
}

/// The pages of a book as text, for people to read and to compare.
///
/// A row for each line of type, each rule, image, drawing and link, from the top of the page down. A row begins with the
/// line of the grid that its baseline stands on, else with the points from the top of the type area (`12.3pt`); behind
/// `|` stand the points from the area's left edge. A further column on the same baseline begins with its own number in
/// `‹ ›`. Faces and sizes stand in braces where they change. In brackets stands what is generated for a node, between
/// tildes what is there for looks; `¬` is a hyphen that the program put in. A line that reaches the right edge of the
/// type area ends in `|`, one that goes far beyond it in `>>`.
pub(crate) fn dump(book: &Book, diagnostics: &[Diagnostic], pages: Pages) -> String {
    let names = names(&book.document);
    let mut out = String::new();
    for page in &book.pagination.pages {
        if pages == Pages::All || page.starts_at.is_some() {
            dump_page(page, book, &names, &mut out);
        }
    }
    if pages == Pages::All {
        out.push_str("── contents\n");
        for entry in &book.navigation.entries {
            let label = book.pagination.pages[entry.page as usize].label.text();
            let indent = "  ".repeat(usize::from(entry.depth));
            let (text, top) = (entry.text(), points(entry.top - book.style.page.margins.top));
            writeln!(out, "{indent}{text} → page {label}, {top}").unwrap();
        }
    }
    for finding in diagnostics {
        writeln!(out, "{}: {}", finding.code, finding.message).unwrap();
    }
    out
}

fn dump_page(page: &Page, book: &Book, names: &BTreeMap<NodeId, String>, out: &mut String) {
    let area = book.style.page.type_area(page.side);
    let start = page.starts_at.map(|start| format!(", from {}", position(start, book, names))).unwrap_or_default();
    writeln!(out, "── page {}, {:?}{start}", page.label.text(), page.side).unwrap();
    let whole = Rect::new(Length::ZERO, Length::ZERO, book.style.page.trim.width, book.style.page.trim.height);
    for frame in &page.frames {
        if frame.rect != area && frame.rect != whole {
            writeln!(out, "frame {}", shown_rect(&frame.rect, &area)).unwrap();
        }
        dump_frame(frame, &area, book, names, out);
    }
}

/// What a row shows.
enum Row<'a> {
    Line(Vec<(Owner, &'a GlyphRun)>),
    Other(String),
}

fn dump_frame(frame: &Frame, area: &Rect, book: &Book, names: &BTreeMap<NodeId, String>, out: &mut String) {
    let mut rows: Vec<(Length, Row<'_>)> = Vec::new();
    for FrameItem { owner, kind } in &frame.items {
        let (y, row) = match kind {
            ItemKind::Glyphs(run) => {
                let here = rows.iter_mut().find(|(y, row)| *y == run.origin.y && matches!(row, Row::Line(_)));
                if let Some((_, Row::Line(runs))) = here {
                    runs.push((*owner, run));
                    continue;
                }
                (run.origin.y, Row::Line(vec![(*owner, run)]))
            }
            ItemKind::Rule { rect, ink } => {
                (rect.origin.y, Row::Other(format!("rule {}{}", shown_rect(rect, area), shown_ink(*ink))))
            }
            ItemKind::Path { segments, ink } => {
                let rect = extent(segments);
                (rect.origin.y, Row::Other(format!("path {}{}", shown_rect(&rect, area), shown_ink(*ink))))
            }
            ItemKind::Image { rect, graphic } => {
                let format = book.graphics.get(*graphic).unwrap().format;
                (rect.origin.y, Row::Other(format!("image {} {format:?}", shown_rect(rect, area))))
            }
            ItemKind::Link { rect, target } => {
                let target = match target {
                    LinkTarget::Node(node) => names.get(node).cloned().unwrap_or_else(|| format!("{node:?}")),
                    LinkTarget::External(address) => address.clone(),
                    LinkTarget::Broken => "nowhere".to_owned(),
                };
                let (left, right) = (rect.origin.x - area.origin.x, rect.origin.x + rect.size.width - area.origin.x);
                let link = format!("link {} to {} → {target}", points(left), points(right));
                (rect.bottom(), Row::Other(link))
            }
            ItemKind::Turned { origin, items } => {
                // As it is read: from the foot of the page to its head.
                let rect = Rect::new(Length::ZERO, Length::ZERO, area.size.height, area.size.width);
                let mut turned = String::new();
                dump_frame(&Frame { rect, items: items.clone() }, &rect, book, names, &mut turned);
                let at = (points(origin.x - area.origin.x), points(origin.y - area.origin.y));
                let rows: String = turned.lines().map(|row| format!("\n   ↺ {row}")).collect();
                (area.origin.y, Row::Other(format!("turned around {}, {}pt{rows}", at.0, at.1)))
            }
        };
        rows.push((y, row));
    }
    rows.sort_by_key(|(y, _)| *y);
    let mut face = String::new();
    for (y, row) in &rows {
        match row {
            Row::Other(text) => writeln!(out, "     {text}").unwrap(),
            Row::Line(runs) => {
                let line = shown_line(runs, area, book, &mut face);
                writeln!(out, "{} | {line}", height(*y, area, book)).unwrap();
            }
        }
    }
}

/// The line of the grid on which a baseline stands, counted from 1 at the top of the type area, or how far down it is.
fn height(y: Length, area: &Rect, book: &Book) -> String {
    let page = &book.style.page;
    let from_first = y - area.origin.y - page.first_baseline;
    if from_first.raw() % page.baseline.raw() == 0 {
        format!("{:6}", from_first.raw() / page.baseline.raw() + 1)
    } else {
        format!("{:>6}", points(y - area.origin.y) + "pt")
    }
}

/// A run beyond the end of the one before by less than this follows it in the same column.
fn word_gap(run: &GlyphRun) -> Length {
    run.size.permille(900)
}

fn shown_line(runs: &[(Owner, &GlyphRun)], area: &Rect, book: &Book, face: &mut String) -> String {
    // Columns in the order of painting, which is that of reading, then from left to right.
    let mut columns: Vec<(Length, Length, Vec<(Owner, &GlyphRun)>)> = Vec::new();
    for &(owner, run) in runs {
        let (left, right) = (run.origin.x, run.origin.x + run.width());
        let gap = word_gap(run);
        let near = |(from, to, _): &&mut (Length, Length, Vec<_>)| left <= *to + gap && right >= *from - gap;
        match columns.iter_mut().find(near) {
            Some((from, to, own)) => {
                (*from, *to) = ((*from).min(left), (*to).max(right));
                own.push((owner, run));
            }
            None => columns.push((left, right, vec![(owner, run)])),
        }
    }
    columns.sort_by_key(|(from, ..)| *from);
    let mut line = String::new();
    for (number, (from, _, runs)) in columns.iter().enumerate() {
        let x = points(*from - area.origin.x);
        if number == 0 {
            write!(line, "{x:>5} ").unwrap();
        } else {
            line.truncate(line.trim_end().len());
            write!(line, " ‹{x}› ").unwrap();
        }
        for (owner, run) in runs {
            let own = shown_face(run, book);
            if *face != own {
                write!(line, "{{{own}}}").unwrap();
                *face = own;
            }
            line.push_str(&shown_run(*owner, run));
        }
    }
    line.truncate(line.trim_end().len());
    let end = columns.iter().map(|(_, to, _)| *to).max().unwrap() - area.origin.x - area.size.width;
    if end > Length::pt(4) {
        write!(line, " >> {}", points(end)).unwrap();
    } else if end >= Length::millipoints(-100) {
        line.push_str(" |");
    }
    line
}

fn shown_run(owner: Owner, run: &GlyphRun) -> String {
    let text = match run.text.as_str() {
        "" => "¬".to_owned(),
        dots if dots.len() > 3 && dots.chars().all(|dot| dot == '.') => "…".to_owned(),
        text => text.replace('\u{a0}', "⍽").replace('\n', "⏎"),
    };
    match owner {
        Owner::Node(_)
        | Owner::HalfTitle
        | Owner::TitlePage(_)
        | Owner::CopyrightLine(_)
        | Owner::ListHeading(_)
        | Owner::ListEntry(..) => text,
        Owner::Marker(_) | Owner::Locator(..) => format!("[{text}]"),
        Owner::Artifact(Artifact::Header) => format!("head: {text}"),
        Owner::Artifact(Artifact::Footer) => format!("foot: {text}"),
        Owner::Artifact(Artifact::Layout) => format!("~{text}~"),
    }
}

/// Family, weight, slope, small capitals and size.
fn shown_face(run: &GlyphRun, book: &Book) -> String {
    let name = book.fonts.face(run.face).postscript_name();
    let families = [("LibertinusSerif", "serif"), ("SourceSans3", "sans"), ("SourceCodePro", "mono")];
    let short = families.iter().find_map(|(long, short)| Some((short, name.strip_prefix(long)?)));
    let mut face = match short {
        Some((family, "-Regular" | "")) => (*family).to_owned(),
        Some((family, rest)) => format!("{family}{rest}"),
        None => name.to_owned(),
    };
    let features = [
        (run.features.small_caps, "smcp"),
        (run.features.superior, "sups"),
        (run.features.fractions, "frac"),
        (run.features.tabular, "tnum"),
    ];
    features.iter().filter(|(on, _)| *on).for_each(|(_, name)| write!(face, " {name}").unwrap());
    if let Some(language) = &run.language {
        write!(face, " {language}").unwrap();
    }
    write!(face, " {}", points(run.size)).unwrap();
    face
}

fn shown_ink(ink: Ink) -> String {
    match ink {
        Ink::Black => String::new(),
        Ink::Tint(percent) => format!(" {percent} %"),
        Ink::Color([red, green, blue]) => format!(" #{red:02x}{green:02x}{blue:02x}"),
    }
}

/// Left and top, from the corner of the type area, and the size.
fn shown_rect(rect: &Rect, area: &Rect) -> String {
    let (x, y) = (points(rect.origin.x - area.origin.x), points(rect.origin.y - area.origin.y));
    format!("{x}, {y}pt: {} × {}", points(rect.size.width), points(rect.size.height))
}

/// The box around the points of an outline.
pub(crate) fn extent(segments: &[PathSegment]) -> Rect {
    let points = segments.iter().flat_map(|segment| match *segment {
        PathSegment::MoveTo(point) | PathSegment::LineTo(point) => vec![point],
        PathSegment::CubicTo(first, second, end) => vec![first, second, end],
        PathSegment::Close => Vec::new(),
    });
    let points: Vec<_> = points.collect();
    let xs = || points.iter().map(|point| point.x);
    let ys = || points.iter().map(|point| point.y);
    let (left, top) = (xs().min().unwrap_or_default(), ys().min().unwrap_or_default());
    Rect::new(left, top, xs().max().unwrap_or_default() - left, ys().max().unwrap_or_default() - top)
}

/// Points with one decimal.
fn points(length: Length) -> String {
    // No line has moved where a zero has changed its sign.
    let text = format!("{:.1}", length.to_pt());
    if text == "-0.0" { "0.0".to_owned() } else { text }
}

/// What to call the nodes that links and pages lead to.
fn names(document: &Document) -> BTreeMap<NodeId, String> {
    let mut names = BTreeMap::new();
    for division in &document.divisions {
        for (number, note) in (1..).zip(&division.notes) {
            names.insert(note.id, format!("note {number}"));
        }
        walk(division.all_blocks(), &mut |node| {
            let (id, label, text) = match node {
                Node::Block(Block { id, attributes, kind, .. }) => {
                    let text = match kind {
                        BlockKind::Heading { content, .. } => plain_text(content),
                        BlockKind::Bibliography(works) => {
                            names.extend(works.iter().map(|work| (work.id, format!("work {}", work.key))));
                            String::new()
                        }
                        BlockKind::DefinitionList(definitions) => {
                            let terms =
                                definitions.iter().map(|own| (own.id, format!("term {}", plain_text(&own.term))));
                            names.extend(terms);
                            String::new()
                        }
                        _ => String::new(),
                    };
                    (*id, attributes.label.clone(), text)
                }
                Node::Inline(Inline { id, attributes, kind, .. }) => {
                    let text = match kind {
                        InlineKind::IndexMark(mark) => format!("index mark {}", mark.path.join("!")),
                        InlineKind::NoteReference(_) => "the reference to a note".to_owned(),
                        _ => String::new(),
                    };
                    (*id, attributes.label.clone(), text)
                }
            };
            if let Some(label) = label {
                names.insert(id, format!("#{label}"));
            } else if !text.is_empty() {
                names.insert(id, format!("“{text}”"));
            }
        });
    }
    names
}

/// Where a page starts: the words there, or what else.
fn position(start: FlowPosition, book: &Book, names: &BTreeMap<NodeId, String>) -> String {
    let mut found = None;
    walk(book.document.divisions[start.node.division as usize].all_blocks(), &mut |node| match node {
        Node::Block(block) if block.id == start.node => {
            found = Some(match &block.kind {
                BlockKind::Code(code) => Ok(code.text.clone()),
                BlockKind::Figure { .. } => Err("a figure"),
                BlockKind::Formula(_) => Err("a formula"),
                BlockKind::Break => Err("a break"),
                other => panic!("a page starts at a leaf, not at {other:?}"),
            });
        }
        Node::Inline(inline) if inline.id == start.node => {
            found = Some(match &inline.kind {
                InlineKind::Text(text) | InlineKind::Code(text) => Ok(text.clone()),
                InlineKind::Image(_) => Err("an image"),
                InlineKind::Formula(_) => Err("a formula"),
                InlineKind::PageReference { .. } => Err("a page reference"),
                InlineKind::NoteReference(_) => Err("a note's number"),
                InlineKind::LineBreak => Err("a line's end"),
                other => panic!("a page starts at a leaf, not at {other:?}"),
            });
        }
        Node::Block(_) | Node::Inline(_) => {}
    });
    match found {
        Some(Ok(text)) => {
            let words: String = text[start.offset as usize..].chars().take(18).collect();
            format!("“{}”", words.replace('\n', "⏎"))
        }
        Some(Err(what)) => what.to_owned(),
        // A row of a table or an item that has no words.
        None => names.get(&start.node).cloned().unwrap_or_else(|| format!("{start:?}")),
    }
}
