//! `russh_client` logs in to AsyncSSH's server.

use crate::asyncssh::Server;
use crate::keys::{self, KeyPair};
use crate::lab::{ALICE, BOB, CLIENT, Finished, Lab, User, helper_place};
use crate::register::KNOWN_HOSTS;
use crate::russh_client::Signer;

/// A client with this key, its only one, which a server trusts that has another.
fn registered<'a>(lab: &'a Lab, key: &KeyPair) -> Server<'a> {
    lab.install_key(key);
    lab.write(KNOWN_HOSTS, format!("{CLIENT} {}\n", key.public_without_comment()));
    server(lab)
}

fn server(lab: &Lab) -> Server<'_> {
    let own = keys::another_ed25519();
    lab.write_with_mode("/run/lab/server_key", &own.private, 0o600);
    lab.write("/run/lab/server_key.pub", &own.public);
    lab.start_asyncssh_server("/run/lab/server_key", &[])
}

/// Runs a command there by the example client.
fn run(lab: &Lab, server: &Server<'_>, signer: Signer<'_>, account: User, options: &[&str], command: &str) -> Finished {
    let mut client = lab.russh_client(&server.destination(account), signer, ALICE);
    client.args(["--known-host-key", "/run/lab/server_key.pub"]).args(options).args(["--", command]);
    lab.finish(&mut client)
}

#[track_caller]
fn logs_in(lab: &Lab, key: &KeyPair, algorithm: &str) {
    let server = registered(lab, key);
    for signer in [Signer::Helper, Signer::KeyFile(&key.private_path())] {
        let done = run(lab, &server, signer, ALICE, &["--accepted-algorithms", algorithm], "whoami");
        assert_eq!((done.code, done.text(), done.lines()), (Some(0), "alice".to_owned(), vec![]), "{done:?}");
        server
            .log_with(&format!("Verifying host based auth of user alice on host {CLIENT}. with {algorithm} host key"));
    }
}

#[test]
fn ed25519() {
    logs_in(&needs_asyncssh!(), keys::ed25519(), "ssh-ed25519");
}

#[test]
fn ecdsa() {
    logs_in(&needs_asyncssh!(), keys::ecdsa256(), "ecdsa-sha2-nistp256");
    logs_in(&needs_asyncssh!(), keys::ecdsa384(), "ecdsa-sha2-nistp384");
    logs_in(&needs_asyncssh!(), keys::ecdsa521(), "ecdsa-sha2-nistp521");
}

#[test]
fn rsa() {
    for algorithm in ["rsa-sha2-256", "rsa-sha2-512"] {
        logs_in(&needs_asyncssh!(), keys::rsa(), algorithm);
    }
}

#[test]
fn certificate() {
    let lab = needs_asyncssh!();
    let authority = keys::rsa();
    for key in [keys::ed25519(), keys::ecdsa256()] {
        lab.install_key(key);
        lab.write(&format!("{}-cert.pub", key.private_path()), keys::host_certificate(key, authority, CLIENT));
    }
    lab.write(KNOWN_HOSTS, format!("@cert-authority {CLIENT} {}\n", authority.public_without_comment()));
    let server = server(&lab);
    let done = run(&lab, &server, Signer::Helper, ALICE, &[], "whoami");
    assert_eq!((done.code, done.text(), done.lines()), (Some(0), "alice".to_owned(), vec![]), "{done:?}");
    server.log_with("with ssh-ed25519-cert-v01@openssh.com host key");
}

#[test]
fn a_commands_status_and_errors_come_through() {
    let lab = needs_asyncssh!();
    let server = registered(&lab, keys::ed25519());
    let done = run(&lab, &server, Signer::Helper, ALICE, &[], "exit 7");
    assert_eq!((done.code, done.text(), done.lines()), (Some(7), String::new(), vec!["as you like"]), "{done:?}");
}

/// Refused after one request; the server logs that reason.
#[track_caller]
fn refused(server: &Server<'_>, done: &Finished, reason: &str) {
    assert_eq!((done.code, done.text()), (Some(255), String::new()), "{done:?}");
    let said = done.lines();
    assert!(said[0].starts_with("russh_client: ED25519 SHA256:"), "{done:?}");
    assert!(said[0].ends_with(" by ssh-ed25519: refused by the server"), "{done:?}");
    assert_eq!(said[1..], ["russh_client: no key of this host was accepted; the server takes: hostbased"]);
    let log = server.log_with(reason);
    assert_eq!(log.matches("Verifying host based auth").count(), 1, "{log}");
}

/// AsyncSSH's server, with the files as they are, does not trust the client's key.
#[track_caller]
fn refused_by_its_key(lab: &Lab) {
    let server = server(lab);
    let done = run(lab, &server, Signer::Helper, ALICE, &[], "whoami");
    refused(&server, &done, "Invalid host key: Host key is not trusted");
}

#[test]
fn an_unknown_host() {
    let lab = needs_asyncssh!();
    let key = keys::ed25519();
    lab.install_key(key);
    lab.write(KNOWN_HOSTS, format!("node2.cluster.test {}\n", key.public_without_comment()));
    refused_by_its_key(&lab);
}

#[test]
fn a_host_that_is_known_by_another_key() {
    let lab = needs_asyncssh!();
    lab.install_key(keys::ed25519());
    lab.write(KNOWN_HOSTS, format!("{CLIENT} {}\n", keys::another_ed25519().public_without_comment()));
    refused_by_its_key(&lab);
}

/// AsyncSSH lets a user in as himself, unless told otherwise.
#[test]
fn another_account_than_the_users_own() {
    let lab = needs_asyncssh!();
    let server = registered(&lab, keys::ed25519());
    let done = run(&lab, &server, Signer::Helper, BOB, &[], "whoami");
    refused(&server, &done, "Verifying host based auth of user alice");
}

/// A helper whose signature is another's by one bit.
#[test]
fn a_changed_signature() {
    let lab = needs_asyncssh!();
    let server = registered(&lab, keys::ed25519());
    let changing = "#!/run/lab/asyncssh/bin/python\nimport subprocess, sys\n\
        reply = bytearray(subprocess.run([\"HELPER\"], pass_fds=[3], stdout=subprocess.PIPE, check=True).stdout)\n\
        reply[-1] ^= 1\nsys.stdout.buffer.write(reply)\n";
    let changing = changing.replace("HELPER", helper_place().to_str().unwrap());
    lab.write_with_mode("/run/lab/changing", changing, 0o755);
    let done = run(&lab, &server, Signer::HelperAt("/run/lab/changing"), ALICE, &[], "whoami");
    refused(&server, &done, "Invalid host-based auth signature");
    // The one behind it is good.
    assert_eq!(run(&lab, &server, Signer::Helper, ALICE, &[], "whoami").text(), "alice");
}
