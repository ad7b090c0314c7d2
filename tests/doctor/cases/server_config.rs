//! The server's configuration: entries 47 to 54, 57, 59 and 60.

use hostbased::failures::Id;

use crate::case::{Case, refused, works};
use crate::keys;
use crate::pair::{ALICE, CLIENT, CLIENT_ADDRESS, Pair, ROOT, SSHD_CONFIG, client_keys, known_hosts};

const ON: &str = "HostbasedAuthentication yes\n";

fn append(pair: &Pair, line: &str) {
    pair.server.append(SSHD_CONFIG, line);
}

/// Registers the client by its address, and asks for no names.
fn by_address(pair: &Pair) {
    pair.server.replace(SSHD_CONFIG, "UseDNS yes\n", "UseDNS no\n");
    pair.server.write("/etc/ssh/ssh_known_hosts", known_hosts(CLIENT_ADDRESS, client_keys()));
    pair.server.write("/etc/ssh/shosts.equiv", format!("{CLIENT_ADDRESS}\n"));
}

pub fn cases() -> Vec<Case> {
    let mut cases = switched_off();
    cases.extend(who_may());
    cases.extend(others());
    cases
}

fn switched_off() -> Vec<Case> {
    vec![
        refused("s_off", |pair| pair.server.replace(SSHD_CONFIG, ON, ""))
            .server(&[Id::ServerHostbasedOff])
            .log(&[Id::ServerHostbasedOff])
            .short(),
        refused("s_after_match", |pair| {
            pair.server.replace(SSHD_CONFIG, ON, "");
            append(pair, "Match User bob\n    X11Forwarding no\nHostbasedAuthentication yes\n");
        })
        .server(&[Id::SettingSwallowedByMatchBlock]),
        refused("s_dropin_first", |pair| {
            pair.server.write("/etc/ssh/sshd_config.d/00-hardening.conf", "HostbasedAuthentication no\n");
        })
        .server(&[Id::DropInFirstValueWins])
        .short(),
        refused("s_in_match_other", |pair| {
            pair.server.replace(SSHD_CONFIG, ON, "");
            append(pair, "Match Address 192.0.2.0/24\n    HostbasedAuthentication yes\n");
        })
        .server(&[Id::MatchBlockDoesNotApplyOrTurnsOff]),
        refused("s_match_turns_off", |pair| append(pair, "Match User alice\n    HostbasedAuthentication no\n"))
            .server(&[Id::MatchBlockDoesNotApplyOrTurnsOff]),
        refused("s_match_host_usedns_no", |pair| {
            by_address(pair);
            pair.server.replace(SSHD_CONFIG, ON, "");
            append(pair, "Match Host *.cluster.test\n    HostbasedAuthentication yes\n");
        })
        .server(&[Id::MatchBlockDoesNotApplyOrTurnsOff]),
        refused("s_usedns_in_match", |pair| append(pair, "Match Address 10.77.0.0/24\n    UseDNS yes\n"))
            .server(&[Id::DirectiveNotAllowedInMatch])
            .log(&[Id::DirectiveNotAllowedInMatch]),
        // Switched on, and not read yet.
        refused("stale_sshd", |pair| pair.server.replace(SSHD_CONFIG, ON, ""))
            .then(|pair| {
                // Files tell their age in whole ticks of the clock.
                std::thread::sleep(std::time::Duration::from_millis(1100));
                pair.server.prepend(SSHD_CONFIG, ON);
            })
            .server(&[Id::DaemonNotReloaded])
            .no_mend("there is no service manager here"),
    ]
}

fn who_may() -> Vec<Case> {
    vec![
        refused("s_authmethods_without", |pair| append(pair, "AuthenticationMethods publickey\n"))
            .server(&[Id::AuthenticationmethodsExcludesHostbased]),
        refused("s_authmethods_chain", |pair| append(pair, "AuthenticationMethods hostbased,publickey\n"))
            .server(&[Id::AuthenticationmethodsExcludesHostbased]),
        refused("s_allowusers", |pair| append(pair, "AllowUsers bob\n"))
            .server(&[Id::AllowDenyLists])
            .log(&[Id::AllowDenyLists]),
        refused("s_allowusers_host_usedns_no", |pair| {
            by_address(pair);
            append(pair, "AllowUsers *@node1.cluster.test\n");
        })
        .server(&[Id::AllowDenyLists]),
        refused("u_root_permit_no", |pair| {
            let root = "IgnoreRhosts no\nPermitRootLogin no\n";
            pair.server.replace(SSHD_CONFIG, "IgnoreRhosts yes\n", root);
            pair.server.write_as(ROOT, "/root/.shosts", format!("{CLIENT} root\n"));
        })
        .users(ROOT, ROOT)
        .server(&[Id::RootLoginPolicy])
        .log(&[Id::RootLoginPolicy]),
        refused("u_root_forced", |pair| {
            let root = "IgnoreRhosts no\nPermitRootLogin forced-commands-only\n";
            pair.server.replace(SSHD_CONFIG, "IgnoreRhosts yes\n", root);
            pair.server.write_as(ROOT, "/root/.shosts", format!("{CLIENT} root\n"));
        })
        .users(ROOT, ROOT)
        .server(&[Id::RootLoginPolicy]),
        works("u_root_default_prohibit", |pair| {
            pair.server.replace(SSHD_CONFIG, "IgnoreRhosts yes\n", "IgnoreRhosts shosts-only\n");
            pair.server.write_as(ROOT, "/root/.shosts", format!("{CLIENT} root\n"));
        })
        .users(ROOT, ROOT),
    ]
}

fn others() -> Vec<Case> {
    vec![
        works("s_deprecated_opts", |pair| append(pair, "RhostsAuthentication no\nRhostsRSAAuthentication no\n")),
        refused("s_revoked_missing", |pair| append(pair, "RevokedKeys /etc/ssh/revoked_keys\n"))
            .server(&[Id::RevokedKeysFileUnreadable])
            .log(&[Id::RevokedKeysFileUnreadable]),
        works("s_revoked_listed", |pair| {
            append(pair, "RevokedKeys /etc/ssh/revoked_keys\n");
            pair.server.write("/etc/ssh/revoked_keys", format!("{}\n", keys::ed25519().public));
        })
        .server_tells(Id::ClientKeyRevoked),
        works("baseline p_ok", |_| {}).short(),
        works("baseline_bob", |_| {}).users(crate::pair::BOB, crate::pair::BOB),
        works("baseline_short", |pair| {
            pair.client.append(crate::pair::SSH_CONFIG, "Host srv\n    HostbasedAuthentication yes\n");
        })
        .users(ALICE, ALICE)
        .to("srv"),
    ]
}
