//! What a server's `sshd_config` needs.

use std::fmt;
use std::str::FromStr;

use super::SSHD_CONFIG;
use super::marked;
use super::ours::{self, Ours};
use super::overlay::Overlay;
use super::place::{Configuration, place};
use super::refusal::Refusal;
use super::step::{Action, Plan, Step};
use crate::config::{ConfigFiles, Directive, Program, Tree};
use crate::escape::escape;

const FOLDER: &str = "/etc/ssh/sshd_config.d";

/// Options of before, which sshd passes over with a warning: the first went with OpenSSH 3.7, the second with 7.4; the others
/// had the meaning of `UseDNS` before (OpenSSH: servconf.h, `SSHCONF_DEPRECATED`).
const DEAD: [&str; 4] =
    ["rhostsauthentication", "rhostsrsaauthentication", "verifyreversemapping", "reversemappingcheck"];

/// By which names a server knows its clients (sshd_config(5), `UseDNS` and `HostbasedUsesNameFromPacketOnly`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// By the name of the client's address, confirmed both ways.
    Dns,
    /// By the client's address.
    Address,
    /// By the name that the client claims.
    Packet,
}

impl Decision {
    /// All.
    pub const ALL: [Self; 3] = [Self::Dns, Self::Address, Self::Packet];

    /// Its word, on the command line too.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Dns => "dns",
            Self::Address => "address",
            Self::Packet => "packet",
        }
    }

    /// What it means, in one sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Dns => {
                "clients are known by name: that of their address, as the DNS or /etc/hosts has it, confirmed both ways"
            }
            Self::Address => "clients are known by address: both files must hold addresses, and no name is looked up",
            Self::Packet => {
                "clients are known by the name that they claim: it rests on the host key alone, so each must have its own"
            }
        }
    }

    /// The options that make it so. With `UseDNS` a packet's name has nothing to do; it stays as it is.
    const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Dns => &[("UseDNS", "yes"), ("HostbasedUsesNameFromPacketOnly", "no")],
            Self::Address => &[("UseDNS", "no"), ("HostbasedUsesNameFromPacketOnly", "no")],
            Self::Packet => &[("HostbasedUsesNameFromPacketOnly", "yes")],
        }
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// No such word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one of dns, address, packet")]
pub struct NoDecision;

impl FromStr for Decision {
    type Err = NoDecision;

    fn from_str(text: &str) -> Result<Self, NoDecision> {
        Self::ALL.into_iter().find(|decision| decision.word() == text).ok_or(NoDecision)
    }
}

/// What is there.
pub struct ServerFacts<'a> {
    /// The files below the root.
    pub files: &'a dyn ConfigFiles,
    /// Whether there is `/etc/ssh/sshd_config.d`.
    pub has_folder: bool,
}

/// What is wanted of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// By which names it knows its clients.
    pub names: Decision,
    /// What it logs; as it is, where nothing is said.
    pub log_level: Option<&'static str>,
}

impl Server {
    /// The options, and what they are to be.
    #[must_use]
    pub fn options(&self) -> Vec<(&'static str, &'static str)> {
        let mut options =
            vec![("HostbasedAuthentication", "yes"), ("IgnoreRhosts", "yes"), ("IgnoreUserKnownHosts", "yes")];
        options.extend(self.names.options());
        options.extend(self.log_level.map(|level| ("LogLevel", level)));
        options
    }

