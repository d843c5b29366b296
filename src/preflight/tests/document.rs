//! What a file says of itself: each check finds its fault in a copy that was broken by it, and nothing in the file as it was.

use lopdf::{Dictionary, EncryptionState, EncryptionVersion, ObjectId, Permissions, Stream, dictionary, text_string};

use super::*;

/// A chapter with all that has tags.
const TAGGED: &str = "# One\n\nWords with a note.[^n] And a [link](https://example.org/).\n\n## Two\n\n\
    ![A red square](square.png)\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n- An item.\n\n$$x^2$$\n\n[^n]: The note.\n";

type Break = fn(&mut Document);

/// The codes of the faults that are tried here.
pub(super) fn broken_codes() -> impl Iterator<Item = &'static str> {
    let tables = [TAGS, READERS, PRESS, OLD_PRESS, PAPERBACK].into_iter().flatten().map(|(code, _)| *code);
    // Those that take more than one break, in tests of their own.
    tables.chain(["missing-outline", "missing-page-labels", "file-size", "page-count"])
}

/// Each fault is found by its code, and the sound file has none of them.
fn each(edition: &Edition, faults: &[(&str, Break)]) {
    let sound = codes(&edition.findings());
    for (index, (code, break_it)) in faults.iter().enumerate() {
        assert!(!sound.contains(code), "{code} in a sound file");
        let found = edition.broken(break_it);
        assert!(found.contains(code), "fault {index}: {code} is not among {found:?}");
    }
}

fn first_page(document: &mut Document) -> &mut Dictionary {
    let page = document.page_iter().next().unwrap();
    document.get_dictionary_mut(page).unwrap()
}

fn all_pages(document: &mut Document, change: impl Fn(&mut Dictionary)) {
    for page in document.page_iter().collect::<Vec<_>>() {
        change(document.get_dictionary_mut(page).unwrap());
    }
}

/// The first dictionary, or the dictionary of the first stream, that has a name under a key.
fn named<'a>(document: &'a mut Document, key: &[u8], name: &[u8]) -> &'a mut Dictionary {
    let has = |dictionary: &Dictionary| dictionary.get(key).and_then(Object::as_name).ok() == Some(name);
    let found = document.objects.values_mut().find_map(|object| {
        let dictionary =
            if let Object::Stream(stream) = object { &mut stream.dict } else { object.as_dict_mut().ok()? };
        has(dictionary).then_some(dictionary)
    });
    found.unwrap_or_else(|| panic!("no {}", String::from_utf8_lossy(name)))
}

fn information(document: &mut Document) -> &mut Dictionary {
    let id = document.trailer.get(b"Info").unwrap().as_reference().unwrap();
    document.get_dictionary_mut(id).unwrap()
}

fn catalog(document: &mut Document) -> &mut Dictionary {
    document.catalog_mut().unwrap()
}

/// Puts other words into the packet.
fn packet(document: &mut Document, old: &str, new: &str) {
    let id = catalog(document).get(b"Metadata").unwrap().as_reference().unwrap();
    let stream = document.get_object_mut(id).unwrap().as_stream_mut().unwrap();
    let text = String::from_utf8(stream.content.clone()).unwrap();
    assert!(text.contains(old), "{text}");
    stream.set_plain_content(text.replace(old, new).into_bytes());
}

fn annotate(document: &mut Document, annotation: Dictionary) {
    let id = document.add_object(annotation);
    let page = first_page(document);
    let mut listed = page.get(b"Annots").and_then(Object::as_array).cloned().unwrap_or_default();
    listed.push(id.into());
    page.set("Annots", listed);
}

/// Paints more on the first page.
fn paint(document: &mut Document, content: &str) {
    let stream = document.add_object(Stream::new(Dictionary::new(), content.as_bytes().to_vec()));
    let page = first_page(document);
    let before = page.get(b"Contents").unwrap().clone();
    page.set("Contents", vec![before, stream.into()]);
}

