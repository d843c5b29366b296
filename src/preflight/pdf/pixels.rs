//! The ink of images: the pixel that takes the most (ISO 32000-2, 8.9.5).

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
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
        _ => unfolded(document, stream)?,
    };
    most(space, pixels.chunks_exact(parts), &decode_all(decode, parts))
}

/// The samples of a stream. What predictors made of them before they were compressed (7.4.4.4) is undone here: `lopdf` takes
/// PNG's average for another, and does not know TIFF's. Linear in the samples.
fn unfolded(document: &Document, stream: &Stream) -> Option<Vec<u8>> {
    let parameters = stream.dict.get_deref(b"DecodeParms", document).ok();
    let parameters = parameters.and_then(|parameters| match parameters {
        // Those of the last filter, which is the one that compressed.
        Object::Array(list) => document.dereference(list.last()?).ok()?.1.as_dict().ok(),
        other => other.as_dict().ok(),
    });
    let number = |key: &[u8], default: usize| {
        let number = |parameters: &Dictionary| parameters.get_deref(key, document).and_then(Object::as_i64);
        parameters.and_then(|parameters| usize::try_from(number(parameters).ok()?).ok()).unwrap_or(default)
    };
    let predictor = number(b"Predictor", 1);
    if predictor < 2 {
        return stream.get_plain_content_with_limit(LARGEST_IMAGE).ok();
    }
    let mut plain = stream.clone();
    plain.dict.remove(b"DecodeParms");
    let data = plain.get_plain_content_with_limit(LARGEST_IMAGE).ok()?;
    let pixel = Some(number(b"Colors", 1)).filter(|colors| (1..=32).contains(colors))?;
    let row = pixel.checked_mul(number(b"Columns", 1)).filter(|row| (1..=LARGEST_IMAGE).contains(row))?;
    if number(b"BitsPerComponent", 8) != 8 {
        return None;
    }
    let png = predictor >= 10;
    let mut samples: Vec<u8> = Vec::with_capacity(data.len());
    for line in data.chunks_exact(row + usize::from(png)) {
        let (filter, line) = if png { (*line.first()?, line.get(1..)?) } else { (1, line) };
        let start = samples.len();
        for (at, byte) in line.iter().enumerate() {
            let known = |back: usize, inside: bool| if inside { samples[start + at - back] } else { 0 };
            let left = known(pixel, at >= pixel);
            let above = known(row, start > 0);
            let corner = known(row + pixel, start > 0 && at >= pixel);
            let predicted = match filter {
                0 => 0,
                1 => left,
                2 => above,
                3 => left.midpoint(above),
                4 => nearest(left, above, corner),
                _ => return None,
            };
            samples.push(byte.wrapping_add(predicted));
        }
    }
    Some(samples)
}

/// Which of three neighbours is nearest to left + above − corner (PNG, 9.4: Paeth).
fn nearest(left: u8, above: u8, corner: u8) -> u8 {
    let estimate = i16::from(left) + i16::from(above) - i16::from(corner);
    let far = |sample: &u8| (estimate - i16::from(*sample)).abs();
    // The first of those that are equally near.
    [left, above, corner].into_iter().min_by_key(far).unwrap_or(left)
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
    use lopdf::dictionary;

    use super::*;

    #[test]
    fn predictors_are_undone() {
        let pixels = |predictor: i64, data: &[u8]| {
            let parameters = dictionary! { "Predictor" => predictor, "Colors" => 2, "Columns" => 2 };
            let mut stream = Stream::new(dictionary! {}, [data, &[0; 200]].concat());
            stream.compress().unwrap();
            stream.dict.set("DecodeParms", parameters);
            let samples = unfolded(&Document::with_version("1.7"), &stream);
            samples.map(|samples| samples[..if predictor < 10 { 4 } else { 8 }].to_vec())
        };
        let first = [0, 100, 50, 100, 40];
        for (second, expected) in [
            ([0, 1, 2, 3, 4], [1, 2, 3, 4]),
            ([1, 1, 2, 3, 4], [1, 2, 4, 6]),
            ([2, 1, 2, 3, 4], [101, 52, 103, 44]),
            ([3, 1, 2, 3, 4], [51, 27, 78, 37]),
            ([4, 1, 2, 3, 4], [101, 52, 104, 44]),
        ] {
            let whole = pixels(15, &[first, second].concat()).unwrap();
            assert_eq!((&whole[..4], &whole[4..]), (&[100, 50, 100, 40][..], &expected[..]), "{second:?}");
        }
        assert_eq!(pixels(15, &[9, 1, 2, 3, 4]), None);
        assert_eq!(pixels(2, &[1, 2, 3, 4]), Some(vec![1, 2, 4, 6]));
    }
}
