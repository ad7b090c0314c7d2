//! The user of an entry: the one on the client host, who gets into every account.

use super::denies;
use super::line::{Piece, comment_apart};
use crate::lint::address::is_address;
use crate::lint::code::Code;
use crate::lint::finding::Finding;
use crate::shosts::{Entry, Who};

pub(super) fn find(piece: &Piece<'_>, entry: &Entry, found: &mut Vec<Finding>) {
    let Some(user) = entry.user() else { return };
    let at = || piece.at(piece.span(1));
    match &user.who {
        Who::Name(name) if name.starts_with(b"#") => {
            let text = "what stands behind # is taken for the name of a user: the line is for nobody else";
            let mend = "give the comment a line of its own";
            found.push(Finding::at(Code::CommentAsUser, at(), text, mend).mended_by(comment_apart(piece, 1)));
        }
        Who::Name(name) if name.contains(&b'.') || is_address(name) => {
            let text =
                "the second field is a user, not another name of the host; who is called so gets into every account";
            found.push(Finding::at(Code::HostAsUser, at(), text, "give each name of the host a line of its own"));
        }
        Who::Name(name) if name == b"root" && !denies(entry) => {
            let text = "sshd asks this file for no login to root; root of that host gets into every other account";
            let mend = "name the host alone; for root, its own ~/.shosts counts (IgnoreRhosts)";
            found.push(Finding::at(Code::RootUser, at(), text, mend));
        }
        _ if !denies(entry) => {
            let text = "this user of that host gets into every account but root's";
            let mend = "name the host alone: then its users get into the accounts of the same names";
            found.push(Finding::at(Code::EveryAccount, at(), text, mend));
        }
        _ => {}
    }
    if let Who::Name(name) = &user.who
        && name.iter().any(u8::is_ascii_uppercase)
        && !name.starts_with(b"#")
    {
        let text = "users are compared letter by letter, upper and lower case";
        found.push(Finding::at(Code::MixedCaseUser, at(), text, "write the user as the client host does (id -un)"));
    }
}
