//! A plan: shown, confirmed, carried out, told.

use nix::sys::signal::{SigSet, Signal};

use super::apply::{apply, has_programs};
use super::problem::SetupError;
use super::report;
use crate::cli::confirm::{Answer, ConfirmArgs, Confirmed, Proposal, confirm};
use crate::cli::failure::Failure;
use crate::cli::{Console, Outcome};
use crate::setup::Plan;
use crate::store::Root;

/// A plan, and how it is to be carried out.
pub(super) struct Job<'a> {
    /// The command, for programs.
    pub(super) command: &'static str,
    pub(super) root: &'a Root,
    pub(super) confirm: &'a ConfirmArgs,
    pub(super) json: bool,
    pub(super) plan: Plan,
    /// What is still to be done once it is written, by somebody else.
    pub(super) then: Vec<String>,
}

/// What came of it.
pub(super) struct Done {
    pub(super) answer: Answer,
}

impl Job<'_> {
    /// Carries it out. `approve` looks at the configuration as it stands then; where it says no, all is as it was.
    ///
    /// # Errors
    /// [`Failure`].
    pub(super) fn carry_out(
        self,
        approve: &dyn Fn() -> Result<(), SetupError>,
        console: &mut Console,
    ) -> Result<Outcome, Failure> {
        has_programs(self.root, &self.plan)?;
        let lines = report::lines(&self.plan, self.root, console);
        let changes = !self.plan.steps.is_empty();
        let Confirmed { answer, shown } =
            confirm(self.confirm, &Proposal { changes, lines, json: self.json, question: None }, console)?;
        match answer {
            Answer::Write => uninterrupted(|| apply(self.root, &self.plan, approve))?,
            // What is right on paper is looked at all the same.
            Answer::Nothing if !changes => approve()?,
            Answer::Nothing | Answer::Declined => {}
        }
        let is_good = answer != Answer::Declined && self.plan.left.is_empty();
        let done = Done { answer };
        let told = shown.and_then(|()| match self.json {
            true => report::tell_json(&self, &done, console),
            false => report::tell(&self, &done, console),
        });
        let outcome = if is_good { Outcome::Good } else { Outcome::Refused };
        outcome.after_telling(told, answer == Answer::Write)
    }
}

/// Does something that must not be left half done because somebody types Ctrl-C, or a terminal closes: that waits.
fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let signals: SigSet = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGQUIT].into_iter().collect();
    let before = signals.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK);
    let done = work();
    if let Ok(before) = before {
        let _ = before.thread_set_mask();
    }
    done
}
