//! The way to a decision, step by step, for those who ask why.

use std::fmt;

use super::files::Unreadable;
use crate::escape::escape;
use crate::key::Algorithm;
use crate::known_hosts::Place;

/// What is looked at, in sshd's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// HostbasedAuthentication and AuthenticationMethods let the method be tried.
    Method,
    /// The request asks for the account that is judged.
    Request,
    /// The algorithm is known, and in HostbasedAcceptedAlgorithms.
    Algorithm,
    /// The key decodes, is of the algorithm's type, its authority signs by CASignatureAlgorithms, and RSA is long enough.
    Key,
    /// The account exists and may log in from there.
    Account,
    /// RevokedKeys does not name the key.
    RevokedKeys,
    /// Which name the files are asked for.
    Name,
    /// hosts.equiv, shosts.equiv, and the user's own, believe the host for this user.
    Equiv,
    /// The certificate is for this host, at this time.
    Certificate,
    /// ssh_known_hosts, and the user's own, hold the key for this host.
    KnownHosts,
    /// The host signed this request.
    Signature,
    /// PermitRootLogin.
    RootLogin,
    /// The application agrees.
    Application,
    /// AuthenticationMethods asks for nothing more.
    FurtherMethods,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 14] = [
        Self::Method,
        Self::Request,
        Self::Algorithm,
        Self::Key,
        Self::Account,
        Self::RevokedKeys,
        Self::Name,
        Self::Equiv,
        Self::Certificate,
        Self::KnownHosts,
        Self::Signature,
        Self::RootLogin,
        Self::Application,
        Self::FurtherMethods,
    ];

    /// Its name, in kebab case: it does not change between releases.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Request => "request",
            Self::Algorithm => "algorithm",
            Self::Key => "key",
            Self::Account => "account",
            Self::RevokedKeys => "revoked-keys",
            Self::Name => "name",
            Self::Equiv => "equiv",
            Self::Certificate => "certificate",
            Self::KnownHosts => "known-hosts",
            Self::Signature => "signature",
            Self::RootLogin => "root-login",
            Self::Application => "application",
            Self::FurtherMethods => "further-methods",
        }
    }
}

/// What came of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepResult {
    /// It let the attempt pass.
    Ok,
    /// It refused.
    No,
    /// It was not asked, or nothing depended on it.
    Skipped,
}

impl StepResult {
    /// `ok`, `no` or `skipped`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::No => "no",
            Self::Skipped => "skipped",
        }
    }
}

/// One line of the way: a step has several where several files were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace<'a> {
    /// The step.
    pub step: Step,
    /// What came of it.
    pub result: StepResult,
    /// What was seen. Its text names no line's content: a user's file is nobody else's to read.
    pub note: Note<'a>,
    /// The file, and the line in it, that the note is of.
    pub place: Option<Place<'a>>,
}

