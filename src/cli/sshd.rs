//! Asking sshd for its configuration: by which names it looks hosts up, and all the rest that decides.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "runs sshd, which alone can read its configuration"
)]

use std::io;
use std::net::IpAddr;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::process::{Command, Stdio};

use thiserror::Error;

use crate::doctor::Release;
use crate::enroll::{HostSpec, Names, NamesError, is_switched_off};
use crate::escape::escape;
use crate::name::address_text;
use crate::store::{self, Root, StoreError};

/// Where sshd is installed. Not searched for in PATH: this runs as root.
const PLACES: [&str; 4] = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd", "/usr/local/bin/sshd"];

/// Its configuration, below the root.
const CONFIG: &str = "/etc/ssh/sshd_config";

/// The user of which it is asked: `Match User` is seldom meant for this one.
const USER: &str = "nobody";

/// Why sshd does not tell.
#[derive(Debug, Error)]
pub(super) enum SshdError {
    #[error("there is no sshd on this machine ({})", PLACES.join(", "))]
    NotFound,
    #[error("cannot run sshd: {0}")]
    Run(io::Error),
    #[error("sshd -T fails: {said}")]
    Refused {
        /// What it said of that, escaped: the first complaint of a line of its configuration, else its last words.
        said: String,
        /// Whether it is the rights of this process that do not suffice.
        lacks_rights: bool,
    },
    #[error("{0} is not a regular file")]
    NotAFile(String),
    #[error("sshd -T cannot be understood: {0}")]
    Answer(#[from] NamesError),
    #[error("it differs between the addresses of {0}")]
    Differs(HostSpec),
    #[error("{0} does not exist")]
    NoConfig(String),
    #[error("{0} includes other files, which sshd would read from the running system")]
    Includes(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl SshdError {
    /// What to do.
    pub(super) const fn remedy(&self) -> &'static str {
        match self {
            Self::Refused { lacks_rights: true, .. } => {
                "run this as root, or say it: --names dns, address, packet or both"
            }
            _ => "say it: --names dns, address, packet or both",
        }
    }
}

/// What a run of sshd gave.
pub(super) struct Answer {
    pub(super) success: bool,
    pub(super) output: Vec<u8>,
    pub(super) error: Vec<u8>,
}

/// A connection that sshd is asked of: what `Match` sees.
#[derive(Clone, Copy, Debug)]
pub(super) struct Connection<'a> {
    /// The account.
    pub(super) user: &'a str,
    /// The peer's name, its address where sshd resolves nothing.
    pub(super) host: &'a str,
    /// The peer's address.
    pub(super) address: &'a str,
    /// The server's own address, where that is known.
    pub(super) local: Option<&'a str>,
    /// The server's own port, where that is known.
    pub(super) port: Option<u16>,
}

impl Connection<'_> {
    /// What `-C` takes. None where a comma stands in it, which would begin another field: sshd knows no quotes there.
    fn specification(&self) -> Option<String> {
        let Self { user, host, address, local, port } = self;
        let has_comma = [user, host, address].into_iter().any(|field| field.contains(','));
        let local = local.map(|local| format!(",laddr={local}")).unwrap_or_default();
        let port = port.map(|port| format!(",lport={port}")).unwrap_or_default();
        (!has_comma).then(|| format!("user={user},host={host},addr={address}{local}{port}"))
    }
}

/// What sshd prints of its configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Configuration {
    /// `option value` lines.
    pub(super) output: Vec<u8>,
    /// Where `Match` blocks were not looked at: why, escaped.
    pub(super) without_match: Option<String>,
    /// Whether it has blocks for addresses of the server itself, and nobody said which is meant: sshd passes over them
    /// (servconf.c `match_cfg_line`).
    pub(super) passes_over_local: bool,
}

/// What sshd does with a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rules {
    /// By which names it looks the host up.
    pub(super) names: Names,
    /// Whether it is known to lack `HostbasedAuthentication yes`, so that it admits nobody.
    pub(super) is_off: bool,
}

impl Rules {
    fn read(output: &[u8]) -> Result<Self, SshdError> {
        Ok(Self { names: Names::from_sshd(output)?, is_off: is_switched_off(output) })
    }
}

/// Says what sshd does with a host.
pub(super) trait AskSshd {
    /// # Errors
    /// [`SshdError`]; never guesses.
    fn rules(&self, host: &HostSpec) -> Result<Rules, SshdError>;
}

/// Runs sshd with these arguments.
pub(super) type Run = fn(&[&str]) -> Result<Answer, SshdError>;

/// The sshd of this machine, with the configuration below the root.
pub(super) struct Sshd<R> {
    config: Option<String>,
    /// Whether it runs as root.
    as_root: bool,
    run: R,
}

/// Runs the sshd of this machine.
///
/// # Errors
/// [`SshdError`], when the root is an image whose configuration cannot be asked for from outside.
pub(super) fn of_root(root: &Root) -> Result<Sshd<Run>, SshdError> {
    let config = if root.is_system() { None } else { Some(config_of(root)?) };
    Ok(Sshd { config, as_root: nix::unistd::geteuid().is_root(), run: run as Run })
}

