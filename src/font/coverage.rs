//! Which characters a face has, and which characters a text needs: sets of characters that are quick to ask.
//!
//! Start at [`Coverage`] and [`Needs`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use unicode_script::{Script, UnicodeScript};

use super::families::{HanForm, Writing, family_for, is_shared, scripts_of};

/// Characters of one block of 256, a bit for each.
type Block = [u64; 4];

/// How many blocks the Basic Multilingual Plane has.
const BLOCKS: usize = 256;

fn has(block: &Block, code: u32) -> bool {
    block[(code >> 6) as usize & 3] >> (code & 63) & 1 == 1
}

/// The characters of the Basic Multilingual Plane that something has, found out block by block when they are first asked for:
/// about 10 µs a block, then a look into a table.
#[derive(Clone, Debug)]
pub(super) struct Coverage {
    blocks: Box<[OnceLock<Block>]>,
}

impl Default for Coverage {
    fn default() -> Self {
        Self { blocks: vec![OnceLock::new(); BLOCKS].into() }
    }
}

impl Coverage {
    /// Whether `character` is in the set whose members `is_member` knows.
    pub(super) fn contains(&self, character: char, is_member: impl Fn(char) -> bool) -> bool {
        let code = u32::from(character);
        let Some(block) = self.blocks.get(code as usize >> 8) else { return is_member(character) };
        let members = block.get_or_init(|| {
            let mut members = Block::default();
            for other in (code & !0xff)..=(code | 0xff) {
                if char::from_u32(other).is_some_and(&is_member) {
                    members[(other >> 6) as usize & 3] |= 1 << (other & 63);
                }
            }
            members
        });
        has(members, code)
    }
}

/// A set of characters that is filled from whole texts.
#[derive(Clone, Debug)]
struct Characters {
    blocks: Box<[Block]>,
    beyond: BTreeSet<char>,
}

impl Default for Characters {
    fn default() -> Self {
        Self { blocks: vec![Block::default(); BLOCKS].into(), beyond: BTreeSet::new() }
    }
}

impl Characters {
    fn insert(&mut self, character: char) {
        let code = u32::from(character);
        if let Some(block) = self.blocks.get_mut(code as usize >> 8) {
            block[(code >> 6) as usize & 3] |= 1 << (code & 63);
        } else {
            self.beyond.insert(character);
        }
    }

    fn iter(&self) -> impl Iterator<Item = char> {
        let blocks = (0u32..).zip(&*self.blocks).filter(|(_, block)| **block != Block::default());
        let plane = blocks.flat_map(|(number, block)| {
            let codes = (number << 8)..(number + 1) << 8;
            codes.filter(|code| has(block, *code)).filter_map(char::from_u32)
        });
        plane.chain(self.beyond.iter().copied())
    }
}

/// The characters that a book may show, by the form that Han characters take in their language.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    characters: BTreeMap<Option<HanForm>, Characters>,
}

impl Needs {
    /// Adds the characters of a text in `language` (a BCP 47 tag). ASCII is left out, which every book's own faces have.
    /// Linear in the text.
    pub fn add(&mut self, text: &str, language: &str) {
        if text.is_ascii() {
            return;
        }
        let characters = self.characters.entry(HanForm::of(language)).or_default();
        for character in text.chars().filter(|character| !character.is_ascii()) {
            characters.insert(character);
        }
    }

    /// The form that Han characters take where their language does not tell: that of the text which does tell, else what the
    /// letters beside them suggest.
    pub(super) fn usual_form(&self) -> HanForm {
        let scripts = |form: Option<HanForm>| {
            let characters = self.characters.get(&form).into_iter().flat_map(Characters::iter);
            characters.map(|character| character.script())
        };
        let told = HanForm::ALL.into_iter().find(|form| scripts(Some(*form)).any(|script| !is_shared(script)));
        let suggested = || {
            scripts(None).find_map(|script| {
                let kana = matches!(script, Script::Hiragana | Script::Katakana);
                let korean = (script == Script::Hangul).then_some(HanForm::Korean);
                if kana { Some(HanForm::Japanese) } else { korean }
            })
        };
        told.or_else(suggested).unwrap_or(HanForm::Simplified)
    }

    /// The characters that one face should set together, by the family that has them.
    pub(super) fn by_family(&self) -> BTreeMap<&'static str, BTreeSet<char>> {
        let mut scripts: BTreeSet<&str> = BTreeSet::new();
        for character in self.characters.values().flat_map(Characters::iter) {
            scripts.insert(character.script().short_name());
        }
        let usual = self.usual_form();
        let mut families: BTreeMap<&'static str, BTreeSet<char>> = BTreeMap::new();
        for (form, characters) in &self.characters {
            for character in characters.iter() {
                let mut add = |script: Script| {
                    // Only what some text around it would widen is wanted wide.
                    let form = form.or_else(|| (!is_shared(script)).then_some(usual));
                    if let Some(family) = family_for(character, Writing { script, form }) {
                        families.entry(family).or_default().insert(character);
                    }
                };
                // What several scripts share may be wanted of each that is here.
                let here = scripts_of(character).into_iter().filter(|script| scripts.contains(script.short_name()));
                let here: Vec<Script> = here.collect();
                if here.is_empty() {
                    add(character.script());
                }
                here.into_iter().for_each(&mut add);
            }
        }
        families
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coverage_says_what_its_source_says() {
        let coverage = Coverage::default();
        let vowel = |character| matches!(character, 'a' | 'é' | '\u{10400}');
        for character in ['a', 'b', 'é', 'è', '\u{ffff}', '\u{10400}', '\u{10401}'] {
            assert_eq!(coverage.contains(character, vowel), vowel(character), "{character}");
        }
    }

    #[test]
    fn needs_are_grouped_by_the_family_that_has_them() {
        let mut needs = Needs::default();
        needs.add("नमस्ते। é", "hi");
        needs.add("骨", "ja");
        needs.add("骨“", "zh-TW");
        let families = needs.by_family();
        let of = |family: &str| families[family].iter().collect::<String>();
        assert!(of("Noto Serif Devanagari").contains('।'));
        assert_eq!(of("Noto Serif CJK JP"), "骨");
        assert_eq!(of("Noto Serif CJK TC"), "“骨");
        assert_eq!(of("Noto Serif"), "é");
    }
}
