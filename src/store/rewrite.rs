//! What a file is to hold.

/// What a file is to hold, told by what it holds: a long file of which a line at its end changes is not copied for that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewrite {
    /// So many bytes of the old content stay, from the first; all of them, if it is more than there are.
    pub keep: usize,
    /// What follows them, in the place of all that followed them before.
    pub rest: Vec<u8>,
}

impl Rewrite {
    /// The old content's part and the new part, to be written one after the other.
    pub(super) fn parts<'a>(&'a self, old: &'a [u8]) -> [&'a [u8]; 2] {
        [old.get(..self.keep).unwrap_or(old), &self.rest]
    }

    /// Whether it leaves the old content as it is.
    pub(super) fn is_same(&self, old: &[u8]) -> bool {
        old.get(self.keep..).unwrap_or_default() == self.rest
    }

    /// The new content.
    #[must_use]
    pub fn to_bytes(&self, old: &[u8]) -> Vec<u8> {
        self.parts(old).concat()
    }
}

impl From<Vec<u8>> for Rewrite {
    /// All of it new.
    fn from(rest: Vec<u8>) -> Self {
        Self { keep: 0, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_and_what_is_new_make_the_content() {
        let rewrite = |keep, rest: &[u8]| Rewrite { keep, rest: rest.to_vec() };
        for (rewrite, new) in [
            (rewrite(0, b"new"), &b"new"[..]),
            (rewrite(2, b"new"), b"olnew"),
            (rewrite(3, b" new"), b"old new"),
            (rewrite(9, b" new"), b"old new"),
            (rewrite(3, b""), b"old"),
            (rewrite(1, b"ld"), b"old"),
            (rewrite(0, b""), b""),
        ] {
            assert_eq!(rewrite.to_bytes(b"old"), new);
            assert_eq!(rewrite.is_same(b"old"), new == b"old", "{rewrite:?}");
        }
    }
}
