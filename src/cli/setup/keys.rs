//! What host keys there are, and what an image does for its own.

use super::problem::SetupError;
use crate::key::PublicKey;
use crate::setup::{FirstBootFacts, HOST_KEYS, HOST_KEYS_LINK, HOST_KEYS_UNIT, HostKeyFacts, KeysFacts};
use crate::sign::HostKey;
use crate::store::{self, Ownership, Problem, Root, StoreError};

/// Largest private key that is read, in bytes.
const MAX_PRIVATE_BYTES: usize = 64 << 10;

/// What there is of host keys.
///
/// # Errors
/// [`SetupError`].
pub(super) fn facts(root: &Root, helper: Option<Ownership>) -> Result<KeysFacts, SetupError> {
    let keys = HOST_KEYS.iter().map(|kind| key(root, kind.path)).collect::<Result<Vec<_>, _>>()?;
    let folder_mode = store::folder_ownership(root, HOST_KEYS[0].path)?.mode;
    let helper_group =
        helper.filter(|helper| helper.mode & 0o2000 != 0 && helper.group != 0).map(|helper| helper.group);
    Ok(KeysFacts { keys, folder_mode, helper_group })
}

fn key(root: &Root, path: &str) -> Result<HostKeyFacts, SetupError> {
    let public_path = format!("{path}.pub");
    let private = store::ownership(root, path)?;
    let public_of_private = match private {
        Some(_) => Some(public_of(root, path)?),
        None => None,
    };
    let public = match (store::ownership(root, &public_path)?, store::inspect(root, &public_path)?.file) {
        (Some(ownership), Some((_, bytes))) => Some((ownership, bytes)),
        _ => None,
    };
    Ok(HostKeyFacts { private, public_of_private, public })
}

/// The public key of a private one, or why that cannot be told.
fn public_of(root: &Root, path: &str) -> Result<Result<PublicKey, String>, SetupError> {
    // Whoever may read or write it is what is asked about: it is looked into all the same.
    let bytes = match store::inspect(root, path)?.file {
        Some((_, bytes)) => zeroize::Zeroizing::new(bytes),
        None => return Ok(Err("it has gone meanwhile".to_owned())),
    };
    if bytes.len() > MAX_PRIVATE_BYTES {
        return Ok(Err("it is too large for a key".to_owned()));
    }
    Ok(HostKey::identify(&bytes).and_then(|key| key.derive_public_key()).map_err(|error| error.to_string()))
}

/// What an image does for its host keys.
///
/// # Errors
/// [`SetupError`].
pub(super) fn first_boot(root: &Root) -> Result<FirstBootFacts, SetupError> {
    let has_systemd = super::files::has_folder(root, "/etc/systemd/system");
    let unit = match store::read(root, HOST_KEYS_UNIT) {
        Ok(unit) => unit,
        Err(StoreError { problem: Problem::NoFolder, .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let is_enabled = has_systemd && store::link_target(root, HOST_KEYS_LINK)?.is_some();
    let is_there =
        |kind: &&crate::setup::HostKeyKind| store::ownership(root, kind.path).is_ok_and(|found| found.is_some());
    let keys = HOST_KEYS.iter().filter(is_there).map(|kind| root.join(kind.path).display().to_string());
    let keys = keys.map(|path| crate::escape::escape(&path).to_string()).collect();
    Ok(FirstBootFacts { has_systemd, unit, is_enabled, keys })
}
