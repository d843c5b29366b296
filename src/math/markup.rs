//! A formula as presentation MathML (MathML Core where it suffices, MathML 3 elsewhere), from the same tree as the page.
//!
//! The tree of elements is also what the words for those who can't see it are made from. Start at [`markup`].

mod marks;
mod table;

use std::fmt::Write as _;

use ratex_parser::parse_node::{AtomFamily, Measurement, ProofBranch, StyleStr};
use ratex_parser::{Mode, ParseNode};
use ratex_types::Color;

use self::marks::{accent, brace, enclose, is_empty, lined, long_arrow, operator};
use super::symbols::{self, Alphabet};

/// An element of MathML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) attributes: Vec<(&'static str, String)>,
    pub(super) content: Content,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// The characters of a token.
    Text(String),
    /// Elements.
    Elements(Vec<Element>),
}

impl Element {
    fn token(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, attributes: Vec::new(), content: Content::Text(text.into()) }
    }

    fn of(name: &'static str, children: Vec<Self>) -> Self {
        Self { name, attributes: Vec::new(), content: Content::Elements(children) }
    }

    fn empty(name: &'static str) -> Self {
        Self::of(name, Vec::new())
    }

    fn with(mut self, attribute: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((attribute, value.into()));
        self
    }

    /// Elements side by side, as one.
    fn row(mut children: Vec<Self>) -> Self {
        match children.pop() {
            Some(only) if children.is_empty() => only,
            Some(last) => {
                children.push(last);
                Self::of("mrow", children)
            }
            None => Self::empty("mrow"),
        }
    }

    /// An operator that keeps its size.
    fn sign(text: impl Into<String>) -> Self {
        Self::token("mo", text)
    }

    /// A delimiter: as tall as what it encloses, or of its own size.
    fn fence(delimiter: &str, form: &'static str, stretchy: bool) -> Self {
        let sign = match delimiter {
            "." => String::new(),
            "<" | "\\lt" => "⟨".to_owned(),
            ">" | "\\gt" => "⟩".to_owned(),
            _ => text_of(delimiter, Mode::Math),
        };
        let stretchy = if stretchy { "true" } else { "false" };
        Self::sign(sign).with("fence", "true").with("form", form).with("stretchy", stretchy)
    }

    /// The element as XML. Its depth is bounded by the parser's.
    pub(super) fn write(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escape(value));
        }
        match &self.content {
            Content::Elements(children) if children.is_empty() => out.push_str("/>"),
            Content::Elements(children) => {
                out.push('>');
                for child in children {
                    child.write(out);
                }
                let _ = write!(out, "</{}>", self.name);
            }
            Content::Text(text) => {
                let _ = write!(out, ">{}</{}>", escape(text), self.name);
            }
        }
    }
}

/// `text` for XML: markup escaped, line breaks as spaces, and what XML can't hold as U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// The elements of a formula. Linear in it.
pub(super) fn markup(nodes: &[ParseNode], display: bool) -> Element {
    Element::row(list(nodes, Context { display, ..Context::default() }))
}

/// What a place of the formula says of what stands there.
#[derive(Clone, Copy, Debug, Default)]
struct Context {
    alphabet: Alphabet,
    /// Whether limits stand above and below.
    display: bool,
    /// Whether the letters are words.
    text: bool,
}

impl Context {
    fn with_alphabet(self, alphabet: Alphabet) -> Self {
        Self { alphabet, ..self }
    }

    fn scripts(self) -> Self {
        Self { display: false, ..self }
    }
}

