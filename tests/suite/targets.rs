//! One manuscript, many printers: what the PDF for each target is and is not.
//!
//! No free program judges PDF/X, so that the rules are read off the files here.

use std::collections::BTreeSet;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::{ImageFormat, Rgba, RgbaImage};
use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object};
use pressmark::{BuildOutcome, BuildRequest, Output, Status, build};
use serde_json::Value;

/// A book with a colour, a gray, an image that lets through what is below, and drawings in colour, with and without.
fn book(manifest: &str, targets: &[&str]) -> (tempfile::TempDir, BuildOutcome) {
    build_book(manifest, targets, Some(Output::Pdf))
}

/// The same, with the e-book too if `only` is `None`.
fn build_book(manifest: &str, targets: &[&str], only: Option<Output>) -> (tempfile::TempDir, BuildOutcome) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
    let text = "# One\n\nWords, and $\\color{#0033a0} x$ in blue, with a [link](https://example.org).\n\n\
                ![A picture.](p.png)\n\n![A drawing.](d.svg)\n\n![A veil.](v.svg)\n\n![A gray.](g.png)\n";
    write("one.md", text.as_bytes());
    write(
        "pressmark.toml",
        format!("[book]\ntitle = \"A Book\"\nname = \"b\"\ndate = 2026-01-02\n{manifest}").as_bytes(),
    );
    let svg = |inner: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' width='90' height='40'>{inner}</svg>");
    let gradient =
        "<linearGradient id='g'><stop stop-color='red'/><stop offset='1' stop-color='blue'/></linearGradient>";
    write(
        "d.svg",
        svg(&format!("{gradient}<rect width='90' height='20' fill='url(#g)'/><path d='M0 30H90' stroke='#0a0'/>"))
            .as_bytes(),
    );
    write(
        "v.svg",
        svg("<g opacity='.5'><rect width='30' height='30' fill='red'/><rect width='20' height='40'/></g>").as_bytes(),
    );
    let image = |color: fn(u32, u32) -> [u8; 4]| {
        let mut file = Cursor::new(Vec::new());
        RgbaImage::from_fn(60, 30, |x, y| Rgba(color(x, y))).write_to(&mut file, ImageFormat::Png).unwrap();
        file.into_inner()
    };
    write("p.png", &image(|x, y| [part(x * 4), 10, part(y * 2), if x > 30 { 255 } else { 90 }]));
    write("g.png", &image(|x, _| [part(x * 4), part(x * 4), part(x * 4), 255]));
    let outcome = build(&BuildRequest {
        path: folder.path().to_owned(),
        targets: targets.iter().map(|target| (*target).to_owned()).collect(),
        only,
        ..BuildRequest::default()
    });
    (folder, outcome)
}

fn part(value: u32) -> u8 {
    u8::try_from(value).unwrap()
}

/// A file read back.
struct File {
    bytes: Vec<u8>,
    pdf: Document,
}

impl File {
    fn of(folder: &Path, name: &str) -> Self {
        let bytes = fs::read(folder.join("build").join(name)).unwrap();
        Self { pdf: Document::load_mem(&bytes).unwrap(), bytes }
    }

    fn built(target: &str) -> Self {
        let (folder, outcome) = book("", &[target]);
        assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
        Self::of(folder.path(), "b.pdf")
    }

    fn catalog(&self) -> &Dictionary {
        self.pdf.catalog().unwrap()
    }

    fn information(&self, key: &str) -> Option<String> {
        let information = self.pdf.trailer.get(b"Info").ok()?.as_reference().ok()?;
        match self.pdf.get_dictionary(information).unwrap().get(key.as_bytes()).ok()? {
            Object::String(text, _) | Object::Name(text) => Some(String::from_utf8(text.clone()).unwrap()),
            other => panic!("{other:?}"),
        }
    }

    fn intent(&self) -> Dictionary {
        let intents = self.catalog().get(b"OutputIntents").unwrap().as_array().unwrap();
        assert_eq!(intents.len(), 1);
        intents[0].as_dict().unwrap().clone()
    }

