//! Definitions: `\newcommand`, `\def` and their kin, kept from one formula for the next.
//!
//! The parser forgets what a formula defines. So definitions are found in its source, and those that a later formula uses are
//! put before it. Start at [`Macros`].

use std::collections::{BTreeMap, BTreeSet};

use super::MathFault;

/// What formulas and preambles have defined so far, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Macros {
    known: BTreeMap<String, Definition>,
    /// How many definitions there have been: each is numbered, and a `\let` needs what it names before it.
    count: usize,
}

/// A definition, as the parser reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Definition {
    number: usize,
    /// `\def\name#1{…}` or `\let\name=…`.
    statement: String,
}

/// A definition found in a formula.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    name: String,
    statement: String,
    command: Command,
    /// The bytes that it takes up.
    range: (usize, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Command {
    /// Holds for the whole formula, and need not be known or unknown before.
    New,
    /// As [`Command::New`], unless the name is known.
    Provide,
    /// Holds from its place, as the parser reads it.
    Def,
}

/// A formula made ready for the parser.
pub(super) struct Prepared {
    /// Definitions, then the formula, as long as it was.
    pub(super) source: String,
    /// How many bytes stand before the formula.
    pub(super) before: usize,
    /// What the formula defines.
    pub(super) found: Vec<Found>,
    /// The TeX of its tag, where it has one only, and whether that is set as it is.
    pub(super) tag: Option<(String, bool)>,
}

impl Macros {
    /// Puts the definitions that `tex` uses before it, and takes its tag out. Linear in `tex` and in the definitions used.
    ///
    /// # Errors
    /// Where `tex` defines a command with an optional argument, which the parser does not know.
    pub(super) fn prepare(&self, tex: &str) -> Result<Prepared, MathFault> {
        let found = find(tex)?;
        let mut body = tex.as_bytes().to_vec();
        let mut blank = |range: (usize, usize)| body[range.0..range.1].fill(b' ');
        let mut own = BTreeSet::new();
        let mut definitions = String::new();
        for definition in &found {
            match definition.command {
                Command::Provide if self.known.contains_key(&definition.name) => {}
                Command::New | Command::Provide => {
                    own.insert(definition.name.as_str());
                    definitions.push_str(&definition.statement);
                }
                Command::Def => continue,
            }
            blank(definition.range);
        }
        let tag = only_tag(tex, &found).map(|(range, tag, bare)| {
            blank(range);
            (tag.to_owned(), bare)
        });
        let mut source = self.used_by(tex, &own);
        source.push_str(&definitions);
        let before = source.len();
        // Blanks replace whole characters: the text stays UTF-8.
        source.push_str(&String::from_utf8_lossy(&body));
        Ok(Prepared { source, before, found, tag })
    }

    /// The definitions that `tex` names, and those that they name, in the order in which they were made; without those in
    /// `own`.
    fn used_by(&self, tex: &str, own: &BTreeSet<&str>) -> String {
        let mut used: BTreeMap<usize, &str> = BTreeMap::new();
        let mut pending = if self.known.is_empty() { Vec::new() } else { control_sequences(tex) };
        let mut seen = BTreeSet::new();
        while let Some(name) = pending.pop() {
            if let Some(definition) = self.known.get(name)
                && !own.contains(name)
                && seen.insert(name)
            {
                used.insert(definition.number, &definition.statement);
                pending.extend(control_sequences(&definition.statement));
            }
        }
        used.into_values().collect()
    }

    /// Remembers what a formula has defined.
    pub(super) fn keep(&mut self, found: Vec<Found>) {
        for definition in found {
            if definition.command == Command::Provide && self.known.contains_key(&definition.name) {
                continue;
            }
            self.count += 1;
            let kept = Definition { number: self.count, statement: definition.statement };
            self.known.insert(definition.name, kept);
        }
    }
}

/// The definitions in `tex`. What is not complete is left for the parser to complain of.
fn find(tex: &str) -> Result<Vec<Found>, MathFault> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_control_sequence(tex, at) {
        let end = control_sequence_end(tex, start);
        at = end;
        let mut reader = Reader { tex, at: end };
        let definition = match &tex[start..end] {
            "\\newcommand" | "\\renewcommand" | "\\providecommand" => reader.new_command(start, &tex[start..end])?,
            "\\DeclareMathOperator" => reader.operator(start),
            "\\def" | "\\gdef" => reader.def(start, "\\def"),
            "\\edef" | "\\xdef" => reader.def(start, "\\edef"),
            "\\let" => reader.alias(start),
            _ => None,
        };
        if let Some(definition) = definition {
            at = definition.range.1;
            found.push(definition);
        }
    }
    Ok(found)
}

