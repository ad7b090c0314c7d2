//! Netgroups that have no member here: a line with one matches nobody, and one that denies shuts nobody out.

use std::collections::HashMap;

use crate::escape::escape;
use crate::lint::code::{Code, Severity};
use crate::lint::finding::{File, Finding};
use crate::shosts::{Document, Entry, MAX_NETGROUP_QUESTIONS, Membership, Netgroups, Who};

pub(super) fn find(file: File, document: &Document, netgroups: Option<&dyn Netgroups>, found: &mut Vec<Finding>) {
    let Some(netgroups) = netgroups else { return };
    let mut asked: HashMap<&[u8], bool> = HashMap::new();
    for (line, entry) in document.entries() {
        for group in groups(entry) {
            // Each is a search that a name service makes.
            if !asked.contains_key(group) && asked.len() >= MAX_NETGROUP_QUESTIONS {
                continue;
            }
            let is_empty =
                *asked.entry(group).or_insert_with(|| netgroups.contains(group, None, None) == Membership::NotMember);
            if is_empty {
                found.push(unknown(file, document, line, group, super::denies(entry)));
            }
        }
    }
}

fn groups(entry: &Entry) -> impl Iterator<Item = &[u8]> {
    [Some(entry.host()), entry.user()].into_iter().flatten().filter_map(|field| match &field.who {
        Who::Netgroup(group) => Some(group.as_slice()),
        Who::Name(_) => None,
    })
}

fn unknown(file: File, document: &Document, line: usize, group: &[u8], denies: bool) -> Finding {
    let text = document.line(line).map(crate::shosts::Line::text).unwrap_or_default();
    let wanted = [b"@", group].concat();
    let start = text.windows(wanted.len()).position(|window| window == wanted).unwrap_or(0);
    let span = start..start.saturating_add(wanted.len()).min(text.len());
    let does = if denies { "shuts nobody out" } else { "admits nobody" };
    let said = format!("the netgroup {} has no member on this machine, so the line {does}", escape(group));
    let mend = "see `getent netgroup NAME`, and the line netgroup: in /etc/nsswitch.conf";
    let severity = if denies { Severity::Error } else { Severity::Warning };
    Finding::at(Code::UnknownNetgroup, (file, line, span), said, mend).weighs(severity)
}
