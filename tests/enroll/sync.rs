//! `sync`.

use std::io::Write;
use std::process::Stdio;

use crate::fixture::{KNOWN_HOSTS, Root, Run, SHOSTS_EQUIV, fingerprint, public_key, set_mode};
use crate::sshd::{Sshd, free_port};

fn sync(root: &Root, inventory: &str, more: &[&str]) -> Run {
    let file = root.write("inventory", inventory);
    root.run(&[&["sync", file.to_str().unwrap(), "--names", "both"], more].concat())
}

/// `NAME ADDRESS key-file=...` with the key of that number.
fn host(root: &Root, name: &str, address: &str, key: usize) -> String {
    let file = root.write(&format!("key{key}.pub"), public_key(key));
    format!("{name} {address} key-file={}\n", file.display())
}

#[test]
fn the_files_match_the_inventory_and_then_stay_as_they_are() {
    let root = Root::new();
    let inventory = format!(
        "# the cluster\n{}{}",
        host(&root, "a.test", "10.0.0.1", 1),
        host(&root, "b.test", "10.0.0.2", 2).replace('\n', " alias=b2.test names=address\n")
    );
    let run = sync(&root, &inventory, &[]).good();
    assert!(run.output.ends_with("2 added\n"), "{run:?}");
    let wanted = [
        format!("a.test,10.0.0.1 {}\nb.test,b2.test,10.0.0.2 {}\n", public_key(1), public_key(2)),
        "a.test\n10.0.0.1\n10.0.0.2\n".to_owned(),
    ];
    assert_eq!(root.files(), wanted);
    let run = sync(&root, &inventory, &[]).good();
    assert!(run.output.contains("nothing to change") && run.output.ends_with("2 unchanged\n"), "{run:?}");
    // One more address: that host changes, and nothing else.
    let records = sync(&root, &inventory.replace("10.0.0.1 ", "10.0.0.1 10.0.1.1 "), &["--json"]).good().records();
    assert_eq!((&records[0]["status"], &records[1]["status"]), (&"changed".into(), &"unchanged".into()));
    assert_eq!((&records[2]["changed"], &records[2]["unchanged"]), (&1.into(), &1.into()));
    assert!(root.read(KNOWN_HOSTS).starts_with("a.test,10.0.0.1,10.0.1.1 "));
}

#[test]
fn hosts_that_are_not_in_it_go_only_with_prune() {
    let root = Root::new();
    for (host, key) in [("a.test,10.0.0.1", 1), ("b.test,10.0.0.2", 2), ("10.0.0.3", 3)] {
        root.enroll_key(host, key, &["--names", if host == "10.0.0.3" { "address" } else { "both" }][2..]);
    }
    let third = root.write("key3.pub", public_key(3));
    root.run(&["enroll", "10.0.0.3", "--names", "address", "--key-file", third.to_str().unwrap()]).good();
    let hand = [
        format!(
            "c*.test {}\n@revoked * {}\n@cert-authority *.test {}\nbroken\n",
            public_key(4),
            public_key(5),
            public_key(6)
        ),
        "@group\nb.test bob\n-c.test\n".to_owned(),
    ];
    let [known, equiv] = root.files();
    root.write(KNOWN_HOSTS, format!("# ours\n{}{known}", hand[0]));
    root.write(SHOSTS_EQUIV, format!("# ours\n{}{equiv}", hand[1]));
    let before = root.files();
    let inventory = host(&root, "a.test", "10.0.0.1", 1);
    let run = sync(&root, &inventory, &[]).good();
    for told in [
        "b.test,10.0.0.2 is not in the inventory, and stays: --prune takes it out\n",
        "10.0.0.3 is not in the inventory, and stays: --prune takes it out\n",
        "/etc/ssh/ssh_known_hosts:2: stays: a line with patterns\n",
        "/etc/ssh/ssh_known_hosts:3: stays: a revocation\n",
        "/etc/ssh/ssh_known_hosts:4: stays: an authority\n",
        "/etc/ssh/ssh_known_hosts:5: stays: a line that cannot be read\n",
        "/etc/ssh/shosts.equiv:2: stays: a netgroup\n",
        "/etc/ssh/shosts.equiv:3: stays: a line for some users of a host only\n",
        "/etc/ssh/shosts.equiv:4: stays: a line that shuts somebody out\n",
        "nothing to change\n",
    ] {
        assert!(run.output.contains(told), "{told}: {run:?}");
    }
    assert_eq!(root.files(), before);
    let dry = sync(&root, &inventory, &["--prune", "--dry-run"]).good();
    assert!(dry.output.contains("  - b.test\n") && dry.output.contains("line 7: not in the inventory"), "{dry:?}");
    assert_eq!(root.files(), before);
    let run = sync(&root, &inventory, &["--prune"]).good();
    assert!(run.output.ends_with("2 removed, 1 unchanged\n"), "{run:?}");
    let kept = [
        format!("# ours\n{}a.test,10.0.0.1 {}\n", hand[0], public_key(1)),
        format!("# ours\n{}a.test\n10.0.0.1\n", hand[1]),
    ];
    assert_eq!(root.files(), kept);
    // What both files held before is beside them.
    assert_eq!(root.read(&format!("{KNOWN_HOSTS}.old")), before[0]);
    assert_eq!(root.read(&format!("{SHOSTS_EQUIV}.old")), before[1]);
}

