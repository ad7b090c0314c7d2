//! What the helper may do, and when.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::time::{Duration, Instant};

use crate::connection;
use crate::lab::{Call, NOBODY, Ours, SET_UID, Theirs, request};
use crate::needs::missing_program;

/// What the kernel shows of a process.
pub(crate) struct Process(pub(crate) u32);

impl Process {
    pub(crate) fn file(&self, name: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{name}", self.0)).unwrap_or_default()
    }

    pub(crate) fn status(&self) -> BTreeMap<String, String> {
        let status = self.file("status");
        let pairs = status.lines().filter_map(|line| line.split_once(':'));
        pairs.map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" "))).collect()
    }

    /// Waits until the helper waits for its caller: for the request, or with the reply. OpenSSH's just reads.
    pub(crate) fn wait_until_it_waits(&self) {
        let begin = Instant::now();
        loop {
            let (status, wchan) = (self.status(), self.file("wchan"));
            let is = |name: &str, value: &str| status.get(name).is_some_and(|found| found.starts_with(value));
            if is("Name", "ssh-keysign")
                && is("State", "S")
                && ["poll", "pipe_read"].iter().any(|place| wchan.contains(place))
            {
                return;
            }
            assert!(begin.elapsed() < Duration::from_secs(30), "it does not get there: {status:?}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn descriptors(&self) -> BTreeMap<String, String> {
        let entries = fs::read_dir(format!("/proc/{}/fd", self.0)).unwrap();
        let pair = |entry: fs::DirEntry| {
            let target = fs::read_link(entry.path()).map(|path| path.display().to_string()).unwrap_or_default();
            (entry.file_name().into_string().unwrap(), target)
        };
        entries.map(|entry| pair(entry.unwrap())).collect()
    }
}

#[test]
fn a_waiting_helper_has_no_rights_no_key_descriptor_and_cannot_be_traced() {
    let lab = needs_root_and_helpers!();
    lab.ed25519();
    let mut child = lab.start(&Call { setpriv: "--groups 50", ..SET_UID });
    let process = Process(child.id());
    process.wait_until_it_waits();
    let status = process.status();
    let nobody = format!("{NOBODY} {NOBODY} {NOBODY} {NOBODY}");
    assert_eq!(status["Uid"], nobody);
    assert_eq!(status["Gid"], nobody);
    assert_eq!(status["Groups"], "50", "the caller's own groups stay");
    for capabilities in ["CapPrm", "CapEff", "CapInh", "CapAmb"] {
        assert_eq!(status[capabilities], "0000000000000000", "{capabilities}");
    }
    assert_eq!(status["Threads"], "1");
    assert!(!status["VmLck"].starts_with("0 "), "the key is in locked memory");
    // What the test itself got from its own caller is handed on.
    let (descriptors, inherited) = (process.descriptors(), Process(std::process::id()).descriptors());
    let own = descriptors.iter().filter(|(number, to)| inherited.get(*number) != Some(to));
    // The number of lines that nobody took: root's file, open for appending, and no key.
    let own: Vec<_> = own.filter(|(_, target)| *target != "/run/keysign.unlogged").collect();
    assert_eq!(own.iter().map(|(number, _)| number.as_str()).collect::<Vec<_>>(), ["0", "1", "2"], "{own:?}");
    assert!(own.iter().all(|(_, target)| target.starts_with("pipe:")), "{own:?}");
    // A process that its user may trace has its files in /proc owned by him (proc(5)).
    assert_eq!(fs::metadata(format!("/proc/{}/mem", child.id())).unwrap().uid(), 0);
    let limits = process.file("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(255));
}

/// A change of user ids alone leaves them there.
#[test]
fn capabilities_go_with_the_ids_wherever_they_come_from() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    // A unit with SecureBits= and a CapabilityBoundingSet= that has no way back to user 0.
    let setpriv = "--clear-groups --securebits +no_setuid_fixup --bounding-set -setuid,-setgid";
    let capabilities_are_gone = |call: Call| {
        let mut child = lab.start(&call);
        let process = Process(child.id());
        process.wait_until_it_waits();
        let status = process.status();
        for capabilities in ["CapPrm", "CapEff", "CapInh", "CapAmb"] {
            assert_eq!(status[capabilities], "0000000000000000", "{capabilities} {call:?}");
        }
        drop(child.stdin.take());
        child.wait().unwrap();
        assert!(lab.ask(&call, &connection(), &data).is_ok(), "{call:?}");
    };
    capabilities_are_gone(Call { setpriv, ..SET_UID });
    // Capabilities of the file instead of its set-uid bit.
    needs!(missing_program(&["setcap"]));
    let before = "setcap cap_dac_read_search+ep $0/ssh-keysign";
    capabilities_are_gone(Call { mode: 0o755, before, ..SET_UID });
}

/// The proof that the test above can fail: OpenSSH's helper before it closed its key files is the known hole, and a
/// process with a file open shows it.
#[test]
fn an_open_key_file_would_be_seen() {
    let lab = needs_root_and_helpers!();
    lab.ed25519();
    let held = fs::File::open(lab.etc("ssh_host_ed25519_key")).unwrap();
    let descriptors = Process(std::process::id()).descriptors();
    assert!(descriptors.values().any(|target| target.ends_with("/ssh_host_ed25519_key")), "{descriptors:?}");
    drop(held);
}

#[test]
fn a_set_gid_helper_works_also_after_newgrp() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    // Red Hat's model: group ssh_keys reads the keys, the helper is set-gid to it.
    let keys_group = 1;
    chown(lab.etc("ssh_host_ed25519_key"), Some(0), Some(keys_group)).unwrap();
    fs::set_permissions(lab.etc("ssh_host_ed25519_key"), Permissions::from_mode(0o640)).unwrap();
    let set_gid = Call { mode: 0o2711, group: keys_group, ..SET_UID };
    let after_newgrp = Call { gid: 100, ..set_gid };
    for whose in [Ours, Theirs] {
        assert!(lab.ask(&Call { whose, ..set_gid }, &connection(), &data).is_ok(), "{whose:?}");
        // Set-uid root works in both cases.
        assert!(lab.ask(&Call { whose, gid: 100, ..SET_UID }, &connection(), &data).is_ok(), "{whose:?}");
    }
    let theirs = lab.refusal(&Call { whose: Theirs, ..after_newgrp }, &connection(), &data);
    assert_eq!(theirs.0, "setresgid 65534: Operation not permitted");
    assert!(lab.ask(&after_newgrp, &connection(), &data).is_ok());

    // Where nothing may be locked, the key is in ordinary memory.
    assert!(lab.ask(&Call { before: "ulimit -l 0", ..set_gid }, &connection(), &data).is_ok());

    let mut child = lab.start(&after_newgrp);
    let process = Process(child.id());
    process.wait_until_it_waits();
    let status = process.status();
    assert_eq!(status["Gid"], "100 100 100 100");
    assert_eq!(status["Uid"], format!("{NOBODY} {NOBODY} {NOBODY} {NOBODY}"));
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[test]
fn closed_standard_descriptors_do_no_harm() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    let frame = hostbased::wire::HelperRequest { fd: 3, data: &data }.encode();
    let request_file = lab.etc("request");
    fs::write(&request_file, frame).unwrap();
    let caller = lab.caller(&SET_UID);
    for (closed, expected) in [
        ("<&-", "ssh-keysign: ssh_msg_recv failed\r\n"),
        // No descriptor 3 is given, so it does not get as far as to its output.
        (">&-", "ssh-keysign: the descriptor is not open\r\nssh-keysign: cannot get local name for fd\r\n"),
        ("2>&-", ""),
        ("<&- >&- 2>&-", ""),
    ] {
        let script = format!("exec {} < {} {closed}", caller.display(), request_file.display());
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(output.status.code(), Some(255), "{closed}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected, "{closed}");
        assert!(output.stdout.is_empty(), "{closed}");
    }
}

#[test]
fn a_signature_that_cannot_be_written_is_no_success() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    let request_file = lab.etc("request");
    fs::write(&request_file, hostbased::wire::HelperRequest { fd: 3, data: &data }.encode()).unwrap();
    for whose in [Ours, Theirs] {
        let caller = lab.caller(&Call { whose, ..SET_UID });
        for output in [">&-", ">/dev/full"] {
            // The connection comes as standard input, and becomes descriptor 3.
            let script = format!("exec {} 3<&0 < {} {output}", caller.display(), request_file.display());
            let mut shell = std::process::Command::new("sh");
            let run = shell.args(["-c", &script]).stdin(std::os::fd::OwnedFd::from(connection())).output().unwrap();
            let text = String::from_utf8(run.stderr).unwrap();
            assert_eq!(run.status.code(), Some(255), "{whose:?} {output}: {text}");
            assert!(text.contains("ssh-keysign: ssh_msg_send failed\r\n"), "{whose:?} {output}: {text}");
            assert!(text.contains("write: "), "{whose:?} {output}: {text}");
        }
    }
}

