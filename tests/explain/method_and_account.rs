//! What refuses before any file is asked: the method, the algorithm, the key, the account.

use crate::fixture::{KNOWN_HOSTS, Site, rsa_key};

#[test]
fn the_usual_login_is_accepted() {
    needs_keygen!();
    Site::new().explain_by_key(&[]).accepted();
}

#[test]
fn the_method() {
    needs_keygen!();
    let site = Site::new();
    site.explain_by_key(&["--set", "HostbasedAuthentication=no"]).refused("method-not-enabled");
    site.explain_by_key(&["--set", "RefuseConnection=yes"]).refused("connection-refused");
    let run = site.explain_by_key(&["--set", "AuthenticationMethods=publickey"]).refused("method-not-listed");
    run.notes("--set AuthenticationMethods=any leaves that out");
    let run = site.explain_by_key(&["--set", "AuthenticationMethods=hostbased,publickey"]).accepted();
    run.notes("this alone does not log in: AuthenticationMethods then asks for publickey");
    site.explain_by_key(&["--set", "authenticationmethods=publickey hostbased"]).accepted();
}

#[test]
fn the_algorithm() {
    needs_keygen!();
    let site = Site::new();
    site.explain_by_key(&["--algorithm", "ssh-dss"]).refused("algorithm-unknown");
    site.explain_by_key(&["--algorithm", "rsa-sha2-512"]).refused("key-type-mismatch");
    site.explain_by_key(&["--algorithm", "ssh-ed25519"]).accepted();
    site.explain_by_key(&["--set", "HostbasedAcceptedAlgorithms=rsa-sha2-512"]).refused("algorithm-not-accepted");
    site.explain_by_key(&["--set", "HostbasedAcceptedAlgorithms=rsa-sha2-512,ssh-ed25519"]).accepted();
}

#[test]
fn an_rsa_key() {
    needs_keygen!();
    let site = Site::new();
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n", rsa_key().public));
    let explain = |more: &[&str]| site.explain(&[&["--key", rsa_key().file()], more].concat());
    let json = explain(&[]).accepted().json();
    assert_eq!(json["attempt"]["algorithm"], "rsa-sha2-512");
    explain(&["--algorithm", "ssh-rsa"]).refused("algorithm-not-accepted");
    explain(&["--set", "RequiredRSASize=2049"]).refused("rsa-too-small");
    explain(&["--set", "RequiredRSASize=2048"]).accepted();
}

#[test]
fn who_may_log_in() {
    needs_keygen!();
    let site = Site::new();
    for (setting, code) in [
        ("DenyUsers=ali*", Some("user-denied")),
        ("DenyUsers=bob", None),
        ("AllowUsers=bob", Some("user-not-allowed")),
        ("AllowUsers=bob alice", None),
        ("AllowUsers=alice@10.77.0.2", Some("user-not-allowed")),
        ("AllowUsers=alice@10.77.0.0/24", None),
    ] {
        let run = site.explain_by_key(&["--set", setting]);
        match code {
            Some(code) => run.refused(code),
            None => run.accepted(),
        };
    }
}
