//! What a file says of itself: claims, titles, dates, the press that it is for; and what it is as a whole: its version, its size.
//!
//! A claim is held to whoever makes it; a target's standard is asked of what is made for it.

use lopdf::{Dictionary, Object};

use super::said::{self, Said, Standard, seconds};
use super::{At, Findings, Subject};
use crate::diagnostics::Severity;

/// The most bytes of a profile that are read.
const LARGEST_PROFILE: usize = 64 << 20;

/// The file claims the standard that its target asks for, and none that contradicts itself (ISO 15930-1, 6.7; ISO 15930-7,
/// Annex A; ISO 19005-2, 6.6.4; ISO 14289-1, 5).
pub(super) fn conformance_claim(subject: &Subject<'_>, findings: &mut Findings) {
    let Said { claims, unknown_claims, .. } = &subject.said;
    for claim in unknown_claims {
        findings.warning(
            At::File,
            format!("the file claims what is no standard that is known here: {claim}"),
            "ask for one of PDF/X-1a, PDF/X-3, PDF/X-4, PDF/A-1 to 4 and PDF/UA-1 or 2 when exporting",
        );
    }
    let Some(target) = subject.target else { return };
    let Some(asked) = Standard::of(target.conformance) else { return };
    // A later year of the same standard is the same but for the version of PDF.
    let kept = claims.iter().any(|claim| match (asked, claim) {
        (Standard::X1a(_), Standard::X1a(_)) | (Standard::X3(_), Standard::X3(_) | Standard::X1a(_)) => true,
        (asked, claim) => asked == *claim,
    });
    if !kept {
        let names: Vec<String> = claims.iter().map(|claim| claim.name()).collect();
        let claimed = if names.is_empty() { "none".to_owned() } else { names.join(" and ") };
        let message = format!("the target `{}` takes {}, and the file claims {claimed}", target.name, asked.name());
        findings.error(At::File, message, format!("export as {}", asked.name()));
    }
    if target.conformance.is_tagged() && kept && subject.archival().is_none() {
        findings.warning(
            At::File,
            "the file does not claim PDF/A, and may look otherwise one day",
            "give images in RGB: a book with images in CMYK makes no such claim",
        );
    }
}

/// The file says which press or which colours it is for (ISO 15930-1, -3 and -7, on output intents; ISO 19005-2, 6.2.3).
pub(super) fn output_intent(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "export with the output intent of the printing condition, such as FOGRA51";
    let document = &subject.file.document;
    let listed = document.catalog().and_then(|catalog| catalog.get_deref(b"OutputIntents", document)?.as_array());
    let intents: Vec<&Dictionary> = listed
        .map_or(&[][..], Vec::as_slice)
        .iter()
        .filter_map(|intent| document.dereference(intent).ok()?.1.as_dict().ok())
        .collect();
    let of = |kind: &[u8]| -> Vec<&Dictionary> {
        let is = |intent: &&&Dictionary| intent.get_deref(b"S", document).and_then(Object::as_name).ok() == Some(kind);
        intents.iter().filter(is).copied().collect()
    };
    if let Some(standard) = subject.exchange() {
        match of(b"GTS_PDFX")[..] {
            [] => findings.error(At::File, "it is not said which press the file is for: no output intent", HELP),
            [intent] => exchange_intent(subject, standard, intent, findings),
            [..] => findings.error(At::File, "the file is for several presses: more than one output intent", HELP),
        }
    }
    if subject.archival().is_some() {
        match of(b"GTS_PDFA1")[..] {
            [] => findings.warning(
                At::File,
                "it is not said what colours mean: no output intent",
                "export with an output intent, such as sRGB",
            ),
            [intent, ..] => {
                if let Err(fault) = profile(subject, intent, &[b"mntr", b"prtr"]) {
                    findings.error(At::File, fault, "export with the ICC profile of the output intent");
                }
            }
        }
    }
}