fn output_intent(document: &mut Document) -> &mut Dictionary {
    let intents = catalog(document).get_mut(b"OutputIntents").unwrap().as_array_mut().unwrap();
    intents[0].as_dict_mut().unwrap()
}

fn numbers(values: [i64; 4]) -> Object {
    values.map(Object::Integer).to_vec().into()
}

/// Faults of tags.
const TAGS: &[(&str, Break)] = &[
    ("untagged-content", |document| paint(document, "0 0 9 9 re f")),
    ("untagged-content", |document| paint(document, "/P << /MCID 999 >> BDC 0 0 9 9 re f EMC")),
    ("untagged-content", |document| paint(document, "/P BMC BT (a) Tj ET EMC")),
    ("untagged", |document| drop(catalog(document).remove(b"StructTreeRoot"))),
    ("untagged", |document| drop(catalog(document).remove(b"MarkInfo"))),
    ("untagged", |document| drop(named(document, b"Type", b"StructTreeRoot").remove(b"K"))),
    ("broken-tags", |document| drop(named(document, b"Type", b"StructTreeRoot").remove(b"ParentTree"))),
    ("broken-tags", |document| drop(first_page(document).remove(b"StructParents"))),
    ("broken-tags", |document| drop(named(document, b"S", b"TR").remove(b"P"))),
    ("unknown-tag", |document| named(document, b"S", b"P").set("S", "Absatz")),
    ("unknown-tag", |document| {
        let root = named(document, b"Type", b"StructTreeRoot");
        root.get_mut(b"RoleMap").unwrap().as_dict_mut().unwrap().set("P", "H1");
    }),
    ("misplaced-tag", |document| named(document, b"S", b"TD").set("S", "P")),
    ("misplaced-tag", |document| named(document, b"S", b"L").set("S", "Div")),
    ("heading-order", |document| named(document, b"S", b"H2").set("S", "H3")),
    ("heading-order", |document| named(document, b"S", b"H2").set("S", "H")),
    ("missing-alternative", |document| drop(named(document, b"S", b"Figure").remove(b"Alt"))),
    ("missing-alternative", |document| named(document, b"S", b"Formula").set("Alt", text_string(" "))),
    ("table-headers", |document| drop(named(document, b"S", b"TH").remove(b"A"))),
    ("note-id", |document| drop(named(document, b"S", b"Note").remove(b"ID"))),
    ("untagged-link", |document| drop(named(document, b"Subtype", b"Link").remove(b"Contents"))),
    ("untagged-link", |document| named(document, b"S", b"Link").set("S", "Span")),
    ("untagged-link", |document| {
        annotate(document, dictionary! { "Subtype" => "Text", "Rect" => numbers([9, 9, 20, 20]), "F" => 4 });
    }),
    ("tab-order", |document| all_pages(document, |page| drop(page.remove(b"Tabs")))),
    ("missing-title", |document| drop(catalog(document).remove(b"ViewerPreferences"))),
    ("missing-title", |document| packet(document, "dc:title>", "dc:source>")),
    ("missing-language", |document| drop(catalog(document).remove(b"Lang"))),
    ("missing-language", |document| catalog(document).set("Lang", text_string("en_GB"))),
    ("missing-language", |document| named(document, b"S", b"P").set("Lang", text_string("1"))),
];

#[test]
fn tags() {
    let edition = edition(TAGGED, MANIFEST, "screen");
    assert_eq!(edition.findings(), []);
    each(&edition, TAGS);
}

