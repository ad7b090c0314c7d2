use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;
use crate::store::error::Problem;

const PASSWD: &str = "\
# nobody may log in here
root:x:0:0:root:/root:/bin/sh
+nis:x:1:1::/:/bin/sh
short:x:1:1
alice:x:1000:1000:Alice:/home/alice:/bin/sh
alice:x:0:0:a second line does not count:/root:/bin/sh
bob:x:1001:1000::/home/bob:
carol:!x:1002:1002::/home/carol:/bin/none
dave:x:1003:1003::/home/dave:/bin/data
erin:x:one:1004::/home/erin:/bin/sh
frank:x:4294967295:1005::/home/frank:/bin/sh
grace:!:1006:1006::/home/grace:/bin
ümlaut:x:1007:1007::/home/ü:/bin/link
";

const GROUP: &str = "\
root:x:0:
users:x:1000:carol
staff:x:50:alice,bob,alice
staffs:x:51:alicex,xalice
wheel:x:10:bob,alice
again:x:50:bob
bad:x:ten:alice
";

struct Image {
    _folder: TempDir,
    root: Root,
}

impl Image {
    fn new(shadow: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::create_dir(path.join("etc")).unwrap();
        fs::create_dir(path.join("bin")).unwrap();
        for (name, text, mode) in [
            ("etc/passwd", PASSWD, 0o644),
            ("etc/group", GROUP, 0o644),
            ("etc/shadow", shadow, 0o640),
            ("bin/sh", "", 0o755),
            ("bin/data", "", 0o644),
        ] {
            fs::write(path.join(name), text).unwrap();
            fs::set_permissions(path.join(name), Permissions::from_mode(mode)).unwrap();
        }
        for name in ["", "etc", "bin"] {
            fs::set_permissions(path.join(name), Permissions::from_mode(0o755)).unwrap();
        }
        symlink("/bin/sh", path.join("bin/link")).unwrap();
        let root = Root::new(path);
        Self { _folder: folder, root }
    }

    fn look_up(&self, name: &str) -> Option<SystemAccount> {
        SystemAccount::look_up(&self.root, &UserName::new(name).unwrap()).unwrap()
    }

    fn locked(&self, name: &str) -> (bool, Shadow) {
        let account = self.look_up(name).unwrap();
        (account.locked, account.shadow)
    }
}

#[test]
fn an_account_of_an_image_is_what_its_files_say() {
    let image = Image::new("");
    let mut alice = image.look_up("alice").unwrap();
    assert_eq!((alice.uid, alice.gid, alice.home.as_str()), (1000, 1000, "/home/alice"));
    assert_eq!(alice.entry().shell, Shell::Usable);
    assert!(alice.entry().groups.is_empty() && alice.group_ids.is_none(), "they were not asked for");
    alice.load_groups(&image.root).unwrap();
    assert_eq!(alice.group_ids, Some(vec![1000, 50, 10]));
    assert_eq!(alice.entry().groups, [&b"users"[..], b"staff", b"wheel"]);
    let mut dave = image.look_up("dave").unwrap();
    dave.load_groups(&image.root).unwrap();
    assert_eq!((dave.group_ids, dave.group_names), (Some(vec![1003]), vec![]), "a group without a name");
}

#[test]
fn lines_that_are_not_understood_are_no_accounts() {
    let image = Image::new("");
    for name in ["short", "nis", "+nis", "erin", "frank", "nobody", "Alice", "alic", "# nobody may log in here"] {
        assert_eq!(image.look_up(name), None, "{name}");
    }
    assert_eq!(image.look_up("root").unwrap().uid, 0);
}

#[test]
fn a_shell_is_a_file_that_somebody_may_execute() {
    let image = Image::new("");
    let shell = |name| image.look_up(name).map(|account| (account.shell.clone(), account.shell_state));
    let found = |shell: &str, state| Some((shell.to_owned(), state));
    assert_eq!(shell("alice"), found("/bin/sh", ShellState::Usable));
    assert_eq!(shell("bob"), found("/bin/sh", ShellState::Usable), "an empty one");
    assert_eq!(shell("carol"), found("/bin/none", ShellState::Missing));
    assert_eq!(shell("dave"), found("/bin/data", ShellState::NotExecutable));
    assert_eq!(shell("grace"), found("/bin", ShellState::NotExecutable));
    assert_eq!(shell("ümlaut"), found("/bin/link", ShellState::Usable), "links are followed, in the image");
    let carol = image.look_up("carol").unwrap();
    assert_eq!(carol.entry().shell, Shell::Missing("/bin/none"));
}

