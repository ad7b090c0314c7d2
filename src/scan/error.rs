//! Why a host gave no key, each reason with a code that stays.

use std::{fmt, io};

use thiserror::Error;

use super::greeting::{MAX_GREETING_BYTES, MAX_IDENTIFICATION_BYTES};
use super::packet::MAX_HANDSHAKE_BYTES;
use crate::key::{KeyError, MAX_RSA_BITS, MIN_RSA_BITS, SignatureError};

/// What the scanner was doing when it stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Asking the system's resolver for the name's addresses.
    Resolving,
    /// Waiting for the TCP connection.
    Connecting,
    /// Waiting for the server's identification line (`SSH-2.0-…`).
    Identification,
    /// Exchanging keys.
    KeyExchange,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resolving => "resolving the name",
            Self::Connecting => "connecting",
            Self::Identification => "waiting for its identification",
            Self::KeyExchange => "exchanging keys",
        })
    }
}

/// What the system said of a connection: an [`io::Error`] that can be copied and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoProblem {
    /// The kind of error.
    pub kind: io::ErrorKind,
    /// The system's error number, where there is one.
    pub errno: Option<i32>,
}

impl IoProblem {
    /// Whether it says no more than that the other side closed the connection.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
        matches!(self.kind, BrokenPipe | ConnectionAborted | ConnectionReset)
    }
}

impl From<&io::Error> for IoProblem {
    fn from(error: &io::Error) -> Self {
        Self { kind: error.kind(), errno: error.raw_os_error() }
    }
}

impl fmt::Display for IoProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.errno {
            Some(errno) => io::Error::from_raw_os_error(errno).fmt(f),
            None => self.kind.fmt(f),
        }
    }
}

/// What both sides must agree on before a host key is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Negotiated {
    /// The key exchange method.
    KeyExchange,
    /// The cipher.
    Cipher,
    /// The message authentication code.
    Mac,
    /// The compression.
    Compression,
}

impl fmt::Display for Negotiated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyExchange => "key exchange method",
            Self::Cipher => "cipher",
            Self::Mac => "message authentication code",
            Self::Compression => "compression",
        })
    }
}

/// Why a host gave no key of a type. [`ScanError::code`] is stable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The resolver does not know the name.
    #[error("cannot resolve the name: {0}")]
    Resolve(Box<str>),
    /// The name has addresses, but none of the family that was asked for (`-4`, `-6`).
    #[error("the name has no address of the family asked for")]
    NoAddressOfFamily,
    /// No TCP connection.
    #[error("cannot connect: {0}")]
    Connect(IoProblem),
    /// The time for one connection ran out.
    #[error("no answer in time while {0} (-T sets the limit)")]
    Timeout(Phase),
    /// The time for the host ran out, all its connections together.
    #[error("no time left for this host (--host-timeout sets the limit)")]
    HostTimeout,
    /// The connection broke.
    #[error("the connection broke while {phase}: {problem}")]
    Broken {
        /// When.
        phase: Phase,
        /// The system's reason.
        problem: IoProblem,
    },
    /// The server closed the connection before it identified itself.
    #[error("closed the connection before it identified itself{}", after_saying(.said))]
    ClosedEarly {
        /// The last line that it sent, escaped: sshd says "Exceeded MaxStartups" there.
        said: Option<Box<str>>,
    },
    /// The server closed the connection after it identified itself and before it proved its key.
    #[error("closed the connection during the key exchange")]
    ClosedInExchange,
    /// It sends text, but never an SSH identification.
    #[error("sent {MAX_GREETING_BYTES} bytes without identifying itself: not an SSH server{}", after_saying(.said))]
    NotSsh {
        /// The last line that it sent, escaped.
        said: Option<Box<str>>,
    },
    /// An identification longer than RFC 4253 section 4.2 allows.
    #[error("its identification is longer than the {MAX_IDENTIFICATION_BYTES} bytes that are allowed")]
    IdentificationTooLong,
    /// An identification that russh cannot take: not UTF-8.
    #[error("its identification is not UTF-8")]
    IdentificationNotUtf8,
    /// A protocol other than SSH 2.
    #[error("speaks another version of the protocol than SSH 2.0")]
    ProtocolVersion,
    /// More bytes than any key exchange needs.
    #[error("sent more than {MAX_HANDSHAKE_BYTES} bytes before the key exchange was done")]
    TooMuchData,
    /// The host has no key of this type, as its own list of algorithms says.
    #[error("has no host key of this type")]
    TypeNotOffered,
    /// The scanner cannot ask for this type.
    #[error("keys of this type cannot be scanned: the SSH library does not know them")]
    TypeUnsupported,
    /// No method in common for something else than the host key.
    #[error("no {0} in common")]
    NothingInCommon(Negotiated),
    /// The server does not follow the protocol.
    #[error("does not follow the SSH protocol during the key exchange")]
    Protocol,
    /// What it shows is no key.
    #[error("shows a host key that cannot be read: {0}")]
    KeyMalformed(KeyError),
    /// The key is of another type than the algorithm that was negotiated.
    #[error("shows a host key of another type than the one negotiated")]
    KeyTypeMismatch,
    /// An RSA key of a size that is not verified.
    #[error("shows an RSA key of {bits} bits: must have {MIN_RSA_BITS} to {MAX_RSA_BITS}")]
    RsaSize {
        /// The size in bits.
        bits: usize,
    },
    /// It does not hold the private part of the key that it shows.
    #[error("does not prove that the key is its own: {0}")]
    BadSignature(SignatureError),
    /// The certificate's own signature is not its authority's.
    #[error("shows a certificate that its authority did not sign: {0}")]
    CertificateSignature(SignatureError),
    /// A certificate that is not for hosts.
    #[error("shows a certificate that is for users, not for hosts")]
    UserCertificate,
    /// The scanner itself failed.
    #[error("the SSH library failed on what this server sent")]
    Internal,
}

