use super::*;
use crate::severity::Severity;

const FP: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

fn report(log: &str) -> Report {
    let mut reader = Reader::default();
    for (number, line) in (1..).zip(log.lines()) {
        reader.read(number, &line.replace("FP", FP));
    }
    reader.report()
}

/// The ids, errors first marked with `!`, information with `?`.
fn ids(log: &str) -> Vec<String> {
    let mark = |severity| match severity {
        Severity::Error => "!",
        Severity::Warning => "",
        Severity::Information => "?",
    };
    report(log).findings.iter().map(|finding| format!("{}{}", mark(finding.severity), finding.id)).collect()
}

/// sshd's lines of one attempt at DEBUG3, in the wording of 9.2 and 10.5.
fn attempt(user: &str, lines: &str) -> String {
    format!(
        "Connection from 10.77.0.1 port 40000 on 10.77.0.2 port 22 rdomain \"\"\n\
         debug1: userauth-request for user {user} service ssh-connection method none [preauth]\n\
         debug3: userauth_finish: failure partial=0 next methods=\"publickey,hostbased\" [preauth]\n\
         debug1: userauth-request for user {user} service ssh-connection method hostbased [preauth]\n\
         debug1: userauth_hostbased: cuser alice chost node1.example.org. pkalg ssh-ed25519 slen 83 [preauth]\n\
         {lines}\n\
         debug2: userauth_hostbased: authenticated 0 [preauth]\n\
         Connection closed by authenticating user {user} 10.77.0.1 port 40000 [preauth]\n"
    )
}

fn failed(user: &str, kind: &str) -> String {
    format!(
        "Failed hostbased for {user} from 10.77.0.1 port 40000 ssh2: {kind} FP, client user \"alice\", client host \
         \"node1.example.org\""
    )
}

/// ssh's lines up to the list of methods.
fn client(lines: &str) -> String {
    format!(
        "OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.22 25 Aug 2026\n\
         debug1: Reading configuration data /etc/ssh/ssh_config\n\
         debug1: Authentications that can continue: publickey,hostbased\n\
         {lines}\n\
         alice@srv.example.org: Permission denied (publickey,hostbased).\n"
    )
}

/// ssh's lines of a helper that says this.
fn helper(said: &str) -> String {
    client(&format!(
        "debug1: Next authentication method: hostbased\n\
         debug1: userauth_hostbased: trying hostkey ssh-ed25519 FP using sigalg ssh-ed25519\n\
         {said}\n\
         ssh_keysign: no reply\n\
         sign using hostkey ssh-ed25519 FP failed"
    ))
}

#[test]
fn what_the_helper_says_is_the_cause() {
    for (said, expected) in [
        ("no hostkey found", &["!private-key-encrypted-or-corrupt"][..]),
        (
            "ssh-keysign: no matching hostkey found for key ED25519 FP",
            &["!pub-private-mismatch", "?first-bad-key-stops-method"],
        ),
        ("setresgid 18352: Operation not permitted", &["!setgid-model-newgrp"]),
        ("getpwuid failed", &["!uid-not-in-passwd"]),
        ("ssh_keysign: not installed: No such file or directory", &["!keysign-missing"]),
        ("ssh_keysign: exec(/usr/lib/openssh/ssh-keysign): Permission denied", &["!keysign-not-executable-for-user"]),
        ("ssh-keysign: bad fd = 2", &["!helper-and-client-version-skew"]),
        ("ssh-keysign: sshkey_sign failed: error in libcrypto", &["!sha1-refused-by-crypto-policy"]),
        (
            "/etc/ssh/ssh_config: line 9: Bad configuration option: nosuchoption",
            &["!global-config-bad-option-kills-helper"],
        ),
        (
            "/etc/ssh/ssh_config: line 9: Bad configuration option: hostbasedacceptedkeytypes",
            &["!option-name-version-skew"],
        ),
        ("Bad owner or permissions on /etc/ssh/ssh_config.d/x.conf", &["!include-bad-owner-or-unreadable"]),
        ("userauth_hostbased: cannot get local ipaddr/name", &["!proxycommand-or-proxyjump"]),
    ] {
        assert_eq!(ids(&helper(said)), expected, "{said}");
    }
}

