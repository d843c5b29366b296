//! Tests of formulas: what they look like, what they say, and what can't be set.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pictures are drawn in `f32`")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use quick_xml::events::Event;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::font::PathElement;

/// The sixty formulas to look at.
const FORMULAS: &str = include_str!("../../tests/math/formulas.txt");

fn formula(tex: &str) -> Formula {
    parse(tex, true, &mut Macros::default()).unwrap_or_else(|fault| panic!("{tex}: {fault:?}"))
}

fn set(tex: &str) -> SetFormula {
    formula(tex).set(Length::pt(10), &FontBook::bundled())
}

/// What stands between `<semantics>` and `<annotation>`.
fn inner(tex: &str) -> String {
    let mathml = formula(tex).mathml();
    let from = mathml.find("<semantics>").unwrap() + "<semantics>".len();
    mathml[from..mathml.find("<annotation").unwrap()].to_owned()
}

/// The text of MathML's tokens, but for phantoms and the annotation; well-formedness is checked on the way.
fn text_of_mathml(mathml: &str) -> String {
    let mut reader = quick_xml::Reader::from_str(mathml);
    let (mut text, mut hidden, mut open) = (String::new(), 0, Vec::new());
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{error}: {mathml}")) {
            Event::Start(start) => {
                let name = start.name().as_ref().to_owned();
                hidden += usize::from(matches!(name.as_str(), "mphantom" | "annotation"));
                open.push(name);
            }
            Event::End(_) => {
                let name = open.pop().expect("a start");
                hidden -= usize::from(matches!(name.as_str(), "mphantom" | "annotation"));
            }
            Event::Text(piece) if hidden == 0 => text.push_str(&piece),
            Event::GeneralRef(name) if hidden == 0 => {
                text.push_str(quick_xml::escape::resolve_predefined_entity(&name).unwrap());
            }
            Event::Eof => break,
            Event::Text(_) | Event::GeneralRef(_) | Event::Empty(_) => {}
            other @ (Event::CData(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {
                panic!("{other:?}: {mathml}")
            }
        }
    }
    assert!(open.is_empty(), "{mathml}");
    text
}

/// Letters and figures, without their looks.
fn letters(text: &str) -> Vec<char> {
    let mut letters: Vec<char> = text.nfkc().filter(|c| c.is_alphanumeric() && c.is_ascii()).collect();
    letters.sort_unstable();
    letters
}

fn glyph_text(formula: &SetFormula) -> String {
    let mut text = String::new();
    for item in &formula.items {
        if let MathItem::Glyph { text: part, .. } = item {
            text.push_str(part);
        }
    }
    text
}

#[test]
fn every_formula_of_the_page_is_read() {
    let mut faults = String::new();
    for tex in FORMULAS.lines() {
        if let Err(fault) = parse(tex, true, &mut Macros::default()) {
            let _ = writeln!(faults, "{tex}\n  {fault:?}");
        }
    }
    assert_eq!(faults, "");
    assert_eq!(FORMULAS.lines().count(), 60);
}

#[test]
fn the_page_and_the_mathml_have_the_same_letters() {
    for tex in FORMULAS.lines() {
        let formula = formula(tex);
        let shown = glyph_text(&formula.set(Length::pt(10), &FontBook::bundled()));
        assert_eq!(letters(&shown), letters(&text_of_mathml(&formula.mathml())), "{tex}");
    }
}

#[test]
fn every_formula_lies_in_its_box() {
    let fonts = FontBook::bundled();
    let slack = Length::pt(4);
    for tex in FORMULAS.lines() {
        let set = formula(tex).set(Length::pt(10), &fonts);
        assert!(set.width > Length::ZERO && set.height > Length::ZERO && set.depth >= Length::ZERO, "{tex}: {set:?}");
        let within = |point: &Point| {
            point.x >= -slack
                && point.x <= set.width + slack
                && point.y >= -set.height - slack
                && point.y <= set.depth + slack
        };
        for item in &set.items {
            let (inside, seen) = match item {
                MathItem::Glyph { origin, id, size, .. } => (within(origin), *id != 0 && *size > Length::ZERO),
                MathItem::Rule { rect, .. } => {
                    (within(&rect.origin) && within(&Point::new(rect.right(), rect.bottom())), true)
                }
                MathItem::Path { segments, .. } => {
                    let ends = segments.iter().filter_map(|segment| match segment {
                        PathSegment::MoveTo(to) | PathSegment::LineTo(to) | PathSegment::CubicTo(_, _, to) => Some(to),
                        PathSegment::Close => None,
                    });
                    (ends.clone().all(within), ends.count() > 2)
                }
            };
            assert!(inside && seen, "{tex}: {item:?} in {:?} {:?} {:?}", set.width, set.height, set.depth);
        }
    }
}

