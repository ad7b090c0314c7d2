#![allow(clippy::disallowed_methods, reason = "the tests make helpers out of files")]

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Instant;

use super::*;
use crate::wire::{Request, Writer};

struct Lab(tempfile::TempDir);

impl Lab {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A helper made of shell. Written by another process: a file that this one has open for writing, or a child of
    /// another test's, could not be run.
    fn helper(&self, script: &str) -> Helper {
        let path = self.0.path().join("helper");
        let write = "rm -f \"$0\"; { echo '#!/bin/sh'; cat; } > \"$0\" && chmod 755 \"$0\"";
        let mut shell = Command::new("sh").args(["-c", write]).arg(&path).stdin(Stdio::piped()).spawn().unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success());
        Helper::at(path).with_timeout(Duration::from_secs(20))
    }

    /// A helper that replies with these bytes.
    fn replying(&self, reply: &[u8], ending: &str) -> Helper {
        let octal: String = reply.iter().map(|byte| format!("\\{byte:03o}")).collect();
        self.helper(&format!("printf '{octal}'; {ending}"))
    }
}

fn ask(helper: &Helper, data: &[u8]) -> Result<Answer, HelperError> {
    helper.ask(UnixStream::pair().unwrap().0.as_fd(), data)
}

fn blob(name: &str) -> Vec<u8> {
    Writer::new().string(name.as_bytes()).string(b"sig").into_bytes()
}

fn reply(blob: &[u8]) -> Vec<u8> {
    HelperReply { signature: blob }.encode()
}

fn request(algorithm: &'static [u8]) -> Vec<u8> {
    let request = Request {
        user: b"bob",
        algorithm,
        public_key: b"key",
        client_host: b"node1.",
        client_user: b"alice",
        signature: b"",
    };
    request.signed_data(&[1; 32])
}

#[test]
fn the_helper_gets_one_request_and_the_connection_as_descriptor_3() {
    let lab = Lab::new();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let seen = lab.0.path().join("seen");
    let script = format!(
        "cat > {}; echo connected >&3; [ \"$(env | grep -v '^\\(PWD\\|SHLVL\\|_\\)=')\" = '' ] || exit 9; echo $0 >&2; exit 7",
        seen.display()
    );
    let helper = lab.helper(&script);
    let refused = helper.ask(theirs.as_fd(), b"data");
    let reason = escape(helper.path().as_os_str().as_bytes()).to_string();
    assert_eq!(refused, Err(HelperError::Refused { status: 7, reason }));
    assert_eq!(fs::read(seen).unwrap(), HelperRequest { fd: 3, data: b"data" }.encode());
    drop(theirs);
    assert_eq!(std::io::read_to_string(ours).unwrap(), "connected\n");
}

#[test]
fn the_connection_may_have_any_number_here() {
    let lab = Lab::new();
    let helper = lab.helper("cat >/dev/null; echo x >&3; exit 1");
    // Many of them, so that some are 3 or lower neighbours where the test runner leaves those free.
    for _ in 0..8 {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let theirs: OwnedFd = theirs.into();
        assert!(matches!(helper.ask(theirs.as_fd(), b""), Err(HelperError::Refused { status: 1, .. })));
        assert!(theirs.as_raw_fd() > 2, "ours stays open");
        drop(theirs);
        assert_eq!(std::io::read_to_string(ours).unwrap(), "x\n");
    }
}

#[test]
fn a_reply_is_one_frame_with_a_signature_and_nothing_else() {
    let lab = Lab::new();
    let good = reply(&blob("ssh-ed25519"));
    let answer = ask(&lab.replying(&good, "exit 0"), b"").unwrap();
    assert_eq!(answer, Answer { signature: blob("ssh-ed25519"), notes: String::new() });
    let answer = ask(&lab.replying(&good, "printf 'no\\033 name\\r\\n' >&2"), b"").unwrap();
    assert_eq!(answer.notes, "no\\x1b name");

    let reply_error = |bytes: &[u8]| ask(&lab.replying(bytes, "exit 0"), b"").unwrap_err();
    assert_eq!(reply_error(b""), HelperError::NoReply);
    assert_eq!(reply_error(&good[..3]), HelperError::NoReply);
    assert_eq!(reply_error(&good[..good.len() - 1]), HelperError::NoReply);
    assert_eq!(reply_error(&[&good[..], b"x"].concat()), HelperError::TrailingBytes);
    let mut other_version = good.clone();
    other_version[4] = 1;
    assert_eq!(reply_error(&other_version), HelperError::Reply(FrameError::Version { received: 1 }));
    assert_eq!(reply_error(&[0; 4]), HelperError::Reply(FrameError::Length { length: 0 }));
    let trailing = WireErrorKind::TrailingBytes { count: 1 }.of("signature");
    let long_blob = [blob("ssh-ed25519"), b"x".to_vec()].concat();
    assert_eq!(reply_error(&reply(&long_blob)), HelperError::Signature(trailing));
    let no_signature = Writer::new().string(b"ssh-ed25519").string(b"").into_bytes();
    assert_eq!(reply_error(&reply(&no_signature)), HelperError::Signature(WireErrorKind::Empty.of("signature")));
}

