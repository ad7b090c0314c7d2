//! The system's known_hosts files.

use hostbased::known_hosts::Place;
use hostbased::verify::{Refusal, Unreadable};

use crate::fixture::{Attempt, Text, line, refusal_is, with};

#[test]
fn the_host_key_is_the_hosts_own_and_not_revoked() {
    let place = Place { file: "ssh_known_hosts", line: 1 };
    refusal_is(|attempt| attempt.known_hosts = "".into(), Refusal::HostKeyUnknown);
    refusal_is(|attempt| attempt.known_hosts = line("10.77.0.2", 1).into(), Refusal::HostKeyUnknown);
    refusal_is(|attempt| attempt.known_hosts = line("[10.77.0.1]:22", 1).into(), Refusal::HostKeyUnknown);
    refusal_is(|attempt| attempt.known_hosts = line("10.77.0.1", 2).into(), Refusal::HostKeyChanged(place));
    refusal_is(|attempt| attempt.known_hosts = line("10.77.0.*,!10.77.0.1", 1).into(), Refusal::HostKeyUnknown);
    let revoked = |attempt: &mut Attempt| attempt.known_hosts.push_front(&line("@revoked *", 1));
    refusal_is(revoked, Refusal::HostKeyRevoked(place));
    let other = |attempt: &mut Attempt| attempt.known_hosts.push_front(&line("@revoked *", 2));
    assert_eq!(with(other), "accept 10.77.0.1");
}

#[test]
fn a_systems_file_that_cannot_be_read_may_revoke_any_key() {
    let why = Unreadable::Vanished;
    refusal_is(
        |attempt| attempt.known_hosts = Text::Unreadable(why),
        Refusal::KnownHostsUnreadable { file: "ssh_known_hosts", why },
    );
    assert_eq!(with(|attempt| attempt.known_hosts = Text::Missing), "host-key-unknown");
    let second = |first: Text| {
        move |attempt: &mut Attempt| {
            attempt.known_hosts = first.clone();
            attempt.known_hosts2 = Text::Unreadable(why);
        }
    };
    refusal_is(second("".into()), Refusal::KnownHostsUnreadable { file: "ssh_known_hosts2", why });
    assert_eq!(with(second(line("10.77.0.1", 1).into())), "accept 10.77.0.1", "the second was not to be asked");
}
