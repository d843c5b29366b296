//! Stores: `[store.NAME]` tables → [`Store`]s, those that come with the program and the project's by the same reader.
//!
//! Start at [`read`], which checks every value, and [`find`], which puts the stores together.

use toml::de::DeTable;

use super::keys::STORE;
use super::manifest::Faults;
use super::named::{self, NamedTable, Setting};
use super::values::wrong_value;
use crate::diagnostics::{Diagnostic, Place, nearest};
use crate::target::store::{self, FORMATS, Limit, Store};

/// Reads the tables below `[store]`.
pub(super) fn read(tables: &DeTable<'_>, faults: &mut Faults<'_>) -> Vec<NamedTable> {
    named::read("store", &STORE, &|setting| set(&mut Store::default(), setting), tables, faults)
}

/// Sets a key of a store.
fn set(store: &mut Store, setting: &Setting) -> Result<(), Diagnostic> {
    let Setting { key, values, firm, .. } = setting;
    let firm = *firm;
    let value = values.first().map(String::as_str).unwrap_or_default();
    let wrong = |help: &str| wrong_value(key, &values.join(", "), help);
    let size = || bytes(value).map(|value| Some(Limit { value, firm })).ok_or_else(|| wrong(SIZE_HELP));
    let pixels = || {
        let value = sides(value).ok_or_else(|| wrong("write width and height in pixels: `1600x2560`"))?;
        Ok::<_, Diagnostic>(Some(Limit { value, firm }))
    };
    let formats = || {
        let known = values.iter().all(|value| FORMATS.contains(&value.as_str()));
        let known = known.then(|| Some(Limit { value: values.clone(), firm }));
        known.ok_or_else(|| wrong(&format!("the kinds of file are `{}`", FORMATS.join("`, `"))))
    };
    match *key {
        "file-size" => store.file_size = size()?,
        "cover-formats" => store.cover_formats = formats()?,
        "cover-size" => store.cover_size = size()?,
        "cover-least" => store.cover_least = pixels()?,
        "cover-most" => store.cover_most = pixels()?,
        "cover-ideal" => store.cover_ideal = pixels()?,
        "image-formats" => store.image_formats = formats()?,
        "image-size" => store.image_size = size()?,
        "image-pixels" => {
            let count = value.parse().ok().filter(|count: &u64| (1..=u64::from(u32::MAX)).contains(count));
            let value = count.ok_or_else(|| wrong("write a number above 0"))?;
            store.image_pixels = Some(Limit { value, firm });
        }
        "embedded-size" => store.embedded_size = size()?,
        _ => store.isbn = Some(Limit { value: value == "true", firm }),
    }
    Ok(())
}

/// What a size looks like.
pub(super) const SIZE_HELP: &str = "write a number of `kB`, `MB` or `GB`, such as `10MB`";

/// A size such as `10MB` or `1.5 GB`, in bytes; units are powers of 1000.
pub(super) fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(at);
    let (whole, part) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
    let digits = |text: &str, most| text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole, 9) || !digits(part, 3) || whole.is_empty() {
        return None;
    }
    let thousandths: u64 = format!("{whole}{part:0<3}").parse().ok()?;
    let unit = match unit {
        "kB" | "KB" => 1,
        "MB" => 1_000,
        "GB" => 1_000_000,
        _ => return None,
    };
    Some(thousandths * unit).filter(|bytes| *bytes > 0)
}

/// Width and height: `1600x2560`.
fn sides(text: &str) -> Option<(u32, u32)> {
    let (width, height) = text.split_once('x')?;
    let side = |text: &str| text.trim().parse().ok().filter(|side: &u32| (1..=1_000_000).contains(side));
    Some((side(width)?, side(height)?))
}

