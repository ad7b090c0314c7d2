//! Configurations that cannot be read, or that `ssh` and its helper refuse.

use super::facts::{Config, Facts, FileFacts};
use super::found::{Told, advice, as_root, found, line, octal, safe};
use super::programs::GLOBAL;
use super::self_test::{SelfTest, config_complaint};
use crate::config::ProblemKind;
use crate::doctor::Finding;
use crate::failures::Id;
use crate::severity::Severity;

/// Names of the option with the accepted algorithms that only one side or one time knows, and since or until when.
const RENAMED: [&str; 4] =
    ["hostbasedacceptedkeytypes", "hostbasedkeytypes", "hostbasedacceptedalgorithms", "hostbasedalgorithms"];

/// What `ssh -G` fails over: nothing over ssh works then.
pub(super) fn refused(facts: &Facts) -> Option<Finding> {
    let by_ssh = || (!facts.ssh_fails.is_empty()).then(|| config_complaint(&facts.ssh_fails)).flatten();
    let by_helper = || match facts.helper.self_test.as_ref()? {
        SelfTest::Config(line) => Some(line.clone()),
        _ => None,
    };
    if let Some(complaint) = by_ssh().or_else(by_helper) {
        return Some(complained(facts, &complaint));
    }
    if facts.ssh_fails.is_empty() {
        return closed_include(facts);
    }
    Some(found(
        Id::GlobalConfigBadOptionKillsHelper,
        Severity::Error,
        format!("`ssh -G` fails: {}", facts.ssh_fails.join("; ")),
        "`ssh` ends at a configuration that it does not understand, and so does its helper",
    ))
}

fn complained(facts: &Facts, complaint: &str) -> Finding {
    if let Some(path) = complaint.split("Bad owner or permissions on ").nth(1) {
        return bad_owner_or_mode(facts, path.trim(), complaint);
    }
    if let Some(rest) = complaint.split("Can't open user config file ").nth(1) {
        let path = rest.split(": ").next().unwrap_or(rest);
        return unreadable_include(path, complaint.to_owned());
    }
    let place = place_of(complaint);
    let option = complaint.rsplit("Bad configuration option: ").next().filter(|option| *option != complaint);
    let is_renamed = option.is_some_and(|option| RENAMED.contains(&option.trim().to_ascii_lowercase().as_str()));
    let (id, why) = if is_renamed {
        (Id::OptionNameVersionSkew, "the option has had several names, and client and server each know only theirs")
    } else {
        (
            Id::GlobalConfigBadOptionKillsHelper,
            "`ssh` ends at an option that it does not know, and the helper at one in the file for all users",
        )
    };
    let mut finding = found(id, Severity::Error, complaint, why);
    let Some((file, number)) = place else { return finding };
    finding = finding.at(&file, Some(number));
    if is_renamed {
        let text = "HostbasedKeyTypes (the same list): a client understands this name in every release since 6.8";
        return finding.mended(advice(format!("write in {file}, instead of the name in line {number}: {text}")));
    }
    let option = option.map(str::trim).unwrap_or_default();
    let finding = finding.mended(advice(format!("mend or remove line {number} of {file}")));
    if option.is_empty() {
        return finding;
    }
    finding.mended(line(&file, format!("IgnoreUnknown {option}"), format!("above line {number}")))
}

/// `FILE: line N: …` and `FILE line N: …`.
fn place_of(complaint: &str) -> Option<(String, usize)> {
    let (file, rest) = complaint.split_once(": line ").or_else(|| complaint.split_once(" line "))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let file = file.rsplit(' ').next().unwrap_or(file);
    Some((file.to_owned(), digits.parse().ok()?))
}

