//! journald's own protocol ("Native Journal Protocol" of systemd): the same fields with names, to be searched by.

use std::fmt::Write as _;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use nix::sys::socket::SockType;

use super::record::{Field, Outcome, Value, shown};
use super::socket::{connect_to, is_taken};
use super::{FACILITY, IDENTIFIER};

/// What kind of message it is, for `journalctl MESSAGE_ID=`: a number of our own, the same for all lines.
const MESSAGE_ID: &str = "44157d5d34f1458f8ff2404bbbe0e507";

/// A connection to journald.
#[derive(Debug)]
pub(super) struct Journal {
    socket: OwnedFd,
    pid: u32,
}

impl Journal {
    /// None where there is no journald, or it is not surely the system's.
    pub(super) fn connect(path: &Path, owner: u32, pid: u32) -> Option<Self> {
        Some(Self { socket: connect_to(path, owner, SockType::Datagram).ok()?, pid })
    }

    pub(super) fn descriptor(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }

    /// Whether the message was taken.
    pub(super) fn send(&self, outcome: Outcome<'_>, line: &str, fields: &[Field<'_>]) -> bool {
        is_taken(&self.socket, message(self.pid, outcome, line, fields).as_bytes())
    }
}

/// One message: `NAME=value` lines. No value holds a line feed, for all are escaped; what is not known has no line.
fn message(pid: u32, outcome: Outcome<'_>, line: &str, fields: &[Field<'_>]) -> String {
    let mut message = format!(
        "MESSAGE={line}\nPRIORITY={}\nSYSLOG_FACILITY={FACILITY}\nSYSLOG_IDENTIFIER={IDENTIFIER}\nSYSLOG_PID={pid}\n\
         MESSAGE_ID={MESSAGE_ID}\n",
        outcome.severity(),
    );
    for Field { name, value } in fields {
        let name = name.to_ascii_uppercase().replace('-', "_");
        let _ = match value {
            None => Ok(()),
            Some(Value::Text(text)) => writeln!(message, "KEYSIGN_{name}={}", shown(text)),
            Some(Value::Process(pid, text)) => {
                writeln!(message, "KEYSIGN_{name}={}\nKEYSIGN_{name}_PID={pid}", shown(text))
            }
            Some(value) => writeln!(message, "KEYSIGN_{name}={value}"),
        };
    }
    message
}

#[cfg(test)]
mod tests {
    use super::super::record;
    use super::super::record::Record;
    use super::*;

    #[test]
    fn each_field_is_a_line() {
        let record = Record {
            user: Some(b"a b".to_vec()),
            parent: Some((4711, b"s\nh".to_vec())),
            server_user: Some(b"bob\nMESSAGE=forged\n_UID=0".to_vec()),
            peer: Some("192.0.2.7:22".parse().unwrap()),
            key: Some("SHA256:x".to_owned()),
            ..Record::of(1000)
        };
        let outcome = Outcome::Refused { code: "other-host" };
        let fields = record.fields(outcome, 2);
        let line = record::line(outcome, &fields);
        let expected = format!(
            "MESSAGE={line}\nPRIORITY=5\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=keysign\nSYSLOG_PID=7\n\
             MESSAGE_ID=44157d5d34f1458f8ff2404bbbe0e507\nKEYSIGN_REASON=other-host\nKEYSIGN_UID=1000\nKEYSIGN_USER=a b\n\
             KEYSIGN_KEY=SHA256:x\nKEYSIGN_UNLOGGED=2\nKEYSIGN_PARENT=s\\x0ah\nKEYSIGN_PARENT_PID=4711\n\
             KEYSIGN_PEER=192.0.2.7:22\nKEYSIGN_SERVER_USER=bob\\x0aMESSAGE=forged\\x0a_UID=0\n"
        );
        assert_eq!(message(7, outcome, &line, &fields), expected);
        assert!(message(7, Outcome::Signed, "x", &[]).starts_with("MESSAGE=x\nPRIORITY=6\n"));
    }
}
