//! Small books, and what the apparatus makes of them.

use super::*;
use crate::diagnostics::SourceFiles;
use crate::document::{
    AdmonitionKind, CitationItem, CodeBlock, Definition, Edition, Formula, Image, IndexMark, Meaning, Metadata, Node,
    Note, PageForm, ReferenceForm, Table, walk,
};
use crate::labels::Labels;

fn block(label: &str, kind: BlockKind) -> Block {
    let label = Some(label).filter(|label| !label.is_empty()).map(Into::into);
    Block {
        id: NodeId::UNNAMED,
        span: Span::default(),
        attributes: Attributes { label, ..Attributes::default() },
        kind,
    }
}

fn words(words: &str) -> Vec<Inline> {
    if words.is_empty() { Vec::new() } else { vec![text(words, Span::default())] }
}

fn heading(level: u8, label: &str, title: &str) -> Block {
    block(
        label,
        BlockKind::Heading { level, unnumbered: title.starts_with('!'), content: words(title.trim_start_matches('!')) },
    )
}

fn figure(label: &str, caption: &str) -> Block {
    block(label, BlockKind::Figure { image: Image::default(), caption: words(caption) })
}

fn paragraph(kinds: Vec<InlineKind>) -> Block {
    let content = kinds.into_iter().map(|kind| inline(kind, Span::default())).collect();
    block("", BlockKind::Paragraph(content))
}

fn refer(label: &str, form: ReferenceForm) -> InlineKind {
    InlineKind::Reference { label: label.into(), form, content: Vec::new() }
}

fn chapter(path: &str, blocks: Vec<Block>) -> Division {
    Division { path: path.to_owned(), blocks, ..Division::default() }
}

fn book(language: &str, divisions: Vec<Division>) -> Document {
    let metadata = Metadata { language: language.to_owned(), ..Metadata::default() };
    let mut document = Document { metadata, divisions };
    document.name_nodes();
    document
}

fn numbered_sections(number_sections: u8) -> Settings {
    Settings { number_sections, ..Settings::default() }
}

/// Resolves a book without citations, and gives the numbers of its blocks in order.
fn check_numbers(mut document: Document, sections: u8, expected: &[&str]) {
    resolve(&mut document, &numbered_sections(sections), &Library::default());
    let mut numbers = Vec::new();
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| {
            if let Node::Block(block) = node {
                numbers.extend(block.attributes.number.as_deref().map(|number| number.replace('\u{a0}', " ")));
            }
        });
    }
    assert_eq!(numbers, expected);
}

#[test]
fn what_stands_in_numbered_chapters_bears_their_numbers() {
    let first = chapter(
        "a.md",
        vec![
            heading(1, "one", "One"),
            figure("", "A caption"),
            figure("fig:b", ""),
            figure("", ""),
            heading(2, "one-one", "Section"),
            block("tbl:x", BlockKind::Table(Table::default())),
        ],
    );
    let second = chapter(
        "b.md",
        vec![
            heading(1, "two", "Two"),
            figure("", "Another"),
            block("eq:x", BlockKind::Formula(Formula { tex: String::new() })),
            block("", BlockKind::Formula(Formula { tex: String::new() })),
        ],
    );
    check_numbers(
        book("en", vec![first.clone(), second.clone()]),
        2,
        &["1", "Figure 1.1", "Figure 1.2", "1.1", "Table 1.1", "2", "Figure 2.1", "(2.1)"],
    );
    check_numbers(
        book("de", vec![first.clone(), second]),
        0,
        &["Abbildung 1", "Abbildung 2", "Tabelle 1", "Abbildung 3", "(1)"],
    );
    check_numbers(book("en", vec![first]), 1, &["1", "Figure 1", "Figure 2", "Table 1"]);
}

