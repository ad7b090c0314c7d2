//! The user's own files: `~/.shosts`, `~/.rhosts`, `~/.ssh/known_hosts` and `known_hosts2`.

use hostbased::known_hosts::Place;
use hostbased::verify::{IgnoreRhosts, Refusal, Stat, Unreadable};

use crate::fixture::{Attempt, Own, OwnFiles, Text, line, refusal_is, with};

/// The system's files say nothing; the user's own let in.
fn own(change: impl Fn(&mut Attempt, &mut OwnFiles)) -> impl Fn(&mut Attempt) {
    move |attempt| {
        attempt.policy.ignore_rhosts = IgnoreRhosts::No;
        attempt.equiv = vec![("hosts.equiv", Text::Missing), ("shosts.equiv", Text::Missing)];
        let mut own = OwnFiles { shosts: Own::is("10.77.0.1\n"), ..OwnFiles::default() };
        change(attempt, &mut own);
        attempt.own = Some(own);
    }
}

const ACCEPT: &str = "accept 10.77.0.1";

#[test]
fn ignore_rhosts_says_which_of_both_files_counts() {
    let with_policy = |ignore| {
        let shosts = with(own(|attempt, _| attempt.policy.ignore_rhosts = ignore));
        let rhosts = with(own(|attempt, own| {
            attempt.policy.ignore_rhosts = ignore;
            std::mem::swap(&mut own.shosts, &mut own.rhosts);
        }));
        (shosts, rhosts)
    };
    assert_eq!(with_policy(IgnoreRhosts::No), (ACCEPT.into(), ACCEPT.into()));
    assert_eq!(with_policy(IgnoreRhosts::ShostsOnly), (ACCEPT.into(), "equiv-no-files".into()));
    assert_eq!(with_policy(IgnoreRhosts::Yes), ("equiv-no-files".into(), "equiv-no-files".into()));
    // Without any file that counts, the home is not asked for.
    let homeless = |ignore| {
        with(own(move |attempt, own| {
            attempt.policy.ignore_rhosts = ignore;
            (own.home, own.shosts, own.rhosts) = (None, Own::missing(), Own::is("10.77.0.1\n"));
        }))
    };
    assert_eq!(homeless(IgnoreRhosts::ShostsOnly), "equiv-no-files");
    assert_eq!(homeless(IgnoreRhosts::No), "home-missing");
}

#[test]
fn files_that_do_not_count_are_not_touched() {
    let asked = |change: &dyn Fn(&mut Attempt)| {
        let mut attempt = Attempt::default();
        own(|_, _| ())(&mut attempt);
        attempt.policy.ignore_user_known_hosts = true;
        change(&mut attempt);
        attempt.judge(|_| ());
        attempt.own_asked.get()
    };
    assert!(asked(&|_| ()) > 0);
    assert_eq!(asked(&|attempt| attempt.policy.ignore_rhosts = IgnoreRhosts::Yes), 0);
    assert_eq!(asked(&|attempt| attempt.equiv = vec![("shosts.equiv", "10.77.0.1\n".into())]), 0);
    assert_eq!(asked(&|attempt| attempt.algorithm = "ssh-dss"), 0);
}

#[test]
fn a_negative_line_of_the_system_does_not_stop_the_users_own() {
    let denied = |attempt: &mut Attempt| attempt.equiv = vec![("shosts.equiv", "-10.77.0.1\n".into())];
    assert_eq!(with(own(|attempt, _| denied(attempt))), ACCEPT);
    let other = own(|attempt, own| {
        denied(attempt);
        own.shosts = Own::is("10.77.0.2\n");
    });
    refusal_is(other, Refusal::EquivDenies(Place { file: "shosts.equiv", line: 1 }));
    let next = own(|_, own| {
        own.shosts = Own::is("-10.77.0.1\n");
        own.rhosts = Own::is("10.77.0.1\n");
    });
    assert_eq!(with(next), ACCEPT);
}

