//! The server under attack, on a root of its own, and what its log says.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

use super::keys::{Keys, keys};
use super::raw_ssh::{Answer, Connection};
use super::requests::Wanted;
use crate::example::example;

/// Longest wait for a line of the log. Far more than it takes: the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; it ends with this value.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: Mutex<Receiver<String>>,
    _root: TempDir,
}

/// What the log says of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    /// `hostbased` or `publickey`.
    pub(crate) method: String,
    pub(crate) code: String,
    /// The whole line.
    pub(crate) line: String,
}

impl Server {
    /// Starts one with these options beside the root, in which alice and bob are accounts. It lets in by hostbased alone.
    pub(crate) fn start(options: &[&str]) -> Self {
        Self::run(Command::new(example("russh_server")), options)
    }

    /// The same, with no more than so many descriptors.
    pub(crate) fn start_with_descriptors(most: usize) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n $0; exec \"$@\"", &most.to_string()]).arg(example("russh_server"));
        Self::run(shell, &[])
    }

    fn run(mut command: Command, options: &[&str]) -> Self {
        let root = make_root();
        command.args(["--listen", "127.0.0.1:0", "--root"]).arg(root.path()).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut ready = String::new();
        let stderr = child.stderr.take().unwrap();
        let (sender, log) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines() {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let address = ready.trim().strip_prefix("listening on ").and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("{ready:?}: {:?}", log.iter().collect::<Vec<_>>()));
        Self { child, address, log: Mutex::new(log), _root: root }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A connection that may send requests.
    pub(crate) fn connect(&self) -> Connection {
        self.try_connect().unwrap()
    }

    /// The same, of a server that may turn it away.
    pub(crate) fn try_connect(&self) -> std::io::Result<Connection> {
        let mut connection = Connection::open(self.socket())?;
        connection.request_userauth()?;
        Ok(connection)
    }

    /// A connection that has not said a word.
    pub(crate) fn socket(&self) -> TcpStream {
        TcpStream::connect(self.address).unwrap()
    }

    /// Logs in by a good request.
    pub(crate) fn mark(&self) -> Answer {
        let mut connection = self.connect();
        connection.ask(&Wanted::good().payload(connection.session_id())).unwrap()
    }

    /// Logs in by a good request, and gives the decisions of which the log speaks up to that one, without it.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        let mark = format!("mark{}.", std::process::id());
        let mut connection = self.connect();
        let wanted = Wanted { client_host: mark.clone().into_bytes(), ..Wanted::good() };
        assert_eq!(connection.ask(&wanted.payload(connection.session_id())).unwrap(), Answer::Success);
        let mut decisions = Vec::new();
        loop {
            let line = self.log.lock().unwrap().recv_timeout(PATIENCE).expect("a line of the log");
            assert!(!line.contains("panicked"), "{line}");
            assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{line:?}");
            let Some(decision) = Decision::read(&line) else { continue };
            if line.contains(&mark) {
                assert_eq!(decision.code, "accepted", "{line}");
                return decisions;
            }
            decisions.push(decision);
        }
    }

    /// The codes of the decisions up to now; a good login is let in behind them.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.decisions().into_iter().map(|decision| decision.code).collect()
    }

    /// What comes of a request on a connection of its own, and the codes of which the log speaks.
    #[track_caller]
    pub(crate) fn judge(&self, wanted: &Wanted) -> (Answer, Vec<String>) {
        let mut connection = self.connect();
        let answer = connection.ask(&wanted.payload(connection.session_id())).unwrap();
        (answer, self.codes())
    }

    /// Checks that the request is refused for this reason, that the connection goes on, and the server with it.
    #[track_caller]
    pub(crate) fn refuses(&self, what: &str, wanted: &Wanted, code: &str) {
        let (answer, codes) = self.judge(wanted);
        assert!(is_refused(&answer), "{what}: {answer:?}");
        assert_eq!(codes, [code], "{what}");
    }

    /// Checks that the request ends its connection, unseen, and that the server goes on.
    #[track_caller]
    pub(crate) fn hangs_up(&self, what: &str, payload: &[u8]) {
        let mut connection = self.connect();
        let answer = connection.ask(payload).unwrap();
        assert!(matches!(answer, Answer::Closed | Answer::Disconnect { .. }), "{what}: {answer:?}");
        assert_eq!(self.codes(), [""; 0], "{what}");
    }

    /// Its memory, in KiB (proc(5), VmRSS).
    pub(crate) fn resident_kib(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Decision {
    fn read(line: &str) -> Option<Self> {
        let word = |name: &str| {
            let rest = line.split_once(&format!("{name}=\""))?.1;
            Some(rest.split_once('"')?.0.to_owned())
        };
        let (decision, code) = (word(" decision")?, word(" code")?);
        assert!(["accepted", "refused", "partial"].contains(&decision.as_str()), "{line}");
        assert_eq!(decision == "accepted", code == "accepted", "{line}");
        assert_eq!(decision == "partial", code == "partial-success", "{line}");
        let method = if line.contains(" publickey ") { "publickey" } else { "hostbased" };
        Some(Self { method: method.to_owned(), code, line: line.to_owned() })
    }
}

/// Whether it is a failure that is none of a partial success, after which hostbased can be tried again.
pub(crate) fn is_refused(answer: &Answer) -> bool {
    matches!(answer, Answer::Failure { methods, partial: false } if methods.split(',').any(|name| name == "hostbased"))
}

fn make_root() -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    // Whoever runs the tests: a server of an ordinary user lets in nobody but him.
    let (uid, gid) = (nix::unistd::geteuid(), nix::unistd::getegid());
    let (uid, gid) = if uid.is_root() { (65534, 65534) } else { (uid.as_raw(), gid.as_raw()) };
    let account = |name: &str| format!("{name}:x:{uid}:{gid}::/home/{name}:/bin/sh\n");
    write("etc/passwd", &format!("root:x:0:0::/root:/bin/sh\n{}{}", account("alice"), account("bob")));
    write("etc/shadow", "root:*:19000::::::\nalice:*:19000::::::\nbob:*:19000::::::\n");
    write("etc/group", &format!("root:x:0:\nusers:x:{gid}:\n"));
    write("bin/sh", "#!\n");
    fs::set_permissions(root.path().join("bin/sh"), fs::Permissions::from_mode(0o755)).unwrap();
    let registered = Keys::registered().map(|name| format!("127.0.0.1 {}\n", keys().line(name)));
    let known: String = registered.chain([format!("@cert-authority 127.0.0.1 {}\n", keys().line("ca"))]).collect();
    write("etc/ssh/ssh_known_hosts", &known);
    write("etc/ssh/shosts.equiv", "127.0.0.1\n");
    let host_key = root.path().join("etc/ssh/ssh_host_ed25519_key");
    super::tool::tool("ssh-keygen", &["-q", "-t", "ed25519", "-N", "", "-f", host_key.to_str().unwrap()]);
    root
}
