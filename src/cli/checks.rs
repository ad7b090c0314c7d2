//! The checks of names and addresses that guard every way into the files, and the options of these checks.

#![allow(
    clippy::disallowed_types,
    reason = "the files of trust anchors lie anywhere, and resolv.conf(5) is the system's"
)]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::net::SocketAddr;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;

use super::failure::Failure;
use super::{Console, progress};
use crate::dns::{
    Anchors, Answer, Answers, CheckPolicy, Code, DnsView, Dnssec, Failed, Finding, Fingerprints, Host, NameServers,
    ServersError, Severity, Source, Subject, SystemView, Views, check_pattern, duplicates, gather, judge, weigh,
};
use crate::enroll::Names;
use crate::key::Fingerprint;
use crate::name::HostName;
use crate::store::Root;

/// Options of the checks.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Checks of names and addresses")]
pub(super) struct CheckArgs {
    /// Let this finding pass, by its code; give it once for each
    #[arg(long, value_name = "CODE", value_parser = codes())]
    pub(super) allow: Vec<Code>,

    /// Findings in the DNS are errors too
    #[arg(long)]
    pub(super) require_dns: bool,

    /// An answer that is not signed, or whose signature cannot be checked, is an error
    #[arg(long)]
    pub(super) require_dnssec: bool,

    /// A key without an SSHFP record is an error
    #[arg(long)]
    pub(super) require_sshfp: bool,

    /// Ask this name server instead of those in /etc/resolv.conf
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) resolver: Vec<SocketAddr>,

    /// Trust the keys in this file (DS or DNSKEY records) for the DNS's root, instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(super) trust_anchor: Option<String>,
}

/// Listed in the help, and for completions.
fn codes() -> impl TypedValueParser<Value = Code> {
    PossibleValuesParser::new(Code::ALL.iter().map(|code| code.word())).try_map(|word| word.parse::<Code>())
}

/// What the checks say of one host.
#[derive(Clone, Debug, Default)]
pub(super) struct Checked {
    /// Everything found, most severe first. An error must stop whatever would write the host into a file.
    pub(super) findings: Vec<Finding>,
    /// The keys of the host for which a DNSSEC-secure SSHFP record (SHA-256) vouches.
    pub(super) vouched: Vec<Fingerprint>,
}

impl Checked {
    /// What stops the host.
    pub(super) fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }
}

/// A finding, for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct FindingReport {
    code: &'static str,
    view: &'static str,
    severity: &'static str,
    subject: String,
    text: String,
    mend: String,
}

impl From<&Finding> for FindingReport {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.word(),
            view: finding.view.word(),
            severity: finding.severity.word(),
            subject: finding.subject.clone(),
            text: finding.evidence.clone(),
            mend: finding.mend.clone(),
        }
    }
}

/// Asks and judges; what was asked once is remembered.
pub(super) struct Checker {
    policy: CheckPolicy,
    /// The servers that were named, none for those of the system.
    servers: Vec<SocketAddr>,
    anchors: Anchors,
    is_system: bool,
    asked: RefCell<Asked>,
}

/// Who was asked, and what they said.
#[derive(Default)]
struct Asked {
    system: SystemView,
    dns: Option<Dns>,
    /// What was told already.
    told: BTreeSet<&'static str>,
}

enum Dns {
    View(Box<DnsView>),
    /// There is no name server.
    Nobody,
}

impl Checker {
    /// Below another root than `/` nobody is asked: the answers would be this machine's. What the text alone tells is
    /// checked there too, and the name servers that were named are asked wherever the files are.
    ///
    /// # Errors
    /// [`Failure`], when the trust anchor cannot be read, or when the options require an answer of somebody who is not asked.
    pub(super) fn new(args: &CheckArgs, root: &Root) -> Result<Self, Failure> {
        let anchors = args.trust_anchor.as_deref().map_or_else(|| Ok(Anchors::default()), read_anchors)?;
        let policy = CheckPolicy {
            allow: args.allow.clone(),
            require_dns: args.require_dns,
            require_dnssec: args.require_dnssec,
            require_sshfp: args.require_sshfp,
        };
        let is_system = root.is_system();
        if !is_system && args.resolver.is_empty() && requires_dns(&policy) {
            return Err(Failure::NobodyAsked);
        }
        Ok(Self { policy, servers: args.resolver.clone(), anchors, is_system, asked: RefCell::default() })
    }

