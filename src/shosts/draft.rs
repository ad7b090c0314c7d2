//! A file of the hosts.equiv family that is about to be changed for some hosts, however many others it holds.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use super::check::{Equiv, EquivMatch, Netgroups, Query, first_match};
use super::entry::{Entry, Who};
use super::line::{LineContent, MAX_PIECE_BYTES, is_space, pieces, read_piece};
use crate::lines::EditError;
use crate::lines::index::lines_at;
use crate::lines::wanted::Wanted;

/// A file's bytes, and its entries that are about some hosts, or about netgroups: found by one pass, in which all other
/// lines are only gone over. What it says of these hosts is what a [`Document`](super::Document) says, also after lines were
/// added or removed in it.
pub struct Draft<'a> {
    bytes: &'a [u8],
    names: Wanted,
    /// How many lines the file has.
    lines: usize,
    /// The entries that were read, in order.
    read: Vec<Read<'a>>,
    added: usize,
    /// By name, in lower case: places in `read`.
    by_name: HashMap<Vec<u8>, Vec<usize>>,
    /// The places of entries about netgroups.
    netgroups: Vec<usize>,
}

/// An entry that was read.
struct Read<'a> {
    /// Its line.
    number: usize,
    /// The whole line, without line end.
    text: Cow<'a, [u8]>,
    entry: Entry,
    /// Whether other pieces of the line hold entries too.
    shared: bool,
    gone: bool,
}

/// An entry that a [`Draft`] has read.
#[derive(Clone, Copy, Debug)]
pub struct Drafted<'a> {
    /// Its line, counted from 1.
    pub number: usize,
    /// The whole line, without line end.
    pub text: &'a [u8],
    /// The entry.
    pub entry: &'a Entry,
    /// Whether sshd reads the line in pieces, of which others say something too.
    pub shared: bool,
}

