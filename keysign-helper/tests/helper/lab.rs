//! A machine of the test's own: its `/etc/ssh`, `/etc/hosts` and `/run`, a helper, and users. Everything is mounted in a
//! private mount namespace, so nothing of the real machine is touched, its log neither. Needs root.

use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::fd::AsFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use hostbased::key::PublicKey;
use hostbased::sign::helper::{Answer, Helper, HelperError};
use hostbased::wire::Request;

use crate::needs::{is_root, missing_program};

/// Whose helper is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    Ours,
    /// OpenSSH's: the same test must hold there, so that the test itself is proven.
    Theirs,
}
pub(crate) use Whose::{Ours, Theirs};

/// How the helper is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) whose: Whose,
    /// Mode of the helper's file.
    pub(crate) mode: u32,
    /// Group of the helper's file.
    pub(crate) group: u32,
    /// Real user id of the caller.
    pub(crate) uid: u32,
    /// Real group id of the caller.
    pub(crate) gid: u32,
    /// Supplementary groups and more, as options of setpriv(1).
    pub(crate) setpriv: &'static str,
    /// Commands of shell before, in the private namespace; `$0` is the helper's folder.
    pub(crate) before: &'static str,
}

pub(crate) const NOBODY: u32 = 65_534;

/// The usual call: set-uid root, by an ordinary user.
pub(crate) const SET_UID: Call =
    Call { whose: Ours, mode: 0o4711, group: 0, uid: NOBODY, gid: NOBODY, setpriv: "--clear-groups", before: ":" };

pub(crate) struct Lab {
    folder: tempfile::TempDir,
}

/// Builds a lab, or returns from the test when this machine cannot: `let lab = needs_root_and_helpers!();`
macro_rules! needs_root_and_helpers {
    () => {{
        needs!(crate::lab::missing());
        crate::lab::Lab::new()
    }};
}

/// Why this machine cannot build a lab; `None` when it can.
pub(crate) fn missing() -> Option<String> {
    if !is_root() {
        return Some("root".to_owned());
    }
    if their_helper().is_none() {
        return Some("OpenSSH's ssh-keysign (package openssh-client)".to_owned());
    }
    missing_program(&["ssh-keygen", "ip", "unshare", "setpriv"])
}

/// OpenSSH's helper.
fn their_helper() -> Option<PathBuf> {
    let folders = ["/usr/libexec/openssh", "/usr/lib/openssh", "/usr/lib/ssh", "/usr/libexec"];
    folders.iter().map(|folder| Path::new(folder).join("ssh-keysign")).find(|path| path.is_file())
}

