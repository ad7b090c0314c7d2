//! The helper: its switch, its privilege, and what it signs.

use super::*;
use Severity::{Error, Information, Warning};

fn says(test: SelfTest, change: impl FnOnce(&mut Facts)) -> Facts {
    with(|facts| {
        facts.helper.self_test = Some(test);
        facts.helper.dry_runs.clear();
        facts.helper.long_session = None;
        change(facts);
    })
}

fn not_enabled(text: &str) -> Finding {
    only(&says(SelfTest::NotEnabled, |facts| facts.global = global_text(text)))
}

#[test]
fn the_switch_is_not_there_or_says_no() {
    let finding = not_enabled("Host *\n User x\n");
    assert_eq!((finding.id.number(), place(&finding).as_str()), (6, "/etc/ssh/ssh_config"));
    assert_eq!(mends(&finding)[0], "hostbased setup client --server srv.cluster.test --yes");
    let finding = not_enabled("EnableSSHKeysign no\n");
    assert_eq!((finding.id.number(), place(&finding).as_str()), (6, "/etc/ssh/ssh_config:1"));
    let finding = not_enabled("EnableSSHKeysign no\nEnableSSHKeysign yes\n");
    assert_eq!((finding.id.number(), place(&finding).as_str()), (10, "/etc/ssh/ssh_config:1"));
    assert!(finding.seen.ends_with("before /etc/ssh/ssh_config:2 says yes"), "{}", finding.seen);
}

#[test]
fn the_switch_stands_where_the_helper_does_not_look() {
    for block in ["Host srv", "Host ?*", "Match host *.test"] {
        let finding = not_enabled(&format!("{block}\n  EnableSSHKeysign yes\n"));
        assert_eq!((finding.id.number(), place(&finding).as_str()), (8, "/etc/ssh/ssh_config:2"), "{block}");
        assert!(finding.seen.contains(&format!("below `{block}` (/etc/ssh/ssh_config:1)")), "{}", finding.seen);
    }
    assert_eq!(not_enabled("Match final all\n  EnableSSHKeysign yes\n").id.number(), 9);
    let included = only(&says(SelfTest::NotEnabled, |facts| {
        facts.global = global(&[
            ("/etc/ssh/ssh_config", "Host srv\nInclude /etc/ssh/d/*.conf\n"),
            ("/etc/ssh/d/a.conf", "EnableSSHKeysign yes\n"),
        ]);
    }));
    assert_eq!((included.id.number(), place(&included).as_str()), (8, "/etc/ssh/d/a.conf:1"));
}

#[test]
fn the_switch_is_the_users_own() {
    let finding = only(&says(SelfTest::NotEnabled, |facts| {
        facts.global = global_text("");
        facts.user = users("EnableSSHKeysign yes\n");
    }));
    assert_eq!((finding.id.number(), place(&finding).as_str()), (7, "/home/alice/.ssh/config:1"));
    let finding = only(&says(SelfTest::NotEnabled, |facts| {
        facts.global = global_text("");
        facts.options = options("enablesshkeysign yes");
    }));
    assert_eq!(finding.id.number(), 7);
}

#[test]
fn the_helper_is_not_there_or_may_not_be_run() {
    let facts = with(|facts| {
        facts.helper.file = Some(Err("No such file or directory".to_owned()));
        facts.helper.self_test = None;
        facts.helper.dry_runs.clear();
    });
    assert_eq!(judged(&facts), [(15, Error)]);
    assert_eq!(judged(&with(|facts| facts.helper = Helper::default())), [(15, Error)]);
    let closed = |facts: &mut Facts| {
        facts.helper.is_executable = false;
        facts.helper.self_test = None;
    };
    let finding = only(&with(closed));
    assert_eq!(finding.id.number(), 18);
    assert_eq!(mends(&finding)[0], format!("chmod 4711 {HELPER}"));
    let mount = with(|facts| {
        closed(facts);
        facts.helper.mount = Some(Mount { point: "/usr".to_owned(), is_noexec: true, is_nosuid: false });
    });
    assert_eq!(mends(&only(&mount))[0], "mount -o remount,exec /usr");
}

fn helper_file(facts: &mut Facts, gid: u32, mode: u32) {
    facts.helper.file = Some(Ok(FileFacts { path: HELPER.to_owned(), uid: 0, gid, mode }));
}

fn opens_none(change: impl FnOnce(&mut Facts)) -> Finding {
    only(&says(SelfTest::NoKeyOpened, change))
}

