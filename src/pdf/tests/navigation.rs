//! What leads from place to place.

use super::*;

#[test]
fn the_outline_nests_as_the_headings_do() {
    let file = File::of(&sample());
    let outline = file.entry(file.catalog(), "Outlines").unwrap().as_dict().unwrap();
    let top = file.entry(outline, "First").unwrap().as_dict().unwrap();
    let below = file.entry(top, "First").unwrap().as_dict().unwrap();
    assert_eq!(text_of(top.get(b"Title").unwrap()), "Official première");
    assert_eq!(text_of(below.get(b"Title").unwrap()), "Deep below");
    assert_eq!(outline.get(b"Count").unwrap().as_i64().unwrap(), 2);
    let destination = below.get(b"Dest").unwrap().as_array().unwrap();
    assert_eq!(destination[0].as_reference().unwrap(), file.pages[3]);
}

#[test]
fn the_outline_is_open_as_far_down_as_all_is_in_view() {
    // Two parts of three chapters of so many sections.
    let counts = |sections: u32| {
        let mut book = sample();
        let entry = book.navigation.entries[0].clone();
        let mut add = |depth| book.navigation.entries.push(ContentsEntry { depth, ..entry.clone() });
        for _ in 0..2 {
            add(0);
            for _ in 0..3 {
                add(1);
                (0..sections).for_each(|_| add(2));
            }
        }
        book.navigation.entries.drain(..2);
        let file = File::of(&book);
        let outline = file.entry(file.catalog(), "Outlines").unwrap().as_dict().unwrap();
        let part = file.entry(outline, "First").unwrap().as_dict().unwrap();
        let chapter = file.entry(part, "First").unwrap().as_dict().unwrap();
        [outline, part, chapter].map(|item| item.get(b"Count").unwrap().as_i64().unwrap())
    };
    assert_eq!(counts(3), [26, 12, 3], "all is open");
    assert_eq!(counts(4), [8, 3, -4], "sections are folded");
}

#[test]
fn page_labels_start_anew_where_the_numbering_does() {
    let file = File::of(&sample());
    let ranges = file.entry(file.catalog(), "PageLabels").unwrap().as_dict().unwrap();
    let ranges = ranges.get(b"Nums").unwrap().as_array().unwrap();
    let starts: Vec<(i64, &[u8], i64)> = ranges
        .chunks(2)
        .map(|range| {
            let label = range[1].as_dict().unwrap();
            let style = label.get(b"S").unwrap().as_name().unwrap();
            (range[0].as_i64().unwrap(), style, label.get(b"St").unwrap().as_i64().unwrap())
        })
        .collect();
    assert_eq!(starts, [(0, b"r".as_slice(), 1), (2, b"D".as_slice(), 1)]);
}

#[test]
fn links_lead_to_headings_notes_and_addresses() {
    let file = File::of(&sample());
    let annotations = |page: usize| -> Vec<&Dictionary> {
        let page = file.pdf.get_dictionary(file.pages[page]).unwrap();
        let annotations = file.entry(page, "Annots").unwrap().as_array().unwrap();
        annotations.iter().map(|annotation| file.resolve(annotation).as_dict().unwrap()).collect()
    };
    let target = |annotation: &Dictionary| annotation.get(b"Dest").unwrap().as_array().unwrap()[0].clone();
    let contents = annotations(1);
    assert_eq!(target(contents[0]), Object::Reference(file.pages[2]));
    assert_eq!(target(contents[1]), Object::Reference(file.pages[3]));
    let text = annotations(2);
    assert!(text.iter().all(|link| link.get(b"H").unwrap().as_name().unwrap() == b"I"), "the focus shows");
    let action = text[0].get(b"A").unwrap().as_dict().unwrap();
    assert_eq!(text_of(action.get(b"URI").unwrap()), "https://example.org/%C3%A4");
    // Each annotation's number in the parent tree leads back to a link element.
    let numbers = file.entry(file.root(), "ParentTree").unwrap().as_dict().unwrap();
    let numbers = numbers.get(b"Nums").unwrap().as_array().unwrap();
    for annotation in contents.iter().chain(&text) {
        let number = usize::try_from(annotation.get(b"StructParent").unwrap().as_i64().unwrap()).unwrap();
        let element = file.resolve(&numbers[2 * number + 1]).as_dict().unwrap();
        assert_eq!(element.get(b"S").unwrap().as_name().unwrap(), b"Link");
    }
}

#[test]
fn headings_have_named_destinations() {
    let file = File::of(&sample());
    let names = file.entry(file.catalog(), "Names").unwrap().as_dict().unwrap();
    let names = file.entry(names, "Dests").unwrap().as_dict().unwrap().get(b"Names").unwrap().as_array().unwrap();
    let names: Vec<String> = names.iter().step_by(2).map(text_of).collect();
    assert_eq!(names, ["deep", "first", "one.md", "one.md#deep", "one.md#first"]);
}
