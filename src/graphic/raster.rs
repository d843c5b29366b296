//! Images made of pixels: recognised by content, checked, measured, written anew where readers need it.
//!
//! Start at [`measure`].

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::{JpegDecoder, JpegEncoder};
use image::codecs::png::{PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageResult, Limits};

use super::{Graphic, ImageFault, ImageFormat, Loss, MOST_PIXELS};
use crate::geometry::{Length, Size};

/// The resolution of a file that names none, in pixels to the inch.
const USUAL_DPI: f64 = 150.0;
/// The quality of JPEG files that are written anew, of 100.
const JPEG_QUALITY: u8 = 90;

/// What a walk through a file's structure tells.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Structure {
    /// Pixels to the inch as the file says, if it says.
    dpi: Option<f64>,
    /// Whether there is more than one picture.
    animated: bool,
    /// How many colours a JPEG file has for each pixel.
    components: u8,
}

/// Recognises, checks and measures an image file. Linear in the file, and for GIF and WebP in the pixels.
///
/// # Errors
/// Says why the file can't be placed.
pub(super) fn measure(data: Vec<u8>) -> Result<Graphic, ImageFault> {
    let damaged = |what: &str| ImageFault::Damaged(what.to_owned());
    let kind = image::guess_format(&data).ok();
    let (format, structure) = match kind {
        Some(image::ImageFormat::Png) => (ImageFormat::Png, check_png(&data)),
        Some(image::ImageFormat::Jpeg) => (ImageFormat::Jpeg, check_jpeg(&data)),
        Some(image::ImageFormat::Gif) => (ImageFormat::Gif, check_gif(&data)),
        Some(image::ImageFormat::WebP) => (ImageFormat::WebP, check_webp(&data)),
        Some(other) => return Err(ImageFault::Unsupported(other.to_mime_type())),
        None if data.is_empty() => return Err(damaged("the file is empty")),
        None => return Err(ImageFault::Unsupported(guess(&data))),
    };
    let structure = structure.map_err(damaged)?;
    let broken = |error: image::ImageError| ImageFault::Damaged(error.to_string());
    let mut decoder = decoder(&data, format).map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(damaged("it has no pixels"));
    }
    if pixels > MOST_PIXELS {
        return Err(ImageFault::TooLarge(pixels));
    }
    match format {
        // Their files have no checksums that would tell.
        ImageFormat::Gif | ImageFormat::WebP => drop(DynamicImage::from_decoder(decoder).map_err(broken)?),
        ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::Svg => drop(decoder),
    }
    let (width, height) = if is_transposed(orientation) { (height, width) } else { (width, height) };
    let points = |pixels: u32| Length::from_pt(f64::from(pixels) * 72.0 / structure.dpi.unwrap_or(USUAL_DPI));
    Ok(Graphic {
        format,
        data: data.into(),
        pixels: Some((width, height)),
        size: Size::new(points(width), points(height)),
        orientation,
        losses: if structure.animated { vec![Loss::Animation] } else { Vec::new() },
    })
}

/// What kind of image a file with pixels is, and its width and height as they are stored: from its header alone.
pub(super) fn dimensions(data: &[u8]) -> Option<(ImageFormat, (u32, u32))> {
    let format = match image::guess_format(data).ok()? {
        image::ImageFormat::Png => ImageFormat::Png,
        image::ImageFormat::Jpeg => ImageFormat::Jpeg,
        image::ImageFormat::Gif => ImageFormat::Gif,
        image::ImageFormat::WebP => ImageFormat::WebP,
        _ => return None,
    };
    Some((format, decoder(data, format).ok()?.dimensions()))
}

