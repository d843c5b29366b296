//! What the words of code are, for both editions.
//!
//! `syntaxmate` knows most languages, `syntect` with `two-face` some more. It knows nothing of colours: those are the
//! design's. Start at [`highlight`].

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

use rayon::prelude::*;
use syntaxmate::{Catalog, Highlighter, HighlighterOptions, TokenizerOptions};
use syntect::parsing::{ParseState, ScopeStack, SyntaxSet};
use syntect::util::LinesWithEndings;

use super::book::{Token, TokenKind};
use crate::diagnostics::{Diagnostic, Span, nearest};
use crate::document::{Block, BlockKind, CodeBlock, Document, Node, NodeId, walk};

/// The longest block that is looked at, in bytes; one that `syntect` must read, which is slower; and one of its lines.
const MAX_BLOCK: usize = 1 << 20;
const MAX_SLOW_BLOCK: usize = 1 << 17;
const MAX_SLOW_LINE: usize = 1 << 10;

/// How many languages are compared with the known ones.
const HELPED: usize = 100;

/// Names that mean plain text, or what no highlighter should guess at.
const PLAIN: &[&str] = &[
    "",
    "ascii",
    "conf",
    "console",
    "ebnf",
    "ignore",
    "manpage",
    "none",
    "output",
    "plain",
    "plaintext",
    "prose",
    "raw",
    "result",
    "terminal",
    "text",
    "txt",
];

/// Names that the highlighters don't know themselves.
const ALIASES: &[(&str, &str)] = &[
    ("assembly", "asm"),
    ("cmd", "bat"),
    ("compile_fail", "rust"),
    ("jl", "julia"),
    ("no_run", "rust"),
    ("should_panic", "rust"),
    ("shell-session", "shellsession"),
    ("yml", "yaml"),
];

/// The tokens of each block of code whose language is known, and a warning for each language that is probably misspelt
/// (`unknown-language`). Blocks go in parallel. Linear in the code.
pub(super) fn highlight(document: &Document) -> (BTreeMap<NodeId, Vec<Token>>, Vec<Diagnostic>) {
    let mut blocks: Vec<(NodeId, Span, &CodeBlock)> = Vec::new();
    for division in &document.divisions {
        walk(division.all_blocks(), &mut |node| {
            if let Node::Block(Block { id, span, kind: BlockKind::Code(code), .. }) = node {
                blocks.push((*id, *span, code));
            }
        });
    }
    let names: BTreeSet<&str> = blocks.iter().map(|(.., code)| code.language.as_str()).collect();
    let grammars: BTreeMap<&str, Grammar> = names.into_iter().map(|name| (name, Grammar::of(name))).collect();
    let tokens = blocks
        .par_iter()
        .filter_map(|(id, _, code)| {
            let tokens = grammars.get(code.language.as_str())?.tokens(&code.text);
            Some((*id, tokens)).filter(|(_, tokens)| !tokens.is_empty())
        })
        .collect();
    (tokens, misspelt(&blocks, &grammars))
}

/// A warning for each block whose language is unknown but near to a known one.
fn misspelt(blocks: &[(NodeId, Span, &CodeBlock)], grammars: &BTreeMap<&str, Grammar>) -> Vec<Diagnostic> {
    let known = Catalog::bundled();
    let known: Vec<&str> = known.languages();
    let unknown = grammars.iter().filter(|(name, grammar)| **grammar == Grammar::Unknown && name.len() >= 4);
    let near: BTreeMap<&str, &str> = unknown
        .take(HELPED)
        .filter_map(|(name, _)| Some((*name, nearest(name, known.iter().copied().filter(|known| known.len() >= 4))?)))
        .collect();
    let mut found = Vec::new();
    for (_, span, code) in blocks {
        if let Some(near) = near.get(code.language.as_str()) {
            let message = format!("no highlighter knows the language `{}`", code.language);
            let help = format!("the nearest is `{near}`; `text` is for what has no language");
            found.push(Diagnostic::warning("unknown-language", *span, message).help(help));
        }
    }
    found
}

/// Who reads a language.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Grammar {
    /// `syntaxmate`, which calls it so.
    First(String),
    /// `syntect`, which calls it so.
    Second(String),
    /// None, as it should be.
    Plain,
    /// None, though it may be meant for one.
    Unknown,
}

