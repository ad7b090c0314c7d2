//! The files themselves: who may change them, who may read them, and whether they are where sshd looks.

use super::code::Code;
use super::finding::{File, Finding, Place};
use super::inputs::{About, Found, Inputs};

pub(super) fn find(inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    found.extend(inputs.about.iter().flat_map(|about| rules(about, inputs.runner)));
    found.extend(empty(inputs));
    if inputs.known_hosts2.is_some_and(|second| second.entries().next().is_some()) {
        let text = "sshd asks this file only where ssh_known_hosts knows nothing of a host";
        let mend = "move its lines to /etc/ssh/ssh_known_hosts";
        found.push(Finding::of_file(Code::SecondKnownHosts, Place::File(File::KnownHosts2), text, mend));
    }
}

fn rules(about: &About, runner: u32) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |code, text: String, mend: &str| {
        let place = about.file.map_or_else(|| Place::Path(about.path.clone()), Place::File);
        found.push(Finding::of_file(code, place, text, mend.to_owned()));
    };
    let path = &about.path;
    match &about.found {
        Found::Nothing => {}
        Found::Unread => {
            let text = "sshd does not read this file".to_owned();
            add(Code::UnreadFile, text, "move its lines to /etc/ssh/shosts.equiv or /etc/ssh/ssh_known_hosts");
        }
        Found::Unreadable(why) => {
            add(Code::UnreadableFile, format!("cannot be read: {why}"), "run this as root, or mend the file")
        }
        Found::There { wrong_kind: Some(kind), .. } => {
            add(
                Code::NotAFile,
                format!("is {kind}: sshd takes it for no file, and goes on"),
                "put a file in its place",
            );
        }
        Found::There { owner, mode, wrong_kind: None } => {
            if *owner != 0 && *owner != runner {
                let text = format!("belongs to uid {owner}, who may write into it whom he likes; sshd does not look");
                add(Code::ForeignOwner, text, &format!("look through it, then chown root {path}"));
            }
            if mode & 0o022 != 0 {
                let text = format!(
                    "group or others may write it (mode {mode:04o}), hence admit whom they like; sshd does not look"
                );
                add(Code::WritableByOthers, text, &format!("look through it, then chmod go-w {path}"));
            }
            let for_users = matches!(about.file, Some(File::KnownHosts | File::KnownHosts2));
            if for_users && mode & 0o004 == 0 {
                let text =
                    format!("users may not read it (mode {mode:04o}), so that their own ssh knows no host by it");
                add(Code::NotWorldReadable, text, &format!("chmod 0644 {path}"));
            }
        }
    }
    found
}

/// One file has entries, the other none: nobody is admitted.
fn empty(inputs: &Inputs<'_>) -> Option<Finding> {
    let (known_hosts, shosts) = (inputs.known_hosts?, inputs.shosts?);
    let has_keys = inputs.all_known_hosts().any(|(_, document)| document.entries().next().is_some());
    let has_hosts = inputs.equivs().any(|(_, document)| document.entries().next().is_some());
    let (file, text, mend) = match (has_keys, has_hosts) {
        (true, false) if shosts.entries().next().is_none() => (
            File::ShostsEquiv,
            "no host is admitted: the file is missing, or has no entry",
            "hostbased shosts add, or enroll",
        ),
        (false, true) if known_hosts.entries().next().is_none() => {
            (File::KnownHosts, "no host's key is known: the file is missing, or has no entry", "hostbased enroll")
        }
        _ => return None,
    };
    Some(Finding::of_file(Code::EmptyFile, Place::File(file), text, mend))
}
