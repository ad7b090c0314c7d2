//! Where the lines of a client stand so that they count, for each way in which something else could count first.

use super::Files;
use crate::setup::{Client, ClientFacts, Plan, Refusal, undo_client};

const MAIN: &str = "/etc/ssh/ssh_config";
const OWN: &str = "/etc/ssh/ssh_config.d/10-hostbased.conf";
const INCLUDE: &str = "Include /etc/ssh/ssh_config.d/*.conf\n";
/// Debian's, without its comments.
const DEBIAN: &str =
    "# comment\nInclude /etc/ssh/ssh_config.d/*.conf\n\nHost *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n";

fn plan(files: &Files, servers: &[&str]) -> Result<Plan, Refusal> {
    let servers = servers.iter().map(|server| server.parse().unwrap()).collect();
    Client { servers }.plan(&ClientFacts { files, has_folder: true })
}

/// The files after a run, which must be good: a second run has nothing to do, and taking it back leaves them as they were.
#[track_caller]
fn done(files: &Files, servers: &[&str]) -> Files {
    let plan_made = plan(files, servers).unwrap();
    let after = files.after(&plan_made);
    assert_eq!(plan(&after, servers).unwrap().steps, [], "{after:?}");
    assert_eq!(after.after(&undo_client(&after).unwrap()), *files);
    assert_eq!(undo_client(files).unwrap().steps, []);
    after
}

#[test]
fn a_file_of_its_own_where_the_main_file_reads_it_first() {
    let after = done(&Files::of(&[(MAIN, DEBIAN)]), &["*.cluster.test", "srv"]);
    let text = after.text(OWN);
    assert!(
        text.contains("\nEnableSSHKeysign yes\nHost *.cluster.test srv\n    HostbasedAuthentication yes\n"),
        "{text}"
    );
    assert_eq!(after.text(MAIN), DEBIAN);
}

#[test]
fn without_servers_the_helper_alone_is_switched_on() {
    let after = done(&Files::of(&[(MAIN, DEBIAN)]), &[]);
    assert!(after.text(OWN).contains("EnableSSHKeysign yes\n") && !after.text(OWN).contains("Host "));
}

#[test]
fn servers_of_an_earlier_run_stay() {
    let first = done(&Files::of(&[(MAIN, DEBIAN)]), &["a"]);
    let second = first.after(&plan(&first, &["b", "a"]).unwrap());
    assert!(second.text(OWN).contains("\nHost a b\n"), "{}", second.text(OWN));
    assert_eq!(plan(&second, &["a"]).unwrap().steps, []);
    assert_eq!(second.after(&undo_client(&second).unwrap()), Files::of(&[(MAIN, DEBIAN)]));
}

#[test]
fn what_is_so_already_by_somebody_else_s_lines_is_left_alone() {
    let good = "EnableSSHKeysign yes\nHost *.test\n  HostbasedAuthentication yes\n";
    assert_eq!(plan(&Files::of(&[(MAIN, good)]), &["srv.test", "*.b.test"]).unwrap().steps, []);
    // The near misses: another server, and the helper's line in a block that the helper does not see.
    assert_ne!(plan(&Files::of(&[(MAIN, good)]), &["srv"]).unwrap().steps, []);
    let inside = "Host *.test\n  EnableSSHKeysign yes\n  HostbasedAuthentication yes\n";
    assert_ne!(plan(&Files::of(&[(MAIN, inside)]), &["srv.test"]).unwrap().steps, []);
    for everywhere in ["Host *", "Match all", "Host * !login"] {
        let text = format!("{everywhere}\n  EnableSSHKeysign yes\n  HostbasedAuthentication yes\n");
        assert_eq!(plan(&Files::of(&[(MAIN, &text)]), &["srv"]).unwrap().steps, [], "{everywhere}");
    }
}

#[test]
fn the_main_file_where_it_reads_no_folder() {
    let main = "# comment\nHost *\n    SendEnv LANG\n";
    let after = done(&Files::of(&[(MAIN, main)]), &["srv"]);
    assert!(after.text(MAIN).starts_with("# comment\n# hostbased setup: begin "), "{}", after.text(MAIN));
    assert!(after.text(MAIN).ends_with("# hostbased setup: end\nHost *\n    SendEnv LANG\n"));
    // Without blocks at its end, where what follows must not become part of ours.
    let after = done(&Files::of(&[(MAIN, "SendEnv LANG")]), &["srv"]);
    assert!(after.text(MAIN).contains("\nMatch all\n# hostbased setup: end\n"), "{}", after.text(MAIN));
    done(&Files::of(&[(MAIN, "")]), &["srv"]);
}

#[test]
fn the_main_file_where_it_reads_the_folder_inside_a_block() {
    let main = format!("Host login*\n    {INCLUDE}");
    let after = done(&Files::of(&[(MAIN, &main)]), &["srv"]);
    assert!(after.text(MAIN).starts_with("# hostbased setup: begin "), "{}", after.text(MAIN));
    assert_eq!(after.paths(), [MAIN]);
    // The near miss: a block that is for all.
    let main = format!("Host *\n    {INCLUDE}");
    assert_eq!(done(&Files::of(&[(MAIN, &main)]), &["srv"]).text(MAIN), main);
}

