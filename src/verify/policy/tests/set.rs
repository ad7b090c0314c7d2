//! One option at a time, in sshd_config's syntax.

use super::*;
use crate::key::AlgorithmListError;

/// Where each flag goes.
type Field = fn(&Policy) -> bool;

const FLAGS: [(&str, Field); 12] = [
    ("HostbasedAuthentication", |policy| policy.hostbased_authentication),
    ("HostbasedUsesNameFromPacketOnly", |policy| policy.hostbased_uses_name_from_packet_only),
    ("UseDNS", |policy| policy.use_dns),
    ("IgnoreUserKnownHosts", |policy| policy.ignore_user_known_hosts),
    ("StrictModes", |policy| policy.strict_modes),
    ("PubkeyAuthentication", |policy| policy.pubkey_authentication),
    ("PasswordAuthentication", |policy| policy.password_authentication),
    ("KbdInteractiveAuthentication", |policy| policy.kbd_interactive_authentication),
    ("GSSAPIAuthentication", |policy| policy.gssapi_authentication),
    ("UsePAM", |policy| policy.use_pam),
    ("RefuseConnection", |policy| policy.refuse_connection),
    ("RequireNameMatch", |policy| policy.require_name_match),
];

#[test]
fn flags_are_yes_or_no_in_any_case_and_nothing_else() {
    for (option, field) in FLAGS {
        for (value, expected) in [("yes", true), ("NO", false), ("Yes", true), ("no # yes", false)] {
            for name in [option.to_owned(), option.to_lowercase(), option.to_uppercase()] {
                assert_eq!(field(&set(&[(&name, value)]).unwrap()), expected, "{name} {value}");
            }
            // It touches no other.
            let both = set(&[(option, "yes"), (option, value)]).unwrap();
            for (other, other_field) in FLAGS.iter().filter(|(other, _)| *other != option) {
                assert_eq!(other_field(&both), other_field(&Policy::default()), "{option} {other}");
            }
        }
        for value in ["true", "1", "on", "yes#", "ye", "shosts-only"] {
            let error = PolicyError::Value { option, value: value.to_owned(), allowed: "yes or no" };
            assert_eq!(set(&[(option, value)]), Err(error));
        }
        for value in ["", " \t", "# yes", "\"\""] {
            assert_eq!(set(&[(option, value)]), Err(PolicyError::NoValue { option, allowed: "yes or no" }));
        }
        let error = PolicyError::TooMany { option, value: "no".to_owned() };
        assert_eq!(set(&[(option, "yes no")]), Err(error));
    }
}

#[test]
fn old_names_mean_the_same() {
    let accepted = |policy: Policy| policy.hostbased_accepted_algorithms.to_string();
    assert_eq!(set(&[("HostbasedAcceptedKeyTypes", "ssh-rsa")]).map(accepted).unwrap(), "ssh-rsa");
    for (option, method) in [
        ("ChallengeResponseAuthentication", Method::KeyboardInteractive),
        ("skeyauthentication", Method::KeyboardInteractive),
        ("DSAAuthentication", Method::PublicKey),
    ] {
        assert!(!set(&[(option, "no")]).unwrap().is_enabled(method), "{option}");
    }
}

#[test]
fn other_options_are_named_as_unknown() {
    for option in ["", "UseDN", "UseDNSS", "X11Forwarding", "Match", "use_dns", "PubkeyAcceptedAlgorithms", " UseDNS"] {
        let error = PolicyError::UnknownOption { option: option.to_owned() };
        assert_eq!(set(&[(option, "yes")]), Err(error));
    }
    let text = set(&[("a\x1b", "yes")]).unwrap_err().to_string();
    assert!(
        text.starts_with("no option \"a\\x1b\" decides over hostbased; these do: HostbasedAuthentication, "),
        "{text}"
    );
    assert!(text.ends_with(", RevokedKeys, RequireNameMatch"), "{text}");
}

