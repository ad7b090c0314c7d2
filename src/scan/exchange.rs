//! One connection, as far as the proof of one host key: the only file that talks to russh.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use russh::client::{self, GexParams, Handler, Session};
use russh::keys::{Algorithm as RusshAlgorithm, PublicKeyOrCertificate};
use russh::{AlgorithmKind, Names, Preferred, SshId, cipher, kex, mac};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::error::{Negotiated, ScanError};
use super::guarded::{Guarded, Record};
use super::kind::ScanType;
use super::proposal::Proposal;
use super::proven::{ProvenKey, explain_refusal};
use super::reply;
use crate::key::Algorithm;

/// How we identify ourselves.
const IDENTIFICATION: &str = concat!("SSH-2.0-hostbased-keyscan_", env!("CARGO_PKG_VERSION"));

/// Those of OpenSSH that russh has (myproposal.h `KEX_CLIENT`; it lacks sntrup761x25519). Nothing secret is sent, so
/// the cheapest method comes first. SHA-1 methods are left out, there as here: the proof is a signature over the hash.
const KEY_EXCHANGES: &[kex::Name] = &[
    kex::CURVE25519,
    kex::CURVE25519_PRE_RFC_8731,
    kex::ECDH_SHA2_NISTP256,
    kex::ECDH_SHA2_NISTP384,
    kex::ECDH_SHA2_NISTP521,
    kex::MLKEM768X25519_SHA256,
    kex::DH_G14_SHA256,
    kex::DH_GEX_SHA256,
    kex::DH_G16_SHA512,
    kex::DH_G18_SHA512,
    kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
];

/// Those of OpenSSH (myproposal.h `KEX_CLIENT_ENCRYPT`).
const CIPHERS: &[cipher::Name] = &[
    cipher::CHACHA20_POLY1305,
    cipher::AES_128_GCM,
    cipher::AES_256_GCM,
    cipher::AES_128_CTR,
    cipher::AES_192_CTR,
    cipher::AES_256_CTR,
];

/// Those of OpenSSH that russh has (myproposal.h `KEX_CLIENT_MAC`). Nothing that they protect is used: SHA-1 may stay.
const MACS: &[mac::Name] = &[
    mac::HMAC_SHA256_ETM,
    mac::HMAC_SHA512_ETM,
    mac::HMAC_SHA1_ETM,
    mac::HMAC_SHA256,
    mac::HMAC_SHA512,
    mac::HMAC_SHA1,
];

/// Sizes of a Diffie-Hellman group that the server chooses, in bits: least, wanted, most. A group of 8192 bits, which
/// russh would ask for, takes a second of computing.
const GROUP_BITS: (usize, usize, usize) = (2048, 3072, 4096);

/// What one connection gave.
#[derive(Debug)]
pub(super) struct Answer {
    /// The server's identification, when it came.
    pub(super) identification: Option<Vec<u8>>,
    /// Its proposal, when it came.
    pub(super) proposal: Option<Proposal>,
    pub(super) outcome: Result<ProvenKey, ScanError>,
}

impl Answer {
    /// There was no connection.
    pub(super) const fn without(error: ScanError) -> Self {
        Self { identification: None, proposal: None, outcome: Err(error) }
    }
}

/// What is asked for on a connection, made once for each type of a scan.
#[derive(Debug)]
pub(super) struct Question {
    wanted: Vec<Algorithm>,
    config: Arc<client::Config>,
}

impl Question {
    pub(super) fn new(kind: ScanType, certificates: bool) -> Self {
        let wanted = kind.algorithms(certificates);
        let config = Arc::new(config(&wanted, certificates));
        Self { wanted, config }
    }

    /// The algorithms that are asked for; none when the scanner cannot ask for the type.
    pub(super) fn algorithms(&self) -> &[Algorithm] {
        &self.wanted
    }

    /// Exchanges keys over a connection that was made, and leaves again; all of it before `deadline`.
    pub(super) async fn ask(&self, stream: TcpStream, deadline: Instant) -> Answer {
        // Without it each small packet waits for the last one's acknowledgement; a socket that cannot have it still works.
        let _ = stream.set_nodelay(true);
        let record = Record::default();
        let guarded = Guarded::new(stream, deadline, record.clone());
        let outcome = match timeout_at(deadline, exchange(guarded, self, &record)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ScanError::Timeout(record.lock().phase())),
        };
        let mut seen = record.lock();
        let proposal = Proposal::find(&seen.packets);
        Answer { identification: seen.identification.take(), proposal, outcome }
    }
}