/// What was seen at a step.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note<'a> {
    /// Nothing to say beyond the result.
    Plain,
    /// It is this algorithm.
    Algorithm(Algorithm),
    /// The files are asked for this name and this address.
    LookedUp {
        /// For both files.
        host: Vec<u8>,
        /// For the equiv files.
        address: Vec<u8>,
    },
    /// sshd logs that the client claims another name; it refuses nothing by that.
    NameMismatch {
        /// What the client claims.
        claimed: &'a [u8],
    },
    /// The line lets in.
    Allows,
    /// The line shuts out, for its own file only.
    Denies,
    /// The file has no line for this user of that host.
    NoMatch(&'a str),
    /// There is no such file.
    Missing(&'a str),
    /// What the file says is not known.
    Unreadable(&'a str, Unreadable),
    /// StrictModes: somebody else could have written the file, so that it is not looked at.
    UnsafeModes(&'a str),
    /// The policy has the file ignored.
    Ignored {
        /// The file.
        file: &'a str,
        /// The option that says so.
        by: &'static str,
    },
    /// Root, for whom the system's equiv files do not count.
    RootIgnoresSystemFiles,
    /// The line holds the key, or its authority.
    Trusts,
    /// This name of the host is not let in, for the reason with this code; it has another one.
    OtherName(&'static str),
    /// Assumed: nothing was signed yet.
    Assumed,
    /// AuthenticationMethods then asks for these.
    FurtherMethods(String),
    /// What refused; its text is that of the refusal.
    Refused,
    /// It does not apply: a plain key has no certificate, an ordinary user is not root.
    DoesNotApply,
    /// An earlier step has refused.
    NotReached,
}

impl fmt::Display for Note<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain | Self::Refused => Ok(()),
            Self::Algorithm(algorithm) => write!(f, "{}", algorithm.name()),
            Self::LookedUp { host, address } if host == address => write!(f, "looked up: {:#}", escape(host)),
            Self::LookedUp { host, address } => {
                write!(f, "looked up: {:#}, in the equiv files also {:#}", escape(host), escape(address))
            }
            Self::NameMismatch { claimed } => {
                write!(f, "the client claims to be {:#}; that is logged and decides nothing", escape(claimed))
            }
            Self::Allows => f.write_str("this line believes the host for this user"),
            Self::Denies => f.write_str("this line shuts this user of that host out; it holds for its own file only"),
            Self::NoMatch(file) => write!(f, "{}: no line is for this user of that host", escape(file)),
            Self::Missing(file) => write!(f, "{}: there is no such file", escape(file)),
            Self::Unreadable(file, why) => write!(f, "{}: {why}", escape(file)),
            Self::UnsafeModes(file) => {
                write!(f, "{}: StrictModes: others could have written it, so it is ignored", escape(file))
            }
            Self::Ignored { file, by } => write!(f, "{}: ignored by {by}", escape(file)),
            Self::RootIgnoresSystemFiles => f.write_str("root is not let in by hosts.equiv and shosts.equiv"),
            Self::Trusts => f.write_str("this line holds the key for that host"),
            Self::OtherName(code) => write!(f, "not by this name ({code}); the host has another"),
            Self::Assumed => f.write_str("assumed to be good"),
            Self::FurtherMethods(methods) => write!(f, "AuthenticationMethods then asks for {}", escape(methods)),
            Self::DoesNotApply => f.write_str("does not apply"),
            Self::NotReached => f.write_str("not reached"),
        }
    }
}

/// The traces of one attempt, as they are made.
#[derive(Debug, Default)]
pub(super) struct Trail<'a> {
    traces: Vec<Trace<'a>>,
}

impl<'a> Trail<'a> {
    pub(super) fn new() -> Self {
        // What an ordinary attempt leaves behind fits without growing.
        Self { traces: Vec::with_capacity(20) }
    }

    pub(super) fn ok(&mut self, step: Step, note: Note<'a>) {
        self.push(step, StepResult::Ok, note, None);
    }

    pub(super) fn skip(&mut self, step: Step, note: Note<'a>) {
        self.push(step, StepResult::Skipped, note, None);
    }

    pub(super) fn at(&mut self, step: Step, result: StepResult, note: Note<'a>, place: Place<'a>) {
        self.push(step, result, note, Some(place));
    }

    /// The step refuses; what was not reached is said to be so.
    pub(super) fn no(&mut self, step: Step, place: Option<Place<'a>>) {
        self.push(step, StepResult::No, Note::Refused, place);
        for &later in Step::ALL.iter().skip_while(|&&other| other != step).skip(1) {
            self.skip(later, Note::NotReached);
        }
    }

    pub(super) fn into_traces(self) -> Vec<Trace<'a>> {
        self.traces
    }

    fn push(&mut self, step: Step, result: StepResult, note: Note<'a>, place: Option<Place<'a>>) {
        self.traces.push(Trace { step, result, note, place });
    }
}
