//! Tags: whether those who hear a book, or see it reflowed, get all of it in order (ISO 14289-1, 7; the numbers of failures
//! are those of the Matterhorn Protocol 1.1).
//!
//! Each check looks at files that claim PDF/UA-1 or PDF/A of level A, or whose target is for readers; what wants no tags has
//! none to be wrong.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object};

use super::said::text_of;
use super::tags::Tags;
use super::{At, Findings, Subject};

/// From how many pages on a book is long: its readers need more than its text to find their way.
const LONG: usize = 21;

/// The tags of what must have them.
fn tags<'s>(subject: &'s Subject<'_>) -> Option<&'s Tags> {
    subject.tags.as_ref().filter(|_| subject.must_be_tagged())
}

/// There is a structure tree, it is said to be one, and something is in it (ISO 14289-1, 7.1; failures 06-001 and on; ISO
/// 32000-1, 14.7.1).
pub(super) fn untagged(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "export with tags (a structure tree), as for the web or for PDF/UA";
    if !subject.must_be_tagged() {
        return;
    }
    let document = &subject.file.document;
    let marks = document.catalog().and_then(|catalog| catalog.get_deref(b"MarkInfo", document)?.as_dict());
    let flag = |key: &[u8]| {
        marks.as_ref().is_ok_and(|marks| marks.get_deref(key, document).and_then(Object::as_bool).unwrap_or(false))
    };
    match &subject.tags {
        None => findings.error(At::File, "nothing is tagged: the file has no structure tree", HELP),
        Some(tags) if tags.marks.is_empty() => {
            findings.error(At::File, "nothing is tagged: the structure tree is empty", HELP);
        }
        Some(_) if !flag(b"Marked") => {
            findings.error(At::File, "the file does not say that it is tagged: no MarkInfo with Marked", HELP);
        }
        Some(_) if flag(b"Suspects") => {
            findings.error(At::File, "the tags may be wrong, as the file says itself: Suspects in MarkInfo", HELP);
        }
        Some(_) => {}
    }
}

/// What is painted leads to its element, and elements to those around them (ISO 32000-1, 14.7.4.4; ISO 14289-1, 7.1).
pub(super) fn broken_tags(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "export the file anew: its structure tree contradicts itself";
    let Some(tags) = tags(subject) else { return };
    let document = &subject.file.document;
    let mut lost: BTreeMap<usize, usize> = BTreeMap::new();
    let keys: Vec<Option<i64>> = subject
        .file
        .pages
        .iter()
        .map(|page| document.get_dictionary(page.id).ok()?.get_deref(b"StructParents", document).ok()?.as_i64().ok())
        .collect();
    for &(page, mark, element) in &tags.marks {
        let parents = keys.get(page).copied().flatten().and_then(|key| tags.parents.get(&key));
        let parent = parents.and_then(|parents| parents.get(usize::try_from(mark).ok()?).copied().flatten());
        if parent.is_none() || parent != tags.elements[element].id {
            *lost.entry(page).or_default() += 1;
        }
    }
    let pages: Vec<usize> = lost.into_keys().collect();
    findings.errors(&pages, "what is painted does not lead to its element: the parent tree lacks it", HELP);
    if tags.misplaced > 0 {
        let message = format!("{} elements are in two places, or name another parent than they have", tags.misplaced);
        findings.error(At::File, message, HELP);
    }
}

/// Every role is a standard one or stands for one, and none is given another meaning (ISO 14289-1, 7.1; failures 02-001, 02-003
/// and 02-004).
pub(super) fn unknown_tag(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(tags) = tags(subject) else { return };
    for (role, &element) in &tags.unknown_roles {
        findings.error(
            tags.at(&subject.file, element),
            format!("`{role}` is no standard role, and none stands for it"),
            "map the role to a standard one in the RoleMap",
        );
    }
    for role in &tags.changed_roles {
        findings.error(
            At::File,
            format!("the standard role `{role}` is given another meaning"),
            "take the role out of the RoleMap",
        );
    }
}

