//! Many writers at once.

use std::process::{Child, Stdio};

use hostbased::enroll::Files;

use crate::fixture::{Root, public_key};

#[test]
fn forty_enrolments_at_once_lose_nobody() {
    let root = Root::new();
    let start = |n: usize| -> Child {
        let key = root.write(&format!("key{n}.pub"), public_key(n));
        let (host, key) = (format!("node{n},10.0.0.{n}"), key.to_str().unwrap().to_owned());
        let mut command = root.command(["enroll", &host, "--names", "both", "--key-file", &key]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<Child> = (1..=40).map(start).collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let [known_hosts, shosts] = root.files();
    let files = Files::parse(known_hosts.as_bytes(), shosts.as_bytes());
    assert_eq!((files.known_hosts.lines().count(), files.shosts.lines().count()), (40, 80));
    for n in 1..=40 {
        assert!(known_hosts.contains(&format!("node{n},10.0.0.{n} {}\n", public_key(n))), "{n}");
        assert!(shosts.contains(&format!("node{n}\n10.0.0.{n}\n")), "{n}");
    }
    assert_eq!(root.names(), ["shosts.equiv", "ssh_known_hosts"]);
}
