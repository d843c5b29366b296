//! The registry of codes: every name that a finding can bear, and what raises warnings to errors.
//!
//! Start at [`CODES`]; [`EXPLANATIONS`] says more of those of preflight, and [`Deny`] is what `--deny` and a
//! manifest's `deny` list say.

use std::str::FromStr;

pub use super::explanations::{EXPLANATIONS, Explanation};
use super::{Diagnostic, Place, Severity, nearest};

/// Every code in alphabetical order, with what it stands for. A code, once given, keeps its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("animated-image", "an image moves, and print shows its first picture"),
    ("bleed-box", "less is printed beyond the page than the printer asks for"),
    ("broken-block", "a page ends within what belongs together"),
    ("broken-link", "a link leads nowhere in the book"),
    ("broken-tags", "the tags of a PDF contradict themselves"),
    ("coarse-image", "an image of a PDF has fewer pixels than its printer asks for"),
    ("conformance-claim", "a PDF does not claim the standard that its target asks for, or claims one that is none"),
    ("control-character", "a character that can't be shown was left out"),
    ("cropped-image", "an image that fills a page has other proportions, and a part of it is cut off"),
    ("damaged-file", "a part of a PDF was lost"),
    ("damaged-image", "an image file is cut off or broken"),
    ("deep-nesting", "blocks or inlines nest deeper than the program follows"),
    ("differing-metadata", "a PDF says something twice, and not alike"),
    ("displaced-note", "a note begins on a later page than its reference, or is divided badly"),
    ("draft-chapter", "a chapter of the contents has no file yet"),
    ("duplicate-chapter", "a manifest lists the same file twice"),
    ("duplicate-label", "two nodes have the same label"),
    ("duplicate-note", "two notes have the same name"),
    ("embedded-file", "a PDF has attachments, films or sounds, which print can't show"),
    ("empty-entry", "a mark for the index names no entry"),
    ("empty-file", "a file of the manuscript has nothing to print"),
    ("empty-heading", "a heading has no words"),
    ("empty-link", "a link has no address or no text"),
    ("empty-manuscript", "there is nothing to print"),
    ("empty-part", "a part of the book has no chapters"),
    ("encrypted", "a PDF is encrypted"),
    ("epub-accessibility", "an e-book does not say how it can be read, or says what is not so"),
    ("epub-alt", "an image of an e-book has no alternative text"),
    ("epub-budget", "an e-book is larger than the project wants it"),
    ("epub-container", "an e-book is not packed as one"),
    ("epub-cover", "an e-book has no cover"),
    ("epub-embedded-size", "the images of a file of text are larger than a store takes"),
    ("epub-image-format", "an image of an e-book is of a kind that a store does not take"),
    ("epub-image-size", "an image of an e-book is larger than a store takes"),
    ("epub-isbn", "an e-book is not known by an ISBN where a store asks for one"),
    ("epub-language", "a file of an e-book does not say in which language it is"),
    ("epub-link", "something in an e-book leads to what is not there"),
    ("epub-markup", "a file of an e-book can't be read"),
    ("epub-navigation", "an e-book has no contents, or does not say where its text begins"),
    ("epub-package", "an e-book does not say what it is"),
    ("epub-page-list", "the page list of an e-book and the page breaks in its text do not agree"),
    ("epub-page-source", "an e-book has a page list, and does not say of which edition"),
    ("epub-remote", "an e-book shows what is not in it"),
    ("epub-script", "an e-book has programs, which most readers do not run"),
    ("epub-size", "an e-book is larger than a store takes"),
    ("epub-text-size", "a file of an e-book is larger than old readers show"),
    ("external-content", "a PDF shows what is not in it, or other pictures in other places"),
    ("failed-citations", "the citations could not be formatted"),
    ("failed-edition", "an edition could not be written from the layout"),
    ("failed-threads", "the threads of the build could not be started"),
    ("file-size", "a PDF is larger than its target takes"),
    ("font-not-embedded", "a font of a PDF is not in the file"),
    ("forbidden-action", "a PDF has scripts or other actions"),
    ("forbidden-annotation", "a PDF has comments, links or other annotations where its target takes none"),
    ("forbidden-bookmarks", "a PDF has bookmarks, and its printer takes none"),
    ("forbidden-metadata", "a PDF says what it is or who made it, and its printer takes no metadata"),
    ("foreign-color", "a PDF has colours in a space that its target does not take"),
    ("form-field", "a PDF has a form to fill in"),
    ("hairline", "a line of a PDF is too thin to print"),
    ("heading-order", "the headings in the tags of a PDF skip levels"),
    ("include-cycle", "a file is included in itself"),
    ("ink-limit", "a colour or an image of a PDF takes more ink than a printer allows"),
    ("invalid-bibliography", "a work in a bibliography can't be read"),
    ("invalid-citation-style", "a citation style can't be used"),
    ("invalid-date", "a date is not a day, month or year of the calendar"),
    ("invalid-diagram", "a diagram's source can't be drawn"),
    ("invalid-epoch", "SOURCE_DATE_EPOCH is not a number of seconds"),
    ("invalid-isbn", "an ISBN's digits don't agree with its check digit"),
    ("invalid-language", "a language is not a BCP 47 tag"),
    ("invalid-manifest", "the manifest is not TOML"),
    ("invalid-metadata", "the metadata at the top of a file is not YAML"),
    ("invalid-name", "a name can't be the name of a file"),
    ("invalid-summary", "a SUMMARY.md does not have the form of a table of contents"),
    ("invalid-theme", "a theme is not TOML"),
    ("low-resolution", "an image has too few pixels for its size in print"),
    ("misplaced-tag", "a part of a list, a table or the contents stands elsewhere in the tags of a PDF"),
    ("missing-alt", "an image has no alternative text"),
    ("missing-alternative", "a figure or a formula in a PDF does not say in words what it shows"),
    ("missing-anchor", "a part of a file to include is not there"),
    ("missing-chapter", "a file that the manifest lists is not there"),
    ("missing-file", "a file that the metadata names is not there"),
    ("missing-glyph", "no font has a letter for a character"),
    ("missing-image", "an image is not in the project"),
    ("missing-include", "a file to include is not there"),
    ("missing-key", "a table of the manifest lacks a key that it can't do without"),
    ("missing-language", "a PDF does not say its language, or says one that is none"),
    ("missing-metadata", "a PDF does not say of itself what its standard asks for"),
    ("missing-outline", "a long PDF for readers has no outline"),
    ("missing-page-labels", "a long PDF for readers does not say what is printed as page numbers"),
    ("missing-title", "a PDF has no title, or viewers don't show it"),
    ("no-such-path", "there is nothing at the given path"),
    ("not-utf8", "a file is not text in UTF-8"),
    ("note-id", "a note in the tags of a PDF has no name of its own"),
    ("note-in-image", "a note stands in the brackets of an image, which makes text of them"),
    ("optional-content", "a PDF has layers, of which some may not be printed"),
    ("orphan", "a page ends with too few first lines of a paragraph"),
    ("out-of-range", "a value of a design is out of range, or does not go with the others"),
    ("output-intent", "a PDF does not say soundly which press or which colours it is for"),
    ("outside-page", "text of a PDF stands outside of its page"),
    ("outside-project", "a file lies outside the project's folder"),
    ("overfull-formula", "a formula is wider than its measure"),
    ("overfull-line", "a line is longer than its measure"),
    ("overfull-page", "a page is too low for what stands on it"),
    ("overfull-table", "a table is wider than the page"),
    ("oversized-file", "a file is larger than the program reads"),
    ("oversized-include", "the files that a book includes add up to too much"),
    ("page-boxes", "a PDF does not say soundly where its pages are cut"),
    ("page-count", "a printer takes fewer pages than the book has, or more"),
    ("page-size", "the pages of a PDF for print are not of one size, or not upright"),
    ("pdf-version", "a PDF is of a newer version than its standard takes"),
    ("preprocessor-not-run", "a program that an mdBook asks for was not run"),
    ("printer-marks", "marks of a PDF stand around its pages where none are wanted, or in the bleed"),
    ("raw-html", "HTML without a counterpart in print was left out"),
    ("reduced-image", "a part of a drawing is not shown"),
    ("relative-link", "a link leads out of the manuscript"),
    ("remote-image", "an image lies elsewhere on the net"),
    ("repeated-note", "a note is referred to more than once"),
    ("rich-black-text", "black text or lines of a PDF are printed in more than black ink"),
    ("safe-area", "something stands so near to the edge of a page that it may be cut"),
    ("short-bleed", "what reaches the edge of a page does not go on into the bleed"),
    ("skipped-level", "a heading is more than one level below the one before"),
    ("small-type", "text of a PDF is too small to print"),
    ("store-cover", "a cover is not one that a store takes"),
    ("stranded-heading", "a page ends with a heading"),
    ("stray-description", "a description stands behind nothing that it could describe"),
    ("tab-order", "annotations follow one another otherwise than the tags of a PDF"),
    ("table-headers", "a table in a PDF does not say which cells are heads, or of what"),
    ("total-ink", "an image takes more ink than a printer allows"),
    ("transparency", "something of a PDF lets through what is below, and its target does not take that"),
    ("trim-size", "a printer does not take pages of this size"),
    ("unclosed-div", "a div is never ended, or what ends one begins none"),
    ("unfit-page", "a target asks for margins that leave no page"),
    ("unknown-attribute", "an attribute means nothing where it stands"),
    ("unknown-citation-style", "no citation style has this name"),
    ("unknown-code", "no finding has this code"),
    ("unknown-face", "neither the program nor the project has a typeface of this name"),
    ("unknown-file", "a file to look over is neither a PDF nor an e-book"),
    ("unknown-formula", "a formula is not understood"),
    ("unknown-key", "the manifest or a theme has a key that means nothing"),
    ("unknown-label", "a reference names a label that is not in the book"),
    ("unknown-language", "a block of code names a language that is probably misspelt"),
    ("unknown-role", "a contributor's role is not one of the MARC relators"),
    ("unknown-store", "no store has this name"),
    ("unknown-tag", "a role in the tags of a PDF is none that readers know"),
    ("unknown-target", "no target has this name"),
    ("unknown-theme", "no design has this name"),
    ("unknown-variable", "a name between double braces has no value"),
    ("unmoved-float", "a figure, a table or a listing can't stand where its placement says"),
    ("unnumbered-reference", "a reference leads to something that has neither number nor title"),
    ("unread-content", "a part of what a PDF paints could not be read back"),
    ("unreadable-file", "a file can't be read"),
    ("unresolved-citation", "a citation names a work that no bibliography of the project has"),
    ("unsettled-pages", "page numbers that the book shows would be wrong"),
    ("unsupported-image", "an image is of a kind that can't be placed"),
    ("unsupported-metadata", "words of a file's metadata are not in the book"),
    ("untagged", "a PDF for readers has no tags"),
    ("untagged-content", "something in a PDF for readers is painted and neither tagged nor an artifact"),
    ("untagged-link", "a link in a PDF has no tag or no words"),
    ("unusable-font", "a file in the project's fonts folder holds no usable face"),
    ("unusable-profile", "a file is no ICC profile of a press"),
    ("unused-note", "nothing refers to a note"),
    ("unwritable-output", "the output can't be written"),
    ("widow", "a page begins with too few last lines of a paragraph"),
    ("wrong-type", "a value of the manifest or a theme is of another type than its key asks for"),
];

