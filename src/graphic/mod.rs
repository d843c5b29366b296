//! Images: read, measured, ready to place.
//!
//! [`Graphics`] holds each distinct image once, with what both editions need to know of it: `raster` reads pixels, `vector`
//! drawings, and [`diagram`] draws what is written in words. It knows nothing of documents or pages. The generated
//! [cover] is made here too. Start at [`Graphics`].

pub mod cover;
pub mod diagram;
mod raster;
mod vector;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::geometry::{Length, Size};

pub use image::metadata::Orientation;

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
    /// Graphics Interchange Format. Its first picture is placed in print.
    Gif,
    /// WebP, lossy or not.
    WebP,
    /// Scalable Vector Graphics: the one kind without pixels.
    Svg,
}

/// An image, measured.
#[derive(Clone, Debug)]
pub struct Graphic {
    /// The kind of file.
    pub format: ImageFormat,
    /// The file, byte for byte; a drawing as the program has simplified it: shapes alone, letters as outlines.
    pub data: Arc<[u8]>,
    /// Width and height in pixels of what is seen, above zero; `None` where there are none.
    pub pixels: Option<(u32, u32)>,
    /// How large the image is by itself: at the resolution that the file names, else at 150 pixels to the inch; a drawing
    /// at 96 of its units to the inch.
    pub size: Size,
    /// How the pixels are to be turned to stand upright, as Exif says.
    pub orientation: Orientation,
    /// What of the file is not shown.
    pub losses: Vec<Loss>,
}

impl Graphic {
    /// Pixels to the inch, in the direction that has fewer, where the image is placed at `size`; `None` for a drawing.
    #[must_use]
    pub fn resolution(&self, size: Size) -> Option<f64> {
        let (width, height) = self.pixels?;
        let along = |pixels: u32, length: Length| f64::from(pixels) * 72.0 / length.to_pt().max(0.001);
        Some(along(width, size.width).min(along(height, size.height)))
    }

    /// The first six bytes of the SHA-256 of the file, in hexadecimal. Linear in the file.
    #[must_use]
    pub fn hash(&self) -> String {
        Sha256::digest(&self.data).iter().take(6).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
    }

    /// The kind of file that [`Graphic::portable`] gives.
    #[must_use]
    pub fn portable_format(&self) -> ImageFormat {
        match self.format {
            ImageFormat::WebP if raster::is_photograph(&self.data) => ImageFormat::Jpeg,
            ImageFormat::WebP => ImageFormat::Png,
            ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Gif | ImageFormat::Svg => self.format,
        }
    }

    /// A file that every e-book reader shows upright: this one, where it is such a file. Old readers know neither WebP nor
    /// what Exif says of turning, so those images are written anew: lossy WebP without transparency as JPEG, other WebP as
    /// PNG. Linear in the pixels, where it has to.
    ///
    /// # Errors
    /// Says what is wrong with the file.
    pub fn portable(&self) -> Result<Cow<'_, [u8]>, String> {
        if self.format == ImageFormat::WebP || self.orientation != Orientation::NoTransforms {
            raster::rewrite(&self.data, self.format, self.orientation, self.portable_format()).map(Cow::Owned)
        } else {
            Ok(Cow::Borrowed(&self.data))
        }
    }

    /// A drawing as pixels, 600 to the inch of its own size where that is not too many: width, height, and red, green, blue and
    /// alpha of each. Linear in what is drawn and in the pixels.
    ///
    /// # Errors
    /// Says why the drawing can't be converted.
    pub fn to_pixels(&self) -> Result<(u32, u32, Vec<u8>), String> {
        vector::to_pixels(&self.data)
    }

    /// A drawing as a PDF file of one page as large as the drawing: vectors in sRGB, without text, its streams not
    /// compressed. Linear in what is drawn.
    ///
    /// # Errors
    /// Says why the drawing can't be converted.
    pub fn to_pdf(&self) -> Result<Vec<u8>, String> {
        vector::to_pdf(&self.data)
    }
}

/// What kind of image a file is, and its width and height in pixels where it has any. Reads no more than its header, so
/// that a damaged image has dimensions too.
#[must_use]
pub fn dimensions(data: &[u8]) -> Option<(ImageFormat, Option<(u32, u32)>)> {
    if vector::is_svg(data) {
        return Some((ImageFormat::Svg, None));
    }
    raster::dimensions(data).map(|(format, size)| (format, Some(size)))
}

/// Something in an image file that an edition does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loss {
    /// All pictures but the first, or a drawing's movement. An animated GIF stays animated in the e-book.
    Animation,
    /// Programs of a drawing.
    Scripts,
    /// HTML within a drawing.
    ForeignObjects,
    /// Images, styles or shapes that a drawing has in other files.
    References,
    /// Letters that no bundled face has.
    Letters(String),
}

impl fmt::Display for Loss {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Animation => formatter.write_str("it is animated, and only its first picture is shown in print"),
            Self::Scripts => formatter.write_str("its scripts are left out"),
            Self::ForeignObjects => formatter.write_str("the HTML in it is left out"),
            Self::References => formatter.write_str("what it refers to in other files is left out"),
            Self::Letters(letters) => write!(formatter, "no bundled font has its letters `{letters}`"),
        }
    }
}

/// Why a file can't be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageFault {
    /// It is no image of a kind that can be placed: what it is, as far as can be told.
    Unsupported(&'static str),
    /// It has more pixels than the program takes: how many.
    TooLarge(u64),
    /// It is a drawing that asks for more work than the program does: what there is too much of.
    TooComplex(&'static str),
    /// It is of a kind that can be placed, but cut off or broken: what is wrong.
    Damaged(String),
}

impl fmt::Display for ImageFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(kind) => formatter.write_str(kind),
            Self::TooLarge(pixels) => write!(formatter, "{} million pixels", pixels / 1_000_000),
            Self::TooComplex(what) => formatter.write_str(what),
            Self::Damaged(what) => formatter.write_str(what),
        }
    }
}

/// The most pixels of an image: what 60 × 60 cm need at 400 dpi.
const MOST_PIXELS: u64 = 100_000_000;

/// All images of a book, each content once, in the order of first use.
#[derive(Clone, Debug, Default)]
pub struct Graphics {
    images: Vec<Graphic>,
    /// The image with each content, by SHA-256.
    contents: BTreeMap<[u8; 32], GraphicId>,
}

impl Graphics {
    /// Takes in an image file; the same content gives the same name again. The kind is known by content, not by name.
    ///
    /// Measures the image and checks that the file is whole: PNG's checksums, JPEG's segments up to its end marker, the
    /// pixels of GIF and WebP, all of a drawing. Nothing but the file is read. Linear in the file, and in what it draws.
    ///
    /// # Errors
    /// Says why the file can't be placed.
    pub fn add(&mut self, data: Vec<u8>) -> Result<GraphicId, ImageFault> {
        let hash: [u8; 32] = Sha256::digest(&data).into();
        if let Some(id) = self.contents.get(&hash) {
            return Ok(*id);
        }
        let graphic = if vector::is_svg(&data) { vector::measure(&data)? } else { raster::measure(data)? };
        let id = GraphicId(u32::try_from(self.images.len()).unwrap_or(u32::MAX));
        self.images.push(graphic);
        self.contents.insert(hash, id);
        Ok(id)
    }

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
        Self { images: images.into_iter().collect(), contents: BTreeMap::new() }
    }
}
