//! Key pairs of the client host, its certificates, and signatures by whatever algorithm a test wants.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use hostbased::wire::Writer;
use russh_hostbased::keys::signature::Signer;
use russh_hostbased::keys::ssh_key::{Certificate, HashAlg, Signature};
use russh_hostbased::keys::{PrivateKey, PublicKey};

use super::tool::tool;

/// Key pairs: name, and type and bits as `ssh-keygen` takes them.
const PAIRS: [(&str, &str, &str); 7] = [
    ("ed25519", "ed25519", "256"),
    ("ed25519-other", "ed25519", "256"),
    ("ecdsa256", "ecdsa", "256"),
    ("ecdsa384", "ecdsa", "384"),
    ("ecdsa521", "ecdsa", "521"),
    ("rsa", "rsa", "2048"),
    ("ca", "ed25519", "256"),
];

/// Certificates: name, key, and arguments of `ssh-keygen -s ca`.
const CERTIFICATES: [(&str, &str, &str); 5] = [
    ("cert", "ed25519", "-h -I id -n 127.0.0.1"),
    ("cert-ecdsa256", "ecdsa256", "-h -I id -n 127.0.0.1"),
    ("cert-rsa", "rsa", "-h -I id -n 127.0.0.1"),
    ("cert-user", "ed25519", "-I id -n alice,127.0.0.1"),
    ("cert-others", "ed25519", "-h -I id -n 127.0.0.2"),
];

/// Everything that was made.
pub(crate) struct Keys {
    pairs: BTreeMap<&'static str, PrivateKey>,
    blobs: BTreeMap<&'static str, Vec<u8>>,
    lines: BTreeMap<&'static str, String>,
}

/// Made once: RSA keys take their time.
pub(crate) fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(Keys::make)
}

impl Keys {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let (mut pairs, mut blobs, mut lines) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for (name, kind, bits) in PAIRS {
            tool("ssh-keygen", &["-q", "-t", kind, "-b", bits, "-N", "", "-C", "", "-f", &path(name)]);
            let pair = PrivateKey::from_openssh(fs::read(path(name)).unwrap()).unwrap();
            blobs.insert(name, pair.public_key().to_bytes().unwrap());
            lines.insert(name, pair.public_key().to_openssh().unwrap());
            pairs.insert(name, pair);
        }
        for (name, key, arguments) in CERTIFICATES {
            fs::copy(path(&format!("{key}.pub")), path(&format!("{name}.pub"))).unwrap();
            let (ca, public) = (path("ca"), path(&format!("{name}.pub")));
            let arguments = ["-q", "-s", &ca].into_iter().chain(arguments.split(' ')).chain([public.as_str()]);
            tool("ssh-keygen", &arguments.collect::<Vec<_>>());
            let text = fs::read_to_string(path(&format!("{name}-cert.pub"))).unwrap();
            blobs.insert(name, Certificate::from_openssh(&text).unwrap().to_bytes().unwrap());
        }
        Self { pairs, blobs, lines }
    }

    /// A public key or certificate.
    pub(crate) fn blob(&self, name: &str) -> &[u8] {
        &self.blobs[name]
    }

    /// `type base64`, of a key.
    pub(crate) fn line(&self, name: &str) -> &str {
        &self.lines[name]
    }

    /// The plain keys of the client host, which are registered.
    pub(crate) fn registered() -> impl Iterator<Item = &'static str> {
        PAIRS.iter().map(|(name, ..)| *name).filter(|name| !["ca", "ed25519-other"].contains(name))
    }

    /// A signature blob over `data` by a key; of RSA by this hash, `None` for SHA-1. It is named for what it is.
    pub(crate) fn sign(&self, key: &str, hash: Option<HashAlg>, data: &[u8]) -> Vec<u8> {
        let pair = &self.pairs[key];
        let signature: Signature = match pair.key_data().rsa() {
            Some(rsa) => (rsa, hash).try_sign(data).unwrap(),
            None => pair.try_sign(data).unwrap(),
        };
        Writer::new().string(signature.algorithm().as_str().as_bytes()).string(signature.as_bytes()).into_bytes()
    }

    /// Whether the signature is good, by ssh-key: so that a refusal is not of a signature that was spoiled unwittingly.
    pub(crate) fn is_good(&self, key: &str, data: &[u8], signature: &[u8]) -> bool {
        use russh_hostbased::keys::signature::Verifier;
        let public: &PublicKey = self.pairs[key].public_key();
        Signature::try_from(signature).is_ok_and(|signature| public.key_data().verify(data, &signature).is_ok())
    }
}

/// Host certificates within each other, the innermost of a plain key; what is read behind the inner one is empty.
pub(crate) fn nested(levels: usize) -> Vec<u8> {
    let mut key = Writer::new().string(b"ssh-ed25519").string(&[7; 32]).into_bytes();
    for _ in 0..levels {
        key = Writer::new()
            .string(b"ssh-ed25519-cert-v01@openssh.com")
            .string(b"")
            .string(&[7; 32])
            .uint64(0)
            .uint32(2)
            .string(b"")
            .string(b"")
            .uint64(0)
            .uint64(u64::MAX)
            .string(b"")
            .string(b"")
            .string(b"")
            .string(&key)
            .string(b"")
            .into_bytes();
    }
    key
}
