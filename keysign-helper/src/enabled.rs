//! Whether the administrator has switched the helper on, and what is told when not.

use std::path::Path;

use crate::account::Account;
use crate::config::{self, Surroundings, Verdict};
use crate::refusal::Refusal;
use crate::{ROOT, descriptor};

/// The administrator's file (OpenSSH: pathnames.h `_PATH_HOST_CONFIG_FILE`), and the folder of relative paths in it.
const CONFIG_FILE: &str = "/etc/ssh/ssh_config";
const CONFIG_FOLDER: &str = "/etc/ssh";

/// Goes on only where `ssh_config` says `EnableSSHKeysign yes` for the helper.
///
/// # Errors
/// [`Refusal::NotEnabled`], [`Refusal::Config`]
pub(crate) fn check(account: &Account) -> Result<(), Refusal> {
    let host_name = descriptor::host_name()?;
    let surroundings = Surroundings {
        account: &account.name,
        home: &account.home,
        uid: account.uid,
        host_name: &host_name,
        folder: Path::new(CONFIG_FOLDER),
        owner: ROOT,
    };
    let detail = match config::read(Path::new(CONFIG_FILE), &surroundings)? {
        Verdict::Enabled => return Ok(()),
        Verdict::Disabled => format!("{CONFIG_FILE}, or what it includes, says EnableSSHKeysign no for the helper"),
        Verdict::Unset => {
            format!(
                "{CONFIG_FILE} and what it includes do not say EnableSSHKeysign yes where it counts: above the first Host or \
                 Match that needs a host name, in files and folders that only root can write"
            )
        }
        Verdict::Unreadable(reason) => format!("{CONFIG_FILE}: {reason}"),
    };
    Err(Refusal::NotEnabled(vec![detail]))
}
