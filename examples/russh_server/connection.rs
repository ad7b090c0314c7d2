//! One connection, as russh's handler: attempts go to `login`, programs to `program`.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Weak};

use hostbased::bridge::server::Received;
use hostbased::escape::escape;
use hostbased::judge::{Outcome, Progress};
use hostbased::key::PublicKey;
use hostbased::name::address_text;
use hostbased::store::account::SystemAccount;
use hostbased::wire::Request;
use hostbased_sys::{Terminal, TerminalSize, open_terminal, set_terminal_size};
use russh::keys::ssh_key::{Algorithm, PublicKey as SshKey};
use russh::server::{
    Auth, ChannelOpenHandle, Handler, HostbasedRequest, Msg, PublicKeyOffer, Session, VerifiedPublicKey,
};
use russh::{Channel, ChannelId, ChannelOpenFailure, ChannelWriteHalf, Pty, Sig};
use russh_hostbased as russh;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::audit;
use crate::input::{Input, WINDOW};
use crate::login::{Decided, Server};
use crate::program::{Program, User};

/// Sessions of one connection, as sshd's MaxSessions.
const MAX_SESSIONS: usize = 10;

/// Keys that a client may ask about, without showing that it holds them (sshd ends a connection with as many attempts).
const MAX_OFFERS: usize = 1024;

/// One connection.
pub struct Connection {
    server: Arc<Server>,
    peer: SocketAddr,
    progress: Progress,
    offers: usize,
    /// Whom the client was let in as.
    user: Option<User>,
    /// Told when that happens.
    authenticated: Option<oneshot::Sender<()>>,
    sessions: HashMap<ChannelId, Shell>,
}

/// A session channel.
struct Shell {
    /// Until a program runs.
    channel: Option<ChannelWriteHalf<Msg>>,
    /// The client's wish for a terminal, until a program runs.
    terminal: Option<(Terminal, String)>,
    /// The terminal, for changes of its size.
    window: Option<OwnedFd>,
    program: Option<Started>,
}

