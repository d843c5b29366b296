//! Citations and the bibliography, formatted by a CSL style.
//!
//! All citations of the book are formatted together, since a style may number works, shorten what comes again and tell
//! like names apart. Start at [`fill`].

use hayagriva::archive::locales;
use hayagriva::citationberg::taxonomy::Locator;
use hayagriva::citationberg::{
    FontStyle, FontVariant, FontWeight, IndependentStyle, LocaleCode, StyleClass, TextDecoration, VerticalAlign,
};
use hayagriva::{
    BibliographyDriver, BibliographyRequest, CitationRequest, CitePurpose, Elem, ElemChild, ElemChildren, ElemMeta,
    Formatting, LocatorPayload, SpecificLocator,
};

use super::library::guarded;
use super::{Library, closing_division, each_block, each_inline, each_inline_in, inline, text};
use crate::diagnostics::{Diagnostic, Place, Span, nearest};
use crate::document::{
    Attributes, BibliographyEntry, Block, BlockKind, CitationItem, Division, Document, Formula, Inline, InlineKind,
    Node, NodeId, Note, SpanRole, walk,
};
use crate::labels::reference_label;
use crate::terms::Term;

/// How many findings name the nearest key: looking for it takes time.
const HELPED: usize = 100;

/// Fills in the citations and the bibliography; without a place for one, it is a division at the end. A citation of a work
/// that no bibliography has becomes the words that the author typed.
pub(super) fn fill(document: &mut Document, library: &Library, diagnostics: &mut Vec<Diagnostic>) {
    let citations = collect(document);
    let Some(span) = citations.first().map(|citation| citation.span) else { return };
    let mut unknown = 0;
    let known: Vec<bool> =
        citations.iter().map(|citation| citation.check(library, &mut unknown, diagnostics)).collect();
    let requests: Vec<&Citation> =
        citations.iter().zip(&known).filter(|(_, known)| **known).map(|(citation, _)| citation).collect();
    let formatted = match &library.style {
        Some(style) if !requests.is_empty() => {
            let formatted = guarded(|| format(library, style, &requests, &document.metadata.language));
            if formatted.is_none() {
                diagnostics.push(
                    Diagnostic::warning("failed-citations", Place::Project, "the citations could not be formatted")
                        .help("take another `citation-style`; the citations are shown as they were typed"),
                );
            }
            formatted
        }
        Some(_) | None => None,
    };
    let (mut shown, entries) = formatted.unwrap_or_default();
    shown.reverse();
    let mut places = citations.iter().zip(known);
    each_inline(document, &mut |inline| {
        if matches!(inline.kind, InlineKind::Citation { .. })
            && let Some((citation, known)) = places.next()
        {
            match (shown.pop().filter(|_| known), &mut inline.kind) {
                (Some(words), InlineKind::Citation { content, .. }) => *content = words,
                (_, kind) => *kind = InlineKind::Text(citation.typed()),
            }
        }
    });
    if library.style.as_ref().is_some_and(|style| style.settings.class == StyleClass::Note) {
        document.divisions.iter_mut().for_each(put_into_notes);
    }
    place_bibliography(document, entries, span);
}

/// A citation of the text.
struct Citation {
    items: Vec<Cited>,
    narrative: bool,
    span: Span,
}

/// A work that is cited, and what is said beside it.
struct Cited {
    item: CitationItem,
    locator: Option<(Locator, String)>,
    /// What follows the locator.
    rest: String,
}

fn collect(document: &Document) -> Vec<Citation> {
    let mut citations = Vec::new();
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| {
            if let Node::Inline(Inline { kind: InlineKind::Citation { items, narrative, .. }, span, .. }) = node {
                let cited = |item: &CitationItem| {
                    let (locator, rest) = locator(&item.suffix);
                    Cited { item: item.clone(), locator, rest }
                };
                citations.push(Citation {
                    items: items.iter().map(cited).collect(),
                    narrative: *narrative,
                    span: *span,
                });
            }
        });
    }
    citations
}

