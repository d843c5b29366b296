//! Book → EPUB 3.3.
//!
//! `content` writes the text, `css` the style sheet, `navigation` the ways in; `package` puts them together with
//! epub-builder, and `finish` mends and completes what that wrote. Knows nothing of how pages look: of the pages it uses
//! only where they start and what they are called. Start at [`write()`].

mod content;
mod css;
mod finish;
mod fixed;
mod fonts;
mod metadata;
mod navigation;
mod onix;
mod package;
mod xml;

#[cfg(test)]
mod tests;

use crate::document::Direction;
use crate::graphic::cover::{self, CoverText};
use crate::layout::book::{Book, ListKind};
use crate::terms;

/// How an e-book is to be made.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether it carries the fonts that it is designed for, as far as they allow it.
    pub embed_fonts: bool,
}

impl Default for Options {
    /// With fonts.
    fn default() -> Self {
        Self { embed_fonts: true }
    }
}

/// Writes the e-book: the same bytes for an equal `book`, everywhere.
///
/// # Errors
/// Says in words what could not be written.
pub fn write(book: &Book, options: Options) -> Result<Vec<u8>, String> {
    let content = content::render(book);
    let (cover, fonts) = rayon::join(
        || cover_image(book, cover::HEIGHT),
        || {
            if options.embed_fonts {
                fonts::collect(book, content.files.iter().map(|file| file.xhtml.as_str()))
            } else {
                Ok(Vec::new())
            }
        },
    );
    let fonts = fonts?;
    let mut css = fonts::rules(book, &fonts);
    let vertical = book.document.metadata.vertical;
    css.push_str(&css::stylesheet(&book.style, &fonts::fallbacks(book, &fonts), vertical));
    let assembly = package::assemble(book, &content, css, fonts, cover?)?;
    finish::finish(assembly, book, &content)
}

/// Writes the pages of print as an e-book: the same bytes for an equal `book`, everywhere.
///
/// # Errors
/// Says in words what could not be written.
pub fn write_fixed(book: &Book, options: Options) -> Result<Vec<u8>, String> {
    let (cover, fonts) = rayon::join(
        || cover_image(book, cover::HEIGHT),
        || if options.embed_fonts { fonts::collect(book, std::iter::empty()) } else { Ok(Vec::new()) },
    );
    let fonts = fonts?;
    let (content, css) = fixed::render(book, &fonts);
    let assembly = package::assemble(book, &content, css, fonts, cover?)?;
    finish::finish(assembly, book, &content)
}

/// The e-book of `bytes` bytes, described for the trade in ONIX 3.0.
#[must_use]
pub fn describe(book: &Book, bytes: usize) -> String {
    onix::message(book, &metadata::Findings::of(book, &content::render(book)), bytes)
}

/// The cover that stores ask for beside the e-book, a JPEG: taller than the one within it.
///
/// # Errors
/// Says in words that the image could not be made.
pub fn store_cover(book: &Book) -> Result<Vec<u8>, String> {
    cover_image(book, cover::STORE_HEIGHT)
}

/// The cover as high as that, a JPEG.
fn cover_image(book: &Book, height: u32) -> Result<Vec<u8>, String> {
    let metadata = &book.document.metadata;
    let text = CoverText {
        title: title(book),
        subtitle: &metadata.subtitle,
        authors: &metadata.authors,
        language: language(book),
    };
    cover::draw(&text, height, &book.fonts, &book.style.typefaces.serif)
}

/// The title, or what stands for one.
fn title(book: &Book) -> &str {
    let title = book.document.metadata.title.trim();
    if title.is_empty() { "Untitled" } else { title }
}

/// The book's language; `und` where it has none that is well formed.
fn language(book: &Book) -> &str {
    xml::language_tag(&book.document.metadata.language).unwrap_or("und")
}

/// Which way the book reads.
fn direction(book: &Book) -> Direction {
    book.document.metadata.reads()
}

/// ` dir="…"` for `text` where it does not read as the book does, else nothing.
fn turned(book: &Book, text: &str) -> String {
    let around = direction(book);
    let own = Direction::of_text(text, around);
    if own == around { String::new() } else { format!(" dir=\"{}\"", own.name()) }
}

/// The words over a list.
fn list_title(kind: ListKind, book: &Book) -> &'static str {
    terms::term(kind.heading(), &book.document.metadata.language)
}
