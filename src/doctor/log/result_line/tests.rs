use super::*;

const FP: &str = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
const LINE: &str = "Failed hostbased for alice from 10.77.0.1 port 4022 ssh2: ED25519 FP, client user \"bob\", client host \
                    \"node1.test\"";

fn parse(line: &str) -> Option<Result<ResultLine, ResultLineError>> {
    ResultLine::parse(line.replace("FP", FP).as_bytes())
}

fn good(line: &str) -> ResultLine {
    parse(line).unwrap_or_else(|| panic!("no result line: {line}")).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn names(line: &ResultLine) -> [String; 3] {
    let (user, host) = line.client.clone().unwrap();
    [line.user.clone(), user, host].map(|name| String::from_utf8_lossy(&name).into_owned())
}

#[test]
fn every_part_is_read() {
    let line = good(LINE);
    assert_eq!(names(&line), ["alice", "bob", "node1.test"]);
    assert_eq!((line.address.text(), line.invalid_user), ("10.77.0.1".to_owned(), false));
    let key = line.key.unwrap();
    assert_eq!((key.kind.as_str(), key.fingerprint.to_string(), key.certificate), ("ED25519", FP.to_owned(), None));
    assert!(good(&LINE.replace("for alice", "for invalid user alice")).invalid_user);
}

#[test]
fn a_certificate_is_told_by_id_serial_and_authority() {
    let with = "ED25519-CERT FP ID node1's (serial 18446744073709551615) CA RSA FP,";
    let line = good(&LINE.replace("ED25519 FP,", with));
    let certificate = line.key.as_ref().unwrap().certificate.clone().unwrap();
    assert_eq!((certificate.id, certificate.serial), (b"node1's".to_vec(), u64::MAX));
    assert_eq!(certificate.authority.to_string(), FP);
    assert_eq!(names(&line), ["alice", "bob", "node1.test"]);
    let blanks = good(&LINE.replace("ED25519 FP,", "RSA-CERT FP ID  a b (serial 0) CA RSA FP,"));
    assert_eq!(blanks.key.unwrap().certificate.unwrap().id, b" a b");
    for near_miss in
        ["(serial x) CA RSA FP,", "(serial 18446744073709551616) CA RSA FP,", "(serial 1) CA RSA,", "CA RSA FP,"]
    {
        let line = LINE.replace("ED25519 FP,", &format!("ED25519-CERT FP ID i {near_miss}"));
        assert!(matches!(parse(&line), Some(Err(_))), "{line}");
    }
}

#[test]
fn key_and_names_may_be_missing() {
    let bare = good("Failed hostbased for alice from fe80::1%eth0 port 1 ssh2");
    assert_eq!((bare.address.text(), bare.key, bare.client), ("fe80::1%eth0".to_owned(), None, None));
    let without_names = good("Failed hostbased for alice from ::1 port 1 ssh2: ECDSA FP");
    assert!(without_names.key.is_some() && without_names.client.is_none());
}

#[test]
fn whatever_a_log_writes_in_front_or_behind_is_passed_over() {
    for (front, process) in [
        ("Nov 22 13:50:55 srv sshd[4711]: ", Some(4711)),
        ("2026-11-22T13:50:55.123456+00:00 srv sshd-session[4711]: ", Some(4711)),
        ("Nov 22 13:50:55 srv sshd-auth[4711]: ", Some(4711)),
        ("Sun 2026-11-22 13:50:55 UTC srv ssh.service[4711]: ", Some(4711)),
        ("sshd: ", None),
        ("sshd[x]: ", None),
    ] {
        assert_eq!(good(&format!("{front}{LINE}")), ResultLine { process, ..good(LINE) }, "{front}");
    }
    for behind in ["\r\n", "\n", " [preauth]", " [preauth]\r\n"] {
        assert_eq!(good(&format!("{LINE}{behind}")), good(LINE), "{behind:?}");
    }
}

#[test]
fn lines_of_one_connection_belong_together() {
    let front = "Nov 22 13:50:55 srv sshd[4711]: ";
    let line = good(&format!("{front}{LINE}"));
    let is_of = |other: &str| line.is_of_connection_of(&good(other));
    assert!(is_of(&format!("{front}{}", LINE.replace("ED25519", "RSA"))));
    assert!(is_of(LINE), "a log without numbers");
    assert!(!is_of(&format!("{}{LINE}", front.replace("4711", "4712"))));
    for (part, other) in [("alice", "carol"), ("10.77.0.1", "10.77.0.2"), ("4022", "4023"), ("\"bob\"", "\"eve\"")] {
        assert!(!is_of(&format!("{front}{}", LINE.replace(part, other))), "{other}");
    }
}

#[test]
fn other_lines_are_none() {
    for line in [
        "",
        "Failed publickey for alice from 10.77.0.1 port 4022 ssh2: ED25519 FP",
        "Accepted hostbased for alice from 10.77.0.1 port 4022 ssh2: ED25519 FP, client user \"bob\", client host \"h\"",
        "Failed hostbased",
        // What others say of themselves, and what a client has sshd say.
        "Nov 22 13:50:55 srv cron[1]: Failed hostbased for alice from 10.77.0.1 port 1 ssh2",
        "Nov 22 13:50:55 srv cron[1]: sshd[2]: Failed hostbased for alice from 10.77.0.1 port 1 ssh2",
        "Nov 22 13:50:55 srv sshd[1]: Invalid user x: Failed hostbased for alice from 10.77.0.1 port 1 ssh2",
        "debug1: Failed hostbased for alice from 10.77.0.1 port 1 ssh2",
    ] {
        assert_eq!(parse(line), None, "{line}");
    }
}

#[test]
fn near_misses_are_errors() {
    for (from, to, error) in [
        ("for alice from", "for  from", ResultLineError::Form),
        ("for alice from", "for alice form", ResultLineError::Form),
        ("10.77.0.1", "node1", ResultLineError::Form),
        ("10.77.0.1", "fe80::1", ResultLineError::Form),
        ("port 4022", "port x", ResultLineError::Form),
        ("port 4022", "port 123456", ResultLineError::Form),
        ("ssh2", "ssh1", ResultLineError::Form),
        ("ssh2: ", "ssh2 ", ResultLineError::Form),
        ("ED25519", "ED 25519", ResultLineError::Fingerprint(FingerprintError::Prefix)),
        ("FP", "MD5:16:27:ac:a5", ResultLineError::Fingerprint(FingerprintError::Prefix)),
        ("FP", "SHA256:47DE", ResultLineError::Fingerprint(FingerprintError::Base64)),
        (", client user", "; client user", ResultLineError::Fingerprint(FingerprintError::Base64)),
        ("client host", "client hosts", ResultLineError::Form),
        ("node1.test\"", "node1.test", ResultLineError::Form),
    ] {
        let line = LINE.replacen(from, to, 1);
        assert_ne!(line, LINE, "{from}");
        assert_eq!(parse(&line), Some(Err(error)), "{line}");
    }
}

#[test]
fn names_that_imitate_the_line_make_it_ambiguous() {
    for (from, to) in [
        (
            "alice",
            "x from 10.9.9.9 port 1 ssh2: ED25519 FP, client user \"a\", client host \"b\" from 10.77.0.1 port 1 ssh2",
        ),
        ("bob", "a\", client host \"b"),
        ("node1.test", "a\", client host \"b"),
        (
            "ED25519 FP,",
            "ED25519-CERT FP ID i (serial 1) CA RSA FP, client user \"a\", client host \"b (serial 2) CA RSA FP,",
        ),
    ] {
        let line = LINE.replacen(from, to, 1);
        assert_eq!(parse(&line), Some(Err(ResultLineError::Ambiguous)), "{line}");
    }
    // What only looks a little like it is a name.
    let user = good(&LINE.replacen("alice", "x from y port 1 ssh2", 1)).user;
    assert_eq!(user, b"x from y port 1 ssh2");
}

#[test]
fn bytes_that_sshd_encoded_are_themselves_again() {
    let line = good(&LINE.replacen("bob", "b\\033[31m\\\\o\\b\\377\\400\\12", 1));
    assert_eq!(line.client.unwrap().0, b"b\x1b[31m\\o\\b\xff\\400\\12");
    // And bytes that nobody encoded stay.
    assert_eq!(good(&LINE.replacen("bob", "b\x1b\u{e4}", 1)).client.unwrap().0, "b\x1b\u{e4}".as_bytes());
}

#[test]
fn long_names_may_be_cut() {
    assert!(good(&LINE.replacen("bob", &"b".repeat(100), 1)).may_be_cut());
    assert!(!good(&LINE.replacen("bob", &"b".repeat(99), 1)).may_be_cut());
}
