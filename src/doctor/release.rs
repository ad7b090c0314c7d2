//! Releases of OpenSSH, and what is broken or different in them where hostbased is concerned.

use std::fmt;

use super::Machine;
use crate::escape::escape;
use crate::failures::Id;
use crate::severity::Severity;

/// Longest version text that is looked at, in bytes: an identification string has 255 at most (RFC 4253, 4.2).
const MAX_TEXT: usize = 255;

/// A release of OpenSSH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// 9.2 is `(9, 2)`, and so is 9.2.1: OpenSSH counts by two numbers.
    pub number: (u32, u32),
    /// The number behind `p`, of the portable release.
    pub portable: Option<u32>,
    /// What whoever built it put behind the number, as in `Debian-2+deb12u3`; empty where there is nothing. From outside.
    pub note: String,
}

impl Release {
    /// From what `ssh -V` or `sshd -V` prints (`OpenSSH_9.2p1 Debian-2+deb12u3, OpenSSL 3.0.11 ...`, perhaps below a complaint
    /// of a release that does not know -V), from an identification string (`SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3`), or from
    /// the line in which `ssh -v` tells the other side's (`... remote software version OpenSSH_9.2p1`). `None` for every other
    /// program.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        text.lines().find_map(Self::parse_line)
    }

    fn parse_line(line: &str) -> Option<Self> {
        const STARTS: [&str; 4] = ["OpenSSH_", "SSH-2.0-OpenSSH_", "SSH-1.99-OpenSSH_", "OpenSSH_for_Windows_"];
        let line = line.trim();
        let line = line.rsplit_once(" remote software version ").map_or(line, |(_, version)| version);
        let line = line.rsplit_once(" Local version string ").map_or(line, |(_, version)| version);
        let line = line.get(..MAX_TEXT).unwrap_or(line);
        let mut rests = STARTS.iter().filter_map(|start| line.strip_prefix(start));
        let rest = rests.find(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))?;
        let (major, rest) = number(rest)?;
        let (minor, mut rest) = number(rest.strip_prefix('.')?)?;
        if let Some((_, after)) = rest.strip_prefix('.').and_then(number) {
            rest = after;
        }
        let portable = rest.strip_prefix('p').and_then(number);
        let rest = portable.map_or(rest, |(_, rest)| rest);
        let (note, _) = rest.split_once(", ").unwrap_or((rest, ""));
        let is_end = note.is_empty() || note.starts_with([' ', '-', '+', ',', '_']);
        is_end.then(|| Self {
            number: (major, minor),
            portable: portable.map(|(portable, _)| portable),
            note: note.trim_matches([' ', '-', '+', ',', '_']).to_owned(),
        })
    }

    /// Whether Debian's changes are in it, or Ubuntu's, which has them from there.
    #[must_use]
    pub fn is_debians(&self) -> bool {
        ["Debian", "Ubuntu", "Raspbian"].iter().any(|name| self.note.starts_with(name))
    }
}

/// A number in front of a text, and what follows it.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    // Longer ones are nobody's release.
    (digits.len() <= 4).then_some(())?;
    Some((digits.parse().ok()?, rest))
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = self.number;
        write!(f, "OpenSSH {major}.{minor}")?;
        if let Some(portable) = self.portable {
            write!(f, "p{portable}")?;
        }
        if !self.note.is_empty() {
            write!(f, " {}", escape(&self.note))?;
        }
        Ok(())
    }
}

/// What is known of a release. An error makes hostbased fail there, whatever is configured; a warning makes it fail with some
/// keys, names or algorithms; information is what differs from other releases, and trips up those who go by them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The entry of the catalogue.
    pub id: Id,
    /// How much it weighs.
    pub severity: Severity,
    /// What it is, as a sentence.
    pub what: &'static str,
}

/// Everything that is known of this release in this part, the heaviest first.
pub fn known(release: &Release, machine: Machine) -> impl Iterator<Item = Known> {
    let number = release.number;
    let of_release = move |row: &&Row| row.machine == machine && row.from <= number && number < row.until;
    TABLE.iter().filter(of_release).map(|row| row.known)
}

struct Row {
    machine: Machine,
    /// The first release.
    from: (u32, u32),
    /// The first release behind them.
    until: (u32, u32),
    known: Known,
}

const START: (u32, u32) = (0, 0);
const TODAY: (u32, u32) = (u32::MAX, 0);

const fn row(machine: Machine, [from, until]: [(u32, u32); 2], severity: Severity, id: Id, what: &'static str) -> Row {
    Row { machine, from, until, known: Known { id, severity, what } }
}

