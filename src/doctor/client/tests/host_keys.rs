//! Host keys and what would be offered; the server's key.

use super::*;
use Severity::{Error, Information, Warning};

fn with_keys(change: impl FnOnce(&mut Vec<HostKeyFiles>)) -> Facts {
    with(|facts| {
        change(&mut facts.keys.keys);
        offer_and_sign(facts);
    })
}

#[test]
fn no_private_key_where_the_helper_looks() {
    let gone = |public: bool| {
        with(|facts| {
            for files in &mut facts.keys.keys {
                files.private = PrivateKey::Missing;
                if !public {
                    files.public = PublicFile::Missing;
                }
            }
            offer_and_sign(facts);
            facts.helper.dry_runs.clear();
            facts.helper.self_test = Some(SelfTest::NoKeyOpened);
        })
    };
    assert_eq!(judged(&gone(false)), [(33, Error)]);
    assert_eq!(judged(&gone(true)), [(33, Error)]);
    let hidden = with_keys(|keys| keys[0].private = PrivateKey::Hidden("Permission denied".to_owned()));
    assert_eq!(judged(&hidden), []);
}

#[test]
fn a_dsa_key_alone() {
    let facts = with_keys(|keys| {
        for files in keys.iter_mut() {
            files.private = PrivateKey::Missing;
            files.public = PublicFile::Missing;
        }
        let mut dsa = host_key("dsa", "rsa");
        dsa.public = PublicFile::Damaged("unknown type".to_owned());
        keys.push(dsa);
    });
    assert_eq!(judged(&facts), [(36, Error)]);
}

#[test]
fn public_files_that_are_missing() {
    let all = with_keys(|keys| keys.iter_mut().for_each(|files| files.public = PublicFile::Missing));
    let finding = only(&all);
    assert_eq!((finding.id.number(), finding.severity), (29, Error));
    assert_eq!(place(&finding), "/etc/ssh/ssh_host_ecdsa_key.pub");
    assert_eq!(judged(&with_keys(|keys| keys[1].public = PublicFile::Missing)), [(29, Warning)]);
    let damaged = with_keys(|keys| keys[1].public = PublicFile::Damaged("no key".to_owned()));
    assert_eq!(judged(&damaged), [(29, Warning)]);
    let none = with_keys(|keys| {
        keys[1].private = PrivateKey::Missing;
        keys[1].public = PublicFile::Missing;
    });
    assert_eq!(judged(&none), [], "a key that is not there at all");
}

#[test]
fn public_files_that_users_cannot_read() {
    let closed = || PublicFile::Unreadable("Permission denied".to_owned());
    let all = with_keys(|keys| keys.iter_mut().for_each(|files| files.public = closed()));
    let finding = only(&all);
    assert_eq!((finding.id.number(), finding.severity), (30, Error));
    let paths = "/etc/ssh/ssh_host_ecdsa_key.pub /etc/ssh/ssh_host_ed25519_key.pub /etc/ssh/ssh_host_rsa_key.pub";
    assert_eq!(fix(&finding), Some(format!("chmod 644 {paths}")));
    assert_eq!(judged(&with_keys(|keys| keys[0].certificate = closed())), [(30, Warning)]);
    let folder = with(|facts| {
        facts.keys.keys.iter_mut().for_each(|files| files.public = closed());
        facts.global.files[0].mode = 0o750;
        offer_and_sign(facts);
    });
    assert_eq!(fix(&only(&folder)).as_deref(), Some("chmod 755 /etc/ssh"));
    let for_root = with(|facts| {
        facts.account.uid = 0;
        for files in &mut facts.keys.keys {
            files.public = PublicFile::Key(Box::new(files.public.key().unwrap().clone()), 0o600);
        }
    });
    assert_eq!(judged(&for_root), [(30, Error)]);
}

