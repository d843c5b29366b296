//! The works that can be cited, and the style in which they are: BibTeX, BibLaTeX, Hayagriva's YAML, CSL.
//!
//! A work that can't be read is left out with a finding at its place; the others stay. Start at [`Library::read`].

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hayagriva::archive::ArchivedStyle;
use hayagriva::citationberg::{IndependentStyle, Style};
use hayagriva::io::from_yaml_str;

use super::bibtex;
use crate::diagnostics::{Diagnostic, Place, SourceFiles, SourceId, Span, nearest};

/// How deep braces may nest in a bibliography, and elements in a style.
pub(super) const MAX_DEPTH: usize = 64;

/// How many elements a style may come to when its macros are put in where they are called.
const MAX_ELEMENTS: u64 = 100_000;

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
    /// Warnings: `invalid-bibliography`. Errors: `invalid-citation-style`, `unknown-citation-style`. Linear in the files, times the
    /// faulty works in them.
    #[must_use]
    pub fn read(sources: &SourceFiles, files: &[SourceId], style: &CitationStyle) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let mut works = hayagriva::Library::new();
        for &file in files {
            let Some(source) = sources.get(file) else { continue };
            let extension = source.path.rsplit('.').next().unwrap_or_default();
            let is_yaml = ["yaml", "yml"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml));
            let read = if is_yaml {
                read_yaml(file, &source.text, &mut findings)
            } else {
                bibtex::read(file, &source.text, &mut findings)
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

/// A stretch of a file.
pub(super) fn span(file: SourceId, start: usize, end: usize) -> Span {
    let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
    Span { source: file, start: offset(start), end: offset(end) }
}

/// A finding about a work.
pub(super) fn invalid(place: impl Into<Place>, message: &str) -> Diagnostic {
    Diagnostic::warning("invalid-bibliography", place, message)
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
    let mut macros = Expansions::default();
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
        macros.add(current, 1, attribute(tag, "macro"));
    }
    macros.too_large(MAX_ELEMENTS).is_empty()
}

/// What calls what, and how large each is by itself: what comes of it when each is put in where it is called.
#[derive(Default)]
pub(super) struct Expansions<'a>(BTreeMap<&'a str, (u64, Vec<&'a str>)>);

impl<'a> Expansions<'a> {
    /// Adds to `name` its own size, and what it calls once more.
    pub(super) fn add(&mut self, name: &'a str, size: u64, calls: impl IntoIterator<Item = &'a str>) {
        let entry = self.0.entry(name).or_default();
        entry.0 = entry.0.saturating_add(size);
        entry.1.extend(calls);
    }

    /// The names that grow beyond `limit`, or never end, or call one another deeper than [`MAX_DEPTH`]. Linear in the calls,
    /// times that depth.
    pub(super) fn too_large(&self, limit: u64) -> Vec<&'a str> {
        let mut known: BTreeMap<&str, Option<u64>> = BTreeMap::new();
        self.0.keys().filter(|name| self.size(name, 0, &mut known).is_none_or(|size| size > limit)).copied().collect()
    }

    /// What each name comes to; those that never end are left out.
    pub(super) fn sizes(&self) -> Vec<(&'a str, u64)> {
        let mut known = BTreeMap::new();
        self.0.keys().filter_map(|name| Some((*name, self.size(name, 0, &mut known)?))).collect()
    }

    /// `None` for what never ends or goes too deep.
    fn size(&self, name: &'a str, depth: usize, known: &mut BTreeMap<&'a str, Option<u64>>) -> Option<u64> {
        if let Some(size) = known.get(name) {
            return *size;
        }
        if depth > MAX_DEPTH {
            return None;
        }
        let Some((own, calls)) = self.0.get(name) else { return Some(0) };
        // While it is open, a call of itself has no end.
        known.insert(name, None);
        let mut size = Some(*own);
        for call in calls {
            size = size.zip(self.size(call, depth + 1, known)).map(|(size, called)| size.saturating_add(called));
        }
        known.insert(name, size);
        size
    }
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
        check("a.bib", &format!("{good}@book{{two, title=nothing}}\n{last}"), &["one", "three"], &["nothing"]);
        check("a.bib", &format!("{good}@book{{two, title=}}\n{last}"), &["one", "three"], &["}"]);
        check(
            "a.bib",
            &format!("{good}@book{{one, title={{Again}}}}\n{last}"),
            &["one", "three"],
            &["@book{one, title={Again}"],
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
        assert_eq!(library.works.len(), 0);
        let file = sources.add("b.bib".to_owned(), "@string{a = b # b}\n@string{b = a # a}\n@book{c, title=a}".into());
        let (library, _) = Library::read(&sources, &[file], &CitationStyle::default());
        assert_eq!(library.works.len(), 0);
        let doubling: String =
            (0..40).map(|step| format!("@string{{s{step} = s{0} # s{0}}}\n", step + 1)).collect::<String>()
                + "@string{s40 = \"x\"}";
        let file = sources.add("c.bib".to_owned(), format!("{doubling}\n@book{{c, title=s0}}").into());
        let (library, _) = Library::read(&sources, &[file], &CitationStyle::default());
        assert_eq!(library.works.len(), 0);
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
