//! What stands where ssh looks for its helper, whose that place is, and where ours is.

use std::path::{Path, PathBuf};

use super::problem::SetupError;
use super::programs::{find, run};
use crate::setup::{Dpkg, HOST_KEYS, HelperFacts, HelperFile, Owned};
use crate::store::{self, Problem, Root, StoreError};

/// Where ssh is.
const SSH: [&str; 2] = ["/usr/bin/ssh", "/usr/local/bin/ssh"];

/// The last part of the helper's path, as it is compiled into ssh (OpenSSH: pathnames.h, `_PATH_SSH_KEY_SIGN`).
const NAME: &[u8] = b"/ssh-keysign\0";

/// Where distributions have the helper, for an ssh that does not tell.
const PLACES: [&str; 5] = [
    "/usr/lib/openssh/ssh-keysign",
    "/usr/libexec/openssh/ssh-keysign",
    "/usr/lib/ssh/ssh-keysign",
    "/usr/libexec/ssh/ssh-keysign",
    "/usr/libexec/ssh-keysign",
];

/// Where packages of ours put the helper.
const OURS: [&str; 2] = ["/usr/lib/hostbased/keysign", "/usr/libexec/hostbased/keysign"];

/// Stands in ours, and in no other: the file of its settings.
const OUR_SETTINGS: &[u8] = b"/etc/ssh/keysign.conf";

const STATUS: &str = "/var/lib/dpkg/status";

/// What there is of the helper. `keysign` is where ours is, where somebody said so.
///
/// # Errors
/// [`SetupError`].
pub(super) fn facts(root: &Root, keysign: Option<&str>, wants_ours: bool) -> Result<HelperFacts, SetupError> {
    let place = place(root)?;
    let (there, bytes) = look(root, &place)?;
    let (aside, _) = look(root, &HelperFacts::aside_of(&place))?;
    let (ours, is_current) = match if wants_ours { ours(keysign)? } else { None } {
        Some((path, ours)) => (Some(path), bytes.is_some_and(|bytes| bytes == ours)),
        None => (None, false),
    };
    let owned = owned(root, &place)?;
    Ok(HelperFacts { place, there, aside, owned, ours, is_current, keys_group: keys_group(root) })
}

/// Where ssh looks for it.
fn place(root: &Root) -> Result<String, SetupError> {
    for ssh in SSH {
        if let Some(bytes) = read_if_there(root, ssh)?
            && let Some(place) = compiled_in(&bytes)
        {
            return Ok(place);
        }
    }
    let is_there = |place: &&&str| store::ownership(root, place).is_ok_and(|found| found.is_some());
    match PLACES.iter().find(is_there) {
        Some(place) => Ok((*place).to_owned()),
        None => Err(SetupError::NoProgram("ssh", "install openssh-client, openssh-clients or openssh")),
    }
}

/// The path that a program has compiled in: a text of its own, which ends in the helper's name.
fn compiled_in(program: &[u8]) -> Option<String> {
    let at = program.windows(NAME.len()).position(|window| window == NAME)?;
    let front = program.get(..at)?;
    let start = front.iter().rposition(|&byte| byte == 0).map_or(0, |at| at.saturating_add(1));
    let path = program.get(start..at.saturating_add(NAME.len().saturating_sub(1)))?;
    let is_path = path.starts_with(b"/") && path.iter().all(|byte| byte.is_ascii_graphic());
    is_path.then(|| String::from_utf8_lossy(path).into_owned())
}

/// A program that stands there, and its bytes.
fn look(root: &Root, path: &str) -> Result<(Option<HelperFile>, Option<Vec<u8>>), SetupError> {
    let ownership = match store::ownership(root, path) {
        Ok(Some(ownership)) => ownership,
        Ok(None) | Err(StoreError { problem: Problem::NoFolder, .. }) => return Ok((None, None)),
        Err(error) => return Err(error.into()),
    };
    let bytes = store::inspect(root, path)?.file.map(|(_, bytes)| bytes).unwrap_or_default();
    Ok((Some(HelperFile { ownership, is_ours: is_ours(&bytes) }), Some(bytes)))
}

