//! Attributes in braces, as pandoc writes them: `{#label .class key="value"}`.
//!
//! Knows the syntax and not what it is attached to: what a class means is for the caller to say. Start at [`parse`].

use std::sync::Arc;

use crate::document::{Attributes, Direction, Edition, Placement};

/// Attributes as they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    /// `#label`; of several the last.
    pub(super) label: Option<String>,
    /// `.class`, in order; `-` is `unnumbered`, and `=html` is kept with its sign.
    pub(super) classes: Vec<String>,
    /// `key=value`, in order.
    pub(super) pairs: Vec<(String, String)>,
}

/// How long attributes may be, in bytes, so that a text of nothing but braces is read in linear time.
const LONGEST: usize = 4096;

/// The attributes at the start of `text`, and their length in bytes, braces included. `None` where that is not what
/// stands there: then it is text. A value may stand in double or single quotes, in which `\` stands before a character
/// meant as itself; a line may end between attributes and in quotes. Linear, in at most [`LONGEST`] bytes.
pub(super) fn parse(text: &str) -> Option<(Parsed, usize)> {
    let mut reader = Reader { text, at: 1 };
    if !text.starts_with('{') {
        return None;
    }
    let mut parsed = Parsed::default();
    loop {
        let spaced = reader.skip_space() || reader.at == 1;
        match reader.peek()? {
            _ if reader.at > LONGEST => return None,
            '}' => return Some((parsed, reader.at + 1)),
            // Classes and labels may stand side by side, as in `{#a.b}`.
            '.' => {
                reader.at += 1;
                parsed.classes.push(reader.name()?.to_owned());
            }
            '#' => {
                reader.at += 1;
                parsed.label = Some(reader.label()?.to_owned());
            }
            _ if !spaced => return None,
            '-' => {
                reader.at += 1;
                parsed.classes.push("unnumbered".to_owned());
                if !reader.peek().is_some_and(|next| next == '}' || next.is_ascii_whitespace()) {
                    return None;
                }
            }
            '=' => {
                reader.at += 1;
                parsed.classes.push(format!("={}", reader.name()?));
            }
            _ => {
                let key = reader.name()?.to_owned();
                if reader.peek()? != '=' {
                    return None;
                }
                reader.at += 1;
                let value = reader.value()?;
                parsed.pairs.push((key, value));
            }
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Whether there was white space.
    fn skip_space(&mut self) -> bool {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        self.at += rest.len() - rest.trim_ascii_start().len();
        self.at > start
    }

    /// The characters from here that `belongs` holds for, one at least.
    fn while_some(&mut self, belongs: impl Fn(char) -> bool) -> Option<&'a str> {
        let rest = self.text.get(self.at..)?;
        let rest = rest.get(..LONGEST).unwrap_or(rest);
        let length = rest.find(|character| !belongs(character)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).filter(|name| !name.is_empty())
    }

    /// The name of a class or a key: letters, digits, `-`, `_` and `:`, a letter or digit first.
    fn name(&mut self) -> Option<&'a str> {
        self.while_some(|character| character.is_alphanumeric() || matches!(character, '-' | '_' | ':'))
    }

    /// A label: a name that may hold points, as in `{#sec:1.2}`, though not end in one.
    fn label(&mut self) -> Option<&'a str> {
        let belongs = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | ':' | '/');
        let start = self.at;
        self.while_some(belongs)?;
        // `{#a.b}` is a label and a class, as it is in pandoc's, unless a digit follows the point.
        while self.text.get(self.at..)?.starts_with('.')
            && self.text.get(self.at + 1..)?.starts_with(|next: char| next.is_ascii_digit())
        {
            self.at += 1;
            self.while_some(belongs)?;
        }
        self.text.get(start..self.at)
    }

    fn value(&mut self) -> Option<String> {
        let quote = self.peek()?;
        if !matches!(quote, '"' | '\'') {
            let belongs = |character: char| {
                !character.is_whitespace() && !matches!(character, '}' | '{' | '"' | '\'' | '<' | '>' | '`')
            };
            return self.while_some(belongs).map(str::to_owned);
        }
        self.at += 1;
        let mut value = String::new();
        let mut escaped = false;
        let rest = self.text.get(self.at..)?;
        for (at, character) in rest.char_indices() {
            match character {
                _ if at > LONGEST => return None,
                _ if escaped => {
                    // Only what Markdown lets escape is escaped.
                    if !character.is_ascii_punctuation() {
                        value.push('\\');
                    }
                    value.push(character);
                    escaped = false;
                }
                '\\' => escaped = true,
                _ if character == quote => {
                    self.at += at + 1;
                    return Some(value);
                }
                '\n' | '\r' => value.push_str(if value.ends_with(' ') { "" } else { " " }),
                _ => value.push(character),
            }
        }
        None
    }
}