#[test]
fn an_address_goes_to_the_host_that_has_it_now() {
    let root = Root::new();
    root.enroll_key("old.test,10.0.0.1", 1, &[]).good();
    let inventory = host(&root, "new.test", "10.0.0.1", 2);
    let before = root.files();
    sync(&root, &inventory, &["--allow", "duplicate-address"]).refused("10.0.0.1 is known with another key");
    assert_eq!(root.files(), before);
    sync(&root, &inventory, &["--prune"]).good();
    assert_eq!(root.files(), [format!("new.test,10.0.0.1 {}\n", public_key(2)), "10.0.0.1\nnew.test\n".to_owned()]);
}

#[test]
fn an_address_that_a_host_has_no_more_goes_with_prune() {
    let root = Root::new();
    root.enroll_key("a.test,10.0.0.1", 1, &[]).good();
    let inventory = host(&root, "a.test", "10.0.0.9", 1);
    let both = format!("a.test,10.0.0.1,10.0.0.9 {}\n", public_key(1));
    let run = sync(&root, &inventory, &[]).good();
    let told = "10.0.0.1, which a.test,10.0.0.9 had, is not in the inventory, and stays: --prune takes it out";
    assert!(run.output.contains(told), "{run:?}");
    assert_eq!(root.files(), [both.clone(), "a.test\n10.0.0.1\n10.0.0.9\n".to_owned()]);
    sync(&root, &inventory, &["--prune"]).good();
    let one = format!("a.test,10.0.0.9 {}\n", public_key(1));
    assert_eq!(root.files(), [one.clone(), "a.test\n10.0.0.9\n".to_owned()]);
    let again = sync(&root, &inventory, &["--prune"]).good();
    assert!(again.output.contains("nothing to change"), "{again:?}");
    // Of a host without an address nobody knows where it is not.
    let nowhere = inventory.replace(" 10.0.0.9", "");
    sync(&root, &nowhere.replace("key-file", "names=dns key-file"), &["--prune"]).good();
    assert_eq!(root.files(), [one, "a.test\n10.0.0.9\n".to_owned()]);
}

#[test]
fn two_hosts_that_swap_their_addresses_are_refused() {
    let root = Root::new();
    root.enroll_key("a.test,10.0.0.1", 1, &[]).good();
    root.enroll_key("b.test,10.0.0.2", 2, &[]).good();
    let inventory = [host(&root, "a.test", "10.0.0.2", 1), host(&root, "b.test", "10.0.0.1", 2)].concat();
    let before = root.files();
    sync(&root, &inventory, &["--prune"]).refused("the registered host b.test,10.0.0.2 has the same address");
    assert_eq!(root.files(), before);
}

