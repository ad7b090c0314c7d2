//! Why enrolling, listing or removing could not be done.

use std::io;

use thiserror::Error;

use super::scanning::ScanningError;
use super::setup::SetupError;
use super::sshd::SshdError;
use crate::dns::{AnchorError, ServersError};
use crate::enroll::ApplyError;
use crate::escape::escape;
use crate::key::KeyLineError;
use crate::store::StoreError;
use crate::store::account::AccountError;
use crate::verify::PolicyError;

/// Why enrolling, listing or removing could not be done: what happened and, where that does not say it already, what
/// to do on a second line.
#[derive(Debug, Error)]
pub(super) enum Failure {
    /// One of both files, or a folder on the way to it, cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The files could not be written.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// sshd does not tell what it looks up.
    #[error("cannot tell by which names sshd looks a host up: {0}\n{remedy}", remedy = .0.remedy())]
    Sshd(#[from] SshdError),
    /// A machine was not set up.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// Not all hosts were scanned.
    #[error(transparent)]
    Scanning(#[from] ScanningError),
    /// A file with a public key cannot be read.
    #[error("{}: cannot read the key: {error}", escape(.path))]
    KeyFile {
        /// Its path.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
    /// A file that should hold a public key holds something else.
    #[error("{}: {error}\ngive the .pub file of a host key, or its RFC 4716 form", escape(.path))]
    NoKey {
        /// Its path.
        path: String,
        /// What is wrong with it.
        error: KeyLineError,
    },
    /// A file with a private key, which is nobody's business here.
    #[error("{}: this is a private key, which never leaves its host\ngive the .pub file beside it", escape(.0))]
    PrivateKey(String),
    /// Key files are for one host.
    #[error("--key-file gives the keys of one host, and {0} are named\nenroll them one at a time")]
    OneHost(usize),
    /// An inventory cannot be read.
    #[error("{}: cannot read the inventory: {error}", escape(.path))]
    InventoryFile {
        /// Its path.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
    /// What an inventory says cannot be meant.
    #[error("nothing was written: {}", .0.join("\n"))]
    Inventory(Vec<String>),
    /// Nobody says which key is meant.
    #[error(
        "`*` stands for every host, and says nothing of the key\nname the key: --key-file FILE, or --fingerprint \
         SHA256:... of one in ssh_known_hosts"
    )]
    NoKeyNamed,
    /// A key that is named by its fingerprint is not there.
    #[error("no line of ssh_known_hosts holds a key with the fingerprint {0}\ngive the key itself: --key-file FILE")]
    NoSuchKey(crate::key::Fingerprint),
    /// Aliases are for one host.
    #[error("--alias gives names of one host, and {0} are named\nenroll them one at a time")]
    OneHostWithAlias(usize),
    /// Fingerprints are of one host.
    #[error(
        "--fingerprint and --key-file give the keys of one host, and {0} are meant: any of them could show another's \
         key\nname one host, or write each one's own into an inventory: hostbased sync"
    )]
    OneHostWithKeys(usize),
    /// Nobody says that the keys are the hosts'.
    #[error(
        "a scan proves that a host holds a key, not who the host is, and there is no terminal to ask on\nsay whom to \
         trust: --fingerprint SHA256:..., --key-file FILE or --trust-scan (or look only: --dry-run)"
    )]
    NoTrust,
    /// Nobody says that the changes are to be written.
    #[error(
        "nothing was written: there is no terminal to ask on\nsay --yes to write these changes, or --dry-run to look only"
    )]
    NoConfirmation,
    /// The file of trust anchors cannot be read.
    #[error("{}: cannot read the trust anchors: {error}", escape(.path))]
    TrustAnchorFile {
        /// Its path.
        path: String,
        /// The system's reason.
        error: io::Error,
    },
    /// The file of trust anchors holds something else.
    #[error("{}: {error}\ngive DS or DNSKEY records of the zones to trust, one a line", escape(.path))]
    TrustAnchor {
        /// Its path.
        path: String,
        /// What is wrong with it.
        error: AnchorError,
    },
    /// An option requires what the DNS says, and there is nobody to ask.
    #[error("{0}\nname one: --resolver ADDR:PORT")]
    NoNameServer(ServersError),
    /// The same below another root.
    #[error(
        "what is required of the DNS is not asked below another --root, where this machine's name servers may not be \
         meant\nname one: --resolver ADDR:PORT"
    )]
    NobodyAsked,
    /// Only root can do this.
    #[error("only to root {0}\nrun this as root")]
    NeedsRoot(&'static str),
    /// What a client wrote about itself does not count.
    #[error("{}: not an export that counts: {why}\nmake it anew on the client: hostbased doctor client --export", escape(.path))]
    Export {
        /// Its path.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// It is not known whether there is such an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// What sshd prints is not understood.
    #[error("what sshd -T prints cannot be understood: {0}\nsay so to who maintains this program")]
    Options(#[from] PolicyError),
    /// A log cannot be read, or is none of ssh's or sshd's.
    #[error("{0}")]
    Log(String),
    /// An argument that names nothing that can be written.
    #[error("{0}\nsee --help")]
    Argument(String),
    /// Nobody can have seen what is to be confirmed.
    #[error("nothing was written: what is to be confirmed cannot be shown: {0}")]
    NotShown(io::Error),
    /// The files are written, but not all that is to be said of it.
    #[error("both files are written, but the output is not: {0}\nsee what they hold: hostbased list")]
    NotTold(io::Error),
    /// The output cannot be written, the terminal not be read, or there is no way to wait for the network.
    #[error("cannot go on: {0}")]
    Io(#[from] io::Error),
}

impl Failure {
    pub(super) fn io_kind(&self) -> io::ErrorKind {
        match self {
            Self::Io(error) => error.kind(),
            _ => io::ErrorKind::Other,
        }
    }
}