#[test]
fn between_what_a_line_does_not_decide_all_are_named() {
    let found = ids(&helper("ssh-keysign not enabled in /etc/ssh/ssh_config"));
    assert_eq!(found.first().map(String::as_str), Some("keysign-not-enabled"));
    assert_eq!(found.len(), 6);
    let found = ids(&helper("could not open any host key"));
    assert_eq!(found.first().map(String::as_str), Some("keysign-not-setuid"));
    assert!(found.contains(&"no-new-privs".to_owned()) && found.len() == 7);
    assert_eq!(
        ids(&helper("")),
        ["keysign-not-enabled", "keysign-not-setuid", "helper-and-client-version-skew"],
        "no reply, and nobody says why"
    );
    assert_eq!(
        ids(&helper("ssh-keysign: not a valid request")),
        ["session-hash-longer-than-32-rejected", "helper-and-client-version-skew"]
    );
    let old = helper("debug1: kex: algorithm: ecdh-sha2-nistp384\nssh-keysign: not a valid request");
    assert_eq!(ids(&old.replace("9.2p1", "8.8p1")), ["!session-hash-longer-than-32-rejected"]);
}

#[test]
fn what_a_client_does_not_try_is_told_by_what_is_absent() {
    let off = client("debug1: Next authentication method: publickey");
    assert_eq!(
        ids(&off),
        [
            "client-hostbased-off",
            "host-block-misses-typed-name",
            "user-config-disables",
            "preferred-auth-omits-hostbased"
        ]
    );
    let without_global = off.replace("/etc/ssh/ssh_config", "/home/alice/cfg");
    assert_eq!(ids(&without_global).first().map(String::as_str), Some("dash-f-skips-global"));
    assert_eq!(ids(&client("debug3: preferred publickey,password")), ["!preferred-auth-omits-hostbased"]);
    let not_offered = off.replace("publickey,hostbased", "publickey");
    assert_eq!(ids(&not_offered).first().map(String::as_str), Some("server-hostbased-off"));
    assert!(report(&not_offered).findings.iter().all(|finding| finding.machine == Machine::Server));
    // A method whose name only looks like it.
    let other = off.replace("publickey,hostbased", "publickey,hostbased-x");
    assert_eq!(ids(&other).first().map(String::as_str), Some("server-hostbased-off"));
}

#[test]
fn without_keys_the_release_says_why() {
    let no_keys = "debug1: Next authentication method: hostbased\n\
                   debug1: No more client hostkeys for hostbased authentication.";
    let said = "debug1: HostbasedAuthentication enabled but no local public host keys could be loaded.\n";
    assert_eq!(
        ids(&client(&format!("{said}{no_keys}"))),
        ["pub-files-missing", "pub-files-unreadable", "private-keys-not-at-fixed-paths"]
    );
    assert_eq!(ids(&client(no_keys)), ["!client-alg-list-excludes-keys"]);
    assert_eq!(
        ids(&client(no_keys).replace("9.2p1", "8.8p1")),
        ["rsa-hostbased-broken-8-5-to-8-8", "client-alg-list-excludes-keys", "pub-files-missing"]
    );
    assert_eq!(ids(&client(no_keys).replace("9.2p1", "8.9p1")).len(), 5);
    let denied = "load hostbased cert \"/etc/ssh/ssh_host_rsa_key\": Permission denied\n";
    assert_eq!(ids(&client(&format!("{denied}{no_keys}"))), ["!pub-files-unreadable"]);
    // One could not be read, and the others are refused.
    let offered_rest =
        "debug1: Next authentication method: hostbased\ndebug2: we sent a hostbased packet, wait for reply";
    assert_eq!(
        ids(&client(&format!("{denied}{offered_rest}"))),
        ["log-level-hides-everything", "pub-files-unreadable"]
    );
    // All keys were offered, and refused: the same line says something else then.
    let offered = "debug1: Next authentication method: hostbased\n\
                   debug1: userauth_hostbased: trying hostkey ssh-ed25519 FP using sigalg ssh-ed25519\n\
                   debug2: we sent a hostbased packet, wait for reply\n\
                   debug1: No more client hostkeys for hostbased authentication.";
    assert_eq!(ids(&client(offered)), ["log-level-hides-everything"]);
}

