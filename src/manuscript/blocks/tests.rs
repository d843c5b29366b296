//! What the book dialect makes of blocks, by example.

use super::super::tests::{check, outline, read_files, read_one};
use super::super::{ManuscriptFile, PartTitle, Settings, read};
use crate::diagnostics::{Diagnostic, Place, SourceFiles, Span};
use crate::document::{Block, BlockKind, DivisionKind, Matter, Node, walk};

/// Reads `text` as a chapter of an mdBook, and compares as [`check`] does.
#[track_caller]
fn check_mdbook(text: &str, expected: &str, codes: &[&str]) {
    let settings = Settings { mdbook: true, ..Settings::default() };
    let (divisions, diagnostics) = read_files(&[("a.md", text)], &settings);
    assert_eq!(outline(&divisions), expected);
    assert_eq!(diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), codes, "{diagnostics:?}");
}

#[test]
fn a_div_is_what_its_class_says() {
    check("::: {.note #a}\nb\n:::\n\nc", r#"(Note (p "b") #a) (p "c")"#, &[]);
    check("::: warning\nb\n:::", r#"(Warning (p "b"))"#, &[]);
    check(":::: {.callout-tip title=\"A *b*\"}\nc\n::::", r#"(Tip "A " (em "b") (p "c"))"#, &[]);
    check("::: tip\n## A {#x}\n\nc\n:::", r#"(Tip "A" (p "c") #x)"#, &[]);
    check("::: epigraph\na\n:::\n\n::: {.right}\nb\n:::", r#"(Epigraph (p "a")) (End (p "b"))"#, &[]);
    check("::: {.print-only}\na\n:::", r#"(Plain (p "a") Pdf)"#, &[]);
    check("::: {.content-visible when-format=\"epub\"}\na\n:::", r#"(Plain (p "a") Epub)"#, &[]);
    check("::: {#refs}\n:::\n\n::: index\n:::", "(bibliography #refs) (index)", &[]);
    check("::: {.odd x=1}\na\n:::", r#"(Plain (p "a"))"#, &["unknown-attribute"]);
}

#[test]
fn figures_tables_and_code_say_where_they_stand() {
    check("![a](b){placement=top}", r#"(figure b "a" Top)"#, &[]);
    check("![a](b){placement=left}", r#"(figure b "a")"#, &["unknown-attribute"]);
    check("c ![a](b){placement=top}", r#"(p "c " (image b "a"))"#, &["unknown-attribute"]);
    check("a {placement=top}", r#"(p "a {placement=top}")"#, &[]);
    check("# a {placement=top}", r#"(h1 #a "a")"#, &["unknown-attribute"]);
    check("```{.rust placement=page}\na\n```", r#"(code "rust" "a\n" Page)"#, &[]);
    check("::: {#fig:a placement=bottom}\n![b](c)\n:::", r#"(figure c "b" #fig:a Bottom)"#, &[]);
    check("::: {.note placement=top}\na\n:::", r#"(Note (p "a"))"#, &["unknown-attribute"]);
    check("<img src=a alt=b data-placement=float>", r#"(figure a "b" Float)"#, &[]);
    check("<figure data-placement=here><img src=a alt=b></figure>", r#"(figure a "b" Here)"#, &[]);
    check("<div data-placement=top>\n\na\n\n</div>", r#"(p "a")"#, &["unknown-attribute"]);
    check(
        "<table data-placement=middle><tr><td>a</td></tr></table>",
        r#"(table [Start] (row (cell "a")))"#,
        &["unknown-attribute"],
    );
    check(
        "| a |\n|---|\n| b |\n\n: c {#tbl:d placement=page}",
        r#"(table [Start] "c" (row (cell "a")) (row (cell "b")) #tbl:d Page)"#,
        &[],
    );
}

#[test]
fn divs_stand_in_one_another_and_in_lists_and_quotations() {
    check(
        "::: note\na\n\n:::: tip\n- b\n::::\n\nc\n:::",
        r#"(Note (p "a") (Tip (tight * (item (p "b")))) (p "c"))"#,
        &[],
    );
    check("- a\n\n  ::: note\n  b\n  :::\n- c", r#"(loose * (item (p "a") (Note (p "b"))) (item (p "c")))"#, &[]);
    check("> ::: note\n> a\n> :::\n>\n> b", r#"(quote (Note (p "a")) (p "b"))"#, &[]);
    check("[a]\n\n::: note\n[^1]\n\n[a]: b\n:::\n\n[^1]: c", r#"(p (a b "" "a")) (Note (p ^0)) (note (p "c"))"#, &[]);
}

#[test]
fn a_fence_that_opens_or_ends_nothing_is_shown() {
    check("a\n\n:::\n\nb", r#"(p "a") (p ":::") (p "b")"#, &["unclosed-div"]);
    check("::: note\na", r#"(Note (p "a"))"#, &["unclosed-div"]);
    check("> ::: note\n> a\n\nb", r#"(quote (Note (p "a"))) (p "b")"#, &["unclosed-div"]);
    check("::: some words\na", r#"(p "::: some words a")"#, &[]);
    check(
        "```\n::: note\n```\n\n    ::: tip\n\n<!--\n::: x\n-->",
        r#"(code "" "::: note\n") (code "" "::: tip\n")"#,
        &[],
    );
}

#[test]
fn deep_divs_are_flattened_without_loss() {
    let text = "::: note\n".repeat(100) + "a\n" + &":::\n".repeat(100);
    let (divisions, diagnostics) = super::super::tests::read_one(&text);
    assert_eq!(outline(&divisions).matches("(Note").count(), super::super::tree::MAX_DEPTH);
    assert!(outline(&divisions).contains(r#"(p "a")"#));
    assert!(diagnostics.iter().all(|finding| finding.code == "deep-nesting"), "{diagnostics:?}");
}

#[test]
fn lines_of_verse_end_where_the_author_ends_them() {
    check("| a *b\n|   c*\n|\n| # d\n  e", r##"(verse (0 "a " (em "b")) (2 (em "c")) (0) (0 "# d e"))"##, &[]);
    check("> | a\n> | b\n>\n> c", r#"(quote (verse (0 "a") (0 "b")) (p "c"))"#, &[]);
    check("::: {.verse #v}\na\n    b\n\nc\n:::", r#"(verse (0 "a") (4 "b") (0) (0 "c") #v)"#, &[]);
    check("a\n| b", r#"(p "a | b")"#, &[]);
}

#[test]
fn a_page_break_has_many_names() {
    check("a\n\n\\newpage\n\nb", r#"(p "a") (page-break) (p "b")"#, &[]);
    check(
        "<!-- pagebreak -->\n\n{{< pagebreak >}}\n\n::: pagebreak\n:::",
        "(page-break) (page-break) (page-break)",
        &[],
    );
    check("`\\newpage`\n\n    \\newpage", r#"(p `\newpage`) (code "" "\\newpage\n")"#, &[]);
}

#[test]
fn alerts_and_bold_names_are_admonitions() {
    check("> [!TIP]\n> a", r#"(Tip (p "a"))"#, &[]);
    check("> **Note**: a", r#"(Note "Note:" (p "a"))"#, &[]);
    check("> **Warning!**\n> a", r#"(Warning "Warning!" (p "a"))"#, &[]);
    check("> **Note** that a", r#"(quote (p (strong "Note") " that a"))"#, &[]);
    check("> Note: a", r#"(quote (p "Note: a"))"#, &[]);
    check_mdbook("> Note: a `b`\n>\n> c", r#"(Note "Note:" (p "a " `b`) (p "c"))"#, &[]);
    check_mdbook("> Noted: a", r#"(quote (p "Noted: a"))"#, &[]);
}

#[test]
fn a_definition_list_has_terms_and_meanings() {
    check(
        "a *b*\n: c\n: d\n\ne {#f}\n\n: g\n\n  h",
        r#"(definitions (term "a " (em "b") (means (p "c")) (means (p "d"))) (term #f "e" (means (p "g") (p "h"))))"#,
        &[],
    );
}

#[test]
fn terms_on_lines_of_their_own_share_their_meanings() {
    check("a\nb\n: c", r#"(definitions (term "a") (term "b" (means (p "c"))))"#, &[]);
}

#[test]
fn lists_count_as_their_markers_do() {
    let lists = |text: &str| {
        let (divisions, _) = read_one(text);
        let mut found = Vec::new();
        walk(&divisions[0].blocks, &mut |node| {
            if let Node::Block(Block { kind: BlockKind::List { start, numbers, items, .. }, .. }) = node {
                let first = start.unwrap_or(0);
                found.push(format!("{} {}", numbers.label(first), items.len()));
            }
        });
        found
    };
    assert_eq!(lists("3. a\n4. b"), ["3. 2"]);
    assert_eq!(lists("1) a"), ["1) 1"]);
    assert_eq!(lists("c. a\n   i) b\n   ii) c\nd. d\n\n1. e"), ["c. 2", "i) 2", "1. 1"]);
    assert_eq!(lists("(i) a\n(ii) b\n\nA) c\nB) d"), ["(i) 2", "A) 2"]);
    assert_eq!(lists("> a. {{b}}\n> b. c"), ["a. 2"]);
    assert_eq!(lists("<ol type=\"A\" start=\"2\"><li>a</li></ol>"), ["B. 1"]);
    assert_eq!(lists("```\na. b\nb. c\n```\n\nA. Author\nB. Writer"), Vec::<String>::new());
}

#[test]
fn columns_are_as_wide_as_they_are_drawn() {
    let widths = |text: &str| {
        let (divisions, _) = read_one(text);
        let BlockKind::Table(table) = &divisions[0].blocks[0].kind else { panic!("a table") };
        table.widths.clone()
    };
    assert_eq!(widths("| a | b |\n|---|------|\n| c | d |"), Vec::<u16>::new());
    assert_eq!(widths(&format!("+{0}+{0}+\n| a{1} | b{1} |\n+{0}+{0}+", "-".repeat(17), " ".repeat(14))), [250, 250]);
    let line = "-".repeat(36);
    let rule = format!("{} {}", "-".repeat(17), "-".repeat(18));
    assert_eq!(
        widths(&format!("{line}\na                 b\n{rule}\nc                 d\n\ne                 f\n{line}\n")),
        [250, 263]
    );
    let html = "<table><col width=\"20%\"><col style=\"width: 12.5%\"><tr><td>a</td><td>b</td><td>c</td></tr></table>";
    assert_eq!(widths(html), [200, 125, 0]);
}

#[test]
fn a_heading_has_a_label_and_may_go_without_a_number() {
    check("# A {#x .unnumbered}\n## B {-}", r#"(h1 #x "A") (h2 #b "B")"#, &[]);
    check("# A {b}", r#"(h1 #a-b "A {b}")"#, &[]);
    check(
        "# A\n### B\n# C {.d}",
        "(h1 #a \"A\") (h3 #b \"B\")\n(h1 #c \"C\")",
        &["skipped-level", "unknown-attribute"],
    );
    let (divisions, _) = super::super::tests::read_one("# A {-}");
    assert!(matches!(divisions[0].blocks[0].kind, BlockKind::Heading { unnumbered: true, .. }));
}

#[test]
fn a_formula_between_two_dollars_stands_alone() {
    check("$$a$$ {#eq:x}", r#"(formula "a" #eq:x)"#, &[]);
    check("a $$b$$ c", r#"(p "a") (formula "b") (p "c")"#, &[]);
    check("$$\na\n- b\n+ c\n$$", r#"(formula "a - b + c")"#, &[]);
    check("a $20,000 and $30 b", r#"(p "a $20,000 and $30 b")"#, &[]);
    check_mdbook("$a$ $$b$$", r#"(p "$a$ $$b$$")"#, &[]);
}

#[test]
fn shifted_words_have_no_spaces() {
    check("a^2^ b~c~ ~~d~~", r#"(p "a" (sup "2") " b" (sub "c") " " (del "d"))"#, &[]);
    check("2^10 and 2^20", r#"(p "2^10 and 2^20")"#, &[]);
}

#[test]
fn a_figure_takes_its_caption_from_the_title_or_with_a_label_from_the_words() {
    check("![a *b*](c.png){#fig:x width=50%}", r#"(figure c.png "a b" "a " (em "b") #fig:x)"#, &[]);
    check("![a](c.png){.decorative}", r#"(figure c.png "")"#, &[]);
    check(
        "::: {#fig:g layout-ncol=2}\n![a](b)\n\n![c](d)\n\ne\n:::",
        r#"(figures 2 (figure b "a") (figure d "c") "e" #fig:g)"#,
        &[],
    );
    check("::: {#fig:g}\n![a](b)\n\ne\n:::", r#"(figure b "a" "e" #fig:g)"#, &[]);
}

#[test]
fn a_caption_before_or_after_a_table_joins_it() {
    let table = "(table [Start] \"c *d\" (row (cell \"a\")) (row (cell \"b\")) #tbl:x)".replace("c *d", "c");
    check("|a|\n|-|\n|b|\n\n: c {#tbl:x}", &table, &[]);
    check("Table: c {#tbl:x}\n\n|a|\n|-|\n|b|", &table, &[]);
    check("::: {#tbl:x}\n|a|\n|-|\n|b|\n\nc\n:::", &table, &[]);
    check("Table: c", r#"(p "Table: c")"#, &[]);
}

#[test]
fn code_has_a_label_a_title_and_numbers() {
    check(
        "```{.Rust #lst:x .numberLines startFrom=5 caption=\"a *b*\" title=\"c.rs\" highlight=\"2,4-6\"}\nd // <1>\n```",
        r#"(code "rust" "d\n" from 5 2-2 4-6 1:<1> title "c.rs" caption "a " (em "b") #lst:x)"#,
        &[],
    );
    check("```mermaid\nx\n```", r#"(figure  "")"#, &["missing-alt"]);
    check("```{.mermaid #fig:m caption=\"a\"}\nx\n```", r#"(figure  "a" "a" #fig:m)"#, &[]);
}

#[test]
fn an_mdbook_hides_lines_and_has_listings() {
    check_mdbook("```rust,ignore\n# a\nb\n```", r#"(code "rust" "b\n")"#, &[]);
    check_mdbook(
        "<Listing number=\"1-1\" file-name=\"a.rs\" caption=\"b `c` <em>d</em>\">\n\n```rust\ne\n```\n\n</Listing>\n\nf",
        r#"(code "rust" "e\n" title "a.rs" caption "b " `c` " " (em "d") #listing-1-1 no. Listing 1-1) (p "f")"#,
        &[],
    );
    check("<Listing>\n\na\n\n</Listing>", r#"(p "a")"#, &["raw-html"]);
}

#[test]
fn common_elements_of_html_are_what_they_mean() {
    check("<details>\n<summary>a</summary>\n\n*b*\n\n</details>", r#"(Details "a" (p (em "b")))"#, &[]);
    check(
        "<figure id=x><img src=a alt=b><figcaption>c <em>d</em></figcaption></figure>",
        r#"(figure a "b" "c " (em "d") #x)"#,
        &[],
    );
    check("<p align=center>a<p>b", r#"(Centered (p "a")) (p "b")"#, &[]);
    check("<ol start=3><li>a<li>b</ol>", r#"(tight 3 (item (p "a")) (item (p "b")))"#, &[]);
    check("<dl><dt>a<dd>b</dl>", r#"(definitions (term "a" (means (p "b"))))"#, &[]);
    check("<h2 id=x>a</h2><hr><blockquote>b</blockquote>", r#"(h2 #x "a") (break) (quote (p "b"))"#, &[]);
    check("<pre><code class=language-x>a\n <b>b</b></code></pre>", r#"(code "x" "a\n b\n")"#, &[]);
    check("<div id=x>\n\na\n\n</div>", r#"(Plain (p "a") #x)"#, &[]);
    check("<div class=print-only>a", r#"(p "a")"#, &["raw-html"]);
    check("a <kbd>b</kbd> <q>c</q> <code>d &lt;</code>", r#"(p "a " (span "b") " " (span "“c”") " " `d <`)"#, &[]);
}

#[test]
fn a_table_of_html_has_cells_that_reach_over_others() {
    check(
        "<table><caption>x</caption><tr><th>a<th colspan=2>b<tr><th rowspan=9>c<td>d<td>e<tr><td colspan=5>f</table>",
        "(table [Start, Start, Start, Start, Start, Start] \"x\" (row (cell \"a\") (cell 2×1 \"b\")) \
         (row (th 1×2 \"c\") (cell \"d\") (cell \"e\")) (row (cell 5×1 \"f\")))",
        &[],
    );
    check("<table></table>\n\na", r#"(p "a")"#, &[]);
}

#[test]
fn a_place_to_link_to_joins_what_follows() {
    check("<a id=x></a>\n\n<a id=y></a>\n\n## a", r#"(h2 #a Span(Plain, []) Span(Plain, []) "a")"#, &[]);
}

#[test]
fn variables_stand_for_their_values_outside_code() {
    let settings = Settings { variables: [("a.b".to_owned(), "*c*".to_owned())].into(), ..Settings::default() };
    let text = "{{a.b}} {{ a.b }} `{{a.b}}` \\{{a.b}} {{d}}\n\n    {{a.b}}";
    let (divisions, diagnostics) = read_files(&[("a.md", text)], &settings);
    let expected = r#"(p (em "c") " " (em "c") " " `{{a.b}}` " {{a.b}} {{d}}") (code "" "{{a.b}}\n")"#;
    assert_eq!(outline(&divisions), expected);
    assert_eq!(diagnostics.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["unknown-variable"]);
}

#[test]
fn a_span_points_into_the_file_that_was_included() {
    let files = [("a.md", "---\ntitle: T\n---\nx {{#include b.md:2}} y\n\n::: odd\n:::\n"), ("b.md", "1\n![](c)\n")];
    let (divisions, diagnostics) = read_files(&files, &Settings::default());
    assert_eq!(outline(&divisions), r#"(p "x " (image c "") " y") (Plain)"#);
    let found: Vec<(&str, &str)> = diagnostics
        .iter()
        .map(|finding| {
            let Place::Span(span) = finding.place else { panic!("a place in a text") };
            (finding.code, &files[span.source.0 as usize].1[span.start as usize..span.end as usize])
        })
        .collect();
    assert_eq!(found, [("unknown-attribute", "::: odd"), ("missing-alt", "![](c)")]);
    let block = &divisions[0].blocks[0];
    assert_eq!((block.span.source.0, block.span.start), (0, 17));
}

#[test]
fn a_label_is_given_once() {
    check("# a {#x}\n\n[b]{#x}", r#"(h1 #x "a") (p (span "b"))"#, &["duplicate-label"]);
    check("# a {#b}\n## b", r#"(h1 #b "a") (h2 #b-1 "b")"#, &[]);
}

#[test]
fn files_have_levels_numbers_and_parts() {
    let mut sources = SourceFiles::default();
    let source = sources.add("a.md".into(), "# a\n\n###### b\n\n# c".into());
    let mut file = ManuscriptFile::new(source, "a.md".into(), Matter::Body);
    file.level = 1;
    file.number = Some("1.2".to_owned());
    file.part = Some(PartTitle { title: "P".to_owned(), span: Span::default() });
    let (divisions, _) = read(&[file], &Settings::default(), &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    });
    assert_eq!(outline(&divisions), "(h1 #p \"P\")\n(h2 #a \"a\") (h6 #b \"b\") (h2 #c \"c\")");
    assert_eq!((divisions[0].kind, divisions[1].level), (DivisionKind::Part, 1));
    assert_eq!(divisions[1].blocks[0].attributes.number.as_deref(), Some("1.2"));
}

#[test]
fn a_grid_has_cells_of_blocks() {
    check(
        "+---+:-----:+\n| a | b     |\n+===+=======+\n| c | - d   |\n|   | - e   |\n+---+-------+\n\n: f {#tbl:x}",
        "(table [Start, Start] \"f\" (row (cell \"a\") (cell \"b\")) \
         (row (cell \"c\") (cell (tight * (item (p \"d\")) (item (p \"e\"))))) #tbl:x)",
        &[],
    );
    check(
        "+---+---+---+\n| a     | b |\n+---+---+   |\n| c | d |   |\n|   +---+---+\n|   | e     |\n+---+-------+",
        "(table [Start, Start, Start] (row (cell 2×1 \"a\") (cell 1×2 \"b\")) (row (cell 1×2 \"c\") (cell \"d\")) \
         (row (cell 2×1 \"e\")))",
        &[],
    );
    check("+----+---+\n| 字 | é |\n+----+---+", r#"(table [Start, Start] (row (cell "字") (cell "é")))"#, &[]);
    check(
        "> - a\n>\n>   +---+\n>   | b |\n>   +---+\n>\n> c",
        r#"(quote (loose * (item (p "a") (table [Start] (row (cell "b"))))) (p "c"))"#,
        &[],
    );
    check("+---+\n| a |\n+---+\nTable: b", r#"(table [Start] "b" (row (cell "a")))"#, &[]);
}

#[test]
fn a_grid_that_is_none_is_shown_as_it_is() {
    check("+---+\n| a\n+---+", r#"(p "+---+ | a +---+")"#, &[]);
    check("+---+---+\n| a | b |\n+---+-+-+", r#"(p "+---+---+ | a | b | +---+-+-+")"#, &[]);
    check("+---+---+\n| a   | b |\n+---+---+", r#"(p "+---+---+ | a | b | +---+---+")"#, &[]);
    check("+-----+\n| ``` |\n+-----+", r#"(p "+-----+ | ``` | +-----+")"#, &[]);
    check("a\n+---+\n| b |\n+---+", r#"(p "a +---+ | b | +---+")"#, &[]);
    check("```\n+---+\n| b |\n+---+\n```", r#"(code "" "+---+\n| b |\n+---+\n")"#, &[]);
    check_mdbook("+---+\n| b |\n+---+", r#"(p "+---+ | b | +---+")"#, &[]);
}

#[test]
fn columns_of_dashes_are_a_table() {
    let table = r#"(table [End, Start, Center] "x" (row (cell "a") (cell "b") (cell "c")) (row (cell "1|") (cell (em "d")) (cell "- e")) #tbl:y)"#;
    check("   a b     c\n---- ---- ----\n  1| *d*  - e\n\n: x {#tbl:y}", table, &[]);
    check("Table: x {#tbl:y}\n\n   a b     c\n---- ---- ----\n  1| *d*  - e\n---- ---- ----\n", table, &[]);
    check(
        "-- ---\n a  b\n c  d\n-- ---\n\ne",
        r#"(table [End, Center] (row (cell) (cell)) (row (cell "a") (cell "b")) (row (cell "c") (cell "d"))) (p "e")"#,
        &[],
    );
    check(
        "> ::: {#tbl:x}\n> a   b\n> --- ---\n> c   d\n> :::",
        r#"(quote (table [Start, Start] (row (cell "a") (cell "b")) (row (cell "c") (cell "d")) #tbl:x))"#,
        &[],
    );
}

#[test]
fn a_row_between_dashes_goes_over_several_lines() {
    check(
        "----------\na     b\nc     d\n----- ----\ne     `f\n      g`\n\nh\\    i\nj\n----------\n\n: k",
        "(table [Start, Start] \"k\" (row (cell \"a c\") (cell \"b d\")) (row (cell \"e\") (cell `f g`)) \
         (row (cell \"h\" br \"j\") (cell \"i\")))",
        &[],
    );
    check(
        "--- ---\na   b\n\nc\n--- ---\n",
        r#"(table [Start, Start] (row (cell) (cell)) (row (cell "a") (cell "b")) (row (cell "c") (cell)))"#,
        &[],
    );
}

#[test]
fn dashes_without_columns_are_what_they_were() {
    check("Foo\n--- -", r#"(p "Foo") (break)"#, &[]);
    check("Foo\n--- ---", r#"(p "Foo") (break)"#, &[]);
    check("a\n---\nb", r#"(h2 #a "a") (p "b")"#, &[]);
    check("- - -\n\na\n\n- - -", r#"(break) (p "a") (break)"#, &[]);
    check("---\n\na\n\n--- ---\n\nb\n\n---", r#"(break) (p "a") (break) (p "b") (break)"#, &[]);
    check("words that go\n--- ---\non", r#"(p "words that go") (break) (p "on")"#, &[]);
    check("a   b\n--- ---\nwords", r#"(p "a b") (break) (p "words")"#, &[]);
    check_mdbook("a   b\n--- ---\nc   d", r#"(p "a b") (break) (p "c d")"#, &[]);
}

#[test]
fn what_is_in_a_drawn_table_is_where_it_was_written() {
    let text = "a   bcd\n--- ---\ne   f|g\n";
    let (divisions, _) = super::super::tests::read_one(text);
    let BlockKind::Table(table) = &divisions[0].blocks[0].kind else { panic!("{divisions:?}") };
    let BlockKind::Paragraph(words) = &table.head[0].cells[1].blocks[0].kind else { panic!("{table:?}") };
    assert_eq!((words[0].span.start, words[0].span.end), (4, 7));
    assert_eq!(divisions[0].blocks[0].span.start, 0);

    let text = "+---+\n| a |\n+---+\n\nb";
    let (divisions, _) = super::super::tests::read_one(text);
    let [table, after] = divisions[0].blocks.as_slice() else { panic!("{divisions:?}") };
    assert_eq!((table.span.start, table.span.end), (0, 17));
    assert_eq!((after.span.start, after.span.end), (19, 20));
    let BlockKind::Table(table) = &table.kind else { panic!("{divisions:?}") };
    assert_eq!(table.rows[0].cells[0].blocks[0].span, Span { start: 8, end: 9, ..Span::default() });
}
