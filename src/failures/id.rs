//! The ids: words and numbers that stay.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// A text that is no [`Id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no such failure; `hostbased explain-id` lists them")]
pub struct UnknownId;

macro_rules! ids {
    ($($number:literal $variant:ident = $word:literal;)*) => {
        /// One way in which host-based authentication fails, or lets in whom nobody meant.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Id {
            $(#[doc = concat!("`", $word, "`")] $variant,)*
        }

        impl Id {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for people and programs. It stays.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The number in the catalogue. It stays.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self {
                    $(Self::$variant => $number,)*
                }
            }
        }
    };
}

ids! {
    1 ClientHostbasedOff = "client-hostbased-off";
    2 PreferredAuthOmitsHostbased = "preferred-auth-omits-hostbased";
    3 UserConfigDisables = "user-config-disables";
    4 HostBlockMissesTypedName = "host-block-misses-typed-name";
    5 DashFSkipsGlobal = "dash-f-skips-global";
    6 KeysignNotEnabled = "keysign-not-enabled";
    7 KeysignEnabledInUserScope = "keysign-enabled-in-user-scope";
    8 KeysignInsideHostBlock = "keysign-inside-host-block";
    9 KeysignInMatchFinal = "keysign-in-match-final";
    10 KeysignFirstValueNo = "keysign-first-value-no";
    11 GlobalConfigUnreadable = "global-config-unreadable";
    12 IncludeBadOwnerOrUnreadable = "include-bad-owner-or-unreadable";
    13 GlobalConfigBadOptionKillsHelper = "global-config-bad-option-kills-helper";
    14 OptionNameVersionSkew = "option-name-version-skew";
    15 KeysignMissing = "keysign-missing";
    16 KeysignNotSetuid = "keysign-not-setuid";
    17 KeysignPrivilegeStrippedBySecurityFix = "keysign-privilege-stripped-by-security-fix";
    18 KeysignNotExecutableForUser = "keysign-not-executable-for-user";
    19 NosuidMount = "nosuid-mount";
    20 NoNewPrivs = "no-new-privs";
    21 UserNamespaceWithoutHostRoot = "user-namespace-without-host-root";
    22 SetgidModelKeysNotGroupReadable = "setgid-model-keys-not-group-readable";
    23 SetgidModelNewgrp = "setgid-model-newgrp";
    24 GroupReadableHostKeysRefused = "group-readable-host-keys-refused";
    25 UidNotInPasswd = "uid-not-in-passwd";
    26 SecondOpensshInPath = "second-openssh-in-path";
    27 SelinuxSshKeysignBoolean = "selinux-ssh-keysign-boolean";
    28 HelperAndClientVersionSkew = "helper-and-client-version-skew";
    29 PubFilesMissing = "pub-files-missing";
    30 PubFilesUnreadable = "pub-files-unreadable";
    31 PubPrivateMismatch = "pub-private-mismatch";
    32 FirstBadKeyStopsMethod = "first-bad-key-stops-method";
    33 PrivateKeysNotAtFixedPaths = "private-keys-not-at-fixed-paths";
    34 PrivateKeyEncryptedOrCorrupt = "private-key-encrypted-or-corrupt";
    35 CertificateAttemptsComeFirst = "certificate-attempts-come-first";
    36 DsaOnlyHost = "dsa-only-host";
    37 ClientAlgListExcludesKeys = "client-alg-list-excludes-keys";
    38 ServerAlgListExcludesKeys = "server-alg-list-excludes-keys";
    39 RsaSingleAlgorithmAttempt = "rsa-single-algorithm-attempt";
    40 RsaHostbasedBroken85To88 = "rsa-hostbased-broken-8-5-to-8-8";
    41 SessionHashLongerThan32Rejected = "session-hash-longer-than-32-rejected";
    42 Sha1RefusedByCryptoPolicy = "sha1-refused-by-crypto-policy";
    43 RsaKeyTooSmall = "rsa-key-too-small";
    44 EcdsaCurveNowExact = "ecdsa-curve-now-exact";
    45 KeyTypeRegisteredIsNotOffered = "key-type-registered-is-not-offered";
    46 MaxauthtriesEaten = "maxauthtries-eaten";
    47 ServerHostbasedOff = "server-hostbased-off";
    48 SettingSwallowedByMatchBlock = "setting-swallowed-by-match-block";
    49 DropInFirstValueWins = "drop-in-first-value-wins";
    50 MatchBlockDoesNotApplyOrTurnsOff = "match-block-does-not-apply-or-turns-off";
    51 DirectiveNotAllowedInMatch = "directive-not-allowed-in-match";
    52 DaemonNotReloaded = "daemon-not-reloaded";
    53 AuthenticationmethodsExcludesHostbased = "authenticationmethods-excludes-hostbased";
    54 AllowDenyLists = "allow-deny-lists";
    55 AccountNotAcceptable = "account-not-acceptable";
    56 PamAccountDenies = "pam-account-denies";
    57 RootLoginPolicy = "root-login-policy";
    58 PerSourcePenaltyLocksOutNode = "per-source-penalty-locks-out-node";
    59 RevokedKeysFileUnreadable = "revoked-keys-file-unreadable";
    60 ClientKeyRevoked = "client-key-revoked";
    61 LogLevelHidesEverything = "log-level-hides-everything";
    62 UsednsNoButEntriesAreNames = "usedns-no-but-entries-are-names";
    63 ShostsAndKnownHostsKeyedDifferently = "shosts-and-known-hosts-keyed-differently";
    64 NoPtr = "no-ptr";
    65 PtrWithoutForward = "ptr-without-forward";
    66 PtrDoesNotMapBack = "ptr-does-not-map-back";
    67 NumericPtr = "numeric-ptr";
    68 SeveralPtrOrAliasFirst = "several-ptr-or-alias-first";
    69 ShortNameVersusFqdn = "short-name-versus-fqdn";
    70 HostsFileAndDnsDisagree = "hosts-file-and-dns-disagree";
    71 ResolverDownOrSlow = "resolver-down-or-slow";
    72 Ipv6SourceAddress = "ipv6-source-address";
    73 Ipv6TextFormDiffers = "ipv6-text-form-differs";
    74 MultiHomedSource = "multi-homed-source";
    75 LoopbackTarget = "loopback-target";
    76 NatOrLoadBalancer = "nat-or-load-balancer";
    77 ProxycommandOrProxyjump = "proxycommand-or-proxyjump";
    78 PacketNameIsShortOrWrong = "packet-name-is-short-or-wrong";
    79 PacketNameModeIgnoresIpEntries = "packet-name-mode-ignores-ip-entries";
    80 PacketNameUppercaseAndHashedKnownHosts = "packet-name-uppercase-and-hashed-known-hosts";
    81 ShostsMissingOrEmpty = "shosts-missing-or-empty";
    82 ShostsInWrongPlace = "shosts-in-wrong-place";
    83 HardeningRemovesShosts = "hardening-removes-shosts";
    84 ShostsPatternUnsupported = "shosts-pattern-unsupported";
    85 ShostsInlineComment = "shosts-inline-comment";
    86 ShostsTrailingDot = "shosts-trailing-dot";
    87 ShostsByteOrderMark = "shosts-byte-order-mark";
    88 ShostsNegativeEntry = "shosts-negative-entry";
    89 ShostsPlusIgnored = "shosts-plus-ignored";
    90 ShostsSecondFieldIsAUser = "shosts-second-field-is-a-user";
    91 DifferentRemoteUser = "different-remote-user";
    92 ShostsNotARegularFile = "shosts-not-a-regular-file";
    93 NetgroupDoesNotMatch = "netgroup-does-not-match";
    94 LineLongerThan1023Bytes = "line-longer-than-1023-bytes";
    95 RootIgnoresSystemFiles = "root-ignores-system-files";
    96 UserShostsIgnored = "user-shosts-ignored";
    97 HomeOrShostsModes = "home-or-shosts-modes";
    98 HomeMissingOrUnreachable = "home-missing-or-unreachable";
    99 KnownHostsNoEntry = "known-hosts-no-entry";
    100 KnownHostsPortForm = "known-hosts-port-form";
    101 KnownHostsLineWithoutName = "known-hosts-line-without-name";
    102 KnownHostsStaleKey = "known-hosts-stale-key";
    103 KnownHostsBrokenLine = "known-hosts-broken-line";
    104 KnownHostsNegationOrCidr = "known-hosts-negation-or-cidr";
    105 KnownHostsInAFileSshdDoesNotRead = "known-hosts-in-a-file-sshd-does-not-read";
    106 UserKnownHostsBadModes = "user-known-hosts-bad-modes";
    107 KnownHosts0600BreaksTheClientSide = "known-hosts-0600-breaks-the-client-side";
    108 CertificatePrincipalMismatch = "certificate-principal-mismatch";
    109 CertificateWithoutPrincipals = "certificate-without-principals";
    110 CertificateExpiredOrWrongKindOrWeakCa = "certificate-expired-or-wrong-kind-or-weak-ca";
    111 CaLineNotMarked = "ca-line-not-marked";
    112 ServerKeyNotTrustedByClient = "server-key-not-trusted-by-client";
    113 ControlmasterHidesState = "controlmaster-hides-state";
    114 ClientSoftwareWithoutHostbased = "client-software-without-hostbased";
    115 CommercialOrSunPeer = "commercial-or-sun-peer";
    116 NamedUserBecomesAnyone = "named-user-becomes-anyone";
    117 TrustFilesWritable = "trust-files-writable";
    118 HostKeyReadableByOthers = "host-key-readable-by-others";
    119 OwnKnownHostsVouch = "own-known-hosts-vouch";
    120 SharedHostKeyWithPacketNames = "shared-host-key-with-packet-names";
    121 KernelOpenToKeysignTheft = "kernel-open-to-keysign-theft";
    122 MatchExecRunsInHelper = "match-exec-runs-in-helper";
    123 BrokenRelease = "broken-release";
}

impl FromStr for Id {
    type Err = UnknownId;

    /// A word, or a number.
    fn from_str(text: &str) -> Result<Self, UnknownId> {
        let mut ids = Self::ALL.iter().copied();
        ids.find(|id| id.word() == text || id.number().to_string() == text).ok_or(UnknownId)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_and_numbers_lead_back() {
        let mut seen = BTreeSet::new();
        for (&id, number) in Id::ALL.iter().zip(1..) {
            assert_eq!(id.number(), number);
            assert!(seen.insert(id.word()), "{id} twice");
            assert_eq!(id.word().parse(), Ok(id));
            assert_eq!(number.to_string().parse(), Ok(id));
        }
        assert_eq!("0".parse::<Id>(), Err(UnknownId));
        assert_eq!("No-PTR".parse::<Id>(), Err(UnknownId));
    }
}