struct Started {
    input: Input,
    pid: u32,
    /// Whether the number is still the program's.
    runs: Weak<()>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Started {
    /// The channel is gone: a terminal hangs up, pipes break.
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Connection {
    /// A connection from there; told when the client has logged in.
    pub fn new(server: Arc<Server>, peer: SocketAddr, authenticated: oneshot::Sender<()>) -> Self {
        let (progress, sessions) = (server.judge.start(), HashMap::new());
        Self { server, peer, progress, offers: 0, user: None, authenticated: Some(authenticated), sessions }
    }

    /// Decides on a thread that may wait. Where that fails, nobody comes in.
    async fn decide(&mut self, decide: impl FnOnce(&Server, SocketAddr, Progress) -> Decided + Send + 'static) -> Auth {
        let (server, peer, progress) = (self.server.clone(), self.peer, self.progress.clone());
        let Ok(decided) = spawn_blocking(move || decide(&server, peer, progress)).await else {
            tracing::error!(address = address_text(self.peer.ip()), "a decision was not made");
            return Auth::reject();
        };
        self.progress = decided.progress;
        let (root, as_other) = (self.server.judge.store().root().clone(), self.server.own_uid == 0);
        self.user = decided.account.map(|account| User { account, root, as_other });
        decided.auth
    }

    async fn public_key(&mut self, user: &str, key: &SshKey, algorithm: &Algorithm, is_offer: bool) -> Auth {
        let key = key.to_bytes().ok().and_then(|blob| PublicKey::from_blob(&blob).ok());
        self.offers = self.offers.saturating_add(is_offer.into());
        let refused = match &key {
            None => Some("key-undecodable"),
            // SHA-1 (RFC 8332); sshd's default refuses it too.
            Some(_) if matches!(algorithm, Algorithm::Rsa { hash: None }) => Some("algorithm-not-accepted"),
            // russh neither counts nor delays the answer that a key would do.
            Some(_) if is_offer && self.offers > MAX_OFFERS => Some("too-many-offers"),
            Some(_) => None,
        };
        let key = match (key, refused) {
            (Some(key), None) => key,
            (key, code) => {
                let (code, user) = (code.unwrap_or_default(), user.as_bytes());
                audit::public_key(&Outcome::Refused, code, user, key.as_ref(), self.peer);
                return Auth::reject();
            }
        };
        // What another user has come to does not count for this one.
        let progress = self.progress.of(user.as_bytes(), self.server.judge.policy());
        self.decide(move |server, peer, _| server.public_key(&key, peer, progress, is_offer)).await
    }

    /// Starts the channel's program.
    async fn start(
        &mut self,
        id: ChannelId,
        command: Option<Vec<u8>>,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let (Some(user), Some(shell)) = (self.user.clone(), self.sessions.get_mut(&id)) else {
            return session.channel_failure(id);
        };
        // One program a channel (RFC 4254 section 6.5).
        let Some(channel) = shell.channel.take() else { return session.channel_failure(id) };
        let terminal = shell.terminal.take();
        let SystemAccount { uid, name, shell: program, .. } = user.account.clone();
        match self.server.starts.run(uid, move || user.start(command.as_deref(), terminal)).await {
            Ok(Program { input, pid, rest }) => {
                let runs = rest.runs();
                let (queue, feed) = Input::new();
                let tasks = [tokio::spawn(feed.feed(input)), tokio::spawn(rest.report(channel, session.handle()))];
                shell.program = Some(Started { input: queue, pid, runs, tasks });
                session.channel_success(id)
            }
            Err(error) => {
                let (address, user, program) =
                    (address_text(self.peer.ip()), escape(name.as_bytes()), escape(&program));
                tracing::error!(address, ?user, ?program, %error, "a program cannot be started");
                session.channel_failure(id)
            }
        }
    }
}

impl Handler for Connection {
    type Error = russh::Error;

    async fn auth_hostbased(&mut self, request: HostbasedRequest<'_>) -> Result<Auth, russh::Error> {
        let received = match Received::read(&request) {
            Ok(received) => received,
            Err(error) => {
                let HostbasedRequest { algorithm, public_key, client_host, client_user, signature, .. } = request;
                let user = request.user.as_bytes();
                let request = Request { user, algorithm, public_key, client_host, client_user, signature };
                audit::malformed(&error.to_string(), &request, self.peer);
                return Ok(Auth::reject());
            }
        };
        Ok(self.decide(move |server, peer, progress| server.hostbased(&received, peer, &progress)).await)
    }

    async fn auth_publickey_offered(&mut self, user: &str, offer: PublicKeyOffer<'_>) -> Result<Auth, russh::Error> {
        Ok(self.public_key(user, offer.public_key, offer.algorithm, true).await)
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        Ok(self.public_key(user, key.public_key, key.algorithm, false).await)
    }

    async fn auth_succeeded(&mut self, _: &mut Session) -> Result<(), russh::Error> {
        if let Some(authenticated) = self.authenticated.take() {
            let _ = authenticated.send(());
        }
        Ok(())
    }

    async fn channel_open_session(
        &mut self,
        channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut Session,
    ) -> Result<(), russh::Error> {
        if self.sessions.len() >= MAX_SESSIONS {
            reply.reject(ChannelOpenFailure::ResourceShortage).await;
            return Ok(());
        }
        // What comes from the client is taken from the handler's calls: nobody reads the other half.
        let (_, write) = channel.split();
        let id = write.id();
        self.sessions.insert(id, Shell { channel: Some(write), terminal: None, window: None, program: None });
        reply.accept().await;
        Ok(())
    }

    async fn pty_request(
        &mut self,
        id: ChannelId,
        term: &str,
        columns: u32,
        rows: u32,
        width: u32,
        height: u32,
        _: &[(Pty, u32)], // It begins with the system's own modes, and those who want others set them.
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let Some(shell) =
            self.sessions.get_mut(&id).filter(|shell| shell.channel.is_some() && shell.terminal.is_none())
        else {
            return session.channel_failure(id);
        };
        let opened = open_terminal(size([rows, columns, width, height]));
        match opened.and_then(|terminal| Ok((terminal.ours.try_clone()?, terminal))) {
            Ok((window, terminal)) if !term.contains('\0') => {
                (shell.window, shell.terminal) = (Some(window), Some((terminal, term.to_owned())));
                session.channel_success(id)
            }
            _ => session.channel_failure(id),
        }
    }

    async fn window_change_request(
        &mut self,
        id: ChannelId,
        columns: u32,
        rows: u32,
        width: u32,
        height: u32,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        let window = self.sessions.get(&id).and_then(|shell| shell.window.as_ref());
        match window.map(|window| set_terminal_size(window.as_fd(), size([rows, columns, width, height]))) {
            Some(Ok(())) => session.channel_success(id),
            _ => session.channel_failure(id),
        }
    }

    async fn shell_request(&mut self, id: ChannelId, session: &mut Session) -> Result<(), russh::Error> {
        self.start(id, None, session).await
    }

    async fn exec_request(&mut self, id: ChannelId, command: &[u8], session: &mut Session) -> Result<(), russh::Error> {
        self.start(id, Some(command.to_vec()), session).await
    }

    async fn signal(&mut self, id: ChannelId, signal: Sig, session: &mut Session) -> Result<(), russh::Error> {
        let started = self.sessions.get(&id).and_then(|shell| shell.program.as_ref());
        match (started.filter(|started| started.runs.strong_count() > 0), self.user.clone()) {
            (Some(&Started { pid, .. }), Some(user)) => {
                let sent = self.server.starts.run(user.account.uid, move || user.signal(pid, &signal)).await;
                if sent.is_ok() { session.channel_success(id) } else { session.channel_failure(id) }
            }
            _ => session.channel_failure(id),
        }
    }

    async fn data(&mut self, id: ChannelId, data: &[u8], session: &mut Session) -> Result<(), russh::Error> {
        if let Some(started) = self.sessions.get(&id).and_then(|shell| shell.program.as_ref())
            && !started.input.push(data).await
        {
            tracing::warn!(address = address_text(self.peer.ip()), "a client sends more than it may");
            self.sessions.remove(&id);
            session.close(id)?;
        }
        Ok(())
    }

    fn adjust_window(&mut self, _: ChannelId, _: u32) -> u32 {
        let started = self.sessions.values().filter_map(|shell| shell.program.as_ref());
        started.map(|started| started.input.window()).min().unwrap_or(WINDOW)
    }

    async fn channel_eof(&mut self, id: ChannelId, _: &mut Session) -> Result<(), russh::Error> {
        if let Some(started) = self.sessions.get_mut(&id).and_then(|shell| shell.program.as_mut()) {
            started.input.end();
        }
        Ok(())
    }

    async fn channel_close(&mut self, id: ChannelId, _: &mut Session) -> Result<(), russh::Error> {
        self.sessions.remove(&id);
        Ok(())
    }

    async fn env_request(
        &mut self,
        id: ChannelId,
        _: &str,
        _: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_failure(id)
    }

    async fn subsystem_request(
        &mut self,
        id: ChannelId,
        name: &str,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        tracing::info!(address = address_text(self.peer.ip()), name = ?escape(name), "there is no such subsystem");
        session.channel_failure(id)
    }

    async fn x11_request(
        &mut self,
        id: ChannelId,
        _: bool,
        _: &str,
        _: &str,
        _: u32,
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_failure(id)
    }
}

/// More than a terminal can count is as much as it can.
fn size(sizes: [u32; 4]) -> TerminalSize {
    let [rows, columns, width, height] = sizes.map(|size| u16::try_from(size).unwrap_or(u16::MAX));
    TerminalSize { rows, columns, width, height }
}
