//! The index: marks gathered into entries, in the order of the book's language.
//!
//! Start at [`fill`].

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed};
use icu_locale_core::Locale;

use super::{closing_division, each_block, each_inline, inline, text};
use crate::diagnostics::Span;
use crate::document::{BlockKind, Document, IndexEntry, IndexMark, InlineKind, NodeId};
use crate::terms::{Term, term};

/// How deep entries nest; what is deeper joins the last level.
const MAX_DEPTH: usize = 8;

/// Numbers the index marks and fills the index; without a place for one, it is a division at the end. In n log n of the
/// marks.
pub(super) fn fill(document: &mut Document) {
    let language = document.metadata.language.clone();
    let mut root = Entry::default();
    let mut ordinal = 0;
    let mut first = None;
    each_inline(document, &mut |inline| {
        if let InlineKind::IndexMark(mark) = &mut inline.kind {
            mark.ordinal = ordinal;
            ordinal += 1;
            root.add(mark, inline.span);
            first.get_or_insert(inline.span);
        }
    });
    let Some(span) = first else { return };
    let locale = language.parse::<Locale>().unwrap_or(Locale::UNKNOWN);
    let collator = Collator::try_new(locale.into(), CollatorOptions::default()).ok();
    let mut writer = Writer { collator, language: &language, entries: Vec::new() };
    writer.below(&root, 0);
    let entries = writer.entries;
    let mut placed = false;
    each_block(document, &mut |block| {
        if let BlockKind::Index(given) = &mut block.kind {
            given.clone_from(&entries);
            placed = true;
        }
    });
    if !placed && !entries.is_empty() {
        let division = closing_division(Term::Index, "index", BlockKind::Index(entries), span, &language);
        document.divisions.push(division);
    }
}

/// What is said under a term.
#[derive(Debug, Default)]
struct Entry {
    span: Span,
    below: BTreeMap<String, Entry>,
    marks: Vec<u32>,
    see: BTreeSet<String>,
    see_also: BTreeSet<String>,
}

impl Entry {
    fn add(&mut self, mark: &IndexMark, span: Span) {
        let mut entry = self;
        let words: Vec<&str> = mark.path.iter().map(|term| term.trim()).filter(|term| !term.is_empty()).collect();
        if words.is_empty() {
            return;
        }
        let (levels, rest) = words.split_at(words.len().min(MAX_DEPTH - 1));
        let rest = Some(rest.join(", ")).filter(|rest| !rest.is_empty());
        for term in levels.iter().map(|term| (*term).to_owned()).chain(rest) {
            entry = entry.below.entry(term).or_insert_with(|| Self { span, ..Self::default() });
        }
        match &mark.see {
            Some(see) => {
                entry.see.insert(see.trim().to_owned());
            }
            None => entry.marks.push(mark.ordinal),
        }
        entry.see_also.extend(mark.see_also.iter().map(|see| see.trim().to_owned()));
    }
}

/// Writes entries in order.
struct Writer<'a> {
    collator: Option<CollatorBorrowed<'static>>,
    language: &'a str,
    entries: Vec<IndexEntry>,
}

impl Writer<'_> {
    fn below(&mut self, entry: &Entry, depth: u8) {
        let mut terms: Vec<(&String, &Entry)> = entry.below.iter().collect();
        terms.sort_by(|(one, _), (other, _)| self.order(one, other));
        for (term, entry) in terms {
            let alone = entry.marks.is_empty() && entry.below.is_empty();
            let mut content = vec![text(term.as_str(), entry.span)];
            let references = [(Term::See, &entry.see), (Term::SeeAlso, &entry.see_also)];
            let mut references = references.into_iter().filter(|(_, targets)| !targets.is_empty());
            if alone && let Some(reference) = references.next() {
                content.push(text(", ", entry.span));
                self.reference(reference, entry.span, &mut content);
            }
            self.push(depth, content, entry.marks.clone());
            self.below(entry, depth + 1);
            for reference in references {
                let mut content = Vec::new();
                self.reference(reference, entry.span, &mut content);
                self.push(depth + 1, content, Vec::new());
            }
        }
    }

    fn reference(
        &self,
        (what, targets): (Term, &BTreeSet<String>),
        span: Span,
        content: &mut Vec<crate::document::Inline>,
    ) {
        let mut targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        targets.sort_by(|one, other| self.order(one, other));
        content.push(inline(InlineKind::Emphasis(vec![text(term(what, self.language), span)]), span));
        content.push(text(format!(" {}", targets.join("; ")), span));
    }

    fn push(&mut self, depth: u8, content: Vec<crate::document::Inline>, marks: Vec<u32>) {
        self.entries.push(IndexEntry { id: NodeId::UNNAMED, depth, content, marks });
    }

    /// As the language sorts; what it takes for equal, by code points.
    fn order(&self, one: &str, other: &str) -> Ordering {
        let order = self.collator.as_ref().map_or(Ordering::Equal, |collator| collator.compare(one, other));
        order.then_with(|| one.cmp(other))
    }
}
