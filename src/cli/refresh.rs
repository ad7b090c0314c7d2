//! `hostbased refresh`: scan the registered hosts again, and say whose keys are other ones now.

use std::collections::BTreeSet;

use super::arguments::{RootFolder, port, scan_type};
use super::change::{Change, Host};
use super::checks::CheckArgs;
use super::confirm::ConfirmArgs;
use super::enroll::{Trusted, host_of};
use super::failure::Failure;
use super::gather::{self, Scanned};
use super::key_file::read_key;
use super::report::Reason;
use super::salts::fresh_salts;
use super::scanning::ScanArgs;
use super::sshd::Rules;
use super::vouch::{self, Candidate};
use super::{Console, Outcome};
use crate::enroll::{HostSpec, Names, OtherFiles, Refusal, Registered, Renewal, Task, read_texts, registered};
use crate::key::Fingerprint;
use crate::name::HostText;
use crate::scan::ScanType;

/// Scan registered client hosts again, all of them or those named, and bring their keys in ssh_known_hosts up to date.
///
/// A host that does not answer stays as it is. A changed key is told, and replaced only with --accept-changed or where
/// somebody vouches for the new one: --fingerprint, --key-file, a signed SSHFP record, a certificate of an authority that
/// is known for the host. A key of a new type is told, and needs such a word of its own to be registered, or yours when you are
/// asked: that another key of the host was proved says nothing of it. Lines with patterns, and hashed names that are neither named here nor in
/// shosts.equiv, are left alone.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A name or address of each host [default: all that are registered]
    #[arg(value_name = "NAME")]
    hosts: Vec<HostSpec>,

    /// Take whatever keys this host shows in the place of those of the same types; give it once for each host
    #[arg(long, value_name = "NAME")]
    accept_changed: Vec<HostSpec>,

    /// Trust the key with this fingerprint, for one host; give it once for each
    #[arg(long, value_name = "SHA256:...")]
    fingerprint: Vec<Fingerprint>,

    /// Trust the key in this file (.pub, or RFC 4716), for one host; give it once for each
    #[arg(long, value_name = "FILE")]
    key_file: Vec<String>,

    /// Scan this port, a number or a service's name
    #[arg(short = 'p', long, value_name = "PORT", default_value = "22", value_parser = port)]
    port: u16,

    /// Look at keys of these types only, and refuse a host that lacks one: rsa, ecdsa, ed25519, ecdsa-sk, ed25519-sk
    #[arg(short = 't', long = "type", value_name = "TYPE[,TYPE...]", value_delimiter = ',', value_parser = scan_type)]
    types: Vec<ScanType>,

    #[command(flatten)]
    scan: ScanArgs,

    #[command(flatten)]
    confirm: ConfirmArgs,

    #[command(flatten)]
    root: RootFolder,

    /// Print JSON: one object a line for each host, then one for the run
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    checks: CheckArgs,
}

/// A host that is to be looked at.
struct Wanted {
    /// `None` when nothing of it is registered.
    spec: Option<HostSpec>,
    title: String,
    accept_changed: bool,
    /// The keys that are known.
    known: Vec<crate::key::PublicKey>,
}

/// Refreshes the hosts that the arguments name. Good when each answered, and its keys are registered.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let texts = read_texts(&root)?;
    let named = || args.hosts.iter().chain(&args.accept_changed).flat_map(HostSpec::texts);
    let inhabitants = registered(&texts, &named().collect::<Vec<_>>());
    let wanted = wanted(args, &inhabitants.hosts);
    let mut fingerprints = args.fingerprint.clone();
    for path in &args.key_file {
        fingerprints.push(read_key(path)?.fingerprint());
    }
    if !fingerprints.is_empty() && wanted.len() > 1 {
        return Err(Failure::OneHostWithKeys(wanted.len()));
    }
    let trusted = if console.can_ask() && !args.confirm.dry_run && fingerprints.is_empty() {
        Trusted::Ask
    } else {
        Trusted::Fingerprints(fingerprints)
    };
    let scanned: Vec<Scanned<'_>> = wanted
        .iter()
        .filter_map(|host| Some(Scanned { host: host.spec.as_ref()?, port: args.port, types: &args.types }))
        .collect();
    let mut gathered = gather::keys(&scanned, &args.scan, console)?.into_iter();
    // What sshd looks up is not asked: no line of shosts.equiv changes, and the names were checked when they came in.
    let rules = Rules { names: Names::Both, is_off: false };
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    let mut hosts: Vec<Host> = Vec::new();
    for host in &wanted {
        match &host.spec {
            Some(spec) => candidates.extend(gathered.next().map(|keys| Candidate {
                scanned: Scanned { host: spec, port: args.port, types: &args.types },
                rules,
                host: host_of(spec, keys),
            })),
            None => hosts.push(not_registered(&host.title)),
        }
    }
    vouch_for_new(&mut candidates, &wanted, args, &texts, &root, console)?;

    let salts = fresh_salts()?;
    let accepted: BTreeSet<String> =
        wanted.iter().filter(|host| host.accept_changed).map(|host| host.title.clone()).collect();
    let mut tasks = Vec::new();
    for Candidate { scanned, mut host, .. } in candidates {
        if host.refused.is_empty() {
            host.task = Some(tasks.len());
            tasks.push(Task::Renew(Renewal {
                host: scanned.host.clone(),
                keys: host.keys.clone(),
                accept_changed: accepted.contains(&host.title),
                trust: trusted.trust(),
                vouched: host.vouched.iter().map(|(key, _)| *key).collect(),
                salts,
            }));
        }
        hosts.push(host);
    }
    let mut notes = Vec::new();
    if inhabitants.unread > 0 && args.hosts.is_empty() {
        notes.push(format!(
            "{} hashed lines are for names that stand nowhere in clear: name those hosts, so that they are looked at",
            inhabitants.unread
        ));
    }
    let change = Change {
        command: "refresh",
        root: &root,
        confirm: &args.confirm,
        json: args.json,
        texts: &texts,
        survey: None,
        others: OtherFiles::default(),
        tasks,
        hosts,
        notes,
        trust: Some(trusted.word()),
    };
    change.carry_out(console)
}

