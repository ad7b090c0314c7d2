//! AsyncSSH's client logs in to `russh_server`: by a key file, and by the helper under test, which it runs in its own way.

use std::process::Command;

use crate::keys::{self, KeyPair};
use crate::lab::{ALICE, BOB, CLIENT, CLIENT_ADDRESS, Lab, SERVER, User, helper_place};
use crate::russh_client::Signer;
use crate::russh_server::{KNOWN_HOSTS, Login, SHOSTS_EQUIV, Server};

/// Its client for alice, into that account: its command, `whoami`, comes last.
fn client(lab: &Lab, signer: Signer<'_>, account: User, options: &[&str]) -> Command {
    lab.write("/run/lab/server_key.pub", &keys::another_ed25519().public);
    let mut client = lab.asyncssh_client(if let Signer::KeyFile(_) = signer { None } else { Some(ALICE) });
    client.args(["--host", SERVER, "--port", "22", "--user", account.name, "--server-key", "/run/lab/server_key.pub"]);
    match signer {
        Signer::KeyFile(file) => client.args(["--client-key", file, "--client-user", ALICE.name]),
        // The public keys and certificates are those of /etc/ssh.
        Signer::Helper => client.arg("--keysign").arg(helper_place()),
        Signer::HelperAt(path) => client.args(["--keysign", path]),
    };
    client.args(options).arg("whoami");
    client
}

/// Logs in as alice, by the first key that it shows, and by that algorithm.
#[track_caller]
fn assert_logged_in(login: &Login, algorithm: &str) {
    login.assert_is(ALICE);
    login.assert_field("algorithm", algorithm);
    login.assert_field("client_user", ALICE.name);
}

/// By a key file, and by the helper.
#[track_caller]
fn logs_in<'a>(lab: &'a Lab, key: &KeyPair, algorithm: &str) -> Server<'a> {
    let server = lab.serve(key, CLIENT_ADDRESS, &[]);
    let by_file = server.run(&mut client(lab, Signer::KeyFile(&key.private_path()), ALICE, &[]));
    assert_logged_in(&by_file, algorithm);
    // Without a helper it sends the name without its final dot.
    by_file.assert_field("client_host", CLIENT);
    let by_helper = server.run(&mut client(lab, Signer::Helper, ALICE, &[]));
    assert_logged_in(&by_helper, algorithm);
    by_helper.assert_field("client_host", &format!("{CLIENT}."));
    server
}

#[test]
fn ed25519() {
    logs_in(&needs_asyncssh!(), keys::ed25519(), "ssh-ed25519");
}

#[test]
fn ecdsa() {
    for (key, algorithm) in [
        (keys::ecdsa256(), "ecdsa-sha2-nistp256"),
        (keys::ecdsa384(), "ecdsa-sha2-nistp384"),
        (keys::ecdsa521(), "ecdsa-sha2-nistp521"),
    ] {
        logs_in(&needs_asyncssh!(), key, algorithm);
    }
}

#[test]
fn rsa() {
    let lab = needs_asyncssh!();
    // Its first choice; by a helper, its only one.
    let server = logs_in(&lab, keys::rsa(), "rsa-sha2-256");
    let with_sha_512 = ["--signature-algorithm", "rsa-sha2-512"];
    let file = keys::rsa().private_path();
    let login = server.run(&mut client(&lab, Signer::KeyFile(&file), ALICE, &with_sha_512));
    assert_logged_in(&login, "rsa-sha2-512");
}

#[test]
fn certificate() {
    let lab = needs_asyncssh!();
    let (key, authority) = (keys::ed25519(), keys::ecdsa256());
    lab.write(&format!("{}-cert.pub", key.private_path()), keys::host_certificate(key, authority, CLIENT));
    lab.install_key(key);
    lab.write(KNOWN_HOSTS, format!("@cert-authority {CLIENT} {}\n", authority.public_without_comment()));
    lab.write(SHOSTS_EQUIV, format!("{CLIENT}\n"));
    let server = lab.start_russh_server(&["--set", "UseDNS=yes"]);
    let by_file = server.run(&mut client(&lab, Signer::KeyFile(&key.private_path()), ALICE, &[]));
    assert_logged_in(&by_file, "ssh-ed25519-cert-v01@openssh.com");

    // For a helper it names an algorithm of plain keys, by which no helper signs for a certificate; it
    // goes on to the plain key, which this server does not know.
    let by_helper = server.run(&mut client(&lab, Signer::Helper, ALICE, &[]));
    assert!(by_helper.client.stderr.contains("ssh-keysign: not a valid request"), "{by_helper:?}");
    assert_refused(&by_helper, "host-key-unknown");
}

/// Refused, after one request, for this reason, which the client does not learn.
#[track_caller]
fn assert_refused(login: &Login, code: &str) {
    assert_eq!((login.client.code, login.client.text()), (Some(255), String::new()), "{login:?}");
    assert!(login.client.stderr.contains("\nno login: PermissionDenied: "), "{login:?}");
    assert!(!login.client.stderr.contains(code), "{login:?}");
    assert_eq!(login.hostbased(), [format!("refused {code}")], "{login:?}");
}

/// By each signer, what logs in a moment before and after, with one thing changed.
#[test]
fn refused() {
    let lab = needs_asyncssh!();
    let key = keys::ed25519();
    let server = lab.serve(key, CLIENT_ADDRESS, &[]);
    let file = key.private_path();
    let log_in = |server: &Server<'_>, signer, account| server.run(&mut client(&lab, signer, account, &[]));
    for signer in [Signer::KeyFile(&file), Signer::Helper] {
        log_in(&server, signer, ALICE).assert_is(ALICE);
        assert_refused(&log_in(&server, signer, BOB), "equiv-no-match");

        let equiv = lab.read(SHOSTS_EQUIV);
        lab.write(SHOSTS_EQUIV, "10.77.0.11\n");
        assert_refused(&log_in(&server, signer, ALICE), "equiv-no-match");
        lab.write(SHOSTS_EQUIV, equiv);

        let known_hosts = lab.read(KNOWN_HOSTS);
        lab.write(KNOWN_HOSTS, "# nobody\n");
        assert_refused(&log_in(&server, signer, ALICE), "host-key-unknown");
        let other = keys::another_ed25519().public_without_comment();
        lab.write(KNOWN_HOSTS, format!("{CLIENT_ADDRESS} {other}\n"));
        assert_refused(&log_in(&server, signer, ALICE), "host-key-changed");
        lab.write(KNOWN_HOSTS, known_hosts);
        log_in(&server, signer, ALICE).assert_is(ALICE);
    }
}

/// A helper that does not sign: AsyncSSH sends nothing, and says why.
#[test]
fn a_helper_that_refuses() {
    let lab = needs_asyncssh!();
    let server = lab.serve(keys::ed25519(), CLIENT_ADDRESS, &[]);
    lab.write_client_config("");
    let login = server.run(&mut client(&lab, Signer::Helper, ALICE, &[]));
    assert_eq!((login.client.code, login.hostbased()), (Some(255), vec![]), "{login:?}");
    assert!(login.client.stderr.contains("ssh-keysign not enabled in /etc/ssh/ssh_config"), "{login:?}");
}
