//! A program's standard input, with a brake.
//!
//! russh widens the client's window as soon as data arrives, not when the program has taken it, and to wait in the handler
//! would stop all else of the connection, the program's output too: the two could wait for each other for ever. So data is
//! queued, and where more is queued than [`MOST`], the client gets a window of two bytes at a time, each a little later: so
//! much that russh goes on asking for what the window should be. That is TCP's persist timer (RFC 9293 section 3.8.6.1).
//! russh has one width for all channels of a connection, so they all wait for the slowest.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// The window of a channel, in bytes.
pub const WINDOW: u32 = 1 << 20;

/// The window of a channel whose program does not read. (Of one byte russh would never ask again.)
const NARROW: u32 = 2;

/// Bytes that may be queued for a program before the brake.
const MOST: usize = 1 << 20;

/// Bytes that a client has sent that does not heed its window: what it had left, a window more, and some.
const TOO_MUCH: usize = MOST + 4 * WINDOW as usize;

/// How long a client waits for each narrow window.
const PAUSE: Duration = Duration::from_millis(50);

/// What the client has sent and the program has not taken yet.
pub struct Input {
    /// None when the client has said that it has no more.
    queue: Option<UnboundedSender<Vec<u8>>>,
    queued: Arc<AtomicUsize>,
}

impl Input {
    /// An empty queue, and the other end of it.
    pub fn new() -> (Self, Queue) {
        let (sender, receiver) = unbounded_channel();
        let queued = Arc::<AtomicUsize>::default();
        (Self { queue: Some(sender), queued: queued.clone() }, Queue { receiver, queued })
    }

    /// Queues data; false when the client has sent more than it may.
    pub async fn push(&self, data: &[u8]) -> bool {
        let queued = self.queued.load(Ordering::Relaxed);
        let Some(queue) = &self.queue else { return true };
        if queued > TOO_MUCH {
            return false;
        }
        if queued > MOST && data.len() <= NARROW as usize {
            tokio::time::sleep(PAUSE).await;
        }
        self.queued.fetch_add(data.len(), Ordering::Relaxed);
        // The program may have closed its standard input: what comes then is nobody's.
        let _ = queue.send(data.to_vec());
        true
    }

    /// The window that the client should have.
    pub fn window(&self) -> u32 {
        if self.queued.load(Ordering::Relaxed) > MOST { NARROW } else { WINDOW }
    }

    /// The client has no more.
    pub fn end(&mut self) {
        self.queue = None;
    }
}

/// The end from which the program is fed.
pub struct Queue {
    receiver: UnboundedReceiver<Vec<u8>>,
    queued: Arc<AtomicUsize>,
}

impl Queue {
    /// Feeds the program to the end. What it does not want any more is thrown away.
    pub async fn feed(mut self, mut program: impl AsyncWrite + Unpin) {
        let mut is_open = true;
        while let Some(data) = self.receiver.recv().await {
            is_open = is_open && program.write_all(&data).await.is_ok();
            self.queued.fetch_sub(data.len(), Ordering::Relaxed);
        }
    }
}
