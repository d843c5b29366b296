//! What holds for the pages of any manuscript: all of it is shown, within the type area or told of, in order, once.
//!
//! The manuscripts are made by chance, of all kinds of block in any nesting. Start at [`check`].

use std::collections::BTreeMap;

use pressmark::apparatus::{self, Library};
use pressmark::diagnostics::{Diagnostic, Place, SourceFiles, Span};
use pressmark::document::{
    Block, BlockKind, Document, Edition, Inline, InlineKind, Matter, Metadata, Node, NodeId, walk,
};
use pressmark::geometry::{Length, Rect};
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Artifact, Book, Frame, FrameItem, GlyphRun, ItemKind, Numbering, Owner, Page, turned};
use pressmark::layout::lay_out;
use pressmark::manuscript::{ManuscriptFile, Settings, read};
use pressmark::style::{NotePlace, Notes, Side, Style, themes};
use proptest::prelude::*;

use crate::laid::{bundled, cases, extent, small};
use crate::manuscript::words;
use crate::read_pdf::Pdf;

/// A manuscript made by chance.
#[derive(Clone, Debug)]
struct Sample {
    /// The chapters, as Markdown.
    chapters: Vec<String>,
    /// Whether the first is front matter.
    preface: bool,
    language: &'static str,
    theme: usize,
    /// The measure in points and the lines of a page; `None` for the theme's own page.
    page: Option<(i64, i64)>,
}

impl Sample {
    fn style(&self) -> Style {
        let theme = themes::NAMES[self.theme % themes::NAMES.len()];
        self.page.map_or_else(|| themes::by_name(theme).unwrap(), |(measure, lines)| small(theme, measure, lines))
    }

    fn lay_out(&self) -> (Book, Vec<Diagnostic>) {
        let mut sources = SourceFiles::default();
        let mut file = |(number, text): (usize, &String)| {
            let path = format!("{number}.md");
            let source = sources.add(path.clone(), text.as_str().into());
            let matter = if self.preface && number == 0 { Matter::Front } else { Matter::Body };
            ManuscriptFile::new(source, path, matter)
        };
        let files: Vec<ManuscriptFile> = self.chapters.iter().enumerate().map(&mut file).collect();
        let settings = Settings { number_sections: 1, ..Settings::default() };
        let (divisions, mut diagnostics) = read(&files, &settings, &mut sources, &mut |address, _, span, _| {
            Err(Diagnostic::error("missing-include", span, address))
        });
        let metadata = Metadata { title: "Title".into(), language: self.language.into(), ..Metadata::default() };
        let mut document = Document { metadata, divisions };
        diagnostics.append(&mut apparatus::resolve(&mut document, &settings, &Library::default()));
        let (graphics, images) = drawings(&document);
        let (book, mut found) = lay_out(document, self.style(), bundled(), graphics, images);
        diagnostics.append(&mut found);
        (book, diagnostics)
    }
}

/// A drawing for each image, as wide and as high as its address says.
fn drawings(document: &Document) -> (Graphics, BTreeMap<NodeId, pressmark::graphic::GraphicId>) {
    let (mut graphics, mut images) = (Graphics::default(), BTreeMap::new());
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| {
            let (id, image) = match node {
                Node::Block(Block { id, kind: BlockKind::Figure { image, .. }, .. })
                | Node::Inline(Inline { id, kind: InlineKind::Image(image), .. }) => (*id, image),
                Node::Block(_) | Node::Inline(_) => return,
            };
            let (width, height) = image.address.split_once('x').unwrap();
            let drawing = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><path d="M0 0h9v9z"/></svg>"#
            );
            images.insert(id, graphics.add(drawing.into_bytes()).unwrap());
        });
    }
    (graphics, images)
}

/// Words in a row, some of them long.
fn some_words(most: usize) -> impl Strategy<Value = String> {
    let word = prop_oneof![12 => "[a-z]{1,9}", 2 => "[A-Z][a-z]{2,12}[,.;]", 1 => "[a-z]{10,28}", 1 => "[0-9]{1,6}"];
    prop::collection::vec(word, 1..most).prop_map(|words| words.join(" "))
}

