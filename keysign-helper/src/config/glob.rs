//! The files that an `Include` pattern names: glob(3) as OpenSSH calls it, without braces and `~`.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use hostbased::config::Component;

/// Most files that one pattern may name; more are refused.
const MAX_MATCHES: usize = 1024;

/// Every path that an absolute pattern matches, in byte order.
///
/// # Errors
/// What keeps a folder from being read. OpenSSH skips such a folder; but what it holds may say no, and a caller can
/// bring some of these errors about.
pub(super) fn glob(pattern: &[u8]) -> io::Result<Vec<PathBuf>> {
    let mut paths = vec![PathBuf::from("/")];
    for component in pattern.split(|&byte| byte == b'/').filter(|component| !component.is_empty()) {
        let component = Component::parse(component).ok_or_else(|| invalid("this kind of pattern is not supported"))?;
        let mut found = Vec::new();
        for path in paths {
            match component.literal() {
                Some(name) => {
                    let path = path.join(std::ffi::OsStr::from_bytes(&name));
                    if exists(&path)? {
                        found.push(path);
                    }
                }
                None => found.extend(entries(&path, &component)?),
            }
            if found.len() > MAX_MATCHES {
                return Err(invalid("the pattern matches too many files"));
            }
        }
        paths = found;
    }
    paths.sort_by(|a, b| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    Ok(paths)
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

fn exists(path: &Path) -> io::Result<bool> {
    absent_is(fs::symlink_metadata(path).map(|_| true), false)
}

fn absent_is<T>(result: io::Result<T>, absent: T) -> io::Result<T> {
    match result {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(absent),
        other => other,
    }
}

fn entries(folder: &Path, component: &Component) -> io::Result<Vec<PathBuf>> {
    let Some(listing) = absent_is(fs::read_dir(folder).map(Some), None)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in listing {
        let name = entry?.file_name();
        if component.matches(name.as_bytes()) {
            found.push(folder.join(name));
        }
        if found.len() > MAX_MATCHES {
            return Err(invalid("the pattern matches too many files"));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    /// A path that is matched as it stands, whatever bytes it has.
    fn quote(path: &Path) -> Vec<u8> {
        let mut quoted = Vec::new();
        for byte in path.to_path_buf().into_os_string().into_vec() {
            if matches!(byte, b'*' | b'?' | b'[' | b'\\') {
                quoted.push(b'\\');
            }
            quoted.push(byte);
        }
        quoted
    }

    #[test]
    fn patterns_find_what_the_shell_finds() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("d.d")).unwrap();
        fs::create_dir(folder.path().join("e.d")).unwrap();
        for name in ["b.conf", "a.conf", ".hidden.conf", "c.conf~", "a[1].conf", "d.d/x.conf", "e.d/y.conf", "a*"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        std::os::unix::fs::symlink("nowhere", folder.path().join("z.conf")).unwrap();
        let found = |pattern: &str| -> Vec<String> {
            let whole = [quote(folder.path()), b"/".to_vec(), pattern.as_bytes().to_vec()].concat();
            let paths = glob(&whole).unwrap();
            paths.iter().map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string()).collect()
        };
        for (pattern, expected) in [
            ("*.conf", &["a.conf", "a[1].conf", "b.conf", "z.conf"][..]),
            ("?.conf", &["a.conf", "b.conf", "z.conf"]),
            ("[ab].conf", &["a.conf", "b.conf"]),
            ("[!a-y].conf", &["z.conf"]),
            ("[]a].conf", &["a.conf"]),
            (".h*", &[".hidden.conf"]),
            ("*.d/*.conf", &["d.d/x.conf", "e.d/y.conf"]),
            ("b.conf", &["b.conf"]),
            ("./b.conf", &["b.conf"]),
            ("b.conf/x", &[]),
            ("nosuch", &[]),
            ("nosuch/*", &[]),
            ("a\\*", &["a*"]),
            ("a\\[1\\].conf", &["a[1].conf"]),
            ("a[1].conf", &[]),
            ("[a.conf", &[]),
        ] {
            assert_eq!(found(pattern), expected, "{pattern}");
            if expected.is_empty() {
                continue; // The shell leaves a pattern that matches nothing as it is.
            }
            let script = format!(
                "LC_ALL=C; cd \"$1\" && for f in {pattern}; do [ -e \"$f\" ] || [ -L \"$f\" ] && echo \"$f\"; done; true"
            );
            let shell =
                std::process::Command::new("sh").args(["-c", &script, "sh"]).arg(folder.path()).output().unwrap();
            let shell = String::from_utf8(shell.stdout).unwrap();
            let shell: Vec<&str> = shell.lines().map(|line| line.trim_start_matches("./")).collect();
            assert_eq!(shell, expected, "sh: {pattern}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert_eq!(glob(b"/tmp/[[:alpha:]]*").unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert_eq!(glob(b"/tmp/[\\]]*").unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
