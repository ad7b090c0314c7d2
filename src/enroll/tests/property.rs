//! Plans are made from the lines that concern some hosts. What comes of them is what the whole files say, read line for line.

#![allow(clippy::arithmetic_side_effects, reason = "small numbers of the test's own")]

use super::*;
use crate::known_hosts::HashedName;
use crate::lines::testing::Random;
use crate::shosts::NoNetgroups;

const HOSTS: [&str; 6] =
    ["node1,10.0.0.1", "node1", "node2,10.0.0.2", "10.0.0.1", "node3,node1", "node2,alias,10.0.0.3"];

fn random_files(random: &mut Random) -> Files {
    let hashed = |name: &str| HashedName::new(name.as_bytes(), [7; 20]).to_string();
    let names: Vec<String> =
        ["node1", "node2", "10.0.0.1", "NODE1,x", "node*", "10.0.0.?", "*,!node2", "alias,node2", "far,away"]
            .map(str::to_owned)
            .into_iter()
            .chain([hashed("node1"), hashed("10.0.0.2")])
            .collect();
    let markers = ["", "", "", "", "", "", "", "@revoked ", "@revoked\t", "@cert-authority "];
    let mut known = String::new();
    for _ in 0..random.below(7) {
        let key = *random.pick(&["{ed}", "{other}", "{rsa}", "nonsense"]);
        known.push_str(&format!("{}{} {key}\n", random.pick(&markers), random.pick(&names)));
    }
    let mut equiv = String::new();
    for _ in 0..random.below(6) {
        equiv.push_str(random.pick::<&str>(&[
            "node1\n",
            "10.0.0.1\n",
            "-node2\n",
            "+@g\n",
            "node2 bob\n",
            "x y z\n",
            "far\n",
            "# x\n",
            "NODE1\n",
        ]));
    }
    if random.below(3) == 0 {
        known.pop();
        equiv.pop();
    }
    files(&known, &equiv)
}

fn random_hosts(random: &mut Random) -> Vec<Registration> {
    let keys = [ed25519(), other_ed25519(), rsa()];
    let mut host = |_| {
        let names = *random.pick(&Names::ALL);
        let keys: Vec<PublicKey> = keys.iter().filter(|_| random.below(2) == 0).cloned().collect();
        let trust = random
            .pick(&[Trust::Given, Trust::Scan, Trust::Asked, Trust::Fingerprints(vec![rsa().fingerprint()])])
            .clone();
        let hash = (random.below(3) == 0).then(|| Salts::new([9; 20]));
        let renew = random.below(3) == 0;
        Registration { trust, hash, renew, ..registration(random.pick::<&str>(&HOSTS), names, &keys) }
    };
    (0..3).map(&mut host).collect()
}

#[test]
fn what_a_plan_says_is_what_the_whole_files_say_when_it_is_carried_out() {
    let mut random = Random::new(21);
    let (mut refused, mut changed, mut gaps) = (0, 0, 0);
    for _ in 0..3_000 {
        let before = random_files(&mut random);
        let hosts = random_hosts(&mut random);
        let plan = Plan::enroll(&Texts::from(&before), &hosts, &NoNetgroups);
        let after = patched(&before, &plan);
        let shown = format!("{:?}\n{plan:#?}", String::from_utf8_lossy(&before.known_hosts.to_bytes()));
        for (host, planned) in hosts.iter().zip(plan.hosts()) {
            let good = planned.status != Status::Refused;
            assert_eq!(good, planned.reasons.is_empty());
            if good {
                assert_eq!(planned.gaps, not_admitted(&after, host, &NoNetgroups), "{shown}");
            } else {
                assert!(planned.changes.is_empty());
            }
            refused += usize::from(!good);
            changed += usize::from(matches!(planned.status, Status::Added | Status::Changed));
            gaps += planned.gaps.len();
        }
        // Every line that was there is there, but for those that were given more names or another key.
        let replaced = plan.changes().iter().filter(|change| matches!(change.edit, Edit::Replace { .. })).count();
        let kept = |file: SystemFile| {
            let (before, after) = (before.bytes(file), after.bytes(file));
            let after: Vec<&[u8]> = after.split(|&byte| byte == b'\n').collect();
            before.split(|&byte| byte == b'\n').filter(|line| !after.contains(line)).count()
        };
        assert!(kept(SystemFile::KnownHosts) <= replaced && kept(SystemFile::ShostsEquiv) == 0, "{shown}");
        // Again: those that were registered are, and the same are refused or were in each other's way.
        let registered: Vec<Registration> = hosts
            .iter()
            .zip(plan.hosts())
            .filter(|(_, planned)| planned.status != Status::Refused)
            .map(|(host, _)| host.clone())
            .collect();
        let again = Plan::enroll(&Texts::from(&after), &registered, &NoNetgroups);
        for (host, planned) in registered.iter().zip(again.hosts()) {
            assert!(planned.changes.is_empty() || !host.keys.is_empty(), "{shown}");
        }
    }
    assert!(refused > 500 && changed > 500, "{refused} refused, {changed} changed, {gaps} gaps");
}

/// Every netgroup has every host.
struct Everybody;

impl crate::shosts::Netgroups for Everybody {
    fn contains(&self, _: &[u8], _: Option<&[u8]>, _: Option<&[u8]>) -> crate::shosts::Membership {
        crate::shosts::Membership::Member
    }
}

#[test]
fn what_a_removal_leaves_is_what_the_whole_files_say() {
    let mut random = Random::new(22);
    let others = OtherFiles::default();
    let (mut removed, mut still) = (0, 0);
    for _ in 0..3_000 {
        let before = random_files(&mut random);
        let hosts: Vec<HostText> =
            (0..2).map(|_| text(random.pick::<&str>(&["node1", "node2", "10.0.0.1", "alias"]))).collect();
        let plan = Plan::remove(&Texts::from(&before), &hosts, &Everybody, &others);
        let after = patched(&before, &plan);
        assert_eq!(plan.still_admitted(), still_admitted(&after, &others, plan.gone(), &Everybody));
        for host in &hosts {
            let own = |(_, entry): &(usize, &crate::known_hosts::Entry)| {
                entry.marker().is_none() && entry.names(host.as_bytes()) && super::super::remove::is_all_literal(entry)
            };
            assert_eq!(after.known_hosts.entries().filter(own).count(), 0);
            assert!(plan.gone().contains(host));
        }
        removed += plan.changes().len();
        still += plan.still_admitted().len();
        // What was kept is as it was, line for line.
        for file in [SystemFile::KnownHosts, SystemFile::ShostsEquiv] {
            let gone: Vec<usize> =
                plan.changes().iter().filter(|change| change.file == file).map(|change| change.line).collect();
            let bytes = before.bytes(file);
            let kept = bytes.split_inclusive(|&byte| byte == b'\n').zip(1..).filter(|(_, line)| !gone.contains(line));
            assert_eq!(after.bytes(file), kept.map(|(line, _)| line).collect::<Vec<_>>().concat());
        }
    }
    assert!(removed > 500 && still > 50, "{removed} lines removed, {still} still admitted");
}