/// The parts of lists, tables and contents stand in them, and nothing else does (ISO 32000-1, 14.8.4; failures 09-004 to 09-006).
pub(super) fn misplaced_tag(subject: &Subject<'_>, findings: &mut Findings) {
    /// A role, those around which it may stand, and those in which it may; any where there are none.
    const PLACES: [(&str, &[&str], &[&str]); 10] = [
        ("Table", &["TR", "THead", "TBody", "TFoot", "Caption"], &[]),
        ("THead", &["TR"], &["Table"]),
        ("TBody", &["TR"], &["Table"]),
        ("TFoot", &["TR"], &["Table"]),
        ("TR", &["TH", "TD"], &["Table", "THead", "TBody", "TFoot"]),
        ("L", &["LI", "L", "Caption"], &[]),
        ("LI", &["Lbl", "LBody"], &["L"]),
        ("LBody", &[], &["LI"]),
        ("TOC", &["TOCI", "TOC", "Caption"], &[]),
        ("TOCI", &[], &["TOC"]),
    ];
    let Some(tags) = tags(subject) else { return };
    let mut told: BTreeMap<(&str, &str, bool), (usize, usize)> = BTreeMap::new();
    let mut tell = |inner, outer, fault, element| told.entry((inner, outer, fault)).or_insert((element, 0)).1 += 1;
    for (index, element) in tags.elements.iter().enumerate() {
        let parent = element.parent.map_or("", |parent| tags.elements[parent].role.as_str());
        let role = element.role.as_str();
        let own = PLACES.iter().find(|(name, ..)| *name == role);
        let around = PLACES.iter().find(|(name, ..)| *name == parent);
        let cell = matches!(role, "TH" | "TD") && parent != "TR";
        if cell || own.is_some_and(|(_, _, around)| !around.is_empty() && !around.contains(&parent)) {
            tell(role, parent, true, index);
        } else if around.is_some_and(|(_, within, _)| !within.is_empty() && !within.contains(&role)) {
            tell(role, parent, false, index);
        }
    }
    for ((inner, outer, alone), (element, count)) in told {
        let outer = if outer.is_empty() { "the tree's root".to_owned() } else { format!("`{outer}`") };
        let message = format!("`{inner}` stands right in {outer} {count} times");
        let help = if alone {
            format!("put `{inner}` where the standard has it")
        } else {
            format!("put only its own parts right in {outer}")
        };
        findings.error(tags.at(&subject.file, element), message, help);
    }
}

/// Headings begin at the first level, skip none on the way down, and are of one kind (ISO 14289-1, 7.4; failures 14-002, 14-003,
/// 14-006 and 14-007).
pub(super) fn heading_order(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "give headings the level that they have among the others";
    let Some(tags) = tags(subject) else { return };
    let level =
        |role: &str| -> Option<u8> { role.strip_prefix('H')?.parse().ok().filter(|level| (1..=6).contains(level)) };
    let mut above = 0;
    let mut skipped: Option<(usize, u8, u8, usize)> = None;
    for (index, element) in tags.elements.iter().enumerate() {
        let Some(level) = level(&element.role) else { continue };
        if level > above + 1 {
            skipped.get_or_insert((index, above, level, 0)).3 += 1;
        }
        above = level;
    }
    if let Some((element, above, level, count)) = skipped {
        let message = if above == 0 {
            format!("the first heading is of level {level}, not 1; {count} headings skip levels")
        } else {
            format!("a heading of level {level} follows one of level {above}; {count} headings skip levels")
        };
        findings.error(tags.at(&subject.file, element), message, HELP);
    }
    if let (Some((element, _)), true) = (tags.all("H").next(), above > 0) {
        findings.error(tags.at(&subject.file, element), "headings with levels and without stand side by side", HELP);
    }
}

/// Figures and formulas say in words what they show (ISO 14289-1, 7.3 and 7.7; failures 13-004 and 17-002).
pub(super) fn missing_alternative(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(tags) = tags(subject) else { return };
    for (index, element) in tags.elements.iter().enumerate() {
        let what = match element.role.as_str() {
            "Figure" => "a figure",
            "Formula" => "a formula",
            _ => continue,
        };
        if !element.alternative {
            findings.error(
                tags.at(&subject.file, index),
                format!("{what} does not say in words what it shows"),
                "give it alternative text (Alt), or mark it as an artifact if it only decorates",
            );
        }
    }
}

