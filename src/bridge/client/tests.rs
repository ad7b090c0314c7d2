//! Logins to a server inside this process that answers as a test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh_hostbased as russh;
use russh_hostbased::client::{Handle, HostbasedSigner};
use russh_hostbased::keys::ssh_key::LineEnding;
use russh_hostbased::keys::ssh_key::private::Ed25519Keypair;
use russh_hostbased::keys::{Algorithm, HashAlg, PrivateKey, PublicKeyOrCertificate};
use russh_hostbased::server::{Auth, HostbasedRequest};
use russh_hostbased::{MethodKind, MethodSet};

use super::*;
use crate::key::{AlgorithmList, PublicKey, parse_public_key_file, parse_public_key_line};
use crate::sign::RequestRefusal;

/// What the server was asked: the algorithm, the names of host and user.
type Asked = Arc<Mutex<Vec<(String, String, String)>>>;

struct Server {
    answers: VecDeque<Auth>,
    asked: Asked,
}

impl russh::server::Handler for Server {
    type Error = russh::Error;

    async fn auth_hostbased(&mut self, request: HostbasedRequest<'_>) -> Result<Auth, russh::Error> {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let asked = (text(request.algorithm), text(request.client_host), text(request.client_user));
        self.asked.lock().unwrap().push(asked);
        Ok(self.answers.pop_front().unwrap())
    }
}

struct Trusting;

impl russh::client::Handler for Trusting {
    type Error = russh::Error;

    async fn check_server_key(&mut self, _: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(true)
    }
}

fn private_key() -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[7; 32]))
}

/// A connection to a server that offers these methods and gives these answers; and what it will have been asked.
async fn connect(methods: &[MethodKind], answers: impl Into<VecDeque<Auth>>) -> (Handle<Trusting>, Asked) {
    let config = russh::server::Config { methods: methods.into(), ..russh::server::Config::default() };
    connect_to(config, answers).await
}

async fn connect_to(config: russh::server::Config, answers: impl Into<VecDeque<Auth>>) -> (Handle<Trusting>, Asked) {
    let config = russh::server::Config {
        keys: vec![private_key()],
        auth_rejection_time: Duration::ZERO,
        auth_rejection_time_initial: Some(Duration::ZERO),
        ..config
    };
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let server = Server { answers: answers.into(), asked: Asked::default() };
    let asked = Arc::clone(&server.asked);
    tokio::spawn(async move { russh::server::run_stream(Arc::new(config), theirs, server).await?.await });
    (russh::client::connect_stream(Arc::default(), ours, Trusting).await.unwrap(), asked)
}

const HOSTBASED: &[MethodKind] = &[MethodKind::HostBased];

fn key(name: &str) -> PublicKey {
    let path = format!("{}/tests/vectors/keys/{name}.pub", env!("CARGO_MANIFEST_DIR"));
    #[allow(clippy::disallowed_methods, reason = "the test reads a file")]
    parse_public_key_file(&std::fs::read(path).unwrap()).unwrap()
}

fn three_offers() -> Vec<Offer> {
    let keys = ["ed25519", "ecdsa256", "rsa"].map(key);
    offers(keys, &AlgorithmList::hostbased_default(), None)
}

const THREE: [&str; 3] = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512"];

fn claim() -> Claim {
    Claim { user: "alice".into(), client_host: "node1.test.".into(), client_user: "bob".into() }
}

/// Signs anything, but not by this algorithm.
struct Signs {
    all_but: &'static str,
}

impl HostbasedSigner for Signs {
    type Error = SignerError;

    async fn sign_hostbased(&mut self, data: Vec<u8>) -> Result<Vec<u8>, SignerError> {
        let contains = |text: &str| data.windows(text.len()).any(|window| window == text.as_bytes());
        if !self.all_but.is_empty() && contains(self.all_but) {
            return Err(RequestRefusal::OtherHost.into());
        }
        Ok(b"a signature".to_vec())
    }
}

const ALL: Signs = Signs { all_but: "" };

/// Logs in; the outcome, and what was told of each offer.
async fn log_in_by(
    session: &mut Handle<Trusting>,
    offers: &[Offer],
    mut signer: Signs,
) -> (Result<Outcome, russh::Error>, Vec<String>) {
    let mut told = Vec::new();
    let report =
        |offer: &Offer, tried: &Tried<SignerError>| told.push(format!("{}: {tried}", offer.algorithm().name()));
    let outcome = log_in(session, &claim(), offers, &mut signer, report).await;
    (outcome, told)
}

fn algorithms(asked: &Asked) -> Vec<String> {
    asked.lock().unwrap().iter().map(|(algorithm, ..)| algorithm.clone()).collect()
}

fn methods(kinds: &[MethodKind]) -> MethodSet {
    kinds.into()
}

