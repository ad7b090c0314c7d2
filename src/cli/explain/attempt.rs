//! The login that is to be explained.

use std::io::Read;

use super::arguments::{Args, checked_name, checked_user};
use super::failure::ExplainError;
use super::from_log::{self, Found};
use crate::doctor::log::LoggedKey;
use crate::doctor::log::PeerAddress;
use crate::escape::escape;
use crate::key::PublicKey;
use crate::name::UserName;

/// Who wants to log in, and from where.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) user: UserName,
    pub(super) client_user: Vec<u8>,
    pub(super) client_host: Vec<u8>,
    pub(super) address: PeerAddress,
    /// The lines of a log that tell of it; none without a log.
    pub(super) logged: Vec<Logged>,
    /// What is to be said of all this.
    pub(super) notes: Vec<String>,
}

/// What one line of a log says of the key.
#[derive(Clone, Debug)]
pub(super) struct Logged {
    /// The file and the line in it.
    pub(super) place: String,
    pub(super) key: Option<LoggedKey>,
}

impl Attempt {
    /// The attempt that the arguments describe, or that a log tells of; a key that is given chooses among its lines, and
    /// `input` is where a log may come from.
    ///
    /// # Errors
    /// [`ExplainError`], which names the argument or the log's line.
    pub(super) fn of(args: &Args, given: Option<&PublicKey>, input: &mut dyn Read) -> Result<Self, ExplainError> {
        let (user, client_user, client_host) =
            (Args::bytes(args.user.as_ref()), args.client_user.as_ref(), args.client_host.as_ref());
        let (mut user, mut client_user, mut client_host) = (user, Args::bytes(client_user), Args::bytes(client_host));
        let mut address = args.address.clone();
        let (mut logged, mut notes) = (Vec::new(), Vec::new());
        if let Some(path) = &args.from_log {
            let found = from_log::find(path, &args.wanted(given), input)?;
            let placed = |number| format!("{}:{number}", escape(path));
            let keys = found.iter().map(|found| Logged { place: placed(found.number), key: found.line.key.clone() });
            logged = keys.collect();
            // Names and address are those of every line of a connection.
            if let Some(Found { number, line }) = found.into_iter().next() {
                let place = placed(number);
                if line.invalid_user {
                    notes
                        .push(format!("{place}: sshd took the account for one that does not exist or must not log in"));
                }
                if line.may_be_cut() {
                    notes.push(format!("{place}: sshd cuts names at 100 bytes, so one of these may be longer"));
                }
                user.get_or_insert(line.user);
                address.get_or_insert(line.address);
                if let Some((name, host)) = line.client {
                    client_user.get_or_insert(name);
                    client_host.get_or_insert(host);
                }
            }
        }
        let place = logged.first().map(|line| line.place.clone()).unwrap_or_default();
        let missing = |argument| ExplainError::NotInLog { place: place.clone(), argument };
        Ok(Self {
            user: checked_user(user.ok_or_else(|| missing("--user"))?)?,
            client_user: checked_name("--client-user", client_user.ok_or_else(|| missing("--client-user"))?)?,
            client_host: checked_name("--client-host", client_host.ok_or_else(|| missing("--client-host"))?)?,
            address: address.ok_or_else(|| missing("--address"))?,
            logged,
            notes,
        })
    }
}
