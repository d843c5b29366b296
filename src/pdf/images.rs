//! Image objects (PDF 32000-1, 8.9.5): JPEG files as they are, others decoded and deflated, drawings as vectors.
//!
//! Gray stays gray, so that it prints with black ink alone; colours keep the profile that their file has, or become the inks
//! of the press. Where nothing may let through what is below, images are laid on white. Start at [`write()`].

use std::collections::BTreeMap;
use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat as FileFormat, ImageReader};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use sha2::{Digest, Sha256};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::color::{Colors, Press};
use super::objects::{deflated, dictionary, name, padded};
use super::raster::{Samples, raster};
use super::rgb::to_srgb;
use super::vectors;
use crate::graphic::{Graphic, ImageFormat, Orientation};

/// An image object, written.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenImage {
    /// The object.
    pub(super) id: ObjectId,
    /// Whether its colours are `DeviceCMYK`.
    pub(super) cmyk: bool,
    /// Whether it lets through what is below.
    pub(super) transparent: bool,
    /// Whether it has inks of which nobody knows how much.
    pub(super) unmeasured: bool,
}

impl WrittenImage {
    /// An opaque image in gray or light.
    pub(super) fn of(id: ObjectId) -> Self {
        Self { id, cmyk: false, transparent: false, unmeasured: false }
    }
}

/// How good a JPEG file is that had to be made smaller, of 100.
const JPEG_QUALITY: u8 = 92;

/// The colour profiles that have been written, by content.
#[derive(Default)]
pub(super) struct Profiles(BTreeMap<[u8; 32], ObjectId>);

impl Profiles {
    /// The colour space of an RGB profile; `DeviceRGB` where there is none, where it is sRGB, which the output intent says
    /// already, or where it is not one that PDF/A takes (ISO 19005-2, 6.2.4.2).
    fn space(&mut self, document: &mut Document, profile: Option<Vec<u8>>) -> Result<Object, String> {
        let Some(profile) = profile.filter(|profile| is_usable(profile)) else { return Ok(name("DeviceRGB")) };
        let hash: [u8; 32] = Sha256::digest(&profile).into();
        let id = if let Some(id) = self.0.get(&hash) {
            *id
        } else {
            let entries = dictionary([("N", Object::Integer(3)), ("Alternate", name("DeviceRGB"))]);
            let id = document.add_object(deflated(entries, padded(profile))?);
            self.0.insert(hash, id);
            id
        };
        Ok(Object::Array(vec![name("ICCBased"), Object::Reference(id)]))
    }
}

/// Whether a profile (ICC.1, 7.2) is whole, of RGB, of a class that describes colours, and not sRGB.
fn is_usable(profile: &[u8]) -> bool {
    let part = |from: usize| profile.get(from..from + 4).unwrap_or_default();
    let length = u32::try_from(profile.len()).unwrap_or_default();
    let contains = |text: &[u8]| profile.windows(text.len()).any(|window| window == text);
    part(0) == length.to_be_bytes()
        && part(36) == b"acsp"
        && part(16) == b"RGB "
        && [b"mntr", b"scnr", b"prtr", b"spac"].iter().any(|class| part(12) == *class)
        && profile.get(8).is_some_and(|version| (2..=4).contains(version))
        && !contains(b"sRGB")
        && !contains(b"s\0R\0G\0B")
}

/// Writes an image in these colours, of no more pixels than `most` where that is given. Linear in its pixels.
///
/// # Errors
/// Says what is wrong with the file.
pub(super) fn write(
    document: &mut Document,
    profiles: &mut Profiles,
    graphic: &Graphic,
    colors: &Colors<'_>,
    most: Option<(u32, u32)>,
) -> Result<WrittenImage, String> {
    let most = most.filter(|most| is_finer(graphic, *most));
    let format = match graphic.format {
        ImageFormat::Svg => return vectors::write(document, graphic, colors),
        ImageFormat::Jpeg => {
            let header = jpeg_header(&graphic.data).ok_or("an image is no JPEG file that can be placed")?;
            let colored = header.components == 3 && colors.press().is_some();
            if !colored && (most.is_none() || header.components == 4) {
                let written = write_jpeg(document, profiles, &graphic.data, header, colors)?;
                return Ok(WrittenImage { id: upright(document, written.id, graphic.orientation)?, ..written });
            }
            FileFormat::Jpeg
        }
        ImageFormat::Png => FileFormat::Png,
        ImageFormat::Gif => FileFormat::Gif,
        ImageFormat::WebP => FileFormat::WebP,
    };
    write_pixels(document, profiles, graphic, format, colors, most)
}

