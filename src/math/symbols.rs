//! Which characters TeX's names stand for, and the alphabets of mathematics.

use ratex_font::{FontId, get_char_metrics, get_symbol};
use ratex_parser::Mode;
use unicode_normalization::char::compose;

/// The character that a symbol's name (`\alpha`, `+`, `é`) stands for. `None` where it stands for none.
pub(super) fn character(name: &str, mode: Mode) -> Option<char> {
    if let Some(letter) = styled_letter(name) {
        return Some(letter);
    }
    let mode = match mode {
        Mode::Math => ratex_font::Mode::Math,
        Mode::Text => ratex_font::Mode::Text,
    };
    let symbol = get_symbol(name, mode).and_then(|symbol| symbol.codepoint);
    symbol.or_else(|| Some(name.chars().next()?).filter(|&first| first != '\\'))
}

/// The character that people read: the sign for one of the private characters of the mathematical faces.
pub(super) fn public(character: char) -> char {
    match character {
        '\u{e020}' => '\u{338}',
        '\u{e006}' => '∤',
        '\u{e007}' => '∦',
        '\u{e00c}' => '≨',
        '\u{e00d}' => '≩',
        '\u{e00e}' | '\u{e00f}' => '≱',
        '\u{e010}' | '\u{e011}' => '≰',
        '\u{e016}' => '⊈',
        '\u{e018}' => '⊉',
        '\u{e017}' => '⫋',
        '\u{e019}' => '⫌',
        '\u{e01a}' => '⊊',
        '\u{e01b}' => '⊋',
        other => other,
    }
}

/// The letter that `name` is, where it is one of an alphabet of its own (`ℝ`), which the engine knows as a plain letter.
fn styled_letter(name: &str) -> Option<char> {
    let mut characters = name.chars();
    let (letter, None) = (characters.next()?, characters.next()) else { return None };
    let plain = get_symbol(name, ratex_font::Mode::Math)?.codepoint?;
    (!letter.is_ascii() && plain.is_ascii_alphanumeric()).then_some(letter)
}

/// Whether the mathematical faces have `character` as a sign or in one of their alphabets.
pub(super) fn has_sign(character: char) -> bool {
    const FACES: [FontId; 5] =
        [FontId::MainRegular, FontId::AmsRegular, FontId::MathItalic, FontId::Size1Regular, FontId::Size2Regular];
    let code = u32::from(character);
    styled_letter(character.encode_utf8(&mut [0; 4])).is_some()
        || FACES.iter().any(|&face| get_char_metrics(face, code).is_some())
}

/// Whether `character` is a small Greek letter (or one of its variants, or a dotless i or j), which mathematics sets in
/// italics.
pub(super) fn is_small_greek(character: char) -> bool {
    matches!(character, 'α'..='ω' | 'ϑ' | 'ϕ' | 'ϖ' | 'ϰ' | 'ϱ' | 'ϵ' | 'ı' | 'ȷ')
}

/// Whether `character` is a Greek capital.
pub(super) fn is_greek_capital(character: char) -> bool {
    matches!(character, 'Α'..='Ω')
}

/// The letter `base` under the accent that text mode calls `label` (`\'`), where Unicode has it as one character. Such a
/// letter has lost its own dot.
pub(super) fn accented(label: &str, base: char) -> Option<char> {
    let base = match base {
        'ı' if label != "\\c" => 'i',
        'ȷ' if label != "\\c" => 'j',
        other => other,
    };
    compose(base, combining(label)?)
}

/// The stroke through a sign, as a combining character.
pub(super) const STROKE: char = '\u{338}';

/// Puts a stroke through a sign, as one character where Unicode has it.
pub(super) fn strike(sign: &mut String) {
    let mut characters = sign.chars();
    match (characters.next().and_then(|first| compose(first, STROKE)), characters.next()) {
        (Some(whole), None) => *sign = whole.to_string(),
        (Some(_) | None, _) => sign.push(STROKE),
    }
}

/// The combining character of a text accent.
pub(super) fn combining(label: &str) -> Option<char> {
    Some(match label {
        "\\`" | "\\grave" => '\u{300}',
        "\\'" | "\\acute" => '\u{301}',
        "\\^" | "\\hat" | "\\widehat" | "\\widecheck" => '\u{302}',
        "\\~" | "\\tilde" | "\\widetilde" => '\u{303}',
        "\\=" | "\\bar" => '\u{304}',
        "\\u" | "\\breve" => '\u{306}',
        "\\." | "\\dot" => '\u{307}',
        "\\\"" | "\\ddot" => '\u{308}',
        "\\r" | "\\mathring" => '\u{30a}',
        "\\H" => '\u{30b}',
        "\\v" | "\\check" => '\u{30c}',
        "\\c" => '\u{327}',
        "\\vec" => '\u{20d7}',
        _ => return None,
    })
}

/// A variety of letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Alphabet {
    /// As the letter's kind asks: italic for a single variable.
    #[default]
    Plain,
    /// Upright.
    Roman,
    /// Upright and bold.
    Bold,
    /// Italic.
    Italic,
    /// Bold, in italics where the plain letter is.
    BoldItalic,
    /// Sans serif.
    Sans,
    /// All letters equally wide.
    Mono,
    /// Calligraphic capitals.
    Calligraphic,
    /// Script.
    Script,
    /// Fraktur.
    Fraktur,
    /// Letters with double strokes.
    Blackboard,
}

