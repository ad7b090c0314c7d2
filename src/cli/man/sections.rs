//! The sections of a manual page that the arguments do not say: exit status, files, further pages (man-pages(7)).

use clap::Command;
use clap_mangen::roff::{Roff, bold, roman};

use super::SECTION;

/// A file or folder, and what a command has to do with it.
type File = (&'static str, &'static str);

const KNOWN_HOSTS: File =
    ("/etc/ssh/ssh_known_hosts", "Keys of client hosts; sshd reads ssh_known_hosts2 beside it, too.");
const SHOSTS: File =
    ("/etc/ssh/shosts.equiv", "Client hosts whose users may come in; sshd reads /etc/hosts.equiv before it.");
const OLD: File = ("FILE.old", "What a file held before it was changed.");
const HOSTS: File = ("/etc/hosts", "Names of hosts, which sshd sees before those in the DNS.");
const SSHD_CONFIG: File = ("/etc/ssh/sshd_config", "Options of the server, asked for by `sshd -T`.");
const SSH_CONFIG: File = ("/etc/ssh/ssh_config", "Options of the client, and whether its helper signs at all.");
const HOST_KEYS: File = ("/etc/ssh/ssh_host_*_key, *.pub", "This host's keys.");
const USERS: File =
    ("~/.shosts, ~/.rhosts, ~/.ssh/known_hosts", "A user's own, where the options of sshd let them count.");

/// What the command of this page reads or writes; `name` is the page's.
fn files(name: &str) -> &'static [File] {
    match name.split('-').nth(1) {
        Some("check") => &[HOSTS, KNOWN_HOSTS, SHOSTS],
        Some("doctor") => &[SSH_CONFIG, SSHD_CONFIG, HOST_KEYS, KNOWN_HOSTS, SHOSTS],
        Some("enroll" | "sync") => &[KNOWN_HOSTS, SHOSTS, OLD, SSHD_CONFIG],
        Some("explain") if name == "hostbased-explain" => &[KNOWN_HOSTS, SHOSTS, USERS, SSHD_CONFIG],
        Some("lint" | "refresh" | "remove" | "revoke") => &[KNOWN_HOSTS, SHOSTS, OLD],
        Some("list" | "sshfp") => &[KNOWN_HOSTS, SHOSTS],
        Some("setup") => &[SSH_CONFIG, SSHD_CONFIG, HOST_KEYS, OLD],
        Some("shosts") => &[SHOSTS, OLD],
        Some(_) => &[],
        None => &[KNOWN_HOSTS, SHOSTS, SSHD_CONFIG, SSH_CONFIG, OLD],
    }
}

/// The sections that end a page: `name` is the page's, as `hostbased-shosts-add`.
pub(super) fn last(name: &str, command: &Command) -> Roff {
    let mut roff = Roff::new();
    if let Some(text) = command.get_after_help() {
        exit_status(&mut roff, &text.to_string());
    }
    let files = files(name);
    if !files.is_empty() {
        roff.control("SH", ["FILES"]);
    }
    for (path, what) in files {
        entry(&mut roff, path, what);
    }
    roff.control("SH", ["SEE ALSO"]);
    let mut pages = vec!["ssh(1)".to_owned(), "keysign.conf(5)".to_owned(), "ssh_config(5)".to_owned()];
    pages.extend(["sshd_config(5)".to_owned()]);
    // Those above it: hostbased-shosts(8) for hostbased-shosts-add(8). The words of one command may have a `-`, too.
    let above = name.rmatch_indices('-').map(|(end, _)| name.split_at(end).0);
    let above = above.filter(|above| !(*above == "hostbased-explain" && name == "hostbased-explain-id"));
    pages.extend(above.map(|above| format!("{above}({SECTION})")).collect::<Vec<_>>().into_iter().rev());
    pages.extend(["keysign(8)".to_owned(), "sshd(8)".to_owned()]);
    roff.text([roman(pages.join(", "))]);
    roff
}

/// "Exit status: 0 all is good, 1 ..., 2 an error." as a list.
fn exit_status(roff: &mut Roff, text: &str) {
    roff.control("SH", ["EXIT STATUS"]);
    let text = text.trim_start_matches("Exit status:").trim_end_matches('.');
    let mut status: Option<(char, String)> = None;
    for part in text.split(", ") {
        let mut characters = part.trim_start().chars();
        match (characters.next(), status.take()) {
            (Some(digit), before) if digit.is_ascii_digit() => {
                status_entry(roff, before);
                status = Some((digit, characters.as_str().trim_start().to_owned()));
            }
            (_, Some((digit, text))) => status = Some((digit, format!("{text}, {part}"))),
            (_, None) => {}
        }
    }
    status_entry(roff, status);
}

fn status_entry(roff: &mut Roff, status: Option<(char, String)>) {
    if let Some((digit, text)) = status {
        entry(roff, &digit.to_string(), &format!("{text}."));
    }
}

/// A tagged paragraph.
fn entry(roff: &mut Roff, tag: &str, text: &str) {
    roff.control("TP", []);
    roff.text([bold(tag)]);
    roff.text([roman(text)]);
}
