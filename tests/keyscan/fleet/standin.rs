//! A server built on russh that is thousands of hosts: it listens on all of loopback, and each address has keys of its own.
//! It runs in a process of its own, this test binary started again; what it takes is not the scanner's.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use russh::SshId;
use russh::server::{Config, Handler, run_stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use super::keys::{Host, Primes};

/// Names the file of primes for the process that is to serve.
const PRIMES: &str = "HOSTBASED_FLEET_PRIMES";

/// What a host does to those who connect. Each has a port of its own, on every address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Manner {
    /// Shows its keys.
    Well,
    /// Its system does not answer.
    Drops,
    /// Identifies itself, and says no more.
    Stalls,
    /// Identifies itself, and sends what is no SSH.
    Garbage,
    /// Sends lines without end, none of which identifies it.
    Endless,
    /// Resets the connection.
    Resets,
    /// Nobody listens there.
    Closed,
}

impl Manner {
    pub(crate) const ALL: [Self; 7] =
        [Self::Well, Self::Drops, Self::Stalls, Self::Garbage, Self::Endless, Self::Resets, Self::Closed];
}

/// The running stand-in; it ends with this value.
pub(crate) struct StandIn {
    child: Child,
    ports: Vec<u16>,
}

impl StandIn {
    /// Starts one with these primes.
    pub(crate) fn start(folder: &Path, primes: &Primes) -> Self {
        let file = folder.join("primes");
        std::fs::write(&file, primes.to_text()).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "fleet::standin::serve", "--nocapture", "--test-threads=1"]).env(PRIMES, file);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ports = lines.find_map(|line| Some(line.unwrap().split_once("ports: ")?.1.to_owned())).unwrap();
        let ports = ports.split(' ').map(|port| port.parse().unwrap()).collect();
        // Until it ends, somebody must listen to it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, ports }
    }

    pub(crate) fn port(&self, manner: Manner) -> u16 {
        let index = Manner::ALL.iter().position(|&other| other == manner).unwrap();
        self.ports[index]
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Not a test but the server, when it is asked for.
#[test]
fn serve() {
    let Some(primes) = std::env::var_os(PRIMES) else { return };
    let primes = Primes::from_text(&std::fs::read_to_string(primes).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(listen(Arc::new(Keys { primes, configs: Mutex::default() })));
}

async fn listen(keys: Arc<Keys>) {
    let mut ports = Vec::new();
    let mut kept = Vec::new();
    for manner in Manner::ALL {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::UNSPECIFIED, 0).into()).unwrap();
        let port = socket.local_addr().unwrap().port();
        ports.push(port.to_string());
        match manner {
            // Bound, so that nobody else gets the port; but no connection is taken.
            Manner::Closed => kept.push(Kept::Closed(socket)),
            Manner::Drops => {
                let listener = socket.listen(1).unwrap();
                let mut queue = Vec::new();
                loop {
                    let connecting = TcpStream::connect((Ipv4Addr::LOCALHOST, port));
                    match tokio::time::timeout(Duration::from_millis(200), connecting).await {
                        Ok(stream) => queue.push(stream.unwrap()),
                        Err(_) => break,
                    }
                }
                kept.push(Kept::Full(listener, queue));
            }
            _ => {
                let listener = socket.listen(4096).unwrap();
                tokio::spawn(accept(listener, manner, Arc::clone(&keys)));
            }
        }
    }
    println!("\nports: {}", ports.join(" "));
    std::io::stdout().flush().unwrap();
    // Until the test ends.
    let _ = tokio::io::stdin().read_to_end(&mut Vec::new()).await;
    drop(kept);
}

#[allow(dead_code, reason = "kept open")]
enum Kept {
    Closed(TcpSocket),
    Full(TcpListener, Vec<TcpStream>),
}

async fn accept(listener: TcpListener, manner: Manner, keys: Arc<Keys>) {
    loop {
        // Out of descriptors, or gone again.
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(meet(stream, manner, Arc::clone(&keys)));
    }
}

async fn meet(mut stream: TcpStream, manner: Manner, keys: Arc<Keys>) {
    // One who goes away early ends what is done here.
    match manner {
        Manner::Well => {
            let _ = stream.set_nodelay(true);
            let config = keys.config(stream.local_addr().unwrap().ip());
            if let Ok(session) = run_stream(config, stream, NoLogin).await {
                let _ = session.await;
            }
        }
        Manner::Stalls => {
            let _ = stream.write_all(b"SSH-2.0-stalls\r\n").await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
        Manner::Garbage => {
            let _ = stream.write_all(b"SSH-2.0-garbage\r\n").await;
            let _ = stream.write_all(&[0xff; 64]).await;
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
        Manner::Endless => while stream.write_all(&b"please hold the line\r\n".repeat(100)).await.is_ok() {},
        Manner::Resets => stream.set_zero_linger().unwrap(),
        Manner::Drops | Manner::Closed => {}
    }
}

struct Keys {
    primes: Primes,
    configs: Mutex<HashMap<Host, Arc<Config>>>,
}

impl Keys {
    /// What the host at that address shows; made once.
    fn config(&self, address: IpAddr) -> Arc<Config> {
        let IpAddr::V4(address) = address else { panic!("{address}") };
        let host = Host::of(address);
        if let Some(config) = self.configs.lock().unwrap().get(&host) {
            return Arc::clone(config);
        }
        let config = Arc::new(Config {
            server_id: SshId::Standard(Cow::Borrowed("SSH-2.0-stand-in")),
            keys: self.primes.keys(host).to_vec(),
            inactivity_timeout: Some(Duration::from_secs(60)),
            ..Config::default()
        });
        self.configs.lock().unwrap().insert(host, Arc::clone(&config));
        config
    }
}

/// Nobody logs in.
struct NoLogin;

impl Handler for NoLogin {
    type Error = russh::Error;
}
