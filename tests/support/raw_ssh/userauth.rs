//! Answers to requests for user authentication (RFC 4252 section 5).

use std::io;

use hostbased::wire::{Reader, WireError};

use super::{Connection, invalid};

const SSH_MSG_DISCONNECT: u8 = 1;
const SSH_MSG_IGNORE: u8 = 2;
const SSH_MSG_DEBUG: u8 = 4;
const SSH_MSG_EXT_INFO: u8 = 7;
const SSH_MSG_USERAUTH_FAILURE: u8 = 51;
const SSH_MSG_USERAUTH_SUCCESS: u8 = 52;
const SSH_MSG_USERAUTH_BANNER: u8 = 53;

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// The user is let in.
    Success,
    /// The request did not do, or not alone.
    Failure {
        /// The methods that can go on.
        methods: String,
        /// Whether this request was a success that does not suffice.
        partial: bool,
    },
    /// The server ends the connection, and says so.
    Disconnect {
        /// Its number (RFC 4253 section 11.1).
        reason: u32,
        /// Its text.
        text: String,
    },
    /// The server ends the connection without a word.
    Closed,
}

impl Connection {
    /// Sends a request, and waits for what comes of it.
    ///
    /// # Errors
    /// Those of the socket but for its end, and [`io::ErrorKind::InvalidData`] for an answer that is none.
    pub(crate) fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        match self.send(request) {
            Err(error) if is_end(&error) => Ok(Answer::Closed),
            sent => sent.and_then(|()| self.answer()),
        }
    }

    /// Waits for what comes of a request that was sent.
    ///
    /// # Errors
    /// Those of [`Connection::ask`].
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        loop {
            let payload = match self.receive() {
                Err(error) if is_end(&error) => return Ok(Answer::Closed),
                other => other?,
            };
            if is_noise(&payload) {
                continue;
            }
            return read(&payload).map_err(|error| invalid(format!("{error}: {payload:?}")));
        }
    }
}

/// Whether this message answers nothing: ignore, debug, banner and extension messages may stand between others.
pub(super) fn is_noise(payload: &[u8]) -> bool {
    matches!(payload.first(), Some(&(SSH_MSG_IGNORE | SSH_MSG_DEBUG | SSH_MSG_EXT_INFO | SSH_MSG_USERAUTH_BANNER)))
}

fn is_end(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe)
}

fn read(payload: &[u8]) -> Result<Answer, WireError> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut reader = Reader::new(payload);
    match reader.byte("message number")? {
        SSH_MSG_USERAUTH_SUCCESS => Ok(Answer::Success),
        SSH_MSG_USERAUTH_FAILURE => Ok(Answer::Failure {
            methods: text(reader.string("authentications that can continue", 4096)?),
            partial: reader.byte("partial success")? != 0,
        }),
        SSH_MSG_DISCONNECT => Ok(Answer::Disconnect {
            reason: reader.uint32("reason code")?,
            text: text(reader.string("description", 4096)?),
        }),
        other => Ok(Answer::Disconnect { reason: 0, text: format!("message {other} where an answer should be") }),
    }
}
