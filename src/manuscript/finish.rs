//! The last steps for every run of inlines of a file, once all of it is read: text in one piece, abbreviations,
//! punctuation, images without words.
//!
//! Start at [`Finishing::blocks`].

use super::abbreviations::Abbreviations;
use super::inline::{MARK, unmarked};
use super::punctuation;
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{Attributes, Block, BlockKind, Image, Inline, InlineKind, NodeId, PartMut};

/// What the last steps go by.
pub(super) struct Finishing<'a> {
    /// Whether straight quotation marks and the like become the signs of the language.
    pub(super) smart_punctuation: bool,
    pub(super) abbreviations: &'a Abbreviations,
    pub(super) findings: &'a mut Vec<Diagnostic>,
}

impl Finishing<'_> {
    /// Finishes what is in `blocks`, which are in `language`. Finds `missing-alt`. Linear.
    pub(super) fn blocks(&mut self, blocks: &mut [Block], language: &str) {
        for block in blocks {
            let own = block.attributes.language.clone();
            let language = own.as_deref().unwrap_or(language);
            if let BlockKind::Figure { image, .. } = &mut block.kind {
                self.image(image, block.span, language);
            }
            for part in block.parts_mut() {
                match part {
                    PartMut::Inlines(inlines) => self.run(inlines, language),
                    PartMut::Blocks(blocks) => self.blocks(blocks, language),
                }
            }
        }
    }

    fn run(&mut self, inlines: &mut Vec<Inline>, language: &str) {
        let mut at_space = true;
        join(inlines, &mut at_space);
        trim_end(inlines);
        if self.smart_punctuation {
            punctuation::set(inlines, language);
        } else {
            unmark(inlines);
        }
        self.abbreviations.mark(inlines);
        self.images(inlines, language);
    }

    fn images(&mut self, inlines: &mut [Inline], language: &str) {
        for inline in inlines {
            let span = inline.span;
            if let InlineKind::Image(image) = &mut inline.kind {
                self.image(image, span, language);
            } else if let Some(children) = inline.children_mut() {
                self.images(children, language);
            }
        }
    }

    fn image(&mut self, image: &mut Image, span: Span, language: &str) {
        if image.alt.is_empty() && !image.decorative && image.diagram.is_none() {
            self.findings.push(
                Diagnostic::warning("missing-alt", span, "an image without alternative text").help(
                    "write between the brackets what it shows, for those who can't see it; or say `{.decorative}`",
                ),
            );
        }
        if self.smart_punctuation {
            let kind = InlineKind::Text(std::mem::take(&mut image.alt));
            let mut words = [Inline { id: NodeId::UNNAMED, span, attributes: Attributes::default(), kind }];
            punctuation::set(&mut words, language);
            if let [Inline { kind: InlineKind::Text(words), .. }] = words {
                image.alt = words;
            }
        } else if image.alt.contains(MARK) {
            image.alt = unmarked(&image.alt);
        }
    }
}

/// Joins neighbouring texts, makes line ends spaces, and leaves one space where there are several. `at_space` is whether a
/// space would be one too many.
fn join(inlines: &mut Vec<Inline>, at_space: &mut bool) {
    let mut joined: Vec<Inline> = Vec::with_capacity(inlines.len());
    for mut inline in std::mem::take(inlines) {
        match &mut inline.kind {
            InlineKind::Text(words) => {
                let mut escaped = false;
                words.retain(|character| {
                    let space = matches!(character, ' ' | '\n') && !escaped;
                    let kept = !(space && *at_space);
                    escaped = character == MARK;
                    *at_space = space || (escaped && *at_space);
                    kept
                });
                if words.contains('\n') {
                    *words = words.replace('\n', " ");
                }
                if words.is_empty() {
                    continue;
                }
                if let Some(Inline { kind: InlineKind::Text(before), span, attributes, .. }) = joined.last_mut()
                    && *attributes == inline.attributes
                {
                    before.push_str(words);
                    span.end = span.end.max(inline.span.end);
                    continue;
                }
            }
            InlineKind::Code(_)
            | InlineKind::Image(_)
            | InlineKind::Formula(_)
            | InlineKind::Reference { .. }
            | InlineKind::PageReference { .. } => *at_space = false,
            InlineKind::LineBreak => *at_space = true,
            InlineKind::NoteReference(_) | InlineKind::IndexMark(_) => {}
            InlineKind::Emphasis(content)
            | InlineKind::Strong(content)
            | InlineKind::Strikethrough(content)
            | InlineKind::Subscript(content)
            | InlineKind::Superscript(content)
            | InlineKind::Span(_, content)
            | InlineKind::Abbreviation { content, .. }
            | InlineKind::Citation { content, .. }
            | InlineKind::Link { content, .. } => join(content, at_space),
        }
        joined.push(inline);
    }
    *inlines = joined;
}

