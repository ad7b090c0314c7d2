//! Config::max_auth_attempts.

use russh_hostbased::MethodKind::HostBased;
use russh_hostbased::server::Auth;

use crate::malformed::{TOO_DEEP, nested};
use crate::raw::{Answer, Payload, Request};
use crate::server::{Server, partial};

/// SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE
const NO_MORE: u32 = 14;

fn is_refused(answer: &Answer) -> bool {
    matches!(answer, Answer::Failure(_, false))
}

#[tokio::test]
async fn exactly_so_many_refusals_are_answered() {
    for most in [1, 2, 6] {
        let server = Server::refusing().with(|config| config.max_auth_attempts = most);
        let asked = server.asked();
        let mut raw = server.raw().await;
        for _ in 0..most {
            assert!(is_refused(&raw.ask(&Request::default().payload()).await));
        }
        assert_eq!(raw.ask(&Request::default().payload()).await, Answer::Disconnect(NO_MORE));
        assert_eq!(asked.lock().unwrap().len(), most);
    }
}

#[tokio::test]
async fn the_last_attempt_may_still_succeed() {
    let server = Server::for_user("bob").with(|config| config.max_auth_attempts = 3);
    let mut raw = server.raw().await;
    for user in ["alice", "carol"] {
        assert!(is_refused(&raw.ask(&Request::of(user).payload()).await));
    }
    assert_eq!(raw.ask(&Request::of("bob").payload()).await, Answer::Success);
}

#[tokio::test]
async fn neither_another_user_nor_another_method_nor_an_unread_request_starts_anew() {
    let server = Server::refusing().with(|config| config.max_auth_attempts = 4);
    let asked = server.asked();
    let mut raw = server.raw().await;
    assert!(is_refused(&raw.ask(&Request::of("alice").payload()).await));
    assert!(is_refused(&raw.ask(&Request::of("bob").payload()).await));
    assert!(is_refused(&raw.ask(&Payload::request("bob", "password").byte(0).string("wrong").0).await));
    assert!(is_refused(&raw.ask(&Request { public_key: nested(TOO_DEEP), ..Request::default() }.payload()).await));
    assert_eq!(raw.ask(&Request::of("carol").payload()).await, Answer::Disconnect(NO_MORE));
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_success_that_does_not_suffice_does_not_count() {
    let server =
        Server::deciding(|asked| Ok(if asked.user == "alice" { partial(&[HostBased]) } else { Auth::reject() }));
    let mut raw = server.with(|config| config.max_auth_attempts = 1).raw().await;
    for _ in 0..3 {
        assert_eq!(raw.ask(&Request::of("alice").payload()).await, Answer::Failure("hostbased".into(), true));
    }
    assert!(is_refused(&raw.ask(&Request::of("bob").payload()).await));
    assert_eq!(raw.ask(&Request::of("alice").payload()).await, Answer::Disconnect(NO_MORE));
}

#[tokio::test]
async fn ten_thousand_requests_at_once_are_cut_off() {
    let server = Server::refusing().with(|config| config.max_auth_attempts = 6);
    let asked = server.asked();
    let mut raw = server.raw().await;
    let request = Request::default().payload();
    let mut answers = Vec::new();
    // In between the server's answers are read, for both directions have an end.
    for _ in 0..10_000 {
        raw.send(&request).await;
        if answers.last() != Some(&Answer::Closed) {
            answers.push(Answer::read(raw.receive().await));
        }
    }
    assert!(answers[..6].iter().all(is_refused));
    assert_eq!(answers[6..], [Answer::Disconnect(NO_MORE), Answer::Closed]);
    assert_eq!(asked.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn ten_thousand_requests_are_answered_where_there_is_no_limit() {
    let server = Server::refusing().with(|config| config.max_auth_attempts = 0);
    let asked = server.asked();
    let mut raw = server.raw().await;
    let request = Request::default().payload();
    for _ in 0..10_000 {
        assert!(is_refused(&raw.ask(&request).await));
    }
    assert_eq!(asked.lock().unwrap().len(), 10_000);
}
