//! A known_hosts file that is about to be changed for some hosts, however many others it holds.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

use super::check::KnownHosts;
use super::entry::{Entry, Hosts};
use super::hashed::{HashedName, PreparedName};
use super::line::{Fields, Front, LineContent, seen};
use super::names::{RenameError, Renamed, rename};
use super::revoked;
use crate::key::PublicKey;
use crate::key::encode_base64;
use crate::lines::index::lines_at;
use crate::lines::wanted::Wanted;
use crate::lines::{Content, EditError};
use crate::name::HostText;

/// A file's bytes, and its entries that are about some names or hold some keys: found by one pass, in which all other lines
/// are only gone over. What it says of these names and keys is what a [`Document`](super::Document) says, also after lines
/// were added, replaced or removed in it.
pub struct Draft<'a> {
    bytes: &'a [u8],
    names: Wanted,
    /// How many lines the file has.
    lines: usize,
    /// The lines that were read, in order; those that were added last.
    read: Vec<Read<'a>>,
    /// How many of them were added.
    added: usize,
    /// By name, in lower case: the places in `read` of the entries that match it, or carry it.
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    /// By blob: the places of the entries that hold the key.
    by_key: HashMap<Vec<u8>, Vec<usize>>,
}

/// A line that was read.
struct Read<'a> {
    number: usize,
    /// Without line end.
    text: Cow<'a, [u8]>,
    /// `None` when it was removed, or holds none.
    entry: Option<Box<Entry>>,
}

