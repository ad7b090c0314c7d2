//! `hostbased sshfp`: the records that put host keys' fingerprints into the DNS, and how they compare with what is there.

mod compare;

use serde::Serialize;
use std::net::SocketAddr;

use compare::{Compared, Record};

use super::arguments::RootFolder;
use super::checks::{CheckArgs, Checker};
use super::failure::Failure;
use super::key_file::read_key;
use super::keyscan::sshfp_line;
use super::registered::Registered;
use super::style::Style;
use super::{Console, Outcome};
use crate::dns::{SshfpDigest, SshfpRecord, sshfp_algorithm};
use crate::enroll::read_files;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::name::HostName;

/// Print SSHFP records of hosts' keys, as lines of a zone file; or compare them with what the DNS holds.
///
/// The keys are those of ssh_known_hosts, or of key files. Types that have no number in such records are named.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Print the records of these names, as they are written here [default: all names in ssh_known_hosts that have a domain]
    #[arg(value_name = "NAME", value_parser = name)]
    names: Vec<String>,

    /// Take a key from this file (.pub, or RFC 4716) instead of ssh_known_hosts; give it once for each key
    #[arg(long, value_name = "FILE", requires = "names", conflicts_with = "root")]
    key_file: Vec<String>,

    /// Digests of the records: sha256, sha1 (which nobody should trust any more) or all
    #[arg(long, value_name = "DIGEST", default_value = "sha256", value_parser = digests)]
    digest: Digests,

    /// Ask the DNS, and tell what is missing there, wrong or stale
    #[arg(long)]
    compare: bool,

    /// Ask this name server instead of those in /etc/resolv.conf
    #[arg(long, value_name = "ADDR:PORT", requires = "compare")]
    resolver: Vec<SocketAddr>,

    /// Trust the keys in this file (DS or DNSKEY records) for the DNS's root, instead of the one built in
    #[arg(long, value_name = "FILE", requires = "compare")]
    trust_anchor: Option<String>,

    #[command(flatten)]
    root: RootFolder,

    /// Print one JSON object a line for each name, and one for the run
    #[arg(long)]
    json: bool,
}

/// One digest or both.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Digests(Vec<SshfpDigest>);

fn digests(text: &str) -> Result<Digests, &'static str> {
    if text.eq_ignore_ascii_case("all") {
        return Ok(Digests(SshfpDigest::ALL.to_vec()));
    }
    SshfpDigest::from_name(text).map(|digest| Digests(vec![digest])).ok_or("expected sha256, sha1 or all")
}

fn name(text: &str) -> Result<String, crate::name::NameError> {
    HostName::new(text).map(|_| text.to_owned())
}

/// A name with the keys of its host.
struct Owner {
    /// As it is printed.
    text: String,
    name: HostName,
    keys: Vec<PublicKey>,
}

/// Prints the records. Good when every name has a key and, with `--compare`, when the DNS holds just these records.
///
/// # Errors
/// [`Failure`].
pub(super) fn run(args: &Args, console: &mut Console) -> Result<Outcome, Failure> {
    let (owners, mut notes) = owners(args)?;
    let mut good = true;
    for owner in &owners {
        for key in owner.keys.iter().filter(|key| sshfp_algorithm(key).is_none()) {
            notes.push(format!("{}: SSHFP has no number for the type of {key}", owner.text));
        }
        if owner.keys.is_empty() {
            good = false;
            notes.push(format!("{}: no key is known", owner.text));
        }
    }
    let compared = if args.compare { Some(compare(args, &owners, &mut notes, console)?) } else { None };
    good &= compared.iter().flatten().all(Compared::is_good);
    match compared {
        None => print(args, &owners, &notes, good, console)?,
        Some(compared) => print_compared(args, &compared, &notes, good, console)?,
    }
    Ok(if good { Outcome::Good } else { Outcome::Refused })
}

/// The names and their keys, and what is to be said of them.
fn owners(args: &Args) -> Result<(Vec<Owner>, Vec<String>), Failure> {
    let mut notes = Vec::new();
    let given = || args.names.iter().filter_map(|text| Some((text.clone(), HostName::new(text).ok()?)));
    if !args.key_file.is_empty() {
        let keys = args.key_file.iter().map(|path| Ok(read_key(path)?.plain().clone()));
        let keys: Vec<PublicKey> = keys.collect::<Result<_, Failure>>()?;
        let owners = given().map(|(text, name)| Owner { text, name, keys: keys.clone() });
        return Ok((owners.collect(), notes));
    }
    let registered = Registered::new(&read_files(&args.root.root())?);
    let keys_of = |name: &HostName| {
        let own = registered.hosts.iter().find(|host| host.texts.iter().any(|text| text == name.as_str()));
        own.map(|host| host.keys.clone()).unwrap_or_default()
    };
    if !args.names.is_empty() {
        let owners = given().map(|(text, name)| Owner { keys: keys_of(&name), text, name });
        return Ok((owners.collect(), notes));
    }
    if registered.hashed > 0 {
        notes.push(format!("{} lines hide their host's name behind a hash: name the hosts", registered.hashed));
    }
    let mut owners = Vec::new();
    for host in registered.hosts.iter().filter(|host| !host.keys.is_empty()) {
        let names: Vec<HostName> =
            host.subject().names.into_iter().filter(|name| name.as_str().contains('.')).collect();
        if names.is_empty() {
            notes.push(format!("{}: no name with a domain, so no records", escape(&host.text())));
        }
        // With the final dot, for in a zone file a name without it is one below the zone.
        let owner = |name: HostName| Owner { text: format!("{name}."), keys: host.keys.clone(), name };
        owners.extend(names.into_iter().map(owner));
    }
    Ok((owners, notes))
}

