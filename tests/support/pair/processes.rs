//! Processes and sockets of a machine.

use std::process::{Command, Stdio};

use nix::sched::{CloneFlags, setns, unshare};

use super::{Machine, User};
use crate::run::Run;

impl Machine {
    /// A program run in the machine as root, with a plain environment. `program` is looked up in the machine's `PATH`.
    pub fn as_root(&self, program: &str) -> Command {
        let mut command = self.enter();
        command.env("HOME", "/root").env("USER", "root").env("LOGNAME", "root").arg(program);
        command
    }

    /// A program run in the machine by an ordinary user: real, effective and saved ids, no other groups.
    pub fn as_user(&self, user: User, program: &str) -> Command {
        self.with_privileges(user, &["--regid", &user.gid.to_string()], program)
    }

    /// Like [`as_user`](Self::as_user) with other options of setpriv(1) for the group and the flags.
    pub fn with_privileges(&self, user: User, setpriv: &[&str], program: &str) -> Command {
        let mut command = self.enter();
        command.env("HOME", user.home).env("USER", user.name).env("LOGNAME", user.name);
        command.args(["setpriv", "--clear-groups", "--reuid", &user.uid.to_string()]).args(setpriv).arg(program);
        command
    }

    /// Runs a command line as root, split at its spaces. It must succeed.
    #[track_caller]
    pub fn root_runs(&self, line: &str) -> String {
        let mut words = line.split(' ');
        let run = Run::from(self.as_root(words.next().unwrap()).args(words).output().unwrap());
        assert_eq!(run.code, Some(0), "{line}: {run:?}");
        run.output
    }

    fn enter(&self) -> Command {
        let mut command = Command::new("nsenter");
        command
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .env("LANG", "C");
        command.args(["-t", &self.pid.to_string(), "-m", "-n", "-u", "-p", "--wd=/", "--"]).stdin(Stdio::null());
        command
    }

    /// Runs lines of ip(8) in the machine's network. Process ids in them are those outside.
    #[track_caller]
    pub fn ip(&self, lines: &str) {
        use std::io::Write;
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.pid.to_string(), "-n", "ip", "-batch", "-"]).stdin(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success(), "{lines}");
    }

    /// Runs `work` on a thread in the machine's network, where what it opens belongs from then on, and the threads that it
    /// starts.
    pub fn in_network<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        let network = std::fs::File::open(format!("/proc/{}/ns/net", self.pid)).unwrap();
        // Namespaces belong to threads, so what changes them gets one of its own.
        std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                unshare(CloneFlags::CLONE_FS).unwrap();
                setns(network, CloneFlags::CLONE_NEWNET).unwrap();
                work()
            });
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// The processes that run in the machine, by their numbers inside.
    pub fn processes(&self) -> Vec<u32> {
        let entries = std::fs::read_dir(self.path("/proc")).unwrap();
        entries.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok()).collect()
    }
}