/// The one output intent of a file for a press.
fn exchange_intent(subject: &Subject<'_>, standard: Standard, intent: &Dictionary, findings: &mut Findings) {
    const HELP: &str = "name the printing condition as the registry does, and let the file carry its profile";
    let document = &subject.file.document;
    let said = |key: &[u8]| said::text_of(document, intent, key).filter(|text| !text.trim().is_empty());
    let condition = said(b"OutputConditionIdentifier");
    if condition.is_none() {
        findings.error(At::File, "the output intent names no printing condition", HELP);
    }
    let carried = intent.has(b"DestOutputProfile");
    let registered = said(b"RegistryName").is_some();
    if carried {
        match profile(subject, intent, &[b"prtr"]) {
            Ok(colors) if matches!(standard, Standard::X1a(_)) && colors != 4 => {
                findings.error(
                    At::File,
                    "the profile of the output intent is not for cyan, magenta, yellow and black",
                    HELP,
                );
            }
            Ok(_) => {}
            Err(fault) => findings.error(At::File, fault, HELP),
        }
    } else if standard == Standard::X4 {
        findings.error(At::File, "the output intent has no profile, which PDF/X-4 wants", HELP);
    } else if !registered {
        findings.error(
            At::File,
            "the output intent has no profile, and its printing condition is in no registry",
            HELP,
        );
    }
    let asked = subject.target.and_then(|target| target.profile.as_ref());
    if let (Some(condition), Some(asked)) = (condition, asked)
        && condition != asked.condition
    {
        let message = format!("the file is for {condition}, and its target for {}", asked.condition);
        findings.warning(At::File, message, "convert the colours to the target's printing condition");
    }
}

/// How many colours the profile of an output intent is for (ICC.1, 7.2).
///
/// # Errors
/// Says in words what is wrong with it.
fn profile(subject: &Subject<'_>, intent: &Dictionary, classes: &[&[u8; 4]]) -> Result<i64, String> {
    let document = &subject.file.document;
    let missing = |_| "the profile of the output intent is not there".to_owned();
    let stream = intent.get_deref(b"DestOutputProfile", document).and_then(Object::as_stream).map_err(missing)?;
    let data = stream.get_plain_content_with_limit(LARGEST_PROFILE).map_err(|error| error.to_string())?;
    if data.get(36..40) != Some(b"acsp") {
        return Err("the profile of the output intent is no ICC profile".to_owned());
    }
    let class = data.get(12..16).unwrap_or_default();
    if !classes.iter().any(|known| known.as_slice() == class) {
        let class = String::from_utf8_lossy(class).into_owned();
        return Err(format!("the profile of the output intent is of the class `{class}`, not of an output device"));
    }
    let colors = match data.get(16..20) {
        Some(b"CMYK") => 4,
        Some(b"RGB ") => 3,
        Some(b"GRAY") => 1,
        _ => return Err("the profile of the output intent is for colours that no press has".to_owned()),
    };
    if stream.dict.get_deref(b"N", document).and_then(Object::as_i64).ok() != Some(colors) {
        return Err(format!(
            "the profile of the output intent is for {colors} colours, and the file says another number"
        ));
    }
    Ok(colors)
}

