//! What attributes mean, on a span, a link, an image.
//!
//! Start at [`apply`].

use super::Context;
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{Attributes, Image, ImageWidth, IndexMark, Inline, InlineKind, NodeId, SpanRole, plain_text};
use crate::manuscript::attributes::Parsed;

/// The classes that give text a look.
const ROLES: [(&str, SpanRole); 16] = [
    ("smallcaps", SpanRole::SmallCaps),
    ("small-caps", SpanRole::SmallCaps),
    ("sc", SpanRole::SmallCaps),
    ("underline", SpanRole::Underline),
    ("ul", SpanRole::Underline),
    ("kbd", SpanRole::Keyboard),
    ("mark", SpanRole::Highlight),
    ("highlight", SpanRole::Highlight),
    ("dropcap", SpanRole::DropCap),
    ("drop-cap", SpanRole::DropCap),
    ("old-style", SpanRole::OldStyle),
    ("oldstyle", SpanRole::OldStyle),
    ("lining", SpanRole::Lining),
    ("tabular", SpanRole::Tabular),
    ("proportional", SpanRole::Proportional),
    ("fraction", SpanRole::Fraction),
];

/// The look that the first of an element's classes gives it.
pub(in crate::manuscript) fn of_classes(classes: &str) -> SpanRole {
    let named = |class: &str| ROLES.iter().find(|(name, _)| class.eq_ignore_ascii_case(name)).map(|(_, role)| *role);
    classes.split_whitespace().find_map(named).unwrap_or(SpanRole::Plain)
}

/// Gives `content` its attributes. What they name nothing of is warned of (`unknown-attribute`), an index mark without
/// words too (`empty-entry`); the text stays in any case.
pub(super) fn apply(content: Vec<Inline>, mut parsed: Parsed, span: Span, context: &mut Context<'_>) -> Vec<Inline> {
    let make = |kind| Inline { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind };
    let mut attributes = parsed.attributes();
    parsed.take_class("unnumbered");
    let mark = index_mark(&content, &mut parsed, span, context.findings).map(|mark| make(InlineKind::IndexMark(mark)));
    let mut content = content;
    for (class, role) in ROLES {
        if parsed.take_class(class) {
            content = vec![make(InlineKind::Span(role, content))];
        }
    }
    if parsed.take_class("abbr")
        && let Some(expansion) = parsed.take("title")
    {
        content = vec![make(InlineKind::Abbreviation { expansion, content })];
    }
    if (parsed.take_class("gls") | parsed.take_class("term")) && !context.in_link && !content.is_empty() {
        let key = parsed.take("key").unwrap_or_else(|| term_key(&words(&content)));
        let address = format!("#gls:{key}");
        content = vec![make(InlineKind::Link { address, title: String::new(), content })];
    }
    unknown(&parsed, span, context.findings);
    if attributes != Attributes::default() {
        match content.as_mut_slice() {
            [
                Inline {
                    kind: InlineKind::Span(..) | InlineKind::Link { .. } | InlineKind::Abbreviation { .. },
                    attributes: own,
                    ..
                },
            ] if *own == Attributes::default() => {
                *own = std::mem::take(&mut attributes);
            }
            _ => {
                let plain = InlineKind::Span(SpanRole::Plain, content);
                content = vec![Inline { attributes, ..make(plain) }];
            }
        }
    }
    mark.into_iter().chain(content).collect()
}

/// Gives attributes to what bears them itself: a link, an image, code, a formula; text gets a span around it. `span` is
/// that of the attributes.
pub(super) fn attach(mut inline: Inline, mut parsed: Parsed, span: Span, context: &mut Context<'_>) -> Vec<Inline> {
    match &mut inline.kind {
        InlineKind::Image(shown) => {
            image(shown, &mut parsed);
            // An image that stands alone is a figure.
            inline.attributes = parsed.attributes_with_placement();
        }
        InlineKind::Code(_) => {
            // The languages of code in a line: nothing tells them apart yet.
            parsed.classes.retain(|class| class.starts_with('='));
            inline.attributes = parsed.attributes();
        }
        InlineKind::Link { title, .. } => {
            for key in ["target", "rel", "download"] {
                parsed.take(key);
            }
            if let Some(given) = parsed.take("title") {
                *title = given;
            }
            inline.attributes = parsed.attributes();
        }
        InlineKind::Formula(_) => inline.attributes = parsed.attributes(),
        InlineKind::Text(_)
        | InlineKind::Emphasis(_)
        | InlineKind::Strong(_)
        | InlineKind::Strikethrough(_)
        | InlineKind::Subscript(_)
        | InlineKind::Superscript(_)
        | InlineKind::LineBreak
        | InlineKind::NoteReference(_)
        | InlineKind::Span(..)
        | InlineKind::Abbreviation { .. }
        | InlineKind::Reference { .. }
        | InlineKind::PageReference { .. }
        | InlineKind::Citation { .. }
        | InlineKind::IndexMark(_) => {
            let whole = Span { start: inline.span.start, ..span };
            return apply(vec![inline], parsed, whole, context);
        }
    }
    unknown(&parsed, span, context.findings);
    inline.span.end = span.end;
    vec![inline]
}

