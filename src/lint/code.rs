//! The kinds of findings, with codes that stay.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

pub use crate::severity::Severity;

/// A text that is no [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("no such finding; `hostbased lint --codes` lists them")]
pub struct UnknownCode;

macro_rules! codes {
    ($($variant:ident = $word:literal, $severity:ident, $about:literal;)*) => {
        /// What kind of finding it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $about] $variant,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word for programs and for `--allow`. It stays.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// How much such a finding weighs; a single one may weigh otherwise.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$variant => Severity::$severity,)*
                }
            }

            /// What it means, in one line.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self {
                    $(Self::$variant => $about,)*
                }
            }
        }
    };
}

codes! {
    // The files themselves.
    UnreadableFile = "unreadable-file", Error, "A file that cannot be read.";
    NotAFile = "not-a-file", Error, "A folder, FIFO or device in a file's place.";
    ForeignOwner = "foreign-owner", Error, "A file, or a folder above it, that belongs to neither root nor the runner.";
    WritableByOthers = "writable-by-others", Error, "A file, or a folder above it, that group or others may write.";
    NotWorldReadable = "not-world-readable", Information, "A known_hosts file that users' own ssh cannot read.";
    EmptyFile = "empty-file", Information, "A file without a single entry, beside one that has some.";
    UnreadFile = "unread-file", Warning, "A file in a place where sshd does not look.";
    HostsEquiv = "hosts-equiv", Warning, "/etc/hosts.equiv admits somebody: rsh and rlogin read it too.";
    SecondKnownHosts = "second-known-hosts", Information, "/etc/ssh/ssh_known_hosts2 is used, which is asked only for hosts that are new.";

    // Lines of either family.
    ByteOrderMark = "byte-order-mark", Warning, "The file begins with a byte order mark, which is part of its first word.";
    CarriageReturn = "carriage-return", Information, "Lines end in CR LF.";
    NulByte = "nul-byte", Warning, "What stands behind a NUL byte is not seen.";
    DuplicateLine = "duplicate-line", Information, "A line that says what an earlier one says.";
    AddressText = "address-text", Warning, "An address in another text than the one that sshd looks up.";
    Network = "network", Warning, "A network (10.0.0.0/24), which matches no address.";
    FinalDot = "final-dot", Warning, "A name with a final dot, which never matches.";
    BadName = "bad-name", Warning, "A text that is no host's name or address.";

    // shosts.equiv and hosts.equiv.
    LongLine = "long-line", Warning, "A line of more than 1023 bytes, which sshd reads in pieces, each as a line.";
    TrailingComment = "trailing-comment", Warning, "A comment behind an entry: sshd ignores the line.";
    CommentAsUser = "comment-as-user", Warning, "The text behind # is taken for a user's name.";
    ExtraFields = "extra-fields", Warning, "More than a host and a user: sshd ignores the line.";
    EveryHost = "every-host", Warning, "A sign without a host: sshd ignores the line, rsh admits everybody.";
    EveryUser = "every-user", Warning, "A sign without a user: sshd ignores the line, rsh admits every user.";
    NetgroupWithoutName = "netgroup-without-name", Warning, "@ and no netgroup's name.";
    UnknownNetgroup = "unknown-netgroup", Warning, "A netgroup that has no member on this machine.";
    NoPlus = "no-plus", Warning, "A line that begins with NO_PLUS is skipped with all that follows.";
    EveryAccount = "every-account", Warning, "A host and a user: that user gets into every account but root's.";
    RootUser = "root-user", Warning, "A line for root on the client: root's own account is never admitted by this file, every other is.";
    HostAsUser = "host-as-user", Warning, "The second field looks like a host, and is a user.";
    MixedCaseUser = "mixed-case-user", Information, "A user with upper-case letters, which must be the same on the client.";
    WildcardHost = "wildcard-host", Warning, "A wildcard, which is taken literally.";
    HostList = "host-list", Warning, "A list of hosts, which is taken for one name.";
    BracketedHost = "bracketed-host", Warning, "Brackets or a port, which never match.";
    DenialTooLate = "denial-too-late", Error, "A denial behind a line that admits the same: the first line wins.";
    NeverReached = "never-reached", Warning, "A line behind a denial of the same: it admits nobody.";
    PartialDenial = "partial-denial", Warning, "A denial of same-name logins, while another line admits a user of that host to every account.";
    DenialOverridden = "denial-overridden", Warning, "A denial in hosts.equiv of what shosts.equiv admits.";
    DenialWithoutEffect = "denial-without-effect", Information, "A denial of what no later line of its file admits.";

    // known_hosts.
    UnknownMarker = "unknown-marker", Warning, "A marker that does not exist: the line is skipped.";
    TabAfterMarker = "tab-after-marker", Warning, "A tab behind @cert-authority: the line is skipped.";
    SecondMarker = "second-marker", Warning, "More than one marker: the line is skipped.";
    LostRevocation = "lost-revocation", Error, "An @revoked line that OpenSSH skips: it accepts the key.";
    RevocationWithoutKey = "revocation-without-key", Error, "An @revoked line without a key: it revokes nothing.";
    TruncatedLine = "truncated-line", Warning, "A line that ends before its key.";
    NoKeyType = "no-key-type", Warning, "No key type behind the hosts.";
    MissingHosts = "missing-hosts", Warning, "A key without host names in front of it.";
    WrappedLine = "wrapped-line", Warning, "A line that was broken into two.";
    BadHash = "bad-hash", Warning, "A hashed name that cannot be read.";
    HashList = "hash-list", Warning, "A list of hashed names, which never matches.";
    HashedUpperCase = "hashed-upper-case", Warning, "A name that was hashed with upper-case letters, and is looked up in lower case.";
    HashedNamesClaimed = "hashed-names-claimed", Information, "Hashed names while sshd takes the client's own word, in its own case.";
    UnknownKeyType = "unknown-key-type", Warning, "A key type that OpenSSH does not know.";
    DsaKey = "dsa-key", Warning, "A DSA key: SHA-1 only, and no OpenSSH of today reads it.";
    BadBase64 = "bad-base64", Warning, "A key that is cut, or is no base64.";
    BadKey = "bad-key", Warning, "Base64 that is no key.";
    KeyTypeMismatch = "key-type-mismatch", Warning, "A key of another type than the word in front of it says.";
    WeakRsaKey = "weak-rsa-key", Warning, "An RSA key of less than 2048 bits.";
    SecondKeyOnLine = "second-key-on-line", Warning, "A second key on a line is taken for a comment.";
    CertificateLine = "certificate-line", Warning, "A certificate, which is no host's key.";
    ExpiredCertificate = "expired-certificate", Warning, "A certificate whose time is over.";
    CertificateNotYetValid = "certificate-not-yet-valid", Warning, "A certificate whose time has not come.";
    Sha1Certificate = "sha1-certificate", Warning, "A certificate that is signed with SHA-1.";
    UselessCertificate = "useless-certificate", Warning, "A given certificate that is no host's, or names none.";
    UnknownAuthority = "unknown-authority", Warning, "A given certificate whose authority stands on no line for its host.";
    PortForm = "port-form", Information, "A name in brackets with a port, which never matches in hostbased authentication.";
    LongPattern = "long-pattern", Warning, "A pattern of 1023 bytes or more, which spoils its line.";
    OnlyNegated = "only-negated", Warning, "All patterns are negated: the line matches nothing.";
    NegatedPattern = "negated-pattern", Information, "A negated pattern shuts a host out of its whole line.";
    WildcardKey = "wildcard-key", Warning, "One plain key for every host that a pattern matches.";
    WildcardAuthority = "wildcard-authority", Warning, "An authority for every host there is.";

    // Both files together.
    NoKey = "no-key", Warning, "A host is admitted, and no key of it is known.";
    NoName = "no-name", Warning, "A host's keys stand under no name, and sshd looks up names.";
    NoAddress = "no-address", Warning, "A host's keys stand under no address, and sshd looks up addresses.";
    NotAdmitted = "not-admitted", Information, "A host's keys are known, and no line admits it.";
    NeverLookedUp = "never-looked-up", Warning, "A name while sshd looks up addresses, or the other way round.";
    StaleAddress = "stale-address", Warning, "An address while sshd looks up names: it admits whoever has it next.";
    TwoKeys = "two-keys", Warning, "Two keys of one type for a host: one of them may be stale.";
    SharedKey = "shared-key", Warning, "One key for several hosts: each can pass for the others.";
    RevokedKey = "revoked-key", Warning, "A host's key that is revoked.";
    KeyNotAccepted = "key-not-accepted", Warning, "A host without a key that sshd accepts.";
    Sha1Accepted = "sha1-accepted", Warning, "sshd is configured to accept signatures with SHA-1.";
    NotCompared = "not-compared", Information, "There are too many lines and patterns to compare each with each.";
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.word() == text).ok_or(UnknownCode)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn words_are_kebab_case_and_lead_back() {
        let mut seen = BTreeSet::new();
        for &code in Code::ALL {
            let word = code.word();
            assert!(seen.insert(word), "{word} twice");
            assert!(
                word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{word}"
            );
            assert_eq!(word.parse(), Ok(code));
            assert!(code.about().ends_with('.'), "{word}");
        }
        assert_eq!("Long-Line".parse::<Code>(), Err(UnknownCode));
    }
}
