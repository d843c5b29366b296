//! Each construct of the dialect, as the structure tree has it.

use super::*;
use crate::document::PageForm;

/// Blocks without names, named as a document's are, and every leaf and marker of theirs painted in the order of reading.
pub(super) fn constructs(blocks: Vec<Block>) -> Typesetter {
    let division = Division { path: "one.md".to_owned(), blocks, ..Division::default() };
    let mut document = Document { divisions: vec![division], ..document() };
    document.name_nodes();
    let mut set = Typesetter::new(document.clone());
    set.page(Numbering::Decimal, 7);
    set.book.facts.images.extend((0..9).map(|index| (id(index), GraphicId(0))));
    walk(document.divisions[0].all_blocks(), &mut |node| match node {
        Node::Block(Block { id, kind, .. }) => {
            set.line();
            let owner = Owner::Node(*id);
            match kind {
                BlockKind::Code(_) | BlockKind::Formula(_) => set.set(owner, "source"),
                BlockKind::Bibliography(works) => set.set(Owner::Marker(works[0].id), "[1]"),
                BlockKind::Index(entries) => {
                    let line = entries[0].id;
                    let owner = |part| Owner::Locator(line, part);
                    set.set_link(owner(0), owner(0), "7", LinkTarget::Node(*id));
                    set.set(owner(1), ", ");
                    set.set_link(owner(2), owner(2), "9", LinkTarget::Node(*id));
                }
                _ => {}
            }
            set.set(Owner::Marker(*id), "#");
        }
        Node::Inline(Inline { id, kind, .. }) => {
            let owner = Owner::Node(*id);
            match kind {
                InlineKind::Text(text) => set.set(owner, text),
                InlineKind::Formula(_) => set.set(owner, "f"),
                InlineKind::PageReference { .. } => set.set_link(owner, owner, "7", LinkTarget::Node(*id)),
                InlineKind::Reference { .. } => set.set_link(owner, owner, "", LinkTarget::Node(*id)),
                _ => {}
            }
        }
    });
    set
}

fn any(kind: InlineKind) -> Inline {
    inline(u32::MAX, kind)
}

fn word(text: &str) -> Vec<Inline> {
    vec![any(InlineKind::Text(text.to_owned()))]
}

pub(super) fn made(kind: BlockKind) -> Block {
    block(u32::MAX, kind)
}

pub(super) fn said(text: &str) -> Block {
    made(BlockKind::Paragraph(word(text)))
}

fn numbered(kind: BlockKind) -> Block {
    Block { attributes: Attributes { number: Some("#".into()), ..Attributes::default() }, ..made(kind) }
}

fn check_tree(blocks: Vec<Block>, expected: &str) {
    let outline = File::of(&constructs(blocks).book).outline();
    assert_eq!(outline, format!("Document\n  Sect\n{expected}"));
}

#[test]
fn boxes_have_their_title_or_the_word_for_one_first() {
    let tip = BlockKind::Admonition { kind: AdmonitionKind::Tip, title: Vec::new(), blocks: vec![said("advice")] };
    let aside =
        BlockKind::Container { role: ContainerRole::Aside, title: word("By the way"), blocks: vec![said("so")] };
    let expected = "    Aside\n      P\n        Lbl\n          “#”\n      P\n        “advice”\n    \
                    Aside\n      P\n        Lbl\n          “#”\n        “By the way”\n      P\n        “so”\n";
    check_tree(vec![made(tip), made(aside)], expected);
}

#[test]
fn a_term_is_the_label_of_its_meanings() {
    let meaning = |text| Meaning { id: id(0), blocks: vec![said(text)] };
    let definition = Definition {
        id: id(0),
        span: Span::default(),
        attributes: Attributes::default(),
        term: word("salt"),
        meanings: vec![meaning("a"), meaning("b")],
    };
    let expected = "    L\n      LI\n        Lbl\n          Span\n            “salt”\n        LBody\n          P\n            “a”\n          P\n            “b”\n";
    check_tree(vec![made(BlockKind::DefinitionList(vec![definition]))], expected);
}

#[test]
fn captions_stand_where_they_are_read_and_ornaments_are_left_out() {
    let code = CodeBlock { title: word("main.rs"), caption: word("Code"), ..CodeBlock::default() };
    let image = Image { decorative: true, ..Image::default() };
    let blocks = vec![
        numbered(BlockKind::Figure { image, caption: word("Ornament") }),
        numbered(BlockKind::Code(code)),
        numbered(BlockKind::Formula(Formula { tex: "x^2".to_owned() })),
    ];
    let expected = "    Div\n      Caption\n        Lbl\n          “#”\n        “Ornament”\n    \
                    Div\n      P\n        “main.rs”\n      P\n        Code\n          “source”\n      \
                    Caption\n        Lbl\n          “#”\n        “Code”\n    \
                    P\n      Formula alt=x^2\n        “source”\n      Lbl\n        “#”\n";
    check_tree(blocks, expected);
}

#[test]
fn works_and_the_index_are_lists_with_labels() {
    let work = BibliographyEntry { id: id(0), key: "k".into(), marker: "[1]".to_owned(), content: word("Knuth") };
    let entry = |depth, text| IndexEntry { id: id(0), depth, content: word(text), marks: Vec::new() };
    let entries = vec![entry(0, "Salt"), entry(1, "sea"), entry(0, "Water")];
    let blocks = vec![made(BlockKind::Bibliography(vec![work])), made(BlockKind::Index(entries))];
    let expected = "    L\n      LI\n        Lbl\n          “[1]”\n        LBody\n          P\n            “Knuth”\n    \
                    Index\n      L\n        LI\n          Lbl\n            Span\n              “Salt”\n          LBody\n            Reference\n              Link\n                “7”\n                → Salt\n              “, ”\n              Link\n                “9”\n                → Salt\n            \
                    L\n              LI\n                Lbl\n                  Span\n                    “sea”\n        \
                    LI\n          Lbl\n            Span\n              “Water”\n";
    check_tree(blocks, expected);
}