/// Words with all that can stand among them; `%` stands for a new number, `¤` for the one before it.
fn inlines(most: usize) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        10 => some_words(12),
        1 => some_words(3).prop_map(|words| format!("*{words}*")),
        1 => some_words(3).prop_map(|words| format!("**{words}**")),
        1 => some_words(3).prop_map(|words| format!("~~{words}~~")),
        1 => some_words(2).prop_map(|words| format!("[{words}]{{.smallcaps}}")),
        1 => some_words(2).prop_map(|words| format!("[{words}]{{.mark}}")),
        1 => some_words(2).prop_map(|words| format!("`{words}`")),
        1 => some_words(2).prop_map(|words| format!("[{words}](https://example.org/)")),
        1 => some_words(2).prop_map(|words| format!("[{words}](#place-%)[]{{#place-¤}}")),
        1 => some_words(20).prop_map(|words| format!("word^[{words}]")),
        1 => some_words(2).prop_map(|words| format!("[{words}]{{.index}}")),
        1 => Just("x^2^ and H~2~O".to_owned()),
        1 => Just("$a^2 + \\frac{b}{c}$".to_owned()),
        1 => (8..90_u32, 8..40_u32).prop_map(|(width, height)| format!("![alt]({width}x{height})")),
        1 => Just("מגדל הים".to_owned()),
    ];
    prop::collection::vec(part, 1..most).prop_map(|parts| parts.join(" "))
}

fn code() -> impl Strategy<Value = String> {
    let line = prop_oneof![6 => "\t{0,3}[a-z(){};=. ]{0,40}", 1 => "\t?[a-z(){};=. \t漢]{40,120}"];
    let head = prop_oneof![
        4 => Just("```".to_owned()),
        1 => Just("```rust".to_owned()),
        1 => (1..2000_u32, some_words(6)).prop_map(|(first, words)| {
            format!("```{{.numberLines startFrom=\"{first}\" filename=\"{words}\" highlight=\"1-2\"}}")
        }),
        1 => some_words(12).prop_map(|words| format!("```{{#lst:% caption=\"{words}\"}}")),
    ];
    (head, prop::collection::vec(line, 1..30)).prop_map(|(head, lines)| format!("{head}\n{}\n```", lines.join("\n")))
}

fn table() -> impl Strategy<Value = String> {
    let cells = |columns| prop::collection::vec(prop_oneof![1 => Just(String::new()), 6 => inlines(2)], columns);
    (1..5_usize)
        .prop_flat_map(move |columns| (prop::collection::vec(cells(columns), 1..16), any::<bool>(), some_words(9)))
        .prop_map(|(rows, captioned, caption)| {
            let line = |row: &Vec<String>| format!("| {} |\n", row.join(" | "));
            let (head, rows) = rows.split_first().unwrap();
            let rule = format!("|{}\n", "---|".repeat(head.len()));
            let caption = if captioned { format!("\n: {caption} {{#tbl:%}}\n") } else { String::new() };
            line(head) + &rule + &rows.iter().map(line).collect::<String>() + &caption
        })
}

fn spanning_table() -> impl Strategy<Value = String> {
    (prop::collection::vec(some_words(8), 6), 1..3_usize).prop_map(|(words, rows)| {
        let mut table =
            format!("<table>\n<tr><th rowspan=\"2\">{}</th><th colspan=\"2\">{}</th></tr>\n", words[0], words[1]);
        table += &format!("<tr><th>{}</th><th>{}</th></tr>\n", words[2], words[3]);
        for _ in 0..rows {
            table += &format!("<tr><th>{}</th><td colspan=\"2\"><p>{}</p><p>more</p></td></tr>\n", words[4], words[5]);
        }
        table + "</table>"
    })
}