/// The first highlighter, loaded once.
///
/// It remembers no lines: what it makes of a block would depend on the blocks that its thread had before.
fn first() -> Option<&'static Highlighter> {
    static FIRST: OnceLock<Option<Highlighter>> = OnceLock::new();
    let load = || {
        let tokenizer = TokenizerOptions { line_cache_entries: 0, ..TokenizerOptions::default() };
        let options = HighlighterOptions { prepared_languages: 64, idle_tokenizers_per_language: 16, tokenizer };
        let catalog = catch_unwind(Catalog::bundled).ok()?;
        Some(Highlighter::with_catalog_options(&catalog, options))
    };
    FIRST.get_or_init(load).as_ref()
}

/// What the second highlighter knows, loaded once, and only where the first lacks a language.
fn second() -> Option<&'static SyntaxSet> {
    static SECOND: OnceLock<Option<SyntaxSet>> = OnceLock::new();
    SECOND.get_or_init(|| catch_unwind(two_face::syntax::extra_newlines).ok()).as_ref()
}

impl Grammar {
    fn of(name: &str) -> Self {
        if PLAIN.contains(&name) {
            return Self::Plain;
        }
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        if let Some(known) = Catalog::bundled().canonical_language(name) {
            return Self::First(known.to_owned());
        }
        let syntax =
            second().and_then(|set| set.find_syntax_by_token(name)).filter(|syntax| syntax.name != "Plain Text");
        syntax.map_or(Self::Unknown, |syntax| Self::Second(syntax.name.clone()))
    }

    /// The tokens of `text`; none where a highlighter gives up.
    fn tokens(&self, text: &str) -> Vec<Token> {
        let read = || match self {
            Self::First(name) if text.len() <= MAX_BLOCK => read_first(name, text),
            Self::Second(name) if text.len() <= MAX_SLOW_BLOCK => read_second(name, text),
            Self::First(_) | Self::Second(_) | Self::Plain | Self::Unknown => None,
        };
        // Others' parsers may panic on what they don't expect: code without colours is better than no book.
        catch_unwind(AssertUnwindSafe(read)).ok().flatten().unwrap_or_default()
    }
}

fn read_first(name: &str, text: &str) -> Option<Vec<Token>> {
    let read = first()?.tokenize(name, text).ok()?;
    let mut tokens = Tokens { text, tokens: Vec::new() };
    let mut known = HashMap::new();
    let mut offset = 0;
    for (line, read) in text.split('\n').zip(read.lines()) {
        for token in read.tokens() {
            let class = match token.scope_stack() {
                Some(stack) => *known.entry(stack).or_insert_with(|| Class::of(&token.scopes().collect::<Vec<_>>())),
                None => Class::of(&token.scopes().collect::<Vec<_>>()),
            };
            let range = token.range();
            tokens.push(offset + range.start, offset + range.end.min(line.len()), class);
        }
        offset += line.len() + 1;
    }
    Some(tokens.tokens)
}

fn read_second(name: &str, text: &str) -> Option<Vec<Token>> {
    let set = second()?;
    let mut state = ParseState::new(set.find_syntax_by_name(name)?);
    let mut stack = ScopeStack::new();
    let mut tokens = Tokens { text, tokens: Vec::new() };
    let mut offset = 0;
    for line in LinesWithEndings::from(text) {
        if line.len() > MAX_SLOW_LINE {
            break;
        }
        let Ok(steps) = state.parse_line(line, set) else { break };
        let mut at = 0;
        let end = (line.len(), None);
        for (next, step) in steps.into_iter().map(|(next, step)| (next, Some(step))).chain([end]) {
            if next > at {
                let scopes: Vec<String> = stack.scopes.iter().map(|scope| scope.build_string()).collect();
                let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
                tokens.push(offset + at, offset + next, Class::of(&scopes));
                at = next;
            }
            if let Some(step) = step
                && stack.apply(&step).is_err()
            {
                return Some(tokens.tokens);
            }
        }
        offset += line.len();
    }
    Some(tokens.tokens)
}

/// What scopes say of a stretch of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Plain,
    Certain(TokenKind),
    /// A keyword, if it is a word at all, and not an operator.
    Word,
    /// A type, if it begins with a capital, else a keyword.
    TypeOrKeyword,
}

