//! What preflight's findings mean to who gets them: more than the one line in [`CODES`](super::codes::CODES).
//!
//! `pressmark explain` shows them, and docs/preflight.md lists them. Start at [`EXPLANATIONS`].

/// More of a code.
#[derive(Clone, Copy, Debug)]
pub struct Explanation {
    /// The code.
    pub code: &'static str,
    /// Why a printer, a store or a reader minds, in sentences.
    pub why: &'static str,
    /// What to do about it, in sentences.
    pub remedy: &'static str,
    /// Where the rule is from: the clause of a specification, or a printer's page; without a full stop.
    pub source: &'static str,
}

/// What there is to say of the codes of preflight, in their alphabetical order: one for each check.
pub const EXPLANATIONS: &[Explanation] = &[Explanation {
    code: "page-boxes",
    why: "A press prints on a sheet larger than the page and cuts it. The TrimBox says where it is cut, the BleedBox around it \
          how far colour goes on so that no white edge is left, the MediaBox around both how large the sheet is. Where one is \
          missing or they cross, the printer has to guess, and mostly sends the file back.",
    remedy: "Give each page a TrimBox, within a BleedBox, within the MediaBox: most programs do where bleed is asked for and \
             PDF/X is chosen at the export.",
    source: "ISO 32000-2, 14.11.2; ISO 15930-7, 6.9",
}];