    /// The operators of every page and form, with their operands.
    fn operations(&self) -> Vec<lopdf::content::Operation> {
        let mut operations = Vec::new();
        for page in self.pdf.get_pages().into_values() {
            operations.extend(Content::decode(&self.pdf.get_page_content(page)).unwrap().operations);
        }
        for stream in self.streams().filter(|stream| is(&stream.dict, b"Subtype", b"Form")) {
            let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
            operations.extend(Content::decode(&content).unwrap().operations);
        }
        operations
    }

    fn operators(&self) -> BTreeSet<String> {
        self.operations().into_iter().map(|operation| operation.operator).collect()
    }

    fn streams(&self) -> impl Iterator<Item = &lopdf::Stream> {
        self.pdf.objects.values().filter_map(|object| object.as_stream().ok())
    }

    /// Every dictionary, those within others too.
    fn dictionaries(&self) -> Vec<&Dictionary> {
        let mut stack: Vec<&Object> = self.pdf.objects.values().collect();
        let mut found = Vec::new();
        while let Some(object) = stack.pop() {
            match object {
                Object::Array(items) => stack.extend(items),
                Object::Dictionary(entries) => found.push(entries),
                Object::Stream(stream) => found.push(&stream.dict),
                _ => continue,
            }
            if let Object::Dictionary(entries) | Object::Stream(lopdf::Stream { dict: entries, .. }) = object {
                stack.extend(entries.iter().map(|(_, value)| value));
            }
        }
        found
    }

    /// Every name that is a value.
    fn names(&self) -> BTreeSet<String> {
        let values = self.dictionaries().into_iter().flat_map(|entries| entries.iter().map(|(_, value)| value));
        let mut stack: Vec<&Object> = values.chain(self.pdf.objects.values()).collect();
        let mut names = BTreeSet::new();
        while let Some(object) = stack.pop() {
            match object {
                Object::Array(items) => stack.extend(items),
                Object::Name(name) => {
                    names.insert(String::from_utf8_lossy(name).into_owned());
                }
                _ => {}
            }
        }
        names
    }

    fn page_box(&self, page: u32, name: &str) -> Vec<f32> {
        let page = self.pdf.get_dictionary(self.pdf.get_pages()[&page]).unwrap();
        page.get(name.as_bytes()).unwrap().as_array().unwrap().iter().map(|side| side.as_float().unwrap()).collect()
    }

    /// What every file for a press keeps to (ISO 15930).
    fn check_exchange(&self, condition: &str) {
        let names = self.names();
        assert!(!names.contains("DeviceRGB") && !names.contains("CalRGB"), "no light on a press");
        let operators = self.operators();
        for forbidden in ["rg", "RG", "BDC"] {
            assert!(!operators.contains(forbidden), "{forbidden}");
        }
        assert!(operators.contains("k"));
        assert_eq!(self.information("Trapped").as_deref(), Some("False"));
        assert!(self.information("Title").is_some() && self.information("CreationDate").is_some());
        assert!(self.pdf.trailer.has(b"ID") && !self.pdf.trailer.has(b"Encrypt"));
        let intent = self.intent();
        assert!(is(&intent, b"S", b"GTS_PDFX"));
        let text = |key: &[u8]| String::from_utf8(intent.get(key).unwrap().as_str().unwrap().to_vec()).unwrap();
        assert_eq!(text(b"OutputConditionIdentifier"), condition);
        assert_eq!(text(b"RegistryName"), "http://www.color.org");
        for page in self.pdf.get_pages().into_values() {
            let page = self.pdf.get_dictionary(page).unwrap();
            assert!(!page.has(b"Annots") && page.has(b"TrimBox") && !page.has(b"ArtBox"));
        }
        for key in ["Outlines", "StructTreeRoot", "AcroForm", "OpenAction", "AA"] {
            assert!(!self.catalog().has(key.as_bytes()), "{key}");
        }
        for font in self.dictionaries().into_iter().filter(|entries| is(entries, b"Type", b"FontDescriptor")) {
            assert!(font.has(b"FontFile2") || font.has(b"FontFile3"), "a font is not embedded");
        }
    }

