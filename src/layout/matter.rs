//! Generated matter: the title page, the contents, running heads and folios.

use super::book::{Artifact, FrameItem, ItemKind, LinkTarget, Navigation, Owner, PageLabel, TitleLine};
use super::content::Content;
use super::flow::{rule, translate};
use super::pages::Draft;
use super::paragraph::{Composer, Fill};
use crate::document::{Direction, Metadata};
use crate::geometry::{Length, Point, Rect};
use crate::style::{Binding, CharacterStyle, FolioPlace, ParagraphRole, Side, Style, TextAlignment, Weight};

/// Which way the book reads.
fn around(style: &Style) -> Direction {
    match style.page.binding {
        Binding::Left => Direction::LeftToRight,
        Binding::Right => Direction::RightToLeft,
    }
}

/// `fill` for lines of `text`, which begin at the edge where those of the book do.
fn reading(text: &str, fill: Fill, style: &Style) -> Fill {
    let around = around(style);
    let direction = Direction::of_text(text, around);
    let alignment = if direction == around { fill.alignment } else { fill.alignment.turned() };
    Fill { alignment, direction, ..fill }
}

/// Sets `text` in the role's style from `top` down; returns its bottom, a whole number of lines below.
fn set_block(
    text: &str,
    role: ParagraphRole,
    owner: Owner,
    top: Length,
    style: &Style,
    composer: &mut Composer<'_>,
    items: &mut Vec<FrameItem>,
) -> Length {
    let paragraph_style = style.paragraph(role);
    let measure = style.page.type_area(Side::Recto).size.width;
    let content = Content::generated(text, paragraph_style.character, owner);
    let fill = Fill::of(paragraph_style, measure, Length::ZERO);
    let fill = reading(text, fill, style);
    let (paragraph, fill, offset) = composer.balanced(&content, &fill);
    let mut y = top;
    for (index, line) in paragraph.variants()[0].0.to_vec().iter().enumerate() {
        let composed = paragraph.compose(line, &fill, index, composer);
        let baseline = y + paragraph_style.leading.permille(714);
        items.extend(composed.items.into_iter().map(|item| translate(item, Point::new(offset, baseline))));
        y += paragraph_style.leading;
    }
    y
}

/// The title page: title at two fifths of the height, subtitle below, authors apart, the imprint at the foot.
pub(super) fn title_page(metadata: &Metadata, style: &Style, composer: &mut Composer<'_>) -> Draft {
    let grid = style.page.baseline;
    let lines = style.page.lines();
    let mut draft = Draft { opener: true, ..Draft::default() };
    let items = &mut draft.items;
    let top = grid * (lines * 27 / 100);
    let title = Owner::TitlePage(TitleLine::Title);
    let mut y = set_block(&metadata.title, ParagraphRole::Title, title, top, style, composer, items);
    if !metadata.subtitle.is_empty() {
        y += style.paragraph(ParagraphRole::Subtitle).space_before;
        let owner = Owner::TitlePage(TitleLine::Subtitle);
        y = set_block(&metadata.subtitle, ParagraphRole::Subtitle, owner, y, style, composer, items);
    }
    if !metadata.authors.is_empty() {
        y = y.round_up(grid) + grid * 2;
        let measure = style.page.type_area(Side::Recto).size.width;
        let width = Length::pt(36);
        let left = match (style.paragraph(ParagraphRole::Title).alignment, around(style)) {
            (TextAlignment::Center, _) => (measure - width) / 2,
            (TextAlignment::Start | TextAlignment::Justified, Direction::LeftToRight)
            | (TextAlignment::End, Direction::RightToLeft) => Length::ZERO,
            (TextAlignment::Start | TextAlignment::Justified, Direction::RightToLeft)
            | (TextAlignment::End, Direction::LeftToRight) => measure - width,
        };
        items.push(rule(Rect::new(left, y, width, Length::millipoints(500))));
        y += grid * 2;
        for (number, author) in (0..).zip(&metadata.authors) {
            let owner = Owner::TitlePage(TitleLine::Author(number));
            y = set_block(author, ParagraphRole::Author, owner, y, style, composer, items);
        }
    }
    let year = metadata.date.get(..4).unwrap_or_default();
    let imprint: Vec<&str> = [metadata.publisher.as_str(), year].into_iter().filter(|part| !part.is_empty()).collect();
    if !imprint.is_empty() {
        let foot = (grid * (lines - 1)).max(y + grid);
        let owner = Owner::TitlePage(TitleLine::Imprint);
        set_block(&imprint.join(" · "), ParagraphRole::Imprint, owner, foot, style, composer, items);
    }
    draft
}

