//! The faces that are part of the program, all under the SIL Open Font License (see `fonts/`).

use super::{Blob, Face, Origin};

macro_rules! font {
    ($path:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/", $path)).as_slice()
    };
}

/// The font files, the text face first.
pub(super) static FILES: [&[u8]; 14] = [
    font!("libertinus-serif/LibertinusSerif-Regular.otf"),
    font!("libertinus-serif/LibertinusSerif-Italic.otf"),
    font!("libertinus-serif/LibertinusSerif-Semibold.otf"),
    font!("libertinus-serif/LibertinusSerif-SemiboldItalic.otf"),
    font!("libertinus-serif/LibertinusSerif-Bold.otf"),
    font!("libertinus-serif/LibertinusSerif-BoldItalic.otf"),
    font!("source-sans-3/SourceSans3-Regular.ttf"),
    font!("source-sans-3/SourceSans3-Italic.ttf"),
    font!("source-sans-3/SourceSans3-Bold.ttf"),
    font!("source-sans-3/SourceSans3-BoldItalic.ttf"),
    font!("source-code-pro/SourceCodePro-Regular.ttf"),
    font!("source-code-pro/SourceCodePro-Italic.ttf"),
    font!("source-code-pro/SourceCodePro-Bold.ttf"),
    font!("source-code-pro/SourceCodePro-BoldItalic.ttf"),
];

/// Reads the bundled faces: about 20 µs each.
pub(super) fn faces() -> Vec<Face> {
    FILES.iter().filter_map(|data| Face::parse(Blob::Static(data), 0, Origin::Bundled)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_file_is_a_font() {
        assert_eq!(faces().len(), FILES.len());
    }
}
