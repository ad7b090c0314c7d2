//! Where the lines of a server stand so that they count.

use super::Files;
use crate::setup::{Decision, Plan, Refusal, Server, ServerFacts, decision_of, undo_server};

const MAIN: &str = "/etc/ssh/sshd_config";
const OWN: &str = "/etc/ssh/sshd_config.d/10-hostbased.conf";
const DEBIAN: &str = "# comment\nInclude /etc/ssh/sshd_config.d/*.conf\n\nUsePAM yes\nX11Forwarding yes\n";

fn plan_with(files: &Files, server: &Server) -> Result<Plan, Refusal> {
    server.plan(&ServerFacts { files, has_folder: true })
}

fn plan(files: &Files, names: Decision) -> Result<Plan, Refusal> {
    plan_with(files, &Server { names, log_level: None })
}

/// The files after a run, which must be good: a second run has nothing to do, and taking it back leaves them as they were.
#[track_caller]
fn done(files: &Files) -> Files {
    let after = files.after(&plan(files, Decision::Dns).unwrap());
    assert_eq!(plan(&after, Decision::Dns).unwrap().steps, [], "{after:?}");
    assert_eq!(decision_of(&after), Some(Decision::Dns));
    assert_eq!(after.after(&undo_server(&after).unwrap()), *files);
    after
}

#[test]
fn a_file_of_its_own_where_the_main_file_reads_it_first() {
    let after = done(&Files::of(&[(MAIN, DEBIAN)]));
    assert_eq!(after.text(MAIN), DEBIAN);
    for line in ["HostbasedAuthentication yes", "IgnoreRhosts yes", "IgnoreUserKnownHosts yes", "UseDNS yes"] {
        assert!(after.text(OWN).lines().any(|own| own == line), "{line}: {}", after.text(OWN));
    }
}

#[test]
fn the_decision_can_change_and_is_told_apart() {
    let first = done(&Files::of(&[(MAIN, DEBIAN)]));
    for (names, line) in [
        (Decision::Address, "UseDNS no"),
        (Decision::Packet, "HostbasedUsesNameFromPacketOnly yes"),
        (Decision::Dns, "UseDNS yes"),
    ] {
        let next = first.after(&plan(&first, names).unwrap());
        assert!(next.text(OWN).contains(&format!("\n{line}\n")), "{}", next.text(OWN));
        assert_eq!(decision_of(&next), Some(names));
    }
    for (text, decision) in [
        (DEBIAN, None),
        ("HostbasedAuthentication no\n", None),
        ("HostbasedAuthentication yes\n", Some(Decision::Address)),
        // Somebody has tried, where it does not count; or has decided, and no more.
        ("Match User bob\nHostbasedAuthentication yes\n", Some(Decision::Address)),
        ("HostbasedAuthentication no\nUseDNS yes\n", Some(Decision::Dns)),
        ("HostbasedUsesNameFromPacketOnly yes\nUseDNS yes\n", Some(Decision::Packet)),
    ] {
        assert_eq!(decision_of(&Files::of(&[(MAIN, text)])), decision, "{text}");
    }
}

#[test]
fn the_log_s_level_stays_where_it_was_set_once() {
    let verbose = Server { names: Decision::Dns, log_level: Some("VERBOSE") };
    let files = Files::of(&[(MAIN, DEBIAN)]);
    let first = files.after(&plan_with(&files, &verbose).unwrap());
    assert!(first.text(OWN).contains("\nLogLevel VERBOSE\n"));
    assert_eq!(plan_with(&first, &verbose).unwrap().steps, []);
    let next = first.after(&plan(&first, Decision::Address).unwrap());
    assert!(next.text(OWN).contains("\nLogLevel VERBOSE\n"), "{}", next.text(OWN));
}

#[test]
fn what_is_so_already_by_somebody_else_s_lines_is_left_alone() {
    let good = "HostbasedAuthentication yes\nIgnoreUserKnownHosts yes\nUseDNS yes\n";
    assert_eq!(plan(&Files::of(&[(MAIN, good)]), Decision::Dns).unwrap().steps, []);
    // The near misses: another decision; a value that comes too late; one that stands in a block.
    assert_ne!(plan(&Files::of(&[(MAIN, good)]), Decision::Address).unwrap().steps, []);
    let late = format!("UseDNS no\n{good}");
    assert_ne!(plan(&Files::of(&[(MAIN, &late)]), Decision::Dns).unwrap().steps, []);
    let block = format!("Match Address 10.0.0.0/8\n{good}");
    assert_ne!(plan(&Files::of(&[(MAIN, &block)]), Decision::Dns).unwrap().steps, []);
}

