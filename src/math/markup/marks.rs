//! Accents, braces, operators and arrows as MathML: what stands for TeX's names.

use ratex_parser::{Mode, ParseNode};

use super::super::symbols::Alphabet;
use super::{Content, Context, Element, all, color_of, list, one, text_of};

/// An accent above or below.
pub(super) fn accent(
    name: &'static str,
    kind: &'static str,
    label: &str,
    base: &ParseNode,
    context: Context,
) -> Element {
    let (sign, stretchy) = match label {
        "\\widehat" => ("^", true),
        "\\widetilde" | "\\utilde" => ("~", true),
        "\\widecheck" => ("ˇ", true),
        "\\overrightarrow" | "\\underrightarrow" => ("→", true),
        "\\overleftarrow" | "\\underleftarrow" => ("←", true),
        "\\overleftrightarrow" | "\\underleftrightarrow" => ("↔", true),
        "\\Overrightarrow" => ("⇒", true),
        "\\overleftharpoon" => ("↼", true),
        "\\overrightharpoon" => ("⇀", true),
        "\\overgroup" => ("⏠", true),
        "\\undergroup" => ("⏡", true),
        "\\overlinesegment" | "\\underlinesegment" => ("‾", true),
        "\\hat" | "\\^" => ("^", false),
        "\\tilde" | "\\~" => ("~", false),
        "\\bar" | "\\=" => ("¯", false),
        "\\vec" => ("→", false),
        "\\dot" | "\\." => ("˙", false),
        "\\ddot" | "\\\"" => ("¨", false),
        "\\dddot" => ("⃛", false),
        "\\ddddot" => ("⃜", false),
        "\\acute" | "\\'" => ("´", false),
        "\\grave" | "\\`" => ("`", false),
        "\\breve" | "\\u" => ("˘", false),
        "\\check" | "\\v" => ("ˇ", false),
        "\\mathring" | "\\r" => ("˚", false),
        "\\textcircled" => ("◯", false),
        _ => ("", false),
    };
    let sign = if sign.is_empty() { text_of(label, Mode::Text) } else { sign.to_owned() };
    let mark = Element::sign(sign).with("stretchy", if stretchy { "true" } else { "false" });
    Element::of(name, vec![one(base, context), mark]).with(kind, "true")
}

/// A line above or below.
pub(super) fn lined(name: &'static str, line: &str, body: &ParseNode, context: Context) -> Element {
    let kind = if name == "mover" { "accent" } else { "accentunder" };
    let line = Element::sign(line).with("stretchy", "true");
    Element::of(name, vec![one(body, context), line]).with(kind, "true")
}

/// A brace or bracket above or below.
pub(super) fn brace(label: &str, is_over: bool, base: &ParseNode, context: Context) -> Element {
    let sign = match (label.ends_with("bracket"), is_over) {
        (false, true) => "⏞",
        (false, false) => "⏟",
        (true, true) => "⎴",
        (true, false) => "⎵",
    };
    let brace = Element::sign(sign).with("stretchy", "true");
    Element::of(if is_over { "mover" } else { "munder" }, vec![one(base, context), brace])
}

/// An operator, without its scripts.
pub(super) fn operator(current: &ParseNode, context: Context) -> Element {
    if let ParseNode::Op { symbol: true, name: Some(name), .. } = current {
        return Element::sign(big_operator(name));
    }
    if let ParseNode::Op { name: Some(name), .. } = current {
        return Element::token("mi", name.trim_start_matches('\\'));
    }
    if let ParseNode::Op { body: Some(body), .. } = current {
        return all(body, context);
    }
    let ParseNode::OperatorName { body, .. } = current else { return Element::empty("mrow") };
    let parts = list(body, context.with_alphabet(Alphabet::Roman));
    // A name of letters and spaces is one identifier.
    let name: Option<String> = parts.iter().map(letters).collect();
    name.filter(|name| !name.is_empty()).map_or_else(|| Element::row(parts), |name| Element::token("mi", name))
}