impl Parsed {
    /// The value of a key: the last, where it is given twice.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// The value of a key, which is taken away with its repetitions: what is left at the end means nothing.
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        let value = self.get(key).map(str::to_owned);
        self.pairs.retain(|(name, _)| name != key);
        value
    }

    /// Takes away a class; whether it was there.
    pub(super) fn take_class(&mut self, class: &str) -> bool {
        let before = self.classes.len();
        self.classes.retain(|name| name != class);
        self.classes.len() < before
    }

    /// Takes away `lang=…` (or `xml:lang=…`): the language, a BCP 47 tag as written.
    pub(super) fn language(&mut self) -> Option<Arc<str>> {
        let other = self.take("xml:lang");
        self.take("lang").or(other).filter(|language| !language.is_empty()).map(Arc::from)
    }

    /// Takes away `.print-only` and `.ebook-only`: the one edition that shows the node. Both together are none.
    pub(super) fn edition(&mut self) -> Option<Edition> {
        match (self.take_class("print-only"), self.take_class("ebook-only")) {
            (true, false) => Some(Edition::Pdf),
            (false, true) => Some(Edition::Epub),
            (true, true) | (false, false) => None,
        }
    }

    /// Takes away what every node can bear: label, language, direction, edition.
    pub(super) fn attributes(&mut self) -> Attributes {
        Attributes {
            label: self.label.take().map(Arc::from),
            language: self.language(),
            direction: self.take("dir").and_then(|direction| direction_of(&direction)),
            number: None,
            edition: self.edition(),
            placement: None,
        }
    }

    /// The same for a figure, a table or code, which may say where it stands in print; a place that is none is left.
    pub(super) fn attributes_with_placement(&mut self) -> Attributes {
        let placement = self.get("placement").and_then(placement_of);
        if placement.is_some() {
            self.take("placement");
        }
        Attributes { placement, ..self.attributes() }
    }

    /// What is left, each as it would be written: to be warned of once all that means something was taken away.
    pub(super) fn left(&self) -> Vec<String> {
        let label = self.label.iter().map(|label| format!("#{label}"));
        let classes =
            self.classes.iter().map(|class| if class.starts_with('=') { class.clone() } else { format!(".{class}") });
        label.chain(classes).chain(self.pairs.iter().map(|(key, _)| format!("{key}="))).collect()
    }
}

/// What `dir` says; `auto` leaves it to the text.
pub(super) fn direction_of(name: &str) -> Option<Direction> {
    match name.trim().to_ascii_lowercase().as_str() {
        "rtl" => Some(Direction::RightToLeft),
        "ltr" => Some(Direction::LeftToRight),
        _ => None,
    }
}

