//! Files of random lines: what is mended without being asked for admits nobody, a second time finds nothing to mend, and
//! nothing panics; and a million lines take seconds.

use super::*;
use crate::known_hosts::{self, HostKeyStatus, Source, check_host_key};
use crate::shosts::{self, Equiv, EquivMatch, Membership, Netgroups, Query};

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next().checked_rem(bound as u64).unwrap()).unwrap()
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const HOSTS: [&str; 18] = [
    "a",
    "b",
    "A",
    "a.",
    "10.0.0.1",
    "10.1",
    "[a]",
    "[a]:22",
    "a,b",
    "*",
    "a*",
    "@g",
    "@h",
    "",
    "fd77::1",
    "FD77:0::1",
    "\u{feff}a",
    "#a",
];
const USERS: [&str; 9] = ["", "", "", " u", " -u", " +", " @g", " #x", " U"];
const ENDS: [&str; 7] = ["\n", "\n", "\n", "\r\n", " # x\n", " #a\n", "\0 y\n"];

fn equiv_file(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(7) {
        if random.below(12) == 0 {
            text.push_str(&"#".repeat(1020_usize.saturating_add(random.below(6))));
        }
        text.push_str(random.of(&["", "", "", "-", "-", "+", " ", "NO_PLUS"]));
        text.push_str(random.of(&HOSTS));
        text.push_str(random.of(&USERS));
        text.push_str(random.of(&ENDS));
    }
    if random.below(4) == 0 { text.trim_end().to_owned() } else { text }
}

/// The group `g` has the host a and the user u.
#[derive(Debug)]
struct OneGroup;

impl Netgroups for OneGroup {
    fn contains(&self, group: &[u8], host: Option<&[u8]>, user: Option<&[u8]>) -> Membership {
        (group == b"g" && host.is_none_or(|host| host == b"a") && user.is_none_or(|user| user == b"u")).into()
    }
}

fn admitted(document: &shosts::Document) -> Vec<bool> {
    let hosts = ["a", "b", "10.0.0.1", "fd77::1", "c", "#a", "\u{feff}a"];
    let users = ["u", "v", "U", "#x", "#a"];
    let mut all = Vec::new();
    for host in hosts {
        for address in [host, "10.0.0.1", "fd77::1"] {
            for (client, server) in users.iter().flat_map(|client| users.iter().map(move |server| (client, server))) {
                let query = Query {
                    host: host.as_bytes(),
                    address: address.as_bytes(),
                    client_user: client.as_bytes(),
                    server_user: server.as_bytes(),
                };
                all.push(matches!(document.check(&query, &OneGroup), EquivMatch::Allow { .. }));
            }
        }
    }
    all
}

#[test]
fn mending_shosts_equiv_admits_nobody_and_is_done_once() {
    let mut random = Random(1);
    for round in 0..4_000 {
        let text = equiv_file(&mut random);
        let document = shosts::Document::parse(text.as_bytes());
        let inputs = Inputs { shosts: Some(&document), netgroups: Some(&OneGroup), ..Inputs::default() };
        let safe = |finding: &Finding| !finding.fix.as_ref().unwrap().admits;
        for admitting in [false, true] {
            let wanted = |finding: &Finding| admitting || safe(finding);
            let Some(rewritten) = mend(&inputs, wanted).shosts else { continue };
            let now = shosts::Document::parse(&rewritten.bytes);
            let inputs = Inputs { shosts: Some(&now), ..inputs };
            let left = lint(&inputs).into_iter().filter(|finding| finding.fix.is_some() && wanted(finding)).count();
            assert_eq!(left, 0, "{round}: {text:?} -> {now:?}");
            if !admitting {
                for (before, after) in admitted(&document).into_iter().zip(admitted(&now)) {
                    assert!(before || !after, "{round}: {text:?} -> {:?}", String::from_utf8_lossy(&rewritten.bytes));
                }
            }
        }
    }
}

