//! SSHFP records: what they say of keys, and `hostbased sshfp`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::fixture::{KEY, Lab, OTHER, lab};
use crate::server::Kind;
use crate::tool::tool;

/// A lab whose files hold this key for these hosts.
fn registered(lines: &[(&str, &str)]) -> Lab {
    let lab = Lab::new(Kind::Whole);
    let lines: String = lines.iter().map(|(names, key)| format!("{names} {key}\n")).collect();
    let file = lab.write("root/etc/ssh/ssh_known_hosts", &lines);
    fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
    lab
}

#[test]
fn only_a_secure_sha_256_record_vouches() {
    let hosts: Vec<String> = ["n1", "old", "wrong", "bare"].iter().map(|host| format!("{host}.signed.test")).collect();
    let lines: Vec<(&str, &str)> = hosts.iter().map(|host| (host.as_str(), KEY)).collect();
    let lab = registered(&[&lines[..], &[("n1.plain.test", KEY), ("n1.unsigned.test", KEY)]].concat());
    let n1 = lab.check("n1.signed.test", &["--require-sshfp"]);
    assert_eq!(n1.vouched(), 1, "{n1:?}");
    n1.lacks("sshfp-");
    let sha1 = lab.check("old.signed.test", &["--require-sshfp"]);
    assert_eq!(sha1.vouched(), 0, "{sha1:?}");
    sha1.lacks("sshfp-");
    lab.check("wrong.signed.test", &[]).has("error sshfp-mismatch wrong.signed.test");
    lab.check("bare.signed.test", &[]).has("information sshfp-missing bare.signed.test");
    lab.check("bare.signed.test", &["--require-sshfp"]).has("error sshfp-missing bare.signed.test");
    let insecure = lab.check("n1.plain.test", &["--require-sshfp"]);
    assert_eq!(insecure.vouched(), 0, "{insecure:?}");
    insecure.lacks("sshfp-");
    let bogus = lab.check("n1.unsigned.test", &[]);
    assert_eq!(bogus.vouched(), 0, "{bogus:?}");
    bogus.has("error dnssec-bogus n1.unsigned.test");
}

#[test]
fn an_alias_s_records_are_those_behind_it() {
    let lab = registered(&[("www.signed.test", KEY), ("away.signed.test", KEY)]);
    assert_eq!(lab.check("www.signed.test", &[]).vouched(), 1);
    // It leads out of the signed zone.
    assert_eq!(lab.check("away.signed.test", &[]).vouched(), 0);
}

#[test]
fn another_key_is_vouched_for_by_nobody() {
    let lab = registered(&[("n1.signed.test", OTHER)]);
    let host = lab.check("n1.signed.test", &[]);
    assert_eq!(host.vouched(), 0);
    host.has("error sshfp-mismatch n1.signed.test");
}

#[test]
fn everything_that_is_registered_is_checked() {
    let lab = registered(&[("n1.plain.test,10.0.0.1", KEY), ("nobody.plain.test", OTHER), ("*.plain.test", KEY)]);
    let run = lab.run(&["check", "--names", "dns", "--require-dns"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.output.contains("n1.plain.test,10.0.0.1: good"), "{run:?}");
    assert!(run.output.contains("nobody.plain.test: bad"), "{run:?}");
    assert!(run.output.contains("2 hosts, 1 bad: 1 error, 0 warnings"), "{run:?}");
}

#[test]
fn records_are_printed_as_ssh_keygen_prints_them() {
    needs!(crate::needs::missing_program(&["ssh-keygen"]));
    let lab = lab();
    for kind in ["rsa", "ecdsa", "ed25519"] {
        let key = lab.path(&format!("{kind}.key"));
        tool("ssh-keygen", &["-q", "-t", kind, "-N", "", "-f", &key]);
        let public = format!("{key}.pub");
        let theirs = tool("ssh-keygen", &["-r", "Node1.Test", "-f", &public]);
        let ours = std::process::Command::new(crate::fixture::BINARY)
            .args(["sshfp", "Node1.Test", "--digest", "all", "--key-file", &public])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(ours.stdout).unwrap(), theirs, "{kind}");
        let sha256 = tool(crate::fixture::BINARY, &["sshfp", "Node1.Test", "--key-file", &public]);
        assert_eq!(sha256.lines().count(), 1);
        assert!(theirs.contains(&sha256), "{kind}");
    }
}

