//! The helper in its place, by each way of packaging.

use crate::setup::{
    Action, Dpkg, HelperAsked, HelperFacts, HelperFile, Owned, Plan, Refusal, Tool, plan_helper, undo_helper,
};
use crate::store::Ownership;

const PLACE: &str = "/usr/lib/openssh/ssh-keysign";
const ASIDE: &str = "/usr/lib/openssh/ssh-keysign.distrib";

fn file(is_ours: bool, group: u32, mode: u32) -> Option<HelperFile> {
    Some(HelperFile { ownership: Ownership { owner: 0, group, mode }, is_ours })
}

fn facts(there: Option<HelperFile>, owned: Owned) -> HelperFacts {
    HelperFacts {
        place: PLACE.to_owned(),
        there,
        aside: None,
        owned,
        ours: Some("/opt/keysign".to_owned()),
        is_current: false,
        keys_group: None,
    }
}

fn dpkg(diverted_by: Option<&str>, over: Option<&str>) -> Owned {
    Owned::Dpkg(Dpkg { diverted_by: diverted_by.map(str::to_owned), over: over.map(str::to_owned) })
}

/// Each step in a few words.
fn steps(plan: &Plan) -> Vec<String> {
    let text = |action: &Action| match action {
        Action::Run { tool, arguments } => {
            let tool = if *tool == Tool::DpkgDivert { "divert" } else { "statoverride" };
            format!("{tool} {}", arguments.join(" ").replace(ASIDE, "ASIDE").replace(PLACE, "PLACE"))
        }
        Action::SetOwnership { new, .. } => format!("{}:{} {:04o}", new.owner, new.group, new.mode),
        Action::Install { ownership, .. } => format!("install {:04o}", ownership.mode),
        other => other.word().to_owned(),
    };
    plan.steps.iter().map(|step| text(&step.action)).collect()
}

fn planned(asked: HelperAsked, facts: &HelperFacts) -> Vec<String> {
    steps(&plan_helper(asked, facts).unwrap())
}

#[test]
fn what_is_there_gets_its_bit() {
    use HelperAsked::Present;
    let debian = |mode| facts(file(false, 0, mode), dpkg(None, None));
    assert_eq!(planned(Present, &debian(0o4755)), [""; 0]);
    assert_eq!(planned(Present, &debian(0o4711)), [""; 0]);
    assert_eq!(planned(Present, &debian(0o755)), ["0:0 4755"]);
    let closed = plan_helper(Present, &debian(0o4750)).unwrap();
    assert!(closed.steps.is_empty() && closed.notes[0].contains("lets its group alone"), "{closed:?}");
    assert_eq!(planned(Present, &debian(0o4775)), ["0:0 4755"]);
    let other = |group, mode| facts(file(false, group, mode), Owned::Rpm);
    assert_eq!(planned(Present, &other(0, 0o711)), ["0:0 4711"]);
}

#[test]
fn an_override_is_taken_back_only_by_name() {
    for (mode, over) in
        [(0o755, "root root 0755"), (0o755, "root hbusers 4750"), (0o755, "?"), (0o2755, "root root 2755")]
    {
        let facts = facts(file(false, 0, mode), dpkg(None, Some(over)));
        let refused = plan_helper(HelperAsked::Present, &facts);
        assert!(
            matches!(&refused, Err(Refusal::Helper(why)) if why.contains("say --helper openssh")),
            "{mode:o} {over}: {refused:?}"
        );
        assert_eq!(planned(HelperAsked::OpenSsh, &facts), ["statoverride --remove PLACE", "0:0 4755"]);
    }
    let followed = facts(file(false, 0, 0o4711), dpkg(None, Some("root root 4711")));
    assert_eq!(planned(HelperAsked::Present, &followed), [""; 0]);
}

