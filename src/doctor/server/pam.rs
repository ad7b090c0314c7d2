//! PAM's account step for sshd, as far as its configuration alone tells.

use super::Facts;
use super::facts::PamLine;
use super::say::{With, advice, error, information, warning};
use crate::doctor::{Finding, Id};
use crate::escape::escape;

/// Modules that refuse by rules of their own, and what these are.
const WITH_RULES: [(&str, &str); 8] = [
    ("pam_access.so", "/etc/security/access.conf"),
    ("pam_time.so", "/etc/security/time.conf"),
    ("pam_listfile.so", "the list that is its argument"),
    ("pam_succeed_if.so", "its arguments"),
    ("pam_slurm.so", "jobs of the user on this node"),
    ("pam_slurm_adopt.so", "jobs of the user on this node"),
    ("pam_sss.so", "the access rules of the domain"),
    ("pam_group.so", "groups"),
];

/// What refuses for certain, and what may.
pub(super) fn judge(facts: &Facts<'_>) -> Vec<Finding> {
    if let Some(deny) = plain_denial(&facts.pam) {
        let seen = format!("account {} pam_deny.so", escape(&deny.control));
        let why = "nothing before it ends the account step well, so that PAM refuses everybody after a good signature \
                   (Access denied by PAM account configuration)";
        return vec![error(Id::PamAccountDenies, seen, why).at(&deny.file, deny.line).mended_by([advice(format!(
            "take line {} of {} out",
            deny.line,
            escape(&deny.file)
        ))])];
    }
    facts.pam.iter().filter_map(with_rules).collect()
}

/// A denial that every account comes to.
fn plain_denial(lines: &[PamLine]) -> Option<&PamLine> {
    for line in lines {
        match line.control.as_str() {
            "required" | "requisite" if line.module == "pam_deny.so" => return Some(line),
            "required" | "requisite" | "optional" => {}
            // What may end the step, or jump over lines, makes all that follows depend on the account.
            _ => return None,
        }
    }
    None
}

/// A module whose rules are not read here.
fn with_rules(line: &PamLine) -> Option<Finding> {
    let &(_, rules) = WITH_RULES.iter().find(|(module, _)| *module == line.module)?;
    let is_slurm = line.module.starts_with("pam_slurm");
    let seen = format!("account {} {}", escape(&line.control), escape(&line.module));
    let why =
        format!("it refuses by {rules}, after a good signature: whether it lets this account in is not known here");
    let found =
        if is_slurm { warning(Id::PamAccountDenies, seen, why) } else { information(Id::PamAccountDenies, seen, why) };
    let told =
        if is_slurm { "mostly meant so: who has no job on the node must not log in" } else { "look at its rules" };
    Some(
        found
            .at(&line.file, line.line)
            .mended_by([advice(told), advice("pamtester sshd USER acct_mgmt asks PAM without a login")]),
    )
}
