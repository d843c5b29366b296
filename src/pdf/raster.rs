//! Pixels, packed without loss: as few bits to the sample as they need, a palette where there are few colours, and the
//! predictors of PNG that deflate best (PDF 32000-1, 7.4.4.4 and 8.6.6.3). Start at [`raster`].

use std::collections::BTreeSet;

use lopdf::{Object, Stream, StringFormat};
use rayon::prelude::*;

use super::images::image_dictionary;
use super::objects::{deflated, deflates_to_line_break, dictionary, name};

/// Pixels in memory, eight bits to the sample.
#[derive(Clone, Copy)]
pub(super) struct Samples<'a> {
    /// Row by row.
    pub(super) bytes: &'a [u8],
    /// Pixels to the row.
    pub(super) width: u32,
    /// Rows.
    pub(super) height: u32,
    /// Samples to the pixel.
    pub(super) components: usize,
}

/// Samples as they are written.
struct Packed {
    rows: Vec<u8>,
    row_length: usize,
    components: usize,
    bits: usize,
    space: Object,
}

/// An image object of these pixels, in colours of `space`. Linear in the pixels.
///
/// # Errors
/// Where the compressor fails, which it does not in memory.
pub(super) fn raster(pixels: &Samples<'_>, space: Object) -> Result<Stream, String> {
    let packed = pack(pixels, space);
    // Which predictors are best is seen from the outcome, for a large image that of a sample; the first of equals is taken.
    let sample = packed.sample();
    let lengths = Filters::ALL
        .par_iter()
        .map(|filters| Ok(predicted(pixels, &sample, *filters)?.content.len()))
        .collect::<Result<Vec<usize>, String>>()?;
    let best = Filters::ALL.into_iter().zip(lengths).min_by_key(|(_, length)| *length);
    let stream = predicted(pixels, &packed, best.map_or(Filters::Least, |(filters, _)| filters))?;
    if stream.content.len() < packed.rows.len() {
        return Ok(stream);
    }
    Ok(Stream::new(entries(pixels, &packed), packed.rows).with_compression(false))
}

/// How many bytes of an image are tried with each of the predictors.
const SAMPLE: usize = 1 << 18;
/// How many rows of a sample stand together.
const BAND: usize = 16;

impl Packed {
    /// Bands of rows from the whole height; all rows of a small image.
    fn sample(&self) -> Self {
        let band = (self.row_length * BAND).max(1);
        let every = self.rows.len().div_ceil(SAMPLE).max(1);
        let rows = self.rows.chunks(band).step_by(every).flatten().copied().collect();
        Self { rows, space: self.space.clone(), ..*self }
    }
}

fn entries(pixels: &Samples<'_>, packed: &Packed) -> lopdf::Dictionary {
    let mut entries = image_dictionary(pixels.width, pixels.height, packed.space.clone());
    entries.set("BitsPerComponent", Object::Integer(i64::try_from(packed.bits).unwrap_or(8)));
    entries
}

/// The pixels in as few bits as they need: gray in steps of two, four or sixteen; a palette where there are at most 256
/// colours, or grays that sixteen or fewer tell apart.
fn pack(pixels: &Samples<'_>, space: Object) -> Packed {
    let Samples { bytes: samples, width, components, .. } = *pixels;
    let width = width as usize;
    if components == 1 {
        // The grays that so many bits have are the multiples of the first.
        for (bits, first) in [(1, 255), (2, 85), (4, 17)] {
            if samples.iter().all(|sample| sample % first == 0) {
                return bundled(samples.iter().map(|sample| sample / first), width, bits, space);
            }
        }
    }
    let most = if components == 1 { 16 } else { 256 };
    if let Some(palette) = palette(pixels, most) {
        let bits = match palette.len() {
            0..=2 => 1,
            3..=4 => 2,
            5..=16 => 4,
            _ => 8,
        };
        let last = Object::Integer(i64::try_from(palette.len().saturating_sub(1)).unwrap_or(255));
        let colors = Object::String(palette.concat(), StringFormat::Hexadecimal);
        let space = Object::Array(vec![name("Indexed"), space, last, colors]);
        let index =
            |pixel: &[u8]| u8::try_from(palette.partition_point(|color| color.as_slice() < pixel)).unwrap_or(u8::MAX);
        return bundled(samples.chunks_exact(components).map(index), width, bits, space);
    }
    Packed { rows: samples.to_vec(), row_length: width * components, components, bits: 8, space }
}

/// The colours of an image in order, if it has no more than `most`.
fn palette(pixels: &Samples<'_>, most: usize) -> Option<Vec<Vec<u8>>> {
    let mut colors: BTreeSet<&[u8]> = BTreeSet::new();
    let mut last: &[u8] = &[];
    for pixel in pixels.bytes.chunks_exact(pixels.components.max(1)) {
        if pixel != last {
            last = pixel;
            if colors.insert(pixel) && colors.len() > most {
                return None;
            }
        }
    }
    Some(colors.into_iter().map(<[u8]>::to_vec).collect())
}

