//! sshd_config: where the lines stand, what sshd makes of them, run twice and taken back.

use crate::fixture::{has_nothing_to_do, is_refused, setup, tree, writes};
use crate::pair::{self, Machine, Pair, SSHD_CONFIG};

const OWN: &str = "/etc/ssh/sshd_config.d/10-hostbased.conf";

/// What sshd says of an option, in lower case.
#[track_caller]
fn says(machine: &Machine, arguments: &str, option: &str) -> String {
    let told = machine.root_runs(&format!("sshd -T{arguments}")).to_ascii_lowercase();
    let prefix = format!("{option} ");
    told.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
}

#[track_caller]
fn is_on(machine: &Machine) {
    for (option, value) in [
        ("hostbasedauthentication", "yes"),
        ("ignorerhosts", "yes"),
        ("ignoreuserknownhosts", "yes"),
        ("usedns", "yes"),
        ("hostbasedusesnamefrompacketonly", "no"),
    ] {
        assert_eq!(says(machine, "", option), value, "{option}");
    }
}

/// Its name, the main file, other files, and the files that change.
type Case<'a> = (&'a str, String, &'a [(&'a str, &'a str)], &'a [&'a str]);

/// Takes away what a case has written.
fn clear(machine: &Machine) {
    let clear = ["-c", "rm -f /etc/ssh/sshd_config.old /etc/ssh/sshd_config.d/*"];
    assert!(machine.as_root("sh").args(clear).status().unwrap().success());
}

#[test]
fn wherever_the_lines_must_stand_they_count_and_come_out_again() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.server;
    let debian = machine.read(SSHD_CONFIG);
    let include = "Include /etc/ssh/sshd_config.d/*.conf\n";
    let in_main = [SSHD_CONFIG];
    let cases: [Case<'_>; 8] = [
        ("Debian's own", debian.clone(), &[], &[OWN]),
        ("without Include", debian.replace(include, ""), &[], &in_main),
        ("Include in a block", format!("UsePAM no\nMatch User bob\n    {include}"), &[], &in_main),
        ("at the end a block", "UsePAM no\nMatch User bob\n    X11Forwarding no".to_owned(), &[], &in_main),
        ("an earlier no in the main file", format!("HostbasedAuthentication no\n{include}"), &[], &in_main),
        (
            "an earlier no in a file",
            debian.clone(),
            &[("00-hardening.conf", "HostbasedAuthentication no\nUseDNS no\n")],
            &["/etc/ssh/sshd_config.d/00-0-hostbased.conf"],
        ),
        ("a later no", format!("{debian}HostbasedAuthentication no\n"), &[("50-x.conf", "UseDNS no\n")], &[OWN]),
        (
            "dead lines",
            format!("RhostsAuthentication no\n{debian}RhostsRSAAuthentication no"),
            &[("50-x.conf", "rhostsrsaauthentication=no\n")],
            &[OWN, SSHD_CONFIG, "/etc/ssh/sshd_config.d/50-x.conf"],
        ),
    ];
    for (name, main, files, changed) in cases {
        machine.write(SSHD_CONFIG, &main);
        files.iter().for_each(|(file, text)| machine.write(&format!("/etc/ssh/sshd_config.d/{file}"), text));
        let before = tree(machine, "/etc/ssh");
        writes(machine, "server --names dns --yes");
        is_on(machine);
        let after = tree(machine, "/etc/ssh");
        let differ: Vec<&str> = after
            .iter()
            .filter(|(path, now)| before.get(*path) != Some(now) && !path.ends_with(".old"))
            .map(|(path, _)| path.as_str())
            .collect();
        let mut expected = changed.to_vec();
        expected.sort_unstable();
        assert_eq!(differ, expected, "{name}");
        // Each that was there has its backup, which is what it was.
        for path in &differ {
            let backup = after.get(&format!("{path}.old"));
            assert_eq!(backup, before.get(*path), "{name}: {path}");
        }
        let test = machine.as_root("sshd").arg("-t").output().unwrap();
        assert_eq!((test.status.code(), String::from_utf8_lossy(&test.stderr).as_ref()), (Some(0), ""), "{name}");
        has_nothing_to_do(machine, "server --names dns --yes");
        has_nothing_to_do(machine, "server --yes");
        writes(machine, "server --undo --yes");
        let mut back = tree(machine, "/etc/ssh");
        back.retain(|path, _| !path.ends_with(".old"));
        assert_eq!(back, before, "{name}");
        has_nothing_to_do(machine, "server --undo --yes");
        clear(machine);
    }
}

