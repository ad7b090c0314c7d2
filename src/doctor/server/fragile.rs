//! What works, and is dangerous; and what is wrong in the files beside this client.

use super::Facts;
use super::asking::Court;
use super::say::{With, advice, command, line, safe_command, setup, warning};
use crate::doctor::{Finding, Id, Mend, Severity};
use crate::lint::{self, Code};
use crate::verify::IgnoreRhosts;

/// Files that others may write, or that admit more than they seem to.
pub(super) fn judge(facts: &Facts<'_>, court: &Court<'_>) -> Vec<Finding> {
    let mut found = lines(facts, court);
    found.extend(own_known_hosts(court));
    found
}

/// Findings of the linter, one of each kind.
fn lines(facts: &Facts<'_>, court: &Court<'_>) -> Vec<Finding> {
    let mut found: Vec<(Id, Vec<&lint::Finding>)> = Vec::new();
    let packet = court.approach.policy.hostbased_uses_name_from_packet_only;
    for linted in &facts.lint {
        let Some(id) = id_of(linted.code, packet) else { continue };
        match found.iter_mut().find(|(other, _)| *other == id) {
            Some((_, same)) => same.push(linted),
            None => found.push((id, vec![linted])),
        }
    }
    found.iter().filter_map(|(id, linted)| told(*id, linted)).collect()
}

/// Which entry of the catalogue a finding of the linter is.
const fn id_of(code: Code, packet: bool) -> Option<Id> {
    Some(match code {
        Code::WritableByOthers | Code::ForeignOwner => Id::TrustFilesWritable,
        Code::EveryAccount | Code::RootUser => Id::NamedUserBecomesAnyone,
        Code::SharedKey if packet => Id::SharedHostKeyWithPacketNames,
        Code::UnreadFile => Id::ShostsInWrongPlace,
        Code::NotWorldReadable => Id::KnownHosts0600BreaksTheClientSide,
        Code::LongLine => Id::LineLongerThan1023Bytes,
        Code::TrailingComment | Code::CommentAsUser => Id::ShostsInlineComment,
        Code::WildcardHost | Code::HostList | Code::BracketedHost => Id::ShostsPatternUnsupported,
        Code::EveryHost | Code::EveryUser => Id::ShostsPlusIgnored,
        Code::HostAsUser => Id::ShostsSecondFieldIsAUser,
        Code::ByteOrderMark => Id::ShostsByteOrderMark,
        Code::MissingHosts => Id::KnownHostsLineWithoutName,
        Code::WrappedLine
        | Code::TruncatedLine
        | Code::BadBase64
        | Code::BadKey
        | Code::NoKeyType
        | Code::SecondKeyOnLine => Id::KnownHostsBrokenLine,
        _ => return None,
    })
}

fn told(id: Id, linted: &[&lint::Finding]) -> Option<Finding> {
    let first = linted.first()?;
    let more = match linted.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more: hostbased lint)", count.saturating_sub(1)),
    };
    let seen = format!("{}{more}", first.text);
    let why = match id {
        Id::TrustFilesWritable => {
            "sshd looks at neither owner nor mode of these files: whoever may write them lets himself in as anybody"
        }
        Id::NamedUserBecomesAnyone => {
            "a user in the second field of such a line gets into every account but root's, not only his own"
        }
        Id::SharedHostKeyWithPacketNames => {
            "with HostbasedUsesNameFromPacketOnly the key alone says who a host is: those that share one can each pass for the others"
        }
        Id::LineLongerThan1023Bytes => {
            "sshd reads 1023 bytes at a time: the tail of a long line, even of a comment, is a line that may let a host in"
        }
        Id::ShostsInWrongPlace => "sshd does not read this file",
        Id::KnownHosts0600BreaksTheClientSide => {
            "sshd reads it as root, and it works; the ssh of users here does not, and knows no server by it"
        }
        _ => "the line does not do what it seems to do",
    };
    let finding = warning(id, seen, why);
    let is_light = first.severity == Severity::Information && id != Id::KnownHosts0600BreaksTheClientSide;
    let finding = if is_light { Finding { severity: Severity::Information, ..finding } } else { finding };
    let finding = match &first.place {
        lint::Place::Path(path) => {
            Finding { place: Some(crate::doctor::Place { file: path.clone(), line: None }), ..finding }
        }
        lint::Place::File(file) => finding.at(file.path(), None),
        lint::Place::Line { file, line, .. } => finding.at(file.path(), *line),
    };
    let mends = mends(id, &finding, first);
    Some(finding.mended_by(mends))
}

fn mends(id: Id, finding: &Finding, linted: &lint::Finding) -> Vec<Mend> {
    let path = finding.place.as_ref().map(|place| place.file.as_str());
    match (id, linted.code, path) {
        (Id::TrustFilesWritable, Code::WritableByOthers, Some(path)) => vec![safe_command(["chmod", "go-w", path])],
        (Id::KnownHosts0600BreaksTheClientSide, _, Some(path)) => vec![safe_command(["chmod", "644", path])],
        (Id::TrustFilesWritable, _, Some(path)) => vec![command(["chown", "root", path])],
        _ => {
            let fix = linted.fix.as_ref().map(|fix| match fix.admits {
                true => command(["hostbased", "lint", "--fix-admitting", "--yes"]),
                false => safe_command(["hostbased", "lint", "--fix", "--yes"]),
            });
            fix.into_iter().chain([advice(linted.mend.to_string())]).collect()
        }
    }
}

/// The account's own known_hosts may vouch for keys.
fn own_known_hosts(court: &Court<'_>) -> Option<Finding> {
    let policy = &court.approach.policy;
    if policy.ignore_user_known_hosts {
        return None;
    }
    let is_open = policy.ignore_rhosts != IgnoreRhosts::Yes;
    let mends = [line("/etc/ssh/sshd_config", "IgnoreUserKnownHosts yes", "above the first Match"), setup(policy)];
    let (seen, why) = if is_open {
        let why = "with both of his own files counting, each user can open his account to any machine";
        ("IgnoreUserKnownHosts no, and IgnoreRhosts is not yes", why)
    } else {
        let why = "the account's own ~/.ssh/known_hosts may vouch for the key of a host that shosts.equiv names";
        ("IgnoreUserKnownHosts no (the default)", why)
    };
    Some(warning(Id::OwnKnownHostsVouch, seen, why).mended_by(mends))
}