/// The elements of `nodes`: figures are joined to numbers, letters to words.
fn list(nodes: &[ParseNode], context: Context) -> Vec<Element> {
    let mut elements: Vec<Element> = Vec::with_capacity(nodes.len());
    for (index, current) in nodes.iter().enumerate() {
        if let Some(scripted) = scripts_of_last(current, &mut elements, context) {
            elements.push(scripted);
            continue;
        }
        for element in node(current, context) {
            if element == Element::empty("mrow") {
                continue;
            }
            let element = struck(&mut elements, element);
            match elements.last_mut() {
                Some(last) if joins(last, &element, context) => {
                    if let (Content::Text(text), Content::Text(more)) = (&mut last.content, &element.content) {
                        text.push_str(more);
                    }
                }
                Some(_) | None => elements.push(element),
            }
        }
        if index + 1 < nodes.len() && is_named_operator(current) {
            // Function application, which is not seen.
            elements.push(Element::sign('\u{2061}'));
        }
    }
    // A point that ends up as a number of its own is punctuation.
    for element in &mut elements {
        if let ("mn", Content::Text(text)) = (element.name, &element.content)
            && matches!(text.as_str(), "." | ",")
        {
            element.name = "mo";
        }
    }
    elements
}

/// Scripts that hang on nothing but a height, as chemistry has them, on the element that they stand behind.
fn scripts_of_last(current: &ParseNode, elements: &mut Vec<Element>, context: Context) -> Option<Element> {
    let ParseNode::SupSub { base: Some(base), sup, sub, .. } = current else { return None };
    let mut base = &**base;
    while let ParseNode::OrdGroup { body, .. } = base {
        let [only] = body.as_slice() else { return None };
        base = only;
    }
    if !matches!(base, ParseNode::VPhantom { .. }) {
        return None;
    }
    let last = elements.pop_if(|last| matches!(last.name, "mi" | "mn" | "mrow" | "msub" | "msup" | "mtext"))?;
    Some(scripted(last, false, sup.as_deref(), sub.as_deref(), context))
}

/// `next`, struck through if a lone stroke stands before it (`\not`), which is then taken away.
fn struck(elements: &mut Vec<Element>, mut next: Element) -> Element {
    let lone = elements.last().is_some_and(|last| last.content == Content::Text(symbols::STROKE.to_string()));
    if let (true, Content::Text(text)) = (lone, &mut next.content) {
        elements.pop();
        symbols::strike(text);
    }
    next
}

/// Whether two neighbours are one token.
fn joins(last: &Element, next: &Element, context: Context) -> bool {
    if last.name != next.name || last.attributes != next.attributes {
        return false;
    }
    match next.name {
        "mn" => true,
        "mtext" => context.text,
        "mi" => {
            let words = matches!(
                context.alphabet,
                Alphabet::Roman | Alphabet::Bold | Alphabet::Italic | Alphabet::Sans | Alphabet::Mono
            );
            words && matches!(&next.content, Content::Text(text) if text.chars().all(char::is_alphabetic))
        }
        _ => false,
    }
}

/// Whether `node` is a function's name, with scripts or without.
fn is_named_operator(node: &ParseNode) -> bool {
    if let ParseNode::SupSub { base: Some(base), .. } = node {
        return is_named_operator(base);
    }
    matches!(node, ParseNode::Op { symbol: false, name: Some(_), .. } | ParseNode::OperatorName { .. })
}

/// What stands where one node must be one element.
fn one(current: &ParseNode, context: Context) -> Element {
    Element::row(node(current, context))
}

/// The nodes of `nodes` as one element.
fn all(nodes: &[ParseNode], context: Context) -> Element {
    Element::row(list(nodes, context))
}

