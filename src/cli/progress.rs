//! How far a long job is: one line on standard error, when that is a terminal.

use std::fmt::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

/// Jobs of fewer hosts are over before anyone wonders how far they are.
const FEW: u64 = 16;

/// How often the line is drawn anew when nothing happens, for the time left goes on, and Ctrl-C looked out for.
pub(super) const TICK: Duration = Duration::from_millis(200);

/// Done and all, failed, rate, time left.
const TEMPLATE: &str = "[{bar:24}] {pos} of {len} hosts, {msg} failed, {rate}/s, {eta} left";

/// The line for a job of so many hosts; `None` for a few. It draws itself where standard error is a terminal.
pub(super) fn bar(hosts: u128) -> Option<ProgressBar> {
    let hosts = u64::try_from(hosts).ok().filter(|&hosts| hosts >= FEW)?;
    let rate = |state: &ProgressState, line: &mut dyn Write| {
        let _ = write!(line, "{:.0}", state.per_sec());
    };
    let style = ProgressStyle::with_template(TEMPLATE).ok()?.with_key("rate", rate).progress_chars("##-");
    Some(ProgressBar::new(hosts).with_style(style).with_message("0"))
}

/// The line for a job whose length nobody knows. It draws itself where standard error is a terminal.
pub(super) fn count(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{pos} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::no_length().with_style(style).with_message(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_long_job_has_a_bar() {
        assert!(bar(u128::from(FEW) - 1).is_none());
        assert_eq!(bar(u128::from(FEW)).unwrap().length(), Some(FEW));
        assert!(bar(u128::MAX).is_none());
    }
}