#[test]
fn a_renamed_host_keeps_its_key() {
    let root = Root::new();
    root.enroll_key("old.test,10.0.0.1", 1, &[]).good();
    let inventory = host(&root, "new.test", "10.0.0.1", 1);
    sync(&root, &inventory, &["--prune"]).good();
    assert_eq!(root.files(), [format!("new.test,10.0.0.1 {}\n", public_key(1)), "10.0.0.1\nnew.test\n".to_owned()]);
}

#[test]
fn hosts_with_one_key_that_are_let_pass_stay_as_they_are() {
    let root = Root::new();
    let inventory = host(&root, "a.test", "10.0.0.1", 1) + &host(&root, "b.test", "10.0.0.2", 1);
    let allow = ["--allow", "duplicate-key"];
    sync(&root, &inventory, &allow).good();
    let before = root.files();
    sync(&root, &inventory, &allow).good();
    assert_eq!(root.files(), before);
}

#[test]
fn an_empty_inventory_takes_out_nobody() {
    let root = Root::new();
    root.enroll_key("a.test,10.0.0.1", 1, &[]).good();
    let before = root.files();
    for empty in ["", "# nobody\n", "[]"] {
        sync(&root, empty, &["--prune"]).failed("inventory names no host, and --prune would take out all");
        sync(&root, empty, &[]).good();
    }
    assert_eq!(root.files(), before);
}

#[test]
fn a_mistake_in_the_inventory_changes_nothing() {
    let root = Root::new();
    let good = host(&root, "a.test", "10.0.0.1", 1);
    for (bad, error) in [
        ("b.test prot=22\n", "inventory:2: unknown field \"prot\""),
        ("b.test port=x\n", "inventory:2: port=x: not a port"),
        ("A.test 10.0.0.9\n", "inventory:2: a.test is another host's already: "),
        ("*.test\n", "no host name and no address"),
    ] {
        sync(&root, &format!("{good}{bad}"), &[]).failed(error);
        assert_eq!(root.names(), [""; 0]);
    }
    root.run(&["sync", "/nonexistent", "--names", "both"])
        .failed("/nonexistent: cannot read the inventory: No such file");
}

#[test]
fn an_inventory_comes_from_standard_input_as_json_too() {
    let root = Root::new();
    let key = root.write("key1.pub", public_key(1));
    let json =
        format!("[{{\"name\": \"a.test\", \"addresses\": [\"10.0.0.1\"], \"key-file\": \"{}\"}}]", key.display());
    let mut child =
        root.command(["sync", "-", "--names", "both"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json.as_bytes()).unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    assert_eq!(root.read(KNOWN_HOSTS), format!("a.test,10.0.0.1 {}\n", public_key(1)));
}

#[test]
fn changed_keys_and_new_types_need_a_word_of_their_own() {
    needs_sshd!();
    let root = Root::new();
    let sshd = Sshd::start("127.0.0.1", free_port(), &[("ecdsa", "256"), ("ed25519", "256")], &[]);
    let base = format!("a.test 127.0.0.1 port={}", sshd.port);
    let (ed, ecdsa) = (sshd.fingerprint("ed25519"), sshd.fingerprint("ecdsa"));
    // A new host: nobody vouches; then the scan is taken at its word.
    sync(&root, &base, &[]).refused("no fingerprint that was given is that of the key ECDSA");
    let only = format!("{base} type=ed25519");
    sync(&root, &only, &["--trust-scan"]).good();
    let known = format!("a.test,127.0.0.1 {}\n", sshd.public_key("ed25519"));
    assert_eq!(root.read(KNOWN_HOSTS), known);
    // Its other key beside the known one: not on a scan's word.
    sync(&root, &base, &["--trust-scan"]).refused("of a type that is not registered for it");
    assert_eq!(root.read(KNOWN_HOSTS), known);
    // Nor where a pattern is what knows it.
    let pattern = format!("*.test {}\n", sshd.public_key("ed25519"));
    root.write(KNOWN_HOSTS, &pattern);
    sync(&root, &base, &["--trust-scan"]).refused("of a type that is not registered for it");
    assert_eq!(root.read(KNOWN_HOSTS), pattern);
    sync(&root, &only, &["--trust-scan"]).good();
    root.write(KNOWN_HOSTS, &known);
    sync(&root, &format!("{base} fingerprint={ecdsa}"), &[]).good();
    // A changed key.
    let changed = format!("a.test,127.0.0.1 {} ours\n", public_key(1));
    root.write(KNOWN_HOSTS, &changed);
    sync(&root, &only, &["--trust-scan"]).refused("a.test is known with another key");
    sync(&root, &format!("{only} fingerprint={}", fingerprint(&public_key(9))), &[])
        .refused("a.test is known with another key");
    assert_eq!(root.read(KNOWN_HOSTS), changed);
    sync(&root, &format!("{only} fingerprint={ed}"), &[]).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("a.test,127.0.0.1 {} ours\n", sshd.public_key("ed25519")));
}

