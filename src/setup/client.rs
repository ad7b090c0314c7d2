//! What a client's `ssh_config` needs: `EnableSSHKeysign` for the helper, `HostbasedAuthentication` for the servers.

use super::marked;
use super::ours::{self, Ours};
use super::place::{Configuration, place};
use super::refusal::Refusal;
use super::step::{Action, Plan, Step};
use super::{SSH_CONFIG, ServerPattern};
use crate::config::{Block, BlockKind, ConfigFiles, Directive, Program, Tree};
use crate::escape::escape;

const FOLDER: &str = "/etc/ssh/ssh_config.d";

/// What ssh tries unless told otherwise, without GSSAPI, which not every build knows (readconf.c, sshconnect2.c `authmethods`).
const METHODS: &str = "hostbased,publickey,keyboard-interactive,password";

/// What is there.
pub struct ClientFacts<'a> {
    /// The files below the root.
    pub files: &'a dyn ConfigFiles,
    /// Whether there is `/etc/ssh/ssh_config.d`.
    pub has_folder: bool,
}

/// What is wanted of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// For which servers; those of an earlier run stay. May be empty: then only the helper is switched on.
    pub servers: Vec<ServerPattern>,
}

impl Client {
    /// What makes the configuration so.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn plan(&self, facts: &ClientFacts<'_>) -> Result<Plan, Refusal> {
        let now = configuration(facts.files);
        let tree = now.tree();
        ours::must_be_understood(&tree)?;
        let found = ours::find(&now, &tree)?;
        let mut plan = Plan::default();
        if counts(&tree, &self.servers) {
            return Ok(plan);
        }
        found.iter().try_for_each(Ours::must_be_whole)?;
        let mut servers: Vec<ServerPattern> = found.iter().flat_map(|ours| servers_in(&ours.marked.body)).collect();
        servers.extend(self.servers.iter().filter(|server| !servers.contains(server)).cloned().collect::<Vec<_>>());
        let without: Vec<(String, Option<Vec<u8>>)> =
            found.iter().map(|ours| (ours.path.clone(), ours.without(SSH_CONFIG))).collect();
        let mut base = super::overlay::Overlay::new(facts.files);
        for (path, text) in &without {
            base.set(path, text.clone());
        }
        let base = Configuration { files: &base, ..now };
        let before = base.tree();
        let methods = methods(&before, &servers);
        let alone = body(&servers, methods.as_deref());
        let closed = if servers.is_empty() { alone.clone() } else { format!("{alone}Match all\n") };
        let bodies = [alone.as_bytes(), closed.as_bytes()];
        let rivals = rivals(&before, &servers);
        let Some((path, new)) = place(base, facts.has_folder, bodies, |tree| counts(tree, &servers)) else {
            return Err(rivals.first().map_or(Refusal::NoPlaceAtAll(SSH_CONFIG), |rival| Refusal::NoPlace {
                file: rival.file.clone(),
                line: rival.line,
                text: rival.text(),
            }));
        };
        plan.notes.extend(rivals.iter().map(|rival| {
            format!(
                "{}:{}: `{}` stays, and counts no more for these servers",
                escape(&rival.file),
                rival.line,
                rival.text()
            )
        }));
        let every = servers.iter().find(|server| server.is_every_host());
        plan.notes.extend(every.map(|server| {
            format!("{server} names every server there is: each learns which user, host and host keys ask it")
        }));
        plan.steps = steps(facts, &without, path, new);
        Ok(plan)
    }
}

impl ClientFacts<'_> {
    /// The files of the configuration, in reading order.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        configuration(self.files).tree().files
    }
}

pub(super) fn configuration(files: &dyn ConfigFiles) -> Configuration<'_> {
    Configuration { program: Program::Ssh, main: SSH_CONFIG, folder: FOLDER, files }
}

/// What changes where: our lines come out of the files that had them, and stand in that one.
fn steps(facts: &ClientFacts<'_>, without: &[(String, Option<Vec<u8>>)], path: String, new: Vec<u8>) -> Vec<Step> {
    let why =
        "ssh-keysign signs only where EnableSSHKeysign is on, and ssh asks it only where HostbasedAuthentication is";
    let undo = "hostbased setup client --undo";
    let mut changes = vec![(path.clone(), Some(new))];
    changes.extend(without.iter().filter(|(other, _)| *other != path).cloned());
    let old = |path: &str| facts.files.read(path).ok().flatten();
    let changed = changes.into_iter().map(|(path, new)| (old(&path), path, new)).filter(|(old, _, new)| old != new);
    changed.map(|(old, path, new)| Step::new(Action::Write { path, old, new }, why, undo)).collect()
}

/// Our lines.
fn body(servers: &[ServerPattern], methods: Option<&str>) -> String {
    let mut text =
        "# Host-based authentication. Written by `hostbased setup client`, which takes it back with --undo.\n\
                    EnableSSHKeysign yes\n"
            .to_owned();
    if !servers.is_empty() {
        let servers: Vec<&str> = servers.iter().map(ServerPattern::as_str).collect();
        text += &format!("Host {}\n    HostbasedAuthentication yes\n", servers.join(" "));
        text += &methods.map(|methods| format!("    PreferredAuthentications {methods}\n")).unwrap_or_default();
    }
    text
}

