//! Each construct of the dialect, as the e-book writes it.

use super::*;
use crate::document::PageForm;

fn word(text: &str) -> Vec<Inline> {
    vec![any(InlineKind::Text(text.to_owned()))]
}

fn any(kind: InlineKind) -> Inline {
    Inline { id: NodeId::UNNAMED, ..N.inline(0, kind) }
}

fn made(kind: BlockKind) -> Block {
    Block { id: NodeId::UNNAMED, ..N.block(0, kind) }
}

fn said(text: &str) -> Block {
    made(BlockKind::Paragraph(word(text)))
}

fn called(label: &str, number: &str, block: Block) -> Block {
    let number = Some(number).filter(|number| !number.is_empty()).map(Arc::from);
    Block { attributes: Attributes { label: Some(Arc::from(label)), number, ..Attributes::default() }, ..block }
}

fn cell(text: &str) -> Cell {
    Cell {
        id: NodeId::UNNAMED,
        span: Span::default(),
        columns: 1,
        rows: 1,
        alignment: None,
        heads_row: false,
        blocks: vec![said(text)],
    }
}

fn row(cells: Vec<Cell>) -> Row {
    Row { id: NodeId::UNNAMED, cells }
}

/// A book of these blocks on one page, its references led to their labels.
fn book_of(blocks: Vec<Block>) -> Book {
    let mut book = book(vec![Nodes::division(blocks)]);
    book.document.name_nodes();
    let mut labels: BTreeMap<String, NodeId> = BTreeMap::new();
    let mut references = Vec::new();
    let mut marks = Vec::new();
    walk(book.document.divisions[0].all_blocks(), &mut |node| {
        let (attributes, id) = match node {
            Node::Block(block) => {
                if let BlockKind::Bibliography(works) = &block.kind {
                    labels.extend(works.iter().map(|work| (format!("ref-{}", work.key), work.id)));
                }
                if let BlockKind::DefinitionList(definitions) = &block.kind {
                    let labelled = definitions.iter().filter_map(|one| Some((one.attributes.label.as_ref()?, one.id)));
                    labels.extend(labelled.map(|(label, id)| (label.to_string(), id)));
                }
                (&block.attributes, block.id)
            }
            Node::Inline(inline) => {
                match &inline.kind {
                    InlineKind::Reference { label, .. } | InlineKind::PageReference { label, .. } => {
                        references.push((inline.id, label.to_string()));
                    }
                    InlineKind::Citation { items, .. } => {
                        references.push((inline.id, format!("ref-{}", items[0].key)));
                    }
                    InlineKind::IndexMark(_) => marks.push(inline.id),
                    InlineKind::Formula(formula) => {
                        let formula = math::parse(&formula.tex, false, &mut math::Macros::default()).unwrap();
                        book.facts.formulas.insert(inline.id, Arc::new(formula));
                    }
                    _ => {}
                }
                (&inline.attributes, inline.id)
            }
        };
        if let Some(label) = &attributes.label {
            labels.insert(label.to_string(), id);
        }
    });
    let leads = references.into_iter().filter_map(|(id, label)| Some((id, LinkTarget::Node(*labels.get(&label)?))));
    book.facts.links = leads.collect();
    let mut book = paged(book, &[(NodeId { division: 0, index: 0 }, 0)]);
    book.pagination.places = labels.into_values().chain(marks).map(|node| (node, 0)).collect();
    book
}

fn check_blocks(blocks: Vec<Block>, expected: &[&str]) {
    let book = book_of(blocks);
    check(&book, expected);
}

#[test]
fn admonitions_and_containers_say_what_they_are() {
    let admonition = |kind, title| made(BlockKind::Admonition { kind, title, blocks: vec![said("text")] });
    let container = |role, title| made(BlockKind::Container { role, title, blocks: vec![said("text")] });
    check_blocks(
        vec![
            admonition(AdmonitionKind::Tip, Vec::new()),
            admonition(AdmonitionKind::Warning, word("Mind")),
            container(ContainerRole::Details, word("More")),
            container(ContainerRole::Epigraph, Vec::new()),
            container(ContainerRole::Dedication, Vec::new()),
            container(ContainerRole::Centered, Vec::new()),
        ],
        &[
            "<aside class=\"admonition tip\" epub:type=\"tip\" role=\"doc-tip\">\n\
             <p class=\"box-title\"><span class=\"generated\">Tip</span></p>\n<p>",
            "<section class=\"admonition warning\" epub:type=\"notice\" role=\"doc-notice\">\n\
             <p class=\"box-title\">Mind</p>\n<p>text</p>\n</section>",
            "<details>\n<summary class=\"box-title\">More</summary>\n<p>text</p>\n</details>",
            "<div class=\"epigraph\" epub:type=\"epigraph\" role=\"doc-epigraph\">\n<p>text</p>",
            "<section class=\"dedication\" epub:type=\"dedication\" role=\"doc-dedication\">",
            "<div class=\"centered\">\n<p>text</p>\n</div>",
        ],
    );
}

