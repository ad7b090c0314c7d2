//! Many hosts at once, reported in the order in which they were given.

use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{Id, JoinSet};
use tokio::time::sleep;

use super::error::ScanError;
use super::host::{Shared, scan_host};
use super::limit::{Limit, by_descriptors};
use super::options::Options;
use super::pace::{FEW, Pace};
use super::report::{Attempt, HostReport, TypeResult};
use super::resolve::RESOLVER_THREADS;
use super::target::Target;

/// Most hosts that are done, or begun, behind one that is not. Their reports are kept until their turn comes.
const MAX_AHEAD: usize = 16_384;

/// How often it is looked whether there is room for more hosts while none is done.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A host of a scan.
#[derive(Clone, Debug)]
pub enum Work {
    /// To be scanned.
    Scan(Target),
    /// Scanned before: reported in its turn.
    Known(HostReport),
}

impl From<Target> for Work {
    fn from(target: Target) -> Self {
        Self::Scan(target)
    }
}

/// Who wants to know how a scan goes on.
pub trait Watch {
    /// What ends the scan.
    type Error;

    /// The turn of a [known](Work::Known) host has come to be begun with; nothing is done for it.
    ///
    /// # Errors
    /// What ends the scan.
    fn known(&mut self, report: &HostReport) -> Result<(), Self::Error>;

    /// A host was scanned just now, whether or not its turn has come.
    ///
    /// # Errors
    /// What ends the scan.
    fn finished(&mut self, report: &HostReport) -> Result<(), Self::Error>;

    /// The next host, in the order in which they were given.
    ///
    /// # Errors
    /// What ends the scan.
    fn report(&mut self, report: HostReport) -> Result<(), Self::Error>;
}

/// Only the reports, in their order.
struct InOrder<F>(F);

impl<E, F: FnMut(HostReport) -> Result<(), E>> Watch for InOrder<F> {
    type Error = E;

    fn known(&mut self, _: &HostReport) -> Result<(), E> {
        Ok(())
    }

    fn finished(&mut self, _: &HostReport) -> Result<(), E> {
        Ok(())
    }

    fn report(&mut self, report: HostReport) -> Result<(), E> {
        self.0(report)
    }
}

/// Scans every target and reports each as soon as it and all before it are done. Targets are taken from the iterator
/// as they are begun, so a large range needs no memory.
///
/// To be called inside a tokio runtime with time and IO. The limit of this process's open files is raised as far as it
/// may be.
///
/// # Errors
/// The first error of `report`; the scan ends with it.
pub async fn scan<E>(
    targets: impl IntoIterator<Item = Target>,
    options: &Options,
    report: impl FnMut(HostReport) -> Result<(), E>,
) -> Result<(), E> {
    scan_watched(targets.into_iter().map(Work::Scan), options, &mut InOrder(report)).await
}

/// [`scan`] for callers without a runtime: on this thread alone, beside those that wait for the resolver.
///
/// # Errors
/// When no runtime can be made, and the first error of `report`.
pub fn scan_blocking<E: From<io::Error>>(
    targets: impl IntoIterator<Item = Target>,
    options: &Options,
    report: impl FnMut(HostReport) -> Result<(), E>,
) -> Result<(), E> {
    block_on(scan(targets, options, report))?
}

/// Runs a scan, and what else there is to do meanwhile, to its end: on this thread alone, beside those that wait for the
/// resolver.
///
/// # Errors
/// When no runtime can be made.
pub fn block_on<F: Future>(work: F) -> io::Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(RESOLVER_THREADS)
        .build()?;
    let output = runtime.block_on(work);
    // The resolver cannot be interrupted; nobody waits for an answer that came too late.
    runtime.shutdown_background();
    Ok(output)
}

/// [`scan`] for one who wants to know of each host when it is done, and who knows some hosts already. A scan that is
/// dropped ends.
///
/// # Errors
/// The first error of `watch`; the scan ends with it.
pub async fn scan_watched<W: Watch>(
    work: impl IntoIterator<Item = Work>,
    options: &Options,
    watch: &mut W,
) -> Result<(), W::Error> {
    let by_descriptors = by_descriptors();
    let limit = Arc::new(Limit::new(options.parallel.unwrap_or(by_descriptors)));
    let shared = Arc::new(Shared::new(options, Arc::clone(&limit)));
    let mut work = work.into_iter().fuse();
    // Their tasks end with this set.
    let mut running: JoinSet<Vec<TypeResult>> = JoinSet::new();
    let mut begun: HashMap<Id, (usize, Target)> = HashMap::new();
    let mut waiting: BTreeMap<usize, HostReport> = BTreeMap::new();
    // The numbers of the next host to begin, and of the next to report.
    let (mut next, mut turn) = (0_usize, 0_usize);
    let mut pace = Pace::new();
    let mut all_begun = false;
    loop {
        // As many as may be, but no crowd.
        let most = limit.allowed().min(if limit.is_crowded(options.timeout) { FEW } else { pace.under_way() });
        while pace.allows() && running.len() < most && next.saturating_sub(turn) < MAX_AHEAD {
            match work.next() {
                None => {
                    all_begun = true;
                    break;
                }
                Some(Work::Known(report)) => {
                    watch.known(&report)?;
                    waiting.insert(next, report);
                }
                Some(Work::Scan(target)) => {
                    let task = running.spawn(scan_host(target.clone(), Arc::clone(&shared)));
                    begun.insert(task.id(), (next, target));
                    pace.begun();
                }
            }
            next = next.saturating_add(1);
        }
        while let Some(report) = waiting.remove(&turn) {
            watch.report(report)?;
            turn = turn.saturating_add(1);
        }
        let at_once = running.len();
        if at_once == 0 && all_begun {
            return Ok(());
        }
        let room = !all_begun && next.saturating_sub(turn) < MAX_AHEAD;
        let done = tokio::select! {
            Some(done) = running.join_next_with_id() => done,
            () = pace.more(at_once), if room && at_once < most => continue,
            // Time alone makes room for some more.
            () = sleep(LOOK_AGAIN), if room && at_once >= most => continue,
            else => continue,
        };
        let (id, results) = match done {
            Ok((id, results)) => (id, Some(results)),
            // A panic in one host's task is that host's result.
            Err(error) => (error.id(), None),
        };
        limit.one_done();
        pace.one_done();
        let Some((number, target)) = begun.remove(&id) else { continue };
        let results = results.unwrap_or_else(|| options.types.iter().map(|&kind| failed(kind, &target)).collect());
        let report = HostReport { target, results };
        watch.finished(&report)?;
        waiting.insert(number, report);
    }
}

fn failed(kind: super::ScanType, target: &Target) -> TypeResult {
    let name = target.addresses().first().map_or("", String::as_str);
    let last = Attempt::without_connection(name, None, ScanError::Internal);
    TypeResult { kind, earlier: Vec::new(), last }
}
