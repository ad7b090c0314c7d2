//! `refresh`.

use crate::fixture::{KNOWN_HOSTS, Root, Run, public_key};
use crate::sshd::{Sshd, free_port};

const ED25519: [(&str, &str); 1] = [("ed25519", "256")];
const TWO: [(&str, &str); 2] = [("ecdsa", "256"), ("ed25519", "256")];

fn refresh(root: &Root, port: u16, more: &[&str]) -> Run {
    let port = port.to_string();
    root.run(&[&["refresh", "--port", &port], more].concat())
}

fn line(names: &str, sshd: &Sshd, kind: &str) -> String {
    format!("{names} {}\n", sshd.public_key(kind))
}

#[test]
fn unchanged_hosts_stay_and_those_that_are_down_stay_too() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &TWO, &[]);
    let known = format!(
        "# ours\n{}{}b.test,127.0.0.9 {}\n* {}\n@cert-authority *.test {}\n",
        line("a.test,127.0.0.1 ", &sshd, "ed25519"),
        line("a.test", &sshd, "ecdsa"),
        public_key(1),
        public_key(2),
        public_key(3)
    );
    root.write(KNOWN_HOSTS, &known);
    let run = refresh(&root, sshd.port, &["a.test"]).good();
    assert!(run.output.contains("nothing to change"), "{run:?}");
    let run = refresh(&root, sshd.port, &[]);
    let run = run.refused(&format!("b.test,127.0.0.9: unreachable: [127.0.0.9]:{}: cannot connect", sshd.port));
    assert!(run.output.ends_with("1 unchanged, 1 unreachable\n"), "{run:?}");
    let records = refresh(&root, sshd.port, &["--json"]).refused("").records();
    let status = |place: usize| records[place]["status"].as_str().unwrap();
    assert_eq!((status(0), status(1), &records[2]["unreachable"]), ("unchanged", "unreachable", &1.into()));
    assert_eq!(records[1]["refused"][0]["code"], "connection-refused");
    assert_eq!(root.read(KNOWN_HOSTS), known);
    refresh(&root, sshd.port, &["c.test"]).refused("c.test: refused: c.test has no line of its own");
}

#[test]
fn a_changed_key_needs_somebodys_word() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &TWO, &[]);
    let known = format!("a.test,127.0.0.1 {} ours\n{}", public_key(1), line("127.0.0.1", &sshd, "ecdsa"));
    let wanted = format!("a.test,127.0.0.1 {} ours\n{}", sshd.public_key("ed25519"), line("127.0.0.1", &sshd, "ecdsa"));
    let before = || root.write(KNOWN_HOSTS, &known);
    before();
    let run = refresh(&root, sshd.port, &[]).refused("a.test is known with another key: ED25519");
    assert!(run.output.contains(&sshd.fingerprint("ed25519")) && !run.output.contains("NONE of the keys"), "{run:?}");
    // Another host's word, another key's, are none.
    refresh(&root, sshd.port, &["--fingerprint", &sshd.fingerprint("ecdsa")])
        .refused("a.test is known with another key");
    refresh(&root, sshd.port, &["--accept-changed", "b.test"]).refused("a.test is known with another key");
    assert_eq!(root.read(KNOWN_HOSTS), known);
    let file = sshd.folder.path().join("ed25519.pub").to_str().unwrap().to_owned();
    for word in
        [["--accept-changed", "127.0.0.1"], ["--fingerprint", &sshd.fingerprint("ed25519")], ["--key-file", &file]]
    {
        before();
        let run = refresh(&root, sshd.port, &word).good();
        assert_eq!(root.read(KNOWN_HOSTS), wanted, "{word:?}: {run:?}");
        assert!(
            run.output.contains("  - a.test,127.0.0.1 ") && run.output.contains("  + a.test,127.0.0.1 "),
            "{run:?}"
        );
        let records = refresh(&root, sshd.port, &["--json"]).good().records();
        assert_eq!(records[0]["status"], "unchanged");
    }
    before();
    let dry = refresh(&root, sshd.port, &["--accept-changed", "a.test", "--dry-run"]).good();
    assert!(dry.output.contains("--dry-run"), "{dry:?}");
    assert_eq!(root.read(KNOWN_HOSTS), known);
}

#[test]
fn a_key_of_a_new_type_needs_a_word_of_its_own_whatever_else_is_proved() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &TWO, &[]);
    let known = line("a.test,127.0.0.1", &sshd, "ed25519");
    root.write(KNOWN_HOSTS, &known);
    let told = "shows the key ECDSA";
    let records = refresh(&root, sshd.port, &["--json"]).good().records();
    assert_eq!((&records[0]["status"], &records[0]["refused"]), (&"unchanged".into(), &serde_json::json!([])));
    assert!(records[1]["notes"][0].as_str().unwrap().contains(told), "{records:?}");
    // Not what was said of the known key, nor that changed keys are accepted.
    let by_key = sshd.fingerprint("ed25519");
    for word in [&["--fingerprint", &by_key], &["--accept-changed", "a.test"]] {
        let run = refresh(&root, sshd.port, word).good();
        assert!(run.output.contains(told) && run.output.contains("nothing to change"), "{run:?}");
    }
    assert_eq!(root.read(KNOWN_HOSTS), known);
    let run = refresh(&root, sshd.port, &["--type", "ed25519"]).good();
    assert!(!run.output.contains(told), "{run:?}");
    refresh(&root, sshd.port, &["--fingerprint", &sshd.fingerprint("ecdsa")]).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("{known}{}", line("a.test,127.0.0.1", &sshd, "ecdsa")));
}

