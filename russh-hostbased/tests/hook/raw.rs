//! A client that sends what a test wants, and reads every answer.

use std::borrow::Cow;

use russh_hostbased::{Preferred, cipher, compression, kex, mac};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

pub const DISCONNECT: u8 = 1;
pub const SERVICE_REQUEST: u8 = 5;
pub const SERVICE_ACCEPT: u8 = 6;
pub const KEXINIT: u8 = 20;
pub const NEWKEYS: u8 = 21;
pub const KEX_ECDH_INIT: u8 = 30;
pub const KEX_ECDH_REPLY: u8 = 31;
pub const USERAUTH_REQUEST: u8 = 50;
pub const USERAUTH_FAILURE: u8 = 51;
pub const USERAUTH_SUCCESS: u8 = 52;

/// What the stream between both sides holds: more than the largest packet.
pub const STREAM_BYTES: usize = 1 << 20;

/// The algorithms of a connection in the clear.
pub fn in_the_clear() -> Preferred {
    Preferred {
        host_key_certificates: Cow::Borrowed(&[]),
        kex: Cow::Owned(vec![kex::NONE, kex::CURVE25519]),
        key: Cow::Owned(vec![russh_hostbased::keys::Algorithm::Ed25519]),
        cipher: Cow::Owned(vec![cipher::NONE]),
        mac: Cow::Owned(vec![mac::NONE]),
        compression: Cow::Owned(vec![compression::NONE]),
    }
}

/// Fields behind each other, as a payload has them.
#[derive(Clone, Default)]
pub struct Payload(pub Vec<u8>);

impl Payload {
    pub fn new(message: u8) -> Self {
        Self(vec![message])
    }

    pub fn byte(mut self, value: u8) -> Self {
        self.0.push(value);
        self
    }

    pub fn string(mut self, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.0.extend(u32::try_from(value.len()).unwrap().to_be_bytes());
        self.0.extend(value);
        self
    }

    /// The beginning of a request for user authentication (RFC 4252 section 5).
    pub fn request(user: impl AsRef<[u8]>, method: &str) -> Self {
        Self::new(USERAUTH_REQUEST).string(user).string("ssh-connection").string(method)
    }
}

/// The fields of a hostbased request. Nothing in it must be good: the handler decides.
#[derive(Clone)]
pub struct Request {
    pub user: Vec<u8>,
    pub service: Vec<u8>,
    pub algorithm: Vec<u8>,
    pub public_key: Vec<u8>,
    pub client_host: Vec<u8>,
    pub client_user: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            user: b"alice".to_vec(),
            service: b"ssh-connection".to_vec(),
            algorithm: b"ssh-ed25519".to_vec(),
            public_key: Payload::default().string("ssh-ed25519").string([7; 32]).0,
            client_host: b"node1.cluster.test.".to_vec(),
            client_user: b"bob".to_vec(),
            signature: Payload::default().string("ssh-ed25519").string([9; 64]).0,
        }
    }
}

impl Request {
    pub fn of(user: &str) -> Self {
        Self { user: user.into(), ..Self::default() }
    }

    /// All but the signature: what is signed, behind the session identifier.
    pub fn unsigned(&self) -> Payload {
        Payload::new(USERAUTH_REQUEST)
            .string(&self.user)
            .string(&self.service)
            .string("hostbased")
            .string(&self.algorithm)
            .string(&self.public_key)
            .string(&self.client_host)
            .string(&self.client_user)
    }

    pub fn payload(&self) -> Vec<u8> {
        self.unsigned().string(&self.signature).0
    }
}

/// A connection in the clear whose key exchange is done.
pub struct Raw {
    stream: DuplexStream,
}

impl Raw {
    /// Identifies itself, exchanges no keys, and asks for user authentication.
    pub async fn start(stream: DuplexStream) -> Self {
        let mut raw = Self::identify(stream).await;
        raw.exchange("none").await;
        raw.ask_for_service().await;
        raw
    }

    /// Identifies itself.
    pub async fn identify(mut stream: DuplexStream) -> Self {
        stream.write_all(b"SSH-2.0-raw\r\n").await.unwrap();
        while stream.read_u8().await.unwrap() != b'\n' {}
        let mut raw = Self { stream };
        assert_eq!(raw.receive().await.unwrap()[0], KEXINIT);
        raw
    }