impl Citation {
    /// Whether all works are known; each that is not gets a finding, but for a bare `@name` in a book without works.
    fn check(&self, library: &Library, unknown: &mut usize, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let mut known = !self.items.is_empty();
        for Cited { item, .. } in &self.items {
            if library.works.get(&item.key).is_some() {
                continue;
            }
            known = false;
            if self.narrative && library.works.is_empty() {
                continue;
            }
            *unknown += 1;
            let near = if *unknown <= HELPED { nearest(&item.key, library.works.keys()) } else { None };
            let message = format!("no bibliography of this book has `{}`", item.key);
            diagnostics.push(Diagnostic::warning("unresolved-citation", self.span, message).help(near.map_or_else(
                || "add the work to a file that `bibliography` names; the citation is shown as it was typed".to_owned(),
                |near| format!("the nearest key is `{near}`"),
            )));
        }
        known
    }

    /// What the author typed.
    fn typed(&self) -> String {
        let items: Vec<String> = self
            .items
            .iter()
            .map(|Cited { item: CitationItem { key, prefix, suffix, without_author }, .. }| {
                let space = if prefix.is_empty() { "" } else { " " };
                let minus = if *without_author { "-" } else { "" };
                let suffix = match suffix.as_str() {
                    "" => String::new(),
                    suffix if self.narrative => format!(" [{suffix}]"),
                    suffix => format!(", {suffix}"),
                };
                format!("{prefix}{space}{minus}@{key}{suffix}")
            })
            .collect();
        let items = items.join("; ");
        if self.narrative { items } else { format!("[{items}]") }
    }

    /// Whether the one work is cited without its author.
    fn without_author(&self) -> bool {
        matches!(self.items.as_slice(), [Cited { item: CitationItem { without_author: true, .. }, .. }])
    }
}

/// Splits the place in a work from what else follows its key: `p. 3, but see below` is page 3 and the rest.
fn locator(suffix: &str) -> (Option<(Locator, String)>, String) {
    const WORDS: &[(&str, Locator)] = &[
        ("bk", Locator::Book),
        ("book", Locator::Book),
        ("chap", Locator::Chapter),
        ("chaps", Locator::Chapter),
        ("chapter", Locator::Chapter),
        ("kap", Locator::Chapter),
        ("col", Locator::Column),
        ("column", Locator::Column),
        ("fig", Locator::Figure),
        ("figure", Locator::Figure),
        ("fol", Locator::Folio),
        ("folio", Locator::Folio),
        ("l", Locator::Line),
        ("ll", Locator::Line),
        ("line", Locator::Line),
        ("lines", Locator::Line),
        ("n", Locator::Note),
        ("nn", Locator::Note),
        ("note", Locator::Note),
        ("no", Locator::Issue),
        ("p", Locator::Page),
        ("pp", Locator::Page),
        ("page", Locator::Page),
        ("pages", Locator::Page),
        ("s", Locator::Page),
        ("para", Locator::Paragraph),
        ("paras", Locator::Paragraph),
        ("paragraph", Locator::Paragraph),
        ("¶", Locator::Paragraph),
        ("pt", Locator::Part),
        ("part", Locator::Part),
        ("sec", Locator::Section),
        ("section", Locator::Section),
        ("§", Locator::Section),
        ("§§", Locator::Section),
        ("v", Locator::Verse),
        ("vv", Locator::Verse),
        ("verse", Locator::Verse),
        ("vol", Locator::Volume),
        ("vols", Locator::Volume),
        ("volume", Locator::Volume),
    ];
    let text = suffix.trim().trim_start_matches(',').trim_start();
    let end = text.find(|letter: char| letter.is_whitespace() || letter == '.' || letter.is_ascii_digit());
    let (word, after) = text.split_at(end.unwrap_or(text.len()));
    let word = word.to_lowercase();
    let (kind, places) = match WORDS.iter().find(|(name, _)| *name == word) {
        Some((_, kind)) => (*kind, after.trim_start_matches(['.', '\u{a0}', ' '])),
        None => (Locator::Page, text),
    };
    let length = length_of_places(places);
    if length == 0 {
        return (None, text.to_owned());
    }
    let (places, rest) = places.split_at(length);
    (Some((kind, places.to_owned())), rest.trim().to_owned())
}

