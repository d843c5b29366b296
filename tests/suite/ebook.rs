//! The e-book beyond its words: fonts, files, metadata, and the edition of print's pages.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};

use pressmark::{BuildRequest, Output, Status};
use tempfile::TempDir;

use crate::read_epub::Epub;

/// A folder with a manuscript, and what is built of it.
struct Project(TempDir);

impl Project {
    fn new(manifest: &str, text: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let book = "[book]\ntitle = 'A Book'\nname = 'b'\ntheme = 'book'\n";
        fs::write(folder.path().join("pressmark.toml"), format!("{book}{manifest}")).unwrap();
        fs::write(folder.path().join("a.md"), text).unwrap();
        Self(folder)
    }

    /// The content of each file that is written, by name.
    fn build(&self, only: Option<Output>) -> BTreeMap<String, Vec<u8>> {
        let outcome = pressmark::build(&BuildRequest {
            path: self.0.path().to_owned(),
            out: Some(self.0.path().join("out")),
            only,
            ..BuildRequest::default()
        });
        assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
        let name = |path: &std::path::PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
        outcome.written.iter().map(|path| (name(path), fs::read(path).unwrap())).collect()
    }
}

fn unpack(epub: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(epub)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut data = Vec::new();
        file.read_to_end(&mut data).unwrap();
        files.insert(file.name().trim_start_matches("OEBPS/").to_owned(), data);
    }
    files
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(files[name].clone()).unwrap()
}

fn is_font(name: &str) -> bool {
    name.starts_with("fonts/")
}

#[test]
fn the_e_book_carries_the_faces_that_print_sets_it_in_and_no_others() {
    let files = unpack(&Project::new("", "# One\n\nPlain, *stressed*, `code`.\n").build(Some(Output::Epub))["b.epub"]);
    let fonts: Vec<&str> = files.keys().map(String::as_str).filter(|name| is_font(name)).collect();
    let stems = ["LibertinusSerif-Italic", "LibertinusSerif-Regular", "SourceCodePro-Regular"];
    assert_eq!(fonts, stems.map(|stem| format!("fonts/{stem}.woff2")));
    let css = text(&files, "stylesheet.css");
    let package = text(&files, "content.opf");
    for font in &fonts {
        assert!(files[*font].starts_with(b"wOF2") && files[*font].len() < 40_000, "{font} is reduced");
        assert!(css.contains(&format!("url({font}) format(\"woff2\")")), "{font}");
        let item = package.lines().find(|line| line.contains(font)).unwrap();
        assert!(item.contains("media-type=\"font/woff2\""), "{item}");
    }
}

#[test]
fn an_e_book_can_do_without_fonts() {
    let files = unpack(&Project::new("[build]\nembed-fonts = false\n", "# One\n\nText.\n").build(None)["b.epub"]);
    assert!(!files.keys().any(|name| is_font(name)));
    assert!(!text(&files, "stylesheet.css").contains("@font-face"));
}

#[test]
fn a_chapter_that_is_too_large_is_divided_and_nothing_is_lost() {
    let mut manuscript = String::from("# Long\n\n");
    for section in 1..=40 {
        manuscript += &format!("## Section {section} {{#s{section}}}\n\nSee [on](#s{})[^{section}].\n\n", 41 - section);
        manuscript += &format!("{}\n\n[^{section}]: Note {section}.\n\n", "words and words, ".repeat(500));
    }
    let files = Project::new("", &manuscript).build(None);
    let epub = unpack(&files["b.epub"]);
    let chapters: Vec<usize> =
        epub.iter().filter(|(name, _)| name.starts_with("chapter-")).map(|(_, data)| data.len()).collect();
    assert!(chapters.len() > 1 && chapters.iter().all(|&size| size < 300_000), "{chapters:?}");
    let read = Epub::read(&files["b.epub"]);
    for address in &read.addresses {
        assert!(read.targets.contains_key(address), "{address}");
    }
    assert_eq!(read.main_links.iter().filter(|link| link.to_note).count(), 40);
    assert_eq!(read.contents.len(), 41);
    for section in 1..=40 {
        assert_eq!(read.main_text.matches(&format!("Note {section}.")).count(), 1);
    }
    // Each page starts in the file that has its words: the labels are in order, in the order of the spine.
    let labels: Vec<u32> = read.page_list.iter().map(|(label, _)| label.parse().unwrap()).collect();
    assert!(labels.is_sorted() && labels.len() > 40);
    assert!(read.page_list.iter().all(|(label, at)| read.targets[at].as_ref() == Some(label)));
}

