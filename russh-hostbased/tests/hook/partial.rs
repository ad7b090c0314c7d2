//! Success that does not suffice.

use russh_hostbased::MethodKind::{HostBased, Password, PublicKey};
use russh_hostbased::server::Auth;

use crate::malformed::{TOO_DEEP, nested};
use crate::raw::{Answer, Payload, Request};
use crate::server::{ALL, Server, partial};

fn password(user: &str, word: &str) -> Vec<u8> {
    Payload::request(user, "password").byte(0).string(word).0
}

#[tokio::test]
async fn the_client_is_told_and_goes_on_with_the_methods_that_are_named() {
    let mut raw = Server::deciding(|_| Ok(partial(&[PublicKey, Password]))).raw().await;
    let answer = raw.ask(&Request::default().payload()).await;
    assert_eq!(answer, Answer::Failure("publickey,password".into(), true));
    assert_eq!(raw.ask(&password("alice", "right")).await, Answer::Success);
}

#[tokio::test]
async fn it_holds_for_one_answer() {
    let mut first = true;
    let server = Server::deciding(move |_| {
        Ok(if std::mem::take(&mut first) { partial(&[HostBased, Password]) } else { Auth::reject() })
    });
    let mut raw = server.raw().await;
    let request = Request::default().payload();
    assert_eq!(raw.ask(&request).await, Answer::Failure("hostbased,password".into(), true));
    // The list stays; that it was a success does not.
    assert_eq!(raw.ask(&request).await, Answer::Failure("hostbased,password".into(), false));
    assert_eq!(raw.ask(&password("alice", "wrong")).await, Answer::Failure(ALL.into(), false));
}

#[tokio::test]
async fn another_user_inherits_nothing_of_it() {
    let server =
        Server::deciding(|asked| Ok(if asked.user == "alice" { partial(&[HostBased]) } else { Auth::reject() }));
    let mut raw = server.raw().await;
    assert_eq!(raw.ask(&Request::of("alice").payload()).await, Answer::Failure("hostbased".into(), true));
    assert_eq!(raw.ask(&Request::of("bob").payload()).await, Answer::Failure(ALL.into(), false));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_no_success_even_behind_one() {
    let mut raw = Server::deciding(|_| Ok(partial(&[HostBased]))).raw().await;
    let request = Request::default();
    assert_eq!(raw.ask(&request.payload()).await, Answer::Failure("hostbased".into(), true));
    let nested = Request { public_key: nested(TOO_DEEP), ..request };
    assert_eq!(raw.ask(&nested.payload()).await, Answer::Failure("hostbased".into(), false));
}