#[tokio::test]
async fn one_offer_after_another_until_one_is_accepted() {
    let (mut session, asked) = connect(HOSTBASED, [Auth::reject(), Auth::Accept]).await;
    let (outcome, told) = log_in_by(&mut session, &three_offers(), ALL).await;
    assert_eq!(outcome.unwrap(), Outcome::LoggedIn);
    assert_eq!(told, ["ssh-ed25519: refused by the server", "ecdsa-sha2-nistp256: accepted"]);
    assert_eq!(algorithms(&asked), THREE[..2]);
    let (_, host, user) = asked.lock().unwrap()[0].clone();
    assert_eq!((host.as_str(), user.as_str()), ("node1.test.", "bob"));
}

#[tokio::test]
async fn no_offer_is_accepted() {
    let (mut session, asked) = connect(HOSTBASED, [Auth::reject(), Auth::reject(), Auth::reject()]).await;
    let (outcome, told) = log_in_by(&mut session, &three_offers(), ALL).await;
    assert_eq!(outcome.unwrap(), Outcome::Refused(methods(HOSTBASED)));
    assert_eq!(told, THREE.map(|algorithm| format!("{algorithm}: refused by the server")));
    assert_eq!(algorithms(&asked), THREE);
}

#[tokio::test]
async fn a_server_without_the_method_is_shown_nothing() {
    let other = [MethodKind::PublicKey, MethodKind::Password];
    let (mut session, asked) = connect(&other, []).await;
    let (outcome, told) = log_in_by(&mut session, &three_offers(), ALL).await;
    let outcome = outcome.unwrap();
    assert_eq!(outcome, Outcome::NotOffered(methods(&other)));
    assert_eq!(outcome.to_string(), "the server does not offer hostbased, but: publickey,password");
    assert!(told.is_empty() && algorithms(&asked).is_empty());
}

#[tokio::test]
async fn a_key_that_is_not_signed_with_costs_itself_only() {
    let (mut session, asked) = connect(HOSTBASED, [Auth::reject(), Auth::Accept]).await;
    let signer = Signs { all_but: "ecdsa-sha2-nistp256" };
    let (outcome, told) = log_in_by(&mut session, &three_offers(), signer).await;
    assert_eq!(outcome.unwrap(), Outcome::LoggedIn);
    let why = "not signed: the client host name is not this machine's name on the connection";
    assert_eq!(
        told,
        [
            "ssh-ed25519: refused by the server".to_owned(),
            format!("ecdsa-sha2-nistp256: {why}"),
            "rsa-sha2-512: accepted".to_owned(),
        ]
    );
    assert_eq!(algorithms(&asked), [THREE[0], THREE[2]], "of the other the server has seen nothing");
}

#[tokio::test]
async fn one_of_two_methods_is_no_login_and_ends_it() {
    let partial = Auth::Reject { proceed_with_methods: Some(methods(&[MethodKind::PublicKey])), partial_success: true };
    let (mut session, asked) = connect(HOSTBASED, [partial]).await;
    let (outcome, told) = log_in_by(&mut session, &three_offers(), ALL).await;
    assert_eq!(outcome.unwrap(), Outcome::Partial(methods(&[MethodKind::PublicKey])));
    assert_eq!(told, ["ssh-ed25519: accepted"]);
    assert_eq!(algorithms(&asked), THREE[..1]);
}

#[tokio::test]
async fn a_server_that_takes_the_method_away_is_shown_no_more() {
    let away = Auth::Reject { proceed_with_methods: Some(methods(&[MethodKind::Password])), partial_success: false };
    let (mut session, asked) = connect(HOSTBASED, [away]).await;
    let (outcome, _) = log_in_by(&mut session, &three_offers(), ALL).await;
    assert_eq!(outcome.unwrap(), Outcome::Refused(methods(&[MethodKind::Password])));
    assert_eq!(algorithms(&asked), THREE[..1]);
}

#[tokio::test]
async fn a_server_that_has_enough_is_gone() {
    let config =
        russh::server::Config { methods: HOSTBASED.into(), max_auth_attempts: 1, ..russh::server::Config::default() };
    let (mut session, asked) = connect_to(config, [Auth::reject(), Auth::reject()]).await;
    let (outcome, told) = log_in_by(&mut session, &three_offers(), ALL).await;
    assert!(matches!(outcome, Err(russh::Error::Disconnect)), "{outcome:?}");
    assert_eq!(told.len(), algorithms(&asked).len());
    assert!(told.len() < 3, "{told:?}");
}

#[tokio::test]
async fn without_offers_nothing_is_sent() {
    let (mut session, asked) = connect(HOSTBASED, []).await;
    let (outcome, _) = log_in_by(&mut session, &[], ALL).await;
    assert_eq!(outcome.unwrap(), Outcome::NothingSigned(methods(HOSTBASED)));
    assert!(algorithms(&asked).is_empty());
}

