//! A user may put whatever he likes into his home.

use std::fs::OpenOptions;
use std::os::unix::fs::{chown, symlink};
use std::path::PathBuf;

use nix::sys::stat::Mode;
use nix::unistd::{getegid, geteuid, mkfifo};

use super::*;
use crate::name::UserName;
use crate::shosts::{EquivMatch, MAX_NETGROUP_QUESTIONS, Membership, Netgroups, NoNetgroups, Query};
use crate::store::account::SystemAccount;
use crate::store::testing::skipped;
use crate::verify::{Stat, UserFile, UserFiles};

const HOME: &str = "/home/alice";

/// Ids of nobody, where the test runs as root; else our own.
const ALICE: u32 = 4711;
const STAFF: u32 = 4721;
const OTHERS: u32 = 4722;

/// A home, and who looks into it.
struct Home {
    site: Site,
    account: SystemAccount,
}

impl Home {
    /// Below a root of its own, with the file rights of Alice where we are root.
    fn new() -> Self {
        let site = Site::new(SETTLED);
        fs::create_dir_all(site.path("home/alice/.ssh")).unwrap();
        for part in ["home", "home/alice", "home/alice/.ssh"] {
            mode(&site.path(part), 0o755);
        }
        let (uid, gid) = if geteuid().is_root() { (ALICE, ALICE) } else { (geteuid().as_raw(), getegid().as_raw()) };
        for part in ["home/alice", "home/alice/.ssh"] {
            chown(site.path(part), Some(uid), Some(gid)).unwrap();
        }
        let mut account = SystemAccount::new(UserName::new("alice").unwrap(), uid, gid, HOME);
        account.group_ids = Some(if geteuid().is_root() { vec![gid, STAFF] } else { vec![gid] });
        Self { site, account }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.site.path(HOME).join(name)
    }

    /// A file of Alice's.
    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        mode(&path, 0o600);
        chown(&path, Some(self.account.uid), Some(self.account.gid)).unwrap();
        path
    }

    fn files(&self) -> HomeFiles {
        self.site.store.user_files(Some(&self.account))
    }

    /// What a decision would see of `~/.shosts`.
    fn shosts(&self) -> (Option<Stat>, Found) {
        let files = self.files();
        let UserFile { path, stat, content } = files.shosts();
        assert_eq!(path, "/home/alice/.shosts");
        let found = match content {
            Content::Missing => Found::Missing,
            Content::Unreadable(why) => Found::Unreadable(why),
            Content::Read(document) => {
                let query = Query { host: b"host", address: b"10.0.0.1", client_user: b"alice", server_user: b"alice" };
                Found::Read(document.check(&query, &NoNetgroups))
            }
        };
        (stat, found)
    }

    fn stat(&self, mode: u32) -> Option<Stat> {
        Some(Stat { uid: self.account.uid, mode })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Missing,
    Unreadable(Unreadable),
    Read(EquivMatch),
}

const ALLOWED: Found = Found::Read(EquivMatch::Allow { line: 1 });

fn system(errno: nix::errno::Errno) -> Found {
    Found::Unreadable(Unreadable::System { code: errno as i32 })
}

#[test]
fn what_stands_in_a_home_is_read_with_its_owner_and_mode() {
    let home = Home::new();
    assert_eq!(home.shosts(), (None, Found::Missing));
    home.put(".shosts", "host\n");
    home.put(".rhosts", "other\n");
    home.put(".ssh/known_hosts", entry(0));
    home.put(".ssh/known_hosts2", entry(1));
    assert_eq!(home.shosts(), (home.stat(0o600), ALLOWED));
    let files = home.files();
    assert_eq!(files.home(), home.stat(0o755));
    let rhosts = files.rhosts();
    assert_eq!((rhosts.path, rhosts.stat), ("/home/alice/.rhosts", home.stat(0o600)));
    let (one, two) = (files.known_hosts(), files.known_hosts2());
    assert_eq!((one.path, two.path), ("/home/alice/.ssh/known_hosts", "/home/alice/.ssh/known_hosts2"));
    let lines = |file: UserFile<'_, dyn KnownHosts + '_>| match file.content {
        Content::Read(document) => lines_for(document, b"host"),
        _ => panic!("unread"),
    };
    assert_eq!((lines(one), lines(two)), (vec![1], vec![2]));
    // StrictModes is `verify`'s: it is told, and nothing is refused here.
    mode(&home.path(".shosts"), 0o666);
    mode(&home.path(""), 0o777);
    assert_eq!(home.shosts(), (home.stat(0o666), ALLOWED));
    assert_eq!(home.files().home(), home.stat(0o777));
}

