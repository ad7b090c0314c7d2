//! `hostbased sync`: make both files match an inventory.

mod former;
mod inventory;
mod json;

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::Arc;

use former::former_addresses;
use inventory::Entry;

use super::arguments::RootFolder;
use super::change::{Change, Host};
use super::checks::CheckArgs;
use super::confirm::ConfirmArgs;
use super::enroll::{Trusted, host_of, rules, switched_off};
use super::failure::Failure;
use super::gather::{self, Gathered, NoKeys, Scanned};
use super::key_file::read_key;
use super::salts::fresh_salts;
use super::scanning::ScanArgs;
use super::sshd::Rules;
use super::vouch::{self, Candidate, Leaving};
use super::{Console, Outcome};
use crate::enroll::{
    HostSpec, Inhabitants, Names, Registered, Registration, Stale, Task, Trust, read_other_files, read_texts,
    registered,
};
use crate::escape::escape;
use crate::name::HostText;
use crate::store::Root;

/// Largest inventory: a million hosts.
const MAX_INVENTORY: u64 = 256 << 20;

/// Make ssh_known_hosts and shosts.equiv match an inventory of client hosts.
///
/// The inventory has a line for each host: NAME ADDRESS... [key=value...], where # begins a comment; or it is JSON, an array
/// of objects or one object a line. Keys are port, type, fingerprint, key-file, alias and names. Hosts that are not in it go
/// only with --prune. A known host whose key has changed, or that shows a key of a new type, needs a word for that key: its
/// fingerprint or key-file, a signed SSHFP record, or a certificate of a known authority. Lines that somebody wrote by hand
/// (patterns, authorities, revocations, netgroups, users, comments) stay as they are, and are named.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The inventory; - for standard input
    #[arg(value_name = "FILE")]
    inventory: String,

    /// Take hosts out of both files that are not in the inventory; one without any host is an error then
    #[arg(long)]
    prune: bool,

    /// Trust whatever keys the scan of a new host shows: whoever controls the network now decides who is trusted ever after
    #[arg(long)]
    trust_scan: bool,

    /// By which names sshd looks hosts up: dns, address, packet or both [default: what sshd -T says]
    #[arg(long, value_name = "WHICH")]
    names: Option<Names>,

    /// Write names and addresses in ssh_known_hosts hashed, each on a line of its own; shosts.equiv has them in clear
    #[arg(long)]
    hash: bool,

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

/// Makes both files match the inventory. Good when every host of it is admitted with all its keys.
///
/// # Errors
/// [`Failure`]; an inventory with a mistake changes nothing.
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let shown = if args.inventory == "-" { "standard input".to_owned() } else { escape(&args.inventory).to_string() };
    let entries = inventory::read(&read_inventory(&args.inventory, console)?, &shown).map_err(Failure::Inventory)?;
    if args.prune && entries.is_empty() {
        return Err(Failure::Inventory(vec![format!(
            "{shown} names no host, and --prune would take out all that are registered"
        )]));
    }
    let texts = read_texts(&root)?;
    let trusted = match () {
        () if args.trust_scan => Trusted::Scan,
        () if args.confirm.dry_run => Trusted::Nobody,
        // Nobody reads the inventory and answers.
        () if console.can_ask() && args.inventory != "-" => Trusted::Ask,
        () => Trusted::Fingerprints(Vec::new()),
    };
    let rules = rules_of(args, &entries, &root)?;
    let gathered = gather(args, &entries, console)?;
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for ((entry, rules), gathered) in entries.iter().zip(rules).zip(gathered) {
        let mut host = host_of(&entry.host.with_aliases(&entry.aliases), gathered);
        host.rules = Some(rules);
        candidates.push(Candidate { scanned: scanned(entry), rules, host });
    }
    let inventory: BTreeSet<HostText> =
        entries.iter().flat_map(|entry| entry.host.with_aliases(&entry.aliases).texts()).collect();
    let names: Vec<HostText> = inventory.iter().cloned().collect();
    let inhabitants = registered(&texts, &names);
    // What goes stands in nobody's way.
    let goes = |host: &&Registered| args.prune && !is_in(host, &inventory);
    let former = former_addresses(&entries, &inhabitants.hosts, &inventory);
    let addresses = former.iter().filter(|_| args.prune).flat_map(|former| former.addresses.iter().cloned()).collect();
    let leaving = Leaving { hosts: inhabitants.hosts.iter().filter(goes).collect(), addresses };
    let survey = vouch::survey(&candidates, &names, &texts);
    vouch::check(&mut candidates, &survey, &leaving, &args.checks, &root, console)?;
    vouch::ask_authorities(&mut candidates, &texts, &args.scan, console)?;

    let (mut tasks, mut hosts) = (Vec::new(), Vec::new());
    let mut notes = notes(&inhabitants);
    // First who goes, so that an address is free for who has it now.
    let kept = Arc::new(inventory);
    for stale in inhabitants.hosts.iter().filter(|host| !is_in(host, &kept)) {
        let Some(spec) = stale.spec() else { continue };
        if !args.prune {
            notes.push(format!("{spec} is not in the inventory, and stays: --prune takes it out"));
            continue;
        }
        hosts.push(Host { task: Some(tasks.len()), ..host_of(&spec, Ok(Gathered::default())) });
        let texts = stale.texts.iter().cloned().collect();
        tasks.push(Task::Prune(Stale { texts, kept: Arc::clone(&kept) }));
    }
    for former in former {
        // A host that cannot be registered where it is now stays where it was.
        let Some(host) = candidates.get(former.entry).map(|candidate| &candidate.host) else { continue };
        for address in former.addresses {
            if args.prune && host.refused.is_empty() {
                let title = format!("{address}, which {} had", host.title);
                hosts.push(Host { task: Some(tasks.len()), title, ..Host::default() });
                tasks.push(Task::Prune(Stale { texts: vec![address], kept: Arc::clone(&kept) }));
            } else {
                let until = if args.prune { "until the host is registered" } else { "--prune takes it out" };
                notes.push(format!("{address}, which {} had, is not in the inventory, and stays: {until}", host.title));
            }
        }
    }
    let hash = if args.hash { Some(fresh_salts()?) } else { None };
    for (entry, Candidate { rules, mut host, .. }) in entries.iter().zip(candidates) {
        if host.refused.is_empty() {
            host.task = Some(tasks.len());
            tasks.push(Task::Register(Registration {
                host: entry.host.with_aliases(&entry.aliases),
                keys: host.keys.clone(),
                names: rules.names,
                trust: trust(entry, &trusted),
                vouched: host.vouched.iter().map(|(key, _)| *key).collect(),
                renew: true,
                hash,
            }));
        }
        hosts.push(host);
    }
    notes.extend(switched_off(&hosts));
    let change = Change {
        command: "sync",
        root: &root,
        confirm: &args.confirm,
        json: args.json,
        others: read_other_files(&root)?,
        texts: &texts,
        survey: Some(&survey),
        tasks,
        hosts,
        notes,
        trust: Some(trusted.word()),
    };
    change.carry_out(console)
}

