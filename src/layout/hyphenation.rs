//! Where a word may be divided between two lines, and what shows there.
//!
//! Words of prose are divided by the patterns of their language (Liang 1983, from the `hypher` crate), by the project's
//! exceptions, by the author's hyphens and soft hyphens; addresses and code at their punctuation, without a hyphen.
//! Knows nothing of widths and lines; what it returns becomes [`Item::Penalty`] in a paragraph. Start at
//! [`Hyphenator::points`] for prose and [`code_points`] for what is set as code.
//!
//! [`Item::Penalty`]: super::line_breaking::Item::Penalty

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use hypher::Lang;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::line_breaking::Hyphen;

/// A place inside a word where a line may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// The byte offset at which the next line starts: between grapheme clusters, and neither end of the word. A soft
    /// hyphen, which shows nothing of its own, stays before it.
    pub at: usize,
    /// What ends the line: an inserted hyphen, the author's own, or none (addresses, code, and scripts without one).
    pub hyphen: Hyphen,
    /// How much worse than an ordinary division: a penalty, to which the paragraph's style adds its own for hyphens.
    pub cost: i32,
}

/// An ordinary division of a word.
const USUAL: i32 = 0;
/// After a slash or a double colon.
const AFTER_SLASH: i32 = 50;
/// At an address's other punctuation.
const BEFORE_SIGN: i32 = 100;
/// Better not: digits parted from their word, a hump of camel case.
const POOR: i32 = 300;
/// Names, and the parts of words that already have a hyphen: rather in another word.
const RELUCTANT: i32 = 150;
/// In the middle of a long code or number: only to keep the line inside the page.
const DESPERATE: i32 = 5_000;

/// The fewest letters of a word that is divided.
const SHORTEST_WORD: usize = 5;
/// The fewest letters of a part of a hyphenated word that is divided again.
const SHORTEST_PART: usize = 6;
/// A piece of code longer than this may be cut anywhere but near its ends.
const LONGEST_PIECE: usize = 20;
/// How near, in grapheme clusters.
const PIECE_END: usize = 4;

const SOFT_HYPHEN: char = '\u{AD}';
const EN_DASH: char = '–';
const EM_DASH: char = '—';

/// Divides the words of one language.
///
/// Remembers every word that it has seen, so memory grows with the vocabulary.
#[derive(Clone, Debug)]
pub struct Hyphenator {
    language: Option<Lang>,
    /// German writes its nouns with a capital, so a capital does not mark a name.
    nouns_are_capitalised: bool,
    /// Letters kept together at a word's start and end.
    minima: (usize, usize),
    /// Lower-case word → how many of its characters stand before each division.
    exceptions: BTreeMap<String, Vec<usize>>,
    seen: HashMap<Box<str>, Range<usize>>,
    divisions: Vec<Division>,
}

