//! `enroll` with keys from files.

use crate::fixture::{KNOWN_HOSTS, Root, SHOSTS_EQUIV, public_key, set_mode};
use crate::tool::tool;

#[test]
fn both_files_get_exactly_what_is_shown_and_twice_changes_nothing() {
    let root = Root::new();
    let run = root.enroll_key("node1.test,10.0.0.1", 1, &[]).good();
    let known = format!("node1.test,10.0.0.1 {}\n", public_key(1));
    assert_eq!(root.files(), [known.clone(), "node1.test\n10.0.0.1\n".to_owned()]);
    for shown in [
        "node1.test,10.0.0.1\n  key: ED25519 SHA256:",
        &format!("/etc/ssh/ssh_known_hosts:\n  + {known}"),
        "/etc/ssh/shosts.equiv:\n  + node1.test\n",
        "  + 10.0.0.1\n",
        "\nwritten\nnode1.test,10.0.0.1: both files admit it\n",
    ] {
        assert!(run.output.contains(shown), "{shown}: {run:?}");
    }
    assert_eq!(
        run.error,
        "note: names and addresses are not looked up for a --root: only what their text tells is checked\n"
    );
    let before = std::fs::metadata(root.path(KNOWN_HOSTS)).unwrap().modified().unwrap();
    let again = root.enroll_key("node1.test,10.0.0.1", 1, &[]).good();
    assert!(again.output.contains("nothing to change\nnode1.test,10.0.0.1: both files admit it\n"), "{again:?}");
    assert_eq!(std::fs::metadata(root.path(KNOWN_HOSTS)).unwrap().modified().unwrap(), before);
    assert_eq!(root.names(), ["shosts.equiv", "ssh_known_hosts"]);
}

#[test]
fn ssh_keygen_finds_what_was_written() {
    let root = Root::new();
    root.enroll_key("node1.test,2001:DB8:0::1", 1, &[]).good();
    let file = root.path(KNOWN_HOSTS);
    for name in ["node1.test", "2001:db8::1"] {
        let found = tool("ssh-keygen", &["-F", name, "-f", file.to_str().unwrap()]);
        assert!(found.ends_with(&format!("node1.test,2001:db8::1 {}\n", public_key(1))), "{found}");
    }
}

#[test]
fn a_dry_run_shows_everything_and_writes_nothing() {
    let root = Root::new();
    let run = root.enroll_key("node1,10.0.0.1", 1, &["--dry-run"]).good();
    assert!(run.output.contains("  + node1,10.0.0.1 ssh-ed25519 ") && run.output.contains("--dry-run"), "{run:?}");
    assert_eq!(root.names(), [""; 0]);
    assert!(!root.path("etc/ssh/.shosts.equiv.hostbased-lock").exists());
}

#[test]
fn json_says_the_same() {
    let root = Root::new();
    let records = root.enroll_key("node1,10.0.0.1", 1, &["--json"]).good().records();
    let [host, run] = records.as_slice() else { panic!("{records:?}") };
    assert_eq!((&host["record"], &run["record"]), (&"host".into(), &"run".into()));
    assert_eq!((&host["host"], &host["status"]), (&"node1,10.0.0.1".into(), &"added".into()));
    assert_eq!(host["names"], serde_json::json!(["node1"]));
    assert_eq!(host["addresses"], serde_json::json!(["10.0.0.1"]));
    assert_eq!(host["admitted"], true);
    assert_eq!(host["matched_by"], "both");
    assert_eq!(host["keys"][0]["key"], public_key(1));
    assert_eq!(host["changes"][0]["new"], format!("node1,10.0.0.1 {}", public_key(1)));
    assert_eq!(host["changes"][2]["file"], "/etc/ssh/shosts.equiv");
    assert_eq!((&run["command"], &run["written"], &run["trust"]), (&"enroll".into(), &true.into(), &"key-file".into()));
    assert_eq!((&run["hosts"], &run["added"], &run["refused"]), (&1.into(), &1.into(), &0.into()));
    let again = root.enroll_key("node1,10.0.0.1", 1, &["--json"]).good().records();
    assert_eq!((&again[0]["status"], &again[1]["written"]), (&"unchanged".into(), &false.into()));
    let refused = root.enroll_key("node1,10.0.0.1", 2, &["--json"]);
    assert_eq!(refused.code, Some(1));
    let records = refused.records();
    assert_eq!(records[0]["refused"][0]["code"], "changed-key");
    assert_eq!((&records[0]["status"], &records[0]["admitted"]), (&"refused".into(), &serde_json::Value::Null));
    assert_eq!((&records[1]["written"], &records[1]["refused"]), (&false.into(), &1.into()));
}

