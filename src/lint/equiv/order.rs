//! Lines that depend on each other: the first one that matches decides for its file, and a denial for no other.

use std::collections::{HashMap, HashSet};

use super::denies;
use super::fixes::entry_of;
use crate::lint::address::is_address;
use crate::lint::code::Code;
use crate::lint::finding::{Edit, File, Finding, Fix};
use crate::lint::inputs::Inputs;
use crate::shosts::{Document, Entry, Line, Who};

/// A host or a user as lines are compared by it: a netgroup or not, the name (a host's in lower case).
type Key = (bool, Vec<u8>);

fn key(who: &Who, fold: bool) -> Key {
    match who {
        Who::Netgroup(group) => (true, group.clone()),
        Who::Name(name) if fold => (false, name.to_ascii_lowercase()),
        Who::Name(name) => (false, name.clone()),
    }
}

fn host_of(entry: &Entry) -> Key {
    key(&entry.host().who, true)
}

fn user_of(entry: &Entry) -> Option<Key> {
    entry.user().map(|user| key(&user.who, false))
}

/// Which lines admit a host.
#[derive(Default)]
struct Admitting {
    /// The first line for any of its users, for those of the same name, for a named one.
    first: HashMap<Key, usize>,
    first_plain: HashMap<Key, usize>,
    first_user: HashMap<(Key, Key), usize>,
    /// The first line that names a user.
    first_with_user: HashMap<Key, usize>,
    /// The last line, of all.
    last: HashMap<Key, usize>,
    /// The last line with a name, an address, a netgroup.
    last_name: usize,
    last_address: usize,
    last_netgroup: usize,
    /// The first line with a name, an address, a netgroup.
    first_name: Option<usize>,
    first_address: Option<usize>,
    first_netgroup: Option<usize>,
}

impl Admitting {
    fn of(document: &Document) -> Self {
        let mut admitting = Self::default();
        for (line, entry) in document.entries().filter(|(_, entry)| !denies(entry)) {
            let host = host_of(entry);
            admitting.first.entry(host.clone()).or_insert(line);
            admitting.last.insert(host.clone(), line);
            let (first, last) = match (&host.0, is_address(&host.1)) {
                (true, _) => (&mut admitting.first_netgroup, &mut admitting.last_netgroup),
                (false, true) => (&mut admitting.first_address, &mut admitting.last_address),
                (false, false) => (&mut admitting.first_name, &mut admitting.last_name),
            };
            first.get_or_insert(line);
            *last = line;
            match user_of(entry) {
                None => drop(admitting.first_plain.entry(host).or_insert(line)),
                Some(user) => {
                    admitting.first_with_user.entry(host.clone()).or_insert(line);
                    admitting.first_user.entry((host, user)).or_insert(line);
                }
            }
        }
        admitting
    }

    /// The first line that admits somebody whom such a denial means.
    fn first_for(&self, host: &Key, user: Option<&Key>) -> Option<usize> {
        match user {
            None => self.first.get(host).copied(),
            Some(user) => {
                let named = self.first_user.get(&(host.clone(), user.clone()));
                [self.first_plain.get(host), named].into_iter().flatten().min().copied()
            }
        }
    }

    /// The first line that admits somebody whom such a denial may mean: a netgroup may have any host as a member, and sshd
    /// asks for a host's name and its address at once.
    fn first_that_may(&self, host: &Key, user: Option<&Key>) -> Option<usize> {
        let (name, address) = match (host.0, is_address(&host.1)) {
            (true, _) => (self.first_name, self.first_address),
            (false, true) => (self.first_name, None),
            (false, false) => (None, self.first_address),
        };
        [self.first_for(host, user), self.first_netgroup, name, address].into_iter().flatten().min()
    }

    /// Whether a line behind this one may admit the host, under any of its names.
    fn admits_behind(&self, host: &Key, line: usize) -> bool {
        let other_kind = if is_address(&host.1) { self.last_name } else { self.last_address };
        let group = host.0;
        let last = self.last.get(host).copied().unwrap_or(0).max(self.last_netgroup).max(other_kind);
        last > line || (group && self.last_name.max(self.last_address) > line)
    }
}