impl Hyphenator {
    /// A hyphenator for a BCP 47 tag, such as `en-GB` or `de`. A language without patterns has no divisions but those
    /// that the text, the exceptions and the rules for code give.
    ///
    /// `minima` are the fewest letters before and after a division, at least one each; without them, those of the
    /// language, and not fewer than two. They do not bind exceptions and soft hyphens. `exceptions` are words with a
    /// hyphen at each place where they may be divided (`man-u-script`); one without hyphens is never divided. Their case
    /// is ignored, and of two entries for a word the later holds.
    #[must_use]
    pub fn new<'a>(
        language: &str,
        minima: Option<(usize, usize)>,
        exceptions: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let patterns = patterns_for(language);
        let minima = match (minima, patterns) {
            (Some((before, after)), _) => (before.max(1), after.max(1)),
            (None, Some(patterns)) => (patterns.bounds().0.max(2), patterns.bounds().1.max(2)),
            (None, None) => (2, 2),
        };
        Self {
            language: patterns,
            nouns_are_capitalised: patterns == Some(Lang::German),
            minima,
            exceptions: exceptions.into_iter().map(exception).collect(),
            seen: HashMap::new(),
            divisions: Vec::new(),
        }
    }

    /// The places where `word` may be divided, in order.
    ///
    /// A word is what stands between two spaces; punctuation around it does no harm. Soft hyphens rule out the patterns.
    /// A word with hyphens or dashes is divided after those, and its longer parts only reluctantly; so are capitalised
    /// words outside German. Capitals (`NATO`), words with digits (`H2O`) and with a capital inside (`LaTeX`) stay whole.
    /// What looks like an address or code is divided as by [`code_points`].
    ///
    /// Linear in the word, once for each distinct word.
    pub fn points(&mut self, word: &str) -> &[Division] {
        if word.len() < SHORTEST_WORD {
            return &[];
        }
        let range = if let Some(range) = self.seen.get(word) {
            range.clone()
        } else {
            let found = self.divide(word);
            let range = self.divisions.len()..self.divisions.len() + found.len();
            self.divisions.extend(found);
            self.seen.insert(word.into(), range.clone());
            range
        };
        &self.divisions[range]
    }

    fn divide(&self, word: &str) -> Vec<Division> {
        let mut found = Vec::new();
        if word.contains(SOFT_HYPHEN) {
            let text = span(word, |character| character != SOFT_HYPHEN);
            let ends = word.match_indices(SOFT_HYPHEN).map(|(at, hyphen)| at + hyphen.len());
            let inner = ends.filter(|at| text.start < *at && *at < text.end);
            found.extend(inner.map(|at| Division { at, hyphen: self.inserted(), cost: USUAL }));
            found.extend(written(word));
        } else if is_code(word) {
            return code_points(word);
        } else {
            found.extend(written(word));
            let parts: Vec<_> = parts(word).collect();
            let compound = parts.iter().filter(|part| letters(&word[(*part).clone()]) > 1).count() > 1;
            for part in parts {
                let start = part.start;
                let divisions = self.divide_part(&word[part], compound);
                found.extend(divisions.into_iter().map(|division| Division { at: start + division.at, ..division }));
            }
        }
        tidy(word, found)
    }

    /// Divides a row of letters, digits and apostrophes.
    fn divide_part(&self, part: &str, compound: bool) -> Vec<Division> {
        let hyphen = self.inserted();
        if !self.exceptions.is_empty() {
            let key: String = part.chars().map(lower).collect();
            if let Some(before) = self.exceptions.get(&straight(&key)) {
                let starts: Vec<usize> = part.char_indices().map(|(at, _)| at).collect();
                let at = |&count: &usize| Some(Division { at: *starts.get(count)?, hyphen, cost: USUAL });
                return before.iter().filter_map(at).collect();
            }
        }
        let shortest = if compound { SHORTEST_PART } else { SHORTEST_WORD };
        let Some(language) = self.language else { return Vec::new() };
        if letters(part) < shortest
            || part.chars().any(char::is_numeric)
            || part.chars().skip(1).any(char::is_uppercase)
        {
            return Vec::new();
        }
        let name = part.chars().next().is_some_and(char::is_uppercase) && !self.nouns_are_capitalised;
        let cost = if compound || name { RELUCTANT } else { USUAL };
        // Elisions and contractions: each side of an apostrophe is divided for itself (l’inter-nationale), but the
        // stump before an English -n’t is no word (should|n’t).
        let mut found = Vec::new();
        let mut start = 0;
        let mut pieces = part.split(is_apostrophe).peekable();
        while let Some(piece) = pieces.next() {
            if pieces.peek() != Some(&"t") {
                let at = |at| Division { at: start + at, hyphen, cost };
                found.extend(self.by_patterns(piece, language).into_iter().map(at));
            }
            let after = part[start + piece.len()..].chars().next().map_or(0, char::len_utf8);
            start += piece.len() + after;
        }
        found
    }

    /// The offsets in a row of letters that the patterns allow.
    fn by_patterns(&self, letters: &str, language: Lang) -> Vec<usize> {
        let (before, after) = self.minima;
        if letters.is_ascii() {
            let mut at = 0;
            let syllables = hypher::hyphenate_bounded(letters, language, before, after);
            let mut ends: Vec<usize> = syllables.map(|syllable| (at += syllable.len(), at).1).collect();
            ends.pop();
            return ends;
        }
        // The patterns know composed letters only.
        let mut composed = String::with_capacity(letters.len());
        let mut ends = Vec::new();
        for (start, cluster) in letters.grapheme_indices(true) {
            composed.extend(cluster.nfc());
            ends.push((composed.len(), start + cluster.len()));
        }
        let mut ends = ends.into_iter().peekable();
        let mut at = 0;
        let mut found = Vec::new();
        for syllable in hypher::hyphenate_bounded(&composed, language, before, after) {
            at += syllable.len();
            while ends.next_if(|&(end, _)| end < at).is_some() {}
            if let Some((_, original)) = ends.next_if(|&(end, _)| end == at) {
                found.push(original);
            }
        }
        found.pop_if(|last| *last == letters.len());
        found
    }

    /// What shows where this language divides a word.
    fn inserted(&self) -> Hyphen {
        let shows = self.language.is_none_or(|language| language.hyphenation_character().is_some());
        if shows { Hyphen::Inserted } else { Hyphen::None }
    }
}

