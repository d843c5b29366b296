//! How the items of a list are counted. Start at [`ListNumbers`].

use crate::terms;

/// How the numbers of a list are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListNumbers {
    /// In what.
    pub figures: ListFigures,
    /// What stands around each.
    pub marks: ListMarks,
}

/// What a number is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListFigures {
    /// 1, 2, 3.
    #[default]
    Decimal,
    /// a, b, c; aa after z.
    LowerAlpha,
    /// A, B, C.
    UpperAlpha,
    /// i, ii, iii.
    LowerRoman,
    /// I, II, III.
    UpperRoman,
}

/// What stands around the number of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ListMarks {
    /// `1.`
    #[default]
    Period,
    /// `1)`
    Parenthesis,
    /// `(1)`
    Parentheses,
}

impl ListMarks {
    /// The one behind the number.
    #[must_use]
    pub const fn bracket(self) -> char {
        match self {
            Self::Period => '.',
            Self::Parenthesis | Self::Parentheses => ')',
        }
    }
}

impl ListNumbers {
    /// The number as it stands before an item: `1.`, `(iv)`. What letters or roman numerals don't reach is in decimals.
    #[must_use]
    pub fn label(self, number: u64) -> String {
        let figures = match self.figures {
            ListFigures::Decimal => None,
            ListFigures::LowerAlpha | ListFigures::UpperAlpha => letters(number),
            ListFigures::LowerRoman | ListFigures::UpperRoman => roman(number),
        };
        let mut figures = figures.unwrap_or_else(|| number.to_string());
        if matches!(self.figures, ListFigures::UpperAlpha | ListFigures::UpperRoman) {
            figures.make_ascii_uppercase();
        }
        match self.marks {
            ListMarks::Period => figures + ".",
            ListMarks::Parenthesis => figures + ")",
            ListMarks::Parentheses => format!("({figures})"),
        }
    }
}

/// The letters of a number, from 1: in a system of 26 without nought.
fn letters(number: u64) -> Option<String> {
    let mut rest = u32::try_from(number).ok().filter(|number| *number > 0)?;
    let mut letters = Vec::new();
    while rest > 0 {
        letters.push(char::from(b'a' + u8::try_from((rest - 1) % 26).unwrap_or(0)));
        rest = (rest - 1) / 26;
    }
    Some(letters.into_iter().rev().collect())
}

/// A roman numeral, from 1 to 3,999.
fn roman(number: u64) -> Option<String> {
    let number = u32::try_from(number).ok().filter(|number| (1..4_000).contains(number));
    number.map(terms::roman)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_their_figures_between_their_marks() {
        let label = |figures, marks, number| ListNumbers { figures, marks }.label(number);
        assert_eq!(label(ListFigures::Decimal, ListMarks::Period, 12), "12.");
        assert_eq!(label(ListFigures::LowerAlpha, ListMarks::Parenthesis, 28), "ab)");
        assert_eq!(label(ListFigures::UpperAlpha, ListMarks::Period, 702), "ZZ.");
        assert_eq!(label(ListFigures::LowerRoman, ListMarks::Parentheses, 49), "(xlix)");
        assert_eq!(label(ListFigures::UpperRoman, ListMarks::Period, 1_994), "MCMXCIV.");
        assert_eq!(label(ListFigures::UpperRoman, ListMarks::Period, 4_000), "4000.");
        assert_eq!(label(ListFigures::LowerAlpha, ListMarks::Period, 0), "0.");
    }
}