/// The bytes of a formula's tag, its TeX, and whether it is starred. `None` where there is no tag, or more than one.
fn only_tag<'a>(tex: &'a str, found: &[Found]) -> Option<((usize, usize), &'a str, bool)> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(start) = next_control_sequence(tex, at) {
        at = control_sequence_end(tex, start);
        let defined = found.iter().any(|definition| (definition.range.0..definition.range.1).contains(&start));
        if &tex[start..at] == "\\tag" && !defined {
            let mut reader = Reader { tex, at };
            let bare = reader.star();
            let group = reader.group()?;
            at = reader.at;
            tags.push(((start, at), group, bare));
        }
    }
    if tags.len() == 1 { tags.pop() } else { None }
}

/// Reads the parts of one definition.
struct Reader<'a> {
    tex: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.tex[self.at..]
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn take(&mut self, sign: char) -> bool {
        self.skip_spaces();
        let taken = self.rest().starts_with(sign);
        self.at += usize::from(taken) * sign.len_utf8();
        taken
    }

    /// A control sequence.
    fn name(&mut self) -> Option<&'a str> {
        self.skip_spaces();
        let start = self.at;
        if !self.rest().starts_with('\\') {
            return None;
        }
        self.at = control_sequence_end(self.tex, start);
        Some(&self.tex[start..self.at]).filter(|name| name.len() > 1)
    }

    /// A control sequence, in braces or not.
    fn braced_name(&mut self) -> Option<&'a str> {
        let braced = self.take('{');
        let name = self.name()?;
        (!braced || self.take('}')).then_some(name)
    }

    /// What stands between braces, or one token.
    fn group(&mut self) -> Option<&'a str> {
        self.skip_spaces();
        let start = self.at;
        let first = self.rest().chars().next()?;
        if first == '\\' {
            return self.name();
        }
        self.at += first.len_utf8();
        if first != '{' {
            return (first != '}').then(|| &self.tex[start..self.at]);
        }
        let mut depth = 1_usize;
        while depth > 0 {
            match self.tex.as_bytes().get(self.at)? {
                b'\\' => {
                    self.at = control_sequence_end(self.tex, self.at);
                    continue;
                }
                b'%' => {
                    self.at += self.rest().find('\n')?;
                    continue;
                }
                b'{' => depth += 1,
                b'}' => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        Some(&self.tex[start + 1..self.at - 1])
    }

    fn star(&mut self) -> bool {
        self.take('*')
    }

    fn new_command(&mut self, start: usize, command: &str) -> Result<Option<Found>, MathFault> {
        self.star();
        let Some(name) = self.braced_name() else { return Ok(None) };
        let mut parameters = 0;
        if self.take('[') {
            let digits = self.rest().split(']').next().unwrap_or_default();
            let Ok(count @ 0..=9) = digits.trim().parse::<usize>() else { return Ok(None) };
            parameters = count;
            self.at += digits.len();
            if !self.take(']') {
                return Ok(None);
            }
            self.skip_spaces();
            if self.rest().starts_with('[') {
                let message = format!("`{name}` is defined with an optional argument, which is not supported");
                return Err(MathFault { message, offset: Some(start) });
            }
        }
        let Some(body) = self.group() else { return Ok(None) };
        let command = if command == "\\providecommand" { Command::Provide } else { Command::New };
        let parameters: String = (1..=parameters).map(|number| format!("#{number}")).collect();
        let statement = format!("\\def{name}{parameters}{{{body}}}");
        Ok(Some(Found { name: name.to_owned(), statement, command, range: (start, self.at) }))
    }

    fn operator(&mut self, start: usize) -> Option<Found> {
        let star = if self.star() { "*" } else { "" };
        let name = self.braced_name()?;
        let body = self.group()?;
        let statement = format!("\\def{name}{{\\operatorname{star}{{{body}}}}}");
        let command = Command::New;
        Some(Found { name: name.to_owned(), statement, command, range: (start, self.at) })
    }

    fn def(&mut self, start: usize, command: &str) -> Option<Found> {
        let name = self.name()?;
        let length = self.rest().find(['{', '}'])?;
        let parameters = &self.rest()[..length];
        self.at += length;
        let body = self.group()?;
        let statement = format!("{command}{name}{parameters}{{{body}}}");
        let command = Command::Def;
        Some(Found { name: name.to_owned(), statement, command, range: (start, self.at) })
    }

    fn alias(&mut self, start: usize) -> Option<Found> {
        let name = self.name()?;
        self.take('=');
        let token = self.group()?;
        let statement = format!("\\let{name}={token} ");
        let command = Command::Def;
        Some(Found { name: name.to_owned(), statement, command, range: (start, self.at) })
    }
}

