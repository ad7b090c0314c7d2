//! Lines that nobody takes: they are counted, and stop no signature.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use crate::connection;
use crate::lab::{Call, SET_UID, request};

use crate::log_machine::{Machine, field, one_line, received, request_for};

#[test]
fn a_line_that_nobody_takes_is_counted_and_stops_no_signature() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    // Nobody is there.
    assert!(machine.signs(&data));
    assert_eq!(machine.counted(), Some(1));
    let file = fs::metadata(machine.lab.run("keysign.unlogged")).unwrap();
    assert_eq!((file.uid(), file.mode() & 0o7777), (0, 0o600));
    // Nobody listens any more.
    drop(machine.syslogd());
    assert!(machine.signs(&data));
    assert_eq!(machine.counted(), Some(2));
    fs::remove_file(machine.dev_log()).unwrap();
    // Somebody has filled the queue; any user can.
    let syslogd = machine.syslogd();
    let other = UnixDatagram::unbound().unwrap();
    other.set_nonblocking(true).unwrap();
    while other.send_to(b"x", machine.dev_log()).is_ok() {}
    let begin = Instant::now();
    assert!(machine.signs(&data));
    assert!(begin.elapsed() < Duration::from_secs(5), "it does not wait");
    assert_eq!(machine.counted(), Some(3));
    // Refusals count as well.
    assert!(!machine.signs(&request(&key, "ssh-ed25519", "other.test.", "nobody")));
    assert_eq!(machine.counted(), Some(4));
    while received(&syslogd).is_some() {}
    // When somebody listens again, it is shown.
    assert!(machine.signs(&data));
    let line = one_line(&syslogd, 86);
    assert_eq!(field(&line, "unlogged"), "4", "{line}");
    assert_eq!(machine.counted(), Some(4));
}

#[test]
fn a_socket_or_a_counter_of_somebody_elses_is_not_used() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    let (syslogd, journald) = (machine.syslogd(), machine.journald());
    let told = || {
        assert!(machine.signs(&data));
        (received(&syslogd).is_some(), received(&journald).is_some())
    };
    assert_eq!(told(), (true, true));
    chown(machine.dev_log(), Some(65_534), None).unwrap();
    assert_eq!(told(), (false, true));
    // A folder on the way that others may write.
    fs::set_permissions(machine.lab.run("systemd/journal"), Permissions::from_mode(0o777)).unwrap();
    assert_eq!(told(), (false, false));
    assert_eq!(machine.counted(), Some(1));
    let counter = machine.lab.run("keysign.unlogged");
    for mode in [0o620, 0o602, 0o604] {
        fs::set_permissions(&counter, Permissions::from_mode(mode)).unwrap();
        assert_eq!(told(), (false, false));
        assert_eq!(machine.counted(), Some(1), "{mode:o}");
    }
    fs::set_permissions(&counter, Permissions::from_mode(0o600)).unwrap();
    chown(&counter, Some(65_534), None).unwrap();
    assert_eq!(told(), (false, false));
    assert_eq!(machine.counted(), Some(1));
    fs::remove_file(&counter).unwrap();
    symlink("/etc/ssh/target", &counter).unwrap();
    assert_eq!(told(), (false, false));
    assert!(!machine.lab.etc("target").exists());
    fs::remove_file(&counter).unwrap();
    // One of another length, which is no number.
    for content in [&b"x"[..], b"xxxxx"] {
        fs::write(&counter, content).unwrap();
        fs::set_permissions(&counter, Permissions::from_mode(0o600)).unwrap();
        assert_eq!(told(), (false, false));
        assert_eq!(fs::read(&counter).unwrap(), content);
    }
}

/// A number in memory whose file has no room would end whoever looks at it (SIGBUS).
#[test]
fn a_full_run_folder_is_no_counter_and_stops_no_signature() {
    let lab = needs_root_and_helpers!();
    let data = request_for(&lab.ed25519(), b"bob", b"ssh-ed25519");
    for (before, what) in [
        (
            "mount -t tmpfs -o size=16k,mode=755 none /run && ! cat /dev/zero > /run/all 2>/dev/null",
            "no room for a file's bytes",
        ),
        (
            "mount -t tmpfs -o size=16k,mode=755 none /run && truncate -s 4 /run/keysign.unlogged && \
             chmod 600 /run/keysign.unlogged && ! cat /dev/zero > /run/all 2>/dev/null",
            "a file that is there and has none",
        ),
        ("mount -t tmpfs -o nr_inodes=1,mode=755 none /run", "no room for a file"),
    ] {
        let answer = lab.ask(&Call { before, ..SET_UID }, &connection(), &data);
        assert!(answer.is_ok(), "{what}: {answer:?}");
    }
}

/// It has no right to the counter, and goes on without.
#[test]
fn a_set_gid_helper_logs_and_does_not_count() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let file = machine.lab.etc("ssh_host_ed25519_key");
    chown(&file, Some(0), Some(1)).unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
    let call = Call { mode: 0o2711, group: 1, ..machine.call };
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    assert!(machine.lab.ask(&call, &connection(), &data).is_ok());
    assert_eq!(machine.counted(), None);
    let syslogd = machine.syslogd();
    assert!(machine.lab.ask(&call, &connection(), &data).is_ok());
    assert!(one_line(&syslogd, 86).starts_with("signed reason=signed uid=65534 user=nobody "));
}

/// The caller's limits and umask are not the counter's; and where he leaves so few descriptors that no socket can be had,
/// nothing can be signed either.
#[test]
fn the_caller_gets_no_signature_without_a_line_or_a_count() {
    let machine = Machine::new(needs_root_and_helpers!());
    let key = machine.lab.ed25519();
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    let before = format!("{}; umask 777", machine.call.before).leak();
    assert!(machine.lab.ask(&Call { before, ..machine.call }, &connection(), &data).is_ok());
    assert_eq!(machine.counted(), Some(1));
    let syslogd = machine.syslogd();
    machine.lab.write(
        "fill",
        "ulimit -n 512\nfor ((n = 10; n < $1; n++)); do eval \"exec $n</dev/null\"; done\nexec \"$2\"\n",
    );
    let (mut signed, mut refused) = (0, 0);
    for filled in (236..=256).step_by(2).chain([255, 500]) {
        let setpriv = format!("--clear-groups bash /etc/ssh/fill {filled}").leak();
        let is_signed = machine.lab.ask(&Call { setpriv, ..machine.call }, &connection(), &data).is_ok();
        *(if is_signed { &mut signed } else { &mut refused }) += 1;
        let line = received(&syslogd).map(|line| String::from_utf8(line).unwrap());
        assert!(!is_signed || line.is_some_and(|line| line.contains(" reason=signed ")), "{filled}");
    }
    assert!(signed > 0 && refused > 0, "the test gets there: {signed} {refused}");
}
