//! A scan as part of a command: its options, how far it is, and what was done when it is interrupted.

use std::io;
use std::time::Duration;

use thiserror::Error;

use super::Console;
use super::arguments::timeout;
use crate::scan::{HostReport, Options, Target, scan_blocking};

/// The options of every command that scans.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct ScanArgs {
    /// Give up a connection after this time (5, 90s, 1m30) [default: 5]
    #[arg(short = 'T', long, value_name = "TIME", value_parser = timeout, overrides_with = "timeout")]
    pub(super) timeout: Option<Duration>,

    /// Give up a host after this time, all its connections together [default: 6 times --timeout]
    #[arg(long, value_name = "TIME", value_parser = timeout, overrides_with = "host_timeout")]
    pub(super) host_timeout: Option<Duration>,

    /// Try a host that does not answer, or closes the connection, this many times more [default: 1]
    #[arg(long, value_name = "N", overrides_with = "retries")]
    pub(super) retries: Option<u32>,

    /// Have this many connections open at once, at most [default: as many as the limits of this process allow]
    #[arg(long, value_name = "N", overrides_with = "parallel")]
    pub(super) parallel: Option<usize>,

    /// Write each host that is done into this file, and scan only those that are not in it yet
    #[arg(long, value_name = "FILE")]
    pub(super) resume: Option<String>,
}

impl ScanArgs {
    /// What a command asks of its hosts, with these arguments.
    pub(super) fn options(&self, options: Options) -> Options {
        Options {
            timeout: self.timeout.unwrap_or(options.timeout),
            host_timeout: self.host_timeout.or(options.host_timeout),
            retries: self.retries.unwrap_or(options.retries),
            parallel: self.parallel.or(options.parallel),
            ..options
        }
    }
}

/// Why not everything was scanned.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(super) enum ScanningError {
    /// Somebody pressed Ctrl-C.
    #[error("interrupted: {done} of {total} hosts were scanned, and nothing was written")]
    Interrupted {
        /// The hosts that were done.
        done: u128,
        /// All hosts.
        total: u128,
    },
    /// There is no way to wait for the network.
    #[error("cannot scan: {0}")]
    Io(#[from] io::Error),
}

/// Scans every target with these options and arguments; one report for each, in their order.
///
/// # Errors
/// [`ScanningError`]. What a host does wrong is in its report.
pub(super) fn scan_targets(
    targets: Vec<Target>,
    options: &Options,
    args: &ScanArgs,
    console: &mut Console,
) -> Result<Vec<HostReport>, ScanningError> {
    let options = args.options(options.clone());
    let mut reports = Vec::new();
    let total = targets.len();
    scan_blocking(targets, &options, |report| {
        reports.push(report);
        console.progress(&format!("{} of {total} hosts", reports.len()));
        Ok::<(), ScanningError>(())
    })?;
    Ok(reports)
}