fn is_ours(bytes: &[u8]) -> bool {
    bytes.windows(OUR_SETTINGS.len()).any(|window| window == OUR_SETTINGS)
}

/// Our helper on this machine. It is root's, and nobody else may write it or put another in its place: every user runs it with
/// root's rights.
fn ours(named: Option<&str>) -> Result<Option<(String, Vec<u8>)>, SetupError> {
    let system = Root::system();
    if let Some(path) = named {
        let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)).to_string_lossy().into_owned();
        let Some(bytes) = store::read(&system, &path)? else { return Err(SetupError::NoSuchHelper(path)) };
        return if is_ours(&bytes) { Ok(Some((path, bytes))) } else { Err(SetupError::NotOurs(path)) };
    }
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join("keysign")));
    let places = beside.into_iter().chain(OURS.iter().map(PathBuf::from));
    // One that others could have put there is none.
    let trusted = places.filter_map(|path| Some((store::read(&system, &path).ok().flatten()?, path)));
    let mut ours = trusted.filter(|(bytes, _)| is_ours(bytes));
    Ok(ours.next().map(|(bytes, path)| (path.to_string_lossy().into_owned(), bytes)))
}

fn read_if_there(root: &Root, path: impl AsRef<Path>) -> Result<Option<Vec<u8>>, SetupError> {
    match store::read(root, path) {
        Ok(bytes) => Ok(bytes),
        Err(StoreError { problem: Problem::NoFolder, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The group that may read the host keys.
fn keys_group(root: &Root) -> Option<u32> {
    let keys = HOST_KEYS.iter().filter_map(|kind| store::ownership(root, kind.path).ok().flatten());
    keys.filter(|key| key.group != 0 && key.mode & 0o040 != 0).map(|key| key.group).next()
}

/// Whose the place is.
fn owned(root: &Root, place: &str) -> Result<Owned, SetupError> {
    let has = |path: &str| store::ownership(root, path).is_ok_and(|found| found.is_some());
    if has(STATUS) {
        let ask = |name: &'static str, arguments: &[&str]| {
            let program =
                find(name).ok_or(SetupError::NoProgram(name, "only dpkg's own tools know whose the helper is"))?;
            let folder = root.join("/var/lib/dpkg").to_string_lossy().into_owned();
            let all = ["--admindir", folder.as_str()].into_iter().chain(arguments.iter().copied());
            let said = run(&program, &all.map(str::to_owned).collect::<Vec<_>>())?;
            Ok::<_, SetupError>((said.success, String::from_utf8_lossy(&said.output).trim().to_owned()))
        };
        if ask("dpkg-query", &["--search", place])?.0 {
            let (_, by) = ask("dpkg-divert", &["--listpackage", place])?;
            let (has_over, over) = ask("dpkg-statoverride", &["--list", place])?;
            // `OWNER GROUP MODE PATH`, and modes are written with three digits or four.
            let words: Vec<&str> = over.split_ascii_whitespace().take(3).collect();
            let over = match words.as_slice() {
                [owner, group, mode] if has_over => Some(format!("{owner} {group} {mode:0>4}")),
                _ => None,
            };
            return Ok(Owned::Dpkg(Dpkg { diverted_by: Some(by).filter(|by| !by.is_empty()), over }));
        }
    }
    let rpm = ["/var/lib/rpm", "/usr/lib/sysimage/rpm"].iter().any(|folder| super::files::has_folder(root, folder));
    Ok(if rpm { Owned::Rpm } else { Owned::Nobody })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_helper_s_path_stands_in_ssh() {
        let of = |text: &str| compiled_in(text.as_bytes());
        assert_eq!(of("x\0/usr/lib/openssh/ssh-keysign\0y").as_deref(), Some("/usr/lib/openssh/ssh-keysign"));
        assert_eq!(of("\0ssh-keysign\0/opt/libexec/ssh-keysign\0").as_deref(), Some("/opt/libexec/ssh-keysign"));
        assert_eq!(of("\0/usr/lib/ssh-keysign2\0"), None);
        assert_eq!(of("\0no path/ssh-keysign\0"), None);
        assert_eq!(of(""), None);
    }
}
