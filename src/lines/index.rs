//! Finding a file's lines by a name that they carry, without a table of the names: what the indexes of both files,
//! `ssh_known_hosts` and `shosts.equiv`, share.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::BufRead;

/// Where lines that carry a name begin, by the name's hash: 4 bytes for a name on a line, and 8 to 16 for its buckets.
///
/// Names are hashed in lower case. The hash is keyed (SipHash with random keys), so nobody who has a say in the file's
/// names, or in the names that are looked up, can make them fall together.
pub(crate) struct NameIndex {
    state: RandomState,
    /// Where each bucket begins in `offsets`; one more at the end.
    starts: Vec<u32>,
    /// Offsets of lines, in each bucket in the order of the file.
    offsets: Vec<u32>,
}

impl NameIndex {
    /// Begins an index that reaches lines up to this offset, which is [`NameIndex::REACH`] but in tests.
    pub(crate) fn builder(reach: u32) -> NameIndexBuilder {
        NameIndexBuilder { state: RandomState::new(), postings: Vec::new(), reach }
    }

    /// The greatest offset that it can hold: lines behind the first 4 GiB of a file need another way.
    pub(crate) const REACH: u32 = u32::MAX;

    /// How many names of lines there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Where the lines begin that may carry the name, in any case. In the order of the file; a line that carries it twice
    /// comes twice, and lines with other names come too.
    pub(crate) fn offsets(&self, name: &[u8]) -> impl Iterator<Item = usize> {
        let bucket = bucket(hash(&self.state, name), self.starts.len().saturating_sub(1));
        let range = match self.starts.get(bucket..) {
            Some([start, end, ..]) => to_usize(*start)..to_usize(*end),
            _ => 0..0,
        };
        self.offsets.get(range).unwrap_or_default().iter().copied().map(to_usize)
    }
}

/// An index that is being made.
pub(crate) struct NameIndexBuilder {
    state: RandomState,
    /// Hash and offset.
    postings: Vec<(u32, u32)>,
    reach: u32,
}

impl NameIndexBuilder {
    /// Whether it can hold the line at an offset.
    pub(crate) fn reaches(&self, offset: usize) -> bool {
        offset <= to_usize(self.reach)
    }

    /// Adds a name of the line at an offset that it [reaches](Self::reaches). Lines come in the order of the file.
    pub(crate) fn add(&mut self, name: &[u8], offset: usize) {
        if let Ok(offset) = u32::try_from(offset) {
            self.postings.push((hash(&self.state, name), offset));
        }
    }

    /// The index: a counting sort of the postings by bucket, which keeps the order of the lines.
    pub(crate) fn build(self) -> NameIndex {
        // More than names, because each other name in a bucket is a line that is looked at in vain.
        let buckets = self.postings.len().saturating_mul(2).next_power_of_two();
        let mut starts = vec![0_u32; buckets.saturating_add(1)];
        for &(hash, _) in &self.postings {
            if let Some(count) = starts.get_mut(bucket(hash, buckets)) {
                *count = count.saturating_add(1);
            }
        }
        let mut sum = 0_u32;
        for count in &mut starts {
            sum = sum.saturating_add(*count);
            *count = sum;
        }
        // Each entry is where its bucket ends, and moves to where it begins, as the bucket fills from the back.
        let mut offsets = vec![0; self.postings.len()];
        for &(hash, offset) in self.postings.iter().rev() {
            if let Some(start) = starts.get_mut(bucket(hash, buckets)) {
                *start = start.saturating_sub(1);
                if let Some(place) = offsets.get_mut(to_usize(*start)) {
                    *place = offset;
                }
            }
        }
        NameIndex { state: self.state, starts, offsets }
    }
}

/// Of a power of two.
fn bucket(hash: u32, buckets: usize) -> usize {
    to_usize(hash) & buckets.saturating_sub(1)
}

#[expect(clippy::as_conversions, reason = "the lower half of a hash is as good as the whole")]
fn hash(state: &RandomState, name: &[u8]) -> u32 {
    let mut hasher = state.build_hasher();
    // Lower-cased piece by piece: a name has no greatest length, and most fit in one.
    for piece in name.chunks(PIECE_BYTES) {
        let mut folded = [0; PIECE_BYTES];
        for (to, from) in folded.iter_mut().zip(piece) {
            *to = from.to_ascii_lowercase();
        }
        hasher.write(folded.get(..piece.len()).unwrap_or_default());
    }
    hasher.finish() as u32
}

const PIECE_BYTES: usize = 64;

/// Lossless: an index of that type would not fit in the memory of a machine with narrower addresses.
fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A file's lines, each with the offset at which it begins; they have their line ends.
pub(crate) fn lines_with_offsets(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut offset: usize = 0;
    std::iter::from_fn(move || {
        let raw = line_at(bytes, offset);
        let line = (offset, raw);
        offset = offset.saturating_add(raw.len());
        (!raw.is_empty()).then_some(line)
    })
}

