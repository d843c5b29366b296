//! How large an e-book and its images are, beside what stores take.

use std::collections::BTreeMap;

use super::{Findings, Subject};
use crate::diagnostics::Severity;
use crate::graphic::{self, ImageFormat};
use crate::preflight::epub::{Address, Entry};
use crate::target::store::{Limit, Store};

/// The largest file of text that old reading systems show, in bytes
/// (<http://electricbookworks.com/kb/creating-epub-from-indesign/working-in-indesign/file-sizes/>).
const LARGEST_TEXT: u64 = 300_000;

/// How far a cover's proportion may be from the ideal one: what rounding to whole pixels makes.
const PROPORTION: f64 = 0.01;

/// The stores whose limit is broken, as words, and how much that weighs: an error where a store itself sets it.
fn broken<'s, T: 's>(
    stores: &'s [Store],
    limit: impl Fn(&'s Store) -> Option<&'s Limit<T>>,
    breaks: impl Fn(&T) -> bool,
    words: impl Fn(&T) -> String,
) -> Option<(Severity, String)> {
    let broken: Vec<(&Store, &Limit<T>)> =
        stores.iter().filter_map(|store| Some((store, limit(store).filter(|limit| breaks(&limit.value))?))).collect();
    let names: Vec<String> =
        broken.iter().map(|(store, limit)| format!("`{}` ({})", store.name, words(&limit.value))).collect();
    let firm = broken.iter().any(|(_, limit)| limit.firm);
    let severity = if firm { Severity::Error } else { Severity::Warning };
    (!names.is_empty()).then(|| (severity, names.join(", ")))
}

/// A size in bytes, in words.
fn size(bytes: u64) -> String {
    let tenths = |unit: u64| {
        let tenths = (bytes * 10 + unit / 2) / unit;
        if tenths.is_multiple_of(10) { (tenths / 10).to_string() } else { format!("{}.{}", tenths / 10, tenths % 10) }
    };
    match bytes {
        1_000_000_000.. => format!("{} GB", tenths(1_000_000_000)),
        1_000_000.. => format!("{} MB", tenths(1_000_000)),
        1_000.. => format!("{} kB", tenths(1_000)),
        _ => format!("{bytes} bytes"),
    }
}

/// A number of pixels, in words.
fn millions(pixels: u64) -> String {
    let tenths = (pixels + 50_000) / 100_000;
    format!("{}.{} million", tenths / 10, tenths % 10)
}

/// What stores call a kind of image.
fn format_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "png",
        ImageFormat::Jpeg => "jpeg",
        ImageFormat::Gif => "gif",
        ImageFormat::WebP => "webp",
        ImageFormat::Svg => "svg",
    }
}

/// The e-book is no larger than its stores take.
pub(super) fn file_size(subject: &Subject<'_>, findings: &mut Findings) {
    let own = subject.epub.size as u64;
    let limit = broken(subject.stores, |store| store.file_size.as_ref(), |most| own > *most, |most| size(*most));
    if let Some((severity, stores)) = limit {
        let message = format!("the e-book has {}, more than is taken by {stores}", size(own));
        findings.add(severity, message, "reduce its images, or divide the book");
    }
}

/// The e-book is no larger than the project wants it.
pub(super) fn budget(subject: &Subject<'_>, findings: &mut Findings) {
    let own = subject.epub.size as u64;
    let Some(budget) = subject.budget.filter(|budget| own > *budget) else { return };
    let largest = images(subject)
        .max_by_key(|entry| entry.size)
        .map_or_else(String::new, |entry| format!("; its largest image, `{}`, has {}", entry.name, size(entry.size)));
    let message = format!("the e-book has {}, and the budget is {}{largest}", size(own), size(budget));
    findings.warning(message, "reduce its images, or raise `ebook-budget`");
}

/// The images of the archive.
fn images<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Entry> {
    subject.epub.entries.iter().filter(|entry| entry.image.is_some())
}

/// No image has more bytes or pixels than its stores take.
pub(super) fn image_sizes(subject: &Subject<'_>, findings: &mut Findings) {
    for entry in images(subject) {
        let bytes =
            broken(subject.stores, |store| store.image_size.as_ref(), |most| entry.size > *most, |most| size(*most));
        if let Some((severity, stores)) = bytes {
            let message =
                format!("the image `{}` has {}, more than is taken by {stores}", entry.name, size(entry.size));
            findings.image(severity, &entry.name, message, "save it smaller");
        }
        let Some((_, Some((width, height)))) = entry.image else { continue };
        let pixels = u64::from(width) * u64::from(height);
        let words = |most: &u64| millions(*most);
        if let Some((severity, stores)) =
            broken(subject.stores, |store| store.image_pixels.as_ref(), |most| pixels > *most, words)
        {
            let message = format!(
                "the image `{}` has {width} × {height}, {} pixels, more than is taken by {stores}",
                entry.name,
                millions(pixels)
            );
            findings.image(severity, &entry.name, message, "save it with fewer pixels");
        }
    }
}

