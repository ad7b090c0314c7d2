//! The command line, and what it names: host keys and policy.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use hostbased::store::Root;
use hostbased::verify::Policy;
use russh::keys::PrivateKey;
use russh_hostbased as russh;

pub const USAGE: &str = "\
Usage: russh_server --listen ADDRESS:PORT [--root DIR] [--host-key FILE]... [--set OPTION=VALUE]...
                    [--max-auth-tries N] [--login-grace-time SECONDS] [--authorized-keys FILE]

  --listen ADDRESS:PORT       where to listen; port 0 takes a free one, which is printed
  --root DIR                  where all files are: /etc/ssh, accounts, homes; / by default. Programs are the machine's own
  --host-key FILE             the server's own keys; DIR/etc/ssh/ssh_host_*_key by default
  --set OPTION=VALUE          as in sshd_config(5): UseDNS=yes, AuthenticationMethods=hostbased,publickey
  --max-auth-tries N          refused attempts on a connection; 6 by default
  --login-grace-time SECONDS  within which a client must have logged in; 120 by default
  --authorized-keys FILE      for all accounts, instead of ~/.ssh/authorized_keys of each";

const OPTIONS: [&str; 7] =
    ["--listen", "--root", "--host-key", "--set", "--max-auth-tries", "--login-grace-time", "--authorized-keys"];

/// What the command line says.
pub struct Options {
    pub listen: SocketAddr,
    pub root: Root,
    pub host_keys: Vec<PrivateKey>,
    pub policy: Policy,
    pub max_auth_tries: usize,
    pub login_grace_time: Duration,
    pub authorized_keys: Option<PathBuf>,
}

impl Options {
    /// Reads the arguments and the host keys.
    ///
    /// # Errors
    /// A text for people.
    pub fn read(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let (mut listen, mut root, mut files, mut policy) = (None, Root::system(), Vec::new(), own_policy());
        let (mut max_auth_tries, mut grace_seconds, mut authorized_keys) = (6, 120, None);
        while let Some(option) = arguments.next() {
            let option = option.to_string_lossy().into_owned();
            if !OPTIONS.contains(&option.as_str()) {
                return Err(format!("there is no option {option:?}"));
            }
            let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
            let text = value.to_str().unwrap_or_default();
            let wrong = |what: &str| format!("{option}: {value:?} is no {what}");
            let number = || text.parse().ok().filter(|&number| number > 0).ok_or_else(|| wrong("number above 0"));
            match option.as_str() {
                "--listen" => listen = Some(text.parse().map_err(|_| wrong("ADDRESS:PORT, with an IP address"))?),
                "--root" => root = Root::new(value),
                "--host-key" => files.push(PathBuf::from(value)),
                "--authorized-keys" => authorized_keys = Some(PathBuf::from(value)),
                "--max-auth-tries" => max_auth_tries = number()?,
                "--login-grace-time" => grace_seconds = number()?,
                _ => {
                    let (name, value) = text.split_once('=').ok_or_else(|| wrong("OPTION=VALUE"))?;
                    policy.set(name, value).map_err(|error| format!("--set: {error}"))?;
                }
            }
        }
        let listen = listen.ok_or("--listen is missing")?;
        check_policy(&policy)?;
        let folder = root.join("/etc/ssh");
        fs::metadata(&folder).map_err(|error| format!("--root: {}: {error}", folder.display()))?;
        let host_keys = host_keys_of(&root, files)?;
        let login_grace_time = Duration::from_secs(grace_seconds as u64);
        Ok(Self { listen, root, host_keys, policy, max_auth_tries, login_grace_time, authorized_keys })
    }
}

/// sshd's defaults, with hostbased, and without the methods that this server does not have.
fn own_policy() -> Policy {
    let mut policy = Policy::default();
    policy.hostbased_authentication = true;
    policy.password_authentication = false;
    policy.kbd_interactive_authentication = false;
    policy
}

fn check_policy(policy: &Policy) -> Result<(), String> {
    for (option, is_set) in [
        ("PasswordAuthentication", policy.password_authentication),
        ("KbdInteractiveAuthentication", policy.kbd_interactive_authentication),
        ("GSSAPIAuthentication", policy.gssapi_authentication),
        ("UsePAM", policy.use_pam),
        ("ChrootDirectory", policy.chroot_directory.is_some()),
    ] {
        if is_set {
            return Err(format!("--set: this server has no {option}"));
        }
    }
    if policy.methods().is_satisfiable() {
        Ok(())
    } else {
        Err("--set: AuthenticationMethods lists no methods that are switched on".to_owned())
    }
}

fn host_keys_of(root: &Root, mut files: Vec<PathBuf>) -> Result<Vec<PrivateKey>, String> {
    let folder = root.join("/etc/ssh");
    let named = !files.is_empty();
    if !named {
        let failed = |error: io::Error| format!("host keys: {}: {error}; name them by --host-key", folder.display());
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("ssh_host_") && name.ends_with("_key") {
                files.push(folder.join(&*name));
            }
        }
        files.sort();
    }
    if files.is_empty() {
        let root = root.path().display();
        return Err(format!("no host keys: {}/ssh_host_*_key; ssh-keygen -A -f {root} makes them", folder.display()));
    }
    let hint = if named { "" } else { "; name those to use by --host-key" };
    let told = |file: &Path, why| format!("host key {}: {why}{hint}", file.display());
    files.iter().map(|file| host_key(file).map_err(|why| told(file, why))).collect()
}

fn host_key(file: &Path) -> Result<PrivateKey, String> {
    if file.extension().is_some_and(|end| end == "pub") {
        return Err("a public key; the private one is needed".to_owned());
    }
    let mode = fs::metadata(file).map_err(|error| error.to_string())?.permissions().mode();
    if mode & 0o027 != 0 {
        return Err(format!("others may use it (mode {:04o}); chmod 600", mode & 0o7777));
    }
    russh::keys::load_secret_key(file, None).map_err(|error| error.to_string())
}