/// How much of `text` names places: numbers and ranges, with commas between.
fn length_of_places(text: &str) -> usize {
    let mut length = 0;
    let mut offset = 0;
    for word in text.split_inclusive([' ', '\u{a0}']) {
        let bare = word.trim_end();
        let core = bare.trim_end_matches([',', ';', '.']);
        let roman = !core.is_empty() && core.chars().all(|letter| "ivxlcdmIVXLCDM-–".contains(letter));
        if !core.starts_with(|first: char| first.is_ascii_digit()) && !roman {
            break;
        }
        length = offset + core.len();
        offset += word.len();
        if !bare.ends_with(',') {
            break;
        }
    }
    length
}

/// What all citations show, in order, and the bibliography.
fn format(
    library: &Library,
    style: &IndependentStyle,
    requests: &[&Citation],
    language: &str,
) -> (Vec<Vec<Inline>>, Vec<BibliographyEntry>) {
    let locales = locales();
    let locale = Some(locale_code(language));
    let mut driver = BibliographyDriver::new();
    for (number, citation) in (1..).zip(requests) {
        let purpose = Some(CitePurpose::Prose).filter(|_| citation.narrative || citation.without_author());
        let items = citation.items.iter().filter_map(|cited| {
            let entry = library.works.get(&cited.item.key)?;
            let place = cited.locator.as_ref();
            let place = place.map(|(kind, places)| SpecificLocator(*kind, LocatorPayload::Str(places)));
            Some(hayagriva::CitationItem::new(entry, place, None, false, purpose))
        });
        driver.citation(CitationRequest::new(items.collect(), style, locale.clone(), &locales, Some(number)));
    }
    let rendered = driver.finish(BibliographyRequest::new(style, locale, &locales));
    let has_bibliography = rendered.bibliography.is_some();
    let shown = rendered.citations.iter().zip(requests);
    let shown = shown.map(|(rendered, citation)| show(&rendered.citation, citation, has_bibliography)).collect();
    let span = requests.first().map(|citation| citation.span).unwrap_or_default();
    let entries = rendered.bibliography.map(|bibliography| bibliography.items).unwrap_or_default();
    let entries = entries.into_iter().map(|item| {
        let mut marker = Vec::new();
        if let Some(first) = item.first_field {
            flatten_child(&first, None, false, &mut marker);
        }
        let marker: String = marker.iter().map(|run| run.text.as_str()).collect();
        let mut runs = flatten(&item.content);
        if let Some(first) = runs.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        let content = runs.iter().filter_map(|run| run.inline(span)).collect();
        BibliographyEntry { id: NodeId::UNNAMED, key: item.key.into(), marker: marker.trim().to_owned(), content }
    });
    (shown, entries.collect())
}

/// A language as styles name it: `de`, `pt-BR`.
fn locale_code(language: &str) -> LocaleCode {
    let mut subtags = language.split(['-', '_']);
    let first = subtags.next().unwrap_or_default().to_ascii_lowercase();
    LocaleCode(match subtags.find(|subtag| subtag.len() == 2) {
        Some(region) => format!("{first}-{}", region.to_ascii_uppercase()),
        None => match first.as_str() {
            // The ones that have no country by default.
            "ar" | "eu" | "la" | "" => first,
            "no" => "nb-NO".to_owned(),
            _ => LocaleCode(first.clone()).fallback().map_or(first, |locale| locale.0),
        },
    })
}