#[test]
fn the_helper_has_no_privilege() {
    let finding = opens_none(|facts| helper_file(facts, 0, 0o755));
    assert_eq!(
        (finding.id.number(), fix(&finding)),
        (16, None),
        "set-uid bits are nobody's to give but the administrator's"
    );
    assert!(mends(&finding).contains(&format!("chmod 4711 {HELPER}")));
    let stripped = opens_none(|facts| {
        helper_file(facts, 0, 0o755);
        facts.helper.stat_override = Some(format!("root root 0755 {HELPER}"));
    });
    assert_eq!(stripped.id.number(), 17);
    assert!(mends(&stripped).contains(&"hostbased setup client --helper openssh --yes".to_owned()));
    // The override is of OpenSSH's helper, which lies aside; ours has lost its bit otherwise.
    let ours = opens_none(|facts| {
        helper_file(facts, 0, 0o755);
        facts.helper.is_ours = true;
        facts.helper.stat_override = Some(format!("root root 0755 {HELPER}"));
    });
    assert_eq!(ours.id.number(), 16);
    assert!(mends(&ours).iter().all(|mend| !mend.contains("statoverride")), "{ours:?}");
    assert_eq!(opens_none(|facts| facts.helper.mount.as_mut().unwrap().is_nosuid = true).id.number(), 19);
    assert_eq!(opens_none(|facts| facts.system.no_new_privs = true).id.number(), 20);
    let map = "0 1000 1".to_owned();
    assert_eq!(opens_none(|facts| facts.system.partial_uid_map = Some(map)).id.number(), 21);
    assert_eq!(opens_none(|facts| facts.system.selinux_keysign = Some(false)).id.number(), 27);
    assert_eq!(opens_none(|_| {}).id.number(), 16, "for a reason that cannot be seen");
}

#[test]
fn a_helper_that_works_needs_no_reason() {
    let facts = with(|facts| {
        facts.system.no_new_privs = true;
        facts.system.selinux_keysign = Some(false);
        facts.helper.mount.as_mut().unwrap().is_nosuid = true;
    });
    assert_eq!(judged(&facts), []);
}

#[test]
fn for_root_the_bits_are_looked_at() {
    let facts = |mode| {
        with(|facts| {
            facts.account.uid = 0;
            helper_file(facts, 0, mode);
        })
    };
    assert_eq!(judged(&facts(0o755)), [(16, Error)]);
    assert_eq!(judged(&facts(0o4711)), []);
    let nosuid = with(|facts| {
        facts.account.uid = 0;
        facts.helper.mount.as_mut().unwrap().is_nosuid = true;
    });
    assert_eq!(judged(&nosuid), [(19, Error)]);
}

fn of_group(facts: &mut Facts, gid: u32, mode: u32) {
    for files in &mut facts.keys.keys {
        files.private = PrivateKey::There(FileFacts { path: files.path.clone(), uid: 0, gid, mode });
    }
}

#[test]
fn a_set_gid_helper_reads_keys_by_its_group() {
    let finding = opens_none(|facts| helper_file(facts, 998, 0o2755));
    assert_eq!((finding.id.number(), place(&finding).as_str()), (22, "/etc/ssh/ssh_host_ecdsa_key"));
    let facts = with(|facts| {
        helper_file(facts, 998, 0o2755);
        of_group(facts, 998, 0o640);
    });
    assert_eq!(judged(&facts), []);
    let root = |mode| {
        with(|facts| {
            facts.account.uid = 0;
            helper_file(facts, 998, 0o2755);
            of_group(facts, 998, mode);
        })
    };
    assert_eq!(judged(&root(0o600)), [(22, Error)]);
    assert_eq!(judged(&root(0o640)), []);
}

#[test]
fn a_set_gid_helper_wants_the_users_own_group() {
    let said = "setresgid 18352: Operation not permitted".to_owned();
    let facts = |gid| {
        says(SelfTest::CannotDrop(said.clone()), |facts| {
            helper_file(facts, 998, 0o2755);
            facts.account.gid = gid;
        })
    };
    assert_eq!(judged(&facts(18352)), [(23, Error)]);
    assert_eq!(judged(&facts(1000)), [(28, Error)], "for another reason");
}

#[test]
fn what_else_the_helper_says() {
    let finding = only(&says(SelfTest::NoKeyUsable, |_| {}));
    assert_eq!((finding.id.number(), place(&finding).as_str()), (34, "/etc/ssh/ssh_host_ecdsa_key"));
    assert_eq!(judged(&says(SelfTest::Other("bad fd = 2".to_owned()), |_| {})), [(28, Error)]);
    assert_eq!(judged(&says(SelfTest::Other("keysign.conf: x".to_owned()), |_| {})), [(6, Error)]);
    assert_eq!(judged(&says(SelfTest::CannotRun("No such file".to_owned()), |_| {})), [(18, Error)]);
}

