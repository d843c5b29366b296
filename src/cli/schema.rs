//! `pressmark schema`.

use std::io;
use std::process::ExitCode;

/// Write the JSON Schema of pressmark.toml, for editors.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {}

/// Writes the schema to standard output.
pub(super) fn run() -> ExitCode {
    super::exit_status(super::write(io::stdout().lock(), pressmark::project::schema().as_bytes()))
}
