//! Sound e-books, made by the program itself, and what the checks find when they are broken.

use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::*;
use crate::diagnostics::SourceFiles;
use crate::preflight::tests::{codes, mutations};
use crate::target::store::Limit;
use crate::{BuildRequest, Output, project};

/// What most checks look at: headings, an image, a formula, a note, a link, and pages of print.
const CHAPTER: &str = "# One\n\nWords with a note[^n], a formula $x^2$, and a link [to the end](#end).\n\n\
                       ![A red square](square.png)\n\n[^n]: A note.\n\n# The end {#end}\n\nMore words.\n";

const MANIFEST: &str = "[book]\ntitle = \"Book\"\nauthors = [\"Ada\"]\nlanguage = \"en\"\ntheme = \"book\"\n\
                        isbn = \"978-3-16-148410-0\"\nprint-isbn = \"978-0-306-40615-7\"\n";

/// The small book, made once for all tests.
fn edition() -> &'static Edition {
    static EDITION: OnceLock<Edition> = OnceLock::new();
    EDITION.get_or_init(make_edition)
}

/// A small book with its e-book, the pages of print as one, and the stores' cover.
struct Edition {
    book: Book,
    epub: Vec<u8>,
    fixed: Vec<u8>,
    cover: Vec<u8>,
    sources: SourceFiles,
}

fn make_edition() -> Edition {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.md"), CHAPTER).unwrap();
    fs::write(folder.path().join("pressmark.toml"), MANIFEST).unwrap();
    image::RgbImage::from_pixel(300, 300, image::Rgb([200, 40, 40])).save(folder.path().join("square.png")).unwrap();
    let (flowing, book, sources) = make(folder.path(), Output::Epub);
    let (fixed, ..) = make(folder.path(), Output::FixedEpub);
    let file =
        |files: &[(String, Vec<u8>)], end: &str| files.iter().find(|(name, _)| name.ends_with(end)).unwrap().1.clone();
    let (epub, cover, fixed) = (file(&flowing, ".epub"), file(&flowing, "-cover.jpg"), file(&fixed, "-fixed.epub"));
    Edition { book, epub, fixed, cover, sources }
}

fn make(path: &Path, only: Output) -> (Vec<(String, Vec<u8>)>, Book, SourceFiles) {
    let request = BuildRequest { path: path.to_owned(), only: Some(only), ..BuildRequest::default() };
    let (mut sources, mut diagnostics) = (SourceFiles::default(), Vec::new());
    let made = crate::make(&request, &mut sources, &mut diagnostics, &mut Vec::new());
    let mut made = made.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let files = made.files.into_iter().map(|(entry, content)| (entry.name, content)).collect();
    (files, made.layouts.books.swap_remove(0), sources)
}

fn stores() -> Vec<Store> {
    named(&[])
}

/// Stores that come with the program.
fn named(names: &[&str]) -> Vec<Store> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let folder = tempfile::tempdir().unwrap();
    project::stores_in(folder.path(), &names, &mut SourceFiles::default()).unwrap().0
}

/// The files of an archive, in order.
type Files = Vec<(String, Vec<u8>)>;

fn unpack(epub: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(epub)).unwrap();
    let read = |index| {
        let mut file = archive.by_index(index).unwrap();
        let mut data = Vec::new();
        file.read_to_end(&mut data).unwrap();
        (file.name().to_owned(), data)
    };
    (0..ZipArchive::new(Cursor::new(epub)).unwrap().len()).map(read).collect()
}

/// An archive of files, `mimetype` stored, or all compressed.
fn pack(files: &[(String, Vec<u8>)], stored: bool) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in files {
        let method = if stored && name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        archive.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(data).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// What is found in a copy of an e-book whose files were changed.
fn findings(epub: &[u8], change: impl FnOnce(&mut Files)) -> Vec<Diagnostic> {
    let mut files = unpack(epub);
    change(&mut files);
    check_epub(&pack(&files, true), "book.epub", &stores(), None, None)
}

/// The codes of what is found where `old` in the files whose name ends so becomes `new`.
#[track_caller]
fn replaced(epub: &[u8], file: &str, old: &str, new: &str) -> Vec<&'static str> {
    codes(&findings(epub, |files| {
        let mut found = false;
        for (_, data) in files.iter_mut().filter(|(name, _)| name.ends_with(file)) {
            let text = String::from_utf8(std::mem::take(data)).unwrap();
            found |= text.contains(old);
            *data = text.replacen(old, new, 1).into_bytes();
        }
        assert!(found, "{file} has {old}");
    }))
}