    /// That nothing lets through what is below, in the words of PDF 1.4.
    fn check_opaque(&self) {
        for entries in self.dictionaries() {
            assert!(!entries.has(b"SMask") && !entries.has(b"Group"), "{entries:?}");
            for key in [&b"ca"[..], b"CA"] {
                assert!(entries.get(key).is_err());
            }
            let mode = entries.get(b"BM");
            assert!(mode.is_err());
        }
    }
}

fn is(entries: &Dictionary, key: &[u8], value: &[u8]) -> bool {
    entries.get(key).and_then(Object::as_name).is_ok_and(|name| name == value)
}

#[test]
fn a_file_for_offset_is_pdf_x_4() {
    let file = File::built("offset-uncoated");
    assert!(file.bytes.starts_with(b"%PDF-1.6"));
    file.check_exchange("FOGRA47");
    let profile = file.intent().get(b"DestOutputProfile").unwrap().as_reference().unwrap();
    let profile = file.pdf.get_object(profile).unwrap().as_stream().unwrap();
    assert_eq!(profile.dict.get(b"N").unwrap().as_i64().unwrap(), 4);
    assert_eq!(&profile.decompressed_content().unwrap()[12..20], b"prtrCMYK");
    let packet = file.catalog().get(b"Metadata").unwrap().as_reference().unwrap();
    let packet = file.pdf.get_object(packet).unwrap().as_stream().unwrap();
    let packet = String::from_utf8(packet.content.clone()).unwrap();
    assert!(packet.contains("<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>"));
    assert!(packet.contains("<pdf:Trapped>False</pdf:Trapped>") && !packet.contains("pdfuaid"));
    // What lets through what is below stays, and is mixed in the inks of the press.
    assert!(file.dictionaries().iter().any(|entries| entries.has(b"SMask")));
    let group = file.dictionaries().into_iter().find(|entries| is(entries, b"CS", b"DeviceCMYK"));
    assert!(group.is_some_and(|group| is(group, b"S", b"Transparency")));
}

#[test]
fn files_for_older_presses_are_pdf_1_3_without_what_is_younger() {
    let own = "[target.x3]\nlike = 'ingramspark'\nconformance = 'pdf/x-3'\n";
    let (folder, outcome) = book(own, &["ingramspark", "x3"]);
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    for (name, version, level) in [("b.pdf", "PDF/X-1:2001", Some("PDF/X-1a:2001")), ("b-x3.pdf", "PDF/X-3:2002", None)]
    {
        let file = File::of(folder.path(), name);
        assert!(file.bytes.starts_with(b"%PDF-1.3"));
        file.check_exchange("FOGRA39");
        file.check_opaque();
        assert_eq!(file.information("GTS_PDFXVersion").as_deref(), Some(version));
        assert_eq!(file.information("GTS_PDFXConformance").as_deref(), level);
        assert!(!file.intent().has(b"DestOutputProfile"), "a registered condition needs no profile");
        assert!(
            !file.streams().any(|stream| is(&stream.dict, b"Type", b"ObjStm") || is(&stream.dict, b"Type", b"XRef"))
        );
        assert!(!file.names().contains("JPXDecode") && !file.names().contains("OpenType"));
    }
}