/// A stretch of formatted text.
struct Run {
    text: String,
    look: Formatting,
    /// The work of the citation that it stands for.
    item: Option<usize>,
    /// Whether it is among the names of people.
    names: bool,
    /// Where it leads.
    url: Option<String>,
    /// Whether it is a formula.
    formula: bool,
}

impl Run {
    fn inline(&self, span: Span) -> Option<Inline> {
        if self.text.is_empty() {
            return None;
        }
        let kind = if self.formula {
            InlineKind::Formula(Formula { tex: self.text.trim_matches('$').to_owned() })
        } else {
            InlineKind::Text(self.text.clone())
        };
        let mut shown = inline(kind, span);
        let mut wrap = |kind: fn(Vec<Inline>) -> InlineKind| {
            let inner = std::mem::replace(&mut shown, text("", span));
            shown = inline(kind(vec![inner]), span);
        };
        if self.look.font_style == FontStyle::Italic {
            wrap(InlineKind::Emphasis);
        }
        if self.look.font_weight == FontWeight::Bold {
            wrap(InlineKind::Strong);
        }
        if self.look.font_variant == FontVariant::SmallCaps {
            wrap(|content| InlineKind::Span(SpanRole::SmallCaps, content));
        }
        if self.look.text_decoration == TextDecoration::Underline {
            wrap(|content| InlineKind::Span(SpanRole::Underline, content));
        }
        match self.look.vertical_align {
            VerticalAlign::Sup => wrap(InlineKind::Superscript),
            VerticalAlign::Sub => wrap(InlineKind::Subscript),
            VerticalAlign::None | VerticalAlign::Baseline => {}
        }
        Some(match &self.url {
            Some(url) => inline(link(url.clone(), vec![shown]), span),
            None => shown,
        })
    }
}

fn link(address: String, content: Vec<Inline>) -> InlineKind {
    InlineKind::Link { address, title: String::new(), content }
}

fn flatten(children: &ElemChildren) -> Vec<Run> {
    let mut runs = Vec::new();
    for child in &children.0 {
        flatten_child(child, None, false, &mut runs);
    }
    runs
}

fn flatten_child(child: &ElemChild, item: Option<usize>, names: bool, runs: &mut Vec<Run>) {
    let mut run = |text: &str, look: Formatting| {
        runs.push(Run { text: text.to_owned(), look, item, names, url: None, formula: false });
    };
    match child {
        ElemChild::Text(text) => run(&text.text, text.formatting),
        ElemChild::Markup(tex) => {
            run(tex, Formatting::default());
            if let Some(run) = runs.last_mut() {
                run.formula = true;
            }
        }
        ElemChild::Link { text, url } => {
            run(&text.text, text.formatting);
            if let Some(run) = runs.last_mut() {
                run.url = Some(url.clone());
            }
        }
        ElemChild::Transparent { .. } => {}
        ElemChild::Elem(Elem { children, meta, .. }) => {
            let (mut item, mut names) = (item, names);
            if let Some(ElemMeta::Entry(index)) = meta {
                item = Some(*index);
            }
            names |= matches!(meta, Some(ElemMeta::Names(_)));
            for child in &children.0 {
                flatten_child(child, item, names, runs);
            }
        }
    }
}

