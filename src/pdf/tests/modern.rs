//! What a PDF 2.0 has otherwise.

use super::constructs::{constructs, made, said};
use super::*;
use crate::pdf::write_for;
use crate::target::{Conformance, Target};

fn modern(book: &Book) -> File {
    let target = Target { conformance: Conformance::Ua2, ..Target::default() };
    File::read(&write_for(book, &target).unwrap().bytes)
}

/// The elements of one type.
fn elements<'f>(file: &'f File, role: &[u8]) -> Vec<(ObjectId, &'f Dictionary)> {
    let elements = file.pdf.objects.iter().filter_map(|(id, object)| Some((*id, object.as_dict().ok()?)));
    elements.filter(|(_, element)| element.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == role)).collect()
}

fn refers(element: &Dictionary) -> Vec<ObjectId> {
    element.get(b"Ref").unwrap().as_array().unwrap().iter().map(|id| id.as_reference().unwrap()).collect()
}

#[test]
fn notes_and_their_references_know_each_other() {
    let file = modern(&sample());
    let [(note, element)] = elements(&file, b"FENote")[..] else { panic!("one note") };
    let attributes = element.get(b"A").unwrap().as_dict().unwrap();
    assert_eq!(attributes.get(b"NoteType").unwrap().as_name().unwrap(), b"Footnote");
    let [reference] = refers(element)[..] else { panic!("one reference") };
    let reference = file.pdf.get_dictionary(reference).unwrap();
    assert_eq!(reference.get(b"S").unwrap().as_name().unwrap(), b"Reference");
    assert_eq!(refers(reference), [note]);
    assert!(elements(&file, b"Note").is_empty());
}

#[test]
fn entries_of_the_contents_refer_to_headings_and_are_links_themselves() {
    let file = modern(&sample());
    assert!(!file.outline().contains("Reference\n          Link"), "{}", file.outline());
    let headings: Vec<ObjectId> =
        [b"H1", b"H2"].iter().flat_map(|role| elements(&file, *role)).map(|(id, _)| id).collect();
    let items = elements(&file, b"TOCI");
    assert_eq!(items.len(), 2);
    for (_, item) in items {
        let reference = file.entry(item, "K").unwrap();
        let reference = reference.as_array().map_or(reference, |kids| file.resolve(&kids[0])).as_dict().unwrap();
        assert!(headings.contains(&refers(reference)[0]));
    }
}

#[test]
fn what_leads_somewhere_leads_to_an_element() {
    let file = modern(&sample());
    let mut led = 0;
    for entries in file.pdf.objects.values().filter_map(|object| object.as_dict().ok()) {
        assert!(!entries.has(b"Dest"));
        let action = entries.get(b"A").and_then(Object::as_dict).unwrap_or(entries);
        let Ok(destination) = action.get(b"SD") else { continue };
        led += 1;
        let element = destination.as_array().unwrap()[0].as_reference().unwrap();
        assert!(file.pdf.get_dictionary(element).unwrap().has(b"S"));
        assert!(
            action.get(b"D").unwrap().as_array().unwrap()[0].as_reference().is_ok_and(|id| file.pages.contains(&id))
        );
    }
    // Two entries of the contents and two of the outline, a note and the way back, at least.
    assert!(led >= 5, "{led}");
    let names = file.entry(file.catalog(), "Names").unwrap().as_dict().unwrap();
    let names = file.entry(names, "Dests").unwrap().as_dict().unwrap().get(b"Names").unwrap().as_array().unwrap();
    assert!(names.iter().skip(1).step_by(2).all(|named| named.as_dict().unwrap().has(b"SD")));
}

#[test]
fn elements_of_pdf_2_are_in_its_namespace_and_the_others_are_not() {
    let file = modern(&sample());
    let namespaces = file.root().get(b"Namespaces").unwrap().as_array().unwrap();
    let namespace = file.resolve(&namespaces[0]).as_dict().unwrap();
    assert_eq!(text_of(namespace.get(b"NS").unwrap()), "http://iso.org/pdf2/ssn");
    assert!(!file.root().has(b"RoleMap"));
    for (role, modern) in [
        (&b"Document"[..], true),
        (b"Title", true),
        (b"Em", true),
        (b"FENote", true),
        (b"TOCI", false),
        (b"Code", false),
    ] {
        let found = elements(&file, role);
        assert!(!found.is_empty() && found.iter().all(|(_, element)| element.has(b"NS") == modern));
    }
}

#[test]
fn boxes_in_boxes_are_plain_groups() {
    let tip = |blocks| BlockKind::Admonition { kind: AdmonitionKind::Tip, title: Vec::new(), blocks };
    let set = constructs(vec![made(tip(vec![made(tip(vec![said("advice")]))]))]);
    let inner = "    Aside\n      P\n        Lbl\n          “#”\n      Div\n";
    assert!(modern(&set.book).outline().contains(inner), "{}", modern(&set.book).outline());
    assert!(File::of(&set.book).outline().contains(&inner.replace("Div", "Aside")));
}

#[test]
fn what_the_file_says_of_itself_is_in_the_metadata_stream_alone() {
    let file = modern(&sample());
    assert!(!file.pdf.trailer.has(b"Info"));
    let packet = file.entry(file.catalog(), "Metadata").unwrap().as_stream().unwrap().content.clone();
    let packet = String::from_utf8(packet).unwrap();
    for (key, value) in [("pdfuaid:part", "2"), ("pdfuaid:rev", "2024"), ("pdfaid:part", "4"), ("pdfaid:rev", "2020")] {
        assert!(packet.contains(&format!("<{key}>{value}</{key}>")), "{packet}");
    }
    assert!(!packet.contains("pdfaid:conformance"), "it carries no files");
}
