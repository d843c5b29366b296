//! temp
use pressmark::*;
fn main() {
    let mut a = std::env::args().skip(1);
    let file = a.next().unwrap();
    let theme = a.next().unwrap();
    let out = a.next().unwrap();
    let mut sources = diagnostics::SourceFiles::default();
    let text = std::fs::read_to_string(&file).unwrap();
    let id = sources.add(file.clone(), text.into());
    let (divisions, d) = manuscript::read(
        &[manuscript::ManuscriptFile { source: id, path: file.clone(), matter: document::Matter::Body }],
        &sources,
    );
    for x in &d {
        eprintln!("{x:?}");
    }
    let metadata = document::Metadata {
        title: "Declaration".into(),
        subtitle: "on the Fifth Anniversary of the Shanghai Cooperation Organization".into(),
        authors: vec!["Heads of State".into()],
        language: "en".into(),
        modified: "2006-06-15T00:00:00Z".into(),
        identifier: "urn:uuid:0".into(),
        date: "2006-06-15".into(),
        ..Default::default()
    };
    let doc = document::Document { metadata, divisions };
    let (book, d) = layout::lay_out(
        doc,
        style::themes::by_name(&theme).unwrap(),
        std::sync::Arc::new(font::FontBook::bundled()),
        Default::default(),
        Default::default(),
    );
    for x in &d {
        eprintln!("{x:?}");
    }
    eprintln!("{} pages", book.pagination.pages.len());
    std::fs::write(out, pdf::write(&book).unwrap()).unwrap();
}
