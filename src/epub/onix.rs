//! The e-book, described for the trade: an ONIX for Books 3.0 message with one product.
//!
//! It says what the package says, in the trade's codes (lists of `EDItEUR`, named where they are used), and nothing that only the
//! publisher can know: prices, markets and availability are his to add. Start at [`message`].

use std::fmt::Write as _;

use super::metadata::{Findings, Identifier, Subject, subjects_of};
use super::xml::escape;
use crate::document::{Contributor, Metadata};
use crate::layout::book::Book;

/// Codes of ONIX for the roles of MARC (list 17).
const ROLES: [(&str, &str); 22] = [
    ("aft", "A19"),
    ("ann", "A20"),
    ("art", "A12"),
    ("aui", "A24"),
    ("aut", "A01"),
    ("bkd", "A11"),
    ("cmm", "A21"),
    ("com", "C01"),
    ("cov", "A36"),
    ("cre", "A01"),
    ("ctb", "A32"),
    ("cwt", "A21"),
    ("dsr", "A11"),
    ("edt", "B01"),
    ("ill", "A12"),
    ("ivr", "A43"),
    ("ive", "A44"),
    ("nrt", "E07"),
    ("pht", "A13"),
    ("rev", "B20"),
    ("trl", "B06"),
    ("wpr", "A15"),
];

/// Any other role.
const OTHER_ROLE: &str = "Z99";

/// Codes of three letters (ISO 639-2, bibliographic) for those of two (ISO 639-1).
const LANGUAGES: [(&str, &str); 76] = [
    ("af", "afr"),
    ("ar", "ara"),
    ("az", "aze"),
    ("be", "bel"),
    ("bg", "bul"),
    ("bn", "ben"),
    ("br", "bre"),
    ("bs", "bos"),
    ("ca", "cat"),
    ("cs", "cze"),
    ("cy", "wel"),
    ("da", "dan"),
    ("de", "ger"),
    ("el", "gre"),
    ("en", "eng"),
    ("eo", "epo"),
    ("es", "spa"),
    ("et", "est"),
    ("eu", "baq"),
    ("fa", "per"),
    ("fi", "fin"),
    ("fo", "fao"),
    ("fr", "fre"),
    ("fy", "fry"),
    ("ga", "gle"),
    ("gd", "gla"),
    ("gl", "glg"),
    ("gu", "guj"),
    ("he", "heb"),
    ("hi", "hin"),
    ("hr", "hrv"),
    ("hu", "hun"),
    ("hy", "arm"),
    ("id", "ind"),
    ("is", "ice"),
    ("it", "ita"),
    ("ja", "jpn"),
    ("ka", "geo"),
    ("kk", "kaz"),
    ("km", "khm"),
    ("kn", "kan"),
    ("ko", "kor"),
    ("la", "lat"),
    ("lb", "ltz"),
    ("lo", "lao"),
    ("lt", "lit"),
    ("lv", "lav"),
    ("mk", "mac"),
    ("ml", "mal"),
    ("mn", "mon"),
    ("mr", "mar"),
    ("ms", "may"),
    ("my", "bur"),
    ("nb", "nob"),
    ("ne", "nep"),
    ("nl", "dut"),
    ("nn", "nno"),
    ("no", "nor"),
    ("pl", "pol"),
    ("pt", "por"),
    ("ro", "rum"),
    ("ru", "rus"),
    ("sk", "slo"),
    ("sl", "slv"),
    ("sq", "alb"),
    ("sr", "srp"),
    ("sv", "swe"),
    ("sw", "swa"),
    ("ta", "tam"),
    ("te", "tel"),
    ("th", "tha"),
    ("tr", "tur"),
    ("uk", "ukr"),
    ("ur", "urd"),
    ("vi", "vie"),
    ("zh", "chi"),
];

/// The message about an e-book of `bytes` bytes, in reference names.
pub(super) fn message(book: &Book, findings: &Findings, bytes: usize) -> String {
    let metadata = &book.document.metadata;
    let mut out = Elements::default();
    out.out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.out.push_str("<ONIXMessage release=\"3.0\" xmlns=\"http://ns.editeur.org/onix/3.0/reference\">\n");
    out.within("Header", |out| {
        let sender = [metadata.publisher.trim(), metadata.authors.first().map_or("", |author| author.trim())];
        let sender = sender.into_iter().find(|name| !name.is_empty()).unwrap_or("pressmark");
        out.within("Sender", |out| out.say("SenderName", sender));
        out.say("SentDateTime", &moment(&metadata.modified));
    });
    out.within("Product", |out| product(book, findings, bytes, out));
    out.out.push_str("</ONIXMessage>\n");
    out.out
}

/// `YYYYMMDDThhmmssZ`, of `YYYY-MM-DDThh:mm:ssZ`.
fn moment(modified: &str) -> String {
    let text: String = modified.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    if text.len() == 16 { text } else { "19800101T000000Z".to_owned() }
}

