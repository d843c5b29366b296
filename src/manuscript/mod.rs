//! Source text → divisions: Markdown with tables, task lists, strikethrough and footnotes.
//!
//! A file is a division, unless it has two or more top-level headings of level 1: then each of these opens a division.
//! Everything that a reader would see on a rendered page comes through, and what can't is named in a warning. It knows
//! nothing of projects, pages or styles. Start at [`read`]; `tree` turns Markdown into blocks, `html` takes raw HTML
//! apart, `notes` gives each division the notes it refers to.

mod abbreviations;
mod attributes;
mod finish;
pub(crate) mod front_matter;
mod html;
mod inline;
mod notes;
mod punctuation;
pub(crate) mod summary;
mod tree;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostics::Span;
use crate::diagnostics::{Diagnostic, Place, SourceFiles, SourceId};
use crate::document::{Block, BlockKind, Division, DivisionKind, Document, Matter, Note, PartMut, plain_text};

/// A file of the manuscript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManuscriptFile {
    /// The text.
    pub source: SourceId,
    /// The path relative to the project, with `/` between folders.
    pub path: String,
    /// Where its divisions stand.
    pub matter: Matter,
    /// How deep it stands in the book: 0 for a chapter, 1 for a section of the chapter above it, and so on.
    pub level: u8,
    /// Its number in the book, such as `1.2`, where the project numbers its files.
    pub number: Option<String>,
    /// What the contents calls it, where the project says.
    pub title: Option<String>,
    /// The part that begins before it.
    pub part: Option<PartTitle>,
}

impl ManuscriptFile {
    /// A chapter of which the project says no more.
    #[must_use]
    pub fn new(source: SourceId, path: String, matter: Matter) -> Self {
        Self { source, path, matter, level: 0, number: None, title: None, part: None }
    }
}

/// The title of a part, and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartTitle {
    /// The title.
    pub title: String,
    /// Where it was written.
    pub span: Span,
}

/// How a manuscript is to be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether straight quotation marks, hyphens and full stops become the typographic signs of the language.
    pub smart_punctuation: bool,
    /// Whether it is an mdBook: its directives and elements mean what they mean there.
    pub mdbook: bool,
    /// What `{{name}}` stands for.
    pub variables: BTreeMap<String, String>,
    /// The deepest level of headings that are numbered; 0 for none.
    pub number_sections: u8,
    /// The address of the book on the net, against which links that leave the manuscript are resolved; empty for none.
    pub site_url: String,
}

/// Reads the files of a manuscript into divisions, in order.
///
/// Every node has its [`NodeId`], every heading a label: its words in lower case with `-` for spaces, and `-1`, `-2` …
/// after the second and third of the same words in a file. Blocks and inlines nest 64 deep at most;
/// what is deeper joins the level above.
///
/// All findings are warnings: `empty-file`, `raw-html`, `missing-alt`, `deep-nesting`, `control-character`,
/// `empty-heading`, `empty-link`, `unused-note`, `duplicate-note`, `repeated-note`. Those of a file are in the order of
/// its text. Linear in the text.
#[must_use]
pub fn read(files: &[ManuscriptFile], sources: &SourceFiles) -> (Vec<Division>, Vec<Diagnostic>) {
    let mut divisions = Vec::new();
    let mut diagnostics = Vec::new();
    for file in files {
        let mut findings = Vec::new();
        let sections = read_sections(file, sources, &mut findings);
        if sections.is_empty() {
            let place = PathBuf::from(sources.get(file.source).map_or(&file.path, |source| &source.path));
            findings.push(
                Diagnostic::warning("empty-file", place, "there is nothing to print in this file")
                    .help("write in it, or leave it out of the manuscript"),
            );
        }
        let mut labels = Labels::default();
        for Section { blocks, notes } in sections {
            let mut division = Division {
                kind: DivisionKind::Chapter,
                matter: file.matter,
                level: file.level,
                path: file.path.clone(),
                blocks,
                notes,
            };
            label_headings(&mut division.blocks, &mut labels);
            for note in &mut division.notes {
                label_headings(&mut note.blocks, &mut labels);
            }
            divisions.push(division);
        }
        findings.sort_by_key(|finding| match &finding.place {
            Place::Span(span) => span.start,
            Place::File(_) | Place::Project => 0,
        });
        diagnostics.append(&mut findings);
    }
    let mut document = Document { divisions, ..Document::default() };
    document.name_nodes();
    (document.divisions, diagnostics)
}

