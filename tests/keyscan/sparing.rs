//! How often a host is asked, and how long: no more than tells something new.

use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::cheat::{Proof, ed25519, ed25519_signature, exchange, serve};
use crate::run::{Finished, ours};

/// A server, and how many connections it has had.
struct Counted {
    port: String,
    connections: Arc<AtomicUsize>,
}

impl Counted {
    /// Answers each connection, numbered from 0.
    fn serve(script: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> Self {
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let port = serve(move |stream| script(count.fetch_add(1, Ordering::SeqCst), stream)).to_string();
        Self { port, connections }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn scan(&self, arguments: &[&str]) -> Finished {
        ours(&[&["--json", "-T", "30", "-p", &self.port], arguments, &["127.0.0.1"]].concat())
    }
}

/// A server's word that it has an Ed25519 key, and only that.
fn honest() -> Proof {
    let (pair, key) = ed25519();
    Proof { algorithm: "ssh-ed25519", key, sign: Box::new(move |hash| ed25519_signature(&pair, hash)) }
}

fn codes(finished: &Finished) -> Vec<Option<String>> {
    let host = &finished.json()[0];
    let code = |result: &serde_json::Value| result["error"]["code"].as_str().map(str::to_owned);
    host["results"].as_array().unwrap().iter().map(code).collect()
}

#[test]
fn types_that_a_host_does_not_offer_need_no_connection() {
    let proof = honest();
    let server = Counted::serve(move |_, stream| drop(exchange(stream, &proof)));
    let finished = server.scan(&[]);
    let lacks = || Some("type-not-offered".to_owned());
    let unknown = Some("type-unsupported".to_owned());
    assert_eq!(codes(&finished), [lacks(), lacks(), None, lacks(), lacks(), unknown]);
    // The first told of the others; the key was proven on a connection of its own.
    assert_eq!((server.connections(), finished.code), (2, Some(0)));
    let results = &finished.json()[0]["results"];
    assert_eq!(results[0]["banner"], "SSH-2.0-cheat");
    assert_eq!((&results[1]["banner"], &results[1]["address"]), (&serde_json::Value::Null, &results[0]["address"]));
    let finished = server.scan(&["-t", "ed25519,ed25519-sk"]);
    assert_eq!((codes(&finished), server.connections()), (vec![None, lacks()], 3));
}

#[test]
fn a_host_that_is_dead_is_not_asked_for_each_type() {
    for (retries, connections) in [(None, 2), (Some("0"), 1), (Some("2"), 3)] {
        let server = Counted::serve(|_, stream| drop(stream));
        let retries: Vec<&str> = retries.into_iter().flat_map(|retries| ["--retries", retries]).collect();
        let finished = server.scan(&[&["-t", "rsa,ecdsa,ed25519"], &retries[..]].concat());
        let closed = Some("closed-before-identification".to_owned());
        assert_eq!(codes(&finished), [closed.clone(), closed.clone(), closed]);
        assert_eq!(server.connections(), connections, "{retries:?}");
        assert_eq!(finished.err.lines().count(), 1, "one reason: {finished:?}");
    }
}

#[test]
fn what_passes_is_tried_again_and_a_wrong_answer_never_is() {
    let proof = honest();
    let busy = Counted::serve(move |number, mut stream| {
        if number == 0 {
            let _ = stream.write_all(b"Exceeded MaxStartups\r\n");
        } else {
            let _ = exchange(stream, &proof);
        }
    });
    let finished = busy.scan(&["-t", "ed25519"]);
    assert_eq!((codes(&finished), finished.code, busy.connections()), (vec![None], Some(0), 2));
    let earlier = &finished.json()[0]["results"][0]["earlier"];
    assert_eq!(earlier[0]["error"]["code"], "closed-before-identification");
    assert_eq!(finished.err, "");

    let (_, key) = ed25519();
    let proof = Proof { key, ..honest() };
    let cheat = Counted::serve(move |_, stream| drop(exchange(stream, &proof)));
    let finished = cheat.scan(&["--retries", "5", "-t", "ed25519"]);
    assert_eq!((finished.only_code().as_str(), cheat.connections()), ("bad-signature", 1));
    let old = Counted::serve(|_, mut stream| drop(stream.write_all(b"SSH-1.5-old\r\n")));
    let finished = old.scan(&["--retries", "5"]);
    assert_eq!(codes(&finished)[..5], vec![Some("protocol-version".to_owned()); 5]);
    assert_eq!(old.connections(), 1);
}

#[test]
fn a_host_has_a_time_of_its_own() {
    let silent = Counted::serve(|_, stream| {
        std::thread::sleep(Duration::from_secs(30));
        drop(stream);
    });
    let start = Instant::now();
    let finished = silent.scan(&["--host-timeout", "1", "--retries", "9", "-t", "rsa,ed25519"]);
    assert!(start.elapsed() < Duration::from_secs(10), "{finished:?}");
    let late = Some("timeout-host".to_owned());
    assert_eq!((codes(&finished), silent.connections()), (vec![late.clone(), late], 1));
    // What it did tells more than that its time was up in the end.
    let closing = Counted::serve(|_, stream| drop(stream));
    let start = Instant::now();
    let finished = closing.scan(&["--host-timeout", "3", "--retries", "99", "-t", "ed25519"]);
    assert!(start.elapsed() < Duration::from_secs(10), "{finished:?}");
    assert_eq!(finished.only_code(), "closed-before-identification");
    assert!((2..8).contains(&closing.connections()), "{}", closing.connections());
}

#[test]
fn a_process_with_few_descriptors_scans_many_hosts() {
    let proof = honest();
    let server = Counted::serve(move |_, stream| drop(exchange(stream, &proof)));
    let hosts: Vec<String> = (0..60).map(|host| format!("127.0.0.1 node{host}")).collect();
    // Far more at once than it has descriptors for: it finds out.
    for parallel in [&[][..], &["--parallel", "60"]] {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n 20 && exec \"$@\"", "sh", env!("CARGO_BIN_EXE_hostbased"), "keyscan", "-q"]);
        command.args(["-T", "30", "-t", "ed25519", "-p", &server.port]).args(parallel).args(&hosts);
        let output = command.output().unwrap();
        assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), ("", Some(0)));
        let names: Vec<String> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| line.split_once(']').unwrap().0.trim_start_matches('[').to_owned())
            .collect();
        assert_eq!(names, (0..60).map(|host| format!("node{host}")).collect::<Vec<_>>());
    }
}