#[test]
fn the_cover_for_stores_is_written_beside_the_e_book() {
    let files = Project::new("", "# One\n\nText.\n").build(Some(Output::Epub));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["b-cover.jpg", "b.epub", "b.json"]);
    assert!(files["b-cover.jpg"].starts_with(&[0xff, 0xd8, 0xff]));
}

const DECLARED: &str = "isbn = '978-3-16-148410-0'\nprint-isbn = '978-0-306-40615-7'\nconforms-to = '2.2 AA'\n\
    certified-by = 'C'\ncertifier-report = 'https://example.org/r?b=1'\n\
    subjects = ['BISAC:COM051000 Computers', 'thema: UMX', 'words: and more']\n[build]\nonix = true\n";

#[test]
fn what_is_declared_of_accessibility_is_said_and_nothing_else_is() {
    let package = |manifest: &str| {
        text(&unpack(&Project::new(manifest, "# One\n\nText.\n").build(Some(Output::Epub))["b.epub"]), "content.opf")
    };
    let plain = package("");
    for absent in ["conformsTo", "certified", "visual", "MathML", "longDescription", "authority"] {
        assert!(!plain.contains(absent), "{absent}");
    }
    let declared = package(DECLARED);
    for present in [
        "id=\"conformance\">EPUB Accessibility 1.1 - WCAG 2.2 Level AA<",
        "<meta property=\"a11y:certifiedBy\" id=\"certifier\" refines=\"#conformance\">C<",
        "<link rel=\"a11y:certifierReport\" refines=\"#certifier\" href=\"https://example.org/r?b=1\"/>",
        "<meta property=\"pageBreakSource\">urn:isbn:9780306406157<",
        "<dc:subject id=\"subject-1\">Computers<",
        "<meta refines=\"#subject-1\" property=\"authority\">BISAC<",
        "<meta refines=\"#subject-1\" property=\"term\">COM051000<",
        "<dc:subject id=\"subject-2\">UMX<",
        "<meta refines=\"#subject-2\" property=\"authority\">Thema<",
        "<dc:subject>words: and more<",
    ] {
        assert!(declared.contains(present), "{present}\n{declared}");
    }
}

#[test]
fn the_e_book_names_the_pages_of_the_target_that_is_named_though_no_pdf_is_made_for_it() {
    let text = format!("# One\n\n{}\n", "Words and more words, a line of them. ".repeat(400));
    let narrow = "[target.narrow]\nlike = 'office'\nmargin = '1.5in'\n";
    let pages = |build: &str| {
        let files = Project::new(&format!("{build}\n{narrow}"), &text).build(None);
        let pdfs = files.keys().filter(|name| std::path::Path::new(name).extension() == Some("pdf".as_ref())).count();
        let labels: Vec<String> = Epub::read(&files["b.epub"]).page_list.into_iter().map(|(label, _)| label).collect();
        (pdfs, labels)
    };
    let (_, of_screen) = pages("[build]");
    let (_, of_narrow) = pages("[build]\ntargets = ['narrow']");
    assert!(of_narrow.len() > of_screen.len(), "{of_narrow:?}");
    assert_eq!(pages("[build]\npage-list = 'narrow'"), (1, of_narrow.clone()));
    assert_eq!(pages("[build]\ntargets = ['screen', 'narrow']"), (2, of_narrow.clone()), "the first for paper");
    assert_eq!(pages("[build]\ntargets = ['screen', 'narrow']\npage-list = 'screen'"), (2, of_screen));
    let unknown = Project::new("[build]\npage-list = 'narow'\n", &text);
    let outcome = pressmark::build(&BuildRequest { path: unknown.0.path().to_owned(), ..BuildRequest::default() });
    let codes: Vec<&str> = outcome.diagnostics.iter().map(|finding| finding.code).collect();
    assert_eq!((outcome.status(), codes), (Status::Faulty, vec!["unknown-target"]));
}

