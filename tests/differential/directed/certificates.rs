//! Host certificates (OpenSSH: sshkey.c `sshkey_cert_check_host`).

use super::{Accept, Deviate, Directed, Refuse};
use crate::case::{Case, KNOWN_HOSTS, Signature};
use crate::material::Material;

/// This certificate, whose authority is known for the node.
fn certificate(case: &mut Case, material: &Material, name: &str) {
    let secret = crate::request::secret_of(name);
    case.key = name.into();
    case.algorithm = match secret {
        "ecdsa256" => "ecdsa-sha2-nistp256-cert-v01@openssh.com".into(),
        secret if secret.starts_with("rsa") => "rsa-sha2-512-cert-v01@openssh.com".into(),
        _ => "ssh-ed25519-cert-v01@openssh.com".into(),
    };
    let authority = crate::generate::authority_of(name).unwrap();
    case.write(KNOWN_HOSTS, format!("@cert-authority 10.77.0.1 {}\n", material.line(authority)));
}

/// The good certificate, with these lines behind the authority's; `CA`, `KEY` and `CERT` stand for the keys' lines.
fn behind(case: &mut Case, material: &Material, text: &str) {
    known(case, material, &format!("@cert-authority 10.77.0.1 CA\n{text}"));
}

fn known(case: &mut Case, material: &Material, text: &str) {
    certificate(case, material, "cert");
    let line = |name| material.line(name);
    let text = text.replace("CERT", &line("cert")).replace("CA", &line("ca")).replace("KEY", &line("ed25519"));
    case.write(KNOWN_HOSTS, text);
}

fn allowing(case: &mut Case, material: &Material, name: &str, algorithms: &str) {
    certificate(case, material, name);
    case.set("CASignatureAlgorithms", algorithms);
}

