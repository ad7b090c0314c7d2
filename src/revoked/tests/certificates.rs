//! Certificates in a KRL: whose serial numbers and key ids count.

use super::*;
use crate::key::KeyError;
use crate::wire::WireErrorKind;

const LIST: u8 = 0x20;
const RANGE: u8 = 0x21;
const BITMAP: u8 = 0x22;
const KEY_ID: u8 = 0x23;

fn bitmap(offset: u64, bitmap: &[u8]) -> Vec<u8> {
    Writer::new().uint64(offset).string(bitmap).into_bytes()
}

/// How a certificate of `CA` with that serial number and key id is revoked by a section of `authority`.
fn check(authority: Option<&PublicKey>, section: (u8, Vec<u8>), serial: u64, key_id: &[u8]) -> Option<Revocation> {
    let file = krl(&[certificates(authority, &[section])]);
    parse(&file).check(&certificate(&key(CA), serial, key_id))
}

#[test]
fn serial_numbers_in_every_form() {
    let forms = [(LIST, numbers(&[3, 7, 5])), (RANGE, numbers(&[5, 7])), (BITMAP, bitmap(5, &[0b101]))];
    for (form, inside, outside) in
        [(&forms[0], [3, 5, 7], [4, 6, 8]), (&forms[1], [5, 6, 7], [4, 8, 0]), (&forms[2], [5, 7, 7], [4, 6, 8])]
    {
        let ca = key(CA);
        for serial in inside {
            let wanted = Some(Revocation::Serial(Scope::ItsAuthority));
            assert_eq!(check(Some(&ca), form.clone(), serial, b""), wanted, "{form:?} {serial}");
        }
        for serial in outside {
            assert_eq!(check(Some(&ca), form.clone(), serial, b""), None, "{form:?} {serial}");
        }
    }
}

#[test]
fn several_forms_and_sections_of_one_authority_add_up() {
    let ca = key(CA);
    let file = krl(&[
        certificates(Some(&ca), &[(LIST, numbers(&[1])), (RANGE, numbers(&[10, 19])), (BITMAP, bitmap(20, &[1]))]),
        certificates(Some(&key(RSA)), &[(LIST, numbers(&[3]))]),
        certificates(Some(&ca), &[(RANGE, numbers(&[15, 16])), (KEY_ID, strings(&[b"a", b"b"]))]),
        certificates(Some(&ca), &[(KEY_ID, strings(&[b"c"]))]),
    ]);
    let revoked = parse(&file);
    let hits: Vec<u64> = (0..30).filter(|&serial| revoked.check(&certificate(&ca, serial, b"")).is_some()).collect();
    assert_eq!(hits, [1].into_iter().chain(10..21).collect::<Vec<_>>());
    for id in [b"a", b"b", b"c"] {
        assert_eq!(revoked.check(&certificate(&ca, 2, id)), Some(Revocation::KeyId(Scope::ItsAuthority)));
    }
}

#[test]
fn another_authority_is_not_meant_and_no_authority_means_any() {
    for section in [(LIST, numbers(&[7])), (KEY_ID, strings(&[b"id"]))] {
        assert!(check(Some(&key(CA)), section.clone(), 7, b"id").is_some());
        assert_eq!(check(Some(&key(RSA)), section, 7, b"id"), None);
    }
    let serial = Revocation::Serial(Scope::AnyAuthority);
    assert_eq!(check(None, (LIST, numbers(&[7])), 7, b"id"), Some(serial));
    assert_eq!(check(None, (LIST, numbers(&[7])), 8, b"id"), None);
    let key_id = Revocation::KeyId(Scope::AnyAuthority);
    assert_eq!(check(None, (KEY_ID, strings(&[b"id"])), 7, b"id"), Some(key_id));
    assert_eq!(check(None, (KEY_ID, strings(&[b"id"])), 7, b"i"), None);
}

#[test]
fn plain_keys_are_not_meant() {
    let everything = [(RANGE, numbers(&[1, u64::MAX])), (KEY_ID, strings(&[b""]))];
    let revoked = parse(&krl(&[certificates(None, &everything), certificates(Some(&key(CA)), &everything)]));
    assert_eq!(revoked.check(&key(CA)), None);
    assert_eq!(revoked.check(&key(ED25519)), None);
    assert!(revoked.check(&certificate(&key(CA), 1, b"x")).is_some());
}

#[test]
fn serial_number_zero_is_never_revoked_and_cannot_be() {
    assert_eq!(check(Some(&key(CA)), (RANGE, numbers(&[1, u64::MAX])), 0, b""), None);
    assert!(check(Some(&key(CA)), (KEY_ID, strings(&[b"id"])), 0, b"id").is_some());
    let zero = [(LIST, numbers(&[5, 0])), (RANGE, numbers(&[0, 5])), (BITMAP, bitmap(0, &[0b11]))];
    for (section, name) in zero.into_iter().zip(["list", "range", "bitmap"]) {
        let wanted = (format!("certificate serial {name}"), KrlProblem::SerialZero);
        let (section, problem) = krl_problem(&krl(&[certificates(None, &[section])]));
        assert_eq!((section.to_owned(), problem), wanted);
    }
    assert!(check(None, (BITMAP, bitmap(0, &[0b10])), 1, b"").is_some());
}

