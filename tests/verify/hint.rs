//! Hints that depend on more than the refusal, word by word.

use hostbased::verify::{IgnoreRhosts, Shell, Unreadable};

use crate::certificate::{Draft, certify};
use crate::fixture::{Attempt, Text, line, packet_only, public, use_dns};

fn hint(change: impl Fn(&mut Attempt)) -> String {
    let mut attempt = Attempt::default();
    change(&mut attempt);
    attempt.judge(|decision| decision.explanation().hint().unwrap())
}

#[test]
fn of_an_account_each_rule_has_its_own() {
    let rule = |option: &str, value: &str, groups: &'static [Vec<u8>]| {
        hint(|attempt| {
            attempt.policy.set(option, value).unwrap();
            attempt.entry.as_mut().unwrap().groups = groups;
        })
    };
    let users: &[Vec<u8>] = Vec::leak(vec![b"users".to_vec()]);
    assert_eq!(rule("DenyUsers", "alice", &[]), "take the account out of DenyUsers, then reload sshd");
    assert_eq!(rule("AllowUsers", "bob", &[]), "add the account to AllowUsers, then reload sshd");
    let elsewhere = "AllowUsers has alice@10.77.0.2 for the account, and 10.77.0.1 is none of those hosts: add \
                     alice@10.77.0.1, then reload sshd";
    assert_eq!(rule("AllowUsers", "alice@10.77.0.2", &[]), elsewhere);
    assert_eq!(rule("AllowUsers", "bob@10.77.0.1", &[]), "add the account to AllowUsers, then reload sshd");
    let no_group = "give the account a group: AllowGroups and DenyGroups refuse who is in none";
    assert_eq!(rule("DenyGroups", "ops", &[]), no_group);
    let denied = "take the account's group out of DenyGroups, or the account out of the group, then reload sshd";
    assert_eq!(rule("DenyGroups", "users", users), denied);
    assert_eq!(rule("AllowGroups", "ops", users), "add one of the account's groups to AllowGroups, then reload sshd");
    let bad = hint(|attempt| attempt.policy.deny_users = vec!["alice@10.0.0.1/8".into()]);
    assert_eq!(bad, "mend the pattern in AllowUsers or DenyUsers, then reload sshd");
    let locked = hint(|attempt| attempt.entry.as_mut().unwrap().locked = true);
    let wanted = "unlock the account: usermod -U alice, or usermod -p '*' alice where its entry in shadow(5) is a bare !; \
                  where it has expired (chage -l alice), chage -E -1 alice";
    assert_eq!(locked, wanted);
    for shell in [Shell::Missing("/no"), Shell::NotExecutable("/no")] {
        let shell = hint(|attempt| attempt.entry.as_mut().unwrap().shell = shell);
        assert_eq!(shell, "give the account a shell that exists and can be run: usermod -s /bin/sh alice");
    }
}

#[test]
fn a_host_that_nobody_knows_is_named_with_the_rule_by_which_it_is_looked_up() {
    let by_address = "10.77.0.1 (with UseDNS no, its address)";
    let by_name = "node1.cluster.test (with UseDNS yes, what its address resolves to and back)";
    let nameless = "10.77.0.1 (with UseDNS yes it has no confirmed name, so its address)";
    let by_claim = "node1.cluster.test (with HostbasedUsesNameFromPacketOnly yes, the client's own word)";
    for (rule, host, change) in [
        (by_address, "10.77.0.1", (|_| {}) as fn(&mut Attempt)),
        (by_name, "node1.cluster.test", use_dns),
        (nameless, "10.77.0.1", |attempt| {
            use_dns(attempt);
            attempt.names.clear();
        }),
        (by_claim, "node1.cluster.test", packet_only),
    ] {
        let equiv = hint(|attempt| {
            change(attempt);
            attempt.equiv = vec![("shosts.equiv", "# nobody\n".into())];
        });
        let wanted = "enroll it, or write the line";
        assert_eq!(equiv, format!("the host is looked up as {rule}: {wanted} {host} into shosts.equiv"));
        let unknown = hint(|attempt| {
            change(attempt);
            attempt.equiv[0].1.push_front("node1.cluster.test\n");
            attempt.known_hosts = "".into();
        });
        let wanted = format!("enroll it, or write into ssh_known_hosts: {}", line(host, 1).trim_end());
        assert_eq!(unknown, format!("the host is looked up as {rule}: {wanted}"));
        let certificate = hint(|attempt| {
            certify(attempt, &Draft { principals: vec!["*"], ..Draft::default() });
            change(attempt);
            attempt.equiv[0].1.push_front("node1.cluster.test\n");
            attempt.known_hosts = "".into();
        });
        let (authority, fingerprint) = (public(9).to_line(), public(9).fingerprint());
        let put = format!("put it into ssh_known_hosts for {rule}: @cert-authority {host} {authority}");
        let wanted = format!("if {fingerprint} is your authority, {put}");
        assert_eq!(certificate, wanted);
    }
}

