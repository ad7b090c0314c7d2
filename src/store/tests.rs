use std::convert::Infallible;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::thread;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::stat::Mode;
use nix::unistd::{Gid, Uid, chown, geteuid, mkfifo};
use tempfile::TempDir;

use super::*;

const FILE: &str = "/etc/ssh/ssh_known_hosts";

/// A root with an empty `etc/ssh` whose modes do not depend on the umask.
fn root() -> (TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("etc/ssh")).unwrap();
    for part in ["", "etc", "etc/ssh"] {
        set_mode(&folder.path().join(part), 0o755);
    }
    let root = Root::new(folder.path());
    (folder, root)
}

fn put(root: &Root, path: &str, bytes: impl AsRef<[u8]>) {
    fs::write(root.join(path), bytes).unwrap();
    set_mode(&root.join(path), 0o644);
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn mode_of(path: impl AsRef<Path>) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn write(root: &Root, path: &str, bytes: &[u8]) -> Result<bool, EditError<Infallible>> {
    edit(root, path, |_| Ok(Some(bytes.to_vec())))
}

fn problem(result: Result<Option<Vec<u8>>, StoreError>) -> (String, Problem) {
    let error = result.unwrap_err();
    (error.path.file_name().unwrap_or_default().to_string_lossy().into_owned(), error.problem)
}

/// What lies in `etc/ssh`, without the lock files and backups, which stay by design.
fn names(root: &Root) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root.join("/etc/ssh"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".hostbased-lock") && !name.ends_with(".old"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_missing_file_is_none_and_a_missing_folder_an_error() {
    let (_folder, root) = root();
    assert_eq!(read(&root, FILE), Ok(None));
    assert_eq!(problem(read(&root, "/etc/sshd/x")), ("sshd".into(), Problem::NoFolder));
    assert_eq!(problem(read(&Root::new("/nonexistent-root"), FILE)).1, Problem::NoFolder);
    assert_eq!(problem(read(&root, "/")).1, Problem::NoName);
    assert_eq!(problem(read(&root, "")).1, Problem::NoName);
    assert_eq!(problem(read(&root, "/etc/..")).1, Problem::NoName);
}

#[test]
fn paths_and_symlinks_stay_below_the_root() {
    let (_folder, root) = root();
    put(&root, "/etc/real", "inside");
    for (name, target) in [
        ("absolute", "/etc/real"),
        ("relative", "../real"),
        ("above", "../../../../../../etc/real"),
        ("twice", "absolute"),
    ] {
        symlink(target, root.join(format!("/etc/ssh/{name}"))).unwrap();
        assert_eq!(read(&root, format!("/etc/ssh/{name}")).unwrap().unwrap(), b"inside", "{name}");
    }
    assert_eq!(read(&root, "../../etc/real").unwrap().unwrap(), b"inside");
    // A link whose target exists outside only leads nowhere.
    symlink("/proc/self/status", root.join("/etc/ssh/escaping")).unwrap();
    assert_eq!(problem(read(&root, "/etc/ssh/escaping")), ("proc".into(), Problem::NoFolder));
    // A folder may be a link too.
    symlink("/etc/ssh", root.join("/etc/alias")).unwrap();
    put(&root, FILE, "x");
    assert_eq!(read(&root, "/etc/alias/ssh_known_hosts").unwrap().unwrap(), b"x");
    symlink("ring", root.join("/etc/ssh/ring")).unwrap();
    assert_eq!(problem(read(&root, "/etc/ssh/ring")).1, Problem::TooManyLinks);
}

#[test]
fn only_regular_files_are_read_and_a_fifo_does_not_block() {
    let (_folder, root) = root();
    mkfifo(&root.join("/etc/ssh/fifo"), Mode::from_bits_truncate(0o644)).unwrap();
    assert_eq!(problem(read(&root, "/etc/ssh/fifo")), ("fifo".into(), Problem::NotAFile(FileKind::Fifo)));
    assert_eq!(problem(read(&root, "/etc/ssh")), ("ssh".into(), Problem::NotAFile(FileKind::Folder)));
    put(&root, FILE, "");
    assert_eq!(
        problem(read(&root, "/etc/ssh/ssh_known_hosts/x")),
        ("ssh_known_hosts".into(), Problem::NotAFolder(FileKind::Regular))
    );
    let error = write(&root, "/etc/ssh/fifo", b"x").unwrap_err();
    assert!(matches!(error, EditError::Store(StoreError { problem: Problem::NotAFile(FileKind::Fifo), .. })));
}

#[test]
fn what_group_or_others_may_write_is_refused_up_to_the_root() {
    let (folder, root) = root();
    put(&root, FILE, "x");
    for mode in [0o664, 0o646, 0o666] {
        set_mode(&root.join(FILE), mode);
        assert_eq!(problem(read(&root, FILE)), ("ssh_known_hosts".into(), Problem::Writable { mode }));
    }
    set_mode(&root.join(FILE), 0o600);
    assert!(read(&root, FILE).is_ok());
    let top = folder.path().file_name().unwrap().to_str().unwrap();
    for (part, name) in [("", top), ("etc", "etc"), ("etc/ssh", "ssh")] {
        let path = folder.path().join(part);
        for mode in [0o775, 0o1777] {
            set_mode(&path, mode);
            assert_eq!(problem(read(&root, FILE)), (name.into(), Problem::Writable { mode }));
            assert!(write(&root, FILE, b"y").is_err(), "{name}");
        }
        set_mode(&path, 0o755);
    }
    // The check stops at the root: /tmp above it may be written by all.
    assert_eq!(read(&root, FILE).unwrap().unwrap(), b"x");
}

#[test]
fn a_folder_that_a_symlink_leads_through_is_checked_too() {
    let (folder, root) = root();
    put(&root, FILE, "x");
    let open = folder.path().join("open");
    fs::create_dir(&open).unwrap();
    symlink("/etc/ssh", open.join("ssh")).unwrap();
    set_mode(&open, 0o755);
    assert!(read(&root, "/open/ssh/ssh_known_hosts").is_ok());
    set_mode(&open, 0o777);
    let refused = ("open".into(), Problem::Writable { mode: 0o777 });
    assert_eq!(problem(read(&root, "/open/ssh/ssh_known_hosts")), refused);
    assert_eq!(problem(read(&root, "/open/../etc/ssh/ssh_known_hosts")), refused);
}

#[test]
fn a_file_of_another_user_is_refused() {
    if !geteuid().is_root() {
        // An ordinary user cannot give files away; root's own files are the other owner that is accepted.
        assert!(read(&Root::system(), "/etc/passwd").unwrap().is_some());
        return;
    }
    let (_folder, root) = root();
    put(&root, FILE, "x");
    chown(&root.join(FILE), Some(Uid::from_raw(4711)), None).unwrap();
    assert_eq!(problem(read(&root, FILE)).1, Problem::Owner { owner: 4711, runner: 0 });
    assert!(write(&root, FILE, b"y").is_err());
    chown(&root.join(FILE), Some(Uid::from_raw(0)), Some(Gid::from_raw(4711))).unwrap();
    chown(&root.join("/etc"), Some(Uid::from_raw(4711)), None).unwrap();
    assert_eq!(problem(read(&root, FILE)), ("etc".into(), Problem::Owner { owner: 4711, runner: 0 }));
}

#[test]
fn size_is_capped() {
    let (_folder, root) = root();
    put(&root, FILE, "");
    let file = fs::OpenOptions::new().write(true).open(root.join(FILE)).unwrap();
    file.set_len(MAX_FILE_BYTES + 1).unwrap();
    assert_eq!(problem(read(&root, FILE)).1, Problem::TooLarge);
}

#[test]
fn an_edit_keeps_owner_and_mode_and_makes_new_files_0644() {
    let (_folder, root) = root();
    assert_eq!(write(&root, FILE, b"one\n"), Ok(true));
    assert_eq!(mode_of(root.join(FILE)), 0o644);
    for mode in [0o600, 0o640, 0o444, 0o755] {
        set_mode(&root.join(FILE), mode);
        assert_eq!(write(&root, FILE, format!("{mode}\n").as_bytes()), Ok(true));
        assert_eq!(mode_of(root.join(FILE)), mode);
    }
    if geteuid().is_root() {
        chown(&root.join(FILE), None, Some(Gid::from_raw(4711))).unwrap();
        assert_eq!(write(&root, FILE, b"two\n"), Ok(true));
        let now = fs::metadata(root.join(FILE)).unwrap();
        assert_eq!((now.uid(), now.gid()), (0, 4711));
    }
    assert_eq!(names(&root), ["ssh_known_hosts"]);
}

#[test]
fn what_a_file_held_before_is_kept_once() {
    let (_folder, root) = root();
    let old = root.join("/etc/ssh/ssh_known_hosts.old");
    assert_eq!(write(&root, FILE, b"one\n"), Ok(true));
    assert!(!old.exists(), "there was nothing before");
    set_mode(&root.join(FILE), 0o640);
    assert_eq!(write(&root, FILE, b"two\n"), Ok(true));
    assert_eq!((fs::read(&old).unwrap(), mode_of(&old)), (b"one\n".to_vec(), 0o640));
    let inode = fs::metadata(root.join(FILE)).unwrap().ino();
    assert_eq!(write(&root, FILE, b"three\n"), Ok(true));
    assert_eq!(fs::read(&old).unwrap(), b"two\n");
    assert_eq!(fs::metadata(&old).unwrap().ino(), inode, "it is the old file itself");
    // What changes nothing leaves the backup alone.
    assert_eq!(write(&root, FILE, b"three\n"), Ok(false));
    assert_eq!(fs::read(&old).unwrap(), b"two\n");
    // A link in its place is replaced, not followed.
    put(&root, "/etc/ssh/victim", "safe");
    fs::remove_file(&old).unwrap();
    symlink("victim", &old).unwrap();
    assert_eq!(write(&root, FILE, b"four\n"), Ok(true));
    assert_eq!(fs::read(root.join("/etc/ssh/victim")).unwrap(), b"safe");
    assert_eq!((fs::read(&old).unwrap(), old.is_symlink()), (b"three\n".to_vec(), false));
}

#[test]
fn a_symlinked_target_has_its_backup_beside_the_file_itself() {
    let (folder, root) = root();
    fs::create_dir(folder.path().join("shared")).unwrap();
    set_mode(&folder.path().join("shared"), 0o755);
    symlink("/shared/hosts", root.join(FILE)).unwrap();
    put(&root, "/shared/hosts", "one\n");
    assert_eq!(write(&root, FILE, b"two\n"), Ok(true));
    assert_eq!(fs::read(folder.path().join("shared/hosts.old")).unwrap(), b"one\n");
    assert!(!root.join("/etc/ssh/ssh_known_hosts.old").exists());
}

#[test]
fn what_cannot_be_kept_is_not_replaced() {
    let (_folder, root) = root();
    put(&root, FILE, "one\n");
    fs::create_dir(root.join("/etc/ssh/ssh_known_hosts.old")).unwrap();
    let Err(EditError::Store(error)) = write(&root, FILE, b"two\n") else { panic!("a folder is in the way") };
    assert_eq!(error.path, root.join("/etc/ssh/ssh_known_hosts.old"));
    assert_eq!(error.problem, Problem::System { action: "keep the old content here", errno: Errno::EISDIR });
    assert_eq!(read(&root, FILE).unwrap().unwrap(), b"one\n");
    assert_eq!(names(&root), ["ssh_known_hosts"]);
}

#[test]
fn a_pair_is_replaced_in_the_order_that_the_change_asks_for() {
    let (_folder, root) = root();
    let [hosts, equiv] = [FILE, "/etc/ssh/shosts.equiv"].map(Path::new);
    put(&root, FILE, "old hosts\n");
    put(&root, "/etc/ssh/shosts.equiv", "old equiv\n");
    // The second to be replaced cannot be: the first is, and that is told.
    fs::create_dir(root.join("/etc/ssh/ssh_known_hosts.old")).unwrap();
    let rest = |text: &str| Some(Rewrite { keep: 3, rest: text.as_bytes().to_vec() });
    let change = |order| {
        rewrite_pair(&root, [hosts, equiv], [b"old hosts\n", b"old"], |old| {
            assert_eq!(old.map(|old| old.map(|old| old.starts_with(b"old "))), [Some(true); 2]);
            Ok::<_, Infallible>((order, [rest(" first\n"), rest(" second\n")]))
        })
    };
    assert!(matches!(change([equiv, hosts]), Err(EditError::Half(_))));
    let now =
        || [FILE, "/etc/ssh/shosts.equiv"].map(|file| String::from_utf8(read(&root, file).unwrap().unwrap()).unwrap());
    assert_eq!(now(), ["old hosts\n", "old first\n"]);
    fs::remove_dir(root.join("/etc/ssh/ssh_known_hosts.old")).unwrap();
    assert_eq!(change([hosts, equiv]), Ok([true, true]));
    assert_eq!(now(), ["old first\n", "old second\n"]);
}

#[test]
fn equal_content_is_not_written_and_a_refused_change_changes_nothing() {
    let (_folder, root) = root();
    put(&root, FILE, "same\n");
    let before = fs::metadata(root.join(FILE)).unwrap().ino();
    assert_eq!(write(&root, FILE, b"same\n"), Ok(false));
    assert_eq!(edit(&root, FILE, |_| Ok::<_, Infallible>(None)), Ok(false));
    assert_eq!(edit(&root, FILE, |old| Err(old.unwrap().len())), Err(EditError::Change(5)));
    assert_eq!(fs::metadata(root.join(FILE)).unwrap().ino(), before);
    assert_eq!(edit(&root, "/etc/ssh/none", |_| Ok::<_, Infallible>(None)), Ok(false));
    assert_eq!(names(&root), ["ssh_known_hosts"]);
    // The near-miss: one byte more is written, into another file of the same name.
    assert_eq!(write(&root, FILE, b"same\n\n"), Ok(true));
    assert_ne!(fs::metadata(root.join(FILE)).unwrap().ino(), before);
}

#[test]
fn a_symlinked_target_stays_one() {
    let (folder, root) = root();
    fs::create_dir(folder.path().join("shared")).unwrap();
    set_mode(&folder.path().join("shared"), 0o755);
    symlink("/shared/hosts", root.join(FILE)).unwrap();
    // Dangling at first: the file is made where the link points to.
    assert_eq!(write(&root, FILE, b"one\n"), Ok(true));
    assert_eq!(write(&root, FILE, b"two\n"), Ok(true));
    assert_eq!(fs::read_link(root.join(FILE)).unwrap(), Path::new("/shared/hosts"));
    assert_eq!(fs::read(folder.path().join("shared/hosts")).unwrap(), b"two\n");
    // Both names have one lock.
    assert!(folder.path().join("shared/.hosts.hostbased-lock").exists());
    assert_eq!(names(&root), ["ssh_known_hosts"]);
}

#[test]
fn a_held_lock_is_waited_for_and_then_named() {
    let (_folder, root) = root();
    put(&root, FILE, "x");
    let short = root.clone().with_lock_wait(Duration::from_millis(50));
    let result = edit(&root, FILE, |_| {
        assert_eq!(read(&short, FILE).unwrap().unwrap(), b"x", "a reader never waits");
        write(&short, FILE, b"y").map(|_| None)
    });
    let Err(EditError::Change(EditError::Store(error))) = result else { panic!("{result:?}") };
    assert_eq!(error.path, root.join("/etc/ssh/.ssh_known_hosts.hostbased-lock"));
    assert_eq!(error.problem, Problem::Locked { seconds: 0 });
    assert_eq!(write(&short, FILE, b"y"), Ok(true));
}

#[test]
fn a_lock_file_that_others_may_read_is_closed_to_them() {
    let (_folder, root) = root();
    let lock = root.join("/etc/ssh/.ssh_known_hosts.hostbased-lock");
    fs::write(&lock, "").unwrap();
    set_mode(&lock, 0o644);
    assert_eq!(write(&root, FILE, b"new"), Ok(true));
    assert_eq!(mode_of(&lock), 0o600);
}

#[test]
fn a_lock_file_that_was_prepared_by_somebody_is_refused() {
    let (_folder, root) = root();
    let lock = root.join("/etc/ssh/.ssh_known_hosts.hostbased-lock");
    mkfifo(&lock, Mode::from_bits_truncate(0o600)).unwrap();
    let refused = |result: Result<bool, EditError<Infallible>>| match result {
        Err(EditError::Store(error)) if error.path == lock => error.problem,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(write(&root, FILE, b"x")), Problem::NotAFile(FileKind::Fifo));
    fs::remove_file(&lock).unwrap();
    symlink("/etc/ssh/elsewhere", &lock).unwrap();
    let action = "open or make this lock file";
    assert_eq!(refused(write(&root, FILE, b"x")), Problem::System { action, errno: Errno::ELOOP });
    assert_eq!(names(&root), [""; 0]);
}

#[test]
fn writers_at_once_lose_nothing() {
    let (_folder, root) = root();
    let add = |path: &str, line: &str| {
        edit(&root, path, |old| Ok::<_, Infallible>(Some([old.unwrap_or_default(), line.as_bytes(), b"\n"].concat())))
    };
    thread::scope(|scope| {
        for writer in 0..8 {
            scope.spawn(move || (0..10).for_each(|n| assert_eq!(add(FILE, &format!("{writer}-{n}")), Ok(true))));
        }
    });
    let text = String::from_utf8(read(&root, FILE).unwrap().unwrap()).unwrap();
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), 80);
}

