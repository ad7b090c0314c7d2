//! A change of both files, as every command that makes one carries it out: the plan is shown, somebody says that it may be
//! written, it is made anew under the lock and written, and what came of each host is told.

mod host;
mod json;
mod text;

pub(super) use host::Host;

use super::confirm::{Answer, ConfirmArgs, Confirmed, Proposal, confirm};
use super::failure::Failure;
use super::netgroups;
use super::report::change_lines;
use super::{Console, Outcome};
use crate::enroll::{Ground, OtherFiles, Plan, Survey, Task, Texts, apply};
use crate::store::Root;

const QUESTION: &str = "A scan proves that these hosts hold these keys, not who they are. Are the fingerprints the \
    ones that the hosts' administrators gave you? (yes/no) ";

/// What is to be done.
pub(super) struct Change<'a> {
    /// The command's name, for programs.
    pub(super) command: &'static str,
    pub(super) root: &'a Root,
    pub(super) confirm: &'a ConfirmArgs,
    pub(super) json: bool,
    /// Both files as they are.
    pub(super) texts: &'a Texts,
    /// What was read of them before.
    pub(super) survey: Option<&'a Survey<'a>>,
    /// What sshd asks besides.
    pub(super) others: OtherFiles,
    pub(super) tasks: Vec<Task>,
    /// The hosts, in the order in which they are told.
    pub(super) hosts: Vec<Host>,
    /// What there is to say besides.
    pub(super) notes: Vec<String>,
    /// Whose word it is that scanned keys are the hosts', for programs.
    pub(super) trust: Option<&'static str>,
}

/// What came of it.
struct Done {
    plan: Plan,
    answer: Answer,
    /// Whether the question was about the keys.
    asked_for_trust: bool,
    /// Whether another writer was there meanwhile, so that the plan is not the one that was shown.
    replaced: bool,
}

impl Change<'_> {
    /// Carries it out. Good when each host is as it should be.
    ///
    /// # Errors
    /// [`Failure`].
    pub(super) fn carry_out(mut self, console: &mut Console) -> Result<Outcome, Failure> {
        let ground = Ground { netgroups: netgroups::of_root(self.root), others: &self.others, survey: self.survey };
        let mut plan = Plan::make(self.texts, &self.tasks, ground);
        let asked_for_trust = plan.hosts().iter().any(|host| !host.unvouched.is_empty()) && self.asks_about_keys();
        if asked_for_trust && !self.confirm.dry_run && !console.can_ask() {
            return Err(Failure::NoTrust);
        }
        let question = asked_for_trust.then_some(QUESTION);
        let shown = self.hosts.iter().filter(|host| self.are_few() || host.has_news(&plan));
        let lines = shown.flat_map(Host::lines).chain(change_lines(&plan, console)).collect();
        let proposal = Proposal { changes: !plan.is_empty(), lines, json: self.json, question };
        let Confirmed { answer, shown } = confirm(self.confirm, &proposal, console)?;
        drop(proposal);
        let mut replaced = false;
        if answer == Answer::Write {
            let applied = apply(self.root, &self.tasks, ground, &plan, self.texts)?;
            (plan, replaced) = (applied.plan, applied.replaced);
        }
        if !self.root.is_system() {
            self.notes.extend(netgroups::not_asked_of(self.texts));
        }
        let done = Done { plan, answer, asked_for_trust, replaced };
        for host in &mut self.hosts {
            host.take(&done.plan, !self.confirm.dry_run && answer != Answer::Declined);
        }
        let is_good = answer != Answer::Declined
            && self.hosts.iter().all(Host::is_good)
            && (self.confirm.dry_run || done.plan.still_admitted().is_empty());
        // Only now: where nobody reads the output, the files are written all the same.
        let told =
            shown.and_then(|()| if self.json { self.tell_json(&done, console) } else { self.tell(&done, console) });
        let outcome = if is_good { Outcome::Good } else { Outcome::Refused };
        outcome.after_telling(told, done.is_written())
    }

    /// Whether somebody is asked about keys for which nobody vouches; otherwise whoever runs the command took them at the
    /// scan's word.
    fn asks_about_keys(&self) -> bool {
        self.tasks.iter().any(|task| match task {
            Task::Register(host) => host.trust == crate::enroll::Trust::Asked,
            Task::Renew(host) => host.trust == crate::enroll::Trust::Asked,
            _ => false,
        })
    }
}

impl Done {
    fn is_written(&self) -> bool {
        self.answer == Answer::Write && !self.plan.is_empty()
    }
}
