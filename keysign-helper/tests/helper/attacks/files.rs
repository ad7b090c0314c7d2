//! What stands in a key's place: links, other files of root's, a key that is being replaced; and the folder that the helper
//! is called in.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::sync::atomic::{AtomicBool, Ordering};

use super::ground::{Ground, Outcome, feed, framed};
use super::trace;
use crate::lab::{Call, NOBODY, Ours, SET_UID, Theirs, request};

/// Text of root's that nobody else may read.
const SECRET: &str = "root:$6$Q1W2E3R4$neverneverneverneveranywhere:19000:0:99999:7:::\n";

/// The administrator's own links are followed; what they lead to must be a key to be used, and is shown to nobody.
#[test]
fn a_link_to_another_file_of_roots_shows_nothing_of_it() {
    let ground = needs_ground!();
    let secret = ground.lab.etc("").with_file_name("shadow");
    fs::write(&secret, SECRET.repeat(5)).unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let key = ground.lab.etc("ssh_host_ed25519_key");
    let frame = ground.frame();
    for case in ["a hard link", "a symbolic link"] {
        fs::remove_file(&key).unwrap();
        if case == "a hard link" { fs::hard_link(&secret, &key) } else { symlink(&secret, &key) }.unwrap();
        ground.lab.inside(|| {
            for whose in [Ours, Theirs] {
                let output = ground.run(whose, &frame);
                assert_eq!(Outcome::of(&output, case).last_line(), "no hostkey found", "{whose:?} {case}");
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                for part in ["root", "Q1W2", "never", "19000"] {
                    assert!(!said.contains(part), "{whose:?} {case}: {said}");
                }
            }
        });
    }
    // To a key, they lead to the key.
    let elsewhere = ground.lab.make_key("elsewhere", &["-t", "ed25519", "-N", ""]);
    fs::remove_file(&key).unwrap();
    symlink("elsewhere", &key).unwrap();
    ground.lab.inside(|| {
        let frame = framed(&request(&elsewhere, "ssh-ed25519", "localhost.", "nobody"));
        assert!(ground.ask(Ours, &frame).is_signed());
        assert_eq!(ground.ask(Ours, &frame), ground.ask(Theirs, &frame));
    });
}

/// A key is replaced by renaming, over and over, while the helper runs: it has the old one or the new one.
#[test]
fn a_key_that_is_replaced_meanwhile_is_the_old_or_the_new_one() {
    let ground = needs_ground!();
    let place = |name: &str| ground.lab.etc(name);
    let keys = ["first", "second"].map(|name| ground.lab.make_key(name, &["-t", "ed25519", "-N", ""]));
    let frames = keys.each_ref().map(|key| framed(&request(key, "ssh-ed25519", "localhost.", "nobody")));
    let put = |name: &str| {
        fs::copy(place(name), place("next")).unwrap();
        fs::set_permissions(place("next"), Permissions::from_mode(0o600)).unwrap();
        fs::rename(place("next"), place("ssh_host_ed25519_key")).unwrap();
    };
    ground.lab.inside(|| {
        let signatures = [0, 1].map(|index| {
            put(["first", "second"][index]);
            let signed = ground.ask(Ours, &frames[index]);
            assert!(signed.is_signed());
            signed
        });
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    put("first");
                    put("second");
                }
            });
            let mut seen = [[0, 0], [0, 0]];
            for index in 0..120 {
                let which = index % 2;
                let outcome = ground.ask(Ours, &frames[which]);
                let good = outcome == signatures[which];
                seen[which][usize::from(good)] += 1;
                let other = outcome.last_line().starts_with("ssh-keysign: no matching hostkey found for key ED25519");
                assert!(good || other, "{outcome:?}");
            }
            done.store(true, Ordering::Relaxed);
            assert!(seen.as_flattened().iter().all(|&count| count > 0), "both happens: {seen:?}");
        });
    });
}