#[test]
fn formulas_are_mathml_where_a_file_may_carry_files() {
    let (folder, outcome) = book("", &["screen", "screen-2"]);
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    // PDF/A-2 takes no files that are not PDF/A.
    let plain = File::of(folder.path(), "b.pdf");
    assert!(plain.dictionaries().iter().all(|entries| !entries.has(b"AF") && !entries.has(b"EF")));
    assert!(plain.dictionaries().iter().any(|entries| is(entries, b"S", b"Formula") && entries.has(b"Alt")));

    let file = File::of(folder.path(), "b-screen-2.pdf");
    assert!(file.bytes.starts_with(b"%PDF-2.0"));
    let formula = file.dictionaries().into_iter().find(|entries| is(entries, b"S", b"Formula")).unwrap();
    let associated = formula.get(b"AF").unwrap().as_array().unwrap()[0].as_reference().unwrap();
    let associated = file.pdf.get_dictionary(associated).unwrap();
    assert!(is(associated, b"AFRelationship", b"Supplement") && associated.has(b"Desc"));
    let content = associated.get(b"EF").unwrap().as_dict().unwrap().get(b"UF").unwrap().as_reference().unwrap();
    let content = file.pdf.get_object(content).unwrap().as_stream().unwrap();
    assert!(is(&content.dict, b"Subtype", b"application/mathml+xml"));
    let mathml = String::from_utf8(content.get_plain_content().unwrap()).unwrap();
    assert!(mathml.starts_with("<math ") && mathml.contains("mathcolor=\"#0033a0\""), "{mathml}");
    let packet = file.catalog().get(b"Metadata").unwrap().as_reference().unwrap();
    let packet = file.pdf.get_object(packet).unwrap().as_stream().unwrap().content.clone();
    assert!(String::from_utf8(packet).unwrap().contains("<pdfaid:conformance>F</pdfaid:conformance>"));
}

