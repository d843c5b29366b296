//! Addresses in plain text, found as GitHub Flavored Markdown finds them (its section 6.9).
//!
//! Works on the source text alone. Start at [`web`] and [`mail`].

/// How long a domain, a scheme or the name before an `@` may be, so that hostile text is read in linear time.
const LONGEST: usize = 255;

/// An address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// Where it starts, in bytes of the text.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// What has to stand before it to make it a URL.
    pub(super) scheme: &'static str,
}

/// The web address in `text[from..to]` that the `:` of `http://`, or the first `w` of `www.`, at `trigger` belongs to.
/// Linear in the length of the address.
pub(super) fn web(text: &str, from: usize, trigger: usize, to: usize) -> Option<Address> {
    let before = &text[from..trigger];
    let rest = &text[trigger..to];
    let (start, domain, scheme, short) = if rest.starts_with("://") {
        let scheme = ["http", "https", "ftp"].into_iter().find(|scheme| {
            before.len() >= scheme.len()
                && before.as_bytes()[before.len() - scheme.len()..].eq_ignore_ascii_case(scheme.as_bytes())
                && !before[..before.len() - scheme.len()].ends_with(|c: char| c.is_ascii_alphabetic())
        })?;
        (trigger - scheme.len(), trigger + 3, "", true)
    } else {
        let opens = before.chars().next_back().is_none_or(|c| c.is_whitespace() || "*_~(\u{22}'".contains(c));
        if !opens || !rest.starts_with("www.") {
            return None;
        }
        (trigger, trigger, "http://", false)
    };
    let length = domain_length(&text[domain..to], short)?;
    let address = &text[domain + length..to];
    let end = address.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(address.len());
    let end = domain + length + trimmed(&address[..end], text[start..domain + length].contains(')'));
    Some(Address { start, end, scheme })
}

/// The length of the domain at the start of `text`: names of letters, digits, `-` and `_` with points between; no `_` in
/// the last two. `short` is whether one name is enough.
fn domain_length(text: &str, short: bool) -> Option<usize> {
    let valid = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let length = text
        .char_indices()
        .take(LONGEST)
        .find(|&(_, c)| !valid(c))
        .map_or_else(|| text.char_indices().nth(LONGEST).map_or(text.len(), |(at, _)| at), |(at, _)| at);
    let domain = text[..length].trim_end_matches('.');
    let mut names = domain.rsplit('.');
    let last = names.next().unwrap_or_default();
    let next = names.next();
    let sound = !last.is_empty() && !last.contains('_') && !next.is_some_and(|name| name.contains('_'));
    let enough = short || next.is_some();
    (sound && enough && domain.starts_with(char::is_alphanumeric)).then_some(domain.len())
}

/// How much of what follows a domain belongs to the address: not the punctuation at the end, nor a closing parenthesis
/// that none opens.
fn trimmed(rest: &str, unbalanced: bool) -> usize {
    let mut closing = rest.matches(')').count() + usize::from(unbalanced);
    let opening = rest.matches('(').count();
    let mut end = rest.len();
    while let Some(last) = rest[..end].chars().next_back() {
        match last {
            '?' | '!' | '.' | ',' | ':' | '*' | '_' | '~' | '\'' | '"' | '’' | '”' | '»' | '…' => {}
            ')' if closing > opening => closing -= 1,
            ';' => {
                // A character reference ends the address.
                let name = rest[..end - 1].trim_end_matches(|c: char| c.is_ascii_alphanumeric());
                if name.ends_with('&') && name.len() < end - 1 {
                    end = name.len() - 1;
                    continue;
                }
            }
            _ => break,
        }
        end -= last.len_utf8();
    }
    end
}

/// The address by mail in `text[from..to]` around the `@` at `at`. Linear in the length of the address.
pub(super) fn mail(text: &str, from: usize, at: usize, to: usize) -> Option<Address> {
    let before = &text[from..at];
    let name = before
        .bytes()
        .rev()
        .take(LONGEST)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(byte))
        .count();
    let rest = &text[at + 1..to];
    let domain =
        rest.bytes().take(LONGEST).take_while(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(byte)).count();
    let domain = rest[..domain].trim_end_matches('.');
    let sound = name > 0
        && domain.contains('.')
        && domain.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !domain.contains("..")
        && !domain.ends_with(['-', '_'])
        && !rest[domain.len()..].starts_with('@');
    sound.then(|| Address { start: at - name, end: at + 1 + domain.len(), scheme: "mailto:" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let found = text
            .match_indices([':', 'w', '@'])
            .find_map(
                |(at, sign)| {
                    if sign == "@" { mail(text, 0, at, text.len()) } else { web(text, 0, at, text.len()) }
                },
            )
            .map(|found| &text[found.start..found.end]);
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn addresses_end_before_punctuation() {
        check("see http://a.b/c?d=e, f", Some("http://a.b/c?d=e"));
        check("Visit www.commonmark.org/a.b.", Some("www.commonmark.org/a.b"));
        check("HTTPS://A.B!", Some("HTTPS://A.B"));
        check("http://localhost:8080/x", Some("http://localhost:8080/x"));
        check("www.a.b/c&copy;", Some("www.a.b/c"));
        check("www.a.b/c&d;e", Some("www.a.b/c&d;e"));
        check("www.a.b/c<d", Some("www.a.b/c"));
    }

    #[test]
    fn parentheses_are_kept_where_they_balance() {
        check("(www.google.com/search?q=Markup+(business))", Some("www.google.com/search?q=Markup+(business)"));
        check("(www.google.com/search?q=Markup+(business)))", Some("www.google.com/search?q=Markup+(business)"));
        check("www.google.com/search?q=(business))+ok", Some("www.google.com/search?q=(business))+ok"));
    }

    #[test]
    fn what_is_no_domain_is_no_address() {
        check("http://", None);
        check("www.", None);
        check("awww.b.c", None);
        check("xhttp://a.b", None);
        check("http://a.b_c", None);
        check("http://-", None);
    }

    #[test]
    fn mail_has_a_point_in_its_domain() {
        check("to foo@bar.baz.", Some("foo@bar.baz"));
        check("hello+xyz@mail-x.example", Some("hello+xyz@mail-x.example"));
        check("a.b-c_d@a.b_", None);
        check("a@b", None);
        check("@b.c", None);
    }
}
