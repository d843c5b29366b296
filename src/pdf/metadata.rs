//! What the file says of itself: XMP, the information dictionary and the output intent.
//!
//! Both metadata forms say the same. Dates come from the book's own metadata, never from the clock.

use std::fmt::Write as _;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

use super::color::{Colors, Separation};
use super::objects::{deflated, dictionary, name, padded, real, string, text};
use crate::document::Metadata;
use crate::target::{Conformance, Target};

/// The program's name, as the creator of files.
const PRODUCER: &str = concat!("pressmark ", env!("CARGO_PKG_VERSION"));

/// The time of a book without one.
const EPOCH: &str = "1980-01-01T00:00:00Z";

/// The time that both metadata forms give: [`Metadata::modified`] where it has the form `YYYY-MM-DDThh:mm:ssZ`.
fn modified(metadata: &Metadata) -> &str {
    let form = b"0000-00-00T00:00:00Z";
    let given = metadata.modified.as_bytes();
    let fits = |(&byte, &form): (&u8, &u8)| if form == b'0' { byte.is_ascii_digit() } else { byte == form };
    if given.len() == form.len() && given.iter().zip(form).all(fits) { &metadata.modified } else { EPOCH }
}

/// The title, which PDF/UA wants even where the author gave none.
pub(super) fn title(metadata: &Metadata) -> &str {
    if metadata.title.is_empty() { "Untitled" } else { &metadata.title }
}

/// The language, where the author gave none: undetermined.
pub(super) fn language(metadata: &Metadata) -> &str {
    if metadata.language.is_empty() { "und" } else { &metadata.language }
}

/// The same time as PDF writes it (PDF 32000-1, 7.9.4).
fn date(metadata: &Metadata) -> Object {
    let digits: String = modified(metadata).chars().filter(char::is_ascii_digit).collect();
    string(format!("D:{digits}Z").into_bytes())
}

/// The document information dictionary (PDF 32000-1, 14.3.3).
pub(super) fn information(metadata: &Metadata, conformance: Conformance) -> Dictionary {
    let date = date(metadata);
    let mut information = dictionary([
        ("Title", text(title(metadata))),
        ("Creator", text(PRODUCER)),
        ("Producer", text(PRODUCER)),
        ("CreationDate", date.clone()),
        ("ModDate", date),
    ]);
    let optional = [
        ("Author", metadata.authors.join(", ")),
        ("Subject", metadata.description.clone()),
        ("Keywords", metadata.subjects.join(", ")),
    ];
    for (key, value) in optional {
        if !value.is_empty() {
            information.set(key, text(&value));
        }
    }
    // What a file for a press says of itself (ISO 15930-1, 6.7; ISO 15930-3, 6.7; ISO 15930-7, 6.9).
    if conformance.is_exchange() {
        information.set("Trapped", name("False"));
    }
    if let Some((version, level)) = exchange_version(conformance) {
        information.set("GTS_PDFXVersion", text(version));
        if let Some(level) = level {
            information.set("GTS_PDFXConformance", text(level));
        }
    }
    information
}

/// What a kind of PDF for a press is called, and its level of conformance where it has one.
fn exchange_version(conformance: Conformance) -> Option<(&'static str, Option<&'static str>)> {
    match conformance {
        Conformance::X4 => Some(("PDF/X-4", None)),
        Conformance::X1a => Some(("PDF/X-1:2001", Some("PDF/X-1a:2001"))),
        Conformance::X3 => Some(("PDF/X-3:2002", None)),
        Conformance::Accessible | Conformance::Ua2 | Conformance::Plain => None,
    }
}

/// What an XMP packet claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// PDF/UA-1, and PDF/A-2a where `archival`.
    Accessible {
        /// Whether the file keeps to PDF/A.
        archival: bool,
    },
    /// PDF/UA-2, and PDF/A-4 where `archival`.
    Ua2 {
        /// Whether the file keeps to PDF/A.
        archival: bool,
        /// Whether it carries files, which makes it PDF/A-4f.
        files: bool,
    },
    /// PDF/X, of this kind.
    Exchange(Conformance),
}

