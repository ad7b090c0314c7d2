//! The stock ssh and the least of the example servers.

use std::process::Stdio;

use crate::example::example;
use crate::keys;
use crate::lab::{ALICE, CLIENT_ADDRESS, Lab, SERVER};
use crate::russh_server::{HOST_KEY, KNOWN_HOSTS, SHOSTS_EQUIV};

const PLACE: &str = "/run/lab/russh_minimal";
const OUTPUT: &str = "/run/lab/russh_minimal.out";
const LOG: &str = "/run/lab/russh_minimal.log";

fn start(lab: &Lab) {
    lab.bring(&example("russh_minimal"), PLACE);
    lab.write_with_mode(HOST_KEY, &keys::another_ed25519().private, 0o600);
    let file = |path| std::fs::File::create(lab.path(path)).unwrap();
    let mut server = lab.as_root(PLACE);
    server.args(["0.0.0.0:22", HOST_KEY]).stdin(Stdio::null()).stdout(file(OUTPUT)).stderr(file(LOG));
    lab.daemons.borrow_mut().push(server.spawn().unwrap());
    while lab.read(OUTPUT) != "listening on 0.0.0.0:22\n" {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[test]
fn greets_whom_it_lets_in_and_nobody_else() {
    let lab = needs_root_and_sshd!();
    let key = keys::ed25519();
    lab.install_key(key);
    lab.write(KNOWN_HOSTS, format!("{CLIENT_ADDRESS} {}\n", key.public_without_comment()));
    lab.write(SHOSTS_EQUIV, format!("{CLIENT_ADDRESS}\n"));
    start(&lab);
    // It says that it listens before it does.
    let mut tries = 0;
    let greeted = loop {
        let done = lab.finish(lab.as_user(ALICE, "ssh").arg(format!("{}@{SERVER}", ALICE.name)).stdin(Stdio::null()));
        tries += 1;
        if done.code == Some(0) || tries == 20 {
            break done;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    assert_eq!(greeted.text(), format!("hello alice, uid {}", ALICE.uid), "{greeted:?}");
    assert!(lab.read(LOG).contains(&format!("{CLIENT_ADDRESS}: accepted: alice let in as user \"alice\"")));

    lab.write(SHOSTS_EQUIV, "10.77.0.99\n");
    let refused = lab.finish(lab.as_user(ALICE, "ssh").arg(format!("{}@{SERVER}", ALICE.name)).stdin(Stdio::null()));
    assert_eq!((refused.code, refused.text().as_str()), (Some(255), ""), "{refused:?}");
    assert!(refused.stderr.contains("Permission denied (hostbased)"), "{refused:?}");
    assert!(lab.read(LOG).contains(&format!("{CLIENT_ADDRESS}: equiv-no-match: ")), "{}", lab.read(LOG));
}