#[test]
fn references_are_links_and_short_forms_are_spelt_out() {
    let abbreviation = InlineKind::Abbreviation { expansion: "in full".to_owned(), content: word("i.f.") };
    let reference = InlineKind::Reference { label: "x".into(), form: ReferenceForm::Full, content: word("Figure 1") };
    let paragraph = vec![
        any(abbreviation),
        any(reference),
        any(InlineKind::PageReference { label: "x".into(), form: PageForm::Number }),
        any(InlineKind::Formula(Formula { tex: "y".to_owned() })),
    ];
    let blocks = vec![made(BlockKind::Paragraph(paragraph))];
    let expected = "    P\n      Span\n        “i.f.”\n      Link\n        “Figure 1”\n        → Figure 1\n      \
                    Link\n        “7”\n        → A Sample & Test\n      Formula alt=y\n        “f”\n";
    check_tree(blocks.clone(), expected);
    let file = File::of(&constructs(blocks).book);
    let expansions = file.pdf.objects.values().filter_map(|object| object.as_dict().ok()?.get(b"E").ok());
    assert_eq!(expansions.map(text_of).collect::<Vec<_>>(), ["in full"]);
}

#[test]
fn cells_say_what_they_head_and_how_far_they_reach() {
    let cell = |text: &str| Cell {
        id: id(0),
        span: Span::default(),
        columns: 1,
        rows: 1,
        alignment: None,
        heads_row: false,
        blocks: vec![said(text)],
    };
    let row = |cells| Row { id: id(0), cells };
    let table = Table {
        widths: Vec::new(),
        caption: word("Caption"),
        alignments: vec![Alignment::Start; 3],
        head: vec![row(vec![cell("a"), Cell { columns: 9, ..cell("b") }])],
        rows: vec![
            row(vec![Cell { rows: 9, heads_row: true, ..cell("c") }, cell("d"), cell("e")]),
            row(vec![cell("f"), cell("g")]),
        ],
    };
    let file = File::of(&constructs(vec![made(BlockKind::Table(table))]).book);
    assert!(file.outline().contains("    Table\n      Caption\n"));
    let mut cells = Vec::new();
    for element in file.pdf.objects.values().filter_map(|object| object.as_dict().ok()) {
        let role = element.get(b"S").and_then(Object::as_name).unwrap_or_default();
        if let (true, Ok(attributes)) = ([b"TH".as_slice(), b"TD"].contains(&role), element.get(b"A")) {
            let attributes = attributes.as_dict().unwrap();
            let number = |key: &[u8]| attributes.get(key).map_or(1, |span| span.as_i64().unwrap());
            let scope = attributes.get(b"Scope").and_then(Object::as_name).unwrap_or_default();
            cells.push((String::from_utf8_lossy(scope).into_owned(), number(b"ColSpan"), number(b"RowSpan")));
        }
    }
    // No cell reaches out of the table.
    assert_eq!(cells, [("Column".to_owned(), 1, 1), ("Column".to_owned(), 2, 1), ("Row".to_owned(), 1, 2)]);
}

#[test]
fn every_label_is_a_destination() {
    let labelled = |label: &str| Attributes { label: Some(label.into()), ..Attributes::default() };
    let mut paragraph = said("words");
    paragraph.attributes = labelled("block");
    if let BlockKind::Paragraph(content) = &mut paragraph.kind {
        content[0].attributes = labelled("inline");
    }
    let work = BibliographyEntry { id: id(0), key: "k".into(), marker: String::new(), content: word("Knuth") };
    let file = File::of(&constructs(vec![paragraph, made(BlockKind::Bibliography(vec![work]))]).book);
    let names = file.entry(file.catalog(), "Names").unwrap().as_dict().unwrap();
    let names = file.entry(names, "Dests").unwrap().as_dict().unwrap().get(b"Names").unwrap().as_array().unwrap();
    let names: Vec<String> = names.iter().step_by(2).map(text_of).collect();
    let labels = ["block", "inline", "one.md", "one.md#block", "one.md#inline", "one.md#ref-k", "ref-k"];
    assert_eq!(names, labels);
}

#[test]
fn chapters_stand_in_their_part_and_sections_in_their_chapter() {
    let division = |kind, level, matter| Division { kind, level, matter, path: String::new(), ..Division::default() };
    let divisions = vec![
        division(DivisionKind::Part, 0, Matter::Body),
        division(DivisionKind::Chapter, 0, Matter::Body),
        division(DivisionKind::Chapter, 1, Matter::Body),
        division(DivisionKind::Chapter, 0, Matter::Back),
    ];
    let mut document = Document { divisions, ..document() };
    for division in &mut document.divisions {
        division.blocks = vec![said("words")];
    }
    document.name_nodes();
    let mut set = Typesetter::new(document);
    set.page(Numbering::Decimal, 1);
    for division in 0..4 {
        set.line();
        set.set(Owner::Node(NodeId { division, index: 1 }), "w");
    }
    let expected = "Document\n  Part\n    P\n      “w”\n    Sect\n      P\n        “w”\n      \
                    Sect\n        P\n          “w”\n  Sect\n    P\n      “w”\n";
    assert_eq!(File::of(&set.book).outline(), expected);
}