/// The XMP packet (ISO 16684-1); `digest` makes its identifiers.
pub(super) fn xmp(metadata: &Metadata, digest: &str, claim: Claim) -> String {
    let mut packet = beginning(claim);
    let mut line = |text: String| {
        packet.push_str(&text);
        packet.push('\n');
    };
    line("<dc:format>application/pdf</dc:format>".to_owned());
    line(container("dc:title", "rdf:Alt", &[title(metadata)], " xml:lang=\"x-default\""));
    let authors: Vec<&str> = metadata.authors.iter().map(String::as_str).collect();
    let subjects: Vec<&str> = metadata.subjects.iter().map(String::as_str).collect();
    let given = |text: &'static str, value: &str| if value.is_empty() { None } else { Some(text) };
    if !authors.is_empty() {
        line(container("dc:creator", "rdf:Seq", &authors, ""));
    }
    let others = metadata.contributors.iter().map(|entry| entry.name.as_str());
    let others: Vec<&str> = others.filter(|name| !name.is_empty() && !authors.contains(name)).collect();
    if !others.is_empty() {
        line(container("dc:contributor", "rdf:Bag", &others, ""));
    }
    line(container("dc:language", "rdf:Bag", &[language(metadata)], ""));
    if !subjects.is_empty() {
        line(container("dc:subject", "rdf:Bag", &subjects, ""));
    }
    for (element, value) in [("dc:description", &metadata.description), ("dc:rights", &metadata.rights)] {
        if let Some(element) = given(element, value) {
            line(container(element, "rdf:Alt", &[value], " xml:lang=\"x-default\""));
        }
    }
    if let Some(element) = given("dc:publisher", &metadata.publisher) {
        line(container(element, "rdf:Bag", &[&metadata.publisher], ""));
    }
    let keywords = subjects.join(", ");
    let date = modified(metadata);
    let simple = [
        ("dc:identifier", metadata.identifier.as_str()),
        ("pdf:Producer", PRODUCER),
        ("pdf:Keywords", &keywords),
        ("xmp:CreatorTool", PRODUCER),
        ("xmp:CreateDate", date),
        ("xmp:ModifyDate", date),
        ("xmp:MetadataDate", date),
    ];
    let claims = match claim {
        Claim::Accessible { .. } => vec![("pdfuaid:part", "1")],
        Claim::Ua2 { archival, files } => {
            let level = if files { "F" } else { "" };
            let (part, year, level) = if archival { ("4", "2020", level) } else { ("", "", "") };
            vec![
                ("pdfuaid:part", "2"),
                ("pdfuaid:rev", "2024"),
                ("pdfaid:part", part),
                ("pdfaid:rev", year),
                ("pdfaid:conformance", level),
            ]
        }
        Claim::Exchange(_) => {
            vec![("pdf:Trapped", "False"), ("xmpMM:VersionID", "1"), ("xmpMM:RenditionClass", "default")]
        }
    };
    let version = match claim {
        Claim::Accessible { .. } | Claim::Ua2 { .. } => None,
        Claim::Exchange(kind) => {
            exchange_version(kind).map(|(version, level)| (kind == Conformance::X4, version, level))
        }
    };
    let versions = version.map(|(newest, version, level)| {
        // PDF/X-4 has a schema of its own; before, what the information dictionary says was said again.
        let key = if newest { "pdfxid:GTS_PDFXVersion" } else { "pdfx:GTS_PDFXVersion" };
        [(key, version), ("pdfx:GTS_PDFXConformance", level.unwrap_or_default())]
    });
    let simple = simple.into_iter().chain(claims).chain(versions.into_iter().flatten());
    for (element, value) in simple.filter(|(_, value)| !value.is_empty()) {
        line(format!("<{element}>{}</{element}>", escaped(value)));
    }
    for (element, value) in [("xmpMM:DocumentID", digest), ("xmpMM:InstanceID", digest)] {
        line(format!("<{element}>xmp.did:{value}</{element}>"));
    }
    if claim == (Claim::Accessible { archival: true }) {
        line("<pdfaid:part>2</pdfaid:part>\n<pdfaid:conformance>A</pdfaid:conformance>".to_owned());
    }
    if !matches!(claim, Claim::Accessible { .. }) {
        packet.push_str(END);
        return packet;
    }
    // PDF/A knows only its own schemas; what says PDF/UA must be described (ISO 19005-2, 6.6.2.3).
    packet.push_str(
        "<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType=\"Resource\">\n\
         <pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\n\
         <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\n\
         <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>\n\
         <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType=\"Resource\">\n\
         <pdfaProperty:name>part</pdfaProperty:name>\n\
         <pdfaProperty:valueType>Integer</pdfaProperty:valueType>\n\
         <pdfaProperty:category>internal</pdfaProperty:category>\n\
         <pdfaProperty:description>The part of ISO 14289 that the file follows</pdfaProperty:description>\n\
         </rdf:li></rdf:Seq></pdfaSchema:property>\n\
         </rdf:li></rdf:Bag></pdfaExtension:schemas>\n",
    );
    packet.push_str(END);
    packet
}