#[test]
fn private_keys_that_others_can_read() {
    let private = |uid, gid, mode| {
        let file = FileFacts { path: "/etc/ssh/ssh_host_ecdsa_key".to_owned(), uid, gid, mode };
        with_keys(|keys| keys[0].private = PrivateKey::There(file))
    };
    let finding = only(&private(0, 0, 0o644));
    assert_eq!((finding.id.number(), finding.severity), (118, Error));
    assert_eq!(fix(&finding).as_deref(), Some("chmod 600 /etc/ssh/ssh_host_ecdsa_key"));
    assert_eq!(judged(&private(0, 998, 0o640)), [(118, Error)]);
    assert_eq!(fix(&only(&private(33, 0, 0o600))).as_deref(), Some("chown root:root /etc/ssh/ssh_host_ecdsa_key"));
    assert_eq!(judged(&private(0, 0, 0o640)), [], "root's own group");
    let in_namespace = |mode| {
        let mut facts = private(65534, 65534, mode);
        facts.system.partial_uid_map = Some("0 1000 1".to_owned());
        judged(&facts)
    };
    assert_eq!(in_namespace(0o600), []);
    assert_eq!(in_namespace(0o604), [(118, Error)]);
}

#[test]
fn the_list_has_no_algorithm_for_any_key() {
    let listed = |list: &str| {
        with(|facts| {
            facts.options = options(&format!("hostbasedacceptedalgorithms {list}"));
            facts.global = global_text(&format!("{GLOBAL_TEXT} HostbasedAcceptedAlgorithms {list}\n"));
            offer_and_sign(facts);
        })
    };
    let finding = only(&listed("sk-ssh-ed25519@openssh.com,no-such"));
    assert_eq!((finding.id.number(), place(&finding).as_str()), (37, "/etc/ssh/ssh_config:4"));
    assert_eq!(judged(&listed("rsa-sha2-256")), [(39, Information)]);
    assert_eq!(judged(&listed("ecdsa-sha2-nistp256,rsa-sha2-256")), []);
}

#[test]
fn offers_are_in_the_order_of_the_list_and_each_key_comes_once() {
    let mut keys = vec![host_key("ecdsa", "ecdsa256"), host_key("ed25519", "ed25519"), host_key("rsa", "rsa")];
    keys[1].certificate = PublicFile::Key(Box::new(key("ed25519-cert")), 0o644);
    let order = |list: &[&str]| -> Vec<String> {
        offers(&keys, list).iter().map(|offer| format!("{} {}", offer.algorithm, offer.path)).collect()
    };
    assert_eq!(
        order(&["rsa-sha2-256", "rsa-sha2-512", "ssh-ed25519", "new@example", "ssh-ed25519-cert-v01@openssh.com"]),
        [
            "rsa-sha2-256 /etc/ssh/ssh_host_rsa_key.pub",
            "ssh-ed25519 /etc/ssh/ssh_host_ed25519_key.pub",
            "ssh-ed25519-cert-v01@openssh.com /etc/ssh/ssh_host_ed25519_key-cert.pub",
        ]
    );
    assert_eq!(order(&["ecdsa-sha2-nistp384"]), [""; 0]);
}

#[test]
fn certificates_are_told_of_and_those_that_servers_refuse() {
    let facts = |now| {
        with(|facts| {
            facts.keys.keys[1].certificate = PublicFile::Key(Box::new(key("ed25519-cert")), 0o644);
            facts.keys.now = now;
            offer_and_sign(facts);
        })
    };
    let certificate = key("ed25519-cert");
    let certificate = certificate.certificate().unwrap();
    let (from, until) = (certificate.valid_after(), certificate.valid_before());
    let inside = from.saturating_add(1);
    let numbers = |facts: &Facts| judged(facts);
    let found = numbers(&facts(inside));
    assert_eq!(found.last(), Some(&(35, Information)));
    assert!(!found.contains(&(110, Warning)), "{found:?}");
    if until != u64::MAX {
        assert_eq!(numbers(&facts(until)), [(110, Warning), (35, Information)]);
    }
    if from > 1 {
        assert_eq!(numbers(&facts(from - 1)), [(110, Warning), (35, Information)]);
    }
    let named = |name: &str| {
        let mut facts = facts(inside);
        facts.target.as_mut().unwrap().connections[0].claimed = name.to_owned();
        judged(&facts).contains(&(108, Warning))
    };
    let principal = certificate.principals()[0].clone();
    assert!(!named(&principal));
    assert!(named("other.test"));
}