#[test]
fn a_pair_is_written_in_order_whoever_comes_from_the_other_side() {
    let (_folder, root) = root();
    let [hosts, equiv] = [FILE, "/etc/ssh/shosts.equiv"].map(Path::new);
    let both = |paths: [&Path; 2], line: &str| {
        edit_pair(&root, paths, |old| {
            Ok::<_, Infallible>(old.map(|old| Some([old.unwrap_or_default(), line.as_bytes(), b"\n"].concat())))
        })
    };
    thread::scope(|scope| {
        for writer in 0..4 {
            scope.spawn(move || (0..10).for_each(|n| assert!(both([hosts, equiv], &format!("{writer}-{n}")).is_ok())));
            scope.spawn(move || (0..10).for_each(|n| assert!(both([equiv, hosts], &format!("{writer}+{n}")).is_ok())));
        }
    });
    for path in [hosts, equiv] {
        assert_eq!(read(&root, path).unwrap().unwrap().split(|&byte| byte == b'\n').count(), 81);
    }
    assert_eq!(edit_pair(&root, [hosts, equiv], |_| Ok::<_, Infallible>([None, None])), Ok([false, false]));
    assert_eq!(edit_pair(&root, [hosts, equiv], |_| Ok::<_, Infallible>([None, Some(vec![])])), Ok([false, true]));
    symlink("ssh_known_hosts", root.join("/etc/ssh/same")).unwrap();
    let same = edit_pair(&root, [hosts, Path::new("/etc/ssh/same")], |_| Ok::<_, Infallible>([None, None]));
    assert!(matches!(same, Err(EditError::Store(StoreError { problem: Problem::SameFile, .. }))), "{same:?}");
}