/// RSA keys sign by the hash that this very server has announced.
#[tokio::test]
async fn a_server_is_asked_what_it_announces() {
    for (announced, expected) in [
        (Algorithm::Rsa { hash: Some(HashAlg::Sha256) }, "rsa-sha2-256"),
        (Algorithm::Rsa { hash: Some(HashAlg::Sha512) }, "rsa-sha2-512"),
    ] {
        let preferred =
            russh::Preferred { key: vec![Algorithm::Ed25519, announced].into(), ..russh::Preferred::DEFAULT };
        let config = russh::server::Config { preferred, ..russh::server::Config::default() };
        let (session, _asked) = connect_to(config, []).await;
        let offers = offers_for(&session, [key("rsa")], &AlgorithmList::hostbased_default()).await.unwrap();
        let offered: Vec<_> = offers.iter().map(|offer| offer.algorithm().name()).collect();
        assert_eq!(offered, [expected]);
    }
}

/// The private key of these tests, as its file.
fn key_file() -> zeroize::Zeroizing<Vec<u8>> {
    private_key().to_openssh(LineEnding::LF).unwrap().as_bytes().to_vec().into()
}

fn its_public_key() -> PublicKey {
    let line = private_key().public_key().to_openssh().unwrap();
    parse_public_key_line(line.as_bytes()).unwrap().0
}

/// What the signer makes of a login as `claim`, by the key: the outcome, and what was told.
async fn key_file_logs_in(claim: &Claim, key: PublicKey) -> (Outcome, String, Vec<String>) {
    let mut signer = KeyFileSigner::new(&self::claim(), [key_file()]).unwrap();
    let (mut session, asked) = connect(HOSTBASED, [Auth::Accept]).await;
    let mut told = String::new();
    let offers = offers([key], &AlgorithmList::hostbased_default(), None);
    let report = |_: &Offer, tried: &Tried<SignerError>| told = tried.to_string();
    let outcome = log_in(&mut session, claim, &offers, &mut signer, report).await.unwrap();
    (outcome, told, algorithms(&asked))
}

#[tokio::test]
async fn a_key_file_signs_for_its_own_host_and_user_by_its_own_key() {
    let (outcome, told, asked) = key_file_logs_in(&claim(), its_public_key()).await;
    assert_eq!((outcome, told.as_str(), asked), (Outcome::LoggedIn, "accepted", vec!["ssh-ed25519".to_owned()]));

    let refused =
        |said: &'static str| (Outcome::NothingSigned(methods(HOSTBASED)), said.to_owned(), Vec::<String>::new());
    let other_host = Claim { client_host: "node2.test.".into(), ..claim() };
    let said = "not signed: the client host name is not this machine's name on the connection";
    assert_eq!(key_file_logs_in(&other_host, its_public_key()).await, refused(said));
    let no_dot = Claim { client_host: "node1.test".into(), ..claim() };
    let said = "not signed: the client host name does not end in a dot";
    assert_eq!(key_file_logs_in(&no_dot, its_public_key()).await, refused(said));
    let other_user = Claim { client_user: "alice".into(), ..claim() };
    let said = "not signed: the client user name is not the caller's";
    assert_eq!(key_file_logs_in(&other_user, its_public_key()).await, refused(said));
    let (outcome, said, asked) = key_file_logs_in(&claim(), key("ed25519")).await;
    assert_eq!((&outcome, asked), (&Outcome::NothingSigned(methods(HOSTBASED)), vec![]));
    let text = "no key of this host was signed for, so none was shown; the server takes: hostbased";
    assert_eq!(outcome.to_string(), text);
    let expected = format!("not signed: no key file here holds the private half of {}", key("ed25519").fingerprint());
    assert_eq!(said, expected);
}

#[test]
fn a_file_without_a_key_is_no_signer() {
    let no_key = zeroize::Zeroizing::new(b"no key".to_vec());
    let error = KeyFileSigner::new(&claim(), [key_file(), no_key]).unwrap_err();
    assert_eq!(error, crate::sign::PrivateKeyError::UnknownForm);
    let signer = KeyFileSigner::new(&claim(), [key_file()]).unwrap();
    assert_eq!(format!("{signer:?}"), "KeyFileSigner { files: 1, .. }");
}

/// The helper's answer goes through, and its refusal too; it gets the connection, which stays open meanwhile.
#[tokio::test]
#[allow(clippy::disallowed_types, reason = "the test has a connection")]
async fn a_helper_is_run_with_the_connection() {
    use std::os::fd::AsFd;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let connection = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let signer = |path: &str| HelperSigner::new(crate::sign::helper::Helper::at(path), connection.as_fd()).unwrap();
    let refused = signer("/bin/false").sign_hostbased(b"data".to_vec()).await.unwrap_err();
    assert_eq!(refused.to_string(), "the helper refused (exit status 1)");
    let missing = signer("/nonexistent").sign_hostbased(b"data".to_vec()).await.unwrap_err();
    assert_eq!(missing.to_string(), "cannot run /nonexistent: No such file or directory");
    // It reads no request and writes no reply.
    let silent = signer("/bin/true").sign_hostbased(b"data".to_vec()).await.unwrap_err();
    assert_eq!(silent.to_string(), "the helper wrote no whole reply");
}