#[test]
fn each_file_is_read_once_for_an_attempt() {
    let home = Home::new();
    home.put(".shosts", "host\n");
    let files = home.files();
    assert!(matches!(files.shosts().content, Content::Read(_)));
    assert!(matches!(files.rhosts().content, Content::Missing));
    fs::remove_file(home.path(".shosts")).unwrap();
    home.put(".rhosts", "host\n");
    assert!(matches!(files.shosts().content, Content::Read(_)));
    assert!(matches!(files.rhosts().content, Content::Missing));
    assert_eq!(home.shosts(), (None, Found::Missing));
}

#[test]
fn what_is_no_file_is_not_opened() {
    let home = Home::new();
    let path = home.path(".shosts");
    mkfifo(&path, Mode::S_IRUSR | Mode::S_IWUSR).unwrap();
    chown(&path, Some(home.account.uid), None).unwrap();
    assert_eq!(home.shosts(), (home.stat(0o600), Found::Unreadable(Unreadable::NotAFile)));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    mode(&path, 0o700);
    chown(&path, Some(home.account.uid), None).unwrap();
    assert_eq!(home.shosts(), (home.stat(0o700), Found::Unreadable(Unreadable::NotAFile)));
    fs::remove_dir(&path).unwrap();
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert_eq!(home.shosts().1, Found::Unreadable(Unreadable::NotAFile));
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let home = Home::new();
    home.put(".shosts", "host\n");
    home.put(".ssh/known_hosts", entry(0));
    let set = |name: &str, length| OpenOptions::new().write(true).open(home.path(name)).unwrap().set_len(length);
    set(".shosts", MAX_EQUIV_BYTES).unwrap();
    assert_eq!(home.shosts(), (home.stat(0o600), ALLOWED));
    set(".shosts", MAX_EQUIV_BYTES + 1).unwrap();
    assert_eq!(home.shosts(), (home.stat(0o600), Found::Unreadable(Unreadable::TooLarge)));
    assert_eq!((MAX_EQUIV_BYTES, MAX_KNOWN_HOSTS_BYTES), (1 << 20, 4 << 20), "as docs/deviations.md says");
    set(".ssh/known_hosts", MAX_KNOWN_HOSTS_BYTES).unwrap();
    assert!(matches!(home.files().known_hosts().content, Content::Read(_)));
    set(".ssh/known_hosts", MAX_KNOWN_HOSTS_BYTES + 1).unwrap();
    assert!(matches!(home.files().known_hosts().content, Content::Unreadable(Unreadable::TooLarge)));
}

#[test]
fn a_users_file_asks_few_netgroup_questions() {
    struct Counting(std::cell::Cell<usize>);
    impl Netgroups for Counting {
        fn contains(&self, _: &[u8], _: Option<&[u8]>, _: Option<&[u8]>) -> Membership {
            self.0.set(self.0.get() + 1);
            Membership::NotMember
        }
    }
    let home = Home::new();
    home.put(".shosts", "@group\n".repeat(1000));
    let files = home.files();
    let Content::Read(document) = files.shosts().content else { panic!("unread") };
    let query = Query { host: b"host", address: b"10.0.0.1", client_user: b"alice", server_user: b"alice" };
    let counting = Counting(std::cell::Cell::new(0));
    assert_eq!(document.check(&query, &counting), EquivMatch::NoMatch);
    assert_eq!(counting.0.get(), MAX_NETGROUP_QUESTIONS);
}

