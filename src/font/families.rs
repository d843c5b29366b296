//! Which family has a character: the one of Google's Noto project, which has a family for nearly every script of Unicode.
//!
//! The names serve twice: a finding tells the author what to look for, and the characters that share a name are set in one
//! face where one has them all. Start at [`family_for`].

use unicode_script::{Script, UnicodeScript};

/// Which forms Han characters take: one code point is drawn in five ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HanForm {
    /// Japan.
    Japanese,
    /// Mainland China and Singapore.
    Simplified,
    /// Taiwan and Macao.
    Traditional,
    /// Hong Kong.
    HongKong,
    /// Korea.
    Korean,
}

impl HanForm {
    /// All forms, in order.
    pub(super) const ALL: [Self; 5] =
        [Self::Japanese, Self::Simplified, Self::Traditional, Self::HongKong, Self::Korean];

    /// The form that a language asks for, a BCP 47 tag; `None` where it is not written with Han characters.
    #[must_use]
    pub fn of(language: &str) -> Option<Self> {
        let mut parts = language.split(['-', '_']);
        let is = |part: &str, word: &str| part.eq_ignore_ascii_case(word);
        let primary = parts.next().unwrap_or_default();
        if is(primary, "ja") {
            return Some(Self::Japanese);
        } else if is(primary, "ko") {
            return Some(Self::Korean);
        }
        let spoken_in_hong_kong = is(primary, "yue");
        if !(is(primary, "zh") || is(primary, "cmn") || is(primary, "lzh") || is(primary, "nan") || spoken_in_hong_kong)
        {
            return None;
        }
        let mut form = if spoken_in_hong_kong { Self::HongKong } else { Self::Simplified };
        for part in parts {
            if is(part, "hk") {
                return Some(Self::HongKong);
            } else if is(part, "hant") || is(part, "tw") || is(part, "mo") {
                form = if spoken_in_hong_kong { Self::HongKong } else { Self::Traditional };
            } else if is(part, "hans") {
                form = Self::Simplified;
            }
        }
        Some(form)
    }

    /// The family whose faces draw this form.
    #[must_use]
    pub fn family(self) -> &'static str {
        match self {
            Self::Japanese => "Noto Serif CJK JP",
            Self::Simplified => "Noto Serif CJK SC",
            Self::Traditional => "Noto Serif CJK TC",
            Self::HongKong => "Noto Serif CJK HK",
            Self::Korean => "Noto Serif CJK KR",
        }
    }
}

/// What a stretch of text is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writing {
    /// Its script: that of its first letter which has one.
    pub script: Script,
    /// The form of Han characters that its language asks for.
    pub form: Option<HanForm>,
}

impl Writing {
    /// That of `text`, in `language` (a BCP 47 tag). Cost: the characters up to the first letter.
    #[must_use]
    pub fn of(text: &str, language: &str) -> Self {
        let script = text.chars().map(|character| character.script()).find(|script| !is_shared(*script));
        Self { script: script.unwrap_or(Script::Common), form: HanForm::of(language) }
    }

    /// Whether `character` is as wide as a Han character here: quotation marks, dashes and dots that Latin text has too. An
    /// apostrophe in a foreign word is not.
    pub(super) fn widens(self, character: char) -> bool {
        let wide = matches!(self.form, Some(form) if form != HanForm::Korean);
        wide && match character {
            '\u{2018}' | '\u{201c}' | '\u{201d}' | '\u{2014}' | '\u{2026}' => true,
            '\u{2019}' | '\u{b7}' => !matches!(self.script, Script::Latin | Script::Common),
            _ => false,
        }
    }
}

/// Whether characters of this script go with any other.
pub(super) fn is_shared(script: Script) -> bool {
    matches!(script, Script::Common | Script::Inherited)
}

/// Whether a book's text face sets what it can of a family's characters, though it has not all: letters and signs that go
/// well together from different faces. Letters of other scripts come from one face.
pub(super) fn mixes(family: &str) -> bool {
    family == LATIN || BLOCKS.iter().any(|(_, _, name)| *name == family)
}

/// Where a character is for private use, or is none: only its own font could tell what it is.
#[must_use]
pub fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..)
}

