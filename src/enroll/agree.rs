//! All addresses of a host must show the same keys.

use std::fmt;

use thiserror::Error;

use crate::key::PublicKey;

/// A key, and the address that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The address, as text.
    pub address: String,
    /// The key.
    pub key: Box<PublicKey>,
}

impl Shown {
    fn new(address: &str, key: &PublicKey) -> Self {
        Self { address: address.to_owned(), key: Box::new(key.clone()) }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} shows {}", self.address, self.key)
    }
}

/// Why the addresses of a host do not show one set of keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Disagreement {
    /// There is no key.
    #[error("no address shows any key")]
    NoKeys,
    /// Two addresses show different keys of one type.
    #[error("{0}, but {1}: they are not one host, or somebody is in between")]
    Different(Shown, Shown),
    /// One address shows a key of a type of which another shows none.
    #[error("{shown}, but {address} shows no such key: they are not one host, or --type should leave it out")]
    Missing {
        /// The key, and the address that shows it.
        shown: Shown,
        /// The address that does not.
        address: String,
    },
}

/// The keys that every address shows, in the order of the first. Each element is an address, as text, and its keys.
///
/// # Errors
/// [`Disagreement`]: the first that is found.
pub fn agree(shown: &[(String, Vec<PublicKey>)]) -> Result<Vec<PublicKey>, Disagreement> {
    let Some((first, others)) = shown.split_first() else { return Err(Disagreement::NoKeys) };
    for other in others {
        for (this, that) in [(first, other), (other, first)] {
            if let Some(key) = this.1.iter().find(|key| !that.1.contains(key)) {
                let shown = Shown::new(&this.0, key);
                return Err(match that.1.iter().find(|other| other.key_type() == key.key_type()) {
                    Some(other) => Disagreement::Different(shown, Shown::new(&that.0, other)),
                    None => Disagreement::Missing { shown, address: that.0.clone() },
                });
            }
        }
    }
    if first.1.is_empty() { Err(Disagreement::NoKeys) } else { Ok(first.1.clone()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::parse_public_key_file;

    fn key(file: &str) -> PublicKey {
        parse_public_key_file(file.as_bytes()).unwrap()
    }

    fn addresses(keys: &[&[&PublicKey]]) -> Vec<(String, Vec<PublicKey>)> {
        let shown =
            |(keys, n): (&&[&PublicKey], u8)| (format!("10.0.0.{n}"), keys.iter().map(|&key| key.clone()).collect());
        keys.iter().zip(1..).map(shown).collect()
    }

    #[test]
    fn one_difference_is_enough() {
        let ed = key(include_str!("../../tests/vectors/keys/ed25519.pub"));
        let other_ed = key(include_str!("../../tests/vectors/keys/ca.pub"));
        let rsa = key(include_str!("../../tests/vectors/keys/rsa.pub"));
        let shown = |n: u8, key: &PublicKey| Shown::new(&format!("10.0.0.{n}"), key);
        assert_eq!(other_ed.key_type(), ed.key_type());

        assert_eq!(agree(&addresses(&[&[&ed, &rsa]])), Ok(vec![ed.clone(), rsa.clone()]));
        assert_eq!(agree(&addresses(&[&[&ed, &rsa], &[&rsa, &ed], &[&ed, &rsa]])), Ok(vec![ed.clone(), rsa.clone()]));
        assert_eq!(
            agree(&addresses(&[&[&ed, &rsa], &[&ed, &rsa], &[&other_ed, &rsa]])),
            Err(Disagreement::Different(shown(1, &ed), shown(3, &other_ed)))
        );
        let missing = |n, key: &PublicKey, lacks: &str| {
            Err(Disagreement::Missing { shown: shown(n, key), address: lacks.into() })
        };
        assert_eq!(agree(&addresses(&[&[&ed, &rsa], &[&ed]])), missing(1, &rsa, "10.0.0.2"));
        assert_eq!(agree(&addresses(&[&[&ed], &[&ed, &rsa]])), missing(2, &rsa, "10.0.0.1"));
        assert_eq!(agree(&addresses(&[&[], &[&ed]])), missing(2, &ed, "10.0.0.1"));
        assert_eq!(agree(&addresses(&[&[], &[]])), Err(Disagreement::NoKeys));
        assert_eq!(agree(&[]), Err(Disagreement::NoKeys));
    }
}