fn product(book: &Book, findings: &Findings, bytes: usize, out: &mut Elements) {
    let metadata = &book.document.metadata;
    let identifier = Identifier::read(&metadata.identifier);
    out.say("RecordReference", &identifier.value);
    // List 1: confirmed on publication.
    out.say("NotificationType", "03");
    let isbn = Identifier::read(&metadata.isbn);
    match [&identifier, &isbn].into_iter().find(|one| one.onix.is_some()) {
        Some(isbn) => product_identifier(isbn, out),
        None => product_identifier(&identifier, out),
    }
    out.within("DescriptiveDetail", |out| descriptive_detail(book, findings, bytes, out));
    if !metadata.description.trim().is_empty() {
        out.within("CollateralDetail", |out| {
            out.within("TextContent", |out| {
                // Lists 153 and 154: the description, for anyone.
                out.say("TextType", "03");
                out.say("ContentAudience", "00");
                out.say("Text", metadata.description.trim());
            });
        });
    }
    publishing_detail(metadata, out);
    let print = Identifier::read(&metadata.print_isbn);
    if print.onix.is_some() {
        out.within("RelatedMaterial", |out| {
            out.within("RelatedProduct", |out| {
                // List 51: the print product that the e-book is based on.
                out.say("ProductRelationCode", "13");
                product_identifier(&print, out);
            });
        });
    }
}

/// List 5: an ISBN, or whatever the publisher goes by.
fn product_identifier(identifier: &Identifier, out: &mut Elements) {
    out.within("ProductIdentifier", |out| {
        out.say("ProductIDType", identifier.onix.unwrap_or("01"));
        if identifier.onix.is_none() {
            out.say("IDTypeName", "identifier");
        }
        out.say("IDValue", identifier.value.trim_start_matches("urn:isbn:"));
    });
}

fn descriptive_detail(book: &Book, findings: &Findings, bytes: usize, out: &mut Elements) {
    let metadata = &book.document.metadata;
    // Lists 2, 150 and 175: one download, an EPUB whose text flows.
    for (name, code) in [
        ("ProductComposition", "00"),
        ("ProductForm", "ED"),
        ("ProductFormDetail", "E101"),
        ("ProductFormDetail", "E200"),
    ] {
        out.say(name, code);
    }
    features(metadata, findings, out);
    // Lists 81 and 144: text, without protection.
    out.say("PrimaryContentType", "10");
    out.say("EpubTechnicalProtection", "00");
    if !metadata.series.trim().is_empty() {
        out.within("Collection", |out| {
            out.say("CollectionType", "10");
            title(metadata.series.trim(), "", metadata.series_number.trim(), "02", out);
        });
    }
    title(super::title(book), metadata.subtitle.trim(), "", "01", out);
    contributors(metadata, out);
    if !metadata.version.trim().is_empty() {
        out.say("EditionStatement", metadata.version.trim());
    }
    let language = super::language(book).split('-').next().unwrap_or_default().to_ascii_lowercase();
    let code = LANGUAGES.iter().find(|(two, _)| *two == language).map(|(_, three)| *three);
    let code = code.or((language.len() == 3 && language != "und").then_some(language.as_str()));
    if let Some(code) = code {
        out.within("Language", |out| {
            out.say("LanguageRole", "01");
            out.say("LanguageCode", code);
        });
    }
    // Lists 23 and 24: the pages of print, and the size in bytes.
    let pages = book.pagination.pages.len();
    for (kind, value, unit) in [("08", pages, "03"), ("22", bytes, "17")].into_iter().filter(|(_, value, _)| *value > 0)
    {
        out.within("Extent", |out| {
            out.say("ExtentType", kind);
            out.say("ExtentValue", &value.to_string());
            out.say("ExtentUnit", unit);
        });
    }
    subjects(metadata, out);
}

/// What the e-book does for those who read otherwise than by sight (lists 79 and 196), and against no one (list 143).
fn features(metadata: &Metadata, findings: &Findings, out: &mut Elements) {
    let mut feature = |kind: &str, value: &str, words: &str| {
        out.within("ProductFormFeature", |out| {
            out.say("ProductFormFeatureType", kind);
            out.say("ProductFormFeatureValue", value);
            if !words.is_empty() {
                out.say("ProductFormFeatureDescription", words);
            }
        });
    };
    let accessibility = "09";
    feature(accessibility, "00", &findings.summary(false));
    let claims = &metadata.accessibility;
    if let Some((version, level)) = claims.conforms_to.split_once(' ') {
        feature(accessibility, "04", "");
        let versions = [("2.0", "80"), ("2.1", "81"), ("2.2", "82")];
        let levels = [("A", "84"), ("AA", "85"), ("AAA", "86")];
        for (known, code) in versions.into_iter().filter(|(known, _)| *known == version) {
            feature(accessibility, code, known);
        }
        for (known, code) in levels.into_iter().filter(|(known, _)| *known == level) {
            feature(accessibility, code, known);
        }
    }
    for (code, words) in [("90", &claims.certified_by), ("93", &claims.credential), ("94", &claims.report)] {
        if !words.is_empty() && (code == "90" || !claims.certified_by.is_empty()) {
            feature(accessibility, code, words);
        }
    }
    let found = [
        ("10", true),
        ("11", findings.contents),
        ("12", findings.index),
        ("13", true),
        ("14", findings.described),
        ("15", findings.described_at_length),
        ("17", findings.formulas),
        ("19", findings.paged),
        ("22", true),
        ("29", findings.structured),
        ("36", true),
        ("52", findings.is_readable()),
    ];
    for (code, _) in found.into_iter().filter(|(_, found)| *found) {
        feature(accessibility, code, "");
    }
    if !findings.animated {
        feature("12", "00", "");
    }
}