/// The place in print that a word names.
pub(super) fn placement_of(name: &str) -> Option<Placement> {
    match name.trim().to_ascii_lowercase().as_str() {
        "here" => Some(Placement::Here),
        "top" => Some(Placement::Top),
        "bottom" => Some(Placement::Bottom),
        "page" => Some(Placement::Page),
        "float" => Some(Placement::Float),
        "full-bleed" => Some(Placement::FullBleed),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks that `text` begins with attributes, written back in one form, and what follows them.
    #[track_caller]
    fn check(text: &str, expected: &str, rest: &str) {
        let (parsed, length) = parse(text).unwrap_or_else(|| panic!("{text} has attributes"));
        let mut words: Vec<String> = parsed.label.iter().map(|label| format!("#{label}")).collect();
        words.extend(parsed.classes.iter().map(|class| format!(".{class}")));
        words.extend(parsed.pairs.iter().map(|(key, value)| format!("{key}={value:?}")));
        assert_eq!((words.join(" ").as_str(), &text[length..]), (expected, rest), "{text}");
    }

    #[test]
    fn labels_classes_and_pairs_are_read_in_any_order() {
        check("{#a .b c=d} e", "#a .b c=\"d\"", " e");
        check("{ .b\n  #fig:a-1\tc='d e' }", "#fig:a-1 .b c=\"d e\"", "");
        check("{.a.b#c}", "#c .a .b", "");
        check("{#sec:1.2 .x}", "#sec:1.2 .x", "");
        check("{#é .ü}", "#é .ü", "");
        check("{}x", "", "x");
        check("{xml:lang=fr data-x=1.5em}", "xml:lang=\"fr\" data-x=\"1.5em\"", "");
    }

    #[test]
    fn a_dash_is_unnumbered_and_an_equals_sign_a_raw_format() {
        check("{-}", ".unnumbered", "");
        check("{- #a}", "#a .unnumbered", "");
        check("{=html}", ".=html", "");
    }

    #[test]
    fn quotes_in_a_value_are_escaped_and_a_brace_is_a_letter_there() {
        check(r#"{a="b \"c\" } d\e"}"#, r#"a="b \"c\" } d\\e""#, "");
        check("{a=\"it's\nso\"}", "a=\"it's so\"", "");
        check("{a=\"\"}", "a=\"\"", "");
        check("{width=50%}", "width=\"50%\"", "");
    }

    #[test]
    fn what_is_not_attributes_is_text() {
        for text in [
            "",
            "a",
            "{",
            "{a}",
            "{{a}}",
            "{a b}",
            "{.}",
            "{#}",
            "{.a",
            "{a=}",
            "{a=\"b}",
            "{a=\"b\"c=d}",
            "{-a}",
            "{a =b}",
            "{x^2}",
            "{.a {.b}}",
            "{=}",
            "{1, 2}",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse(&format!("{{a=\"{}\"}}", "b".repeat(LONGEST + 1))), None);
    }

    #[test]
    fn what_means_something_is_taken_away_and_the_rest_is_named() {
        let (mut parsed, _) = parse("{#a .print-only .b lang=fr dir=rtl c=d c=e =tex}").unwrap();
        assert_eq!(parsed.get("c"), Some("e"));
        let attributes = parsed.attributes();
        assert_eq!(attributes.label.as_deref(), Some("a"));
        assert_eq!(attributes.language.as_deref(), Some("fr"));
        assert_eq!(attributes.edition, Some(Edition::Pdf));
        assert!(parsed.take_class("b") && !parsed.take_class("b"));
        assert_eq!(parsed.take("c").as_deref(), Some("e"));
        assert_eq!(parsed.left(), ["=tex"]);
    }

    #[test]
    fn a_placement_is_one_of_six_words_and_taken_where_it_can_be_meant() {
        let parsed = |text: &str| parse(text).unwrap().0;
        let words = ["here", "top", "bottom", "page", "Float", "full-bleed"];
        let places = [
            Placement::Here,
            Placement::Top,
            Placement::Bottom,
            Placement::Page,
            Placement::Float,
            Placement::FullBleed,
        ];
        for (word, place) in words.into_iter().zip(places) {
            let text = format!("{{placement={word}}}");
            let mut known = parsed(&text);
            assert_eq!(known.attributes_with_placement().placement, Some(place));
            assert!(known.left().is_empty());
        }
        let mut unknown = parsed("{placement=left}");
        assert_eq!(
            (unknown.attributes_with_placement().placement, unknown.left()),
            (None, vec!["placement=".to_owned()])
        );
        let mut elsewhere = parsed("{placement=top}");
        assert_eq!((elsewhere.attributes().placement, elsewhere.left()), (None, vec!["placement=".to_owned()]));
    }
}
