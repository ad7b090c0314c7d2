//! Prose in lines that are not too long.

/// The words of a text in lines of at most `width` characters, where they fit. What stands in backquotes is not broken, so
/// that it can be copied; and in Markdown no part of it begins a line, where it could mean something.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(text) {
        let needed = line.len().saturating_add(1).saturating_add(word.len());
        if !line.is_empty() && needed > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Parts between blanks that are outside of backquotes.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    text.split(move |c: char| {
        is_quoted ^= c == '`';
        c == ' ' && !is_quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_before_the_word_that_does_not_fit() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 6), ["one", "two", "three"]);
        assert_eq!(wrapped("", 6), [""]);
    }

    #[test]
    fn what_is_in_backquotes_stays_together() {
        assert_eq!(wrapped("say `a b c`, then go", 6), ["say", "`a b c`,", "then", "go"]);
    }
}