/// What must be said of a file for a press or an archive is said (ISO 15930-1 and -3, 6.7; ISO 15930-7, on metadata; ISO 19005-2,
/// 6.1.3 and 6.6.2.1).
pub(super) fn missing_metadata(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "export anew with a title and the metadata that the standard asks for";
    let Subject { file, said, .. } = subject;
    let exchange = subject.exchange();
    let held = exchange.is_some() || subject.archival().is_some() || subject.accessible().is_some();
    if let (Some(Err(reason)), true) = (&said.packet, held || subject.target.is_some()) {
        findings.error(At::File, format!("the XMP packet can't be read: {reason}"), HELP);
    }
    let mut missing: Vec<&str> = Vec::new();
    if exchange.is_some() {
        if said.title().is_none() {
            missing.push("a title");
        }
        for key in ["CreationDate", "ModDate"] {
            if said.information.get(key).is_none_or(|date| seconds(date).is_none()) {
                missing.push(key);
            }
        }
        if !matches!(said.trapped.as_deref(), Some("True" | "False")) {
            missing.push("whether it is trapped (Trapped)");
        }
    }
    if exchange == Some(Standard::X4) {
        for (namespace, name) in [
            (said::XMP, "CreateDate"),
            (said::XMP, "ModifyDate"),
            (said::XMP, "MetadataDate"),
            (said::MEDIA, "DocumentID"),
            (said::MEDIA, "VersionID"),
            (said::MEDIA, "RenditionClass"),
            (said::PDF, "Trapped"),
        ] {
            if said.property(namespace, name).is_none() {
                missing.push(name);
            }
        }
    }
    let named = file.document.trailer.get_deref(b"ID", &file.document).and_then(Object::as_array);
    if (exchange.is_some() || subject.archival().is_some()) && named.map_or(0, Vec::len) != 2 {
        missing.push("the file's identifier (ID)");
    }
    if !missing.is_empty() {
        findings.error(At::File, format!("the file does not say: {}", missing.join(", ")), HELP);
    }
}

/// What is said twice is said alike: in the information dictionary and in the packet (ISO 15930-7, on metadata; ISO 19005-1, 6.7.3).
pub(super) fn differing_metadata(subject: &Subject<'_>, findings: &mut Findings) {
    const PAIRS: [(&str, &str, &str); 8] = [
        ("Title", said::DC, "title"),
        ("Author", said::DC, "creator"),
        ("Subject", said::DC, "description"),
        ("Keywords", said::PDF, "Keywords"),
        ("Creator", said::XMP, "CreatorTool"),
        ("Producer", said::PDF, "Producer"),
        ("CreationDate", said::XMP, "CreateDate"),
        ("ModDate", said::XMP, "ModifyDate"),
    ];
    let said = &subject.said;
    let Some(Ok(properties)) = &said.packet else { return };
    let differs = |(key, namespace, name): &&(&str, &str, &str)| {
        let Some((information, packet)) = said.information.get(*key).zip(properties.get(&format!("{namespace}{name}")))
        else {
            return false;
        };
        let alike = |text: &String| text.trim() == information.trim();
        // Several authors are joined in one, with commas or otherwise.
        let joined = packet.len() > 1 && packet.iter().all(|one| information.contains(one.trim()));
        let dated =
            || seconds(information).is_some() && packet.first().and_then(|date| seconds(date)) == seconds(information);
        !(packet.iter().any(alike) || joined || key.ends_with("Date") && dated())
    };
    let found: Vec<&str> = PAIRS.iter().filter(differs).map(|(key, ..)| *key).collect();
    if !found.is_empty() {
        let strict = subject.exchange() == Some(Standard::X4) || subject.archival() == Some(1);
        let severity = if strict { Severity::Error } else { Severity::Warning };
        let message = format!("the information dictionary and the XMP packet differ: {}", found.join(", "));
        findings.add(severity, At::File, message, "set the metadata in the program that exports, and export anew");
    }
}

/// Nothing is said of the file where the printer wants nothing said (KDP, G201857950).
pub(super) fn forbidden_metadata(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "take title, author and other metadata out of the file";
    if !subject.is_anonymous() {
        return;
    }
    let Said { information, packet, .. } = &subject.said;
    let of_book = |key: &&str| !matches!(*key, "Creator" | "Producer" | "CreationDate" | "ModDate");
    let keys: Vec<&str> = information.keys().map(String::as_str).filter(of_book).collect();
    if packet.is_some() || !keys.is_empty() {
        let what = if keys.is_empty() { "an XMP packet".to_owned() } else { keys.join(", ") };
        findings.error(At::File, format!("the file has metadata, and the printer takes none: {what}"), HELP);
    } else if !information.is_empty() {
        findings.warning(At::File, "the file says what made it, and the printer takes no metadata", HELP);
    }
}

