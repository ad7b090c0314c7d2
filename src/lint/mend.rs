//! Both files without the findings that have one right answer.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Edit, File, Finding};
use super::inputs::Inputs;
use super::lint;
use crate::{known_hosts, shosts};

/// Most rounds: what one fix uncovers, the next mends. No line needs more than a few.
const MAX_ROUNDS: usize = 16;

/// What was mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    /// `ssh_known_hosts`, where it changes.
    pub known_hosts: Option<Rewritten>,
    /// `shosts.equiv`, where it changes.
    pub shosts: Option<Rewritten>,
    /// The findings that are mended.
    pub findings: Vec<Finding>,
}

/// A file's new content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// All of it.
    pub bytes: Vec<u8>,
    /// What changes.
    pub changes: Vec<RewrittenLine>,
}

/// A line that goes, or that others take the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewrittenLine {
    /// Its number in the old file; for lines that are put before another, that one's.
    pub line: usize,
    /// Its text; `None` where lines are only added.
    pub old: Option<Vec<u8>>,
    /// What stands there then.
    pub new: Vec<Vec<u8>>,
}

/// A line on its way: where it comes from, and its bytes.
#[derive(Clone)]
struct Item {
    origin: Option<usize>,
    raw: Vec<u8>,
}

/// Mends what is `wanted` and has one right answer, over and over, until nothing of that is left: a second time finds nothing
/// to do. Every other line keeps its bytes.
#[must_use]
pub fn mend(inputs: &Inputs<'_>, wanted: impl Fn(&Finding) -> bool) -> Mended {
    let mut mended = Mended::default();
    let old = [inputs.known_hosts.map(items), inputs.shosts.map(items)];
    let mut new = old.clone();
    let (mut known_hosts, mut shosts) = (inputs.known_hosts.cloned(), inputs.shosts.cloned());
    for _ in 0..MAX_ROUNDS {
        let now = Inputs { known_hosts: known_hosts.as_ref(), shosts: shosts.as_ref(), ..*inputs };
        let found = lint(&now).into_iter().filter(|finding| finding.fix.is_some() && wanted(finding));
        let chosen = choose(found);
        if chosen.is_empty() {
            break;
        }
        for (file, items) in [File::KnownHosts, File::ShostsEquiv].into_iter().zip(&mut new) {
            let fixes = chosen.iter().filter_map(|finding| finding.fix.as_ref()).filter(|fix| fix.file == file);
            let edits: Vec<&Edit> = fixes.flat_map(|fix| &fix.edits).collect();
            if let Some(items) = items.as_mut().filter(|_| !edits.is_empty()) {
                *items = apply(std::mem::take(items), &edits);
                match file {
                    File::KnownHosts => known_hosts = Some(known_hosts::Document::parse(&bytes(items))),
                    _ => shosts = Some(shosts::Document::parse(&bytes(items))),
                }
            }
        }
        mended.findings.extend(chosen);
    }
    let [old_known_hosts, old_shosts] = old;
    let [new_known_hosts, new_shosts] = new;
    mended.known_hosts = rewritten(old_known_hosts, new_known_hosts);
    mended.shosts = rewritten(old_shosts, new_shosts);
    mended
}

/// A file after some edits; `None` where they change nothing. A line that is put before one that does not exist comes behind
/// all others.
#[must_use]
pub fn rewrite<C: crate::lines::Content>(document: &crate::lines::Document<C>, edits: &[Edit]) -> Option<Rewritten> {
    let old = items(document);
    let new = apply(old.clone(), &edits.iter().collect::<Vec<_>>());
    rewritten(Some(old), Some(new))
}

fn items<C: crate::lines::Content>(document: &crate::lines::Document<C>) -> Vec<Item> {
    document.lines().map(|line| Item { origin: Some(line.number()), raw: line.raw().to_vec() }).collect()
}

fn bytes(items: &[Item]) -> Vec<u8> {
    items.iter().map(|item| item.raw.as_slice()).collect::<Vec<_>>().concat()
}

