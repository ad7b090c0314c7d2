//! Lists of algorithms: HostbasedAcceptedAlgorithms and CASignatureAlgorithms of sshd_config(5), with their `+`, `-`,
//! `^` and patterns (OpenSSH: kex-names.c `kex_assemble_names`, sshkey.c `sshkey_names_valid2`).

use std::fmt;

use thiserror::Error;

use super::algorithm::Algorithm;
use crate::pattern::{Case, ListMatch, matches_list};

/// HostbasedAcceptedAlgorithms of OpenSSH 10.5 (myproposal.h `KEX_DEFAULT_PK_ALG`).
const HOSTBASED_DEFAULT: &str = "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,\
    ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,\
    sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,\
    webauthn-sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,\
    rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,\
    sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,\
    rsa-sha2-512,rsa-sha2-256";

/// CASignatureAlgorithms of OpenSSH 10.5 (sshd_config(5)).
const CA_DEFAULT: &str = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,\
    sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,\
    rsa-sha2-512,rsa-sha2-256";

/// An ordered list of algorithms, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlgorithmList(Vec<Algorithm>);

/// Why a list is refused, as sshd refuses to start with it ("Bad key types").
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AlgorithmListError {
    /// An element is no known name and no pattern that fits one.
    #[error("\"{0}\" is no algorithm and no pattern that fits one")]
    Unknown(String),
    /// `!` stands where it means nothing: it does only in a list that begins with `-`.
    #[error("\"{0}\": a negated pattern means something only in a list that begins with -")]
    Negated(String),
    /// Nothing is in the list.
    #[error("the list is empty")]
    Empty,
}

impl AlgorithmList {
    /// The default of HostbasedAcceptedAlgorithms.
    #[must_use]
    pub fn hostbased_default() -> Self {
        Self::of_names(HOSTBASED_DEFAULT)
    }

    /// The default of CASignatureAlgorithms.
    #[must_use]
    pub fn ca_default() -> Self {
        Self::of_names(CA_DEFAULT)
    }

    fn of_names(names: &str) -> Self {
        names.split(',').filter_map(|name| Algorithm::from_name(name.as_bytes())).collect()
    }

    /// Reads the argument of the option: a list replaces `default`; `+list` goes behind it, `^list` in front of it, and
    /// `-list` takes out what it matches.
    ///
    /// # Errors
    /// [`AlgorithmListError`] where sshd would not start. `-*` is allowed and leaves nothing, as in sshd.
    pub fn parse(text: &str, default: &Self) -> Result<Self, AlgorithmListError> {
        if let Some(removed) = text.strip_prefix('-') {
            check_elements(removed)?;
            let stays = |algorithm: &Algorithm| {
                matches_list(algorithm.name().as_bytes(), removed.as_bytes(), Case::Sensitive) != ListMatch::Yes
            };
            return Ok(Self(default.iter().filter(stays).collect()));
        }
        let parts = match (text.strip_prefix('+'), text.strip_prefix('^')) {
            (Some(added), _) => [default.0.clone(), expand(added)?],
            (_, Some(first)) => [expand(first)?, default.0.clone()],
            _ => [expand(text)?, Vec::new()],
        };
        Ok(parts.into_iter().flatten().collect())
    }

    /// Whether this very algorithm is in the list.
    #[must_use]
    pub fn contains(&self, algorithm: Algorithm) -> bool {
        self.0.contains(&algorithm)
    }

    /// The algorithms, in order.
    pub fn iter(&self) -> impl Iterator<Item = Algorithm> {
        self.0.iter().copied()
    }
}

impl FromIterator<Algorithm> for AlgorithmList {
    /// These algorithms in their order, each where it first stands; there may be none.
    fn from_iter<I: IntoIterator<Item = Algorithm>>(algorithms: I) -> Self {
        let mut list = Vec::new();
        for algorithm in algorithms {
            if !list.contains(&algorithm) {
                list.push(algorithm);
            }
        }
        Self(list)
    }
}

impl fmt::Display for AlgorithmList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, algorithm) in self.0.iter().enumerate() {
            write!(f, "{}{algorithm}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

fn check_elements(list: &str) -> Result<(), AlgorithmListError> {
    if list.is_empty() {
        return Err(AlgorithmListError::Empty);
    }
    for element in list.split(',') {
        let pattern = element.strip_prefix('!').unwrap_or(element);
        let fits = |algorithm: Algorithm| crate::pattern::matches(algorithm.name().as_bytes(), pattern.as_bytes());
        if !Algorithm::all().any(fits) {
            return Err(AlgorithmListError::Unknown(element.to_owned()));
        }
    }
    Ok(())
}

fn expand(list: &str) -> Result<Vec<Algorithm>, AlgorithmListError> {
    check_elements(list)?;
    if let Some(negated) = list.split(',').find(|element| element.starts_with('!')) {
        return Err(AlgorithmListError::Negated(negated.to_owned()));
    }
    let fitting = |pattern: &'_ str| {
        let pattern = pattern.as_bytes().to_vec();
        Algorithm::all().filter(move |algorithm| crate::pattern::matches(algorithm.name().as_bytes(), &pattern))
    };
    Ok(list.split(',').flat_map(fitting).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, AlgorithmListError> {
        AlgorithmList::parse(text, &AlgorithmList::of_names("ssh-ed25519,rsa-sha2-512,rsa-sha2-256"))
            .map(|list| list.to_string())
    }

    #[test]
    fn the_defaults_lack_no_name() {
        assert_eq!(AlgorithmList::hostbased_default().to_string(), HOSTBASED_DEFAULT);
        assert_eq!(AlgorithmList::ca_default().to_string(), CA_DEFAULT);
        assert!(!AlgorithmList::hostbased_default().contains(Algorithm::from_name(b"ssh-rsa").unwrap()));
    }

    #[test]
    fn signs_and_patterns() {
        assert_eq!(parse("ssh-rsa").unwrap(), "ssh-rsa");
        assert_eq!(parse("+ssh-rsa").unwrap(), "ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa");
        assert_eq!(parse("^rsa-sha2-256").unwrap(), "rsa-sha2-256,ssh-ed25519,rsa-sha2-512");
        assert_eq!(parse("-rsa*").unwrap(), "ssh-ed25519");
        assert_eq!(parse("-!rsa-sha2-256,rsa*").unwrap(), "ssh-ed25519,rsa-sha2-256");
        assert_eq!(parse("-*").unwrap(), "");
        assert_eq!(parse("rsa-sha2-???,ssh-rsa,rsa*-512").unwrap(), "rsa-sha2-256,rsa-sha2-512,ssh-rsa");
    }

    #[test]
    fn what_sshd_would_not_start_with_is_refused() {
        assert_eq!(parse(""), Err(AlgorithmListError::Empty));
        assert_eq!(parse("+"), Err(AlgorithmListError::Empty));
        assert_eq!(parse("ssh-dss"), Err(AlgorithmListError::Unknown("ssh-dss".into())));
        assert_eq!(parse("ssh-ed25519,"), Err(AlgorithmListError::Unknown(String::new())));
        assert_eq!(parse("-nope*"), Err(AlgorithmListError::Unknown("nope*".into())));
        assert_eq!(parse("!ssh-rsa,*"), Err(AlgorithmListError::Negated("!ssh-rsa".into())));
    }
}
