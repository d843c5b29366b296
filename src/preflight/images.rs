//! Images as large as they are placed.

use std::collections::BTreeMap;

use super::pdf::{Kind, Space};
use super::text::marks;
use super::{Findings, Subject};

/// How many times as many pixels an image of black and white needs, whose edges no gray smoothes
/// (<https://kogw.de/thema-fibel.html> asks for 600 to 300).
const BILEVEL: f64 = 2.0;

/// Below this, in pixels to the inch, a build warns of its images itself (`low-resolution`).
const WARNED_OF: f64 = 120.0;

/// Images have the pixels that the target's `image-resolution` asks for, at the size that they are placed at. An image is told
/// of once, where it is largest.
pub(super) fn coarse_image(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(least) = subject.target.and_then(|target| target.image_resolution) else { return };
    let mut coarsest = BTreeMap::new();
    for (order, (index, mark)) in marks(subject).enumerate() {
        let Kind::Image(image) = &mark.kind else { continue };
        // A table of two colours may be a picture of any kind.
        let bilevel = image.bits == 1 && !matches!(image.space.as_deref(), Some(Space::Indexed(..)));
        let needed = f64::from(least) * if bilevel { BILEVEL } else { 1.0 };
        // An image of one colour is as good however large it is.
        let plain = image.width <= 1 || image.height <= 1;
        let seen = subject.file.pages.get(index).is_some_and(|page| !page.cut().is_apart(mark.area));
        // What two ways of rounding a length differ by is no difference.
        if plain || !seen || image.resolution >= needed * 0.99 {
            continue;
        }
        // Those without an object have no name but their place.
        let key = image.id.map_or((order, None), |id| (0, Some(id)));
        let other = coarsest.entry(key).or_insert((index, mark, image, needed));
        if image.resolution < other.2.resolution {
            *other = (index, mark, image, needed);
        }
    }
    let mut coarsest: Vec<_> = coarsest.into_values().collect();
    coarsest.sort_by_key(|(index, ..)| *index);
    for (index, mark, image, needed) in coarsest {
        if subject.book.is_some() && image.resolution < WARNED_OF && image.bits > 1 {
            continue;
        }
        let message = format!(
            "an image of {} by {} pixels has {:.0} to the inch as large as it is placed, and {needed:.0} are wanted",
            image.width, image.height, image.resolution
        );
        findings.warning(subject.at(index, mark.area), message, "give a file with more pixels, or place it smaller");
    }
}
