//! The helper: its file, its mount, and what it says when it is asked nothing.

use std::fs;
use std::path::Path;

use nix::unistd::{AccessFlags, access};

use super::files::{file, reason, text};
use super::process::{Environment, run};
use crate::doctor::client::{Helper, Mount, SelfTest};
use crate::escape::escape;

/// Debian's list of modes that packages must keep.
const STAT_OVERRIDES: &str = "/var/lib/dpkg/statoverride";

/// What ours answers to `--version`; OpenSSH's reads no arguments.
const OURS: &[u8] = b"keysign (hostbased)";

/// The helper that is compiled into `ssh`, or else one in the usual places. Nobody logs in by running it with nothing on its
/// input.
pub(super) fn gather(compiled: Option<&str>) -> Helper {
    let usual = || crate::sign::helper::Helper::find().ok().map(|found| found.path().to_string_lossy().into_owned());
    let Some(path) = compiled.map(str::to_owned).or_else(usual) else { return Helper::default() };
    let found = file(&path).map_err(|error| reason(&error));
    let mut helper = Helper {
        is_executable: access(path.as_str(), AccessFlags::X_OK).is_ok(),
        mount: mount(&path),
        stat_override: stripped(&path),
        file: Some(found),
        ..Helper::default()
    };
    if matches!(helper.file, Some(Ok(_))) && helper.is_executable {
        let version = run(Path::new(&path), &["--version"], Environment::Empty);
        helper.is_ours = version.is_ok_and(|ran| ran.output.starts_with(OURS));
        helper.self_test = Some(match run(Path::new(&path), &[], Environment::Empty) {
            Ok(ran) => SelfTest::of(&ran.lines),
            Err(error) => SelfTest::CannotRun(reason(&error)),
        });
    }
    Helper { path: Some(path), ..helper }
}

/// The line of Debian's list that keeps the helper without set-uid and set-gid.
fn stripped(path: &str) -> Option<String> {
    let list = text(STAT_OVERRIDES)?;
    let is_stripped = |line: &&str| {
        let mut fields = line.split(' ').skip(2);
        let mode = fields.next().and_then(|mode| u32::from_str_radix(mode, 8).ok());
        fields.next() == Some(path) && mode.is_some_and(|mode| mode & 0o6000 == 0)
    };
    list.lines().find(is_stripped).map(|line| escape(line).to_string())
}

fn mount(path: &str) -> Option<Mount> {
    let real = fs::canonicalize(path).ok()?;
    mount_of(real.to_str()?, &text("/proc/self/mountinfo")?)
}

/// The mount that a path is on (proc_pid_mountinfo(5)): of those around it the innermost, and of several at one place the
/// last.
fn mount_of(path: &str, table: &str) -> Option<Mount> {
    let mut found: Option<Mount> = None;
    for line in table.lines() {
        let mut fields = line.split(' ').skip(4);
        let (Some(point), Some(options)) = (fields.next(), fields.next()) else { continue };
        let point = unescaped(point);
        let below = path.strip_prefix(point.trim_end_matches('/'));
        let is_around = below.is_some_and(|below| below.starts_with('/') || below.is_empty());
        if is_around && found.as_ref().is_none_or(|found| found.point.len() <= point.len()) {
            let has = |option| options.split(',').any(|word| word == option);
            found = Some(Mount { is_nosuid: has("nosuid"), is_noexec: has("noexec"), point });
        }
    }
    found.map(|mount| Mount { point: escape(&mount.point).to_string(), ..mount })
}

/// Spaces and a few others stand as three octal digits behind a backslash.
fn unescaped(field: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(field.to_owned(), |text, (code, byte)| text.replace(code, byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_mount_counts_and_of_two_the_last() {
        let table = "1 0 8:1 / / rw,relatime - ext4 /dev/a rw\n\
                     2 1 0:5 / /usr rw,nosuid shared:1 - ext4 /dev/b rw\n\
                     3 2 0:6 / /usr/lib rw - overlay o rw\n\
                     4 2 0:7 / /usr/lib rw,noexec,nosuid - overlay o rw\n\
                     5 1 0:8 / /usr/lib\\040x rw - ext4 /dev/c rw\n";
        let mount = |path| mount_of(path, table).unwrap();
        assert_eq!(mount("/usr/libexec/k"), Mount { point: "/usr".to_owned(), is_nosuid: true, is_noexec: false });
        assert_eq!(mount("/usr/lib/k"), Mount { point: "/usr/lib".to_owned(), is_nosuid: true, is_noexec: true });
        assert_eq!(mount("/usr/lib x/k").point, "/usr/lib x");
        assert_eq!(mount("/bin/k"), Mount { point: "/".to_owned(), ..Mount::default() });
        assert_eq!(mount_of("/x", ""), None);
    }
}
