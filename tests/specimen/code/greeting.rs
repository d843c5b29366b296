//! A program to include parts of.

// ANCHOR: greeting
fn greet(name: &str) -> String {
    format!("Hello, {name}!")
}
// ANCHOR_END: greeting

fn main() {
    println!("{}", greet("reader"));
}
