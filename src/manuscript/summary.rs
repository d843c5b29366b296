//! An mdBook's `SUMMARY.md` → its chapters in reading order, numbered as mdBook 0.5 numbers them.
//!
//! The form: a title, links before the body, parts (`# Title`) with nested lists of links, links after the body. Knows
//! nothing of files. Start at [`read`].

#![expect(clippy::wildcard_enum_match_arm, reason = "another crate's enum has many more variants than matter here")]

use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, OffsetIter, Parser, Tag, TagEnd};

use super::PartTitle;
use crate::diagnostics::{Diagnostic, SourceId, Span};
use crate::document::Matter;

/// A chapter that the summary names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What the summary calls it; may be empty.
    pub(crate) title: String,
    /// The file, as written.
    pub(crate) address: String,
    /// The link.
    pub(crate) span: Span,
    /// Links before and after the lists are front and back matter.
    pub(crate) matter: Matter,
    /// How many chapters with a file it lies below.
    pub(crate) level: u8,
    /// Its number without the last full stop, such as `1.2`.
    pub(crate) number: Option<String>,
    /// The part that it opens.
    pub(crate) part: Option<PartTitle>,
}

/// Reads a summary. Findings: the error `invalid-summary`, the warnings `draft-chapter` and `empty-part`. Linear in the
/// text.
pub(crate) fn read(text: &str, source: SourceId, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let mut reader = Reader {
        events: Parser::new(text).into_offset_iter(),
        source,
        diagnostics,
        entries: Vec::new(),
        part: None,
        roots: 0,
    };
    reader.all();
    reader.entries
}

/// Where in the summary the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing but comments has come.
    Title,
    /// Links before the body.
    Before,
    /// The title of a part has come, and nothing after it.
    PartBegins,
    /// The lists.
    Body,
    /// Links after the body.
    After,
}

/// A list that is being read.
#[derive(Clone, Copy, Default)]
struct OpenList {
    /// The number of its last item.
    number: u32,
    /// Whether that has a file.
    has_file: bool,
    /// The number of the last item below that.
    below: u32,
}

struct Reader<'a> {
    events: OffsetIter<'a>,
    source: SourceId,
    diagnostics: &'a mut Vec<Diagnostic>,
    entries: Vec<Entry>,
    /// A part whose first chapter has not come.
    part: Option<PartTitle>,
    /// How many chapters the body has at its top level.
    roots: u32,
}