#[test]
fn a_chapter_more_leaves_the_names_of_destinations_as_they_are() {
    let build_book = |chapters: &[(&str, &str)]| {
        let folder = tempfile::tempdir().unwrap();
        let list: Vec<String> = chapters.iter().map(|(name, _)| format!("{name:?}")).collect();
        let manifest = format!("[book]\ntitle = \"A Book\"\nname = \"b\"\nchapters = [{}]\n", list.join(", "));
        fs::write(folder.path().join("pressmark.toml"), manifest).unwrap();
        for (name, text) in chapters {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let request =
            BuildRequest { path: folder.path().to_owned(), only: Some(Output::Pdf), ..BuildRequest::default() };
        assert_eq!(build(&request).status(), Status::Done);
        let file = File::of(folder.path(), "b.pdf");
        let names = file.dictionaries().into_iter().find_map(|entries| entries.get(b"Names").ok()?.as_array().ok());
        let names = names.unwrap().iter().step_by(2);
        names.map(|name| String::from_utf8(name.as_str().unwrap().to_vec()).unwrap()).collect::<BTreeSet<String>>()
    };
    let one = ("one.md", "# One and more {#sec-1}\n\n## How it went\n\n| a |\n|---|\n| b |\n\n: T {#tbl:x}\n");
    let two = ("two.md", "# Two\n\nA [word]{#word}, and a formula:\n\n$$ x $$ {#eq:y}\n");
    let before = build_book(&[one, two]);
    for name in ["sec-1", "how-it-went", "tbl:x", "two", "word", "eq:y", "two.md#word"] {
        assert!(before.contains(name), "{name} in {before:?}");
    }
    let new = ("new.md", "# New\n\n## Newer {#newer}\n\nWords.\n");
    let after = build_book(&[new, one, two]);
    let added: Vec<&str> = after.difference(&before).map(String::as_str).collect();
    assert_eq!(added, ["new", "new.md", "new.md#new", "new.md#newer", "newer"]);
    assert_eq!(before.difference(&after).count(), 0);
}

#[test]
fn a_file_for_a_shop_says_nothing_but_its_pages() {
    let file = File::built("kdp-paperback");
    file.check_opaque();
    assert!(!file.pdf.trailer.has(b"Info"));
    for key in ["Outlines", "Names", "Metadata", "PageLabels", "StructTreeRoot", "OutputIntents"] {
        assert!(!file.catalog().has(key.as_bytes()), "{key}");
    }
    assert!(!file.operators().contains("BDC") && !file.dictionaries().iter().any(|entries| entries.has(b"Annots")));
    assert!(file.operators().contains("rg"), "colours stay as they are");
}

#[test]
fn black_and_gray_are_black_ink_alone() {
    let file = File::built("offset-coated");
    let inks: Vec<Vec<f32>> = file
        .operations()
        .into_iter()
        .filter(|operation| operation.operator == "k")
        .map(|operation| operation.operands.iter().map(|ink| ink.as_float().unwrap()).collect())
        .collect();
    assert!(inks.contains(&vec![0.0, 0.0, 0.0, 1.0]), "text");
    assert!(inks.iter().any(|inks| inks[0] > 0.5), "the formula's blue");
    let gray = file.streams().filter(|stream| is(&stream.dict, b"Subtype", b"Image"));
    let gray = gray.filter(|stream| is(&stream.dict, b"ColorSpace", b"DeviceGray") && !stream.dict.has(b"SMask"));
    assert!(gray.count() >= 1, "a gray image in RGB");
}

#[test]
fn the_most_ink_is_measured_and_kept_to() {
    for (target, limit) in [("ingramspark", 240), ("offset-uncoated", 280), ("offset-coated", 320)] {
        let (folder, _) = book("", &[target]);
        let release: Value = serde_json::from_slice(&fs::read(folder.path().join("build/b.json")).unwrap()).unwrap();
        let ink = release["files"][0]["total_ink"].as_u64().unwrap();
        assert!(ink > 100 && ink <= limit, "{target}: {ink}");
        let file = File::of(folder.path(), "b.pdf");
        let images = file.streams().filter(|stream| is(&stream.dict, b"ColorSpace", b"DeviceCMYK"));
        let mut most = 0;
        for image in images {
            let samples = image.decompressed_content().unwrap();
            let inks = samples.as_chunks::<4>().0.iter().map(|inks| inks.iter().copied().map(u64::from).sum::<u64>());
            most = most.max(inks.max().unwrap());
        }
        assert!(most > 0 && most * 100 <= limit * 255, "{target}: {most}");
    }
}

#[test]
fn the_bleed_lies_around_the_trim_and_marks_around_the_bleed() {
    let own = "[target.proof]\nlike = 'offset-coated'\ncrop-marks = true\nregistration-marks = true\nslug = true\n";
    let (folder, outcome) = book(own, &["offset-coated", "proof", "screen"]);
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    let [plain, proof, screen] = ["b.pdf", "b-proof.pdf", "b-screen.pdf"].map(|name| File::of(folder.path(), name));
    let size = |corners: Vec<f32>| [corners[2] - corners[0], corners[3] - corners[1]];
    let trim = size(screen.page_box(1, "TrimBox"));
    assert_eq!(size(screen.page_box(1, "MediaBox")), trim, "a screen shows the page");
    for file in [&plain, &proof] {
        let bleed = size(file.page_box(1, "BleedBox"));
        let own = size(file.page_box(1, "TrimBox"));
        assert!(own.iter().zip(trim).all(|(own, trim)| (own - trim).abs() < 0.01), "{own:?} {trim:?}");
        for (bleed, trim) in bleed.into_iter().zip(trim) {
            assert!((bleed - trim - 2.0 * 8.504).abs() < 0.01, "3 mm at each edge");
        }
    }
    assert_eq!(plain.page_box(1, "MediaBox"), plain.page_box(1, "BleedBox"));
    assert_eq!(proof.page_box(1, "MediaBox")[..2], [0.0, 0.0]);
    assert!(size(proof.page_box(1, "MediaBox"))[0] > size(proof.page_box(1, "BleedBox"))[0] + 40.0);
    // Marks are in all inks, and stay out of the bleed; the slug line is text.
    assert!(proof.names().contains("All") && !plain.names().contains("All"));
    let bleed = proof.page_box(1, "BleedBox");
    let page = proof.pdf.get_pages()[&1];
    let operations = Content::decode(&proof.pdf.get_page_content(page)).unwrap().operations;
    let all = operations.iter().position(|operation| operation.operator == "cs").unwrap();
    let mut rules = 0;
    for operation in operations[all..].iter().filter(|operation| operation.operator == "re") {
        let [x, y, width, height] = [0, 1, 2, 3].map(|index| operation.operands[index].as_float().unwrap());
        let outside = x + width <= bleed[0] || x >= bleed[2] || y + height <= bleed[1] || y >= bleed[3];
        assert!(outside, "{x} {y} {width} {height}");
        rules += 1;
    }
    assert_eq!(rules, 8 + 8, "two lines to a corner, two to a cross");
    assert!(operations[all..].iter().any(|operation| operation.operator == "TJ"));
}

#[test]
fn a_spot_colour_is_an_ink_of_its_own() {
    let own = "[target.two]\nlike = 'offset-coated'\nspot-colors = ['PANTONE 286 C: #0033a0']\n";
    let (folder, outcome) = book(own, &["two"]);
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    let file = File::of(folder.path(), "b.pdf");
    assert!(file.names().contains("PANTONE 286 C") && file.names().contains("Separation"));
    let operators = file.operators();
    assert!(operators.contains("cs") && operators.contains("scn"));
}

#[test]
fn each_target_has_a_file_and_an_entry_and_the_first_is_the_default() {
    let (folder, outcome) = build_book("[build]\ntargets = ['screen', 'offset-uncoated', 'screen']\n", &[], None);
    let names: Vec<&str> = outcome.written.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["b.pdf", "b-offset-uncoated.pdf", "b.epub", "b-cover.jpg", "b.json"]);
    let release: Value = serde_json::from_slice(&fs::read(folder.path().join("build/b.json")).unwrap()).unwrap();
    let targets: Vec<&Value> = release["files"].as_array().unwrap().iter().map(|file| &file["target"]).collect();
    assert_eq!(targets, [&Value::from("screen"), &Value::from("offset-uncoated"), &Value::Null]);
    let (_folder, outcome) = book("", &["ofset-uncoated"]);
    let [fault] = &outcome.diagnostics[..] else { panic!("{:?}", outcome.diagnostics) };
    assert_eq!((fault.code, outcome.status()), ("unknown-target", Status::Faulty));
    assert_eq!(fault.help.as_deref(), Some("the nearest target is `offset-uncoated`"));
}

