//! Which `ssh` would run, and what is compiled into it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use nix::unistd::{AccessFlags, access};

use super::process::{Environment, run};
use crate::doctor::client::Programs;
use crate::escape::escape;

/// The system's own, where PATH is not asked.
const SYSTEM: [&str; 2] = ["/usr/bin/ssh", "/usr/local/bin/ssh"];

/// Most bytes of a program that are looked at.
const MAX_PROGRAM: u64 = 32 << 20;

/// Longest path that is looked for in a program, in bytes.
const MAX_PATH: usize = 1024;

/// The `ssh` that the user would run: of PATH the first, for root one of fixed places.
pub(super) fn gather(is_root: bool) -> Programs {
    let system = SYSTEM.iter().map(PathBuf::from).find(|path| is_runnable(path));
    let first = if is_root { system.clone() } else { in_path() };
    let Some(ssh) = first else { return Programs::default() };
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let is_another = |own: &PathBuf| own.canonicalize().ok() != ssh.canonicalize().ok();
    let program = bytes_of(&ssh);
    let version = run(&ssh, &["-V"], Environment::Users).ok();
    Programs {
        version: version.and_then(|ran| ran.lines.into_iter().next()),
        helper: compiled_path(&program, b"/ssh-keysign"),
        config: compiled_path(&program, b"/ssh_config"),
        system_ssh: system.filter(is_another).map(|own| text(&own)),
        ssh: Some(text(&ssh)),
    }
}

#[allow(clippy::disallowed_methods, reason = "PATH says which ssh the user runs")]
fn in_path() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("ssh")).find(|path| is_runnable(path))
}

fn is_runnable(path: &Path) -> bool {
    path.is_absolute() && path.is_file() && access(path, AccessFlags::X_OK).is_ok()
}

fn bytes_of(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let _ = File::open(path).map(|file| file.take(MAX_PROGRAM).read_to_end(&mut bytes));
    bytes
}

/// The path among a program's strings that ends so.
fn compiled_path(program: &[u8], end: &[u8]) -> Option<String> {
    let mut from = 0_usize;
    loop {
        let rest = program.get(from..)?;
        let at =
            rest.windows(end.len().saturating_add(1)).position(|window| window.strip_prefix(end) == Some(b"\0"))?;
        let after = from.saturating_add(at).saturating_add(end.len());
        let before = program.get(..after)?;
        let start = before.iter().rposition(|byte| !byte.is_ascii_graphic()).map_or(0, |last| last.saturating_add(1));
        let path = before.get(start..)?;
        if path.starts_with(b"/") && path.len() <= MAX_PATH {
            return Some(escape(path).capped(MAX_PATH).to_string());
        }
        from = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_between_nuls() {
        let program =
            b"\x7fELF\0x/ssh-keysign\0/usr/lib/openssh/ssh-keysign.c\0/opt/libexec/ssh-keysign\0/etc/ssh/ssh_config\0";
        assert_eq!(compiled_path(program, b"/ssh-keysign").as_deref(), Some("/opt/libexec/ssh-keysign"));
        assert_eq!(compiled_path(program, b"/ssh_config").as_deref(), Some("/etc/ssh/ssh_config"));
        assert_eq!(compiled_path(program, b"/nothing"), None);
        assert_eq!(compiled_path(b"", b"/x"), None);
    }
}
