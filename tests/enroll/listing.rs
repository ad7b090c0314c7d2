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
             \x20 /etc/ssh/shosts.equiv:1: node1 is never looked up: sshd matches its address (UseDNS no)\n\
             \x20 /etc/ssh/shosts.equiv:3: admits lost, for which /etc/ssh/ssh_known_hosts has no key: enroll it, or remove the line\n\
             \x20 /etc/ssh/shosts.equiv:3: lost is never looked up: sshd matches its address (UseDNS no)\n\
             \x20 /etc/ssh/shosts.equiv:4: more than a host and a user, so sshd ignores the line; comments need lines of their own\n",
            print(1),
            print(2)
        )
    );
    assert_eq!(run.error, "");
    let json = root.run(&["list", "--names", "address", "--json"]).good().json();
    assert_eq!(json["hosts"][0]["keys"][0]["fingerprint"], print(1).to_string());
    assert_eq!(json["hosts"][1]["names"][0], "no\\x1bde");
    assert_eq!(json["problems"].as_array().unwrap().len(), 4);
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
                   address resolves to (UseDNS yes): enroll it with its name\n";
    assert!(listed("dns").contains(problem), "{}", listed("dns"));
    // What it says to do helps.
    root.run(&["enroll", "node1,10.0.0.1", "--names", "dns", "--key-file", key.to_str().unwrap()]).good();
    assert!(!listed("dns").contains("problems:"), "{}", listed("dns"));
}