/// The elements of one node.
fn node(current: &ParseNode, context: Context) -> Vec<Element> {
    use ParseNode as N;
    let mathematics = matches!(
        current,
        N::MathOrd { mode: Mode::Math, .. } | N::TextOrd { mode: Mode::Math, .. } | N::Styling { mode: Mode::Math, .. }
    );
    let context = if context.text && mathematics { Context::default() } else { context };
    match current {
        N::MathOrd { mode, text, .. } | N::TextOrd { mode, text, .. } => vec![symbol(*mode, text, context)],
        N::Atom { mode, family, text, .. } => vec![atom(*mode, *family, text, context)],
        N::OpToken { mode, text, .. } | N::AccentToken { mode, text, .. } => vec![Element::sign(text_of(text, *mode))],
        N::SpacingNode { text, .. } => spacing(text, context),
        N::OrdGroup { body, .. } if context.text => list(body, context),
        // A comma in braces is a number's.
        N::OrdGroup { body, .. } if is_comma(body) => vec![Element::token("mn", ",")],
        N::OrdGroup { body, .. } | N::Href { body, .. } | N::Html { body, .. } => vec![all(body, context)],
        N::SupSub { base, sup, sub, .. } => vec![scripts(base.as_deref(), sup.as_deref(), sub.as_deref(), context)],
        N::GenFrac { .. } => fraction(current, context),
        N::Sqrt { body, index: None, .. } => vec![Element::of("msqrt", vec![one(body, context)])],
        N::Sqrt { body, index: Some(index), .. } => {
            vec![Element::of("mroot", vec![one(body, context), one(index, context.scripts())])]
        }
        N::Accent { mode: Mode::Text, label, base, .. } => text_accent(label, base, context),
        N::Accent { label, base, .. } => vec![accent("mover", "accent", label, base, context)],
        N::AccentUnder { label, base, .. } => vec![accent("munder", "accentunder", label, base, context)],
        N::Op { .. } | N::OperatorName { .. } => vec![operator(current, context)],
        N::Font { font, body, .. } => {
            let alphabet = Alphabet::of_command(font).unwrap_or(context.alphabet);
            let elements = node(body, context.with_alphabet(alphabet));
            if context.text { elements } else { vec![Element::row(elements)] }
        }
        N::Text { font, body, .. } => text(font.as_deref(), body, context),
        N::Color { color, body, .. } => vec![colored(color, list(body, context))],
        N::Styling { style, body, .. } => styled(*style, body, context),
        N::Sizing { size, body, .. } => vec![sized(*size, list(body, context))],
        N::DelimSizing { size, mclass, delim, .. } => vec![sized_fence(*size, mclass, delim)],
        N::LeftRight { left, right, body, .. } => vec![enclosed(left, right, list(body, context))],
        N::LeftRightRight { delim, .. } => vec![Element::fence(delim, "postfix", true)],
        N::Middle { delim, .. } => vec![Element::fence(delim, "infix", true)],
        N::Overline { body, .. } => vec![lined("mover", "\u{203e}", body, context)],
        N::Underline { body, .. } => vec![lined("munder", "_", body, context)],
        N::HorizBrace { label, is_over, base, .. } => vec![brace(label, *is_over, base, context)],
        N::Rule { width, height, .. } => vec![
            Element::empty("mspace")
                .with("width", measure(width))
                .with("height", measure(height))
                .with("mathbackground", "#000000"),
        ],
        N::Kern { dimension, .. } => vec![Element::empty("mspace").with("width", measure(dimension))],
        N::Phantom { body, .. } => vec![Element::of("mphantom", list(body, context))],
        N::VPhantom { body, .. } => {
            vec![Element::of("mpadded", vec![Element::of("mphantom", node(body, context))]).with("width", "0px")]
        }
        N::Smash { body, smash_height, smash_depth, .. } => {
            vec![smashed(node(body, context), *smash_height, *smash_depth)]
        }
        N::MClass { mclass, body, .. } => classed(mclass, body, context),
        N::Array { .. } => vec![table::array(current, context)],
        N::Cr { .. } => vec![Element::empty("mspace").with("linebreak", "newline")],
        N::Verb { body, .. } => vec![word(body.clone(), Alphabet::Mono)],
        N::HBox { body, .. } => vec![all(body, Context { text: true, alphabet: Alphabet::Roman, ..context })],
        N::Pmb { body, .. } => vec![all(body, context.with_alphabet(Alphabet::Bold))],
        N::Url { url, .. } => vec![Element::token("mtext", url.clone())],
        N::Raw { string, .. } => vec![Element::token("mtext", string.clone())],
        N::Enclose { label, background_color, border_color, body, .. } => {
            vec![enclose(label, background_color.as_deref(), border_color.as_deref(), one(body, context))]
        }
        N::Lap { alignment, body, .. } => vec![lapped(alignment, node(body, context))],
        N::MathChoice { display, text, .. } => list(if context.display { display } else { text }, context),
        N::RaiseBox { dy, body, .. } => vec![Element::of("mpadded", node(body, context)).with("voffset", measure(dy))],
        N::VCenter { body, .. } => node(body, context),
        N::XArrow { label, body, below, .. } => vec![long_arrow(label, body, below.as_deref(), context)],
        // An accessible reading is what this node is for, but tokens of it may be no letters.
        N::HtmlMathMl { mathml, .. } => list(mathml, context),
        N::IncludeGraphics { alt, .. } => vec![Element::token("mtext", alt.clone())],
        N::CdLabel { label, .. } => node(label, context),
        N::CdLabelParent { fragment, .. } => node(fragment, context),
        N::CdArrow { direction, label_above, label_below, .. } => {
            vec![table::diagram_arrow(direction, label_above.as_deref(), label_below.as_deref(), context)]
        }
        N::ProofTree { tree, .. } => vec![proof(tree, context)],
        N::ColorToken { .. }
        | N::Size { .. }
        | N::Environment { .. }
        | N::Infix { .. }
        | N::Internal { .. }
        | N::Tag { .. }
        | N::NoNumber { .. } => Vec::new(),
    }
}