#[test]
fn another_user_of_the_host_belongs_into_the_accounts_own_file() {
    let of = |ignore_rhosts: IgnoreRhosts, besides: &str| {
        let said = hint(|attempt| (attempt.client_user, attempt.policy.ignore_rhosts) = ("bob", ignore_rhosts));
        let host = "the host is looked up as 10.77.0.1 (with UseDNS no, its address)";
        let line = "a line \"10.77.0.1 bob\" in the account's own .shosts would let him in";
        let not = "in shosts.equiv it would open every account but root's";
        assert_eq!(said, format!("{host}, and its user bob asks for the account alice: {line}{besides}; {not}"));
    };
    of(IgnoreRhosts::Yes, ", with IgnoreRhosts shosts-only in sshd_config (then reload sshd)");
    of(IgnoreRhosts::ShostsOnly, "");
    of(IgnoreRhosts::No, "");
}

#[test]
fn the_line_that_decided_is_named() {
    let denied = hint(|attempt| attempt.equiv[0].1 = "# x\n-10.77.0.1\n".into());
    assert_eq!(denied, "take out line 2 of shosts.equiv, or put a line that lets in before it");
    let revoked = hint(|attempt| attempt.known_hosts.push_front(&line("@revoked *", 1)));
    let wanted = "give the client a new host key; line 1 of ssh_known_hosts must stay if the old one was stolen";
    assert_eq!(revoked, wanted);
}

#[test]
fn a_file_that_cannot_be_read_is_put_right_by_what_is_wrong_with_it() {
    let owner = "make ssh_known_hosts a regular file that belongs to root and that root alone may write (mode 0644)";
    let written = "wait until ssh_known_hosts is written; better, replace it as a whole (mv)";
    for (why, wanted) in [
        (
            Unreadable::Vanished,
            "put ssh_known_hosts back, be it empty; or start the server anew, if it is gone for good",
        ),
        (Unreadable::HalfWritten, written),
        (Unreadable::Changing, written),
        (Unreadable::TooLarge, "make ssh_known_hosts shorter"),
        (Unreadable::NotAFile, owner),
        (Unreadable::Owner { owner: 1000 }, owner),
    ] {
        assert_eq!(hint(|attempt| attempt.known_hosts = Text::Unreadable(why)), wanted);
    }
}

#[test]
fn a_certificate_is_to_be_signed_for_the_name_that_is_looked_up() {
    let signed = |principals: &[&'static str]| {
        hint(|attempt| certify(attempt, &Draft { principals: principals.to_vec(), ..Draft::default() }))
    };
    let anew = "sign the client's host key anew, for its name: ssh-keygen -s CA -I ID -h -n 10.77.0.1 FILE.pub";
    assert_eq!(signed(&[]), anew);
    let for_name = "sign the client's host key for the name that is looked up, with UseDNS no, its address: ssh-keygen -s CA \
                    -I ID -h -n 10.77.0.1 FILE.pub";
    assert_eq!(signed(&["node1"]), for_name);
}

#[test]
fn root_belongs_into_its_own_file_only() {
    let of = |ignore_rhosts| {
        hint(move |attempt| {
            attempt.policy.ignore_rhosts = ignore_rhosts;
            attempt.set_uid(0);
        })
    };
    let (own, better) = ("name the host and user in root's own .shosts", "better, log in as a user");
    let option =
        "IgnoreRhosts shosts-only in sshd_config below a line \"Match User root\" at its end, then reload sshd";
    assert_eq!(of(IgnoreRhosts::Yes), format!("{own}, with {option}; {better}"));
    assert_eq!(of(IgnoreRhosts::No), format!("{own}; {better}"));
    assert_eq!(of(IgnoreRhosts::ShostsOnly), format!("{own}; {better}"));
}

#[test]
fn what_counts_in_sshd_config_can_be_asked_for() {
    let asked = "sshd -T -C user=alice,host=10.77.0.1,addr=10.77.0.1 shows what counts";
    let off = |attempt: &mut Attempt| attempt.policy.hostbased_authentication = false;
    assert!(hint(off).contains(asked), "{}", hint(off));
    let named = |attempt: &mut Attempt| {
        use_dns(attempt);
        off(attempt);
    };
    assert!(hint(named).contains("user=alice,host=node1.cluster.test,addr=10.77.0.1 shows"), "{}", hint(named));
}
