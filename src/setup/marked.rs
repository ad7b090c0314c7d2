//! Our lines in a configuration file, between two comments by which they are found again.
//!
//! ```text
//! # hostbased setup: begin 1f0c5bd2e9a47733
//! ...
//! # hostbased setup: end
//! ```
//!
//! The number is the beginning of the SHA-256 of the lines between: whether somebody has changed them since can be told without
//! knowing which release wrote them. A line that is switched off, not deleted, gets [`OFF`] in front.

use sha2::{Digest, Sha256};

const BEGIN: &[u8] = b"# hostbased setup: begin ";
const END: &[u8] = b"# hostbased setup: end";

/// Behind the number: the line before ours had no line end, and got one.
const JOINED: &[u8] = b" joined";

/// Before a line that sshd knows no more.
pub(super) const OFF: &[u8] = b"# hostbased setup, no longer an option: ";

/// Our lines in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marked {
    /// The file without them, as it was before.
    pub(super) rest: Vec<u8>,
    /// What stands between the comments.
    pub(super) body: Vec<u8>,
    /// Whether that is as it was written.
    pub(super) is_whole: bool,
    /// The line of the first comment, counted from 1.
    pub(super) line: usize,
}

/// The comments do not pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unpaired {
    /// The line of the one that is alone.
    pub(super) line: usize,
}

/// Finds our lines in a file; none where there are none.
///
/// # Errors
/// [`Unpaired`]: a comment without the other one, or more than one pair.
pub(super) fn find(text: &[u8]) -> Result<Option<Marked>, Unpaired> {
    let lines: Vec<&[u8]> = split_lines(text).collect();
    let numbered = || (1_usize..).zip(&lines);
    let begins: Vec<usize> = numbered().filter(|(_, line)| line.starts_with(BEGIN)).map(|(at, _)| at).collect();
    let ends: Vec<usize> =
        numbered().filter(|(_, line)| line.trim_ascii_end() == END).map(|(number, _)| number).collect();
    let (begin, end) = match (begins.as_slice(), ends.as_slice()) {
        ([], []) => return Ok(None),
        ([begin], [end]) if begin < end => (*begin, *end),
        ([first, ..], _) | ([], [first, ..]) => return Err(Unpaired { line: *first }),
    };
    let part = |from: usize, to: usize| lines.get(from..to).unwrap_or_default().concat();
    let mut rest = part(0, begin.saturating_sub(1));
    let body = part(begin, end.saturating_sub(1));
    let head = lines.get(begin.saturating_sub(1)).copied().unwrap_or_default().trim_ascii_end();
    let number = head.strip_prefix(BEGIN).unwrap_or_default();
    let (number, joined) = number.strip_suffix(JOINED).map_or((number, false), |number| (number, true));
    let behind = part(end, lines.len());
    if joined && behind.is_empty() && rest.ends_with(b"\n") {
        rest.pop();
    }
    rest.extend_from_slice(&behind);
    Ok(Some(Marked { rest, is_whole: number == digest(&body).as_bytes(), body, line: begin }))
}

/// The file with our lines before its line `before`, counted from 1; one more than there are is its end.
pub(super) fn insert(text: &[u8], before: usize, body: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = split_lines(text).collect();
    let (front, behind) = lines.split_at_checked(before.saturating_sub(1)).unwrap_or((&lines, &[]));
    let mut new = front.concat();
    let joined = !new.is_empty() && !new.ends_with(b"\n");
    if joined {
        new.push(b'\n');
    }
    let number = digest(body);
    let parts: [&[u8]; 7] = [BEGIN, number.as_bytes(), if joined { JOINED } else { b"" }, b"\n", body, END, b"\n"];
    new.extend(parts.concat());
    new.extend(behind.concat());
    new
}

/// Which of the lines a removed option stands on get [`OFF`] in front.
pub(super) fn switch_off(text: &[u8], which: &[usize]) -> Vec<u8> {
    let off = |(number, line): (usize, &[u8])| match which.contains(&number) {
        true => [OFF, line].concat(),
        false => line.to_vec(),
    };
    (1_usize..).zip(split_lines(text)).flat_map(off).collect()
}

/// The lines that were switched off, switched on again; and how many they are.
pub(super) fn switch_on(text: &[u8]) -> (Vec<u8>, usize) {
    let mut count = 0_usize;
    let on = |line: &[u8]| match line.strip_prefix(OFF) {
        Some(line) => {
            count = count.saturating_add(1);
            line.to_vec()
        }
        None => line.to_vec(),
    };
    let text = split_lines(text).flat_map(on).collect();
    (text, count)
}

/// The lines of a file, each with its end.
pub(super) fn split_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
}

fn digest(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inserted_is_found_and_taking_it_out_leaves_the_file_as_it_was() {
        for (text, before) in [
            (&b""[..], 1),
            (b"a\nb\n", 1),
            (b"a\nb\n", 2),
            (b"a\nb\n", 3),
            (b"a\nb", 1),
            (b"a\nb", 2),
            (b"a\nb", 3),
            (b"a", 9),
            (b"\n\n", 3),
            (b"a\r\nb", 3),
        ] {
            let new = insert(text, before, b"x\ny\n");
            let found = find(&new).unwrap().unwrap();
            assert_eq!(found.rest, text, "{}", String::from_utf8_lossy(&new));
            assert_eq!((found.body.as_slice(), found.is_whole), (&b"x\ny\n"[..], true));
        }
        assert_eq!(find(b"a\n# hostbased setup\n"), Ok(None));
    }

    #[test]
    fn what_was_changed_since_is_told_apart() {
        let text = String::from_utf8(insert(b"a\n", 1, b"x\ny\n")).unwrap();
        for changed in [text.replace('x', "z"), text.replace("y\n", "y\n\n"), text.replace("y\n", "")] {
            assert!(!find(changed.as_bytes()).unwrap().unwrap().is_whole, "{changed}");
        }
        assert!(find(text.replace("a\n", "b\n").as_bytes()).unwrap().unwrap().is_whole);
    }

    #[test]
    fn comments_that_do_not_pair_are_told() {
        let text = String::from_utf8(insert(b"a\n", 2, b"x\n")).unwrap();
        assert_eq!(find(text.replace("# hostbased setup: end\n", "").as_bytes()), Err(Unpaired { line: 2 }));
        assert_eq!(find(b"a\n# hostbased setup: end\n"), Err(Unpaired { line: 2 }));
        assert_eq!(find([text.as_bytes(), text.as_bytes()].concat().as_slice()), Err(Unpaired { line: 2 }));
        assert_eq!(find(b"# hostbased setup: end\n# hostbased setup: begin 0\n"), Err(Unpaired { line: 2 }));
    }

    #[test]
    fn lines_are_switched_off_and_on_again() {
        let text = b"a\n  RhostsAuthentication no\r\nb\nRhostsRSAAuthentication no";
        let off = switch_off(text, &[2, 4]);
        assert!(off.starts_with(b"a\n# hostbased setup, no longer an option:   RhostsAuthentication no\r\nb\n# host"));
        assert_eq!(switch_on(&off), (text.to_vec(), 2));
        assert_eq!(switch_on(text), (text.to_vec(), 0));
    }
}