#[test]
fn a_login_that_was_let_in_has_no_failure() {
    for line in [
        "Authenticated to srv.example.org ([10.77.0.2]:22) using \"hostbased\".",
        "debug1: Authentication succeeded (hostbased).",
    ] {
        let log = format!("OpenSSH_9.2p1\ndebug1: Next authentication method: hostbased\n{line}\n");
        let report = report(&log);
        assert_eq!(report.findings, []);
        assert!(report.notes.iter().any(|note| note.starts_with("line 3: let in by hostbased")), "{:?}", report.notes);
    }
    let found = attempt("alice", "Accepted hostbased for alice from 10.77.0.1 port 40000 ssh2: ED25519 FP");
    assert_eq!(ids(&found), [""; 0]);
    let partly = client("Authenticated using \"hostbased\" with partial success.");
    assert_eq!(ids(&partly), ["!authenticationmethods-excludes-hostbased"]);
}

#[test]
fn the_account_comes_before_all_else() {
    let disabled = "debug2: userauth_hostbased: disabled because of invalid user [preauth]";
    for (line, expected) in [
        ("Invalid user alice from 10.77.0.1 port 40000", "!account-not-acceptable"),
        ("User alice not allowed because account is locked", "!account-not-acceptable"),
        ("User alice not allowed because shell /no/such does not exist", "!account-not-acceptable"),
        ("User alice from node1.example.org not allowed because not listed in AllowUsers", "!allow-deny-lists"),
        ("User alice from 10.77.0.1 not allowed because a group is listed in DenyGroups", "!allow-deny-lists"),
    ] {
        assert_eq!(ids(&attempt("alice", &format!("{line}\n{disabled}"))), [expected], "{line}");
    }
    assert_eq!(ids(&attempt("alice", disabled)), ["allow-deny-lists", "account-not-acceptable"]);
}

#[test]
fn algorithms_and_keys_that_are_refused_before_names() {
    let refused = |name: &str| {
        format!("userauth_hostbased: signature algorithm {name} not in HostbasedAcceptedAlgorithms [preauth]")
    };
    assert_eq!(ids(&attempt("alice", &refused("ssh-ed25519"))), ["!server-alg-list-excludes-keys"]);
    assert_eq!(
        ids(&attempt("alice", &refused("rsa-sha2-512"))),
        ["rsa-single-algorithm-attempt", "server-alg-list-excludes-keys"]
    );
    assert_eq!(
        ids(&attempt("alice", &refused("ecdsa-sha2-nistp384"))),
        ["ecdsa-curve-now-exact", "server-alg-list-excludes-keys"]
    );
    let old = "userauth_hostbased: key type ssh-ed25519 not in HostbasedAcceptedKeyTypes [preauth]";
    assert_eq!(ids(&attempt("alice", old)), ["!server-alg-list-excludes-keys"]);
    for (line, expected) in [
        ("refusing RSA key: Invalid key length [preauth]", "!rsa-key-too-small"),
        ("userauth_hostbased: unsupported public key algorithm: ssh-dss [preauth]", "!dsa-only-host"),
        (
            "Error checking authentication key ED25519 FP in revoked keys file /x: No such file or directory",
            "!revoked-keys-file-unreadable",
        ),
        ("Authentication key ED25519 FP revoked by file /etc/ssh/revoked_keys", "!client-key-revoked"),
        ("WARNING: revoked key for node1.example.org attempted authentication", "!client-key-revoked"),
        ("ROOT LOGIN REFUSED FROM 10.77.0.1 port 40000", "!root-login-policy"),
        ("fatal: Access denied for user alice by PAM account configuration [preauth]", "!pam-account-denies"),
    ] {
        assert_eq!(ids(&attempt("alice", line)), [expected], "{line}");
    }
}