/// Whether what stands upright is as wide as the file's pixels are high.
fn is_transposed(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            true
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

/// The reader of a file of this kind, its header read. It takes as much memory as the largest image needs.
fn decoder(data: &[u8], format: ImageFormat) -> ImageResult<Box<dyn ImageDecoder + '_>> {
    let mut limits = Limits::no_limits();
    // Eight bytes a pixel, and as much again to work with.
    limits.max_alloc = Some(MOST_PIXELS * 16);
    let data = Cursor::new(data);
    let mut decoder: Box<dyn ImageDecoder + '_> = match format {
        ImageFormat::Png | ImageFormat::Svg => Box::new(PngDecoder::new(data)?),
        ImageFormat::Jpeg => Box::new(JpegDecoder::new(data)?),
        ImageFormat::Gif => Box::new(GifDecoder::new(data)?),
        ImageFormat::WebP => Box::new(WebPDecoder::new(data)?),
    };
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) <= MOST_PIXELS {
        decoder.set_limits(limits)?;
    }
    Ok(decoder)
}

/// An image that a drawing may hold: a file of three colours at most that stands upright by itself. `None` where it can't be
/// read.
pub(super) fn embeddable(data: Vec<u8>) -> Option<(ImageFormat, Vec<u8>)> {
    let graphic = measure(data).ok()?;
    let plain = match graphic.format {
        ImageFormat::Png | ImageFormat::Gif => true,
        ImageFormat::Jpeg => check_jpeg(&graphic.data).is_ok_and(|structure| structure.components != 4),
        ImageFormat::WebP | ImageFormat::Svg => false,
    };
    if plain && graphic.orientation == Orientation::NoTransforms {
        return Some((graphic.format, graphic.data.to_vec()));
    }
    let png = rewrite(&graphic.data, graphic.format, graphic.orientation, ImageFormat::Png).ok()?;
    Some((ImageFormat::Png, png))
}

/// Writes an image of the kind `source` anew: upright, its first picture, as `format` says (PNG or JPEG), with its colour profile.
///
/// # Errors
/// Says what is wrong with the file.
pub(super) fn rewrite(
    data: &[u8],
    source: ImageFormat,
    orientation: Orientation,
    format: ImageFormat,
) -> Result<Vec<u8>, String> {
    let failed = |error: image::ImageError| format!("an image can't be written anew: {error}");
    let mut decoder = decoder(data, source).map_err(failed)?;
    let profile = decoder.icc_profile().ok().flatten();
    let mut image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    image.apply_orientation(orientation);
    let mut file = Vec::new();
    if format == ImageFormat::Jpeg {
        let image = if image.color().has_color() {
            DynamicImage::ImageRgb8(image.into_rgb8())
        } else {
            DynamicImage::ImageLuma8(image.into_luma8())
        };
        let mut encoder = JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY);
        // A profile of four colours would lie about three.
        if let Some(profile) = profile.filter(|profile| profile.get(16..20) != Some(b"CMYK")) {
            let _unsupported = encoder.set_icc_profile(profile);
        }
        image.write_with_encoder(encoder).map_err(failed)?;
    } else {
        let mut encoder = PngEncoder::new(&mut file);
        if let Some(profile) = profile {
            let _unsupported = encoder.set_icc_profile(profile);
        }
        image.write_with_encoder(encoder).map_err(failed)?;
    }
    Ok(file)
}

/// What a file that is no raster image seems to be.
fn guess(data: &[u8]) -> &'static str {
    if data.starts_with(b"%PDF-") {
        "application/pdf"
    } else if data.starts_with(&[0x1F, 0x8B]) {
        "application/gzip"
    } else {
        "not an image"
    }
}

/// Pixels to the inch that are worth believing.
fn plausible(dpi: f64) -> Option<f64> {
    (30.0..=4_800.0).contains(&dpi).then_some(dpi)
}

/// Walks the chunks of a PNG file up to `IEND` (PNG, third edition, 5.3), and finds the resolution (`pHYs`).
fn check_png(data: &[u8]) -> Result<Structure, &'static str> {
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
            return Ok(Structure { dpi, ..Structure::default() });
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
fn check_jpeg(data: &[u8]) -> Result<Structure, &'static str> {
    const CUT_OFF: &str = "the file is cut off";
    let mut dpi = None;
    let mut components = 0;
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
                // Frame headers, which are SOF0 to SOF15 without DHT, JPG and DAC.
                if matches!(marker, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) {
                    components = segment.get(5).copied().unwrap_or_default();
                }
                if *marker == 0xDA {
                    let ends = rest.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]);
                    return if ends { Ok(Structure { dpi, components, ..Structure::default() }) } else { Err(CUT_OFF) };
                }
            }
        }
    }
}