#[test]
fn locked_is_who_has_a_mark_before_the_password_or_whose_last_day_is_over() {
    let today = today();
    let image = Image::new(&format!(
        "root:!hash:1::::::\nalice:hash:1::::::\nbob:hash!:1:::::{today}:\ncarol:*:1:::::{yesterday}:\n\
         dave:!!:1::::::\ngrace:hash:1::::::\n",
        yesterday = today.saturating_sub(1),
    ));
    let known = |locked| (locked, Shadow::Known);
    assert_eq!(image.locked("root"), known(true));
    assert_eq!(image.locked("alice"), known(false));
    assert_eq!(image.locked("bob"), known(false), "today is the last day");
    assert_eq!(image.locked("carol"), known(true), "yesterday was");
    assert_eq!(image.locked("dave"), known(true));
    assert_eq!(image.locked("grace"), known(false), "passwd(5) does not count then");
}

#[test]
fn without_a_shadow_entry_the_other_file_is_asked_and_it_is_said_so() {
    let image = Image::new("alice:too:few\n");
    let unknown = |locked| (locked, Shadow::Unknown);
    assert_eq!(image.locked("alice"), unknown(false));
    assert_eq!(image.locked("carol"), unknown(true));
    fs::remove_file(image.root.join("/etc/shadow")).unwrap();
    assert_eq!((image.locked("alice"), image.locked("carol")), (unknown(false), unknown(true)));
}

#[test]
fn files_that_others_may_write_say_nothing() {
    let image = Image::new("");
    let name = UserName::new("alice").unwrap();
    let mut alice = image.look_up("alice").unwrap();
    let open = |path| fs::set_permissions(image.root.join(path), Permissions::from_mode(0o666)).unwrap();
    let problem = |error| match error {
        AccountError::File(error) => error.problem,
        other => panic!("{other}"),
    };
    open("/etc/group");
    assert_eq!(problem(alice.load_groups(&image.root).unwrap_err()), Problem::Writable { mode: 0o666 });
    assert_eq!(alice.group_ids, None);
    open("/etc/shadow");
    assert_eq!(
        problem(SystemAccount::look_up(&image.root, &name).unwrap_err()),
        Problem::Writable { mode: 0o666 },
        "whoever may write it unlocks accounts"
    );
    open("/etc/passwd");
    let found = SystemAccount::look_up(&image.root, &name);
    assert_eq!(problem(found.unwrap_err()), Problem::Writable { mode: 0o666 });
}

/// What `getent` and `id` say: the same name services, asked by other programs.
#[test]
fn accounts_of_the_system_are_those_of_its_name_services() {
    let run = |program: &str, arguments: &[&str]| {
        let output = std::process::Command::new(program).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    let root = Root::system();
    let passwd = run("getent", &["passwd"]);
    assert!(passwd.contains("root:"), "{passwd}");
    for line in passwd.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        let name = UserName::new(fields[0]).unwrap();
        let mut account = SystemAccount::look_up(&root, &name).unwrap().unwrap();
        assert_eq!(
            [&account.uid.to_string(), &account.gid.to_string(), &account.home],
            [fields[2], fields[3], fields[5]]
        );
        account.load_groups(&root).unwrap();
        let ids: Vec<String> = account.group_ids.iter().flatten().map(ToString::to_string).collect();
        assert_eq!(ids.join(" "), run("id", &["-G", fields[0]]), "{line}");
        let names: Vec<_> = account.group_names.iter().map(|name| String::from_utf8_lossy(name)).collect();
        assert_eq!(names.join(" "), run("id", &["-Gn", fields[0]]), "{line}");
        let shadow = run("getent", &["shadow", fields[0]]);
        assert_eq!(account.shadow == Shadow::Known, !shadow.is_empty());
    }
    for name in [&b"hostbased-no-such-account"[..], b"\xff"] {
        assert_eq!(SystemAccount::look_up(&root, &UserName::new(name).unwrap()), Ok(None));
    }
}