impl Reader<'_> {
    fn all(&mut self) {
        let mut stage = Stage::Title;
        while let Some((event, range)) = self.events.next() {
            stage = match (stage, event) {
                (Stage::Title, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })) => {
                    self.words(TagEnd::Heading(HeadingLevel::H1));
                    Stage::Before
                }
                (Stage::Title, Event::Html(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock)) => stage,
                (Stage::After, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. } | Tag::List(_))) => {
                    self.fault(&range, "chapters of the body can't follow those after it");
                    return;
                }
                (_, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })) => {
                    let title = self.words(TagEnd::Heading(HeadingLevel::H1));
                    self.end_part();
                    self.part = Some(PartTitle { title, span: self.span(&range) });
                    Stage::PartBegins
                }
                (_, Event::Start(Tag::List(_))) => {
                    if !self.list() {
                        return;
                    }
                    Stage::Body
                }
                (Stage::Body, Event::Start(Tag::Paragraph)) => Stage::After,
                (Stage::PartBegins | Stage::Body, Event::Start(tag)) => {
                    // What is neither a list nor a paragraph of links means nothing here.
                    self.skip(tag.to_end());
                    Stage::Body
                }
                (Stage::Title | Stage::Before | Stage::After, Event::Start(Tag::Link { dest_url, .. })) => {
                    let matter = if stage == Stage::After { Matter::Back } else { Matter::Front };
                    let title = self.words(TagEnd::Link);
                    self.entry(title, &dest_url, &range, matter, 0, None);
                    if stage == Stage::After { Stage::After } else { Stage::Before }
                }
                (Stage::Title, _) => Stage::Before,
                (Stage::PartBegins, _) => Stage::Body,
                (_, _) => stage,
            };
        }
        self.end_part();
    }

    /// Reads a list to its end, and the lists within. False where an item is not a link.
    fn list(&mut self) -> bool {
        let mut open = vec![OpenList { number: self.roots, ..OpenList::default() }];
        while let Some((event, range)) = self.events.next() {
            match event {
                Event::Start(Tag::Item) => {
                    let Some((title, address, link)) = self.item_link() else {
                        self.fault(&range, "an item of a list here is one link to a chapter");
                        return false;
                    };
                    let parents = open.len() - 1;
                    let level = open[..parents].iter().filter(|list| list.has_file).count();
                    if let Some(list) = open.last_mut() {
                        *list = OpenList { number: list.number + 1, has_file: !address.is_empty(), below: 0 };
                    }
                    let number = open.iter().map(|list| list.number.to_string()).collect::<Vec<_>>().join(".");
                    let level = u8::try_from(level).unwrap_or(u8::MAX);
                    self.entry(title, &address, &link, Matter::Body, level, Some(number));
                }
                // mdBook lets a second list below an item take the place of the first; here it goes on with it.
                Event::Start(Tag::List(_)) => {
                    let number = open.last().map_or(0, |list| list.below);
                    open.push(OpenList { number, ..OpenList::default() });
                }
                Event::End(TagEnd::List(_)) => {
                    let number = open.pop().map_or(0, |list| list.number);
                    let Some(list) = open.last_mut() else {
                        self.roots = number;
                        return true;
                    };
                    list.below = number;
                }
                _ => {}
            }
        }
        true
    }

    /// The link that an item begins with: its words, its address and its place.
    fn item_link(&mut self) -> Option<(String, String, Range<usize>)> {
        loop {
            match self.events.next()? {
                (Event::Start(Tag::Paragraph), _) => {}
                (Event::Start(Tag::Link { dest_url, .. }), range) => {
                    return Some((self.words(TagEnd::Link), dest_url.into_string(), range));
                }
                _ => return None,
            }
        }
    }

    /// The words up to the end of what is open.
    fn words(&mut self, end: TagEnd) -> String {
        let mut words = String::new();
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Text(text) | Event::Code(text) => words.push_str(&text),
                Event::SoftBreak => words.push(' '),
                Event::End(tag) if tag == end => break,
                _ => {}
            }
        }
        words
    }

    /// Passes over what is open.
    fn skip(&mut self, end: TagEnd) {
        let mut depth = 1_usize;
        for (event, _) in self.events.by_ref() {
            match event {
                Event::Start(tag) if tag.to_end() == end => depth += 1,
                Event::End(tag) if tag == end => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn entry(
        &mut self,
        title: String,
        address: &str,
        range: &Range<usize>,
        matter: Matter,
        level: u8,
        number: Option<String>,
    ) {
        let span = self.span(range);
        if address.is_empty() {
            self.diagnostics.push(
                Diagnostic::warning("draft-chapter", span, format!("`{title}` has no file yet, and is left out"))
                    .help("name its file in the parentheses, or take the line out"),
            );
            return;
        }
        if matter == Matter::Back {
            self.end_part();
        }
        let part = self.part.take();
        // The one escape that mdBook reads in an address.
        let address = address.replace("%20", " ");
        self.entries.push(Entry { title, address, span, matter, level, number, part });
    }

    /// Warns of a part that has ended without a chapter.
    fn end_part(&mut self) {
        if let Some(PartTitle { title, span }) = self.part.take() {
            self.diagnostics.push(
                Diagnostic::warning("empty-part", span, format!("the part `{title}` has no chapters, and is left out"))
                    .help("put a list of chapters below it, or take it out"),
            );
        }
    }

    fn fault(&mut self, range: &Range<usize>, message: &str) {
        let fault = Diagnostic::error("invalid-summary", self.span(range), message);
        self.diagnostics.push(fault.help("write `- [Title](file.md)`, and indent what lies below a chapter"));
    }

    fn span(&self, range: &Range<usize>) -> Span {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source: self.source, start: offset(range.start), end: offset(range.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chapters, one a line: indentation for the level, the matter, the number, the title and the file; parts and
    /// findings as they come.
    fn outline(text: &str) -> Vec<String> {
        let mut diagnostics = Vec::new();
        let mut outline = Vec::new();
        for entry in read(text, SourceId(0), &mut diagnostics) {
            outline.extend(entry.part.map(|part| format!("[{}]", part.title)));
            let matter = match entry.matter {
                Matter::Front => "front",
                Matter::Body => "body",
                Matter::Back => "back",
            };
            let number = entry.number.unwrap_or_default();
            let indent = "  ".repeat(entry.level.into());
            outline.push(format!("{indent}{matter} {number} {} {}", entry.title, entry.address));
        }
        outline.extend(diagnostics.iter().map(|finding| finding.code.to_owned()));
        outline
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(outline(text), expected, "{text}");
    }

    #[test]
    fn a_summary_has_three_stretches_and_parts() {
        check(
            "# Summary\n\n[Preface](p.md)\n[Thanks](t.md)\n\n---\n\n# One\n\n- [A](a.md)\n  - [B `c`](a/b%20c.md)\n    \
             - [D](d.md)\n- [E](e.md)\n\n# Two\n\n* [F](f.md)\n\n---\n\n* [G](g.md)\n\n[Index](i.md)\n",
            &[
                "front  Preface p.md",
                "front  Thanks t.md",
                "[One]",
                "body 1 A a.md",
                "  body 1.1 B c a/b c.md",
                "    body 1.1.1 D d.md",
                "body 2 E e.md",
                "[Two]",
                "body 3 F f.md",
                "body 4 G g.md",
                "back  Index i.md",
            ],
        );
    }

    #[test]
    fn a_title_is_not_needed_and_comments_are_passed_over() {
        check("<!-- c -->\n\n# T\n\n- [A](a.md)\n", &["body 1 A a.md"]);
        check("[P](p.md)\n- [A](a.md)\n", &["front  P p.md", "body 1 A a.md"]);
        check("- [A](a.md)\n\n## H\n\n<div>x</div>\n\n- [B](b.md)\n", &["body 1 A a.md", "body 2 B b.md"]);
        check("", &[]);
    }

    #[test]
    fn a_draft_has_a_number_and_no_file() {
        check("- [A]()\n  - [B](b.md)\n- [C](c.md)\n", &["body 1.1 B b.md", "body 2 C c.md", "draft-chapter"]);
        check(
            "# S\n\n# P\n\n- [A]()\n\n# Q\n\n- [B](b.md)\n",
            &["[Q]", "body 2 B b.md", "draft-chapter", "empty-part"],
        );
    }

    #[test]
    fn a_second_list_below_a_chapter_goes_on_with_the_first() {
        check(
            "- [A](a.md)\n  - [B](b.md)\n\n  and\n\n  - [C](c.md)\n- [D](d.md)\n",
            &["body 1 A a.md", "  body 1.1 B b.md", "  body 1.2 C c.md", "body 2 D d.md"],
        );
    }

    #[test]
    fn a_paragraph_after_the_title_of_a_part_is_passed_over() {
        check("# S\n\n# P\n\n[x](x.md)\n\n- [A](a.md)\n", &["[P]", "body 1 A a.md"]);
        check("# S\n\n# P\n\n---\n\n[x](x.md)\n", &["back  x x.md", "empty-part"]);
    }

    #[test]
    fn what_is_not_a_link_is_a_fault() {
        check("- A\n- [B](b.md)\n", &["invalid-summary"]);
        check("- [A](a.md)\n\n[B](b.md)\n\n- [C](c.md)\n", &["body 1 A a.md", "back  B b.md", "invalid-summary"]);
    }
}
