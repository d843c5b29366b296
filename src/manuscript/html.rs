//! Takes raw HTML apart into text, tags and what is not shown.
//!
//! A tokenizer for fragments, not a parser: it builds no tree and corrects nothing. Start at [`pieces`].

use std::ops::Range;

use pulldown_cmark::{Event, Parser};

/// A piece of HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text as written, character references not yet decoded.
    Text(&'a str),
    /// A start or end tag.
    Tag(Tag<'a>),
    /// A comment.
    Comment,
    /// A declaration, a processing instruction or a CDATA section.
    Declaration,
    /// What stands between the tags of a script or a style sheet.
    Program,
}

/// A start or end tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name as written.
    pub(super) name: &'a str,
    /// Whether it is an end tag.
    pub(super) ends: bool,
    /// Its attributes as written.
    pub(super) attributes: &'a str,
}

impl Tag<'_> {
    /// The value of an attribute, decoded; the first, where it is given twice. A name without a value has an empty one.
    /// Linear in the attributes.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            // An equals sign at the beginning is part of the name (HTML, 13.2.5.32).
            let ends = |&(at, c): &(usize, char)| c.is_ascii_whitespace() || c == '/' || (c == '=' && at > 0);
            let length = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
            let (found, after) = rest.split_at(length);
            let (value, after) = match after.trim_ascii_start().strip_prefix('=') {
                Some(value) => value_and_rest(value.trim_ascii_start()),
                None => ("", after),
            };
            if found.eq_ignore_ascii_case(name) {
                return Some(decode(value));
            }
            rest = after;
        }
    }

    /// Whether text before and after the tag stands in separate paragraphs (HTML, 15.3: what is displayed as a block).
    pub(super) fn separates(&self) -> bool {
        const BLOCKS: [&str; 56] = [
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "button",
            "caption",
            "center",
            "col",
            "colgroup",
            "dd",
            "details",
            "dialog",
            "dir",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "frame",
            "frameset",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "head",
            "header",
            "hr",
            "html",
            "iframe",
            "legend",
            "li",
            "main",
            "menu",
            "nav",
            "ol",
            "optgroup",
            "option",
            "p",
            "pre",
            "search",
            "section",
            "select",
            "summary",
            "table",
            "td",
            "textarea",
            "th",
            "title",
            "tr",
            "ul",
        ];
        BLOCKS.iter().any(|block| self.is(block)) || ["tbody", "thead", "tfoot"].iter().any(|part| self.is(part))
    }

    /// Whether no end tag belongs to it (HTML, 13.1.2: void elements).
    pub(super) fn is_void(&self) -> bool {
        const VOID: [&str; 14] = [
            "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
            "wbr",
        ];
        VOID.iter().any(|void| self.is(void))
    }

    /// Whether it bears this name, in any case.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The pieces of a fragment, with their places in it. Linear.
///
/// A tag that is never closed is text, with all that follows: nothing that a reader might miss is lost. A comment or
/// a script that is never closed reaches to the end.
pub(super) fn pieces(html: &str) -> Pieces<'_> {
    Pieces { html, at: 0, program: None }
}

/// See [`pieces`].
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    html: &'a str,
    at: usize,
    /// The name of the script or style element whose content comes next.
    program: Option<&'a str>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = (Range<usize>, Piece<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at;
        let rest = self.html.get(start..).filter(|rest| !rest.is_empty())?;
        if let Some(name) = self.program.take() {
            let length = program_length(rest, name);
            if length > 0 {
                self.at = start + length;
                return Some((start..self.at, Piece::Program));
            }
        }
        let (length, piece) = markup(rest).unwrap_or_else(|| {
            // Text up to the next markup, or to the end where a `<` opens a tag that is never closed.
            let text = match rest.char_indices().skip(1).find(|&(at, _)| opens_markup(&rest[at..])) {
                Some((at, _)) if !opens_markup(rest) => &rest[..at],
                _ => rest,
            };
            (text.len(), Piece::Text(text))
        });
        if let Piece::Tag(tag) = piece
            && !tag.ends
            && (tag.is("script") || tag.is("style"))
        {
            self.program = Some(tag.name);
        }
        self.at = start + length;
        Some((start..self.at, piece))
    }
}

/// Whether a tag, comment or declaration starts here, closed or not.
fn opens_markup(rest: &str) -> bool {
    let mut bytes = rest.bytes();
    bytes.next() == Some(b'<')
        && match bytes.next() {
            Some(b'/') => bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic()),
            Some(b'!') => bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'-' || byte == b'['),
            Some(byte) => byte.is_ascii_alphabetic() || byte == b'?',
            None => false,
        }
}