/// What a scope says that begins so: the first that fits.
const SCOPES: &[(&str, Class)] = &[
    ("comment", Class::Certain(TokenKind::Comment)),
    ("string.unquoted", Class::Plain),
    ("string", Class::Certain(TokenKind::String)),
    ("constant.character", Class::Certain(TokenKind::String)),
    ("constant", Class::Certain(TokenKind::Constant)),
    ("keyword", Class::Word),
    ("storage.type", Class::TypeOrKeyword),
    ("storage", Class::Word),
    ("variable.language", Class::Word),
    ("variable.function", Class::Certain(TokenKind::Function)),
    ("entity.name.function.decorator", Class::Certain(TokenKind::Attribute)),
    ("entity.name.function", Class::Certain(TokenKind::Function)),
    ("entity.name.command", Class::Certain(TokenKind::Function)),
    ("support.function", Class::Certain(TokenKind::Function)),
    ("support.macro", Class::Certain(TokenKind::Function)),
    ("meta.function-call.generic", Class::Certain(TokenKind::Function)),
    ("entity.name.tag", Class::Certain(TokenKind::Keyword)),
    ("entity.name.section", Class::Certain(TokenKind::Keyword)),
    ("markup.heading", Class::Certain(TokenKind::Keyword)),
    ("entity.other.attribute-name", Class::Certain(TokenKind::Attribute)),
    ("support.type.property-name", Class::Certain(TokenKind::Attribute)),
    ("entity.name.type", Class::Certain(TokenKind::Type)),
    ("entity.name.class", Class::Certain(TokenKind::Type)),
    ("entity.name.struct", Class::Certain(TokenKind::Type)),
    ("entity.name.enum", Class::Certain(TokenKind::Type)),
    ("entity.name.trait", Class::Certain(TokenKind::Type)),
    ("entity.name.interface", Class::Certain(TokenKind::Type)),
    ("entity.other.inherited-class", Class::Certain(TokenKind::Type)),
    ("support.type", Class::Certain(TokenKind::Type)),
    ("support.class", Class::Certain(TokenKind::Type)),
    ("markup.inserted", Class::Certain(TokenKind::String)),
    ("markup.deleted", Class::Certain(TokenKind::Comment)),
    ("meta.diff", Class::Certain(TokenKind::Attribute)),
    // Code within a string is no string.
    ("meta.interpolation", Class::Plain),
    ("meta.template.expression", Class::Plain),
    ("meta.embedded", Class::Plain),
];

/// Scopes that make an attribute or directive of all that is in them, but for strings and comments.
const ATTRIBUTES: [&str; 4] = ["meta.attribute", "meta.preprocessor", "meta.annotation", "meta.decorator"];

impl Class {
    /// What `scopes`, outermost first, say: the innermost that says anything.
    fn of(scopes: &[&str]) -> Self {
        let found = scopes
            .iter()
            .rev()
            .find_map(|scope| SCOPES.iter().find(|(start, _)| is_within(scope, start)).map(|(_, class)| *class));
        let class = found.unwrap_or(Self::Plain);
        let said = matches!(class, Self::Certain(TokenKind::String | TokenKind::Comment));
        let attribute = scopes.iter().any(|scope| ATTRIBUTES.iter().any(|start| is_within(scope, start)));
        if attribute && !said { Self::Certain(TokenKind::Attribute) } else { class }
    }

    /// What a stretch of this class is, by its letters.
    fn kind(self, text: &str) -> Option<TokenKind> {
        match self {
            Self::Plain => None,
            Self::Certain(kind) => Some(kind),
            Self::TypeOrKeyword if text.starts_with(char::is_uppercase) => Some(TokenKind::Type),
            Self::Word | Self::TypeOrKeyword => text.contains(char::is_alphabetic).then_some(TokenKind::Keyword),
        }
    }
}

