//! Algorithms, and how many attempts there are.

use super::entry::{Entry, Side, Step};
use crate::failures::Id;
use crate::severity::Severity;

pub(super) const CERTIFICATE_ATTEMPTS_COME_FIRST: Entry = Entry {
    id: Id::CertificateAttemptsComeFirst,
    side: Side::Both,
    severity: Severity::Warning,
    title: "Certificates are tried first, and in vain",
    symptom: "The server logs one or more `Failed hostbased ... ED25519-CERT ...` before the plain key is tried.",
    cause: "ssh offers every certificate beside the host keys before any plain key, and the server knows no authority \
        for them. Each costs one attempt (see maxauthtries-eaten); by itself it refuses nobody.",
    check: "`ls /etc/ssh/*-cert.pub` on the client; `@cert-authority` lines for its name in the server's \
        ssh_known_hosts.",
    mend: &[
        Step::Say("Register the authority, or leave certificates out on the client."),
        Step::Root("hostbased enroll --certificate-authority ca.pub --match '*.example.org'"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "HostbasedAcceptedAlgorithms -*-cert-v01@openssh.com" },
    ],
    source: "OpenSSH ssh.c `main` (L_CERT comes first).",
    releases: None,
};

pub(super) const DSA_ONLY_HOST: Entry = Entry {
    id: Id::DsaOnlyHost,
    side: Side::Both,
    severity: Severity::Error,
    title: "The only host key is a DSA key",
    symptom: "On a new client as pub-files-missing; on a new server `unsupported public key algorithm: ssh-dss`.",
    cause: "OpenSSH does not know DSA any more, and an old machine has no other host key.",
    check: "Only /etc/ssh/ssh_host_dsa_key.pub is there; `ssh -Q key` lacks ssh-dss.",
    mend: &[
        Step::Say("Make keys of today's types on the client, then register them on the servers."),
        Step::Root("ssh-keygen -A"),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "Commits 4e838120a and a32d28d79.",
    releases: Some("A choice when it is built since 9.7, gone in 10.1."),
};

pub(super) const CLIENT_ALG_LIST_EXCLUDES_KEYS: Entry = Entry {
    id: Id::ClientAlgListExcludesKeys,
    side: Side::Client,
    severity: Severity::Error,
    title: "The client's algorithm list leaves out all of its keys",
    symptom: "With -v `No more client hostkeys for hostbased authentication.` at once, without `trying hostkey`.",
    cause: "`HostbasedAcceptedAlgorithms` (older: `HostbasedKeyTypes`) on the client names no algorithm of a host key \
        that is there.",
    check: "`ssh -G srv.example.org | grep -i hostbasedaccepted` against the types in /etc/ssh/ssh_host_*_key.pub.",
    mend: &[
        Step::Say("Widen the list, or make a key of a type that it has."),
        Step::Line { file: "/etc/ssh/ssh_config", text: "HostbasedAcceptedAlgorithms +ssh-ed25519" },
    ],
    source: "OpenSSH sshconnect2.c `userauth_hostbased`.",
    releases: None,
};

pub(super) const SERVER_ALG_LIST_EXCLUDES_KEYS: Entry = Entry {
    id: Id::ServerAlgListExcludesKeys,
    side: Side::Server,
    severity: Severity::Error,
    title: "The server's algorithm list leaves the key out",
    symptom: "sshd: `userauth_hostbased: signature algorithm ssh-ed25519 not in HostbasedAcceptedAlgorithms` (before \
        8.9: `key type ... not in HostbasedAcceptedKeyTypes`).",
    cause: "The server's `HostbasedAcceptedAlgorithms` was narrowed, by hand or by a hardening profile, and does not \
        name the algorithm that the client signs with.",
    check: "`sshd -T -C user=alice,host=node1.example.org,addr=10.77.0.1 | grep -i hostbasedaccepted` against the \
        client's keys.",
    mend: &[
        Step::Say("Admit the algorithm on the server, or give the client a key of a type that is accepted."),
        Step::Line { file: "/etc/ssh/sshd_config", text: "HostbasedAcceptedAlgorithms +ssh-ed25519" },
    ],
    source: "OpenSSH auth2-hostbased.c `userauth_hostbased`.",
    releases: None,
};

pub(super) const RSA_SINGLE_ALGORITHM_ATTEMPT: Entry = Entry {
    id: Id::RsaSingleAlgorithmAttempt,
    side: Side::Both,
    severity: Severity::Error,
    title: "An RSA key is tried with one algorithm only",
    symptom: "sshd: `signature algorithm rsa-sha2-512 not in HostbasedAcceptedAlgorithms`; the server would take \
        rsa-sha2-256, and ssh does not come back with that.",
    cause: "ssh offers each key once, with the first algorithm of its own list that fits. For RSA that is \
        rsa-sha2-512, unless the list says otherwise.",
    check: "The first RSA algorithm in the client's list must be in the server's.",
    mend: &[
        Step::Say("Accept rsa-sha2-512 on the server, or put rsa-sha2-256 first on the client."),
        Step::Line { file: "/etc/ssh/sshd_config", text: "HostbasedAcceptedAlgorithms +rsa-sha2-512" },
        Step::Line { file: "/etc/ssh/ssh_config", text: "HostbasedAcceptedAlgorithms ^rsa-sha2-256" },
    ],
    source: "OpenSSH sshconnect2.c `userauth_hostbased` (the key is taken from the list).",
    releases: None,
};

pub(super) const RSA_HOSTBASED_BROKEN85_TO88: Entry = Entry {
    id: Id::RsaHostbasedBroken85To88,
    side: Side::Both,
    severity: Severity::Error,
    title: "RSA host keys do not work with releases 8.5 to 8.8",
    symptom: "A client whose only key is RSA says `No more client hostkeys for hostbased authentication.`; where \
        ssh-rsa is allowed again, its helper signs with SHA-1.",
    cause: "These releases name the algorithm in the request, 8.8 switched ssh-rsa off, and only 8.9 learnt to choose \
        SHA-2 for RSA in hostbased. The helper of 8.8 makes an ssh-rsa signature even when asked for rsa-sha2-512.",
    check: "`ssh -V` between 8.5 and 8.8, and the server knows only the RSA key of the client.",
    mend: &[
        Step::Say("Register ed25519 or ecdsa keys of the client, or upgrade it."),
        Step::Root("ssh-keygen -A"),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "Commits d1e578afe, 7aa7b096c and d9dbb5d9a.",
    releases: Some(
        "Clients 8.5 to 8.8; older ones sign with SHA-1 too, which servers refuse since 8.8. Whether a \
        distribution mended its own (RHEL 9 has 8.7p1) its changelog tells.",
    ),
};

pub(super) const SESSION_HASH_LONGER_THAN32_REJECTED: Entry = Entry {
    id: Id::SessionHashLongerThan32Rejected,
    side: Side::Client,
    severity: Severity::Error,
    title: "The helper refuses session ids of more than 32 bytes",
    symptom: "`ssh-keysign: not a valid request`, then `ssh_keysign: no reply`.",
    cause: "Helpers before 8.9 know session ids of 20 and 32 bytes only; a key exchange with SHA-384 or SHA-512 \
        (`ecdh-sha2-nistp384` and -521, the groups 16 and 18, sntrup761x25519-sha512) gives longer ones.",
    check: "`ssh -V` before 8.9; `ssh -v srv.example.org` prints `kex: algorithm: ...`.",
    mend: &[
        Step::Say("Upgrade the client; until then choose a key exchange with SHA-256 for these servers."),
        Step::Line { file: "/etc/ssh/ssh_config", text: "KexAlgorithms curve25519-sha256" },
    ],
    source: "OpenSSH ssh-keysign.c `valid_request`; commit 239da797c.",
    releases: Some("Helpers before 8.9. Servers prefer sntrup761x25519-sha512 since 9.0."),
};

pub(super) const SHA1_REFUSED_BY_CRYPTO_POLICY: Entry = Entry {
    id: Id::Sha1RefusedByCryptoPolicy,
    side: Side::Both,
    severity: Severity::Error,
    title: "SHA-1 signatures are refused by the system's crypto policy",
    symptom: "The helper says `sshkey_sign failed: error in libcrypto`, or the server `mm_answer_keyverify: hostbased \
        RSA signature ... error in libcrypto`.",
    cause: "One side makes or checks an ssh-rsa (SHA-1) signature, and the policy of RHEL 9 and its like, or FIPS \
        mode, forbids SHA-1. In FIPS mode ed25519 is refused as well.",
    check: "`update-crypto-policies --show`, `fips-mode-setup --check`; whether RSA is the only key of the client that \
        the server knows.",
    mend: &[
        Step::Say("Register ecdsa (and outside FIPS mode ed25519) keys of the client. Do not allow SHA-1 again."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
    ],
    source: "openssl/openssl#18420.",
    releases: Some("RHEL 9 and its like; it comes with rsa-hostbased-broken-8-5-to-8-8."),
};

pub(super) const RSA_KEY_TOO_SMALL: Entry = Entry {
    id: Id::RsaKeyTooSmall,
    side: Side::Both,
    severity: Severity::Error,
    title: "The RSA key is too short",
    symptom: "sshd: `refusing RSA key: Invalid key length`.",
    cause: "The host key has fewer bits than `RequiredRSASize` asks for: 1024 by default, 2048 or 3072 where a crypto \
        policy sets it.",
    check: "`ssh-keygen -lf /etc/ssh/ssh_host_rsa_key.pub` prints the bits; `sshd -T | grep -i requiredrsasize`.",
    mend: &[
        Step::Say("Make a new key, or use the client's ed25519 key, and register it."),
        Step::Root("ssh-keygen -q -N '' -t rsa -b 3072 -f /etc/ssh/ssh_host_rsa_key"),
        Step::Root("hostbased refresh node1.example.org"),
    ],
    source: "OpenSSH auth2-hostbased.c `userauth_hostbased`; commit 1875042c5.",
    releases: Some("The option is there since 9.1."),
};

pub(super) const ECDSA_CURVE_NOW_EXACT: Entry = Entry {
    id: Id::EcdsaCurveNowExact,
    side: Side::Server,
    severity: Severity::Error,
    title: "An ECDSA key of a curve that the list does not name",
    symptom: "sshd: `signature algorithm ecdsa-sha2-nistp384 not in HostbasedAcceptedAlgorithms`, noticed after an \
        upgrade to 10.3.",
    cause: "The list names one curve, and the client's key is of another; since 10.3 a listed curve stands for itself \
        alone.",
    check: "The curve in the client's ssh_host_ecdsa_key.pub, and the server's list.",
    mend: &[
        Step::Say("Name the curve that is used."),
        Step::Line { file: "/etc/ssh/sshd_config", text: "HostbasedAcceptedAlgorithms +ecdsa-sha2-nistp384" },
    ],
    source: "Commit fd1c7e131.",
    releases: Some("Checked exactly since 10.3."),
};

pub(super) const KEY_TYPE_REGISTERED_IS_NOT_OFFERED: Entry = Entry {
    id: Id::KeyTypeRegisteredIsNotOffered,
    side: Side::Both,
    severity: Severity::Error,
    title: "The type of key that the server knows is not the one that is offered",
    symptom: "sshd at DEBUG1: `key for host node1.example.org not found`, once for each attempt.",
    cause: "The server's ssh_known_hosts has a key of the client, of a type for which the client has no readable .pub \
        file, or the other way round.",
    check: "`ssh-keygen -F node1.example.org -f /etc/ssh/ssh_known_hosts` on the server against `ls \
        /etc/ssh/ssh_host_*_key.pub` on the client.",
    mend: &[Step::Say("Register all types of the client."), Step::Root("hostbased enroll node1.example.org,10.77.0.1")],
    source: "OpenSSH hostfile.c `check_key_in_hostkeys`.",
    releases: None,
};

pub(super) const MAXAUTHTRIES_EATEN: Entry = Entry {
    id: Id::MaxauthtriesEaten,
    side: Side::Both,
    severity: Severity::Error,
    title: "The attempts are used up before the right key is tried",
    symptom: "`Received disconnect ... Too many authentication failures` on the client, `maximum authentication \
        attempts exceeded` on the server; or the methods behind hostbased are never reached.",
    cause: "Each host key that is refused counts as one failure, certificates too, and `MaxAuthTries` (6 by default, \
        less where hardened) ends the connection.",
    check: "Count the client's keys before the first that is registered; compare with `sshd -T | grep -i \
        maxauthtries`.",
    mend: &[
        Step::Say("Register the type that is offered first (ed25519), offer fewer, or raise the limit."),
        Step::Root("hostbased enroll node1.example.org,10.77.0.1"),
        Step::Line { file: "/etc/ssh/ssh_config", text: "HostbasedAcceptedAlgorithms ssh-ed25519" },
    ],
    source: "OpenSSH auth.c `auth_maxtries_exceeded`; dev-sec/ansible-ssh-hardening#169.",
    releases: None,
};
