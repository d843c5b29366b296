//! Colours and inks: whether the target takes them, how many, how much, and what shows through.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object};
use rayon::prelude::*;

use super::groups::Groups;
use super::pdf::{Inks, Kind, Mark, Space, Transparency, ink_of_image};
use super::said::Standard;
use super::text::marks;
use super::{Findings, Subject};

/// How close to black a colour is that stands for black: of all its light, red, green and blue.
const NEARLY_BLACK: f64 = 0.25;

/// How far red, green and blue differ in what the eye takes for gray.
const NEARLY_GRAY: f64 = 0.12;

/// Up to this size, in points, type is blurred where plates don't meet.
const SMALL: f64 = 16.0;

/// Up to this thickness, in points, a line is.
const THIN: f64 = 1.0;

/// Colours are in spaces that the target takes: PDF/X-1a has grays and inks (ISO 15930-1, 6.8); PDF/X-3, PDF/X-4 and PDF/A
/// have the space of the device that they are made for, and those that say what they are (ISO 15930-7, 6.2.4; ISO 19005-2,
/// 6.2.4.3).
pub(super) fn foreign_color(subject: &Subject<'_>, findings: &mut Findings) {
    let standards: Vec<Standard> = subject.standards().collect();
    if standards.is_empty() {
        return;
    }
    let intent = intent_components(subject);
    let mut found = Groups::new();
    for (index, mark) in marks(subject) {
        if matches!(mark.kind, Kind::Text { visible: false, .. }) {
            continue;
        }
        let space = mark.paint.space.base();
        if let Some(standard) = standards.iter().find(|standard| is_foreign(space, **standard, intent)) {
            found.add((space.name(), what(mark), standard.name()), index, || subject.at(index, mark.area));
        }
    }
    for ((space, what, standard), group) in found {
        let message = format!("{what} has colours in {space}, which {standard} does not take here{}", group.more());
        findings.error(
            group.at,
            message,
            "convert the colours to the target's, or name the profile that they are meant in",
        );
    }
}

fn what(mark: &Mark) -> &'static str {
    match mark.kind {
        Kind::Text { .. } => "text",
        Kind::Image(_) => "an image",
        Kind::Stroke { .. } | Kind::Fill { .. } | Kind::Shading => "a drawing",
    }
}

/// How many colours the device has that the file is made for, by the profile that it carries for it.
fn intent_components(subject: &Subject<'_>) -> Option<usize> {
    let document = &subject.file.document;
    let intents = document.catalog().ok()?.get_deref(b"OutputIntents", document).ok()?.as_array().ok()?;
    let mut intents = intents.iter().filter_map(|intent| document.dereference(intent).ok()?.1.as_dict().ok());
    let profile = |intent: &Dictionary| {
        let profile = intent.get_deref(b"DestOutputProfile", document).ok()?.as_stream().ok()?;
        usize::try_from(profile.dict.get_deref(b"N", document).ok()?.as_i64().ok()?).ok()
    };
    intents.find_map(profile)
}

/// Whether a standard takes no colours of a space, where the device that a file is made for has so many colours.
fn is_foreign(space: &Space, standard: Standard, intent: Option<usize>) -> bool {
    let (archival, only_inks) = (matches!(standard, Standard::Archival(..)), matches!(standard, Standard::X1a(_)));
    match space {
        // PDF/UA has no rules for colours.
        _ if matches!(standard, Standard::Accessible(_)) => false,
        Space::Inks(_, other) | Space::Indexed(other, _) => is_foreign(other, standard, intent),
        Space::Pattern(_) | Space::Unknown => false,
        Space::CalGray | Space::CalRgb | Space::Lab | Space::Icc(_) => only_inks,
        Space::Gray => archival && intent.is_none(),
        Space::Rgb => only_inks || intent != Some(3),
        // Where PDF/X only names the printing condition, it is a press.
        Space::Cmyk if archival => intent != Some(4),
        Space::Cmyk => !only_inks && intent.is_some_and(|colors| colors != 4),
    }
}

/// Small black text and thin black lines are black ink alone where they are printed: in several, plates that don't meet
/// blur them, and in light each press makes several of it
/// (<https://saxoprint.de/blog/druckvorlagen/schriften-und-linien>).
pub(super) fn rich_black_text(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(target) = subject.target.filter(|target| target.is_print()) else { return };
    let mut found = Groups::new();
    for (index, mark) in marks(subject) {
        let what = match mark.kind {
            Kind::Text { size, visible: true, .. } if size < SMALL => "text is",
            Kind::Stroke { width } if width < THIN => "lines are",
            Kind::Fill { bar: Some(bar) } if bar.thickness < THIN => "lines are",
            Kind::Text { .. } | Kind::Stroke { .. } | Kind::Fill { .. } | Kind::Image(_) | Kind::Shading => continue,
        };
        let (space, color) = (&mark.paint.space, &mark.paint.color);
        let inks = match space.inks(color) {
            Some(inks) if is_rich_black(inks) => inks_in_words(inks),
            None if target.conformance.is_exchange() && is_black_light(space, color) => space.name(),
            _ => continue,
        };
        if !is_around(subject, index, mark) {
            found.add((inks, what), index, || subject.at(index, mark.area));
        }
    }
    for ((inks, what), group) in found {
        let message = format!("black {what} printed in more than black: {inks}{}", group.more());
        findings.warning(group.at, message, "paint it in black ink alone: DeviceGray, or K of CMYK");
    }
}