/// The family of Noto that has `character`, and has it in the form that the text around it asks for; `None` for characters of
/// private use and for what is no character. Cost: a search in small tables.
#[must_use]
pub fn family_for(character: char, writing: Writing) -> Option<&'static str> {
    let form = writing.form.unwrap_or(HanForm::Simplified);
    if writing.widens(character) {
        return Some(form.family());
    }
    let mut script = character.script();
    if is_shared(script) {
        let extension = character.script_extension();
        if extension.is_common() || extension.is_inherited() {
            let code = u32::from(character);
            return BLOCKS
                .iter()
                .find(|(first, last, _)| (*first..=*last).contains(&code))
                .map_or(Some(LATIN), |block| Some(if block.2 == HAN { form.family() } else { block.2 }));
        }
        if !extension.contains_script(writing.script) || is_shared(writing.script) {
            let known = [Script::Arabic, Script::Devanagari, Script::Han].into_iter();
            let mut scripts = known.filter(|script| extension.contains_script(*script)).chain(extension.iter());
            return scripts.find_map(|script| family_of_script(script, form));
        }
        script = writing.script;
    }
    family_of_script(script, form)
}

/// The scripts that `character` is used in, where it has none of its own but is not used in all.
pub(super) fn scripts_of(character: char) -> Vec<Script> {
    let extension = character.script_extension();
    let shared = is_shared(character.script());
    if !shared || extension.is_common() || extension.is_inherited() { Vec::new() } else { extension.iter().collect() }
}

fn family_of_script(script: Script, form: HanForm) -> Option<&'static str> {
    if matches!(script, Script::Han | Script::Hiragana | Script::Katakana | Script::Bopomofo) {
        return Some(form.family());
    } else if script == Script::Hangul {
        return Some(HanForm::Korean.family());
    }
    SCRIPTS.iter().find(|(known, _)| *known == script).map(|(_, family)| *family)
}

/// What to look for if there is no face of `family`: its sister without serifs.
#[must_use]
pub(super) fn second_choice(family: &str) -> Option<String> {
    match family {
        "Noto Naskh Arabic" => Some("Noto Sans Arabic".into()),
        "Noto Emoji" => Some("Symbola".into()),
        family => family.contains("Serif").then(|| family.replace("Serif", "Sans")),
    }
}

/// The family for Latin, Greek and Cyrillic, and for marks that go with any script.
const LATIN: &str = "Noto Serif";

/// Stands for the family of Han characters, which depends on the language.
const HAN: &str = "";

