//! Our lines in a configuration, in whatever file they stand.

use super::SSH_CONFIG;
use super::marked::{self, Marked};
use super::place::Configuration;
use super::refusal::Refusal;
use crate::config::{ProblemKind, Tree};

/// Our lines in one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ours {
    pub(super) path: String,
    /// What the file holds.
    pub(super) text: Vec<u8>,
    pub(super) marked: Marked,
}

impl Ours {
    /// What the file is to hold without our lines; `None` where nothing is left, and it was made for them.
    pub(super) fn without(&self, main: &str) -> Option<Vec<u8>> {
        let rest = self.marked.rest.clone();
        (self.path == main || !rest.is_empty()).then_some(rest)
    }

    /// # Errors
    /// [`Refusal::Changed`], where somebody has changed our lines since.
    pub(super) fn must_be_whole(&self) -> Result<(), Refusal> {
        if self.marked.is_whole {
            return Ok(());
        }
        Err(Refusal::Changed { file: self.path.clone(), line: self.marked.line })
    }
}

/// Finds our lines, in the main file and in those that it reads.
///
/// # Errors
/// [`Refusal`]: the comments do not pair.
pub(super) fn find(configuration: &Configuration<'_>, tree: &Tree) -> Result<Vec<Ours>, Refusal> {
    let mut found: Vec<Ours> = Vec::new();
    for path in &tree.files {
        let Ok(Some(text)) = configuration.files.read(path) else { continue };
        match marked::find(&text) {
            Ok(Some(marked)) if found.iter().all(|ours| ours.path != *path) => {
                found.push(Ours { path: path.clone(), text, marked });
            }
            Ok(_) => {}
            Err(unpaired) => return Err(Refusal::Unpaired { file: path.clone(), line: unpaired.line }),
        }
    }
    Ok(found)
}

/// # Errors
/// [`Refusal`], when the configuration is not there, or not understood.
pub(super) fn must_be_understood(tree: &Tree) -> Result<(), Refusal> {
    let Some(problem) = tree.problems.first() else { return Ok(()) };
    let what = match &problem.kind {
        ProblemKind::Missing if problem.file == SSH_CONFIG => {
            return Err(Refusal::NoConfiguration(SSH_CONFIG, "openssh-client, or openssh-clients"));
        }
        ProblemKind::Missing => {
            return Err(Refusal::NoConfiguration(super::SSHD_CONFIG, "openssh-server"));
        }
        ProblemKind::OpenQuote => "a quote is opened and never closed".to_owned(),
        ProblemKind::NoArgument => "a keyword with nothing behind it".to_owned(),
        ProblemKind::Unreadable(why) => why.clone(),
        ProblemKind::IncludePath => "what is included depends on more than files".to_owned(),
        ProblemKind::TooMany => "files include files too deep, or too many".to_owned(),
    };
    Err(Refusal::NotUnderstood { file: problem.file.clone(), line: problem.line, what })
}