#[test]
fn names_that_shosts_files_do_not_admit() {
    let refused = |host: &str| {
        format!("debug2: hostbased_key_allowed: auth_rhosts2 refused user \"alice\" host \"{host}\" addr \"10.77.0.1\"")
    };
    let by_address = refused("10.77.0.1");
    assert_eq!(ids(&attempt("alice", &by_address)), ["!usedns-no-but-entries-are-names"]);
    let asks = "debug3: trying to reverse map address 10.77.0.1.\n";
    assert_eq!(ids(&attempt("alice", &format!("{asks}{by_address}"))), ["!no-ptr"]);
    for (line, expected) in [
        ("reverse mapping checking getaddrinfo for node1.example.org [10.77.0.1] failed.", "!ptr-without-forward"),
        (
            "Address 10.77.0.1 maps to node1.example.org, but this does not map back to the address.",
            "!ptr-does-not-map-back",
        ),
        ("Nasty PTR record \"192.0.2.9\" is set up for 10.77.0.1, ignoring", "!numeric-ptr"),
    ] {
        assert_eq!(ids(&attempt("alice", &format!("{line}\n{by_address}"))), [expected], "{line}");
        // The name was not believed, and it did not matter.
        let allowed = "Accepted hostbased for alice from 10.77.0.1 port 40000 ssh2: ED25519 FP";
        assert_eq!(ids(&attempt("alice", &format!("{line}\n{allowed}"))), [""; 0], "{line}");
    }
    assert_eq!(ids(&attempt("bob", &refused("node1.example.org"))), ["!different-remote-user"]);
    assert_eq!(ids(&attempt("alice", &refused("localhost"))), ["!loopback-target"]);
    let mismatch = "userauth_hostbased mismatch: client sends node1.example.org, but we resolve 10.77.0.1 to ";
    let short = format!("{mismatch}node1\n{}", refused("node1"));
    assert_eq!(ids(&attempt("alice", &short)), ["!short-name-versus-fqdn"]);
    let other = format!("{mismatch}gw.example.org\n{}", refused("gw.example.org"));
    assert_eq!(ids(&attempt("alice", &other)).len(), 5);
    let packet = "debug2: hostbased_key_allowed: auth_rhosts2 refused user \"alice\" host \"node1\" (from packet)";
    assert_eq!(ids(&attempt("alice", packet)), ["!packet-name-is-short-or-wrong"]);
}

#[test]
fn lines_about_shosts_files() {
    let refused = "debug2: auth_rhosts2 refused user \"alice\" host \"node1.example.org\" addr \"10.77.0.1\"";
    for (line, expected) in [
        ("debug3: auth_rhosts2: no hosts access files exist", &["!shosts-missing-or-empty"][..]),
        ("debug3: auth_rhosts2: root user, ignoring system hosts files", &["!root-ignores-system-files"]),
        ("debug3: Matched negative entry in /etc/ssh/shosts.equiv.", &["!shosts-negative-entry"]),
        ("debug3: Found garbage in /etc/ssh/shosts.equiv.", &["shosts-inline-comment", "shosts-missing-or-empty"]),
        (
            "debug3: Ignoring wild host/user names in /etc/ssh/shosts.equiv.",
            &["shosts-plus-ignored", "shosts-missing-or-empty"],
        ),
        (
            "Rhosts authentication refused for alice: bad modes for /home/alice/.shosts",
            &["home-or-shosts-modes", "shosts-missing-or-empty"],
        ),
        ("debug3: Server has been configured to ignore .shosts.", &["user-shosts-ignored", "shosts-missing-or-empty"]),
    ] {
        assert_eq!(ids(&attempt("alice", &format!("{line}\n{refused}"))), expected, "{line}");
    }
    assert_eq!(ids(&attempt("alice", refused)).len(), 8, "nothing says which trap it is");
}

