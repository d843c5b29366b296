//! Targets: `[target.NAME]` tables → [`Target`]s, those that come with the program and the project's by the same reader.
//!
//! Start at [`read`], which checks every value, and [`resolve`], which puts the targets together.

use std::sync::Arc;

use toml::de::DeTable;

use super::files::{self, Folder, ReadFault, normalize};
use super::keys::{self, TARGET};
use super::manifest::{Faults, Named};
use super::named::{self, NamedTable, Setting};
use super::values::wrong_value;
use crate::diagnostics::{Diagnostic, Place, Span, nearest};
use crate::geometry::Length;
use crate::target::{self, Conformance, DEFAULT, PROFILES, Profile, RichBlack, Spot, Target};

/// The largest ICC profile that is read, in bytes.
const LARGEST_PROFILE: u64 = 16 << 20;

/// How many targets may be each like another.
const DEEPEST_LIKENESS: usize = 8;

/// Reads the tables below `[target]`, and finds every fault but those of what other targets and files are like.
pub(super) fn read(tables: &DeTable<'_>, faults: &mut Faults<'_>) -> Vec<NamedTable> {
    let check = |setting: &Setting| set(&mut Target::default(), setting.key, &setting.values);
    named::read("target", &TARGET, &check, tables, faults)
}

/// Sets a key of a target, but for what other targets and files say: `like`, `profile` and what hangs on it.
fn set(target: &mut Target, key: &'static str, values: &[String]) -> Result<(), Diagnostic> {
    let value = values.first().map(String::as_str).unwrap_or_default();
    let wrong = |help: &str| wrong_value(key, value, help);
    let length = || length_of(value).ok_or_else(|| wrong(LENGTH_HELP));
    let lengths = || range(value, length_of).ok_or_else(|| wrong("write two lengths, such as `4in-8.5in`"));
    let number =
        || value.parse().ok().filter(|number: &u16| *number > 0).ok_or_else(|| wrong("write a number above 0"));
    let flag = value == "true";
    match key {
        "conformance" => {
            let known = Conformance::NAMES.iter().find(|(name, _)| *name == value);
            let help = format!("write one of `{}`", keys::CONFORMANCES.join("`, `"));
            target.conformance = known.ok_or_else(|| wrong(&help))?.1;
        }
        "total-ink" => target.total_ink = Some(number()?),
        "bleed" => target.bleed.width = length()?,
        "bleed-edges" => {
            target.bleed.inner = match value {
                "all" => true,
                "outer" => false,
                _ => return Err(wrong("write `all` or `outer`")),
            }
        }
        "bleed-when-needed" => target.bleed.when_needed = flag,
        "crop-marks" => target.marks.crop = flag,
        "registration-marks" => target.marks.registration = flag,
        "slug" => target.marks.slug = flag,
        "inside" => {
            let steps: Option<Vec<(u32, Length)>> = values.iter().map(|value| step(value)).collect();
            let steps = steps.filter(|steps| steps.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1));
            target.inside = steps.ok_or_else(|| {
                wrong_value(
                    key,
                    &values.join(", "),
                    "write `PAGES: LENGTH`, fewest pages first, such as `150: 0.375in`",
                )
            })?;
        }
        "margin" => target.margin = length()?,
        "margin-bleeding" => target.margin_bleeding = length()?,
        "pages" => {
            let pages = range(value, |text| text.parse().ok()).ok_or_else(|| wrong("write two numbers: `24-828`"))?;
            target.pages = Some(pages);
        }
        "even-pages" => target.even_pages = flag,
        "trim-width" => target.trim_width = Some(lengths()?),
        "trim-height" => target.trim_height = Some(lengths()?),
        "image-resolution" => target.image_resolution = Some(number()?),
        "least-type" => target.least_type = Some(length()?),
        "least-rule" => target.least_rule = Some(length()?),
        "file-size" => target.file_size = Some(number()?),
        "reduce-images" => target.reduce_images = flag,
        "metadata" => target.anonymous = !flag,
        "rich-black" => {
            let help = "write the four inks in per cent and a colour that is no gray, such as `60 40 40 100: #0a0a14`";
            target.rich_black = Some(rich_black(value).ok_or_else(|| wrong(help))?);
        }
        "spot-colors" => {
            let spots: Option<Vec<Spot>> = values.iter().map(|value| spot(value)).collect();
            target.spots = spots.ok_or_else(|| {
                wrong_value(key, &values.join(", "), "write `NAME: #RRGGBB`, such as `PANTONE 286 C: #0033a0`")
            })?;
        }
        // `like`, `profile`, `condition` and `embed-profile`, which say nothing alone.
        _ => {}
    }
    Ok(())
}

