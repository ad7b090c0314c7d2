//! What the property tests of both documents share: a generator that gives the same numbers on every run, and the two
//! properties that hold for every document.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use super::{Content, Document};

/// Xorshift64 (Marsaglia, "Xorshift RNGs", 2003): enough to wander through a grammar, and the same everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// A file of tokens, and now and then of any bytes.
    pub(crate) fn file(&mut self, tokens: &[&[u8]]) -> Vec<u8> {
        let mut file = Vec::new();
        for _ in 0..self.below(60) {
            match self.below(12) {
                0 => file.extend((0..self.below(8)).map(|_| u8::try_from(self.below(256)).unwrap())),
                _ => file.extend_from_slice(self.pick::<&[u8]>(tokens)),
            }
        }
        file
    }
}

/// Parse and write give the same bytes; an edit leaves every other line byte-equal, and reads as a fresh parse does.
pub(crate) fn keeps_every_byte<C: Content + PartialEq + std::fmt::Debug>(file: &[u8], random: &mut Random) {
    let before = Document::<C>::parse(file);
    assert_eq!(before.to_bytes(), file);

    let mut edited = Document::<C>::parse(file);
    let mut lines: Vec<Vec<u8>> = before.lines().map(|line| line.raw().to_vec()).collect();
    match (random.below(3), lines.len()) {
        (1, count @ 1..) => {
            let gone = [random.below(count), random.below(count)];
            edited.remove(&gone.map(|index| index + 1)).unwrap();
            let mut index = 0;
            lines.retain(|_| (!gone.contains(&index), index += 1).0);
        }
        (2, count @ 1..) => {
            let index = random.below(count);
            let ended = lines[index].ends_with(b"\n");
            edited.replace(index + 1, b"new text").unwrap();
            lines[index] = if ended { b"new text\n".to_vec() } else { b"new text".to_vec() };
        }
        _ => {
            edited.append(b"new text").unwrap();
            if let Some(last) = lines.last_mut().filter(|last| !last.ends_with(b"\n")) {
                last.push(b'\n');
            }
            lines.push(b"new text\n".to_vec());
        }
    }
    assert_eq!(edited.to_bytes(), lines.concat());
    assert_eq!(edited, Document::parse(&lines.concat()));
}