impl Lab {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let lab = Self { folder };
        for folder in [lab.etc(""), lab.run("")] {
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        }
        lab.write("ssh_config", "EnableSSHKeysign yes\n");
        lab.write("hosts", "127.0.0.1 localhost\n::1 localhost\n2001:db8::77 victim.test\n");
        lab
    }

    pub(crate) fn etc(&self, name: &str) -> PathBuf {
        self.folder.path().join("etc").join(name)
    }

    /// In the lab's own `/run`.
    pub(crate) fn run(&self, name: &str) -> PathBuf {
        self.folder.path().join("run").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.etc(name), text).unwrap();
        fs::set_permissions(self.etc(name), Permissions::from_mode(0o644)).unwrap();
    }

    /// Makes a key pair; its public half.
    pub(crate) fn make_key(&self, name: &str, options: &[&str]) -> PublicKey {
        let path = self.etc(name);
        let _ = fs::remove_file(&path);
        let made = Command::new("ssh-keygen").args(["-q", "-f"]).arg(&path).args(options).status().unwrap();
        assert!(made.success());
        let line = fs::read_to_string(path.with_extension("pub")).unwrap();
        let blob = hostbased::key::decode_base64(line.split(' ').nth(1).unwrap().as_bytes()).unwrap();
        PublicKey::from_blob(&blob).unwrap()
    }

    pub(crate) fn ed25519(&self) -> PublicKey {
        self.make_key("ssh_host_ed25519_key", &["-t", "ed25519", "-N", ""])
    }

    /// Installs the helper as `ssh-keysign`, for its messages carry its name.
    fn install(&self, call: &Call) -> PathBuf {
        self.install_in("bin", call)
    }

    /// The same, in a folder of the lab's with this name.
    pub(crate) fn install_in(&self, folder: &str, call: &Call) -> PathBuf {
        let path = self.folder.path().join(folder).join("ssh-keysign");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let _ = fs::remove_file(&path);
        let source = match call.whose {
            Ours => PathBuf::from(env!("CARGO_BIN_EXE_keysign")),
            Theirs => their_helper().unwrap(),
        };
        // By another process: a file that this one has open for writing could not be run.
        assert!(Command::new("cp").args([&source, &path]).status().unwrap().success());
        chown(&path, Some(0), Some(call.group)).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(call.mode)).unwrap();
        path
    }

    /// A program that calls the helper so.
    pub(crate) fn caller(&self, call: &Call) -> PathBuf {
        let helper = self.install(call);
        let Call { uid, gid, setpriv, before, .. } = call;
        let script = format!(
            "#!/bin/sh\nexec unshare -m sh -c 'mount --bind {etc} /etc/ssh && mount --bind {etc}/hosts /etc/hosts && \
             mount --bind {run} /run && if [ -S /dev/log ]; then mount --bind /dev/null /dev/log; fi && \
             {{ {before}; }} && exec setpriv --reuid {uid} --regid {gid} {setpriv} {helper}' {folder}\n",
            etc = self.etc("").display(),
            run = self.run("").display(),
            helper = helper.display(),
            folder = helper.parent().unwrap().display(),
        );
        let path = self.folder.path().join("caller");
        let mut shell = Command::new("sh")
            .args(["-c", "rm -f \"$0\"; cat > \"$0\"; chmod 755 \"$0\""])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
        assert!(shell.wait().unwrap().success());
        path
    }

    /// Runs `work` on a thread of its own, with this lab's files and a host name (`machine.test`) of the lab's in place of
    /// the system's: what it starts sees them too. For tests that call the helper very often.
    pub(crate) fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        use nix::sched::CloneFlags;
        let enter = || {
            nix::sched::unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWUTS).unwrap();
            nix::unistd::sethostname("machine.test").unwrap();
            let (etc, hosts, run) = (self.etc(""), self.etc("hosts"), self.run(""));
            let folder = |path: &'static str| Path::new(path).as_os_str();
            for arguments in [
                [folder("--make-rprivate"), folder("/"), folder("-v")],
                [folder("--bind"), etc.as_os_str(), folder("/etc/ssh")],
                [folder("--bind"), hosts.as_os_str(), folder("/etc/hosts")],
                [folder("--bind"), run.as_os_str(), folder("/run")],
            ] {
                let mount = Command::new("mount").args(arguments).stdout(Stdio::null()).status().unwrap();
                assert!(mount.success(), "{arguments:?}");
            }
            work()
        };
        std::thread::scope(|scope| match scope.spawn(enter).join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }

    /// Asks the helper to sign.
    pub(crate) fn ask(&self, call: &Call, connection: &impl AsFd, data: &[u8]) -> Result<Answer, HelperError> {
        Helper::at(self.caller(call)).with_timeout(Duration::from_secs(60)).ask(connection.as_fd(), data)
    }

    /// The last line of a refusal, which is OpenSSH's, and what stands before it. Panics unless it is one.
    pub(crate) fn refusal(&self, call: &Call, connection: &impl AsFd, data: &[u8]) -> (String, String) {
        match self.ask(call, connection, data) {
            Err(HelperError::Refused { status: 255, reason }) => match reason.rsplit_once("; ") {
                Some((details, last)) => (last.to_owned(), details.to_owned()),
                None => (reason, String::new()),
            },
            other => panic!("no refusal: {other:?} of {call:?}"),
        }
    }

    /// Starts the helper with nothing on its input yet.
    pub(crate) fn start(&self, call: &Call) -> Child {
        let mut command = Command::new(self.caller(call));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs the helper with these bytes as its input, and no descriptor 3.
    pub(crate) fn feed(&self, call: &Call, input: &[u8]) -> Output {
        let mut child = self.start(call);
        // It may end before it reads.
        let _ = child.stdin.take().unwrap().write_all(input);
        child.wait_with_output().unwrap()
    }
}

/// A request as `ssh` makes it.
pub(crate) fn request(key: &PublicKey, algorithm: &str, client_host: &str, client_user: &str) -> Vec<u8> {
    let request = Request {
        user: b"bob",
        algorithm: algorithm.as_bytes(),
        public_key: key.blob(),
        client_host: client_host.as_bytes(),
        client_user: client_user.as_bytes(),
        signature: b"",
    };
    request.signed_data(&[7; 32])
}