#[test]
fn the_main_file_above_its_first_block() {
    let main = "UsePAM yes\nMatch User bob\n  X11Forwarding no\n";
    let after = done(&Files::of(&[(MAIN, main)]));
    assert!(
        after.text(MAIN).ends_with("# hostbased setup: end\nMatch User bob\n  X11Forwarding no\n"),
        "{}",
        after.text(MAIN)
    );
    assert!(after.text(MAIN).starts_with("UsePAM yes\n# hostbased setup: begin "));
    done(&Files::of(&[(MAIN, "UsePAM yes")]));
}

#[test]
fn the_main_file_where_it_reads_the_folder_inside_a_block() {
    let main = "Match User bob\n  Include /etc/ssh/sshd_config.d/*.conf\n";
    let after = done(&Files::of(&[(MAIN, main)]));
    assert_eq!(after.paths(), [MAIN]);
}

#[test]
fn an_earlier_value_puts_ours_before_it() {
    let other = "/etc/ssh/sshd_config.d/00-complianceascode-hardening.conf";
    let after = done(&Files::of(&[(MAIN, DEBIAN), (other, "HostbasedAuthentication no\n")]));
    assert!(!after.text("/etc/ssh/sshd_config.d/00-0-hostbased.conf").is_empty(), "{:?}", after.paths());
    // In the main file, before the folder is read.
    let main = format!("UsePAM yes\nUseDNS no\n{DEBIAN}");
    let files = Files::of(&[(MAIN, &main)]);
    let after = done(&files);
    assert!(after.text(MAIN).starts_with("UsePAM yes\n# hostbased setup: begin "), "{}", after.text(MAIN));
    let notes = plan(&files, Decision::Dns).unwrap().notes;
    assert_eq!(notes, ["/etc/ssh/sshd_config:2: `usedns no` stays, and counts no more: the first value does"]);
    // The near miss: a later one.
    let other = "/etc/ssh/sshd_config.d/50-x.conf";
    assert!(!done(&Files::of(&[(MAIN, DEBIAN), (other, "UseDNS no\n")])).text(OWN).is_empty());
}

#[test]
fn dead_lines_become_comments_wherever_they_stand_and_come_back() {
    let main = format!("{DEBIAN}RhostsAuthentication no\n  rhostsrsaauthentication=no\nRSAAuthentication yes");
    let other = "/etc/ssh/sshd_config.d/50-old.conf";
    let after = done(&Files::of(&[(MAIN, &main), (other, "VerifyReverseMapping yes\n")]));
    let off = "# hostbased setup, no longer an option: ";
    let text = after.text(MAIN);
    assert!(
        text.contains(&format!("\n{off}RhostsAuthentication no\n{off}  rhostsrsaauthentication=no\nRSA")),
        "{text}"
    );
    assert_eq!(after.text(other), format!("{off}VerifyReverseMapping yes\n"));
    // With ours in the same file, whose lines move them.
    let after = done(&Files::of(&[(MAIN, "RhostsAuthentication no\nMatch User bob\nRhostsRSAAuthentication no\n")]));
    assert_eq!(after.text(MAIN).matches(off).count(), 2, "{}", after.text(MAIN));
}

#[test]
fn lines_that_take_it_back_for_some_are_told() {
    let main = format!(
        "{DEBIAN}Match Address 192.0.2.0/24\n  HostbasedAuthentication no\nMatch User root\n  IgnoreRhosts shosts-only\n  \
         AuthenticationMethods publickey\n  AuthenticationMethods any\n"
    );
    let notes = plan(&Files::of(&[(MAIN, &main)]), Decision::Dns).unwrap().notes;
    assert_eq!(
        notes,
        [
            "/etc/ssh/sshd_config:7: `hostbasedauthentication no` counts for connections of `Match Address 192.0.2.0/24`",
            "/etc/ssh/sshd_config:10: `authenticationmethods publickey` counts for connections of `Match User root`",
        ]
    );
}

#[test]
fn lines_that_were_changed_since_stay_and_are_told() {
    let after = done(&Files::of(&[(MAIN, DEBIAN)]));
    let text = after.text(OWN).replace("UseDNS yes", "UseDNS no");
    let changed = Files::of(&[(MAIN, DEBIAN), (OWN, &text)]);
    assert_eq!(plan(&changed, Decision::Dns), Err(Refusal::Changed { file: OWN.to_owned(), line: 1 }));
    let undo = undo_server(&changed).unwrap();
    assert_eq!((undo.steps.len(), undo.left.len()), (0, 1));
}

#[test]
fn what_is_not_understood_is_refused() {
    let none = plan(&Files::default(), Decision::Dns).unwrap_err();
    assert_eq!(none, Refusal::NoConfiguration("/etc/ssh/sshd_config", "openssh-server"));
    let quote = plan(&Files::of(&[(MAIN, "UsePAM \"yes\n")]), Decision::Dns).unwrap_err();
    assert!(matches!(quote, Refusal::NotUnderstood { line: Some(1), .. }), "{quote}");
}