/// Whether an image has more pixels than needed, by more than a tenth.
fn is_finer(graphic: &Graphic, most: (u32, u32)) -> bool {
    graphic.pixels.is_some_and(|(width, height)| {
        u64::from(width) * 10 > u64::from(most.0) * 11 && u64::from(height) * 10 > u64::from(most.1) * 11
    })
}

/// An image that stands upright: itself, or a form that turns it.
fn upright(document: &mut Document, image: ObjectId, orientation: Orientation) -> Result<ObjectId, String> {
    // Where the corners of the unit square go.
    let matrix = match orientation {
        Orientation::NoTransforms => return Ok(image),
        Orientation::Rotate90 => "0 -1 1 0 0 1",
        Orientation::Rotate180 => "-1 0 0 -1 1 1",
        Orientation::Rotate270 => "0 1 -1 0 1 0",
        Orientation::FlipHorizontal => "-1 0 0 1 1 0",
        Orientation::FlipVertical => "1 0 0 -1 0 1",
        Orientation::Rotate90FlipH => "0 -1 -1 0 1 1",
        Orientation::Rotate270FlipH => "0 1 1 0 0 0",
    };
    let images = dictionary([("Im", Object::Reference(image))]);
    let entries = dictionary([
        ("Type", name("XObject")),
        ("Subtype", name("Form")),
        ("BBox", Object::Array([0, 0, 1, 1].map(Object::Integer).to_vec())),
        ("Resources", Object::Dictionary(dictionary([("XObject", Object::Dictionary(images))]))),
    ]);
    Ok(document.add_object(deflated(entries, padded(format!("{matrix} cm /Im Do").into_bytes()))?))
}

pub(super) fn image_dictionary(width: u32, height: u32, space: Object) -> Dictionary {
    dictionary([
        ("Type", name("XObject")),
        ("Subtype", name("Image")),
        ("Width", Object::Integer(i64::from(width))),
        ("Height", Object::Integer(i64::from(height))),
        ("ColorSpace", space),
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

/// Writes a JPEG file as it is.
fn write_jpeg(
    document: &mut Document,
    profiles: &mut Profiles,
    data: &[u8],
    header: JpegHeader,
    colors: &Colors<'_>,
) -> Result<WrittenImage, String> {
    let space = match header.components {
        1 => name("DeviceGray"),
        3 => {
            let decoder = ImageReader::with_format(Cursor::new(data), FileFormat::Jpeg).into_decoder();
            profiles.space(document, decoder.ok().and_then(|mut decoder| decoder.icc_profile().ok().flatten()))?
        }
        4 => name("DeviceCMYK"),
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
    let unmeasured = cmyk && colors.press().is_some_and(|press| !measure_inks(data, header.adobe, press));
    Ok(WrittenImage { cmyk, unmeasured, ..WrittenImage::of(document.add_object(stream)) })
}

/// How a JPEG file is decoded: without the instructions that only some processors have, so that every machine gets the same
/// pixels.
fn jpeg_options(space: ColorSpace) -> DecoderOptions {
    let options = DecoderOptions::default().set_use_unsafe(false).jpeg_set_out_colorspace(space);
    options.set_max_width(usize::from(u16::MAX)).set_max_height(usize::from(u16::MAX))
}

/// The pixels of a JPEG file in gray or RGB.
fn decode_jpeg(data: &[u8]) -> Result<DynamicImage, String> {
    let gray = jpeg_header(data).is_some_and(|header| header.components == 1);
    let options = jpeg_options(if gray { ColorSpace::Luma } else { ColorSpace::RGB });
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    let samples = decoder.decode().map_err(|error| format!("cannot decode an image file: {error:?}"))?;
    let (width, height) = decoder.dimensions().ok_or("an image file has no size")?;
    let [width, height] = [width, height].map(|side| u32::try_from(side).unwrap_or(u32::MAX));
    let decoded = if gray {
        image::GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8)
    } else {
        image::RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8)
    };
    decoded.ok_or_else(|| "an image file has fewer pixels than it says".to_owned())
}

/// Notes how much ink a JPEG file in CMYK takes; false where it can't be read. Linear in its pixels.
fn measure_inks(data: &[u8], inverted: bool, press: &Press) -> bool {
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), jpeg_options(ColorSpace::CMYK));
    let Ok(samples) = decoder.decode() else { return false };
    let (pixels, _) = samples.as_chunks::<4>();
    for pixel in pixels {
        press.measure(if inverted { pixel.map(|ink| u8::MAX - ink) } else { *pixel });
    }
    !pixels.is_empty()
}

