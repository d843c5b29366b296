//! The size of images on the page.

use crate::geometry::{Length, Size};
use crate::graphic::Graphic;

/// The size of an image at its own resolution (150 pixels to the inch where the file names none), reduced to fit
/// `width` and `height`.
pub(super) fn natural_size(graphic: &Graphic, width: Length, height: Length) -> Size {
    let dpi = graphic.dpi.filter(|dpi| (30.0..=4800.0).contains(dpi)).unwrap_or(150.0);
    let points = |pixels: u32| Length::from_pt(f64::from(pixels) * 72.0 / dpi);
    let natural = Size::new(points(graphic.width), points(graphic.height));
    let (wide, high) = (natural.width.raw().max(1), natural.height.raw().max(1));
    let mut size = natural;
    if size.width > width {
        size = Size::new(width, natural.height.scale(width.raw(), wide));
    }
    if size.height > height {
        size = Size::new(natural.width.scale(height.raw(), high), height);
    }
    size
}