/// The text of a token that can be a part of a name.
fn letters(element: &Element) -> Option<String> {
    match (&element.content, element.name) {
        (Content::Text(text), "mi" | "mn" | "mtext") => Some(text.clone()),
        (Content::Text(text), "mo") if text == "−" || text == "∗" => Some(text.replace('−', "-").replace('∗', "*")),
        (Content::Elements(_), "mspace") => Some("\u{2009}".to_owned()),
        _ => None,
    }
}

/// The character of a big operator.
fn big_operator(name: &str) -> String {
    match name {
        "\\oiint" => "∯".to_owned(),
        "\\oiiint" => "∰".to_owned(),
        "\\intop" | "\\smallint" => "∫".to_owned(),
        _ => text_of(name, Mode::Math),
    }
}

/// A box, a background, or strokes through something.
pub(super) fn enclose(label: &str, background: Option<&str>, border: Option<&str>, inner: Element) -> Element {
    let notation = match label {
        "\\cancel" | "\\slashed" | "\\centernot" => "updiagonalstrike",
        "\\bcancel" => "downdiagonalstrike",
        "\\xcancel" => "updiagonalstrike downdiagonalstrike",
        "\\sout" => "horizontalstrike",
        "\\fbox" | "\\fcolorbox" => "box",
        "\\phase" => "phasorangle",
        "\\angl" => "actuarial",
        _ => {
            let element = Element::of("mstyle", vec![inner]);
            return match background.and_then(color_of) {
                Some(color) => element.with("mathbackground", color),
                None => element,
            };
        }
    };
    let mut element = Element::of("menclose", vec![inner]).with("notation", notation);
    if let Some(color) = background.and_then(color_of) {
        element = element.with("mathbackground", color);
    }
    // The border's colour would also be the content's.
    if border.is_some() && label != "\\fcolorbox" {
        element = element.with("mathcolor", border.and_then(color_of).unwrap_or_default());
    }
    element
}

/// An arrow as long as its labels.
pub(super) fn long_arrow(label: &str, body: &ParseNode, below: Option<&ParseNode>, context: Context) -> Element {
    let sign = match label {
        "\\xleftarrow" => "←",
        "\\xRightarrow" => "⇒",
        "\\xLeftarrow" => "⇐",
        "\\xleftrightarrow" => "↔",
        "\\xLeftrightarrow" => "⇔",
        "\\xhookleftarrow" => "↩",
        "\\xhookrightarrow" => "↪",
        "\\xmapsto" => "↦",
        "\\xrightharpoondown" => "⇁",
        "\\xrightharpoonup" => "⇀",
        "\\xleftharpoondown" => "↽",
        "\\xleftharpoonup" => "↼",
        "\\xrightleftharpoons" | "\\xrightequilibrium" => "⇌",
        "\\xleftrightharpoons" | "\\xleftequilibrium" => "⇋",
        "\\xlongequal" => "=",
        "\\xtwoheadrightarrow" => "↠",
        "\\xtwoheadleftarrow" => "↞",
        "\\xtofrom" | "\\xrightleftarrows" => "⇄",
        _ => "→",
    };
    let arrow = Element::sign(sign).with("stretchy", "true").with("minsize", "2em");
    let label = |node: &ParseNode| {
        let inner = one(node, context.scripts());
        Element::of("mpadded", vec![inner]).with("width", "+0.6em").with("lspace", "0.3em")
    };
    let above = Some(body).filter(|body| !is_empty(body)).map(label);
    match (above, below.map(label)) {
        (Some(above), Some(below)) => Element::of("munderover", vec![arrow, below, above]),
        (Some(above), None) => Element::of("mover", vec![arrow, above]),
        (None, Some(below)) => Element::of("munder", vec![arrow, below]),
        (None, None) => arrow,
    }
}

/// Whether `node` is an empty group.
pub(super) fn is_empty(node: &ParseNode) -> bool {
    matches!(node, ParseNode::OrdGroup { body, .. } if body.is_empty())
}
