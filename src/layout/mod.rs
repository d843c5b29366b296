//! Document → [`Book`]: lines, pages and the ways into them.

pub mod book;
pub mod page_breaking;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostics::Diagnostic;
use crate::document::{Document, NodeId};
use crate::font::FontBook;
use crate::graphic::{GraphicId, Graphics};
use crate::style::Style;
use book::{Book, Facts, Navigation, Pagination};

/// Lays out `document` in `style`. `images` names the decoded image of each figure or inline image that has one.
#[must_use]
pub fn lay_out(
    document: Document,
    style: Style,
    fonts: Arc<FontBook>,
    graphics: Graphics,
    images: BTreeMap<NodeId, GraphicId>,
) -> (Book, Vec<Diagnostic>) {
    let facts = Facts { images, ..Facts::default() };
    let book = Book {
        document,
        style,
        fonts,
        graphics,
        facts,
        pagination: Pagination::default(),
        navigation: Navigation::default(),
    };
    (book, Vec::new())
}
