//! The bytes that a client host signs, read back: what the helper is asked to sign.

use super::request::expect;
use super::{
    MAX_ALGORITHM_BYTES, MAX_KEY_BYTES, MAX_NAME_BYTES, MAX_SESSION_ID_BYTES, METHOD_HOSTBASED, Reader,
    SERVICE_CONNECTION, SSH_MSG_USERAUTH_REQUEST, WireError, WireErrorKind,
};

/// The fields of the data that a hostbased signature covers
/// ([RFC 4252 section 9](https://www.rfc-editor.org/rfc/rfc4252#section-9)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedData<'a> {
    /// The session identifier: the exchange hash of the first key exchange.
    pub session_id: &'a [u8],
    /// The account on the server.
    pub user: &'a [u8],
    /// The signature algorithm's name.
    pub algorithm: &'a [u8],
    /// A key or certificate blob.
    pub public_key: &'a [u8],
    /// The client's own name, with its final dot.
    pub client_host: &'a [u8],
    /// The user's name on the client.
    pub client_user: &'a [u8],
}

impl<'a> SignedData<'a> {
    /// Reads the data.
    ///
    /// # Errors
    /// A [`WireError`] that names the first field that is wrong, also when the message number, service or method is
    /// another one; and [`WireErrorKind::TrailingBytes`] behind the last.
    pub fn parse(data: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(data);
        let session_id = reader.string("session identifier", MAX_SESSION_ID_BYTES)?;
        if reader.byte("message number")? != SSH_MSG_USERAUTH_REQUEST {
            return Err(WireErrorKind::Unexpected.of("message number"));
        }
        let user = reader.name("user name", MAX_NAME_BYTES)?;
        expect(&mut reader, "service name", SERVICE_CONNECTION)?;
        expect(&mut reader, "method name", METHOD_HOSTBASED)?;
        let data = Self {
            session_id,
            user,
            algorithm: reader.name("public key algorithm", MAX_ALGORITHM_BYTES)?,
            public_key: reader.string("public host key", MAX_KEY_BYTES)?,
            client_host: reader.name("client host name", MAX_NAME_BYTES)?,
            client_user: reader.name("client user name", MAX_NAME_BYTES)?,
        };
        reader.finish("client user name")?;
        Ok(data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Request;
    use super::*;

    #[test]
    fn reads_what_a_request_signs_and_nothing_more() {
        let data = SignedData {
            session_id: &[7; 32],
            user: b"alice",
            algorithm: b"ssh-ed25519",
            public_key: b"blob",
            client_host: b"node1.",
            client_user: b"bob",
        };
        let mut bytes = Request::from(&data).signed_data(data.session_id);
        assert_eq!(SignedData::parse(&bytes), Ok(data));
        for length in 0..bytes.len() {
            assert_eq!(SignedData::parse(&bytes[..length]).unwrap_err().kind, WireErrorKind::Truncated, "at {length}");
        }
        bytes.push(1);
        assert_eq!(SignedData::parse(&bytes), Err(WireErrorKind::TrailingBytes { count: 1 }.of("client user name")));
    }
}
