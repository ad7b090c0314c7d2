//! The file for the server's side.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use nix::fcntl::OFlag;

use super::gather::Gathered;
use super::plan::is_proxied;
use super::{Failure, network, sign};
use crate::cli::instant::now;
use crate::doctor::Finding;
use crate::doctor::client::{self, Offer, SelfTest};
use crate::doctor::export::{self, Connection, Draft, Export, FORMAT, Helper, Signature, Statement};
use crate::escape::escape;

/// Both lines, signed by every key and for every way that the helper signs for.
pub(super) fn lines(gathered: &Gathered, findings: &[Finding]) -> String {
    let draft = Draft::new(statement(gathered, findings));
    let signatures = signatures(gathered, &draft);
    draft.finish(signatures)
}

fn statement(gathered: &Gathered, findings: &[Finding]) -> Statement {
    let facts = &gathered.facts;
    let options = &facts.options;
    let typed = facts.target.as_ref().map(|target| target.typed.clone()).unwrap_or_default();
    let offer =
        |offer: &Offer| export::Offer { algorithm: offer.algorithm.name().to_owned(), key: offer.key.to_line() };
    let helper = facts.helper.path.clone().map(|path| Helper { path, is_ours: facts.helper.is_ours });
    Statement {
        format: FORMAT.to_owned(),
        made: now(),
        client_name: facts.system.host_name.clone(),
        // Where he has no name here, which is a finding, the rest is looked at as for one of the same name.
        client_user: facts.account.name.clone().unwrap_or_else(|| gathered.server_user.clone()),
        server_user: gathered.server_user.clone(),
        server_name: options.value("hostname").unwrap_or(&typed).to_owned(),
        server: typed,
        port: options.port(),
        is_proxied: is_proxied(options),
        connections: connections(gathered),
        offers: facts.keys.offers.iter().map(offer).collect(),
        ssh: facts.programs.version.clone(),
        helper,
        findings: findings.iter().map(export::Reported::from).collect(),
    }
}

/// The ways to the server; through a pipe those that there would be without it, with the name that is claimed through it.
fn connections(gathered: &Gathered) -> Vec<Connection> {
    let Some(target) = &gathered.facts.target else { return Vec::new() };
    let options = &gathered.facts.options;
    let piped = target.connections.iter().find(|connection| connection.server.is_none());
    let direct = piped.map(|_| network::direct(options, &target.typed).unwrap_or_default());
    let direct = direct.into_iter().flatten().map(|way| way.connection);
    let own = target.connections.iter().filter(|connection| connection.server.is_some()).cloned();
    let connection = |way: client::Connection| {
        let claimed = piped.map_or(way.claimed, |piped| piped.claimed.clone());
        let client_host = format!("{claimed}.");
        Some(Connection { server: way.server?.to_string(), source: way.source?.to_string(), client_host })
    };
    own.chain(direct).filter_map(connection).collect()
}

/// One for each key, for the first name; and of the first key one for each other name.
fn signatures(gathered: &Gathered, draft: &Draft) -> Vec<Signature> {
    let facts = &gathered.facts;
    let (Some(helper), Some(user)) = (&facts.helper.path, &facts.account.name) else { return Vec::new() };
    if facts.helper.self_test != Some(SelfTest::Good) {
        return Vec::new();
    }
    let asked = sign::Asked { helper, client_user: user, server_user: &gathered.server_user };
    let mut signatures = Vec::new();
    for (number, way) in gathered.ways.iter().enumerate() {
        let client_host = format!("{}.", way.connection.claimed);
        let count = if number == 0 { facts.keys.offers.len() } else { 1 };
        for offer in facts.keys.offers.iter().take(count) {
            let data = draft.signed_data(&offer.key, offer.algorithm, &client_host);
            if let Ok(blob) = asked.ask(way, &data) {
                signatures.push(Signature::new(&offer.key, offer.algorithm, &client_host, &blob));
            }
        }
    }
    signatures
}

/// Writes a file that everybody may read. One that is there already is only overwritten where it is a former export.
///
/// # Errors
/// [`Failure`].
pub(super) fn write(path: &Path, lines: &str) -> Result<(), Failure> {
    let shown = escape(path.as_os_str().as_encoded_bytes()).to_string();
    let failed = |error: io::Error| Failure::Argument(format!("{shown}: cannot write the export: {error}"));
    match fs::symlink_metadata(path) {
        Ok(metadata) => {
            let is_former = metadata.is_file() && fs::read(path).is_ok_and(|bytes| Export::parse(&bytes).is_ok());
            if !is_former {
                let problem = format!("{shown}: there already, and no export of this command: it is left alone");
                return Err(Failure::Argument(problem));
            }
            fs::remove_file(path).map_err(failed)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o644).custom_flags(OFlag::O_NOFOLLOW.bits());
    let mut file = options.open(path).map_err(failed)?;
    // Whatever the umask: nothing in it is secret, and somebody else takes it to the server.
    file.set_permissions(Permissions::from_mode(0o644)).map_err(failed)?;
    file.write_all(lines.as_bytes()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn former() -> String {
        let statement = Statement {
            format: FORMAT.to_owned(),
            made: 0,
            client_name: String::new(),
            client_user: String::new(),
            server_user: String::new(),
            server: String::new(),
            server_name: String::new(),
            port: 22,
            is_proxied: false,
            connections: Vec::new(),
            offers: Vec::new(),
            ssh: None,
            helper: None,
            findings: Vec::new(),
        };
        Draft::new(statement).finish(Vec::new())
    }

    #[test]
    fn only_a_former_export_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export");
        write(&path, &former()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o644);
        write(&path, "another\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "another\n");
        let refused = write(&path, &former()).unwrap_err().to_string();
        assert!(refused.contains("it is left alone"), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "another\n");
        fs::write(&path, former()).unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(write(&link, &former()).is_err(), "a link is never followed");
    }
}