fn bad_owner_or_mode(facts: &Facts, path: &str, seen: &str) -> Finding {
    let file = facts.global.file(path).or_else(|| facts.user.file(path));
    let wrong_owner = file.is_some_and(|file| file.uid != 0 && file.uid != facts.account.uid);
    let shown = file.map(|file| format!(" (owner {}, mode {})", file.uid, octal(file.mode))).unwrap_or_default();
    let finding = found(
        Id::IncludeBadOwnerOrUnreadable,
        Severity::Error,
        format!("{seen}{shown}"),
        "an included file must be root's or the user's own, and writable for nobody else: `ssh` ends otherwise",
    )
    .at(path, None);
    // Not safe: `ssh` refuses the file as long as others may have written what it says, and obeys it once it is mended.
    let chmod = if facts.user.file(path).is_some() && file.is_none_or(|file| file.uid != 0) {
        as_root(&["chmod", "go-w", path])
    } else {
        as_root(&["chmod", "644", path])
    };
    let finding = if wrong_owner { finding.mended(as_root(&["chown", "root:root", path])) } else { finding };
    finding
        .mended(chmod)
        .mended(advice("read the file first: whoever could write it may have, and `ssh` runs what it says"))
}

fn unreadable_include(path: &str, seen: String) -> Finding {
    found(
        Id::IncludeBadOwnerOrUnreadable,
        Severity::Error,
        seen,
        "`ssh` ends where it may not read a file that the configuration includes, and its helper does too",
    )
    .at(path, None)
    .mended(safe(&["chmod", "644", path]))
}

/// For root everything is readable: the modes tell what others meet.
fn closed_include(facts: &Facts) -> Option<Finding> {
    let Config { path: main, files, .. } = &facts.global;
    let included = || files.iter().filter(|file| file.path != *main && !main.starts_with(&*file.path));
    let is_open = |file: &&FileFacts| file.mode & 0o004 != 0;
    let is_wrong = |file: &&FileFacts| file.uid != 0 || file.mode & 0o022 != 0;
    if !facts.account.is_root() {
        return None;
    }
    if let Some(file) = included().find(is_wrong) {
        return Some(bad_owner_or_mode(facts, &file.path, "an included file that others may write"));
    }
    let file = included().find(|file| !is_open(file))?;
    Some(unreadable_include(&file.path, format!("mode {}: users may not read it", octal(file.mode))))
}

/// The file for all users cannot be read by the user: to `ssh` and its helper it is as if it were not there.
pub(super) fn unreadable(facts: &Facts) -> Option<Finding> {
    let main = if facts.global.path.is_empty() { GLOBAL } else { &facts.global.path };
    let folder = main.rsplit_once('/').map_or("/", |(folder, _)| folder);
    let problems = &facts.global.tree.problems;
    let denied = problems.iter().find_map(|problem| match &problem.kind {
        ProblemKind::Unreadable(why) if problem.file == main => Some(why.clone()),
        _ => None,
    });
    let closed = |path: &str, bit: u32| facts.global.file(path).filter(|file| file.mode & bit == 0);
    let folder_is_closed = closed(folder, 0o001);
    let file_is_closed = closed(main, 0o004);
    // Root may read everything: what counts is what others may.
    let seen = match (&denied, facts.account.is_root()) {
        (Some(why), _) => why.clone(),
        (None, true) => {
            let file = folder_is_closed.or(file_is_closed)?;
            format!("mode {} of {}", octal(file.mode), file.path)
        }
        (None, false) => return None,
    };
    let finding = found(
        Id::GlobalConfigUnreadable,
        Severity::Error,
        format!("{main} cannot be read by users: {seen}"),
        "`ssh` runs as the user, and the helper has become the user before it reads this file: nothing in it counts",
    )
    .at(main, None);
    // Without a look into the folder nothing is known of the file.
    let finding = if folder_is_closed.is_some() { finding.mended(safe(&["chmod", "755", folder])) } else { finding };
    let is_file = file_is_closed.is_some() || folder_is_closed.is_none();
    Some(if is_file { finding.mended(safe(&["chmod", "644", main])) } else { finding })
}