/// By weight, then by release. The commits are named in the entries of the catalogue, most of them.
const TABLE: &[Row] = {
    use Machine::{Client, Server};
    use Severity::{Error, Information, Warning};
    &[
        row(Client, [(3, 4), (3, 5)], Error, Id::BrokenRelease, "3.4p1 cannot do hostbased without a patch."),
        row(Server, [(3, 4), (3, 5)], Error, Id::BrokenRelease, "3.4p1 cannot do hostbased without a patch."),
        row(
            Client,
            [START, (4, 7)],
            Warning,
            Id::ProxycommandOrProxyjump,
            "Through a ProxyCommand it says `cannot get local ipaddr/name` and gives up; mended in 4.7.",
        ),
        row(
            Client,
            [(4, 7), (5, 4)],
            Warning,
            Id::ProxycommandOrProxyjump,
            "Through a ProxyCommand its ssh-keysign cannot tell its own name; mended in 5.4.",
        ),
        row(
            Client,
            [START, (8, 5)],
            Warning,
            Id::Sha1RefusedByCryptoPolicy,
            "It signs with RSA host keys by SHA-1 only, which servers refuse since 8.8.",
        ),
        row(
            Client,
            [(8, 5), (8, 9)],
            Warning,
            Id::RsaHostbasedBroken85To88,
            "RSA host keys do not work, or by SHA-1 only, unless the distribution took the mend of 8.9 over.",
        ),
        row(
            Client,
            [START, (8, 9)],
            Warning,
            Id::SessionHashLongerThan32Rejected,
            "Its ssh-keysign refuses what a key exchange with SHA-384 or SHA-512 gives; mended in 8.9.",
        ),
        row(Client, [(10, 1), TODAY], Information, Id::DsaOnlyHost, "It does not know DSA keys."),
        row(
            Client,
            [(6, 8), (8, 5)],
            Information,
            Id::OptionNameVersionSkew,
            "The list of algorithms is called HostbasedKeyTypes in ssh_config.",
        ),
        row(
            Client,
            [(8, 5), (8, 7)],
            Information,
            Id::OptionNameVersionSkew,
            "The list of algorithms is called HostbasedAlgorithms in ssh_config, by mistake; HostbasedKeyTypes is understood.",
        ),
        row(
            Server,
            [START, (5, 1)],
            Warning,
            Id::PacketNameIsShortOrWrong,
            "With HostbasedUsesNameFromPacketOnly it leaves the final dot on the name that the client sends.",
        ),
        row(
            Server,
            [START, (9, 2)],
            Information,
            Id::LogLevelHidesEverything,
            "Why shosts files refuse reaches no log at any level.",
        ),
        row(
            Server,
            [START, (8, 3)],
            Information,
            Id::UserShostsIgnored,
            "IgnoreRhosts knows yes and no only, not shosts-only.",
        ),
        row(
            Server,
            [(6, 8), (8, 5)],
            Information,
            Id::OptionNameVersionSkew,
            "The list of algorithms is called HostbasedAcceptedKeyTypes in sshd_config.",
        ),
        row(
            Server,
            [(6, 8), TODAY],
            Information,
            Id::UsednsNoButEntriesAreNames,
            "UseDNS is no unless sshd_config says yes, so that hosts are looked up by address.",
        ),
        row(
            Server,
            [(8, 8), TODAY],
            Information,
            Id::Sha1RefusedByCryptoPolicy,
            "RSA signatures by SHA-1 (ssh-rsa) are refused unless allowed by name.",
        ),
        row(
            Server,
            [(9, 1), TODAY],
            Information,
            Id::RsaKeyTooSmall,
            "RSA keys shorter than RequiredRSASize are refused.",
        ),
        row(
            Server,
            [(9, 8), TODAY],
            Information,
            Id::PerSourcePenaltyLocksOutNode,
            "Failed logins put a penalty on the client's address, which shuts out all its users in the end.",
        ),
        row(Server, [(10, 1), TODAY], Information, Id::DsaOnlyHost, "It does not know DSA keys."),
        row(
            Server,
            [(10, 3), TODAY],
            Information,
            Id::CertificateWithoutPrincipals,
            "Host certificates without principals are refused.",
        ),
        row(
            Server,
            [(10, 3), TODAY],
            Information,
            Id::EcdsaCurveNowExact,
            "An ECDSA curve in HostbasedAcceptedAlgorithms admits keys of that curve alone.",
        ),
    ]
};

#[cfg(test)]
mod tests;
