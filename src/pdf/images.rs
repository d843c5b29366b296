//! Image objects (PDF 32000-1, 8.9.5): JPEG files as they are, PNG files decoded and deflated.
//!
//! Gray stays gray, so that it prints with black ink alone. Start at [`write()`].

use image::{DynamicImage, ImageFormat as FileFormat};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::objects::{deflated, deflates_to_line_break, dictionary, name};
use crate::graphic::{Graphic, ImageFormat};

/// An image object, written.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenImage {
    /// The object.
    pub(super) id: ObjectId,
    /// Whether its colours are `DeviceCMYK`.
    pub(super) cmyk: bool,
}

/// Writes an image. Linear in its pixels.
///
/// # Errors
/// Says what is wrong with the file.
pub(super) fn write(document: &mut Document, graphic: &Graphic) -> Result<WrittenImage, String> {
    match graphic.format {
        ImageFormat::Jpeg => write_jpeg(document, &graphic.data),
        ImageFormat::Png => write_png(document, &graphic.data),
    }
}

fn image_dictionary(width: u32, height: u32, space: &str) -> Dictionary {
    dictionary([
        ("Type", name("XObject")),
        ("Subtype", name("Image")),
        ("Width", Object::Integer(i64::from(width))),
        ("Height", Object::Integer(i64::from(height))),
        ("ColorSpace", name(space)),
        ("BitsPerComponent", Object::Integer(8)),
    ])
}

/// What a JPEG file says of itself (ITU-T T.81, B.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct JpegHeader {
    width: u16,
    height: u16,
    components: u8,
    /// Whether Adobe wrote it: then four components are inverted.
    adobe: bool,
}

/// Reads a JPEG file up to its frame header.
fn jpeg_header(data: &[u8]) -> Option<JpegHeader> {
    let two = |at: usize| Some(u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    let mut adobe = false;
    if two(0)? != 0xFFD8 {
        return None;
    }
    loop {
        // Any number of fill bytes may precede a marker.
        while *data.get(at)? == 0xFF && *data.get(at + 1)? == 0xFF {
            at += 1;
        }
        if *data.get(at)? != 0xFF {
            return None;
        }
        match *data.get(at + 1)? {
            // Markers without a segment.
            0x01 | 0xD0..=0xD8 => at += 2,
            // Frame headers, which are SOF0 to SOF15 without DHT, JPG and DAC.
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Some(JpegHeader {
                    height: two(at + 5)?,
                    width: two(at + 7)?,
                    components: *data.get(at + 9)?,
                    adobe,
                });
            }
            0xD9 | 0xDA => return None,
            marker => {
                adobe |= marker == 0xEE && data.get(at + 4..at + 9) == Some(b"Adobe");
                at += 2 + usize::from(two(at + 2)?);
            }
        }
    }
}

fn write_jpeg(document: &mut Document, data: &[u8]) -> Result<WrittenImage, String> {
    let header = jpeg_header(data).ok_or("an image is no JPEG file that can be placed")?;
    let space = match header.components {
        1 => "DeviceGray",
        3 => "DeviceRGB",
        4 => "DeviceCMYK",
        count => return Err(format!("a JPEG file has {count} colour components")),
    };
    let mut entries = image_dictionary(header.width.into(), header.height.into(), space);
    entries.set("Filter", name("DCTDecode"));
    let cmyk = header.components == 4;
    if cmyk && header.adobe {
        entries.set("Decode", Object::Array([1, 0, 1, 0, 1, 0, 1, 0].map(Object::Integer).to_vec()));
    }
    // What follows the end-of-image marker is no part of the image, and a line break there would blur the stream's end.
    let stream = Stream::new(entries, data.trim_ascii_end().to_vec()).with_compression(false);
    Ok(WrittenImage { id: document.add_object(stream), cmyk })
}

fn write_png(document: &mut Document, data: &[u8]) -> Result<WrittenImage, String> {
    let decoded = image::load_from_memory_with_format(data, FileFormat::Png)
        .map_err(|error| format!("cannot decode a PNG file: {error}"))?;
    let (width, height) = (decoded.width(), decoded.height());
    let color = decoded.color();
    let (colors, alpha) = if color.has_alpha() {
        if color.has_color() {
            split::<4>(decoded.into_rgba8().as_raw())
        } else {
            split::<2>(decoded.into_luma_alpha8().as_raw())
        }
    } else if color.has_color() {
        (decoded.into_rgb8().into_raw(), Vec::new())
    } else {
        (DynamicImage::into_luma8(decoded).into_raw(), Vec::new())
    };
    let components = if color.has_color() { 3 } else { 1 };
    let (colors, components) = without_color(colors, components);
    let space = if components == 3 { "DeviceRGB" } else { "DeviceGray" };
    let mut stream = raster(&colors, width, height, components, space)?;
    if alpha.iter().any(|&alpha| alpha != u8::MAX) {
        let mask = raster(&alpha, width, height, 1, "DeviceGray")?;
        stream.dict.set("SMask", Object::Reference(document.add_object(mask)));
    }
    Ok(WrittenImage { id: document.add_object(stream), cmyk: false })
}