fn definition(label: &str, term: &str, meanings: &[&str]) -> Definition {
    Definition {
        id: NodeId::UNNAMED,
        span: Span::default(),
        attributes: Attributes { label: Some(Arc::from(label)), ..Attributes::default() },
        term: word(term),
        meanings: meanings.iter().map(|text| Meaning { id: NodeId::UNNAMED, blocks: vec![said(text)] }).collect(),
    }
}

fn glossary() -> Block {
    let list =
        made(BlockKind::DefinitionList(vec![definition("gls:salt", "salt", &["a", "b"]), definition("w", "w", &[])]));
    made(BlockKind::Container { role: ContainerRole::Glossary, title: Vec::new(), blocks: vec![list] })
}

#[test]
fn each_term_has_a_meaning_and_its_name() {
    check_blocks(
        vec![glossary()],
        &[
            "<section class=\"glossary\" epub:type=\"glossary\" role=\"doc-glossary\">\n<dl>\n\
             <dt id=\"gls-salt\" epub:type=\"glossterm\"><dfn>{1}salt</dfn></dt>\n\
             <dd epub:type=\"glossdef\"><p>a</p>\n</dd>\n<dd epub:type=\"glossdef\"><p>b</p>\n</dd>\n",
            "<dfn>w</dfn></dt>\n<dd></dd>\n</dl>",
        ],
    );
}

fn verse() -> Block {
    let line = |indent, text: &str| {
        let content = if text.is_empty() { Vec::new() } else { word(text) };
        VerseLine { id: NodeId::UNNAMED, span: Span::default(), indent, content }
    };
    made(BlockKind::Verse(vec![line(0, "one"), line(3, "two"), line(0, ""), line(0, "three")]))
}

#[test]
fn verse_has_stanzas_of_lines_each_set_in_as_written() {
    check_blocks(
        vec![verse()],
        &[
            "<div class=\"verse\">\n<div class=\"stanza\">\n<p>{1}one</p>\n<p style=\"margin-left: 1.5em; margin-inline: 1.5em 0\">two</p>\n</div>\n\
           <div class=\"stanza\">\n<p>three</p>\n</div>\n</div>",
        ],
    );
}

fn listing() -> Block {
    let code = CodeBlock {
        unnumbered: false,
        language: "rust".to_owned(),
        text: "fn <a>\nb\n".to_owned(),
        title: word("main.rs"),
        caption: word("A listing"),
        first_number: Some(9),
        highlighted: vec![(2, 2)],
        callouts: vec![Callout { line: 1, number: 3 }],
    };
    called("lst", "Listing 1", made(BlockKind::Code(code)))
}

#[test]
fn code_shows_numbers_tokens_call_outs_and_what_stands_out() {
    let mut book = book_of(vec![listing()]);
    let token = Token { start: 0, end: 2, kind: TokenKind::Keyword };
    book.facts.tokens.insert(N.id(0), vec![token, Token { start: 5, end: 8, kind: TokenKind::Comment }]);
    book.pagination.pages[0].starts_at = Some(FlowPosition { node: N.id(0), offset: 7 });
    check(
        &book,
        &[
            "<figure id=\"lst\" class=\"listing\">\n<p class=\"listing-title\">main.rs</p>\n<pre><code class=\"language-rust\">",
            "<span class=\"line\"><span class=\"line-number generated\"> 9\u{2002}</span><span class=\"k\">fn</span> &lt;a\
             <span class=\"c\">&gt;</span><span class=\"callout generated\"> \u{2462}</span><span class=\"c\">\n</span></span>",
            "<span class=\"line highlighted\"><span class=\"line-number generated\">10\u{2002}</span><span class=\"c\">{1}b</span>\n",
            "</code></pre>\n<figcaption><span class=\"number generated\">Listing 1\u{2002}</span>A listing</figcaption>\n</figure>",
        ],
    );
}

fn spanned_table() -> Block {
    let wide = Cell { columns: 2, ..cell("wide") };
    let high = Cell { rows: 2, heads_row: true, ..cell("high") };
    let right = Cell { alignment: Some(Alignment::Center), ..cell("c") };
    let table = Table {
        widths: Vec::new(),
        caption: word("A table"),
        alignments: vec![Alignment::Start, Alignment::End, Alignment::End],
        head: vec![row(vec![cell("x"), wide]), row(vec![cell("a"), cell("b"), cell("c")])],
        rows: vec![row(vec![high, cell("1"), right]), row(vec![cell("2"), cell("3")])],
    };
    called("tbl", "Table 1", made(BlockKind::Table(table)))
}

