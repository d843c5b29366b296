//! What is read from Markdown, by example, and what hostile input does.

use std::fmt::Write as _;

use super::*;
use crate::document::{Edition, Inline, InlineKind, NodeId, Table};

pub(super) fn read_one(text: &str) -> (Vec<Division>, Vec<Diagnostic>) {
    read_files(&[("a.md", text)], &Settings::default())
}

/// Reads the first of `files`, which may include the others.
pub(super) fn read_files(files: &[(&str, &str)], settings: &Settings) -> (Vec<Division>, Vec<Diagnostic>) {
    let mut sources = SourceFiles::default();
    for (path, text) in files {
        sources.add((*path).into(), (*text).into());
    }
    let file = ManuscriptFile::new(SourceId(0), files[0].0.into(), Matter::Body);
    let mut include = |address: &str, _: &str, span: Span, sources: &mut SourceFiles| {
        sources.find(address).ok_or_else(|| Diagnostic::error("missing-include", span, address.to_owned()))
    };
    read(&[file], settings, &mut sources, &mut include)
}

/// The divisions, one a line, as `(kind content)`; words stand in quotes.
pub(super) fn outline(divisions: &[Division]) -> String {
    let mut out = String::new();
    for division in divisions {
        blocks(&division.blocks, &mut out);
        for note in &division.notes {
            out += " (note";
            blocks(&note.blocks, &mut out);
            out += ")";
        }
        out += "\n";
    }
    out.replace("\n ", "\n").trim().to_owned()
}

#[expect(clippy::too_many_lines, reason = "one arm for each kind")]
fn blocks(blocks_in: &[Block], out: &mut String) {
    for block in blocks_in {
        out.push_str(" (");
        match &block.kind {
            BlockKind::Heading { level, content, .. } => {
                write!(out, "h{level} #{}", block.attributes.label.as_deref().unwrap_or_default()).unwrap();
                inlines(content, out);
            }
            BlockKind::Paragraph(content) => {
                out.push('p');
                inlines(content, out);
            }
            BlockKind::Figure { image, caption, .. } => {
                write!(out, "figure {} {:?}", image.address, image.alt).unwrap();
                inlines(caption, out);
            }
            BlockKind::Quote(inner) => {
                out.push_str("quote");
                blocks(inner, out);
            }
            BlockKind::List { start, numbers: _, tight, items } => {
                write!(
                    out,
                    "{} {}",
                    if *tight { "tight" } else { "loose" },
                    start.map_or("*".into(), |n| n.to_string())
                )
                .unwrap();
                for item in items {
                    write!(out, " (item{}", item.done.map_or("", |done| if done { " [x]" } else { " [ ]" })).unwrap();
                    blocks(&item.blocks, out);
                    out.push(')');
                }
            }
            BlockKind::Code(code) => {
                write!(out, "code {:?} {:?}", code.language, code.text).unwrap();
                code.first_number.iter().for_each(|first| write!(out, " from {first}").unwrap());
                code.highlighted.iter().for_each(|(first, last)| write!(out, " {first}-{last}").unwrap());
                code.callouts.iter().for_each(|mark| write!(out, " {}:<{}>", mark.line, mark.number).unwrap());
                for (name, run) in [(" title", &code.title), (" caption", &code.caption)] {
                    if !run.is_empty() {
                        out.push_str(name);
                        inlines(run, out);
                    }
                }
            }
            BlockKind::Break => out.push_str("break"),
            BlockKind::Table(table) => {
                write!(out, "table {:?}", table.alignments).unwrap();
                inlines(&table.caption, out);
                for row in table.head.iter().chain(&table.rows) {
                    out.push_str(" (row");
                    for cell in &row.cells {
                        out.push_str(if cell.heads_row { " (th" } else { " (cell" });
                        if (cell.columns, cell.rows) != (1, 1) {
                            write!(out, " {}×{}", cell.columns, cell.rows).unwrap();
                        }
                        match cell.blocks.as_slice() {
                            [Block { kind: BlockKind::Paragraph(content), .. }] => inlines(content, out),
                            cell_blocks => blocks(cell_blocks, out),
                        }
                        out.push(')');
                    }
                    out.push(')');
                }
            }
            BlockKind::FigureGroup { blocks: inner, columns, caption } => {
                write!(out, "figures {columns}").unwrap();
                blocks(inner, out);
                inlines(caption, out);
            }
            BlockKind::DefinitionList(definitions) => {
                out.push_str("definitions");
                for definition in definitions {
                    out.push_str(" (term");
                    label(&definition.attributes, out);
                    inlines(&definition.term, out);
                    for meaning in &definition.meanings {
                        out.push_str(" (means");
                        blocks(&meaning.blocks, out);
                        out.push(')');
                    }
                    out.push(')');
                }
            }
            BlockKind::Verse(lines) => {
                out.push_str("verse");
                for line in lines {
                    write!(out, " ({}", line.indent).unwrap();
                    inlines(&line.content, out);
                    out.push(')');
                }
            }
            BlockKind::PageBreak => out.push_str("page-break"),
            BlockKind::Formula(formula) => write!(out, "formula {:?}", formula.tex).unwrap(),
            BlockKind::Admonition { kind, title, blocks: inner } => {
                write!(out, "{kind:?}").unwrap();
                inlines(title, out);
                blocks(inner, out);
            }
            BlockKind::Container { role, title, blocks: inner } => {
                write!(out, "{role:?}").unwrap();
                inlines(title, out);
                blocks(inner, out);
            }
            BlockKind::Bibliography(_) => out.push_str("bibliography"),
            BlockKind::Index(_) => out.push_str("index"),
        }
        if !matches!(block.kind, BlockKind::Heading { .. }) {
            label(&block.attributes, out);
        }
        out.push(')');
    }
}

