//! What is not formed as a request is not put before the handler.

use crate::raw::{Answer, Payload, Raw, Request, STREAM_BYTES, USERAUTH_REQUEST, in_the_clear, offer};
use crate::server::{ALL, Server};

/// One level more than what russh lets through: it refuses what would overflow the stack of a decoder that recurses.
pub const TOO_DEEP: usize = 9;

/// Host certificates within each other: `levels` of them, the innermost of a plain key. What is read behind the inner one
/// is empty, so that many fit into a packet.
pub fn nested(levels: usize) -> Vec<u8> {
    let mut key = Payload::default().string("ssh-ed25519").string([7; 32]).0;
    for _ in 0..levels {
        let numbers = |payload: Payload, bytes: &[u8]| Payload([payload.0, bytes.to_vec()].concat());
        let head = Payload::default().string("ssh-ed25519-cert-v01@openssh.com").string("").string([7; 32]);
        let head = numbers(head, &[0; 8]);
        let head = numbers(head, &[0, 0, 0, 2]).string("").string("");
        let head = numbers(numbers(head, &[0; 8]), &[0xff; 8]).string("").string("").string("");
        key = head.string(&key).string("").0;
    }
    key
}

/// Sends the payload to a server that lets everybody in, and gives the answer and how often the handler was asked.
async fn sent(payload: &[u8]) -> (Answer, usize) {
    let server = Server::accepting();
    let asked = server.asked();
    let answer = server.raw().await.ask(payload).await;
    let times = asked.lock().unwrap().len();
    (answer, times)
}

#[tokio::test]
async fn the_request_that_the_others_are_made_of_is_let_in() {
    assert_eq!(sent(&Request::default().payload()).await, (Answer::Success, 1));
}

#[tokio::test]
async fn every_cut_ends_the_connection() {
    let payload = Request::default().payload();
    for length in 1..payload.len() {
        assert_eq!(sent(&payload[..length]).await, (Answer::Closed, 0), "at {length}");
    }
}

#[tokio::test]
async fn bytes_behind_the_signature_end_the_connection() {
    for tail in [&b"\0"[..], b"x", &[0; 1000], &Request::default().payload()] {
        let payload = [&Request::default().payload(), tail].concat();
        assert_eq!(sent(&payload).await, (Answer::Closed, 0));
    }
}

#[tokio::test]
async fn a_field_that_is_doubled_or_missing_ends_the_connection() {
    let fields: [&[u8]; 5] = [b"ssh-ed25519", b"key", b"host", b"user", b"signature"];
    let of = |fields: &[&[u8]]| fields.iter().fold(Payload::request("alice", "hostbased"), Payload::string).0;
    assert_eq!(sent(&of(&fields)).await, (Answer::Success, 1));
    for index in 0..fields.len() {
        let doubled = [&fields[..=index], &fields[index..]].concat();
        assert_eq!(sent(&of(&doubled)).await, (Answer::Closed, 0), "{index} doubled");
        let missing = [&fields[..index], &fields[index + 1..]].concat();
        assert_eq!(sent(&of(&missing)).await, (Answer::Closed, 0), "{index} missing");
    }
}

#[tokio::test]
async fn lengths_that_lie_end_the_connection() {
    let payload = Request::default().payload();
    // Behind the method's name: a lie in front makes it another user, service or method.
    let mut at = Payload::request("alice", "hostbased").0.len();
    while at < payload.len() {
        let length = u32::from_be_bytes(payload[at..at + 4].try_into().unwrap());
        for lie in [length + 1, length - 1, 0x7fff_ffff, 0x8000_0000, u32::MAX - 4, u32::MAX] {
            let mut payload = payload.clone();
            payload[at..at + 4].copy_from_slice(&lie.to_be_bytes());
            let (answer, asked) = sent(&payload).await;
            assert_eq!((answer, asked), (Answer::Closed, 0), "{lie} in place of {length} at {at}");
        }
        at += 4 + usize::try_from(length).unwrap();
    }
}

#[tokio::test]
async fn a_user_name_that_is_no_text_ends_the_connection() {
    for user in [&b"\xff"[..], b"alice\xc3", b"\xed\xa0\x80"] {
        let request = Request { user: user.to_vec(), ..Request::default() };
        assert_eq!(sent(&request.payload()).await, (Answer::Closed, 0));
    }
}

#[tokio::test]
async fn another_service_ends_the_connection() {
    for service in [&b""[..], b"ssh-userauth", b"ssh-connection\0", b"SSH-connection", b"ssh-connection@x"] {
        let request = Request { service: service.to_vec(), ..Request::default() };
        assert_eq!(sent(&request.payload()).await, (Answer::Closed, 0));
    }
}

#[tokio::test]
async fn names_that_are_not_quite_the_methods_are_other_methods() {
    let payload = Request::default().payload();
    let at = payload.windows(9).position(|window| window == b"hostbased").unwrap();
    for name in ["Hostbased", "hostbased\0", "hostbased,none", "hostbase", ""] {
        let named = Payload(payload[..at - 4].to_vec()).string(name).0;
        let payload = [&named[..], &payload[at + 9..]].concat();
        assert_eq!(sent(&payload).await, (Answer::Failure(ALL.into(), false), 0), "{name:?}");
    }
}