/// As many as touch different lines. What touches all of a file is done alone in it.
fn choose(found: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut touched: BTreeSet<(File, usize)> = BTreeSet::new();
    let mut whole: BTreeSet<File> = BTreeSet::new();
    let mut chosen = Vec::new();
    for finding in found {
        let Some(fix) = &finding.fix else { continue };
        let is_whole = fix.edits.contains(&Edit::StripCarriageReturns);
        let lines: Vec<usize> = fix.edits.iter().filter_map(line_of).collect();
        let is_free = !whole.contains(&fix.file) && !lines.iter().any(|&line| touched.contains(&(fix.file, line)));
        let is_alone = !is_whole || !touched.iter().any(|(file, _)| *file == fix.file);
        if is_free && is_alone {
            if is_whole {
                whole.insert(fix.file);
            }
            touched.extend(lines.into_iter().map(|line| (fix.file, line)));
            chosen.push(finding);
        }
    }
    chosen
}

const fn line_of(edit: &Edit) -> Option<usize> {
    match edit {
        Edit::Remove { line } | Edit::Replace { line, .. } | Edit::Insert { before: line, .. } => Some(*line),
        Edit::StripCarriageReturns => None,
    }
}

fn apply(items: Vec<Item>, edits: &[&Edit]) -> Vec<Item> {
    if edits.contains(&&Edit::StripCarriageReturns) {
        return items.into_iter().map(without_carriage_return).collect();
    }
    let mut by_line: BTreeMap<usize, Vec<&Edit>> = BTreeMap::new();
    for edit in edits {
        by_line.entry(line_of(edit).unwrap_or(0)).or_default().push(edit);
    }
    let lines = items.len();
    let mut result = Vec::with_capacity(lines);
    for (item, number) in items.into_iter().zip(1..) {
        let Some(edits) = by_line.get(&number) else {
            result.push(item);
            continue;
        };
        let mut keep = true;
        for edit in edits {
            match edit {
                Edit::Insert { new, .. } => result.push(Item { origin: None, raw: ended(new) }),
                Edit::Replace { new, .. } => {
                    keep = false;
                    let end: &[u8] = if item.raw.ends_with(b"\n") { b"\n" } else { b"" };
                    let last = new.len().saturating_sub(1);
                    result.extend(new.iter().enumerate().map(|(index, text)| {
                        let raw = if index == last { [text, end].concat() } else { ended(text) };
                        Item { origin: item.origin, raw }
                    }));
                }
                Edit::Remove { .. } => keep = false,
                Edit::StripCarriageReturns => {}
            }
        }
        if keep {
            result.push(item);
        }
    }
    // What belongs before a line that does not exist belongs behind all.
    for edit in by_line.into_iter().filter(|(line, _)| *line > lines).flat_map(|(_, edits)| edits) {
        if let Edit::Insert { new, .. } = edit {
            if let Some(last) = result.last_mut().filter(|last| !last.raw.ends_with(b"\n")) {
                last.raw.push(b'\n');
            }
            result.push(Item { origin: None, raw: ended(new) });
        }
    }
    result
}

fn ended(text: &[u8]) -> Vec<u8> {
    [text, b"\n"].concat()
}

fn without_carriage_return(item: Item) -> Item {
    match item.raw.strip_suffix(b"\r\n") {
        Some(text) => Item { raw: ended(text), ..item },
        None => item,
    }
}

/// The difference, line by line; `None` where there is none.
fn rewritten(old: Option<Vec<Item>>, new: Option<Vec<Item>>) -> Option<Rewritten> {
    let (old, new) = (old?, new?);
    let bytes_new = bytes(&new);
    if bytes(&old) == bytes_new {
        return None;
    }
    let text = |item: &Item| item.raw.strip_suffix(b"\n").unwrap_or(&item.raw).to_vec();
    let mut changes = Vec::new();
    let mut rest = new.iter().peekable();
    for item in &old {
        let line = item.origin.unwrap_or(0);
        // What was put before this line, or before one that is gone.
        let mut added = Vec::new();
        while let Some(new) = rest.next_if(|new| new.origin.is_none()) {
            added.push(text(new));
        }
        if !added.is_empty() {
            changes.push(RewrittenLine { line, old: None, new: added });
        }
        let mut here = Vec::new();
        while let Some(new) = rest.next_if(|new| new.origin == item.origin) {
            here.push(new);
        }
        if !matches!(here.as_slice(), [same] if text(same) == text(item)) {
            let new = here.into_iter().map(text).collect();
            changes.push(RewrittenLine { line, old: Some(text(item)), new });
        }
    }
    let added: Vec<Vec<u8>> = rest.map(text).collect();
    if !added.is_empty() {
        changes.push(RewrittenLine { line: old.len().saturating_add(1), old: None, new: added });
    }
    Some(Rewritten { bytes: bytes_new, changes })
}