    /// One result for each host, in order. `names` says by what sshd looks the host up. `registered` are other hosts, those
    /// in the files that share a name, an address or a key with one of these; the hosts are compared with each other too.
    ///
    /// # Errors
    /// [`Failure`], when there is no way to ask although an option requires an answer.
    pub(super) fn check(
        &self,
        hosts: &[(Subject, Names)],
        registered: &[Subject],
        console: &mut Console,
    ) -> Result<Vec<Checked>, Failure> {
        let judged: Vec<Host<'_>> = hosts.iter().map(|(subject, names)| host(subject, *names)).collect();
        let mut asked = self.asked.borrow_mut();
        self.ask(&mut asked, &judged, console)?;
        let views = Views { system: self.is_system.then(|| asked.system.answers()), dns: self.dns_answers(&asked) };
        let subjects: Vec<&Subject> = hosts.iter().map(|(subject, _)| subject).collect();
        let shared = duplicates(&subjects, registered);
        let one = |(host, shared): (&Host<'_>, Vec<Finding>)| {
            let (mut findings, vouched) = judge(host, views, &self.policy);
            findings.extend(shared);
            weigh(&mut findings, &self.policy);
            Checked { findings, vouched }
        };
        Ok(judged.iter().zip(shared).map(one).collect())
    }

    /// What is wrong with the patterns of the hosts for which an authority may speak, by their text.
    pub(super) fn check_pattern(&self, pattern: &str) -> Vec<Finding> {
        let mut found = check_pattern(pattern);
        weigh(&mut found, &self.policy);
        found
    }

    /// Gives findings that somebody else made the severities that count here.
    pub(super) fn weigh(&self, findings: &mut [Finding]) {
        weigh(findings, &self.policy);
    }

    /// The SSHFP records of these names, as the DNS has them.
    ///
    /// # Errors
    /// [`Failure`], when there is no name server.
    pub(super) fn fingerprints(&self, names: &[HostName], console: &mut Console) -> Result<Vec<Fingerprints>, Failure> {
        let mut asked = self.asked.borrow_mut();
        let asked = &mut *asked;
        let Dns::View(view) = self.dns(&mut asked.dns)? else { return Err(Failure::NoNameServer(ServersError::None)) };
        let new: BTreeSet<HostName> =
            names.iter().filter(|name| !view.answers().sshfp.contains_key(name)).cloned().collect();
        view.fingerprints(new.into_iter().collect(), &mut answers_shown(console));
        console.set_bar(None);
        let none = || Fingerprints { records: Answer::Failed(Failed::NotAsked), dnssec: Dnssec::Unavailable };
        Ok(names.iter().map(|name| view.answers().sshfp.get(name).cloned().unwrap_or_else(none)).collect())
    }

    fn ask(&self, asked: &mut Asked, hosts: &[Host<'_>], console: &mut Console) -> Result<(), Failure> {
        if self.is_system {
            gather(&mut asked.system, hosts, &mut answers_shown(console));
            console.set_bar(None);
        } else if asked.told.insert("root") {
            console.note(
                "note: names and addresses are not looked up for a --root: only what their text tells is checked",
            );
        }
        if !self.is_system && self.servers.is_empty() {
            return Ok(());
        }
        match self.dns(&mut asked.dns)? {
            Dns::View(view) => {
                gather(&mut **view, hosts, &mut answers_shown(console));
                console.set_bar(None);
                if view.is_dead() && asked.told.insert("dead") {
                    console
                        .note("note: no name server answers, so what the DNS says of names and addresses is not known");
                }
            }
            Dns::Nobody if asked.told.insert("none") => {
                console.note(&format!("note: the DNS is not asked: {}", ServersError::None));
            }
            Dns::Nobody => {}
        }
        Ok(())
    }

    /// What the DNS said. That it is dead is told once, and is no finding of each host unless an option requires more.
    fn dns_answers<'a>(&self, asked: &'a Asked) -> Option<&'a Answers> {
        match &asked.dns {
            Some(Dns::View(view)) if !view.is_dead() || requires_dns(&self.policy) => Some(view.answers()),
            _ => None,
        }
    }

    fn dns<'a>(&self, dns: &'a mut Option<Dns>) -> Result<&'a mut Dns, Failure> {
        let made = match dns.take() {
            Some(dns) => dns,
            None => self.begin()?,
        };
        Ok(dns.insert(made))
    }

    fn begin(&self) -> Result<Dns, Failure> {
        let servers = match self.servers.as_slice() {
            [] => NameServers::of_resolv_conf(&read_resolv_conf()),
            given => Ok(NameServers::given(given)),
        };
        match servers {
            Ok(servers) => Ok(Dns::View(Box::new(DnsView::new(&servers, self.anchors.clone())?))),
            Err(error) if requires_dns(&self.policy) => Err(Failure::NoNameServer(error)),
            Err(_) => Ok(Dns::Nobody),
        }
    }
}

