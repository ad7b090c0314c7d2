//! What sshd has against keys, and how many it takes: entries 35, 38, 39, 43, 46, 58 to 60.

use super::*;

#[test]
fn an_algorithm_must_be_accepted() {
    let accepts = |list: &'static str, key: PublicKey| World {
        config: vec![(MAIN, format!("HostbasedAuthentication yes\nHostbasedAcceptedAlgorithms {list}\n"))],
        set: vec![("HostbasedAcceptedAlgorithms", list)],
        known_hosts: known(HOST, &key),
        offers: vec![key],
        ..World::default()
    };
    let found = accepts("ecdsa-sha2-nistp521", key(1)).is_refused_by(Id::ServerAlgListExcludesKeys);
    assert_eq!(place(&found), format!("{MAIN}:2"));
    accepts("rsa-sha2-256", rsa()).is_refused_by(Id::RsaSingleAlgorithmAttempt);
    accepts("rsa-sha2-512", rsa()).is_good();
    accepts("ssh-ed25519", key(1)).is_good();
    // Without an offer the registered key tells.
    World { offers: Vec::new(), ..accepts("ecdsa-sha2-nistp521", key(1)) }.is_refused_by(Id::ServerAlgListExcludesKeys);
}

#[test]
fn an_rsa_key_must_be_long_enough() {
    let requires = |bits: &'static str| World {
        set: vec![("RequiredRSASize", bits)],
        known_hosts: known(HOST, &rsa()),
        ..World::default()
    };
    requires("4096").is_refused_by(Id::RsaKeyTooSmall);
    requires("2048").is_good();
}

#[test]
fn a_revocation_list_must_be_there_and_not_have_the_key() {
    let file = "/etc/ssh/revoked_keys";
    let lists = |state: State<String>| World {
        set: vec![("RevokedKeys", file)],
        revoked: vec![(file, state)],
        ..World::default()
    };
    assert_eq!(place(&lists(State::Missing).is_refused_by(Id::RevokedKeysFileUnreadable)), file);
    lists(State::Unusable("it is no list".to_owned())).is_refused_by(Id::RevokedKeysFileUnreadable);
    lists(State::Read(String::new())).is_good();
    let revoked = lists(State::Read(format!("{}\n", key(1).to_line())));
    revoked.is_refused_by(Id::ClientKeyRevoked);
    // Another key is let in, and the revoked one is told of.
    let known_hosts = known(HOST, &key(1)) + &known(HOST, &rsa());
    let found = World { known_hosts, ..revoked }.only();
    assert_eq!((found.id, found.severity), (Id::ClientKeyRevoked, Severity::Warning));
}

#[test]
fn attempts_are_counted() {
    let tries = |printed: &'static str| World {
        printed,
        known_hosts: known(HOST, &rsa()),
        offers: vec![key(2), key(3), rsa()],
        ..World::default()
    };
    tries("loglevel VERBOSE\nmaxauthtries 2\n").is_refused_by(Id::MaxauthtriesEaten);
    let found = tries("loglevel VERBOSE\nmaxauthtries 3\n").only();
    assert_eq!((found.id, found.severity), (Id::MaxauthtriesEaten, Severity::Information));
    World { offers: vec![rsa(), key(2), key(3)], ..tries("loglevel VERBOSE\nmaxauthtries 1\n") }.is_good();
}

#[test]
fn failures_count_against_the_address() {
    let failing = |printed: &'static str| World { printed, shosts: State::Missing, ..World::default() };
    let ids = |world: World| world.judged().iter().map(|finding| finding.id).collect::<Vec<_>>();
    let cause = Id::ShostsMissingOrEmpty;
    let on = "loglevel VERBOSE\npersourcepenalties crash:90 authfail:5 max:600\npersourcepenaltyexemptlist none\n";
    assert_eq!(ids(failing(on)), [cause, Id::PerSourcePenaltyLocksOutNode]);
    let exempt = "loglevel VERBOSE\npersourcepenalties authfail:5\npersourcepenaltyexemptlist 10.77.0.0/24\n";
    assert_eq!(ids(failing(exempt)), [cause]);
    assert_eq!(ids(failing("loglevel VERBOSE\npersourcepenalties no\n")), [cause]);
    World { printed: on, ..World::default() }.is_good();
}

#[test]
fn a_log_that_hides_refusals_is_told() {
    let found = World { printed: "loglevel INFO\n", ..World::default() }.only();
    assert_eq!((found.id, found.severity), (Id::LogLevelHidesEverything, Severity::Warning));
    for printed in ["loglevel VERBOSE\n", "LogLevel DEBUG3\n"] {
        World { printed, ..World::default() }.is_good();
    }
}
