//! The command line: what was typed → what it means → what is shown.
//!
//! The only place that touches the terminal, the environment and the clock. Start at [`run`]; each command has a file.

mod build;
mod explain;
mod schema;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    Explain(explain::Arguments),
    Schema(schema::Arguments),
}

/// Does what was typed. The exit status is 0 if it is done, 1 if the manuscript has errors, 2 for usage, files and
/// folders.
pub(crate) fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Build(arguments) => build::run(arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Schema(schema::Arguments {}) => schema::run(),
    }
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