fn refuses(which: &[usize], said: &str) -> Facts {
    with(|facts| {
        for run in facts.helper.dry_runs.iter_mut().filter(|run| which.contains(&run.offer)) {
            run.result = Signed::Refused(said.to_owned());
        }
    })
}

#[test]
fn a_pair_that_is_none_stops_the_method() {
    let said = "ssh-keysign: no matching hostkey found for key ED25519 SHA256:x";
    let finding = only(&refuses(&[1], said));
    assert_eq!((finding.id.number(), place(&finding).as_str()), (32, "/etc/ssh/ssh_host_ecdsa_key.pub"));
    assert!(finding.seen.ends_with("2 other pairs are good"), "{}", finding.seen);
    assert_eq!(only(&refuses(&[0, 1, 2], said)).id.number(), 31);
    let gone = with(|facts| {
        facts.keys.keys[1].private = PrivateKey::Missing;
        facts.helper.dry_runs[0].result = Signed::Refused(said.to_owned());
    });
    let finding = only(&gone);
    assert_eq!(mends(&finding)[0], "rm /etc/ssh/ssh_host_ed25519_key.pub");
    assert!(finding.seen.starts_with("/etc/ssh/ssh_host_ed25519_key is not there"), "{}", finding.seen);
    let wrong = with(|facts| facts.helper.dry_runs[0].result = Signed::Wrong("not this key's".to_owned()));
    assert_eq!(judged(&wrong), [(32, Error)]);
}

#[test]
fn requests_that_the_helper_refuses() {
    assert_eq!(judged(&refuses(&[0, 1, 2], "ssh-keysign: not a valid request")), [(28, Error)]);
    assert_eq!(judged(&refuses(&[2], "sshkey_sign failed: error in libcrypto")), [(42, Error)]);
    assert_eq!(judged(&refuses(&[0], "sshkey_sign failed: error in libcrypto")), [(28, Error)], "not RSA");
    assert_eq!(judged(&refuses(&[0], "not allowed by keysign.conf")), [(6, Error)]);
    let sha1 = with(|facts| facts.helper.dry_runs[2].result = Signed::OtherAlgorithm);
    assert_eq!(judged(&sha1), [(40, Warning)]);
    let rsa_only = with(|facts| {
        facts.keys.keys.drain(..2);
        offer_and_sign(facts);
        facts.helper.dry_runs[0].result = Signed::OtherAlgorithm;
    });
    assert_eq!(judged(&rsa_only), [(39, Information), (40, Error)]);
}

#[test]
fn long_session_ids_are_refused_by_old_helpers() {
    let facts = |kex: &str| {
        with(|facts| {
            facts.options = options(&format!("kexalgorithms {kex}"));
            facts.helper.long_session = Some(Err("not a valid request".to_owned()));
        })
    };
    assert_eq!(judged(&facts("sntrup761x25519-sha512,curve25519-sha256")), [(41, Error)]);
    assert_eq!(judged(&facts("curve25519-sha256,ecdh-sha2-nistp384")), [(41, Warning)]);
}

#[test]
fn a_kernel_that_is_open_to_theft() {
    let facts = |change: fn(&mut Facts)| {
        with(|facts| {
            facts.system.kernel_release = "6.1.100".to_owned();
            change(facts);
        })
    };
    assert_eq!(judged(&facts(|_| {})), [(121, Error)]);
    assert_eq!(
        judged(&facts(|facts| facts.system.kernel_release = "6.8.0-60-generic-Ubuntu".to_owned())),
        [(121, Warning)]
    );
    assert_eq!(judged(&facts(|facts| facts.system.ptrace_scope = Some(2))), [(121, Information)]);
    assert_eq!(judged(&facts(|facts| facts.helper.is_ours = true)), []);
    let without = facts(|facts| helper_file(facts, 0, 0o755));
    assert_eq!(judged(&without), [], "and works all the same");
}

#[test]
fn commands_in_the_configuration_run_in_the_helper() {
    let text = format!("Match !exec \"test -f /x\"\n User y\n{GLOBAL_TEXT}");
    let facts = with(|facts| facts.global = global_text(&text));
    let finding = only(&facts);
    assert_eq!(
        (finding.id.number(), finding.severity, place(&finding).as_str()),
        (122, Warning, "/etc/ssh/ssh_config:1")
    );
    let ours = with(|facts| {
        facts.global = global_text(&text);
        facts.helper.is_ours = true;
    });
    assert_eq!(judged(&ours), []);
}
