//! Servers that break, stall or cheat: each for its own reason, in time, and beside others that are well.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use hostbased::wire::Writer;

use crate::cheat::{
    Proof, ecdsa, ecdsa_signature, ed25519, ed25519_signature, greet, prove, receive_identification, send, serve, token,
};
use crate::run::{Finished, ours};
use crate::sshd::free_port;

/// Scans one loopback port for one type, with a limit that only a test of limits reaches.
fn scan(port: u16, kind: &str) -> Finished {
    ours(&["--json", "-T", "60", "-t", kind, "-p", &port.to_string(), "127.0.0.1"])
}

/// Scans with a limit of two seconds, which must hold.
fn scan_briefly(port: u16) -> Finished {
    let start = Instant::now();
    let finished = ours(&["--json", "-T", "2", "-t", "ed25519", "-p", &port.to_string(), "127.0.0.1"]);
    assert!(start.elapsed() < Duration::from_secs(10), "the time limit holds: {finished:?}");
    finished
}

fn code(script: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    scan(serve(script), "ed25519").only_code()
}

fn brief_code(script: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    scan_briefly(serve(script)).only_code()
}

fn hold(mut stream: TcpStream) {
    let _ = stream.read_to_end(&mut Vec::new());
}

#[test]
fn servers_that_never_identify_themselves() {
    assert_eq!(scan(free_port(), "ed25519").only_code(), "connection-refused");
    assert_eq!(code(drop), "closed-before-identification");
    assert_eq!(brief_code(hold), "timeout-identification");
    let busy = serve(|mut stream| {
        let _ = stream.write_all(b"Exceeded MaxStartups\r\n");
    });
    let finished = scan(busy, "ed25519");
    assert_eq!(finished.only_code(), "closed-before-identification");
    assert!(finished.err.contains("after saying \"Exceeded MaxStartups\""), "{finished:?}");
    let endless = |mut stream: TcpStream| while stream.write_all(b"220 mail.example \x1b]0;x\x07\r\n").is_ok() {};
    assert_eq!(code(endless), "not-ssh");
    assert_eq!(code(|mut stream: TcpStream| while stream.write_all(&[0xfe; 4096]).is_ok() {}), "not-ssh");
    // A byte now and then does not stop the clock.
    let drip = |mut stream: TcpStream| {
        while stream.write_all(b"x").is_ok() {
            sleep(Duration::from_millis(50));
        }
    };
    assert_eq!(brief_code(drip), "timeout-identification");
}

#[test]
fn identifications_that_are_not_taken() {
    let saying = |line: &'static [u8]| {
        code(move |mut stream: TcpStream| {
            let _ = stream.write_all(line);
            hold(stream);
        })
    };
    assert_eq!(saying(b"SSH-1.5-old\r\n"), "protocol-version");
    assert_eq!(saying(b"SSH-2.0-\xff\xfe\r\n"), "identification-not-utf8");
    let unfinished = |mut stream: TcpStream| {
        let _ = stream.write_all(b"SSH-2.0-x");
        hold(stream);
    };
    assert_eq!(brief_code(unfinished), "timeout-identification");
    let long: &'static [u8] = [b"SSH-2.0-".to_vec(), vec![b'x'; 300]].concat().leak();
    assert_eq!(saying(long), "identification-too-long");
}

#[test]
fn a_full_queue_of_connections_is_a_timeout() {
    // A listener that accepts nobody, with its queue filled: further SYNs are dropped.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (listener, port) = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let listener = socket.listen(1).unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    });
    let address = ([127, 0, 0, 1], port).into();
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(200));
    let held: Vec<_> = std::iter::from_fn(|| connect().ok()).take(8).collect();
    assert!(held.len() < 8, "the queue never fills");
    assert_eq!(scan_briefly(port).only_code(), "timeout-connecting");
    drop(listener);
}