#[test]
fn an_earlier_file_that_says_no_makes_ours_earlier_still() {
    for (other, text) in [
        ("00-hardening.conf", "EnableSSHKeysign no\n"),
        ("00-hardening.conf", "HostbasedAuthentication no\n"),
        ("00-hardening.conf", "Host *.test\n  HostbasedAuthentication no\n"),
        ("00-hardening.conf", "Match user root\n  HostbasedAuthentication no\n"),
    ] {
        let other = format!("/etc/ssh/ssh_config.d/{other}");
        let files = Files::of(&[(MAIN, DEBIAN), (&other, text)]);
        let after = done(&files, &["srv.test"]);
        assert!(!after.text("/etc/ssh/ssh_config.d/00-0-hostbased.conf").is_empty(), "{:?}", after.paths());
        let notes = plan(&files, &["srv.test"]).unwrap().notes;
        assert!(notes[0].starts_with(&other) && notes[0].contains("stays, and counts no more"), "{notes:?}");
    }
    // The near misses: other servers, and a line that comes later.
    for (other, text) in [
        ("00-hardening.conf", "Host *.other\n  HostbasedAuthentication no\n"),
        ("50-hardening.conf", "EnableSSHKeysign no\nHostbasedAuthentication no\n"),
    ] {
        let other = format!("/etc/ssh/ssh_config.d/{other}");
        assert!(!done(&Files::of(&[(MAIN, DEBIAN), (&other, text)]), &["srv.test"]).text(OWN).is_empty());
    }
}

#[test]
fn a_line_of_the_main_file_before_the_include_puts_ours_before_it() {
    let main = format!("# one\nSendEnv X\nHostbasedAuthentication no\n{INCLUDE}Host *\n  SendEnv Y\n");
    let after = done(&Files::of(&[(MAIN, &main)]), &["srv"]);
    let lines: Vec<&str> = after.text(MAIN).lines().collect();
    let at = |text: &str| lines.iter().position(|line| *line == text).unwrap();
    assert!(at("SendEnv X") < at("EnableSSHKeysign yes"), "{lines:?}");
    assert!(at("Match all") < at("HostbasedAuthentication no"), "{lines:?}");
    assert_eq!(after.paths(), [MAIN]);
}

#[test]
fn methods_that_leave_ours_out_get_it_for_these_servers() {
    let main = format!("{INCLUDE}PreferredAuthentications publickey,password\n");
    let after = done(&Files::of(&[(MAIN, &main)]), &["srv"]);
    assert!(
        after.text(OWN).contains("    PreferredAuthentications hostbased,publickey,password\n"),
        "{}",
        after.text(OWN)
    );
    let main = format!("{INCLUDE}PreferredAuthentications publickey,hostbased\n");
    assert!(!done(&Files::of(&[(MAIN, &main)]), &["srv"]).text(OWN).contains("Preferred"));
}

#[test]
fn somebody_else_s_file_of_our_name_is_left_alone() {
    let files = Files::of(&[(MAIN, DEBIAN), (OWN, "SendEnv X\n")]);
    let after = done(&files, &["srv"]);
    assert_eq!(after.text(OWN), "SendEnv X\n");
    assert!(!after.text("/etc/ssh/ssh_config.d/05-hostbased.conf").is_empty());
}

#[test]
fn lines_that_were_changed_since_stay_and_are_told() {
    let after = done(&Files::of(&[(MAIN, DEBIAN)]), &["a"]);
    let text = after.text(OWN).replace("Host a\n", "Host a b\n");
    let changed = Files::of(&[(MAIN, DEBIAN), (OWN, &text)]);
    assert_eq!(plan(&changed, &["b"]).unwrap().steps, []);
    assert_eq!(plan(&changed, &["c"]), Err(Refusal::Changed { file: OWN.to_owned(), line: 1 }));
    let undo = undo_client(&changed).unwrap();
    assert_eq!((undo.steps.len(), undo.left.len()), (0, 1));
    assert!(undo.left[0].starts_with(&format!("{OWN}:1: ")), "{:?}", undo.left);
    // What is added outside of them is nobody's business.
    let more = Files::of(&[(MAIN, DEBIAN), (OWN, &format!("{}SendEnv X\n", after.text(OWN)))]);
    assert_eq!(more.after(&undo_client(&more).unwrap()).text(OWN), "SendEnv X\n");
}

#[test]
fn what_is_not_understood_is_refused() {
    let refused = |main: &str| plan(&Files::of(&[(MAIN, main)]), &["srv"]).unwrap_err();
    assert!(matches!(refused("Host \"srv\n"), Refusal::NotUnderstood { line: Some(1), .. }));
    assert!(matches!(refused("# hostbased setup: end\n"), Refusal::Unpaired { line: 1, .. }));
    let none = plan(&Files::default(), &["srv"]).unwrap_err();
    assert!(matches!(none, Refusal::NoConfiguration("/etc/ssh/ssh_config", _)), "{none}");
}

#[test]
fn every_server_there_is_is_told() {
    let plan = plan(&Files::of(&[(MAIN, DEBIAN)]), &["*"]).unwrap();
    assert!(plan.notes[0].starts_with("* names every server there is"), "{:?}", plan.notes);
}
