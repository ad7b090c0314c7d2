//! From what is seen first to the entries that it may be.

use super::Id;

/// Something that is seen, and what it may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    /// What is seen, and where.
    pub(super) seen: &'static str,
    /// What it says.
    pub(super) means: &'static str,
    /// The entries, the likeliest first.
    pub(super) ids: &'static [Id],
}

/// The signs: first what the user sees, then what stands in the server's log.
pub(super) const SIGNS: &[Sign] = &[
    Sign {
        seen: "`Permission denied (publickey).`, a list without hostbased",
        means: "The server does not offer it to this user and address.",
        ids: &[
            Id::ServerHostbasedOff,
            Id::SettingSwallowedByMatchBlock,
            Id::DropInFirstValueWins,
            Id::MatchBlockDoesNotApplyOrTurnsOff,
            Id::DaemonNotReloaded,
            Id::AuthenticationmethodsExcludesHostbased,
        ],
    },
    Sign {
        seen: "The list has hostbased, and `ssh -v` never says `Next authentication method: hostbased`",
        means: "The client does not try it.",
        ids: &[
            Id::ClientHostbasedOff,
            Id::HostBlockMissesTypedName,
            Id::PreferredAuthOmitsHostbased,
            Id::UserConfigDisables,
            Id::DashFSkipsGlobal,
        ],
    },
    Sign {
        seen: "`ssh -v`: `No more client hostkeys`, and no `trying hostkey` before it",
        means: "There is no key to offer.",
        ids: &[
            Id::PubFilesMissing,
            Id::PubFilesUnreadable,
            Id::PrivateKeysNotAtFixedPaths,
            Id::ClientAlgListExcludesKeys,
            Id::RsaHostbasedBroken85To88,
            Id::DsaOnlyHost,
        ],
    },
    Sign {
        seen: "`ssh_keysign: no reply`, below `not enabled in /etc/ssh/ssh_config`",
        means: "The helper is not switched on where it looks.",
        ids: &[
            Id::KeysignNotEnabled,
            Id::KeysignEnabledInUserScope,
            Id::KeysignInsideHostBlock,
            Id::KeysignInMatchFinal,
            Id::KeysignFirstValueNo,
            Id::GlobalConfigUnreadable,
        ],
    },
    Sign {
        seen: "`ssh_keysign: no reply`, below `could not open any host key`",
        means: "The helper has no right to the keys.",
        ids: &[
            Id::KeysignNotSetuid,
            Id::NosuidMount,
            Id::NoNewPrivs,
            Id::UserNamespaceWithoutHostRoot,
            Id::SetgidModelKeysNotGroupReadable,
            Id::SelinuxSshKeysignBoolean,
            Id::PrivateKeysNotAtFixedPaths,
            Id::KeysignPrivilegeStrippedBySecurityFix,
        ],
    },
    Sign {
        seen: "`ssh_keysign: no reply`, below another line of the helper",
        means: "The helper says why.",
        ids: &[
            Id::PrivateKeyEncryptedOrCorrupt,
            Id::PubPrivateMismatch,
            Id::SetgidModelNewgrp,
            Id::UidNotInPasswd,
            Id::SessionHashLongerThan32Rejected,
            Id::GlobalConfigBadOptionKillsHelper,
        ],
    },
    Sign {
        seen: "`ssh_keysign: not installed`, or `exec(...): Permission denied`",
        means: "The helper cannot be run.",
        ids: &[Id::KeysignMissing, Id::KeysignNotExecutableForUser, Id::SecondOpensshInPath],
    },
    Sign {
        seen: "`ssh -v`: `trying hostkey` for each key, then refused",
        means: "The client did its part; the server's log or `hostbased explain` knows more.",
        ids: &[Id::LogLevelHidesEverything, Id::UsednsNoButEntriesAreNames, Id::KnownHostsNoEntry],
    },
    Sign {
        seen: "`Host key verification failed.`, or the connection ends before any method",
        means: "It is not hostbased that fails.",
        ids: &[
            Id::ServerKeyNotTrustedByClient,
            Id::KnownHosts0600BreaksTheClientSide,
            Id::PerSourcePenaltyLocksOutNode,
            Id::GroupReadableHostKeysRefused,
        ],
    },
    Sign {
        seen: "`Too many authentication failures`",
        means: "Keys that are refused used the attempts up.",
        ids: &[Id::MaxauthtriesEaten, Id::CertificateAttemptsComeFirst],
    },
    Sign {
        seen: "sshd's log at INFO: nothing but `Connection closed by authenticating user`",
        means: "Refusals are logged at VERBOSE and deeper.",
        ids: &[Id::LogLevelHidesEverything],
    },
    Sign {
        seen: "sshd: `not allowed because`, `Invalid user`, `disabled because of invalid user`",
        means: "The account is refused, whatever the method.",
        ids: &[Id::AllowDenyLists, Id::AccountNotAcceptable],
    },
    Sign {
        seen: "sshd: `not in HostbasedAcceptedAlgorithms`",
        means: "The server does not take that algorithm.",
        ids: &[Id::ServerAlgListExcludesKeys, Id::RsaSingleAlgorithmAttempt, Id::EcdsaCurveNowExact],
    },
    Sign {
        seen: "sshd: `client host \"node1.example.org.\"` with the final dot",
        means: "Refused before any name was looked at: the key counts as revoked.",
        ids: &[Id::RevokedKeysFileUnreadable, Id::ClientKeyRevoked],
    },
    Sign {
        seen: "sshd: `auth_rhosts2 refused ... host \"10.77.0.1\" addr \"10.77.0.1\"`",
        means: "sshd knows the address only, and shosts.equiv does not have it.",
        ids: &[
            Id::UsednsNoButEntriesAreNames,
            Id::NoPtr,
            Id::PtrWithoutForward,
            Id::PtrDoesNotMapBack,
            Id::NumericPtr,
            Id::Ipv6SourceAddress,
        ],
    },
    Sign {
        seen: "sshd: `auth_rhosts2 refused ... host \"NAME\" addr \"ADDRESS\"`",
        means: "shosts.equiv does not admit that name and user.",
        ids: &[
            Id::ShostsMissingOrEmpty,
            Id::ShortNameVersusFqdn,
            Id::SeveralPtrOrAliasFirst,
            Id::MultiHomedSource,
            Id::NatOrLoadBalancer,
            Id::ShostsPatternUnsupported,
            Id::ShostsTrailingDot,
            Id::DifferentRemoteUser,
            Id::RootIgnoresSystemFiles,
        ],
    },
    Sign {
        seen: "sshd: `auth_rhosts2 refused ... (from packet)`",
        means: "The same, by the name that the client sends.",
        ids: &[Id::PacketNameIsShortOrWrong, Id::PacketNameModeIgnoresIpEntries, Id::ShostsMissingOrEmpty],
    },
    Sign {
        seen: "sshd: `access allowed by auth_rhosts2`, then `key for host NAME not found` twice for each attempt",
        means: "No entry of ssh_known_hosts has that name.",
        ids: &[
            Id::KnownHostsNoEntry,
            Id::ShostsAndKnownHostsKeyedDifferently,
            Id::KnownHostsPortForm,
            Id::KnownHostsLineWithoutName,
            Id::KnownHostsNegationOrCidr,
            Id::KnownHostsInAFileSshdDoesNotRead,
            Id::PacketNameUppercaseAndHashedKnownHosts,
        ],
    },
    Sign {
        seen: "The same, with `not found` once for each attempt",
        means: "The name is there, with other keys.",
        ids: &[
            Id::KnownHostsStaleKey,
            Id::KeyTypeRegisteredIsNotOffered,
            Id::KnownHostsBrokenLine,
            Id::CaLineNotMarked,
        ],
    },
    Sign {
        seen: "sshd: a line with `Certificate`",
        means: "The certificate does not do.",
        ids: &[
            Id::CertificatePrincipalMismatch,
            Id::CertificateWithoutPrincipals,
            Id::CertificateExpiredOrWrongKindOrWeakCa,
        ],
    },
];
