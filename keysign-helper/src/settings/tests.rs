//! The whole file: each keyword with its near misses, and every refusal by its words.

use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;

use super::*;
use crate::groups::Groups;

/// A folder with a file of settings in it.
struct Lab(tempfile::TempDir);

impl Lab {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("keysign.conf")
    }

    fn me(&self) -> u32 {
        fs::metadata(self.0.path()).unwrap().uid()
    }

    fn write(&self, text: impl AsRef<[u8]>) -> &Self {
        fs::write(self.path(), text).unwrap();
        fs::set_permissions(self.path(), Permissions::from_mode(0o644)).unwrap();
        self
    }

    fn read(&self) -> Result<Settings, String> {
        let folder = self.0.path().to_str().unwrap();
        read(&self.path(), self.me()).map_err(|error| error.to_string().replace(folder, "DIR"))
    }
}

fn read_text(text: impl AsRef<[u8]>) -> Result<Settings, String> {
    Lab::new().write(text).read()
}

fn algorithm(name: &str) -> Algorithm {
    Algorithm::from_name(name.as_bytes()).unwrap()
}

#[test]
fn without_a_file_or_with_an_empty_one_everything_is_as_with_openssh() {
    assert_eq!(Lab::new().read(), Ok(Settings::default()));
    for text in ["", "\n\n", "# AllowUsers alice\n", "  \t\r\n#x"] {
        assert_eq!(read_text(text), Ok(Settings::default()), "{text:?}");
    }
    let settings = Settings::default();
    assert!(settings.audit && !settings.strict_sandbox && !settings.asks_for_groups());
    assert_eq!(settings.may_call(b"anybody", &Groups::default()), Ok(()));
    assert_eq!(settings.may_be(b"root"), Ok(()));
    for name in ["ssh-ed25519", "rsa-sha2-256", "rsa-sha2-512-cert-v01@openssh.com", "ecdsa-sha2-nistp521"] {
        assert_eq!(settings.may_sign(algorithm(name)), Ok(()), "{name}");
    }
    assert_eq!(settings.may_sign(algorithm("ssh-rsa")), Err(NotAllowed::Algorithm));
}

#[test]
fn lines_are_cut_as_those_of_ssh_config() {
    let plain = read_text("AllowUsers alice\nStrictSandbox yes\nAudit no\n").unwrap();
    for text in [
        "allowusers alice\nSTRICTSANDBOX yes\naudit no",
        "AllowUsers=alice\nStrictSandbox = YES\nAudit =false\n",
        "  AllowUsers \"alice\" # her\r\n\tStrictSandbox\ttrue\r\nAudit No # quiet\r\n",
        "Audit no\n\n#\nStrictSandbox 'yes'\nAllowUsers alice",
    ] {
        assert_eq!(read_text(text).as_ref(), Ok(&plain), "{text:?}");
    }
    assert!(plain.strict_sandbox && !plain.audit);
    assert!(!read_text("StrictSandbox no\n").unwrap().strict_sandbox);
    assert!(read_text("Audit yes\n").unwrap().audit);
}