#[test]
fn options_of_one_word_replace_what_was() {
    for (value, expected) in
        [("yes", IgnoreRhosts::Yes), ("No", IgnoreRhosts::No), ("SHOSTS-only", IgnoreRhosts::ShostsOnly)]
    {
        assert_eq!(set(&[("IgnoreRhosts", "no"), ("IgnoreRhosts", value)]).unwrap().ignore_rhosts, expected);
    }
    for (value, expected) in [
        ("yes", PermitRootLogin::Yes),
        ("no", PermitRootLogin::No),
        ("prohibit-password", PermitRootLogin::ProhibitPassword),
        ("Without-Password", PermitRootLogin::ProhibitPassword),
        ("forced-commands-only", PermitRootLogin::ForcedCommandsOnly),
    ] {
        let policy = set(&[("PermitRootLogin", "yes"), ("PermitRootLogin", value)]).unwrap();
        assert_eq!(policy.permit_root_login, expected);
    }
    for (option, allowed) in [
        ("IgnoreRhosts", "yes, no or shosts-only"),
        ("PermitRootLogin", "yes, prohibit-password, forced-commands-only or no"),
    ] {
        let value = "rhosts-only".to_owned();
        assert_eq!(set(&[(option, "rhosts-only")]), Err(PolicyError::Value { option, value, allowed }));
    }
}

#[test]
fn the_rsa_size_is_a_number_of_bits() {
    let size = |value: &str| set(&[("RequiredRSASize", value)]).map(|policy| policy.required_rsa_size);
    for (value, expected) in [("3072", 3072), ("0", 0), ("+5", 5), ("\" 2048\"", 2048), ("2147483647", 2_147_483_647)] {
        assert_eq!(size(value), Ok(expected));
    }
    for value in ["-1", "2147483648", "0x800", "2048bits", "2048."] {
        let value_error = |value: &str| PolicyError::Value {
            option: "RequiredRSASize",
            value: value.to_owned(),
            allowed: "a number of bits",
        };
        assert_eq!(size(value), Err(value_error(value)));
    }
}

#[test]
fn algorithms_are_relative_to_the_defaults() {
    let accepted = |value: &str| {
        set(&[("HostbasedAcceptedAlgorithms", value)]).map(|p| p.hostbased_accepted_algorithms.to_string())
    };
    let default = AlgorithmList::hostbased_default().to_string();
    assert_eq!(accepted("ssh-ed25519"), Ok("ssh-ed25519".to_owned()));
    assert_eq!(accepted("+ssh-rsa"), Ok(format!("{default},ssh-rsa")));
    assert_eq!(accepted("rsa-sha2-512*"), Ok("rsa-sha2-512,rsa-sha2-512-cert-v01@openssh.com".to_owned()));
    let twice = [("HostbasedAcceptedAlgorithms", "ssh-rsa"), ("hostbasedacceptedalgorithms", "^ssh-ed25519")];
    let list = set(&twice).unwrap().hostbased_accepted_algorithms.to_string();
    assert!(list.starts_with("ssh-ed25519,") && !list.contains(",ssh-rsa"), "{list}");
    let wrong = |option, error| Err(PolicyError::Algorithms { option, error });
    let unknown = AlgorithmListError::Unknown("ssh-dss".to_owned());
    assert_eq!(accepted("ssh-dss"), wrong("HostbasedAcceptedAlgorithms", unknown));
    let negated = AlgorithmListError::Negated("!ssh-rsa".to_owned());
    assert_eq!(accepted("!ssh-rsa,*"), wrong("HostbasedAcceptedAlgorithms", negated));
    // Nothing is left, so nothing is accepted.
    assert_eq!(accepted("-*"), Ok(String::new()));
}

