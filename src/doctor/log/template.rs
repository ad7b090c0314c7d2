//! Texts with gaps, as OpenSSH prints them.

/// What stands in the gaps (`{}`) of the template, where the text is one of it: `Some` and empty where it can be read in more
/// than one way, because somebody chose a name that makes it so.
///
/// Both ends of the text must be the template's. Gaps may be empty.
pub(super) fn words<'a>(template: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = template.split("{}");
    let rest = text.strip_prefix(pieces.next()?)?;
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else {
        return rest.is_empty().then(Vec::new);
    };
    let rest = rest.strip_suffix(last)?;
    // From the left and from the right: where both ways agree, there is no other.
    let from_left = split(rest, middle.iter().copied(), |text, piece| text.split_once(piece))?;
    let mut from_right = split(rest, middle.iter().rev().copied(), |text, piece| {
        text.rsplit_once(piece).map(|(before, after)| (after, before))
    })?;
    from_right.reverse();
    Some(if from_left == from_right { from_left } else { Vec::new() })
}

fn split<'a, 'b>(
    text: &'a str,
    pieces: impl Iterator<Item = &'b str>,
    cut: impl Fn(&'a str, &str) -> Option<(&'a str, &'a str)>,
) -> Option<Vec<&'a str>> {
    let mut rest = text;
    let mut words = Vec::new();
    for piece in pieces {
        let (word, after) = cut(rest, piece)?;
        words.push(word);
        rest = after;
    }
    words.push(rest);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled() {
        assert_eq!(words("a", "a"), Some(vec![]));
        assert_eq!(words("a", "ab"), None);
        assert_eq!(words("a {} b", "a x y b"), Some(vec!["x y"]));
        assert_eq!(words("a {} b", "a x c"), None);
        assert_eq!(words("a {}", "a "), Some(vec![""]));
        assert_eq!(words("{}: {}", "x: y"), Some(vec!["x", "y"]));
        assert_eq!(words("u \"{}\" h \"{}\"", "u \"a\" h \"b\""), Some(vec!["a", "b"]));
        assert_eq!(words("u \"{}\" h \"{}\"", "u \"a\""), None);
        assert_eq!(words("ab{}ba", "aba"), None);
    }

    #[test]
    fn what_can_be_read_in_two_ways_gives_no_words() {
        assert_eq!(words("u \"{}\" h \"{}\"", "u \"a\" h \"b\" h \"c\""), Some(vec![]));
        assert_eq!(words("from {} port {}", "from x port 1 port 2"), Some(vec![]));
    }
}
