//! Finding a file's lines by a name that they carry, without a table of the names: what the indexes of both files,
//! `ssh_known_hosts` and `shosts.equiv`, share.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::BufRead;

/// A line, by its place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// Where it begins, in bytes.
    pub(crate) offset: usize,
    /// Its number, counted from 1.
    pub(crate) number: usize,
}

/// A name on a line.
#[derive(Clone, Copy, Default)]
struct Posting {
    /// The name's hash, whole: a line of another name is nearly never looked at, which would cost more than the rest.
    hash: u32,
    /// The line's offset and number.
    offset: u32,
    number: u32,
}

/// The lines that carry a name, by the name's hash: 12 bytes for a name on a line, and 4 to 8 for its bucket.
///
/// Names are hashed in lower case. The hash is keyed (SipHash with random keys), so nobody who has a say in the file's
/// names, or in the names that are looked up, can make them fall together.
pub(crate) struct NameIndex {
    state: RandomState,
    /// Where each bucket begins in `postings`; one more at the end.
    starts: Vec<u32>,
    /// The names of each bucket, in the order of their lines.
    postings: Vec<Posting>,
}

impl NameIndex {
    /// The greatest offset that it can hold: lines behind the first 4 GiB of a file need another way.
    pub(crate) const REACH: usize = 0xffff_ffff;

    /// Begins an index that reaches lines up to this offset, which is [`NameIndex::REACH`] but in tests.
    pub(crate) fn builder(reach: usize) -> NameIndexBuilder {
        NameIndexBuilder { state: RandomState::new(), postings: Vec::new(), reach }
    }

    /// How many names of lines there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.postings.len()
    }

    /// The lines that may carry the name, in any case. In the order of the file; a line that carries it twice comes twice,
    /// and a line with another name may come too.
    pub(crate) fn lines(&self, name: &[u8]) -> impl Iterator<Item = At> {
        let hash = hash(&self.state, name);
        let bucket = bucket(hash, self.starts.len().saturating_sub(1));
        let range = match self.starts.get(bucket..) {
            Some([start, end, ..]) => to_usize(*start)..to_usize(*end),
            _ => 0..0,
        };
        let postings = self.postings.get(range).unwrap_or_default().iter().filter(move |posting| posting.hash == hash);
        postings.map(|posting| At { offset: to_usize(posting.offset), number: to_usize(posting.number) })
    }
}

/// An index that is being made.
pub(crate) struct NameIndexBuilder {
    state: RandomState,
    /// The names in the order of their lines.
    postings: Vec<Posting>,
    reach: usize,
}

impl NameIndexBuilder {
    /// Whether it can hold a line.
    pub(crate) fn reaches(&self, line: At) -> bool {
        line.offset <= self.reach && line.number <= NameIndex::REACH
    }

    /// Adds a name of a line that it [reaches](Self::reaches). Lines come in the order of the file.
    pub(crate) fn add(&mut self, name: &[u8], line: At) {
        if let (Ok(offset), Ok(number)) = (line.offset.try_into(), line.number.try_into()) {
            self.postings.push(Posting { hash: hash(&self.state, name), offset, number });
        }
    }

