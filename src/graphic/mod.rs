//! Images: read, measured, ready to place.
//!
//! [`Graphics`] holds each distinct image once, as the file's own bytes, with what both editions need to know of it. It
//! knows nothing of documents or pages. The generated [cover] is made here too. Start at [`Graphics`].

pub mod cover;

use std::sync::Arc;

/// Names an image in [`Graphics`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GraphicId(pub u32);

/// The kinds of image file that can be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// Portable Network Graphics.
    Png,
    /// JPEG/JFIF or Exif.
    Jpeg,
}

/// An image, measured.
#[derive(Clone, Debug)]
pub struct Graphic {
    /// The kind of file.
    pub format: ImageFormat,
    /// The file, byte for byte.
    pub data: Arc<[u8]>,
    /// Width in pixels, above zero.
    pub width: u32,
    /// Height in pixels, above zero.
    pub height: u32,
    /// Pixels to the inch as the file says, if it says.
    pub dpi: Option<f64>,
}

/// All images of a book, each content once, in the order of first use.
#[derive(Clone, Debug, Default)]
pub struct Graphics {
    images: Vec<Graphic>,
}

impl Graphics {
    /// The image that `id` names.
    #[must_use]
    pub fn get(&self, id: GraphicId) -> Option<&Graphic> {
        self.images.get(id.0 as usize)
    }

    /// The images with their names, in the order of first use.
    pub fn iter(&self) -> impl Iterator<Item = (GraphicId, &Graphic)> {
        (0..).map(GraphicId).zip(&self.images)
    }
}

impl FromIterator<Graphic> for Graphics {
    /// The images in the order given, which are to differ.
    fn from_iter<I: IntoIterator<Item = Graphic>>(images: I) -> Self {
        Self { images: images.into_iter().collect() }
    }
}
