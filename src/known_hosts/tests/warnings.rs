//! Entries that are read well, but hardly say what was meant.

use super::*;

#[test]
fn each_trap_is_named_and_its_near_miss_is_not() {
    let k = text(ED25519);
    let long = "x".repeat(1023);
    for (line, warnings) in [
        (format!("node1,10.0.0.1,2001:db8::1,*.test,!x {k} me@node1"), vec![]),
        (format!("@revoked\tnode1 {k}"), vec![Warning::LostRevocation]),
        (format!("[node1]:2222 {k}"), vec![Warning::PortForm]),
        (format!("10.0.0.0/24 {k}"), vec![Warning::Network]),
        (format!("10.0.0.* {k}"), vec![]),
        (format!("2001:db8:0::1 {k}"), vec![Warning::AddressText]),
        (format!("::ffff:10.0.0.1 {k}"), vec![Warning::AddressText]),
        (format!("2001:DB8::1 {k}"), vec![]),
        (format!("node1. {k}"), vec![Warning::FinalDot]),
        (format!("node1,{long} {k}"), vec![Warning::LongPattern]),
        (format!("node1,{} {k}", &long[1..]), vec![]),
        (format!("!node1,!node2 {k}"), vec![Warning::OnlyNegated]),
        (format!("\u{feff}node1 {k}"), vec![Warning::ByteOrderMark]),
        (format!("node1 {}", text(ED25519_CERT)), vec![Warning::Certificate]),
        (format!("@revoked node1 {}", text(ED25519_CERT)), vec![]),
        (format!("node1 {k} {}", text(RSA)), vec![Warning::SecondKey]),
        (format!("node1 {k} ssh-rsa key"), vec![]),
        (format!("[a]:1,[b]:2,x. {k}"), vec![Warning::PortForm, Warning::FinalDot]),
    ] {
        assert_eq!(entry(&line).warnings(), warnings, "{line}");
    }
}
