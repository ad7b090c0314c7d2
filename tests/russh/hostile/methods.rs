//! AuthenticationMethods: what one user, one key or one method has proved counts for nothing else.

use hostbased::wire::Writer;

use super::ground::{Server, is_refused};
use super::keys::keys;
use super::raw_ssh::{Answer, Connection};
use super::requests::Wanted;

fn failure(methods: &str, partial: bool) -> Answer {
    Answer::Failure { methods: methods.to_owned(), partial }
}

fn hostbased(connection: &mut Connection, user: &str, key: &'static str, algorithm: &str) -> Answer {
    let named = user.as_bytes().to_vec();
    let wanted = Wanted { user: named.clone(), client_user: named, ..Wanted::by(key, algorithm, key, None) };
    connection.ask(&wanted.payload(connection.session_id())).unwrap()
}

/// "publickey" with a signature, by the other key.
fn publickey(connection: &mut Connection, user: &str, key: &str) -> Answer {
    let request = Writer::new()
        .byte(50)
        .string(user.as_bytes())
        .string(b"ssh-connection")
        .string(b"publickey")
        .byte(1)
        .string(b"ssh-ed25519")
        .string(keys().blob(key));
    let data = Writer::new().string(connection.session_id()).raw(&request.clone().into_bytes()).into_bytes();
    let signature = keys().sign(key, None, &data);
    connection.ask(&request.string(&signature).into_bytes()).unwrap()
}

/// Whether alice's key would do.
fn offer(algorithm: &str, key: &[u8]) -> Vec<u8> {
    let request = Writer::new().byte(50).string(b"alice").string(b"ssh-connection").string(b"publickey").byte(0);
    request.string(algorithm.as_bytes()).string(key).into_bytes()
}

fn other(user: &str, method: &[u8]) -> Vec<u8> {
    let request = Writer::new().byte(50).string(user.as_bytes()).string(b"ssh-connection").string(method);
    match method {
        b"password" => request.byte(0).string(b"x").into_bytes(),
        b"keyboard-interactive" => request.string(b"").string(b"").into_bytes(),
        _ => request.into_bytes(),
    }
}

/// A server that asks for both, and a file with the user's key and the host's.
fn both(order: &str) -> (Server, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let lines = [keys().line("ed25519-other"), keys().line("ed25519")].map(|line| format!("{line}\n"));
    std::fs::write(file.path(), lines.concat()).unwrap();
    let set = format!("AuthenticationMethods={order}");
    let path = file.path().to_str().unwrap();
    (Server::start(&["--set", &set, "--authorized-keys", path, "--max-auth-tries", "100"]), file)
}