#[test]
fn the_signature_is_by_the_algorithm_that_was_asked_for() {
    let lab = Lab::new();
    for (asked, name, right) in [
        (&b"rsa-sha2-512"[..], "rsa-sha2-512", true),
        (b"rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-512", true),
        // What OpenSSH before 8.9 returns.
        (b"rsa-sha2-512", "ssh-rsa", false),
        (b"rsa-sha2-512", "rsa-sha2-256", false),
        (b"ssh-ed25519", "ssh-ed25519", true),
    ] {
        let got = ask(&lab.replying(&reply(&blob(name)), "exit 0"), &request(asked));
        let expected = match (right, Algorithm::from_name(asked).unwrap()) {
            (true, _) => Ok(Answer { signature: blob(name), notes: String::new() }),
            (false, algorithm) => Err(HelperError::OtherAlgorithm(algorithm)),
        };
        assert_eq!(got, expected, "{name}");
    }
}

#[test]
fn a_refusal_carries_the_helpers_own_words() {
    let lab = Lab::new();
    let helper = lab.helper("printf 'one\\r\\ntwo\\033[31m\\r\\n' >&2; exit 255");
    let refused = ask(&helper, b"").unwrap_err();
    assert_eq!(refused, HelperError::Refused { status: 255, reason: "one; two\\x1b[31m".to_owned() });
    assert_eq!(refused.to_string(), "the helper refused (exit status 255): one; two\\x1b[31m");
    // A reply does not count when the helper says that it failed.
    let helper = lab.replying(&reply(&blob("ssh-ed25519")), "exit 1");
    assert_eq!(ask(&helper, b""), Err(HelperError::Refused { status: 1, reason: String::new() }));
    let killed = ask(&lab.helper("kill -9 $$"), b"");
    assert_eq!(killed, Err(HelperError::Killed { signal: 9, reason: String::new() }));
    let Err(HelperError::Refused { reason, .. }) = ask(&lab.helper("yes | head -c 1000000 >&2; exit 255"), b"") else {
        panic!("not refused");
    };
    assert_eq!(reason.len(), MAX_REASON_BYTES);
}

#[test]
fn a_helper_that_does_not_end_is_killed() {
    let lab = Lab::new();
    for script in ["echo why >&2; exec sleep 60", "exec sleep 60 >/dev/null 2>&1", "echo why >&2; sleep 60"] {
        let begin = Instant::now();
        let helper = lab.helper(script).with_timeout(Duration::from_millis(300));
        let Err(HelperError::Timeout { limit, reason }) = ask(&helper, b"") else { panic!("no timeout: {script}") };
        assert_eq!(limit, Duration::from_millis(300));
        assert_eq!(reason, if script.starts_with("echo") { "why" } else { "" });
        assert!(begin.elapsed() < Duration::from_secs(10), "{script}");
    }
}

#[test]
fn pipes_that_somebody_else_keeps_open_do_not_matter() {
    let lab = Lab::new();
    let begin = Instant::now();
    let helper = lab.replying(&reply(&blob("ssh-ed25519")), "sleep 15 & exit 0");
    assert_eq!(ask(&helper, b"").unwrap().signature, blob("ssh-ed25519"));
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_request_that_nobody_reads_does_no_harm() {
    let lab = Lab::new();
    let helper = lab.helper("exec <&-; exit 3");
    let largest = vec![0; MAX_FRAME_BYTES - 9];
    assert_eq!(ask(&helper, &largest), Err(HelperError::Refused { status: 3, reason: String::new() }));
    let length = largest.len() + 1;
    assert_eq!(ask(&helper, &vec![0; length]), Err(HelperError::DataTooLong { length }));
}

#[test]
fn what_cannot_be_run_is_named() {
    let lab = Lab::new();
    let path = lab.0.path().join("absent");
    assert_eq!(ask(&Helper::at(&path), b""), Err(HelperError::CannotRun { path, errno: Errno::ENOENT }));
    let path = lab.0.path().join("text");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    let denied = ask(&Helper::at(&path), b"");
    assert_eq!(denied, Err(HelperError::CannotRun { path, errno: Errno::EACCES }));
}

#[test]
fn helpers_are_found_in_the_usual_places_ours_first() {
    let root = tempfile::tempdir().unwrap();
    let find =
        || Helper::find_below(root.path()).map(|helper| helper.path().strip_prefix(root.path()).unwrap().to_owned());
    let install = |path: &str, mode| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    };
    assert_eq!(find(), Err(HelperError::NotFound));
    fs::create_dir_all(root.path().join("usr/libexec/keysign")).unwrap();
    install("usr/lib/openssh/ssh-keysign", 0o644);
    assert_eq!(find(), Err(HelperError::NotFound));
    install("usr/lib/ssh/ssh-keysign", 0o4711);
    assert_eq!(find(), Ok(PathBuf::from("usr/lib/ssh/ssh-keysign")));
    install("usr/lib/openssh/ssh-keysign", 0o4711);
    assert_eq!(find(), Ok(PathBuf::from("usr/lib/openssh/ssh-keysign")));
    install("usr/local/libexec/keysign", 0o4711);
    assert_eq!(find(), Ok(PathBuf::from("usr/local/libexec/keysign")));
}
