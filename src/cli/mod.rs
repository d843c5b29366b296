//! The command line: what was typed → what it means → what is shown.
//!
//! The only place that touches the terminal, the environment and the clock. Start at [`run`]; each command has a file.

mod build;
mod explain;
mod preflight;
mod schema;

use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use pressmark::diagnostics::codes::Deny;
use pressmark::diagnostics::{Diagnostic, Severity, SourceFiles, render};
use pressmark::project::Override;

/// Turns a Markdown manuscript into a print-ready PDF and an EPUB.
#[derive(Debug, Parser)]
#[command(name = "pressmark", version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(build::Arguments),
    Preflight(preflight::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
}

/// Does what was typed. The exit status is 0 if it is done, 1 if the manuscript has errors, 2 for usage, files and
/// folders.
pub(crate) fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Build(arguments) => build::run(arguments),
        Command::Preflight(arguments) => preflight::run(arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema(schema::Arguments {}) => schema::run(),
    }
}

/// What each command takes that reads a manuscript.
#[derive(Debug, clap::Args)]
struct Common {
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

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MessageFormat {
    /// With the lines that they point at.
    Human,
    /// One JSON object a line.
    Json,
    /// A log in SARIF 2.1.0, for code scanning.
    Sarif,
}

impl MessageFormat {
    /// The findings, as they are written to `stream`.
    fn render(self, diagnostics: &[Diagnostic], sources: &SourceFiles, stream: &impl IsTerminal) -> String {
        match self {
            Self::Human => render::human(diagnostics, sources, wants_color(stream)),
            Self::Json => render::json(diagnostics, sources),
            Self::Sarif => render::sarif(diagnostics, sources),
        }
    }

    /// A sentence of the program itself, on standard error.
    fn note(self, code: &str, message: &str) -> String {
        match self {
            Self::Human | Self::Sarif => format!("{message}\n"),
            Self::Json => render::json_note(code, message),
        }
    }
}

/// Whether findings are shown in colour: on a terminal, unless the environment says no.
fn wants_color(stream: &impl IsTerminal) -> bool {
    let no = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
    stream.is_terminal() && !no && !dumb
}

fn deny(text: &str) -> Result<Deny, String> {
    text.parse().map_err(|fault: Diagnostic| fault.to_string())
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs: Option<NonZeroUsize> = text.parse().ok();
    jobs.filter(|jobs| jobs.get() <= 1024).ok_or_else(|| "give a number from 1 to 1024".to_owned())
}

/// The day of builds that are to be the same, if the environment names one.
fn source_date_epoch() -> Option<String> {
    std::env::var_os("SOURCE_DATE_EPOCH").map(|value| value.to_string_lossy().into_owned())
}

/// How many errors and warnings there are, where there are any.
fn counts(diagnostics: &[Diagnostic]) -> Option<String> {
    let count = |severity, word: &str| {
        let number = diagnostics.iter().filter(|finding| finding.severity == severity).count();
        (number > 0).then(|| plural(number, word))
    };
    let found: Vec<String> =
        [count(Severity::Error, "error"), count(Severity::Warning, "warning")].into_iter().flatten().collect();
    (!found.is_empty()).then(|| found.join(", "))
}

fn plural(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}

/// 0 where everything was written, else 2.
fn exit_status(written: io::Result<()>) -> ExitCode {
    written.map_or(ExitCode::from(2), |()| ExitCode::SUCCESS)
}

/// Writes to a standard stream. That nobody reads to the end is no fault.
fn write(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
    match stream.write_all(bytes).and_then(|()| stream.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
