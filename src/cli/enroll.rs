//! `hostbased enroll`: scan client hosts, show what registering them changes, and do it.

mod arguments;
mod authority;

pub(super) use arguments::{Args, Trusted};

use super::change::{Change, Host};
use super::failure::Failure;
use super::gather::{self, Gathered, NoKeys, Scanned};
use super::key_file::read_key;
use super::salts::fresh_salts;
use super::sshd::{self, Rules};
use super::vouch::{self, Candidate, Leaving};
use super::{Console, Outcome};
use crate::enroll::{HostSpec, OtherFiles, Registration, Task, Texts, have_authority, read_texts};
use crate::store::Root;

/// Registers the hosts that the arguments name. Good when both files admit every one of them (or, with
/// `--dry-run`, could be registered).
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root();
    if let (Some(file), Some(pattern)) = (&args.certificate_authority, &args.pattern) {
        return authority::run(args, file, pattern, console);
    }
    let texts = read_texts(&root)?;
    let trusted = args.trusted(console.can_ask(), || may_vouch(args, &root, &texts))?;
    let rules = rules(args.names, &args.hosts.iter().collect::<Vec<_>>(), &root)?;
    let scanned: Vec<Scanned<'_>> =
        args.hosts.iter().map(|host| Scanned { host, port: args.port, types: &args.types }).collect();
    let gathered = if args.key_file.is_empty() {
        gather::keys(&scanned, &args.scan, console)?
    } else {
        let keys = args.key_file.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
        vec![Ok(Gathered { keys, scanned: Vec::new() })]
    };
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for ((scanned, rules), gathered) in scanned.into_iter().zip(rules).zip(gathered) {
        let whole = scanned.host.with_aliases(&args.alias);
        let mut host = host_of(&whole, gathered);
        host.rules = Some(rules);
        // Whether it may come some other day is not asked here.
        host.unreachable = false;
        candidates.push(Candidate { scanned, rules, host });
    }
    let names: Vec<_> = args.hosts.iter().flat_map(|host| host.with_aliases(&args.alias).texts()).collect();
    let survey = vouch::survey(&candidates, &names, &texts);
    vouch::check(&mut candidates, &survey, &Leaving::default(), &args.checks, &root, console)?;
    vouch::ask_authorities(&mut candidates, &texts, &args.scan, console)?;

    let hash = if args.hash { Some(fresh_salts()?) } else { None };
    let (mut tasks, mut hosts) = (Vec::new(), Vec::new());
    for Candidate { scanned, rules, mut host } in candidates {
        if host.refused.is_empty() {
            host.task = Some(tasks.len());
            tasks.push(Task::Register(Registration {
                host: scanned.host.with_aliases(&args.alias),
                keys: host.keys.clone(),
                names: rules.names,
                trust: trusted.trust(),
                vouched: host.vouched.iter().map(|(key, _)| *key).collect(),
                renew: false,
                hash,
            }));
        }
        hosts.push(host);
    }
    let change = Change {
        command: "enroll",
        root: &root,
        confirm: &args.confirm,
        json: args.json,
        texts: &texts,
        survey: Some(&survey),
        others: OtherFiles::default(),
        tasks,
        notes: switched_off(&hosts),
        hosts,
        trust: Some(trusted.word()),
    };
    change.carry_out(console)
}

/// Whether somebody may vouch for keys whom nobody named: the DNS, an authority in known_hosts.
fn may_vouch(args: &Args, root: &Root, texts: &Texts) -> bool {
    let asks_dns = root.is_system() || !args.checks.resolver.is_empty();
    asks_dns || have_authority(texts, &args.hosts).contains(&true)
}

/// What sshd does with each host.
pub(super) fn rules(
    names: Option<crate::enroll::Names>,
    hosts: &[&HostSpec],
    root: &Root,
) -> Result<Vec<Rules>, Failure> {
    match names {
        Some(names) => Ok(vec![Rules { names, is_off: false }; hosts.len()]),
        None => Ok(sshd::of_root(root)?.rules_of(hosts)?),
    }
}

/// A host, and what a scan says of it.
pub(super) fn host_of(spec: &HostSpec, gathered: Result<Gathered, NoKeys>) -> Host {
    let mut host = Host {
        title: spec.to_string(),
        names: spec.names().iter().map(ToString::to_string).collect(),
        addresses: spec.addresses().iter().map(ToString::to_string).collect(),
        ..Host::default()
    };
    match gathered {
        Ok(Gathered { keys, scanned }) => (host.keys, host.scanned) = (keys, scanned),
        Err(NoKeys { reasons, unreachable }) => (host.refused, host.unreachable) = (reasons, unreachable),
    }
    host
}

/// What must be said where sshd admits nobody.
pub(super) fn switched_off(hosts: &[Host]) -> Vec<String> {
    let off = hosts.iter().filter(|host| host.rules.is_some_and(|rules| rules.is_off)).map(|host| {
        format!(
            "sshd lets nobody of {} in, whatever both files hold: write HostbasedAuthentication yes into \
             /etc/ssh/sshd_config",
            host.title
        )
    });
    off.collect()
}
