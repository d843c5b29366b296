//! `pressmark explain`.

use std::io;
use std::process::ExitCode;

use pressmark::diagnostics::codes::{self, CODES};

/// Say what a finding's code means, why it matters and what to do; or list all codes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The code in brackets before a finding's message, such as missing-alt.
    #[arg(value_parser = code)]
    code: Option<&'static (&'static str, &'static str)>,
}

fn code(text: &str) -> Result<&'static (&'static str, &'static str), String> {
    codes::find(text).map_err(|fault| fault.to_string())
}

/// Writes what a code means, or a line for each code, to standard output.
pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let text: String = match arguments.code {
        Some((code, _)) => format!("{code}: {}", codes::explain(code)).lines().map(filled).collect(),
        None => CODES.iter().map(|(code, meaning)| format!("{code}: {meaning}\n")).collect(),
    };
    super::exit_status(super::write(io::stdout().lock(), text.as_bytes()))
}

/// A paragraph in lines of at most 80 characters, as far as its words allow.
fn filled(paragraph: &str) -> String {
    const LONGEST: usize = 80;
    let (mut text, mut width) = (String::new(), 0);
    for word in paragraph.split(' ') {
        let length = word.chars().count();
        let fits = width > 0 && width + 1 + length <= LONGEST;
        if width > 0 {
            text.push(if fits { ' ' } else { '\n' });
        }
        text.push_str(word);
        width = if fits { width + 1 + length } else { length };
    }
    text + "\n"
}
