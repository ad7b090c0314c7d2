//! What ssh makes of its configuration.

use super::problem::SetupError;
use super::programs::{Said, find, run};
use crate::setup::{SSH_CONFIG, ServerPattern};

/// Looks whether ssh understands its configuration.
///
/// # Errors
/// [`SetupError::BrokenClientBefore`].
pub(super) fn is_understood() -> Result<(), SetupError> {
    let said = ask("")?;
    if said.success { Ok(()) } else { Err(SetupError::BrokenClientBefore(said.words())) }
}

/// Looks whether the configuration does for the helper and for these servers what it is to do: as the helper reads it, with an
/// empty name, and as ssh does for a name of each pattern.
///
/// # Errors
/// [`SetupError::RefusedBySsh`].
pub(super) fn approve(servers: &[ServerPattern]) -> Result<(), SetupError> {
    let said = told("")?;
    if value(&said.output, "enablesshkeysign").as_deref() != Some("yes") {
        return Err(SetupError::RefusedBySsh("EnableSSHKeysign is not on where ssh-keysign reads it".to_owned()));
    }
    for server in servers {
        let sample = server.sample();
        let said = told(&sample)?;
        let is_on = value(&said.output, "hostbasedauthentication").as_deref() == Some("yes");
        let methods = value(&said.output, "preferredauthentications");
        let is_tried = methods.is_none_or(|methods| methods.split(',').any(|method| method == "hostbased"));
        if !is_on || !is_tried {
            return Err(SetupError::RefusedBySsh(format!("HostbasedAuthentication does not count for {sample}")));
        }
    }
    Ok(())
}

fn told(name: &str) -> Result<Said, SetupError> {
    let said = ask(name)?;
    if said.success { Ok(said) } else { Err(SetupError::RefusedBySsh(said.words())) }
}

/// The file for all users alone: root's own has no say in what others do.
fn ask(name: &str) -> Result<Said, SetupError> {
    let ssh = find("ssh").ok_or(SetupError::NoProgram("ssh", "install openssh-client, openssh-clients or openssh"))?;
    Ok(run(&ssh, &["-F", SSH_CONFIG, "-G", name].map(str::to_owned))?)
}

/// The value of an option, in lower case, as `ssh -G` and `sshd -T` print it: releases differ in the case of keywords.
pub(super) fn value(output: &[u8], keyword: &str) -> Option<String> {
    let output = String::from_utf8_lossy(output);
    let of = |line: &str| {
        let (word, value) = line.split_once(' ')?;
        word.eq_ignore_ascii_case(keyword).then(|| value.trim().to_ascii_lowercase())
    };
    output.lines().find_map(of)
}
