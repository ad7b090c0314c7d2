//! What the handler is asked, and what its answer does.

use std::sync::Arc;

use russh_hostbased::server::Auth;
use russh_hostbased::{MethodKind, MethodSet};

use crate::raw::{Answer, Payload, Raw, Request, STREAM_BYTES, in_the_clear};
use crate::server::{ALL, Asked, Server, Silent, config};

fn refused() -> Answer {
    Answer::Failure(ALL.to_owned(), false)
}

#[tokio::test]
async fn a_handler_without_a_word_on_it_refuses_and_keeps_the_method_open() {
    let (ours, theirs) = tokio::io::duplex(STREAM_BYTES);
    let mut config = config();
    config.preferred = in_the_clear();
    tokio::spawn(async { russh_hostbased::server::run_stream(Arc::new(config), theirs, Silent).await.unwrap().await });
    let mut raw = Raw::start(ours).await;
    for _ in 0..3 {
        assert_eq!(raw.ask(&Request::default().payload()).await, refused());
    }
}

#[tokio::test]
async fn every_field_and_the_signed_bytes_are_what_was_sent() {
    let server = Server::accepting();
    let asked = server.asked();
    let request = Request {
        user: "älice".into(),
        algorithm: b"any-algorithm\x00\xff".to_vec(),
        public_key: vec![0xfe; 5000],
        client_host: b"node1\n\xff\x00.".to_vec(),
        client_user: b"\x1b[2J".to_vec(),
        signature: vec![0xfd; 4000],
        ..Request::default()
    };
    assert_eq!(server.raw().await.ask(&request.payload()).await, Answer::Success);
    // Over a key exchange that exchanges nothing, the session has no identifier.
    let expected = Asked {
        user: "älice".into(),
        service: "ssh-connection".into(),
        algorithm: request.algorithm.clone(),
        public_key: request.public_key.clone(),
        client_host: request.client_host.clone(),
        client_user: request.client_user.clone(),
        signature: request.signature.clone(),
        signed_data: [Payload::default().string("").0, request.unsigned().0].concat(),
        session_id: Vec::new(),
    };
    assert_eq!(*asked.lock().unwrap(), [expected]);
}

#[tokio::test]
async fn empty_fields_reach_the_handler_as_empty_ones() {
    let server = Server::refusing();
    let asked = server.asked();
    let request = Request {
        user: Vec::new(),
        algorithm: Vec::new(),
        public_key: Vec::new(),
        client_host: Vec::new(),
        client_user: Vec::new(),
        signature: Vec::new(),
        ..Request::default()
    };
    assert_eq!(server.raw().await.ask(&request.payload()).await, refused());
    let asked = asked.lock().unwrap();
    let asked = asked.first().unwrap();
    assert!(asked.user.is_empty() && asked.algorithm.is_empty() && asked.public_key.is_empty());
    assert!(asked.client_host.is_empty() && asked.client_user.is_empty() && asked.signature.is_empty());
    assert_eq!(asked.signed_data, [Payload::default().string("").0, request.unsigned().0].concat());
}