/// The inner and outer margins of the recto pages of a book, found by where its lines begin.
fn left_of_lines(folder: &Path, name: &str) -> f32 {
    let file = File::of(folder, name);
    let trim = file.page_box(3, "TrimBox")[0];
    let page = file.pdf.get_pages()[&3];
    let operations = Content::decode(&file.pdf.get_page_content(page)).unwrap().operations;
    let (mut left, mut least) = (0.0, f32::MAX);
    for operation in &operations {
        match operation.operator.as_str() {
            "BT" => left = 0.0,
            "Td" => {
                left += operation.operands[0].as_float().unwrap();
                least = least.min(left);
            }
            _ => {}
        }
    }
    least - trim
}

#[test]
fn the_gutter_follows_from_the_number_of_pages() {
    let folder = tempfile::tempdir().unwrap();
    let paragraph = "Words that fill a line and another, so that a page is full of them before long. ".repeat(20);
    let text = format!("# One\n\n{}", format!("{paragraph}\n\n").repeat(40));
    fs::write(folder.path().join("one.md"), text).unwrap();
    let manifest = "[book]\nname = \"b\"\n[build]\ntargets = ['screen', 'few', 'many', 'same']\n\
                    [target.few]\nlike = 'office'\ninside = ['1000: 10pt', '2000: 90pt']\n\
                    [target.many]\nlike = 'office'\ninside = ['3: 10pt', '4: 70pt', '1000: 80pt']\n\
                    [target.same]\nlike = 'few'\n";
    fs::write(folder.path().join("pressmark.toml"), manifest).unwrap();
    let outcome =
        build(&BuildRequest { path: folder.path().to_owned(), only: Some(Output::Pdf), ..BuildRequest::default() });
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    assert!(outcome.pages > 4);
    let left = |name: &str| left_of_lines(folder.path(), name);
    let own = left("b.pdf");
    assert!((left("b-few.pdf") - own).abs() < 0.1, "wide enough");
    assert!((left("b-many.pdf") - 80.0).abs() < 1.0, "{}", left("b-many.pdf"));
    let release: Value = serde_json::from_slice(&fs::read(folder.path().join("build/b.json")).unwrap()).unwrap();
    let pages: Vec<&Value> = release["files"].as_array().unwrap().iter().take(4).map(|file| &file["pages"]).collect();
    assert!(pages.windows(2).all(|pair| pair[0] == pair[1]), "the measure stays: {pages:?}");
}