/// Everybody can open it (ISO 15930-1, -3 and -7, on encryption; ISO 19005-2, 6.1.3; ISO 14289-1, 7.16; KDP, GYEKAVKMSE23PFTM).
pub(super) fn encrypted(subject: &Subject<'_>, findings: &mut Findings) {
    let document = &subject.file.document;
    if !document.is_encrypted() && !document.was_encrypted() {
        return;
    }
    let held = subject.exchange().is_some() || subject.archival().is_some() || subject.target.is_some();
    let severity = if held { Severity::Error } else { Severity::Warning };
    findings.add(severity, At::File, "the file is encrypted", "export without a password and without restrictions");
}

/// The version of PDF is one that the standard takes (ISO 15930-1 and -3: 1.3; ISO 15930-4 and -6: 1.4; ISO 15930-7: 1.6;
/// ISO 19005-1: 1.4; ISO 19005-2 and ISO 14289-1: 1.7).
pub(super) fn pdf_version(subject: &Subject<'_>, findings: &mut Findings) {
    let document = &subject.file.document;
    let catalog = document.catalog().and_then(|catalog| catalog.get_deref(b"Version", document)?.as_name());
    let catalog = catalog.ok().map(|version| String::from_utf8_lossy(version).into_owned());
    let of = |version: &str| -> Option<(u8, u8)> {
        let (major, minor) = version.trim().split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    let Some(version) = of(&document.version).max(catalog.as_deref().and_then(of)) else { return };
    for standard in subject.standards() {
        let newest = match standard {
            Standard::X1a(2001) | Standard::X3(2002) => (1, 3),
            Standard::X1a(_) | Standard::X3(_) | Standard::Archival(1, _) => (1, 4),
            Standard::X4 => (1, 6),
            Standard::Archival(4, _) | Standard::Accessible(2) => (2, 0),
            Standard::Archival(..) | Standard::Accessible(_) => (1, 7),
        };
        if version > newest {
            let message = format!(
                "the file is PDF {}.{}, and {} takes {}.{} at most",
                version.0,
                version.1,
                standard.name(),
                newest.0,
                newest.1
            );
            findings.error(At::File, message, format!("export as PDF {}.{}", newest.0, newest.1));
        }
    }
}

/// The file is no larger than its target takes.
pub(super) fn file_size(subject: &Subject<'_>, findings: &mut Findings) {
    let Some((target, most)) = subject.target.and_then(|target| Some((target, target.file_size?))) else { return };
    let most_bytes = u64::from(most) * 1_000_000;
    if subject.size as u64 > most_bytes {
        let size = subject.size.div_ceil(1_000_000);
        findings.error(
            At::File,
            format!("the target `{}` takes files of {most} megabytes at most, and this one has {size}", target.name),
            "give images with fewer pixels, or let `reduce-images` reduce them",
        );
    }
}

/// What the file names is there: each page's content (ISO 32000-1, 7.7.3.3), and as many pages as the tree says (7.7.3.2).
pub(super) fn damaged_file(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "export the file anew: a part of it was lost";
    let document = &subject.file.document;
    let lost = |page: &Dictionary| {
        let Ok(content) = page.get(b"Contents") else { return false };
        let there = |object: &Object| document.dereference(object).is_ok_and(|(_, object)| object.as_stream().is_ok());
        match document.dereference(content) {
            Ok((_, Object::Array(parts))) => !parts.iter().all(there),
            Ok((_, Object::Null)) => false,
            Ok((_, content)) => !there(content),
            Err(_) => true,
        }
    };
    findings.errors(&subject.pages_where(lost), "a part of what the page shows is not there", HELP);
    let tree = document.catalog().and_then(|catalog| catalog.get_deref(b"Pages", document)?.as_dict());
    let said = tree.and_then(|tree| tree.get_deref(b"Count", document)?.as_i64()).ok();
    let found = subject.file.pages.len();
    if let Some(said) = said.filter(|said| usize::try_from(*said).ok() != Some(found)) {
        findings.warning(At::File, format!("the file says that it has {said} pages, and has {found}"), HELP);
    }
}
