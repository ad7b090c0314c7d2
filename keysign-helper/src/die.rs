//! The one place where this program speaks to people, and ends without a signature.

use std::ffi::OsStr;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use hostbased::escape::escape;

use crate::refusal::Refusal;

/// The status of every refusal (OpenSSH: fatal.c).
const REFUSED: i32 = 255;

/// The name that the helper was called by, as messages have it: the base name of `argv[0]`.
pub(crate) fn program_name(argv0: Option<&OsStr>) -> String {
    let name = argv0.and_then(|path| Path::new(path).file_name()).unwrap_or_else(|| OsStr::new("keysign"));
    escape(name.as_bytes()).capped(64).to_string()
}

/// Says why and ends. Each line ends in CR LF, as OpenSSH's do: the caller's terminal may be in raw mode.
pub(crate) fn die(program: &str, refusal: &Refusal) -> ! {
    let text = refusal.text(program).replace('\n', "\r\n");
    let _ = io::stderr().write_all(text.as_bytes());
    hostbased_sys::end_at_once(REFUSED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_base_name_of_its_first_argument() {
        for (argv0, expected) in [
            (Some("/usr/lib/openssh/ssh-keysign"), "ssh-keysign"),
            (Some("keysign"), "keysign"),
            (Some(""), "keysign"),
            (Some("/"), "keysign"),
            (None, "keysign"),
            (Some("a/b\x1b[2J"), "b\\x1b[2J"),
        ] {
            assert_eq!(program_name(argv0.map(OsStr::new)), expected, "{argv0:?}");
        }
    }
}
