//! What a helper says that is asked nothing: run with nothing on its input, it fails at the first thing that is wrong, and
//! where nothing is, at the missing request. Nobody logs in by that.

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelfTest {
    /// It is switched on, has its privilege, and holds a key.
    Good,
    /// EnableSSHKeysign is not yes, as it sees it.
    NotEnabled,
    /// It can open no key file.
    NoKeyOpened,
    /// It can open key files, and none of them is a key without passphrase.
    NoKeyUsable,
    /// It cannot become the user: what it says, escaped.
    CannotDrop(String),
    /// The user id has no name.
    NoUser,
    /// It refuses the configuration: what it says, escaped.
    Config(String),
    /// It says something else, escaped.
    Other(String),
    /// It cannot be run: why, escaped.
    CannotRun(String),
}

impl SelfTest {
    /// Reads what it says on standard error: lines without control characters. The last line decides; those before it say
    /// more (OpenSSH: ssh-keysign.c `main`; ours ends with the same lines).
    #[must_use]
    pub fn of(lines: &[String]) -> Self {
        let said = |part: &str| lines.iter().find(|line| line.contains(part));
        let last = lines.last().map(String::as_str).unwrap_or_default();
        if last.contains("ssh_msg_recv failed") {
            Self::Good
        } else if last.contains("ssh-keysign not enabled in") {
            Self::NotEnabled
        } else if last.contains("could not open any host key") {
            Self::NoKeyOpened
        } else if last.contains("no hostkey found") {
            Self::NoKeyUsable
        } else if last.contains("getpwuid failed") {
            Self::NoUser
        } else if let Some(line) = said("setresgid").or_else(|| said("setresuid")).or_else(|| said("setgroups")) {
            Self::CannotDrop(line.clone())
        } else if let Some(line) = config_complaint(lines) {
            Self::Config(line)
        } else {
            Self::Other(lines.join("; "))
        }
    }

    /// Whether a signature may be asked for.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Good)
    }
}

/// The line that says what is wrong with the configuration; not the count at the end.
pub(super) fn config_complaint(lines: &[String]) -> Option<String> {
    let marks = ["Bad configuration option", "Bad owner or permissions", "Can't open user config file"];
    let named = lines.iter().find(|line| marks.iter().any(|mark| line.contains(mark)));
    let counted = || lines.iter().any(|line| line.contains("bad configuration option"));
    let other = || lines.iter().find(|line| line.contains(" line ") || line.contains(": line "));
    named.or_else(|| counted().then(other).flatten()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_last_line_has_its_meaning() {
        let test = |lines: &[&str]| SelfTest::of(&lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>());
        assert_eq!(test(&["ssh-keysign: ssh_msg_recv failed"]), SelfTest::Good);
        assert_eq!(test(&["keysign: x", "keysign: ssh_msg_recv failed"]), SelfTest::Good);
        assert_eq!(test(&["ssh-keysign not enabled in /etc/ssh/ssh_config"]), SelfTest::NotEnabled);
        assert_eq!(test(&["keysign: why", "could not open any host key"]), SelfTest::NoKeyOpened);
        assert_eq!(test(&["no hostkey found"]), SelfTest::NoKeyUsable);
        assert_eq!(test(&["getpwuid failed"]), SelfTest::NoUser);
        let dropped = "setresgid 18352: Operation not permitted";
        assert_eq!(test(&[dropped]), SelfTest::CannotDrop(dropped.to_owned()));
        let option = "/etc/ssh/ssh_config: line 7: Bad configuration option: nosuch";
        let count = "/etc/ssh/ssh_config: terminating, 1 bad configuration options";
        assert_eq!(test(&[option, count]), SelfTest::Config(option.to_owned()));
        let argument = "/etc/ssh/ssh_config line 3: unsupported option \"maybe\".";
        assert_eq!(test(&[argument, count]), SelfTest::Config(argument.to_owned()));
        assert_eq!(test(&["a", "b"]), SelfTest::Other("a; b".to_owned()));
        assert_eq!(test(&[]), SelfTest::Other(String::new()));
    }
}