impl<'a> Draft<'a> {
    /// Goes once through a whole file, for these names and keys.
    ///
    /// The time that this takes grows with the file, and besides with each wildcard, marker and hashed name in it times the
    /// names that are looked for.
    #[must_use]
    pub fn new<'n>(
        bytes: &'a [u8],
        names: impl IntoIterator<Item = &'n [u8]>,
        keys: impl IntoIterator<Item = &'n PublicKey>,
    ) -> Self {
        let keys: Vec<Vec<u8>> = keys.into_iter().map(|key| encode_base64(key.blob()).into_bytes()).collect();
        let keys = Wanted::new(keys.iter().map(Vec::as_slice));
        let mut draft = Self::empty(bytes, names);
        for (at, raw) in lines_at(bytes) {
            draft.lines = at.number;
            if draft.concerns(raw) || (!keys.is_empty() && may_hold_key(raw, &keys)) {
                draft.read(at.number, Cow::Borrowed(raw.strip_suffix(b"\n").unwrap_or(raw)));
            }
        }
        draft
    }

    /// One for some of the names, and any of the keys, of this one, in which nothing was changed: it goes through the lines
    /// that were read, and not through the file again.
    #[must_use]
    pub fn narrowed<'n>(&self, names: impl IntoIterator<Item = &'n [u8]>) -> Self {
        let mut draft = Self::empty(self.bytes, names);
        draft.lines = self.lines;
        for read in &self.read {
            draft.read(read.number, read.text.clone());
        }
        draft
    }

    /// The file's bytes, as they were.
    #[must_use]
    pub const fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether it was made for this name.
    #[must_use]
    pub fn is_for(&self, name: &[u8]) -> bool {
        self.names.holds(name)
    }

    fn empty<'n>(bytes: &'a [u8], names: impl IntoIterator<Item = &'n [u8]>) -> Self {
        Self {
            bytes,
            // No host is called nothing.
            names: Wanted::new(names.into_iter().filter(|name| !name.is_empty())),
            lines: 0,
            read: Vec::new(),
            added: 0,
            by_name: HashMap::new(),
            by_key: HashMap::new(),
        }
    }

    /// How many lines the file has now, without regard to those that were removed.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines.saturating_add(self.added)
    }

    /// The entries about one of the names that the draft was made for: those that match it, and those that carry it and yet
    /// do not match it. In the order of their lines.
    pub fn about(&self, name: &[u8]) -> impl Iterator<Item = (usize, &Entry)> {
        let places = self.by_name.get(name).or_else(|| self.by_name.get(&name.to_ascii_lowercase()));
        let about = move |entry: &&Entry| entry.matches(name) || entry.names(name);
        places.into_iter().flatten().filter_map(|&place| self.entry(place)).filter(move |(_, entry)| about(entry))
    }

    /// The entries that hold one of the keys that the draft was made for, in the order of their lines.
    pub fn holding(&self, key: &PublicKey) -> impl Iterator<Item = (usize, &Entry)> {
        let places = self.by_key.get(key.blob());
        places.into_iter().flatten().filter_map(|&place| self.entry(place)).filter(move |(_, entry)| entry.key() == key)
    }

    /// Everything that was read, in the order of the lines.
    pub fn entries(&self) -> impl Iterator<Item = (usize, &Entry)> {
        (0..self.read.len()).filter_map(|place| self.entry(place))
    }

    /// The entry on a line that was read.
    #[must_use]
    pub fn entry_on(&self, number: usize) -> Option<&Entry> {
        Some(self.entry(self.place(number)?)?.1)
    }

    /// The text of a line that was read, without line end.
    #[must_use]
    pub fn text(&self, number: usize) -> Option<&[u8]> {
        Some(&self.read.get(self.place(number)?)?.text)
    }

    /// As [`Document::rename`](super::Document::rename), for an entry that was read.
    ///
    /// # Errors
    /// [`RenameError`].
    pub fn rename(&self, number: usize, add: &[HostText], drop: &[&[u8]]) -> Result<Renamed, RenameError> {
        let missing = EditError::NoSuchLine { number, lines: self.lines() };
        let read = self.place(number).and_then(|place| self.read.get(place)).ok_or(missing)?;
        let entry = read.entry.as_deref().ok_or(RenameError::NoNames { line: number })?;
        rename(number, &read.text, entry, add, drop)
    }

    /// The text of a line that was read, with another plain key; marker, hosts and comment keep their bytes.
    #[must_use]
    pub fn with_key(&self, number: usize, key: &PublicKey) -> Option<Vec<u8>> {
        let text = self.text(number)?;
        let read = seen(text);
        let front = Front::read(read).ok()??;
        let before = read.get(..read.len().saturating_sub(front.rest().len()))?;
        let (_, base64) = front.rest().trim_blanks_start().split_field();
        let (_, comment) = base64.trim_blanks_start().split_field();
        let behind = text.get(read.len()..)?;
        Some([before, b" ", key.to_line().as_bytes(), comment, behind].concat())
    }

    /// Puts a line behind all others and returns its number.
    ///
    /// # Errors
    /// [`EditError::LineEnd`].
    pub fn append(&mut self, text: &[u8]) -> Result<usize, EditError> {
        one_line(text)?;
        self.added = self.added.saturating_add(1);
        let number = self.lines();
        self.read(number, Cow::Owned(text.to_vec()));
        Ok(number)
    }

    /// Puts another text in the place of a line that was read.
    ///
    /// # Errors
    /// [`EditError`]; a line that was not read is not there.
    pub fn replace(&mut self, number: usize, text: &[u8]) -> Result<(), EditError> {
        one_line(text)?;
        let place = self.place(number).ok_or(EditError::NoSuchLine { number, lines: self.lines() })?;
        let entry = entry_of(text);
        if let Some(read) = self.read.get_mut(place) {
            (read.text, read.entry) = (Cow::Owned(text.to_vec()), entry);
        }
        self.post(place);
        Ok(())
    }

    /// Takes a line that was read away; all lines keep their numbers.
    ///
    /// # Errors
    /// [`EditError::NoSuchLine`]; a line that was not read is not there.
    pub fn remove(&mut self, number: usize) -> Result<(), EditError> {
        let place = self.place(number).ok_or(EditError::NoSuchLine { number, lines: self.lines() })?;
        if let Some(read) = self.read.get_mut(place) {
            read.entry = None;
        }
        Ok(())
    }

    fn place(&self, number: usize) -> Option<usize> {
        self.read.binary_search_by_key(&number, |read| read.number).ok()
    }

    fn entry(&self, place: usize) -> Option<(usize, &Entry)> {
        let read = self.read.get(place)?;
        Some((read.number, read.entry.as_deref()?))
    }

    /// Whether an entry on this line may be about one of the names.
    fn concerns(&self, raw: &[u8]) -> bool {
        // Nearly every line begins with a list of whole names: of these, no byte is looked at twice.
        let mut start = 0;
        for (end, &byte) in raw.iter().enumerate() {
            match CLASSES.get(usize::from(byte)) {
                Some(Class::Plain) => {}
                Some(Class::First) if end > 0 => {}
                Some(Class::Comma | Class::Blank) if end > 0 => {
                    if raw.get(start..end).is_some_and(|name| self.names.holds(name)) {
                        return true;
                    }
                    if byte != b',' {
                        return false;
                    }
                    start = end.saturating_add(1);
                }
                _ => return self.other_concerns(raw),
            }
        }
        self.other_concerns(raw)
    }

    /// The same of a line of another form.
    fn other_concerns(&self, raw: &[u8]) -> bool {
        match Sort::of(raw) {
            Sort::Hashed(hashed) => self.names.iter().any(|name| hashed.matches(name)),
            Sort::Other => {
                let LineContent::Entry(entry) = LineContent::read(raw) else { return false };
                self.names.iter().any(|name| entry.matches(name) || entry.names(name))
            }
            Sort::Nothing => false,
        }
    }

    fn read(&mut self, number: usize, text: Cow<'a, [u8]>) {
        let entry = entry_of(&text);
        self.read.push(Read { number, text, entry });
        self.post(self.read.len().saturating_sub(1));
    }

    /// Notes for which names and key the entry at this place is found.
    fn post(&mut self, place: usize) {
        let Some(entry) = self.read.get(place).and_then(|read| read.entry.as_deref()) else { return };
        // A list of whole names is about these only; anything else is tried.
        let listed: Option<BTreeSet<Vec<u8>>> = match entry.hosts() {
            Hosts::Patterns(list) if entry.marker().is_none() && holds_names_only(list) => {
                let names = entry.literal_names().filter(|name| self.names.holds(name));
                Some(names.map(<[u8]>::to_ascii_lowercase).collect())
            }
            _ => None,
        };
        let tried = || self.names.iter().filter(|name| entry.matches(name) || entry.names(name)).map(<[u8]>::to_vec);
        for name in listed.unwrap_or_else(|| tried().collect()) {
            add_place(self.by_name.entry(name).or_default(), place);
        }
        add_place(self.by_key.entry(entry.key().blob().to_vec()).or_default(), place);
    }
}

