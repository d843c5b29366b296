//! Small books, and what the apparatus makes of them.
