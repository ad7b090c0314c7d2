//! AuthenticationMethods: what may be tried, and what a success leads to.

use super::*;

fn parse(text: &str) -> Result<AuthenticationMethods, MethodsError> {
    AuthenticationMethods::parse(&text.split(' ').collect::<Vec<_>>())
}

fn start(text: &str) -> MethodsProgress {
    parse(text).unwrap().start()
}

/// What remains after these have succeeded, as text; `done` and `nowhere` are the other outcomes.
fn after(text: &str, succeeded: &[(Method, Option<&str>)]) -> String {
    let mut progress = start(text);
    for &(method, submethod) in succeeded {
        progress = match progress.succeed(method, submethod) {
            AfterSuccess::Complete => return "done".to_owned(),
            AfterSuccess::NotListed => return "nowhere".to_owned(),
            AfterSuccess::Partial(progress) => progress,
        };
    }
    progress.to_string()
}

const HOSTBASED: (Method, Option<&str>) = (Method::Hostbased, None);
const PUBLIC_KEY: (Method, Option<&str>) = (Method::PublicKey, None);
const PASSWORD: (Method, Option<&str>) = (Method::Password, None);

#[test]
fn names_are_those_of_the_protocol() {
    for method in Method::ALL {
        assert_eq!(Method::from_name(method.name()), Some(method));
    }
    let names = Method::ALL.map(Method::name).join(",");
    assert_eq!(names, "none,publickey,gssapi-with-mic,password,keyboard-interactive,hostbased");
    for name in ["", "Hostbased", "any", "host", "publickey-hostbound-v00@openssh.com"] {
        assert_eq!(Method::from_name(name), None, "{name}");
    }
}