fn known_hosts_file(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(6) {
        text.push_str(random.of(&[
            "",
            "",
            "",
            "@revoked ",
            "@revoked\t",
            "@Revoked ",
            "@revoked @revoked ",
            "@cert-authority ",
            "@cert-authority\t",
            "\u{feff}",
        ]));
        text.push_str(random.of(&[
            "a",
            "A",
            "a,b",
            "*",
            "a.",
            "!a,*",
            "10.1",
            "|1|x|y",
            "[a]:22",
            "10.0.0.0/8",
            "fd77:0::1,b",
        ]));
        text.push_str(random.of(&[" ", " ", "\t"]));
        let key = random.of(&["{ed}", "{ed}", "{other}", "{rsa}", "{cert}", "ssh-ed25519 AAAA", "", "ssh-dss AAAA"]);
        let key = with_keys(key);
        let cut = key.len().min(40);
        match random.below(6) {
            0 if key.len() > 60 => text.push_str(&format!("{}\n{}", &key[..cut], &key[cut..])),
            _ => text.push_str(&key),
        }
        text.push_str(random.of(&["\n", "\n", "\r\n", " x\n", " # x\n"]));
    }
    text
}

#[test]
fn mending_known_hosts_trusts_nobody_and_is_done_once() {
    let mut random = Random(2);
    let status = |document: &known_hosts::Document| {
        let sources = [Source { file: "f", document }];
        let keys = [ed(), other(), rsa(), certificate()];
        let names = ["a", "b", "c", "10.0.0.1", "fd77::1", "A"];
        let pairs = names.iter().flat_map(|name| keys.iter().map(move |key| (name, key)));
        pairs
            .map(|(name, key)| matches!(check_host_key(&sources, name.as_bytes(), key), HostKeyStatus::Ok(_)))
            .collect::<Vec<_>>()
    };
    for round in 0..3_000 {
        let text = known_hosts_file(&mut random);
        let document = known_hosts::Document::parse(text.as_bytes());
        let inputs = Inputs { known_hosts: Some(&document), ..Inputs::default() };
        for admitting in [false, true] {
            let wanted = |finding: &Finding| admitting || !finding.fix.as_ref().unwrap().admits;
            let Some(rewritten) = mend(&inputs, wanted).known_hosts else { continue };
            let now = known_hosts::Document::parse(&rewritten.bytes);
            let left: Vec<_> = lint(&Inputs { known_hosts: Some(&now), ..inputs })
                .into_iter()
                .filter(|finding| finding.fix.is_some() && wanted(finding))
                .collect();
            assert_eq!(left, [], "{round}: {text:?}");
            if !admitting {
                for (before, after) in status(&document).into_iter().zip(status(&now)) {
                    assert!(before || !after, "{round}: {text:?} -> {:?}", String::from_utf8_lossy(&rewritten.bytes));
                }
            }
        }
    }
}

#[test]
fn any_bytes_are_judged() {
    let mut random = Random(3);
    for _ in 0..2_000 {
        let length = random.below(60);
        let bytes: Vec<u8> = (0..length).map(|_| b"a@-+# \t\r\n,.:/[]|1*?!\0\xff"[random.below(22)]).collect();
        let (known_hosts, shosts) = (known_hosts::Document::parse(&bytes), shosts::Document::parse(&bytes));
        let inputs = Inputs {
            known_hosts: Some(&known_hosts),
            shosts: Some(&shosts),
            hosts_equiv: Some(&shosts),
            names: Some(Names::Dns),
            ..Inputs::default()
        };
        for finding in lint(&inputs) {
            if let Place::Line { file, line, start, end } = finding.place {
                let length = match file {
                    File::KnownHosts => known_hosts.line(line).unwrap().text().len(),
                    _ => shosts.line(line).unwrap().text().len(),
                };
                assert!(start <= end && end <= length, "{finding:?} of {:?}", String::from_utf8_lossy(&bytes));
            }
        }
        let _ = mend(&inputs, |_| true);
    }
}