    /// What makes the configuration so.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn plan(&self, facts: &ServerFacts<'_>) -> Result<Plan, Refusal> {
        let now = configuration(facts.files);
        let tree = now.tree();
        ours::must_be_understood(&tree)?;
        let found = ours::find(&now, &tree)?;
        let dead: Vec<&Directive> = tree.directives.iter().filter(|line| DEAD.contains(&&*line.keyword)).collect();
        let mut plan = Plan::default();
        let mut changed = Overlay::new(facts.files);
        let mut touched: Vec<String> = Vec::new();
        let options = self.options();
        if !counts(&tree, &options) {
            found.iter().try_for_each(Ours::must_be_whole)?;
            for ours in &found {
                changed.set(&ours.path, ours.without(SSHD_CONFIG));
                touched.push(ours.path.clone());
            }
            let base = Configuration { files: &changed, ..now };
            let before = base.tree();
            let rivals = rivals(&before, &options);
            let kept = found.iter().find_map(|ours| log_level_in(&ours.marked.body));
            let body = self.body(self.log_level.map(str::to_owned).or(kept).as_deref());
            let placed = place(base, facts.has_folder, [body.as_bytes(); 2], |tree| counts(tree, &options));
            let Some((path, text)) = placed else {
                return Err(rivals.first().map_or(Refusal::NoPlaceAtAll(SSHD_CONFIG), |rival| Refusal::NoPlace {
                    file: rival.file.clone(),
                    line: rival.line,
                    text: rival.text(),
                }));
            };
            plan.notes.extend(rivals.iter().map(|rival| {
                let place = format!("{}:{}", escape(&rival.file), rival.line);
                format!("{place}: `{}` stays, and counts no more: the first value does", rival.text())
            }));
            changed.set(&path, Some(text));
            touched.push(path);
        }
        for path in dead.iter().map(|line| &line.file) {
            if let (false, Ok(Some(text))) = (touched.contains(path), changed.read(path)) {
                changed.set(path, Some(text));
                touched.push(path.clone());
            }
        }
        // What was inserted has moved the lines: they are looked for again.
        let after = Configuration { files: &changed, ..now }.tree();
        let mut off = Vec::new();
        for path in &touched {
            let Ok(Some(text)) = changed.read(path) else { continue };
            let lines = after.directives.iter().filter(|line| line.file == *path && DEAD.contains(&&*line.keyword));
            let lines: Vec<usize> = lines.map(|line| line.line).collect();
            off.push((path.clone(), marked::switch_off(&text, &lines)));
        }
        for (path, text) in off {
            changed.set(&path, Some(text));
        }
        touched.sort();
        touched.dedup();
        for path in touched {
            let (old, new) = (facts.files.read(&path).ok().flatten(), changed.read(&path).ok().flatten());
            if old != new {
                plan.steps.push(step(path, old, new, &dead));
            }
        }
        plan.notes.extend(turned_off(&tree));
        Ok(plan)
    }

    /// Our lines.
    fn body(&self, log_level: Option<&str>) -> String {
        let mut text = format!(
            "# Host-based authentication. Written by `hostbased setup server`, which takes it back with --undo.\n\
             HostbasedAuthentication yes\n\
             # Users' own ~/.rhosts, ~/.shosts and known_hosts say nothing of which hosts are trusted.\n\
             IgnoreRhosts yes\n\
             IgnoreUserKnownHosts yes\n\
             # --names {}: {}.\n",
            self.names,
            self.names.meaning()
        );
        let options = self.names.options().iter().map(|(keyword, value)| format!("{keyword} {value}\n"));
        text.extend(options);
        text.extend(log_level.map(|level| format!("LogLevel {level}\n")));
        text
    }
}

pub(super) fn configuration(files: &dyn ConfigFiles) -> Configuration<'_> {
    Configuration { program: Program::Sshd, main: SSHD_CONFIG, folder: FOLDER, files }
}

fn step(path: String, old: Option<Vec<u8>>, new: Option<Vec<u8>>, dead: &[&Directive]) -> Step {
    let has_ours =
        |text: &Option<Vec<u8>>| text.as_deref().is_some_and(|text| matches!(marked::find(text), Ok(Some(_))));
    let has_dead = dead.iter().any(|line| line.file == path);
    let why = match (has_ours(&new), has_dead) {
        (true, true) => "sshd admits by host only where it is told to; and it knows some of these options no more",
        (true, false) => "sshd admits by host only where it is told to, and the first value of an option counts",
        (false, true) => "sshd knows these options no more, and warns at each start",
        (false, false) => "the lines stand elsewhere now",
    };
    Step::new(Action::Write { path, old, new }, why, "hostbased setup server --undo")
}