fn is_comma(body: &[ParseNode]) -> bool {
    matches!(body, [ParseNode::Atom { mode: Mode::Math, text, .. }] if text == ",")
}

/// The text of a symbol: its character, or the characters of an automatic number.
fn text_of(name: &str, mode: Mode) -> String {
    match name {
        "|" | "\\vert" | "\\lvert" | "\\rvert" => return "|".to_owned(),
        "\\|" | "\\Vert" | "\\lVert" | "\\rVert" => return "‖".to_owned(),
        "<" => return "<".to_owned(),
        ">" => return ">".to_owned(),
        _ if name.chars().all(|c| c.is_ascii_digit()) => return name.to_owned(),
        _ => {}
    }
    symbols::character(name, mode)
        .map_or_else(|| name.trim_start_matches('\\').to_owned(), |c| symbols::public(c).to_string())
}

/// A piece of text. Words keep their letters, and say how these look.
fn word(text: String, alphabet: Alphabet) -> Element {
    let variant = match alphabet {
        Alphabet::Bold => "bold",
        Alphabet::Italic => "italic",
        Alphabet::BoldItalic => "bold-italic",
        Alphabet::Sans => "sans-serif",
        Alphabet::Mono => "monospace",
        Alphabet::Plain
        | Alphabet::Roman
        | Alphabet::Calligraphic
        | Alphabet::Script
        | Alphabet::Fraktur
        | Alphabet::Blackboard => return Element::token("mtext", text),
    };
    Element::token("mtext", text).with("mathvariant", variant)
}

fn symbol(mode: Mode, name: &str, context: Context) -> Element {
    let text = text_of(name, mode);
    if mode == Mode::Text {
        return word(text, context.alphabet);
    }
    let Some(character) = text.chars().next() else { return Element::token("mtext", text) };
    if character.is_ascii_digit() || character == '.' {
        return Element::token("mn", text.chars().map(|c| context.alphabet.letter(c)).collect::<String>());
    }
    if name == "\\prime" {
        return Element::sign("′").with("lspace", "0em").with("rspace", "0em");
    }
    if matches!(character, '|' | '‖' | '(' | ')' | '[' | ']') {
        return Element::sign(text).with("stretchy", "false").with("lspace", "0em").with("rspace", "0em");
    }
    let letter = Element::token("mi", context.alphabet.letter(character).to_string());
    let upright = !character.is_alphabetic() || symbols::is_greek_capital(character);
    match context.alphabet {
        Alphabet::Roman => letter.with("mathvariant", "normal"),
        Alphabet::Plain if upright => letter.with("mathvariant", "normal"),
        Alphabet::Italic => letter.with("mathvariant", "italic"),
        Alphabet::Plain
        | Alphabet::Bold
        | Alphabet::BoldItalic
        | Alphabet::Sans
        | Alphabet::Mono
        | Alphabet::Calligraphic
        | Alphabet::Script
        | Alphabet::Fraktur
        | Alphabet::Blackboard => letter,
    }
}