/// Samples of so many bits side by side, each row in whole bytes.
fn bundled(samples: impl Iterator<Item = u8>, width: usize, bits: usize, space: Object) -> Packed {
    let row_length = (width * bits).div_ceil(8);
    let mut rows = Vec::new();
    for (index, sample) in samples.enumerate() {
        let at = index % width.max(1) * bits % 8;
        if at == 0 {
            rows.push(0);
        }
        if let Some(byte) = rows.last_mut() {
            *byte |= sample << (8 - bits - at);
        }
    }
    Packed { rows, row_length, components: 1, bits, space }
}

/// Which predictor each row has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filters {
    /// The same for all.
    All(u8),
    /// The one whose differences add up to the least (PNG, 12.8).
    Least,
}

impl Filters {
    const ALL: [Self; 3] = [Self::All(NONE), Self::All(PAETH), Self::Least];
}

/// PNG's numbers for the predictors.
const NONE: u8 = 0;
const LEFT: u8 = 1;
const UP: u8 = 2;
const AVERAGE: u8 = 3;
const PAETH: u8 = 4;

/// Packed samples behind predictors, deflated.
fn predicted(pixels: &Samples<'_>, packed: &Packed, filters: Filters) -> Result<Stream, String> {
    let Packed { rows, row_length, components, bits, .. } = packed;
    // From a sample to the one that it is compared with, in bytes.
    let step = (components * bits).div_ceil(8);
    let mut data = Vec::with_capacity(rows.len() + pixels.height as usize);
    let first = vec![0; *row_length];
    let mut above = first.as_slice();
    let mut differences = Vec::with_capacity(*row_length);
    for row in rows.chunks_exact((*row_length).max(1)) {
        let filter = match filters {
            Filters::All(filter) => filter,
            Filters::Least => (NONE..=PAETH)
                .min_by_key(|filter| {
                    filtered(*filter, row, above, step, &mut differences);
                    differences.iter().map(|byte| u64::from(byte.cast_signed().unsigned_abs())).sum::<u64>()
                })
                .unwrap_or(NONE),
        };
        filtered(filter, row, above, step, &mut differences);
        data.push(filter);
        data.append(&mut differences);
        above = row;
    }
    // Pixels can't be followed by spaces: the predictor of the first row is chosen so that the stream does not end in a line
    // break.
    for filter in NONE..=PAETH {
        if !deflates_to_line_break(&data) || rows.len() < *row_length {
            break;
        }
        filtered(filter, &rows[..*row_length], &first, step, &mut differences);
        data[0] = filter;
        data[1..=*row_length].copy_from_slice(&differences);
    }
    let mut stream = deflated(entries(pixels, packed), data)?;
    if stream.dict.has(b"Filter") {
        let number = |number: usize| Object::Integer(i64::try_from(number).unwrap_or(1));
        let parameters = dictionary([
            ("Predictor", Object::Integer(15)),
            ("Colors", number(*components)),
            ("BitsPerComponent", number(*bits)),
            ("Columns", Object::Integer(i64::from(pixels.width))),
        ]);
        stream.dict.set("DecodeParms", Object::Dictionary(parameters));
    }
    Ok(stream)
}

/// What a predictor leaves of a row (PNG, 9.2).
fn filtered(filter: u8, row: &[u8], above: &[u8], step: usize, differences: &mut Vec<u8>) {
    differences.clear();
    differences.extend(row.iter().enumerate().map(|(index, sample)| {
        let before = index.checked_sub(step);
        let left = before.map_or(0, |before| row[before]);
        let guess = match filter {
            LEFT => left,
            UP => above[index],
            AVERAGE => left.midpoint(above[index]),
            PAETH => paeth(left, above[index], before.map_or(0, |before| above[before])),
            _ => 0,
        };
        sample.wrapping_sub(guess)
    }));
}

