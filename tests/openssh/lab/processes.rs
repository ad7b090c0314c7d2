//! Processes and sockets of a lab.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Output};

use nix::sched::{CloneFlags, setns, unshare};

use super::{Lab, User};

/// What a program left behind.
pub struct Finished {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error, as text.
    pub stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        assert_eq!(output.status.signal(), None, "{}", String::from_utf8_lossy(&output.stderr));
        Self {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl fmt::Debug for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exit {:?}, stdout {:?}, stderr {:?}", self.code, self.text(), self.stderr)
    }
}

impl Finished {
    /// Standard output as text, without the white space around it.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }

    /// The lines of standard error, without the carriage returns that OpenSSH ends them with.
    pub fn lines(&self) -> Vec<&str> {
        self.stderr.lines().map(str::trim_end).collect()
    }
}

impl Lab {
    /// A program run in the lab as root, with a plain environment. `program` is looked up in the lab's `PATH`.
    pub fn as_root(&self, program: &str) -> Command {
        let mut command = self.enter();
        command.env("HOME", "/root").arg(program);
        command
    }

    /// A program run in the lab by an ordinary user: real, effective and saved ids, no other groups.
    pub fn as_user(&self, user: User, program: &str) -> Command {
        self.with_privileges(user, &["--regid", &user.gid.to_string()], program)
    }

    /// Like [`as_user`](Self::as_user) with other options of setpriv(1) for the group and the flags.
    pub fn with_privileges(&self, user: User, setpriv: &[&str], program: &str) -> Command {
        let mut command = self.enter();
        command.env("HOME", format!("/home/{}", user.name)).env("USER", user.name).env("LOGNAME", user.name);
        command.args(["setpriv", "--clear-groups", "--reuid", &user.uid.to_string()]).args(setpriv).arg(program);
        command
    }

    fn enter(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LANG", "C");
        command.args(["-t", &self.pid.to_string(), "-m", "-n", "-u", "-p", "--wd=/", "--"]);
        command
    }

    /// Runs a command to its end.
    pub fn finish(&self, command: &mut Command) -> Finished {
        Finished::from(command.output().unwrap())
    }

    /// Runs `work` on a thread in the lab's network, where what it opens belongs from then on, and in the lab's folder
    /// `/run/lab`, so that a socket can have a bare name for its path.
    pub fn in_network<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let network = std::fs::File::open(format!("/proc/{}/ns/net", self.pid)).unwrap();
        let folder = self.path("/run/lab");
        on_a_thread(|| {
            unshare(CloneFlags::CLONE_FS).unwrap();
            std::env::set_current_dir(folder).unwrap();
            setns(network, CloneFlags::CLONE_NEWNET).unwrap();
            work()
        })
    }
}

/// Runs `work` in a new network of its own, with these addresses on its loopback: what an ordinary user can make with
/// a user namespace.
pub fn in_a_foreign_network<T: Send>(addresses: &[&str], work: impl FnOnce() -> T + Send) -> T {
    on_a_thread(|| {
        unshare(CloneFlags::CLONE_NEWNET).unwrap();
        let ip = |arguments: &str| {
            // A child of this thread, and so in its network.
            let done = Command::new("ip").args(arguments.split(' ')).status().unwrap();
            assert!(done.success(), "ip {arguments}");
        };
        ip("link set lo up");
        for address in addresses {
            ip(&format!("address add {address}/32 dev lo"));
        }
        work()
    })
}

/// Namespaces belong to threads, so what changes them gets one of its own.
fn on_a_thread<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}