#[test]
fn images_are_reduced_on_request_alone() {
    let size = |manifest: &str| {
        let (folder, outcome) = book(manifest, &["small"]);
        assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
        let file = File::of(folder.path(), "b.pdf");
        let widths = file.streams().filter(|stream| is(&stream.dict, b"Subtype", b"Image"));
        widths.map(|stream| stream.dict.get(b"Width").unwrap().as_i64().unwrap()).min().unwrap()
    };
    assert_eq!(size("[target.small]\nlike = 'office'\nimage-resolution = 50\n"), 60);
    let reduced = size("[target.small]\nlike = 'office'\nimage-resolution = 50\nreduce-images = true\n");
    assert!((15..60).contains(&reduced), "{reduced}");
}

/// A book with an image of these pixels, given as `figure`, behind a paragraph; its PDFs for some targets.
fn plate(pixels: (u32, u32), figure: &str, targets: &[&str]) -> (tempfile::TempDir, BuildOutcome) {
    let folder = tempfile::tempdir().unwrap();
    let mut file = Cursor::new(Vec::new());
    let image = RgbaImage::from_fn(pixels.0, pixels.1, |x, y| Rgba([part(x % 250), part(y % 250), 90, 255]));
    image.write_to(&mut file, ImageFormat::Png).unwrap();
    fs::write(folder.path().join("p.png"), file.into_inner()).unwrap();
    let text = format!("# One\n\nWords before.\n\n{figure}\n\nWords after.\n");
    fs::write(folder.path().join("one.md"), text).unwrap();
    let manifest = "[book]\nname = \"b\"\ntitle = \"A Book\"\ntheme = \"book\"\n\
                    [target.proof]\nlike = 'offset-coated'\ncrop-marks = true\n";
    fs::write(folder.path().join("pressmark.toml"), manifest).unwrap();
    let outcome = build(&BuildRequest {
        path: folder.path().to_owned(),
        targets: targets.iter().map(|target| (*target).to_owned()).collect(),
        ..BuildRequest::default()
    });
    (folder, outcome)
}

/// The page on which an image is painted, the box that is seen of it, if it is cut, and its own.
fn painted_image(file: &File) -> (u32, Option<[f32; 4]>, [f32; 4]) {
    for (number, page) in file.pdf.get_pages() {
        let operations = Content::decode(&file.pdf.get_page_content(page)).unwrap().operations;
        let Some(at) = operations.iter().position(|operation| operation.operator == "Do") else { continue };
        let numbers = |operation: &lopdf::content::Operation| -> Vec<f32> {
            operation.operands.iter().filter_map(|operand| operand.as_float().ok()).collect()
        };
        let matrix = operations[..at].iter().rev().find(|operation| operation.operator == "cm").map(numbers).unwrap();
        let own = [matrix[4], matrix[5], matrix[0], matrix[3]];
        let cut = operations[..at].iter().position(|operation| operation.operator == "W");
        let seen = cut.map(|cut| numbers(&operations[cut - 1]).try_into().unwrap());
        assert!(!operations.iter().any(|operation| operation.operator == "TJ") || seen.is_some(), "furniture");
        return (number, seen, own);
    }
    panic!("no image is painted");
}

#[test]
fn an_image_fills_a_page_into_the_bleed_and_nothing_stands_around_it() {
    let figure = "![A view.](p.png){placement=full-bleed}";
    let (folder, outcome) = plate((600, 900), figure, &["screen", "proof", "kdp-paperback"]);
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    let told: Vec<&str> = outcome.diagnostics.iter().map(|finding| finding.code).collect();
    assert!(told.contains(&"low-resolution") && !told.contains(&"cropped-image"), "{told:?}");
    for name in ["b.pdf", "b-proof.pdf", "b-kdp-paperback.pdf"] {
        let file = File::of(folder.path(), name);
        let (page, seen, own) = painted_image(&file);
        let bleed = file.page_box(page, "BleedBox");
        let [left, bottom, width, height] = seen.unwrap_or(own);
        for (side, bleed) in [left, bottom, left + width, bottom + height].into_iter().zip(&bleed) {
            assert!((side - bleed).abs() < 0.02, "{name}: {seen:?} {own:?} {bleed}");
        }
        assert!((own[3] / own[2] - 1.5).abs() < 0.001, "{name}: it keeps its proportions: {own:?}");
        let content = file.pdf.get_page_content(file.pdf.get_pages()[&page]);
        let operations = Content::decode(&content).unwrap().operations;
        assert!(!operations.iter().any(|operation| operation.operator == "TJ"), "{name}: nothing stands around it");
    }
    let kdp = File::of(folder.path(), "b-kdp-paperback.pdf");
    assert!(kdp.page_box(1, "BleedBox") != kdp.page_box(1, "TrimBox"), "the whole book bleeds");
}