/// The pages of the contents: each entry with a leader and the label of its page.
pub(super) fn contents(
    navigation: &Navigation,
    labels: &[String],
    style: &Style,
    heading: &str,
    composer: &mut Composer<'_>,
) -> Vec<Draft> {
    let grid = style.page.baseline;
    let bottom = grid * style.page.lines();
    let measure = style.page.type_area(Side::Recto).size.width;
    let mut drafts = Vec::new();
    let mut draft = Draft { opener: true, ..Draft::default() };
    let sinkage = grid * i64::from(style.sinkage);
    let role = ParagraphRole::ContentsHeading;
    let mut y = set_block(heading, role, Owner::ContentsHeading, sinkage / 2, style, composer, &mut draft.items);
    y = (y + style.paragraph(role).space_after).round_up(grid);
    let first = y;
    let has_levels = navigation.entries.iter().any(|entry| entry.depth > 0);
    let columns = number_columns(navigation, style, composer);
    let around = around(style);
    let left_of = |start: Length, width: Length| match around {
        Direction::LeftToRight => start,
        Direction::RightToLeft => measure - start - width,
    };
    for (number, entry) in (0..).zip(&navigation.entries) {
        let role = contents_role(entry.depth);
        let paragraph_style = style.paragraph(role);
        let owner = Owner::ContentsEntry(number);
        let depth = usize::from(entry.depth);
        let left: Length = (0..depth).map(|above| columns.get(above).copied().unwrap_or(style.list_indent)).sum();
        let left = left.min(measure / 2);
        let column =
            if entry.number.is_some() { columns.get(depth).copied().unwrap_or_default() } else { Length::ZERO };
        let indent = left + column;
        if entry.depth == 0 && has_levels && y > first {
            // What is below a part or a chapter belongs together.
            y += grid / 2;
        }
        let label = labels.get(entry.page as usize).map_or("", String::as_str);
        let figure = Content::generated(label, paragraph_style.character, owner);
        let (_, label_width) = composer.widths(&figure);
        let gap = paragraph_style.character.size;
        let width = (measure - indent - label_width - gap * 2).max(gap * 4);
        let fill = reading(&entry.title, Fill::ragged(width, TextAlignment::Start), style);
        let paragraph = composer.paragraph(Content::generated(&entry.title, paragraph_style.character, owner), &fill);
        let lines = paragraph.variants()[0].0.to_vec();
        let height = grid * i64::try_from(lines.len()).unwrap_or(1);
        if y + height > bottom && !draft.items.is_empty() {
            drafts.push(std::mem::take(&mut draft));
            y = Length::ZERO;
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
        let (from, to) = (end + gap / 2, measure - label_width - gap / 2);
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
    drafts
}

fn contents_role(depth: u8) -> ParagraphRole {
    if depth == 0 { ParagraphRole::ContentsEntry } else { ParagraphRole::ContentsSubentry }
}

/// How far the titles of each level stand from where their numbers begin: room for the widest number; an indent where no
/// entry of the level has one.
fn number_columns(navigation: &Navigation, style: &Style, composer: &mut Composer<'_>) -> Vec<Length> {
    let mut columns: Vec<Length> = Vec::new();
    for entry in &navigation.entries {
        let depth = usize::from(entry.depth);
        columns.resize(columns.len().max(depth + 1), style.list_indent);
        if let Some(number) = &entry.number {
            let character = style.paragraph(contents_role(entry.depth)).character;
            let name = Content::generated(number, character, Owner::ContentsHeading);
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

/// What furniture needs to know of a page.
pub(super) struct Furniture<'a> {
    pub label: &'a PageLabel,
    pub side: Side,
    /// The running head; empty for none.
    pub head: &'a str,
    /// Whether the page shows its number: not the title page, not a blank.
    pub folio: bool,
}

/// Running head and folio, in page coordinates.
pub(super) fn furniture(page: &Furniture<'_>, style: &Style, composer: &mut Composer<'_>) -> Vec<FrameItem> {
    let area = style.page.type_area(page.side);
    let grid = style.page.baseline;
    let mut items = Vec::new();
    let head_baseline = area.origin.y - grid * 2 + style.page.first_baseline;
    let foot_baseline = area.origin.y + grid * (style.page.lines() + 1) + style.page.first_baseline;
    let outer = match page.side {
        Side::Recto => TextAlignment::End,
        Side::Verso => TextAlignment::Start,
    };
    let mut set = |text: &str, role: ParagraphRole, owner: Artifact, alignment: TextAlignment, baseline: Length| {
        let character = style.paragraph(role).character;
        let content = Content::generated(text, character, Owner::Artifact(owner));
        let fill = reading(text, Fill::ragged(area.size.width, alignment), style);
        let paragraph = composer.paragraph(content, &fill);
        if let Some(line) = paragraph.variants()[0].0.first().cloned() {
            let composed = paragraph.compose(&line, &fill, 0, composer);
            let at = Point::new(area.origin.x, baseline);
            items.extend(composed.items.into_iter().map(|item| translate(item, at)));
        }
    };
    if !page.head.is_empty() {
        set(page.head, ParagraphRole::RunningHead, Artifact::Header, TextAlignment::Center, head_baseline);
    }
    if page.folio {
        let label = page.label.text();
        match style.furniture.folio {
            FolioPlace::Head if !page.head.is_empty() => {
                set(&label, ParagraphRole::Folio, Artifact::Header, outer, head_baseline);
            }
            FolioPlace::None => {}
            FolioPlace::FootOuter => set(&label, ParagraphRole::Folio, Artifact::Footer, outer, foot_baseline),
            FolioPlace::Head | FolioPlace::Foot => {
                set(&label, ParagraphRole::Folio, Artifact::Footer, TextAlignment::Center, foot_baseline);
            }
        }
    }
    items
}