/// The family for each script: with serifs where there is one.
#[rustfmt::skip]
const SCRIPTS: &[(Script, &str)] = &[
    (Script::Latin, LATIN), (Script::Greek, LATIN), (Script::Cyrillic, LATIN),
    (Script::Adlam, "Noto Sans Adlam"), (Script::Ahom, "Noto Serif Ahom"),
    (Script::Anatolian_Hieroglyphs, "Noto Sans Anatolian Hieroglyphs"), (Script::Arabic, "Noto Naskh Arabic"),
    (Script::Armenian, "Noto Serif Armenian"), (Script::Avestan, "Noto Sans Avestan"),
    (Script::Balinese, "Noto Serif Balinese"), (Script::Bamum, "Noto Sans Bamum"),
    (Script::Bassa_Vah, "Noto Sans Bassa Vah"), (Script::Batak, "Noto Sans Batak"),
    (Script::Bengali, "Noto Serif Bengali"), (Script::Bhaiksuki, "Noto Sans Bhaiksuki"),
    (Script::Brahmi, "Noto Sans Brahmi"), (Script::Braille, "Noto Sans Symbols 2"),
    (Script::Buginese, "Noto Sans Buginese"), (Script::Buhid, "Noto Sans Buhid"),
    (Script::Canadian_Aboriginal, "Noto Sans Canadian Aboriginal"), (Script::Carian, "Noto Sans Carian"),
    (Script::Caucasian_Albanian, "Noto Sans Caucasian Albanian"), (Script::Chakma, "Noto Sans Chakma"),
    (Script::Cham, "Noto Sans Cham"), (Script::Cherokee, "Noto Sans Cherokee"),
    (Script::Chorasmian, "Noto Sans Chorasmian"), (Script::Coptic, "Noto Sans Coptic"),
    (Script::Cuneiform, "Noto Sans Cuneiform"), (Script::Cypriot, "Noto Sans Cypriot"),
    (Script::Cypro_Minoan, "Noto Sans Cypro Minoan"), (Script::Deseret, "Noto Sans Deseret"),
    (Script::Devanagari, "Noto Serif Devanagari"), (Script::Dives_Akuru, "Noto Serif Dives Akuru"),
    (Script::Dogra, "Noto Serif Dogra"), (Script::Duployan, "Noto Sans Duployan"),
    (Script::Egyptian_Hieroglyphs, "Noto Sans Egyptian Hieroglyphs"), (Script::Elbasan, "Noto Sans Elbasan"),
    (Script::Elymaic, "Noto Sans Elymaic"), (Script::Ethiopic, "Noto Serif Ethiopic"),
    (Script::Georgian, "Noto Serif Georgian"), (Script::Glagolitic, "Noto Sans Glagolitic"),
    (Script::Gothic, "Noto Sans Gothic"), (Script::Grantha, "Noto Serif Grantha"),
    (Script::Gujarati, "Noto Serif Gujarati"), (Script::Gunjala_Gondi, "Noto Sans Gunjala Gondi"),
    (Script::Gurmukhi, "Noto Serif Gurmukhi"), (Script::Hanifi_Rohingya, "Noto Sans Hanifi Rohingya"),
    (Script::Hanunoo, "Noto Sans Hanunoo"), (Script::Hatran, "Noto Sans Hatran"),
    (Script::Hebrew, "Noto Serif Hebrew"), (Script::Imperial_Aramaic, "Noto Sans Imperial Aramaic"),
    (Script::Inscriptional_Pahlavi, "Noto Sans Inscriptional Pahlavi"),
    (Script::Inscriptional_Parthian, "Noto Sans Inscriptional Parthian"), (Script::Javanese, "Noto Sans Javanese"),
    (Script::Kaithi, "Noto Sans Kaithi"), (Script::Kannada, "Noto Serif Kannada"), (Script::Kawi, "Noto Sans Kawi"),
    (Script::Kayah_Li, "Noto Sans Kayah Li"), (Script::Kharoshthi, "Noto Sans Kharoshthi"),
    (Script::Khitan_Small_Script, "Noto Serif Khitan Small Script"), (Script::Khmer, "Noto Serif Khmer"),
    (Script::Khojki, "Noto Serif Khojki"), (Script::Khudawadi, "Noto Sans Khudawadi"), (Script::Lao, "Noto Serif Lao"),
    (Script::Lepcha, "Noto Sans Lepcha"), (Script::Limbu, "Noto Sans Limbu"), (Script::Linear_A, "Noto Sans Linear A"),
    (Script::Linear_B, "Noto Sans Linear B"), (Script::Lisu, "Noto Sans Lisu"), (Script::Lycian, "Noto Sans Lycian"),
    (Script::Lydian, "Noto Sans Lydian"), (Script::Mahajani, "Noto Sans Mahajani"),
    (Script::Makasar, "Noto Serif Makasar"), (Script::Malayalam, "Noto Serif Malayalam"),
    (Script::Mandaic, "Noto Sans Mandaic"), (Script::Manichaean, "Noto Sans Manichaean"),
    (Script::Marchen, "Noto Sans Marchen"), (Script::Masaram_Gondi, "Noto Sans Masaram Gondi"),
    (Script::Medefaidrin, "Noto Sans Medefaidrin"), (Script::Meetei_Mayek, "Noto Sans Meetei Mayek"),
    (Script::Mende_Kikakui, "Noto Sans Mende Kikakui"), (Script::Meroitic_Cursive, "Noto Sans Meroitic"),
    (Script::Meroitic_Hieroglyphs, "Noto Sans Meroitic"), (Script::Miao, "Noto Sans Miao"),
    (Script::Modi, "Noto Sans Modi"), (Script::Mongolian, "Noto Sans Mongolian"), (Script::Mro, "Noto Sans Mro"),
    (Script::Multani, "Noto Sans Multani"), (Script::Myanmar, "Noto Serif Myanmar"),
    (Script::Nabataean, "Noto Sans Nabataean"), (Script::Nag_Mundari, "Noto Sans Nag Mundari"),
    (Script::Nandinagari, "Noto Sans Nandinagari"), (Script::New_Tai_Lue, "Noto Sans New Tai Lue"),
    (Script::Newa, "Noto Sans Newa"), (Script::Nko, "Noto Sans NKo"), (Script::Nushu, "Noto Sans Nushu"),
    (Script::Nyiakeng_Puachue_Hmong, "Noto Serif Nyiakeng Puachue Hmong"), (Script::Ogham, "Noto Sans Ogham"),
    (Script::Ol_Chiki, "Noto Sans Ol Chiki"), (Script::Old_Hungarian, "Noto Sans Old Hungarian"),
    (Script::Old_Italic, "Noto Sans Old Italic"), (Script::Old_North_Arabian, "Noto Sans Old North Arabian"),
    (Script::Old_Permic, "Noto Sans Old Permic"), (Script::Old_Persian, "Noto Sans Old Persian"),
    (Script::Old_Sogdian, "Noto Sans Old Sogdian"), (Script::Old_South_Arabian, "Noto Sans Old South Arabian"),
    (Script::Old_Turkic, "Noto Sans Old Turkic"), (Script::Old_Uyghur, "Noto Serif Old Uyghur"),
    (Script::Oriya, "Noto Serif Oriya"), (Script::Osage, "Noto Sans Osage"), (Script::Osmanya, "Noto Sans Osmanya"),
    (Script::Pahawh_Hmong, "Noto Sans Pahawh Hmong"), (Script::Palmyrene, "Noto Sans Palmyrene"),
    (Script::Pau_Cin_Hau, "Noto Sans Pau Cin Hau"), (Script::Phags_Pa, "Noto Sans PhagsPa"),
    (Script::Phoenician, "Noto Sans Phoenician"), (Script::Psalter_Pahlavi, "Noto Sans Psalter Pahlavi"),
    (Script::Rejang, "Noto Sans Rejang"), (Script::Runic, "Noto Sans Runic"), (Script::Samaritan, "Noto Sans Samaritan"),
    (Script::Saurashtra, "Noto Sans Saurashtra"), (Script::Sharada, "Noto Sans Sharada"),
    (Script::Shavian, "Noto Sans Shavian"), (Script::Siddham, "Noto Sans Siddham"),
    (Script::SignWriting, "Noto Sans SignWriting"), (Script::Sinhala, "Noto Serif Sinhala"),
    (Script::Sogdian, "Noto Sans Sogdian"), (Script::Sora_Sompeng, "Noto Sans Sora Sompeng"),
    (Script::Soyombo, "Noto Sans Soyombo"), (Script::Sundanese, "Noto Sans Sundanese"),
    (Script::Sunuwar, "Noto Sans Sunuwar"), (Script::Syloti_Nagri, "Noto Sans Syloti Nagri"),
    (Script::Syriac, "Noto Sans Syriac"), (Script::Tagalog, "Noto Sans Tagalog"),
    (Script::Tagbanwa, "Noto Sans Tagbanwa"), (Script::Tai_Le, "Noto Sans Tai Le"),
    (Script::Tai_Tham, "Noto Sans Tai Tham"), (Script::Tai_Viet, "Noto Sans Tai Viet"), (Script::Takri, "Noto Sans Takri"),
    (Script::Tamil, "Noto Serif Tamil"), (Script::Tangsa, "Noto Sans Tangsa"), (Script::Tangut, "Noto Serif Tangut"),
    (Script::Telugu, "Noto Serif Telugu"), (Script::Thaana, "Noto Sans Thaana"), (Script::Thai, "Noto Serif Thai"),
    (Script::Tibetan, "Noto Serif Tibetan"), (Script::Tifinagh, "Noto Sans Tifinagh"),
    (Script::Tirhuta, "Noto Sans Tirhuta"), (Script::Todhri, "Noto Serif Todhri"), (Script::Toto, "Noto Serif Toto"),
    (Script::Ugaritic, "Noto Sans Ugaritic"), (Script::Vai, "Noto Sans Vai"), (Script::Vithkuqi, "Noto Serif Vithkuqi"),
    (Script::Wancho, "Noto Sans Wancho"), (Script::Warang_Citi, "Noto Sans Warang Citi"),
    (Script::Yezidi, "Noto Serif Yezidi"), (Script::Yi, "Noto Sans Yi"),
    (Script::Zanabazar_Square, "Noto Sans Zanabazar Square"),
];