/// The places where an address or a piece of code may be divided, in order; never with a hyphen.
///
/// After a slash, a backslash, a double colon, a comma; before `. _ ? & = # % ~ @ -` and a hump of camel case. A single
/// letter is never parted from the end of the word, nor a digit from the digit on the other side of the sign. Pieces of
/// more than twenty characters may, at a high cost, be cut anywhere but in their first and last four. Linear.
#[must_use]
pub fn code_points(word: &str) -> Vec<Division> {
    let mut found = Vec::new();
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    for window in 1..chars.len() {
        let (at, next) = chars[window];
        let last = chars[window - 1].1;
        let division = |cost| Division { at, hyphen: Hyphen::None, cost };
        let before_last = window.checked_sub(2).map_or(' ', |index| chars[index].1);
        let after_next = chars.get(window + 1).map_or(' ', |&(_, after)| after);
        if window < 2 || chars.len() - window < 2 + usize::from(is_sign(next)) {
            continue;
        }
        match (last, next) {
            ('/' | '\\', '/' | '\\') => {}
            ('/' | '\\', _) if !(before_last.is_numeric() && next.is_numeric()) => found.push(division(AFTER_SLASH)),
            (':', _) if before_last == ':' && next != ':' => found.push(division(AFTER_SLASH)),
            (',' | ';', _) if !next.is_numeric() => found.push(division(BEFORE_SIGN)),
            (_, _) if is_sign(next) && last != next && !is_opening(last) => {
                if !(last.is_numeric() && after_next.is_numeric() && matches!(next, '.' | '-')) {
                    found.push(division(BEFORE_SIGN));
                }
            }
            (_, _) if last.is_lowercase() && next.is_uppercase() && chars.len() > 9 => {
                found.push(division(POOR));
            }
            (_, _) => {}
        }
    }
    let mut found = tidy(word, found);
    let mut cuts = Vec::new();
    let mut start = 0;
    for end in found.iter().map(|division| division.at).chain([word.len()]) {
        let clusters: Vec<usize> = word[start..end].grapheme_indices(true).map(|(at, _)| start + at).collect();
        if clusters.len() > LONGEST_PIECE {
            let inner = &clusters[PIECE_END..=clusters.len() - PIECE_END];
            cuts.extend(inner.iter().map(|&at| Division { at, hyphen: Hyphen::None, cost: DESPERATE }));
        }
        start = end;
    }
    if !cuts.is_empty() {
        found.extend(cuts);
        found.sort_by_key(|division| division.at);
    }
    found
}

/// Signs that begin a line better than they end one.
fn is_sign(character: char) -> bool {
    matches!(character, '.' | '_' | '?' | '&' | '=' | '#' | '%' | '~' | '@' | '-')
}

fn is_opening(character: char) -> bool {
    matches!(character, '(' | '[' | '{' | '<' | '"' | '\'' | '/' | '\\' | ':')
}

/// Whether a word of prose is rather an address, a path, a file name, an identifier or a long code.
fn is_code(word: &str) -> bool {
    if word.contains("://") || word.contains("::") {
        return true;
    }
    let inner = word.trim_matches(|character: char| !character.is_alphanumeric());
    if inner.contains(['_', '@', '=', '#', '~']) {
        return true;
    }
    // `and/or` is prose, `src/layout/mod.rs` and `/etc` are not.
    let slashes = word.matches(['/', '\\']).count();
    if slashes > 1 || (slashes == 1 && (word.starts_with(['/', '\\']) || inner.contains('.'))) {
        return true;
    }
    // `e.g.` and `U.S.` are prose; `pressmark.toml` and `search?q=` are not.
    let mut pieces = inner.split(['.', '?', '&']).map(|piece| piece.chars().take(2).count());
    if pieces.clone().count() > 1 && pieces.all(|length| length > 1) && inner.chars().any(char::is_alphabetic) {
        return true;
    }
    let humps =
        inner.chars().zip(inner.chars().skip(1)).filter(|(last, next)| last.is_lowercase() && next.is_uppercase());
    let solid = inner.chars().all(char::is_alphanumeric);
    solid && (humps.count() > 1 || (inner.len() > LONGEST_PIECE && inner.chars().any(char::is_numeric)))
}

