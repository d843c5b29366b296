//! What people do for a book: the MARC code list for relators (Library of Congress), and words for the usual ones.
//!
//! Start at [`role`].

use crate::diagnostics::{Diagnostic, Place, nearest};

/// The codes, those that were given up included.
const CODES: &str = "abr acp act adi adp aft anc anl anm ann ant ape apl app aqt arc ard arr art asg asn ato att auc aud aue aui \
     aup aus aut bdd bjd bka bkd bkp blw bnd bpd brd brl bsl cad cas ccp chr clb cli cll clr clt cmm cmp cmt cnd \
     cng cns coe col com con cop cor cos cot cou cov cpc cpe cph cpl cpt cre crp crr crt csl csp cst ctb cte ctg \
     ctr cts ctt cur cwt dbd dbp dfd dfe dft dgc dgg dgs dis djo dln dnc dnr dpc dpt drm drt dsr dst dtc dte dtm \
     dto dub edc edd edm edt egr elg elt eng enj etr evp exp fac fds fld flm fmd fmk fmo fmp fnd fon fpy frg gdv \
     gis grt his hnr hst ill ilu ins inv isb itr ive ivr jud jug lbr lbt ldr led lee lel len let lgd lie lil lit \
     lsa lse lso ltg lyr mcp mdc med mfp mfr mka mod mon mrb mrk msd mte mtk mup mus mxe nan nrt onp opn org orm \
     osp oth own pad pan pat pbd pbl pdr pfr pht plt pma pmn pop ppm ppt pra prc prd pre prf prg prm prn pro prp \
     prs prt prv pta pte ptf pth ptt pup rap rbr rcd rce rcp rdd red ren res rev rpc rps rpt rpy rse rsg rsp rsr \
     rst rth rtm rxa sad sce scl scr sde sds sec sfx sgd sgn sht sll sng spk spn spy srv std stg stl stm stn str \
     swd tau tcd tch ths tld tlg tlh tlp trc trl tyd tyg uvp vac vdg vfx voc wac wal wam wat wdc wde win wit wpr \
     wst";

/// Words that stand for a code.
const WORDS: [(&str, &str); 30] = [
    ("afterword", "aft"),
    ("annotator", "ann"),
    ("artist", "art"),
    ("author", "aut"),
    ("book designer", "bkd"),
    ("book producer", "bkp"),
    ("cartographer", "ctg"),
    ("collaborator", "clb"),
    ("commentator", "cmm"),
    ("compiler", "com"),
    ("compositor", "cmt"),
    ("contributor", "ctb"),
    ("copyright holder", "cph"),
    ("cover designer", "cov"),
    ("creator", "cre"),
    ("designer", "dsr"),
    ("editor", "edt"),
    ("foreword", "aui"),
    ("funder", "fnd"),
    ("illustrator", "ill"),
    ("introduction", "win"),
    ("narrator", "nrt"),
    ("photographer", "pht"),
    ("preface", "wpr"),
    ("printer", "prt"),
    ("proofreader", "pfr"),
    ("publisher", "pbl"),
    ("reviewer", "rev"),
    ("translator", "trl"),
    ("typographer", "tyg"),
];

/// The code for a code or a word; `ctb` for nothing.
///
/// # Errors
/// The warning `unknown-role`.
pub(super) fn role(text: &str) -> Result<&'static str, Diagnostic> {
    let text = text.to_lowercase();
    if text.is_empty() {
        return Ok("ctb");
    }
    let word = WORDS.into_iter().find(|(word, _)| *word == text).map(|(_, code)| code);
    let code = word.or_else(|| CODES.split_ascii_whitespace().find(|code| *code == text));
    code.ok_or_else(|| {
        let near = nearest(&text, WORDS.iter().map(|(word, _)| *word));
        Diagnostic::warning("unknown-role", Place::Project, format!("no MARC relator is called `{text}`")).help(
            near.map_or_else(
                || "give a code of three letters, such as `edt` for an editor or `oth` for any other".to_owned(),
                |near| format!("the nearest role is `{near}`"),
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_a_code_or_a_word() {
        assert_eq!(["edt", "Editor", "", "wst"].map(|text| role(text).unwrap()), ["edt", "edt", "ctb", "wst"]);
        assert!(role("translater").unwrap_err().help.unwrap().contains("`translator`"));
        assert_eq!(role("zzz").unwrap_err().code, "unknown-role");
        for (_, code) in WORDS {
            assert!(role(code).is_ok(), "{code}");
        }
    }
}
