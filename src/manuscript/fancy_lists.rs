//! Pandoc's lists in letters and roman numerals (`fancy_lists`) → lists that the parser knows.
//!
//! Each marker is to become the number 1 in as many characters (`b.` is `1.`, `(iii)` is `0001)`), so that what is in an
//! item stays where it was; how the list is counted is told apart. A list is two markers at least, one after the other, that begin lines at one indent: a lone `A.` may be
//! anyone's initial. As in pandoc, two spaces follow a capital with a full stop. Start at [`find`].

use std::ops::Range;

use crate::document::{ListFigures, ListMarks, ListNumbers};

/// A list in letters, roman numerals or between two brackets.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FancyList {
    /// The number of the first item.
    pub(super) start: u64,
    pub(super) numbers: ListNumbers,
    /// The markers in order.
    pub(super) markers: Vec<Range<usize>>,
    /// What is behind the number of the list in decimals that follows, if one does.
    pub(super) next: Option<char>,
}

/// What a marker may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reading {
    number: u64,
    figures: ListFigures,
}

/// A line that begins with a marker.
struct Marker {
    range: Range<usize>,
    marks: ListMarks,
    readings: Vec<Reading>,
}

/// The list whose first item begins in the line at `at`, if there is one; no paragraph goes on there. `is_barred` tells
/// whether what begins at an offset is in fenced code or raw HTML. Linear in the lines up to the end of the list, or up to
/// where it proves to be none: the next block that is not part of the first item.
pub(super) fn find(text: &str, at: usize, is_barred: impl Fn(usize) -> bool) -> Option<FancyList> {
    let (prefix, first) = marker(text, at)?;
    if is_barred(first.range.start) {
        return None;
    }
    let Marker { range, marks, mut readings } = first;
    let inner = prefix.len() + 2;
    let mut markers = vec![range];
    let mut blank = false;
    let mut line = line_end(text, at);
    let mut follows = None;
    while line < text.len() {
        let end = line_end(text, line);
        let written = text[line..end].trim_end();
        let body = written.trim_start_matches([' ', '\t', '>']);
        let indent = written.len() - body.len();
        if body.is_empty() {
            blank = true;
        } else if is_barred(line + indent) {
            // Code in an item.
            if indent < inner {
                break;
            }
        } else if let Some((own, next)) = marker(text, line).filter(|(own, _)| *own == prefix) {
            let count = markers.len() as u64;
            let goes_on = |reading: &Reading| {
                next.readings.contains(&Reading { number: reading.number + count, figures: reading.figures })
            };
            if next.marks != marks || !readings.iter().any(goes_on) || own.contains('\t') {
                break;
            }
            readings.retain(goes_on);
            markers.push(next.range);
            blank = false;
        } else if indent < inner && (blank || begins_block(body)) {
            follows = bracket_of(body);
            break;
        } else {
            blank = false;
        }
        line = end;
    }
    let reading = readings.first().filter(|_| markers.len() > 1)?;
    let numbers = ListNumbers { figures: reading.figures, marks };
    Some(FancyList { start: reading.number, numbers, markers, next: follows })
}

/// What stands for a marker: the number 1, with `bracket` behind it.
pub(super) fn stand_in(marker: &Range<usize>, bracket: char) -> String {
    let digits = marker.len() - 1;
    format!("{:0>digits$}{bracket}", 1)
}

/// Whether a line may begin with a marker of such a list.
pub(super) fn begins_item(line: &str) -> bool {
    marker(line, 0).is_some()
}

fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |length| at + length + 1)
}

/// What is behind the number that a line begins with, if it is the marker of an item.
pub(super) fn bracket_of(body: &str) -> Option<char> {
    let after = body.trim_start_matches(|char: char| char.is_ascii_digit());
    let bracket = after.chars().next().filter(|char| after.len() < body.len() && matches!(char, '.' | ')'))?;
    (after.len() == 1 || after[1..].starts_with([' ', '\t'])).then_some(bracket)
}

/// Whether a line that no blank one precedes begins another block.
fn begins_block(body: &str) -> bool {
    bracket_of(body).is_some()
        || ["- ", "* ", "+ ", "#", "```", "~~~", ":::", "<"].iter().any(|start| body.starts_with(start))
}

/// The marker at the beginning of the line at `at`, and what stands before it.
fn marker(text: &str, at: usize) -> Option<(&str, Marker)> {
    let line = text[at..line_end(text, at)].trim_end_matches(['\n', '\r']);
    let body = line.trim_start_matches([' ', '\t', '>']);
    let prefix = &line[..line.len() - body.len()];
    let open = usize::from(body.starts_with('('));
    let length = body[open..].bytes().take(8).take_while(u8::is_ascii_alphanumeric).count();
    let figures = &body[open..open + length];
    let close = body[open + length..].chars().next()?;
    let marks = match (open, close) {
        (1, ')') => ListMarks::Parentheses,
        (0, ')') => ListMarks::Parenthesis,
        (0, '.') => ListMarks::Period,
        _ => return None,
    };
    let end = open + length + 1;
    let spaces = body[end..].bytes().take_while(|byte| *byte == b' ').count();
    let initial =
        marks == ListMarks::Period && length == 1 && figures.starts_with(|char: char| char.is_ascii_uppercase());
    let least = if initial { 2 } else { 1 };
    let readings = readings(figures, marks);
    if spaces < least || spaces + end >= body.len() || readings.is_empty() {
        return None;
    }
    let start = at + prefix.len();
    Some((prefix, Marker { range: start..start + end, marks, readings }))
}