#[test]
fn what_others_may_have_written_gets_no_bit() {
    let owned_by = |owner, group, mode| HelperFile { ownership: Ownership { owner, group, mode }, is_ours: false };
    for there in [owned_by(1000, 0, 0o755), owned_by(0, 0, 0o757), owned_by(0, 50, 0o775), owned_by(0, 0, 0o4757)] {
        for owned in [dpkg(None, None), Owned::Nobody] {
            let facts = facts(Some(there), owned);
            let refused = plan_helper(HelperAsked::Present, &facts);
            assert!(
                matches!(&refused, Err(Refusal::Helper(why)) if why.contains("may have written it")),
                "{refused:?}"
            );
        }
        // Nor when it comes back to its place.
        let ours = HelperFacts { aside: Some(there), ..facts(file(true, 0, 0o4755), Owned::Nobody) };
        assert!(matches!(plan_helper(HelperAsked::OpenSsh, &ours), Err(Refusal::Helper(_))));
    }
}

#[test]
fn a_set_gid_helper_is_good_where_its_group_reads_the_keys() {
    use HelperAsked::Present;
    let with = |keys_group, mode| HelperFacts { keys_group, ..facts(file(false, 990, mode), Owned::Rpm) };
    assert_eq!(planned(Present, &with(Some(990), 0o2111)), [""; 0]);
    assert_eq!(planned(Present, &with(Some(990), 0o0111)), ["0:990 2111"]);
    assert_eq!(planned(Present, &with(None, 0o2111)), ["0:0 6111"]);
}

#[test]
fn ours_on_debian_and_back() {
    let before = facts(file(false, 0, 0o4755), dpkg(None, None));
    assert_eq!(
        planned(HelperAsked::Ours, &before),
        [
            "statoverride --update --add root root 0755 PLACE",
            "divert --local --rename --divert ASIDE --add PLACE",
            "install 4755"
        ]
    );
    // Half way: the file is aside, ours is not there yet.
    let half = HelperFacts {
        there: None,
        aside: file(false, 0, 0o755),
        ..facts(None, dpkg(Some("LOCAL"), Some("root root 0755")))
    };
    assert_eq!(planned(HelperAsked::Ours, &half), ["install 4755"]);
    assert_eq!(planned(HelperAsked::Present, &half), ["install 4755"]);
    let after = HelperFacts { there: file(true, 0, 0o4755), is_current: true, ..half.clone() };
    assert_eq!(planned(HelperAsked::Ours, &after), [""; 0]);
    assert_eq!(planned(HelperAsked::Ours, &HelperFacts { is_current: false, ..after.clone() }), ["install 4755"]);
    assert_eq!(planned(HelperAsked::Ours, &HelperFacts { ours: None, ..after.clone() }), [""; 0]);
    let back = ["divert --local --rename --remove PLACE", "statoverride --remove PLACE", "0:0 4755"];
    assert_eq!(planned(HelperAsked::OpenSsh, &after), [&["delete"], &back[..]].concat());
    assert_eq!(planned(HelperAsked::OpenSsh, &half), back);
    // Half way in another order, by hand: what is aside still has its bit, and the override must not take that of ours.
    let torn = HelperFacts { aside: file(false, 0, 0o4755), owned: dpkg(Some("LOCAL"), None), ..after.clone() };
    assert_eq!(planned(HelperAsked::Ours, &torn), ["statoverride --add root root 0755 PLACE", "0:0 0755"]);
    // Another override than ours is in the way.
    let over = facts(file(false, 0, 0o4711), dpkg(None, Some("root root 4711")));
    assert_eq!(planned(HelperAsked::Ours, &over)[0], "statoverride --remove PLACE");
}

#[test]
fn whom_an_administrator_kept_from_one_helper_gets_no_other() {
    let before = facts(file(false, 990, 0o4750), dpkg(None, Some("root hbusers 4750")));
    let plan = plan_helper(HelperAsked::Ours, &before).unwrap();
    let installed = plan.steps.iter().find_map(|step| match step.action {
        Action::Install { ownership, .. } => Some(ownership),
        _ => None,
    });
    assert_eq!(installed, Some(Ownership { owner: 0, group: 990, mode: 0o4750 }));
    let after = HelperFacts {
        aside: file(false, 0, 0o755),
        is_current: true,
        ..facts(file(true, 990, 0o4750), dpkg(Some("LOCAL"), Some("root root 0755")))
    };
    assert_eq!(planned(HelperAsked::Ours, &after), [""; 0]);
    let back = planned(HelperAsked::OpenSsh, &after);
    assert_eq!(back[2..], ["statoverride --remove PLACE", "statoverride --add root #990 4750 PLACE", "0:990 4750"]);
}

