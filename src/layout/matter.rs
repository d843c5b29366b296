//! Generated matter: the half-title, the title page and the copyright page.

use super::book::{FrameItem, Owner, TitleLine};
use super::content::Content;
use super::flow::{rule, translate};
use super::pages::Draft;
use super::paragraph::{Composer, Fill};
use crate::document::{Direction, Metadata};
use crate::geometry::{Length, Point, Rect};
use crate::style::{Binding, CharacterStyle, ParagraphRole, ParagraphStyle, Side, Style, TextAlignment};

/// How much of the measure the lines of the copyright page have, in thousandths.
const COPYRIGHT_MEASURE: i64 = 860;

/// Where titles begin, from the top of the type area: their lines then stand about the optical centre, at two fifths.
fn title_top(style: &Style) -> Length {
    style.page.baseline * (style.page.lines() * 27 / 100)
}

/// Which way the book reads.
pub(super) fn around(style: &Style) -> Direction {
    match style.page.binding {
        Binding::Left => Direction::LeftToRight,
        Binding::Right => Direction::RightToLeft,
    }
}

/// `fill` for lines of `text`, which begin at the edge where those of the book do.
pub(super) fn reading(text: &str, fill: Fill, style: &Style) -> Fill {
    let around = around(style);
    let direction = Direction::of_text(text, around);
    let alignment = if direction == around { fill.alignment } else { fill.alignment.turned() };
    Fill { alignment, direction, ..fill }
}

/// Sets `text` in the role's style from `top` down; returns its bottom, a whole number of lines below.
pub(super) fn set_block(
    text: &str,
    role: ParagraphRole,
    owner: Owner,
    top: Length,
    style: &Style,
    composer: &mut Composer<'_>,
    items: &mut Vec<FrameItem>,
) -> Length {
    set_styled(text, style.paragraph(role), owner, top, style, composer, items)
}

/// The same in a style of its own.
fn set_styled(
    text: &str,
    paragraph_style: &ParagraphStyle,
    owner: Owner,
    top: Length,
    style: &Style,
    composer: &mut Composer<'_>,
    items: &mut Vec<FrameItem>,
) -> Length {
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
    let top = title_top(style);
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

/// The half-title: the short title alone, smaller than on the title page and at the height of its first line.
pub(super) fn half_title(metadata: &Metadata, style: &Style, composer: &mut Composer<'_>) -> Draft {
    let title = style.paragraph(ParagraphRole::Title);
    let size = title.character.size.permille(Style::HALF_TITLE);
    let half = ParagraphStyle {
        character: CharacterStyle { size, ..title.character },
        leading: title.leading.permille(Style::HALF_TITLE).round_up(style.page.baseline / 2),
        ..title.clone()
    };
    let mut draft = Draft { opener: true, ..Draft::default() };
    let top = title_top(style);
    set_styled(metadata.brief_title(), &half, Owner::HalfTitle, top, style, composer, &mut draft.items);
    draft
}

/// The copyright page: small type, unjustified, at the foot of the page as far as it reaches; more pages where it is longer.
/// None where it says nothing.
pub(super) fn copyright_page(paragraphs: &[Vec<String>], style: &Style, composer: &mut Composer<'_>) -> Vec<Draft> {
    let note = style.paragraph(ParagraphRole::Note);
    let (measure, leading) = (style.page.type_area(Side::Recto).size.width, note.leading);
    // Long lines of small type are hard to read, and the page is to look light.
    let measure = measure.permille(COPYRIGHT_MEASURE);
    let mut lines: Vec<Vec<FrameItem>> = Vec::new();
    let mut number = 0;
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            lines.push(Vec::new());
        }
        for text in paragraph {
            let content = Content::generated(text, note.character, Owner::CopyrightLine(number));
            number += 1;
            let fill = reading(text, Fill::ragged(measure, TextAlignment::Start), style);
            let set = composer.paragraph(content, &fill);
            for (index, line) in set.variants()[0].0.to_vec().iter().enumerate() {
                lines.push(set.compose(line, &fill, index, composer).items);
            }
        }
    }
    // In a book that reads the other way the lines end at the type area's other edge.
    let x = match around(style) {
        Direction::LeftToRight => Length::ZERO,
        Direction::RightToLeft => style.page.type_area(Side::Recto).size.width - measure,
    };
    let page = &style.page;
    // The last line stands on the last baseline of the text.
    let last = page.baseline * (page.lines() - 1) + page.first_baseline;
    let room = usize::try_from(last.raw() / leading.raw().max(1)).unwrap_or(1).max(1);
    let draft = |lines: &[Vec<FrameItem>]| {
        let mut draft = Draft { opener: true, ..Draft::default() };
        for (above, line) in (0..).zip(lines.iter().rev()) {
            let at = Point::new(x, last - leading * above);
            draft.items.splice(0..0, line.iter().cloned().map(|item| translate(item, at)));
        }
        draft
    };
    lines.chunks(room).map(draft).collect()
}