/// The caller chooses how much memory there is. std's own start can fail for it, as root; its words must not depend on
/// the environment, for then it would read files, and show addresses.
#[test]
fn a_limit_on_memory_brings_no_backtrace() {
    let lab = needs_root_and_helpers!();
    lab.ed25519();
    let outcome = |kib: u32| {
        let setpriv = Box::leak(format!("--clear-groups prlimit --as={}", kib * 1024).into_boxed_str());
        let mut command = std::process::Command::new(lab.caller(&Call { setpriv, ..SET_UID }));
        command.env("RUST_BACKTRACE", "full").stdin(std::process::Stdio::null()).output().unwrap()
    };
    // The least memory with which it gets as far as to say something itself.
    let (mut too_little, mut enough) = (1024, 1024 * 1024);
    assert_eq!(outcome(enough).status.code(), Some(255));
    while enough - too_little > 4 {
        let between = (too_little + enough) / 2;
        *(if outcome(between).status.code() == Some(255) { &mut enough } else { &mut too_little }) = between;
    }
    // Just below it is std that fails.
    let words = |kib| String::from_utf8_lossy(&outcome(kib).stderr).into_owned();
    let below: Vec<String> = (1..=16).map(|pages| words(enough - 4 * pages)).collect();
    assert!(below.iter().any(|text| text.contains("panicked at")), "the test gets there: {below:?}");
    assert!(!below.iter().any(|text| text.contains("stack backtrace")), "{below:?}");
}

