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
        Verdict::Disabled => "it says EnableSSHKeysign no for the helper".to_owned(),
        Verdict::Unset => {
            "it does not say EnableSSHKeysign yes outside of Host and Match blocks that need a host name: put that line \
             above the first of them"
                .to_owned()
        }
        Verdict::Unreadable(reason) => format!("{CONFIG_FILE}: {reason}"),
    };
    Err(Refusal::NotEnabled(vec![detail]))
}
