//! What a file can do beyond showing pages: annotations, actions, attachments, forms, layers (ISO 32000-1, 12, 8.11 and 7.11).
//!
//! A press can't do any of it, an archive must not, and a reader is not to be surprised. [`Features::read`] finds what may be
//! anywhere in a file in one walk; the checks tell what the file's standards and its target forbid.

use std::collections::{BTreeMap, BTreeSet};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::pdf::{PageBox, page_box};
use super::said::{Standard, text_of};
use super::{At, Findings, Subject};
use crate::diagnostics::Severity;

/// The types of actions (ISO 32000-1, 12.6.4).
const ACTIONS: [&str; 19] = [
    "GoTo",
    "GoTo3DView",
    "GoToE",
    "GoToR",
    "Hide",
    "ImportData",
    "JavaScript",
    "Launch",
    "Movie",
    "Named",
    "Rendition",
    "ResetForm",
    "RichMediaExecute",
    "SetOCGState",
    "Sound",
    "SubmitForm",
    "Thread",
    "Trans",
    "URI",
];

/// Those that lead from place to place, and do nothing else.
const LEADING: [&str; 7] = ["GoTo", "GoToE", "GoToR", "Named", "Thread", "URI", "SubmitForm"];

/// The types of annotations that move or sound.
const MULTIMEDIA: [&str; 5] = ["3D", "Movie", "RichMedia", "Screen", "Sound"];

/// How often a file has what may be anywhere in it.
#[derive(Default)]
pub(super) struct Features {
    /// Actions by type.
    actions: BTreeMap<&'static str, usize>,
    /// Sets of actions that events set off.
    triggers: usize,
    /// Files in the file.
    attachments: usize,
    /// Annotations that move or sound, by type.
    multimedia: BTreeMap<&'static str, usize>,
    /// Pictures that stand for others elsewhere, by what they are.
    elsewhere: BTreeMap<&'static str, usize>,
}

impl Features {
    /// Walks all that the catalog leads to, each object once. Linear in the file.
    pub(super) fn read(document: &Document) -> Self {
        let mut features = Self::default();
        let mut seen: BTreeSet<ObjectId> = BTreeSet::new();
        let mut stack: Vec<&Object> = document.trailer.get(b"Root").into_iter().collect();
        while let Some(object) = stack.pop() {
            match object {
                Object::Reference(id) if seen.insert(*id) => stack.extend(document.get_object(*id)),
                Object::Array(items) => stack.extend(items),
                Object::Dictionary(dictionary) => {
                    features.note(document, dictionary, false);
                    stack.extend(dictionary.iter().map(|(_, value)| value));
                }
                Object::Stream(stream) => {
                    features.note(document, &stream.dict, true);
                    stack.extend(stream.dict.iter().map(|(_, value)| value));
                }
                Object::Null
                | Object::Boolean(_)
                | Object::Integer(_)
                | Object::Real(_)
                | Object::Name(_)
                | Object::String(..)
                | Object::Reference(_) => {}
            }
        }
        features
    }

