//! Names, and other texts, that are looked for in a long file.

use std::collections::HashSet;

/// Texts that are looked for. What is not among them is told from its last bytes nearly always, without hashing it: of a
/// million lines, hardly any is looked at twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    texts: HashSet<Vec<u8>>,
    /// One bit for each place of a text; a power of two of them.
    bits: Vec<bool>,
}

impl Wanted {
    /// In lower case, whatever the case they come in.
    pub(crate) fn new<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let texts: HashSet<Vec<u8>> = texts.into_iter().map(<[u8]>::to_ascii_lowercase).collect();
        let mut bits = vec![false; texts.len().saturating_mul(BITS_PER_TEXT).next_power_of_two().max(BITS_PER_TEXT)];
        for text in &texts {
            let place = place(text, bits.len());
            if let Some(bit) = bits.get_mut(place) {
                *bit = true;
            }
        }
        Self { texts, bits }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.texts.iter().map(Vec::as_slice)
    }

    /// Whether it is one of them, in any case.
    pub(crate) fn holds(&self, text: &[u8]) -> bool {
        self.bits.get(place(text, self.bits.len())).is_some_and(|&bit| bit)
            && (self.texts.contains(text) || self.texts.contains(&text.to_ascii_lowercase()))
    }
}

/// With so many, one other text in that many or more needs a second look.
const BITS_PER_TEXT: usize = 64;

/// How many of a text's last bytes tell its place.
const TAIL: usize = 8;

/// The same for upper and lower case.
#[expect(clippy::as_conversions, reason = "only the lowest bits count")]
fn place(text: &[u8], places: usize) -> usize {
    let mut tail = [0; TAIL];
    let start = text.len().saturating_sub(TAIL);
    for (to, from) in tail.iter_mut().zip(text.get(start..).unwrap_or_default()) {
        // Letters become lower case; that other bytes change too does no harm.
        *to = from | 0x20;
    }
    let mixed = u64::from_le_bytes(tail).wrapping_add(text.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as usize & places.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_found_in_any_case_and_nothing_else() {
        let names: Vec<String> = (0..1_000).map(|n| format!("Node{n}.cluster.test")).collect();
        let wanted = Wanted::new(names.iter().map(String::as_bytes));
        for name in &names {
            assert!(wanted.holds(name.as_bytes()) && wanted.holds(name.to_ascii_uppercase().as_bytes()));
            assert!(!wanted.holds(format!("x{name}").as_bytes()) && !wanted.holds(&name.as_bytes()[1..]));
        }
        let (none, one) = (Wanted::default(), Wanted::new([&b"a"[..]]));
        assert!(none.is_empty() && !none.holds(b"") && !none.holds(b"a"));
        assert!(one.holds(b"A") && !one.holds(b"") && !one.holds(b"b"));
        assert_eq!(Wanted::new([&b"a"[..], b"A"]).iter().count(), 1);
    }
}
