//! What stands around the text of a page: the running head and the folio.
//!
//! A head repeats a heading: the first or the last that begins on the page, else the one that the page goes on with, as marks
//! do (Knuth, "The TeXbook", chapter 23). [`Marks`] follows the headings from page to page; [`set`] sets what they give.
//! Start there.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;

use super::book::{Artifact, FrameItem, Owner, PageLabel};
use super::content::Content;
use super::flow::translate;
use super::heading_text;
use super::matter::reading;
use super::pages::Draft;
use super::paragraph::{Composer, Fill};
use crate::document::{Block, BlockKind, DivisionKind, Document, Matter, Metadata, Node, NodeId, walk};
use crate::geometry::{Length, Point};
use crate::style::{CharacterStyle, FolioPlace, HeadText, ParagraphRole, Side, Style, TextAlignment};
use crate::terms;

/// What a heading opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Part,
    Chapter,
    Section,
}

/// The headings that heads repeat, and those of the page reached.
#[derive(Debug, Default)]
pub(super) struct Marks {
    headings: BTreeMap<NodeId, (Kind, String)>,
    matter: Matter,
    part: String,
    chapter: String,
    first_section: String,
    last_section: String,
}

impl Marks {
    /// The headings of `document`. Linear.
    pub(super) fn of(document: &Document) -> Self {
        let mut headings = BTreeMap::new();
        for division in &document.divisions {
            let opening = division.heading().map(|heading| heading.id);
            walk(&division.blocks, &mut |node| {
                let Node::Block(block @ Block { id, kind: BlockKind::Heading { level, .. }, .. }) = node else {
                    return;
                };
                let opens = opening == Some(*id);
                let kind = match (division.kind, *level) {
                    (DivisionKind::Part, _) if opens => Kind::Part,
                    (DivisionKind::Chapter, _) if opens && division.level == 0 => Kind::Chapter,
                    (_, 0 | 1) => Kind::Chapter,
                    (_, 2) => Kind::Section,
                    _ => return,
                };
                headings.insert(*id, (kind, heading_text(block)));
            });
        }
        Self { headings, ..Self::default() }
    }

    /// Goes on to the first page of what opens anew in `matter`, under `title` where the text has no heading for it. No
    /// chapter goes on there, and in other matter no part.
    pub(super) fn open(&mut self, matter: Matter, title: &str) {
        if self.matter != matter {
            self.matter = matter;
            self.part.clear();
        }
        title.clone_into(&mut self.chapter);
        self.first_section.clear();
        self.last_section.clear();
    }

    /// Goes on to a page of text.
    pub(super) fn turn(&mut self, page: &Draft) {
        self.first_section.clone_from(&self.last_section);
        let (mut has_chapter, mut has_section) = (false, false);
        for (kind, text) in page.headings.iter().filter_map(|(heading, _)| self.headings.get(heading)) {
            if *kind == Kind::Section {
                if !std::mem::replace(&mut has_section, true) {
                    self.first_section.clone_from(text);
                }
                self.last_section.clone_from(text);
                continue;
            }
            // The sections of what comes before are over.
            self.last_section.clear();
            if !has_section {
                self.first_section.clear();
            }
            if *kind == Kind::Part {
                self.part.clone_from(text);
                self.chapter.clear();
            } else if !std::mem::replace(&mut has_chapter, true) {
                self.chapter.clone_from(text);
            }
        }
    }