async fn exchange(stream: Guarded<TcpStream>, question: &Question, record: &Record) -> Result<ProvenKey, ScanError> {
    let negotiated = Arc::new(OnceLock::new());
    let watcher = Watcher { negotiated: Arc::clone(&negotiated) };
    let handle = client::connect_stream(Arc::clone(&question.config), stream, watcher)
        .await
        .map_err(|error| reason(error, record))?;
    let proof = handle.agent_session_binding().ok_or(ScanError::Protocol).and_then(|proof| {
        let algorithm = negotiated.get().and_then(|name| offered(&question.wanted, name)).ok_or(ScanError::Internal)?;
        ProvenKey::check(proof.host_key(), algorithm, proof.session_id(), proof.signature())
    });
    // Without its handle the session ends, and with it the connection. ssh-keyscan says no farewell either.
    drop(handle);
    proof
}

/// The offered algorithm whose plain name russh says was negotiated. Certificates and plain keys are never offered
/// together, so the plain name is enough.
fn offered(wanted: &[Algorithm], negotiated: &RusshAlgorithm) -> Option<Algorithm> {
    wanted.iter().copied().find(|algorithm| algorithm.plain().name() == negotiated.as_str())
}

fn config(wanted: &[Algorithm], certificates: bool) -> client::Config {
    let algorithms: Cow<'static, [RusshAlgorithm]> =
        wanted.iter().filter_map(|algorithm| RusshAlgorithm::new(algorithm.plain().name()).ok()).collect();
    let none = Cow::Borrowed(&[] as &[RusshAlgorithm]);
    let (host_key_certificates, key) = if certificates { (algorithms, none) } else { (none, algorithms) };
    client::Config {
        client_id: SshId::Standard(Cow::Borrowed(IDENTIFICATION)),
        preferred: Preferred {
            kex: Cow::Borrowed(KEY_EXCHANGES),
            key,
            host_key_certificates,
            cipher: Cow::Borrowed(CIPHERS),
            mac: Cow::Borrowed(MACS),
            ..Preferred::DEFAULT
        },
        gex: GexParams::new(GROUP_BITS.0, GROUP_BITS.1, GROUP_BITS.2).unwrap_or_default(),
        ..client::Config::default()
    }
}

/// Notes what was negotiated. Whether the key is to be believed is decided later, over the raw bytes.
struct Watcher {
    negotiated: Arc<OnceLock<RusshAlgorithm>>,
}

impl Handler for Watcher {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }

    async fn kex_done(&mut self, _: Option<&[u8]>, names: &Names, _: &mut Session) -> Result<(), Self::Error> {
        // The first exchange counts: it is the one whose hash was signed.
        let _ = self.negotiated.set(names.key.clone());
        Ok(())
    }
}

/// What went wrong, from russh's error and what was seen on the wire.
fn reason(error: russh::Error, record: &Record) -> ScanError {
    use russh::Error;
    let seen = record.lock();
    if let Some(fault) = &seen.fault {
        return fault.clone();
    }
    let shown_key = || reply::host_key(&seen.packets);
    match error {
        Error::NoCommonAlgo { kind, .. } => match kind {
            AlgorithmKind::Key => ScanError::TypeNotOffered,
            AlgorithmKind::Kex => ScanError::NothingInCommon(Negotiated::KeyExchange),
            AlgorithmKind::Cipher => ScanError::NothingInCommon(Negotiated::Cipher),
            AlgorithmKind::Mac => ScanError::NothingInCommon(Negotiated::Mac),
            AlgorithmKind::Compression => ScanError::NothingInCommon(Negotiated::Compression),
        },
        Error::WrongServerSig => match shown_key() {
            Some(Ok(key)) => explain_refusal(&key),
            Some(Err(error)) => ScanError::KeyMalformed(error),
            None => ScanError::Protocol,
        },
        Error::Join(_) => ScanError::Internal,
        _ if seen.closed => ScanError::ClosedInExchange,
        // russh disconnects on a message of that name, and reports it as a closed connection.
        Error::Disconnect | Error::HUP => ScanError::ClosedInExchange,
        _ => match shown_key() {
            Some(Err(error)) => ScanError::KeyMalformed(error),
            _ => ScanError::Protocol,
        },
    }
}
