//! A line of a log: who wrote it, and what it says.

/// Longest line that is looked at, in bytes. OpenSSH cuts its own at 1024 (log.c, MSGBUFSIZ).
pub(super) const MAX_LINE: usize = 4096;

/// A line without what syslog, the journal and the levels put around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// The number of sshd's process, where a log's tag has it; `None` where the program wrote the line by itself.
    pub(super) process: Option<u64>,
    /// What it says.
    pub(super) text: &'a str,
}

impl<'a> Line<'a> {
    /// Reads a line of syslog or of `journalctl -o short` (what stands in front ends with `sshd[PID]:`), or one that sshd or
    /// ssh wrote to a terminal or file. `None` for lines of other programs and empty ones.
    ///
    /// Nothing that a client chooses stands in front of the text: a name with `sshd[1]: ` in it moves nothing.
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let line = line.trim_end();
        let line = line.get(..MAX_LINE).unwrap_or(line);
        let (process, text) = match tagged(line) {
            Some((tag, text)) => (Some(process(tag)?), text),
            None => (None, line),
        };
        let text = ["debug1: ", "debug2: ", "debug3: ", "error: ", "fatal: "]
            .iter()
            .find_map(|level| text.strip_prefix(level))
            .unwrap_or(text);
        let text = [" [preauth]", " [postauth]"].iter().find_map(|part| text.strip_suffix(part)).unwrap_or(text);
        (!text.is_empty()).then_some(Self { process, text })
    }
}

/// The tag of a line of a log, `NAME[PID]`, and what follows it.
fn tagged(line: &str) -> Option<(&str, &str)> {
    let (before, text) = line.split_once(": ")?;
    let tag = before.rsplit(' ').next()?;
    let is_tag = tag.ends_with(']') && tag.contains('[') && !tag.starts_with('[');
    is_tag.then_some((tag, text))
}

/// The process's number, where it is sshd (since 9.8 `sshd-session` and `sshd-auth`; the journal may name the unit).
fn process(tag: &str) -> Option<u64> {
    let (name, number) = tag.split_once('[')?;
    let is_unit = name.starts_with("ssh") && name.ends_with(".service");
    let is_sshd = is_unit || name == "sshd" || name.starts_with("sshd-") || name.starts_with("sshd@");
    number.strip_suffix(']').filter(|_| is_sshd)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_text_is_taken_off() {
        let read = |line| Line::read(line).map(|line| (line.process, line.text));
        for (line, expected) in [
            ("debug2: userauth_hostbased: x [preauth]\r\n", Some((None, "userauth_hostbased: x"))),
            ("Nov 23 02:51:52 srv sshd[123]: debug1: x [preauth]", Some((Some(123), "x"))),
            ("2026-11-23T02:51:52.123456+00:00 srv sshd-session[7]: error: x", Some((Some(7), "x"))),
            ("Nov 23 02:51:52 srv ssh.service[9]: x", Some((Some(9), "x"))),
            ("sshd[1]: x: y", Some((Some(1), "x: y"))),
            ("ssh_keysign: no reply", Some((None, "ssh_keysign: no reply"))),
            ("sshd: no hostkeys available -- exiting.", Some((None, "sshd: no hostkeys available -- exiting."))),
            ("Nov 23 02:51:52 srv cron[123]: Accepted hostbased for x", None),
            ("Nov 23 02:51:52 srv sudo[123]: x sshd[1]: y", None),
            ("", None),
            ("\r\n", None),
        ] {
            assert_eq!(read(line), expected, "{line}");
        }
    }

    #[test]
    fn a_long_line_is_cut() {
        let line = "x".repeat(100_000);
        assert_eq!(Line::read(&line).map(|line| line.text.len()), Some(MAX_LINE));
    }
}
