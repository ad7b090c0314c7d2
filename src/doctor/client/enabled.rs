//! Why the helper finds itself not switched on: it reads the file for all users alone, once, for a host without a name.

use super::blocks::{Applies, Reader, waits_for_a_second_reading};
use super::facts::Facts;
use super::found::{Told, advice, found, line, setup};
use super::programs::GLOBAL;
use crate::config::Directive;
use crate::doctor::{Finding, Mend};
use crate::failures::Id;
use crate::severity::Severity;

/// The keyword of the option.
const KEYWORD: &str = "enablesshkeysign";

/// Where the line belongs.
const TOP: &str = "above the first Host or Match";

/// Why EnableSSHKeysign is not yes to the helper.
pub(super) fn why_not(facts: &Facts) -> Finding {
    let lines: Vec<&Directive> = facts.global.tree.of(KEYWORD).collect();
    let seen_by_helper = lines.iter().find(|directive| Reader::Helper.sees(directive) == Applies::Yes);
    let yes = |directive: &&&Directive| directive.value() == b"yes" || directive.value() == b"true";
    if let Some(no) = seen_by_helper.filter(|directive| !yes(directive)) {
        let later = lines.iter().filter(yes).find(|later| later.line != no.line || later.file != no.file);
        let id = if later.is_some() { Id::KeysignFirstValueNo } else { Id::KeysignNotEnabled };
        let shown = later.map(|later| format!(", before {}:{} says yes", later.file, later.line)).unwrap_or_default();
        let why = match id {
            Id::KeysignFirstValueNo => "the first value counts, whatever later lines say",
            _ => "the helper signs only where the file for all users says EnableSSHKeysign yes",
        };
        return found(id, Severity::Error, format!("{}{shown}", no.text()), why)
            .at(&no.file, Some(no.line))
            .mended_maybe(setup(facts))
            .mended(line(&no.file, "EnableSSHKeysign yes", format!("instead of line {}", no.line)));
    }
    if let Some(hidden) = lines.iter().find(yes) {
        return in_a_block(facts, hidden);
    }
    nowhere(facts)
}

fn in_a_block(facts: &Facts, hidden: &Directive) -> Finding {
    let block = hidden.blocks.iter().find(|block| Reader::Helper.enters(block) != Applies::Yes);
    let block = block.or_else(|| hidden.blocks.last());
    let shown = block.map(|block| format!(" stands below `{block}` ({}:{})", block.file, block.line));
    let seen = format!("{}{}", hidden.text(), shown.unwrap_or_default());
    let (id, why) = if block.is_some_and(waits_for_a_second_reading) {
        (
            Id::KeysignInMatchFinal,
            "the helper reads the file once only, and `Match final` and `Match canonical` are for a second reading",
        )
    } else {
        (Id::KeysignInsideHostBlock, "the helper reads the file for a host without a name, which this block is not for")
    };
    found(id, Severity::Error, seen, why)
        .at(&hidden.file, Some(hidden.line))
        .mended_maybe(setup(facts))
        .mended(at_the_top(facts))
}

fn nowhere(facts: &Facts) -> Finding {
    let elsewhere = facts.user.tree.of(KEYWORD).next();
    let is_on_for_ssh = facts.options.is_on(KEYWORD);
    let global = main(facts);
    let finding = match elsewhere {
        Some(directive) => found(
            Id::KeysignEnabledInUserScope,
            Severity::Error,
            format!("only {} has the option", directive.file),
            "the helper believes the file for all users alone: a user must not be able to switch it on",
        )
        .at(&directive.file, Some(directive.line)),
        None if is_on_for_ssh => found(
            Id::KeysignEnabledInUserScope,
            Severity::Error,
            format!("`ssh -G` says EnableSSHKeysign yes, and {global} does not"),
            "the helper believes the file for all users alone: a user must not be able to switch it on",
        ),
        None => found(
            Id::KeysignNotEnabled,
            Severity::Error,
            format!("{global} has no EnableSSHKeysign"),
            "the helper signs only where the file for all users says EnableSSHKeysign yes",
        )
        .at(global, None),
    };
    finding.mended_maybe(setup(facts)).mended(at_the_top(facts))
}

fn main(facts: &Facts) -> &str {
    if facts.global.path.is_empty() { GLOBAL } else { &facts.global.path }
}

fn at_the_top(facts: &Facts) -> Mend {
    match main(facts) {
        GLOBAL => line(GLOBAL, "EnableSSHKeysign yes", TOP),
        other => advice(format!("write `EnableSSHKeysign yes` into {other}, {TOP}")),
    }
}