/// The length and kind of the markup that starts here.
fn markup(rest: &str) -> Option<(usize, Piece<'_>)> {
    if !opens_markup(rest) {
        return None;
    }
    let through = |end: &str, from: usize| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("<!-->") || rest.starts_with("<!--->") {
        return Some((through(">", 0), Piece::Comment));
    }
    if rest.starts_with("<!--") {
        return Some((through("-->", 4), Piece::Comment));
    }
    if rest.starts_with("<![CDATA[") {
        return Some((through("]]>", 9), Piece::Declaration));
    }
    if rest.starts_with("<?") {
        return Some((through("?>", 2), Piece::Declaration));
    }
    if rest.starts_with("<!") {
        return Some((through(">", 2), Piece::Declaration));
    }
    let ends = rest.starts_with("</");
    let name_start = 1 + usize::from(ends);
    let name_end = rest[name_start..]
        .find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>')
        .map_or(rest.len(), |length| name_start + length);
    let length = tag_length(rest, name_end)?;
    let attributes = rest[name_end..length].strip_suffix('>').unwrap_or_default();
    Some((length, Piece::Tag(Tag { name: &rest[name_start..name_end], ends, attributes })))
}

/// The value of an attribute that begins here, and what comes after it.
fn value_and_rest(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(quoted) = text.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    text.split_at(text.find(|c: char| c.is_ascii_whitespace()).unwrap_or(text.len()))
}

/// The length of the tag that starts here, if it is closed; a `>` in a quoted attribute value closes nothing.
fn tag_length(rest: &str, name_end: usize) -> Option<usize> {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in rest.bytes().enumerate().skip(name_end) {
        match quote {
            Some(open) if byte == open => quote = None,
            None if byte == b'>' => return Some(at + 1),
            None if after_equals && (byte == b'"' || byte == b'\'') => quote = Some(byte),
            Some(_) | None => {}
        }
        after_equals = quote.is_none() && (byte == b'=' || (after_equals && byte.is_ascii_whitespace()));
    }
    None
}

/// How far the content of a `name` element reaches: to its end tag, else to the end.
fn program_length(rest: &str, name: &str) -> usize {
    let ends = |at: usize| {
        let after = &rest.as_bytes()[at + 2..];
        after.len() >= name.len() && after[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    };
    rest.match_indices("</").find(|&(at, _)| ends(at)).map_or(rest.len(), |(at, _)| at)
}

/// `text` with its character references decoded, as Markdown does (the names of HTML, with a semicolon).
/// Linear.
pub(super) fn decode(text: &str) -> String {
    /// `&CounterClockwiseContourIntegral;` is the longest name.
    const LONGEST: usize = 33;
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'#';
        let name = rest.bytes().skip(1).take(LONGEST).take_while(inside).count();
        let end = 1 + name;
        if name > 0 && rest.as_bytes().get(end) == Some(&b';') {
            for event in Parser::new(&rest[..=end]) {
                if let Event::Text(character) = event {
                    decoded.push_str(&character);
                }
            }
            rest = &rest[end + 1..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &[Piece<'_>]) {
        let bare = |piece| match piece {
            Piece::Tag(tag) => Piece::Tag(Tag { attributes: "", ..tag }),
            Piece::Text(_) | Piece::Comment | Piece::Declaration | Piece::Program => piece,
        };
        assert_eq!(pieces(html).map(|(_, piece)| bare(piece)).collect::<Vec<_>>(), expected, "{html}");
        let mut end = 0;
        for (range, _) in pieces(html) {
            assert_eq!(range.start, end, "pieces leave no gap in {html}");
            end = range.end;
        }
        assert_eq!(end, html.len());
    }

    const fn start(name: &str) -> Piece<'_> {
        Piece::Tag(Tag { name, ends: false, attributes: "" })
    }

    const fn end(name: &str) -> Piece<'_> {
        Piece::Tag(Tag { name, ends: true, attributes: "" })
    }

    #[test]
    fn tags_end_at_the_first_unquoted_bracket() {
        check("<a href='x>y' b>z</a >", &[start("a"), Piece::Text("z"), end("a")]);
        check("<br/>1 < 2 <3", &[start("br"), Piece::Text("1 < 2 <3")]);
    }

    #[test]
    fn attributes_have_values_in_quotes_or_none() {
        let html = "<a HREF = 'x&amp;y>' data-b=1/2 hidden title=\"it's\" href=z/>";
        let Some((_, Piece::Tag(tag))) = pieces(html).next() else { panic!("a tag") };
        let values = ["href", "data-b", "hidden", "title", "id"].map(|name| tag.attribute(name));
        assert_eq!(values.each_ref().map(Option::as_deref), [Some("x&y>"), Some("1/2"), Some(""), Some("it's"), None]);
    }

    #[test]
    fn a_tag_that_is_never_closed_is_text() {
        check("<p>a <b c=\"", &[start("p"), Piece::Text("a "), Piece::Text("<b c=\"")]);
    }

    #[test]
    fn comments_and_scripts_hide_markup() {
        check("<!-- <b> -->x", &[Piece::Comment, Piece::Text("x")]);
        check("<SCRIPT>a</b></script>", &[start("SCRIPT"), Piece::Program, end("script")]);
        check("<style>a", &[start("style"), Piece::Program]);
        check("<?php > ?><!DOCTYPE html>", &[Piece::Declaration, Piece::Declaration]);
    }

    #[test]
    fn character_references_decode_like_commonmark() {
        assert_eq!(decode("&copy;&#x41;&nbsp;&amp;lt; &unknown; AT&T &;"), "©A\u{a0}&lt; &unknown; AT&T &;");
    }
}
