//! Twists of what the client says: its name, its user, the account.

use super::Generator;
use crate::case::Case;
use crate::ground::UNKNOWN;

impl Generator<'_> {
    /// Another host name.
    pub(super) fn another_claim(&mut self, case: &mut Case) {
        let name = case.client_host.strip_suffix(b".").unwrap_or(&case.client_host).to_vec();
        case.client_host = match self.random.below(10) {
            0 => name,
            1 => [&name[..], b".."].concat(),
            2 => name.to_ascii_uppercase(),
            3 => b"node2.cluster.test.".to_vec(),
            4 => b".".to_vec(),
            5 => case.peer.address.to_string().into_bytes(),
            6 => b"node1.".to_vec(),
            7 => format!("{}.", super::names::looked_up(case)).into_bytes(),
            8 => [&b"x,"[..], &name, b"."].concat(),
            _ => [&name[..], b"\xff."].concat(),
        };
    }

    /// Another user on the client.
    pub(super) fn another_client_user(&mut self, case: &mut Case) {
        let users = ["alice", "bob", "root", "Alice", "alice ", "#note", "@users", "+alice", "-alice", "carol"];
        case.client_user = self.random.of(&users).into();
    }

    /// Another account on the server: what was registered for the account before stays where it is.
    pub(super) fn another_account(&mut self, case: &mut Case) {
        let accounts = ["bob", "alice", "root", "-minus", "@team", "alice:style"];
        let account = self.random.of(&accounts);
        case.account = account.into();
        if self.random.one_in(2) {
            case.client_user = account.trim_start_matches(['+', '-', '@']).into();
        }
    }

    /// An account that must not log in, whatever the host says of its user.
    pub(super) fn a_closed_account(&mut self, case: &mut Case) {
        let account = self.random.of(&["locked", "shellless", "shellfile", UNKNOWN]);
        (case.account, case.client_user) = (account.into(), account.into());
    }

    /// Bytes behind the request, or a NUL at the end of a name.
    pub(super) fn something_behind(&mut self, case: &mut Case) {
        match self.random.below(4) {
            0 => case.client_host.push(0),
            1 => {
                case.client_user.push(0);
                case.signature = crate::case::Signature::WithoutTheNul;
            }
            2 => case.client_user.extend_from_slice(b"\0x"),
            _ => case.tail = b"more".to_vec(),
        }
    }
}