#[test]
fn ours_elsewhere_and_back() {
    let before = facts(file(false, 0, 0o4711), Owned::Rpm);
    assert_eq!(planned(HelperAsked::Ours, &before), ["0:0 0711", "rename", "install 4755"]);
    let note = plan_helper(HelperAsked::Ours, &before).unwrap().notes;
    assert!(note[0].starts_with("an update of the package"), "{note:?}");
    let after =
        HelperFacts { there: file(true, 0, 0o4755), aside: file(false, 0, 0o711), is_current: true, ..before.clone() };
    assert_eq!(planned(HelperAsked::Ours, &after), [""; 0]);
    assert_eq!(planned(HelperAsked::OpenSsh, &after), ["delete", "rename", "0:0 4711"]);
    let by_group = HelperFacts { aside: file(false, 990, 0o111), ..after.clone() };
    assert_eq!(planned(HelperAsked::OpenSsh, &by_group).last().unwrap(), "0:990 2111");
    // An update has brought OpenSSH's back.
    let updated = HelperFacts { there: file(false, 0, 0o4711), ..after };
    assert!(matches!(plan_helper(HelperAsked::Ours, &updated), Err(Refusal::Helper(_))));
}

#[test]
fn what_stands_in_the_way_is_told() {
    let none = facts(None, dpkg(None, None));
    let missing = |asked, facts: &HelperFacts| match plan_helper(asked, facts) {
        Err(Refusal::NoHelper { remedy, .. }) => remedy,
        other => panic!("{other:?}"),
    };
    assert!(missing(HelperAsked::Present, &none).contains("install the package"));
    assert!(missing(HelperAsked::OpenSsh, &none).contains("install its package again"));
    let without = HelperFacts { ours: None, ..facts(file(false, 0, 0o4755), dpkg(None, None)) };
    match plan_helper(HelperAsked::Ours, &without) {
        // OpenSSH's is there: that is not what is missing.
        Err(Refusal::Helper(why)) => assert!(why.starts_with("there is no keysign") && why.contains("--keysign FILE")),
        other => panic!("{other:?}"),
    }
    // A package of ours has put OpenSSH's aside: it is left to it.
    let packaged = |is_ours| facts(file(is_ours, 0, 0o4755), dpkg(Some("hostbased-keysign"), None));
    assert_eq!(planned(HelperAsked::Ours, &packaged(true)), [""; 0]);
    assert!(matches!(plan_helper(HelperAsked::Ours, &packaged(false)), Err(Refusal::Helper(_))));
    assert!(matches!(plan_helper(HelperAsked::OpenSsh, &packaged(true)), Err(Refusal::Helper(_))));
}

#[test]
fn what_a_package_has_put_aside_the_package_puts_back() {
    let after = |by| {
        let after = facts(file(true, 0, 0o4755), dpkg(Some(by), Some("root root 0755")));
        HelperFacts { aside: file(false, 0, 0o755), ..after }
    };
    let kept = undo_helper(&after("hostbased-keysign")).unwrap();
    assert!(kept.steps.is_empty() && kept.notes[0].contains("of the package hostbased-keysign, and stays"), "{kept:?}");
    let back = undo_helper(&after("LOCAL")).unwrap();
    assert_eq!(steps(&back), planned(HelperAsked::OpenSsh, &after("LOCAL")));
    assert!(!back.steps.is_empty());
    // OpenSSH's own, and ours without OpenSSH's beside it: setup has put neither there.
    for there in [file(false, 0, 0o4755), file(true, 0, 0o4755)] {
        assert_eq!(undo_helper(&facts(there, dpkg(None, None))).unwrap(), Plan::default());
    }
}
