//! The words of the copyright page, from what is said of the book: the same for both editions.
//!
//! Nothing is claimed that was not given: without rights there is no sign of copyright. Start at [`lines`].

use crate::document::Metadata;
use crate::terms::{self, Term, labelled, numbered};

/// What the copyright page says, as paragraphs of lines; empty where nothing is known that the title page doesn't say.
///
/// Rights, legal text and licence come first, then those who had a part in the book, then publisher, edition and printing,
/// at last series and ISBN; an identifier that is no URN, a name for programs, stands for a missing ISBN.
#[must_use]
pub fn lines(metadata: &Metadata) -> Vec<Vec<String>> {
    let language = metadata.language.as_str();
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let label = |what: Term, text: &str| given(text).map(|text| labelled(what, &text, language));
    let mut paragraphs: Vec<Vec<String>> = vec![given(&metadata.rights).into_iter().collect()];
    paragraphs.extend(metadata.legal.iter().map(|text| given(text).into_iter().collect()));
    paragraphs.push(label(Term::License, &metadata.license).into_iter().collect());
    paragraphs.push(contributors(metadata));
    let version = given(&metadata.version).map(|version| numbered(Term::Version, &version, language));
    let release: Vec<String> =
        [given(&metadata.edition), version, given(&metadata.date)].into_iter().flatten().collect();
    let comma = format!("{} ", terms::comma(language));
    // A date alone, and a publisher without more, stand on the title page.
    let known = !metadata.edition.trim().is_empty() || !metadata.version.trim().is_empty();
    let known = known || !metadata.printing.trim().is_empty();
    let release = if known { given(&release.join(" · ")) } else { None };
    let printing = given(&metadata.printing);
    let publisher = given(&metadata.publisher).filter(|_| known);
    paragraphs.push([publisher, release, printing].into_iter().flatten().collect());
    let series = given(&metadata.series).map(|series| match given(&metadata.series_number) {
        Some(number) => format!("{series}{comma}{number}"),
        None => series,
    });
    paragraphs.push(series.into_iter().collect());
    let identifier = given(&metadata.identifier).filter(|text| !text.to_ascii_lowercase().starts_with("urn:"));
    let isbn = given(&metadata.isbn).map(|isbn| format!("ISBN\u{a0}{isbn}"));
    paragraphs.push(isbn.or(identifier).into_iter().collect());
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}

/// A line for each thing that was done for the book but by its authors, with those who did it, in the order given.
fn contributors(metadata: &Metadata) -> Vec<String> {
    let mut done: Vec<(Term, Vec<&str>)> = Vec::new();
    for person in &metadata.contributors {
        let name = person.name.trim();
        let what = match person.role.as_str() {
            "aut" | "" if metadata.authors.iter().any(|author| author.trim() == name) => continue,
            "trl" => Term::Translation,
            "edt" => Term::Editing,
            "ill" | "art" => Term::Illustrations,
            "pht" => Term::Photographs,
            "aui" | "win" | "wpr" => Term::Foreword,
            "bkd" | "dsr" | "tyg" => Term::Design,
            "cov" => Term::Cover,
            _ => Term::Contributors,
        };
        if name.is_empty() {
            continue;
        }
        match done.iter_mut().find(|(known, _)| *known == what) {
            Some((_, names)) => names.push(name),
            None => done.push((what, vec![name])),
        }
    }
    let comma = format!("{} ", terms::comma(&metadata.language));
    done.iter().map(|(what, names)| labelled(*what, &names.join(&comma), &metadata.language)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Contributor;

    #[test]
    fn the_copyright_page_says_what_was_given_and_no_more() {
        let plain = Metadata {
            title: "T".to_owned(),
            publisher: "P".to_owned(),
            date: "2026".to_owned(),
            identifier: "urn:uuid:1".to_owned(),
            ..Metadata::default()
        };
        assert_eq!(lines(&plain), Vec::<Vec<String>>::new());
        let person = |name: &str, role: &str| Contributor {
            name: name.to_owned(),
            role: role.to_owned(),
            file_as: String::new(),
        };
        let full = Metadata {
            language: "fr".to_owned(),
            authors: vec!["A".to_owned()],
            rights: "© 2026 A".to_owned(),
            legal: vec!["L".to_owned()],
            license: "MIT".to_owned(),
            contributors: vec![person("A", "aut"), person("B", "trl"), person("C", "edt"), person("D", "trl")],
            edition: "2e".to_owned(),
            isbn: "978-3-16-148410-0".to_owned(),
            series: "S".to_owned(),
            series_number: "3".to_owned(),
            ..plain
        };
        let said: Vec<String> = lines(&full).iter().map(|paragraph| paragraph.join(" / ")).collect();
        let expected = [
            "© 2026 A",
            "L",
            "Licence\u{a0}: MIT",
            "Traduction\u{a0}: B, D / Édition\u{a0}: C",
            "P / 2e · 2026",
            "S, 3",
            "ISBN\u{a0}978-3-16-148410-0",
        ];
        assert_eq!(said, expected);
    }
}