/// A block that holds no blocks.
fn leaf() -> impl Strategy<Value = String> {
    let formula = prop_oneof![
        Just("x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a}"),
        Just("\\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}"),
        Just("a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u+v+w+x+y+z+a+b+c+d+e+f+g+h+i+j+k+l"),
        Just("\\begin{aligned} a &= b \\\\ c &= d \\\\ e &= f \\\\ g &= h \\end{aligned}"),
    ];
    let verse = prop::collection::vec((0..4_usize, prop_oneof![1 => Just(String::new()), 6 => some_words(12)]), 1..8);
    prop_oneof![
        8 => inlines(12),
        3 => code(),
        2 => table(),
        1 => spanning_table(),
        1 => verse.prop_map(|lines| {
            let line = |(indent, words): (usize, String)| format!("| {}{words}", "  ".repeat(indent));
            format!("| first\n{}\n| last", lines.into_iter().map(line).collect::<Vec<_>>().join("\n"))
        }),
        1 => Just("* * *".to_owned()),
        1 => (10..600_u32, 10..900_u32, inlines(2)).prop_map(|(width, height, caption)| {
            format!("![alt]({width}x{height} \"{}\"){{#fig:%}}", caption.replace(['"', '%'], ""))
        }),
        1 => (40..300_u32, some_words(8)).prop_map(|(width, words)| {
            format!("::: {{layout-ncol=2}}\n![one]({width}x80 \"A\")\n\n![two](90x{width} \"B\")\n\n{words}\n:::")
        }),
        2 => (formula, any::<bool>()).prop_map(|(formula, numbered)| {
            format!("$$\n{formula}\n$${}", if numbered { " {#eq:%}" } else { "" })
        }),
        1 => (some_words(4), inlines(4)).prop_map(|(term, text)| format!("{term}\n:   {text}\n\n    Second paragraph.")),
        1 => Just("\\newpage".to_owned()),
    ]
}

fn indented(text: &str, first: &str, rest: &str) -> String {
    let prefix = |(number, line): (usize, &str)| {
        let prefix = if number == 0 { first } else { rest };
        if line.is_empty() && !rest.starts_with('>') { String::new() } else { format!("{prefix}{line}") }
    };
    text.lines().enumerate().map(prefix).collect::<Vec<_>>().join("\n")
}

fn block() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        let blocks = prop::collection::vec(inner, 1..4);
        let role = prop_oneof![
            Just("note"),
            Just("tip"),
            Just("important"),
            Just("warning"),
            Just("caution"),
            Just("epigraph"),
            Just("dedication"),
            Just("aside"),
            Just("center"),
            Just("right"),
            Just("{.warning title=\"A *title*\"}"),
            Just("{lang=de}"),
        ];
        prop_oneof![
            blocks.clone().prop_map(|blocks| indented(&blocks.join("\n\n"), "> ", "> ")),
            (prop::collection::vec(blocks.clone(), 1..4), 1..100_u32).prop_map(|(items, start)| {
                let item = |(number, blocks): (u32, &Vec<String>)| {
                    indented(&blocks.join("\n\n"), &format!("{:<4}", format!("{number}.")), "    ")
                };
                (start..).zip(&items).map(item).collect::<Vec<_>>().join("\n")
            }),
            prop::collection::vec(blocks.clone(), 1..4).prop_map(|items| {
                let item = |blocks: &Vec<String>| indented(&blocks.join("\n\n"), "- ", "  ");
                items.iter().map(item).collect::<Vec<_>>().join("\n")
            }),
            (role, blocks).prop_map(|(role, blocks)| format!(":::: {role}\n{}\n::::", blocks.join("\n\n"))),
        ]
    })
}

fn chapter() -> impl Strategy<Value = String> {
    let heading = (2..7_usize, some_words(9)).prop_map(|(level, words)| format!("{} {words}", "#".repeat(level)));
    let note = (some_words(6), inlines(6), inlines(8)).prop_map(|(words, first, second)| {
        let plain = |text: &str| text.replace('^', "").replace("#place-%", "#place").replace("{#place-¤}", "");
        format!("{words}[^note-%].\n\n[^note-¤]: {}\n\n    {}", plain(&first), plain(&second))
    });
    let blocks = prop::collection::vec(prop_oneof![2 => heading, 8 => block(), 1 => note], 1..14);
    // A running head that is longer than the measure is cut at its first line, and meets the folio: titles are short.
    ("[A-Z][a-z]{2,8} [a-z]{2,8}", blocks).prop_map(|(title, blocks)| format!("# {title}\n\n{}\n", blocks.join("\n\n")))
}

