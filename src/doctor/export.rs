//! What a client tells of itself for the server's side: two lines of JSON, signed off by its host keys.
//!
//! The first line is a [`Statement`]: what would be sent, and what was found. The second has one signature for each key that
//! would be offered, and each way to reach the server, made by the helper over a request whose session id is the SHA-256 of
//! the first line. So a host's key shows that the line was signed for that user on that host; what else it says is the user's own word,
//! for a helper signs what its caller asks for. No secret is told: a session id is the hash of a key exchange that both
//! ends take part in ([RFC 4253 section 7.2](https://www.rfc-editor.org/rfc/rfc4253#section-7.2)), so that a signature over this one
//! admits nobody anywhere.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::Finding;
use crate::key::{
    Algorithm, KeyLineError, PublicKey, SignatureError, decode_base64, encode_base64, parse_public_key_line,
    verify_signature,
};
use crate::severity::Severity;
use crate::wire::Request;

/// What the first line says of itself. Another form of the file has another number.
pub const FORMAT: &str = "hostbased-doctor-client-1";

/// Longest file, in bytes: a few keys, and a signature of each for a few connections.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Most keys, connections, findings or signatures.
const MAX_ENTRIES: usize = 256;

/// What a client would send, and what it found out about itself.
///
/// Its texts are as they were: what shows them escapes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`FORMAT`].
    pub format: String,
    /// When it was made, in seconds since 1970, by the client's clock.
    pub made: u64,
    /// The client machine's own name (hostname(1)).
    pub client_name: String,
    /// The user who wants to log in, as the client knows him; the account's name where it does not.
    pub client_user: String,
    /// The account on the server.
    pub server_user: String,
    /// The server, as it was typed.
    pub server: String,
    /// The server's name, as `ssh` uses it (HostName of ssh_config(5)).
    pub server_name: String,
    /// The server's port.
    pub port: u16,
    /// Whether `ssh` reaches the server through a proxy or a jump host: then the server sees another address than those of
    /// the connections here.
    pub is_proxied: bool,
    /// From where the client would come, for each address of the server.
    pub connections: Vec<Connection>,
    /// The keys that would be offered, in the order of `ssh`.
    pub offers: Vec<Offer>,
    /// What `ssh -V` says.
    pub ssh: Option<String>,
    /// The helper that `ssh` would run.
    pub helper: Option<Helper>,
    /// What was found on the client.
    pub findings: Vec<Reported>,
}

/// One way to reach the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// The server's address.
    pub server: String,
    /// The client's own address on the way there.
    pub source: String,
    /// The name that the client would claim, with its final dot.
    pub client_host: String,
}

/// A key that would be offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// The name of the algorithm that would be asked for.
    pub algorithm: String,
    /// The key or certificate: its type and its base64, as in a `.pub` file.
    pub key: String,
}

/// The helper that `ssh` would run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Helper {
    /// Its path.
    pub path: String,
    /// Whether it is this project's.
    pub is_ours: bool,
}

/// A finding in few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// The word of the catalogue.
    pub id: String,
    /// `information`, `warning` or `error`.
    pub severity: String,
    /// What was seen; escaped by the client.
    pub seen: String,
}

impl Reported {
    /// Whether the client says that this alone makes the login fail.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error.word()
    }
}

impl From<&Finding> for Reported {
    fn from(finding: &Finding) -> Self {
        Self {
            id: finding.id.word().to_owned(),
            severity: finding.severity.word().to_owned(),
            seen: finding.seen.clone(),
        }
    }
}

/// A signature of the second line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The algorithm that was asked for.
    pub algorithm: String,
    /// The key or certificate, as in [`Offer`].
    pub key: String,
    /// The name that was claimed, with its final dot.
    pub client_host: String,
    /// The signature blob in base64.
    pub signature: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecondLine {
    of: String,
    signatures: Vec<Signature>,
}