#[test]
fn users_and_groups_must_both_be_allowed() {
    let names = |names: &[&str]| names.iter().map(|name| name.as_bytes().to_vec()).collect::<Vec<_>>();
    let groups = |of: &[&str]| Groups { of_the_user: names(of), of_the_process: Vec::new() };
    let settings = read_text("AllowUsers alice b*\nAllowUsers carol !bob\nAllowGroups staff \"a b\"\n").unwrap();
    assert!(settings.asks_for_groups());
    for (user, of, expected) in [
        ("alice", &["staff"][..], Ok(())),
        ("alice", &["users", "a b"], Ok(())),
        ("bill", &["staff"], Ok(())),
        ("carol", &["staff"], Ok(())),
        ("bob", &["staff"], Err(NotAllowed::User)),
        ("Alice", &["staff"], Err(NotAllowed::User)),
        ("dave", &["staff"], Err(NotAllowed::User)),
        ("alice", &["users"], Err(NotAllowed::Group)),
        ("alice", &[], Err(NotAllowed::Group)),
        ("dave", &[], Err(NotAllowed::User)),
    ] {
        assert_eq!(settings.may_call(user.as_bytes(), &groups(of)), expected, "{user} {of:?}");
    }
    let groups_alone = read_text("AllowGroups * !guests\n").unwrap();
    assert_eq!(groups_alone.may_call(b"dave", &groups(&["users"])), Ok(()));
    assert_eq!(groups_alone.may_call(b"dave", &groups(&["users", "guests"])), Err(NotAllowed::Group));
    // Those of the process take, and give nothing.
    let both = |of: &[&str], process: &[&str]| Groups { of_the_user: names(of), of_the_process: names(process) };
    assert_eq!(groups_alone.may_call(b"dave", &both(&["users"], &["guests"])), Err(NotAllowed::Group));
    assert_eq!(groups_alone.may_call(b"dave", &both(&["users"], &["staff"])), Ok(()));
    assert_eq!(groups_alone.may_call(b"dave", &both(&[], &["staff"])), Err(NotAllowed::Group));
    // No UTF-8 is asked for.
    let bytes = read_text(b"AllowUsers al\xffce\n").unwrap();
    assert_eq!(bytes.may_call(b"al\xffce", &Groups::default()), Ok(()));
    assert_eq!(bytes.may_call(b"al\xfece", &Groups::default()), Err(NotAllowed::User));
}

#[test]
fn server_users_are_allowed_by_pattern() {
    let settings = read_text("AllowServerUsers * !root !admin*\n").unwrap();
    assert_eq!(settings.may_be(b"bob"), Ok(()));
    assert_eq!(settings.may_be(b"root"), Err(NotAllowed::ServerUser));
    assert_eq!(settings.may_be(b"administrator"), Err(NotAllowed::ServerUser));
    assert_eq!(settings.may_be(b"root2"), Ok(()));
    assert_eq!(settings.may_be(b""), Ok(()), "the request's own checks refuse it");
}

