//! What is to be done, one thing at a time.

use crate::store::Ownership;

/// A program of the running machine that a step needs. The command knows where each is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// dpkg-divert(1).
    DpkgDivert,
    /// dpkg-statoverride(1).
    DpkgStatoverride,
}

impl Tool {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DpkgDivert => "dpkg-divert",
            Self::DpkgStatoverride => "dpkg-statoverride",
        }
    }
}

/// What a step does. Paths are below the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Writes a configuration file; `None` for no file, before or after.
    Write {
        /// Its path.
        path: String,
        /// What it holds.
        old: Option<Vec<u8>>,
        /// What it is to hold.
        new: Option<Vec<u8>>,
    },
    /// Makes a host key with its `.pub`.
    MakeKey {
        /// The private key's path.
        path: String,
        /// The type, as ssh-keygen(1) has it with `-t`.
        kind: &'static str,
        /// The size, as `-b` has it.
        bits: Option<u32>,
    },
    /// Writes the public half of a host key that is there.
    WritePublic {
        /// The path of the `.pub`.
        path: String,
        /// What it holds.
        old: Option<Vec<u8>>,
        /// What it is to hold.
        new: Vec<u8>,
    },
    /// Gives a file another owner or mode.
    SetOwnership {
        /// Its path.
        path: String,
        /// What it has.
        old: Ownership,
        /// What it is to have.
        new: Ownership,
    },
    /// Gives the folder of the keys another mode.
    SetFolderMode {
        /// A file in it.
        file: String,
        /// The folder.
        folder: String,
        /// Its mode.
        old: u32,
        /// The mode that it is to have.
        new: u32,
    },
    /// Runs a program.
    Run {
        /// Which.
        tool: Tool,
        /// With what.
        arguments: Vec<String>,
    },
    /// Puts a program in its place, over what stands there.
    Install {
        /// Where it comes from, on the running machine.
        from: String,
        /// Its path.
        path: String,
        /// Its owner and mode.
        ownership: Ownership,
    },
    /// Gives a file another name in the same folder.
    Rename {
        /// Its path.
        path: String,
        /// The new path.
        to: String,
    },
    /// Deletes a program or a unit that was put there.
    Delete {
        /// Its path.
        path: String,
    },
    /// Makes a symlink.
    Link {
        /// Its path.
        path: String,
        /// Where it points.
        target: String,
    },
}

impl Action {
    /// A word for programs. It stays.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Write { old: None, .. } => "create",
            Self::Write { new: None, .. } | Self::Delete { .. } => "delete",
            Self::Write { .. } => "write",
            Self::MakeKey { .. } => "make-key",
            Self::WritePublic { .. } => "write-public",
            Self::SetOwnership { .. } | Self::SetFolderMode { .. } => "set-mode",
            Self::Run { .. } => "run",
            Self::Install { .. } => "install",
            Self::Rename { .. } => "rename",
            Self::Link { .. } => "link",
        }
    }

    /// The file or folder that changes; none where a program knows that.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Write { path, .. }
            | Self::MakeKey { path, .. }
            | Self::WritePublic { path, .. }
            | Self::SetOwnership { path, .. }
            | Self::Install { path, .. }
            | Self::Rename { path, .. }
            | Self::Delete { path }
            | Self::Link { path, .. } => Some(path),
            Self::SetFolderMode { folder, .. } => Some(folder),
            Self::Run { .. } => None,
        }
    }
}

/// One thing to do. Texts are ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub action: Action,
    /// Why.
    pub why: String,
    /// What takes it back.
    pub undo: String,
}

impl Step {
    pub(super) fn new(action: Action, why: impl Into<String>, undo: impl Into<String>) -> Self {
        Self { action, why: why.into(), undo: undo.into() }
    }
}

/// All that is to be done, in its order, and what there is to say besides. Texts are ready to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is to be done.
    pub steps: Vec<Step>,
    /// What one should know.
    pub notes: Vec<String>,
    /// What is not as it should be, and stays so.
    pub left: Vec<String>,
}

impl Plan {
    /// Adds another plan behind this one.
    pub fn extend(&mut self, other: Self) {
        self.steps.extend(other.steps);
        self.notes.extend(other.notes);
        self.left.extend(other.left);
    }
}