#[test]
fn a_changed_key_is_refused_until_the_host_is_removed() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    let before = root.files();
    let run = root.enroll_key("node1,10.0.0.9", 2, &[]).refused("ssh_known_hosts:1: node1 is known with another key");
    for key in [1, 2] {
        let print = crate::fixture::fingerprint(&public_key(key)).to_string();
        assert!(run.output.contains(&print), "{print}: {run:?}");
    }
    assert_eq!(root.files(), before);
    root.run(&["remove", "node1"]).good();
    root.enroll_key("node1,10.0.0.9", 2, &[]).good();
}

#[test]
fn a_revoked_key_is_refused() {
    let root = Root::new();
    let revoked = format!("# stolen\n@revoked * {}\n", public_key(1));
    root.write(KNOWN_HOSTS, &revoked);
    root.enroll_key("node1,10.0.0.1", 1, &[]).refused("/etc/ssh/ssh_known_hosts:2: the key ED25519 SHA256:");
    assert_eq!(root.files(), [revoked, String::new()]);
    root.enroll_key("node1,10.0.0.1", 2, &[]).good();
}

#[test]
fn a_line_that_shuts_the_host_out_is_named() {
    let root = Root::new();
    root.write(SHOSTS_EQUIV, "node9\n-10.0.0.1\n");
    root.enroll_key("node1,10.0.0.1", 1, &[]).refused("/etc/ssh/shosts.equiv:2: this line shuts 10.0.0.1 out");
    assert_eq!(root.files(), [String::new(), "node9\n-10.0.0.1\n".to_owned()]);
}

#[test]
fn keys_that_are_too_short_or_certificates_are_refused() {
    let root = Root::new();
    let path = |name: &str| root.path(name).to_str().unwrap().to_owned();
    let generate = |name: &str, arguments: &[&str]| {
        tool("ssh-keygen", &[&["-q", "-N", "", "-f", &path(name)], arguments].concat());
    };
    let enroll = |file: &str| {
        root.run(&["enroll", "node1,10.0.0.1", "--names", "address", "--key-file", &path(&format!("{file}.pub"))])
    };
    generate("short", &["-t", "rsa", "-b", "1024"]);
    enroll("short").refused("has 1024 bits; 2048 are the least");
    generate("long", &["-t", "rsa", "-b", "2048"]);
    enroll("long").good();
    generate("ca", &["-t", "ed25519"]);
    generate("host", &["-t", "ecdsa"]);
    tool("ssh-keygen", &["-q", "-s", &path("ca"), "-h", "-I", "x", "-n", "node1", &path("host.pub")]);
    enroll("host-cert").refused("a certificate (ecdsa-sha2-nistp256-cert-v01@openssh.com) is no key to register");
    enroll("host").good();
}

#[test]
fn a_key_file_may_be_of_rfc_4716_or_wrong() {
    let root = Root::new();
    let enroll = |file: &str| root.run(&["enroll", "node1,10.0.0.1", "--names", "dns", "--key-file", file]);
    let plain = root.write("plain.pub", public_key(1));
    let text = tool("ssh-keygen", &["-e", "-f", plain.to_str().unwrap()]);
    let rfc = root.write("rfc4716.pub", text);
    enroll(rfc.to_str().unwrap()).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("node1,10.0.0.1 {}\n", public_key(1)));
    let wrong = root.write("wrong", "hello \x1b[31m\n");
    enroll(wrong.to_str().unwrap()).failed("/wrong: unknown key type hello\ngive the .pub file");
    enroll("/nonexistent/x.pub").failed("/nonexistent/x.pub: cannot read the key: No such file");
    let file = plain.to_str().unwrap();
    root.run(&["enroll", "a", "b", "--names", "dns", "--key-file", file])
        .failed("the keys of one host, and 2 are named");
}