/// Runs the sshd of this machine with that configuration, taken as it stands.
///
/// # Errors
/// [`SshdError::NotAFile`]: sshd would take a folder for an empty file, and wait for a FIFO without end.
pub(super) fn of_file(config: &str) -> Result<Sshd<Run>, SshdError> {
    let kind = std::fs::metadata(config).map(|metadata| metadata.file_type());
    // One that cannot be looked at is sshd's to complain of.
    if kind.is_ok_and(|kind| kind.is_dir() || kind.is_fifo() || kind.is_socket()) {
        return Err(SshdError::NotAFile(escape(config).to_string()));
    }
    Ok(Sshd { config: Some(config.to_owned()), as_root: nix::unistd::geteuid().is_root(), run: run as Run })
}

/// The release that is installed, as ssh(1) tells it: sshd does not say whose it is, and ssh comes with it.
pub(super) fn release() -> Option<Release> {
    let ssh = ["/usr/bin/ssh", "/usr/local/bin/ssh"].into_iter().find(|place| Path::new(place).exists())?;
    let done = Command::new(ssh).arg("-V").env_clear().stdin(Stdio::null()).output().ok()?;
    Release::parse(&String::from_utf8_lossy(&done.stderr))
}

/// The path of an image's configuration.
fn config_of(root: &Root) -> Result<String, SshdError> {
    let path = root.join(CONFIG).to_string_lossy().into_owned();
    let Some(bytes) = store::read(root, CONFIG)? else { return Err(SshdError::NoConfig(path)) };
    let includes = bytes.split(|&byte| byte == b'\n').any(|line| {
        // Keywords end at a blank or `=`, and may stand in quotes (sshd_config(5)).
        let line = line.trim_ascii_start();
        let line = line.strip_prefix(b"\"").unwrap_or(line);
        line.get(..7).is_some_and(|word| word.eq_ignore_ascii_case(b"include"))
    });
    if includes { Err(SshdError::Includes(path)) } else { Ok(path) }
}

/// What sshd says against its configuration; `None` where it would start with it.
///
/// # Errors
/// [`SshdError`], when it cannot be run.
pub(super) fn complaint_of_test() -> Result<Option<String>, SshdError> {
    let answer = run(&["-t"])?;
    Ok((!answer.success).then(|| String::from_utf8_lossy(&answer.error).into_owned()))
}

fn run(arguments: &[&str]) -> Result<Answer, SshdError> {
    let sshd = PLACES.into_iter().find(|place| Path::new(place).exists()).ok_or(SshdError::NotFound)?;
    let done = Command::new(sshd).args(arguments).env_clear().stdin(Stdio::null()).output().map_err(SshdError::Run)?;
    Ok(Answer { success: done.status.success(), output: done.stdout, error: done.stderr })
}

impl<R: Fn(&[&str]) -> Result<Answer, SshdError>> AskSshd for Sshd<R> {
    fn rules(&self, host: &HostSpec) -> Result<Rules, SshdError> {
        let mut answers = host.addresses().iter().map(|&address| self.rules_at(host, address));
        let Some(first) = answers.next() else { return Rules::read(&self.configuration(None)?.output) };
        let mut rules = first?;
        for answer in answers {
            let answer = answer?;
            if answer.names != rules.names {
                return Err(SshdError::Differs(host.clone()));
            }
            rules.is_off |= answer.is_off;
        }
        Ok(rules)
    }
}

impl<R: Fn(&[&str]) -> Result<Answer, SshdError>> Sshd<R> {
    /// What sshd does with each of these hosts. It is asked once for all, where no `Match` block of its configuration can
    /// tell one from another.
    ///
    /// # Errors
    /// [`SshdError`].
    pub(super) fn rules_of(&self, hosts: &[&HostSpec]) -> Result<Vec<Rules>, SshdError> {
        if hosts.len() > 1 && !self.may_match() {
            let rules = Rules::read(&self.configuration(None)?.output)?;
            return Ok(vec![rules; hosts.len()]);
        }
        hosts.iter().map(|host| self.rules(host)).collect()
    }

    /// Whether the configuration may have a `Match` block: one stands in it, or in a file beside it that Debian's includes;
    /// or it cannot be read, or includes other files.
    fn may_match(&self) -> bool {
        let path = self.config.as_deref().unwrap_or(CONFIG);
        let beside = format!("{path}.d/*.conf");
        let Ok(text) = std::fs::read_to_string(path) else { return true };
        let mut texts = vec![text];
        for file in std::fs::read_dir(format!("{path}.d")).into_iter().flatten() {
            let Ok(file) = file.map(|file| file.path()) else { return true };
            match std::fs::read_to_string(file) {
                Ok(text) => texts.push(text),
                Err(_) => return true,
            }
        }
        let keyword = |line: &str| {
            // Keywords end at a blank or `=`, and may stand in quotes (sshd_config(5)).
            let line = line.trim_start().trim_start_matches('"');
            line.split(|c: char| c.is_whitespace() || c == '=' || c == '"').next().map(str::to_ascii_lowercase)
        };
        texts.iter().flat_map(|text| text.lines()).any(|line| match keyword(line).as_deref() {
            Some("match") => true,
            Some("include") => line.split_whitespace().nth(1) != Some(&beside) || line.split_whitespace().count() > 2,
            _ => false,
        })
    }

