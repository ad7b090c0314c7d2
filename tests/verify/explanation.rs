//! What is said of a decision: every refusal by its code, sshd's own message, what would mend it, and the steps.

use std::collections::BTreeSet;

use hostbased::key::{AlgorithmList, PublicKey};
use hostbased::revoked::{Means, Revocation};
use hostbased::verify::{
    IgnoreRhosts, Method, PermitRootLogin, Refusal, Shell, Stat, Step, StepResult, Unreadable, explain,
};
use hostbased::wire::Writer;

use crate::certificate::{Draft, certify};
use crate::fixture::{Attempt, NOW, Own, OwnFiles, Text, line, packet_only, public, use_dns};

/// One refusal: its code, what sshd says (`None`: nothing, or it has no such refusal), and how to come to it.
type Row = (&'static str, Option<&'static str>, fn(&mut Attempt));

/// Of the attempts of this table, each is one step from being let in.
const ROWS: &[Row] = &[
    ("connection-refused", Some("administratively prohibited connection for alice from 10.77.0.1"), |a| {
        a.policy.refuse_connection = true;
    }),
    ("method-not-enabled", Some("method hostbased not enabled"), |a| a.policy.hostbased_authentication = false),
    ("other-account", None, |a| a.account = "bob"),
    ("algorithm-unknown", Some("unsupported public key algorithm: ssh-dss"), |a| a.algorithm = "ssh-dss"),
    ("algorithm-not-accepted", Some("signature algorithm ssh-rsa not in HostbasedAcceptedAlgorithms"), |a| {
        a.algorithm = "ssh-rsa"
    }),
    ("algorithm-unsupported", None, |a| {
        a.policy.set("HostbasedAcceptedAlgorithms", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com").unwrap();
        a.algorithm = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
    }),
    ("key-undecodable", Some("key_from_blob: "), |a| a.blob = Some(vec![0])),
    (
        "key-type-mismatch",
        Some("key type mismatch for decoded key (received ssh-ed25519, expected ecdsa-sha2-nistp256)"),
        |a| a.algorithm = "ecdsa-sha2-nistp256",
    ),
    ("ca-algorithm-unknown", None, |a| {
        certify(a, &Draft::default());
        // The name inside the authority's signature, which is the last field, is changed.
        let mut blob = a.key.blob().to_vec();
        let at = blob.windows(11).rposition(|window| window == b"ssh-ed25519").unwrap();
        blob[at..at + 11].copy_from_slice(b"new@example");
        a.blob = Some(blob);
    }),
    (
        "ca-algorithm-not-accepted",
        Some("certificate signature algorithm ssh-ed25519: signature algorithm not supported"),
        |a| {
            certify(a, &Draft::default());
            a.policy.ca_signature_algorithms =
                AlgorithmList::parse("rsa-sha2-512", &AlgorithmList::ca_default()).unwrap();
        },
    ),
    ("rsa-too-small", Some("refusing RSA key: Invalid key length"), |a| {
        let mut n = [0xa5; 256];
        n[0] = 0x80;
        let blob = Writer::new().string(b"ssh-rsa").mpint(&[1, 0, 1]).mpint(&n).into_bytes();
        a.key = PublicKey::from_blob(&blob).unwrap();
        a.algorithm = "rsa-sha2-512";
        a.policy.required_rsa_size = 2049;
    }),
    ("account-unknown", Some("Invalid user alice from 10.77.0.1"), |a| a.entry = None),
    ("account-locked", Some("User alice not allowed because account is locked"), |a| {
        a.entry.as_mut().unwrap().locked = true;
    }),
    ("shell-missing", Some("User alice not allowed because shell /bin/no does not exist"), |a| {
        a.entry.as_mut().unwrap().shell = Shell::Missing("/bin/no");
    }),
    ("shell-not-executable", Some("User alice not allowed because shell /etc/no is not executable"), |a| {
        a.entry.as_mut().unwrap().shell = Shell::NotExecutable("/etc/no");
    }),
    ("user-denied", Some("User alice from 10.77.0.1 not allowed because listed in DenyUsers"), |a| {
        a.policy.set("DenyUsers", "bob al*@10.77.0.0/16").unwrap();
    }),
    ("user-denied", Some("User alice from node1.cluster.test not allowed because listed in DenyUsers"), |a| {
        use_dns(a);
        a.policy.set("DenyUsers", "alice").unwrap();
    }),
    ("user-not-allowed", Some("User alice from 10.77.0.1 not allowed because not listed in AllowUsers"), |a| {
        a.policy.set("AllowUsers", "bob alice@10.77.0.2").unwrap();
    }),
    ("no-group", Some("User alice from 10.77.0.1 not allowed because not in any group"), |a| {
        a.policy.set("DenyGroups", "wheel").unwrap();
    }),
    ("group-denied", Some("User alice from 10.77.0.1 not allowed because a group is listed in DenyGroups"), |a| {
        a.policy.set("DenyGroups", "wheel").unwrap();
        a.entry.as_mut().unwrap().groups = wheel();
    }),
    (
        "group-not-allowed",
        Some("User alice from 10.77.0.1 not allowed because none of user's groups are listed in AllowGroups"),
        |a| {
            a.policy.set("AllowGroups", "staff").unwrap();
            a.entry.as_mut().unwrap().groups = wheel();
        },
    ),
    ("bad-user-pattern", Some("Invalid AllowUsers pattern \"alice@10.0.0.1/8\""), |a| {
        a.policy.allow_users = vec!["alice@10.0.0.1/8".into()]
    }),
    ("method-not-listed", Some("method hostbased not allowed by AuthenticationMethods"), |a| {
        a.policy.set("AuthenticationMethods", "publickey,hostbased password").unwrap();
    }),
    ("key-already-used", Some("key already used: ED25519 SHA256:"), |a| {
        a.has_done("hostbased,hostbased", &[Method::Hostbased], &[1]);
    }),
    ("key-revoked", Some(" revoked by file /revoked_keys"), |a| a.revoked = vec![public(1).to_line().into()]),
    ("revoked-keys-missing", Some(" in revoked keys file /revoked_keys: "), |a| a.revoked = vec![Text::Missing]),
    ("revoked-keys-unreadable", Some("Error checking authentication key ED25519 SHA256:"), |a| {
        a.revoked = vec![Text::Unreadable(Unreadable::Malformed)];
    }),
    ("name-mismatch", None, |a| {
        a.policy.require_name_match = true;
        a.client_host = "other.";
    }),
    ("root-ignores-system-files", Some("auth_rhosts2 refused user \"alice\" host \"10.77.0.1\""), |a| a.set_uid(0)),
    ("equiv-no-files", Some("auth_rhosts2 refused user \"alice\" host \"10.77.0.1\" addr \"10.77.0.1\""), |a| {
        a.equiv.clear();
    }),
    ("equiv-no-match", Some("auth_rhosts2 refused user \"bob\" host \"node1.cluster.test\" (from packet)"), |a| {
        packet_only(a);
        a.client_user = "bob";
    }),
    ("equiv-denies", Some("auth_rhosts2 refused user \"alice\""), |a| a.equiv[0].1.push_front("-10.77.0.1\n")),
    ("equiv-unreadable", Some("auth_rhosts2 refused user \"alice\""), |a| {
        a.equiv[0].1 = Text::Unreadable(Unreadable::NotAFile);
    }),
    ("equiv-modes", Some("auth_rhosts2 refused user \"alice\""), |a| {
        own(a).shosts = Own::is("10.77.0.1\n").with_stat(1000, 0o666);
    }),
    ("home-missing", Some("auth_rhosts2 refused user \"alice\""), |a| own(a).home = None),
    ("home-modes", Some("auth_rhosts2 refused user \"alice\""), |a| {
        own(a).home = Some(Stat { uid: 1000, mode: 0o40_777 });
    }),
    (
        "certificate-not-for-hosts",
        Some("Refusing certificate ID \"node1\" serial=7 signed by ED25519 CA SHA256:"),
        |a| certify(a, &Draft { kind: 1, ..Draft::default() }),
    ),
    ("certificate-not-yet-valid", Some(": Certificate invalid: not yet valid"), |a| {
        certify(a, &Draft { valid: [NOW + 1, NOW + 2], ..Draft::default() });
    }),
    ("certificate-expired", Some(": Certificate invalid: expired"), |a| {
        certify(a, &Draft { valid: [0, NOW], ..Draft::default() });
    }),
    ("certificate-without-principals", Some(": Certificate lacks principal list"), |a| {
        certify(a, &Draft { principals: vec![], ..Draft::default() });
    }),
    ("certificate-for-other-hosts", Some(": Certificate invalid: name is not a listed principal"), |a| {
        certify(a, &Draft { principals: vec!["10.77.0.2"], ..Draft::default() });
    }),
    ("certificate-critical-options", Some(": Certificate contains unsupported critical options"), |a| {
        let value = Writer::new().string(b"x").into_bytes();
        let critical = Writer::new().string(b"force-command").string(&value).into_bytes();
        certify(a, &Draft { critical, ..Draft::default() });
    }),
    ("known-hosts-unreadable", None, |a| a.known_hosts = Text::Unreadable(Unreadable::HalfWritten)),
    ("host-key-unknown", Some("key for host 10.77.0.1 not found"), |a| a.known_hosts = Text::Missing),
    ("host-key-changed", Some("key for host 10.77.0.1 not found"), |a| a.known_hosts = line("10.77.0.1", 2).into()),
    ("host-key-revoked", Some("WARNING: revoked key for 10.77.0.1 attempted authentication"), |a| {
        a.known_hosts.push_front(&line("@revoked *", 1));
    }),
    ("certificate-forged", Some("key_from_blob: "), |a| certify(a, &Draft { signer: 8, ..Draft::default() })),
    ("signature-invalid", Some("hostbased ED25519 signature using ssh-ed25519 unverified: "), |a| a.signer = 2),
    ("root-not-permitted", Some("ROOT LOGIN REFUSED FROM 10.77.0.1"), |a| {
        own(a).shosts = Own::is("10.77.0.1\n");
        a.entry.as_mut().unwrap().uid = 0;
        own(a).home = Some(Stat { uid: 0, mode: 0o40_700 });
        own(a).shosts.stat = Some(Stat { uid: 0, mode: 0o100_600 });
        a.policy.permit_root_login = PermitRootLogin::No;
    }),
    ("session-id-invalid", None, |a| a.session_id = b""),
    ("application-denies", None, |a| a.application = Some(false)),
    ("partial-success", Some("Partial hostbased for alice from 10.77.0.1"), |a| {
        a.policy.set("AuthenticationMethods", "hostbased,publickey").unwrap();
    }),
];

/// Codes that other tests reach, because it takes keys or files that are not here.
const ELSEWHERE: &[&str] = &[
    "user-not-present", // signature_rules
];

fn wheel() -> &'static [Vec<u8>] {
    Vec::leak(vec![b"wheel".to_vec()])
}