fn sample() -> impl Strategy<Value = Sample> {
    let page = prop_oneof![1 => Just(None), 4 => (150..320_i64, 9..36_i64).prop_map(Some)];
    let language = prop_oneof![6 => Just("en"), 1 => Just("he"), 1 => Just("de")];
    (prop::collection::vec(chapter(), 1..4), any::<bool>(), language, any::<usize>(), page).prop_map(
        |(chapters, preface, language, theme, page)| {
            let number = |(chapter, text): (usize, String)| {
                let mut last = 0;
                let shown = |letter| match letter {
                    '%' => {
                        last += 1;
                        format!("{chapter}-{last}")
                    }
                    '¤' => format!("{chapter}-{last}"),
                    letter => letter.to_string(),
                };
                text.chars().map(shown).collect()
            };
            let chapters: Vec<String> = chapters.into_iter().enumerate().map(number).collect();
            Sample { preface: preface && chapters.len() > 1, chapters, language, theme, page }
        },
    )
}

/// An item as it comes to lie on a page.
struct Placed<'a> {
    frame: &'a Frame,
    item: &'a FrameItem,
    /// What it covers.
    rect: Rect,
    /// Whether it reads from the foot of the page to its head.
    turned: bool,
}

/// All items of a page.
fn placed(page: &Page) -> Vec<Placed<'_>> {
    let mut all = Vec::new();
    for frame in &page.frames {
        for item in &frame.items {
            if let ItemKind::Turned { origin, items } = &item.kind {
                let place = |item| Placed { frame, item, rect: turned(covered(item), *origin), turned: true };
                all.extend(items.iter().map(place));
            } else {
                all.push(Placed { frame, item, rect: covered(item), turned: false });
            }
        }
    }
    all
}

/// What an item covers: of letters, from six tenths of the size down to the baseline, without spaces at the end.
fn covered(item: &FrameItem) -> Rect {
    match &item.kind {
        ItemKind::Glyphs(run) => {
            let height = run.size.permille(600);
            let spaces = run.glyphs.iter().rev().take_while(|glyph| {
                run.text.get(glyph.cluster as usize..).is_some_and(|text| text.starts_with(char::is_whitespace))
            });
            let width = run.width() - spaces.map(|glyph| glyph.advance).sum();
            Rect::new(run.origin.x, run.origin.y - height, width, height)
        }
        ItemKind::Path { segments, .. } => extent(segments),
        ItemKind::Rule { rect, .. } | ItemKind::Image { rect, .. } | ItemKind::Link { rect, .. } => *rect,
        ItemKind::Turned { .. } => panic!("what is turned is not turned again"),
    }
}

/// Whether `inner` lies within `outer`, or sticks out of it by no more than `across` and `down`.
fn within(inner: &Rect, outer: &Rect, across: Length, down: Length) -> bool {
    inner.origin.x >= outer.origin.x - across
        && inner.right() <= outer.right() + across
        && inner.origin.y >= outer.origin.y - down
        && inner.bottom() <= outer.bottom() + down
}

/// By how much two boxes overlap, across and down.
fn overlap(one: &Rect, other: &Rect) -> Option<(Length, Length)> {
    let across = one.right().min(other.right()) - one.origin.x.max(other.origin.x);
    let down = one.bottom().min(other.bottom()) - one.origin.y.max(other.origin.y);
    (across > Length::ZERO && down > Length::ZERO).then_some((across, down))
}

/// Where each node was written, and the whole block at the top level that it is in.
fn places(document: &Document) -> BTreeMap<NodeId, [Span; 2]> {
    let mut places = BTreeMap::new();
    for block in document.divisions.iter().flat_map(pressmark::document::Division::all_blocks) {
        walk([block], &mut |node| {
            let (id, span) = match node {
                Node::Block(own) => (own.id, own.span),
                Node::Inline(own) => (own.id, own.span),
            };
            places.insert(id, [span, block.span]);
        });
    }
    places
}

/// Whether a finding tells that something of the owner's is larger than its place.
fn is_told(owner: Owner, places: &BTreeMap<NodeId, [Span; 2]>, diagnostics: &[Diagnostic]) -> bool {
    let own = match owner {
        Owner::Node(node) | Owner::Marker(node) => places.get(&node),
        // The repeated head of a table, and what is there for looks: whose it is, is not known.
        _ => None,
    };
    diagnostics.iter().filter(|finding| finding.code.starts_with("overfull-")).any(|finding| match finding.place {
        Place::Span(span) => own.is_none_or(|own| {
            own.iter().any(|own| own.source == span.source && (own.start..own.end).contains(&span.start))
        }),
        Place::File(_) | Place::Project => true,
    })
}

