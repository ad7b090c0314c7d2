//! Lines that say the same: the order of lines counts for nothing, so one of them is enough.

use std::collections::HashMap;

use crate::known_hosts::{Document, Hosts, Marker};
use crate::lint::code::Code;
use crate::lint::finding::{Edit, File, Finding, Fix};

/// What makes two lines the same: marker, hosts in lower case, key.
type Said<'a> = (Option<Marker>, Vec<u8>, &'a [u8]);

pub(super) fn find(file: File, document: &Document, found: &mut Vec<Finding>) {
    let mut seen: HashMap<Said<'_>, usize> = HashMap::new();
    for (number, entry) in document.entries() {
        let hosts = match entry.hosts() {
            Hosts::Patterns(list) => list.to_ascii_lowercase(),
            Hosts::Hashed(hashed) => hashed.to_string().into_bytes(),
            _ => continue,
        };
        let earlier = *seen.entry((entry.marker(), hosts, entry.key().blob())).or_insert(number);
        // A revocation that OpenSSH skips says less than one that it reads.
        if earlier != number && entry.irregular().is_none() {
            let end = document.line(number).map_or(0, |line| line.text().trim_ascii_end().len());
            let fix = Fix { file, edits: vec![Edit::Remove { line: number }], admits: false };
            let text = format!("line {earlier} says the same");
            let finding = Finding::at(Code::DuplicateLine, (file, number, 0..end), text, "take one of them out");
            found.push(finding.mended_by(file.is_mended().then_some(fix)));
        }
    }
}
