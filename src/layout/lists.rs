//! Generated lists: the contents, and the captions of figures, tables and listings.
//!
//! [`captions`] gathers what they list, [`pages`] sets a list. Start at the latter.

use super::book::{Artifact, ContentsEntry, FrameItem, ItemKind, LinkTarget, ListKind, Navigation, Owner};
use super::content::Content;
use super::flow::translate;
use super::matter::{around, reading, set_block};
use super::pages::Draft;
use super::paragraph::{Composer, Fill};
use crate::document::{
    Attributes, Block, BlockKind, CodeBlock, Direction, Document, Edition, Inline, NodeId, Part, Table, plain_text,
};
use crate::geometry::{Length, Point, Rect};
use crate::style::{CharacterStyle, ParagraphRole, Side, Style, TextAlignment, Weight};
use crate::terms::{Term, number_in};

/// `entries` for the contents, and for the other lists every caption that print shows, in reading order: each on the page
/// that `page` gives, whose text begins at `top`. What has a number but no caption is listed nowhere. Linear.
pub(super) fn captions(
    document: &Document,
    entries: Vec<ContentsEntry>,
    top: Length,
    page: &dyn Fn(NodeId) -> Option<u32>,
) -> Navigation {
    let mut navigation = Navigation { entries, ..Navigation::default() };
    let language = &document.metadata.language;
    let mut add = |block: &Block, list: ListKind, caption: &[Inline]| {
        let words = plain_text(caption).split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(page) = page(block.id).filter(|_| !words.is_empty()) else { return };
        let (list, what) = match list {
            ListKind::Figures => (&mut navigation.figures, Term::Figure),
            ListKind::Tables => (&mut navigation.tables, Term::Table),
            ListKind::Listings => (&mut navigation.listings, Term::Listing),
            ListKind::Contents => return,
        };
        let number = block.attributes.number.as_deref().map(|number| number_in(what, number, language).into());
        list.push(ContentsEntry { number, title: words, target: block.id, depth: 0, page, top });
    };
    for division in &document.divisions {
        each_captioned(&division.blocks, &mut add);
        for note in &division.notes {
            each_captioned(&note.blocks, &mut add);
        }
    }
    navigation
}

/// Calls `visit` with each block in `blocks` that print shows and that can have a caption of its own: of a figure of several
/// panels with the whole.
fn each_captioned(blocks: &[Block], visit: &mut dyn FnMut(&Block, ListKind, &[Inline])) {
    let shown = |attributes: &Attributes| attributes.edition != Some(Edition::Epub);
    for block in blocks.iter().filter(|block| shown(&block.attributes)) {
        match &block.kind {
            BlockKind::FigureGroup { caption, .. } => {
                visit(block, ListKind::Figures, caption);
                continue;
            }
            BlockKind::Figure { caption, .. } => visit(block, ListKind::Figures, caption),
            BlockKind::Table(Table { caption, .. }) => visit(block, ListKind::Tables, caption),
            BlockKind::Code(CodeBlock { caption, .. }) => visit(block, ListKind::Listings, caption),
            BlockKind::Heading { .. }
            | BlockKind::Paragraph(_)
            | BlockKind::Quote(_)
            | BlockKind::List { .. }
            | BlockKind::DefinitionList(_)
            | BlockKind::Verse(_)
            | BlockKind::Break
            | BlockKind::PageBreak
            | BlockKind::Formula(_)
            | BlockKind::Admonition { .. }
            | BlockKind::Container { .. }
            | BlockKind::Bibliography(_)
            | BlockKind::Index(_) => {}
        }
        for part in block.parts() {
            if let Part::Blocks(blocks) = part {
                each_captioned(blocks, visit);
            }
        }
    }
}

/// The last page of a list has so many entries at least.
const LEAST_LAST_ENTRIES: usize = 5;

/// How many lines stand between two lists on a page.
const LINES_BETWEEN: i64 = 3;

