//! Drawings as forms (PDF 32000-1, 8.10): what `svg2pdf` wrote, grafted into the book's file.
//!
//! Colours lose their profiles, for the output intent says the same of `DeviceRGB`; where red, green and blue are equal they
//! become `DeviceGray`, which prints with black ink alone; for a press the others become its inks. A drawing with something in
//! it that a target can't have, transparency or light on a press, is given as pixels. Start at [`write()`].

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::color::{Colors, Press};
use super::images::{self, Pixels, Profiles, WrittenImage};
use super::objects::{deflated, dictionary, name, number, padded, real};
use crate::graphic::Graphic;

/// Writes a drawing, one unit wide and high as an image is. Linear in what is drawn.
///
/// # Errors
/// Says why it can't be converted.
pub(super) fn write(document: &mut Document, graphic: &Graphic, colors: &Colors<'_>) -> Result<WrittenImage, String> {
    let unreadable = |error: lopdf::Error| format!("a converted drawing can't be read: {error}");
    let mut source = Document::load_mem(&graphic.to_pdf()?).map_err(unreadable)?;
    let page = source.get_pages().into_values().next().ok_or("a converted drawing has no page")?;
    let page = source.get_dictionary(page).map_err(unreadable)?.clone();
    let content = page.get(b"Contents").and_then(Object::as_reference).map_err(unreadable)?;
    let media = page.get(b"MediaBox").and_then(Object::as_array).map_err(unreadable)?;
    let sides: Vec<f32> = media.iter().filter_map(|side| side.as_float().ok()).collect();
    let [_, _, width, height] = sides[..] else { return Err("a converted drawing has no size".to_owned()) };
    recolor(&mut source, content, colors)?;
    let transparent = is_transparent(&source);
    if (transparent && !colors.transparency) || (colors.press().is_some() && has_light(&source)) {
        return write_pixels(document, graphic, colors);
    }
    if !colors.transparency {
        without_groups(&mut source);
    }
    let mut form = dictionary([
        ("Type", name("XObject")),
        ("Subtype", name("Form")),
        ("BBox", Object::Array([0.0, 0.0, width, height].map(Object::Real).to_vec())),
        ("Matrix", Object::Array([1.0 / width, 0.0, 0.0, 1.0 / height, 0.0, 0.0].map(Object::Real).to_vec())),
    ]);
    form.set("Resources", page.get(b"Resources").cloned().unwrap_or_else(|_| Object::Dictionary(Dictionary::new())));
    let content = source.get_object(content).and_then(Object::as_stream).map_err(unreadable)?.content.clone();
    let mut graft = Graft { source: &source, document, known: BTreeMap::new(), waiting: Vec::new() };
    let root = graft.object(&Object::Stream(Stream::new(form, content)))?;
    let id = graft.document.add_object(root);
    while let Some((old, new)) = graft.waiting.pop() {
        let object = graft.object(source.get_object(old).map_err(unreadable)?)?;
        graft.document.objects.insert(new, object);
    }
    Ok(WrittenImage { transparent, ..WrittenImage::of(id) })
}

/// Writes a drawing as pixels.
fn write_pixels(document: &mut Document, graphic: &Graphic, colors: &Colors<'_>) -> Result<WrittenImage, String> {
    let (width, height, pixels) = graphic.to_pixels()?;
    let (pixels, _) = pixels.as_chunks::<4>();
    let samples = pixels.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
    let alpha = pixels.iter().map(|pixel| pixel[3]).collect();
    Pixels { samples, components: 3, alpha, size: (width, height) }.write(
        document,
        &mut Profiles::default(),
        None,
        colors,
    )
}

/// Whether something lets through what is below: a constant, a mask, or a mode of mixing.
fn is_transparent(document: &Document) -> bool {
    let dictionaries = document.objects.values().filter_map(entries_of);
    let mixes = |entries: &Dictionary| {
        let part = |key: &[u8]| entries.get(key).and_then(Object::as_float).is_ok_and(|part| part < 1.0);
        let mask = entries.get(b"SMask").is_ok_and(|mask| !mask.as_name().is_ok_and(|name| name == b"None"));
        let mode = entries.get(b"BM").is_ok_and(|mode| !mode.as_name().is_ok_and(|name| name == b"Normal"));
        part(b"ca") || part(b"CA") || mask || mode
    };
    let mut stack: Vec<&Dictionary> = dictionaries.collect();
    while let Some(entries) = stack.pop() {
        if mixes(entries) {
            return true;
        }
        stack.extend(entries.iter().filter_map(|(_, value)| value.as_dict().ok()));
    }
    false
}