/// Of the three neighbours the one nearest to left + above − corner (PNG, 9.4).
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |sample: u8| (guess - i16::from(sample)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(corner) {
        left
    } else if distance(above) <= distance(corner) {
        above
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of an image object, `step` bytes from pixel to pixel, as a viewer inflates them (PNG, 9.2).
    fn without_predictors(stream: &Stream, row_length: usize, step: usize) -> Vec<u8> {
        if !stream.dict.has(b"Filter") {
            return stream.content.clone();
        }
        let mut plain = stream.clone();
        plain.dict.remove(b"DecodeParms");
        let mut rows: Vec<u8> = Vec::new();
        for row in plain.decompressed_content().unwrap().chunks_exact(row_length + 1) {
            let start = rows.len();
            for (index, difference) in row[1..].iter().enumerate() {
                let above = |back: usize| (start + index).checked_sub(row_length + back).map_or(0, |at| rows[at]);
                let left = if index < step { 0 } else { rows[start + index - step] };
                let corner = if index < step { 0 } else { above(step) };
                let guess = match row[0] {
                    NONE => 0,
                    LEFT => left,
                    UP => above(0),
                    AVERAGE => left.midpoint(above(0)),
                    PAETH => paeth(left, above(0), corner),
                    other => panic!("predictor {other}"),
                };
                rows.push(difference.wrapping_add(guess));
            }
        }
        rows
    }

    /// The pixels of an image object as a viewer unpacks them, eight bits to the sample.
    fn unpacked(stream: &Stream) -> Vec<u8> {
        let number = |key: &[u8]| usize::try_from(stream.dict.get(key).unwrap().as_i64().unwrap()).unwrap();
        let (width, height, bits) = (number(b"Width"), number(b"Height"), number(b"BitsPerComponent"));
        let space = stream.dict.get(b"ColorSpace").unwrap();
        let palette = space.as_array().ok().map(|parts| (parts[1].clone(), parts[3].as_str().unwrap().to_vec()));
        let per_pixel = |space: &Object| match space.as_name().unwrap() {
            b"DeviceRGB" => 3,
            b"DeviceCMYK" => 4,
            _ => 1,
        };
        let stored = if palette.is_some() { 1 } else { per_pixel(space) };
        let row_length = (width * stored * bits).div_ceil(8);
        let rows = without_predictors(stream, row_length, (stored * bits).div_ceil(8));
        assert_eq!(rows.len(), row_length * height);
        let mut samples = Vec::new();
        for row in rows.chunks_exact(row_length) {
            for index in 0..width * stored {
                let at = index * bits;
                let value = row[at / 8] >> (8 - bits - at % 8) & u8::try_from((1_u16 << bits) - 1).unwrap();
                match &palette {
                    Some((base, colors)) => {
                        let size = per_pixel(base);
                        samples.extend(&colors[usize::from(value) * size..][..size]);
                    }
                    None => samples.push(value * (255 / u8::try_from((1_u16 << bits) - 1).unwrap())),
                }
            }
        }
        samples
    }

    /// Writes an image of `width` × 37 pixels and reads it back; its bits to the sample, and whether it has a palette.
    fn check(width: u32, components: usize, space: &str, sample: impl Fn(usize) -> u8) -> (i64, bool) {
        let samples: Vec<u8> = (0..width as usize * 37 * components).map(sample).collect();
        let pixels = Samples { bytes: &samples, width, height: 37, components };
        let stream = raster(&pixels, name(space)).unwrap();
        assert_eq!(unpacked(&stream), samples);
        assert!(!matches!(stream.content.last(), Some(b'\n' | b'\r')) || !stream.dict.has(b"Filter"));
        let bits = stream.dict.get(b"BitsPerComponent").unwrap().as_i64().unwrap();
        (bits, stream.dict.get(b"ColorSpace").unwrap().as_array().is_ok())
    }

    /// Noise that a small number of steps tells apart.
    fn noise(index: usize, steps: usize) -> u8 {
        u8::try_from((index * 7_919 + index * index * 31) / 13 % steps).unwrap()
    }

    #[test]
    fn pixels_take_as_few_bits_as_they_need_and_nothing_is_lost() {
        for width in [1, 5, 8, 61] {
            assert_eq!(check(width, 1, "DeviceGray", |index| noise(index, 2) * 255), (1, false));
            assert_eq!(check(width, 1, "DeviceGray", |index| noise(index, 4) * 85), (2, false));
            assert_eq!(check(width, 1, "DeviceGray", |index| noise(index, 16) * 17), (4, false));
            assert_eq!(check(width, 1, "DeviceGray", |index| noise(index, 3) + 9), (2, true));
        }
        assert_eq!(check(61, 1, "DeviceGray", |index| noise(index, 200)), (8, false));
        assert_eq!(check(61, 3, "DeviceRGB", |index| if index % 6 < 3 { 10 } else { 200 }), (1, true));
        assert_eq!(check(61, 3, "DeviceRGB", |index| noise(index / 3 % 90, 200)), (8, true));
        assert_eq!(check(61, 4, "DeviceCMYK", |index| noise(index / 4 % 5, 200)), (4, true));
        assert_eq!(check(61, 3, "DeviceRGB", |index| noise(index, 200)), (8, false));
    }

    #[test]
    fn each_kind_of_image_has_the_predictors_that_suit_it() {
        let length = |samples: &[u8], filters| {
            let pixels = Samples { bytes: samples, width: 120, height: 80, components: 1 };
            predicted(&pixels, &pack(&pixels, name("DeviceGray")), filters).unwrap().content.len()
        };
        let slope: Vec<u8> =
            (0..80 * 120).map(|index| u8::try_from((index % 120 + index / 120 * 3) % 256).unwrap()).collect();
        let text: Vec<u8> =
            (0..80 * 120).map(|index| if index % 120 % 7 < 3 { noise(index / 960, 40) } else { 99 }).collect();
        for (samples, better, worse) in
            [(&slope, Filters::Least, Filters::All(NONE)), (&text, Filters::All(NONE), Filters::All(PAETH))]
        {
            assert!(length(samples, better) < length(samples, worse));
            let pixels = Samples { bytes: samples, width: 120, height: 80, components: 1 };
            let written = raster(&pixels, name("DeviceGray")).unwrap().content.len();
            assert!(written <= length(samples, better), "the best is chosen");
        }
    }
}
