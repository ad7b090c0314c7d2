//! Whether the account may log in at all, and from there.

use super::Facts;
use super::facts::{Account, Approach};
use super::say::{With, advice, command, command_of, error, line};
use crate::doctor::{Finding, Id, Mend};
use crate::escape::escape;
use crate::verify::{GateRefusal, Peer, check_account};

/// What refuses the account on a connection of this kind.
pub(super) fn judge(facts: &Facts<'_>, approach: &Approach) -> Vec<Finding> {
    let user = escape(facts.user.as_bytes());
    let Some(account) = &facts.account else {
        let why = "sshd goes through the motions for a name that it does not know, and never lets it in";
        let found = error(Id::AccountNotAcceptable, format!("there is no account {user} on this server"), why);
        return vec![found.mended_by([
            advice("make the account, or mend the name services (getent passwd must know it)"),
            command_of(["useradd", "-m", &user.to_string()].map(str::to_owned).to_vec()),
        ])];
    };
    let mut found: Vec<Finding> = gate(facts, approach, account).into_iter().collect();
    found.extend(nologin(facts, approach, account));
    if approach.policy.use_pam {
        found.extend(over(account, &user.to_string()));
        found.extend(super::pam::judge(facts));
    }
    found
}

/// What sshd itself has against it (auth.c `allowed_user`).
fn gate(facts: &Facts<'_>, approach: &Approach, account: &Account) -> Option<Finding> {
    let names: Vec<_> = approach.lookup.name.iter().cloned().collect();
    let peer = Peer::new(approach.address).with_names(&names);
    let peer = approach.zone.as_deref().map_or(peer, |zone| peer.with_zone(zone));
    let refusal = check_account(&approach.policy, &facts.user, &account.found.entry(), &peer).err()?;
    let user = facts.user.to_string();
    let refused = |id, why: &str| error(id, refusal.to_string(), why);
    Some(match refusal {
        GateRefusal::Locked if account.found.is_over => {
            refused(Id::AccountNotAcceptable, "the last day of the account in shadow(5) is over")
                .mended_by([command_of(["chage", "-E", "-1", &user].map(str::to_owned).to_vec())])
        }
        GateRefusal::Locked => refused(
            Id::AccountNotAcceptable,
            "with UsePAM no, sshd refuses an account whose password in shadow(5) begins with !, whatever the method",
        )
        .mended_by([command_of(["usermod", "-p", "*", &user].map(str::to_owned).to_vec())]),
        GateRefusal::ShellMissing(_) => {
            refused(Id::AccountNotAcceptable, "sshd refuses an account whose shell does not exist")
                .mended_by([command_of(["usermod", "-s", "/bin/sh", &user].map(str::to_owned).to_vec())])
        }
        GateRefusal::ShellNotExecutable(shell) => {
            refused(Id::AccountNotAcceptable, "sshd refuses an account whose shell is no program").mended_by([
                command_of(["usermod", "-s", "/bin/sh", &user].map(str::to_owned).to_vec()),
                command(["chmod", "755", shell]),
            ])
        }
        _ => list(facts, approach, &refusal),
    })
}

/// AllowUsers and its kin.
fn list(facts: &Facts<'_>, approach: &Approach, refusal: &GateRefusal<'_>) -> Finding {
    let (option, keyword) = match refusal {
        GateRefusal::UserDenied { .. } => ("DenyUsers", "denyusers"),
        GateRefusal::GroupDenied { .. } => ("DenyGroups", "denygroups"),
        GateRefusal::GroupNotAllowed | GateRefusal::NoGroup => ("AllowGroups", "allowgroups"),
        _ => ("AllowUsers", "allowusers"),
    };
    let by_name = approach.policy.allow_users.iter().any(|pattern| names_host(pattern));
    let why = if option == "AllowUsers" && by_name && !approach.policy.use_dns {
        "with UseDNS no sshd knows the client by its address alone: a pattern user@name never fits".to_owned()
    } else {
        format!("{option} keeps the account out, whatever the method")
    };
    let found = error(Id::AllowDenyLists, refusal.to_string(), why);
    let Some(directive) = facts.tree.of(keyword).next() else { return found };
    let user = escape(facts.user.as_bytes());
    let mend: Mend = match option {
        "AllowUsers" => line(
            &directive.file,
            format!("{} {user}@{}", directive.text().replacen("allowusers", "AllowUsers", 1), approach.text()),
            format!("instead of line {}", directive.line),
        ),
        "AllowGroups" => advice(format!("put {user} into one of these groups, or one of its groups into the line")),
        _ => advice(format!("take what fits {user} out of the line")),
    };
    found
        .at(&directive.file, directive.line)
        .mended_by([mend, advice("then have sshd read it: systemctl reload ssh (on some systems: sshd)")])
}

/// Whether what stands behind `@` is a name, and neither an address nor a network.
fn names_host(pattern: &str) -> bool {
    let host = pattern.split_once('@').map(|(_, host)| host);
    host.is_some_and(|host| !host.contains(':') && host.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

/// `/etc/nologin`: sshd looks for it itself where PAM does not (session.c `do_nologin`).
fn nologin(facts: &Facts<'_>, approach: &Approach, account: &Account) -> Option<Finding> {
    let asks = !approach.policy.use_pam || facts.pam.iter().any(|line| line.module == "pam_nologin.so");
    if !facts.nologin || account.found.uid == 0 || !asks {
        return None;
    }
    let why = "until it is gone, only root's sessions go on: others end at once, after the login was good";
    Some(
        error(Id::AccountNotAcceptable, "/etc/nologin exists", why)
            .at("/etc/nologin", None)
            .mended_by([command(["rm", "/etc/nologin"])]),
    )
}

/// What pam_unix(8) has against it, for sshd leaves that to PAM.
fn over(account: &Account, user: &str) -> Option<Finding> {
    if account.found.is_over {
        let why = "the last day of the account in shadow(5) is over, and PAM's account step refuses it";
        return Some(
            error(Id::PamAccountDenies, "the account has expired", why)
                .mended_by([command_of(["chage", "-E", "-1", user].map(str::to_owned).to_vec())]),
        );
    }
    account.password_is_over.then(|| {
        let why = "PAM's account step wants a new password first, whatever the method of the login";
        error(Id::PamAccountDenies, "the password must be changed, by shadow(5)", why).mended_by([
            command_of(["chage", "-M", "-1", "-d", "1", user].map(str::to_owned).to_vec()),
            command_of(["passwd", user].map(str::to_owned).to_vec()),
        ])
    })
}