/// Whether inks give black, and are not black ink alone.
fn is_rich_black(inks: Inks) -> bool {
    let [cyan, magenta, yellow, black] = inks.process;
    let light = [cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black));
    cyan + magenta + yellow > 0.05 && is_black(light)
}

fn is_black_light(space: &Space, color: &[f64]) -> bool {
    match (space, color) {
        (Space::Rgb | Space::CalRgb | Space::Icc(3), [red, green, blue]) => is_black([*red, *green, *blue]),
        (Space::Lab, [light, ..]) => *light < NEARLY_BLACK * 100.0,
        _ => false,
    }
}

fn is_black(light: [f64; 3]) -> bool {
    let (least, most) =
        light.iter().fold((1.0_f64, 0.0_f64), |(least, most), part| (least.min(*part), most.max(*part)));
    most <= NEARLY_BLACK && most - least <= NEARLY_GRAY
}

fn inks_in_words(inks: Inks) -> String {
    let [cyan, magenta, yellow, black] = inks.process.map(|ink| (ink * 100.0).round());
    format!("C {cyan} M {magenta} Y {yellow} K {black}")
}

/// Whether a mark stands around the page, as crop marks do.
fn is_around(subject: &Subject<'_>, index: usize, mark: &Mark) -> bool {
    subject.file.pages.get(index).is_some_and(|page| page.cut().is_apart(mark.area))
}

/// No place takes more ink than the target's `total-ink`: no colour, and no pixel of an image. What several marks give that
/// are printed over one another is not added up.
pub(super) fn ink_limit(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(limit) = subject.target.and_then(|target| target.total_ink) else { return };
    let most = f64::from(limit) / 100.0 + 0.005;
    let mut found = Groups::new();
    let mut images = BTreeMap::new();
    for (index, mark) in marks(subject) {
        if is_around(subject, index, mark) {
            continue;
        }
        if let Kind::Image(image) = &mark.kind
            && let Some(id) = image.id
            && image.space.is_some()
        {
            images.entry(id).or_insert((index, mark, image));
        } else if let Some(inks) = mark.paint.space.inks(&mark.paint.color)
            && inks.total() > most
            && mark.paint.color.len() == mark.paint.space.components()
        {
            let total = percent(inks.total());
            found.add((total, what(mark)), index, || subject.at(index, mark.area));
        }
    }
    // What a build measures of files in inks, which it takes over as they are, it says itself.
    let is_said = |id| {
        let stream = subject.file.document.get_object(id).and_then(Object::as_stream);
        subject.book.is_some()
            && stream.is_ok_and(|stream| stream.filters().is_ok_and(|filters| filters == [b"DCTDecode"]))
    };
    let images: Vec<_> = images.into_iter().filter(|(id, _)| !is_said(*id)).collect();
    let inks: Vec<_> =
        images.par_iter().map(|(id, (_, _, image))| ink_of_image(&subject.file.document, *id, image)).collect();
    for ((_, (index, mark, _)), total) in images.into_iter().zip(inks) {
        if let Some(total) = total.filter(|total| *total > most) {
            let at = subject.at(index, mark.area);
            findings.error(at, message(percent(total), "an image", limit, ""), HELP_FOR_INK);
        }
    }
    for ((total, what), group) in found {
        findings.error(group.at, message(total, what, limit, &group.more()), HELP_FOR_INK);
    }
}

const HELP_FOR_INK: &str = "convert it with the target's profile, or replace gray in it by black";

fn message(total: u32, what: &str, limit: u16, more: &str) -> String {
    format!("{what} takes {total} % of ink, and the target allows {limit} %{more}")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn percent(inks: f64) -> u32 {
    (inks * 100.0).round() as u32
}

/// Nothing lets through what is below where the target does without transparency, or the file claims to (ISO 15930-1, 6.14;
/// ISO 15930-3, 6.14; ISO 19005-1, 6.4).
pub(super) fn transparency(subject: &Subject<'_>, findings: &mut Findings) {
    let forbids =
        |standard: &Standard| matches!(standard, Standard::X1a(_) | Standard::X3(_) | Standard::Archival(1, _));
    let opaque = subject.standards().any(|standard| forbids(&standard));
    let plain = subject.target.is_some_and(|target| !target.conformance.has_transparency());
    if !opaque && !plain {
        return;
    }
    let mut found = Groups::new();
    for (index, mark) in marks(subject) {
        match mark.transparency {
            // A group of what is opaque paints as if it were none.
            Some(Transparency::Group) if !opaque => {}
            Some(transparency) => found.add((transparency, what(mark)), index, || subject.at(index, mark.area)),
            None => {}
        }
    }
    for ((transparency, what), group) in found {
        let why = match transparency {
            Transparency::Alpha => "is painted half through",
            Transparency::BlendMode => "is blended with what is below",
            Transparency::SoftMask => "has a soft mask",
            Transparency::Group => "stands in a transparency group",
        };
        let message = format!("{what} {why}, and the target takes no transparency{}", group.more());
        findings.error(group.at, message, "flatten the transparency, or choose a target that takes it");
    }
}