#[test]
fn both_in_the_order_that_is_asked_for() {
    needs_keys!();
    let (server, _file) = both("hostbased,publickey");
    let mut connection = server.connect();
    // Not before its turn.
    assert_eq!(publickey(&mut connection, "alice", "ed25519-other"), failure("hostbased", false));
    assert_eq!(hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519"), failure("publickey", true));
    // Once is once.
    assert_eq!(hostbased(&mut connection, "alice", "ecdsa256", "ecdsa-sha2-nistp256"), failure("publickey", false));
    assert_eq!(publickey(&mut connection, "alice", "ed25519-other"), Answer::Success);
}

#[test]
fn what_one_user_has_proved_is_not_anothers() {
    needs_keys!();
    let (server, _file) = both("hostbased,publickey");
    let mut connection = server.connect();
    assert_eq!(hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519"), failure("publickey", true));
    assert_eq!(publickey(&mut connection, "bob", "ed25519-other"), failure("hostbased", false));
    // Nor is it alice's any more: she has been left.
    assert_eq!(publickey(&mut connection, "alice", "ed25519-other"), failure("hostbased", false));
    assert_eq!(hostbased(&mut connection, "bob", "ed25519", "ssh-ed25519"), failure("publickey", true));
    assert_eq!(publickey(&mut connection, "bob", "ed25519-other"), Answer::Success);
}

#[test]
fn one_key_does_not_count_twice() {
    needs_keys!();
    let (server, _file) = both("hostbased,publickey");
    let mut connection = server.connect();
    assert_eq!(hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519"), failure("publickey", true));
    assert_eq!(publickey(&mut connection, "alice", "ed25519"), failure("publickey", false));
    assert_eq!(publickey(&mut connection, "alice", "ed25519-other"), Answer::Success);

    // Nor does it when it came in a certificate.
    let mut connection = server.connect();
    let cert = Wanted::by("cert", "ssh-ed25519-cert-v01@openssh.com", "ed25519", None);
    let answer = connection.ask(&cert.payload(connection.session_id())).unwrap();
    assert_eq!(answer, failure("publickey", true));
    assert_eq!(publickey(&mut connection, "alice", "ed25519"), failure("publickey", false));

    // The other way round.
    let (server, _file) = both("publickey,hostbased");
    let mut connection = server.connect();
    assert_eq!(publickey(&mut connection, "alice", "ed25519"), failure("hostbased", true));
    assert_eq!(hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519"), failure("hostbased", false));
    let answer = connection.ask(&cert.payload(connection.session_id())).unwrap();
    assert_eq!(answer, failure("hostbased", false));
    assert_eq!(hostbased(&mut connection, "alice", "ecdsa256", "ecdsa-sha2-nistp256"), Answer::Success);
}

#[test]
fn hostbased_twice_takes_two_keys() {
    needs_keys!();
    let (server, _file) = both("hostbased,hostbased");
    let mut connection = server.connect();
    assert_eq!(hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519"), failure("hostbased", true));
    for _ in 0..2 {
        assert_eq!(hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519"), failure("hostbased", false));
    }
    assert_eq!(hostbased(&mut connection, "alice", "ecdsa256", "ecdsa-sha2-nistp256"), Answer::Success);
}

#[test]
fn methods_that_are_not_switched_on_let_nobody_in() {
    let server = server!("--max-auth-tries", "100");
    for method in ["none", "password", "keyboard-interactive", "gssapi-with-mic", "hostbased@openssh.com", ""] {
        let mut connection = server.connect();
        let answer = connection.ask(&other("alice", method.as_bytes())).unwrap();
        assert!(matches!(answer, Answer::Failure { partial: false, .. }), "{method}: {answer:?}");
        let Answer::Failure { methods, .. } = answer else { unreachable!() };
        assert!(
            !methods.split(',').any(|name| ["none", "password", "keyboard-interactive"].contains(&name)),
            "{methods}"
        );
    }
    assert_eq!(server.codes(), [""; 0]);
}

#[test]
fn hostbased_that_is_switched_off_is_neither_offered_nor_taken() {
    let server = server!("--set", "HostbasedAuthentication=no");
    let mut connection = server.connect();
    let answer = hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519");
    assert_eq!(answer, failure("publickey", false));
}

#[test]
fn an_offer_of_a_key_is_no_proof() {
    needs_keys!();
    let (server, _file) = both("hostbased,publickey");
    let mut connection = server.connect();
    let offer = offer("ssh-ed25519", keys().blob("ed25519-other"));
    assert_eq!(connection.ask(&offer).unwrap(), failure("hostbased", false));
    assert_eq!(hostbased(&mut connection, "alice", "ed25519", "ssh-ed25519"), failure("publickey", true));
    // SSH_MSG_USERAUTH_PK_OK: it would do, when it is signed.
    connection.send(&offer).unwrap();
    assert_eq!(connection.receive().unwrap()[0], 60);
    // Another user does not go on where this one has stopped.
    assert_eq!(publickey(&mut connection, "bob", "ed25519-other"), failure("hostbased", false));
}

#[test]
fn user_keys_that_are_not_judged_are_in_the_log() {
    needs_keys!();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{}\n", keys().line("rsa"))).unwrap();
    let server = Server::start(&["--authorized-keys", file.path().to_str().unwrap()]);
    let mut connection = server.connect();
    // SHA-1, though it is the user's key.
    assert!(is_refused(&connection.ask(&offer("ssh-rsa", keys().blob("rsa"))).unwrap()));
    let decisions = server.decisions();
    assert_eq!(
        decisions.iter().map(|it| (&*it.method, &*it.code)).collect::<Vec<_>>(),
        [("publickey", "algorithm-not-accepted")]
    );
    assert!(decisions[0].line.contains(" fingerprint=\"SHA256:"), "{}", decisions[0].line);
    connection.send(&offer("rsa-sha2-512", keys().blob("rsa"))).unwrap();
    assert_eq!(connection.receive().unwrap()[0], 60, "SSH_MSG_USERAUTH_PK_OK");
}

#[test]
fn keys_that_are_only_asked_about_are_counted() {
    needs_keys!();
    let (server, _file) = both("publickey,hostbased");
    let mut connection = server.connect();
    let offer = offer("ssh-ed25519", keys().blob("ed25519-other"));
    for _ in 0..1024 {
        connection.send(&offer).unwrap();
        assert_eq!(connection.receive().unwrap()[0], 60, "SSH_MSG_USERAUTH_PK_OK");
    }
    assert_eq!(connection.ask(&offer).unwrap(), failure("publickey", false));
    // Neither does a signature without an offer of its own, as russh asks the same question for it.
    assert_eq!(publickey(&mut connection, "alice", "ed25519-other"), failure("publickey", false));
    assert_eq!(publickey(&mut server.connect(), "alice", "ed25519-other"), failure("hostbased", true));
}