#[test]
fn a_home_that_is_not_there_has_no_files() {
    let mut home = Home::new();
    home.put(".shosts", "host\n");
    home.account.home = "/home/bob".to_owned();
    let files = home.files();
    assert_eq!(files.home(), None);
    assert!(matches!(files.shosts(), UserFile { path: "/home/bob/.shosts", stat: None, content: Content::Missing }));
    // sshd would look for `/.shosts`, and for files in its own folder.
    home.site.put("/.shosts", "host\n");
    for no_path in ["", ".", "home/alice"] {
        home.account.home = no_path.to_owned();
        let files = home.files();
        assert_eq!(files.home(), None, "{no_path}");
        assert!(matches!(files.shosts(), UserFile { stat: None, content: Content::Missing, .. }), "{no_path}");
    }
}

/// Beside it the files of an account that is there: a thread is started, and waited for, for each of both.
#[test]
fn an_account_that_there_is_not_has_no_files_and_is_looked_for_all_the_same() {
    let home = Home::new();
    let store = &home.site.store;
    for account in [None, Some(&home.account)] {
        let uid = account.map_or(65534, |account| account.uid);
        let files = store.user_files(account);
        assert_eq!(files.home().is_some(), account.is_some());
        let (shosts, known_hosts) = (files.shosts(), files.known_hosts2());
        assert_eq!(known_hosts.path == "/nonexistent/.ssh/known_hosts2", account.is_none());
        assert!(matches!(shosts, UserFile { stat: None, content: Content::Missing, .. }), "{account:?}");
        assert!(matches!(known_hosts, UserFile { stat: None, content: Content::Missing, .. }), "{account:?}");
        // No further thread can be started for it.
        let hang = |_| {
            let (end, ended) = std::sync::mpsc::channel::<()>();
            let work = move || {
                let _ = ended.recv();
            };
            assert!(store.reads.run(uid, user::Rights::Own, Duration::from_millis(1), work).is_err());
            end
        };
        let hanging: Vec<_> = (0..MAX_READS).map(hang).collect();
        let (shosts, busy) = (files.rhosts(), nix::errno::Errno::EBUSY as i32);
        assert!(
            matches!(shosts.content, Content::Unreadable(Unreadable::System { code }) if code == busy),
            "{account:?}"
        );
        drop(hanging);
    }
}

#[test]
fn links_of_an_image_stay_in_it() {
    let home = Home::new();
    fs::rename(home.path(""), home.site.path("home/real")).unwrap();
    symlink("/home/real", home.site.path("home/alice")).unwrap();
    home.site.put("/home/real/.shosts", "host\n");
    assert_eq!(home.shosts().1, ALLOWED);
    symlink("../../../../../../etc/passwd", home.site.path("home/real/.rhosts")).unwrap();
    assert!(matches!(
        home.files().rhosts(),
        UserFile { stat: None, content: Content::Missing | Content::Unreadable(_), .. }
    ));
}