/// Keeps the order of the lines, each once.
fn add_place(places: &mut Vec<usize>, place: usize) {
    if let Err(at) = places.binary_search(&place) {
        places.insert(at, place);
    }
}

fn entry_of(text: &[u8]) -> Option<Box<Entry>> {
    match LineContent::read(text) {
        LineContent::Entry(entry) => Some(entry),
        _ => None,
    }
}

fn one_line(text: &[u8]) -> Result<(), EditError> {
    if text.contains(&b'\n') { Err(EditError::LineEnd) } else { Ok(()) }
}

/// What a byte in front of a key is.
#[derive(Clone, Copy)]
enum Class {
    /// Part of a whole name.
    Plain,
    /// The same, but not at the beginning of a line, where it makes it one of another form.
    First,
    /// Between two names.
    Comma,
    /// Behind the last.
    Blank,
    /// None of these.
    Other,
}

const CLASSES: [Class; 256] = classes();

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::as_conversions, reason = "when compiled")]
const fn classes() -> [Class; 256] {
    let mut classes = [Class::Plain; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = match byte as u8 {
            b',' => Class::Comma,
            b' ' | b'\t' => Class::Blank,
            b'@' | b'|' | b'#' | 0xef => Class::First,
            b'*' | b'?' | b'!' | b'\n' | 0x0b..=0x0d | 0 => Class::Other,
            _ => Class::Plain,
        };
        byte += 1;
    }
    classes
}

