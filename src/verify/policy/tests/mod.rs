//! Each option with its near misses.

mod methods;
mod output;
mod set;

use super::*;

fn set(options: &[(&str, &str)]) -> Result<Policy, PolicyError> {
    let mut policy = Policy::default();
    options.iter().try_for_each(|(option, value)| policy.set(option, value))?;
    Ok(policy)
}

#[test]
fn the_defaults_are_those_of_openssh_10_5() {
    let policy = Policy::default();
    for method in Method::ALL {
        let is_on = !matches!(method, Method::Hostbased | Method::GssapiWithMic);
        assert_eq!(policy.is_enabled(method), is_on, "{method:?}");
    }
    assert_eq!(policy.hostbased_accepted_algorithms, AlgorithmList::hostbased_default());
    assert_eq!(policy.ca_signature_algorithms, AlgorithmList::ca_default());
    assert_eq!(policy.required_rsa_size, 1024);
    assert!(!policy.hostbased_uses_name_from_packet_only);
    assert!(!policy.use_dns);
    assert_eq!(policy.ignore_rhosts, IgnoreRhosts::Yes);
    assert!(!policy.ignore_user_known_hosts);
    assert!(policy.strict_modes);
    assert_eq!(policy.permit_root_login, PermitRootLogin::ProhibitPassword);
    for list in [&policy.allow_users, &policy.deny_users, &policy.allow_groups, &policy.deny_groups] {
        assert_eq!(list, &[] as &[String]);
    }
    assert_eq!(policy.authentication_methods, AuthenticationMethods::any());
    assert!(!policy.use_pam);
    assert!(!policy.refuse_connection);
    assert_eq!(policy.chroot_directory, None);
    assert_eq!(policy.revoked_keys, [] as [String; 0]);
    assert!(!policy.require_name_match);
}

#[test]
fn root_may_log_in_by_hostbased_as_sshd_lets_it() {
    for (value, allowed) in [
        ("yes", true),
        ("prohibit-password", true),
        ("without-password", true),
        ("forced-commands-only", false),
        ("no", false),
    ] {
        let policy = set(&[("PermitRootLogin", value)]).unwrap();
        assert_eq!(policy.permit_root_login.allows_hostbased(), allowed, "{value}");
    }
}
