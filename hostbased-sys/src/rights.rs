//! The rights of another user over files, for one thread (credentials(7), setfsuid(2)).

use std::io;
use std::thread::{self, JoinHandle};

use crate::capabilities::drop_capabilities;

#[cfg(not(any(target_arch = "x86", target_arch = "arm", target_arch = "m68k", target_arch = "sparc")))]
use libc::{SYS_getgroups as GETGROUPS, SYS_setgroups as SETGROUPS};
/// Where the first calls of these names had ids of 16 bits only.
#[cfg(any(target_arch = "x86", target_arch = "arm", target_arch = "m68k", target_arch = "sparc"))]
use libc::{SYS_getgroups32 as GETGROUPS, SYS_setgroups32 as SETGROUPS};

/// No user and no group: it asks setfsuid(2) and setfsgid(2) for the present one.
const NOBODY: u32 = u32::MAX;

/// Runs `work` on a thread of its own that opens files with the rights of this user, group and supplementary groups, and
/// with no others: all capabilities of the thread are gone, and both is proved before the work begins. The thread ends
/// with the work. Needs to run as root; the other threads keep their rights.
///
/// The thread's real and effective ids stay as they are, so that the user can neither signal nor trace it. While it runs,
/// no other thread may change the ids of the process (setuid(2) and its kin): the C library then wants the same of every
/// thread, and ends the process when one cannot. The kernel makes no core dump of the process any more, as after any such
/// change of ids (prctl(2), PR_SET_DUMPABLE).
///
/// # Errors
/// When no thread can be started. The thread itself returns `EPERM` where this process may not take those ids, `EINVAL`
/// for an id that means none, and what the kernel says otherwise; the work was not begun then.
pub fn spawn_with_file_rights<T: Send + 'static>(
    user: u32,
    group: u32,
    groups: Vec<u32>,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<io::Result<T>>> {
    thread::Builder::new().name("user-files".to_owned()).spawn(move || {
        take_file_rights(user, group, groups)?;
        Ok(work())
    })
}

