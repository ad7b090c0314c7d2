//! What would be sent: as whom, from where, with which keys.

use std::io;

use serde::Serialize;

use super::Console;
use crate::doctor::client::{Connection, Facts, Offer, Options};
use crate::escape::escape;

/// What would be sent, for programs.
#[derive(Debug, Serialize)]
struct Record {
    record: &'static str,
    /// The user here.
    user: Option<String>,
    /// The machine's own name.
    host: String,
    /// What `ssh -V` says.
    ssh: Option<String>,
    /// The helper's path.
    helper: Option<String>,
    /// Whether it is this project's.
    helper_is_ours: bool,
    /// Only with a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<ServerRecord>,
    keys: Vec<KeyRecord>,
}

#[derive(Debug, Serialize)]
struct ServerRecord {
    name: String,
    port: u16,
    user: String,
    hostbased: bool,
    proxied: bool,
    connections: Vec<ConnectionRecord>,
}

#[derive(Debug, Serialize)]
struct ConnectionRecord {
    /// None for a proxy command's pipe.
    address: Option<String>,
    source: Option<String>,
    client_host: String,
}

#[derive(Debug, Serialize)]
struct KeyRecord {
    algorithm: &'static str,
    fingerprint: String,
    certificate: bool,
    file: String,
}

impl Record {
    fn new(facts: &Facts) -> Self {
        let options = &facts.options;
        let server = facts.target.as_ref().map(|target| ServerRecord {
            name: name(options, &target.typed),
            port: options.port(),
            user: user(facts),
            hostbased: options.is_hostbased_on(),
            proxied: is_proxied(options),
            connections: target.connections.iter().map(ConnectionRecord::new).collect(),
        });
        Self {
            record: "client",
            user: facts.account.name.clone(),
            host: facts.system.host_name.clone(),
            ssh: facts.programs.version.clone(),
            helper: facts.helper.path.clone(),
            helper_is_ours: facts.helper.is_ours,
            server,
            keys: facts.keys.offers.iter().map(KeyRecord::new).collect(),
        }
    }

    fn lines(&self) -> Vec<String> {
        let known = |text: &Option<String>| text.clone().unwrap_or_else(|| "unknown".to_owned());
        let ours = if self.helper_is_ours { " (ours)" } else { "" };
        let mut lines = vec![
            format!("client: {} on {}, {}", known(&self.user), self.host, known(&self.ssh)),
            format!("helper: {}{ours}", known(&self.helper)),
        ];
        if let Some(server) = &self.server {
            let proxied = if server.proxied { ", through a proxy" } else { "" };
            lines.push(format!("server: {} port {}, as {}{proxied}", server.name, server.port, server.user));
            lines.extend(server.connections.iter().map(ConnectionRecord::line));
        }
        if !self.keys.is_empty() {
            lines.push("keys, in this order:".to_owned());
        }
        lines.extend(self.keys.iter().map(|key| format!("  {} {} {}", key.algorithm, key.fingerprint, key.file)));
        lines
    }
}

impl ConnectionRecord {
    fn new(connection: &Connection) -> Self {
        Self {
            address: connection.server.map(|address| address.to_string()),
            source: connection.source.map(|address| address.to_string()),
            client_host: format!("{}.", connection.claimed),
        }
    }

    fn line(&self) -> String {
        match (&self.source, &self.address) {
            (Some(source), Some(address)) => format!("  {source} -> {address}, as {}", self.client_host),
            _ => format!("  from wherever the proxy connects, as {}", self.client_host),
        }
    }
}

impl KeyRecord {
    fn new(offer: &Offer) -> Self {
        Self {
            algorithm: offer.algorithm.name(),
            fingerprint: offer.key.fingerprint().to_string(),
            certificate: offer.key.certificate().is_some(),
            file: offer.path.clone(),
        }
    }
}

/// The server's name, as `ssh` uses it; escaped.
pub(super) fn name(options: &Options, typed: &str) -> String {
    escape(options.value("hostname").unwrap_or(typed)).to_string()
}

/// The account on the server, escaped.
pub(super) fn user(facts: &Facts) -> String {
    let user = facts.options.value("user").or(facts.account.name.as_deref()).unwrap_or_default();
    escape(user).to_string()
}

/// Whether the server sees another address than ours.
pub(super) fn is_proxied(options: &Options) -> bool {
    options.value("proxyjump").is_some() || options.value("proxycommand").is_some()
}

/// # Errors
/// When the output cannot be written.
pub(super) fn tell(facts: &Facts, json: bool, console: &mut Console) -> io::Result<()> {
    let record = Record::new(facts);
    if json { console.line(&serde_json::to_string(&record)?) } else { console.lines(record.lines()) }
}
