//! Blocks → XHTML.
//!
//! What a block is, its element and its roles say (EPUB Structural Semantics 1.1, DPUB-ARIA 1.1); how it looks is up to
//! the style sheet. Start at [`Writer::blocks`].

use std::fmt::Write as _;

use super::{Writer, shown};
use crate::document::{
    AdmonitionKind, Attributes, BibliographyEntry, Block, BlockKind, ContainerRole, Definition, Direction, Edition,
    Formula, IndexEntry, Inline, ListFigures, ListItem, ListMarks, ListNumbers, NodeId, Note, Placement, VerseLine,
};
use crate::epub::xml::{self, attribute, escape, escaped};
use crate::terms::{self, Term};

impl<'a> Writer<'a> {
    pub(super) fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks.iter().filter(|block| shown(&block.attributes)) {
            self.block(block, "", "");
        }
    }

    /// Writes blocks with generated markup before the first words and after the last ones.
    fn blocks_between(&mut self, lead: &str, blocks: &'a [Block], tail: &str) {
        let blocks: Vec<&Block> = blocks.iter().filter(|block| shown(&block.attributes)).collect();
        let is_paragraph = |block: Option<&&Block>| matches!(block.map(|b| &b.kind), Some(BlockKind::Paragraph(_)));
        let (starts, ends) = (is_paragraph(blocks.first()), is_paragraph(blocks.last()));
        if !lead.is_empty() && !starts {
            let _ = writeln!(self.out, "<p>{lead}</p>");
        }
        for (index, block) in blocks.iter().enumerate() {
            let lead = if index == 0 && starts { lead } else { "" };
            let tail = if index + 1 == blocks.len() && ends { tail } else { "" };
            self.block(block, lead, tail);
        }
        if !tail.is_empty() && !ends {
            let _ = writeln!(self.out, "<p>{tail}</p>");
        }
    }

    /// Writes a block; `lead` and `tail` are markup for the start and the end of a paragraph.
    fn block(&mut self, block: &'a Block, lead: &str, tail: &str) {
        self.previous = None;
        match &block.kind {
            BlockKind::Heading { level, content, .. } => self.heading(block, *level, content),
            BlockKind::Paragraph(content) => {
                self.open("p", block, "", "");
                self.out.push_str(lead);
                self.inlines(content);
                self.out.push_str(tail);
                self.out.push_str("</p>\n");
            }
            BlockKind::Figure { image, caption } => {
                let fills = block.attributes.placement == Some(Placement::FullBleed);
                self.open("figure", block, if fills { "full-page" } else { "" }, "");
                self.breaks_before(block.id);
                if let Some(markup) = self.image_markup(block.id, image) {
                    self.out.push_str(&markup);
                } else {
                    let tag = if image.diagram.is_some() { "pre" } else { "p" };
                    let words = escaped(image.stand_in());
                    let _ = write!(self.out, "<{tag} class=\"missing generated\">{words}</{tag}>");
                }
                self.out.push('\n');
                self.caption("figcaption", block.id, &block.attributes, caption);
                self.out.push_str("</figure>\n");
            }
            BlockKind::FigureGroup { blocks, columns, caption } => {
                self.open("figure", block, "group", &self.details(block.id));
                let _ = writeln!(self.out, "\n<div class=\"panels columns-{}\">", (*columns).clamp(1, 6));
                self.blocks(blocks);
                self.out.push_str("</div>\n");
                self.caption("figcaption", block.id, &block.attributes, caption);
                self.out.push_str("</figure>\n");
            }
            BlockKind::Quote(blocks) => {
                self.open("blockquote", block, "", "");
                self.out.push('\n');
                self.quoted(blocks);
                self.out.push_str("</blockquote>\n");
            }
            BlockKind::List { start, numbers, tight, items } => {
                self.list(block, start.map(|first| (first, *numbers)), *tight, items);
            }
            BlockKind::DefinitionList(definitions) => self.definitions(block, definitions),
            BlockKind::Code(code) => self.code_block(block, code),
            BlockKind::Verse(lines) => self.verse(block, lines),
            BlockKind::Break => {
                self.breaks_before(block.id);
                self.out.push_str("<hr");
                self.attributes(block.id, &block.attributes, "");
                self.out.push_str("/>\n");
            }
            // Of use in print only; what leads here must still find it.
            BlockKind::PageBreak => {
                if self.places.ids.contains_key(&block.id) {
                    self.open("div", block, "", "");
                    self.out.push_str("</div>\n");
                }
            }
            BlockKind::Table(table) => self.table(block, table),
            BlockKind::Formula(formula) => self.formula_block(block, formula),
            BlockKind::Admonition { kind, title, blocks } => self.admonition(block, *kind, title, blocks),
            BlockKind::Container { role, title, blocks } => self.container(block, *role, title, blocks),
            BlockKind::Bibliography(entries) => self.bibliography(block, entries),
            BlockKind::Index(entries) => self.index(block, entries),
        }
    }

    /// Opens the element of a block; `semantics` is markup for more attributes, empty or starting with a space.
    pub(super) fn open(&mut self, tag: &str, block: &Block, class: &str, semantics: &str) {
        let _ = write!(self.out, "<{tag}");
        self.attributes(block.id, &block.attributes, class);
        let _ = write!(self.out, "{semantics}>");
    }

    /// Writes the attributes that any node can have: identifier, class, language, direction.
    pub(super) fn attributes(&mut self, id: NodeId, attributes: &Attributes, class: &str) {
        self.names(id, attributes, class);
        self.direction(self.book.facts.directions.change(id));
    }

    /// Writes a direction, where there is one to be told.
    pub(super) fn direction(&mut self, direction: Option<Direction>) {
        if let Some(direction) = direction {
            attribute("dir", direction.name(), &mut self.out);
        }
    }

    /// Writes identifier, class and language.
    pub(super) fn names(&mut self, id: NodeId, attributes: &Attributes, class: &str) {
        if let Some(id) = self.places.ids.get(&id) {
            attribute("id", id, &mut self.out);
        }
        // What print does not have is told, for those who compare the editions.
        let own = if attributes.edition == Some(Edition::Epub) { "ebook-only" } else { "" };
        let classes = [class, own].map(str::trim).join(" ");
        if !classes.trim().is_empty() {
            attribute("class", classes.trim(), &mut self.out);
        }
        self.language(attributes.language.as_deref());
    }

    /// Writes what a node is called by number, and the space that parts it from the words that follow. A page that starts
    /// with the words starts with the number.
    fn number(&mut self, attributes: &Attributes, words: &'a [Inline]) {
        if let Some(number) = &attributes.number {
            self.breaks_before_first(words);
            self.out.push_str("<span class=\"number generated\">");
            self.upright(number);
            self.out.push_str("\u{2002}</span>");
        }
    }

    /// Writes number and caption of the block `id` where there is one or the other.
    pub(super) fn caption(&mut self, tag: &str, id: NodeId, attributes: &Attributes, caption: &'a [Inline]) {
        if caption.is_empty() && attributes.number.is_none() {
            return;
        }
        self.previous = None;
        let _ = write!(self.out, "<{tag}");
        self.direction(self.book.facts.directions.words(id));
        self.out.push('>');
        self.number(attributes, caption);
        self.inlines(caption);
        let _ = writeln!(self.out, "</{tag}>");
    }

    /// Writes number and title, or the words that stand in for a title; nothing where there is none of them.
    fn title(&mut self, tag: &str, block: &Block, title: &'a [Inline], stand_in: &str) {
        let attributes = &block.attributes;
        if title.is_empty() && stand_in.is_empty() && attributes.number.is_none() {
            return;
        }
        self.previous = None;
        let _ = write!(self.out, "<{tag} class=\"box-title\"");
        self.direction(self.book.facts.directions.words(block.id));
        self.out.push('>');
        self.number(attributes, title);
        if title.is_empty() && !stand_in.is_empty() {
            let _ = write!(self.out, "<span class=\"generated\">{}</span>", escaped(stand_in));
        }
        self.inlines(title);
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn heading(&mut self, block: &'a Block, level: u8, content: &'a [Inline]) {
        while self.ranks.last().is_some_and(|&rank| rank >= level) {
            self.ranks.pop();
        }
        self.ranks.push(level);
        let tag = format!("h{}", self.ranks.len().min(6));
        let opens = if self.book.facts.directions.opens_turned(block.id) { " opens-turned" } else { "" };
        self.open(&tag, block, &format!("heading-{level}{opens}"), "");
        self.number(&block.attributes, content);
        self.inlines(content);
        let _ = writeln!(self.out, "</{tag}>");
    }

    /// What is quoted; a last paragraph that says who is quoted stands apart.
    fn quoted(&mut self, blocks: &'a [Block]) {
        match blocks.split_last() {
            Some((Block { kind: BlockKind::Paragraph(content), .. }, quoted))
                if !quoted.is_empty() && blocks[quoted.len()].is_attribution() =>
            {
                self.blocks(quoted);
                let last = &blocks[quoted.len()];
                if shown(&last.attributes) {
                    self.previous = None;
                    self.open("p", last, "attribution", "");
                    self.inlines(content);
                    self.out.push_str("</p>\n");
                }
            }
            Some(_) | None => self.blocks(blocks),
        }
    }

    fn list(&mut self, block: &Block, start: Option<(u64, ListNumbers)>, tight: bool, items: &'a [ListItem]) {
        let tag = if start.is_some() { "ol" } else { "ul" };
        let _ = write!(self.out, "<{tag}");
        let numbers = start.map_or_else(ListNumbers::default, |(_, numbers)| numbers);
        let marks = match numbers.marks {
            ListMarks::Period => "",
            ListMarks::Parenthesis => "one-bracket",
            ListMarks::Parentheses => "two-brackets",
        };
        self.attributes(block.id, &block.attributes, &[if tight { "tight" } else { "" }, marks].join(" "));
        self.out.push_str(match numbers.figures {
            ListFigures::Decimal => "",
            ListFigures::LowerAlpha => " type=\"a\"",
            ListFigures::UpperAlpha => " type=\"A\"",
            ListFigures::LowerRoman => " type=\"i\"",
            ListFigures::UpperRoman => " type=\"I\"",
        });
        if let Some(first) = start.map(|(first, _)| first).filter(|&first| first != 1) {
            // A browser counts in 32 bits (HTML, "rules for parsing integers").
            let _ = write!(self.out, " start=\"{}\"", first.min(2_147_483_647));
        }
        self.out.push_str(">\n");
        for item in items {
            let lead = match item.done {
                None => "",
                Some(false) => "<span class=\"task-marker generated\">\u{2610}\u{a0}</span>",
                Some(true) => "<span class=\"task-marker generated\">\u{2611}\u{a0}</span>",
            };
            self.out.push_str(if item.done.is_some() { "<li class=\"task\"" } else { "<li" });
            self.direction(self.book.facts.directions.change(item.id));
            self.out.push('>');
            self.blocks_between(lead, &item.blocks, "");
            self.out.push_str("</li>\n");
        }
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn definitions(&mut self, block: &Block, definitions: &'a [Definition]) {
        self.open("dl", block, "", "");
        self.out.push('\n');
        for (index, definition) in definitions.iter().enumerate() {
            self.previous = None;
            self.out.push_str("<dt");
            self.attributes(definition.id, &definition.attributes, "");
            self.out.push_str(if self.in_glossary { " epub:type=\"glossterm\"><dfn>" } else { ">" });
            self.inlines(&definition.term);
            self.out.push_str(if self.in_glossary { "</dfn></dt>\n" } else { "</dt>\n" });
            for meaning in &definition.meanings {
                self.out.push_str("<dd");
                self.language(definition.attributes.language.as_deref());
                self.direction(self.book.facts.directions.change(definition.id));
                self.out.push_str(if self.in_glossary { " epub:type=\"glossdef\">" } else { ">" });
                self.blocks(&meaning.blocks);
                self.out.push_str("</dd>\n");
            }
            if definition.meanings.is_empty() && index + 1 == definitions.len() {
                // Terms share the meanings that follow; the last has one in HTML, if an empty one.
                self.out.push_str("<dd></dd>\n");
            }
        }
        self.out.push_str("</dl>\n");
    }

    /// Stanzas of lines, each of which hangs where it is too long for the screen.
    fn verse(&mut self, block: &Block, lines: &'a [VerseLine]) {
        self.open("div", block, "verse", "");
        self.out.push('\n');
        for stanza in lines.split(|line| line.content.is_empty()).filter(|stanza| !stanza.is_empty()) {
            self.out.push_str("<div class=\"stanza\">\n");
            for line in stanza {
                self.previous = None;
                self.out.push_str("<p");
                if line.indent > 0 {
                    // A space of the manuscript is half an em, as in print.
                    let tenths = u32::from(line.indent) * 5;
                    let indent = format!("{}.{}em", tenths / 10, tenths % 10);
                    let side = if self.book.document.metadata.vertical { "top" } else { "left" };
                    let _ = write!(self.out, " style=\"margin-{side}: {indent}; margin-inline: {indent} 0\"");
                }
                self.out.push('>');
                self.inlines(&line.content);
                self.out.push_str("</p>\n");
            }
            self.out.push_str("</div>\n");
        }
        self.out.push_str("</div>\n");
    }

    fn formula_block(&mut self, block: &Block, formula: &Formula) {
        self.breaks_before(block.id);
        let class = if block.attributes.number.is_some() { "formula numbered generated" } else { "formula generated" };
        self.open("div", block, class, &self.details(block.id));
        let markup = self.formula_markup(block.id, formula);
        self.out.push_str(&markup);
        if let Some(number) = &block.attributes.number {
            let _ = write!(self.out, "<span class=\"equation-number\">{}</span>", escaped(number));
        }
        self.out.push_str("</div>\n");
    }

    /// A formula as MathML; its source where it was not understood.
    pub(super) fn formula_markup(&self, id: NodeId, formula: &Formula) -> String {
        match self.book.facts.formulas.get(&id) {
            Some(formula) => formula.mathml(),
            None => format!("<code>{}</code>", escaped(&formula.tex)),
        }
    }

    fn admonition(&mut self, block: &Block, kind: AdmonitionKind, title: &'a [Inline], blocks: &'a [Block]) {
        let (tag, class, semantics, word) = match kind {
            AdmonitionKind::Note => ("aside", "note", " role=\"note\"", Term::Note),
            AdmonitionKind::Tip => ("aside", "tip", " epub:type=\"tip\" role=\"doc-tip\"", Term::Tip),
            AdmonitionKind::Important => ("section", "important", NOTICE, Term::Important),
            AdmonitionKind::Warning => ("section", "warning", NOTICE, Term::Warning),
            AdmonitionKind::Caution => ("section", "caution", NOTICE, Term::Caution),
        };
        let language = block.attributes.language.as_deref().unwrap_or(&self.book.document.metadata.language);
        self.open(tag, block, &format!("admonition {class}"), semantics);
        self.out.push('\n');
        self.title("p", block, title, terms::term(word, language));
        self.blocks(blocks);
        let _ = writeln!(self.out, "</{tag}>");
    }

    fn container(&mut self, block: &Block, role: ContainerRole, title: &'a [Inline], blocks: &'a [Block]) {
        let (tag, class, semantics) = match role {
            ContainerRole::Plain => ("div", "", ""),
            ContainerRole::Epigraph => ("div", "epigraph", " epub:type=\"epigraph\" role=\"doc-epigraph\""),
            ContainerRole::Dedication => ("section", "dedication", " epub:type=\"dedication\" role=\"doc-dedication\""),
            ContainerRole::Aside => ("aside", "sidebar", " epub:type=\"sidebar\" role=\"note\""),
            ContainerRole::Details => ("details", "", ""),
            ContainerRole::Description => ("details", "description", ""),
            ContainerRole::Centered => ("div", "centered", ""),
            ContainerRole::End => ("div", "end", ""),
            ContainerRole::Glossary => ("section", "glossary", " epub:type=\"glossary\" role=\"doc-glossary\""),
        };
        self.open(tag, block, class, semantics);
        self.out.push('\n');
        self.title(if tag == "details" { "summary" } else { "p" }, block, title, "");
        let around = self.in_glossary;
        self.in_glossary |= role == ContainerRole::Glossary;
        if role == ContainerRole::Epigraph {
            self.quoted(blocks);
        } else {
            self.blocks_between("", blocks, &self.way_back(block.id));
        }
        self.in_glossary = around;
        let _ = writeln!(self.out, "</{tag}>");
    }

    /// From a description back to what it describes; nothing for any other block.
    fn way_back(&self, node: NodeId) -> String {
        let mut markup = String::new();
        if let Some(id) = self.described.get(&node).and_then(|described| self.places.ids.get(described)) {
            markup.push_str("<a class=\"backlink generated\" role=\"doc-backlink\"");
            attribute("href", &format!("#{}", xml::percent_encode(id)), &mut markup);
            markup.push_str(">\u{a0}\u{2191}</a>");
        }
        markup
    }

    fn bibliography(&mut self, block: &Block, entries: &'a [BibliographyEntry]) {
        self.open("section", block, "bibliography", " epub:type=\"bibliography\" role=\"doc-bibliography\"");
        self.out.push_str("\n<ul>\n");
        for entry in entries {
            self.previous = None;
            self.out.push_str("<li");
            self.attributes(entry.id, &Attributes::default(), "");
            self.out.push('>');
            if !entry.marker.is_empty() {
                let _ = write!(self.out, "<span class=\"marker generated\">{}\u{2002}</span>", escaped(&entry.marker));
            }
            self.inlines(&entry.content);
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ul>\n</section>\n");
    }

    /// Nested lists of terms, each with links to its marks, which are called by their print pages.
    fn index(&mut self, block: &Block, entries: &'a [IndexEntry]) {
        self.open("section", block, "index", " epub:type=\"index\" role=\"doc-index\"");
        self.out.push('\n');
        let mut depth = None;
        for entry in entries {
            self.previous = None;
            let deepest = depth.map_or(0, |depth: u8| depth.saturating_add(1));
            let own = entry.depth.min(deepest);
            match depth {
                Some(above) if own <= above => {
                    self.out.push_str("</li>\n");
                    for _ in own..above {
                        self.out.push_str("</ul></li>\n");
                    }
                }
                Some(_) | None => self.out.push_str("<ul>\n"),
            }
            depth = Some(own);
            self.out.push_str("<li");
            self.attributes(entry.id, &Attributes::default(), "");
            self.out.push('>');
            self.inlines(&entry.content);
            self.locators(&entry.marks, entry.content.is_empty());
        }
        if let Some(depth) = depth {
            self.out.push_str("</li>\n");
            for _ in 0..depth {
                self.out.push_str("</ul></li>\n");
            }
            self.out.push_str("</ul>\n");
        }
        self.out.push_str("</section>\n");
    }

    /// Writes a link to each of `marks`, a page of print named once, behind the term where there is one.
    fn locators(&mut self, marks: &[u32], alone: bool) {
        let comma = format!("{} ", terms::comma(&self.book.document.metadata.language));
        let mut markup = String::new();
        let mut last = None;
        for node in marks.iter().filter_map(|ordinal| self.marks.get(ordinal)) {
            let label = self.page_label(*node);
            let Some(address) = self.places.address(*node) else { continue };
            if label.is_some() && label == last {
                continue;
            }
            markup.push_str(if markup.is_empty() && alone { "" } else { &comma });
            markup.push_str("<a");
            attribute("href", &address, &mut markup);
            markup.push('>');
            escape(label.as_deref().unwrap_or(super::NO_PAGE), &mut markup);
            markup.push_str("</a>");
            last = label;
        }
        if !markup.is_empty() {
            let _ = write!(self.out, "<span class=\"locators generated\">{markup}</span>");
        }
    }

    /// Writes a note with its number and its ways back: beside the text, or `gathered` in a list. The list's items are items
    /// and nothing else (DPUB-ARIA 1.1 gives up `doc-endnote`); what is in them is a note that readers can show above the
    /// text.
    pub(super) fn note(&mut self, note: &'a Note, gathered: bool) {
        let Some(ids) = self.notes.get(&note.id) else { return };
        self.out.push_str(if gathered { "<li><div" } else { "<aside" });
        attribute("id", &ids.note, &mut self.out);
        if let Some(direction) = self.book.facts.directions.change(note.id) {
            attribute("dir", direction.name(), &mut self.out);
        }
        self.out.push_str(" epub:type=\"footnote\" role=\"doc-footnote\">\n");
        let number = self.book.facts.note_numbers.get(&note.id).copied().unwrap_or_default();
        let vertical = self.book.document.metadata.vertical;
        let figures = if vertical { format!("<span class=\"upright\">{number}</span>") } else { number.to_string() };
        let lead = format!("<span class=\"note-number generated\">{figures}\u{2002}</span>");
        let mut tail = String::new();
        for (reference, file) in &ids.references {
            tail.push_str("<a class=\"backlink generated\" role=\"doc-backlink\"");
            attribute("href", &self.places.address_from(self.number, *file, reference), &mut tail);
            tail.push_str(">\u{a0}\u{2191}</a>");
        }
        self.blocks_between(&lead, &note.blocks, &tail);
        self.out.push_str(if gathered { "</div></li>\n" } else { "</aside>\n" });
    }
}

/// What says that a block warns.
const NOTICE: &str = " epub:type=\"notice\" role=\"doc-notice\"";
