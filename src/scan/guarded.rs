//! The stream that russh reads from: it keeps the time, counts the bytes, and remembers what was seen.
//!
//! russh runs a session in a task of its own that goes on when nobody waits for it any more. Time and limits are
//! therefore kept down here, where they end the session itself.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::error::{IoProblem, Phase, ScanError};
use super::greeting::Greeting;
use super::packet::MAX_HANDSHAKE_BYTES;

/// Bytes read at a time: more than most servers send in one go. russh asks for a packet's length first, then for the rest.
const CHUNK: usize = 4096;

/// What was seen of a connection, shared with the one who waits for it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// The server's identification, without its line end.
    pub(super) identification: Option<Vec<u8>>,
    /// Why the stream stopped by itself, when it did.
    pub(super) fault: Option<ScanError>,
    /// All that came after the identification. In clear until the keys are exchanged.
    pub(super) packets: Vec<u8>,
    /// Whether the server closed the connection.
    pub(super) closed: bool,
}

impl Seen {
    pub(super) const fn phase(&self) -> Phase {
        if self.identification.is_some() { Phase::KeyExchange } else { Phase::Identification }
    }
}

/// A handle on what was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Record(Arc<Mutex<Seen>>);

impl Record {
    pub(super) fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream with a deadline and a cap that shows its reader nothing before the identification line.
#[derive(Debug)]
pub(super) struct Guarded<S> {
    inner: S,
    /// There until the identification is complete.
    greeting: Option<Greeting>,
    /// The identification line as it came, as far as it is not yet handed on.
    line: Vec<u8>,
    /// How many of the recorded packets' bytes are handed on.
    handed: usize,
    received: usize,
    deadline: Pin<Box<Sleep>>,
    record: Record,
}

impl<S> Guarded<S> {
    /// Ends at `deadline`, whoever waits.
    pub(super) fn new(inner: S, deadline: Instant, record: Record) -> Self {
        Self {
            inner,
            greeting: Some(Greeting::default()),
            line: Vec::new(),
            handed: 0,
            received: 0,
            deadline: Box::pin(sleep_until(deadline)),
            record,
        }
    }

    fn fail(&self, fault: ScanError) -> io::Error {
        self.record.lock().fault.get_or_insert(fault);
        io::Error::other("the scan of this host is over")
    }

    fn check_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.deadline.as_mut().poll(context).is_ready() {
            let phase = self.record.lock().phase();
            return Err(self.fail(ScanError::Timeout(phase)));
        }
        Ok(())
    }

    fn count(&mut self, bytes: usize) -> io::Result<()> {
        self.received = self.received.saturating_add(bytes);
        if self.received > MAX_HANDSHAKE_BYTES { Err(self.fail(ScanError::TooMuchData)) } else { Ok(()) }
    }

    /// Takes the first bytes of a connection, as far as the identification line; what follows it are packets.
    fn greet(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(greeting) = self.greeting.as_mut() else { return Ok(()) };
        if bytes.is_empty() {
            let said = greeting.said();
            return Err(self.fail(ScanError::ClosedEarly { said }));
        }
        for (index, &byte) in bytes.iter().enumerate() {
            match greeting.push(byte) {
                Ok(None) => {}
                Ok(Some(line)) => {
                    let rest = bytes.get(index.saturating_add(1)..).unwrap_or_default();
                    let mut seen = self.record.lock();
                    seen.identification = Some(line.trim_ascii_end().to_vec());
                    seen.packets.extend_from_slice(rest);
                    drop(seen);
                    self.line = line;
                    self.greeting = None;
                    return Ok(());
                }
                Err(fault) => return Err(self.fail(fault)),
            }
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> Guarded<S> {
    fn broken(&self, problem: IoProblem) -> io::Error {
        let phase = self.record.lock().phase();
        self.fail(ScanError::Broken { phase, problem })
    }

    /// Reads into `out`; gives the number of bytes, 0 at the end. A reset is an end: a server that closes while our
    /// own bytes are under way to it sends one, by chance.
    fn poll_inner(&mut self, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<usize>> {
        let before = out.filled().len();
        if let Err(error) = ready!(Pin::new(&mut self.inner).poll_read(context, out)) {
            let problem = IoProblem::from(&error);
            if !problem.is_closed() {
                return Poll::Ready(Err(self.broken(problem)));
            }
        }
        let count = out.filled().len().saturating_sub(before);
        self.count(count)?;
        Poll::Ready(Ok(count))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guarded<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        this.check_time(context)?;
        loop {
            if !this.line.is_empty() {
                let count = this.line.len().min(out.remaining());
                out.put_slice(this.line.get(..count).unwrap_or_default());
                this.line.drain(..count);
                return Poll::Ready(Ok(()));
            }
            let seen = this.record.lock();
            let rest = seen.packets.get(this.handed..).unwrap_or_default();
            if seen.closed || !rest.is_empty() {
                let count = rest.len().min(out.remaining());
                out.put_slice(rest.get(..count).unwrap_or_default());
                this.handed = this.handed.saturating_add(count);
                return Poll::Ready(Ok(()));
            }
            drop(seen);
            let mut chunk = [0; CHUNK];
            let mut chunk = ReadBuf::new(&mut chunk);
            let count = ready!(this.poll_inner(context, &mut chunk))?;
            if this.greeting.is_some() {
                this.greet(chunk.filled())?;
            } else {
                let mut seen = this.record.lock();
                seen.packets.extend_from_slice(chunk.filled());
                seen.closed = count == 0;
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Guarded<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_time(context)?;
        // A write that fails is not the reason: a server that closed early may have said why, and reading tells.
        match ready!(Pin::new(&mut self.inner).poll_write(context, bytes)) {
            Err(error) if IoProblem::from(&error).is_closed() => Poll::Ready(Ok(bytes.len())),
            result => Poll::Ready(result.map_err(|error| self.broken(IoProblem::from(&error)))),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
