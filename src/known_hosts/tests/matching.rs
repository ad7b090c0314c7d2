//! Which hosts an entry is for.

use super::*;

fn matches(hosts: &str, name: &str) -> bool {
    entry(format!("{hosts} {}", text(ED25519))).matches(name.as_bytes())
}

#[test]
fn names_match_in_any_case_and_whole() {
    for (hosts, name) in [
        ("node1.cluster.test", "node1.cluster.test"),
        ("Node1.Cluster.TEST", "node1.cluster.test"),
        ("node1.cluster.test", "NODE1.cluster.test"),
        ("a,node1,b", "node1"),
        ("10.77.0.1", "10.77.0.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("node1,", "node1"),
        (",node1", "node1"),
    ] {
        assert!(matches(hosts, name), "{hosts} should match {name}");
    }
    for (hosts, name) in [
        ("node1", "node11"),
        ("node11", "node1"),
        ("node1", "node1."),
        ("node1.", "node1"),
        ("node1.cluster.test", "node1"),
        ("node1;node2", "node1"),
        ("10.77.0.1", "10.77.0.10"),
        ("2001:db8:0::1", "2001:db8::1"),
        ("node1,", ""),
        ("node1", ""),
    ] {
        assert!(!matches(hosts, name), "{hosts} should not match {name}");
    }
}

#[test]
fn wildcards_match_bytes_and_dots() {
    for (hosts, name) in
        [("*", "node1.test"), ("*", ""), ("*.test", "a.b.test"), ("node?", "node1"), ("10.1.*", "10.1.2.3")]
    {
        assert!(matches(hosts, name), "{hosts} should match {name}");
    }
    for (hosts, name) in [
        ("*.test", "test"),
        ("node?", "node"),
        ("node?", "node12"),
        ("10.1.*", "10.11.2.3"),
        ("10.1.0.0/16", "10.1.2.3"),
        ("node[12]", "node1"),
        ("node1|node2", "node1"),
    ] {
        assert!(!matches(hosts, name), "{hosts} should not match {name}");
    }
}

#[test]
fn a_negated_pattern_that_matches_wins_wherever_it_stands() {
    for hosts in ["*.test,!node1.test", "!node1.test,*.test", "!NODE*,*", "node1.test,!*"] {
        assert!(!matches(hosts, "node1.test"), "{hosts}");
    }
    assert!(matches("*.test,!node1.test", "node2.test"));
    assert!(!matches("!node1.test", "node2.test"), "negation alone matches nothing");
    assert!(!matches("!!node1", "node1"));
}

#[test]
fn a_pattern_of_1023_bytes_spoils_the_line() {
    assert!(matches(&format!("node1,{}", "x".repeat(1022)), "node1"));
    assert!(!matches(&format!("node1,{}", "x".repeat(1023)), "node1"));
}

#[test]
fn a_name_with_a_port_is_another_name() {
    for port in ["[node1]:22", "[node1]:2222", "[node1]"] {
        assert!(!matches(port, "node1"), "{port}");
    }
    assert!(matches("[node1]:2222", "[node1]:2222"));
    assert!(matches("[node1]:2222,node1", "node1"));
}

#[test]
fn hashed_names_match_as_given() {
    let hashed = HashedName::new(b"node1.test", [1; 20]).to_string();
    assert!(matches(&hashed, "node1.test"));
    assert!(!matches(&hashed, "Node1.test"), "the name is hashed as given");
    assert!(!matches(&hashed, "node2.test"));
    let upper = HashedName::new(b"Node1.test", [1; 20]).to_string();
    assert!(matches(&upper, "Node1.test") && !matches(&upper, "node1.test"));
    // A pattern cannot be hashed.
    assert!(!matches(&HashedName::new(b"*", [1; 20]).to_string(), "node1"));
}