#[test]
fn a_write_that_fails_leaves_the_old_files_and_no_litter() {
    let (_folder, root) = root();
    let [hosts, equiv] = [FILE, "/etc/ssh/shosts.equiv"].map(Path::new);
    put(&root, FILE, "old\n");
    // A folder where the second file's new content would be written: what fails for root too.
    fs::create_dir(root.join("/etc/ssh/.shosts.equiv.hostbased-new")).unwrap();
    let failed = edit_pair(&root, [hosts, equiv], |_| Ok::<_, Infallible>([Some(vec![1]), Some(vec![2])]));
    let Err(EditError::Store(error)) = failed else { panic!("{failed:?}") };
    assert_eq!(error.path, root.join("/etc/ssh/.shosts.equiv.hostbased-new"));
    let action = "delete this left-over file";
    assert_eq!(error.problem, Problem::System { action, errno: Errno::EISDIR });
    assert_eq!(read(&root, FILE).unwrap().unwrap(), b"old\n");
    assert_eq!(names(&root), [".shosts.equiv.hostbased-new", "ssh_known_hosts"]);
}

#[test]
fn what_a_killed_writer_left_is_cleaned_up() {
    let (_folder, root) = root();
    put(&root, FILE, "old\n");
    put(&root, "/etc/ssh/.ssh_known_hosts.hostbased-new", "half a li");
    assert_eq!(read(&root, FILE).unwrap().unwrap(), b"old\n");
    assert_eq!(write(&root, FILE, b"new\n"), Ok(true));
    assert_eq!(read(&root, FILE).unwrap().unwrap(), b"new\n");
    assert_eq!(names(&root), ["ssh_known_hosts"]);
    // A link there is deleted, not written through.
    symlink("/etc/ssh/victim", root.join("/etc/ssh/.ssh_known_hosts.hostbased-new")).unwrap();
    assert_eq!(write(&root, FILE, b"newer\n"), Ok(true));
    assert_eq!(names(&root), ["ssh_known_hosts"]);
}