#[test]
fn a_small_rsa_key_is_told() {
    let bits = key("rsa").rsa_bits().unwrap();
    let least = |least: usize| judged(&with(|facts| facts.options = options(&format!("requiredrsasize {least}"))));
    assert_eq!(least(bits), []);
    assert_eq!(least(bits + 1), [(43, Warning)]);
}

fn known(change: impl FnOnce(&mut KnownHostsFile), lines: &str) -> Vec<(u16, Severity)> {
    judged(&with(|facts| {
        change(&mut facts.target.as_mut().unwrap().known[0]);
        facts.options = options(lines);
    }))
}

#[test]
fn a_server_that_nobody_knows() {
    let nowhere = |file: &mut KnownHostsFile| file.lines = 0;
    assert_eq!(known(nowhere, ""), [(112, Warning)]);
    let nobody_to_ask = with(|facts| {
        let target = facts.target.as_mut().unwrap();
        target.can_ask = false;
        target.known[0].lines = 0;
    });
    assert_eq!(judged(&nobody_to_ask), [(112, Error)]);
    assert_eq!(known(nowhere, "stricthostkeychecking yes"), [(112, Error)]);
    assert_eq!(known(nowhere, "stricthostkeychecking true"), [(112, Error)]);
    let mut of_root = nobody_to_ask.clone();
    of_root.account.uid = 0;
    assert!(judged(&of_root).contains(&(112, Warning)), "root's own files");
    assert_eq!(known(nowhere, "batchmode yes"), [(112, Error)]);
    assert_eq!(known(nowhere, "stricthostkeychecking accept-new"), []);
    assert_eq!(known(nowhere, "stricthostkeychecking false"), [(112, Information)]);
    assert_eq!(known(|_| {}, "stricthostkeychecking no"), [(112, Information)], "whoever answers");
    assert_eq!(known(nowhere, "knownhostscommand /x"), []);
}

#[test]
fn known_hosts_that_users_cannot_read() {
    let closed = |file: &mut KnownHostsFile| {
        file.lines = 0;
        file.unreadable = Some("Permission denied".to_owned());
    };
    assert_eq!(known(closed, ""), [(107, Error)]);
    let in_closed_folder = with(|facts| {
        closed(&mut facts.target.as_mut().unwrap().known[0]);
        facts.global.files[0].mode = 0o700;
    });
    assert_eq!(judged(&in_closed_folder), [(112, Warning)]);
    let own = |file: &mut KnownHostsFile| {
        closed(file);
        file.is_global = false;
    };
    assert_eq!(known(own, ""), [(112, Warning)], "a user's own");
    let for_root = |mode| {
        judged(&with(|facts| {
            facts.account.uid = 0;
            facts.target.as_mut().unwrap().known[0].file.as_mut().unwrap().mode = mode;
        }))
    };
    assert_eq!(for_root(0o600), [(107, Error)]);
    assert_eq!(for_root(0o644), []);
}

#[test]
fn the_name_that_the_servers_key_is_looked_up_by() {
    let name = |lines: &str| looked_up(&with(|facts| facts.options = options(lines)));
    assert_eq!(name(""), "srv.cluster.test");
    assert_eq!(name("hostname SRV.test\nport 2222"), "[srv.test]:2222");
    assert_eq!(name("hostkeyalias Alias\nport 2222"), "alias");
}
