//! `hostbased revoke`: refuse keys from now on.

use std::str::FromStr;

use thiserror::Error;

use super::arguments::RootFolder;
use super::change::{Change, Host};
use super::confirm::ConfirmArgs;
use super::failure::Failure;
use super::key_file::read_key;
use super::{Console, Outcome};
use crate::enroll::{HostSpec, HostSpecError, OtherFiles, Revocation, Task, Texts, read_texts};
use crate::key::{Fingerprint, PublicKey};
use crate::name::HostText;

/// Refuse keys of client hosts from now on: a line @revoked in ssh_known_hosts, which counts above all others.
///
/// Without --key-file and --fingerprint all keys that are registered for a host are refused. The line is for the host, under
/// every name and address that is registered with the key; with `*` in place of NAME, or --everywhere, it is for every host,
/// so that the key lets nobody in whatever he calls himself. At the end the matcher that decides over a login is asked
/// whether each key is refused now.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A name or address of each host, or `*` for every host
    #[arg(value_name = "NAME", required = true)]
    hosts: Vec<Whom>,

    /// Refuse the key in this file (.pub, or RFC 4716; of a certificate, the key inside); give it once for each
    #[arg(long, value_name = "FILE")]
    key_file: Vec<String>,

    /// Refuse the key with this fingerprint, which a line of ssh_known_hosts holds; give it once for each
    #[arg(long, value_name = "SHA256:...")]
    fingerprint: Vec<Fingerprint>,

    /// Refuse the keys for every host, not only for those named
    #[arg(long)]
    everywhere: bool,

    /// Take the hosts out of shosts.equiv too
    #[arg(long)]
    shut_out: bool,

    #[command(flatten)]
    confirm: ConfirmArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print JSON: one object a line for each host, then one for the run
    #[arg(long)]
    json: bool,
}

/// Whose keys.
#[derive(Clone, Debug)]
enum Whom {
    Everybody,
    Host(HostSpec),
}

/// Why an argument names nobody.
#[derive(Clone, Debug, Error)]
enum WhomError {
    #[error(transparent)]
    Host(#[from] HostSpecError),
}

impl FromStr for Whom {
    type Err = WhomError;

    fn from_str(text: &str) -> Result<Self, WhomError> {
        if text == "*" { Ok(Self::Everybody) } else { Ok(Self::Host(text.parse()?)) }
    }
}

/// Revokes the keys that the arguments name. Good when each of them is refused.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let texts = read_texts(&root)?;
    let mut keys = args.key_file.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
    for fingerprint in &args.fingerprint {
        keys.push(find_key(&texts, fingerprint).ok_or(Failure::NoSuchKey(*fingerprint))?);
    }
    let (mut tasks, mut hosts) = (Vec::new(), Vec::new());
    for whom in &args.hosts {
        let (spec, title) = match whom {
            Whom::Everybody if keys.is_empty() => return Err(Failure::NoKeyNamed),
            Whom::Everybody => (None, "*".to_owned()),
            Whom::Host(spec) => (Some(spec), spec.to_string()),
        };
        let named: Vec<HostText> = spec.map(HostSpec::texts).unwrap_or_default();
        hosts.push(Host {
            title,
            names: spec.into_iter().flat_map(HostSpec::names).map(ToString::to_string).collect(),
            addresses: spec.into_iter().flat_map(HostSpec::addresses).map(ToString::to_string).collect(),
            keys: keys.clone(),
            task: Some(tasks.len()),
            ..Host::default()
        });
        let everywhere = args.everywhere || spec.is_none();
        tasks.push(Task::Revoke(Revocation { hosts: named, keys: keys.clone(), everywhere, shut_out: args.shut_out }));
    }
    let change = Change {
        command: "revoke",
        root: &root,
        confirm: &args.confirm,
        json: args.json,
        texts: &texts,
        survey: None,
        others: OtherFiles::default(),
        tasks,
        hosts,
        notes: Vec::new(),
        trust: None,
    };
    change.carry_out(console)
}

/// The key with this fingerprint, of any line.
fn find_key(texts: &Texts, fingerprint: &Fingerprint) -> Option<PublicKey> {
    let files = Texts { shosts: Vec::new(), known_hosts: texts.known_hosts.clone() }.parse();
    let mut keys = files.known_hosts.entries().map(|(_, entry)| entry.key().plain());
    keys.find(|key| key.fingerprint() == *fingerprint).cloned()
}