#[tokio::test]
async fn a_refused_key_leaves_room_for_the_next() {
    let good = Payload::default().string("ssh-ed25519").string([8; 32]).0;
    let wanted = good.clone();
    let server =
        Server::deciding(move |asked| Ok(if asked.public_key == wanted { Auth::Accept } else { Auth::reject() }));
    let asked = server.asked();
    let mut raw = server.raw().await;
    assert_eq!(raw.ask(&Request::default().payload()).await, refused());
    assert_eq!(raw.ask(&Request { public_key: good, ..Request::default() }.payload()).await, Answer::Success);
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_refusal_may_name_other_methods() {
    let server = Server::deciding(|_| {
        let methods = MethodSet::from(&[MethodKind::PublicKey][..]);
        Ok(Auth::Reject { proceed_with_methods: Some(methods), partial_success: false })
    });
    let answer = server.raw().await.ask(&Request::default().payload()).await;
    assert_eq!(answer, Answer::Failure("publickey".into(), false));
}

#[tokio::test]
async fn each_user_is_judged_for_himself() {
    let server = Server::for_user("bob");
    let asked = server.asked();
    let mut raw = server.raw().await;
    for user in ["alice", "carol", "alice"] {
        assert_eq!(raw.ask(&Request::of(user).payload()).await, refused());
    }
    assert_eq!(raw.ask(&Request::of("bob").payload()).await, Answer::Success);
    let users: Vec<_> = asked.lock().unwrap().iter().map(|asked| asked.user.clone()).collect();
    assert_eq!(users, ["alice", "carol", "alice", "bob"]);
}

#[tokio::test]
async fn an_answer_that_is_none_for_this_method_lets_nobody_in() {
    // Prompts belong to keyboard-interactive.
    let prompts = || Auth::Partial { name: "".into(), instructions: "".into(), prompts: vec![].into() };
    for decide in [prompts, || Auth::UnsupportedMethod] {
        let server = Server::deciding(move |_| Ok(decide()));
        let asked = server.asked();
        let mut raw = server.raw().await;
        let closed = Answer::Failure(ALL.replace("hostbased,", ""), false);
        assert_eq!(raw.ask(&Request::default().payload()).await, closed);
        // Nothing is left behind that an answer to a prompt could complete, and whoever answers so is not asked again.
        let words = Payload::new(61).byte(0).byte(0).byte(0).byte(1).string("right").0;
        assert_eq!(raw.ask(&words).await, closed);
        assert_eq!(raw.ask(&Request::default().payload()).await, closed);
        assert_eq!(asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_method_that_is_not_open_is_not_asked_about() {
    let without = MethodSet::from(&[MethodKind::PublicKey][..]);
    let server = Server::accepting().with(|config| config.methods = without);
    let asked = server.asked();
    let answer = server.raw().await.ask(&Request::default().payload()).await;
    assert_eq!(answer, Answer::Failure("publickey".into(), false));
    assert!(asked.lock().unwrap().is_empty());

    // Nor one that a refusal has closed; for the user whom it was closed for.
    let server = Server::deciding(|_| {
        let methods = MethodSet::from(&[MethodKind::PublicKey][..]);
        Ok(Auth::Reject { proceed_with_methods: Some(methods), partial_success: false })
    });
    let asked = server.asked();
    let mut raw = server.raw().await;
    for _ in 0..2 {
        assert_eq!(raw.ask(&Request::of("alice").payload()).await, Answer::Failure("publickey".into(), false));
    }
    assert_eq!(asked.lock().unwrap().len(), 1);
    raw.ask(&Request::of("bob").payload()).await;
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_handler_that_fails_ends_the_connection() {
    let mut raw = Server::deciding(|_| Err(russh_hostbased::Error::Inconsistent)).raw().await;
    assert_eq!(raw.ask(&Request::default().payload()).await, Answer::Closed);
}

#[tokio::test]
async fn requests_are_answered_one_by_one_and_none_after_success() {
    let server = Server::for_user("bob");
    let asked = server.asked();
    let mut raw = server.raw().await;
    for user in ["alice", "bob", "bob", "alice"] {
        raw.send(&Request::of(user).payload()).await;
    }
    let answers: Vec<_> = raw.drain().await.into_iter().map(|answer| Answer::read(Some(answer))).collect();
    // RFC 4252 section 5.3: requests behind a success are ignored. russh answers them with "unimplemented" (3), as its own.
    assert_eq!(answers[..2], [refused(), Answer::Success]);
    assert!(!answers[2..].iter().any(|answer| matches!(answer, Answer::Success | Answer::Failure(..))), "{answers:?}");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn the_prompt_of_another_method_is_not_answered_across_a_hostbased_request() {
    let prompt = Payload::request("bob", "keyboard-interactive").string("").string("").0;
    let words = Payload::new(61).byte(0).byte(0).byte(0).byte(1).string("right").0;
    let mut raw = Server::refusing().raw().await;
    assert!(matches!(raw.ask(&prompt).await, Answer::Other(_)));
    assert_eq!(raw.ask(&Request::of("bob").payload()).await, refused());
    assert_eq!(raw.ask(&words).await, refused());
    // Without the request in between, it is.
    let mut raw = Server::refusing().raw().await;
    assert!(matches!(raw.ask(&prompt).await, Answer::Other(_)));
    assert_eq!(raw.ask(&words).await, Answer::Success);
}
