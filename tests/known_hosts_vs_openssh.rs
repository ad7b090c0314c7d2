//! Our reading of known_hosts files beside `ssh-keygen`'s, of the OpenSSH that is installed.
//!
//! `ssh-keygen -l -F NAME -f FILE` walks over a file through the same `hostkeys_foreach_file` as sshd, and with `-l` it
//! reads the keys as sshd does (without `-l` it looks at the key type's name only). The lines that it reports are
//! therefore comparable, markers included, with two exceptions, both on purpose and both tested here as differences:
//! `@revoked` lines that it cannot read, and hashed names on `@revoked` lines, which we match in any case. `-F` does not
//! lower-case the name; patterns fold case, hashes do not. `-H` lower-cases each name and leaves lines with a marker or a
//! pattern alone.
//!
//! Not compared are lines that end inside the hosts field: OpenSSH before 10.1 reads on behind their end, into whatever the
//! buffer holds (a NUL behind the name is enough), and finds lines that are none.

#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "runs ssh-keygen on files of its own")]
#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::process::{Command, Output};

use hostbased::known_hosts::{Document, HashedName, Hosts, LineContent, Marker};

const KEYS: [&str; 6] = [
    include_str!("vectors/keys/ed25519.pub"),
    include_str!("vectors/keys/rsa.pub"),
    include_str!("vectors/keys/ecdsa256.pub"),
    include_str!("vectors/keys/ecdsa384.pub"),
    include_str!("vectors/keys/ecdsa521.pub"),
    include_str!("vectors/keys/ed25519-cert.pub"),
];

fn key(index: usize) -> String {
    KEYS[index].split(' ').take(2).collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

fn ssh_keygen(arguments: &[&str], file: &Path) -> Output {
    let output = Command::new("ssh-keygen").args(arguments).arg("-f").arg(file).env("LC_ALL", "C").output();
    output.expect("ssh-keygen cannot be run: install it (Debian: openssh-client, Fedora: openssh)")
}

/// The lines that ssh-keygen finds, each with "", "CA" or "REVOKED".
fn theirs(file: &Path, name: &str) -> Vec<(usize, String)> {
    let output = ssh_keygen(&["-l", "-F", name], file);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let prefix = format!("# Host {name} found: line ");
    let found: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix(&prefix)?.split_once(' '))
        .map(|(line, marker)| (line.parse().unwrap(), marker.to_owned()))
        .collect();
    let wanted = if found.is_empty() { 1 } else { 0 };
    assert_eq!(output.status.code(), Some(wanted), "{}", String::from_utf8_lossy(&output.stderr));
    found
}

/// The lines that we find, without those that only we understand.
fn ours(document: &Document, name: &str) -> Vec<(usize, String)> {
    let comparable =
        document.entries().filter(|(_, entry)| entry.irregular().is_none() && entry.matches(name.as_bytes()));
    let marker = |marker: Option<Marker>| match marker {
        None => "",
        Some(Marker::CertAuthority) => "CA",
        Some(Marker::Revoked) => "REVOKED",
    };
    comparable.map(|(line, entry)| (line, marker(entry.marker()).to_owned())).collect()
}