/// The pages of a list, and where it ends on the last: each entry with a leader and the label of its page. `above` is where
/// a list before it ends: there it begins on the same page, which comes first, without what stands on it already.
pub(super) fn pages(
    kind: ListKind,
    entries: &[ContentsEntry],
    labels: &[String],
    style: &Style,
    heading: &str,
    above: Option<Length>,
    composer: &mut Composer<'_>,
) -> (Vec<Draft>, Length) {
    let grid = style.page.baseline;
    let bottom = grid * style.page.lines();
    let measure = style.page.type_area(Side::Recto).size.width;
    let mut drafts = Vec::new();
    let mut draft = Draft { opener: true, ..Draft::default() };
    let sinkage = grid * i64::from(style.sinkage);
    let start = above.map_or(sinkage / 2, |end| end + grid * LINES_BETWEEN);
    let role = ParagraphRole::ContentsHeading;
    let mut y = set_block(heading, role, Owner::ListHeading(kind), start, style, composer, &mut draft.items);
    y = (y + style.paragraph(role).space_after).round_up(grid);
    let mut top = y;
    let labels_width = labels_width(kind, entries, labels, style, composer);
    let columns = number_columns(kind, entries, style, composer);
    let around = around(style);
    let left_of = |start: Length, width: Length| match around {
        Direction::LeftToRight => start,
        Direction::RightToLeft => measure - start - width,
    };
    for (number, entry) in (0..).zip(entries) {
        let role = entry_role(kind, entry.depth);
        let paragraph_style = style.paragraph(role);
        let owner = Owner::ListEntry(kind, number);
        let depth = usize::from(entry.depth);
        let left: Length = (0..depth).map(|above| columns.get(above).copied().unwrap_or(style.list_indent)).sum();
        let left = left.min(measure / 2);
        let column =
            if entry.number.is_some() { columns.get(depth).copied().unwrap_or_default() } else { Length::ZERO };
        let indent = left + column;
        let above = (number as usize).checked_sub(1).and_then(|above| entries.get(above));
        let has_levels = [above, entries.get(number as usize + 1)].into_iter().flatten().any(|entry| entry.depth > 0);
        if entry.depth == 0 && has_levels && y > top {
            // What is below a part or a chapter belongs together.
            y += grid / 2;
        }
        let label = labels.get(entry.page as usize).map_or("", String::as_str);
        let figure = Content::generated(label, paragraph_style.character, owner);
        let (_, label_width) = composer.widths(&figure);
        let gap = paragraph_style.character.size;
        let width = (measure - indent - labels_width - gap * 2).max(gap * 4);
        let fill = reading(&entry.title, Fill::ragged(width, TextAlignment::Start), style);
        let paragraph = composer.paragraph(Content::generated(&entry.title, paragraph_style.character, owner), &fill);
        let lines = paragraph.variants()[0].0.to_vec();
        let height = grid * i64::try_from(lines.len()).unwrap_or(1);
        // What opens a level stays with the first entry of the next.
        let rest = entries.get(number as usize..).unwrap_or_default();
        let below = rest.windows(2).take_while(|pair| pair[1].depth > pair[0].depth).count();
        // Few entries don't stand alone on the last page.
        let below = if rest.len() == LEAST_LAST_ENTRIES { rest.len() - 1 } else { below };
        let kept = grid * i64::try_from(below).unwrap_or(0);
        if y + height + kept > bottom && !draft.items.is_empty() {
            drafts.push(std::mem::take(&mut draft));
            y = Length::ZERO;
            top = y;
        }
        let start = y;
        let mut end = Length::ZERO;
        if let Some(name) = &entry.number {
            // A space behind the number keeps it apart from the title for those who hear both.
            let name = Content::generated(&format!("{name} "), paragraph_style.character, owner);
            let (_, wide) = composer.widths(&name);
            let at = Point::new(left_of(left, wide), y + style.page.first_baseline);
            let items = composer.verbatim(name, paragraph_style.character.size / 4);
            draft.items.extend(items.into_iter().map(|item| translate(item, at)));
        }
        for (index, line) in lines.iter().enumerate() {
            let composed = paragraph.compose(line, &fill, index, composer);
            let at = Point::new(left_of(indent, width), y + style.page.first_baseline);
            end = indent
                + match around {
                    Direction::LeftToRight => composed.width,
                    Direction::RightToLeft => width - left_end(&composed.items, width),
                };
            draft.items.extend(composed.items.into_iter().map(|item| translate(item, at)));
            y += grid;
        }
        let baseline = y - grid + style.page.first_baseline;
        let (from, to) = (end + gap / 2, measure - labels_width - gap / 2);
        let dots = Dots { from: left_of(from, to - from), to: left_of(from, to - from) + to - from, baseline };
        leader(&dots, role, style, composer, &mut draft.items);
        let at = Point::new(left_of(measure - label_width, label_width), baseline);
        let fill = Fill::ragged(label_width * 2, TextAlignment::Start);
        let paragraph = composer.paragraph(figure, &fill);
        if let Some(line) = paragraph.variants()[0].0.first().cloned() {
            let composed = paragraph.compose(&line, &fill, 0, composer);
            draft.items.extend(composed.items.into_iter().map(|item| translate(item, at)));
        }
        let rect = Rect::new(left_of(left, measure - left), start, measure - left, y - start);
        let target = LinkTarget::Node(entry.target);
        draft.items.push(FrameItem { owner, kind: ItemKind::Link { rect, target } });
    }
    drafts.push(draft);
    (drafts, y)
}

