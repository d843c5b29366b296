//! The works that can be cited, and the style in which they are: BibTeX, BibLaTeX, Hayagriva's YAML, CSL.
//!
//! A work that can't be read is left out with a finding at its place; the others stay. Start at [`Library::read`].

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayagriva::archive::ArchivedStyle;
use hayagriva::citationberg::{IndependentStyle, Style};
use hayagriva::io::{BibLaTeXError, from_biblatex_str, from_yaml_str};

use crate::diagnostics::{Diagnostic, Place, SourceFiles, SourceId, Span, nearest};

/// How deep braces may nest in a bibliography, and elements in a style.
const MAX_DEPTH: usize = 64;

/// How many elements a style may come to when its macros are put in where they are called.
const MAX_ELEMENTS: u64 = 100_000;

/// How many works of a file may be faulty before the rest of it is given up.
const MAX_FAULTS: usize = 20;

/// Which style citations have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CitationStyle {
    /// Author and year, as Chicago has them.
    #[default]
    AuthorDate,
    /// One that is known by this name.
    Named(String),
    /// One in the Citation Style Language.
    File(SourceId),
}

/// Works that can be cited, and how.
#[derive(Clone, Debug, Default)]
pub struct Library {
    pub(super) works: hayagriva::Library,
    /// `None` where there is nothing to cite.
    pub(super) style: Option<IndependentStyle>,
}

impl Library {
    /// Reads bibliographies, in order: the first work with a key is the one that is cited by it. A file whose name ends in
    /// `.yaml` or `.yml` is Hayagriva's YAML, others are BibTeX or BibLaTeX.
    ///
    /// Errors: `invalid-bibliography`, `invalid-citation-style`, `unknown-citation-style`. Linear in the files, times the
    /// faulty works in them.
    #[must_use]
    pub fn read(sources: &SourceFiles, files: &[SourceId], style: &CitationStyle) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let mut works = hayagriva::Library::new();
        for &file in files {
            let Some(source) = sources.get(file) else { continue };
            let name = source.path.to_ascii_lowercase();
            let read = if name.ends_with(".yaml") || name.ends_with(".yml") {
                read_yaml(file, &source.text, &mut findings)
            } else {
                read_bibtex(file, &source.text, &mut findings)
            };
            for work in read {
                if works.get(work.key()).is_none() {
                    works.push(&work);
                }
            }
        }
        let style = match read_style(sources, style) {
            Ok(style) => Some(style),
            Err(finding) => {
                findings.push(finding);
                None
            }
        };
        (Self { works, style }, findings)
    }
}

/// Runs a reader or a formatter of others that may panic on what it does not expect.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

fn span(file: SourceId, start: usize, end: usize) -> Span {
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { source: file, start: offset(start), end: offset(end) }
}

/// A finding about a work.
fn invalid(place: impl Into<Place>, message: &str) -> Diagnostic {
    Diagnostic::error("invalid-bibliography", place, message)
}

fn read_yaml(file: SourceId, text: &str, findings: &mut Vec<Diagnostic>) -> Vec<hayagriva::Entry> {
    let whole = span(file, 0, text.lines().next().map_or(0, str::len));
    match guarded(|| from_yaml_str(text)) {
        Some(Ok(works)) => works.into_iter().collect(),
        Some(Err(error)) => {
            let place = error.location().map_or(whole, |location| span(file, location.index(), location.index()));
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message);
            findings.push(
                invalid(place, &format!("this is no bibliography in Hayagriva's YAML: {message}"))
                    .help("each work is a key, and below it at least `type` and `title`"),
            );
            Vec::new()
        }
        None => {
            findings.push(invalid(whole, "this bibliography can't be read"));
            Vec::new()
        }
    }
}

/// Reads what can be read: a faulty entry is blanked out, and the rest read again.
fn read_bibtex(file: SourceId, source: &str, findings: &mut Vec<Diagnostic>) -> Vec<hayagriva::Entry> {
    if let Some(at) = too_deep(source) {
        let finding = invalid(span(file, at, at + 1), "the braces nest too deep here");
        findings.push(finding.help(format!("close them earlier: {MAX_DEPTH} levels are enough for any work")));
        return Vec::new();
    }
    let mut text = source.to_owned();
    for _ in 0..MAX_FAULTS {
        let errors = match guarded(|| from_biblatex_str(&text)) {
            Some(Ok(works)) => return works.into_iter().collect(),
            Some(Err(errors)) => errors,
            None => {
                findings.push(invalid(span(file, 0, 0), "this bibliography can't be read"));
                return Vec::new();
            }
        };
        let mut faulty = Vec::new();
        for error in errors {
            let (range, message) = match error {
                BibLaTeXError::Parse(error) => (error.span, error.kind.to_string()),
                BibLaTeXError::Type(error) => (error.span, error.kind.to_string()),
            };
            let range = floor(&text, range.start)..floor(&text, range.end.max(range.start));
            findings.push(
                invalid(span(file, range.start, range.end), &format!("this work can't be read: {message}"))
                    .help("correct it, or take it out"),
            );
            faulty.push(entry_around(&text, range.start));
        }
        let mut changed = false;
        for range in faulty {
            let blank: String = text[range.clone()].chars().flat_map(|letter| blank(letter)).collect();
            changed |= blank != text[range.clone()];
            text.replace_range(range, &blank);
        }
        if !changed {
            break;
        }
    }
    Vec::new()
}

