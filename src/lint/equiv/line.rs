//! What single lines say, and what sshd takes them for.

use std::ops::Range;

use super::{denies, fixes, host, user};
use crate::enroll::Names;
use crate::lint::code::{Code, Severity};
use crate::lint::finding::{File, Finding};
use crate::lint::words::{bytes, is_space, shifted, words};
use crate::shosts::{Document, Line, LineContent, LineProblem, MAX_PIECE_BYTES};

/// What Windows editors put first into a file.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A piece of a line; nearly every line has one.
pub(super) struct Piece<'a> {
    pub(super) file: File,
    pub(super) line: &'a Line,
    /// Its fields, as places in the line's text.
    pub(super) fields: Vec<Range<usize>>,
}

impl<'a> Piece<'a> {
    /// The bytes of a field.
    pub(super) fn field(&self, index: usize) -> &'a [u8] {
        bytes(self.line.text(), &self.span(index))
    }

    /// The place of a field; the line's beginning where there is none.
    pub(super) fn span(&self, index: usize) -> Range<usize> {
        self.fields.get(index).cloned().unwrap_or_default()
    }

    pub(super) fn at(&self, span: Range<usize>) -> (File, usize, Range<usize>) {
        (self.file, self.line.number(), span)
    }

    /// From a field to the end of the last.
    fn from(&self, index: usize) -> Range<usize> {
        self.span(index).start..self.fields.last().map_or(0, |last| last.end)
    }
}

pub(super) fn find(file: File, document: &Document, names: Option<Names>, found: &mut Vec<Finding>) {
    found.extend(carriage_returns(file, document));
    for line in document.lines() {
        if line.text().len() > MAX_PIECE_BYTES {
            found.push(long(file, line));
        }
        let marked = line.number() == 1 && line.text().starts_with(BYTE_ORDER_MARK);
        if marked {
            let mend = "save the file without it";
            let text = "a byte order mark stands before the first word, and is part of it";
            let fix = line.text().get(BYTE_ORDER_MARK.len()..).map(<[u8]>::to_vec);
            let fix = fix.and_then(|text| fixes::replace(file, line, vec![text]));
            found
                .push(Finding::at(Code::ByteOrderMark, (file, 1, 0..BYTE_ORDER_MARK.len()), text, mend).mended_by(fix));
        }
        let pieces = line.raw().chunks(MAX_PIECE_BYTES).zip((0..).step_by(MAX_PIECE_BYTES));
        for ((raw, offset), content) in pieces.zip(line.content()) {
            let seen = raw.split(|&byte| byte == 0).next().unwrap_or_default();
            let fields = words(seen, is_space).iter().map(|word| shifted(word, offset)).collect();
            let piece = Piece { file, line, fields };
            if seen.len() < raw.len() {
                let at = offset.saturating_add(seen.len());
                let text = "what stands behind a NUL byte is not seen";
                let mend = "take the byte out, and see what the line says then";
                found.push(Finding::at(Code::NulByte, piece.at(at..at.saturating_add(1)), text, mend));
            }
            // What the mark makes of the first piece is not worth a word more.
            if !marked || offset > 0 {
                rules(&piece, content, names, found);
            }
        }
    }
}

fn rules(piece: &Piece<'_>, content: &LineContent, names: Option<Names>, found: &mut Vec<Finding>) {
    match content {
        LineContent::Blank | LineContent::Comment => {}
        LineContent::NoPlus if piece.fields.len() == 1 && piece.field(0) == b"NO_PLUS" => {}
        LineContent::NoPlus => {
            let text = "a line that begins with NO_PLUS is skipped, whatever follows it";
            found.push(Finding::at(Code::NoPlus, piece.at(piece.from(0)), text, "take the line out, or the word off"));
        }
        LineContent::Bad(problem) => found.push(bad(piece, *problem)),
        LineContent::Entry(entry) => {
            found.extend(host::find(piece, entry, names));
            user::find(piece, entry, found);
        }
    }
}

fn bad(piece: &Piece<'_>, problem: LineProblem) -> Finding {
    let lost_denial = piece.field(0).starts_with(b"-") || piece.field(1).starts_with(b"-");
    let weigh = |finding: Finding| if lost_denial { finding.weighs(Severity::Error) } else { finding };
    match problem {
        LineProblem::Garbage => weigh(garbage(piece, lost_denial)),
        LineProblem::AnyHost => {
            let text = match piece.file {
                File::HostsEquiv => {
                    "a sign without a host: sshd ignores the line, but rsh and rlogin admit every host by it"
                }
                _ if lost_denial => "a sign without a host: sshd ignores the line, and shuts nobody out by it",
                _ => "a sign without a host: sshd never believes every host, and ignores the line",
            };
            let fix = if lost_denial { None } else { fixes::remove(piece.file, piece.line) };
            let severity = if piece.file == File::HostsEquiv { Severity::Error } else { Severity::Warning };
            let mend = "name the hosts, or a netgroup";
            weigh(Finding::at(Code::EveryHost, piece.at(piece.span(0)), text, mend).weighs(severity).mended_by(fix))
        }
        LineProblem::AnyUser => {
            let text = match piece.file {
                File::HostsEquiv => {
                    "a sign without a user: sshd ignores the line, but rsh and rlogin admit every user by it"
                }
                _ => "a sign without a user: sshd never believes every user, and ignores the line",
            };
            let mend = "name the host alone: then its users get into the accounts of the same names";
            let severity = if piece.file == File::HostsEquiv { Severity::Error } else { Severity::Warning };
            weigh(Finding::at(Code::EveryUser, piece.at(piece.span(1)), text, mend).weighs(severity))
        }
        _ => {
            let is_host = piece.field(0).ends_with(b"@") && piece.field(0).len() <= 2;
            let span = piece.span(usize::from(!is_host));
            let mend = "write the netgroup's name behind the @";
            weigh(Finding::at(
                Code::NetgroupWithoutName,
                piece.at(span),
                "a netgroup without a name: the line does nothing",
                mend,
            ))
        }
    }
}

