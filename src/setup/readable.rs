//! The client's configuration is read by whoever runs ssh, and by the helper as that user.

use super::step::{Action, Plan, Step};
use crate::store::Ownership;

const READABLE: u32 = 0o444;

/// Lets everybody read these files: one that cannot be read ends ssh, and the main file is passed over without a word by the
/// helper (OpenSSH: readconf.c `read_config_file`; ssh-keysign.c reads it after it has become the user).
#[must_use]
pub fn plan_readable(files: &[(String, Ownership)]) -> Plan {
    let closed = files.iter().filter(|(_, old)| old.mode & READABLE != READABLE);
    let open = closed.map(|(path, old)| {
        let new = Ownership { mode: old.mode | READABLE, ..*old };
        let action = Action::SetOwnership { path: path.clone(), old: *old, new };
        let why = "ssh and the helper read it as the user who logs in";
        Step::new(action, why, format!("chmod {:04o} {}", old.mode, crate::escape::escape(path)))
    });
    Plan { steps: open.collect(), ..Plan::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_users_cannot_read_is_opened_for_reading() {
        let own = |mode| Ownership { owner: 0, group: 0, mode };
        let files =
            [("a", 0o644), ("b", 0o600), ("c", 0o640), ("d", 0o755)].map(|(name, mode)| (name.to_owned(), own(mode)));
        let steps = plan_readable(&files).steps;
        let modes: Vec<(Option<&str>, u32)> = steps
            .iter()
            .map(|step| match &step.action {
                Action::SetOwnership { new, .. } => (step.action.path(), new.mode),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(modes, [(Some("b"), 0o644), (Some("c"), 0o644)]);
    }
}