/// For this thread only, and for good.
fn take_file_rights(user: u32, group: u32, mut groups: Vec<u32>) -> io::Result<()> {
    if [user, group].contains(&NOBODY) || groups.contains(&NOBODY) {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    // SAFETY: the kernel reads as many group ids as the length says, which the vector has; it keeps no pointer. The bare
    // call changes this thread alone, unlike the C library's, which would change all.
    if unsafe { libc::syscall(SETGROUPS, groups.len(), groups.as_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    set_file_group(group);
    set_file_user(user);
    // Only with both may it open what the user may open and nothing else: the answers of the calls above do not tell.
    drop_capabilities()?;
    let mut now = present_groups()?;
    groups.sort_unstable();
    now.sort_unstable();
    if now == groups && set_file_group(NOBODY) == group && set_file_user(NOBODY) == user {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(libc::EPERM))
    }
}

/// Sets the group that files are opened with, and returns the one before.
fn set_file_group(group: u32) -> u32 {
    // SAFETY: setfsgid() takes an integer, touches no memory of ours, and changes this thread alone.
    unsafe { libc::setfsgid(group) }.cast_unsigned()
}

/// Sets the user that files are opened with, and returns the one before.
fn set_file_user(user: u32) -> u32 {
    // SAFETY: setfsuid() takes an integer, touches no memory of ours, and changes this thread alone.
    unsafe { libc::setfsuid(user) }.cast_unsigned()
}

/// The supplementary groups of this thread.
fn present_groups() -> io::Result<Vec<u32>> {
    // SAFETY: with a length of 0 the kernel writes nothing and answers how many there are.
    let count = unsafe { libc::syscall(GETGROUPS, 0_usize, std::ptr::null_mut::<u32>()) };
    let mut groups = vec![0; usize::try_from(count).map_err(|_| io::Error::last_os_error())?];
    // SAFETY: the kernel writes at most as many group ids as the length says, for which the vector has room, and none
    // for a length of 0.
    let count = unsafe { libc::syscall(GETGROUPS, groups.len(), groups.as_mut_ptr()) };
    groups.truncate(usize::try_from(count).map_err(|_| io::Error::last_os_error())?);
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::path::PathBuf;

    use super::*;

    fn run<T: Send + 'static>(
        ids: (u32, u32, &[u32]),
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Option<i32>> {
        let (user, group, groups) = ids;
        let thread = spawn_with_file_rights(user, group, groups.to_vec(), work).unwrap();
        thread.join().unwrap().map_err(|error| error.raw_os_error())
    }

    /// A folder that goes when the test ends.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("hostbased-sys-{}-{name}", std::process::id()));
            fs::create_dir(&path).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(0o711)).unwrap();
            Self(path)
        }

        fn file(&self, (user, group, mode): (u32, u32, u32)) -> PathBuf {
            let path = self.0.join(format!("{user}-{group}-{mode:o}"));
            fs::write(&path, "x").unwrap();
            chown(&path, Some(user), Some(group)).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn is_root() -> bool {
        fs::metadata("/proc/self").unwrap().uid() == 0
    }

    #[test]
    fn the_thread_opens_what_the_user_may_open_and_nothing_else() {
        if !is_root() {
            // An ordinary user may become nobody else.
            assert_eq!(run((4711, 4711, &[]), || ()), Err(Some(libc::EPERM)));
            return;
        }
        let folder = Folder::new("opens");
        for (file, may) in [
            ((4711, 0, 0o400), true),
            ((0, 0, 0o600), false),
            ((0, 0, 0o604), true),
            ((4712, 0, 0o600), false),
            ((0, 4721, 0o040), true),
            ((0, 4722, 0o040), true),
            ((0, 4723, 0o040), false),
            ((0, 0, 0o040), false),
            // The owner's bits count for the owner, whatever the others say.
            ((4711, 0, 0o044), false),
        ] {
            let path = folder.file(file);
            let opened = run((4711, 4721, &[4722]), move || File::open(path).is_ok());
            assert_eq!(opened, Ok(may), "{file:?}");
        }
        // Root too has the rights of an owner only.
        let other = folder.file((4713, 4713, 0o600));
        let path = other.clone();
        assert_eq!(run((0, 0, &[]), move || File::open(path).is_ok()), Ok(false));
        assert!(File::open(other).is_ok(), "this thread has kept its rights");
    }

    #[test]
    fn what_it_makes_and_what_it_is_are_the_users_own() {
        if !is_root() {
            assert_eq!(run((4711, 4721, &[4723, 4722]), || ()), Err(Some(libc::EPERM)));
            return;
        }
        let folder = Folder::new("is");
        fs::set_permissions(&folder.0, Permissions::from_mode(0o777)).unwrap();
        let path = folder.0.join("made");
        let status = run((4711, 4721, &[4723, 4722]), move || {
            File::create(&path).unwrap();
            let made = fs::metadata(&path).unwrap();
            assert_eq!((made.uid(), made.gid()), (4711, 4721));
            fs::read_to_string("/proc/thread-self/status").unwrap()
        })
        .unwrap();
        for line in [
            "Uid:\t0\t0\t0\t4711\n",
            "Gid:\t0\t0\t0\t4721\n",
            "CapEff:\t0000000000000000\n",
            "CapPrm:\t0000000000000000\n",
        ] {
            assert!(status.contains(line), "{line} in {status}");
        }
        assert!(status.contains("Groups:\t4722 4723"), "{status}");
    }

    #[test]
    fn ids_that_mean_none_are_refused() {
        for ids in [(NOBODY, 1, &[][..]), (1, NOBODY, &[]), (1, 1, &[NOBODY])] {
            assert_eq!(run(ids, || ()), Err(Some(libc::EINVAL)), "{ids:?}");
        }
    }
}