/// The label, number and edition of a node.
fn label(attributes: &Attributes, out: &mut String) {
    attributes.label.iter().for_each(|label| write!(out, " #{label}").unwrap());
    attributes.number.iter().for_each(|number| write!(out, " no. {number}").unwrap());
    attributes.edition.iter().for_each(|edition| write!(out, " {edition:?}").unwrap());
    attributes.placement.iter().for_each(|placement| write!(out, " {placement:?}").unwrap());
}

#[expect(clippy::wildcard_enum_match_arm, reason = "what has no name of its own here is shown by its parts")]
fn inlines(content: &[Inline], out: &mut String) {
    for inline in content {
        match &inline.kind {
            InlineKind::Text(words) => write!(out, " {words:?}").unwrap(),
            InlineKind::Code(code) => write!(out, " `{code}`").unwrap(),
            InlineKind::Image(image) => write!(out, " (image {} {:?})", image.address, image.alt).unwrap(),
            InlineKind::LineBreak => out.push_str(" br"),
            InlineKind::NoteReference(index) => write!(out, " ^{index}").unwrap(),
            InlineKind::Emphasis(_) => wrap("em", inline, out),
            InlineKind::Strong(_) => wrap("strong", inline, out),
            InlineKind::Strikethrough(_) => wrap("del", inline, out),
            InlineKind::Subscript(_) => wrap("sub", inline, out),
            InlineKind::Superscript(_) => wrap("sup", inline, out),
            other if inline.children().is_empty() => write!(out, " {other:?}").unwrap(),
            InlineKind::Link { address, title, .. } => wrap(&format!("a {address} {title:?}"), inline, out),
            _ => wrap("span", inline, out),
        }
    }
}

fn wrap(name: &str, inline: &Inline, out: &mut String) {
    write!(out, " ({name}").unwrap();
    inlines(inline.children(), out);
    out.push(')');
}

/// Reads `text`, and compares with the expected outline and the codes of the findings.
#[track_caller]
pub(super) fn check(text: &str, expected: &str, codes: &[&str]) {
    let (divisions, diagnostics) = read_one(text);
    assert_eq!(outline(&divisions), expected);
    assert_eq!(diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), codes, "{diagnostics:?}");
}

/// What the spans of the text inlines of `text` cover.
fn spanned(text: &str) -> Vec<String> {
    fn collect(content: &[Inline], text: &str, found: &mut Vec<String>) {
        for inline in content {
            let words = &text[inline.span.start as usize..inline.span.end as usize];
            found.push(words.to_owned());
            collect(inline.children(), text, found);
        }
    }
    let mut found = Vec::new();
    for block in read_one(text).0.iter().flat_map(|division| &division.blocks) {
        found.push(text[block.span.start as usize..block.span.end as usize].to_owned());
        if let BlockKind::Paragraph(content) | BlockKind::Heading { content, .. } = &block.kind {
            collect(content, text, &mut found);
        }
    }
    found
}