/// An item in a message.
fn shown(item: &FrameItem) -> String {
    match &item.kind {
        ItemKind::Glyphs(run) => format!("{:?}", run.text),
        ItemKind::Path { .. } => "an outline".to_owned(),
        ItemKind::Rule { .. } => "a rule".to_owned(),
        ItemKind::Image { .. } => "an image".to_owned(),
        ItemKind::Link { .. } => "a link".to_owned(),
        ItemKind::Turned { .. } => "what is turned".to_owned(),
    }
}

/// The columns for notes in the margins beside a type area: there are some where the style has notes there.
fn margins(area: &Rect, style: &Style) -> Vec<Rect> {
    let Notes { place, side_width, side_gap, .. } = style.notes;
    if place != NotePlace::Side {
        return Vec::new();
    }
    let lefts = [area.origin.x - side_gap - side_width, area.right() + side_gap];
    lefts.map(|left| Rect::new(left, area.origin.y, side_width, area.size.height)).to_vec()
}

/// Everything lies within its frame, or in the column for notes beside it, and on the page; or a finding tells of it.
fn check_frames(book: &Book, diagnostics: &[Diagnostic]) -> Result<(), TestCaseError> {
    let trim = book.style.page.trim;
    let whole = Rect::new(Length::ZERO, Length::ZERO, trim.width, trim.height);
    let places = places(&book.document);
    for page in &book.pagination.pages {
        let area = book.style.page.type_area(page.side);
        let margins = margins(&area, &book.style);
        for Placed { frame, item, rect, turned } in placed(page) {
            let on_page = within(&rect, &whole, Length::ZERO, Length::ZERO);
            let in_place = |across, down| {
                let (across, down) = if turned { (down, across) } else { (across, down) };
                let mut places = margins.iter().chain([&frame.rect]);
                places.any(|place| within(&rect, place, across, down))
            };
            let inside = match (item.owner, &item.kind) {
                // Running heads and folios stand above and below the type area.
                (Owner::Artifact(Artifact::Header), _) => on_page && rect.bottom() <= area.origin.y,
                (Owner::Artifact(Artifact::Footer), _) => on_page && rect.origin.y >= area.bottom(),
                // Numbers of lines and call-outs may stand in the margin, and rules are as thick as they are.
                (Owner::Artifact(Artifact::Layout), _) => in_place(Length::pt(28), Length::pt(1)),
                // Numbers of sections and of items may hang there.
                (Owner::Marker(_), _) => on_page && in_place(trim.width, Length::ZERO),
                // Signs hang in the margin by a part of their width.
                (_, ItemKind::Glyphs(run)) => in_place(run.size.permille(700), Length::ZERO),
                (_, ItemKind::Link { .. }) => in_place(Length::pt(8), Length::pt(6)),
                _ => in_place(Length::pt(1), Length::pt(1)),
            };
            prop_assert!(
                inside || is_told(item.owner, &places, diagnostics),
                "page {}: {} at {rect:?} is not within {:?}",
                page.label.text(),
                shown(item),
                frame.rect
            );
        }
    }
    Ok(())
}

/// The formulas, in which letters stand over each other.
fn formulas(document: &Document) -> Vec<NodeId> {
    let mut found = Vec::new();
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| match node {
            Node::Block(Block { id, kind: BlockKind::Formula(_), .. })
            | Node::Inline(Inline { id, kind: InlineKind::Formula(_), .. }) => found.push(*id),
            Node::Block(_) | Node::Inline(_) => {}
        });
    }
    found.sort();
    found
}