/// Whose word counts for a host: that of the inventory, where it has one.
fn trust(entry: &Entry, trusted: &Trusted) -> Trust {
    match () {
        // Where both are there, the key in the file must be the one that is meant.
        () if !entry.fingerprints.is_empty() => Trust::Fingerprints(entry.fingerprints.clone()),
        () if !entry.key_files.is_empty() => Trust::Given,
        () => trusted.trust(),
    }
}

fn rules_of(args: &Args, entries: &[Entry], root: &Root) -> Result<Vec<Rules>, Failure> {
    // sshd is asked of those only of which nobody says it.
    let asked: Vec<&HostSpec> = entries.iter().filter(|entry| entry.names.is_none()).map(|entry| &entry.host).collect();
    let mut answers = if asked.is_empty() { Vec::new() } else { rules(args.names, &asked, root)? }.into_iter();
    let of = |entry: &Entry| match entry.names {
        Some(names) => Some(Rules { names, is_off: false }),
        None => answers.next(),
    };
    Ok(entries.iter().filter_map(of).collect())
}

fn scanned(entry: &Entry) -> Scanned<'_> {
    /// Where sshd listens unless told otherwise (sshd_config(5), Port).
    const SSH_PORT: u16 = 22;
    Scanned { host: &entry.host, port: entry.port.unwrap_or(SSH_PORT), types: &entry.types }
}

/// The keys of each host, from its files or a scan.
fn gather(args: &Args, entries: &[Entry], console: &mut Console) -> Result<Vec<Result<Gathered, NoKeys>>, Failure> {
    let asked: Vec<Scanned<'_>> = entries.iter().filter(|entry| entry.key_files.is_empty()).map(scanned).collect();
    let mut answers = gather::keys(&asked, &args.scan, console)?.into_iter();
    let mut all = Vec::new();
    for entry in entries {
        if entry.key_files.is_empty() {
            all.extend(answers.next());
        } else {
            let keys = entry.key_files.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
            all.push(Ok(Gathered { keys, scanned: Vec::new() }));
        }
    }
    Ok(all)
}

/// Whether a registered host is one of the inventory: by one of its names, or, where it has none, one of its addresses.
fn is_in(host: &Registered, inventory: &BTreeSet<HostText>) -> bool {
    let is_name = |text: &&HostText| text.as_str().parse::<std::net::IpAddr>().is_err();
    let has_names = host.texts.iter().any(|text| is_name(&text));
    host.texts.iter().filter(|text| !has_names || is_name(text)).any(|text| inventory.contains(text))
}

/// What is left alone.
fn notes(inhabitants: &Inhabitants) -> Vec<String> {
    let other = |line: &crate::enroll::Unmanaged| format!("{}:{}: stays: {}", line.file, line.line, line.what);
    let unread = (inhabitants.unread > 0)
        .then(|| format!("{} hashed lines stay: they are for names that are not in the inventory", inhabitants.unread));
    inhabitants.others.iter().map(other).chain(unread).collect()
}

#[allow(clippy::disallowed_types, reason = "an inventory is an argument of the command, not one of the store's files")]
fn read_inventory(path: &str, console: &mut Console) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| Failure::InventoryFile { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    let limit = MAX_INVENTORY.saturating_add(1);
    if path == "-" {
        console.input().take(limit).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        std::fs::File::open(path).map_err(failed)?.take(limit).read_to_end(&mut bytes).map_err(failed)?;
    }
    let is_too_large = u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX_INVENTORY;
    if is_too_large { Err(failed(io::Error::from(io::ErrorKind::FileTooLarge))) } else { Ok(bytes) }
}
