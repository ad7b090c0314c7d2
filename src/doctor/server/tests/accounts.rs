//! The account: entries 54 to 56.

use super::*;

fn with(change: impl FnOnce(&mut Account)) -> World {
    let mut account = account("alice", 5001);
    change(&mut account);
    World { account: Some(account), ..World::default() }
}

#[test]
fn an_account_must_exist_and_be_usable() {
    let nobody = World { account: None, ..World::default() };
    assert_eq!(nobody.is_refused_by(Id::AccountNotAcceptable).seen, "there is no account alice on this server");
    let locked = with(|account| account.found.locked = true);
    let found = locked.is_refused_by(Id::AccountNotAcceptable);
    let argv = ["usermod", "-p", "*", "alice"].map(str::to_owned).to_vec();
    assert_eq!(found.mends[0], say::command_of(argv));
    // With UsePAM, a locked password says nothing of other methods.
    World { set: vec![("UsePAM", "yes")], ..locked }.is_good();
    let no_shell = with(|account| account.found.shell_state = crate::store::account::ShellState::Missing);
    no_shell.is_refused_by(Id::AccountNotAcceptable);
}

#[test]
fn nologin_is_for_all_but_root() {
    assert_eq!(
        place(&World { nologin: true, ..World::default() }.is_refused_by(Id::AccountNotAcceptable)),
        "/etc/nologin"
    );
    // With UsePAM it is PAM that looks.
    let pam = || World { nologin: true, set: vec![("UsePAM", "yes")], ..World::default() };
    pam().is_good();
    World { pam: vec![pam_line("required", "pam_nologin.so")], ..pam() }.is_refused_by(Id::AccountNotAcceptable);
}

#[test]
fn lists_of_users_name_their_line() {
    let lists = |option: &'static str, value: &'static str| World {
        config: vec![(MAIN, format!("HostbasedAuthentication yes\n{option} {value}\n"))],
        set: vec![(option, value)],
        ..World::default()
    };
    let found = lists("AllowUsers", "bob").is_refused_by(Id::AllowDenyLists);
    assert_eq!(place(&found), format!("{MAIN}:2"));
    assert!(
        matches!(&found.mends[0], crate::doctor::Mend::Line { text, .. } if text == "AllowUsers bob alice@10.77.0.1"),
        "{found:?}"
    );
    lists("DenyUsers", "alice").is_refused_by(Id::AllowDenyLists);
    lists("AllowUsers", "alice").is_good();
    lists("AllowUsers", "*@node1.cluster.test").is_good();
    let mut by_name = lists("AllowUsers", "*@node1.cluster.test");
    by_name.set.push(("UseDNS", "no"));
    by_name.shosts = State::Read(format!("{ADDRESS}\n"));
    by_name.known_hosts = known(ADDRESS, &key(1));
    assert!(by_name.is_refused_by(Id::AllowDenyLists).why.contains("UseDNS no"));
}

fn pam_line(control: &str, module: &str) -> PamLine {
    PamLine {
        file: "/etc/pam.d/sshd".to_owned(),
        line: 3,
        control: control.to_owned(),
        module: module.to_owned(),
        arguments: Vec::new(),
    }
}

#[test]
fn a_plain_denial_of_pam_refuses_and_rules_are_only_told() {
    let pam = |lines: &[(&str, &str)]| World {
        set: vec![("UsePAM", "yes")],
        pam: lines.iter().map(|(control, module)| pam_line(control, module)).collect(),
        ..World::default()
    };
    let deny = pam(&[("required", "pam_nologin.so"), ("required", "pam_deny.so")]);
    assert_eq!(place(&deny.is_refused_by(Id::PamAccountDenies)), "/etc/pam.d/sshd:3");
    // As Debian has it: whom pam_unix knows jumps over the denial.
    let jump = "[success=1 new_authtok_reqd=done default=ignore]";
    pam(&[(jump, "pam_unix.so"), ("requisite", "pam_deny.so"), ("required", "pam_permit.so")]).is_good();
    pam(&[("sufficient", "pam_localuser.so"), ("required", "pam_deny.so")]).is_good();
    assert_eq!(pam(&[("required", "pam_access.so")]).only().severity, Severity::Information);
    assert_eq!(pam(&[("required", "pam_slurm_adopt.so")]).only().severity, Severity::Warning);
    // Without UsePAM nobody asks.
    World { set: Vec::new(), ..pam(&[("required", "pam_deny.so")]) }.is_good();
}

#[test]
fn what_shadow_says_counts_by_pam() {
    let over = with(|account| account.password_is_over = true);
    over.is_good();
    World { set: vec![("UsePAM", "yes")], ..over }.is_refused_by(Id::PamAccountDenies);
    let ended = with(|account| account.found.is_over = true);
    World { set: vec![("UsePAM", "yes")], ..ended }.is_refused_by(Id::PamAccountDenies);
}
