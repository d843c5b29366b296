//! The designs that come with the program, as data.
