//! The line in which sshd says that a hostbased login failed (OpenSSH: auth.c `auth_log`, `format_method_key`;
//! monitor.c `mm_answer_keyallowed`):
//!
//! ```text
//! Failed hostbased for [invalid user ]U from IP port N ssh2[: TYPE FP[ ID I (serial S) CA TYPE FP][, client user "C", client host "H"]]
//! ```
//!
//! U, I, C and H are what a client or an authority chose, and nothing in the line says where they end. A line that can
//! be read in two ways is refused: somebody may have made it so.

use thiserror::Error;

use super::address::PeerAddress;
use crate::key::{Fingerprint, FingerprintError};

/// sshd cuts names at this many bytes.
const CUT: usize = 100;

/// What the line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResultLine {
    /// Whether sshd took the account for one that does not exist or must not log in.
    pub(crate) invalid_user: bool,
    pub(crate) user: Vec<u8>,
    pub(crate) address: PeerAddress,
    /// The port at the client's end.
    pub(crate) port: u32,
    /// The number of the process that logged it, where the log has one in front.
    pub(crate) process: Option<u64>,
    pub(crate) key: Option<LoggedKey>,
    /// The user on the client and its host, without its final dot.
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
}

/// The host key, as far as the line has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedKey {
    /// As in `ED25519-CERT`.
    pub(crate) kind: String,
    pub(crate) fingerprint: Fingerprint,
    pub(crate) certificate: Option<LoggedCertificate>,
}

/// What tells a certificate from others of the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoggedCertificate {
    pub(crate) id: Vec<u8>,
    pub(crate) serial: u64,
    pub(crate) authority: Fingerprint,
}

/// Why such a line is not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum ResultLineError {
    #[error("it does not go on as sshd writes it")]
    Form,
    #[error("a name in it makes that it can be read in more than one way")]
    Ambiguous,
    #[error("its fingerprint is not understood: {0}")]
    Fingerprint(#[from] FingerprintError),
}

impl ResultLine {
    /// Reads a line of a log, what syslog or the journal writes in front included. `None` for every other line.
    pub(crate) fn parse(line: &[u8]) -> Option<Result<Self, ResultLineError>> {
        let line = line.trim_ascii_end();
        let line = line.strip_suffix(b" [preauth]").unwrap_or(line);
        let (process, said) = message(line)?;
        let rest = said.strip_prefix(b"Failed hostbased for ")?;
        Some(Self::parse_rest(rest).map(|line| Self { process, ..line }))
    }

    /// What sshd says of an account that must not log in, by whatever method: in a line such as "User alice from host not
    /// allowed because ..." (auth.c `allowed_user`) or "Invalid user alice from 10.0.0.1 port 22" (auth.c `getpwnamallow`).
    pub(crate) fn account_refused(line: &[u8]) -> Option<&[u8]> {
        let line = line.trim_ascii_end();
        let (_, said) = message(line.strip_suffix(b" [preauth]").unwrap_or(line))?;
        let contains = |mark| splits(said, mark).next().is_some();
        let is_invalid = said.starts_with(b"Invalid user ") && contains(b" from ");
        let is_not_allowed = said.starts_with(b"User ") && contains(b" not allowed because ");
        (is_invalid || is_not_allowed).then_some(said)
    }

    /// Whether both lines are of one connection.
    pub(crate) fn is_of_connection_of(&self, other: &Self) -> bool {
        let is_other_process = matches!((self.process, other.process), (Some(one), Some(another)) if one != another);
        !is_other_process
            && (self.port, &self.address, &self.user, &self.client)
                == (other.port, &other.address, &other.user, &other.client)
    }

    fn parse_rest(rest: &[u8]) -> Result<Self, ResultLineError> {
        let (invalid_user, rest) = match rest.strip_prefix(b"invalid user ") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        only(splits(rest, b" from ").map(|(user, rest)| {
            let (address, rest) = split_once(rest, b" port ").ok_or(ResultLineError::Form)?;
            let address = std::str::from_utf8(address).ok().and_then(|text| text.parse().ok());
            let (port, extra) = split_once(rest, b" ssh2").ok_or(ResultLineError::Form)?;
            let is_port = matches!(port.len(), 1..=5) && port.iter().all(u8::is_ascii_digit);
            let port = std::str::from_utf8(port).ok().filter(|_| is_port).and_then(|text| text.parse().ok());
            let address = address.filter(|_| !user.is_empty()).ok_or(ResultLineError::Form)?;
            let port = port.ok_or(ResultLineError::Form)?;
            let (key, client) = match extra.strip_prefix(b": ") {
                Some(extra) => extra_of(extra).map(|(key, client)| (Some(key), client))?,
                None if extra.is_empty() => (None, None),
                None => return Err(ResultLineError::Form),
            };
            Ok(Self { invalid_user, user: decoded(user), address, port, process: None, key, client })
        }))
    }

    /// Whether sshd may have cut one of the names.
    pub(crate) fn may_be_cut(&self) -> bool {
        let client = self.client.iter().flat_map(|(user, host)| [user, host]);
        std::iter::once(&self.user).chain(client).any(|name| name.len() >= CUT)
    }
}