#[test]
fn the_decision_about_names_is_asked_for_once_and_kept() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.server;
    let error = is_refused(machine, "server --yes");
    assert!(error.starts_with("hostbased: say by which names this server knows its clients: --names dns"), "{error}");
    let error = is_refused(machine, "server --names dns");
    assert!(error.contains("say --yes to write these changes, or --dry-run"), "{error}");
    for (names, dns, packet) in [("address", "no", "no"), ("packet", "no", "yes"), ("dns", "yes", "no")] {
        writes(machine, &format!("server --names {names} --yes"));
        assert_eq!(says(machine, "", "usedns"), dns, "{names}");
        assert_eq!(says(machine, "", "hostbasedusesnamefrompacketonly"), packet, "{names}");
        has_nothing_to_do(machine, "server");
    }
    writes(machine, "server --log-level VERBOSE --yes");
    assert_eq!(says(machine, "", "loglevel"), "verbose");
    has_nothing_to_do(machine, "server");
}

#[test]
fn what_takes_it_back_for_some_is_told() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.server;
    machine.append(SSHD_CONFIG, "Match Address 192.0.2.0/24\n    HostbasedAuthentication no\n");
    let run = writes(machine, "server --names dns --yes");
    let told = "`hostbasedauthentication no` counts for connections of `Match Address 192.0.2.0/24`";
    assert!(run.output.contains(told), "{run:?}");
    assert_eq!(says(machine, " -C user=nobody,host=x,addr=192.0.2.1", "hostbasedauthentication"), "no");
    assert_eq!(says(machine, " -C user=nobody,host=x,addr=198.51.100.1", "hostbasedauthentication"), "yes");
    let run = setup(machine, "server");
    assert!(run.output.contains("for a connection from 192.0.2.1, by a Match block"), "{run:?}");
}

#[test]
fn nothing_is_written_to_look_only_and_programs_are_told_all() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.server;
    let before = tree(machine, "/etc/ssh");
    let run = setup(machine, "server --names packet --dry-run --json");
    assert_eq!((run.code, tree(machine, "/etc/ssh")), (Some(0), before), "{run:?}");
    let records = run.records();
    let [step, last] = records.as_slice() else { panic!("{run:?}") };
    assert_eq!((&step["record"], &step["action"], &step["path"]), (&"step".into(), &"create".into(), &OWN.into()));
    assert!(
        step["changes"].as_array().unwrap().iter().any(|line| line["new"] == "HostbasedUsesNameFromPacketOnly yes")
    );
    assert_eq!((&last["written"], &last["dry_run"], &last["steps"]), (&false.into(), &true.into(), &1.into()));
    let run = setup(machine, "server --names packet --yes --json");
    let records = run.records();
    assert_eq!(records.last().unwrap()["written"], true, "{run:?}");
    assert!(machine.has(OWN));
}

#[test]
fn lines_that_somebody_changed_stay() {
    needs!(pair::missing());
    let pair = Pair::bare();
    let machine = &pair.server;
    writes(machine, "server --names dns --yes");
    machine.replace(OWN, "UseDNS yes", "UseDNS no");
    let error = is_refused(machine, "server --names dns --yes");
    assert!(error.contains(&format!("{OWN}:1: these lines of hostbased setup were changed")), "{error}");
    let before = tree(machine, "/etc/ssh");
    let run = setup(machine, "server --undo --yes");
    assert_eq!((run.code, tree(machine, "/etc/ssh")), (Some(1), before), "{run:?}");
    assert!(run.output.contains("they stay; delete them by hand"), "{run:?}");
}
