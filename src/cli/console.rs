//! Standard input, output and error, as the commands use them.

use std::io::{self, BufWriter, IsTerminal, Read, Write};

/// The streams of a command. Text that goes here is ready to be shown: foreign bytes are escaped before.
pub struct Console {
    input: Box<dyn Read>,
    output: Box<dyn Write>,
    error: Box<dyn Write>,
    /// Whether somebody sits before standard error.
    interactive: bool,
    /// Whether a progress line stands there now.
    progress: bool,
}

impl Console {
    /// The process's own streams.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            input: Box::new(io::stdin()),
            output: Box::new(BufWriter::new(io::stdout())),
            error: Box::new(io::stderr()),
            interactive: io::stderr().is_terminal(),
            progress: false,
        }
    }

    /// Standard input.
    pub fn input(&mut self) -> &mut dyn Read {
        &mut *self.input
    }

    /// Writes one line of results to standard output.
    ///
    /// # Errors
    /// When it cannot be written; a closed pipe too.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.clear_progress();
        writeln!(self.output, "{text}")
    }

    /// Sends on what was written.
    ///
    /// # Errors
    /// When it cannot be written; a closed pipe too.
    pub fn flush(&mut self) -> io::Result<()> {
        self.clear_progress();
        self.output.flush()
    }

    /// Tells one line on standard error. There is nowhere to tell that it failed.
    pub fn note(&mut self, text: &str) {
        self.clear_progress();
        let _ = writeln!(self.error, "{text}");
    }

    /// Shows how far a long job is, in place of the last such text, when standard error is a terminal.
    pub fn progress(&mut self, text: &str) {
        if self.interactive {
            let _ = write!(self.error, "\r\x1b[K{text}");
            let _ = self.error.flush();
            self.progress = true;
        }
    }

    fn clear_progress(&mut self) {
        if self.progress {
            let _ = write!(self.error, "\r\x1b[K");
            self.progress = false;
        }
    }
}