/// The title of the product or of its collection, as list 149's `level` says.
fn title(text: &str, subtitle: &str, part: &str, level: &str, out: &mut Elements) {
    out.within("TitleDetail", |out| {
        out.say("TitleType", "01");
        out.within("TitleElement", |out| {
            out.say("TitleElementLevel", level);
            if !part.is_empty() {
                out.say("PartNumber", part);
            }
            out.say("TitleText", text);
            if !subtitle.is_empty() {
                out.say("Subtitle", subtitle);
            }
        });
    });
}

fn contributors(metadata: &Metadata, out: &mut Elements) {
    let named = |entry: &&Contributor| !entry.name.trim().is_empty();
    let is_author = |entry: &Contributor, author: &str| {
        matches!(entry.role.as_str(), "aut" | "") && entry.name.trim() == author.trim()
    };
    let mut people: Vec<(&str, &str, &str)> = Vec::new();
    for author in metadata.authors.iter().filter(|author| !author.trim().is_empty()) {
        let entry = metadata.contributors.iter().find(|entry| is_author(entry, author));
        people.push((author.trim(), entry.map_or("", |entry| entry.file_as.trim()), "aut"));
    }
    for entry in metadata.contributors.iter().filter(named) {
        if !metadata.authors.iter().any(|author| is_author(entry, author)) {
            people.push((entry.name.trim(), entry.file_as.trim(), entry.role.as_str()));
        }
    }
    for (number, (name, sorted, role)) in (1..).zip(&people) {
        out.within("Contributor", |out| {
            out.say("SequenceNumber", &number.to_string());
            let code = ROLES.iter().find(|(marc, _)| marc == role).map_or(OTHER_ROLE, |(_, code)| code);
            out.say("ContributorRole", code);
            out.say("PersonName", name);
            if !sorted.is_empty() {
                out.say("PersonNameInverted", sorted);
            }
        });
    }
    if people.is_empty() {
        out.out.push_str("<NoContributor/>\n");
    }
}

/// List 27: BISAC's and Thema's codes, the first of each the main one; all other subjects are keywords.
fn subjects(metadata: &Metadata, out: &mut Elements) {
    let mut keywords = Vec::new();
    let mut begun = Vec::new();
    for Subject { scheme, code, words } in subjects_of(metadata) {
        let Some(scheme) = scheme else {
            keywords.push(words);
            continue;
        };
        out.within("Subject", |out| {
            if !begun.contains(&scheme) {
                out.out.push_str("<MainSubject/>\n");
                begun.push(scheme);
            }
            out.say("SubjectSchemeIdentifier", if scheme == "BISAC" { "10" } else { "93" });
            out.say("SubjectCode", code);
            if !words.is_empty() {
                out.say("SubjectHeadingText", words);
            }
        });
    }
    if !keywords.is_empty() {
        out.within("Subject", |out| {
            out.say("SubjectSchemeIdentifier", "20");
            out.say("SubjectHeadingText", &keywords.join("; "));
        });
    }
}

fn publishing_detail(metadata: &Metadata, out: &mut Elements) {
    let publisher = metadata.publisher.trim();
    if publisher.is_empty() && metadata.date.is_empty() {
        return;
    }
    out.within("PublishingDetail", |out| {
        if !publisher.is_empty() {
            out.within("Imprint", |out| out.say("ImprintName", publisher));
            out.within("Publisher", |out| {
                // List 45: the publisher.
                out.say("PublishingRole", "01");
                out.say("PublisherName", publisher);
            });
        }
        if !metadata.date.is_empty() {
            out.within("PublishingDate", |out| {
                // Lists 163 and 55: published on a day, in a month, or in a year.
                out.say("PublishingDateRole", "01");
                let format = match metadata.date.len() {
                    4 => "05",
                    7 => "01",
                    _ => "00",
                };
                let _ = writeln!(out.out, "<Date dateformat=\"{format}\">{}</Date>", metadata.date.replace('-', ""));
            });
        }
    });
}

/// Elements of XML, one a line.
#[derive(Default)]
struct Elements {
    out: String,
}

impl Elements {
    fn say(&mut self, name: &str, text: &str) {
        let _ = write!(self.out, "<{name}>");
        escape(text, &mut self.out);
        let _ = writeln!(self.out, "</{name}>");
    }

    fn within(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        let _ = writeln!(self.out, "<{name}>");
        write(self);
        let _ = writeln!(self.out, "</{name}>");
    }
}
