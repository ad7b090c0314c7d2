//! What OpenSSH prints, and what it means: the wording of 9.2 to 10.5, and older wording where it differs. The texts are those
//! of the program; the files they come from are named above each group.

use super::Machine::{self, Client, Server};
use super::event::Fact;
use super::event::Means::{self, Cause, Certificate, Equiv, Harmless, Name};
use crate::failures::Id;

/// A text, who prints it, and what it means. `{}` are gaps.
pub(super) struct Row {
    pub(super) machine: Machine,
    pub(super) template: &'static str,
    pub(super) means: Means,
}

const fn row(machine: Machine, template: &'static str, means: Means) -> Row {
    Row { machine, template, means }
}

const fn fact(machine: Machine, template: &'static str, fact: Fact) -> Row {
    row(machine, template, Means::Fact(fact))
}

/// The first row that fits counts. What many lines of a log begin like stands in front.
pub(super) const TABLE: &[Row] = &[
    // ssh.c, readconf.c, sshconnect.c, mux.c
    fact(Client, "OpenSSH_{}", Fact::Banner),
    fact(Client, "Reading configuration data {}", Fact::ReadsConfig),
    fact(Client, "Executing proxy command: {}", Fact::Proxy),
    fact(Client, "auto-mux: Trying existing master{}", Fact::Shared),
    fact(Client, "mux_client_request_session: master session id: {}", Fact::Shared),
    fact(Client, "HostbasedAuthentication enabled but no local public host keys could be loaded.", Fact::NoPublicKeys),
    fact(Client, "load hostbased cert \"{}\": Permission denied", Fact::Unreadable),
    fact(Client, "load cert \"{}\": Permission denied", Fact::Unreadable),
    fact(Client, "ssh: connect to host {} port {}: Connection refused", Fact::NoServer),
    row(Client, "No user exists for uid {}", Cause(Id::UidNotInPasswd)),
    row(Client, "Bad owner or permissions on {}", Cause(Id::IncludeBadOwnerOrUnreadable)),
    row(Client, "Can't open user config file {}: Permission denied", Cause(Id::IncludeBadOwnerOrUnreadable)),
    row(Client, "Host key verification failed.", Cause(Id::ServerKeyNotTrustedByClient)),
    row(Client, "banner line {}: Not allowed at this time", Cause(Id::PerSourcePenaltyLocksOutNode)),
    row(Client, "Not allowed at this time", Cause(Id::PerSourcePenaltyLocksOutNode)),
    // packet.c
    row(Client, "Received disconnect from {}: Too many authentication failures", Cause(Id::MaxauthtriesEaten)),
    row(Client, "Received disconnect from {}: Too many authentication failures for {}", Cause(Id::MaxauthtriesEaten)),
    // sshconnect2.c
    fact(Client, "Authentications that can continue: {}", Fact::Offered),
    fact(Client, "preferred {}", Fact::Preferred),
    fact(Client, "Next authentication method: hostbased", Fact::Tries),
    fact(Client, "trying hostkey {}", Fact::Offers),
    fact(Client, "we sent a hostbased packet, wait for reply", Fact::Sent),
    fact(Client, "No more client hostkeys for hostbased authentication.", Fact::NoMoreKeys),
    fact(Client, "Authenticated to {} using \"hostbased\".", Fact::LetIn),
    fact(Client, "Authentication succeeded (hostbased).", Fact::LetIn),
    fact(Client, "Authenticated to {} using \"{}\".", Fact::OtherwiseIn),
    fact(Client, "Authentication succeeded ({}).", Fact::OtherwiseIn),
    fact(Client, "Permission denied ({}).", Fact::Denied),
    fact(Client, "ssh_keysign: no reply", Fact::NoReply),
    row(Client, "ssh_keysign: not installed: {}", Cause(Id::KeysignMissing)),
    row(Client, "ssh_keysign: exec({}): Permission denied", Cause(Id::KeysignNotExecutableForUser)),
    row(Client, "ssh_keysign: exec({}): No such file or directory", Cause(Id::KeysignMissing)),
    row(Client, "ssh_keysign: bad version", Cause(Id::HelperAndClientVersionSkew)),
    row(Client, "userauth_hostbased: cannot get local ipaddr/name", Cause(Id::ProxycommandOrProxyjump)),
    row(
        Client,
        "Authenticated using \"hostbased\" with partial success.",
        Cause(Id::AuthenticationmethodsExcludesHostbased),
    ),
    // canohost.c
    fact(Client, "get_socket_address: getnameinfo {} failed: {}", Fact::NoOwnName),
    // ssh-keysign.c, uidswap.c
    fact(Client, "ssh-keysign not enabled in {}", Fact::NotEnabled),
    fact(Client, "could not open any host key", Fact::NoKeyOpened),
    fact(Client, "not a valid request", Fact::NotValid),
    fact(Client, "ssh-keysign: not a valid request", Fact::NotValid),
    row(Client, "no hostkey found", Cause(Id::PrivateKeyEncryptedOrCorrupt)),
    row(Client, "setresgid {}: Operation not permitted", Cause(Id::SetgidModelNewgrp)),
    row(Client, "getpwuid failed", Cause(Id::UidNotInPasswd)),
    row(Client, "no matching hostkey found", Cause(Id::PubPrivateMismatch)),
    row(Client, "no matching hostkey found for key {}", Cause(Id::PubPrivateMismatch)),
    row(Client, "ssh-keysign: no matching hostkey found for key {}", Cause(Id::PubPrivateMismatch)),
    row(Client, "ssh-keysign: bad fd = {}", Cause(Id::HelperAndClientVersionSkew)),
    row(Client, "ssh-keysign: bad version{}", Cause(Id::HelperAndClientVersionSkew)),
    row(Client, "sshkey_sign failed: error in libcrypto", Cause(Id::Sha1RefusedByCryptoPolicy)),
    row(Client, "ssh-keysign: sshkey_sign failed: error in libcrypto", Cause(Id::Sha1RefusedByCryptoPolicy)),
    // Tectia's server, as it tells a client or its own log.
    row(Client, "hostbased-authentication (rhosts) refused for {}", Cause(Id::CommercialOrSunPeer)),
    // kex.c: both sides print it.
    fact(Client, "Remote protocol version {}, remote software version {}", Fact::Peer),
    fact(Server, "Remote protocol version {}, remote software version {}", Fact::Peer),
    fact(Client, "kex: algorithm: {}", Fact::KeyExchange),
    fact(Server, "Connection closed by authenticating user {}", Fact::Closed),
    fact(Client, "Connection closed by {} port {}", Fact::Closed),
    // sshd.c, sshd-session.c, srclimit.c
    fact(Server, "Connection from {} port {} on {}", Fact::Begins),
    row(
        Server,
        "activating {} penalty of {} seconds for penalty: failed authentication",
        Cause(Id::PerSourcePenaltyLocksOutNode),
    ),
    row(Server, "drop connection #{} from {} penalty: failed authentication", Cause(Id::PerSourcePenaltyLocksOutNode)),
    // servconf.c, readconf.c
    row(Server, "Directive '{}' is not allowed within a Match block", Cause(Id::DirectiveNotAllowedInMatch)),
    // authfile.c, sshd.c
    fact(Server, "Permissions {} for '{}' are too open.", Fact::OpenKey),
    fact(Server, "no hostkeys available -- exiting.", Fact::OpenKey),
    // auth2.c, auth.c, auth2-methods.c
    fact(Server, "userauth-request for user {} service {} method {}", Fact::Request),
    fact(Server, "userauth_finish: failure partial={} next methods=\"{}\"", Fact::Methods),
    fact(Server, "Accepted hostbased for {}", Fact::LetIn),
    fact(Server, "Partial hostbased for {}", Fact::Partly),
    fact(Server, "Accepted {} for {} from {} port {} ssh2{}", Fact::OtherwiseIn),
    row(Server, "Invalid user {}", Cause(Id::AccountNotAcceptable)),
    row(Server, "User {} not allowed because account is locked", Cause(Id::AccountNotAcceptable)),
    row(Server, "User {} not allowed because shell {} does not exist", Cause(Id::AccountNotAcceptable)),
    row(Server, "User {} not allowed because shell {} is not executable", Cause(Id::AccountNotAcceptable)),
    row(Server, "User {} not allowed because {}nologin exists", Cause(Id::AccountNotAcceptable)),
    row(Server, "User {} not allowed because listed in DenyUsers", Cause(Id::AllowDenyLists)),
    row(Server, "User {} not allowed because not listed in AllowUsers", Cause(Id::AllowDenyLists)),
    row(Server, "User {} not allowed because not in any group", Cause(Id::AllowDenyLists)),
    row(Server, "User {} not allowed because a group is listed in DenyGroups", Cause(Id::AllowDenyLists)),
    row(
        Server,
        "User {} not allowed because none of user's groups are listed in AllowGroups",
        Cause(Id::AllowDenyLists),
    ),
    row(Server, "Access denied for user {} by PAM account configuration", Cause(Id::PamAccountDenies)),
    row(Server, "ROOT LOGIN REFUSED FROM {}", Cause(Id::RootLoginPolicy)),
    row(Server, "maximum authentication attempts exceeded for {}", Cause(Id::MaxauthtriesEaten)),
    // auth2-hostbased.c, in its order
    fact(Server, "cuser {} chost {} pkalg {} slen {}", Fact::Attempt),
    row(Server, "unsupported public key algorithm: ssh-dss", Cause(Id::DsaOnlyHost)),
    fact(Server, "signature algorithm {} not in HostbasedAcceptedAlgorithms", Fact::Algorithm),
    fact(Server, "key type {} not in HostbasedAcceptedAlgorithms", Fact::Algorithm),
    fact(Server, "key type {} not in HostbasedAcceptedKeyTypes", Fact::Algorithm),
    row(
        Server,
        "certificate signature algorithm {}: signature algorithm not supported",
        Certificate(Id::CertificateExpiredOrWrongKindOrWeakCa),
    ),
    row(Server, "refusing {} key: Invalid key length", Cause(Id::RsaKeyTooSmall)),
    fact(Server, "disabled because of invalid user", Fact::InvalidUser),
    row(Server, "Error checking authentication key {} in revoked keys file {}", Cause(Id::RevokedKeysFileUnreadable)),
    row(Server, "Authentication key {} revoked by file {}", Cause(Id::ClientKeyRevoked)),
    // packet.c `ssh_remote_hostname`; the capital is that of releases before 10
    fact(Server, "trying to reverse map address {}.", Fact::Resolves),
    fact(Server, "Trying to reverse map address {}.", Fact::Resolves),
    row(Server, "Nasty PTR record \"{}\" is set up for {}, ignoring", Name(Id::NumericPtr)),
    row(Server, "reverse mapping checking getaddrinfo for {} failed{}", Name(Id::PtrWithoutForward)),
    row(Server, "Address {} maps to {}, but this does not map back to the address{}", Name(Id::PtrDoesNotMapBack)),
    fact(Server, "userauth_hostbased mismatch: client sends {}, but we resolve {} to {}", Fact::Mismatch),
    fact(Server, "auth_rhosts2 refused user \"{}\" host \"{}\" (from packet)", Fact::RefusedPacket),
    fact(Server, "auth_rhosts2 refused user \"{}\" host \"{}\" addr \"{}\"", Fact::Refused),
    fact(Server, "access allowed by auth_rhosts2", Fact::Allowed),
    // auth-rhosts.c
    row(Server, "no hosts access files exist", Equiv(Id::ShostsMissingOrEmpty)),
    row(Server, "root user, ignoring system hosts files", Equiv(Id::RootIgnoresSystemFiles)),
    row(Server, "Matched negative entry in {}.", Equiv(Id::ShostsNegativeEntry)),
    row(Server, "Found garbage in {}.", Equiv(Id::ShostsInlineComment)),
    row(Server, "Ignoring wild host/user names in {}.", Equiv(Id::ShostsPlusIgnored)),
    row(Server, "User {} hosts file {} is not a regular file", Equiv(Id::ShostsNotARegularFile)),
    row(Server, "Server has been configured to ignore {}.", Equiv(Id::UserShostsIgnored)),
    row(Server, "Rhosts authentication refused for {}: no home directory {}", Equiv(Id::HomeMissingOrUnreachable)),
    row(
        Server,
        "Rhosts authentication refused for {}: bad ownership or modes for home directory.",
        Equiv(Id::HomeOrShostsModes),
    ),
    row(Server, "Rhosts authentication refused for {}: bad modes for {}", Equiv(Id::HomeOrShostsModes)),
    // sshkey.c `sshkey_cert_check_authority`; in 10.5 auth2-hostbased.c says which certificate.
    row(Server, "Certificate invalid: name is not a listed principal", Certificate(Id::CertificatePrincipalMismatch)),
    row(Server, "Certificate lacks principal list", Certificate(Id::CertificateWithoutPrincipals)),
    row(Server, "Certificate invalid: not a host certificate", Certificate(Id::CertificateExpiredOrWrongKindOrWeakCa)),
    row(Server, "Certificate invalid: expired", Certificate(Id::CertificateExpiredOrWrongKindOrWeakCa)),
    row(Server, "Certificate invalid: not yet valid", Certificate(Id::CertificateExpiredOrWrongKindOrWeakCa)),
    row(
        Server,
        "Refusing certificate {}: Certificate invalid: name is not a listed principal",
        Certificate(Id::CertificatePrincipalMismatch),
    ),
    row(
        Server,
        "Refusing certificate {}: Certificate lacks principal list",
        Certificate(Id::CertificateWithoutPrincipals),
    ),
    row(
        Server,
        "Refusing certificate {}: Certificate invalid: not a host certificate",
        Certificate(Id::CertificateExpiredOrWrongKindOrWeakCa),
    ),
    row(
        Server,
        "Refusing certificate {}: Certificate invalid: expired",
        Certificate(Id::CertificateExpiredOrWrongKindOrWeakCa),
    ),
    row(
        Server,
        "Refusing certificate {}: Certificate invalid: not yet valid",
        Certificate(Id::CertificateExpiredOrWrongKindOrWeakCa),
    ),
    // hostfile.c `record_hostkey`
    fact(Server, "found key type {} in file {}", Fact::Registered),
    // auth.c `check_key_in_hostfiles`
    fact(Server, "Authentication refused for {}: bad owner or modes for {}", Fact::OwnKnownHosts),
    fact(Server, "key for host {} not found", Fact::NotFound),
    fact(Server, "key for {} found at {}", Fact::Found),
    row(Server, "WARNING: revoked key for {} attempted authentication", Cause(Id::ClientKeyRevoked)),
    // monitor.c `mm_answer_keyverify`
    row(Server, "hostbased RSA signature {}: error in libcrypto", Cause(Id::Sha1RefusedByCryptoPolicy)),
    row(Server, "no .shosts or .rhosts files and no system-wide files", Cause(Id::CommercialOrSunPeer)),
    // What begins with a path, an address or a name: behind all others, because a name could make it so.
    fact(Client, "{}: line {}: Bad configuration option: {}", Fact::BadOption),
    fact(Server, "{}: line {}: Bad configuration option: {}", Fact::BadOption),
    row(Server, "{}: Directive '{}' is not allowed within a Match block", Cause(Id::DirectiveNotAllowedInMatch)),
    row(
        Server,
        "{}: activating {} penalty of {} seconds for penalty: failed authentication",
        Cause(Id::PerSourcePenaltyLocksOutNode),
    ),
    row(
        Server,
        "{}: new {} active penalty of {} seconds for penalty: failed authentication",
        Cause(Id::PerSourcePenaltyLocksOutNode),
    ),
    row(Server, "{} line {}: Deprecated option RhostsAuthentication", Harmless),
    row(Server, "{} line {}: Deprecated option RhostsRSAAuthentication", Harmless),
    fact(Client, "{}: Permission denied ({}).", Fact::Denied),
];