/// The stores with these names, in order and each once; all that there are where there are none. `own` are the project's
/// tables: one with the name of a store that comes with the program changes it.
///
/// # Errors
/// `unknown-store` for each name that no store has.
pub(super) fn find(names: &[String], own: &[NamedTable]) -> Result<Vec<Store>, Vec<Diagnostic>> {
    let built_in = named::built_in(store::BUILT_IN, "store", &read);
    let mut known: Vec<Store> = Vec::new();
    for table in built_in.iter().chain(own) {
        let name = &table.name.name;
        let index = known.iter().position(|store| store.name == *name).unwrap_or(known.len());
        if index == known.len() {
            known.push(Store { name: name.clone(), ..Store::default() });
        }
        for setting in &table.settings {
            // Every value was checked where it was read.
            let _ = set(&mut known[index], setting);
        }
    }
    if names.is_empty() {
        return Ok(known);
    }
    let (mut stores, mut faults): (Vec<Store>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for name in names {
        match known.iter().find(|store| store.name == *name) {
            Some(store) if !stores.contains(store) => stores.push(store.clone()),
            Some(_) => {}
            None => {
                let known = || known.iter().map(|store| store.name.as_str());
                let help = nearest(name, known()).map_or_else(
                    || format!("the stores are `{}`", known().collect::<Vec<_>>().join("`, `")),
                    |nearest| format!("the nearest store is `{nearest}`"),
                );
                let message = format!("there is no store `{name}`");
                faults.push(Diagnostic::error("unknown-store", Place::Project, message).help(help));
            }
        }
    }
    if faults.is_empty() { Ok(stores) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::SourceId;
    use crate::project::manifest;

    /// The stores with names, beside a manifest; the codes of the faults.
    fn stores(manifest: &str, names: &[&str]) -> Result<Vec<Store>, Vec<&'static str>> {
        let mut diagnostics = Vec::new();
        let read = manifest::read(manifest, SourceId(0), &mut diagnostics);
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let found = find(&names, &read.store_tables);
        diagnostics.extend(found.as_ref().err().into_iter().flatten().cloned());
        found
            .ok()
            .filter(|_| diagnostics.is_empty())
            .ok_or_else(|| diagnostics.iter().map(|fault| fault.code).collect())
    }

    #[test]
    fn the_stores_that_come_with_the_program_are_right() {
        let all = stores("", &[]).unwrap();
        assert_eq!(all.iter().map(|store| store.name.as_str()).collect::<Vec<_>>(), ["apple", "google", "kdp", "kobo"]);
        let [apple, google, kdp, kobo] = &all[..] else { panic!() };
        assert_eq!(kdp.file_size, Some(Limit { value: 650_000_000, firm: true }));
        assert_eq!(kdp.cover_ideal, Some(Limit { value: (1600, 2560), firm: false }), "advice");
        assert_eq!(apple.image_pixels, Some(Limit { value: 4_000_000, firm: true }));
        assert_eq!(apple.cover_least, Some(Limit { value: (1400, 1400), firm: false }), "second-hand");
        assert_eq!(kobo.embedded_size, Some(Limit { value: 10_000_000, firm: false }));
        assert_eq!(google.cover_most, Some(Limit { value: (7200, 7200), firm: true }));
    }

    #[test]
    fn every_value_of_a_store_says_where_it_is_from_and_stands_in_the_documentation() {
        let docs = include_str!("../../docs/stores.md");
        let document: toml::Table = toml::from_str(store::BUILT_IN).unwrap();
        let mut seen = 0;
        for (name, table) in document["store"].as_table().unwrap() {
            for (key, value) in table.as_table().unwrap() {
                let fact = value.as_table().unwrap_or_else(|| panic!("{name}.{key} has no source"));
                let source = fact["source"].as_str().unwrap();
                assert!(source.starts_with("http"), "{name}.{key}");
                let value = match &fact["value"] {
                    toml::Value::Array(values) => {
                        values.iter().map(|value| value.as_str().unwrap()).collect::<Vec<_>>().join(", ")
                    }
                    toml::Value::String(value) => value.clone(),
                    other => other.to_string(),
                };
                let read = match (fact.get("verified-on"), fact.contains_key("second-hand")) {
                    (Some(day), false) => day.to_string(),
                    (None, true) => "second-hand".to_owned(),
                    (_, _) => panic!("{name}.{key} is verified, or second-hand"),
                };
                let weight = if fact.contains_key("advice") { "advice" } else { "limit" };
                let row = format!("| `{name}` | `{key}` | {value} | {weight} | <{source}> | {read} |");
                assert!(docs.contains(&row), "docs/stores.md lacks: {row}");
                seen += 1;
            }
        }
        assert_eq!(docs.lines().filter(|line| line.starts_with("| `")).count(), seen, "nothing else stands there");
    }

    #[test]
    fn a_project_changes_stores_and_adds_its_own() {
        let manifest = "[store.kobo]\nimage-size = '2MB'\n[store.mine]\ncover-formats = ['png']\n\
                        file-size = { value = '1.5GB', source = 'a letter', second-hand = true }\n";
        let found = stores(manifest, &["mine", "kobo", "mine"]).unwrap();
        assert_eq!(found.iter().map(|store| store.name.as_str()).collect::<Vec<_>>(), ["mine", "kobo"]);
        assert_eq!(found[0].file_size, Some(Limit { value: 1_500_000_000, firm: false }));
        assert_eq!(found[1].image_size, Some(Limit { value: 2_000_000, firm: true }));
        assert_eq!(found[1].embedded_size, Some(Limit { value: 10_000_000, firm: false }), "the rest stays");
        assert_eq!(stores(manifest, &[]).unwrap().len(), 5);
    }

    #[test]
    fn what_is_wrong_with_a_store_is_said() {
        for (manifest, code) in [
            ("[store.a]\nfile-size = '10'", "wrong-type"),
            ("[store.a]\nfile-size = '0MB'", "wrong-type"),
            ("[store.a]\nfile-size = '9999999999GB'", "wrong-type"),
            ("[store.a]\nfile-size = 10", "wrong-type"),
            ("[store.a]\ncover-least = '1600'", "wrong-type"),
            ("[store.a]\ncover-least = '0x7'", "wrong-type"),
            ("[store.a]\nimage-formats = ['bmp']", "wrong-type"),
            ("[store.a]\nimage-pixels = 0", "wrong-type"),
            ("[store.a]\nisbn = 'yes'", "wrong-type"),
            ("[store.a]\nisbn = { source = 's' }", "missing-key"),
            ("[store.a]\nbleed = '3mm'", "unknown-key"),
            ("[store.'a/b']", "invalid-name"),
        ] {
            assert_eq!(stores(manifest, &[]), Err(vec![code]), "{manifest}");
        }
        assert_eq!(stores("", &["kpd", "kdp"]), Err(vec!["unknown-store"]));
    }

    #[test]
    fn sizes_have_units() {
        for (text, size) in [("10MB", 10_000_000), ("1.5 GB", 1_500_000_000), ("300kB", 300_000), ("0.001kB", 1)] {
            assert_eq!(bytes(text), Some(size), "{text}");
        }
        for text in ["", "MB", "10", "10mb", "1.2345MB", ".5MB", "-1MB", "1e3MB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
