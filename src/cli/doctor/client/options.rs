//! What `ssh` makes of its configuration: `ssh -G`, which logs nobody in.

use std::path::Path;

use super::process::{Environment, Ran, run};
use crate::doctor::client::Options;

/// How `ssh` is asked.
#[derive(Clone, Debug)]
pub(super) struct Ssh<'a> {
    /// The program.
    pub(super) program: &'a str,
    /// What `-F` gives.
    pub(super) config: Option<&'a str>,
    /// The account on the server.
    pub(super) user: Option<&'a str>,
    /// The server's port.
    pub(super) port: Option<u16>,
    /// Whether root asks.
    pub(super) is_root: bool,
}

impl Ssh<'_> {
    /// The options for this host, or what it says where it fails.
    ///
    /// # Errors
    /// Its lines on standard error, escaped.
    pub(super) fn options(&self, host: &str) -> Result<Options, Vec<String>> {
        match self.run(&["-G"], host) {
            Ok(ran) if ran.success => Ok(Options::parse(&ran.output)),
            Ok(ran) => Err(if ran.lines.is_empty() { vec!["it says nothing".to_owned()] } else { ran.lines }),
            Err(error) => Err(vec![super::files::reason(&error)]),
        }
    }

    /// Whether a master connection to this host is open: the local socket alone is asked.
    pub(super) fn has_master(&self, host: &str) -> bool {
        self.run(&["-O", "check"], host).is_ok_and(|ran| ran.success)
    }

    fn run(&self, first: &[&str], host: &str) -> std::io::Result<Ran> {
        let port = self.port.map(|port| port.to_string());
        let mut arguments = first.to_vec();
        for (option, value) in [("-F", self.config), ("-l", self.user), ("-p", port.as_deref())] {
            arguments.extend(value.into_iter().flat_map(|value| [option, value]));
        }
        arguments.extend(["--", host]);
        // What root runs depends on no environment.
        let environment = if self.is_root { Environment::Empty } else { Environment::Users };
        run(Path::new(self.program), &arguments, environment)
    }
}
