//! What the log keeps to itself: entry 61, beside the cause.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::pair::{Pair, SSHD_CONFIG, known_hosts, server_keys};

fn logs_at(pair: &Pair, level: &str) {
    pair.server.replace(SSHD_CONFIG, "LogLevel DEBUG3", &format!("LogLevel {level}"));
}

fn not_admitted(pair: &Pair) {
    pair.server.remove("/etc/ssh/shosts.equiv");
}

fn not_known(pair: &Pair) {
    pair.server.write("/etc/ssh/ssh_known_hosts", known_hosts("node2.cluster.test", server_keys()));
}

const HIDDEN: &[Id] = &[Id::LogLevelHidesEverything];

pub fn cases() -> Vec<Case> {
    vec![
        works("g_info_ok", |pair| logs_at(pair, "INFO")).server_tells(Id::LogLevelHidesEverything),
        refused("g_info_shosts", |pair| {
            logs_at(pair, "INFO");
            not_admitted(pair);
        })
        .server(&[Id::ShostsMissingOrEmpty])
        .log(HIDDEN)
        .beside(HIDDEN),
        refused("g_info_mismatch", |pair| {
            logs_at(pair, "INFO");
            pair.server.replace(SSHD_CONFIG, "UseDNS yes", "UseDNS no");
        })
        .server(&[Id::UsednsNoButEntriesAreNames])
        .log(&[Id::UsednsNoButEntriesAreNames])
        .beside(HIDDEN),
        refused("g_info_knownhosts", |pair| {
            logs_at(pair, "INFO");
            not_known(pair);
        })
        .server(&[Id::KnownHostsNoEntry])
        .beside(HIDDEN),
        refused("g_verbose_shosts", |pair| {
            logs_at(pair, "VERBOSE");
            not_admitted(pair);
        })
        .server(&[Id::ShostsMissingOrEmpty]),
        refused("g_verbose_knownhosts", |pair| {
            logs_at(pair, "VERBOSE");
            not_known(pair);
        })
        .server(&[Id::KnownHostsNoEntry]),
    ]
}
