//! What a client sends, and what it is told.

use std::future::Future;
use std::time::Duration;

use russh_hostbased::MethodKind::{HostBased, Password};
use russh_hostbased::MethodSet;
use russh_hostbased::client::{AuthResult, Config, Handle, Handler, HostbasedSigner, connect_stream};
use russh_hostbased::keys::signature::{Signer as _, Verifier as _};
use russh_hostbased::keys::ssh_key::Signature;
use russh_hostbased::keys::{PrivateKey, PublicKeyOrCertificate};
use russh_hostbased::server::Auth;

use crate::raw::{Payload, STREAM_BYTES};
use crate::server::{ALL, Server, key, partial};

struct AnyServer;

impl Handler for AnyServer {
    type Error = russh_hostbased::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, Self::Error> {
        Ok(true)
    }
}

#[derive(Debug)]
enum Failed {
    /// The signer's own reason.
    NoKey,
    Connection,
}

impl From<russh_hostbased::Error> for Failed {
    fn from(_: russh_hostbased::Error) -> Self {
        Self::Connection
    }
}

/// Signs by a key in memory, and keeps what it was given.
struct InMemory {
    key: PrivateKey,
    signed: Vec<Vec<u8>>,
}

impl InMemory {
    fn new(seed: u8) -> Self {
        Self { key: key(seed), signed: Vec::new() }
    }

    fn blob(&self) -> Vec<u8> {
        self.key.public_key().to_bytes().unwrap()
    }
}

impl HostbasedSigner for InMemory {
    type Error = Failed;

    async fn sign_hostbased(&mut self, data: Vec<u8>) -> Result<Vec<u8>, Failed> {
        let signature: Signature = self.key.try_sign(&data).unwrap();
        self.signed.push(data);
        Ok(Payload::default().string(signature.algorithm().as_str()).string(signature.as_bytes()).0)
    }
}

/// A signer that does as it is told.
struct Doing<F>(F);

impl<F: FnMut() -> T + Send, T: Future<Output = Result<Vec<u8>, Failed>> + Send> HostbasedSigner for Doing<F> {
    type Error = Failed;

    fn sign_hostbased(&mut self, _: Vec<u8>) -> impl Future<Output = Result<Vec<u8>, Failed>> + Send {
        (self.0)()
    }
}

async fn connect(server: Server) -> Handle<AnyServer> {
    let (ours, theirs) = tokio::io::duplex(STREAM_BYTES);
    tokio::spawn(async { server.run(theirs).await.await });
    connect_stream(Config::default().into(), ours, AnyServer).await.unwrap()
}

async fn ask(handle: &mut Handle<AnyServer>, user: &str, signer: &mut InMemory) -> AuthResult {
    let blob = signer.blob();
    handle.authenticate_hostbased_with(user, "node1.cluster.test.", "bob", &blob, "ssh-ed25519", signer).await.unwrap()
}

fn failure(methods: &[russh_hostbased::MethodKind], partial_success: bool) -> AuthResult {
    AuthResult::Failure { remaining_methods: MethodSet::from(methods), partial_success }
}

#[tokio::test]
async fn the_server_is_asked_exactly_what_was_signed() {
    let server = Server::accepting();
    let asked = server.asked();
    let mut handle = connect(server).await;
    let mut signer = InMemory::new(3);
    assert_eq!(ask(&mut handle, "alice", &mut signer).await, AuthResult::Success);

    let asked = asked.lock().unwrap().pop().unwrap();
    assert_eq!((asked.user.as_str(), asked.service.as_str()), ("alice", "ssh-connection"));
    assert_eq!((&asked.algorithm[..], asked.public_key), (&b"ssh-ed25519"[..], signer.blob()));
    assert_eq!((&asked.client_host[..], &asked.client_user[..]), (&b"node1.cluster.test."[..], &b"bob"[..]));
    assert_eq!(signer.signed, std::slice::from_ref(&asked.signed_data));
    assert_eq!(handle.agent_session_binding().unwrap().session_id().as_ref(), &asked.session_id[..]);

    // RFC 4252 section 9, field by field.
    let expected = Payload::default()
        .string(&asked.session_id)
        .byte(50)
        .string("alice")
        .string("ssh-connection")
        .string("hostbased")
        .string("ssh-ed25519")
        .string(signer.blob())
        .string("node1.cluster.test.")
        .string("bob");
    assert_eq!(asked.signed_data, expected.0);

    let signature = Signature::try_from(&asked.signature[..]).unwrap();
    let public = signer.key.public_key();
    assert!(public.key_data().verify(&asked.signed_data, &signature).is_ok());
    for index in 0..asked.signed_data.len() {
        let mut data = asked.signed_data.clone();
        data[index] ^= 1;
        assert!(public.key_data().verify(&data, &signature).is_err(), "{index}");
    }
}

