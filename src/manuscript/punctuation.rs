//! Straight quotation marks, hyphens and full stops → the signs of the language.
//!
//! A run of text is read as a row of [`Sign`]s, across the borders of emphasis and links; each quotation mark is judged
//! by its neighbours first and by what is open second, so that one that is never closed (as where a speech goes on in the
//! next paragraph) changes nothing that follows. Code, formulas, addresses and what was escaped stay as they are. Start
//! at [`set`].

use super::inline::MARK;
use crate::document::{Inline, InlineKind, SpanRole};

/// Sets the signs of a run in `language`, a BCP 47 tag, and takes away its [`MARK`]s. Linear.
pub(super) fn set(inlines: &mut [Inline], language: &str) {
    let mut row = Row { signs: Vec::new(), conventions: vec![Conventions::of(language)] };
    row.collect(inlines, 0);
    let changes = Setter::new(&row.signs, &row.conventions).set();
    let mut changes = row.signs.iter().map(|sign| sign.character).zip(changes);
    write(inlines, &mut changes);
}

/// A character of the run, or something that stands for one.
#[derive(Clone, Copy, Debug)]
struct Sign {
    character: char,
    /// Whether it stays as it is.
    fixed: bool,
    /// Index into the conventions.
    language: usize,
}

/// Stands for code, a formula, an image: a word to its neighbours.
const OBJECT: char = '\u{fffc}';

struct Row {
    signs: Vec<Sign>,
    conventions: Vec<Conventions>,
}

/// Whether an inline's text is read at all.
enum Reach {
    /// Its words, or those of its children.
    Open,
    /// Its words stay as they are.
    Fixed,
    /// It is as a word.
    Object,
    /// It is as a space.
    Space,
    /// It takes no place.
    Nothing,
}

fn reach(inline: &Inline) -> Reach {
    match &inline.kind {
        InlineKind::Link { address, content, .. } => match content.as_slice() {
            [Inline { kind: InlineKind::Text(words), .. }] if address.ends_with(words.trim_end_matches('/')) => {
                Reach::Fixed
            }
            _ => Reach::Open,
        },
        InlineKind::Span(SpanRole::Keyboard, _) => Reach::Fixed,
        InlineKind::Text(_)
        | InlineKind::Emphasis(_)
        | InlineKind::Strong(_)
        | InlineKind::Strikethrough(_)
        | InlineKind::Subscript(_)
        | InlineKind::Superscript(_)
        | InlineKind::Abbreviation { .. }
        | InlineKind::Span(..) => Reach::Open,
        InlineKind::Code(_)
        | InlineKind::Image(_)
        | InlineKind::Formula(_)
        | InlineKind::Reference { .. }
        | InlineKind::PageReference { .. }
        | InlineKind::Citation { .. } => Reach::Object,
        InlineKind::LineBreak => Reach::Space,
        InlineKind::NoteReference(_) | InlineKind::IndexMark(_) => Reach::Nothing,
    }
}

impl Row {
    fn collect(&mut self, inlines: &[Inline], language: usize) {
        for inline in inlines {
            let language = match &inline.attributes.language {
                Some(tag) => {
                    self.conventions.push(Conventions::of(tag));
                    self.conventions.len() - 1
                }
                None => language,
            };
            let sign = |character| Sign { character, fixed: true, language };
            match (reach(inline), &inline.kind) {
                (Reach::Open, InlineKind::Text(words)) => {
                    let mut fixed = false;
                    for character in words.chars() {
                        if character != MARK {
                            self.signs.push(Sign { character, fixed, language });
                        }
                        fixed = character == MARK;
                    }
                }
                (Reach::Open, _) => self.collect(inline.children(), language),
                (Reach::Fixed, _) => {
                    let from = self.signs.len();
                    self.collect(inline.children(), language);
                    self.signs[from..].iter_mut().for_each(|sign| sign.fixed = true);
                }
                (Reach::Object, _) => self.signs.push(sign(OBJECT)),
                (Reach::Space, _) => self.signs.push(sign(' ')),
                (Reach::Nothing, _) => {}
            }
        }
    }
}