/// The divisions after the author's hyphens, dashes and slashes, which part at least two letters or digits on each side.
fn written(word: &str) -> Vec<Division> {
    let belongs = |character: &char| character.is_alphanumeric() || is_combining_mark(*character);
    let text = span(word, char::is_alphanumeric);
    let mut found = Vec::new();
    for (start, joint) in word.match_indices(['-', '\u{2010}', EN_DASH, EM_DASH, '/']) {
        let at = start + joint.len();
        let mut add = |hyphen, cost| found.push(Division { at, hyphen, cost });
        if joint.starts_with(EM_DASH) {
            // Also after what closes the first part and before what opens the second: `so,”—“and`.
            let opens =
                |next: char| next.is_alphanumeric() || matches!(next, '“' | '‘' | '«' | '„' | '(' | '[' | '¿' | '¡');
            if text.start < start && at < text.end && word[at..].starts_with(opens) {
                add(Hyphen::None, USUAL);
            }
            continue;
        }
        let before: Vec<char> = word[..start].chars().rev().take_while(belongs).take(2).collect();
        let after: Vec<char> = word[at..].chars().take_while(belongs).take(2).collect();
        if before.len() < 2 || after.len() < 2 {
            continue;
        }
        match (joint, before[0].is_numeric(), after[0].is_numeric()) {
            ("/", false, false) => add(Hyphen::None, AFTER_SLASH),
            ("–", true, true) | ("-" | "\u{2010}" | "–", false, true) => add(Hyphen::Written, POOR),
            ("-" | "\u{2010}" | "–", _, false) => add(Hyphen::Written, USUAL),
            (_, _, _) => {}
        }
    }
    found
}

/// From the first to the last character that belongs to the text proper; empty if there is none.
fn span(word: &str, belongs: impl Fn(char) -> bool) -> Range<usize> {
    let start = word.find(&belongs).unwrap_or(word.len());
    start..word.rfind(&belongs).map_or(start, |last| last + word[last..].chars().next().map_or(0, char::len_utf8))
}

/// The rows of letters, digits, and apostrophes between letters.
fn parts(word: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let belongs = |character: char| {
        character.is_alphanumeric()
            || is_combining_mark(character)
            || is_apostrophe(character)
            || matches!(character, '\u{200C}' | '\u{200D}')
    };
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + word[rest..].find(belongs)?;
        let end = word[start..].find(|character| !belongs(character)).map_or(word.len(), |length| start + length);
        rest = end;
        let trimmed = word[start..end].trim_start_matches(is_apostrophe);
        let start = end - trimmed.len();
        Some(start..start + trimmed.trim_end_matches(is_apostrophe).len())
    })
}

/// Drops divisions at the ends and inside grapheme clusters, and orders the rest; of two at one place the cheaper stays.
fn tidy(word: &str, mut found: Vec<Division>) -> Vec<Division> {
    found.sort_by_key(|division| (division.at, division.cost));
    found.dedup_by_key(|division| division.at);
    found.retain(|division| {
        let inside = division.at > 0 && division.at < word.len();
        let boundary = || GraphemeCursor::new(division.at, word.len(), true).is_boundary(word, 0);
        inside && (word.is_ascii() || boundary() == Ok(true))
    });
    found
}

fn letters(part: &str) -> usize {
    part.chars().filter(|&character| character.is_alphabetic()).count()
}

fn is_apostrophe(character: char) -> bool {
    matches!(character, '\'' | '’')
}

/// One character for one, so that places in the word stay countable.
fn lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => character,
    }
}

fn straight(word: &str) -> String {
    word.replace('’', "'")
}

