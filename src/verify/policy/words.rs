//! Words of a line of sshd_config, with its quotes (OpenSSH: misc.c `argv_split`).

/// A quote that nothing closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OpenQuote;

/// Splits what follows a keyword: at blanks and tabs, up to a word that begins with `#`. Single and double quotes keep
/// blanks; a backslash makes a quote or a backslash plain, and outside quotes a blank.
pub(super) fn split(line: &str) -> Result<Vec<String>, OpenQuote> {
    let mut words = Vec::new();
    let mut rest = line.trim_end_matches(END_OF_LINE).trim_start_matches(BLANKS);
    while !rest.is_empty() && !rest.starts_with('#') {
        let (word, behind) = first_word(rest)?;
        words.push(word);
        rest = behind.trim_start_matches(BLANKS);
    }
    Ok(words)
}

/// What parts words.
const BLANKS: [char; 2] = [' ', '\t'];

/// What sshd drops at the end of a line.
const END_OF_LINE: [char; 5] = [' ', '\t', '\r', '\n', '\x0c'];

fn first_word(text: &str) -> Result<(String, &str), OpenQuote> {
    let mut word = String::new();
    let mut quote = None;
    let mut characters = text.chars();
    loop {
        let before = characters.as_str();
        match characters.next() {
            None => return if quote.is_none() { Ok((word, "")) } else { Err(OpenQuote) },
            Some('\\') => {
                let escaped = characters.clone().next().filter(|&next| is_escaped(next, quote));
                if escaped.is_some() {
                    characters.next();
                }
                word.push(escaped.unwrap_or('\\'));
            }
            Some(' ' | '\t') if quote.is_none() => return Ok((word, before)),
            Some(mark @ ('"' | '\'')) if quote.is_none() => quote = Some(mark),
            Some(mark) if quote == Some(mark) => quote = None,
            Some(other) => word.push(other),
        }
    }
}

fn is_escaped(next: char, quote: Option<char>) -> bool {
    matches!(next, '\'' | '"' | '\\') || (next == ' ' && quote.is_none())
}