#[test]
fn once_in_vain_is_another_key_twice_is_no_entry() {
    let not_found = "debug1: check_key_in_hostfiles: key for host node1.example.org not found\n";
    let attempt = |lines: &str, kind: &str| {
        attempt(
            "alice",
            &format!("debug2: hostbased_key_allowed: access allowed by auth_rhosts2\n{lines}{}", failed("alice", kind)),
        )
    };
    let twice = not_found.repeat(2);
    assert_eq!(ids(&attempt(&twice, "ED25519")), ["!known-hosts-no-entry"]);
    assert_eq!(ids(&attempt(not_found, "ED25519")), ["known-hosts-stale-key", "key-type-registered-is-not-offered"]);
    let registered =
        |kind| format!("debug3: record_hostkey: found key type {kind} in file /etc/ssh/ssh_known_hosts:1\n{not_found}");
    assert_eq!(ids(&attempt(&registered("ED25519"), "ED25519")), ["!known-hosts-stale-key"]);
    assert_eq!(ids(&attempt(&registered("RSA"), "ED25519")), ["!key-type-registered-is-not-offered"]);
    let cert = "ED25519-CERT FP ID node1 (serial 0) CA ED25519";
    assert_eq!(ids(&attempt(not_found, cert)), ["ca-line-not-marked", "known-hosts-no-entry"]);
    let address = twice.replace("node1.example.org", "10.77.0.1");
    assert_eq!(ids(&attempt(&address, "ED25519")), ["!shosts-and-known-hosts-keyed-differently"]);
    let upper = twice.replace("node1", "Node1");
    assert_eq!(
        ids(&attempt(&upper, "ED25519")),
        ["packet-name-uppercase-and-hashed-known-hosts", "known-hosts-no-entry"]
    );
    let principal = "Refusing certificate ID \"node1\" serial=0 signed by ED25519 CA FP: Certificate invalid: name is not a \
                     listed principal\n";
    for line in [principal, "error: Certificate invalid: name is not a listed principal\n"] {
        assert_eq!(ids(&attempt(line, cert)), ["!certificate-principal-mismatch"], "{line}");
    }
    assert_eq!(ids(&attempt("Certificate lacks principal list\n", cert)), ["!certificate-without-principals"]);
}

#[test]
fn the_cause_comes_before_what_comes_of_it() {
    let lines = format!(
        "debug2: hostbased_key_allowed: access allowed by auth_rhosts2\n\
         debug1: check_key_in_hostfiles: key for host node1.example.org not found\n\
         debug1: check_key_in_hostfiles: key for host node1.example.org not found\n\
         {}\n\
         maximum authentication attempts exceeded for alice from 10.77.0.1 port 40000 ssh2 [preauth]",
        failed("alice", "RSA")
    );
    assert_eq!(ids(&attempt("alice", &lines)), ["!known-hosts-no-entry", "!maxauthtries-eaten"]);
}

#[test]
fn at_verbose_the_names_say_what_they_can() {
    let line = |user: &str| format!("Nov 23 02:51:52 srv sshd[12]: {}\n", failed(user, "ED25519"));
    assert_eq!(ids(&line("alice")), ["log-level-hides-everything"]);
    assert_eq!(ids(&line("bob")), ["log-level-hides-everything", "different-remote-user"]);
    let with_dot = line("alice").replace("example.org\"", "example.org.\"");
    assert_eq!(ids(&with_dot), ["revoked-keys-file-unreadable", "client-key-revoked"]);
    let mismatch = "Nov 23 02:51:52 srv sshd[12]: userauth_hostbased mismatch: client sends node1.example.org, but we resolve \
                    10.77.0.1 to 10.77.0.1\n";
    assert_eq!(
        ids(&format!("{mismatch}{}", line("alice"))),
        ["log-level-hides-everything", "usedns-no-but-entries-are-names", "no-ptr"]
    );
    // At INFO not even that; with all requests in the log, nobody asked for hostbased.
    let closed =
        "Nov 23 02:51:52 srv sshd[12]: Connection closed by authenticating user alice 10.77.0.1 port 4 [preauth]\n";
    assert_eq!(ids(closed), ["log-level-hides-everything"]);
    let asked =
        "Nov 23 02:51:52 srv sshd[12]: debug1: userauth-request for user alice service ssh-connection method none\n";
    assert_eq!(ids(&format!("{asked}{closed}")), [""; 0]);
}

#[test]
fn logins_that_a_log_mixes_are_kept_apart() {
    let not_found = "debug1: check_key_in_hostfiles: key for host node1.example.org not found";
    let of = |pid: u32, said: &str| format!("Nov 23 02:51:52 srv sshd-session[{pid}]: {said}\n");
    let log = [
        of(1, "debug2: hostbased_key_allowed: access allowed by auth_rhosts2"),
        of(2, "debug2: hostbased_key_allowed: access allowed by auth_rhosts2"),
        of(1, not_found),
        of(2, not_found),
        of(1, &failed("alice", "ED25519")),
        of(2, &failed("alice", "ED25519")),
    ];
    // Mixed up, it would look as if the name were looked for twice.
    assert_eq!(ids(&log.concat()), ["known-hosts-stale-key", "key-type-registered-is-not-offered"]);
    assert!(report(&log.concat()).findings[0].seen.ends_with("(the first of 2 connections)"));
    // The same number for another connection, later.
    let log = [
        of(1, "Connection from 10.77.0.1 port 1 on 10.77.0.2 port 22"),
        of(1, "Accepted hostbased for alice from 10.77.0.1 port 1 ssh2: ED25519 FP"),
        of(1, "Connection from 10.77.0.1 port 2 on 10.77.0.2 port 22"),
        of(1, "ROOT LOGIN REFUSED FROM 10.77.0.1 port 2"),
    ];
    assert_eq!(ids(&log.concat()), ["!root-login-policy"]);
}

