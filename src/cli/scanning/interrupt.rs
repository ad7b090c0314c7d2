//! Ctrl-C while hosts are scanned.
//!
//! tokio's own handler of a signal stays for good: a later Ctrl-C, at a question, would do nothing. So the signal is held
//! back (pthread_sigmask(3)) and read from a descriptor (signalfd(2)) for as long as this lives, and then does what it
//! always does.

use std::io;

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

/// Looks out for Ctrl-C.
#[derive(Debug)]
pub(super) struct Interrupt {
    signals: SignalFd,
    _held: Held,
}

/// Holds the signal back in this thread, and in those that it starts.
#[derive(Debug)]
struct Held {
    before: SigSet,
}

impl Held {
    fn new() -> io::Result<Self> {
        let before = SigSet::thread_get_mask()?;
        interrupt().thread_block()?;
        Ok(Self { before })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // It can fail for no set that the kernel has given.
        let _ = self.before.thread_set_mask();
    }
}

fn interrupt() -> SigSet {
    SigSet::from(Signal::SIGINT)
}

impl Interrupt {
    /// From now on Ctrl-C is looked out for, on this thread and those that it starts.
    pub(super) fn listen() -> io::Result<Self> {
        let held = Held::new()?;
        let signals = SignalFd::with_flags(&interrupt(), SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?;
        Ok(Self { signals, _held: held })
    }

    /// Whether Ctrl-C was pressed since this was asked last.
    pub(super) fn pressed(&self) -> bool {
        matches!(self.signals.read_signal(), Ok(Some(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::signal::raise;

    #[test]
    fn the_signal_is_seen_once_and_goes_its_usual_way_afterwards() {
        let blocked = || SigSet::thread_get_mask().unwrap().contains(Signal::SIGINT);
        assert!(!blocked());
        {
            let interrupt = Interrupt::listen().unwrap();
            assert!(blocked());
            assert!(!interrupt.pressed());
            // To this thread alone: others have tests of their own.
            raise(Signal::SIGINT).unwrap();
            assert!(interrupt.pressed());
            assert!(!interrupt.pressed());
        }
        assert!(!blocked());
    }
}
