//! Random numbers, and KRLs made of them.

use hostbased::wire::Writer;

use crate::lab::Lab;

/// Xorshift64, so that what was found can be found again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    /// A byte that is no type of an extension or a signature.
    pub(crate) fn byte(&mut self) -> u8 {
        loop {
            match u8::try_from(self.below(256)).unwrap() {
                4 | 0x39 | 255 => {}
                byte => return byte,
            }
        }
    }
}

impl Random {
    fn serial(&mut self) -> u64 {
        const NEAR: [u64; 8] = [0, 1, 4, 7, 100, 1 << 32, u64::MAX - 9, u64::MAX];
        NEAR[self.below(NEAR.len())].wrapping_add(u64::try_from(self.below(4)).unwrap())
    }

    /// A section inside a certificate section; now and then one that must not be.
    fn certificates(&mut self, writer: Writer) -> Writer {
        let (kind, data) = match self.below(4) {
            0 => (0x20, (0..self.below(4)).fold(Writer::new(), |writer, _| writer.uint64(self.serial()))),
            1 => {
                let (one, other) = (self.serial(), self.serial());
                let first = if self.below(6) == 0 { one } else { one.min(other).max(1) };
                (0x21, Writer::new().uint64(first).uint64(one.max(other)))
            }
            2 => {
                let bitmap: Vec<u8> = (0..self.below(20)).map(|_| self.byte() & 0x7f).collect();
                (0x22, Writer::new().uint64(self.serial()).string(&bitmap))
            }
            _ => {
                let ids: [&[u8]; 6] = [b"one", b"none", b"two words", b"most\0", b"many\0\0", b""];
                (0x23, (0..self.below(3)).fold(Writer::new(), |writer, _| writer.string(ids[self.below(ids.len())])))
            }
        };
        writer.byte(kind).string(&data.into_bytes())
    }

    pub(crate) fn krl(&mut self, lab: &Lab) -> Vec<u8> {
        let mut file = Writer::new().raw(b"SSHKRL\n\0").uint32(1).uint64(0).uint64(0).uint64(0).string(b"").string(b"");
        for _ in 0..1 + self.below(3) {
            let authority: &[u8] = match self.below(3) {
                0 => b"",
                1 => lab.key("ca1.pub").blob(),
                _ => lab.key("ca2.pub").blob(),
            };
            let start = Writer::new().string(authority).string(b"");
            let data = (0..1 + self.below(3)).fold(start, |writer, _| self.certificates(writer));
            file = file.byte(1).string(&data.into_bytes());
        }
        file.into_bytes()
    }
}
