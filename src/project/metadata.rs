//! What a manifest leaves open about a book: its title, its identifier and its date.
//!
//! Nothing comes from a clock or from chance. Start at [`complete`].

use uuid::Uuid;

use crate::diagnostics::{Diagnostic, Place};
use crate::document::{BlockKind, Division, Metadata, plain_text};

/// The language of a book that doesn't say.
const LANGUAGE: &str = "en";

/// The last second of the year 9999.
const LATEST: u64 = 253_402_300_799;

/// Fills in what `metadata` leaves open.
///
/// The title is the first heading's words, else `name`. The identifier is the ISBN's, else a `UUIDv5` (RFC 9562, 5.5) of title, authors and
/// language, so that a new edition of the text keeps it. `modified` is the date's first moment, else `epoch`, else the
/// start of 1980, the earliest that a ZIP archive can hold.
pub(super) fn complete(mut metadata: Metadata, divisions: &[Division], name: &str, epoch: Option<u64>) -> Metadata {
    if metadata.title.is_empty() {
        metadata.title = first_heading(divisions).unwrap_or_else(|| name.to_owned());
    }
    if metadata.language.is_empty() {
        LANGUAGE.clone_into(&mut metadata.language);
    }
    if metadata.identifier.is_empty() && !metadata.isbn.is_empty() {
        metadata.identifier = format!("urn:isbn:{}", super::values::isbn_digits(&metadata.isbn));
    }
    if metadata.identifier.is_empty() {
        // No value can hold a control character: different values give different names.
        let name = format!("{}\0{}\0{}", metadata.title, metadata.authors.join("\x01"), metadata.language);
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:pressmark:book");
        metadata.identifier = format!("urn:uuid:{}", Uuid::new_v5(&namespace, name.as_bytes()));
    }
    metadata.modified = match metadata.date.len() {
        0 => moment(epoch.unwrap_or(315_532_800)),
        4 => format!("{}-01-01T00:00:00Z", metadata.date),
        7 => format!("{}-01T00:00:00Z", metadata.date),
        _ => format!("{}T00:00:00Z", metadata.date),
    };
    metadata
}

/// The words of the first heading that has any.
fn first_heading(divisions: &[Division]) -> Option<String> {
    let mut blocks = divisions.iter().flat_map(|division| &division.blocks);
    blocks.find_map(|block| {
        let BlockKind::Heading { content, .. } = &block.kind else { return None };
        let text = plain_text(content);
        Some(text.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|text| !text.is_empty())
    })
}

/// Reads `SOURCE_DATE_EPOCH`: seconds since the start of 1970, up to the year 9999.
///
/// # Errors
/// `invalid-epoch`.
pub(super) fn read_epoch(value: &str) -> Result<u64, Diagnostic> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|seconds| digits && *seconds <= LATEST).ok_or_else(|| {
        let message = format!("SOURCE_DATE_EPOCH is `{value}`, and not a number of seconds since 1970");
        Diagnostic::error("invalid-epoch", Place::Project, message)
            .help("unset it, or set it to the output of `git log -1 --format=%ct`")
    })
}

/// `YYYY-MM-DDThh:mm:ssZ` for seconds since the start of 1970 (days to the civil calendar after Hinnant, "chrono-compatible
/// low-level date algorithms", 2014).
fn moment(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_follow_the_calendar() {
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
        assert_eq!(moment(315_532_800), "1980-01-01T00:00:00Z");
        assert_eq!(moment(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(moment(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(moment(LATEST), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn the_date_stands_above_the_environment_and_that_above_1980() {
        let modified = |date: &str, epoch| {
            complete(Metadata { date: date.to_owned(), ..Metadata::default() }, &[], "n", epoch).modified
        };
        assert_eq!(modified("2024-05", Some(0)), "2024-05-01T00:00:00Z");
        assert_eq!(modified("2024", Some(0)), "2024-01-01T00:00:00Z");
        assert_eq!(modified("2024-05-06", Some(0)), "2024-05-06T00:00:00Z");
        assert_eq!(modified("", Some(1)), "1970-01-01T00:00:01Z");
        assert_eq!(modified("", None), "1980-01-01T00:00:00Z");
    }

    #[test]
    fn an_epoch_is_a_number_of_seconds() {
        assert_eq!(read_epoch("1700000000"), Ok(1_700_000_000));
        for value in ["", "-1", "+1", "1.5", "tomorrow", "253402300800", "99999999999999999999999"] {
            assert_eq!(read_epoch(value).unwrap_err().code, "invalid-epoch", "{value}");
        }
    }

    #[test]
    fn the_identifier_follows_title_authors_and_language_alone() {
        let identifier = |title: &str, authors: &[&str], version: &str| {
            let metadata = Metadata {
                title: title.to_owned(),
                authors: authors.iter().map(|author| (*author).to_owned()).collect(),
                version: version.to_owned(),
                ..Metadata::default()
            };
            complete(metadata, &[], "n", None).identifier
        };
        let first = identifier("T", &["A", "B"], "1");
        assert!(first.starts_with("urn:uuid:") && first.as_bytes()[23] == b'5', "{first}");
        assert_eq!(first, identifier("T", &["A", "B"], "2"));
        assert_ne!(first, identifier("T", &["A B"], "1"));
        assert_ne!(first, identifier("U", &["A", "B"], "1"));
    }
}
