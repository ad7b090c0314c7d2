//! What to do so that the attempt would be let in, *if it should be*. Each ends where an administrator can act.

use super::{Refusal, message};
use crate::escape::escape;
use crate::key::{Certificate, PublicKey, SignatureError};
use crate::known_hosts::Place;
use crate::pattern::matches;
use crate::verify::explanation::Facts;
use crate::verify::files::Unreadable;
use crate::verify::gate::GateRefusal;
use crate::verify::policy::IgnoreRhosts;

/// The hint.
pub(in crate::verify) fn of(refusal: &Refusal<'_>, facts: &Facts<'_>) -> String {
    let algorithm = escape(facts.request.algorithm);
    match refusal {
        Refusal::ConnectionRefused => {
            format!("take RefuseConnection out of the Match block that fits this connection, {RELOAD}")
        }
        Refusal::MethodNotEnabled => format!(
            "put HostbasedAuthentication yes into sshd_config above the first Match block, and above any other line of that \
             name, the first of which counts, {RELOAD}; {}",
            asked(facts)
        ),
        Refusal::MethodNotListed => {
            format!("list hostbased in AuthenticationMethods, after the methods that come first, {RELOAD}")
        }
        Refusal::OtherAccount => "judge the request for the account that it names; a style (user:style) never works".to_owned(),
        Refusal::AlgorithmUnknown => {
            "use a host key of another type on the client (ed25519, ecdsa, rsa): DSA keys are past".to_owned()
        }
        Refusal::AlgorithmNotAccepted(_) => {
            format!("add {algorithm} to HostbasedAcceptedAlgorithms, {RELOAD}; or let the client use another host key")
        }
        Refusal::KeyUndecodable(_) | Refusal::KeyTypeMismatch { .. } => {
            "the client sends something broken: look at its software, and at its host key's .pub file".to_owned()
        }
        Refusal::CaAlgorithmUnknown | Refusal::CaAlgorithmNotAccepted(_) => {
            format!(
                "sign the host certificate anew by an algorithm of CASignatureAlgorithms (with -t rsa-sha2-512 for an RSA \
                 authority): {}",
                sign(facts)
            )
        }
        Refusal::RsaTooSmall { required, .. } => {
            format!("make a host key of at least {required} bits on the client, or let it use one of another type")
        }
        Refusal::AccountUnknown => {
            "create the account, or log in by another name; a directory that is down has no accounts either".to_owned()
        }
        Refusal::AccountNotAllowed(refusal) => account(refusal, facts),
        Refusal::KeyAlreadyUsed => "AuthenticationMethods asks for hostbased twice: that takes two host keys".to_owned(),
        Refusal::KeyRevoked { file, .. } => {
            format!("give the client a new host key; or take this one out of {} if it was never stolen", escape(file))
        }
        Refusal::RevokedKeysMissing { file } | Refusal::RevokedKeysUnreadable { file, .. } => {
            format!(
                "put {} right, or take it out of RevokedKeys {RELOAD}: until then nobody gets in by any key",
                escape(file)
            )
        }
        Refusal::NameMismatch => {
            "make forward and reverse names of the client agree with its own; or RequireNameMatch no".to_owned()
        }
        Refusal::RootIgnoresSystemFiles => {
            let own = if facts.policy.ignore_rhosts == IgnoreRhosts::Yes {
                format!(", with IgnoreRhosts shosts-only in sshd_config below a line \"Match User root\" at its end, {RELOAD}")
            } else {
                String::new()
            };
            format!("name the host and user in root's own .shosts{own}; better, log in as a user")
        }
        Refusal::EquivNoFiles | Refusal::EquivNoMatch => equiv(facts),
        Refusal::EquivDenies(place) => {
            format!("take out {}, or put a line that lets in before it", shown(place))
        }
        Refusal::EquivUnreadable { file, why } | Refusal::KnownHostsUnreadable { file, why } => readable(file, *why),
        Refusal::EquivModes { file, .. } => format!("chown it to the user and chmod go-w {}", escape(file)),
        Refusal::HomeMissing { home } => format!("make the home folder {}, or mount it", escape(home)),
        Refusal::HomeModes { home, .. } => format!("chown it to the user and chmod go-w {}", escape(home)),
        Refusal::CertificateNotForHosts => format!("sign the client's host key as a host's: {}", sign(facts)),
        Refusal::CertificateNotYetValid => "wait, or set the clocks of both machines right".to_owned(),
        Refusal::CertificateExpired => {
            format!("sign the client's host key anew, with -V for how long it is to be good: {}", sign(facts))
        }
        Refusal::CertificateWithoutPrincipals => {
            format!("sign the client's host key anew, for its name: {}", sign(facts))
        }
        Refusal::CertificateForOtherHosts => {
            format!("sign the client's host key for the name that is looked up, {}: {}", rule(facts), sign(facts))
        }
        Refusal::CertificateCriticalOptions => {
            format!("sign the client's host key anew, without critical options: {}", sign(facts))
        }
        Refusal::HostKeyUnknown => unknown(facts),
        Refusal::HostKeyChanged(place) => format!(
            "if the client has new host keys, put them into {} in place of the old ones (hostbased remove, then enroll); else \
             somebody else answers to that address",
            shown(place)
        ),
        Refusal::HostKeyRevoked(place) => {
            format!("give the client a new host key; {} must stay if the old one was stolen", shown(place))
        }
        Refusal::CertificateForged(_) => format!("sign the client's host key anew by the authority: {}", sign(facts)),
        Refusal::Signature(SignatureError::UserNotPresent) => "touch the token when it asks".to_owned(),
        Refusal::AlgorithmUnsupported(_) => "use a host key of another type on the client".to_owned(),
        Refusal::Signature(_) => {
            "the client's helper signed with another key than it sent, or the request was changed on its way: compare the \
             host keys and their .pub files on the client"
                .to_owned()
        }
        Refusal::RootNotPermitted => {
            format!("set PermitRootLogin prohibit-password in sshd_config, {RELOAD}; better, log in as a user")
        }
        Refusal::PartialSuccess => "let the client go on with the methods that are left".to_owned(),
        Refusal::SessionId { .. } => {
            "give the exchange hash of the connection's first key exchange: the server's software has a fault".to_owned()
        }
        Refusal::ApplicationDenies => "ask whoever runs the server".to_owned(),
    }
}

