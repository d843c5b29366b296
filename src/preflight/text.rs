//! Text: its fonts and its size.

use super::groups::Groups;
use super::pdf::{Kind, Mark, PageBox};
use super::{At, Findings, Subject};
use crate::geometry::Length;

/// Below this size, in points, type is small for any press; what printers of offset ask for
/// (<https://www.labelprint24.com/de/faq/welche-vorgaben-muss-ich-bei-schriften-in-meiner-druckdatei-beachten-423>).
const LEAST_TYPE: f64 = 5.0;

/// How many glyphs a figure above or below a line has at most, such as a note's number or an exponent.
const LONGEST_SCRIPT: usize = 12;

/// The fonts of text that can be seen are in the file (ISO 15930-7, 6.3.5; ISO 19005-2, 6.2.11.4; ISO 14289-1, 7.21.4.1).
/// Those 14 that every viewer has are none but for a file that claims nothing.
pub(super) fn font_not_embedded(subject: &Subject<'_>, findings: &mut Findings) {
    let mut fonts = Groups::new();
    for (index, mark) in marks(subject) {
        if let Kind::Text { font, visible: true, .. } = &mark.kind
            && !font.embedded
        {
            fonts.add(font.family(), index, || subject.at(index, mark.area));
        }
    }
    let demanded = subject.target.is_some() || subject.standards().next().is_some();
    for (name, group) in fonts {
        let message = format!("the font `{name}` is not in the file{}", group.more());
        let help = "embed all fonts: what stands in for one has other letters or other widths";
        if demanded {
            findings.error(group.at, message, help);
        } else {
            findings.warning(group.at, message, help);
        }
    }
}

/// Type is as large as the target's `least-type`. Notes' numbers, exponents and the like stand beside larger type, and are
/// read with it: only what is small by itself counts, or goes on for a while.
pub(super) fn small_type(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(least) = subject.least(|target| target.least_type, LEAST_TYPE) else { return };
    let mut found = Groups::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        let cut = page.cut();
        let texts: Vec<Text<'_>> = page.painting.marks.iter().filter_map(Text::of).collect();
        let texts: Vec<&Text<'_>> = texts.iter().filter(|text| !cut.is_apart(text.area)).collect();
        let is_small = |text: &Text<'_>| text.size < least - 0.05;
        let mut at = 0;
        while at < texts.len() {
            let run = texts[at..].iter().take_while(|text| is_small(text)).count();
            let small = &texts[at..at + run];
            let around = [at.checked_sub(1), Some(at + run)].map(|at| at.and_then(|at| texts.get(at)));
            at += run.max(1);
            // As far as the next words, every small piece is a figure of the larger type that it touches.
            let pieces = small.chunk_by(|one, next| one.touches(next));
            for piece in pieces {
                let beside = around.iter().flatten().any(|text| piece.iter().any(|small| text.touches(small)));
                let glyphs: usize = piece.iter().map(|text| text.glyphs).sum();
                if !beside || glyphs > LONGEST_SCRIPT {
                    #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
                    let tenths = (piece[0].size * 10.0).round() as i64;
                    found.add((tenths, piece[0].font), index, || subject.at(index, piece[0].area));
                }
            }
        }
    }
    for ((tenths, font), group) in found {
        let size = Length::millipoints(tenths * 100).to_pt();
        let message =
            format!("text in `{font}` is set in {size:.1} points, and {} are the least{}", number(least), group.more());
        findings.warning(group.at, message, "set it larger, or give what it stands in more room");
    }
}

/// Text that is seen.
struct Text<'a> {
    font: &'a str,
    size: f64,
    glyphs: usize,
    area: PageBox,
}

impl<'a> Text<'a> {
    fn of(mark: &'a Mark) -> Option<Self> {
        let Kind::Text { font, size, glyphs, visible: true } = &mark.kind else { return None };
        Some(Self { font: font.family(), size: *size, glyphs: *glyphs, area: mark.area })
    }

    /// Whether both are parts of one line: their heights overlap, and there is no em between them.
    fn touches(&self, other: &Text<'_>) -> bool {
        let em = self.size.max(other.size);
        !self.area.grown(em).is_apart(other.area)
            && self.area.bottom < other.area.top + em / 4.0
            && other.area.bottom < self.area.top + em / 4.0
    }
}

/// What is painted, with the indices of pages.
pub(super) fn marks<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (usize, &'a Mark)> {
    let pages = subject.file.pages.iter().enumerate();
    pages.flat_map(|(index, page)| page.painting.marks.iter().map(move |mark| (index, mark)))
}

/// A number of points as people write it.
pub(super) fn number(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// All of a page that is read is among the marks.
pub(super) fn unread_content(subject: &Subject<'_>, findings: &mut Findings) {
    let mut reasons = Groups::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        if let Some(reason) = page.painting.unread {
            reasons.add(reason, index, || At::Page(index));
        }
    }
    for (reason, group) in reasons {
        let message = format!("what is painted could not be followed to its end: {reason}{}", group.more());
        findings.warning(group.at, message, "look at the page by other means; it may be damaged");
    }
}
