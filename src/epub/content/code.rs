//! Blocks of code → XHTML: lines, their numbers, what stands out, and what the words are.
//!
//! Start at [`Writer::code_block`].

use std::fmt::Write as _;
use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use super::Writer;
use crate::document::{Block, CodeBlock, Direction};
use crate::epub::xml::{attribute, escape};
use crate::layout::book::{FlowPosition, Token, TokenKind};

/// The text of a block, and what is met on the way through it.
struct Code<'a> {
    text: &'a str,
    /// The tokens that don't lie before the place reached.
    tokens: &'a [Token],
    /// The places where print pages start, still to come.
    pages: Peekable<IntoIter<usize>>,
}

impl<'a> Writer<'a> {
    /// Writes title, lines and caption: a figure where there is a caption or a number.
    pub(super) fn code_block(&mut self, block: &'a Block, code: &'a CodeBlock) {
        let captioned = !code.caption.is_empty() || block.attributes.number.is_some();
        let around = match (captioned, code.title.is_empty()) {
            (true, _) => "figure",
            (false, false) => "div",
            (false, true) => {
                self.open("pre", block, "", &self.details(block.id));
                self.lines(block, code);
                return;
            }
        };
        // The direction of the block is that of its lines alone.
        let _ = write!(self.out, "<{around}");
        self.names(block.id, &block.attributes, "listing");
        let _ = write!(self.out, "{}>", self.details(block.id));
        if !code.title.is_empty() {
            self.out.push_str("\n<p class=\"listing-title\"");
            let lines = self.book.facts.directions.change(block.id);
            let around = lines.map_or(Direction::LeftToRight, Direction::turned);
            self.direction(Some(code.title_reads()).filter(|direction| *direction != around));
            self.out.push('>');
            self.breaks_up_to(Some(FlowPosition { node: block.id, offset: 0 }));
            // The block's other pages start in its lines, though its identifier comes before those of its title.
            self.held = Some(block.id);
            self.inlines(&code.title);
            self.held = None;
            self.out.push_str("</p>");
        }
        self.out.push_str("\n<pre");
        self.direction(self.book.facts.directions.change(block.id));
        self.out.push('>');
        self.previous = None;
        self.lines(block, code);
        self.caption("figcaption", block.id, &block.attributes, &code.caption);
        let _ = writeln!(self.out, "</{around}>");
    }

    /// Writes the lines, and closes their element.
    fn lines(&mut self, block: &'a Block, source: &'a CodeBlock) {
        self.out.push_str("<code");
        if !source.language.is_empty() {
            attribute("class", &format!("language-{}", source.language), &mut self.out);
        }
        self.out.push('>');
        let text = source.text.as_str();
        let tokens = self.book.facts.tokens.get(&block.id).map_or(&[][..], Vec::as_slice);
        let mut code = Code { text, tokens, pages: self.page_places(block.id, text).into_iter().peekable() };
        let count = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
        let numbered_from = source.numbered_from(self.book.style.number_code_lines);
        let digits = numbered_from.map_or(0, |first| first.saturating_add(count).to_string().len());
        let mut highlighted = source.highlighted.iter().peekable();
        let mut callouts = source.callouts.iter().peekable();
        let mut start = 0;
        for (number, line) in (1_u32..).zip(text.split_inclusive('\n')) {
            while highlighted.peek().is_some_and(|(_, last)| *last < number) {
                highlighted.next();
            }
            let stands_out = highlighted.peek().is_some_and(|(first, _)| *first <= number);
            self.out.push_str(if stands_out { "<span class=\"line highlighted\">" } else { "<span class=\"line\">" });
            if let Some(first) = numbered_from {
                let shown = first.saturating_add(number - 1);
                let _ = write!(self.out, "<span class=\"line-number generated\">{shown:>digits$}\u{2002}</span>");
            }
            let (end, bare) = (start + line.len(), start + line.trim_end_matches('\n').len());
            self.code_text(&mut code, start..bare);
            while callouts.peek().is_some_and(|callout| callout.line <= number) {
                if let Some(callout) = callouts.next() {
                    let _ = write!(self.out, "<span class=\"callout generated\"> {}</span>", circled(callout.number));
                }
            }
            self.code_text(&mut code, bare..end);
            self.out.push_str("</span>");
            start = end;
        }
        for _ in code.pages {
            self.page_anchor();
        }
        self.out.push_str("</code></pre>\n");
    }

    /// Writes the text in `range`, each token in an element of its own.
    fn code_text(&mut self, code: &mut Code<'_>, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            while let [first, rest @ ..] = code.tokens
                && first.end as usize <= at
            {
                code.tokens = rest;
            }
            let (mut until, class) = match code.tokens.first() {
                Some(token) if token.start as usize <= at => (token.end as usize, Some(class(token.kind))),
                Some(token) => (token.start as usize, None),
                None => (range.end, None),
            };
            while until < range.end && !code.text.is_char_boundary(until) {
                until += 1;
            }
            let until = until.min(range.end);
            if let Some(class) = class {
                let _ = write!(self.out, "<span class=\"{class}\">");
            }
            while code.pages.peek().is_some_and(|&page| page < until) {
                let Some(page) = code.pages.next() else { break };
                escape(code.text.get(at..page).unwrap_or_default(), &mut self.out);
                self.page_anchor();
                at = page;
            }
            escape(code.text.get(at..until).unwrap_or_default(), &mut self.out);
            if class.is_some() {
                self.out.push_str("</span>");
            }
            at = until;
        }
    }
}

/// The class of a kind of token: one letter, since there are so many.
fn class(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Keyword => "k",
        TokenKind::Comment => "c",
        TokenKind::String => "s",
        TokenKind::Constant => "n",
        TokenKind::Function => "f",
        TokenKind::Type => "t",
        TokenKind::Attribute => "a",
    }
}

/// A number in a circle; in parentheses where there is no such character.
fn circled(number: u32) -> String {
    let code = match number {
        1..=20 => 0x2460 + number - 1,
        21..=35 => 0x3251 + number - 21,
        36..=50 => 0x32b1 + number - 36,
        _ => return format!("({number})"),
    };
    char::from_u32(code).map_or_else(|| format!("({number})"), String::from)
}
