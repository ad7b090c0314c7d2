//! The files that an `Include` pattern names: glob(3) as OpenSSH calls it, without braces and `~`.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

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
        let component = parse(component).ok_or_else(|| invalid("this kind of pattern is not supported"))?;
        let literal: Option<Vec<u8>> = component.iter().map(Piece::literal).collect();
        let mut found = Vec::new();
        for path in paths {
            match &literal {
                Some(name) => {
                    let path = path.join(std::ffi::OsStr::from_bytes(name));
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

fn entries(folder: &Path, component: &[Piece]) -> io::Result<Vec<PathBuf>> {
    let Some(listing) = absent_is(fs::read_dir(folder).map(Some), None)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in listing {
        let name = entry?.file_name();
        // A dot in front is matched by a dot alone.
        let hidden = name.as_bytes().starts_with(b".") && component.first() != Some(&Piece::Byte(b'.'));
        if !hidden && matches(component, name.as_bytes()) {
            found.push(folder.join(name));
        }
        if found.len() > MAX_MATCHES {
            return Err(invalid("the pattern matches too many files"));
        }
    }
    Ok(found)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Byte(u8),
    Any,
    Star,
    Class { negated: bool, ranges: Vec<(u8, u8)> },
}

impl Piece {
    const fn literal(&self) -> Option<u8> {
        match self {
            Self::Byte(byte) => Some(*byte),
            _ => None,
        }
    }

    fn fits(&self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => *own == byte,
            Self::Any | Self::Star => true,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (low..=high).contains(&&byte)) != *negated
            }
        }
    }
}

/// Reads one component; none for classes by name (`[[:alpha:]]`).
fn parse(text: &[u8]) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        pieces.push(match byte {
            b'*' => Piece::Star,
            b'?' => Piece::Any,
            b'\\' => match rest.split_first() {
                Some((&quoted, behind)) => {
                    rest = behind;
                    Piece::Byte(quoted)
                }
                None => Piece::Byte(b'\\'),
            },
            b'[' => match class(rest)? {
                Some((class, behind)) => {
                    rest = behind;
                    class
                }
                None => Piece::Byte(b'['),
            },
            _ => Piece::Byte(byte),
        });
    }
    Some(pieces)
}

/// Reads a class behind its bracket; the inner none when the bracket is never closed.
fn class(text: &[u8]) -> Option<Option<(Piece, &[u8])>> {
    let (negated, body) = match text.strip_prefix(b"!") {
        Some(body) => (true, body),
        None => (false, text),
    };
    // A closing bracket in the first place stands for itself.
    let Some(end) = body.iter().skip(1).position(|&byte| byte == b']').map(|at| at.saturating_add(1)) else {
        return Some(None);
    };
    let (members, behind) = body.split_at_checked(end)?;
    if members.windows(2).any(|pair| pair == b"[:") || members.contains(&b'\\') {
        return None;
    }
    let mut ranges = Vec::new();
    let mut rest = members;
    while let Some((&low, behind)) = rest.split_first() {
        rest = behind;
        let mut high = low;
        if let [b'-', last, behind @ ..] = rest {
            high = *last;
            rest = behind;
        }
        ranges.push((low, high));
    }
    Some(Some((Piece::Class { negated, ranges }, behind.get(1..)?)))
}

/// Whether the whole name matches; never recurses.
fn matches(pattern: &[Piece], name: &[u8]) -> bool {
    let (mut pattern, mut name) = (pattern, name);
    let mut retry: Option<(&[Piece], &[u8])> = None;
    loop {
        match (pattern.split_first(), name.split_first()) {
            (Some((Piece::Star, rest)), _) => {
                retry = Some((rest, name));
                pattern = rest;
            }
            (Some((piece, pattern_rest)), Some((&byte, name_rest))) if piece.fits(byte) => {
                (pattern, name) = (pattern_rest, name_rest);
            }
            (None, None) => return true,
            _ => match retry.and_then(|(behind_star, from)| Some((behind_star, from.split_first()?.1))) {
                Some((behind_star, from)) => {
                    retry = Some((behind_star, from));
                    (pattern, name) = (behind_star, from);
                }
                None => return false,
            },
        }
    }
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