#[test]
fn front_matter_and_unnumbered_headings_are_passed_over_and_appendices_have_letters() {
    let front = Division { matter: Matter::Front, ..chapter("f.md", vec![heading(1, "preface", "Preface")]) };
    let part = Division { kind: DivisionKind::Part, ..chapter("", vec![heading(1, "part", "Part")]) };
    let body = chapter("a.md", vec![heading(1, "a", "A"), heading(2, "aa", "AA"), heading(3, "aaa", "Too deep")]);
    let aside = chapter("b.md", vec![heading(1, "b", "!Interlude"), heading(2, "bb", "Within")]);
    let last = chapter("c.md", vec![heading(1, "c", "C"), figure("", "Caption")]);
    let back = |path, blocks| Division { matter: Matter::Back, ..chapter(path, blocks) };
    let appendix = back("d.md", vec![heading(1, "d", "D"), heading(2, "dd", "DD"), figure("", "Caption")]);
    let works = back("e.md", vec![heading(1, "e", "Works"), block("", BlockKind::Bibliography(Vec::new()))]);
    check_numbers(
        book("en", vec![front, part, body, aside, last, appendix, works]),
        2,
        &["Part I", "1", "1.1", "2", "Figure 2.1", "A", "A.1", "Figure A.1"],
    );
}

#[test]
fn numbers_of_an_mdbook_stay_and_are_gone_on_from() {
    let numbered = |mut block: Block, number: &str| {
        block.attributes.number = Some(number.into());
        block
    };
    let code = block("", BlockKind::Code(CodeBlock { caption: words("C"), ..CodeBlock::default() }));
    let first = chapter("a.md", vec![numbered(heading(1, "a", "A"), "1"), numbered(code, "Listing 1-1")]);
    let second = chapter("b.md", vec![numbered(heading(2, "b", "B"), "1.1"), figure("", "Caption")]);
    let third =
        chapter("c.md", vec![numbered(heading(1, "c", "C"), "2"), figure("", "Caption"), figure("", "Caption")]);
    check_numbers(
        book("en", vec![first, second, third]),
        0,
        &["1", "Listing 1-1", "1.1", "Figure 1.1", "2", "Figure 2.1", "Figure 2.2"],
    );
}

#[test]
fn panels_of_a_figure_have_letters() {
    let group = |label: &str, caption: &str| {
        let blocks = vec![figure("fig:a", "Left"), figure("", "Right"), figure("", "")];
        block(label, BlockKind::FigureGroup { blocks, columns: 2, caption: words(caption) })
    };
    check_numbers(
        book("en", vec![chapter("a.md", vec![group("", "Both"), figure("", "Next")])]),
        0,
        &["Figure 1", "(a)", "(b)", "Figure 2"],
    );
    let mut document = book(
        "en",
        vec![chapter(
            "a.md",
            vec![
                group("fig:g", "Both"),
                paragraph(vec![refer("fig:a", ReferenceForm::Full), refer("fig:a", ReferenceForm::Number)]),
            ],
        )],
    );
    assert_eq!(resolve(&mut document, &Settings::default(), &Library::default()), []);
    assert_eq!(last_line(&document), "Figure 1(a)1(a)");
}

/// The last line of the book, with plain spaces.
fn last_line(document: &Document) -> String {
    let text = document.divisions[0].text(Edition::Pdf).replace('\u{a0}', " ");
    text.trim_end().rsplit('\n').next().unwrap().to_owned()
}

/// Resolves a chapter that refers to `label` at its end; the rest of the book is a second chapter.
fn check_reference(language: &str, label: &str, form: ReferenceForm, sections: u8, expected: &str) {
    let term = Definition {
        id: NodeId::UNNAMED,
        span: Span::default(),
        attributes: Attributes::default(),
        term: words("Type Area"),
        meanings: vec![Meaning { id: NodeId::UNNAMED, blocks: vec![paragraph(vec![])] }],
    };
    let glossary = BlockKind::Container {
        role: ContainerRole::Glossary,
        title: Vec::new(),
        blocks: vec![block("", BlockKind::DefinitionList(vec![term]))],
    };
    let admonition =
        BlockKind::Admonition { kind: AdmonitionKind::Note, title: words("Beware"), blocks: vec![paragraph(vec![])] };
    let first = chapter(
        "a.md",
        vec![
            heading(1, "sec:one", "One & only"),
            heading(2, "sec:deep", "Deep"),
            figure("fig:x", "A map"),
            block("eq:x", BlockKind::Formula(Formula { tex: "x".to_owned() })),
            block("par", BlockKind::Paragraph(words("Words"))),
            block("note", admonition),
            paragraph(vec![refer(label, form)]),
        ],
    );
    let second = chapter(
        "b.md",
        vec![
            heading(1, "two", "Two"),
            figure("fig:x", "Not this one"),
            block("lst:b", BlockKind::Code(CodeBlock { caption: words("B"), ..CodeBlock::default() })),
            block("", glossary),
        ],
    );
    let mut document = book(language, vec![first, second]);
    let found = resolve(&mut document, &numbered_sections(sections), &Library::default());
    let codes: Vec<&str> = found.iter().map(|finding| finding.code).collect();
    let shown = last_line(&document);
    assert_eq!(if codes.is_empty() { shown } else { format!("{shown} {codes:?}") }, expected);
}