/// The system's equiv files are silent, and the user's own count.
fn own(attempt: &mut Attempt) -> &mut OwnFiles {
    attempt.policy.ignore_rhosts = IgnoreRhosts::No;
    attempt.equiv = vec![("shosts.equiv", "# nobody\n".into())];
    attempt.own.get_or_insert_default()
}

#[test]
fn every_refusal_is_reached_by_its_code_with_sshds_message_and_a_mend() {
    for (code, message, change) in ROWS {
        let mut attempt = Attempt::default();
        change(&mut attempt);
        attempt.judge(|decision| {
            let refusal = decision.outcome().err().unwrap_or_else(|| panic!("{code}: let in"));
            assert_eq!(refusal.code(), *code, "{refusal}");
            let said = decision.explanation().sshd_message();
            match message {
                Some(message) => assert!(said.as_deref().unwrap_or_default().contains(message), "{code}: {said:?}"),
                None => assert_eq!(said, None, "{code}"),
            }
            let hint = decision.explanation().hint().unwrap_or_default();
            assert!(hint.len() > 20 && !hint.ends_with('.') && !hint.contains("  "), "{code}: {hint:?}");
        });
    }
}

/// sshd looks at neither owner nor mode of these files, and says nothing: it goes on.
#[test]
fn where_sshd_goes_on_it_says_nothing() {
    for (why, is_said) in [
        (Unreadable::Writable { mode: 0o666 }, false),
        (Unreadable::Owner { owner: 7 }, false),
        (Unreadable::NotAFile, true),
    ] {
        let equiv = Attempt { equiv: vec![("shosts.equiv", Text::Unreadable(why))], ..Attempt::default() };
        let revoked = Attempt { revoked: vec![Text::Unreadable(why)], ..Attempt::default() };
        for (attempt, code) in [(equiv, "equiv-unreadable"), (revoked, "revoked-keys-unreadable")] {
            attempt.judge(|decision| {
                assert_eq!(decision.outcome().unwrap_err().code(), code);
                assert_eq!(decision.explanation().sshd_message().is_some(), is_said, "{code} {why:?}");
            });
        }
    }
}