/// An account of the running system, of one that is in other groups than its own where there is such a one.
fn present() -> SystemAccount {
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let names = passwd.lines().filter_map(|line| UserName::new(line.split(':').next()?).ok());
    let found = names.filter_map(|name| {
        let mut account = SystemAccount::look_up(&Root::system(), &name).unwrap()?;
        account.load_groups(&Root::system()).unwrap();
        Some(account)
    });
    found.max_by_key(|account| account.group_ids.as_ref().map(Vec::len)).unwrap()
}

#[test]
fn without_descriptors_it_is_not_known_whether_an_account_is_locked_and_what_groups_it_is_in() {
    // In a process of its own: the other tests need theirs.
    if std::env::var_os(FEW).is_none() {
        return with_few_descriptors(
            "without_descriptors_it_is_not_known_whether_an_account_is_locked_and_what_groups_it_is_in",
        );
    }
    let root = Root::system();
    let account = present();
    let nobody = UserName::new("hostbased-no-such-account").unwrap();
    // No group has this number, which is what a name service says of all others when it cannot look.
    let no_group = 4_294_000_000;
    let looked = || {
        let found = SystemAccount::look_up(&root, &account.name);
        let ids = system::group_ids(&account);
        let names = system::group_names(account.group_ids.as_deref().unwrap());
        (found, system::shadow(&account.name), ids, names)
    };
    let unknown =
        || (SystemAccount::look_up(&root, &nobody), system::shadow(&nobody), system::group_names(&[no_group]));
    let (found, shadow, ids, names) = looked();
    let listed = (found.unwrap().unwrap(), shadow.unwrap());
    assert_eq!((ids.unwrap(), names.unwrap()), (account.group_ids.clone().unwrap(), account.group_names.clone()));
    assert_eq!(unknown(), (Ok(None), Ok(None), Ok(vec![])));

    for left in 0..30 {
        let mut held: Vec<_> = std::iter::from_fn(|| fs::File::open("/").ok()).collect();
        assert!(held.len() > left);
        held.truncate(held.len() - left);
        let (found, shadow, ids, names) = looked();
        let unknown = unknown();
        drop(held);
        // Each is right, or an error.
        let mut failed = 0;
        let mut check = |wrong: Result<bool, AccountError>| match wrong {
            Ok(wrong) => assert!(!wrong, "{left}"),
            Err(_) => failed += 1,
        };
        check(found.map(|found| found != Some(listed.0.clone())));
        check(shadow.map(|shadow| shadow != listed.1));
        check(ids.map(|ids| Some(ids) != account.group_ids));
        check(names.map(|names| names != account.group_names));
        check(unknown.0.map(|found| found.is_some()));
        check(unknown.1.map(|found| found.is_some()));
        check(unknown.2.map(|names| !names.is_empty()));
        let expected = match left {
            0 => 7..=7,
            // What says that there is no such thing is believed when eight are left.
            1..8 => 3..=7,
            8..20 => 0..=7,
            _ => 0..=0,
        };
        assert!(expected.contains(&failed), "{failed} of 7 failed with {left} descriptors");
    }
}

/// Set where a test runs again, with few descriptors.
const FEW: &str = "HOSTBASED_FEW_DESCRIPTORS";

fn with_few_descriptors(test: &str) {
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -n 100; exec \"$@\"", "sh"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("store::account::tests::{test}")])
        .env(FEW, "1")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn files_of_the_running_system_that_cannot_be_read_are_told_from_those_that_are_not_there() {
    let shadow = direct::shadow().unwrap();
    assert_eq!(shadow.is_empty(), fs::read("/etc/shadow").is_err(), "only root may read it");
    assert_eq!(direct::group().unwrap().as_slice(), fs::read("/etc/group").unwrap());
}

#[test]
fn a_name_service_has_the_last_word_on_the_spelling() {
    let root = nix::unistd::User::from_name("root").unwrap().unwrap();
    assert!(system::is_named(&root, "root"));
    // As a service would answer that does not care for the case.
    for other in ["ROOT", "Root", "root ", "DOMAIN\\root"] {
        assert!(!system::is_named(&root, other), "{other}");
    }
}
