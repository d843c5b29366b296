//! The standards that a file is held against: its target's, and those that it claims to keep.

use lopdf::{Dictionary, Object};

use super::Subject;
use crate::target::Conformance;

/// The most bytes of metadata that are read.
const LARGEST_METADATA: usize = 1 << 22;

/// A standard, as far as colours and fonts go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standard {
    /// PDF/X-1a (ISO 15930-1 and -4).
    X1a,
    /// PDF/X-3 (ISO 15930-3 and -6).
    X3,
    /// PDF/X-4 (ISO 15930-7).
    X4,
    /// A part of PDF/A (ISO 19005).
    Archival(u8),
}

impl Standard {
    /// What people call it.
    pub(super) fn name(self) -> String {
        match self {
            Self::X1a => "PDF/X-1a".to_owned(),
            Self::X3 => "PDF/X-3".to_owned(),
            Self::X4 => "PDF/X-4".to_owned(),
            Self::Archival(part) => format!("PDF/A-{part}"),
        }
    }
}

impl Subject<'_> {
    /// The standards that the file must keep, the target's first.
    pub(super) fn standards(&self) -> Vec<Standard> {
        let mut standards: Vec<Standard> = self
            .target
            .and_then(|target| match target.conformance {
                Conformance::Accessible => Some(Standard::Archival(2)),
                Conformance::Plain => None,
                Conformance::X4 => Some(Standard::X4),
                Conformance::X1a => Some(Standard::X1a),
                Conformance::X3 => Some(Standard::X3),
            })
            .into_iter()
            .collect();
        for claim in self.claims() {
            if !standards.contains(&claim) {
                standards.push(claim);
            }
        }
        standards
    }

    /// What the file says that it keeps, in its information and its metadata.
    fn claims(&self) -> Vec<Standard> {
        let document = &self.file.document;
        let information = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict);
        let version = information.and_then(|information| information.get_deref(b"GTS_PDFXVersion", document)?.as_str());
        let metadata = document.catalog().and_then(|catalog| catalog.get_deref(b"Metadata", document)?.as_stream());
        let packet = metadata.ok().and_then(|stream| stream.get_plain_content_with_limit(LARGEST_METADATA).ok());
        let packet = packet.map(|packet| String::from_utf8_lossy(&packet).into_owned()).unwrap_or_default();
        let version = String::from_utf8_lossy(version.unwrap_or_default()).into_owned();
        let mut claims = Vec::new();
        for (name, standard) in [("PDF/X-1a:", Standard::X1a), ("PDF/X-3:", Standard::X3)] {
            if version.starts_with(name) {
                claims.push(standard);
            }
        }
        if packet.contains("GTS_PDFXVersion") && packet.contains("PDF/X-4") {
            claims.push(Standard::X4);
        }
        let part = packet.split("pdfaid:part").nth(1).map(|rest| rest.trim_start_matches(['>', '=', '"', '\'', ' ']));
        if let Some(part @ '1'..='4') = part.and_then(|rest| rest.chars().next()) {
            claims.push(Standard::Archival(u8::try_from(part).unwrap_or(b'1') - b'0'));
        }
        claims
    }

    /// How many colours the device has that the file is made for, by the profile that it carries for it.
    pub(super) fn intent_components(&self) -> Option<usize> {
        let document = &self.file.document;
        let intents = document.catalog().ok()?.get_deref(b"OutputIntents", document).ok()?.as_array().ok()?;
        let mut intents = intents.iter().filter_map(|intent| document.dereference(intent).ok()?.1.as_dict().ok());
        let profile = |intent: &Dictionary| {
            let profile = intent.get_deref(b"DestOutputProfile", document).ok()?.as_stream().ok()?;
            usize::try_from(profile.dict.get_deref(b"N", document).ok()?.as_i64().ok()?).ok()
        };
        intents.find_map(profile)
    }
}