#[test]
fn the_level_is_told_where_the_default_does_not_suffice() {
    for (code, level) in [
        ("method-not-enabled", Some("DEBUG3")),
        ("account-locked", None),
        ("equiv-denies", Some("DEBUG2")),
        ("host-key-unknown", Some("DEBUG1")),
        ("host-key-revoked", None),
        ("certificate-expired", None),
    ] {
        let (_, _, change) = ROWS.iter().find(|(of, ..)| *of == code).unwrap();
        let mut attempt = Attempt::default();
        change(&mut attempt);
        attempt.judge(|decision| assert_eq!(decision.explanation().sshd_level(), level, "{code}"));
    }
    Attempt::default().judge(|decision| assert_eq!(decision.explanation().sshd_level(), None));
}

/// What StrictModes minds is the mode or the owner, and the text says which.
#[test]
fn strict_modes_say_which_of_owner_and_mode_is_wrong() {
    for (uid, mode, said) in [
        (1000, 0o660, "may be written by its group (mode 0660)"),
        (1000, 0o602, "may be written by others (mode 0602)"),
        (7, 0o600, "belongs to uid 7, neither to the account nor to root"),
    ] {
        let mut attempt = Attempt::default();
        own(&mut attempt).shosts = Own::is("10.77.0.1\n").with_stat(uid, mode);
        attempt.judge(|decision| {
            let refusal = decision.outcome().unwrap_err();
            assert_eq!(refusal.code(), "equiv-modes");
            assert!(refusal.to_string().ends_with(said), "{refusal}");
        });
    }
}

