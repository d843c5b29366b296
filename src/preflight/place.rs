//! Where things stand: near the edge, over it, and outside of the page.

use super::groups::Groups;
use super::pdf::{Kind, Mark, Page, PageBox};
use super::text::number;
use super::{Findings, Subject};
use crate::target::Target;

/// What two ways of saying a place may differ by, in points.
const ROUNDING: f64 = 0.5;

/// The edges of a page, with how far beyond each of them, inwards, a box begins.
fn distances(page: PageBox, part: PageBox) -> [(&'static str, f64); 4] {
    [
        ("left", part.left - page.left),
        ("lower", part.bottom - page.bottom),
        ("right", page.right - part.right),
        ("upper", page.top - part.top),
    ]
}

/// Whether a mark can be seen: white is paper.
fn is_seen(mark: &Mark) -> bool {
    match mark.kind {
        Kind::Text { visible, .. } => visible,
        Kind::Image(_) | Kind::Shading => true,
        Kind::Stroke { .. } | Kind::Fill { .. } => !mark.paint.is_white(),
    }
}

/// Whether something on a page reaches over its edge, so that it is to be cut.
pub(super) fn bleeds(page: &Page) -> bool {
    let cut = page.cut();
    let reaches = |mark: &Mark| distances(cut, mark.area).iter().any(|(_, distance)| *distance < ROUNDING);
    let drawn = |mark: &Mark| !matches!(mark.kind, Kind::Text { .. }) && !cut.is_apart(mark.area);
    page.painting.marks.iter().any(|mark| is_seen(mark) && drawn(mark) && reaches(mark))
}

/// The edge at which a page is bound, among those of [`distances`]: the left one of the first page and of every other, or the
/// right one in a book that is read from right to left.
fn bound_edge(subject: &Subject<'_>, index: usize) -> usize {
    let document = &subject.file.document;
    let preferences = document.catalog().and_then(|catalog| catalog.get_deref(b"ViewerPreferences", document));
    let direction = preferences.and_then(|preferences| preferences.as_dict()?.get_deref(b"Direction", document));
    let backwards = direction.is_ok_and(|direction| direction.as_name().is_ok_and(|name| name == b"R2L"));
    if index.is_multiple_of(2) == backwards { 2 } else { 0 }
}

/// Text, and all else that does not bleed, keeps the target's margin, so that no cut that is a little off meets it, and at the
/// edge where pages are bound what the target asks for of so many pages.
pub(super) fn safe_area(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(target) = subject.target.filter(|target| target.is_print()) else { return };
    let bleeding = subject.file.pages.iter().any(bleeds);
    let margin = if bleeding { target.margin.max(target.margin_bleeding) } else { target.margin }.to_pt();
    let inside = target.least_inside(subject.file.pages.len()).to_pt();
    let mut found = Groups::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        let cut = page.cut();
        let bound = bound_edge(subject, index);
        for mark in page.painting.marks.iter().filter(|mark| is_seen(mark) && !cut.is_apart(mark.area)) {
            let text = matches!(mark.kind, Kind::Text { .. });
            let distances = distances(cut, mark.area);
            // What reaches the edge is meant to; but words are not.
            if !text && distances.iter().any(|(_, distance)| *distance < ROUNDING) {
                continue;
            }
            let kept = distances.into_iter().enumerate().map(|(at, (edge, distance))| {
                if at == bound && inside > margin { ("inner", distance, inside) } else { (edge, distance, margin) }
            });
            let nearest = kept.min_by(|one, other| (one.1 - one.2).total_cmp(&(other.1 - other.2)));
            let Some((edge, distance, margin)) = nearest else { continue };
            if distance < margin - ROUNDING {
                let what = if text { "text" } else { "a picture or a drawing" };
                let key = (text && distance < 0.0, what, edge, tenths(margin));
                found.add(key, index, || subject.at(index, mark.area));
            }
        }
    }
    for ((cut, what, edge, margin), group) in found {
        let more = group.more();
        if cut {
            findings.error(group.at, format!("{what} is cut at the {edge} edge{more}"), HELP);
        } else {
            let message =
                format!("{what} is nearer to the {edge} edge than {} points{more}", number(f64::from(margin) / 10.0));
            let help = if edge == "inner" { "move it away from where the pages are bound" } else { HELP };
            findings.warning(group.at, message, help);
        }
    }
}

