//! Raw HTML → the blocks and inlines that its common elements are; what else there is shows its text.
//!
//! Knows what each element means; `html` takes the text apart. An element of blocks is a container on the builder's
//! stack, so that Markdown may stand in it. Start at [`Builder::html_block`] and [`Builder::inline_html`].

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag as MarkdownTag};

use super::blocks::caption_of;
use super::divs::{Made, Role};
use super::html::{self, Piece, Tag};
use super::inline::{roles, unmarked};
use super::tables::{self, HtmlTable};
use super::tree::{Builder, Frame, MAX_DEPTH, Open, block, inline};
use crate::document::{
    Attributes, Block, BlockKind, Cell, CodeBlock, ContainerRole, Definition, Edition, Image, Inline, InlineKind,
    ListFigures, ListItem, ListNumbers, Meaning, NodeId, Placement, Row, SpanRole, plain_text,
};

/// An element of blocks, and what it has gathered.
pub(super) enum Element {
    /// Nothing but what is in it, unless it has attributes.
    Group,
    Container(ContainerRole),
    Quote,
    List {
        start: Option<u64>,
        numbers: ListNumbers,
        items: Vec<ListItem>,
    },
    Item,
    Definitions(Vec<Definition>),
    Term,
    Meaning,
    Figure,
    /// The title or caption of what it stands in.
    Caption,
    Heading(u8),
    Preformatted {
        language: String,
        text: String,
    },
    Table(HtmlTable),
    Row(Vec<Cell>),
    Cell(Cell),
    /// An mdBook's listing.
    Listing {
        title: Vec<Inline>,
        number: Option<String>,
    },
}

/// An element within a line.
pub(super) struct InlineElement {
    /// Its name in lower case.
    name: String,
    kind: InlineRole,
}

impl InlineElement {
    /// Whether it is a link.
    pub(super) fn is_link(&self) -> bool {
        matches!(self.kind, InlineRole::Link { .. })
    }

    fn is_code(&self) -> bool {
        matches!(self.kind, InlineRole::Code)
    }
}

enum InlineRole {
    Wrap(fn(Vec<Inline>) -> InlineKind),
    Span(SpanRole),
    Code,
    Link {
        address: String,
        title: String,
    },
    Abbreviation(String),
    /// In quotation marks.
    Quoted,
}

/// Elements whose end may be left out (HTML, 13.1.2.4).
const OPTIONAL_END: [&str; 9] = ["p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead"];

