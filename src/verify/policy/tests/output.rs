//! What `sshd -T` prints. The real one is asked in tests/policy_vs_sshd.

use super::*;
use crate::key::Algorithm;

/// The options that decide, as sshd 9.2 prints them when none is set.
const LOWER: &str = "port 22\nusepam no\nlogingracetime 120\nrequiredrsasize 1024\npermitrootlogin without-password\n\
    ignorerhosts yes\nignoreuserknownhosts no\nhostbasedauthentication no\nhostbasedusesnamefrompacketonly no\n\
    pubkeyauthentication yes\ngssapiauthentication no\npasswordauthentication yes\nkbdinteractiveauthentication yes\n\
    strictmodes yes\nusedns no\nforcecommand none\nchrootdirectory none\nrevokedkeys none\n\
    casignaturealgorithms ssh-ed25519,rsa-sha2-512\nhostbasedacceptedalgorithms ssh-ed25519,rsa-sha2-256\n\
    authenticationmethods any\nsubsystem sftp /usr/lib/sftp-server\n";

/// As sshd 10.5 prints them.
const CAMEL: &str = "Port 22\nUsePAM no\nPAMServiceName sshd\nRequiredRSASize 1024\nPermitRootLogin prohibit-password\n\
    IgnoreRhosts yes\nIgnoreUserKnownHosts no\nHostbasedAuthentication no\nHostbasedUsesNameFromPacketOnly no\n\
    PubkeyAuthentication yes\nGSSAPIAuthentication no\nPasswordAuthentication yes\nKbdInteractiveAuthentication yes\n\
    StrictModes yes\nUseDNS no\nRefuseConnection no\nChrootDirectory none\n\
    CASignatureAlgorithms ssh-ed25519,rsa-sha2-512\nHostbasedAcceptedAlgorithms ssh-ed25519,rsa-sha2-256\n\
    AuthenticationMethods any\n";

fn read(output: &str) -> Result<Policy, PolicyError> {
    Policy::from_sshd(output.as_bytes())
}

/// The output with this line in place of the one that begins like it, or behind all.
fn with(output: &str, line: &str) -> String {
    let keyword = |line: &str| line.split(' ').next().unwrap().to_owned();
    let others = output.lines().filter(|other| keyword(other) != keyword(line));
    others.chain([line]).map(|line| format!("{line}\n")).collect()
}

fn list(names: &str) -> AlgorithmList {
    names.split(',').map(|name| Algorithm::from_name(name.as_bytes()).unwrap()).collect()
}

#[test]
fn nothing_set_is_the_default() {
    let expected = Policy {
        ca_signature_algorithms: list("ssh-ed25519,rsa-sha2-512"),
        hostbased_accepted_algorithms: list("ssh-ed25519,rsa-sha2-256"),
        ..Policy::default()
    };
    assert_eq!(read(LOWER).as_ref(), Ok(&expected));
    assert_eq!(read(CAMEL).as_ref(), Ok(&expected));
}

#[test]
fn every_option_is_taken() {
    for output in [LOWER, CAMEL] {
        let line = |line: &str| {
            let line = if output == CAMEL { line.to_owned() } else { lower(line) };
            read(&with(output, &line)).unwrap()
        };
        assert!(line("HostbasedAuthentication yes").hostbased_authentication);
        assert!(line("HostbasedUsesNameFromPacketOnly yes").hostbased_uses_name_from_packet_only);
        assert!(line("UseDNS yes").use_dns);
        assert!(line("IgnoreUserKnownHosts yes").ignore_user_known_hosts);
        assert!(!line("StrictModes no").strict_modes);
        assert!(!line("PubkeyAuthentication no").pubkey_authentication);
        assert!(!line("PasswordAuthentication no").password_authentication);
        assert!(!line("KbdInteractiveAuthentication no").kbd_interactive_authentication);
        assert!(line("GSSAPIAuthentication yes").gssapi_authentication);
        assert!(line("UsePAM yes").use_pam);
        assert!(line("RefuseConnection yes").refuse_connection);
        assert_eq!(line("RequiredRSASize 3072").required_rsa_size, 3072);
        assert_eq!(line("IgnoreRhosts shosts-only").ignore_rhosts, IgnoreRhosts::ShostsOnly);
        assert_eq!(line("PermitRootLogin no").permit_root_login, PermitRootLogin::No);
        assert_eq!(line("ChrootDirectory /srv/a b").chroot_directory.as_deref(), Some("/srv/a b"));
        assert_eq!(line("RevokedKeys /a b /c").revoked_keys, ["/a b", "/c"]);
        let methods = line("AuthenticationMethods publickey,hostbased password").authentication_methods;
        assert_eq!(methods.to_string(), "publickey,hostbased password");
    }
}

/// The same with a lower-case keyword.
fn lower(line: &str) -> String {
    let (keyword, value) = line.split_once(' ').unwrap();
    format!("{} {value}", keyword.to_lowercase())
}

