//! The helper that signs for ssh: OpenSSH's `ssh-keysign` or ours, where ssh looks for it, with the bit that lets it read the
//! host keys.

use super::refusal::Refusal;
use super::step::{Action, Plan, Step, Tool};
use crate::escape::escape;
use crate::store::Ownership;

const SET_UID: u32 = 0o4000;
const SET_GID: u32 = 0o2000;

/// Which helper is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelperAsked {
    /// The one that is there.
    Present,
    /// Ours.
    Ours,
    /// OpenSSH's.
    OpenSsh,
}

/// A program at a helper's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HelperFile {
    /// Whose it is.
    pub ownership: Ownership,
    /// Whether it is ours, of any release.
    pub is_ours: bool,
}

/// What dpkg knows of the helper's place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dpkg {
    /// Who has put the package's file aside: `LOCAL` for the administrator, a package's name (dpkg-divert(1)).
    pub diverted_by: Option<String>,
    /// The override of owner and mode, `OWNER GROUP MODE` (dpkg-statoverride(1)).
    pub over: Option<String>,
}

/// Whose the helper's place is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owned {
    /// dpkg's: a package has the path.
    Dpkg(Dpkg),
    /// RPM's: an update of the package puts its file back.
    Rpm,
    /// Nobody's of whom is known.
    Nobody,
}

/// What is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelperFacts {
    /// Where ssh looks for it.
    pub place: String,
    /// What stands there.
    pub there: Option<HelperFile>,
    /// What stands at [`HelperFacts::aside_of`].
    pub aside: Option<HelperFile>,
    /// Whose the place is.
    pub owned: Owned,
    /// Our helper on the running machine, where one was found.
    pub ours: Option<String>,
    /// Whether what stands there has the same bytes as that.
    pub is_current: bool,
    /// Whether the host keys are for root and this group to read, so that a set-gid helper will do.
    pub keys_group: Option<u32>,
}

impl HelperFacts {
    /// Where OpenSSH's helper lies while ours has its place: the name that dpkg-divert(1) gives.
    #[must_use]
    pub fn aside_of(place: &str) -> String {
        format!("{place}.distrib")
    }

    /// The package that has put OpenSSH's aside.
    fn package(&self) -> Option<&str> {
        match &self.owned {
            Owned::Dpkg(known) => known.diverted_by.as_deref().filter(|by| *by != "LOCAL"),
            Owned::Rpm | Owned::Nobody => None,
        }
    }
}

/// What puts the helper in its place, with its mode.
///
/// # Errors
/// [`Refusal::NoHelper`], [`Refusal::Helper`].
pub fn plan_helper(asked: HelperAsked, facts: &HelperFacts) -> Result<Plan, Refusal> {
    let mut plan = Plan::default();
    let is_ours_there = facts.there.is_some_and(|there| there.is_ours);
    match asked {
        HelperAsked::Present if facts.there.is_none() => {
            // A run that ended half way: the package's file is aside, and ours not yet in its place.
            if facts.aside.is_none() {
                return Err(missing(
                    facts,
                    "install the package that it comes with (openssh-client, openssh-clients), or \
                     ours: --helper ours",
                ));
            }
            install(facts, &mut plan)?;
        }
        HelperAsked::Present => {
            must_not_be_decided(facts)?;
            privileged(facts, &mut plan)?;
        }
        HelperAsked::Ours => install(facts, &mut plan)?,
        HelperAsked::OpenSsh if is_ours_there || facts.there.is_none() => restore(facts, &mut plan)?,
        HelperAsked::OpenSsh => privileged(facts, &mut plan)?,
    }
    Ok(plan)
}

/// What takes back that ours was put in its place, where setup has done it: with OpenSSH's beside it. A package that has done it takes it
/// back itself.
///
/// # Errors
/// [`Refusal::NoHelper`], [`Refusal::Helper`].
pub fn undo_helper(facts: &HelperFacts) -> Result<Plan, Refusal> {
    let mut plan = Plan::default();
    if facts.there.is_some_and(|there| there.is_ours) && facts.aside.is_some() {
        match facts.package() {
            Some(by) => plan.notes.push(format!(
                "{} is ours, of the package {by}, and stays; OpenSSH's comes back when that package is removed, or by \
                 dpkg-reconfigure {by}",
                facts.place
            )),
            None => restore(facts, &mut plan)?,
        }
    }
    Ok(plan)
}