fn garbage(piece: &Piece<'_>, lost_denial: bool) -> Finding {
    let comment = (1..piece.fields.len()).find(|&index| piece.field(index).starts_with(b"#"));
    match comment {
        Some(index) => {
            let text = if lost_denial {
                "a comment behind an entry is read as more fields: sshd ignores the line, and shuts nobody out by it"
            } else {
                "a comment behind an entry is read as more fields: sshd ignores the line"
            };
            let finding = Finding::at(
                Code::TrailingComment,
                piece.at(piece.from(index)),
                text,
                "give the comment a line of its own",
            );
            finding.mended_by(comment_apart(piece, index))
        }
        None => {
            let text = if piece.line.text().trim_ascii_end().contains(&b'\r') {
                "carriage returns divide no lines: sshd reads one line with too many fields, and ignores it"
            } else {
                "more than a host and a user: sshd ignores the line"
            };
            let span = piece.span(2).start..piece.from(2).end;
            Finding::at(
                Code::ExtraFields,
                piece.at(span),
                text,
                "give each host a line of its own, with one user at the most",
            )
        }
    }
}

/// A comment that stands behind an entry on a line before it.
pub(super) fn comment_apart(piece: &Piece<'_>, index: usize) -> Option<crate::lint::finding::Fix> {
    let text = piece.line.text();
    let (entry, comment) = (text.get(..piece.span(index).start)?, text.get(piece.span(index).start..)?);
    let new = vec![comment.trim_ascii_end().to_vec(), entry.trim_ascii_end().to_vec()];
    fixes::replace(piece.file, piece.line, new)
}

/// sshd reads 1023 bytes at a time.
fn long(file: File, line: &Line) -> Finding {
    let length = line.text().len();
    let tail =
        line.content().iter().skip(1).any(|content| matches!(content, LineContent::Entry(entry) if !denies(entry)));
    let text = if tail {
        "sshd reads a line of more than 1023 bytes in pieces, and the end of this one admits somebody"
    } else {
        "sshd reads a line of more than 1023 bytes in pieces, each as a line of its own"
    };
    let is_comment = matches!(line.content().first(), Some(LineContent::Comment));
    let fix = if is_comment { wrapped_comment(file, line) } else { None };
    let severity = if tail { Severity::Error } else { Severity::Warning };
    let span = MAX_PIECE_BYTES.min(length)..length;
    let mend = "make several lines of it, a comment with # before each";
    Finding::at(Code::LongLine, (file, line.number(), span), text, mend).weighs(severity).mended_by(fix)
}

/// A long comment as lines that are comments to their ends.
fn wrapped_comment(file: File, line: &Line) -> Option<crate::lint::finding::Fix> {
    // No byte of the comment is lost: each further line gets its `#`.
    let (first, rest) = line.text().split_at_checked(MAX_PIECE_BYTES)?;
    let rest = rest.chunks(MAX_PIECE_BYTES.saturating_sub(2)).map(|part| [b"# ", part].concat());
    let new: Vec<Vec<u8>> = [first.to_vec()].into_iter().chain(rest).collect();
    let admits = fixes::admits(line.content(), &new);
    let edits = vec![crate::lint::finding::Edit::Replace { line: line.number(), new }];
    (file.is_mended() && !admits).then_some(crate::lint::finding::Fix { file, edits, admits })
}

fn carriage_returns(file: File, document: &Document) -> Option<Finding> {
    let mut lines = document.lines().filter(|line| line.raw().ends_with(b"\r\n"));
    let first = lines.next()?;
    let count = lines.count().saturating_add(1);
    let end = first.text().len();
    let text = format!("{count} lines end in CR LF; sshd takes the CR for white space");
    let edits = vec![crate::lint::finding::Edit::StripCarriageReturns];
    let fix = file.is_mended().then_some(crate::lint::finding::Fix { file, edits, admits: false });
    let place = (file, first.number(), end.saturating_sub(1)..end);
    Some(Finding::at(Code::CarriageReturn, place, text, "save the file with LF alone").mended_by(fix))
}
