//! Requests of other sessions and other users, in another order, and after the end.

use hostbased::wire::Writer;

use super::ground::is_refused;
use super::raw_ssh::Answer;
use super::requests::{Signature, Wanted};

#[test]
fn a_request_that_was_good_on_another_connection() {
    let server = server!();
    let mut first = server.connect();
    let payload = Wanted::good().payload(first.session_id());
    assert_eq!(first.ask(&payload).unwrap(), Answer::Success);
    assert_eq!(server.codes(), ["accepted"]);
    // Byte for byte, while the first is still there, and when it is gone.
    let mut second = server.connect();
    assert!(is_refused(&second.ask(&payload).unwrap()));
    assert_eq!(server.codes(), ["signature-invalid"]);
    drop(first);
    assert!(is_refused(&second.ask(&payload).unwrap()));
    assert_eq!(server.codes(), ["signature-invalid"]);
    // Its own is let in.
    let own = Wanted::good().payload(second.session_id());
    assert_eq!(second.ask(&own).unwrap(), Answer::Success);
}

#[test]
fn a_signature_for_another_session_or_request() {
    let server = server!();
    for session in [Vec::new(), vec![0; 32], vec![7; 64]] {
        let wanted = Wanted::good().signed(Signature::OfSession("ed25519", session));
        server.refuses("another session", &wanted, "signature-invalid");
    }
    type Change = fn(&mut Wanted);
    let changes: [(&str, Change); 4] = [
        ("user", |wanted| (wanted.user, wanted.client_user) = (b"bob".to_vec(), b"bob".to_vec())),
        ("account", |wanted| wanted.user = b"bob".to_vec()),
        ("host", |wanted| wanted.client_host = b"node2.cluster.test.".to_vec()),
        ("algorithm", |wanted| wanted.algorithm = b"ssh-ed25519x".to_vec()),
    ];
    for (what, change) in changes {
        let mut other = Wanted::good();
        change(&mut other);
        let wanted = Wanted::good().signed(Signature::Of("ed25519", Box::new(other)));
        server.refuses(&format!("signed for another {what}"), &wanted, "signature-invalid");
    }
    // bob asks for bob and is let in; alice does not ask for bob.
    let bob = Wanted { user: b"bob".to_vec(), client_user: b"bob".to_vec(), ..Wanted::good() };
    assert_eq!(server.judge(&bob).0, Answer::Success);
    let other_account = Wanted { user: b"bob".to_vec(), ..Wanted::good() };
    server.refuses("another account", &other_account, "equiv-no-match");
    let root = Wanted { user: b"root".to_vec(), client_user: b"root".to_vec(), ..Wanted::good() };
    server.refuses("root", &root, "root-ignores-system-files");
    let nobody = Wanted { user: b"mallory".to_vec(), client_user: b"mallory".to_vec(), ..Wanted::good() };
    server.refuses("an account that is none", &nobody, "account-unknown");
    let style = Wanted { user: b"alice:style".to_vec(), ..Wanted::good() };
    let (answer, _) = server.judge(&style);
    assert!(is_refused(&answer), "{answer:?}");
}

#[test]
fn another_service() {
    let server = server!();
    for service in [&b"ssh-userauth"[..], b"ssh-connection\0", b"", b"sftp"] {
        let good = Wanted::good().payload(&[0; 32]);
        let range = Wanted::fields(&good)[1].clone();
        let service = Writer::new().string(service).into_bytes();
        server.hangs_up("another service", &[&good[..range.start], &service, &good[range.end..]].concat());
    }
}

#[test]
fn requests_that_do_not_wait_for_answers() {
    let server = server!();
    let mut connection = server.connect();
    let good = Wanted::good().payload(connection.session_id());
    let bad = Wanted { client_user: b"bob".to_vec(), ..Wanted::good() }.payload(connection.session_id());
    for payload in [&bad, &bad, &good, &bad, &good] {
        connection.send(payload).unwrap();
    }
    let answers: Vec<_> = (0..3).map(|_| connection.answer().unwrap()).collect();
    assert!(is_refused(&answers[0]) && is_refused(&answers[1]), "{answers:?}");
    assert_eq!(answers[2], Answer::Success);
    // What came behind the success was not judged.
    assert_eq!(server.codes(), ["equiv-no-match", "equiv-no-match", "accepted"]);
}

#[test]
fn a_request_after_success_changes_nothing() {
    let server = server!();
    let mut connection = server.connect();
    let good = Wanted::good().payload(connection.session_id());
    assert_eq!(connection.ask(&good).unwrap(), Answer::Success);
    let root = Wanted { user: b"root".to_vec(), ..Wanted::good() }.payload(connection.session_id());
    for _ in 0..3 {
        connection.send(&root).unwrap();
    }
    assert_eq!(server.codes(), ["accepted"]);
    // The connection lives, or has been ended; it has said no second success.
    connection.send(&Writer::new().byte(80).string(b"x@cluster.test").byte(1).into_bytes()).unwrap();
    while let Ok(payload) = connection.receive() {
        assert_ne!(payload[0], 52);
        // SSH_MSG_REQUEST_FAILURE answers the global request.
        if payload[0] == 82 {
            break;
        }
    }
}

