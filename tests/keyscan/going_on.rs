//! A scan that is interrupted, and the one that goes on with it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::cheat::{Proof, ed25519, ed25519_signature, exchange, serve};
use crate::run::ours;
use crate::sshd::free_port;

/// A server with an Ed25519 key, and how many connections it has had.
fn honest() -> (u16, Arc<AtomicUsize>) {
    let (pair, key) = ed25519();
    let proof = Proof { algorithm: "ssh-ed25519", key, sign: Box::new(move |hash| ed25519_signature(&pair, hash)) };
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    let port = serve(move |stream| {
        count.fetch_add(1, Ordering::SeqCst);
        let _ = exchange(stream, &proof);
    });
    (port, connections)
}

fn silent() -> u16 {
    serve(|stream| {
        std::thread::sleep(Duration::from_secs(120));
        drop(stream);
    })
}

#[test]
fn hosts_that_are_done_are_not_scanned_again() {
    let (port, connections) = honest();
    let dead = free_port();
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let hosts = [format!("[127.0.0.1]:{dead} dead"), format!("[127.0.0.1]:{port} node1")];
    let scan = |types: &str| {
        let arguments = ["-q", "-T", "30", "-t", types, "--resume", journal.to_str().unwrap(), &hosts[0], &hosts[1]];
        ours(&arguments)
    };
    let first = scan("ed25519");
    assert_eq!((first.code, first.out.lines().count(), connections.load(Ordering::SeqCst)), (Some(1), 1, 1));
    let again = scan("ed25519");
    assert_eq!((&again.out, &again.err, again.code), (&first.out, &first.err, first.code));
    assert_eq!(connections.load(Ordering::SeqCst), 1, "the key is the journal's");
    assert!(again.err.contains(&format!("keyscan: dead:{dead}: cannot connect")), "it was tried again: {again:?}");
    assert_eq!(fs::read_to_string(&journal).unwrap().lines().count(), 2, "what is asked for, and node1");
    // Another scan's file is no help.
    let other = scan("rsa,ed25519");
    assert_eq!((other.code, other.out.as_str(), connections.load(Ordering::SeqCst)), (Some(2), "", 1));
    assert!(other.err.contains("is of a scan for keys of type ed25519 at port"), "{other:?}");
}

#[test]
fn ctrl_c_says_what_was_done_and_how_to_go_on() {
    let (port, _) = honest();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal");
    let journal = path.to_str().unwrap();
    for resume in [&["--resume", journal][..], &[]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hostbased"));
        command.args(["keyscan", "-q", "-T", "60", "-t", "ed25519"]).args(resume);
        command.args([format!("[127.0.0.1]:{port}"), format!("[127.0.0.1]:{}", silent())]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The first host's line says that it is done.
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert!(line.starts_with(&format!("[127.0.0.1]:{port} ssh-ed25519 ")), "{line}");
        let start = Instant::now();
        let number = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        nix::sys::signal::kill(number, nix::sys::signal::Signal::SIGINT).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(start.elapsed() < Duration::from_secs(20));
        let mut rest = String::new();
        out.read_line(&mut rest).unwrap();
        assert_eq!((rest.as_str(), output.status.code()), ("", Some(2)));
        let told = String::from_utf8(output.stderr).unwrap();
        let how = match resume {
            [] => "with --resume FILE the next one can be gone on with where it ends".to_owned(),
            _ => format!("go on where it ended: the same command again, with --resume {journal}"),
        };
        assert_eq!(
            told,
            format!("hostbased: interrupted: 1 of 2 hosts were scanned, and nothing was written\n{how}\n")
        );
    }
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2, "what is asked for, and the first host");
}

#[test]
fn a_terminal_sees_how_far_it_is_and_a_file_does_not() {
    needs!(crate::needs::missing_program(&["script"]));
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let port = silent();
    let hosts = format!("[127.0.0.1]:{port} ").repeat(20);
    let scan = format!("{} keyscan -T 1 --retries 0 -t ed25519 {hosts}", env!("CARGO_BIN_EXE_hostbased"));
    let seen = |redirected: &str| {
        let mut command = Command::new("script");
        command.args(["-qec", &format!("{scan} {redirected}"), &file("typescript")]).stdin(Stdio::null());
        command.env("TERM", "xterm");
        assert_eq!(command.output().unwrap().status.code(), Some(1));
        fs::read_to_string(file("typescript")).unwrap()
    };
    let text = seen("");
    assert!(text.contains(" 0 of 20 hosts, 0 failed, "), "{text:?}");
    // Lines stand above it, whole, and nothing is left of it.
    let complaint = format!("hostbased keyscan: 127.0.0.1:{port}: no answer in time");
    assert_eq!(text.matches(&complaint).count(), 20, "{text:?}");
    let text = seen(&format!("2> {}", file("errors")));
    assert!(!text.contains("of 20 hosts"), "{text:?}");
    let errors = fs::read_to_string(file("errors")).unwrap();
    assert_eq!(errors.lines().filter(|line| line.starts_with(&complaint)).count(), 20, "{errors}");
    assert_eq!(errors.lines().count(), 20);
}
