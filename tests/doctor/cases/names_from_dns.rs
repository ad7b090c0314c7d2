//! What a name server says of the client's address: entries 64 to 71.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::pair::{Answer, CLIENT, CLIENT_ADDRESS, Pair};

/// The server asks this name server alone about the client.
fn dns(pair: &Pair, records: &[(&'static str, Answer)]) {
    pair.server.write("/etc/hosts", "127.0.0.1 localhost\n10.77.0.2 srv.cluster.test srv\n");
    pair.server.serve_names(records);
}

const PTR: (&str, Answer) = (CLIENT_ADDRESS, Answer::Name(CLIENT));
const A: (&str, Answer) = (CLIENT, Answer::Address(CLIENT_ADDRESS));

pub fn cases() -> Vec<Case> {
    vec![
        works("d_ok", |pair| dns(pair, &[PTR, A])),
        works("d_multi_a", |pair| dns(pair, &[PTR, (CLIENT, Answer::Address("10.77.0.50")), A])),
        works("d_upper_ptr", |pair| dns(pair, &[(CLIENT_ADDRESS, Answer::Name("NODE1.Cluster.Test")), A])),
        refused("d_no_ptr", |pair| dns(pair, &[A])).server(&[Id::NoPtr]),
        refused("d_no_forward", |pair| dns(pair, &[PTR]))
            .server(&[Id::PtrWithoutForward])
            .log(&[Id::PtrWithoutForward]),
        refused("d_aaaa_only", |pair| dns(pair, &[PTR, (CLIENT, Answer::Address("fd77::1"))]))
            .server(&[Id::PtrWithoutForward]),
        refused("d_not_map_back", |pair| dns(pair, &[PTR, (CLIENT, Answer::Address("10.77.0.50"))]))
            .server(&[Id::PtrDoesNotMapBack])
            .log(&[Id::PtrDoesNotMapBack]),
        refused("d_numeric_ptr", |pair| dns(pair, &[(CLIENT_ADDRESS, Answer::Name("10.77.0.99")), A]))
            .server(&[Id::NumericPtr])
            .log(&[Id::NumericPtr]),
        refused("d_multi_ptr", |pair| {
            let alias = "alias.cluster.test";
            dns(pair, &[(CLIENT_ADDRESS, Answer::Name(alias)), PTR, A, (alias, Answer::Address(CLIENT_ADDRESS))]);
        })
        .server(&[Id::SeveralPtrOrAliasFirst])
        .log(&[Id::SeveralPtrOrAliasFirst]),
        refused("d_other_domain", |pair| {
            let other = "node1.other.test";
            dns(pair, &[(CLIENT_ADDRESS, Answer::Name(other)), A, (other, Answer::Address(CLIENT_ADDRESS))]);
        })
        .server(&[Id::SeveralPtrOrAliasFirst]),
        refused("d_hosts_and_dns_differ", |pair| {
            dns(pair, &[PTR, A]);
            pair.server.append("/etc/hosts", "10.77.0.1 old.cluster.test\n");
        })
        .server(&[Id::HostsFileAndDnsDisagree]),
        refused("d_servfail", |pair| dns(pair, &[(CLIENT_ADDRESS, Answer::Failure), A]))
            .server(&[Id::ResolverDownOrSlow]),
        refused("d_drop", |pair| dns(pair, &[(CLIENT_ADDRESS, Answer::Silence), A])).server(&[Id::ResolverDownOrSlow]),
    ]
}
