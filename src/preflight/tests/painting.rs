//! What is painted: each check on content that passes it, and on content that does not.

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::*;
use crate::target::{Bleed, Conformance, Marks};

/// The codes of the checks of what is painted; each has a test here.
pub(super) const CODES: [&str; 13] = [
    "coarse-image",
    "font-not-embedded",
    "foreign-color",
    "hairline",
    "ink-limit",
    "outside-page",
    "printer-marks",
    "rich-black-text",
    "safe-area",
    "short-bleed",
    "small-type",
    "transparency",
    "unread-content",
];

/// A page of 300 by 400 points, 20 from the sheet's edges, with a bleed of 10; in its resources what the tests use.
fn document(content: &str) -> Document {
    let mut document = Document::with_version("1.7");
    let file = document.add_object(Stream::new(dictionary! {}, b"glyphs".to_vec()));
    let descriptor = document.add_object(dictionary! { "Type" => "FontDescriptor", "FontFile2" => file });
    let font = |name: &str| {
        dictionary! { "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => name, "FirstChar" => 32,
        "Widths" => vec![Object::Integer(500); 96] }
    };
    let mut embedded = font("ABCDEF+Inside");
    embedded.set("FontDescriptor", descriptor);
    let image = |entries: Dictionary, samples: Vec<u8>| {
        let mut all = dictionary! { "Subtype" => "Image", "Width" => 10, "Height" => 10, "BitsPerComponent" => 8 };
        for (key, value) in entries {
            all.set(key, value);
        }
        Stream::new(all, samples)
    };
    let gray = document.add_object(image(dictionary! { "ColorSpace" => "DeviceGray" }, vec![0; 100]));
    let cmyk = document.add_object(image(dictionary! { "ColorSpace" => "DeviceCMYK" }, [255, 255, 255, 0].repeat(100)));
    let line =
        document.add_object(image(dictionary! { "ColorSpace" => "DeviceGray", "BitsPerComponent" => 1 }, vec![0; 20]));
    let masked = image(dictionary! { "ColorSpace" => "DeviceGray", "SMask" => gray }, vec![0; 100]);
    let masked = document.add_object(masked);
    // A form that draws itself, and one that draws a line.
    let endless = document.new_object_id();
    let form = |own: Dictionary, content: &[u8]| {
        let mut all = dictionary! { "Subtype" => "Form", "BBox" => [0, 0, 300, 400].map(Object::Integer).to_vec() };
        for (key, value) in own {
            all.set(key, value);
        }
        Stream::new(all, content.to_vec())
    };
    let own = dictionary! { "XObject" => dictionary! { "E" => endless } };
    document.objects.insert(endless, form(dictionary! { "Resources" => own }, b"/E Do /E Do").into());
    let smaller = [0.1_f32, 0.0, 0.0, 0.1, 45.0, 45.0].map(Object::Real).to_vec();
    let thin = form(dictionary! { "Matrix" => smaller }, b"2 w 0 200 m 300 200 l S");
    let thin = document.add_object(thin);
    let spot = |name: &str| vec!["Separation".into(), name.into(), "DeviceCMYK".into(), Object::Null];
    let resources = dictionary! {
        "Font" => dictionary! { "In" => embedded, "Out" => font("Helvetica") },
        "XObject" => dictionary! { "Gray" => gray, "Cmyk" => cmyk, "Line" => line, "Masked" => masked, "E" => endless, "Thin" => thin },
        "ExtGState" => dictionary! {
            "Half" => dictionary! { "ca" => 0.5_f32 },
            "Multiply" => dictionary! { "BM" => "Multiply" },
            "Opaque" => dictionary! { "ca" => 1, "BM" => "Normal", "SMask" => "None" },
        },
        "ColorSpace" => dictionary! {
            "Gold" => spot("Gold"),
            "All" => spot("All"),
            "Lab" => vec!["Lab".into(), Object::Dictionary(dictionary! {})],
        },
    };
    let content = document.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
    let pages = document.new_object_id();
    let sides = |inset: i64| [inset, inset, 340 - inset, 440 - inset].map(Object::Integer).to_vec();
    let page = document.add_object(dictionary! {
        "Type" => "Page", "Parent" => pages, "Contents" => content, "Resources" => resources,
        "MediaBox" => sides(0), "BleedBox" => sides(10), "TrimBox" => sides(20),
    });
    let tree = dictionary! { "Type" => "Pages", "Count" => 1, "Kids" => vec![page.into()] };
    document.objects.insert(pages, tree.into());
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
    document.trailer.set("Root", catalog);
    document
}