/// The beginning of a packet: the schemas in it.
fn beginning(claim: Claim) -> String {
    let mut packet = String::from(
        "<?xpacket begin=\"\u{FEFF}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n\
         <rdf:Description rdf:about=\"\"\n\
         \txmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n\
         \txmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\"\n\
         \txmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n\
         \txmlns:xmpMM=\"http://ns.adobe.com/xap/1.0/mm/\"\n",
    );
    packet.push_str(match claim {
        Claim::Accessible { .. } => {
            "\txmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\"\n\
             \txmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\"\n\
             \txmlns:pdfaExtension=\"http://www.aiim.org/pdfa/ns/extension/\"\n\
             \txmlns:pdfaSchema=\"http://www.aiim.org/pdfa/ns/schema#\"\n\
             \txmlns:pdfaProperty=\"http://www.aiim.org/pdfa/ns/property#\">\n"
        }
        Claim::Ua2 { .. } => {
            "\txmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\"\n\
             \txmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">\n"
        }
        Claim::Exchange(Conformance::X4) => "\txmlns:pdfxid=\"http://www.npes.org/pdfx/ns/id/\">\n",
        Claim::Exchange(_) => "\txmlns:pdfx=\"http://ns.adobe.com/pdfx/1.3/\">\n",
    });
    packet
}

/// The end of a packet.
const END: &str = "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";

/// An XMP property with several values.
fn container(element: &str, kind: &str, values: &[&str], attribute: &str) -> String {
    let mut text = format!("<{element}><{kind}>");
    for value in values {
        let _infallible = write!(text, "<rdf:li{attribute}>{}</rdf:li>", escaped(value));
    }
    let _infallible = write!(text, "</{kind}></{element}>");
    text
}

/// The text as XML character data; what XML can't hold is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..'\u{20}' | '\u{FFFE}' | '\u{FFFF}' => {}
            character => escaped.push(character),
        }
    }
    escaped
}

/// Writes the XMP stream, uncompressed, so that programs that know no PDF find it.
pub(super) fn write_xmp(document: &mut Document, packet: String) -> ObjectId {
    let entries = dictionary([("Type", name("Metadata")), ("Subtype", name("XML"))]);
    document.add_object(Stream::new(entries, packet.into_bytes()).with_compression(false))
}

/// Writes a file of MathML that the PDF carries, and returns what says so (PDF 32000-2, 7.11.3 and 7.11.4; ISO 19005-4, 6.9).
///
/// # Errors
/// Where the file can't be compressed.
pub(super) fn write_file(
    document: &mut Document,
    metadata: &Metadata,
    file_name: &str,
    description: &str,
    content: String,
) -> Result<ObjectId, String> {
    let content = padded(content.into_bytes());
    let size = Object::Integer(i64::try_from(content.len()).unwrap_or(i64::MAX));
    let parameters = dictionary([("Size", size), ("ModDate", date(metadata))]);
    let entries = dictionary([
        ("Type", name("EmbeddedFile")),
        ("Subtype", name("application/mathml+xml")),
        ("Params", Object::Dictionary(parameters)),
    ]);
    let stream = document.add_object(deflated(entries, content)?);
    let content = dictionary([("F", Object::Reference(stream)), ("UF", Object::Reference(stream))]);
    Ok(document.add_object(dictionary([
        ("Type", name("Filespec")),
        ("F", text(file_name)),
        ("UF", text(file_name)),
        ("Desc", text(description)),
        ("AFRelationship", name("Supplement")),
        ("EF", Object::Dictionary(content)),
    ])))
}

