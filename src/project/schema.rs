//! The JSON Schema of `pressmark.toml`, for editors, made from the tables that the manifest is read by.
//!
//! Start at [`schema`].

use serde_json::{Map, Value, json};

use super::keys::{CHAPTER, DEEPEST, FACT, Key, Kind, Shape, TABLES, Table};
use crate::style::keys::{self as design, Described, Form};
use crate::style::themes;

/// The JSON Schema (draft 2020-12) of a manifest, as text that ends with a line feed.
#[must_use]
pub fn schema() -> String {
    let mut tables: Map<String, Value> = TABLES.iter().map(|table| (table.name.to_owned(), of_table(table))).collect();
    tables.extend(designs());
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "pressmark.toml",
        "description": "What a book is made of, and how",
        "type": "object",
        "properties": tables,
        "additionalProperties": false,
        "$defs": {
            "chapter": { "anyOf": [{ "type": "string" }, object(&CHAPTER)] },
            "length": { "type": "string", "pattern": LENGTH },
        },
    });
    format!("{schema:#}\n")
}

/// A length with its unit.
const LENGTH: &str = "^ *[0-9]+(\\.[0-9]+)? *(pt|mm|cm|in|pc) *$";

/// The names of themes that are files.
const THEME_FILE: &str = "\\.toml$";

/// The tables of a design.
fn designs() -> Map<String, Value> {
    let table = |meaning: &str, keys: &[Described]| {
        let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), of_form(key))).collect();
        json!({ "description": meaning, "type": "object", "properties": properties, "additionalProperties": false })
    };
    let mut tables: Map<String, Value> =
        design::tables().map(|(name, meaning, keys)| (name.to_owned(), table(meaning, &keys))).collect();
    let meaning = |name: &str| format!("How paragraphs of the kind `{name}` look");
    let styles: Map<String, Value> =
        design::styles().map(|(name, keys)| (name.to_owned(), table(&meaning(name), &keys))).collect();
    let styles = json!({
        "description": "How each kind of paragraph looks",
        "type": "object",
        "properties": styles,
        "additionalProperties": false,
    });
    tables.insert(design::STYLE.to_owned(), styles);
    tables
}

/// A key of a design.
fn of_form(key: &Described) -> Value {
    let length = || json!({ "$ref": "#/$defs/length" });
    let mut schema = match &key.form {
        Form::Flag => json!({ "type": "boolean" }),
        Form::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Form::Number => json!({ "type": "number" }),
        Form::Length => json!({ "anyOf": [length()] }),
        Form::Dimension => json!({ "anyOf": [{ "type": "number" }, length()] }),
        Form::Choice(choices) => json!({ "enum": choices }),
        Form::Text => json!({ "type": "string" }),
        Form::Page => json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": length() }] }),
        Form::Margins(names) => {
            let margins: Map<String, Value> = names.iter().map(|name| ((*name).to_owned(), length())).collect();
            json!({ "type": "object", "properties": margins, "additionalProperties": false })
        }
        Form::Minima(least, most) => {
            json!({ "type": "array", "items": { "type": "integer", "minimum": least, "maximum": most } })
        }
    };
    schema["description"] = key.meaning.into();
    schema
}

fn of_table(table: &Table) -> Value {
    let mut schema = match table.shape {
        Shape::One => object(table.keys),
        Shape::Many => json!({ "type": "array", "items": object(table.keys) }),
        Shape::Named => {
            let mut target = object(table.keys);
            for key in table.keys {
                let plain = of_key(key);
                let mut fact = object(&FACT);
                fact["properties"]["value"] = plain.clone();
                let description = plain["description"].clone();
                target["properties"][key.name] = json!({ "anyOf": [plain, fact], "description": description });
            }
            json!({ "type": "object", "additionalProperties": target })
        }
        Shape::Open => {
            json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } })
        }
    };
    schema["description"] = table.meaning.into();
    schema
}

