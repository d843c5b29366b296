//! What is read within a line, by example.

#![expect(clippy::wildcard_enum_match_arm, clippy::format_push_string, reason = "an outline shows what it knows")]

use std::fmt::Write as _;

use super::super::tests::read_one;
use super::*;
use crate::document::{Division, Edition, Image, ImageWidth, PageForm};

/// The inlines of the first paragraph of each division, as `(kind …)`, words in quotes; then the notes.
fn outline(divisions: &[Division]) -> String {
    let mut out = String::new();
    for division in divisions {
        division.blocks.iter().for_each(|block| run(block, &mut out));
        for note in &division.notes {
            out += " / note";
            note.blocks.iter().for_each(|block| run(block, &mut out));
        }
    }
    out.trim().to_owned()
}

fn run(block: &Block, out: &mut String) {
    match &block.kind {
        BlockKind::Paragraph(content) => inlines(content, out),
        BlockKind::Figure { image, .. } => write!(out, " (figure{})", image_words(image)).unwrap(),
        BlockKind::Quote(blocks) => blocks.iter().for_each(|block| run(block, out)),
        other => write!(out, " {other:?}").unwrap(),
    }
}

fn inlines(content: &[Inline], out: &mut String) {
    for inline in content {
        let name = match &inline.kind {
            InlineKind::Text(words) => {
                write!(out, " {words:?}").unwrap();
                continue;
            }
            InlineKind::Emphasis(_) => "em".to_owned(),
            InlineKind::Strong(_) => "strong".to_owned(),
            InlineKind::Strikethrough(_) => "del".to_owned(),
            InlineKind::Subscript(_) => "sub".to_owned(),
            InlineKind::Superscript(_) => "sup".to_owned(),
            InlineKind::Code(code) => format!("code {code}"),
            InlineKind::Link { address, .. } => format!("a {address}"),
            InlineKind::Image(image) => format!("img{}", image_words(image)),
            InlineKind::LineBreak => "br".to_owned(),
            InlineKind::NoteReference(index) => format!("^{index}"),
            InlineKind::Span(role, _) => format!("{role:?}"),
            InlineKind::Abbreviation { expansion, .. } => format!("abbr {expansion:?}"),
            InlineKind::Formula(formula) => format!("tex {}", formula.tex),
            InlineKind::Reference { label, form, .. } => format!("ref {label} {form:?}"),
            InlineKind::PageReference { label, form: PageForm::Number } => format!("page {label}"),
            InlineKind::PageReference { label, form: PageForm::Where } => format!("where {label}"),
            InlineKind::Citation { items, narrative, .. } => {
                let item = |item: &CitationItem| {
                    let sign = if item.without_author { "-" } else { "" };
                    format!("{}|{sign}{}|{}", item.prefix, item.key, item.suffix)
                };
                let items: Vec<String> = items.iter().map(item).collect();
                format!("{} {}", if *narrative { "narrative" } else { "cite" }, items.join("; "))
            }
            InlineKind::IndexMark(mark) => {
                let mut words = format!("index {}", mark.path.join("!"));
                mark.see.iter().for_each(|to| words += &format!(" see {to}"));
                mark.see_also.iter().for_each(|to| words += &format!(" also {to}"));
                words
            }
        };
        write!(out, " ({name}").unwrap();
        let attributes = &inline.attributes;
        attributes.label.iter().for_each(|label| write!(out, " #{label}").unwrap());
        attributes.language.iter().for_each(|language| write!(out, " lang={language}").unwrap());
        attributes.edition.iter().for_each(|edition| write!(out, " {edition:?}").unwrap());
        // What a citation shows until it is resolved is tested apart.
        if !matches!(inline.kind, InlineKind::Citation { .. }) {
            inlines(inline.children(), out);
        }
        out.push(')');
    }
}

fn image_words(image: &Image) -> String {
    let width = match image.width {
        Some(ImageWidth::Permille(width)) => format!(" {width}‰"),
        Some(ImageWidth::Millipoints(width)) => format!(" {width}mpt"),
        None => String::new(),
    };
    format!(" {} {:?}{width}{}", image.address, image.alt, if image.decorative { " decorative" } else { "" })
}

#[track_caller]
fn check(text: &str, expected: &str, codes: &[&str]) {
    let (divisions, diagnostics) = read_one(text);
    assert_eq!(outline(&divisions), expected, "{text}");
    let found: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    assert_eq!(found, codes, "{text}: {diagnostics:?}");
}

/// The text that the first finding points at.
#[track_caller]
fn pointed_at(text: &str) -> &str {
    let (_, diagnostics) = read_one(text);
    let crate::diagnostics::Place::Span(span) = diagnostics[0].place else { panic!("a span") };
    &text[span.start as usize..span.end as usize]
}