/// Writes the changed signs back: the same walk as [`Row::collect`].
fn write(inlines: &mut [Inline], changes: &mut impl Iterator<Item = (char, Option<&'static str>)>) {
    for inline in inlines {
        match (reach(inline), &mut inline.kind) {
            (Reach::Open, InlineKind::Text(words)) => {
                let count = words.chars().filter(|character| *character != MARK).count();
                let mut text = String::with_capacity(words.len());
                for (character, change) in changes.by_ref().take(count) {
                    match change {
                        Some(change) => text.push_str(change),
                        None => text.push(character),
                    }
                }
                *words = text;
            }
            (Reach::Open | Reach::Fixed, _) => {
                if let Some(children) = inline.children_mut() {
                    write(children, changes);
                }
            }
            (Reach::Object | Reach::Space, _) => {
                changes.next();
            }
            (Reach::Nothing, _) => {}
        }
    }
}

/// An opening and a closing quotation mark, with the spaces inside.
type Pair = (&'static str, &'static str);

/// How a language is set.
#[derive(Clone, Copy, Debug)]
struct Conventions {
    /// What `"` stands for.
    double: Pair,
    /// What `'` stands for, and `"` in `"`.
    single: Pair,
    /// Whether a word that a quotation mark stands in is no reason against quotation: no spaces part the words.
    dense: bool,
    /// Which signs French sets apart.
    spacing: Spacing,
    /// Words that begin with an apostrophe.
    clipped: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spacing {
    None,
    /// Guillemets and the colon, as in Canada.
    Guillemets,
    /// The semicolon and what exclaims or asks as well.
    French,
}

const CURLY: (Pair, Pair) = (("“", "”"), ("‘", "’"));
const LOW_HIGH: (Pair, Pair) = (("„", "“"), ("‚", "‘"));
const LOW_RIGHT: (Pair, Pair) = (("„", "”"), ("‚", "’"));
const GUILLEMETS: (Pair, Pair) = (("«", "»"), ("“", "”"));
const ANGLES: (Pair, Pair) = (("«", "»"), ("‹", "›"));
const RIGHT: (Pair, Pair) = (("”", "”"), ("’", "’"));
const CORNERS: (Pair, Pair) = (("「", "」"), ("『", "』"));
const FRENCH: (Pair, Pair) = (("«\u{202f}", "\u{202f}»"), ("“", "”"));
const SWISS_FRENCH: (Pair, Pair) = (("«\u{202f}", "\u{202f}»"), ("‹\u{202f}", "\u{202f}›"));

/// The quotation marks of languages, `"…"` and `'…'`, by tag; the longest tag that fits counts.
const QUOTES: [(&str, (Pair, Pair)); 49] = [
    ("bg", LOW_HIGH),
    ("bs", LOW_RIGHT),
    ("ca", GUILLEMETS),
    ("cs", LOW_HIGH),
    ("da", (("»", "«"), ("›", "‹"))),
    ("de", LOW_HIGH),
    ("de-ch", ANGLES),
    ("de-li", ANGLES),
    ("el", GUILLEMETS),
    ("en", CURLY),
    ("en-gb", CURLY),
    ("es", GUILLEMETS),
    ("es-mx", CURLY),
    ("es-us", CURLY),
    ("et", (("„", "“"), ("‚", "’"))),
    ("eu", GUILLEMETS),
    ("fi", RIGHT),
    ("fr", FRENCH),
    ("fr-ch", SWISS_FRENCH),
    ("he", RIGHT),
    ("hr", LOW_RIGHT),
    ("hu", (("„", "”"), ("»", "«"))),
    ("is", LOW_HIGH),
    ("it", GUILLEMETS),
    ("it-ch", ANGLES),
    ("ja", CORNERS),
    ("ka", LOW_HIGH),
    ("ko", CURLY),
    ("lt", LOW_HIGH),
    ("lv", CURLY),
    ("mk", LOW_HIGH),
    ("nb", (("«", "»"), ("‘", "’"))),
    ("nl", CURLY),
    ("nn", (("«", "»"), ("‘", "’"))),
    ("no", (("«", "»"), ("‘", "’"))),
    ("pl", LOW_RIGHT),
    ("pt", CURLY),
    ("pt-pt", GUILLEMETS),
    ("ro", (("„", "”"), ("«", "»"))),
    ("ru", (("«", "»"), ("„", "“"))),
    ("sk", LOW_HIGH),
    ("sl", LOW_HIGH),
    ("sr", LOW_RIGHT),
    ("sv", RIGHT),
    ("tr", CURLY),
    ("uk", (("«", "»"), ("“", "”"))),
    ("zh", CURLY),
    ("zh-hant", CORNERS),
    ("zh-tw", CORNERS),
];

/// Words of English that begin with an apostrophe.
const CLIPPED: [&str; 18] = [
    "bout", "cause", "cept", "cuz", "em", "er", "fraid", "im", "n", "nother", "nuff", "neath", "round", "til", "tis",
    "twas", "tween", "twere",
];

impl Conventions {
    fn of(language: &str) -> Self {
        let tag = language.to_ascii_lowercase().replace('_', "-");
        let mut known = tag.as_str();
        let quotes = loop {
            if let Ok(index) = QUOTES.binary_search_by_key(&known, |(tag, _)| tag) {
                break QUOTES[index].1;
            }
            match known.rfind('-') {
                Some(end) => known = &known[..end],
                None => break CURLY,
            }
        };
        let primary = tag.split('-').next().unwrap_or_default();
        Self {
            double: quotes.0,
            single: quotes.1,
            dense: matches!(primary, "ja" | "zh" | "th" | "lo" | "km" | "my"),
            spacing: match (primary, tag.as_str()) {
                ("fr", "fr-ca") => Spacing::Guillemets,
                ("fr", _) => Spacing::French,
                (_, _) => Spacing::None,
            },
            clipped: if matches!(primary, "" | "en") { &CLIPPED } else { &[] },
        }
    }
}

/// A quotation that is open.
struct Quotation {
    /// Whether it was opened with `"`.
    double: bool,
    /// Whether it has the inner marks all the same.
    inner: bool,
    /// What closes it.
    close: &'static str,
}

struct Setter<'a> {
    signs: &'a [Sign],
    conventions: &'a [Conventions],
    changes: Vec<Option<&'static str>>,
    /// The quotations that are open, outermost first.
    open: Vec<Quotation>,
    /// Which of the quotation marks set so far open one.
    opens: Vec<bool>,
    /// For each place, whether a `'` that could close a quotation comes after it.
    closes_later: Vec<bool>,
    /// For each place, how many quotations that are open there the `"` after it could close.
    closable: Vec<usize>,
}

impl<'a> Setter<'a> {
    fn new(signs: &'a [Sign], conventions: &'a [Conventions]) -> Self {
        let mut closes_later = vec![false; signs.len()];
        let mut closable = vec![0; signs.len()];
        let mut later = false;
        let mut surplus = 0_usize;
        for (index, sign) in signs.iter().enumerate().rev() {
            closes_later[index] = later;
            closable[index] = surplus;
            let left = index.checked_sub(1).map(|left| signs[left].character);
            let right = signs.get(index + 1).map(|sign| sign.character);
            let closes = left.is_some_and(|left| !left.is_whitespace()) && !right.is_some_and(is_word);
            later |= sign.character == '\'' && !sign.fixed && closes;
            if sign.character == '"' && !sign.fixed {
                surplus = if closes { surplus + 1 } else { surplus.saturating_sub(1) };
            }
        }
        let changes = vec![None; signs.len()];
        Self { signs, conventions, changes, open: Vec::new(), opens: vec![false; signs.len()], closes_later, closable }
    }

    fn set(mut self) -> Vec<Option<&'static str>> {
        let mut index = 0;
        while let Some(sign) = self.signs.get(index) {
            index = match sign.character {
                _ if sign.fixed => index + 1,
                '"' => self.double(index),
                '\'' => self.single(index),
                '-' => self.repeated(index, &[(2, "–"), (3, "—")]),
                '.' => self.repeated(index, &[(3, "…"), (4, "….")]),
                '«' | '»' | ';' | ':' | '!' | '?' => self.spaced(index),
                _ => index + 1,
            };
        }
        self.changes
    }

    fn at(&self, index: usize) -> Option<char> {
        self.signs.get(index).map(|sign| sign.character)
    }

    fn left(&self, index: usize) -> Option<char> {
        self.at(index.checked_sub(1)?)
    }

    fn conventions(&self, index: usize) -> Conventions {
        self.conventions[self.signs[index].language]
    }

    /// Sets a sign that is written with several of one.
    fn repeated(&mut self, index: usize, forms: &[(usize, &'static str)]) -> usize {
        let same = |sign: &&Sign| !sign.fixed && sign.character == self.signs[index].character;
        let count = self.signs[index..].iter().take_while(same).count();
        if let Some((_, form)) = forms.iter().find(|(length, _)| *length == count) {
            self.changes[index..index + count].fill(Some(""));
            self.changes[index] = Some(form);
        }
        index + count
    }

    // Quotation marks

    /// Whether a quotation mark here can open a quotation, and whether it can close one, by its neighbours.
    fn sides(&self, index: usize) -> (bool, bool) {
        let left = self.left(index);
        let right = self.at(index + 1);
        let before = match left {
            None => true,
            // What closes is never followed by a word; an apostrophe may be.
            Some('"' | '\'') => self.opens[index - 1] || right.is_some_and(is_word),
            Some(left) => left.is_whitespace() || "([{<¿¡—–-/=«‹„‚“‘「『…".contains(left),
        };
        let after = match right {
            None | Some('"' | '\'') => true,
            Some(right) => right.is_whitespace() || ")]}>.,;:!?—–-/…»›”’」』。、".contains(right),
        };
        let opens = before && right.is_some_and(|right| !right.is_whitespace());
        let closes =
            after && left.is_some_and(|left| !left.is_whitespace()) && !(before && matches!(left, Some('"' | '\'')));
        (opens, closes)
    }

    fn double(&mut self, index: usize) -> usize {
        let conventions = self.conventions(index);
        let is_open = self.open.iter().any(|quotation| quotation.double);
        match self.sides(index) {
            (true, false) => self.begin(index, true),
            (true, true) if !is_open => self.begin(index, true),
            (false, true) if !is_open && self.left(index).is_some_and(|left| left.is_ascii_digit()) => {
                self.changes[index] = Some("″");
            }
            (_, true) => self.end(index, true, conventions.double.1),
            (false, false) => {
                let between_words = self.left(index).is_some_and(is_word) && self.at(index + 1).is_some_and(is_word);
                if is_open {
                    self.end(index, true, conventions.double.1);
                } else if between_words {
                    self.begin(index, true);
                }
            }
        }
        index + 1
    }

    fn single(&mut self, index: usize) -> usize {
        const APOSTROPHE: &str = "’";
        let conventions = self.conventions(index);
        let left = self.left(index);
        let right = self.at(index + 1);
        let is_open = self.open.iter().any(|quotation| !quotation.double);
        let digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
        if left.is_some_and(is_word) && right.is_some_and(is_word) && !conventions.dense {
            // Feet and inches, as in 5'10".
            let digits =
                self.signs[index + 1..].iter().take(3).take_while(|sign| sign.character.is_ascii_digit()).count();
            let inches = digit(left) && (1..=2).contains(&digits) && self.at(index + 1 + digits) == Some('"');
            self.changes[index] = Some(if inches { "′" } else { APOSTROPHE });
            if inches {
                self.changes[index + 1 + digits] = Some("″");
                return index + digits + 2;
            }
            return index + 1;
        }
        match self.sides(index) {
            (true, _) if self.begins_clipped(index) => self.changes[index] = Some(APOSTROPHE),
            (true, false) => {
                // At the beginning, a quotation may go on in the next paragraph.
                let at_start = self.opens[..index].iter().all(|opens| *opens);
                if at_start || self.closes_later[index] {
                    self.begin(index, false);
                } else {
                    self.changes[index] = Some(APOSTROPHE);
                }
            }
            (true, true) if !is_open && self.closes_later[index] => self.begin(index, false),
            (_, true) if is_open => self.end(index, false, conventions.single.1),
            (_, true) => self.changes[index] = Some(if digit(left) { "′" } else { APOSTROPHE }),
            (false, false) if conventions.dense && is_open => self.end(index, false, conventions.single.1),
            (false, false) if conventions.dense && left.is_some_and(is_word) => self.begin(index, false),
            (false, false) => {
                if left.is_some_and(is_word) {
                    self.changes[index] = Some(APOSTROPHE);
                }
            }
        }
        index + 1
    }

    /// Whether the `'` here stands for letters left out at the beginning of a word: 'tis, 'n', '90s.
    fn begins_clipped(&self, index: usize) -> bool {
        const LONGEST: usize = 8;
        let word: String = self.signs[index + 1..]
            .iter()
            .map(|sign| sign.character)
            .take(LONGEST)
            .take_while(|character| is_word(*character))
            .collect();
        let digits = word.trim_end_matches('s');
        let years = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) && word.len() <= 3;
        // '45' is a quotation, and so is 'em' where it is closed at once.
        let closed = self.at(index + 1 + word.chars().count()) == Some('\'');
        let lower = word.to_lowercase();
        let known = self.conventions(index).clipped.contains(&lower.as_str());
        (years && !closed) || (known && (!closed || lower == "n"))
    }

    fn begin(&mut self, index: usize, double: bool) {
        let conventions = self.conventions(index);
        // In a quotation of the same kind, if that is closed as well, the inner marks tell it apart.
        let within = self.open.last().is_some_and(|outer| outer.double && !outer.inner);
        let inner = double && within && self.closable[index] >= 2;
        let pair = if double && !inner { conventions.double } else { conventions.single };
        self.changes[index] = Some(pair.0);
        self.opens[index] = true;
        self.open.push(Quotation { double, inner, close: pair.1 });
    }

    /// Closes the innermost quotation of the kind, and with it those in it that were never closed.
    fn end(&mut self, index: usize, double: bool, otherwise: &'static str) {
        let open = self.open.iter().rposition(|quotation| quotation.double == double);
        self.changes[index] = Some(open.map_or(otherwise, |open| self.open[open].close));
        self.open.truncate(open.unwrap_or(self.open.len()));
    }

    // French

    /// Sets apart what French sets apart: the author's space becomes one that doesn't break, or one is added.
    fn spaced(&mut self, index: usize) -> usize {
        let spacing = self.conventions(index).spacing;
        let sign = self.signs[index].character;
        let right = self.at(index + 1);
        let left = self.left(index);
        let (space, with_space) = match sign {
            '«' => {
                match right {
                    Some(' ') if !self.signs[index + 1].fixed && spacing != Spacing::None => {
                        self.changes[index + 1] = Some("\u{202f}");
                    }
                    Some(right) if !right.is_whitespace() && spacing != Spacing::None => {
                        self.changes[index] = Some("«\u{202f}");
                    }
                    Some(_) | None => {}
                }
                return index + 1;
            }
            '»' if spacing != Spacing::None => ("\u{202f}", "\u{202f}»"),
            ':' if spacing != Spacing::None => ("\u{a0}", "\u{a0}:"),
            ';' if spacing == Spacing::French => ("\u{202f}", "\u{202f};"),
            '!' if spacing == Spacing::French => ("\u{202f}", "\u{202f}!"),
            '?' if spacing == Spacing::French => ("\u{202f}", "\u{202f}?"),
            _ => return index + 1,
        };
        let ends = right.is_none_or(|right| !is_word(right) && right != '/' && right != '\\');
        match left {
            Some(' ') if !self.signs[index - 1].fixed => self.changes[index - 1] = Some(space),
            Some(left) if (ends || sign == '»') && (is_word(left) || ")]»”’\"'%…".contains(left)) => {
                self.changes[index] = Some(with_space);
            }
            Some('.') if ends && self.changes[index - 1].is_some() => self.changes[index] = Some(with_space),
            Some(_) | None => {}
        }
        index + 1
    }
}

/// Whether a sign is part of a word.
fn is_word(sign: char) -> bool {
    sign.is_alphanumeric() || sign == OBJECT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Span;
    use crate::document::{Attributes, NodeId, plain_text};

    fn text(words: &str) -> Inline {
        let kind = InlineKind::Text(words.replace('\\', &MARK.to_string()));
        Inline { id: NodeId::UNNAMED, span: Span::default(), attributes: Attributes::default(), kind }
    }

    /// Sets a text in a language; `\` escapes what follows it.
    #[track_caller]
    fn check(language: &str, words: &str, expected: &str) {
        let mut inlines = vec![text(words)];
        set(&mut inlines, language);
        assert_eq!(plain_text(&inlines), expected, "{language}: {words}");
        // The same with every character an inline of its own.
        if !words.contains('\\') {
            let mut inlines: Vec<Inline> = words.chars().map(|character| text(&character.to_string())).collect();
            set(&mut inlines, language);
            assert_eq!(plain_text(&inlines), expected, "{language}: {words}, in pieces");
        }
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(QUOTES.is_sorted_by_key(|(tag, _)| tag));
    }

    #[test]
    fn quotation_marks_are_those_of_the_language() {
        for (language, expected) in [
            ("en", "“a ‘b’ c”"),
            ("en-GB", "“a ‘b’ c”"),
            ("de", "„a ‚b‘ c“"),
            ("de-AT", "„a ‚b‘ c“"),
            ("de-CH", "«a ‹b› c»"),
            ("fr", "«\u{202f}a “b” c\u{202f}»"),
            ("es", "«a “b” c»"),
            ("it", "«a “b” c»"),
            ("pt-BR", "“a ‘b’ c”"),
            ("nl", "“a ‘b’ c”"),
            ("pl", "„a ‚b’ c”"),
            ("ru", "«a „b“ c»"),
            ("uk", "«a “b” c»"),
            ("cs", "„a ‚b‘ c“"),
            ("sv", "”a ’b’ c”"),
            ("da", "»a ›b‹ c«"),
            ("fi", "”a ’b’ c”"),
            ("hu", "„a »b« c”"),
            ("tr", "“a ‘b’ c”"),
            ("el", "«a “b” c»"),
            ("zh", "“a ‘b’ c”"),
            ("zh-Hant-TW", "「a 『b』 c」"),
            ("ja", "「a 『b』 c」"),
            ("ko", "“a ‘b’ c”"),
            ("tlh", "“a ‘b’ c”"),
        ] {
            check(language, "\"a 'b' c\"", expected);
        }
        check("en", "\"a \"b\" c\" \"d 'e \"f\"'\"", "“a ‘b’ c” “d ‘e “f”’”");
        check("ja", "彼は\"はい\"と", "彼は「はい」と");
        check("ja", "彼は'はい'と", "彼は『はい』と");
    }

    #[test]
    fn neighbours_tell_opening_from_closing() {
        check("en", "(\"a\"), \"b,\" \"c.\"", "(“a”), “b,” “c.”");
        check("en", "\"'a,' b 'c.'\"", "“‘a,’ b ‘c.’”");
        check("en", "\"a—\" b—\"c\"—d", "“a—” b—“c”—d");
        check("en", "\"...and\" \"a...\"", "“…and” “a…”");
        check("en", "he said \"a\"?", "he said “a”?");
        check("en", "\"\"", "“”");
        check("en", "\"A\"--\"B\"", "“A”–“B”");
    }

    #[test]
    fn what_is_never_closed_changes_nothing_that_follows() {
        check("en", "\"a. b \"c\" d", "“a. b “c” d");
        check("en", "\"I said", "“I said");
        check("en", "a\" b \"c\"", "a” b “c”");
        check("en", "'I said, 'no'.", "‘I said, ‘no’.");
        check("en", "6\" and \"a\"", "6″ and “a”");
    }

    #[test]
    fn apostrophes_are_told_from_quotation_marks() {
        check("en", "don't, dogs', rock 'n' roll", "don’t, dogs’, rock ’n’ roll");
        check("en", "'tis in the '90s and '45", "’tis in the ’90s and ’45");
        check("en", "\"'Tis\" he 'em", "“’Tis” he ’em");
        check("en", "'em' and '45'", "‘em’ and ‘45’");
        check("en", "go an' see", "go an’ see");
        check("fr", "l'homme d'\"a\"", "l’homme d’«\u{202f}a\u{202f}»");
        check("de", "geht's Hans' 'ne", "geht’s Hans’ ’ne");
        check("it", "un po' d'acqua", "un po’ d’acqua");
        check("de-CH", "1'000", "1’000");
    }

    #[test]
    fn primes_follow_digits_where_nothing_is_open() {
        check("en", "5'10\" tall, 6' and 12\"", "5′10″ tall, 6′ and 12″");
        check("en", "\"chapter 5\" and 'chapter 6'", "“chapter 5” and ‘chapter 6’");
    }

    #[test]
    fn hyphens_and_full_stops_join() {
        check("en", "a--b---c----d - e...f....g.....", "a–b—c----d - e…f….g.....");
        check("en", r#"\-- \"a\" .\.."#, "-- \"a\" ...");
    }

    #[test]
    fn typographic_signs_stay() {
        check("en", "“a” ‘b’ – — … «c»", "“a” ‘b’ – — … «c»");
        check("en", "a : b ; c ! d ?", "a : b ; c ! d ?");
    }

    #[test]
    fn french_sets_signs_apart() {
        check("fr", "a: b ; c! d ? e", "a\u{a0}: b\u{202f}; c\u{202f}! d\u{202f}? e");
        check("fr", "« a » «b»", "«\u{202f}a\u{202f}» «\u{202f}b\u{202f}»");
        check("fr", "quoi?! 12:30 http://a (!) a...?", "quoi\u{202f}?! 12:30 http://a (!) a…\u{202f}?");
        check("fr", "a\u{a0}: b\u{202f}!", "a\u{a0}: b\u{202f}!");
        check("fr", "\"Oui!\" dit-il", "«\u{202f}Oui\u{202f}!\u{202f}» dit-il");
        check("fr-CA", "a! \"b\": c", "a! «\u{202f}b\u{202f}»\u{a0}: c");
    }
}
