//! ssh_config: where the lines stand, what ssh makes of them, run twice and taken back.

use crate::fixture::{has_nothing_to_do, is_refused, tree, writes};
use crate::pair::{self, Machine, Pair, SSH_CONFIG};

const OWN: &str = "/etc/ssh/ssh_config.d/10-hostbased.conf";

/// What ssh says of an option for a server, as the file for all users has it; of the helper, where the name is empty.
#[track_caller]
fn says(machine: &Machine, name: &str, option: &str) -> String {
    let told = machine.as_root("ssh").args(["-F", SSH_CONFIG, "-G", name]).output().unwrap();
    assert!(told.status.success(), "{told:?}");
    let told = String::from_utf8(told.stdout).unwrap();
    let prefix = format!("{option} ");
    told.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
}

/// Its name, the main file, other files, and the file in which the lines come to stand.
type Case<'a> = (&'a str, String, &'a [(&'a str, &'a str)], &'a str);

/// Takes away what a case has written.
fn clear(machine: &Machine) {
    let clear = ["-c", "rm -f /etc/ssh/ssh_config.old /etc/ssh/ssh_config.d/*"];
    assert!(machine.as_root("sh").args(clear).status().unwrap().success());
}

#[test]
fn wherever_the_lines_must_stand_they_count_and_come_out_again() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    let debian = machine.read(SSH_CONFIG);
    let include = "Include /etc/ssh/ssh_config.d/*.conf\n";
    let first = "/etc/ssh/ssh_config.d/00-hostbased.conf";
    // The keys are made once: what is looked at here is the configuration.
    writes(machine, "client --yes");
    writes(machine, "client --undo --yes");
    let cases: [Case<'_>; 9] = [
        ("Debian's own", debian.clone(), &[], OWN),
        ("without Include", debian.replace(include, ""), &[], SSH_CONFIG),
        ("without blocks", "SendEnv X".to_owned(), &[], SSH_CONFIG),
        ("Include in a block", format!("Host login\n    {include}"), &[], SSH_CONFIG),
        ("Include in a block for all", format!("Host *\n    {include}"), &[], OWN),
        ("an earlier no in the main file", format!("EnableSSHKeysign no\n{debian}"), &[], SSH_CONFIG),
        ("an earlier no in a file", debian.clone(), &[("00-x.conf", "EnableSSHKeysign no\n")], first),
        ("an earlier no for these", debian.clone(), &[("00-x.conf", "Host srv*\nHostbasedAuthentication no\n")], first),
        ("methods without ours", format!("{debian}PreferredAuthentications publickey\n"), &[], OWN),
    ];
    for (name, main, files, changed) in cases {
        machine.write(SSH_CONFIG, &main);
        files.iter().for_each(|(file, text)| machine.write(&format!("/etc/ssh/ssh_config.d/{file}"), text));
        let before = tree(machine, "/etc/ssh");
        writes(machine, "client --server *.cluster.test srv --yes");
        assert_eq!(says(machine, "", "enablesshkeysign"), "yes", "{name}");
        for (server, is_on) in [("srv", "yes"), ("a.b.cluster.test", "yes"), ("cluster.test", "no"), ("srv2", "no")] {
            assert_eq!(says(machine, server, "hostbasedauthentication"), is_on, "{name}: {server}");
        }
        // What stood before ours goes on to mean what it meant.
        let sends = if main.contains("SendEnv X") { "X" } else { "LANG" };
        let is_sent = says(machine, "other.test", "sendenv") == sends;
        assert_eq!(is_sent, main.contains("SendEnv"), "{name}");
        let after = tree(machine, "/etc/ssh");
        let differ = after.iter().filter(|(path, now)| before.get(*path) != Some(now) && !path.ends_with(".old"));
        assert_eq!(differ.map(|(path, _)| path.as_str()).collect::<Vec<_>>(), [changed], "{name}");
        has_nothing_to_do(machine, "client --server srv --yes");
        writes(machine, "client --undo --yes");
        let mut back = tree(machine, "/etc/ssh");
        back.retain(|path, _| !path.ends_with(".old"));
        assert_eq!(back, before, "{name}");
        has_nothing_to_do(machine, "client --undo --yes");
        clear(machine);
    }
}

#[test]
fn servers_add_up_and_names_that_are_none_are_refused() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.client;
    writes(machine, "client --server a --yes");
    writes(machine, "client --server b --yes");
    for server in ["a", "b"] {
        assert_eq!(says(machine, server, "hostbasedauthentication"), "yes");
    }
    let error = is_refused(machine, "client --server a,b --yes");
    assert!(error.contains("stands in no host name"), "{error}");
    // A value of many words that would end the line.
    assert!(is_refused(machine, "client --server !b --yes").contains("begins with \"!\""));
}

#[test]
fn a_client_without_ssh_keysign_bit_gets_it() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let (machine, place) = (&pair.client, pair::helper_place().to_str().unwrap());
    let good = crate::fixture::mode(machine, place);
    machine.set_mode(place, 0o755);
    writes(machine, "client --server srv --yes");
    assert_eq!(crate::fixture::mode(machine, place), good);
    machine.remove(place);
    let error = is_refused(machine, "client --server srv --yes");
    assert!(error.contains(&format!("there is no {place}, which signs for ssh")), "{error}");
}