fn atom(mode: Mode, family: AtomFamily, name: &str, context: Context) -> Element {
    let text = text_of(name, mode);
    if mode == Mode::Text {
        return word(text, context.alphabet);
    }
    let text = match text.as_str() {
        "-" => "−".to_owned(),
        "*" => "∗".to_owned(),
        _ => text,
    };
    match family {
        AtomFamily::Open | AtomFamily::Close => Element::sign(text).with("stretchy", "false"),
        AtomFamily::Punct => Element::sign(text).with("separator", "true"),
        AtomFamily::Inner => Element::token("mo", text),
        AtomFamily::Bin | AtomFamily::Rel => Element::sign(text),
    }
}

fn spacing(name: &str, context: Context) -> Vec<Element> {
    let width = match name {
        "\\quad" => "1em",
        "\\qquad" => "2em",
        "\\enspace" => "0.5em",
        "\\," | "\\thinspace" => "0.1667em",
        "\\:" | "\\medspace" => "0.2222em",
        "\\;" | "\\thickspace" => "0.2778em",
        "\\!" | "\\negthinspace" => "-0.1667em",
        "\\negmedspace" => "-0.2222em",
        "\\negthickspace" => "-0.2778em",
        " " | "~" | "\\nobreakspace" | "\\ " | "\\space" => {
            return vec![if context.text {
                word(" ".to_owned(), context.alphabet)
            } else {
                Element::token("mtext", "\u{a0}")
            }];
        }
        // Places where a line may break, or may not.
        _ => return Vec::new(),
    };
    vec![Element::empty("mspace").with("width", width)]
}

/// A base with what stands above and below it, or at its shoulders.
fn scripts(base: Option<&ParseNode>, sup: Option<&ParseNode>, sub: Option<&ParseNode>, context: Context) -> Element {
    let limits = match base {
        Some(ParseNode::Op { limits, always_handle_sup_sub, .. }) => {
            *limits && (context.display || always_handle_sup_sub.unwrap_or(false))
        }
        Some(ParseNode::OperatorName { limits, always_handle_sup_sub, .. }) => {
            *always_handle_sup_sub && (context.display || *limits)
        }
        Some(ParseNode::HorizBrace { .. }) => true,
        Some(_) | None => false,
    };
    let body = base.map_or_else(|| Element::empty("mrow"), |base| one(base, context));
    scripted(body, limits, sup, sub, context)
}

/// `body` with scripts, as limits or not.
fn scripted(
    body: Element,
    limits: bool,
    sup: Option<&ParseNode>,
    sub: Option<&ParseNode>,
    context: Context,
) -> Element {
    let script = |node: &ParseNode| one(node, context.scripts());
    match (sup.map(script), sub.map(script)) {
        (Some(sup), Some(sub)) => Element::of(if limits { "munderover" } else { "msubsup" }, vec![body, sub, sup]),
        (Some(sup), None) => Element::of(if limits { "mover" } else { "msup" }, vec![body, primes(sup)]),
        (None, Some(sub)) => Element::of(if limits { "munder" } else { "msub" }, vec![body, sub]),
        (None, None) => body,
    }
}

/// Primes side by side as the one character for them.
fn primes(sup: Element) -> Element {
    let Content::Elements(children) = &sup.content else { return sup };
    let prime = Content::Text("′".to_owned());
    if sup.name != "mrow" || !children.iter().all(|child| child.content == prime) {
        return sup;
    }
    let text = match children.len() {
        2 => "″",
        3 => "‴",
        4 => "⁗",
        _ => return sup,
    };
    Element::sign(text).with("lspace", "0em").with("rspace", "0em")
}