    /// Exchanges keys for the first time, by `none` or `curve25519-sha256`.
    pub async fn exchange(&mut self, by: &str) {
        self.send(&offer(by)).await;
        self.finish_exchange(by).await;
    }

    /// Exchanges keys again.
    pub async fn exchange_again(&mut self, by: &str) {
        self.send(&offer(by)).await;
        assert_eq!(self.receive().await.unwrap()[0], KEXINIT);
        self.finish_exchange(by).await;
    }

    /// What comes behind both offers. The cipher is `none`: what the keys are does not matter, so they are not worked out.
    async fn finish_exchange(&mut self, by: &str) {
        if by != "none" {
            let point = [[9].to_vec(), vec![0; 31]].concat();
            self.send(&Payload::new(KEX_ECDH_INIT).string(point).0).await;
            assert_eq!(self.receive().await.unwrap()[0], KEX_ECDH_REPLY);
        }
        assert_eq!(self.receive().await.unwrap(), [NEWKEYS]);
        self.send(&[NEWKEYS]).await;
    }

    /// Asks for user authentication.
    pub async fn ask_for_service(&mut self) {
        self.send(&Payload::new(SERVICE_REQUEST).string("ssh-userauth").0).await;
        assert_eq!(self.receive().await.unwrap()[0], SERVICE_ACCEPT);
    }

    /// Sends a payload. A server that has hung up does not hear it.
    pub async fn send(&mut self, payload: &[u8]) {
        let _ = self.stream.write_all(&packet(payload)).await;
    }

    /// Sends bytes that are no packet.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// The next payload; `None` when the server has hung up.
    pub async fn receive(&mut self) -> Option<Vec<u8>> {
        let length = self.stream.read_u32().await.ok()?;
        let mut body = vec![0; usize::try_from(length).unwrap()];
        self.stream.read_exact(&mut body).await.ok()?;
        let padding = usize::from(body[0]);
        Some(body[1..body.len() - padding].to_vec())
    }

    /// Sends a payload, and gives the answer.
    pub async fn ask(&mut self, payload: &[u8]) -> Answer {
        self.send(payload).await;
        Answer::read(self.receive().await)
    }

    /// Says no more, and gives all that the server still says.
    pub async fn drain(mut self) -> Vec<Vec<u8>> {
        self.stream.shutdown().await.unwrap();
        let mut answers = Vec::new();
        while let Some(answer) = self.receive().await {
            answers.push(answer);
        }
        answers
    }
}

/// What the client offers for a key exchange (RFC 4253 section 7.1).
pub fn offer(by: &str) -> Vec<u8> {
    let cookie = Payload(vec![KEXINIT].into_iter().chain([0; 16]).collect());
    let named = cookie.string(by).string("ssh-ed25519");
    let all = [(); 6].iter().fold(named, |offer, ()| offer.string("none"));
    [all.string("").string("").byte(0).0, vec![0; 4]].concat()
}

/// The packet of a payload (RFC 4253 section 6), in the clear.
pub fn packet(payload: &[u8]) -> Vec<u8> {
    let padding = 4 + (8 - (payload.len() + 5 + 4) % 8) % 8;
    let length = u32::try_from(1 + payload.len() + padding).unwrap();
    [&length.to_be_bytes(), &[u8::try_from(padding).unwrap()][..], payload, &vec![0; padding]].concat()
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Success,
    /// The methods that can go on, and whether the request was a success that does not suffice.
    Failure(String, bool),
    /// The number of the reason (RFC 4253 section 11.1).
    Disconnect(u32),
    Closed,
    /// Any other message.
    Other(Vec<u8>),
}

impl Answer {
    pub fn read(payload: Option<Vec<u8>>) -> Self {
        let Some(payload) = payload else { return Self::Closed };
        let number = |at: usize| u32::from_be_bytes(payload[at..at + 4].try_into().unwrap());
        match payload[0] {
            USERAUTH_SUCCESS if payload.len() == 1 => Self::Success,
            USERAUTH_FAILURE => {
                let end = 5 + usize::try_from(number(1)).unwrap();
                assert_eq!(payload.len(), end + 1);
                Self::Failure(String::from_utf8(payload[5..end].to_vec()).unwrap(), payload[end] == 1)
            }
            DISCONNECT => Self::Disconnect(number(1)),
            _ => Self::Other(payload),
        }
    }
}
