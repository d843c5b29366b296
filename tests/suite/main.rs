//! The integration tests: the program as its users meet it.

mod declaration;
mod layout;
mod manuscript;
