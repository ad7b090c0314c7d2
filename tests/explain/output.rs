//! The text, and the shape of the JSON.

use std::collections::BTreeSet;
use std::process::Stdio;

use crate::fixture::{NAME, Run, SHOSTS_EQUIV, Site, host_key};

const STEPS: [&str; 14] = [
    "method",
    "request",
    "algorithm",
    "key",
    "account",
    "revoked-keys",
    "name",
    "equiv",
    "certificate",
    "known-hosts",
    "signature",
    "root-login",
    "application",
    "further-methods",
];

fn fields(value: &serde_json::Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_json_has_one_shape() {
    needs_keygen!();
    let site = Site::new();
    let accepted = site.explain_by_key(&[]).accepted().json();
    site.write(SHOSTS_EQUIV, "-10.77.0.1\n");
    let refused = site.explain_by_key(&[]).refused("equiv-denies").json();
    let top = [
        "attempt",
        "decision",
        "further_methods",
        "hint",
        "message",
        "notes",
        "options",
        "reason",
        "set",
        "sshd_differs",
        "sshd_level",
        "sshd_message",
        "steps",
    ];
    for json in [&accepted, &refused] {
        assert_eq!(fields(json), top.into());
        for step in json["steps"].as_array().unwrap() {
            assert_eq!(fields(step), ["detail", "file", "line", "result", "step"].into());
            assert!(["ok", "no", "skipped"].contains(&step["result"].as_str().unwrap()), "{step}");
            assert!(STEPS.contains(&step["step"].as_str().unwrap()), "{step}");
        }
        // Every step is there, in sshd's order.
        let mut steps: Vec<&str> =
            json["steps"].as_array().unwrap().iter().map(|step| step["step"].as_str().unwrap()).collect();
        steps.dedup();
        assert_eq!(steps, STEPS);
    }
    // Each file that was asked is named, with its line where one decided.
    let equiv = |json: &serde_json::Value| -> Vec<(Option<String>, Option<u64>)> {
        let steps = json["steps"].as_array().unwrap().iter().filter(|step| step["step"] == "equiv");
        steps.map(|step| (step["file"].as_str().map(str::to_owned), step["line"].as_u64())).collect()
    };
    let named = |file: &str, line| (Some(file.to_owned()), line);
    let [hosts, shosts] = ["/etc/hosts.equiv", "/etc/ssh/shosts.equiv"];
    assert_eq!(equiv(&accepted), [named(hosts, None), named(shosts, Some(1))]);
    let own = ["~/.shosts", "~/.rhosts"].map(|file| named(file, None));
    let denied = [named(hosts, None), named(shosts, Some(1)), own[0].clone(), own[1].clone(), named(shosts, Some(1))];
    assert_eq!(equiv(&refused), denied);
    for field in ["reason", "message", "sshd_message", "sshd_level", "hint"] {
        assert!(accepted[field].is_null() && refused[field].is_string(), "{field}");
    }
    assert_eq!(
        (&accepted["options"], &accepted["set"][0]),
        (&"defaults".into(), &"HostbasedAuthentication=yes".into())
    );
}

#[test]
fn the_text_says_what_decided_and_what_mends_it() {
    needs_keygen!();
    let site = Site::new();
    let text = |more: &[&str]| {
        let mut command = site.bare(&["--user", "alice", "--client-user", "alice", "--client-host", NAME]);
        command.args(["--address", "10.77.0.1", "--key", host_key().file(), "--uid", "1000", "--home", "/home/alice"]);
        Run::from(command.args(["--set", "HostbasedAuthentication=yes"]).args(more).output().unwrap())
    };
    let run = text(&[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for line in [
        "alice of node1.cluster.test at 10.77.0.1 wants to log in as alice\n",
        "\n  ok       equiv         /etc/ssh/shosts.equiv:1: this line believes the host for this user\n",
        "\n  ok       known-hosts   /etc/ssh/ssh_known_hosts:1: this line holds the key for that host\n",
        "\n  skipped  signature     assumed to be good\n",
        "\naccepted, if the client host signs well\n",
    ] {
        assert!(run.output.contains(line), "{line}: {run:?}");
    }
    site.write(SHOSTS_EQUIV, "\n-10.77.0.1\n");
    let run = text(&[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    for line in [
        "\n  no       equiv         /etc/ssh/shosts.equiv:2 denies this user of that host\n",
        "\n  skipped  known-hosts   not reached\n",
        "\nrefused (equiv-denies): /etc/ssh/shosts.equiv:2 denies this user of that host\n",
        "\nsshd logs at this (with LogLevel DEBUG2): auth_rhosts2 refused user \"alice\" host \"10.77.0.1\" addr \"10.77.0.1\"\n",
        "\nto let it in: take out line 2 of /etc/ssh/shosts.equiv, or put a line that lets in before it\n",
    ] {
        assert!(run.output.contains(line), "{line}: {run:?}");
    }
}

/// A closed pipe changes nothing of what was decided.
#[test]
fn nobody_reads_the_output() {
    needs_keygen!();
    let site = Site::new();
    for (expected, more) in [(0, &[][..]), (1, &["--client-user", "bob"])] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = site.command(&[&["--key", host_key().file()], more].concat());
        assert_eq!(command.stdout(Stdio::from(writer)).status().unwrap().code(), Some(expected));
    }
}