#[test]
fn root_reads_with_the_rights_of_the_account() {
    if !geteuid().is_root() {
        return skipped("trust::tests::user_files::root_reads_with_the_rights_of_the_account");
    }
    let home = Home::new();
    let path = home.path(".shosts");
    let owned = |user, group, bits| {
        fs::write(&path, "host\n").unwrap();
        mode(&path, bits);
        chown(&path, Some(user), Some(group)).unwrap();
        let (stat, found) = home.shosts();
        assert_eq!(stat, Some(Stat { uid: user, mode: bits }));
        fs::remove_file(&path).unwrap();
        found
    };
    assert_eq!(owned(ALICE, ALICE, 0o400), ALLOWED);
    assert_eq!(owned(0, 0, 0o644), ALLOWED);
    assert_eq!(owned(0, 0, 0o600), system(nix::errno::Errno::EACCES));
    assert_eq!(owned(4712, 4712, 0o600), system(nix::errno::Errno::EACCES));
    assert_eq!(owned(0, STAFF, 0o640), ALLOWED, "a supplementary group");
    assert_eq!(owned(0, ALICE, 0o640), ALLOWED, "the primary group");
    assert_eq!(owned(0, OTHERS, 0o640), system(nix::errno::Errno::EACCES));
    assert_eq!(owned(ALICE, ALICE, 0o044), system(nix::errno::Errno::EACCES));
    // Links lead where the user may go, and nowhere else.
    home.site.put("/etc/theirs", "host\n");
    symlink("/etc/theirs", &path).unwrap();
    assert_eq!(home.shosts(), (Some(Stat { uid: 0, mode: 0o644 }), ALLOWED));
    mode(&home.site.path("etc/theirs"), 0o600);
    assert_eq!(home.shosts(), (Some(Stat { uid: 0, mode: 0o600 }), system(nix::errno::Errno::EACCES)));
    mode(&home.site.path("etc"), 0o700);
    assert_eq!(home.shosts(), (None, system(nix::errno::Errno::EACCES)));
    mode(&home.site.path("etc"), 0o755);
    fs::remove_file(&path).unwrap();
    symlink(".shosts", &path).unwrap();
    assert_eq!(home.shosts(), (None, system(nix::errno::Errno::ELOOP)));
    fs::remove_file(&path).unwrap();
    symlink("/etc/none", &path).unwrap();
    assert_eq!(home.shosts(), (None, Found::Missing));
}

#[test]
fn root_looks_into_a_home_that_is_the_accounts_alone() {
    if !geteuid().is_root() {
        return skipped("trust::tests::user_files::root_looks_into_a_home_that_is_the_accounts_alone");
    }
    let home = Home::new();
    home.put(".shosts", "host\n");
    // As on a server of files that trusts no root: only the account's own rights open anything here.
    mode(&home.path(""), 0o700);
    assert_eq!(home.shosts(), (home.stat(0o600), ALLOWED));
    chown(home.path(""), Some(0), Some(0)).unwrap();
    assert_eq!(home.shosts(), (None, system(nix::errno::Errno::EACCES)));
    assert_eq!(home.files().home(), Some(Stat { uid: 0, mode: 0o700 }), "seen with the server's rights, as by sshd");
}

/// On `/`, where links may lead out of the image.
#[test]
fn links_to_devices_and_to_what_the_process_has_open_are_not_opened() {
    if !geteuid().is_root() {
        return skipped("trust::tests::user_files::links_to_devices_and_to_what_the_process_has_open_are_not_opened");
    }
    let home = Home::new();
    let mut account = home.account.clone();
    account.home = home.path("").display().to_string().trim_end_matches('/').to_owned();
    let store = TrustStore::new(Root::system(), &TrustPaths::default());
    let shosts = || match store.user_files(Some(&account)).shosts().content {
        Content::Missing => Found::Missing,
        Content::Unreadable(why) => Found::Unreadable(why),
        Content::Read(_) => ALLOWED,
    };
    home.put(".shosts", "host\n");
    assert_eq!(shosts(), ALLOWED);
    let secret = home.site.path("etc/secret");
    home.site.put("/etc/secret", "host\n");
    let open = fs::File::open(&secret).unwrap();
    let descriptor = format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&open));
    let refused = [
        ("/dev/zero", Found::Unreadable(Unreadable::NotAFile)),
        ("/dev/tty", Found::Unreadable(Unreadable::NotAFile)),
        (descriptor.as_str(), system(nix::errno::Errno::ELOOP)),
        ("/proc/self/cwd/Cargo.toml", system(nix::errno::Errno::ELOOP)),
        ("/etc/shadow", system(nix::errno::Errno::EACCES)),
        // No link of the kind before, but of the process that reads it, and read as the file of a user.
        ("/proc/self/maps", Found::Unreadable(Unreadable::NotAFile)),
        ("/proc/thread-self/status", Found::Unreadable(Unreadable::NotAFile)),
        ("/proc/version", Found::Unreadable(Unreadable::NotAFile)),
    ];
    for (target, found) in refused {
        fs::remove_file(home.path(".shosts")).unwrap();
        symlink(target, home.path(".shosts")).unwrap();
        assert_eq!(shosts(), found, "{target}");
    }
}

