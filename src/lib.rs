//! pressmark turns a Markdown manuscript into a print-ready PDF and an EPUB, from one shared layout model.

pub mod diagnostics;
pub mod document;
pub mod epub;
pub mod font;
pub mod geometry;
pub mod graphic;
pub mod layout;
pub mod manuscript;
pub mod pdf;
pub mod preflight;
pub mod project;
pub mod style;

#[doc = include_str!("decisions.md")]
pub mod decisions {}
