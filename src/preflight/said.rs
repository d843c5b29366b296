//! What a file says of itself: its information dictionary (ISO 32000-1, 14.3.3), its XMP packet (ISO 16684-1), and the
//! standards that it claims to keep.
//!
//! Names of XMP properties are the namespace's address and the property's name in one. Start at [`Said::read`].

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Object, decode_text_string};
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use crate::target::Conformance;

/// The most bytes of a packet that are read.
const LARGEST_PACKET: usize = 16 << 20;

/// How deep the elements of a packet may nest.
const DEEPEST_PACKET: usize = 100;

/// The namespace of RDF, in which packets are written.
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// A standard beyond PDF itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standard {
    /// PDF/X-1a of this year: 2001 (ISO 15930-1) or 2003 (ISO 15930-4).
    X1a(u16),
    /// PDF/X-3 of this year: 2002 (ISO 15930-3) or 2003 (ISO 15930-6).
    X3(u16),
    /// PDF/X-4 (ISO 15930-7).
    X4,
    /// PDF/A (ISO 19005): its part, and whether with tags, which is level A.
    Archival(u8, bool),
    /// PDF/UA of this part: 1 (ISO 14289-1) or 2 (ISO 14289-2).
    Accessible(u8),
}

impl Standard {
    /// What a kind of PDF keeps at least.
    pub(super) fn of(conformance: Conformance) -> Option<Self> {
        match conformance {
            Conformance::Accessible => Some(Self::Accessible(1)),
            Conformance::Ua2 => Some(Self::Accessible(2)),
            Conformance::Plain => None,
            Conformance::X4 => Some(Self::X4),
            Conformance::X1a => Some(Self::X1a(2001)),
            Conformance::X3 => Some(Self::X3(2002)),
        }
    }

    /// Whether it is PDF/X.
    pub(super) fn is_exchange(self) -> bool {
        matches!(self, Self::X1a(_) | Self::X3(_) | Self::X4)
    }

    /// What it is called.
    pub(super) fn name(self) -> String {
        match self {
            Self::X1a(year) => format!("PDF/X-1a:{year}"),
            Self::X3(year) => format!("PDF/X-3:{year}"),
            Self::X4 => "PDF/X-4".to_owned(),
            Self::Archival(part, tagged) => format!("PDF/A-{part}{}", if tagged { "a" } else { "" }),
            Self::Accessible(part) => format!("PDF/UA-{part}"),
        }
    }
}

/// What a file says of itself.
#[derive(Default)]
pub(super) struct Said {
    /// The texts of the information dictionary by their keys.
    pub(super) information: BTreeMap<String, String>,
    /// The name that stands for trapping there, where it is a name.
    pub(super) trapped: Option<String>,
    /// The properties of the XMP packet, each with its values in order; or why the packet can't be read. `None` without one.
    pub(super) packet: Option<Result<BTreeMap<String, Vec<String>>, String>>,
    /// The standards that it claims to keep.
    pub(super) claims: Vec<Standard>,
    /// Claims of what this program does not know, or that contradict themselves.
    pub(super) unknown_claims: Vec<String>,
}

/// Dublin Core: title, authors.
pub(super) const DC: &str = "http://purl.org/dc/elements/1.1/";
/// XMP's own: dates.
pub(super) const XMP: &str = "http://ns.adobe.com/xap/1.0/";
/// XMP's own: versions.
pub(super) const MEDIA: &str = "http://ns.adobe.com/xap/1.0/mm/";
/// What is said of PDFs alone.
pub(super) const PDF: &str = "http://ns.adobe.com/pdf/1.3/";
/// PDF/X-4's claim.
const PDFX_ID: &str = "http://www.npes.org/pdfx/ns/id/";
/// PDF/A's claim.
const PDFA_ID: &str = "http://www.aiim.org/pdfa/ns/id/";
/// PDF/UA's claim.
const PDFUA_ID: &str = "http://www.aiim.org/pdfua/ns/id/";