/// Walks the blocks of a GIF file up to its trailer (its specification of 1989, appendix A), and counts its pictures.
fn check_gif(data: &[u8]) -> Result<Structure, &'static str> {
    const CUT_OFF: &str = "the file is cut off";
    /// What follows a colour table, if `flags` tell of one.
    fn after_table(flags: u8, rest: &[u8]) -> Option<&[u8]> {
        let length = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
        rest.get(length..)
    }
    /// What follows blocks that each begin with their length, the last one empty.
    fn after_blocks(mut rest: &[u8]) -> Option<&[u8]> {
        loop {
            let (length, after) = rest.split_first()?;
            rest = after.get(usize::from(*length)..)?;
            if *length == 0 {
                return Some(rest);
            }
        }
    }
    let screen = data.get(6..).and_then(<[u8]>::split_first_chunk::<7>);
    let (screen, rest) = screen.ok_or(CUT_OFF)?;
    let mut rest = after_table(screen[4], rest).ok_or(CUT_OFF)?;
    let mut pictures = 0_u64;
    loop {
        rest = match rest {
            [0x3B, ..] if pictures == 0 => return Err("it has no picture"),
            [0x3B, ..] => return Ok(Structure { animated: pictures > 1, ..Structure::default() }),
            [0x21, _label, after @ ..] => after_blocks(after).ok_or(CUT_OFF)?,
            [0x2C, after @ ..] => {
                pictures += 1;
                let (place, after) = after.split_first_chunk::<9>().ok_or(CUT_OFF)?;
                let after = after_table(place[8], after).ok_or(CUT_OFF)?;
                // The first byte is the size of the codes.
                after_blocks(after.get(1..).ok_or(CUT_OFF)?).ok_or(CUT_OFF)?
            }
            [] => return Err(CUT_OFF),
            [_, ..] => return Err("there is no block where one should be"),
        };
    }
}

/// The chunks of a WebP file, name and content (RFC 9649, 2.3), as far as they are whole.
fn webp_chunks(data: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = data.get(12..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let content = after.get(..length)?;
        rest = after.get(length.saturating_add(length & 1)..).unwrap_or_default();
        Some((*name, content))
    })
}

/// Sees that a WebP file is as long as it says, and whether it is animated.
fn check_webp(data: &[u8]) -> Result<Structure, &'static str> {
    let length = data.get(4..).and_then(<[u8]>::first_chunk::<4>).map(|length| u32::from_le_bytes(*length) as usize);
    if length.is_none_or(|length| data.len().saturating_sub(8) < length) {
        return Err("the file is cut off");
    }
    let animated = webp_chunks(data).filter(|(name, _)| name == b"ANMF").count() > 1;
    Ok(Structure { animated, ..Structure::default() })
}

/// Whether a WebP file is one opaque picture, coded with loss.
pub(super) fn is_photograph(data: &[u8]) -> bool {
    const ALPHA: u8 = 0x10;
    let transparent = |(name, content): ([u8; 4], &[u8])| {
        &name == b"ALPH" || (&name == b"VP8X" && content.first().is_some_and(|flags| flags & ALPHA != 0))
    };
    webp_chunks(data).any(|(name, _)| &name == b"VP8 ") && !webp_chunks(data).any(transparent)
}

#[cfg(test)]
mod tests {
    use image::ImageFormat as File;

    use super::super::Graphics;
    use super::*;

    /// A file of the given kind and size, made by the codec, white with its left upper pixel black.
    fn file(format: File, width: u32, height: u32) -> Vec<u8> {
        let mut data = Cursor::new(Vec::new());
        let mut image = image::RgbImage::from_pixel(width, height, image::Rgb([255; 3]));
        image.put_pixel(0, 0, image::Rgb([0; 3]));
        image.write_to(&mut data, format).unwrap();
        data.into_inner()
    }

