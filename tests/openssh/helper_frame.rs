//! The frame around the request: its length, its version, and what stands behind it.

use hostbased::wire::{MAX_FRAME_BYTES, PROTOCOL_VERSION, Writer};

use crate::helper::{Question, Verdict, judge};
use crate::keys;
use crate::under_test::Expect;

const RECV_FAILED: Verdict = Verdict::Refuses("ssh-keysign: ssh_msg_recv failed");

const NOT_VALID: Verdict = Verdict::Refuses("ssh-keysign: not a valid request");

fn framed(body: &[u8]) -> Vec<u8> {
    Writer::new().string(body).into_bytes()
}

#[test]
fn frames_that_are_not_one_whole_request() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    let question = Question::new(keys::ed25519(), "ssh-ed25519");
    let good = question.frame();
    let body = |version: u8, data: &[u8], behind: &[u8]| {
        framed(&Writer::new().byte(version).uint32(3).string(data).raw(behind).into_bytes())
    };
    let data = question.data();
    let incomplete = "ssh-keysign: buffer error: incomplete message";
    for (case, frame, expect) in [
        ("a whole request", good.clone(), Expect::both(Verdict::Signs)),
        ("the same, put together here", body(PROTOCOL_VERSION, &data, b""), Expect::both(Verdict::Signs)),
        ("nothing", Vec::new(), Expect::both(RECV_FAILED)),
        ("half a length", good[..2].to_vec(), Expect::both(RECV_FAILED)),
        ("a length alone", good[..4].to_vec(), Expect::both(RECV_FAILED)),
        ("all but the last byte", good[..good.len() - 1].to_vec(), Expect::both(RECV_FAILED)),
        (
            "version 1",
            body(1, &data, b""),
            Expect::both(Verdict::Refuses("ssh-keysign: bad version: received 1, expected 2")),
        ),
        (
            "version 3",
            body(3, &data, b""),
            Expect::both(Verdict::Refuses("ssh-keysign: bad version: received 3, expected 2")),
        ),
        ("a version alone", framed(b"\x02"), Expect::both(Verdict::Refuses(incomplete))),
        ("half a descriptor", framed(b"\x02\0\0"), Expect::both(Verdict::Refuses(incomplete))),
        ("no data", framed(b"\x02\0\0\0\x03"), Expect::both(Verdict::Refuses(incomplete))),
        ("less data than it says", framed(b"\x02\0\0\0\x03\0\0\0\x05data"), Expect::both(Verdict::Refuses(incomplete))),
        // OpenSSH ignores what stands behind the data.
        (
            "a byte behind the data",
            body(PROTOCOL_VERSION, &data, b"X"),
            Expect::differ(
                Verdict::RefusesBecause("ssh-keysign: not a valid request", "data: 1 byte too many behind it"),
                Verdict::Signs,
            ),
        ),
    ] {
        judge(&case, &question, &lab.ask(&frame), expect.here());
    }
}

/// OpenSSH reads up to 128 MiB before it looks; a request never has more than 64 KiB.
#[test]
fn frames_of_more_than_64_kib() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    let question = Question::new(keys::ed25519(), "ssh-ed25519");
    let zeros_in_a_body_of = |length: usize| {
        let head = Writer::new().byte(PROTOCOL_VERSION).uint32(3).into_bytes();
        let zeros = vec![0; length - head.len() - 4];
        framed(&Writer::new().raw(&head).string(&zeros).into_bytes())
    };
    let longest = Expect::both(NOT_VALID);
    let too_long = Expect::differ(RECV_FAILED, NOT_VALID);
    judge(&"64 KiB", &question, &lab.ask(&zeros_in_a_body_of(MAX_FRAME_BYTES)), longest.here());
    judge(&"and a byte", &question, &lab.ask(&zeros_in_a_body_of(MAX_FRAME_BYTES + 1)), too_long.here());
    judge(&"4 GiB, as it says", &question, &lab.ask(b"\xff\xff\xff\xff\x02\0\0\0\x03"), RECV_FAILED);
    let empty = Expect::differ(RECV_FAILED, Verdict::Refuses("ssh-keysign: buffer error: incomplete message"));
    judge(&"no byte at all", &question, &lab.ask(b"\0\0\0\0"), empty.here());
}

/// The answer comes when the frame is whole, not when standard input ends, as with `ssh`; and a pipe for a descriptor,
/// as with ProxyCommand, stands for the machine's host name.
#[test]
fn standard_input_may_stay_open_and_the_descriptor_be_a_pipe() {
    let lab = needs_root_and_sshd!();
    lab.install_key(keys::ed25519());
    let question = Question::new(keys::ed25519(), "ssh-ed25519");
    let mut helper = lab.start_helper_on_a_pipe();
    // Standard input stays open until the helper has answered and ended.
    helper.send(&question.frame());
    let answer = helper.finish();
    judge(&"a pipe", &question, &answer, Verdict::Signs);
}