#[test]
fn strict_modes_looks_at_the_home_and_the_file() {
    let stat = |uid, mode| Stat { uid, mode };
    for (uid, mode, is_safe) in [
        (1000, 0o100_644, true),
        (0, 0o100_600, true),
        (1001, 0o100_644, false),
        (1000, 0o100_664, false),
        (1000, 0o100_646, false),
        (1000, 0o106_755, true),
    ] {
        let of_file = |strict| {
            with(own(move |attempt, own| {
                attempt.policy.strict_modes = strict;
                own.shosts = own.shosts.clone().with_stat(uid, mode);
            }))
        };
        let of_home = |strict| {
            with(own(move |attempt, own| {
                attempt.policy.strict_modes = strict;
                own.home = Some(stat(uid, mode));
            }))
        };
        assert_eq!(of_file(true), if is_safe { ACCEPT } else { "equiv-modes" }, "{uid} {mode:o}");
        assert_eq!(of_home(true), if is_safe { ACCEPT } else { "home-modes" }, "{uid} {mode:o}");
        assert_eq!((of_file(false), of_home(false)), (ACCEPT.into(), ACCEPT.into()));
    }
    // A file that others could have written is passed over; the next may let in.
    let next = own(|_, own| {
        own.shosts = own.shosts.clone().with_stat(1001, 0o644);
        own.rhosts = Own::is("10.77.0.1\n");
    });
    assert_eq!(with(next), ACCEPT);
    let modes = own(|_, own| own.shosts = own.shosts.clone().with_stat(1001, 0o644));
    refusal_is(modes, Refusal::EquivModes { file: "~/.shosts", stat: stat(1001, 0o644) });
    let home = own(|_, own| own.home = Some(stat(1000, 0o40_777)));
    refusal_is(home, Refusal::HomeModes { home: "/home/alice", stat: stat(1000, 0o40_777) });
}

#[test]
fn without_a_home_the_users_own_files_do_not_count() {
    let homeless = |strict| {
        own(move |attempt, own| {
            attempt.policy.strict_modes = strict;
            own.home = None;
        })
    };
    refusal_is(homeless(true), Refusal::HomeMissing { home: "/home/alice" });
    refusal_is(homeless(false), Refusal::HomeMissing { home: "/home/alice" });
    let by_the_system = own(|attempt, own| {
        own.home = None;
        attempt.equiv = vec![("shosts.equiv", "10.77.0.1\n".into())];
    });
    assert_eq!(with(by_the_system), ACCEPT);
}

#[test]
fn root_is_let_in_by_its_own_files_only() {
    let root = |change: fn(&mut OwnFiles)| {
        with(own(move |attempt, own| {
            (attempt.user, attempt.account, attempt.client_user) = ("root", "root", "root");
            attempt.set_uid(0);
            attempt.equiv = vec![("shosts.equiv", "10.77.0.1\n".into())];
            own.home = Some(Stat { uid: 0, mode: 0o40_700 });
            own.shosts = own.shosts.clone().with_stat(0, 0o100_600);
            change(own);
        }))
    };
    assert_eq!(root(|_| ()), ACCEPT);
    assert_eq!(root(|own| own.shosts = Own::missing()), "root-ignores-system-files");
    assert_eq!(root(|own| own.shosts = own.shosts.clone().with_stat(1000, 0o600)), "equiv-modes");
    assert_eq!(root(|own| own.shosts = Own::is("-10.77.0.1\n").with_stat(0, 0o600)), "equiv-denies");
    assert_eq!(root(|own| own.home = None), "home-missing");
    // Without a file of its own, its home is asked for where the system has some file, as sshd does.
    let homeless = |equiv: Vec<Text>| {
        with(own(move |attempt, own| {
            attempt.set_uid(0);
            attempt.equiv = equiv.iter().map(|text| ("shosts.equiv", text.clone())).collect();
            (own.home, own.shosts) = (None, Own::missing());
        }))
    };
    assert_eq!(homeless(vec!["".into()]), "home-missing");
    assert_eq!(homeless(vec![Text::Missing, "".into()]), "home-missing");
    assert_eq!(homeless(vec![Text::Missing, Text::Missing]), "root-ignores-system-files");
    assert_eq!(homeless(vec![]), "root-ignores-system-files");
}

#[test]
fn a_file_of_the_users_that_cannot_be_read_lets_nobody_in() {
    let unreadable = own(|_, own| own.shosts.text = Text::Unreadable(Unreadable::NotAFile));
    refusal_is(unreadable, Refusal::EquivUnreadable { file: "~/.shosts", why: Unreadable::NotAFile });
    let next = own(|_, own| {
        own.shosts.text = Text::Unreadable(Unreadable::TooLarge);
        own.rhosts = Own::is("10.77.0.1\n");
    });
    assert_eq!(with(next), ACCEPT);
}

/// The system's known_hosts says nothing; the user's own holds the key.
fn known(change: impl Fn(&mut Attempt, &mut OwnFiles)) -> String {
    with(|attempt| {
        attempt.known_hosts = "".into();
        let mut own = OwnFiles { known_hosts: Own::is(line("10.77.0.1", 1)), ..OwnFiles::default() };
        change(attempt, &mut own);
        attempt.own = Some(own);
    })
}

