//! The way to the server, and as whom this machine comes there.

use super::*;
use Severity::{Error, Information, Warning};

fn ways(connections: &[Connection]) -> Facts {
    with(|facts| facts.target.as_mut().unwrap().connections = connections.to_vec())
}

const V4: (&str, &str) = ("10.77.0.2", "10.77.0.1");
const V6: (&str, &str) = ("fd77::2", "fd77::1");

fn way(addresses: (&str, &str), name: Option<&str>) -> Connection {
    connection(addresses.0, addresses.1, name)
}

#[test]
fn an_ipv6_address_that_nobody_knows() {
    let name = Some("node1.cluster.test");
    assert_eq!(judged(&ways(&[way(V6, None), way(V4, name)])), [(72, Warning), (78, Information)]);
    assert_eq!(judged(&ways(&[way(V6, name), way(V4, name)])), []);
    assert_eq!(judged(&ways(&[way(V4, name), way(V6, name)])), []);
}

#[test]
fn an_interface_with_a_name_of_its_own() {
    let several = |addresses: &[&str]| {
        with(|facts| {
            facts.target.as_mut().unwrap().connections = vec![way(V4, Some("node1-ib.cluster.test"))];
            facts.system.addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        })
    };
    assert_eq!(judged(&several(&["10.77.0.1", "10.78.0.1"])), [(74, Warning)]);
    assert_eq!(judged(&several(&["10.77.0.1", "127.0.0.1", "fd77::1"])), [], "it has no other");
}

#[test]
fn a_server_that_is_this_machine() {
    let localhost = |lines, registered| {
        let mut facts = ways(&[connection("127.0.0.1", "127.0.0.1", Some("localhost"))]);
        facts.options = options(lines);
        facts.target.as_mut().unwrap().is_its_own_client = registered;
        judged(&facts)
    };
    assert_eq!(localhost("", None), [(75, Warning)]);
    assert_eq!(localhost("", Some(true)), [(75, Information)]);
    assert_eq!(localhost("", Some(false)), [(75, Error)]);
    assert_eq!(localhost("port 2222", Some(false)), [(75, Warning)], "perhaps a tunnel");
    assert_eq!(judged(&ways(&[connection("10.77.0.1", "10.77.0.1", Some("node1.cluster.test"))])), [(75, Warning)]);
}

#[test]
fn a_proxy_is_no_fault_by_itself() {
    let proxied = |lines: &str| judged(&with(|facts| facts.options = options(lines)));
    assert_eq!(proxied("proxycommand nc %h %p"), [(77, Information)]);
    assert_eq!(proxied("proxycommand /usr/bin/sss_ssh_knownhostsproxy -p %p %h"), [(77, Warning)]);
    assert_eq!(proxied("proxyjump login"), [(77, Warning)]);
    assert_eq!(proxied("proxycommand none\nproxyjump none"), []);
    let set = with(|facts| {
        facts.options = options("proxyjump login");
        facts.global = global_text(&format!("{GLOBAL_TEXT} ProxyJump login\n"));
    });
    let finding = only(&set);
    assert_eq!(place(&finding), "/etc/ssh/ssh_config:4");
    let block = "Host srv.cluster.test\n    ProxyJump none";
    assert_eq!(mends(&finding)[0], format!("/etc/ssh/ssh_config: {block} (above the first Host or Match)"));
}

#[test]
fn odd_own_names_are_only_told() {
    assert_eq!(judged(&ways(&[way(V4, Some("node1"))])), [(78, Information)]);
    assert_eq!(judged(&ways(&[way(V4, None)])), [(78, Information)]);
    assert_eq!(judged(&ways(&[way(V4, Some("Node1.cluster.test"))])), [(80, Information)]);
    let pipe = Connection { server: None, source: None, source_name: None, claimed: "node1".to_owned() };
    assert_eq!(judged(&ways(&[pipe])), [(78, Information)]);
}
