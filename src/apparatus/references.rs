//! References filled with the numbers and titles of what they name, and links that lead out of the manuscript.
//!
//! Start at [`fill`].

use std::collections::BTreeMap;

use super::{inline, numbering, text};
use crate::diagnostics::{Diagnostic, Span};
use crate::document::{
    Block, BlockKind, CodeBlock, Division, DivisionKind, Document, Inline, InlineKind, Matter, Node, NodeId, PartMut,
    ReferenceForm, Table, plain_text, walk,
};
use crate::labels::{Address, Labels, is_whole};
use crate::manuscript::Settings;
use crate::terms::{Term, number_in, numbered, quotation_marks};

/// How many findings name the nearest label: looking for it takes time.
const HELPED: usize = 100;

/// Fills each reference that has no words, and resolves the links that leave the manuscript against the book's address.
/// The nodes have their ids. Linear in the document.
pub(super) fn fill(document: &mut Document, settings: &Settings, diagnostics: &mut Vec<Diagnostic>) {
    let labels = Labels::of(document);
    let targets = targets(document);
    let language = document.metadata.language.clone();
    let mut filler = Filler { labels, targets, language: &language, settings, path: "", unknown: 0, diagnostics };
    for Division { path, blocks, notes, .. } in &mut document.divisions {
        filler.path = path;
        filler.blocks(blocks);
        for note in notes {
            filler.blocks(&mut note.blocks);
        }
    }
}

/// What can be said of a node that is referred to.
#[derive(Debug, Default)]
struct Target {
    /// What it is called by number, `Figure 3.2`, and the number alone.
    number: Option<(String, String)>,
    /// The words of its heading, caption or term.
    title: Vec<Inline>,
    /// Whether the title stands without quotation marks: it is a word of the text.
    is_term: bool,
}

/// What can be referred to: what has a number or a title.
fn targets(document: &Document) -> BTreeMap<NodeId, Target> {
    let language = document.metadata.language.as_str();
    let base = numbering::chapter_level(document);
    let mut targets = BTreeMap::new();
    for division in &document.divisions {
        let mut group = None;
        walk(division.all_blocks(), &mut |node| {
            let Node::Block(block) = node else { return };
            if let BlockKind::DefinitionList(definitions) = &block.kind {
                for definition in definitions {
                    let title = words_of(&definition.term);
                    targets.insert(definition.id, Target { number: None, title, is_term: true });
                }
            }
            let Some((what, title)) = title_of(block, division, base) else { return };
            let number = block.attributes.number.as_deref().map(|number| name(what, number, group.as_ref(), language));
            if matches!(block.kind, BlockKind::FigureGroup { .. }) {
                group.clone_from(&number);
            }
            targets.insert(block.id, Target { number, title: words_of(title), is_term: false });
        });
    }
    targets
}

/// What a block is called where it has a number, and its title.
fn title_of<'a>(block: &'a Block, division: &Division, base: u8) -> Option<(Term, &'a [Inline])> {
    Some(match &block.kind {
        BlockKind::Heading { level, content, .. } => {
            let what = match (division.kind, division.matter) {
                (DivisionKind::Part, _) => Term::Part,
                (DivisionKind::Notes, _) => Term::Section,
                _ if *level > base => Term::Section,
                (DivisionKind::Chapter, Matter::Back) => Term::Appendix,
                (DivisionKind::Chapter, Matter::Front | Matter::Body) => Term::Chapter,
            };
            (what, content)
        }
        BlockKind::Figure { caption, .. } | BlockKind::FigureGroup { caption, .. } => (Term::Figure, caption),
        BlockKind::Table(Table { caption, .. }) => (Term::Table, caption),
        BlockKind::Code(CodeBlock { caption, title, .. }) => {
            (Term::Listing, if caption.is_empty() { title } else { caption })
        }
        BlockKind::Formula(_) => (Term::Equation, &[]),
        BlockKind::Admonition { title, .. } | BlockKind::Container { title, .. } => (Term::Section, title),
        BlockKind::Paragraph(_)
        | BlockKind::Quote(_)
        | BlockKind::List { .. }
        | BlockKind::DefinitionList(_)
        | BlockKind::Verse(_)
        | BlockKind::Break
        | BlockKind::PageBreak
        | BlockKind::Bibliography(_)
        | BlockKind::Index(_) => return None,
    })
}