#[test]
fn authorities_do_not_sign_by_certificates() {
    let ca =
        |value: &str| set(&[("CASignatureAlgorithms", value)]).map(|policy| policy.ca_signature_algorithms.to_string());
    let default = AlgorithmList::ca_default().to_string();
    assert_eq!(ca("ssh-ed25519,rsa-sha2-512"), Ok("ssh-ed25519,rsa-sha2-512".to_owned()));
    assert_eq!(ca("+ssh-rsa"), Ok(format!("{default},ssh-rsa")));
    assert_eq!(
        ca("*ed25519*"),
        Ok("ssh-ed25519,sk-ssh-ed25519@openssh.com,ssh-mldsa44-ed25519@openssh.com".to_owned())
    );
    assert_eq!(ca("-rsa*"), Ok(default.replace(",rsa-sha2-512,rsa-sha2-256", "")));
    for value in [
        "ssh-ed25519-cert-v01@openssh.com",
        "+ssh-ed25519-cert-v01@openssh.com",
        "^ssh-ed25519,ssh-ed25519-cert-v01@openssh.com",
    ] {
        let error = AlgorithmListError::Unknown("ssh-ed25519-cert-v01@openssh.com".to_owned());
        assert_eq!(ca(value), Err(PolicyError::Algorithms { option: "CASignatureAlgorithms", error }));
    }
}

#[test]
fn patterns_are_added_as_each_line_adds_them() {
    let two = |option| [(option, "a \"b c\" 'd'"), (option, "e\\ f #g")];
    let expected = ["a", "b c", "d", "e f"];
    assert_eq!(set(&two("AllowUsers")).unwrap().allow_users, expected);
    assert_eq!(set(&two("DenyUsers")).unwrap().deny_users, expected);
    assert_eq!(set(&two("AllowGroups")).unwrap().allow_groups, expected);
    assert_eq!(set(&two("DenyGroups")).unwrap().deny_groups, expected);
    let allow = set(&two("AllowUsers")).unwrap();
    assert_eq!((allow.deny_users.len(), allow.allow_groups.len(), allow.deny_groups.len()), (0, 0, 0));
    for option in ["AllowUsers", "DenyUsers", "AllowGroups", "DenyGroups"] {
        assert!(matches!(set(&[(option, "")]), Err(PolicyError::NoValue { .. })));
        assert!(matches!(set(&[(option, "a ''")]), Err(PolicyError::Value { value, .. }) if value.is_empty()));
        assert!(set(&[(option, "a@10.0.0.0/8")]).is_ok());
    }
    // Only users have hosts.
    for (option, is_taken) in [("AllowUsers", false), ("DenyUsers", false), ("AllowGroups", true), ("DenyGroups", true)]
    {
        let mut policy = Policy::default();
        let before = policy.clone();
        let result = policy.set(option, "b a@10.0.0.1/8");
        assert_eq!(result.is_ok(), is_taken, "{option}");
        assert!(is_taken || policy == before, "an error leaves it as it was");
    }
}

#[test]
fn folders_and_files_may_be_none() {
    let chroot = |value: &str| set(&[("ChrootDirectory", value)]).map(|policy| policy.chroot_directory);
    assert_eq!(chroot("\"/srv/a b\""), Ok(Some("/srv/a b".to_owned())));
    assert_eq!(chroot("%h"), Ok(Some("%h".to_owned())));
    assert_eq!(chroot("NONE"), Ok(None));
    assert_eq!(chroot("none2"), Ok(Some("none2".to_owned())));
    assert!(matches!(chroot("/a /b"), Err(PolicyError::TooMany { value, .. }) if value == "/b"));
    let revoked =
        |value: &str| set(&[("RevokedKeys", "/old"), ("RevokedKeys", value)]).map(|policy| policy.revoked_keys);
    assert_eq!(revoked("/a '/b c'"), Ok(vec!["/a".to_owned(), "/b c".to_owned()]));
    assert_eq!(revoked("None"), Ok(Vec::new()));
    for (value, wrong) in [("none /a", "none"), ("/a none", "none"), ("/a b", "b"), ("~/a", "~/a"), ("/a ''", "")] {
        let allowed = "paths that begin with /, or none";
        assert_eq!(revoked(value), Err(PolicyError::Value { option: "RevokedKeys", value: wrong.to_owned(), allowed }));
    }
    assert!(matches!(revoked("#"), Err(PolicyError::NoValue { option: "RevokedKeys", .. })));
}

