//! Lines that are read well, but hardly say what was meant.

use super::*;

#[test]
fn each_trap_is_named_and_its_near_miss_is_not() {
    for (line, warnings) in [
        ("node1.test\n", vec![]),
        ("10.0.0.1", vec![]),
        ("2001:db8::1", vec![]),
        ("@cluster", vec![]),
        ("# *.test node1. a.b", vec![]),
        ("*.test", vec![Warning::Pattern]),
        ("node?", vec![Warning::Pattern]),
        ("10.0.0.0/24", vec![Warning::Pattern]),
        ("node1,node2", vec![Warning::Pattern]),
        ("[2001:db8::1]", vec![Warning::Pattern]),
        ("node1.", vec![Warning::FinalDot]),
        ("2001:DB8::1", vec![Warning::AddressText]),
        ("2001:db8:0::1", vec![Warning::AddressText]),
        ("::ffff:10.0.0.1", vec![Warning::AddressText]),
        ("\u{feff}node1", vec![Warning::ByteOrderMark]),
        ("node1 #note", vec![Warning::CommentAsUser]),
        ("node1 node1.test", vec![Warning::HostAsUser]),
        ("node1 2001:db8::1", vec![Warning::HostAsUser]),
        ("node1 alice", vec![Warning::EveryAccount]),
        ("node1 @staff", vec![Warning::EveryAccount]),
        ("-node1", vec![Warning::WeakDenial]),
        ("node1 -alice", vec![Warning::WeakDenial]),
        ("-*.test a.b", vec![Warning::Pattern, Warning::HostAsUser, Warning::WeakDenial]),
    ] {
        assert_eq!(Document::parse(line.as_bytes()).line(1).unwrap().warnings(), warnings, "{line}");
    }
    let long = |length: usize| Document::parse(format!("#{}\n", "x".repeat(length - 1)).as_bytes());
    assert_eq!(long(1023).line(1).unwrap().warnings(), []);
    assert_eq!(long(1024).line(1).unwrap().warnings(), [Warning::Pieces]);
}