/// It opens nothing below its working folder, so it does not matter where it is called.
#[test]
fn odd_working_folders_change_nothing() {
    let ground = needs_ground!("strace");
    let folder = ground.lab.etc("").with_file_name("odd");
    let path = folder.display();
    ground.lab.inside(|| {
        let good = ground.ask(Ours, &ground.frame());
        for whose in [Ours, Theirs] {
            for words in [
                format!("mkdir {path}; cd {path}; rmdir {path}; exec \"$@\""),
                format!("mkdir -m 0 {path}; cd {path}; rmdir {path}; exec \"$@\""),
                "cd /root; exec \"$@\"".to_owned(),
                "cd /proc/self/fd; exec \"$@\"".to_owned(),
            ] {
                let output = feed(&mut ground.by_shell(whose, &words), &ground.frame());
                assert_eq!(Outcome::of(&output, &words), good, "{whose:?} {words}");
            }
        }
        let traced = trace::run(&ground, Ours, &[], &[], &ground.frame());
        let lines = trace::lines(&traced.text, ground.helper(Ours));
        let opened = lines.iter().filter(|line| ["open", "openat", "openat2"].contains(&line.name));
        let relative: Vec<_> = opened
            .filter(|line| line.arguments.starts_with("AT_FDCWD, \"") && !line.arguments.starts_with("AT_FDCWD, \"/"))
            .collect();
        assert!(relative.is_empty(), "{relative:?}");
    });
}

/// The bit makes it another user's program, who has no right to the keys: it says what is missing.
#[test]
fn a_set_uid_bit_of_another_user_gives_nothing() {
    let ground = needs_ground!();
    for whose in [Ours, Theirs] {
        let helper = ground.helper(whose);
        std::os::unix::fs::chown(helper, Some(1), Some(1)).unwrap();
        for mode in [0o4711, 0o6711, 0o755] {
            fs::set_permissions(helper, Permissions::from_mode(mode)).unwrap();
            ground.lab.inside(|| {
                let last = ground.ask(whose, &ground.frame()).last_line().to_owned();
                assert_eq!(last, "could not open any host key", "{whose:?} {mode:o}");
            });
        }
        let good = ground.lab.install_in(if whose == Ours { "ours" } else { "theirs" }, &Call { whose, ..SET_UID });
        assert_eq!(&good, helper);
        ground.lab.inside(|| assert!(ground.ask(whose, &ground.frame()).is_signed(), "{whose:?}"));
    }
}

/// In a user namespace of his own the caller is root, and may put any file in the place of any other. The bit gives
/// nothing there, so the host's key is as far away as before; what he put there signs for him alone.
#[test]
fn a_user_namespace_of_ones_own_has_no_keys() {
    let ground = needs_ground!("unshare");
    let own = ground.lab.etc("").with_file_name("own");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("ssh_config"), "EnableSSHKeysign yes\n").unwrap();
    for path in [&own, &own.join("ssh_config")] {
        std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let own_path = own.display();
    let inside = |ground: &Ground, whose, namespaces: &str, words: &str| {
        let helper = ground.helper(whose).display().to_string();
        let words = format!("exec unshare {namespaces} sh -c '{words}exec {helper}'");
        let mut shell = ground
            .by_shell(whose, &format!("exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c \"{words}\""));
        feed(&mut shell, &ground.frame())
    };
    ground.lab.inside(|| {
        for whose in [Ours, Theirs] {
            // Root's own files belong to nobody there. OpenSSH's helper does not look whose file it reads.
            let not_roots = match whose {
                Ours => "Bad owner or permissions on /etc/ssh/ssh_config",
                Theirs => "could not open any host key",
            };
            for (namespaces, words, last) in [
                ("-Ur", String::new(), not_roots),
                ("-U", String::new(), "setresgid 65534: Invalid argument"),
                ("-Urm", format!("mount --bind {own_path} /etc/ssh; "), "could not open any host key"),
            ] {
                let output = inside(&ground, whose, namespaces, &words);
                let outcome = Outcome::of(&output, namespaces);
                assert!(!outcome.is_signed(), "{whose:?} {namespaces}");
                assert_eq!(outcome.last_line(), last, "{whose:?} {namespaces} {outcome:?}");
            }
            assert!(ground.ask(whose, &ground.frame()).is_signed(), "{whose:?}");
        }
    });
}