/// Whether `scope` is `start` or more special.
fn is_within(scope: &str, start: &str) -> bool {
    scope.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Tokens in the making.
struct Tokens<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl Tokens<'_> {
    /// Adds a stretch of the text, joined to the last where it goes on.
    fn push(&mut self, start: usize, end: usize, class: Class) {
        let Some(words) = self.text.get(start..end).map(str::trim_end).filter(|words| !words.is_empty()) else {
            return;
        };
        let Some(kind) = class.kind(words) else { return };
        let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(start + words.len())) else { return };
        match self.tokens.last_mut() {
            Some(last) if last.kind == kind && last.end == start => last.end = end,
            Some(_) | None => self.tokens.push(Token { start, end, kind }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Attributes, Division};

    fn document(blocks: &[(&str, &str)]) -> Document {
        let block = |(language, text): &(&str, &str)| Block {
            id: NodeId { division: 0, index: 0 },
            span: Span::default(),
            attributes: Attributes::default(),
            kind: BlockKind::Code(CodeBlock {
                language: (*language).to_owned(),
                text: (*text).to_owned(),
                ..CodeBlock::default()
            }),
        };
        let division = Division { blocks: blocks.iter().map(block).collect(), ..Division::default() };
        let mut document = Document { divisions: vec![division], ..Document::default() };
        document.name_nodes();
        document
    }

    /// Highlights `text`; each token is `words:k`, the first letter of its kind.
    fn check(language: &str, text: &str, expected: &str) {
        let (tokens, found) = highlight(&document(&[(language, text)]));
        assert_eq!(found, []);
        let tokens: Vec<String> = tokens
            .values()
            .flatten()
            .map(|token| {
                let kind = format!("{:?}", token.kind).chars().next().unwrap().to_lowercase().to_string();
                format!("{}:{kind}", &text[token.start as usize..token.end as usize])
            })
            .collect();
        assert_eq!(tokens.join(" "), expected);
    }

    #[test]
    fn the_words_of_code_are_told_apart() {
        check(
            "rust",
            "#[derive(Debug)]\npub fn f(x: &str) -> Vec<u8> {\n    // é\n    let y = \"a\\n\" + 3;\n}\n",
            "#[derive(Debug)]:a pub:k fn:k f:f str:t Vec:t u8:t // é:c let:k \"a\\n\":s 3:c",
        );
        check("rs", "let x = self;\n", "let:k self:k");
        check("python", "def f(): return None\n", "def:k f:f return:k None:c");
        check("yml", "a: 'b'\n", "a:k 'b':s");
        check("toml", "[a]\nb = 1 # c\n", "a:k 1:c # c:c");
        check("js", "`a${b}c`\n", "`a:s c`:s");
    }

    #[test]
    fn what_has_no_language_has_no_tokens() {
        check("", "fn main() {}\n", "");
        check("text", "fn main() {}\n", "");
        check("console", "$ cargo run\n", "");
        check("qqzzqqzz", "fn main() {}\n", "");
    }

    #[test]
    fn the_second_highlighter_knows_some_more() {
        let Grammar::Second(name) = Grammar::of("strace") else { panic!("the first has it") };
        assert_eq!(name, "Strace");
        let (tokens, _) = highlight(&document(&[("strace", "open(\"a\", O_RDONLY) = 3\n")]));
        assert!(!tokens.is_empty());
    }

    #[test]
    fn a_misspelt_language_is_named_with_the_nearest() {
        let (_, found) = highlight(&document(&[("pyhton", "x\n"), ("foo", "x\n"), ("rust", "x\n")]));
        let helps: Vec<&str> = found.iter().filter_map(|finding| finding.help.as_deref()).collect();
        assert_eq!(helps, ["the nearest is `python`; `text` is for what has no language"]);
    }

    #[test]
    fn long_and_odd_code_comes_to_an_end() {
        let long = "(".repeat(50_000);
        let quotes = "\"\\".repeat(2_000);
        for language in ["rust", "javascript", "markdown", "strace", "latex"] {
            highlight(&document(&[
                (language, long.as_str()),
                (language, quotes.as_str()),
                (language, "\r\n\r\0\u{feff}x"),
            ]));
        }
    }

    #[test]
    fn tokens_lie_in_order_and_on_letters() {
        let text = "fn é() { \"ü\" /* ß\n ß */ }\r\n// \u{1f600}\n".repeat(20);
        let (tokens, _) = highlight(&document(&[("rust", &text)]));
        for token in tokens.values().flatten() {
            assert!(text.get(token.start as usize..token.end as usize).is_some_and(|words| !words.is_empty()));
        }
        assert!(tokens.values().all(|tokens| tokens.is_sorted_by(|one, next| one.end <= next.start)));
        assert!(!tokens.is_empty());
    }
}
