//! Config::auth_rejection_time: a refusal takes that long, whatever it is refused for.

use std::time::Duration;

use russh_hostbased::server::Auth;
use tokio::time::Instant;

use crate::malformed::{TOO_DEEP, nested};
use crate::raw::{Answer, Payload, Raw, Request};
use crate::server::{Server, partial};

const LIMIT: Duration = Duration::from_secs(3);

async fn took(raw: &mut Raw, payload: &[u8], expected: fn(&Answer) -> bool) -> Duration {
    let start = Instant::now();
    let answer = raw.ask(payload).await;
    assert!(expected(&answer), "{answer:?}");
    start.elapsed()
}

fn refused(answer: &Answer) -> bool {
    matches!(answer, Answer::Failure(_, false))
}

/// tokio's timers tick by milliseconds.
fn is_limit(time: Duration) -> bool {
    (LIMIT..LIMIT + Duration::from_millis(2)).contains(&time)
}

async fn server(server: Server) -> Raw {
    let server = server.with(|config| {
        config.auth_rejection_time = LIMIT;
        config.auth_rejection_time_initial = Some(Duration::ZERO);
    });
    server.raw().await
}

#[tokio::test(start_paused = true)]
async fn early_and_late_refusals_take_the_same_time() {
    let request = Request::default().payload();
    for thinks in [0, 1, 900, 2_900] {
        let mut raw = server(Server::refusing().thinking(Duration::from_millis(thinks))).await;
        // The first attempt too: only "none" is answered sooner, and only then.
        for _ in 0..3 {
            let time = took(&mut raw, &request, refused).await;
            assert!(is_limit(time), "{time:?}");
        }
    }
    // Refused before the handler is asked.
    let mut raw = server(Server::refusing()).await;
    let nested = Request { public_key: nested(TOO_DEEP), ..Request::default() };
    let time = took(&mut raw, &nested.payload(), refused).await;
    assert!(is_limit(time), "{time:?}");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_longer_is_waited_for() {
    let mut raw = server(Server::refusing().thinking(LIMIT * 2)).await;
    let time = took(&mut raw, &Request::default().payload(), refused).await;
    assert!((LIMIT * 2..LIMIT * 2 + Duration::from_millis(2)).contains(&time), "{time:?}");
}

#[tokio::test(start_paused = true)]
async fn a_success_waits_for_nothing() {
    let mut raw = server(Server::accepting()).await;
    let time = took(&mut raw, &Request::default().payload(), |answer| *answer == Answer::Success).await;
    assert!(time < Duration::from_millis(2), "{time:?}");
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_none_for_this_method_take_it_too() {
    let mut raw = server(Server::deciding(|_| Ok(Auth::UnsupportedMethod))).await;
    let time = took(&mut raw, &Request::default().payload(), refused).await;
    assert!(is_limit(time), "{time:?}");
    let mut raw = server(Server::deciding(|_| Ok(partial(&[])))).await;
    let time = took(&mut raw, &Request::default().payload(), |answer| matches!(answer, Answer::Failure(_, true))).await;
    assert!(is_limit(time), "{time:?}");
}

#[tokio::test(start_paused = true)]
async fn none_is_answered_at_once_when_it_comes_first_only() {
    let mut raw = server(Server::refusing()).await;
    let none = Payload::request("alice", "none").0;
    let time = took(&mut raw, &none, refused).await;
    assert!(time < Duration::from_millis(2), "{time:?}");
    assert!(is_limit(took(&mut raw, &Request::default().payload(), refused).await));
    assert!(is_limit(took(&mut raw, &none, refused).await));
}