/// A table with these keys and no others.
fn object(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), of_key(key))).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.kind == Kind::Required).map(|key| key.name).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn of_key(key: &Key) -> Value {
    let mut schema = match key.kind {
        Kind::Text | Kind::Required | Kind::File => json!({ "type": "string" }),
        // TOML's dates reach a schema as texts.
        Kind::Date => json!({ "type": "string", "pattern": "^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$" }),
        Kind::Number => json!({ "type": ["string", "integer"] }),
        Kind::Count => json!({ "type": "integer", "minimum": 1, "maximum": u16::MAX }),
        Kind::Whole => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        Kind::Choice(choices) => json!({ "enum": choices }),
        Kind::Theme => {
            json!({ "anyOf": [{ "enum": themes::NAMES }, { "type": "string", "pattern": THEME_FILE }] })
        }
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Depth => {
            json!({ "anyOf": [{ "type": "boolean" }, { "type": "integer", "minimum": 0, "maximum": DEEPEST }] })
        }
        Kind::Texts | Kind::Files => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Chapters => json!({ "type": "array", "items": { "$ref": "#/$defs/chapter" } }),
    };
    schema["description"] = key.meaning.into();
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use crate::diagnostics::{Severity, SourceId};
    use crate::project::manifest;

    /// Whether a value keeps to a schema, as far as the schema above goes.
    fn is_valid(value: &Value, schema: &Value, root: &Value) -> bool {
        let of_type = |name: &Value| match name.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64(),
            "number" => value.is_number(),
            other => panic!("no rule for the type {other}"),
        };
        schema.as_object().unwrap().iter().all(|(rule, said)| match rule.as_str() {
            "type" => said.as_array().map_or_else(|| of_type(said), |types| types.iter().any(of_type)),
            "enum" => said.as_array().unwrap().contains(value),
            "anyOf" => said.as_array().unwrap().iter().any(|schema| is_valid(value, schema, root)),
            "$ref" => is_valid(value, root.pointer(said.as_str().unwrap().trim_start_matches('#')).unwrap(), root),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| is_valid(item, said, root))),
            "minimum" => value.as_i64().is_none_or(|value| value >= said.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|value| value <= said.as_i64().unwrap()),
            "required" => value.as_object().is_none_or(|value| {
                said.as_array().unwrap().iter().all(|key| value.contains_key(key.as_str().unwrap()))
            }),
            "properties" => value.as_object().is_none_or(|value| {
                let known = |(key, value)| said.get(key).is_none_or(|schema| is_valid(value, schema, root));
                value.iter().all(known)
            }),
            "additionalProperties" => value.as_object().is_none_or(|value| {
                let known = schema.get("properties").and_then(Value::as_object);
                let mut others = value.iter().filter(|(key, _)| known.is_none_or(|known| !known.contains_key(*key)));
                others.all(|(_, value)| said.as_bool().unwrap_or_else(|| is_valid(value, said, root)))
            }),
            "pattern" => match said.as_str().unwrap() {
                THEME_FILE => value.as_str().is_none_or(|name| Path::new(name).extension() == Some("toml".as_ref())),
                LENGTH => value.as_str().is_none_or(|text| text.starts_with(|c: char| c.is_ascii_digit())),
                // Of a wrong date the program warns itself.
                _ => true,
            },
            "description" | "$schema" | "title" | "$defs" => true,
            other => panic!("no rule for {other}"),
        })
    }

    /// The schema and the reader agree on a manifest.
    #[track_caller]
    fn check(text: &str, valid: bool) {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let value: Value = toml::from_str(text).unwrap();
        assert_eq!(is_valid(&value, &schema, &schema), valid, "the schema on {text}");
        let mut findings = Vec::new();
        manifest::read(text, SourceId(0), &mut findings);
        let file = themes::File { source: SourceId(0), text };
        let _ = themes::design(themes::Theme::Named("document"), Some(file), &mut findings);
        let fit = findings.iter().all(|finding| finding.severity == Severity::Warning);
        assert_eq!(fit, valid, "the reader on {text}: {findings:?}");
    }

    #[test]
    fn the_schema_and_the_reader_agree() {
        for text in [
            "",
            "[book]\ntitle = 'T'\nauthors = ['A']\ndate = '2024-05'\nnumber-sections = 3\nsmart-punctuation = true",
            "[book]\nnumber-sections = false\nseries-number = 3\ntheme = 'book'\ndirection = 'rtl'",
            "[book]\nchapters = ['a.md', { path = 'b.md', title = 'B', chapters = [{ path = 'c.md' }] }]",
            "[[part]]\ntitle = 'P'\nchapters = ['a.md']\n[[contributor]]\nname = 'N'\nrole = 'edt'",
            "[book]\ntheme = 'themes/mine.toml'\n[page]\nsize = 'A4'\nfacing = false\nconstruction = 'ninths'",
            "[page]\nsize = ['6in', '9in']\nmargins = { inner = '20mm', bottom = '30mm' }\n[text]\nleading = 1.3\nindent = '5mm'",
            "[text]\nhyphen-minima = [2, 4]\n[style.heading-2]\nfamily = 'sans'\nsize = '14pt'\nnumber = 'margin'",
            "[opening]\nsinkage = 3\n[notes]\nplace = 'chapter-end'\n[faces]\nserif = 'Libertinus Serif'\n[blocks]\ntint = 20",
            "[variables]\na = 1\nb = 'x'\nc = true\n[build]\nsystem-fonts = true\ndeny = ['warnings']",
            "[build]\ntargets = ['mine']\n[target.mine]\nlike = 'lulu'\ntotal-ink = 300\ncrop-marks = true",
            "[target.kdp-paperback]\nbleed = { value = '3mm', source = 's', verified-on = '2026-01-02' }",
            "[build]\npage-list = 'lulu'\nebook-budget = '10MB'\n[store.kdp]\nimage-pixels = 90000\nisbn = { value = true, advice = true }",
        ] {
            check(text, true);
        }
        for text in [
            "titel = 'T'",
            "book = 1",
            "part = 1",
            "[book]\ntitle = 1",
            "[book]\nautors = ['A']",
            "[book]\nauthors = 'A'",
            "[book]\nnumber-sections = 7",
            "[book]\nnumber-sections = 'all'",
            "[book]\ntheme = 'boook'",
            "[book]\ndirection = 'left'",
            "[book]\nchapters = [{ title = 'B' }]",
            "[book]\nchapters = [{ path = 'b.md', chapters = [1] }]",
            "[part]\ntitle = 'P'",
            "[[part]]\nchapters = ['a.md']",
            "[[contributor]]\nrole = 'edt'",
            "[variables]\na = [1]",
            "[build]\nsystem-fonts = 'yes'",
            "[page]\nsizes = 'A5'",
            "[page]\nmargins = { inner = 'wide' }",
            "[page]\nmargins = { left = '1mm' }",
            "[text]\nsize = 11",
            "[text]\nhyphen-minima = [0, 2]",
            "[opening]\npage = 'left'",
            "[opening]\nsinkage = 41",
            "[style]\nnote = 1",
            "[style.notes]\nsize = 1",
            "[style.note]\nnumber = 'above'",
            "[notes]\nside-width = true",
            "[target]\nmine = 1",
            "[[target]]\nlike = 'lulu'",
            "[target.mine]\nlike = 'lulu'\ntotal-ink = 'much'",
            "[target.mine]\nlike = 'lulu'\ntotal-ink = 0",
            "[target.mine]\nlike = 'lulu'\nconformance = 'pdf'",
            "[target.mine]\nlike = 'lulu'\nbled = '3mm'",
            "[target.mine]\nlike = 'lulu'\nbleed = { source = 's' }",
            "[target.mine]\nlike = 'lulu'\nbleed = { value = '3mm', from = 's' }",
            "[build]\npage-list = ['lulu']",
            "[store.mine]\nimage-pixels = 'many'",
            "[store.mine]\nimage-pixels = 0",
            "[store.mine]\nbleed = '3mm'",
        ] {
            check(text, false);
        }
    }

    #[test]
    fn the_manifest_of_the_readme_is_right() {
        let readme = include_str!("../../README.md");
        let example = readme.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        check(example, true);
    }

    #[test]
    fn the_committed_schema_is_this_one() {
        let committed = include_str!("../../docs/pressmark.schema.json");
        assert!(committed == schema(), "write it anew: `pressmark schema > docs/pressmark.schema.json`");
    }
}