#[test]
fn a_table_has_its_caption_its_spans_and_what_heads_what() {
    check_blocks(
        vec![spanned_table()],
        &[
            "<div class=\"table\">\n<table id=\"tbl\">\n<caption>{1}<span class=\"number generated\">Table 1\u{2002}</span>",
            "<thead>\n<tr><th scope=\"col\">x</th><th scope=\"colgroup\" colspan=\"2\" class=\"end\">wide</th></tr>\n<tr>",
            "<tr><th scope=\"rowgroup\" rowspan=\"2\">high</th><td class=\"end\">1</td><td class=\"center\">c</td></tr>\n\
             <tr><td class=\"end\">2</td><td class=\"end\">3</td></tr>",
        ],
    );
}

fn work() -> Block {
    let work = BibliographyEntry {
        id: NodeId::UNNAMED,
        key: Arc::from("knuth"),
        marker: "[1]".to_owned(),
        content: word("Knuth, 1981."),
    };
    made(BlockKind::Bibliography(vec![work]))
}

fn apparatus() -> Vec<Block> {
    let item =
        CitationItem { key: "knuth".to_owned(), prefix: String::new(), suffix: String::new(), without_author: false };
    let mark = |ordinal| {
        let mark = IndexMark { path: vec!["Salt".to_owned()], see: None, see_also: None, ordinal };
        any(InlineKind::IndexMark(mark))
    };
    let entry = |depth, text: &str, marks: &[u32]| IndexEntry {
        id: NodeId::UNNAMED,
        depth,
        content: word(text),
        marks: marks.to_vec(),
    };
    vec![
        made(BlockKind::Paragraph(vec![
            any(InlineKind::Citation { items: vec![item], narrative: false, content: word("[1]") }),
            mark(0),
            any(InlineKind::Reference {
                label: Arc::from("lst"),
                form: ReferenceForm::Full,
                content: word("Listing 1"),
            }),
            any(InlineKind::PageReference { label: Arc::from("tbl"), form: PageForm::Number }),
            any(InlineKind::Abbreviation { expansion: "Cascading <Style>".to_owned(), content: word("CSS") }),
            any(InlineKind::Formula(Formula { tex: "a < b".to_owned() })),
            any(InlineKind::Span(SpanRole::SmallCaps, word("caps"))),
            any(InlineKind::Span(SpanRole::Keyboard, word("Esc"))),
        ])),
        listing(),
        spanned_table(),
        work(),
        made(BlockKind::Index(vec![entry(0, "Salt", &[0]), entry(1, "sea", &[0, 0]), entry(0, "Water", &[])])),
    ]
}

#[test]
fn references_citations_and_the_index_lead_where_they_say() {
    check_blocks(
        apparatus(),
        &[
            "<a epub:type=\"biblioref\" role=\"doc-biblioref\" href=\"a.xhtml#ref-knuth\">[1]</a><span id=\"index-1\"></span>",
            "<a href=\"a.xhtml#lst\">Listing 1</a><a class=\"page-reference generated\" href=\"a.xhtml#tbl\">1</a>",
            "<abbr title=\"Cascading &lt;Style&gt;\">CSS</abbr><span class=\"kept generated\"><math ",
            "<span class=\"small-caps\">caps</span><kbd>Esc</kbd>",
            "<section class=\"bibliography\" epub:type=\"bibliography\" role=\"doc-bibliography\">\n<ul>\n\
             <li id=\"ref-knuth\"><span class=\"marker generated\">[1]\u{2002}</span>Knuth, 1981.</li>\n</ul>",
            "<section class=\"index\" epub:type=\"index\" role=\"doc-index\">\n<ul>\n\
             <li>Salt<span class=\"locators generated\">, <a href=\"a.xhtml#index-1\">1</a></span><ul>\n\
             <li>sea<span class=\"locators generated\">, <a href=\"a.xhtml#index-1\">1</a></span></li>\n\
             </ul></li>\n<li>Water</li>\n</ul>\n</section>",
        ],
    );
}

fn group() -> Block {
    let panel = |number: &str| {
        let image = Image { width: Some(ImageWidth::Permille(455)), ..Nodes::image("x.png") };
        called(number, number, made(BlockKind::Figure { image, caption: word("panel") }))
    };
    let blocks = vec![panel("(a)"), panel("(b)")];
    called("fig", "Figure 1", made(BlockKind::FigureGroup { blocks, columns: 2, caption: word("Both") }))
}

#[test]
fn panels_stand_in_one_figure_under_one_caption() {
    check_blocks(
        vec![group()],
        &[
            "<figure id=\"fig\" class=\"group\">\n<div class=\"panels columns-2\">\n<figure id=\"x--a-\">",
            "<figcaption><span class=\"number generated\">(b)\u{2002}</span>panel</figcaption>\n</figure>\n</div>\n\
             <figcaption><span class=\"number generated\">Figure 1\u{2002}</span>Both</figcaption>\n</figure>",
        ],
    );
}

