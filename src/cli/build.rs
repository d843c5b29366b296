//! `pressmark build`.

use std::io::{self, IsTerminal as _};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::ValueEnum;
use pressmark::diagnostics::codes::Deny;
use pressmark::diagnostics::{Severity, render};
use pressmark::project::Override;
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

    /// Set a key of the manifest's [book] table, such as version=1.2.
    #[arg(long, value_name = "KEY=VALUE", value_parser = Override::parse)]
    set: Vec<Override>,

    /// Treat warnings with this code as errors, or all warnings.
    #[arg(long, value_name = "CODE|warnings", value_parser = deny)]
    deny: Vec<Deny>,

    /// How many threads to use [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = jobs)]
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MessageFormat {
    /// With the lines that they point at.
    Human,
    /// One JSON object a line.
    Json,
}

fn deny(text: &str) -> Result<Deny, String> {
    text.parse().map_err(|fault: pressmark::diagnostics::Diagnostic| fault.to_string())
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs: Option<NonZeroUsize> = text.parse().ok();
    jobs.filter(|jobs| jobs.get() <= 1024).ok_or_else(|| "give a number from 1 to 1024".to_owned())
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
        source_date_epoch: std::env::var_os("SOURCE_DATE_EPOCH").map(|value| value.to_string_lossy().into_owned()),
    };
    let mut outcome = pressmark::build(&request);
    let summary = summary(&outcome, start.elapsed());
    if arguments.quiet {
        outcome.diagnostics.retain(|finding| finding.severity == Severity::Error);
    }
    let mut report = match arguments.message_format {
        MessageFormat::Human => render::human(&outcome.diagnostics, &outcome.sources, wants_color()),
        MessageFormat::Json => render::json(&outcome.diagnostics, &outcome.sources),
    };
    if !arguments.quiet {
        report += &match arguments.message_format {
            MessageFormat::Human => summary + "\n",
            MessageFormat::Json => render::json_note("summary", &summary),
        };
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

/// Whether findings are shown in colour: on a terminal, unless the environment says no.
fn wants_color() -> bool {
    let no = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    io::stderr().is_terminal() && !no && !dumb
}

/// What was written, how many pages, what was found, how long it took.
fn summary(outcome: &BuildOutcome, time: Duration) -> String {
    let count = |severity, word: &str| {
        let number = outcome.diagnostics.iter().filter(|finding| finding.severity == severity).count();
        (number > 0).then(|| plural(number, word))
    };
    let found: Vec<String> =
        [count(Severity::Error, "error"), count(Severity::Warning, "warning")].into_iter().flatten().collect();
    let found = if found.is_empty() { String::new() } else { format!("; {}", found.join(", ")) };
    let paths: Vec<String> = outcome.written.iter().map(|path| path.display().to_string()).collect();
    let written = if paths.is_empty() {
        "wrote nothing".to_owned()
    } else {
        format!("wrote {}: {}", paths.join(", "), plural(outcome.pages, "page"))
    };
    format!("{written} in {:.2} s{found}", time.as_secs_f64())
}

fn plural(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