#[test]
fn without_root_no_link_is_followed_and_the_file_must_be_the_accounts() {
    if geteuid().is_root() {
        // The same code, asked for by another user: see `as_another_user`.
        return as_another_user("without_root_no_link_is_followed_and_the_file_must_be_the_accounts");
    }
    let mut home = Home::new();
    let real = home.put("real", "host\n");
    symlink("real", home.path(".shosts")).unwrap();
    assert_eq!(home.shosts(), (None, system(nix::errno::Errno::ELOOP)));
    fs::remove_file(home.path(".shosts")).unwrap();
    fs::hard_link(&real, home.path(".shosts")).unwrap();
    assert_eq!(home.shosts(), (home.stat(0o600), ALLOWED));
    fs::rename(home.path(".ssh"), home.path("ssh")).unwrap();
    home.put("ssh/known_hosts", entry(0));
    symlink("ssh", home.path(".ssh")).unwrap();
    assert!(matches!(home.files().known_hosts(), UserFile { stat: None, content: Content::Missing, .. }));
    // The account is another one than ours.
    home.account.uid += 1;
    let (stat, found) = home.shosts();
    assert_eq!(stat, Some(Stat { uid: home.account.uid - 1, mode: 0o600 }));
    assert_eq!(found, Found::Unreadable(Unreadable::Owner { owner: home.account.uid - 1 }));
}

/// Runs a test of this file again without root's rights.
fn as_another_user(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    mode(folder.path(), 0o777);
    let binary = folder.path().join("tests");
    fs::copy(std::env::current_exe().unwrap(), &binary).unwrap();
    mode(&binary, 0o755);
    let output = std::process::Command::new("setpriv")
        .args([&format!("--reuid={ALICE}"), &format!("--regid={ALICE}"), "--clear-groups", "--"])
        .arg(&binary)
        .args(["--exact", &format!("store::trust::tests::user_files::{test}")])
        .env("TMPDIR", folder.path())
        .current_dir("/")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_lines_are_never_shown() {
    let home = Home::new();
    home.put(".shosts", "host my-secret-word\n");
    home.put(".ssh/known_hosts", format!("my-secret-word {KEY}\n@revoked my-secret-word {KEY}\nmy-secret-word\n"));
    let files = home.files();
    let (shosts, known_hosts) = (files.shosts(), files.known_hosts());
    let (Content::Read(shosts), Content::Read(known_hosts)) = (shosts.content, known_hosts.content) else { panic!() };
    let shown = format!("{files:?} {shosts:?} {known_hosts:?}");
    assert!(!shown.contains("secret") && !shown.contains("AAAA"), "{shown}");
}

#[test]
fn lines_that_count_for_nothing_are_told_by_number_once_they_were_read() {
    let home = Home::new();
    home.put(".shosts", "10.0.0.1\n\n@bad too many words\n");
    home.put(".ssh/known_hosts", format!("a bad line\n{}", entry(0)));
    let files = home.files();
    assert_eq!(files.skipped_lines(), []);
    let _ = (files.shosts(), files.known_hosts(), files.known_hosts2());
    let path = |name: &str| format!("{HOME}/{name}");
    let (shosts, known_hosts) = (path(".shosts"), path(".ssh/known_hosts"));
    assert_eq!(files.skipped_lines(), [(shosts.as_str(), 3), (known_hosts.as_str(), 1)]);
}