#[test]
fn what_means_nothing_may_be_painted_outside_tags() {
    let edition = edition(TAGGED, MANIFEST, "screen");
    let found = edition.broken(|document| paint(document, "/Artifact BMC q 0 0 9 9 re f Q EMC 0 0 9 9 re W n"));
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_table_without_heads_may_be_right() {
    let edition = edition(TAGGED, MANIFEST, "screen");
    let found = edition.found(|document| {
        for object in document.objects.values_mut() {
            if let Object::Dictionary(element) = object
                && element.get(b"S").and_then(Object::as_name).ok() == Some(b"TH")
            {
                element.set("S", "TD");
            }
        }
    });
    let found: Vec<_> = found.iter().map(|finding| (finding.code, finding.severity)).collect();
    assert_eq!(found, [("table-headers", Severity::Warning)]);
}

#[test]
fn what_lacks_words_points_at_the_manuscript() {
    let edition = edition(TAGGED, MANIFEST, "screen");
    let found = edition.found(|document| drop(named(document, b"S", b"Figure").remove(b"Alt")));
    let [finding] = &found[..] else { panic!("{found:?}") };
    let Place::Span(span) = &finding.place else { panic!("{finding:?}") };
    let text = &edition.sources.get(span.source).unwrap().text;
    assert_eq!(text[..span.start as usize].lines().count() + 1, 7, "where the figure is");
}

/// As many pages as a long book has, all of them the first.
fn lengthen(document: &mut Document) {
    let page = document.page_iter().next().unwrap();
    let tree = document.get_dictionary(page).unwrap().get(b"Parent").unwrap().as_reference().unwrap();
    let tree = document.get_dictionary_mut(tree).unwrap();
    tree.set("Kids", vec![Object::Reference(page); 21]);
    tree.set("Count", 21);
}

#[test]
fn long_books_need_more_to_find_ones_way() {
    let edition = edition(CHAPTER, MANIFEST, "screen");
    let with = |change: fn(&mut Document)| {
        edition.broken(|document| {
            lengthen(document);
            change(document);
        })
    };
    let whole = with(|_| {});
    assert!(!whole.contains(&"missing-outline") && !whole.contains(&"missing-page-labels"), "{whole:?}");
    assert!(with(|document| drop(catalog(document).remove(b"Outlines"))).contains(&"missing-outline"));
    assert!(with(|document| drop(catalog(document).remove(b"PageLabels"))).contains(&"missing-page-labels"));
    assert_eq!(
        edition.broken(|document| drop(catalog(document).remove(b"Outlines"))),
        [""; 0],
        "a short one needs none"
    );
}

/// Faults of files for readers and archives.
const READERS: &[(&str, Break)] = &[
    ("conformance-claim", |document| packet(document, "<pdfuaid:part>1<", "<pdfuaid:part>9<")),
    ("conformance-claim", |document| packet(document, "<pdfaid:conformance>A<", "<pdfaid:conformance>Z<")),
    ("pdf-version", |document| catalog(document).set("Version", "2.0")),
    ("missing-metadata", |document| packet(document, "</rdf:RDF>", "<rdf:RDF>")),
    ("missing-metadata", |document| drop(document.trailer.remove(b"ID"))),
    ("differing-metadata", |document| information(document).set("Title", text_string("Other"))),
    ("differing-metadata", |document| information(document).set("ModDate", text_string("D:20300101000000Z"))),
    ("output-intent", |document| output_intent(document).set("S", "GTS_PDFX")),
    ("output-intent", |document| drop(output_intent(document).remove(b"DestOutputProfile"))),
    ("encrypted", |document| {
        let version = EncryptionVersion::V2 {
            document,
            owner_password: "owner",
            user_password: "",
            key_length: 128,
            permissions: Permissions::all(),
        };
        let state = EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
    }),
    ("forbidden-action", |document| {
        catalog(document).set("OpenAction", dictionary! { "S" => "JavaScript", "JS" => text_string("app.beep()") });
    }),
    ("forbidden-action", |document| {
        first_page(document).set("AA", dictionary! { "O" => dictionary! { "S" => "Named", "N" => "NextPage" } });
    }),
    ("forbidden-annotation", |document| {
        annotate(document, dictionary! { "Subtype" => "Text", "Rect" => numbers([9, 9, 20, 20]), "F" => 2 });
    }),
    ("embedded-file", |document| {
        annotate(document, dictionary! { "Subtype" => "Movie", "Rect" => numbers([9, 9, 20, 20]), "F" => 4 });
    }),
    ("form-field", |document| {
        catalog(document).set("AcroForm", dictionary! { "Fields" => Vec::new(), "XFA" => Vec::new() });
    }),
    ("optional-content", |document| {
        catalog(document).set("OCProperties", dictionary! { "OCGs" => Vec::new(), "D" => Dictionary::new() });
    }),
    ("external-content", |document| named(document, b"Subtype", b"Image").set("Alternates", Vec::new())),
    ("damaged-file", |document| first_page(document).set("Contents", (99_999, 0))),
    ("damaged-file", |document| named(document, b"Type", b"Pages").set("Count", 9)),
];

#[test]
fn what_readers_and_archives_must_not_have() {
    let edition = edition(CHAPTER, MANIFEST, "screen");
    each(&edition, READERS);
}

/// Faults of files for a press.
const PRESS: &[(&str, Break)] = &[
    ("page-boxes", |document| first_page(document).set("TrimBox", numbers([0, 0, 9000, 9000]))),
    ("page-boxes", |document| first_page(document).set("BleedBox", numbers([100, 100, 200, 200]))),
    ("page-boxes", |document| drop(first_page(document).remove(b"TrimBox"))),
    ("page-boxes", |document| first_page(document).set("ArtBox", numbers([50, 50, 90, 90]))),
    ("page-boxes", |document| first_page(document).set("CropBox", numbers([50, 50, 90, 90]))),
    ("page-size", |document| {
        lengthen(document);
        let mut other = first_page(document).clone();
        other.set("TrimBox", numbers([20, 20, 90, 90]));
        let tree = other.get(b"Parent").unwrap().as_reference().unwrap();
        let other = document.add_object(other);
        document.get_dictionary_mut(tree).unwrap().get_mut(b"Kids").unwrap().as_array_mut().unwrap()[7] = other.into();
    }),
    ("page-size", |document| first_page(document).set("Rotate", 90)),
    ("bleed-box", |document| {
        all_pages(document, |page| {
            let trim = page.get(b"TrimBox").unwrap().clone();
            page.set("BleedBox", trim);
        });
    }),
    ("output-intent", |document| drop(catalog(document).remove(b"OutputIntents"))),
    ("output-intent", |document| drop(output_intent(document).remove(b"DestOutputProfile"))),
    ("output-intent", |document| drop(output_intent(document).remove(b"OutputConditionIdentifier"))),
    ("output-intent", |document| output_intent(document).set("OutputConditionIdentifier", text_string("FOGRA1"))),
    ("output-intent", |document| named(document, b"Type", b"Catalog").set("OutputIntents", Vec::new())),
    ("output-intent", |document| {
        let profile = output_intent(document).get(b"DestOutputProfile").unwrap().as_reference().unwrap();
        document.get_object_mut(profile).unwrap().as_stream_mut().unwrap().dict.set("N", 3);
    }),
    ("output-intent", |document| {
        let profile = output_intent(document).get(b"DestOutputProfile").unwrap().as_reference().unwrap();
        let stream = document.get_object_mut(profile).unwrap().as_stream_mut().unwrap();
        let mut data = stream.get_plain_content().unwrap();
        data[12..16].copy_from_slice(b"mntr");
        stream.set_plain_content(data);
    }),
    ("missing-metadata", |document| drop(information(document).remove(b"Trapped"))),
    ("missing-metadata", |document| information(document).set("Trapped", "Unknown")),
    ("missing-metadata", |document| drop(information(document).remove(b"CreationDate"))),
    ("missing-metadata", |document| packet(document, "xmpMM:VersionID>", "xmpMM:Other>")),
    ("differing-metadata", |document| information(document).set("Author", text_string("Bob"))),
    ("conformance-claim", |document| packet(document, ">PDF/X-4<", ">PDF/X-9<")),
    ("conformance-claim", |document| packet(document, "pdfxid:GTS_PDFXVersion>", "pdfxid:Other>")),
    ("pdf-version", |document| document.version = "1.7".to_owned()),
    ("forbidden-annotation", |document| {
        let rect = numbers([99, 99, 120, 120]);
        annotate(document, dictionary! { "Subtype" => "Text", "Rect" => rect, "F" => 4 });
    }),
    ("forbidden-action", |document| {
        catalog(document).set("OpenAction", dictionary! { "S" => "GoTo", "D" => text_string("one") });
    }),
    ("form-field", |document| {
        catalog(document).set("AcroForm", dictionary! { "Fields" => vec![Dictionary::new().into()] });
    }),
    ("external-content", |document| {
        named(document, b"Subtype", b"Image").set("OPI", dictionary! { "2.0" => Dictionary::new() });
    }),
    ("external-content", |document| {
        let stream = Stream::new(dictionary! { "Type" => "XObject", "Subtype" => "PS" }, b"showpage".to_vec());
        let id = document.add_object(stream);
        first_page(document).set("Extra", id);
    }),
];

#[test]
fn what_a_press_must_have_and_must_not() {
    let edition = edition(CHAPTER, MANIFEST, "offset-coated");
    each(&edition, PRESS);
    let marked = edition.broken(|document| {
        annotate(document, dictionary! { "Subtype" => "PrinterMark", "Rect" => numbers([99, 99, 120, 120]), "F" => 4 });
        annotate(document, dictionary! { "Subtype" => "Text", "Rect" => numbers([-90, -90, -20, -20]), "F" => 4 });
    });
    assert_eq!(marked, [""; 0], "marks, and what is outside, may be");
}

/// Faults of files for a press of PDF 1.3.
const OLD_PRESS: &[(&str, Break)] = &[
    ("pdf-version", |document| document.version = "1.4".to_owned()),
    ("conformance-claim", |document| drop(information(document).remove(b"GTS_PDFXConformance"))),
    ("optional-content", |document| {
        catalog(document).set("OCProperties", dictionary! { "OCGs" => Vec::new(), "D" => Dictionary::new() });
    }),
    ("embedded-file", |document| {
        let file = dictionary! { "Type" => "Filespec", "EF" => Dictionary::new() };
        catalog(document).set("Extra", file);
    }),
    ("output-intent", |document| drop(output_intent(document).remove(b"RegistryName"))),
];

#[test]
fn what_an_old_press_does_not_know() {
    let edition = edition(CHAPTER, MANIFEST, "ingramspark");
    each(&edition, OLD_PRESS);
}

/// Faults of files for a printer who wants the pages alone.
const PAPERBACK: &[(&str, Break)] = &[
    ("forbidden-metadata", |document| {
        let id = document.add_object(dictionary! { "Title" => text_string("Book") });
        document.trailer.set("Info", id);
    }),
    ("forbidden-bookmarks", |document| {
        let item = document.add_object(dictionary! { "Title" => text_string("One") });
        catalog(document).set("Outlines", dictionary! { "First" => item, "Last" => item });
    }),
    ("forbidden-annotation", |document| {
        annotate(document, dictionary! { "Subtype" => "Link", "Rect" => numbers([9, 9, 20, 20]) });
    }),
    ("trim-size", |document| all_pages(document, |page| page.set("TrimBox", numbers([0, 0, 72, 72])))),
];

#[test]
fn what_a_printer_of_paperbacks_does_not_take() {
    let edition = edition(CHAPTER, MANIFEST, "kdp-paperback");
    each(&edition, PAPERBACK);
    let small = Target { file_size: Some(0), ..edition.target.clone() };
    assert!(codes(&check_pdf(&edition.content, "book.pdf", Some(&small), None)).contains(&"file-size"));
    assert!(codes(&edition.findings()).contains(&"page-count"), "a book of so few pages");
    let enough = Target { pages: Some((1, 99)), even_pages: false, ..edition.target.clone() };
    assert_eq!(check_pdf(&edition.content, "book.pdf", Some(&enough), Some(&edition.book)), []);
    let pairs = Target { pages: None, even_pages: true, ..edition.target.clone() };
    let odd = edition.file(|document| {
        let page = document.page_iter().next().unwrap();
        let tree = document.get_dictionary(page).unwrap().get(b"Parent").unwrap().as_reference().unwrap();
        let tree = document.get_dictionary_mut(tree).unwrap();
        tree.set("Kids", vec![Object::Reference(page); 3]);
        tree.set("Count", 3);
    });
    assert_eq!(codes(&check_pdf(&odd, "book.pdf", Some(&pairs), None)), ["page-count"]);
}

/// A file of another program: a blank page, and what `say` adds.
fn foreign(say: impl FnOnce(&mut Document, ObjectId)) -> Vec<u8> {
    let mut document = Document::with_version("1.7");
    let tree = document.new_object_id();
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => tree, "MediaBox" => numbers([0, 0, 400, 600]),
    });
    let pages = dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 };
    document.objects.insert(tree, pages.into());
    let root = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", root);
    say(&mut document, root);
    let mut content = Vec::new();
    document.save_with_options(&mut content, SaveOptions::default()).unwrap();
    content
}

