//! The rules for `ssh_known_hosts` (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; OpenSSH: hostfile.c `hostkeys_foreach_file`).

mod bad;
mod duplicate;
mod fixes;
mod key;
mod line;
mod patterns;
mod wrapped;

use super::code::Code;
use super::finding::{Edit, File, Finding, Fix};
use super::inputs::Inputs;
use crate::known_hosts::Document;

/// What is wrong with the lines of these files.
pub(super) fn find(inputs: &Inputs<'_>, found: &mut Vec<Finding>) {
    for (file, document) in inputs.all_known_hosts() {
        found.extend(carriage_returns(file, document));
        let wrapped = wrapped::find(file, document, found);
        for line in document.lines().filter(|line| !wrapped.contains(&line.number())) {
            line::find(file, line, inputs.now, found);
        }
        duplicate::find(file, document, found);
    }
}

/// OpenSSH drops the CR of a key that ends its line, and takes any other for text.
fn carriage_returns(file: File, document: &Document) -> Option<Finding> {
    let mut lines = document.lines().filter(|line| line.raw().ends_with(b"\r\n"));
    let first = lines.next()?;
    let count = lines.count().saturating_add(1);
    let end = first.text().len();
    let text = format!("{count} lines end in CR LF; the CR is part of each line's last word");
    let fix = Fix { file, edits: vec![Edit::StripCarriageReturns], admits: false };
    let place = (file, first.number(), end.saturating_sub(1)..end);
    let finding = Finding::at(Code::CarriageReturn, place, text, "save the file with LF alone");
    Some(finding.mended_by(file.is_mended().then_some(fix)))
}
