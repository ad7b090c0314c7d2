//! Our helper in the place of OpenSSH's, by the real dpkg, and back.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::fixture::{has_nothing_to_do, is_refused, mode, tree, writes};
use crate::pair::{self, Machine, Pair};

const OURS: &str = "/usr/local/bin/keysign";

/// Our helper, built as it is shipped.
fn build() -> Vec<u8> {
    static HELPER: OnceLock<Vec<u8>> = OnceLock::new();
    let build = || {
        let folder = Path::new(env!("CARGO_BIN_EXE_hostbased")).parent().unwrap();
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "-p", "keysign-helper", "--manifest-path"]);
        cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        cargo.arg("--target-dir").arg(folder.parent().unwrap());
        assert!(cargo.status().unwrap().success(), "the helper does not build");
        std::fs::read(folder.join("keysign")).unwrap()
    };
    HELPER.get_or_init(build).clone()
}

/// What dpkg says of the helper's place.
fn dpkg(machine: &Machine) -> (String, String) {
    let place = pair::helper_place().to_str().unwrap();
    let ask = |program: &str, option: &str| {
        let said = machine.as_root(program).args([option, place]).output().unwrap();
        String::from_utf8(said.stdout).unwrap().trim().to_owned()
    };
    (ask("dpkg-divert", "--listpackage"), ask("dpkg-statoverride", "--list"))
}

fn missing() -> Option<String> {
    let has = Path::new("/usr/bin/dpkg-divert").exists() && Path::new("/usr/sbin/sshd").exists();
    pair::missing().or_else(|| (!has).then(|| "dpkg".to_owned()))
}

#[test]
fn ours_takes_the_place_and_gives_it_back() {
    needs!(missing());
    let pair = Pair::bare();
    let (machine, place) = (&pair.client, pair::helper_place().to_str().unwrap());
    let folder = pair::helper_place().parent().unwrap().to_str().unwrap();
    let (before, of_dpkg) = (tree(machine, folder), dpkg(machine));
    let theirs = before.get(place).unwrap().clone();
    machine.write_with_mode(OURS, build(), 0o755);

    writes(machine, "client --server srv --helper ours --yes");
    let after = tree(machine, folder);
    let (_, _, mode_of_ours, ours) = after.get(place).unwrap();
    assert!(*ours == build() && *mode_of_ours == 0o4755);
    let (_, _, mode_of_theirs, aside) = after.get(&format!("{place}.distrib")).unwrap();
    assert!(*aside == theirs.3 && *mode_of_theirs == 0o755);
    let (by, over) = dpkg(machine);
    assert_eq!(by, "LOCAL");
    assert!(over.starts_with("root root ") && over.ends_with(place), "{over}");
    has_nothing_to_do(machine, "client --server srv --helper ours --yes");
    has_nothing_to_do(machine, "client --server srv --yes");

    // A new release of ours; and one that others may have put there.
    machine.write_with_mode(OURS, [build(), b"\n".to_vec()].concat(), 0o755);
    writes(machine, "client --helper ours --yes");
    assert!(tree(machine, folder).get(place).unwrap().3.len() == build().len() + 1);
    machine.set_mode(OURS, 0o775);
    has_nothing_to_do(machine, "client --helper ours --yes");
    let error = is_refused(machine, &format!("client --helper ours --keysign {OURS} --yes"));
    assert!(error.contains("group or others may write it"), "{error}");

    writes(machine, "client --helper openssh --yes");
    assert_eq!((tree(machine, folder), dpkg(machine)), (before.clone(), of_dpkg.clone()));
    has_nothing_to_do(machine, "client --helper openssh --yes");

    machine.set_mode(OURS, 0o755);
    writes(machine, "client --helper ours --yes");
    writes(machine, "client --undo --yes");
    assert_eq!((tree(machine, folder), dpkg(machine)), (before, of_dpkg));
}

#[test]
fn a_run_that_was_killed_half_way_is_completed_by_the_next() {
    needs!(missing());
    let pair = Pair::bare();
    let (machine, place) = (&pair.client, pair::helper_place().to_str().unwrap());
    machine.write_with_mode(OURS, build(), 0o755);
    machine.root_runs(&format!("dpkg-divert --local --rename --divert {place}.distrib --add {place}"));
    writes(machine, "client --helper ours --yes");
    assert_eq!((mode(machine, place), mode(machine, &format!("{place}.distrib"))), (0o4755, 0o755));
}

#[test]
fn what_is_no_helper_of_ours_is_not_installed() {
    needs!(missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    let error = is_refused(machine, "client --helper ours --yes");
    assert!(error.contains("name it: --keysign FILE"), "{error}");
    let error = is_refused(machine, "client --helper ours --keysign /usr/bin/ssh --yes");
    assert!(error.contains("/usr/bin/ssh: is not the helper of hostbased"), "{error}");
    let error = is_refused(machine, "client --helper ours --keysign /usr/bin/none --yes");
    assert!(error.contains("/usr/bin/none: there is no such file"), "{error}");
}

#[test]
fn where_nobody_owns_the_place_openssh_s_helper_lies_beside_ours() {
    needs!(missing());
    let pair = Pair::bare();
    let (machine, place) = (&pair.client, pair::helper_place().to_str().unwrap());
    let folder = pair::helper_place().parent().unwrap().to_str().unwrap();
    machine.write_with_mode(OURS, build(), 0o755);
    machine.remove("/var/lib/dpkg/status");
    machine.set_mode(place, 0o4711);
    let before = tree(machine, folder);
    writes(machine, "client --helper ours --yes");
    assert_eq!((mode(machine, place), mode(machine, &format!("{place}.distrib"))), (0o4755, 0o711));
    has_nothing_to_do(machine, "client --helper ours --yes");
    writes(machine, "client --undo --yes");
    assert_eq!(tree(machine, folder), before);
}
