//! Twice the lines take about twice the time, whatever they say.

use std::fmt::Write;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::fixture::{Root, public_key};

/// CPU time of the children so far, in milliseconds.
fn spent() -> i64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).unwrap();
    usage.user_time().num_milliseconds() + usage.system_time().num_milliseconds()
}

type Files = fn(usize) -> (String, String);

/// As enroll writes them.
fn fleet(hosts: usize) -> (String, String) {
    let (mut known_hosts, mut shosts) = (String::new(), String::new());
    for host in 0..hosts {
        let (name, address) =
            (format!("node{host}.test"), format!("10.{}.{}.{}", host >> 16, host >> 8 & 255, host & 255));
        writeln!(known_hosts, "{name},{address} {}", public_key(host)).unwrap();
        writeln!(shosts, "{name}\n{address}").unwrap();
    }
    (known_hosts, shosts)
}

/// One key for all, each named on two lines so that all become one host at the end; two keys a host; denials too late.
fn tangle(hosts: usize) -> (String, String) {
    let (mut known_hosts, mut shosts) = (String::new(), String::new());
    for host in 0..hosts {
        writeln!(known_hosts, "node{host} {}", public_key(0)).unwrap();
        writeln!(known_hosts, "node{host},node{} {}", hosts - host, public_key(host)).unwrap();
        writeln!(shosts, "other user{host}\nnode{host}").unwrap();
    }
    for host in 0..hosts {
        writeln!(shosts, "-other user{host}\n-node{host}").unwrap();
        writeln!(known_hosts, "@revoked node{host} {}", public_key(0)).unwrap();
    }
    (known_hosts, shosts)
}

/// Patterns, and hosts that none is for.
fn patterns(hosts: usize) -> (String, String) {
    let (mut known_hosts, mut shosts) = (String::new(), String::new());
    for host in 0..hosts {
        writeln!(known_hosts, "*a*{host}*b*,!x* {}", public_key(host)).unwrap();
        writeln!(known_hosts, "node0 ssh-ed25519 AAAA{host}").unwrap();
        writeln!(shosts, "aaaaaaaaaaaa{host} # x").unwrap();
        writeln!(shosts, "aaaaaaaaaaaa{host}").unwrap();
    }
    (known_hosts, shosts)
}

#[test]
fn twice_the_lines_take_about_twice_the_time() {
    for (name, files, hosts) in
        [("fleet", fleet as Files, 4_000), ("tangle", tangle, 3_000), ("patterns", patterns, 2_000)]
    {
        let time = |hosts: usize| {
            let (known_hosts, shosts) = files(hosts);
            let root = Root::with(known_hosts, shosts);
            let before = spent();
            root.lint(&[]);
            root.run(&["list", "--names", "both"]);
            spent() - before
        };
        let (once, twice) = (time(hosts), time(hosts * 2));
        println!("{name}: {hosts} hosts {once} ms, {} hosts {twice} ms", hosts * 2);
        // A step for each pair would make it four times.
        assert!(twice < once * 3 + 200, "{name}: {once} ms, then {twice} ms");
    }
}