fn records(owner: &Owner, digests: &[SshfpDigest]) -> Vec<SshfpRecord> {
    let of_key =
        |key: &PublicKey| digests.iter().filter_map(|&digest| SshfpRecord::of(key, digest)).collect::<Vec<_>>();
    owner.keys.iter().flat_map(of_key).collect()
}

fn compare(
    args: &Args,
    owners: &[Owner],
    notes: &mut Vec<String>,
    console: &mut Console,
) -> Result<Vec<Compared>, Failure> {
    let checks =
        CheckArgs { resolver: args.resolver.clone(), trust_anchor: args.trust_anchor.clone(), ..CheckArgs::default() };
    let checker = Checker::new(&checks, &args.root.root())?;
    let (whole, short): (Vec<&Owner>, Vec<&Owner>) =
        owners.iter().filter(|owner| !owner.keys.is_empty()).partition(|owner| owner.name.as_str().contains('.'));
    notes.extend(short.iter().map(|owner| format!("{}: a name without a domain is not asked for", owner.text)));
    let names: Vec<HostName> = whole.iter().map(|owner| owner.name.clone()).collect();
    let found = checker.fingerprints(&names, console)?;
    let one = |(owner, found)| {
        let owner: &Owner = owner;
        let all = records(owner, &SshfpDigest::ALL);
        Compared::new(&owner.text, &records(owner, &args.digest.0), &all, found)
    };
    Ok(whole.into_iter().zip(found).map(one).collect())
}

#[derive(Serialize)]
struct HostJson<'a> {
    record: &'static str,
    host: &'a str,
    good: bool,
    /// Of the DNS's answer, with `--compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    dnssec: Option<&'static str>,
    /// Why the DNS could not be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
    records: Vec<RecordJson>,
}

#[derive(Serialize)]
struct RecordJson {
    algorithm: u8,
    digest: u8,
    /// The record as a line of a zone file.
    line: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'static str>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    record: &'static str,
    command: &'static str,
    hosts: usize,
    good: bool,
    notes: &'a [String],
}

impl RecordJson {
    fn new(name: &str, record: &SshfpRecord, state: Option<&'static str>) -> Self {
        let SshfpRecord { algorithm, digest, .. } = *record;
        Self { algorithm, digest, line: sshfp_line(name, record), state }
    }
}

fn json_line(json: &impl Serialize, console: &mut Console) -> Result<(), Failure> {
    console.line(&serde_json::to_string(json).map_err(std::io::Error::from)?)?;
    Ok(())
}

fn finish(args: &Args, hosts: usize, notes: &[String], good: bool, console: &mut Console) -> Result<(), Failure> {
    if args.json {
        return json_line(&RunJson { record: "run", command: "sshfp", hosts, good, notes }, console);
    }
    // Standard output may be a zone file.
    notes.iter().for_each(|note| console.note(&format!("note: {note}")));
    Ok(())
}

fn print(args: &Args, owners: &[Owner], notes: &[String], good: bool, console: &mut Console) -> Result<(), Failure> {
    for owner in owners {
        let records = records(owner, &args.digest.0);
        if args.json {
            let good = !owner.keys.is_empty();
            let records = records.iter().map(|record| RecordJson::new(&owner.text, record, None)).collect();
            let json = HostJson { record: "host", host: &owner.text, good, dnssec: None, failed: None, records };
            json_line(&json, console)?;
        } else {
            console.lines(records.iter().map(|record| sshfp_line(&owner.text, record)))?;
        }
    }
    finish(args, owners.len(), notes, good, console)
}

fn print_compared(
    args: &Args,
    compared: &[Compared],
    notes: &[String],
    good: bool,
    console: &mut Console,
) -> Result<(), Failure> {
    for one in compared {
        if args.json {
            let records = one.records.iter();
            let records =
                records.map(|Record { record, state }| RecordJson::new(&one.name, record, Some(state.word())));
            json_line(
                &HostJson {
                    record: "host",
                    host: &one.name,
                    good: one.is_good(),
                    dnssec: Some(one.dnssec_word()),
                    failed: one.failed.clone(),
                    records: records.collect(),
                },
                console,
            )?;
            continue;
        }
        let verdict = if one.is_good() { console.paint(Style::Good, "good") } else { console.paint(Style::Bad, "bad") };
        console.line(&format!("{}: {verdict} ({})", one.name, one.dnssec_word()))?;
        if let Some(failed) = &one.failed {
            console.line(&format!("  cannot be compared: {failed}"))?;
        }
        for Record { record, state } in &one.records {
            let line = format!("  {} {}: {}", state.sign(), state.word(), sshfp_line(&one.name, record));
            let line = state.style().map_or_else(|| line.clone(), |style| console.paint(style, &line));
            console.line(&line)?;
        }
    }
    finish(args, compared.len(), notes, good, console)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_named() {
        assert_eq!(digests("ALL").unwrap().0, SshfpDigest::ALL);
        assert_eq!(digests("sha1").unwrap().0, [SshfpDigest::Sha1]);
        assert!(digests("md5").is_err());
    }

    #[test]
    fn names_are_kept_as_they_are_written() {
        assert_eq!(name("Node1.Test."), Ok("Node1.Test.".to_owned()));
        assert!(name("*.test").is_err());
        assert!(name("10.0.0.1").is_err());
    }
}
