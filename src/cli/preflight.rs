//! `pressmark preflight`.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use pressmark::{BuildRequest, PreflightRequest, Status};

use super::MessageFormat;

/// Look over what a build would write, as a printer, a store or a reader does; or PDFs and e-books that are there.
///
/// Nothing is written but the findings. The exit status is 0 if nothing is wrong, 1 if something is, 2 for usage and files.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A manuscript, as for a build; or a PDF.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// What the PDF is made for [default: the manifest's targets].
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    target: Vec<String>,

    /// The stores that the e-book is for: kdp, apple, kobo, google, or one of the manifest [default: all].
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    store: Vec<String>,

    /// How findings are written.
    #[arg(long, value_enum, default_value = "human")]
    message_format: MessageFormat,
}

/// Looks over what was named, and shows what was found.
pub(super) fn run(arguments: Arguments) -> ExitCode {
    let build = BuildRequest {
        path: arguments.paths.into_iter().next().unwrap_or_default(),
        targets: arguments.target,
        source_date_epoch: super::source_date_epoch(),
        ..BuildRequest::default()
    };
    let outcome = pressmark::preflight(&PreflightRequest { build, files: Vec::new(), stores: arguments.store });
    let found = super::counts(&outcome.diagnostics).unwrap_or_else(|| "nothing wrong".to_owned());
    let summary = format!("looked over {}: {found}", outcome.checked.join(", "));
    let report = arguments.message_format.render(&outcome.diagnostics, &outcome.sources)
        + &arguments.message_format.note("summary", &summary);
    let shown = super::write(io::stderr().lock(), report.as_bytes());
    match outcome.status() {
        Status::Done if shown.is_ok() => ExitCode::SUCCESS,
        Status::Faulty => ExitCode::from(1),
        Status::Done | Status::Impossible => ExitCode::from(2),
    }
}