#[test]
fn of_several_wrong_values_the_first_is_named() {
    for (option, value, first) in
        [("AllowUsers", "a b@ c@", "b@"), ("DenyGroups", "a '' b ''", ""), ("RevokedKeys", "/a b c", "b")]
    {
        let error = set(&[(option, value)]).unwrap_err();
        assert!(matches!(&error, PolicyError::Value { value, .. } if value == first), "{option}: {error}");
    }
    let two = "ssh-rsa-cert-v01@openssh.com,ssh-ed25519-cert-v01@openssh.com";
    let error = AlgorithmListError::Unknown("ssh-rsa-cert-v01@openssh.com".to_owned());
    let option = "CASignatureAlgorithms";
    assert_eq!(set(&[(option, two)]), Err(PolicyError::Algorithms { option, error }));
}

#[test]
fn methods_are_read_where_they_are_set() {
    let methods = |value: &str| set(&[("AuthenticationMethods", value)]).map(|p| p.authentication_methods.to_string());
    assert_eq!(methods("publickey,hostbased \"hostbased:a b\""), Ok("publickey,hostbased hostbased:a b".to_owned()));
    assert_eq!(methods("any"), Ok("any".to_owned()));
    let wrong = |value: &str, error| Err(PolicyError::Methods { value: value.to_owned(), error });
    assert_eq!(methods("hostbased any"), wrong("hostbased any", MethodsError::AnyNotAlone));
    assert_eq!(methods("ANY"), wrong("ANY", MethodsError::Unknown("ANY".to_owned())));
    assert!(matches!(methods(""), Err(PolicyError::NoValue { .. })));
}

#[test]
fn quotes_are_those_of_sshd_config() {
    let users = |value: &str| set(&[("AllowUsers", value)]).map(|policy| policy.allow_users);
    for (value, expected) in [
        (" \ta\tb  c ", &["a", "b", "c"][..]),
        ("a#b c", &["a#b", "c"]),
        ("a '#b' \"#c\"", &["a", "#b", "#c"]),
        ("a\"b c\"d", &["ab cd"]),
        ("\"it's\"", &["it's"]),
        ("'say \"x\"'", &["say \"x\""]),
        ("a\\\"b \\'c a\\\\b", &["a\"b", "'c", "a\\b"]),
        ("'a\\'b' \"a\\\"b\"", &["a'b", "a\"b"]),
        // A backslash before anything else is plain, before a blank in quotes too.
        ("a\\b \"c\\ d\"", &["a\\b", "c\\ d"]),
        ("a\\", &["a\\"]),
        ("a\r\n\x0c", &["a"]),
    ] {
        assert_eq!(users(value).unwrap(), expected, "{value}");
    }
    for value in ["\"a", "a 'b", "'a\\'", "a\""] {
        let error = PolicyError::OpenQuote { option: "AllowUsers", value: value.to_owned() };
        assert_eq!(users(value), Err(error));
    }
}

#[test]
fn errors_name_option_and_value_and_say_what_is_allowed() {
    for (option, value, text) in [
        ("usedns", "\x1bx", "UseDNS \"\\x1bx\": yes or no"),
        ("usedns", "", "UseDNS has no value: yes or no"),
        ("usedns", "yes \x07", "UseDNS takes one value: \"\\x07\" is too many"),
        ("allowgroups", "'\x07", "AllowGroups: a quote is not closed in \"'\\x07\""),
        (
            "hostbasedacceptedkeytypes",
            "x\x07",
            "HostbasedAcceptedAlgorithms: \\x22x\\x07\\x22 is no algorithm and no pattern that fits one",
        ),
        ("authenticationmethods", "x\x07", "AuthenticationMethods \"x\\x07\": there is no method \"x\\x07\""),
        ("authenticationmethods", "hostbased,", "AuthenticationMethods \"hostbased,\": a method is missing"),
    ] {
        assert_eq!(set(&[(option, value)]).unwrap_err().to_string(), text);
    }
}
