//! Who may log in at all, whatever his host says.

use hostbased::verify::{AfterSuccess, GateRefusal, IgnoreRhosts, Method, PermitRootLogin, Refusal, Shell};

use crate::fixture::{Attempt, Own, OwnFiles, refusal_is, with};

const ACCEPT: &str = "accept 10.77.0.1";

#[test]
fn the_method_is_off_unless_it_is_switched_on() {
    assert_eq!(with(|attempt| attempt.policy.hostbased_authentication = false), "method-not-enabled");
    assert_eq!(with(|attempt| attempt.policy.hostbased_authentication = true), ACCEPT);
}

#[test]
fn an_account_exists_and_may_log_in() {
    assert_eq!(with(|attempt| attempt.entry = None), "account-unknown");
    let entry = |shell, locked| {
        move |attempt: &mut Attempt| {
            let entry = attempt.entry.as_mut().unwrap();
            (entry.shell, entry.locked) = (shell, locked);
        }
    };
    refusal_is(entry(Shell::Usable, true), Refusal::AccountNotAllowed(GateRefusal::Locked));
    assert_eq!(with(entry(Shell::Missing("/bin/none"), false)), "shell-missing");
    assert_eq!(with(entry(Shell::NotExecutable("/etc/passwd"), false)), "shell-not-executable");
    assert_eq!(with(entry(Shell::Usable, false)), ACCEPT);
}

#[test]
fn an_unknown_account_is_refused_for_that_whatever_else_is_wrong_behind_it() {
    let unknown = |change: fn(&mut Attempt)| {
        with(move |attempt| {
            attempt.entry = None;
            change(attempt);
        })
    };
    assert_eq!(unknown(|attempt| attempt.signer = 2), "account-unknown");
    assert_eq!(unknown(|attempt| attempt.equiv.clear()), "account-unknown");
    assert_eq!(unknown(|attempt| attempt.known_hosts = "".into()), "account-unknown");
    assert_eq!(unknown(|attempt| attempt.algorithm = "ssh-rsa"), "algorithm-not-accepted", "that stands before it");
}

#[test]
fn permit_root_login_has_the_last_word_on_root() {
    let root = |permit, uid, signer| {
        with(move |attempt| {
            attempt.policy.permit_root_login = permit;
            attempt.policy.ignore_rhosts = IgnoreRhosts::No;
            attempt.signer = signer;
            attempt.set_uid(uid);
            attempt.own = Some(OwnFiles { shosts: Own::is("10.77.0.1\n").with_stat(0, 0o600), ..OwnFiles::default() });
            attempt.own.as_mut().unwrap().home.as_mut().unwrap().uid = 0;
        })
    };
    for (permit, verdict) in [
        (PermitRootLogin::Yes, ACCEPT),
        (PermitRootLogin::ProhibitPassword, ACCEPT),
        (PermitRootLogin::ForcedCommandsOnly, "root-not-permitted"),
        (PermitRootLogin::No, "root-not-permitted"),
    ] {
        assert_eq!(root(permit, 0, 1), verdict, "{permit:?}");
        assert_eq!(root(permit, 1000, 1), ACCEPT, "{permit:?} is for root");
        assert_eq!(root(permit, 0, 2), "signature-invalid", "{permit:?}: the signature is looked at before");
    }
}

#[test]
fn a_key_counts_once_on_a_connection() {
    let used = |seed: u8| with(|attempt| attempt.keys_used = vec![crate::fixture::public(seed)]);
    assert_eq!(used(1), "key-already-used");
    assert_eq!(used(2), ACCEPT);
}

#[test]
fn the_application_can_refuse_and_is_asked_last() {
    let says = |word: bool, signer: u8| {
        with(move |attempt| {
            attempt.application = Some(word);
            attempt.signer = signer;
        })
    };
    assert_eq!(says(true, 1), ACCEPT);
    assert_eq!(says(false, 1), "application-denies");
    assert_eq!(says(false, 2), "signature-invalid");
    assert_eq!(says(true, 2), "signature-invalid", "it cannot let in");
}

#[test]
fn authentication_methods_says_when_hostbased_may_be_tried() {
    let methods = |lists: &'static str, done: &'static [Method]| {
        with(move |attempt| {
            attempt.policy.set("AuthenticationMethods", lists).unwrap();
            let start = attempt.policy.authentication_methods.start();
            attempt.progress = done.iter().try_fold(start, |progress, method| match progress.succeed(*method, None) {
                AfterSuccess::Partial(progress) => Some(progress),
                other => panic!("{other:?}"),
            });
        })
    };
    assert_eq!(methods("any", &[]), ACCEPT);
    assert_eq!(methods("hostbased", &[]), ACCEPT);
    assert_eq!(methods("publickey", &[]), "method-not-listed");
    assert_eq!(methods("publickey,hostbased", &[]), "method-not-listed");
    assert_eq!(methods("publickey,hostbased", &[Method::PublicKey]), ACCEPT);
    assert_eq!(methods("publickey password,hostbased", &[]), "method-not-listed");
    assert_eq!(methods("hostbased,publickey", &[Method::Hostbased]), "method-not-listed");
    assert_eq!(methods("hostbased:device", &[]), "method-not-listed", "its success would lead nowhere");
}
