//! `pressmark build`.

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use pressmark::diagnostics::Severity;
use pressmark::diagnostics::codes::Deny;
use pressmark::project::Override;
use pressmark::{BuildOutcome, BuildRequest, Output, Status};

use super::MessageFormat;

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

    /// Set a key of the manifest's [book] table, such as version=1.2.
    #[arg(long, value_name = "KEY=VALUE", value_parser = Override::parse)]
    set: Vec<Override>,

    /// Treat warnings with this code as errors, or all warnings.
    #[arg(long, value_name = "CODE|warnings", value_parser = super::deny)]
    deny: Vec<Deny>,

    /// How many threads to use [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = super::jobs)]
    jobs: Option<NonZeroUsize>,

    /// How findings are written.
    #[arg(long, value_enum, default_value = "human")]
    message_format: MessageFormat,

    /// Show errors only.
    #[arg(short, long)]
    quiet: bool,
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
        set: arguments.set,
        deny: arguments.deny,
        jobs: arguments.jobs,
        targets: arguments.target,
        source_date_epoch: super::source_date_epoch(),
    };
    let mut outcome = pressmark::build(&request);
    let summary = summary(&outcome, start.elapsed());
    if arguments.quiet {
        outcome.diagnostics.retain(|finding| finding.severity == Severity::Error);
    }
    let mut report = arguments.message_format.render(&outcome.diagnostics, &outcome.sources, &io::stderr());
    // A log in SARIF is one document, and nothing may follow it.
    if !arguments.quiet && arguments.message_format != MessageFormat::Sarif {
        report += &arguments.message_format.note("summary", &summary);
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