/// Takes away the space at the end of a run, before marks that show nothing too.
fn trim_end(inlines: &mut Vec<Inline>) {
    let shown = |inline: &Inline| !matches!(inline.kind, InlineKind::IndexMark(_));
    let Some(last) = inlines.iter().rposition(shown) else { return };
    if let InlineKind::Text(words) = &mut inlines[last].kind {
        let length = words.trim_end_matches(' ').len();
        if !words[..length].ends_with(MARK) {
            words.truncate(length);
        }
        if words.is_empty() {
            inlines.remove(last);
        }
    }
}

/// Takes away the signs of escape.
fn unmark(inlines: &mut [Inline]) {
    for inline in inlines {
        if let InlineKind::Text(words) = &mut inline.kind {
            *words = unmarked(words);
        } else if let Some(children) = inline.children_mut() {
            unmark(children);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::document::Edition;
    use crate::manuscript::Settings;
    use crate::manuscript::tests::{read_files, read_one};

    /// Checks the words of a text in `language`, set with its signs.
    #[track_caller]
    fn check(language: &str, text: &str, expected: &str) {
        let settings = Settings { smart_punctuation: true, language: language.to_owned(), ..Settings::default() };
        let (divisions, _) = read_files(&[("a.md", text)], &settings);
        let words: String = divisions.iter().map(|division| division.text(Edition::Pdf)).collect();
        assert_eq!(words.trim_end(), expected, "{text}");
    }

    #[test]
    fn signs_are_set_across_the_borders_of_inlines() {
        check("en", "*\"a*\" \"**b**\" \"[c](d)\" \"`e`\"", "“a” “b” “c” “e”");
        check("en", "l'*a* *don*'t \"a\n*b*\"[^1]\n\n[^1]: \"c\"", "l’a don’t “a b”\n“c”");
        check("en", "\"a\\\n'b'\"", "“a ‘b’”");
    }

    #[test]
    fn code_formulas_addresses_and_escapes_stay() {
        check(
            "en",
            "`\"a\"--` $\"b\"$ http://a.b/--'c \\\"d\\\" &quot;e&quot; \\--",
            "\"a\"--  http://a.b/--'c \"d\" \"e\" --",
        );
        check("en", "```\n\"a\"...\n```", "\"a\"...");
        check("en", "[\"a\"]{.kbd} <https://a.b/--c>", "\"a\" https://a.b/--c");
    }

    #[test]
    fn each_language_has_its_own() {
        check("de", "\"a\" [\"b\"]{lang=fr} \"c\"", "„a“ «\u{202f}b\u{202f}» „c“");
        check("en", "::: {lang=fr}\n\"a\"!\n:::\n\n\"b\"!", "«\u{202f}a\u{202f}»\u{202f}!\n“b”!");
        check("fr", "# Quoi?\n\n| Oui! |\n|---|\n\n- *Non* :\n", "Quoi\u{202f}?\nOui\u{202f}!\nNon\u{a0}:");
        check("", "\"'Tis\"", "“’Tis”");
    }

    #[test]
    fn a_speech_goes_on_in_the_next_paragraph() {
        check("en", "\"I came.\n\n\"I saw,\" he said.\n\n\"No?\" \"No.\"", "“I came.\n“I saw,” he said.\n“No?” “No.”");
        check("en-GB", "'I came, and 'twas cold.\n\n'I saw,' he said.", "‘I came, and ’twas cold.\n‘I saw,’ he said.");
    }

    #[test]
    fn what_shows_nothing_leaves_one_space() {
        check("en", "a []{.index entry=b} c\\index{d} e", "a c e");
        check("en", "a <!-- b --> c []{.index entry=d}", "a c");
        check("en", "a  b\n   c\n", "a b c");
    }

    #[test]
    fn without_smart_punctuation_signs_stay() {
        let (divisions, _) = read_one("\"a\" -- b... \\\"c\\\" &quot;d&quot; &copy; [e]{.sc}'s");
        assert_eq!(divisions[0].text(Edition::Pdf), "\"a\" -- b... \"c\" \"d\" © e's\n");
    }

    #[test]
    fn an_mdbook_knows_nothing_of_the_dialect() {
        let settings = Settings { mdbook: true, ..Settings::default() };
        let text = "[a]{.sc} @b ^[c] \\(d\\) www.e.f \\index{g} [@h]\n\n*[i]: j";
        let (divisions, findings) = read_files(&[("a.md", text)], &settings);
        let expected = "[a]{.sc} @b ^[c] (d) www.e.f \\index{g} [@h]\n*[i]: j\n";
        assert_eq!((divisions[0].text(Edition::Pdf).as_str(), findings.len()), (expected, 0));
    }
}
