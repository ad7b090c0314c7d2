//! Options that keep hostbased from being tried, or end it: which line does that.

use super::Facts;
use super::facts::Approach;
use super::matching::{Connection, criteria};
use super::say::{With, advice, error, line, reload, setup, then_reload};
use crate::config::{Block, Directive};
use crate::doctor::{Finding, Id, Mend};
use crate::escape::escape;
use crate::verify::{AfterSuccess, AuthenticationMethods, Method, PermitRootLogin};

const HOSTBASED: &str = "hostbasedauthentication";

/// What stands in the way of a connection of this kind.
pub(super) fn judge(facts: &Facts<'_>, approach: &Approach) -> Vec<Finding> {
    let mut found = Vec::new();
    if approach.policy.hostbased_authentication {
        found.extend(methods(facts, approach));
    } else {
        found.push(is_off(facts, approach));
    }
    let is_root = facts.account.as_ref().is_some_and(|account| account.found.uid == 0);
    if is_root && !approach.policy.permit_root_login.allows_hostbased() {
        found.push(root_login(facts, approach));
    }
    found
}

/// The line that counts for this connection, the value being what sshd says it is.
fn deciding<'t>(facts: &'t Facts<'_>, approach: &Approach, keyword: &'t str, value: &[u8]) -> Option<&'t Directive> {
    let connection = Connection::new(facts, approach);
    let lines = || facts.tree.of(keyword).filter(|line| line.value() == value);
    let in_blocks = lines().find(|line| !line.is_global() && connection.is_meant_by(line) == Some(true));
    let unclear = || lines().find(|line| !line.is_global() && connection.is_meant_by(line).is_none());
    let global_yes = facts.tree.of(keyword).find(|line| line.is_global());
    // A block that is for the connection counts before what stands outside (servconf.c `match_cfg_line`).
    in_blocks.or_else(|| global_yes.filter(|line| line.value() == value)).or_else(unclear)
}

/// HostbasedAuthentication is no.
fn is_off(facts: &Facts<'_>, approach: &Approach) -> Finding {
    let yes: Vec<&Directive> = facts.tree.of(HOSTBASED).filter(|line| line.value() == b"yes").collect();
    let no = deciding(facts, approach, HOSTBASED, b"no");
    let global_yes = yes.iter().copied().find(|line| line.is_global());
    let in_block = yes.iter().copied().find(|line| !line.is_global());
    match (no, global_yes, in_block) {
        (Some(no), _, _) if !no.is_global() => turned_off(no, approach),
        (Some(no), Some(yes), _) => first_value(approach, no, yes),
        (no, _, Some(yes)) => in_other_block(facts, approach, no, yes),
        (no, _, _) => {
            let seen = no.map_or_else(|| "no line sets it: the default is no".to_owned(), Directive::text);
            let why = "sshd does not offer hostbased at all: its default is no";
            let found = error(Id::ServerHostbasedOff, format!("HostbasedAuthentication no ({seen})"), why);
            let found = match no {
                Some(no) => found.at(&no.file, no.line),
                None => found.at(main_file(facts), None),
            };
            found.mended_by(and_reload(setup(&approach.policy)))
        }
    }
}

fn main_file<'f>(facts: &'f Facts<'_>) -> &'f str {
    facts.tree.files.first().map_or("/etc/ssh/sshd_config", String::as_str)
}

fn and_reload(first: Mend) -> Vec<Mend> {
    vec![first, then_reload()]
}

/// Another file said no before.
fn first_value(approach: &Approach, no: &Directive, yes: &Directive) -> Finding {
    let seen = format!("{}; {}:{} says yes, too late", no.text(), escape(&yes.file), yes.line);
    let why =
        "the first value counts, and included files are read where the Include line stands, which mostly is the top";
    error(Id::DropInFirstValueWins, seen, why).at(&no.file, no.line).mended_by([
        setup(&approach.policy),
        line(&no.file, "HostbasedAuthentication yes", format!("instead of line {}", no.line)),
        then_reload(),
    ])
}

/// A block that is for this connection says no.
fn turned_off(no: &Directive, approach: &Approach) -> Finding {
    let block = no.blocks.last().map(Block::to_string).unwrap_or_default();
    let seen = format!("{} in the block {block}, which is for {}", no.text(), approach.text());
    let why = "of a Match block that is for the connection the value counts before that of the global part";
    error(Id::MatchBlockDoesNotApplyOrTurnsOff, seen, why).at(&no.file, no.line).mended_by([
        line(&no.file, "HostbasedAuthentication yes", format!("instead of line {}", no.line)),
        advice("or narrow the block, so that it is not for this client"),
    ])
}

