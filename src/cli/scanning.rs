//! A scan as part of a command: its options, how far it is, what was done when it is interrupted, and going on with it.

mod interrupt;
mod journal;

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use indicatif::ProgressBar;
use thiserror::Error;
use tokio::time::{MissedTickBehavior, interval};

use self::interrupt::Interrupt;
use self::journal::{Asked, Journal, JournalError};
use super::arguments::timeout;
use super::progress::TICK;
use super::{Console, progress};
use crate::escape::escape;
use crate::scan::{HostReport, Options, Target, Watch, Work, block_on, scan_watched};

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

    /// Scan this many hosts at once, at most [default: as many as this process may have files open, up to 1024]
    #[arg(long, value_name = "N", overrides_with = "parallel")]
    pub(super) parallel: Option<usize>,

    /// Write each host that is done into FILE, and go on where a scan that was interrupted ended
    #[arg(long, value_name = "FILE", overrides_with = "resume")]
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
    #[error("interrupted: {done} of {total} hosts were scanned, and nothing was written\n{}", go_on(.resume.as_deref()))]
    Interrupted {
        /// The hosts that were done.
        done: u128,
        /// All hosts.
        total: u128,
        /// The file of those that were done.
        resume: Option<String>,
    },
    /// The file of `--resume` cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// There is no way to wait for the network.
    #[error("cannot scan: {0}")]
    Io(#[from] io::Error),
}

fn go_on(resume: Option<&str>) -> String {
    match resume {
        Some(file) => format!("go on where it ended: the same command again, with --resume {}", escape(file)),
        None => "with --resume FILE the next one can be gone on with where it ends".to_owned(),
    }
}

/// The hosts of a scan.
pub(super) struct Hosts<I> {
    pub(super) targets: I,
    /// How many there are.
    pub(super) total: u128,
    /// The ports that they have.
    pub(super) ports: BTreeSet<u16>,
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
    let total = u128::try_from(targets.len()).unwrap_or(u128::MAX);
    let ports = targets.iter().map(Target::port).collect();
    let mut reports = Vec::with_capacity(targets.len());
    scan_each(Hosts { targets, total, ports }, options, args, console, |report, _| {
        reports.push(report);
        Ok::<(), ScanningError>(())
    })?;
    Ok(reports)
}

/// The same, where each report is wanted as soon as it and all before it are there.
///
/// # Errors
/// [`ScanningError`], and the first error of `report`.
pub(super) fn scan_each<E: From<ScanningError>>(
    hosts: Hosts<impl IntoIterator<Item = Target>>,
    options: &Options,
    args: &ScanArgs,
    console: &mut Console,
    report: impl FnMut(HostReport, &mut Console) -> Result<(), E>,
) -> Result<(), E> {
    let options = args.options(options.clone());
    let Hosts { targets, total, ports } = hosts;
    let open = |path: &String| Journal::open(path, &Asked::new(&options, ports), &options.types);
    let mut journal = args.resume.as_ref().map(open).transpose().map_err(ScanningError::from)?;
    let known = journal.as_mut().map(Journal::take_known).unwrap_or_default();
    let work = targets.into_iter().map(move |target| match known.get(&target) {
        Some(report) => Work::Known(report.clone()),
        None => Work::Scan(target),
    });
    let bar = progress::bar(total);
    console.set_bar(bar.clone());
    let mut watch = Watching { journal, console, report, done: 0, failed: 0, bar: bar.clone() };
    let ended = block_on(run(work, &options, &mut watch, bar.as_ref())).map_err(ScanningError::from);
    let done = watch.done;
    console.set_bar(None);
    match ended? {
        Ended::Interrupted => Err(ScanningError::Interrupted { done, total, resume: args.resume.clone() }.into()),
        Ended::Failed(error) => Err(error),
        Ended::Well => Ok(()),
    }
}

/// How a scan ended.
enum Ended<E> {
    Well,
    Failed(E),
    Interrupted,
}

/// Scans until all is done or Ctrl-C is pressed. After that, Ctrl-C does what it always does.
async fn run<E: From<ScanningError>, F: FnMut(HostReport, &mut Console) -> Result<(), E>>(
    work: impl IntoIterator<Item = Work>,
    options: &Options,
    watch: &mut Watching<'_, F>,
    bar: Option<&ProgressBar>,
) -> Ended<E> {
    let interrupt = match Interrupt::listen() {
        Ok(interrupt) => interrupt,
        Err(error) => return Ended::Failed(ScanningError::Io(error).into()),
    };
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let scan = scan_watched(work, options, watch);
    tokio::pin!(scan);
    loop {
        tokio::select! {
            ended = &mut scan => return ended.map_or_else(Ended::Failed, |()| Ended::Well),
            _ = ticks.tick() => {
                if interrupt.pressed() {
                    return Ended::Interrupted;
                }
                if let Some(bar) = bar {
                    bar.tick();
                }
            }
        }
    }
}

/// Writes down what is done, and shows how far it is.
struct Watching<'a, F> {
    journal: Option<Journal>,
    console: &'a mut Console,
    report: F,
    done: u128,
    failed: u128,
    bar: Option<ProgressBar>,
}

impl<F> Watching<'_, F> {
    fn count(&mut self, report: &HostReport) {
        self.done = self.done.saturating_add(1);
        let failed = report.keys().next().is_none();
        self.failed = self.failed.saturating_add(u128::from(failed));
        if let Some(bar) = &self.bar {
            if failed {
                bar.set_message(self.failed.to_string());
            }
            bar.inc(1);
        }
    }
}

impl<E: From<ScanningError>, F: FnMut(HostReport, &mut Console) -> Result<(), E>> Watch for Watching<'_, F> {
    type Error = E;

    fn known(&mut self, report: &HostReport) -> Result<(), E> {
        self.count(report);
        Ok(())
    }

    fn finished(&mut self, report: &HostReport) -> Result<(), E> {
        self.count(report);
        let added = self.journal.as_mut().map_or(Ok(()), |journal| journal.add(report));
        added.map_err(|error| ScanningError::from(error).into())
    }

    fn report(&mut self, report: HostReport) -> Result<(), E> {
        (self.report)(report, self.console)
    }
}