#[test]
fn lists_that_sshd_would_not_start_with() {
    assert_eq!(AuthenticationMethods::parse::<&str>(&[]), Err(MethodsError::Empty));
    for (text, error) in [
        ("", MethodsError::Empty),
        ("hostbased,", MethodsError::Empty),
        (",hostbased", MethodsError::Empty),
        (":x", MethodsError::Empty),
        ("hostbased ,", MethodsError::Empty),
        ("host", MethodsError::Unknown("host".to_owned())),
        ("hostbased host:x", MethodsError::Unknown("host".to_owned())),
        ("Hostbased", MethodsError::Unknown("Hostbased".to_owned())),
        ("hostbased,any", MethodsError::Unknown("any".to_owned())),
        (
            "publickey-hostbound-v00@openssh.com",
            MethodsError::Unknown("publickey-hostbound-v00@openssh.com".to_owned()),
        ),
        ("any any", MethodsError::AnyNotAlone),
        ("any hostbased", MethodsError::AnyNotAlone),
        ("hostbased any", MethodsError::AnyNotAlone),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
    for text in ["any", "hostbased", "none", "hostbased: hostbased:x:y", "publickey,publickey keyboard-interactive:pam"]
    {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn any_method_will_do_where_any_is_said() {
    for method in Method::ALL {
        assert!(start("any").may_try(method));
        assert_eq!(start("any").succeed(method, None), AfterSuccess::Complete);
    }
    assert_eq!(start("any").to_string(), "any");
    assert!(AuthenticationMethods::any().is_satisfiable());
}

#[test]
fn a_method_may_be_tried_when_a_list_has_it_next() {
    for (text, may) in [
        ("hostbased", true),
        ("hostbased,password", true),
        ("password hostbased,publickey", true),
        ("hostbased:x", true),
        ("password", false),
        ("publickey,hostbased", false),
        ("publickey,hostbased password,hostbased", false),
    ] {
        assert_eq!(start(text).may_try(Method::Hostbased), may, "{text}");
    }
    let AfterSuccess::Partial(progress) = start("publickey,hostbased").succeed(Method::PublicKey, None) else {
        panic!()
    };
    assert!(progress.may_try(Method::Hostbased));
    assert!(!progress.may_try(Method::PublicKey));
}

#[test]
fn each_success_shortens_every_list_that_waits_for_it() {
    for (text, succeeded, expected) in [
        ("hostbased", &[HOSTBASED][..], "done"),
        ("hostbased,password", &[HOSTBASED], "password"),
        ("hostbased,password", &[HOSTBASED, PASSWORD], "done"),
        ("publickey,hostbased", &[PUBLIC_KEY], "hostbased"),
        ("publickey,hostbased", &[PUBLIC_KEY, HOSTBASED], "done"),
        ("hostbased,hostbased", &[HOSTBASED], "hostbased"),
        ("hostbased,hostbased", &[HOSTBASED, HOSTBASED], "done"),
        ("hostbased,password publickey,hostbased", &[HOSTBASED], "password publickey,hostbased"),
        ("hostbased,password hostbased,publickey", &[HOSTBASED], "password publickey"),
        ("hostbased,password hostbased", &[HOSTBASED], "done"),
        ("publickey,password hostbased,password", &[HOSTBASED, PUBLIC_KEY], "password password"),
        ("publickey,password hostbased,password", &[HOSTBASED, PASSWORD], "done"),
        ("publickey", &[HOSTBASED], "nowhere"),
        ("publickey,hostbased", &[HOSTBASED], "nowhere"),
        ("hostbased,publickey", &[HOSTBASED, HOSTBASED], "nowhere"),
    ] {
        assert_eq!(after(text, succeeded), expected, "{text} {succeeded:?}");
    }
}

#[test]
fn a_device_that_is_named_must_be_the_one() {
    let pam = (Method::KeyboardInteractive, Some("pam"));
    for (text, succeeded, expected) in [
        ("keyboard-interactive:pam", pam, "done"),
        ("keyboard-interactive", pam, "done"),
        ("keyboard-interactive:bsdauth", pam, "nowhere"),
        ("keyboard-interactive:pa", pam, "nowhere"),
        ("keyboard-interactive:pam2", pam, "nowhere"),
        ("keyboard-interactive:", pam, "nowhere"),
        ("keyboard-interactive:pam", (Method::KeyboardInteractive, None), "nowhere"),
        ("keyboard-interactive:pam,hostbased", pam, "hostbased"),
        // hostbased never says by what.
        ("hostbased:x", HOSTBASED, "nowhere"),
        ("hostbased:", HOSTBASED, "nowhere"),
        ("hostbased:x hostbased", HOSTBASED, "done"),
        ("hostbased:x hostbased,password", HOSTBASED, "hostbased:x password"),
    ] {
        assert_eq!(after(text, &[succeeded]), expected, "{text}");
    }
}

#[test]
fn lists_with_a_method_that_is_off_do_not_count() {
    let mut policy =
        set(&[("AuthenticationMethods", "hostbased,password hostbased,publickey gssapi-with-mic")]).unwrap();
    assert_eq!(policy.methods().to_string(), "");
    assert!(!policy.methods().is_satisfiable());
    assert!(!policy.methods().start().may_try(Method::Hostbased));
    assert_eq!(policy.methods().start().succeed(Method::Hostbased, None), AfterSuccess::NotListed);
    policy.hostbased_authentication = true;
    assert_eq!(policy.methods().to_string(), "hostbased,password hostbased,publickey");
    assert!(policy.methods().is_satisfiable());
    policy.password_authentication = false;
    assert_eq!(policy.methods().to_string(), "hostbased,publickey");
    policy.pubkey_authentication = false;
    policy.gssapi_authentication = true;
    assert_eq!(policy.methods().to_string(), "gssapi-with-mic");
    policy.set("AuthenticationMethods", "keyboard-interactive:pam none").unwrap();
    assert_eq!(policy.methods().to_string(), "keyboard-interactive:pam none");
    policy.kbd_interactive_authentication = false;
    assert_eq!(policy.methods().to_string(), "none");
    assert_eq!(Policy::default().methods(), AuthenticationMethods::any());
}