#[test]
fn a_request_before_its_time() {
    let server = server!();
    // In place of the service request.
    let mut connection = super::raw_ssh::Connection::open(server.socket()).unwrap();
    connection.send(&Wanted::good().payload(connection.session_id())).unwrap();
    // In place of the key exchange.
    let mut socket = server.socket();
    let mut payload = Wanted::good().payload(&[0; 32]);
    payload.resize(payload.len().next_multiple_of(8) + 3, 0);
    let length = u32::try_from(payload.len() + 1 + 8).unwrap().to_be_bytes();
    let packet = [b"SSH-2.0-x\r\n", &length[..], &[8], &payload, &[0; 8]].concat();
    std::io::Write::write_all(&mut socket, &packet).unwrap();
    assert_eq!(server.codes(), [""; 0]);
}

/// Opens a channel (RFC 4254 section 5.1) of this type, with what this type says besides.
fn open(kind: &str, rest: &[u8]) -> Vec<u8> {
    let header = Writer::new().byte(90).string(kind.as_bytes()).uint32(7).uint32(1 << 20).uint32(1 << 15);
    header.raw(rest).into_bytes()
}

/// A request for something of the whole connection (RFC 4254 section 4), with an answer wanted.
fn global(name: &str, rest: &[u8]) -> Vec<u8> {
    Writer::new().byte(80).string(name.as_bytes()).byte(1).raw(rest).into_bytes()
}

#[test]
fn channels_before_the_login() {
    let server = server!();
    let mut connection = server.connect();
    let session = open("session", b"");
    // SSH_MSG_CHANNEL_REQUEST for the first channel that there would be.
    let exec = Writer::new().byte(98).uint32(0).string(b"exec").byte(1).string(b"true").into_bytes();
    for payload in [&session, &exec, &global("tcpip-forward", b"\0\0\0\0\0\0\0\0")] {
        connection.send(payload).unwrap();
    }
    // None is answered, and none is kept for later: the next answer is that to a request.
    let bad = Wanted { client_user: b"bob".to_vec(), ..Wanted::good() }.payload(connection.session_id());
    assert!(is_refused(&connection.ask(&bad).unwrap()));
    let good = Wanted::good().payload(connection.session_id());
    assert_eq!(connection.ask(&good).unwrap(), Answer::Success);
    connection.send(&session).unwrap();
    // SSH_MSG_CHANNEL_OPEN_CONFIRMATION: this one, now.
    assert_eq!(connection.receive().unwrap()[..5], [91, 0, 0, 0, 7]);
    assert_eq!(server.codes(), ["equiv-no-match", "accepted"]);
}

#[test]
fn what_the_server_does_not_have_is_refused_after_the_login() {
    let server = server!();
    let mut connection = server.connect();
    let good = Wanted::good().payload(connection.session_id());
    assert_eq!(connection.ask(&good).unwrap(), Answer::Success);
    let host = |port| Writer::new().string(b"127.0.0.1").uint32(port).string(b"127.0.0.1").uint32(1).into_bytes();
    let socket = Writer::new().string(b"/run/socket").string(b"").uint32(0).into_bytes();
    let address = server.address().port().into();
    for (kind, rest) in [
        ("direct-tcpip", host(address)),
        ("direct-streamlocal@openssh.com", socket),
        ("forwarded-tcpip", host(address)),
        ("x11", Writer::new().string(b"127.0.0.1").uint32(1).into_bytes()),
        ("auth-agent@openssh.com", Vec::new()),
        ("tun@openssh.com", Writer::new().uint32(1).uint32(0).into_bytes()),
    ] {
        connection.send(&open(kind, &rest)).unwrap();
        connection.send(&global("ping@cluster.test", b"")).unwrap();
        // SSH_MSG_CHANNEL_OPEN_FAILURE, which russh sends twice for types that it does not know; then the answer to the other.
        let mut answers = Vec::new();
        while answers.last().is_none_or(|answer: &Vec<u8>| answer[0] != 82) {
            answers.push(connection.receive().unwrap());
        }
        let (_, failures) = answers.split_last().unwrap();
        assert!(!failures.is_empty() && failures.iter().all(|failure| failure[..5] == [92, 0, 0, 0, 7]), "{kind}");
    }
    for (name, rest) in [
        ("tcpip-forward", Writer::new().string(b"127.0.0.1").uint32(0).into_bytes()),
        ("cancel-tcpip-forward", Writer::new().string(b"127.0.0.1").uint32(1).into_bytes()),
        ("streamlocal-forward@openssh.com", Writer::new().string(b"/run/socket").into_bytes()),
    ] {
        connection.send(&global(name, &rest)).unwrap();
        // SSH_MSG_REQUEST_FAILURE
        assert_eq!(connection.receive().unwrap(), [82], "{name}");
    }
}