/// The `LogLevel` of our lines.
fn log_level_in(body: &[u8]) -> Option<String> {
    let line = marked::split_lines(body).find_map(|line| line.strip_prefix(b"LogLevel "))?;
    let level = std::str::from_utf8(line).ok()?.trim();
    level.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| level.to_owned())
}

/// What sshd takes where nothing is said (sshd_config(5)).
fn default_of(keyword: &str) -> &'static str {
    match keyword.to_ascii_lowercase().as_str() {
        "ignorerhosts" => "yes",
        "loglevel" => "info",
        _ => "no",
    }
}

/// The value that counts where no `Match` does: the first.
fn value_of(tree: &Tree, keyword: &str) -> Vec<u8> {
    let first = tree.of(keyword).find(|directive| directive.is_global());
    let value = first.map_or_else(|| default_of(keyword).as_bytes().to_vec(), Directive::value);
    match value.as_slice() {
        b"true" => b"yes".to_vec(),
        b"false" => b"no".to_vec(),
        _ => value,
    }
}

/// Whether the configuration does what is wanted.
fn counts(tree: &Tree, options: &[(&str, &str)]) -> bool {
    options.iter().all(|(keyword, wanted)| value_of(tree, keyword).eq_ignore_ascii_case(wanted.as_bytes()))
}

/// The lines outside `Match` that say otherwise.
fn rivals<'a>(tree: &'a Tree, options: &[(&str, &str)]) -> Vec<&'a Directive> {
    let is_rival = |directive: &&Directive| {
        let wanted = options.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(&directive.keyword));
        let value = directive.value();
        directive.is_global() && wanted.is_some_and(|(_, wanted)| !value.eq_ignore_ascii_case(wanted.as_bytes()))
    };
    tree.directives.iter().filter(is_rival).collect()
}

/// The lines that take it back: for some connections, in `Match` blocks, or for all.
fn turned_off(tree: &Tree) -> Vec<String> {
    let takes_back = |directive: &&Directive| match (directive.keyword.as_str(), directive.value().as_slice()) {
        ("authenticationmethods", _) => {
            let has = |list: &Vec<u8>| list.eq_ignore_ascii_case(b"any") || list.starts_with(b"hostbased");
            !directive.arguments.iter().any(has)
        }
        _ if directive.is_global() => false,
        ("hostbasedauthentication", value) => !matches!(value, b"yes" | b"true"),
        ("ignorerhosts", value) => matches!(value, b"no" | b"false"),
        _ => false,
    };
    let lines = tree.directives.iter().filter(takes_back);
    lines
        .map(|line| {
            let blocks: Vec<String> = line.blocks.iter().map(ToString::to_string).collect();
            let place = format!("{}:{}", escape(&line.file), line.line);
            match blocks.as_slice() {
                [] => {
                    format!("{place}: `{}` lets nobody in by his host: add the method, or an alternative", line.text())
                }
                blocks => format!("{place}: `{}` counts for connections of `{}`", line.text(), blocks.join("`, `")),
            }
        })
        .collect()
}

/// By which names this server knows its clients already; `None` where nobody has decided that: host-based authentication is not
/// on, nobody has tried to switch it on, and the options about names are not set either.
#[must_use]
pub fn decision_of(files: &dyn ConfigFiles) -> Option<Decision> {
    let tree = configuration(files).tree();
    let has_tried = tree.of("HostbasedAuthentication").any(|line| matches!(line.value().as_slice(), b"yes" | b"true"));
    let about_names = ["UseDNS", "HostbasedUsesNameFromPacketOnly"];
    if !has_tried && !about_names.iter().any(|keyword| tree.of(keyword).any(Directive::is_global)) {
        return None;
    }
    Some(match () {
        () if value_of(&tree, "HostbasedUsesNameFromPacketOnly") == b"yes" => Decision::Packet,
        () if value_of(&tree, "UseDNS") == b"yes" => Decision::Dns,
        () => Decision::Address,
    })
}
