//! Why a RevokedKeys file cannot be read. Each of these refuses every key.

use thiserror::Error;

use super::MAX_FILE_BYTES;
use crate::key::{KeyError, KeyLineError, MIN_RSA_BITS};
use crate::wire::WireError;

/// Why a file tells nobody which keys are revoked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RevokedError {
    /// Longer than [`MAX_FILE_BYTES`].
    #[error("{length} bytes, and at most {MAX_FILE_BYTES} are read; every key is refused until the file is shorter")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// A line of a list of keys.
    #[error("line {line}: {problem}; every key is refused until this line is corrected or removed")]
    Line {
        /// Its number, counted from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        problem: RevokedLineProblem,
    },
    /// A section of a KRL.
    #[error(
        "KRL, {section} at byte {offset}: {problem}; every key is refused until the file is replaced (ssh-keygen -k makes one, ssh-keygen -Ql shows it)"
    )]
    Krl {
        /// What kind of section.
        section: &'static str,
        /// Where it begins, in bytes from the start of the file.
        offset: usize,
        /// What is wrong with it.
        #[source]
        problem: KrlProblem,
    },
}

/// Why a line of a list of keys cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RevokedLineProblem {
    /// No public key.
    #[error(transparent)]
    Key(#[from] KeyLineError),
    /// A certificate of an authority whose RSA key is too short: OpenSSH does not read such a certificate.
    #[error("a certificate signed by an RSA key of {bits} bits; OpenSSH reads none below {MIN_RSA_BITS}")]
    ShortAuthority {
        /// The key's size in bits.
        bits: usize,
    },
    /// An empty line of a file with CRLF line ends. OpenSSH skips lines only that are empty without it.
    #[error("nothing but a carriage return; OpenSSH refuses that too: end lines with a line feed alone")]
    CarriageReturn,
    /// A NUL byte with nothing before it on the line.
    #[error("begins with a NUL byte; OpenSSH would see an empty line, whatever follows")]
    Nul,
}

/// Why a section of a KRL cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KrlProblem {
    /// A field is missing, too long, or has a value that it must not have.
    #[error(transparent)]
    Field(#[from] WireError),
    /// Another version of the format.
    #[error("format version {version}; 1 is the only one")]
    FormatVersion {
        /// The version that it says.
        version: u32,
    },
    /// A section of a type that nobody has defined.
    #[error("unknown section type {number}")]
    UnknownSection {
        /// Its type.
        number: u8,
    },
    /// An extension that must be understood, and is not: none is.
    #[error("critical extension \"{name}\" is not supported")]
    CriticalExtension {
        /// Its name, escaped.
        name: String,
    },
    /// The authority whose certificates are revoked cannot be read.
    #[error("authority: {0}")]
    Authority(#[from] KeyError),
    /// The authority's RSA key is too short.
    #[error("authority: an RSA key of {bits} bits; OpenSSH reads none below {MIN_RSA_BITS}")]
    ShortAuthority {
        /// The key's size in bits.
        bits: usize,
    },
    /// Serial number 0, which stands for "no serial number" and cannot be revoked.
    #[error("serial number 0 cannot be revoked; revoke the key id or the key instead")]
    SerialZero,
    /// A range that ends before it begins.
    #[error("the serial numbers {first} to {last} are no range")]
    EmptyRange {
        /// The first serial number.
        first: u64,
        /// The last.
        last: u64,
    },
    /// A bitmap with a serial number above the highest there is.
    #[error("the bitmap has serial numbers above 2^64 - 1")]
    BitmapOverflow,
}

impl KrlProblem {
    /// Says where it is.
    pub(super) const fn at(self, section: &'static str, offset: usize) -> RevokedError {
        RevokedError::Krl { section, offset, problem: self }
    }
}