/// Spaces as long as `letter` is in UTF-8; a line feed stays.
fn blank(letter: char) -> impl Iterator<Item = char> {
    let count = if letter == '\n' { 1 } else { letter.len_utf8() };
    std::iter::repeat_n(if letter == '\n' { '\n' } else { ' ' }, count)
}

/// The last boundary of a character in `text` up to `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The lines from the one that begins the entry around `at` to the one that begins the next.
fn entry_around(text: &str, at: usize) -> std::ops::Range<usize> {
    let begins = |offset: usize| text[offset..].trim_start_matches([' ', '\t']).starts_with('@');
    let line_starts = || std::iter::once(0).chain(text.match_indices('\n').map(|(offset, _)| offset + 1));
    let start = line_starts().take_while(|offset| *offset <= at).filter(|offset| begins(*offset)).last().unwrap_or(0);
    let end = line_starts().find(|offset| *offset > at && begins(*offset)).unwrap_or(text.len());
    start..end
}

/// Where braces first nest too deep.
fn too_deep(text: &str) -> Option<usize> {
    let mut depth: usize = 0;
    for (offset, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(offset);
        }
    }
    None
}

fn read_style(sources: &SourceFiles, style: &CitationStyle) -> Result<IndependentStyle, Diagnostic> {
    let (style, place) = match style {
        CitationStyle::AuthorDate => (ArchivedStyle::ChicagoAuthorDate.get(), Place::Project),
        CitationStyle::Named(name) => (named(name)?.get(), Place::Project),
        CitationStyle::File(file) => {
            let text = sources.get(*file).map_or("", |source| &source.text);
            let place = span(*file, 0, text.lines().next().map_or(0, str::len));
            let read = if is_bounded(text) { guarded(|| Style::from_xml(text).ok()).flatten() } else { None };
            let invalid = || {
                Diagnostic::error("invalid-citation-style", place, "this is no style in CSL that can be used")
                    .help("take one from the Zotero Style Repository")
            };
            (read.ok_or_else(invalid)?, place.into())
        }
    };
    match style {
        Style::Independent(style) => Ok(style),
        Style::Dependent(style) => {
            let parent = ArchivedStyle::by_id(&style.parent_link.href).map(ArchivedStyle::get);
            let Some(Style::Independent(parent)) = parent else {
                let message = format!("this style depends on another, `{}`", style.parent_link.href);
                return Err(Diagnostic::error("invalid-citation-style", place, message).help("give that style's file"));
            };
            Ok(IndependentStyle { default_locale: style.default_locale.or(parent.default_locale), ..parent })
        }
    }
}

fn named(name: &str) -> Result<ArchivedStyle, Diagnostic> {
    let name = name.strip_suffix(".csl").unwrap_or(name).to_lowercase();
    ArchivedStyle::by_name(&name).or_else(|| ArchivedStyle::by_id(&name)).ok_or_else(|| {
        let names = ArchivedStyle::all().iter().flat_map(|style| style.names().iter().copied());
        Diagnostic::error("unknown-citation-style", Place::Project, format!("no citation style is called `{name}`"))
            .help(nearest(&name, names).map_or_else(
                || "give a known one, such as `apa`, `ieee` or `chicago-notes`, or a CSL file".to_owned(),
                |nearest| format!("the nearest name is `{nearest}`"),
            ))
    })
}

