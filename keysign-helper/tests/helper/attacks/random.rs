//! Random bytes that come again.

/// What all cases are made from: the same on every machine, and printed when a test fails.
pub(crate) const SEED: u64 = 0x6b65_7973_6967_6e31;

/// Xorshift64* (Vigna 2016).
pub(crate) struct Random(u64);

impl Random {
    /// The numbers of the case with this index: two neighbours give nothing alike.
    pub(crate) fn case(index: u64) -> Self {
        // The finalizer of SplitMix64; never 0, of which xorshift would make nothing but 0.
        let mut mixed = SEED.wrapping_add(index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((mixed ^ (mixed >> 31)) | 1)
    }

    /// A number below the limit.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let bits = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        usize::try_from(bits).unwrap() % limit
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| u8::try_from(self.below(256)).unwrap()).collect()
    }
}
