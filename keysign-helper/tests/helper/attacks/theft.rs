//! CVE-2026-46333 ("ssh-keysign-pwn"): on kernels that are not mended, a process that is ending may be robbed of its
//! descriptors by its user. OpenSSH's helper has its keys open then; ours has none.

use std::process::Command;

use super::attacker::Attacker;
use super::ground::{Ground, as_nobody};
use crate::lab::{Ours, Theirs, Whose};

/// Starts the helper as often as it can in a second, and takes what can be taken: runs, descriptors, keys among them.
fn race(ground: &Ground, attacker: &Attacker, whose: Whose) -> [u64; 3] {
    let mut command = as_nobody(Command::new(attacker.path()));
    let output = command.arg("race").arg(ground.helper(whose)).arg("1000").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<u64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

/// The proof is the order of the system calls (`descriptors.rs`): this is a race, and counts as one only where OpenSSH's
/// helper loses it. That is said either way.
#[test]
fn an_ending_helper_has_no_key_to_take() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    ground.lab.inside(|| {
        // Not enabled: it ends early, with what it has open.
        ground.lab.write("ssh_config", "");
        let [ours, theirs] = [Ours, Theirs].map(|whose| race(&ground, &attacker, whose));
        let kernel = nix::sys::utsname::uname().unwrap();
        let kernel = kernel.release().display().to_string();
        match theirs[2] {
            0 => println!("Linux {kernel} is mended: no key from {} ends of OpenSSH's helper either", theirs[0]),
            keys => println!("Linux {kernel} is not mended: {keys} keys from {} ends of OpenSSH's helper", theirs[0]),
        }
        println!("{} ends of ours: {} descriptors, {} keys", ours[0], ours[1], ours[2]);
        assert!(ours[0] > 5 && theirs[0] > 5, "the race is run: {ours:?} {theirs:?}");
        assert_eq!(ours[2], 0, "{ours:?}");
    });
}

/// So the race above can be won: an ordinary process is robbed by the same program.
#[test]
fn an_ordinary_process_is_robbed_of_a_key() {
    let ground = needs_ground!("cc");
    let attacker = Attacker::build(&ground);
    let open = ground.lab.etc("").with_file_name("open");
    // A file of that name that it may read, for it has no privilege.
    let key = ground.lab.etc("ssh_host_of_his_own");
    ground.lab.write("ssh_host_of_his_own", "x");
    let source = format!(
        "#include <fcntl.h>\n#include <unistd.h>\nint main(void) {{ return open(\"{}\", O_RDONLY) + usleep(2000); }}",
        key.display()
    );
    super::attacker::compile(&open, &[], &source);
    let mut command = as_nobody(Command::new(attacker.path()));
    let output = command.arg("race").arg(&open).arg("200").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let keys: u64 = text.split_whitespace().nth(2).unwrap().parse().unwrap();
    assert!(keys > 0, "{text}");
}
