//! The checks before anything is signed (OpenSSH: ssh-keysign.c `valid_request`), and what it leaves out: the ECDSA
//! curve, the certificate's own algorithm name, the signature algorithm's strength, bytes behind the data.

use thiserror::Error;

use crate::key::{Algorithm, AlgorithmList, KeyError, KeyType, PublicKey};
use crate::wire::{SignedData, WireError};

/// Lengths that a session identifier can have, in bytes: SHA-1, SHA-256, SHA-384, SHA-512 (OpenSSH: ssh-keysign.c).
pub(super) const SESSION_ID_BYTES: [usize; 4] = [20, 32, 48, 64];

/// Who asks, as the machine itself knows it.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The name that this machine has on the connection, without a final dot.
    pub local_name: &'a [u8],
    /// The name of the real user id.
    pub user: &'a [u8],
}

/// Why a request is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RequestRefusal {
    /// The data is not formed as hostbased data is.
    #[error("{0}")]
    Malformed(#[from] WireError),
    /// The session identifier has a length that no hash has.
    #[error("session identifier of {length} bytes: must have 20, 32, 48 or 64")]
    SessionIdLength {
        /// Its length in bytes.
        length: usize,
    },
    /// The algorithm has no name that we know.
    #[error("unknown signature algorithm")]
    UnknownAlgorithm,
    /// The algorithm is too weak, or no key in a file signs by it.
    #[error("signature algorithm {} is not signed with", .0.name())]
    AlgorithmNotAllowed(Algorithm),
    /// The key does not decode.
    #[error("public host key: {0}")]
    Key(#[from] KeyError),
    /// The key is of another type or curve than the algorithm asks for.
    #[error("the key is {key}, the algorithm asks for {algorithm}")]
    KeyMismatch {
        /// The key's type.
        key: KeyType,
        /// The type that the algorithm asks for.
        algorithm: KeyType,
    },
    /// The client host name does not end in a dot.
    #[error("the client host name does not end in a dot")]
    HostWithoutDot,
    /// The client host name is not this machine's on the connection.
    #[error("the client host name is not this machine's name on the connection")]
    OtherHost,
    /// The client user name is not the caller's.
    #[error("the client user name is not the caller's")]
    OtherUser,
}

/// Data that may be signed: every check has passed.
#[derive(Clone, Debug)]
pub struct CheckedRequest<'a> {
    data: &'a [u8],
    fields: SignedData<'a>,
    algorithm: Algorithm,
    public_key: PublicKey,
}

impl<'a> CheckedRequest<'a> {
    /// Checks the data that a caller wants signed.
    ///
    /// The names of host and user must be the caller's own; the server's user name is free, for the server decides
    /// over that. `ssh-rsa` (SHA-1) is never signed with.
    ///
    /// # Errors
    /// [`RequestRefusal`], the first that applies.
    pub fn check(data: &'a [u8], caller: &Caller<'_>) -> Result<Self, RequestRefusal> {
        let fields = SignedData::parse(data)?;
        if !SESSION_ID_BYTES.contains(&fields.session_id.len()) {
            return Err(RequestRefusal::SessionIdLength { length: fields.session_id.len() });
        }
        let algorithm = Algorithm::from_name(fields.algorithm).ok_or(RequestRefusal::UnknownAlgorithm)?;
        if !AlgorithmList::hostbased_default().contains(algorithm) {
            return Err(RequestRefusal::AlgorithmNotAllowed(algorithm));
        }
        let public_key = PublicKey::from_blob(fields.public_key)?;
        if !public_key.fits(algorithm) {
            let (key, algorithm) = (public_key.key_type(), algorithm.key_type());
            return Err(RequestRefusal::KeyMismatch { key, algorithm });
        }
        let host = fields.client_host.strip_suffix(b".").ok_or(RequestRefusal::HostWithoutDot)?;
        if host.is_empty() || !host.eq_ignore_ascii_case(caller.local_name) {
            return Err(RequestRefusal::OtherHost);
        }
        if fields.client_user != caller.user {
            return Err(RequestRefusal::OtherUser);
        }
        Ok(Self { data, fields, algorithm, public_key })
    }