/// Why a file is no export.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// It is longer than any export.
    #[error("more than {MAX_BYTES} bytes")]
    TooLong,
    /// It has not the two lines.
    #[error("not two lines of JSON, as `hostbased doctor client --export` writes them")]
    NotTwoLines,
    /// A line is not as it should be.
    #[error("line {line} is not understood, at column {column}")]
    Json {
        /// The line, 1 or 2.
        line: usize,
        /// The column, counted from 1.
        column: usize,
    },
    /// It is in another form: made by a newer or older program.
    #[error("another form than {FORMAT}: use the same release of hostbased on both machines")]
    Format,
    /// The second line is not that of this first line.
    #[error("the first line was changed after it was signed: its hash is not the one in the second line")]
    Changed,
    /// It has more of something than any client has.
    #[error("more than {MAX_ENTRIES} {0}")]
    TooMany(&'static str),
    /// An algorithm that is not known.
    #[error("an algorithm is not one that OpenSSH 10.5 knows")]
    Algorithm,
    /// A key that cannot be read.
    #[error("a key is none: {0}")]
    Key(#[from] KeyLineError),
    /// A key that does not sign by the algorithm it is offered with.
    #[error("a key does not sign by the algorithm that it is offered with")]
    Misfit,
    /// Base64 that is none.
    #[error("a signature is not base64")]
    Base64,
}

/// A statement that is being signed off.
#[derive(Clone, Debug)]
pub struct Draft {
    line: String,
    statement: Statement,
}

impl Draft {
    /// Begins with the first line.
    #[must_use]
    pub fn new(statement: Statement) -> Self {
        // Texts, numbers and lists of them: nothing that JSON lacks.
        let line = serde_json::to_string(&statement).unwrap_or_default();
        Self { line, statement }
    }

    /// The session id that stands for the first line.
    #[must_use]
    pub fn session_id(&self) -> [u8; 32] {
        Sha256::digest(self.line.as_bytes()).into()
    }

    /// What the helper is asked to sign, for one key and one name.
    #[must_use]
    pub fn signed_data(&self, key: &PublicKey, algorithm: Algorithm, client_host: &str) -> Vec<u8> {
        signed_data(&self.statement, &self.session_id(), key, algorithm, client_host)
    }

    /// Both lines.
    #[must_use]
    pub fn finish(self, signatures: Vec<Signature>) -> String {
        let of = hex(&self.session_id());
        let second = serde_json::to_string(&SecondLine { of, signatures }).unwrap_or_default();
        format!("{}\n{second}\n", self.line)
    }
}

impl Signature {
    /// A signature as it stands in the second line.
    #[must_use]
    pub fn new(key: &PublicKey, algorithm: Algorithm, client_host: &str, blob: &[u8]) -> Self {
        Self {
            algorithm: algorithm.name().to_owned(),
            key: key.to_line(),
            client_host: client_host.to_owned(),
            signature: encode_base64(blob),
        }
    }
}

impl Offer {
    /// The key, and the algorithm it is offered with.
    ///
    /// # Errors
    /// [`ExportError`], where it is none; [`Export::parse`] has looked at them all.
    pub fn read(&self) -> Result<(PublicKey, Algorithm), ExportError> {
        read(&self.key, &self.algorithm)
    }
}

/// A signature that the host key of the client made, or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key, in its certificate where it has one.
    pub key: PublicKey,
    /// The algorithm.
    pub algorithm: Algorithm,
    /// The name that was claimed, with its final dot.
    pub client_host: String,
    /// Whether the signature is this key's over the first line. It says nothing of whose key it is: that is for
    /// `ssh_known_hosts` to say.
    pub result: Result<(), SignatureError>,
}

/// An export that was read. Whether its keys are those of the client is not known yet: see [`Export::proofs`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    statement: Statement,
    signatures: Vec<Signature>,
    session_id: [u8; 32],
}

impl Export {
    /// Reads both lines. Every key and algorithm is looked at, so that those that are here are such; signatures are not
    /// checked yet.
    ///
    /// # Errors
    /// [`ExportError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, ExportError> {
        if bytes.len() > MAX_BYTES {
            return Err(ExportError::TooLong);
        }
        let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let mut lines = bytes.split(|&byte| byte == b'\n');
        let (Some(first), Some(second), None) = (lines.next(), lines.next(), lines.next()) else {
            return Err(ExportError::NotTwoLines);
        };
        is_of_this_format(first)?;
        let statement: Statement = json(first, 1)?;
        let SecondLine { of, signatures } = json(second, 2)?;
        let session_id: [u8; 32] = Sha256::digest(first).into();
        if of != hex(&session_id) {
            return Err(ExportError::Changed);
        }
        for (what, count) in [
            ("connections", statement.connections.len()),
            ("keys", statement.offers.len()),
            ("findings", statement.findings.len()),
            ("signatures", signatures.len()),
        ] {
            if count > MAX_ENTRIES {
                return Err(ExportError::TooMany(what));
            }
        }
        statement.offers.iter().try_for_each(|offer| offer.read().map(drop))?;
        for signature in &signatures {
            read(&signature.key, &signature.algorithm)?;
            decode_base64(signature.signature.as_bytes()).ok_or(ExportError::Base64)?;
        }
        Ok(Self { statement, signatures, session_id })
    }

    /// What the client says.
    #[must_use]
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Which keys have signed the first line off, in the order of the second: each checked by the key that stands beside it.
    #[must_use]
    pub fn proofs(&self) -> Vec<Proof> {
        let proof = |signature: &Signature| {
            let (key, algorithm) = read(&signature.key, &signature.algorithm).ok()?;
            let blob = decode_base64(signature.signature.as_bytes())?;
            let client_host = signature.client_host.clone();
            let data = signed_data(&self.statement, &self.session_id, &key, algorithm, &client_host);
            let result = verify_signature(&key, algorithm, &data, &blob);
            Some(Proof { key, algorithm, client_host, result })
        };
        self.signatures.iter().filter_map(proof).collect()
    }
}

/// The format is looked at first, so that a file of another release is named as such.
fn is_of_this_format(line: &[u8]) -> Result<(), ExportError> {
    #[derive(Deserialize)]
    struct Format {
        format: String,
    }
    let Format { format } = json(line, 1)?;
    if format == FORMAT { Ok(()) } else { Err(ExportError::Format) }
}

fn json<'a, T: Deserialize<'a>>(line: &'a [u8], number: usize) -> Result<T, ExportError> {
    serde_json::from_slice(line).map_err(|error| ExportError::Json { line: number, column: error.column() })
}

fn read(key: &str, algorithm: &str) -> Result<(PublicKey, Algorithm), ExportError> {
    let algorithm = Algorithm::from_name(algorithm.as_bytes()).ok_or(ExportError::Algorithm)?;
    let (key, _) = parse_public_key_line(key.as_bytes())?;
    if key.fits(algorithm) { Ok((key, algorithm)) } else { Err(ExportError::Misfit) }
}

fn signed_data(
    statement: &Statement,
    session_id: &[u8],
    key: &PublicKey,
    algorithm: Algorithm,
    client_host: &str,
) -> Vec<u8> {
    let request = Request {
        user: statement.server_user.as_bytes(),
        algorithm: algorithm.name().as_bytes(),
        public_key: key.blob(),
        client_host: client_host.as_bytes(),
        client_user: statement.client_user.as_bytes(),
        signature: b"",
    };
    request.signed_data(session_id)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
