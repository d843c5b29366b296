//! Written sizes → lengths: `10.5pt`, `148x210mm`, `A5`.
//!
//! Decimals are read as integers, so that a length is the same on every machine. Start at [`length`].

use crate::geometry::{Length, Size};

/// The units that a length can have: so many points are so many units.
const UNITS: [(&str, i128, i128); 5] =
    [("pt", 1, 1), ("mm", 720, 254), ("cm", 7_200, 254), ("in", 72, 1), ("pc", 12, 1)];

/// What one is in the decimals that are read.
const ONE: i128 = 1_000_000;

/// Pages that have a name: the name, width and height in hundredths of a millimetre.
pub(super) const PAGES: [(&str, i64, i64); 11] = [
    ("A3", 297_00, 420_00),
    ("A4", 210_00, 297_00),
    ("A5", 148_00, 210_00),
    ("A6", 105_00, 148_00),
    ("B5", 176_00, 250_00),
    ("B6", 125_00, 176_00),
    ("B-format", 129_00, 198_00),
    ("demy", 138_00, 216_00),
    ("royal", 156_00, 234_00),
    ("letter", 215_90, 279_40),
    ("half-letter", 139_70, 215_90),
];

/// A decimal number in millionths, such as `-1.25`; what lies beyond them is dropped.
fn decimal(text: &str) -> Option<i128> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let digits = digits.strip_prefix('+').unwrap_or(digits);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || !all_digits(whole) || !all_digits(part) || digits.ends_with('.') {
        return None;
    }
    let part: String = part.chars().chain("000000".chars()).take(6).collect();
    let value = whole.parse::<i128>().ok()? * ONE + part.parse::<i128>().ok()?;
    Some(if negative { -value } else { value })
}

/// A number in thousandths, rounded: `1.25` is 1250.
pub(super) fn thousandths(text: &str) -> Option<i64> {
    let value = decimal(text)?;
    i64::try_from((value + 500).div_euclid(1_000)).ok()
}

/// A number with its unit, rounded once.
pub(super) fn length(text: &str) -> Option<Length> {
    let text = text.trim();
    let (number, (_, points, units)) =
        UNITS.iter().find_map(|unit| Some((text.strip_suffix(unit.0)?.trim_end(), *unit)))?;
    let units = units * ONE;
    let raw = (decimal(number)? * points * 65_536 + units / 2).div_euclid(units);
    i64::try_from(raw).ok().map(Length::from_raw)
}

/// A page by name, or as width and height with one unit: `A5`, `6x9in`, `148 × 210 mm`.
pub(super) fn page(text: &str) -> Option<Size> {
    let text = text.trim();
    if let Some((_, width, height)) = PAGES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(text)) {
        return Some(Size::new(Length::mm(*width), Length::mm(*height)));
    }
    let (width, height) = text.split_once(['x', '×'])?;
    let unit = height.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c.is_whitespace());
    let (width, height) = (width.trim(), length(height)?);
    let width = length(width).or_else(|| length(&format!("{width}{unit}")))?;
    Some(Size::new(width, height))
}

/// A length for people, to a tenth of a millimetre.
pub(super) fn shown(length: Length) -> String {
    let tenths = length.scale(2_540, 72 * 10).raw() / 65_536;
    format!("{}.{} mm", tenths / 10, tenths.abs() % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_with_its_unit() {
        for (text, expected) in [
            ("10.5pt", Length::millipoints(10_500)),
            ("148mm", Length::mm(148_00)),
            ("14.8 cm", Length::mm(148_00)),
            ("5.25in", Length::pt(378)),
            ("1pc", Length::pt(12)),
            ("0mm", Length::ZERO),
        ] {
            assert_eq!(length(text), Some(expected), "{text}");
        }
        for text in
            ["", "12", "pt", "12px", "1.2.3pt", "1e3mm", "1.pt", ".5in", "12 000pt", "9999999pt", "one mm", "−1mm"]
        {
            assert_eq!(length(text), None, "{text}");
        }
        assert_eq!(length("-3pt"), Some(Length::pt(-3)));
    }

    #[test]
    fn a_page_has_a_name_or_two_lengths() {
        let a5 = Size::new(Length::mm(148_00), Length::mm(210_00));
        for text in ["A5", "a5", "148x210mm", "148 × 210 mm", "148mm x 21cm", "14.8x21cm"] {
            assert_eq!(page(text), Some(a5), "{text}");
        }
        assert_eq!(page("6x9in"), Some(Size::new(Length::pt(432), Length::pt(648))));
        for text in ["", "A", "A5 landscape", "6x9", "6xin", "x9in", "6in"] {
            assert_eq!(page(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_to_thousandths() {
        assert_eq!([thousandths("1.25"), thousandths("-0.0005"), thousandths("3")], [Some(1250), Some(0), Some(3000)]);
        assert_eq!([thousandths("inf"), thousandths("1e3"), thousandths("")], [None; 3]);
    }

    #[test]
    fn lengths_are_shown_in_millimetres() {
        assert_eq!([shown(Length::mm(12_34)), shown(Length::ZERO)], ["12.3 mm", "0.0 mm"]);
    }
}