fn write(bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("known_hosts");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn compare(file: &[u8], names: &[&str]) -> usize {
    let (_folder, path) = write(file);
    let document = Document::parse(file);
    let mut found = 0;
    for name in names {
        let theirs = theirs(&path, name);
        found += theirs.len();
        assert_eq!(ours(&document, name), theirs, "{name} in {}", String::from_utf8_lossy(file).escape_debug());
    }
    found
}

#[test]
fn the_same_lines_match() {
    let k = key(0);
    let (front, back) = k.split_at(40);
    let hashed = |name: &str| HashedName::new(name.as_bytes(), *b"twenty bytes of salt").to_string();
    let lines = [
        format!("node1.test,10.0.0.1 {k} comment"),
        format!("Node1.TEST {k}"),
        format!("*.test {k}"),
        format!("*.test,!node1.test {k}"),
        format!("!node1.test,*.test {k}"),
        format!("!node1.test {k}"),
        format!("node?.test {k}"),
        format!("[node1.test]:2222 {k}"),
        format!("10.0.0.0/24 {k}"),
        format!("10.0.* {k}"),
        format!("{} {k}", hashed("node1.test")),
        format!("{} {k}", hashed("NODE1.test")),
        format!("{},{} {k}", hashed("node1.test"), hashed("node1.test")),
        format!("{}| {k}", hashed("node1.test")),
        format!("|1|AAAA|AAAA {k}"),
        format!("|2{} {k}", &hashed("node1.test")[2..]),
        format!("x,{} {k}", hashed("node1.test")),
        format!("\t node1.test\t {k}"),
        format!("\x0bnode1.test {k}"),
        format!("node1.test {k}\r"),
        format!("node1.test {k} comment\r"),
        format!("node1.test\r {k}"),
        format!("node1.test {front}\r{back}"),
        format!("node1.test {front} {back}"),
        format!("node1.test {front}"),
        format!("node1.test {k}="),
        format!("node1.test {k}\0 x"),
        format!("# node1.test {k}"),
        format!(" \t# node1.test {k}"),
        String::new(),
        "node1.test ".to_owned(),
        format!("node1.test #{k}"),
        "node1.test ssh-ed25519".to_owned(),
        "node1.test ssh-ed25519 ".to_owned(),
        format!("node1.test ssh-dss {}", &k[12..]),
        format!("node1.test ssh-rsa {}", &k[12..]),
        format!("node1.test ED25519 {}", &k[12..]),
        format!("node1.test rsa-sha2-512 {}", &key(1)[8..]),
        format!("node1.test ssh-rsa-cert-v01@openssh.com {}", &key(1)[8..]),
        format!("node1.test ecdsa-sha2-nistp384 {}", &key(2)[20..]),
        format!("node1.test {}", key(3)),
        format!("node1.test {}", key(4)),
        format!("node1.test {}", key(5)),
        k.clone(),
        format!("@cert-authority node1.test {k}"),
        format!("@cert-authority \t node1.test {k}"),
        format!("@cert-authority\tnode1.test {k}"),
        format!("@cert-authority node1.test {k}").replace(' ', "\t"),
        format!("@Cert-Authority node1.test {k}"),
        format!("@cert-authority @cert-authority node1.test {k}"),
        format!("@ node1.test {k}"),
        format!("@revoked node1.test {k}"),
        format!("@revoked node1.test {k}").replace(' ', "\t"),
        format!("@revoked * {k}"),
        format!("@revoked *,!node1.test {k}"),
        format!("node1.test,{} {k}", "x".repeat(1022)),
        format!("node1.test,{} {k}", "x".repeat(1023)),
        format!("node1.test, {k}"),
        format!("{}node1.test {k}", "x,".repeat(100_000)),
    ];
    let names =
        ["node1.test", "NODE1.test", "node2.test", "10.0.0.1", "10.0.0.0/24", "[node1.test]:2222", "node1", "x"];
    // Each line alone, so that a difference is named; then all together, so that the numbers count.
    for line in &lines {
        compare(line.as_bytes(), &names[..2]);
    }
    let found = compare(lines.join("\n").as_bytes(), &names);
    assert!(found > 50, "{found}");
}

#[test]
fn the_same_lines_match_in_files_of_any_kind() {
    let mut state = 20_260_801_u64;
    let mut below = |limit: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % limit
    };
    let hashed = HashedName::new(b"node1", [9; 20]).to_string();
    let hosts = [
        "node1",
        "NODE1",
        "*",
        "!node1",
        "node?",
        "no*",
        "10.0.0.1",
        "",
        "[node1]:22",
        "node11",
        "!x",
        "*1",
        "\r",
        "\x0b",
    ];
    let mut found = 0;
    for _ in 0..60 {
        let mut file = String::new();
        for _ in 0..40 {
            let list: Vec<_> = (0..=below(4)).map(|_| hosts[below(hosts.len())]).collect();
            let list = if below(8) == 0 { hashed.clone() } else { list.join(",") };
            let blank = |n: usize| [" ", " ", "\t", " \t", "  "][n];
            // Hashed names on @revoked lines are matched in any case by us: apart in the next test.
            let marker = match below(9) {
                0 => "@cert-authority",
                1 if !list.starts_with('|') => "@revoked",
                2 => "@other",
                _ => "",
            };
            let mut key = key(below(KEYS.len()));
            match below(10) {
                0 => key.truncate(below(key.len())),
                1 => key.insert(below(key.len()), [' ', '\r', '\t', '#', '\0'][below(5)]),
                _ => {}
            }
            let comment = ["", " c", "\r", " # c", "\t"][below(5)];
            let (a, b, c) = (blank(below(5)), blank(below(5)), ["", "", " ", "\t"][below(4)]);
            file += &format!("{c}{marker}{}{list}{b}{key}{comment}\n", if marker.is_empty() { "" } else { a });
        }
        found += compare(file.as_bytes(), &["node1", "Node1", "node2"]);
    }
    assert!(found > 1000, "{found}");
}