#[test]
fn at_info_the_names_are_all_that_there_is() {
    let closed = "Connection closed by authenticating user alice 10.77.0.1 port 40000 [preauth]\n";
    assert_eq!(ids(closed), ["log-level-hides-everything"]);
    let mismatch =
        |name| format!("userauth_hostbased mismatch: client sends node1, but we resolve 10.77.0.1 to {name}\n");
    assert_eq!(ids(&(mismatch("node1.example.org") + closed)), ["log-level-hides-everything"]);
    assert_eq!(
        ids(&(mismatch("10.77.0.1") + closed)),
        ["usedns-no-but-entries-are-names", "no-ptr", "log-level-hides-everything"]
    );
}

#[test]
fn an_option_that_only_ssh_has_is_the_servers_without_its_name_in_front() {
    let log = "/etc/ssh/sshd_config: line 11: Bad configuration option: HostbasedKeyTypes\n\
               /etc/ssh/sshd_config: terminating, 1 bad configuration options\n";
    let report = report(log);
    assert_eq!(report.findings.iter().map(|finding| finding.machine).collect::<Vec<_>>(), [Machine::Server]);
    assert_eq!(ids(log), ["!option-name-version-skew"]);
    assert_eq!(ids(&log.replace("HostbasedKeyTypes", "HostbasedAcceptedKeyTypes")), [""; 0]);
}

#[test]
fn what_looks_wrong_and_is_not_is_a_note() {
    let log = "/etc/ssh/sshd_config line 7: Deprecated option RhostsRSAAuthentication\n";
    let report = report(log);
    assert_eq!(report.findings, []);
    assert_eq!(report.notes.len(), 1);
    let mismatch = "userauth_hostbased mismatch: client sends node1, but we resolve 10.77.0.1 to node1.example.org\n\
                    Accepted hostbased for alice from 10.77.0.1 port 40000 ssh2: ED25519 FP";
    assert_eq!(ids(&attempt("alice", mismatch)), [""; 0]);
    assert_eq!(ids("debug1: no hostbased cert loaded from /etc/ssh/ssh_host_rsa_key\n"), [""; 0]);
}

#[test]
fn names_that_somebody_chose_lead_nowhere() {
    let tag = "Nov 23 02:51:52 srv sshd[1]: ";
    for name in [
        "x from 1.2.3.4 port 5 ssh2: ED25519 SHA256:",
        "x sshd[2]: Accepted hostbased for root",
        "debug2: auth_rhosts2 refused user \"a\" host \"1.2.3.4\" addr \"1.2.3.4\"",
        "a: line 1: Bad configuration option: HostbasedKeyTypes",
        "Certificate invalid: expired",
        "key for host x not found",
        "/etc/ssh/sshd_config: line 1: Bad configuration option: hostbasedkeytypes",
    ] {
        let log = format!(
            "{tag}debug1: userauth-request for user {name} service ssh-connection method hostbased [preauth]\n\
             {tag}debug1: userauth_hostbased: cuser {name} chost {name}. pkalg ssh-ed25519 slen 83 [preauth]\n\
             {tag}Connection closed by invalid user {name} 10.77.0.1 port 4 [preauth]\n"
        );
        assert_eq!(ids(&log), [""; 0], "{name}");
        let invalid = format!("{tag}Invalid user {name} from 10.77.0.1 port 4\n");
        assert_eq!(ids(&invalid), ["!account-not-acceptable"], "{name}");
    }
    // A client's host name that makes the line look like one that was refused by its address.
    let forged = "h\" addr \"h\" host \"10.77.0.1";
    let log =
        attempt("alice", &format!("debug2: auth_rhosts2 refused user \"alice\" host \"{forged}\" addr \"10.77.0.1\""));
    assert!(!ids(&log).iter().any(|id| id.contains("usedns") || id.starts_with('!')), "{:?}", ids(&log));
    // A client's user name in the line of a failed attempt.
    let failed = "Failed hostbased for alice from 10.77.0.1 port 4 ssh2: ED25519 FP, client user \"alice\", client host \
                  \"x\", client user \"bob\", client host \"x.\"";
    assert_eq!(ids(&format!("{tag}{failed}\n")), ["log-level-hides-everything"]);
}

