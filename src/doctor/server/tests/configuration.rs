//! What keeps sshd from starting, and whether it has read what stands there: entries 14, 24, 51, 52 and 123.

use super::*;

fn complains(complaint: &'static str) -> World {
    World { complaint: Some(complaint), ..World::default() }
}

#[test]
fn keys_that_others_may_read_are_closed() {
    let said = "@@@@@\nPermissions 0640 for '/etc/ssh/ssh_host_rsa_key' are too open.\n\
                It is required that your private key files are NOT accessible by others.\n\
                sshd: no hostkeys available -- exiting.\n";
    let found = complains(said).is_refused_by(Id::GroupReadableHostKeysRefused);
    assert_eq!(place(&found), "/etc/ssh/ssh_host_rsa_key");
    assert_eq!(
        found.mends[0],
        crate::doctor::Mend::Command {
            machine: Machine::Server,
            rights: crate::doctor::Rights::Root,
            argv: ["chmod", "600", "/etc/ssh/ssh_host_rsa_key"].map(str::to_owned).to_vec(),
            is_safe: true,
        }
    );
    let found = complains("sshd: no hostkeys available -- exiting.\n").is_refused_by(Id::GroupReadableHostKeysRefused);
    assert_eq!(found.seen, "sshd -t: no hostkeys available");
}

#[test]
fn a_line_that_sshd_does_not_take_is_named() {
    let said = "/etc/ssh/sshd_config line 2: Directive 'UseDNS' is not allowed within a Match block\n";
    assert_eq!(place(&complains(said).is_refused_by(Id::DirectiveNotAllowedInMatch)), "/etc/ssh/sshd_config:2");
    let said = "/etc/ssh/sshd_config.d/a.conf: line 7: Bad configuration option: HostbasedKeyTypes\n\
                /etc/ssh/sshd_config: terminating, 1 bad configuration options\n";
    let found = complains(said).is_refused_by(Id::OptionNameVersionSkew);
    assert_eq!(place(&found), "/etc/ssh/sshd_config.d/a.conf:7");
    assert!(found.why.contains("HostbasedAcceptedKeyTypes"), "{found:?}");
    let said = "/etc/ssh/sshd_config line 1: Deprecated option RhostsAuthentication\n\
                /etc/ssh/sshd_config line 3: unsupported option \"maybe\".\n";
    assert_eq!(place(&complains(said).is_refused_by(Id::OptionNameVersionSkew)), "/etc/ssh/sshd_config:3");
    let found = complains("something\x1b[2J else\n").is_refused_by(Id::OptionNameVersionSkew);
    assert_eq!(found.seen, "sshd -t: something\\x1b[2J else");
}

#[test]
fn an_sshd_that_does_not_start_is_all_there_is_to_say() {
    let world = World { complaint: Some("x"), shosts: State::Missing, account: None, ..World::default() };
    assert_eq!(world.judged().len(), 1);
}

fn daemon(changed: &[&str]) -> Option<Daemon> {
    Some(Daemon { pid: 7, read_at: 1, changed_since: changed.iter().map(|&path| path.to_owned()).collect() })
}

#[test]
fn a_file_that_changed_since_sshd_read_it_does_not_count_yet() {
    World { daemon: daemon(&[]), ..World::default() }.is_good();
    let found = World { daemon: daemon(&[MAIN]), ..World::default() }.is_refused_by(Id::DaemonNotReloaded);
    assert_eq!(place(&found), MAIN);
    // What has nothing to do with hostbased is only worth knowing.
    let found = World { daemon: daemon(&["/etc/ssh/sshd_config.d"]), ..World::default() }.only();
    assert_eq!((found.id, found.severity), (Id::DaemonNotReloaded, Severity::Warning));
}

#[test]
fn a_broken_release_is_named() {
    let found = World { release: Some("OpenSSH_3.4p1"), ..World::default() }.judged();
    assert_eq!((found[0].id, found[0].severity), (Id::BrokenRelease, Severity::Error));
    assert_eq!(found[0].seen, "OpenSSH 3.4p1");
    World { release: Some("OpenSSH_9.2p1 Debian-2+deb12u3"), ..World::default() }.is_good();
    World { release: None, ..World::default() }.is_good();
}
