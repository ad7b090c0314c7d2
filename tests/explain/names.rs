//! Which names are looked up.

use std::process::{Command, Stdio};

use crate::fixture::{KNOWN_HOSTS, NAME, Run, SHOSTS_EQUIV, Site, authority, host_key};

const DNS: [&str; 2] = ["--set", "UseDNS=yes"];

/// A site that knows node1 by its name alone.
fn by_name() -> Site {
    let site = Site::new();
    site.write(KNOWN_HOSTS, format!("{NAME} {}\n", host_key().public));
    site.write(SHOSTS_EQUIV, format!("{NAME}\n"));
    site
}

#[test]
fn a_resolved_name_counts_while_usedns_is_yes() {
    needs_keygen!();
    let site = by_name();
    let resolved = ["--resolved", "Node1.Cluster.test"];
    site.explain_by_key(&[&DNS, &resolved[..]].concat()).accepted();
    let unused = site.explain_by_key(&resolved).refused("equiv-no-match");
    unused.notes("--resolved counts only while UseDNS is yes");
    let none = site.explain_by_key(&DNS).refused("equiv-no-match");
    none.notes("10.77.0.1 is not looked up for a --root: say its name by --resolved");
    site.explain_by_key(&[&DNS[..], &["--resolved", "node11.cluster.test"]].concat()).refused("equiv-no-match");
    site.explain_by_key(&[&DNS[..], &["--resolved", "10.77.0.1"]].concat()).failed("invalid value '10.77.0.1'");
}

#[test]
fn several_names_are_tried_in_turn() {
    needs_keygen!();
    let site = by_name();
    let both = ["--resolved", "srv.cluster.test", "--resolved", NAME];
    let json = site.explain_by_key(&[&DNS[..], &both].concat()).accepted().json();
    assert_eq!(json["attempt"]["names"], serde_json::json!(["srv.cluster.test", NAME]));
}

#[test]
fn the_claim_counts_by_packet_only_with_or_without_its_dot() {
    needs_keygen!();
    let site = by_name();
    let packet = ["--set", "HostbasedUsesNameFromPacketOnly=yes"];
    for (claim, is_known) in
        [("node1.cluster.test.", true), ("node1.cluster.test", true), ("node1.cluster.test..", false)]
    {
        let run = site.explain_by_key(&[&packet[..], &["--client-host", claim]].concat());
        if is_known {
            run.accepted()
        } else {
            run.refused("equiv-no-match")
        };
    }
}

#[test]
fn a_name_mismatch_refuses_where_that_is_asked_for() {
    needs_keygen!();
    let site = Site::new();
    let required = ["--set", "RequireNameMatch=yes"];
    site.explain_by_key(&required).refused("name-mismatch");
    site.explain_by_key(&[&required[..], &["--resolved", "node2.cluster.test"]].concat()).refused("name-mismatch");
    site.explain_by_key(&[&required[..], &["--resolved", NAME]].concat()).accepted();
}

#[test]
fn addresses_have_the_text_that_sshd_looks_up() {
    needs_keygen!();
    let site = Site::new();
    site.explain_by_key(&["--address", "::ffff:10.77.0.1"]).accepted();
    site.explain_by_key(&["--address", "10.77.0.11"]).refused("equiv-no-match");
    site.write(KNOWN_HOSTS, format!("fe80::1%eth0 {}\n", host_key().public));
    site.write(SHOSTS_EQUIV, "fe80::1%eth0\n");
    site.explain_by_key(&["--address", "fe80:0::1%eth0"]).accepted();
    site.explain_by_key(&["--address", "fe80::1%eth1"]).refused("equiv-no-match");
    site.explain_by_key(&["--address", "fe80::1"]).failed("is nobody's without its interface, as in fe80::1%eth0");
}

/// Only for the running system is anything looked up: here loopback, whose name every machine knows.
#[test]
fn the_system_is_asked_for_its_own_root() {
    needs_sshd!();
    let site = Site::empty();
    let config = site.write("sshd_config", format!("HostKey {}\n", authority().file().trim_end_matches(".pub")));
    let run = |address: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hostbased"));
        command.args(["explain", "--json", "--sshd-config", &config, "--user", "nobody", "--client-user", "nobody"]);
        command.args(["--client-host", "a", "--key", host_key().file(), "--set", "UseDNS=yes", "--address", address]);
        Run::from(command.stdin(Stdio::null()).output().unwrap())
    };
    let json = run("127.0.0.1").refused("method-not-enabled").json();
    let names = hostbased::dns::look_up(&hostbased::dns::SystemResolver, "127.0.0.1".parse().unwrap());
    let expected: Vec<String> = names.iter().map(ToString::to_string).collect();
    assert_eq!(json["attempt"]["names"], serde_json::json!(expected));
    run("192.0.2.222").notes("192.0.2.222 is looked up without a name: the address has no name");
}