const LENGTH_HELP: &str = "write a number with its unit: `mm`, `cm`, `in` or `pt`";

/// A length such as `3mm` or `0.125in`, of at most ten metres.
fn length_of(text: &str) -> Option<Length> {
    let text = text.trim();
    let unit = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit);
    let (whole, part) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
    let digits = |text: &str| text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() + part.len() == 0 {
        return None;
    }
    let hundred_thousandths: i64 = format!("{whole:0>1}{part:0<5}").parse().ok()?;
    // 72 points to the inch of 25.4 mm.
    let (numerator, denominator) = match unit {
        "pt" => (1, 1),
        "in" => (72, 1),
        "mm" => (720, 254),
        "cm" => (7200, 254),
        _ => return None,
    };
    let length = Length::pt(hundred_thousandths).scale(numerator, denominator * 100_000);
    (length <= Length::pt(28_346)).then_some(length)
}

/// Two values with a hyphen between them, the smaller first.
fn range<T: PartialOrd>(text: &str, read: impl Fn(&str) -> Option<T>) -> Option<(T, T)> {
    let (least, most) = text.split_once('-')?;
    let (least, most) = (read(least.trim())?, read(most.trim())?);
    (least <= most).then_some((least, most))
}

/// An inner margin with the pages up to which it is enough: `150: 0.375in`.
fn step(text: &str) -> Option<(u32, Length)> {
    let (pages, length) = text.split_once(':')?;
    Some((pages.trim().parse().ok()?, length_of(length)?))
}

/// An ink and the colour that stands for it: `PANTONE 286 C: #0033a0`. Names that mean something to every press are none.
fn spot(text: &str) -> Option<Spot> {
    let (name, color) = text.rsplit_once(':')?;
    let name = name.trim();
    let reserved = ["all", "none", "cyan", "magenta", "yellow", "black"];
    let fits = !name.is_empty() && name.len() <= 100 && name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !fits || reserved.contains(&name.to_ascii_lowercase().as_str()) {
        return None;
    }
    Some(Spot { name: name.to_owned(), color: color_of(color)? })
}

/// Four inks in per cent, and the colour that stands for them: `60 40 40 100: #0a0a14`. A gray is always black ink alone.
fn rich_black(text: &str) -> Option<RichBlack> {
    let (inks, color) = text.split_once(':')?;
    let inks: Option<Vec<u8>> = inks.split_whitespace().map(|ink| ink.parse().ok().filter(|ink| *ink <= 100)).collect();
    let color = color_of(color)?;
    let is_gray = color.iter().all(|part| *part == color[0]);
    (!is_gray).then_some(RichBlack { inks: inks?.try_into().ok()?, color })
}