    /// The bytes to be signed.
    #[must_use]
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// The algorithm to sign by.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key or certificate that the request names.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The account on the server that is asked for.
    #[must_use]
    pub const fn server_user(&self) -> &'a [u8] {
        self.fields.user
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::decode_base64;
    use crate::wire::{Request, WireErrorKind};

    const CALLER: Caller<'_> = Caller { local_name: b"node1.cluster.test", user: b"alice" };

    fn key() -> Vec<u8> {
        decode_base64(b"AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD").unwrap()
    }

    fn request(key: &[u8]) -> Request<'_> {
        Request {
            user: b"bob",
            algorithm: b"ssh-ed25519",
            public_key: key,
            client_host: b"node1.cluster.test.",
            client_user: b"alice",
            signature: b"",
        }
    }

    fn refusal(change: impl Fn(&mut Request<'_>), session_id: &[u8]) -> Option<RequestRefusal> {
        let key = key();
        let mut request = request(&key);
        change(&mut request);
        CheckedRequest::check(&request.signed_data(session_id), &CALLER).err()
    }

    #[test]
    fn the_callers_own_request_passes_and_its_near_misses_do_not() {
        use RequestRefusal as R;
        assert_eq!(refusal(|_| {}, &[1; 32]), None);
        assert_eq!(refusal(|request| request.client_host = b"NODE1.Cluster.Test.", &[1; 32]), None);
        for (host, expected) in [
            (&b"node1.cluster.test"[..], R::HostWithoutDot),
            (b"node1.cluster.test..", R::OtherHost),
            (b"node2.cluster.test.", R::OtherHost),
            (b"node1.", R::OtherHost),
            (b".", R::OtherHost),
        ] {
            assert_eq!(refusal(|request| request.client_host = host, &[1; 32]), Some(expected));
        }
        for user in [&b"Alice"[..], b"alice ", b"root", b"alic"] {
            assert_eq!(refusal(|request| request.client_user = user, &[1; 32]), Some(R::OtherUser));
        }
    }

    #[test]
    fn session_ids_have_the_length_of_a_hash() {
        for length in 0..=64_usize {
            let expected = match length {
                20 | 32 | 48 | 64 => None,
                _ => Some(RequestRefusal::SessionIdLength { length }),
            };
            assert_eq!(refusal(|_| {}, &vec![1; length]), expected);
        }
        let too_long = WireErrorKind::TooLong { length: 65, max: 64 }.of("session identifier");
        assert_eq!(refusal(|_| {}, &[1; 65]), Some(RequestRefusal::Malformed(too_long)));
    }

    #[test]
    fn the_algorithm_is_known_strong_and_the_keys_own() {
        use RequestRefusal as R;
        let algorithm = |name: &'static [u8]| refusal(|request| request.algorithm = name, &[1; 32]);
        let named = |name: &[u8]| Algorithm::from_name(name).unwrap();
        assert_eq!(algorithm(b"ssh-dss"), Some(R::UnknownAlgorithm));
        assert_eq!(algorithm(b"ssh-rsa"), Some(R::AlgorithmNotAllowed(named(b"ssh-rsa"))));
        let mldsa = b"ssh-mldsa44-ed25519@openssh.com";
        assert_eq!(algorithm(mldsa), Some(R::AlgorithmNotAllowed(named(mldsa))));
        for other in [&b"ssh-ed25519-cert-v01@openssh.com"[..], b"ecdsa-sha2-nistp256", b"rsa-sha2-512"] {
            let mismatch = R::KeyMismatch { key: named(b"ssh-ed25519").key_type(), algorithm: named(other).key_type() };
            assert_eq!(algorithm(other), Some(mismatch));
        }
    }

    #[test]
    fn a_key_that_does_not_decode_is_refused() {
        let whole = key();
        let check = |key: &[u8], behind: &[u8]| {
            let data = [&request(key).signed_data(&[1; 32])[..], behind].concat();
            CheckedRequest::check(&data, &CALLER).err()
        };
        let cut = KeyError::Field(WireErrorKind::Truncated.of("ed25519 public key"));
        assert_eq!(check(&whole[..40], b""), Some(RequestRefusal::Key(cut)));
        assert_eq!(check(&whole, b""), None);
        let trailing = WireErrorKind::TrailingBytes { count: 1 }.of("client user name");
        assert_eq!(check(&whole, b"x"), Some(RequestRefusal::Malformed(trailing)));
    }
}