/// What figures may say: roman numerals before letters. Decimals are the parser's own, but between two brackets.
fn readings(figures: &str, marks: ListMarks) -> Vec<Reading> {
    let mut readings = Vec::new();
    if marks == ListMarks::Parentheses
        && let Ok(number) = figures.parse()
    {
        readings.push(Reading { number, figures: ListFigures::Decimal });
    }
    let lower = figures.to_ascii_lowercase();
    let (letters, romans) = match (figures == lower, figures == figures.to_ascii_uppercase()) {
        (true, false) => (ListFigures::LowerAlpha, ListFigures::LowerRoman),
        (false, true) => (ListFigures::UpperAlpha, ListFigures::UpperRoman),
        _ => return readings,
    };
    if let Some(number) = roman(&lower) {
        readings.push(Reading { number, figures: romans });
    }
    if let [letter @ b'a'..=b'z'] = lower.as_bytes() {
        readings.push(Reading { number: u64::from(letter - b'a') + 1, figures: letters });
    }
    readings
}

/// The number that a roman numeral in lower case stands for, if it is one as it should be written.
fn roman(numeral: &str) -> Option<u64> {
    let mut number = 0;
    let mut last = 0;
    for sign in numeral.bytes().rev() {
        let value = match sign {
            b'i' => 1,
            b'v' => 5,
            b'x' => 10,
            b'l' => 50,
            b'c' => 100,
            b'd' => 500,
            b'm' => 1_000,
            _ => return None,
        };
        if value < last {
            number -= value;
        } else {
            number += value;
            last = value;
        }
    }
    let number = u64::try_from(number).ok()?;
    let numbers = ListNumbers { figures: ListFigures::LowerRoman, ..ListNumbers::default() };
    (numbers.label(number).trim_end_matches('.') == numeral).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list that a text begins with: its first number, how it is counted, and the text that stands for it.
    fn list(text: &str) -> Option<(u64, ListFigures, ListMarks, String)> {
        let found = find(text, 0, |_| false)?;
        let mut shown = text.to_owned();
        for range in found.markers {
            let bracket = found.numbers.marks.bracket();
            shown.replace_range(range.clone(), &stand_in(&range, bracket));
        }
        Some((found.start, found.numbers.figures, found.numbers.marks, shown))
    }

    fn check(text: &str, start: u64, figures: ListFigures, marks: ListMarks, shown: &str) {
        assert_eq!(list(text), Some((start, figures, marks, shown.to_owned())), "{text}");
    }

    #[test]
    fn markers_that_follow_one_another_are_a_list() {
        let (period, bracket) = (ListMarks::Period, ListMarks::Parenthesis);
        check("a. x\nb. y\n", 1, ListFigures::LowerAlpha, period, "1. x\n1. y\n");
        check("c) x\n\nd) y", 3, ListFigures::LowerAlpha, bracket, "1) x\n\n1) y");
        check("A.  x\nB.  y", 1, ListFigures::UpperAlpha, period, "1.  x\n1.  y");
        check("(1) x\n(2) y", 1, ListFigures::Decimal, ListMarks::Parentheses, "01) x\n01) y");
        check("> i. x\n> ii. y", 1, ListFigures::LowerRoman, period, "> 1. x\n> 01. y");
    }

    #[test]
    fn what_stands_in_an_item_is_passed_over() {
        let text = "a. x\n   goes on\nand on\n\n   another\n\n   - list\nb. y\n\nText.\nc. z";
        let shown = "1. x\n   goes on\nand on\n\n   another\n\n   - list\n1. y\n\nText.\nc. z";
        check(text, 1, ListFigures::LowerAlpha, ListMarks::Period, shown);
    }

    #[test]
    fn the_next_marker_tells_letters_from_numerals() {
        check("i. x\nii. y\niii. z", 1, ListFigures::LowerRoman, ListMarks::Period, "1. x\n01. y\n001. z");
        check("c. x\nd. y", 3, ListFigures::LowerAlpha, ListMarks::Period, "1. x\n1. y");
        check("i. x\nj. y", 9, ListFigures::LowerAlpha, ListMarks::Period, "1. x\n1. y");
    }

    #[test]
    fn it_is_known_which_list_follows() {
        let next = |text| find(text, 0, |_| false).and_then(|list| list.next);
        assert_eq!(next("a. x\nb. y\n\n1. z"), Some('.'));
        assert_eq!(next("a. x\nb. y\n1) z"), Some(')'));
        assert_eq!(next("a. x\nb. y\n\nText."), None);
    }

    #[test]
    fn what_is_no_list_stays() {
        for text in [
            "a. alone\n\nText.",
            "a. x\nc. y",
            "a. x\nb) y",
            "A. Author\nB. Writer",
            "a.x\nb.y",
            "x. y\n\nparagraph\n\ny. z",
            "1. one\n2. two",
            "iiii. x\niiiii. y",
            "word. x\nnext. y",
        ] {
            assert_eq!(list(text), None, "{text}");
        }
    }
}