#[test]
fn a_formula_is_set_alike_each_time_and_in_proportion() {
    let fonts = FontBook::bundled();
    for tex in FORMULAS.lines() {
        let formula = formula(tex);
        let once = formula.set(Length::pt(10), &fonts);
        assert_eq!(once, formula.set(Length::pt(10), &fonts));
        let larger = formula.set(Length::pt(20), &fonts);
        assert!((larger.width - once.width * 2).abs() <= Length::from_raw(2), "{tex}");
        assert_eq!(once.items.len(), larger.items.len());
    }
}

#[test]
fn letters_and_figures_are_the_text_faces_and_signs_are_not() {
    let fonts = FontBook::bundled();
    let set = formula(r"x + 2 = \mathbf{v}\,\alpha \sin \text{if}").set(Length::pt(10), &fonts);
    let mut faces = String::new();
    for item in &set.items {
        if let MathItem::Glyph { face, text, .. } = item {
            let _ = write!(faces, "{text}:{} ", fonts.face(*face).postscript_name());
        }
    }
    assert_eq!(
        faces,
        "x:LibertinusSerif-Italic +:KaTeXMain-Regular 2:LibertinusSerif-Regular =:KaTeXMain-Regular \
         v:LibertinusSerif-Bold α:LibertinusSerif-Italic s:LibertinusSerif-Regular i:LibertinusSerif-Regular \
         n:LibertinusSerif-Regular i:LibertinusSerif-Regular f:LibertinusSerif-Regular "
    );
}

#[test]
fn letters_of_other_alphabets_are_drawn_and_read_as_such() {
    for tex in [r"\mathbb{R}", "ℝ", r"\mathfrak{g}", "𝔤", r"\mathscr{L}", "𝐀"] {
        let formula = formula(tex);
        let set = formula.set(Length::pt(10), &FontBook::bundled());
        let [MathItem::Glyph { face, text, .. }] = set.items.as_slice() else { panic!("{set:?}") };
        assert!(FontBook::bundled().face(*face).family().starts_with("KaTeX"), "{tex}");
        assert!(!text.is_ascii() && *text == text_of_mathml(&formula.mathml()), "{tex}: {text}");
    }
}

#[test]
fn words_are_kerned_and_ligated() {
    assert_eq!(set(r"\text{fi}").items.len(), 1);
    assert_eq!(glyph_text(&set(r"\text{office}")), "office");
    assert!(set(r"\text{AV}").width < set(r"\text{A}\text{V}").width);
}

#[test]
fn a_glyph_advances_as_its_face_says() {
    let fonts = FontBook::bundled();
    for item in &set("x^2 + y").items {
        let MathItem::Glyph { face, id, size, advance, .. } = item else { panic!("{item:?}") };
        let face = fonts.face(*face);
        assert!((size.scale(face.advance(*id), face.units_per_em()) - *advance).abs() <= Length::from_raw(1));
    }
}

#[test]
fn colours_are_kept_and_black_is_the_texts() {
    let set = set(r"\textcolor{red}{x} + \textcolor{#00ff00}{\frac{a}{b}} + \textcolor{black}{y}");
    let colors: BTreeSet<Option<[u8; 3]>> = set
        .items
        .iter()
        .map(|item| match item {
            MathItem::Glyph { color, .. } | MathItem::Rule { color, .. } | MathItem::Path { color, .. } => *color,
        })
        .collect();
    assert_eq!(colors, BTreeSet::from([None, Some([255, 0, 0]), Some([0, 255, 0])]));
}

