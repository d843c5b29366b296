//! The ink of images: the pixel that takes the most (ISO 32000-2, 8.9.5).

use lopdf::{Document, Object, ObjectId, Stream};
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
        _ => plain(document, stream)?,
    };
    most(space, pixels.chunks_exact(parts), &decode_all(decode, parts))
}

/// The samples of a stream, behind neither its filters nor their predictors (ISO 32000-2, 7.4.4.4). The rows of a predictor that
/// is not known here stay as they are; of a list of filters the last has the predictor.
fn plain(document: &Document, stream: &Stream) -> Option<Vec<u8>> {
    let parameters = match stream.dict.get_deref(b"DecodeParms", document).ok() {
        Some(Object::Array(list)) => list.last().and_then(|last| document.dereference(last).ok()).map(|(_, last)| last),
        other => other,
    };
    let parameters = parameters.and_then(|parameters| parameters.as_dict().ok());
    // lopdf takes PNG's average for another one, so that it is told of no predictor.
    let mut bare = stream.clone();
    bare.dict.remove(b"DecodeParms");
    if let Some(parameters) = parameters {
        let mut rest = parameters.clone();
        rest.remove(b"Predictor");
        bare.dict.set("DecodeParms", rest);
    }
    let mut data = bare.get_plain_content_with_limit(LARGEST_IMAGE).ok()?;
    let Some(parameters) = parameters else { return Some(data) };
    let number = |key: &[u8], default: usize| {
        let value = parameters.get_deref(key, document).and_then(Object::as_i64);
        value.ok().and_then(|value| usize::try_from(value).ok()).unwrap_or(default)
    };
    let bits = number(b"Colors", 1).checked_mul(number(b"BitsPerComponent", 8))?;
    let row = bits.checked_mul(number(b"Columns", 1))?.div_ceil(8);
    match number(b"Predictor", 1) {
        10..=15 if row > 0 => Some(without_predictors(&data, row, bits.div_ceil(8))),
        // TIFF's, here of bytes alone: what differs from the pixel before.
        2 if row > 0 && number(b"BitsPerComponent", 8) == 8 => {
            let step = number(b"Colors", 1);
            for line in data.chunks_mut(row) {
                for at in step..line.len() {
                    line[at] = line[at].wrapping_add(line[at - step]);
                }
            }
            Some(data)
        }
        _ => Some(data),
    }
}

/// Rows as they were before PNG's predictors, of which each row names its own (PNG, 9.2). `step` is how far the pixel before
/// is, in bytes.
fn without_predictors(data: &[u8], row: usize, step: usize) -> Vec<u8> {
    let mut plain: Vec<u8> = Vec::with_capacity(data.len());
    for line in data.chunks(row + 1) {
        let Some((predictor, line)) = line.split_first() else { continue };
        let start = plain.len();
        for (at, byte) in line.iter().enumerate() {
            let left = if at < step { 0 } else { plain[start + at - step] };
            let (above, corner) = match start.checked_sub(row) {
                Some(before) => (plain[before + at], if at < step { 0 } else { plain[before + at - step] }),
                None => (0, 0),
            };
            let guess = match predictor {
                1 => left,
                2 => above,
                3 => left.midpoint(above),
                4 => {
                    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
                    // The first of equals is taken.
                    [left, above, corner].into_iter().min_by_key(|near| (guess - i16::from(*near)).abs()).unwrap_or(0)
                }
                _ => 0,
            };
            plain.push(byte.wrapping_add(guess));
        }
    }
    plain
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

#[cfg(test)]
mod tests {
    use lopdf::{Dictionary, dictionary};

    use super::*;

    #[test]
    fn differences_of_tiff_are_added_up() {
        let mut stream = Stream::new(Dictionary::new(), [1, 2, 3, 4].repeat(50));
        stream.compress().unwrap();
        let parameters = dictionary! { "Predictor" => 2, "Colors" => 2, "Columns" => 2 };
        stream.dict.set("DecodeParms", parameters);
        let samples = plain(&Document::with_version("1.7"), &stream).unwrap();
        assert_eq!(samples, [1, 2, 4, 6].repeat(50));
    }

    #[test]
    fn rows_are_what_they_were_before_each_of_the_predictors() {
        let predicted = [[0, 10, 20, 30, 40], [1, 5, 5, 1, 1], [2, 1, 1, 1, 1], [3, 10, 10, 255, 255], [4, 3, 3, 3, 3]];
        let plain = without_predictors(&predicted.concat(), 4, 2);
        let rows: Vec<&[u8]> = plain.chunks(4).collect();
        // Half of what is above; of left and above.
        let average = [13, 13, 9, 9];
        assert_eq!(rows[..4], [[10, 20, 30, 40], [5, 5, 6, 6], [6, 6, 7, 7], average]);
        // Above alone; then left 16, above 9, corner 13, of which the last is nearest to 16 + 9 - 13.
        assert_eq!(rows[4], [16, 16, 16, 16]);
    }
}
