//! The hostbased request: message 50 with the method `hostbased`.

use super::{
    MAX_ALGORITHM_BYTES, MAX_KEY_BYTES, MAX_NAME_BYTES, MAX_SIGNATURE_BYTES, METHOD_HOSTBASED, Reader,
    SERVICE_CONNECTION, SSH_MSG_USERAUTH_REQUEST, SignedData, WireError, WireErrorKind, Writer,
};

/// A hostbased request as it stands on the wire, not yet believed
/// ([RFC 4252 section 9](https://www.rfc-editor.org/rfc/rfc4252#section-9)).
///
/// The service is always `ssh-connection`: nothing else can be asked for, and [`Request::parse`] refuses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// "user name": the account on the server.
    pub user: &'a [u8],
    /// "public key algorithm for host key", such as `rsa-sha2-512`.
    pub algorithm: &'a [u8],
    /// "public host key and certificates for client host": a key or certificate blob.
    pub public_key: &'a [u8],
    /// "client host name expressed as the FQDN": what the client *claims*, its final dot included.
    pub client_host: &'a [u8],
    /// "user name on the client host".
    pub client_user: &'a [u8],
    /// "signature": a signature blob (string format name, string signature).
    pub signature: &'a [u8],
}

impl<'a> Request<'a> {
    /// Reads the payload of message 50, the message number included.
    ///
    /// # Errors
    /// A [`WireError`] that names the first field that is truncated, too long, empty where it must not be, holds a NUL,
    /// or is another message, service or method; and [`WireErrorKind::TrailingBytes`] behind the signature.
    pub fn parse(payload: &'a [u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(payload);
        if reader.byte("message number")? != SSH_MSG_USERAUTH_REQUEST {
            return Err(WireErrorKind::Unexpected.of("message number"));
        }
        let user = reader.name("user name", MAX_NAME_BYTES)?;
        expect(&mut reader, "service name", SERVICE_CONNECTION)?;
        expect(&mut reader, "method name", METHOD_HOSTBASED)?;
        let request = Self {
            user,
            algorithm: reader.name("public key algorithm", MAX_ALGORITHM_BYTES)?,
            public_key: reader.string("public host key", MAX_KEY_BYTES)?,
            client_host: reader.name("client host name", MAX_NAME_BYTES)?,
            client_user: reader.name("client user name", MAX_NAME_BYTES)?,
            signature: reader.string("signature", MAX_SIGNATURE_BYTES)?,
        };
        reader.finish("signature")?;
        Ok(request)
    }

    /// The payload of message 50: what [`Request::parse`] reads.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.unsigned(Writer::new()).string(self.signature).into_bytes()
    }

    /// The bytes that the client host signs: the session identifier, then the payload up to the signature.
    #[must_use]
    pub fn signed_data(&self, session_id: &[u8]) -> Vec<u8> {
        self.unsigned(Writer::new().string(session_id)).into_bytes()
    }

    fn unsigned(&self, writer: Writer) -> Writer {
        writer
            .byte(SSH_MSG_USERAUTH_REQUEST)
            .string(self.user)
            .string(SERVICE_CONNECTION)
            .string(METHOD_HOSTBASED)
            .string(self.algorithm)
            .string(self.public_key)
            .string(self.client_host)
            .string(self.client_user)
    }
}

impl<'a> From<&SignedData<'a>> for Request<'a> {
    /// The request that this data is signed for, without its signature.
    fn from(data: &SignedData<'a>) -> Self {
        Self {
            user: data.user,
            algorithm: data.algorithm,
            public_key: data.public_key,
            client_host: data.client_host,
            client_user: data.client_user,
            signature: b"",
        }
    }
}

pub(super) fn expect(reader: &mut Reader<'_>, field: &'static str, value: &[u8]) -> Result<(), WireError> {
    if reader.string(field, MAX_ALGORITHM_BYTES)? == value { Ok(()) } else { Err(WireErrorKind::Unexpected.of(field)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: Request<'static> = Request {
        user: b"alice",
        algorithm: b"ssh-ed25519",
        public_key: b"blob",
        client_host: b"node1.",
        client_user: b"bob",
        signature: b"sig",
    };

    #[test]
    fn what_is_encoded_is_parsed() {
        assert_eq!(Request::parse(&REQUEST.encode()), Ok(REQUEST));
    }

    #[test]
    fn every_truncation_is_refused() {
        let payload = REQUEST.encode();
        for length in 0..payload.len() {
            let error = Request::parse(&payload[..length]).unwrap_err();
            assert_eq!(error.kind, WireErrorKind::Truncated, "at {length}");
        }
    }

    #[test]
    fn trailing_bytes_are_refused() {
        let mut payload = REQUEST.encode();
        payload.push(0);
        assert_eq!(Request::parse(&payload), Err(WireErrorKind::TrailingBytes { count: 1 }.of("signature")));
    }

    #[test]
    fn another_message_service_or_method_is_refused() {
        let payload = REQUEST.encode();
        let replaced = |from: &[u8], to: &[u8]| {
            let at = payload.windows(from.len()).position(|window| window == from).unwrap();
            [&payload[..at], to, &payload[at + from.len()..]].concat()
        };
        let refused = |payload: Vec<u8>| Request::parse(&payload).unwrap_err();
        assert_eq!(refused(replaced(b"\x32", b"\x33")), WireErrorKind::Unexpected.of("message number"));
        assert_eq!(
            refused(replaced(b"ssh-connection", b"ssh-cOnnection")),
            WireErrorKind::Unexpected.of("service name")
        );
        assert_eq!(refused(replaced(b"hostbased", b"publickey")), WireErrorKind::Unexpected.of("method name"));
    }

    #[test]
    fn names_with_a_nul_or_none_at_all_are_refused() {
        let nul = Request { client_host: b"node1\0.", ..REQUEST }.encode();
        assert_eq!(Request::parse(&nul), Err(WireErrorKind::EmbeddedNul.of("client host name")));
        let empty = Request { client_user: b"", ..REQUEST }.encode();
        assert_eq!(Request::parse(&empty), Err(WireErrorKind::Empty.of("client user name")));
    }

    #[test]
    fn the_signed_data_is_the_session_id_and_all_but_the_signature() {
        let signed = REQUEST.signed_data(b"id");
        assert_eq!(signed[..6], *b"\0\0\0\x02id");
        let payload = REQUEST.encode();
        assert_eq!(signed[6..], payload[..payload.len() - 7]);
    }
}
