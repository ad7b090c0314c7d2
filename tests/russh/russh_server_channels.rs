//! What a stock ssh does not do, by a client of russh's own: signals, several programs at once, several users.

use std::sync::Arc;
use std::time::Duration;

use russh::client::{AuthResult, Handle, Handler, connect};
use russh::keys::{PrivateKeyWithHashAlg, PublicKeyOrCertificate, decode_secret_key};
use russh::{ChannelMsg, Sig};
use russh_hostbased as russh;

use crate::keys::{self, KeyPair};
use crate::lab::{ALICE, BOB, CLIENT_ADDRESS, Lab, User};
use crate::russh_server::decisions;

/// A client that takes any server.
struct Client;

impl Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(true)
    }
}

const SERVER_ADDRESS: (&str, u16) = ("10.77.0.2", 22);

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn secret(key: &KeyPair) -> PrivateKeyWithHashAlg {
    let secret = decode_secret_key(std::str::from_utf8(&key.private).unwrap(), None).unwrap();
    PrivateKeyWithHashAlg::new(Arc::new(secret), None)
}

/// Runs `work` in the lab, for alice, logged in by a key of her own.
fn logged_in<T: Send>(lab: &Lab, work: impl AsyncFnOnce(Handle<Client>) -> T + Send) -> T {
    let key = keys::ecdsa521();
    lab.write("/home/alice/.ssh/authorized_keys", format!("{}\n", key.public));
    lab.in_network(|| {
        block_on(async {
            let mut client = connect(Arc::default(), SERVER_ADDRESS, Client).await.unwrap();
            assert!(client.authenticate_publickey(ALICE.name, secret(key)).await.unwrap().success());
            work(client).await
        })
    })
}

/// What a command prints up to this word, the signal that is sent then, and how the command ends.
async fn signalled(client: &Handle<Client>, command: &str, signal: Sig) -> (String, Option<u32>, Option<String>) {
    let mut channel = client.channel_open_session().await.unwrap();
    channel.exec(true, command).await.unwrap();
    let (mut said, mut code, mut ended_by, mut is_sent) = (String::new(), None, None, false);
    while let Some(message) = channel.wait().await {
        match message {
            ChannelMsg::Data { data } => {
                said += std::str::from_utf8(&data).unwrap();
                if said.contains("ready") && !is_sent {
                    is_sent = true;
                    channel.signal(signal.clone()).await.unwrap();
                }
            }
            ChannelMsg::ExitStatus { exit_status } => code = Some(exit_status),
            ChannelMsg::ExitSignal { signal_name, .. } => ended_by = Some(format!("{signal_name:?}")),
            _ => {}
        }
    }
    (said, code, ended_by)
}

#[test]
fn signals_reach_the_program_and_what_it_has_started() {
    let lab = needs_root_and_sshd!();
    let _server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    logged_in(&lab, async |client| {
        let sleeps = "echo ready; sleep 100; echo no";
        for (signal, name) in [(Sig::TERM, "TERM"), (Sig::KILL, "KILL"), (Sig::USR1, "USR1"), (Sig::HUP, "HUP")] {
            let (said, code, ended_by) = signalled(&client, sleeps, signal).await;
            assert_eq!((said.as_str(), code, ended_by.as_deref()), ("ready\n", None, Some(name)));
        }
        let catches = "trap 'echo caught; exit 4' INT; echo ready; while :; do sleep 0.05; done";
        let (said, code, ended_by) = signalled(&client, catches, Sig::INT).await;
        assert_eq!((said.as_str(), code, ended_by), ("ready\ncaught\n", Some(4), None));
        // What has no name in the protocol is not passed on, nor is what only looks like one.
        for other in ["WINCH", "9", "KILL -1; echo"] {
            let waits = "echo ready; sleep 0.3; exit 6";
            let (_, code, ended_by) = signalled(&client, waits, Sig::Custom(other.to_owned())).await;
            assert_eq!((code, ended_by), (Some(6), None), "{other}");
        }
    });
}

/// A program of another user's, which this one has started, is not his to signal: the server lends him no right.
#[test]
fn signals_have_the_rights_of_their_user() {
    let lab = needs_root_and_sshd!();
    let _server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    let becomes_root = "/run/lab/becomes-root";
    let copied = lab.as_root("sh").args(["-c", &format!("cp \"$(command -v setpriv)\" {becomes_root}")]).status();
    assert!(copied.unwrap().success());
    lab.set_mode(becomes_root, 0o4755);
    logged_in(&lab, async |client| {
        // It says so when it has become root's.
        let command = format!("exec {becomes_root} --reuid 0 sh -c 'echo ready; sleep 1; exit 5'");
        let (said, code, ended_by) = signalled(&client, &command, Sig::KILL).await;
        assert_eq!((said.as_str(), code, ended_by), ("ready\n", Some(5), None));
    });
}

