//! One writer at a time.

use std::ffi::OsString;
use std::fs::{File, TryLockError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fchmod, fstat, fstatat};

use super::check::check_owner_and_mode;
use super::error::{FileKind, Problem, StoreError};
use super::read::errno_of;
use super::walk::Place;

/// How long an edit waits for other writers. A writer needs milliseconds, so this is enough for hundreds of them.
pub const LOCK_WAIT: Duration = Duration::from_secs(60);

/// Pause between two looks at a lock that somebody holds. flock(2) itself can wait, but not for a bounded time.
const PAUSE: Duration = Duration::from_millis(5);

/// Mode of a lock file.
const MODE: Mode = Mode::S_IRUSR.union(Mode::S_IWUSR);

/// The right to change one file, held until dropped (or until the process dies).
///
/// It is a lock on a file of its own, `.NAME.hostbased-lock` beside the target, which stays there: the target is
/// replaced at each write, so a lock on it would guard a file that is gone; and its folder may be opened, hence
/// locked, by anybody. The lock file is for its owner only.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    pub(super) fn take(place: &Place, deadline: Deadline) -> Result<Self, StoreError> {
        let mut name = OsString::from(".");
        name.push(place.name());
        name.push(".hostbased-lock");
        let path = place.folder_path().join(&name);
        let system = |action| {
            let path = path.clone();
            move |errno| StoreError::new(&path, Problem::System { action, errno })
        };
        loop {
            let flags = OFlag::O_RDWR
                | OFlag::O_CREAT
                | OFlag::O_NOFOLLOW
                | OFlag::O_NONBLOCK
                | OFlag::O_NOCTTY
                | OFlag::O_CLOEXEC;
            let handle =
                openat(place.folder(), name.as_os_str(), flags, MODE).map_err(system("open or make this lock file"))?;
            let ours = fstat(&handle).map_err(system("look at this lock file"))?;
            let problem = match FileKind::of_mode(ours.st_mode) {
                FileKind::Regular => check_owner_and_mode(&ours).err(),
                kind => Some(Problem::NotAFile(kind)),
            };
            if let Some(problem) = problem {
                return Err(StoreError::new(&path, problem));
            }
            // Whoever may open it may lock it, and keep everybody waiting.
            if ours.st_mode & 0o077 != 0 {
                fchmod(&handle, MODE).map_err(system("set the mode of this lock file"))?;
            }
            let file = File::from(handle);
            loop {
                match file.try_lock() {
                    Ok(()) => break,
                    Err(TryLockError::Error(error)) => return Err(system("lock this file")(errno_of(&error))),
                    Err(TryLockError::WouldBlock) if deadline.is_over() => {
                        return Err(StoreError::new(&path, Problem::Locked { seconds: deadline.wait.as_secs() }));
                    }
                    Err(TryLockError::WouldBlock) => sleep(PAUSE),
                }
            }
            // Somebody may have deleted the file while we waited: then others lock another one.
            match fstatat(place.folder(), name.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW) {
                Ok(there) if (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino) => {
                    return Ok(Self { _file: file });
                }
                Ok(_) | Err(Errno::ENOENT) => {}
                Err(errno) => return Err(system("look at this lock file")(errno)),
            }
        }
    }
}

/// The end of a wait.
#[derive(Clone, Copy)]
pub(super) struct Deadline {
    start: Instant,
    wait: Duration,
}

impl Deadline {
    pub(super) fn after(wait: Duration) -> Self {
        Self { start: Instant::now(), wait }
    }

    pub(super) fn is_over(self) -> bool {
        self.start.elapsed() >= self.wait
    }
}