/// The codes that a file of another program has as well: its own cover is smaller than the ideal of a store.
const OWN_COVER: &str = "store-cover";

fn without_cover(codes: Vec<&'static str>) -> Vec<&'static str> {
    codes.into_iter().filter(|code| *code != OWN_COVER).collect()
}

#[test]
fn what_a_build_writes_passes_every_check() {
    let Edition { book, epub, fixed, cover, .. } = edition();
    assert_eq!(check_epub(epub, "book.epub", &stores(), None, Some(book)), []);
    let found = check_epub(fixed, "book-fixed.epub", &stores(), None, Some(book));
    assert_eq!(codes(&found), ["epub-isbn"], "the pages of print are another product: {found:?}");
    assert!(found[0].help.as_ref().unwrap().contains("this edition"), "{found:?}");
    let alone = check_epub(fixed, "978-3-16-148410-0.epub", &stores(), None, None);
    assert_eq!(codes(&alone), [OWN_COVER], "read back without the book");
    assert_eq!(check_cover(cover, "book-cover.jpg", &stores()), []);
}

#[test]
fn what_is_no_epub_is_told_and_nothing_panics() {
    for content in [&b""[..], b"PK\x03\x04", b"hello", &[0xff; 4096]] {
        assert_eq!(codes(&check_epub(content, "book.epub", &stores(), None, None)), ["unreadable-file"]);
    }
    let Edition { epub, .. } = edition();
    for length in (0..epub.len()).step_by(epub.len() / 40) {
        let _ = check_epub(&epub[..length], "book.epub", &stores(), None, None);
    }
    for (broken, seed) in mutations(epub).zip(0..) {
        let start = std::time::Instant::now();
        let _ = check_epub(&broken, "book.epub", &stores(), None, None);
        assert!(start.elapsed().as_secs() < 20, "mutation {seed}");
    }
    // The same within its files, which are then packed soundly.
    let files = unpack(epub);
    for at in 0..files.len() {
        for (broken, seed) in mutations(&files[at].1).take(16).zip(0..) {
            let mut files = files.clone();
            files[at].1 = broken;
            let start = std::time::Instant::now();
            let _ = check_epub(&pack(&files, true), "book.epub", &stores(), None, None);
            assert!(start.elapsed().as_secs() < 20, "mutation {seed} of {}", files[at].0);
        }
    }
}

#[test]
fn an_archive_that_unfolds_without_end_is_left_alone() {
    let Edition { epub, .. } = edition();
    let mut files = unpack(epub);
    let nothing = vec![b' '; 129 << 20];
    files.push(("OEBPS/large.xml".to_owned(), nothing));
    let packed = pack(&files, true);
    assert!(packed.len() < 1 << 20);
    assert_eq!(without_cover(codes(&check_epub(&packed, "book.epub", &stores(), None, None))), ["epub-markup"]);
}

#[test]
fn container() {
    let Edition { epub, .. } = edition();
    let mut files = unpack(epub);
    let compressed = check_epub(&pack(&files, false), "book.epub", &[], None, None);
    assert_eq!(codes(&compressed), ["epub-container"]);
    files.swap(0, 1);
    assert_eq!(codes(&check_epub(&pack(&files, true), "book.epub", &[], None, None)), ["epub-container"]);
    assert_eq!(without_cover(replaced(epub, "mimetype", "epub+zip", "epub+zap")), ["epub-container"]);
    assert!(replaced(epub, "container.xml", "content.opf", "other.opf").contains(&"epub-container"));
}

#[test]
fn package() {
    let Edition { epub, .. } = edition();
    let change = |old, new| without_cover(replaced(epub, "content.opf", old, new));
    assert_eq!(change("id=\"epub-id-1\"", "id=\"epub-id-2\""), ["epub-package"]);
    assert_eq!(change(">Book<", "> <"), ["epub-package"]);
    assert_eq!(change("<dc:language>en<", "<dc:language>english language<"), ["epub-package"]);
    assert_eq!(change("dcterms:modified", "dcterms:created"), ["epub-package"]);
}

#[test]
fn isbn() {
    let Edition { epub, .. } = edition();
    let mut files = unpack(epub);
    let package = files.iter_mut().find(|(name, _)| name.ends_with("content.opf")).unwrap();
    package.1 = String::from_utf8(package.1.clone())
        .unwrap()
        .replace("urn:isbn:9783161484100", "urn:isbn:9783161484101")
        .into_bytes();
    let packed = pack(&files, true);
    let found = |name| codes(&check_epub(&packed, name, &stores(), None, None)).contains(&"epub-isbn");
    assert!(found("book.epub"));
    assert!(!found("978-3-16-148410-0.epub"), "the file's name has it");
    let kdp = named(&["kdp"]);
    assert!(!codes(&check_epub(&packed, "book.epub", &kdp, None, None)).contains(&"epub-isbn"), "who does not ask");
}

#[test]
fn markup() {
    let Edition { epub, .. } = edition();
    assert_eq!(without_cover(replaced(epub, "title.xhtml", "</section>", "")), ["epub-markup"]);
}

#[test]
fn cover() {
    let Edition { epub, .. } = edition();
    let unmarked = findings(epub, |files| {
        let package = files.iter_mut().find(|(name, _)| name.ends_with("content.opf")).unwrap();
        let text = String::from_utf8(package.1.clone()).unwrap();
        package.1 = text.replace("=\"cover-image\"", "=\"\"").replace("name=\"cover\"", "name=\"x\"").into_bytes();
    });
    assert_eq!(codes(&unmarked), ["epub-cover"]);
    let broken = findings(epub, |files| {
        files.iter_mut().find(|(name, _)| name.ends_with("cover.jpg")).unwrap().1 = b"no image".to_vec();
    });
    assert_eq!(codes(&broken), ["epub-cover"]);
}

#[test]
fn navigation() {
    let Edition { epub, .. } = edition();
    let change = |old, new| without_cover(replaced(epub, "nav.xhtml", old, new));
    assert_eq!(change("epub:type=\"bodymatter\"", "epub:type=\"other\""), ["epub-navigation"]);
    assert_eq!(change("epub:type=\"toc\" role", "epub:type=\"other\" role"), ["epub-accessibility", "epub-navigation"]);
    let without = replaced(epub, "content.opf", "properties=\"nav\"", "properties=\"\"");
    assert!(without.contains(&"epub-navigation"));
}

#[test]
fn links() {
    let Edition { epub, .. } = edition();
    assert_eq!(without_cover(replaced(epub, "one.xhtml", "#end\"", "#ende\"")), ["epub-link"]);
    assert_eq!(without_cover(replaced(epub, "one.xhtml", "square.png", "img-002.png")), ["epub-link"]);
    let without_file = findings(epub, |files| files.retain(|(name, _)| !name.ends_with("square.png")));
    assert_eq!(without_cover(codes(&without_file)), ["epub-link"]);
}

#[test]
fn remote_resources() {
    let Edition { epub, .. } = edition();
    assert_eq!(
        without_cover(replaced(epub, "one.xhtml", "images/square.png", "https://example.org/a.png")),
        ["epub-remote"]
    );
    assert_eq!(
        without_cover(replaced(epub, "stylesheet.css", "{", "{ background: url(https://example.org/a.png);")),
        ["epub-remote"]
    );
}

#[test]
fn scripts() {
    let Edition { epub, .. } = edition();
    let change = |new| without_cover(replaced(epub, "title.xhtml", "</section>", new));
    assert_eq!(change("<script>run()</script></section>"), ["epub-script"]);
    assert_eq!(change("<p onclick=\"run()\">x</p></section>"), ["epub-script"]);
    assert_eq!(change("<script type=\"application/ld+json\">{}</script></section>"), [""; 0]);
}

#[test]
fn page_list() {
    let Edition { epub, .. } = edition();
    let change = |file, old, new| without_cover(replaced(epub, file, old, new));
    assert_eq!(change("nav.xhtml", "#page-1\">1<", "#page-1\">2<"), ["epub-page-list"]);
    assert_eq!(change("one.xhtml", "aria-label=\"1\"", "aria-label=\"7\""), ["epub-page-list"]);
    let unlisted = replaced(epub, "nav.xhtml", "<li><a href=\"one.xhtml#page-1\">1</a></li>", "");
    assert_eq!(without_cover(unlisted), ["epub-page-list"]);
    // An entry that leads nowhere is a link that does, too.
    assert_eq!(change("nav.xhtml", "#page-1\"", "#page-100\""), ["epub-link", "epub-page-list"]);
    let backwards = findings(epub, |files| {
        let nav = files.iter_mut().find(|(name, _)| name.ends_with("nav.xhtml")).unwrap();
        let text = String::from_utf8(nav.1.clone()).unwrap();
        let start = text.find("epub:type=\"page-list\"").unwrap();
        let list = start + text[start..].find("<ol>").unwrap() + 4;
        let end = list + text[list..].find("</ol>").unwrap();
        let mut entries: Vec<&str> = text[list..end].lines().filter(|line| !line.is_empty()).collect();
        assert!(entries.len() > 1);
        entries.reverse();
        nav.1 = format!("{}{}{}", &text[..list], entries.join("\n"), &text[end..]).into_bytes();
    });
    assert_eq!(without_cover(codes(&backwards)), ["epub-page-list"]);
}

#[test]
fn page_source() {
    let Edition { epub, .. } = edition();
    let without = findings(epub, |files| {
        let package = files.iter_mut().find(|(name, _)| name.ends_with("content.opf")).unwrap();
        let text = String::from_utf8(package.1.clone()).unwrap();
        assert!(text.contains("urn:isbn:9780306406157"), "the pages are those of the print edition");
        package.1 = text.replace("pageBreakSource", "x").replace("source-of", "x").into_bytes();
    });
    assert_eq!(without_cover(codes(&without)), ["epub-page-source"]);
}

#[test]
fn accessibility() {
    let Edition { epub, .. } = edition();
    let change = |file, old, new| without_cover(replaced(epub, file, old, new));
    assert_eq!(change("content.opf", "schema:accessibilityHazard", "x"), ["epub-accessibility"]);
    assert_eq!(change("content.opf", ">visual<", ">auditory<"), ["epub-accessibility"]);
    assert_eq!(
        change(
            "content.opf",
            "<meta property=\"schema:accessibilityHazard\">none<",
            "<meta property=\"schema:accessibilityHazard\">flashing</meta><meta property=\"schema:accessibilityHazard\">none<"
        ),
        ["epub-accessibility"]
    );
    for claim in ["MathML", "pageBreakMarkers"] {
        let without = findings(epub, |files| {
            for (_, data) in files.iter_mut().filter(|(name, _)| name.contains(".xhtml")) {
                let text = String::from_utf8(data.clone()).unwrap();
                let text = text.replace("<math", "<span").replace("</math>", "</span>");
                *data = text.replace("pagebreak", "break").into_bytes();
            }
        });
        let claimed = |finding: &Diagnostic| finding.code == "epub-accessibility" && finding.message.contains(claim);
        assert!(without.iter().any(claimed), "{claim}: {without:?}");
    }
}

#[test]
fn alternative_text() {
    let edition = edition();
    let broken = replaced(&edition.epub, "one.xhtml", " alt=\"A red square\"", "");
    assert_eq!(without_cover(broken), ["epub-accessibility", "epub-alt"]);
    let mut files = unpack(&edition.epub);
    for (_, data) in files.iter_mut().filter(|(name, _)| name.ends_with("one.xhtml")) {
        *data = String::from_utf8(data.clone()).unwrap().replace(" alt=\"A red square\"", "").into_bytes();
    }
    let found = check_epub(&pack(&files, true), "book.epub", &[], None, Some(&edition.book));
    let Some(Place::Span(span)) = found.iter().find(|one| one.code == "epub-alt").map(|one| one.place.clone()) else {
        panic!("{found:?}")
    };
    let text = &edition.sources.get(span.source).unwrap().text[span.start as usize..span.end as usize];
    assert!(text.contains("square.png"), "{text}");
}

#[test]
fn language() {
    let Edition { epub, .. } = edition();
    let silent = findings(epub, |files| {
        let title = files.iter_mut().find(|(name, _)| name.ends_with("title.xhtml")).unwrap();
        let text = String::from_utf8(title.1.clone()).unwrap();
        title.1 = text.replace(" xml:lang=\"en\"", "").replace(" lang=\"en\"", "").into_bytes();
    });
    assert_eq!(without_cover(codes(&silent)), ["epub-language"]);
}

/// A store with one limit; what it finds in the e-book, as code and severity.
fn limited(epub: &[u8], set: impl FnOnce(&mut Store)) -> Vec<(&'static str, Severity)> {
    let mut store = Store { name: "shop".to_owned(), ..Store::default() };
    set(&mut store);
    let found = check_epub(epub, "book.epub", &[store], None, None);
    found.iter().map(|finding| (finding.code, finding.severity)).collect()
}

fn limit<T>(value: T) -> Limit<T> {
    Limit { value, firm: true }
}

#[test]
fn sizes() {
    let Edition { epub, .. } = edition();
    let one = |code| vec![(code, Severity::Error)];
    assert_eq!(limited(epub, |store| store.file_size = Some(limit(epub.len() as u64 - 1))), one("epub-size"));
    assert_eq!(limited(epub, |store| store.file_size = Some(limit(epub.len() as u64))), []);
    let advised = limited(epub, |store| store.file_size = Some(Limit { value: 1, firm: false }));
    assert_eq!(advised, [("epub-size", Severity::Warning)]);
    // The cover has most bytes and pixels; it is an image of the e-book too.
    assert_eq!(limited(epub, |store| store.image_pixels = Some(limit(1600 * 2400 - 1))), one("epub-image-size"));
    assert_eq!(limited(epub, |store| store.image_pixels = Some(limit(1600 * 2400))), []);
    assert_eq!(limited(epub, |store| store.image_size = Some(limit(10))).len(), 2);
    assert_eq!(
        limited(epub, |store| store.image_formats = Some(limit(vec!["jpeg".to_owned()]))),
        one("epub-image-format")
    );
    assert_eq!(limited(epub, |store| store.image_formats = Some(limit(vec!["jpeg".to_owned(), "png".to_owned()]))), []);
    // The cover's page and the chapter.
    let embedded = ("epub-embedded-size", Severity::Error);
    assert_eq!(limited(epub, |store| store.embedded_size = Some(limit(10))), [embedded, embedded]);
}

#[test]
fn budget() {
    let Edition { epub, book, .. } = edition();
    let found = |budget| codes(&check_epub(epub, "book.epub", &[], Some(budget), Some(book)));
    assert_eq!(found(epub.len() as u64 - 1), ["epub-budget"]);
    assert_eq!(found(epub.len() as u64), [""; 0]);
}

#[test]
fn text_size() {
    let Edition { epub, .. } = edition();
    let long = "<p>words and words</p>".repeat(14_000);
    assert_eq!(
        without_cover(replaced(epub, "title.xhtml", "</section>", &format!("{long}</section>"))),
        ["epub-text-size"]
    );
}

#[test]
fn a_finding_about_an_image_points_at_the_manuscript() {
    let Edition { epub, book, sources, .. } = edition();
    let store =
        Store { name: "shop".to_owned(), image_formats: Some(limit(vec!["jpeg".to_owned()])), ..Store::default() };
    let found = check_epub(epub, "book.epub", &[store], None, Some(book));
    let [Diagnostic { place: Place::Span(span), message, .. }] = &found[..] else { panic!("{found:?}") };
    let text = &sources.get(span.source).unwrap().text[span.start as usize..span.end as usize];
    assert!(text.contains("square.png") && message.contains("`book.epub`"), "{text}: {message}");
}

#[test]
fn store_cover() {
    let jpeg = |width, height| {
        let mut data = Vec::new();
        image::RgbImage::new(width, height).write_to(&mut Cursor::new(&mut data), image::ImageFormat::Jpeg).unwrap();
        data
    };
    let found = |content: &[u8], store: &str| {
        let stores = named(&[store]);
        check_cover(content, "c.jpg", &stores).iter().map(|one| (one.code, one.severity)).collect::<Vec<_>>()
    };
    let (error, warning) = (("store-cover", Severity::Error), ("store-cover", Severity::Warning));
    assert_eq!(found(&jpeg(1600, 2560), "kdp"), []);
    assert_eq!(found(&jpeg(1600, 2400), "kdp"), [warning], "another shape");
    assert_eq!(found(&jpeg(800, 1280), "kdp"), [warning], "small");
    assert_eq!(found(&jpeg(600, 960), "kdp"), [error], "too small");
    assert_eq!(found(&jpeg(600, 960), "google"), [error]);
    assert_eq!(found(&jpeg(7201, 800), "google"), [error], "too large");
    assert_eq!(found(&jpeg(1000, 1500), "apple"), [warning], "at second hand");
    let mut gif = Vec::new();
    image::DynamicImage::new_rgb8(1600, 2560)
        .to_rgba8()
        .write_to(&mut Cursor::new(&mut gif), image::ImageFormat::Gif)
        .unwrap();
    assert_eq!(found(&gif, "kobo"), [error], "a GIF");
    assert_eq!(found(b"no image", "kobo"), [error]);
    // Without another, the cover within the e-book is the stores'.
    let Edition { epub, book, .. } = edition();
    let kdp = named(&["kdp"]);
    assert_eq!(codes(&check_epub(epub, "book.epub", &kdp, None, None)), ["store-cover"]);
    assert_eq!(codes(&check_epub(epub, "book.epub", &kdp, None, Some(book))), [""; 0]);
}

#[test]
fn every_check_has_its_own_code_and_the_codes_are_in_order() {
    assert!(CHECKS.is_sorted_by(|one, next| one.0 < next.0));
    for (code, _) in CHECKS {
        assert!(include_str!("tests.rs").contains(&format!("\"{code}\"")), "no test breaks what `{code}` looks for");
    }
}