impl<'a> Draft<'a> {
    /// Goes once through a whole file, for these names and addresses.
    #[must_use]
    pub fn new<'n>(bytes: &'a [u8], names: impl IntoIterator<Item = &'n [u8]>) -> Self {
        let mut draft = Self {
            bytes,
            // No host is called nothing.
            names: Wanted::new(names.into_iter().filter(|name| !name.is_empty())),
            lines: 0,
            read: Vec::new(),
            added: 0,
            by_name: HashMap::new(),
            netgroups: Vec::new(),
        };
        for (at, raw) in lines_at(bytes) {
            draft.lines = at.number;
            if raw.len() > MAX_PIECE_BYTES || draft.concerns(raw) {
                draft.read(at.number, Cow::Borrowed(raw.strip_suffix(b"\n").unwrap_or(raw)), raw);
            }
        }
        draft
    }

    /// How many lines the file has now, without regard to those that were removed.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines.saturating_add(self.added)
    }

    /// The entries with one of the names that the draft was made for, in the order of their lines.
    pub fn naming(&self, name: &[u8]) -> impl Iterator<Item = Drafted<'_>> {
        let places = self.by_name.get(&name.to_ascii_lowercase());
        places.into_iter().flatten().filter_map(|&place| self.drafted(place))
    }

    /// Every name or address in the file, with its entry; netgroups are none. Reads the whole file, as it was.
    pub fn names_in_file(&self) -> impl Iterator<Item = Vec<u8>> {
        pieces(self.bytes).filter_map(|(_, piece)| match read_piece(piece) {
            LineContent::Entry(Entry { host, .. }) => match host.who {
                Who::Name(name) => Some(name),
                Who::Netgroup(_) => None,
            },
            _ => None,
        })
    }

    /// Whether any entry is about a netgroup, and where the first one stands.
    #[must_use]
    pub fn first_netgroup(&self) -> Option<usize> {
        self.netgroups.iter().find_map(|&place| Some(self.drafted(place)?.number))
    }

    /// Puts a line behind all others and returns its number.
    ///
    /// # Errors
    /// [`EditError::LineEnd`].
    pub fn append(&mut self, text: &[u8]) -> Result<usize, EditError> {
        if text.contains(&b'\n') {
            return Err(EditError::LineEnd);
        }
        self.added = self.added.saturating_add(1);
        let (number, raw) = (self.lines(), [text, b"\n"].concat());
        self.read(number, Cow::Owned(text.to_vec()), &raw);
        Ok(number)
    }

    /// Takes a line that was read away; all lines keep their numbers.
    ///
    /// # Errors
    /// [`EditError::NoSuchLine`]; a line that was not read is not there.
    pub fn remove(&mut self, number: usize) -> Result<(), EditError> {
        let lines = self.lines();
        let first = self.read.partition_point(|read| read.number < number);
        let on_line = |read: &&mut Read<'_>| read.number == number;
        let mut found = false;
        for read in self.read.iter_mut().skip(first).take_while(on_line) {
            (read.gone, found) = (true, true);
        }
        if found { Ok(()) } else { Err(EditError::NoSuchLine { number, lines }) }
    }

    fn drafted(&self, place: usize) -> Option<Drafted<'_>> {
        let Read { number, text, entry, shared, .. } = self.read.get(place).filter(|read| !read.gone)?;
        Some(Drafted { number: *number, text, entry, shared: *shared })
    }

    /// Whether a line of one piece may be about one of the names, or a netgroup.
    fn concerns(&self, raw: &[u8]) -> bool {
        let start = raw.iter().position(|&byte| !is_space(byte)).unwrap_or(raw.len());
        let field = raw.get(start..).unwrap_or_default();
        // A NUL ends what programs in C see of the line.
        let end = field.iter().position(|&byte| byte == 0 || is_space(byte)).unwrap_or(field.len());
        let field = field.get(..end).unwrap_or_default();
        match field {
            [b'+' | b'-', rest @ ..] => rest.starts_with(b"@") || self.names.holds(rest),
            field => field.starts_with(b"@") || self.names.holds(field),
        }
    }

    fn read(&mut self, number: usize, text: Cow<'a, [u8]>, raw: &[u8]) {
        let entries = || {
            raw.chunks(MAX_PIECE_BYTES).filter_map(|piece| match read_piece(piece) {
                LineContent::Entry(entry) => Some(entry),
                _ => None,
            })
        };
        let shared = entries().count() > 1;
        for entry in entries() {
            let place = self.read.len();
            match &entry.host.who {
                Who::Netgroup(_) => self.netgroups.push(place),
                Who::Name(name) if self.names.holds(name) => {
                    self.by_name.entry(name.to_ascii_lowercase()).or_default().push(place);
                }
                // On a long line. It is kept, because the line may be asked for.
                Who::Name(_) => {}
            }
            self.read.push(Read { number, text: text.clone(), entry, shared, gone: false });
        }
    }
}

impl Equiv for Draft<'_> {
    fn check(&self, query: &Query<'_>, netgroups: &dyn Netgroups) -> EquivMatch {
        if [query.host, query.address].iter().all(|name| self.names.holds(name)) {
            let places = |name: &[u8]| self.by_name.get(&name.to_ascii_lowercase()).into_iter().flatten().copied();
            let mut found: Vec<usize> = places(query.host).chain(places(query.address)).collect();
            found.extend(&self.netgroups);
            found.sort_unstable();
            found.dedup();
            let entries = found.into_iter().filter_map(|place| self.drafted(place));
            return first_match(entries.map(|read| (read.number, read.entry.clone())), query, netgroups);
        }
        // Nobody said that this name would be asked for.
        let gone = |number: usize| {
            let first = self.read.partition_point(|read| read.number < number);
            self.read.get(first).is_some_and(|read| read.number == number && read.gone)
        };
        let in_file =
            pieces(self.bytes).filter(|(at, _)| !gone(at.number)).filter_map(|(at, piece)| match read_piece(piece) {
                LineContent::Entry(entry) => Some((at.number, entry)),
                _ => None,
            });
        let added = self.read.iter().filter(|read| read.number > self.lines && !read.gone);
        first_match(in_file.chain(added.map(|read| (read.number, read.entry.clone()))), query, netgroups)
    }
}

impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lines, read) = (self.lines(), self.read.len());
        f.debug_struct("Draft").field("lines", &lines).field("read", &read).finish_non_exhaustive()
    }
}