#[test]
fn a_link_looks_like_what_it_shows() {
    assert_eq!(set(r"\href{https://example.org}{x}"), set("{x}"));
}

#[test]
fn bars_are_as_long_as_what_they_enclose_asks() {
    let set = set(r"\left|\frac{a}{b}\right|");
    let mut extents = Vec::new();
    for item in &set.items {
        if let MathItem::Path { segments, .. } = item {
            let ends = segments.iter().filter_map(|segment| match segment {
                PathSegment::MoveTo(to) | PathSegment::LineTo(to) | PathSegment::CubicTo(_, _, to) => Some(to.y),
                PathSegment::Close => None,
            });
            extents.push((ends.clone().min().unwrap().to_pt(), ends.max().unwrap().to_pt()));
        }
    }
    assert_eq!(extents.len(), 2);
    for (top, bottom) in extents {
        // The fraction reaches from 11 pt above to 7 pt below.
        assert!((-11.5..-10.0).contains(&top) && (5.5..7.5).contains(&bottom), "{top} {bottom}");
    }
}

#[test]
fn a_root_reaches_down_beside_all_of_a_tall_body() {
    let set = set(r"\sqrt{\begin{matrix} a \\ b \\ c \\ d \\ e \end{matrix}}");
    let MathItem::Path { segments, .. } = &set.items[0] else { panic!("{:?}", set.items[0]) };
    let lowest =
        segments.iter().filter_map(|segment| if let PathSegment::LineTo(to) = segment { Some(to.y) } else { None });
    assert!(set.depth - lowest.max().unwrap() < Length::pt(1));
}

