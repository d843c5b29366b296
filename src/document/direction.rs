//! Which way text reads, the same for both editions.
//!
//! The author's word comes first (`dir`, then a language), around a block as on it; where there is none, the letters say.
//! It knows nothing of pages or of markup. Start at [`Directions::of`].

use std::collections::{BTreeMap, BTreeSet};

use unicode_bidi::{BidiClass, bidi_class};

use super::{
    Attributes, Block, BlockKind, CodeBlock, Direction, Document, Inline, InlineKind, Metadata, NodeId, Part,
    plain_text,
};

/// The scripts that are written from right to left (ISO 15924), in lower case and sorted.
const SCRIPTS: [&str; 41] = [
    "adlm", "arab", "aran", "armi", "avst", "chrs", "cprt", "elym", "gara", "hatr", "hebr", "hung", "khar", "lydi",
    "mand", "mani", "mend", "merc", "mero", "narb", "nbat", "nkoo", "orkh", "ougr", "palm", "phli", "phlp", "phnx",
    "prti", "rohg", "samr", "sarb", "sogd", "sogo", "syrc", "syre", "syrj", "syrn", "thaa", "todr", "yezi",
];

/// The languages that are usually written in one of these scripts (CLDR, likely subtags), sorted.
const LANGUAGES: [&str; 45] = [
    "aao", "acm", "acq", "acw", "aeb", "aec", "afb", "ajp", "apc", "apd", "ar", "arb", "arc", "arq", "ars", "ary",
    "arz", "azb", "bal", "bqi", "ckb", "dv", "fa", "glk", "hbo", "he", "iw", "ji", "ks", "lrc", "mzn", "nqo", "pes",
    "pnb", "prs", "ps", "rhg", "sd", "skr", "syr", "ug", "ur", "ydd", "yi", "zdj",
];

/// Languages that are written in one of these scripts in one country only.
const REGIONS: [(&str, &str); 7] =
    [("az", "ir"), ("kk", "cn"), ("ku", "iq"), ("ku", "ir"), ("ky", "cn"), ("pa", "pk"), ("uz", "af")];

impl Direction {
    /// How the language `tag` (BCP 47) is written: by its script where it names one, else as the language usually is.
    /// `None` where it names no language: `und`, `mul`, `zxx`, or a private one.
    #[must_use]
    pub fn of_language(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase();
        let mut subtags = tag.split(['-', '_']);
        let language = subtags.next().filter(|language| matches!(language.len(), 2..=8))?;
        let rest: Vec<&str> = subtags.take_while(|subtag| subtag.len() > 1).collect();
        let script =
            rest.iter().find(|subtag| subtag.len() == 4 && subtag.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let backwards = match script {
            Some(script) => SCRIPTS.binary_search(script).is_ok(),
            None if matches!(language, "und" | "mul" | "zxx" | "mis") => return None,
            None => {
                LANGUAGES.binary_search(&language).is_ok()
                    || rest.iter().any(|region| REGIONS.contains(&(language, *region)))
            }
        };
        Some(if backwards { Self::RightToLeft } else { Self::LeftToRight })
    }

    /// How `text` reads among text that reads as `around`: so too, unless it has strong characters (UAX 9) and all of them
    /// read the other way. Linear up to the first that reads as `around`.
    #[must_use]
    pub fn of_text(text: &str, around: Self) -> Self {
        let mut letters = Letters { around, others: false };
        letters.text(text);
        letters.direction()
    }

    /// Whether it is from right to left.
    #[must_use]
    pub fn is_right_to_left(self) -> bool {
        self == Self::RightToLeft
    }

    /// The other one.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::LeftToRight => Self::RightToLeft,
            Self::RightToLeft => Self::LeftToRight,
        }
    }

    /// What HTML and EPUB call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }
}

impl CodeBlock {
    /// Which way its title reads: as its lines do, unless all its letters read the other way.
    #[must_use]
    pub fn title_reads(&self) -> Direction {
        Direction::of_text(&plain_text(&self.title), Direction::LeftToRight)
    }

    /// The number of its first line, if its lines are numbered: as the author says, else, where `by_default`, if there is more
    /// than one.
    #[must_use]
    pub fn numbered_from(&self, by_default: bool) -> Option<u32> {
        let several = || self.text.lines().nth(1).is_some();
        self.first_number.or_else(|| (by_default && !self.unnumbered && several()).then_some(1))
    }
}

