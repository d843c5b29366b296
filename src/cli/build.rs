//! `pressmark build`.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use pressmark::diagnostics::Severity;
use pressmark::{BuildOutcome, BuildRequest, Output, Status};

/// Write the print edition, the e-book and the release manifest.
///
/// Standard output has the path of each written file, one a line; all else goes to standard error. The exit status is 0
/// if the files are written, 1 if the manuscript has errors, 2 for usage, files and folders.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A Markdown file; or a folder: its pressmark.toml, else its book.toml (an mdBook), else its source/pressmark.toml,
    /// else its .md files.
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Where the files go [default: the project's build folder].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,

    /// Write this edition alone, and leave the others as they are.
    #[arg(long, value_enum)]
    only: Option<EditionName>,

    /// What PDFs are made for, the default target first [default: the manifest's, else screen].
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    target: Vec<String>,

    #[command(flatten)]
    common: super::Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EditionName {
    /// The print edition.
    Pdf,
    /// The e-book.
    Epub,
    /// The pages of print as an e-book.
    EpubFixed,
}

/// Builds, and shows what came of it.
pub(super) fn run(arguments: Arguments) -> ExitCode {
    let start = Instant::now();
    let request = BuildRequest {
        path: arguments.path,
        out: arguments.out,
        only: arguments.only.map(|edition| match edition {
            EditionName::Pdf => Output::Pdf,
            EditionName::Epub => Output::Epub,
            EditionName::EpubFixed => Output::FixedEpub,
        }),
        set: arguments.common.set,
        deny: arguments.common.deny,
        jobs: arguments.common.jobs,
        targets: arguments.target,
        source_date_epoch: super::source_date_epoch(),
    };
    let mut outcome = pressmark::build(&request);
    let summary = summary(&outcome, start.elapsed());
    if arguments.common.quiet {
        outcome.diagnostics.retain(|finding| finding.severity == Severity::Error);
    }
    let mut report = arguments.common.message_format.render(&outcome.diagnostics, &outcome.sources, &io::stderr());
    // A log in SARIF is one document, and nothing may follow it.
    if !arguments.common.quiet && arguments.common.message_format != super::MessageFormat::Sarif {
        report += &arguments.common.message_format.note("summary", &summary);
    }
    let paths: Vec<u8> = outcome
        .written
        .iter()
        .flat_map(|path| path.as_os_str().as_encoded_bytes().iter().chain(b"\n"))
        .copied()
        .collect();
    let shown =
        super::write(io::stdout().lock(), &paths).and_then(|()| super::write(io::stderr().lock(), report.as_bytes()));
    match outcome.status() {
        Status::Done if shown.is_ok() => ExitCode::SUCCESS,
        Status::Faulty => ExitCode::from(1),
        Status::Done | Status::Impossible => ExitCode::from(2),
    }
}

/// What was written, how many pages, what was found, how long it took.
fn summary(outcome: &BuildOutcome, time: Duration) -> String {
    let found = super::counts(&outcome.diagnostics).map_or_else(String::new, |counts| format!("; {counts}"));
    let paths: Vec<String> = outcome.written.iter().map(|path| path.display().to_string()).collect();
    let written = if paths.is_empty() {
        "wrote nothing".to_owned()
    } else {
        format!("wrote {}: {}", paths.join(", "), super::plural(outcome.pages, "page"))
    };
    format!("{written} in {:.2} s{found}", time.as_secs_f64())
}
