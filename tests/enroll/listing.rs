//! `list`.

use crate::fixture::{KNOWN_HOSTS, Root, SHOSTS_EQUIV, fingerprint, public_key};

#[test]
fn hosts_keys_lines_and_problems_are_listed() {
    let root = Root::new();
    root.enroll_key("node1,10.0.0.1", 1, &[]).good();
    root.write(KNOWN_HOSTS, format!("{}no\u{1b}de {}\n", root.read(KNOWN_HOSTS), public_key(2)));
    root.write(SHOSTS_EQUIV, format!("{}lost\nhost user more\n", root.read(SHOSTS_EQUIV)));
    let run = root.run(&["list", "--names", "address"]).good();
    let print = |key| fingerprint(&public_key(key));
    assert_eq!(
        run.output,
        format!(
            "node1,10.0.0.1\n  ssh_known_hosts:1: ssh-ed25519 {}\n  shosts.equiv:1: node1\n  shosts.equiv:2: 10.0.0.1\n\
             no\\x1bde\n  ssh_known_hosts:2: ssh-ed25519 {}\n  not in shosts.equiv\n\
             other lines of shosts.equiv:\n  shosts.equiv:3: lost\n\
             problems:\n\
             \x20 /etc/ssh/ssh_known_hosts:2: this is no host's name and no address, so sshd never looks it up: write the host's \
             name, or its address [bad-name]\n\
             \x20 /etc/ssh/shosts.equiv:1: node1 is never looked up: sshd matches its address (UseDNS no): write its address, or \
             set UseDNS yes [never-looked-up]\n\
             \x20 /etc/ssh/shosts.equiv:3: admits lost, for which /etc/ssh/ssh_known_hosts has no key: enroll it, or remove the \
             line [no-key]\n\
             \x20 /etc/ssh/shosts.equiv:3: lost is never looked up: sshd matches its address (UseDNS no): write its address, or \
             set UseDNS yes [never-looked-up]\n\
             \x20 /etc/ssh/shosts.equiv:4: more than a host and a user: sshd ignores the line: give each host a line of its own, \
             with one user at the most [extra-fields]\n",
            print(1),
            print(2)
        )
    );
    assert_eq!(run.error, "");
    let records = root.run(&["list", "--names", "address", "--json"]).good();
    let records: Vec<serde_json::Value> =
        records.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = records.iter().map(|record| record["record"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["host", "host", "shosts-line", "finding", "finding", "finding", "finding", "finding", "run"]);
    assert_eq!(records[0]["keys"][0]["fingerprint"], print(1).to_string());
    assert_eq!((&records[0]["host"], &records[0]["admitted"]), (&"node1,10.0.0.1".into(), &true.into()));
    assert_eq!(records[1]["names"][0], "no\\x1bde");
    assert_eq!((&records[5]["code"], &records[5]["line"]), (&"no-key".into(), &3.into()));
    assert_eq!((&records[8]["matched_by"], &records[8]["findings"]), (&"address".into(), &5.into()));
}

#[test]
fn files_that_do_not_exist_are_empty_and_bad_ones_are_errors() {
    let root = Root::new();
    assert_eq!(root.run(&["list", "--names", "dns"]).good().output, "no host is registered\n");
    root.write(SHOSTS_EQUIV, "node1\n");
    crate::fixture::set_mode(&root.path(SHOSTS_EQUIV), 0o666);
    root.run(&["list", "--names", "dns"]).failed("shosts.equiv: group or others may write it (mode 0666)");
}

#[test]
fn a_host_that_sshd_now_looks_up_otherwise_is_a_problem() {
    let root = Root::new();
    let key = root.write("key.pub", public_key(1));
    root.run(&["enroll", "10.0.0.1", "--names", "address", "--key-file", key.to_str().unwrap()]).good();
    let listed = |names| root.run(&["list", "--names", names]).good().output;
    assert!(!listed("address").contains("problems:"));
    let problem = "/etc/ssh/ssh_known_hosts:1: no line holds a key of 10.0.0.1 under a name, but sshd matches the name its \
                   address resolves to (UseDNS yes): enroll it with its name [no-name]\n";
    assert!(listed("dns").contains(problem), "{}", listed("dns"));
    // What it says to do helps.
    root.run(&["enroll", "node1,10.0.0.1", "--names", "dns", "--key-file", key.to_str().unwrap()]).good();
    let listed = listed("dns");
    assert!(!listed.contains("[no-name]"), "{listed}");
    // The line by which the address was admitted is still there.
    assert!(listed.contains("/etc/ssh/shosts.equiv:1: sshd matches the name its address resolves to"), "{listed}");
    assert_eq!(listed.matches("[stale-address]").count(), 1, "{listed}");
}
