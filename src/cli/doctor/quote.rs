//! A command as it is typed into a shell.

use crate::escape::escape;

/// The program and its arguments, each in quotes where a shell would take it for something else.
pub(in crate::cli) fn quoted(argv: &[String]) -> String {
    let words: Vec<String> = argv.iter().map(|word| quote(word)).collect();
    words.join(" ")
}

/// Whether a terminal would do something else than show it: move the cursor, or turn the direction of the text.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn quote(word: &str) -> String {
    // Quotes keep a shell from such a character, not a terminal: no command of ours takes it either way.
    if word.chars().any(steers) {
        return quote(&escape(word).to_string());
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./,:=+@%^".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
#[allow(clippy::disallowed_types, reason = "the test runs a shell")]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_the_same_words() {
        let argv = ["a", "", "b c", "it's", "$x", "*", "~", "#", "a;b", "\\", "'", "!x"].map(str::to_owned);
        let script = format!("printf '%s\\n' {}", quoted(&argv));
        let shell = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8(shell.stdout).unwrap(), argv.join("\n") + "\n");
        assert_eq!(quoted(&argv[..3]), "a '' 'b c'");
        let shown = quoted(&["x".to_owned(), "a\x1b[2J\nrm".to_owned()]);
        assert!(shown.starts_with("x 'a") && !shown.chars().any(steers), "{shown}");
    }
}