#[test]
fn a_host_that_shows_none_of_its_keys_is_refused_loudly() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &TWO, &[]);
    let known = format!("a.test,127.0.0.1 {}\n", public_key(1));
    root.write(KNOWN_HOSTS, &known);
    let run = refresh(&root, sshd.port, &[]).refused("NONE of the keys that it shows is known for it");
    assert!(run.output.contains("is known with another key") && run.output.contains("shows the key ECDSA"), "{run:?}");
    let codes = refresh(&root, sshd.port, &["--json"]).records()[0]["refused"].clone();
    let codes: Vec<&str> = codes.as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["new-key", "changed-key", "all-keys-changed"]);
    // The changed key is accepted, the new type is not.
    refresh(&root, sshd.port, &["--accept-changed", "a.test"]).refused("shows the key ECDSA");
    assert_eq!(root.read(KNOWN_HOSTS), known);
    refresh(&root, sshd.port, &["--accept-changed", "a.test", "--type", "ed25519"]).good();
    assert_eq!(root.read(KNOWN_HOSTS), line("a.test,127.0.0.1", &sshd, "ed25519"));
}

#[test]
fn a_revoked_key_is_refused_and_one_that_is_gone_is_told() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ED25519, &[]);
    let known = line("a.test,127.0.0.1", &sshd, "ed25519");
    root.write(KNOWN_HOSTS, format!("{known}@revoked * {}\n", sshd.public_key("ed25519")));
    refresh(&root, sshd.port, &["--accept-changed", "a.test"]).refused("is revoked for a.test");
    let rsa = include_str!("../vectors/keys/rsa.pub");
    root.write(KNOWN_HOSTS, format!("{known}a.test {rsa}"));
    let run = refresh(&root, sshd.port, &[]).good();
    assert!(run.output.contains("ssh_known_hosts:2: stays: a.test,127.0.0.1 does not show the key RSA"), "{run:?}");
}

#[test]
fn hashed_hosts_are_found_by_the_names_in_shosts_equiv() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &TWO, &[]);
    let file = sshd.folder.path().join("ed25519.pub").to_str().unwrap().to_owned();
    root.run(&["enroll", "a.test,127.0.0.1", "--names", "both", "--key-file", &file, "--hash"]).good();
    let print = sshd.fingerprint("ecdsa");
    let run = refresh(&root, sshd.port, &["--fingerprint", &print]).good();
    let known = root.read(KNOWN_HOSTS);
    assert_eq!(known.lines().filter(|line| line.starts_with("|1|")).count(), 4, "{run:?} {known}");
    refresh(&root, sshd.port, &[]).good();
}

#[test]
fn keys_that_are_given_are_those_of_one_host() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &ED25519, &[]);
    let known = format!("a.test,127.0.0.1 {}\nb.test,127.0.0.9 {}\n", public_key(1), public_key(2));
    root.write(KNOWN_HOSTS, &known);
    let print = sshd.fingerprint("ed25519");
    let file = sshd.folder.path().join("ed25519.pub").to_str().unwrap().to_owned();
    for word in [["--fingerprint", &print], ["--key-file", &file]] {
        refresh(&root, sshd.port, &word).failed("give the keys of one host, and 2 are meant");
        assert_eq!(root.read(KNOWN_HOSTS), known);
    }
    refresh(&root, sshd.port, &["a.test", "--fingerprint", &print]).good();
}

#[test]
fn an_address_that_two_hosts_have_had_makes_them_not_one() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &TWO, &[]);
    let [a, b] = [("a", 1), ("b", 2)].map(|(host, key)| format!("{host}.test,127.0.0.1 {}\n", public_key(key)));
    root.write(KNOWN_HOSTS, format!("{a}{b}"));
    // Which of them?
    let only = ["--type", "ed25519", "--accept-changed"];
    refresh(&root, sshd.port, &[&only[..], &["127.0.0.1"]].concat()).refused("a.test is known with another key");
    assert_eq!(root.read(KNOWN_HOSTS), format!("{a}{b}"));
    refresh(&root, sshd.port, &[&only[..], &["b.test"]].concat()).refused("a.test is known with another key");
    let b = line("b.test,127.0.0.1", &sshd, "ed25519");
    assert_eq!(root.read(KNOWN_HOSTS), format!("{a}{b}"));
    // Nor does a word for a key of a new type say anything of the other host.
    refresh(&root, sshd.port, &["b.test", "--fingerprint", &sshd.fingerprint("ecdsa")]).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("{a}{b}{}", line("b.test,127.0.0.1", &sshd, "ecdsa")));
}
