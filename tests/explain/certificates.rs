//! Host certificates, as ssh-keygen makes them.

use std::fs;

use hostbased::key::{decode_base64, encode_base64};

use crate::fixture::{KNOWN_HOSTS, Run, Site, authority, host_key};

const HOST: &[&str] = &["-h", "-n", "10.77.0.1", "-z", "7"];

fn site() -> Site {
    let site = Site::new();
    site.write(KNOWN_HOSTS, format!("@cert-authority 10.77.0.* {}\n", authority().public));
    site
}

fn explain(site: &Site, name: &str, options: &[&str], more: &[&str]) -> Run {
    let file = host_key().certificate(name, options);
    site.explain(&[&["--key", &file], more].concat())
}

#[test]
fn what_a_certificate_must_say() {
    needs_keygen!();
    let site = site();
    let explain = |name: &str, options: &[&str]| explain(&site, name, options, &[]);
    let json = explain("good", HOST).accepted().json();
    assert_eq!(json["attempt"]["algorithm"], "ssh-ed25519-cert-v01@openssh.com");
    explain("user", &["-n", "10.77.0.1"]).refused("certificate-not-for-hosts");
    explain("other", &["-h", "-n", "10.77.0.11"]).refused("certificate-for-other-hosts");
    explain("none", &["-h"]).refused("certificate-without-principals");
    explain("critical", &[HOST, &["-O", "critical:x@y=z"]].concat()).refused("certificate-critical-options");
    // sshd before 10.3 goes on, which of an image is not known.
    let json = explain("none2", &["-h"]).json();
    let said = "before 10.3, a certificate without principals is for every host";
    assert_eq!((&json["sshd_differs"], json["sshd_message"].is_string()), (&said.into(), true), "{json:#}");
    assert!(json["hint"].as_str().unwrap().ends_with("ssh-keygen -s CA -I ID -h -n 10.77.0.1 FILE.pub"), "{json:#}");
    explain("extension", &[HOST, &["-O", "extension:x@y=z"]].concat()).accepted();
}

#[test]
fn when_it_is_valid() {
    needs_keygen!();
    let site = site();
    let options = [HOST, &["-V", "20200101000000Z:20300101000000Z"]].concat();
    let at = |name: &str, time: &str| explain(&site, name, &options, &["--at", time]);
    // The validity is read in UTC only by newer releases: the certificate must say what is meant.
    at("time1", "20191231120000Z").refused("certificate-not-yet-valid");
    at("time2", "2020-01-02T12:00:00Z").accepted();
    at("time3", "1893369600").accepted();
    at("time4", "2030-01-02T00:00:00+02:00").refused("certificate-expired");
    explain(&site, "time5", &[HOST, &["-V", "-2d:-1d"]].concat(), &[]).refused("certificate-expired");
    explain(&site, "time6", &[HOST, &["-V", "-2d:+1d"]].concat(), &[]).accepted();
}

#[test]
fn who_signed_it() {
    needs_keygen!();
    let site = site();
    let only_rsa = ["--set", "CASignatureAlgorithms=rsa-sha2-512"];
    explain(&site, "by1", HOST, &only_rsa).refused("ca-algorithm-not-accepted");
    explain(&site, "by2", HOST, &["--set", "CASignatureAlgorithms=rsa-sha2-512,ssh-ed25519"]).accepted();
    site.write(KNOWN_HOSTS, format!("10.77.0.1 {}\n", authority().public));
    let json = explain(&site, "by3", HOST, &[]).refused("host-key-unknown").json();
    let mend = format!("if {} is your authority, put it into", authority().fingerprint());
    assert!(json["hint"].as_str().unwrap().starts_with(&mend), "{json:#}");
}

#[test]
fn a_forged_one() {
    needs_keygen!();
    let site = site();
    let file = host_key().certificate("forged", HOST);
    site.explain(&["--key", &file]).accepted();
    let text = fs::read_to_string(&file).unwrap();
    let [kind, base64] = [0, 1].map(|field| text.split(' ').nth(field).unwrap().trim());
    let mut blob = decode_base64(base64.as_bytes()).unwrap();
    let at = blob.windows(7).position(|bytes| bytes == b"node1's").unwrap();
    blob[at + 4] = b'2';
    let forged = site.write("forged.pub", format!("{kind} {}\n", encode_base64(&blob)));
    site.explain(&["--key", &forged]).refused("certificate-forged");
    // The last such name is that of the authority's signature.
    let at = blob.windows(11).rposition(|bytes| bytes == b"ssh-ed25519").unwrap();
    blob[at + 10] = b'8';
    let unknown = site.write("unknown.pub", format!("{kind} {}\n", encode_base64(&blob)));
    site.explain(&["--key", &unknown]).failed("the key does not decode");
}

#[test]
fn an_authority_that_is_revoked() {
    needs_keygen!();
    let site = site();
    site.write("etc/ssh/revoked", format!("{}\n", authority().public));
    explain(&site, "revoked", HOST, &["--set", "RevokedKeys=/etc/ssh/revoked"]).refused("key-revoked");
    explain(&site, "unrevoked", HOST, &[]).accepted();
}