/// Writes the output intent: of PDF/A (ISO 19005-2, 6.2.3) sRGB, of which gray is a part; of PDF/X (ISO 15930-7, 6.2.1) the
/// printing condition of the press. `None` for what is neither.
///
/// # Errors
/// Where the profile can't be compressed.
pub(super) fn write_output_intent(document: &mut Document, target: &Target) -> Result<Option<Object>, String> {
    let intent = match (target.conformance, &target.profile) {
        (Conformance::Accessible | Conformance::Ua2, _) => {
            let entries = dictionary([("N", Object::Integer(3))]);
            let profile = document.add_object(deflated(entries, srgb_profile())?);
            dictionary([
                ("Type", name("OutputIntent")),
                ("S", name("GTS_PDFA1")),
                ("OutputConditionIdentifier", text("sRGB IEC61966-2.1")),
                ("Info", text("sRGB IEC61966-2.1")),
                ("RegistryName", text("http://www.color.org")),
                ("DestOutputProfile", Object::Reference(profile)),
            ])
        }
        (Conformance::X4 | Conformance::X1a | Conformance::X3, Some(profile)) => {
            let mut intent = dictionary([
                ("Type", name("OutputIntent")),
                ("S", name("GTS_PDFX")),
                ("OutputCondition", text(&profile.condition)),
                ("OutputConditionIdentifier", text(&profile.condition)),
                ("Info", text(&profile.condition)),
            ]);
            if profile.is_registered() {
                intent.set("RegistryName", text("http://www.color.org"));
            }
            // PDF/X-4 wants the profile, and so does a condition that nobody else knows.
            if profile.embedded || target.conformance == Conformance::X4 || !profile.is_registered() {
                let entries = dictionary([("N", Object::Integer(4))]);
                let id = document.add_object(deflated(entries, padded(profile.data.to_vec()))?);
                intent.set("DestOutputProfile", Object::Reference(id));
            }
            intent
        }
        (Conformance::Plain, _) | (Conformance::X4 | Conformance::X1a | Conformance::X3, None) => return Ok(None),
    };
    Ok(Some(Object::Array(vec![Object::Dictionary(intent)])))
}

/// Writes the colour space of an ink of its own (PDF 32000-1, 8.6.6.4), with what it looks like where there is no such ink.
pub(super) fn write_separation(document: &mut Document, colors: &Colors<'_>, separation: Separation) -> ObjectId {
    let (ink, color) = colors.separation(separation).unwrap_or(("All", [0; 3]));
    let (space, none, full) = match (separation, colors.press()) {
        (Separation::All, Some(_)) => ("DeviceCMYK", vec![0.0; 4], vec![1.0; 4]),
        (Separation::Spot(_), Some(press)) => {
            ("DeviceCMYK", vec![0.0; 4], press.inks(color).map(|ink| f64::from(ink) / 255.0).to_vec())
        }
        (Separation::All | Separation::Spot(_), None) => {
            ("DeviceRGB", vec![1.0; 3], color.map(|part| f64::from(part) / 255.0).to_vec())
        }
    };
    let numbers = |values: Vec<f64>| Object::Array(values.into_iter().map(real).collect());
    let function = dictionary([
        ("FunctionType", Object::Integer(2)),
        ("Domain", Object::Array(vec![Object::Integer(0), Object::Integer(1)])),
        ("C0", numbers(none)),
        ("C1", numbers(full)),
        ("N", Object::Integer(1)),
    ]);
    let function = document.add_object(function);
    document.add_object(Object::Array(vec![name("Separation"), name(ink), name(space), Object::Reference(function)]))
}

