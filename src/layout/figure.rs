//! The size of images on the page.

use crate::geometry::{Length, Size};
use crate::graphic::Graphic;

/// The size of an image by itself, reduced to fit `width` and `height`.
pub(super) fn natural_size(graphic: &Graphic, width: Length, height: Length) -> Size {
    let natural = graphic.size;
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
