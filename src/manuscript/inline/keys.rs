//! Keys after an `@`, and what stands in brackets around them: references (`[-@fig:x]`) and citations
//! (`[see @key, p. 3; -@other]`).
//!
//! Works on the source text alone. Start at [`key`] and [`bracketed`].

use crate::document::CitationItem;
use crate::manuscript::html;

/// What labels of numbered things begin with, before `:` (as in pandoc-crossref) or `-` (as in Quarto).
const PREFIXES: [&str; 5] = ["eq", "fig", "lst", "sec", "tbl"];

/// The key that stands after the `@` at the start of `text`, and its length in bytes with the `@`.
///
/// As in pandoc: letters, digits and `_`, with one sign of `:.#$%&-+?<>~/` between two of them; or anything without white
/// space in braces. Linear in the length of the key.
pub(super) fn key(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix('@')?;
    if let Some(braced) = rest.strip_prefix('{') {
        let end = braced.find(|character: char| character.is_whitespace() || matches!(character, '{' | '}'))?;
        return (end > 0 && braced[end..].starts_with('}')).then(|| (&braced[..end], end + 3));
    }
    let letter = |character: char| character.is_alphanumeric() || character == '_';
    let mut end = 0;
    let mut sign = true;
    for (at, character) in rest.char_indices() {
        if letter(character) {
            sign = false;
            end = at + character.len_utf8();
        } else if sign || !":.#$%&-+?<>~/".contains(character) {
            break;
        } else {
            sign = true;
        }
    }
    (end > 0).then(|| (&rest[..end], end + 1))
}

/// The label that a key stands for, if it is that of something numbered: `Fig:x` is `fig:x`.
pub(super) fn label(key: &str) -> Option<String> {
    let at = key.find([':', '-'])?;
    let prefix = key[..at].to_lowercase();
    let name = &key[at + 1..];
    (PREFIXES.contains(&prefix.as_str()) && !name.is_empty()).then(|| format!("{prefix}{}", &key[at..]))
}

/// What stands between brackets, taken apart at its semicolons; `None` if one of the pieces has no key. Linear.
pub(super) fn bracketed(text: &str) -> Option<Vec<CitationItem>> {
    let mut items = Vec::new();
    for piece in text.split(';') {
        let at = start(piece)?;
        let (key, length) = key(&piece[at..])?;
        let before = &piece[..at];
        let without_author = before.ends_with('-');
        let before = before.strip_suffix('-').unwrap_or(before);
        let after = piece[at + length..].trim_start();
        let after = after.strip_prefix(',').unwrap_or(after);
        items.push(CitationItem { key: key.to_owned(), prefix: clean(before), suffix: clean(after), without_author });
    }
    Some(items)
}

/// Where the first `@` is that can begin a key.
fn start(piece: &str) -> Option<usize> {
    piece.match_indices('@').map(|(at, _)| at).find(|&at| opens(&piece[..at]) && key(&piece[at..]).is_some())
}

/// Whether an `@` after `before` can begin a key: not within a word, as in an address by mail, nor after a `\`. Kana and
/// ideographs stand before it without a space.
pub(super) fn opens(before: &str) -> bool {
    let last = before.chars().next_back();
    !last.is_some_and(|last| {
        last.is_alphanumeric() && !writes_without_spaces(last) || matches!(last, '_' | '\\' | '@' | '/')
    })
}

/// Whether a letter is kana or an ideograph, by the blocks of Unicode that hold them.
fn writes_without_spaces(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// The words of a stretch of source: on one line, without escapes and marks of emphasis.
pub(in crate::manuscript) fn clean(source: &str) -> String {
    let decoded = html::decode(source);
    let mut words = String::with_capacity(decoded.len());
    let mut characters = decoded.trim().chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek().is_some_and(char::is_ascii_punctuation) => words.extend(characters.next()),
            '*' | '`' => {}
            _ if character.is_whitespace() && character != '\u{a0}' => {
                if !words.ends_with(' ') {
                    words.push(' ');
                }
            }
            _ => words.push(character),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_single_signs_between_letters() {
        for (text, expected) in [
            ("@knuth84, p. 3", Some("knuth84")),
            ("@Foo_bar.baz. And", Some("Foo_bar.baz")),
            ("@fig:a-b)", Some("fig:a-b")),
            ("@foo--bar", Some("foo")),
            ("@{https://x.y/z?a=b}.", Some("https://x.y/z?a=b")),
            ("@über", Some("über")),
            ("@", None),
            ("@-a", None),
            ("@{}", None),
            ("@{a b}", None),
        ] {
            assert_eq!(key(text).map(|(key, _)| key), expected, "{text}");
        }
        assert_eq!(key("@{ab}c"), Some(("ab", 5)));
    }

    #[test]
    fn only_known_prefixes_make_a_label() {
        assert_eq!(label("fig:x").as_deref(), Some("fig:x"));
        assert_eq!(label("Fig-x").as_deref(), Some("fig-x"));
        assert_eq!(label("figure:x"), None);
        assert_eq!(label("knuth-84"), None);
    }

    #[test]
    fn brackets_are_taken_apart_at_semicolons() {
        let item = |prefix: &str, key: &str, suffix: &str, without_author| CitationItem {
            key: key.into(),
            prefix: prefix.into(),
            suffix: suffix.into(),
            without_author,
        };
        let both = [item("see", "a", "p. 3", false), item("also", "b", "chap. 2", true)];
        assert_eq!(bracketed("see @a, p. 3; also -@b, chap. 2").unwrap(), both);
        assert_eq!(bracketed("-@a").unwrap(), [item("", "a", "", true)]);
        assert_eq!(bracketed("mail x@y @a [p. 1]").unwrap(), [item("mail x@y", "a", "[p. 1]", false)]);
        assert_eq!(bracketed("*cf.* @a and\nso on").unwrap(), [item("cf.", "a", "and so on", false)]);
        assert_eq!(bracketed("@a; b"), None);
        assert_eq!(bracketed("x@y"), None);
    }
}