fn account(refusal: &GateRefusal<'_>, facts: &Facts<'_>) -> String {
    let user = facts.account;
    let said = match refusal {
        GateRefusal::Locked => {
            return format!(
                "unlock the account: usermod -U {user}, or usermod -p '*' {user} where its entry in shadow(5) is a bare !; \
                 where it has expired (chage -l {user}), chage -E -1 {user}"
            );
        }
        GateRefusal::UserNotAllowed => return allow_users(facts),
        GateRefusal::ShellMissing(_) | GateRefusal::ShellNotExecutable(_) => {
            return format!("give the account a shell that exists and can be run: usermod -s /bin/sh {user}");
        }
        GateRefusal::NoGroup => {
            return "give the account a group: AllowGroups and DenyGroups refuse who is in none".to_owned();
        }
        GateRefusal::UserDenied { .. } => "take the account out of DenyUsers",
        GateRefusal::GroupDenied { .. } => {
            "take the account's group out of DenyGroups, or the account out of the group"
        }
        GateRefusal::GroupNotAllowed => "add one of the account's groups to AllowGroups",
        GateRefusal::BadUserPattern { .. } => "mend the pattern in AllowUsers or DenyUsers",
    };
    format!("{said}, {RELOAD}")
}

/// A pattern for the account that is for other hosts is the one to mend.
fn allow_users(facts: &Facts<'_>) -> String {
    let user = facts.account;
    let is_for =
        |pattern: &&String| pattern.rsplit_once('@').is_some_and(|(name, _)| matches(user.as_bytes(), name.as_bytes()));
    match facts.policy.allow_users.iter().find(is_for) {
        Some(pattern) => {
            let from = message::from(facts);
            format!(
                "AllowUsers has {} for the account, and {from} is none of those hosts: add {user}@{from}, {RELOAD}",
                escape(pattern)
            )
        }
        None => format!("add the account to AllowUsers, {RELOAD}"),
    }
}