pub(super) static CASES: [Directed; 37] = [
    Directed { name: "Ed25519 by Ed25519", expect: Accept, make: |c, m| certificate(c, m, "cert") },
    Directed { name: "ECDSA by Ed25519", expect: Accept, make: |c, m| certificate(c, m, "cert-ecdsa") },
    Directed { name: "RSA by Ed25519", expect: Accept, make: |c, m| certificate(c, m, "cert-rsa") },
    Directed { name: "by RSA with SHA-512", expect: Accept, make: |c, m| certificate(c, m, "cert-by-rsa") },
    Directed { name: "by RSA with SHA-256", expect: Accept, make: |c, m| certificate(c, m, "cert-by-rsa256") },
    Directed { name: "by ECDSA", expect: Accept, make: |c, m| certificate(c, m, "cert-by-ecdsa") },
    Directed {
        name: "by RSA with SHA-1",
        expect: Refuse("ca-algorithm-not-accepted"),
        make: |case, material| certificate(case, material, "cert-by-sha1"),
    },
    Directed {
        name: "by RSA with SHA-1 that is allowed",
        expect: Accept,
        make: |case, material| allowing(case, material, "cert-by-sha1", "+ssh-rsa"),
    },
    Directed {
        name: "by an algorithm that is not accepted",
        expect: Refuse("ca-algorithm-not-accepted"),
        make: |case, material| allowing(case, material, "cert", "-ssh-ed25519"),
    },
    Directed {
        name: "by RSA with a hash that is not accepted",
        expect: Refuse("ca-algorithm-not-accepted"),
        make: |case, material| allowing(case, material, "cert-by-rsa256", "rsa-sha2-512"),
    },
    Directed {
        name: "RSA below RequiredRSASize",
        expect: Refuse("rsa-too-small"),
        make: |case, material| {
            certificate(case, material, "cert-rsa1024");
            case.set("RequiredRSASize", "2048");
        },
    },
    Directed {
        name: "an authority of RSA below RequiredRSASize",
        expect: Accept,
        make: |case, material| {
            certificate(case, material, "cert-by-rsa");
            case.set("RequiredRSASize", "3072");
        },
    },
    Directed {
        name: "of a user",
        expect: Refuse("certificate-not-for-hosts"),
        make: |case, material| certificate(case, material, "cert-user"),
    },
    Directed {
        name: "expired",
        expect: Refuse("certificate-expired"),
        make: |case, material| certificate(case, material, "cert-expired"),
    },
    Directed {
        name: "not yet valid",
        expect: Refuse("certificate-not-yet-valid"),
        make: |case, material| certificate(case, material, "cert-future"),
    },
    Directed {
        name: "for other hosts",
        expect: Refuse("certificate-for-other-hosts"),
        make: |case, material| certificate(case, material, "cert-others"),
    },
    Directed {
        name: "for the host in another case",
        expect: Refuse("certificate-for-other-hosts"),
        make: |case, material| {
            super::by_name(case, material);
            certificate(case, material, "cert-case");
            let ca = material.line("ca");
            case.write(KNOWN_HOSTS, format!("@cert-authority node1.cluster.test {ca}\n"));
        },
    },
    Directed {
        name: "for a pattern",
        expect: Deviate("a host certificate whose principal is a pattern", None),
        make: |case, material| certificate(case, material, "cert-pattern"),
    },
    Directed {
        name: "for nobody in particular",
        expect: Deviate("a host certificate without principals", Some("certificate-without-principals")),
        make: |case, material| certificate(case, material, "cert-anybody"),
    },
    Directed {
        name: "with a critical option",
        expect: Deviate("a host certificate with a critical option", Some("certificate-critical-options")),
        make: |case, material| certificate(case, material, "cert-critical"),
    },
    Directed { name: "with an extension", expect: Accept, make: |c, m| certificate(c, m, "cert-extension") },
    Directed {
        name: "with a broken signature of its authority",
        expect: Refuse("certificate-forged"),
        make: |case, material| certificate(case, material, "cert-forged"),
    },
    Directed {
        name: "with a broken signature of an authority that nobody knows",
        expect: Deviate("the authority's signature on a certificate", Some("host-key-unknown")),
        make: |case, material| {
            certificate(case, material, "cert-forged");
            case.write(KNOWN_HOSTS, "");
        },
    },
    Directed {
        name: "signed for with another key",
        expect: Refuse("signature-invalid"),
        make: |case, material| {
            certificate(case, material, "cert");
            case.signature = Signature::ByAnotherKey;
        },
    },
    Directed {
        name: "by the name of the plain algorithm",
        expect: Refuse("key-type-mismatch"),
        make: |case, material| {
            certificate(case, material, "cert");
            case.algorithm = "ssh-ed25519".into();
        },
    },
    Directed {
        name: "an authority of other hosts",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "@cert-authority 10.77.0.11 CA\n"),
    },
    Directed {
        name: "another authority",
        expect: Refuse("host-key-unknown"),
        make: |case, material| {
            certificate(case, material, "cert-by-other");
            let ca = material.line("ca");
            case.write(KNOWN_HOSTS, format!("@cert-authority 10.77.0.1 {ca}\n"));
        },
    },
    Directed {
        name: "an authority without its marker",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "10.77.0.1 CA\n"),
    },
    Directed {
        name: "the certified key itself",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "10.77.0.1 KEY\n"),
    },
    Directed {
        name: "the certificate itself",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "10.77.0.1 CERT\n"),
    },
    Directed {
        name: "a marker and a tab",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "@cert-authority\t10.77.0.1 CA\n"),
    },
    Directed {
        name: "a marker and tabs alone",
        expect: Accept,
        make: |case, material| {
            certificate(case, material, "cert");
            let line = format!("@cert-authority 10.77.0.1 {}\n", material.line("ca")).replace(' ', "\t");
            case.write(KNOWN_HOSTS, line);
        },
    },
    Directed {
        name: "a marker in capitals",
        expect: Refuse("host-key-unknown"),
        make: |case, material| known(case, material, "@CERT-AUTHORITY 10.77.0.1 CA\n"),
    },
    Directed {
        name: "@revoked of the authority",
        expect: Refuse("host-key-revoked"),
        make: |case, material| behind(case, material, "@revoked * CA\n"),
    },
    Directed {
        name: "@revoked of the certified key",
        expect: Refuse("host-key-revoked"),
        make: |case, material| behind(case, material, "@revoked * KEY\n"),
    },
    Directed {
        name: "@revoked of the authority for other hosts",
        expect: Accept,
        make: |case, material| behind(case, material, "@revoked 10.77.0.11 CA\n"),
    },
    Directed {
        name: "the authority in the user's own file",
        expect: Accept,
        make: |case, material| {
            certificate(case, material, "cert");
            let ca = material.line("ca");
            case.files.remove(KNOWN_HOSTS);
            case.write_at_home(".ssh/known_hosts", format!("@cert-authority * {ca}\n"));
        },
    },
];