#[test]
fn one_host_that_is_down_does_not_stop_the_others() {
    needs_sshd!();
    let root = Root::new();
    let inventory = format!("down.test 127.0.0.9 port=1\n{}", host(&root, "b.test", "10.0.0.2", 2));
    let run = sync(&root, &inventory, &["--trust-scan"]);
    let run = run.refused("down.test,127.0.0.9: unreachable: [127.0.0.9]:1: cannot connect");
    assert!(run.output.ends_with("1 added, 1 unreachable\n"), "{run:?}");
    assert_eq!(root.read(KNOWN_HOSTS), format!("b.test,10.0.0.2 {}\n", public_key(2)));
    set_mode(&root.path(KNOWN_HOSTS), 0o666);
    sync(&root, &inventory, &["--trust-scan"]).failed("group or others may write it");
}

#[test]
fn a_word_for_one_host_is_none_for_others_on_its_line() {
    let root = Root::new();
    let shared = format!("a.test,b.test,10.0.0.9 {} ours\n", public_key(9));
    let first = host(&root, "a.test", "10.0.0.1", 1);
    root.write(KNOWN_HOSTS, &shared);
    sync(&root, &first, &[]).good();
    let a = format!("a.test,10.0.0.1 {}\n", public_key(1));
    assert_eq!(root.read(KNOWN_HOSTS), format!("b.test,10.0.0.9 {} ours\n{a}", public_key(9)));
    // Both hosts of the line in one run.
    root.write(KNOWN_HOSTS, &shared);
    sync(&root, &format!("{first}{}", host(&root, "b.test", "10.0.0.9", 2)), &[]).good();
    assert_eq!(root.read(KNOWN_HOSTS), format!("b.test,10.0.0.9 {} ours\n{a}", public_key(2)));
}

#[test]
fn a_fingerprint_beside_a_key_file_must_be_its_keys() {
    let root = Root::new();
    let inventory = host(&root, "a.test", "10.0.0.1", 1);
    let with = |key: usize| inventory.replace('\n', &format!(" fingerprint={}\n", fingerprint(&public_key(key))));
    sync(&root, &with(2), &[]).refused("no fingerprint that was given is that of the key ED25519");
    assert_eq!(root.names(), [""; 0]);
    sync(&root, &with(1), &[]).good();
}

#[test]
fn a_host_that_shares_an_address_with_one_of_the_inventory_is_pruned() {
    let root = Root::new();
    let known = |host: &str, key| format!("{host}.test,10.0.0.1 {}\n", public_key(key));
    root.write(KNOWN_HOSTS, format!("{}{}", known("a", 1), known("b", 2)));
    root.write(SHOSTS_EQUIV, "a.test\nb.test\n10.0.0.1\n");
    let more = ["--allow", "duplicate-address"];
    let inventory = host(&root, "a.test", "10.0.0.1", 1);
    let run = sync(&root, &inventory, &more).good();
    assert!(run.output.contains("b.test,10.0.0.1 is not in the inventory"), "{run:?}");
    sync(&root, &inventory, &[&more[..], &["--prune"]].concat()).good();
    assert_eq!(root.files(), [known("a", 1), "a.test\n10.0.0.1\n".to_owned()]);
}