    fn note(&mut self, document: &Document, dictionary: &Dictionary, stream: bool) {
        let name = |key: &[u8]| dictionary.get_deref(key, document).and_then(Object::as_name).unwrap_or_default();
        let known = |names: &[&'static str], name: &[u8]| names.iter().find(|known| known.as_bytes() == name).copied();
        let subtype = name(b"Subtype");
        if name(b"Type") != b"StructElem"
            && let Some(action) = known(&ACTIONS, name(b"S"))
        {
            *self.actions.entry(action).or_default() += 1;
        }
        if dictionary.get_deref(b"AA", document).and_then(Object::as_dict).is_ok() {
            self.triggers += 1;
        }
        if dictionary.get_deref(b"EF", document).and_then(Object::as_dict).is_ok() {
            self.attachments += 1;
        }
        if let (Some(kind), true) = (known(&MULTIMEDIA, subtype), dictionary.has(b"Rect")) {
            *self.multimedia.entry(kind).or_default() += 1;
        }
        let picture = stream && matches!(subtype, b"Image" | b"Form");
        let elsewhere = [
            (picture && dictionary.has(b"Alternates"), "images with others in their place (Alternates)"),
            (picture && dictionary.has(b"OPI"), "pictures to be replaced by others at the press (OPI)"),
            (picture && dictionary.has(b"Ref"), "pages of other files (reference XObjects)"),
            (stream && (subtype == b"PS" || name(b"Subtype2") == b"PS"), "pieces of PostScript"),
            (stream && dictionary.has(b"F"), "streams whose content is in another file"),
        ];
        for (_, what) in elsewhere.into_iter().filter(|(found, _)| *found) {
            *self.elsewhere.entry(what).or_default() += 1;
        }
    }
}

/// An annotation of a page.
pub(super) struct Annotation<'a> {
    /// Its object, where it is one of its own.
    pub(super) id: Option<ObjectId>,
    /// The page's index.
    page: usize,
    /// What it says.
    pub(super) dictionary: &'a Dictionary,
}

impl Annotation<'_> {
    /// Its type.
    pub(super) fn kind(&self) -> &[u8] {
        self.dictionary.get(b"Subtype").and_then(Object::as_name).unwrap_or_default()
    }

    /// Its flags (ISO 32000-1, 12.5.3).
    fn flags(&self, document: &Document) -> i64 {
        self.dictionary.get_deref(b"F", document).and_then(Object::as_i64).unwrap_or(0)
    }

    /// Whether nobody sees it.
    pub(super) fn is_hidden(&self, document: &Document) -> bool {
        const HIDDEN: i64 = 2;
        self.flags(document) & HIDDEN != 0
    }

    fn rect(&self, document: &Document) -> Option<PageBox> {
        page_box(document, self.dictionary.get_deref(b"Rect", document).ok()?)
    }

    /// Where it is.
    pub(super) fn at(&self, subject: &Subject<'_>) -> At {
        match (self.rect(&subject.file.document), subject.file.pages.get(self.page)) {
            (Some(rect), Some(page)) => At::Area(self.page, page.area(rect)),
            _ => At::Page(self.page),
        }
    }
}

impl Subject<'_> {
    /// All annotations, page by page.
    pub(super) fn annotations(&self) -> impl Iterator<Item = Annotation<'_>> {
        let document = &self.file.document;
        self.file.pages.iter().enumerate().flat_map(move |(page, found)| {
            let listed =
                document.get_dictionary(found.id).and_then(|page| page.get_deref(b"Annots", document)?.as_array());
            let listed = listed.map_or(&[][..], Vec::as_slice).iter();
            listed.filter_map(move |annotation| {
                let (id, annotation) = document.dereference(annotation).ok()?;
                Some(Annotation { id, page, dictionary: annotation.as_dict().ok()? })
            })
        })
    }
}