/// The client goes without a word to its programs: a terminal hangs up, pipes break, and nothing is left of them.
#[test]
fn what_ran_for_a_client_that_is_gone() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    let mut started = [const { std::path::PathBuf::new() }; 2];
    logged_in(&lab, async |client| {
        let mut on_a_terminal = client.channel_open_session().await.unwrap();
        on_a_terminal.request_pty(true, "vt220", 80, 24, 0, 0, &[]).await.unwrap();
        on_a_terminal.exec(true, "echo ready; exec sleep 98764").await.unwrap();
        let mut with_pipes = client.channel_open_session().await.unwrap();
        with_pipes.exec(true, "exec sh -c 'while echo ready; do sleep 0.05; done' says-98763").await.unwrap();
        for channel in [&mut on_a_terminal, &mut with_pipes] {
            while !matches!(channel.wait().await.unwrap(), ChannelMsg::Data { data } if data.starts_with(b"ready")) {}
        }
        started = ["98764", "98763"].map(|name| process_with_argument(name).unwrap());
    });
    let start = std::time::Instant::now();
    for process in started {
        // Neither does it run, nor does the system keep a place for it.
        while let Ok(stat) = std::fs::read_to_string(process.join("stat")) {
            assert!(start.elapsed() < Duration::from_secs(20), "it is still there: {stat}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    server.log_in(ALICE, ALICE, &[]).assert_is(ALICE);
}

/// The process with this last argument, as it is seen from outside the lab (proc(5)).
fn process_with_argument(argument: &str) -> Option<std::path::PathBuf> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|process| process.path());
    let has_it = |process: &std::path::PathBuf| {
        std::fs::read(process.join("cmdline"))
            .is_ok_and(|line| String::from_utf8_lossy(&line).ends_with(&format!("{argument}\0")))
    };
    processes.into_iter().find(has_it)
}

/// Sends to a program for a while: as much as the client may.
async fn sent_in_a_while(channel: russh::Channel<russh::client::Msg>) -> usize {
    let mut sent = 0;
    let all = async {
        loop {
            channel.data_bytes(vec![0; 32 * 1024]).await.unwrap();
            sent += 32 * 1024;
        }
    };
    let _: Result<(), _> = tokio::time::timeout(Duration::from_secs(2), all).await;
    sent
}

/// A program that reads nothing: the client is held back, the server keeps little of what it sends, and goes on.
#[test]
fn a_client_is_held_back_while_nobody_reads() {
    let lab = needs_root_and_sshd!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    logged_in(&lab, async |client| {
        let start = async |command: &str| {
            let channel = client.channel_open_session().await.unwrap();
            channel.exec(true, command).await.unwrap();
            channel
        };
        let (stuck, reads) = (start("sleep 100").await, start("cat >/dev/null").await);
        let (sent_to_stuck, sent_to_reader) = tokio::join!(sent_in_a_while(stuck), sent_in_a_while(reads));
        assert!(sent_to_stuck > 1 << 20 && sent_to_stuck < 4 << 20, "{sent_to_stuck} bytes");
        assert!(sent_to_reader > 1 << 20, "{sent_to_reader} bytes");
        let (said, code, _) = signalled(&client, "trap '' HUP; echo ready; exit 3", Sig::HUP).await;
        assert_eq!((said.as_str(), code), ("ready\n", Some(3)));
    });
    assert!(!server.log().contains("more than it may"), "{}", server.log());
    // Where nobody is stuck, nobody is held back.
    let free = logged_in(&lab, async |client| {
        let channel = client.channel_open_session().await.unwrap();
        channel.exec(true, "cat >/dev/null").await.unwrap();
        sent_in_a_while(channel).await
    });
    assert!(free > 8 << 20, "{free} bytes");
}

/// What one user has proved says nothing of another: it is forgotten when the name changes, and when it changes back.
#[test]
fn progress_is_one_users() {
    let lab = needs_root_and_sshd!();
    let (first, second) = (keys::ecdsa521(), keys::ecdsa384());
    let lines = format!("{}\n{}\n", first.public, second.public);
    for user in [ALICE, BOB] {
        lab.write(&format!("/home/{}/.ssh/authorized_keys", user.name), &lines);
    }
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &["--set", "AuthenticationMethods=publickey,publickey"]);
    lab.in_network(|| {
        block_on(async {
            let mut client = connect(Arc::default(), SERVER_ADDRESS, Client).await.unwrap();
            let mut ask =
                async |user: User, key| match client.authenticate_publickey(user.name, secret(key)).await.unwrap() {
                    AuthResult::Success => "in",
                    AuthResult::Failure { partial_success: true, .. } => "half",
                    AuthResult::Failure { .. } => "no",
                };
            assert_eq!(ask(ALICE, first).await, "half");
            assert_eq!(ask(BOB, second).await, "half");
            assert_eq!(ask(ALICE, second).await, "half");
            // No key counts twice.
            assert_eq!(ask(ALICE, second).await, "no");
            assert_eq!(ask(ALICE, first).await, "in");
        })
    });
    let said: Vec<_> = decisions(&server.log(), "publickey").iter().map(|fields| fields["code"].clone()).collect();
    assert_eq!(said, ["partial-success", "partial-success", "partial-success", "key-already-used", "accepted"]);
}
