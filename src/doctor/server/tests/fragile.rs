//! What works and is dangerous: entries 82, 94, 107, 116, 117, 119 and 120.

use super::*;
use crate::lint::{Code, File, Place as LintPlace};

fn linted(code: Code, severity: Severity) -> crate::lint::Finding {
    crate::lint::Finding {
        code,
        severity,
        place: LintPlace::Line { file: File::ShostsEquiv, line: 3, start: 0, end: 1 },
        text: "text".into(),
        mend: "mend".into(),
        fix: None,
    }
}

#[test]
fn findings_of_the_linter_have_their_ids() {
    for (code, id) in [
        (Code::WritableByOthers, Id::TrustFilesWritable),
        (Code::EveryAccount, Id::NamedUserBecomesAnyone),
        (Code::LongLine, Id::LineLongerThan1023Bytes),
        (Code::UnreadFile, Id::ShostsInWrongPlace),
        (Code::NotWorldReadable, Id::KnownHosts0600BreaksTheClientSide),
    ] {
        let found = World { lint: vec![linted(code, code.severity())], ..World::default() }.only();
        assert_eq!((found.id, found.severity), (id, Severity::Warning));
        assert_eq!(place(&found), format!("{SHOSTS}:3"));
    }
    // What matters to others, or not at all.
    for code in [Code::CarriageReturn, Code::NeverLookedUp, Code::SharedKey, Code::PortForm] {
        World { lint: vec![linted(code, code.severity())], ..World::default() }.is_good();
    }
}

#[test]
fn of_each_kind_the_first_is_told() {
    let lint = vec![linted(Code::EveryAccount, Severity::Warning); 3];
    assert_eq!(World { lint, ..World::default() }.only().seen, "text (and 2 more: hostbased lint)");
}

#[test]
fn shared_keys_matter_where_the_key_is_all_that_counts() {
    let world = World {
        lint: vec![linted(Code::SharedKey, Severity::Warning)],
        set: vec![("HostbasedUsesNameFromPacketOnly", "yes")],
        ..World::default()
    };
    assert_eq!(world.only().id, Id::SharedHostKeyWithPacketNames);
}

#[test]
fn the_cause_s_own_line_is_told_of_once() {
    let world = World {
        lint: vec![linted(Code::EveryAccount, Severity::Warning)],
        shosts: State::Read("\n\nnode1.cluster.test node1\n".to_owned()),
        ..World::default()
    };
    world.is_refused_by(Id::ShostsSecondFieldIsAUser);
}