fn fraction(current: &ParseNode, context: Context) -> Vec<Element> {
    let ParseNode::GenFrac { numer, denom, has_bar_line, bar_size, left_delim, right_delim, .. } = current else {
        return Vec::new();
    };
    let inner = context.scripts();
    let mut element = Element::of("mfrac", vec![one(numer, inner), one(denom, inner)]);
    if !has_bar_line {
        element = element.with("linethickness", "0px");
    } else if let Some(size) = bar_size {
        element = element.with("linethickness", measure(size));
    }
    let delimiter = |delimiter: &Option<String>| delimiter.clone().filter(|sign| !sign.is_empty() && sign != ".");
    match (delimiter(left_delim), delimiter(right_delim)) {
        (None, None) => vec![element],
        (left, right) => {
            let side = |delimiter: Option<String>| delimiter.unwrap_or_else(|| ".".to_owned());
            vec![enclosed(&side(left), &side(right), vec![element])]
        }
    }
}

fn enclosed(left: &str, right: &str, mut inner: Vec<Element>) -> Element {
    if left != "." {
        inner.insert(0, Element::fence(left, "prefix", true));
    }
    if right != "." {
        inner.push(Element::fence(right, "postfix", true));
    }
    Element::of("mrow", inner)
}

/// An accent of text: one character with its letter where Unicode has it, else a combining one after it.
fn text_accent(label: &str, base: &ParseNode, context: Context) -> Vec<Element> {
    let mut elements = node(base, context);
    let combining = symbols::combining(label);
    if let (Some(Element { content: Content::Text(text), .. }), Some(mark)) = (elements.last_mut(), combining) {
        match super::dressing::single_letter(base).and_then(|letter| symbols::accented(label, letter)) {
            Some(whole) => *text = whole.to_string(),
            None => text.push(mark),
        }
    }
    elements
}

fn text(font: Option<&str>, body: &[ParseNode], context: Context) -> Vec<Element> {
    let font = font.unwrap_or("\\text");
    let mut inner = Context { text: true, ..context };
    if !context.text {
        inner.alphabet = Alphabet::Roman;
    }
    match Alphabet::of_command(font) {
        Some(Alphabet::Roman) if font == "\\text" => {}
        Some(Alphabet::Italic) if inner.alphabet == Alphabet::Bold => inner.alphabet = Alphabet::BoldItalic,
        Some(Alphabet::Bold) if inner.alphabet == Alphabet::Italic => inner.alphabet = Alphabet::BoldItalic,
        Some(alphabet) => inner.alphabet = alphabet,
        None => {}
    }
    let mut elements = list(body, inner);
    // A space at either end is kept by being one that does not break.
    let count = elements.len();
    for (index, element) in elements.iter_mut().enumerate() {
        if let ("mtext", Content::Text(text)) = (element.name, &mut element.content)
            && !context.text
        {
            if index == 0 && text.starts_with(' ') {
                text.replace_range(0..1, "\u{a0}");
            }
            if index + 1 == count && text.ends_with(' ') {
                text.truncate(text.len() - 1);
                text.push('\u{a0}');
            }
        }
    }
    if context.text { elements } else { vec![Element::row(elements)] }
}

fn styled(style: StyleStr, body: &[ParseNode], context: Context) -> Vec<Element> {
    let (level, display) = match style {
        StyleStr::Display => ("0", true),
        StyleStr::Text => ("0", false),
        StyleStr::Script => ("1", false),
        StyleStr::Scriptscript => ("2", false),
    };
    let mut children = list(body, Context { display, ..context });
    let inner =
        children.pop_if(|only| only.name == "mstyle" && only.attributes.iter().any(|(name, _)| *name == "scriptlevel"));
    match inner {
        // The inner style is the one that counts.
        Some(inner) if children.is_empty() => return vec![inner],
        other => children.extend(other),
    }
    let truth = if display { "true" } else { "false" };
    vec![Element::of("mstyle", children).with("scriptlevel", level).with("displaystyle", truth)]
}

fn colored(color: &str, inner: Vec<Element>) -> Element {
    let element = Element::of("mstyle", inner);
    match color_of(color) {
        Some(color) => element.with("mathcolor", color),
        None => element,
    }
}

