//! The keys of the user's own: `~/.ssh/authorized_keys`, or one file for all (sshd(8), AUTHORIZED_KEYS FILE FORMAT).

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use hostbased::escape::escape;
use hostbased::key::{PublicKey, encode_base64, parse_public_key_line};
use hostbased::store::account::SystemAccount;
use nix::libc::O_NONBLOCK;

use crate::login::Server;

/// Largest file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Whether a line of the account's file has this key, and nothing but the key and a comment.
///
/// # Errors
/// The code of what refuses it.
pub fn check(server: &Server, account: &SystemAccount, key: &PublicKey) -> Result<(), &'static str> {
    let text = match read(server, account) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err("key-not-authorized"),
        Err(error) => {
            tracing::warn!(user = ?escape(account.name.as_bytes()), error = ?escape(&error.to_string()), "authorized keys");
            return Err("authorized-keys-unreadable");
        }
    };
    let base64 = encode_base64(key.blob());
    for line in text.split(|&byte| byte == b'\n') {
        match parse_public_key_line(line) {
            Ok((found, _)) if found == *key => return Ok(()),
            // In front of the key stand options, which this server does not know: it must not pass over what they forbid.
            Err(_) if has_word(line, base64.as_bytes()) => return Err("authorized-keys-options"),
            Ok(_) | Err(_) => {}
        }
    }
    Err("key-not-authorized")
}

/// Whether the word stands in a line that is no comment.
fn has_word(line: &[u8], word: &[u8]) -> bool {
    !line.trim_ascii_start().starts_with(b"#") && line.split(u8::is_ascii_whitespace).any(|part| part == word)
}

fn read(server: &Server, account: &SystemAccount) -> io::Result<Vec<u8>> {
    if let Some(file) = &server.authorized_keys {
        return read_checked(file, &[], 0, true);
    }
    let home = server.judge.store().root().join(&account.home);
    let (folder, strict, uid) = (home.join(".ssh"), server.judge.policy().strict_modes, account.uid);
    let work = move || read_checked(&folder.join("authorized_keys"), &[home, folder], uid, strict);
    if server.own_uid != 0 {
        return work();
    }
    // With the rights of the user: what he links to may be nobody's business but root's.
    let groups = account.group_ids.clone().unwrap_or_default();
    let thread = hostbased_sys::spawn_with_file_rights(account.uid, account.gid, groups, work)?;
    thread.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))?
}

/// Reads a file if nobody but the user, root, and whoever runs this could have written it, or put it into its folders
/// (OpenSSH: misc.c `safe_path`).
fn read_checked(file: &Path, folders: &[PathBuf], uid: u32, strict: bool) -> io::Result<Vec<u8>> {
    let own = nix::unistd::geteuid().as_raw();
    let is_safe = |found: &std::fs::Metadata| [0, uid, own].contains(&found.uid()) && found.mode() & 0o022 == 0;
    // It must not wait for the writer of a FIFO.
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    let open: File = OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(file).map_err(named)?;
    let found = open.metadata()?;
    let mut safe = found.is_file() && found.len() <= MAX_BYTES && (!strict || is_safe(&found));
    for folder in folders {
        safe = safe && (!strict || is_safe(&folder.metadata()?));
    }
    if !safe {
        return Err(named(io::Error::other("no file of at most 1 MiB that others cannot write, nor its folders")));
    }
    let mut bytes = Vec::new();
    open.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
