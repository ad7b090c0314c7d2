//! Changes of a few lines of a long file, made at once on its bytes.

use std::collections::BTreeMap;

use super::index::line_at;

/// What happens to some lines of a file. Numbers are those of the file as it was; texts have no line end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// Lines that get another text, or go (`None`).
    pub changed: BTreeMap<usize, Option<Vec<u8>>>,
    /// Lines that are put behind all others.
    pub added: Vec<Vec<u8>>,
}

impl Patch {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.added.is_empty()
    }

    /// The new content: so many bytes of the old, and what follows them. It is what the same edits of a
    /// [`Document`](super::Document) give: a changed line keeps its line end, or lack of it; one that is missing is added
    /// where lines are. Lines that the file does not have are passed over.
    #[must_use]
    pub fn apply(&self, bytes: &[u8]) -> (usize, Vec<u8>) {
        let mut rest = Vec::new();
        let (mut offset, mut number, mut keep) = (0, 1, None);
        for (&line, text) in &self.changed {
            let start = offset;
            while number < line && offset < bytes.len() {
                offset = offset.saturating_add(line_at(bytes, offset).len());
                number = number.saturating_add(1);
            }
            // What lies between this line and the one before that changes.
            match keep {
                None => keep = Some(offset),
                Some(_) => rest.extend_from_slice(bytes.get(start..offset).unwrap_or_default()),
            }
            let raw = line_at(bytes, offset);
            if let Some(text) = text.as_ref().filter(|_| !raw.is_empty()) {
                rest.extend_from_slice(text);
                // Lines that are added give the last one the line end that it may lack.
                rest.extend((raw.ends_with(b"\n") || !self.added.is_empty()).then_some(b'\n'));
            }
            offset = offset.saturating_add(raw.len());
            number = number.saturating_add(1);
        }
        let keep = match keep {
            Some(keep) => {
                rest.extend_from_slice(bytes.get(offset..).unwrap_or_default());
                keep
            }
            None => bytes.len(),
        };
        if !self.added.is_empty() {
            let kept = bytes.get(..keep).unwrap_or_default();
            let last = rest.last().or_else(|| kept.last());
            if last.is_some_and(|&last| last != b'\n') {
                rest.push(b'\n');
            }
            for text in &self.added {
                rest.extend_from_slice(text);
                rest.push(b'\n');
            }
        }
        (keep, rest)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

    use super::*;
    use crate::lines::testing::Random;
    use crate::lines::{Content, Document};

    #[derive(Debug, PartialEq)]
    struct Nothing;

    impl Content for Nothing {
        fn read(_raw: &[u8]) -> Self {
            Self
        }
    }

    #[test]
    fn it_gives_what_the_same_edits_of_a_document_give() {
        let mut random = Random::new(7);
        for _ in 0..20_000 {
            let file = random.file(&[b"a\n", b"bb\n", b"\n", b"ccc", b"\r\n", b"d"]);
            let mut document = Document::<Nothing>::parse(&file);
            let lines = document.lines().count();
            let mut patch = Patch::default();
            for _ in 0..random.below(4).min(lines) {
                let text = [None, Some(b"new".to_vec()), Some(Vec::new())][random.below(3)].clone();
                patch.changed.insert(random.below(lines) + 1, text);
            }
            patch.added = (0..random.below(3)).map(|n| format!("added{n}").into_bytes()).collect();
            for text in &patch.added {
                document.append(text).unwrap();
            }
            for (&line, text) in &patch.changed {
                if let Some(text) = text {
                    document.replace(line, text).unwrap();
                }
            }
            let gone: Vec<_> = patch.changed.iter().filter(|(_, text)| text.is_none()).map(|(&line, _)| line).collect();
            document.remove(&gone).unwrap();
            let (keep, rest) = patch.apply(&file);
            let ours = [&file[..keep], &rest].concat();
            assert_eq!(ours, document.to_bytes(), "{patch:?} of {:?}", String::from_utf8_lossy(&file));
            let first = patch.changed.keys().next();
            let before = first.map_or(file.len(), |&line| {
                file.split_inclusive(|&byte| byte == b'\n').take(line - 1).map(<[u8]>::len).sum()
            });
            assert_eq!(keep, before, "all that comes before the first change is kept");
        }
    }
}