    fn chunk(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let named = [&name, content].concat();
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], &named, &crc32(&named).to_be_bytes()].concat()
    }

    /// An Exif block that says no more than how the image is to be turned.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        block.extend([orientation, 0, 0, 0, 0, 0, 0]);
        block
    }

    /// A JPEG file that is to be turned.
    fn turned_jpeg(width: u32, height: u32, orientation: u8) -> Vec<u8> {
        let mut data = file(File::Jpeg, width, height);
        let block = [b"Exif\0\0".to_vec(), exif(orientation)].concat();
        let length = u16::try_from(block.len() + 2).unwrap().to_be_bytes();
        data.splice(2..2, [&[0xFF, 0xE1][..], &length, &block].concat());
        data
    }

    /// What is told of a file: kind, pixels, the kind that readers get.
    fn check(data: Vec<u8>, expected: (ImageFormat, (u32, u32), ImageFormat)) -> Graphic {
        let mut graphics = Graphics::default();
        let id = graphics.add(data).unwrap();
        let graphic = graphics.get(id).unwrap().clone();
        assert_eq!((graphic.format, graphic.pixels.unwrap(), graphic.portable_format()), expected);
        graphic
    }

    #[test]
    fn each_kind_is_measured() {
        check(file(File::Png, 30, 20), (ImageFormat::Png, (30, 20), ImageFormat::Png));
        check(file(File::Jpeg, 7, 9), (ImageFormat::Jpeg, (7, 9), ImageFormat::Jpeg));
        check(file(File::Gif, 5, 6), (ImageFormat::Gif, (5, 6), ImageFormat::Gif));
        check(file(File::WebP, 8, 3), (ImageFormat::WebP, (8, 3), ImageFormat::Png));
    }

    #[test]
    fn a_content_is_kept_once() {
        let mut graphics = Graphics::default();
        let png = graphics.add(file(File::Png, 30, 20));
        assert_eq!(graphics.add(file(File::Png, 30, 20)), png);
        assert_ne!(graphics.add(file(File::Png, 30, 21)), png);
        assert_eq!(graphics.iter().count(), 2);
    }

    #[test]
    fn a_file_cut_anywhere_is_damaged() {
        for format in [File::Png, File::Jpeg, File::Gif, File::WebP] {
            let whole = file(format, 16, 16);
            for length in [12, whole.len() / 2, whole.len() - 1] {
                let result = Graphics::default().add(whole[..length].to_vec());
                assert!(matches!(result, Err(ImageFault::Damaged(_))), "{format:?} cut to {length}: {result:?}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_of_a_png_is_damage() {
        let mut data = file(File::Png, 16, 16);
        let middle = data.len() / 2;
        data[middle] ^= 4;
        assert!(matches!(Graphics::default().add(data), Err(ImageFault::Damaged(_))));
    }

    #[test]
    fn other_formats_are_told_from_damage() {
        let fault = |data: &[u8]| Graphics::default().add(data.to_vec()).unwrap_err();
        assert_eq!(fault(b"BM\0\0\0\0"), ImageFault::Unsupported("image/bmp"));
        assert_eq!(fault(b"%PDF-1.7"), ImageFault::Unsupported("application/pdf"));
        assert_eq!(fault(b"hello"), ImageFault::Unsupported("not an image"));
        assert!(matches!(fault(b""), ImageFault::Damaged(_)));
    }

    #[test]
    fn an_image_that_would_fill_the_memory_is_refused() {
        let mut data = file(File::Png, 1, 1);
        let mut header = data[16..29].to_vec();
        header[..8].copy_from_slice(&[0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF]);
        data.splice(8..33, chunk(*b"IHDR", &header));
        assert_eq!(Graphics::default().add(data), Err(ImageFault::TooLarge(65_535 * 65_535)));
        let mut data = file(File::Gif, 1, 1);
        data[6..10].copy_from_slice(&[0xFF; 4]);
        assert_eq!(Graphics::default().add(data), Err(ImageFault::TooLarge(65_535 * 65_535)));
    }

    #[test]
    fn the_size_is_what_the_file_says_or_150_pixels_to_the_inch() {
        let size = |data| check_size(data, 600);
        let mut data = file(File::Png, 600, 1);
        let density = 11_811_u32.to_be_bytes();
        data.splice(33..33, chunk(*b"pHYs", &[&density[..], &density, &[1]].concat()));
        assert_eq!(size(data), Length::pt(144));

        let mut data = file(File::Jpeg, 600, 1);
        assert_eq!(&data[6..10], b"JFIF");
        data[13..18].copy_from_slice(&[1, 0, 200, 0, 200]);
        assert_eq!(size(data), Length::pt(216));

        assert_eq!(size(file(File::Gif, 600, 1)), Length::pt(288));
    }

    fn check_size(data: Vec<u8>, width: u32) -> Length {
        let graphic = measure(data).unwrap();
        assert_eq!(graphic.pixels.unwrap().0, width);
        let (width, height) = (graphic.size.width, graphic.size.height);
        // At twice the width there are half as many pixels to the inch.
        let [once, twice] = [width, width * 2].map(|width| graphic.resolution(Size::new(width, height)).unwrap());
        assert!((once - twice * 2.0).abs() < 0.01);
        width
    }

    #[test]
    fn a_photo_that_lies_on_its_side_is_measured_upright_and_rewritten_upright_for_readers() {
        let lying = check(turned_jpeg(32, 16, 6), (ImageFormat::Jpeg, (16, 32), ImageFormat::Jpeg));
        assert_eq!(lying.orientation, Orientation::Rotate90);
        let upright = lying.portable().unwrap();
        let graphic = measure(upright.into_owned()).unwrap();
        assert_eq!((graphic.pixels, graphic.orientation), (Some((16, 32)), Orientation::NoTransforms));
        // The black pixel has gone from the left upper corner to the right upper one.
        let pixels = image::load_from_memory(&graphic.data).unwrap().into_luma8();
        assert!(pixels[(15, 0)].0[0] < 128 && pixels[(0, 0)].0[0] > 128);

        let upright = check(turned_jpeg(32, 16, 1), (ImageFormat::Jpeg, (32, 16), ImageFormat::Jpeg));
        assert_eq!(*upright.portable().unwrap(), *upright.data);
    }

    #[test]
    fn an_animated_gif_is_told_and_stays_whole() {
        let mut data = Vec::new();
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut data);
        let frame = || image::Frame::new(image::RgbaImage::new(4, 4));
        encoder.encode_frames([frame(), frame()]).unwrap();
        drop(encoder);
        let graphic = check(data.clone(), (ImageFormat::Gif, (4, 4), ImageFormat::Gif));
        assert_eq!(graphic.losses, [Loss::Animation]);
        assert_eq!(*graphic.portable().unwrap(), *data);
        assert_eq!(measure(file(File::Gif, 4, 4)).unwrap().losses, []);
    }

    #[test]
    fn webp_becomes_a_png_of_the_same_pixels_for_readers() {
        let graphic = check(file(File::WebP, 8, 8), (ImageFormat::WebP, (8, 8), ImageFormat::Png));
        let png = image::load_from_memory_with_format(&graphic.portable().unwrap(), File::Png).unwrap();
        assert_eq!(png.into_rgb8(), image::load_from_memory(&graphic.data).unwrap().into_rgb8());
    }

    #[test]
    fn lossy_webp_becomes_a_jpeg_unless_it_has_transparency() {
        let webp = |chunks: &[(&[u8; 4], &[u8])]| {
            let chunks = chunks.iter().flat_map(|(name, content)| {
                [&name[..], &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat()
            });
            [b"RIFF\0\0\0\0WEBP".to_vec(), chunks.collect()].concat()
        };
        assert!(is_photograph(&webp(&[(b"VP8 ", &[0; 10])])));
        assert!(is_photograph(&webp(&[(b"VP8X", &[0; 10]), (b"VP8 ", &[0; 10])])));
        assert!(!is_photograph(&webp(&[(b"VP8X", &[0x10; 10]), (b"ALPH", &[0; 2]), (b"VP8 ", &[0; 10])])));
        assert!(!is_photograph(&webp(&[(b"VP8L", &[0; 10])])));
    }
}
