//! The faces that are part of the program, all under the SIL Open Font License (see `fonts/`).

use std::sync::OnceLock;

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

/// The faces of mathematical signs, each with the name that formulas know it by. They are no text faces: nothing is chosen
/// from them by family or weight.
const MATH_FILES: [(&str, &[u8]); 20] = [
    ("AMS-Regular", font!("katex/KaTeX_AMS-Regular.ttf")),
    ("Caligraphic-Bold", font!("katex/KaTeX_Caligraphic-Bold.ttf")),
    ("Caligraphic-Regular", font!("katex/KaTeX_Caligraphic-Regular.ttf")),
    ("Fraktur-Bold", font!("katex/KaTeX_Fraktur-Bold.ttf")),
    ("Fraktur-Regular", font!("katex/KaTeX_Fraktur-Regular.ttf")),
    ("Main-Bold", font!("katex/KaTeX_Main-Bold.ttf")),
    ("Main-BoldItalic", font!("katex/KaTeX_Main-BoldItalic.ttf")),
    ("Main-Italic", font!("katex/KaTeX_Main-Italic.ttf")),
    ("Main-Regular", font!("katex/KaTeX_Main-Regular.ttf")),
    ("Math-BoldItalic", font!("katex/KaTeX_Math-BoldItalic.ttf")),
    ("Math-Italic", font!("katex/KaTeX_Math-Italic.ttf")),
    ("SansSerif-Bold", font!("katex/KaTeX_SansSerif-Bold.ttf")),
    ("SansSerif-Italic", font!("katex/KaTeX_SansSerif-Italic.ttf")),
    ("SansSerif-Regular", font!("katex/KaTeX_SansSerif-Regular.ttf")),
    ("Script-Regular", font!("katex/KaTeX_Script-Regular.ttf")),
    ("Size1-Regular", font!("katex/KaTeX_Size1-Regular.ttf")),
    ("Size2-Regular", font!("katex/KaTeX_Size2-Regular.ttf")),
    ("Size3-Regular", font!("katex/KaTeX_Size3-Regular.ttf")),
    ("Size4-Regular", font!("katex/KaTeX_Size4-Regular.ttf")),
    ("Typewriter-Regular", font!("katex/KaTeX_Typewriter-Regular.ttf")),
];

/// The face of boxes for letters that no face has, made by `fonts/missing-letter/make.py`.
const MISSING_FILE: &[u8] = font!("missing-letter/MissingLetter.ttf");

/// Its box for two digits by two.
pub(super) const BOX: u16 = 1;
/// Its box for three digits by two.
pub(super) const WIDE_BOX: u16 = 2;
/// Its digit 0; the others follow, to F.
pub(super) const FIRST_DIGIT: u16 = 3;
/// From one of its digits to the next on the right and to the one below, in font units.
pub(super) const DIGIT_STEP: (i32, i32) = (200, 310);

/// The face of boxes, read when it is first asked for.
pub(super) fn missing_face() -> Option<&'static Face> {
    static FACE: OnceLock<Option<Face>> = OnceLock::new();
    FACE.get_or_init(|| Face::parse(Blob::Static(MISSING_FILE), 0, Origin::Bundled)).as_ref()
}

/// How many mathematical faces there are.
pub(super) const MATH_FACES: usize = MATH_FILES.len();

/// The mathematical face number `index`, read when it is first asked for: a book without formulas pays nothing.
pub(super) fn math_face(index: usize) -> Option<&'static Face> {
    static FACES: [OnceLock<Option<Face>>; MATH_FACES] = [const { OnceLock::new() }; MATH_FACES];
    let (_, data) = *MATH_FILES.get(index)?;
    FACES.get(index)?.get_or_init(|| Face::parse(Blob::Static(data), 0, Origin::Bundled)).as_ref()
}

/// The number of the mathematical face called `name`.
pub(super) fn math_face_named(name: &str) -> Option<usize> {
    MATH_FILES.iter().position(|(known, _)| *known == name)
}

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

    #[test]
    fn the_boxes_have_sixteen_digits() {
        let face = missing_face().expect("the face of boxes");
        assert!((BOX..FIRST_DIGIT + 16).all(|glyph| !face.outline(glyph).is_empty()));
        assert!(face.outline(FIRST_DIGIT + 16).is_empty());
    }

    #[test]
    fn every_mathematical_file_is_the_face_it_is_called() {
        for (index, (name, _)) in MATH_FILES.iter().enumerate() {
            let face = math_face(index).expect(name);
            assert_eq!(face.postscript_name().replace("KaTeX", ""), *name);
        }
    }
}