fn after_saying(said: &Option<Box<str>>) -> String {
    said.as_ref().map(|said| format!(", after saying \"{said}\"")).unwrap_or_default()
}

impl ScanError {
    /// The reason's code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Resolve(_) => "resolve-failed",
            Self::NoAddressOfFamily => "no-address-of-family",
            Self::Connect(IoProblem { kind: io::ErrorKind::ConnectionRefused, .. }) => "connection-refused",
            Self::Connect(_) => "connect-failed",
            Self::Timeout(Phase::Resolving) => "timeout-resolving",
            Self::Timeout(Phase::Connecting) => "timeout-connecting",
            Self::Timeout(Phase::Identification) => "timeout-identification",
            Self::Timeout(Phase::KeyExchange) => "timeout-key-exchange",
            Self::HostTimeout => "timeout-host",
            Self::Broken { .. } => "connection-broken",
            Self::ClosedEarly { .. } => "closed-before-identification",
            Self::ClosedInExchange => "closed-in-key-exchange",
            Self::NotSsh { .. } => "not-ssh",
            Self::IdentificationTooLong => "identification-too-long",
            Self::IdentificationNotUtf8 => "identification-not-utf8",
            Self::ProtocolVersion => "protocol-version",
            Self::TooMuchData => "too-much-data",
            Self::TypeNotOffered => "type-not-offered",
            Self::TypeUnsupported => "type-unsupported",
            Self::NothingInCommon(_) => "nothing-in-common",
            Self::Protocol => "protocol-error",
            Self::KeyMalformed(_) => "key-malformed",
            Self::KeyTypeMismatch => "key-type-mismatch",
            Self::RsaSize { .. } => "rsa-size",
            Self::BadSignature(_) => "bad-signature",
            Self::CertificateSignature(_) => "certificate-signature",
            Self::UserCertificate => "user-certificate",
            Self::Internal => "internal",
        }
    }

    /// Whether another address of the same host may do better: nobody answered here as an SSH server does. An answer
    /// that was wrong is never covered up by asking elsewhere.
    #[must_use]
    pub const fn is_no_answer(&self) -> bool {
        matches!(
            self,
            Self::Resolve(_)
                | Self::NoAddressOfFamily
                | Self::Connect(_)
                | Self::Timeout(_)
                | Self::HostTimeout
                | Self::Broken { .. }
                | Self::ClosedEarly { .. }
                | Self::ClosedInExchange
                | Self::NotSsh { .. }
        )
    }

    /// Whether the same address may do better a moment later: nobody answered in time, or somebody hung up, as sshd does
    /// with too many connections at once (sshd_config(5), MaxStartups). The resolver asks again by itself.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Timeout(phase) => !matches!(phase, Phase::Resolving),
            Self::Broken { .. } | Self::ClosedEarly { .. } | Self::ClosedInExchange => true,
            Self::Connect(problem) => problem.is_closed() || matches!(problem.kind, io::ErrorKind::TimedOut),
            _ => false,
        }
    }
}
