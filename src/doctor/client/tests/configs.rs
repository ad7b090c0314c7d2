//! Account, programs, configurations, and whether the method is tried.

use super::*;
use Severity::{Error, Information, Warning};

#[test]
fn a_user_without_name_is_the_only_thing_that_can_be_told() {
    let facts = with(|facts| {
        facts.account.name = None;
        facts.helper.self_test = Some(SelfTest::NoUser);
    });
    assert_eq!(judged(&facts), [(25, Error)]);
}

#[test]
fn without_openssh_nothing_else_is_told() {
    assert_eq!(judged(&with(|facts| facts.programs.ssh = None)), [(114, Error)]);
    assert_eq!(judged(&with(|facts| facts.programs.version = Some("Dropbear v2022.83".to_owned()))), [(114, Error)]);
    assert_eq!(judged(&with(|facts| facts.programs.version = Some("Sun_SSH_1.1".to_owned()))), [(115, Warning)]);
    assert_eq!(judged(&with(|facts| facts.programs.version = None)), [], "it does not say");
}

#[test]
fn what_is_known_of_a_release_is_told_where_it_matters() {
    let of = |version: &str, rsa_only: bool| {
        judged(&with(|facts| {
            facts.programs.version = Some(version.to_owned());
            if rsa_only {
                facts.keys.keys.drain(..2);
                offer_and_sign(facts);
            }
        }))
    };
    assert_eq!(of("OpenSSH_3.4p1", false), [(123, Error)]);
    assert_eq!(of("OpenSSH_8.8p1", true), [(40, Warning), (39, Information)]);
    assert_eq!(of("OpenSSH_8.8p1", false), []);
    assert_eq!(of("OpenSSH_8.9p1", true), [(39, Information)]);
    assert_eq!(of("OpenSSH_8.4p1", true), [(42, Warning), (39, Information)]);
}

#[test]
fn another_ssh_is_an_error_where_its_helper_does_not_work() {
    let another = |facts: &mut Facts| {
        facts.programs.ssh = Some("/opt/spack/bin/ssh".to_owned());
        facts.programs.system_ssh = Some("/usr/bin/ssh".to_owned());
    };
    assert_eq!(judged(&with(another)), [(26, Information)]);
    let broken = with(|facts| {
        another(facts);
        facts.helper.file = Some(Err("No such file or directory".to_owned()));
        facts.helper.self_test = None;
    });
    let finding = only(&broken);
    assert_eq!((finding.id.number(), finding.severity), (26, Error));
    assert_eq!(mends(&finding)[0], "/usr/bin/ssh srv.cluster.test");
    let elsewhere = with(|facts| {
        another(facts);
        facts.programs.config = Some("/opt/spack/etc/ssh_config".to_owned());
    });
    assert_eq!(judged(&elsewhere), [(26, Error)]);
}

#[test]
fn a_configuration_that_ssh_refuses_is_named_with_its_line() {
    let fails = |lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|&line| line.to_owned()).collect();
        only(&with(|facts| facts.ssh_fails = lines))
    };
    let count = "/etc/ssh/ssh_config: terminating, 1 bad configuration options";
    let finding = fails(&["/etc/ssh/ssh_config: line 7: Bad configuration option: nosuch", count]);
    assert_eq!((finding.id.number(), place(&finding).as_str()), (13, "/etc/ssh/ssh_config:7"));
    assert_eq!(mends(&finding)[1], "/etc/ssh/ssh_config: IgnoreUnknown nosuch (above line 7)");

    let finding =
        fails(&["/home/alice/.ssh/config: line 2: Bad configuration option: hostbasedacceptedkeytypes", count]);
    assert_eq!((finding.id.number(), place(&finding).as_str()), (14, "/home/alice/.ssh/config:2"));

    let finding = fails(&["Bad owner or permissions on /etc/ssh/ssh_config.d/x.conf"]);
    assert_eq!((finding.id.number(), place(&finding).as_str()), (12, "/etc/ssh/ssh_config.d/x.conf"));
    assert_eq!(mends(&finding)[0], "chmod 644 /etc/ssh/ssh_config.d/x.conf");
    assert_eq!(fix(&finding), None, "others may have written what would count then");

    let finding = fails(&["Can't open user config file /etc/ssh/ssh_config.d/x.conf: Permission denied", count]);
    assert_eq!((finding.id.number(), place(&finding).as_str()), (12, "/etc/ssh/ssh_config.d/x.conf"));

    assert_eq!(fails(&["it takes too long"]).id.number(), 13);
}

#[test]
fn a_foreign_owner_is_mended_before_the_mode() {
    let facts = with(|facts| {
        facts.global = global(&[("/etc/ssh/ssh_config", GLOBAL_TEXT), ("/etc/ssh/x.conf", "")]);
        facts.global.files[2].uid = 33;
        facts.ssh_fails = vec!["Bad owner or permissions on /etc/ssh/x.conf".to_owned()];
    });
    let finding = only(&facts);
    assert_eq!(mends(&finding)[0], "chown root:root /etc/ssh/x.conf");
    assert_eq!(fix(&finding), None, "what another user has written would count then");
}

#[test]
fn what_the_helper_alone_refuses_is_named_too() {
    let said = "/etc/ssh/ssh_config: line 7: Bad configuration option: nosuch".to_owned();
    let facts = with(|facts| facts.helper.self_test = Some(SelfTest::Config(said)));
    assert_eq!(judged(&facts), [(13, Error)]);
}

