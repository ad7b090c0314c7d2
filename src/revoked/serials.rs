//! Sets of serial numbers that are as small as their text in a KRL, and are searched in logarithmic time.

use super::error::KrlProblem;

/// How many serial numbers share one mask.
const MASK_BITS: u32 = u64::BITS;

/// Serial numbers as they are found, in any order.
#[derive(Debug, Default)]
pub(super) struct FoundSerials {
    ranges: Vec<Range>,
    masks: Vec<Mask>,
}

/// Serial numbers from the first to the last, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    first: u64,
    last: u64,
}

/// Those serial numbers `64 * index + n` whose bit `n` is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mask {
    index: u64,
    bits: u64,
}

impl FoundSerials {
    /// Adds the serial numbers from `first` to `last`; one number is a range too.
    pub(super) fn range(&mut self, first: u64, last: u64) -> Result<(), KrlProblem> {
        if first == 0 {
            return Err(KrlProblem::SerialZero);
        }
        if first > last {
            return Err(KrlProblem::EmptyRange { first, last });
        }
        self.ranges.push(Range { first, last });
        Ok(())
    }

    /// Adds `offset + n` for each bit `n` that is set in a big-endian number. Eight of its bytes become one mask at most,
    /// and one more at its end.
    pub(super) fn bitmap(&mut self, offset: u64, magnitude: &[u8]) -> Result<(), KrlProblem> {
        let ascending = magnitude.iter().rev().zip((0u64..).step_by(8)).filter(|(byte, _)| **byte != 0);
        for (&byte, bit) in ascending {
            let first = offset.checked_add(bit).ok_or(KrlProblem::BitmapOverflow)?;
            first.checked_add(u64::from(byte.ilog2())).ok_or(KrlProblem::BitmapOverflow)?;
            if first == 0 && byte & 1 != 0 {
                return Err(KrlProblem::SerialZero);
            }
            // The byte's bits may lie on both sides of a mask's end.
            let (index, shift) = (index(first), shift(first));
            let wide = u128::from(byte).wrapping_shl(shift);
            let halves = [wide & u128::from(u64::MAX), wide.wrapping_shr(MASK_BITS)];
            for (index, bits) in (index..).zip(halves.map(|half| u64::try_from(half).unwrap_or(0))) {
                match self.masks.last_mut() {
                    _ if bits == 0 => {}
                    Some(last) if last.index == index => last.bits |= bits,
                    _ => self.masks.push(Mask { index, bits }),
                }
            }
        }
        Ok(())
    }

    /// Makes them fit to be searched.
    pub(super) fn sorted(self) -> Serials {
        let Self { mut ranges, mut masks } = self;
        ranges.sort_unstable();
        ranges.dedup_by(|next, kept| {
            let joins = next.first <= kept.last.saturating_add(1);
            if joins {
                kept.last = kept.last.max(next.last);
            }
            joins
        });
        masks.sort_unstable_by_key(|mask| mask.index);
        masks.dedup_by(|next, kept| {
            let same = next.index == kept.index;
            if same {
                kept.bits |= next.bits;
            }
            same
        });
        Serials { ranges, masks }
    }
}

/// Serial numbers in order: no two ranges touch, no two masks have one index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Serials {
    ranges: Vec<Range>,
    masks: Vec<Mask>,
}

impl Serials {
    pub(super) fn contains(&self, serial: u64) -> bool {
        let in_range = || {
            let at = self.ranges.partition_point(|range| range.last < serial);
            self.ranges.get(at).is_some_and(|range| range.first <= serial)
        };
        let in_mask = || {
            let at = self.masks.binary_search_by_key(&index(serial), |mask| mask.index);
            let mask = at.ok().and_then(|at| self.masks.get(at));
            mask.is_some_and(|mask| mask.bits & 1u64.wrapping_shl(shift(serial)) != 0)
        };
        in_range() || in_mask()
    }
}

/// Which mask a serial number belongs to.
const fn index(serial: u64) -> u64 {
    serial.wrapping_shr(MASK_BITS.ilog2())
}