#[tokio::test]
async fn a_second_key_is_tried_after_a_refusal() {
    let wanted = InMemory::new(4).blob();
    let server =
        Server::deciding(move |asked| Ok(if asked.public_key == wanted { Auth::Accept } else { Auth::reject() }));
    let mut handle = connect(server).await;
    let AuthResult::Failure { remaining_methods, partial_success: false } =
        ask(&mut handle, "alice", &mut InMemory::new(3)).await
    else {
        panic!("the first key is let in")
    };
    assert!(remaining_methods.contains(&HostBased));
    assert_eq!(ask(&mut handle, "alice", &mut InMemory::new(4)).await, AuthResult::Success);
}

#[tokio::test]
async fn a_success_that_does_not_suffice_is_told() {
    let mut handle = connect(Server::deciding(|_| Ok(partial(&[Password])))).await;
    assert_eq!(ask(&mut handle, "alice", &mut InMemory::new(3)).await, failure(&[Password], true));
    assert_eq!(handle.authenticate_password("alice", "right").await.unwrap(), AuthResult::Success);
}

#[tokio::test]
async fn a_signer_that_fails_sends_nothing() {
    let server = Server::accepting();
    let asked = server.asked();
    let mut handle = connect(server).await;
    for _ in 0..3 {
        let mut failing = Doing(|| async { Err(Failed::NoKey) });
        let failed = handle.authenticate_hostbased_with("alice", "h", "u", "key", "ssh-ed25519", &mut failing).await;
        assert!(matches!(failed, Err(Failed::NoKey)), "{failed:?}");
    }
    // The next attempts get their own answers, not one that was meant for another.
    let other: Vec<_> = ALL.split(',').filter(|name| *name != "none").collect();
    let AuthResult::Failure { remaining_methods, .. } = handle.authenticate_none("alice").await.unwrap() else {
        panic!("none is let in")
    };
    let left: Vec<_> = remaining_methods.iter().map(<&str>::from).collect();
    assert_eq!(left, other);
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(ask(&mut handle, "alice", &mut InMemory::new(3)).await, AuthResult::Success);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn another_method_works_after_a_signer_has_failed() {
    let mut handle = connect(Server::refusing()).await;
    let mut failing = Doing(|| async { Err(Failed::NoKey) });
    let failed = handle.authenticate_hostbased_with("alice", "h", "u", "key", "ssh-ed25519", &mut failing).await;
    assert!(matches!(failed, Err(Failed::NoKey)), "{failed:?}");
    assert_eq!(handle.authenticate_password("alice", "right").await.unwrap(), AuthResult::Success);
}

#[tokio::test]
async fn a_signer_that_is_given_up_sends_nothing() {
    let server = Server::accepting();
    let asked = server.asked();
    let mut handle = connect(server).await;
    let mut never = Doing(std::future::pending::<Result<Vec<u8>, Failed>>);
    let asking = handle.authenticate_hostbased_with("alice", "h", "u", "key", "ssh-ed25519", &mut never);
    assert!(tokio::time::timeout(Duration::from_millis(50), asking).await.is_err());
    assert!(asked.lock().unwrap().is_empty());
    assert_eq!(ask(&mut handle, "alice", &mut InMemory::new(3)).await, AuthResult::Success);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_signer_makes_is_sent_as_it_is() {
    for made in [Vec::new(), vec![0], vec![0xff; 10_000]] {
        let server = Server::accepting();
        let asked = server.asked();
        let mut handle = connect(server).await;
        let mut signer = Doing(|| {
            let made = made.clone();
            async { Ok(made) }
        });
        let key = [0xfe; 3000];
        let result = handle.authenticate_hostbased_with("älice", b"\xff\0", b"", key, "", &mut signer).await;
        assert!(matches!(result, Ok(AuthResult::Success)), "{result:?}");
        let asked = asked.lock().unwrap().pop().unwrap();
        assert_eq!((asked.user.as_str(), asked.signature), ("älice", made.clone()));
        assert_eq!((&asked.client_host[..], &asked.client_user[..]), (&b"\xff\0"[..], &b""[..]));
        assert_eq!((&asked.algorithm[..], &asked.public_key[..]), (&b""[..], &key[..]));
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_an_error_and_no_wait() {
    let server = Server::deciding(|_| Err(russh_hostbased::Error::Inconsistent));
    let mut handle = connect(server).await;
    let mut signer = InMemory::new(3);
    for _ in 0..2 {
        let blob = signer.blob();
        let asking = handle.authenticate_hostbased_with("alice", "h", "u", &blob, "ssh-ed25519", &mut signer);
        let told = tokio::time::timeout(Duration::from_secs(20), asking).await.expect("an answer");
        assert!(!matches!(told, Ok(AuthResult::Success)), "{told:?}");
        assert!(!matches!(told, Err(Failed::NoKey)), "{told:?}");
    }
}