const HELP: &str = "move it inwards, or let it run beyond the edge into the bleed";

/// What reaches the edge of a page goes on to the end of the bleed, so that no paper shows where the cut is a little off.
pub(super) fn short_bleed(subject: &Subject<'_>, findings: &mut Findings) {
    let mut found = Groups::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        let cut = page.cut();
        let needed = needed_bleed(page, subject.target);
        for mark in page.painting.marks.iter().filter(|mark| is_seen(mark) && !cut.is_apart(mark.area)) {
            if matches!(mark.kind, Kind::Text { .. }) {
                continue;
            }
            for ((edge, distance), needed) in distances(cut, mark.area).into_iter().zip(needed) {
                if distance < ROUNDING && needed > 0.0 && distance > ROUNDING - needed {
                    found.add((edge, tenths(needed)), index, || subject.at(index, mark.area));
                }
            }
        }
    }
    for ((edge, needed), group) in found {
        let needed = number(f64::from(needed) / 10.0);
        let message = format!(
            "what reaches the {edge} edge of the page does not go on for {needed} points beyond it{}",
            group.more()
        );
        findings.error(group.at, message, "let it run to the end of the bleed, or end before the edge");
    }
}

#[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
fn tenths(points: f64) -> i32 {
    (points * 10.0).round() as i32
}

/// How far beyond each edge is printed, in the order of [`distances`]: as the page says, or more, if the target does.
fn needed_bleed(page: &Page, target: Option<&Target>) -> [f64; 4] {
    let said = distances(page.printed(), page.cut()).map(|(_, distance)| distance);
    let Some(target) = target.filter(|target| target.bleed.width.to_pt() > 0.0) else { return said };
    let width = target.bleed.width.to_pt();
    let [left, _, right, _] = said;
    // At which edge a page is bound is known where one of them does not bleed.
    let side = |own: f64, other: f64| {
        if target.bleed.inner || own > 0.0 || other <= 0.0 { width } else { 0.0 }
    };
    [side(left, right), width, side(right, left), width]
}

/// Nothing stands around the page where the target wants no marks; where it does, they keep out of the bleed (ISO 15930-7,
/// 6.9).
pub(super) fn printer_marks(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(target) = subject.target.filter(|target| target.is_print()) else { return };
    let mut found = Groups::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        let (cut, bleed) = (page.cut(), page.printed());
        for mark in page.painting.marks.iter().filter(|mark| is_seen(mark)) {
            let (outside, around) = (bleed.grown(-ROUNDING).is_apart(mark.area), cut.is_apart(mark.area));
            let text = matches!(mark.kind, Kind::Text { .. });
            if !target.marks.any() && outside && !page.media.is_apart(mark.area) {
                found.add(false, index, || subject.at(index, mark.area));
            } else if target.marks.any() && around && !outside && !text {
                found.add(true, index, || subject.at(index, mark.area));
            }
        }
    }
    for (within, group) in found {
        let more = group.more();
        if within {
            let message = format!("a mark around the page stands in the bleed{more}");
            findings.error(group.at, message, "keep marks out of the bleed: what is cut a little off shows them");
        } else {
            let message = format!("there is something around the page, beyond the bleed{more}");
            findings.error(group.at, message, "leave out crop marks and the like: the target wants none");
        }
    }
}

/// No words stand where they are cut off as a whole, or off the sheet.
pub(super) fn outside_page(subject: &Subject<'_>, findings: &mut Findings) {
    let mut found = Groups::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        let (cut, bleed) = (page.cut(), page.printed());
        for mark in &page.painting.marks {
            let text = matches!(mark.kind, Kind::Text { visible: true, .. });
            let lost = page.media.is_apart(mark.area) || !bleed.is_apart(mark.area);
            if text && cut.is_apart(mark.area) && lost {
                found.add((), index, || subject.at(index, mark.area));
            }
        }
    }
    for ((), group) in found {
        let message = format!("text stands outside of the page, where nobody sees it{}", group.more());
        findings.warning(group.at, message, "move it onto the page, or take it out");
    }
}
