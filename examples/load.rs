//! A load generator: many logins by hostbased, some at once, each of which runs one command. `tests/run --all` measures
//! `russh_server` and the stock sshd by it (docs/performance.md).
//!
//! It prints one line, `500 logins, 0 failed, 2.000 s, 250.0 a second`, and exits with 1 where any failed.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "an example talks")]
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "it reads its keys, and measures time")]

use std::borrow::Cow;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use hostbased::bridge::client::{Claim, KeyFileSigner, Offer, Outcome, log_in, offers, read_public_key};
use hostbased::key::{AlgorithmList, PublicKey};
use russh::ChannelMsg;
use russh::client::{Config, Handler};
use russh::keys::{Algorithm, PublicKeyBase64, PublicKeyOrCertificate};
// In a package of your own, `russh = { package = "russh-hostbased", … }` in its manifest makes this line unnecessary.
use russh_hostbased as russh;
use tokio::net::TcpStream;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: load ADDRESS:PORT USER CLIENT-HOST HOST-KEY-FILE SERVER-KEY-FILE LOGINS AT-ONCE COMMAND";

/// Everything that a login needs, made once.
struct Load {
    address: String,
    claim: Claim,
    signer: KeyFileSigner,
    offers: Vec<Offer>,
    server_key: PublicKey,
    config: Arc<Config>,
    command: String,
}

#[tokio::main]
async fn main() -> Fallible<ExitCode> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, user, client_host, host_key, server_key, logins, at_once, command] = words.as_slice() else {
        return Err(USAGE.into());
    };
    let (logins, at_once): (usize, usize) = (logins.parse()?, at_once.parse()?);
    let claim = Claim { user: user.clone(), client_host: client_host.clone(), client_user: user.clone() };
    let load = Arc::new(Load {
        address: address.clone(),
        signer: KeyFileSigner::new(&claim, [std::fs::read(host_key)?.into()])?,
        offers: offers(
            [read_public_key(format!("{host_key}.pub").as_ref())?],
            &AlgorithmList::hostbased_default(),
            None,
        ),
        server_key: read_public_key(server_key.as_ref())?,
        config: Arc::new(Config { preferred: same_for_all(), nodelay: true, ..Config::default() }),
        command: command.clone(),
        claim,
    });

    let start = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..at_once)
        .map(|_| {
            let (load, next) = (Arc::clone(&load), Arc::clone(&next));
            tokio::spawn(async move {
                let mut failed = 0_usize;
                while next.fetch_add(1, Ordering::Relaxed) < logins {
                    if let Err(error) = load.log_in().await {
                        eprintln!("load: {error}");
                        failed = failed.saturating_add(1);
                    }
                }
                failed
            })
        })
        .collect();
    let mut failed = 0_usize;
    for worker in workers {
        failed = failed.saturating_add(worker.await?);
    }
    let seconds = start.elapsed().as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "nobody counts 2^52 logins")]
    let rate = logins as f64 / seconds;
    println!("{logins} logins, {failed} failed, {seconds:.3} s, {rate:.1} a second");
    Ok(ExitCode::from(u8::from(failed > 0)))
}

/// One choice of everything, which every server has to follow: what is compared is the server.
fn same_for_all() -> russh::Preferred {
    russh::Preferred {
        kex: Cow::Borrowed(&[
            russh::kex::CURVE25519,
            russh::kex::EXTENSION_SUPPORT_AS_CLIENT,
            russh::kex::EXTENSION_OPENSSH_STRICT_KEX_AS_CLIENT,
        ]),
        key: Cow::Borrowed(&[Algorithm::Ed25519]),
        cipher: Cow::Borrowed(&[russh::cipher::AES_256_GCM]),
        ..russh::Preferred::DEFAULT
    }
}

impl Load {
    /// Logs in, runs the command, and sees that it ended with 0.
    async fn log_in(&self) -> Fallible<()> {
        let stream = TcpStream::connect(&self.address).await?;
        stream.set_nodelay(true)?;
        let server = Server(self.server_key.clone());
        let mut session = russh::client::connect_stream(Arc::clone(&self.config), stream, server).await?;
        match log_in(&mut session, &self.claim, &self.offers, &mut self.signer.clone(), |_, _| ()).await? {
            Outcome::LoggedIn => {}
            outcome => return Err(outcome.to_string().into()),
        }
        let mut channel = session.channel_open_session().await?;
        channel.exec(true, self.command.as_str()).await?;
        let mut status = None;
        while let Some(message) = channel.wait().await {
            if let ChannelMsg::ExitStatus { exit_status } = message {
                status = Some(exit_status);
            }
        }
        session.disconnect(russh::Disconnect::ByApplication, "", "").await?;
        if status == Some(0) { Ok(()) } else { Err(format!("exit status {status:?}").into()) }
    }
}

/// The server's one key.
struct Server(PublicKey);

impl Handler for Server {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        Ok(shown.public_key().public_key_bytes() == self.0.blob())
    }
}
