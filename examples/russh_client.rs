//! An SSH client on russh that logs in by hostbased and runs one command, as `ssh HOST COMMAND` does.
//!
//! ```sh
//! cargo run --features russh --example russh_client -- alice@server.example.org -- uname -a
//! ```
//!
//! Exits with the command's status, or with 255 and the reason when there was no login.
#![allow(clippy::print_stderr, reason = "an example talks")]
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "an example has an environment, and reads files"
)]

use std::collections::VecDeque;
use std::error::Error;
use std::os::fd::AsFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use hostbased::bridge::client::{
    Claim, HelperSigner, KeyFileSigner, Offer, Outcome, Tried, host_public_keys, log_in, offers_for, read_public_key,
};
use hostbased::escape::escape;
use hostbased::key::{AlgorithmList, KeyType, PublicKey, parse_public_key_file};
use hostbased::known_hosts::{Document, HostKeyStatus, KnownHosts, Source, check_host_key};
use hostbased::sign::helper::Helper;
// In a package of your own, `russh = { package = "russh-hostbased", … }` in its manifest makes this line unnecessary.
use russh_hostbased as russh;

use russh::ChannelMsg;
use russh::client::{DisconnectReason, Handle, Handler, Session};
use russh::keys::{PublicKeyBase64, PublicKeyOrCertificate};
use tokio::io::{AsyncWriteExt, stderr, stdin, stdout};
use tokio::net::TcpStream;

type Fallible<T> = Result<T, Box<dyn Error + Send + Sync>>;

const USAGE: &str = "usage: russh_client [USER@]HOST[:PORT] [--helper PATH | --key-file FILE] [--public-key FILE]...
           [--accepted-algorithms LIST] [--client-host NAME] [--client-user NAME] [--known-host-key FILE] -- COMMAND...";