/// Writes the pixels of a file, its first picture, upright.
fn write_pixels(
    document: &mut Document,
    profiles: &mut Profiles,
    graphic: &Graphic,
    format: FileFormat,
    colors: &Colors<'_>,
    most: Option<(u32, u32)>,
) -> Result<WrittenImage, String> {
    let failed = |error: image::ImageError| format!("cannot decode an image file: {error}");
    let mut reader = ImageReader::with_format(Cursor::new(&graphic.data), format);
    // How large it is has been seen to.
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let profile = decoder.icc_profile().ok().flatten();
    let mut decoded = if format == FileFormat::Jpeg {
        decode_jpeg(&graphic.data)?
    } else {
        DynamicImage::from_decoder(decoder).map_err(failed)?
    };
    decoded.apply_orientation(graphic.orientation);
    if let Some((width, height)) = most {
        // Cubes, which need no more than + − × ÷.
        decoded = decoded.resize_exact(width, height, FilterType::CatmullRom);
    }
    if format == FileFormat::Jpeg && colors.press().is_none() {
        let mut data = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut data, JPEG_QUALITY);
        if let Some(profile) = profile {
            let _kept = image::ImageEncoder::set_icc_profile(&mut encoder, profile);
        }
        decoded.write_with_encoder(encoder).map_err(failed)?;
        let header = jpeg_header(&data).ok_or("an image could not be made smaller")?;
        return write_jpeg(document, profiles, &data, header, colors);
    }
    let size = (decoded.width(), decoded.height());
    let color = decoded.color();
    let (samples, alpha) = if color.has_alpha() {
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
    let pixels = Pixels { samples, components, alpha, size };
    pixels.write(document, profiles, profile, colors)
}

/// Pixels in memory.
pub(super) struct Pixels {
    /// Three or one to the pixel.
    pub(super) samples: Vec<u8>,
    /// How many.
    pub(super) components: usize,
    /// One to the pixel, or none.
    pub(super) alpha: Vec<u8>,
    /// Width and height.
    pub(super) size: (u32, u32),
}

