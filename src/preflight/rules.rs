//! Lines that are too thin to print.

use super::groups::Groups;
use super::pdf::Kind;
use super::text::number;
use super::{Findings, Subject};

/// Below this thickness, in points, a line breaks in print
/// (<https://pav.de/was-wir-tun/entwurf-direktmarketing/mailingwissen/druckdaten/waehlen-sie-schrift-und-linien>).
const LEAST_RULE: f64 = 0.25;

/// Lines are as thick as the target's `least-rule`: strokes, and bars that are filled. A stroke of no width is as thin as
/// the device can make it (ISO 32000-2, 8.4.3.2), which is nothing to be seen on a press.
pub(super) fn hairline(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(least) = subject.least(|target| target.least_rule, LEAST_RULE) else { return };
    let mut found = Groups::new();
    for (index, page) in subject.file.pages.iter().enumerate() {
        for mark in &page.painting.marks {
            let (thickness, area) = match mark.kind {
                Kind::Stroke { width } => (width, mark.area),
                Kind::Fill { bar: Some(bar) } => (bar.thickness, bar.area),
                Kind::Fill { bar: None } | Kind::Text { .. } | Kind::Image(_) | Kind::Shading => continue,
            };
            // What stands around the page is not of the book, and white is no line.
            if thickness < least - 0.01 && !page.cut().is_apart(area) && !mark.paint.is_white() {
                #[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
                let hundredths = (thickness * 100.0).round() as i64;
                found.add(hundredths, index, || subject.at(index, area));
            }
        }
    }
    for (hundredths, group) in found {
        if hundredths == 0 {
            let message = format!("a line has no width{}", group.more());
            findings.error(group.at, message, "give it a width: a press leaves it out, or makes it as thin as it can");
        } else {
            let thickness = f64::from(i32::try_from(hundredths).unwrap_or(i32::MAX)) / 100.0;
            let message = format!(
                "a line is {} points thick, and {} are the least{}",
                number(thickness),
                number(least),
                group.more()
            );
            findings.warning(group.at, message, "draw it thicker, or place the drawing larger");
        }
    }
}
