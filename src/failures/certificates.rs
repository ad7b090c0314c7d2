//! Host certificates.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const CERTIFICATE_PRINCIPAL_MISMATCH: Entry = Entry {
    id: Id::CertificatePrincipalMismatch,
    side: Side::Both,
    severity: Severity::Error,
    title: "The certificate does not name the host as sshd looks it up",
    symptom: "sshd: `Certificate invalid: name is not a listed principal`, in 10.5 behind `Refusing certificate ID \
        \"node1\" serial=0 signed by ...`.",
    cause: "The name that is looked up (the address with `UseDNS no`) is not among the certificate's principals; often \
        it is short there and full here.",
    check: "`ssh-keygen -Lf /etc/ssh/ssh_host_ed25519_key-cert.pub` against that name; `hostbased lint --certificate \
        FILE`.",
    mend: &[
        Step::Say("Sign again, with every name and address that counts."),
        Step::Root(
            "ssh-keygen -s ca -h -I node1 -n node1.example.org,node1,10.77.0.1 \
            /etc/ssh/ssh_host_ed25519_key.pub",
        ),
    ],
    source: "OpenSSH auth2-hostbased.c `hostbased_key_allowed`, sshkey.c `sshkey_cert_check_authority`.",
    releases: None,
};

pub(super) const CERTIFICATE_WITHOUT_PRINCIPALS: Entry = Entry {
    id: Id::CertificateWithoutPrincipals,
    side: Side::Both,
    severity: Severity::Error,
    title: "The certificate names nobody",
    symptom: "sshd: `Certificate lacks principal list`, after an upgrade.",
    cause: "A certificate without principals was good for any host, and is refused since 10.3.",
    check: "`ssh-keygen -Lf /etc/ssh/ssh_host_ed25519_key-cert.pub` prints `Principals: (none)`.",
    mend: &[
        Step::Say("Sign again with -n."),
        Step::Root("ssh-keygen -s ca -h -I node1 -n node1.example.org,10.77.0.1 /etc/ssh/ssh_host_ed25519_key.pub"),
    ],
    source: "OpenSSH sshkey.c `sshkey_cert_check_authority`; commit 5166b6cbf.",
    releases: Some("Servers since 10.3."),
};

pub(super) const CERTIFICATE_EXPIRED_OR_WRONG_KIND_OR_WEAK_CA: Entry = Entry {
    id: Id::CertificateExpiredOrWrongKindOrWeakCa,
    side: Side::Both,
    severity: Severity::Error,
    title: "The certificate is expired, no host's, or signed with SHA-1",
    symptom: "sshd: `Certificate invalid: expired`, `Certificate invalid: not a host certificate`, or `certificate \
        signature algorithm ssh-rsa: signature algorithm not supported`.",
    cause: "Its time is over or has not come, it was signed without -h, or the authority signed it with an algorithm \
        that `CASignatureAlgorithms` leaves out.",
    check: "`ssh-keygen -Lf /etc/ssh/ssh_host_ed25519_key-cert.pub`: Type, Valid, Signing CA; `hostbased lint \
        --certificate FILE`.",
    mend: &[
        Step::Say("Sign again as a host's, with an ed25519 authority, or with -t rsa-sha2-512."),
        Step::Root(
            "ssh-keygen -s ca -h -I node1 -n node1.example.org,10.77.0.1 -V +52w \
            /etc/ssh/ssh_host_ed25519_key.pub",
        ),
    ],
    source: "OpenSSH sshkey.c `sshkey_cert_check_authority`, `sshkey_check_cert_sigtype`.",
    releases: None,
};

pub(super) const CA_LINE_NOT_MARKED: Entry = Entry {
    id: Id::CaLineNotMarked,
    side: Side::Server,
    severity: Severity::Error,
    title: "The authority's key is not marked as one",
    symptom: "As known-hosts-stale-key, for an attempt with an ED25519-CERT key.",
    cause: "The authority stands in ssh_known_hosts as a host's plain key, without `@cert-authority`, or its pattern \
        does not cover the host.",
    check: "`ssh-keygen -Lf` names the signing key: look for it in the file; `hostbased lint --certificate FILE`: \
        unknown-authority.",
    mend: &[
        Step::Say("Register the authority as one."),
        Step::Root("hostbased enroll --certificate-authority ca.pub --match '*.example.org'"),
    ],
    source: "sshd(8), SSH_KNOWN_HOSTS FILE FORMAT.",
    releases: None,
};
