//! What sshd makes of its configuration.
#![allow(
    clippy::disallowed_methods,
    reason = "makes the folder that sshd wants to find, where its service is not running"
)]

use std::fs::{self, DirBuilder};
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use super::approve::value;
use super::make_key::Private;
use super::problem::SetupError;
use super::programs::{Said, find, run};

/// A connection to ask of: an address and a name that nobody has (RFC 5737, RFC 2606).
const SAMPLE: &str = "user=nobody,host=client.example,addr=192.0.2.1";

/// What sshd says where it has no key (sshd.c `main`).
const NO_KEYS: &str = "no hostkeys available";
/// What it says where its folder is not there: the service makes it (sshd.c `main`).
const NO_FOLDER: &str = "Missing privilege separation directory: ";

/// sshd, as it is asked.
pub(super) struct Sshd {
    path: PathBuf,
    /// A key for the time of the question, where there is none.
    key: Option<(Private, String)>,
    /// A folder that was made for the time of the question.
    made: Option<PathBuf>,
}

impl Sshd {
    /// # Errors
    /// [`SetupError::NoProgram`]; [`SetupError::BrokenBefore`], when sshd does not understand its configuration as it is.
    pub(super) fn before() -> Result<Self, SetupError> {
        let path = find("sshd").ok_or(SetupError::NoProgram("sshd", "install openssh-server (openssh)"))?;
        let mut sshd = Self { path, key: None, made: None };
        let mut said = sshd.ask(&["-t"])?;
        if !said.success
            && let Some((_, folder)) = said.words().split_once(NO_FOLDER)
            && let folder = folder.split(';').next().unwrap_or_default().trim()
            && folder.starts_with("/run/")
            && DirBuilder::new().mode(0o755).create(folder).is_ok()
        {
            sshd.made = Some(PathBuf::from(folder));
            said = sshd.ask(&["-t"])?;
        }
        if !said.success && said.words().contains(NO_KEYS) {
            let folder = Private::new()?;
            let key = folder.make("ed25519", None, None)?.to_string_lossy().into_owned();
            sshd.key = Some((folder, key));
            said = sshd.ask(&["-t"])?;
        }
        if said.success { Ok(sshd) } else { Err(SetupError::BrokenBefore(said.words())) }
    }

    /// Looks whether it understands the configuration, and does as these options say: for a connection that no `Match` block
    /// knows of.
    ///
    /// # Errors
    /// [`SetupError::RefusedBySshd`].
    pub(super) fn approve(&self, options: &[(&str, &str)]) -> Result<(), SetupError> {
        let test = self.ask(&["-t"])?;
        if !test.success {
            return Err(SetupError::RefusedBySshd(test.words()));
        }
        let told = self.ask(&["-T"])?;
        if !told.success {
            return Err(SetupError::RefusedBySshd(told.words()));
        }
        for (keyword, wanted) in options {
            let is = value(&told.output, keyword).unwrap_or_default();
            if !is.eq_ignore_ascii_case(wanted) {
                return Err(SetupError::RefusedBySshd(format!("{keyword} is \"{is}\" all the same, not {wanted}")));
            }
        }
        Ok(())
    }

    /// What is otherwise for a connection like any other, by `Match` blocks.
    ///
    /// # Errors
    /// [`SetupError`], when sshd cannot be run.
    pub(super) fn differs(&self, options: &[(&str, &str)]) -> Result<Vec<String>, SetupError> {
        let told = self.ask(&["-T", "-C", SAMPLE])?;
        let is = |keyword: &str| value(&told.output, keyword).unwrap_or_default();
        let other = options.iter().filter(|(keyword, wanted)| !is(keyword).eq_ignore_ascii_case(wanted));
        let tell = |(keyword, _): &(&str, &str)| {
            format!(
                "{keyword} is {} for a connection from 192.0.2.1, by a Match block: sshd -T -C {SAMPLE}",
                is(keyword)
            )
        };
        Ok(if told.success { other.map(tell).collect() } else { Vec::new() })
    }

    fn ask(&self, arguments: &[&str]) -> Result<Said, SetupError> {
        let key = self.key.iter().flat_map(|(_, key)| ["-h", key.as_str()]);
        let arguments: Vec<String> = arguments.iter().copied().chain(key).map(str::to_owned).collect();
        Ok(run(&self.path, &arguments)?)
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        if let Some(folder) = &self.made {
            // Where the service has put something into it meanwhile, it stays.
            let _ = fs::remove_dir(folder);
        }
    }
}
