//! What a line says, read as sshd reads it (auth-rhosts.c `check_rhosts_file`).

use thiserror::Error;

use super::entry::{Entry, Field};
use crate::lines::Content;
use crate::lines::index::{At, lines_at};

/// sshd reads into a buffer of 1024 bytes, of which fgets(3) keeps one.
pub const MAX_PIECE_BYTES: usize = 1023;

/// What a line, or a piece of a long one, says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineContent {
    /// Nothing.
    Blank,
    /// A comment: `#` is its first character but for blanks and tabs.
    Comment,
    /// It begins with `NO_PLUS`, and is skipped with all that follows.
    NoPlus,
    /// A host that is believed, or not.
    Entry(Entry),
    /// Something that sshd, and this library, skip.
    Bad(LineProblem),
}

/// Why a line counts for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LineProblem {
    /// More than two fields; a comment behind an entry does that.
    #[error("more than a host and a user, so sshd ignores the line; comments need lines of their own")]
    Garbage,
    /// The host is a sign and nothing else.
    #[error("a sign without a host: sshd never believes every host, and ignores the line")]
    AnyHost,
    /// The user is a sign and nothing else.
    #[error("a sign without a user: sshd never believes every user, and ignores the line")]
    AnyUser,
    /// `@` and no name behind it.
    #[error("a netgroup without a name")]
    EmptyNetgroup,
}

impl Content for Vec<LineContent> {
    fn read(raw: &[u8]) -> Self {
        raw.chunks(MAX_PIECE_BYTES).map(read_piece).collect()
    }
}

/// The pieces of a file's lines, each with its place.
pub(super) fn pieces(bytes: &[u8]) -> impl Iterator<Item = (At, &[u8])> {
    lines_at(bytes).flat_map(|(line, raw)| {
        let offsets = (line.offset..).step_by(MAX_PIECE_BYTES);
        offsets.zip(raw.chunks(MAX_PIECE_BYTES)).map(move |(offset, piece)| (At { offset, ..line }, piece))
    })
}

/// What counts for nothing in a file because something is wrong with it, each with the number of its line.
pub(super) fn problems(bytes: &[u8]) -> impl Iterator<Item = (usize, LineProblem)> {
    pieces(bytes).filter_map(|(at, piece)| match read_piece(piece) {
        LineContent::Bad(problem) => Some((at.number, problem)),
        _ => None,
    })
}

pub(super) fn read_piece(piece: &[u8]) -> LineContent {
    // A NUL ends what programs in C see of the piece.
    let seen = piece.split(|&byte| byte == 0).next().unwrap_or_default();
    let start = seen.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(seen.len());
    let start = seen.get(start..).unwrap_or_default();
    if start.starts_with(b"#") {
        return LineContent::Comment;
    }
    if start.starts_with(b"NO_PLUS") {
        return LineContent::NoPlus;
    }
    let mut fields = seen.split(|&byte| is_space(byte)).filter(|field| !field.is_empty());
    match (fields.next(), fields.next(), fields.next()) {
        (None, ..) => LineContent::Blank,
        (Some(host), user, None) => read_entry(host, user).map_or_else(LineContent::Bad, LineContent::Entry),
        (Some(_), _, Some(_)) => LineContent::Bad(LineProblem::Garbage),
    }
}

fn read_entry(host: &[u8], user: Option<&[u8]>) -> Result<Entry, LineProblem> {
    let host = Field::read(host).ok_or(LineProblem::AnyHost)?;
    let user = user.map(|user| Field::read(user).ok_or(LineProblem::AnyUser)).transpose()?;
    if host.is_empty_netgroup() || user.as_ref().is_some_and(Field::is_empty_netgroup) {
        return Err(LineProblem::EmptyNetgroup);
    }
    Ok(Entry { host, user })
}

/// White space as scanf(3) skips it: isspace(3) in the C locale.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}