#[test]
fn a_private_key_is_told_from_a_wrong_file() {
    let root = Root::new();
    let enroll = |file: &str| root.run(&["enroll", "node1,10.0.0.1", "--names", "dns", "--key-file", file]);
    let told = "/host: this is a private key, which never leaves its host\ngive the .pub file beside it\n";
    for format in [&["-t", "ed25519"][..], &["-t", "rsa", "-m", "PEM"], &["-t", "ecdsa", "-m", "PKCS8"]] {
        let file = root.path("host");
        let file = file.to_str().unwrap();
        tool("ssh-keygen", &[&["-q", "-N", "", "-f", file], format].concat());
        let run = enroll(file).failed(told);
        assert!(!run.error.contains("BEGIN"), "{run:?}");
        assert_eq!(root.files(), ["", ""]);
        for name in ["host", "host.pub"] {
            std::fs::remove_file(root.path(name)).unwrap();
        }
    }
    // A near-miss: a public key of that form is only a wrong file.
    let public = root.write("host", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    enroll(public.to_str().unwrap()).failed("/host: unknown key type -----BEGIN\ngive the .pub file of a host key");
}

#[test]
fn owner_mode_and_every_other_line_survive() {
    let root = Root::new();
    let odd = "# kept\r\n\n  broken line\nnode9\t ssh-rsa AAAA no key\n@revoked";
    root.write(KNOWN_HOSTS, odd);
    set_mode(&root.path(KNOWN_HOSTS), 0o640);
    root.write("etc/real.equiv", "# kept\n\u{1}\n");
    std::os::unix::fs::symlink("/etc/real.equiv", root.path(SHOSTS_EQUIV)).unwrap();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("{odd}\nnode1,10.0.0.1 {}\n", public_key(1)));
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(root.path(KNOWN_HOSTS)).unwrap().permissions());
    assert_eq!(mode & 0o7777, 0o640);
    assert_eq!(root.read("etc/real.equiv"), "# kept\n\u{1}\nnode1\n10.0.0.1\n");
    assert!(root.path(SHOSTS_EQUIV).is_symlink());
}

#[test]
fn one_refused_host_does_not_stop_the_others() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    // Nothing listens there: these two hosts give nothing, and each is told.
    let run = root.run(&["enroll", "a,127.0.0.1", "b,127.0.0.2", "--port", "1", "--names", "dns", "--trust-scan"]);
    let run = run.refused("a,127.0.0.1: refused: [127.0.0.1]:1: cannot connect: Connection refused");
    assert!(run.output.contains("b,127.0.0.2: refused: [127.0.0.2]:1: cannot connect"), "{run:?}");
}

#[test]
fn arguments_that_say_nothing_sensible_are_usage_errors() {
    let root = Root::new();
    for (arguments, error) in [
        (&["enroll"][..], "required"),
        (&["enroll", "a b", "--trust-scan"], "no host name and no address"),
        (&["enroll", "*", "--trust-scan"], "no host name and no address"),
        (&["enroll", "a", "--names", "all"], "expected dns, address, packet or both"),
        (&["enroll", "a", "--fingerprint", "MD5:x"], "begins with SHA256:"),
        (&["enroll", "a", "--fingerprint", "SHA256:x", "--trust-scan"], "43 characters"),
        (&["enroll", "a", "--type", "dsa"], "unknown key type"),
        (&["enroll", "a", "--port", "0"], "not a port"),
        (&["enroll", "a", "--key-file", "x", "--trust-scan"], "cannot be used with"),
        (&["remove"], "required"),
        (&["remove", "a*"], "no host name and no address"),
    ] {
        root.run(arguments).failed(error);
    }
}