impl Builder<'_> {
    pub(super) fn html_line(&mut self, line: &str, range: Range<usize>) {
        if let Open::Html { text, lines } = &mut self.top().open {
            lines.push((text.len(), range.start));
            text.push_str(line);
        } else {
            self.html_block(line, &[(0, range.start)]);
        }
    }

    /// Adds what a block of HTML is or shows.
    pub(super) fn html_block(&mut self, text: &str, lines: &[(usize, usize)]) {
        let locate = |at: usize| {
            let line = lines.partition_point(|&(start, _)| start <= at).saturating_sub(1);
            lines.get(line).map_or(0, |&(start, source)| source + (at - start))
        };
        let mut warned = false;
        for (piece_range, piece) in html::pieces(text) {
            let range = locate(piece_range.start)..locate(piece_range.end.saturating_sub(1)) + 1;
            if piece == Piece::Comment && self.mark(range.start, &range) {
                continue;
            }
            if let Piece::Tag(tag) = piece {
                let is_block = tag.separates() || self.is_listing(tag);
                if is_block && !self.in_preformatted() {
                    self.end_paragraph();
                    if self.element(tag, &range) {
                        continue;
                    }
                }
            }
            self.html_piece(piece, &range, &mut warned);
        }
        self.end_paragraph();
    }

    /// Within a line, only the tag is HTML; the words around it are Markdown.
    pub(super) fn inline_html(&mut self, text: &str, range: Range<usize>) {
        if let Some(mark) = self.marks.get(&range.start) {
            let written = mark.written.clone();
            return self.push_text(&written, &range);
        }
        if let Some((_, piece)) = html::pieces(text).next() {
            self.html_piece(piece, &range, &mut false);
        }
    }

    /// `warned` is whether this block has had its warning.
    fn html_piece(&mut self, piece: Piece<'_>, range: &Range<usize>, warned: &mut bool) {
        if self.in_preformatted() {
            return self.preformatted_piece(piece, range);
        }
        let message = match piece {
            Piece::Text(text) => return self.push_html_text(&html::decode(text), range),
            Piece::Comment => return,
            Piece::Declaration => "a declaration of HTML is left out".to_owned(),
            Piece::Program => {
                let help = "a printed page runs no scripts, and the theme gives the style";
                return self.warn("raw-html", range, "a script or style sheet is left out", help);
            }
            Piece::Tag(tag) => {
                if self.inline_element(tag, range) || self.ends_html_element(tag) {
                    return;
                }
                let slash = if tag.ends { "/" } else { "" };
                format!("the HTML tag `<{slash}{}>` is left out; the text in it stays", tag.name)
            }
        };
        if !*warned {
            *warned = true;
            self.warn("raw-html", range, &message, "write it in Markdown");
        }
    }

    /// Whether `tag` ends an element that was begun, and warned of, before; keeps count of those.
    fn ends_html_element(&mut self, tag: Tag<'_>) -> bool {
        let open = self.html_open.entry(tag.name.to_ascii_lowercase()).or_default();
        if tag.ends {
            let ends = *open > 0;
            *open = open.saturating_sub(1);
            return ends;
        }
        *open += usize::from(!tag.is_void());
        false
    }

    fn is_listing(&self, tag: Tag<'_>) -> bool {
        self.settings.mdbook && tag.name == "Listing"
    }

    // Elements of blocks

    /// Begins or ends an element of blocks; `false` if it is none that is known.
    fn element(&mut self, tag: Tag<'_>, range: &Range<usize>) -> bool {
        let name = tag.name.to_ascii_lowercase();
        if tag.ends {
            return self.end_element(&name, range);
        }
        match name.as_str() {
            "li" => self.imply_end(&["li"], &["ul", "ol", "menu"], range),
            "dt" | "dd" => self.imply_end(&["dt", "dd"], &["dl"], range),
            "td" | "th" => self.imply_end(&["td", "th"], &["tr", "table"], range),
            "tr" | "thead" | "tbody" | "tfoot" => {
                self.imply_end(&["td", "th"], &["tr", "table"], range);
                self.imply_end(&["tr"], &["table"], range);
            }
            _ => self.imply_end(&["p"], &[], range),
        }
        match name.as_str() {
            "hr" => self.push_block(BlockKind::Break, range.clone()),
            "col" => {
                if let Open::Made(Made { role: Role::Element(_, Element::Table(table)), .. }) = &mut self.top().open {
                    table.add_column(tag);
                }
            }
            "colgroup" => {}
            "thead" | "tbody" | "tfoot" => {
                let Open::Made(Made { role: Role::Element(_, Element::Table(table)), .. }) = &mut self.top().open
                else {
                    return false;
                };
                table.in_head = name == "thead";
            }
            _ => {
                let Some(element) = self.element_of(&name, tag, range) else { return false };
                let caption = if self.is_listing(tag) { tag.attribute("caption") } else { None };
                let title = caption.map_or_else(Vec::new, |caption| self.read_value(&caption, range));
                let depth = self.frames.len();
                let attributes = Attributes { placement: self.placement_of(tag, range), ..attributes_of(tag) };
                self.open_made(Role::Element(name.clone(), element), title, attributes, range);
                if self.frames.len() == depth {
                    // Too deep: its end is passed over.
                    *self.html_open.entry(name).or_default() += 1;
                }
            }
        }
        true
    }

    /// What an element of this name is here.
    fn element_of(&mut self, name: &str, tag: Tag<'_>, range: &Range<usize>) -> Option<Element> {
        let listing = if self.is_listing(tag) { tag.attribute("file-name") } else { None };
        let listing = listing.map(|file| self.plain_value(&file, range));
        let parent = self.parent().map(|parent| &*parent);
        let aligned = tag.attribute("align").map(|align| align.to_ascii_lowercase());
        Some(match name {
            "div" | "section" | "article" | "main" | "header" | "footer" | "nav" | "address" | "p" => {
                match aligned.as_deref() {
                    Some("center") => Element::Container(ContainerRole::Centered),
                    Some("right") => Element::Container(ContainerRole::End),
                    _ => Element::Group,
                }
            }
            "center" => Element::Container(ContainerRole::Centered),
            "aside" => Element::Container(ContainerRole::Aside),
            "details" => Element::Container(ContainerRole::Details),
            "blockquote" => Element::Quote,
            "ul" | "menu" => Element::List { start: None, numbers: ListNumbers::default(), items: Vec::new() },
            "ol" => {
                let start = tag.attribute("start").and_then(|start| start.trim().parse().ok());
                let figures = match tag.attribute("type").as_deref() {
                    Some("a") => ListFigures::LowerAlpha,
                    Some("A") => ListFigures::UpperAlpha,
                    Some("i") => ListFigures::LowerRoman,
                    Some("I") => ListFigures::UpperRoman,
                    Some(_) | None => ListFigures::Decimal,
                };
                let numbers = ListNumbers { figures, ..ListNumbers::default() };
                Element::List { start: Some(start.unwrap_or(1)), numbers, items: Vec::new() }
            }
            "li" if matches!(parent, Some(Element::List { .. })) => Element::Item,
            "dl" => Element::Definitions(Vec::new()),
            "dt" if matches!(parent, Some(Element::Definitions(_))) => Element::Term,
            "dd" if matches!(parent, Some(Element::Definitions(_))) => Element::Meaning,
            "figure" => Element::Figure,
            "figcaption" | "caption" | "summary" => Element::Caption,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Element::Heading(name.as_bytes()[1] - b'0'),
            "pre" => Element::Preformatted { language: language_of(tag), text: String::new() },
            "table" => Element::Table(HtmlTable::default()),
            "tr" if matches!(parent, Some(Element::Table(_))) => Element::Row(Vec::new()),
            "td" | "th" if matches!(parent, Some(Element::Row(_))) => {
                Element::Cell(tables::cell(tag, self.block_span(range.clone())))
            }
            "listing" => Element::Listing { title: listing.unwrap_or_default(), number: tag.attribute("number") },
            _ => return None,
        })
    }

    /// Ends the nearest element of one of `names` that no `stops` stands above, if there is one: the start of another
    /// implies it.
    fn imply_end(&mut self, names: &[&str], stops: &[&str], range: &Range<usize>) {
        let open = self.open_elements();
        let Some(above) = open.iter().position(|name| names.contains(name) || stops.contains(name)) else { return };
        if (names == ["p"] && above > 0) || !open.get(above).is_some_and(|name| names.contains(name)) {
            return;
        }
        for _ in 0..=above {
            self.close_made(range.start, false);
        }
    }

    /// The names of the elements on top of the stack, up to what is none.
    fn open_elements(&self) -> Vec<&str> {
        fn name(frame: &Frame) -> Option<&str> {
            if let Open::Made(Made { role: Role::Element(name, _), .. }) = &frame.open { Some(name) } else { None }
        }
        self.frames.iter().rev().map_while(name).collect()
    }

    fn end_element(&mut self, name: &str, range: &Range<usize>) -> bool {
        let stops: &[&str] = match name {
            "td" | "th" | "tr" | "caption" | "thead" | "tbody" | "tfoot" => &["table"],
            "li" => &["ul", "ol", "menu"],
            "dt" | "dd" => &["dl"],
            _ => &[],
        };
        if matches!(name, "thead" | "tbody" | "tfoot") {
            self.imply_end(&["td", "th"], &["tr", "table"], range);
            self.imply_end(&["tr"], &["table"], range);
            if let Open::Made(Made { role: Role::Element(_, Element::Table(table)), .. }) = &mut self.top().open {
                table.in_head = false;
                return true;
            }
            return false;
        }
        if name == "p" || name == "colgroup" {
            self.imply_end(&["p"], &[], range);
            return true;
        }
        let open = self.open_elements();
        let found = open.iter().position(|open| *open == name || stops.contains(open));
        let Some(above) = found.filter(|above| open.get(*above) == Some(&name)) else { return false };
        for _ in 0..above {
            self.close_made(range.start, false);
        }
        self.close_made(range.end, true);
        true
    }

    /// Adds what an element is, now that it has ended: `by_its_end`, or because what it stands in did. `begun` is its
    /// start tag.
    #[expect(clippy::too_many_lines, reason = "one arm for each element")]
    pub(super) fn finish_element(
        &mut self,
        element: Element,
        (name, title, mut attributes, mut blocks): (&str, Vec<Inline>, Attributes, Vec<Block>),
        (begun, range): (Range<usize>, Range<usize>),
        by_its_end: bool,
    ) {
        let mut element = element;
        if !by_its_end && !OPTIONAL_END.contains(&name) {
            let help = format!("write `</{name}>` where it ends");
            self.warn("raw-html", &begun, &format!("the HTML tag `<{name}>` is never closed"), &help);
            if matches!(element, Element::Container(_)) {
                element = Element::Group;
            }
            attributes.edition = None;
        }
        let span = self.block_span(range.clone());
        let kind = match element {
            Element::Group if attributes == Attributes::default() => {
                self.push_paragraph_of(title, &range);
                return blocks.into_iter().for_each(|block| self.push_ready(block));
            }
            Element::Group => BlockKind::Container { role: ContainerRole::Plain, title, blocks },
            Element::Container(role) => BlockKind::Container { role, title, blocks },
            Element::Quote => BlockKind::Quote(blocks),
            Element::List { start, numbers, mut items } => {
                if !blocks.is_empty() {
                    items.push(ListItem { id: NodeId::UNNAMED, span, done: None, blocks });
                }
                let tight = items.iter().all(|item| {
                    item.blocks.iter().filter(|block| matches!(block.kind, BlockKind::Paragraph(_))).count() <= 1
                });
                BlockKind::List { start, numbers, tight, items }
            }
            Element::Item => {
                let item = ListItem { id: NodeId::UNNAMED, span, done: None, blocks };
                return match self.parent() {
                    Some(Element::List { items, .. }) => items.push(item),
                    _ => item.blocks.into_iter().for_each(|block| self.push_ready(block)),
                };
            }
            Element::Definitions(definitions) => {
                blocks.into_iter().for_each(|block| self.push_ready(block));
                BlockKind::DefinitionList(definitions)
            }
            Element::Term => {
                let (term, rest) = flatten(blocks);
                if let Some(Element::Definitions(definitions)) = self.parent() {
                    definitions.push(Definition { id: NodeId::UNNAMED, span, attributes, term, meanings: Vec::new() });
                }
                return rest.into_iter().for_each(|block| self.push_ready(block));
            }
            Element::Meaning => {
                if let Some(Element::Definitions(definitions)) = self.parent()
                    && let Some(definition) = definitions.last_mut()
                {
                    definition.meanings.push(Meaning { id: NodeId::UNNAMED, blocks });
                    return;
                }
                return blocks.into_iter().for_each(|block| self.push_ready(block));
            }
            Element::Figure => match figure(title, blocks) {
                Ok(only) => {
                    attributes.label = attributes.label.or(only.attributes.label);
                    attributes.placement = attributes.placement.or(only.attributes.placement);
                    only.kind
                }
                Err((title, blocks)) => BlockKind::FigureGroup { blocks, columns: 1, caption: title },
            },
            Element::Caption => {
                let (mut run, rest) = flatten(blocks);
                if let Open::Made(made) = &mut self.top().open {
                    made.title.append(&mut run);
                } else {
                    self.push_paragraph_of(run, &range);
                }
                return rest.into_iter().for_each(|block| self.push_ready(block));
            }
            Element::Heading(level) => {
                let (run, rest) = flatten(blocks);
                self.push_heading(level, attributes, run, range);
                return rest.into_iter().for_each(|block| self.push_ready(block));
            }
            Element::Preformatted { language, mut text } => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                // Markdown that a blank line let in comes after what was begun.
                let code = BlockKind::Code(CodeBlock { language, text, ..CodeBlock::default() });
                self.push_ready(Block { attributes, ..block(code, span) });
                return blocks.into_iter().for_each(|block| self.push_ready(block));
            }
            Element::Table(table) => {
                blocks.into_iter().for_each(|block| self.push_ready(block));
                match table.finish(title) {
                    Ok(table) => BlockKind::Table(table),
                    Err(title) => return self.push_paragraph_of(title, &range),
                }
            }
            Element::Row(cells) => {
                blocks.into_iter().for_each(|block| self.push_ready(block));
                if let Some(Element::Table(table)) = self.parent() {
                    table.add(Row { id: NodeId::UNNAMED, cells });
                }
                return;
            }
            Element::Cell(mut cell) => {
                cell.blocks.append(&mut blocks);
                cell.span = span;
                if let Some(Element::Row(cells)) = self.parent() {
                    cells.push(cell);
                }
                return;
            }
            Element::Listing { title: file, number } => {
                return self.push_listing(file, number, title, attributes, blocks, range);
            }
        };
        self.push_ready(Block { attributes, ..block(kind, span) });
    }

    /// The element on top of the stack.
    fn parent(&mut self) -> Option<&mut Element> {
        if let Open::Made(Made { role: Role::Element(_, element), .. }) = &mut self.top().open {
            Some(element)
        } else {
            None
        }
    }

    fn push_paragraph_of(&mut self, run: Vec<Inline>, range: &Range<usize>) {
        if !run.is_empty() {
            self.push_block(BlockKind::Paragraph(run), range.clone());
        }
    }

    // Preformatted text

    fn in_preformatted(&self) -> bool {
        let top = self.frames.last().map(|frame| &frame.open);
        matches!(top, Some(Open::Made(Made { role: Role::Element(_, Element::Preformatted { .. }), .. })))
    }

    /// In preformatted text, tags show nothing, but for the one that ends it.
    fn preformatted_piece(&mut self, piece: Piece<'_>, range: &Range<usize>) {
        let mut added = String::new();
        let mut inner = String::new();
        match piece {
            Piece::Text(words) => added = self.verbatim(&html::decode(words), range),
            Piece::Tag(tag) if tag.ends && tag.is("pre") => {
                self.close_made(range.end, true);
                return;
            }
            Piece::Tag(tag) if tag.is("br") => added.push('\n'),
            Piece::Tag(tag) if tag.is("code") && !tag.ends => inner = language_of(tag),
            Piece::Tag(_) | Piece::Comment | Piece::Declaration | Piece::Program => {}
        }
        if let Some(Element::Preformatted { language, text }) = self.parent() {
            if language.is_empty() {
                *language = inner;
            }
            // A line feed at the start is none (HTML, 13.1.2.6).
            text.push_str(if text.is_empty() { added.strip_prefix('\n').unwrap_or(&added) } else { &added });
        }
    }

    // Elements within a line

    /// Begins or ends an element within a line; `false` if it is none that is known, or ends nothing.
    fn inline_element(&mut self, tag: Tag<'_>, range: &Range<usize>) -> bool {
        let name = tag.name.to_ascii_lowercase();
        match name.as_str() {
            "br" => {
                self.line_break(range);
                return true;
            }
            "wbr" => return true,
            "img" if !tag.ends => {
                self.html_image(tag, range);
                return true;
            }
            _ => {}
        }
        let Some(kind) = inline_role(&name, tag) else { return false };
        if tag.ends {
            return self.end_inline_element(&name, range);
        }
        if self.depth >= MAX_DEPTH {
            self.warn_depth(range);
            *self.html_open.entry(name).or_default() += 1;
            return true;
        }
        self.depth += 1;
        let mut frame = Frame::new(Open::Tag(InlineElement { name, kind }), range.clone());
        frame.attributes = attributes_of(tag);
        self.frames.push(frame);
        true
    }

    fn end_inline_element(&mut self, name: &str, range: &Range<usize>) -> bool {
        let mut open =
            self.frames.iter().rev().map_while(|frame| {
                if let Open::Tag(element) = &frame.open { Some(element.name.as_str()) } else { None }
            });
        let Some(above) = open.position(|open| open == name) else { return false };
        for _ in 0..above {
            self.dissolve_tag();
        }
        if let Some(Frame { open: Open::Tag(element), range: begun, attributes, inlines, .. }) = self.frames.pop() {
            self.depth -= 1;
            let inlines = if element.is_code() { inlines } else { self.resolve(inlines, element.is_link()) };
            self.push_element(element, attributes, inlines, &(begun.start..range.end));
        }
        true
    }

    /// Adds an element within a line, now that it has ended. One without content is left out, but for the place to link
    /// to that it is.
    pub(super) fn push_element(
        &mut self,
        element: InlineElement,
        attributes: Attributes,
        content: Vec<Inline>,
        range: &Range<usize>,
    ) {
        let span = self.span(range);
        if content.is_empty() {
            if attributes.label.is_some() {
                let place = inline(InlineKind::Span(SpanRole::Plain, content), span);
                self.top().inlines.push(Inline { attributes, ..place });
            }
            return;
        }
        let kind = match element.kind {
            InlineRole::Span(SpanRole::Plain) if attributes == Attributes::default() => {
                return self.top().inlines.extend(content);
            }
            InlineRole::Span(role) => InlineKind::Span(role, content),
            InlineRole::Wrap(wrap) => wrap(content),
            InlineRole::Code => InlineKind::Code(unmarked(&plain_text(&content))),
            InlineRole::Link { address, title } => InlineKind::Link { address, title, content },
            InlineRole::Abbreviation(expansion) => InlineKind::Abbreviation { expansion, content },
            InlineRole::Quoted => {
                let mark = |mark: &str| inline(InlineKind::Text(mark.to_owned()), span);
                let content = [vec![mark("“")], content, vec![mark("”")]].concat();
                InlineKind::Span(SpanRole::Plain, content)
            }
        };
        self.top().inlines.push(Inline { attributes, ..inline(kind, span) });
    }

    /// Lets the content of elements within a line that are still open join what they stand in.
    pub(super) fn dissolve_tags(&mut self) {
        while matches!(self.top().open, Open::Tag(_)) {
            self.dissolve_tag();
        }
    }

    fn dissolve_tag(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        self.depth -= 1;
        self.warn("raw-html", &frame.range, "this tag is never closed, and left out", "close it in the same paragraph");
        self.top().inlines.extend(frame.inlines);
    }

    fn html_image(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        let Some(address) = tag.attribute("src").filter(|address| !address.trim().is_empty()) else { return };
        let address = self.verbatim(address.trim(), range);
        let written = tag.attribute("alt");
        let decorative = written.as_deref().is_some_and(|alt| alt.trim().is_empty());
        let alt = self.verbatim(written.unwrap_or_default().trim(), range);
        let width = tag.attribute("width").as_deref().and_then(roles::width);
        let image = Image { address, alt, decorative, width, ..Image::default() };
        let start = self.span(range).start;
        let placement = self.placement_of(tag, range);
        self.push_inline(InlineKind::Image(image), range);
        if let Some(last) = self.top().inlines.last_mut().filter(|last| last.span.start == start) {
            last.attributes = Attributes { placement, ..attributes_of(tag) };
        }
    }

    /// Where a figure, an image, a table or code asks to stand in print.
    fn placement_of(&mut self, tag: Tag<'_>, range: &Range<usize>) -> Option<Placement> {
        let written = tag.attribute("data-placement")?;
        let bears_it = ["figure", "img", "table", "pre", "listing"].iter().any(|name| tag.is(name));
        let placement = super::attributes::placement_of(&written).filter(|_| bears_it);
        if placement.is_none() {
            let message = format!("`data-placement=\"{written}\"` means nothing here");
            let help = "a figure, an image, a table or code can stand `here`, at the `top`, at the `bottom`, on a `page` of its \
                        own, or `float`";
            self.warn("unknown-attribute", range, &message, help);
        }
        placement
    }

    // Values of attributes

    /// The words of a value that is Markdown, and stands at `range`. It may refer to the notes of the file.
    pub(super) fn read_value(&mut self, value: &str, range: &Range<usize>) -> Vec<Inline> {
        let before = self.fixed.replace(range.clone());
        self.frames.push(Frame::new(Open::Value, range.clone()));
        // The parser knows references by the notes that it has seen.
        let names = value.split("[^").skip(1).filter_map(|rest| rest.split_once(']'));
        let notes: String = names.map(|(name, _)| format!("\n\n[^{name}]: .")).collect();
        let defined = if notes.is_empty() { Cow::Borrowed(value) } else { Cow::Owned(format!("{value}{notes}")) };
        for event in Parser::new_ext(&defined, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES) {
            if matches!(event, Event::Start(MarkdownTag::FootnoteDefinition(_))) {
                break;
            }
            self.event(event, range.clone());
        }
        self.dissolve_tags();
        self.fixed = before;
        let Some(frame) = self.frames.pop() else { return Vec::new() };
        let (run, rest) = flatten(frame.blocks);
        if rest.is_empty() && (notes.is_empty() || !run.is_empty()) { run } else { self.plain_value(value, range) }
    }

    /// The words of a value that is text, and stands at `range`.
    fn plain_value(&mut self, value: &str, range: &Range<usize>) -> Vec<Inline> {
        let words = self.verbatim(value.trim(), range);
        let words = if words.is_empty() { None } else { Some(inline(InlineKind::Text(words), self.span(range))) };
        words.into_iter().collect()
    }
}

