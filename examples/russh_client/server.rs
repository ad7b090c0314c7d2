//! Who the server has to be: its host key, as known_hosts files have it.

use std::error::Error;
use std::path::PathBuf;

use hostbased::escape::escape;
use hostbased::key::{KeyType, PublicKey, parse_public_key_file};
use hostbased::known_hosts::{Document, HostKeyStatus, KnownHosts, Source, check_host_key};
use russh::client::{DisconnectReason, Handler, Session};
use russh::keys::{PublicKeyBase64, PublicKeyOrCertificate};
use russh_hostbased as russh;

use crate::Fallible;
use crate::arguments::Arguments;

/// What we know of the server, and what russh tells us about it.
pub struct Server {
    /// The name that it has in known_hosts files.
    name: String,
    /// The one key that it must have, if one was given.
    pinned: Option<PublicKey>,
    files: Vec<(String, Document)>,
}

impl Server {
    /// # Errors
    /// Where the file with its one key cannot be read.
    pub fn new(arguments: &Arguments) -> Fallible<Self> {
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
        let mut files = Vec::new();
        for path in paths {
            match std::fs::read(&path) {
                Ok(bytes) => files.push((path.display().to_string(), Document::parse(&bytes))),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                // It may have the line that revokes the key.
                Err(error) => return Err(format!("{}: {error}", path.display()).into()),
            }
        }
        Ok(Self { name, pinned: None, files })
    }

    /// russh's preferences, with the types of keys first that the server is known by: it has to show one of those.
    pub fn preferred(&self) -> russh::Preferred {
        let mut known: Vec<KeyType> = self.pinned.iter().map(PublicKey::key_type).collect();
        for (_, document) in &self.files {
            document.for_each_matching(self.name.as_bytes(), &mut |_, entry| known.push(entry.key().key_type()));
        }
        let mut preferred = russh::Preferred::DEFAULT;
        let is_unknown = |name: &str| KeyType::from_name(name.as_bytes()).is_none_or(|key| !known.contains(&key));
        preferred.key.to_mut().sort_by_key(|algorithm| is_unknown(algorithm.as_str()));
        preferred
    }

    /// Whether this key is the server's; else why it is not taken. A key that is not known is never taken.
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
                Err(format!("the server disconnects: {}", escape(&told.message)).into())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}
