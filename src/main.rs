//! Arguments → build → diagnostics → exit status.
fn main() {}
