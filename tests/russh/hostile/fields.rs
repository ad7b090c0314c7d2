//! Every field empty, oversized, cut, doubled.

use hostbased::wire::Writer;

use super::ground::{Server, is_refused};
use super::requests::{Signature, Wanted};

/// The names of a request's fields behind the message number.
const FIELDS: [&str; 8] =
    ["user", "service", "method", "algorithm", "public key", "client host", "client user", "signature"];

/// The payload with one field replaced.
fn with(payload: &[u8], index: usize, field: &[u8]) -> Vec<u8> {
    let range = Wanted::fields(payload)[index].clone();
    [&payload[..range.start], field, &payload[range.end..]].concat()
}

fn good(server: &Server) -> (super::raw_ssh::Connection, Vec<u8>) {
    let connection = server.connect();
    let payload = Wanted::good().payload(connection.session_id());
    assert_eq!(Wanted::fields(&payload).len(), FIELDS.len());
    (connection, payload)
}

/// Checks that the request is refused by the server's own words, with this code.
#[track_caller]
fn refused(server: &Server, what: &str, change: impl FnOnce(&[u8]) -> Vec<u8>, code: &str) {
    let (mut connection, payload) = good(server);
    let answer = connection.ask(&change(&payload)).unwrap();
    assert!(is_refused(&answer), "{what}: {answer:?}");
    assert_eq!(server.codes(), [code], "{what}");
}

#[test]
fn empty_ones() {
    let server = server!();
    let empty = Writer::new().string(b"").into_bytes();
    server.hangs_up("empty service", &with(&good(&server).1, 1, &empty));
    // No method of that name: russh answers that itself.
    let (mut connection, payload) = good(&server);
    assert!(is_refused(&connection.ask(&with(&payload, 2, &empty)).unwrap()));
    assert_eq!(server.codes(), [""; 0]);
    for (index, code) in [
        (0, "request-malformed"),
        (3, "request-malformed"),
        (4, "key-undecodable"),
        (5, "request-malformed"),
        (6, "request-malformed"),
        (7, "signature-invalid"),
    ] {
        refused(&server, FIELDS[index], |payload| with(payload, index, &empty), code);
    }
}

#[test]
fn oversized_ones() {
    let server = server!();
    let of = |bytes: usize| Writer::new().string(&vec![b'a'; bytes]).into_bytes();
    // A byte more than is read of each, and as much as a packet holds.
    for (index, most) in [(0, 1024), (3, 64), (4, 64 * 1024), (5, 1024), (6, 1024), (7, 8 * 1024)] {
        for bytes in [most + 1, 200_000] {
            refused(&server, FIELDS[index], |payload| with(payload, index, &of(bytes)), "request-malformed");
        }
    }
    // As long as is allowed, each is refused for what it says.
    for (index, most, code) in [
        (3, 64, "algorithm-unknown"),
        (4, 64 * 1024, "key-undecodable"),
        (6, 1024, "equiv-no-match"),
        (7, 8 * 1024, "signature-invalid"),
    ] {
        refused(&server, FIELDS[index], |payload| with(payload, index, &of(most)), code);
    }
    // More than a packet may have.
    server.hangs_up("public key", &with(&good(&server).1, 4, &of(300_000)));
    server.hangs_up("service", &with(&good(&server).1, 1, &of(200_000)));
    let (mut connection, payload) = good(&server);
    assert!(is_refused(&connection.ask(&with(&payload, 2, &of(200_000))).unwrap()));
    assert_eq!(server.codes(), [""; 0]);
}

#[test]
fn cut_ones() {
    let server = server!();
    let payload = good(&server).1;
    // In the length of each field, at its end, and within it; at the end of the last one it would be whole.
    for (field, range) in FIELDS.iter().zip(Wanted::fields(&payload)) {
        for cut in [range.start, range.start + 3, range.start + 4, range.end - 1] {
            server.hangs_up(&format!("{field} cut at {cut}"), &payload[..cut]);
        }
    }
}

#[test]
fn doubled_ones() {
    let server = server!();
    let payload = good(&server).1;
    for (index, range) in Wanted::fields(&payload).into_iter().enumerate() {
        let field = payload[range.clone()].to_vec();
        let doubled = [&payload[..range.end], &field, &payload[range.end..]].concat();
        if index == 1 {
            // The service stands where the method should: there is no such method.
            let (mut connection, _) = good(&server);
            assert!(is_refused(&connection.ask(&doubled).unwrap()));
            assert_eq!(server.codes(), [""; 0]);
        } else {
            server.hangs_up(FIELDS[index], &doubled);
        }
    }
    server.hangs_up("a byte behind it", &[&payload[..], b"\0"].concat());
    server.hangs_up("twice", &[&payload[..], &payload].concat());
}

#[test]
fn names_that_are_no_text() {
    let server = server!();
    let changed = |change: &dyn Fn(&mut Wanted)| {
        let mut wanted = Wanted::good();
        change(&mut wanted);
        wanted
    };
    server.refuses("NUL in the user", &changed(&|wanted| wanted.user = b"alice\0".to_vec()), "request-malformed");
    let nul = changed(&|wanted| wanted.client_host = b"node1\0.".to_vec());
    server.refuses("NUL in the host", &nul, "request-malformed");
    let nul = changed(&|wanted| wanted.client_user = b"alice\0root".to_vec());
    server.refuses("NUL in the client user", &nul, "request-malformed");
    let other = changed(&|wanted| wanted.client_user = b"alice\xff".to_vec());
    server.refuses("a client user that is not UTF-8", &other, "equiv-no-match");
    // russh takes user names as text only.
    let no_text = changed(&|wanted| wanted.user = b"alice\xff".to_vec());
    server.hangs_up("a user that is not UTF-8", &no_text.payload(&[0; 32]));
    // What decides nothing may be anything but a NUL.
    let claimed = changed(&|wanted| wanted.client_host = b"\xff\n".to_vec());
    assert_eq!(server.judge(&claimed).0, super::raw_ssh::Answer::Success);
}

/// A log that a peer can write into is worth nothing.
#[test]
fn nothing_that_a_peer_says_makes_a_line_of_the_log() {
    let server = server!();
    let evil =
        "x\" code=\"accepted\n2026-01-01 INFO hostbased decision=\"accepted\" code=\"accepted\" \u{1b}[2J\r\u{9b}";
    for change in [
        (|wanted, evil| wanted.user = evil) as fn(&mut Wanted, Vec<u8>),
        |wanted, evil| wanted.client_user = evil,
        |wanted, evil| wanted.algorithm = evil.into_iter().take(60).collect(),
        |wanted, evil| wanted.public_key = evil,
        |wanted, evil| wanted.public_key = Writer::new().string(&evil).string(&evil).into_bytes(),
        |wanted, evil| (wanted.client_host, wanted.signature) = (evil, Signature::Is(vec![0; 9])),
    ] {
        let mut wanted = Wanted::good();
        change(&mut wanted, evil.as_bytes().to_vec());
        let mut connection = server.connect();
        assert!(is_refused(&connection.ask(&wanted.payload(connection.session_id())).unwrap()));
        let decisions = server.decisions();
        assert_eq!(decisions.len(), 1, "{decisions:?}");
        let line = &decisions[0].line;
        assert!(line.contains(" decision=\"refused\""), "{line}");
        assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line:?}");
        assert!(!line.contains("decision=\"accepted"), "{line}");
    }
}
