//! The e-book's text: descriptions at length, tables, lines from top to bottom, and names that stay.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read as _};

use pressmark::{BuildRequest, Output, Status};
use tempfile::TempDir;

/// The files of the e-book of these manuscripts, by name, and the codes of what was found.
fn built(manifest: &str, manuscripts: &[(&str, &str)]) -> (BTreeMap<String, String>, Vec<&'static str>) {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("pressmark.toml", &format!("[book]\ntitle = 'A Book'\nname = 'b'\ntheme = 'book'\n{manifest}"));
    fs::create_dir(folder.path().join("n")).unwrap();
    for (name, size) in [("p.svg", 9), ("n/p.svg", 8), ("same.svg", 9)] {
        let shape = format!("<rect width=\"{size}\" height=\"{size}\"/></svg>");
        write(name, &format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">{shape}"));
    }
    manuscripts.iter().for_each(|(name, text)| write(name, text));
    let outcome = pressmark::build(&BuildRequest {
        path: folder.path().to_owned(),
        out: Some(folder.path().join("out")),
        only: Some(Output::Epub),
        ..BuildRequest::default()
    });
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(folder.path().join("out/b.epub")).unwrap())).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        let name = file.name().trim_start_matches("OEBPS/").to_owned();
        if file.read_to_string(&mut text).is_ok() {
            files.insert(name, text);
        }
    }
    (files, outcome.diagnostics.iter().map(|finding| finding.code).collect())
}

/// The values of the attribute `name` in `xhtml`, in order.
fn values<'a>(xhtml: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    xhtml.split(&start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn a_description_is_tied_to_what_it_describes_and_leads_back() {
    let text = "# One\n\n![A square](p.svg \"Square\"){#fig:p}\n\n::: description\nBlack, and *nothing* else.\n:::\n\n\
                | a | b |\n|---|---|\n| 1 | 2 |\n\n::: {.description title=\"In words\"}\nOne and two.\n:::\n\n\
                ![A dot](p.svg)\n";
    let (files, found) = built("", &[("a.md", text)]);
    assert!(!found.contains(&"stray-description"), "{found:?}");
    let chapter = &files["a.xhtml"];
    let details = values(chapter, "aria-details");
    assert_eq!(details.len(), 2, "{chapter}");
    assert_eq!(details[0], "fig-p-description");
    assert!(chapter.contains("<img aria-details=\"fig-p-description\""), "{chapter}");
    assert!(chapter.contains("<summary class=\"box-title\">Description: Figure\u{a0}1</summary>"), "{chapter}");
    assert!(chapter.contains("<summary class=\"box-title\">In words</summary>"), "{chapter}");
    for id in details {
        let (_, description) = chapter.split_once(&format!("<details id=\"{id}\" class=\"description\">")).unwrap();
        let description = description.split("</details>").next().unwrap();
        let back = values(description, "href");
        assert!(chapter.contains(&format!(" id=\"{}\"", back[0].trim_start_matches('#'))), "{back:?}");
        assert!(description.contains("role=\"doc-backlink\""));
    }
    assert!(files["content.opf"].contains(">longDescription<"));
    assert!(files["content.opf"].contains("Some images are described at length."));
    let (files, _) = built("", &[("a.md", "# One\n\n![A square](p.svg)\n")]);
    assert!(!files["content.opf"].contains("longDescription"));
}

#[test]
fn a_description_of_nothing_is_told_and_shown() {
    let (files, found) = built("", &[("a.md", "# One\n\nWords.\n\n::: description\nOf what?\n:::\n")]);
    assert!(found.contains(&"stray-description"), "{found:?}");
    assert!(files["a.xhtml"].contains("Of what?") && !files["a.xhtml"].contains("aria-details"));
    assert!(!files["content.opf"].contains("longDescription"));
}

