//! The matrices of a subset's PostScript outlines, taken out where they say what is so without them.
//!
//! The subsetter gives every font a matrix for the whole and one for each of its parts, together a thousandth of an em. Fonts
//! with many parts (Chinese, Japanese, Korean ones) are misread by some who must multiply the two, and take the widths of
//! glyphs for nothing. Where no matrix is given, it is a thousandth (Adobe technical note 5176, table 9). Start at
//! [`plain_matrices`].

/// A thousandth as the whole font's matrix, and the operator.
const WHOLE: &[u8] = &[0x1e, 0x0a, 0x00, 0x1f, 0x8b, 0x8b, 0x1e, 0x0a, 0x00, 0x1f, 0x8b, 0x8b, 0x0c, 0x07];
/// As long: `PaintType` 0, `CharstringType` 2, `StrokeWidth` 0 and `isFixedPitch` 0, which are so without being said.
const NOTHING_WHOLE: &[u8] = &[0x1c, 0, 0, 0x0c, 0x05, 0x8d, 0x0c, 0x06, 0x8b, 0x0c, 0x08, 0x8b, 0x0c, 0x01];

/// One as a part's matrix, and the operator.
const PART: &[u8] = &[0x8c, 0x8b, 0x8b, 0x8c, 0x8b, 0x8b, 0x0c, 0x07];
/// As long: `PaintType` 0 and `StrokeWidth` 0.
const NOTHING_PART: &[u8] = &[0x8b, 0x0c, 0x05, 0x1c, 0, 0, 0x0c, 0x08];
/// What follows it: size and place of the part's private dictionary, two numbers of five bytes and an operator.
const PRIVATE: usize = 11;

/// Takes the matrices out of a `CFF` table as the subsetter writes it; leaves the table as it is where they say something
/// else. Linear in the table.
pub(super) fn plain_matrices(table: &mut [u8]) {
    let Some(whole) = table.windows(WHOLE.len()).position(|bytes| bytes == WHOLE) else { return };
    let is_part = |bytes: &[u8]| {
        let after = bytes.get(PART.len()..).unwrap_or_default();
        bytes.starts_with(PART) && after[0] == 0x1d && after[5] == 0x1d && after[PRIVATE - 1] == 0x12
    };
    let length = PART.len() + PRIVATE;
    let parts: Vec<usize> =
        (0..).zip(table.windows(length)).filter(|(_, bytes)| is_part(bytes)).map(|(at, _)| at).collect();
    if parts.is_empty() {
        return;
    }
    table[whole..whole + WHOLE.len()].copy_from_slice(NOTHING_WHOLE);
    for at in parts {
        table[at..at + PART.len()].copy_from_slice(NOTHING_PART);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_matrices_go_or_none() {
        let private = [0x1d, 0, 0, 0, 9, 0x1d, 0, 0, 1, 0, 0x12];
        let table = |part: &[u8]| [&[1, 0, 4, 4], WHOLE, &[7], part, &private, &[7]].concat();
        let mut both = table(PART);
        plain_matrices(&mut both);
        assert_eq!(both, [&[1, 0, 4, 4], NOTHING_WHOLE, &[7], NOTHING_PART, &private, &[7]].concat());
        let mut one = table(&[0x8d; 8]);
        plain_matrices(&mut one);
        assert_eq!(one, table(&[0x8d; 8]));
    }

    #[test]
    fn the_bundled_faces_outlines_are_the_same_without() {
        let face = &super::super::bundled::faces()[0];
        let glyph = face.glyph('g').unwrap();
        let subset = face.subset([glyph]).unwrap();
        let table = super::super::sfnt_table(&subset.data, 0, *b"CFF ").unwrap();
        assert!(!table.windows(WHOLE.len()).any(|bytes| bytes == WHOLE));
        let again = super::super::Font::new(super::super::Blob::from(subset.data.clone()), 0).unwrap();
        let mut path: Vec<super::super::PathElement> = Vec::new();
        let outlines = again.outline_glyphs();
        let new = harfrust::GlyphId::new(u32::from(subset.glyphs[&glyph]));
        let options = super::super::DrawOptions::new().with_ppem(None);
        outlines.get(new).unwrap().draw(&options, super::super::DrawMemory::default(), &mut path).unwrap();
        assert_eq!(path, face.outline(glyph));
    }
}
