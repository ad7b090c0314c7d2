//! What is wrong with a client, in the order in which a login comes to it.
//!
//! Each rule looks at the [`Facts`] and finds one thing. What is only a consequence of an error that was found before is
//! left out.

mod account;
mod blocks;
mod config;
mod dry_run;
mod enabled;
mod facts;
mod found;
mod helper;
mod kernel;
mod keys;
mod names;
mod offers;
mod options;
mod programs;
mod self_test;
mod server_key;
mod wanted;

#[cfg(test)]
mod tests;

pub use facts::{
    Account, Config, Connection, DryRun, Facts, FileFacts, Helper, HostKeyFiles, KeyFolder, KnownHostsFile, Mount,
    Offer, PrivateKey, Programs, PublicFile, Signed, System, Target,
};
pub use offers::offers;
pub use options::Options;
pub use self_test::SelfTest;
pub use server_key::looked_up;

use self::found::{Told, advice, found};
use super::Finding;
use crate::config::BlockKind;
use crate::failures::Id;
use crate::severity::Severity;

/// What is wrong, in the order in which a login comes to it: the first error is the cause.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    if let Some(finding) = account::no_name(facts).or_else(|| programs::no_openssh(facts)) {
        return vec![finding];
    }
    let mut findings: Vec<Finding> = programs::another_prefix(facts).into_iter().collect();
    findings.extend(programs::release(facts));
    if is_hopeless(&findings) {
        return with_dangers(findings, facts);
    }
    if let Some(refused) = config::refused(facts) {
        findings.push(refused);
        return with_dangers(findings, facts);
    }
    let unreadable = config::unreadable(facts);
    let is_unreadable = unreadable.is_some();
    findings.extend(unreadable);
    if !is_unreadable {
        findings.extend(wanted::is_off(facts));
    }
    findings.extend(wanted::not_preferred(facts));
    let closed = server_key::unreadable(facts);
    let is_known = closed.is_none();
    findings.extend(closed);
    findings.extend(is_known.then(|| server_key::unknown(facts)).flatten());
    let no_key = keys::none_at_the_fixed_paths(facts);
    let has_keys = no_key.is_none();
    findings.extend(no_key);
    if has_keys {
        findings.extend(keys::public_files(facts));
        findings.extend(offers::excluded(facts));
        findings.extend(offers::to_know(facts));
    }
    findings.extend(of_the_helper(facts, has_keys, is_unreadable));
    findings.extend(names::judge(facts));
    findings.extend(account::another_account(facts));
    findings.extend(wanted::master(facts));
    with_dangers(findings, facts)
}

fn is_hopeless(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity == Severity::Error)
}

fn of_the_helper(facts: &Facts, has_keys: bool, is_unreadable: bool) -> Vec<Finding> {
    match helper::judge(facts) {
        // It is not switched on because it cannot read where it would be, and opens no key because there is none.
        Some(finding) if is_unreadable && is_of_the_switch(finding.id) => Vec::new(),
        Some(finding) if !has_keys && is_of_the_keys(finding.id) => Vec::new(),
        Some(finding) => vec![finding],
        None => dry_run::judge(facts),
    }
}

const fn is_of_the_switch(id: Id) -> bool {
    matches!(
        id,
        Id::KeysignNotEnabled
            | Id::KeysignEnabledInUserScope
            | Id::KeysignInsideHostBlock
            | Id::KeysignInMatchFinal
            | Id::KeysignFirstValueNo
    )
}

const fn is_of_the_keys(id: Id) -> bool {
    matches!(id, Id::KeysignNotSetuid | Id::PrivateKeyEncryptedOrCorrupt | Id::SetgidModelKeysNotGroupReadable)
}

/// And what does not stop a login, but opens a way in.
fn with_dangers(mut findings: Vec<Finding>, facts: &Facts) -> Vec<Finding> {
    findings.extend(kernel::open_to_theft(facts));
    findings.extend(match_exec(facts));
    findings.extend(keys::readable_by_others(facts));
    findings
}

/// `Match exec` in the file for all users runs in the helper as well, as the user, after it has given its privilege up.
fn match_exec(facts: &Facts) -> Option<Finding> {
    let is_exec = |word: &Vec<u8>| {
        let word = word.strip_prefix(b"!").unwrap_or(word);
        word.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"exec"))
    };
    // Ours runs nothing, and takes such a block for one that may say no.
    let blocks = if facts.helper.is_ours { &[][..] } else { &facts.global.tree.blocks };
    let block = blocks.iter().find(|block| block.kind == BlockKind::Match && block.criteria.iter().any(is_exec))?;
    Some(
        found(
            Id::MatchExecRunsInHelper,
            Severity::Warning,
            block.to_string(),
            "OpenSSH's helper reads this file too, and runs the command once more before it signs",
        )
        .at(&block.file, Some(block.line))
        .mended(advice("decide by `Match host`, `user` or `localuser` instead, or in the users' own configurations")),
    )
}
