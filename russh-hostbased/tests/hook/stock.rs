//! The other methods are as in russh: the same packets to a server of either crate bring the same answers, byte for byte.

use std::sync::Arc;
use std::time::Duration;

use crate::raw::{Payload, Raw, Request, STREAM_BYTES};
use crate::server::all_right;

/// A server of one crate, and a connection to it. Both are of different types, and read the same.
macro_rules! server_of {
    ($name:ident, $russh:ident) => {
        mod $name {
            use std::borrow::Cow;

            use $russh::keys::PrivateKey;
            use $russh::keys::ssh_key::private::Ed25519Keypair;
            use $russh::server::{Auth, Config, Handler, PublicKeyOffer, Response, VerifiedPublicKey};
            use $russh::{MethodKind, MethodSet, Preferred, cipher, compression, kex, mac};

            use super::*;

            /// Its password is `right`, `half` is a success that does not suffice; it knows every key that is offered by
            /// alice.
            struct Gate;

            impl Handler for Gate {
                type Error = $russh::Error;

                async fn auth_none(&mut self, user: &str) -> Result<Auth, Self::Error> {
                    Ok(if user == "nobody" { Auth::Accept } else { Auth::reject() })
                }

                async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
                    Ok(match password {
                        "right" => Auth::Accept,
                        "half" => Auth::Reject {
                            proceed_with_methods: Some(MethodSet::from(&[MethodKind::PublicKey][..])),
                            partial_success: true,
                        },
                        _ => Auth::reject(),
                    })
                }

                async fn auth_publickey_offered(
                    &mut self,
                    user: &str,
                    _: PublicKeyOffer<'_>,
                ) -> Result<Auth, Self::Error> {
                    Ok(if user == "alice" { Auth::Accept } else { Auth::reject() })
                }

                async fn auth_publickey(&mut self, _: &str, _: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
                    Ok(Auth::Accept)
                }

                async fn auth_keyboard_interactive(
                    &mut self,
                    _: &str,
                    _: &str,
                    response: Option<Response<'_>>,
                ) -> Result<Auth, Self::Error> {
                    let prompts: &[(Cow<'static, str>, bool)] = &[("word".into(), false), ("again".into(), true)];
                    Ok(match response {
                        None => Auth::Partial {
                            name: "name".into(),
                            instructions: "do".into(),
                            prompts: prompts.to_vec().into(),
                        },
                        Some(words) => {
                            if all_right(words) {
                                Auth::Accept
                            } else {
                                Auth::reject()
                            }
                        }
                    })
                }
            }

            pub async fn answers(script: &[Vec<u8>]) -> Vec<Vec<u8>> {
                let config = Config {
                    keys: vec![PrivateKey::from(Ed25519Keypair::from_seed(&[1; 32]))],
                    auth_rejection_time: Duration::ZERO,
                    auth_rejection_time_initial: Some(Duration::ZERO),
                    inactivity_timeout: None,
                    max_auth_attempts: 4,
                    preferred: Preferred {
                        host_key_certificates: Cow::Borrowed(&[]),
                        kex: Cow::Owned(vec![kex::NONE]),
                        key: Cow::Owned(vec![$russh::keys::Algorithm::Ed25519]),
                        cipher: Cow::Owned(vec![cipher::NONE]),
                        mac: Cow::Owned(vec![mac::NONE]),
                        compression: Cow::Owned(vec![compression::NONE]),
                    },
                    ..Default::default()
                };
                let (ours, theirs) = tokio::io::duplex(STREAM_BYTES);
                tokio::spawn(async { $russh::server::run_stream(Arc::new(config), theirs, Gate).await.unwrap().await });
                let mut raw = Raw::start(ours).await;
                for payload in script {
                    raw.send(payload).await;
                }
                raw.drain().await
            }
        }
    };
}

server_of!(with_the_hook, russh_hostbased);
server_of!(stock, russh);

fn password(user: &str, word: &str) -> Vec<u8> {
    Payload::request(user, "password").byte(0).string(word).0
}

fn none(user: &str) -> Vec<u8> {
    Payload::request(user, "none").0
}

fn prompt(user: &str) -> Vec<u8> {
    Payload::request(user, "keyboard-interactive").string("").string("").0
}

fn words(words: &[&str]) -> Vec<u8> {
    let count = u8::try_from(words.len()).unwrap();
    words.iter().fold(Payload(vec![61, 0, 0, 0, count]), Payload::string).0
}

fn key(seed: u8) -> russh::keys::PrivateKey {
    russh::keys::PrivateKey::from(russh::keys::ssh_key::private::Ed25519Keypair::from_seed(&[seed; 32]))
}

/// A request of "publickey", without a signature or with one, for the session without an identifier.
fn publickey(user: &str, seed: u8, signed: bool) -> Vec<u8> {
    use russh::keys::signature::Signer;
    let key = key(seed);
    let blob = key.public_key().to_bytes().unwrap();
    let request = Payload::request(user, "publickey").byte(u8::from(signed)).string("ssh-ed25519").string(blob);
    if !signed {
        return request.0;
    }
    let data = [&[0; 4], &request.0[..]].concat();
    let signature: russh::keys::ssh_key::Signature = key.try_sign(&data).unwrap();
    request.string(Payload::default().string("ssh-ed25519").string(signature.as_bytes()).0).0
}

/// Scripts in which hostbased has no part.
fn scripts() -> Vec<Vec<Vec<u8>>> {
    let changed = |mut payload: Vec<u8>| {
        *payload.last_mut().unwrap() ^= 1;
        payload
    };
    let cut = |payload: Vec<u8>| payload[..payload.len() - 1].to_vec();
    let tail = |payload: Vec<u8>| [payload, vec![0]].concat();
    let mut scripts = vec![
        vec![none("alice")],
        vec![none("nobody"), none("nobody")],
        vec![password("alice", "right")],
        vec![password("alice", "wrong"), password("alice", "right")],
        vec![password("alice", "half"), none("alice"), password("bob", "wrong"), password("alice", "right")],
        vec![prompt("alice"), words(&["right", "right"])],
        vec![prompt("alice"), words(&["right", "wrong"]), words(&["right", "right"])],
        vec![prompt("alice"), words(&[]), prompt("bob"), none("bob"), words(&["right"])],
        vec![words(&["right", "right"])],
        vec![publickey("alice", 2, false), publickey("alice", 2, true)],
        vec![publickey("bob", 2, false), publickey("bob", 2, true)],
        vec![publickey("alice", 2, true)],
        vec![changed(publickey("alice", 2, true)), publickey("alice", 2, true)],
        vec![publickey("alice", 2, false), publickey("alice", 3, true)],
        vec![publickey("alice", 2, false), password("alice", "half"), publickey("alice", 2, true)],
        // More than are allowed.
        vec![none("a"), none("a"), none("b"), password("a", "wrong"), password("a", "right"), none("nobody")],
        vec![Payload::request("alice", "unknown").string("more").0, none("alice")],
        vec![Payload::request("alice", "gssapi-with-mic").0],
        vec![Payload::request("alice", "").0],
        vec![vec![50], none("nobody")],
        vec![vec![99], vec![2, 0, 0, 0, 0], vec![80, 0, 0, 0, 1, b'x', 1], none("alice")],
        vec![Payload::new(50).string("alice").string("ssh-userauth").string("none").0],
        vec![Payload::new(50).string(b"\xff").string("ssh-connection").string("none").0],
    ];
    for payload in [none("alice"), password("alice", "right"), prompt("alice"), publickey("alice", 2, true)] {
        scripts.push(vec![cut(payload.clone()), none("nobody")]);
        scripts.push(vec![tail(payload), none("nobody")]);
    }
    scripts
}

#[tokio::test]
async fn every_other_method_is_answered_as_by_russh() {
    let mut answered = 0;
    for script in scripts() {
        let (ours, theirs) = (with_the_hook::answers(&script).await, stock::answers(&script).await);
        assert_eq!(ours, theirs, "{script:?}");
        answered += ours.len();
    }
    assert!(answered > 30, "only {answered} answers: the scripts say nothing");
}

#[tokio::test]
async fn without_a_handlers_word_hostbased_too_is_answered_as_by_russh() {
    let hostbased = || Request::of("alice").payload();
    for script in [
        vec![hostbased()],
        vec![hostbased(), none("alice"), hostbased(), password("alice", "right")],
        vec![password("alice", "half"), hostbased(), publickey("alice", 2, true)],
        vec![hostbased(), hostbased(), hostbased(), hostbased(), hostbased()],
        vec![prompt("alice"), hostbased(), words(&["right", "right"]), none("nobody")],
        vec![publickey("alice", 2, false), hostbased(), publickey("alice", 2, true)],
    ] {
        assert_eq!(with_the_hook::answers(&script).await, stock::answers(&script).await, "{script:?}");
    }
}
