//! `--from-log`, on lines as sshd 9.2 and 10.5 write them.

use crate::fixture::{KNOWN_HOSTS, Run, Site, another_key, authority, ecdsa_key, host_key, rsa_key, with_input};

/// A line of sshd's about the host's own key.
fn line(user: &str, rest: &str) -> String {
    format!(
        "2026-11-22T13:50:55.123456+00:00 srv sshd-session[4711]: Failed hostbased for {user} from 10.77.0.1 port 50022 \
         ssh2: ED25519 {}, client user \"alice\", client host \"node1.cluster.test\"{rest}\n",
        host_key().fingerprint()
    )
}

fn explain(site: &Site, log: &str, more: &[&str]) -> Run {
    let file = site.write("auth.log", log);
    from(site, &file, more).output().unwrap().into()
}

fn from(site: &Site, file: &str, more: &[&str]) -> std::process::Command {
    let mut command = site.bare(&["--json", "--set", "HostbasedAuthentication=yes", "--from-log", file]);
    command.args(["--home", "/home/alice"]).args(more);
    if !more.contains(&"--uid") {
        command.args(["--uid", &site.uid()]);
    }
    command
}

#[test]
fn everything_is_taken_from_the_line() {
    needs_keygen!();
    let site = Site::new();
    let log = format!("Nov 22 13:50:54 srv sshd[1]: Server listening on :: port 22.\n{}", line("alice", ""));
    let json = explain(&site, &log, &[]).accepted().json();
    let attempt = &json["attempt"];
    assert_eq!(attempt["user"], "alice");
    assert_eq!((&attempt["client_host"], &attempt["address"]), (&"node1.cluster.test".into(), &"10.77.0.1".into()));
    assert_eq!(attempt["key"]["fingerprint"], host_key().fingerprint());
    explain(&site, &line("bob", " [preauth]"), &[]).refused("equiv-no-match");
    with_input(&mut from(&site, "-", &[]), log.as_bytes()).accepted();
}

#[test]
fn the_other_arguments_choose_among_the_lines() {
    needs_keygen!();
    let site = Site::new();
    let log = format!("{}{}", line("alice", ""), line("bob", ""));
    explain(&site, &log, &[]).refused("equiv-no-match");
    explain(&site, &log, &["--user", "alice"]).accepted();
    explain(&site, &log, &["--user", "carol"]).failed("no line says that a hostbased login failed for what the other");
    explain(&site, &log, &["--user", "alice", "--address", "10.77.0.2"]).failed("no line says that a hostbased login");
}

#[test]
fn what_the_line_lacks_must_be_given() {
    needs_keygen!();
    let site = Site::new();
    let bare = "Failed hostbased for alice from 10.77.0.1 port 50022 ssh2\r\n";
    explain(&site, bare, &[]).failed("auth.log:1: the line does not say who was refused; give --client-user");
    let names = ["--client-user", "alice", "--client-host", "node1."];
    explain(&site, bare, &names).failed("auth.log:1: the line does not say which key was shown\n");
    explain(&site, bare, &[&names[..], &["--known-key", "ed25519"]].concat()).accepted();
}

#[test]
fn the_key_is_found_by_its_fingerprint_anywhere_in_known_hosts() {
    needs_keygen!();
    let site = Site::new();
    site.write(KNOWN_HOSTS, format!("10.77.0.2 {}\n", host_key().public));
    explain(&site, &line("alice", ""), &[]).refused("host-key-unknown");
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n", another_key().public));
    // Of a key that stands nowhere only the fingerprint is known: that suffices for what the files say of it.
    let run = explain(&site, &line("alice", ""), &[]).refused("host-key-changed");
    assert_eq!(run.json()["attempt"]["key"]["fingerprint"], host_key().fingerprint());
    assert!(run.json()["attempt"]["key"]["key"].is_null(), "{run:?}");
    site.write(KNOWN_HOSTS, "");
    let run = explain(&site, &line("alice", ""), &[]).refused("host-key-unknown");
    let mend = format!("hostbased enroll 10.77.0.1 --fingerprint {}", host_key().fingerprint());
    assert!(run.json()["hint"].as_str().unwrap().ends_with(&mend), "{run:?}");
    run.notes("which is in no file here");
    site.write("etc/ssh/revoked", format!("{}\n", host_key().public));
    // What RevokedKeys says of it is another matter, but where the key is in no file it is refused all the same.
    let run =
        explain(&site, &line("alice", ""), &["--set", "RevokedKeys=/etc/ssh/revoked"]).refused("host-key-unknown");
    run.notes("whether RevokedKeys names the key is not known");
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n", another_key().public));
    site.write("home/alice/.ssh/known_hosts", format!("10.77.0.1 {}\n", host_key().public));
    explain(&site, &line("alice", ""), &[]).accepted();
    std::fs::remove_file(site.path("home/alice/.ssh/known_hosts")).unwrap();
    explain(&site, &line("alice", ""), &["--key", host_key().file()]).refused("host-key-changed");
    explain(&site, &line("alice", ""), &["--key", another_key().file()]).failed("and the key that was given is");
}

