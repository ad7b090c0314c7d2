//! The paths of `Include` lines.

use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::criteria::expanded_host;
use super::glob::glob;
use super::settings::{Setting, Settings};
use super::{LineProblem, Surroundings};
use crate::admin_file::reason;

/// Every file that one argument of an `Include` line names (OpenSSH: readconf.c `process_config_line_depth`, oInclude).
pub(super) fn files(
    argument: &[u8],
    settings: &Settings,
    surroundings: &Surroundings<'_>,
) -> Result<Vec<PathBuf>, LineProblem> {
    if argument.is_empty() {
        return Err(LineProblem::EmptyArgument);
    }
    let path = expand(argument, settings, surroundings).ok_or_else(|| LineProblem::IncludePath(argument.to_vec()))?;
    if path.starts_with(b"~") {
        return Err(LineProblem::IncludePath(path));
    }
    let path =
        if path.starts_with(b"/") { path } else { [surroundings.folder.as_os_str().as_bytes(), b"/", &path].concat() };
    glob(&path).map_err(|error| LineProblem::Glob { pattern: path, reason: reason(&error) })
}

/// Expands the tokens of ssh_config(5), TOKENS. None for what the helper cannot know (`%C`, `%j`, `%k`, `%p`) or must not
/// ask: `${NAME}` would let the caller's environment choose the file.
fn expand(text: &[u8], settings: &Settings, surroundings: &Surroundings<'_>) -> Option<Vec<u8>> {
    let mut path = Vec::new();
    let mut bytes = text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'$' if bytes.peek() == Some(&b'{') => return None,
            b'%' => match bytes.next()? {
                b'%' => path.push(b'%'),
                b'd' => path.extend_from_slice(surroundings.home),
                b'h' => path.extend_from_slice(&expanded_host(&settings.hostname)?),
                b'i' => path.extend_from_slice(surroundings.uid.to_string().as_bytes()),
                b'l' => path.extend_from_slice(surroundings.host_name),
                b'L' => path.extend(surroundings.host_name.iter().take_while(|&&byte| byte != b'.')),
                b'n' => {}
                b'r' => match &settings.user {
                    Setting::Unset => path.extend_from_slice(surroundings.account),
                    Setting::Set(user) => path.extend_from_slice(user),
                    Setting::Unsure => return None,
                },
                b'u' => path.extend_from_slice(surroundings.account),
                _ => return None,
            },
            _ => path.push(byte),
        }
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn tokens_that_the_helper_knows_are_expanded() {
        let surroundings = Surroundings {
            account: b"alice",
            home: b"/home/alice",
            uid: 1000,
            host_name: b"node1.test",
            folder: Path::new("/etc/ssh"),
            owner: 0,
        };
        let mut settings = Settings::new();
        let expanded = |text: &str, settings: &Settings| {
            expand(text.as_bytes(), settings, &surroundings).map(|path| String::from_utf8(path).unwrap())
        };
        let path = |text: &str| Some(text.to_owned());
        assert_eq!(
            expanded("a/%u-%i-%l-%L-%n-%h-%%-%d$x", &settings),
            path("a/alice-1000-node1.test-node1---%-/home/alice$x")
        );
        assert_eq!(expanded("%r", &settings), path("alice"));
        settings.user = Setting::Set(b"bob".to_vec());
        settings.hostname = Setting::Set(b"x%h".to_vec());
        assert_eq!(expanded("%r%h", &settings), path("bobx"));
        settings.user = Setting::Unsure;
        for text in ["%r", "%C", "%p", "%k", "%j", "%x", "%", "${HOME}/x"] {
            assert_eq!(expanded(text, &settings), None, "{text}");
        }
    }
}