/// Annotations are outside what is printed of a page, where a press prints it (ISO 15930-1, -3 and -7, on annotations); there
/// are none where the printer takes none (KDP, G201857950); an archive shows and prints all of them (ISO 19005-2, 6.3).
pub(super) fn forbidden_annotation(subject: &Subject<'_>, findings: &mut Findings) {
    /// Printed, and neither hidden nor for the printer alone.
    const ARCHIVAL: (i64, i64) = (4, 4 | 2 | 1 | 32);
    let document = &subject.file.document;
    let mut faults: BTreeMap<(&str, String), (Severity, At, usize)> = BTreeMap::new();
    for annotation in subject.annotations() {
        let kind = annotation.kind();
        let name = String::from_utf8_lossy(kind).into_owned();
        let page = &subject.file.pages[annotation.page];
        let printed = page.bleed.unwrap_or_else(|| page.cut());
        let inside = annotation.rect(document).is_none_or(|rect| {
            rect.left < printed.right
                && rect.right > printed.left
                && rect.bottom < printed.top
                && rect.top > printed.bottom
        });
        let mark = matches!(kind, b"PrinterMark" | b"TrapNet");
        let shown = annotation.dictionary.get_deref(b"AP", document).and_then(Object::as_dict).is_ok();
        let wrong_flags = annotation.flags(document) & ARCHIVAL.1 != ARCHIVAL.0;
        let fault = if subject.exchange().is_some() && inside && !mark {
            (Severity::Error, "within what is printed")
        } else if subject.is_anonymous() {
            (Severity::Error, "where the printer takes none")
        } else if subject.archival().is_some() && kind != b"Popup" && wrong_flags {
            (Severity::Error, "not shown and printed in every case, as PDF/A asks")
        } else if subject.archival().is_some() && !shown && !matches!(kind, b"Popup" | b"Link") {
            (Severity::Error, "without an appearance of its own, as PDF/A asks")
        } else if subject.is_printed() && inside && !mark && !matches!(kind, b"Link" | b"Popup") {
            (Severity::Warning, "that may be printed or not")
        } else {
            continue;
        };
        faults.entry((fault.1, name)).or_insert_with(|| (fault.0, annotation.at(subject), 0)).2 += 1;
    }
    for ((fault, kind), (severity, at, count)) in faults {
        let message = format!("{count} annotations of the type {kind} {fault}");
        findings.add(severity, at, message, "export for print, without links, comments and form fields");
    }
}

/// Nothing happens by itself: no scripts, no starting of programs; for a press nothing at all (ISO 15930-1, -3 and -7, on actions;
/// ISO 19005-2, 6.5).
pub(super) fn forbidden_action(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "export the file without scripts and actions";
    let strict = subject.exchange().is_some();
    let severity = if strict || subject.archival().is_some() || subject.is_printed() {
        Severity::Error
    } else {
        Severity::Warning
    };
    let Features { actions, triggers, .. } = &subject.features;
    for (action, count) in actions.iter().filter(|(action, _)| strict || !LEADING.contains(action)) {
        findings.add(severity, At::File, format!("the file has {count} actions of the type {action}"), HELP);
    }
    if *triggers > 0 && (strict || subject.archival().is_some()) {
        findings.add(severity, At::File, format!("{triggers} objects set off actions by themselves (AA)"), HELP);
    }
}

/// No bookmarks where the printer takes none (KDP, G201857950).
pub(super) fn forbidden_bookmarks(subject: &Subject<'_>, findings: &mut Findings) {
    let document = &subject.file.document;
    let outline = document.catalog().and_then(|catalog| catalog.get_deref(b"Outlines", document)?.as_dict());
    if subject.is_anonymous() && outline.is_ok_and(|outline| outline.has(b"First")) {
        findings.error(At::File, "the file has bookmarks, and the printer takes none", "export without bookmarks");
    }
}

/// No files in the file, and nothing that moves or sounds, where neither is shown (ISO 19005-1, 6.1.11; ISO 19005-2, 6.8 and 6.3.1;
/// ISO 15930-1, -3 and -7, on annotations).
pub(super) fn embedded_file(subject: &Subject<'_>, findings: &mut Findings) {
    let Features { attachments, multimedia, .. } = &subject.features;
    let old = subject.archival() == Some(1) || matches!(subject.exchange(), Some(Standard::X1a(_) | Standard::X3(_)));
    if *attachments > 0 && (old || subject.is_printed()) {
        let severity = if old { Severity::Error } else { Severity::Warning };
        let message = format!("{attachments} files are attached, which nobody sees in print");
        findings.add(severity, At::File, message, "take attachments out");
    }
    let strict = subject.archival().is_some() || subject.is_printed();
    for (kind, count) in multimedia {
        let severity = if strict { Severity::Error } else { Severity::Warning };
        let message = format!("{count} annotations of the type {kind} move or sound, and few programs show them");
        findings.add(severity, At::File, message, "put a picture in their place");
    }
}

