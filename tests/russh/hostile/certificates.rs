//! Certificates of users and of other hosts, forged ones, and certificates within certificates.

use super::ground::is_refused;
use super::keys::{keys, nested};
use super::raw_ssh::Answer;
use super::requests::Wanted;

const CERTIFICATE: &str = "ssh-ed25519-cert-v01@openssh.com";

#[test]
fn a_certificate_that_is_not_this_hosts() {
    let server = server!();
    assert_eq!(server.judge(&Wanted::by("cert", CERTIFICATE, "ed25519", None)).0, Answer::Success);
    let of = |key| Wanted::by(key, CERTIFICATE, "ed25519", None);
    server.refuses("a user's", &of("cert-user"), "certificate-not-for-hosts");
    server.refuses("another host's", &of("cert-others"), "certificate-for-other-hosts");
    // Its last byte is of the authority's signature.
    let mut forged = of("cert");
    *forged.public_key.last_mut().unwrap() ^= 1;
    server.refuses("forged", &forged, "certificate-forged");
    let mut longer = of("cert");
    longer.public_key.push(0);
    server.refuses("with a byte behind it", &longer, "key-undecodable");
}

#[test]
fn certificates_within_certificates() {
    let server = server!();
    for (levels, codes) in [(1, 1), (2, 1), (8, 1), (9, 0), (100, 0), (1_500, 0)] {
        let mut wanted = Wanted::by("cert", CERTIFICATE, "ed25519", None);
        wanted.public_key = nested(levels);
        let (answer, said) = server.judge(&wanted);
        assert!(is_refused(&answer), "{levels}: {answer:?}");
        // The deep ones russh refuses itself.
        assert_eq!(said, ["key-undecodable"][..codes], "{levels}");
    }
}

#[test]
fn certificates_within_certificates_where_other_things_are_expected() {
    let server = server!();
    for levels in [2, 1_500] {
        // As the authority of a certificate that begins well; as a plain key; and as what "publickey" offers.
        let good = keys().blob("cert");
        let at = good.windows(32).position(|window| window == CERTIFICATE.as_bytes()).unwrap();
        assert_eq!(at, 4);
        let mut plain = Wanted::good();
        plain.public_key = nested(levels);
        assert!(is_refused(&server.judge(&plain).0));

        let mut connection = server.connect();
        let offer = hostbased::wire::Writer::new()
            .byte(50)
            .string(b"alice")
            .string(b"ssh-connection")
            .string(b"publickey")
            .byte(0)
            .string(CERTIFICATE.as_bytes())
            .string(&nested(levels))
            .into_bytes();
        let answer = connection.ask(&offer).unwrap();
        assert!(!matches!(answer, Answer::Success), "{answer:?}");
        server.codes();
    }
}
