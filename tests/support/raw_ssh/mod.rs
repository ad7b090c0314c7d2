//! An SSH client that sends what a test wants, for tests of servers: it authenticates by any payload, and reads every
//! answer. It is no client for real use: it does not look at the server's host key.
//!
//! One key exchange and one cipher, those that every OpenSSH has: curve25519-sha256 (RFC 8731) and
//! aes256-gcm@openssh.com (RFC 5647, OpenSSH's PROTOCOL section 1.6). It offers no strict key exchange and no
//! extensions, so the server uses neither.

mod cipher;
mod exchange;
mod packets;
mod userauth;

use std::io;
use std::net::TcpStream;
use std::time::Duration;

use hostbased::wire::Writer;

use packets::Packets;
pub(crate) use userauth::Answer;

/// Longest wait for a packet. Far more than it takes: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

const SSH_MSG_SERVICE_REQUEST: u8 = 5;
const SSH_MSG_SERVICE_ACCEPT: u8 = 6;

/// A connection whose first key exchange is done.
pub(crate) struct Connection {
    packets: Packets,
    session_id: Vec<u8>,
}

impl Connection {
    /// Identifies itself, and exchanges keys.
    ///
    /// # Errors
    /// Those of the socket; and [`io::ErrorKind::InvalidData`] when the server says what no server should.
    pub(crate) fn open(socket: TcpStream) -> io::Result<Self> {
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        socket.set_nodelay(true)?;
        let (packets, session_id) = exchange::exchange_keys(Packets::new(socket))?;
        Ok(Self { packets, session_id })
    }

    /// What a signature of this connection begins with: the exchange hash (RFC 4253 section 7.2).
    pub(crate) fn session_id(&self) -> &[u8] {
        &self.session_id
    }

    /// Sends a payload, whatever it is.
    ///
    /// # Errors
    /// Those of the socket.
    pub(crate) fn send(&mut self, payload: &[u8]) -> io::Result<()> {
        self.packets.write(payload)
    }

    /// The packet of a payload, not sent: [`Connection::send_bytes`] sends it, in as many pieces as a test likes.
    #[allow(dead_code, reason = "not every test that has this client is hostile")]
    pub(crate) fn seal(&mut self, payload: &[u8]) -> Vec<u8> {
        self.packets.seal(payload)
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    /// Those of the socket.
    #[allow(dead_code, reason = "not every test that has this client is hostile")]
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.packets.write_raw(bytes)
    }

    /// The socket, by which a connection can be cut from elsewhere.
    ///
    /// # Errors
    /// Those of the system.
    #[allow(dead_code, reason = "not every test that has this client is hostile")]
    pub(crate) fn try_clone_socket(&self) -> io::Result<TcpStream> {
        self.packets.try_clone_socket()
    }

    /// Reads the next payload.
    ///
    /// # Errors
    /// Those of the socket, of which [`io::ErrorKind::UnexpectedEof`] says that the server has hung up; and
    /// [`io::ErrorKind::InvalidData`] for a packet that does not decrypt.
    pub(crate) fn receive(&mut self) -> io::Result<Vec<u8>> {
        self.packets.read()
    }

    /// Asks for the service of user authentication (RFC 4253 section 10).
    ///
    /// # Errors
    /// Those of [`Connection::receive`].
    pub(crate) fn request_userauth(&mut self) -> io::Result<()> {
        self.send(&Writer::new().byte(SSH_MSG_SERVICE_REQUEST).string(b"ssh-userauth").into_bytes())?;
        loop {
            let payload = self.receive()?;
            match payload.first() {
                Some(&SSH_MSG_SERVICE_ACCEPT) => return Ok(()),
                _ if userauth::is_noise(&payload) => {}
                _ => return Err(invalid(format!("no answer to a service request: {payload:?}"))),
            }
        }
    }
}

/// What the server said is wrong.
fn invalid(text: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text.into())
}