/// What something is called by its number, and the number alone. `group` is the figure that a panel belongs to.
fn name(what: Term, number: &str, group: Option<&(String, String)>, language: &str) -> (String, String) {
    if what == Term::Equation {
        let short = number.trim_start_matches('(').trim_end_matches(')');
        return (numbered(what, short, language), short.to_owned());
    }
    if what == Term::Figure
        && number.starts_with('(')
        && let Some((full, short)) = group
    {
        return (format!("{full}{number}"), format!("{short}{number}"));
    }
    if [Term::Figure, Term::Table, Term::Listing, Term::Part].contains(&what) {
        return (number.to_owned(), number_in(what, number, language).to_owned());
    }
    let number = number.trim_end_matches('.');
    (numbered(what, number, language), number.to_owned())
}

/// Words to be shown again elsewhere: without their labels, and without what must be there only once (notes, marks for
/// the index, images, citations' and references' own nodes).
fn words_of(inlines: &[Inline]) -> Vec<Inline> {
    let mut words = Vec::new();
    for one in inlines {
        let mut copy = |kind| {
            let mut copy = inline(kind, one.span);
            copy.attributes.language.clone_from(&one.attributes.language);
            copy.attributes.edition = one.attributes.edition;
            words.push(copy);
        };
        match &one.kind {
            InlineKind::Text(_) | InlineKind::Code(_) | InlineKind::Formula(_) => copy(one.kind.clone()),
            InlineKind::Emphasis(content) => copy(InlineKind::Emphasis(words_of(content))),
            InlineKind::Strong(content) => copy(InlineKind::Strong(words_of(content))),
            InlineKind::Strikethrough(content) => copy(InlineKind::Strikethrough(words_of(content))),
            InlineKind::Subscript(content) => copy(InlineKind::Subscript(words_of(content))),
            InlineKind::Superscript(content) => copy(InlineKind::Superscript(words_of(content))),
            InlineKind::Span(role, content) => copy(InlineKind::Span(*role, words_of(content))),
            InlineKind::LineBreak => copy(InlineKind::Text(" ".to_owned())),
            InlineKind::Link { content, .. }
            | InlineKind::Abbreviation { content, .. }
            | InlineKind::Reference { content, .. }
            | InlineKind::Citation { content, .. } => words.extend(words_of(content)),
            InlineKind::Image(_)
            | InlineKind::NoteReference(_)
            | InlineKind::PageReference { .. }
            | InlineKind::IndexMark(_) => {}
        }
    }
    words
}

