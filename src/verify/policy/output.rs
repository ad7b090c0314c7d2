//! Reading what `sshd -T` prints of its configuration (OpenSSH: servconf.c `dump_config`).

use super::Policy;
use super::error::PolicyError;
use super::knob::{self, Knob, Printed, Takes};
use crate::key::{Algorithm, AlgorithmList};

impl Policy {
    /// Reads the whole of what `sshd -T` prints: one option a line, in lower case until OpenSSH 10.3, in CamelCase since
    /// 10.4. Options that decide nothing here are passed over.
    ///
    /// An option that this sshd should print and does not is an error, so that half an output is not taken for a whole
    /// one. These may be missing, and are then as sshd has them: AllowUsers and its kin, and RevokedKeys since 10.3
    /// (none); UsePAM and GSSAPIAuthentication, where sshd was built without them (no); RequiredRSASize before 9.1 (1024)
    /// and RefuseConnection before 9.9 (no). Algorithms that we do not know are left out: nothing is accepted by them.
    ///
    /// sshd prints words without their quotes: in RevokedKeys a path begins at each ` /`.
    ///
    /// # Errors
    /// [`PolicyError`], which names the option.
    pub fn from_sshd(output: &[u8]) -> Result<Self, PolicyError> {
        let mut policy = Self::default();
        let mut seen: Vec<&str> = Vec::new();
        let mut is_camel_case = false;
        for line in output.split(|&byte| byte == b'\n') {
            let (keyword, value) = split_keyword(line);
            let Some(knob) = knob::printed(keyword) else { continue };
            is_camel_case |= keyword.iter().any(u8::is_ascii_uppercase);
            if seen.contains(&knob.name) && !knob.is_printed_by_the_line() {
                return Err(PolicyError::PrintedTwice { option: knob.name });
            }
            seen.push(knob.name);
            knob.read(&mut policy, value)?;
        }
        let is_due = |knob: &&Knob| match knob.printed {
            Printed::Always => true,
            Printed::IfKnown => is_camel_case,
            Printed::IfSet | Printed::Never => false,
        };
        match knob::all().filter(is_due).find(|knob| !seen.contains(&knob.name)) {
            Some(knob) => Err(PolicyError::NotPrinted { option: knob.name }),
            None => Ok(policy),
        }
    }
}

/// The keyword, and the value behind exactly one blank: further ones are the value's own.
fn split_keyword(line: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = line.splitn(2, |&byte| byte == b' ');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

impl Knob {
    /// Whether sshd prints a line for each value.
    const fn is_printed_by_the_line(&self) -> bool {
        matches!(self.takes, Takes::Users(_) | Takes::Groups(_))
    }

    fn read(&self, policy: &mut Policy, value: &[u8]) -> Result<(), PolicyError> {
        let text = std::str::from_utf8(value)
            .map_err(|_| PolicyError::NotText { option: self.name, value: value.to_owned() })?;
        match &self.takes {
            Takes::Algorithms { field, .. } => {
                *field(policy) = known_algorithms(text);
                Ok(())
            }
            Takes::Methods => self.apply(policy, &words(text)),
            Takes::RevokedKeys => self.apply(policy, &paths(text)),
            _ => self.apply(policy, &[text.to_owned()]),
        }
    }
}

/// sshd prints names only, and of an empty list nothing.
fn known_algorithms(text: &str) -> AlgorithmList {
    text.split(',').filter_map(|name| Algorithm::from_name(name.as_bytes())).collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// Parts files at each ` /`, for a path may hold a blank, and each begins with `/`.
fn paths(text: &str) -> Vec<String> {
    let mut parts = text.split(" /");
    let first = parts.next().map(str::to_owned);
    first.into_iter().chain(parts.map(|rest| format!("/{rest}"))).collect()
}
