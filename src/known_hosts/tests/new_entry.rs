//! Lines that are written are read as they were meant.

use super::*;
use crate::name::{HostName, HostText};

fn names() -> Vec<HostText> {
    vec![
        HostText::from(&HostName::new("Node1.Test.").unwrap()),
        "::ffff:10.0.0.1".parse::<std::net::IpAddr>().unwrap().into(),
        "2001:DB8::1".parse::<std::net::IpAddr>().unwrap().into(),
    ]
}

#[test]
fn the_text_is_exact() {
    let (names, key) = (names(), key(ED25519));
    let new = NewEntry { marker: None, names: &names, key: &key, comment: b"" };
    let line = String::from_utf8(new.to_line().unwrap()).unwrap();
    assert_eq!(line, format!("node1.test,10.0.0.1,2001:db8::1 {}", text(ED25519)));
    let new = NewEntry { marker: Some(Marker::Revoked), comment: b"stolen\n* \xff", ..new };
    let line = String::from_utf8(new.to_line().unwrap()).unwrap();
    assert_eq!(line, format!("@revoked node1.test,10.0.0.1,2001:db8::1 {} stolen\\x0a* \\xff", text(ED25519)));
    let entry = entry(line);
    assert_eq!((entry.marker(), entry.irregular(), entry.key()), (Some(Marker::Revoked), None, &key));
    assert_eq!(entry.warnings(), []);
}

#[test]
fn hashed_lines_hold_one_name_each() {
    let (names, key) = (names(), key(ED25519));
    let mut salt = 0;
    let new = NewEntry { marker: None, names: &names, key: &key, comment: b"c" };
    let lines = new.to_hashed_lines(|| (salt += 1, [salt; 20]).1).unwrap();
    assert_eq!(lines.len(), 3);
    for ((line, name), salt) in lines.iter().zip(&names).zip(1..) {
        let wanted = format!("{} {} c", HashedName::new(name.as_bytes(), [salt; 20]), text(ED25519));
        assert_eq!(line, wanted.as_bytes());
        assert!(entry(line).matches(name.as_bytes()));
    }
}

#[test]
fn no_names_and_certificates_are_refused() {
    let (names, key, certificate) = (names(), key(ED25519), key(ED25519_CERT));
    let new = NewEntry { marker: None, names: &[], key: &key, comment: b"" };
    assert_eq!(new.to_line(), Err(NewEntryError::NoNames));
    assert_eq!(new.to_hashed_lines(|| [0; 20]), Err(NewEntryError::NoNames));
    let new = NewEntry { names: &names, key: &certificate, ..new };
    assert_eq!(new.to_line(), Err(NewEntryError::Certificate));
}
