//! Images: read, measured, ready to place.
//!
//! [`Graphics`] holds each distinct image once, as the file's own bytes, with what both editions need to know of it. It
//! knows nothing of documents or pages. The generated [cover] is made here too. Start at [`Graphics`].

pub mod cover;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Cursor;
use std::sync::Arc;

use image::{ImageDecoder, ImageReader};
use sha2::{Digest, Sha256};

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

/// Why a file can't be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImageFault {
    /// It is no PNG or JPEG file: what it is, as far as can be told.
    Unsupported(&'static str),
    /// It has more pixels than the program takes: how many.
    TooLarge(u64),
    /// It is PNG or JPEG, but cut off or broken: what is wrong.
    Damaged(String),
}

impl fmt::Display for ImageFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(kind) => formatter.write_str(kind),
            Self::TooLarge(pixels) => write!(formatter, "{} million pixels", pixels / 1_000_000),
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
    /// Measures the image and checks that the file is whole (PNG's checksums, JPEG's segments up to its end marker)
    /// without decoding pixels. Linear in the file.
    ///
    /// # Errors
    /// Says why the file can't be placed.
    pub fn add(&mut self, data: Vec<u8>) -> Result<GraphicId, ImageFault> {
        let hash: [u8; 32] = Sha256::digest(&data).into();
        if let Some(id) = self.contents.get(&hash) {
            return Ok(*id);
        }
        let graphic = measure(data)?;
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

/// Recognises, checks and measures an image file.
fn measure(data: Vec<u8>) -> Result<Graphic, ImageFault> {
    let damaged = |what: &str| ImageFault::Damaged(what.to_owned());
    let kind = image::guess_format(&data).ok();
    let (format, dpi) = match kind {
        Some(image::ImageFormat::Png) => (ImageFormat::Png, check_png(&data).map_err(damaged)?),
        Some(image::ImageFormat::Jpeg) => (ImageFormat::Jpeg, check_jpeg(&data).map_err(damaged)?),
        Some(other) => return Err(ImageFault::Unsupported(other.to_mime_type())),
        None if data.is_empty() => return Err(damaged("the file is empty")),
        None => return Err(ImageFault::Unsupported(guess(&data))),
    };
    let decoder = ImageReader::with_format(
        Cursor::new(&data),
        match format {
            ImageFormat::Png => image::ImageFormat::Png,
            ImageFormat::Jpeg => image::ImageFormat::Jpeg,
        },
    )
    .into_decoder()
    .map_err(|error| ImageFault::Damaged(error.to_string()))?;
    let (width, height) = decoder.dimensions();
    drop(decoder);
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(damaged("it has no pixels"));
    }
    if pixels > MOST_PIXELS {
        return Err(ImageFault::TooLarge(pixels));
    }
    Ok(Graphic { format, data: data.into(), width, height, dpi })
}

/// What a file that is no raster image seems to be.
fn guess(data: &[u8]) -> &'static str {
    let head = data.get(..1024).unwrap_or(data);
    if head.windows(4).any(|window| window.eq_ignore_ascii_case(b"<svg")) {
        "image/svg+xml"
    } else if head.starts_with(b"%PDF-") {
        "application/pdf"
    } else {
        "not an image"
    }
}

/// Pixels to the inch that are worth believing.
fn plausible(dpi: f64) -> Option<f64> {
    (10.0..=10_000.0).contains(&dpi).then_some(dpi)
}

/// Walks the chunks of a PNG file up to `IEND` (PNG, third edition, 5.3), and finds the resolution (`pHYs`).
fn check_png(data: &[u8]) -> Result<Option<f64>, &'static str> {
    const CUT_OFF: &str = "the file is cut off";
    let mut dpi = None;
    let mut rest = data.get(8..).ok_or(CUT_OFF)?;
    loop {
        let (length, after_length) = rest.split_first_chunk::<4>().ok_or(CUT_OFF)?;
        let length = u32::from_be_bytes(*length) as usize;
        let named = length.checked_add(4).and_then(|length| after_length.get(..length)).ok_or(CUT_OFF)?;
        let (checksum, after) = after_length[named.len()..].split_first_chunk::<4>().ok_or(CUT_OFF)?;
        if crc32(named) != u32::from_be_bytes(*checksum) {
            return Err("a checksum does not agree with what it is of");
        }
        if named.starts_with(b"IEND") {
            return Ok(dpi);
        }
        // Pixels to the metre (unit 1), the same in both directions.
        if let Some((across, [down @ .., 1])) = named.strip_prefix(b"pHYs").and_then(<[u8]>::split_first_chunk::<4>)
            && across == down
        {
            dpi = plausible((f64::from(u32::from_be_bytes(*across)) * 0.0254 * 100.0).round() / 100.0);
        }
        rest = after;
    }
}

/// The checksum of PNG chunks (PNG, third edition, annex D).
fn crc32(data: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            #[expect(clippy::cast_possible_truncation, reason = "a byte")]
            let mut value = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            table[byte] = value;
            byte += 1;
        }
        table
    };
    !data.iter().fold(u32::MAX, |value, byte| TABLE[((value ^ u32::from(*byte)) & 0xFF) as usize] ^ (value >> 8))
}