impl Metadata {
    /// Which way the book reads, and so the side on which it is bound: what is said, else as its language is written.
    #[must_use]
    pub fn reads(&self) -> Direction {
        self.direction.or_else(|| Direction::of_language(&self.language)).unwrap_or_default()
    }
}

/// The directions of a document's nodes, where they are not those of what is around them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directions {
    nodes: BTreeMap<NodeId, Direction>,
    words: BTreeMap<NodeId, Direction>,
    openings: BTreeSet<NodeId>,
}

impl Directions {
    /// Finds the direction of every block, item, definition, cell, note and work, and of every inline that has one of its
    /// own. Linear in the text, but for stretches without letters.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        let mut found = Self::default();
        let around = Around { direction: document.metadata.reads(), said: false };
        for division in &document.divisions {
            found.blocks(&division.blocks, around);
            for note in &division.notes {
                let own = found.settle(note.id, &Attributes::default(), around, |letters| letters.blocks(&note.blocks));
                found.blocks(&note.blocks, own);
            }
        }
        found
    }

    /// The direction of `node`, where it is not that of its parent: of a note and a division's blocks, the book. Of a
    /// block of code it is that of its lines; of an inline, one that sets it apart from the text around.
    #[must_use]
    pub fn change(&self, node: NodeId) -> Option<Direction> {
        self.nodes.get(&node).copied()
    }

    /// Whether the heading `node` is turned, and so is the text below it: then it begins where that does, and else where
    /// what is around it does.
    #[must_use]
    pub fn opens_turned(&self, node: NodeId) -> bool {
        self.openings.contains(&node)
    }

    /// The direction of the title or the caption of the block `node`, where it is not the block's; of the caption of a
    /// block of code, where it is not that of what is around the block.
    #[must_use]
    pub fn words(&self, node: NodeId) -> Option<Direction> {
        self.words.get(&node).copied()
    }

    /// The direction of a node: as the author says, on it or around it, else as its letters read.
    fn settle(
        &mut self,
        node: NodeId,
        attributes: &Attributes,
        around: Around,
        find: impl FnOnce(&mut Letters) -> bool,
    ) -> Around {
        let own = around.within(attributes, find);
        if own.direction != around.direction {
            self.nodes.insert(node, own.direction);
        }
        own
    }

    fn blocks(&mut self, blocks: &[Block], around: Around) {
        for block in blocks {
            self.block(block, around);
        }
        let mut text_is_turned = false;
        for block in blocks.iter().rev().filter(|block| !matches!(block.kind, BlockKind::Code(_))) {
            let is_turned = self.nodes.contains_key(&block.id);
            if !matches!(block.kind, BlockKind::Heading { .. }) {
                text_is_turned = is_turned;
            } else if is_turned && text_is_turned {
                self.openings.insert(block.id);
            }
        }
    }

    fn block(&mut self, block: &Block, around: Around) {
        let Block { id, attributes, kind, .. } = block;
        if let BlockKind::Code(code) = kind {
            if around.direction.is_right_to_left() {
                self.nodes.insert(*id, Direction::LeftToRight);
            }
            let own = around.within(attributes, |letters| letters.number(attributes) || letters.inlines(&code.caption));
            if own.direction != around.direction {
                self.words.insert(*id, own.direction);
            }
            self.inlines(&code.title, code.title_reads());
            self.inlines(&code.caption, own.direction);
            return;
        }
        let own = self.settle(*id, attributes, around, |letters| letters.block(block));
        match kind {
            BlockKind::Heading { content, .. }
            | BlockKind::Paragraph(content)
            | BlockKind::Figure { caption: content, .. } => self.inlines(content, own.direction),
            BlockKind::FigureGroup { blocks, caption: words, .. }
            | BlockKind::Admonition { title: words, blocks, .. }
            | BlockKind::Container { title: words, blocks, .. } => {
                self.say(*id, words, attributes, own);
                self.blocks(blocks, own);
            }
            BlockKind::Quote(blocks) => self.blocks(blocks, own),
            BlockKind::List { items, .. } => {
                for item in items {
                    let own = self.settle(item.id, &Attributes::default(), own, |letters| letters.blocks(&item.blocks));
                    self.blocks(&item.blocks, own);
                }
            }
            BlockKind::DefinitionList(definitions) => {
                for definition in definitions {
                    let own = self.settle(definition.id, &definition.attributes, own, |letters| {
                        letters.inlines(&definition.term)
                            || definition.meanings.iter().any(|meaning| letters.blocks(&meaning.blocks))
                    });
                    self.inlines(&definition.term, own.direction);
                    for meaning in &definition.meanings {
                        self.blocks(&meaning.blocks, own);
                    }
                }
            }
            BlockKind::Verse(lines) => {
                for line in lines {
                    self.inlines(&line.content, own.direction);
                }
            }
            BlockKind::Table(table) => {
                self.say(*id, &table.caption, attributes, own);
                for cell in table.head.iter().chain(&table.rows).flat_map(|row| &row.cells) {
                    let own = self.settle(cell.id, &Attributes::default(), own, |letters| letters.blocks(&cell.blocks));
                    self.blocks(&cell.blocks, own);
                }
            }
            BlockKind::Bibliography(works) => {
                for work in works {
                    let own =
                        self.settle(work.id, &Attributes::default(), own, |letters| letters.inlines(&work.content));
                    self.inlines(&work.content, own.direction);
                }
            }
            BlockKind::Index(lines) => {
                for line in lines {
                    self.inlines(&line.content, own.direction);
                }
            }
            BlockKind::Code(_) | BlockKind::Break | BlockKind::PageBreak | BlockKind::Formula(_) => {}
        }
    }

    /// Finds the direction of the words over or below a block that reads as `own`.
    fn say(&mut self, block: NodeId, words: &[Inline], attributes: &Attributes, own: Around) {
        let said = own.within(&Attributes::default(), |letters| letters.number(attributes) || letters.inlines(words));
        if said.direction != own.direction {
            self.words.insert(block, said.direction);
        }
        self.inlines(words, said.direction);
    }

    /// What the author sets apart, and code, which always reads from left to right.
    fn inlines(&mut self, inlines: &[Inline], around: Direction) {
        for inline in inlines {
            let is_code = matches!(inline.kind, InlineKind::Code(_)) && around.is_right_to_left();
            let own = inline.attributes.direction.or(is_code.then_some(Direction::LeftToRight));
            if let Some(own) = own {
                self.nodes.insert(inline.id, own);
            }
            self.inlines(inline.children(), own.unwrap_or(around));
        }
    }
}

