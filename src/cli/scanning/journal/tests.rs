#![allow(clippy::disallowed_methods, reason = "the tests write and read the file that is tested")]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::{fs, io};

use super::*;
use crate::scan::DEFAULT_TIMEOUT;

const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBD";
const TYPES: [ScanType; 2] = [ScanType::Rsa, ScanType::Ed25519];

fn asked() -> Asked {
    Asked::new(&options(), BTreeSet::from([22]))
}

fn options() -> Options {
    Options { types: TYPES.to_vec(), timeout: DEFAULT_TIMEOUT, ..Options::default() }
}

/// A host with an Ed25519 key, and this result for RSA.
fn report(name: &str, rsa: ScanError) -> HostReport {
    let key = parse_public_key_line(KEY.as_bytes()).unwrap().0;
    let proven = ProvenKey::remembered(key, Algorithm::from_name(b"ssh-ed25519").unwrap()).unwrap();
    let attempt = |identification: Option<&[u8]>, outcome| Attempt {
        name: name.to_owned(),
        address: Some("10.0.0.1:22".parse().unwrap()),
        identification: identification.map(<[u8]>::to_vec),
        outcome,
    };
    let result = |kind, last| TypeResult { kind, earlier: Vec::new(), last };
    let results = vec![
        result(ScanType::Rsa, attempt(None, Err(rsa))),
        result(ScanType::Ed25519, attempt(Some(b"SSH-2.0-\x1bx"), Ok(proven))),
    ];
    HostReport { target: Target::new(name, 22).unwrap(), results }
}

