//! What the targets share: naive readers and models, written to be read, not to be fast, and with nothing of the code that
//! is fuzzed.

pub mod edits;
pub mod pattern;
pub mod wire;

/// Splits an input into its first line, as words, and the rest: the questions, and the file that is asked.
pub fn questions(input: &[u8]) -> (Vec<&[u8]>, &[u8]) {
    let end = input.iter().position(|&byte| byte == b'\n').unwrap_or(input.len());
    let words = input[..end].split(|&byte| byte == b' ').filter(|word| !word.is_empty()).collect();
    (words, input.get(end + 1..).unwrap_or_default())
}