/// Each construct's elements.
#[test]
fn constructs_have_their_elements() {
    let frac = r"<mrow><mfrac><mi>a</mi><mi>b</mi></mfrac></mrow>";
    for (tex, expected) in [
        (r"\frac{a}{b}", frac),
        (r"\sqrt[3]{x}", "<mrow><mroot><mi>x</mi><mn>3</mn></mroot></mrow>"),
        (r"\sqrt{x}", "<mrow><msqrt><mi>x</mi></msqrt></mrow>"),
        ("x_i^2", "<mrow><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></mrow>"),
        (r"\sum_a^b", "<mrow><munderover><mo>∑</mo><mi>a</mi><mi>b</mi></munderover></mrow>"),
        (r"\int_a^b", "<mrow><msubsup><mo>∫</mo><mi>a</mi><mi>b</mi></msubsup></mrow>"),
        ("12.5", "<mrow><mn>12.5</mn></mrow>"),
        (r"1{,}000", "<mrow><mn>1,000</mn></mrow>"),
        ("a-b", "<mrow><mi>a</mi><mo>−</mo><mi>b</mi></mrow>"),
        (r"\sin x", "<mrow><mi>sin</mi><mo>\u{2061}</mo><mi>x</mi></mrow>"),
        (r"\operatorname{arg\,max}", "<mrow><mi>arg\u{2009}max</mi></mrow>"),
        (r"\hat{x}", r#"<mrow><mover accent="true"><mi>x</mi><mo stretchy="false">^</mo></mover></mrow>"#),
        (r"\mathbb{R}", "<mrow><mi>ℝ</mi></mrow>"),
        (r"\mathcal{L}", "<mrow><mi>ℒ</mi></mrow>"),
        (r"\mathfrak{g}", "<mrow><mi>𝔤</mi></mrow>"),
        (r"\mathrm{d}", r#"<mrow><mi mathvariant="normal">d</mi></mrow>"#),
        (r"\mathbf{v}", "<mrow><mi>𝐯</mi></mrow>"),
        (r"\text{so be it}", "<mrow><mtext>so be it</mtext></mrow>"),
        (r"\textcolor{red}{x}", r##"<mrow><mstyle mathcolor="#ff0000"><mi>x</mi></mstyle></mrow>"##),
        (r"\ne", "<mrow><mo>≠</mo></mrow>"),
        (r"f''", r#"<mrow><msup><mi>f</mi><mo lspace="0em" rspace="0em">″</mo></msup></mrow>"#),
        (r"\quad", r#"<mrow><mspace width="1em"/></mrow>"#),
        (
            r"\ce{H2O}",
            concat!(
                r#"<mrow><msub><mi mathvariant="normal">H</mi><mpadded height="0px"><mn>2</mn></mpadded></msub>"#,
                r#"<mi mathvariant="normal">O</mi></mrow>"#
            ),
        ),
        (
            r"\boxed{x}",
            concat!(
                r#"<mrow><menclose notation="box"><mstyle scriptlevel="0" displaystyle="true"><mi>x</mi></mstyle>"#,
                r#"</menclose></mrow>"#
            ),
        ),
        (
            r"\xrightarrow{f}",
            concat!(
                r#"<mrow><mover><mo stretchy="true" minsize="2em">→</mo>"#,
                r#"<mpadded width="+0.6em" lspace="0.3em"><mi>f</mi></mpadded></mover></mrow>"#
            ),
        ),
        (
            r"\underbrace{x}_{n}",
            r#"<mrow><munder><munder><mi>x</mi><mo stretchy="true">⏟</mo></munder><mi>n</mi></munder></mrow>"#,
        ),
        (
            r"\left(x\right]",
            concat!(
                r#"<mrow><mo fence="true" form="prefix" stretchy="true">(</mo><mi>x</mi>"#,
                r#"<mo fence="true" form="postfix" stretchy="true">]</mo></mrow>"#
            ),
        ),
        (
            r"\binom{n}{k}",
            concat!(
                r#"<mrow><mo fence="true" form="prefix" stretchy="true">(</mo><mfrac linethickness="0px"><mi>n</mi>"#,
                r#"<mi>k</mi></mfrac><mo fence="true" form="postfix" stretchy="true">)</mo></mrow>"#
            ),
        ),
        (
            r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
            concat!(
                r#"<mrow><mtable columnalign="center center" columnspacing="1em" rowspacing="0.2em" rowlines="solid" "#,
                r#"columnlines="solid"><mtr><mtd><mstyle scriptlevel="0" displaystyle="false"><mi>a</mi></mstyle></mtd>"#,
                r#"<mtd><mstyle scriptlevel="0" displaystyle="false"><mi>b</mi></mstyle></mtd></mtr>"#,
                r#"<mtr><mtd><mstyle scriptlevel="0" displaystyle="false"><mi>c</mi></mstyle></mtd>"#,
                r#"<mtd><mstyle scriptlevel="0" displaystyle="false"><mi>d</mi></mstyle></mtd></mtr></mtable></mrow>"#
            ),
        ),
    ] {
        assert_eq!(inner(tex), expected, "{tex}");
    }
}

#[test]
fn in_a_line_limits_are_scripts() {
    let formula = parse(r"\sum_a^b", false, &mut Macros::default()).unwrap();
    let mathml = formula.mathml();
    assert!(mathml.contains("<msubsup><mo>∑</mo>") && mathml.contains(r#"display="inline""#), "{mathml}");
    assert!(formula.set(Length::pt(10), &FontBook::bundled()).height < set(r"\sum_a^b").height);
}

#[test]
fn the_source_is_an_annotation_and_is_escaped() {
    let mathml = formula("a < b & \n c".replace('&', r"\&").as_str()).mathml();
    assert!(
        mathml.ends_with(
            r#"<annotation encoding="application/x-tex">a &lt; b \&amp;   c</annotation></semantics></math>"#
        )
    );
    assert!(
        mathml.starts_with(
            r#"<math xmlns="http://www.w3.org/1998/Math/MathML" display="block" alttext="a &lt; b&amp;c">"#
        )
    );
}

#[test]
fn a_formula_reads_as_a_line_of_text() {
    for (tex, expected) in [
        (r"x = \frac{-b \pm \sqrt{b^2 - 4ac}}{2a}", "x = (−b ± √(b² − 4ac))/(2a)"),
        (r"\sum_{k=1}^{n} k^2", "∑_(k = 1)ⁿ k²"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "(a, b; c, d)"),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "a = b; = c"),
        (r"|x| = \begin{cases} x & \text{if } x > 0, \\ 0 & \text{else} \end{cases}", "|x| = {x, if x > 0; 0, else"),
        (r"\mathbf{F} = m\vec{a}", "F = ma⃗"),
        (r"\binom{n}{k}", "binom(n, k)"),
        (r"\overbrace{a+b}^{2}", "overbrace(a + b)²"),
        (r"\ce{2H2 + O2 -> 2H2O}", "2 H₂ + O₂ → 2 H₂O"),
        (r"\sin x + \gcd(a,b)", "sin x + gcd(a, b)"),
        (r"\rule{1em}{1em}", r"\rule{1em}{1em}"),
    ] {
        assert_eq!(formula(tex).alt(), expected, "{tex}");
    }
}

#[test]
fn a_tag_is_taken_out() {
    for (tex, tag) in [
        (r"y = x^2 \tag{1.7}", Some("(1.7)")),
        (r"y = x^2 \tag*{A}", Some("A")),
        (r"\begin{align} y &= x \tag{$\ast$} \end{align}", Some("(∗)")),
        (r"\begin{align} y &= x \\ z &= w \end{align}", None),
        (r"\begin{equation} y = x \end{equation}", None),
        ("y = x", None),
    ] {
        let tagged = formula(tex);
        assert_eq!(tagged.tag().map(|tag| tag.replace('*', "∗")).as_deref(), tag, "{tex}");
        assert!(!glyph_text(&tagged.set(Length::pt(10), &FontBook::bundled())).contains(['(', '1', 'A']), "{tex}");
    }
}

#[test]
fn several_tags_stay_beside_their_lines() {
    let tagged = formula(r"\begin{align} a &= b \tag{1} \\ c &= d \tag{2} \\ e &= f \end{align}");
    assert_eq!(tagged.tag(), None);
    assert_eq!(glyph_text(&tagged.set(Length::pt(10), &FontBook::bundled())), "a=b(1)c=d(2)e=f");
    assert_eq!(text_of_mathml(&tagged.mathml()), "a=b(1)c=d(2)e=f");
}

#[test]
fn definitions_hold_for_later_formulas() {
    let mut macros = Macros::default();
    let preamble = r"\newcommand{\R}{\mathbb{R}} \def\pair#1#2{(#1,#2)} \DeclareMathOperator{\rank}{rank}";
    assert!(parse(preamble, true, &mut macros).unwrap().set(Length::pt(10), &FontBook::bundled()).items.is_empty());
    assert_eq!(parse(r"\pair{\R}{\rank A}", true, &mut macros).unwrap().alt(), "(ℝ, rank A)");
    assert_eq!(parse(r"\renewcommand{\R}{R} \R", true, &mut macros).unwrap().alt(), "R");
    assert_eq!(parse(r"\newcommand{\R}{S} \R", true, &mut macros).unwrap().alt(), "S");
    assert_eq!(parse(r"\R", true, &mut macros).unwrap().alt(), "S");
    let fault = parse(r"\newcommand{\T}{\nothing} x", true, &mut macros);
    assert!(fault.is_ok() && parse(r"\T", true, &mut macros).is_err());
}

#[test]
fn a_fault_says_what_and_where() {
    let mut macros = Macros::default();
    parse(r"\def\a{x}", true, &mut macros).unwrap();
    for (tex, offset) in
        [(r"x + \nothing", Some(4)), (r"\a + \nothing", Some(5)), (r"é^2^3", Some(4)), (r"\frac{a}", None)]
    {
        let fault = parse(tex, true, &mut macros).unwrap_err();
        assert!(!fault.message.is_empty());
        if offset.is_some() {
            assert_eq!(fault.offset, offset, "{tex}: {}", fault.message);
        }
    }
}

#[test]
fn hostile_input_is_refused_or_set() {
    let fonts = FontBook::bundled();
    let deep = |open: &str, close: &str| format!("{}x{}", open.repeat(10_000), close.repeat(10_000));
    let refused = [
        deep("{", "}"),
        deep(r"\left(", r"\right)"),
        deep(r"\frac{1}{", "}"),
        deep(r"\sqrt{", "}"),
        deep("x^{", "}"),
        r"\begin{matrix}".repeat(3000),
        r"\def\a{\a\a}\a".to_owned(),
        r"\def\a{\b}\def\b{\a}\a".to_owned(),
        r"\def\a{xxxxxxxxxx}\def\b{\a\a\a\a\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b\b\b\b\b}\def\d{\c\c\c\c\c\c\c\c\c\c}\d\d\d\d\d\d\d\d\d"
            .to_owned(),
        "x".repeat(LONGEST + 1),
        r"\kern 1e300em x".to_owned(),
        r"\rule{99999999em}{1em}".to_owned(),
        "x^2^3".to_owned(),
        r"\begin{matrix} a".to_owned(),
        "}".to_owned(),
        "\\".to_owned(),
    ];
    for tex in refused {
        let fault = parse(&tex, true, &mut Macros::default()).expect_err(tex.get(..40).unwrap_or(&tex));
        assert!(fault.offset.is_none_or(|offset| tex.is_char_boundary(offset)));
    }
    for tex in [
        "x".repeat(20_000),
        "x^2+".repeat(5_000),
        "\u{100000}\u{10fffd}\u{e000}".to_owned(),
        "漢😀".to_owned(),
        String::new(),
    ] {
        if let Ok(formula) = parse(&tex, true, &mut Macros::default()) {
            assert!(formula.set(Length::pt(10), &fonts).height >= Length::ZERO);
            text_of_mathml(&formula.mathml());
        }
    }
    let private = formula("\u{100000}").set(Length::pt(10), &fonts);
    assert!(matches!(private.items.as_slice(), [MathItem::Glyph { .. }]), "{private:?}");
}

#[test]
fn any_row_of_tokens_is_refused_or_set() {
    const TOKENS: [&str; 48] = [
        "x",
        "2",
        "+",
        "=",
        "^",
        "_",
        "{",
        "}",
        "{a}",
        "{b}",
        "&",
        r"\\",
        r"\frac",
        r"\sqrt",
        "[3]",
        r"\left(",
        r"\right)",
        r"\left|",
        r"\right.",
        r"\middle|",
        r"\sum",
        r"\int",
        r"\limits",
        r"\text{é x}",
        r"\mathbf",
        r"\hat",
        r"\overbrace",
        r"\color{red}",
        r"\begin{matrix}",
        r"\end{matrix}",
        r"\begin{cases}",
        r"\end{cases}",
        r"\ce{H2O}",
        r"\tag{1}",
        "'",
        " ",
        r"\not",
        r"\def\a{y}",
        r"\a",
        r"\operatorname",
        r"\xrightarrow",
        r"\binom",
        r"\phantom",
        r"\boxed",
        r"\cancel",
        "%",
        "$",
        "~",
    ];
    let fonts = FontBook::bundled();
    let mut state: u64 = 1;
    let mut next = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % bound
    };
    let mut understood = 0;
    for _ in 0..3000 {
        let count = 1 + next(9);
        let tex: String = (0..count).map(|_| TOKENS[next(TOKENS.len())]).collect();
        match parse(&tex, next(2) == 0, &mut Macros::default()) {
            Ok(formula) => {
                understood += 1;
                assert!(formula.set(Length::pt(10), &fonts).height >= Length::ZERO);
                text_of_mathml(&formula.mathml());
            }
            Err(fault) => assert!(fault.offset.is_none_or(|offset| tex.is_char_boundary(offset)), "{tex}: {fault:?}"),
        }
    }
    assert!(understood > 300, "{understood}");
}

/// Writes the page: `MATH_PAGE=folder cargo test --lib math:: -- --ignored`. For people to look at.
#[test]
#[ignore = "for people: writes pictures into the folder $MATH_PAGE"]
fn the_page_is_drawn() {
    let Some(folder) = std::env::var_os("MATH_PAGE").map(std::path::PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    let fonts = FontBook::bundled();
    let size = Length::pt(22);
    let mut text = String::new();
    let mut sheets: Vec<(tiny_skia::Pixmap, f32)> = Vec::new();
    for (number, tex) in FORMULAS.lines().enumerate() {
        let formula = formula(tex);
        let set = formula.set(size, &fonts);
        let _ = writeln!(text, "{}. {tex}\n   {}\n   {}\n", number + 1, formula.alt(), formula.mathml());
        if number % 15 == 0 {
            let mut page = tiny_skia::Pixmap::new(1000, 1400).unwrap();
            page.fill(tiny_skia::Color::WHITE);
            sheets.push((page, 20.0));
        }
        let (page, top) = sheets.last_mut().unwrap();
        let (height, depth) = (set.height.to_pt() as f32, set.depth.to_pt() as f32);
        let baseline = *top + height;
        box_outline(page, 60.0, *top, set.width.to_pt() as f32, height + depth);
        for item in &set.items {
            paint(page, item, 60.0, baseline, &fonts);
        }
        *top += height + depth + 14.0;
    }
    for (number, (page, _)) in sheets.iter().enumerate() {
        page.save_png(folder.join(format!("page{number}.png"))).unwrap();
    }
    std::fs::write(folder.join("words.txt"), text).unwrap();
}

fn box_outline(page: &mut tiny_skia::Pixmap, x: f32, y: f32, width: f32, height: f32) {
    let Some(rect) = tiny_skia::Rect::from_xywh(x, y, width.max(0.1), height.max(0.1)) else { return };
    let mut paint = tiny_skia::Paint::default();
    paint.set_color_rgba8(235, 240, 250, 255);
    page.fill_rect(rect, &paint, tiny_skia::Transform::identity(), None);
}

fn paint(page: &mut tiny_skia::Pixmap, item: &MathItem, x: f32, y: f32, fonts: &FontBook) {
    use tiny_skia::{FillRule, Paint, PathBuilder, Transform};
    let mut ink = Paint { anti_alias: true, ..Paint::default() };
    let mut color = |color: &Option<[u8; 3]>| {
        let [red, green, blue] = color.unwrap_or_default();
        ink.set_color_rgba8(red, green, blue, 255);
    };
    let pt = |length: Length| length.to_pt() as f32;
    let mut path = PathBuilder::new();
    let transform = match item {
        MathItem::Glyph { face, id, origin, size, color: own, .. } => {
            color(own);
            for element in fonts.face(*face).outline(*id) {
                match element {
                    PathElement::MoveTo { x, y } => path.move_to(x, y),
                    PathElement::LineTo { x, y } => path.line_to(x, y),
                    PathElement::QuadTo { cx0, cy0, x, y } => path.quad_to(cx0, cy0, x, y),
                    PathElement::CurveTo { cx0, cy0, cx1, cy1, x, y } => path.cubic_to(cx0, cy0, cx1, cy1, x, y),
                    PathElement::Close => path.close(),
                }
            }
            let scale = pt(*size) / fonts.face(*face).units_per_em() as f32;
            Transform::from_row(scale, 0.0, 0.0, -scale, x + pt(origin.x), y + pt(origin.y))
        }
        MathItem::Rule { rect, color: own } => {
            color(own);
            let (width, height) = (pt(rect.size.width), pt(rect.size.height));
            if let Some(rect) = tiny_skia::Rect::from_xywh(pt(rect.origin.x), pt(rect.origin.y), width, height) {
                path.push_rect(rect);
            }
            Transform::from_translate(x, y)
        }
        MathItem::Path { segments, color: own } => {
            color(own);
            for segment in segments {
                match *segment {
                    PathSegment::MoveTo(to) => path.move_to(pt(to.x), pt(to.y)),
                    PathSegment::LineTo(to) => path.line_to(pt(to.x), pt(to.y)),
                    PathSegment::CubicTo(a, b, to) => {
                        path.cubic_to(pt(a.x), pt(a.y), pt(b.x), pt(b.y), pt(to.x), pt(to.y));
                    }
                    PathSegment::Close => path.close(),
                }
            }
            Transform::from_translate(x, y)
        }
    };
    if let Some(path) = path.finish() {
        page.fill_path(&path, &ink, FillRule::Winding, transform, None);
    }
}
