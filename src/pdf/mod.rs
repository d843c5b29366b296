//! Book → PDF: the print edition, for one target.
//!
//! For readers a PDF 1.7 with tags, meant to pass PDF/A-2a and PDF/UA-1, or a PDF 2.0 for PDF/A-4 and PDF/UA-2; for presses PDF/X-4, PDF/X-1a:2001 or PDF/X-3:2002
//! in the press's inks; for other printers a PDF without tags, links and transparency. Knows nothing of Markdown and decides
//! nothing about lines or pages: it paints the frames of a `Book` and writes down whose each painted thing is. The same book
//! and target give the same bytes.
//!
//! The steps, one file each, start at [`write_for`]:
//! 1. `color`: what colours are printed with; `sheet`: the boxes of a page, and the marks around it.
//! 1. `fonts`: which glyphs are used and what they say; subsets, widths, `ToUnicode`.
//! 2. `structure`: the document's tree as structure elements, each with the owners of its content.
//! 3. `paint`: each page's content stream, through printpdf's operations, pages in parallel.
//! 4. `images`: image objects; `raster`: their pixels, packed; `rgb`: other kinds of RGB; `vectors`: drawings among them.
//! 5. `metadata`: XMP, the information dictionary, the output intent.
//! 6. `finish`: everything joined into one lopdf document: page tree, tags, links, outline, labels, destinations.
//! 7. `save`: objects into the file.

mod color;
mod finish;
mod fonts;
mod images;
mod metadata;
mod objects;
mod paint;
mod raster;
mod rgb;
mod save;
mod sheet;
mod structure;
#[cfg(test)]
pub(crate) mod tests;
mod vectors;

use rayon::prelude::*;

use crate::diagnostics::{Diagnostic, Place};
use crate::layout::book::{Book, FrameItem};
use crate::target::{Conformance, Target};
use color::Colors;
use sheet::Sheet;

/// A PDF, and what was measured in writing it.
#[derive(Clone, Debug)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// The most ink in one place, in per cent, where the target names a press.
    pub total_ink: Option<u16>,
    /// The images in inks that were left as they are although they could not be measured, by number.
    pub unmeasured: usize,
}

impl Written {
    /// What there is to say of the file: the warning `total-ink`.
    #[must_use]
    pub fn findings(&self, target: &Target) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let mut warn = |message: String| {
            findings.push(
                Diagnostic::warning("total-ink", Place::Project, message)
                    .help("give the image in RGB, which is turned into inks within the limit, or with less ink"),
            );
        };
        if let (Some(measured), Some(limit)) = (self.total_ink, target.total_ink)
            && measured > limit
        {
            warn(format!("an image in CMYK takes {measured} % of ink, and the target `{}` {limit} %", target.name));
        }
        if self.unmeasured > 0 && target.total_ink.is_some() {
            warn(format!("the ink of {} images in CMYK could not be measured", self.unmeasured));
        }
        findings
    }
}

/// What is written, for what, and with what.
struct Job<'a> {
    book: &'a Book,
    target: &'a Target,
    colors: Colors<'a>,
    fonts: fonts::Fonts<'a>,
    /// The tags; a file without has neither links nor outline.
    structure: Option<structure::Structure<'a>>,
    /// The sheet of each page.
    sheets: Vec<Sheet>,
}

/// Writes the print edition for readers on a screen: what [`write_for`] writes for the default target.
///
/// # Errors
/// As [`write_for`].
pub fn write(book: &Book) -> Result<Vec<u8>, String> {
    write_for(book, &Target::default()).map(|written| written.bytes)
}

/// Writes the print edition for `target`. Linear in the pages; pages are painted in parallel.
///
/// Without a press, black is `DeviceGray` 0, which is printed with black ink alone; for a press it is 0 0 0 1 of `DeviceCMYK`.
/// A book for readers that shows a CMYK JPEG gets it untouched, and then makes no claim to PDF/A, which wants a CMYK output
/// intent.
///
/// # Errors
/// Says in words what could not be written: a book without pages, an image, a font or a profile that can't be read.
pub fn write_for(book: &Book, target: &Target) -> Result<Written, String> {
    let pages = &book.pagination.pages;
    if pages.is_empty() {
        return Err("the book has no pages".to_owned());
    }
    let bleeds = book.bleeds();
    let sheets: Vec<Sheet> = pages.iter().map(|page| Sheet::of(book, target, page.side, bleeds)).collect();
    let around: Vec<sheet::Marks> = if target.marks.any() {
        pages.iter().zip(&sheets).map(|(page, sheet)| sheet::marks(book, target, sheet, page)).collect()
    } else {
        Vec::new()
    };
    let slugs = around.iter().filter_map(|marks: &sheet::Marks| -> Option<&FrameItem> { marks.slug.as_ref() });
    let job = Job {
        book,
        target,
        colors: Colors::of(target)?,
        fonts: fonts::Fonts::of(book, slugs)?,
        structure: target
            .conformance
            .is_tagged()
            .then(|| structure::Structure::of(book, target.conformance == Conformance::Ua2)),
        sheets,
    };
    let painted = pages
        .par_iter()
        .zip(&job.sheets)
        .enumerate()
        .map(|(index, (page, sheet))| paint::paint(page, &job, sheet, around.get(index)))
        .collect::<Result<Vec<_>, _>>()?;
    let (bytes, unmeasured) = finish::finish(&job, painted)?;
    Ok(Written { bytes, total_ink: job.colors.press().map(color::Press::total_ink), unmeasured })
}
