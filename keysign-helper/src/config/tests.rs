//! Whole files: what comes out, and that `ssh` agrees.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;

/// What a file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Yes,
    No,
    Refused,
}
use Outcome::{No, Refused, Yes};

struct Lab {
    folder: tempfile::TempDir,
    account: String,
    owner: u32,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let owner = fs::metadata(folder.path()).unwrap().uid();
        let account = nix::unistd::User::from_uid(nix::unistd::getuid()).unwrap().unwrap().name;
        Self { folder, account, owner }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file; `DIR` in it becomes the folder, `ME` the account.
    fn write(&self, name: &str, text: &str, mode: u32) {
        let text = text.replace("DIR", self.folder.path().to_str().unwrap()).replace("ME", &self.account);
        fs::write(self.path(name), text).unwrap();
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn read_as(&self, owner: u32) -> Result<Verdict, ConfigError> {
        let surroundings = Surroundings {
            account: self.account.as_bytes(),
            home: b"/nonexistent",
            uid: self.owner,
            host_name: b"node1",
            folder: self.folder.path(),
            owner,
        };
        read(&self.path("ssh_config"), &surroundings)
    }

    fn outcome(&self) -> Outcome {
        match self.read_as(self.owner) {
            Ok(Verdict::Enabled) => Yes,
            Ok(_) => No,
            Err(_) => Refused,
        }
    }

    fn error(&self) -> String {
        let error = self.read_as(self.owner).unwrap_err().to_string();
        error.replace(self.folder.path().to_str().unwrap(), "DIR")
    }

    /// What `ssh -G` says of the same file and an empty host name.
    fn ssh(&self) -> Outcome {
        let output = Command::new("ssh").arg("-F").arg(self.path("ssh_config")).args(["-G", ""]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        match (output.status.success(), text.lines().any(|line| line == "enablesshkeysign yes")) {
            (false, _) => Refused,
            (true, true) => Yes,
            (true, false) => No,
        }
    }
}

/// Whether `ssh` says so as well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ssh {
    Agrees,
    /// It decides otherwise, on purpose or because `ssh -G` is not the helper.
    Differs,
}
use Ssh::{Agrees, Differs};

#[test]
fn files_come_out_as_openssh_has_them() {
    let lab = Lab::new();
    lab.write("yes.conf", "EnableSSHKeysign yes\n", 0o644);
    lab.write("no.conf", "EnableSSHKeysign no\n", 0o644);
    lab.write("hostblock.conf", "Host node1\n  Port 22\n", 0o644);
    // Writable for all: Debian forgives a file that is writable for a group of its owner alone.
    lab.write("open.conf", "Host *\n", 0o646);
    lab.write("bad.conf", "NoSuchOption x\n", 0o644);
    lab.write("loop.conf", "Include DIR/loop.conf\n", 0o644);
    fs::create_dir(lab.path("folder.d")).unwrap();
    std::os::unix::fs::symlink("nowhere", lab.path("dangling")).unwrap();
    let rows: &[(&str, Outcome, Ssh)] = &[
        ("", No, Agrees),
        ("EnableSSHKeysign yes\n", Yes, Agrees),
        ("EnableSSHKeysign yes", Yes, Agrees),
        ("enablesshkeysign=TRUE\n", Yes, Agrees),
        ("  EnableSSHKeysign  =  \"yes\"  # why\n", Yes, Agrees),
        ("EnableSSHKeysign 'yes'\r\n", Yes, Agrees),
        ("\"EnableSSHKeysign\" yes\n", Yes, Agrees),
        ("EnableSSHKeysign no\nEnableSSHKeysign yes\n", No, Agrees),
        ("EnableSSHKeysign yes\nEnableSSHKeysign no\n", Yes, Agrees),
        ("#EnableSSHKeysign yes\n", No, Agrees),
        // Blocks.
        ("Host *\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Host !x *\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Host node1\n EnableSSHKeysign yes\n", No, Agrees),
        ("Host ?*\n EnableSSHKeysign yes\n", No, Agrees),
        ("Host node1\n Port 22\nEnableSSHKeysign yes\n", No, Agrees),
        ("Host node1\n EnableSSHKeysign no\nHost *\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match all\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match host *\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match host node1\n EnableSSHKeysign yes\n", No, Agrees),
        ("Match originalhost *\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match user ME\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match user nobodyelse\n EnableSSHKeysign yes\n", No, Agrees),
        ("Match localuser ME\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match !localuser ME\n EnableSSHKeysign yes\n", No, Agrees),
        ("User bob\nMatch user bob\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("User bob\nMatch user ME\n EnableSSHKeysign yes\n", No, Agrees),
        ("Host node1\n User bob\nMatch user ME\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Hostname node1\nMatch host node1\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Hostname node1\nMatch originalhost node1\n EnableSSHKeysign yes\n", No, Agrees),
        ("Match !final\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match final\n EnableSSHKeysign yes\n", No, Differs),
        ("Match canonical\n EnableSSHKeysign yes\n", No, Agrees),
        // What is not evaluated can forbid, not permit.
        ("Match exec true\n EnableSSHKeysign yes\n", No, Differs),
        ("Match exec true\n EnableSSHKeysign no\nMatch all\n EnableSSHKeysign yes\n", No, Agrees),
        ("Match exec false\n EnableSSHKeysign no\nMatch all\n EnableSSHKeysign yes\n", No, Differs),
        ("Match exec false\n EnableSSHKeysign yes\nMatch all\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match user nobodyelse exec true\n EnableSSHKeysign no\nMatch all\n EnableSSHKeysign yes\n", Yes, Agrees),
        ("Match exec true\n User bob\nMatch user bob\n EnableSSHKeysign yes\n", No, Differs),
        ("Match exec true\n IgnoreUnknown x\nMatch all\nx y\n", Refused, Differs),
        ("Match exec true\n Include DIR/yes.conf\n", No, Differs),
        ("Match exec false\n Include DIR/no.conf\nMatch all\n EnableSSHKeysign yes\n", No, Differs),
        // Wrong lines.
        ("EnableSSHKeysign yes\nNoSuchOption x\n", Refused, Agrees),
        ("Host node1\n NoSuchOption x\n", Refused, Agrees),
        ("IgnoreUnknown NoSuch*\nNoSuchOption x\nEnableSSHKeysign yes\n", Yes, Agrees),
        ("IgnoreUnknown other,NOSUCHOPTION\nNoSuchOption x\nEnableSSHKeysign yes\n", Yes, Agrees),
        ("NoSuchOption x\nIgnoreUnknown NoSuch*\nEnableSSHKeysign yes\n", Refused, Agrees),
        ("IgnoreUnknown a\nIgnoreUnknown NoSuch*\nNoSuchOption x\n", Refused, Agrees),
        ("EnableSSHKeysign\n", Refused, Agrees),
        ("EnableSSHKeysign ask\n", Refused, Agrees),
        ("EnableSSHKeysign yes no\n", Refused, Agrees),
        ("EnableSSHKeysign \"\"\n", Refused, Agrees),
        ("EnableSSHKeysign \"yes\n", Refused, Agrees),
        ("Host \"\"\n", Refused, Agrees),
        ("Host \"\" *\n", Refused, Agrees),
        ("Match nosuch x\n", Refused, Agrees),
        ("Match all user x\n", Refused, Agrees),
        ("Match\n", Refused, Agrees),
        ("\"EnableSSHKeysign no\nEnableSSHKeysign yes\n", Refused, Differs),
        ("EnableSSHKeysign yes\0no\n", Refused, Differs),
        ("Protocol 2\nCipher 3des\nKerberosAuthentication no\nEnableSSHKeysign yes\n", Yes, Agrees),
        ("GSSAPIKeyExchange yes\nSendEnv LANG LC_*\nHashKnownHosts yes\nEnableSSHKeysign yes\n", Yes, Agrees),
        // Other files.
        ("Include DIR/yes.conf\n", Yes, Agrees),
        ("Include DIR/no.conf DIR/yes.conf\n", No, Agrees),
        ("Include DIR/[xy]*.conf\n", Yes, Agrees),
        ("Include DIR/*.nosuch DIR/dangling DIR/folder.d\nEnableSSHKeysign yes\n", Yes, Agrees),
        ("Host node1\n Include DIR/yes.conf\n", No, Agrees),
        ("Include DIR/hostblock.conf\nEnableSSHKeysign yes\n", Yes, Agrees),
        ("Host node1\nInclude DIR/hostblock.conf\nEnableSSHKeysign yes\n", No, Agrees),
        ("Include DIR/open.conf\nEnableSSHKeysign yes\n", Refused, Agrees),
        ("Host node1\n Include DIR/open.conf\n", Refused, Agrees),
        ("Include DIR/bad.conf\nEnableSSHKeysign yes\n", Refused, Agrees),
        ("Include DIR/loop.conf\nEnableSSHKeysign yes\n", Refused, Agrees),
        ("Include \"\"\n", Refused, Agrees),
        // Relative to the folder of the system's file; `ssh -F` takes ~/.ssh.
        ("Include yes.conf\n", Yes, Differs),
        ("Include ~/yes.conf\n", Refused, Differs),
        ("Include ${HOME}/yes.conf\nEnableSSHKeysign yes\n", Refused, Differs),
        // Newer than some versions of ssh.
        ("RefuseConnection \"not today\"\nEnableSSHKeysign yes\n", Refused, Agrees),
        ("Host node1\n RefuseConnection no\nHost *\n EnableSSHKeysign yes\n", Yes, Differs),
        ("Tag x\nMatch tagged x\n EnableSSHKeysign yes\n", Yes, Differs),
        ("Match command \"\" sessiontype shell\n EnableSSHKeysign yes\n", Yes, Differs),
        ("SessionType none\nMatch sessiontype none\n EnableSSHKeysign yes\n", Yes, Differs),
    ];
    for &(text, expected, ssh) in rows {
        lab.write("ssh_config", text, 0o644);
        assert_eq!(lab.outcome(), expected, "{text}");
        if ssh == Agrees {
            assert_eq!(lab.ssh(), expected, "ssh: {text}");
        }
    }
}

#[test]
fn refusals_have_opensshs_words() {
    let lab = Lab::new();
    lab.write("open.conf", "", 0o646);
    lab.write("loop.conf", "Include DIR/loop.conf\n", 0o644);
    let ends = "\nDIR/ssh_config: terminating, 1 bad configuration options";
    for (text, expected) in [
        ("\nNoSuch x\n", format!("DIR/ssh_config: line 2: Bad configuration option: nosuch{ends}")),
        ("EnableSSHKeysign ask", format!("DIR/ssh_config line 1: unsupported option \"ask\".{ends}")),
        ("EnableSSHKeysign # x", format!("DIR/ssh_config line 1: missing argument.{ends}")),
        ("User \"\"", format!("DIR/ssh_config line 1: Missing argument.{ends}")),
        ("EnableSSHKeysign", format!("DIR/ssh_config line 1: no argument after keyword \"enablesshkeysign\"{ends}")),
        ("EnableSSHKeysign yes x", {
            format!("DIR/ssh_config line 1: keyword enablesshkeysign extra arguments at end of line{ends}")
        }),
        ("Port \"22", format!("DIR/ssh_config line 1: invalid quotes{ends}")),
        ("Host \"\"", format!("DIR/ssh_config line 1: keyword host empty argument{ends}")),
        ("Include ~/x", format!("DIR/ssh_config line 1: bad include path ~/x.{ends}")),
        ("Include open.conf", "Bad owner or permissions on DIR/open.conf".to_owned()),
        ("Include loop.conf", "Too many recursive configuration includes".to_owned()),
        ("RefuseConnection no", "DIR/ssh_config line 1: RefuseConnection: no".to_owned()),
    ] {
        lab.write("ssh_config", text, 0o644);
        assert_eq!(lab.error(), expected, "{text}");
    }
    lab.write("ssh_config", "A b\nC\x1b d\n", 0o644);
    let expected = "DIR/ssh_config: line 1: Bad configuration option: a\n\
         DIR/ssh_config: line 2: Bad configuration option: c\\x1b\n\
         DIR/ssh_config: terminating, 2 bad configuration options";
    assert_eq!(lab.error(), expected);
}

#[test]
fn includes_go_sixteen_files_deep() {
    let lab = Lab::new();
    for depth in 0..20 {
        let name = if depth == 0 { "ssh_config".to_owned() } else { format!("{depth}.conf") };
        lab.write(&name, &format!("Include {}.conf\n", depth + 1), 0o644);
    }
    lab.write("16.conf", "EnableSSHKeysign yes\n", 0o644);
    assert_eq!(lab.read_as(lab.owner), Ok(Verdict::Enabled));
    lab.write("16.conf", "Include 17.conf\n", 0o644);
    lab.write("17.conf", "EnableSSHKeysign yes\n", 0o644);
    assert_eq!(lab.read_as(lab.owner), Err(ConfigError::TooDeep));
}

#[test]
fn the_main_file_belongs_to_root_and_nobody_else_writes_it() {
    let lab = Lab::new();
    for (mode, right) in [(0o644, true), (0o600, true), (0o664, false), (0o646, false)] {
        lab.write("ssh_config", "EnableSSHKeysign yes\n", mode);
        let verdict = lab.read_as(lab.owner);
        assert_eq!(verdict == Ok(Verdict::Enabled), right, "{mode:o} {verdict:?}");
        assert_eq!(matches!(verdict, Err(ConfigError::OwnerOrMode { .. })), !right, "{mode:o}");
    }
    lab.write("ssh_config", "EnableSSHKeysign yes\n", 0o644);
    assert!(matches!(lab.read_as(lab.owner.wrapping_add(1)), Err(ConfigError::OwnerOrMode { .. })));
    fs::remove_file(lab.path("ssh_config")).unwrap();
    assert_eq!(lab.read_as(lab.owner), Ok(Verdict::Unreadable("No such file or directory".to_owned())));
}

/// By a link in his home folder, say, to an example of root's.
#[test]
fn a_file_that_the_caller_chose_can_forbid_and_not_permit() {
    if !nix::unistd::geteuid().is_root() {
        return crate::test_support::skipped("a_file_that_the_caller_chose_can_forbid_and_not_permit");
    }
    let lab = Lab::new();
    let home = lab.path("alice");
    fs::create_dir(&home).unwrap();
    std::os::unix::fs::symlink("../example.conf", home.join("extra")).unwrap();
    std::os::unix::fs::chown(&home, Some(12_345), None).unwrap();
    lab.write("ssh_config", "Include %d/extra\nInclude after.conf\n", 0o644);
    let read_with = |example: &str, after: &str| {
        lab.write("example.conf", example, 0o644);
        lab.write("after.conf", after, 0o644);
        let surroundings = Surroundings {
            account: b"alice",
            home: home.to_str().unwrap().as_bytes(),
            uid: 12_345,
            host_name: b"node1",
            folder: lab.folder.path(),
            owner: lab.owner,
        };
        read(&lab.path("ssh_config"), &surroundings)
    };
    assert_eq!(read_with("EnableSSHKeysign yes", ""), Ok(Verdict::Unset));
    assert_eq!(read_with("EnableSSHKeysign no", "EnableSSHKeysign yes"), Ok(Verdict::Disabled));
    assert_eq!(read_with("Port 22", "EnableSSHKeysign yes"), Ok(Verdict::Enabled));
}

/// The file of `name` and who owns it; needs root to give it away.
#[test]
fn an_included_file_of_the_callers_can_forbid_and_not_permit() {
    if !nix::unistd::geteuid().is_root() {
        return crate::test_support::skipped("an_included_file_of_the_callers_can_forbid_and_not_permit");
    }
    let (caller, stranger) = (12_345, 12_346);
    let lab = Lab::new();
    let read_with = |main: &str, included: &str, owner: u32| {
        lab.write("ssh_config", main, 0o644);
        lab.write("own.conf", included, 0o644);
        std::os::unix::fs::chown(lab.path("own.conf"), Some(owner), None).unwrap();
        let surroundings = Surroundings {
            account: b"alice",
            home: b"/home/alice",
            uid: caller,
            host_name: b"node1",
            folder: Path::new(lab.folder.path()),
            owner: lab.owner,
        };
        read(&lab.path("ssh_config"), &surroundings)
    };
    assert_eq!(read_with("Include own.conf", "EnableSSHKeysign yes", lab.owner), Ok(Verdict::Enabled));
    assert_eq!(read_with("Include own.conf", "EnableSSHKeysign yes", caller), Ok(Verdict::Unset));
    let then_yes = "Include own.conf\nEnableSSHKeysign yes";
    assert_eq!(read_with(then_yes, "EnableSSHKeysign no", caller), Ok(Verdict::Disabled));
    assert_eq!(read_with(then_yes, "Port 22", caller), Ok(Verdict::Enabled));
    let strangers = read_with(then_yes, "Port 22", stranger);
    assert!(matches!(strangers, Err(ConfigError::OwnerOrMode { .. })), "{strangers:?}");
}