#[test]
fn other_programs_files_are_held_to_their_own_claims() {
    let check = |content: Vec<u8>| codes(&check_pdf(&content, "other.pdf", None, None));
    assert_eq!(check(foreign(|_, _| {})), [""; 0], "it claims nothing");
    let press = foreign(|document, _| {
        let information = dictionary! {
            "Title" => text_string("Book"),
            "GTS_PDFXVersion" => text_string("PDF/X-1:2001"),
            "GTS_PDFXConformance" => text_string("PDF/X-1a:2001"),
        };
        let id = document.add_object(information);
        document.trailer.set("Info", id);
    });
    assert_eq!(check(press), ["missing-metadata", "output-intent", "page-boxes", "pdf-version"]);
    let reader = foreign(|document, _| {
        let packet = "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><r:Description r:about='' \
            xmlns:u='http://www.aiim.org/pdfua/ns/id/' u:part='1'/></r:RDF>";
        let stream = Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, packet.into());
        let id = document.add_object(stream);
        catalog(document).set("Metadata", id);
    });
    assert_eq!(check(reader), ["missing-language", "missing-title", "untagged"]);
    let unknown = foreign(|document, _| {
        let id = document.add_object(dictionary! { "GTS_PDFXVersion" => text_string("PDF/X-7") });
        document.trailer.set("Info", id);
    });
    assert_eq!(check(unknown), ["conformance-claim"]);
}