impl Said {
    /// Reads what a file says of itself. Linear in it.
    pub(super) fn read(document: &Document) -> Self {
        let mut said = Self::default();
        let information =
            document.trailer.get_deref(b"Info", document).and_then(Object::as_dict).ok().into_iter().flatten();
        for (key, value) in information {
            let Ok((_, value)) = document.dereference(value) else { continue };
            let key = String::from_utf8_lossy(key).into_owned();
            if let (true, Ok(name)) = (key == "Trapped", value.as_name()) {
                said.trapped = Some(String::from_utf8_lossy(name).into_owned());
            } else if let Some(text) = text(value) {
                said.information.insert(key, text);
            }
        }
        said.packet = packet(document);
        said.find_claims();
        said
    }

    /// The first value of a property of the packet.
    pub(super) fn property(&self, namespace: &str, name: &str) -> Option<&str> {
        let properties = self.packet.as_ref()?.as_ref().ok()?;
        properties.get(&format!("{namespace}{name}"))?.first().map(String::as_str)
    }

    /// What the file is called, by its packet or else its information dictionary; never blank.
    pub(super) fn title(&self) -> Option<&str> {
        let title = self.property(DC, "title").or(self.information.get("Title").map(String::as_str));
        title.filter(|title| !title.trim().is_empty())
    }

    /// Finds the claims (ISO 15930-1, 6.7; ISO 15930-7, Annex A; ISO 19005-2, 6.6.4; ISO 19005-4, 6.7.3; ISO 14289-1, 5;
    /// ISO 14289-2, 5).
    fn find_claims(&mut self) {
        let version = self.information.get("GTS_PDFXVersion").map(|version| version.trim().to_owned());
        let level = self.information.get("GTS_PDFXConformance").map(|level| level.trim().to_owned());
        let newest = self.property(PDFX_ID, "GTS_PDFXVersion").map(str::to_owned);
        let exchange = match (version.as_deref(), level.as_deref()) {
            (Some("PDF/X-1:2001" | "PDF/X-1a:2001"), Some("PDF/X-1a:2001")) => Some(Standard::X1a(2001)),
            (Some("PDF/X-1a:2003"), _) => Some(Standard::X1a(2003)),
            (Some("PDF/X-3:2002"), _) => Some(Standard::X3(2002)),
            (Some("PDF/X-3:2003"), _) => Some(Standard::X3(2003)),
            _ => None,
        };
        match (exchange, version.as_deref(), newest.as_deref()) {
            (None, _, Some("PDF/X-4")) => self.claims.push(Standard::X4),
            (Some(exchange), _, None) => self.claims.push(exchange),
            // The packet says it, or nothing does.
            (_, Some("PDF/X-4"), None) => {
                self.unknown_claims.push("PDF/X-4 in the information dictionary, and not in the XMP packet".to_owned());
            }
            (_, Some(version), newest) => {
                let level =
                    level.map_or_else(|| " without a level".to_owned(), |level| format!(" of the level {level}"));
                let newest = newest.map(|newest| format!(", and {newest} in the XMP packet")).unwrap_or_default();
                self.unknown_claims.push(format!("{version}{level}{newest}"));
            }
            (_, None, Some(newest)) => self.unknown_claims.push(newest.to_owned()),
            (_, None, None) => {}
        }
        if let Some(part) = self.property(PDFA_ID, "part").map(str::to_owned) {
            let level = self.property(PDFA_ID, "conformance").unwrap_or_default().to_owned();
            match (part.as_str(), level.as_str()) {
                ("1", "A" | "B") | ("2" | "3", "A" | "B" | "U") => {
                    self.claims.push(Standard::Archival(part.parse().unwrap_or(1), level == "A"));
                }
                ("4", "" | "E" | "F") => self.claims.push(Standard::Archival(4, false)),
                _ => self.unknown_claims.push(format!("PDF/A-{part}{level}")),
            }
        }
        if let Some(part) = self.property(PDFUA_ID, "part").map(str::to_owned) {
            match part.as_str() {
                "1" => self.claims.push(Standard::Accessible(1)),
                "2" => self.claims.push(Standard::Accessible(2)),
                _ => self.unknown_claims.push(format!("PDF/UA-{part}")),
            }
        }
    }
}