/// One of everything.
fn everything() -> Book {
    let boxed = |kind| made(BlockKind::Admonition { kind, title: Vec::new(), blocks: vec![said("risk")] });
    let container = |role| made(BlockKind::Container { role, title: word("Title"), blocks: vec![said("held")] });
    let print_only = Block {
        attributes: Attributes { edition: Some(Edition::Pdf), label: Some(Arc::from("p")), ..Attributes::default() },
        ..said("on paper")
    };
    let heading = BlockKind::Heading { level: 1, unnumbered: false, content: word("Start") };
    let formula = made(BlockKind::Formula(Formula { tex: "\\unknown".to_owned() }));
    let mut blocks = vec![called("start", "1", made(heading)), glossary(), verse(), group(), print_only];
    blocks.extend([AdmonitionKind::Note, AdmonitionKind::Tip, AdmonitionKind::Caution].map(boxed));
    blocks.extend(
        [
            ContainerRole::Plain,
            ContainerRole::Epigraph,
            ContainerRole::Dedication,
            ContainerRole::Aside,
            ContainerRole::Details,
            ContainerRole::Description,
            ContainerRole::Centered,
            ContainerRole::End,
        ]
        .map(container),
    );
    blocks.push(called("eq", "(1)", formula));
    blocks.extend(apparatus());
    book_of(blocks)
}

#[test]
fn one_of_everything_says_what_the_document_says() {
    let book = everything();
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let xhtml = render(&book).files[0].xhtml.clone();
    assert_eq!(squeezed(&author_text(&xhtml)), squeezed(&book.document.text(Edition::Epub)));
    let files = unpack(&write(&book, Options::default()).unwrap());
    let opf = text_of(&files, "OEBPS/content.opf");
    assert!(opf.contains("properties=\"mathml\""), "{opf}");
    let nav = text_of(&files, "OEBPS/nav.xhtml");
    for landmark in ["glossary", "bibliography", "index"] {
        assert!(nav.contains(&format!("epub:type=\"{landmark}\" href=\"a.xhtml\"")), "{nav}");
    }
    // Every link within the file leads to one element.
    for (at, _) in xhtml.match_indices("href=\"a.xhtml#") {
        let id = xhtml[at..].split(['#', '"']).nth(2).unwrap();
        assert_eq!(xhtml.matches(&format!(" id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[test]
fn parts_and_sections_have_files_of_their_own() {
    let nodes = |number: u32| Nodes(number).heading(0, 1, "h", "Words");
    let mut divisions: Vec<Division> = (0..3).map(|number| Nodes::division(vec![nodes(number)])).collect();
    divisions[0].kind = DivisionKind::Part;
    divisions[0].blocks[0].attributes.number = Some(Arc::from("Part I"));
    divisions[2].level = 1;
    let mut book = book(divisions);
    book.style.opening = Opening::Recto;
    let files = render(&book).files;
    assert!(
        files[0].xhtml.contains("<section class=\"part\" epub:type=\"part\" role=\"doc-part\" aria-labelledby=\"h\">")
    );
    assert!(files[0].xhtml.contains("<title>Part I Words</title>"));
    assert!(files[1].xhtml.contains("role=\"doc-chapter\""));
    assert!(files[2].xhtml.contains("<section epub:type=\"subchapter\" aria-labelledby=\"h\">"));
}

#[test]
fn contributors_and_series_are_in_the_package() {
    let mut book = book(Vec::new());
    let metadata = &mut book.document.metadata;
    metadata.authors = vec!["Jane Doe".to_owned()];
    let contributor = |name: &str, role: &str, file_as: &str| Contributor {
        name: name.to_owned(),
        role: role.to_owned(),
        file_as: file_as.to_owned(),
    };
    metadata.contributors = vec![contributor("Jane Doe", "aut", "Doe, Jane"), contributor("Ed", "edt", "")];
    metadata.series = "Salts".to_owned();
    metadata.series_number = "2".to_owned();
    let opf = text_of(&unpack(&write(&book, Options::default()).unwrap()), "OEBPS/content.opf");
    for expected in [
        "<meta refines=\"#creator-1\" property=\"file-as\">Doe, Jane</meta>",
        "<dc:contributor id=\"contributor-1\">Ed</dc:contributor>",
        "<meta refines=\"#contributor-1\" property=\"role\" scheme=\"marc:relators\">edt</meta>",
        "<meta refines=\"#series\" property=\"group-position\">2</meta>",
    ] {
        assert!(opf.contains(expected), "{opf}");
    }
    assert_eq!(opf.matches("Jane Doe").count(), 1);
}