/// Whether a style comes to an end: its elements nest no deeper than they may, no macro calls itself, and all of them, put
/// in where they are called, are not too many. Only the tags are looked at.
fn is_bounded(style: &str) -> bool {
    /// A macro: how many elements it has, and which macros they call.
    type Macro<'a> = (u64, Vec<&'a str>);
    fn size<'a>(
        name: &'a str,
        macros: &BTreeMap<&'a str, Macro<'a>>,
        known: &mut BTreeMap<&'a str, u64>,
        depth: usize,
    ) -> u64 {
        if depth > MAX_DEPTH {
            return MAX_ELEMENTS + 1;
        }
        if let Some(size) = known.get(name) {
            return *size;
        }
        let Some((own, called)) = macros.get(name) else { return 0 };
        let called = called.iter().map(|name| size(name, macros, known, depth + 1));
        let all = called.fold(*own, u64::saturating_add);
        known.insert(name, all);
        all
    }
    let mut macros: BTreeMap<&str, Macro<'_>> = BTreeMap::new();
    let mut depth: usize = 0;
    let mut current = "";
    for tag in style.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        if tag.starts_with(['!', '?']) {
            continue;
        }
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
            if tag.starts_with("/macro") {
                current = "";
            }
            continue;
        }
        depth += usize::from(!tag.ends_with('/'));
        if depth > MAX_DEPTH {
            return false;
        }
        if tag.starts_with("macro") {
            current = attribute(tag, "name").unwrap_or("");
        }
        let entry = macros.entry(current).or_default();
        entry.0 += 1;
        entry.1.extend(attribute(tag, "macro"));
    }
    let mut known = BTreeMap::new();
    macros.keys().all(|name| size(name, &macros, &mut known, 0) <= MAX_ELEMENTS)
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let before = rest[..at].chars().next_back();
        rest = &rest[at + name.len()..];
        let value = rest.trim_start().strip_prefix('=').map(str::trim_start);
        if let Some(value) = value
            && before.is_some_and(char::is_whitespace)
        {
            let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            return value[1..].split(quote).next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_that_never_ends_is_refused() {
        let style =
            |macros: &str| format!("<style><citation><layout><text macro='a'/></layout></citation>{macros}</style>");
        assert!(is_bounded(&style("<macro name='a'><text variable='title'/></macro>")));
        assert!(!is_bounded(&style(
            "<macro name='a'><text macro='b'/></macro><macro name='b'><text macro='a'/></macro>"
        )));
        assert!(!is_bounded(&style(&"<group>".repeat(100))));
        let doubling: String = (0..40)
            .map(|step| format!("<macro name='m{step}'><text macro='m{0}'/><text macro='m{0}'/></macro>", step + 1))
            .collect();
        assert!(!is_bounded(&style(&doubling)));
    }

    /// Reads a bibliography; gives the keys of its works, and the words that each finding is about.
    fn check(name: &str, bibliography: &str, keys: &[&str], faults: &[&str]) {
        let mut sources = SourceFiles::default();
        let file = sources.add(name.to_owned(), bibliography.into());
        let (library, findings) = Library::read(&sources, &[file], &CitationStyle::default());
        assert_eq!(library.works.keys().collect::<Vec<_>>(), keys);
        let found: Vec<String> = findings
            .iter()
            .map(|finding| match &finding.place {
                Place::Span(span) => bibliography[span.start as usize..].split('\n').next().unwrap().to_owned(),
                Place::File(_) | Place::Project => String::new(),
            })
            .collect();
        assert_eq!(found.len(), faults.len(), "{findings:?}");
        for (found, fault) in found.iter().zip(faults) {
            assert!(found.starts_with(fault), "{found:?} {findings:?}");
        }
    }

    #[test]
    fn bibliographies_are_read_in_each_form() {
        check("a.bib", "@book{knuth, author={Knuth, Donald}, title={TeX}, year=1984}", &["knuth"], &[]);
        check("a.yaml", "knuth:\n  type: book\n  title: TeX\n", &["knuth"], &[]);
        check("a.yml", "knuth:\n  title: TeX\n", &[], &["title"]);
    }

    #[test]
    fn a_faulty_work_does_not_take_the_others_with_it() {
        let good = "@book{one, title={One}, date={1999}}\n";
        let last = "@book{three, title={Three}, year=2001}\n";
        check(
            "a.bib",
            &format!("{good}@book{{two, title={{Two}}, date={{99-99-99}}}}\n{last}"),
            &["one", "three"],
            &["99-99-99"],
        );
        check("a.bib", &format!("{good}@book{{two, title=}}\n{last}"), &["one", "three"], &["}"]);
        check(
            "a.bib",
            &format!("{good}@book{{one, title={{Again}}}}\n{last}"),
            &["one", "three"],
            &["one, title={Again}"],
        );
    }

    #[test]
    fn hostile_bibliographies_end() {
        check("a.bib", &"{".repeat(1000), &[], &["{"]);
        let circle =
            "@book{a, title={A}, crossref={b}}\n@book{b, title={B}, crossref={a}}\n@book{c, crossref={c}, title={C}}";
        let mut sources = SourceFiles::default();
        let file = sources.add("a.bib".to_owned(), circle.into());
        let (library, _) = Library::read(&sources, &[file], &CitationStyle::default());
        assert!(library.works.len() <= 3);
        let file = sources.add("b.bib".to_owned(), "@string{a = b # b}\n@string{b = a # a}\n@book{c, title=a}".into());
        let (library, _) = Library::read(&sources, &[file], &CitationStyle::default());
        assert!(library.works.len() <= 1);
    }

    #[test]
    fn styles_are_found_by_name_or_named_wrong() {
        let read = |name: &str| read_style(&SourceFiles::default(), &CitationStyle::Named(name.to_owned()));
        assert!(read("ieee").is_ok() && read("APA").is_ok());
        let finding = read("chicago-author-dat").unwrap_err();
        assert_eq!(finding.code, "unknown-citation-style");
        assert!(finding.help.unwrap().contains("chicago-author-date"));
    }
}
