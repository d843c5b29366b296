//! The size of images on the page.

use crate::document::ImageWidth;
use crate::geometry::{Length, Size};
use crate::graphic::Graphic;

/// The size of an image: as wide as the author says, else its own; reduced to fit the `measure` and `height`.
pub(super) fn natural_size(graphic: &Graphic, wish: Option<ImageWidth>, measure: Length, height: Length) -> Size {
    let own = graphic.size;
    let (wide, high) = (own.width.raw().max(1), own.height.raw().max(1));
    let wished = match wish {
        Some(ImageWidth::Permille(thousandths)) => measure.permille(thousandths.into()),
        Some(ImageWidth::Millipoints(thousandths)) => Length::millipoints(thousandths.into()),
        None => own.width,
    };
    let width = wished.min(measure);
    let size = Size::new(width, if width == own.width { own.height } else { own.height.scale(width.raw(), wide) });
    if size.height > height { Size::new(own.width.scale(height.raw(), high), height) } else { size }
}
