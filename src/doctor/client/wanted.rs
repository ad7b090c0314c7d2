//! Whether `ssh` would try the method for this server.

use super::blocks::{Applies, Reader};
use super::facts::{Config, Facts, Target};
use super::found::{Told, advice, as_user, found, line, setup};
use crate::config::Directive;
use crate::doctor::Finding;
use crate::escape::escape;
use crate::failures::Id;
use crate::severity::Severity;

/// The keyword of the option.
const KEYWORD: &str = "hostbasedauthentication";

/// The method is off for this server.
pub(super) fn is_off(facts: &Facts) -> Option<Finding> {
    let target = facts.target.as_ref()?;
    if facts.options.is_hostbased_on() {
        return None;
    }
    let seen = format!("`ssh -G {}` says HostbasedAuthentication no", target.typed);
    let finding = given_file(facts, target, &seen)
        .or_else(|| users_own(facts, target, &seen))
        .or_else(|| other_name(facts, target, &seen))
        .unwrap_or_else(|| plainly_off(facts, target, seen));
    Some(finding)
}

/// `-F FILE` is read in place of both other files (OpenSSH: ssh.c `process_config_files`).
fn given_file(facts: &Facts, target: &Target, seen: &str) -> Option<Finding> {
    let given = facts.given.as_ref()?;
    target.without_given.as_ref().filter(|options| options.is_hostbased_on())?;
    Some(
        found(
            Id::DashFSkipsGlobal,
            Severity::Error,
            format!("{seen} with -F {}, and yes without", given.path),
            "a configuration that is given with -F is read in place of the user's and the one for all users",
        )
        .at(&given.path, None)
        .mended(line(&given.path, "Include /etc/ssh/ssh_config", "at the end"))
        .mended(line(&given.path, "HostbasedAuthentication yes", "above the first Host or Match")),
    )
}

/// The user's own file is read first, and the first value counts (ssh_config(5)).
fn users_own(facts: &Facts, target: &Target, seen: &str) -> Option<Finding> {
    target.global_only.as_ref().filter(|options| options.is_hostbased_on())?;
    let directive = first(&facts.user, &target.typed, b"no")?;
    Some(
        found(
            Id::UserConfigDisables,
            Severity::Error,
            format!("{seen}: {}", directive.text()),
            "the user's own configuration is read before the one for all users, and the first value counts",
        )
        .at(&directive.file, Some(directive.line))
        .mended(advice(format!("take line {} out of {}", directive.line, directive.file))),
    )
}

/// A `Host` pattern is matched with the name as it was typed (ssh_config(5)).
fn other_name(facts: &Facts, target: &Target, seen: &str) -> Option<Finding> {
    let (name, _) = target.other_names.iter().find(|(_, is_on)| *is_on)?;
    let yes = first(&facts.global, name, b"yes").or_else(|| first(&facts.user, name, b"yes"));
    let mut finding = found(
        Id::HostBlockMissesTypedName,
        Severity::Error,
        format!("{seen}, and `ssh -G {name}` says yes"),
        "the patterns of `Host` are matched with the name as it was typed, before it is looked up",
    )
    .mended_maybe(setup(facts));
    if let Some(block) = yes.and_then(|directive| directive.blocks.last()) {
        let typed = &target.typed;
        finding = finding.at(&block.file, Some(block.line)).mended(line(
            &block.file,
            format!("{block} {typed}"),
            format!("instead of line {}", block.line),
        ));
    }
    Some(finding.mended(advice(format!("type the name that the pattern is for: {name}"))))
}

fn plainly_off(facts: &Facts, target: &Target, seen: String) -> Finding {
    let configs = facts.given.as_ref().map_or_else(|| vec![&facts.user, &facts.global], |given| vec![given]);
    let no = configs.iter().find_map(|config| first(config, &target.typed, b"no"));
    let why = "the option is off unless a configuration of the client switches it on; the server's does not count here";
    match no {
        Some(directive) => found(Id::ClientHostbasedOff, Severity::Error, format!("{seen}: {}", directive.text()), why)
            .at(&directive.file, Some(directive.line))
            .mended_maybe(setup(facts))
            .mended(line(
                &directive.file,
                "HostbasedAuthentication yes",
                format!("instead of line {}", directive.line),
            )),
        None => found(Id::ClientHostbasedOff, Severity::Error, seen, why).mended_maybe(setup(facts)),
    }
}

/// The first line that sets the option for this host, where it says this.
fn first<'a>(config: &'a Config, host: &str, value: &[u8]) -> Option<&'a Directive> {
    let applying = |directive: &&Directive| Reader::Ssh(host).sees(directive) != Applies::No;
    config.tree.of(KEYWORD).find(applying).filter(|directive| directive.value() == value)
}

/// The method is on, and left out of those that are tried.
pub(super) fn not_preferred(facts: &Facts) -> Option<Finding> {
    let target = facts.target.as_ref()?;
    let preferred = facts.options.list("preferredauthentications")?;
    if !facts.options.is_hostbased_on() || preferred.contains(&"hostbased") {
        return None;
    }
    let finding = found(
        Id::PreferredAuthOmitsHostbased,
        Severity::Error,
        format!("`ssh -G {}` says PreferredAuthentications {}", target.typed, escape(&preferred.join(","))),
        "`ssh` tries the methods of this list and no other",
    );
    let keyword = "preferredauthentications";
    let configs = facts.given.as_ref().map_or_else(|| vec![&facts.user, &facts.global], |given| vec![given]);
    let reader = Reader::Ssh(&target.typed);
    let mut directives = configs.iter().flat_map(|config| config.tree.of(keyword));
    let text = format!("PreferredAuthentications hostbased,{}", preferred.join(","));
    Some(match directives.find(|directive| reader.sees(directive) != Applies::No) {
        Some(directive) => finding.at(&directive.file, Some(directive.line)).mended(line(
            &directive.file,
            text,
            format!("instead of line {}", directive.line),
        )),
        None => finding.mended(advice("name hostbased first in PreferredAuthentications, or leave the option out")),
    })
}

/// A master connection is open: what `ssh` does now tells nothing of a login.
pub(super) fn master(facts: &Facts) -> Option<Finding> {
    let target = facts.target.as_ref().filter(|target| target.has_master)?;
    let path = facts.options.value("controlpath").unwrap_or("unknown");
    Some(
        found(
            Id::ControlmasterHidesState,
            Severity::Warning,
            format!("a master connection is open: ControlPath {}", escape(path)),
            "`ssh` uses the open connection and does not log in anew, so neither a fault nor its mend shows",
        )
        .mended(as_user(&["ssh", "-O", "exit", &target.typed])),
    )
}