/// sshd reads its configuration when it starts, and when it is told to.
const RELOAD: &str = "then reload sshd";

/// How to see what sshd makes of its configuration.
fn asked(facts: &Facts<'_>) -> String {
    let (user, from, address) = (facts.account, message::from(facts), message::peer(facts));
    format!("sshd -T -C user={user},host={from},addr={address} shows what counts")
}

/// How a host key is signed for this host.
fn sign(facts: &Facts<'_>) -> String {
    let host = match looked_up(facts) {
        host if host.is_empty() => "NAME".to_owned(),
        host => host,
    };
    format!("ssh-keygen -s CA -I ID -h -n {host} FILE.pub")
}

fn shown(place: &Place<'_>) -> String {
    format!("line {} of {}", place.line, escape(place.file))
}

/// What makes one of the system's files readable again.
fn readable(file: &str, why: Unreadable) -> String {
    let file = escape(file);
    match why {
        Unreadable::Vanished => {
            format!("put {file} back, be it empty; or start the server anew, if it is gone for good")
        }
        Unreadable::HalfWritten | Unreadable::Changing => {
            format!("wait until {file} is written; better, replace it as a whole (mv)")
        }
        Unreadable::TooLarge => format!("make {file} shorter"),
        _ => format!("make {file} a regular file that belongs to root and that root alone may write (mode 0644)"),
    }
}

/// The name that the files are asked for.
fn looked_up(facts: &Facts<'_>) -> String {
    facts.lookup.as_ref().map_or_else(String::new, |lookup| escape(&lookup.host).to_string())
}

/// By which rule that name is looked up.
const fn rule(facts: &Facts<'_>) -> &'static str {
    match (facts.policy.hostbased_uses_name_from_packet_only, facts.policy.use_dns) {
        (true, _) => "with HostbasedUsesNameFromPacketOnly yes, the client's own word",
        (false, true) if facts.peer.names.is_empty() => "with UseDNS yes it has no confirmed name, so its address",
        (false, true) => "with UseDNS yes, what its address resolves to and back",
        (false, false) => "with UseDNS no, its address",
    }
}

fn equiv(facts: &Facts<'_>) -> String {
    let (host, user) = (looked_up(facts), escape(facts.request.client_user));
    let rule = rule(facts);
    let own = if facts.policy.ignore_rhosts == IgnoreRhosts::Yes {
        format!(", with IgnoreRhosts shosts-only in sshd_config ({RELOAD})")
    } else {
        String::new()
    };
    if facts.request.client_user == facts.account.as_bytes() {
        format!("the host is looked up as {host} ({rule}): enroll it, or write the line {host} into shosts.equiv")
    } else {
        format!(
            "the host is looked up as {host} ({rule}), and its user {user} asks for the account {}: a line \"{host} {user}\" in \
             the account's own .shosts would let him in{own}; in shosts.equiv it would open every account but root's",
            facts.account
        )
    }
}

/// The key as it stands in a file; its fingerprint where a peer has made it so long that it would fill a log.
fn shown_key(key: &PublicKey) -> String {
    /// An RSA key of 8192 bits has 1400.
    const LONGEST: usize = 2048;
    let line = key.to_line();
    if line.len() <= LONGEST { line } else { key.to_string() }
}

fn unknown(facts: &Facts<'_>) -> String {
    let (host, rule) = (looked_up(facts), rule(facts));
    match facts.key.as_ref().and_then(|key| key.certificate().map(Certificate::authority)) {
        Some(authority) => format!(
            "if {} is your authority, put it into ssh_known_hosts for {host} ({rule}): @cert-authority {host} {}",
            authority.fingerprint(),
            shown_key(authority)
        ),
        None => {
            let line = facts.key.as_ref().map(shown_key).unwrap_or_default();
            format!("the host is looked up as {host} ({rule}): enroll it, or write into ssh_known_hosts: {host} {line}")
        }
    }
}
