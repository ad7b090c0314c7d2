//! The image of another machine: nothing of it is run, and its machines make their own keys.

use crate::fixture::{has_nothing_to_do, mode, setup, tree, writes};
use crate::pair::{self, Machine, Pair};

const IMAGE: &str = "/root/image";
const UNIT: &str = "/root/image/etc/systemd/system/hostbased-host-keys.service";
const LINK: &str = "/root/image/etc/systemd/system/multi-user.target.wants/hostbased-host-keys.service";

/// An image with ssh, its helper and both configurations; programs that would tell if they were run.
fn image(machine: &Machine) {
    let place = pair::helper_place().to_str().unwrap();
    let ssh = [b"#!/bin/sh\ntouch /root/was-run\n".as_slice(), b"\0", place.as_bytes(), b"\0"].concat();
    for program in ["/usr/bin/ssh", "/usr/sbin/sshd", "/usr/bin/ssh-keygen"] {
        machine.write_with_mode(&format!("{IMAGE}{program}"), &ssh, 0o755);
    }
    machine.write_with_mode(&format!("{IMAGE}{place}"), "helper", 0o4755);
    for file in ["/etc/ssh/ssh_config", "/etc/ssh/sshd_config"] {
        machine.write(&format!("{IMAGE}{file}"), machine.read(file));
    }
    for folder in ["/etc/ssh/ssh_config.d", "/etc/ssh/sshd_config.d", "/etc/systemd/system"] {
        machine.root_runs(&format!("mkdir -p {IMAGE}{folder}"));
    }
}

#[test]
fn an_image_gets_a_unit_and_no_keys() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    image(machine);
    let (own, before) = (tree(machine, "/etc/ssh"), tree(machine, IMAGE));
    let client = format!("client --server srv --root {IMAGE}");
    let server = format!("server --names dns --root {IMAGE}");
    let run = writes(machine, &format!("{client} --yes"));
    assert!(run.output.contains("ssh of the image was not asked"), "{run:?}");
    writes(machine, &format!("{server} --yes"));
    assert!(machine.read(UNIT).contains("ExecStart=/usr/bin/ssh-keygen -A\n"));
    assert_eq!(
        std::fs::read_link(machine.path(LINK)).unwrap().to_str(),
        Some("/etc/systemd/system/hostbased-host-keys.service")
    );
    for file in ["/etc/ssh/ssh_config.d/10-hostbased.conf", "/etc/ssh/sshd_config.d/10-hostbased.conf"] {
        assert!(machine.has(&format!("{IMAGE}{file}")), "{file}");
    }
    assert!(!machine.has(&format!("{IMAGE}/etc/ssh/ssh_host_ed25519_key")));
    has_nothing_to_do(machine, &client);
    has_nothing_to_do(machine, &server);
    for command in ["client", "server"] {
        writes(machine, &format!("{command} --undo --root {IMAGE} --yes"));
    }
    let mut after = tree(machine, IMAGE);
    after.retain(|path, _| !path.ends_with("multi-user.target.wants"));
    assert_eq!(after, before);
    assert_eq!(tree(machine, "/etc/ssh"), own);
    assert!(!machine.has("/root/was-run"));
}

#[test]
fn keys_in_an_image_are_told() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    image(machine);
    let run = setup(machine, &format!("client --make-keys --root {IMAGE} --yes"));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.output.contains("the same on every machine that starts from it"), "{run:?}");
    assert_eq!(mode(machine, &format!("{IMAGE}/etc/ssh/ssh_host_rsa_key")), 0o600);
    assert!(!machine.has(UNIT));
    let run = setup(machine, &format!("client --root {IMAGE} --yes"));
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.output.contains("host keys are in the image") && machine.has(UNIT), "{run:?}");
}

#[test]
fn nothing_leads_out_of_an_image() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    image(machine);
    let (own, main) = (tree(machine, "/etc/ssh"), format!("{IMAGE}/etc/ssh/sshd_config"));
    let run = format!("server --names dns --root {IMAGE} --yes");
    machine.remove(&main);
    machine.root_runs(&format!("ln -s ../../../../etc/ssh/sshd_config {main}"));
    // Above the image's root is its root: the link points to itself.
    let refused = setup(machine, &run);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    machine.remove(&main);
    machine.root_runs(&format!("ln -s /etc/ssh/elsewhere {main}"));
    machine.write(&format!("{IMAGE}/etc/ssh/elsewhere"), "UsePAM no\n");
    writes(machine, &run);
    assert!(machine.read(&format!("{IMAGE}/etc/ssh/elsewhere")).contains("HostbasedAuthentication yes"));
    assert!(std::fs::read_link(machine.path(&main)).is_ok());
    assert_eq!(tree(machine, "/etc/ssh"), own);
}

#[test]
fn a_link_in_an_image_leads_dpkg_nowhere() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    image(machine);
    let place = pair::helper_place().to_str().unwrap();
    let folder = pair::helper_place().parent().unwrap().to_str().unwrap();
    for line in [
        format!("mkdir -p /root/x {IMAGE}/root/x {IMAGE}/var/lib/dpkg/info"),
        format!("mv {IMAGE}{place} {IMAGE}/root/x/ssh-keysign"),
        format!("rm -r {IMAGE}{folder}"),
        format!("ln -s /root/x {IMAGE}{folder}"),
        format!("cp {IMAGE}/root/x/ssh-keysign /root/x/"),
        "chmod 4755 /root/x/ssh-keysign".to_owned(),
    ] {
        machine.root_runs(&line);
    }
    let package =
        "Package: ssh\nStatus: install ok installed\nArchitecture: all\nVersion: 1\nMaintainer: x\nDescription: x\n\n";
    machine.write(&format!("{IMAGE}/var/lib/dpkg/status"), package);
    machine.write(&format!("{IMAGE}/var/lib/dpkg/info/format"), "1\n");
    machine.write(&format!("{IMAGE}/var/lib/dpkg/info/ssh.list"), format!("{place}\n"));
    machine.write_with_mode("/usr/local/bin/keysign", "/etc/ssh/keysign.conf", 0o755);
    let (own, before) = (tree(machine, "/root/x"), tree(machine, IMAGE));
    let run = setup(machine, &format!("client --helper ours --root {IMAGE} --yes"));
    assert!(run.code == Some(2) && run.error.contains("follow out of the image"), "{run:?}");
    assert_eq!((tree(machine, "/root/x"), tree(machine, IMAGE)), (own, before));
}
