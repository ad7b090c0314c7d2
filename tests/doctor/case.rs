//! A case: how a healthy pair is broken, what comes of a login, and what doctor must say.

use std::process::Command;

use hostbased::failures::Id;

use crate::pair::{ALICE, CLIENT_ADDRESS, Pair, SERVER, User};

/// What doctor must say, on one of its ways to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Nothing that is an error.
    NoError,
    /// This is the cause: the first error. Of several, any.
    Cause(&'static [Id]),
    /// This is told, whatever it weighs: the login works. Nothing else is an error.
    Remark(Id),
}

/// What becomes of the cause's first mend, where that is a command.
#[derive(Clone, Copy, Debug)]
pub enum Mending {
    /// It is run, and then the login works.
    Works,
    /// It is not run, for this reason.
    NotHere(&'static str),
}

/// One way to break a pair, or to make it look broken.
pub struct Case {
    /// The scenario's names in the catalogue's list of reproductions; several where one shows them all.
    pub names: &'static str,
    pub logs_in: bool,
    /// Done before sshd starts.
    pub breaks: fn(&Pair),
    /// Done when it runs.
    pub then: fn(&Pair),
    pub user: User,
    pub account: User,
    /// Where to, as it is typed.
    pub target: &'static str,
    /// Options of ssh.
    pub options: &'static [&'static str],
    /// The same, as doctor is told of it.
    pub doctors_options: &'static [&'static str],
    /// Further options of `doctor server --from`.
    pub joints_options: &'static [&'static str],
    /// The client's address, as an administrator of the server knows it.
    pub address: &'static str,
    /// How a program is run as the user: a session with fewer rights, on another machine.
    pub session: fn(&Pair, User, &str) -> Command,
    pub client: Says,
    pub server: Says,
    /// `doctor server --from` the client's export.
    pub joined: Option<Says>,
    /// `doctor --log` on what both programs wrote.
    pub log: &'static [Id],
    /// Which other ids may stand there, errors or warnings: consequences, and what is fragile besides.
    pub beside: &'static [Id],
    pub mending: Mending,
    /// Whether it belongs to every change.
    pub is_short: bool,
}

/// A case in which the login is refused.
pub fn refused(names: &'static str, breaks: fn(&Pair)) -> Case {
    Case { logs_in: false, ..works(names, breaks) }
}

/// A case in which the login works.
pub fn works(names: &'static str, breaks: fn(&Pair)) -> Case {
    Case {
        names,
        logs_in: true,
        breaks,
        then: |_| {},
        user: ALICE,
        account: ALICE,
        target: SERVER,
        options: &[],
        doctors_options: &[],
        joints_options: &[],
        address: CLIENT_ADDRESS,
        session: |pair, user, program| pair.client.as_user(user, program),
        client: Says::NoError,
        server: Says::NoError,
        joined: None,
        log: &[],
        beside: &[],
        mending: Mending::Works,
        is_short: false,
    }
}

impl Case {
    /// `doctor client` names this cause; so does the server's, with the client's export.
    pub fn client(self, ids: &'static [Id]) -> Self {
        Self { client: Says::Cause(ids), ..self }
    }

    /// `doctor client` tells this.
    pub fn client_tells(self, id: Id) -> Self {
        Self { client: Says::Remark(id), ..self }
    }

    /// `doctor server` names this cause; so does it with the client's export.
    pub fn server(self, ids: &'static [Id]) -> Self {
        Self { server: Says::Cause(ids), ..self }
    }

    /// `doctor server` tells this.
    pub fn server_tells(self, id: Id) -> Self {
        Self { server: Says::Remark(id), ..self }
    }

    /// With the client's export, `doctor server` names this cause, which it does not know by itself.
    pub fn joined(self, ids: &'static [Id]) -> Self {
        Self { joined: Some(Says::Cause(ids)), ..self }
    }

    /// With the client's export, `doctor server` tells this.
    pub fn joined_tells(self, id: Id) -> Self {
        Self { joined: Some(Says::Remark(id)), ..self }
    }

    /// Like [`joined`](Self::joined), where the server is told besides which address it sees.
    pub fn joined_as(self, seen: &'static [&'static str], ids: &'static [Id]) -> Self {
        Self { joints_options: seen, ..self.joined(ids) }
    }

    /// `doctor --log` names these.
    pub fn log(self, ids: &'static [Id]) -> Self {
        Self { log: ids, ..self }
    }

    /// These may stand there, too.
    pub fn beside(self, ids: &'static [Id]) -> Self {
        Self { beside: ids, ..self }
    }

    /// No command mends it here, for this reason.
    pub fn no_mend(self, reason: &'static str) -> Self {
        Self { mending: Mending::NotHere(reason), ..self }
    }

    /// It belongs to every change.
    pub fn short(self) -> Self {
        Self { is_short: true, ..self }
    }

    pub fn then(self, then: fn(&Pair)) -> Self {
        Self { then, ..self }
    }

    /// Who logs in, and as whom.
    pub fn users(self, user: User, account: User) -> Self {
        Self { user, account, ..self }
    }

    /// Where to, as it is typed, if not [`SERVER`].
    pub fn to(self, target: &'static str) -> Self {
        Self { target, ..self }
    }

    /// Options of ssh, and the same as doctor has them.
    pub fn options(self, options: &'static [&'static str], doctors_options: &'static [&'static str]) -> Self {
        Self { options, doctors_options, ..self }
    }

    /// The address that the client comes from, if not [`CLIENT_ADDRESS`].
    pub fn from(self, address: &'static str) -> Self {
        Self { address, ..self }
    }

    pub fn session(self, session: fn(&Pair, User, &str) -> Command) -> Self {
        Self { session, ..self }
    }

    /// What `doctor server --from` must say: the one who knows by itself says so there, too.
    pub fn joint(&self) -> Says {
        let own = [self.client, self.server].into_iter().find(|says| matches!(says, Says::Cause(_)));
        self.joined.or(own).unwrap_or(Says::NoError)
    }

    /// The ids that this case proves to be found.
    pub fn ids(&self) -> impl Iterator<Item = Id> {
        [Some(self.client), Some(self.server), self.joined].into_iter().flatten().filter_map(|says| match says {
            Says::NoError => None,
            Says::Cause(ids) => ids.first().copied(),
            Says::Remark(id) => Some(id),
        })
    }

    /// Ids that are nobody's fault wherever they stand.
    pub fn tolerated(&self) -> Vec<Id> {
        let warned = [self.client, self.server].into_iter().filter_map(|says| match says {
            Says::Remark(id) => Some(id),
            Says::Cause(_) | Says::NoError => None,
        });
        // The kernel is that of the machine below.
        self.beside.iter().copied().chain(warned).chain([Id::KernelOpenToKeysignTheft]).collect()
    }
}
