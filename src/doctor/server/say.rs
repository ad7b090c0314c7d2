//! How findings and mends of a server are made.

use crate::doctor::{Finding, Id, Machine, Mend, Place, Rights, Severity};
use crate::escape::escape;
use crate::verify::Policy;

/// An error of the server.
pub(super) fn error(id: Id, seen: impl Into<String>, why: impl Into<String>) -> Finding {
    finding(id, Severity::Error, seen, why)
}

/// A warning of the server.
pub(super) fn warning(id: Id, seen: impl Into<String>, why: impl Into<String>) -> Finding {
    finding(id, Severity::Warning, seen, why)
}

/// Something to know of the server.
pub(super) fn information(id: Id, seen: impl Into<String>, why: impl Into<String>) -> Finding {
    finding(id, Severity::Information, seen, why)
}

fn finding(id: Id, severity: Severity, seen: impl Into<String>, why: impl Into<String>) -> Finding {
    Finding {
        id,
        severity,
        machine: Machine::Server,
        seen: seen.into(),
        place: None,
        why: why.into(),
        mends: Vec::new(),
    }
}

/// What a finding is given besides.
pub(super) trait With {
    /// Where it was seen.
    fn at(self, file: &str, line: impl Into<Option<usize>>) -> Self;
    /// What mends it; the first is the best.
    fn mended_by(self, mends: impl IntoIterator<Item = Mend>) -> Self;
}

impl With for Finding {
    fn at(self, file: &str, line: impl Into<Option<usize>>) -> Self {
        Self { place: Some(Place { file: escape(file).to_string(), line: line.into() }), ..self }
    }

    fn mended_by(mut self, mends: impl IntoIterator<Item = Mend>) -> Self {
        self.mends.extend(mends);
        self
    }
}

/// A command of the server's root, that admits somebody, enables something, or takes something away.
pub(super) fn command<const N: usize>(argv: [&str; N]) -> Mend {
    command_of(argv.map(str::to_owned).to_vec())
}

/// The same with arguments that are made.
pub(super) const fn command_of(argv: Vec<String>) -> Mend {
    Mend::Command { machine: Machine::Server, rights: Rights::Root, argv, is_safe: false }
}

/// A command of the server's root that `--fix` may run.
pub(super) fn safe_command<const N: usize>(argv: [&str; N]) -> Mend {
    let argv = argv.map(str::to_owned).to_vec();
    Mend::Command { machine: Machine::Server, rights: Rights::Root, argv, is_safe: true }
}

/// A command of the account that somebody logs in to, which may do what it likes with its own files. Root must not run it: on
/// the way to the file the account may have put a link to anything since it was looked at.
pub(super) fn command_of_account<const N: usize>(argv: [&str; N]) -> Mend {
    let argv = argv.map(str::to_owned).to_vec();
    Mend::Command { machine: Machine::Server, rights: Rights::User, argv, is_safe: false }
}

/// A line of a file of the server's.
pub(super) fn line(file: &str, text: impl Into<String>, position: impl Into<String>) -> Mend {
    let file = escape(file).to_string();
    Mend::Line { machine: Machine::Server, file, text: text.into(), position: position.into() }
}

/// What somebody must decide.
pub(super) fn advice(text: impl Into<String>) -> Mend {
    Mend::Advice(text.into())
}

/// `hostbased setup server`, which puts every option where it counts, for the names that count now.
pub(super) fn setup(policy: &Policy) -> Mend {
    setup_names(match () {
        () if policy.hostbased_uses_name_from_packet_only => "packet",
        () if policy.use_dns => "dns",
        () => "address",
    })
}

/// The same, for another way to name clients: `dns`, `address` or `packet`.
pub(super) fn setup_names(names: &str) -> Mend {
    command(["hostbased", "setup", "server", "--names", names, "--yes"])
}

/// How sshd is told to read its configuration again.
pub(super) fn reload() -> Vec<Mend> {
    vec![command(["systemctl", "reload", "ssh"]), command(["systemctl", "reload", "sshd"])]
}

/// The same as the step that follows a change of the configuration.
pub(super) fn then_reload() -> Mend {
    advice("then have sshd read it: systemctl reload ssh (on some systems: sshd)")
}

/// A number of things, for people.
pub(super) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
