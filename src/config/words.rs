//! How a line of ssh_config(5) or sshd_config(5) falls into words.

use thiserror::Error;

/// Spaces between a keyword and its arguments, and at the ends of a line (OpenSSH: readconf.c `WHITESPACE`).
const WHITESPACE: &[u8] = b" \t\r\n";

/// A quote that is opened and never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a quote is opened and never closed")]
pub struct OpenQuote;

/// A line with a keyword, cut behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The keyword in lower case, without its quotes.
    pub keyword: Vec<u8>,
    /// What stands behind it, not yet split; not empty in a line that is right.
    pub rest: &'a [u8],
}

/// Cuts the keyword off a line; none for a blank line or a comment.
///
/// A keyword whose quote is never closed makes OpenSSH skip the line (misc.c `strdelim`); here it is an error, for the
/// line may be the one that says no.
///
/// # Errors
/// [`OpenQuote`], in the keyword.
pub fn split_line(line: &[u8]) -> Result<Option<Line<'_>>, OpenQuote> {
    // The first byte stays whatever it is, as in OpenSSH; white space alone is a blank line all the same.
    let end = line.iter().rposition(|byte| !WHITESPACE.contains(byte) && *byte != b'\x0c');
    let line = line.get(..end.map_or(1, |end| end.saturating_add(1))).unwrap_or_default();
    let (mut keyword, mut rest) = cut(line)?;
    if keyword.is_empty() {
        (keyword, rest) = cut(rest)?;
    }
    if keyword.first().is_none_or(|&first| first == b'#' || first == b'\n') {
        return Ok(None);
    }
    keyword.make_ascii_lowercase();
    Ok(Some(Line { keyword, rest: trim_start(rest) }))
}

/// Takes one word up to white space, a quoted part, or one `=` (OpenSSH: misc.c `strdelim`).
fn cut(text: &[u8]) -> Result<(Vec<u8>, &[u8]), OpenQuote> {
    let delimiter = |byte: &u8| WHITESPACE.contains(byte) || *byte == b'"' || *byte == b'=';
    let Some(at) = text.iter().position(delimiter) else {
        return Ok((text.to_vec(), &[]));
    };
    let (word, behind) = text.split_at_checked(at).unwrap_or((text, &[]));
    let (found, behind) = behind.split_first().unwrap_or((&b' ', &[]));
    if *found == b'"' {
        let close = behind.iter().position(|&byte| byte == b'"').ok_or(OpenQuote)?;
        let (quoted, behind) = behind.split_at_checked(close).ok_or(OpenQuote)?;
        return Ok(([word, quoted].concat(), trim_start(behind.get(1..).unwrap_or_default())));
    }
    let behind = trim_start(behind);
    let behind = match behind.strip_prefix(b"=") {
        Some(value) if *found != b'=' => trim_start(value),
        _ => behind,
    };
    Ok((word.to_vec(), behind))
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !WHITESPACE.contains(byte)).unwrap_or(text.len());
    text.get(start..).unwrap_or_default()
}

/// Splits arguments: white space between them, quotes of both kinds, backslashes before a quote, a backslash or, outside
/// quotes, a space; a `#` at the start of one ends the line (OpenSSH: misc.c `argv_split`).
///
/// # Errors
/// [`OpenQuote`].
pub fn split_arguments(text: &[u8]) -> Result<Vec<Vec<u8>>, OpenQuote> {
    let mut arguments = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    loop {
        while bytes.next_if(|byte| matches!(byte, b' ' | b'\t')).is_some() {}
        if bytes.peek().is_none_or(|&byte| byte == b'#') {
            return Ok(arguments);
        }
        let mut argument = Vec::new();
        let mut quote: Option<u8> = None;
        while let Some(byte) = bytes.next() {
            match (byte, quote) {
                (b'\\', _) => {
                    let escapable =
                        |next: &u8| matches!(next, b'\'' | b'"' | b'\\') || (quote.is_none() && *next == b' ');
                    argument.push(bytes.next_if(escapable).unwrap_or(b'\\'));
                }
                (b' ' | b'\t', None) => break,
                (b'\'' | b'"', None) => quote = Some(byte),
                (_, Some(open)) if byte == open => quote = None,
                _ => argument.push(byte),
            }
        }
        if quote.is_some() {
            return Err(OpenQuote);
        }
        arguments.push(argument);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Option<(String, String)> {
        let line = split_line(text.as_bytes()).unwrap()?;
        Some((String::from_utf8(line.keyword).unwrap(), String::from_utf8(line.rest.to_vec()).unwrap()))
    }

    #[test]
    fn a_keyword_ends_at_a_space_or_one_equals_sign() {
        for text in [
            "EnableSSHKeysign yes",
            "  \tEnableSSHKeysign\tyes \r\n",
            "EnableSSHKeysign=yes",
            "EnableSSHKeysign = yes\x0c",
            "EnableSSHKeysign =yes",
            "\"EnableSSHKeysign\" yes",
            "Enable\"SSHKeysign\" yes",
            "=EnableSSHKeysign yes",
        ] {
            assert_eq!(line(text), Some(("enablesshkeysign".to_owned(), "yes".to_owned())), "{text:?}");
        }
        assert_eq!(line("EnableSSHKeysign == yes"), Some(("enablesshkeysign".to_owned(), "= yes".to_owned())));
        assert_eq!(line("EnableSSHKeysign"), Some(("enablesshkeysign".to_owned(), String::new())));
    }

    #[test]
    fn blank_lines_and_comments_hold_nothing() {
        for text in ["", "\n", " \t\r\n", "#", "# EnableSSHKeysign yes", "  #x", "\x0c"] {
            let expected = if text == "\x0c" { Some(("\x0c".to_owned(), String::new())) } else { None };
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_keyword_with_an_open_quote_is_an_error() {
        assert_eq!(split_line(b"\"EnableSSHKeysign no"), Err(OpenQuote));
        assert_eq!(split_line(b"EnableSSHKeysign\" no"), Err(OpenQuote));
    }

    fn arguments(text: &str) -> Result<Vec<String>, OpenQuote> {
        let arguments = split_arguments(text.as_bytes())?;
        Ok(arguments.into_iter().map(|argument| String::from_utf8(argument).unwrap()).collect())
    }

    #[test]
    fn arguments_are_split_as_openssh_does() {
        for (text, expected) in [
            ("a b", &["a", "b"][..]),
            (" a\t b ", &["a", "b"]),
            ("a #b", &["a"]),
            ("a#b", &["a#b"]),
            ("\"a b\" c", &["a b", "c"]),
            ("'a \"b' c", &["a \"b", "c"]),
            ("a\"b c\"d", &["ab cd"]),
            ("a\\ b", &["a b"]),
            ("\"a\\ b\"", &["a\\ b"]),
            ("\\\"a\\'", &["\"a'"]),
            ("a\\nb\\\\c", &["a\\nb\\c"]),
            ("\"\" b", &["", "b"]),
            ("", &[]),
            ("\"#\"", &["#"]),
            ("a\\", &["a\\"]),
        ] {
            assert_eq!(arguments(text), Ok(expected.iter().map(|&s| s.to_owned()).collect()), "{text:?}");
        }
        for text in ["\"a", "a 'b c", "a\""] {
            assert_eq!(arguments(text), Err(OpenQuote), "{text:?}");
        }
    }
}
