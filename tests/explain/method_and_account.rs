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
    let run = run.notes("this alone does not log in: AuthenticationMethods then asks for publickey");
    assert_eq!(run.json()["further_methods"], "publickey");
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
fn the_mend_of_an_option_says_where_and_that_sshd_reads_it_anew() {
    needs_keygen!();
    let site = Site::new();
    let hint = |more: &[&str]| {
        let json = site.explain_by_key(more).json();
        json["hint"].as_str().unwrap().to_owned()
    };
    let off = hint(&["--set", "HostbasedAuthentication=no"]);
    for said in
        ["above the first Match block", "the first of which counts", "then reload sshd", "sshd -T -C user=alice,"]
    {
        assert!(off.contains(said), "{off}");
    }
    let other_host = hint(&["--set", "AllowUsers=bob alice@10.77.0.2"]);
    assert!(
        other_host.contains("AllowUsers has alice@10.77.0.2") && other_host.contains("add alice@10.77.0.1"),
        "{other_host}"
    );
    let nobody = hint(&["--set", "AllowUsers=bob"]);
    assert_eq!(nobody, "add the account to AllowUsers, then reload sshd");
    let (bob, counts) = (["--client-user", "bob"], ["--set", "IgnoreRhosts=shosts-only"]);
    assert!(hint(&bob).contains("with IgnoreRhosts shosts-only"));
    assert!(!hint(&[&bob[..], &counts].concat()).contains("IgnoreRhosts"));
    let unconfirmed = hint(&["--client-user", "bob", "--set", "UseDNS=yes"]);
    assert!(unconfirmed.contains("it has no confirmed name, so its address"), "{unconfirmed}");
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
