//! Standard input, output and error, as the commands use them.

use std::io::{self, BufWriter, IsTerminal, Read, Write};

use indicatif::ProgressBar;

use super::style::{self, Style};

/// Longest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024;

/// The streams of a command. Text that goes here is ready to be shown: foreign bytes are escaped before.
pub struct Console {
    input: Box<dyn Read>,
    output: Box<dyn Write>,
    error: Box<dyn Write>,
    /// Whether somebody sits before standard input.
    answers: bool,
    /// Whether somebody sits before standard output.
    seen: bool,
    /// How many columns standard output has, where it is a terminal.
    width: Option<u16>,
    /// Whether what goes to standard output may be in colour.
    colour: bool,
    /// How far a long job is; it draws itself on standard error, where that is a terminal.
    bar: Option<ProgressBar>,
}

impl Console {
    /// The process's own streams.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            input: Box::new(io::stdin()),
            output: Box::new(BufWriter::new(io::stdout())),
            error: Box::new(io::stderr()),
            answers: io::stdin().is_terminal(),
            seen: io::stdout().is_terminal(),
            width: screen_width(),
            colour: io::stdout().is_terminal() && wants_colour(),
            bar: None,
        }
    }

    /// How many columns standard output has, where it is a terminal.
    pub(super) const fn width(&self) -> Option<u16> {
        self.width
    }

    /// Whether what goes to standard output is seen in colour.
    pub(super) const fn has_colour(&self) -> bool {
        self.colour
    }

    /// The text for standard output, in colour where that is seen.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.colour { style.paint(text) } else { text.to_owned() }
    }

    /// One that writes nowhere, as wide as that.
    #[cfg(test)]
    pub(super) fn of_screen(width: Option<u16>, colour: bool) -> Self {
        let (input, output, error) = (Box::new(io::empty()), Box::new(io::sink()), Box::new(io::sink()));
        Self { input, output, error, answers: false, seen: width.is_some(), width, colour, bar: None }
    }

    /// Standard input.
    pub fn input(&mut self) -> &mut dyn Read {
        &mut *self.input
    }

    /// Whether there is a terminal on which [`ask`](Self::ask) gets an answer.
    #[must_use]
    pub const fn can_ask(&self) -> bool {
        self.answers
    }

    /// Whether what [`line`](Self::line) writes goes to a terminal.
    #[must_use]
    pub const fn output_is_seen(&self) -> bool {
        self.seen
    }

    /// Asks a question on standard error and reads one line from the terminal on standard input, without white space
    /// around it. The end of input is an empty answer.
    ///
    /// # Errors
    /// When the answer cannot be read.
    pub fn ask(&mut self, question: &str) -> io::Result<String> {
        self.set_bar(None);
        let _ = write!(self.error, "{question}");
        let _ = self.error.flush();
        let mut answer = Vec::new();
        let mut chunk = [0; MAX_ANSWER];
        // A terminal gives one line at a time, at most.
        while !answer.contains(&b'\n') && answer.len() < MAX_ANSWER {
            match self.input.read(&mut chunk)? {
                0 => break,
                count => answer.extend_from_slice(chunk.get(..count).unwrap_or_default()),
            }
        }
        if !answer.contains(&b'\n') {
            let _ = writeln!(self.error);
        }
        Ok(String::from_utf8_lossy(&answer).trim().to_owned())
    }

    /// Writes one line of results to standard output.
    ///
    /// # Errors
    /// When it cannot be written; a closed pipe too.
    pub fn line(&mut self, text: &str) -> io::Result<()> {
        self.aside(|console| writeln!(console.output, "{text}"))
    }

    /// Writes lines of results, as [`line`](Self::line) does one.
    ///
    /// # Errors
    /// When one cannot be written; a closed pipe too.
    pub fn lines(&mut self, lines: impl IntoIterator<Item = String>) -> io::Result<()> {
        lines.into_iter().try_for_each(|line| self.line(&line))
    }

    /// Writes a text of many lines as it is.
    ///
    /// # Errors
    /// When it cannot be written; a closed pipe too.
    pub(super) fn text(&mut self, text: &[u8]) -> io::Result<()> {
        self.aside(|console| console.output.write_all(text))
    }

    /// Sends on what was written.
    ///
    /// # Errors
    /// When it cannot be written; a closed pipe too.
    pub fn flush(&mut self) -> io::Result<()> {
        self.aside(|console| console.output.flush())
    }

    /// Tells one line on standard error. There is nowhere to tell that it failed.
    pub fn note(&mut self, text: &str) {
        let _ = self.aside(|console| writeln!(console.error, "{text}"));
    }

    /// Shows this below what is written, until it is taken away.
    pub(super) fn set_bar(&mut self, bar: Option<ProgressBar>) {
        if let Some(bar) = std::mem::replace(&mut self.bar, bar) {
            bar.finish_and_clear();
        }
    }

    /// Writes something while the bar is out of its way.
    fn aside<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        match self.bar.clone() {
            Some(bar) => bar.suspend(|| write(self)),
            None => write(self),
        }
    }
}

/// Narrower, no table can be read.
const MIN_WIDTH: u16 = 40;

fn screen_width() -> Option<u16> {
    let width = comfy_table::Table::new().width().filter(|_| io::stdout().is_terminal())?;
    Some(width.max(MIN_WIDTH))
}

#[allow(clippy::disallowed_methods, reason = "where colour is wanted is told by the environment, and by nothing else")]
fn wants_colour() -> bool {
    style::is_wanted(std::env::var_os("NO_COLOR").as_deref(), std::env::var_os("TERM").as_deref())
}
