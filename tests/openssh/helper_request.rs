//! What the helper signs: the caller's own name and host, and nothing that is not a hostbased request.

use hostbased::wire::{HelperRequest, Writer};

use crate::helper::{Question, Verdict, judge};
use crate::keys;
use crate::lab::{BOB, Lab};
use crate::under_test::Expect;

const NOT_VALID: Verdict = Verdict::Refuses("ssh-keysign: not a valid request");

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
        (0, NOT_VALID),
        (19, NOT_VALID),
        (31, NOT_VALID),
        (33, NOT_VALID),
        (63, NOT_VALID),
        (65, NOT_VALID),
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
        ("bob", NOT_VALID),
        ("root", NOT_VALID),
        ("Alice", NOT_VALID),
        ("alice ", NOT_VALID),
        ("alic", NOT_VALID),
        ("", NOT_VALID),
    ] {
        lab.assert_answer(&user, &Question { user, ..question() }, verdict);
    }
    // And bob is bob.
    let bob = Question { user: "bob", ..question() };
    for (question, verdict) in [(bob, Verdict::Signs), (question(), NOT_VALID)] {
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
        ("node1.cluster.test", NOT_VALID),
        ("node1.cluster.test..", NOT_VALID),
        ("node1.", NOT_VALID),
        ("node2.cluster.test.", NOT_VALID),
        ("srv.cluster.test.", NOT_VALID),
        ("node1.cluster.test.x", NOT_VALID),
        ("xnode1.cluster.test.", NOT_VALID),
        (".", NOT_VALID),
        ("", NOT_VALID),
        ("10.77.0.1.", NOT_VALID),
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
    const GOOD: Fields = Fields { message: 50, service: b"ssh-connection", method: b"hostbased", trailing: b"" };

    let lab = lab_with_key(needs_root_and_sshd!());
    let question = question();
    for (case, fields, verdict) in [
        ("as it should be", GOOD, Verdict::Signs),
        ("another message", Fields { message: 51, ..GOOD }, NOT_VALID),
        ("message 0", Fields { message: 0, ..GOOD }, NOT_VALID),
        ("another service", Fields { service: b"ssh-userauth", ..GOOD }, NOT_VALID),
        ("no service", Fields { service: b"", ..GOOD }, NOT_VALID),
        ("another method", Fields { method: b"publickey", ..GOOD }, NOT_VALID),
        ("a longer method", Fields { method: b"hostbased-x", ..GOOD }, NOT_VALID),
        ("a byte behind", Fields { trailing: b"\0", ..GOOD }, NOT_VALID),
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
        assert_eq!((answer.code, answer.stdout.len()), (Some(255), 0), "{length}: {answer:?}");
        let line = format!("valid_request: parse {field}: incomplete message");
        assert_eq!(answer.stderr.trim_end(), line, "{length}");
    }
}

/// A blob that is no key, or has bytes behind it, is not signed for.
#[test]
fn keys_that_do_not_decode() {
    let lab = lab_with_key(needs_root_and_sshd!());
    let key = keys::ed25519().public_key();
    let good = question();
    let not_valid = Expect::both(NOT_VALID).here();
    for (case, blob) in [
        ("empty", Vec::new()),
        ("half of one", key.blob()[..key.blob().len() / 2].to_vec()),
        ("trailing byte", [key.blob(), b"\0"].concat()),
        ("another type inside", Writer::new().string(b"ssh-rsa").raw(&key.blob()[15..]).into_bytes()),
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
        judge(&case, &good, &answer, not_valid);
    }
}
