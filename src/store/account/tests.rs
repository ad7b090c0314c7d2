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
        AccountError::System(errno) => panic!("{errno}"),
    };
    open("/etc/group");
    assert_eq!(problem(alice.load_groups(&image.root).unwrap_err()), Problem::Writable { mode: 0o666 });
    assert_eq!(alice.group_ids, None);
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

#[test]
fn a_name_service_has_the_last_word_on_the_spelling() {
    let root = nix::unistd::User::from_name("root").unwrap().unwrap();
    assert!(system::is_named(&root, "root"));
    // As a service would answer that does not care for the case.
    for other in ["ROOT", "Root", "root ", "DOMAIN\\root"] {
        assert!(!system::is_named(&root, other), "{other}");
    }
}
