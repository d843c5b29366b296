//! Where words may be divided.
use std::collections::BTreeMap;
/// x
#[derive(Default)]
pub(super) struct Exceptions(BTreeMap<String, Vec<usize>>);
/// x
pub(super) struct Division {
    pub at: usize,
    pub hyphen: bool,
}
/// x
pub(super) struct Hyphenator {
    lang: Option<hypher::Lang>,
}
impl Hyphenator {
    pub(super) fn new(language: &str, _e: &Exceptions) -> Self {
        let code = language.get(..2).map(|c| [c.as_bytes()[0], c.as_bytes()[1]]);
        Self { lang: code.and_then(hypher::Lang::from_iso) }
    }
    pub(super) fn points(&mut self, word: &str) -> Vec<Division> {
        let Some(lang) = self.lang else { return Vec::new() };
        let start = word.find(char::is_alphabetic).unwrap_or(word.len());
        let core = word[start..].trim_end_matches(|c: char| !c.is_alphabetic());
        if core.chars().any(|c| !c.is_alphabetic())
            || core.chars().count() < 5
            || core.chars().next().is_some_and(char::is_uppercase)
        {
            return Vec::new();
        }
        let mut at = start;
        let mut out = Vec::new();
        for s in hypher::hyphenate(core, lang) {
            at += s.len();
            out.push(Division { at, hyphen: true });
        }
        out.pop();
        out
    }
}