/// Goes through the references and links of a division.
struct Filler<'a> {
    labels: Labels,
    targets: BTreeMap<NodeId, Target>,
    language: &'a str,
    settings: &'a Settings,
    /// The file of the division.
    path: &'a str,
    /// How many labels were unknown so far.
    unknown: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Filler<'_> {
    fn blocks(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            for part in block.parts_mut() {
                match part {
                    PartMut::Inlines(content) => self.inlines(content),
                    PartMut::Blocks(blocks) => self.blocks(blocks),
                }
            }
        }
    }

    fn inlines(&mut self, inlines: &mut [Inline]) {
        for one in inlines {
            let span = one.span;
            if let InlineKind::Reference { label, form, content } = &mut one.kind {
                let node = self.find(label, span);
                if content.is_empty() {
                    *content = self.shown(node, label, *form, span);
                }
            } else if let InlineKind::PageReference { label, .. } = &one.kind {
                self.find(label, span);
            } else if let InlineKind::Link { address, .. } = &mut one.kind
                && self.leaves(address)
                && let Some(whole) = on_site(self.settings, self.path, address)
            {
                *address = whole;
            }
            if let Some(children) = one.children_mut() {
                self.inlines(children);
            }
        }
    }

    /// Whether a link leads out of the manuscript, to a page that the book's site may have.
    fn leaves(&self, address: &str) -> bool {
        !self.settings.site_url.is_empty()
            && !is_whole(address)
            && !address.starts_with("//")
            && self.labels.resolve(self.path, address) == Address::NoFile
    }

    /// The node that a label names; that there is none is an error.
    fn find(&mut self, label: &str, span: Span) -> Option<NodeId> {
        let found = self.labels.find(self.path, label);
        if found.is_none() {
            self.unknown += 1;
            let nearest = if self.unknown <= HELPED { self.labels.nearest(label) } else { None };
            self.diagnostics.push(
                Diagnostic::error("unknown-label", span, format!("there is no `#{label}` in this book")).help(
                    nearest.map_or_else(
                        || format!("give what is meant the label `{{#{label}}}`"),
                        |nearest| format!("the nearest label is `#{nearest}`"),
                    ),
                ),
            );
        }
        found
    }

    /// What a reference without words of its own shows.
    fn shown(&mut self, node: Option<NodeId>, label: &str, form: ReferenceForm, span: Span) -> Vec<Inline> {
        let Some(node) = node else { return vec![text(label, span)] };
        let target = self.targets.get(&node);
        let number = target.and_then(|target| target.number.as_ref());
        let title = target.filter(|target| !plain_text(&target.title).trim().is_empty());
        match (form, number, title) {
            (ReferenceForm::Full | ReferenceForm::Title, Some((full, _)), None)
            | (ReferenceForm::Full, Some((full, _)), Some(_)) => vec![text(full.as_str(), span)],
            (ReferenceForm::Number, Some((_, short)), _) => vec![text(short.as_str(), span)],
            (ReferenceForm::Title, _, Some(target)) => at(&target.title, span),
            (ReferenceForm::Full | ReferenceForm::Number, None, Some(target)) if target.is_term => {
                at(&target.title, span)
            }
            (ReferenceForm::Full | ReferenceForm::Number, None, Some(target)) => {
                let (open, close) = quotation_marks(self.language);
                let mut content = vec![text(open, span)];
                content.extend(at(&target.title, span));
                content.push(text(close, span));
                content
            }
            (_, None, None) => {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "unnumbered-reference",
                        span,
                        format!("`#{label}` has neither a number nor a title to show"),
                    )
                    .help(format!("write the words yourself, as in `[words](#{label})`")),
                );
                vec![text(label, span)]
            }
        }
    }
}

/// Copies of `words` as if they had been written at `span`.
fn at(words: &[Inline], span: Span) -> Vec<Inline> {
    fn place(words: &mut [Inline], span: Span) {
        for word in words {
            word.span = span;
            if let Some(children) = word.children_mut() {
                place(children, span);
            }
        }
    }
    let mut copy = words.to_vec();
    place(&mut copy, span);
    copy
}

/// Where `address`, in the file `path`, leads on the book's site; `None` where it would leave the host.
fn on_site(settings: &Settings, path: &str, address: &str) -> Option<String> {
    let (scheme, rest) = settings.site_url.split_once("://")?;
    let (host, site) = rest.split_once('/').unwrap_or((rest, ""));
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let (file, tail) = address.split_at(end);
    let mut parts: Vec<&str> = Vec::new();
    if !file.starts_with('/') {
        parts.extend(site.split('/').chain(path.rsplit_once('/').map_or("", |(folder, _)| folder).split('/')));
        parts.retain(|part| !part.is_empty());
    }
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    let mut page = parts.join("/");
    if settings.mdbook
        && let Some(stem) = page.strip_suffix(".md")
    {
        page = match stem.strip_suffix("README") {
            Some(folder) => format!("{folder}index.html"),
            None => format!("{stem}.html"),
        };
    }
    let slash = if file.ends_with('/') && !page.is_empty() { "/" } else { "" };
    Some(format!("{scheme}://{host}/{page}{slash}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_manuscript_lead_to_the_books_site() {
        let settings = |mdbook| Settings { site_url: "https://e.org/book/".to_owned(), mdbook, ..Settings::default() };
        let check = |path, address, expected: Option<&str>| {
            assert_eq!(on_site(&settings(true), path, address).as_deref(), expected);
        };
        check("ch01.md", "../std/index.html#x", Some("https://e.org/std/index.html#x"));
        check("a/b.md", "c.md?q", Some("https://e.org/book/a/c.html?q"));
        check("a/b.md", "../README.md", Some("https://e.org/book/index.html"));
        check("a/b.md", "/x/", Some("https://e.org/x/"));
        check("a.md", "../../x", None);
        assert_eq!(on_site(&settings(false), "a.md", "c.md").as_deref(), Some("https://e.org/book/c.md"));
    }
}
