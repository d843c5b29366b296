//! Drawings as forms (PDF 32000-1, 8.10): what `svg2pdf` wrote, grafted into the book's file.
//!
//! Colours lose their profiles, for the output intent says the same of `DeviceRGB`; where red, green and blue are equal they
//! become `DeviceGray`, which prints with black ink alone. Start at [`write()`].

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::images;
use super::objects::{deflated, dictionary, name, padded};
use crate::graphic::Graphic;

/// Writes a drawing, one unit wide and high as an image is. Linear in what is drawn.
///
/// # Errors
/// Says why it can't be converted.
pub(super) fn write(document: &mut Document, graphic: &Graphic) -> Result<ObjectId, String> {
    let unreadable = |error: lopdf::Error| format!("a converted drawing can't be read: {error}");
    let mut source = Document::load_mem(&graphic.to_pdf()?).map_err(unreadable)?;
    let page = source.get_pages().into_values().next().ok_or("a converted drawing has no page")?;
    let page = source.get_dictionary(page).map_err(unreadable)?.clone();
    let content = page.get(b"Contents").and_then(Object::as_reference).map_err(unreadable)?;
    let media = page.get(b"MediaBox").and_then(Object::as_array).map_err(unreadable)?;
    let sides: Vec<f32> = media.iter().filter_map(|side| side.as_float().ok()).collect();
    let [_, _, width, height] = sides[..] else { return Err("a converted drawing has no size".to_owned()) };
    recolor(&mut source, content)?;
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
    Ok(id)
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
fn recolor(document: &mut Document, content: ObjectId) -> Result<(), String> {
    let profiles = profiles(document);
    let masks = luminosity_masks(document);
    let mut gray_functions = BTreeSet::new();
    let ids: Vec<ObjectId> = document.objects.keys().copied().collect();
    for &id in &ids {
        let shading =
            document.objects.get(&id).and_then(|object| object.as_dict().ok()).filter(|entries| is_shading(entries));
        if let Some(functions) = shading.and_then(|shading| gray_ramp(document, shading)) {
            gray_functions.extend(functions);
            set_space(document, id, "DeviceGray");
        }
    }
    for id in ids {
        match document.objects.get_mut(&id) {
            Some(Object::Dictionary(entries)) => {
                if gray_functions.contains(&id) {
                    to_gray(entries);
                } else if is_shading(entries) {
                    plain_space(entries, b"ColorSpace", &profiles);
                }
            }
            Some(Object::Stream(stream)) => {
                let is =
                    |key: &[u8], value: &[u8]| stream.dict.get(key).and_then(Object::as_name).is_ok_and(|v| v == value);
                if is(b"Subtype", b"Image") {
                    images::without_profile(stream)?;
                } else if id == content || is(b"Subtype", b"Form") || stream.dict.has(b"PatternType") {
                    stream.content = plain_colors(&stream.content);
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
                    (red == green && green == blue).then_some(())?;
                }
            }
        }
    }
    Some(functions)
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
/// string or an inline image in them, lines are all there is to know.
fn plain_colors(content: &[u8]) -> Vec<u8> {
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