/// The family for characters of no script, by block: the first and the last of each.
const BLOCKS: &[(u32, u32, &str)] = &[
    (0x20d0, 0x20ff, "Noto Sans Symbols"),
    (0x2100, 0x214f, "Noto Sans Math"),
    (0x2190, 0x22ff, "Noto Sans Math"),
    (0x2300, 0x245f, "Noto Sans Symbols 2"),
    (0x2460, 0x24ff, "Noto Sans Symbols"),
    (0x2500, 0x27bf, "Noto Sans Symbols 2"),
    (0x27c0, 0x27ff, "Noto Sans Math"),
    (0x2900, 0x2aff, "Noto Sans Math"),
    (0x2b00, 0x2bff, "Noto Sans Symbols 2"),
    (0x2ff0, 0x303f, HAN),
    (0x3190, 0x319f, HAN),
    (0x31c0, 0x31ef, HAN),
    (0x3200, 0x33ff, HAN),
    (0x4dc0, 0x4dff, "Noto Sans Symbols 2"),
    (0xfe10, 0xfe1f, HAN),
    (0xfe30, 0xfe6f, HAN),
    (0xff00, 0xffef, HAN),
    (0x10190, 0x101ff, "Noto Sans Symbols"),
    (0x1d000, 0x1d24f, "Noto Music"),
    (0x1d2c0, 0x1d37f, "Noto Sans Symbols 2"),
    (0x1d400, 0x1d7ff, "Noto Sans Math"),
    (0x1ec70, 0x1ecbf, "Noto Sans Indic Siyaq Numbers"),
    (0x1ed00, 0x1ed4f, "Noto Serif Ottoman Siyaq"),
    (0x1f000, 0x1f0ff, "Noto Sans Symbols 2"),
    (0x1f100, 0x1f1e5, "Noto Sans Symbols"),
    (0x1f1e6, 0x1f1ff, "Noto Emoji"),
    (0x1f200, 0x1f2ff, HAN),
    (0x1f300, 0x1f64f, "Noto Emoji"),
    (0x1f650, 0x1f67f, "Noto Sans Symbols 2"),
    (0x1f680, 0x1f6ff, "Noto Emoji"),
    (0x1f700, 0x1f77f, "Noto Sans Symbols"),
    (0x1f780, 0x1f8ff, "Noto Sans Symbols 2"),
    (0x1f900, 0x1f9ff, "Noto Emoji"),
    (0x1fa00, 0x1fa6f, "Noto Sans Symbols 2"),
    (0x1fa70, 0x1faff, "Noto Emoji"),
    (0x1fb00, 0x1fbff, "Noto Sans Symbols 2"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn family(text: &str, language: &str) -> Option<&'static str> {
        family_for(text.chars().next().unwrap(), Writing::of(text, language))
    }

    #[test]
    fn a_script_has_a_family() {
        assert_eq!(family("कर", "hi"), Some("Noto Serif Devanagari"));
        assert_eq!(family("ب", "ar"), Some("Noto Naskh Arabic"));
        assert_eq!(family("ж", "ru"), Some("Noto Serif"));
        assert_eq!(family("😀", "en"), Some("Noto Emoji"));
        assert_eq!(family("∰", "en"), Some("Noto Sans Math"));
        assert_eq!(family("\u{e000}", "en"), None);
        assert_eq!(family("\u{378}", "en"), None);
    }

    #[test]
    fn the_language_tells_the_form_of_a_han_character() {
        let families = ["ja", "zh", "zh-Hans-SG", "zh-Hant", "zh-TW", "zh-HK", "zh-Hant-HK", "yue", "ko-KR", "en"];
        let ends: Vec<&str> = families.iter().map(|language| &family("骨", language).unwrap()[15..]).collect();
        assert_eq!(ends, ["JP", "SC", "SC", "TC", "TC", "HK", "HK", "HK", "KR", "SC"]);
    }

    #[test]
    fn a_mark_that_scripts_share_goes_with_the_text() {
        assert_eq!(family("।ক", "bn"), Some("Noto Serif Bengali"));
        assert_eq!(family("।क", "hi"), Some("Noto Serif Devanagari"));
        assert_eq!(family("、あ", "ja"), Some("Noto Serif CJK JP"));
        assert_eq!(family("،", "fa"), Some("Noto Naskh Arabic"));
        assert_eq!(family("ـ", "ar"), Some("Noto Naskh Arabic"));
    }

    #[test]
    fn quotation_marks_are_wide_in_chinese_but_not_the_apostrophe_of_a_foreign_word() {
        assert_eq!(family("“中", "zh"), Some("Noto Serif CJK SC"));
        assert_eq!(family("”", "ko"), Some("Noto Serif"));
        assert!(Writing::of("中’", "zh").widens('’'));
        assert!(!Writing::of("It’s", "zh").widens('’'));
    }
}
