//! Fonts, as far as preflight needs them: what they are called, whether they are in the file, and how wide glyphs are
//! (ISO 32000-2, 9.5 to 9.7).

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object};

use super::tokens::{Operand, Step, Tokens};

/// How much of a map from codes to characters is read, in bytes.
const LARGEST_MAP: usize = 1 << 22;

/// A font.
#[derive(Debug, PartialEq)]
pub(in super::super) struct Font {
    /// Its PostScript name, with the tag of a subset.
    pub(in super::super) name: String,
    /// Whether the file has its glyphs.
    pub(in super::super) embedded: bool,
    /// Whether its glyphs are content streams: how they are scaled, and how high their box is.
    pub(in super::super) procedures: Option<([f64; 6], f64)>,
    /// Two bytes to a code instead of one.
    pub(super) double: bool,
    pub(super) vertical: bool,
    widths: BTreeMap<u32, f64>,
    /// Codes from one to another that are all as wide.
    ranges: Vec<(u32, u32, f64)>,
    missing: f64,
    /// The codes of spaces.
    blank: BTreeSet<u32>,
}

impl Font {
    pub(super) fn read(document: &Document, font: &Dictionary) -> Self {
        let entry = |dictionary: &'_ Dictionary, key: &[u8]| dictionary.get_deref(key, document).ok().cloned();
        let text = |key: &[u8]| entry(font, key).and_then(|name| name.as_name().ok().map(<[u8]>::to_vec));
        let subtype = text(b"Subtype").unwrap_or_default();
        let name = text(b"BaseFont").or_else(|| text(b"Name")).unwrap_or_default();
        let descendant = || {
            let fonts = font.get_deref(b"DescendantFonts", document).ok()?.as_array().ok()?;
            document.dereference(fonts.first()?).ok()?.1.as_dict().ok()
        };
        let double = subtype == b"Type0";
        let inner = if double { descendant().unwrap_or(font) } else { font };
        let descriptor = inner.get_deref(b"FontDescriptor", document).and_then(Object::as_dict).ok();
        let embedded = descriptor.is_some_and(|descriptor| {
            let file = |key: &[u8]| descriptor.get_deref(key, document).is_ok_and(|file| file.as_stream().is_ok());
            file(b"FontFile") || file(b"FontFile2") || file(b"FontFile3")
        });
        let number = |dictionary: Option<&Dictionary>, key: &[u8]| float(document, dictionary?.get(key).ok()?);
        let mut read = Self {
            name: String::from_utf8_lossy(&name).into_owned(),
            embedded: embedded || subtype == b"Type3",
            procedures: (subtype == b"Type3").then(|| procedures(document, font)),
            double,
            vertical: double && text(b"Encoding").is_some_and(|encoding| encoding.ends_with(b"-V")),
            widths: BTreeMap::new(),
            ranges: Vec::new(),
            // The standard fonts need not say; a half of the em is what their letters are.
            missing: if double { 1000.0 } else { 500.0 },
            blank: BTreeSet::new(),
        };
        if double {
            read.missing = number(Some(inner), b"DW").unwrap_or(1000.0);
            if let Ok(widths) = inner.get_deref(b"W", document).and_then(Object::as_array) {
                read.composite_widths(document, widths);
            }
        } else {
            if let Some(missing) = number(descriptor, b"MissingWidth") {
                read.missing = missing;
            }
            let first = number(Some(font), b"FirstChar").unwrap_or(0.0);
            if let Ok(widths) = font.get_deref(b"Widths", document).and_then(Object::as_array) {
                for (code, width) in (code(first)..).zip(widths.iter().take(256)) {
                    read.widths.insert(code, float(document, width).unwrap_or(0.0));
                }
            }
            read.blank.insert(32);
        }
        if let Ok(map) = font.get_deref(b"ToUnicode", document).and_then(Object::as_stream)
            && let Ok(map) = map.get_plain_content_with_limit(LARGEST_MAP)
        {
            read.blanks(&map);
        }
        read
    }

    /// Widths by glyph: `c [w …]` and `first last w` (9.7.4.3).
    fn composite_widths(&mut self, document: &Document, widths: &[Object]) {
        let mut parts = widths.iter();
        while let (Some(first), Some(next)) = (parts.next(), parts.next()) {
            let Some(first) = float(document, first).map(code) else { continue };
            let next = document.dereference(next).map_or(next, |(_, next)| next);
            if let Ok(list) = next.as_array() {
                for (code, width) in (first..).zip(list.iter().take(1 << 16)) {
                    self.widths.insert(code, float(document, width).unwrap_or(0.0));
                }
            } else if let (Some(last), Some(width)) =
                (float(document, next).map(code), parts.next().and_then(|width| float(document, width)))
            {
                self.ranges.push((first, last, width));
            }
        }
        self.ranges.sort_by_key(|range| range.0);
    }

    /// Finds the codes that stand for spaces.
    fn blanks(&mut self, map: &[u8]) {
        let mut tokens = Tokens::new(map);
        let mut operands = Vec::new();
        while let Some(step) = tokens.step(&mut operands) {
            if !matches!(step, Step::Operator(b"endbfchar")) {
                continue;
            }
            for pair in operands.chunks_exact(2) {
                if let [Operand::String(code), Operand::String(text)] = pair
                    && matches!(text[..], [0, 0x20 | 0xa0])
                {
                    self.blank.insert(code.iter().fold(0, |code, byte| code << 8 | u32::from(*byte)));
                }
            }
        }
    }

    /// How wide the glyph of a code is, in thousandths of the em; a font of procedures counts by its own measure.
    pub(super) fn width(&self, code: u32) -> f64 {
        if let Some(width) = self.widths.get(&code) {
            return *width;
        }
        let at = self.ranges.partition_point(|range| range.0 <= code);
        match at.checked_sub(1).and_then(|at| self.ranges.get(at)) {
            Some((_, last, width)) if code <= *last => *width,
            _ => self.missing,
        }
    }

    /// Whether nothing is to be seen of a code.
    pub(super) fn is_blank(&self, code: u32) -> bool {
        self.blank.contains(&code)
    }

    /// Its name without the tag of a subset.
    pub(in super::super) fn family(&self) -> &str {
        match self.name.split_once('+') {
            Some((tag, name)) if tag.len() == 6 && tag.bytes().all(|byte| byte.is_ascii_uppercase()) => name,
            _ => &self.name,
        }
    }
}

/// The matrix of a font of procedures, and the height of its box in its own measure.
fn procedures(document: &Document, font: &Dictionary) -> ([f64; 6], f64) {
    let numbers = |key: &[u8]| -> Option<Vec<f64>> {
        let array = font.get_deref(key, document).ok()?.as_array().ok()?;
        array.iter().map(|number| float(document, number)).collect()
    };
    let matrix = numbers(b"FontMatrix").and_then(|matrix| <[f64; 6]>::try_from(matrix).ok());
    let height =
        numbers(b"FontBBox").filter(|corners| corners.len() == 4).map(|corners| (corners[3] - corners[1]).abs());
    (matrix.unwrap_or([0.001, 0.0, 0.0, 0.001, 0.0, 0.0]), height.unwrap_or(0.0))
}

/// A number, behind a reference or not.
pub(super) fn float(document: &Document, object: &Object) -> Option<f64> {
    let number = document.dereference(object).ok()?.1.as_float().ok().map(f64::from)?;
    number.is_finite().then_some(number)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "`as` saturates")]
fn code(number: f64) -> u32 {
    (number as u32).min(1 << 24)
}