#[test]
fn text_is_one_inline_with_entities_decoded_and_line_ends_as_spaces() {
    check("a &amp; b\n \\*c  d\ttab", r#"(p "a & b *c d tab")"#, &[]);
    check("a&nbsp;b\r\nc\\\r\nd", "(p \"a\\u{a0}b c\" br \"d\")", &[]);
}

#[test]
fn spans_cover_the_source_of_a_node() {
    let covers: [&str; 7] = ["a &amp; *b `c`*", "a &amp; ", "*b `c`*", "b ", "`c`", "# d #", "d"];
    assert_eq!(spanned("a &amp; *b `c`*\n\n\n# d #\n"), covers);
    assert_eq!(spanned("\u{feff}é\n\n<p>ü &lt;</p>\n"), ["é", "é", "ü &lt;", "ü &lt;"]);
}

#[test]
fn ids_count_in_preorder_blocks_then_notes() {
    let (divisions, _) = read_one("# a *b*\n\n- c[^n]\n\n| d |\n|---|\n\n[^n]: e\n\n# f\n");
    let BlockKind::Table(Table { head, .. }) = &divisions[0].blocks[2].kind else { panic!("a table") };
    let index = |id: NodeId| (id.division, id.index);
    // Heading, its text, emphasis, text; list, item, paragraph, text, reference; table, row, cell, paragraph, text; note.
    assert_eq!(index(divisions[0].blocks[1].id), (0, 4));
    assert_eq!(index(head[0].cells[0].id), (0, 11));
    assert_eq!(index(divisions[0].notes[0].id), (0, 14));
    assert_eq!(index(divisions[0].notes[0].blocks[0].id), (0, 15));
    assert_eq!(index(divisions[1].blocks[0].id), (1, 0));
}

#[test]
fn two_headings_of_level_1_make_two_divisions() {
    check("# a\n\nb\n\n## c", r#"(h1 #a "a") (p "b") (h2 #c "c")"#, &[]);
    check("x\n\na\n=\n\n> # q\n\n# b", "(p \"x\")\n(h1 #a \"a\") (quote (h1 #q \"q\"))\n(h1 #b \"b\")", &[]);
}

#[test]
fn a_label_is_the_slug_of_the_words_and_unique_in_the_file() {
    check(
        "## The *Log*, 2nd!\n## Foo\n## foo-1\n## foo\n## Überfall\n## !",
        "(h2 #the-log-2nd \"The \" (em \"Log\") \", 2nd!\") (h2 #foo \"Foo\") (h2 #foo-1 \"foo-1\") (h2 #foo-2 \"foo\") \
         (h2 #überfall \"Überfall\") (h2 #section \"!\")",
        &[],
    );
    check("# a\n# a", "(h1 #a \"a\")\n(h1 #a-1 \"a\")", &[]);
}

#[test]
fn a_note_stands_where_it_is_first_referred_to() {
    check(
        "a[^2] b[^1] a[^2]\n\n[^1]: one[^3]\n\n[^2]: two\n\n    more\n\n[^3]: three",
        r#"(p "a" ^0 " b" ^1 " a" ^0) (note (p "two") (p "more")) (note (p "one" ^2)) (note (p "three"))"#,
        &[],
    );
    check("[^x] and [^y]\n\n[^y]: y[^y]", r#"(p "[^x] and " ^0) (note (p "y" ^0))"#, &[]);
}

#[test]
fn a_note_of_two_divisions_is_given_to_both() {
    check(
        "# a[^1]\n\n# b[^2] [^1]\n\n[^1]: one\n\n[^2]: two",
        "(h1 #a \"a\" ^0) (note (p \"one\"))\n(h1 #b \"b\" ^0 \" \" ^1) (note (p \"two\")) (note (p \"one\"))",
        &[],
    );
}

#[test]
fn notes_out_of_use_come_last_with_a_warning() {
    check(
        "a[^1]\n\n[^0]: zero\n\n[^1]: one\n\n[^1]: again",
        r#"(p "a" ^0) (note (p "one")) (note (p "zero")) (note (p "again"))"#,
        &["unused-note", "duplicate-note", "unused-note"],
    );
    check("[^0]: zero", r#"(note (p "zero"))"#, &["unused-note"]);
}

#[test]
fn a_note_in_the_brackets_of_an_image_is_told_of_and_one_in_the_text_of_its_caption_is_no_part_of_what_it_shows() {
    let (note, paragraph) = ("\n\n[^1]: one", " (note (p \"one\"))");
    check(
        &format!("![a[^1] b](c.png){note}"),
        &format!("(p \"![a\" ^0 \" b](c.png)\"){paragraph}"),
        &["note-in-image"],
    );
    check(&format!("![a] b[^1] [c](d){note}"), &format!("(p \"![a] b\" ^0 \" \" (a d \"\" \"c\")){paragraph}"), &[]);
    check("![a ^[one]](c.png){#fig:c}", &format!("(figure c.png \"a\" \"a \" ^0 #fig:c){paragraph}"), &[]);
}

#[test]
fn an_image_alone_is_a_figure_and_its_title_the_caption() {
    check("![a *b*](c.png \"d\")", r#"(figure c.png "a b" "d")"#, &[]);
    check("![](c.png) e", r#"(p (image c.png "") " e")"#, &["missing-alt"]);
    check("[![a](b.png)](c)", r#"(p (a c "" (image b.png "a")))"#, &[]);
}

#[test]
fn a_list_is_loose_if_an_item_has_paragraphs() {
    check(
        "- a\n- b\n  - c\n\n    d",
        r#"(tight * (item (p "a")) (item (p "b") (loose * (item (p "c") (p "d")))))"#,
        &[],
    );
    check("7. [x] a\n\n8. [ ] b", r#"(loose 7 (item [x] (p "a")) (item [ ] (p "b")))"#, &[]);
}

#[test]
fn code_keeps_its_white_space_and_ends_in_a_line_feed() {
    check("```rust,ignore\r\n\ta\r\n\r\nb", r#"(code "rust" "\ta\n\nb\n")"#, &[]);
    check("    a\n\n      b", r#"(code "" "a\n\n  b\n")"#, &[]);
}

#[test]
fn rows_have_as_many_cells_as_the_table_has_columns() {
    check(
        "|a|b|\n|:-:|-:|\n|c|\n|d|e|f|",
        r#"(table [Center, End] (row (cell "a") (cell "b")) (row (cell "c") (cell)) (row (cell "d") (cell "e")))"#,
        &[],
    );
}

#[test]
fn raw_html_in_a_line_is_shown_as_far_as_it_can_be() {
    check("a<br> b <!-- c -->d", r#"(p "a" br "b d")"#, &[]);
    check("H<sub>2</sub>O 10<sup>*n*</sup>", r#"(p "H" (sub "2") "O 10" (sup (em "n")))"#, &[]);
    check("a <b class='x'>b</b> c</i>", r#"(p "a " (strong "b") " c")"#, &["raw-html"]);
    check("a <x-y>b</x-y>", r#"(p "a b")"#, &["raw-html"]);
    check("*a <sup>b* c</sup>", r#"(p (em "a b") " c")"#, &["raw-html", "raw-html"]);
}

#[test]
fn a_block_of_raw_html_becomes_paragraphs() {
    check("<!-- a -->", "", &["empty-file"]);
    check("<div>\na &copy; <br>\n  b<p>c\n</div>\n\nd", r#"(p "a ©" br "b") (p "c") (p "d")"#, &[]);
    check("<form>\na<x>b\n</form>", r#"(p "ab")"#, &["raw-html"]);
    check("<script>\na\n\nb</script>\n\nc", r#"(p "c")"#, &["raw-html", "raw-html"]);
    check("- a\n  <div>b</div>\n- c", r#"(tight * (item (p "a") (p "b")) (item (p "c")))"#, &[]);
}

#[test]
fn what_has_no_words_is_left_out_with_a_warning() {
    check("#\n\n[](a)\n\nb", r#"(p "b")"#, &["empty-heading", "empty-link"]);
    check(" \n", "", &["empty-file"]);
}

#[test]
fn control_characters_are_replaced() {
    check("a\u{1}b `\u{0}`", "(p \"a\u{fffd}b \" `\u{fffd}`)", &["control-character", "control-character"]);
}

#[test]
fn deep_nesting_is_flattened_without_loss_of_words() {
    let (divisions, diagnostics) = read_one(&(">".repeat(100) + "*a* b"));
    let outline = outline(&divisions);
    assert_eq!(outline.matches("(quote").count(), tree::MAX_DEPTH);
    assert!(outline.contains(r#"(p "a b")"#), "{outline}");
    assert_eq!(diagnostics.len(), 1);
    assert_eq!(diagnostics[0].code, "deep-nesting");
}

#[test]
fn an_address_by_mail_gets_its_scheme() {
    check("<a@b.c> [d](e#f 'g')", r#"(p (a mailto:a@b.c "" "a@b.c") " " (a e#f "g" "d"))"#, &[]);
}

#[test]
fn text_has_the_words_of_blocks_and_notes_in_order() {
    let (divisions, _) =
        read_one("# a\n\n- [x] b[^1] ![c](d)\n\n```\ne  f\n```\n\n| g | *h* |\n|---|---|\n\n[^1]: i\\\nj");
    assert_eq!(divisions[0].text(Edition::Pdf), "a\nb \ne  f\ng\nh\ni j\n");
}