/// Tables say which cells are heads, and of what (ISO 14289-1, 7.5; failure 15-003).
pub(super) fn table_headers(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(tags) = tags(subject) else { return };
    let mut headed = vec![false; tags.elements.len()];
    let mut first: Option<usize> = None;
    let mut count = 0;
    for (index, element) in tags.all("TH") {
        let mut around = element.parent;
        while let Some(table) = around {
            if tags.elements[table].role == "Table" {
                headed[table] = true;
                break;
            }
            around = tags.elements[table].parent;
        }
        if !element.heads {
            first.get_or_insert(index);
            count += 1;
        }
    }
    if let Some(element) = first {
        findings.error(
            tags.at(&subject.file, element),
            format!("{count} header cells don't say whether they head a row or a column"),
            "give each TH a Scope, or name the headers in the cells",
        );
    }
    for (table, _) in tags.all("Table").filter(|(table, _)| !headed[*table]) {
        findings.warning(
            tags.at(&subject.file, table),
            "a table has no header cell",
            "tag the cells that head a row or a column as TH; give the table a header row",
        );
    }
}

/// Each note has a name of its own (ISO 14289-1, 7.9; failures 19-003 and 19-004).
pub(super) fn note_id(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "give each Note an ID that nothing else has";
    let Some(tags) = tags(subject) else { return };
    let mut owners: BTreeMap<&[u8], usize> = BTreeMap::new();
    for name in tags.elements.iter().filter_map(|element| element.name.as_deref()) {
        *owners.entry(name).or_default() += 1;
    }
    let faulty = |name: Option<&[u8]>| name.is_none_or(|name| name.is_empty() || owners.get(name) > Some(&1));
    let faults: Vec<usize> =
        tags.all("Note").filter(|(_, note)| faulty(note.name.as_deref())).map(|(index, _)| index).collect();
    if let Some(&note) = faults.first() {
        let message = format!("{} notes have no name of their own", faults.len());
        findings.error(tags.at(&subject.file, note), message, HELP);
    }
}

/// Annotations that are seen hang under elements, links under Link, and say something in words (ISO 14289-1, 7.18.1 and
/// 7.18.5; failures 28-002, 28-004, 28-011 and 28-012); by PDF/UA-2 under Reference too (ISO 14289-2, 8.9.2).
pub(super) fn untagged_link(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(tags) = tags(subject) else { return };
    let document = &subject.file.document;
    let mut faults: BTreeMap<&str, (At, usize)> = BTreeMap::new();
    let holders: &[&str] = if subject.accessible() == Some(2) { &["Link", "Reference"] } else { &["Link"] };
    for annotation in subject.annotations() {
        let kind = annotation.kind();
        if annotation.is_hidden(document) || matches!(kind, b"Popup" | b"PrinterMark" | b"TrapNet" | b"Widget") {
            continue;
        }
        let element = annotation.id.and_then(|id| tags.objects.get(&id).copied());
        let said =
            |key: &[u8]| text_of(document, annotation.dictionary, key).is_some_and(|text| !text.trim().is_empty());
        let fault = match (kind, element) {
            (b"Link", element)
                if !element.is_some_and(|element| holders.iter().any(|role| tags.within(element, role))) =>
            {
                "a link hangs under no Link element"
            }
            (b"Link", Some(_)) if !annotation.dictionary.has(b"StructParent") => "a link does not lead to its element",
            (b"Link", Some(_)) if !said(b"Contents") => "a link does not say in words where it leads",
            (b"Link", Some(_)) => continue,
            (_, None) => "an annotation hangs under no element",
            (_, Some(element)) if !said(b"Contents") && !tags.elements[element].alternative => {
                "an annotation says nothing in words"
            }
            (_, Some(_)) => continue,
        };
        faults.entry(fault).or_insert((annotation.at(subject), 0)).1 += 1;
    }
    for (fault, (at, count)) in faults {
        findings.error(at, tally(fault, count), "tag annotations, and give them Contents or alternative text");
    }
}

