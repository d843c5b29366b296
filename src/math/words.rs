//! A formula in a line of text, for those who can't see it: `x = (−b ± √(b² − 4ac))/(2a)`.
//!
//! Made from the MathML's elements, so that it has the same signs. Start at [`words`].

use unicode_normalization::UnicodeNormalization;

use super::markup::{Content, Element};

/// The formula as text; empty where nothing of it is seen. Linear in its elements.
pub(super) fn words(element: &Element) -> String {
    let text = spoken(element);
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(plain).collect()
}

/// A letter without weight and slope, which are spelt out letter by letter to those who hear them.
fn plain(letter: char) -> char {
    if letter == '∗' {
        return '*';
    }
    let code = u32::from(letter);
    // The bold, italic, sans and typewriter letters and figures; not script, Fraktur and blackboard.
    let fancy = matches!(code, 0x1d400..=0x1d49b | 0x1d5a0..=0x1d7d7 | 0x1d7e2..=0x1d7ff);
    if fancy { letter.nfkc().next().unwrap_or(letter) } else { letter }
}

fn children(element: &Element) -> &[Element] {
    match &element.content {
        Content::Elements(children) => children,
        Content::Text(_) => &[],
    }
}

fn attribute<'e>(element: &'e Element, name: &str) -> Option<&'e str> {
    element.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

fn token_text(element: &Element) -> Option<&str> {
    match &element.content {
        Content::Text(text) => Some(text),
        Content::Elements(_) => None,
    }
}

fn spoken(element: &Element) -> String {
    let parts = children(element);
    match (element.name, parts) {
        ("mfrac", [above, below]) if attribute(element, "linethickness") == Some("0px") => {
            format!("binom({}, {})", spoken(above), spoken(below))
        }
        ("mfrac", [above, below]) => format!("{}/{}", grouped(above), grouped(below)),
        ("msqrt", [body]) => format!("√{}", grouped(body)),
        ("mroot", [body, index]) => format!("{}√{}", superscript(index, ""), grouped(body)),
        ("msup", [base, sup]) => format!("{}{}", based(base), superscript(sup, "^")),
        ("msub", [base, sub]) => format!("{}{}", based(base), subscript(sub)),
        ("munderover", [base, sub, sup]) if base.name == "mo" && !is_big(token_text(base).unwrap_or_default()) => {
            format!(" {}{}{} ", spoken(base), subscript(sub), superscript(sup, "^"))
        }
        ("msubsup" | "munderover", [base, sub, sup]) => {
            format!("{}{}{} ", based(base), subscript(sub), superscript(sup, "^"))
        }
        ("mover" | "munder", [base, mark]) => marked(element.name, base, mark),
        ("mtable", rows) => {
            let aligned = attribute(element, "columnalign").is_some_and(|columns| columns.starts_with("right left"));
            let rows: Vec<String> = rows.iter().map(|row| row_of_table(row, aligned)).collect();
            rows.iter().map(|row| row.trim_end_matches([',', ';'])).collect::<Vec<_>>().join("; ")
        }
        ("mphantom", _) => String::new(),
        ("mspace", _) if attribute(element, "linebreak").is_some() => "; ".to_owned(),
        ("mspace", _) => {
            let width = attribute(element, "width").unwrap_or_default().trim_end_matches("em").parse::<f64>();
            if width.is_ok_and(|width| width > 0.1) { " ".to_owned() } else { String::new() }
        }
        ("mrow", [left, inner, right]) if is_binomial(left, inner, right) => spoken(inner),
        _ => token_text(element).map_or_else(|| row(parts), str::to_owned),
    }
}

fn is_binomial(left: &Element, inner: &Element, right: &Element) -> bool {
    let is = |fence: &Element, sign| token_text(fence) == Some(sign);
    is(left, "(") && is(right, ")") && inner.name == "mfrac" && attribute(inner, "linethickness") == Some("0px")
}