/// How it is found out whether a line is about a name, where it does not begin with a list of whole names.
enum Sort {
    /// It is about none.
    Nothing,
    /// By hashing the name.
    Hashed(PreparedName),
    /// By reading it.
    Other,
}

impl Sort {
    fn of(raw: &[u8]) -> Self {
        let text = raw.strip_suffix(b"\n").unwrap_or(raw);
        if revoked::is_meant(text) {
            return Self::Other;
        }
        match Front::read(seen(text)) {
            Ok(Some(front)) if front.marker.is_none() && front.hosts.starts_with(b"|") => {
                HashedName::parse(front.hosts).map_or(Self::Nothing, |hashed| Self::Hashed(hashed.prepare()))
            }
            Ok(Some(_)) => Self::Other,
            Ok(None) | Err(_) => Self::Nothing,
        }
    }
}

/// Whether a list matches and carries only names that stand on it.
fn holds_names_only(list: &[u8]) -> bool {
    !list.iter().any(|byte| matches!(byte, b'*' | b'?' | b'!' | b'|'))
}

/// Whether the line may hold one of these keys, as base64; in lower case, because that is how they are looked for.
fn may_hold_key(raw: &[u8], keys: &Wanted) -> bool {
    let text = raw.strip_suffix(b"\n").unwrap_or(raw);
    // Only a line that begins in another way than most can be meant so.
    let begins_plainly =
        text.first().is_some_and(|first| matches!(CLASSES.get(usize::from(*first)), Some(Class::Plain)));
    if !begins_plainly && revoked::is_meant(text) {
        return true;
    }
    let Ok(Some(front)) = Front::read(seen(text)) else { return false };
    let (_, rest) = front.rest().trim_blanks_start().split_field();
    let (base64, _) = rest.trim_blanks_start().split_field();
    // Other white space is skipped when a key is read.
    base64.iter().any(|byte| matches!(byte, b'\r' | 0x0b | 0x0c)) || keys.holds(base64)
}

impl KnownHosts for Draft<'_> {
    fn for_each_matching(&self, name: &[u8], visit: &mut dyn FnMut(usize, &Entry)) {
        // A hash tells upper from lower case.
        if self.names.holds(name) && !name.iter().any(u8::is_ascii_uppercase) {
            return self
                .about(name)
                .filter(|(_, entry)| entry.matches(name))
                .for_each(|(line, entry)| visit(line, entry));
        }
        // Nobody said that this name would be asked for: the lines that were read count as they are now, all others as they
        // stand in the file.
        let read = self.read.iter().filter_map(|read| Some((read.number, read.entry.as_deref()?)));
        let mut read = read.peekable();
        let others = lines_at(self.bytes).filter(|(at, _)| self.place(at.number).is_none());
        for (at, raw) in others.filter(|(_, raw)| Front::matches(raw, name) || revoked::is_meant(raw)) {
            while let Some((line, entry)) = read.next_if(|(line, _)| *line < at.number) {
                if entry.matches(name) {
                    visit(line, entry);
                }
            }
            if let LineContent::Entry(entry) = LineContent::read(raw)
                && entry.matches(name)
            {
                visit(at.number, &entry);
            }
        }
        read.filter(|(_, entry)| entry.matches(name)).for_each(|(line, entry)| visit(line, entry));
    }
}

impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lines, read) = (self.lines(), self.read.len());
        f.debug_struct("Draft").field("lines", &lines).field("read", &read).finish_non_exhaustive()
    }
}
