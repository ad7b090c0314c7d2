//! The header of a KRL, its sections, and those that are skipped.

use super::*;
use crate::wire::WireErrorKind;

const EXTENSION: u8 = 255;
const CERT_EXTENSION: u8 = 0x39;

fn extension(critical: u8) -> Vec<u8> {
    Writer::new().string(b"new\x1b@test").byte(critical).string(b"contents").into_bytes()
}

fn explicit(pub_file: &str) -> (u8, Vec<u8>) {
    (2, strings(&[key(pub_file).blob()]))
}

#[test]
fn the_header_is_readable() {
    let revoked = parse(&krl(&[]));
    let header = revoked.krl_header().unwrap();
    assert_eq!((header.version(), header.generated(), header.comment()), (7, 1_700_000_000, &b"a comment"[..]));
    assert_eq!(revoked.check(&key(RSA)), None);
    assert!(revoked.short_rsa_keys().is_empty());
}

#[test]
fn headers_that_are_none() {
    let magic = || Writer::new().raw(krl::MAGIC);
    let problem = KrlProblem::FormatVersion { version: 2 };
    let error = RevokedKeys::parse(&magic().uint32(2).into_bytes()).unwrap_err();
    assert_eq!(error, problem.at("header", 0));
    let whole = header().into_bytes();
    for length in krl::MAGIC.len()..whole.len() {
        let (section, problem) = krl_problem(&whole[..length]);
        assert_eq!(section, "header", "{length}");
        assert!(matches!(problem, KrlProblem::Field(error) if error.kind == WireErrorKind::Truncated), "{length}");
    }
    let nul = magic().uint32(1).uint64(0).uint64(0).uint64(0).string(b"").string(b"a\0b").into_bytes();
    assert_eq!(krl_problem(&nul), ("header", KrlProblem::Field(WireErrorKind::EmbeddedNul.of("comment"))));
}

#[test]
fn without_its_magic_it_is_a_list_of_keys_and_an_error() {
    let whole = krl(&[explicit(RSA)]);
    for index in 0..krl::MAGIC.len() {
        for byte in 0..=255u8 {
            let mut file = whole.clone();
            file[index] = byte;
            assert_eq!(RevokedKeys::parse(&file).is_ok(), file == whole, "byte {index} is {byte}");
        }
    }
}

#[test]
fn flags_and_the_reserved_field_are_ignored() {
    let writer = Writer::new().raw(krl::MAGIC).uint32(1).uint64(0).uint64(0).uint64(u64::MAX);
    let file = writer.string(b"reserved").string(b"").byte(2).string(&explicit(RSA).1).into_bytes();
    assert!(parse(&file).check(&key(RSA)).is_some());
}

#[test]
fn unknown_sections_are_errors() {
    for number in [0, 6, 0x20, 254] {
        let problem = krl_problem(&krl(&[explicit(RSA), (number, vec![])]));
        assert_eq!(problem, ("section", KrlProblem::UnknownSection { number }));
    }
    for number in [0, 1, 0x1f, 0x24, 0x38, 255] {
        let problem = krl_problem(&krl(&[certificates(None, &[(number, vec![])])]));
        assert_eq!(problem, ("certificate section", KrlProblem::UnknownSection { number }));
    }
}

#[test]
fn critical_extensions_are_errors_and_others_are_skipped() {
    let problem = || KrlProblem::CriticalExtension { name: "new\\x1b@test".into() };
    for critical in [1, 2, 255] {
        assert_eq!(krl_problem(&krl(&[(EXTENSION, extension(critical))])), ("extension", problem()));
        let inside = krl(&[certificates(None, &[(CERT_EXTENSION, extension(critical))])]);
        assert_eq!(krl_problem(&inside), ("certificate extension", problem()));
    }
    let around = [(CERT_EXTENSION, extension(0)), (0x20, numbers(&[7]))];
    let revoked = parse(&krl(&[(EXTENSION, extension(0)), certificates(None, &around), explicit(RSA)]));
    assert!(revoked.check(&key(RSA)).is_some());
    assert!(revoked.check(&certificate(&key(CA), 7, b"")).is_some());
}

#[test]
fn extensions_are_read_to_their_end() {
    for (data, kind, field) in [
        ([extension(0), vec![0]].concat(), WireErrorKind::TrailingBytes { count: 1 }, "extension contents"),
        (strings(&[b"name"]), WireErrorKind::Truncated, "critical"),
        ([strings(&[b"name"]), vec![0]].concat(), WireErrorKind::Truncated, "extension contents"),
        (vec![], WireErrorKind::Truncated, "extension name"),
        (strings(&[b"n\0ame"]), WireErrorKind::EmbeddedNul, "extension name"),
    ] {
        assert_eq!(krl_problem(&krl(&[(EXTENSION, data)])), ("extension", KrlProblem::Field(kind.of(field))));
    }
}

#[test]
fn signatures_are_skipped_and_what_follows_them_counts() {
    let signed = Writer::new().raw(&krl(&[explicit(RSA)])).byte(4).string(key(CA).blob()).string(b"any");
    let revoked = parse(&signed.clone().byte(2).string(&explicit(ED25519).1).into_bytes());
    assert!(revoked.check(&key(RSA)).is_some() && revoked.check(&key(ED25519)).is_some());
    assert_eq!(revoked.check(&key(CA)), None);
    let half = krl(&[explicit(RSA), (4, vec![])]);
    assert_eq!(krl_problem(&half), ("signature", KrlProblem::Field(WireErrorKind::Truncated.of("signature"))));
}

#[test]
fn errors_name_the_section_and_its_place() {
    let start = krl(&[explicit(RSA)]).len();
    let inside = [(0x20, numbers(&[7])), (0x21, numbers(&[9, 8]))];
    // Its type and length, two empty strings, then the section of the list: type, length, one number.
    let offset = start + 5 + 8 + (5 + 8);
    let error = RevokedKeys::parse(&krl(&[explicit(RSA), certificates(None, &inside)])).unwrap_err();
    assert_eq!(error, KrlProblem::EmptyRange { first: 9, last: 8 }.at("certificate serial range", offset));
    assert_eq!(
        error.to_string(),
        format!(
            "KRL, certificate serial range at byte {offset}: the serial numbers 9 to 8 are no range; every key is \
             refused until the file is replaced (ssh-keygen -k makes one, ssh-keygen -Ql shows it)"
        )
    );
    let unknown = RevokedKeys::parse(&krl(&[explicit(RSA), (9, vec![])])).unwrap_err();
    assert_eq!(unknown, KrlProblem::UnknownSection { number: 9 }.at("section", start));
}
