//! Host keys of an image: made by each machine for itself, when it starts for the first time.

use super::keys::HOST_KEYS;
use super::step::{Action, Plan, Step};

/// The unit that makes them.
pub const HOST_KEYS_UNIT: &str = "/etc/systemd/system/hostbased-host-keys.service";
/// What switches it on (systemctl(1), `enable`).
pub const HOST_KEYS_LINK: &str = "/etc/systemd/system/multi-user.target.wants/hostbased-host-keys.service";
/// Where that points.
pub const HOST_KEYS_LINK_TARGET: &str = "/etc/systemd/system/hostbased-host-keys.service";

/// What is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FirstBootFacts {
    /// Whether the image has `/etc/systemd/system`.
    pub has_systemd: bool,
    /// What the unit holds.
    pub unit: Option<Vec<u8>>,
    /// Whether it is switched on.
    pub is_enabled: bool,
    /// The paths of the host keys that are in the image.
    pub keys: Vec<String>,
}

/// An image: its keys are left to the machines that start from it.
#[derive(Clone, Copy, Debug)]
pub struct FirstBoot;

impl FirstBoot {
    /// What leaves them to those.
    #[must_use]
    pub fn plan(facts: &FirstBootFacts) -> Plan {
        let mut plan = Plan::default();
        if !facts.keys.is_empty() {
            plan.left.push(format!(
                "host keys are in the image: every machine that starts from it has the same, and can speak for all others. \
                 Delete them, with their .pub files: {}",
                facts.keys.join(" ")
            ));
        }
        if !facts.has_systemd {
            plan.notes.push(
                "the image has no systemd: have each machine make its host keys at its first start: ssh-keygen -A"
                    .to_owned(),
            );
            return plan;
        }
        let unit = unit().into_bytes();
        let undo = "hostbased setup client --undo, or server";
        if facts.unit.as_ref() != Some(&unit) {
            let action = Action::Write { path: HOST_KEYS_UNIT.to_owned(), old: facts.unit.clone(), new: Some(unit) };
            plan.steps.push(Step::new(action, "keys in an image would be the same on every machine", undo));
        }
        if !facts.is_enabled {
            let action = Action::Link { path: HOST_KEYS_LINK.to_owned(), target: HOST_KEYS_LINK_TARGET.to_owned() };
            plan.steps.push(Step::new(action, "the unit is to run at the first start", undo));
        }
        plan
    }

    /// What takes that back.
    #[must_use]
    pub fn undo(facts: &FirstBootFacts) -> Plan {
        let mut plan = Plan::default();
        let redo = "hostbased setup client --root, or server";
        if facts.unit.as_deref() == Some(unit().as_bytes()) {
            if facts.is_enabled {
                let action = Action::Delete { path: HOST_KEYS_LINK.to_owned() };
                plan.steps.push(Step::new(action, "setup made this link", redo));
            }
            let action = Action::Write { path: HOST_KEYS_UNIT.to_owned(), old: facts.unit.clone(), new: None };
            plan.steps.push(Step::new(action, "setup wrote this unit", redo));
        } else if facts.unit.is_some() {
            plan.left.push(format!("{HOST_KEYS_UNIT}: was changed since it was written; it stays"));
        }
        plan
    }
}

/// ssh-keygen(1), `-A`: makes each key that is missing and leaves those that are there.
fn unit() -> String {
    let conditions: String = HOST_KEYS.iter().map(|kind| format!("ConditionPathExists=|!{}\n", kind.path)).collect();
    format!(
        "# Written by `hostbased setup` for an image: each machine that starts from it makes its own host keys.\n\
         [Unit]\n\
         Description=Host keys of this machine, where they are missing\n\
         Documentation=man:ssh-keygen(1)\n\
         Before=ssh.service sshd.service\n\
         {conditions}\
         \n\
         [Service]\n\
         Type=oneshot\n\
         RemainAfterExit=yes\n\
         ExecStart=/usr/bin/ssh-keygen -A\n\
         \n\
         [Install]\n\
         WantedBy=multi-user.target\n"
    )
}
