//! A manuscript with an image of every kind, in both editions.

use std::io::{Cursor, Read};

use image::{ImageFormat, Rgb, RgbImage};
use lopdf::{Document, Object};
use pressmark::{BuildRequest, Status, build};

const DRAWING: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 48'>\
    <defs><linearGradient id='a b'><stop/><stop offset='1' stop-color='#fff'/></linearGradient></defs>\
    <script>alert(1)</script><rect width='96' height='48' fill='url(#a b)'/><path d='M0 0L9 9' stroke='#000'/>\
    <g opacity='.5'><circle cx='9' cy='9' r='9' fill='red'/></g><text y='20'>words</text></svg>";

/// A file in color, taller than wide.
fn file(format: ImageFormat) -> Vec<u8> {
    let mut data = Cursor::new(Vec::new());
    let image =
        RgbImage::from_fn(20, 40, |x, y| Rgb([u8::try_from(x * 12).unwrap(), u8::try_from(y * 6).unwrap(), 90]));
    image.write_to(&mut data, format).unwrap();
    data.into_inner()
}

/// A JPEG file that lies on its side: an Exif block says that it is to be turned.
fn turned() -> Vec<u8> {
    let mut data = file(ImageFormat::Jpeg);
    let block = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    data.splice(2..2, block.iter().copied());
    data
}

#[test]
fn every_kind_of_image_is_in_both_editions() {
    let folder = tempfile::tempdir().unwrap();
    let files: [(&str, Vec<u8>); 6] = [
        ("a.png", file(ImageFormat::Png)),
        ("b.jpg", file(ImageFormat::Jpeg)),
        ("c.jpg", turned()),
        ("d.gif", file(ImageFormat::Gif)),
        ("e.webp", file(ImageFormat::WebP)),
        ("f.svg", DRAWING.into()),
    ];
    let mut text = String::from("# Images\n\n");
    for (name, data) in &files {
        std::fs::write(folder.path().join(name), data).unwrap();
        text.extend(["![The image ", name, "](", name, ")\n\n"]);
    }
    std::fs::write(folder.path().join("book.md"), text).unwrap();
    let request = BuildRequest {
        path: folder.path().join("book.md"),
        out: Some(folder.path().join("out")),
        ..BuildRequest::default()
    };
    let outcome = build(&request);
    assert_eq!(outcome.status(), Status::Done, "{:?}", outcome.diagnostics);
    let codes: Vec<&str> = outcome.diagnostics.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&"reduced-image"), "{codes:?}");
    let read = |name: &str| std::fs::read(folder.path().join("out").join(name)).unwrap();
    check_pdf(&read("book.pdf"));
    check_epub(&read("book.epub"));
    // Twice the same.
    let before = ["book.pdf", "book.epub"].map(read);
    let _again = build(&request);
    assert!(before == ["book.pdf", "book.epub"].map(read));
}

fn check_pdf(data: &[u8]) {
    let document = Document::load_mem(data).unwrap();
    let streams: Vec<&lopdf::Stream> = document.objects.values().filter_map(|object| object.as_stream().ok()).collect();
    let named = |key: &[u8], value: &[u8]| {
        let is =
            |stream: &&&lopdf::Stream| stream.dict.get(key).and_then(Object::as_name).is_ok_and(|name| name == value);
        streams.iter().filter(is).copied().collect::<Vec<_>>()
    };
    assert_eq!(named(b"Subtype", b"Image").len(), 5);
    // The turned photo's form, the drawing, and its half transparent group.
    let forms = named(b"Subtype", b"Form");
    assert_eq!(forms.len(), 3);
    let contents: Vec<String> = forms
        .iter()
        .map(|form| String::from_utf8(form.decompressed_content().unwrap_or_else(|_| form.content.clone())).unwrap())
        .collect();
    let all = contents.concat();
    assert!(all.contains("0 -1 1 0 0 1 cm"), "the photo is turned");
    assert!(all.contains("\n0 G\n") && all.contains("1 0 0 rg"), "{all}");
    assert!(!all.contains(" scn\n") || all.contains("/Pattern cs"), "{all}");
    for object in document.objects.values() {
        let Ok(shading) = object.as_dict() else { continue };
        if shading.has(b"ShadingType") {
            assert_eq!(shading.get(b"ColorSpace").unwrap().as_name().unwrap(), b"DeviceGray");
        }
    }
}

fn check_epub(data: &[u8]) {
    let mut archive = zip::ZipArchive::new(Cursor::new(data)).unwrap();
    let mut read = |name: &str| {
        let mut content = Vec::new();
        archive.by_name(name).unwrap_or_else(|_| panic!("no {name}")).read_to_end(&mut content).unwrap();
        content
    };
    for (name, format) in [("a.png", ImageFormat::Png), ("d.gif", ImageFormat::Gif), ("e.png", ImageFormat::Png)] {
        assert_eq!(image::guess_format(&read(&format!("OEBPS/images/{name}"))).unwrap(), format);
    }
    let turned = image::load_from_memory(&read("OEBPS/images/c.jpg")).unwrap();
    assert_eq!((turned.width(), turned.height()), (40, 20));
    let drawing = String::from_utf8(read("OEBPS/images/f.svg")).unwrap();
    assert!(drawing.contains("viewBox") && !drawing.contains("script") && !drawing.contains("<text"), "{drawing}");
    let package = String::from_utf8(read("OEBPS/content.opf")).unwrap();
    assert!(package.contains("image/svg+xml") && package.contains("image/gif"), "{package}");
    let chapter = String::from_utf8(read("OEBPS/book.xhtml")).unwrap();
    assert!(
        chapter.contains("<img src=\"images/f.svg\" alt=\"The image f.svg\" width=\"96\" height=\"48\"/>"),
        "{chapter}"
    );
}