#[test]
fn old_and_foreign_programs_are_named() {
    assert_eq!(
        ids(&client("debug1: Next authentication method: publickey").replace("9.2p1", "3.4p1"))[..1],
        ["!broken-release"]
    );
    let peer = "debug1: Remote protocol version 2.0, remote software version 6.4.14 SSH Tectia Server\n";
    assert!(ids(&client(peer)).contains(&"commercial-or-sun-peer".to_owned()));
    let penalty = "Nov 23 02:51:52 srv sshd[1]: srclimit_penalise: 10.77.0.1/32: activating ipv4 penalty of 19.551 seconds for \
                   penalty: failed authentication\n";
    assert_eq!(ids(penalty), ["per-source-penalty-locks-out-node"]);
    assert_eq!(ids(&penalty.replace("failed authentication", "exceeded LoginGraceTime")), [""; 0]);
}

#[test]
fn a_log_without_end_is_not_held() {
    let mut reader = Reader::default();
    for number in 0..20_000_usize {
        reader.read(number, &format!("x sshd[{number}]: ROOT LOGIN REFUSED FROM 10.77.0.1 port 4"));
        reader.read(number, "x sshd[1]: debug1: check_key_in_hostfiles: key for host x not found");
        reader.read(number, "x sshd[1]: Accepted hostbased for alice from 10.77.0.1 port 4 ssh2");
    }
    assert!(reader.open.len() <= MAX_OPEN && reader.notes.len() <= MAX_TOLD);
    let report = reader.report();
    assert!(report.findings.len() < 10, "{}", report.findings.len());
    assert!(report.findings[0].seen.contains("connections)"));
}

#[test]
fn what_is_shown_is_escaped() {
    let log = "Invalid user \x1b[31m\u{202e} from 10.77.0.1 port 4\n";
    let seen = report(log).findings[0].seen.clone();
    assert!(seen.bytes().all(|byte| matches!(byte, b' '..=b'~')) && seen.contains("\\x1b"), "{seen}");
}

/// A generator that gives the same numbers each time (xorshift).
fn random(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed >> 33).unwrap()
}

#[test]
fn whatever_a_log_holds_nothing_but_plain_text_is_told() {
    let genuine = [
        attempt("alice", &failed("alice", "ED25519")),
        attempt("alice", "debug2: auth_rhosts2 refused user \"alice\" host \"10.77.0.1\" addr \"10.77.0.1\""),
        client("debug1: Next authentication method: hostbased\nssh_keysign: no reply"),
        helper("could not open any host key"),
    ]
    .concat();
    let pieces = ["\x1b[2J", "\u{202e}", "\"", "\\", "\r", "\t", "\0", "é", " from 10.0.0.9 port 1 ssh2: ", "SHA256:"];
    let mut seed = 7;
    let mut found = 0;
    for _ in 0..400 {
        let mut log = genuine.clone();
        for _ in 0..8 {
            let mut at = random(&mut seed) % log.len();
            while !log.is_char_boundary(at) {
                at -= 1;
            }
            match random(&mut seed) % 3 {
                0 => log.insert_str(at, pieces[random(&mut seed) % pieces.len()]),
                1 => drop(log.remove(at)),
                _ => {
                    let copy = log[at..].lines().next().unwrap_or_default().to_owned();
                    log.insert_str(at, &copy);
                }
            }
        }
        let report = report(&log);
        found += report.findings.len();
        let texts = report.findings.iter().flat_map(|finding| [&finding.seen, &finding.why]).chain(&report.notes);
        for text in texts {
            assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text:?} of {log:?}");
        }
    }
    assert!(found > 400, "{found}: the logs are still logs");
}