#[test]
fn the_users_own_known_hosts_counts_unless_it_is_ignored_or_others_could_write_it() {
    assert_eq!(known(|_, _| ()), ACCEPT);
    assert_eq!(known(|attempt, _| attempt.policy.ignore_user_known_hosts = true), "host-key-unknown");
    assert_eq!(known(|_, own| own.known_hosts = own.known_hosts.clone().with_stat(1000, 0o664)), "host-key-unknown");
    assert_eq!(known(|_, own| own.known_hosts = own.known_hosts.clone().with_stat(1001, 0o600)), "host-key-unknown");
    assert_eq!(known(|_, own| own.known_hosts = own.known_hosts.clone().with_stat(0, 0o600)), ACCEPT);
    let lax = known(|attempt, own| {
        attempt.policy.strict_modes = false;
        own.known_hosts = own.known_hosts.clone().with_stat(1001, 0o666);
    });
    assert_eq!(lax, ACCEPT);
    assert_eq!(known(|_, own| own.known_hosts.stat = None), "host-key-unknown");
}

#[test]
fn a_users_own_known_hosts_that_could_not_be_read_just_now_may_revoke_the_key() {
    let unreadable = |why: Unreadable, has_stat: bool| {
        with(move |attempt| {
            let mut own = Own::is("");
            own.text = Text::Unreadable(why);
            own.stat = own.stat.filter(|_| has_stat);
            attempt.own = Some(OwnFiles { known_hosts: own, ..OwnFiles::default() });
        })
    };
    // EMFILE, EBUSY, ETIMEDOUT, EIO, EPERM: sshd, a process of its own for each connection, would have read it.
    for code in [24, 16, 110, 5, 1] {
        assert_eq!(unreadable(Unreadable::System { code }, false), "known-hosts-unreadable", "{code}");
        assert_eq!(unreadable(Unreadable::System { code }, true), "known-hosts-unreadable", "{code}");
    }
    for why in [Unreadable::TooLarge, Unreadable::Changing, Unreadable::HalfWritten] {
        assert_eq!(unreadable(why, true), "known-hosts-unreadable", "{why}");
    }
    // ENOENT, EACCES, ENOTDIR, ELOOP, a folder: to sshd, too, it is as good as none.
    for code in [2, 13, 20, 40] {
        assert_eq!(unreadable(Unreadable::System { code }, false), ACCEPT, "{code}");
    }
    assert_eq!(unreadable(Unreadable::NotAFile, true), ACCEPT);
}

#[test]
fn a_users_own_line_revokes_and_changes_too() {
    let own_line = |hosts: &str, seed| {
        let text = line(hosts, seed);
        with(move |attempt| {
            attempt.own = Some(OwnFiles { known_hosts: Own::is(text.as_str()), ..OwnFiles::default() });
        })
    };
    assert_eq!(own_line("@revoked *", 1), "host-key-revoked");
    assert_eq!(own_line("@revoked *", 2), ACCEPT);
    assert_eq!(own_line("10.77.0.1", 2), ACCEPT, "the system's file has the key");
    let ignored = with(|attempt| {
        let own = Own::is(line("@revoked *", 1)).with_stat(1000, 0o666);
        attempt.own = Some(OwnFiles { known_hosts: own, ..OwnFiles::default() });
    });
    assert_eq!(ignored, ACCEPT, "as for sshd, a file that others may write revokes nothing");
}

#[test]
fn the_old_files_are_asked_only_about_hosts_that_nobody_knows() {
    let second = |first: String, own_first: String| {
        with(move |attempt| {
            attempt.known_hosts = first.as_str().into();
            attempt.known_hosts2 = line("10.77.0.1", 1).into();
            attempt.own = Some(OwnFiles { known_hosts: Own::is(own_first.as_str()), ..OwnFiles::default() });
        })
    };
    assert_eq!(second(String::new(), String::new()), ACCEPT);
    assert_eq!(second(line("10.77.0.1", 2), String::new()), "host-key-changed");
    assert_eq!(second(String::new(), line("10.77.0.1", 2)), "host-key-changed");
    assert_eq!(second(line("@revoked *", 1), String::new()), "host-key-revoked");
    assert_eq!(second(line("@revoked *", 2), line("10.77.0.2", 2)), ACCEPT);

    let own_second = |ignore: bool, stat: (u32, u32)| {
        known(move |attempt, own| {
            attempt.policy.ignore_user_known_hosts = ignore;
            own.known_hosts2 = own.known_hosts.clone().with_stat(stat.0, stat.1);
            own.known_hosts = Own::missing();
        })
    };
    assert_eq!(own_second(false, (1000, 0o600)), ACCEPT);
    assert_eq!(own_second(false, (1000, 0o620)), "host-key-unknown");
    assert_eq!(own_second(true, (1000, 0o600)), "host-key-unknown");
}