/// How the text around something reads.
#[derive(Clone, Copy)]
struct Around {
    direction: Direction,
    /// Whether the author says so, and the letters have no say.
    said: bool,
}

impl Around {
    fn within(self, attributes: &Attributes, find: impl FnOnce(&mut Letters) -> bool) -> Self {
        let language = || attributes.language.as_deref().and_then(Direction::of_language);
        match attributes.direction.or_else(language) {
            Some(direction) => Self { direction, said: true },
            None if self.said => self,
            None => {
                let mut letters = Letters { around: self.direction, others: false };
                find(&mut letters);
                Self { direction: letters.direction(), said: false }
            }
        }
    }
}

/// Looks for strong characters. Each search is true as soon as it has met one that reads as the text around.
struct Letters {
    around: Direction,
    /// Whether one was met that does not.
    others: bool,
}

impl Letters {
    fn direction(&self) -> Direction {
        if self.others { self.around.turned() } else { self.around }
    }

    fn text(&mut self, text: &str) -> bool {
        let found = text.chars().any(|character| {
            let own = match character {
                'A'..='Z' | 'a'..='z' => Direction::LeftToRight,
                '\0'..='\u{7f}' => return false,
                _ => {
                    let class = bidi_class(character);
                    if matches!(class, BidiClass::R | BidiClass::AL) {
                        Direction::RightToLeft
                    } else if class == BidiClass::L {
                        Direction::LeftToRight
                    } else {
                        return false;
                    }
                }
            };
            self.others |= own != self.around;
            own == self.around
        });
        self.others &= !found;
        found
    }

    fn number(&mut self, attributes: &Attributes) -> bool {
        attributes.number.as_deref().is_some_and(|number| self.text(number))
    }

    /// Words count; code, formulas and what an image shows do not.
    fn inlines(&mut self, inlines: &[Inline]) -> bool {
        inlines.iter().any(|inline| {
            if let InlineKind::Text(words) = &inline.kind { self.text(words) } else { self.inlines(inline.children()) }
        })
    }

    fn blocks(&mut self, blocks: &[Block]) -> bool {
        blocks.iter().any(|block| self.block(block))
    }