const fn requires_dns(policy: &CheckPolicy) -> bool {
    policy.require_dns || policy.require_dnssec || policy.require_sshfp
}

const fn host(subject: &Subject, names: Names) -> Host<'_> {
    Host { subject, resolves: matches!(names, Names::Dns | Names::Both), by_name: names.by_name() }
}

/// Shows how many answers there are.
fn answers_shown(console: &mut Console) -> impl FnMut() {
    let count = progress::count("names and addresses looked up");
    console.set_bar(Some(count.clone()));
    move || count.inc(1)
}

/// Largest file of trust anchors, and of resolv.conf(5), that is read.
const MAX_FILE: u64 = 1 << 20;

fn read_file(path: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_anchors(path: &str) -> Result<Anchors, Failure> {
    let bytes = read_file(path).map_err(|error| Failure::TrustAnchorFile { path: path.to_owned(), error })?;
    Anchors::parse(&String::from_utf8_lossy(&bytes))
        .map_err(|error| Failure::TrustAnchor { path: path.to_owned(), error })
}

/// Without that file there is no name server, as with one that names none.
fn read_resolv_conf() -> Vec<u8> {
    read_file("/etc/resolv.conf").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::read_subject;

    fn checker(args: CheckArgs) -> Result<Checker, Failure> {
        Checker::new(&args, &Root::new("/somewhere/else"))
    }

    fn codes(args: CheckArgs, hosts: &[&str], names: Names) -> Vec<Vec<(&'static str, Severity)>> {
        let hosts: Vec<(Subject, Names)> = hosts.iter().map(|text| (read_subject(text).0, names)).collect();
        let checked = checker(args).unwrap().check(&hosts, &[], &mut Console::of_screen(None, false)).unwrap();
        let of = |one: &Checked| one.findings.iter().map(|finding| (finding.code.word(), finding.severity)).collect();
        checked.iter().map(of).collect()
    }

    #[test]
    fn below_another_root_the_text_alone_is_checked() {
        let found = codes(CheckArgs::default(), &["node1.test,10.0.0.1", "node2,127.0.0.1"], Names::Dns);
        let bad = [("not-fully-qualified", Severity::Error), ("special-address", Severity::Error)];
        assert_eq!(found[0], []);
        assert_eq!(found[1].len(), 2);
        assert!(bad.iter().all(|one| found[1].contains(one)), "{found:?}");
        let by_address = codes(CheckArgs::default(), &["node2,10.0.0.1"], Names::Address);
        assert_eq!(by_address, [[("not-fully-qualified", Severity::Warning)]]);
    }

    #[test]
    fn what_is_allowed_is_a_warning() {
        let args = CheckArgs { allow: vec![Code::SpecialAddress], ..CheckArgs::default() };
        assert_eq!(codes(args, &["a.test,127.0.0.1"], Names::Dns), [[("special-address", Severity::Warning)]]);
    }

    #[test]
    fn hosts_are_compared_with_each_other() {
        let found = codes(CheckArgs::default(), &["a.test,10.0.0.1", "b.test,10.0.0.1"], Names::Dns);
        assert_eq!(found, vec![vec![("duplicate-address", Severity::Error)]; 2]);
    }

    #[test]
    fn what_is_required_of_nobody_is_an_error() {
        for args in [
            CheckArgs { require_dns: true, ..CheckArgs::default() },
            CheckArgs { require_dnssec: true, ..CheckArgs::default() },
            CheckArgs { require_sshfp: true, ..CheckArgs::default() },
        ] {
            let server = "127.0.0.1:53".parse().unwrap();
            let named = CheckArgs { resolver: vec![server], ..args.clone() };
            assert!(matches!(checker(args), Err(Failure::NobodyAsked)));
            assert!(checker(named).is_ok());
        }
    }

    #[test]
    fn patterns_are_weighed_too() {
        let found = checker(CheckArgs::default()).unwrap().check_pattern("*");
        assert_eq!((found[0].code, found[0].severity), (Code::NotFullyQualified, Severity::Error));
        let args = CheckArgs { allow: vec![Code::NotFullyQualified], ..CheckArgs::default() };
        assert_eq!(checker(args).unwrap().check_pattern("*")[0].severity, Severity::Warning);
    }
}
