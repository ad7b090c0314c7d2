//! `/etc/ssh/ssh_config`, as the set-uid helper reads it: the administrator's file, but whoever runs the helper chose which
//! of its conditions hold. The helper is no library, so its files are included here.
//!
//! Beside a naive reading of plain files: what forbids must not permit, whatever stands around it.
#![no_main]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use tempfile::TempDir;

use crate::config::{ConfigError, Surroundings, Verdict};

#[allow(dead_code, reason = "the other reader needs the rest")]
#[path = "../../keysign-helper/src/admin_file/mod.rs"]
mod admin_file;
#[path = "../../keysign-helper/src/config/mod.rs"]
mod config;

/// As the helper's.
const ROOT: u32 = 0;

/// A folder for the file and what it may include; in memory where the system has such a place.
static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    for (name, text) in
        [("ssh_config", ""), ("input.conf", ""), ("yes.conf", "EnableSSHKeysign yes\n"), ("host.conf", "Host x\n")]
    {
        fs::write(folder.path().join(name), text).unwrap();
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    folder
});

fuzz_target!(|input: &[u8]| -> Corpus {
    // Files are looked for in the folder alone, not all over this machine.
    let includes = input.to_ascii_lowercase().windows(7).any(|window| window == b"include");
    if includes && input.contains(&b'/') {
        return Corpus::Reject;
    }
    let verdict = read(input);
    if let (Ok(verdict), Some(naive)) = (&verdict, naive(input)) {
        assert_eq!(*verdict, naive);
    }

    // The first value counts.
    let forbidden = read(&[b"EnableSSHKeysign no\n", input].concat());
    assert_eq!(forbidden.is_ok(), verdict.is_ok());
    assert!(matches!(forbidden, Ok(Verdict::Disabled) | Err(_)), "{forbidden:?}");
    let commented = read(&[b"\n  # EnableSSHKeysign yes\n\r\n", input].concat());
    assert_eq!(commented.as_ref().ok(), verdict.as_ref().ok());

    // A file counts no more than the block that includes it.
    fs::write(FOLDER.path().join("input.conf"), input).unwrap();
    let unsure = read(b"Match exec true\nInclude input.conf\n");
    assert_ne!(unsure, Ok(Verdict::Enabled), "a block that is not evaluated cannot permit");
    let elsewhere = read(b"Host other\nInclude input.conf\n");
    assert!(matches!(elsewhere, Ok(Verdict::Unset) | Err(_)), "{elsewhere:?}");
    if !includes {
        assert_eq!(read(b"Include input.conf\n").ok(), verdict.ok());
    }
    Corpus::Keep
});

fn read(text: &[u8]) -> Result<Verdict, ConfigError> {
    let path = FOLDER.path().join("ssh_config");
    fs::write(&path, text).unwrap();
    let surroundings = Surroundings {
        account: b"alice",
        home: b"/nonexistent",
        uid: 12_345,
        host_name: b"node1.test",
        folder: FOLDER.path(),
        owner: nix::unistd::geteuid().as_raw(),
    };
    config::read(&path, &surroundings)
}

/// Files of plain lines, without blocks, other files, quotes and what goes with them; `None` for all others.
fn naive(file: &[u8]) -> Option<Verdict> {
    let text = std::str::from_utf8(file).ok()?.to_ascii_lowercase();
    let others = ["host", "match", "include", "\"", "'", "\\", "\x0c"];
    if others.iter().any(|other| text.contains(other)) {
        return None;
    }
    for line in text.split('\n') {
        let line = line.trim_matches([' ', '\t', '\r']);
        // OpenSSH takes one in front of the keyword for nothing.
        if line.starts_with('=') {
            return None;
        }
        let Some(value) = line.strip_prefix("enablesshkeysign") else { continue };
        let value = value.trim_start_matches([' ', '\t', '\r']);
        let value = value.strip_prefix('=').unwrap_or(value);
        let value = value.split([' ', '\t', '\r']).find(|word| !word.is_empty());
        match value {
            Some("yes" | "true") => return Some(Verdict::Enabled),
            Some("no" | "false") => return Some(Verdict::Disabled),
            // Another keyword, or a line that is refused.
            _ => return None,
        }
    }
    Some(Verdict::Unset)
}