/// No two lines of type run into each other, and none into an image.
fn check_collisions(book: &Book, diagnostics: &[Diagnostic]) -> Result<(), TestCaseError> {
    let formulas = formulas(&book.document);
    let places = places(&book.document);
    for page in &book.pagination.pages {
        let mut runs: Vec<(&GlyphRun, Placed<'_>)> = Vec::new();
        let mut images: Vec<Placed<'_>> = Vec::new();
        for placed in placed(page) {
            match &placed.item.kind {
                ItemKind::Glyphs(run) => {
                    if !matches!(placed.item.owner, Owner::Node(node) if formulas.binary_search(&node).is_ok()) {
                        runs.push((run, placed));
                    }
                }
                ItemKind::Image { .. } => images.push(placed),
                ItemKind::Path { .. } | ItemKind::Rule { .. } | ItemKind::Link { .. } | ItemKind::Turned { .. } => {}
            }
        }
        runs.sort_by_key(|(_, placed)| placed.rect.origin.y);
        for (number, (run, placed)) in runs.iter().enumerate() {
            let told = |placed: &Placed<'_>| is_told(placed.item.owner, &places, diagnostics);
            let near = |(_, other): &&(&GlyphRun, Placed<'_>)| other.rect.origin.y < placed.rect.bottom();
            for (other, place) in runs[number + 1..].iter().take_while(near) {
                // Letters that follow each other may overlap a little.
                let clash = overlap(&placed.rect, &place.rect).is_some_and(|(across, down)| {
                    let (along, beside) = if placed.turned { (down, across) } else { (across, down) };
                    along > run.size.max(other.size).permille(200) && beside > Length::millipoints(200)
                });
                prop_assert!(
                    !clash || told(placed) || told(place),
                    "page {}: {:?} at {:?} runs into {:?} at {:?}",
                    page.label.text(),
                    run.text,
                    placed.rect,
                    other.text,
                    place.rect
                );
            }
            for image in &images {
                let overlap = overlap(&placed.rect, &image.rect);
                let clash = overlap.is_some_and(|(across, down)| across.min(down) > Length::pt(1));
                prop_assert!(
                    !clash || told(placed),
                    "page {}: {:?} at {:?} runs into an image at {:?}",
                    page.label.text(),
                    run.text,
                    placed.rect,
                    image.rect
                );
            }
        }
    }
    Ok(())
}

/// Pages follow each other by number and side, and none begins before the one that it follows.
fn check_order(book: &Book) -> Result<(), TestCaseError> {
    let pages = &book.pagination.pages;
    for (index, page) in pages.iter().enumerate() {
        // Where pages don't face each other, all are rectos.
        prop_assert_eq!(page.side == Side::Recto, index % 2 == 0 || !book.style.page.facing);
    }
    for numbering in [Numbering::LowerRoman, Numbering::Decimal] {
        let numbers = pages.iter().map(|page| &page.label).filter(|label| label.numbering == numbering);
        let numbers: Vec<u32> = numbers.map(|label| label.number).collect();
        prop_assert!(
            numbers.iter().copied().eq(1..=u32::try_from(numbers.len()).unwrap()),
            "{numbering:?}: {numbers:?}"
        );
    }
    let roman = pages.iter().take_while(|page| page.label.numbering == Numbering::LowerRoman).count();
    prop_assert!(pages[roman..].iter().all(|page| page.label.numbering == Numbering::Decimal));
    let starts: Vec<_> = pages.iter().filter_map(|page| page.starts_at).collect();
    // The parts of a table that is turned may all begin at its first cell.
    prop_assert!(starts.is_sorted(), "pages begin at {starts:?}");
    Ok(())
}

/// What the pages say, read back from a PDF of them, is what the document says.
fn check_words(book: &Book) -> Result<(), TestCaseError> {
    let read = Pdf::read(&pressmark::pdf::write(book).unwrap()).main_text();
    let wanted = book.document.text(Edition::Pdf);
    let (read, wanted) = (words(&read), words(&wanted));
    let at = read.iter().zip(&wanted).take_while(|(read, wanted)| read == wanted).count();
    let around = |words: &[&str]| words[at.saturating_sub(4)..(at + 4).min(words.len())].join(" ");
    prop_assert!(
        at == read.len() && at == wanted.len(),
        "word {}: the pages say\n  … {} …\nand should say\n  … {} …",
        at,
        around(&read),
        around(&wanted)
    );
    Ok(())
}

/// All that holds for every book.
fn check(sample: &Sample) -> Result<(), TestCaseError> {
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| sample.lay_out())
    };
    let (book, diagnostics) = on(1);
    let (again, same) = on(4);
    prop_assert!(book.pagination == again.pagination && book.navigation == again.navigation && diagnostics == same);
    check_order(&book)?;
    check_frames(&book, &diagnostics)?;
    check_collisions(&book, &diagnostics)?;
    check_words(&book)
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn any_manuscript_makes_whole_pages_in_order(sample in sample()) {
        check(&sample)?;
    }
}
