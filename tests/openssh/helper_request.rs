//! What the helper signs: the caller's own name and host, and nothing that is not a hostbased request.

use hostbased::wire::{HelperRequest, Writer};

use crate::helper::{Question, Verdict, assert_refused, judge};
use crate::keys;
use crate::lab::{BOB, Lab};

const fn not_valid(because: &'static str) -> Verdict<'static> {
    Verdict::RefusesBecause("ssh-keysign: not a valid request", because)
}

const OTHER_USER: Verdict = not_valid("the client user name is not the caller's");
const NO_USER: Verdict = not_valid("client user name: is empty");
const OTHER_HOST: Verdict = not_valid("the client host name is not this machine's name on the connection");
const NO_DOT: Verdict = not_valid("the client host name does not end in a dot");

fn question() -> Question {
    Question::new(keys::ed25519(), "ssh-ed25519")
}

fn lab_with_key(lab: Lab) -> Lab {
    lab.install_key(keys::ed25519());
    lab
}

#[test]
fn session_ids_have_the_length_of_a_hash() {
    let lab = lab_with_key(needs_root_and_sshd!());
    for (length, verdict) in [
        (20, Verdict::Signs),
        (32, Verdict::Signs),
        (48, Verdict::Signs),
        (64, Verdict::Signs),
        (0, not_valid("session identifier of 0 bytes: must have 20, 32, 48 or 64")),
        (19, not_valid("session identifier of 19 bytes: must have 20, 32, 48 or 64")),
        (31, not_valid("session identifier of 31 bytes: must have 20, 32, 48 or 64")),
        (33, not_valid("session identifier of 33 bytes: must have 20, 32, 48 or 64")),
        (63, not_valid("session identifier of 63 bytes: must have 20, 32, 48 or 64")),
        (65, not_valid("session identifier: 65 bytes long, more than the 64 allowed")),
    ] {
        let question = Question { session_id: vec![7; length], ..question() };
        lab.assert_answer(&format!("{length} bytes"), &question, verdict);
    }
}

#[test]
fn the_user_is_the_caller() {
    let lab = lab_with_key(needs_root_and_sshd!());
    for (user, verdict) in [
        ("alice", Verdict::Signs),
        ("bob", OTHER_USER),
        ("root", OTHER_USER),
        ("Alice", OTHER_USER),
        ("alice ", OTHER_USER),
        ("alic", OTHER_USER),
        ("", NO_USER),
    ] {
        lab.assert_answer(&user, &Question { user, ..question() }, verdict);
    }
    // And bob is bob.
    let bob = Question { user: "bob", ..question() };
    for (question, verdict) in [(bob, Verdict::Signs), (question(), OTHER_USER)] {
        let gid = BOB.gid.to_string();
        let answer = lab.ask_as(BOB, &["--regid", &gid], lab.connected_socket(), &question.frame());
        judge(&question.user, &question, &answer, verdict);
    }
}

/// The account on the server is not the helper's business.
#[test]
fn the_account_on_the_server_is_free() {
    let lab = lab_with_key(needs_root_and_sshd!());
    for server_user in ["bob", "root", "nobody-knows"] {
        lab.assert_answer(&server_user, &Question { server_user, ..question() }, Verdict::Signs);
    }
}

#[test]
fn the_host_is_the_sockets_own_name_and_a_dot() {
    let lab = lab_with_key(needs_root_and_sshd!());
    for (host, verdict) in [
        ("node1.cluster.test.", Verdict::Signs),
        ("NODE1.cluster.TEST.", Verdict::Signs),
        ("node1.cluster.test", NO_DOT),
        ("node1.cluster.test..", OTHER_HOST),
        ("node1.", OTHER_HOST),
        ("node2.cluster.test.", OTHER_HOST),
        ("srv.cluster.test.", OTHER_HOST),
        ("node1.cluster.test.x", NO_DOT),
        ("xnode1.cluster.test.", OTHER_HOST),
        (".", OTHER_HOST),
        ("", not_valid("client host name: is empty")),
        ("10.77.0.1.", OTHER_HOST),
    ] {
        lab.assert_answer(&host, &Question { host: host.to_owned(), ..question() }, verdict);
    }
}

/// The data, field by field, each wrong once.
#[test]
fn nothing_but_a_hostbased_request() {
    struct Fields {
        message: u8,
        service: &'static [u8],
        method: &'static [u8],
        trailing: &'static [u8],
    }
    const MESSAGE: Verdict = not_valid("message number: has a value that it must not have");
    const SERVICE: Verdict = not_valid("service name: has a value that it must not have");
    const METHOD: Verdict = not_valid("method name: has a value that it must not have");
    const TRAILING: Verdict = not_valid("client user name: 1 byte too many behind it");
    const GOOD: Fields = Fields { message: 50, service: b"ssh-connection", method: b"hostbased", trailing: b"" };

    let lab = lab_with_key(needs_root_and_sshd!());
    let question = question();
    for (case, fields, verdict) in [
        ("as it should be", GOOD, Verdict::Signs),
        ("another message", Fields { message: 51, ..GOOD }, MESSAGE),
        ("message 0", Fields { message: 0, ..GOOD }, MESSAGE),
        ("another service", Fields { service: b"ssh-userauth", ..GOOD }, SERVICE),
        ("no service", Fields { service: b"", ..GOOD }, SERVICE),
        ("another method", Fields { method: b"publickey", ..GOOD }, METHOD),
        ("a longer method", Fields { method: b"hostbased-x", ..GOOD }, METHOD),
        ("a byte behind", Fields { trailing: b"\0", ..GOOD }, TRAILING),
    ] {
        let data = Writer::new()
            .string(&question.session_id)
            .byte(fields.message)
            .string(question.server_user.as_bytes())
            .string(fields.service)
            .string(fields.method)
            .string(question.algorithm.as_bytes())
            .string(question.key.public_key().blob())
            .string(question.host.as_bytes())
            .string(question.user.as_bytes())
            .raw(fields.trailing)
            .into_bytes();
        let answer = lab.ask(&HelperRequest { fd: 3, data: &data }.encode());
        judge(&case, &question, &answer, verdict);
    }
}

/// Each text names the function and the field, as OpenSSH's does.
#[test]
fn data_that_ends_too_soon() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let data = question().data();
    let key = keys::ed25519().public_key().blob().len();
    // Where each field starts.
    let session_id = 0;
    let message = session_id + 4 + 32;
    let user = message + 1;
    let service = user + 4 + "alice".len();
    let method = service + 4 + "ssh-connection".len();
    let algorithm = method + 4 + "hostbased".len();
    let blob = algorithm + 4 + "ssh-ed25519".len();
    let host = blob + 4 + key;
    let luser = host + 4 + "node1.cluster.test.".len();
    assert_eq!(luser + 4 + "alice".len(), data.len());
    for (length, field) in [
        (session_id, "session ID"),
        (session_id + 5, "session ID"),
        (message, "type"),
        (user, "user"),
        (user + 5, "user"),
        (service, "service"),
        (method, "method"),
        (algorithm, "pk"),
        (blob, "pk"),
        (blob + 10, "pk"),
        (host, "hostname"),
        (luser, "luser"),
        (data.len() - 1, "luser"),
    ] {
        let answer = lab.ask(&HelperRequest { fd: 3, data: &data[..length] }.encode());
        assert_refused(&length, &answer, &format!("valid_request: parse {field}: incomplete message"));
    }
}

/// A blob that is no key, or has bytes behind it, is not signed for.
#[test]
fn keys_that_do_not_decode() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let key = keys::ed25519().public_key();
    let good = question();
    for (case, blob, because) in [
        ("empty", Vec::new(), "public host key: key type: the data ends inside this field"),
        (
            "half of one",
            key.blob()[..key.blob().len() / 2].to_vec(),
            "public host key: ed25519 public key: the data ends inside this field",
        ),
        ("trailing byte", [key.blob(), b"\0"].concat(), "public host key: key: 1 byte too many behind it"),
        (
            "another type inside",
            Writer::new().string(b"ssh-rsa").string(&[1; 32]).into_bytes(),
            "public host key: n: the data ends inside this field",
        ),
    ] {
        let request = hostbased::wire::Request {
            user: b"alice",
            algorithm: b"ssh-ed25519",
            public_key: &blob,
            client_host: good.host.as_bytes(),
            client_user: b"alice",
            signature: b"",
        };
        let answer = lab.ask(&HelperRequest { fd: 3, data: &request.signed_data(&[7; 32]) }.encode());
        judge(&case, &good, &answer, not_valid(because));
    }
}