/// What an element within a line is.
fn inline_role(name: &str, tag: Tag<'_>) -> Option<InlineRole> {
    let title = || tag.attribute("title").unwrap_or_default();
    Some(match name {
        "em" | "i" | "cite" | "dfn" | "var" => InlineRole::Wrap(InlineKind::Emphasis),
        "strong" | "b" => InlineRole::Wrap(InlineKind::Strong),
        "del" | "s" | "strike" => InlineRole::Wrap(InlineKind::Strikethrough),
        "sup" => InlineRole::Wrap(InlineKind::Superscript),
        "sub" => InlineRole::Wrap(InlineKind::Subscript),
        "code" | "tt" | "samp" => InlineRole::Code,
        "kbd" => InlineRole::Span(SpanRole::Keyboard),
        "mark" => InlineRole::Span(SpanRole::Highlight),
        "u" | "ins" => InlineRole::Span(SpanRole::Underline),
        "small" | "big" | "bdi" | "bdo" | "time" | "font" | "nobr" => InlineRole::Span(SpanRole::Plain),
        "span" => InlineRole::Span(roles::of_classes(&tag.attribute("class").unwrap_or_default())),
        "q" => InlineRole::Quoted,
        "abbr" | "acronym" => match title() {
            title if title.is_empty() => InlineRole::Span(SpanRole::Plain),
            title => InlineRole::Abbreviation(title),
        },
        "a" => match tag.attribute("href") {
            Some(address) => InlineRole::Link { address: address.trim().to_owned(), title: title() },
            None => InlineRole::Span(SpanRole::Plain),
        },
        _ => return None,
    })
}

