//! Doing what was planned.

use std::path::Path;

use super::make_key::make_key;
use super::problem::SetupError;
use super::programs::{find, must_run};
use crate::setup::{Action, Plan, Step, Tool};
use crate::store::{self, Attempt, Ownership, Root, Staged};

/// In the folder of dpkg's own files.
const DPKG_STATUS: &str = "/var/lib/dpkg/status";

/// Looks whether all programs that a plan runs are here, before anything is changed.
///
/// # Errors
/// [`SetupError::NoProgram`]; [`SetupError::LinkInImage`].
pub(super) fn has_programs(root: &Root, plan: &Plan) -> Result<(), SetupError> {
    plan.steps.iter().try_for_each(|step| match &step.action {
        Action::Run { tool, arguments } => {
            let paths = arguments.iter().map(String::as_str).filter(|argument| argument.starts_with('/'));
            paths.chain([DPKG_STATUS]).try_for_each(|path| must_stay_inside(root, path))?;
            program(*tool).map(|_| ())
        }
        Action::MakeKey { .. } if find("ssh-keygen").is_none() => {
            Err(SetupError::NoProgram("ssh-keygen", "install openssh-client, openssh-clients or openssh"))
        }
        _ => Ok(()),
    })
}

/// dpkg's tools put the image's folder before a path, and the system follows a link on it as it follows its own: an absolute one
/// leads to a file of the machine that makes the image.
fn must_stay_inside(root: &Root, path: &str) -> Result<(), SetupError> {
    let is_direct = || -> Result<bool, SetupError> {
        let folders = store::inspect(root, path)?.folders;
        Ok(folders.last().map(|folder| folder.path.as_path()) == root.join(path).parent())
    };
    if root.is_system() || is_direct()? { Ok(()) } else { Err(SetupError::LinkInImage(root.join(path))) }
}

/// Writes the configuration, asks `approve` of it, and does the rest. Where it is not approved of, or the rest fails, the
/// configuration is as it was.
///
/// # Errors
/// [`SetupError`].
pub(super) fn apply(root: &Root, plan: &Plan, approve: &dyn Fn() -> Result<(), SetupError>) -> Result<(), SetupError> {
    let attempts = plan
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Write { path, old, new } => {
                Some(Attempt::begin(root, path, old.as_deref(), new.clone()).map_err(SetupError::from))
            }
            _ => None,
        })
        .collect::<Result<Vec<_>, _>>()?;
    let done = approve().and_then(|()| rest(root, &plan.steps)).and_then(|()| approve());
    match done {
        Ok(()) => attempts.into_iter().try_for_each(Attempt::keep).map_err(SetupError::from),
        Err(error) => {
            // The last one first, as they were made.
            let back = attempts.into_iter().rev().map(Attempt::take_back).fold(Ok(()), Result::and);
            back.map_err(|back| SetupError::NotTakenBack { said: error.to_string(), error: back })?;
            Err(error)
        }
    }
}

/// All but the configuration.
fn rest(root: &Root, steps: &[Step]) -> Result<(), SetupError> {
    // A new helper lies ready beside its place before the old one is put aside: between, nobody can log in.
    let install = steps.iter().find_map(|step| match &step.action {
        Action::Install { from, path, ownership } => Some((from, path, ownership)),
        _ => None,
    });
    let mut staged = install.map(|(from, path, ownership)| stage(root, from, path, *ownership)).transpose()?;
    for step in steps {
        match &step.action {
            Action::Write { .. } => {}
            Action::MakeKey { path, kind, bits } => make_key(root, path, kind, *bits)?,
            Action::WritePublic { path, old, new } => {
                Attempt::begin(root, path, old.as_deref(), Some(new.clone()))?.keep()?;
            }
            Action::SetOwnership { path, new, .. } => store::set_ownership(root, path, *new)?,
            Action::SetFolderMode { file, new, .. } => store::set_folder_mode(root, file, *new)?,
            Action::Run { tool, arguments } => {
                let image = ["--root".to_owned(), root.path().to_string_lossy().into_owned()];
                let image = image.into_iter().filter(|_| !root.is_system());
                must_run(&program(*tool)?, &image.chain(arguments.iter().cloned()).collect::<Vec<_>>())?;
            }
            Action::Install { .. } => staged.take().map_or(Ok(()), Staged::put)?,
            Action::Rename { path, to } => store::rename(root, path, to.rsplit('/').next().unwrap_or_default())?,
            Action::Delete { path } => store::delete(root, path)?,
            Action::Link { path, target } => store::link(root, path, target)?,
        }
    }
    Ok(())
}

fn stage(root: &Root, from: &str, path: &str, ownership: Ownership) -> Result<Staged, SetupError> {
    let bytes = store::read(&Root::system(), from)?.ok_or_else(|| SetupError::NoSuchHelper(from.to_owned()))?;
    Ok(Staged::write(root, Path::new(path), &bytes, ownership)?)
}

fn program(tool: Tool) -> Result<std::path::PathBuf, SetupError> {
    find(tool.name()).ok_or(SetupError::NoProgram(tool.name(), "install dpkg"))
}
