//! Why no line of shosts.equiv and its kin lets the client in.

use super::asking::{Court, Otherwise, Refused};
use super::facts::{FileFact, State};
use super::names;
use super::near;
use super::say::{With, advice, command, command_of, command_of_account, error, line};
use crate::doctor::{Finding, Id};
use crate::escape::escape;
use crate::shosts::Who;
use crate::verify::{IgnoreRhosts, Step};

/// The cause of a refusal by the equiv files.
pub(super) fn cause(court: &Court<'_>, refused: &Refused) -> Finding {
    not_a_file(court)
        .or_else(|| denied(court, refused))
        .or_else(|| root(court, refused))
        .or_else(|| other_user(court))
        .or_else(|| near::long_line(court))
        .or_else(|| near::address_text(court))
        .or_else(|| other_name(court))
        .or_else(|| near::equiv(court))
        .or_else(|| own_ignored(court))
        .or_else(|| own_modes(court, refused))
        .or_else(|| misplaced(court))
        .or_else(|| missing(court))
        .unwrap_or_else(|| not_listed(court))
}

/// Something else stands where the file should be.
fn not_a_file(court: &Court<'_>) -> Option<Finding> {
    let FileFact { path, state } = court.facts.files.shosts();
    let what = match state {
        State::NotAFile(what) => what,
        State::Unusable(why) => {
            let seen = format!("{} cannot be read: {why}", escape(path));
            let why = "sshd takes a file that it cannot read for an empty one";
            return Some(error(Id::ShostsNotARegularFile, seen, why).at(path, None));
        }
        _ => return None,
    };
    let why = "sshd reads regular files only (a link to one is as good), and takes anything else for nothing";
    let found = error(Id::ShostsNotARegularFile, format!("{} is {what}", escape(path)), why).at(path, None);
    let remove = if what.contains("folder") { command(["rmdir", path]) } else { command(["rm", path]) };
    Some(found.mended_by([
        advice(format!("move {} away, and write the hosts into a regular file of that name", escape(path))),
        remove,
        names::shosts_add(court),
    ]))
}

/// A line that shuts the client out.
fn denied(court: &Court<'_>, refused: &Refused) -> Option<Finding> {
    let (file, number) = refused.file.as_deref().zip(refused.line).filter(|_| refused.code == "equiv-denies")?;
    let why = "the first line that fits decides for its file, and this one says no; a later line for the same host does nothing";
    let text = court.facts.files.equiv.iter().find(|fact| fact.path == file).and_then(FileFact::content);
    let text = text.and_then(|document| document.line(number)).map(|line| escape(line.text()).to_string());
    let seen = text.unwrap_or_else(|| refused.text.clone());
    Some(error(Id::ShostsNegativeEntry, seen, why).at(file, number).mended_by([advice(format!(
        "if the host is to be let in after all, take line {number} of {} out, or put a line that admits it before",
        escape(file)
    ))]))
}

/// Root's own rules.
fn root(court: &Court<'_>, refused: &Refused) -> Option<Finding> {
    let account = court.facts.account.as_ref().filter(|account| account.found.uid == 0)?;
    if refused.code == "equiv-modes" || refused.code == "home-modes" {
        return None;
    }
    let shosts = format!("{}/.shosts", account.found.home);
    let host = escape(&court.host()).to_string();
    let user = escape(&court.facts.client_user).to_string();
    if court.approach.policy.ignore_rhosts != IgnoreRhosts::Yes
        && let Some(found) = other_user(court)
    {
        return Some(found);
    }
    let ignored = court.approach.policy.ignore_rhosts == IgnoreRhosts::Yes;
    let seen = match ignored {
        true => format!("the account is root, and IgnoreRhosts is yes ({} does not count)", escape(&shosts)),
        false => format!("the account is root, and {} has no line for {host}", escape(&shosts)),
    };
    let why = "for root sshd passes over hosts.equiv and shosts.equiv: only root's own .shosts can let anybody in, where \
               IgnoreRhosts lets it count";
    let mut mends = vec![line(&shosts, format!("{host} {user}"), "anywhere (mode 0600, root's)")];
    if ignored {
        mends.push(line("/etc/ssh/sshd_config", "Match User root\n    IgnoreRhosts shosts-only", "at the end"));
    }
    Some(error(Id::RootIgnoresSystemFiles, seen, why).mended_by(mends))
}