    /// The index: a counting sort of the postings by bucket, which keeps the order of the lines.
    pub(crate) fn build(self) -> NameIndex {
        let buckets = self.postings.len().next_power_of_two();
        let mut starts = vec![0_u32; buckets.saturating_add(1)];
        for posting in &self.postings {
            if let Some(count) = starts.get_mut(bucket(posting.hash, buckets)) {
                *count = count.saturating_add(1);
            }
        }
        let mut sum = 0_u32;
        for count in &mut starts {
            sum = sum.saturating_add(*count);
            *count = sum;
        }
        // Each is where its bucket ends, and moves to where that begins, as the bucket fills from the back.
        let mut postings = vec![Posting::default(); self.postings.len()];
        for posting in self.postings.iter().rev() {
            if let Some(start) = starts.get_mut(bucket(posting.hash, buckets)) {
                *start = start.saturating_sub(1);
                if let Some(place) = postings.get_mut(to_usize(*start)) {
                    *place = *posting;
                }
            }
        }
        NameIndex { state: self.state, starts, postings }
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

/// A file's lines, each with its place; they have their line ends.
pub(crate) fn lines_at(bytes: &[u8]) -> impl Iterator<Item = (At, &[u8])> {
    let mut next = At { offset: 0, number: 1 };
    std::iter::from_fn(move || {
        let (at, raw) = (next, line_at(bytes, next.offset));
        next = At { offset: at.offset.saturating_add(raw.len()), number: at.number.saturating_add(1) };
        (!raw.is_empty()).then_some((at, raw))
    })
}

/// The line, with its line end, that begins at an offset.
pub(crate) fn line_at(bytes: &[u8], offset: usize) -> &[u8] {
    let rest = bytes.get(offset..).unwrap_or_default();
    // The way to the standard library's fastest search for a byte; on bytes in memory it never fails.
    let length = { rest }.skip_until(b'\n').unwrap_or_default();
    rest.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(offset: usize) -> At {
        At { offset, number: offset / 2 }
    }

    #[test]
    fn a_name_leads_to_its_lines_in_any_case_and_in_their_order() {
        let mut builder = NameIndex::builder(NameIndex::REACH);
        let names: Vec<Vec<u8>> = (0..1_000).map(|number| format!("Node{number}").into_bytes()).collect();
        for (name, offset) in names.iter().zip(0..) {
            builder.add(name, at(offset));
            builder.add(b"all", at(offset));
        }
        let index = builder.build();
        for (name, offset) in names.iter().zip(0..) {
            let found: Vec<_> = index.lines(&name.to_ascii_uppercase()).collect();
            assert!(found.contains(&at(offset)), "{offset}");
        }
        let all: Vec<_> = index.lines(b"ALL").collect();
        assert!(all.is_sorted() && (0..1_000).all(|offset| all.contains(&at(offset))));
        assert_eq!(index.len(), 2_000);
        assert_eq!(NameIndex::builder(NameIndex::REACH).build().lines(b"x").count(), 0);
    }

    #[test]
    fn lines_that_have_another_name_do_not_come() {
        let mut builder = NameIndex::builder(NameIndex::REACH);
        (0..1_000).for_each(|number| builder.add(format!("node{number}").as_bytes(), at(number)));
        let index = builder.build();
        let others: usize = (0..10_000).map(|number| index.lines(format!("other{number}").as_bytes()).count()).sum();
        // Ten million pairs of names: one chance in four hundred that one has the same hash, of 32 bits.
        assert!(others < 3, "{others} lines for 10,000 names that none has");
        let fullest = index.starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(fullest < 20, "1,000 names lie in 1,024 buckets, and {fullest} in one");
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
        let reaches = |reach, offset, number| NameIndex::builder(reach).reaches(At { offset, number });
        assert!(reaches(10, 10, 1) && !reaches(10, 11, 1));
        let four_gib = 4_294_967_296;
        assert!(reaches(NameIndex::REACH, four_gib - 1, four_gib - 1));
        assert!(!reaches(NameIndex::REACH, four_gib, 1) && !reaches(NameIndex::REACH, 1, four_gib));
        let mut builder = NameIndex::builder(NameIndex::REACH);
        let last = At { offset: four_gib - 1, number: 9 };
        builder.add(b"x", last);
        assert_eq!(builder.build().lines(b"x").collect::<Vec<_>>(), [last]);
    }

    #[test]
    fn lines_are_numbered_and_found_by_their_offsets() {
        let file = [b"a\n\nb\r\n".as_slice(), &[b'y'; 5_000], b"\nz"].concat();
        let lines: Vec<_> = lines_at(&file).map(|(at, raw)| (at.offset, at.number, raw.len())).collect();
        assert_eq!(lines, [(0, 1, 2), (2, 2, 1), (3, 3, 3), (6, 4, 5_001), (5_007, 5, 1)]);
        for (at, raw) in lines_at(&file) {
            assert_eq!(line_at(&file, at.offset), raw);
        }
        assert_eq!((line_at(b"", 0), line_at(b"x", 1), line_at(b"x", 2)), (&b""[..], &b""[..], &b""[..]));
        assert_eq!(lines_at(b"").count(), 0);
    }
}