fn missing(facts: &HelperFacts, remedy: &str) -> Refusal {
    Refusal::NoHelper { place: facts.place.clone(), remedy: remedy.to_owned() }
}

fn dpkg(tool: Tool, arguments: &[&str], why: &str, undo: String) -> Step {
    let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
    Step::new(Action::Run { tool, arguments }, why, undo)
}

/// The bit, for the one that is there.
fn privileged(facts: &HelperFacts, plan: &mut Plan) -> Result<(), Refusal> {
    let Some(there) = facts.there else { return Ok(()) };
    let (place, old) = (&facts.place, there.ownership);
    must_be_roots(place, old)?;
    let by_group = old.group != 0 && facts.keys_group == Some(old.group);
    let bit = if by_group { SET_GID } else { SET_UID };
    let has_bit = old.mode & SET_UID != 0 && old.owner == 0 || by_group && old.mode & SET_GID != 0;
    if has_bit && old.mode & 0o001 == 0 {
        // Somebody's decision: it takes a mode that no package has.
        plan.notes.push(format!("{place}: its mode {:04o} lets its group alone log in by host from here", old.mode));
    }
    if !(has_bit && old.mode & 0o022 == 0) {
        let base = (old.mode | 0o111 | bit) & !0o022;
        // As the package has it, where that is known.
        let mode = match facts.owned {
            Owned::Dpkg(_) if !by_group => 0o4755,
            _ => base,
        };
        let new = Ownership { owner: 0, group: if by_group { old.group } else { 0 }, mode };
        if let Owned::Dpkg(Dpkg { over: Some(over), diverted_by: None }) = &facts.owned {
            let words: Vec<&str> = over.split(' ').chain([place.as_str()]).collect();
            plan.steps.push(dpkg(
                Tool::DpkgStatoverride,
                &["--remove", place],
                "this override takes the helper's bit away at each update",
                format!("dpkg-statoverride --add {}", words.join(" ")),
            ));
        }
        plan.steps.push(Step::new(
            Action::SetOwnership { path: place.clone(), old, new },
            "the helper needs root's right, or a group's, to read the host keys, and root alone may write it",
            format!("chmod {:04o} {place}", old.mode),
        ));
    }
    Ok(())
}

/// An override that keeps the bit from the helper, or that the file does not have yet, is an administrator's word, perhaps an
/// answer to CVE-2026-46333: only somebody who names the helper takes it back.
fn must_not_be_decided(facts: &HelperFacts) -> Result<(), Refusal> {
    let (Owned::Dpkg(Dpkg { over: Some(over), diverted_by: None }), Some(there)) = (&facts.owned, facts.there) else {
        return Ok(());
    };
    let wanted = over.rsplit(' ').next().and_then(|mode| u32::from_str_radix(mode, 8).ok());
    let is_followed = wanted.is_some_and(|wanted| wanted & SET_UID != 0 && wanted == there.ownership.mode);
    if is_followed {
        return Ok(());
    }
    let place = &facts.place;
    Err(Refusal::Helper(format!(
        "{place}: an override says {}, and the helper needs root's right: somebody has decided that (dpkg-statoverride --list \
         {place})\nsay --helper openssh to take that back, or --helper ours to have ours sign instead",
        escape(over)
    )))
}

/// What others may have written must not run with root's rights: taking it from them now does not tell what they have put there.
fn must_be_roots(path: &str, is: Ownership) -> Result<(), Refusal> {
    let by_group = is.group != 0 && is.mode & 0o020 != 0;
    if is.owner == 0 && !by_group && is.mode & 0o002 == 0 {
        return Ok(());
    }
    Err(Refusal::Helper(format!(
        "{path}: others than root may have written it (owner {}, group {}, mode {:04o}), and every user would run it with \
         root's rights\ninstall its package again (openssh-client, openssh-clients)",
        is.owner, is.group, is.mode
    )))
}

