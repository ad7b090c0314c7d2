//! `hostbased check`: what is wrong with the names and addresses of hosts, before sshd finds out.

mod report;

use report::{Checks, HostChecked};

use super::arguments::RootFolder;
use super::checks::{CheckArgs, Checker};
use super::failure::Failure;
use super::registered::{Registered, RegisteredHost};
use super::sshd;
use super::{Console, Outcome};
use crate::dns::{Finding, Subject, read_subject};
use crate::enroll::{HostSpec, Names, read_files};
use crate::store::Root;

/// Check the names and addresses of client hosts: by their text, as this machine's resolver has them, and in the DNS.
///
/// What this machine's resolver says is what sshd sees: it is an error there that keeps a host out. What only the DNS says
/// is a warning. The same checks guard every command that registers a host.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The names and addresses of each host [default: every host that both files name]
    #[arg(value_name = "NAME[,ADDRESS...]")]
    hosts: Vec<String>,

    /// By which names sshd looks hosts up: dns, address, packet or both [default: what sshd -T says]
    #[arg(long, value_name = "WHICH")]
    names: Option<Names>,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object a line for each host, and one for the run
    #[arg(long)]
    json: bool,

    // Last, for its heading stands over everything behind it.
    #[command(flatten)]
    checks: CheckArgs,
}

/// A host that is to be checked.
struct Asked {
    /// As it was written.
    text: String,
    subject: Subject,
    /// What is wrong with the writing.
    findings: Vec<Finding>,
    names: Names,
}

/// Checks the hosts that the arguments name, or all that are registered. Good when nothing is an error.
///
/// # Errors
/// [`Failure`]. That sshd does not tell what it looks up is none: then all is checked that can matter.
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let root = args.root.root();
    let checker = Checker::new(&args.checks, &root)?;
    let registered = match read_files(&root) {
        Ok(files) => Registered::new(&files),
        Err(error) if args.hosts.is_empty() => return Err(error.into()),
        Err(error) => {
            console.note(&format!("note: what is registered is not known: {error}"));
            Registered::default()
        }
    };
    let mut notes = Vec::new();
    let mut hosts = asked(args, &root, &registered, &mut notes, console);
    let others: Vec<Subject> = if args.hosts.is_empty() {
        Vec::new()
    } else {
        hosts.iter_mut().flat_map(|host| join_registered(host, &registered)).collect()
    };
    let subjects: Vec<(Subject, Names)> = hosts.iter().map(|host| (host.subject.clone(), host.names)).collect();
    let checked = checker.check(&subjects, &others, console)?;
    let mut all = Vec::new();
    for (mut host, mut checked) in hosts.into_iter().zip(checked) {
        checker.weigh(&mut host.findings);
        checked.findings.append(&mut host.findings);
        checked.findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        all.push(HostChecked { text: host.text, subject: host.subject, names: host.names, checked });
    }
    let checks = Checks { hosts: all, notes, all_registered: args.hosts.is_empty() };
    if args.json {
        console.lines(checks.json()?)?;
    } else {
        let lines = checks.lines(console);
        console.lines(lines)?;
    }
    Ok(if checks.is_good() { Outcome::Good } else { Outcome::Refused })
}

fn asked(
    args: &Args,
    root: &Root,
    registered: &Registered,
    notes: &mut Vec<String>,
    console: &mut Console,
) -> Vec<Asked> {
    let of = |text: String, names: Names| {
        let (subject, findings) = read_subject(&text);
        Asked { text, subject, findings, names }
    };
    if !args.hosts.is_empty() {
        let names = names_of(args, &args.hosts, root, console);
        return args.hosts.iter().cloned().zip(names).map(|(text, names)| of(text, names)).collect();
    }
    if registered.hashed > 0 {
        notes.push(format!(
            "{} lines of ssh_known_hosts hide their host's name behind a hash, and cannot be checked",
            registered.hashed
        ));
    }
    let texts: Vec<String> = registered.hosts.iter().map(RegisteredHost::text).collect();
    let names = names_of(args, &texts, root, console);
    let hosts = texts.into_iter().zip(names).zip(&registered.hosts).map(|((text, names), host)| {
        let mut one = of(text, names);
        one.subject.keys.clone_from(&host.keys);
        one
    });
    hosts.collect()
}

/// By which names sshd looks each host up; where nobody says, or the host cannot be read, by all.
fn names_of(args: &Args, texts: &[String], root: &Root, console: &mut Console) -> Vec<Names> {
    if let Some(names) = args.names {
        return vec![names; texts.len()];
    }
    let specs: Vec<Option<HostSpec>> = texts.iter().map(|text| text.parse().ok()).collect();
    let read: Vec<&HostSpec> = specs.iter().flatten().collect();
    if read.is_empty() {
        return vec![Names::Both; texts.len()];
    }
    match sshd::of_root(root).and_then(|sshd| sshd.rules_of(&read)) {
        Ok(rules) => {
            let mut rules = rules.into_iter();
            let next = |spec: &Option<HostSpec>| spec.as_ref().and_then(|_| rules.next());
            specs.iter().map(next).map(|rules| rules.map_or(Names::Both, |rules| rules.names)).collect()
        }
        Err(error) => {
            console.note(&format!(
                "note: which names sshd matches is not known ({error}), so all are checked as if both were (--names \
                 says it)"
            ));
            vec![Names::Both; texts.len()]
        }
    }
}

/// Gives a host its keys, where it is registered, and returns the other registered hosts that share an address with it.
fn join_registered(host: &mut Asked, registered: &Registered) -> Vec<Subject> {
    let own = registered.own(&host.subject);
    for place in &own {
        let Some(known) = registered.hosts.get(*place) else { continue };
        for key in &known.keys {
            if !host.subject.keys.contains(key) {
                host.subject.keys.push(key.clone());
            }
        }
    }
    registered.others(&host.subject, &own)
}