/// The second prime of an RSA key in PKCS#1 form (RFC 8017 appendix A.1.2): the sixth number.
fn second_prime(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let der = hostbased::key::decode_base64(base64.as_bytes()).unwrap();
    let header = |at: usize| match usize::from(der[at + 1]) {
        0x82 => (at + 4, usize::from(der[at + 2]) << 8 | usize::from(der[at + 3])),
        0x81 => (at + 3, usize::from(der[at + 2])),
        short => (at + 2, short),
    };
    let mut at = header(0).0;
    for _ in 0..5 {
        let (from, length) = header(at);
        at = from + length;
    }
    let (from, length) = header(at);
    der[from..from + length].to_vec()
}

/// How often the process has these bytes, in either order, in memory that it can write.
fn found_in_memory(process: &Process, bytes: &[u8]) -> usize {
    use std::os::unix::fs::FileExt as _;
    let mut reversed = bytes.to_vec();
    reversed.reverse();
    let memory = fs::File::open(format!("/proc/{}/mem", process.0)).unwrap();
    let maps = process.file("maps");
    let count = |line: &str| {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        let (from, to) = (u64::from_str_radix(from, 16).unwrap(), u64::from_str_radix(to, 16).unwrap());
        let mut content = vec![0; usize::try_from(to - from).unwrap()];
        memory.read_exact_at(&mut content, from).unwrap();
        content.windows(bytes.len()).filter(|window| *window == bytes || *window == reversed).count()
    };
    maps.lines().filter(|line| line.contains(" rw")).map(count).sum()
}

/// The caller may keep the helper waiting with its reply. Nothing of the key is in its memory then.
#[test]
fn a_prime_does_not_outlast_the_signature() {
    let lab = needs_root_and_helpers!();
    let key = lab.make_key("ssh_host_rsa_key", &["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", ""]);
    let prime = second_prime(&fs::read_to_string(lab.etc("ssh_host_rsa_key")).unwrap());
    let data = request(&key, "rsa-sha2-512", "localhost.", "nobody");
    let request_file = lab.etc("request");
    fs::write(&request_file, hostbased::wire::HelperRequest { fd: 3, data: &data }.encode()).unwrap();
    // A pipe that is full.
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, &[0; 65_536]).unwrap();
    let mut child = std::process::Command::new("sh")
        .args(["-c", &format!("exec {} 3<&0 < {}", lab.caller(&SET_UID).display(), request_file.display())])
        .stdin(std::os::fd::OwnedFd::from(connection()))
        .stdout(writer)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let process = Process(child.id());
    process.wait_until_it_waits();
    let digits = &prime[prime.len() - 64..];
    assert_eq!(found_in_memory(&process, digits), 0);
    assert_eq!(found_in_memory(&process, b"BEGIN RSA PRIVATE KEY"), 0);
    assert!(found_in_memory(&process, b"rsa-sha2-512") > 0, "the test can see it");
    drop(reader);
    assert_eq!(child.wait().unwrap().code(), Some(255));
}

/// The caller chooses how many files may be open. A file that could not be opened must not be taken for one that is not
/// there: it may be the one that says no.
#[test]
fn a_limit_on_open_files_opens_no_door() {
    let lab = needs_root_and_helpers!();
    let data = request(&lab.ed25519(), "ssh-ed25519", "localhost.", "nobody");
    fs::create_dir(lab.etc("closed")).unwrap();
    fs::set_permissions(lab.etc("closed"), Permissions::from_mode(0o755)).unwrap();
    lab.write("closed/no.conf", "EnableSSHKeysign no\n");
    let limits = [
        "ulimit -n 4",
        "ulimit -n 5",
        "ulimit -n 6",
        "ulimit -n 7",
        "ulimit -n 8",
        "ulimit -n 9",
        "ulimit -n 10",
        "ulimit -n 11",
        "ulimit -n 12",
    ];
    for include in ["Include closed/*.conf", "Include closed/no.conf"] {
        lab.write("ssh_config", &format!("{include}\nEnableSSHKeysign yes\n"));
        for before in limits {
            let answer = lab.ask(&Call { before, ..SET_UID }, &connection(), &data);
            assert!(answer.is_err(), "{include} {before}");
        }
    }
    // OpenSSH takes a folder that it cannot open for one without files, and signs.
    lab.write("ssh_config", "Include closed/*.conf\nEnableSSHKeysign yes\n");
    let theirs = |before| lab.ask(&Call { whose: Theirs, before, ..SET_UID }, &connection(), &data).is_ok();
    assert!(limits.into_iter().any(theirs));
    // Some of these limits leave room enough.
    lab.write("ssh_config", "EnableSSHKeysign yes\n");
    let signs = |before| lab.ask(&Call { before, ..SET_UID }, &connection(), &data).is_ok();
    assert!(limits.into_iter().any(signs));
}