#[test]
fn references_show_numbers_titles_or_both() {
    use ReferenceForm::{Full, Number, Title};
    check_reference("en", "fig:x", Full, 2, "Figure 1.1");
    check_reference("en", "fig-x", Full, 2, "Figure 1.1");
    check_reference("en", "fig:x", Number, 2, "1.1");
    check_reference("en", "fig:x", Title, 2, "A map");
    check_reference("hu", "fig:x", Full, 0, "1. ábra");
    check_reference("hu", "fig:x", Number, 0, "1");
    check_reference("en", "eq:x", Full, 2, "Equation 1.1");
    check_reference("en", "lst:b", Full, 2, "Listing 2.1");
    check_reference("en", "sec:one", Full, 2, "Chapter 1");
    check_reference("en", "sec:deep", Full, 2, "Section 1.1");
    check_reference("zh", "sec:one", Full, 2, "第 1 章");
    check_reference("en", "sec:deep", Number, 2, "1.1");
    check_reference("en", "sec:one", Full, 0, "“One & only”");
    check_reference("de", "sec:one", Number, 0, "„One & only“");
    check_reference("en", "sec:one", Title, 0, "One & only");
    check_reference("en", "note", Full, 0, "“Beware”");
    check_reference("en", "gls:type-area", Full, 0, "Type Area");
    check_reference("en", "par", Full, 0, "par [\"unnumbered-reference\"]");
    check_reference("en", "fig:y", Full, 0, "fig:y [\"unknown-label\"]");
}

#[test]
fn an_unknown_label_is_answered_with_the_nearest() {
    let page = InlineKind::PageReference { label: "fig:mpa".into(), form: PageForm::Number };
    let named = InlineKind::Reference { label: "fig:mpa".into(), form: ReferenceForm::Full, content: words("the map") };
    let mut document = book("en", vec![chapter("a.md", vec![figure("fig:map", "Map"), paragraph(vec![page, named])])]);
    let found = resolve(&mut document, &Settings::default(), &Library::default());
    assert_eq!(found.len(), 2);
    assert!(
        found
            .iter()
            .all(|finding| finding.code == "unknown-label" && finding.help.as_ref().unwrap().contains("#fig:map"))
    );
    assert_eq!(last_line(&document), "the map");
}

#[test]
fn links_that_leave_the_manuscript_lead_to_the_site() {
    let link = |address: &str| link_to(address);
    let blocks = vec![paragraph(vec![link("other.md"), link("b.html#x"), link("https://x.org/"), link("#x")])];
    let second = chapter("b.md", vec![heading(1, "x", "X")]);
    let mut document = book("en", vec![chapter("a.md", blocks), second]);
    let settings = Settings { site_url: "https://e.org/b/".to_owned(), mdbook: true, ..Settings::default() };
    resolve(&mut document, &settings, &Library::default());
    let mut addresses = Vec::new();
    walk(document.divisions[0].all_blocks(), &mut |node| {
        if let Node::Inline(Inline { kind: InlineKind::Link { address, .. }, .. }) = node {
            addresses.push(address.clone());
        }
    });
    assert_eq!(addresses, ["https://e.org/b/other.html", "b.html#x", "https://x.org/", "#x"]);
}

fn link_to(address: &str) -> InlineKind {
    InlineKind::Link { address: address.to_owned(), title: String::new(), content: words("x") }
}