#[test]
fn root_goes_by_the_modes_of_files() {
    let files = [
        ("/etc/ssh/ssh_config", "Include /etc/ssh/ssh_config.d/*.conf\nEnableSSHKeysign yes\n"),
        ("/etc/ssh/ssh_config.d/x.conf", "HostbasedAuthentication yes\n"),
    ];
    let facts = |uid, mode| {
        with(|facts| {
            facts.account.uid = uid;
            facts.global = global(&files);
            facts.global.files[2].mode = mode;
        })
    };
    assert_eq!(judged(&facts(0, 0o644)), []);
    assert_eq!(judged(&facts(0, 0o600)), [(12, Error)]);
    assert_eq!(judged(&facts(0, 0o664)), [(12, Error)]);
    assert_eq!(judged(&facts(1000, 0o600)), [], "ssh -G would have said so");
}

#[test]
fn a_closed_configuration_hides_both_options() {
    let closed = |facts: &mut Facts| {
        facts.global = global(&[("/etc/ssh/ssh_config", "!")]);
        facts.options = options("hostbasedauthentication no");
        facts.helper.self_test = Some(SelfTest::NotEnabled);
    };
    let finding = only(&with(|facts| {
        closed(facts);
        facts.global.files[1].mode = 0o600;
    }));
    assert_eq!(finding.id.number(), 11);
    assert_eq!(fix(&finding).as_deref(), Some("chmod 644 /etc/ssh/ssh_config"));
    let finding = only(&with(|facts| {
        closed(facts);
        facts.global.files = vec![FileFacts { path: "/etc/ssh".to_owned(), mode: 0o700, ..FileFacts::default() }];
    }));
    assert_eq!(fix(&finding).as_deref(), Some("chmod 755 /etc/ssh"));
    let for_root = with(|facts| {
        facts.account.uid = 0;
        facts.global.files[1].mode = 0o600;
    });
    assert_eq!(judged(&for_root), [(11, Error)]);
}

fn off(change: impl FnOnce(&mut Facts, &mut Target)) -> Facts {
    with(|facts| {
        facts.options = options("hostbasedauthentication no");
        facts.global = global_text("EnableSSHKeysign yes\n");
        let mut target = facts.target.take().unwrap();
        change(facts, &mut target);
        facts.target = Some(target);
    })
}

#[test]
fn the_method_is_off() {
    let finding = only(&off(|_, _| {}));
    assert_eq!((finding.id.number(), finding.severity, place(&finding).as_str()), (1, Error, ""));
    assert_eq!(mends(&finding), ["hostbased setup client --server srv.cluster.test --yes"]);
    let said = off(|facts, _| {
        facts.global = global_text(
            "EnableSSHKeysign yes\nHost other\n HostbasedAuthentication no\nHost *\n HostbasedAuthentication no\n",
        );
    });
    assert_eq!(place(&only(&said)), "/etc/ssh/ssh_config:5");
}

#[test]
fn the_users_own_file_switches_it_off() {
    let on = || Some(Options::parse(OPTIONS.as_bytes()));
    let facts = off(|facts, target| {
        facts.user = users("Host *.test\n  HostbasedAuthentication no\n");
        target.global_only = on();
    });
    let finding = only(&facts);
    assert_eq!((finding.id.number(), place(&finding).as_str()), (3, "/home/alice/.ssh/config:2"));
    let another = off(|facts, target| {
        facts.user = users("Host other\n  HostbasedAuthentication no\n");
        target.global_only = on();
    });
    assert_eq!(judged(&another), [(1, Error)], "the block is for another host");
}

#[test]
fn a_pattern_that_is_for_another_form_of_the_name() {
    let facts = off(|facts, target| {
        target.typed = "srv".to_owned();
        target.other_names = vec![("srv.cluster.test".to_owned(), true)];
        facts.global = global_text(GLOBAL_TEXT);
    });
    let finding = only(&facts);
    assert_eq!((finding.id.number(), place(&finding).as_str()), (4, "/etc/ssh/ssh_config:2"));
    assert_eq!(mends(&finding)[1], "/etc/ssh/ssh_config: Host *.cluster.test srv (instead of line 2)");
    let neither = off(|_, target| target.other_names = vec![("srv".to_owned(), false)]);
    assert_eq!(judged(&neither), [(1, Error)]);
}

#[test]
fn a_given_file_leaves_both_others_out() {
    let given = |on| {
        off(|facts, target| {
            facts.given = Some(users(""));
            let without = if on { OPTIONS } else { "hostbasedauthentication no\n" };
            target.without_given = Some(Options::parse(without.as_bytes()));
        })
    };
    assert_eq!(judged(&given(true)), [(5, Error)]);
    assert_eq!(judged(&given(false)), [(1, Error)]);
}

#[test]
fn the_method_is_left_out_of_those_that_are_tried() {
    let preferred = |list: &str| {
        with(|facts| {
            facts.options = options(&format!("preferredauthentications {list}"));
            facts.user = users("PreferredAuthentications publickey,password\n");
        })
    };
    let finding = only(&preferred("publickey,password"));
    assert_eq!((finding.id.number(), place(&finding).as_str()), (2, "/home/alice/.ssh/config:1"));
    assert_eq!(judged(&preferred("publickey,hostbased")), []);
}

#[test]
fn another_account_and_an_open_master_are_told() {
    assert_eq!(judged(&with(|facts| facts.options = options("user bob"))), [(91, Warning)]);
    let facts = with(|facts| facts.target.as_mut().unwrap().has_master = true);
    assert_eq!(judged(&facts), [(113, Warning)]);
}
