//! The client: what it is called, from where it comes, what it offers.

use std::net::IpAddr;

use super::arguments::Args;
use super::lookup;
use crate::cli::failure::Failure;
use crate::cli::key_file::read_key;
use crate::doctor::export::{Export, Reported, Statement};
use crate::doctor::server::{Client, Offer};
use crate::escape::escape;
use crate::key::{Algorithm, PublicKey, SignatureHash};
use crate::name::{HostName, UserName};

/// A way on which it comes.
pub(super) struct Way {
    /// Its address.
    pub(super) address: IpAddr,
    /// The name that it claims.
    pub(super) claimed: Vec<u8>,
    /// The server's own address, where it is known.
    pub(super) local: Option<String>,
}

/// What was said of the client, or what it says itself.
pub(super) struct Comes {
    pub(super) user: UserName,
    pub(super) client_user: Vec<u8>,
    pub(super) client: Client,
    pub(super) ways: Vec<Way>,
    /// Its other addresses.
    pub(super) others: Vec<Way>,
    pub(super) offers: Vec<Offer>,
    pub(super) port: Option<u16>,
}

impl Comes {
    pub(super) fn of(args: &Args, export: Option<&Export>) -> Result<Self, Failure> {
        match export {
            Some(export) => Self::exported(args, export.statement()),
            None => Self::given(args),
        }
    }

    fn given(args: &Args) -> Result<Self, Failure> {
        let argument = |text: String| Failure::Argument(text);
        let given = args.client.as_deref().ok_or_else(|| argument("--client is missing".to_owned()))?;
        let user = args.user.clone().ok_or_else(|| argument("--user is missing".to_owned()))?;
        let client_user =
            args.client_user.as_ref().map_or_else(|| user.as_bytes().to_vec(), |user| user.as_bytes().to_vec());
        let mut client = Client { key_files: args.key.clone(), ..Client::default() };
        let mut claimed = None;
        let addresses = match given.parse::<IpAddr>() {
            Ok(address) => vec![address.to_canonical()],
            Err(_) => {
                let name =
                    HostName::new(given).map_err(|error| argument(format!("--client {}: {error}", escape(given))))?;
                let addresses = lookup::addresses(&name);
                if addresses.is_empty() {
                    let text = format!(
                        "--client {name}: this server's resolver has no address of that name; give its address"
                    );
                    return Err(argument(text));
                }
                claimed = Some(name.clone());
                client.resolved.extend(addresses.iter().map(|&address| (name.clone(), address)));
                client.names.push(name);
                addresses
            }
        };
        client.addresses.clone_from(&addresses);
        let way = |address: IpAddr| {
            // What a client claims is what it finds for itself, which is mostly what others find.
            let claimed = claimed.clone().or_else(|| lookup::of(address, false).name.ok());
            let claimed = claimed.map_or_else(|| crate::name::address_text(address), |name| format!("{name}."));
            Way { address, claimed: claimed.into_bytes(), local: None }
        };
        let keys = args.key.iter().map(|path| read_key(path)).collect::<Result<Vec<_>, _>>()?;
        let offer = |key: PublicKey| Some(Offer { algorithm: usual_algorithm(&key)?, key });
        Ok(Self {
            user,
            client_user,
            ways: addresses.into_iter().map(way).collect(),
            client,
            others: Vec::new(),
            offers: keys.into_iter().filter_map(offer).collect(),
            port: None,
        })
    }

    fn exported(args: &Args, statement: &Statement) -> Result<Self, Failure> {
        let not_good = |why: String| super::exported::refused(args.from.as_deref(), why);
        let user = UserName::new(statement.server_user.as_bytes()).map_err(|error| {
            not_good(format!("the account {:#} cannot be: {error}", escape(&statement.server_user)))
        })?;
        let mut client = Client::default();
        let claims = statement.connections.iter().map(|connection| connection.client_host.as_str());
        for name in claims.chain([statement.client_name.as_str()]).filter_map(|text| HostName::new(text).ok()) {
            if !client.names.contains(&name) {
                client.names.push(name);
            }
        }
        let mut ways: Vec<Way> = Vec::new();
        for connection in &statement.connections {
            let address = match connection.source.parse::<IpAddr>() {
                Ok(address) => address,
                // Through a proxy, it is another machine's.
                Err(_) if connection.source.is_empty() && statement.is_proxied => continue,
                Err(_) => {
                    return Err(not_good(format!("{:#} is no address", escape(&connection.source).capped(100))));
                }
            };
            let local = connection.server.parse::<IpAddr>().ok().map(crate::name::address_text);
            ways.push(Way {
                address: address.to_canonical(),
                claimed: connection.client_host.clone().into_bytes(),
                local,
            });
        }
        if let Some(seen) = args.seen_as {
            let claimed = statement.connections.first().map(|connection| connection.client_host.clone().into_bytes());
            let claimed = claimed.unwrap_or_else(|| statement.client_name.clone().into_bytes());
            ways.insert(0, Way { address: seen.to_canonical(), claimed, local: None });
        }
        for name in &client.names {
            for address in lookup::addresses(name) {
                client.resolved.push((name.clone(), address));
                if !client.addresses.contains(&address) {
                    client.addresses.push(address);
                }
            }
        }
        let is_other = |address: &&IpAddr| !ways.iter().any(|way| way.address == **address);
        let claimed = ways.first().map(|way| way.claimed.clone()).unwrap_or_default();
        let others = client
            .addresses
            .iter()
            .filter(is_other)
            .map(|&address| Way { address, claimed: claimed.clone(), local: None })
            .collect();
        // What a client that fails would offer says nothing of what it offers when it is mended.
        let is_failing = statement.findings.iter().any(Reported::is_error);
        let offers = statement.offers.iter().filter(|_| !is_failing).filter_map(|offer| {
            let (key, algorithm) = offer.read().ok()?;
            Some(Offer { algorithm, key })
        });
        Ok(Self {
            user,
            // One who has no name there says so himself; for the rest he is taken for the same.
            client_user: match statement.client_user.as_str() {
                "" => statement.server_user.clone().into_bytes(),
                user => user.as_bytes().to_vec(),
            },
            offers: offers.collect(),
            client,
            ways,
            others,
            port: Some(statement.port),
        })
    }
}

/// The algorithm by which ssh(1) offers such a key: of RSA the strongest.
fn usual_algorithm(key: &PublicKey) -> Option<Algorithm> {
    let is_its = |algorithm: &Algorithm| {
        key.fits(*algorithm) && matches!(algorithm.hash(), SignatureHash::Fixed | SignatureHash::Sha512)
    };
    Algorithm::all().find(is_its)
}
