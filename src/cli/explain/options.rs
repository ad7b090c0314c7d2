//! The options that count: what sshd says, else its defaults, and over both what was set.

use super::arguments::{Args, Setting};
use super::attempt::Attempt;
use super::failure::ExplainError;
use crate::cli::sshd::{self, Configuration, Connection, SshdError};
use crate::doctor::log::PeerAddress;
use crate::escape::escape;
use crate::name::HostName;
use crate::store::Root;
use crate::verify::{GateRefusal, Policy, Refusal};

/// Where the options come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// sshd says so for this very connection.
    Sshd,
    /// sshd says so, without its `Match` blocks.
    SshdWithoutMatch,
    /// Nobody was asked.
    Defaults,
}

impl Source {
    /// A word for programs.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Sshd => "sshd",
            Self::SshdWithoutMatch => "sshd-without-match",
            Self::Defaults => "defaults",
        }
    }
}

/// The options, and what is to be said of them.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) policy: Policy,
    pub(super) source: Source,
    pub(super) notes: Vec<String>,
    /// Why sshd did not tell, where its defaults stand in.
    unknown: Option<String>,
}

impl Options {
    /// # Errors
    /// [`ExplainError::OptionsNotKnown`], where HostbasedAuthentication is no only because nobody said what it is.
    pub(super) fn check_known(&self, args: &Args) -> Result<(), ExplainError> {
        match &self.unknown {
            Some(why) if !self.policy.refuse_connection && !is_set(args, "HostbasedAuthentication") => {
                Err(ExplainError::OptionsNotKnown { why: why.clone() })
            }
            _ => Ok(()),
        }
    }

    /// The option whose default the refusal hangs on, where nobody said what it is.
    pub(super) fn hangs_on(&self, args: &Args, refusal: Option<Refusal<'_>>) -> Option<String> {
        self.unknown.as_ref()?;
        let options: &[&str] = match refusal? {
            Refusal::AlgorithmNotAccepted(_) => &["HostbasedAcceptedAlgorithms"],
            Refusal::CaAlgorithmNotAccepted(_) => &["CASignatureAlgorithms"],
            Refusal::AccountNotAllowed(GateRefusal::Locked) => &["UsePAM"],
            Refusal::AccountNotAllowed(GateRefusal::ShellMissing(_) | GateRefusal::ShellNotExecutable(_)) => {
                &["ChrootDirectory"]
            }
            Refusal::RootIgnoresSystemFiles => &["IgnoreRhosts"],
            Refusal::EquivNoFiles | Refusal::EquivNoMatch => {
                &["UseDNS", "HostbasedUsesNameFromPacketOnly", "IgnoreRhosts"]
            }
            Refusal::HostKeyUnknown | Refusal::HostKeyChanged(_) | Refusal::CertificateForOtherHosts => {
                &["UseDNS", "HostbasedUsesNameFromPacketOnly"]
            }
            Refusal::EquivModes { .. } | Refusal::HomeModes { .. } => &["StrictModes"],
            _ => &[],
        };
        let open: Vec<&str> = options.iter().copied().filter(|option| !is_set(args, option)).collect();
        let (first, _) = open.split_first()?;
        let options = open.join(", ");
        Some(format!(
            "this verdict hangs on the default of {options}: where yours is another, say it (--set {first}=...)"
        ))
    }
}

fn is_set(args: &Args, option: &str) -> bool {
    args.set.iter().any(|setting| setting.option.eq_ignore_ascii_case(option))
}

/// Asks sshd for what it does with this connection, from a peer that has this name or none.
///
/// # Errors
/// [`ExplainError`], when sshd refuses its own configuration, or a setting is wrong. An sshd that is not there, or does
/// not tell this user, is no error: its defaults stand in, and the options say so.
pub(super) fn of(
    args: &Args,
    root: &Root,
    attempt: &Attempt,
    name: Option<&HostName>,
) -> Result<Options, ExplainError> {
    let mut options = asked(ask(args, root, attempt, name), args.sshd_config.is_some())?;
    for Setting { option, value } in &args.set {
        options.policy.set(option, value).map_err(|error| {
            let setting = format!("{option}={value}");
            ExplainError::Set { setting, error }
        })?;
    }
    Ok(options)
}

fn ask(args: &Args, root: &Root, attempt: &Attempt, name: Option<&HostName>) -> Result<Configuration, SshdError> {
    let sshd = match &args.sshd_config {
        Some(file) => sshd::of_file(file)?,
        None => sshd::of_root(root)?,
    };
    let address = attempt.address.text();
    let host = name.map_or(address.as_str(), HostName::as_str);
    // Other bytes than text in a user's name are no reason to say nothing: `Match User` can hardly mean them.
    let user = String::from_utf8_lossy(attempt.user.as_bytes());
    let local = args.local_address.as_ref().map(PeerAddress::text);
    let connection =
        Connection { user: &user, host, address: &address, local: local.as_deref(), port: Some(args.local_port) };
    sshd.of_connection(&connection)
}

/// What an answer comes to; a configuration that was `named` must be answered for.
fn asked(answer: Result<Configuration, SshdError>, named: bool) -> Result<Options, ExplainError> {
    match answer {
        Ok(Configuration { output, without_match, passes_over_local }) => {
            let policy = Policy::from_sshd(&output).map_err(ExplainError::Options)?;
            let note = |why| format!("sshd's Match blocks are not looked at: {why}");
            let source = if without_match.is_some() { Source::SshdWithoutMatch } else { Source::Sshd };
            let mut notes: Vec<String> = without_match.map(note).into_iter().collect();
            if passes_over_local {
                let note = "Match LocalAddress blocks are taken not to fit: say at which address the server is asked, \
                            --local-address";
                notes.push(note.to_owned());
            }
            Ok(Options { policy, source, notes, unknown: None })
        }
        Err(error)
            if named || matches!(error, SshdError::Refused { lacks_rights: false, .. } | SshdError::Answer(_)) =>
        {
            Err(ExplainError::Sshd(error))
        }
        Err(error) => {
            let as_root = match error {
                SshdError::Refused { .. } => "; run this as root for its own",
                _ => "",
            };
            let why = format!("{error}{as_root}");
            let notes = vec![format!("the options are sshd's defaults, because {why}")];
            Ok(Options { policy: Policy::default(), source: Source::Defaults, notes, unknown: Some(why) })
        }
    }
}

/// What was set, for people.
pub(super) fn settings(args: &Args) -> Vec<String> {
    args.set.iter().map(|Setting { option, value }| escape(&format!("{option}={value}")).to_string()).collect()
}