/// The entries of a dictionary or a stream.
fn entries_of(object: &Object) -> Option<&Dictionary> {
    if let Object::Stream(stream) = object { Some(&stream.dict) } else { object.as_dict().ok() }
}

/// Whether something is still painted with light.
fn has_light(document: &Document) -> bool {
    let named = |value: &Object| value.as_name().is_ok_and(|name| name == b"DeviceRGB");
    let mut stack: Vec<&Object> = document.objects.values().collect();
    while let Some(object) = stack.pop() {
        if named(object) {
            return true;
        }
        if let Ok(items) = object.as_array() {
            stack.extend(items);
        } else if let Some(entries) = entries_of(object) {
            stack.extend(entries.iter().map(|(_, value)| value));
        }
    }
    document.objects.values().filter_map(|object| object.as_stream().ok()).any(|stream| {
        let text = !stream.dict.has(b"Filter");
        text && [&b" rg\n"[..], b" RG\n"].iter().any(|operator| contains(&stream.content, operator))
    })
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

/// Takes out the groups of a document in which nothing is transparent, and what says that nothing is.
fn without_groups(document: &mut Document) {
    for object in document.objects.values_mut() {
        let entries = if let Object::Stream(stream) = object {
            &mut stream.dict
        } else if let Object::Dictionary(entries) = object {
            entries
        } else {
            continue;
        };
        entries.remove(b"Group");
        for key in [&b"ca"[..], b"CA", b"BM", b"SMask"] {
            entries.remove(key);
        }
        if let Ok(resources) = entries.get_mut(b"Resources").and_then(Object::as_dict_mut) {
            resources.remove(b"Group");
        }
    }
}

/// Copies objects from one document to another, numbered as they are met, entries in the order of their names.
struct Graft<'a> {
    source: &'a Document,
    document: &'a mut Document,
    known: BTreeMap<ObjectId, ObjectId>,
    /// Those that have a number but are not copied yet, with it.
    waiting: Vec<(ObjectId, ObjectId)>,
}

impl Graft<'_> {
    /// `object` as the new document has it. Recursion goes as deep as arrays and dictionaries nest.
    fn object(&mut self, object: &Object) -> Result<Object, String> {
        Ok(match object {
            Object::Reference(old) if !self.source.objects.contains_key(old) => Object::Null,
            Object::Reference(old) => {
                let new = *self.known.entry(*old).or_insert_with(|| {
                    let new = self.document.new_object_id();
                    self.waiting.push((*old, new));
                    new
                });
                Object::Reference(new)
            }
            Object::Array(items) => {
                Object::Array(items.iter().map(|item| self.object(item)).collect::<Result<_, String>>()?)
            }
            Object::Dictionary(entries) => Object::Dictionary(self.entries(entries)?),
            Object::Stream(stream) => {
                let entries = self.entries(&stream.dict)?;
                Object::Stream(if entries.has(b"Filter") {
                    Stream::new(entries, stream.content.clone()).with_compression(false)
                } else {
                    deflated(entries, padded(stream.content.clone()))?
                })
            }
            Object::Null
            | Object::Boolean(_)
            | Object::Integer(_)
            | Object::Real(_)
            | Object::Name(_)
            | Object::String(..) => object.clone(),
        })
    }

    fn entries(&mut self, entries: &Dictionary) -> Result<Dictionary, String> {
        let sorted: BTreeMap<&Vec<u8>, &Object> = entries.iter().collect();
        let mut copied = Dictionary::new();
        for (key, value) in sorted {
            // Sets of procedures are of no use since PDF 1.4.
            if key != b"ProcSet" {
                copied.set(key.clone(), self.object(value)?);
            }
        }
        Ok(copied)
    }
}

