//! Book → EPUB 3.3.
//!
//! `content` writes the text, `css` the style sheet, `navigation` the ways in; `package` puts them together with
//! epub-builder, and `finish` mends and completes what that wrote. Knows nothing of how pages look: of the pages it uses
//! only where they start and what they are called. Start at [`write()`].

mod content;
mod css;
mod finish;
mod navigation;
mod package;
mod xml;

#[cfg(test)]
mod tests;

use crate::document::Direction;
use crate::graphic::cover::{self, CoverText};
use crate::layout::book::{Book, ListKind};
use crate::terms;

/// Writes the e-book: the same bytes for an equal `book`, everywhere.
///
/// # Errors
/// Says in words what could not be written.
pub fn write(book: &Book) -> Result<Vec<u8>, String> {
    let content = content::render(book);
    let metadata = &book.document.metadata;
    let cover = cover::draw(
        &CoverText {
            title: title(book),
            subtitle: &metadata.subtitle,
            authors: &metadata.authors,
            language: language(book),
        },
        &book.fonts,
        &book.style.typefaces.serif,
    )?;
    let archive = package::assemble(book, &content, &css::stylesheet(&book.style), &cover)?;
    finish::finish(&archive, book, &content)
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