/// Walks the segments of a JPEG file up to its first scan, looks for the end marker after it (ITU-T T.81, B.1), and finds
/// the resolution (JFIF's `APP0`).
fn check_jpeg(data: &[u8]) -> Result<Option<f64>, &'static str> {
    const CUT_OFF: &str = "the file is cut off";
    let mut dpi = None;
    let mut rest = data.get(2..).ok_or(CUT_OFF)?;
    loop {
        let [0xFF, marker, after @ ..] = rest else {
            return Err(if rest.len() < 2 { CUT_OFF } else { "there is no segment where one should be" });
        };
        match marker {
            // Fill bytes, and markers that stand alone.
            0xFF => rest = &rest[1..],
            0x01 | 0xD0..=0xD8 => rest = after,
            0xD9 => return Err("it ends before the picture begins"),
            _ => {
                let length = after.first_chunk::<2>().map(|length| usize::from(u16::from_be_bytes(*length)));
                let segment = length.filter(|length| *length >= 2).and_then(|length| after.get(2..length));
                let segment = segment.ok_or(CUT_OFF)?;
                rest = &after[segment.len() + 2..];
                if *marker == 0xE0
                    && let [b'J', b'F', b'I', b'F', 0, _, _, unit, x1, x2, y1, y2, ..] = segment
                    && [x1, x2] == [y1, y2]
                {
                    let density = f64::from(u16::from_be_bytes([*x1, *x2]));
                    dpi = match unit {
                        1 => plausible(density),
                        2 => plausible((density * 2.54 * 100.0).round() / 100.0),
                        _ => None,
                    };
                }
                if *marker == 0xDA {
                    let ends = rest.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]);
                    return if ends { Ok(dpi) } else { Err(CUT_OFF) };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of the given kind and size, made by the codec.
    fn file(format: image::ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut data = Cursor::new(Vec::new());
        image::RgbImage::new(width, height).write_to(&mut data, format).unwrap();
        data.into_inner()
    }

    fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let named = [&name, content].concat();
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
    }

    #[test]
    fn an_image_is_measured_and_kept_once() {
        let mut graphics = Graphics::default();
        let png = graphics.add(file(image::ImageFormat::Png, 30, 20)).unwrap();
        let jpeg = graphics.add(file(image::ImageFormat::Jpeg, 7, 9)).unwrap();
        assert_eq!(graphics.add(file(image::ImageFormat::Png, 30, 20)), Ok(png));
        assert_eq!(graphics.iter().count(), 2);
        let measured = |id| graphics.get(id).map(|graphic| (graphic.format, graphic.width, graphic.height));
        assert_eq!(measured(png), Some((ImageFormat::Png, 30, 20)));
        assert_eq!(measured(jpeg), Some((ImageFormat::Jpeg, 7, 9)));
    }

    #[test]
    fn a_file_cut_anywhere_is_damaged() {
        for format in [image::ImageFormat::Png, image::ImageFormat::Jpeg] {
            let whole = file(format, 16, 16);
            for length in [12, whole.len() / 2, whole.len() - 1] {
                let result = Graphics::default().add(whole[..length].to_vec());
                assert!(matches!(result, Err(ImageFault::Damaged(_))), "{format:?} cut to {length}: {result:?}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_of_a_png_is_damage() {
        let mut data = file(image::ImageFormat::Png, 16, 16);
        let middle = data.len() / 2;
        data[middle] ^= 4;
        assert!(matches!(Graphics::default().add(data), Err(ImageFault::Damaged(_))));
    }

    #[test]
    fn other_formats_are_told_from_damage() {
        let fault = |data: &[u8]| Graphics::default().add(data.to_vec()).unwrap_err();
        assert_eq!(fault(b"GIF89a\x01\0\x01\0"), ImageFault::Unsupported("image/gif"));
        assert_eq!(fault(b"<?xml version='1.0'?><svg/>"), ImageFault::Unsupported("image/svg+xml"));
        assert_eq!(fault(b"hello"), ImageFault::Unsupported("not an image"));
        assert!(matches!(fault(b""), ImageFault::Damaged(_)));
    }

    #[test]
    fn an_image_that_would_fill_the_memory_is_refused() {
        let mut data = file(image::ImageFormat::Png, 1, 1);
        let mut header = data[16..29].to_vec();
        header[..8].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
        data.splice(8..33, chunk(*b"IHDR", &header));
        assert_eq!(Graphics::default().add(data), Err(ImageFault::TooLarge(65_535 * 65_535)));
    }

    #[test]
    fn the_resolution_is_what_the_file_says() {
        let mut data = file(image::ImageFormat::Png, 1, 1);
        let density = 11_811_u32.to_be_bytes();
        data.splice(33..33, chunk(*b"pHYs", &[&density[..], &density, &[1]].concat()));
        let mut graphics = Graphics::default();
        let id = graphics.add(data).unwrap();
        assert_eq!(graphics.get(id).unwrap().dpi, Some(300.0));

        let mut data = file(image::ImageFormat::Jpeg, 1, 1);
        assert_eq!(&data[6..10], b"JFIF");
        data[13..18].copy_from_slice(&[1, 0, 150, 0, 150]);
        let id = graphics.add(data).unwrap();
        assert_eq!(graphics.get(id).unwrap().dpi, Some(150.0));
    }
}
