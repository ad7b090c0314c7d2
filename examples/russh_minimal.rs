//! The least SSH server that logs in by hostbased, and greets whom it lets in. A whole one is in `russh_server/`.
//!
//! ```sh
//! cargo run --no-default-features --features russh-server --example russh_minimal -- 0.0.0.0:2222 /etc/ssh/ssh_host_ed25519_key
//! ```
//!
//! As root, on a machine whose files are set up as for sshd; a third argument is a folder that stands for `/`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hostbased::bridge::server::{Received, answer, methods};
use hostbased::judge::{Judge, Outcome, Progress};
use hostbased::store::Root;
use hostbased::store::account::SystemAccount;
use hostbased::store::trust::{TrustPaths, TrustStore};
use hostbased::verify::Policy;
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, HostbasedRequest, Msg, Server, Session};
use russh::{Channel, ChannelId};
// In a package of your own, `russh = { package = "russh-hostbased", … }` in its manifest makes this line unnecessary.
use russh_hostbased as russh;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(listen), Some(host_key)) = (arguments.next(), arguments.next()) else {
        return Err("usage: russh_minimal ADDRESS:PORT HOST-KEY-FILE [ROOT]".into());
    };
    let root = arguments.next().map_or_else(Root::system, Root::new);

    // The options of sshd_config(5). What this server does not have is switched off, or it would be offered.
    let mut policy = Policy::default();
    policy.set("HostbasedAuthentication", "yes")?;
    for absent in ["PubkeyAuthentication", "PasswordAuthentication", "KbdInteractiveAuthentication"] {
        policy.set(absent, "no")?;
    }
    let config = Config {
        methods: methods(&policy, &policy.methods().start()),
        keys: vec![russh::keys::load_secret_key(host_key, None)?],
        // All refusals take the same time. The question for the methods, with which clients begin, is none.
        auth_rejection_time: Duration::from_millis(100),
        auth_rejection_time_initial: Some(Duration::ZERO),
        ..Config::default()
    };
    let judge = Arc::new(Judge::new(TrustStore::new(root, &TrustPaths::default()), policy));
    println!("listening on {listen}");
    Ok(Greeter { judge }.run_on_address(Arc::new(config), listen).await?)
}

/// Makes a handler for each connection.
struct Greeter {
    judge: Arc<Judge>,
}

impl Server for Greeter {
    type Handler = Connection;

    fn new_client(&mut self, peer: Option<SocketAddr>) -> Connection {
        Connection { judge: self.judge.clone(), peer, progress: self.judge.start(), account: None }
    }
}

/// One connection.
struct Connection {
    judge: Arc<Judge>,
    peer: Option<SocketAddr>,
    progress: Progress,
    /// Whom the client was let in as. Not the name that it asked for: that is anybody's to say.
    account: Option<SystemAccount>,
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_hostbased(&mut self, request: HostbasedRequest<'_>) -> Result<Auth, russh::Error> {
        let (Ok(received), Some(peer)) = (Received::read(&request), self.peer) else { return Ok(Auth::reject()) };
        // Files, accounts and names may take their time: on a thread that may wait.
        let (judge, progress) = (self.judge.clone(), self.progress.clone());
        let judged = tokio::task::spawn_blocking(move || received.judge(&judge, peer, &progress)).await;
        let Ok(verdict) = judged else { return Ok(Auth::reject()) };
        // For the log; the client is told nothing of it.
        eprintln!("{}: {}: {}", peer.ip(), verdict.code, verdict.reason);
        let auth = answer(&verdict, self.judge.policy());
        self.progress = verdict.progress;
        if let Outcome::Accepted(account) = verdict.outcome {
            self.account = Some(*account);
        }
        Ok(auth)
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn exec_request(&mut self, id: ChannelId, _: &[u8], session: &mut Session) -> Result<(), russh::Error> {
        self.shell_request(id, session).await
    }

    async fn shell_request(&mut self, id: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        let Some(account) = &self.account else { return session.channel_failure(id) };
        session.channel_success(id)?;
        session.data(id, format!("hello {}, uid {}\n", account.name, account.uid).into_bytes())?;
        session.exit_status_request(id, 0)?;
        session.eof(id)?;
        session.close(id)
    }
}