/// What a code stands for; nothing where there is no such code.
pub(super) fn meaning(code: &str) -> &'static str {
    CODES.iter().find(|(known, _)| *known == code).map_or("", |(_, meaning)| meaning)
}

/// What `pressmark explain` says of a code: what it stands for, and the [explanation](EXPLANATIONS) where there is one, in
/// sentences and paragraphs.
#[must_use]
pub fn explain(code: &str) -> String {
    let meaning = meaning(code);
    match EXPLANATIONS.iter().find(|explanation| explanation.code == code) {
        Some(Explanation { why, remedy, source, .. }) => format!("{meaning}.\n\n{why}\n\n{remedy}\n\nSource: {source}"),
        None => meaning.to_owned(),
    }
}

/// Warnings that are to count as errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deny {
    /// All of them.
    Warnings,
    /// Those with this code.
    Code(&'static str),
}

impl FromStr for Deny {
    type Err = Diagnostic;

    /// Reads `warnings` or a code.
    ///
    /// # Errors
    /// `unknown-code`, with the nearest one as help.
    fn from_str(text: &str) -> Result<Self, Diagnostic> {
        if text == "warnings" {
            return Ok(Self::Warnings);
        }
        find(text).map(|(code, _)| Self::Code(code)).map_err(|fault| {
            if nearest(text, ["warnings"]).is_some() { fault.help("the word for all is `warnings`") } else { fault }
        })
    }
}

