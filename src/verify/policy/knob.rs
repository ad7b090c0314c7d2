//! The table of the options: names, what each takes, and when sshd prints it.

use super::Policy;
use crate::key::AlgorithmList;

/// An option, its place in the policy, and what `sshd -T` does with it.
#[derive(Debug)]
pub(super) struct Knob {
    /// As sshd_config(5) writes it.
    pub(super) name: &'static str,
    /// Older names of the same option, which sshd still takes.
    pub(super) aliases: &'static [&'static str],
    pub(super) takes: Takes,
    pub(super) printed: Printed,
}

/// What the option takes, and where that goes.
#[derive(Debug)]
pub(super) enum Takes {
    YesOrNo(fn(&mut Policy) -> &mut bool),
    /// A list of algorithms, its default, and whether certificates have no place in it.
    Algorithms {
        field: fn(&mut Policy) -> &mut AlgorithmList,
        default: fn() -> AlgorithmList,
        only_plain: bool,
    },
    /// Patterns of users, `user@host` among them.
    Users(fn(&mut Policy) -> &mut Vec<String>),
    /// Patterns of groups.
    Groups(fn(&mut Policy) -> &mut Vec<String>),
    RequiredRsaSize,
    IgnoreRhosts,
    PermitRootLogin,
    Methods,
    Directory,
    RevokedKeys,
}

/// When `sshd -T` prints the option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Printed {
    /// Always: an output without it is not whole.
    Always,
    /// By sshd that is new enough to know it; from 10.4 on, which writes CamelCase, always.
    IfKnown,
    /// Only when it is set, or compiled in.
    IfSet,
    /// Never: it is ours.
    Never,
}

const fn flag(name: &'static str, printed: Printed, field: fn(&mut Policy) -> &mut bool) -> Knob {
    Knob { name, aliases: &[], takes: Takes::YesOrNo(field), printed }
}

const fn always(name: &'static str, takes: Takes) -> Knob {
    Knob { name, aliases: &[], takes, printed: Printed::Always }
}

const fn if_set(name: &'static str, takes: Takes) -> Knob {
    Knob { name, aliases: &[], takes, printed: Printed::IfSet }
}

/// Every option, under the names of OpenSSH 10.5 (servconf.h `SSHD_CONFIG_ENTRIES`; what is printed: servconf.c
/// `dump_config`).
static KNOBS: [Knob; 24] = [
    flag("HostbasedAuthentication", Printed::Always, |policy| &mut policy.hostbased_authentication),
    Knob {
        name: "HostbasedAcceptedAlgorithms",
        aliases: &[OLD_ACCEPTED],
        takes: Takes::Algorithms {
            field: |policy| &mut policy.hostbased_accepted_algorithms,
            default: AlgorithmList::hostbased_default,
            only_plain: false,
        },
        printed: Printed::Always,
    },
    always(
        "CASignatureAlgorithms",
        Takes::Algorithms {
            field: |policy| &mut policy.ca_signature_algorithms,
            default: AlgorithmList::ca_default,
            only_plain: true,
        },
    ),
    // Since 9.1; before that the smallest was 1024, the default since.
    Knob { name: "RequiredRSASize", aliases: &[], takes: Takes::RequiredRsaSize, printed: Printed::IfKnown },
    flag("HostbasedUsesNameFromPacketOnly", Printed::Always, |policy| &mut policy.hostbased_uses_name_from_packet_only),
    flag("UseDNS", Printed::Always, |policy| &mut policy.use_dns),
    always("IgnoreRhosts", Takes::IgnoreRhosts),
    flag("IgnoreUserKnownHosts", Printed::Always, |policy| &mut policy.ignore_user_known_hosts),
    flag("StrictModes", Printed::Always, |policy| &mut policy.strict_modes),
    always("PermitRootLogin", Takes::PermitRootLogin),
    if_set("AllowUsers", Takes::Users(|policy| &mut policy.allow_users)),
    if_set("DenyUsers", Takes::Users(|policy| &mut policy.deny_users)),
    if_set("AllowGroups", Takes::Groups(|policy| &mut policy.allow_groups)),
    if_set("DenyGroups", Takes::Groups(|policy| &mut policy.deny_groups)),
    always("AuthenticationMethods", Takes::Methods),
    Knob {
        name: "PubkeyAuthentication",
        aliases: &["DSAAuthentication"],
        takes: Takes::YesOrNo(|policy| &mut policy.pubkey_authentication),
        printed: Printed::Always,
    },
    flag("PasswordAuthentication", Printed::Always, |policy| &mut policy.password_authentication),
    Knob {
        name: "KbdInteractiveAuthentication",
        aliases: &["ChallengeResponseAuthentication", "SKeyAuthentication"],
        takes: Takes::YesOrNo(|policy| &mut policy.kbd_interactive_authentication),
        printed: Printed::Always,
    },
    // Both only by an sshd that was compiled with it; one that was not has it off.
    flag("GSSAPIAuthentication", Printed::IfSet, |policy| &mut policy.gssapi_authentication),
    flag("UsePAM", Printed::IfSet, |policy| &mut policy.use_pam),
    // Since 9.9.
    flag("RefuseConnection", Printed::IfKnown, |policy| &mut policy.refuse_connection),
    always("ChrootDirectory", Takes::Directory),
    // Until 10.2 printed as `none`; since 10.3, which takes several files, not printed at all when there is none.
    if_set("RevokedKeys", Takes::RevokedKeys),
    flag("RequireNameMatch", Printed::Never, |policy| &mut policy.require_name_match),
];

/// Every option.
pub(super) fn all() -> impl Iterator<Item = &'static Knob> {
    KNOBS.iter()
}

/// The option of that name, in any case, by an alias too.
pub(super) fn find(name: &str) -> Option<&'static Knob> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    all().find(|knob| is(knob.name) || knob.aliases.iter().any(|alias| is(alias)))
}

/// The option that a line of `sshd -T` is about. An alias is printed by no sshd, but HostbasedAcceptedKeyTypes until 8.4;
/// ChallengeResponseAuthentication was an option of its own until 8.6.
pub(super) fn printed(keyword: &[u8]) -> Option<&'static Knob> {
    let is = |known: &str| known.as_bytes().eq_ignore_ascii_case(keyword);
    let is_own_name = |knob: &&Knob| is(knob.name) && knob.printed != Printed::Never;
    all().find(is_own_name).or_else(|| if is(OLD_ACCEPTED) { find(OLD_ACCEPTED) } else { None })
}

/// What HostbasedAcceptedAlgorithms was until 8.4.
const OLD_ACCEPTED: &str = "HostbasedAcceptedKeyTypes";

/// The names of all options, for people.
pub(super) fn known_names() -> String {
    all().map(|knob| knob.name).collect::<Vec<_>>().join(", ")
}
