//! `pressmark preflight`.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use pressmark::diagnostics::Severity;
use pressmark::{PreflightOutcome, PreflightRequest, Status};

/// Look over files before they go out, as a printer, a store or a reader does: what a build would write, or PDFs and e-books
/// that are there, of this or any other program.
///
/// Nothing is written. Findings go to standard output, and what was looked over to standard error. The exit status is 0 if
/// nothing is wrong (there may be warnings), 1 if something is, 2 for usage and for files that can't be read.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// PDFs and e-books, told by their content; or a manuscript, as for a build: then the files are made in memory.
    #[arg(value_name = "PATH|FILE", default_value = ".")]
    paths: Vec<PathBuf>,

    /// What PDFs are made for: targets of the program, or of the project around a file [default: the manifest's; for a
    /// file what the build that wrote it says, else what holds for every PDF is checked].
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    target: Vec<String>,

    /// The stores that the e-book is for: kdp, apple, kobo, google, or one of the manifest [default: all].
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    store: Vec<String>,

    #[command(flatten)]
    common: super::Common,
}

/// Looks over what was named, and shows what was found.
pub(super) fn run(arguments: Arguments) -> ExitCode {
    let mut outcome = pressmark::preflight(&PreflightRequest {
        paths: arguments.paths,
        targets: arguments.target,
        stores: arguments.store,
        set: arguments.common.set,
        deny: arguments.common.deny,
        jobs: arguments.common.jobs,
        source_date_epoch: super::source_date_epoch(),
    });
    let summary = if arguments.common.quiet {
        String::new()
    } else {
        arguments.common.message_format.note("summary", &summary(&outcome))
    };
    if arguments.common.quiet {
        outcome.diagnostics.retain(|finding| finding.severity == Severity::Error);
    }
    let report = arguments.common.message_format.render(&outcome.diagnostics, &outcome.sources, &io::stdout());
    let shown = super::write(io::stdout().lock(), report.as_bytes())
        .and_then(|()| super::write(io::stderr().lock(), summary.as_bytes()));
    match outcome.status() {
        Status::Done if shown.is_ok() => ExitCode::SUCCESS,
        Status::Faulty => ExitCode::from(1),
        Status::Done | Status::Impossible => ExitCode::from(2),
    }
}

/// What was looked over, and what was found.
fn summary(outcome: &PreflightOutcome) -> String {
    let found = super::counts(&outcome.diagnostics).unwrap_or_else(|| "nothing wrong".to_owned());
    let paths: Vec<String> = outcome.checked.iter().map(|path| path.display().to_string()).collect();
    let looked =
        if paths.is_empty() { "looked over nothing".to_owned() } else { format!("looked over {}", paths.join(", ")) };
    format!("{looked}: {found}")
}