#[test]
fn patterns_have_a_line_each_and_no_quotes() {
    let policy =
        read(&format!("{LOWER}allowusers a b\nallowusers c\nallowusers  #d\"\nallowusers any\ndenyusers none\n"));
    let policy = policy.unwrap();
    assert_eq!(policy.allow_users, ["a b", "c", " #d\"", "any"]);
    assert_eq!(policy.deny_users, ["none"]);
    let policy = read(&format!("{CAMEL}AllowGroups a\nAllowGroups b\nDenyGroups c\nDenyGroups d\n")).unwrap();
    assert_eq!((policy.allow_groups, policy.deny_groups), (strings(&["a", "b"]), strings(&["c", "d"])));
    let error = read(&format!("{LOWER}denyusers a@10.0.0.1/8\n")).unwrap_err();
    assert!(matches!(error, PolicyError::Value { option: "DenyUsers", .. }), "{error}");
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn algorithms_that_are_not_known_here_are_left_out() {
    let accepted = |value: &str| {
        let output = with(LOWER, &format!("hostbasedacceptedalgorithms {value}"));
        read(&output).unwrap().hostbased_accepted_algorithms.to_string()
    };
    assert_eq!(accepted("ssh-dss,ssh-rsa,ssh-new@example.com,ssh-ed25519"), "ssh-rsa,ssh-ed25519");
    assert_eq!(accepted("ssh-dss"), "");
    assert_eq!(accepted(""), "");
    assert_eq!(accepted("*"), "");
}

#[test]
fn until_8_4_the_accepted_algorithms_had_another_name() {
    let old = LOWER.replace("hostbasedacceptedalgorithms", "hostbasedacceptedkeytypes");
    assert_eq!(read(&old), read(LOWER));
    assert_ne!(old, LOWER);
    let both = format!("{LOWER}hostbasedacceptedkeytypes ssh-rsa\n");
    assert_eq!(read(&both), Err(PolicyError::PrintedTwice { option: "HostbasedAcceptedAlgorithms" }));
    // An option of its own until 8.6.
    assert_eq!(read(&format!("challengeresponseauthentication no\n{LOWER}")), read(LOWER));
}

#[test]
fn what_is_missing_is_an_error_unless_that_sshd_prints_it_only_when_set() {
    for (output, may_be_missing) in [
        (LOWER, &["usepam", "gssapiauthentication", "requiredrsasize", "revokedkeys"][..]),
        (CAMEL, &["UsePAM", "GSSAPIAuthentication"]),
    ] {
        let mut due = 0;
        for keyword in output.lines().map(|line| line.split(' ').next().unwrap()) {
            let Some(knob) = knob::printed(keyword.as_bytes()) else { continue };
            let without: String =
                output.lines().filter(|line| !line.starts_with(keyword)).map(|line| format!("{line}\n")).collect();
            if may_be_missing.contains(&keyword) {
                assert_eq!(read(&without), read(output), "{keyword}");
            } else {
                assert_eq!(read(&without), Err(PolicyError::NotPrinted { option: knob.name }));
                due += 1;
            }
        }
        assert_eq!(due, if output == LOWER { 14 } else { 16 });
    }
    assert_eq!(read(""), Err(PolicyError::NotPrinted { option: "HostbasedAuthentication" }));
    assert_eq!(
        read("").unwrap_err().to_string(),
        "what sshd -T printed lacks HostbasedAuthentication: give its whole output"
    );
}

#[test]
fn an_option_that_stands_there_twice_is_an_error() {
    for line in ["usedns no", "UseDNS yes", "revokedkeys none", "authenticationmethods any"] {
        let twice = format!("{LOWER}{line}\n");
        let name = knob::find(line.split(' ').next().unwrap()).unwrap().name;
        assert_eq!(read(&twice), Err(PolicyError::PrintedTwice { option: name }));
    }
}

#[test]
fn values_that_sshd_never_prints_are_errors() {
    for (line, option) in [
        ("usedns UNKNOWN", "UseDNS"),
        ("usedns yes ", "UseDNS"),
        ("usedns  yes", "UseDNS"),
        ("usedns yes\r", "UseDNS"),
        ("ignorerhosts UNKNOWN", "IgnoreRhosts"),
        ("requiredrsasize x", "RequiredRSASize"),
        ("revokedkeys rk", "RevokedKeys"),
        ("revokedkeys none /a", "RevokedKeys"),
    ] {
        let error = read(&with(LOWER, line)).unwrap_err();
        assert!(matches!(error, PolicyError::Value { option: wrong, .. } if wrong == option), "{line}: {error}");
    }
    for (line, option) in [("usedns", "UseDNS"), ("chrootdirectory ", "ChrootDirectory")] {
        let error = read(&with(LOWER, line)).unwrap_err();
        assert!(matches!(error, PolicyError::NoValue { option: wrong, .. } if wrong == option), "{line}: {error}");
    }
    let error = read(&with(LOWER, "authenticationmethods hostbased:a b")).unwrap_err();
    assert!(matches!(error, PolicyError::Methods { error: MethodsError::Unknown(_), .. }), "{error}");
    let error = Policy::from_sshd(&[LOWER.as_bytes(), b"allowusers \xff\n"].concat()).unwrap_err();
    assert_eq!(error, PolicyError::NotText { option: "AllowUsers", value: vec![0xff] });
    assert_eq!(error.to_string(), "AllowUsers \"\\xff\" is not UTF-8: change it in sshd_config");
}

#[test]
fn what_is_not_sshds_own_is_passed_over() {
    // Other options may hold any bytes, and ours is none of sshd's.
    let more = [LOWER.as_bytes(), b"banner \xff\nrequirenamematch yes\n\n usedns yes\n"].concat();
    assert_eq!(Policy::from_sshd(&more), read(LOWER));
}