/// What every node can bear, as HTML writes it.
fn attributes_of(tag: Tag<'_>) -> Attributes {
    let given = |name: &str| tag.attribute(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let place = || if tag.is("a") { given("name") } else { None };
    let classes = given("class").unwrap_or_default();
    let edition = classes.split_whitespace().find_map(|class| match class {
        "print-only" => Some(Edition::Pdf),
        "ebook-only" => Some(Edition::Epub),
        _ => None,
    });
    Attributes {
        label: given("id").or_else(place).map(Into::into),
        language: given("lang").map(Into::into),
        direction: given("dir").and_then(|direction| super::attributes::direction_of(&direction)),
        number: None,
        edition,
        placement: None,
    }
}

/// The language that a class names: `language-rust`.
fn language_of(tag: Tag<'_>) -> String {
    let classes = tag.attribute("class").unwrap_or_default();
    let language = classes.split_whitespace().find_map(|class| class.strip_prefix("language-"));
    language.unwrap_or_default().to_lowercase()
}

/// A figure of one image, table or block of code is that, with the caption.
///
/// # Errors
/// What was given, where it is more or something else.
fn figure(title: Vec<Inline>, mut blocks: Vec<Block>) -> Result<Block, (Vec<Inline>, Vec<Block>)> {
    if let [only] = blocks.as_mut_slice()
        && let Some(own) = caption_of(&mut only.kind)
    {
        if !title.is_empty() {
            *own = title;
        }
        blocks.pop().ok_or_else(|| (Vec::new(), Vec::new()))
    } else {
        Err((title, blocks))
    }
}

/// The text of paragraphs as one run, and the other blocks.
pub(super) fn flatten(blocks: Vec<Block>) -> (Vec<Inline>, Vec<Block>) {
    let mut run: Vec<Inline> = Vec::new();
    let mut rest = Vec::new();
    for block in blocks {
        match block.kind {
            BlockKind::Paragraph(mut content) => {
                if !run.is_empty() {
                    run.push(inline(InlineKind::LineBreak, block.span));
                }
                run.append(&mut content);
            }
            BlockKind::Heading { .. }
            | BlockKind::Figure { .. }
            | BlockKind::FigureGroup { .. }
            | BlockKind::Quote(_)
            | BlockKind::List { .. }
            | BlockKind::DefinitionList(_)
            | BlockKind::Code(_)
            | BlockKind::Verse(_)
            | BlockKind::Break
            | BlockKind::PageBreak
            | BlockKind::Table(_)
            | BlockKind::Formula(_)
            | BlockKind::Admonition { .. }
            | BlockKind::Container { .. }
            | BlockKind::Bibliography(_)
            | BlockKind::Index(_) => rest.push(block),
        }
    }
    (run, rest)
}
