//! Playing cases, several at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::case::Case;
use crate::pair::{self, Login, Pair};

/// A pair, broken in a case's way.
pub fn broken(case: &Case) -> Pair {
    let pair = Pair::stopped();
    (case.breaks)(&pair);
    pair.start_sshd();
    (case.then)(&pair);
    pair
}

/// Logs in as the case has it.
pub fn log_in(case: &Case, pair: &Pair) -> Login {
    let mut ssh = (case.session)(pair, case.user, "ssh");
    ssh.args(case.options).args(["-l", case.account.name, case.target]);
    pair.watch(&mut ssh)
}

fn play(case: &Case) {
    let pair = broken(case);
    let login = log_in(case, &pair);
    assert_eq!(login.is(case.account), case.logs_in, "{login:?}");
}

/// The cases that were asked for: those of every change, all (`HOSTBASED_DOCTOR_CASES=all`), or those whose names contain the
/// text that it has.
fn chosen() -> Vec<Case> {
    let wanted = std::env::var("HOSTBASED_DOCTOR_CASES").unwrap_or_default();
    let is_wanted = |case: &Case| match wanted.as_str() {
        "" => case.is_short,
        "all" => true,
        name => case.names.contains(name),
    };
    crate::cases::all().into_iter().filter(is_wanted).collect()
}

#[test]
fn every_case() {
    needs!(pair::missing());
    let cases = chosen();
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| play(case))) {
                        let text = panic.downcast_ref::<String>().map_or("?", String::as_str);
                        failed.lock().unwrap().push(format!("{}: {text}", case.names));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n"));
}