/// A division in the making.
#[derive(Debug, Default)]
struct Section {
    blocks: Vec<Block>,
    notes: Vec<Note>,
}

/// The text of a file with blanks in place of its metadata, so that offsets stay.
fn without_metadata(text: &str) -> Cow<'_, str> {
    match front_matter::metadata_block(text) {
        Some(block) => {
            let blank = |byte: u8| if byte == b'\n' { '\n' } else { ' ' };
            Cow::Owned(text[..block.end].bytes().map(blank).collect::<String>() + &text[block.end..])
        }
        None => Cow::Borrowed(text),
    }
}

/// The divisions of a file, without names.
fn read_sections(file: &ManuscriptFile, sources: &SourceFiles, findings: &mut Vec<Diagnostic>) -> Vec<Section> {
    let Some(source) = sources.get(file.source) else { return Vec::new() };
    let tree = tree::read(&without_metadata(&source.text), file.source, false, "en", findings);
    let mut sections = split(tree.blocks);
    if sections.is_empty() && !tree.notes.is_empty() {
        sections.push(Section::default());
    }
    notes::distribute(&tree.notes, source.text.len(), &mut sections, findings);
    sections
}

/// Cuts a file before its top-level headings of level 1, if there are two or more. No section is empty.
fn split(blocks: Vec<Block>) -> Vec<Section> {
    let opens = |block: &Block| matches!(block.kind, BlockKind::Heading { level: 1, .. });
    let cut = blocks.iter().filter(|block| opens(block)).count() >= 2;
    let mut sections: Vec<Section> = Vec::new();
    for block in blocks {
        match sections.last_mut() {
            Some(section) if !(cut && opens(&block)) => section.blocks.push(block),
            _ => sections.push(Section { blocks: vec![block], notes: Vec::new() }),
        }
    }
    sections
}

/// Gives the headings among `blocks` their labels.
fn label_headings(blocks: &mut [Block], labels: &mut Labels) {
    for block in blocks {
        if let BlockKind::Heading { content, .. } = &block.kind {
            block.attributes.label = Some(labels.of(&plain_text(content)));
        }
        for part in block.parts_mut() {
            if let PartMut::Blocks(blocks) = part {
                label_headings(blocks, labels);
            }
        }
    }
}

/// The labels of a file. A link names a file and a label, so they are unique in the file, not only in the division.
#[derive(Default)]
struct Labels {
    /// For each label given, the number to try next for the same words.
    given: BTreeMap<Arc<str>, u32>,
}

impl Labels {
    /// A new label for a heading of these words.
    fn of(&mut self, words: &str) -> Arc<str> {
        let slug = slug(words);
        let mut number = self.given.get(slug.as_str()).copied().unwrap_or(0);
        let label: Arc<str> = loop {
            let label = if number == 0 { slug.clone() } else { format!("{slug}-{number}") };
            number = number.saturating_add(1);
            if !self.given.contains_key(label.as_str()) {
                break label.into();
            }
        };
        self.given.insert(slug.into(), number);
        self.given.entry(Arc::clone(&label)).or_insert(1);
        label
    }
}

/// Words as the last part of an address, as GitHub and mdBook write them: letters and digits in lower case, `-` for a
/// space, `-` and `_` as they are, and nothing else. `section` where nothing is left.
fn slug(words: &str) -> String {
    let mut slug = String::with_capacity(words.len());
    for character in words.trim().chars() {
        if character.is_alphanumeric() || character == '_' || character == '-' {
            slug.extend(character.to_lowercase());
        } else if character.is_whitespace() {
            slug.push('-');
        }
    }
    if slug.is_empty() { "section".to_owned() } else { slug }
}

#[cfg(test)]
mod tests;