/// Elements side by side: spaces around what relates two terms, none inside them.
fn row(elements: &[Element]) -> String {
    let mut text = String::new();
    // Whether a term stands before, so that a sign between this and the next is not one before a term.
    let mut after_term = false;
    for (index, element) in elements.iter().enumerate() {
        let Some(sign) = token_text(element).filter(|_| element.name == "mo") else {
            let part = spoken(element);
            // A product with a fraction is not one of its denominator, and a name is not one of single letters.
            let apart = is_fraction(element) || is_name(element);
            if apart && after_term {
                text.push(' ');
            }
            text.push_str(&part);
            if apart && elements.get(index + 1).is_some_and(|next| next.name != "mo") {
                text.push(' ');
            }
            after_term |= !part.trim().is_empty();
            continue;
        };
        let next_opens = elements.get(index + 1).and_then(token_text).is_some_and(|next| matches!(next, "(" | "["));
        match sign {
            "" => {}
            "\u{2061}" if next_opens => {}
            "\u{2061}" => text.push(' '),
            "," | ";" | ":" => {
                text.push_str(sign);
                text.push(' ');
                after_term = false;
            }
            "+" | "−" | "±" | "∓" | "¬" if !after_term => text.push_str(sign),
            "(" | "[" | "{" | "⟨" | "⌊" | "⌈" => {
                text.push_str(sign);
                after_term = false;
            }
            _ if is_tight(element, sign) => {
                text.push_str(sign);
                after_term = true;
            }
            _ => {
                text.push(' ');
                text.push_str(sign);
                text.push(' ');
                after_term = false;
            }
        }
    }
    text
}

/// Whether no space belongs around a sign: delimiters, primes, big operators, dots.
fn is_tight(element: &Element, sign: &str) -> bool {
    attribute(element, "fence").is_some()
        || attribute(element, "stretchy") == Some("false")
        || attribute(element, "lspace") == Some("0em")
        || is_big(sign)
        || matches!(sign, ")" | "]" | "}" | "⟩" | "⌋" | "⌉" | "!" | "." | "…" | "⋯" | "⋮" | "⋱" | "/" | "∘")
}

/// Whether a sign is a big operator, which stands right before what it is of.
fn is_big(sign: &str) -> bool {
    matches!(
        sign,
        "∑" | "∏"
            | "∐"
            | "∫"
            | "∬"
            | "∭"
            | "∮"
            | "∯"
            | "∰"
            | "⋃"
            | "⋂"
            | "⨁"
            | "⨂"
            | "⨀"
            | "⨄"
            | "⨆"
            | "⋁"
            | "⋀"
    )
}

/// An element as one term: in parentheses unless it is a token or has its own.
fn grouped(element: &Element) -> String {
    let text = spoken(element);
    let text = text.trim();
    if is_term(element) { text.to_owned() } else { format!("({text})") }
}

fn is_term(element: &Element) -> bool {
    let parts = children(element);
    match (element.name, parts) {
        ("msqrt" | "mroot", _) | ("mrow", []) => true,
        ("mrow", [left, inner, right]) if is_binomial(left, inner, right) => true,
        ("mrow", [left, .., right]) => token_text(left) == Some("(") && token_text(right) == Some(")"),
        ("mrow" | "mstyle" | "mpadded" | "menclose", [only]) => is_term(only),
        ("mover" | "munder", [_, mark]) if is_brace(mark) => true,
        ("msup" | "msub" | "msubsup" | "mover" | "munder", [base, ..]) => is_term(base),
        ("mtext", _) => token_text(element).is_some_and(|text| !text.trim().contains(' ')),
        _ => token_text(element).is_some(),
    }
}

fn is_fraction(element: &Element) -> bool {
    match (element.name, children(element)) {
        ("mfrac", _) => true,
        ("mrow" | "mstyle", [only]) => is_fraction(only),
        _ => false,
    }
}

/// Whether an element is a function's name, with scripts or without.
fn is_name(element: &Element) -> bool {
    match (element.name, children(element)) {
        ("msub" | "msup" | "msubsup" | "munder" | "mover" | "munderover", [base, ..]) => is_name(base),
        ("mi", _) => {
            token_text(element).is_some_and(|text| text.len() > 1 && text.is_ascii()) && element.attributes.is_empty()
        }
        _ => false,
    }
}

fn is_brace(mark: &Element) -> bool {
    token_text(mark).is_some_and(|sign| matches!(sign, "⏞" | "⏟" | "⎴" | "⎵"))
}