    /// The words of a block; of a table, those of its cells.
    fn block(&mut self, block: &Block) -> bool {
        let skipped = usize::from(matches!(block.kind, BlockKind::Table(_)));
        let mut parts = block.parts().into_iter().skip(skipped);
        skipped == 0 && self.number(&block.attributes)
            || parts.any(|part| match part {
                Part::Inlines(inlines) => self.inlines(inlines),
                Part::Blocks(blocks) => self.blocks(blocks),
                Part::Code(_) => false,
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{LeftToRight as Ltr, RightToLeft as Rtl};

    #[test]
    fn the_lists_are_sorted() {
        assert!(SCRIPTS.is_sorted() && LANGUAGES.is_sorted() && REGIONS.is_sorted());
    }

    #[test]
    fn a_script_says_more_than_a_language() {
        for (tag, direction) in [
            ("ar", Some(Rtl)),
            ("AR-eg", Some(Rtl)),
            ("he", Some(Rtl)),
            ("fa_IR", Some(Rtl)),
            ("ckb", Some(Rtl)),
            ("az-Arab", Some(Rtl)),
            ("pa-PK", Some(Rtl)),
            ("pa", Some(Ltr)),
            ("ar-Latn", Some(Ltr)),
            ("yi-Latn-US", Some(Ltr)),
            ("und-Hebr", Some(Rtl)),
            ("en-x-arab", Some(Ltr)),
            ("en", Some(Ltr)),
            ("und", None),
            ("x-klingon", None),
            ("", None),
        ] {
            assert_eq!(Direction::of_language(tag), direction, "{tag}");
        }
    }

    /// A document of one paragraph within a quote, with what is said of each.
    fn quoted(book: &str, quote: Attributes, paragraph: Attributes, words: &str) -> Document {
        let inline = Inline {
            id: NodeId::UNNAMED,
            span: crate::diagnostics::Span::default(),
            attributes: Attributes::default(),
            kind: InlineKind::Text(words.to_owned()),
        };
        let block = |attributes, kind| Block { id: NodeId::UNNAMED, span: inline.span, attributes, kind };
        let inner = block(paragraph, BlockKind::Paragraph(vec![inline.clone()]));
        let outer = block(quote, BlockKind::Quote(vec![inner]));
        let divisions = vec![super::super::Division { blocks: vec![outer], ..super::super::Division::default() }];
        let mut document =
            Document { metadata: Metadata { language: book.to_owned(), ..Metadata::default() }, divisions };
        document.name_nodes();
        document
    }

    #[test]
    fn the_author_s_word_holds_for_what_is_within_and_the_nearest_one_counts() {
        let said = |direction: Option<Direction>, language: &str| Attributes {
            direction,
            language: Some(language.into()).filter(|_| !language.is_empty()),
            ..Attributes::default()
        };
        let plain = || said(None, "");
        for (book, quote, paragraph, words, expected) in [
            ("he", plain(), plain(), "words", (Some(Ltr), None)),
            ("en", plain(), plain(), "words", (None, None)),
            ("en", said(None, "he"), plain(), "words", (Some(Rtl), None)),
            ("en", said(None, "he"), said(None, "fr"), "מילים", (Some(Rtl), Some(Ltr))),
            ("en", said(Some(Rtl), "fr"), plain(), "words", (Some(Rtl), None)),
            ("he", said(None, "und"), plain(), "words", (Some(Ltr), None)),
            ("he", plain(), said(Some(Rtl), ""), "words", (Some(Ltr), Some(Rtl))),
        ] {
            let directions = Directions::of(&quoted(book, quote.clone(), paragraph, words));
            let change = |index| directions.change(NodeId { division: 0, index });
            assert_eq!((change(0), change(1)), expected, "{book}, {quote:?}, {words}");
        }
    }

    #[test]
    fn text_turns_only_where_no_letter_reads_as_what_is_around() {
        for (text, around, direction) in [
            ("words", Ltr, Ltr),
            ("מילים", Ltr, Rtl),
            ("مثل word", Ltr, Ltr),
            ("word مثل", Rtl, Rtl),
            ("words", Rtl, Ltr),
            ("1, 2 – ٣!", Rtl, Rtl),
            ("1, 2 – ٣!", Ltr, Ltr),
            ("漢字", Rtl, Ltr),
            ("", Rtl, Rtl),
        ] {
            assert_eq!(Direction::of_text(text, around), direction, "{text}");
        }
    }
}