/// No form to fill in on paper; and none that only some programs show (ISO 19005-2, 6.4; ISO 14289-1, 7.15; ISO 15930-7 and its
/// elders, on forms).
pub(super) fn form_field(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "flatten the form: let fields become text and lines";
    let document = &subject.file.document;
    let form = document.catalog().and_then(|catalog| catalog.get_deref(b"AcroForm", document)?.as_dict());
    let Ok(form) = form else { return };
    let fields = form.get_deref(b"Fields", document).and_then(Object::as_array).map_or(0, Vec::len);
    if fields > 0 && subject.is_printed() {
        let severity = if subject.exchange().is_some() { Severity::Error } else { Severity::Warning };
        findings.add(severity, At::File, format!("the file has a form of {fields} fields"), HELP);
    }
    let held = subject.is_printed() || subject.archival().is_some() || subject.accessible().is_some();
    if form.has(b"XFA") && held {
        findings.error(At::File, "the form is one that only some programs show (XFA)", HELP);
    }
    if subject.archival().is_some() && form.get(b"NeedAppearances").and_then(Object::as_bool).unwrap_or(false) {
        findings.error(At::File, "fields look as each program likes (NeedAppearances)", HELP);
    }
}

/// Layers: none for a press before PDF/X-4, and in an archive before PDF/A-2; else with a name, and none that is shown by
/// itself (ISO 15930-1 and -3, which are PDF 1.3; ISO 19005-2, 6.9; ISO 14289-1, 7.10, failures 20-001 to 20-003).
pub(super) fn optional_content(subject: &Subject<'_>, findings: &mut Findings) {
    const HELP: &str = "flatten layers: export what is to be seen, and nothing else";
    let document = &subject.file.document;
    let layers = document.catalog().and_then(|catalog| catalog.get_deref(b"OCProperties", document)?.as_dict());
    let Ok(layers) = layers else { return };
    let count = layers.get_deref(b"OCGs", document).and_then(Object::as_array).map_or(0, Vec::len);
    let exchange = subject.exchange();
    let message = format!("the file has {count} layers");
    if subject.archival() == Some(1) || matches!(exchange, Some(Standard::X1a(_) | Standard::X3(_))) {
        findings.error(At::File, message, HELP);
        return;
    }
    if exchange.is_none() && subject.is_printed() {
        findings.warning(At::File, format!("{message}, of which some may not be printed"), HELP);
    }
    if exchange.is_none() && subject.archival().is_none() && subject.accessible().is_none() {
        return;
    }
    let more = layers.get_deref(b"Configs", document).and_then(Object::as_array).map_or(&[][..], Vec::as_slice);
    let views =
        layers.get(b"D").into_iter().chain(more).filter_map(|view| document.dereference(view).ok()?.1.as_dict().ok());
    let (mut nameless, mut automatic) = (0, 0);
    for view in views {
        nameless += usize::from(text_of(document, view, b"Name").is_none_or(|name| name.trim().is_empty()));
        automatic += usize::from(view.has(b"AS"));
    }
    if nameless > 0 {
        findings.error(At::File, format!("{nameless} choices of layers have no name"), HELP);
    }
    if automatic > 0 {
        findings.error(At::File, format!("{automatic} choices of layers are made by programs (AS)"), HELP);
    }
}

/// All that is shown is in the file, as itself (ISO 15930-1, -3 and -7, on OPI, alternate images, `PostScript` and pages of other
/// files; ISO 19005-2, 6.1.7.1, 6.2.8 and 6.2.9).
pub(super) fn external_content(subject: &Subject<'_>, findings: &mut Findings) {
    let strict = subject.exchange().is_some() || subject.archival().is_some();
    for (what, count) in &subject.features.elsewhere {
        let severity = if strict || subject.is_printed() { Severity::Error } else { Severity::Warning };
        let message = format!("the file has {count} {what}: what is printed may be something else");
        findings.add(severity, At::File, message, "place pictures as they are to be printed, and export anew");
    }
}