/// The line, with its line end, that begins at an offset.
pub(crate) fn line_at(bytes: &[u8], offset: usize) -> &[u8] {
    let rest = bytes.get(offset..).unwrap_or_default();
    // The way to the standard library's fastest search for a byte; on bytes in memory it never fails.
    let length = { rest }.skip_until(b'\n').unwrap_or_default();
    rest.get(..length).unwrap_or_default()
}

/// Tells a line's number by its offset: a machine word for each 256 bytes of the file, however short its lines are.
pub(crate) struct LineNumbers {
    /// How many lines end in front of each block.
    before: Vec<usize>,
}

/// Short enough to be counted through at each look-up.
const BLOCK_BYTES: usize = 256;

impl LineNumbers {
    /// Counts a file's lines.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut lines: usize = 0;
        let count = |block| {
            let before = lines;
            lines = lines.saturating_add(line_ends(block));
            before
        };
        Self { before: bytes.chunks(BLOCK_BYTES).map(count).collect() }
    }

    /// The number, counted from 1, of the line of the same file in which an offset lies.
    pub(crate) fn number(&self, bytes: &[u8], offset: usize) -> usize {
        let block = offset / BLOCK_BYTES;
        let start = block.saturating_mul(BLOCK_BYTES);
        let before = self.before.get(block).copied().unwrap_or_default();
        before.saturating_add(line_ends(bytes.get(start..offset).unwrap_or_default())).saturating_add(1)
    }
}

fn line_ends(bytes: &[u8]) -> usize {
    // Few enough at a time to be counted in bytes, which a processor adds up many at once.
    let count = |few: &[u8]| few.iter().map(|&byte| u8::from(byte == b'\n')).fold(0_u8, u8::wrapping_add);
    bytes.chunks(128).map(|few| usize::from(count(few))).fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_lines_in_any_case_and_in_their_order() {
        let mut builder = NameIndex::builder(NameIndex::REACH);
        let names: Vec<Vec<u8>> = (0..1_000).map(|number| format!("Node{number}").into_bytes()).collect();
        for (name, offset) in names.iter().zip(0..) {
            builder.add(name, offset);
            builder.add(b"all", offset);
        }
        let index = builder.build();
        for (name, offset) in names.iter().zip(0..) {
            let found: Vec<_> = index.offsets(&name.to_ascii_uppercase()).collect();
            assert!(found.contains(&offset), "{offset}");
        }
        let all: Vec<_> = index.offsets(b"ALL").collect();
        assert!(all.is_sorted() && (0..1_000).all(|offset| all.contains(&offset)));
        assert_eq!(NameIndex::builder(NameIndex::REACH).build().offsets(b"x").count(), 0);
    }

    #[test]
    fn few_lines_come_that_have_another_name() {
        let mut builder = NameIndex::builder(NameIndex::REACH);
        (0..1_000).for_each(|number| builder.add(format!("node{number}").as_bytes(), number));
        let index = builder.build();
        // 1,000 names in 2,048 buckets.
        let others: usize = (0..10_000).map(|number| index.offsets(format!("other{number}").as_bytes()).count()).sum();
        assert!((4_000..6_000).contains(&others), "{others} lines for 10,000 names that none has");
    }

    #[test]
    fn long_names_count_to_their_last_byte() {
        let state = RandomState::new();
        let long = [b'x'; 200];
        assert_eq!(hash(&state, &long), hash(&state, &long.to_ascii_uppercase()));
        for at in [0, 63, 64, 128, 199] {
            let mut other = long;
            other[at] = b'y';
            assert_ne!(hash(&state, &long), hash(&state, &other), "{at}");
        }
        assert_ne!(hash(&state, &long), hash(&state, &long[..199]));
    }

    #[test]
    fn the_reach_is_the_last_offset_that_is_held() {
        let builder = NameIndex::builder(10);
        assert_eq!([10, 11].map(|offset| builder.reaches(offset)), [true, false]);
        let builder = NameIndex::builder(NameIndex::REACH);
        assert_eq!([4_294_967_295, 4_294_967_296].map(|offset| builder.reaches(offset)), [true, false]);
    }

    #[test]
    fn lines_are_found_by_their_offsets_and_numbered() {
        let file: Vec<u8> = (0..500_usize).flat_map(|number| [vec![b'x'; number % 40], vec![b'\n']].concat()).collect();
        let file = [file.as_slice(), &[b'y'; 5_000], b"\nz"].concat();
        let numbers = LineNumbers::new(&file);
        for ((offset, raw), number) in lines_with_offsets(&file).zip(1..) {
            assert_eq!(line_at(&file, offset), raw);
            assert_eq!(numbers.number(&file, offset), number);
            assert_eq!(numbers.number(&file, offset + raw.len() - 1), number);
        }
        assert_eq!(lines_with_offsets(&file).count(), 502);
        assert_eq!((line_at(b"", 0), line_at(b"x", 1), line_at(b"x", 2)), (&b""[..], &b""[..], &b""[..]));
        assert_eq!(LineNumbers::new(b"").number(b"", 0), 1);
    }
}
