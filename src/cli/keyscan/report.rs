//! What is told on standard error: every host and type that gave nothing, with its reason.

use crate::cli::Console;
use crate::escape::escape;
use crate::scan::{HostReport, ScanError, ScanType, TypeResult};

/// Tells what a host lacks; whether it lacks nothing. Types that were asked `by_name` must all be there; of the
/// default ones those that the host does not offer are told with `-v` only, unless it has none at all.
pub(super) fn tell(report: &HostReport, by_name: bool, verbose: u8, console: &mut Console) -> bool {
    let found = report.keys().next().is_some();
    let mut missing: Vec<(Vec<ScanType>, &ScanError)> = Vec::new();
    for result in &report.results {
        if verbose > 0 {
            tell_attempts(report, result, verbose, console);
        }
        let Err(error) = &result.last.outcome else { continue };
        let expected = match error {
            ScanError::TypeUnsupported => !by_name,
            ScanError::TypeNotOffered => !by_name && found,
            _ => false,
        };
        if expected {
            if verbose > 0 {
                debug(report, result.kind, &error.to_string(), console);
            }
            continue;
        }
        match missing.iter_mut().find(|(_, other)| *other == error) {
            Some((kinds, _)) => kinds.push(result.kind),
            None => missing.push((vec![result.kind], error)),
        }
    }
    // When nobody answered at all, the types do not matter.
    let whole_host = !found && missing.len() == 1;
    for (kinds, error) in &missing {
        let kinds = kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
        let kinds = (!whole_host || !error.is_no_answer()).then_some(kinds.as_str());
        console.note(&complaint(report, kinds, &error.to_string()));
    }
    missing.is_empty()
}

/// A line about a host, and about some of its types.
pub(super) fn complaint(report: &HostReport, kinds: Option<&str>, text: &str) -> String {
    match kinds {
        Some(kinds) => format!("hostbased keyscan: {}: {kinds}: {text}", report.target),
        None => format!("hostbased keyscan: {}: {text}", report.target),
    }
}

fn tell_attempts(report: &HostReport, result: &TypeResult, verbose: u8, console: &mut Console) {
    for attempt in result.earlier.iter().chain([&result.last]) {
        let place = match attempt.address {
            Some(address) => address.to_string(),
            None => escape(&attempt.name).to_string(),
        };
        if let (Some(identification), 2..) = (&attempt.identification, verbose) {
            debug(report, result.kind, &format!("{place} identifies itself as {}", escape(identification)), console);
        }
        match &attempt.outcome {
            Ok(proven) => {
                let text = format!("{place} proved {} by {}", proven.key().fingerprint(), proven.algorithm());
                debug(report, result.kind, &text, console);
            }
            Err(error) if error.is_no_answer() => debug(report, result.kind, &format!("{place}: {error}"), console),
            Err(_) => {}
        }
    }
}

fn debug(report: &HostReport, kind: ScanType, text: &str, console: &mut Console) {
    console.note(&format!("debug1: {}: {kind}: {text}", report.target));
}