#[tokio::test]
async fn certificates_within_certificates_are_refused_and_the_connection_goes_on() {
    let server = Server::accepting();
    let asked = server.asked();
    let mut raw = server.raw().await;
    // 1,500 of them overflow the stack of ssh-key's decoder, and fit into a packet.
    for levels in [TOO_DEEP, 100, 1_000, 1_500] {
        let request = Request { public_key: nested(levels), ..Request::default() };
        let answer = raw.ask(&request.payload()).await;
        assert_eq!(answer, Answer::Failure(ALL.into(), false), "{levels}");
    }
    assert!(asked.lock().unwrap().is_empty());
    // What is not too deep is the handler's to refuse.
    let request = Request { public_key: nested(TOO_DEEP - 1), ..Request::default() };
    assert_eq!(raw.ask(&request.payload()).await, Answer::Success);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_packet_that_is_too_long_ends_the_connection() {
    let fits = Request { public_key: vec![0; 200_000], ..Request::default() };
    assert_eq!(sent(&fits.payload()).await, (Answer::Success, 1));
    let too_long = Request { public_key: vec![0; 300_000], ..Request::default() };
    assert_eq!(sent(&too_long.payload()).await, (Answer::Closed, 0));
}

#[tokio::test]
async fn a_packet_that_never_ends_is_never_asked_about() {
    let server = Server::accepting();
    let asked = server.asked();
    let mut raw = server.raw().await;
    let packet = crate::raw::packet(&Request::default().payload());
    raw.send_bytes(&packet[..packet.len() - 1]).await;
    assert!(raw.drain().await.is_empty());
    assert!(asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_request_before_its_time_is_not_asked_about() {
    let request = Request::default().payload();
    let start = || async {
        let server = Server::accepting().with(|config| config.preferred = in_the_clear());
        let asked = server.asked();
        let (ours, theirs) = tokio::io::duplex(STREAM_BYTES);
        tokio::spawn(async { server.run(theirs).await.await });
        (Raw::identify(ours).await, asked)
    };
    // Before the key exchange, amid it, and before the service is asked for.
    let (mut raw, asked) = start().await;
    assert_eq!(raw.ask(&request).await, Answer::Closed);
    assert!(asked.lock().unwrap().is_empty());

    let (mut raw, asked) = start().await;
    raw.send(&offer("curve25519-sha256")).await;
    assert_eq!(raw.ask(&request).await, Answer::Closed);
    assert!(asked.lock().unwrap().is_empty());

    let (mut raw, asked) = start().await;
    raw.exchange("none").await;
    raw.send(&request).await;
    assert!(raw.drain().await.is_empty());
    assert!(asked.lock().unwrap().is_empty());

    // In its time it is.
    let (mut raw, asked) = start().await;
    raw.exchange("none").await;
    raw.ask_for_service().await;
    assert_eq!(raw.ask(&request).await, Answer::Success);
    assert_eq!((asked.lock().unwrap().len(), request[0]), (1, USERAUTH_REQUEST));
}

/// A strict reader of a request (RFC 4251 section 5, RFC 4252 section 9), for comparison: its strings, if there are eight,
/// the first three are the right ones, and nothing is behind them.
fn read_strictly(payload: &[u8]) -> Option<Vec<&[u8]>> {
    let (&USERAUTH_REQUEST, mut rest) = payload.split_first()? else { return None };
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, behind) = behind.split_at_checked(length)?;
        fields.push(field);
        rest = behind;
    }
    let is_text = fields.first().is_some_and(|user| std::str::from_utf8(user).is_ok());
    (fields.len() == 8 && is_text && fields[1..3] == [&b"ssh-connection"[..], b"hostbased"]).then_some(fields)
}

/// The same numbers each time (Knuth, MMIX).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

#[tokio::test]
async fn the_handler_is_asked_exactly_what_a_strict_reader_reads() {
    let mut numbers = Numbers(7);
    let (mut read, mut unread) = (0, 0);
    for round in 0..1_000 {
        let mut payload = Request::default().payload();
        for _ in 0..1 + numbers.below(2) {
            let at = 1 + numbers.below(payload.len() - 1);
            match numbers.below(4) {
                0 => payload[at] = u8::try_from(numbers.below(256)).unwrap(),
                1 => payload[at] ^= 1 << numbers.below(8),
                2 => drop(payload.remove(at)),
                _ => payload.insert(at, u8::try_from(numbers.below(256)).unwrap()),
            }
        }
        let server = Server::accepting();
        let asked = server.asked();
        let answer = server.raw().await.ask(&payload).await;
        let asked = asked.lock().unwrap();
        let Some(fields) = read_strictly(&payload) else {
            assert!(asked.is_empty() && answer != Answer::Success, "{round}: {payload:?}: {answer:?}");
            unread += 1;
            continue;
        };
        let [asked] = &asked[..] else { panic!("{round}: {payload:?}: {answer:?}") };
        let seen: [&[u8]; 8] = [
            asked.user.as_bytes(),
            asked.service.as_bytes(),
            b"hostbased",
            &asked.algorithm,
            &asked.public_key,
            &asked.client_host,
            &asked.client_user,
            &asked.signature,
        ];
        assert_eq!((&fields[..], answer), (&seen[..], Answer::Success), "{round}");
        let signed = payload.len() - asked.signature.len() - 4;
        assert_eq!(asked.signed_data[4..], payload[..signed], "{round}");
        read += 1;
    }
    assert!(read > 200 && unread > 200, "{read} were read, {unread} were not");
}
