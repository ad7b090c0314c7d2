//! Which names sshd matches, as the real sshd says it.

use crate::fixture::{Root, SHOSTS_EQUIV, public_key};
use crate::sshd::make_privilege_separation_folder;
use crate::tool::tool;

/// A root whose sshd_config has these lines, and a host key of its own.
fn root(config: &str) -> Root {
    let root = Root::new();
    make_privilege_separation_folder();
    let key = root.path("host_key");
    tool("ssh-keygen", &["-q", "-N", "", "-t", "ed25519", "-f", key.to_str().unwrap()]);
    root.write("etc/ssh/sshd_config", format!("HostKey {}\n{config}", key.display()));
    root
}

#[test]
fn shosts_equiv_gets_what_the_configuration_says() {
    needs_sshd!();
    for (config, equiv) in [
        ("", "10.0.0.1\n"),
        ("UseDNS no\n", "10.0.0.1\n"),
        ("UseDNS yes\n", "node1\n"),
        ("HostbasedUsesNameFromPacketOnly yes\n", "node1\n"),
        ("Match Address 10.0.0.0/24\nHostbasedUsesNameFromPacketOnly yes\n", "node1\n"),
        ("Match Address 10.0.1.0/24\nHostbasedUsesNameFromPacketOnly yes\n", "10.0.0.1\n"),
        // With UseDNS no, sshd knows the client by its address only.
        ("Match Host node1\nHostbasedUsesNameFromPacketOnly yes\n", "10.0.0.1\n"),
        ("UseDNS yes\nMatch Host node1\nHostbasedUsesNameFromPacketOnly yes\n", "node1\n"),
    ] {
        let root = root(config);
        let key = root.write("key.pub", public_key(1));
        let run = root.run(&["enroll", "node1,10.0.0.1", "--key-file", key.to_str().unwrap()]);
        assert_eq!(run.code, Some(0), "{config}: {run:?}");
        assert_eq!(root.read(SHOSTS_EQUIV), equiv, "{config}");
    }
}

#[test]
fn an_sshd_that_admits_nobody_is_told_of() {
    needs_sshd!();
    for (config, off) in [
        ("", true),
        ("HostbasedAuthentication yes\n", false),
        ("Match Address 10.0.0.1,10.0.0.3\nHostbasedAuthentication yes\n", false),
        ("Match Address 10.0.0.1\nHostbasedAuthentication yes\n", true),
        ("HostbasedAuthentication yes\nMatch Address 10.0.0.3\nHostbasedAuthentication no\n", true),
    ] {
        let root = root(config);
        let key = root.write("key.pub", public_key(1));
        let enroll = ["enroll", "node1,10.0.0.1,10.0.0.3", "--key-file", key.to_str().unwrap()];
        let run = root.run(&enroll).good();
        assert_eq!(run.output.contains("write HostbasedAuthentication yes"), off, "{config}: {run:?}");
        let json = root.run(&[&enroll[..], &["--json"]].concat()).good().records();
        assert_eq!(json[1]["notes"].as_array().unwrap().len(), usize::from(off), "{config}");
    }
}

#[test]
fn where_sshd_does_not_tell_names_must_be_said() {
    needs_sshd!();
    let refused = |root: &Root, reason: &str| {
        let key = root.write("key.pub", public_key(1));
        let arguments = ["enroll", "node1,10.0.0.1", "--key-file", key.to_str().unwrap()];
        let run = root.run(&arguments).failed(reason);
        assert!(run.error.ends_with("\nsay it: --names dns, address, packet or both\n"), "{run:?}");
        assert_eq!(root.read(SHOSTS_EQUIV), "");
        root.run(&[&arguments[..], &["--names", "dns"]].concat()).good();
    };
    refused(&Root::new(), "/etc/ssh/sshd_config does not exist");
    refused(&root("UseDNS perhaps\n"), "sshd -T fails: ");
    refused(&root("Include /etc/ssh/sshd_config.d/*.conf\n"), "includes other files");
}

#[test]
fn a_host_without_what_sshd_matches_is_refused() {
    let root = Root::new();
    let key = root.write("key.pub", public_key(1));
    let enroll =
        |host: &str, names: &str| root.run(&["enroll", host, "--names", names, "--key-file", key.to_str().unwrap()]);
    enroll("node1", "address").refused("sshd matches its address (UseDNS no), and no address is given");
    enroll("10.0.0.1", "dns").refused("and no name is given");
    assert_eq!(root.files(), ["", ""]);
    enroll("node1", "dns").good();
    // Another host has another key.
    root.write("key.pub", public_key(2));
    enroll("10.0.0.2", "address").good();
    assert_eq!(root.read(SHOSTS_EQUIV), "node1\n10.0.0.2\n");
}