#[test]
fn what_a_file_says_is_read_whatever_it_was_thought_to_say() {
    let (_folder, root) = root();
    let equiv = Path::new("/etc/ssh/shosts.equiv");
    let long = vec![b'x'; 600 << 10];
    for content in [&b""[..], b"abc", b"abcd", b"ab", b"xbc", &long] {
        put(&root, FILE, content);
        let other = [&long[..], b"y"].concat();
        for known in [&b""[..], b"abc", &long, &long[1..], &other] {
            let result = rewrite_pair(&root, [Path::new(FILE), equiv], [known, b"z"], |old| {
                assert_eq!(old, [Some(content), None]);
                Ok::<_, Infallible>(([Path::new(FILE), equiv], [None, None]))
            });
            assert_eq!(result, Ok([false, false]));
        }
    }
}

#[test]
fn a_backup_that_a_killed_writer_has_made_is_made_again() {
    let (_folder, root) = root();
    put(&root, FILE, "old\n");
    // It was killed between its two changes of name: the backup is the file itself.
    fs::hard_link(root.join(FILE), root.join("/etc/ssh/ssh_known_hosts.old")).unwrap();
    assert_eq!(write(&root, FILE, b"new\n"), Ok(true));
    assert_eq!(fs::read(root.join("/etc/ssh/ssh_known_hosts.old")).unwrap(), b"old\n");
    assert_eq!(names(&root), ["ssh_known_hosts"]);
    // Or before them.
    fs::hard_link(root.join(FILE), root.join("/etc/ssh/.ssh_known_hosts.hostbased-old")).unwrap();
    assert_eq!(write(&root, FILE, b"newer\n"), Ok(true));
    assert_eq!(fs::read(root.join("/etc/ssh/ssh_known_hosts.old")).unwrap(), b"new\n");
    assert_eq!(names(&root), ["ssh_known_hosts"]);
}

#[test]
fn errors_name_the_path_what_is_wrong_and_what_to_do() {
    let (folder, root) = root();
    put(&root, FILE, "x");
    set_mode(&root.join(FILE), 0o666);
    assert_eq!(
        read(&root, FILE).unwrap_err().to_string(),
        format!(
            "{}/etc/ssh/ssh_known_hosts: group or others may write it (mode 0666); chmod go-w it",
            folder.path().display()
        )
    );
    fs::create_dir(folder.path().join("e\x1b[31m")).unwrap();
    let error = read(&root, "/e\x1b[31m/a/b").unwrap_err().to_string();
    assert!(error.ends_with("/e\\x1b[31m/a: this folder does not exist; make it, or correct the path (and the root)"));
}
