//! BibTeX and BibLaTeX → works, as many of them as can be read.
//!
//! A faulty work is blanked out, and the rest is read again. Abbreviations and cross references that never end are told
//! before they are followed. Start at [`read`].

use std::ops::Range;

use biblatex::{Bibliography, Chunk, Entry, RawBibliography, RawChunk, Spanned};

use super::library::{Expansions, MAX_DEPTH, guarded, invalid, span};
use crate::diagnostics::{Diagnostic, SourceId};

/// How many times a file is read again without its faulty works, before all of it is given up.
const MAX_READINGS: usize = 20;

/// How long an abbreviation may be, in bytes, and all that a file puts in for its abbreviations.
const MAX_TEXT: u64 = 1 << 20;

/// How many works one may take its data from.
const MAX_REFERENCES: u64 = 1000;

/// A faulty place, and what is wrong.
type Fault = (Range<usize>, String);

/// Reads the works of a file; what is wrong is a finding at its place. Linear in the file, times the works that are faulty.
pub(super) fn read(file: SourceId, source: &str, findings: &mut Vec<Diagnostic>) -> Vec<hayagriva::Entry> {
    if let Some(at) = too_deep(source) {
        let finding = invalid(span(file, at, at + 1), "the braces nest too deep here");
        findings.push(finding.help(format!("close them earlier: {MAX_DEPTH} levels are enough for any work")));
        return Vec::new();
    }
    let mut text = source.to_owned();
    for _ in 0..MAX_READINGS {
        let Some(read) = guarded(|| read_all(&text)) else {
            findings.push(invalid(span(file, 0, 0), "this bibliography can't be read"));
            return Vec::new();
        };
        let (works, faults, is_whole) = match read {
            Ok((works, faults)) => (works, faults, true),
            Err(faults) => (Vec::new(), faults, false),
        };
        let mut changed = false;
        for (range, message) in faults {
            let range = floor(&text, range.start)..floor(&text, range.end.max(range.start));
            findings.push(
                invalid(span(file, range.start, range.end), &format!("this work can't be read: {message}"))
                    .help("correct it, or take it out"),
            );
            changed |= blank_out(&mut text, range.start);
        }
        if is_whole || !changed {
            return works;
        }
    }
    Vec::new()
}

/// The works that can be read, and what is wrong with others; or, if the file can't be taken apart, what is wrong with it.
fn read_all(text: &str) -> Result<(Vec<hayagriva::Entry>, Vec<Fault>), Vec<Fault>> {
    let fault = |error: biblatex::ParseError| vec![(error.span, error.kind.to_string())];
    let raw = RawBibliography::parse(text).map_err(fault)?;
    let faults = endless_abbreviations(&raw);
    if !faults.is_empty() {
        return Err(faults);
    }
    let faults = endless_references(&raw).map_err(fault)?;
    if !faults.is_empty() {
        return Err(faults);
    }
    let (mut works, mut faults) = (Vec::new(), Vec::new());
    for mut entry in Bibliography::from_raw(raw).map_err(fault)? {
        join_subtitles(&mut entry);
        match hayagriva::Entry::try_from(&entry) {
            Ok(work) => works.push(work),
            Err(error) => faults.push((error.span, error.kind.to_string())),
        }
    }
    Ok((works, faults))
}

/// Puts each subtitle behind its title: Hayagriva knows no subtitles.
fn join_subtitles(entry: &mut Entry) {
    const TITLES: [(&str, &str); 4] = [
        ("title", "subtitle"),
        ("booktitle", "booksubtitle"),
        ("maintitle", "mainsubtitle"),
        ("journaltitle", "journalsubtitle"),
    ];
    for (title, subtitle) in TITLES {
        if let (Some(words), Some(more)) = (entry.get(title), entry.get(subtitle)) {
            let colon =
                Spanned::new(Chunk::Normal(": ".to_owned()), words.last().map_or(0..0, |chunk| chunk.span.clone()));
            let joined = words.iter().chain([&colon]).chain(more).cloned().collect();
            entry.set(title, joined);
        }
    }
}