/// The hosts to look at, each once, in the order of the arguments, or of the files.
fn wanted(args: &Args, registered: &[Registered]) -> Vec<Wanted> {
    let find = |text: &HostText| registered.iter().position(|host| !host.keys.is_empty() && host.texts.contains(text));
    // An address that several hosts have had tells none of them.
    let find_one = |text: &HostText| {
        let mut with_text = registered.iter().filter(|host| !host.keys.is_empty() && host.texts.contains(text));
        with_text.next().filter(|_| with_text.next().is_none()).and_then(|_| find(text))
    };
    let accepted: BTreeSet<usize> =
        args.accept_changed.iter().flat_map(HostSpec::texts).filter_map(|text| find_one(&text)).collect();
    let whole = |place: usize| {
        let host = registered.get(place)?;
        let spec = host.spec()?;
        Some(Wanted {
            title: spec.to_string(),
            spec: Some(spec),
            accept_changed: accepted.contains(&place),
            known: host.keys.iter().map(|(_, key)| key.clone()).collect(),
        })
    };
    let named: Vec<&HostSpec> = args.hosts.iter().collect();
    if named.is_empty() {
        let unknown =
            args.accept_changed.iter().filter(|host| !host.texts().iter().any(|text| find_one(text).is_some()));
        let unknown: Vec<Wanted> = unknown.map(missing).collect();
        let with_keys = registered.iter().enumerate().filter(|(_, host)| !host.keys.is_empty());
        return with_keys.filter_map(|(place, _)| whole(place)).chain(unknown).collect();
    }
    let mut seen = BTreeSet::new();
    let mut hosts = Vec::new();
    for host in named {
        match host.texts().iter().find_map(find) {
            Some(place) if seen.insert(place) => hosts.extend(whole(place)),
            Some(_) => {}
            None => hosts.push(missing(host)),
        }
    }
    hosts
}

fn missing(host: &HostSpec) -> Wanted {
    Wanted { spec: None, title: host.to_string(), accept_changed: false, known: Vec::new() }
}

fn not_registered(title: &str) -> Host {
    let text = title.parse::<HostSpec>().ok().and_then(|spec| spec.texts().into_iter().next());
    let refused = text.map(Refusal::NotRegistered).map(|refusal| Reason::new(refusal.code(), &refusal));
    Host { title: title.to_owned(), refused: refused.into_iter().collect(), ..Host::default() }
}

/// Asks who vouches for keys that are not known: for the others nobody needs to.
fn vouch_for_new(
    candidates: &mut [Candidate<'_>],
    wanted: &[Wanted],
    args: &Args,
    texts: &crate::enroll::Texts,
    root: &crate::store::Root,
    console: &mut Console,
) -> Result<(), Failure> {
    let known: std::collections::BTreeMap<&str, &Wanted> =
        wanted.iter().map(|host| (host.title.as_str(), host)).collect();
    let has_new = |candidate: &Candidate<'_>| {
        let known = known.get(candidate.host.title.as_str());
        let is_known = |key: &crate::key::PublicKey| known.is_some_and(|host| host.known.contains(key));
        candidate.host.refused.is_empty() && !candidate.host.keys.iter().all(is_known)
    };
    let (new, _): (Vec<&mut Candidate<'_>>, Vec<_>) = candidates.iter_mut().partition(|candidate| has_new(candidate));
    if new.is_empty() {
        return Ok(());
    }
    // Taken out and put back: the checks compare these with each other, and not with hosts of which nothing is asked.
    let mut asked: Vec<Candidate<'_>> = Vec::new();
    let mut slots = Vec::new();
    for slot in new {
        asked.push(Candidate { scanned: slot.scanned, rules: slot.rules, host: std::mem::take(&mut slot.host) });
        slots.push(slot);
    }
    vouch::find_sshfp(&mut asked, &args.checks, root, console)?;
    vouch::ask_authorities(&mut asked, texts, &args.scan, console)?;
    for (slot, done) in slots.into_iter().zip(asked) {
        slot.host = done.host;
    }
    Ok(())
}