/// Only blocks that are not for this connection say yes.
fn in_other_block(facts: &Facts<'_>, approach: &Approach, no: Option<&Directive>, yes: &Directive) -> Finding {
    let block = yes.blocks.last().map(Block::to_string).unwrap_or_default();
    let by_host = yes.blocks.iter().flat_map(criteria).any(|(criterion, _)| criterion == "host");
    let text = approach.text();
    if by_host && !approach.policy.use_dns {
        let seen = format!("{} in the block {block}, and UseDNS no", yes.text());
        let why = format!("with UseDNS no sshd knows no name of {text}, and Match Host sees the address alone");
        return error(Id::MatchBlockDoesNotApplyOrTurnsOff, seen, why).at(&yes.file, yes.line).mended_by([
            line(&yes.file, format!("Match Address {text}"), "as the line that begins the block"),
            setup_dns(),
            then_reload(),
        ]);
    }
    if is_swallowed(facts, yes) {
        let seen = format!("{} stands behind {block}, and so inside it", yes.text());
        let why = "a Match block ends at the next one or at the end of the file, not at a blank line: the line counts for \
                   that block alone, which is not for this connection";
        return error(Id::SettingSwallowedByMatchBlock, seen, why)
            .at(&yes.file, yes.line)
            .mended_by(and_reload(setup(&approach.policy)));
    }
    let seen = match no {
        Some(no) => format!("{} in the block {block} only; {}:{} says no", yes.text(), escape(&no.file), no.line),
        None => format!("{} in the block {block} only", yes.text()),
    };
    let user = escape(facts.user.as_bytes());
    let why = format!("the block is not for {user} from {text}, and what it sets does not count");
    error(Id::MatchBlockDoesNotApplyOrTurnsOff, seen, why).at(&yes.file, yes.line).mended_by([
        line(&yes.file, format!("Match Address {text}"), "as the line that begins the block"),
        setup(&approach.policy),
    ])
}

fn setup_dns() -> Mend {
    super::say::setup_names("dns")
}

/// Whether the line only came to stand in its block: other options stand between the block's beginning and this line, and
/// the block names no host or address, which one who means hostbased would name.
fn is_swallowed(facts: &Facts<'_>, yes: &Directive) -> bool {
    let Some(block) = yes.blocks.last() else { return false };
    let names_peer = criteria(block)
        .iter()
        .any(|(criterion, _)| ["host", "address", "localaddress", "localport"].contains(&criterion.as_str()));
    let is_ours = |keyword: &str| keyword.starts_with("hostbased") || keyword == "ignorerhosts";
    let others_before = facts.tree.directives.iter().any(|other| {
        other.blocks.last() == Some(block)
            && other.line < yes.line
            && other.file == yes.file
            && !is_ours(&other.keyword)
    });
    // A file that is included inside a block was not written for it.
    others_before || !names_peer || block.file != yes.file
}

/// AuthenticationMethods leaves hostbased out, or asks for more.
fn methods(facts: &Facts<'_>, approach: &Approach) -> Option<Finding> {
    let methods: AuthenticationMethods = approach.policy.methods();
    let lists = approach.printed.value("authenticationmethods").unwrap_or("any");
    let start = methods.start();
    let line_of = facts.tree.of("authenticationmethods").next();
    let (seen, why) = if !start.may_try(Method::Hostbased) {
        let why = "hostbased is the first of none of these lists, so that sshd does not let it be tried";
        (format!("AuthenticationMethods {}", escape(lists)), why.to_owned())
    } else if let AfterSuccess::Partial(rest) = start.succeed(Method::Hostbased, None) {
        let why = format!("hostbased alone does not log in: {rest} must follow");
        (format!("AuthenticationMethods {}", escape(lists)), why)
    } else {
        return None;
    };
    let found = error(Id::AuthenticationmethodsExcludesHostbased, seen, why);
    let found = line_of.map_or_else(|| found.clone(), |line| found.clone().at(&line.file, line.line));
    let mends = line_of.map(|directive| {
        let text = format!("AuthenticationMethods {} hostbased", escape(lists));
        line(&directive.file, text, format!("instead of line {}", directive.line))
    });
    Some(found.mended_by(mends.into_iter().chain([then_reload()])))
}

/// PermitRootLogin.
fn root_login(facts: &Facts<'_>, approach: &Approach) -> Finding {
    let value = match approach.policy.permit_root_login {
        PermitRootLogin::ForcedCommandsOnly => "forced-commands-only",
        _ => "no",
    };
    let why = "sshd refuses root after the signature was found good (ROOT LOGIN REFUSED); prohibit-password, the default, \
               lets hostbased through";
    let found = error(Id::RootLoginPolicy, format!("PermitRootLogin {value}"), why);
    match deciding(facts, approach, "permitrootlogin", value.as_bytes()) {
        Some(directive) => found.at(&directive.file, directive.line).mended_by([line(
            &directive.file,
            "PermitRootLogin prohibit-password",
            format!("instead of line {}", directive.line),
        )]),
        None => found.mended_by([line(main_file(facts), "PermitRootLogin prohibit-password", "above the first Match")]),
    }
    .mended_by(reload())
}