/// What scripts hang on.
fn based(element: &Element) -> String {
    let text = spoken(element);
    if is_term(element) || text.trim().chars().all(|c| !c.is_alphanumeric()) {
        text.trim().to_owned()
    } else {
        grouped(element)
    }
}

/// A superscript: in Unicode's small signs where it has all of them, else after `otherwise`.
fn superscript(element: &Element, otherwise: &str) -> String {
    let text = spoken(element);
    let text: String = text.split_whitespace().collect();
    let small = |c: char| {
        Some(match c {
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4'..='9' => char::from_u32(u32::from('⁴') + u32::from(c) - u32::from('4'))?,
            '+' => '⁺',
            '−' | '-' => '⁻',
            'n' => 'ⁿ',
            'i' => 'ⁱ',
            '′' | '″' | '‴' | '⁗' => c,
            '∘' => '°',
            _ => return None,
        })
    };
    match text.chars().map(small).collect::<Option<String>>() {
        Some(small) => small,
        None => format!("{otherwise}{}", script(element)),
    }
}

/// A script that has no signs of its own: a token as it is, all else in parentheses.
fn script(element: &Element) -> String {
    let only = if let [only] = children(element) { only } else { element };
    if token_text(only).is_some() { grouped(only) } else { format!("({})", spoken(element).trim()) }
}

fn subscript(element: &Element) -> String {
    let text = spoken(element);
    let small = |c: char| match c {
        '0'..='9' => char::from_u32(u32::from('₀') + u32::from(c) - u32::from('0')),
        '+' => Some('₊'),
        '−' | '-' => Some('₋'),
        _ => None,
    };
    match text.split_whitespace().flat_map(str::chars).map(small).collect::<Option<String>>() {
        Some(small) => small,
        None => format!("_{}", script(element)),
    }
}

/// An accent, a brace or a label above or below.
fn marked(name: &str, base: &Element, mark: &Element) -> String {
    let text = spoken(base);
    let text = text.trim();
    let named = match token_text(mark).unwrap_or_default() {
        "^" => Some(("hat", '\u{302}')),
        "~" => Some(("tilde", '\u{303}')),
        "¯" | "‾" => Some(("bar", '\u{304}')),
        "˙" => Some(("dot", '\u{307}')),
        "¨" => Some(("ddot", '\u{308}')),
        "´" => Some(("acute", '\u{301}')),
        "`" => Some(("grave", '\u{300}')),
        "˘" => Some(("breve", '\u{306}')),
        "ˇ" => Some(("check", '\u{30c}')),
        "˚" => Some(("ring", '\u{30a}')),
        "→" if attribute(mark, "stretchy") == Some("false") => Some(("vec", '\u{20d7}')),
        "_" => Some(("underline", '\u{332}')),
        _ => None,
    };
    if let Some((word, combining)) = named {
        if text.chars().count() == 1 {
            return format!("{text}{combining}");
        }
        return format!("{word}({text})");
    }
    let stretched = match token_text(mark).unwrap_or_default() {
        "⏞" => "overbrace",
        "⏟" => "underbrace",
        "⎴" => "overbracket",
        "⎵" => "underbracket",
        "→" => "overrightarrow",
        "←" => "overleftarrow",
        "↔" => "overleftrightarrow",
        _ => "",
    };
    if !stretched.is_empty() && token_text(base).is_none_or(|_| base.name != "mo") {
        return format!("{stretched}({text})");
    }
    let script = if name == "mover" { superscript(mark, "^") } else { subscript(mark) };
    if base.name == "mo" { format!(" {text}{script} ") } else { format!("{}{script} ", based(base)) }
}

/// A row of a table: the parts of aligned lines run on, the cells of others are listed.
fn row_of_table(cells: &Element, aligned: bool) -> String {
    let mut text = String::new();
    for cell in children(cells) {
        let part = spoken(cell);
        let part = part.trim();
        if !text.is_empty() && !part.is_empty() {
            text.push_str(if aligned || text.ends_with([',', ':']) { " " } else { ", " });
        }
        text.push_str(part);
    }
    text
}
