//! A server that runs for long: files change, it is closed and stopped.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::keys;
use crate::lab::{ALICE, CLIENT_ADDRESS, SERVER};
use crate::russh_server::{KNOWN_HOSTS, LOG, SHOSTS_EQUIV};

#[test]
fn a_host_comes_and_goes_while_it_runs() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), "10.77.0.99", &[]);
    let key = keys::ed25519().public_without_comment();
    server.log_in(ALICE, ALICE, &[]).assert_refused("equiv-no-match");
    for _ in 0..3 {
        lab.write(KNOWN_HOSTS, format!("10.77.0.99 {key}\n{CLIENT_ADDRESS} {key}\n"));
        lab.write(SHOSTS_EQUIV, format!("10.77.0.99\n{CLIENT_ADDRESS}\n"));
        server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
        lab.write(KNOWN_HOSTS, format!("10.77.0.99 {key}\n"));
        server.log_in(ALICE, ALICE, &[]).assert_refused("host-key-unknown");
        lab.write(SHOSTS_EQUIV, "10.77.0.99\n");
        server.log_in(ALICE, ALICE, &[]).assert_refused("equiv-no-match");
    }
    // A bad line is told, once.
    lab.write(KNOWN_HOSTS, format!("10.77.0.99 {key}\nbad line\n"));
    for _ in 0..2 {
        server.log_in(ALICE, ALICE, &[]).assert_refused("equiv-no-match");
    }
    let told = server.log().lines().filter(|line| line.contains("ssh_known_hosts:2: ")).count();
    assert_eq!(told, 1, "{}", server.log());
}

#[test]
fn nologin_closes_it_for_all_but_root() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
    lab.write("/etc/nologin", "down for maintenance\n");
    let login = server.log_in(ALICE, ALICE, &[]);
    login.assert_refused("application-denies");
    login.assert_field("detail", "/etc/nologin is there");
    std::fs::remove_file(lab.path("/etc/nologin")).unwrap();
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

/// The server is told to stop while a session runs: that goes on to its own end, nobody else comes in, and it exits well.
#[test]
fn it_stops_when_its_sessions_have_ended() {
    for signal in ["TERM", "INT"] {
        let lab = needs_root_and_sshd!();
        let mut server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
        let mut ssh = server.ssh(ALICE, ALICE, &["-q"]);
        let mut ssh = ssh
            .arg("echo here; read line; echo \"got $line\"; exit 9")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(ssh.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "here\n");
        server.signal(signal);
        server.wait_until(|server| {
            server.log().contains("stopping: waiting for sessions to end connections=1 at_most=10s")
        });
        let refused = lab.as_user(ALICE, "ssh").arg(format!("alice@{SERVER}")).arg("true").output().unwrap();
        assert!(String::from_utf8_lossy(&refused.stderr).contains("Connection refused"), "{refused:?}");
        ssh.stdin.take().unwrap().write_all(b"it\n").unwrap();
        line.clear();
        output.read_line(&mut line).unwrap();
        assert_eq!(line, "got it\n");
        assert_eq!(ssh.wait().unwrap().code(), Some(9));
        assert_eq!(server.ended(), Some(0));
    }
}

/// What it cannot read it says at once, not at the first login.
#[test]
fn what_is_wrong_with_its_files_at_the_start() {
    let lab = needs_root_and_sshd!();
    lab.write(KNOWN_HOSTS, "bad line\n");
    lab.write(SHOSTS_EQUIV, "10.77.0.99\n");
    lab.set_mode(SHOSTS_EQUIV, 0o666);
    let server = lab.start_russh_server(&["--authorized-keys", "/nonexistent"]);
    for told in ["ssh_known_hosts:1: ", "cannot be read: /etc/ssh/shosts.equiv: ", "authorized keys file=/nonexistent "]
    {
        assert!(server.log().contains(told), "{told}: {}", server.log());
    }
}

/// A session that does not end is told to, after ten seconds.
#[test]
fn it_does_not_wait_for_ever() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    let mut ssh = server.ssh(ALICE, ALICE, &[]);
    let mut ssh = ssh.arg("echo here; sleep 1000").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(ssh.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "here\n");
    server.signal("TERM");
    assert_eq!(server.ended(), Some(0));
    let output = ssh.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(255), "{said}");
    assert!(said.contains("the server is stopped"), "{said}: {}", lab.read(LOG));
    assert!(lab.read(LOG).contains("stopping: ending them connections=1 at_most=1s"), "{}", lab.read(LOG));
}