#[test]
fn the_key_id_is_told_before_the_serial_and_the_own_authority_before_any() {
    let both = [(LIST, numbers(&[7])), (KEY_ID, strings(&[b"id"]))];
    let revoked = parse(&krl(&[certificates(None, &both), certificates(Some(&key(CA)), &both)]));
    let check = |serial, id: &[u8]| revoked.check(&certificate(&key(CA), serial, id));
    assert_eq!(check(7, b"id"), Some(Revocation::KeyId(Scope::ItsAuthority)));
    assert_eq!(check(7, b""), Some(Revocation::Serial(Scope::ItsAuthority)));
    let other = certificate(&key(RSA), 7, b"id");
    assert_eq!(revoked.check(&other), Some(Revocation::KeyId(Scope::AnyAuthority)));
}

#[test]
fn key_ids_are_compared_as_texts_of_c() {
    let by = |listed: &[u8], id: &[u8]| check(None, (KEY_ID, strings(&[listed])), 0, id).is_some();
    assert!(by(b"id", b"id") && by(b"", b"") && by(b"id\0", b"id") && by(b"id", b"id\0") && by(b"id", b"id\0x"));
    assert!(!by(b"id", b"ID") && !by(b"id", b"id ") && !by(b"i*", b"id") && !by(b"", b"id") && !by(b"id", b""));
    let file = krl(&[certificates(None, &[(KEY_ID, strings(&[b"i\0d"]))])]);
    let problem = KrlProblem::Field(WireErrorKind::EmbeddedNul.of("key id"));
    assert_eq!(krl_problem(&file), ("certificate key ids", problem));
}

#[test]
fn an_authority_that_is_a_certificate_stands_for_its_plain_key() {
    let section = || (LIST, numbers(&[7]));
    let authority = certificate(&key(RSA), 1, b"");
    let revoked = parse(&krl(&[certificates(Some(&authority), &[section()])]));
    let wanted = Some(Revocation::Serial(Scope::ItsAuthority));
    assert_eq!(revoked.check(&certificate(&key(ED25519), 7, b"")), wanted);
    assert_eq!(revoked.check(&certificate(&key(RSA), 7, b"")), None);
}

#[test]
fn authorities_that_cannot_be_read() {
    let of = |blob: &[u8]| krl(&[(1, strings(&[blob, b"reserved"]))]);
    assert_eq!(krl_problem(&of(&strings(&[b"ssh-new", b"x"]))), ("certificates", KeyError::UnknownType.into()));
    assert_eq!(krl_problem(&of(rsa(1023).blob())), ("certificates", KrlProblem::ShortAuthority { bits: 1023 }));
    assert!(RevokedKeys::parse(&of(rsa(1024).blob())).is_ok());
    let cut = krl(&[(1, strings(&[key(CA).blob()]))]);
    let missing = KrlProblem::Field(WireErrorKind::Truncated.of("reserved"));
    assert_eq!(krl_problem(&cut), ("certificates", missing));
}

#[test]
fn numbers_that_are_none() {
    let problem = |section| krl_problem(&krl(&[certificates(None, &[section])]));
    let field = |kind: WireErrorKind, field| KrlProblem::Field(kind.of(field));
    let range = "certificate serial range";
    assert_eq!(problem((RANGE, numbers(&[7, 6]))), (range, KrlProblem::EmptyRange { first: 7, last: 6 }));
    assert_eq!(problem((RANGE, numbers(&[7]))), (range, field(WireErrorKind::Truncated, "last serial")));
    let trailing = field(WireErrorKind::TrailingBytes { count: 8 }, "last serial");
    assert_eq!(problem((RANGE, numbers(&[7, 8, 9]))), (range, trailing));
    let list = [numbers(&[7]), vec![0; 7]].concat();
    assert_eq!(problem((LIST, list)), ("certificate serial list", field(WireErrorKind::Truncated, "serial")));

    let map = "certificate serial bitmap";
    assert_eq!(problem((BITMAP, bitmap(u64::MAX, &[2]))), (map, KrlProblem::BitmapOverflow));
    assert_eq!(problem((BITMAP, bitmap(1, &[0x80]))), (map, field(WireErrorKind::Unexpected, "bitmap")));
    let long = |length| field(WireErrorKind::TooLong { length, max: 2048 }, "bitmap");
    assert_eq!(problem((BITMAP, bitmap(1, &[1; 2049]))), (map, long(2049)));
    // A zero in front does not make it shorter.
    assert_eq!(problem((BITMAP, bitmap(1, &[&[0][..], &[1; 2049]].concat()))), (map, long(2050)));
    let trailing = [bitmap(1, &[1]), vec![0]].concat();
    assert_eq!(problem((BITMAP, trailing)), (map, field(WireErrorKind::TrailingBytes { count: 1 }, "bitmap")));

    let longest = [&[0][..], &[0xff; 2048]].concat();
    assert!(check(None, (BITMAP, bitmap(1, &longest)), 16384, b"").is_some());
    assert_eq!(check(None, (BITMAP, bitmap(1, &longest)), 16385, b""), None);
    assert_eq!(check(None, (BITMAP, bitmap(1, &[])), 1, b""), None);
}