/// Which bit of its mask it is.
fn shift(serial: u64) -> u32 {
    u32::try_from(serial & u64::from(MASK_BITS - 1)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serials(fill: impl FnOnce(&mut FoundSerials)) -> Serials {
        let mut found = FoundSerials::default();
        fill(&mut found);
        found.sorted()
    }

    #[test]
    fn ranges_that_overlap_or_touch_become_one() {
        let set = serials(|found| {
            for (first, last) in [(20, 30), (1, 1), (31, 31), (25, 27), (10, 19), (40, u64::MAX), (50, 60)] {
                found.range(first, last).unwrap();
            }
        });
        let wanted = [(1, 1), (10, 31), (40, u64::MAX)].map(|(first, last)| Range { first, last });
        assert_eq!(set.ranges, wanted);
        for inside in [1, 10, 25, 31, 40, u64::MAX] {
            assert!(set.contains(inside), "{inside}");
        }
        for outside in [0, 2, 9, 32, 39] {
            assert!(!set.contains(outside), "{outside}");
        }
    }

    #[test]
    fn everything_is_one_range() {
        let set = serials(|found| found.range(1, u64::MAX).unwrap());
        assert_eq!(set.ranges.len(), 1);
        assert!(set.contains(1) && set.contains(u64::MAX) && !set.contains(0));
    }

    #[test]
    fn zero_and_reversed_ranges_are_none() {
        let mut found = FoundSerials::default();
        assert_eq!(found.range(0, 0), Err(KrlProblem::SerialZero));
        assert_eq!(found.range(0, 9), Err(KrlProblem::SerialZero));
        assert_eq!(found.range(9, 8), Err(KrlProblem::EmptyRange { first: 9, last: 8 }));
        assert_eq!(found.range(9, 9), Ok(()));
    }

    #[test]
    fn a_bitmap_counts_from_its_last_bit() {
        // 0x8001 has the bits 0 and 15.
        for offset in [1, 7, 50, 56, 57, 63, 64, 1 << 40] {
            let set = serials(|found| found.bitmap(offset, &[0x80, 1]).unwrap());
            let inside: Vec<u64> = (offset.saturating_sub(3)..offset + 80).filter(|&at| set.contains(at)).collect();
            assert_eq!(inside, [offset, offset + 15]);
        }
    }

    #[test]
    fn a_full_bitmap_takes_a_mask_for_eight_bytes() {
        let mut found = FoundSerials::default();
        found.bitmap(3, &[0xff; 2048]).unwrap();
        assert_eq!(found.masks.len(), 2048 / 8 + 1, "before they are sorted, too");
        let set = found.sorted();
        assert_eq!(set.masks.len(), 2048 / 8 + 1);
        assert!(!set.contains(2) && set.contains(3) && set.contains(16386) && !set.contains(16387));
    }

    #[test]
    fn bitmaps_at_both_ends() {
        let mut found = FoundSerials::default();
        assert_eq!(found.bitmap(0, &[1]), Err(KrlProblem::SerialZero));
        assert_eq!(found.bitmap(0, &[2]), Ok(()));
        assert_eq!(found.bitmap(u64::MAX, &[2]), Err(KrlProblem::BitmapOverflow));
        assert_eq!(found.bitmap(u64::MAX - 7, &[1, 0]), Err(KrlProblem::BitmapOverflow));
        assert_eq!(found.bitmap(u64::MAX - 7, &[0x80]), Ok(()));
        assert_eq!(found.bitmap(u64::MAX, &[1]), Ok(()));
        assert_eq!(found.bitmap(u64::MAX, &[]), Ok(()));
        let set = found.sorted();
        assert!(set.contains(1) && set.contains(u64::MAX) && !set.contains(u64::MAX - 1) && !set.contains(0));
    }

    #[test]
    fn bitmaps_that_overlap_add_up_in_any_order() {
        let set = serials(|found| {
            for (offset, bitmap) in [(100, 1), (1000, 1), (64, 3), (1000, 4), (10, 1), (101, 1)] {
                found.bitmap(offset, &[bitmap]).unwrap();
            }
        });
        assert_eq!(set.masks.len(), 3);
        let inside: Vec<u64> = (0..2000).filter(|&at| set.contains(at)).collect();
        assert_eq!(inside, [10, 64, 65, 100, 101, 1000, 1002]);
    }
}