/// The entry of a code.
///
/// # Errors
/// `unknown-code`, with the nearest one as help.
pub fn find(code: &str) -> Result<&'static (&'static str, &'static str), Diagnostic> {
    CODES.iter().find(|(known, _)| *known == code).ok_or_else(|| {
        let help = nearest(code, CODES.iter().map(|(code, _)| *code)).map_or_else(
            || "the code stands in brackets before a finding's message; `pressmark explain` lists all".to_owned(),
            |nearest| format!("the nearest code is `{nearest}`"),
        );
        Diagnostic::error("unknown-code", Place::Project, format!("no finding has the code `{code}`")).help(help)
    })
}

/// Raises the warnings that are denied to errors.
pub fn deny(diagnostics: &mut [Diagnostic], denied: &[Deny]) {
    for diagnostic in diagnostics {
        let applies = |deny: &Deny| match deny {
            Deny::Warnings => true,
            Deny::Code(code) => *code == diagnostic.code,
        };
        if denied.iter().any(applies) {
            diagnostic.severity = Severity::Error;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    /// Adds the codes that the program text below `folder`, its tests aside, gives to findings.
    fn collect(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                for constructor in ["Diagnostic::error(", "Diagnostic::warning(", ".warn("] {
                    for call in program.split(constructor).skip(1) {
                        let argument = call.trim_start().strip_prefix('"');
                        found.extend(argument.and_then(|rest| rest.split('"').next()).map(str::to_owned));
                    }
                }
            }
        }
    }

    #[test]
    fn the_registry_and_the_program_know_the_same_codes() {
        let mut found = BTreeSet::new();
        collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        // The checks of preflight stand in a table with their codes.
        found.extend(crate::preflight::check_codes().map(str::to_owned));
        let registered: BTreeSet<String> = CODES.iter().map(|(code, _)| (*code).to_owned()).collect();
        let unregistered: Vec<_> = found.difference(&registered).collect();
        let unused: Vec<_> = registered.difference(&found).collect();
        assert!(unregistered.is_empty() && unused.is_empty(), "unregistered {unregistered:?}, unused {unused:?}");
    }

    #[test]
    fn the_codes_are_in_order() {
        assert!(CODES.is_sorted_by(|one, other| one.0 < other.0));
    }

    #[test]
    fn explanations_are_in_order_and_of_codes() {
        assert!(EXPLANATIONS.is_sorted_by(|one, other| one.code < other.code));
        for Explanation { code, why, remedy, source } in EXPLANATIONS {
            assert!(find(code).is_ok(), "{code}");
            for text in [why, remedy] {
                assert!(text.ends_with('.') && text.len() > 40 && !text.contains('\n'), "{code}: {text}");
            }
            assert!(!source.is_empty() && !source.ends_with('.'), "{code}: {source}");
            assert!(explain(code).contains(why));
        }
        assert_eq!(explain("missing-alt"), "an image has no alternative text");
    }

    #[test]
    fn an_unknown_code_is_answered_with_the_nearest() {
        assert_eq!("missing-alt".parse(), Ok(Deny::Code("missing-alt")));
        assert_eq!("warnings".parse(), Ok(Deny::Warnings));
        let unknown: Diagnostic = "mising-alt".parse::<Deny>().unwrap_err();
        assert!(unknown.help.unwrap().contains("`missing-alt`"));
    }

    #[test]
    fn only_what_is_denied_becomes_an_error() {
        let warning = |code| Diagnostic::warning(code, Place::Project, "");
        let mut findings = [warning("missing-alt"), warning("raw-html")];
        deny(&mut findings, &[Deny::Code("raw-html")]);
        assert_eq!(findings.clone().map(|finding| finding.severity), [Severity::Warning, Severity::Error]);
        deny(&mut findings, &[Deny::Warnings]);
        assert_eq!(findings.map(|finding| finding.severity), [Severity::Error, Severity::Error]);
    }
}
