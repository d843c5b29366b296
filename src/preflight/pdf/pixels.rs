//! The ink of images: the pixel that takes the most (ISO 32000-2, 8.9.5).

use lopdf::{Document, Object, ObjectId};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::color::Space;
use super::painting::Image;

/// The most bytes that an image unfolds to.
const LARGEST_IMAGE: usize = 1 << 28;

/// The most ink in one place of an image, 1 for all of one. `None` where it has no inks, or can't be read: light, a way of
/// compressing that is not known here, or more than one byte to a component. Linear in its pixels.
pub(in super::super) fn ink(document: &Document, id: ObjectId, image: &Image) -> Option<f64> {
    let space = image.space.as_deref()?;
    let parts = space.components();
    let stream = document.get_object(id).ok()?.as_stream().ok()?;
    let decode: Option<Vec<f64>> = stream
        .dict
        .get_deref(b"Decode", document)
        .and_then(Object::as_array)
        .ok()
        .map(|list| list.iter().filter_map(|number| super::font::float(document, number)).collect());
    if let Space::Indexed(base, table) = space {
        // Each colour of the table may be anywhere.
        let colors = table.chunks_exact(base.components().max(1)).take(256);
        return most(base, colors, decode_all(None, base.components()).as_slice());
    }
    if parts == 0 || space.inks(&vec![0.0; parts]).is_none() || image.bits != 8 {
        return None;
    }
    let bytes = (image.width as usize).checked_mul(image.height as usize)?.checked_mul(parts)?;
    if bytes > LARGEST_IMAGE {
        return None;
    }
    let filters = stream.filters().unwrap_or_default();
    let pixels = match filters[..] {
        [b"DCTDecode"] => jpeg(&stream.content, parts)?,
        _ => stream.get_plain_content_with_limit(LARGEST_IMAGE).ok()?,
    };
    most(space, pixels.chunks_exact(parts), &decode_all(decode, parts))
}

/// The limits of components: as a Decode array says, else nothing to all.
fn decode_all(decode: Option<Vec<f64>>, parts: usize) -> Vec<f64> {
    decode.filter(|decode| decode.len() == 2 * parts).unwrap_or_else(|| [0.0, 1.0].repeat(parts))
}

/// The most ink of pixels.
fn most<'p>(space: &Space, pixels: impl Iterator<Item = &'p [u8]>, decode: &[f64]) -> Option<f64> {
    let mut color = Vec::new();
    let (mut most, mut last): (Option<f64>, &[u8]) = (None, &[]);
    for pixel in pixels.filter(|pixel| pixel.len() * 2 == decode.len()) {
        if pixel == last {
            continue;
        }
        last = pixel;
        color.clear();
        color.extend(
            pixel
                .iter()
                .zip(decode.chunks_exact(2))
                .map(|(byte, limits)| limits[0] + f64::from(*byte) / 255.0 * (limits[1] - limits[0])),
        );
        let total = space.inks(&color)?.total();
        most = Some(most.map_or(total, |most| most.max(total)));
    }
    most
}

/// The components of a JPEG file, as they stand in it.
fn jpeg(content: &[u8], parts: usize) -> Option<Vec<u8>> {
    let color = match parts {
        1 => ColorSpace::Luma,
        4 => ColorSpace::CMYK,
        _ => return None,
    };
    let options = DecoderOptions::default().jpeg_set_out_colorspace(color);
    let options = options.set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(content), options);
    decoder.decode_headers().ok()?;
    // The file may be larger than the PDF says.
    let (width, height) = decoder.dimensions()?;
    (width * height * parts <= LARGEST_IMAGE).then(|| decoder.decode().ok())?
}
