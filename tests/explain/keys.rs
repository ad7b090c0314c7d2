//! `--key` and `--known-key`.

use crate::fixture::{KNOWN_HOSTS, Site, another_key, authority, ecdsa_key, host_key};

#[test]
fn the_known_key_of_a_type() {
    needs_keygen!();
    let site = Site::new();
    let known = |kind: &str, more: &[&str]| site.explain(&[&["--known-key", kind], more].concat());
    let json = known("ed25519", &[]).accepted().json();
    assert_eq!(json["attempt"]["key"]["fingerprint"], host_key().fingerprint());
    known("ssh-ed25519", &[]).accepted();
    known("ecdsa", &[]).failed("no line of ssh_known_hosts or ssh_known_hosts2 has a key of type ecdsa for 10.77.0.1");
    // By what is looked up, and nothing else.
    let claims = ["--set", "HostbasedUsesNameFromPacketOnly=yes", "--client-host", "node2."];
    known("ed25519", &claims).failed("has a key of type ed25519 for node2\n");
    let (host, ecdsa, another) = (&host_key().public, &ecdsa_key().public, &another_key().public);
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {ecdsa}\n10.77.0.1 {host}\n10.77.0.* {host}\n10.77.0.2 {another}\n"));
    known("ed25519", &[]).accepted();
    known("ecdsa", &[]).accepted();
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {host}\n10.77.0.* {another}\n"));
    let places = "/etc/ssh/ssh_known_hosts:1 and /etc/ssh/ssh_known_hosts:2 hold different keys of type ed25519";
    known("ed25519", &[]).failed(places);
    // Neither an authority nor a revoked key is the host's.
    site.write(KNOWN_HOSTS, format!("@cert-authority * {host}\n@revoked * {another}\n"));
    known("ed25519", &[]).failed("has a key of type ed25519 for 10.77.0.1");
}

#[test]
fn key_files_that_are_none() {
    needs_keygen!();
    let site = Site::new();
    let explain = |file: &str| site.explain(&["--key", file]);
    explain("/nonexistent/key.pub").failed("/nonexistent/key.pub: cannot read the key: No such file");
    explain(authority().file().trim_end_matches(".pub")).failed("this is a private key, which never leaves its host");
    let file = site.write("no.pub", "no key\n");
    explain(&file).failed("unknown key type no\n");
    let file = site.write("two.pub", format!("{}\n{}\n", host_key().public, another_key().public));
    explain(&file).failed("line 2: a second key");
}
