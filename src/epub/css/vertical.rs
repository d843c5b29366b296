//! The style sheet for lines from top to bottom, the first at the right.
//!
//! Every side turns by a quarter, clockwise: what was above a block is at its right. Pictures, tables, code and formulas stay
//! as they are in other books, and only the space around them turns. Start at [`turned`].

use std::fmt::Write as _;

/// What the direction of lines adds to the style sheet (CSS Writing Modes 4; EPUB 3.3, E.2 for the prefixes).
const RULES: &str = "\
html { -epub-writing-mode: vertical-rl; -webkit-writing-mode: vertical-rl; writing-mode: vertical-rl; }
.table, figure, pre, div.formula, math, body.cover { -epub-writing-mode: horizontal-tb; -webkit-writing-mode: horizontal-tb;
  writing-mode: horizontal-tb; }
.table, figure, pre, div.formula { max-width: 100%; }
p math { display: inline-block; margin: 0.1em 0.3em; }
.upright { font-variant-numeric: lining-nums; }
.upright, .noteref { -epub-text-combine: horizontal; -webkit-text-combine: horizontal; text-combine-upright: all; }
li::marker { text-combine-upright: all; }
";

/// What is set in lines from left to right, as its own space is.
const ISLANDS: [&str; 4] = [".table", "figure", "pre", "div.formula"];

/// What stands within such.
const WITHIN: [&str; 14] = [
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "caption",
    "figcaption",
    "img",
    "math",
    ".panels",
    ".equation-number",
    ".scroll",
    "code",
];

/// `sheet`, a style sheet of this program's, for lines from top to bottom. Linear.
pub(super) fn turned(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len() + RULES.len());
    out.push_str(RULES);
    // A selector or the head of an at-rule, then declarations, each up to its `;` or the `}` behind it.
    let (mut part, mut selector) = (String::new(), String::new());
    let mut quoted = false;
    let mut escaped = false;
    for character in sheet.chars() {
        let ends = !quoted && matches!(character, '{' | ';' | '}');
        if !ends {
            quoted ^= character == '"' && !escaped;
            escaped = character == '\\' && !escaped;
            part.push(character);
            continue;
        }
        if character == '{' {
            selector.clone_from(&part);
            out.push_str(&part);
        } else {
            declaration(&part, &selector, &mut out);
        }
        part.clear();
        out.push(character);
    }
    out.push_str(&part);
    out
}

/// Writes a declaration, white space before it included, turned where the selector's elements are.
fn declaration(part: &str, selector: &str, out: &mut String) {
    let Some((name, value)) = part.split_once(':') else { return out.push_str(part) };
    let start = name.len() - name.trim_start().len();
    let (space, name) = name.split_at(start);
    let last = |one: &str, names: &[&str]| {
        let own = one.rsplit([' ', '>', '+']).next().unwrap_or_default();
        let own = own.split(['[', ':']).next().unwrap_or_default();
        names.contains(&own) || names.iter().any(|name| name.starts_with('.') && one.contains(name))
    };
    let has = |names: &[&str]| selector.split(',').any(|one| last(one.trim(), names));
    let around = name.starts_with("margin");
    let stays = name.contains("inline") || has(&WITHIN) || selector.contains("pre .") || has(&ISLANDS) && !around;
    if stays {
        return out.push_str(part);
    }
    let name = turned_name(name);
    let values: Vec<&str> = value.split_whitespace().collect();
    let sides = matches!(name.as_str(), "margin" | "padding" | "border-width");
    let value = match (sides, values.as_slice()) {
        (true, [block, inline]) => format!(" {inline} {block}"),
        (true, [top, inline, bottom]) => format!(" {inline} {top} {inline} {bottom}"),
        (true, [top, right, bottom, left]) => format!(" {left} {top} {right} {bottom}"),
        _ => value.to_owned(),
    };
    let _ = write!(out, "{space}{name}:{value}");
}

/// The name of a property with its side turned.
fn turned_name(name: &str) -> String {
    const SIDES: [(&str, &str); 4] =
        [("-top", "-right"), ("-right", "-bottom"), ("-bottom", "-left"), ("-left", "-top")];
    match name {
        "width" => return "height".to_owned(),
        "height" => return "width".to_owned(),
        "max-width" => return "max-height".to_owned(),
        "overflow-x" => return "overflow-y".to_owned(),
        "overflow-y" => return "overflow-x".to_owned(),
        _ => {}
    }
    let box_of = ["margin", "padding", "border"].iter().find(|property| name.starts_with(**property));
    let side = SIDES.iter().find(|(side, _)| name.contains(side)).filter(|_| box_of.is_some());
    side.map_or_else(|| name.to_owned(), |(side, turned)| name.replacen(side, turned, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule: &str, expected: &str) {
        assert_eq!(turned(rule).strip_prefix(RULES), Some(expected), "{rule}");
    }

    #[test]
    fn sides_turn_by_a_quarter() {
        check("p { margin: 1em 2em 3em 4em; }", "p { margin: 4em 1em 2em 3em; }");
        check("p { margin: 1em 0 2em; }", "p { margin: 0 1em 0 2em; }");
        check("p { margin: 1em 2em; padding: 0 0.3em; }", "p { margin: 2em 1em; padding: 0.3em 0; }");
        check(
            ".x::before { width: 4em; border-top: 1px solid; }",
            ".x::before { height: 4em; border-right: 1px solid; }",
        );
        check("ul { padding-left: 1em; padding-inline: 1em 0; }", "ul { padding-top: 1em; padding-inline: 1em 0; }");
        check("h1 { break-after: avoid; text-align: right; }", "h1 { break-after: avoid; text-align: right; }");
    }

    #[test]
    fn what_reads_from_left_to_right_keeps_its_sides() {
        check("td, th { padding: 0.2em 1em; }", "td, th { padding: 0.2em 1em; }");
        check("figure { margin: 1em 0; }", "figure { margin: 0 1em; }");
        check("pre .line { padding-left: 2em; }", "pre .line { padding-left: 2em; }");
        check("figure img { max-height: 90vh; }", "figure img { max-height: 90vh; }");
        check(".table { margin: 1em 0; }", ".table { margin: 0 1em; }");
        check(".scroll { max-height: 95vh; }", ".scroll { max-height: 95vh; }");
    }

    #[test]
    fn a_string_ends_nothing() {
        let family = "p { font-family: \"a; margin-top: } \\\" b\", serif; margin-top: 1em; }";
        check(family, &family.replacen("; margin-top: 1em", "; margin-right: 1em", 1));
    }
}
