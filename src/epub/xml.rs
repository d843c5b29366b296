//! Text → XML: escaping, identifiers, addresses, language tags.
//!
//! Whatever comes in, what goes out is well-formed. Knows nothing of documents. Start at [`escape`].

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::document::Direction;

/// Appends `text` as XML character data, which is also fit for an attribute in double quotes.
///
/// Characters that XML 1.0 (2.2) forbids become U+FFFD. A carriage return is written as a reference, because a parser
/// would otherwise turn it into a line feed. Linear.
pub(super) fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(character),
        }
    }
}

/// `text` as XML character data (see [`escape`]).
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

/// Appends ` name="value"`. A line feed or tab in the value is written as a reference, so that a parser keeps it.
pub(super) fn attribute(name: &str, value: &str, out: &mut String) {
    let _ = write!(out, " {name}=\"");
    let escaped = escaped(value);
    for character in escaped.chars() {
        match character {
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// An XHTML file. `language` is a language tag and `direction` the way that it reads, `attributes` are those of the body as markup (empty, or starting with a
/// space), `body` is its content as markup.
pub(super) fn page(language: &str, direction: Direction, title: &str, attributes: &str, body: &str) -> String {
    page_of_size(language, direction, title, attributes, body, None)
}

/// An XHTML file like that of [`page`], whose content has a width and a height in CSS pixels where it is fixed.
pub(super) fn page_of_size(
    language: &str,
    direction: Direction,
    title: &str,
    attributes: &str,
    body: &str,
    size: Option<(u64, u64)>,
) -> String {
    let mut out = String::with_capacity(body.len() + 512);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE html>\n");
    out.push_str("<html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\"");
    attribute("lang", language, &mut out);
    attribute("xml:lang", language, &mut out);
    if direction.is_right_to_left() {
        attribute("dir", direction.name(), &mut out);
    }
    out.push_str(">\n<head>\n<meta charset=\"UTF-8\"/>\n<title>");
    escape(title, &mut out);
    out.push_str("</title>\n");
    if let Some((width, height)) = size {
        let _ = writeln!(out, "<meta name=\"viewport\" content=\"width={width}, height={height}\"/>");
    }
    out.push_str("<link rel=\"stylesheet\" type=\"text/css\" href=\"stylesheet.css\"/>\n</head>\n");
    let _ = write!(out, "<body{attributes}>\n{body}</body>\n</html>\n");
    out
}

/// `tag` where it has the form of a language tag (BCP 47, 2.1), else `None`. Whether it is registered is not asked.
pub(super) fn language_tag(tag: &str) -> Option<&str> {
    let mut subtags = tag.split('-');
    let primary = subtags.next()?;
    let alphabetic = (2..=8).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut singleton = false;
    let rest = subtags.all(|subtag| {
        singleton = subtag.len() == 1;
        (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    (alphabetic && rest && !singleton).then_some(tag)
}

/// Percent-encodes what a URL fragment or path cannot hold as it is (RFC 3986, 2.1): all but ASCII letters, digits and
/// `-._~`.
pub(super) fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// An address outside the book, made fit for `href`: what a URL cannot hold is percent-encoded. `None` where a reading
/// system could not, or should not, follow it: no scheme, a scheme that reads local files or runs code, or no plain host.
pub(super) fn external_address(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let well_formed = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let scheme = scheme.to_ascii_lowercase();
    if !well_formed || rest.is_empty() || ["file", "data", "javascript", "vbscript", "blob"].contains(&scheme.as_str())
    {
        return None;
    }
    if ["http", "https", "ftp"].contains(&scheme.as_str()) {
        let authority = rest.strip_prefix("//")?.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?;
        let (name, port) = host.split_once(':').unwrap_or((host, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if name.is_empty() || !name.chars().all(plain) || !port.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
    }
    let mut out = format!("{scheme}:");
    let mut fragment = false;
    let bytes = rest.as_bytes();
    for (index, &byte) in bytes.iter().enumerate() {
        let hexadecimal = |offset: usize| bytes.get(index + offset).is_some_and(u8::is_ascii_hexdigit);
        let keep = match byte {
            b'%' => hexadecimal(1) && hexadecimal(2),
            b'#' => !std::mem::replace(&mut fragment, true),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte),
        };
        if keep {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    Some(out)
}

/// The identifiers of one file: each given once, and none that is reserved.
#[derive(Debug)]
pub(super) struct Ids<'a> {
    reserved: &'a BTreeSet<String>,
    used: BTreeSet<String>,
    next: BTreeMap<String, u32>,
}

impl<'a> Ids<'a> {
    /// No identifier given yet; those in `reserved` never will be.
    pub(super) fn new(reserved: &'a BTreeSet<String>) -> Self {
        Self { reserved, used: BTreeSet::new(), next: BTreeMap::new() }
    }

    /// An identifier like `wish`, and the same for the same wishes in the same order: white space becomes a hyphen, a
    /// start that is no letter gets one before it, and one that is taken gets a number.
    pub(super) fn take(&mut self, wish: &str) -> String {
        let mut id: String = wish
            .chars()
            .map(|c| if c.is_alphanumeric() || c == '-' || c == '_' || c == '.' { c } else { '-' })
            .collect();
        if !id.starts_with(char::is_alphabetic) {
            id.insert_str(0, "x-");
        }
        if !self.reserved.contains(&id) && self.used.insert(id.clone()) {
            return id;
        }
        let next = self.next.entry(id.clone()).or_insert(2);
        loop {
            let numbered = format!("{id}-{next}");
            *next += 1;
            if !self.reserved.contains(&numbered) && self.used.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_never_comes_out() {
        assert_eq!(escaped("a\0b<c>&\"\u{1b}\r\n\u{ffff}"), "a\u{fffd}b&lt;c&gt;&amp;&quot;\u{fffd}&#13;\n\u{fffd}");
        let mut out = String::new();
        attribute("title", "a\n\"b\"", &mut out);
        assert_eq!(out, " title=\"a&#10;&quot;b&quot;\"");
    }

    #[test]
    fn language_tags_have_a_language_and_short_parts() {
        for good in ["en", "de-CH-1901", "zh-Hant", "en-x-pirate"] {
            assert_eq!(language_tag(good), Some(good));
        }
        for bad in ["", "e", "en_GB", "en--US", "en-", "english language", "en-toolongpart", "en-x"] {
            assert_eq!(language_tag(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses_are_encoded_once_and_dangerous_ones_refused() {
        assert_eq!(external_address("https://a.org/ü b%20c").as_deref(), Some("https://a.org/%C3%BC%20b%20c"));
        assert_eq!(external_address("https://a.org/%zz#x#y").as_deref(), Some("https://a.org/%25zz#x%23y"));
        assert_eq!(external_address("mailto:a@b.org").as_deref(), Some("mailto:a@b.org"));
        for bad in ["javascript:alert(1)", "file:///etc/passwd", "no-scheme", "https://", "http://a b/", "http:x"] {
            assert_eq!(external_address(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_identifier_is_given_once() {
        let reserved = BTreeSet::from(["page-1".to_owned()]);
        let mut ids = Ids::new(&reserved);
        let wishes = ["über uns", "über-uns", "1", "", "über-uns-2", "page-1"];
        let given: Vec<String> = wishes.map(|wish| ids.take(wish)).into();
        assert_eq!(given, ["über-uns", "über-uns-2", "x-1", "x-", "über-uns-2-2", "page-1-2"]);
    }
}
