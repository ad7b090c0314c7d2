//! Findings of a client, and mends that many rules offer.

use super::facts::Facts;
use crate::doctor::{Finding, Machine, Mend, Place, Rights};
use crate::failures::Id;
use crate::severity::Severity;

/// A finding without place and mends.
pub(super) fn found(id: Id, severity: Severity, seen: impl Into<String>, why: impl Into<String>) -> Finding {
    let (seen, why) = (seen.into(), why.into());
    Finding { id, severity, machine: Machine::Client, seen, place: None, why, mends: Vec::new() }
}

/// What a finding can be told besides.
pub(super) trait Told: Sized {
    /// Where it was seen.
    fn at(self, file: &str, line: Option<usize>) -> Self;
    /// What mends it; of several calls the first is the best.
    fn mended(self, mend: Mend) -> Self;
    /// The same, where there is one.
    fn mended_maybe(self, mend: Option<Mend>) -> Self;
}

impl Told for Finding {
    fn at(self, file: &str, line: Option<usize>) -> Self {
        Self { place: Some(Place { file: file.to_owned(), line }), ..self }
    }

    fn mended(mut self, mend: Mend) -> Self {
        self.mends.push(mend);
        self
    }

    fn mended_maybe(self, mend: Option<Mend>) -> Self {
        mend.into_iter().fold(self, Told::mended)
    }
}

/// A command for root that `--fix` may run.
pub(super) fn safe(argv: &[&str]) -> Mend {
    command(Rights::Root, argv, true)
}

/// A command for root that somebody must decide about.
pub(super) fn as_root(argv: &[&str]) -> Mend {
    command(Rights::Root, argv, false)
}

/// A command for the user that `--fix` leaves alone.
pub(super) fn as_user(argv: &[&str]) -> Mend {
    command(Rights::User, argv, false)
}

fn command(rights: Rights, argv: &[&str], is_safe: bool) -> Mend {
    let argv = argv.iter().map(|&word| word.to_owned()).collect();
    Mend::Command { machine: Machine::Client, rights, argv, is_safe }
}

/// A line to write.
pub(super) fn line(file: &str, text: impl Into<String>, position: impl Into<String>) -> Mend {
    Mend::Line { machine: Machine::Client, file: file.to_owned(), text: text.into(), position: position.into() }
}

/// What somebody must do elsewhere.
pub(super) fn advice(text: impl Into<String>) -> Mend {
    Mend::Advice(text.into())
}

/// Our own command that makes this machine a client of the server; none where no server is named.
pub(super) fn setup(facts: &Facts) -> Option<Mend> {
    let target = facts.target.as_ref()?;
    Some(as_root(&["hostbased", "setup", "client", "--server", &target.typed, "--yes"]))
}

/// Our own command that makes host keys, their `.pub` files and the helper ready, and switches nothing on.
pub(super) fn set_up_keys() -> Mend {
    as_root(&["hostbased", "setup", "client", "--yes"])
}

/// A mode as chmod(1) takes it.
pub(super) fn octal(mode: u32) -> String {
    format!("{:04o}", mode & 0o7777)
}

/// `2 keys`, `1 key`.
pub(super) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