#[test]
fn algorithms_are_lists_as_sshds() {
    for (list, allowed, refused) in [
        ("ssh-ed25519", &["ssh-ed25519"][..], &["ssh-ed25519-cert-v01@openssh.com", "rsa-sha2-512"][..]),
        ("ssh-ed25519*", &["ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com"], &["rsa-sha2-512"]),
        ("-rsa*", &["ssh-ed25519", "ecdsa-sha2-nistp256"], &["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]),
        ("-ssh-rsa", &["ssh-ed25519", "rsa-sha2-256"], &["ssh-rsa"]),
        ("+ssh-ed25519", &["ssh-ed25519", "rsa-sha2-512"], &["ssh-rsa"]),
        ("^rsa-sha2-512", &["ssh-ed25519", "rsa-sha2-512"], &["ssh-rsa"]),
        ("*", &["ssh-ed25519", "rsa-sha2-512"], &["ssh-rsa", "ssh-rsa-cert-v01@openssh.com"]),
        ("-*", &[], &["ssh-ed25519", "rsa-sha2-512", "ssh-rsa"]),
    ] {
        let settings = read_text(format!("AcceptedAlgorithms {list}\n")).unwrap();
        for name in allowed {
            assert_eq!(settings.may_sign(algorithm(name)), Ok(()), "{list} {name}");
        }
        for name in refused {
            assert_eq!(settings.may_sign(algorithm(name)), Err(NotAllowed::Algorithm), "{list} {name}");
        }
    }
}

#[test]
fn each_wrong_line_is_told_by_its_number_and_keyword() {
    let known = "known: AcceptedAlgorithms, AllowUsers, AllowGroups, AllowServerUsers, StrictSandbox, Audit";
    for (text, expected) in [
        ("\n# x\nAllowUser alice\n", format!("3: allowuser: unknown keyword ({known})")),
        ("AllowUsers alice\nEnableSSHKeysign yes\n", format!("2: enablesshkeysign: unknown keyword ({known})")),
        ("Match user alice\n", format!("1: match: unknown keyword ({known})")),
        ("Include x\n", format!("1: include: unknown keyword ({known})")),
        ("\x1b[2J yes\n", format!("1: \\x1b[2j: unknown keyword ({known})")),
        ("\x0c", format!("1: \\x0c: unknown keyword ({known})")),
        ("Audit yes\nAudit yes\n", "2: audit: stands twice; line 1 has it too".into()),
        ("StrictSandbox no\n#\nstrictsandbox yes\n", "3: strictsandbox: stands twice; line 1 has it too".into()),
        ("AcceptedAlgorithms *\nAcceptedAlgorithms *\n", {
            "2: acceptedalgorithms: stands twice; line 1 has it too".into()
        }),
        ("Audit\n", "1: audit: needs an argument".into()),
        ("Audit # yes\n", "1: audit: needs an argument".into()),
        ("AllowUsers\n", "1: allowusers: needs an argument".into()),
        ("AllowGroups # staff\n", "1: allowgroups: needs an argument".into()),
        ("AcceptedAlgorithms\n", "1: acceptedalgorithms: needs an argument".into()),
        ("Audit yes no\n", "1: audit: takes one argument; \"no\" is one too many".into()),
        ("StrictSandbox yes yes\n", "1: strictsandbox: takes one argument; \"yes\" is one too many".into()),
        ("AcceptedAlgorithms ssh-ed25519 rsa*\n", {
            "1: acceptedalgorithms: takes one argument; \"rsa*\" is one too many".into()
        }),
        ("Audit maybe\n", "1: audit: \"maybe\" is neither yes nor no".into()),
        ("Audit \"\"\n", "1: audit: \"\" is neither yes nor no".into()),
        ("StrictSandbox 1\n", "1: strictsandbox: \"1\" is neither yes nor no".into()),
        ("AllowUsers \"alice\n", "1: allowusers: a quote is never closed".into()),
        ("\"AllowUsers alice\n", "1: a quote is never closed".into()),
        ("AllowUsers alice\0\n", "1: holds a NUL byte".into()),
        ("# \0\n", "1: holds a NUL byte".into()),
        ("AllowUsers \"\"\n", "1: allowusers: an empty pattern matches nobody".into()),
        ("AllowUsers alice,,bob\n", "1: allowusers: an empty pattern matches nobody".into()),
        ("AllowServerUsers !\n", "1: allowserverusers: an empty pattern matches nobody".into()),
        ("\nAllowGroups !guests\nAllowGroups !x,!y\n", {
            "2: allowgroups: has only patterns with \"!\", so nobody is allowed (add \"*\" for everybody else)".into()
        }),
        ("AcceptedAlgorithms ssh-dss\n", {
            "1: acceptedalgorithms: \"ssh-dss\" is no algorithm and no pattern that fits one".into()
        }),
        ("AcceptedAlgorithms ssh-ed25519,!rsa*\n", {
            "1: acceptedalgorithms: \"!rsa*\" means something only in a list that begins with \"-\"".into()
        }),
        ("AcceptedAlgorithms +\n", "1: acceptedalgorithms: the list is empty".into()),
        ("AcceptedAlgorithms +ssh-rsa\n", {
            "1: acceptedalgorithms: ssh-rsa is never signed by: SHA-1 is broken (take it out)".into()
        }),
        ("AcceptedAlgorithms ssh-ed25519,ssh-rsa\n", {
            "1: acceptedalgorithms: ssh-rsa is never signed by: SHA-1 is broken (take it out)".into()
        }),
    ] {
        assert_eq!(read_text(text), Err(format!("DIR/keysign.conf:{expected}")), "{text:?}");
    }
    let long = format!("AllowUsers {}\n", "x".repeat(1023));
    let expected = "DIR/keysign.conf:1: allowusers: a pattern of 1023 bytes or more";
    assert_eq!(read_text(long), Err(expected.to_owned()));
    let text = format!("Audit {}\n", "\x1b".repeat(100));
    let expected = format!("DIR/keysign.conf:1: audit: \"{}...\" is neither yes nor no", "\\x1b".repeat(64));
    assert_eq!(read_text(text), Err(expected));
    let expected =
        "DIR/keysign.conf:1: acceptedalgorithms: \"a\\xef\\xbf\\xbd\" is no algorithm and no pattern that fits one";
    assert_eq!(read_text(b"AcceptedAlgorithms a\xff\n"), Err(expected.to_owned()));
}

#[test]
fn a_file_that_others_could_have_written_is_refused() {
    let lab = Lab::new();
    for (mode, expected) in [
        (0o600, None),
        (0o444, None),
        (0o664, Some("mode 0664 lets others write it (chmod go-w)")),
        (0o646, Some("mode 0646 lets others write it (chmod go-w)")),
    ] {
        lab.write("Audit no\n");
        fs::set_permissions(lab.path(), Permissions::from_mode(mode)).unwrap();
        let expected = expected.map(|text| format!("DIR/keysign.conf: {text}"));
        assert_eq!(lab.read().err(), expected, "{mode:o}");
    }
    lab.write("");
    let me = lab.me();
    let error = read(&lab.path(), me.wrapping_add(1)).unwrap_err().to_string();
    assert!(error.ends_with(&format!("keysign.conf: belongs to user {me}, not to root (chown root)")), "{error}");
}

#[test]
fn what_is_no_plain_file_is_refused() {
    let lab = Lab::new();
    let refused = |expected: &str| assert_eq!(lab.read(), Err(format!("DIR/keysign.conf: {expected}")));
    fs::create_dir(lab.path()).unwrap();
    refused("not a regular file");
    fs::remove_dir(lab.path()).unwrap();
    nix::unistd::mkfifo(&lab.path(), nix::sys::stat::Mode::S_IRUSR).unwrap();
    refused("not a regular file");
    fs::remove_file(lab.path()).unwrap();
    symlink("nowhere", lab.path()).unwrap();
    refused("cannot be read: No such file or directory");
    fs::remove_file(lab.path()).unwrap();
    symlink("keysign.conf", lab.path()).unwrap();
    refused("cannot be read: Too many symbolic links encountered");
    fs::remove_file(lab.path()).unwrap();
    lab.write(vec![b'#'; 65_536]);
    assert_eq!(lab.read(), Ok(Settings::default()));
    lab.write(vec![b'#'; 65_537]);
    refused("larger than 65536 bytes");
    // A name too long for the system is no absent file.
    let long = lab.0.path().join("x".repeat(300));
    assert!(read(&long, lab.me()).unwrap_err().to_string().ends_with("cannot be read: File name too long"));
    assert!(long.as_os_str().as_bytes().len() > 256);
    // Below a file there is none either; but the folder is not what it should be.
    let below = lab.path().join("keysign.conf");
    assert!(read(&below, lab.me()).unwrap_err().to_string().ends_with("cannot be read: Not a directory"));
}

#[test]
fn a_link_counts_where_root_alone_chose_its_target() {
    let lab = Lab::new();
    fs::set_permissions(lab.0.path(), Permissions::from_mode(0o755)).unwrap();
    fs::write(lab.0.path().join("real"), "Audit no\n").unwrap();
    fs::set_permissions(lab.0.path().join("real"), Permissions::from_mode(0o644)).unwrap();
    symlink("real", lab.path()).unwrap();
    assert!(!lab.read().unwrap().audit);
    // A folder on the way that others may write: they could put another file of root's there, by a link.
    let open = lab.0.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::write(open.join("real"), "Audit no\n").unwrap();
    fs::set_permissions(open.join("real"), Permissions::from_mode(0o644)).unwrap();
    fs::remove_file(lab.path()).unwrap();
    symlink("open/real", lab.path()).unwrap();
    assert!(!lab.read().unwrap().audit);
    fs::set_permissions(&open, Permissions::from_mode(0o777)).unwrap();
    let expected = "DIR/keysign.conf: is a link, or lies in a folder, that others than root can change";
    assert_eq!(lab.read(), Err(expected.to_owned()));
}
