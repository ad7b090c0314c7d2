//! The proof that the equiv files let this user of that host in.

use super::inputs::Inputs;
use super::lookup::Lookup;
use super::refusal::Refusal;
use crate::known_hosts::Place;
use crate::shosts::{EquivMatch, Query};

/// A line of the equiv files lets this user of that host into this account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EquivAllows<'a> {
    place: Place<'a>,
}

impl<'a> EquivAllows<'a> {
    /// The line that lets them in.
    #[must_use]
    pub const fn place(&self) -> Place<'a> {
        self.place
    }

    /// Asks each file in turn. A negative line ends its own file only (OpenSSH: auth-rhosts.c `check_rhosts_file`).
    pub(super) fn check(inputs: &Inputs<'a>, lookup: &Lookup) -> Result<Self, Refusal<'a>> {
        if inputs.account.uid == 0 {
            return Err(Refusal::RootIgnoresSystemFiles);
        }
        let query = Query {
            host: &lookup.host,
            address: &lookup.address,
            client_user: inputs.request.client_user,
            server_user: inputs.account.name.as_bytes(),
        };
        let mut refusal = Refusal::EquivNoMatch;
        for source in inputs.files.equiv {
            let place = |line| Place { file: source.file, line };
            match source.document.check(&query, inputs.files.netgroups) {
                EquivMatch::Allow { line } => return Ok(Self { place: place(line) }),
                EquivMatch::Deny { line } => refusal = Refusal::EquivDenies(place(line)),
                EquivMatch::NoMatch => {}
            }
        }
        Err(refusal)
    }
}
