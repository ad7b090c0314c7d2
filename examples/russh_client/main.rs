//! An SSH client on russh that logs in by hostbased and runs one command, as `ssh HOST COMMAND` does.
//!
//! ```sh
//! cargo run --features russh-client --example russh_client -- alice@server.example.org -- uname -a
//! ```
//!
//! Exits with the command's status, or with 255 and the reason when there was no login.
#![allow(clippy::print_stderr, reason = "an example talks")]
#![allow(unreachable_pub, reason = "nothing outside sees it")]
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "an example has an environment, and reads files"
)]

mod arguments;
mod server;

use std::error::Error;
use std::fmt;
use std::io::Write;
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::sync::Arc;

use hostbased::bridge::client::{Claim, HelperSigner, KeyFileSigner, Offer, Outcome, Tried, log_in, offers_for};
use hostbased::sign::helper::Helper;
use russh::ChannelMsg;
use russh::client::Handle;
// In a package of your own, `russh = { package = "russh-hostbased", … }` in its manifest makes this line unnecessary.
use russh_hostbased as russh;
use tokio::io::{AsyncWriteExt, stderr, stdin, stdout};
use tokio::net::TcpStream;

use self::arguments::{Arguments, USAGE};
use self::server::Server;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    if words.first().is_some_and(|word| ["--help", "-h"].contains(&word.as_str())) {
        // Whoever reads it may have read enough.
        let _ = writeln!(std::io::stdout(), "{USAGE}");
        return ExitCode::SUCCESS;
    }
    let done = Arguments::parse(words).and_then(|arguments| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let status = runtime.block_on(run(arguments));
        // Without waiting for standard input, which somebody may still hold open.
        runtime.shutdown_background();
        status
    });
    match done {
        // Like a shell, only the low eight bits.
        Ok(status) => ExitCode::from(status.to_le_bytes()[0]),
        Err(error) => {
            eprintln!("russh_client: {error}");
            ExitCode::from(255)
        }
    }
}

async fn run(arguments: Arguments) -> Fallible<u32> {
    let Arguments { user, host, port, .. } = &arguments;
    let stream = TcpStream::connect((host.as_str(), *port)).await.map_err(|error| format!("{host}:{port}: {error}"))?;
    stream.set_nodelay(true)?;

    // Who we are, and who signs that. A helper looks at the connection itself, so it gets a duplicate of the descriptor.
    let mut claim = Claim::of_this_process("", Some(stream.local_addr()?)).await?;
    claim.client_host = arguments.client_host.clone().unwrap_or(claim.client_host);
    claim.client_user = arguments.client_user.clone().unwrap_or(claim.client_user);
    claim.user = user.clone().unwrap_or_else(|| claim.client_user.clone());
    let connection = stream.as_fd().try_clone_to_owned()?;

    // Who the server is, is known before anything is shown to it.
    let server = Server::new(&arguments)?;
    let config = russh::client::Config { preferred: server.preferred(), ..Default::default() };
    let mut session = russh::client::connect_stream(Arc::new(config), stream, server).await?;

    let offers = offers_for(&session, arguments.public_keys(), &arguments.accepted).await?;
    let tried = match &arguments.key_file {
        Some(file) => {
            let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
            let mut signer =
                KeyFileSigner::new(&claim, [bytes.into()]).map_err(|error| format!("{}: {error}", file.display()))?;
            log_in(&mut session, &claim, &offers, &mut signer, report).await
        }
        None => {
            let helper = arguments.helper.clone().map_or_else(Helper::find, |path| Ok(Helper::at(path)))?;
            let mut signer = HelperSigner::new(helper, connection.as_fd())?;
            log_in(&mut session, &claim, &offers, &mut signer, report).await
        }
    };
    let done = match tried {
        Ok(Outcome::LoggedIn) => execute(&session, &arguments.command).await,
        Ok(Outcome::NothingSigned(_)) if offers.is_empty() => Err("this host has no key to offer".into()),
        Ok(outcome) => Err(outcome.to_string().into()),
        Err(error) => Err(error.into()),
    };
    // Where the connection has failed, what the server has said, or the system, is the reason.
    if done.is_err() && session.is_closed() {
        session.await?;
    }
    done
}

/// Tells of each key that did not do.
fn report<E: fmt::Display>(offer: &Offer, tried: &Tried<E>) {
    if !matches!(tried, Tried::Accepted) {
        eprintln!("russh_client: {offer}: {tried}");
    }
}

/// Runs the command with our own standard input, output and error; its exit status.
async fn execute(session: &Handle<Server>, command: &str) -> Fallible<u32> {
    let (mut from, to) = session.channel_open_session().await?.split();
    to.exec(true, command).await?;
    let input = tokio::spawn(async move {
        let mut writer = to.make_writer();
        if tokio::io::copy(&mut stdin(), &mut writer).await.is_ok() {
            let _ = to.eof().await;
        }
    });
    // One value for each: what tokio has taken and not yet written is known to that value only.
    let (mut output, mut errors) = (stdout(), stderr());
    let mut status = Err("the server closed the channel without an exit status".into());
    while let Some(message) = from.wait().await {
        match message {
            ChannelMsg::Data { data } => output.write_all(&data).await?,
            ChannelMsg::ExtendedData { data, ext: 1 } => errors.write_all(&data).await?,
            ChannelMsg::Failure => status = Err("the server does not run commands for us".into()),
            ChannelMsg::ExitStatus { exit_status } => status = Ok(exit_status),
            ChannelMsg::ExitSignal { signal_name, .. } => {
                status = Err(format!("the command died of signal {signal_name:?}").into());
            }
            _ => {}
        }
    }
    input.abort();
    output.flush().await?;
    errors.flush().await?;
    status
}
