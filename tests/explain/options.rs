//! The options that count: those of a real sshd for this connection, else its defaults.

use crate::fixture::{KNOWN_HOSTS, NAME, Run, SHOSTS_EQUIV, Site, authority, host_key};

/// A configuration that sshd starts with: it has a host key.
fn config(lines: &str) -> String {
    format!("HostKey {}\n{lines}", authority().file().trim_end_matches(".pub"))
}

/// `explain` without any `--set`.
fn explain(site: &Site, more: &[&str]) -> Run {
    let mut command = site.bare(&["--json", "--user", "alice", "--client-user", "alice", "--client-host", NAME]);
    command.args(["--key", host_key().file(), "--uid", &site.uid(), "--home", "/home/alice"]);
    if !more.contains(&"--address") {
        command.args(["--address", "10.77.0.1"]);
    }
    command.args(more).output().unwrap().into()
}

#[test]
fn sshd_is_asked_for_this_connection() {
    needs_sshd!();
    let site = Site::new();
    for (lines, code) in [
        ("HostbasedAuthentication yes\n", None),
        ("", Some("method-not-enabled")),
        ("Match User alice\nHostbasedAuthentication yes\n", None),
        ("Match User bob\nHostbasedAuthentication yes\n", Some("method-not-enabled")),
        ("Match Address 10.77.0.0/24\nHostbasedAuthentication yes\n", None),
        ("Match Address 10.78.0.0/24\nHostbasedAuthentication yes\n", Some("method-not-enabled")),
        ("HostbasedAuthentication yes\nDenyUsers alice\n", Some("user-denied")),
    ] {
        site.write("etc/ssh/sshd_config", config(lines));
        let run = explain(&site, &[]);
        let run = match code {
            Some(code) => run.refused(code),
            None => run.accepted(),
        };
        assert_eq!(run.json()["options"], "sshd", "{lines}");
        let notes = run.json()["notes"].to_string();
        assert!(!notes.contains("Match") && !notes.contains("default"), "{lines}: {notes}");
    }
}

#[test]
fn match_host_sees_the_name_only_with_usedns() {
    needs_sshd!();
    let site = Site::new();
    site.write(SHOSTS_EQUIV, format!("10.77.0.1\n{NAME}\n"));
    site.write(KNOWN_HOSTS, format!("{NAME},10.77.0.1 {}\n", host_key().public));
    let by_name = format!("Match Host {NAME}\nHostbasedAuthentication yes\n");
    for (lines, resolved, code) in [
        (format!("UseDNS yes\n{by_name}"), NAME, None),
        (format!("UseDNS yes\n{by_name}"), "node2.cluster.test", Some("method-not-enabled")),
        (format!("UseDNS no\n{by_name}"), NAME, Some("method-not-enabled")),
        ("UseDNS no\nMatch Host 10.77.0.1\nHostbasedAuthentication yes\n".to_owned(), NAME, None),
    ] {
        site.write("etc/ssh/sshd_config", config(&lines));
        let run = explain(&site, &["--resolved", resolved]);
        match code {
            Some(code) => run.refused(code),
            None => run.accepted(),
        };
    }
}

#[test]
fn what_is_set_comes_last() {
    needs_sshd!();
    let site = Site::new();
    site.write("etc/ssh/sshd_config", config("HostbasedAuthentication yes\n"));
    explain(&site, &["--set", "hostbasedauthentication=no"]).refused("method-not-enabled");
    explain(&site, &["--set", "hostbasedauthentication=no", "--set", "HostbasedAuthentication=yes"]).accepted();
}

#[test]
fn a_configuration_may_be_named() {
    needs_sshd!();
    let site = Site::new();
    let file = site.write("other_config", config("HostbasedAuthentication yes\n"));
    explain(&site, &["--sshd-config", &file]).accepted();
    explain(&site, &[]).failed("etc/ssh/sshd_config does not exist");
    // One that was named is not passed over.
    let missing = site.path("missing").to_str().unwrap().to_owned();
    explain(&site, &["--sshd-config", &missing]).failed("cannot ask sshd for its options: sshd -T fails: ");
}