fn main() -> ExitCode {
    let done = Arguments::parse(std::env::args().skip(1).collect()).and_then(|arguments| {
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
    let outcome = match &arguments.key_file {
        Some(file) => {
            let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
            let mut signer =
                KeyFileSigner::new(&claim, [bytes.into()]).map_err(|error| format!("{}: {error}", file.display()))?;
            log_in(&mut session, &claim, &offers, &mut signer, report).await?
        }
        None => {
            let helper = arguments.helper.clone().map_or_else(Helper::find, |path| Ok(Helper::at(path)))?;
            let mut signer = HelperSigner::new(helper, connection.as_fd())?;
            log_in(&mut session, &claim, &offers, &mut signer, report).await?
        }
    };
    match outcome {
        Outcome::LoggedIn => execute(&session, &arguments.command).await,
        Outcome::Refused(_) if offers.is_empty() => Err("this host has no key to offer".into()),
        outcome => Err(outcome.to_string().into()),
    }
}

/// Tells of each key that did not do.
fn report<E: std::fmt::Display>(offer: &Offer, tried: &Tried<E>) {
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

/// What we know of the server, and what russh tells us about it.
struct Server {
    /// The name that it has in known_hosts files.
    name: String,
    /// The one key that it must have, if one was given.
    pinned: Option<PublicKey>,
    files: Vec<(String, Document)>,
}

impl Server {
    fn new(arguments: &Arguments) -> Fallible<Self> {
        let Arguments { host, port, known_host_key, .. } = arguments;
        let name = if *port == 22 { host.clone() } else { format!("[{host}]:{port}") };
        if let Some(file) = known_host_key {
            let failed = |error: &dyn Error| format!("{}: {error}", file.display());
            let bytes = std::fs::read(file).map_err(|error| failed(&error))?;
            let key = parse_public_key_file(&bytes).map_err(|error| failed(&error))?;
            return Ok(Self { name, pinned: Some(key), files: Vec::new() });
        }
        let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".ssh/known_hosts"));
        let paths = home.into_iter().chain([PathBuf::from("/etc/ssh/ssh_known_hosts")]);
        // One that is not there, or not to be read, says nothing; then the server is not known, and refused.
        let files = paths.filter_map(|path| {
            let bytes = std::fs::read(&path).ok()?;
            Some((path.display().to_string(), Document::parse(&bytes)))
        });
        Ok(Self { name, pinned: None, files: files.collect() })
    }

    /// russh's preferences, with the types of keys first that the server is known by: it has to show one of those.
    fn preferred(&self) -> russh::Preferred {
        let mut known: Vec<KeyType> = self.pinned.iter().map(PublicKey::key_type).collect();
        for (_, document) in &self.files {
            document.for_each_matching(self.name.as_bytes(), &mut |_, entry| known.push(entry.key().key_type()));
        }
        let mut preferred = russh::Preferred::DEFAULT;
        let is_unknown = |name: &str| KeyType::from_name(name.as_bytes()).is_none_or(|key| !known.contains(&key));
        preferred.key.to_mut().sort_by_key(|algorithm| is_unknown(algorithm.as_str()));
        preferred
    }

    fn check(&self, key: &PublicKey) -> Result<(), String> {
        let name = escape(&self.name);
        if let Some(pinned) = &self.pinned {
            return if pinned == key { Ok(()) } else { Err(format!("{name} shows {key}, not {pinned}")) };
        }
        let sources: Vec<_> = self.files.iter().map(|(file, document)| Source { file, document }).collect();
        match check_host_key(&sources, self.name.as_bytes(), key) {
            HostKeyStatus::Ok(_) => Ok(()),
            HostKeyStatus::New => Err(format!(
                "{name} shows {key}, which is not known; compare it with what the server itself says, then put it into \
                 ~/.ssh/known_hosts, or give it as --known-host-key FILE"
            )),
            HostKeyStatus::Changed(place) => Err(format!(
                "{name} shows {key}; {}:{} has another key for it: somebody may be in between",
                place.file, place.line
            )),
            HostKeyStatus::Revoked(place) => {
                Err(format!("{name} shows {key}, which {}:{} revokes", place.file, place.line))
            }
        }
    }
}

impl Handler for Server {
    type Error = Box<dyn Error + Send + Sync>;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Fallible<bool> {
        let key = PublicKey::from_blob(&shown.public_key().public_key_bytes())?;
        self.check(&key)?;
        Ok(true)
    }

    async fn auth_banner(&mut self, banner: &str, _: &mut Session) -> Fallible<()> {
        banner.lines().for_each(|line| eprintln!("{}", escape(line)));
        Ok(())
    }

    async fn disconnected(&mut self, reason: DisconnectReason<Self::Error>) -> Fallible<()> {
        match reason {
            DisconnectReason::ReceivedDisconnect(told) => {
                eprintln!("russh_client: the server disconnects: {}", escape(&told.message));
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}

struct Arguments {
    user: Option<String>,
    host: String,
    port: u16,
    helper: Option<PathBuf>,
    key_file: Option<PathBuf>,
    public_key_files: Vec<PathBuf>,
    accepted: AlgorithmList,
    client_host: Option<String>,
    client_user: Option<String>,
    known_host_key: Option<PathBuf>,
    command: String,
}

impl Arguments {
    fn parse(words: Vec<String>) -> Fallible<Self> {
        let mut words = VecDeque::from(words);
        let destination = words.pop_front().filter(|word| !word.starts_with('-')).ok_or(USAGE)?;
        let (user, address) = match destination.rsplit_once('@') {
            Some((user, address)) => (Some(user.to_owned()), address),
            None => (None, destination.as_str()),
        };
        // An IPv6 address has its brackets where a port follows: [::1]:22.
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => (host, port.parse()?),
            _ => (address, 22),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let default = AlgorithmList::hostbased_default();
        let mut parsed = Self {
            user,
            host,
            port,
            helper: None,
            key_file: None,
            public_key_files: Vec::new(),
            accepted: default.clone(),
            client_host: None,
            client_user: None,
            known_host_key: None,
            command: String::new(),
        };
        while let Some(option) = words.pop_front() {
            if option == "--" {
                break;
            }
            let value = words.pop_front().ok_or(USAGE)?;
            match option.as_str() {
                "--helper" => parsed.helper = Some(value.into()),
                "--key-file" => parsed.key_file = Some(value.into()),
                "--public-key" => parsed.public_key_files.push(value.into()),
                "--accepted-algorithms" => parsed.accepted = AlgorithmList::parse(&value, &default)?,
                "--client-host" => parsed.client_host = Some(value),
                "--client-user" => parsed.client_user = Some(value),
                "--known-host-key" => parsed.known_host_key = Some(value.into()),
                _ => return Err(USAGE.into()),
            }
        }
        parsed.command = Vec::from(words).join(" ");
        if parsed.command.is_empty() || (parsed.helper.is_some() && parsed.key_file.is_some()) {
            return Err(USAGE.into());
        }
        Ok(parsed)
    }

    /// The keys to offer: those that were named, those beside the key file, or the host's.
    fn public_keys(&self) -> Vec<PublicKey> {
        let beside =
            |file: &PathBuf| ["-cert.pub", ".pub"].map(|end| PathBuf::from(format!("{}{end}", file.display())));
        let files = match &self.key_file {
            Some(file) if self.public_key_files.is_empty() => {
                beside(file).into_iter().filter(|file| file.exists()).collect()
            }
            _ => self.public_key_files.clone(),
        };
        let read = match files.is_empty() {
            true => host_public_keys("/etc/ssh".as_ref()),
            false => {
                files.into_iter().map(|file| (read_public_key(&file), file)).map(|(key, file)| (file, key)).collect()
            }
        };
        let told = |(file, key): (PathBuf, Result<PublicKey, _>)| {
            key.map_err(|error| eprintln!("russh_client: {}: {error}", file.display())).ok()
        };
        read.into_iter().filter_map(told).collect()
    }
}