#[test]
fn revocations_that_openssh_loses_are_the_only_difference() {
    let k = key(0);
    let hashed = HashedName::new(b"node1", [9; 20]);
    for (line, name) in [
        (format!("@revoked\tnode1 {k}\n"), "node1"),
        (format!("@revoked @revoked node1 {k}\n"), "node1"),
        (format!("@revoked {hashed},{hashed} {k}\n"), "node1"),
        (format!("@revoked {hashed} {k}\n"), "NODE1"),
        (format!("@revoked node1,{} {k}\n", "x".repeat(1023)), "node1"),
    ] {
        let (_folder, path) = write(line.as_bytes());
        assert_eq!(theirs(&path, name), [], "OpenSSH finds {line}");
        let document = Document::parse(line.as_bytes());
        let (_, entry) = document.entries().next().unwrap();
        assert_eq!(entry.marker(), Some(Marker::Revoked));
        assert!(entry.matches(name.as_bytes()), "{line}");
    }
}

#[test]
fn what_ssh_keygen_hashes_we_match() {
    let k = key(0);
    let file = format!(
        "Node1.test,10.0.0.1 {k} comment\n*.test {k}\n@cert-authority node1.test {k}\n# a comment\n\nnode2.test {k}\n"
    );
    let (_folder, path) = write(file.as_bytes());
    let output = ssh_keygen(&["-H"], &path);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(&path).unwrap();
    let document = Document::parse(&bytes);
    assert_eq!(document.to_bytes(), bytes);

    let names = ["node1.test", "10.0.0.1", "node2.test"];
    let lines: Vec<usize> = names
        .iter()
        .map(|name| document.entries_naming(name.as_bytes()).find(|(_, entry)| entry.marker().is_none()).unwrap().0)
        .collect();
    assert_eq!(lines, [1, 2, 7], "one line a name, in order");
    for (line, name) in lines.into_iter().zip(names) {
        let LineContent::Entry(entry) = document.line(line).unwrap().content() else { panic!("line {line}") };
        let Hosts::Hashed(hashed) = entry.hosts() else { panic!("line {line} is not hashed") };
        let ours = HashedName::new(name.as_bytes(), *hashed.salt());
        assert_eq!(&ours, hashed);
        assert!(document.line(line).unwrap().raw().starts_with(ours.to_string().as_bytes()));
        assert_eq!(entry.key().to_line(), k);
    }
    compare(&bytes, &["node1.test", "Node1.test", "10.0.0.1", "node2.test", "node3.test"]);
}

#[test]
fn what_we_hash_ssh_keygen_finds() {
    let names = ["node1.test", "10.0.0.1", "2001:db8::1", "x"];
    let lines = names
        .iter()
        .zip(1..)
        .map(|(name, salt)| format!("{} {}\n", HashedName::new(name.as_bytes(), [salt; 20]), key(0)));
    let file: String = lines.collect();
    let (_folder, path) = write(file.as_bytes());
    for (name, line) in names.iter().zip(1..) {
        assert_eq!(theirs(&path, name), [(line, String::new())]);
    }
    assert_eq!(theirs(&path, "NODE1.test"), [], "a hash is of the name as given");
}
