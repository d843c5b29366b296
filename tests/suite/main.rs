//! The integration tests: the program as its users meet it.

mod agreement;
mod command;
mod declaration;
mod layout;
mod manuscript;
mod page_design;
mod read_epub;
mod read_pdf;