/// Takes the profiles out, and gray out of RGB, in everything that the document paints.
fn recolor(document: &mut Document, content: ObjectId, colors: &Colors<'_>) -> Result<(), String> {
    let profiles = profiles(document);
    let masks = luminosity_masks(document);
    let mut gray_functions = BTreeSet::new();
    let mut ink_functions = BTreeSet::new();
    let ids: Vec<ObjectId> = document.objects.keys().copied().collect();
    for &id in &ids {
        let shading =
            document.objects.get(&id).and_then(|object| object.as_dict().ok()).filter(|entries| is_shading(entries));
        if let Some(functions) = shading.and_then(|shading| gray_ramp(document, shading)) {
            gray_functions.extend(functions);
            set_space(document, id, "DeviceGray");
        } else if let (Some(shading), Some(_)) = (shading, colors.press())
            && let Some(functions) = color_ramp(document, shading)
        {
            ink_functions.extend(functions);
            set_space(document, id, "DeviceCMYK");
        }
    }
    for id in ids {
        match document.objects.get_mut(&id) {
            Some(Object::Dictionary(entries)) => {
                if gray_functions.contains(&id) {
                    to_gray(entries);
                } else if let (true, Some(press)) = (ink_functions.contains(&id), colors.press()) {
                    to_inks(entries, press);
                } else if is_shading(entries) {
                    plain_space(entries, b"ColorSpace", &profiles);
                }
            }
            Some(Object::Stream(stream)) => {
                let is =
                    |key: &[u8], value: &[u8]| stream.dict.get(key).and_then(Object::as_name).is_ok_and(|v| v == value);
                if is(b"Subtype", b"Image") {
                    images::without_profile(stream, colors)?;
                } else if id == content || is(b"Subtype", b"Form") || stream.dict.has(b"PatternType") {
                    stream.content = plain_colors(&stream.content, colors);
                    if let Ok(resources) = stream.dict.get_mut(b"Resources").and_then(Object::as_dict_mut) {
                        resources.remove(b"ColorSpace");
                    }
                }
                if let Ok(group) = stream.dict.get_mut(b"Group").and_then(Object::as_dict_mut) {
                    // Without a space of its own a group is blended in the one that it is painted in, so black stays black.
                    if masks.contains(&id) {
                        plain_space(group, b"CS", &profiles);
                    } else {
                        group.remove(b"CS");
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The colour profiles, and how many colours each has.
fn profiles(document: &Document) -> BTreeMap<ObjectId, i64> {
    let colors = |object: &Object| object.as_stream().ok()?.dict.get(b"N").ok()?.as_i64().ok();
    document.objects.iter().filter_map(|(id, object)| Some((*id, colors(object)?))).collect()
}

/// The groups whose brightness is a mask: they must name a space.
fn luminosity_masks(document: &Document) -> BTreeSet<ObjectId> {
    let mask = |object: &Object| {
        let mask = object.as_dict().ok()?.get(b"SMask").ok()?.as_dict().ok()?;
        (mask.get(b"S").ok()?.as_name().ok()? == b"Luminosity").then_some(())?;
        mask.get(b"G").ok()?.as_reference().ok()
    };
    document.objects.values().filter_map(mask).collect()
}

fn is_shading(entries: &Dictionary) -> bool {
    entries.has(b"ShadingType")
}

fn set_space(document: &mut Document, id: ObjectId, space: &str) {
    if let Ok(entries) = document.get_dictionary_mut(id) {
        entries.set("ColorSpace", name(space));
    }
}

/// Puts the device's space in the place of one with a profile.
fn plain_space(entries: &mut Dictionary, key: &[u8], profiles: &BTreeMap<ObjectId, i64>) {
    let Ok([_, profile]) = entries.get(key).and_then(Object::as_array).map(Vec::as_slice) else { return };
    let colors = profile.as_reference().ok().and_then(|id| profiles.get(&id)).copied().unwrap_or(3);
    entries.set(key, name(if colors == 1 { "DeviceGray" } else { "DeviceRGB" }));
}

/// The functions of a shading in RGB whose colours are all gray; `None` for any other.
fn gray_ramp(document: &Document, shading: &Dictionary) -> Option<Vec<ObjectId>> {
    ramp(document, shading, |[red, green, blue]| red == green && green == blue)
}

/// The functions of a shading in RGB; `None` where it is not made of ramps from one colour to another.
fn color_ramp(document: &Document, shading: &Dictionary) -> Option<Vec<ObjectId>> {
    ramp(document, shading, |_| true)
}

/// The functions of a shading in RGB whose ends all `fit`.
fn ramp(document: &Document, shading: &Dictionary, fit: impl Fn([&Object; 3]) -> bool) -> Option<Vec<ObjectId>> {
    let mut open = vec![shading.get(b"Function").ok()?.as_reference().ok()?];
    let mut functions = Vec::new();
    while let Some(id) = open.pop() {
        functions.push(id);
        let function = document.get_dictionary(id).ok()?;
        match function.get(b"Functions").and_then(Object::as_array) {
            Ok(parts) => open.extend(parts.iter().filter_map(|part| part.as_reference().ok())),
            Err(_) => {
                for end in [b"C0", b"C1"] {
                    let [red, green, blue] = function.get(end).ok()?.as_array().ok()?.as_slice() else { return None };
                    fit([red, green, blue]).then_some(())?;
                }
            }
        }
    }
    Some(functions)
}

/// Makes a function to red, green and blue one to inks.
fn to_inks(function: &mut Dictionary, press: &Press) {
    for key in ["C0", "C1"] {
        if let Ok(values) = function.get_mut(key.as_bytes()).and_then(Object::as_array_mut) {
            let parts: Vec<f64> = values.iter().filter_map(|part| part.as_float().ok()).map(f64::from).collect();
            if let [red, green, blue] = parts[..] {
                let inks = press.inks([red, green, blue].map(sample));
                *values = inks.map(|ink| real(f64::from(ink) / 255.0)).to_vec();
            }
        }
    }
    if function.has(b"Range") {
        function.set("Range", Object::Array([0, 1, 0, 1, 0, 1, 0, 1].map(Object::Integer).to_vec()));
    }
}

/// A part of light as a sample of eight bits.
fn sample(part: f64) -> u8 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
    let sample = (part.clamp(0.0, 1.0) * 255.0).round() as u8;
    sample
}

/// Makes a function to three equal colours one to a single colour.
fn to_gray(function: &mut Dictionary) {
    for (key, length) in [("C0", 1), ("C1", 1), ("Range", 2)] {
        if let Ok(values) = function.get_mut(key.as_bytes()).and_then(Object::as_array_mut) {
            values.truncate(length);
        }
    }
}

/// Operators, a line each, with colours of a profile (`/cs0 cs`, `0 0 0 scn`) as colours of the device (`0 g`). Without a
/// string or an inline image in them, lines are all there is to know. For a press they become inks.
fn plain_colors(content: &[u8], colors: &Colors<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    for line in content.split(|byte| *byte == b'\n') {
        let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        match words.as_slice() {
            [space, b"cs" | b"CS"] if space != b"/Pattern" => continue,
            [red, green, blue, operator @ (b"scn" | b"SCN")] => {
                let stroke = operator == b"SCN";
                if red == green && green == blue {
                    out.extend_from_slice(red);
                    out.extend_from_slice(if stroke { b" G" } else { b" g" });
                } else if let Some(inks) = colors.press().and_then(|press| inks([red, green, blue], press)) {
                    out.extend_from_slice(inks.as_bytes());
                    out.extend_from_slice(if stroke { b" K" } else { b" k" });
                } else {
                    out.extend_from_slice(&[*red, *green, *blue].join(&b' '));
                    out.extend_from_slice(if stroke { b" RG" } else { b" rg" });
                }
            }
            _ => out.extend_from_slice(line),
        }
        out.push(b'\n');
    }
    out
}

/// Three numbers of light as four of inks.
fn inks(parts: [&[u8]; 3], press: &Press) -> Option<String> {
    let mut color = [0; 3];
    for (part, place) in parts.into_iter().zip(&mut color) {
        *place = sample(str::from_utf8(part).ok()?.parse().ok()?);
    }
    Some(press.inks(color).map(|ink| number(f64::from(ink) / 255.0).to_string()).join(" "))
}