/// An administrator's decision that a group alone may run the helper: it holds for whichever stands there.
fn restricted(facts: &HelperFacts) -> Option<Ownership> {
    let is = facts.there?.ownership;
    (is.owner == 0 && is.mode & SET_UID != 0 && is.mode & 0o023 == 0).then_some(is)
}

/// Ours, in its place.
fn install(facts: &HelperFacts, plan: &mut Plan) -> Result<(), Refusal> {
    let place = &facts.place;
    let is_ours_there = facts.there.is_some_and(|there| there.is_ours);
    let undo = "hostbased setup client --helper openssh";
    if let Owned::Dpkg(Dpkg { diverted_by: Some(by), .. }) = &facts.owned
        && by != "LOCAL"
    {
        if is_ours_there {
            plan.notes.push(format!("{place} is ours, of the package {by}"));
            privileged(facts, plan)?;
            return Ok(());
        }
        return Err(Refusal::Helper(format!(
            "the package {by} has put {place} aside\nremove that package, or let it have its way: without --helper ours"
        )));
    }
    let Some(from) = &facts.ours else {
        if is_ours_there {
            privileged(facts, plan)?;
            return Ok(());
        }
        return Err(Refusal::Helper(
            "there is no keysign that could sign: neither beside this command nor in /usr/lib/hostbased or \
             /usr/libexec/hostbased, or others may write it or its folder\ninstall it there (the package is \
             hostbased-keysign), or name it: --keysign FILE"
                .to_owned(),
        ));
    };
    match &facts.owned {
        Owned::Dpkg(known) => divert(facts, known, plan),
        Owned::Rpm | Owned::Nobody => set_aside(facts, plan)?,
    }
    if !is_ours_there || !facts.is_current {
        let ownership = restricted(facts).unwrap_or(Ownership { owner: 0, group: 0, mode: 0o4755 });
        let action = Action::Install { from: from.clone(), path: place.clone(), ownership };
        let why = if is_ours_there { "another release of ours stands there" } else { "ours is to sign" };
        plan.steps.push(Step::new(action, why, undo));
    } else {
        privileged(facts, plan)?;
    }
    Ok(())
}

/// The package's file put aside so that no update brings it back, and without its bit, by which it would sign where it lies.
fn divert(facts: &HelperFacts, known: &Dpkg, plan: &mut Plan) {
    let place = &facts.place;
    if known.over.as_deref() != Some("root root 0755") {
        if let Some(over) = &known.over {
            let words: Vec<&str> = over.split(' ').chain([place.as_str()]).collect();
            plan.steps.push(dpkg(
                Tool::DpkgStatoverride,
                &["--remove", place],
                "there is room for one override only",
                format!("dpkg-statoverride --add {}", words.join(" ")),
            ));
        }
        // By this name dpkg means the package's own file, wherever a diversion has put it; but `--update` the file that stands
        // there, which after a diversion is ours.
        let update = known.diverted_by.is_none().then_some("--update");
        let arguments: Vec<&str> =
            update.into_iter().chain(["--add", "root", "root", "0755", place.as_str()]).collect();
        plan.steps.push(dpkg(
            Tool::DpkgStatoverride,
            &arguments,
            "OpenSSH's helper would sign where it lies, without the settings of ours and without its audit line",
            format!("dpkg-statoverride --remove {place}"),
        ));
    }
    if known.diverted_by.is_none() {
        let aside = HelperFacts::aside_of(place);
        plan.steps.push(dpkg(
            Tool::DpkgDivert,
            &["--local", "--rename", "--divert", &aside, "--add", place],
            "an update of the package would put OpenSSH's helper in the place of ours",
            format!("dpkg-divert --local --rename --remove {place}"),
        ));
    } else if let Some(theirs) = facts.aside {
        let old = theirs.ownership;
        let new = Ownership { mode: old.mode & !(SET_UID | SET_GID), ..old };
        if old != new {
            plan.steps.push(Step::new(
                Action::SetOwnership { path: HelperFacts::aside_of(place), old, new },
                "it would sign where it lies, without the settings of ours and without its audit line",
                format!("chmod {:04o} {}", old.mode, HelperFacts::aside_of(place)),
            ));
        }
    }
}