#[test]
fn a_refusal_names_the_file_and_the_line_that_decided() {
    let named = |refusal: Refusal<'_>| {
        let place = refusal.place().map(|place| format!("{}:{}", place.file, place.line));
        (refusal.file().map(str::to_owned), place)
    };
    for (code, _, change) in ROWS {
        let (file, line) = match *code {
            "key-revoked" => (Some("/revoked_keys"), Some("/revoked_keys:1")),
            "revoked-keys-missing" | "revoked-keys-unreadable" => (Some("/revoked_keys"), None),
            "equiv-denies" => (Some("shosts.equiv"), Some("shosts.equiv:1")),
            "equiv-unreadable" => (Some("shosts.equiv"), None),
            "equiv-modes" => (Some("~/.shosts"), None),
            "known-hosts-unreadable" => (Some("ssh_known_hosts"), None),
            "host-key-changed" | "host-key-revoked" => (Some("ssh_known_hosts"), Some("ssh_known_hosts:1")),
            _ => (None, None),
        };
        let mut attempt = Attempt::default();
        change(&mut attempt);
        let expected = (file.map(str::to_owned), line.map(str::to_owned));
        attempt.judge(|decision| assert_eq!(named(decision.outcome().unwrap_err()), expected, "{code}"));
    }
    // Of a RevokedKeys file, a line of a list is a place; an entry of a KRL is none.
    let revoked = |how| named(Refusal::KeyRevoked { file: "rk", how });
    let file = || Some("rk".to_owned());
    assert_eq!(revoked(Revocation::Authority(Means::Line(3))), (file(), Some("rk:3".to_owned())));
    assert_eq!(revoked(Revocation::Key(Means::Sha256)), (file(), None));
}

#[test]
fn a_log_is_told_who_is_let_in_by_which_lines() {
    let attempt = Attempt { client_host: "\x1b.", ..Attempt::default() };
    attempt.judge(|decision| {
        let user = decision.outcome().unwrap();
        let wanted = format!(
            "alice let in as user \"alice\" of \"10.77.0.1\", {} (shosts.equiv:1, ssh_known_hosts:1)",
            public(1)
        );
        assert_eq!(user.to_string(), wanted);
    });
}

#[test]
fn the_table_has_every_code_that_there_is() {
    let source = [include_str!("../../src/verify/refusal/code.rs"), include_str!("../../src/verify/gate/refusal.rs")];
    let there_are: BTreeSet<&str> = source
        .iter()
        .flat_map(|source| source.lines())
        .filter_map(|line| line.split_once("=> \"")?.1.split_once('"'))
        .map(|(code, _)| code)
        .filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        .collect();
    let reached: BTreeSet<&str> = ROWS.iter().map(|(code, ..)| *code).chain(ELSEWHERE.iter().copied()).collect();
    assert!(there_are.len() > 40, "{there_are:?}");
    assert_eq!(there_are, reached);
}

