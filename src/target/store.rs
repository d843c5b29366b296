//! Stores: what those who sell e-books take.
//!
//! A [`Store`] is data, as a target is: the stores that come with the program are in `stores.toml`, each value with its
//! source, and a project changes or adds one in the same words. It knows nothing of EPUB. Start at [`Store`].

/// The stores that come with the program, in TOML.
pub const BUILT_IN: &str = include_str!("stores.toml");

/// What a store takes. What is `None` it does not limit, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    /// What a manifest calls it.
    pub name: String,
    /// The largest e-book, in bytes.
    pub file_size: Option<Limit<u64>>,
    /// The kinds of file that a cover may be.
    pub cover_formats: Option<Limit<Vec<String>>>,
    /// The largest file of a cover, in bytes.
    pub cover_size: Option<Limit<u64>>,
    /// The fewest pixels of a cover: width and height.
    pub cover_least: Option<Limit<(u32, u32)>>,
    /// The most pixels of a cover: width and height.
    pub cover_most: Option<Limit<(u32, u32)>>,
    /// The pixels that a cover has best, at least and in this proportion: width and height.
    pub cover_ideal: Option<Limit<(u32, u32)>>,
    /// The kinds of file that an image in the e-book may be.
    pub image_formats: Option<Limit<Vec<String>>>,
    /// The largest file of an image in the e-book, in bytes.
    pub image_size: Option<Limit<u64>>,
    /// The most pixels of an image in the e-book: width times height.
    pub image_pixels: Option<Limit<u64>>,
    /// The most bytes that the images of one file of text may add up to.
    pub embedded_size: Option<Limit<u64>>,
    /// Whether the e-book's identifier must be an ISBN.
    pub isbn: Option<Limit<bool>>,
}

/// What a store says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit<T> {
    /// The limit itself.
    pub value: T,
    /// Whether the store itself says so, and sends back what does not keep to it; else it only advises, or others say so.
    pub firm: bool,
}

/// The kinds of image file, as the data names them.
pub const FORMATS: [&str; 6] = ["gif", "jpeg", "png", "svg", "tiff", "webp"];
