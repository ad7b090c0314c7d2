//! Logs, line by line: however long they are, a line of them is held.

#![allow(clippy::disallowed_types, reason = "logs lie anywhere, and come through pipes")]

use std::fs::File;
use std::io::{self, BufRead, Read};

/// Longest line that sshd logs, in bytes: its own 1024 (log.c `MSGBUFSIZ`), each as `\ooo`, and what a log writes in front.
pub(super) const MAX_LINE: usize = 8 << 10;

/// Opens a log. A folder has no lines, and a FIFO that nobody writes to would be waited for without end; what the shell
/// hands over as `/dev/fd/N` is open already.
pub(super) fn open(path: &str) -> io::Result<File> {
    let is_handed_over = path.starts_with("/dev/") || path.starts_with("/proc/self/fd/");
    let kind = std::fs::metadata(path)?.file_type();
    if !kind.is_file() && (!is_handed_over || kind.is_dir()) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file (\"-\" is standard input)"));
    }
    File::open(path)
}

/// The next line, cut behind [`MAX_LINE`]; false at the end.
pub(super) fn read_line(log: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let cap = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    if log.take(cap).read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if line.last() != Some(&b'\n') {
        // The rest of a line that is none of sshd's, whatever it begins with.
        let at_end = log.fill_buf()?.is_empty();
        if !at_end {
            line.clear();
            log.skip_until(b'\n')?;
        }
    }
    Ok(true)
}
