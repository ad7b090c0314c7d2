//! Where ssh-keygen says the same: `-F` finds a host in a known_hosts file as sshd does, and names no line that sshd skips.

use std::process::{Command, Stdio};

use hostbased::key::parse_public_key_line;
use hostbased::known_hosts::{Document, HashedName, HostKeyStatus, Source, check_host_key};
use hostbased::lint::{Code, Inputs, lint};

use crate::fixture::public_key;

/// Whether ssh-keygen finds the host by this file, and reads its key (`-l`).
fn finds(file: &std::path::Path, host: &str) -> bool {
    let output = Command::new("ssh-keygen").arg("-lF").arg(host).arg("-f").arg(file).stdin(Stdio::null()).output();
    !output.unwrap().stdout.is_empty()
}

/// Each line that has this finding, the host that it was meant for, and whether the line with its right text is found.
#[test]
fn what_is_found_is_what_ssh_keygen_does_not_find() {
    needs!(crate::needs::missing_program(&["ssh-keygen"]));
    let k = public_key(1);
    let base64 = k.split_once(' ').unwrap().1;
    let hashed = |name: &str| HashedName::new(name.as_bytes(), [7; 20]).to_string();
    let long = "x".repeat(1023);
    let cases: Vec<(Code, String, &str)> = vec![
        (Code::FinalDot, format!("node1. {k}"), "node1"),
        (Code::AddressText, format!("fd77:0::1 {k}"), "fd77::1"),
        (Code::AddressText, format!("10.1 {k}"), "10.0.0.1"),
        (Code::Network, format!("10.0.0.0/24 {k}"), "10.0.0.1"),
        (Code::PortForm, format!("[node1]:2222 {k}"), "node1"),
        (Code::NegatedPattern, format!("node1,!node1 {k}"), "node1"),
        (Code::OnlyNegated, format!("!node2 {k}"), "node1"),
        (Code::LongPattern, format!("node1,{long} {k}"), "node1"),
        (Code::BadName, format!("\"node1\" {k}"), "node1"),
        (Code::ByteOrderMark, format!("\u{feff}node1 {k}"), "node1"),
        (Code::HashList, format!("{},{} {k}", hashed("node1"), hashed("node2")), "node1"),
        (Code::BadHash, format!("|1|AAAA|BBBB {k}"), "node1"),
        (Code::TabAfterMarker, format!("@cert-authority\tnode1 {k}"), "node1"),
        (Code::LostRevocation, format!("@revoked\tnode1 {k}"), "node1"),
        (Code::UnknownMarker, format!("@ca node1 {k}"), "node1"),
        (Code::SecondMarker, format!("@cert-authority @cert-authority node1 {k}"), "node1"),
        (Code::TruncatedLine, "node1".to_owned(), "node1"),
        (Code::NoKeyType, "node1 # x".to_owned(), "node1"),
        (Code::MissingHosts, k.clone(), "ssh-ed25519"),
        (Code::UnknownKeyType, format!("node1 ssh-foo {base64}"), "node1"),
        (Code::KeyTypeMismatch, format!("node1 ssh-rsa {base64}"), "node1"),
        (Code::BadBase64, "node1 ssh-ed25519 AAAA!".to_owned(), "node1"),
        (Code::BadKey, "node1 ssh-ed25519 AAAA".to_owned(), "node1"),
        (Code::WrappedLine, format!("node1 ssh-ed25519 {}\n{}", &base64[..30], &base64[30..]), "node1"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("known_hosts");
    for (code, line, host) in cases {
        std::fs::write(&file, format!("{line}\n")).unwrap();
        assert!(!finds(&file, host), "{code}: ssh-keygen finds {host} by {line:?}");
        let document = Document::parse(format!("{line}\n").as_bytes());
        let found = lint(&Inputs { known_hosts: Some(&document), ..Inputs::default() });
        assert!(found.iter().any(|finding| finding.code == code), "{line:?}: {found:?}");
        let (key, _) = parse_public_key_line(k.as_bytes()).unwrap();
        let sources = [Source { file: "f", document: &document }];
        let status = check_host_key(&sources, host.as_bytes(), &key);
        assert!(!matches!(status, HostKeyStatus::Ok(_)), "{line:?}: {status:?}");
    }
    // The near misses: found by both.
    for line in [
        format!("node1 {k}"),
        format!("NODE1,x {k}"),
        format!("node?,!node2 {k}"),
        format!("{} {k}", hashed("node1")),
        format!("@revoked node1 {k}"),
        format!("node1 {k}\r"),
    ] {
        std::fs::write(&file, format!("{line}\n")).unwrap();
        assert!(finds(&file, "node1"), "{line:?}");
    }
}

/// What `--fix-admitting` writes is what ssh-keygen finds.
#[test]
fn mended_lines_are_found_by_ssh_keygen() {
    needs!(crate::needs::missing_program(&["ssh-keygen"]));
    let k = public_key(1);
    let (half, rest) = k.split_at(40);
    let hashed = |name: &str| HashedName::new(name.as_bytes(), [7; 20]).to_string();
    for (line, host) in [
        (format!("node1. {k}"), "node1"),
        (format!("fd77:0::1 {k}"), "fd77::1"),
        (format!("\u{feff}node1 {k}"), "node1"),
        (format!("{},{} {k}", hashed("node1"), hashed("node2")), "node2"),
        (format!("@revoked\tnode1 {k}"), "node1"),
        (format!("@cert-authority\tnode1 {k}"), "node1"),
        (format!("node1 {half}\n{rest}"), "node1"),
    ] {
        let root = crate::fixture::Root::with(format!("{line}\n"), "");
        root.lint(&["--fix-admitting", "--yes"]).says("written");
        assert!(
            finds(&root.path(crate::fixture::KNOWN_HOSTS), host),
            "{line:?}: {}",
            root.read(crate::fixture::KNOWN_HOSTS)
        );
    }
}
