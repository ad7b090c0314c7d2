//! What the caller chooses around the helper: its environment, arguments, folder and standard streams. None of it gets
//! anywhere.

use std::os::fd::OwnedFd;

use crate::helper::{Descriptor, Question, Verdict, judge};
use crate::keys;
use crate::lab::{ALICE, Lab, helper_place};

fn question() -> Question {
    Question::new(keys::ed25519(), "ssh-ed25519")
}

/// A lab with a key and the good frame in a file, and a connected socket for a program's standard input.
fn prepared(lab: &Lab) -> OwnedFd {
    lab.install_key(keys::ed25519());
    lab.write("/run/lab/frame", question().frame());
    match lab.connected_socket() {
        Descriptor::Open(socket) => socket,
        Descriptor::Closed => unreachable!("a socket is open"),
    }
}

#[test]
fn environment_and_arguments() {
    let lab = needs_root_and_sshd!();
    let socket = prepared(&lab);
    let mut script = String::new();
    for (name, value) in [
        ("LD_PRELOAD", "/home/alice/evil.so"),
        ("LD_LIBRARY_PATH", "/home/alice"),
        ("MALLOC_CHECK_", "3"),
        ("GCONV_PATH", "/home/alice"),
        ("OPENSSL_CONF", "/home/alice/openssl.cnf"),
        ("OPENSSL_ia32cap", "~0x200000200000000"),
        ("RUST_BACKTRACE", "full"),
        ("RUST_LOG", "trace"),
        ("LOCALDOMAIN", "evil.test"),
        ("HOSTALIASES", "/home/alice/aliases"),
        ("HOME", "/nonexistent"),
        ("USER", "bob"),
        ("LOGNAME", "bob"),
    ] {
        // Set by the shell, so that the helper is the first to see it.
        script += &format!("export {name}='{value}'; ");
    }
    script += "exec \"$0\" --help -v bob 3<&0 </run/lab/frame";
    let mut sh = lab.as_user(ALICE, "sh");
    sh.args(["-c", &script]).arg(helper_place()).stdin(socket);
    judge(&"hostile", &question(), &lab.finish(&mut sh), Verdict::Signs);
}

#[test]
fn a_folder_that_the_caller_cannot_enter() {
    let lab = needs_root_and_sshd!();
    let socket = prepared(&lab);
    let mut sh = lab.as_root("sh");
    let script = "mkdir -m 700 /run/lab/closed && cd /run/lab/closed && \
                  exec setpriv --clear-groups --reuid 5001 --regid 5001 \"$0\" 3<&0 </run/lab/frame";
    sh.args(["-c", script]).arg(helper_place()).stdin(socket);
    judge(&"no folder", &question(), &lab.finish(&mut sh), Verdict::Signs);
}

/// What is opened while standard input or output is closed would take their number, and be mistaken for them. (The C
/// library fills them for a set-uid program, so that they fail when they are used.)
#[test]
fn closed_standard_streams() {
    let lab = needs_root_and_sshd!();
    for (redirections, line) in [
        ("3<&0 <&-", "ssh-keysign: ssh_msg_recv failed"),
        ("3<&0 </run/lab/frame >&-", "ssh-keysign: ssh_msg_send failed"),
    ] {
        let socket = prepared(&lab);
        let mut sh = lab.as_user(ALICE, "sh");
        sh.args(["-c", &format!("exec \"$0\" {redirections}")]).arg(helper_place()).stdin(socket);
        judge(&redirections, &question(), &lab.finish(&mut sh), Verdict::Refuses(line));
    }
}