/// Abbreviations that call themselves or grow too long, and works that put in too much.
fn endless_abbreviations(raw: &RawBibliography<'_>) -> Vec<Fault> {
    let mut expansions = Expansions::default();
    for pair in &raw.abbreviations {
        for chunk in &pair.value.v {
            match chunk.v {
                RawChunk::Normal(text) => expansions.add(pair.key.v, text.len() as u64, None),
                RawChunk::Abbreviation(name) => expansions.add(pair.key.v, 1, [name]),
            }
        }
    }
    let too_large = expansions.too_large(MAX_TEXT);
    let mut faults: Vec<Fault> = raw
        .abbreviations
        .iter()
        .filter(|pair| too_large.contains(&pair.key.v))
        .map(|pair| (pair.key.span.clone(), "this abbreviation has no end, or is too long".to_owned()))
        .collect();
    if !faults.is_empty() {
        return faults;
    }
    let mut all = Expansions::default();
    for entry in &raw.entries {
        let chunks = entry.v.fields.iter().flat_map(|pair| &pair.value.v);
        let names = chunks.filter_map(|chunk| match chunk.v {
            RawChunk::Abbreviation(name) => Some(name),
            RawChunk::Normal(_) => None,
        });
        all.add("", 0, names);
    }
    for (name, size) in expansions.sizes() {
        all.add(name, size, None);
    }
    if all.too_large(MAX_TEXT << 4).contains(&"") {
        faults
            .extend(raw.entries.first().map(|entry| (entry.span.clone(), "the abbreviations are too long".to_owned())));
    }
    faults
}

/// Works that take their data from themselves, or from too many.
fn endless_references(raw: &RawBibliography<'_>) -> Result<Vec<Fault>, biblatex::ParseError> {
    // The fields are read under other names, so that they are not followed.
    const FIELDS: [(&str, &str); 2] = [("crossref", "crossref-of"), ("xdata", "xdata-of")];
    let mut renamed = raw.clone();
    let mut refers = false;
    for pair in renamed.entries.iter_mut().flat_map(|entry| &mut entry.v.fields) {
        if let Some((_, name)) = FIELDS.iter().find(|(name, _)| pair.key.v.eq_ignore_ascii_case(name)) {
            pair.key.v = name;
            refers = true;
        }
    }
    if !refers {
        return Ok(Vec::new());
    }
    let parsed = Bibliography::from_raw(renamed)?;
    let targets = |entry: &Entry| {
        let keys = entry.get_as::<String>(FIELDS[0].1).into_iter();
        let keys = keys.chain(entry.get_as::<Vec<String>>(FIELDS[1].1).into_iter().flatten());
        keys.filter_map(|key| parsed.get(&key)).map(|target| target.key.as_str()).collect::<Vec<_>>()
    };
    let mut expansions = Expansions::default();
    for entry in parsed.iter() {
        expansions.add(entry.key.as_str(), 1, targets(entry));
    }
    let too_large = expansions.too_large(MAX_REFERENCES);
    let faulty = raw.entries.iter().filter(|entry| too_large.contains(&entry.v.key.v));
    let message = "it takes its data from itself, or from too many others";
    Ok(faulty.map(|entry| (entry.v.key.span.clone(), message.to_owned())).collect())
}

/// Puts spaces in place of the entry around `at`; whether there was something else.
fn blank_out(text: &mut String, at: usize) -> bool {
    let range = entry_around(text, at);
    let blank = |letter: char| {
        let count = if letter == '\n' { 1 } else { letter.len_utf8() };
        std::iter::repeat_n(if letter == '\n' { '\n' } else { ' ' }, count)
    };
    let blanked: String = text[range.clone()].chars().flat_map(blank).collect();
    let changed = blanked != text[range.clone()];
    text.replace_range(range, &blanked);
    changed
}

/// The last boundary of a character in `text` up to `at`.
fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The lines from the one that begins the entry around `at` to the one that begins the next.
fn entry_around(text: &str, at: usize) -> Range<usize> {
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