/// It would be let in as the same user.
fn other_user(court: &Court<'_>) -> Option<Finding> {
    let (user, client_user) = (court.facts.user.as_bytes(), &court.facts.client_user);
    if user == client_user.as_slice() {
        return None;
    }
    let same = Otherwise { client_user: Some(user.to_vec()), ..Otherwise::default() };
    if !court.any_passes(Step::Equiv, &same) {
        return None;
    }
    let (user, client_user) = (escape(user).to_string(), escape(client_user).to_string());
    let host = escape(&court.host()).to_string();
    let seen = format!("{client_user} of the client asks for the account {user}");
    let why = "a line with a host alone lets each user into the account of his own name, and into no other";
    let home = court.facts.account.as_ref().map_or("~", |account| account.found.home.as_str());
    Some(error(Id::DifferentRemoteUser, seen, why).mended_by([
        advice(format!("log in as the same user: {client_user}")),
        line(&format!("{home}/.shosts"), format!("{host} {client_user}"), "anywhere (mode 0600, the account's)"),
        line(
            "/etc/ssh/sshd_config",
            format!("Match User {user}\n    IgnoreRhosts shosts-only"),
            "at the end, for that file to count",
        ),
    ]))
}

/// The client stands there by another name.
fn other_name(court: &Court<'_>) -> Option<Finding> {
    let admitted = |name: &Vec<u8>| court.any_passes(Step::Equiv, &Otherwise::named(name));
    let registered = names::others(court).into_iter().find(admitted)?;
    let documents = || court.facts.files.equiv.iter().filter_map(FileFact::content);
    let is_named = documents().any(|document| document.entries_naming(&registered).next().is_some());
    if !is_named && let Some(found) = near::netgroup(court) {
        return Some(found);
    }
    Some(names::mismatch(court, &registered))
}

/// A file of the account's own would let it in, and is passed over.
fn own_ignored(court: &Court<'_>) -> Option<Finding> {
    let policy = &court.approach.policy;
    let counted = Otherwise { ignore_rhosts: Some(IgnoreRhosts::No), ..Otherwise::default() };
    if policy.ignore_rhosts == IgnoreRhosts::No || !court.any_passes(Step::Equiv, &counted) {
        return None;
    }
    let (value, file) = match policy.ignore_rhosts {
        IgnoreRhosts::ShostsOnly => ("shosts-only", ".rhosts"),
        _ => ("yes", ".shosts or .rhosts"),
    };
    let user = escape(court.facts.user.as_bytes()).to_string();
    let seen = format!("IgnoreRhosts {value}, and only the account's own {file} names the client");
    let why = "sshd passes over the account's own files where IgnoreRhosts says so, which is the default";
    Some(error(Id::UserShostsIgnored, seen, why).mended_by([
        names::shosts_add(court),
        line("/etc/ssh/sshd_config", format!("Match User {user}\n    IgnoreRhosts shosts-only"), "at the end"),
    ]))
}