#[test]
fn a_configuration_that_sshd_refuses_is_an_error() {
    needs_sshd!();
    let site = Site::new();
    site.write("etc/ssh/sshd_config", config("HostbasedAuthentication perhaps\n"));
    let run = explain(&site, &[]).failed("cannot ask sshd for its options: sshd -T fails: ");
    assert!(run.error.contains("--sshd-config FILE"), "{run:?}");
    // The line is named, and not only that there is one.
    assert!(run.error.contains("sshd_config line 2: unsupported option"), "{run:?}");
}

#[test]
fn without_an_answer_the_defaults_stand_in_and_that_is_said() {
    needs_keygen!();
    let site = Site::new();
    // What the method is set to is not known: no verdict.
    let run = explain(&site, &[]).failed("it is not known whether HostbasedAuthentication is yes: ");
    assert!(run.error.contains("etc/ssh/sshd_config does not exist\nsay it by --set"), "{run:?}");
    explain(&site, &["--set", "HostbasedAuthentication=no"]).refused("method-not-enabled");
    let yes = ["--set", "HostbasedAuthentication=yes"];
    let run = explain(&site, &yes).accepted().notes("etc/ssh/sshd_config does not exist");
    assert_eq!(run.json()["options"], "defaults");
    site.write("etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n");
    explain(&site, &[]).failed("includes other files, which sshd would read from the");
    // A verdict that hangs on another default says so, unless that was said too.
    site.write(SHOSTS_EQUIV, format!("{NAME}\n"));
    let hangs = "this verdict hangs on the default of UseDNS, HostbasedUsesNameFromPacketOnly, IgnoreRhosts";
    explain(&site, &yes).refused("equiv-no-match").notes(hangs);
    let run = explain(&site, &[&yes[..], &["--set", "UseDNS=no"]].concat()).refused("equiv-no-match");
    run.notes("hangs on the default of HostbasedUsesNameFromPacketOnly, IgnoreRhosts");
}

#[test]
fn the_servers_own_address_and_port_count_for_match_blocks() {
    needs_sshd!();
    let site = Site::new();
    let by_port = "Match LocalPort 2222\nHostbasedAuthentication yes\n";
    site.write("etc/ssh/sshd_config", config(by_port));
    explain(&site, &["--local-port", "2222"]).accepted();
    explain(&site, &["--local-port", "22"]).refused("method-not-enabled");
    explain(&site, &[]).refused("method-not-enabled");
    site.write("etc/ssh/sshd_config", config("Match LocalAddress 192.0.2.7\nHostbasedAuthentication yes\n"));
    explain(&site, &["--local-address", "192.0.2.7"]).accepted();
    explain(&site, &["--local-address", "192.0.2.8"]).refused("method-not-enabled");
    explain(&site, &["--local-address", "srv"]).failed("not an IPv4 or IPv6 address");
    // sshd passes over such a block where it is not told.
    let note =
        "Match LocalAddress blocks are taken not to fit: say at which address the server is asked, --local-address";
    explain(&site, &[]).refused("method-not-enabled").notes(note);
    let run = explain(&site, &["--local-address", "192.0.2.8"]).refused("method-not-enabled");
    assert!(!run.json()["notes"].to_string().contains("LocalAddress"), "{run:?}");
}

#[test]
fn what_is_no_file_is_not_waited_for() {
    needs_keygen!();
    let site = Site::new();
    let fifo = site.path("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRUSR | nix::sys::stat::Mode::S_IWUSR).unwrap();
    for path in [fifo.to_str().unwrap(), site.path("etc").to_str().unwrap()] {
        explain(&site, &["--sshd-config", path]).failed(&format!("{path} is not a regular file"));
        explain(&site, &["--from-log", path]).failed("cannot read the log: it is not a regular file");
    }
}