#[test]
fn records_of_what_is_registered_have_whole_names() {
    let lab = registered(&[("n1.signed.test,n1,10.0.0.1", KEY), ("short", OTHER)]);
    let run = run_plain(&lab, &["sshfp"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(
        run.output,
        "n1.signed.test. IN SSHFP 4 2 3ba9aff7e641818b4bb2a596089a17fd87d3eff69af66591b96ea070123962cd\n"
    );
    assert!(run.error.contains("short: no name with a domain"), "{run:?}");
    let unknown = run_plain(&lab, &["sshfp", "nobody.test"]);
    assert_eq!((unknown.code, unknown.output.as_str()), (Some(1), ""), "{unknown:?}");
    assert!(unknown.error.contains("nobody.test: no key is known"), "{unknown:?}");
}

fn run_plain(lab: &Lab, arguments: &[&str]) -> crate::fixture::Run {
    let root = lab.path("root");
    let mut command = std::process::Command::new(crate::fixture::BINARY);
    command.args(arguments).args(["--root", &root]).output().unwrap().into()
}

#[test]
fn types_without_a_number_are_named() {
    let sk = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAINzMn/tYaKhUi52yur7LBpg67BhckiSEjZGkXDcD3oBDAAAABHNzaDo=";
    let lab = registered(&[("n1.signed.test", sk)]);
    let run = run_plain(&lab, &["sshfp"]);
    assert_eq!((run.code, run.output.as_str()), (Some(0), ""), "{run:?}");
    assert!(run.error.contains("SSHFP has no number for the type"), "{run:?}");
}

#[test]
fn records_are_compared_with_what_the_dns_holds() {
    let lab = registered(&[
        ("n1.signed.test", KEY),
        ("wrong.signed.test", KEY),
        ("bare.signed.test", KEY),
        ("old.plain.test", KEY),
        ("n1.silent.test", KEY),
    ]);
    let compare = |name: &str| lab.run(&["sshfp", "--compare", name]);
    let same = compare("n1.signed.test");
    assert_eq!(same.code, Some(0), "{same:?}");
    assert!(
        same.output.starts_with("n1.signed.test: good (secure)\n    same: n1.signed.test IN SSHFP 4 2 3ba9"),
        "{same:?}"
    );
    let wrong = compare("wrong.signed.test");
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(wrong.output.contains("- wrong: wrong.signed.test IN SSHFP 4 2 00a9"), "{wrong:?}");
    assert!(wrong.output.contains("+ missing: wrong.signed.test IN SSHFP 4 2 3ba9"), "{wrong:?}");
    let bare = compare("bare.signed.test");
    assert_eq!(bare.code, Some(1), "{bare:?}");
    assert!(bare.output.contains("+ missing:") && !bare.output.contains("wrong:"), "{bare:?}");
    let sha1 = compare("old.plain.test");
    assert_eq!(sha1.code, Some(1), "{sha1:?}");
    assert!(sha1.output.contains("(insecure)") && sha1.output.contains("+ missing:"), "{sha1:?}");
    let sha1_wanted = lab.run(&["sshfp", "--compare", "--digest", "sha1", "old.plain.test"]);
    assert_eq!(sha1_wanted.code, Some(0), "{sha1_wanted:?}");
    let silent = compare("n1.silent.test");
    assert_eq!(silent.code, Some(1), "{silent:?}");
    assert!(silent.output.contains("cannot be compared: no answer came in time"), "{silent:?}");
    // All at once, for programs.
    let all = lab.run(&["sshfp", "--compare", "--json"]);
    let lines = all.records();
    assert_eq!(lines.len(), 6, "{all:?}");
    assert_eq!((&lines[0]["record"], &lines[0]["good"]), (&"host".into(), &true.into()));
    assert_eq!((&lines[1]["records"][0]["state"], &lines[5]["record"]), (&"wrong".into(), &"run".into()));
}