    /// What a head that wants `wanted` says: where there is no such thing, the next wider one; empty for nothing.
    pub(super) fn head(&self, wanted: HeadText, metadata: &Metadata) -> String {
        let authors = metadata.authors.join(&format!("{} ", terms::comma(&metadata.language)));
        let (part, chapter) = (self.part.as_str(), self.chapter.as_str());
        let narrower = match wanted {
            HeadText::None => return String::new(),
            HeadText::Title => ["", "", ""],
            HeadText::Subtitle => [metadata.subtitle.as_str(), "", ""],
            HeadText::Author => [authors.as_str(), "", ""],
            HeadText::Part => [part, "", ""],
            HeadText::Chapter => [part, chapter, ""],
            HeadText::FirstSection => [part, chapter, self.first_section.as_str()],
            HeadText::LastSection => [part, chapter, self.last_section.as_str()],
        };
        let narrowest = narrower.into_iter().rev().find(|text| !text.trim().is_empty());
        narrowest.unwrap_or(&metadata.title).to_owned()
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

/// Running head and folio, in page coordinates. A head without room loses its last words.
pub(super) fn set(
    page: &Furniture<'_>,
    metadata: &Metadata,
    style: &Style,
    composer: &mut Composer<'_>,
) -> Vec<FrameItem> {
    let area = style.page.type_area(page.side);
    let grid = style.page.baseline;
    let head_baseline = area.origin.y - grid * 2 + style.page.first_baseline;
    let foot_baseline = area.origin.y + grid * (style.page.lines() + 1) + style.page.first_baseline;
    let outer = match page.side {
        Side::Recto => TextAlignment::End,
        Side::Verso => TextAlignment::Start,
    };
    let label = page.label.text();
    let mut lines: Vec<(String, ParagraphRole, Artifact, TextAlignment, Length)> = Vec::new();
    let beside = page.folio && style.furniture.folio == FolioPlace::Head && !page.head.is_empty();
    if !page.head.is_empty() {
        let folio = style.paragraph(ParagraphRole::Folio).character;
        let taken = if beside { width_of(&label, folio, composer) + folio.size * 2 } else { Length::ZERO };
        let room = area.size.width - taken * 2;
        let character = style.paragraph(ParagraphRole::RunningHead).character;
        let short = if page.head == metadata.title { metadata.short_title.as_str() } else { "" };
        let head = fitted(page.head, short, room, character, composer);
        // Beside a folio the head keeps to the middle.
        let alignment =
            if beside { TextAlignment::Center } else { style.paragraph(ParagraphRole::RunningHead).alignment };
        lines.push((head, ParagraphRole::RunningHead, Artifact::Header, alignment, head_baseline));
    }
    if page.folio {
        let (owner, alignment, baseline) = match style.furniture.folio {
            FolioPlace::Head if beside => (Artifact::Header, outer, head_baseline),
            FolioPlace::FootOuter => (Artifact::Footer, outer, foot_baseline),
            FolioPlace::Head | FolioPlace::Foot | FolioPlace::None => {
                (Artifact::Footer, TextAlignment::Center, foot_baseline)
            }
        };
        if style.furniture.folio != FolioPlace::None {
            lines.push((label, ParagraphRole::Folio, owner, alignment, baseline));
        }
    }
    let mut items = Vec::new();
    for (text, role, owner, alignment, baseline) in lines {
        let content = Content::generated(&text, style.paragraph(role).character, Owner::Artifact(owner));
        let fill = reading(&text, Fill::ragged(area.size.width, alignment), style);
        let paragraph = composer.paragraph(content, &fill);
        if let Some(line) = paragraph.variants()[0].0.first().cloned() {
            let composed = paragraph.compose(&line, &fill, 0, composer);
            let at = Point::new(area.origin.x, baseline);
            items.extend(composed.items.into_iter().map(|item| translate(item, at)));
        }
    }
    items
}

fn width_of(text: &str, character: CharacterStyle, composer: &mut Composer<'_>) -> Length {
    composer.widths(&Content::generated(text, character, Owner::Artifact(Artifact::Header))).1
}

/// `text` where there is room for it, else `short`, else as many words of `text` as there is room for, with an ellipsis; of a
/// word that is too long, its first letters.
fn fitted(text: &str, short: &str, room: Length, character: CharacterStyle, composer: &mut Composer<'_>) -> String {
    if width_of(text, character, composer) <= room {
        return text.to_owned();
    }
    if !short.trim().is_empty() && width_of(short, character, composer) <= room {
        return short.to_owned();
    }
    let words: Vec<usize> = text.unicode_word_indices().map(|(start, word)| start + word.len()).collect();
    let letters: Vec<usize> = text.grapheme_indices(true).map(|(start, letter)| start + letter.len()).collect();
    for ends in [words, letters] {
        let fitting = ends.partition_point(|end| width_of(&cut(text, *end), character, composer) <= room);
        if let Some(end) = fitting.checked_sub(1).and_then(|last| ends.get(last)) {
            return cut(text, *end);
        }
    }
    String::new()
}

/// The text up to a place, with an ellipsis.
fn cut(text: &str, end: usize) -> String {
    format!("{}…", text[..end].trim_end_matches(|last: char| !last.is_alphanumeric()))
}