/// A text string (ISO 32000-1, 7.9.2.2).
pub(super) fn text(value: &Object) -> Option<String> {
    value.as_str().ok()?;
    decode_text_string(value).ok()
}

/// The text of an entry of a dictionary.
pub(super) fn text_of(document: &Document, dictionary: &Dictionary, key: &[u8]) -> Option<String> {
    text(dictionary.get_deref(key, document).ok()?)
}

/// The properties of the catalog's XMP packet.
fn packet(document: &Document) -> Option<Result<BTreeMap<String, Vec<String>>, String>> {
    let stream = document.catalog().ok()?.get_deref(b"Metadata", document).ok()?;
    let read = || {
        let stream = stream.as_stream().map_err(|_| "it is no stream".to_owned())?;
        let content = stream.get_plain_content_with_limit(LARGEST_PACKET).map_err(|error| error.to_string())?;
        let content = std::str::from_utf8(&content).map_err(|error| error.to_string())?;
        properties(content)
    };
    Some(read())
}

/// The properties of all descriptions of a packet, as attributes or elements (ISO 16684-1, 7). Linear in it.
fn properties(packet: &str) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut reader = NsReader::from_str(packet);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The elements around the place reached, and of them the property that is read: its depth, its name, its words.
    let mut depth = 0_usize;
    let mut descriptions: Vec<usize> = Vec::new();
    let mut property: Option<(usize, String)> = None;
    let mut words = String::new();
    loop {
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match &event {
            Event::Start(element) | Event::Empty(element) => {
                let (space, local) = reader.resolver().resolve_element(element.name());
                let space = namespace(&space);
                let empty = matches!(event, Event::Empty(_));
                depth += 1;
                if depth > DEEPEST_PACKET {
                    return Err("it nests too deep".to_owned());
                }
                if property.is_none() && space == RDF && local.into_inner() == "Description" {
                    for attribute in element.attributes().flatten() {
                        let (space, local) = reader.resolver().resolve_attribute(attribute.key);
                        let space = namespace(&space);
                        if !space.is_empty() && space != RDF && space != "http://www.w3.org/2000/xmlns/" {
                            let value = attribute
                                .normalized_value(XmlVersion::Implicit1_0)
                                .map_err(|error| error.to_string())?;
                            found.entry(format!("{space}{}", local.into_inner())).or_default().push(value.into_owned());
                        }
                    }
                    if !empty {
                        descriptions.push(depth);
                    }
                } else if property.is_none() && descriptions.last().is_some_and(|around| around + 1 == depth) {
                    property = (!empty).then(|| (depth, format!("{space}{}", local.into_inner())));
                    words.clear();
                }
                if empty {
                    depth -= 1;
                }
            }
            Event::End(_) => {
                if let Some((at, name)) = &property {
                    if !words.trim().is_empty() {
                        found.entry(name.clone()).or_default().push(words.trim().to_owned());
                    }
                    words.clear();
                    if *at == depth {
                        property = None;
                    }
                }
                if descriptions.last() == Some(&depth) {
                    descriptions.pop();
                }
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) if property.is_some() => words.push_str(&text.xml10_content()),
            Event::CData(text) if property.is_some() => words.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if property.is_some() => {
                let named = match reference.xml10_content().as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().map_err(|error| error.to_string())?,
                };
                words.extend(named);
            }
            Event::Eof => return Ok(found),
            Event::Text(_)
            | Event::CData(_)
            | Event::GeneralRef(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
}

fn namespace(resolved: &ResolveResult<'_>) -> String {
    match resolved {
        ResolveResult::Bound(Namespace(address)) => (*address).to_owned(),
        ResolveResult::Unbound | ResolveResult::Unknown(_) => String::new(),
    }
}

/// A date of the information dictionary (ISO 32000-1, 7.9.4) or of a packet (ISO 8601), as seconds; what it leaves out is the
/// first there is. `None` for what is no date.
pub(super) fn seconds(date: &str) -> Option<i64> {
    let date = date.trim();
    let date = date.strip_prefix("D:").unwrap_or(date);
    let (mut digits, mut zone, mut fraction) = (Vec::new(), "", false);
    for (at, character) in date.char_indices() {
        match character {
            '0'..='9' if fraction => {}
            '0'..='9' => digits.extend(character.to_digit(10).map(i64::from)),
            // Between year, month and day; later it begins the zone.
            '-' if digits.len() < 8 => {}
            ':' | 'T' => {}
            '.' => fraction = true,
            'Z' | '+' | '-' => {
                zone = date.get(at..)?;
                break;
            }
            _ => return None,
        }
    }
    if digits.len() < 4 || digits.len() > 14 {
        return None;
    }
    let number = |at: usize, length: usize, first: i64| -> i64 {
        digits.get(at..at + length).map_or(first, |digits| digits.iter().fold(0, |number, digit| number * 10 + digit))
    };
    let (year, month, day) = (number(0, 4, 0), number(4, 2, 1), number(6, 2, 1));
    // Days since 1970 of the proleptic Gregorian calendar, counted in years that begin in March.
    let (shifted, index) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = shifted * 365 + shifted.div_euclid(4) - shifted.div_euclid(100)
        + shifted.div_euclid(400)
        + (index * 153 + 2) / 5
        + day
        - 719_469;
    let time = number(8, 2, 0) * 3600 + number(10, 2, 0) * 60 + number(12, 2, 0);
    let offset: Vec<i64> = zone.bytes().filter(u8::is_ascii_digit).map(|digit| i64::from(digit - b'0')).collect();
    let offset = match offset[..] {
        [one, two, three, four] => (one * 10 + two) * 3600 + (three * 10 + four) * 60,
        [one, two] => (one * 10 + two) * 3600,
        _ => 0,
    };
    Some(days * 86_400 + time - if zone.starts_with('-') { -offset } else { offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_date_are_read() {
        for (information, packet) in [
            ("D:20260102030405Z", "2026-01-02T03:04:05Z"),
            ("D:20260102030405+01'00'", "2026-01-02T03:04:05+01:00"),
            ("D:20260102030405-05'00'", "2026-01-02T08:04:05Z"),
            ("D:20260102030405+01'00", "2026-01-02T03:04:05.25+01:00"),
            ("D:2026", "2026-01-01"),
            ("D:20240301", "2024-03-01"),
        ] {
            assert_eq!(seconds(information), seconds(packet), "{information}");
            assert!(seconds(packet).is_some());
        }
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2000-02-29T00:00:01Z"), Some(951_782_401));
        assert_eq!(seconds("soon"), None);
        assert_ne!(seconds("2026-01-02T03:04:05Z"), seconds("2026-01-02T03:04:05-05:00"));
    }

    #[test]
    fn packets_are_read_in_both_their_forms() {
        let packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
            <r:Description r:about='' xmlns:a='http://www.aiim.org/pdfa/ns/id/' a:part='2' \
            xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><r:Alt><r:li xml:lang='de'>Eins &amp; &#x5a;wei</r:li>\
            <r:li>Two</r:li></r:Alt></dc:title><dc:format> application/pdf </dc:format><dc:source/></r:Description>\
            </r:RDF></x:xmpmeta>";
        let found = properties(packet).unwrap();
        assert_eq!(found[&format!("{PDFA_ID}part")], ["2"]);
        assert_eq!(found[&format!("{DC}title")], ["Eins & Zwei", "Two"]);
        assert_eq!(found[&format!("{DC}format")], ["application/pdf"]);
        assert_eq!(found.len(), 3);
        assert!(properties("<a><b></a>").is_err());
    }
}