#[test]
fn only_a_table_that_could_be_too_wide_scrolls() {
    let narrow = "| Word | Number |\n|---|---|\n| one | 1 |\n";
    let wide = "| Circumstances | Consequences | Responsibilities |\n|---|---|---|\n| a | b | c |\n";
    let (files, _) = built("", &[("a.md", &format!("# One\n\n{narrow}\n{wide}"))]);
    let chapter = &files["a.xhtml"];
    assert_eq!(chapter.matches("<div class=\"table\">\n<table").count(), 1, "{chapter}");
    assert_eq!(chapter.matches("<div class=\"table scroll\" tabindex=\"0\">\n<table").count(), 1, "{chapter}");
}

#[test]
fn lines_run_from_top_to_bottom_where_the_book_says_so() {
    let text = "# 一\n\n5月12日、2026年、x12、`3`。[^a]\n\n[^a]: 注。\n";
    let (files, _) = built("language = 'ja'\nwriting-mode = 'vertical-rl'\n", &[("a.md", text)]);
    assert!(files["content.opf"].contains("page-progression-direction=\"rtl\""));
    assert!(files["content.opf"].contains("dir=\"ltr\""));
    assert!(files["stylesheet.css"].contains("-webkit-writing-mode: vertical-rl; writing-mode: vertical-rl;"));
    let upright: Vec<&str> =
        files["a.xhtml"].split("<span class=\"upright\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(upright, ["5", "12", "1"], "{}", files["a.xhtml"]);
    let (files, _) = built("language = 'ja'\n", &[("a.md", text)]);
    assert!(files["content.opf"].contains("page-progression-direction=\"ltr\""));
    assert!(!files["stylesheet.css"].contains("vertical-rl") && !files["a.xhtml"].contains("upright"));
}

#[test]
fn names_stay_where_a_chapter_or_a_paragraph_is_added() {
    let one = "# One\n\nWords {#here}.\n\n![A square](p.svg){#fig:p}\n\n## Within\n\nMore.[^n]\n\n[^n]: A note.\n\n```mermaid {#fig:d}\nflowchart LR\n  A --> B\n```\n";
    let two = "# Zwei Wörter\n\n| a |\n|---|\n| b |\n\n: Caption {#tbl:t}\n";
    let (before, _) = built("chapters = ['one.md', 'two.md']\n", &[("one.md", one), ("two.md", two)]);
    let more = one
        .replace(
            "# One\n",
            "# One\n\nA new paragraph.[^ö]\n\n[^ö]: Another.\n\n![A new square](n/p.svg) ![The same](same.svg)\n",
        )
        .replace("## Within", "## New\n\n## Within");
    let manuscripts = [("new.md", "# New\n\nText.\n"), ("one.md", more.as_str()), ("two.md", two)];
    let (after, _) = built("chapters = ['new.md', 'one.md', 'two.md']\n", &manuscripts);
    let items = |files: &BTreeMap<String, String>| -> BTreeSet<String> {
        files["content.opf"].lines().filter(|line| line.contains("<item ")).map(|line| line.trim().to_owned()).collect()
    };
    assert!(items(&before).is_subset(&items(&after)), "{:#?}\n{:#?}", items(&before), items(&after));
    let images = |files: &BTreeMap<String, String>| -> Vec<String> {
        files.keys().filter_map(|name| name.strip_prefix("images/")).map(str::to_owned).collect()
    };
    assert_eq!(images(&before), ["fig-d.svg", "p.svg"]);
    assert_eq!(images(&after), ["fig-d.svg", "n-p.svg", "p.svg"], "and the same content once");
    assert!(after["one.xhtml"].contains(" href=\"#note-%C3%B6\">"), "{}", after["one.xhtml"]);
    for file in ["one.xhtml", "two.xhtml"] {
        let ids = |files: &BTreeMap<String, String>| -> BTreeSet<String> {
            let ids = values(&files[file], "id").into_iter().map(str::to_owned);
            ids.filter(|id| !id.starts_with("page-")).collect()
        };
        assert!(ids(&before).is_subset(&ids(&after)), "{file}: {:?} {:?}", ids(&before), ids(&after));
        assert!(ids(&before).len() > 1);
    }
}
