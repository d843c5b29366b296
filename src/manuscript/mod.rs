//! Source text → divisions: Markdown with tables, task lists, strikethrough and footnotes.
//!
//! A file is a division, unless it has two or more top-level headings of level 1: then each of these opens a division.
//! Everything that a reader would see on a rendered page comes through, and what can't is named in a warning. It knows
//! nothing of projects, pages or styles. Start at [`read`]; `tree` turns Markdown into blocks, `html` takes raw HTML
//! apart, `notes` gives each division the notes it refers to. Before that, `expand` puts in what a file includes, and
//! `dialect` rewrites the lines that CommonMark does not know; `places` leads back to what the author wrote.

mod abbreviations;
mod attributes;
mod blocks;
mod code;
mod dialect;
mod divs;
mod elements;
mod expand;
mod fancy_lists;
mod finish;
pub(crate) mod front_matter;
mod html;
mod inline;
mod labels;
mod mapped;
mod notes;
mod pandoc_tables;
mod places;
mod punctuation;
pub(crate) mod summary;
mod tables;
mod tree;
mod words;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Place, SourceFiles, SourceId, Span};
use crate::document::{
    Attributes, Block, BlockKind, Division, DivisionKind, Document, Inline, InlineKind, Matter, NodeId, Note, PartMut,
};
use expand::Expander;
pub use expand::Include;
use labels::{Given, Labels, label_headings};

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
    /// The language of the book, a BCP 47 tag; empty for English.
    pub language: String,
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

/// Reads the files of a manuscript into divisions, in order. `include` reads a file that another one includes: it is
/// given the address as written, the path of the file that names it (relative to the project), and where.
///
/// Every node has its [`NodeId`], every heading a label: the author's, or its words in lower case with `-` for spaces,
/// and `-1`, `-2` … after the second and third of the same words in a file. Blocks and inlines nest 64 deep at most;
/// what is deeper joins the level above. A part that begins before a file is a division of its own.
///
/// The findings of a file are in the order of its text. Errors: `duplicate-label`, `include-cycle`, `missing-anchor`,
/// `oversized-include`, and those of `include`; all else are warnings. Linear in the text.
#[must_use]
pub fn read<'a>(
    files: &[ManuscriptFile],
    settings: &Settings,
    sources: &'a mut SourceFiles,
    include: &'a mut Include<'a>,
) -> (Vec<Division>, Vec<Diagnostic>) {
    let mut reader = Reader {
        settings,
        expander: Expander { sources, include, budget: expand::MAX_SIZE },
        given: Given::default(),
        part_labels: Labels::default(),
        divisions: Vec::new(),
        diagnostics: Vec::new(),
    };
    files.iter().for_each(|file| reader.file(file));
    let mut document = Document { divisions: reader.divisions, ..Document::default() };
    document.name_nodes();
    (document.divisions, reader.diagnostics)
}