/// A size from `\tiny` (1) to `\Huge` (11).
fn sized(size: u8, inner: Vec<Element>) -> Element {
    const SIZES: [&str; 11] = ["50%", "60%", "70%", "80%", "90%", "100%", "120%", "144%", "173%", "207%", "249%"];
    let size = SIZES.get(usize::from(size).saturating_sub(1)).unwrap_or(&"100%");
    Element::of("mstyle", inner).with("mathsize", *size)
}

/// A delimiter of a size from `\big` (1) to `\Bigg` (4).
fn sized_fence(size: u8, class: &str, delimiter: &str) -> Element {
    const SIZES: [&str; 4] = ["1.2em", "1.8em", "2.4em", "3em"];
    let size = SIZES.get(usize::from(size).saturating_sub(1)).unwrap_or(&"1.2em");
    let form = match class {
        "mopen" => "prefix",
        "mclose" => "postfix",
        _ => "infix",
    };
    Element::fence(delimiter, form, true).with("minsize", *size).with("maxsize", *size)
}

fn smashed(inner: Vec<Element>, height: bool, depth: bool) -> Element {
    let mut element = Element::of("mpadded", inner);
    for (smashed, attribute) in [(height, "height"), (depth, "depth")] {
        if smashed {
            element = element.with(attribute, "0px");
        }
    }
    element
}

/// What takes up no width, and reaches to the left, the right, or both.
fn lapped(alignment: &str, inner: Vec<Element>) -> Element {
    let element = Element::of("mpadded", inner).with("width", "0px");
    match alignment {
        "llap" => element.with("lspace", "-1width"),
        "clap" => element.with("lspace", "-0.5width"),
        _ => element,
    }
}

/// What a class command (`\mathrel`) wraps: one sign becomes an operator.
fn classed(class: &str, body: &[ParseNode], context: Context) -> Vec<Element> {
    let mut elements = list(body, context);
    if let [only] = elements.as_mut_slice()
        && matches!(only.name, "mi" | "mtext")
        && matches!(class, "mrel" | "mbin" | "mopen" | "mclose" | "mpunct")
    {
        only.name = "mo";
        only.attributes.clear();
    }
    vec![Element::row(elements)]
}

/// A proof: premises above a line, what follows from them below.
fn proof(branch: &ProofBranch, context: Context) -> Element {
    let conclusion = all(&branch.conclusion, context);
    if branch.premises.is_empty() {
        return conclusion;
    }
    let mut premises = Vec::new();
    for premise in &branch.premises {
        if !premises.is_empty() {
            premises.push(Element::empty("mspace").with("width", "1.5em"));
        }
        premises.push(proof(premise, context));
    }
    let (upper, lower) = (Element::row(premises), conclusion);
    let parts = if branch.root_at_top { vec![lower, upper] } else { vec![upper, lower] };
    let mut elements = Vec::new();
    elements.extend(branch.left_label.as_ref().map(|label| all(label, context)));
    elements.push(Element::of("mfrac", parts));
    elements.extend(branch.right_label.as_ref().map(|label| all(label, context)));
    Element::row(elements)
}

/// A colour as `#rrggbb`.
fn color_of(color: &str) -> Option<String> {
    let color = Color::parse(color)?;
    let [red, green, blue] = super::setting::bytes(color);
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}

/// A length of TeX as one of MathML, in em.
fn measure(measurement: &Measurement) -> String {
    // One em is ten TeX points, as the engine has it.
    let factor = match measurement.unit.as_str() {
        "ex" => 0.431,
        "mu" => 1.0 / 18.0,
        "pt" | "px" => 0.1,
        "mm" => 0.284_528,
        "cm" => 2.845_28,
        "in" => 7.227,
        "bp" => 0.100_375,
        "pc" => 1.2,
        "dd" => 0.107,
        "cc" => 1.284,
        "nd" => 0.106_7,
        "nc" => 1.280_4,
        "sp" => 0.1 / 65_536.0,
        _ => 1.0,
    };
    let em = measurement.number * factor;
    let text = format!("{:.4}", if em.is_finite() { em } else { 0.0 });
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if matches!(text, "" | "-" | "-0") { "0em".to_owned() } else { format!("{text}em") }
}
