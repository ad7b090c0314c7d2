//! The real sshd: one process for one connection, with the case's own configuration.

use std::fs;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use nix::sys::socket::{
    AddressFamily, SockFlag, SockType, SockaddrIn, SockaddrIn6, SockaddrLike, bind, connect, socket,
};

use crate::case::{Case, Peer};
use crate::material::Material;
use crate::needs::find_program;
use crate::raw_ssh::{Answer, Connection};
use crate::request;

/// sshd's configuration, in the lab.
pub(crate) const CONFIG: &str = "/etc/ssh/sshd_config";

/// What every case has. What a case sets comes before, and an option's first value counts.
const USUAL: &str = "HostbasedAuthentication yes\nUsePAM no\nPubkeyAuthentication no\nPasswordAuthentication no\n\
                     KbdInteractiveAuthentication no\nHostKey /etc/ssh/host_key\nLogLevel DEBUG3\nPidFile none\n";

/// Longest time that sshd may take to end when its connection has. Far more than it takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the server is reached at.
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
const SERVER6: Ipv6Addr = Ipv6Addr::new(0xfd77, 0, 0, 0, 0, 0, 0, 2);

/// What sshd made of a case.
pub(crate) struct Judgement {
    /// What it answered.
    pub(crate) answer: Answer,
    /// What it logged, at DEBUG3.
    pub(crate) log: String,
    /// What the signature was for.
    pub(crate) session_id: Vec<u8>,
    /// The request as it was sent.
    pub(crate) request: Vec<u8>,
}

impl Judgement {
    /// Whether hostbased was good enough, at least for its part.
    pub(crate) fn accepts(&self) -> bool {
        matches!(self.answer, Answer::Success | Answer::Failure { partial: true, .. })
    }
}

/// Writes the configuration of a case, which sshd, and `sshd -T`, then read.
pub(crate) fn configure(case: &Case) {
    let blocks = case.options.iter().position(|line| line.starts_with("Match ")).unwrap_or(case.options.len());
    let (global, blocks) = case.options.split_at(blocks);
    let lines = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    fs::write(CONFIG, format!("{}{USUAL}{}", lines(global), lines(blocks))).unwrap();
}

/// Logs in to a real sshd, in the lab that this thread lives in. The case's files are in place.
pub(crate) fn judge(case: &Case, material: &Material) -> Judgement {
    let (client, accepted) = connection(case.peer);
    let log = tempfile::NamedTempFile::new().unwrap();
    let sshd = Sshd::start(accepted, log.reopen().unwrap());
    let talk = || -> std::io::Result<_> {
        let mut connection = Connection::open(client)?;
        connection.request_userauth()?;
        let request = request::of(case, material, connection.session_id());
        let answer = connection.ask(&request)?;
        Ok((answer, connection.session_id().to_vec(), request))
    };
    let talk = talk();
    sshd.wait();
    let mut said = Vec::new();
    log.reopen().unwrap().read_to_end(&mut said).unwrap();
    let log = String::from_utf8_lossy(&said).replace('\r', "");
    let (answer, session_id, request) = talk.unwrap_or_else(|error| panic!("{error}\n{case}\n{log}"));
    Judgement { answer, log, session_id, request }
}

/// One connection's sshd.
struct Sshd(Child);

impl Sshd {
    fn start(connection: TcpStream, log: fs::File) -> Self {
        let output = connection.try_clone().unwrap();
        // -i: the connection is on standard input and output, as inetd(8) has it. -e: the log goes to standard error.
        let mut command = Command::new(find_program("sshd").unwrap());
        command.args(["-i", "-e", "-f", CONFIG]).env_clear();
        command.stdin(OwnedFd::from(connection)).stdout(OwnedFd::from(output)).stderr(log);
        Self(command.spawn().unwrap())
    }

    /// Waits until it ends, which it does with the connection.
    fn wait(mut self) {
        let start = Instant::now();
        while self.0.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < PATIENCE, "sshd does not end");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Both ends of a connection that comes from this address.
fn connection(peer: Peer) -> (TcpStream, TcpStream) {
    let server: IpAddr = match peer.address {
        IpAddr::V6(address) if address.is_unicast_link_local() => address.into(),
        IpAddr::V6(_) => SERVER6.into(),
        IpAddr::V4(_) => SERVER.into(),
    };
    // Listens on IPv6 for both families unless told otherwise (ipv6(7), IPV6_V6ONLY).
    let at = if peer.mapped { with_interface(Ipv6Addr::UNSPECIFIED.into()) } else { with_interface(server) };
    let listener = TcpListener::bind(at).unwrap();
    let mut target = with_interface(server);
    target.set_port(listener.local_addr().unwrap().port());
    let client = connect_from(with_interface(peer.address), target);
    let (accepted, seen) = listener.accept().unwrap();
    assert_eq!(seen.ip().to_canonical(), peer.address, "the address that the server sees");
    (client, accepted)
}

/// A link-local address belongs to an interface: here the first, which is the loopback.
fn with_interface(address: IpAddr) -> SocketAddr {
    match address {
        IpAddr::V6(v6) if v6.is_unicast_link_local() => SocketAddrV6::new(v6, 0, 0, 1).into(),
        address => SocketAddr::new(address, 0),
    }
}

fn connect_from(own: SocketAddr, target: SocketAddr) -> TcpStream {
    let family = if own.is_ipv4() { AddressFamily::Inet } else { AddressFamily::Inet6 };
    let client = socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
    let address = |address: SocketAddr| -> Box<dyn SockaddrLike> {
        match address {
            SocketAddr::V4(v4) => Box::new(SockaddrIn::from(v4)),
            SocketAddr::V6(v6) => Box::new(SockaddrIn6::from(v6)),
        }
    };
    bind(client.as_raw_fd(), address(own).as_ref()).unwrap_or_else(|error| panic!("bind to {own}: {error}"));
    let connected = connect(client.as_raw_fd(), address(target).as_ref());
    connected.unwrap_or_else(|error| panic!("connect from {own} to {target}: {error}"));
    client.into()
}