const WORKS: &str = "@book{knuth, author={Knuth, Donald E.}, title={The {TeX}book}, publisher={Addison-Wesley}, year=1984}\n\
    @article{ostrom, author={Ostrom, Elinor and Hess, Charlotte}, title={Ideas}, subtitle={A Survey}, journal={Law \\& Problems}, year=2003}\n\
    @book{anon, title={Anonymous Rules}, year=1900}\n";

fn library(style: &CitationStyle) -> Library {
    let mut sources = SourceFiles::default();
    let file = sources.add("works.bib".to_owned(), WORKS.into());
    let (library, findings) = Library::read(&sources, &[file], style);
    assert_eq!(findings, []);
    library
}

/// A citation, from `prefix|key|suffix` for each work; `-` before a key leaves out the author.
fn cite(narrative: bool, works: &[&str]) -> InlineKind {
    let item = |work: &&str| {
        let parts: Vec<&str> = work.split('|').collect();
        let (prefix, key, suffix) = match parts.as_slice() {
            [prefix, key, suffix] => (*prefix, *key, *suffix),
            _ => ("", *work, ""),
        };
        CitationItem {
            key: key.trim_start_matches('-').to_owned(),
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
            without_author: key.starts_with('-'),
        }
    };
    InlineKind::Citation { items: works.iter().map(item).collect(), narrative, content: Vec::new() }
}

/// What a chapter of citations shows, one line for each, then its bibliography.
fn cited(language: &str, style: &str, citations: Vec<InlineKind>) -> (Vec<String>, Vec<&'static str>) {
    let style = if style.is_empty() { CitationStyle::AuthorDate } else { CitationStyle::Named(style.to_owned()) };
    let blocks = citations.into_iter().map(|citation| paragraph(vec![citation])).collect();
    let mut document = book(language, vec![chapter("a.md", blocks)]);
    let found = resolve(&mut document, &Settings::default(), &library(&style));
    let lines = document.text(Edition::Pdf).lines().map(|line| line.replace('\u{a0}', " ")).collect();
    (lines, found.iter().map(|finding| finding.code).collect())
}

#[test]
fn citations_are_formatted_and_their_works_listed() {
    let (lines, codes) = cited(
        "en",
        "",
        vec![
            cite(false, &["see|knuth|p. 3, and passim", "ostrom"]),
            cite(true, &["knuth"]),
            cite(true, &["|knuth|p. 5"]),
            cite(false, &["|-knuth|p. 7"]),
        ],
    );
    assert!(codes.is_empty());
    assert_eq!(
        lines[..4],
        ["(see Knuth 1984, 3, and passim; Ostrom and Hess 2003)", "Knuth (1984)", "Knuth (1984, 5)", "(1984, 7)",]
    );
    assert_eq!(lines[4], "Bibliography");
    assert!(lines[5].starts_with("Knuth, Donald E. 1984. The TeXbook."), "{lines:?}");
    assert!(lines[6].starts_with("Ostrom, Elinor, and Charlotte Hess. 2003. “Ideas: A Survey.”"), "{lines:?}");
    assert_eq!(lines.len(), 7);
}

#[test]
fn numbered_styles_have_markers_and_the_language_says_the_rest() {
    let mut document = book(
        "de",
        vec![chapter(
            "a.md",
            vec![
                paragraph(vec![cite(false, &["ostrom"])]),
                paragraph(vec![cite(false, &["knuth", "ostrom"])]),
                block("", BlockKind::Bibliography(Vec::new())),
            ],
        )],
    );
    assert_eq!(resolve(&mut document, &Settings::default(), &library(&CitationStyle::Named("ieee".to_owned()))), []);
    assert_eq!(document.divisions.len(), 1);
    let BlockKind::Bibliography(entries) = &document.divisions[0].blocks[2].kind else { panic!("no bibliography") };
    let listed: Vec<(&str, &str)> = entries.iter().map(|entry| (&*entry.key, entry.marker.as_str())).collect();
    assert_eq!(listed, [("ostrom", "[1]"), ("knuth", "[2]")]);
    let works = plain_text(&entries[0].content);
    assert!(works.contains("E. Ostrom und C. Hess"), "{works}");
    let labels = Labels::of(&document);
    assert_eq!(labels.find("a.md", "ref-knuth"), Some(entries[1].id));
    let text = document.text(Edition::Pdf);
    assert!(text.starts_with("[1]\n[2], [1]") || text.starts_with("[1]\n[1], [2]"), "{text}");
}