impl Alphabet {
    /// The alphabet that a font command (`\mathbf`, `textit`) asks for.
    pub(super) fn of_command(command: &str) -> Option<Self> {
        Some(match command.trim_start_matches('\\') {
            "mathrm" | "textrm" | "rm" | "textnormal" | "textup" | "textmd" | "text" | "textsc" => Self::Roman,
            "mathbf" | "textbf" | "bf" => Self::Bold,
            "mathit" | "textit" | "it" | "emph" | "textsl" => Self::Italic,
            "boldsymbol" | "bm" => Self::BoldItalic,
            "mathsf" | "textsf" | "sf" => Self::Sans,
            "mathtt" | "texttt" | "tt" => Self::Mono,
            "mathcal" | "cal" => Self::Calligraphic,
            "mathscr" => Self::Script,
            "mathfrak" | "frak" => Self::Fraktur,
            "mathbb" | "Bbb" => Self::Blackboard,
            "mathnormal" => Self::Plain,
            _ => return None,
        })
    }

    /// `letter` in this alphabet: Unicode's own character for it (Unicode 16, block "Mathematical Alphanumeric Symbols"),
    /// or the letter itself where there is none, and for the alphabets that markup can name.
    pub(super) fn letter(self, letter: char) -> char {
        let (capital, small, digit) = match self {
            Self::Plain | Self::Roman | Self::Italic => return letter,
            Self::Bold => (0x1d400, 0x1d41a, Some(0x1d7ce)),
            Self::BoldItalic => (0x1d468, 0x1d482, Some(0x1d7ce)),
            Self::Sans => (0x1d5a0, 0x1d5ba, Some(0x1d7e2)),
            Self::Mono => (0x1d670, 0x1d68a, Some(0x1d7f6)),
            Self::Calligraphic | Self::Script => (0x1d49c, 0x1d4b6, None),
            Self::Fraktur => (0x1d504, 0x1d51e, None),
            Self::Blackboard => (0x1d538, 0x1d552, Some(0x1d7d8)),
        };
        let greek = match self {
            Self::Bold => Some((0x1d6a8, 0x1d6c2)),
            Self::BoldItalic => Some((0x1d6a8, 0x1d736)),
            Self::Plain
            | Self::Roman
            | Self::Italic
            | Self::Sans
            | Self::Mono
            | Self::Calligraphic
            | Self::Script
            | Self::Fraktur
            | Self::Blackboard => None,
        };
        let code = u32::from(letter);
        let styled = match letter {
            'A'..='Z' => Some(capital + code - u32::from('A')),
            'a'..='z' => Some(small + code - u32::from('a')),
            '0'..='9' => digit.map(|digit| digit + code - u32::from('0')),
            'Α'..='Ω' => greek.map(|(capital, _)| capital + code - u32::from('Α')),
            'α'..='ω' => greek.map(|(_, small)| small + code - u32::from('α')),
            _ => None,
        };
        styled.and_then(char::from_u32).map_or(letter, older)
    }
}

/// The characters that Unicode had before the block that leaves gaps for them.
fn older(letter: char) -> char {
    match letter {
        '\u{1d49d}' => 'ℬ',
        '\u{1d4a0}' => 'ℰ',
        '\u{1d4a1}' => 'ℱ',
        '\u{1d4a3}' => 'ℋ',
        '\u{1d4a4}' => 'ℐ',
        '\u{1d4a7}' => 'ℒ',
        '\u{1d4a8}' => 'ℳ',
        '\u{1d4ad}' => 'ℛ',
        '\u{1d4ba}' => 'ℯ',
        '\u{1d4bc}' => 'ℊ',
        '\u{1d4c4}' => 'ℴ',
        '\u{1d506}' => 'ℭ',
        '\u{1d50b}' => 'ℌ',
        '\u{1d50c}' => 'ℑ',
        '\u{1d515}' => 'ℜ',
        '\u{1d51d}' => 'ℨ',
        '\u{1d53a}' => 'ℂ',
        '\u{1d53f}' => 'ℍ',
        '\u{1d545}' => 'ℕ',
        '\u{1d547}' => 'ℙ',
        '\u{1d548}' => 'ℚ',
        '\u{1d549}' => 'ℝ',
        '\u{1d551}' => 'ℤ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_characters() {
        assert_eq!(character("\\alpha", Mode::Math), Some('α'));
        assert_eq!(character("x", Mode::Math), Some('x'));
        assert_eq!(character("--", Mode::Text), Some('–'));
        assert_eq!(character("\\nothing", Mode::Math), None);
    }

    #[test]
    fn alphabets_have_their_own_letters() {
        for (alphabet, letter, expected) in [
            (Alphabet::Blackboard, 'R', 'ℝ'),
            (Alphabet::Blackboard, 'A', '𝔸'),
            (Alphabet::Script, 'L', 'ℒ'),
            (Alphabet::Fraktur, 'g', '𝔤'),
            (Alphabet::Bold, 'x', '𝐱'),
            (Alphabet::BoldItalic, 'α', '𝜶'),
            (Alphabet::Mono, '0', '𝟶'),
            (Alphabet::Roman, 'x', 'x'),
            (Alphabet::Bold, '+', '+'),
        ] {
            assert_eq!(alphabet.letter(letter), expected);
        }
    }
}
