//! Who may log in at all, whatever his host says.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use hostbased::key::PublicKey;
use hostbased::shosts::{Membership, Netgroups};
use hostbased::verify::{GateRefusal, IgnoreRhosts, Method, PermitRootLogin, Refusal, Shell};

use crate::certificate::{Draft, certify};
use crate::fixture::{Attempt, Own, OwnFiles, public, refusal_is, with};

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

/// Counts how often it is asked, and knows nobody.
struct Counting(AtomicU32);

impl Netgroups for Counting {
    fn contains(&self, _: &[u8], _: Option<&[u8]>, _: Option<&[u8]>) -> Membership {
        self.0.fetch_add(1, Relaxed);
        Membership::NotMember
    }
}

#[test]
fn for_an_unknown_account_the_files_are_asked_as_for_one_that_exists() {
    static NETGROUPS: Counting = Counting(AtomicU32::new(0));
    let asked = |change: fn(&mut Attempt)| {
        NETGROUPS.0.store(0, Relaxed);
        let code = with(|attempt| {
            attempt.netgroups = &NETGROUPS;
            attempt.equiv = vec![("hosts.equiv", "@nodes\n".into()), ("shosts.equiv", "@more\n10.77.0.1\n".into())];
            change(attempt);
        });
        (code, NETGROUPS.0.load(Relaxed))
    };
    let (code, count) = asked(|_| ());
    assert_eq!((code.as_str(), count > 0), (ACCEPT, true));
    assert_eq!(asked(|attempt| attempt.entry = None), ("account-unknown".into(), count));
    assert_eq!(asked(|attempt| attempt.entry.as_mut().unwrap().locked = true), ("account-locked".into(), count));
    assert_eq!(asked(|attempt| attempt.algorithm = "ssh-dss"), ("algorithm-unknown".into(), 0));
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
    let used = |seeds: &[u8]| with(|attempt| attempt.has_done("hostbased,hostbased", &[Method::Hostbased], seeds));
    assert_eq!(used(&[1]), "key-already-used");
    assert_eq!(used(&[2, 1]), "key-already-used");
    assert_eq!(used(&[2]), ACCEPT);
    // A certificate is no other key than the one inside (auth2.c `auth2_key_already_used`).
    let after = |used: PublicKey, presents_certificate: bool| {
        with(|attempt| {
            attempt.has_done("hostbased,hostbased", &[Method::Hostbased], &[]);
            attempt.keys_used = vec![used.clone()];
            if presents_certificate {
                certify(attempt, &Draft::default());
            }
        })
    };
    let certificate = || Draft::default().certificate();
    assert_eq!(after(public(1), true), "key-already-used");
    assert_eq!(after(certificate(), true), "key-already-used");
    assert_eq!(after(certificate(), false), "key-already-used");
    assert_eq!(after(public(9), true), ACCEPT, "its authority is another key");
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
    let methods = |lists: &str, done: &[Method]| with(|attempt| attempt.has_done(lists, done, &[]));
    assert_eq!(methods("any", &[]), ACCEPT);
    assert_eq!(methods("hostbased", &[]), ACCEPT);
    assert_eq!(methods("publickey", &[]), "method-not-listed");
    assert_eq!(methods("publickey,hostbased", &[]), "method-not-listed");
    assert_eq!(methods("publickey,hostbased", &[Method::PublicKey]), ACCEPT);
    assert_eq!(methods("publickey password,hostbased", &[]), "method-not-listed");
    assert_eq!(methods("hostbased,publickey", &[Method::Hostbased]), "method-not-listed");
    assert_eq!(methods("hostbased:device", &[]), "method-not-listed", "its success would lead nowhere");
}

#[test]
fn only_a_server_that_asks_pam_leaves_locked_accounts_to_it() {
    let locked = |use_pam: bool, asks_pam: bool| {
        with(move |attempt| {
            attempt.entry.as_mut().unwrap().locked = true;
            attempt.policy.use_pam = use_pam;
            attempt.asks_pam = asks_pam;
        })
    };
    assert_eq!(locked(true, true), ACCEPT);
    assert_eq!(locked(true, false), "account-locked");
    assert_eq!(locked(false, true), "account-locked");
    assert_eq!(locked(false, false), "account-locked");
}

#[test]
fn partial_success_is_no_success() {
    let mut attempt = Attempt::default();
    attempt.policy.set("AuthenticationMethods", "hostbased,publickey hostbased,password").unwrap();
    attempt.judge(|decision| {
        assert_eq!(decision.outcome().err(), Some(Refusal::PartialSuccess));
        let (user, further) = decision.partial_success().unwrap();
        assert_eq!(user.account().as_bytes(), b"alice");
        assert!(further.may_try(Method::PublicKey) && further.may_try(Method::Password));
        assert!(!further.may_try(Method::Hostbased));
    });
    attempt.signer = 2;
    attempt.judge(|decision| {
        assert_eq!(decision.outcome().err().unwrap().code(), "signature-invalid");
        assert!(decision.partial_success().is_none());
    });
    Attempt::default().judge(|decision| assert!(decision.partial_success().is_none() && decision.outcome().is_ok()));
}

#[test]
fn a_session_is_an_exchange_hash() {
    let of = |session: &'static [u8]| with(move |attempt| (attempt.session, attempt.session_id) = (session, session));
    for (length, verdict) in
        [(0, "session-id-invalid"), (1, "session-id-invalid"), (16, "session-id-invalid"), (31, "session-id-invalid")]
            .into_iter()
            .chain([20, 32, 48, 64].map(|length| (length, ACCEPT)))
    {
        assert_eq!(of(Vec::leak(vec![7; length])), verdict, "{length}");
    }
}

#[test]
fn the_files_of_an_account_that_does_not_exist_are_asked_for_as_often() {
    let asked = |change: &dyn Fn(&mut Attempt)| {
        let mut attempt = Attempt { own: Some(OwnFiles::default()), ..Attempt::default() };
        attempt.policy.ignore_rhosts = IgnoreRhosts::No;
        attempt.equiv = vec![("shosts.equiv", "# nobody\n".into())];
        change(&mut attempt);
        attempt.judge(|_| ());
        attempt.own_asked.get()
    };
    assert!(asked(&|_| ()) > 0);
    assert_eq!(asked(&|_| ()), asked(&|attempt| attempt.entry = None));
}