/// Divides pixels of `N` samples into colours and alpha, the last.
fn split<const N: usize>(samples: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let (pixels, _) = samples.as_chunks::<N>();
    let colors = pixels.iter().flat_map(|pixel| pixel[..N - 1].iter().copied()).collect();
    (colors, pixels.iter().map(|pixel| pixel[N - 1]).collect())
}

/// Pixels that are all gray, as gray alone.
fn without_color(samples: Vec<u8>, components: usize) -> (Vec<u8>, usize) {
    let (pixels, _) = samples.as_chunks::<3>();
    if components == 3 && pixels.iter().all(|[red, green, blue]| red == green && green == blue) {
        (pixels.iter().map(|pixel| pixel[0]).collect(), 1)
    } else {
        (samples, components)
    }
}

/// An image of 8-bit samples, deflated behind PNG's Paeth predictor (PDF 32000-1, 7.4.4.4).
fn raster(samples: &[u8], width: u32, height: u32, components: usize, space: &str) -> Result<Stream, String> {
    let row_length = width as usize * components;
    let mut predicted = Vec::with_capacity(samples.len() + height as usize);
    let mut above = vec![0; row_length];
    for row in samples.chunks_exact(row_length.max(1)) {
        predicted.push(PAETH);
        for (index, &sample) in row.iter().enumerate() {
            let before = index.checked_sub(components);
            let left = before.map_or(0, |before| row[before]);
            let corner = before.map_or(0, |before| above[before]);
            predicted.push(sample.wrapping_sub(paeth(left, above[index], corner)));
        }
        above.copy_from_slice(row);
    }
    settle(&mut predicted, samples, row_length);
    let mut stream = deflated(image_dictionary(width, height, space), predicted)?;
    if !stream.dict.has(b"Filter") {
        return deflated(image_dictionary(width, height, space), samples.to_vec());
    }
    let parameters = dictionary([
        ("Predictor", Object::Integer(15)),
        ("Colors", Object::Integer(if components == 3 { 3 } else { 1 })),
        ("Columns", Object::Integer(i64::from(width))),
    ]);
    stream.dict.set("DecodeParms", Object::Dictionary(parameters));
    Ok(stream)
}

/// PNG's number for the Paeth predictor; 0 is none, 1 the sample to the left, 2 the sample above.
const PAETH: u8 = 4;

/// Chooses the first row's predictor so that the stream does not end in a line break; pixels can't be followed by spaces.
/// With nothing above, Paeth equals Left, and Up equals None, but the number of the predictor counts in the checksum.
fn settle(predicted: &mut [u8], samples: &[u8], row_length: usize) {
    if predicted.len() <= row_length {
        return;
    }
    for predictor in [1, 0, 2] {
        if !deflates_to_line_break(predicted) {
            return;
        }
        predicted[0] = predictor;
        if predictor != 1 {
            predicted[1..=row_length].copy_from_slice(&samples[..row_length]);
        }
    }
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

    fn frame_header(components: u8) -> Vec<u8> {
        let mut data = vec![0xFF, 0xD8, 0xFF, 0xEE, 0, 14];
        data.extend(b"Adobe\0\x64\0\0\0\0\0");
        data.extend([0xFF, 0xFF, 0xC2, 0, 8, 8, 0, 7, 0, 9, components]);
        data
    }

    #[test]
    fn a_jpeg_file_tells_its_size_and_who_wrote_it() {
        let header = jpeg_header(&frame_header(4)).unwrap();
        assert_eq!(header, JpegHeader { width: 9, height: 7, components: 4, adobe: true });
        assert_eq!(jpeg_header(&frame_header(4)[..20]), None);
        assert_eq!(jpeg_header(b"GIF89a"), None);
    }

    #[test]
    fn a_cmyk_jpeg_by_adobe_is_inverted_and_untouched() {
        let mut document = Document::with_version("1.7");
        let data = frame_header(4);
        let written = write_jpeg(&mut document, &data).unwrap();
        let stream = document.get_object(written.id).unwrap().as_stream().unwrap();
        assert!(written.cmyk);
        assert_eq!(stream.content, data);
        assert_eq!(stream.dict.get(b"Decode").unwrap().as_array().unwrap().len(), 8);
    }

    #[test]
    fn an_rgb_png_of_gray_pixels_is_written_as_gray() {
        let mut file = Vec::new();
        let pixels = image::RgbImage::from_fn(40, 30, |x, _| image::Rgb([u8::try_from(x * 5).unwrap(); 3]));
        pixels.write_to(&mut std::io::Cursor::new(&mut file), FileFormat::Png).unwrap();
        let mut document = Document::with_version("1.7");
        let written = write_png(&mut document, &file).unwrap();
        let stream = document.get_object(written.id).unwrap().as_stream().unwrap();
        assert_eq!(stream.dict.get(b"ColorSpace").unwrap().as_name().unwrap(), b"DeviceGray");
        let samples = stream.decompressed_content().unwrap();
        assert_eq!(samples, (0..30).flat_map(|_| (0..40).map(|x| x * 5)).collect::<Vec<u8>>());
    }
}