#[test]
fn a_caption_leaves_a_full_page_image_three_edges() {
    let figure = "![A view](p.png){#fig:view placement=full-bleed}";
    let (folder, outcome) = plate((900, 900), figure, &["offset-coated"]);
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    let cropped = outcome.diagnostics.iter().find(|finding| finding.code == "cropped-image").unwrap();
    assert!(cropped.message.contains('%') && cropped.help.as_ref().unwrap().contains("inches"), "{cropped:?}");
    let file = File::of(folder.path(), "b.pdf");
    let (page, seen, own) = painted_image(&file);
    let [left, bottom, width, height] = seen.unwrap();
    let [bleed, trim] = ["BleedBox", "TrimBox"].map(|name| file.page_box(page, name));
    assert!((left - bleed[0]).abs() < 0.02 && (left + width - bleed[2]).abs() < 0.02);
    assert!((bottom + height - bleed[3]).abs() < 0.02 && bottom > trim[1] + 30.0, "{bottom}");
    assert!((own[2] - own[3]).abs() < 0.1 && own[2] > width, "it is cut at the sides");
    let text = file.pdf.extract_text(&[page]).unwrap();
    assert!(text.contains("view"), "{text}");
}

#[test]
fn an_image_that_can_not_fill_a_page_stands_in_the_text_and_is_told() {
    for figure in [
        "> ![A view.](p.png){placement=full-bleed}",
        "::: {#fig:view placement=full-bleed}\n![A view](p.png)\n\nA view.[^1]\n:::\n\n[^1]: A note.",
        "```{placement=full-bleed}\ncode\n```",
    ] {
        let (_folder, outcome) = plate((600, 900), figure, &["screen"]);
        assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
        let told: Vec<&str> = outcome.diagnostics.iter().map(|finding| finding.code).collect();
        assert!(told.contains(&"unmoved-float"), "{figure}: {told:?}");
    }
}

#[test]
fn an_odd_number_of_pages_is_made_even_where_a_printer_takes_pairs() {
    let own =
        "[target.pairs]\nlike = 'office'\neven-pages = true\n[target.loose]\nlike = 'office'\neven-pages = false\n";
    for text in ["\\newpage\n\nMore.\n\n", ""] {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("# One\n\nWords.\n\n{text}The end.\n");
        fs::write(folder.path().join("one.md"), text).unwrap();
        fs::write(folder.path().join("pressmark.toml"), format!("[book]\nname = 'b'\n{own}")).unwrap();
        let outcome = build(&BuildRequest {
            path: folder.path().to_owned(),
            targets: ["loose", "pairs"].map(str::to_owned).to_vec(),
            only: Some(Output::Pdf),
            ..BuildRequest::default()
        });
        assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
        assert!(outcome.diagnostics.is_empty(), "{:?}", outcome.diagnostics);
        let [loose, pairs] = ["b.pdf", "b-pairs.pdf"].map(|name| File::of(folder.path(), name));
        let [loose, even] = [&loose, &pairs].map(|file| file.pdf.get_pages().len());
        assert_eq!(even, loose.next_multiple_of(2));
        let last = pairs.pdf.get_page_content(pairs.pdf.get_pages()[&u32::try_from(even).unwrap()]);
        assert_eq!(last.trim_ascii().is_empty(), loose != even);
    }
}