/// A press.
fn press() -> Target {
    Target {
        name: "press".into(),
        conformance: Conformance::X1a,
        total_ink: Some(280),
        bleed: Bleed { width: Length::pt(10), inner: true, when_needed: false },
        margin: Length::pt(20),
        image_resolution: Some(300),
        least_type: Some(Length::pt(7)),
        least_rule: Some(Length::millipoints(500)),
        ..Target::default()
    }
}

fn findings(mut document: Document, target: Option<&Target>) -> Vec<Diagnostic> {
    let mut content = Vec::new();
    document.save_to(&mut content).unwrap();
    let mut findings = check_pdf(&content, "other.pdf", target, None);
    findings.retain(|finding| CODES.contains(&finding.code));
    findings
}

/// The codes of what is found in content, for a target.
fn found_for(target: &Target, content: &str) -> Vec<&'static str> {
    codes(&findings(document(content), Some(target)))
}

/// The codes of what is found in content, for a press.
fn found(content: &str) -> Vec<&'static str> {
    found_for(&press(), content)
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_is_sound_passes() {
    let sound = "BT /In 10 Tf 60 200 Td (Words in a line) Tj ET 0.5 w 60 100 m 200 100 l S q 2.4 0 0 2.4 60 60 cm /Gray Do Q \
                 0 1 1 0 k 0 0 340 100 re 10 10 320 60 re f /Opaque gs /Gold cs 1 scn 60 300 50 50 re f";
    assert_eq!(found(sound), NOTHING);
}

#[test]
fn fonts_are_in_the_file_where_they_are_seen() {
    let words = |font: &str, mode: i32| format!("BT {mode} Tr /{font} 10 Tf 60 200 Td (Words) Tj ET");
    assert_eq!(found(&words("In", 0)), NOTHING);
    assert_eq!(found(&words("Out", 0)), ["font-not-embedded"]);
    assert_eq!(found(&words("Out", 3)), NOTHING, "invisible");
    let elsewhere = findings(document(&words("Out", 0)), None);
    assert_eq!(elsewhere[0].severity, Severity::Warning, "a file that claims nothing may");
    assert!(elsewhere[0].message.contains("`Helvetica`"), "{}", elsewhere[0].message);
}

#[test]
fn type_is_as_large_as_it_is_painted() {
    let words = |setting: &str| format!("q {setting} (Words) Tj ET Q");
    assert_eq!(found(&words("BT /In 7 Tf 60 200 Td")), NOTHING);
    assert_eq!(found(&words("BT /In 6 Tf 60 200 Td")), ["small-type"]);
    assert_eq!(found(&words(".5 0 0 .5 0 0 cm BT /In 12 Tf 120 400 Td")), ["small-type"]);
    assert_eq!(found(&words("BT /In 1 Tf 12 0 0 12 60 200 Tm")), NOTHING);
    assert_eq!(found_for(&Target::default(), &words("BT /In 3 Tf 60 200 Td")), NOTHING, "a screen enlarges");
    let script = |words: &str| format!("BT /In 10 Tf 60 200 Td (Word) Tj /In 6 Tf 3 Ts ({words}) Tj ET");
    assert_eq!(found(&script("12")), NOTHING, "a note's number");
    assert_eq!(found(&script("more than a number")), ["small-type"]);
}

#[test]
fn lines_are_as_thick_as_they_are_painted() {
    for (content, codes) in [
        ("0.5 w 60 100 m 200 100 l S", &[][..]),
        ("0.4 w 60 100 m 200 100 l S", &["hairline"]),
        ("0 w 60 100 m 200 100 l S", &["hairline"]),
        ("q 0.1 0 0 0.1 0 0 cm 2 w 600 1000 m 2000 1000 l S Q", &["hairline"]),
        ("60 100 140 0.3 re f", &["hairline"]),
        ("60 100 0.3 140 re f", &["hairline"]),
        ("60 100 140 0.6 re f", &[]),
        ("q 0.6 0.8 -0.8 0.6 100 100 cm 0 0 90 0.3 re f Q", &["hairline"]),
        ("q 0.6 0.8 -0.8 0.6 100 100 cm 0 0 90 0.6 re f Q", &[]),
        ("60 100 m 200 100 l 130 100.2 l 60 100.3 l f", &[]),
        ("60 100 140 0.3 re 200 95 m 205 98 205 102 200 105 c f", &[]),
        ("1 g 60 100 140 0.3 re f", &[]),
        ("60 100 2 0.3 re f", &[]),
        ("0.4 w 0 5 m 8 5 l n", &[]),
        ("/Thin Do", &["hairline"]),
    ] {
        assert_eq!(found(content), codes, "{content}");
    }
    let many = "202 103 l 202 101 l ".repeat(9);
    assert_eq!(found(&format!("200 100 m {many} f 60 100 140 0.3 re f")), ["hairline"]);
    assert_eq!(found(&format!("200 100 m {many} 60 100 140 0.3 re f")), NOTHING, "an arrow");
    let none = findings(document("0 w 60 100 m 200 100 l S"), None);
    assert_eq!(none[0].severity, Severity::Error);
}