#[test]
fn each_citation_links_to_its_work() {
    let mut document = book("en", vec![chapter("a.md", vec![paragraph(vec![cite(false, &["knuth", "anon"])])])]);
    resolve(&mut document, &Settings::default(), &library(&CitationStyle::AuthorDate));
    let mut addresses = Vec::new();
    walk(document.divisions[0].all_blocks(), &mut |node| {
        if let Node::Inline(Inline { kind: InlineKind::Link { address, content, .. }, .. }) = node {
            addresses.push((address.clone(), plain_text(content)));
        }
    });
    let expected = [("#ref-knuth", "Knuth 1984"), ("#ref-anon", "Anonymous Rules 1900")];
    let expected: Vec<(String, String)> =
        expected.into_iter().map(|(address, words)| (address.to_owned(), words.to_owned())).collect();
    assert_eq!(addresses, expected);
}

#[test]
fn unknown_works_are_shown_as_typed() {
    let (lines, codes) = cited("en", "", vec![cite(false, &["see|knuht|p. 3", "ostrom"]), cite(true, &["rustlang"])]);
    assert_eq!(lines, ["[see @knuht, p. 3; @ostrom]", "@rustlang"]);
    assert_eq!(codes, ["unresolved-citation", "unresolved-citation"]);
    let mut document =
        book("en", vec![chapter("a.md", vec![paragraph(vec![cite(true, &["rustlang"]), cite(false, &["-key"])])])]);
    let found = resolve(&mut document, &Settings::default(), &Library::default());
    assert_eq!(last_line(&document), "@rustlang[-@key]");
    assert_eq!(found.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["unresolved-citation"]);
}

#[test]
fn styles_with_notes_put_citations_into_notes_in_order() {
    let note = Note {
        id: NodeId::UNNAMED,
        label: None,
        span: Span::default(),
        edition: None,
        blocks: vec![block("", BlockKind::Paragraph(words("The author's note")))],
    };
    let blocks = vec![paragraph(vec![
        cite(false, &["|knuth|p. 3"]),
        InlineKind::NoteReference(0),
        cite(false, &["|knuth|p. 4"]),
    ])];
    let mut document = book("en", vec![Division { notes: vec![note], ..chapter("a.md", blocks) }]);
    let style = library(&CitationStyle::Named("chicago-notes".to_owned()));
    assert_eq!(resolve(&mut document, &Settings::default(), &style), []);
    let mut order = Vec::new();
    walk(document.divisions[0].all_blocks(), &mut |node| {
        if let Node::Inline(Inline { kind: InlineKind::NoteReference(index), .. }) = node {
            order.push(*index);
        }
    });
    assert_eq!(order, [0, 1, 2]);
    let text = document.divisions[0].text(Edition::Pdf);
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    assert!(lines[0].contains("Knuth, The TeXbook") && lines[0].contains('3'), "{lines:?}");
    assert_eq!(lines[1], "The author's note");
}

/// Gathers an index of marks, each `term > sub-term`, `term = see` or `term + see also`; gives its lines.
fn check_index(language: &str, marks: &[&str], expected: &[&str]) {
    let mark = |mark: &&str| {
        let (mark, see) = mark.split_once(" = ").map_or((*mark, None), |(mark, see)| (mark, Some(see.to_owned())));
        let (mark, see_also) = mark.split_once(" + ").map_or((mark, None), |(mark, see)| (mark, Some(see.to_owned())));
        let path = mark.split(" > ").map(str::to_owned).collect();
        InlineKind::IndexMark(IndexMark { path, see, see_also, ordinal: 99 })
    };
    let blocks = marks.iter().map(|one| paragraph(vec![mark(one)])).collect();
    let mut document = book(language, vec![chapter("a.md", blocks)]);
    assert_eq!(resolve(&mut document, &Settings::default(), &Library::default()), []);
    let division = document.divisions.last().unwrap();
    assert_eq!(
        (division.matter, plain_text_of(division.heading())),
        (Matter::Back, term(Term::Index, language).to_owned())
    );
    let BlockKind::Index(entries) = &division.blocks[1].kind else { panic!("no index") };
    let lines: Vec<String> = entries
        .iter()
        .map(|entry| {
            let marks: String = entry.marks.iter().map(|mark| format!(" {mark}")).collect();
            format!("{}{}{marks}", "  ".repeat(usize::from(entry.depth)), plain_text(&entry.content))
        })
        .collect();
    assert_eq!(lines, expected);
}

