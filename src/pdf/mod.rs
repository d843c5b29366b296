//! Book → PDF: the print edition.
//!
//! A PDF 1.7 with tags, meant to pass PDF/A-2a and PDF/UA-1. Knows nothing of Markdown and decides nothing about lines or
//! pages: it paints the frames of a `Book` and writes down whose each painted thing is. The same book gives the same
//! bytes.
//!
//! The steps, one file each, start at [`write()`]:
//! 1. `fonts`: which glyphs are used and what they say; subsets, widths, `ToUnicode`.
//! 2. `structure`: the document's tree as structure elements, each with the owners of its content.
//! 3. `paint`: each page's content stream, through printpdf's operations, pages in parallel.
//! 4. `images`: image objects; `vectors`: drawings among them.
//! 5. `metadata`: XMP, the information dictionary, the output intent.
//! 6. `finish`: everything joined into one lopdf document: page tree, tags, links, outline, labels, destinations.
//! 7. `save`: objects into the file.

mod finish;
mod fonts;
mod images;
mod metadata;
mod objects;
mod paint;
mod save;
mod structure;
#[cfg(test)]
mod tests;
mod vectors;

use rayon::prelude::*;

use crate::layout::book::Book;

/// Writes the print edition: the bytes of a PDF file. Linear in the pages; pages are painted in parallel.
///
/// Black is `DeviceGray` 0, which a press prints with black ink alone; the output intent is sRGB. A book that shows a CMYK
/// JPEG gets it untouched, and then makes no claim to PDF/A, which wants a CMYK output intent.
///
/// # Errors
/// Says in words what could not be written: a book without pages, an image or a font that can't be read.
pub fn write(book: &Book) -> Result<Vec<u8>, String> {
    if book.pagination.pages.is_empty() {
        return Err("the book has no pages".to_owned());
    }
    let fonts = fonts::Fonts::of(book)?;
    let structure = structure::Structure::of(book);
    let pages = book
        .pagination
        .pages
        .par_iter()
        .map(|page| paint::paint(page, book, &fonts, &structure))
        .collect::<Result<Vec<_>, _>>()?;
    finish::finish(book, &fonts, &structure, pages)
}
