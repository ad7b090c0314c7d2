//! RevokedKeys.

use hostbased::revoked::{Means, Revocation};
use hostbased::verify::{Refusal, Unreadable};

use crate::certificate::{Draft, certify};
use crate::fixture::{Attempt, Text, public, refusal_is, with};

#[test]
fn a_key_that_revoked_keys_names_is_refused_before_any_file_lets_it_in() {
    let line = |seed: u8| format!("{}\n", public(seed).to_line());
    let revoked =
        |files: &[String]| with(|attempt| attempt.revoked = files.iter().map(|text| text.as_str().into()).collect());
    assert_eq!(revoked(&["# none\n".into(), line(2)]), "accept 10.77.0.1");
    assert_eq!(revoked(&[line(2), line(1)]), "key-revoked");
    let how = Revocation::Key(Means::Line(2));
    refusal_is(
        |attempt| {
            attempt.revoked = vec![(line(2) + &line(1)).into()];
            attempt.equiv.clear();
        },
        Refusal::KeyRevoked { file: "/revoked_keys", how },
    );
    // A file that cannot be parsed may name any key.
    assert_eq!(revoked(&[line(2), "no key\n".into()]), "revoked-keys-unreadable");
    // Of a certificate, the key inside and its authority count.
    for seed in [1, 9] {
        let revoked = with(|attempt| {
            certify(attempt, &Draft::default());
            attempt.revoked = vec![line(seed).into()];
        });
        assert_eq!(revoked, "key-revoked");
    }
}

#[test]
fn a_file_that_the_policy_names_must_have_been_read() {
    let named = |path: &'static str| {
        move |attempt: &mut Attempt| {
            attempt.policy.set("RevokedKeys", path).unwrap();
            attempt.revoked = vec!["# none\n".into()];
        }
    };
    refusal_is(named("/etc/ssh/other"), Refusal::RevokedKeysMissing { file: "/etc/ssh/other" });
    assert_eq!(with(named("/revoked_keys")), "accept 10.77.0.1");
    assert_eq!(with(named("none")), "accept 10.77.0.1");
}

#[test]
fn a_file_that_is_not_there_or_cannot_be_read_may_name_any_key() {
    let why = Unreadable::Owner { owner: 1000 };
    refusal_is(|attempt| attempt.revoked = vec![Text::Missing], Refusal::RevokedKeysMissing { file: "/revoked_keys" });
    refusal_is(
        |attempt| attempt.revoked = vec!["# none\n".into(), Text::Unreadable(why)],
        Refusal::RevokedKeysUnreadable { file: "/revoked_keys", why },
    );
    assert_eq!(with(|attempt| attempt.revoked = vec!["".into()]), "accept 10.77.0.1");
}