fn plain_text_of(heading: Option<&Block>) -> String {
    let Some(BlockKind::Heading { content, .. }) = heading.map(|block| &block.kind) else { return String::new() };
    plain_text(content)
}

#[test]
fn the_index_merges_sorts_and_nests() {
    check_index(
        "en",
        &["type > area", "zebra", "Étude", "type", "etude", "zebra", "type > 9 point", "Area"],
        &["Area 7", "etude 4", "Étude 2", "type 3", "  9 point 6", "  area 0", "zebra 1 5"],
    );
    check_index("sv", &["öl", "zebra", "ål"], &["zebra 1", "ål 2", "öl 0"]);
    check_index("sv", &["ärta", "åska", "örn", "zon"], &["zon 3", "åska 1", "ärta 0", "örn 2"]);
    check_index("de", &["Öl", "Zebra", "Ofen"], &["Ofen 2", "Öl 0", "Zebra 1"]);
    check_index("es", &["ñu", "oso", "nube", "nylon"], &["nube 2", "nylon 3", "ñu 0", "oso 1"]);
    check_index("da", &["ål", "zebra", "øl", "æble"], &["zebra 1", "æble 3", "øl 2", "ål 0"]);
    check_index("cs", &["chata", "hora", "cena", "duha"], &["cena 2", "duha 3", "hora 1", "chata 0"]);
    // By pinyin: bā, māo, yú.
    check_index("zh", &["鱼", "猫", "八"], &["八 2", "猫 1", "鱼 0"]);
    check_index("en", &["9 point", "Apple", "apple", "10 point"], &["10 point 3", "9 point 0", "apple 2", "Apple 1"]);
}

#[test]
fn the_index_sends_elsewhere() {
    check_index(
        "en",
        &["car = automobile", "automobile + engine", "automobile > wheel", "car = motor"],
        &["automobile 1", "  wheel 2", "  see also engine", "car, see automobile; motor"],
    );
    check_index("fr", &["voiture = auto"], &["voiture, voir auto"]);
}

#[test]
fn an_index_goes_where_the_author_wants_it() {
    let mark = IndexMark { path: vec!["a".to_owned()], see: None, see_also: None, ordinal: 7 };
    let blocks = vec![paragraph(vec![InlineKind::IndexMark(mark)]), block("", BlockKind::Index(Vec::new()))];
    let mut document = book("en", vec![chapter("a.md", blocks)]);
    resolve(&mut document, &Settings::default(), &Library::default());
    assert_eq!(document.divisions.len(), 1);
    let BlockKind::Index(entries) = &document.divisions[0].blocks[1].kind else { panic!("no index") };
    assert_eq!(entries[0].marks, [0]);
    let mut empty = book("en", vec![chapter("a.md", vec![paragraph(vec![])])]);
    resolve(&mut empty, &Settings::default(), &Library::default());
    assert_eq!(empty.divisions.len(), 1);
}

#[test]
fn every_node_is_named_at_the_end() {
    let mut document = book(
        "en",
        vec![chapter(
            "a.md",
            vec![figure("fig:x", "X"), paragraph(vec![refer("fig:x", ReferenceForm::Title), cite(false, &["knuth"])])],
        )],
    );
    resolve(&mut document, &Settings::default(), &library(&CitationStyle::AuthorDate));
    let named = document.clone();
    document.name_nodes();
    assert_eq!(document, named);
}
