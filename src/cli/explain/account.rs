//! The account on the server, and its own files.

use std::cell::RefCell;

use nix::errno::Errno;

use super::arguments::Args;
use super::failure::ExplainError;
use super::files::MAX_NAMED;
use crate::escape::escape;
use crate::known_hosts::KnownHosts;
use crate::name::UserName;
use crate::shosts::Equiv;
use crate::store::Root;
use crate::store::account::{Shadow, SystemAccount};
use crate::store::trust::{HomeFiles, TrustPaths, TrustStore};
use crate::verify::{AccountEntry, Content, IgnoreRhosts, Policy, Stat, Unreadable, UserFile, UserFiles};

/// What is known of the account.
#[derive(Debug)]
pub(super) struct Account {
    found: Option<SystemAccount>,
    own: Option<OwnFiles>,
    pub(super) notes: Vec<String>,
}

impl Account {
    /// Looks the account up, in the system's name services or below the root. What the arguments say of it counts more;
    /// they can stand in for an account that is not there.
    ///
    /// # Errors
    /// [`ExplainError::Account`], when it is not known whether there is one.
    pub(super) fn find(args: &Args, root: &Root, user: &UserName, policy: &Policy) -> Result<Self, ExplainError> {
        let mut notes = Vec::new();
        let mut found = SystemAccount::look_up(root, user)?;
        let is_listed = found.is_some();
        if let Some(uid) = args.uid {
            // A group of the account's own, as most systems give it: it matters for who may read its files only.
            found.get_or_insert_with(|| SystemAccount::new(user.clone(), uid, uid, "")).uid = uid;
        }
        if let Some(account) = &mut found {
            if let Some(home) = &args.home {
                account.home.clone_from(home);
            }
            if !policy.allow_groups.is_empty() || !policy.deny_groups.is_empty() {
                if is_listed {
                    account.load_groups(root)?;
                } else {
                    notes.push("which groups the account is in is not known: none is taken for it".to_owned());
                }
            }
            if !is_listed {
                notes.push(format!("{user} is no account here: --uid stands in for it, with a shell and not locked"));
            } else if account.shadow == Shadow::Unknown && !policy.use_pam {
                let note = "whether the account is locked is not known: shadow(5) does not say, or only to root";
                notes.push(note.to_owned());
            }
        }
        let own = found.as_ref().filter(|account| account.home.starts_with('/'));
        let counts = policy.ignore_rhosts != IgnoreRhosts::Yes || !policy.ignore_user_known_hosts;
        if found.is_some() && own.is_none() && counts {
            notes.push("the account's home folder is not known (--home): its own files are not asked".to_owned());
        }
        let own = own.map(|account| TrustStore::new(root.clone(), &TrustPaths::default()).user_files(Some(account)));
        let runner = nix::unistd::geteuid();
        let is_other = found.as_ref().is_some_and(|account| account.uid != runner.as_raw());
        if own.is_some() && counts && is_other && !runner.is_root() {
            notes.push("of the account's own files, those count that this user may read: run this as root".to_owned());
        }
        let own =
            own.map(|files| OwnFiles { files, as_other: is_other && !runner.is_root(), denied: RefCell::default() });
        Ok(Self { found, own, notes })
    }

    /// The account as a decision looks at it.
    pub(super) fn entry(&self) -> Option<AccountEntry<'_>> {
        self.found.as_ref().map(SystemAccount::entry)
    }

    /// What is to be said of its own files once a decision has asked them. What stands there is the user's: only lines
    /// are named.
    pub(super) fn notes_of_own_files(&self) -> Vec<String> {
        let skipped = self.own.as_ref().map(|own| own.files.skipped_lines()).unwrap_or_default();
        let named = skipped.iter().take(MAX_NAMED);
        let mut notes: Vec<String> = named
            .map(|(path, line)| format!("{}:{line}: the line is skipped: it is not understood", escape(path)))
            .collect();
        match skipped.len().saturating_sub(MAX_NAMED) {
            0 => {}
            more => notes.push(format!("{more} more lines of the account's own files are skipped")),
        }
        notes
    }

    /// Its own files.
    pub(super) fn own_files(&self) -> Option<&dyn UserFiles> {
        self.own.as_ref().map(|files| files as &dyn UserFiles)
    }

    /// The same, for looking into them besides a decision.
    pub(super) fn unwatched(&self) -> Option<&dyn UserFiles> {
        self.own.as_ref().map(|own| &own.files as &dyn UserFiles)
    }

    /// The first of its own files that a decision asked for, and that this user, who is another, must not read.
    pub(super) fn denied(&self) -> Option<String> {
        self.own.as_ref().and_then(|own| own.denied.borrow().clone())
    }

    /// Whether it is known to be over rather than locked.
    pub(super) fn is_over(&self) -> bool {
        self.found.as_ref().is_some_and(|account| account.is_over)
    }
}

/// The account's own files, and whether they could be read: sshd reads them with other rights than this user has.
#[derive(Debug)]
struct OwnFiles {
    files: HomeFiles,
    /// Whether this user is neither root nor the account.
    as_other: bool,
    denied: RefCell<Option<String>>,
}

impl OwnFiles {
    fn watch<'a, T: ?Sized>(&self, file: UserFile<'a, T>) -> UserFile<'a, T> {
        let is_denied = matches!(
            file.content,
            Content::Unreadable(Unreadable::System { code }) if [Errno::EACCES, Errno::EPERM].contains(&Errno::from_raw(code))
        );
        if self.as_other && is_denied {
            self.denied.borrow_mut().get_or_insert_with(|| file.path.to_owned());
        }
        file
    }
}

impl UserFiles for OwnFiles {
    fn home(&self) -> Option<Stat> {
        self.files.home()
    }

    fn shosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        self.watch(self.files.shosts())
    }

    fn rhosts(&self) -> UserFile<'_, dyn Equiv + '_> {
        self.watch(self.files.rhosts())
    }

    fn known_hosts(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        self.watch(self.files.known_hosts())
    }

    fn known_hosts2(&self) -> UserFile<'_, dyn KnownHosts + '_> {
        self.watch(self.files.known_hosts2())
    }
}
