//! The keywords of ssh_config(5). A word that is not here makes `ssh` and its helper refuse the file.

/// What a keyword means to the helper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    EnableSshKeysign,
    Host,
    Match,
    Include,
    IgnoreUnknown,
    /// Later `Match user` compares with it.
    User,
    /// Later `Match host` compares with it.
    Hostname,
    /// Later `Match tagged` compares with it.
    Tag,
    /// Later `Match sessiontype` compares with it.
    SessionType,
    RefuseConnection,
    /// Changes nothing for the helper.
    Other,
}

impl Keyword {
    /// The keyword with this name, which must be in lower case.
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"enablesshkeysign" => Self::EnableSshKeysign,
            b"host" => Self::Host,
            b"match" => Self::Match,
            b"include" => Self::Include,
            b"ignoreunknown" => Self::IgnoreUnknown,
            b"user" => Self::User,
            b"hostname" => Self::Hostname,
            b"tag" => Self::Tag,
            b"sessiontype" => Self::SessionType,
            b"refuseconnection" => Self::RefuseConnection,
            _ => {
                let lists = [OPENSSH, FORMER, VENDORS];
                return lists.into_iter().flatten().any(|other| other.as_bytes() == name).then_some(Self::Other);
            }
        })
    }
}

/// OpenSSH 10.5, the other keywords (readconf.c).
const OPENSSH: &[&str] = &[
    "addkeystoagent",
    "addressfamily",
    "batchmode",
    "bindaddress",
    "bindinterface",
    "canonicaldomains",
    "canonicalizefallbacklocal",
    "canonicalizehostname",
    "canonicalizemaxdots",
    "canonicalizepermittedcnames",
    "casignaturealgorithms",
    "certificatefile",
    "channeltimeout",
    "checkhostip",
    "ciphers",
    "clearallforwardings",
    "compression",
    "connectionattempts",
    "connecttimeout",
    "controlmaster",
    "controlpath",
    "controlpersist",
    "dynamicforward",
    "enableescapecommandline",
    "escapechar",
    "exitonforwardfailure",
    "fingerprinthash",
    "forkafterauthentication",
    "forwardagent",
    "forwardx11",
    "forwardx11timeout",
    "forwardx11trusted",
    "gatewayports",
    "globalknownhostsfile",
    "gssapiauthentication",
    "gssapidelegatecredentials",
    "hashknownhosts",
    "hostbasedacceptedalgorithms",
    "hostbasedauthentication",
    "hostkeyalgorithms",
    "hostkeyalias",
    "identitiesonly",
    "identityagent",
    "identityfile",
    "ipqos",
    "kbdinteractiveauthentication",
    "kbdinteractivedevices",
    "kexalgorithms",
    "knownhostscommand",
    "localcommand",
    "localforward",
    "loglevel",
    "logverbose",
    "macs",
    "nohostauthenticationforlocalhost",
    "numberofpasswordprompts",
    "obscurekeystroketiming",
    "passwordauthentication",
    "permitlocalcommand",
    "permitremoteopen",
    "pkcs11provider",
    "port",
    "preferredauthentications",
    "proxycommand",
    "proxyjump",
    "proxyusefdpass",
    "pubkeyacceptedalgorithms",
    "pubkeyauthentication",
    "rekeylimit",
    "remotecommand",
    "remoteforward",
    "requesttty",
    "requiredrsasize",
    "revokedhostkeys",
    "securitykeyprovider",
    "sendenv",
    "serveralivecountmax",
    "serveraliveinterval",
    "setenv",
    "stdinnull",
    "streamlocalbindmask",
    "streamlocalbindunlink",
    "stricthostkeychecking",
    "syslogfacility",
    "tcpkeepalive",
    "tunnel",
    "tunneldevice",
    "updatehostkeys",
    "userknownhostsfile",
    "verifyhostkeydns",
    "versionaddendum",
    "visualhostkey",
    "warnweakcrypto",
    "xauthlocation",
];

/// Former names and former options that OpenSSH 10.5 still takes.
const FORMER: &[&str] = &[
    "afstokenpassing",
    "challengeresponseauthentication",
    "cipher",
    "compressionlevel",
    "dsaauthentication",
    "fallbacktorsh",
    "globalknownhostsfile2",
    "hostbasedkeytypes",
    "identityfile2",
    "keepalive",
    "kerberosauthentication",
    "kerberostgtpassing",
    "protocol",
    "pubkeyacceptedkeytypes",
    "rhostsauthentication",
    "rhostsrsaauthentication",
    "rsaauthentication",
    "skeyauthentication",
    "smartcarddevice",
    "tisauthentication",
    "useprivilegedport",
    "userknownhostsfile2",
    "useroaming",
    "usersh",
];

/// What the OpenSSH packages of Debian and Fedora add: a file that their `ssh` takes must not stop the helper.
const VENDORS: &[&str] = &[
    "gssapiclientidentity",
    "gssapikexalgorithms",
    "gssapikeyexchange",
    "gssapirenewalforcesrekey",
    "gssapiserveridentity",
    "gssapitrustdns",
    "protocolkeepalives",
    "rsaminsize",
    "setuptimeout",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_stand_once() {
        for list in [OPENSSH, FORMER, VENDORS] {
            assert!(list.is_sorted_by(|a, b| a < b));
            assert!(list.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
        }
        assert_eq!(OPENSSH.len() + FORMER.len() + 10, 128, "readconf.c names 128 keywords");
    }

    #[test]
    fn near_misses_are_unknown() {
        assert_eq!(Keyword::from_name(b"enablesshkeysign"), Some(Keyword::EnableSshKeysign));
        assert_eq!(Keyword::from_name(b"kexalgorithms"), Some(Keyword::Other));
        for name in [&b"EnableSSHKeysign"[..], b"enablesshkeysig", b"enablesshkeysigns", b"nosuchoption", b""] {
            assert_eq!(Keyword::from_name(name), None);
        }
    }
}
