//! The integration tests: the program as its users meet it.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    clippy::format_push_string,
    clippy::type_complexity,
    clippy::many_single_char_names,
    clippy::wildcard_enum_match_arm,
    clippy::single_match_else,
    reason = "a test stops where a file is not as it must be"
)]

mod agreement;
mod command;
mod constructs;
mod declaration;
mod directions;
mod ebook;
mod ebook_text;
mod floats;
mod golden;
mod images;
mod laid;
mod layout;
mod manuscript;
mod matter;
mod notes;
mod page_design;
mod pages;
mod preflight;
mod program;
mod projects;
mod read_epub;
mod read_pdf;
mod scripts;
mod set_apart;
mod specification;
mod targets;
mod themes;
