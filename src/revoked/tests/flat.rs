//! Lists of keys.

use super::*;
use crate::key::{KeyError, KeyLineError};
use crate::wire::WireErrorKind;

fn problem(file: impl AsRef<[u8]>) -> (usize, RevokedLineProblem) {
    match RevokedKeys::parse(file.as_ref()) {
        Err(RevokedError::Line { line, problem }) => (line, problem),
        other => panic!("no problem of a line: {other:?}"),
    }
}

#[test]
fn a_line_revokes_its_key_and_no_other() {
    let file = format!("# old keys\n\n \t{} root@node1\n\t# {}\n{}", text(ED25519), text(CA), text(RSA));
    let revoked = parse(file.as_bytes());
    assert_eq!(revoked.check(&key(ED25519)), Some(Revocation::Key(Means::Line(3))));
    assert_eq!(revoked.check(&key(RSA)), Some(Revocation::Key(Means::Line(5))));
    assert_eq!(revoked.check(&key(CA)), None);
    assert_eq!(revoked.check(&key(ECDSA256)), None);
    assert_eq!(revoked.krl_header(), None);
    let tabs = parse(text(RSA).replace(' ', "\t \t").as_bytes());
    assert_eq!(tabs.check(&key(RSA)), Some(Revocation::Key(Means::Line(1))));
    let tab_behind = parse(format!("{}\tcomment", text(RSA)).as_bytes());
    assert_eq!(tab_behind.check(&key(RSA)), Some(Revocation::Key(Means::Line(1))));
}

#[test]
fn the_first_line_of_a_key_is_told() {
    let revoked = parse(format!("{k}\n{k}\n", k = text(RSA)).as_bytes());
    assert_eq!(revoked.check(&key(RSA)), Some(Revocation::Key(Means::Line(1))));
}

#[test]
fn a_certificate_is_revoked_by_its_key_and_by_its_authority() {
    let certificate = certificate(&key(CA), 1, b"id");
    let check = |file: &str| parse(text(file).as_bytes()).check(&certificate);
    assert_eq!(check(ED25519), Some(Revocation::Key(Means::Line(1))));
    assert_eq!(check(CA), Some(Revocation::Authority(Means::Line(1))));
    assert_eq!(check(RSA), None);
}

#[test]
fn a_certificate_on_a_line_stands_for_its_plain_key() {
    let revoked = parse(ED25519_CERT.as_bytes());
    let authority = key(ED25519_CERT).certificate().unwrap().authority().clone();
    assert_eq!(revoked.check(&key(ED25519)), Some(Revocation::Key(Means::Line(1))));
    // Of another authority, with another serial number: those parts are not compared.
    assert_eq!(revoked.check(&certificate(&key(RSA), 9, b"x")), Some(Revocation::Key(Means::Line(1))));
    // A certificate that this key signed as an authority.
    assert_eq!(revoked.check(&authority), None);
}

#[test]
fn nothing_and_comments_revoke_nothing() {
    for file in ["", "\n", " \t\n\n", "# a\0b\n", "#", "  # x\r\n"] {
        assert_eq!(parse(file.as_bytes()).check(&key(RSA)), None, "{file:?}");
    }
}

#[test]
fn short_rsa_keys_revoke_nothing_and_are_told() {
    let file = format!("{}\n{}\n{}\n", rsa(1023).to_line(), rsa(1024).to_line(), rsa(512).to_line());
    let revoked = parse(file.as_bytes());
    assert_eq!(revoked.short_rsa_keys(), [ShortRsaKey { line: 1, bits: 1023 }, ShortRsaKey { line: 3, bits: 512 }]);
    assert_eq!(revoked.check(&rsa(1023)), None);
    assert_eq!(revoked.check(&rsa(1024)), Some(Revocation::Key(Means::Line(2))));
}

#[test]
fn a_short_rsa_key_with_bytes_behind_it_is_an_error() {
    let blob = [rsa(512).blob(), b"x"].concat();
    let line = format!("ssh-rsa {}", crate::key::encode_base64(&blob));
    let wanted = KeyError::Field(WireErrorKind::TrailingBytes { count: 1 }.of("key"));
    assert_eq!(problem(line), (1, KeyLineError::Key(wanted).into()));
}

#[test]
fn a_certificate_of_a_short_authority_is_an_error() {
    let line = |bits| certificate(&rsa(bits), 1, b"").to_line();
    assert_eq!(problem(line(1023)), (1, RevokedLineProblem::ShortAuthority { bits: 1023 }));
    assert_eq!(parse(line(1024).as_bytes()).check(&key(ED25519)), Some(Revocation::Key(Means::Line(1))));
}

#[test]
fn any_line_that_is_no_key_makes_the_file_an_error() {
    let good = text(ED25519);
    let cases: [(String, KeyLineError); 8] = [
        (format!("node1 {good}"), KeyLineError::UnknownType("node1".into())),
        (format!("@revoked * {good}"), KeyLineError::UnknownType("@revoked".into())),
        (format!("\u{feff}{good}"), KeyLineError::UnknownType("\\xef\\xbb\\xbfssh-ed25519".into())),
        (format!("\x0b{good}"), KeyLineError::UnknownType("\\x0bssh-ed25519".into())),
        ("-----BEGIN OPENSSH PRIVATE KEY-----".into(), KeyLineError::UnknownType("-----BEGIN".into())),
        ("ssh-ed25519".into(), KeyLineError::Base64),
        (format!("{good}="), KeyLineError::Base64),
        (good[..good.len() - 1].into(), KeyLineError::Base64),
    ];
    for (bad, wanted) in cases {
        assert_eq!(problem(format!("{good}\n{bad}\n{good}\n")), (2, wanted.into()), "{bad}");
    }
    let mismatch = format!("ssh-rsa {}", &good[12..]);
    assert!(matches!(problem(mismatch), (1, RevokedLineProblem::Key(KeyLineError::TypeMismatch { .. }))));
}

#[test]
fn carriage_returns_are_taken_where_openssh_takes_them() {
    let revoked = parse(format!("{}\r\n{} c\r\n# x\r\n", text(ED25519), text(RSA)).as_bytes());
    assert_eq!(revoked.check(&key(ED25519)), Some(Revocation::Key(Means::Line(1))));
    assert_eq!(revoked.check(&key(RSA)), Some(Revocation::Key(Means::Line(2))));
    assert_eq!(problem(b"# x\r\n\r\n"), (2, RevokedLineProblem::CarriageReturn));
    let (front, back) = ED25519.split_at(30);
    assert!(parse(format!("{front}\r\x0b\x0c{back}").as_bytes()).check(&key(ED25519)).is_some());
    assert_eq!(problem(format!("{front} {back}")).0, 1);
}

#[test]
fn a_line_ends_at_a_nul_but_does_not_begin_with_one() {
    let line = text(ED25519);
    assert!(parse(format!("{line} c\0omment").as_bytes()).check(&key(ED25519)).is_some());
    assert_eq!(problem(format!("ssh-ed25519\0 {}", &line[12..])), (1, KeyLineError::Base64.into()));
    assert_eq!(problem(format!("\n\0{line}")), (2, RevokedLineProblem::Nul));
    assert_eq!(problem(" \0"), (1, RevokedLineProblem::Nul));
}

#[test]
fn errors_name_the_line_and_say_what_to_do() {
    let error = RevokedKeys::parse(b"\nnode1\x1b x\n").unwrap_err();
    let wanted = "line 2: unknown key type node1\\x1b; every key is refused until this line is corrected or removed";
    assert_eq!(error.to_string(), wanted);
}