impl Pixels {
    /// Writes the pixels, whose colours `profile` describes, in the colours of a target.
    ///
    /// # Errors
    /// Where the compressor fails, which it does not in memory.
    pub(super) fn write(
        self,
        document: &mut Document,
        profiles: &mut Profiles,
        profile: Option<Vec<u8>>,
        colors: &Colors<'_>,
    ) -> Result<WrittenImage, String> {
        let Self { mut samples, components, mut alpha, size: (width, height) } = self;
        if !colors.transparency && !alpha.is_empty() {
            on_white(&mut samples, &alpha, components);
            alpha.clear();
        }
        let (samples, components) = without_color(samples, components);
        let (samples, components, space) = match (components, colors.press()) {
            (3, Some(press)) => {
                let samples = match profile.filter(|profile| is_usable(profile)) {
                    Some(profile) => to_srgb(samples, &profile),
                    None => samples,
                };
                (press.pixels(&samples), 4, name("DeviceCMYK"))
            }
            (3, None) => (samples, 3, profiles.space(document, profile)?),
            _ => (samples, 1, name("DeviceGray")),
        };
        let mut stream = raster(&Samples { bytes: &samples, width, height, components }, space)?;
        let transparent = alpha.iter().any(|&alpha| alpha != u8::MAX);
        if transparent {
            let mask = Samples { bytes: &alpha, width, height, components: 1 };
            let mask = raster(&mask, name("DeviceGray"))?;
            stream.dict.set("SMask", Object::Reference(document.add_object(mask)));
        }
        Ok(WrittenImage { cmyk: components == 4, transparent, ..WrittenImage::of(document.add_object(stream)) })
    }
}

/// Lays pixels on white.
fn on_white(samples: &mut [u8], alpha: &[u8], components: usize) {
    for (pixel, alpha) in samples.chunks_exact_mut(components.max(1)).zip(alpha) {
        let alpha = u32::from(*alpha);
        for sample in pixel {
            let mixed = (u32::from(*sample) * alpha + 255 * (255 - alpha) + 127) / 255;
            *sample = u8::try_from(mixed).unwrap_or(u8::MAX);
        }
    }
}

/// Writes pixels that another writer deflated as [`write()`] would: gray as gray, eight bits to the sample.
///
/// # Errors
/// Where the compressor fails, which it does not in memory.
pub(super) fn without_profile(stream: &mut Stream, colors: &Colors<'_>) -> Result<(), String> {
    let number = |key: &[u8]| stream.dict.get(key).and_then(Object::as_i64).unwrap_or_default();
    let flate = stream.dict.get(b"Filter").and_then(Object::as_name).is_ok_and(|filter| filter == b"FlateDecode");
    let (Ok(width), Ok(height), true) = (u32::try_from(number(b"Width")), u32::try_from(number(b"Height")), flate)
    else {
        return Ok(());
    };
    let Ok(mut samples) = stream.decompressed_content() else { return Ok(()) };
    if number(b"BitsPerComponent") == 16 {
        samples = samples.as_chunks::<2>().0.iter().map(|[high, _]| *high).collect();
    }
    let pixels = width as usize * height as usize;
    let components = if pixels > 0 && samples.len() >= pixels * 3 { 3 } else { 1 };
    let (samples, components) = without_color(samples, components);
    let (samples, components, space) = match (components, colors.press()) {
        (3, Some(press)) => (press.pixels(&samples), 4, "DeviceCMYK"),
        (3, None) => (samples, 3, "DeviceRGB"),
        _ => (samples, 1, "DeviceGray"),
    };
    let mask = stream.dict.get(b"SMask").ok().cloned();
    *stream = raster(&Samples { bytes: &samples, width, height, components }, name(space))?;
    if let Some(mask) = mask {
        stream.dict.set("SMask", mask);
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphic::Graphics;
    use crate::target::Target;

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
        let header = jpeg_header(&data).unwrap();
        let target = Target::default();
        let colors = Colors::of(&target).unwrap();
        let written = write_jpeg(&mut document, &mut Profiles::default(), &data, header, &colors).unwrap();
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
        let mut graphics = Graphics::default();
        let graphic = graphics.add(file).unwrap();
        let graphic = graphics.get(graphic).unwrap();
        let target = Target::default();
        let colors = Colors::of(&target).unwrap();
        let written = write(&mut document, &mut Profiles::default(), graphic, &colors, None).unwrap();
        let stream = document.get_object(written.id).unwrap().as_stream().unwrap();
        assert_eq!(stream.dict.get(b"ColorSpace").unwrap().as_name().unwrap(), b"DeviceGray");
        let samples = stream.decompressed_content().unwrap();
        assert_eq!(samples, (0..30).flat_map(|_| (0..40).map(|x| x * 5)).collect::<Vec<u8>>());
    }
}
