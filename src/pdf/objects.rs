//! Small things about PDF objects that every step needs: numbers, strings, coordinates.

use lopdf::{Dictionary, Object, Stream, StringFormat};

/// A coordinate or size in points, rounded to thousandths: finer than any device.
pub(super) fn number(points: f64) -> f32 {
    // Adding zero turns −0 into 0.
    #[expect(clippy::cast_possible_truncation, reason = "a page's distances in thousandths fit an f32")]
    let rounded = ((points * 1000.0).round() / 1000.0) as f32 + 0.0;
    rounded
}

/// [`number`] as an object.
pub(super) fn real(points: f64) -> Object {
    Object::Real(number(points))
}

/// An array of four numbers.
pub(super) fn rectangle(corners: [f64; 4]) -> Object {
    Object::Array(corners.map(real).to_vec())
}

/// A name object.
pub(super) fn name(name: impl AsRef<[u8]>) -> Object {
    Object::Name(name.as_ref().to_vec())
}

/// The longest text that is sure to keep a string below the 32,767 bytes that PDF/A allows (ISO 19005-2, 6.1.13).
const LONGEST_TEXT: usize = 8_000;

/// Text for people (PDF 32000-1, 7.9.2.2): ASCII as it is, else UTF-16 with a byte order mark. What goes beyond 8,000
/// characters is cut off.
pub(super) fn text_bytes(text: &str) -> Vec<u8> {
    let text = text.char_indices().nth(LONGEST_TEXT).map_or(text, |(end, _)| &text[..end]);
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        text.as_bytes().to_vec()
    } else {
        [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect()
    }
}

/// [`text_bytes`] as an object; hexadecimal where it isn't ASCII or has characters to escape.
pub(super) fn text(text: &str) -> Object {
    string(text_bytes(text))
}

/// A byte string.
pub(super) fn string(bytes: Vec<u8>) -> Object {
    let plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'(' | b')' | b'\\'));
    Object::String(bytes, if plain { StringFormat::Literal } else { StringFormat::Hexadecimal })
}

/// A dictionary from pairs.
pub(super) fn dictionary<const N: usize>(entries: [(&str, Object); N]) -> Dictionary {
    entries.into_iter().collect()
}

/// Whether `content`, deflated, ends in a line feed or a carriage return. Validators take such an end for part of the line's
/// end before `endstream`, and find the stream's length false. Deflated data ends in the lower byte of the Adler-32 sum,
/// which is one more than the sum of all bytes modulo 65,521 (RFC 1950).
pub(super) fn deflates_to_line_break(content: &[u8]) -> bool {
    let sum: u64 = content.iter().map(|&byte| u64::from(byte)).sum();
    [u64::from(b'\n'), u64::from(b'\r')].contains(&((sum + 1) % 65_521 % 256))
}

/// Adds spaces to `content` until it ends in no line break, deflated or not: harmless after operators, maps, objects and the
/// tables of a font file.
pub(super) fn padded(mut content: Vec<u8>) -> Vec<u8> {
    while deflates_to_line_break(&content) || matches!(content.last(), Some(b'\n' | b'\r')) {
        content.push(b' ');
    }
    content
}

/// A stream, deflated where that makes it smaller.
///
/// # Errors
/// Where the compressor fails, which it does not in memory.
pub(super) fn deflated(dictionary: Dictionary, content: Vec<u8>) -> Result<Stream, String> {
    let mut stream = Stream::new(dictionary, content);
    stream.compress().map_err(|error| format!("cannot compress a stream: {error}"))?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_not_ascii_is_utf16_with_a_mark() {
        assert_eq!(text_bytes("é"), [0xFE, 0xFF, 0x00, 0xE9]);
        assert_eq!(text_bytes("e"), [b'e']);
    }

    #[test]
    fn numbers_have_three_decimals_and_no_negative_zero() {
        assert_eq!(number(1.234_56).to_string(), "1.235");
        assert_eq!(number(-0.000_01).to_string(), "0");
    }

    #[test]
    fn no_padded_stream_ends_in_a_line_break() {
        for length in 0..2_000 {
            let stream = deflated(Dictionary::new(), padded(vec![b'x'; length])).unwrap();
            assert!(!matches!(stream.content.last(), Some(b'\n' | b'\r')));
            assert!(stream.decompressed_content().unwrap_or(stream.content).starts_with(&vec![b'x'; length]));
        }
    }
}