/// What heads a level of the contents stands out; captions are all alike.
fn entry_role(kind: ListKind, depth: u8) -> ParagraphRole {
    if kind == ListKind::Contents && depth == 0 {
        ParagraphRole::ContentsEntry
    } else {
        ParagraphRole::ContentsSubentry
    }
}

/// How wide the widest label of a page is: all leaders end before it.
fn labels_width(
    kind: ListKind,
    entries: &[ContentsEntry],
    labels: &[String],
    style: &Style,
    composer: &mut Composer<'_>,
) -> Length {
    let widths = entries.iter().filter_map(|entry| {
        let character = style.paragraph(entry_role(kind, entry.depth)).character;
        let label = labels.get(entry.page as usize)?;
        Some(composer.widths(&Content::generated(label, character, Owner::Artifact(Artifact::Layout))).1)
    });
    widths.max().unwrap_or_default()
}

/// How far the titles of each level stand from where their numbers begin: room for the widest number; an indent where no
/// entry of the level has one.
fn number_columns(
    kind: ListKind,
    entries: &[ContentsEntry],
    style: &Style,
    composer: &mut Composer<'_>,
) -> Vec<Length> {
    let mut columns: Vec<Length> = Vec::new();
    for entry in entries {
        let depth = usize::from(entry.depth);
        columns.resize(columns.len().max(depth + 1), style.list_indent);
        if let Some(number) = &entry.number {
            let character = style.paragraph(entry_role(kind, entry.depth)).character;
            let name = Content::generated(number, character, Owner::Artifact(Artifact::Layout));
            columns[depth] = columns[depth].max(composer.widths(&name).1 + character.size * 2 / 3);
        }
    }
    columns
}

/// How far from the left the letters of a line begin; `width` where there are none.
fn left_end(items: &[FrameItem], width: Length) -> Length {
    let ends = items.iter().filter_map(|item| match &item.kind {
        ItemKind::Glyphs(run) => Some(run.origin.x),
        ItemKind::Path { .. }
        | ItemKind::Rule { .. }
        | ItemKind::Image { .. }
        | ItemKind::Link { .. }
        | ItemKind::Turned { .. } => None,
    });
    ends.min().unwrap_or(width)
}

/// Where a leader may go.
struct Dots {
    from: Length,
    to: Length,
    baseline: Length,
}

/// Light dots on a raster that all leaders of the page share.
fn leader(dots: &Dots, role: ParagraphRole, style: &Style, composer: &mut Composer<'_>, items: &mut Vec<FrameItem>) {
    let &Dots { from, to, baseline } = dots;
    let character = CharacterStyle { weight: Weight::Regular, ..style.paragraph(role).character };
    let step = character.size * 3 / 5;
    let first = from.round_up(step);
    let count = (to - first).raw() / step.raw().max(1);
    if count < 3 {
        return;
    }
    let dots = ".".repeat(usize::try_from(count).unwrap_or(0));
    let owner = Owner::Artifact(Artifact::Layout);
    let width = composer.advance_of('.', &character);
    let mut content = Content::generated(&dots, character, owner);
    for segment in &mut content.segments {
        let extra = (step - width).raw() * 1000 / character.size.raw().max(1);
        segment.style.tracking = i16::try_from(extra).unwrap_or(300);
    }
    for item in composer.verbatim(content, step) {
        items.push(translate(item, Point::new(first, baseline)));
    }
}