struct Place {
    _folder: tempfile::TempDir,
    path: String,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal").to_str().unwrap().to_owned();
        Self { _folder: folder, path }
    }

    fn open(&self) -> Result<Journal, JournalError> {
        Journal::open(&self.path, &asked(), &TYPES)
    }

    /// What opening it says, without the path.
    fn refusal(&self) -> String {
        self.open().unwrap_err().to_string().replace(&self.path, "FILE")
    }

    fn write(&self, text: impl AsRef<[u8]>) {
        fs::write(&self.path, text).unwrap();
        fs::set_permissions(&self.path, fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn read(&self) -> String {
        fs::read_to_string(&self.path).unwrap()
    }

    /// With two hosts in it.
    fn filled() -> Self {
        let place = Self::new();
        let mut journal = place.open().unwrap();
        journal.add(&report("a", ScanError::TypeNotOffered)).unwrap();
        journal.add(&report("b", ScanError::TypeNotOffered)).unwrap();
        place
    }

    fn known(&self) -> Vec<String> {
        let mut names: Vec<_> =
            self.open().unwrap().take_known().into_keys().map(|target| target.names().to_owned()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_host_that_is_done_comes_back_as_it_was() {
    let place = Place::new();
    let mut journal = place.open().unwrap();
    assert!(journal.take_known().is_empty());
    let reports = [report("a", ScanError::TypeNotOffered), report("b", ScanError::TypeUnsupported)];
    reports.iter().for_each(|report| journal.add(report).unwrap());
    drop(journal);
    assert_eq!(fs::metadata(&place.path).unwrap().permissions().mode() & 0o7777, 0o600);
    let mut known = place.open().unwrap().take_known();
    for report in reports {
        assert_eq!(known.remove(&report.target), Some(report));
    }
    assert!(known.is_empty());
    // A host on another port is another host.
    let mut known = place.open().unwrap().take_known();
    assert_eq!(known.remove(&Target::new("a", 2200).unwrap()), None);
}

#[test]
fn a_host_that_failed_is_not_written() {
    let place = Place::new();
    let mut journal = place.open().unwrap();
    let header = place.read();
    for error in [ScanError::ClosedInExchange, ScanError::Internal, ScanError::HostTimeout] {
        journal.add(&report("a", error)).unwrap();
    }
    let mut nothing = report("a", ScanError::TypeNotOffered);
    nothing.results[1] = TypeResult { kind: ScanType::Ed25519, ..nothing.results[0].clone() };
    journal.add(&nothing).unwrap();
    assert_eq!(place.read(), header);
}

#[test]
fn a_torn_last_line_is_cut_off_wherever_it_was_torn() {
    let whole = Place::filled().read();
    let ends: Vec<usize> = whole.match_indices('\n').map(|(at, _)| at + 1).collect();
    for cut in 0..=whole.len() {
        let place = Place::new();
        place.write(&whole[..cut]);
        let hosts = ends.iter().filter(|&&end| end <= cut).count().saturating_sub(1);
        assert_eq!(place.known(), ["a", "b"][..hosts], "{cut}");
        // What is written next stands on a line of its own.
        place.open().unwrap().add(&report("c", ScanError::TypeNotOffered)).unwrap();
        assert_eq!(place.known(), [&["a", "b"][..hosts], &["c"]].concat(), "{cut}");
    }
}

#[test]
fn a_file_of_something_else_is_refused_and_left_as_it_is() {
    for text in ["x", "x\n", "\n", "{}\n", "node1 ssh-ed25519 AAAA", "{\"record\":\"host\"}\n", "\u{1b}[m\n"] {
        let place = Place::new();
        place.write(text);
        let refusal = place.refusal();
        assert!(refusal.starts_with("FILE:1: is not of a scan's --resume file: "), "{text:?}: {refusal}");
        assert!(!refusal.contains('\u{1b}') && refusal.ends_with("\nname a new file"), "{refusal}");
        assert_eq!(place.read(), text);
    }
    let good = Place::filled().read();
    for (from, to, reason) in [
        ("ssh-ed25519 AAAA", "ssh-rsa AAAA", "the key"),
        ("AAAAC3Nz", "AAAAC3Nx", "key"),
        ("\"algorithm\":\"ssh-ed25519\"", "\"algorithm\":\"rsa-sha2-512\"", "the algorithm is not of the type"),
        ("\"algorithm\":\"ssh-ed25519\"", "\"algorithm\":\"x\"", "the algorithm is not of the type"),
        ("3oBD\"", "3oBD x\"", "the key is not of the type"),
        ("\"names\":\"a\"", "\"names\":\"a b\"", "the name list holds a blank"),
        ("\"names\":\"a\"", "\"more\":1,\"names\":\"a\"", "unknown field"),
        ("\"results\":[", "\"results\":[],\"x\":[", "unknown field"),
    ] {
        let place = Place::new();
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good);
        place.write(&changed);
        let refusal = place.refusal();
        assert!(refusal.starts_with("FILE:2: ") && refusal.contains(reason), "{from} {to}: {refusal}");
        assert_eq!(place.read(), changed);
    }
}

#[test]
fn another_scan_s_file_is_refused() {
    let place = Place::filled();
    let mine = "keys of type rsa,ed25519 at port 22 (addresses: any)";
    let other = |options: Options, ports: &[u16]| {
        let asked = Asked::new(&options, ports.iter().copied().collect());
        Journal::open(&place.path, &asked, &options.types).unwrap_err().to_string().replace(&place.path, "FILE")
    };
    for (options, ports, now) in [
        (
            Options { types: vec![ScanType::Rsa], ..options() },
            &[22][..],
            "keys of type rsa at port 22 (addresses: any)",
        ),
        (
            Options { certificates: true, ..options() },
            &[22],
            "certificates of type rsa,ed25519 at port 22 (addresses: any)",
        ),
        (Options { family: Family::V6, ..options() }, &[22], "keys of type rsa,ed25519 at port 22 (addresses: ipv6)"),
        (options(), &[2200], "keys of type rsa,ed25519 at port 2200 (addresses: any)"),
        (options(), &[22, 2200], "keys of type rsa,ed25519 at port 22,2200 (addresses: any)"),
    ] {
        let told =
            format!("FILE: is of a scan for {mine}, and this one is for {now}\nname a new file, or ask for the same");
        assert_eq!(other(options, ports), told);
    }
    // How long and how many at once makes no difference.
    let slow = Options { retries: 9, parallel: Some(1), host_timeout: Some(DEFAULT_TIMEOUT), ..options() };
    assert!(Journal::open(&place.path, &Asked::new(&slow, BTreeSet::from([22])), &TYPES).is_ok());
}

#[test]
fn only_a_file_that_nobody_else_may_write_is_believed() {
    let place = Place::filled();
    for (mode, refused) in [(0o620, true), (0o602, true), (0o666, true), (0o644, false), (0o600, false)] {
        fs::set_permissions(&place.path, fs::Permissions::from_mode(mode)).unwrap();
        match place.open() {
            Ok(_) => assert!(!refused, "{mode:o}"),
            Err(error) => {
                assert!(
                    refused && matches!(error, JournalError::Writable { mode: told, .. } if told == mode),
                    "{error}"
                );
            }
        }
    }
    let link = format!("{}.link", place.path);
    symlink(&place.path, &link).unwrap();
    let refused = |path: &str| Journal::open(path, &asked(), &TYPES).unwrap_err();
    assert!(matches!(refused(&link), JournalError::NotAFile(_)));
    assert!(matches!(refused("/dev/null"), JournalError::NotAFile(_)));
    assert!(matches!(refused("/tmp"), JournalError::NotAFile(_)));
    let missing = refused("/nonexistent/journal");
    assert!(matches!(&missing, JournalError::Io { error, .. } if error.kind() == io::ErrorKind::NotFound), "{missing}");
    if geteuid().is_root() {
        std::os::unix::fs::chown(&place.path, Some(12345), None).unwrap();
        assert!(matches!(refused(&place.path), JournalError::Owner { owner: 12345, .. }));
    }
}

#[test]
fn two_scans_do_not_write_into_one_file() {
    let place = Place::filled();
    let first = place.open().unwrap();
    assert_eq!(place.refusal(), "FILE: another scan is writing this file");
    drop(first);
    assert_eq!(place.known(), ["a", "b"]);
}