/// Before which line a denial belongs, so that no line before it admits whom it means, under another name or as a member of
/// a netgroup either; `None` when any place behind all lines does.
pub(in crate::lint) fn position_of_denial(document: &Document, denial: &Entry) -> Option<usize> {
    Admitting::of(document).first_that_may(&host_of(denial), user_of(denial).as_ref())
}

pub(super) fn find(file: File, document: &Document, inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    // Most files deny nobody.
    let has_denials = document.entries().any(|(_, entry)| denies(entry));
    let admitting = if has_denials { Admitting::of(document) } else { Admitting::default() };
    let later_file = match file {
        File::HostsEquiv if has_denials => inputs.shosts.map(Admitting::of),
        _ => None,
    };
    let mut seen: HashMap<(Key, Option<Key>, bool), usize> = HashMap::with_capacity(document.lines().count());
    let mut twice: HashSet<usize> = HashSet::new();
    for line in document.lines() {
        for entry in line.content().iter().filter_map(entry_of) {
            let (host, user) = (host_of(entry), user_of(entry));
            let at = (file, line.number(), 0..line.text().trim_ascii_end().len());
            let earlier = *seen.entry((host.clone(), user.clone(), denies(entry))).or_insert(line.number());
            if earlier != line.number() {
                if twice.insert(line.number()) {
                    found.push(duplicate(at, line, earlier));
                }
                continue;
            }
            if denies(entry) {
                found.extend(denial(at, line, document, &admitting, (&host, user.as_ref())));
                let overridden = later_file.as_ref().and_then(|later| later.first_for(&host, user.as_ref()));
                found.extend(overridden.map(|by| {
                    let at = (file, line.number(), 0..line.text().trim_ascii_end().len());
                    let text =
                        format!("a denial ends its own file only, and line {by} of shosts.equiv admits the host");
                    Finding::at(Code::DenialOverridden, at, text, "take that line out, or put the denial before it")
                }));
            } else if has_denials && let Some(&by) = seen.get(&(host, user, true)) {
                let text = format!("line {by} shuts out whom this line admits, and comes first");
                found.push(Finding::at(Code::NeverReached, at, text, "take one of both lines out"));
            }
        }
    }
}

fn duplicate(at: (File, usize, std::ops::Range<usize>), line: &Line, earlier: usize) -> Finding {
    let file = at.0;
    let edits = vec![Edit::Remove { line: line.number() }];
    // The first line that matches decides, so the second never does.
    let fix = (file.is_mended() && line.content().len() == 1).then_some(Fix { file, edits, admits: false });
    Finding::at(Code::DuplicateLine, at, format!("line {earlier} says the same"), "take one of them out").mended_by(fix)
}

fn denial(
    at: (File, usize, std::ops::Range<usize>),
    line: &Line,
    document: &Document,
    admitting: &Admitting,
    (host, user): (&Key, Option<&Key>),
) -> Option<Finding> {
    let (file, number) = (at.0, line.number());
    if let Some(by) = admitting.first_for(host, user).filter(|&by| by < number) {
        let text = format!("line {by} admits whom this line should shut out, and the first line that matches decides");
        let alone = line.content().len() == 1 && document.line(by).is_some();
        let edits = vec![Edit::Insert { before: by, new: line.text().to_vec() }, Edit::Remove { line: number }];
        // A denial that comes earlier admits nobody.
        let fix = (file.is_mended() && alone).then_some(Fix { file, edits, admits: false });
        return Some(Finding::at(Code::DenialTooLate, at, text, format!("put it before line {by}")).mended_by(fix));
    }
    if user.is_none()
        && let Some(by) = admitting.first_with_user.get(host)
    {
        let text =
            format!("this shuts out logins under the same name only, and line {by} admits a user to every account");
        return Some(Finding::at(Code::PartialDenial, at, text, format!("take line {by} out, or deny that user too")));
    }
    if !admitting.admits_behind(host, number) {
        let text = "no line behind it admits whom it means: sshd asks the next file, and the user's own, all the same";
        let mend = "take it out; who is in no line is not admitted by this file";
        return Some(Finding::at(Code::DenialWithoutEffect, at, text, mend));
    }
    None
}