/// Takes from `parsed` what an image asks for: `width`, `alt` (or Quarto's `fig-alt`), `.decorative`.
pub(in crate::manuscript) fn image(image: &mut Image, parsed: &mut Parsed) {
    if let Some(width) = parsed.get("width").and_then(width) {
        parsed.take("width");
        image.width = Some(width);
    }
    for key in ["fig-alt", "alt"] {
        if let Some(alt) = parsed.take(key) {
            image.alt = alt;
        }
    }
    image.decorative |= parsed.take_class("decorative");
    if parsed.get("role") == Some("presentation") {
        parsed.take("role");
        image.decorative = true;
    }
    if image.decorative {
        image.alt.clear();
    }
}

/// A width: `50%` of the measure, or a length in `cm`, `mm`, `in`, `pt`, `pc`, `q` or `px` (the default, 96 to an inch).
pub(in crate::manuscript) fn width(text: &str) -> Option<ImageWidth> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (whole, fraction) = text[..digits].split_once('.').unwrap_or((&text[..digits], ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let thousandths = fraction.bytes().map(|byte| u64::from(byte - b'0')).chain([0, 0, 0]).take(3);
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let number = thousandths.fold(whole, |number, digit| number.saturating_mul(10).saturating_add(digit));
    // Points in a unit, as a fraction.
    let (over, under) = match text[digits..].trim() {
        "%" => {
            let permille = u16::try_from(number / 100).ok().filter(|permille| (1..=1000).contains(permille));
            return permille.map(ImageWidth::Permille);
        }
        "cm" => (7200, 254),
        "mm" => (720, 254),
        "q" | "Q" => (180, 254),
        "in" => (72, 1),
        "pt" => (1, 1),
        "pc" => (12, 1),
        "px" | "" => (3, 4),
        _ => return None,
    };
    let millipoints = u32::try_from(number.checked_mul(over)? / under).ok().filter(|width| *width > 0)?;
    Some(ImageWidth::Millipoints(millipoints))
}

/// The mark that `.index` asks for: of `entry`, else of the words.
fn index_mark(
    content: &[Inline],
    parsed: &mut Parsed,
    span: Span,
    findings: &mut Vec<Diagnostic>,
) -> Option<IndexMark> {
    if !parsed.take_class("index") {
        return None;
    }
    let entry = parsed.take("entry").unwrap_or_else(|| words(content));
    let mark = entry_mark(&entry, parsed.take("see"), parsed.take("see-also"));
    if mark.is_none() {
        findings.push(
            Diagnostic::warning("empty-entry", span, "a mark for the index without words is left out")
                .help("write the entry between the brackets, or as `entry=\"…\"`"),
        );
    }
    mark
}

/// The mark of an entry, its parts apart at `!`; `None` if it has no words.
pub(super) fn entry_mark(entry: &str, see: Option<String>, see_also: Option<String>) -> Option<IndexMark> {
    let path: Vec<String> =
        entry.split('!').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    let given = |to: Option<String>| to.map(|to| to.trim().to_owned()).filter(|to| !to.is_empty());
    (!path.is_empty()).then(|| IndexMark { path, see: given(see), see_also: given(see_also), ordinal: 0 })
}

/// The mark that LaTeX's `\index{…}` makes of what stands in its braces: `sorted@shown` shows the second, `|see{…}` and
/// `|seealso{…}` send elsewhere, and what else follows a `|` is a matter of looks.
pub(super) fn latex_mark(text: &str) -> Option<IndexMark> {
    let (entry, page) = text.split_once('|').unwrap_or((text, ""));
    let target = |command: &str| Some(page.strip_prefix(command)?.strip_suffix('}')?.to_owned());
    let shown: Vec<&str> = entry.split('!').map(|part| part.split_once('@').map_or(part, |(_, shown)| shown)).collect();
    entry_mark(&super::keys::clean(&shown.join("!")), target("see{"), target("seealso{"))
}

/// The key of a glossary's term: its letters and digits in lower case, with `-` for all else.
fn term_key(words: &str) -> String {
    let words = words.to_lowercase();
    let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// The words of inlines that may still have signs of escape in them.
fn words(content: &[Inline]) -> String {
    super::unmarked(&plain_text(content)).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Warns of attributes that were not taken.
pub(in crate::manuscript) fn unknown(parsed: &Parsed, span: Span, findings: &mut Vec<Diagnostic>) {
    for name in parsed.left() {
        findings.push(
            Diagnostic::warning("unknown-attribute", span, format!("the attribute `{name}` means nothing here"))
                .help("see that it is spelt as in the guide, or remove it"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_parts_of_the_measure_or_lengths() {
        let points = |points: u32| Some(ImageWidth::Millipoints(points * 1000));
        assert_eq!(width("50%"), Some(ImageWidth::Permille(500)));
        assert_eq!(width("33.35%"), Some(ImageWidth::Permille(333)));
        assert_eq!(width("2in"), points(144));
        assert_eq!(width("96px"), points(72));
        assert_eq!(width("96"), points(72));
        assert_eq!(width("2.54cm"), points(72));
        assert_eq!(width(".5in"), points(36));
        for text in ["", "%", "0%", "101%", "wide", "1em", "99999999999999999999pt", "4294967296in", "1.2.3pt"] {
            assert_eq!(width(text), None, "{text}");
        }
    }

    #[test]
    fn latex_entries_have_parts_and_targets() {
        let mark = |path: &[&str], see: Option<&str>| IndexMark {
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            see: see.map(str::to_owned),
            see_also: None,
            ordinal: 0,
        };
        assert_eq!(latex_mark("a!b@c|textbf"), Some(mark(&["a", "c"], None)));
        assert_eq!(latex_mark("a|see{b}"), Some(mark(&["a"], Some("b"))));
        assert_eq!(latex_mark(" ! "), None);
    }
}
