//! Document → [`Book`](book::Book): lines, pages and the ways into them.

pub mod book;