/// A colour of sRGB: `#0033a0`.
fn color_of(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// The targets with these names, in order and each once; `screen` where there are none. `own` are the project's tables.
///
/// A table with the name of one that comes with the program changes it; any other is `like` one, or says all itself.
/// Every fault goes to `diagnostics`.
pub(super) fn resolve(
    names: &[(String, Place)],
    own: &[NamedTable],
    folder: &Folder,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Target> {
    let resolver = Resolver { built_in: named::built_in(target::BUILT_IN, "target", &read), own, folder };
    let mut targets: Vec<Target> = Vec::new();
    let default = [(DEFAULT.to_owned(), Place::Project)];
    for (name, place) in if names.is_empty() { &default } else { names } {
        if targets.iter().any(|target| target.name == *name) {
            continue;
        }
        match resolver.target(name, place) {
            Ok(target) => targets.push(target),
            Err(fault) => diagnostics.push(fault),
        }
    }
    targets
}

struct Resolver<'a> {
    built_in: Vec<NamedTable>,
    own: &'a [NamedTable],
    folder: &'a Folder,
}

impl Resolver<'_> {
    fn target(&self, name: &str, place: &Place) -> Result<Target, Diagnostic> {
        let mut layers: Vec<&NamedTable> = Vec::new();
        let mut wanted = Some(Named { name: name.to_owned(), span: Span::default() });
        let mut place = place.clone();
        while let Some(Named { name, span }) = wanted.take() {
            if !layers.is_empty() {
                place = Place::Span(span);
            }
            let own = self.own.iter().find(|table| table.name.name == name);
            let built_in = self.built_in.iter().find(|table| table.name.name == name);
            let mut like = None;
            for table in [own, built_in].into_iter().flatten() {
                layers.push(table);
                like = like.or_else(|| table.text("like"));
            }
            if own.is_none() && built_in.is_none() {
                return Err(self.unknown(&name, place));
            }
            if layers.len() > DEEPEST_LIKENESS {
                let message = format!("the target `{name}` is like too many others, or like itself");
                return Err(Diagnostic::error("unknown-target", place, message).help("take a `like` out"));
            }
            wanted = like;
        }
        let mut target = Target { name: name.to_owned(), ..Target::default() };
        // The own words last, over those of what it is like.
        for setting in layers.iter().rev().flat_map(|table| &table.settings) {
            set(&mut target, setting.key, &setting.values).map_err(|fault| fault.at(setting.span))?;
        }
        let said = |key: &str| layers.iter().find_map(|table| table.text(key));
        if let (Some(black), Some(limit)) = (target.rich_black, target.total_ink)
            && black.total_ink() > limit
            && let Some(Named { name: value, span }) = said("rich-black")
        {
            let help = format!("the target takes {limit} % of ink, and this is {} %", black.total_ink());
            return Err(wrong_value("rich-black", &value, &help).at(span));
        }
        if let Some(profile) = said("profile").filter(|profile| !profile.name.is_empty()) {
            let (condition, data) = self.profile(&profile, said("condition").is_some())?;
            target.profile = Some(Profile {
                condition: said("condition").map_or(condition, |condition| condition.name),
                data,
                embedded: said("embed-profile").is_none_or(|embedded| embedded.name == "true"),
            });
        }
        if target.conformance.is_exchange() && target.profile.is_none() {
            let message = format!("the target `{name}` is for a press, and names no printing condition");
            return Err(
                Diagnostic::error("missing-key", place, message).help("add `profile = \"fogra39\"`, or another")
            );
        }
        Ok(target)
    }

    fn unknown(&self, name: &str, place: Place) -> Diagnostic {
        let known = || self.own.iter().chain(&self.built_in).map(|table| table.name.name.as_str());
        let help = nearest(name, known()).map_or_else(
            || format!("the targets are `{}`", known().collect::<Vec<_>>().join("`, `")),
            |nearest| format!("the nearest target is `{nearest}`"),
        );
        Diagnostic::error("unknown-target", place, format!("there is no target `{name}`")).help(help)
    }

    /// A profile and the condition that it describes: one that comes with the program, or a file of the project, whose
    /// condition must be `named`.
    fn profile(&self, profile: &Named, named: bool) -> Result<(String, Arc<[u8]>), Diagnostic> {
        let Named { name, span } = profile;
        if let Some((_, condition, data)) = PROFILES.iter().find(|(known, ..)| known == name) {
            return Ok(((*condition).to_owned(), Arc::from(*data)));
        }
        let unusable = |reason: &str| {
            let message = format!("the profile `{name}` can't be used: {reason}");
            let known: Vec<&str> = PROFILES.iter().map(|(name, ..)| *name).collect();
            let help = format!(
                "name an ICC profile of a press, of version 2, in the project's folder, or `{}`",
                known.join("` or `")
            );
            Diagnostic::error("unusable-profile", *span, message).help(help)
        };
        let path = normalize("", name).ok_or_else(|| files::outside(*span, name))?;
        let data = self.folder.read(&path, LARGEST_PROFILE).map_err(|fault| match fault {
            ReadFault::Outside => files::outside(*span, name),
            ReadFault::Missing | ReadFault::NotAFile => unusable("there is no such file"),
            ReadFault::TooLarge(_) => unusable("it is too large"),
            ReadFault::Refused(error) => unusable(&error.to_string()),
        })?;
        // ICC.1, 7.2: the signature, and the class and the colours of a printer.
        if data.get(36..40) != Some(b"acsp") || data.get(12..20) != Some(b"prtrCMYK") {
            return Err(unusable("it is no ICC profile of a press with four inks"));
        }
        table_fault(&data).map_or(Ok(()), |fault| Err(unusable(fault)))?;
        if !named {
            return Err(Diagnostic::error(
                "missing-key",
                *span,
                format!("the printing condition of `{name}` has no name"),
            )
            .help("add `condition = \"…\"`, as the registry of printing conditions or your printer calls it"));
        }
        Ok((String::new(), data.into()))
    }
}

