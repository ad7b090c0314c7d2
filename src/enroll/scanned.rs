//! What the scan of a host's addresses says of its keys.

use std::fmt;

use super::agree::{Disagreement, agree};
use crate::key::PublicKey;
use crate::scan::{HostReport, ScanError, ScanType};

/// Where sshd listens unless told otherwise (sshd_config(5), Port).
const SSH_PORT: u16 = 22;

/// Why a scan gives no keys to register.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScanRefusal {
    /// An address gave no answer, or a wrong one, for a type.
    Failed {
        /// The address, as text; with its port, as `[address]:port`, where that is not 22.
        address: String,
        /// The type; `None` when it was the same for all.
        kind: Option<ScanType>,
        /// Why.
        error: ScanError,
    },
    /// The addresses do not show the same keys.
    Disagree(Disagreement),
}

impl ScanRefusal {
    /// The reason's code, for programs. It stays.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Failed { error, .. } => error.code(),
            Self::Disagree(Disagreement::NoKeys) => "no-keys",
            Self::Disagree(_) => "addresses-disagree",
        }
    }
}

impl fmt::Display for ScanRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { address, kind: Some(kind), error } => write!(f, "{address}: {kind}: {error}"),
            Self::Failed { address, kind: None, error } => write!(f, "{address}: {error}"),
            Self::Disagree(disagreement) => disagreement.fmt(f),
        }
    }
}

/// The keys of one host from the reports on each of its addresses.
///
/// A type that a host does not have is passed over, unless it was asked for by name (`named`). Every other failure
/// refuses: a key type that could not be looked at might be the one that differs.
///
/// # Errors
/// Every [`ScanRefusal`] there is.
pub fn scanned_keys(reports: &[HostReport], named: bool) -> Result<Vec<PublicKey>, Vec<ScanRefusal>> {
    let mut refusals = Vec::new();
    let mut shown = Vec::new();
    for report in reports {
        let address = report.target.addresses().join(",");
        let mut keys: Vec<PublicKey> = Vec::new();
        let mut failed = Vec::new();
        for result in &report.results {
            match &result.last.outcome {
                Ok(proven) => keys.push(proven.key().clone()),
                Err(ScanError::TypeNotOffered | ScanError::TypeUnsupported) if !named => {}
                Err(error) => failed.push((result.kind, error)),
            }
        }
        // A host that is down is told once, not for each type.
        let same =
            keys.is_empty() && failed.iter().all(|(_, error)| failed.first().is_some_and(|first| first.1 == *error));
        let failed = failed.into_iter().take(if same { 1 } else { usize::MAX });
        refusals.extend(failed.map(|(kind, error)| ScanRefusal::Failed {
            address: match report.target.port() {
                SSH_PORT => address.clone(),
                port => format!("[{address}]:{port}"),
            },
            kind: (!same).then_some(kind),
            error: error.clone(),
        }));
        shown.push((address, keys));
    }
    if !refusals.is_empty() {
        return Err(refusals);
    }
    agree(&shown).map_err(|disagreement| vec![ScanRefusal::Disagree(disagreement)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::{Attempt, Phase, Target, TypeResult};

    fn report(address: &str, results: &[(ScanType, ScanError)]) -> HostReport {
        report_at(address, 22, results)
    }

    fn report_at(address: &str, port: u16, results: &[(ScanType, ScanError)]) -> HostReport {
        let result = |(kind, error): &(ScanType, ScanError)| TypeResult {
            kind: *kind,
            earlier: Vec::new(),
            last: Attempt {
                name: address.to_owned(),
                address: None,
                identification: None,
                outcome: Err(error.clone()),
            },
        };
        let target = Target::new(address, port).unwrap();
        HostReport { target, results: results.iter().map(result).collect() }
    }

    fn refusals(reports: &[HostReport], named: bool) -> Vec<String> {
        scanned_keys(reports, named).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_type_that_a_host_lacks_is_passed_over_and_every_other_failure_refuses() {
        use ScanError::{Timeout, TypeNotOffered, TypeUnsupported};
        use ScanType::{Ed25519, Mldsa44Ed25519, Rsa};
        let slow = || Timeout(Phase::KeyExchange);
        let lacking = [report("10.0.0.1", &[(Rsa, TypeNotOffered), (Mldsa44Ed25519, TypeUnsupported)])];
        assert_eq!(refusals(&lacking, false), [Disagreement::NoKeys.to_string()]);
        assert_eq!(
            refusals(&lacking, true),
            [format!("10.0.0.1: rsa: {TypeNotOffered}"), format!("10.0.0.1: mldsa44-ed25519: {TypeUnsupported}")]
        );
        let half = [report("10.0.0.1", &[(Rsa, slow()), (Ed25519, ScanError::Protocol)])];
        assert_eq!(
            refusals(&half, false),
            [format!("10.0.0.1: rsa: {}", slow()), format!("10.0.0.1: ed25519: {}", ScanError::Protocol)]
        );
        let down = [
            report("10.0.0.1", &[(Rsa, slow()), (Ed25519, slow()), (Mldsa44Ed25519, TypeUnsupported)]),
            report("10.0.0.2", &[(Rsa, slow()), (Ed25519, slow())]),
        ];
        assert_eq!(refusals(&down, false), ["10.0.0.1", "10.0.0.2"].map(|address| format!("{address}: {}", slow())));
    }

    #[test]
    fn another_port_than_22_is_named() {
        let reports = |port| [report_at("2001:db8::1", port, &[(ScanType::Rsa, ScanError::Protocol)])];
        assert_eq!(refusals(&reports(2200), false), [format!("[2001:db8::1]:2200: {}", ScanError::Protocol)]);
        assert_eq!(refusals(&reports(22), false), [format!("2001:db8::1: {}", ScanError::Protocol)]);
    }
}