/// Every image is of a kind that its stores take.
pub(super) fn image_formats(subject: &Subject<'_>, findings: &mut Findings) {
    for entry in images(subject) {
        let Some((format, _)) = entry.image else { continue };
        let format = format_name(format);
        let refused = |formats: &Vec<String>| !formats.iter().any(|known| known == format);
        let limit = broken(subject.stores, |store| store.image_formats.as_ref(), refused, |formats| formats.join(", "));
        if let Some((severity, stores)) = limit {
            let message =
                format!("the image `{}` is of the kind {format}, not of one that is taken by {stores}", entry.name);
            findings.image(severity, &entry.name, message, "save it as JPEG or PNG");
        }
    }
}

/// No file of text is larger than old reading systems show.
pub(super) fn text_size(subject: &Subject<'_>, findings: &mut Findings) {
    let epub = &subject.epub;
    let entries = epub.documents.iter().filter_map(|document| epub.entry(&document.name));
    for entry in entries.filter(|entry| entry.size > LARGEST_TEXT) {
        let message = format!(
            "`{}` has {} of text, more than the {} that old readers show",
            entry.name,
            size(entry.size),
            size(LARGEST_TEXT)
        );
        findings.warning(message, "divide the chapter by headings");
    }
}

/// The images of a file of text do not add up to more than its stores take.
pub(super) fn embedded_size(subject: &Subject<'_>, findings: &mut Findings) {
    let epub = &subject.epub;
    for document in &epub.documents {
        let mut shown: BTreeMap<&str, u64> = BTreeMap::new();
        for address in &document.resources {
            if let Address::Inside(name, _) = address
                && let Some(entry) = epub.entry(name).filter(|entry| entry.image.is_some())
            {
                shown.insert(&entry.name, entry.size);
            }
        }
        let sum: u64 = shown.values().sum();
        let limit =
            broken(subject.stores, |store| store.embedded_size.as_ref(), |most| sum > *most, |most| size(*most));
        if let Some((severity, stores)) = limit {
            let message = format!(
                "the images in `{}` have {} together, more than is taken by {stores}",
                document.name,
                size(sum)
            );
            findings.add(severity, message, "save them smaller, or divide the chapter by headings");
        }
    }
}

/// The cover within the e-book is one that its stores take, where they are given no other.
pub(super) fn embedded_cover(subject: &Subject<'_>, findings: &mut Findings) {
    if subject.has_store_cover {
        return;
    }
    if let Some(cover) = subject.epub.cover()
        && let Some((format, dimensions)) = cover.image
    {
        cover_limits(&cover.name, cover.size, format, dimensions, subject.stores, findings);
    }
}

/// The cover beside the e-book is one that stores take.
pub(super) fn store_cover(content: &[u8], name: &str, stores: &[Store], findings: &mut Findings) {
    match graphic::dimensions(content) {
        Some((format, dimensions)) => cover_limits(name, content.len() as u64, format, dimensions, stores, findings),
        None => findings.error(format!("the cover `{name}` is no image that can be read"), "give a JPEG or a PNG"),
    }
}

fn cover_limits(
    name: &str,
    bytes: u64,
    format: ImageFormat,
    dimensions: Option<(u32, u32)>,
    stores: &[Store],
    findings: &mut Findings,
) {
    let mut tell = |broken: Option<(Severity, String)>, what: String, help: &str| {
        if let Some((severity, stores)) = broken {
            findings.add(severity, format!("the cover `{name}` {what} {stores}"), help);
        }
    };
    let format = format_name(format);
    let refused = |formats: &Vec<String>| !formats.iter().any(|known| known == format);
    let limit = broken(stores, |store| store.cover_formats.as_ref(), refused, |formats| formats.join(", "));
    tell(limit, format!("is of the kind {format}, not of one that is taken by"), "save it as JPEG");
    let limit = broken(stores, |store| store.cover_size.as_ref(), |most| bytes > *most, |most| size(*most));
    tell(limit, format!("has {}, more than is taken by", size(bytes)), "save it smaller");
    let Some((width, height)) = dimensions else { return };
    let words = |(width, height): &(u32, u32)| format!("{width} × {height}");
    // Shapes differ: what is asked of the width is asked of the shorter side.
    let (short, long) = (width.min(height), width.max(height));
    let sides = |(width, height): &(u32, u32)| (*width.min(height), *width.max(height));
    let small = |least: &(u32, u32)| short < sides(least).0 || long < sides(least).1;
    let large = |most: &(u32, u32)| short > sides(most).0 || long > sides(most).1;
    let is_small = broken(stores, |store| store.cover_least.as_ref(), small, words);
    let too_small = is_small.is_some();
    tell(is_small, format!("has {width} × {height} pixels, fewer than are asked for by"), "make it larger");
    let limit = broken(stores, |store| store.cover_most.as_ref(), large, words);
    tell(limit, format!("has {width} × {height} pixels, more than are taken by"), "make it smaller");
    let misses = |ideal: &(u32, u32)| {
        let ratio = |width: u32, height: u32| f64::from(height) / f64::from(width.max(1));
        let (own, ideal_ratio) = (ratio(width, height), ratio(ideal.0, ideal.1));
        !too_small && (small(ideal) || (own / ideal_ratio - 1.0).abs() > PROPORTION)
    };
    let limit = broken(stores, |store| store.cover_ideal.as_ref(), misses, words);
    tell(
        limit,
        format!("has {width} × {height} pixels, not those in size or shape that are best for"),
        "draw it in that size",
    );
}
