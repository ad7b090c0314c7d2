//! Host keys: made where they are missing, and put right where they are not.

use crate::fixture::{has_nothing_to_do, mode, setup, tree, writes};
use crate::pair::{self, Machine, Pair, client_keys};

const KEYS: [&str; 3] = ["/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_ecdsa_key", "/etc/ssh/ssh_host_rsa_key"];

/// Each private key has the `.pub` of the same key beside it, and both the modes that they should.
#[track_caller]
fn are_good(machine: &Machine) {
    for key in KEYS {
        let public = machine.root_runs(&format!("ssh-keygen -y -f {key}"));
        let words = |line: &str| line.split(' ').take(2).map(|word| word.trim().to_owned()).collect::<Vec<_>>();
        assert_eq!(words(&machine.read(&format!("{key}.pub"))), words(&public), "{key}");
        assert_eq!((mode(machine, key), mode(machine, &format!("{key}.pub"))), (0o600, 0o644), "{key}");
    }
}

#[test]
fn keys_that_are_missing_are_made_by_both_commands() {
    needs!(pair::missing());
    let pair = Pair::bare();
    writes(&pair.client, "client --server srv --yes");
    are_good(&pair.client);
    let told = pair.client.root_runs("ssh-keygen -l -f /etc/ssh/ssh_host_rsa_key");
    assert!(told.starts_with("3072 "), "{told}");
    // One is missing, on a machine where sshd has others; and where sshd has none at all.
    let others = tree(&pair.server, "/etc/ssh");
    pair.server.remove(KEYS[1]);
    writes(&pair.server, "server --names dns --yes");
    are_good(&pair.server);
    for key in [KEYS[0], KEYS[2]] {
        assert_eq!(tree(&pair.server, "/etc/ssh").get(key), others.get(key), "{key}");
    }
    KEYS.iter().for_each(|key| pair.server.remove(key));
    writes(&pair.server, "server --yes");
    are_good(&pair.server);
    assert!(pair.start_sshd(), "{}", pair.server.read(pair::LOG));
    // Nothing stays of how they were made.
    let left: Vec<String> =
        tree(&pair.server, "/run").into_keys().filter(|path| path.contains("hostbased-setup")).collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn keys_that_are_torn_or_open_are_put_right() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    client_keys().iter().for_each(|key| machine.install_key(key));
    writes(machine, "client --server srv --yes");
    let pub_of = |key: &str| format!("{key}.pub");
    let good = tree(machine, "/etc/ssh");

    machine.write(&pub_of(KEYS[0]), machine.read(&pub_of(KEYS[1])));
    machine.remove(&pub_of(KEYS[2]));
    machine.set_mode(&pub_of(KEYS[1]), 0o600);
    machine.set_mode(KEYS[0], 0o644);
    machine.set_mode("/etc/ssh", 0o700);
    machine.set_mode("/etc/ssh/ssh_config", 0o600);
    let run = writes(machine, "client --yes");
    are_good(machine);
    assert_eq!((mode(machine, "/etc/ssh"), mode(machine, "/etc/ssh/ssh_config")), (0o755, 0o644));
    assert_eq!(machine.read(&format!("{}.old", pub_of(KEYS[0]))), machine.read(&pub_of(KEYS[1])));
    assert!(run.output.contains("no matching hostkey found"), "{run:?}");
    has_nothing_to_do(machine, "client --yes");
    // What was right has not been touched.
    for path in [KEYS[1], KEYS[2]] {
        assert_eq!(tree(machine, "/etc/ssh").get(path), good.get(path));
    }

    machine.write_with_mode(KEYS[0], "no key\n", 0o600);
    let run = setup(machine, "client --yes");
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.output.contains(&format!("{}: not a private key", KEYS[0])), "{run:?}");
}

#[test]
fn keys_of_a_set_gid_helper_stay_for_its_group() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let (machine, place) = (&pair.client, pair::helper_place().to_str().unwrap());
    client_keys().iter().for_each(|key| machine.install_key(key));
    for key in KEYS {
        machine.set_owner(key, 0, pair::SSH_KEYS_GID);
        machine.set_mode(key, 0o640);
    }
    machine.set_owner(place, 0, pair::SSH_KEYS_GID);
    machine.set_mode(place, 0o2755);
    writes(machine, "client --server srv --yes");
    assert!(KEYS.iter().all(|key| mode(machine, key) == 0o640));
    assert_eq!(mode(machine, place), 0o2755);
    // The near miss: a helper that needs no group.
    machine.set_owner(place, 0, 0);
    machine.set_mode(place, 0o4755);
    writes(machine, "client --yes");
    assert!(KEYS.iter().all(|key| mode(machine, key) == 0o600));
}
