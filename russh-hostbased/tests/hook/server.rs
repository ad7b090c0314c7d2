//! A server whose handler writes down what it is asked, and answers as a test says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh_hostbased::keys::PrivateKey;
use russh_hostbased::keys::ssh_key::private::Ed25519Keypair;
use russh_hostbased::server::{Auth, Config, Handler, HostbasedRequest, RunningSession};
use russh_hostbased::{MethodKind, MethodSet};

use crate::raw::{Raw, STREAM_BYTES, in_the_clear};

/// Every method that russh's server names, as it names them by default.
pub const ALL: &str = "none,password,publickey,hostbased,keyboard-interactive";

/// A request as the handler saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub user: String,
    pub service: String,
    pub algorithm: Vec<u8>,
    pub public_key: Vec<u8>,
    pub client_host: Vec<u8>,
    pub client_user: Vec<u8>,
    pub signature: Vec<u8>,
    pub signed_data: Vec<u8>,
    pub session_id: Vec<u8>,
}

impl From<&HostbasedRequest<'_>> for Asked {
    fn from(request: &HostbasedRequest<'_>) -> Self {
        Self {
            user: request.user.to_owned(),
            service: request.service.to_owned(),
            algorithm: request.algorithm.to_vec(),
            public_key: request.public_key.to_vec(),
            client_host: request.client_host.to_vec(),
            client_user: request.client_user.to_vec(),
            signature: request.signature.to_vec(),
            signed_data: request.signed_data.to_vec(),
            session_id: request.session_id().to_vec(),
        }
    }
}

type Decide = Box<dyn FnMut(&Asked) -> Result<Auth, russh_hostbased::Error> + Send>;

/// The handler. Its password is `right`; it knows no key, and no other answer.
pub struct Gate {
    asked: Arc<Mutex<Vec<Asked>>>,
    decide: Decide,
    /// How long it thinks about a hostbased request.
    thinks: Duration,
}

impl Handler for Gate {
    type Error = russh_hostbased::Error;

    async fn auth_hostbased(&mut self, request: HostbasedRequest<'_>) -> Result<Auth, Self::Error> {
        let asked = Asked::from(&request);
        tokio::time::sleep(self.thinks).await;
        let decided = (self.decide)(&asked);
        self.asked.lock().unwrap().push(asked);
        decided
    }

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
        // Without the list, russh takes the method away after the first refusal.
        let again = Auth::Reject { proceed_with_methods: Some(MethodSet::server_supported()), partial_success: false };
        Ok(if password == "right" { Auth::Accept } else { again })
    }

    async fn auth_keyboard_interactive(
        &mut self,
        _: &str,
        _: &str,
        response: Option<russh_hostbased::server::Response<'_>>,
    ) -> Result<Auth, Self::Error> {
        Ok(match response {
            None => {
                Auth::Partial { name: "".into(), instructions: "".into(), prompts: vec![("word".into(), false)].into() }
            }
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

/// Whether every prompt is answered well.
pub fn all_right<B: AsRef<[u8]>>(mut words: impl Iterator<Item = B>) -> bool {
    words.all(|word| word.as_ref() == b"right")
}

/// A handler that has no word on hostbased.
pub struct Silent;

impl Handler for Silent {
    type Error = russh_hostbased::Error;
}

/// A server for one connection.
pub struct Server {
    pub config: Config,
    asked: Arc<Mutex<Vec<Asked>>>,
    gate: Gate,
}

/// How a connection ended, for the server.
pub type Running = RunningSession<Gate>;

impl Server {
    /// A server that decides so, takes no time for refusals, and never runs out of patience.
    pub fn deciding(decide: impl FnMut(&Asked) -> Result<Auth, russh_hostbased::Error> + Send + 'static) -> Self {
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let gate = Gate { asked: Arc::clone(&asked), decide: Box::new(decide), thinks: Duration::ZERO };
        Self { config: config(), asked, gate }
    }

    pub fn refusing() -> Self {
        Self::deciding(|_| Ok(Auth::reject()))
    }

    pub fn accepting() -> Self {
        Self::deciding(|_| Ok(Auth::Accept))
    }

    /// Lets in whom it asks for, and nobody else.
    pub fn for_user(user: &'static str) -> Self {
        Self::deciding(move |asked| Ok(if asked.user == user { Auth::Accept } else { Auth::reject() }))
    }

    pub fn with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(&mut self.config);
        self
    }

    pub fn thinking(mut self, time: Duration) -> Self {
        self.gate.thinks = time;
        self
    }

    /// What the handler was asked, up to now; it fills while the server runs.
    pub fn asked(&self) -> Arc<Mutex<Vec<Asked>>> {
        Arc::clone(&self.asked)
    }

    /// A raw client of it, in the clear.
    pub async fn raw(mut self) -> Raw {
        self.config.preferred = in_the_clear();
        let (ours, theirs) = tokio::io::duplex(STREAM_BYTES);
        let config = Arc::new(self.config);
        tokio::spawn(
            async move { russh_hostbased::server::run_stream(config, theirs, self.gate).await.unwrap().await },
        );
        Raw::start(ours).await
    }

    /// Runs it on one end of a stream.
    pub async fn run(self, stream: tokio::io::DuplexStream) -> Running {
        russh_hostbased::server::run_stream(Arc::new(self.config), stream, self.gate).await.unwrap()
    }
}

pub fn key(seed: u8) -> PrivateKey {
    PrivateKey::from(Ed25519Keypair::from_seed(&[seed; 32]))
}

pub fn config() -> Config {
    Config {
        keys: vec![key(1)],
        auth_rejection_time: Duration::ZERO,
        auth_rejection_time_initial: Some(Duration::ZERO),
        inactivity_timeout: None,
        max_auth_attempts: 100,
        ..Default::default()
    }
}

/// A success that does not suffice: these methods are to follow.
pub fn partial(methods: &[MethodKind]) -> Auth {
    Auth::Reject { proceed_with_methods: Some(methods.into()), partial_success: true }
}