/// A file of the account's own would let it in, and others may write it.
fn own_modes(court: &Court<'_>, refused: &Refused) -> Option<Finding> {
    let account = court.facts.account.as_ref()?;
    let home = &account.found.home;
    if refused.code == "home-missing" {
        let why = "sshd looks at the home as root, and reads no file of an account without one: not mounted, or closed to root?";
        return Some(
            error(Id::HomeMissingOrUnreachable, refused.text.clone(), why)
                .at(home, None)
                .mended_by([names::shosts_add(court), advice(format!("mount or make {}", escape(home)))]),
        );
    }
    if !matches!(refused.code, "equiv-modes" | "home-modes") {
        return None;
    }
    let file = if refused.code == "home-modes" { home.clone() } else { refused.file.clone().unwrap_or_default() };
    let why = "with StrictModes sshd reads a file of the account's own only where nobody but the account and root may write \
               it and the home";
    // The home lies in a folder of root's; a link that stands for the file is changed itself, not what it leads to.
    let name = account.found.name.to_string();
    let owner = || command_of(["chown", "-h", "--", &name, &file].map(str::to_owned).to_vec());
    let mend =
        if refused.text.contains("belongs to") { owner() } else { command_of_account(["chmod", "go-w", "--", &file]) };
    Some(error(Id::HomeOrShostsModes, refused.text.clone(), why).at(&file, None).mended_by([mend]))
}

/// A file in a place where sshd does not look has the client.
fn misplaced(court: &Court<'_>) -> Option<Finding> {
    let is_missing = court.facts.files.shosts().content().is_none_or(|document| document.entries().next().is_none());
    let mut files = court.facts.files.misplaced_equiv.iter().filter(|_| is_missing);
    let (path, _) = files.find(|(_, document)| document.entries().next().is_some())?;
    let shosts = court.facts.files.shosts().path.as_str();
    let seen = format!("{} has entries, and {} has none", escape(path), escape(shosts));
    let why = "portable OpenSSH reads /etc/ssh/shosts.equiv, whatever sshd(8) says of /etc/shosts.equiv";
    Some(error(Id::ShostsInWrongPlace, seen, why).at(path, None).mended_by([command(["mv", path, shosts])]))
}

/// There is no file, or nothing in it.
fn missing(court: &Court<'_>) -> Option<Finding> {
    let shosts = court.facts.files.shosts();
    let seen = match shosts.content() {
        None => format!("there is no {}", escape(&shosts.path)),
        Some(document) if document.entries().next().is_none() => {
            format!("{} has no entry", escape(&shosts.path))
        }
        Some(_) => return None,
    };
    let why = "a client host is let in only where shosts.equiv names it: a registered key alone admits nobody";
    Some(error(Id::ShostsMissingOrEmpty, seen, why).at(&shosts.path, None).mended_by([names::shosts_add(court)]))
}

/// No line has anything to do with the client.
fn not_listed(court: &Court<'_>) -> Finding {
    let shosts = court.facts.files.shosts();
    let host = escape(&court.host()).to_string();
    if let Some(found) = keyed_otherwise(court) {
        return found;
    }
    let seen = format!("{} has no line for {host}", escape(&shosts.path));
    let why = "a client host is let in only where shosts.equiv names it as sshd looks it up";
    error(Id::ShostsMissingOrEmpty, seen, why).at(&shosts.path, None).mended_by([names::shosts_add(court)])
}

/// All entries are names while addresses are looked up, or the other way round.
fn keyed_otherwise(court: &Court<'_>) -> Option<Finding> {
    let document = court.facts.files.shosts().content()?;
    let is_address = |name: &[u8]| std::str::from_utf8(name).is_ok_and(|text| text.parse::<std::net::IpAddr>().is_ok());
    let names: Vec<&Vec<u8>> = document
        .entries()
        .filter_map(|(_, entry)| match &entry.host().who {
            Who::Name(name) => Some(name),
            Who::Netgroup(_) => None,
        })
        .collect();
    let first = names.first()?;
    let looks_up_address = is_address(&court.host());
    let all_names = !names.iter().any(|name| is_address(name));
    let all_addresses = names.iter().all(|name| is_address(name));
    let policy = &court.approach.policy;
    match () {
        () if looks_up_address && all_names && !policy.hostbased_uses_name_from_packet_only => {
            Some(names::mismatch(court, first))
        }
        () if !looks_up_address && all_addresses && policy.hostbased_uses_name_from_packet_only => {
            Some(names::mismatch(court, first))
        }
        () => None,
    }
}
