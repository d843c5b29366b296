//! `pressmark explain`.

use std::io;
use std::process::ExitCode;

use pressmark::diagnostics::codes::{self, CODES};

/// Say what a finding's code means, or list all codes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The code in brackets before a finding's message, such as missing-alt.
    #[arg(value_parser = code)]
    code: Option<&'static (&'static str, &'static str)>,
}

fn code(text: &str) -> Result<&'static (&'static str, &'static str), String> {
    codes::find(text).map_err(|fault| fault.to_string())
}

/// Writes a code, or all, with its meaning to standard output.
pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let entries = arguments.code.map_or(CODES, std::slice::from_ref);
    let lines: String = entries.iter().map(|(code, meaning)| format!("{code}: {meaning}\n")).collect();
    super::exit_status(super::write(io::stdout().lock(), lines.as_bytes()))
}