    /// What counts for a connection from this address: most of it may stand in a Match block.
    fn rules_at(&self, host: &HostSpec, address: IpAddr) -> Result<Rules, SshdError> {
        let address = address_text(address);
        let name = host.names().first().map_or(address.as_str(), |name| name.as_str());
        let ask = |host| {
            let connection = Connection { user: USER, host, address: &address, local: None, port: None };
            self.configuration(connection.specification().as_deref()).map(|answer| answer.output)
        };
        let output = ask(name)?;
        // With UseDNS no, `Match Host` sees the address, not the name.
        let output = match Names::use_dns(&output)? {
            false if name != address => ask(&address)?,
            _ => output,
        };
        Rules::read(&output)
    }

    /// Everything that counts for this connection; without its Match blocks where they cannot be asked for, which the
    /// answer says.
    ///
    /// # Errors
    /// [`SshdError`], when sshd tells nothing at all.
    pub(super) fn of_connection(&self, connection: &Connection<'_>) -> Result<Configuration, SshdError> {
        if let Some(specification) = connection.specification() {
            let answer = self.configuration(Some(&specification))?;
            let passes_over_local = connection.local.is_none() && self.names_local_address();
            return Ok(Configuration { passes_over_local, ..answer });
        }
        let answer = self.configuration(None)?;
        let why = "sshd -C takes no user with a comma in the name".to_owned();
        Ok(Configuration { without_match: Some(answer.without_match.unwrap_or(why)), ..answer })
    }

    /// Everything that counts where no Match block does.
    ///
    /// # Errors
    /// [`SshdError`], when sshd tells nothing at all.
    pub(super) fn general(&self) -> Result<Configuration, SshdError> {
        self.configuration(None)
    }

    /// Whether a Match line of the configuration, or of a file beside it that Debian's includes, names LocalAddress.
    fn names_local_address(&self) -> bool {
        let path = self.config.as_deref().unwrap_or(CONFIG);
        let beside = std::fs::read_dir(format!("{path}.d")).into_iter().flatten().flatten();
        let files = beside.map(|entry| entry.path()).chain([Path::new(path).to_owned()]);
        files.filter(|file| file.is_file()).filter_map(|file| std::fs::read(file).ok()).any(|text| {
            let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
            text.lines().any(|line| line.trim_start().starts_with("match") && line.contains("localaddress"))
        })
    }

    /// What it prints of its configuration.
    fn configuration(&self, connection: Option<&str>) -> Result<Configuration, SshdError> {
        let config = self.config.as_deref().map(|config| ["-f", config]);
        let config = || config.iter().flatten().copied();
        let test: Vec<&str> =
            ["-T"].into_iter().chain(config()).chain(connection.into_iter().flat_map(|text| ["-C", text])).collect();
        let answer = (self.run)(&test)?;
        if answer.success {
            return Ok(Configuration { output: answer.output, without_match: None, passes_over_local: false });
        }
        let said = escape(complaint(&answer.error)).to_string();
        // -T needs root, host keys and /run/sshd. -G (OpenSSH 9.3) needs none, but knows no connection.
        let global: Vec<&str> = ["-G"].into_iter().chain(config()).collect();
        let general = (self.run)(&global)?;
        if general.success {
            return Ok(Configuration { output: general.output, without_match: Some(said), passes_over_local: false });
        }
        Err(SshdError::Refused { said, lacks_rights: !self.as_root && lacks_rights(&answer.error) })
    }
}

/// The line that says what is wrong: with the configuration the first that names a line of it, for the last only counts them
/// (servconf.c `parse_server_config_depth`); else the last.
fn complaint(error: &[u8]) -> &[u8] {
    let mut lines = error.trim_ascii().split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let names_a_line = |line: &&[u8]| {
        let text = String::from_utf8_lossy(line);
        text.contains(" line ") && !text.contains("Deprecated option") && !text.contains("Unsupported option")
    };
    let last = error.trim_ascii().rsplit(|&byte| byte == b'\n').next().unwrap_or_default().trim_ascii();
    let counts = String::from_utf8_lossy(last).contains("terminating, ");
    lines.find(names_a_line).filter(|_| counts).unwrap_or(last)
}

/// Whether this is what sshd says to a user who must not read its configuration or host keys. OpenSSH: sshd.c `main`
/// passes over host keys that it cannot read, and then has none; servconf.c `load_server_config` names the file.
fn lacks_rights(error: &[u8]) -> bool {
    let error = String::from_utf8_lossy(error);
    ["Permission denied", "no hostkeys available"].iter().any(|said| error.contains(said))
}

#[cfg(test)]
mod tests;