/// The same where no package manager does it.
fn set_aside(facts: &HelperFacts, plan: &mut Plan) -> Result<(), Refusal> {
    let place = &facts.place;
    let aside = HelperFacts::aside_of(place);
    let theirs = facts.there.filter(|there| !there.is_ours);
    if let Some(theirs) = theirs {
        if facts.aside.is_some() {
            return Err(Refusal::Helper(format!(
                "{place} and {aside} are both there, and neither is ours: an update has brought OpenSSH's helper \
                 back\ndelete the older one: rm {aside}"
            )));
        }
        let old = theirs.ownership;
        let new = Ownership { mode: old.mode & !(SET_UID | SET_GID), ..old };
        if old != new {
            plan.steps.push(Step::new(
                Action::SetOwnership { path: place.clone(), old, new },
                "OpenSSH's helper would sign where it lies, without the settings of ours and without its audit line",
                format!("chmod {:04o} {place}", old.mode),
            ));
        }
        plan.steps.push(Step::new(
            Action::Rename { path: place.clone(), to: aside.clone() },
            "ours is to stand there",
            format!("mv {aside} {place}"),
        ));
    }
    if facts.owned == Owned::Rpm {
        plan.notes.push(format!(
            "an update of the package that has {place} puts OpenSSH's helper back: run this again after it (rpm -qf {place} \
             names the package)"
        ));
    }
    Ok(())
}

/// OpenSSH's, back in its place.
fn restore(facts: &HelperFacts, plan: &mut Plan) -> Result<(), Refusal> {
    let place = &facts.place;
    let aside = HelperFacts::aside_of(place);
    let redo = "hostbased setup client --helper ours";
    let by = match &facts.owned {
        Owned::Dpkg(known) => known.diverted_by.as_deref(),
        _ => None,
    };
    if let Some(by) = by.filter(|by| *by != "LOCAL") {
        return Err(Refusal::Helper(format!(
            "{place} is ours by the package {by}\nremove that package, and it puts OpenSSH's helper back"
        )));
    }
    let Some(theirs) = facts.aside else {
        return Err(missing(
            facts,
            "OpenSSH's own is not beside it; install its package again (openssh-client, \
             openssh-clients)",
        ));
    };
    must_be_roots(&aside, theirs.ownership)?;
    if facts.there.is_some() {
        let action = Action::Delete { path: place.clone() };
        plan.steps.push(Step::new(action, "OpenSSH's helper is to stand there", redo));
    }
    if by.is_some() {
        plan.steps.push(dpkg(
            Tool::DpkgDivert,
            &["--local", "--rename", "--remove", place],
            "the package's file comes back to its place",
            redo.to_owned(),
        ));
    } else {
        let action = Action::Rename { path: aside, to: place.clone() };
        plan.steps.push(Step::new(action, "it lies beside its place", redo));
    }
    if matches!(&facts.owned, Owned::Dpkg(known) if known.over.is_some()) {
        plan.steps.push(dpkg(
            Tool::DpkgStatoverride,
            &["--remove", place],
            "the override keeps its bit away at each update",
            redo.to_owned(),
        ));
    }
    let kept = restricted(facts);
    if let (Owned::Dpkg(_), Some(kept)) = (&facts.owned, kept) {
        let (group, mode) = (format!("#{}", kept.group), format!("{:04o}", kept.mode));
        plan.steps.push(dpkg(
            Tool::DpkgStatoverride,
            &["--add", "root", &group, &mode, place],
            "its group alone could run ours, and no update is to change that",
            format!("dpkg-statoverride --remove {place}"),
        ));
    }
    let old = theirs.ownership;
    let bit = if old.group == 0 { SET_UID } else { SET_GID };
    let mode = if matches!(facts.owned, Owned::Dpkg(_)) { 0o4755 } else { old.mode | bit };
    let old = Ownership { mode: old.mode & 0o777, ..old };
    plan.steps.push(Step::new(
        Action::SetOwnership { path: place.clone(), old, new: kept.unwrap_or(Ownership { mode, ..old }) },
        "it needs root's right, or a group's, to read the host keys",
        redo,
    ));
    Ok(())
}