#[test]
fn the_trade_is_told_what_the_package_says() {
    let files = Project::new(DECLARED, "# One\n\nText.\n").build(None);
    let onix = text(&files, "b.onix.xml").replace('\n', "");
    for present in [
        "<ProductIDType>15</ProductIDType><IDValue>9783161484100</IDValue>",
        "<ProductForm>ED</ProductForm><ProductFormDetail>E101</ProductFormDetail>",
        "<ProductFormFeatureType>09</ProductFormFeatureType><ProductFormFeatureValue>85</ProductFormFeatureValue>",
        "<TitleText>A Book</TitleText>",
        "<Subject><MainSubject/><SubjectSchemeIdentifier>10</SubjectSchemeIdentifier><SubjectCode>COM051000<",
        "<SubjectSchemeIdentifier>93</SubjectSchemeIdentifier><SubjectCode>UMX<",
        "<SubjectHeadingText>words: and more<",
        "<ProductRelationCode>13</ProductRelationCode>",
        "<IDValue>9780306406157</IDValue>",
        "<LanguageCode>eng</LanguageCode>",
    ] {
        assert!(onix.contains(present), "{present}\n{onix}");
    }
    assert!(onix.contains(&format!("<ExtentValue>{}</ExtentValue>", files["b.epub"].len())));
}

#[test]
fn the_pages_of_print_are_an_e_book_of_their_own() {
    let manuscript = "# One\n\nWords to read[^1]. $x^2$\n\n[^1]: A note.\n\n# Two\n\nSee [one](#one).\n";
    let project = Project::new("isbn = '978-3-16-148410-0'\n", manuscript);
    let flowing = Epub::read(&project.build(None)["b.epub"]);
    let written = project.build(Some(Output::FixedEpub));
    assert_eq!(written.keys().collect::<Vec<_>>(), ["b-fixed.epub", "b.json"]);
    let fixed = Epub::read(&written["b-fixed.epub"]);
    let titles =
        |epub: &Epub| epub.contents.iter().map(|(depth, title, _)| (*depth, title.clone())).collect::<Vec<_>>();
    assert_eq!(titles(&fixed), titles(&flowing));
    let labels = |epub: &Epub| epub.page_list.iter().map(|(label, _)| label.clone()).collect::<Vec<_>>();
    assert_eq!(labels(&fixed), labels(&flowing));

    let files = unpack(&written["b-fixed.epub"]);
    let package = text(&files, "content.opf");
    assert!(package.contains("<meta property=\"rendition:layout\">pre-paginated</meta>"));
    assert!(package.contains("urn:uuid:") && !package.contains(">urn:isbn:9783161484100<"), "another product");
    assert!(!package.contains("displayTransformability") && !package.contains("MathML"));
    let pages: Vec<String> =
        files.keys().filter(|name| name.starts_with("page-")).map(|name| text(&files, name)).collect();
    for (index, side) in ["right", "left"].iter().cycle().take(pages.len()).enumerate() {
        let item = format!("id_page-{:04}.xhtml\" linear=\"yes\" properties=\"page-spread-{side}\"", index + 1);
        assert!(package.contains(&item), "{item}\n{package}");
    }
    // The words are text, with a space between two of them.
    let plain = |page: &String| {
        let mut words = String::new();
        page.split('<').for_each(|tag| words.push_str(tag.split_once('>').map_or("", |(_, text)| text)));
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(pages.iter().any(|page| plain(page).contains("Words to read")));
    assert!(pages.iter().all(|page| page.contains("<meta name=\"viewport\" content=\"width=")));
}