/// What a citation shows: each work with what is said before and after it, and, where there is a bibliography, a link.
fn show(rendered: &ElemChildren, citation: &Citation, has_bibliography: bool) -> Vec<Inline> {
    let mut runs = flatten(rendered);
    if citation.without_author()
        && let Some(first) = runs.iter().position(|run| run.names)
    {
        let after = runs.iter().skip(first).take_while(|run| run.names).count();
        runs.drain(..first + after);
        if let Some(first) = runs.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
    }
    let span = citation.span;
    let mut shown = Vec::new();
    for runs in runs.chunk_by(|one, other| one.item == other.item) {
        let Some(cited) = runs[0].item.and_then(|index| citation.items.get(index)) else {
            shown.extend(runs.iter().filter_map(|run| run.inline(span)));
            continue;
        };
        let Cited { item, locator, rest } = cited;
        if !item.prefix.is_empty() {
            shown.push(text(format!("{} ", item.prefix), span));
        }
        let mut content: Vec<Inline> = runs.iter().filter_map(|run| run.inline(span)).collect();
        let follows = match rest.chars().next() {
            None => String::new(),
            Some(first) if first.is_ascii_punctuation() && first != '(' => rest.clone(),
            Some(_) if locator.is_some() => format!(" {rest}"),
            Some(_) => format!(", {rest}"),
        };
        // What is said of a work stands within the brackets that the style puts around its year.
        let closing = match content.last_mut().map(|last| &mut last.kind) {
            Some(InlineKind::Text(words)) if words.ends_with([')', ']']) && !follows.is_empty() => words.pop(),
            _ => None,
        };
        if has_bibliography {
            shown.push(inline(link(format!("#{}", reference_label(&item.key)), content), span));
        } else {
            shown.append(&mut content);
        }
        let follows = follows + closing.map(String::from).as_deref().unwrap_or("");
        if !follows.is_empty() {
            shown.push(text(follows, span));
        }
    }
    shown
}

/// Moves what the division's citations show into notes, but for those of which the author is part of the sentence and
/// those that stand in a note already.
fn put_into_notes(division: &mut Division) {
    let mut added = Vec::new();
    let first = division.notes.len();
    each_inline_in(&mut division.blocks, &mut |one| {
        if let InlineKind::Citation { narrative: false, content, .. } = &mut one.kind {
            let reference = inline(InlineKind::NoteReference(first + added.len()), one.span);
            added.push((one.span, std::mem::replace(content, vec![reference])));
        }
    });
    let paragraph = |(span, content)| Note {
        id: NodeId::UNNAMED,
        label: None,
        span,
        edition: None,
        blocks: vec![Block {
            id: NodeId::UNNAMED,
            span,
            attributes: Attributes::default(),
            kind: BlockKind::Paragraph(content),
        }],
    };
    division.notes.extend(added.into_iter().map(paragraph));
}

/// Puts the works where the author wants them, once, or at the end of the book.
fn place_bibliography(document: &mut Document, entries: Vec<BibliographyEntry>, span: Span) {
    if entries.is_empty() {
        return;
    }
    let mut entries = Some(entries);
    each_block(document, &mut |block| {
        if let BlockKind::Bibliography(given) = &mut block.kind
            && let Some(entries) = entries.take()
        {
            *given = entries;
        }
    });
    if let Some(entries) = entries {
        let kind = BlockKind::Bibliography(entries);
        let language = document.metadata.language.clone();
        document.divisions.push(closing_division(Term::Bibliography, "bibliography", kind, span, &language));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_in_a_work_is_told_from_what_follows() {
        let check = |suffix: &str, kind: Option<Locator>, places: &str, rest: &str| {
            let (found, left) = locator(suffix);
            assert_eq!(found.as_ref().map(|(kind, _)| *kind), kind, "{suffix}");
            assert_eq!(found.map(|(_, places)| places).unwrap_or_default(), places);
            assert_eq!(left, rest);
        };
        check("p. 3", Some(Locator::Page), "3", "");
        check("pp. 33-35, 38 and passim", Some(Locator::Page), "33-35, 38", "and passim");
        check("chap. 2, my note", Some(Locator::Chapter), "2", ", my note");
        check(", § 4", Some(Locator::Section), "4", "");
        check("12", Some(Locator::Page), "12", "");
        check("p.xiv", Some(Locator::Page), "xiv", "");
        check("among others", None, "", "among others");
        check("", None, "", "");
    }
}