/// What sshd said: the line, or what follows the first `sshd[PID]:` (journalctl(1) may name the unit, as in
/// `ssh.service[PID]:`), with that number.
fn message(line: &[u8]) -> Option<(Option<u64>, &[u8])> {
    if [&b"Failed "[..], b"User ", b"Invalid user "].iter().any(|start| line.starts_with(start)) {
        return Some((None, line));
    }
    let (before, said) = split_once(line, b": ")?;
    let tag = before.rsplit(|&byte| byte == b' ').next()?;
    let process = split_once(tag, b"[").and_then(|(_, number)| number.strip_suffix(b"]"));
    let process = process.and_then(|number| std::str::from_utf8(number).ok()?.parse().ok());
    tag.starts_with(b"ssh").then_some((process, said))
}

type Client = Option<(Vec<u8>, Vec<u8>)>;

/// The key, and the names that the client gave.
fn extra_of(extra: &[u8]) -> Result<(LoggedKey, Client), ResultLineError> {
    let (kind, rest) = key_type(extra)?;
    let (fingerprint, rest) = fingerprint(rest)?;
    let Some(rest) = rest.strip_prefix(b" ID ") else {
        return Ok((LoggedKey { kind, fingerprint, certificate: None }, client(rest)?));
    };
    only(splits(rest, b" (serial ").map(|(id, rest)| {
        let (serial, rest) = split_once(rest, b") CA ").ok_or(ResultLineError::Form)?;
        let is_number = serial.iter().all(u8::is_ascii_digit);
        let serial = std::str::from_utf8(serial).ok().filter(|_| is_number).and_then(|text| text.parse().ok());
        let (authority, rest) = self::fingerprint(key_type(rest)?.1)?;
        let serial = serial.ok_or(ResultLineError::Form)?;
        let certificate = LoggedCertificate { id: decoded(id), serial, authority };
        Ok((LoggedKey { kind: kind.clone(), fingerprint, certificate: Some(certificate) }, client(rest)?))
    }))
}

/// A key's type and what follows it and a blank.
fn key_type(text: &[u8]) -> Result<(String, &[u8]), ResultLineError> {
    let (kind, rest) = split_once(text, b" ").ok_or(ResultLineError::Form)?;
    let is_type = !kind.is_empty() && kind.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    if !is_type {
        return Err(ResultLineError::Form);
    }
    Ok((String::from_utf8_lossy(kind).into_owned(), rest))
}

fn fingerprint(text: &[u8]) -> Result<(Fingerprint, &[u8]), ResultLineError> {
    let end = text.iter().position(|byte| matches!(byte, b' ' | b',')).unwrap_or(text.len());
    let (fingerprint, rest) = text.split_at_checked(end).ok_or(ResultLineError::Form)?;
    let fingerprint = std::str::from_utf8(fingerprint).map_err(|_| ResultLineError::Form)?;
    Ok((fingerprint.parse()?, rest))
}

fn client(rest: &[u8]) -> Result<Client, ResultLineError> {
    if rest.is_empty() {
        return Ok(None);
    }
    let names = rest.strip_prefix(b", client user \"").and_then(|rest| rest.strip_suffix(b"\""));
    let names = names.ok_or(ResultLineError::Form)?;
    only(splits(names, b"\", client host \"").map(|(user, host)| Ok(Some((decoded(user), decoded(host))))))
}

/// The one way that works. Where none does, what is wrong with the last; where several do, nobody knows which is meant.
fn only<T>(ways: impl Iterator<Item = Result<T, ResultLineError>>) -> Result<T, ResultLineError> {
    let mut found = Err(ResultLineError::Form);
    for way in ways {
        match (&found, way) {
            (Ok(_), Ok(_)) | (_, Err(ResultLineError::Ambiguous)) => return Err(ResultLineError::Ambiguous),
            (Ok(_), Err(_)) => {}
            (Err(_), way) => found = way,
        }
    }
    found
}

/// Every way to split the text at this mark.
fn splits<'a>(text: &'a [u8], mark: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
    (0..text.len()).filter_map(move |at| {
        let (before, rest) = text.split_at_checked(at)?;
        Some((before, rest.strip_prefix(mark)?))
    })
}

fn split_once<'a>(text: &'a [u8], mark: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    splits(text, mark).next()
}

/// Undoes what sshd does to bytes that are not printable: `\\` and `\ooo` (log.c `do_log`; vis(3), VIS_SAFE and VIS_OCTAL).
fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, others @ ..] = rest {
        let (byte, used) = match others {
            [b'\\', ..] if *first == b'\\' => (b'\\', 2),
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] if *first == b'\\' => {
                let digit = |byte: &u8| byte.wrapping_sub(b'0');
                ((digit(a) << 6) | (digit(b) << 3) | digit(c), 4)
            }
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = rest.get(used..).unwrap_or_default();
    }
    bytes
}

#[cfg(test)]
mod tests;