#[test]
fn a_bracketed_span_has_a_look() {
    check("a [b *c*]{.smallcaps} d", r#""a " (SmallCaps "b " (em "c")) " d""#, &[]);
    check("[a]{.sc} [b]{.ul} [c]{.underline}", r#"(SmallCaps "a") " " (Underline "b") " " (Underline "c")"#, &[]);
    check(
        "[Ctrl]{.kbd} [b]{.mark} [T]{.dropcap}his",
        r#"(Keyboard "Ctrl") " " (Highlight "b") " " (DropCap "T") "his""#,
        &[],
    );
    check("[a [b]{.sc} c]{.mark}", r#"(Highlight "a " (SmallCaps "b") " c")"#, &[]);
    check("[a]{.sc .mark}", r#"(Highlight (SmallCaps "a"))"#, &[]);
    check("*[a]{.sc}*", r#"(em (SmallCaps "a"))"#, &[]);
    check("[a](b){.x} [[c](d)]{.sc}", r#"(a b "a") " " (SmallCaps (a d "c"))"#, &["unknown-attribute"]);
}

#[test]
fn a_span_carries_label_language_and_edition() {
    check("[bonjour]{lang=fr}", r#"(Plain lang=fr "bonjour")"#, &[]);
    check("[a]{#b .sc lang=la dir=ltr}", r#"(SmallCaps #b lang=la "a")"#, &[]);
    check("[]{#here}a", r#"(Plain #here) "a""#, &[]);
    check("[a]{.print-only}[b]{.ebook-only}", r#"(Plain Pdf "a") (Plain Epub "b")"#, &[]);
    check("[a]{}", r#""a""#, &[]);
}

#[test]
fn attributes_may_hold_what_looks_like_markdown() {
    check("[a]{.abbr title=\"*b* `c` [d](e)\"} g", r#"(abbr "*b* `c` [d](e)" "a") " g""#, &[]);
    check("[a]{.abbr title='b\nc'}", r#"(abbr "b c" "a")"#, &[]);
    check("> [a]{.sc\n> #b}", r#"(SmallCaps #b "a")"#, &[]);
}

#[test]
fn what_means_nothing_is_warned_of_and_the_text_stays() {
    check("a [b]{.c d=e} f", r#""a b f""#, &["unknown-attribute", "unknown-attribute"]);
    assert_eq!(pointed_at("a [b]{.c} f"), "[b]{.c}");
    assert_eq!(pointed_at("é *x* [b\\*]{.c} f"), "[b\\*]{.c}");
}

#[test]
fn what_is_not_attributes_is_text() {
    for text in
        ["[a] {.b}", "\\[a]{.b}", "[a\\]{.b}", "[a]\\{.b}", "[a]{b}", "[a]{.b", "a]{.b}", "[]{}", "x{.b}", "[a]{{b c}}"]
    {
        let (divisions, diagnostics) = read_one(text);
        assert_eq!(divisions[0].text(Edition::Pdf), text.replace('\\', "") + "\n");
        assert_eq!(diagnostics, [], "{text}");
    }
    check("`[a]{.sc}`", "(code [a]{.sc})", &[]);
    check("[a *b]{.sc} c*", r#""[a " (em "b]{.sc} c")"#, &[]);
}

#[test]
fn links_images_code_and_emphasis_have_attributes() {
    check("[a](b){#c target=_blank} `d`{.rust #e} x", r#"(a b #c "a") " " (code d #e) " x""#, &[]);
    check("x ![a](b){width=50% #c}", r#""x " (img b "a" 500‰ #c)"#, &[]);
    check(
        "x ![](b){.decorative} ![](c){alt=\"d\" width=1in}",
        r#""x " (img b "" decorative) " " (img c "d" 72000mpt)"#,
        &[],
    );
    check("x ![](b) y", r#""x " (img b "") " y""#, &["missing-alt"]);
    check("*a*{.sc} **b**{#c}", r#"(SmallCaps (em "a")) " " (Plain #c (strong "b"))"#, &[]);
    check("`a`{=html}", "(code a)", &["unknown-attribute"]);
}

#[test]
fn a_reference_names_a_label() {
    check(
        "See @fig:a, @Tbl:b-c and @sec-d.",
        r#""See " (ref fig:a Full) ", " (ref tbl:b-c Full) " and " (ref sec-d Full) ".""#,
        &[],
    );
    check("[@eq:a] [-@eq:a] [@lst:a]{.title}", r#"(ref eq:a Full) " " (ref eq:a Number) " " (ref lst:a Title)"#, &[]);
    check(
        "[Figs. @fig:a; @fig:b]",
        "\"Figs.\u{a0}\" (ref fig:a Number) \", \" (ref fig:b Full)".replace('\u{a0}', "\\u{a0}").as_str(),
        &[],
    );
    check("[@fig:a]{.where}", "(where fig:a)", &[]);
    check("[@fig:a]{.page} \\ref{x} \\pageref{y:z}", r#"(page fig:a) " " (ref x Number) " " (page y:z)"#, &[]);
    check("[@sec:a]{.title lang=fr}", "(Plain lang=fr (ref sec:a Title))", &[]);
    check("\\@fig:a `@fig:b` x@fig:c", r#""@fig:a " (code @fig:b) " x@fig:c""#, &[]);
    check("见@fig:a。", r#""见" (ref fig:a Full) "。""#, &[]);
}

#[test]
fn a_citation_names_works() {
    check("@a and @b [p. 3] say", r#"(narrative |a|) " and " (narrative |b|p. 3) " say""#, &[]);
    check("so [see @a, p. 3; also -@b, chap. 2].", r#""so " (cite see|a|p. 3; also|-b|chap. 2) ".""#, &[]);
    check("[@a_b_c; @d:e/f]", "(cite |a_b_c|; |d:e/f|)", &[]);
    check("a [*see* @b\nhere]", r#""a " (cite see|b|here)"#, &[]);
    check("@{a,b} c", r#"(narrative |a,b|) " c""#, &[]);
    let (divisions, _) = read_one("@a [p. 3], [see @b], @c");
    assert_eq!(divisions[0].text(Edition::Pdf), "@a [p. 3], [see @b], @c\n", "until it is resolved");
}

#[test]
fn other_works_may_follow_the_place_in_one() {
    check("@a [p. 4; see @b; @c] d", r#"(narrative |a|p. 4) " " (cite see|b|; |c|) " d""#, &[]);
    check("@a [b]{.sc} @a [b](c)", r#"(narrative |a|) " " (SmallCaps "b") " " (narrative |a|) " " (a c "b")"#, &[]);
}

#[test]
fn raised_text_has_no_spaces() {
    check(
        "a^2 + b^2^ x^*y*^ 2^[a]^ H~2~O",
        r#""a^2 + b" (sup "2") " x" (sup (em "y")) " 2" (^0) "^ H" (sub "2") "O" / note "a""#,
        &[],
    );
    check("x~a^2^~ ~~a~b~ a~b^c~d^", r#""x" (sub "a" (sup "2")) " ~~a" (sub "b") " a" (sub "b^c") "d^""#, &[]);
    check("a^b c^ ~d e~ \\^f^", r#""a^b c^ " (del "d e") " ^f^""#, &[]);
}

#[test]
fn what_is_no_key_is_text() {
    check("a@b, \\@c, @ d, [a@b]", r#""a@b, @c, @ d, [a@b]""#, &[]);
    check("[@a](b) [c @d](e)", r#"(a b "@a") " " (a e "c @d")"#, &[]);
    check("[a [b] @c]", r#""[a [b] " (narrative |c|) "]""#, &[]);
    check("[@fig:a; @b]", "(cite |fig:a|; |b|)", &[]);
}

#[test]
fn an_index_mark_takes_no_place() {
    check("a [b *c*]{.index} d", r#""a " (index b c) "b " (em "c") " d""#, &[]);
    check("a []{.index entry=\"B!C\" see=D see-also='E F'} g", r#""a " (index B!C see D also E F) "g""#, &[]);
    check("a\\index{B!C|see{D}} e", r#""a" (index B!C see D) " e""#, &[]);
    check("[a]{.index .sc #b}", r#"(index a) (SmallCaps #b "a")"#, &[]);
    check("a []{.index} b", r#""a b""#, &["empty-entry"]);
    check("a\\\\index{b}", r#""a\\index{b}""#, &[]);
}

#[test]
fn terms_and_abbreviations_are_explained() {
    check("[a B]{.gls} [c]{.term key=d}", r#"(a #gls:a-b "a B") " " (a #gls:d "c")"#, &[]);
    check("[HTML]{.abbr title=\"b c\"}", r#"(abbr "b c" "HTML")"#, &[]);
    check(
        "HTML, XHTML, *HTML* and W3C's.\n\n*[HTML]: Hyper Text\n*[W3C]: World Wide Web Consortium",
        r#"(abbr "Hyper Text" "HTML") ", XHTML, " (em (abbr "Hyper Text" "HTML")) " and " (abbr "World Wide Web Consortium" "W3C") "'s.""#,
        &[],
    );
    check("e.g. `e.g.` ie.g.\n\n*[e.g.]: for example", r#"(abbr "for example" "e.g.") " " (code e.g.) " ie.g.""#, &[]);
    check("a\n*[b]: c", r#""a *[b]: c""#, &[]);
}

#[test]
fn a_note_within_a_line_is_a_note() {
    check("a^[b *c*] d^[e].", r#""a" (^0) " d" (^1) "." / note "b " (em "c") / note "e""#, &[]);
    check("a^[b^[c]]", r#""a" (^0) / note "b" (^1) / note "c""#, &[]);
    check("a\\^[b] ^[] c", r#""a^[b] ^[] c""#, &[]);
}

#[test]
fn a_formula_stands_between_escaped_parentheses() {
    check("a \\(x_1 + \\alpha*y*z\\) b", r#""a " (tex x_1 + \alpha*y*z) " b""#, &[]);
    check("\\(a, \\) \\(\\)", r#"(tex a,) " ()""#, &[]);
}

#[test]
fn addresses_in_text_are_links() {
    check(
        "see https://a.b/c_d_e?f=g&amp;h, i",
        r#""see " (a https://a.b/c_d_e?f=g&h "https://a.b/c_d_e?f=g&h") ", i""#,
        &[],
    );
    check("(www.a.b) c@d.e", r#""(" (a http://www.a.b "www.a.b") ") " (a mailto:c@d.e "c@d.e")"#, &[]);
    check(
        "[http://a.b](c) `http://a.b` <http://a.b>",
        r#"(a c "http://a.b") " " (code http://a.b) " " (a http://a.b "http://a.b")"#,
        &[],
    );
    check(
        "**http://a.b** http://c.d*",
        r#"(strong (a http://a.b "http://a.b")) " " (a http://c.d "http://c.d") "*""#,
        &[],
    );
}

#[test]
fn spans_cover_their_source() {
    fn collect(content: &[Inline], text: &str, found: &mut Vec<String>) {
        for inline in content {
            found.push(text[inline.span.start as usize..inline.span.end as usize].to_owned());
            collect(inline.children(), text, found);
        }
    }
    let text = "a  [b\\* c]{.sc}\n@fig:x &amp; [@k, p. 1] www.a.b @k [p. 2]";
    let (divisions, _) = read_one(text);
    let BlockKind::Paragraph(content) = &divisions[0].blocks[0].kind else { panic!("a paragraph") };
    let mut found = Vec::new();
    collect(content, text, &mut found);
    assert_eq!(
        found,
        [
            "a ",
            "[b\\* c]{.sc}",
            "b\\* c",
            "\n",
            "@fig:x",
            " &amp; ",
            "[@k, p. 1]",
            "[@k, p. 1]",
            " ",
            "www.a.b",
            "www.a.b",
            " ",
            "@k [p. 2]",
            "@k"
        ]
    );
}

#[test]
fn deep_spans_join_the_level_above() {
    let text = "[".repeat(200) + "a" + &"]{.sc}".repeat(200);
    let (divisions, diagnostics) = read_one(&text);
    assert_eq!(divisions[0].text(Edition::Pdf), "a\n");
    let BlockKind::Paragraph(content) = &divisions[0].blocks[0].kind else { panic!("a paragraph") };
    let depth = content.iter().map(height).max().unwrap();
    assert!((30..=super::super::tree::MAX_DEPTH).contains(&depth), "{depth}");
    assert_eq!(diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["deep-nesting"]);
}

#[test]
fn hostile_text_loses_no_words() {
    for pattern in [
        "[",
        "]",
        "[]{",
        "[a]{.b",
        "^[",
        "^[a",
        "]{.a}",
        "[a]{.index}",
        "{",
        "@",
        "@a",
        "@a [",
        "@a [b] ",
        "[@a",
        "[@a;",
        "\\index{",
        "\\(",
        "\\(a",
        "http://",
        "www.",
        "www.a_",
        "a@b.c",
        "*[",
        "*[a]: ",
        "[a]{b=\"",
        "[*a]{.b}*",
        "\\[",
        "&amp;[",
        "[^",
        "$[",
        "\u{301}[",
        "[\u{1}]{.a}",
        "@{",
        "://",
        "<b>[</b>]{.a}",
    ] {
        let text = pattern.repeat(2000);
        let (divisions, _) = read_one(&text);
        let shown: usize = divisions.iter().map(|division| division.text(Edition::Pdf).len()).sum();
        assert!(shown <= 4 * text.len(), "{pattern}");
    }
}