/// What keeps a profile's tables of inks from being used: those read are from Lab, of the kinds of version 2 (ICC.1:2001-04,
/// 6.4.3 and 6.5.9).
fn table_fault(profile: &[u8]) -> Option<&'static str> {
    const MOST_TAGS: usize = 1_000;
    let word = |at: usize| profile.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    if profile.get(20..24) != Some(b"Lab ") {
        return Some("its tables do not lead from Lab to inks");
    }
    let count = (word(128).unwrap_or(0) as usize).min(MOST_TAGS);
    let table = |name: &[u8]| {
        let tag = (0..count).map(|index| 132 + index * 12).find(|at| profile.get(*at..*at + 4) == Some(name))?;
        let offset = word(tag + 4)? as usize;
        profile.get(offset..offset.checked_add(4)?)
    };
    match table(b"B2A0").or_else(|| table(b"B2A1")) {
        Some(b"mft1" | b"mft2") => None,
        Some(b"mBA ") => {
            Some("its tables of inks are of version 4 (`mBA`), and those of version 2 (`mft1`, `mft2`) are read")
        }
        Some(_) | None => Some("it has no table of inks"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::SourceId;
    use crate::project::manifest;

    /// The target with a name, beside a manifest; the code of its fault.
    fn target(manifest: &str, name: &str) -> Result<Target, &'static str> {
        let mut diagnostics = Vec::new();
        let read = manifest::read(manifest, SourceId(0), &mut diagnostics);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("own.icc"), PROFILES[0].2).unwrap();
        std::fs::write(folder.path().join("bad.icc"), "no profile").unwrap();
        let replaced = |from: &[u8], to: &[u8]| {
            let mut profile = PROFILES[0].2.to_vec();
            let places: Vec<usize> = (0..profile.len() - 4).filter(|at| profile[*at..].starts_with(from)).collect();
            places.into_iter().for_each(|at| profile[at..at + 4].copy_from_slice(to));
            profile
        };
        std::fs::write(folder.path().join("four.icc"), replaced(b"mft2", b"mBA ")).unwrap();
        std::fs::write(folder.path().join("xyz.icc"), replaced(b"Lab ", b"XYZ ")).unwrap();
        std::fs::write(folder.path().join("short.icc"), &PROFILES[0].2[..140]).unwrap();
        let folder = Folder::open(folder.path()).unwrap();
        let names = [(name.to_owned(), Place::Project)];
        let mut targets = resolve(&names, &read.target_tables, &folder, &mut diagnostics);
        match diagnostics.first() {
            Some(fault) => Err(fault.code),
            None => Ok(targets.remove(0)),
        }
    }

    #[test]
    fn the_targets_that_come_with_the_program_are_right() {
        let names = [
            "screen",
            "screen-2",
            "kdp-paperback",
            "ingramspark",
            "lulu",
            "bod",
            "offset-coated",
            "offset-uncoated",
            "office",
        ];
        for name in names {
            assert_eq!(target("", name).map(|target| target.name), Ok(name.to_owned()));
        }
        let kdp = target("", "kdp-paperback").unwrap();
        assert_eq!(kdp.inside[0], (150, Length::pt(27)));
        assert_eq!((kdp.bleed.width, kdp.bleed.inner, kdp.pages), (Length::pt(9), false, Some((24, 828))));
        let uncoated = target("", "offset-uncoated").unwrap();
        assert_eq!((uncoated.conformance, uncoated.total_ink), (Conformance::X4, Some(280)));
        assert_eq!(uncoated.bleed.width, Length::mm(3_00));
        assert_eq!(uncoated.profile.unwrap().condition, "FOGRA47");
    }

    #[test]
    fn every_number_of_a_target_says_where_it_is_from() {
        let docs = include_str!("../../docs/targets.md");
        let document: toml::Table = toml::from_str(target::BUILT_IN).unwrap();
        let numbers = [
            "total-ink",
            "bleed",
            "inside",
            "margin",
            "margin-bleeding",
            "pages",
            "trim-width",
            "trim-height",
            "image-resolution",
            "least-type",
            "least-rule",
            "file-size",
        ];
        let mut seen = 0;
        for (name, table) in document["target"].as_table().unwrap() {
            for (key, value) in table.as_table().unwrap().iter().filter(|(key, _)| numbers.contains(&key.as_str())) {
                let fact = value.as_table().unwrap_or_else(|| panic!("{name}.{key} has no source"));
                assert!(fact["source"].as_str().unwrap().starts_with("https://"), "{name}.{key}");
                let verified = fact.get("verified-on").is_some();
                let second_hand = fact.get("second-hand").is_some();
                assert!(verified != second_hand, "{name}.{key} is verified, or second-hand");
                let value = match &fact["value"] {
                    toml::Value::Array(values) => {
                        values.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>().join(", ")
                    }
                    toml::Value::String(value) => value.clone(),
                    toml::Value::Integer(number) => number.to_string(),
                    toml::Value::Float(_)
                    | toml::Value::Boolean(_)
                    | toml::Value::Datetime(_)
                    | toml::Value::Table(_) => {
                        panic!("{name}.{key} is no number")
                    }
                };
                let row = format!("| `{name}` | `{key}` | {value} | <{}> |", fact["source"].as_str().unwrap());
                assert!(docs.contains(&row), "docs/targets.md lacks: {row}");
                seen += 1;
            }
        }
        assert!(seen > 20);
    }

    #[test]
    fn a_project_changes_targets_and_adds_its_own() {
        let manifest = "[target.mine]\nlike = 'offset-coated'\nbleed = '5mm'\ncrop-marks = true\n\
                        [target.lulu]\nmargin = { value = '1in', source = 'a letter' }\n\
                        [target.third]\nlike = 'mine'\nspot-colors = ['PANTONE 286 C: #0033a0']\n";
        let mine = target(manifest, "mine").unwrap();
        assert_eq!((mine.bleed.width, mine.marks.crop, mine.total_ink), (Length::mm(5_00), true, Some(320)));
        let lulu = target(manifest, "lulu").unwrap();
        assert_eq!((lulu.margin, lulu.bleed.width), (Length::pt(72), Length::pt(9)));
        let third = target(manifest, "third").unwrap();
        assert_eq!(third.bleed, mine.bleed);
        assert_eq!(third.spots, [Spot { name: "PANTONE 286 C".into(), color: [0, 0x33, 0xa0] }]);
        let deep = target("[target.a]\nlike = 'ingramspark'\nrich-black = '60 40 40 100: #0a0a14'", "a").unwrap();
        assert_eq!(deep.rich_black, Some(RichBlack { inks: [60, 40, 40, 100], color: [10, 10, 20] }));
        let own = "[target.mine]\nconformance = 'pdf/x-4'\nprofile = 'own.icc'\ncondition = 'House'\n";
        assert_eq!(target(own, "mine").unwrap().profile.unwrap().condition, "House");
    }

    #[test]
    fn what_is_wrong_with_a_target_is_said() {
        for (manifest, name, code) in [
            ("", "kdp", "unknown-target"),
            ("[target.a]\nlike = 'b'", "a", "unknown-target"),
            ("[target.a]\nlike = 'a'", "a", "unknown-target"),
            ("[target.a]\nconformance = 'pdf/x-4'", "a", "missing-key"),
            ("[target.a]\nprofile = 'own.icc'", "a", "missing-key"),
            ("[target.a]\nprofile = 'bad.icc'\ncondition = 'c'", "a", "unusable-profile"),
            ("[target.a]\nprofile = 'four.icc'\ncondition = 'c'", "a", "unusable-profile"),
            ("[target.a]\nprofile = 'xyz.icc'\ncondition = 'c'", "a", "unusable-profile"),
            ("[target.a]\nprofile = 'short.icc'\ncondition = 'c'", "a", "unusable-profile"),
            ("[target.a]\nprofile = 'none.icc'\ncondition = 'c'", "a", "unusable-profile"),
            ("[target.a]\nprofile = '../a.icc'\ncondition = 'c'", "a", "outside-project"),
            ("[target.a]\nbleed = '3'", "a", "wrong-type"),
            ("[target.a]\nbleed = '-3mm'", "a", "wrong-type"),
            ("[target.a]\npages = '9-3'", "a", "wrong-type"),
            ("[target.a]\ninside = ['300: 1in', '150: 2in']", "a", "wrong-type"),
            ("[target.a]\nspot-colors = ['Black: #000000']", "a", "wrong-type"),
            ("[target.a]\nlike = 'ingramspark'\nrich-black = '61 40 40 100: #0a0a14'", "a", "wrong-type"),
            ("[target.a]\nrich-black = '60 40 40 100'", "a", "wrong-type"),
            ("[target.a]\nrich-black = '60 40 40 100: #000000'", "a", "wrong-type"),
            ("[target.a]\nrich-black = '60 40 100: #0a0a14'", "a", "wrong-type"),
            ("[target.a]\nrich-black = '60 40 40 101: #0a0a14'", "a", "wrong-type"),
            ("[target.a]\nbleed = { source = 's' }", "a", "missing-key"),
            ("[target.'a/b']\n", "screen", "invalid-name"),
        ] {
            assert_eq!(target(manifest, name), Err(code), "{manifest}");
        }
    }

    #[test]
    fn lengths_have_units() {
        for (text, points) in [("3mm", 8.504), ("0.125in", 9.0), ("12pt", 12.0), ("1.5cm", 42.52), (".5in", 36.0)] {
            assert!((length_of(text).unwrap().to_pt() - points).abs() < 0.001, "{text}");
        }
        for text in ["", "3", "mm", "3 em", "1e9mm", "99999in", "3.mm.", "-1mm"] {
            assert_eq!(length_of(text), None, "{text}");
        }
    }
}