#[test]
fn key_exchanges_that_come_to_nothing() {
    let after_greeting = |script: fn(&mut TcpStream)| {
        code(move |mut stream: TcpStream| {
            if greet(&mut stream, "ssh-ed25519").is_ok() {
                script(&mut stream);
            }
        })
    };
    assert_eq!(after_greeting(|_| {}), "closed-in-key-exchange");
    let stalled = |mut stream: TcpStream| {
        let _ = greet(&mut stream, "ssh-ed25519");
        hold(stream);
    };
    assert_eq!(brief_code(stalled), "timeout-key-exchange");
    // SSH_MSG_DISCONNECT, with a reason.
    let disconnect = |stream: &mut TcpStream| {
        let message = Writer::new().byte(1).uint32(11).string(b"go away").string(b"").into_bytes();
        let _ = send(stream, &message);
        let _ = stream.read_to_end(&mut Vec::new());
    };
    assert_eq!(after_greeting(disconnect), "closed-in-key-exchange");
    // SSH_MSG_IGNORE for ever.
    let flood = |stream: &mut TcpStream| {
        let ignore = Writer::new().byte(2).string(&[0; 30_000]).into_bytes();
        while send(stream, &ignore).is_ok() {}
    };
    assert_eq!(after_greeting(flood), "too-much-data");
    // A packet of 4 GiB.
    assert_eq!(after_greeting(|stream| drop(stream.write_all(&[0xff; 64]))), "protocol-error");
    // A packet whose padding is longer than itself.
    let padding =
        |stream: &mut TcpStream| drop(stream.write_all(&[0, 0, 0, 12, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
    assert_eq!(after_greeting(padding), "protocol-error");
    // The reply before the question, empty.
    assert_eq!(after_greeting(|stream| drop(send(stream, &[31]))), "key-malformed");
    let no_kexinit = code(|mut stream: TcpStream| {
        let _ = stream.write_all(b"SSH-2.0-x\r\n");
        let _ = receive_identification(&mut stream);
        let _ = send(&mut stream, &[31, 0, 0, 0, 0]);
        hold(stream);
    });
    assert_eq!(no_kexinit, "protocol-error");
}

#[test]
fn an_honest_proof_is_believed() {
    // The near-misses below differ from this one in one thing each.
    let (pair, key) = ed25519();
    let sign = Box::new(move |hash: &[u8]| ed25519_signature(&pair, hash));
    let finished = scan(prove(Proof { algorithm: "ssh-ed25519", key, sign }), "ed25519");
    let result = &finished.json()[0]["results"][0];
    assert_eq!((result["algorithm"].as_str(), finished.code), (Some("ssh-ed25519"), Some(0)), "{finished:?}");
    assert_eq!(result["banner"], "SSH-2.0-cheat");
    assert!(result["error"].is_null());

    let (pair, key) = ecdsa();
    let sign = Box::new(move |hash: &[u8]| ecdsa_signature(&pair, hash));
    assert_eq!(scan(prove(Proof { algorithm: "ecdsa-sha2-nistp256", key, sign }), "ecdsa").code, Some(0));
}

#[test]
fn proofs_that_miss_by_one_thing_are_refused() {
    // A key that is changed after it was made, the data that is signed, and the signature.
    type Change = fn(&mut Vec<u8>);
    let refused = |key_change: Change, data_change: Change, signature_change: Change| {
        let (pair, mut key) = ed25519();
        key_change(&mut key);
        let sign = Box::new(move |hash: &[u8]| {
            let mut data = hash.to_vec();
            data_change(&mut data);
            let mut signature = ed25519_signature(&pair, &data);
            signature_change(&mut signature);
            signature
        });
        scan(prove(Proof { algorithm: "ssh-ed25519", key, sign }), "ed25519").only_code()
    };
    let keep: Change = |_| {};
    let flip: Change = |bytes| *bytes.last_mut().unwrap() ^= 1;
    let another_key: Change = |key| *key = ed25519().1;
    assert_eq!(refused(keep, keep, flip), "bad-signature");
    assert_eq!(refused(keep, flip, keep), "bad-signature");
    assert_eq!(refused(keep, Vec::clear, keep), "bad-signature");
    assert_eq!(refused(another_key, keep, keep), "bad-signature");
    assert_eq!(refused(|key| key.push(0), keep, keep), "key-malformed");
    assert_eq!(refused(Vec::clear, keep, keep), "key-malformed");
    assert_eq!(refused(|key| key[10] = b'x', keep, keep), "key-malformed");
    // No key is shorter than its length says, and no signature is empty.
    assert_eq!(refused(|key| key.truncate(30), keep, keep), "key-malformed");
    assert_eq!(refused(keep, keep, Vec::clear), "protocol-error");
    assert_eq!(refused(keep, keep, |signature| signature.push(0)), "protocol-error");
}

#[test]
fn rsa_keys_that_are_too_small_are_named() {
    let key = Writer::new().string(b"ssh-rsa").string(&[1, 0, 1]).string(&[0x7f; 64]).into_bytes();
    let sign = Box::new(|_: &[u8]| Writer::new().string(b"rsa-sha2-512").string(&[1; 64]).into_bytes());
    let finished = scan(prove(Proof { algorithm: "rsa-sha2-512", key, sign }), "rsa");
    assert_eq!(finished.only_code(), "rsa-size");
    assert!(finished.err.contains("an RSA key of 511 bits: must have 1024 to 8192"), "{finished:?}");
}

#[test]
fn a_token_must_be_touched_and_has_no_sshfp_record() {
    let port = prove(token(true));
    let finished = scan(port, "ed25519-sk");
    let result = &finished.json()[0]["results"][0];
    assert_eq!((result["algorithm"].as_str(), finished.code), (Some("sk-ssh-ed25519@openssh.com"), Some(0)));
    assert_eq!(scan(prove(token(false)), "ed25519-sk").only_code(), "bad-signature");

    let finished = ours(&["-D", "-q", "-p", &port.to_string(), "127.0.0.1"]);
    let told = format!("hostbased keyscan: 127.0.0.1:{port}: ed25519-sk: SSHFP has no number for this type\n");
    assert_eq!((finished.out.as_str(), finished.err, finished.code), ("", told, Some(1)));
}

#[test]
fn what_a_server_says_moves_no_cursor() {
    let port = serve(|mut stream| {
        let _ = stream.write_all(b"SSH-2.0-x\x1b[2J\r\n");
    });
    let port = port.to_string();
    let finished = ours(&["-t", "ed25519", "-p", &port, "127.0.0.1"]);
    assert_eq!(finished.out, format!("# 127.0.0.1:{port} SSH-2.0-x\\x1b[2J\n"));
    let told = format!("hostbased keyscan: 127.0.0.1:{port}: closed the connection during the key exchange\n");
    assert_eq!((finished.err, finished.code), (told, Some(1)));
}

#[test]
fn results_come_in_input_order_whatever_is_done_first() {
    let (pair, key) = ed25519();
    let sign = Box::new(move |hash: &[u8]| ed25519_signature(&pair, hash));
    let good = prove(Proof { algorithm: "ssh-ed25519", key, sign });
    let silent = serve(hold);
    let closed = free_port();
    let ports = [silent, good, closed, silent, good];
    let hosts: Vec<String> = ports.iter().map(|port| format!("[127.0.0.1]:{port}")).collect();
    let mut arguments = vec!["--json", "-T", "4", "--retries", "0", "-t", "ed25519"];
    arguments.extend(hosts.iter().map(String::as_str));
    let start = Instant::now();
    let finished = ours(&arguments);
    assert!(start.elapsed() < Duration::from_secs(7), "both silent hosts at once: {:?}", start.elapsed());
    let hosts = finished.json();
    let seen: Vec<u64> = hosts.iter().map(|host| host["port"].as_u64().unwrap()).collect();
    assert_eq!(seen, ports.map(u64::from));
    let codes: Vec<_> = hosts.iter().map(|host| host["results"][0]["error"]["code"].as_str()).collect();
    let late = Some("timeout-identification");
    assert_eq!(codes, [late, None, Some("connection-refused"), late, None]);
    assert_eq!(finished.code, Some(1));
}

#[test]
fn every_address_is_tried_until_one_answers() {
    let (pair, key) = ed25519();
    let sign = Box::new(move |hash: &[u8]| ed25519_signature(&pair, hash));
    let port = prove(Proof { algorithm: "ssh-ed25519", key, sign }).to_string();
    // Nobody listens on 127.0.0.2, nor under that name; the last address is not reached.
    let host = "127.0.0.2,no-such-host.invalid,127.0.0.1,127.0.0.3 node1";
    let finished = ours(&["--json", "-t", "ed25519", "-p", &port, host]);
    let result = &finished.json()[0]["results"][0];
    assert_eq!(result["address"], format!("127.0.0.1:{port}"));
    let codes: Vec<_> =
        result["earlier"].as_array().unwrap().iter().map(|tried| tried["error"]["code"].as_str()).collect();
    assert_eq!(codes, [Some("connection-refused"), Some("resolve-failed")]);
    assert_eq!((finished.code, finished.err.as_str()), (Some(0), ""));
    // A server that cheats has answered: no other address makes up for it.
    let (pair, _) = ed25519();
    let (_, key) = ed25519();
    let sign = Box::new(move |hash: &[u8]| ed25519_signature(&pair, hash));
    let cheat = prove(Proof { algorithm: "ssh-ed25519", key, sign }).to_string();
    let finished = ours(&["--json", "-t", "ed25519", "-p", &cheat, "127.0.0.1,127.0.0.1"]);
    assert_eq!(finished.only_code(), "bad-signature");
    assert_eq!(finished.json()[0]["results"][0]["earlier"], serde_json::json!([]));
}

#[test]
fn the_key_must_be_of_the_negotiated_type() {
    // Valid signatures, of another type of key than was negotiated: russh takes them.
    let (pair, key) = ecdsa();
    let sign = Box::new(move |hash: &[u8]| ecdsa_signature(&pair, hash));
    let port = prove(Proof { algorithm: "ssh-ed25519", key, sign });
    assert_eq!(scan(port, "ed25519").only_code(), "key-type-mismatch");
    let (pair, key) = ed25519();
    let sign = Box::new(move |hash: &[u8]| ed25519_signature(&pair, hash));
    let port = prove(Proof { algorithm: "ecdsa-sha2-nistp256", key, sign });
    assert_eq!(scan(port, "ecdsa").only_code(), "key-type-mismatch");
}
