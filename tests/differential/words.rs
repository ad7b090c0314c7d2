//! What sshd says at a refusal, and what an older release says instead.

use crate::release;

/// What an older sshd says in the place of what [`sshd_message`](hostbased::verify::Explanation::sshd_message) has of
/// 10.5: the refusal's code, the release that has the words since, and each thing that an older one may say.
const OLDER: [(&str, (u32, u32), &[&str]); 9] = [
    ("key-type-mismatch", (10, 3), &["type mismatch for decoded key"]),
    // The accepted algorithms were looked at behind the key.
    ("algorithm-not-accepted", (10, 5), &["type mismatch for decoded key", "key_from_blob: "]),
    // DSA was an algorithm like others.
    (
        "algorithm-unknown",
        (10, 0),
        &["type mismatch for decoded key", "signature algorithm ssh-dss not in HostbasedAcceptedAlgorithms"],
    ),
    // The reason stood alone.
    ("certificate-not-for-hosts", (10, 1), &["Certificate invalid: not a host certificate"]),
    ("certificate-not-yet-valid", (10, 1), &["Certificate invalid: not yet valid"]),
    ("certificate-expired", (10, 1), &["Certificate invalid: expired"]),
    ("certificate-without-principals", (10, 1), &["Certificate lacks principal list"]),
    ("certificate-for-other-hosts", (10, 1), &["Certificate invalid: name is not a listed principal"]),
    ("certificate-critical-options", (10, 1), &["Certificate contains unsupported critical options"]),
];

/// Whether the log has this message of a refusal, or what this release says instead.
pub(crate) fn are_said(code: &str, message: &str, log: &str) -> bool {
    let log = with_our_escapes(log);
    let installed = release::installed().number;
    let older = OLDER.iter().find(|(of, since, _)| *of == code && installed < *since);
    log.contains(message) || older.is_some_and(|(_, _, said)| said.iter().any(|words| log.contains(words)))
}

/// sshd writes a byte that cannot be printed as `\ooo` (log.c `do_log`, VIS_OCTAL), we as `\xNN`.
fn with_our_escapes(log: &str) -> String {
    let mut written = String::with_capacity(log.len());
    let mut rest = log;
    while let Some((before, behind)) = rest.split_once('\\') {
        written += before;
        let octal = behind.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match octal {
            Some(byte) => written += &format!("\\x{byte:02x}"),
            None => written.push('\\'),
        }
        rest = if octal.is_some() { &behind[3..] } else { behind };
    }
    written + rest
}

/// Whether a line of sshd's log is about the decision, and not about its own machinery.
pub(crate) fn tells_something(line: &str) -> bool {
    const NOISE: [&str; 32] = [
        ": mm_",
        "monitor_",
        "packet: type",
        "kex",
        "KEX",
        "NEWKEYS",
        "debug2: MACs",
        "debug2: ciphers",
        "parse_server_config",
        "debug2: compression",
        "debug2: languages",
        "debug2: first_kex",
        "debug2: reserved",
        "host key algorithms",
        "rekey",
        "auth_shadow",
        "account expiration",
        "channel_",
        "user_specific_delay",
        "ensure_minimum_time",
        "do_cleanup",
        "audit_event",
        "_uid: ",
        "O_NONBLOCK",
        "set_newkeys",
        "sandbox",
        "packet_set",
        "compat",
        "oom_adjust",
        "notify_hostkeys",
        "channel",
        "sshd version",
    ];
    !NOISE.iter().any(|noise| line.contains(noise))
}