#[test]
fn trees_that_lead_back_to_themselves_end() {
    let content = foreign(|document, _| {
        let id = document.new_object_id();
        let numbers = document.new_object_id();
        document.objects.insert(numbers, dictionary! { "Kids" => vec![numbers.into()] }.into());
        let element = dictionary! {
            "Type" => "StructElem", "S" => "A", "P" => id, "K" => vec![id.into(), id.into(), Object::Integer(-1)],
            "A" => id, "C" => "A", "AA" => id,
        };
        document.objects.insert(id, element.into());
        let root = dictionary! {
            "K" => id, "ParentTree" => numbers, "RoleMap" => dictionary! { "A" => "B", "B" => "A" }, "ClassMap" => id,
        };
        catalog(document).set("StructTreeRoot", root);
        catalog(document).set("MarkInfo", id);
        catalog(document).set("Metadata", id);
        catalog(document).set("OutputIntents", vec![id.into()]);
        document.trailer.set("Info", id);
        first_page(document).set("Annots", vec![id.into()]);
    });
    for target in ["screen", "offset-coated", "ingramspark", "kdp-paperback"] {
        let target = edition(CHAPTER, MANIFEST, target).target;
        assert!(!check_pdf(&content, "other.pdf", Some(&target), None).is_empty());
    }
}