/// Reads file after file.
struct Reader<'a> {
    settings: &'a Settings,
    expander: Expander<'a>,
    given: Given,
    part_labels: Labels,
    divisions: Vec<Division>,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn file(&mut self, file: &ManuscriptFile) {
        if let Some(part) = &file.part {
            let part = part_division(part, file.matter, &mut self.part_labels);
            self.divisions.push(part);
        }
        let mut findings = Vec::new();
        let mut sections = self.sections(file, &mut findings);
        if sections.is_empty() {
            let source = self.expander.sources.get(file.source);
            let place = PathBuf::from(source.map_or(&file.path, |source| &source.path));
            findings.push(
                Diagnostic::warning("empty-file", place, "there is nothing to print in this file")
                    .help("write in it, or leave it out of the manuscript"),
            );
        }
        if let Some(heading) = sections.first_mut().and_then(|section| section.blocks.first_mut())
            && matches!(heading.kind, BlockKind::Heading { .. })
        {
            heading.attributes.number = file.number.as_deref().map(Arc::from);
        }
        let mut divisions: Vec<Division> = sections
            .into_iter()
            .map(|Section { blocks, notes }| Division {
                kind: DivisionKind::Chapter,
                matter: file.matter,
                level: file.level,
                path: file.path.clone(),
                blocks,
                notes,
                notes_at: None,
            })
            .collect();
        let mut labels = Labels::default();
        self.given.note(&divisions, &mut labels, self.settings.mdbook, self.expander.sources, &mut findings);
        for division in &mut divisions {
            label_headings(&mut division.blocks, &mut labels);
            for note in &mut division.notes {
                label_headings(&mut note.blocks, &mut labels);
            }
        }
        self.divisions.append(&mut divisions);
        findings.sort_by_key(|finding| match &finding.place {
            Place::Span(span) => (span.source != file.source, span.source, span.start),
            Place::File(_) | Place::Project => (false, file.source, 0),
        });
        self.diagnostics.append(&mut findings);
    }

    /// The divisions of a file, without names.
    fn sections(&mut self, file: &ManuscriptFile, findings: &mut Vec<Diagnostic>) -> Vec<Section> {
        let text = self.expander.expand(file.source, &file.path, findings);
        let prepared = dialect::prepare(text, self.settings, findings);
        let mut found = Vec::new();
        let tree = tree::read(&prepared, file.source, self.settings, &mut found);
        find_skipped_levels(&tree.blocks, &mut found);
        let whole = self.settings.mdbook || file.level > 0;
        let mut sections = if whole { keep_whole(tree.blocks) } else { split(tree.blocks) };
        if sections.is_empty() && !tree.notes.is_empty() {
            sections.push(Section::default());
        }
        notes::distribute(&tree.notes, prepared.text.text().len(), &mut sections, &mut found);
        for section in &mut sections {
            if whole {
                let level = |block: &Block| {
                    if let BlockKind::Heading { level, .. } = block.kind { Some(level) } else { None }
                };
                let first = section.blocks.iter().find_map(level).unwrap_or(1);
                section.blocks.iter_mut().for_each(|block| move_headings(block, first, file.level.saturating_add(1)));
            }
            places::relocate(&mut section.blocks, &prepared.text);
            places::relocate_notes(&mut section.notes, &prepared.text);
        }
        places::relocate_findings(&mut found, &prepared.text);
        findings.append(&mut found);
        sections
    }
}

/// Warns of headings that are more than one level below the one before (`skipped-level`).
fn find_skipped_levels(blocks: &[Block], findings: &mut Vec<Diagnostic>) {
    let mut above = 6;
    for block in blocks {
        if let BlockKind::Heading { level, .. } = block.kind {
            if level > above + 1 {
                let message = format!("a heading of level {level} follows one of level {above}");
                let help = format!("make it one of level {}, with {} of `#`", above + 1, above + 1);
                findings.push(Diagnostic::warning("skipped-level", block.span, message).help(help));
            }
            above = level;
        }
    }
}

/// A part as a division: its title.
fn part_division(part: &PartTitle, matter: Matter, labels: &mut Labels) -> Division {
    let words = Inline {
        id: NodeId::UNNAMED,
        span: part.span,
        attributes: Attributes::default(),
        kind: InlineKind::Text(part.title.clone()),
    };
    let heading = Block {
        id: NodeId::UNNAMED,
        span: part.span,
        attributes: Attributes { label: Some(labels.of(&part.title)), ..Attributes::default() },
        kind: BlockKind::Heading { level: 1, unnumbered: false, content: vec![words] },
    };
    Division { kind: DivisionKind::Part, matter, blocks: vec![heading], ..Division::default() }
}

/// Moves headings up or down so that those of level `from` come to stand at level `to`, within 1–6. Authors of an mdBook
/// begin a section's file with a heading of the first or of the second level, as they like.
fn move_headings(block: &mut Block, from: u8, to: u8) {
    if let BlockKind::Heading { level, .. } = &mut block.kind {
        *level = level.saturating_add(to).saturating_sub(from).clamp(1, 6);
    }
    for part in block.parts_mut() {
        if let PartMut::Blocks(blocks) = part {
            blocks.iter_mut().for_each(|block| move_headings(block, from, to));
        }
    }
}

/// A division in the making.
#[derive(Debug, Default)]
struct Section {
    blocks: Vec<Block>,
    notes: Vec<Note>,
}

/// A file as one section; none if it is empty.
fn keep_whole(blocks: Vec<Block>) -> Vec<Section> {
    if blocks.is_empty() { Vec::new() } else { vec![Section { blocks, notes: Vec::new() }] }
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

#[cfg(test)]
mod tests;