#[test]
fn colors_are_those_that_the_target_takes() {
    let square = |color: &str| format!("{color} 60 100 50 50 re f");
    let x4 = Target { conformance: Conformance::X4, ..press() };
    for (color, in_x1a, in_x4) in [
        ("0.5 g", false, false),
        ("0 1 0 0 k", false, false),
        ("/Gold cs 1 scn", false, false),
        ("1 0 0 rg", true, true),
        ("/Lab cs 50 0 0 scn", true, false),
    ] {
        assert_eq!(found(&square(color)) == ["foreign-color"], in_x1a, "{color}");
        assert_eq!(found_for(&x4, &square(color)) == ["foreign-color"], in_x4, "{color}");
    }
}

#[test]
fn black_text_is_black_ink() {
    let words = |color: &str, size: i32| format!("BT {color} /In {size} Tf 60 200 Td (Words) Tj ET");
    assert_eq!(found(&words("0 0 0 1 k", 10)), NOTHING);
    assert_eq!(found(&words("0.6 0.4 0.4 1 k", 10)), ["rich-black-text"]);
    assert_eq!(found(&words("0.6 0.4 0.4 1 k", 30)), NOTHING, "a title");
    assert_eq!(found(&words("0 1 0.5 0 k", 10)), NOTHING, "a colour");
    let x4 = Target { conformance: Conformance::X4, ..press() };
    assert!(found_for(&x4, &words("0 0 0 rg", 10)).contains(&"rich-black-text"));
    let thin = "0.6 0.4 0.4 1 K 0.5 w 60 100 m 200 100 l S";
    assert_eq!(found(thin), ["rich-black-text"]);
}

#[test]
fn ink_is_within_the_limit() {
    assert_eq!(found("1 0.9 0.9 0 k 60 100 50 50 re f"), NOTHING);
    assert_eq!(found("1 1 0.9 0 k 60 100 50 50 re f"), ["ink-limit"]);
    assert_eq!(found("/All cs 1 scn 60 100 50 50 re f"), ["ink-limit"]);
    let image = "q 2.4 0 0 2.4 60 60 cm /Cmyk Do Q";
    assert_eq!(found(image), ["ink-limit"]);
    assert_eq!(found_for(&Target { total_ink: Some(300), ..press() }, image), NOTHING);
}

#[test]
fn images_are_fine_enough_where_they_are_placed() {
    let image = |name: &str, points: f64| format!("q {points} 0 0 {points} 60 60 cm /{name} Do Q");
    assert_eq!(found(&image("Gray", 2.4)), NOTHING);
    assert_eq!(found(&image("Gray", 4.8)), ["coarse-image"]);
    assert_eq!(found(&image("Line", 2.4)), ["coarse-image"], "black and white has no gray to smooth it");
    let inline = "q 24 0 0 24 60 60 cm BI /W 2 /H 2 /BPC 8 /CS /G ID abcd EI Q";
    assert_eq!(found(inline), ["coarse-image"]);
    let found = findings(document(&image("Gray", 4.8)), Some(&press()));
    assert!(found[0].message.contains("150"), "{}", found[0].message);
}

#[test]
fn nothing_shows_what_is_below() {
    let square = "60 100 50 50 re f";
    for (content, codes) in [
        (format!("/Opaque gs {square}"), &[][..]),
        (format!("/Half gs {square}"), &["transparency"]),
        (format!("/Multiply gs {square}"), &["transparency"]),
        (format!("q /Half gs Q {square}"), &[]),
        ("q 2.4 0 0 2.4 60 60 cm /Masked Do Q".to_owned(), &["transparency"]),
    ] {
        assert_eq!(found(&content), codes, "{content}");
        let takes = Target { conformance: Conformance::X4, ..press() };
        assert_eq!(found_for(&takes, &content), NOTHING, "{content}");
        let plain = Target { conformance: Conformance::Plain, ..press() };
        assert_eq!(found_for(&plain, &content), codes, "{content}");
    }
}

