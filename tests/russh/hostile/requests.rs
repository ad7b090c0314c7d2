//! A request that is let in, to be changed in one thing at a time.

use hostbased::wire::{Reader, Request};
use russh_hostbased::keys::ssh_key::HashAlg;

use super::keys::keys;

/// What a client sends, and what it signs, which is the same unless a test wants otherwise.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) user: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) client_host: Vec<u8>,
    pub(crate) client_user: Vec<u8>,
    pub(crate) signature: Signature,
}

/// How the signature is made.
#[derive(Clone)]
pub(crate) enum Signature {
    /// By this key, over the request as it is sent; of RSA by this hash.
    By(&'static str, Option<HashAlg>),
    /// The same, then changed.
    Changed(&'static str, Option<HashAlg>, fn(&mut Vec<u8>)),
    /// Over another request.
    Of(&'static str, Box<Wanted>),
    /// Over the same request of another session.
    OfSession(&'static str, Vec<u8>),
    /// These bytes.
    Is(Vec<u8>),
}

impl Wanted {
    /// Is let in.
    pub(crate) fn good() -> Self {
        Self::by("ed25519", "ssh-ed25519", "ed25519", None)
    }

    /// A request that announces this key and algorithm, signed by a key and hash.
    pub(crate) fn by(key: &str, algorithm: &str, signer: &'static str, hash: Option<HashAlg>) -> Self {
        Self {
            user: b"alice".to_vec(),
            algorithm: algorithm.into(),
            public_key: keys().blob(key).to_vec(),
            client_host: b"node1.cluster.test.".to_vec(),
            client_user: b"alice".to_vec(),
            signature: Signature::By(signer, hash),
        }
    }

    pub(crate) fn signed(self, signature: Signature) -> Self {
        Self { signature, ..self }
    }

    fn request<'a>(&'a self, signature: &'a [u8]) -> Request<'a> {
        Request {
            user: &self.user,
            algorithm: &self.algorithm,
            public_key: &self.public_key,
            client_host: &self.client_host,
            client_user: &self.client_user,
            signature,
        }
    }

    /// The payload, signed for this session as the test has it.
    pub(crate) fn payload(&self, session_id: &[u8]) -> Vec<u8> {
        let data = |wanted: &Self, session_id| wanted.request(b"").signed_data(session_id);
        let good = |key, hash, data: Vec<u8>| {
            let signature = keys().sign(key, hash, &data);
            assert!(keys().is_good(key, &data, &signature), "{key} does not sign");
            signature
        };
        let signature = match &self.signature {
            Signature::By(key, hash) => good(key, *hash, data(self, session_id)),
            Signature::Changed(key, hash, change) => {
                let mut signature = good(key, *hash, data(self, session_id));
                change(&mut signature);
                signature
            }
            Signature::Of(key, other) => good(key, None, data(other, session_id)),
            Signature::OfSession(key, other) => good(key, None, data(self, other)),
            Signature::Is(bytes) => bytes.clone(),
        };
        self.request(&signature).encode()
    }

    /// Where each field of the payload begins, its length included: user, service, method, and the five of hostbased.
    pub(crate) fn fields(payload: &[u8]) -> Vec<std::ops::Range<usize>> {
        let mut reader = Reader::new(&payload[1..]);
        let mut fields = Vec::new();
        while !reader.rest().is_empty() {
            let start = payload.len() - reader.rest().len();
            reader.string("field", payload.len()).unwrap();
            fields.push(start..payload.len() - reader.rest().len());
        }
        fields
    }
}