/// Debian's client shows all its keys, one after the other: only one may be registered.
#[test]
fn every_key_of_a_connection_is_judged_and_the_one_that_gets_furthest_told() {
    needs_keygen!();
    let site = Site::new();
    let shown = |kind: &str, pair: &crate::fixture::Pair| {
        let line = line("alice", "");
        line.replace(&format!("ED25519 {}", host_key().fingerprint()), &format!("{kind} {}", pair.fingerprint()))
    };
    let log = line("alice", "") + &shown("ECDSA", ecdsa_key()) + &shown("RSA", rsa_key());
    let run = explain(&site, &log, &[]).accepted().notes("auth.log:3: the client showed the key RSA SHA256:");
    assert_eq!(run.json()["attempt"]["key"]["fingerprint"], host_key().fingerprint());
    let unknown = log.replace(&host_key().fingerprint(), &another_key().fingerprint());
    // The step that refuses whatever the key is told where no key is known.
    let bob = unknown.replace("for alice", "for bob");
    explain(&site, &bob, &[]).refused("equiv-no-match");
    explain(&site, &unknown, &[]).refused("host-key-changed").notes("gets no further (host-key-changed)");
    // The argument chooses the line.
    explain(&site, &log, &["--key", ecdsa_key().file()]).refused("host-key-changed");
    explain(&site, &log, &["--known-key", "ed25519"]).accepted();
    explain(&site, &log, &["--key", another_key().file()]).failed("and the key that was given is");
    // Another connection is another attempt.
    let later = log.replace("port 50022", "port 50023").replace("for alice", "for bob");
    explain(&site, &format!("{log}{later}"), &[]).refused("equiv-no-match");
    explain(&site, &format!("{later}{log}"), &[]).accepted();
}

#[test]
fn an_account_that_must_not_log_in_is_told() {
    needs_keygen!();
    let site = Site::new();
    let said = "User alice from 10.77.0.1 not allowed because not listed in AllowUsers";
    explain(&site, &format!("x\nsrv sshd[7]: {said}\n"), &[]).failed(&format!("auth.log:2: sshd says: {said}\n"));
}

#[test]
fn a_certificate_must_be_given() {
    needs_keygen!();
    let site = Site::new();
    site.write(KNOWN_HOSTS, format!("@cert-authority * {}\n", authority().public));
    let options = ["-h", "-n", "10.77.0.1", "-z", "7"];
    let certificate = host_key().certificate("logged", &options);
    let logged = |serial: &str| {
        let by = authority().fingerprint();
        let with = format!("ED25519-CERT {} ID node1's (serial {serial}) CA ED25519 {by},", host_key().fingerprint());
        line("alice", "").replace(&format!("ED25519 {},", host_key().fingerprint()), &with)
    };
    explain(&site, &logged("7"), &[]).failed("the client showed a certificate (ED25519-CERT SHA256:");
    explain(&site, &logged("7"), &["--key", &certificate]).accepted();
    explain(&site, &logged("8"), &["--key", &certificate]).failed("and the key that was given is");
    explain(&site, &logged("7"), &["--key", host_key().file()]).failed("and the key that was given is");
}

#[test]
fn lines_that_are_not_understood_are_named() {
    needs_keygen!();
    let site = Site::new();
    let run = explain(&site, "\n\nsshd[1]: Failed hostbased for a\u{1b}[2J from b\n", &[]);
    assert!(!run.error.contains('\u{1b}'), "{run:?}");
    run.failed("auth.log:3: it does not go on as sshd writes it\n");
    let fingerprint = host_key().fingerprint();
    let two = format!("x from 10.9.9.9 port 1 ssh2: ED25519 {fingerprint}, client user \"a\", client host \"b");
    explain(&site, &line(&two, ""), &[]).failed("auth.log:1: a name in it makes that it can be read in more than one");
    // A name that only looks a little like the line is a name.
    let run = explain(&site, &line("x from 10.9.9.9 port 1 ssh2", ""), &[]).refused("equiv-no-match");
    assert_eq!(run.json()["attempt"]["address"], "10.77.0.1");
    explain(&site, &line("a:b", ""), &[]).failed("the account \"a:b\" cannot be");
    explain(&site, "nothing\n", &[]).failed("no line says that a hostbased login failed\n");
    from(&site, "/nonexistent/log", &[])
        .output()
        .map(Run::from)
        .unwrap()
        .failed("/nonexistent/log: cannot read the log");
}

#[test]
fn what_a_log_says_is_escaped() {
    needs_keygen!();
    let site = Site::new();
    // As sshd encodes it, and as somebody else may have left it.
    for name in ["a\\033[2J", "a\u{1b}[2J"] {
        let log = line("alice", "").replace("client user \"alice\"", &format!("client user \"{name}\""));
        let run = explain(&site, &log, &[]).refused("equiv-no-match");
        assert_eq!(run.json()["attempt"]["client_user"], "a\\x1b[2J");
        assert!(!run.output.contains('\u{1b}'), "{run:?}");
    }
}

#[test]
fn what_the_line_says_besides_is_noted() {
    needs_keygen!();
    let site = Site::new();
    explain(&site, &line("invalid user alice", ""), &[])
        .notes("auth.log:1: sshd took the account for one that does not");
    let long = line("alice", "").replace("client user \"alice\"", &format!("client user \"{}\"", "a".repeat(100)));
    explain(&site, &long, &[]).notes("auth.log:1: sshd cuts names at 100 bytes");
}