fn exception(entry: &str) -> (String, Vec<usize>) {
    let mut word = String::new();
    let mut count = 0;
    let mut before = Vec::new();
    for character in entry.trim().chars() {
        if matches!(character, '-' | '\u{2010}' | SOFT_HYPHEN) {
            before.push(count);
        } else {
            word.push(lower(character));
            count += 1;
        }
    }
    before.retain(|&place| place > 0 && place < count);
    before.dedup();
    (straight(&word), before)
}

/// The patterns of a BCP 47 tag's language. Bosnian and Serbian in Latin letters are divided as Croatian.
fn patterns_for(tag: &str) -> Option<Lang> {
    let mut subtags = tag.split(['-', '_']);
    let language = subtags.next()?.to_ascii_lowercase();
    let latin = subtags.any(|subtag| subtag.eq_ignore_ascii_case("latn"));
    let language = match language.as_str() {
        "bs" => "hr",
        "sr" if latin => "hr",
        other => other,
    };
    Lang::from_iso(language.as_bytes().try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The word with `-` at inserted hyphens, `|` at other divisions and `~` before the mark of a reluctant one.
    fn show(divisions: &[Division], word: &str) -> String {
        let mut shown = String::new();
        let mut last = 0;
        for division in divisions {
            shown.push_str(&word[last..division.at]);
            shown.push_str(if division.cost == RELUCTANT { "~" } else { "" });
            shown.push(if division.hyphen == Hyphen::Inserted { '-' } else { '|' });
            last = division.at;
        }
        shown + &word[last..]
    }

    fn check(language: &str, cases: &[(&str, &str)]) {
        let mut hyphenator = Hyphenator::new(language, None, []);
        for &(word, expected) in cases {
            assert_eq!(show(hyphenator.points(word), word), expected);
            assert_eq!(show(hyphenator.points(word), word), expected, "the second time too");
        }
    }

    #[test]
    fn words_are_divided_by_the_patterns_of_their_language() {
        check("en-GB", &[("extensive", "ex-ten-sive"), ("word", "word"), ("typography", "ty-pog-ra-phy")]);
        check("de", &[("Silbentrennung", "Sil-ben-tren-nung"), ("Buchstaben", "Buch-sta-ben")]);
        check("fr-FR", &[("hyphénation", "hy-phé-na-tion")]);
        check("ru", &[("переносы", "пе-ре-но-сы")]);
        check("el", &[("συλλαβισμός", "συλ-λα-βι-σμός")]);
        check("pl", &[("dzielenie", "dzie-le-nie")]);
        check("tr", &[("bölünebilir", "bö-lü-ne-bi-lir")]);
    }

    #[test]
    fn a_language_without_patterns_divides_nothing_by_itself() {
        for language in ["", "x", "zh-Hans", "tlh", "deutsch", "é"] {
            check(language, &[("extensive", "extensive"), ("ex\u{AD}tensive", "ex\u{AD}-tensive")]);
        }
        check("sr-Latn", &[("slovenačkog", "slo-ve-nač-kog")]);
    }

    #[test]
    fn a_script_without_hyphens_is_divided_without_one() {
        let mut hyphenator = Hyphenator::new("hi", None, []);
        let divisions = hyphenator.points("अनुच्छेदों");
        assert!(!divisions.is_empty());
        assert!(divisions.iter().all(|division| division.hyphen == Hyphen::None));
    }

    #[test]
    fn punctuation_around_a_word_does_not_count_as_letters() {
        check("en", &[("“extensive,”", "“ex-ten-sive,”"), ("(typography).", "(ty-pog-ra-phy)."), ("ex-", "ex-")]);
    }

    #[test]
    fn decomposed_letters_are_divided_like_composed_ones() {
        check("de", &[("U\u{308}berschriften", "U\u{308}ber-schrif-ten"), ("Überschriften", "Über-schrif-ten")]);
    }

    #[test]
    fn soft_hyphens_overrule_the_patterns() {
        check("en", &[("type\u{AD}setting", "type\u{AD}-setting"), ("\u{AD}extensive\u{AD}", "\u{AD}extensive\u{AD}")]);
    }

    #[test]
    fn exceptions_overrule_the_patterns_in_either_case() {
        let mut hyphenator = Hyphenator::new("en", None, ["man-u-script", "table", "Press-mark", "it’s-self"]);
        for (word, expected) in [
            ("manuscript", "man-u-script"),
            ("Manuscript,", "Man-u-script,"),
            ("TABLE", "TABLE"),
            ("tables", "ta-bles"),
            ("pressmark", "press-mark"),
            ("it'sself", "it's-self"),
        ] {
            assert_eq!(show(hyphenator.points(word), word), expected);
        }
    }

    #[test]
    fn the_minima_keep_letters_together() {
        let mut hyphenator = Hyphenator::new("en", Some((4, 5)), []);
        assert_eq!(show(hyphenator.points("typography"), "typography"), "typog-raphy");
    }

    #[test]
    fn a_written_hyphen_is_where_a_compound_divides() {
        check(
            "en",
            &[
                ("well-known", "well-|known"),
                ("typography-extensive", "ty~-pog~-ra~-phy-|ex~-ten~-sive"),
                ("e-mail", "e-mail"),
                ("COVID-19", "COVID-|19"),
                ("1939–1945", "1939–|1945"),
                ("2026-11-24", "2026-11-24"),
                ("and/or", "and/|or"),
                ("dawn—“day", "dawn—|“day"),
                ("—dawn—", "—dawn—"),
            ],
        );
    }

    #[test]
    fn names_are_divided_reluctantly_but_for_german() {
        check("en", &[("Extensive", "Ex~-ten~-sive")]);
        check("de", &[("Überschrift", "Über-schrift")]);
    }

    #[test]
    fn acronyms_and_words_with_digits_stay_whole() {
        check(
            "en",
            &[("UNESCO", "UNESCO"), ("extensive2", "extensive2"), ("JavaScript", "JavaScript"), ("e.g.", "e.g.")],
        );
    }

    #[test]
    fn nothing_is_divided_at_an_apostrophe() {
        check(
            "en",
            &[("shouldn’t", "shouldn’t"), ("typographer's", "ty-pog-ra-pher's"), ("’extensive’", "’ex-ten-sive’")],
        );
        check("fr", &[("l’hyphénation", "l’hy-phé-na-tion"), ("aujourd’hui", "au-jourd’hui")]);
    }

    #[test]
    fn addresses_and_code_are_divided_at_their_signs_without_a_hyphen() {
        check(
            "en",
            &[
                ("https://www.example.org/a/book?page=12", "https://|www|.example|.org/|a/|book|?page|=12"),
                ("std::collections::HashMap", "std::|collections::|Hash|Map"),
                ("pressmark.toml", "pressmark|.toml"),
                ("snake_case_name", "snake|_case|_name"),
                ("getElementById", "get|Element|By|Id"),
                ("someone@example.org", "someone|@example|.org"),
                ("AT&T", "AT&T"),
            ],
        );
        let word = "kebab-case";
        assert_eq!(show(&code_points(word), word), "kebab|-case");
        assert_eq!(code_points("hyphenation"), []);
    }

    #[test]
    fn a_long_code_can_be_cut_anywhere_as_a_last_resort() {
        let word = "d41d8cd98f00b204e9800998ecf8427e";
        let divisions = code_points(word);
        assert_eq!(divisions.len(), word.len() - 2 * PIECE_END + 1);
        assert!(divisions.iter().all(|division| division.cost == DESPERATE && division.hyphen == Hyphen::None));
        assert_eq!(Hyphenator::new("en", None, []).points(word), divisions);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn divisions_lie_between_clusters_inside_the_word(
            word in r"(\PC|[a-zäé\u{AD}\u{301}\u{200D}/:._?&=@’—–-]|🇩🇪|👩‍👩‍👧|अ|क्षि|extensive|Überschrift){0,24}",
            language in prop::sample::select(vec!["en", "de", "fr", "ru", "hi", "el", "ja", ""]),
        ) {
            let mut hyphenator = Hyphenator::new(language, None, ["man-u-script", "-", ""]);
            let boundaries: Vec<usize> = word.grapheme_indices(true).map(|(at, _)| at).collect();
            for divisions in [hyphenator.points(&word).to_vec(), code_points(&word)] {
                prop_assert!(divisions.windows(2).all(|pair| pair[0].at < pair[1].at));
                for division in divisions {
                    prop_assert!(division.at > 0 && boundaries.binary_search(&division.at).is_ok());
                }
            }
        }
    }
}
