//! What takes a configuration back to what it was.

use super::client;
use super::marked;
use super::ours;
use super::place::Configuration;
use super::refusal::Refusal;
use super::server;
use super::step::{Action, Plan, Step};
use crate::config::ConfigFiles;
use crate::escape::escape;

/// Takes back what [`Client::plan`](super::Client::plan) did.
///
/// # Errors
/// [`Refusal`].
pub fn undo_client(files: &dyn ConfigFiles) -> Result<Plan, Refusal> {
    undo(&client::configuration(files), "hostbased setup client --server …")
}

/// Takes back what [`Server::plan`](super::Server::plan) did.
///
/// # Errors
/// [`Refusal`].
pub fn undo_server(files: &dyn ConfigFiles) -> Result<Plan, Refusal> {
    undo(&server::configuration(files), "hostbased setup server --names …")
}

fn undo(configuration: &Configuration<'_>, redo: &str) -> Result<Plan, Refusal> {
    let tree = configuration.tree();
    let found = ours::find(configuration, &tree)?;
    let mut plan = Plan::default();
    let mut files = tree.files.clone();
    files.sort();
    files.dedup();
    for path in files {
        let Ok(Some(old)) = configuration.files.read(&path) else { continue };
        let mut new = Some(old.clone());
        if let Some(ours) = found.iter().find(|ours| ours.path == path) {
            if ours.marked.is_whole {
                new = ours.without(configuration.main);
            } else {
                plan.left.push(format!(
                    "{}:{}: these lines of hostbased setup were changed since they were written: they stay; delete them by \
                     hand",
                    escape(&path),
                    ours.marked.line
                ));
            }
        }
        // The comment stands in front of a whole line, which nobody but setup writes so.
        let new = new.map(|text| marked::switch_on(&text).0);
        if new.as_ref() != Some(&old) {
            let backup = format!("{path}.old");
            let is_gone = new.is_none();
            let action = Action::Write { path, old: Some(old), new };
            plan.steps.push(Step::new(action, "hostbased setup wrote these lines", redo));
            // Of a file of our own the backup is ours as well.
            let kept = configuration.files.read(&backup).ok().flatten().unwrap_or_default();
            if is_gone && matches!(marked::find(&kept), Ok(Some(kept)) if kept.is_whole && kept.rest.is_empty()) {
                plan.steps.push(Step::new(Action::Delete { path: backup }, "the backup of that file", "none"));
            }
        }
    }
    Ok(plan)
}
