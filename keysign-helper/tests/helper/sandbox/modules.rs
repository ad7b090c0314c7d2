//! What modules of the name services do beside answering.

use std::process::Command;

use crate::connection;
use crate::lab::{Call, SET_UID, request};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/helper/sandbox/module.c");

/// The module takes the place of one that every glibc has.
const WITH_MODULE: &str = "mount --bind /etc/ssh/nsswitch.conf /etc/nsswitch.conf && \
     for name in /lib/*/libnss_compat.so.2 /lib64/libnss_compat.so.2; do \
     if [ -e $name ]; then mount --bind /etc/ssh/module.so $name; fi; done";

#[test]
fn a_module_that_does_something_at_the_end_spoils_no_signature() {
    let lab = needs_root_and_helpers!();
    needs!(crate::needs::missing_program(&["cc"]));
    let key = lab.ed25519();
    let built = Command::new("cc").args(["-shared", "-fPIC", SOURCE, "-o"]).arg(lab.etc("module.so")).status().unwrap();
    assert!(built.success());
    lab.write("nsswitch.conf", "passwd: compat files\ngroup: files\nhosts: files\n");
    let call = Call { before: WITH_MODULE, ..SET_UID };
    let ask = |user| lab.ask(&call, &connection(), &request(&key, "ssh-ed25519", "localhost.", user));
    // The name that the module gives to the caller.
    let answer = ask("carol");
    assert!(answer.is_ok(), "{answer:?}");
    // A refusal ends as a refusal, too.
    let text = "ssh-keysign: not a valid request";
    let data = request(&key, "ssh-ed25519", "localhost.", "nobody");
    assert_eq!(lab.refusal(&call, &connection(), &data).0, text);
}