/// Where the next control sequence begins, comments left out.
fn next_control_sequence(tex: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += tex.get(at..)?.find(['\\', '%'])?;
        if tex.as_bytes()[at] == b'\\' {
            return Some(at);
        }
        at += tex[at..].find('\n')?;
    }
}

/// Where the control sequence that begins at `start` ends: after its letters, or after one other character.
fn control_sequence_end(tex: &str, start: usize) -> usize {
    let rest = &tex[start + 1..];
    let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '@').len();
    let length = if letters > 0 { letters } else { rest.chars().next().map_or(0, char::len_utf8) };
    start + 1 + length
}

/// All control sequences of `tex`.
fn control_sequences(tex: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next_control_sequence(tex, at) {
        at = control_sequence_end(tex, start);
        found.push(&tex[start..at]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tex: &str, expected: &[&str]) {
        let found = find(tex).expect("no fault");
        assert_eq!(found.iter().map(|found| found.statement.as_str()).collect::<Vec<_>>(), expected, "{tex}");
    }

    #[test]
    fn every_kind_of_definition_is_found() {
        check(r"\newcommand{\R}{\mathbb{R}} x", &[r"\def\R{\mathbb{R}}"]);
        check(r"\newcommand*\norm[1]{\lVert#1\rVert}", &[r"\def\norm#1{\lVert#1\rVert}"]);
        check(r"\renewcommand \a [2] {#2}", &[r"\def\a#1#2{#2}"]);
        check(r"\def\pair#1#2{(#1,#2)} \gdef\e{\mathrm{e}}", &[r"\def\pair#1#2{(#1,#2)}", r"\def\e{\mathrm{e}}"]);
        check(r"\let\eps=\varepsilon", &[r"\let\eps=\varepsilon "]);
        check(r"\DeclareMathOperator*{\argmax}{arg\,max}", &[r"\def\argmax{\operatorname*{arg\,max}}"]);
    }

    #[test]
    fn braces_in_a_body_are_counted_and_escaped_ones_are_not() {
        check(r"\def\set#1{\{#1\}}\def\x{a{b}c}", &[r"\def\set#1{\{#1\}}", r"\def\x{a{b}c}"]);
    }

    #[test]
    fn what_is_not_complete_is_no_definition() {
        for tex in [
            r"\newcommand",
            r"\def\x",
            r"\def\x{a",
            r"\newcommand{\x}[2",
            r"\let",
            r"\newcommand{x}{y}",
            "\\",
            "%\\def",
        ] {
            check(tex, &[]);
        }
    }

    #[test]
    fn an_optional_argument_is_a_fault() {
        assert_eq!(find(r"a \newcommand{\x}[2][d]{#1}").unwrap_err().offset, Some(2));
    }

    #[test]
    fn only_what_is_used_comes_before_a_formula() {
        let mut macros = Macros::default();
        macros.keep(find(r"\def\a{1}\def\b{\a}\let\c=\b\def\d{2}").unwrap());
        let prepared = macros.prepare(r"x+\c").unwrap();
        assert_eq!(prepared.source, r"\def\a{1}\def\b{\a}\let\c=\b x+\c");
        assert_eq!(&prepared.source[prepared.before..], r"x+\c");
    }
}