/// The servers of our lines.
fn servers_in(body: &[u8]) -> Vec<ServerPattern> {
    let lines = marked::split_lines(body).filter_map(|line| std::str::from_utf8(line).ok()?.strip_prefix("Host "));
    lines.flat_map(str::split_ascii_whitespace).filter_map(|pattern| pattern.parse().ok()).collect()
}

/// Whether a line counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Applies {
    No,
    /// It may: who knows what a `Match` finds.
    Perhaps,
    Yes,
}

/// Whether a line counts where the helper reads it: with an empty host name, in one pass (OpenSSH: ssh-keysign.c `main`).
fn applies_to_helper(directive: &Directive) -> Applies {
    let of_block = |block: &Block| match block.kind {
        _ if block.is_for_all() => Applies::Yes,
        BlockKind::Match => Applies::Perhaps,
        BlockKind::Host => {
            let matches = |pattern: &[u8]| crate::pattern::matches(b"", pattern);
            let negated = |word: &Vec<u8>| word.strip_prefix(b"!").is_some_and(matches);
            let is_matched = block.criteria.iter().any(|word| matches(word)) && !block.criteria.iter().any(negated);
            if is_matched { Applies::Yes } else { Applies::No }
        }
    };
    directive.blocks.iter().map(of_block).min().unwrap_or(Applies::Yes)
}

/// Whether a line counts for every server that a pattern names, or for some.
fn applies_to(directive: &Directive, server: &ServerPattern) -> Applies {
    let of_block = |block: &Block| match block.kind {
        _ if block.is_for_all() => Applies::Yes,
        BlockKind::Match => Applies::Perhaps,
        BlockKind::Host => {
            let (negated, plain): (Vec<&Vec<u8>>, Vec<&Vec<u8>>) =
                block.criteria.iter().partition(|word| word.starts_with(b"!"));
            let is_excepted =
                negated.iter().filter_map(|word| word.strip_prefix(b"!")).any(|pattern| server.overlaps(pattern));
            match () {
                () if plain.iter().all(|pattern| !server.overlaps(pattern)) => Applies::No,
                () if !is_excepted && plain.iter().any(|pattern| server.is_covered_by(pattern)) => Applies::Yes,
                () => Applies::Perhaps,
            }
        }
    };
    directive.blocks.iter().map(of_block).min().unwrap_or(Applies::Yes)
}

/// Whether the first line that counts is good, and none that may count before it is not.
fn is_good<'a>(
    directives: impl Iterator<Item = (&'a Directive, Applies)>,
    good: impl Fn(&Directive) -> bool,
    unset: bool,
) -> bool {
    for (directive, applies) in directives.filter(|(_, applies)| *applies != Applies::No) {
        match (good(directive), applies) {
            (false, _) => return false,
            (true, Applies::Yes) => return true,
            (true, _) => {}
        }
    }
    unset
}

fn is_yes(directive: &Directive) -> bool {
    matches!(directive.value().as_slice(), b"yes" | b"true")
}

fn has_hostbased(directive: &Directive) -> bool {
    directive.value().split(|&byte| byte == b',').any(|method| method == b"hostbased")
}

/// Whether the configuration does what is wanted.
fn counts(tree: &Tree, servers: &[ServerPattern]) -> bool {
    let helper = tree.of("enablesshkeysign").map(|directive| (directive, applies_to_helper(directive)));
    is_good(helper, is_yes, false)
        && servers.iter().all(|server| {
            let of = |keyword| tree.of(keyword).map(|directive| (directive, applies_to(directive, server)));
            is_good(of("hostbasedauthentication"), is_yes, false)
                && is_good(of("preferredauthentications"), has_hostbased, true)
        })
}

/// The lines that say otherwise.
fn rivals<'a>(tree: &'a Tree, servers: &[ServerPattern]) -> Vec<&'a Directive> {
    let counts_for_one =
        |directive: &Directive| servers.iter().any(|server| applies_to(directive, server) != Applies::No);
    let is_rival = |directive: &&Directive| match directive.keyword.as_str() {
        "enablesshkeysign" => applies_to_helper(directive) != Applies::No && !is_yes(directive),
        "hostbasedauthentication" => counts_for_one(directive) && !is_yes(directive),
        "preferredauthentications" => counts_for_one(directive) && !has_hostbased(directive),
        _ => false,
    };
    tree.directives.iter().filter(is_rival).collect()
}

/// The methods to be tried, where a line leaves ours out.
fn methods(tree: &Tree, servers: &[ServerPattern]) -> Option<String> {
    let left_out = rivals(tree, servers).into_iter().find(|rival| rival.keyword == "preferredauthentications")?;
    let value = left_out.value();
    let is_plain = |byte: &u8| byte.is_ascii_lowercase() || *byte == b'-' || *byte == b',';
    match std::str::from_utf8(&value) {
        Ok(value) if !value.is_empty() && value.bytes().all(|byte| is_plain(&byte)) => {
            Some(format!("hostbased,{value}"))
        }
        _ => Some(METHODS.to_owned()),
    }
}
