//! What a server may act on: a user who is let in.

use std::fmt;

use super::inputs::Inputs;
use super::search::Grounds;
use super::signature::SignatureValid;
use crate::escape::escape;
use crate::key::{Algorithm, PublicKey};
use crate::known_hosts::Place;
use crate::name::UserName;

/// The user is let in: three proofs of one attempt, and what a log should say of it.
#[derive(Clone, Debug)]
pub struct Authenticated<'a> {
    account: &'a UserName,
    client_user: &'a [u8],
    host: Vec<u8>,
    algorithm: Algorithm,
    key: PublicKey,
    equiv: Place<'a>,
    host_key: Place<'a>,
}

impl<'a> Authenticated<'a> {
    /// Takes the three proofs: the signature's, which holds nothing but itself, and those of the files.
    pub(super) fn from_proofs(_: SignatureValid, inputs: &Inputs<'a>, grounds: Grounds<'a>) -> Self {
        let Grounds { presented, lookup, allows, trusted } = grounds;
        Self {
            account: inputs.account.name,
            client_user: inputs.request.client_user,
            host: lookup.host,
            algorithm: presented.algorithm,
            key: presented.key,
            equiv: allows.place(),
            host_key: trusted.place(),
        }
    }

    /// The account that the user is let into.
    #[must_use]
    pub const fn account(&self) -> &'a UserName {
        self.account
    }

    /// The user's name on the client host, as the host says.
    #[must_use]
    pub const fn client_user(&self) -> &'a [u8] {
        self.client_user
    }

    /// The name or address by which the client host was found in the files.
    #[must_use]
    pub fn host(&self) -> &[u8] {
        &self.host
    }

    /// The algorithm that the request is signed by.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The client host's key, or certificate.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The line of the equiv files that lets the user in.
    #[must_use]
    pub const fn equiv_line(&self) -> Place<'a> {
        self.equiv
    }

    /// The line of ssh_known_hosts that trusts the key.
    #[must_use]
    pub const fn host_key_line(&self) -> Place<'a> {
        self.host_key
    }
}

impl fmt::Display for Authenticated<'_> {
    /// One line for a log; everything that a peer chose is escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (client_user, host) = (escape(self.client_user), escape(&self.host));
        let (equiv, host_key) = (self.equiv, self.host_key);
        write!(f, "{} let in as user {client_user:#} of {host:#}, {}", self.account, self.key)?;
        write!(f, " ({}:{}, {}:{})", equiv.file, equiv.line, host_key.file, host_key.line)
    }
}