/// On pages with annotations one goes from one to the next in the order of the tags (ISO 14289-1, 7.18.3; failure 28-008).
pub(super) fn tab_order(subject: &Subject<'_>, findings: &mut Findings) {
    if !subject.must_be_tagged() {
        return;
    }
    let document = &subject.file.document;
    let disordered = |page: &Dictionary| {
        let listed =
            page.get_deref(b"Annots", document).and_then(Object::as_array).is_ok_and(|listed| !listed.is_empty());
        listed && page.get_deref(b"Tabs", document).and_then(Object::as_name).ok() != Some(b"S")
    };
    let pages = subject.pages_where(disordered);
    findings.errors(
        &pages,
        "the order of annotations is not that of the tags",
        "set Tabs to S on pages with annotations",
    );
}

/// The window shows the book's title, which the packet has (ISO 14289-1, 7.1; failures 06-003, 07-001 and 07-002).
pub(super) fn missing_title(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "give the document a title, and have it shown in place of the file's name";
    if subject.accessible().is_none() {
        return;
    }
    let document = &subject.file.document;
    if subject.said.property(super::said::DC, "title").is_none_or(|title| title.trim().is_empty()) {
        findings.error(At::File, "the file has no title: no dc:title in its XMP packet", HELP);
    }
    let shown = document.catalog().and_then(|catalog| {
        let preferences = catalog.get_deref(b"ViewerPreferences", document)?.as_dict()?;
        preferences.get_deref(b"DisplayDocTitle", document)?.as_bool()
    });
    if !shown.unwrap_or(false) {
        findings.error(At::File, "the window shows the file's name: no DisplayDocTitle", HELP);
    }
}

/// The file says its language, and every language is one (ISO 14289-1, 7.2; failures 11-001 to 11-007; RFC 5646, 2.1).
pub(super) fn missing_language(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "give the book a language by its BCP 47 tag, such as `en-GB`";
    if !subject.must_be_tagged() {
        return;
    }
    let document = &subject.file.document;
    let language = document.catalog().ok().and_then(|catalog| text_of(document, catalog, b"Lang"));
    match language.as_deref().map(str::trim) {
        None | Some("") => findings.error(At::File, "the file does not say its language", HELP),
        Some("und") => findings.warning(At::File, "the file says that its language is not known", HELP),
        Some(language) if !is_language(language) => {
            findings.error(At::File, format!("the language of the file, `{language}`, is none"), HELP);
        }
        Some(_) => {}
    }
    let Some(tags) = &subject.tags else { return };
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, element) in tags.elements.iter().enumerate() {
        if let Some(language) = element.language.as_deref().map(str::trim)
            && !language.is_empty()
            && !is_language(language)
        {
            told.entry(language).or_insert(index);
        }
    }
    for (language, element) in told {
        findings.error(tags.at(&subject.file, element), format!("the language `{language}` is none"), HELP);
    }
}

/// Whether it has the form of a language tag: parts of at most eight letters or digits, the first of letters.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().unwrap_or_default();
    let letters = first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let known = (2..=8).contains(&first.len()) || matches!(first, "x" | "i" | "X" | "I");
    letters
        && known
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// A long book has an outline and its pages have their names (WCAG 2.2, 2.4.5, by the technique PDF2; 2.4.8, by PDF17).
pub(super) fn missing_outline(subject: &Subject<'_>, findings: &mut Findings) {
    if subject.accessible().is_none() || subject.file.pages.len() < LONG {
        return;
    }
    let document = &subject.file.document;
    let first = document.catalog().and_then(|catalog| {
        catalog.get_deref(b"Outlines", document)?.as_dict()?.get_deref(b"First", document)?.as_dict()
    });
    if first.is_err() {
        let message = format!("{} pages have no outline to find one's way by", subject.file.pages.len());
        findings.warning(At::File, message, "export with bookmarks, made of the headings");
    }
}

/// The pages of a long book have the names that are printed on them (ISO 14289-1, 7.17; WCAG 2.2, 2.4.8, by the technique
/// PDF17).
pub(super) fn missing_page_labels(subject: &Subject<'_>, findings: &mut Findings) {
    if subject.accessible().is_none() || subject.file.pages.len() < LONG {
        return;
    }
    if !subject.file.document.catalog().is_ok_and(|catalog| catalog.has(b"PageLabels")) {
        findings.warning(
            At::File,
            "viewers count pages from the first: the file does not say what is printed on them",
            "export with page labels",
        );
    }
}

/// How often a fault is found.
fn tally(fault: &str, count: usize) -> String {
    if count > 1 { format!("{fault}, {count} times") } else { fault.to_owned() }
}