#[test]
fn explain_says_the_same_but_for_signature_and_application() {
    for (code, _, change) in ROWS {
        let mut attempt = Attempt::default();
        change(&mut attempt);
        let verdict = attempt.with_inputs(|inputs| explain(inputs).refusal().map(|refusal| refusal.code()));
        match *code {
            "signature-invalid" | "session-id-invalid" | "application-denies" | "partial-success" => {
                assert_eq!(verdict, None)
            }
            code => assert_eq!(verdict, Some(code)),
        }
    }
}

/// The steps, each once, with the last of what came of it.
fn steps(attempt: &Attempt) -> Vec<(&'static str, StepResult)> {
    attempt.judge(|decision| {
        let mut steps: Vec<(&'static str, StepResult)> = Vec::new();
        for trace in decision.explanation().traces() {
            steps.retain(|(name, _)| *name != trace.step.name());
            steps.push((trace.step.name(), trace.result));
        }
        steps
    })
}

#[test]
fn the_steps_are_sshds_in_order_and_end_at_the_refusal() {
    let names: Vec<&str> = Step::ALL.iter().map(|step| step.name()).collect();
    for (code, _, change) in ROWS {
        let mut attempt = Attempt::default();
        change(&mut attempt);
        let steps = steps(&attempt);
        assert_eq!(steps.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names, "{code}");
        let no = steps.iter().position(|(_, result)| *result == StepResult::No).unwrap();
        assert!(steps[no + 1..].iter().all(|(_, result)| *result == StepResult::Skipped), "{code}: {steps:?}");
    }
    let accepted = steps(&Attempt::default());
    let skipped: Vec<&str> =
        accepted.iter().filter(|(_, result)| *result == StepResult::Skipped).map(|(name, _)| *name).collect();
    assert_eq!(skipped, ["revoked-keys", "certificate", "root-login", "application"]);
    assert!(!accepted.iter().any(|(_, result)| *result == StepResult::No));
}

#[test]
fn steps_name_the_line_that_decided_and_quote_none() {
    let mut attempt = Attempt::default();
    attempt.equiv = vec![("hosts.equiv", "-10.77.0.1\n".into()), ("shosts.equiv", "# secret-word\n10.77.0.1\n".into())];
    attempt.judge(|decision| {
        let explanation = decision.explanation();
        let said = |step: Step| -> Vec<String> {
            let traces = explanation.traces().iter().filter(move |trace| trace.step == step);
            traces
                .map(|trace| {
                    let place = trace.place.map(|place| format!("{}:{}", place.file, place.line)).unwrap_or_default();
                    format!("{} {place} {}", trace.result.as_str(), explanation.detail(trace))
                })
                .collect()
        };
        assert_eq!(
            said(Step::Equiv),
            [
                "skipped hosts.equiv:1 this line shuts this user of that host out; it holds for its own file only",
                "ok shosts.equiv:2 this line believes the host for this user",
            ]
        );
        assert_eq!(said(Step::KnownHosts), ["ok ssh_known_hosts:1 this line holds the key for that host"]);
        assert_eq!(
            said(Step::Name),
            [
                "ok  looked up: \"10.77.0.1\"",
                "ok  the client claims to be \"node1.cluster.test\"; that is logged and decides nothing",
            ]
        );
        assert!(explanation.traces().iter().all(|trace| !explanation.detail(trace).contains("secret-word")));
    });
}

/// What is said of this step: results and texts.
fn said(attempt: &Attempt, step: Step) -> Vec<String> {
    attempt.judge(|decision| {
        let explanation = decision.explanation();
        let traces = explanation.traces().iter().filter(|trace| trace.step == step);
        traces.map(|trace| format!("{} {}", trace.result.as_str(), explanation.detail(trace))).collect()
    })
}

#[test]
fn each_file_that_was_asked_is_named_with_what_came_of_it() {
    let mut attempt = Attempt::default();
    own(&mut attempt).shosts = Own::is("10.77.0.1\n").with_stat(1000, 0o666);
    own(&mut attempt).rhosts = Own::is("10.77.0.1\n");
    attempt.equiv.insert(0, ("hosts.equiv", Text::Missing));
    attempt.equiv.push(("more.equiv", Text::Unreadable(Unreadable::TooLarge)));
    let asked = [
        "skipped hosts.equiv: there is no such file",
        "skipped shosts.equiv: no line is for this user of that host",
        "skipped more.equiv: it is too large",
        "skipped ~/.shosts: StrictModes: others could have written it, so it is ignored",
    ];
    let whole = |last: &[&'static str]| [&asked[..], last].concat();
    assert_eq!(said(&attempt, Step::Equiv), whole(&["ok this line believes the host for this user"]));
    attempt.own.as_mut().unwrap().rhosts = Own::missing();
    let refused = "no more.equiv cannot be read (it is too large), and nothing else lets this user of that host in";
    assert_eq!(said(&attempt, Step::Equiv), whole(&["skipped ~/.rhosts: there is no such file", refused]));
    attempt.policy.ignore_rhosts = IgnoreRhosts::ShostsOnly;
    assert_eq!(said(&attempt, Step::Equiv), whole(&["skipped ~/.rhosts: ignored by IgnoreRhosts", refused]));
    attempt.set_uid(0);
    let root = said(&attempt, Step::Equiv);
    assert_eq!(root[0], "skipped root is not let in by hosts.equiv and shosts.equiv");
}

#[test]
fn what_authentication_methods_asks_for_then_is_foreseen() {
    let foreseen = |lists: &str, done: &[Method]| {
        let mut attempt = Attempt::default();
        attempt.has_done(lists, done, &[]);
        attempt.with_inputs(|inputs| {
            let explanation = explain(inputs);
            assert_eq!(explanation.refusal(), None);
            let last = explanation.traces().last().unwrap();
            assert_eq!(last.step, Step::FurtherMethods);
            format!("{} {}", last.result.as_str(), explanation.detail(last))
        })
    };
    assert_eq!(foreseen("any", &[]), "ok ");
    assert_eq!(foreseen("hostbased", &[]), "ok ");
    assert_eq!(foreseen("publickey,hostbased", &[Method::PublicKey]), "ok ");
    let further = "skipped AuthenticationMethods then asks for password publickey,hostbased";
    assert_eq!(foreseen("hostbased,password publickey,hostbased", &[]), further);
}

#[test]
fn each_name_that_was_looked_up_is_named() {
    let mut attempt = Attempt { names: vec!["node2.cluster.test", "node1.cluster.test"], ..Attempt::default() };
    use_dns(&mut attempt);
    attempt.known_hosts = line("node1.cluster.test", 1).into();
    let looked_up = |name: &str| format!("ok looked up: \"{name}\", in the equiv files also \"10.77.0.1\"");
    let claims = "ok the client claims to be \"node1.cluster.test\"; that is logged and decides nothing".to_owned();
    let names = vec![looked_up("node2.cluster.test"), claims, looked_up("node1.cluster.test")];
    assert_eq!(said(&attempt, Step::Name), names);
    let other = "skipped not by this name (host-key-unknown); the host has another";
    assert_eq!(
        said(&attempt, Step::KnownHosts),
        ["skipped ssh_known_hosts2: there is no such file", other, "ok this line holds the key for that host"]
    );
    // Of the last name there is no other.
    attempt.known_hosts = "".into();
    let last = said(&attempt, Step::KnownHosts);
    assert_eq!(last.iter().filter(|text| *text == other).count(), 1, "{last:?}");
}

#[test]
fn what_a_peer_chose_is_escaped_wherever_it_is_said() {
    let mut attempt = Attempt { client_host: "\x1b[31m.", client_user: "a\"b\n", ..Attempt::default() };
    packet_only(&mut attempt);
    attempt.judge(|decision| {
        let explanation = decision.explanation();
        let texts = explanation.traces().iter().map(|trace| explanation.detail(trace));
        for text in texts.chain(explanation.sshd_message()).chain(explanation.hint()) {
            assert!(text.chars().all(|c| c == ' ' || c.is_ascii_graphic()), "{text:?}");
        }
        assert_eq!(
            explanation.sshd_message().unwrap(),
            "auth_rhosts2 refused user \"a\\x22b\\x0a\" host \"\\x1b[31m\" (from packet)"
        );
    });
}