#[test]
fn words_keep_away_from_the_cut() {
    let words = |x: i32, y: i32| format!("BT /In 10 Tf {x} {y} Td (Words) Tj ET");
    assert_eq!(found(&words(41, 200)), NOTHING);
    assert_eq!(found(&words(30, 200)), ["safe-area"]);
    assert_eq!(found(&words(41, 412)), ["safe-area"]);
    let cut = findings(document(&words(10, 200)), Some(&press()));
    assert_eq!((cut[0].code, cut[0].severity), ("safe-area", Severity::Error));
    assert_eq!(found("30 100 50 50 re f"), ["safe-area"]);
    assert_eq!(found("41 100 50 50 re f"), NOTHING);
    assert_eq!(found("q 60 60 50 50 re W n 30 100 50 50 re f Q"), NOTHING, "nothing of it is seen");
}

#[test]
fn words_keep_away_from_where_pages_are_bound() {
    let words = |x: i32| format!("BT /In 10 Tf {x} 200 Td (Words) Tj ET");
    let bound = Target { inside: vec![(1, Length::pt(40)), (9, Length::pt(60))], ..press() };
    assert_eq!(found_for(&bound, &words(61)), NOTHING);
    assert_eq!(found_for(&bound, &words(55)), ["safe-area"]);
    assert_eq!(found_for(&bound, &words(265)), NOTHING, "the outer edge");
    let backwards = |x: i32| {
        let mut document = document(&words(x));
        let preferences = dictionary! { "Direction" => "R2L" };
        document.catalog_mut().unwrap().set("ViewerPreferences", preferences);
        codes(&findings(document, Some(&bound)))
    };
    assert_eq!(backwards(55), NOTHING);
    assert_eq!(backwards(265), ["safe-area"]);
}

#[test]
fn a_bleed_is_asked_for_where_something_reaches_an_edge() {
    let when_needed = Target { bleed: Bleed { width: Length::pt(15), inner: true, when_needed: true }, ..press() };
    let asks = |content: &str| {
        let mut bytes = Vec::new();
        document(content).save_to(&mut bytes).unwrap();
        codes(&check_pdf(&bytes, "other.pdf", Some(&when_needed), None)).contains(&"bleed-box")
    };
    assert!(!asks("60 100 50 50 re f"));
    assert!(!asks("1 g 0 0 340 440 re f"), "white is paper");
    assert!(asks("20 100 50 50 re f"));
}

#[test]
fn what_reaches_the_edge_bleeds() {
    assert_eq!(found("10 100 50 50 re f"), NOTHING);
    assert_eq!(found("20 100 50 50 re f"), ["short-bleed"]);
    assert_eq!(found("14 100 50 50 re f"), ["short-bleed"]);
    assert_eq!(found("1 g 14 100 50 50 re f"), NOTHING, "white is paper");
    let wide = Target { bleed: Bleed { width: Length::pt(15), inner: true, when_needed: false }, ..press() };
    assert_eq!(found_for(&wide, "10 100 50 50 re f"), ["short-bleed"]);
}

#[test]
fn marks_stand_where_they_are_wanted() {
    let marks = Target { marks: Marks { crop: true, ..Marks::default() }, ..press() };
    let (outside, within) = ("1 w 0 30 m 8 30 l S", "1 w 12 30 m 18 30 l S");
    assert_eq!(found(outside), ["printer-marks"]);
    assert_eq!(found_for(&marks, outside), NOTHING);
    assert_eq!(found_for(&marks, within), ["printer-marks"]);
}

#[test]
fn words_stand_on_the_page() {
    let words = |x: i32, y: i32| format!("BT /In 4 Tf {x} {y} Td (I) Tj ET");
    assert_eq!(found(&words(500, 200)), ["outside-page"], "off the sheet");
    assert_eq!(found(&words(13, 200)), ["outside-page"], "cut off");
    let large = "BT /In 10 Tf 60 200 Td (Words) Tj ET";
    assert_eq!(found(large), NOTHING);
}

#[test]
fn what_paints_without_end_is_told() {
    assert_eq!(found("/E Do"), NOTHING, "a form in itself is left out");
    let many = "0 0 m ".repeat(10);
    assert_eq!(found(&many), NOTHING);
    let mut document = document("0 g");
    let stream = document
        .objects
        .values_mut()
        .find_map(|object| object.as_stream_mut().ok().filter(|stream| stream.content == b"0 g"));
    let stream = stream.unwrap();
    stream.dict.set("Filter", "UnknownDecode");
    assert_eq!(codes(&findings(document, Some(&press()))), ["unread-content"]);
}
