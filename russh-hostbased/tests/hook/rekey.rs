//! The session identifier is the exchange hash of the *first* key exchange (RFC 4253 section 7.2), whatever comes later.

use std::time::Duration;

use crate::raw::{Answer, Raw, Request, STREAM_BYTES, in_the_clear, offer};
use crate::server::{ALL, Server};

const CURVE: &str = "curve25519-sha256";

/// A client that has exchanged keys, and a server that lets in bob alone.
async fn start() -> (Raw, std::sync::Arc<std::sync::Mutex<Vec<crate::server::Asked>>>) {
    let server = Server::for_user("bob").thinking(Duration::from_millis(50));
    let server = server.with(|config| config.preferred = in_the_clear());
    let asked = server.asked();
    let (ours, theirs) = tokio::io::duplex(STREAM_BYTES);
    tokio::spawn(async { server.run(theirs).await.await });
    let mut raw = Raw::identify(ours).await;
    raw.exchange(CURVE).await;
    raw.ask_for_service().await;
    (raw, asked)
}

#[tokio::test]
async fn a_second_exchange_does_not_change_it() {
    let (mut raw, asked) = start().await;
    let refused = Answer::Failure(ALL.into(), false);
    assert_eq!(raw.ask(&Request::of("alice").payload()).await, refused);
    raw.exchange_again(CURVE).await;
    assert_eq!(raw.ask(&Request::of("alice").payload()).await, refused);
    raw.exchange_again(CURVE).await;
    assert_eq!(raw.ask(&Request::of("bob").payload()).await, Answer::Success);
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), 3);
    for request in asked.iter() {
        assert_eq!(request.session_id.len(), 32);
        assert_eq!(request.session_id, asked[0].session_id);
        assert_eq!(request.signed_data[..4], [0, 0, 0, 32]);
        assert_eq!(request.signed_data[4..36], request.session_id);
    }
}

#[tokio::test]
async fn two_connections_never_have_the_same() {
    let (mut one, asked_one) = start().await;
    let (mut other, asked_other) = start().await;
    one.ask(&Request::of("bob").payload()).await;
    other.ask(&Request::of("bob").payload()).await;
    assert_ne!(asked_one.lock().unwrap()[0].session_id, asked_other.lock().unwrap()[0].session_id);
}

#[tokio::test]
async fn an_exchange_that_begins_while_the_handler_thinks_waits() {
    let (mut raw, asked) = start().await;
    raw.send(&Request::of("bob").payload()).await;
    raw.send(&offer(CURVE)).await;
    assert_eq!(Answer::read(raw.receive().await), Answer::Success);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_amid_an_exchange_ends_the_connection() {
    let (mut raw, asked) = start().await;
    raw.send(&offer(CURVE)).await;
    raw.send(&Request::of("bob").payload()).await;
    let answers = raw.drain().await;
    assert!(!answers.iter().any(|answer| answer[0] == crate::raw::USERAUTH_SUCCESS));
    assert!(asked.lock().unwrap().is_empty());
}