/// An ICC profile for sRGB (IEC 61966-2-1) in the form of ICC.1:2004-10 (version 4.2): matrix and parametric curve.
///
/// The primaries are sRGB's, adapted from D65 to D50 with the Bradford matrix, which is also given.
fn srgb_profile() -> Vec<u8> {
    // 15.16 fixed point.
    #[expect(clippy::cast_possible_truncation, reason = "colorimetric numbers are near 1")]
    let fixed = |value: f64| ((value * 65_536.0).round() as i32).to_be_bytes();
    let numbers = |signature: &[u8; 4], values: &[f64]| {
        let mut data = signature.to_vec();
        data.extend([0; 4]);
        data.extend(values.iter().flat_map(|&value| fixed(value)));
        data
    };
    let words = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut data = b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0CenUS".to_vec();
        data.extend(u32::try_from(units.len()).unwrap_or(0).to_be_bytes());
        data.extend([0, 0, 0, 28]);
        data.extend(units);
        data
    };
    let mut curve = b"para\0\0\0\0\0\x03\0\0".to_vec();
    curve.extend([2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045].iter().flat_map(|&value| fixed(value)));
    let bradford =
        [1.047_882, 0.022_919, -0.050_217, 0.029_587, 0.990_484, -0.017_079, -0.009_252, 0.015_073, 0.751_678];
    let tags: [(&[u8; 4], Vec<u8>); 8] = [
        (b"desc", words("sRGB IEC61966-2.1")),
        (b"cprt", words("No copyright, use freely")),
        (b"wtpt", numbers(b"XYZ ", &[0.9642, 1.0, 0.8249])),
        (b"chad", numbers(b"sf32", &bradford)),
        (b"rXYZ", numbers(b"XYZ ", &[0.436_066, 0.222_488, 0.013_916])),
        (b"gXYZ", numbers(b"XYZ ", &[0.385_147, 0.716_873, 0.097_076])),
        (b"bXYZ", numbers(b"XYZ ", &[0.143_066, 0.060_608, 0.714_096])),
        (b"rTRC", curve),
    ];
    // The three curves are one.
    let entries = tags.len() + 2;
    let mut table = u32::try_from(entries).unwrap_or(0).to_be_bytes().to_vec();
    let mut data: Vec<u8> = Vec::new();
    let start = 128 + 4 + 12 * entries;
    for (signature, tag) in &tags {
        let place = [start + data.len(), tag.len()].map(|number| u32::try_from(number).unwrap_or(0).to_be_bytes());
        let signatures: &[&[u8; 4]] = if *signature == b"rTRC" { &[b"rTRC", b"gTRC", b"bTRC"] } else { &[signature] };
        for signature in signatures {
            table.extend(**signature);
            table.extend(place.as_flattened());
        }
        data.extend(tag);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let size = u32::try_from(start + data.len()).unwrap_or(0);
    let mut profile = size.to_be_bytes().to_vec();
    profile.extend([0, 0, 0, 0, 4, 0x20, 0, 0]);
    profile.extend(b"mntrRGB XYZ ");
    // The date of the profile: 2004-01-01.
    profile.extend([7, 212, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    profile.extend(b"acsp");
    profile.resize(68, 0);
    profile.extend([0.9642, 1.0, 0.8249].iter().flat_map(|&value| fixed(value)));
    profile.resize(128, 0);
    profile.extend(table);
    profile.extend(data);
    profile
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_none_becomes_the_epoch() {
        let at = |modified: &str| Metadata { modified: modified.to_owned(), ..Metadata::default() };
        assert_eq!(modified(&at("2024-05-06T07:08:09Z")), "2024-05-06T07:08:09Z");
        assert_eq!(modified(&at("yesterday")), EPOCH);
    }

    #[test]
    fn the_packet_claims_what_the_file_keeps() {
        let metadata = Metadata { title: "A & B".to_owned(), ..Metadata::default() };
        let packet = xmp(&metadata, "00", Claim::Accessible { archival: true });
        assert!(packet.contains("<rdf:li xml:lang=\"x-default\">A &amp; B</rdf:li>"));
        assert!(packet.contains("<pdfaid:part>2</pdfaid:part>"));
        assert!(!xmp(&metadata, "00", Claim::Accessible { archival: false }).contains("<pdfaid:part>"));
        let packet = xmp(&metadata, "00", Claim::Exchange(Conformance::X4));
        assert!(packet.contains("<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion>"));
        assert!(!packet.contains("pdfuaid") && !packet.contains("pdfaid"));
    }

    #[test]
    fn the_profile_is_as_long_as_it_says() {
        let profile = srgb_profile();
        assert_eq!(profile[..4], u32::try_from(profile.len()).unwrap().to_be_bytes());
        assert_eq!(&profile[36..40], b"acsp");
        // It needs no padding, which would make it longer than that.
        assert_eq!(super::super::objects::padded(profile.clone()), profile);
    }
}
